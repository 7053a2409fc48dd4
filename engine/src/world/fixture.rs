//! Worlds for tests: entities with plain defaults, and a random world from a seed.

use std::sync::Arc;

use engine_core::{
    graph::NodeIx,
    history::*,
    state::{
        ActivityState, AsyncOperation, Change, Changes, EventSubscription, Execution, ExternalTask,
        IdentityLink, Incident, Job, JobKind, SubscriptionKind, Task, TaskState, Variable,
    },
};
use models::{Id, Timestamp, Value};

use super::*;

/// A small generator of random numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end as u64)).expect("it is below a usize")
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(crate) fn maybe<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if self.one_in(3) {
            None
        } else {
            Some(self.pick(from))
        }
    }
}

pub(crate) const WORDS: [&str; 5] = ["alpha", "Alpha", "beta", "al_ha", "50%"];
pub(crate) const TENANTS: [&str; 2] = ["red", "blue"];

pub(crate) fn word(random: &mut Random) -> Arc<str> {
    random.pick(&WORDS).into()
}

fn words(random: &mut Random) -> Option<Arc<str>> {
    random.maybe(&WORDS).map(Arc::from)
}

fn strings(random: &mut Random) -> Option<String> {
    random.maybe(&WORDS).map(str::to_owned)
}

pub(crate) fn time(random: &mut Random) -> Timestamp {
    Timestamp(i64::try_from(random.below(6)).expect("small") * 1000)
}

fn times(random: &mut Random) -> Option<Timestamp> {
    if random.one_in(2) {
        None
    } else {
        Some(time(random))
    }
}

pub(crate) fn value(random: &mut Random) -> Value {
    match random.below(9) {
        0 => Value::Null,
        1 => Value::Boolean(random.one_in(2)),
        2 => Value::Short(2),
        3 => Value::Integer(i32::try_from(random.below(3)).expect("small")),
        4 => Value::Long(i64::try_from(random.below(3)).expect("small")),
        5 => Value::Double(random.pick(&[0.0, 1.0, 1.5])),
        6 => Value::Date(time(random)),
        _ => Value::String(word(random)),
    }
}

pub(crate) fn execution(
    id: u128,
    parent: Option<u128>,
    instance: u128,
    definition: Id,
) -> Execution {
    Execution {
        id: Id(id),
        parent: parent.map(Id),
        process_instance: Id(instance),
        super_execution: None,
        definition,
        activity: None,
        activity_instance: None,
        is_scope: true,
        is_concurrent: false,
        is_active: true,
        is_event_scope: false,
        suspended: false,
        business_key: None,
        tenant: None,
        starter: None,
        sequence: 0,
        activity_state: ActivityState::Default,
    }
}

pub(crate) fn variable(id: u128, scope: &Execution, name: &str, value: Value) -> Variable {
    Variable {
        id: Id(id),
        scope: scope.id,
        task: None,
        execution: Some(scope.id),
        process_instance: Some(scope.process_instance),
        name: name.into(),
        value,
        concurrent_local: false,
        transient: false,
        revision: 0,
    }
}

pub(crate) fn task(id: u128, execution: Option<&Execution>) -> Task {
    Task {
        id: Id(id),
        custom_id: None,
        execution: execution.map(|row| row.id),
        process_instance: execution.map(|row| row.process_instance),
        definition: execution.map(|row| row.definition),
        node: None,
        activity_instance: None,
        key: None,
        name: None,
        description: None,
        assignee: None,
        owner: None,
        priority: 50,
        due: None,
        follow_up: None,
        created: Timestamp(0),
        last_updated: None,
        delegation: None,
        parent_task: None,
        case_instance: None,
        tenant: None,
        suspended: false,
        links: Vec::new(),
        state: TaskState::Created,
        revision: 0,
    }
}

pub(crate) fn candidate(user: Option<&str>, group: Option<&str>) -> IdentityLink {
    IdentityLink {
        kind: "candidate".into(),
        user: user.map(Into::into),
        group: group.map(Into::into),
    }
}

