//! BPMN files in shorthand: `a -> b -> c [condition]` lines become sequence flows, bare root elements are wrapped in definitions.

use std::{fmt::Write as _, sync::LazyLock};

use regex::Regex;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
             id="definitions" targetNamespace="http://oracle/scenarios">
"#;

static FLOW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\s*)(?:(\w+)\s*:\s*)?(\w+(?:\s*->\s*\w+)+)\s*(?:\[(.*)\])?\s*$").expect("a pattern")
});
static PROCESS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<process\b[^>]*").expect("a pattern"));

/// The BPMN file of a shorthand.
pub fn expand(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        match FLOW.captures(line) {
            None => out.push_str(line),
            Some(parts) => {
                let nodes: Vec<&str> = parts[3].split("->").map(str::trim).collect();
                let id = parts.get(2).map(|id| id.as_str()).filter(|_| nodes.len() == 2);
                let condition = parts.get(4).map(|condition| condition.as_str());
                let flows: Vec<_> = nodes.windows(2).map(|pair| flow(&parts[1], id, pair, condition)).collect();
                out.push_str(&flows.join("\n"));
            }
        }
        out.push('\n');
    }
    let text = PROCESS.replace_all(&out, |found: &regex::Captures<'_>| match &found[0] {
        tag if tag.contains("isExecutable") => tag.to_owned(),
        tag => format!(r#"<process isExecutable="true"{}"#, &tag["<process".len()..]),
    });
    if ["<?xml", "<definitions", "<bpmn"].iter().any(|head| text.trim_start().starts_with(head)) {
        return text.into_owned();
    }
    format!("{HEAD}{text}</definitions>\n")
}

fn flow(indent: &str, id: Option<&str>, pair: &[&str], condition: Option<&str>) -> String {
    let (source, target) = (pair[0], pair[1]);
    let id = id.map_or_else(|| format!("flow_{source}_{target}"), str::to_owned);
    let mut out = format!(r#"{indent}<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}""#);
    match condition.filter(|condition| !condition.is_empty()) {
        None => out.push_str("/>"),
        Some(condition) => {
            let _ = write!(
                out,
                r#"><conditionExpression xsi:type="tFormalExpression">{}</conditionExpression></sequenceFlow>"#,
                escape(condition)
            );
        }
    }
    out
}

/// Text as content of an element.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn flows_are_written_out() {
        let text = expand("<process id=\"p\">\n  a -> b -> c [${x < 1}]\n  d: a->c\n</process>\n");
        assert!(text.contains(r#"<process isExecutable="true" id="p">"#), "{text}");
        assert!(text.contains(
            r#"  <sequenceFlow id="flow_b_c" sourceRef="b" targetRef="c"><conditionExpression xsi:type="tFormalExpression">${x &lt; 1}</conditionExpression></sequenceFlow>"#
        ));
        assert!(text.contains(r#"  <sequenceFlow id="d" sourceRef="a" targetRef="c"/>"#));
        assert!(text.ends_with("</definitions>\n"));
    }
}
