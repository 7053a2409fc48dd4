//! Resource types and permission bits of authorizations, with Camunda 7's numbers.

/// Kind of resource an authorization is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i32)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Resource {
    Application = 0,
    User = 1,
    Group = 2,
    GroupMembership = 3,
    Authorization = 4,
    Filter = 5,
    ProcessDefinition = 6,
    Task = 7,
    ProcessInstance = 8,
    Deployment = 9,
    DecisionDefinition = 10,
    Tenant = 11,
    TenantMembership = 12,
    Batch = 13,
    DecisionRequirementsDefinition = 14,
    Report = 15,
    Dashboard = 16,
    OperationLogCategory = 17,
    Optimize = 18,
    HistoricTask = 19,
    HistoricProcessInstance = 20,
    System = 21,
}

impl Resource {
    /// All resource types, in order of their numbers.
    pub const ALL: [Self; 22] = [
        Self::Application,
        Self::User,
        Self::Group,
        Self::GroupMembership,
        Self::Authorization,
        Self::Filter,
        Self::ProcessDefinition,
        Self::Task,
        Self::ProcessInstance,
        Self::Deployment,
        Self::DecisionDefinition,
        Self::Tenant,
        Self::TenantMembership,
        Self::Batch,
        Self::DecisionRequirementsDefinition,
        Self::Report,
        Self::Dashboard,
        Self::OperationLogCategory,
        Self::Optimize,
        Self::HistoricTask,
        Self::HistoricProcessInstance,
        Self::System,
    ];

    /// The number in the API.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The type of a number in the API.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.number() == number)
    }

    /// Name in error messages (`OperationLogCatgeory` is Camunda's spelling).
    pub fn name(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::User => "User",
            Self::Group => "Group",
            Self::GroupMembership => "Group membership",
            Self::Authorization => "Authorization",
            Self::Filter => "Filter",
            Self::ProcessDefinition => "ProcessDefinition",
            Self::Task => "Task",
            Self::ProcessInstance => "ProcessInstance",
            Self::Deployment => "Deployment",
            Self::DecisionDefinition => "DecisionDefinition",
            Self::Tenant => "Tenant",
            Self::TenantMembership => "TenantMembership",
            Self::Batch => "Batch",
            Self::DecisionRequirementsDefinition => "DecisionRequirementsDefinition",
            Self::Report => "Report",
            Self::Dashboard => "Dashboard",
            Self::OperationLogCategory => "OperationLogCatgeory",
            Self::Optimize => "Optimize",
            Self::HistoricTask => "HistoricTask",
            Self::HistoricProcessInstance => "HistoricProcessInstance",
            Self::System => "System",
        }
    }

    /// Name of the constant in Camunda's `Resources`.
    pub fn constant(self) -> String {
        let mut name = String::new();
        for (at, letter) in format!("{self:?}").chars().enumerate() {
            if at > 0 && letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    /// The named permissions of the resource with their bits, in Camunda's order.
    pub fn permissions(self) -> &'static [(&'static str, i32)] {
        match self {
            Self::Application => &[("NONE", 0), ("ALL", ALL), ("ACCESS", ACCESS)],
            Self::GroupMembership | Self::TenantMembership => {
                &[("NONE", 0), ("ALL", ALL), ("CREATE", CREATE), ("DELETE", DELETE)]
            }
            Self::User
            | Self::Group
            | Self::Authorization
            | Self::Filter
            | Self::Deployment
            | Self::Tenant
            | Self::Report
            | Self::Dashboard => CRUD,
            Self::ProcessDefinition => PROCESS_DEFINITION,
            Self::Task => TASK,
            Self::ProcessInstance => PROCESS_INSTANCE,
            Self::DecisionDefinition => DECISION_DEFINITION,
            Self::Batch => BATCH,
            Self::DecisionRequirementsDefinition | Self::HistoricProcessInstance => {
                &[("NONE", 0), ("ALL", ALL), ("READ", READ)]
            }
            Self::OperationLogCategory => {
                &[("NONE", 0), ("ALL", ALL), ("READ", READ), ("UPDATE", UPDATE), ("DELETE", DELETE)]
            }
            Self::Optimize => &[("NONE", 0), ("ALL", ALL), ("EDIT", 2), ("SHARE", 4)],
            Self::HistoricTask => &[("NONE", 0), ("ALL", ALL), ("READ", READ), ("READ_VARIABLE", TASK_READ_VARIABLE)],
            Self::System => &[("NONE", 0), ("ALL", ALL), ("READ", READ), ("SET", 4), ("DELETE", 8)],
        }
    }

    /// The bit of a named permission.
    pub fn permission(self, name: &str) -> Option<i32> {
        self.permissions().iter().find(|(known, _)| *known == name).map(|(_, bits)| *bits)
    }
}