pub(crate) fn job(id: u128) -> Job {
    Job {
        id: Id(id),
        kind: JobKind::Async(AsyncOperation::ProcessStart),
        execution: None,
        process_instance: None,
        definition: None,
        declaration: None,
        due: None,
        retries: 3,
        priority: 0,
        exclusive: true,
        suspended: false,
        created: Timestamp(0),
        repeat: None,
        repeat_offset: 0,
        exception_message: None,
        exception_stacktrace: None,
        failed_activity: None,
        tenant: None,
        follow_up_created: false,
        lock_owner: None,
        lock_expires: None,
        payload: None,
        revision: 0,
        batch: None,
    }
}

pub(crate) fn external_task(id: u128, execution: &Execution, topic: &str) -> ExternalTask {
    ExternalTask {
        id: Id(id),
        topic: topic.into(),
        worker: None,
        lock_expires: None,
        retries: None,
        error_message: None,
        error_details: None,
        execution: execution.id,
        process_instance: execution.process_instance,
        definition: execution.definition,
        node: NodeIx(0),
        activity_instance: Id(id + 1),
        priority: 0,
        suspended: false,
        tenant: None,
        created: Timestamp(0),
        last_failure_log: None,
    }
}

pub(crate) fn node(
    id: &str,
    activity_type: &str,
    flow_scope: Option<u32>,
    is_scope: bool,
) -> NodeInfo {
    NodeInfo {
        id: id.into(),
        name: Some(format!("Name of {id}").into()),
        activity_type: activity_type.into(),
        flow_scope,
        is_scope,
        throws_compensation: false,
        is_compensation_handler: false,
    }
}

pub(crate) fn definition(
    id: u128,
    key: &str,
    version: i32,
    nodes: Vec<NodeInfo>,
) -> ProcessDefinition {
    ProcessDefinition {
        id: Id(id),
        key: key.to_owned(),
        version,
        name: Some(format!("{key} process")),
        category: None,
        description: None,
        version_tag: None,
        deployment: Id(1),
        resource: format!("{key}.bpmn"),
        diagram: None,
        tenant: None,
        suspended: false,
        history_time_to_live: None,
        startable_in_tasklist: true,
        starter_users: Vec::new(),
        starter_groups: Vec::new(),
        has_start_form_key: false,
        nodes,
    }
}

/// Puts entities into the world as created by the root instance 1000.
macro_rules! created {
    ($($name:ident: $type:ty = $table:ident;)*) => {
        impl World {
            $(pub(crate) fn $name(&mut self, row: $type) {
                let mut changes = Changes::default();
                changes.$table.push(Change { id: row.id, old: None, new: Some(row) });
                self.apply(WorldChange { roots: vec![RootChange { root: Id(1000), changes }], ..WorldChange::default() });
            })*
        }
    };
}

created! {
    put_execution: Execution = executions;
    put_variable: Variable = variables;
    put_task: Task = tasks;
    put_job: Job = jobs;
    put_subscription: EventSubscription = subscriptions;
    put_external_task: ExternalTask = external_tasks;
    put_incident: Incident = incidents;
}

pub(crate) fn activity_row(
    id: u128,
    instance: u128,
    definition: Id,
    activity: &str,
) -> HistoricActivityInstance {
    HistoricActivityInstance {
        id: Id(id),
        parent: Id(instance),
        parent_activity: String::new(),
        activity: activity.to_owned(),
        activity_name: None,
        activity_type: "userTask".to_owned(),
        definition,
        process_instance: Id(instance),
        execution: Id(instance),
        task: None,
        called_instance: None,
        assignee: None,
        start: Timestamp(0),
        end: None,
        state: ActivityState::Default,
        sequence: 1,
        tenant: None,
        removal_time: None,
    }
}

