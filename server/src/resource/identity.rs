//! `/user`, `/group`, `/tenant`, `/identity`.

use axum::http::Method;
use engine_core::error::Fault;
use serde_json::{Map, Value as Json, json};
use tollgate::{
    PASSWORD_RULES, PolicyRule,
    query::{GroupQuery, GroupSorting, TenantQuery, TenantSorting, UserQuery, UserSorting},
    request::{Admin, GroupProfile, Membership, TenantProfile, UserProfile, Verify},
    world::{
        User, World,
        permission::{READ, Resource},
    },
};

use super::listing;
use crate::{
    criteria::admin::{GROUP, TENANT, USER},
    http::{Answer, Call, Failure, Media, Object, Reply, Routes},
    view::{
        Link,
        admin::{GroupView, TenantView, UserView},
    },
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/user", list_users)
        .get("/user/count", count_users)
        .post("/user/create", create_user)
        .delete("/user/{id}", delete_user)
        .get("/user/{id}/profile", profile)
        .put("/user/{id}/profile", update_profile)
        .put("/user/{id}/credentials", set_password)
        .post("/user/{id}/unlock", unlock)
        .query("/group", list_groups)
        .query("/group/count", count_groups)
        .post("/group/create", create_group)
        .get("/group/{id}", group)
        .put("/group/{id}", update_group)
        .delete("/group/{id}", delete_group)
        .put("/group/{id}/members/{memberId}", |call| member(call, group_member, true))
        .delete("/group/{id}/members/{memberId}", |call| member(call, group_member, false))
        .get("/tenant", list_tenants)
        .get("/tenant/count", count_tenants)
        .post("/tenant/create", create_tenant)
        .get("/tenant/{id}", tenant)
        .put("/tenant/{id}", update_tenant)
        .delete("/tenant/{id}", delete_tenant)
        .put("/tenant/{id}/user-members/{memberId}", |call| member(call, tenant_user, true))
        .delete("/tenant/{id}/user-members/{memberId}", |call| member(call, tenant_user, false))
        .put("/tenant/{id}/group-members/{memberId}", |call| member(call, tenant_group, true))
        .delete("/tenant/{id}/group-members/{memberId}", |call| member(call, tenant_group, false))
        .get("/identity/groups", groups_of_user)
        .post("/identity/verify", verify)
        .get("/identity/password-policy", policy)
        .read(Method::POST, Media::Json, "/identity/password-policy", check_policy)
        .read(Method::OPTIONS, Media::Other, "/user", resource_links)
        .read(Method::OPTIONS, Media::Other, "/group", resource_links)
        .read(Method::OPTIONS, Media::Other, "/tenant", resource_links)
        .read(Method::OPTIONS, Media::Other, "/user/{id}", user_links)
        .read(Method::OPTIONS, Media::Other, "/group/{id}", entity_links)
        .read(Method::OPTIONS, Media::Other, "/tenant/{id}", entity_links)
        .read(Method::OPTIONS, Media::Other, "/group/{id}/members", member_links)
        .read(Method::OPTIONS, Media::Other, "/tenant/{id}/user-members", member_links)
        .read(Method::OPTIONS, Media::Other, "/tenant/{id}/group-members", member_links)
}

listing!(list_users, count_users, read_users: UserQuery = USER, UserSorting, |call, row| UserView { row: row.entity });
listing!(list_groups, count_groups, read_groups: GroupQuery = GROUP, GroupSorting, |call, row| GroupView { row: row.entity });
listing!(list_tenants, count_tenants, read_tenants: TenantQuery = TENANT, TenantSorting,
    |call, row| TenantView { row: row.entity });

/// `links` of a collection: list, count, create.
pub(super) fn collection_links(call: &Call, path: &str) -> Json {
    json!({"links": [
        Link::to("GET", call.link(path), "list"),
        Link::to("GET", call.link(&format!("{path}/count")), "count"),
        Link::to("POST", call.link(&format!("{path}/create")), "create"),
    ]})
}

/// The path of the request below the API's address.
fn path_of(call: &Call) -> String {
    call.own_path.clone()
}

fn resource_links(call: &Call) -> Reply {
    Answer::json(&collection_links(call, &path_of(call)))
}

/// `links` of an entity: self, delete, update.
pub(super) fn links_of_entity(href: &str) -> Json {
    json!({"links": [
        Link::to("GET", href.to_owned(), "self"),
        Link::to("DELETE", href.to_owned(), "delete"),
        Link::to("PUT", href.to_owned(), "update"),
    ]})
}

fn entity_links(call: &Call) -> Reply {
    Answer::json(&links_of_entity(&call.link(&path_of(call))))
}

fn user_links(call: &Call) -> Reply {
    let user = call.link(&path_of(call));
    let profile = format!("{user}/profile");
    Answer::json(&json!({"links": [
        Link::to("GET", profile.clone(), "self"),
        Link::to("DELETE", user, "delete"),
        Link::to("PUT", profile, "update"),
    ]}))
}

