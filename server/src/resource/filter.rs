//! `/filter`: saved task queries.

use axum::http::{Method, StatusCode};
use engine_core::error::FaultKind;
use models::Id;
use serde_json::{Map, Value as Json, json};
use tollgate::{
    query::{FilterQuery, FilterSorting, TaskQuery},
    request::{Admin, FilterDraft},
    world::Filter,
};

use super::{id_of, identity::collection_links, listing, task};
use crate::{
    criteria::{admin::FILTER, expression, work::TASK},
    http::{Answer, Call, Failure, Media, Object, Reply, Routes, pages},
    view::Link,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/filter", list)
        .get("/filter/count", count)
        .post("/filter/create", create)
        .get("/filter/{id}", one)
        .put("/filter/{id}", update)
        .delete("/filter/{id}", delete)
        .query("/filter/{id}/list", run)
        .query("/filter/{id}/count", run_count)
        .query("/filter/{id}/singleResult", run_single)
        .read(Method::OPTIONS, Media::Other, "/filter", |call| Answer::json(&collection_links(call, "/filter")))
        .read(Method::OPTIONS, Media::Other, "/filter/{id}", links)
}

/// A filter as the API shows it.
fn filter_json(filter: &Filter) -> Json {
    let query = serde_json::from_str::<Map<String, Json>>(&filter.query).unwrap_or_default();
    // unset criteria are left out, lists of variables and groups are always there
    let mut shown: Map<String, Json> = query.into_iter().filter(|(_, value)| !value.is_null()).collect();
    const LISTS: [&str; 4] = ["taskVariables", "processVariables", "caseInstanceVariables", "orQueries"];
    for list in LISTS {
        shown.entry(list).or_insert_with(|| json!([]));
    }
    if let Some(Json::Array(groups)) = shown.get_mut("orQueries") {
        for group in groups.iter_mut().filter_map(Json::as_object_mut) {
            for list in &LISTS[..3] {
                group.entry(*list).or_insert_with(|| json!([]));
            }
        }
    }
    let properties = filter.properties.as_deref().and_then(|text| serde_json::from_str::<Json>(text).ok());
    json!({
        "id": filter.id.to_string(),
        "resourceType": filter.resource_type,
        "name": filter.name,
        "owner": filter.owner,
        "query": shown,
        "properties": properties.unwrap_or_else(|| json!({})),
    })
}

/// A filter, and the number of its tasks when that is asked for.
fn shown(call: &Call, filter: &Filter) -> Result<Json, Failure> {
    let mut json = filter_json(filter);
    if call.flag("itemCount", false) {
        let query = query_of(call, filter, None)?;
        json["itemCount"] = query.count_in_steps(&|| call.app.engine.read(), Some(&call.caller)).into();
    }
    Ok(json)
}

listing!(list_plain, count, read: FilterQuery = FILTER, FilterSorting, |call, row| filter_json(row.entity));

fn list(call: &Call) -> Reply {
    if !call.flag("itemCount", false) {
        return list_plain(call);
    }
    let pages = pages(call)?;
    let query = read(call)?;
    let page = pages.page()?;
    let filters: Vec<Filter> = {
        let world = call.app.engine.read();
        query.list(&world, page, Some(&call.caller)).iter().map(|row| row.entity.clone()).collect()
    };
    let shown = filters.iter().map(|filter| shown(call, filter)).collect::<Result<Vec<_>, _>>()?;
    Answer::json(&shown)
}

fn found(call: &Call) -> Result<Filter, Failure> {
    let world = call.app.engine.read();
    call.rights(&world).read_filter(call.id())?;
    let filter = id_of(call.id()).and_then(|id| world.filter(id)).cloned();
    filter.ok_or_else(|| missing(call))
}

fn missing(call: &Call) -> Failure {
    Failure::missing(format!("Filter with id '{}' does not exist.", call.id()))
}

fn one(call: &Call) -> Reply {
    Answer::json(&shown(call, &found(call)?)?)
}

/// Drops what no criterion of task queries is.
fn keep_known(query: &mut Map<String, Json>) {
    query.retain(|name, _| name == "sorting" || TASK.iter().any(|parameter| parameter.name == name));
    let groups = query.get_mut("orQueries").and_then(Json::as_array_mut).into_iter().flatten();
    groups.filter_map(Json::as_object_mut).for_each(keep_known);
}

fn draft(body: &Object) -> Result<FilterDraft, Failure> {
    let kind = body.text("resourceType")?;
    let mut query = body.object("query")?;
    // which class a query has depends on the type, so that neither is read without the other
    if kind.as_deref().is_some_and(|kind| kind != "Task") || kind.is_some() != query.is_some() {
        return Err(Failure::shape());
    }
    if let Some(query) = &mut query {
        keep_known(&mut query.0);
        // it must be one that can be read
        let mut rest = query.clone();
        let expressions = expression::Given::taken(&mut rest);
        task::query_of(&rest, &expressions)?;
    }
    Ok(FilterDraft {
        resource_type: kind,
        name: body.text("name")?,
        owner: body.text("owner")?,
        query: query.map(|query| Json::Object(query.0).to_string()),
        properties: body.value("properties").map(ToString::to_string),
    })
}

