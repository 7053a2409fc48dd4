//! DMN files in shorthand: a decision table, or a list of them in one requirements graph.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Abort, model::escape, python};

/// What stands before the elements of a DMN file.
pub(super) const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
             xmlns:camunda="http://camunda.org/schema/1.0/dmn"
             id="definitions" name="definitions" namespace="http://oracle/scenarios">
"#;

/// The DMN file of a shorthand.
pub(super) fn expand(table: &Value) -> Result<String, Abort> {
    let tables = table.as_array().map_or_else(|| std::slice::from_ref(table), Vec::as_slice);
    let mut out = HEAD.to_owned();
    for table in tables {
        decision(table, &mut out).ok_or_else(|| Abort::new(format!("not a decision: {table}")))?;
    }
    out.push_str("</definitions>\n");
    Ok(out)
}

fn decision(table: &Value, out: &mut String) -> Option<()> {
    let text = |name: &str, default: &str| table.get(name).map_or_else(|| default.to_owned(), python::text);
    let key = table.get("decision")?.as_str()?;
    writeln!(out, r#"<decision id="{key}" name="{}">"#, text("name", key)).ok()?;
    for required in table.get("requires").and_then(Value::as_array).into_iter().flatten() {
        let required = required.as_str()?;
        writeln!(
            out,
            r##"  <informationRequirement id="r_{key}_{required}"><requiredDecision href="#{required}"/></informationRequirement>"##
        )
        .ok()?;
    }
    if let Some(literal) = table.get("literal") {
        let (variable, kind) = (text("variable", key), text("type", "string"));
        writeln!(out, r#"  <variable id="v_{key}" name="{variable}" typeRef="{kind}"/>"#).ok()?;
        let literal = escape(&python::text(literal));
        writeln!(out, r#"  <literalExpression id="l_{key}"><text>{literal}</text></literalExpression>"#).ok()?;
    } else {
        decision_table(table, key, out)?;
    }
    out.push_str("</decision>\n");
    Some(())
}

fn decision_table(table: &Value, key: &str, out: &mut String) -> Option<()> {
    let hit = table.get("hit").map_or_else(|| "UNIQUE".to_owned(), python::text);
    let aggregation = table.get("aggregation").map(python::text);
    let aggregation = aggregation.map_or_else(String::new, |kind| format!(r#" aggregation="{kind}""#));
    writeln!(out, r#"  <decisionTable id="t_{key}" hitPolicy="{hit}"{aggregation}>"#).ok()?;
    let none = Vec::new();
    let inputs = table.get("inputs").and_then(Value::as_array).unwrap_or(&none);
    for (n, input) in inputs.iter().enumerate() {
        let (expression, kind) = (escape(&python::text(&input[0])), python::text(&input[1]));
        writeln!(
            out,
            r#"    <input id="i_{key}_{n}"><inputExpression id="ie_{key}_{n}" typeRef="{kind}"><text>{expression}</text></inputExpression></input>"#
        )
        .ok()?;
    }
    for (n, output) in table.get("outputs")?.as_array()?.iter().enumerate() {
        let (name, kind) = (escape(&python::text(&output[0])).replace('"', "&quot;"), python::text(&output[1]));
        writeln!(out, r#"    <output id="o_{key}_{n}" name="{name}" typeRef="{kind}"/>"#).ok()?;
    }
    for (n, rule) in table.get("rules")?.as_array()?.iter().enumerate() {
        write!(out, r#"    <rule id="rule_{key}_{n}">"#).ok()?;
        for (m, cell) in rule.as_array()?.iter().enumerate() {
            let tag = if m < inputs.len() { "inputEntry" } else { "outputEntry" };
            let cell = escape(&python::text(cell));
            write!(out, r#"<{tag} id="c_{key}_{n}_{m}"><text>{cell}</text></{tag}>"#).ok()?;
        }
        out.push_str("</rule>\n");
    }
    out.push_str("  </decisionTable>\n");
    Some(())
}
