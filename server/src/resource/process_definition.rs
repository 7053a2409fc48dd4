//! `/process-definition`: by id, by key, and by key and tenant.

use axum::http::StatusCode;
use engine_core::{
    command::{Command, Outcome, Start},
    error::Fault,
};
use models::Id;
use serde_json::json;
use tollgate::{
    Answered,
    query::{HistoricProcessInstanceQuery, ProcessDefinitionQuery, ProcessDefinitionSorting},
    request::{Batch, DefinitionChange, Definitions, DeleteOptions, Restart, TenantChoice},
    world::{ProcessDefinition, Shown, World},
};

use super::{
    deployment::{delete_options, diagram, resource_text},
    instruction, listing, named,
    process_instance::names_null,
    variables::Returned,
};
use crate::{
    criteria::{history::HISTORIC_PROCESS_INSTANCE, repository::PROCESS_DEFINITION},
    http::{Answer, Attempt, Call, Date, Failure, Object, Reply, Routes, once::carry_out, params},
    value,
    view::{Link, instance::Started, repository::ProcessDefinitionView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    let mut routes = Routes::default()
        .get("/process-definition", list)
        .get("/process-definition/count", count)
        .get("/process-definition/statistics", super::statistics::of_definitions)
        .put("/process-definition/suspended", suspend_several)
        .delete("/process-definition/key/{key}/delete", delete_key)
        .delete("/process-definition/key/{key}/tenant-id/{tenantId}/delete", delete_key);
    for base in [
        "/process-definition/{id}",
        "/process-definition/key/{key}",
        "/process-definition/key/{key}/tenant-id/{tenantId}",
    ] {
        let path = |rest: &str| format!("{base}{rest}");
        routes = routes
            .get(&path(""), one)
            .delete(&path(""), delete)
            .get(&path("/xml"), xml)
            .get_file(&path("/diagram"), show_diagram)
            .get(&path("/statistics"), super::statistics::of_activities)
            .get(&path("/static-called-process-definitions"), super::statistics::called_definitions)
            .post(&path("/start"), start)
            .post(&path("/submit-form"), submit_form)
            .get(&path("/startForm"), super::form::start_form)
            .get_file(&path("/rendered-form"), super::form::rendered_start_form)
            .get_file(&path("/deployed-start-form"), super::form::deployed_start_form)
            .get(&path("/form-variables"), super::form::start_form_variables)
            .put(&path("/suspended"), suspend)
            .put(&path("/history-time-to-live"), time_to_live)
            .post(&path("/restart"), restart)
            .post(&path("/restart-async"), restart_async);
    }
    routes
}

listing!(list, count, read: ProcessDefinitionQuery = PROCESS_DEFINITION, ProcessDefinitionSorting,
    |call, row| ProcessDefinitionView { row: row.entity },
    with |query| check_latest(query)?);

/// Refuses what makes no sense together with the latest version.
fn check_latest(query: &ProcessDefinitionQuery) -> Result<(), Fault> {
    if query.version.is_some_and(|version| version <= 0) {
        return Err(Fault::engine("version is not greater than 0"));
    }
    let names_one = query.process_definition_id.is_some() || query.version.is_some() || query.deployment_id.is_some();
    if query.latest_version && names_one {
        return Err(Fault::engine(
            "Calling latest() can only be used in combination with key(String) and keyLike(String) or name(String) and \
             nameLike(String)",
        ));
    }
    Ok(())
}

/// The definition a path names: by id, or the latest of a key.
///
/// # Errors
/// 404 for an unknown key; for an unknown id what `unknown` makes of the engine's fault.
pub(super) fn find<'w>(
    call: &Call,
    world: &'w World,
    unknown: impl FnOnce(Fault) -> Failure,
) -> Result<&'w Shown<ProcessDefinition>, Failure> {
    let key = call.path("key");
    if key.is_empty() {
        let id = call.id();
        return world.process_definition_by_text(id).ok_or_else(|| {
            unknown(Fault::not_found(format!(
                "no deployed process definition found with id '{id}': processDefinition is null"
            )))
        });
    }
    let tenant = Some(call.path("tenantId")).filter(|tenant| !tenant.is_empty());
    let readable = |row: &&Shown<ProcessDefinition>| call.rights(world).read_process_definition(row.id).is_ok();
    world.latest_process_definition(key, tenant).filter(readable).ok_or_else(|| {
        let tenant = tenant.map_or_else(|| "no tenant-id".to_owned(), |tenant| format!("tenant-id: {tenant}"));
        let message = format!("No matching process definition with key: {key} and {tenant}");
        Failure::rest(StatusCode::NOT_FOUND, message)
    })
}

