//! Multi-instance bodies (S-MI).

use std::sync::{Arc, LazyLock};

use models::{Id, Value};
use objects::{Object, convert};

use crate::{
    error::{Fault, FaultKind},
    graph::{Collection, Loop, NodeIx},
    transaction::{
        Step, Tx,
        scope::{Ran, stored},
    },
};

/// A name that all bodies share.
type Name = LazyLock<Arc<str>>;

static INSTANCES: Name = LazyLock::new(|| "nrOfInstances".into());
static ACTIVE: Name = LazyLock::new(|| "nrOfActiveInstances".into());
static COMPLETED: Name = LazyLock::new(|| "nrOfCompletedInstances".into());
static COUNTER: Name = LazyLock::new(|| "loopCounter".into());

/// The body starts: resolves how many instances there are and starts them.
pub(super) fn execute(tx: &mut Tx<'_>, id: Id, code: &Loop) -> Step {
    let resolved = resolve(tx, id, code);
    let (count, items) = match resolved {
        Ok(resolved) => resolved,
        Err(thrown) => return tx.propagate_thrown(id, thrown),
    };
    if count < 0 {
        return Err(Fault::engine(format!(
            "ENGINE-02023 Invalid number of 'instances': must be positive integer value or zero, but was '{count}'."
        )));
    }
    if count == 0 {
        return tx.leave(id);
    }
    set(tx, id, &INSTANCES, count)?;
    set(tx, id, &COMPLETED, 0)?;
    if code.sequential {
        set(tx, id, &ACTIVE, 1)?;
        return perform(tx, id, code, 0, items.as_ref());
    }
    set(tx, id, &ACTIVE, count)?;
    tx.change(id, |row| {
        row.activity = None;
        row.is_active = false;
    });
    let mut instances = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    for _ in 0..count {
        let child = tx.create_execution(id)?;
        tx.change(child, |row| {
            row.is_concurrent = true;
            row.is_scope = false;
        });
        instances.push(child);
    }
    // pushed in reverse, so that index 0 runs first
    for (at, child) in instances.into_iter().enumerate().rev() {
        perform(tx, child, code, i32::try_from(at).unwrap_or(i32::MAX), items.as_ref())?;
    }
    Ok(())
}

/// Number of instances and, when there is a collection, its items.
fn resolve(tx: &mut Tx<'_>, id: Id, code: &Loop) -> Ran<(i32, Option<Vec<Object>>)> {
    let items = match &code.collection {
        Some(collection) => Some(collect(tx, id, collection)?),
        None => None,
    };
    let count = match (&code.cardinality, &items) {
        (Some(expression), _) => {
            let not_a_number = || {
                Fault::engine(format!(
                    "ENGINE-02027 Could not resolve expression of type 'loopCardinality'. Expression '{}' needs to be a \
                     number or number String.",
                    expression.text()
                ))
            };
            match tx.evaluate(id, expression)? {
                Object::Integer(value) => value,
                Object::Short(value) => value.into(),
                Object::Long(value) => i32::try_from(value).map_err(|_| not_a_number())?,
                #[expect(clippy::cast_possible_truncation, reason = "Number.intValue() truncates the same way")]
                Object::Double(value) => value as i32,
                Object::String(text) => text.parse().map_err(|_| not_parsed(&text))?,
                _ => return Err(not_a_number().into()),
            }
        }
        (None, Some(items)) => i32::try_from(items.len()).unwrap_or(i32::MAX),
        (None, None) => {
            return Err(
                Fault::engine("ENGINE-02026 Couldn't resolve collection expression nor variable reference").into()
            );
        }
    };
    Ok((count, items))
}

/// What `Integer.valueOf` throws.
fn not_parsed(text: &str) -> Fault {
    Fault {
        java_class: "java.lang.NumberFormatException".to_owned(),
        ..Fault::new(FaultKind::Other, format!("For input string: \"{text}\""))
    }
}

fn collect(tx: &mut Tx<'_>, id: Id, collection: &Collection) -> Ran<Vec<Object>> {
    let (value, complaint) = match collection {
        Collection::Expression(expression) => (
            tx.evaluate(id, expression)?,
            format!("ENGINE-02024 Expression '{}' didn't resolve to type 'Collection'.", expression.text()),
        ),
        Collection::Variable(name) => (
            tx.get_variable(id, name).map_or(Object::Null, |row| convert::to_object(&row.value)),
            format!("ENGINE-02025 Variable '{name}' is not of the expected type 'Collection'."),
        ),
    };
    match value {
        Object::List(items) => Ok(items.borrow().clone()),
        Object::Set(items) => Ok(items.borrow().keys().map(|key| key.0.clone()).collect()),
        _ => Err(Fault::engine(complaint).into()),
    }
}

/// Starts one instance on its execution.
fn perform(tx: &mut Tx<'_>, id: Id, code: &Loop, at: i32, items: Option<&Vec<Object>>) -> Step {
    set(tx, id, &COUNTER, at)?;
    if let (Some(name), Some(items)) = (&code.element_variable, items) {
        let item = usize::try_from(at).ok().and_then(|at| items.get(at));
        let value = item.map_or(Ok(Value::Null), stored)?;
        tx.set_variable_local(id, name.clone(), value, false)?;
    }
    tx.revive(id);
    tx.execute_activity(id, code.inner)
}

