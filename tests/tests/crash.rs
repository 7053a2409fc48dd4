//! An engine under load is killed at any moment, again and again: what it acknowledged is there, and nothing is half done.
//!
//! `CRASH_ROUNDS=1000 cargo test -p tollgate-tests --test crash`, or `cargo xtask crash --rounds 1000`, runs as many rounds
//! for each store.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    path::Path,
    process::{Command as Process, Stdio},
    sync::Arc,
    time::Duration,
};

use engine_core::command::{Command, ExternalTaskCommand, Start, Variables};
use tollgate::{
    Engine, Id, Options, Value,
    request::{Caller, Correlate, FetchAndLock, FetchTopic, Signal},
    store::{Kind, Options as StoreOptions},
};
use tollgate_tests::checks;

const MODELS: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">
  <message id="M" name="paid"/>
  <signal id="S" name="go ${key}"/>
  <process id="order" isExecutable="true">
    <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
    <parallelGateway id="fork"/>
    <sequenceFlow id="f2" sourceRef="fork" targetRef="approve"/><userTask id="approve"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="pack"/>
    <serviceTask id="pack" camunda:type="external" camunda:topic="pack"/>
    <sequenceFlow id="f4" sourceRef="approve" targetRef="join"/><sequenceFlow id="f5" sourceRef="pack" targetRef="join"/>
    <parallelGateway id="join"/><sequenceFlow id="f6" sourceRef="join" targetRef="charge"/>
    <serviceTask id="charge" camunda:asyncBefore="true" camunda:expression="${1 + 1}" camunda:resultVariable="charged"/>
    <sequenceFlow id="f7" sourceRef="charge" targetRef="paid"/>
    <intermediateCatchEvent id="paid"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
    <sequenceFlow id="f8" sourceRef="paid" targetRef="end"/><endEvent id="end"/>
  </process>
  <process id="pair" isExecutable="true">
    <startEvent id="start2"/><sequenceFlow id="g1" sourceRef="start2" targetRef="wait"/>
    <intermediateCatchEvent id="wait"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>
    <sequenceFlow id="g2" sourceRef="wait" targetRef="end2"/><endEvent id="end2"/>
  </process>
</definitions>"#;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn open(kind: Kind, path: &Path) -> Engine {
    let store_options = StoreOptions { memtable_bytes: 1 << 20, ..StoreOptions::default() };
    // most history goes to disk while it is worked
    let options =
        Options { store: kind, store_options, history_in_memory: 64, instances_in_memory: 16, ..Options::default() };
    Engine::open_with(path, options).expect("the engine opens")
}

