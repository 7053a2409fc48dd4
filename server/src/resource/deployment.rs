//! `/deployment`.

use std::sync::Arc;

use axum::http::StatusCode;
use models::Id;
use serde::Serialize;
use serde_json::{Map, Value};
use tollgate::{
    query::{DeploymentQuery, DeploymentSorting},
    request::{DeleteOptions, Deploy, Deployed, Redeploy, Resource},
    world::World,
};

use super::{id_of, listing, self_link};
use crate::{
    criteria::repository::DEPLOYMENT,
    findings,
    http::{Answer, Attempt, Call, Date, Failure, Reply, Routes, form::Form, params::in_java_order},
    view::repository::{DecisionDefinitionView, DeploymentView, ProcessDefinitionView, RequirementsView, ResourceView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/deployment", list)
        .get("/deployment/count", count)
        .get("/deployment/registered", registered)
        .post_form("/deployment/create", create)
        .get("/deployment/{id}", one)
        .delete("/deployment/{id}", delete)
        .post("/deployment/{id}/redeploy", redeploy)
        .get("/deployment/{id}/resources", resources)
        .get("/deployment/{id}/resources/{resourceId}", resource)
        .get_file("/deployment/{id}/resources/{resourceId}/data", resource_data)
}

listing!(list, count, read: DeploymentQuery = DEPLOYMENT, DeploymentSorting, |call, row| DeploymentView { row: row.entity },
with |query| {
    if query.without_source && query.source.is_some() {
        return Err(Failure::bad(
            "The query parameters \"withoutSource\" and \"source\" cannot be used in combination.",
        ));
    }
});

fn one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let deployment = id_of(call.id()).and_then(|id| world.deployment(id));
    let deployment = deployment.filter(|row| call.rights(&world).read_deployment(row.id).is_ok());
    let row =
        deployment.ok_or_else(|| Failure::missing(format!("Deployment with id '{}' does not exist", call.id())))?;
    Answer::json(&DeploymentView { row })
}

fn registered(call: &Call) -> Reply {
    let world = call.app.engine.read();
    call.rights(&world).read_system()?;
    Answer::json(&world.deployments().map(|deployment| deployment.id.to_string()).collect::<Vec<_>>())
}

/// Parts of the form that are no files.
const SETTINGS: [&str; 6] = [
    "deployment-name",
    "deployment-source",
    "tenant-id",
    "enable-duplicate-filtering",
    "deploy-changed-only",
    "deployment-activation-time",
];

async fn create(call: Call) -> Reply {
    let form = Form::read(&call).await?;
    let flag = |name| form.text(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    let mut resources = Vec::new();
    for part in form.parts().filter(|part| !SETTINGS.contains(&part.name.as_str())) {
        let name = part.filename.clone().ok_or_else(|| {
            Failure::bad(format!(
                "No file name found in the deployment resource described by form parameter '{}'.",
                part.filename.as_deref().unwrap_or("null")
            ))
        })?;
        resources.push(Resource { name, content: Arc::from(&part.content[..]) });
    }
    if resources.is_empty() {
        return Err(Failure::bad("No deployment resources contained in the form upload."));
    }
    let activation = match form.text("deployment-activation-time").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            Date::parse_lenient(&text)
                .ok_or_else(|| Failure::java("IllegalArgumentException", format!("Invalid format: \"{text}\"")))?,
        ),
    };
    let changed_only = flag("deploy-changed-only");
    let files: Vec<_> = resources.iter().map(|file| (file.name.clone(), file.content.clone())).collect();
    let request = Deploy {
        name: form.text("deployment-name"),
        source: form.text("deployment-source"),
        tenant: form.text("tenant-id"),
        resources,
        duplicate_filtering: changed_only || flag("enable-duplicate-filtering"),
        changed_only,
        activation,
    };
    let deployed = call.app.engine.deploy(request, &call.caller).await?;
    if !deployed.process_definitions.is_empty() || !deployed.decision_definitions.is_empty() {
        findings::log(files);
    }
    answer(&call, &deployed)
}

