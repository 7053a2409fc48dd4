//! A deleted instance leaves nothing open: where Camunda itself forgets to end an activity, Tollgate ends it.

use std::error::Error;

use engine_core::{
    command::{Command, Deletion},
    state::ActivityState,
};
use tollgate::{Engine, Id, Options, Value, request::Caller};
use tollgate_tests::{checks, replay::expand};

/// Starts an instance, completes its task, and deletes it where it waits then. Activities of history, with their states.
fn deleted(model: &str) -> Result<Vec<(String, ActivityState)>, Box<dyn Error>> {
    let engine = Engine::in_memory(Options { job_executor: false, ..Options::default() })?;
    engine.deploy_file("p.bpmn", expand(model)).wait()?;
    let instance = engine.start("p", [("x", Value::from(1))]).wait()?;
    let task = engine.read().tasks_of_instance(instance).next().map(|task| task.id).ok_or("no task")?;
    engine.complete(task, [("done", Value::from(true))]).wait()?;
    assert_eq!(engine.read().jobs_of_instance(instance).filter(|job| job.due.is_none()).count(), 1, "it waits");
    delete(&engine, instance)?;
    let world = engine.read();
    assert_eq!(checks::violations(&world), Vec::<String>::new());
    let mut activities: Vec<_> =
        world.historic_activities_of(instance).map(|row| (row.activity.to_string(), row.state)).collect();
    activities.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(activities)
}

fn delete(engine: &Engine, process_instance: Id) -> Result<(), Box<dyn Error>> {
    let deletion = Deletion {
        process_instance,
        reason: None,
        skip_custom_listeners: false,
        externally_terminated: true,
        skip_io_mappings: false,
        skip_subprocesses: false,
        if_exists: false,
    };
    engine.execute(Command::Delete(Box::new(deletion)), &Caller::default()).wait()?;
    Ok(())
}

fn canceled(activities: &[(String, ActivityState)]) -> Vec<&str> {
    let canceled = activities.iter().filter(|(_, state)| *state == ActivityState::Canceled);
    canceled.map(|(activity, _)| activity.as_str()).collect()
}

/// The task ends its path, with a scope of its own that an asynchronous continuation is to leave. Camunda 7 then cancels the
/// multi-instance body in the place of the subprocess, and leaves the body active.
#[test]
fn what_waits_to_end_a_path_ends_with_all_around() -> Result<(), Box<dyn Error>> {
    let activities = deleted(
        r#"
<process id="p">
  <startEvent id="start"/><endEvent id="end"/>
  <subProcess id="each">
    <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality xsi:type="tFormalExpression">2</loopCardinality></multiInstanceLoopCharacteristics>
    <startEvent id="begin"/><userTask id="last" camunda:asyncAfter="true"/>
    <boundaryEvent id="late" attachedToRef="last"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></boundaryEvent>
    <endEvent id="gone"/>
    begin -> last
    late -> gone
  </subProcess>
  start -> each -> end
</process>"#,
    )?;
    assert_eq!(canceled(&activities), ["each", "each#multiInstanceBody"]);
    Ok(())
}

/// The multi-instance body has been left, and what is around it is a multi-instance too. Camunda 7 then cancels the inner body a
/// second time in the place of the outer one, and says of the instance that it is active.
#[test]
fn what_waits_after_a_multi_instance_ends_with_all_around() -> Result<(), Box<dyn Error>> {
    let activities = deleted(
        r#"
<process id="p">
  <startEvent id="start"/><endEvent id="end"/>
  <subProcess id="outer">
    <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality xsi:type="tFormalExpression">2</loopCardinality></multiInstanceLoopCharacteristics>
    <startEvent id="begin"/><endEvent id="done"/>
    <subProcess id="inner" camunda:asyncAfter="true">
      <multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">1</loopCardinality></multiInstanceLoopCharacteristics>
      <startEvent id="first"/><userTask id="task"/><endEvent id="last"/>
      first -> task -> last
    </subProcess>
    begin -> inner -> done
  </subProcess>
  start -> outer -> end
</process>"#,
    )?;
    assert_eq!(canceled(&activities), ["outer", "outer#multiInstanceBody"]);
    Ok(())
}
