//! `/execution`, `/variable-instance`, `/event-subscription`.

use engine_core::{
    command::{Command, Outcome, Variables},
    error::Fault,
};
use models::Id;
use tollgate::{
    query::{
        EventSubscriptionQuery, EventSubscriptionRow, EventSubscriptionSorting, ExecutionQuery, ExecutionSorting,
        VariableInstanceQuery, VariableInstanceSorting,
    },
    state::SubscriptionKind,
    world::World,
};

use super::{id_of, listing};
use crate::{
    criteria::instance::{EVENT_SUBSCRIPTION, EXECUTION, VARIABLE_INSTANCE},
    http::{Answer, Attempt, Call, Date, Failure, Reply, Routes},
    value,
    view::{
        Text,
        instance::{ExecutionView, IncidentView, VariableView},
        view,
    },
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/execution", list)
        .query("/execution/count", count)
        .get("/execution/{id}", one)
        .post("/execution/{id}/signal", signal)
        .post("/execution/{id}/create-incident", create_incident)
        .get("/execution/{id}/messageSubscriptions/{messageName}", message_subscription)
        .post("/execution/{id}/messageSubscriptions/{messageName}/trigger", trigger)
        .query("/variable-instance", list_variables)
        .query("/variable-instance/count", count_variables)
        .get("/variable-instance/{id}", variable)
        .get_file("/variable-instance/{id}/data", variable_data)
        .get("/event-subscription", list_subscriptions)
        .get("/event-subscription/count", count_subscriptions)
}

listing!(list, count, read: ExecutionQuery = EXECUTION, ExecutionSorting, |call, row| ExecutionView { row: row.entity });

listing!(list_variables, count_variables, read_variables: VariableInstanceQuery = VARIABLE_INSTANCE, VariableInstanceSorting,
|call, row| VariableView {
        row,
        deserialize: call.flag("deserializeValues", true),
    binary: false,
});

view! {
    /// An event subscription, of an execution or of a start event.
    SubscriptionRowView<'a> { row: EventSubscriptionRow<'a> } => {
        "id": Text(row.id()),
        "eventType": row.kind().name(),
        "eventName": row.name(),
        "executionId": row.execution().map(Text),
        "processInstanceId": row.process_instance().map(Text),
        "activityId": row.activity_id(),
        "createdDate": Date(row.created()),
        "tenantId": row.tenant(),
    }
}

listing!(list_subscriptions, count_subscriptions, read_subscriptions: EventSubscriptionQuery = EVENT_SUBSCRIPTION,
    EventSubscriptionSorting, |call, row| SubscriptionRowView { row });

fn one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.execution(id));
    let row = row.filter(|row| call.rights(&world).read_execution(row).is_ok());
    let row = row.ok_or_else(|| Failure::missing(format!("Execution with id {} does not exist", call.id())))?;
    Answer::json(&ExecutionView { row })
}

fn unknown_execution(id: &str) -> Fault {
    Fault::bad_request(format!("execution {id} doesn't exist: execution is null"))
}

async fn signal(call: Call) -> Reply {
    let attempt = Attempt::SignalExecution(call.id());
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let failed = |fault| attempt.failed(fault);
    let execution = super::known(call.id(), || unknown_execution(call.id())).map_err(failed)?;
    let command = Command::SignalExecution { execution, name: None, variables };
    call.app.engine.execute(command, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn create_incident(call: Call) -> Reply {
    let failed = |fault| Attempt::CreateIncident.failed(fault);
    let body = call.object()?;
    let no_type = || failed(Fault::bad_request("incidentType is null"));
    let unknown =
        || Fault::bad_request(format!("Cannot find an execution with executionId '{}': execution is null", call.id()));
    let kind = body.text("incidentType")?.ok_or_else(no_type)?;
    let command = Command::CreateIncident {
        execution: super::known(call.id(), unknown).map_err(failed)?,
        kind,
        configuration: body.text("configuration")?,
        message: body.text("message")?,
    };
    let outcome = call.app.engine.execute(command, &call.caller).await.map_err(failed)?;
    let world = call.app.engine.read();
    let created = match outcome {
        Outcome::Created(id) => world.incident(id),
        _ => None,
    };
    match created {
        Some(row) => Answer::json(&IncidentView { world: &world, row }),
        None => Ok(Answer::nothing()),
    }
}

/// The message subscription that a path names.
fn subscription(call: &Call, world: &World) -> Option<Id> {
    let name = call.path("messageName");
    let execution = id_of(call.id())?;
    let mut found = world.subscriptions_of_execution(execution);
    found.find(|row| row.kind == SubscriptionKind::Message && row.name.as_deref() == Some(name)).map(|row| row.id)
}

fn message_subscription(call: &Call) -> Reply {
    let name = call.path("messageName");
    let query = EventSubscriptionQuery {
        execution_id: Some(call.id().to_owned()),
        event_type: Some("message".to_owned()),
        event_name: Some(name.to_owned()),
        ..Default::default()
    };
    let world = call.app.engine.read();
    let rows = query.list(&world, tollgate::query::Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| {
        let message = format!("Message event subscription for execution {} named {name} does not exist", call.id());
        Failure::missing(message)
    })?;
    Answer::json(&SubscriptionRowView { row: *row })
}

async fn trigger(call: Call) -> Reply {
    let name = call.path("messageName");
    let attempt = Attempt::TriggerMessage(name, call.id());
    let body = call.object()?;
    let variables = value::variables(&body, "variables").map_err(|failure| attempt.refused(failure))?;
    let found = subscription(&call, &call.app.engine.read());
    let subscription = found.ok_or_else(|| {
        attempt.failed(Fault::engine(format!(
            "Execution with id '{}' does not have a subscription to a message event with name '{name}': \
             eventSubscriptions is empty",
            call.id()
        )))
    })?;
    let command = Command::EventReceived {
        subscription,
        variables,
        local: Variables::default(),
        triggered_scope: Variables::default(),
        asynchronous: false,
    };
    call.app.engine.execute(command, &call.caller).await.map_err(|fault| attempt.failed(fault))?;
    Ok(Answer::nothing())
}

fn variable(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let entity = id_of(call.id()).and_then(|id| world.variable(id)).ok_or_else(|| no_variable(call))?;
    if !call.rights(&world).sees_variable(entity) {
        return Err(no_variable(call));
    }
    let row = tollgate::query::Row { world: &world, entity };
    let deserialize = call.flag("deserializeValue", true);
    Answer::json(&VariableView { row, deserialize, binary: false })
}

fn no_variable(call: &Call) -> Failure {
    Failure::missing(format!("Variable instance with Id '{}' does not exist.", call.id()))
}

fn variable_data(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.variable(id)).ok_or_else(|| no_variable(call))?;
    if !call.rights(&world).sees_variable(row) {
        return Err(no_variable(call));
    }
    value::content(&row.value, call.id())
}
