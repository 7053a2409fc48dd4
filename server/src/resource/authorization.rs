//! `/authorization`.

use axum::http::{Method, StatusCode};
use engine_core::error::Fault;
use models::Id;
use serde_json::json;
use tollgate::{
    query::{AuthorizationQuery, AuthorizationSorting},
    request::{Admin, AuthorizationDraft, Caller},
    world::{
        AuthorizationType,
        permission::{READ, Resource},
    },
};

use super::{
    id_of,
    identity::{collection_links, links_of_entity},
    listing,
};
use crate::{
    criteria::admin::AUTHORIZATION,
    http::{Answer, Call, Failure, Media, Object, Reply, Routes, params},
    view::admin::AuthorizationView,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/authorization", list)
        .get("/authorization/count", count)
        .get("/authorization/check", check)
        .post("/authorization/create", create)
        .get("/authorization/{id}", one)
        .put("/authorization/{id}", update)
        .delete("/authorization/{id}", delete)
        .read(Method::OPTIONS, Media::Other, "/authorization", |call| {
            Answer::json(&collection_links(call, "/authorization"))
        })
        .read(Method::OPTIONS, Media::Other, "/authorization/{id}", |call| {
            Answer::json(&links_of_entity(&call.link(&call.own_path)))
        })
}

listing!(list, count, read: AuthorizationQuery = AUTHORIZATION, AuthorizationSorting,
    |call, row| AuthorizationView { row: row.entity }, with |query| {
    if !query.user_id_in.is_empty() && !query.group_id_in.is_empty() {
        let text = "Cannot query for user and group authorizations at the same time.";
        return Err(Fault::engine(text).into());
    }
});

/// The id of the path, of an authorization that is there.
fn found(call: &Call) -> Result<Id, Failure> {
    let world = call.app.engine.read();
    let readable = world.may(&call.caller, Resource::Authorization, Some(call.id()), READ);
    let id = id_of(call.id()).filter(|id| readable && world.authorization(*id).is_some());
    id.ok_or_else(|| Failure::missing(format!("Authorization with id {} does not exist.", call.id())))
}

fn one(call: &Call) -> Reply {
    let id = found(call)?;
    let world = call.app.engine.read();
    match world.authorization(id) {
        Some(row) => Answer::json(&AuthorizationView { row }),
        None => Err(Failure::missing(format!("Authorization with id {id} does not exist."))),
    }
}

/// Whether the caller, or another user, has a permission; everybody has all where authorizations don't count.
fn check(call: &Call) -> Reply {
    let resource_type = params::whole_number(call, "resourceType")?;
    let required =
        |name: &str| call.query(name).ok_or_else(|| Failure::bad(format!("Query parameter '{name}' cannot be null")));
    let permission_name = required("permissionName")?.to_owned();
    let resource_name = required("resourceName")?.to_owned();
    let resource_type = resource_type.ok_or_else(|| Failure::bad("Query parameter 'resourceType' cannot be null"))?;
    let user = call.caller.user.clone().ok_or_else(|| {
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "InvalidRequestException",
            "You must be authenticated in order to use this resource.",
        )
    })?;
    let resource = Resource::from_number(resource_type)
        .ok_or_else(|| Failure::from(Fault::bad_request(format!("no resource type has the number {resource_type}"))))?;
    let permission = resource.permission(&permission_name).ok_or_else(|| {
        Failure::from(Fault::bad_request(format!(
            "The permission '{permission_name}' is not valid for '{}' resource type.",
            resource.constant()
        )))
    })?;
    let of = call.query("userId").unwrap_or(&user).to_owned();
    let enabled = call.app.engine.identity_options().authorization;
    if of != user && !call.app.engine.read().may(&call.caller, Resource::Authorization, None, READ) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "InvalidRequestException",
            "You must have READ permission for Authorization resource.",
        ));
    }
    let (groups, tenants) = call.app.engine.memberships(&of);
    let policy = call.app.engine.identity_options().permissions.clone();
    if policy.disabled.contains(&permission_name) {
        return Err(Fault::bad_request(format!(
            "ENGINE-03088 The '{permission_name}' permission is disabled, please check your process engine configuration."
        ))
        .into());
    }
    if !policy.historic_instances && matches!(resource, Resource::HistoricTask | Resource::HistoricProcessInstance) {
        return Err(Fault::bad_request(
            "ENGINE-03090 Historic instance permissions are disabled, please check your process engine configuration.",
        )
        .into());
    }
    let caller = Caller { user: Some(of), groups, tenants, authorized: enabled, policy, ..Caller::default() };
    let resource_id = call.query("resourceId").filter(|id| *id != "*");
    let authorized = call.app.engine.read().may(&caller, resource, resource_id, permission);
    Answer::json(&json!({
        "permissionName": permission_name,
        "resourceName": resource_name,
        "resourceId": call.query("resourceId"),
        "authorized": authorized,
    }))
}

fn draft(body: &Object, kind: i32) -> Result<AuthorizationDraft, Failure> {
    Ok(AuthorizationDraft {
        kind,
        permissions: body.get("permissions").list()?,
        user: body.text("userId")?,
        group: body.text("groupId")?,
        resource_type: body.get("resourceType").int()?,
        resource: body.text("resourceId")?,
    })
}

/// What Camunda says when a property is missing that it needs.
fn null_pointer(text: &str) -> Failure {
    Failure::java("NullPointerException", text)
}

async fn create(call: Call) -> Reply {
    let body = call.object()?;
    let kind = body
        .get("type")
        .int()?
        .ok_or_else(|| null_pointer("Cannot invoke \"java.lang.Integer.intValue()\" because \"this.type\" is null"))?;
    let draft = draft(&body, kind)?;
    // who it is for is looked at first, when that depends on the type
    let for_all = draft.group.is_none() && draft.user.as_deref().is_none_or(|user| user == "*");
    if AuthorizationType::from_number(kind).is_some_and(|kind| kind != AuthorizationType::Global || for_all) {
        if draft.resource_type.is_none() {
            return Err(null_pointer(
                "Cannot invoke \"java.lang.Integer.intValue()\" because the return value of \
                 \"org.camunda.bpm.engine.rest.dto.authorization.AuthorizationCreateDto.getResourceType()\" is null",
            ));
        }
        if draft.permissions.is_none() {
            return Err(null_pointer("Cannot read the array length because \"names\" is null"));
        }
    }
    let id = call.app.engine.admin(Admin::CreateAuthorization(draft), &call.caller).await?;
    let world = call.app.engine.read();
    match id.and_then(|id| world.authorization(id)) {
        Some(row) => Answer::json(&AuthorizationView { row }),
        None => Ok(Answer::nothing()),
    }
}

async fn update(call: Call) -> Reply {
    let id = found(&call)?;
    // an authorization keeps its type
    let draft = draft(&call.object()?, AuthorizationType::Global.number())?;
    if draft.permissions.is_some() && draft.resource_type.is_none() {
        return Err(null_pointer(
            "Cannot invoke \"java.lang.Integer.intValue()\" because the return value of \
             \"org.camunda.bpm.engine.rest.dto.authorization.AuthorizationDto.getResourceType()\" is null",
        ));
    }
    call.app.engine.admin(Admin::UpdateAuthorization(id, draft), &call.caller).await?;
    Ok(Answer::nothing())
}

async fn delete(call: Call) -> Reply {
    let id = found(&call)?;
    call.app.engine.admin(Admin::DeleteAuthorization(id), &call.caller).await?;
    Ok(Answer::nothing())
}
