//! `/task`, without variables, comments and attachments.

use std::sync::Arc;

use engine_core::{
    command::{Command, NamedValue, Outcome, TaskCommand, TaskDraft, Variables},
    error::Fault,
};
use models::{Id, Value, value::NullType};
use serde::Serialize;
use serde_json::json;
use tollgate::{
    Answered,
    query::{Page, TaskQuery, TaskRow, TaskSorting, VariableSorting, VariableSortingScope},
    state::{DelegationState, IdentityLink, Variable},
    world::World,
};

use super::variables::{ByName, Returned};
use crate::{
    criteria::{expression, work::TASK},
    engine::Form,
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes, asked, once::carry_out, pages, params},
    value,
    view::work::TaskView,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/task", list)
        .query("/task/count", count)
        .post("/task/create", create)
        .get_file("/task/report/candidate-group-count", super::statistics::candidate_groups)
        .get("/task/{id}", one)
        .put("/task/{id}", update)
        .delete("/task/{id}", delete)
        .post("/task/{id}/claim", claim)
        .post("/task/{id}/unclaim", unclaim)
        .post("/task/{id}/complete", complete)
        .post("/task/{id}/submit-form", submit_form)
        .post("/task/{id}/resolve", resolve)
        .post("/task/{id}/delegate", delegate)
        .post("/task/{id}/assignee", assignee)
        .post("/task/{id}/bpmnError", bpmn_error)
        .post("/task/{id}/bpmnEscalation", escalation)
        .get("/task/{id}/identity-links", identity_links)
        .post("/task/{id}/identity-links", add_link)
        .post("/task/{id}/identity-links/delete", delete_link)
        .get("/task/{id}/form", super::form::task_form)
        .get_file("/task/{id}/rendered-form", super::form::rendered_task_form)
        .get_file("/task/{id}/deployed-form", super::form::deployed_task_form)
        .get("/task/{id}/form-variables", super::form::task_form_variables)
}

/// The sorting key of a name.
pub(super) fn sorting_key(name: &str, parameters: &Object) -> Result<Option<TaskSorting>, Failure> {
    let scope = match name {
        "processVariable" => VariableSortingScope::ProcessInstance,
        "executionVariable" => VariableSortingScope::Execution,
        "taskVariable" => VariableSortingScope::Task,
        "caseExecutionVariable" | "caseInstanceVariable" => {
            sorting_variable(parameters)?;
            return Ok(Some(TaskSorting::OfCase));
        }
        _ => return Ok(TaskSorting::from_name(name)),
    };
    let (variable, kind) = sorting_variable(parameters)?;
    Ok(Some(TaskSorting::Variable(VariableSorting { scope, variable, kind })))
}

/// The name and type of a variable to sort by. Only plain values have an order.
fn sorting_variable(parameters: &Object) -> Result<(String, String), Failure> {
    let variable = parameters.text("variable")?.ok_or_else(|| Fault::null("variableName is null"))?;
    let kind = parameters.text("type")?.unwrap_or_default();
    let mut letters = kind.chars();
    let name: String = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
    match name.as_str() {
        "string" | "integer" | "short" | "date" | "boolean" | "long" | "double" => Ok((variable, kind)),
        "null" | "bytes" | "number" | "object" | "file" | "json" | "xml" => {
            Err(Fault::engine(format!("Cannot order by variables of type {name}")).into())
        }
        _ => Err(Fault::null("valueType is null").into()),
    }
}

/// Which more than the task itself is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown {
    variables: bool,
    local_variables: bool,
    comment_info: bool,
}

impl Shown {
    fn of(call: &Call) -> Result<Self, Failure> {
        let body = if call.method == axum::http::Method::POST { call.object()? } else { Object::default() };
        let flag = |name: &str| -> Result<bool, Failure> { Ok(call.flag(name, false) || body.flag(name)?) };
        Ok(Self {
            variables: flag("withTaskVariablesInReturn")?,
            local_variables: flag("withTaskLocalVariablesInReturn")?,
            comment_info: flag("withCommentAttachmentInfo")?,
        })
    }

    fn is_plain(self) -> bool {
        !self.variables && !self.local_variables && !self.comment_info
    }
}

