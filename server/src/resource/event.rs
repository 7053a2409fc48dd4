//! `/message`, `/signal`, `/condition`.

use engine_core::error::{Fault, FaultKind};
use models::Id;
use serde_json::{Value as Json, json};
use tollgate::{
    Answered,
    request::{Correlate, Correlated, EvaluateConditions, Signal, StartedInstance, TenantChoice},
    world::World,
};

use super::{id_of, variables::Returned};
use crate::{
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes, once::carry_out},
    value,
    view::instance::Started,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default().post("/message", message).post("/signal", signal).post("/condition", condition)
}

/// `tenantId` and `withoutTenantId`.
fn tenant(body: &Object) -> Result<TenantChoice, Failure> {
    match (body.text("tenantId")?, body.flag("withoutTenantId")?) {
        (Some(_), true) => {
            Err(Failure::bad("Parameter 'tenantId' cannot be used together with parameter 'withoutTenantId'."))
        }
        (Some(tenant), false) => Ok(TenantChoice::Is(tenant)),
        (None, true) => Ok(TenantChoice::Without),
        (None, false) => Ok(TenantChoice::Any),
    }
}

async fn message(call: Call) -> Reply {
    let body = call.object()?;
    let result = body.flag("resultEnabled")?;
    let request = correlation(&body)?;
    let variables_in_result = request.variables_in_result;
    let render = move |answered: &Answered<'_>, world: &World| match answered {
        Answered::Correlated(correlated, exists) if result => {
            Some(correlated.iter().map(|one| correlated_json(world, one, exists, variables_in_result)).collect())
        }
        _ => None,
    };
    carry_out(&call, render, async |caller| {
        let failed = |fault| Attempt::Deliver.failed(fault);
        let correlated = call.app.engine.correlate(request, &caller).await.map_err(failed)?;
        if !result {
            return Ok(Answer::nothing());
        }
        let world = call.app.engine.read();
        let exists = |id| world.execution(id).is_some();
        let results: Vec<Json> =
            correlated.iter().map(|one| correlated_json(&world, one, &exists, variables_in_result)).collect();
        Answer::json(&results)
    })
    .await
}

/// The body of `POST /message`.
pub(super) fn correlation(body: &Object) -> Result<Correlate, Failure> {
    let name = body.text("messageName")?.ok_or_else(|| Failure::bad("No message name supplied"))?;
    let tenant = tenant(body)?;
    let variables_in_result = body.flag("variablesInResultEnabled")?;
    if variables_in_result && !body.flag("resultEnabled")? {
        return Err(Failure::bad(
            "Parameter 'variablesInResultEnabled' cannot be used without 'resultEnabled' set to true.",
        ));
    }
    let values = |property| value::variables(body, property).map_err(|failure| Attempt::Deliver.refused(failure));
    let instance = body.text("processInstanceId")?;
    if instance.is_some() && tenant != TenantChoice::Any {
        let text = "ENGINE-13028 Cannot specify a tenant-id when correlate a message to a single process instance.";
        return Err(Fault::bad_request(text).into());
    }
    let process_instance = instance.as_deref().map(|text| {
        // an id that cannot exist matches nothing
        id_of(text).unwrap_or_default()
    });
    Ok(Correlate {
        name: Some(name),
        business_key: body.text("businessKey")?,
        correlation_keys: values("correlationKeys")?,
        local_correlation_keys: values("localCorrelationKeys")?,
        process_instance,
        tenant,
        variables: values("processVariables")?,
        local: values("processVariablesLocal")?,
        triggered_scope: values("processVariablesToTriggeredScope")?,
        all: body.flag("all")?,
        variables_in_result,
        ..Correlate::default()
    })
}

fn correlated_json(world: &World, correlated: &Correlated, exists: &dyn Fn(Id) -> bool, with_variables: bool) -> Json {
    let (mut json, variables) = match correlated {
        Correlated::Execution { execution, process_instance, tenant, variables } => {
            let execution = json!({
                "id": execution.to_string(),
                "processInstanceId": process_instance.to_string(),
                // the execution that waited is gone when its scope was left
                "ended": !exists(*execution),
                "tenantId": tenant,
            });
            (json!({"resultType": "Execution", "execution": execution, "processInstance": null}), variables)
        }
        Correlated::Started(started) => {
            let instance = started_view(world, started);
            let json = json!({"resultType": "ProcessDefinition", "execution": null, "processInstance": instance});
            (json, &started.variables)
        }
    };
    if with_variables {
        json["variables"] = serde_json::to_value(Returned(variables)).unwrap_or_default();
    }
    json
}

/// A process instance that an event started.
fn started_view(world: &World, started: &StartedInstance) -> Started {
    let definition = world.process_definition(started.definition);
    Started {
        links: Vec::new(),
        id: started.process_instance.to_string(),
        definition_id: definition.map_or_else(|| started.definition.to_string(), |row| row.text_id.to_string()),
        business_key: started.business_key.clone(),
        case_instance_id: None,
        ended: started.ended,
        suspended: false,
        tenant_id: started.tenant.clone(),
        definition_key: definition.map(|row| row.key.clone()),
    }
}

async fn signal(call: Call) -> Reply {
    let body = call.object()?;
    let name = body.text("name")?.ok_or_else(|| Failure::bad("No signal name given"))?;
    let tenant = match body.text("tenantId")? {
        Some(tenant) => TenantChoice::Is(tenant),
        None if body.flag("withoutTenantId")? => TenantChoice::Without,
        None => TenantChoice::Any,
    };
    let execution = body.text("executionId")?;
    if execution.is_some() && tenant != TenantChoice::Any {
        let text = "ENGINE-13027 Cannot specify a tenant-id when deliver a signal to a single execution.";
        return Err(Fault::bad_request(text).into());
    }
    let unknown = |id: &str| Fault::null(format!("Cannot find execution with id '{id}': execution is null"));
    let request = Signal {
        name,
        execution: execution
            .as_deref()
            .map(|id| super::known(id, || unknown(id)))
            .transpose()
            .map_err(not_delivered)?,
        tenant,
        variables: value::variables(&body, "variables")?,
    };
    call.app.engine.signal(request, &call.caller).await.map_err(not_delivered)?;
    Ok(Answer::nothing())
}

/// A fault that is about not finding something is 500 here.
fn not_delivered(fault: Fault) -> Failure {
    if fault.kind == FaultKind::NotFound {
        return Failure::rest(axum::http::StatusCode::INTERNAL_SERVER_ERROR, fault.message).code(fault.code);
    }
    fault.into()
}

async fn condition(call: Call) -> Reply {
    let body = call.object()?;
    let tenant = tenant(&body)?;
    let definition = match body.text("processDefinitionId")? {
        None => None,
        Some(text) => {
            let found = call.app.engine.read().process_definition_by_text(&text).map(|row| row.id);
            let unknown = || {
                Fault::not_found(format!(
                    "no deployed process definition found with id '{text}': processDefinition is null"
                ))
            };
            Some(found.ok_or_else(unknown)?)
        }
    };
    let request = EvaluateConditions {
        variables: value::variables(&body, "variables")?,
        business_key: body.text("businessKey")?,
        definition,
        tenant,
    };
    let started = call.app.engine.evaluate_conditions(request, &call.caller).await?;
    let world = call.app.engine.read();
    Answer::json(&started.iter().map(|one| started_view(&world, one)).collect::<Vec<_>>())
}