/// Sequential: the current instance has ended.
pub(super) fn complete(tx: &mut Tx<'_>, id: Id, code: &Loop) -> Step {
    let next = get(tx, id, &COUNTER) + 1;
    let count = get(tx, id, &INSTANCES);
    let completed = get(tx, id, &COMPLETED) + 1;
    set(tx, id, &COMPLETED, completed)?;
    if next == count || satisfied(tx, id, code)? {
        return tx.leave(id);
    }
    // evaluated again for each instance (S-MI-3)
    let items = match &code.collection {
        Some(collection) if code.element_variable.is_some() => match collect(tx, id, collection) {
            Ok(items) => Some(items),
            Err(thrown) => return tx.propagate_thrown(id, thrown),
        },
        _ => None,
    };
    perform(tx, id, code, next, items.as_ref())
}

/// Parallel: one instance has ended.
pub(super) fn child_ended(tx: &mut Tx<'_>, scope: Id, ended: Id, code: &Loop, body: NodeIx) -> Step {
    let completed = get(tx, scope, &COMPLETED) + 1;
    set(tx, scope, &COMPLETED, completed)?;
    let active = get(tx, scope, &ACTIVE) - 1;
    set(tx, scope, &ACTIVE, active)?;
    tx.change(ended, |row| {
        row.is_active = false;
        row.activity_instance = None;
    });
    if satisfied(tx, ended, code)? || (active <= 0 && all_ended(tx, scope, code.inner)) {
        for child in tx.running_children(scope) {
            let row = tx.execution(child);
            if row.is_active || row.activity.is_none() {
                tx.delete_cascade(child, Some("Multi instance completion condition satisfied."), None)?;
            } else {
                tx.remove(child)?;
            }
        }
        tx.change(scope, |row| {
            row.activity = Some(body);
            row.is_active = true;
        });
        return tx.leave(scope);
    }
    tx.dispatch_after_api(scope)
}

/// A further instance of a running parallel body, added by a modification.
pub(crate) fn add_instance(tx: &mut Tx<'_>, body: Id) -> Step<Id> {
    let child = tx.create_execution(body)?;
    tx.change(child, |row| {
        row.is_concurrent = true;
        row.is_scope = false;
    });
    let count = get(tx, body, &INSTANCES);
    set(tx, body, &INSTANCES, count + 1)?;
    let active = get(tx, body, &ACTIVE);
    set(tx, body, &ACTIVE, active + 1)?;
    set(tx, child, &COUNTER, count)?;
    Ok(child)
}

/// A further instance of a sequential body whose current instance was taken away.
pub(crate) fn next_instance(tx: &mut Tx<'_>, body: Id) -> Step<Id> {
    if get(tx, body, &ACTIVE) > 0 {
        return Err(Fault::engine(format!(
            "ENGINE-02029 Unsupported concurrency: execution {body} runs one instance after another"
        )));
    }
    let count = get(tx, body, &INSTANCES);
    set(tx, body, &COUNTER, count)?;
    set(tx, body, &INSTANCES, count + 1)?;
    set(tx, body, &ACTIVE, 1)?;
    Ok(body)
}

/// The current instance of a sequential body was taken away.
pub(crate) fn forget_counter(tx: &mut Tx<'_>, body: Id) -> Step {
    tx.remove_variable_local(body, &COUNTER)
}

/// The only instance of a body that a modification has made.
pub(crate) fn first_instance(tx: &mut Tx<'_>, body: Id) -> Step<Id> {
    let definition = tx.definition_of(body)?;
    let activity = tx.activity(body)?;
    let crate::graph::Kind::MultiInstanceBody(code) = &definition.graph.node(activity).kind else { return Ok(body) };
    set(tx, body, &INSTANCES, 1)?;
    set(tx, body, &COMPLETED, 0)?;
    set(tx, body, &ACTIVE, 1)?;
    if code.sequential {
        set(tx, body, &COUNTER, 0)?;
        return Ok(body);
    }
    tx.change(body, |row| {
        row.activity = None;
        row.is_active = false;
    });
    let child = tx.create_execution(body)?;
    tx.change(child, |row| {
        row.is_concurrent = true;
        row.is_scope = false;
    });
    set(tx, child, &COUNTER, 0)?;
    Ok(child)
}

/// An instance was cancelled by a modification.
pub(crate) fn drop_instance(tx: &mut Tx<'_>, body: Id) -> Step {
    let active = get(tx, body, &ACTIVE);
    set(tx, body, &ACTIVE, active - 1)
}

fn all_ended(tx: &Tx<'_>, scope: Id, inner: NodeIx) -> bool {
    tx.t.state
        .children(scope)
        .all(|child| child.is_event_scope || (!child.is_active && child.is_concurrent && child.activity == Some(inner)))
}

fn satisfied(tx: &mut Tx<'_>, id: Id, code: &Loop) -> Step<bool> {
    let Some(expression) = &code.completion_condition else { return Ok(false) };
    match tx.evaluate(id, expression).map_err(|thrown| tx.fault_of(id, thrown))? {
        Object::Boolean(value) => Ok(value),
        _ => Err(Fault::engine(format!(
            "ENGINE-02028 Could not resolve expression of type 'completionCondition'. Expression '{}' does not evaluate to \
             boolean value",
            expression.text()
        ))),
    }
}

fn get(tx: &Tx<'_>, id: Id, name: &Name) -> i32 {
    match tx.get_variable(id, name).map(|row| &row.value) {
        Some(Value::Integer(value)) => *value,
        Some(Value::Short(value)) => (*value).into(),
        Some(Value::Long(value)) => i32::try_from(*value).unwrap_or(i32::MAX),
        _ => 0,
    }
}

fn set(tx: &mut Tx<'_>, id: Id, name: &Name, value: i32) -> Step {
    tx.set_variable_local(id, Arc::clone(name), Value::Integer(value), false)
}