/// `No matching definition with id …`.
fn no_match(call: &Call) -> Failure {
    Failure::missing(format!("No matching definition with id {}", call.id())).code(0)
}

fn one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = find(call, &world, |_| no_match(call))?;
    if call.rights(&world).read_process_definition(row.id).is_err() {
        return Err(no_match(call));
    }
    Answer::json(&ProcessDefinitionView { row })
}

fn xml(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, |_| no_match(call))?;
    call.rights(&world).read_process_definition(definition.id)?;
    let text = resource_text(&world, definition.deployment, &definition.resource);
    Answer::json(&json!({"id": definition.text_id, "bpmn20Xml": text}))
}

fn show_diagram(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, Failure::from)?;
    call.rights(&world).read_process_definition(definition.id)?;
    diagram(&world, definition.deployment, definition.diagram.as_deref())
}

/// The definition's id and how the API shows it.
fn resolve(call: &Call, unknown: impl FnOnce(Fault) -> Failure) -> Result<(Id, String), Failure> {
    let world = call.app.engine.read();
    let definition = find(call, &world, unknown)?;
    Ok((definition.id, definition.text_id.to_string()))
}

async fn delete(call: Call) -> Reply {
    let unknown =
        Fault::not_found(format!("No process definition found with id '{}': processDefinition is null", call.id()));
    let (id, _) = resolve(&call, |_| Attempt::NotFoundIs404.failed(unknown))?;
    let change = DefinitionChange::Delete { definitions: Definitions::Id(id), options: delete_options(&call) };
    let failed = |fault| Attempt::NotFoundIs404.failed(fault);
    call.app.engine.change_definitions(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::empty())
}

async fn delete_key(call: Call) -> Reply {
    let tenant = call.path("tenantId");
    let key = call.path("key");
    let query = ProcessDefinitionQuery {
        key: Some(key.to_owned()),
        without_tenant_id: tenant.is_empty(),
        tenant_id_in: Some(tenant).filter(|tenant| !tenant.is_empty()).map(str::to_owned).into_iter().collect(),
        ..ProcessDefinitionQuery::default()
    };
    if query.count(&call.app.engine.read(), None) == 0 {
        let message = format!("No process definition found with key '{key}': processDefinitions is empty");
        return Err(Failure::missing(message));
    }
    let tenant = if tenant.is_empty() { TenantChoice::Without } else { TenantChoice::Is(tenant.to_owned()) };
    let options: DeleteOptions = delete_options(&call);
    let change =
        DefinitionChange::Delete { definitions: Definitions::Key(call.path("key").to_owned(), tenant), options };
    let failed = |fault| Attempt::NotFoundIs404.failed(fault);
    call.app.engine.change_definitions(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

/// A fault about an unknown definition in the class that starting uses.
fn as_null(fault: Fault) -> Fault {
    Fault::null(fault.message)
}

async fn start(call: Call) -> Reply {
    let shown = call.id().to_owned();
    let (definition, text) = resolve(&call, |fault| Attempt::Instantiate(&shown).failed(as_null(fault)))?;
    let attempt = Attempt::Instantiate(&text);
    let body = call.object()?;
    let skips = body.flag("skipCustomListeners")? || body.flag("skipIoMappings")?;
    let instructions = instruction::of_start(&body, "startInstructions").map_err(|failure| attempt.refused(failure))?;
    if skips && instructions.is_empty() {
        return Err(attempt.failed(Fault::engine(
            "ENGINE-13024 Cannot skip custom listeners or input/output mappings when start a process instance at default \
             start activity.",
        )));
    }
    let request = Start {
        definition,
        business_key: body.text("businessKey")?,
        case_instance: body.text("caseInstanceId")?,
        variables: value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?,
        instructions,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
        ..Start::default()
    };
    run_start(&call, attempt, request, body.flag("withVariablesInReturn")?).await
}

async fn submit_form(call: Call) -> Reply {
    let shown = call.id().to_owned();
    let (definition, text) = resolve(&call, |fault| Attempt::Instantiate(&shown).failed(as_null(fault)))?;
    let attempt = Attempt::Instantiate(&text);
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let request =
        Start { definition, business_key: body.text("businessKey")?, form: Some(variables), ..Start::default() };
    run_start(&call, attempt, request, false).await
}

async fn run_start(call: &Call, attempt: Attempt<'_>, request: Start, with_variables: bool) -> Reply {
    let asked = Asked {
        base: call.base.clone(),
        definition: request.definition,
        business_key: request.business_key.clone(),
        case_instance: request.case_instance.clone(),
        with_variables,
    };
    let command = Command::Start(Box::new(request));
    let again = asked.clone();
    let render = move |answered: &Answered<'_>, world: &World| match answered {
        Answered::Outcomes([outcome]) => started(world, &again, outcome),
        _ => None,
    };
    carry_out(call, render, async |caller| {
        let outcome = call.app.engine.execute(command, &caller).await.map_err(|fault| attempt.failed(fault))?;
        let json = started(&call.app.engine.read(), &asked, &outcome);
        let nothing = || Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, "no process instance was started");
        Answer::json(&json.ok_or_else(nothing)?)
    })
    .await
}

