//! `/migration` and `/modification`.

use engine_core::{command::MigrationInstruction, error::Fault};
use models::Id;
use serde_json::{Value as Json, json};
use tollgate::request::{Batch, GenerateMigration, Migrate, MigrationPlan, ModifyMany};

use super::{
    instruction,
    process_instance::{names_null, selected},
};
use crate::{
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes},
    value::{self, Typed},
    view::definition_id,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/migration/generate", generate)
        .post("/migration/validate", validate)
        .post("/migration/execute", execute)
        .post("/migration/executeAsync", execute_async)
        .post("/modification/execute", modify)
        .post("/modification/executeAsync", modify_async)
}

/// The definition that a property of a body names.
fn definition(call: &Call, body: &Object, property: &str, role: &str) -> Result<Id, Failure> {
    let missing = |text| Failure::bad(text).code(0);
    let text = body.text(property)?.ok_or_else(|| missing(format!("{role} process definition id is null")))?;
    let found = call.app.engine.read().process_definition_by_text(&text).map(|row| row.id);
    found.ok_or_else(|| missing(format!("ENGINE-23008 {role} process definition with id '{text}' does not exist")))
}

fn instruction_json(one: &MigrationInstruction) -> Json {
    json!({
        "sourceActivityIds": [one.source],
        "targetActivityIds": [one.target],
        "updateEventTrigger": one.update_event_trigger,
    })
}

/// The plan in a body.
fn plan(call: &Call, body: &Object) -> Result<MigrationPlan, Failure> {
    let instructions = body
        .objects("instructions")?
        .iter()
        .map(|one| {
            let first = |property: &str, getter: &str| -> Result<String, Failure> {
                if one.value(property).is_none() {
                    let text = format!(
                        "Cannot invoke \"java.util.List.get(int)\" because the return value of \
                         \"org.camunda.bpm.engine.rest.dto.migration.MigrationInstructionDto.{getter}()\" is null"
                    );
                    return Err(Failure::java("NullPointerException", text));
                }
                one.list(property)?
                    .into_iter()
                    .next()
                    .ok_or_else(|| Failure::java("IndexOutOfBoundsException", "Index 0 out of bounds for length 0"))
            };
            Ok(MigrationInstruction {
                source: first("sourceActivityIds", "getSourceActivityIds")?,
                target: first("targetActivityIds", "getTargetActivityIds")?,
                update_event_trigger: one.flag("updateEventTrigger")?,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(MigrationPlan {
        source: definition(call, body, "sourceProcessDefinitionId", "Source")?,
        target: definition(call, body, "targetProcessDefinitionId", "Target")?,
        instructions,
        variables: value::variables(body, "variables")?,
    })
}

async fn generate(call: Call) -> Reply {
    let body = call.object()?;
    let with_variables = body.value("variables").is_some();
    let request = GenerateMigration {
        source: definition(&call, &body, "sourceProcessDefinitionId", "Source")?,
        target: definition(&call, &body, "targetProcessDefinitionId", "Target")?,
        update_event_triggers: body.flag("updateEventTriggers")?,
        variables: value::variables(&body, "variables")?,
    };
    let failed = |fault| Attempt::BadRequest.failed(fault);
    let plan = call.app.engine.generate_migration(request, &call.caller).await.map_err(failed)?;
    let world = call.app.engine.read();
    let variables =
        with_variables.then(|| serde_json::to_value(super::variables::Returned(&plan.variables)).unwrap_or_default());
    Answer::json(&json!({
        "sourceProcessDefinitionId": definition_id(&world, plan.source),
        "targetProcessDefinitionId": definition_id(&world, plan.target),
        "instructions": plan.instructions.iter().map(instruction_json).collect::<Vec<_>>(),
        "variables": variables,
    }))
}

async fn validate(call: Call) -> Reply {
    let plan = plan(&call, &call.object()?)?;
    let report = call.app.engine.validate_migration(plan, &call.caller).await?;
    let instructions: Vec<Json> = report
        .instructions
        .iter()
        .map(|(one, failures)| json!({"instruction": instruction_json(one), "failures": failures}))
        .collect();
    let variables: serde_json::Map<String, Json> = report
        .variables
        .iter()
        .map(|(name, value, failures)| {
            let mut json = serde_json::to_value(Typed::new(value, false)).unwrap_or_default();
            json["failures"] = failures.clone().into();
            (name.clone(), json)
        })
        .collect();
    Answer::json(&json!({"instructionReports": instructions, "variableReports": variables}))
}

fn migration(call: &Call) -> Result<Migrate, Failure> {
    let body = call.object()?;
    let plan_body = body.object("migrationPlan")?.ok_or_else(|| {
        let text = "Cannot invoke \"org.camunda.bpm.engine.rest.dto.migration.MigrationPlanDto.\
                    getSourceProcessDefinitionId()\" because \"migrationPlanDto\" is null";
        Failure::java("NullPointerException", text)
    })?;
    let plan = plan(call, &plan_body)?;
    if names_null(&body) {
        let text = "Process instance ids cannot be null: process instance ids contains null value";
        return Err(Fault::bad_request(text).into());
    }
    Ok(Migrate {
        plan,
        instances: selected(call, &body, "processInstanceIds")?,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
    })
}

/// The first id of a body's list that no process instance can have.
fn impossible_id(call: &Call) -> Result<Option<String>, Failure> {
    Ok(call.object()?.list("processInstanceIds")?.into_iter().find(|text| super::id_of(text).is_none()))
}

async fn execute(call: Call) -> Reply {
    let request = migration(&call)?;
    if let Some(text) = impossible_id(&call)? {
        let report = call.app.engine.validate_migration(request.plan.clone(), &call.caller).await?;
        if report.instructions.is_empty() {
            return Err(Fault::engine(format!(
                "ENGINE-23003 Process instance '{text}' cannot be migrated. The process instance does not exist"
            ))
            .into());
        }
    }
    call.app.engine.migrate(request, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn execute_async(call: Call) -> Reply {
    let request = Batch::Migrate(migration(&call)?);
    super::batch::start(&call, request).await
}

fn modification(call: &Call) -> Result<ModifyMany, Failure> {
    let body = call.object()?;
    let unknown = |text: &str| {
        Failure::bad(format!("no deployed process definition found with id '{text}': processDefinition is null"))
    };
    let text = body.text("processDefinitionId")?.ok_or_else(|| Failure::bad("processDefinitionId is null"))?;
    let definition = call.app.engine.read().process_definition_by_text(&text).map(|row| row.id);
    let instructions = instruction::of_many(&body)?;
    if names_null(&body) {
        return Err(Failure::bad("Process instance ids cannot be null: Process instance ids contains null value"));
    }
    Ok(ModifyMany {
        definition: definition.ok_or_else(|| unknown(&text))?,
        instances: selected(call, &body, "processInstanceIds")?,
        instructions,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
        annotation: body.text("annotation")?,
    })
}

async fn modify(call: Call) -> Reply {
    let request = modification(&call)?;
    let failed = |fault| Attempt::BadRequest.failed(fault);
    if let (Some(text), false) = (impossible_id(&call)?, request.instructions.is_empty()) {
        return Err(Fault::engine(format!(
            "ENGINE-13036 Process instance '{text}' cannot be modified. The process instance does not exist"
        ))
        .into());
    }
    call.app.engine.modify_many(request, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn modify_async(call: Call) -> Reply {
    let request = Batch::Modify(modification(&call)?);
    super::batch::start(&call, request).await
}
