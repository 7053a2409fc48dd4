//! Forms of user tasks and start events.

use engine_core::{
    error::{Fault, FaultKind},
    form::shown::ShownField,
};
use models::Id;
use serde_json::{Map, Value as Json, json};
use tollgate::world::World;

use super::{process_definition::find, variables::ByName};
use crate::{
    engine::Form,
    http::{Answer, Attempt, Call, Failure, Reply},
    value::Typed,
    view::form_html,
};

/// Whether a form has fields that are rendered for it; form properties alone are shown on request only.
fn has_fields(fields: &[ShownField]) -> bool {
    fields.iter().any(|field| !field.property)
}

fn form_json(form: &Form, rendered: Option<String>) -> Json {
    let key = match (&form.key, rendered) {
        (Some(key), _) if !key.is_empty() => Some(key.clone()),
        (_, Some(rendered)) => Some(rendered),
        (key, None) => key.clone(),
    };
    json!({"key": key, "camundaFormRef": form.reference, "contextPath": null})
}

/// `GET /process-definition/{id}/startForm`.
pub(super) fn start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let refused = |fault: Fault| {
        let message = format!("Cannot get start form data for process definition {}", call.id());
        Failure::bad(message).code(fault.code)
    };
    let definition = find(call, &world, refused)?;
    call.rights(&world).read_process_definition(definition.id).map_err(|fault| match fault.kind {
        FaultKind::Authorization => fault.into(),
        _ => refused(fault),
    })?;
    let form = call.app.engine.start_form(&world, definition.id).map_err(refused)?;
    let fields = call.app.engine.start_form_fields(&world, definition.id).map_err(refused)?;
    let rendered = (has_fields(&fields) && form.reference.is_none())
        .then(|| format!("embedded:engine://engine/:engine/process-definition/{}/rendered-form", definition.text_id));
    Answer::json(&form_json(&form, rendered))
}

/// `GET /task/{id}/form`.
pub(super) fn task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let attempt = Attempt::TaskForm(call.id());
    let Some(task) = world.task_by_text(call.id()) else {
        let unknown = Fault::null(format!("Cannot find task with id {}: task is null", call.id()));
        return Err(attempt.failed(unknown));
    };
    call.rights(&world).read_task(task).map_err(|fault| attempt.failed(fault))?;
    let fields = call.app.engine.task_form_fields(&world, task).map_err(|fault| attempt.failed(fault))?;
    let form = call.app.engine.task_form(&world, task);
    let rendered =
        has_fields(&fields).then(|| format!("embedded:engine://engine/:engine/task/{}/rendered-form", call.id()));
    Answer::json(&form_json(&form, rendered))
}

/// Names a call asks for: `variableNames`.
fn wanted(call: &Call) -> Option<Vec<&str>> {
    call.query("variableNames").map(|names| names.split(',').map(str::trim).collect())
}

/// A field's value.
fn field_json(field: &ShownField) -> Json {
    serde_json::to_value(Typed::new(&field.value, true)).unwrap_or_default()
}

/// Form fields with what they hold before anything is entered.
fn field_values(fields: &[ShownField], names: Option<&[&str]>) -> Map<String, Json> {
    fields
        .iter()
        .filter(|field| !field.property && names.is_none_or(|names| names.contains(&field.id.as_str())))
        .map(|field| (field.id.clone(), field_json(field)))
        .collect()
}

/// `GET /process-definition/{id}/form-variables`.
pub(super) fn start_form_variables(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, Failure::from)?;
    call.rights(&world).read_process_definition(definition.id)?;
    let fields = call.app.engine.start_form_fields(&world, definition.id)?;
    Answer::json(&field_values(&fields, wanted(call).as_deref()))
}

