//! `…/explain`: why an instance, job, external task or message waits, in plain words. Tollgate's own.

use models::Id;
use serde_json::{Value as Json, json};
use tollgate::explain::{Explanation, MessageExplanation, Reason};

use super::{event, id_of};
use crate::http::{Answer, Call, Date, Failure, Reply, Routes};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/process-instance/{id}/explain", instance)
        .get("/job/{id}/explain", job)
        .get("/external-task/{id}/explain", external_task)
        .post("/message/explain", message)
}

/// Refuses what is about an execution that the caller may not read.
fn permit(call: &Call, execution: Option<Id>) -> Result<(), Failure> {
    let world = call.app.engine.read();
    execution.and_then(|id| world.execution(id)).map_or(Ok(()), |row| call.rights(&world).read_execution(row))?;
    Ok(())
}

fn instance(call: &Call) -> Reply {
    permit(call, id_of(call.id()))?;
    answer(call, "Process instance", id_of(call.id()).and_then(|id| call.app.engine.explain_instance(id)))
}

fn job(call: &Call) -> Reply {
    {
        let world = call.app.engine.read();
        let job = id_of(call.id()).and_then(|id| world.job(id));
        job.map_or(Ok(()), |job| call.rights(&world).read_job(job))?;
    }
    answer(call, "Job", id_of(call.id()).and_then(|id| call.app.engine.explain_job(id)))
}

fn external_task(call: &Call) -> Reply {
    let instance = {
        let world = call.app.engine.read();
        id_of(call.id()).and_then(|id| world.external_task(id)).map(|task| task.process_instance)
    };
    permit(call, instance)?;
    answer(call, "External task", id_of(call.id()).and_then(|id| call.app.engine.explain_external_task(id)))
}

fn answer(call: &Call, what: &str, found: Option<Explanation>) -> Reply {
    let found = found.ok_or_else(|| Failure::missing(format!("{what} with id {} does not exist", call.id())))?;
    Answer::json(&explanation(&found))
}

fn explanation(found: &Explanation) -> Json {
    json!({
        "summary": found.summary,
        "state": found.state.name(),
        "reasons": found.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn reason(reason: &Reason) -> Json {
    json!({
        "kind": reason.kind.name(),
        "activityId": reason.activity_id,
        "activityName": reason.activity_name,
        "text": reason.text,
        "since": reason.since.map(Date),
        "mover": reason.mover,
        "next": reason.next,
        "reference": reason.reference.as_ref().map(|one| json!({"type": one.kind, "id": one.id})),
    })
}

/// Takes the body of `POST /message` and says what it would do.
async fn message(call: Call) -> Reply {
    let request = event::correlation(&call.object()?)?;
    let found: MessageExplanation = call.app.engine.explain_message(&request);
    let world = call.app.engine.read();
    let place = |execution: Id, instance: Id| {
        let row = world.execution(execution);
        let activity = row.and_then(|row| Some(world.activity_id(row.definition, row.activity?)?.to_owned()));
        json!({
            "executionId": execution.to_string(),
            "processInstanceId": instance.to_string(),
            "activityId": activity,
            "businessKey": world.business_key(instance),
        })
    };
    let rights = call.rights(&world);
    let readable = |id: &Id| world.execution(*id).is_some_and(|row| rights.read_execution(row).is_ok());
    let hindered =
        found.hindered.iter().filter(|(execution, ..)| readable(execution)).map(|(execution, instance, hindrances)| {
            let mut place = place(*execution, *instance);
            place["hindrances"] = hindrances.iter().map(tollgate::explain::Hindrance::text).collect();
            place
        });
    Answer::json(&json!({
        "summary": found.summary,
        "matches": found
            .matches
            .iter()
            .filter(|(execution, _)| readable(execution))
            .map(|(execution, instance)| place(*execution, *instance))
            .collect::<Vec<_>>(),
        "starts": found
            .starts
            .iter()
            .filter_map(|id| world.process_definition(*id))
            .filter(|row| rights.read_process_definition(row.id).is_ok())
            .map(|row| json!({"processDefinitionId": row.text_id, "processDefinitionKey": row.key}))
            .collect::<Vec<_>>(),
        "hindered": hindered.collect::<Vec<_>>(),
    }))
}