pub(crate) fn instance_row(id: u128, root: u128, definition: Id) -> HistoricProcessInstance {
    HistoricProcessInstance {
        id: Id(id),
        definition,
        root: Id(root),
        super_instance: None,
        business_key: None,
        start: Timestamp(0),
        end: None,
        state: InstanceStateName::Active,
        start_user: None,
        start_activity: None,
        end_activity: None,
        delete_reason: None,
        tenant: None,
        removal_time: None,
        restarted: None,
        case_instance: None,
    }
}

/// Deploys two keys with two versions each, a deployment for each version.
pub(crate) fn deploy(world: &mut World) -> Vec<Id> {
    let mut ids = Vec::new();
    for (at, key) in ["alpha", "beta"].into_iter().enumerate() {
        for version in 1..=2 {
            let id = 100 + 10 * at as u128 + version as u128;
            let nodes = vec![
                node("task", "userTask", None, false),
                node("sub", "subProcess", None, true),
                node("inner", "userTask", Some(1), false),
            ];
            let mut row = definition(id, key, version, nodes);
            row.deployment = Id(id + 50);
            row.tenant = (at == 1).then(|| TENANTS[0].to_owned());
            world.put(Record::Deployment(Box::new(Deployment {
                id: row.deployment,
                name: Some(key.to_owned()),
                source: None,
                time: Timestamp(i64::from(version) * 1000),
                tenant: row.tenant.clone(),
                resources: Vec::new(),
            })));
            world.put(Record::JobDefinition(Box::new(JobDefinition {
                id: Id(id + 70),
                definition: Some(row.id),
                declaration: Some(0),
                activity: Some("task".to_owned()),
                job_type: "async-continuation".to_owned(),
                configuration: None,
                suspended: false,
                overriding_priority: None,
                tenant: row.tenant.clone(),
                deployment: Some(row.deployment),
            })));
            ids.push(row.id);
            world.put(Record::ProcessDefinition(Box::new(row)));
        }
    }
    ids
}

/// A world that random transactions made: rows created, changed and removed.
pub(crate) fn random_world(seed: u64) -> World {
    let mut random = Random(seed);
    let mut world = World::default();
    let definitions = deploy(&mut world);
    for index in 0..30_u128 {
        random_instance(&mut world, &mut random, &definitions, 10_000 + index * 100);
    }
    for index in 0..5_u128 {
        let mut row = task(90_000 + index, None);
        row.custom_id = random.one_in(2).then(|| format!("own-{index}").into());
        decorate_task(&mut random, &mut row);
        world.put_task(row);
    }
    // change and remove what is there
    let roots: Vec<Id> = world.executions().map(|row| row.id).collect();
    for id in roots {
        if random.one_in(6) {
            remove_instance(&mut world, id);
        } else if let Some(mut row) = world.execution(id).cloned() {
            row.suspended = random.one_in(3);
            row.business_key = words(&mut random);
            world.put_execution(row);
        }
    }
    for id in world.tasks().map(|row| row.id).collect::<Vec<_>>() {
        if random.one_in(3) {
            let mut row = world.task(id).cloned().expect("it is listed");
            decorate_task(&mut random, &mut row);
            world.put_task(row);
        }
    }
    for id in world.variables().map(|row| row.id).collect::<Vec<_>>() {
        if random.one_in(3) {
            let mut row = world.variable(id).cloned().expect("it is listed");
            row.value = value(&mut random);
            world.put_variable(row);
        }
    }
    for id in world.external_tasks().map(|row| row.id).collect::<Vec<_>>() {
        let mut row = world.external_task(id).cloned().expect("it is listed");
        row.lock_expires = times(&mut random);
        row.worker = words(&mut random);
        row.retries = random.maybe(&[0, 1]);
        row.priority = i64::try_from(random.below(3)).expect("small");
        world.put_external_task(row);
    }
    world.pass_time(Timestamp(2000));
    world
}

