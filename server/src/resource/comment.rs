//! Comments and attachments of tasks and process instances.

use axum::http::StatusCode;
use engine_core::error::Fault;
use models::{Id, Timestamp};
use tollgate::{history::Attachment, query::HistoricTaskInstanceQuery, request::HistoryChange};

use super::id_of;
use crate::{
    http::{Answer, Attempt, Call, Failure, Reply, Routes, form::Form},
    view::admin::{AttachmentView, CommentView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/task/{id}/comment", of_task)
        .put("/task/{id}/comment", |call| update(call, true))
        .delete("/task/{id}/comment", delete_of_task)
        .post("/task/{id}/comment/create", create)
        .get("/task/{id}/comment/{commentId}", one)
        .delete("/task/{id}/comment/{commentId}", |call| delete(call, true))
        .get("/process-instance/{id}/comment", of_instance)
        .put("/process-instance/{id}/comment", |call| update(call, false))
        .delete("/process-instance/{id}/comment", delete_of_instance)
        .delete("/process-instance/{id}/comment/{commentId}", |call| delete(call, false))
        .get("/task/{id}/attachment", attachments)
        .post_form("/task/{id}/attachment/create", attach)
        .get("/task/{id}/attachment/{attachmentId}", attachment)
        .get_file("/task/{id}/attachment/{attachmentId}/data", attachment_data)
        .delete("/task/{id}/attachment/{attachmentId}", detach)
}

/// The task of the path: a running one, or one in history.
fn task(call: &Call, status: StatusCode) -> Result<Id, Failure> {
    let world = call.app.engine.read();
    let found = world.task_by_text(call.id()).map(|task| task.id);
    let found = found.or_else(|| world.historic_task_by_text(call.id()).map(|task| task.id));
    // it is history that says who may know of it
    let query = HistoricTaskInstanceQuery { task_id: Some(call.id().to_owned()), ..Default::default() };
    let kept = world.historic_task_by_text(call.id()).is_some();
    let found = found.filter(|_| !kept || query.count(&world, Some(&call.caller)) > 0);
    let message = format!("No task found for task id {}", call.id());
    found.ok_or_else(|| Failure::new(status, "InvalidRequestException", message))
}

/// The process instance of the path: a running one, or one in history.
fn instance(call: &Call, status: StatusCode) -> Result<Id, Failure> {
    let found = id_of(call.id()).filter(|id| call.app.engine.read().historic_process_instance(*id).is_some());
    let message = format!("No process instance found for id {}", call.id());
    found.ok_or_else(|| Failure::new(status, "InvalidRequestException", message))
}

fn of_task(call: &Call) -> Reply {
    let task = task(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let mut rows: Vec<_> = world.comments_of_task(task).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.time));
    Answer::json(&rows.into_iter().map(|row| CommentView { world: &world, row, href: None }).collect::<Vec<_>>())
}

fn of_instance(call: &Call) -> Reply {
    let instance = instance(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let mut rows: Vec<_> = world.comments_of_instance(instance).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.time));
    Answer::json(&rows.into_iter().map(|row| CommentView { world: &world, row, href: None }).collect::<Vec<_>>())
}

