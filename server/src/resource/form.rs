//! Forms of user tasks and start events.

use engine_core::error::Fault;
use models::{Id, bpmn::FormDefinition};
use serde_json::{Value as Json, json};
use tollgate::{state::Task, world::World};

use super::{process_definition::find, variables::ByName};
use crate::{
    engine::{Form, form_of},
    http::{Answer, Attempt, Call, Failure, Reply},
    model,
    value::Typed,
};

fn form_json(form: &Form, generated: bool, rendered: String) -> Json {
    let key = match &form.key {
        Some(key) if !key.is_empty() => Some(key.clone()),
        _ if generated => Some(rendered),
        key => key.clone(),
    };
    json!({"key": key, "camundaFormRef": form.reference, "contextPath": null})
}

/// `GET /process-definition/{id}/startForm`.
pub(super) fn start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, |fault| {
        let message = format!("Cannot get start form data for process definition {}", call.id());
        Failure::bad(message).code(fault.code)
    })?;
    let declared = model::start_form(&world, definition).unwrap_or_default();
    let rendered = format!("embedded:engine://engine/:engine/process-definition/{}/rendered-form", definition.text_id);
    let form = form_of(&declared);
    let generated = !declared.fields.is_empty() && form.reference.is_none();
    Answer::json(&form_json(&form, generated, rendered))
}

/// `GET /task/{id}/form`.
pub(super) fn task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let Some(task) = world.task_by_text(call.id()) else {
        let unknown = Fault::null(format!("Cannot find task with id {}: task is null", call.id()));
        return Err(Attempt::TaskForm(call.id()).failed(unknown));
    };
    let declared = declared_form(&world, task).unwrap_or_default();
    let rendered = format!("embedded:engine://engine/:engine/task/{}/rendered-form", call.id());
    let form = call.app.engine.task_form(&world, task);
    Answer::json(&form_json(&form, !declared.fields.is_empty(), rendered))
}

/// What the model says about the form of a task.
fn declared_form(world: &World, task: &Task) -> Option<FormDefinition> {
    let definition = world.process_definition(task.definition?)?;
    model::task_form(world, definition, task.key.as_deref()?)
}

/// Names a call asks for: `variableNames`.
fn wanted(call: &Call) -> Option<Vec<&str>> {
    call.query("variableNames").map(|names| names.split(',').map(str::trim).collect())
}

/// A form field as a variable before anything is entered: its default in the field's type.
fn field_json(kind: &str, default: Option<&str>) -> Json {
    let default = default.filter(|text| !text.contains("${") && !text.contains("#{"));
    let (type_name, value) = match kind {
        "long" => ("Long", default.and_then(|text| text.trim().parse::<i64>().ok()).map_or(Json::Null, Json::from)),
        "boolean" => ("Boolean", default.map_or(Json::Null, |text| (text.trim() == "true").into())),
        "date" => ("Date", Json::Null),
        _ => ("String", default.map_or(Json::Null, Json::from)),
    };
    json!({"type": type_name, "value": value, "valueInfo": {}})
}

/// Fields with what they hold before anything is entered.
fn field_values(form: &FormDefinition, names: Option<&[&str]>) -> Vec<(String, Json)> {
    form.fields
        .iter()
        .filter(|field| names.is_none_or(|names| names.contains(&field.id.as_str())))
        .map(|field| (field.id.clone(), field_json(&field.type_name, field.default_value.as_deref())))
        .collect()
}

/// `GET /process-definition/{id}/form-variables`.
pub(super) fn start_form_variables(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, Failure::from)?;
    let form = model::start_form(&world, definition).unwrap_or_default();
    let values = field_values(&form, wanted(call).as_deref());
    let json: serde_json::Map<String, Json> = values.into_iter().collect();
    Answer::json(&json)
}