fn member_links(call: &Call) -> Reply {
    let href = call.link(&path_of(call));
    Answer::json(&json!({"links": [Link::to("DELETE", href.clone(), "delete"), Link::to("PUT", href, "create")]}))
}

/// What is not there.
fn missing(call: &Call, what: &str) -> Failure {
    Failure::missing(format!("{what} with id {} does not exist", call.id()))
}

/// Whether the caller sees a user, group or tenant: queries leave out what it may not read.
fn may_read(call: &Call, world: &World, resource: Resource, id: &str) -> bool {
    world.may(&call.caller, resource, Some(id), READ)
}

async fn change(call: &Call, change: Admin) -> Reply {
    call.app.engine.admin(change, &call.caller).await?;
    Ok(Answer::nothing())
}

// ---- users -----------------------------------------------------------------------------------------------------------

fn user_profile(body: &Object, id: String) -> Result<UserProfile, Failure> {
    Ok(UserProfile {
        id,
        first_name: body.text("firstName")?,
        last_name: body.text("lastName")?,
        email: body.text("email")?,
    })
}

async fn create_user(call: Call) -> Reply {
    let body = call.object()?;
    let without_id = || Failure::bad("request object must provide profile information with valid id.");
    let profile = body.object("profile")?.ok_or_else(without_id)?;
    let id = profile.text("id")?.ok_or_else(without_id)?;
    let password = body.object("credentials")?.map(|credentials| credentials.text("password")).transpose()?.flatten();
    change(&call, Admin::CreateUser(user_profile(&profile, id)?, password)).await
}

async fn delete_user(call: Call) -> Reply {
    change(&call, Admin::DeleteUser(call.id().to_owned())).await
}

fn profile(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = world.user(call.id()).filter(|row| may_read(call, &world, Resource::User, &row.id));
    Answer::json(&UserView { row: row.ok_or_else(|| missing(call, "User"))? })
}

/// Fails when there is no such user.
fn must_be_user(call: &Call) -> Result<(), Failure> {
    let world = call.app.engine.read();
    let found = world.user(call.id()).is_some_and(|row| may_read(call, &world, Resource::User, &row.id));
    if found { Ok(()) } else { Err(missing(call, "User")) }
}

/// What Camunda says when the body of an update has no id.
fn without_id() -> Failure {
    let text = "Cannot invoke \"java.lang.CharSequence.length()\" because \"this.text\" is null";
    Failure::java("NullPointerException", text)
}

async fn update_profile(call: Call) -> Reply {
    must_be_user(&call)?;
    let body = call.object()?;
    // the id in the body counts, as in Camunda
    let id = body.text("id")?.ok_or_else(without_id)?;
    change(&call, Admin::UpdateUser(user_profile(&body, id)?)).await
}

async fn set_password(call: Call) -> Reply {
    let body = call.object()?;
    let own_password = body.text("authenticatedUserPassword")?;
    if let Some(user) = call.caller.user.clone() {
        let request = Verify { user, password: own_password.clone().unwrap_or_default() };
        if !call.app.engine.verify(request).await? {
            return Err(Failure::bad("The given authenticated user password is not valid."));
        }
    }
    must_be_user(&call)?;
    let password = body.text("password")?.unwrap_or_default();
    change(&call, Admin::SetPassword { user: call.id().to_owned(), password, own_password }).await
}

async fn unlock(call: Call) -> Reply {
    change(&call, Admin::UnlockUser(call.id().to_owned())).await
}

// ---- groups and tenants ----------------------------------------------------------------------------------------------

fn group_profile(body: &Object, without_id: fn() -> Failure) -> Result<GroupProfile, Failure> {
    let id = body.text("id")?.ok_or_else(without_id)?;
    Ok(GroupProfile { id, name: body.text("name")?, kind: body.text("type")? })
}

async fn create_group(call: Call) -> Reply {
    let profile = group_profile(&call.object()?, || Fault::null("groupId is null").into())?;
    change(&call, Admin::CreateGroup(profile)).await
}

fn group(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = world.group(call.id()).filter(|row| may_read(call, &world, Resource::Group, &row.id));
    Answer::json(&GroupView { row: row.ok_or_else(|| missing(call, "Group"))? })
}

async fn update_group(call: Call) -> Reply {
    group(&call)?;
    let profile = group_profile(&call.object()?, without_id)?;
    change(&call, Admin::UpdateGroup(profile)).await
}

async fn delete_group(call: Call) -> Reply {
    change(&call, Admin::DeleteGroup(call.id().to_owned())).await
}

fn tenant_profile(body: &Object, without_id: fn() -> Failure) -> Result<TenantProfile, Failure> {
    let id = body.text("id")?.ok_or_else(without_id)?;
    Ok(TenantProfile { id, name: body.text("name")? })
}

async fn create_tenant(call: Call) -> Reply {
    let profile = tenant_profile(&call.object()?, || Fault::null("tenantId is null").into())?;
    change(&call, Admin::CreateTenant(profile)).await
}

