//! `/incident`.

use engine_core::{command::Command, error::Fault};
use tollgate::query::{IncidentQuery, IncidentSorting, Page};

use super::{id_of, listing};
use crate::{
    criteria::instance::INCIDENT,
    http::{Answer, Attempt, Call, Failure, Reply, Routes},
    view::instance::IncidentView,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/incident", list)
        .get("/incident/count", count)
        .get("/incident/{id}", one)
        .delete("/incident/{id}", resolve)
        .put("/incident/{id}/annotation", annotate)
        .delete("/incident/{id}/annotation", clear_annotation)
}

listing!(list, count, read: IncidentQuery = INCIDENT, IncidentSorting,
    |call, row| IncidentView { world: row.world, row: row.entity });

fn one(call: &Call) -> Reply {
    let query = IncidentQuery { incident_id: Some(call.id().to_owned()), ..Default::default() };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| Failure::missing(format!("No matching incident with id {}", call.id())))?;
    Answer::json(&IncidentView { world: &world, row: row.entity })
}

async fn resolve(call: Call) -> Reply {
    let failed = |fault| Attempt::ResolveIncident.failed(fault);
    let unknown = || Fault::not_found(format!("Cannot find an incident with id '{}': incident is null", call.id()));
    let found = id_of(call.id()).filter(|id| call.app.engine.read().incident(*id).is_some());
    let id = found.ok_or_else(|| failed(unknown()))?;
    call.app.engine.execute(Command::ResolveIncident(id), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn set_annotation(call: &Call, text: Option<String>) -> Reply {
    let found = id_of(call.id()).filter(|id| call.app.engine.read().incident(*id).is_some());
    let id = found.ok_or_else(|| Fault::bad_request("incident is null"))?;
    call.app.engine.execute(Command::AnnotateIncident(id, text), &call.caller).await?;
    Ok(Answer::nothing())
}

async fn annotate(call: Call) -> Reply {
    let text = call.object()?.text("annotation")?;
    set_annotation(&call, text).await
}

async fn clear_annotation(call: Call) -> Reply {
    set_annotation(&call, None).await
}