fn decorate_task(random: &mut Random, row: &mut Task) {
    row.key = words(random);
    row.name = words(random);
    row.description = words(random);
    row.assignee = if random.one_in(2) {
        None
    } else {
        words(random)
    };
    row.owner = words(random);
    row.priority = i32::try_from(random.below(4)).expect("small");
    row.due = times(random);
    row.follow_up = times(random);
    row.created = time(random);
    row.tenant = random.maybe(&TENANTS).map(Into::into);
    row.suspended = random.one_in(4);
    row.parent_task = random.one_in(4).then(|| "own-1".into());
    row.links = (0..random.below(3))
        .map(|_| {
            if random.one_in(2) {
                candidate(Some(random.pick(&WORDS)), None)
            } else {
                candidate(None, Some(random.pick(&WORDS)))
            }
        })
        .collect();
}

fn remove_instance(world: &mut World, instance: Id) {
    fn gone<T>(id: Id) -> Change<T> {
        Change {
            id,
            old: None,
            new: None,
        }
    }
    let changes = Changes {
        executions: world
            .executions_of(instance)
            .map(|row| gone(row.id))
            .collect(),
        variables: world
            .variables_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
        tasks: world
            .tasks_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
        jobs: world
            .jobs_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
        subscriptions: world
            .subscriptions_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
        external_tasks: world
            .external_tasks_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
        incidents: world
            .incidents_of_instance(instance)
            .map(|row| gone(row.id))
            .collect(),
    };
    world.apply(WorldChange {
        roots: vec![RootChange {
            root: instance,
            changes,
        }],
        ..WorldChange::default()
    });
}

fn random_instance(world: &mut World, random: &mut Random, definitions: &[Id], id: u128) {
    let definition = random.pick(definitions);
    let tenant = random.maybe(&TENANTS).map(Arc::<str>::from);
    let mut root = execution(id, None, id, definition);
    root.business_key = words(random);
    root.tenant.clone_from(&tenant);
    if random.one_in(3) {
        root.super_execution = world
            .executions()
            .map(|row| row.id)
            .nth(random.below(world.execution_count().max(1)));
    }
    let mut child = execution(id + 1, Some(id), id, definition);
    child.activity = Some(NodeIx(u32::try_from(random.below(3)).expect("small")));
    child.activity_instance = Some(Id(id + 2));
    child.is_scope = random.one_in(2);
    child.tenant.clone_from(&tenant);
    let mut changes = Changes::default();
    macro_rules! add {
        ($table:ident, $row:expr) => {{
            let row = $row;
            changes.$table.push(Change {
                id: row.id,
                old: None,
                new: Some(row),
            });
        }};
    }
    for index in 0..3_u128 {
        let scope = if random.one_in(2) { &root } else { &child };
        add!(
            variables,
            variable(id + 10 + index, scope, random.pick(&WORDS), value(random))
        );
    }
    let mut row = task(id + 20, Some(&child));
    decorate_task(random, &mut row);
    let mut local = variable(id + 21, &child, random.pick(&WORDS), value(random));
    (local.scope, local.task) = (row.id, Some(row.id));
    add!(variables, local);
    add!(tasks, row);
    let mut row = job(id + 30);
    row.process_instance = Some(root.id);
    row.execution = Some(child.id);
    row.definition = Some(definition);
    row.declaration = random.maybe(&[0]);
    row.due = times(random);
    row.retries = i32::try_from(random.below(3)).expect("small");
    row.suspended = random.one_in(3);
    row.exception_message = strings(random);
    row.tenant.clone_from(&tenant);
    if random.one_in(2) {
        row.kind = JobKind::TimerIntermediate(NodeIx(0));
    }
    add!(jobs, row);
    let mut row = external_task(id + 40, &child, random.pick(&WORDS));
    row.created = time(random);
    row.priority = i64::try_from(random.below(3)).expect("small");
    add!(external_tasks, row);
    add!(
        subscriptions,
        EventSubscription {
            id: Id(id + 50),
            kind: if random.one_in(2) {
                SubscriptionKind::Message
            } else {
                SubscriptionKind::Signal
            },
            name: words(random),
            execution: child.id,
            process_instance: root.id,
            definition,
            node: NodeIx(0),
            event_scope: None,
            created: time(random),
            tenant: tenant.clone(),
        }
    );
    if random.one_in(2) {
        add!(
            incidents,
            Incident {
                id: Id(id + 60),
                kind: word(random),
                created: time(random),
                message: strings(random),
                execution: Some(child.id),
                process_instance: Some(root.id),
                definition: Some(definition),
                activity: Some("task".into()),
                failed_activity: None,
                cause: Id(id + 60),
                root_cause: Id(id + 60),
                configuration: Some(Id(id + 30).to_string()),
                tenant: tenant.clone(),
                declaration: Some(0),
                annotation: None,
                history_configuration: None,
            }
        );
    }
    add!(executions, child);
    add!(executions, root);
    let history = random_history(random, id, definition, tenant.as_deref());
    let history = history
        .into_iter()
        .map(|event| RootedEvent {
            root: Some(Id(id)),
            event,
        })
        .collect();
    world.apply(WorldChange {
        roots: vec![RootChange {
            root: Id(id),
            changes,
        }],
        history,
        ..WorldChange::default()
    });
}

