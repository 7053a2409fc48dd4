//! An index never changes a result: the indexed and the naive evaluation of random queries over random worlds agree.

use models::{Id, Timestamp, Value};

use super::super::{
    evaluate::{self, Criteria},
    *,
};
use crate::world::{
    World,
    fixture::{self, Random, TENANTS, WORDS, random_world, value},
};

fn text(random: &mut Random) -> String {
    random.pick(&WORDS).to_owned()
}

/// An id that is there, mostly.
fn id(random: &mut Random, ids: &[Id]) -> String {
    if ids.is_empty() || random.one_in(8) { Id::new(424_242).to_string() } else { random.pick(ids).to_string() }
}

fn pattern(random: &mut Random) -> String {
    random.pick(&["al%", "%a", "_lpha", "al\\_ha", "%"]).to_owned()
}

fn filter(random: &mut Random) -> VariableFilter {
    let value = value(random);
    let number = matches!(value, Value::Short(_) | Value::Integer(_) | Value::Long(_) | Value::Double(_));
    let operators = [
        Operator::Equals,
        Operator::Equals,
        Operator::NotEquals,
        Operator::GreaterThan,
        Operator::LessThanOrEquals,
        Operator::Like,
        Operator::NotLike,
    ];
    VariableFilter {
        name: text(random),
        operator: random.pick(&operators),
        value,
        any_number: number && random.one_in(2),
    }
}

/// What random criteria are made of.
struct Pool {
    definitions: Vec<String>,
    instances: Vec<Id>,
    executions: Vec<Id>,
    tasks: Vec<String>,
    jobs: Vec<Id>,
    incidents: Vec<Id>,
    subscriptions: Vec<Id>,
    external_tasks: Vec<Id>,
}

impl Pool {
    fn of(world: &World) -> Self {
        Self {
            definitions: world.process_definitions().map(|row| row.text_id.to_string()).collect(),
            instances: world.historic_process_instances().map(|row| row.id).collect(),
            executions: world.executions().map(|row| row.id).collect(),
            tasks: world.historic_tasks().map(|row| row.id.to_string()).chain(["own-1".to_owned()]).collect(),
            jobs: world.jobs().map(|row| row.id).collect(),
            incidents: world.incidents().map(|row| row.id).collect(),
            subscriptions: world.subscriptions().map(|row| row.id).collect(),
            external_tasks: world.external_tasks().map(|row| row.id).collect(),
        }
    }
}

/// Gives some of the fields a random value.
macro_rules! sometimes {
    ($random:ident, $query:ident, $chances:literal: $($field:ident = $value:expr),* $(,)?) => {
        $(if $random.one_in($chances) { $query.$field = $value; })*
    };
}

/// A world, and the same with every other root on disk: its history, and itself at rest.
struct Both {
    warm: World,
    cold: World,
}

impl Both {
    fn of(warm: World) -> Self {
        let cold = fixture::on_disk(&warm, |root| root.number() % 200 == 0);
        let cold = fixture::at_rest(&cold, |root| root.number() % 200 == 0);
        Self { warm, cold }
    }
}

impl std::ops::Deref for Both {
    type Target = World;

    fn deref(&self) -> &World {
        &self.warm
    }
}

