//! Instructions of starts, modifications and restarts.

use engine_core::command::{Instruction, StartInstruction, Variables};

use crate::{
    http::{Failure, Object},
    value,
};

/// The instructions in a property of a body.
pub(super) fn list(body: &Object, property: &str) -> Result<Vec<Instruction>, Failure> {
    body.objects(property)?.iter().map(one).collect()
}

/// The instructions of a start or restart. Those that cancel have nothing to cancel and are passed over.
pub(super) fn of_start(body: &Object, property: &str) -> Result<Vec<Instruction>, Failure> {
    let starts = |one: &Object| one.value("type").and_then(serde_json::Value::as_str) != Some("cancel");
    body.objects(property)?.iter().filter(|one| starts(one)).map(one).collect()
}

/// The instructions of a modification of several instances, which cancel by activities alone.
pub(super) fn of_many(body: &Object) -> Result<Vec<Instruction>, Failure> {
    for one in body.objects("instructions")? {
        if one.text("type")?.as_deref() == Some("cancel") && one.value("activityId").is_none() {
            return Err(Failure::bad("For instruction type 'cancel': 'activityId' must be set"));
        }
    }
    Ok(without_variables(list(body, "instructions")?))
}

/// Instructions as modifications of several instances and restarts take them: with nothing but where to start.
pub(super) fn without_variables(mut instructions: Vec<Instruction>) -> Vec<Instruction> {
    for one in &mut instructions {
        if let Instruction::StartBefore(start) | Instruction::StartAfter(start) | Instruction::StartTransition(start) =
            one
        {
            *start = StartInstruction { activity: std::mem::take(&mut start.activity), ..StartInstruction::default() };
        }
    }
    instructions
}

fn one(body: &Object) -> Result<Instruction, Failure> {
    let kind = body.text("type")?.ok_or_else(Failure::shape)?;
    let must_be_set = |name: &str| Failure::bad(format!("For instruction type '{kind}': '{name}' must be set"));
    let start = |name: &str| -> Result<StartInstruction, Failure> {
        let activity = body.text(name)?.ok_or_else(|| must_be_set(name))?;
        let (variables, local) = start_variables(body)?;
        let ancestor_activity_instance = body.text("ancestorActivityInstanceId")?;
        Ok(StartInstruction { activity, ancestor_activity_instance, variables, local })
    };
    match kind.as_str() {
        "startBeforeActivity" => start("activityId").map(Instruction::StartBefore),
        "startAfterActivity" => start("activityId").map(Instruction::StartAfter),
        "startTransition" => start("transitionId").map(Instruction::StartTransition),
        "cancel" => cancel(body),
        _ => Err(Failure::shape()),
    }
}

fn cancel(body: &Object) -> Result<Instruction, Failure> {
    let activity = body.text("activityId")?;
    let instance = body.text("activityInstanceId")?;
    let transition = body.text("transitionInstanceId")?;
    match (activity, instance, transition) {
        (Some(activity), None, None) => {
            Ok(Instruction::CancelAll { activity, only_active: body.flag("cancelCurrentActiveActivityInstances")? })
        }
        (None, Some(instance), None) => Ok(Instruction::CancelActivityInstance(instance)),
        (None, None, Some(transition)) => Ok(Instruction::CancelTransitionInstance(transition)),
        _ => Err(Failure::bad(
            "For instruction type 'cancel': exactly one, 'activityId', 'activityInstanceId', or 'transitionInstanceId', \
             is required",
        )),
    }
}

/// Variables of a start instruction: those marked `local`, and the others.
fn start_variables(body: &Object) -> Result<(Variables, Variables), Failure> {
    let mut all = Variables::default();
    let mut local = Variables::default();
    let Some(map) = body.object("variables")? else { return Ok((all, local)) };
    for (name, json) in &map.0 {
        let one = Object::of(json)?;
        let target = if one.flag("local")? { &mut local } else { &mut all };
        target.0.push(value::named(name, &one)?);
    }
    Ok((all, local))
}
