//! History that left the memory is found as if it had not, and comes back with what happens next (E-388).

use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use tollgate::{
    Engine, Id, Options, Value,
    query::{
        HistoricActivityInstanceQuery, HistoricProcessInstanceQuery, HistoricProcessInstanceSorting,
        HistoricTaskInstanceQuery, HistoricVariableInstanceQuery, Operator, Page, Sort, VariableFilter,
    },
    request::{Caller, CleanUp, HistoryChange},
    store::Kind,
    world::World,
};

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://tollgate/tests">
  <process id="order" isExecutable="true">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
    <userTask id="approve"/>
    <sequenceFlow id="f2" sourceRef="approve" targetRef="ship"/>
    <userTask id="ship"/>
  </process>
</definitions>"#;

const INSTANCES: usize = 120;

fn open(kind: Kind, path: &Path) -> Result<Engine, Box<dyn Error>> {
    Ok(Engine::open_with(
        path,
        Options { store: kind, history_in_memory: 16, instances_in_memory: 16, ..Options::default() },
    )?)
}

/// Waits until history has left the memory, which nobody waits for otherwise.
fn until_on_disk(engine: &Engine, least: usize) {
    let begun = Instant::now();
    while engine.read().histories().1 < least {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} are in memory and on disk", engine.read().histories());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Completes the first task of an instance.
fn complete(engine: &Engine, instance: Id) -> Result<(), Box<dyn Error>> {
    let task = engine.read().tasks_of_instance(instance).next().map(|task| task.id).ok_or("no task")?;
    engine.complete(task, [("done", Value::from(true))]).wait()?;
    Ok(())
}

/// What questions about history answer, each in its own words.
fn answers(world: &World, instances: &[Id]) -> Vec<String> {
    let page = Page::default();
    let mut answers = Vec::new();
    for instance in instances {
        let of = Some(instance.to_string());
        let row = world.historic_process_instance(*instance).map(|row| (row.state, row.end));
        let query = HistoricActivityInstanceQuery { process_instance_id: of.clone(), ..Default::default() };
        let activities: Vec<_> =
            query.list(world, page, None).iter().map(|row| (row.activity.clone(), row.end.is_some())).collect();
        let query = HistoricTaskInstanceQuery { process_instance_id: of, ..Default::default() };
        answers.push(format!("{instance}: {row:?} {activities:?} {}", query.count(world, None)));
    }
    let number = VariableFilter {
        name: "number".to_owned(),
        operator: Operator::Equals,
        value: Value::from(7),
        any_number: false,
    };
    let query = HistoricProcessInstanceQuery { variables: vec![number], ..Default::default() };
    answers.push(format!("{:?}", query.list(world, page, None).iter().map(|row| row.id).collect::<Vec<_>>()));
    for finished in [true, false] {
        let query = HistoricProcessInstanceQuery { finished, unfinished: !finished, ..Default::default() };
        answers.push(format!("{finished}: {}", query.count(world, None)));
    }
    let newest = HistoricProcessInstanceQuery {
        sorting: vec![
            Sort { by: HistoricProcessInstanceSorting::StartTime, descending: true },
            Sort { by: HistoricProcessInstanceSorting::InstanceId, descending: true },
        ],
        ..Default::default()
    };
    let page = Page { first_result: Some(3), max_results: Some(40) };
    answers.push(format!("{:?}", newest.list(world, page, None).iter().map(|row| row.id).collect::<Vec<_>>()));
    let query = HistoricVariableInstanceQuery { variable_name: Some("done".to_owned()), ..Default::default() };
    answers.push(format!("{}", query.count(world, None)));
    answers
}

#[test]
fn history_on_disk_is_found_and_comes_back() -> Result<(), Box<dyn Error>> {
    for kind in [Kind::Fjall, Kind::Sled] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        let engine = open(kind, &path)?;
        engine.deploy_file("order.bpmn", MODEL).wait()?;
        let mut instances = Vec::new();
        for number in 0..INSTANCES {
            let instance = engine.start("order", [("number", Value::from(number as i64))]).wait()?;
            instances.push(instance);
            // some wait, most end
            if number % 4 > 0 {
                complete(&engine, instance)?;
                complete(&engine, instance)?;
            }
        }
        until_on_disk(&engine, 80);
        let before = answers(&engine.read(), &instances);
        assert!(before.iter().any(|line| line == "true: 90"), "{before:#?}");
        drop(engine);

        let engine = open(kind, &path)?;
        assert!(engine.read().histories().1 >= 80, "{:?}", engine.read().histories());
        assert_eq!(answers(&engine.read(), &instances), before, "{kind}");

        // what waits goes on, long after its history has left
        complete(&engine, instances[0])?;
        complete(&engine, instances[0])?;
        engine.change_history(HistoryChange::DeleteProcessInstance(instances[1]), &Caller::default()).wait()?;
        let after = answers(&engine.read(), &instances);
        assert!(after[0].contains("Completed") && after[0].contains("\"ship\", true"), "{}", after[0]);
        assert!(after[1].contains("None []"), "{}", after[1]);
        drop(engine);

        let engine = open(kind, &path)?;
        assert_eq!(answers(&engine.read(), &instances), after, "{kind}");
        // it leaves again when others come
        for _ in 0..40 {
            let instance = engine.start("order", [("number", Value::from(-1))]).wait()?;
            complete(&engine, instance)?;
            complete(&engine, instance)?;
        }
        until_on_disk(&engine, 130);
        let again = answers(&engine.read(), &instances);
        assert_eq!(again[..INSTANCES], after[..INSTANCES], "{kind}");
        drop(engine);
        let engine = open(kind, &path)?;
        assert_eq!(answers(&engine.read(), &instances), again, "{kind}");
    }
    Ok(())
}