/// History of a process instance, in the order it would happen.
pub(crate) fn random_history(
    random: &mut Random,
    id: u128,
    definition: Id,
    tenant: Option<&str>,
) -> Vec<HistoryEvent> {
    let tenant = tenant.map(str::to_owned);
    let mut events = Vec::new();
    let mut row = instance_row(id, id, definition);
    row.business_key = strings(random);
    row.start = time(random);
    row.start_user = strings(random);
    row.super_instance = random.one_in(4).then_some(Id(10_000));
    row.tenant.clone_from(&tenant);
    events.push(HistoryEvent::ProcessInstanceStarted(Box::new(row)));
    for index in 0..3_u128 {
        let mut row = activity_row(id + 2 + index, id, definition, random.pick(&WORDS));
        row.start = time(random);
        row.assignee = strings(random);
        row.activity_name = strings(random);
        events.push(HistoryEvent::ActivityStarted(Box::new(row)));
        if random.one_in(2) {
            let state = random.pick(&[
                ActivityState::Default,
                ActivityState::Canceled,
                ActivityState::ScopeComplete,
            ]);
            events.push(HistoryEvent::ActivityEnded {
                id: Id(id + 2 + index),
                time: Timestamp(5000),
                state,
            });
        }
    }
    events.push(HistoryEvent::TaskPut(Box::new(HistoricTaskInstance {
        id: Id(id + 20),
        custom_id: None,
        definition: Some(definition),
        process_instance: Some(Id(id)),
        execution: Some(Id(id + 1)),
        activity_instance: Some(Id(id + 2)),
        key: strings(random),
        name: strings(random),
        description: strings(random),
        owner: strings(random),
        assignee: strings(random),
        start: time(random),
        end: None,
        delete_reason: None,
        priority: 50,
        due: times(random),
        follow_up: times(random),
        parent_task: None,
        tenant: tenant.clone(),
        state: "Created".to_owned(),
        removal_time: None,
        case_instance: None,
    })));
    if random.one_in(2) {
        events.push(HistoryEvent::TaskEnded {
            id: Id(id + 20),
            time: Timestamp(6000),
            delete_reason: "completed".to_owned(),
            state: "Completed".to_owned(),
        });
    }
    for index in 0..3_u128 {
        let variable_id = Id(id + 10 + index);
        let task = random.one_in(3).then_some(Id(id + 20));
        events.push(HistoryEvent::VariablePut(Box::new(
            HistoricVariableInstance {
                id: variable_id,
                name: random.pick(&WORDS).to_owned(),
                value: value(random),
                definition: Some(definition),
                process_instance: Some(Id(id)),
                execution: Some(Id(id)),
                activity_instance: Some(Id(id)),
                activity: None,
                task,
                created: time(random),
                deleted: false,
                tenant: tenant.clone(),
                removal_time: None,
                initial: true,
            },
        )));
        events.push(HistoryEvent::Detail(Box::new(HistoricDetail {
            id: Id(id + 70 + index),
            name: random.pick(&WORDS).to_owned(),
            value: value(random),
            form_field: random.one_in(4),
            variable: Some(variable_id),
            revision: 0,
            definition: Some(definition),
            process_instance: Some(Id(id)),
            execution: Some(Id(id)),
            activity_instance: Some(Id(id)),
            activity: None,
            task,
            time: time(random),
            operation: None,
            tenant: tenant.clone(),
            removal_time: None,
            initial: random.one_in(2),
        })));
        match random.below(4) {
            0 => events.push(HistoryEvent::VariableUpdated {
                id: variable_id,
                value: value(random),
            }),
            1 => events.push(HistoryEvent::VariableDeleted {
                id: variable_id,
                keep: random.one_in(2),
            }),
            _ => {}
        }
    }
    events.push(HistoryEvent::IdentityLinkLog(Box::new(
        HistoricIdentityLinkLog {
            id: Id(id + 80),
            time: time(random),
            kind: "candidate".to_owned(),
            user: strings(random),
            group: strings(random),
            task: Some(Id(id + 20)),
            definition: Some(definition),
            added: true,
            assigner: None,
            tenant: tenant.clone(),
            removal_time: None,
            process_instance: Some(Id(id)),
        },
    )));
    events.push(HistoryEvent::JobLog(Box::new(HistoricJobLog {
        id: Id(id + 81),
        kind: random.pick(&[LogKind::Creation, LogKind::Failure, LogKind::Success]),
        time: time(random),
        job: Id(id + 30),
        due: None,
        retries: 3,
        priority: 0,
        message: strings(random),
        stacktrace: None,
        job_definition: None,
        job_definition_type: None,
        job_definition_configuration: None,
        activity: strings(random),
        failed_activity: None,
        execution: Some(Id(id + 1)),
        process_instance: Some(Id(id)),
        definition: Some(definition),
        tenant: tenant.clone(),
        removal_time: None,
        batch: None,
        hostname: None,
    })));
    if random.one_in(2) {
        events.push(HistoryEvent::IncidentCreated(Box::new(HistoricIncident {
            id: Id(id + 60),
            kind: random.pick(&WORDS).to_owned(),
            message: strings(random),
            start: time(random),
            end: None,
            state: IncidentState::Open,
            definition: Some(definition),
            process_instance: Some(Id(id)),
            execution: Some(Id(id + 1)),
            activity: strings(random),
            failed_activity: None,
            cause: Id(id + 60),
            root_cause: Id(id + 60),
            configuration: None,
            history_configuration: None,
            job_definition: None,
            tenant: tenant.clone(),
            removal_time: None,
            annotation: None,
        })));
        if random.one_in(2) {
            let (time, state) = (Timestamp(7000), IncidentState::Resolved);
            events.push(HistoryEvent::IncidentEnded {
                id: Id(id + 60),
                time,
                state,
            });
        }
    }
    if random.one_in(2) {
        events.push(HistoryEvent::RemovalTime {
            process_instance: None,
            time: Some(Timestamp(9000)),
        });
        events.push(HistoryEvent::ProcessInstanceEnded {
            id: Id(id),
            time: Timestamp(8000),
            state: random.pick(&[
                InstanceStateName::Completed,
                InstanceStateName::ExternallyTerminated,
            ]),
            delete_reason: None,
            end_activity: None,
        });
    }
    match random.below(12) {
        0 => events.push(HistoryEvent::ProcessInstanceDeleted(Id(id))),
        1 => events.push(HistoryEvent::TaskDeleted(Id(id + 20))),
        2 => events.push(HistoryEvent::VariableHistoryDeleted(Id(id + 10))),
        3 => events.push(HistoryEvent::EntryDeleted(Id(id + 81))),
        4 => events.push(HistoryEvent::Annotation {
            id: Id(id + 60),
            text: Some("note".to_owned()),
        }),
        5 => events.push(HistoryEvent::RemovalTime {
            process_instance: Some(Id(id)),
            time: None,
        }),
        _ => {}
    }
    events
}
