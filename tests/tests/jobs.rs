//! The job runner by itself.

use std::{error::Error, time::Duration};

use tollgate::{Engine, Options, Value};

const MODELS: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    targetNamespace="http://tollgate/tests">
  <process id="slow" isExecutable="true">
    <startEvent id="s1"/><sequenceFlow id="f1" sourceRef="s1" targetRef="call"/>
    <serviceTask id="call" camunda:asyncBefore="true" camunda:class="slow"/>
  </process>
  <process id="quick" isExecutable="true">
    <startEvent id="s2"/><sequenceFlow id="f2" sourceRef="s2" targetRef="task"/>
    <serviceTask id="task" camunda:asyncBefore="true" camunda:expression="${true}"/>
  </process>
</definitions>"#;

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// S-JE: more slow calls than jobs may run at the same time do not keep other jobs from running.
#[test]
fn slow_calls_do_not_starve_other_jobs() -> Result<(), Box<dyn Error>> {
    let engine = Engine::in_memory(Options { job_concurrency: 4, ..Options::default() })?;
    let (answer, answered) = tokio::sync::watch::channel(false);
    engine.async_handler("slow", move |_| {
        let mut answered = answered.clone();
        async move {
            let _ = answered.wait_for(|answered| *answered).await;
            Ok(())
        }
    });
    engine.deploy_file("models.bpmn", MODELS).wait()?;
    let none: [(&str, Value); 0] = [];
    for _ in 0..100 {
        engine.start("slow", none.clone()).wait()?;
    }
    let quick = engine.start("quick", none).wait()?;
    until("the quick job runs beside the slow calls", || engine.read().process_instance(quick).is_none());
    assert_eq!(engine.read().job_count(), 100);
    answer.send(true)?;
    until("the slow calls end", || engine.read().job_count() == 0);
    Ok(())
}

/// A job that fails at once is not tried again at once: it rests, longer each time, on top of its retries.
#[test]
fn failing_jobs_rest() -> Result<(), Box<dyn Error>> {
    let engine = Engine::in_memory(Options::default())?;
    let (sender, tries) = std::sync::mpsc::channel();
    engine.handler("slow", move |_| {
        let _ = sender.send(std::time::Instant::now());
        Err(tollgate::HandlerError::Failure {
            class: "java.lang.RuntimeException".to_owned(),
            message: "no".to_owned(),
        })
    });
    engine.deploy_file("models.bpmn", MODELS).wait()?;
    engine.start("slow", [] as [(&str, Value); 0]).wait()?;
    let tries: Vec<_> = (0..3).map(|_| tries.recv_timeout(Duration::from_secs(20))).collect::<Result<_, _>>()?;
    assert!(tries[1] - tries[0] >= Duration::from_millis(50));
    assert!(tries[2] - tries[1] >= Duration::from_millis(100));
    until("the retries are used up", || engine.read().jobs().all(|job| job.retries == 0));
    Ok(())
}
