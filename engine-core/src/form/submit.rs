//! What becomes of a submitted form: checks, conversions, variables, history.

use std::sync::Arc;

use models::{Id, Value};
use objects::{Object, convert};

use super::{Check, Constraint, Field, Form, Property, convert as fit};
use crate::{
    command::{NamedValue, Variables},
    error::{Fault, FaultKind},
    graph::Expr,
    host::{DelegateOutcome, DelegateRole, Served},
    transaction::{
        Step, Tx,
        listeners::nobody,
        scope::{Ran, Scope, evaluate_in},
    },
};

/// Where a form is submitted: on a task, or on the process instance that it starts.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The execution.
    pub(crate) execution: Id,
    /// The task.
    pub(crate) task: Option<Id>,
}

/// Sets what was submitted: form properties first, then form fields, then what no field takes.
pub(crate) fn submit(tx: &mut Tx<'_>, place: Place, form: &Form, submitted: Variables) -> Step {
    let submission = Submission { place, all: submitted.0.clone() };
    let mut open = submitted.0;
    for field in &form.fields {
        let taken = match &field.property {
            Some(property) => submission.property(tx, field, property, &mut open),
            None if field.business_key => Ok(()),
            None => submission.field(tx, field, &mut open),
        };
        taken.map_err(|thrown| tx.fault_of(place.execution, thrown))?;
    }
    for one in open {
        submission.set(tx, one.name, one.value, one.transient)?;
    }
    // only texts are kept as form fields in history
    let texts: Vec<(String, Value)> = submission
        .all
        .iter()
        .filter(|one| matches!(one.value, Value::String(_)))
        .map(|one| (one.name.to_string(), one.value.clone()))
        .collect();
    if tx.t.state.execution(place.execution).is_some() {
        tx.history_form_fields(place.execution, place.task, &texts)?;
    }
    Ok(())
}

struct Submission {
    place: Place,
    all: Vec<NamedValue>,
}

fn take(open: &mut Vec<NamedValue>, name: &str) -> Option<NamedValue> {
    let at = open.iter().rposition(|one| &*one.name == name)?;
    let found = open.remove(at);
    open.retain(|one| &*one.name != name);
    Some(found)
}

impl Submission {
    fn set(&self, tx: &mut Tx<'_>, name: Arc<str>, value: Value, transient: bool) -> Step {
        match self.place.task {
            Some(task) => tx.set_task_variable(task, name, value, transient),
            None => tx.set_variable(self.place.execution, name, value, transient),
        }
    }

    fn scope<'t, 'a>(&self, tx: &'t mut Tx<'a>) -> Scope<'t, 'a> {
        Scope {
            tx,
            execution: Some(self.place.execution),
            task: self.place.task,
            external: None,
            extra: &[],
            local: false,
        }
    }

    fn evaluate(&self, tx: &mut Tx<'_>, expression: &Expr) -> Ran<Object> {
        evaluate_in(&mut self.scope(tx), expression)
    }

    fn field(&self, tx: &mut Tx<'_>, field: &Field, open: &mut Vec<NamedValue>) -> Ran {
        let submitted = take(open, &field.id);
        let value = submitted.as_ref().map_or(Object::Null, |one| convert::to_object(&one.value));
        for constraint in &field.constraints {
            if !self.holds(tx, field, constraint, &value)? {
                return Err(invalid(field, constraint).into());
            }
        }
        let transient = submitted.as_ref().is_some_and(|one| one.transient);
        let entered = match (&submitted, &field.default) {
            (Some(_), _) => value,
            (None, Some(default)) => self.evaluate(tx, default)?,
            (None, None) => return Ok(()),
        };
        let model = match &field.kind {
            Some(kind) => fit::to_model(kind, &entered, &mut self.scope(tx))?,
            None => submitted.map_or(Value::Null, |one| one.value),
        };
        Ok(self.set(tx, field.id.clone(), model, transient)?)
    }

