//! Operations against permissions: who has none is refused with Camunda's words, any one of those named is enough.

use engine_core::{
    command::{
        Command, Deletion, ExternalTaskCommand, JobCommand, Modification, Start, TaskCommand, TaskDraft, Variables,
    },
    error::{Fault, FaultKind},
    history::UserOperation,
};
use models::{Id, Value};
use serde_json::{Value as Json, json};

use crate::{
    Engine, IdentityOptions, Options,
    request::{
        Admin, AuthorizationDraft, Batch, Caller, Correlate, DefinitionChange, Definitions, DeleteOptions, Deploy,
        FetchAndLock, FetchTopic, FilterDraft, GroupProfile, HistoryChange, Instances, JobDefinitionChange,
        JobDefinitions, Membership, Resource as File, Signal, SuspendInstances, TenantChoice, TenantProfile,
        UserProfile,
    },
    rights::Rights,
    world::permission::Resource,
};

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    targetNamespace="http://acme.com">
  <message id="go" name="go"/>
  <signal id="all" name="all"/>
  <process id="work" isExecutable="true" camunda:historyTimeToLive="180">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
    <parallelGateway id="fork"/>
    <sequenceFlow id="f2" sourceRef="fork" targetRef="review"/>
    <userTask id="review"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="later"/>
    <userTask id="later" camunda:asyncBefore="true"/>
    <sequenceFlow id="f4" sourceRef="fork" targetRef="ship"/>
    <serviceTask id="ship" camunda:type="external" camunda:topic="ship"/>
    <sequenceFlow id="f5" sourceRef="fork" targetRef="hear"/>
    <receiveTask id="hear" messageRef="go"/>
    <sequenceFlow id="f6" sourceRef="fork" targetRef="see"/>
    <intermediateCatchEvent id="see"><signalEventDefinition signalRef="all"/></intermediateCatchEvent>
  </process>
</definitions>"#;

/// A running instance of everything that operations are about.
struct Place {
    engine: Engine,
    deployment: Id,
    definition: Id,
    instance: Id,
    task: Id,
    alone: Id,
    job: Id,
    external: Id,
    filter: Id,
    job_definition: Id,
}

fn ann() -> Caller {
    Caller { user: Some("ann".into()), authorized: true, ..Caller::default() }
}

fn open() -> Engine {
    let identity = IdentityOptions { authorization: true, ..IdentityOptions::default() };
    Engine::in_memory(Options { job_executor: false, identity, ..Options::default() }).unwrap()
}

fn deploy(tenant: Option<&str>) -> Deploy {
    Deploy {
        name: Some("work".into()),
        tenant: tenant.map(str::to_owned),
        resources: vec![File { name: "work.bpmn".into(), content: MODEL.as_bytes().into() }],
        ..Deploy::default()
    }
}

fn place() -> Place {
    let engine = open();
    let nobody = Caller::default();
    let deployed = engine.deploy(deploy(None), &nobody).wait().unwrap();
    let instance = engine.start("work", [("x", Value::from(1))]).wait().unwrap();
    let draft = TaskDraft { name: Some("alone".into()), priority: 50, ..TaskDraft::default() };
    engine.execute(Command::CreateTask(Box::new(draft)), &nobody).wait().unwrap();
    let filter = FilterDraft {
        resource_type: Some("Task".into()),
        name: Some("mine".into()),
        query: Some("{}".into()),
        ..FilterDraft::default()
    };
    let filter = engine.admin(Admin::CreateFilter(filter), &nobody).wait().unwrap().unwrap();
    let world = engine.read();
    let place = Place {
        deployment: deployed.deployment,
        definition: deployed.process_definitions[0],
        instance,
        task: world.tasks_of_instance(instance).next().unwrap().id,
        alone: world.tasks().find(|task| task.execution.is_none()).unwrap().id,
        job: world.jobs_of_instance(instance).next().unwrap().id,
        external: world.external_tasks_of_instance(instance).next().unwrap().id,
        filter,
        job_definition: world.job_definitions_of(deployed.process_definitions[0]).next().unwrap().id,
        engine: engine.clone(),
    };
    drop(world);
    place
}

impl Place {
    fn grant(&self, permission: &str, resource: Resource, id: &str) {
        let draft = AuthorizationDraft {
            kind: 1,
            permissions: Some(vec![permission.to_owned()]),
            user: Some("ann".into()),
            group: None,
            resource_type: Some(resource.number()),
            resource: Some(id.to_owned()),
        };
        self.engine.admin(Admin::CreateAuthorization(draft), &Caller::default()).wait().unwrap();
    }

