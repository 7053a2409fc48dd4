//! Variables of process instances, executions and tasks: the same operations under several paths.

use engine_core::{
    command::{Command, Variables},
    error::Fault,
};
use models::Id;
use serde::{Serialize, Serializer};
use tollgate::{rights::Rights, state::Variable, world::World};

use crate::{
    http::{Answer, Attempt, Call, Failure, Media, Object, Reply, Routes, form::Form},
    value::{self, Typed},
};

/// Whose variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// `/process-instance/{id}/variables`; any execution's id is taken.
    ProcessInstance,
    /// `/execution/{id}/localVariables`.
    ExecutionLocal,
    /// `/task/{id}/variables`.
    Task,
    /// `/task/{id}/localVariables`.
    TaskLocal,
}

const SCOPES: [(&str, Scope); 4] = [
    ("/process-instance/{id}/variables", Scope::ProcessInstance),
    ("/execution/{id}/localVariables", Scope::ExecutionLocal),
    ("/task/{id}/variables", Scope::Task),
    ("/task/{id}/localVariables", Scope::TaskLocal),
];

impl Scope {
    /// The word for it in error texts.
    fn word(self) -> &'static str {
        match self {
            Self::ProcessInstance => "process instance",
            Self::ExecutionLocal => "execution",
            Self::Task | Self::TaskLocal => "task",
        }
    }

    fn is_local(self) -> bool {
        matches!(self, Self::ExecutionLocal | Self::TaskLocal)
    }

    fn is_task(self) -> bool {
        matches!(self, Self::Task | Self::TaskLocal)
    }

    /// The entity that an id means.
    fn find(self, world: &World, text: &str) -> Result<Id, Fault> {
        if self.is_task() {
            let task = world.task_by_text(text).map(|task| task.id);
            return task.ok_or_else(|| Fault::null(format!("task {text} doesn't exist: task is null")));
        }
        let execution = text.parse().ok().filter(|id| world.execution(*id).is_some());
        execution.ok_or_else(|| Fault::null(format!("execution {text} doesn't exist: execution is null")))
    }

    /// Whether the caller may read the variables.
    fn permit(self, rights: Rights<'_>, world: &World, id: Id) -> Result<(), Fault> {
        if self.is_task() {
            return world.task(id).map_or(Ok(()), |task| rights.read_task_variables(task));
        }
        world.execution(id).map_or(Ok(()), |row| rights.read_variables(row))
    }

    /// The variables that are visible.
    fn variables(self, world: &World, id: Id) -> Vec<&Variable> {
        match self {
            Self::ExecutionLocal | Self::TaskLocal => world.variables_of(id).collect(),
            Self::ProcessInstance => world.visible_variables(id),
            Self::Task => world.task(id).map(|task| world.visible_task_variables(task)).unwrap_or_default(),
        }
    }

    /// The command that sets and removes variables.
    fn command(self, id: Id, variables: Variables, deletions: Vec<String>, patch: bool) -> Command {
        if self.is_task() {
            Command::SetTaskVariables { task: id, variables, local: self.is_local(), deletions, patch }
        } else {
            Command::SetVariables { execution: id, variables, local: self.is_local(), deletions, patch }
        }
    }
}

/// The operations.
pub(super) fn routes() -> Routes {
    let mut routes = Routes::default();
    for (path, scope) in SCOPES {
        let one = format!("{path}/{{varId}}");
        let data = format!("{one}/data");
        routes = match scope {
            Scope::ProcessInstance => {
                reads(routes, path, &one, &data, all_of_instance, one_of_instance, data_of_instance)
            }
            Scope::ExecutionLocal => {
                reads(routes, path, &one, &data, all_of_execution, one_of_execution, data_of_execution)
            }
            Scope::Task => reads(routes, path, &one, &data, all_of_task, one_of_task, data_of_task),
            Scope::TaskLocal => reads(routes, path, &one, &data, all_in_task, one_in_task, data_in_task),
        }
        .post(path, move |call| modify(call, scope))
        .put(&one, move |call| put(call, scope))
        .delete(&one, move |call| delete(call, scope))
        .post_form(&data, move |call| upload(call, scope));
    }
    routes
}

type Read = fn(&Call) -> Reply;

fn reads(routes: Routes, all: &str, one: &str, data: &str, read_all: Read, read_one: Read, read_data: Read) -> Routes {
    routes.get(all, read_all).get(one, read_one).read(axum::http::Method::GET, Media::Other, data, read_data)
}

macro_rules! readers {
    ($($scope:ident: $all:ident, $one:ident, $data:ident;)*) => {
        $(
            fn $all(call: &Call) -> Reply {
                get_all(call, Scope::$scope)
            }

            fn $one(call: &Call) -> Reply {
                get_one(call, Scope::$scope)
            }

            fn $data(call: &Call) -> Reply {
                get_data(call, Scope::$scope)
            }
        )*
    };
}
readers! {
    ProcessInstance: all_of_instance, one_of_instance, data_of_instance;
    ExecutionLocal: all_of_execution, one_of_execution, data_of_execution;
    Task: all_of_task, one_of_task, data_of_task;
    TaskLocal: all_in_task, one_in_task, data_in_task;
}

/// Variables by name.
pub(super) struct ByName<'a> {
    pub(super) variables: Vec<&'a Variable>,
    pub(super) deserialize: bool,
}

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.variables.iter().map(|row| (&*row.name, Typed::new(&row.value, self.deserialize)));
        serializer.collect_map(entries)
    }
}

/// Values of a command's outcome by name.
pub(super) struct Returned<'a>(pub(super) &'a Variables);