/// Shows tasks.
pub(super) fn answer(call: &Call, rows: &[TaskRow<'_>], shown: Shown) -> Reply {
    let forms: Vec<Form> = rows.iter().map(|row| call.app.engine.task_form(row.world, row.entity)).collect();
    let views: Vec<_> =
        rows.iter().zip(&forms).map(|(row, form)| TaskView { world: row.world, row: row.entity, form }).collect();
    if shown.is_plain() {
        return Answer::json(&views);
    }
    let views: Vec<_> = rows.iter().zip(&views).map(|(row, view)| with_more(row, view, shown)).collect();
    Answer::json(&views)
}

/// Shows one task.
pub(super) fn answer_one(call: &Call, row: &TaskRow<'_>) -> Reply {
    let form = call.app.engine.task_form(row.world, row.entity);
    Answer::json(&TaskView { world: row.world, row: row.entity, form: &form })
}

fn with_more(row: &TaskRow<'_>, view: &TaskView<'_>, shown: Shown) -> serde_json::Value {
    let mut json = serde_json::to_value(view).unwrap_or_default();
    if shown.variables || shown.local_variables {
        let variables: Vec<_> = if shown.variables {
            row.world.visible_task_variables(row.entity)
        } else {
            row.world.variables_of(row.id).collect()
        };
        if !variables.is_empty() {
            json["variables"] = serde_json::to_value(ByName { variables, deserialize: true }).unwrap_or_default();
        }
    }
    if shown.comment_info {
        json["attachment"] = row.has_attachment().into();
        json["comment"] = row.has_comment().into();
    }
    json
}

fn read(call: &Call) -> Result<TaskQuery, Failure> {
    if call.method == axum::http::Method::POST {
        let mut body = call.object()?;
        // the query is built before its expressions are looked at, so that what is wrong with the rest comes first
        let mut rest = body.clone();
        let expressions = expression::Given::taken(&mut rest);
        let query = query_of(&rest, &expressions)?;
        expressions.refuse()?;
        if !expressions.in_groups() {
            return Ok(query);
        }
        expression::evaluate_groups(call, &mut body)?;
        return query_of(&body, &expression::Given::default());
    }
    let expressions = expression::Given::of_call(call);
    let mut asked = asked(call, TASK, |name, _| Ok(TaskSorting::from_name(name)))?;
    check_usage(&asked.query, &expressions)?;
    asked.query.sorting = asked.orders?;
    expressions.refuse()?;
    Ok(asked.query)
}

/// Refuses what the query builder of Camunda refuses, in its order. `by`: the criteria that are expressions.
fn check_usage(query: &TaskQuery, by: &expression::Given) -> Result<(), Failure> {
    let refused = |text: String| Err(Fault::engine(format!("Invalid query usage: {text}")).into());
    for (index, group) in query.or_queries.iter().enumerate() {
        let unfit = [
            ("withCandidateGroups", group.with_candidate_groups),
            ("withoutCandidateGroups", group.without_candidate_groups),
            ("withCandidateUsers", group.with_candidate_users),
            ("withoutCandidateUsers", group.without_candidate_users),
        ];
        if let Some((name, _)) = unfit.iter().find(|(_, given)| *given) {
            return refused(format!("cannot set {name}() within 'or' query"));
        }
        check_combinations(group, by.of_group(index).unwrap_or(&expression::Given::default()))?;
    }
    let user = query.candidate_user.is_some() || by.has("candidateUser");
    if user && (query.candidate_group.is_some() || by.has("candidateGroup")) {
        return refused("cannot set both candidateUser and candidateGroup".to_owned());
    }
    if user && (!query.candidate_groups.is_empty() || by.has("candidateGroups")) {
        return refused("cannot set both candidateGroupIn and candidateUser".to_owned());
    }
    check_combinations(query, by)
}

/// Refuses what does not go together, neither in a query nor in a group of one.
fn check_combinations(query: &TaskQuery, by: &expression::Given) -> Result<(), Failure> {
    let with_due_date = query.due_date.is_some()
        || query.due_before.is_some()
        || query.due_after.is_some()
        || ["dueDate", "dueBefore", "dueAfter"].iter().any(|name| by.has(name));
    if query.without_due_date && with_due_date {
        return Err(Fault::engine(
            "Invalid query usage: cannot set both due date (equal to, before, or after) and withoutDueDate filters.",
        )
        .into());
    }
    let by_candidates = query.candidate_user.is_some()
        || query.candidate_group.is_some()
        || query.candidate_group_like.is_some()
        || !query.candidate_groups.is_empty()
        || query.with_candidate_groups
        || query.without_candidate_groups
        || query.with_candidate_users
        || query.without_candidate_users
        || ["candidateUser", "candidateGroup", "candidateGroups"].iter().any(|name| by.has(name));
    if query.include_assigned_tasks && !by_candidates {
        return Err(Fault::engine(
            "Invalid query usage: candidateUser, candidateGroup, candidateGroupLike, candidateGroupIn, withCandidateGroups, \
             withoutCandidateGroups, withCandidateUsers, withoutCandidateUsers has to be called before \
             'includeAssignedTasks'.",
        )
        .into());
    }
    Ok(())
}

fn list(call: &Call) -> Reply {
    let pages = pages(call)?;
    let query = read(call)?;
    let page = pages.page()?;
    let shown = Shown::of(call)?;
    let found = query.search(&|| call.app.engine.read(), page, Some(&call.caller));
    let world = call.app.engine.read();
    answer(call, &query.found(&world, &found, Some(&call.caller)), shown)
}

fn count(call: &Call) -> Reply {
    let query = read(call)?;
    Answer::count(query.count_in_steps(&|| call.app.engine.read(), Some(&call.caller)))
}

fn no_match(call: &Call) -> Failure {
    Failure::missing(format!("No matching task with id {}", call.id()))
}

fn one(call: &Call) -> Reply {
    let shown = Shown::of(call)?;
    let query = TaskQuery { task_id: Some(call.id().to_owned()), ..TaskQuery::default() };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| no_match(call))?;
    let form = call.app.engine.task_form(&world, row.entity);
    let view = TaskView { world: &world, row: row.entity, form: &form };
    if shown.is_plain() { Answer::json(&view) } else { Answer::json(&with_more(row, &view, shown)) }
}

