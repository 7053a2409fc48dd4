//! The job runner on an engine that is driven by hand: what runs next, what has to wait, and for what.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use engine_core::command::{Command, JobCommand, Variables};
use tollgate::{
    CatchUp, Engine, FaultKind, HandlerError, Id, JobOrder, NamedLimits, Options, Pending, Stepper, Timestamp, Value,
    request::{Caller, Deploy, FetchAndLock, FetchTopic, Resource},
    store::{Drive, Memory, Options as StoreOptions, Store},
};

type Checked = Result<(), Box<dyn Error>>;

const MINUTE: i64 = 60_000;

/// An engine in memory, whose time and threads are the test's.
struct Driven {
    engine: Engine,
    stepper: Stepper,
    store: Store,
    now: Timestamp,
}

impl Driven {
    fn new(change: impl FnOnce(&mut Options)) -> Result<Self, Box<dyn Error>> {
        Self::on(StoreOptions::default(), change)
    }

    fn on(store: StoreOptions, change: impl FnOnce(&mut Options)) -> Result<Self, Box<dyn Error>> {
        let store = Store::over(Arc::new(Memory::new()), StoreOptions { drive: Drive::Manual, ..store })?;
        let mut options = Options::default();
        change(&mut options);
        let now = Timestamp(1_700_000_000_000);
        let (engine, stepper) = Engine::simulated(store.clone(), options, now, 1)?;
        Ok(Self { engine, stepper, store, now })
    }

    /// Does what waits, but acquires no jobs.
    fn settle(&mut self) {
        loop {
            let worked = self.stepper.step();
            self.store.run_pending();
            if !worked && !self.stepper.step() {
                return;
            }
        }
    }

    /// One round of the runner, with what follows from it; handlers stay unanswered.
    fn round(&mut self) {
        self.stepper.acquire_jobs();
        self.settle();
    }

    /// Rounds until nothing happens any more; handlers answer.
    fn run(&mut self) {
        for _ in 0..10_000 {
            let before = self.store.committed();
            self.round();
            let answered = self.stepper.step_outside(0);
            self.settle();
            if !answered && self.store.committed() == before {
                return;
            }
        }
        panic!("the engine does not come to rest");
    }

    fn pass(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.engine.set_clock(Some(self.now));
    }

    fn get<T>(&mut self, pending: Pending<T>) -> Result<T, Box<dyn Error>> {
        self.settle();
        Ok(pending.wait()?)
    }

    fn deploy(&mut self, tenant: Option<&str>, body: &str) -> Checked {
        let resource = Resource { name: "models.bpmn".to_owned(), content: Arc::from(model(body).as_bytes()) };
        let deploy = Deploy { tenant: tenant.map(str::to_owned), resources: vec![resource], ..Deploy::default() };
        let pending = self.engine.deploy(deploy, &Caller::default());
        self.get(pending).map(|_| ())
    }