/// What was asked for when a process instance is started, as far as the answer shows it.
#[derive(Clone)]
struct Asked {
    base: String,
    definition: Id,
    business_key: Option<String>,
    case_instance: Option<String>,
    with_variables: bool,
}

/// The answer about a process instance that was started.
fn started(world: &World, asked: &Asked, outcome: &Outcome) -> Option<serde_json::Value> {
    let Outcome::Started { process_instance, ended, variables } = outcome else { return None };
    let mut body = serde_json::to_value(started_view(world, asked, *process_instance, *ended)).unwrap_or_default();
    if asked.with_variables {
        body["variables"] = serde_json::to_value(Returned(variables)).unwrap_or_default();
    }
    Some(body)
}

fn started_view(world: &World, asked: &Asked, id: Id, ended: bool) -> Started {
    let Asked { base, definition, business_key, case_instance, .. } = asked.clone();
    let row = world.process_definition(definition);
    Started {
        links: Link::to_self(Some(format!("{base}/process-instance/{id}"))),
        id: id.to_string(),
        definition_id: row.map_or_else(|| definition.to_string(), |row| row.text_id.to_string()),
        business_key,
        case_instance_id: case_instance,
        ended,
        suspended: world.process_instance(id).is_some_and(|instance| instance.suspended),
        tenant_id: world
            .process_instance(id)
            .and_then(|instance| instance.tenant.as_deref().map(str::to_owned))
            .or_else(|| row.and_then(|row| row.tenant.clone())),
        definition_key: row.map(|row| row.key.clone()),
    }
}

/// When a change of the suspension state happens: `executionDate`.
pub(super) fn execution_date(
    body: &Object,
    refused: impl Fn(String) -> String,
) -> Result<Option<models::Timestamp>, Failure> {
    let Some(text) = body.text("executionDate")?.filter(|text| !text.is_empty()) else { return Ok(None) };
    Date::parse_lenient(&text).map(Some).ok_or_else(|| Failure::bad(refused(format!("Invalid format: \"{text}\""))))
}

