//! What tests of administration share.

use std::sync::Arc;

use engine_core::command::MigrationInstruction;
use tollgate::{Engine, Id, Options, request::Deploy, request::Resource};

/// An engine in memory whose jobs run only when told.
pub(crate) fn engine() -> Engine {
    with(Options::default())
}

/// As [`engine`], with options.
pub(crate) fn with(options: Options) -> Engine {
    Engine::in_memory(Options { job_executor: false, ..options }).expect("nothing to open")
}

/// Deploys processes and answers the id of the last one.
pub(crate) fn deploy(engine: &Engine, processes: &str) -> Id {
    let content = format!(
        r#"<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
            targetNamespace="t">{processes}</definitions>"#
    );
    let resources = vec![Resource { name: "p.bpmn".to_owned(), content: Arc::from(content.as_bytes()) }];
    let deploy = Deploy { name: Some("p".to_owned()), resources, ..Deploy::default() };
    let made = engine.deploy(deploy, &Default::default()).wait().expect("it is valid");
    *made.process_definitions.last().expect("a process")
}

/// A mapping without update.
pub(crate) fn map(source: &str, target: &str) -> MigrationInstruction {
    MigrationInstruction { source: source.to_owned(), target: target.to_owned(), update_event_trigger: false }
}

/// Flows between nodes, one after the other.
pub(crate) fn flows(nodes: &[&str]) -> String {
    nodes
        .windows(2)
        .map(|pair| format!(r#"<sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}"/>"#, pair[0], pair[1]))
        .collect()
}

/// A process with user tasks in a row.
pub(crate) fn tasks(key: &str, tasks: &[&str]) -> String {
    let nodes: String = tasks.iter().map(|id| format!(r#"<userTask id="{id}"/>"#)).collect();
    let mut order = vec!["start"];
    order.extend(tasks);
    format!(
        r#"<process id="{key}" isExecutable="true" camunda:historyTimeToLive="P5D"><startEvent id="start"/>{nodes}{}</process>"#,
        flows(&order)
    )
}

/// Starts an instance of the latest version.
pub(crate) fn start(engine: &Engine, key: &str) -> Id {
    engine.start::<&str>(key, []).wait().expect("it starts")
}

/// Keys of the open tasks of an instance.
pub(crate) fn open_tasks(engine: &Engine, instance: Id) -> Vec<String> {
    let world = engine.read();
    let mut keys: Vec<String> =
        world.tasks_of_instance(instance).filter_map(|task| task.key.as_deref().map(str::to_owned)).collect();
    keys.sort();
    keys
}