async fn create(call: Call) -> Reply {
    let draft = draft(&call.object()?)?;
    if draft.resource_type.as_deref() != Some("Task") {
        let kind = draft.resource_type.as_deref().unwrap_or("null");
        return Err(Failure::bad(format!("Unable to create filter with invalid resource type '{kind}'")));
    }
    if draft.name.as_deref().is_none_or(str::is_empty) {
        return Err(Failure::bad("Unable to create filter with invalid content").code(0));
    }
    let id = call.app.engine.admin(Admin::CreateFilter(draft), &call.caller).await?;
    answer(&call, id)
}

fn answer(call: &Call, id: Option<Id>) -> Reply {
    let world = call.app.engine.read();
    match id.and_then(|id| world.filter(id)) {
        Some(filter) => {
            let mut json = filter_json(filter);
            if filter.properties.is_none() {
                // what was not sent is not shown, until the filter is read
                json["properties"] = Json::Null;
            }
            Answer::json(&json)
        }
        None => Ok(Answer::nothing()),
    }
}

async fn update(call: Call) -> Reply {
    let draft = draft(&call.object()?)?;
    let filter = found(&call)?;
    if draft.name.as_deref().is_none_or(str::is_empty) {
        return Err(Failure::bad("Unable to update filter with invalid content").code(0));
    }
    if draft.query.is_none() {
        return Err(Failure::java(
            "NullPointerException",
            "Cannot invoke \"org.camunda.bpm.engine.rest.dto.AbstractQueryDto.toQuery(\
             org.camunda.bpm.engine.ProcessEngine)\" because \"this.query\" is null",
        ));
    }
    call.app.engine.admin(Admin::UpdateFilter(filter.id, draft), &call.caller).await?;
    Ok(Answer::nothing())
}

async fn delete(call: Call) -> Reply {
    let missing = |call: &Call| missing(call).code(0);
    let id = id_of(call.id()).ok_or_else(|| missing(&call))?;
    let deleted = call.app.engine.admin(Admin::DeleteFilter(id), &call.caller).await;
    deleted.map_err(|fault| if fault.kind == FaultKind::NullValue { missing(&call) } else { fault.into() })?;
    Ok(Answer::nothing())
}

fn links(call: &Call) -> Reply {
    let href = call.link(&call.own_path);
    Answer::json(&json!({"links": [
        Link::to("GET", href.clone(), "self"),
        Link::to("GET", format!("{href}/singleResult"), "singleResult"),
        Link::to("POST", format!("{href}/singleResult"), "singleResult"),
        Link::to("GET", format!("{href}/list"), "list"),
        Link::to("POST", format!("{href}/list"), "list"),
        Link::to("GET", format!("{href}/count"), "count"),
        Link::to("POST", format!("{href}/count"), "count"),
        Link::to("DELETE", href.clone(), "delete"),
        Link::to("PUT", href, "update"),
    ]}))
}

/// The query of a filter, extended by another: criteria of the extension take the place of the filter's.
fn query_of(call: &Call, filter: &Filter, extension: Option<Object>) -> Result<TaskQuery, Failure> {
    let mut query = serde_json::from_str::<Map<String, Json>>(&filter.query).unwrap_or_default();
    for (name, value) in extension.unwrap_or_default().0 {
        match (query.get_mut(&name), value) {
            (_, Json::Null) => {}
            // conditions on variables add up
            (Some(Json::Array(own)), Json::Array(more)) if name.ends_with("Variables") => own.extend(more),
            (_, value) => drop(query.insert(name, value)),
        }
    }
    let mut query = Object(query);
    expression::evaluate(call, &mut query)?;
    task::query_of(&query, &expression::Given::default())
}

/// The query a call runs.
fn wanted(call: &Call) -> Result<TaskQuery, Failure> {
    let extended = call.method == Method::POST;
    let filter = found(call).map_err(|failure| match failure.status {
        StatusCode::NOT_FOUND if !extended => failure.code(0),
        _ => failure,
    })?;
    let extension = if extended { Some(call.object()?) } else { None };
    query_of(call, &filter, extension).map_err(|failure| {
        if failure.unread {
            Failure::bad(format!("Invalid query for resource type '{}'", filter.resource_type))
        } else {
            failure
        }
    })
}

fn run(call: &Call) -> Reply {
    let pages = pages(call)?;
    let query = wanted(call)?;
    let page = pages.page()?;
    let found = query.search(&|| call.app.engine.read(), page, Some(&call.caller));
    let world = call.app.engine.read();
    task::answer(call, &query.found(&world, &found, Some(&call.caller)), task::Shown::default())
}

fn run_count(call: &Call) -> Reply {
    let query = wanted(call)?;
    Answer::count(query.count_in_steps(&|| call.app.engine.read(), Some(&call.caller)))
}

fn run_single(call: &Call) -> Reply {
    let query = wanted(call)?;
    let world = call.app.engine.read();
    let rows = query.list(&world, tollgate::query::Page::default(), Some(&call.caller));
    match rows.as_slice() {
        [] => Ok(Answer::nothing()),
        [row] => task::answer_one(call, row),
        _ => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "InvalidRequestException",
            "Filter does not returns a valid single result",
        )
        .code(0)),
    }
}
