//! The processes of a run: one that is random, and some for what that has not.

use crate::{
    random::{Random, Shape, model},
    replay::expand,
};

/// Letters that arrive one after another, one interrupting a task.
const MAIL: &str = r#"
<message id="letter" name="letter"/>
<process id="mail">
  <startEvent id="start"/><endEvent id="end"/><endEvent id="end2"/>
  <receiveTask id="first" messageRef="letter"/>
  <intermediateCatchEvent id="second"><messageEventDefinition messageRef="letter"/></intermediateCatchEvent>
  <userTask id="answer"/>
  <boundaryEvent id="third" attachedToRef="answer"><messageEventDefinition messageRef="letter"/></boundaryEvent>
  start -> first -> second -> answer -> end
  third -> end2
</process>
"#;

/// Handlers in jobs and without, in a process that another calls; a signal to everyone.
const CALLS: &str = r#"
<signal id="all" name="sig0"/><error id="e1" errorCode="E1"/>
<process id="calls">
  <startEvent id="start"/><endEvent id="end"/><endEvent id="end2"/>
  <serviceTask id="later" camunda:asyncBefore="true" camunda:class="handler"/>
  <callActivity id="call" calledElement="called">
    <extensionElements><camunda:out source="handled" target="handled"/></extensionElements>
  </callActivity>
  <boundaryEvent id="wrong" attachedToRef="call"><errorEventDefinition errorRef="e1"/></boundaryEvent>
  <intermediateThrowEvent id="shout"><signalEventDefinition signalRef="all"/></intermediateThrowEvent>
  start -> later -> call -> shout -> end
  wrong -> end2
</process>
<process id="called">
  <startEvent id="start_"/><endEvent id="end_"/>
  <parallelGateway id="fork_"/><parallelGateway id="join_"/>
  <serviceTask id="one_" camunda:asyncBefore="true" camunda:class="handler"/>
  <serviceTask id="two_" camunda:asyncBefore="true" camunda:exclusive="false" camunda:class="handler"/>
  <userTask id="three_"/>
  start_ -> fork_ -> one_ -> join_
  fork_ -> two_ -> join_
  join_ -> three_ -> end_
</process>
"#;

/// A timer that starts instances, and one that repeats within.
const TICKS: &str = r#"
<process id="ticks">
  <startEvent id="start"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R5/PT20M</timeCycle></timerEventDefinition></startEvent>
  <userTask id="tick"/><endEvent id="end"/><endEvent id="end2"/>
  <boundaryEvent id="remind" attachedToRef="tick" cancelActivity="false">
    <timerEventDefinition><timeCycle xsi:type="tFormalExpression">R3/PT10M</timeCycle></timerEventDefinition>
  </boundaryEvent>
  <serviceTask id="count" camunda:asyncAfter="true" camunda:expression="${true}"/>
  start -> tick -> end
  remind -> count -> end2
</process>
"#;

/// An instance so big that it is stored entity by entity.
const CROWD: &str = r#"
<process id="crowd">
  <startEvent id="start"/><endEvent id="end"/>
  <userTask id="each"><multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">66</loopCardinality></multiInstanceLoopCharacteristics></userTask>
  start -> each -> end
</process>
"#;

/// Whether a scope that leaves a snapshot behind for compensation has timers.
///
/// As in Camunda 7, the snapshot has them again (`CompensationUtil.createEventScopeExecution` enters the activity). When one
/// fires, its event is executed on top of what stands in the scope around, and the executions are no tree of tokens any more.
fn has_timers_in_snapshots(model: &str) -> bool {
    const TIMER: &str = "<timerEventDefinition>";
    const COMPENSATION: &str = "<compensateEventDefinition/></boundaryEvent>";
    let on = |host: &str, definition: &str| {
        let host = format!(r#"attachedToRef="{host}""#);
        model.lines().any(|line| line.contains("<boundaryEvent") && line.contains(&host) && line.contains(definition))
    };
    let (mut open, mut found) = (Vec::<(&str, String)>::new(), false);
    for line in model.lines() {
        if line.starts_with("</subProcess>") {
            let (id, body) = open.pop().expect("one was opened");
            let starts = body.lines().any(|line| line.starts_with("<startEvent") && line.contains(TIMER));
            found |= body.contains(COMPENSATION) && (starts || on(id, TIMER));
        }
        open.iter_mut().for_each(|(_, body)| {
            body.push_str(line);
            body.push('\n');
        });
        let id = line.split(r#" id=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        if line.starts_with("<subProcess") {
            open.push((id, String::new()));
        } else if line.contains("<multiInstanceLoopCharacteristics") {
            found |= on(id, COMPENSATION) && on(id, TIMER);
        }
    }
    found
}

/// Names and BPMN of the files that a run deploys.
pub(super) fn of(random: &mut Random) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let shape = if random.one_in(2) { Shape::Unstructured } else { Shape::Structured };
    let text = std::iter::repeat_with(|| model(random, shape)).find(|text| !has_timers_in_snapshots(text));
    found.push(("p.bpmn", expand(&text.expect("as many as one likes"))));
    let mut sometimes = |one_in, name, text: &str| {
        if random.one_in(one_in) {
            found.push((name, expand(text)));
        }
    };
    sometimes(2, "mail.bpmn", MAIL);
    sometimes(2, "calls.bpmn", CALLS);
    sometimes(3, "ticks.bpmn", TICKS);
    sometimes(8, "crowd.bpmn", CROWD);
    found
}