/// What the history of root instances takes on disk: values of whole histories, and events.
fn values_on_disk(engine: &Engine) -> (usize, usize) {
    (engine.store().prefix(b"f").count(), engine.store().prefix(b"h").count())
}

#[test]
fn deleted_history_leaves_the_disk() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let engine = open(Kind::Fjall, &folder.path().join("data"))?;
    engine.deploy_file("order.bpmn", MODEL.replace("userTask", "manualTask")).wait()?;
    let mut instances = Vec::new();
    for number in 0..600 {
        instances.push(engine.start("order", [("number", Value::from(number))]).wait()?);
    }
    until_on_disk(&engine, 560);
    let (wholes, _) = values_on_disk(&engine);
    assert!(wholes >= 560, "{wholes}");
    for instance in &instances[..520] {
        engine.change_history(HistoryChange::DeleteProcessInstance(*instance), &Caller::default()).wait()?;
    }
    let begun = Instant::now();
    // deletions are carried out some hundred at a time: up to 255 wait for more
    while values_on_disk(&engine).0 > wholes - (520 - 255) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} are left", values_on_disk(&engine));
        std::thread::sleep(Duration::from_millis(5));
    }
    let left = HistoricProcessInstanceQuery::default().count(&engine.read(), None);
    assert_eq!(left, 80);
    let events = values_on_disk(&engine).1;
    assert!(events < 200, "{events} commits of history are left");
    Ok(())
}