/// All permissions.
pub const ALL: i32 = i32::MAX;
/// `READ`.
pub const READ: i32 = 2;
/// `UPDATE`.
pub const UPDATE: i32 = 4;
/// `CREATE`.
pub const CREATE: i32 = 8;
/// `DELETE`.
pub const DELETE: i32 = 16;
/// `ACCESS` of applications.
pub const ACCESS: i32 = 32;
/// `READ_TASK` of process definitions.
pub const READ_TASK: i32 = 64;
/// `UPDATE_TASK` of process definitions.
pub const UPDATE_TASK: i32 = 128;
/// `CREATE_INSTANCE` of process and decision definitions.
pub const CREATE_INSTANCE: i32 = 256;
/// `READ_INSTANCE` of process definitions.
pub const READ_INSTANCE: i32 = 512;
/// `UPDATE_INSTANCE` of process definitions.
pub const UPDATE_INSTANCE: i32 = 1024;
/// `DELETE_INSTANCE` of process definitions.
pub const DELETE_INSTANCE: i32 = 2048;
/// `READ_HISTORY` of definitions, tasks and batches.
pub const READ_HISTORY: i32 = 4096;
/// `DELETE_HISTORY` of definitions and batches.
pub const DELETE_HISTORY: i32 = 8192;
/// `TASK_WORK` of definitions and tasks.
pub const TASK_WORK: i32 = 16384;
/// `TASK_ASSIGN` of definitions and tasks.
pub const TASK_ASSIGN: i32 = 32768;
/// `MIGRATE_INSTANCE` of process definitions.
pub const MIGRATE_INSTANCE: i32 = 65536;
/// `RETRY_JOB` of process definitions and instances.
pub const RETRY_JOB: i32 = 32;
/// `SUSPEND_INSTANCE` of process definitions.
pub const SUSPEND_INSTANCE: i32 = 131_072;
/// `UPDATE_INSTANCE_VARIABLE` of process definitions.
pub const UPDATE_INSTANCE_VARIABLE: i32 = 262_144;
/// `UPDATE_TASK_VARIABLE` of process definitions.
pub const UPDATE_TASK_VARIABLE: i32 = 524_288;
/// `SUSPEND` of process definitions.
pub const SUSPEND_DEFINITION: i32 = 1_048_576;
/// `READ_INSTANCE_VARIABLE` of process definitions.
pub const READ_INSTANCE_VARIABLE: i32 = 2_097_152;
/// `READ_HISTORY_VARIABLE` of process definitions.
pub const READ_HISTORY_VARIABLE: i32 = 4_194_304;
/// `READ_TASK_VARIABLE` of process definitions.
pub const READ_TASK_VARIABLE: i32 = 8_388_608;
/// `UPDATE_HISTORY` of process definitions.
pub const UPDATE_HISTORY: i32 = 16_777_216;
/// `SUSPEND` of process instances.
pub const SUSPEND_PROCESS_INSTANCE: i32 = 64;
/// `UPDATE_VARIABLE` of process instances.
pub const PROCESS_INSTANCE_UPDATE_VARIABLE: i32 = 128;
/// `UPDATE_VARIABLE` of tasks.
pub const TASK_UPDATE_VARIABLE: i32 = 32;
/// `READ_VARIABLE` of tasks and historic tasks.
pub const TASK_READ_VARIABLE: i32 = 64;

const CRUD: &[(&str, i32)] =
    &[("NONE", 0), ("ALL", ALL), ("READ", READ), ("UPDATE", UPDATE), ("CREATE", CREATE), ("DELETE", DELETE)];