/// Tells the parent that something was acknowledged.
fn acknowledge(what: &str, id: Id) {
    let line = format!("ack {what} {id}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("the parent listens");
}

/// Not a test of its own: what is killed.
#[test]
#[ignore = "run by the tests of this file"]
fn work() {
    let path = std::env::var("CRASH_STORE").expect("the path of a store");
    let kind = std::env::var("CRASH_KIND").expect("its kind").parse().expect("a kind");
    let engine = Arc::new(open(kind, Path::new(&path)));
    if engine.read().latest_process_definition("order", None).is_none() {
        engine.deploy_file("models.bpmn", MODELS).wait().expect("a deployment");
    }
    let threads: Vec<_> = (0..8)
        .map(|worker| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                for number in 0.. {
                    let key = format!("{} {worker} {number}", std::process::id());
                    if number % 4 == 3 { pair(&engine, &key) } else { order(&engine, &key) }
                        .expect("it works until it is killed");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it works until it is killed");
    }
}

/// Takes an order through all its wait states.
fn order(engine: &Engine, key: &str) -> Fallible<()> {
    let caller = Caller::default();
    let definition = engine.read().latest_process_definition("order", None).ok_or("not deployed")?.id;
    let start = Start { definition, business_key: Some(key.to_owned()), ..Start::default() };
    engine.execute(Command::Start(Box::new(start)), &caller).wait()?;
    let (instance, task) = {
        let world = engine.read();
        let instance = world.process_instances_of_business_key(key).next().ok_or("not started")?.id;
        (instance, world.tasks_of_instance(instance).next().ok_or("no task")?.id)
    };
    acknowledge("started", instance);
    engine.complete(task, [("approved", Value::from(true))]).wait()?;
    acknowledge("approved", instance);
    let topics = vec![FetchTopic {
        name: "pack".to_owned(),
        lock_ms: 600_000,
        business_key: Some(key.to_owned()),
        ..FetchTopic::default()
    }];
    let fetch = FetchAndLock { worker: key.to_owned(), max_tasks: 1, topics, ..FetchAndLock::default() };
    let locked = engine.fetch_and_lock(fetch, &caller).wait()?;
    let external = locked.first().ok_or("nothing to fetch")?.task.id;
    let (worker, none) = (key.to_owned(), Variables::default());
    let complete = ExternalTaskCommand::Complete { worker, variables: none.clone(), local: none };
    engine.execute(Command::ExternalTask(external, complete), &caller).wait()?;
    acknowledge("packed", instance);
    // the job executor charges meanwhile
    while engine.read().subscriptions_of_instance(instance).next().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    let request =
        Correlate { name: Some("paid".to_owned()), business_key: Some(key.to_owned()), ..Correlate::default() };
    engine.correlate(request, &caller).wait()?;
    acknowledge("paid", instance);
    Ok(())
}

/// Starts two instances that one signal ends, in one commit.
fn pair(engine: &Engine, key: &str) -> Fallible<()> {
    let start = || engine.start("pair", [("key", Value::from(key))]);
    let (first, second) = (start(), start());
    let (first, second) = (first.wait()?, second.wait()?);
    acknowledge("waits", first);
    acknowledge("waits", second);
    engine.signal(Signal { name: format!("go {key}"), ..Signal::default() }, &Caller::default()).wait()?;
    acknowledge("gone", first);
    acknowledge("gone", second);
    Ok(())
}

/// What has been acknowledged, by instance.
type Acknowledged = BTreeMap<String, BTreeSet<String>>;

fn work_and_kill(kind: Kind, path: &Path, after: Duration, known: &mut Acknowledged) {
    let mut child = Process::new(std::env::current_exe().expect("a test binary"))
        .args(["--exact", "work", "--ignored", "--nocapture"])
        .env("CRASH_STORE", path)
        .env("CRASH_KIND", kind.name())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut output = child.stderr.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    std::thread::sleep(after);
    let ended = child.try_wait().expect("a state");
    child.kill().expect("a kill");
    child.wait().expect("an end");
    let text = reader.join().expect("a reader").expect("text");
    assert!(ended.is_none(), "the process ended by itself: {text}");
    // the last line may be cut
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    for line in whole.lines().filter_map(|line| line.strip_prefix("ack ")) {
        let (what, id) = line.split_once(' ').expect("two words");
        known.entry(id.to_owned()).or_default().insert(what.to_owned());
    }
}

/// Compares what is there with what was acknowledged.
fn check(kind: Kind, path: &Path, acknowledged: &Acknowledged, round: u64) {
    let options = Options {
        store: kind,
        job_executor: false,
        history_in_memory: 64,
        instances_in_memory: 16,
        ..Options::default()
    };
    let engine = Engine::open_with(path, options);
    let engine = engine.unwrap_or_else(|error| panic!("{kind}, round {round}: {error}"));
    let world = engine.read();
    let mut wrong = checks::violations(&world);
    let mut ended = BTreeMap::new();
    let mut pairs: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    world.through_history(|part| {
        for past in part.historic_process_instances() {
            let twice = ended.insert(past.id.to_string(), past.end.is_some()).is_some();
            if twice {
                wrong.push(format!("instance {} is there twice", past.id));
            }
        }
        for row in part.historic_variables().filter(|row| &*row.name == "key") {
            pairs.entry(format!("{:?}", row.value)).or_default().extend(row.process_instance);
        }
    });
    for (id, what) in acknowledged {
        let Some(ended) = ended.get(id) else {
            wrong.push(format!("instance {id} is missing: {what:?}"));
            continue;
        };
        let is = |word: &str| what.contains(word);
        let instance: Option<Id> = id.parse().ok();
        let running = instance.and_then(|id| world.process_instance(id)).map(|row| row.id);
        if (is("paid") || is("gone")) && !ended {
            wrong.push(format!("instance {id} has not ended: {what:?}"));
        }
        if let Some(id) = running {
            if is("approved") && world.tasks_of_instance(id).next().is_some() {
                wrong.push(format!("the task of {id} is open: {what:?}"));
            }
            if is("packed") && world.external_tasks_of_instance(id).next().is_some() {
                wrong.push(format!("the external task of {id} is open: {what:?}"));
            }
        }
    }
    // one signal ends both of a pair or none
    for (key, instances) in pairs.iter().filter(|(_, instances)| instances.len() == 2) {
        let running = instances.iter().filter(|id| world.process_instance(**id).is_some()).count();
        if running == 1 {
            wrong.push(format!("one of the pair {key} is gone and the other is not"));
        }
    }
    assert!(wrong.is_empty(), "{kind}, round {round}:\n{}", wrong.join("\n"));
}

fn survives_kills(kind: Kind) {
    let rounds: u64 = std::env::var("CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let folder = tempfile::tempdir().expect("a folder");
    let mut path = folder.path().join("store-0");
    let mut acknowledged = Acknowledged::new();
    let mut total = 0;
    for round in 0..rounds {
        // what is to be compared grows with the rounds, so a store serves for some only
        if round % 10 == 9 {
            total += acknowledged.len();
            std::fs::remove_dir_all(&path).expect("an old store");
            path = folder.path().join(format!("store-{round}"));
            acknowledged.clear();
        }
        let after = Duration::from_millis(300 + round * 137 % 700);
        work_and_kill(kind, &path, after, &mut acknowledged);
        if path.join("STORE").exists() {
            check(kind, &path, &acknowledged, round);
        }
    }
    total += acknowledged.len();
    println!("{kind}: {rounds} rounds, {total} instances acknowledged");
    assert!(rounds == 0 || total > 0, "no round got as far as a start");
}

#[test]
fn fjall_loses_nothing_when_the_engine_is_killed() {
    survives_kills(Kind::Fjall);
}

#[test]
fn sled_loses_nothing_when_the_engine_is_killed() {
    survives_kills(Kind::Sled);
}