fn tenant(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = world.tenant(call.id()).filter(|row| may_read(call, &world, Resource::Tenant, &row.id));
    Answer::json(&TenantView { row: row.ok_or_else(|| missing(call, "Tenant"))? })
}

async fn update_tenant(call: Call) -> Reply {
    tenant(&call)?;
    let profile = tenant_profile(&call.object()?, without_id)?;
    change(&call, Admin::UpdateTenant(profile)).await
}

async fn delete_tenant(call: Call) -> Reply {
    change(&call, Admin::DeleteTenant(call.id().to_owned())).await
}

fn group_member(group: String, user: String) -> Membership {
    Membership::UserGroup(user, group)
}

fn tenant_user(tenant: String, user: String) -> Membership {
    Membership::UserTenant(user, tenant)
}

fn tenant_group(tenant: String, group: String) -> Membership {
    Membership::GroupTenant(group, tenant)
}

async fn member(call: Call, membership: fn(String, String) -> Membership, add: bool) -> Reply {
    let membership = membership(call.id().to_owned(), call.path("memberId").to_owned());
    change(&call, Admin::Member { membership, add }).await
}

// ---- /identity -------------------------------------------------------------------------------------------------------

fn groups_of_user(call: &Call) -> Reply {
    let user = call.query("userId").ok_or_else(|| Failure::bad("No user id was supplied"))?;
    let world = call.app.engine.read();
    let mut groups = Vec::new();
    let mut users: Vec<&str> = Vec::new();
    let visible = |resource, id: &str| may_read(call, &world, resource, id);
    let mut own: Vec<_> = world.groups_of(user).filter_map(|id| world.group(id)).collect();
    own.retain(|group| visible(Resource::Group, &group.id));
    own.sort_by(|a, b| a.name.cmp(&b.name));
    for group in own {
        groups.push(json!({"id": group.id, "name": group.name}));
        for member in world.users_of_group(&group.id).filter(|member| *member != user) {
            if !users.contains(&member) && visible(Resource::User, member) {
                users.push(member);
            }
        }
    }
    let users: Vec<Json> = users
        .iter()
        .filter_map(|id| world.user(id))
        .map(|user| {
            let name = |part: &Option<String>| part.clone().unwrap_or_default();
            let display = format!("{} {}", name(&user.first_name), name(&user.last_name)).trim().to_owned();
            let display = if display.is_empty() { user.id.clone() } else { display };
            json!({"id": user.id, "firstName": user.first_name, "lastName": user.last_name, "displayName": display})
        })
        .collect();
    Answer::json(&json!({"groups": groups, "groupUsers": users}))
}

async fn verify(call: Call) -> Reply {
    let body = call.object()?;
    let (Some(user), Some(password)) = (body.text("username")?, body.text("password")?) else {
        return Err(Failure::bad("Username and password are required"));
    };
    let authenticated = call.app.engine.verify(Verify { user: user.clone(), password }).await?;
    let answer = json!({"authenticatedUser": user, "groups": null, "tenants": null, "authenticated": authenticated});
    Answer::json(&answer)
}

/// Whether passwords follow a policy.
fn has_policy(call: &Call) -> bool {
    call.app.engine.identity_options().password_policy
}

fn rule(rule: &PolicyRule) -> Map<String, Json> {
    let parameter = rule.parameter.map(|(name, value)| json!({name: value}));
    [("placeholder".to_owned(), json!(rule.placeholder)), ("parameter".to_owned(), json!(parameter))]
        .into_iter()
        .collect()
}

fn policy(call: &Call) -> Reply {
    if !has_policy(call) {
        return Ok(Answer::absent());
    }
    Answer::json(&json!({"rules": PASSWORD_RULES.iter().map(rule).collect::<Vec<_>>()}))
}

fn check_policy(call: &Call) -> Reply {
    if !has_policy(call) {
        return Ok(Answer::absent());
    }
    let body = call.object()?;
    let password = body.text("password")?.unwrap_or_default();
    let profile = body.object("profile")?;
    let profile = profile.as_ref().map(|it| user_profile(it, it.text("id")?.unwrap_or_default())).transpose()?;
    let profile = profile.unwrap_or_default();
    let user = User {
        id: profile.id,
        first_name: profile.first_name,
        last_name: profile.last_name,
        email: profile.email,
        ..User::default()
    };
    // rules that hold come first
    let (held, broken): (Vec<_>, Vec<_>) = PASSWORD_RULES.iter().partition(|rule| rule.holds(&password, &user));
    let shown = |list: &[&PolicyRule], valid: bool| -> Vec<Json> {
        list.iter()
            .map(|it| {
                let mut shown = rule(it);
                shown.insert("valid".to_owned(), valid.into());
                Json::Object(shown)
            })
            .collect()
    };
    let rules = [shown(&held, true), shown(&broken, false)].concat();
    Answer::json(&json!({"rules": rules, "valid": broken.is_empty()}))
}