    fn property(&self, tx: &mut Tx<'_>, field: &Field, property: &Property, open: &mut Vec<NamedValue>) -> Ran {
        let id = &field.id;
        let submitted = take(open, id);
        if !property.writable && submitted.is_some() {
            return Err(Fault::engine(format!("form property '{id}' is not writable")).into());
        }
        let missing = || Fault::engine(format!("form property '{id}' is required"));
        if property.required && submitted.is_none() && field.default.is_none() {
            return Err(missing().into());
        }
        let entered = match (&submitted, &field.default) {
            (Some(one), _) => convert::to_object(&one.value),
            (None, Some(default)) => match self.evaluate(tx, default)? {
                Object::Null if property.required => return Err(missing().into()),
                Object::Null => return Ok(()),
                default => Object::String(
                    objects::text::to_text(&default, &mut self.scope(tx))
                        .map_err(|error| Fault::engine(error.to_string()))?,
                ),
            },
            (None, None) => return Ok(()),
        };
        let model = match &field.kind {
            Some(kind) => fit::property_to_model(kind, &entered, &mut self.scope(tx))?,
            None => crate::transaction::scope::stored(&entered)?,
        };
        if model.is_null() {
            return Ok(());
        }
        if let (None, Some(expression)) = (&property.variable, &property.expression) {
            return self.assign(tx, expression, model);
        }
        let name = property.variable.clone().unwrap_or_else(|| id.clone());
        Ok(self.set(tx, name, model, false)?)
    }

    /// `expression="${name}"` is set as that variable; what else could be assigned to needs Java.
    fn assign(&self, tx: &mut Tx<'_>, expression: &Expr, value: Value) -> Ran {
        match crate::transaction::listeners::plain_identifier(expression.text()) {
            Some(name) => Ok(self.set(tx, Arc::from(name), value, false)?),
            None => Err(Fault::engine(format!(
                "form property expression '{}' can't be assigned to: name a variable",
                expression.text()
            ))
            .into()),
        }
    }

    fn holds(&self, tx: &mut Tx<'_>, field: &Field, constraint: &Constraint, value: &Object) -> Ran<bool> {
        let config = constraint.config.as_deref();
        match &constraint.check {
            Check::Required => self.is_there(tx, field, value),
            Check::ReadOnly => Ok(value.is_null()),
            Check::Min | Check::Max => number(value, config, matches!(constraint.check, Check::Min)),
            Check::MinLength | Check::MaxLength => length(value, config, matches!(constraint.check, Check::MinLength)),
            Check::Class(name) => self.validator(tx, name, config, value),
            Check::Expression(expression) => {
                let name = tx.delegate_name(self.place.execution, self.place.task, expression).map_err(|_| {
                    Fault::engine(format!(
                        "Validator expression '{}' does not resolve to instance of \
                         org.camunda.bpm.engine.impl.form.validator.FormFieldValidator",
                        expression.text()
                    ))
                })?;
                self.validator(tx, &name, config, value)
            }
        }
    }

    /// Something is submitted, or the variable is there, or the default sets it.
    fn is_there(&self, tx: &mut Tx<'_>, field: &Field, value: &Object) -> Ran<bool> {
        match value {
            Object::Null => {}
            Object::String(text) => return Ok(!text.is_empty()),
            _ => return Ok(true),
        }
        let known = match self.place.task {
            Some(task) => tx.get_task_variable(task, &field.id).map(|row| row.value.clone()),
            None => tx.get_variable(self.place.execution, &field.id).map(|row| row.value.clone()),
        };
        if let Some(known) = known {
            return Ok(!known.is_null());
        }
        let Some(default) = &field.default else { return Ok(false) };
        let default = self.evaluate(tx, default)?;
        if default.is_null() {
            return Ok(false);
        }
        let default = crate::transaction::scope::stored(&default)?;
        self.set(tx, field.id.clone(), default, false)?;
        Ok(true)
    }

