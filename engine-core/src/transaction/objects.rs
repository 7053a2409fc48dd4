//! The objects behind variables: within a transaction a variable gives the same list, map or node each time it is read, and
//! what was changed in it is kept when the transaction ends.
//!
//! As in Camunda: `list.add(x)` in a script is an update of the variable without `setVariable`. Spin nodes are shared as well,
//! but a change of them is only kept by `setVariable`.

use std::sync::Arc;

use models::{
    Id, Value,
    value::{ObjectContent, ObjectValue},
};
use objects::{Object, convert};

use super::{Step, Tx};
use crate::error::Fault;

/// Objects that were handed out, in the order of their first use.
#[derive(Debug, Default)]
pub(crate) struct Objects(Vec<Held>);

#[derive(Debug)]
struct Held {
    variable: Id,
    /// The value that the object was made of, or became.
    value: Value,
    object: Object,
}

fn is_shared(object: &Object) -> bool {
    matches!(object, Object::List(_) | Object::Map(_) | Object::Set(_) | Object::Json(_) | Object::Xml(_))
}

/// Whether both are one content in memory: a variable that was set since has another.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        (Value::Json(a), Value::Json(b)) | (Value::Xml(a), Value::Xml(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

impl Tx<'_> {
    /// The object of a variable.
    pub(crate) fn object_of(&mut self, variable: Id, value: &Value) -> Object {
        if !matches!(value, Value::Object(_) | Value::Json(_) | Value::Xml(_)) {
            return convert::to_object(value);
        }
        let held = self.t.objects.0.iter().find(|held| held.variable == variable && is_same(&held.value, value));
        if let Some(held) = held {
            return held.object.clone();
        }
        let object = convert::to_object(value);
        self.hold_object(variable, value.clone(), &object);
        object
    }

    /// Notes that a variable was set to an object: later changes of the object are changes of the variable.
    pub(crate) fn hold_object(&mut self, variable: Id, value: Value, object: &Object) {
        if is_shared(object) {
            self.t.objects.0.retain(|held| held.variable != variable);
            self.t.objects.0.push(Held { variable, value, object: object.clone() });
        }
    }

    /// Keeps what was changed in lists and maps.
    pub(crate) fn keep_changed_objects(&mut self) -> Step {
        for held in std::mem::take(&mut self.t.objects).0 {
            let Value::Object(stored) = &held.value else { continue };
            let Some(row) = self.t.state.variable(held.variable) else { continue };
            if row.transient
                || !is_same(&row.value, &held.value)
                || convert::to_object(&held.value).equals(&held.object)
            {
                continue;
            }
            let (scope, name) = (row.scope, row.name.clone());
            let value = changed(stored, &held.object).map_err(|refused| Fault::engine(refused.message(&name)))?;
            self.t.state.change_variable(held.variable, |row| row.value = value);
            self.history_variable_updated(held.variable, scope)?;
        }
        Ok(())
    }
}

/// The object in the data format that its variable has.
fn changed(stored: &ObjectValue, object: &Object) -> Result<Value, convert::NotSerializable> {
    let value = convert::to_value(object)?;
    let (ObjectContent::Serialized(_), Value::Object(plain)) = (&stored.content, &value) else { return Ok(value) };
    let ObjectContent::Tree(tree) = &plain.content else { return Ok(value) };
    Ok(Value::Object(Arc::new(ObjectValue {
        type_name: stored.type_name.as_deref().map(|declared| convert::json_type_name(declared, object)),
        format: stored.format.clone(),
        content: ObjectContent::Serialized(convert::tree_json(tree).into()),
    })))
}