/// The task a path names.
pub(super) fn task_id(call: &Call) -> Result<Id, Fault> {
    let found = call.app.engine.read().task_by_text(call.id()).map(|task| task.id);
    found.ok_or_else(|| Fault::null(format!("Cannot find task with id {}: task is null", call.id())))
}

/// Runs a command on the task of the path.
async fn run(call: &Call, attempt: Attempt<'_>, command: TaskCommand) -> Result<Outcome, Failure> {
    let failed = |fault| attempt.failed(fault);
    let id = task_id(call).map_err(failed)?;
    call.app.engine.execute(Command::Task(id, command), &call.caller).await.map_err(failed)
}

async fn plain(call: &Call, command: TaskCommand) -> Reply {
    run(call, Attempt::Plain, command).await?;
    Ok(Answer::nothing())
}

async fn claim(call: Call) -> Reply {
    let user = call.object()?.text("userId")?;
    plain(&call, TaskCommand::Claim(user)).await
}

/// As [`plain`], but a task that is not there is a `NotFoundException`.
async fn of_known(call: &Call, command: TaskCommand) -> Reply {
    let id = task_id(call).map_err(|fault| Fault::not_found(fault.message))?;
    call.app.engine.execute(Command::Task(id, command), &call.caller).await?;
    Ok(Answer::nothing())
}

async fn unclaim(call: Call) -> Reply {
    of_known(&call, TaskCommand::SetAssignee(None)).await
}

async fn assignee(call: Call) -> Reply {
    let user = call.object()?.text("userId")?;
    of_known(&call, TaskCommand::SetAssignee(user)).await
}

async fn delegate(call: Call) -> Reply {
    let user = call.object()?.text("userId")?;
    plain(&call, TaskCommand::Delegate(user.unwrap_or_default())).await
}

/// Nothing, or the variables when they are asked for.
fn returned(wanted: bool, outcome: &Outcome) -> Option<serde_json::Value> {
    let variables = match outcome {
        Outcome::Variables(variables) => serde_json::to_value(Returned(variables)).unwrap_or_default(),
        _ => json!({}),
    };
    wanted.then_some(variables)
}

/// A task that belongs to no process, before it is completed.
#[derive(Clone)]
struct Alone {
    /// Its own variables, whose values go with it.
    own: Vec<NamedValue>,
    parent: Option<String>,
}

impl Alone {
    fn of(world: &World, id: &str) -> Option<Self> {
        let task = world.task_by_text(id).filter(|task| task.process_instance.is_none())?;
        let gone = |variable: &Variable| NamedValue {
            name: variable.name.clone(),
            value: NullType::named(variable.value.type_name()).map_or(Value::Null, Value::NullOf),
            transient: false,
        };
        let own = world.variables_of(task.id).map(gone).collect();
        Some(Self { own, parent: task.parent_task.as_deref().map(str::to_owned) })
    }