    /// A validator of one's own: a handler that is given `value`, `config` and what was submitted, and refuses the value
    /// by the result `false` or by failing.
    fn validator(&self, tx: &mut Tx<'_>, name: &Arc<str>, config: Option<&str>, value: &Object) -> Ran<bool> {
        if tx.host.served(name) != Served::Handler {
            return Err(nobody(name).into());
        }
        let mut fields = vec![
            ("value".to_owned(), crate::transaction::scope::stored(value)?),
            ("config".to_owned(), config.map_or(Value::Null, Value::string)),
        ];
        fields.extend(self.all.iter().map(|one| (format!("submitted.{}", one.name), one.value.clone())));
        let place = self.place;
        let call = tx.delegate_call(place.execution, place.task, name.clone(), DelegateRole::FormValidator, fields)?;
        let mut reply = tx.host.run_delegate(call);
        let result =
            reply.variables.iter().position(|(name, ..)| name == "return").map(|at| reply.variables.remove(at));
        let done = matches!(reply.outcome, DelegateOutcome::Done | DelegateOutcome::Results(_));
        tx.apply_reply(place.execution, place.task, reply)?;
        Ok(done && !matches!(result, Some((_, Value::Boolean(false), _))))
    }
}

fn invalid(field: &Field, constraint: &Constraint) -> Fault {
    let config = constraint.config.as_ref().map_or_else(String::new, |config| format!("({config})"));
    let message = format!(
        "Invalid value submitted for form field '{}': validation of {}{config} failed.",
        field.id, constraint.name
    );
    Fault::new(FaultKind::FormFieldValidator, message)
}

/// `min` and `max`; what is no number never passes.
fn number(value: &Object, config: Option<&str>, min: bool) -> Ran<bool> {
    let config = config.unwrap_or("null");
    let refused = |class: &str| {
        let message = format!(
            "Cannot validate {class} value {}: configuration {config} cannot be parsed as {class}.",
            value.double_value().map_or_else(String::new, |value| value.to_string())
        );
        Fault::new(FaultKind::FormFieldConfiguration, message)
    };
    let holds = |order: std::cmp::Ordering| if min { order.is_ge() } else { order.is_lt() };
    let limit: i64 = match value {
        Object::Null => return Ok(true),
        Object::Double(value) => {
            let limit: f64 = config.trim().parse().map_err(|_| refused("Double"))?;
            return Ok(value.partial_cmp(&limit).is_some_and(holds));
        }
        Object::Long(_) => config.parse::<i64>().map_err(|_| refused("Long"))?,
        Object::Integer(_) => config.parse::<i32>().map_err(|_| refused("Integer"))?.into(),
        Object::Short(_) => config.parse::<i16>().map_err(|_| refused("Short"))?.into(),
        _ => return Ok(false),
    };
    Ok(value.long_value().is_some_and(|value| holds(value.cmp(&limit))))
}

/// `minlength` and `maxlength`, in UTF-16 units.
fn length(value: &Object, config: Option<&str>, min: bool) -> Ran<bool> {
    let (name, class) = if min { ("minlength", "MinLengthValidator") } else { ("maxlength", "MaxLengthValidator") };
    let config = config.unwrap_or("null");
    let text = match value {
        Object::Null => return Ok(true),
        Object::String(text) => text,
        other => {
            return Err(Fault::engine(format!(
                "String validator {class} cannot be used on non-string value of type class {}",
                other.plain_class_name()
            ))
            .into());
        }
    };
    let limit: i32 = config.parse().map_err(|_| {
        let message = format!("Cannot validate \"{name}\": configuration {config} cannot be interpreted as Integer");
        Fault::new(FaultKind::FormFieldConfiguration, message)
    })?;
    let length = i32::try_from(text.encode_utf16().count()).unwrap_or(i32::MAX);
    Ok(if min { length >= limit } else { length <= limit })
}