fn one(call: &Call) -> Reply {
    let task = task(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let wanted = call.path("commentId");
    let row = id_of(wanted).and_then(|id| world.comment(id)).filter(|row| row.task == Some(task));
    let row = row.ok_or_else(|| {
        let message = format!("Task comment with id {wanted} does not exist for task id '{}'.", call.id());
        Failure::missing(message)
    })?;
    Answer::json(&CommentView { world: &world, row, href: None })
}

async fn create(call: Call) -> Reply {
    let failed = |fault| Attempt::Comment.failed(fault);
    let body = call.object()?;
    let task = task(&call, StatusCode::BAD_REQUEST)?;
    let message = body.text("message")?.ok_or_else(|| failed(Fault::null("Message is null")))?;
    let process_instance = body.text("processInstanceId")?.and_then(|text| id_of(&text));
    let change = HistoryChange::AddComment { task: Some(task), process_instance, message };
    let id = call.app.engine.change_history(change, &call.caller).await.map_err(failed)?;
    let world = call.app.engine.read();
    let Some(row) = id.and_then(|id| world.comment(id)) else { return Ok(Answer::nothing()) };
    let href = call.link(&format!("/task/{}/comment/{}", call.id(), row.id));
    Answer::json(&CommentView { world: &world, row, href: Some(&href) })
}

/// The comment of that id, when it is one of the task's or process instance's.
fn comment(call: &Call, text: &str, owner: Id, of_task: bool) -> Option<Id> {
    let world = call.app.engine.read();
    let row = id_of(text).and_then(|id| world.comment(id))?;
    let own = if of_task { row.task == Some(owner) } else { row.process_instance == Some(owner) };
    own.then_some(row.id)
}

/// The task or process instance of the path.
fn owner(call: &Call, of_task: bool) -> Result<Id, Failure> {
    if of_task { task(call, StatusCode::NOT_FOUND) } else { instance(call, StatusCode::NOT_FOUND) }
}

async fn update(call: Call, of_task: bool) -> Reply {
    let body = call.object()?;
    let owner = owner(&call, of_task)?;
    let failed = |text: String| Attempt::CommentChange.failed(Fault::null(text));
    let text = body.text("id")?.ok_or_else(|| failed("commentId is null".to_owned()))?;
    let message = body.text("message")?.ok_or_else(|| failed("message is null".to_owned()))?;
    let kind = if of_task { "taskId" } else { "processInstanceId" };
    let comment = comment(&call, &text, owner, of_task).ok_or_else(|| {
        failed(format!("No comment exists with commentId: {text} and {kind}: {}: comment is null", call.id()))
    })?;
    change(&call, HistoryChange::UpdateComment { comment, message }).await
}

async fn delete(call: Call, of_task: bool) -> Reply {
    let owner = owner(&call, of_task)?;
    let comment = comment(&call, call.path("commentId"), owner, of_task);
    let (of_task, of_instance) = if of_task { (Some(owner), None) } else { (None, Some(owner)) };
    change(&call, HistoryChange::DeleteComment { comment, of_task, of_instance }).await
}

async fn delete_of_task(call: Call) -> Reply {
    let task = task(&call, StatusCode::NOT_FOUND)?;
    change(&call, HistoryChange::DeleteTaskComments(task)).await
}

async fn delete_of_instance(call: Call) -> Reply {
    let instance = instance(&call, StatusCode::NOT_FOUND)?;
    change(&call, HistoryChange::DeleteInstanceComments(instance)).await
}

async fn change(call: &Call, change: HistoryChange) -> Reply {
    let failed = |fault| Attempt::CommentChange.failed(fault);
    call.app.engine.change_history(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

// ---- attachments -----------------------------------------------------------------------------------------------------

fn attachments(call: &Call) -> Reply {
    let task = task(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let rows = world.attachments_of_task(task).map(|row| AttachmentView { world: &world, row, href: None });
    Answer::json(&rows.collect::<Vec<_>>())
}

/// The attachment of the path, when it is one of the task's.
fn own_attachment<'w>(call: &Call, world: &'w tollgate::world::World, task: Id) -> Option<&'w Attachment> {
    let row = id_of(call.path("attachmentId")).and_then(|id| world.attachment(id));
    row.filter(|row| row.task == Some(task))
}

fn attachment(call: &Call) -> Reply {
    let task = task(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let row = own_attachment(call, &world, task).ok_or_else(|| {
        let wanted = call.path("attachmentId");
        Failure::missing(format!("Task attachment with id {wanted} does not exist for task id '{}'.", call.id()))
    })?;
    Answer::json(&AttachmentView { world: &world, row, href: None })
}

fn attachment_data(call: &Call) -> Reply {
    let task = task(call, StatusCode::NOT_FOUND)?;
    let world = call.app.engine.read();
    let content = own_attachment(call, &world, task).and_then(|row| row.content.as_ref());
    let content = content.ok_or_else(|| {
        let wanted = call.path("attachmentId");
        Failure::missing(format!(
            "Attachment content for attachment with id '{wanted}' does not exist for task id '{}'.",
            call.id()
        ))
    })?;
    Ok(Answer::bytes("application/octet-stream", content.to_vec()))
}

async fn attach(call: Call) -> Reply {
    let task = task(&call, StatusCode::BAD_REQUEST)?;
    let form = Form::read(&call).await?;
    let url = form.text("url");
    let content = form.part("content").map(|part| part.content.to_vec());
    if url.is_none() && content.is_none() {
        return Err(Failure::bad("No content or url to remote content exists to create the task attachment."));
    }
    let process_instance = call.app.engine.read().task(task).and_then(|task| task.process_instance);
    let attachment = Attachment {
        id: Id::default(),
        name: form.text("attachment-name"),
        description: form.text("attachment-description"),
        kind: form.text("attachment-type"),
        task: Some(task),
        process_instance,
        url,
        content: content.map(Into::into),
        created: Timestamp::default(),
        removal_time: None,
    };
    let failed = |fault| Attempt::Attachment.failed(fault);
    let change = HistoryChange::AddAttachment(Box::new(attachment));
    let id = call.app.engine.change_history(change, &call.caller).await.map_err(failed)?;
    let world = call.app.engine.read();
    let Some(row) = id.and_then(|id| world.attachment(id)) else { return Ok(Answer::nothing()) };
    let href = call.link(&format!("/task/{}/attachment/{}", call.id(), row.id));
    Answer::json(&AttachmentView { world: &world, row, href: Some(&href) })
}

async fn detach(call: Call) -> Reply {
    let task = task(&call, StatusCode::NOT_FOUND).ok();
    let found = task.and_then(|task| own_attachment(&call, &call.app.engine.read(), task).map(|row| row.id));
    let id = found.ok_or_else(|| {
        Failure::missing(format!(
            "Deletion is not possible. No attachment exists for task id '{}' and attachment id '{}'.",
            call.id(),
            call.path("attachmentId")
        ))
    })?;
    call.app.engine.change_history(HistoryChange::DeleteAttachment(id), &call.caller).await?;
    Ok(Answer::nothing())
}