    /// What its completion answers: its own variables as null, and those of the tasks above.
    fn outcome(&self, world: &World) -> Outcome {
        let mut variables = self.own.clone();
        let parent = self.parent.as_ref().and_then(|id| world.task_by_text(id));
        for row in parent.map(|parent| world.visible_task_variables(parent)).unwrap_or_default() {
            if !self.own.iter().any(|own| own.name == row.name) {
                variables.push(NamedValue { name: row.name.clone(), value: row.value.clone(), transient: false });
            }
        }
        Outcome::Variables(Variables(variables))
    }
}

/// Completes the task of the path; with an idempotency key once.
async fn finish(call: &Call, attempt: Attempt<'_>, wanted: bool, command: TaskCommand) -> Reply {
    let completes = matches!(command, TaskCommand::Complete { .. });
    let alone = if wanted && completes { Alone::of(&call.app.engine.read(), call.id()) } else { None };
    let below = alone.clone();
    let render = move |answered: &Answered<'_>, world: &World| match answered {
        Answered::Outcomes([outcome]) => match &below {
            Some(task) => returned(wanted, &task.outcome(world)),
            None => returned(wanted, outcome),
        },
        _ => None,
    };
    carry_out(call, render, async |caller| {
        let failed = |fault| attempt.failed(fault);
        let id = task_id(call).map_err(failed)?;
        let outcome = call.app.engine.execute(Command::Task(id, command), &caller).await.map_err(failed)?;
        let outcome = match &alone {
            Some(task) => task.outcome(&call.app.engine.read()),
            None => outcome,
        };
        returned(wanted, &outcome).map_or_else(|| Ok(Answer::nothing()), |json| Answer::json(&json))
    })
    .await
}

async fn complete(call: Call) -> Reply {
    let attempt = Attempt::CompleteTask(call.id());
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let command = TaskCommand::Complete { variables, local: engine_core::command::Variables::default() };
    finish(&call, attempt, body.flag("withVariablesInReturn")?, command).await
}

async fn submit_form(call: Call) -> Reply {
    let attempt = Attempt::SubmitTaskForm(call.id());
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let wanted = body.flag("withVariablesInReturn")?;
    let without_process = || {
        let world = call.app.engine.read();
        world.task_by_text(call.id()).is_some_and(|task| task.process_instance.is_none())
    };
    let none_to_return = wanted && without_process();
    let reply = finish(&call, attempt, wanted, TaskCommand::SubmitForm(variables)).await?;
    if none_to_return {
        // the task is completed; Camunda then looks for variables of its process
        return Err(Failure::java(
            "NullPointerException",
            "Cannot invoke \"org.camunda.bpm.engine.variable.VariableMap.keySet()\" because \"variables\" is null",
        ));
    }
    Ok(reply)
}

async fn resolve(call: Call) -> Reply {
    let attempt = Attempt::ResolveTask(call.id());
    let variables = value::variables(&call.object()?, "variables").map_err(|failure| attempt.refused(failure))?;
    run(&call, attempt, TaskCommand::Resolve(variables)).await?;
    Ok(Answer::nothing())
}

async fn bpmn_error(call: Call) -> Reply {
    let body = call.object()?;
    let command = TaskCommand::BpmnError {
        code: body.text("errorCode")?.unwrap_or_default(),
        message: body.text("errorMessage")?,
        variables: value::variables(&body, "variables")?,
    };
    throw(&call, "errorCode", command, &body).await
}

async fn escalation(call: Call) -> Reply {
    let body = call.object()?;
    let command = TaskCommand::Escalation {
        code: body.text("escalationCode")?.unwrap_or_default(),
        variables: value::variables(&body, "variables")?,
    };
    throw(&call, "escalationCode", command, &body).await
}