impl Serialize for Returned<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.0.iter().map(|one| (&*one.name, Typed::new(&one.value, false))))
    }
}

fn get_all(call: &Call, scope: Scope) -> Reply {
    let world = call.app.engine.read();
    let id = scope.find(&world, call.id())?;
    scope.permit(call.rights(&world), &world, id)?;
    let deserialize = call.flag("deserializeValues", true);
    Answer::json(&ByName { variables: scope.variables(&world, id), deserialize })
}

/// The variable that a call names.
fn named<'w>(call: &Call, scope: Scope, world: &'w World) -> Result<&'w Variable, Failure> {
    let name = call.path("varId");
    let attempt = Attempt::GetVariable(scope.word(), name);
    let id = scope.find(world, call.id()).map_err(|fault| attempt.failed(fault))?;
    scope.permit(call.rights(world), world, id).map_err(|fault| attempt.failed(fault))?;
    let found = scope.variables(world, id).into_iter().find(|variable| *variable.name == *name);
    found.ok_or_else(|| Failure::missing(format!("{} variable with name {name} does not exist", scope.word())))
}

fn get_one(call: &Call, scope: Scope) -> Reply {
    let world = call.app.engine.read();
    let variable = named(call, scope, &world)?;
    Answer::json(&Typed::new(&variable.value, call.flag("deserializeValue", true)))
}

fn get_data(call: &Call, scope: Scope) -> Reply {
    let world = call.app.engine.read();
    value::content(&named(call, scope, &world)?.value, call.id())
}

async fn change(
    call: &Call,
    scope: Scope,
    attempt: Attempt<'_>,
    variables: Variables,
    deletions: Vec<String>,
    patch: bool,
) -> Reply {
    let id = scope.find(&call.app.engine.read(), call.id()).map_err(|fault| attempt.failed(fault))?;
    let command = scope.command(id, variables, deletions, patch);
    call.app.engine.execute(command, &call.caller).await.map_err(|fault| attempt.failed(fault))?;
    Ok(Answer::nothing())
}

async fn put(call: Call, scope: Scope) -> Reply {
    let name = call.path("varId");
    let attempt = Attempt::PutVariable(scope.word(), name);
    let value = value::named(name, &call.object()?).map_err(|failure| attempt.refused(failure))?;
    change(&call, scope, attempt, Variables(vec![value]), Vec::new(), false).await
}

async fn delete(call: Call, scope: Scope) -> Reply {
    let name = call.path("varId");
    let attempt = Attempt::DeleteVariable(scope.word(), name);
    if scope.is_task() && scope.find(&call.app.engine.read(), call.id()).is_err() {
        return Err(attempt.failed(Fault::null(format!("Cannot find task with id {}: task is null", call.id()))));
    }
    change(&call, scope, attempt, Variables::default(), vec![name.to_owned()], false).await
}

async fn modify(call: Call, scope: Scope) -> Reply {
    let attempt = Attempt::ModifyVariables(scope.word(), call.id());
    let body = call.object()?;
    let variables = value::variables(&body, "modifications").map_err(|failure| attempt.refused(failure))?;
    change(&call, scope, attempt, variables, body.list("deletions")?, true).await
}

async fn upload(call: Call, scope: Scope) -> Reply {
    let name = call.path("varId").to_owned();
    let attempt = Attempt::UploadVariable(scope.word(), &name);
    let form = Form::read(&call).await?;
    let data =
        form.part("data").ok_or_else(|| {
            Failure::java(
                "NullPointerException",
                "Cannot invoke \"org.camunda.bpm.engine.rest.mapper.MultipartFormData$FormPart.getBinaryContent()\" because \
                 \"binaryDataFormPart\" is null",
            )
        })?;
    let body = match form.text("type") {
        Some(class) => {
            let json = data.content_type.as_deref().is_some_and(|kind| kind.contains("application/json"));
            if !json {
                let kind = data.content_type.as_deref().unwrap_or("null");
                return Err(Failure::bad(format!("Unrecognized content type for serialized java type: {kind}")));
            }
            let text = String::from_utf8_lossy(&data.content);
            serde_json::json!({
                "type": "Object",
                "value": text,
                "valueInfo": {"objectTypeName": class, "serializationDataFormat": "application/json"},
            })
        }
        None => upload_body(&form, data)?,
    };
    let value = value::named(&name, &Object::of(&body)?)?;
    change(&call, scope, attempt, Variables(vec![value]), Vec::new(), false).await
}

/// The typed value of an uploaded file.
fn upload_body(form: &Form, data: &crate::http::form::Part) -> Result<serde_json::Value, Failure> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let kind = match form.part("valueType") {
        None => "Bytes".to_owned(),
        Some(part) => {
            part.text().ok_or_else(|| Failure::bad("Form part with name 'valueType' must have a text/plain value"))?
        }
    };
    let content = STANDARD.encode(&data.content);
    if !kind.eq_ignore_ascii_case("file") {
        return Ok(serde_json::json!({"type": kind, "value": content}));
    }
    let media_type = data.content_type.as_deref().unwrap_or("application/octet-stream");
    let mut parts = media_type.split(';').map(str::trim);
    let mut info = serde_json::json!({"filename": data.filename, "mimeType": parts.next()});
    for parameter in parts {
        match parameter.split_once('=') {
            Some(("encoding", encoding)) => info["encoding"] = encoding.trim_matches('"').into(),
            Some(("transient", flag)) => info["transient"] = flag.trim_matches('"').eq_ignore_ascii_case("true").into(),
            _ => {}
        }
    }
    Ok(serde_json::json!({"type": kind, "value": content, "valueInfo": info}))
}