/// `GET /task/{id}/form-variables`: the variables of the task, and fields without a variable.
pub(super) fn task_form_variables(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Fault::bad_request(format!("Cannot find task with id '{}'.: task is null", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(unknown)?;
    let names = wanted(call);
    let mut variables = world.visible_task_variables(task);
    variables.retain(|variable| names.as_ref().is_none_or(|names| names.contains(&&*variable.name)));
    let deserialize = call.flag("deserializeValues", true);
    let form = declared_form(&world, task).unwrap_or_default();
    let fields = field_values(&form, names.as_deref());
    let shown = serde_json::to_value(ByName { variables, deserialize }).unwrap_or_default();
    let Json::Object(mut shown) = shown else { return Answer::json(&shown) };
    for (name, value) in fields {
        shown.entry(name).or_insert(value);
    }
    Answer::json(&shown)
}

/// The file a form key or reference names, with its media type.
fn deployed(world: &World, form: &Form, deployment: Id) -> Result<Option<Answer>, Failure> {
    let from_deployment = form
        .key
        .as_deref()
        .and_then(|key| key.split_once("deployment:").map(|(_, name)| name))
        .map(|name| name.split('?').next().unwrap_or(name));
    let (deployment, name) = match (&form.reference, from_deployment) {
        (None, None) => return Ok(None),
        (None, Some(name)) => (deployment, name.to_owned()),
        (Some(reference), _) => {
            let found = match (reference.binding.as_str(), reference.version) {
                ("version", Some(version)) => world.form_definition_version(&reference.key, version, None),
                ("deployment", _) => {
                    world.form_definitions_of_deployment(deployment).find(|row| row.key == reference.key)
                }
                _ => world.latest_form_definition(&reference.key, None),
            };
            let missing = || {
                Failure::missing(format!(
                    "No Camunda Form Definition was found for Camunda Form Ref: {}",
                    reference.key
                ))
            };
            let found = found.ok_or_else(missing)?;
            (found.deployment, found.resource.clone())
        }
    };
    let resource = world.deployment(deployment).and_then(|one| one.resources.iter().find(|file| file.name == name));
    let missing = || {
        Failure::missing(format!(
            "The form with the resource name '{name}' cannot be found in deployment with id {deployment}"
        ))
    };
    let resource = resource.ok_or_else(missing)?;
    let is_form = name.ends_with(".form") || name.ends_with(".json");
    let media_type = if is_form { "application/json" } else { "application/xhtml+xml" };
    Ok(Some(Answer::bytes(media_type, resource.bytes.to_vec())))
}

fn no_form() -> Failure {
    Failure::bad("One of the attributes 'formKey' and 'camunda:formRef' must be supplied but none were set.")
}

/// `GET /process-definition/{id}/deployed-start-form`.
pub(super) fn deployed_start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, |fault| Failure::missing(fault.message))?;
    let form = form_of(&model::start_form(&world, definition).unwrap_or_default());
    deployed(&world, &form, definition.deployment)?.ok_or_else(no_form)
}

/// `GET /task/{id}/deployed-form`.
pub(super) fn deployed_task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let missing = || Failure::missing(format!("No matching task with id {}", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(missing)?;
    let form = call.app.engine.task_form(&world, task);
    let deployment = task.definition.and_then(|id| world.process_definition(id)).map(|row| row.deployment);
    let found = match deployment {
        Some(deployment) => deployed(&world, &form, deployment)?,
        None => None,
    };
    found.ok_or_else(no_form)
}

/// `GET /process-definition/{id}/rendered-form`.
pub(super) fn rendered_start_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, Failure::from)?;
    let form = model::start_form(&world, definition).unwrap_or_default();
    rendered(&form, &|_| None).ok_or_else(|| {
        Failure::missing(format!(
            "No matching rendered start form for process definition with the id {} found.",
            definition.text_id
        ))
    })
}

/// `GET /task/{id}/rendered-form`.
pub(super) fn rendered_task_form(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Fault::null(format!("Task '{}' not found: task is null", call.id()));
    let task = world.task_by_text(call.id()).ok_or_else(unknown)?;
    let form = declared_form(&world, task).unwrap_or_default();
    let variables = world.visible_task_variables(task);
    let value = |name: &str| variables.iter().find(|row| *row.name == *name).map(|row| plain_text(&row.value));
    rendered(&form, &value)
        .ok_or_else(|| Failure::missing(format!("No matching rendered form for task with the id {} found.", call.id())))
}

/// A value as a form shows it.
fn plain_text(value: &models::Value) -> String {
    match serde_json::to_value(Typed::new(value, true)).unwrap_or_default().get("value") {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The generated form, in the HTML of Camunda's form renderer; `None` without fields.
fn rendered(form: &FormDefinition, value: &dyn Fn(&str) -> Option<String>) -> Option<Answer> {
    if form.fields.is_empty() {
        return None;
    }
    let mut html = String::from("<form name=\"generatedForm\" role=\"form\">");
    for field in &form.fields {
        let id = escaped(&field.id);
        let label = escaped(field.label.as_deref().unwrap_or(&field.id));
        let current = value(&field.id).or_else(|| field.default_value.clone()).unwrap_or_default();
        html.push_str("<div class=\"form-group\">");
        html.push_str(&format!("<label for=\"{id}\">{label}</label>"));
        match field.type_name.as_str() {
            "boolean" => {
                let checked = if current == "true" { " checked=\"checked\"" } else { "" };
                html.push_str(&format!(
                    "<input cam-variable-type=\"Boolean\" cam-variable-name=\"{id}\" name=\"{id}\" type=\"checkbox\" \
                     class=\"form-control\"{checked} />"
                ));
            }
            "enum" => {
                html.push_str(&format!(
                    "<select cam-variable-type=\"String\" cam-variable-name=\"{id}\" name=\"{id}\" class=\"form-control\">"
                ));
                for (key, name) in &field.values {
                    let selected = if *key == current { " selected=\"selected\"" } else { "" };
                    let shown = escaped(name.as_deref().unwrap_or(key));
                    html.push_str(&format!("<option value=\"{}\"{selected}>{shown}</option>", escaped(key)));
                }
                html.push_str("</select>");
            }
            kind => {
                let variable_type = match kind {
                    "long" => "Long",
                    "date" => "Date",
                    _ => "String",
                };
                html.push_str(&format!(
                    "<input cam-variable-type=\"{variable_type}\" cam-variable-name=\"{id}\" name=\"{id}\" type=\"text\" \
                     class=\"form-control\" value=\"{}\" />",
                    escaped(&current)
                ));
            }
        }
        html.push_str("</div>");
    }
    html.push_str("</form>");
    Some(Answer::bytes("application/xhtml+xml", html))
}