    fn start(
        &mut self,
        process: &str,
        tenant: Option<&str>,
        variables: &[(&str, Value)],
    ) -> Result<Id, Box<dyn Error>> {
        use engine_core::command::{Outcome, Start};
        let found = self.engine.read().latest_process_definition(process, tenant).map(|row| row.id);
        let definition = found.ok_or("not deployed")?;
        let variables: Variables = variables.iter().map(|(name, value)| (*name, value.clone())).collect();
        let start = Command::Start(Box::new(Start { definition, variables, ..Start::default() }));
        let pending = self.engine.execute(start, &Caller::default());
        match self.get(pending)? {
            Outcome::Started { process_instance, .. } => Ok(process_instance),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// Whether an instance has ended.
    fn ended(&self, instance: Id) -> bool {
        self.engine.read().process_instance(instance).is_none()
    }

    /// Which instances end, one after another, when one job runs at a time.
    fn order(&mut self, instances: &[(&'static str, Id)]) -> Vec<&'static str> {
        let mut order = Vec::new();
        let mut left = instances.to_vec();
        for _ in 0..10 * instances.len() {
            self.round();
            let (ended, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, id)| self.ended(*id));
            order.extend(ended.into_iter().map(|(name, _)| name));
            left = rest;
        }
        order
    }
}

fn model(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">{body}</definitions>"#
    )
}

/// A process of one asynchronous task.
fn job(process: &str, attributes: &str) -> String {
    format!(
        r#"<process id="{process}" isExecutable="true">
          <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="task"/>
          <serviceTask id="task" camunda:asyncBefore="true" {attributes}/>
        </process>"#
    )
}

/// A process that waits for a timer of a minute.
fn timer(process: &str, attributes: &str) -> String {
    format!(
        r#"<process id="{process}" isExecutable="true">
          <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="wait"/>
          <intermediateCatchEvent id="wait" {attributes}>
            <timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1M</timeDuration></timerEventDefinition>
          </intermediateCatchEvent>
        </process>"#
    )
}

const NOOP: &str = r#"camunda:expression="${true}""#;
const CALL: &str = r#"camunda:class="call""#;

fn one_at_a_time(options: &mut Options) {
    options.job_concurrency = 1;
}

/// Tenants take turns, and definitions of one tenant, whoever came first and however many jobs one has.
#[test]
fn tenants_and_definitions_take_turns() -> Checked {
    let mut driven = Driven::new(one_at_a_time)?;
    for tenant in ["a", "b"] {
        driven.deploy(Some(tenant), &job("p", NOOP))?;
        driven.deploy(Some(tenant), &job("q", NOOP))?;
    }
    let mut instances = Vec::new();
    for _ in 0..6 {
        instances.push(("a.p", driven.start("p", Some("a"), &[])?));
    }
    for _ in 0..2 {
        instances.push(("a.q", driven.start("q", Some("a"), &[])?));
    }
    for _ in 0..3 {
        instances.push(("b.p", driven.start("p", Some("b"), &[])?));
    }
    let order = driven.order(&instances);
    let expected = ["a.p", "b.p", "a.q", "b.p", "a.p", "b.p", "a.q", "a.p", "a.p", "a.p", "a.p"];
    assert_eq!(order, expected);
    Ok(())
}

/// E-341: with `jobExecutorAcquireByPriority` jobs of higher priority run first; equals take turns.
#[test]
fn jobs_run_by_priority() -> Checked {
    let order = |by_priority: bool| -> Result<Vec<&str>, Box<dyn Error>> {
        let mut driven = Driven::new(|options| {
            one_at_a_time(options);
            options.job_order.by_priority = by_priority;
        })?;
        for (process, priority) in [("low", -5), ("middle", 0), ("high", 10)] {
            driven.deploy(None, &job(process, &format!(r#"camunda:jobPriority="{priority}" {NOOP}"#)))?;
        }
        let mut instances = Vec::new();
        for process in ["low", "middle", "high", "low", "high"] {
            instances.push((process, driven.start(process, None, &[])?));
        }
        Ok(driven.order(&instances))
    };
    assert_eq!(order(true)?, ["high", "high", "middle", "low", "low"]);
    assert_eq!(order(false)?, ["low", "middle", "high", "low", "high"]);
    Ok(())
}

/// E-341: with `jobExecutorPreferTimerJobs` timers run first, with `jobExecutorAcquireByDueDate` what is due longest; priority
/// counts before both.
#[test]
fn jobs_run_by_type_and_due_date() -> Checked {
    let order = |job_order: JobOrder| -> Result<Vec<&str>, Box<dyn Error>> {
        let mut driven = Driven::new(|options| {
            one_at_a_time(options);
            options.job_order = job_order;
        })?;
        driven.deploy(None, &job("message", NOOP))?;
        driven.deploy(None, &timer("early", ""))?;
        driven.deploy(None, &timer("late", ""))?;
        driven.deploy(None, &timer("urgent", r#"camunda:jobPriority="5""#))?;
        let mut instances = Vec::new();
        for process in ["early", "late", "urgent"] {
            instances.push((process, driven.start(process, None, &[])?));
            driven.pass(1_000);
        }
        driven.pass(MINUTE);
        instances.insert(0, ("message", driven.start("message", None, &[])?));
        Ok(driven.order(&instances))
    };
    let (by_priority, timers_first, by_due_date) = (true, true, true);
    let none = JobOrder::default();
    assert_eq!(order(JobOrder { timers_first, by_due_date, ..none })?, ["early", "late", "urgent", "message"]);
    assert_eq!(order(JobOrder { by_due_date, ..none })?, ["message", "early", "late", "urgent"]);
    assert_eq!(order(JobOrder { by_priority, by_due_date, ..none })?, ["urgent", "message", "early", "late"]);
    assert_eq!(order(JobOrder { by_priority, timers_first, by_due_date })?, ["urgent", "early", "late", "message"]);
    Ok(())
}

/// No more jobs of a definition or tenant run at a time than its limit says; others go on.
#[test]
fn definitions_and_tenants_are_limited() -> Checked {
    let mut driven = Driven::new(|options| {
        options.limits.definitions = NamedLimits::parse(["slow=3", "*=100"]).expect("limits");
        options.limits.tenants = NamedLimits::parse(["a=2"]).expect("limits");
    })?;
    driven.engine.handler("call", |_| Ok(()));
    driven.deploy(None, &job("slow", CALL))?;
    driven.deploy(None, &job("quick", NOOP))?;
    driven.deploy(Some("a"), &job("other", CALL))?;
    for _ in 0..10 {
        driven.start("slow", None, &[])?;
        driven.start("other", Some("a"), &[])?;
    }
    let quick = driven.start("quick", None, &[])?;
    driven.round();
    driven.round();
    assert_eq!(driven.stepper.outside(), 5, "three calls of `slow`, two of the tenant");
    assert!(driven.ended(quick), "what is not limited runs");
    let figures = driven.engine.limit_figures();
    let of = |name: &str| figures.iter().find(|figure| figure.name == name).expect("a figure");
    assert_eq!((of("slow").in_use, of("a").in_use), (3, 2));
    assert!(of("slow").held_back > 0 && of("a").held_back > 0);
    assert_eq!(driven.engine.job_figures().calling, 5);
    // one ends, one begins
    assert!(driven.stepper.step_outside(0));
    driven.settle();
    driven.round();
    assert_eq!(driven.stepper.outside(), 5);
    driven.run();
    assert_eq!(driven.engine.read().execution_count(), 0);
    assert!(driven.engine.limit_figures().iter().all(|figure| figure.in_use == 0));
    Ok(())
}

/// Jobs of a definition begin no faster than its rate.
#[test]
fn rates_are_kept() -> Checked {
    let mut driven = Driven::new(|options| {
        options.limits.definitions = NamedLimits::parse(["p=60/m"]).expect("limits");
    })?;
    driven.deploy(None, &job("p", NOOP))?;
    for _ in 0..30 {
        driven.start("p", None, &[])?;
    }
    let mut left = Vec::new();
    for _ in 0..100 {
        driven.round();
        left.push(driven.engine.read().job_count());
        driven.pass(100);
    }
    assert_eq!(left[0], 29, "the first begins at once");
    assert!((19..=21).contains(&left[99]), "one a second: {left:?}");
    // the runner sleeps until the next may begin
    let sleep = driven.stepper.acquire_jobs().ok_or("jobs wait")?;
    assert!(sleep.as_millis() <= 1_000, "{sleep:?}");
    Ok(())
}

/// No more external tasks of a topic are locked than its limit says; what a worker asks for beside is given out.
#[test]
fn topics_are_limited() -> Checked {
    let mut driven = Driven::new(|options| {
        options.limits.topics = NamedLimits::parse(["ship=2"]).expect("limits");
    })?;
    for topic in ["ship", "pack"] {
        driven.deploy(
            None,
            &format!(
                r#"<process id="{topic}" isExecutable="true">
                  <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="task"/>
                  <serviceTask id="task" camunda:type="external" camunda:topic="{topic}"/>
                </process>"#
            ),
        )?;
        for _ in 0..5 {
            driven.start(topic, None, &[])?;
        }
    }
    let fetch = |driven: &mut Driven| -> Result<(usize, usize), Box<dyn Error>> {
        let topics =
            ["ship", "pack"].map(|name| FetchTopic { name: name.to_owned(), lock_ms: MINUTE, ..FetchTopic::default() });
        let request =
            FetchAndLock { worker: "w".to_owned(), max_tasks: 4, topics: topics.into(), ..FetchAndLock::default() };
        let pending = driven.engine.fetch_and_lock(request, &Caller::default());
        let locked = driven.get(pending)?;
        let ship = locked.iter().filter(|one| &*one.task.topic == "ship").count();
        Ok((ship, locked.len() - ship))
    };
    assert_eq!(fetch(&mut driven)?.0, 2);
    let figure = driven.engine.limit_figures();
    assert_eq!((figure[0].kind, figure[0].in_use), ("topic", 2));
    // the limit is reached: the other topic's tasks come all the same
    assert_eq!(fetch(&mut driven)?, (0, 4));
    driven.pass(2 * MINUTE);
    assert_eq!(fetch(&mut driven)?.0, 2, "locks that have ended do not count");
    Ok(())
}

/// Thousands of calls that nobody answers do not hold up timers, nor other jobs of the same process.
#[test]
fn slow_calls_do_not_hold_up_timers() -> Checked {
    const CALLS: usize = 4_500;
    let mut driven = Driven::new(|options| options.job_concurrency = 64)?;
    driven.engine.handler("call", |_| Ok(()));
    let body = r#"<process id="p" isExecutable="true">
        <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="split"/><exclusiveGateway id="split" default="other"/>
        <sequenceFlow id="slow" sourceRef="split" targetRef="task">
          <conditionExpression xsi:type="tFormalExpression">${slow}</conditionExpression></sequenceFlow>
        <serviceTask id="task" camunda:asyncBefore="true" camunda:class="call"/>
        <sequenceFlow id="other" sourceRef="split" targetRef="wait"/>
        <intermediateCatchEvent id="wait">
          <timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1M</timeDuration></timerEventDefinition>
        </intermediateCatchEvent>
      </process>"#;
    driven.deploy(None, body)?;
    for _ in 0..CALLS {
        let none = driven.engine.start("p", [("slow", Value::from(true))]);
        drop(none);
    }
    let waits = driven.start("p", None, &[("slow", Value::from(false))])?;
    for _ in 0..CALLS / 64 + 2 {
        driven.round();
    }
    let calling = driven.engine.job_figures().calling;
    assert!((4_096..CALLS).contains(&calling), "no more than so many calls at a time: {calling}");
    driven.pass(2 * MINUTE);
    driven.round();
    assert!(driven.ended(waits), "the timer has run");
    Ok(())
}

/// Jobs that wait for the handler of another job of their instance take no place from others.
#[test]
fn jobs_behind_a_handler_take_no_place() -> Checked {
    let mut driven = Driven::new(|options| options.job_concurrency = 2)?;
    driven.engine.handler("call", |_| Ok(()));
    let tasks: String = (0..8)
        .map(|n| {
            format!(
                r#"<sequenceFlow id="f{n}" sourceRef="fork" targetRef="t{n}"/>
                  <serviceTask id="t{n}" camunda:asyncBefore="true" camunda:class="call"/>"#
            )
        })
        .collect();
    let body = format!(
        r#"<process id="wide" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="fork"/>
          <parallelGateway id="fork"/>{tasks}</process>"#
    );
    driven.deploy(None, &body)?;
    driven.deploy(None, &job("quick", NOOP))?;
    let wide = driven.start("wide", None, &[])?;
    for _ in 0..5 {
        driven.round();
    }
    assert_eq!(driven.stepper.outside(), 1, "one of an instance at a time");
    let quick = driven.start("quick", None, &[])?;
    driven.round();
    assert!(driven.ended(quick));
    driven.run();
    assert!(driven.ended(wide));
    Ok(())
}

/// Firings of a cycle that were missed: one runs, as in Camunda, or each, by the setting. The last of a bounded cycle is the last.
#[test]
fn missed_firings_are_caught_up_by_policy() -> Checked {
    let fired = |catch_up: CatchUp, cycle: &str| -> Result<usize, Box<dyn Error>> {
        let mut driven = Driven::new(|options| options.settings.catch_up = catch_up)?;
        let body = format!(
            r#"<process id="p" isExecutable="true">
              <startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">{cycle}</timeCycle></timerEventDefinition></startEvent>
            </process>
            <process id="q" isExecutable="true">
              <startEvent id="s2"/><sequenceFlow id="f" sourceRef="s2" targetRef="t"/><userTask id="t"/>
              <boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><timerEventDefinition>
                <timeCycle xsi:type="tFormalExpression">{cycle}</timeCycle></timerEventDefinition></boundaryEvent>
              <sequenceFlow id="g" sourceRef="b" targetRef="e"/><endEvent id="e"/>
            </process>"#
        );
        driven.deploy(None, &body)?;
        driven.start("q", None, &[])?;
        // an hour and a half in which nothing runs
        driven.pass(95 * MINUTE);
        driven.run();
        let (mut starts, mut boundaries) = (0, 0);
        driven.engine.read().through_history(|world| {
            starts += world.historic_process_instances().filter(|row| row.end.is_some()).count();
            boundaries += world.historic_activity_instances().filter(|row| row.activity == "b").count();
        });
        assert_eq!(starts, boundaries, "start timers as boundary timers");
        Ok(starts)
    };
    assert_eq!(fired(CatchUp::Latest, "R/PT10M")?, 1);
    assert_eq!(fired(CatchUp::All, "R/PT10M")?, 9);
    assert_eq!(fired(CatchUp::All, "R4/PT10M")?, 4);
    assert_eq!(fired(CatchUp::Latest, "R4/PT10M")?, 1);
    assert_eq!(fired(CatchUp::Latest, "0 0/10 * * * ?")?, 1);
    assert!((9..=10).contains(&fired(CatchUp::All, "0 0/10 * * * ?")?));
    Ok(())
}

/// E-335, E-336: the time of the next attempt by a list, by a repeat, and by an expression whose value changes in between.
#[test]
fn retry_intervals_change_from_attempt_to_attempt() -> Checked {
    let mut driven = Driven::new(|_| ())?;
    driven.engine.handler("call", |_| {
        Err(HandlerError::Failure { class: "java.lang.RuntimeException".to_owned(), message: "no".to_owned() })
    });
    let body = |process: &str, cycle: &str| {
        job(process, CALL).replace(
            &format!("{CALL}/>"),
            &format!(
                "{CALL}><extensionElements><camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>\
                 </extensionElements></serviceTask>"
            ),
        )
    };
    driven.deploy(None, &body("list", "PT3M, PT10M,PT8M"))?;
    driven.deploy(None, &body("repeat", "R3/PT1M"))?;
    driven.deploy(None, &body("expression", "${cycle}"))?;
    /// Retries and minutes to wait after an attempt that is made when it is due.
    fn attempt(driven: &mut Driven, instance: Id) -> Result<(i32, i64), Box<dyn Error>> {
        let job = driven.engine.read().jobs_of_instance(instance).next().ok_or("no job")?.clone();
        if let Some(wait) = job.due.map(|due| due.0 - driven.now.0).filter(|wait| *wait > 0) {
            driven.pass(wait);
        }
        driven.run();
        let row = driven.engine.read().job(job.id).cloned().ok_or("no job")?;
        assert_eq!(row.retries, job.retries.min(row.retries + 1) - 1, "one attempt");
        let wait = row.due.map_or(0, |due| (due.0 - driven.now.0).max(0));
        Ok((row.retries, wait / MINUTE))
    }
    let list = driven.start("list", None, &[])?;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(attempt(&mut driven, list)?);
    }
    // after the last attempt the due date is of no use; Camunda sets it all the same
    assert_eq!(seen, [(3, 3), (2, 10), (1, 8), (0, 8)]);
    let repeat = driven.start("repeat", None, &[])?;
    assert_eq!(attempt(&mut driven, repeat)?, (2, 1));
    assert_eq!(attempt(&mut driven, repeat)?, (1, 1));
    assert_eq!(attempt(&mut driven, repeat)?.0, 0);
    let changing = driven.start("expression", None, &[("cycle", Value::from("R10/PT5M"))])?;
    assert_eq!(attempt(&mut driven, changing)?, (9, 5));
    let variables = [("cycle", Value::from("R10/PT10M"))].into_iter().collect();
    let set =
        Command::SetVariables { execution: changing, variables, local: false, deletions: Vec::new(), patch: false };
    let pending = driven.engine.execute(set, &Caller::default());
    driven.get(pending)?;
    assert_eq!(attempt(&mut driven, changing)?, (8, 10));
    // retries that were set before the first attempt give way to the cycle's, as in Camunda
    let set_before = driven.start("list", None, &[])?;
    let job = driven.engine.read().jobs_of_instance(set_before).next().ok_or("no job")?.id;
    let pending = driven.engine.execute(Command::Job(job, JobCommand::SetRetries(9, None)), &Caller::default());
    driven.get(pending)?;
    driven.run();
    assert_eq!(driven.engine.read().job(job).map(|row| row.retries), Some(3));
    Ok(())
}

/// With too little free space work is refused before it runs, jobs wait, and everything goes on by itself.
#[test]
fn a_nearly_full_disk_refuses_work_and_recovers() -> Checked {
    const LIMIT: u64 = 1_000;
    let free = Arc::new(AtomicU64::new(u64::MAX));
    let probe = free.clone();
    let store = StoreOptions {
        min_free_bytes: LIMIT,
        free_space: Some(Arc::new(move || Ok(probe.load(Ordering::Relaxed)))),
        ..StoreOptions::default()
    };
    let mut driven = Driven::on(store, |_| ())?;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    driven.engine.handler("call", move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    driven.deploy(None, &job("later", CALL))?;
    driven.deploy(None, &job("now", CALL).replace(r#"camunda:asyncBefore="true""#, ""))?;
    let waiting = driven.start("later", None, &[])?;
    free.store(LIMIT - 1, Ordering::Relaxed);
    // the guard looks when a group was written
    let none: [(&str, Value); 0] = [];
    driven.start("later", None, &[])?;
    let pending = driven.engine.start("now", none.clone());
    driven.settle();
    let fault = pending.wait().expect_err("too little space");
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert!(fault.message.contains("`store.min-free`"), "{fault}");
    driven.run();
    driven.pass(5_000);
    driven.run();
    assert!(!driven.ended(waiting), "jobs wait");
    assert_eq!(calls.load(Ordering::Relaxed), 0, "no handler was called for work that is refused");
    free.store(u64::MAX, Ordering::Relaxed);
    driven.pass(5_000);
    driven.run();
    assert!(driven.ended(waiting), "jobs go on by themselves");
    let pending = driven.engine.start("now", none);
    driven.run();
    pending.wait()?;
    Ok(())
}
