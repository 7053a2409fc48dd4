//! Results of decisions: `decisionResult` after a business rule task.
//!
//! A list of the matched rules' outputs, each a map by output name. Both refuse to be changed.

use super::{Outcome, collection, map};
use crate::{
    args::string,
    context::{Context, ObjectError},
    object::{MapKey, Object, ObjectMap},
    shared::{ContainerClass, Shared},
    text,
    typed::TypedObject,
};

type Rules = Shared<Vec<Object>>;
type Outputs = Shared<ObjectMap>;

/// The object of a decision's result.
pub fn decision_result(rules: impl IntoIterator<Item = ObjectMap>) -> Object {
    let rules = rules.into_iter().map(|rule| Object::Map(Shared::of_class(rule, ContainerClass::DecisionEntries)));
    Object::List(Shared::of_class(rules.collect(), ContainerClass::DecisionResult))
}

fn failed(message: String) -> ObjectError {
    ObjectError::exception("org.camunda.bpm.dmn.engine.impl.DmnDecisionResultException", message)
}

fn immutable(what: &str) -> ObjectError {
    ObjectError::exception("java.lang.UnsupportedOperationException", format!("decision {what} is immutable"))
}

/// Camunda prints the typed values: `{dish=Value 'Stew' of type 'PrimitiveValueType[string]', isTransient=false}`.
fn shown_outputs(outputs: &Outputs, ctx: &mut dyn Context) -> Result<String, ObjectError> {
    let mut out = String::from("{");
    for (at, (name, value)) in outputs.borrow().iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        text::append(&mut out, &name.0, ctx)?;
        out.push('=');
        out.push_str(&TypedObject::new(value.clone()).shown(ctx)?);
    }
    out.push('}');
    Ok(out)
}

fn shown_rules(rules: &Rules, ctx: &mut dyn Context) -> Result<String, ObjectError> {
    let mut all = Vec::new();
    for rule in rules.borrow().iter() {
        if let Object::Map(outputs) = rule {
            all.push(shown_outputs(outputs, ctx)?);
        }
    }
    Ok(format!("[{}]", all.join(", ")))
}

fn single(rules: &Rules, ctx: &mut dyn Context) -> Outcome {
    let found = match rules.borrow().as_slice() {
        [] => Some(Object::Null),
        [only] => Some(only.clone()),
        _ => None,
    };
    match found {
        Some(found) => Ok(found),
        None => Err(failed(format!(
            "DMN-01011 Unable to get single decision result as it has more than one result '{}'",
            shown_rules(rules, ctx)?
        ))),
    }
}

fn plain_map(outputs: &Outputs) -> Object {
    Object::map(outputs.borrow().clone())
}

pub(super) fn call_result(rules: &Rules, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(match (name, args) {
        ("getFirstResult", []) => rules.borrow().first().cloned().unwrap_or(Object::Null),
        ("getSingleResult", []) => single(rules, ctx)?,
        ("getSingleEntry" | "getSingleEntryTyped", []) => match single(rules, ctx)? {
            Object::Map(outputs) => call_entries(&outputs, name, &[], ctx)?,
            _ => Object::Null,
        },
        ("collectEntries", [output]) => {
            let output = MapKey(output.clone());
            let rules = rules.borrow();
            let found = rules.iter().filter_map(|rule| match rule {
                Object::Map(outputs) => outputs.borrow().get(&output).cloned(),
                _ => None,
            });
            Object::list(found.collect())
        }
        ("getResultList", []) => {
            let rules = rules.borrow();
            let maps = rules.iter().filter_map(|rule| match rule {
                Object::Map(outputs) => Some(plain_map(outputs)),
                _ => None,
            });
            Object::list(maps.collect())
        }
        ("toString", []) => Object::string(shown_rules(rules, ctx)?),
        (
            "add" | "addAll" | "remove" | "removeAll" | "retainAll" | "clear" | "set" | "sort" | "addFirst" | "addLast"
            | "removeFirst" | "removeLast",
            _,
        ) => return Err(immutable("result")),
        _ => return collection::call_list(rules, name, args, ctx),
    })
}

pub(super) fn call_entries(outputs: &Outputs, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let typed = |value: Object| TypedObject::object(value);
    Ok(match (name, args) {
        ("getEntry" | "getEntryTyped", [output]) => {
            let found = outputs.borrow().get(&MapKey(output.clone())).cloned();
            match found {
                Some(value) if name == "getEntry" => value,
                Some(value) => typed(value),
                None if name == "getEntry" => {
                    let output = string(output, ctx)?;
                    let message = format!(
                        "Cannot invoke \"org.camunda.bpm.engine.variable.value.TypedValue.getValue()\" because the return value of \
                         \"java.util.Map.get(Object)\" is null: there is no output '{output}'"
                    );
                    return Err(ObjectError::exception("java.lang.NullPointerException", message));
                }
                None => Object::Null,
            }
        }
        ("getFirstEntry", []) => outputs.borrow().values().next().cloned().unwrap_or(Object::Null),
        ("getFirstEntryTyped", []) => outputs.borrow().values().next().cloned().map_or(Object::Null, typed),
        ("getSingleEntry" | "getSingleEntryTyped", []) => {
            if outputs.borrow().len() > 1 {
                return Err(failed(format!(
                    "DMN-01010 Unable to get single decision result entry as it has more than one entry '{}'",
                    shown_outputs(outputs, ctx)?
                )));
            }
            let first = outputs.borrow().values().next().cloned();
            match first {
                Some(value) if name == "getSingleEntryTyped" => typed(value),
                first => first.unwrap_or(Object::Null),
            }
        }
        ("getEntryMap", []) => plain_map(outputs),
        ("getEntryMapTyped", []) => {
            let typed = outputs
                .borrow()
                .iter()
                .map(|(name, value)| (name.clone(), TypedObject::object(value.clone())))
                .collect();
            Object::map(typed)
        }
        ("toString", []) => Object::string(shown_outputs(outputs, ctx)?),
        ("put" | "putAll" | "putIfAbsent" | "replace" | "remove" | "clear", _) => return Err(immutable("output")),
        _ => return map::call(outputs, name, args, ctx),
    })
}
