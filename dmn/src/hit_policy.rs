//! Hit policies and aggregation.

use std::fmt::Write;

use models::Value;

use crate::{
    error::DmnError,
    evaluate::{EvaluatedDecision, EvaluatedOutput, EvaluatedRule},
    java,
    model::{Aggregator, HitPolicy},
    types::{self, TypedValue},
};

/// Reduces the matching rules to what the policy makes of them.
pub(crate) fn apply(policy: HitPolicy, evaluated: &mut EvaluatedDecision) -> Result<(), DmnError> {
    match policy {
        HitPolicy::RuleOrder | HitPolicy::Collect(None) => Ok(()),
        HitPolicy::First => {
            evaluated.rules.truncate(1);
            Ok(())
        }
        HitPolicy::Unique if evaluated.rules.len() < 2 => Ok(()),
        HitPolicy::Unique => Err(DmnError::HitPolicy(format!(
            "DMN-03001 Hit policy 'UNIQUE' only allows a single rule to match. Actually match rules: '{}'.",
            show_rules(&evaluated.rules)
        ))),
        HitPolicy::Any => {
            let agree = evaluated.rules.windows(2).all(|pair| same_outputs(&pair[0], &pair[1]));
            if !agree {
                return Err(DmnError::HitPolicy(format!(
                    "DMN-03002 Hit policy 'ANY' only allows multiple matching rules with equal output. Matching rules: '{}'.",
                    show_rules(&evaluated.rules)
                )));
            }
            evaluated.rules.truncate(1);
            Ok(())
        }
        HitPolicy::Collect(Some(aggregator)) => aggregate(aggregator, evaluated),
    }
}

/// Equal names with equal values, in any order.
fn same_outputs(a: &EvaluatedRule, b: &EvaluatedRule) -> bool {
    a.outputs.len() == b.outputs.len() && a.outputs.iter().all(|output| b.outputs.contains(output))
}

fn aggregate(aggregator: Aggregator, evaluated: &mut EvaluatedDecision) -> Result<(), DmnError> {
    let mut values: Vec<&TypedValue> = Vec::new();
    for rule in &evaluated.rules {
        match rule.outputs.as_slice() {
            [] => {}
            [output] => values.push(&output.value),
            outputs => {
                return Err(DmnError::HitPolicy(format!(
                    "DMN-03003 Unable to execute aggregation '{}' on compound decision output '{}'. Only one output entry \
                     allowed.",
                    aggregator.name(),
                    show_outputs(outputs)
                )));
            }
        }
    }
    let name = evaluated.rules.iter().find_map(|rule| rule.outputs.first()).and_then(|output| output.variable.clone());
    let value = if aggregator == Aggregator::Count {
        Some(Value::Integer(i32::try_from(values.len()).unwrap_or(i32::MAX)))
    } else if values.is_empty() {
        None
    } else {
        Some(numbers(aggregator, &values)?)
    };
    evaluated.collected = value.map(|value| (name, TypedValue::typed(value)));
    if evaluated.collected.is_none() {
        // Nothing was collected: the result is made of the matching rules, which have no outputs.
        evaluated.rules.retain(|rule| rule.outputs.is_empty());
    }
    Ok(())
}

/// The first of integer, long and double to which all values can be converted.
fn numbers(aggregator: Aggregator, values: &[&TypedValue]) -> Result<Value, DmnError> {
    if let Some(integers) = values.iter().map(|value| integer(value)).collect::<Option<Vec<i32>>>() {
        let sum = || integers.iter().fold(0i32, |sum, value| sum.wrapping_add(*value));
        return Ok(Value::Integer(pick(aggregator, &integers, Ord::cmp).unwrap_or_else(sum)));
    }
    if let Some(longs) = values.iter().map(|value| long(value)).collect::<Option<Vec<i64>>>() {
        let sum = || longs.iter().fold(0i64, |sum, value| sum.wrapping_add(*value));
        return Ok(Value::Long(pick(aggregator, &longs, Ord::cmp).unwrap_or_else(sum)));
    }
    if let Some(doubles) = values.iter().map(|value| double(value)).collect::<Option<Vec<f64>>>() {
        return Ok(Value::Double(pick(aggregator, &doubles, f64::total_cmp).unwrap_or_else(|| doubles.iter().sum())));
    }
    let shown: Vec<String> = values.iter().map(ToString::to_string).collect();
    Err(DmnError::HitPolicy(format!(
        "DMN-03004 Unable to convert value '[{}]' to a support aggregatable type '[class java.lang.Integer, class \
         java.lang.Long, class java.lang.Double]'.",
        shown.join(", ")
    )))
}

/// The extreme that the aggregator asks for; `None` for a sum.
fn pick<T: Copy>(aggregator: Aggregator, values: &[T], order: fn(&T, &T) -> std::cmp::Ordering) -> Option<T> {
    match aggregator {
        Aggregator::Min => values.iter().copied().reduce(|a, b| if order(&b, &a).is_lt() { b } else { a }),
        Aggregator::Max => values.iter().copied().reduce(|a, b| if order(&b, &a).is_gt() { b } else { a }),
        Aggregator::Sum | Aggregator::Count => None,
    }
}

fn integer(value: &TypedValue) -> Option<i32> {
    match value.value {
        Value::Integer(value) => Some(value),
        _ => None,
    }
}

/// A typed value must be a long; an untyped one may be the text of a long.
fn long(value: &TypedValue) -> Option<i64> {
    match (&value.value, value.typed) {
        (Value::Long(value), _) => Some(*value),
        (_, true) => None,
        (value, false) => java::to_string(value).parse().ok(),
    }
}

fn double(value: &TypedValue) -> Option<f64> {
    match (&value.value, value.typed) {
        (Value::Double(value), _) => Some(*value),
        (_, true) => None,
        (value, false) => types::parse_double(&java::to_string(value)),
    }
}

fn show_rules(rules: &[EvaluatedRule]) -> String {
    let rule = |rule: &EvaluatedRule| {
        format!("DmnEvaluatedDecisionRuleImpl{{id='{}', outputEntries={}}}", rule.id, show_outputs(&rule.outputs))
    };
    format!("[{}]", rules.iter().map(rule).collect::<Vec<_>>().join(", "))
}

fn show_outputs(outputs: &[EvaluatedOutput]) -> String {
    let mut text = String::from("{");
    for (at, output) in outputs.iter().enumerate() {
        let variable = output.variable.as_deref().unwrap_or("null");
        let _ = write!(
            text,
            "{}{variable}=DmnEvaluatedOutputImpl{{id='{}', name='{}', outputName='{variable}', value={}}}",
            if at == 0 { "" } else { ", " },
            output.id,
            output.name.as_deref().unwrap_or("null"),
            output.value
        );
    }
    text + "}"
}
