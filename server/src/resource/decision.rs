//! `/decision-definition` and `/decision-requirements-definition`.

use axum::http::StatusCode;
use engine_core::error::Fault;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tollgate::{
    request::{DefinitionChange, EvaluateDecision},
    world::{DecisionDefinition, DecisionRequirementsDefinition, Shown, World},
};

use super::deployment::{diagram, requirements_id, resource_text};
use crate::{
    http::{Answer, Attempt, Call, Failure, Reply, Routes},
    value::{self, Typed},
    view::repository::{DecisionDefinitionView, RequirementsView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    let mut routes = Routes::default()
        .get("/decision-definition", super::decision_query::list)
        .get("/decision-definition/count", super::decision_query::count)
        .get("/decision-requirements-definition", super::decision_query::list_requirements)
        .get("/decision-requirements-definition/count", super::decision_query::count_requirements);
    for rest in ["/{id}", "/key/{key}", "/key/{key}/tenant-id/{tenantId}"] {
        let base = format!("/decision-definition{rest}");
        let requirements = format!("/decision-requirements-definition{rest}");
        routes = routes
            .get(&base, one)
            .get(&format!("{base}/xml"), xml)
            .get_file(&format!("{base}/diagram"), show_diagram)
            .post(&format!("{base}/evaluate"), evaluate)
            .put(&format!("{base}/history-time-to-live"), time_to_live)
            .get(&requirements, requirements_one)
            .get(&format!("{requirements}/xml"), requirements_xml)
            .get_file(&format!("{requirements}/diagram"), requirements_diagram);
    }
    routes
}

/// The text for what is not found by key and tenant.
fn no_match(call: &Call, kind: &str) -> Failure {
    let tenant = match call.path("tenantId") {
        "" => "no tenant-id".to_owned(),
        tenant => format!("tenant-id: {tenant}"),
    };
    let message = format!("No matching {kind} with key: {} and {tenant}", call.path("key"));
    Failure::rest(StatusCode::NOT_FOUND, message)
}

fn tenant(call: &Call) -> Option<&str> {
    Some(call.path("tenantId")).filter(|tenant| !tenant.is_empty())
}

fn find<'w>(call: &Call, world: &'w World, attempt: Attempt<'_>) -> Result<&'w Shown<DecisionDefinition>, Failure> {
    let readable = |row: &&Shown<DecisionDefinition>| call.rights(world).read_decision_definition(row.id).is_ok();
    match call.path("key") {
        "" => world.decision_definition_by_text(call.id()).ok_or_else(|| {
            let id = call.id();
            attempt.failed(Fault::not_found(format!(
                "no deployed decision definition found with id '{id}': decisionDefinition is null"
            )))
        }),
        key => world
            .latest_decision_definition(key, tenant(call))
            .filter(readable)
            .ok_or_else(|| no_match(call, "decision definition")),
    }
}

/// The definition of the path, when the caller may read it.
fn readable<'w>(call: &Call, world: &'w World) -> Result<&'w Shown<DecisionDefinition>, Failure> {
    let attempt = Attempt::DecisionDefinition;
    let row = find(call, world, attempt)?;
    call.rights(world).read_decision_definition(row.id).map_err(|fault| attempt.failed(fault))?;
    Ok(row)
}

fn one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = readable(call, &world)?;
    Answer::json(&DecisionDefinitionView { row, requirements: requirements_id(&world, row.requirements_definition) })
}

fn xml(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = readable(call, &world)?;
    Answer::json(&json!({"id": row.text_id, "dmnXml": resource_text(&world, row.deployment, &row.resource)}))
}

fn show_diagram(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = find(call, &world, Attempt::Plain)?;
    call.rights(&world).read_decision_definition(row.id)?;
    diagram(&world, row.deployment, row.diagram.as_deref())
}

async fn time_to_live(call: Call) -> Reply {
    let definition = find(&call, &call.app.engine.read(), Attempt::Plain)?.id;
    let days = call.object()?.get("historyTimeToLive").int()?;
    if days.is_some_and(|days| days < 0) {
        return Err(Fault::bad_request("historyTimeToLive is not greater than or equal to 0").into());
    }
    let change = DefinitionChange::HistoryTimeToLive { definition, days };
    call.app.engine.change_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn evaluate(call: Call) -> Reply {
    let (definition, text) = {
        let world = call.app.engine.read();
        let shown = call.id().to_owned();
        let row = find(&call, &world, Attempt::EvaluateDecision(&shown))?;
        (row.id, row.text_id.to_string())
    };
    let attempt = Attempt::EvaluateDecision(&text);
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let request = EvaluateDecision { definition, variables };
    let failed = |fault| attempt.failed(fault);
    let rows = call.app.engine.evaluate_decision(request, &call.caller).await.map_err(failed)?;
    let rows: Vec<Json> = rows.iter().map(|row| by_name(row)).collect();
    Answer::json(&rows)
}

fn by_name(row: &[(String, models::Value)]) -> Json {
    let entry = |(name, value): &(String, models::Value)| {
        (name.clone(), serde_json::to_value(Typed::new(value, true)).unwrap_or_default())
    };
    Json::Object(row.iter().map(entry).collect::<Map<_, _>>())
}

fn find_requirements<'w>(call: &Call, world: &'w World) -> Result<&'w Shown<DecisionRequirementsDefinition>, Failure> {
    match call.path("key") {
        "" => world.requirements_definition_by_text(call.id()).ok_or_else(|| {
            let id = call.id();
            Failure::bad(format!(
                "no deployed decision requirements definition found with id '{id}': decisionRequirementsDefinition is null"
            ))
            .code(0)
        }),
        key => world
            .latest_requirements_definition(key, tenant(call))
            .filter(|row| call.rights(world).read_requirements_definition(row.id).is_ok())
            .ok_or_else(|| no_match(call, "decision requirements definition")),
    }
}

fn requirements_one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = find_requirements(call, &world)?;
    call.rights(&world).read_requirements_definition(row.id)?;
    Answer::json(&RequirementsView { row })
}

fn requirements_xml(call: &Call) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Xml<'a> {
        id: &'a str,
        dmn_xml: Option<String>,
    }
    let world = call.app.engine.read();
    let row = find_requirements(call, &world)?;
    call.rights(&world).read_requirements_definition(row.id)?;
    Answer::json(&Xml { id: &row.text_id, dmn_xml: resource_text(&world, row.deployment, &row.resource) })
}

fn requirements_diagram(call: &Call) -> Reply {
    let world = call.app.engine.read();
    // here it is the exception of the engine that is told
    let unknown = |failure: Failure| match failure.status {
        StatusCode::BAD_REQUEST => Fault::not_valid(failure.message).into(),
        _ => failure,
    };
    let row = find_requirements(call, &world).map_err(unknown)?;
    call.rights(&world).read_requirements_definition(row.id)?;
    diagram(&world, row.deployment, row.diagram.as_deref())
}
