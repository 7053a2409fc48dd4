//! Worlds for tests: entities with plain defaults, and a random world from a seed.

mod random;

use std::sync::Arc;

use engine_core::{
    graph::NodeIx,
    history::*,
    state::{
        ActivityState, AsyncOperation, Change, Changes, Execution, ExternalTask, IdentityLink, Incident, Job, JobKind,
        Task, TaskState, Variable,
    },
};
use models::{Id, Timestamp, Value};
pub(crate) use random::{random_history, random_world};

use super::*;

/// A small generator of random numbers (`SplitMix64`).
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
        if self.one_in(3) { None } else { Some(self.pick(from)) }
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
    if random.one_in(2) { None } else { Some(time(random)) }
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

pub(crate) fn execution(id: u128, parent: Option<u128>, instance: u128, definition: Id) -> Execution {
    Execution {
        id: Id::new(id),
        parent: parent.map(Id::new),
        process_instance: Id::new(instance),
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
        trace: None,
    }
}

pub(crate) fn variable(id: u128, scope: &Execution, name: &str, value: Value) -> Variable {
    Variable {
        id: Id::new(id),
        scope: scope.id,
        task: None,
        execution: Some(scope.id),
        process_instance: Some(scope.process_instance),
        name: name.into(),
        value,
        concurrent_local: false,
        transient: false,
        revision: 0,
        forgotten: false,
    }
}