async fn throw(call: &Call, code: &str, command: TaskCommand, body: &Object) -> Reply {
    let failed = |fault| Attempt::ThrowFromTask.failed(fault);
    if body.text(code)?.is_none_or(|code| code.is_empty()) {
        let state = if body.value(code).is_none() { "null" } else { "empty" };
        return Err(failed(Fault::bad_request(format!("{code} is {state}"))));
    }
    let unknown = || failed(Fault::not_found(format!("Cannot find task with id {}: task is null", call.id())));
    let id = task_id(call).map_err(|_| unknown())?;
    call.app.engine.execute(Command::Task(id, command), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

/// The properties of a task in a body.
fn draft(body: &Object) -> Result<TaskDraft, Failure> {
    let delegation = match body.text("delegationState")?.as_deref() {
        None => None,
        Some("PENDING") => Some(DelegationState::Pending),
        Some("RESOLVED") => Some(DelegationState::Resolved),
        Some(other) => {
            return Err(Failure::bad(format!(
                "Valid values for property 'delegationState' are 'PENDING' or 'RESOLVED', but was '{other}'"
            )));
        }
    };
    Ok(TaskDraft {
        id: body.text("id")?,
        name: body.text("name")?,
        description: body.text("description")?,
        assignee: body.text("assignee")?,
        owner: body.text("owner")?,
        delegation,
        priority: body.get("priority").int()?.unwrap_or(0),
        due: body.get("due").date()?,
        follow_up: body.get("followUp").date()?,
        parent_task: body.text("parentTaskId")?,
        case_instance: body.text("caseInstanceId")?,
        tenant: body.text("tenantId")?,
    })
}

async fn create(call: Call) -> Reply {
    let draft = draft(&call.object()?)?;
    let failed = |fault| Attempt::CreateTask.failed(fault);
    call.app.engine.execute(Command::CreateTask(Box::new(draft)), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn update(call: Call) -> Reply {
    let body = call.object()?;
    let id = {
        let world = call.app.engine.read();
        let seen = world.task_by_text(call.id()).filter(|task| call.rights(&world).read_task(task).is_ok());
        seen.map(|task| task.id).ok_or_else(|| no_match(&call))?
    };
    let draft = draft(&body)?;
    let command = Command::Task(id, TaskCommand::Update(Box::new(draft)));
    call.app.engine.execute(command, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn delete(call: Call) -> Reply {
    if task_id(&call).is_err() {
        // deleting what is not there is no error
        return Ok(Answer::nothing());
    }
    run(&call, Attempt::DeleteTask, TaskCommand::Delete { reason: None, cascade: false }).await?;
    Ok(Answer::nothing())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkView<'a> {
    user_id: Option<&'a str>,
    group_id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
}

fn identity_links(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let task = world
        .task_by_text(call.id())
        .ok_or_else(|| Fault::null(format!("Cannot find task with id {}: task is null", call.id())))?;
    call.rights(&world).read_task(task)?;
    let links = task.links.iter().map(|link| LinkView {
        user_id: link.user.as_deref(),
        group_id: link.group.as_deref(),
        kind: &link.kind,
    });
    let person = |user: &'_ Option<Arc<str>>, kind: &'static str| user.clone().map(|user| (user, kind));
    let people: Vec<_> =
        [person(&task.assignee, "assignee"), person(&task.owner, "owner")].into_iter().flatten().collect();
    let people = people.iter().map(|(user, kind)| LinkView { user_id: Some(user), group_id: None, kind });
    let wanted = call.query("type");
    let shown: Vec<_> = links.chain(people).filter(|link| wanted.is_none_or(|kind| kind == link.kind)).collect();
    Answer::json(&shown)
}

/// The link in a body.
fn link(body: &Object) -> Result<IdentityLink, Failure> {
    let (user, group) = (body.text("userId")?, body.text("groupId")?);
    let wrong = match (&user, &group) {
        (Some(_), Some(_)) => Some("Identity Link requires userId or groupId, but not both."),
        (None, None) => Some("Identity Link requires userId or groupId."),
        _ => None,
    };
    if let Some(message) = wrong {
        return Err(Failure::bad(message));
    }
    let kind = body.text("type")?.ok_or_else(|| {
        Failure::from(Fault::null("type is required when adding a new task identity link: type is null"))
    })?;
    Ok(IdentityLink { kind: kind.into(), user: user.map(Into::into), group: group.map(Into::into) })
}

async fn add_link(call: Call) -> Reply {
    let link = link(&call.object()?)?;
    of_known(&call, TaskCommand::AddLink(link)).await
}

async fn delete_link(call: Call) -> Reply {
    let link = link(&call.object()?)?;
    plain(&call, TaskCommand::DeleteLink(link)).await
}

/// Reads a task query of a JSON object.
pub(super) fn query_of(object: &Object, expressions: &expression::Given) -> Result<TaskQuery, Failure> {
    let mut asked = params::asked_by(object, TASK, sorting_key)?;
    check_usage(&asked.query, expressions)?;
    asked.query.sorting = asked.orders?;
    Ok(asked.query)
}
