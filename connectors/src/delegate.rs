//! A Java delegate behind HTTP: the call as JSON, the answer as JSON.
//!
//! The request is a POST of `{name, kind, event, activityId, activityName, executionId, processInstanceId,
//! processDefinitionId, processDefinitionKey, businessKey, tenantId, taskId, fields, variables}`. The answer is empty, or
//! `{variables, localVariables, removed, bpmnError: {code, message}, result}`. A status of 400 and above is a failure.

use std::time::Duration;

use engine_core::host::{DelegateCall, DelegateOutcome, DelegateReply, DelegateRole};
use serde_json::{Map, Value as Json, json};

use crate::{
    failed,
    http::{Call, Client},
    json::{from_json, to_json},
};

const FAILURE: &str = "java.lang.RuntimeException";

pub(crate) fn call(client: &Client, url: &str, timeout: Option<Duration>, call: &DelegateCall) -> DelegateReply {
    let request = Call {
        url: url.to_owned(),
        method: "POST".to_owned(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Accept".to_owned(), "application/json".to_owned()),
        ],
        payload: Some(body(call).to_string()),
        timeout,
        ..Call::default()
    };
    let response = match client.send(&request, call.trace.as_ref()) {
        Ok(response) => response,
        Err(refusal) => {
            let message = match &refusal.cause {
                Some(cause) => format!("delegate `{}` at {url} did not answer: {cause}", call.name),
                None => refusal.message,
            };
            return failed(FAILURE, message, None);
        }
    };
    let text = response.body.unwrap_or_default();
    if response.status >= 400 {
        let message = format!("delegate `{}` at {url} answered {}: {}", call.name, response.status, text.trim());
        return failed(FAILURE, message, None);
    }
    if text.trim().is_empty() {
        return DelegateReply::default();
    }
    match serde_json::from_str::<Json>(&text) {
        Ok(Json::Object(answer)) => reply(call, &answer),
        _ => {
            let message = format!("delegate `{}` at {url} answered something else than a JSON object", call.name);
            failed(FAILURE, message, None)
        }
    }
}

/// Whether somebody reads the result: methods of beans, and validators.
pub(crate) fn has_result(call: &DelegateCall) -> bool {
    call.role == DelegateRole::FormValidator || call.fields.iter().any(|(name, _)| name == "method")
}

fn body(call: &DelegateCall) -> Json {
    let (kind, event) = match &call.role {
        DelegateRole::ExecutionListener(event) => ("executionListener", Some(*event)),
        DelegateRole::TaskListener(event) => ("taskListener", Some(*event)),
        DelegateRole::VariableMapping { output: false } => ("inputVariableMapping", None),
        DelegateRole::VariableMapping { output: true } => ("outputVariableMapping", None),
        DelegateRole::FormValidator => ("formFieldValidator", None),
        DelegateRole::Service | DelegateRole::Connector | DelegateRole::Mail => ("delegate", None),
    };
    let execution = &call.execution;
    let fields: Map<String, Json> = call.fields.iter().map(|(name, value)| (name.clone(), to_json(value))).collect();
    let variables: Map<String, Json> =
        call.variables.iter().map(|(name, value, _)| (name.to_string(), to_json(value))).collect();
    json!({
        "name": &*call.name,
        "kind": kind,
        "event": event,
        "activityId": execution.activity,
        "activityName": execution.activity_name,
        "executionId": execution.id.to_string(),
        "processInstanceId": execution.process_instance.to_string(),
        "processDefinitionId": execution.definition,
        "processDefinitionKey": execution.definition_key,
        "businessKey": execution.business_key,
        "tenantId": execution.tenant,
        "taskId": call.task.map(|task| task.to_string()),
        "fields": fields,
        "variables": variables,
    })
}

fn reply(call: &DelegateCall, answer: &Map<String, Json>) -> DelegateReply {
    let mut reply = DelegateReply::default();
    for (part, local) in [("variables", false), ("localVariables", true)] {
        if let Some(Json::Object(values)) = answer.get(part) {
            reply.variables.extend(values.iter().map(|(name, value)| (name.clone(), from_json(value), local)));
        }
    }
    if let Some(Json::Array(names)) = answer.get("removed") {
        reply.removed.extend(names.iter().filter_map(Json::as_str).map(str::to_owned));
    }
    if let Some(result) = answer.get("result").filter(|_| has_result(call)) {
        reply.variables.push(("return".to_owned(), from_json(result), true));
    }
    if let Some(error) = answer.get("bpmnError") {
        let text = |name: &str| error.get(name).and_then(Json::as_str).map(str::to_owned);
        reply.outcome = DelegateOutcome::BpmnError { code: text("code").unwrap_or_default(), message: text("message") };
    }
    reply
}