pub(crate) fn task(id: u128, execution: Option<&Execution>) -> Task {
    Task {
        id: Id::new(id),
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
    IdentityLink { kind: "candidate".into(), user: user.map(Into::into), group: group.map(Into::into) }
}

pub(crate) fn job(id: u128) -> Job {
    Job {
        id: Id::new(id),
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
        deployment: None,
    }
}

pub(crate) fn external_task(id: u128, execution: &Execution, topic: &str) -> ExternalTask {
    ExternalTask {
        id: Id::new(id),
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
        activity_instance: Id::new(id + 1),
        priority: 0,
        suspended: false,
        tenant: None,
        created: Timestamp(0),
        last_failure_log: None,
        fields: Vec::new(),
    }
}

pub(crate) fn node(id: &str, activity_type: &str, flow_scope: Option<u32>, is_scope: bool) -> NodeInfo {
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

pub(crate) fn definition(id: u128, key: &str, version: i32, nodes: Vec<NodeInfo>) -> ProcessDefinition {
    ProcessDefinition {
        id: Id::new(id),
        key: key.to_owned(),
        version,
        name: Some(format!("{key} process")),
        category: None,
        description: None,
        version_tag: None,
        deployment: Id::new(1),
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

/// Puts entities into the world: what is a root instance stays one, all else is of the root instance 1000.
macro_rules! created {
    ($($name:ident: $type:ty = $table:ident;)*) => {
        impl World {
            $(pub(crate) fn $name(&mut self, row: $type) {
                let root = self.runtime.root(row.id).unwrap_or(Id::new(1000));
                let mut changes = Changes::default();
                changes.$table.push(Change { id: row.id, old: None, new: Some(row.into()) });
                self.apply(WorldChange { roots: vec![RootChange { root, changes }], ..WorldChange::default() });
            })*
        }
    };
}

created! {
    put_execution: Execution = executions;
    put_variable: Variable = variables;
    put_task: Task = tasks;
    put_job: Job = jobs;
    put_external_task: ExternalTask = external_tasks;
    put_incident: Incident = incidents;
}

pub(crate) fn activity_row(id: u128, instance: u128, definition: Id, activity: &str) -> HistoricActivityInstance {
    HistoricActivityInstance {
        id: Id::new(id),
        parent: Id::new(instance),
        parent_activity: "".into(),
        activity: activity.into(),
        activity_name: None,
        activity_type: "userTask".into(),
        definition,
        process_instance: Id::new(instance),
        execution: Id::new(instance),
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
        id: Id::new(id),
        definition,
        root: Id::new(root),
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
        super_activity_instance: None,
        trace: None,
    }
}

/// Deploys two keys with two versions each, a deployment for each version.
pub(crate) fn deploy(world: &mut World) -> Vec<Id> {
    let mut ids = Vec::new();
    for (at, key) in ["alpha", "beta"].into_iter().enumerate() {
        for version in 1..=2_i32 {
            let id = 100 + 10 * at as u128 + u128::from(version.unsigned_abs());
            let nodes = vec![
                node("task", "userTask", None, false),
                node("sub", "subProcess", None, true),
                node("inner", "userTask", Some(1), false),
            ];
            let mut row = definition(id, key, version, nodes);
            row.deployment = Id::new(id + 50);
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
                id: Id::new(id + 70),
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

/// Histories by root, in place of a disk.
struct Shelf(std::collections::HashMap<Id, crate::world::cold::Stored>);

impl crate::world::cold::HistorySource for Shelf {
    fn history(&self, root: Id) -> crate::world::cold::Stored {
        self.0.get(&root).cloned().unwrap_or_default()
    }
}

/// Hears of rows and does nothing.
pub(crate) struct Unheard;

impl crate::world::past::RowListener for Unheard {
    fn row<T: minicbor::Encode<()>>(&mut self, _: u8, _: &T) {}
}

struct Beds(std::collections::HashMap<Id, state::Snapshot>);

impl crate::world::rest::RestSource for Beds {
    fn resting(&self, root: Id, _: u64) -> Result<state::Snapshot, String> {
        self.0.get(&root).cloned().ok_or_else(|| "nobody rests there".to_owned())
    }
}

/// The same world with some running root instances at rest, and one of them woken again.
pub(crate) fn at_rest(world: &World, which: impl Fn(Id) -> bool) -> World {
    use crate::world::{Rested, rest::Roster};
    let mut model = (**world).clone();
    // here each process instance is a root of its own: those that call or are called would be torn apart
    let roots: Vec<Id> = world
        .executions()
        .filter(|row| row.parent.is_none() && row.super_execution.is_none() && which(row.id))
        .map(|row| row.id)
        .filter(|root| model.runtime.of_root(*root).len() == 1)
        .collect();
    let mut members: Vec<_> = roots.into_iter().map(|root| (root, model.runtime.snapshot(root))).collect();
    let (roster, taken) = Roster::new(1, Id::NIL, &mut members);
    let beds = taken.iter().cloned().collect();
    model.runtime.rest.set_source(std::sync::Arc::new(Beds(beds)));
    let rested = Rested { roster: Some(std::sync::Arc::new(roster)), ..Rested::default() };
    model.apply(WorldChange { rested: Some(Box::new(rested)), ..WorldChange::default() });
    model.runtime.let_go(usize::MAX);
    if let Some(woken) = taken.last() {
        model.apply(WorldChange { woken: vec![woken.clone()], ..WorldChange::default() });
    }
    model.into()
}

/// The same world with the history of some roots on disk: every third on the pile, the others in a segment.
pub(crate) fn on_disk(world: &World, which: impl Fn(Id) -> bool) -> World {
    use crate::world::{
        cold::{Segment, Stored},
        history::{Frozen, History, piled},
    };
    let mut model = (**world).clone();
    let mut stored = std::collections::HashMap::new();
    let roots = model.history.roots().into_iter().filter(|(_, root)| which(*root));
    let members: Vec<_> = roots
        .filter_map(|(part, root)| {
            Some((model.history.copy(part, root, &mut Unheard)?, model.history.archive(part, root)))
        })
        .collect();
    let (mut kept, mut leaving, mut pile) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (member, archive)) in members.into_iter().enumerate() {
        if let Some(cold) = member.cold {
            let found = piled(member.root, &archive, 1, &mut Unheard).expect("it has rows");
            assert_eq!((found.cold, &*found.traces), (cold, &*member.traces), "whichever way they are looked at");
            if place % 3 == 0 {
                pile.push(found);
            } else {
                kept.push((cold, member.traces.clone()));
            }
        }
        stored.insert(member.root, Stored { archive, sequence: 1 });
        leaving.push(member);
    }
    let leaving = History::leaving(Id::NIL, leaving);
    let segment = (!kept.is_empty()).then(|| Segment::new(1, (Id::NIL, 1), kept));
    model.history.freeze(Frozen::new(&leaving, segment));
    pile.into_iter().for_each(|piled| model.history.pile_up(piled));
    model.history.cold.set_source(std::sync::Arc::new(Shelf(stored)));
    model.into()
}