/// `GET /task/{id}/form-variables`: the fields, and the variables of the task that no field shows.
pub(super) fn task_form_variables(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Fault::bad_request(format!("Cannot find task with id '{}'.: task is null", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(unknown)?;
    call.rights(&world).read_task_variables(task)?;
    let names = wanted(call);
    let mut shown = field_values(&call.app.engine.task_form_fields(&world, task)?, names.as_deref());
    let mut variables = world.visible_task_variables(task);
    variables.retain(|variable| names.as_ref().is_none_or(|names| names.contains(&&*variable.name)));
    let deserialize = call.flag("deserializeValues", true);
    if let Ok(Json::Object(variables)) = serde_json::to_value(ByName { variables, deserialize }) {
        for (name, value) in variables {
            shown.entry(name).or_insert(value);
        }
    }
    Answer::json(&shown)
}

/// Where the file of a form is: its deployment and name.
fn place(world: &World, form: &Form, deployment: Id) -> Result<(Id, String), Failure> {
    if let Some(key) = &form.key {
        let inner = key.strip_prefix("embedded:").or_else(|| key.strip_prefix("camunda-forms:")).unwrap_or(key);
        let name = inner
            .strip_prefix("deployment:")
            .ok_or_else(|| Failure::bad(format!("The form key '{key}' does not reference a deployed form.")))?;
        return Ok((deployment, name.to_owned()));
    }
    let Some(reference) = &form.reference else {
        return Err(Failure::bad(
            "One of the attributes 'formKey' and 'camunda:formRef' must be supplied but none were set.",
        ));
    };
    let found = match (reference.binding.as_str(), reference.version) {
        ("version", Some(version)) => world.form_definition_version(&reference.key, version, None),
        ("version", None) => None,
        ("deployment", _) => world.form_definitions_of_deployment(deployment).find(|row| row.key == reference.key),
        _ => world.latest_form_definition(&reference.key, None),
    };
    let found = found.ok_or_else(|| {
        let version = reference.version.map_or_else(|| "null".to_owned(), |version| version.to_string());
        Failure::missing(format!(
            "No Camunda Form Definition was found for Camunda Form Ref: CamundaFormRefImpl [key={}, binding={}, \
             version={version}]",
            reference.key, reference.binding
        ))
    })?;
    Ok((found.deployment, found.resource.clone()))
}

/// The file a form key or reference names, with its media type.
fn deployed(world: &World, form: &Form, deployment: Id) -> Reply {
    let (deployment, name) = place(world, form, deployment)?;
    let resource = world.deployment(deployment).and_then(|one| one.resources.iter().find(|file| file.name == name));
    let resource = resource.ok_or_else(|| {
        Failure::missing(format!(
            "The form with the resource name '{name}' cannot be found in deployment with id {deployment}"
        ))
    })?;
    let is_json = form.reference.is_some() || form.key.as_deref().is_some_and(|key| key.starts_with("camunda-forms:"));
    let media_type = if is_json { "application/json" } else { "application/xhtml+xml" };
    Ok(Answer::bytes(media_type, resource.bytes.to_vec()))
}

/// `GET /process-definition/{id}/deployed-start-form`.
pub(super) fn deployed_start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, |fault| Failure::missing(fault.message))?;
    call.rights(&world).read_process_definition(definition.id)?;
    let form = call.app.engine.start_form(&world, definition.id)?;
    deployed(&world, &form, definition.deployment)
}

/// `GET /task/{id}/deployed-form`.
pub(super) fn deployed_task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Failure::bad(format!("No task found for taskId '{}': task is null", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(unknown)?;
    call.rights(&world).read_task(task)?;
    let form = call.app.engine.task_form(&world, task);
    let deployment = task.definition.and_then(|id| world.process_definition(id)).map(|row| row.deployment);
    deployed(&world, &form, deployment.unwrap_or_default())
}

/// `GET /process-definition/{id}/rendered-form`.
pub(super) fn rendered_start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, Failure::from)?;
    call.rights(&world).read_process_definition(definition.id)?;
    let fields = call.app.engine.start_form_fields(&world, definition.id)?;
    let html = form_html::render(&fields).ok_or_else(|| {
        Failure::missing(format!(
            "No matching rendered start form for process definition with the id {} found.",
            definition.text_id
        ))
    })?;
    Ok(Answer::bytes("application/xhtml+xml", html))
}

/// `GET /task/{id}/rendered-form`.
pub(super) fn rendered_task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Fault::null(format!("Task '{}' not found: task is null", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(unknown)?;
    call.rights(&world).read_task(task)?;
    if task.process_instance.is_none() {
        let text = format!("Task form definition for '{}' not found: task.getTaskDefinition() is null", call.id());
        return Err(Fault::null(text).into());
    }
    let fields = call.app.engine.task_form_fields(&world, task)?;
    let html = form_html::render(&fields).ok_or_else(|| {
        Failure::missing(format!("No matching rendered form for task with the id {} found.", call.id()))
    })?;
    Ok(Answer::bytes("application/xhtml+xml", html))
}