/// Refuses ids or names of resources that the deployment of the path has not.
fn all_there(call: &Call, kind: &str, wanted: &[String], there: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|one| !there(one)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let id = call.id();
    let missing = in_java_order(missing, |one| one).join(", ");
    Err(Failure::missing(format!(
        "Cannot redeploy deployment '{id}': The deployment with id '{id}' does not contain the following resources with \
         {kind}: {missing}"
    ))
    .code(0))
}

async fn redeploy(call: Call) -> Reply {
    let missing = || Failure::missing(format!("Deployment with id '{}' does not exist", call.id()));
    let deployment = {
        let world = call.app.engine.read();
        let found = id_of(call.id()).filter(|id| world.deployment(*id).is_some());
        let seen = found.filter(|id| call.rights(&world).read_deployment(*id).is_ok());
        seen.ok_or_else(missing)?
    };
    let body = call.object()?;
    let (resource_ids, resource_names) = (body.list("resourceIds")?, body.list("resourceNames")?);
    {
        let world = call.app.engine.read();
        let resources = world.deployment(deployment).map_or(&[][..], |row| &row.resources);
        let has_id = |id: &str| resources.iter().any(|resource| resource.id.to_string() == id);
        let has_name = |name: &str| resources.iter().any(|resource| resource.name == name);
        all_there(&call, "id", &resource_ids, has_id)?;
        all_there(&call, "name", &resource_names, has_name)?;
    }
    let request = Redeploy { deployment, resource_ids, resource_names, source: body.text("source")? };
    let failed = |fault| Attempt::NotFoundIs404.failed(fault);
    let deployed = call.app.engine.redeploy(request, &call.caller).await.map_err(failed)?;
    answer(&call, &deployed)
}

/// A deployment that was made, with its definitions.
fn answer(call: &Call, deployed: &Deployed) -> Reply {
    let world = call.app.engine.read();
    let deployment = world
        .deployment(deployed.deployment)
        .ok_or_else(|| Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, "the deployment is gone"))?;
    let mut body = json_map(&DeploymentView { row: deployment })?;
    let links = self_link(call, &format!("/deployment/{}", deployment.id));
    body.insert("links".into(), serde_json::to_value(links).unwrap_or_default());
    let processes = deployed.process_definitions.iter().filter_map(|id| world.process_definition(*id));
    body.insert(
        "deployedProcessDefinitions".into(),
        by_id(processes.map(|row| (row.text_id.to_string(), ProcessDefinitionView { row })))?,
    );
    body.insert("deployedCaseDefinitions".into(), Value::Null);
    let decisions = deployed.decision_definitions.iter().filter_map(|id| world.decision_definition(*id));
    let decisions = decisions.map(|row| {
        let requirements = requirements_id(&world, row.requirements_definition);
        (row.text_id.to_string(), serde_json::to_value(DecisionDefinitionView { row, requirements }))
    });
    let decisions: Vec<_> = decisions.filter_map(|(id, view)| Some((id, view.ok()?))).collect();
    body.insert("deployedDecisionDefinitions".into(), by_id(decisions.into_iter())?);
    let requirements = deployed.requirements_definitions.iter().filter_map(|id| world.requirements_definition(*id));
    body.insert(
        "deployedDecisionRequirementsDefinitions".into(),
        by_id(requirements.map(|row| (row.text_id.to_string(), RequirementsView { row })))?,
    );
    Answer::json(&body)
}

/// The id of a requirements definition as the API shows it.
pub(super) fn requirements_id(world: &World, id: Option<Id>) -> Option<&str> {
    id.and_then(|id| world.requirements_definition(id)).map(|row| &*row.text_id)
}

fn json_map(view: &impl Serialize) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(view) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, "no JSON object")),
    }
}