#[test]
fn deleted_history_of_instances_that_were_at_rest_leaves_the_disk() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let engine = open(Kind::Fjall, &folder.path().join("data"))?;
    engine.deploy_file("order.bpmn", MODEL).wait()?;
    let mut instances = Vec::new();
    for number in 0..600 {
        instances.push(engine.start("order", [("number", Value::from(number))]).wait()?);
    }
    until_on_disk(&engine, 560);
    for instance in &instances {
        complete(&engine, *instance)?;
        complete(&engine, *instance)?;
    }
    for instance in &instances {
        engine.change_history(HistoryChange::DeleteProcessInstance(*instance), &Caller::default()).wait()?;
    }
    let begun = Instant::now();
    while values_on_disk(&engine).0 > 255 || values_on_disk(&engine).1 > 3 * 255 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} are left", values_on_disk(&engine));
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[test]
fn a_clean_up_removes_what_is_on_disk_and_it_stays_removed() -> Result<(), Box<dyn Error>> {
    for kind in [Kind::Fjall, Kind::Sled] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        let mut engine = open(kind, &path)?;
        let kept = r#"isExecutable="true" camunda:historyTimeToLive="P30D""#;
        let model = |key: &str, time_to_live: &str| {
            let model = MODEL.replace("userTask", "manualTask").replace(r#"id="order""#, &format!(r#"id="{key}""#));
            let model =
                model.replace("<definitions", r#"<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn""#);
            model.replace(r#"isExecutable="true""#, time_to_live)
        };
        engine.deploy_file("kept.bpmn", model("kept", kept)).wait()?;
        engine.deploy_file("passing.bpmn", model("passing", &kept.replace("P30D", "0"))).wait()?;
        for number in 0..400 {
            engine.start(if number % 8 == 0 { "kept" } else { "passing" }, [("number", Value::from(number))]).wait()?;
        }
        until_on_disk(&engine, 360);
        engine.clean_up(CleanUp { immediately: true }, &Caller::default()).wait()?;
        let query = HistoricProcessInstanceQuery::default();
        let begun = Instant::now();
        while query.count(&engine.read(), None) > 50 || values_on_disk(&engine).0 > 50 {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} are left", query.count(&engine.read(), None));
            std::thread::sleep(Duration::from_millis(5));
        }
        let left = |engine: &Engine| {
            let world = engine.read();
            let rows = query.list(&world, Page::default(), None);
            let mut rows: Vec<_> = rows.iter().map(|row| (row.id, row.definition)).collect();
            rows.sort();
            rows
        };
        let before = left(&engine);
        assert_eq!(before.len(), 50, "{kind}");
        drop(engine);

        engine = open(kind, &path)?;
        assert_eq!(left(&engine), before, "{kind}");
        // what happens to one that was removed finds nothing
        let gone = HistoricVariableInstanceQuery { variable_name: Some("number".to_owned()), ..Default::default() };
        assert_eq!(gone.count(&engine.read(), None), 50, "{kind}");
    }
    Ok(())
}

/// A big root instance that comes and goes in one transaction leaves its history on disk at once, in one piece.
#[test]
fn history_of_what_comes_and_goes_at_once_is_never_in_memory() -> Result<(), Box<dyn Error>> {
    for kind in [Kind::Fjall, Kind::Sled] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        let mut engine = open(kind, &path)?;
        engine.deploy_file("order.bpmn", MODEL.replace("userTask", "manualTask")).wait()?;
        let start = |engine: &Engine, number: i32| {
            let more = ["a", "b", "c", "d", "done"].map(|name| (name, Value::from(true)));
            engine.start("order", [("number", Value::from(number))].into_iter().chain(more).collect::<Vec<_>>()).wait()
        };
        // three are too few for a segment: events that say nothing stand for them
        let instances = [5, 6, 7].map(|number| start(&engine, number));
        let instances = instances.into_iter().collect::<Result<Vec<Id>, _>>()?;
        assert_eq!(engine.read().histories(), (0, 3), "{kind}");
        assert_eq!(values_on_disk(&engine), (3, 3), "{kind}");
        let before = answers(&engine.read(), &instances);
        let whole = r#"[("start", true), ("approve", true), ("ship", true)] 0"#;
        assert!(before[..3].iter().all(|line| line.contains(whole)), "{before:#?}");
        assert_eq!(before[3], format!("{:?}", [instances[2]]), "by its variable");
        drop(engine);

        engine = open(kind, &path)?;
        assert_eq!(engine.read().histories(), (0, 3), "{kind}");
        assert_eq!(answers(&engine.read(), &instances), before, "{kind}");
        engine.change_history(HistoryChange::DeleteProcessInstance(instances[1]), &Caller::default()).wait()?;
        let after = answers(&engine.read(), &instances);
        assert!(after[1].contains("None []"), "{}", after[1]);
        drop(engine);

        engine = open(kind, &path)?;
        assert_eq!(answers(&engine.read(), &instances), after, "{kind}");
        // enough for segments: the events go
        for number in 0..40 {
            start(&engine, 100 + number)?;
        }
        let begun = Instant::now();
        while values_on_disk(&engine).1 > 8 {
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?} are left", values_on_disk(&engine));
            std::thread::sleep(Duration::from_millis(5));
        }
        let again = answers(&engine.read(), &instances);
        assert_eq!(again[..3], after[..3], "{kind}");
        assert_eq!(engine.read().histories().1, 42, "{kind}");
        drop(engine);
        engine = open(kind, &path)?;
        assert_eq!(answers(&engine.read(), &instances), again, "{kind}");
    }
    Ok(())
}