const PROCESS_DEFINITION: &[(&str, i32)] = &[
    ("NONE", 0),
    ("ALL", ALL),
    ("READ", READ),
    ("UPDATE", UPDATE),
    ("DELETE", DELETE),
    ("READ_TASK", READ_TASK),
    ("UPDATE_TASK", UPDATE_TASK),
    ("CREATE_INSTANCE", CREATE_INSTANCE),
    ("READ_INSTANCE", READ_INSTANCE),
    ("UPDATE_INSTANCE", UPDATE_INSTANCE),
    ("DELETE_INSTANCE", DELETE_INSTANCE),
    ("READ_HISTORY", READ_HISTORY),
    ("DELETE_HISTORY", DELETE_HISTORY),
    ("TASK_WORK", TASK_WORK),
    ("TASK_ASSIGN", TASK_ASSIGN),
    ("MIGRATE_INSTANCE", MIGRATE_INSTANCE),
    ("RETRY_JOB", RETRY_JOB),
    ("SUSPEND", SUSPEND_DEFINITION),
    ("SUSPEND_INSTANCE", SUSPEND_INSTANCE),
    ("UPDATE_INSTANCE_VARIABLE", UPDATE_INSTANCE_VARIABLE),
    ("UPDATE_TASK_VARIABLE", UPDATE_TASK_VARIABLE),
    ("READ_INSTANCE_VARIABLE", READ_INSTANCE_VARIABLE),
    ("READ_HISTORY_VARIABLE", READ_HISTORY_VARIABLE),
    ("READ_TASK_VARIABLE", READ_TASK_VARIABLE),
    ("UPDATE_HISTORY", UPDATE_HISTORY),
];

const TASK: &[(&str, i32)] = &[
    ("NONE", 0),
    ("ALL", ALL),
    ("READ", READ),
    ("UPDATE", UPDATE),
    ("CREATE", CREATE),
    ("DELETE", DELETE),
    ("READ_HISTORY", READ_HISTORY),
    ("TASK_WORK", TASK_WORK),
    ("TASK_ASSIGN", TASK_ASSIGN),
    ("UPDATE_VARIABLE", TASK_UPDATE_VARIABLE),
    ("READ_VARIABLE", TASK_READ_VARIABLE),
];

const PROCESS_INSTANCE: &[(&str, i32)] = &[
    ("NONE", 0),
    ("ALL", ALL),
    ("READ", READ),
    ("UPDATE", UPDATE),
    ("CREATE", CREATE),
    ("DELETE", DELETE),
    ("RETRY_JOB", RETRY_JOB),
    ("SUSPEND", SUSPEND_PROCESS_INSTANCE),
    ("UPDATE_VARIABLE", PROCESS_INSTANCE_UPDATE_VARIABLE),
];

const DECISION_DEFINITION: &[(&str, i32)] = &[
    ("NONE", 0),
    ("ALL", ALL),
    ("READ", READ),
    ("UPDATE", UPDATE),
    ("CREATE_INSTANCE", CREATE_INSTANCE),
    ("READ_HISTORY", READ_HISTORY),
    ("DELETE_HISTORY", DELETE_HISTORY),
];

const BATCH: &[(&str, i32)] = &[
    ("NONE", 0),
    ("ALL", ALL),
    ("READ", READ),
    ("UPDATE", UPDATE),
    ("CREATE", CREATE),
    ("DELETE", DELETE),
    ("READ_HISTORY", READ_HISTORY),
    ("DELETE_HISTORY", DELETE_HISTORY),
    ("CREATE_BATCH_MIGRATE_PROCESS_INSTANCES", 32),
    ("CREATE_BATCH_MODIFY_PROCESS_INSTANCES", 64),
    ("CREATE_BATCH_RESTART_PROCESS_INSTANCES", 128),
    ("CREATE_BATCH_DELETE_RUNNING_PROCESS_INSTANCES", 256),
    ("CREATE_BATCH_DELETE_FINISHED_PROCESS_INSTANCES", 512),
    ("CREATE_BATCH_DELETE_DECISION_INSTANCES", 1024),
    ("CREATE_BATCH_SET_JOB_RETRIES", 2048),
    ("CREATE_BATCH_SET_EXTERNAL_TASK_RETRIES", 16384),
    ("CREATE_BATCH_UPDATE_PROCESS_INSTANCES_SUSPEND", 32768),
    ("CREATE_BATCH_SET_REMOVAL_TIME", 65536),
    ("CREATE_BATCH_SET_VARIABLES", 131_072),
    ("CREATE_BATCH_CORRELATE_MESSAGE", 262_144),
];