async fn suspend(call: Call) -> Reply {
    let body = call.object()?;
    let found = resolve(&call, Failure::from);
    let by_key = !call.path("key").is_empty();
    if by_key && let Err(failure) = found {
        return Err(failure);
    }
    if body.value("processDefinitionKey").is_some() {
        return Err(Failure::bad(
            "Only one of processDefinitionId or processDefinitionKey should be set to update the suspension state.",
        ));
    }
    let refused = |reason| {
        format!(
            "The suspension state of Process Definition with id {} could not be updated due to: {reason}",
            call.id()
        )
    };
    let at = execution_date(&body, refused)?;
    // where there is none, there is none to update
    let Ok((id, _)) = found else { return Ok(Answer::nothing()) };
    let change = DefinitionChange::Suspend {
        definitions: Definitions::Id(id),
        suspended: body.flag("suspended")?,
        include_instances: body.flag("includeProcessInstances")?,
        at,
    };
    call.app.engine.change_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

/// Definitions that a body names by `processDefinitionId` or `processDefinitionKey`; `None` when by neither.
pub(super) fn definitions_of(call: &Call, body: &Object) -> Result<Option<Definitions>, Failure> {
    if let Some(text) = body.text("processDefinitionId")? {
        let world = call.app.engine.read();
        let definition = world.process_definition_by_text(&text).ok_or_else(|| {
            Failure::from(Fault::not_found(format!(
                "no deployed process definition found with id '{text}': processDefinition is null"
            )))
        })?;
        return Ok(Some(Definitions::Id(definition.id)));
    }
    let Some(key) = body.text("processDefinitionKey")? else { return Ok(None) };
    let tenant = match body.text("processDefinitionTenantId")? {
        Some(tenant) => TenantChoice::Is(tenant),
        None if body.flag("processDefinitionWithoutTenantId")? => TenantChoice::Without,
        None => TenantChoice::Any,
    };
    Ok(Some(Definitions::Key(key, tenant)))
}

async fn suspend_several(call: Call) -> Reply {
    let body = call.object()?;
    if body.value("processDefinitionId").is_some() {
        return Err(Failure::bad("Only processDefinitionKey can be set to update the suspension state."));
    }
    let definitions = definitions_of(&call, &body)?.ok_or_else(|| {
        Failure::bad("Either processDefinitionId or processDefinitionKey should be set to update the suspension state.")
    })?;
    let refused = |reason| format!("Could not update the suspension state of Process Definitions due to: {reason}");
    let change = DefinitionChange::Suspend {
        definitions,
        suspended: body.flag("suspended")?,
        include_instances: body.flag("includeProcessInstances")?,
        at: execution_date(&body, refused)?,
    };
    call.app.engine.change_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn time_to_live(call: Call) -> Reply {
    let (definition, _) = resolve(&call, Failure::from)?;
    let days = call.object()?.get("historyTimeToLive").int()?;
    if days.is_some_and(|days| days < 0) {
        return Err(Fault::bad_request("historyTimeToLive is not greater than or equal to 0").into());
    }
    let change = DefinitionChange::HistoryTimeToLive { definition, days };
    call.app.engine.change_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

fn restart_request(call: &Call) -> Result<Restart, Failure> {
    let body = call.object()?;
    if body.value("instructions").is_none() {
        return Err(Failure::java(
            "NullPointerException",
            "Cannot invoke \"java.util.List.iterator()\" because \"this.instructions\" is null",
        ));
    }
    let instructions = instruction::without_variables(instruction::of_start(&body, "instructions")?);
    let (definition, _) = resolve(call, |fault| Attempt::BadRequest.failed(fault))?;
    let mut instances: Vec<Id> = body.list("processInstanceIds")?.iter().map(|text| named(text)).collect();
    if let Some(query) = body.object("historicProcessInstanceQuery")? {
        let query: HistoricProcessInstanceQuery = params::from_object(&query, HISTORIC_PROCESS_INSTANCE)?;
        instances.extend(query.ids(&|| call.app.engine.read(), Some(&call.caller)));
    }
    instances.sort_unstable();
    instances.dedup();
    Ok(Restart {
        definition,
        instances,
        instructions,
        initial_variables: body.flag("initialVariables")?,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
        without_business_key: body.flag("withoutBusinessKey")?,
    })
}

/// Refuses a null among the process instances of a body; `named`: what Camunda calls them.
fn no_null(call: &Call, named: &str) -> Result<(), Failure> {
    if names_null(&call.object()?) {
        return Err(Failure::bad(format!("Process instance ids cannot be null: {named} contains null value")));
    }
    Ok(())
}

async fn restart(call: Call) -> Reply {
    let request = restart_request(&call)?;
    if !request.instructions.is_empty() {
        no_null(&call, "Process instance ids")?;
    }
    let failed = |fault| Attempt::BadRequest.failed(fault);
    call.app.engine.restart(request, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn restart_async(call: Call) -> Reply {
    let request = restart_request(&call)?;
    no_null(&call, "processInstanceIds")?;
    if request.instances.is_empty() {
        return Err(Failure::bad("processInstanceIds is empty"));
    }
    let request = Batch::Restart(request);
    super::batch::start(&call, request).await
}