/// Views by id; null without any.
fn by_id<V: Serialize>(views: impl Iterator<Item = (String, V)>) -> Result<Value, Failure> {
    let mut map = Map::new();
    for (id, view) in views {
        let view = serde_json::to_value(view)
            .map_err(|error| Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        map.insert(id, view);
    }
    Ok(if map.is_empty() { Value::Null } else { Value::Object(map) })
}

async fn delete(call: Call) -> Reply {
    let missing = || Failure::missing(format!("Deployment with id '{}' do not exist", call.id()));
    let id = id_of(call.id()).ok_or_else(missing)?;
    {
        let world = call.app.engine.read();
        if world.deployment(id).is_none() || call.rights(&world).read_deployment(id).is_err() {
            return Err(missing());
        }
    }
    call.app.engine.delete_deployment(id, delete_options(&call), &call.caller).await?;
    Ok(Answer::nothing())
}

/// `cascade`, `skipCustomListeners`, `skipIoMappings` of a deletion.
pub(super) fn delete_options(call: &Call) -> DeleteOptions {
    DeleteOptions {
        cascade: call.flag("cascade", false),
        skip_custom_listeners: call.flag("skipCustomListeners", false),
        skip_io_mappings: call.flag("skipIoMappings", false),
    }
}

fn resources(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let deployment = id_of(call.id()).and_then(|id| world.deployment(id)).ok_or_else(|| no_resources(call))?;
    call.rights(&world).read_deployment(deployment.id)?;
    let rows = deployment.resources.iter().map(|row| ResourceView { deployment, row });
    Answer::json(&rows.collect::<Vec<_>>())
}

fn no_resources(call: &Call) -> Failure {
    Failure::missing(format!("Deployment resources for deployment id '{}' do not exist.", call.id()))
}

fn resource(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let deployment = id_of(call.id()).and_then(|id| world.deployment(id)).ok_or_else(|| no_resources(call))?;
    call.rights(&world).read_deployment(deployment.id)?;
    let wanted = call.path("resourceId");
    let row = deployment.resources.iter().find(|row| row.id.to_string() == wanted).ok_or_else(|| {
        Failure::missing(format!(
            "Deployment resource with resource id '{wanted}' for deployment id '{}' does not exist.",
            call.id()
        ))
    })?;
    Answer::json(&ResourceView { deployment, row })
}

fn resource_data(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let wanted = call.path("resourceId");
    let deployment = id_of(call.id()).and_then(|id| world.deployment(id));
    if let Some(row) = deployment {
        call.rights(&world).read_deployment(row.id)?;
    }
    let row = deployment.and_then(|one| one.resources.iter().find(|row| row.id.to_string() == wanted));
    let row = row.ok_or_else(|| {
        Failure::from(engine_core::error::Fault::null(format!(
            "no resource found with id '{wanted}' in deployment '{}': resource is null",
            call.id()
        )))
    })?;
    let name = row.name.rsplit(['/', '\\']).next().unwrap_or(&row.name);
    Ok(Answer::bytes(media_type(name), row.bytes.to_vec()).attachment(name))
}

/// The media type of a file by its suffix.
pub(super) fn media_type(name: &str) -> &'static str {
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
    match suffix.as_str() {
        "bpmn" | "cmmn" | "dmn" | "xml" => "application/xml",
        "json" => "application/json",
        "html" => "text/html",
        "txt" | "js" | "py" | "java" | "groovy" | "php" | "rb" => "text/plain",
        "png" => "image/png",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "bmp" => "image/bmp",
        "svg" => "image/svg+xml",
        "tif" | "tiff" => "image/tiff",
        _ => "application/octet-stream",
    }
}

/// The text of a resource of a deployment, as `…/xml` shows it.
pub(super) fn resource_text(world: &World, deployment: Id, name: &str) -> Option<String> {
    let deployment = world.deployment(deployment)?;
    let resource = deployment.resources.iter().find(|resource| resource.name == name)?;
    Some(String::from_utf8_lossy(&resource.bytes).into_owned())
}

/// The diagram of a definition, or 204.
pub(super) fn diagram(world: &World, deployment: Id, name: Option<&str>) -> Reply {
    let file = name.and_then(|name| world.deployment(deployment)?.resources.iter().find(|file| file.name == name));
    Ok(match file {
        Some(file) => {
            let media_type = match media_type(&file.name) {
                image if image.starts_with("image/") => image,
                _ => "application/octet-stream",
            };
            Answer::bytes(media_type, file.bytes.to_vec()).attachment(&file.name)
        }
        None => Answer::nothing(),
    })
}