fn same<Q: Criteria + std::fmt::Debug>(world: &Both, query: &Q, key: impl Fn(Q::Row<'_>) -> String, seed: u64) {
    let ids = |naive, page| -> Vec<String> {
        evaluate::list(query, world, page, None, naive).into_iter().map(&key).collect()
    };
    let all = ids(true, Page::default());
    assert_eq!(ids(false, Page::default()), all, "seed {seed}: {query:?}");
    assert_eq!(evaluate::count(query, world, None, false), all.len(), "seed {seed}: {query:?}");
    let page = Page { first_result: Some(1), max_results: Some(2) };
    let expected: Vec<String> = all.into_iter().skip(1).take(2).collect();
    assert_eq!(ids(false, page), expected, "seed {seed}: {query:?}");
    same_on_disk(world, query, key, seed);
}

/// The result is the same when the history of every other root is on disk; in the same order as far as that was asked for.
fn same_on_disk<Q: Criteria + std::fmt::Debug>(world: &Both, query: &Q, key: impl Fn(Q::Row<'_>) -> String, seed: u64) {
    let order = |world: &World, page| -> (Vec<String>, Vec<String>) {
        let rows = evaluate::list(query, world, page, None, false);
        let keys =
            |row| format!("{:?}", query.sorting().iter().map(|sort| query.key(&sort.by, row)).collect::<Vec<_>>());
        let sorted = rows.iter().map(|row| keys(*row)).collect();
        let mut ids: Vec<String> = rows.into_iter().map(&key).collect();
        ids.sort();
        (ids, sorted)
    };
    let cold = world.cold.clone();
    assert_eq!(order(&cold, Page::default()), order(world, Page::default()), "seed {seed}: {query:?}");
    let all = evaluate::count(query, world, None, false);
    assert_eq!(evaluate::count(query, &cold, None, false), all, "seed {seed}: {query:?}");
    let page = Page { first_result: Some(1), max_results: Some(2) };
    assert_eq!(order(&cold, page).1, order(world, page).1, "seed {seed}: {query:?}");
}

fn sort<K>(random: &mut Random, keys: &[K]) -> Vec<Sort<K>>
where
    K: Clone,
{
    (0..random.below(3)).map(|_| Sort { by: random.pick(keys), descending: random.one_in(2) }).collect()
}

fn task_query(random: &mut Random, pool: &Pool, depth: usize) -> TaskQuery {
    let mut query = TaskQuery::default();
    sometimes!(random, query, 9:
        task_id = Some(random.pick(&pool.tasks)),
        task_id_in = vec![random.pick(&pool.tasks), random.pick(&pool.tasks)],
        name = Some(text(random)),
        name_like = Some(pattern(random)),
        assignee = Some(text(random)),
        assignee_in = vec![text(random), text(random)],
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_id_in = vec![id(random, &pool.instances), id(random, &pool.instances)],
        process_instance_business_key = Some(text(random)),
        execution_id = Some(id(random, &pool.executions)),
        task_definition_key = Some(text(random)),
        task_definition_key_in = vec![text(random), text(random)],
        parent_task_id = Some("own-1".to_owned()),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some(random.pick(&["alpha", "beta"]).to_owned()),
        process_definition_key_in = vec!["beta".to_owned()],
        candidate_user = Some(text(random)),
        candidate_group = Some(text(random)),
        candidate_groups = vec![text(random), text(random)],
        candidate_group_like = Some(pattern(random)),
        include_assigned_tasks = true,
        with_candidate_groups = true,
        without_candidate_users = true,
        involved_user = Some(text(random)),
        due_before = Some(fixture::time(random)),
        due_after = Some(fixture::time(random)),
        due_date = Some(fixture::time(random)),
        tenant_id_in = vec![TENANTS[0].to_owned()],
        process_variables = vec![filter(random)],
        task_variables = vec![filter(random)],
        variable_names_ignore_case = true,
        variable_values_ignore_case = true,
        active = true,
    );
    if depth > 0 && random.one_in(4) {
        query.or_queries = vec![task_query(random, pool, depth - 1)];
    }
    query.sorting = sort(
        random,
        &[
            TaskSorting::Name,
            TaskSorting::NameCaseInsensitive,
            TaskSorting::DueDate,
            TaskSorting::Created,
            TaskSorting::Priority,
            TaskSorting::Variable(VariableSorting {
                scope: VariableSortingScope::ProcessInstance,
                variable: "alpha".to_owned(),
                kind: "Integer".to_owned(),
            }),
        ],
    );
    query
}

fn process_instance_query(random: &mut Random, pool: &Pool, depth: usize) -> ProcessInstanceQuery {
    let mut query = ProcessInstanceQuery::default();
    sometimes!(random, query, 7:
        process_instance_ids = vec![id(random, &pool.instances), id(random, &pool.instances)],
        root_process_instance_id = Some(id(random, &pool.instances)),
        super_process_instance = Some(id(random, &pool.instances)),
        sub_process_instance = Some(id(random, &pool.instances)),
        business_key = Some(text(random)),
        business_key_like = Some(pattern(random)),
        incident_id = Some(id(random, &pool.incidents)),
        incident_type = Some(text(random)),
        with_incident = true,
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some(random.pick(&["alpha", "beta"]).to_owned()),
        process_definition_key_in = vec!["alpha".to_owned()],
        process_definition_key_not_in = vec!["alpha".to_owned()],
        deployment_id = Some(Id::new(161).to_string()),
        activity_id_in = vec!["task".to_owned()],
        root_process_instances = true,
        leaf_process_instances = true,
        suspended = true,
        variables = vec![filter(random)],
        variable_names_ignore_case = true,
        without_tenant_id = true,
    );
    if depth > 0 && random.one_in(4) {
        query.or_queries = vec![process_instance_query(random, pool, depth - 1)];
    }
    query.sorting = sort(random, &[ProcessInstanceSorting::BusinessKey, ProcessInstanceSorting::DefinitionKey]);
    query
}

fn historic_process_instance_query(random: &mut Random, pool: &Pool, depth: usize) -> HistoricProcessInstanceQuery {
    let mut query = HistoricProcessInstanceQuery::default();
    sometimes!(random, query, 8:
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_ids = vec![id(random, &pool.instances), id(random, &pool.instances)],
        process_instance_id_not_in = vec![id(random, &pool.instances)],
        root_process_instance_id = Some(id(random, &pool.instances)),
        super_process_instance_id = Some(id(random, &pool.instances)),
        sub_process_instance_id = Some(id(random, &pool.instances)),
        process_instance_business_key = Some(text(random)),
        process_instance_business_key_in = vec![text(random), text(random)],
        variables = vec![filter(random)],
        variable_values_ignore_case = true,
        unfinished = true,
        finished_after = Some(Timestamp(8000)),
        started_after = Some(fixture::time(random)),
        started_before = Some(fixture::time(random)),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some(random.pick(&["alpha", "beta"]).to_owned()),
        process_definition_key_in = vec!["beta".to_owned()],
        process_definition_key_not_in = vec!["alph%".to_owned()],
        executed_activity_id_in = vec![text(random)],
        active_activity_id_in = vec![text(random)],
        incident_type = Some(text(random)),
        incident_status = Some("open".to_owned()),
        with_root_incidents = true,
        executed_job_after = Some(fixture::time(random)),
        with_jobs_retrying = true,
        completed = true,
        active = true,
    );
    if depth > 0 && random.one_in(4) {
        query.or_queries = vec![historic_process_instance_query(random, pool, depth - 1)];
    }
    query.sorting = sort(
        random,
        &[
            HistoricProcessInstanceSorting::StartTime,
            HistoricProcessInstanceSorting::Duration,
            HistoricProcessInstanceSorting::DefinitionVersion,
        ],
    );
    query
}

fn historic_task_query(random: &mut Random, pool: &Pool, depth: usize) -> HistoricTaskInstanceQuery {
    let mut query = HistoricTaskInstanceQuery::default();
    sometimes!(random, query, 8:
        task_id = Some(random.pick(&pool.tasks)),
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        root_process_instance_id = Some(id(random, &pool.instances)),
        process_instance_business_key = Some(text(random)),
        activity_instance_id_in = vec![format!("alpha:{}", Id::new(10_002))],
        task_variables = vec![filter(random)],
        process_variables = vec![filter(random)],
        task_assignee = Some(text(random)),
        task_name_like = Some(pattern(random)),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some(random.pick(&["alpha", "beta"]).to_owned()),
        task_involved_user = Some(text(random)),
        task_had_candidate_group = Some(text(random)),
        with_candidate_groups = true,
        without_candidate_groups = true,
        finished = true,
        process_unfinished = true,
    );
    if depth > 0 && random.one_in(4) {
        query.or_queries = vec![historic_task_query(random, pool, depth - 1)];
    }
    query.sorting = sort(random, &[HistoricTaskInstanceSorting::TaskName, HistoricTaskInstanceSorting::EndTime]);
    query
}

#[test]
fn an_index_never_changes_a_result() {
    let mut at_rest = 0;
    for seed in 0..30 {
        let world = Both::of(random_world(seed));
        at_rest += world.cold.instances().1;
        let pool = Pool::of(&world);
        let random = &mut Random(seed + 1000);
        for _ in 0..40 {
            same(&world, &task_query(random, &pool, 1), |row| row.text_id(), seed);
            same(&world, &process_instance_query(random, &pool, 1), |row| row.id.to_string(), seed);
            same(&world, &historic_process_instance_query(random, &pool, 1), |row| row.id.to_string(), seed);
            same(&world, &historic_task_query(random, &pool, 1), |row| row.text_id(), seed);
            smaller_queries(&world, random, &pool, seed);
            smaller_historic_queries(&world, random, &pool, seed);
        }
    }
    assert!(at_rest >= 30, "only {at_rest} root instances were at rest");
}

fn smaller_queries(world: &Both, random: &mut Random, pool: &Pool, seed: u64) {
    let mut query = ExecutionQuery::default();
    sometimes!(random, query, 6:
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        business_key = Some(text(random)),
        message_event_subscription_name = Some(text(random)),
        signal_event_subscription_name = Some(text(random)),
        variables = vec![filter(random)],
        process_variables = vec![filter(random)],
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some("alpha".to_owned()),
        activity_id = Some("task".to_owned()),
        incident_type = Some(text(random)),
    );
    query.sorting = sort(random, &[ExecutionSorting::InstanceId, ExecutionSorting::TenantId]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = JobQuery { now: fixture::time(random), ..JobQuery::default() };
    sometimes!(random, query, 6:
        job_id = Some(id(random, &pool.jobs)),
        job_ids = vec![id(random, &pool.jobs), id(random, &pool.jobs)],
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_ids = vec![id(random, &pool.instances)],
        job_definition_id = Some(Id::new(181).to_string()),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some("beta".to_owned()),
        executable = true,
        timers = true,
        with_exception = true,
        active = true,
        due_dates = vec![TimeCondition { after: random.one_in(2), time: fixture::time(random) }],
        activity_id = Some("task".to_owned()),
    );
    query.sorting = sort(random, &[JobSorting::JobDueDate, JobSorting::JobRetries]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = ExternalTaskQuery { now: fixture::time(random), ..ExternalTaskQuery::default() };
    sometimes!(random, query, 6:
        external_task_id = Some(id(random, &pool.external_tasks)),
        external_task_id_in = vec![id(random, &pool.external_tasks), id(random, &pool.external_tasks)],
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_id_in = vec![id(random, &pool.instances)],
        topic_name = Some(text(random)),
        worker_id = Some(text(random)),
        locked = true,
        not_locked = true,
        with_retries_left = true,
        process_variables = vec![filter(random)],
        activity_id = Some("task".to_owned()),
    );
    query.sorting = sort(random, &[ExternalTaskSorting::TaskPriority, ExternalTaskSorting::LockExpirationTime]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = VariableInstanceQuery::default();
    sometimes!(random, query, 5:
        variable_name = Some(text(random)),
        variable_name_like = Some(pattern(random)),
        process_instance_id_in = vec![id(random, &pool.instances)],
        execution_id_in = vec![id(random, &pool.executions)],
        task_id_in = vec![random.pick(&pool.tasks)],
        variable_scope_id_in = vec![id(random, &pool.executions), random.pick(&pool.tasks)],
        variable_values = vec![filter(random)],
        variable_names_ignore_case = true,
        activity_instance_id_in = vec![id(random, &pool.instances)],
    );
    query.sorting = sort(random, &[VariableInstanceSorting::VariableName, VariableInstanceSorting::VariableType]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = IncidentQuery::default();
    sometimes!(random, query, 5:
        incident_id = Some(id(random, &pool.incidents)),
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        configuration = Some(id(random, &pool.jobs)),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key_in = vec!["alpha".to_owned()],
        job_definition_id_in = vec![Id::new(181).to_string()],
        incident_message_like = Some(pattern(random)),
    );
    query.sorting = sort(random, &[IncidentSorting::IncidentType, IncidentSorting::IncidentTimestamp]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = EventSubscriptionQuery::default();
    sometimes!(random, query, 4:
        event_subscription_id = Some(id(random, &pool.subscriptions)),
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        event_name = Some(text(random)),
        event_type = Some("message".to_owned()),
    );
    query.sorting = sort(random, &[EventSubscriptionSorting::Created]);
    same(world, &query, |row| row.id().to_string(), seed);
}

fn smaller_historic_queries(world: &Both, random: &mut Random, pool: &Pool, seed: u64) {
    let mut query = HistoricActivityInstanceQuery::default();
    sometimes!(random, query, 5:
        activity_instance_id = Some(format!("alpha:{}", Id::new(10_002))),
        execution_id = Some(id(random, &pool.executions)),
        process_instance_id = Some(id(random, &pool.instances)),
        activity_id = Some(text(random)),
        process_definition_id = Some(random.pick(&pool.definitions)),
        finished = true,
        canceled = true,
        task_assignee = Some(text(random)),
    );
    query.sorting =
        sort(random, &[HistoricActivityInstanceSorting::ActivityId, HistoricActivityInstanceSorting::Duration]);
    same(world, &query, |row| row.text_id(), seed);

    let mut query = HistoricVariableInstanceQuery::default();
    sometimes!(random, query, 5:
        variable_name = Some(text(random)),
        variable_value = Some(value(random)),
        variable_name_in = vec![text(random), text(random)],
        variable_type_in = vec!["string".to_owned(), "Long".to_owned()],
        execution_id_in = vec![id(random, &pool.instances)],
        task_id_in = vec![random.pick(&pool.tasks)],
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_id_in = vec![id(random, &pool.instances)],
        variable_names_ignore_case = true,
        include_deleted = true,
    );
    query.sorting = sort(random, &[HistoricVariableInstanceSorting::VariableName]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = HistoricDetailQuery::default();
    sometimes!(random, query, 5:
        variable_instance_id = Some(Id::new(10_010).to_string()),
        task_id = Some(random.pick(&pool.tasks)),
        process_instance_id = Some(id(random, &pool.instances)),
        process_instance_id_in = vec![id(random, &pool.instances)],
        exclude_task_details = true,
        variable_updates = true,
        initial = true,
    );
    query.sorting = sort(random, &[HistoricDetailSorting::Time, HistoricDetailSorting::VariableType]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = HistoricIncidentQuery::default();
    sometimes!(random, query, 5:
        incident_id = Some(id(random, &pool.incidents)),
        process_instance_id = Some(id(random, &pool.instances)),
        process_definition_id = Some(random.pick(&pool.definitions)),
        process_definition_key = Some("alpha".to_owned()),
        process_definition_key_in = vec!["beta".to_owned()],
        resolved = true,
    );
    query.sorting = sort(random, &[HistoricIncidentSorting::IncidentState, HistoricIncidentSorting::EndTime]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = HistoricJobLogQuery::default();
    sometimes!(random, query, 4:
        log_id = Some(Id::new(10_081).to_string()),
        job_id = Some(id(random, &pool.jobs)),
        process_instance_id = Some(id(random, &pool.instances)),
        failure_log = true,
        deployment_id = Some(Id::new(161).to_string()),
    );
    query.sorting = sort(random, &[HistoricJobLogSorting::Timestamp]);
    same(world, &query, |row| row.id.to_string(), seed);

    let mut query = HistoricIdentityLinkLogQuery::default();
    sometimes!(random, query, 3:
        task_id = Some(random.pick(&pool.tasks)),
        user_id = Some(text(random)),
        date_after = Some(fixture::time(random)),
    );
    query.sorting = sort(random, &[HistoricIdentityLinkLogSorting::GroupId]);
    same(world, &query, |row| row.id.to_string(), seed);
}