    /// The id that a mark in the table stands for.
    fn id(&self, mark: &str) -> Option<String> {
        Some(match mark {
            "-" => return None,
            "pi" => self.instance.to_string(),
            "task" => self.task.to_string(),
            "alone" => self.alone.to_string(),
            "deployment" => self.deployment.to_string(),
            "filter" => self.filter.to_string(),
            literal => literal.to_owned(),
        })
    }
}

type Operation = fn(&Place, &Caller) -> Result<(), Fault>;

fn command(place: &Place, caller: &Caller, command: Command) -> Result<(), Fault> {
    place.engine.execute(command, caller).wait().map(drop)
}

fn task(place: &Place, caller: &Caller, id: Id, what: TaskCommand) -> Result<(), Fault> {
    command(place, caller, Command::Task(id, what))
}

fn admin(place: &Place, caller: &Caller, change: Admin) -> Result<(), Fault> {
    place.engine.admin(change, caller).wait().map(drop)
}

fn complete() -> TaskCommand {
    TaskCommand::Complete { variables: Variables::default(), local: Variables::default() }
}

/// An operation and the permissions of which any one is enough: permission, resource, id.
const ROWS: &[(&str, Operation, &[(&str, Resource, &str)])] = {
    use Resource::{
        Authorization, Batch as BatchResource, Deployment, Filter, Group, GroupMembership, ProcessDefinition,
        ProcessInstance, Task, Tenant, TenantMembership, User,
    };
    &[
        (
            "complete a task",
            |p, c| task(p, c, p.task, complete()),
            &[
                ("TASK_WORK", Task, "task"),
                ("TASK_WORK", ProcessDefinition, "work"),
                ("UPDATE", Task, "task"),
                ("UPDATE_TASK", ProcessDefinition, "work"),
            ],
        ),
        (
            "complete a standalone task",
            |p, c| task(p, c, p.alone, complete()),
            &[("TASK_WORK", Task, "alone"), ("UPDATE", Task, "alone")],
        ),
        (
            "claim a task",
            |p, c| task(p, c, p.task, TaskCommand::Claim(Some("ann".into()))),
            &[
                ("TASK_WORK", Task, "task"),
                ("TASK_WORK", ProcessDefinition, "work"),
                ("UPDATE", Task, "task"),
                ("UPDATE_TASK", ProcessDefinition, "work"),
            ],
        ),
        (
            "assign a task",
            |p, c| task(p, c, p.task, TaskCommand::SetAssignee(Some("bob".into()))),
            &[
                ("TASK_ASSIGN", Task, "task"),
                ("TASK_ASSIGN", ProcessDefinition, "work"),
                ("UPDATE", Task, "task"),
                ("UPDATE_TASK", ProcessDefinition, "work"),
            ],
        ),
        (
            "delegate a standalone task",
            |p, c| task(p, c, p.alone, TaskCommand::Delegate("bob".into())),
            &[("TASK_ASSIGN", Task, "alone"), ("UPDATE", Task, "alone")],
        ),
        (
            "delete a standalone task",
            |p, c| task(p, c, p.alone, TaskCommand::Delete { reason: None, cascade: false }),
            &[("DELETE", Task, "alone")],
        ),
        (
            "create a task",
            |p, c| command(p, c, Command::CreateTask(Box::new(TaskDraft { priority: 50, ..TaskDraft::default() }))),
            &[("CREATE", Task, "-")],
        ),
        (
            "set variables of a task",
            |p, c| {
                let variables = [("y", Value::from(2))].into_iter().collect();
                let set = Command::SetTaskVariables {
                    task: p.task,
                    variables,
                    local: false,
                    deletions: Vec::new(),
                    patch: false,
                };
                command(p, c, set)
            },
            &[
                ("UPDATE_VARIABLE", Task, "task"),
                ("UPDATE_TASK_VARIABLE", ProcessDefinition, "work"),
                ("UPDATE", Task, "task"),
                ("UPDATE_TASK", ProcessDefinition, "work"),
            ],
        ),
        (
            "set variables of an instance",
            |p, c| {
                let variables = [("y", Value::from(2))].into_iter().collect();
                let execution = p.instance;
                command(
                    p,
                    c,
                    Command::SetVariables { execution, variables, local: false, deletions: Vec::new(), patch: false },
                )
            },
            &[
                ("UPDATE_VARIABLE", ProcessInstance, "pi"),
                ("UPDATE_INSTANCE_VARIABLE", ProcessDefinition, "work"),
                ("UPDATE", ProcessInstance, "pi"),
                ("UPDATE_INSTANCE", ProcessDefinition, "work"),
            ],
        ),
        (
            "modify an instance",
            |p, c| {
                let modification = Modification {
                    process_instance: p.instance,
                    instructions: Vec::new(),
                    skip_custom_listeners: false,
                    skip_io_mappings: false,
                    annotation: None,
                    cancellation_reason: None,
                };
                command(p, c, Command::Modify(Box::new(modification)))
            },
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "delete an instance",
            |p, c| {
                let deletion = Deletion {
                    process_instance: p.instance,
                    reason: None,
                    skip_custom_listeners: false,
                    externally_terminated: true,
                    skip_io_mappings: false,
                    skip_subprocesses: false,
                    if_exists: false,
                };
                command(p, c, Command::Delete(Box::new(deletion)))
            },
            &[("DELETE", ProcessInstance, "pi"), ("DELETE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "suspend an instance",
            |p, c| command(p, c, Command::Suspend { process_instance: p.instance, suspended: true }),
            &[
                ("SUSPEND", ProcessInstance, "pi"),
                ("SUSPEND_INSTANCE", ProcessDefinition, "work"),
                ("UPDATE", ProcessInstance, "pi"),
                ("UPDATE_INSTANCE", ProcessDefinition, "work"),
            ],
        ),
        (
            "suspend the instances of a key",
            |p, c| {
                let definitions = Definitions::Key("work".into(), TenantChoice::Any);
                let request = SuspendInstances { instances: Instances::Of(definitions), suspended: true };
                p.engine.suspend_instances(request, c).wait()
            },
            &[
                ("SUSPEND", ProcessInstance, "-"),
                ("SUSPEND_INSTANCE", ProcessDefinition, "work"),
                ("UPDATE", ProcessInstance, "-"),
                ("UPDATE_INSTANCE", ProcessDefinition, "work"),
            ],
        ),
        (
            "set the retries of a job",
            |p, c| command(p, c, Command::Job(p.job, JobCommand::SetRetries(2, None))),
            &[
                ("RETRY_JOB", ProcessInstance, "pi"),
                ("RETRY_JOB", ProcessDefinition, "work"),
                ("UPDATE", ProcessInstance, "pi"),
                ("UPDATE_INSTANCE", ProcessDefinition, "work"),
            ],
        ),
        (
            "run a job",
            |p, c| command(p, c, Command::RunJob(p.job)),
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "delete a job",
            |p, c| command(p, c, Command::Job(p.job, JobCommand::Delete)),
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "set the retries of an external task",
            |p, c| command(p, c, Command::ExternalTask(p.external, ExternalTaskCommand::SetRetries(2))),
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "correlate a message",
            |p, c| {
                p.engine.correlate(Correlate { name: Some("go".into()), ..Correlate::default() }, c).wait().map(drop)
            },
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        (
            "throw a signal",
            |p, c| p.engine.signal(Signal { name: "all".into(), ..Signal::default() }, c).wait(),
            &[("UPDATE", ProcessInstance, "pi"), ("UPDATE_INSTANCE", ProcessDefinition, "work")],
        ),
        ("deploy", |p, c| p.engine.deploy(deploy(None), c).wait().map(drop), &[("CREATE", Deployment, "-")]),
        (
            "delete a deployment",
            |p, c| {
                let options = DeleteOptions { cascade: true, ..DeleteOptions::default() };
                p.engine.delete_deployment(p.deployment, options, c).wait()
            },
            &[("DELETE", Deployment, "deployment")],
        ),
        (
            "suspend a definition",
            |p, c| {
                let change = DefinitionChange::Suspend {
                    definitions: Definitions::Id(p.definition),
                    suspended: true,
                    include_instances: false,
                    at: None,
                };
                p.engine.change_definitions(change, c).wait()
            },
            &[("SUSPEND", ProcessDefinition, "work"), ("UPDATE", ProcessDefinition, "work")],
        ),
        (
            "delete a definition",
            |p, c| {
                let options = DeleteOptions { cascade: true, ..DeleteOptions::default() };
                let change = DefinitionChange::Delete { definitions: Definitions::Id(p.definition), options };
                p.engine.change_definitions(change, c).wait()
            },
            &[("DELETE", ProcessDefinition, "work")],
        ),
        (
            "set a time to live",
            |p, c| {
                let change = DefinitionChange::HistoryTimeToLive { definition: p.definition, days: Some(5) };
                p.engine.change_definitions(change, c).wait()
            },
            &[("UPDATE", ProcessDefinition, "work")],
        ),
        (
            "suspend a job definition",
            |p, c| {
                let change = JobDefinitionChange::Suspend {
                    definitions: JobDefinitions::Id(p.job_definition),
                    suspended: true,
                    include_jobs: false,
                    at: None,
                };
                p.engine.change_job_definitions(change, c).wait()
            },
            &[("UPDATE", ProcessDefinition, "work")],
        ),
        (
            "set the retries of the jobs of a definition",
            |p, c| {
                let change = JobDefinitionChange::Retries { definition: p.job_definition, retries: 3, due: None };
                p.engine.change_job_definitions(change, c).wait()
            },
            &[
                ("RETRY_JOB", ProcessInstance, "*"),
                ("RETRY_JOB", ProcessDefinition, "work"),
                ("UPDATE", ProcessInstance, "*"),
                ("UPDATE_INSTANCE", ProcessDefinition, "work"),
            ],
        ),
        (
            "start a batch",
            |p, c| {
                let batch = Batch::SetVariables { instances: vec![p.instance], variables: Variables::default() };
                Rights::new(&p.engine.read(), c).batch(&batch)
            },
            &[("CREATE_BATCH_SET_VARIABLES", BatchResource, "-"), ("CREATE", BatchResource, "-")],
        ),
        (
            "create a user",
            |p, c| admin(p, c, Admin::CreateUser(UserProfile { id: "bob".into(), ..UserProfile::default() }, None)),
            &[("CREATE", User, "-")],
        ),
        ("delete a user", |p, c| admin(p, c, Admin::DeleteUser("bob".into())), &[("DELETE", User, "bob")]),
        (
            "create a group",
            |p, c| admin(p, c, Admin::CreateGroup(GroupProfile { id: "g".into(), ..GroupProfile::default() })),
            &[("CREATE", Group, "-")],
        ),
        (
            "create a tenant",
            |p, c| admin(p, c, Admin::CreateTenant(TenantProfile { id: "t".into(), name: None })),
            &[("CREATE", Tenant, "-")],
        ),
        (
            "leave a group",
            |p, c| {
                let membership = Membership::UserGroup("bob".into(), "g".into());
                admin(p, c, Admin::Member { membership, add: false })
            },
            &[("DELETE", GroupMembership, "g")],
        ),
        (
            "leave a tenant",
            |p, c| {
                let membership = Membership::UserTenant("bob".into(), "t".into());
                admin(p, c, Admin::Member { membership, add: false })
            },
            &[("DELETE", TenantMembership, "t")],
        ),
        (
            "create an authorization",
            |p, c| {
                let draft = AuthorizationDraft {
                    kind: 1,
                    permissions: Some(vec!["READ".into()]),
                    user: Some("bob".into()),
                    resource_type: Some(Task.number()),
                    resource: Some("*".into()),
                    ..AuthorizationDraft::default()
                };
                admin(p, c, Admin::CreateAuthorization(draft))
            },
            &[("CREATE", Authorization, "-")],
        ),
        (
            "create a filter",
            |p, c| {
                let (resource_type, name) = (Some("Task".into()), Some("n".into()));
                admin(p, c, Admin::CreateFilter(FilterDraft { resource_type, name, ..FilterDraft::default() }))
            },
            &[("CREATE", Filter, "*")],
        ),
        ("delete a filter", |p, c| admin(p, c, Admin::DeleteFilter(p.filter)), &[("DELETE", Filter, "filter")]),
        (
            "delete the history of a variable",
            |p, c| {
                let id = p.engine.read().historic_variables_of(p.instance).next().unwrap().id;
                p.engine.change_history(HistoryChange::DeleteVariable(id), c).wait().map(drop)
            },
            &[("DELETE_HISTORY", ProcessDefinition, "work")],
        ),
    ]
};

fn is_refusal(result: &Result<(), Fault>) -> bool {
    matches!(result, Err(fault) if fault.kind == FaultKind::Authorization)
}

#[test]
fn without_permission_every_operation_is_refused_and_names_what_is_missing() {
    for (what, operation, any) in ROWS {
        let place = place();
        let fault = operation(&place, &ann()).expect_err(what);
        assert_eq!(fault.kind, FaultKind::Authorization, "{what}: {fault}");
        let details: Json = serde_json::from_str(fault.details.as_deref().unwrap()).unwrap();
        let missing: Vec<Json> = any
            .iter()
            .map(|(permission, resource, id)| {
                json!({"permissionName": permission, "resourceName": resource.name(), "resourceId": place.id(id)})
            })
            .collect();
        assert_eq!(details["missingAuthorizations"], json!(missing), "{what}");
        assert_eq!(details["userId"], "ann", "{what}");
        let start = if any.len() == 1 {
            format!("The user with id 'ann' does not have '{}' permission on resource '", any[0].0)
        } else {
            format!("The user with id 'ann' does not have one of the following permissions: '{}' permission", any[0].0)
        };
        assert!(fault.message.starts_with(&start), "{what}: {fault}");
        // without authentication, and where authorizations are not checked, everything is allowed
        let free = Caller { user: Some("ann".into()), authorized: false, ..Caller::default() };
        assert!(!is_refusal(&operation(&place, &free)), "{what}");
    }
}

#[test]
fn any_one_permission_is_enough() {
    for (what, operation, any) in ROWS {
        for (permission, resource, id) in *any {
            let place = place();
            let id = place.id(id).unwrap_or_else(|| "*".to_owned());
            place.grant(permission, *resource, &id);
            let result = operation(&place, &ann());
            assert!(result.is_ok(), "{what} with {permission} on {resource:?} {id}: {result:?}");
        }
    }
}

#[test]
fn starting_takes_two_permissions() {
    let place = place();
    let start = || Command::Start(Box::new(Start { definition: place.definition, ..Start::default() }));
    let fault = command(&place, &ann(), start()).unwrap_err();
    assert_eq!(
        fault.message,
        "The user with id 'ann' does not have 'CREATE' permission on resource 'ProcessInstance'."
    );
    place.grant("CREATE", Resource::ProcessInstance, "*");
    let fault = command(&place, &ann(), start()).unwrap_err();
    assert_eq!(
        fault.message,
        "The user with id 'ann' does not have 'CREATE_INSTANCE' permission on resource 'work' of type \
         'ProcessDefinition'."
    );
    place.grant("CREATE_INSTANCE", Resource::ProcessDefinition, "work");
    command(&place, &ann(), start()).unwrap();
}

#[test]
fn workers_get_only_tasks_they_may_change() {
    let place = place();
    let fetch = || {
        let topic = FetchTopic { name: "ship".into(), lock_ms: 1000, ..FetchTopic::default() };
        let request =
            FetchAndLock { worker: "w".into(), max_tasks: 10, topics: vec![topic], ..FetchAndLock::default() };
        place.engine.fetch_and_lock(request, &ann()).wait().unwrap().len()
    };
    assert_eq!(fetch(), 0);
    place.grant("READ_INSTANCE", Resource::ProcessDefinition, "work");
    assert_eq!(fetch(), 0);
    place.grant("UPDATE", Resource::ProcessInstance, "*");
    assert_eq!(fetch(), 1);
}

#[test]
fn what_belongs_to_other_tenants_is_out_of_reach() {
    let engine = open();
    let deployed = engine.deploy(deploy(Some("north")), &Caller::default()).wait().unwrap();
    let of = |tenant: &str| Caller { tenants: vec![tenant.into()], authorized: false, ..ann() };
    let start = || Command::Start(Box::new(Start { definition: deployed.process_definitions[0], ..Start::default() }));
    let text = engine.read().process_definition(deployed.process_definitions[0]).unwrap().text_id.to_string();
    let fault = engine.execute(start(), &of("south")).wait().unwrap_err();
    assert_eq!(
        fault.message,
        format!(
            "ENGINE-13034 Cannot create an instance of the process definition '{text}' because it belongs to no \
             authenticated tenant."
        )
    );
    engine.execute(start(), &of("north")).wait().unwrap();
    let instance = engine.read().executions().find(|row| row.parent.is_none()).unwrap().id;
    let suspend = |caller: &Caller| {
        engine.execute(Command::Suspend { process_instance: instance, suspended: true }, caller).wait()
    };
    let fault = suspend(&of("south")).unwrap_err();
    assert_eq!(
        fault.message,
        format!(
            "ENGINE-13034 Cannot update the process instance '{instance}' because it belongs to no authenticated tenant."
        )
    );
    // administrators belong everywhere
    let admin = Caller { groups: vec!["camunda-admin".into()], ..of("south") };
    suspend(&admin).unwrap();
    let message =
        |caller| engine.correlate(Correlate { name: Some("go".into()), ..Correlate::default() }, caller).wait();
    assert!(message(&of("south")).is_err(), "nobody hears it");
}

#[test]
fn only_administrators_unlock_users() {
    let place = place();
    let fault = admin(&place, &ann(), Admin::UnlockUser("bob".into())).unwrap_err();
    assert_eq!(fault.message, "ENGINE-03029 Required admin authenticated group or user.");
    let root = Caller { groups: vec!["camunda-admin".into()], ..ann() };
    admin(&place, &root, Admin::UnlockUser("bob".into())).unwrap();
    let fault = admin(&place, &ann(), Admin::SetProperty("p".into(), Some("v".into()))).unwrap_err();
    assert_eq!(
        fault.message,
        "ENGINE-03110 Required admin authenticated group or user or any of the following permissions: 'SET' permission on \
         resource 'System'."
    );
    place.grant("SET", Resource::System, "*");
    admin(&place, &ann(), Admin::SetProperty("p".into(), Some("v".into()))).unwrap();
}

#[test]
fn assignees_and_candidates_get_their_task_and_lose_it_with_it() {
    let place = place();
    let nobody = Caller::default();
    task(&place, &nobody, place.task, TaskCommand::SetAssignee(Some("ann".into()))).unwrap();
    let on_task = || -> Vec<(Option<String>, i32)> {
        let world = place.engine.read();
        world
            .authorizations_on(Resource::Task, &place.task.to_string())
            .map(|row| (row.user.clone(), row.permissions))
            .collect()
    };
    assert_eq!(on_task(), [(Some("ann".into()), 6)]);
    task(&place, &ann(), place.task, complete()).unwrap();
    assert_eq!(on_task(), []);
}

#[test]
fn who_creates_gets_what_camunda_grants() {
    let place = place();
    let nobody = Caller::default();
    let rows = |resource, id: &str| -> Vec<(Option<String>, Option<String>, Vec<&'static str>)> {
        let world = place.engine.read();
        let rows = world.authorizations_on(resource, id);
        rows.map(|row| (row.user.clone(), row.group.clone(), row.permission_names())).collect()
    };
    let user = UserProfile { id: "bob".into(), ..UserProfile::default() };
    admin(&place, &nobody, Admin::CreateUser(user, None)).unwrap();
    assert_eq!(rows(Resource::User, "bob"), [(Some("bob".into()), None, vec!["ALL"])]);
    admin(&place, &nobody, Admin::CreateGroup(GroupProfile { id: "g".into(), ..GroupProfile::default() })).unwrap();
    assert_eq!(rows(Resource::Group, "g"), [(None, Some("g".into()), vec!["READ"])]);
    admin(&place, &nobody, Admin::CreateTenant(TenantProfile { id: "t".into(), name: None })).unwrap();
    let membership = Membership::UserTenant("bob".into(), "t".into());
    admin(&place, &nobody, Admin::Member { membership, add: true }).unwrap();
    assert_eq!(rows(Resource::Tenant, "t"), [(Some("bob".into()), None, vec!["READ"])]);
    admin(&place, &nobody, Admin::DeleteUser("bob".into())).unwrap();
    assert_eq!(rows(Resource::User, "bob"), []);
    assert_eq!(rows(Resource::Tenant, "t"), []);
    let free = Caller { authorized: false, ..ann() };
    let deployed = place.engine.deploy(deploy(None), &free).wait().unwrap();
    assert_eq!(
        rows(Resource::Deployment, &deployed.deployment.to_string()),
        [(Some("ann".into()), None, vec!["READ", "DELETE"])]
    );
}

/// Operation type, entity type, property, old value, new value.
type Entry = (String, String, Option<String>, Option<String>, Option<String>);

fn log(engine: &Engine) -> Vec<Entry> {
    let entry = |row: &UserOperation| {
        (
            row.operation_type.clone(),
            row.entity_type.clone(),
            row.property.clone(),
            row.old_value.clone(),
            row.new_value.clone(),
        )
    };
    engine.read().user_operations().map(entry).collect()
}

fn entry(verb: &str, entity: &str, property: Option<&str>, old: Option<&str>, new: Option<&str>) -> Entry {
    let text = |text: Option<&str>| text.map(str::to_owned);
    (verb.into(), entity.into(), text(property), text(old), text(new))
}

#[test]
fn the_log_tells_who_did_what_with_old_and_new_values() {
    let place = place();
    assert_eq!(log(&place.engine), [], "nothing is logged when nobody is logged in");
    let by = Caller { authorized: false, ..ann() };
    task(&place, &by, place.task, TaskCommand::Claim(Some("ann".into()))).unwrap();
    task(&place, &by, place.task, TaskCommand::Delegate("bob".into())).unwrap();
    task(&place, &by, place.task, TaskCommand::SetPriority(70)).unwrap();
    command(&place, &by, Command::Job(place.job, JobCommand::SetRetries(7, None))).unwrap();
    // what fails leaves no entry
    task(&place, &by, place.task, TaskCommand::Claim(Some("eve".into()))).unwrap_err();
    command(&place, &by, Command::Suspend { process_instance: place.instance, suspended: true }).unwrap();
    assert_eq!(
        log(&place.engine),
        [
            entry("Claim", "Task", Some("assignee"), None, Some("ann")),
            entry("Delegate", "Task", Some("assignee"), Some("ann"), Some("bob")),
            entry("Delegate", "Task", Some("owner"), None, Some("ann")),
            entry("Delegate", "Task", Some("delegation"), None, Some("PENDING")),
            entry("SetPriority", "Task", Some("priority"), Some("50"), Some("70")),
            entry("SetJobRetries", "Job", Some("retries"), Some("3"), Some("7")),
            entry("Suspend", "ProcessInstance", Some("suspensionState"), None, Some("suspended")),
        ]
    );
    let world = place.engine.read();
    let rows: Vec<&UserOperation> = world.user_operations().collect();
    assert!(rows.iter().all(|row| row.user.as_deref() == Some("ann")));
    assert_eq!(rows[1].operation, rows[3].operation, "one operation, three properties");
    assert_ne!(rows[0].operation, rows[1].operation);
    for row in &rows {
        assert_eq!(row.process_instance, Some(place.instance));
        assert_eq!(row.definition_key.as_deref(), Some("work"));
        assert_eq!(row.deployment, Some(place.deployment));
    }
    assert_eq!(rows[5].job, Some(place.job));
    assert_eq!(rows[5].job_definition, Some(place.job_definition));
    assert_eq!(rows[0].category.as_deref(), Some("TaskWorker"));
    assert_eq!(rows[6].category.as_deref(), Some("Operator"));
}

#[test]
fn administration_and_deployments_are_logged() {
    let place = place();
    let by = Caller { authorized: false, ..ann() };
    admin(&place, &by, Admin::CreateGroup(GroupProfile { id: "g".into(), ..GroupProfile::default() })).unwrap();
    admin(&place, &by, Admin::DeleteGroup("g".into())).unwrap();
    admin(&place, &by, Admin::DeleteGroup("g".into())).unwrap();
    let deployed = place.engine.deploy(deploy(None), &by).wait().unwrap();
    let change = DefinitionChange::Suspend {
        definitions: Definitions::Id(place.definition),
        suspended: true,
        include_instances: true,
        at: None,
    };
    place.engine.change_definitions(change, &by).wait().unwrap();
    let options = DeleteOptions { cascade: true, ..DeleteOptions::default() };
    place.engine.delete_deployment(deployed.deployment, options, &by).wait().unwrap();
    assert_eq!(
        log(&place.engine),
        [
            entry("Create", "Group", Some("groupId"), None, Some("g")),
            entry("Delete", "Group", Some("groupId"), None, Some("g")),
            entry("Create", "Deployment", Some("duplicateFilterEnabled"), None, Some("false")),
            entry("SuspendProcessDefinition", "ProcessDefinition", Some("suspensionState"), None, Some("suspended")),
            entry("SuspendProcessDefinition", "ProcessDefinition", Some("includeProcessInstances"), None, Some("true")),
            entry("Delete", "Deployment", Some("cascade"), None, Some("true")),
        ]
    );
}
