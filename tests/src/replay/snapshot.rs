//! The canonical picture of a process instance and of those it called.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    Abort,
    compare::sorted,
    mask::{Names, mask, message},
    python,
    server::Server,
    time,
};

/// Takes pictures of instances.
pub(super) struct Camera<'a> {
    pub(super) server: &'a Server,
    pub(super) names: &'a Names,
    /// Job definitions that were asked for already.
    pub(super) job_definitions: &'a mut HashMap<String, Value>,
}

/// Without entries that are nothing, except those of `keep`.
fn compact(value: Value, keep: &[&str]) -> Value {
    match value {
        Value::Object(entries) => {
            let some = |(key, value): &(String, Value)| keep.contains(&key.as_str()) || !python::is_empty(value);
            Value::Object(entries.into_iter().filter(some).collect())
        }
        other => other,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn relative(value: &Value) -> Result<Value, Abort> {
    value.as_str().map_or(Ok(Value::Null), |text| time::relative(text).map(Value::String))
}

/// The first 80 characters.
fn start(value: &Value) -> Value {
    Value::String(text(value).chars().take(80).collect())
}

impl Camera<'_> {
    pub(super) async fn take(&mut self, instance: &str) -> Result<Value, Abort> {
        let history = self.get("/history/process-instance", json!({"processInstanceId": instance})).await?;
        let Some(history) = items(&history).first().cloned() else { return Ok(json!({"state": "UNKNOWN"})) };
        let key = &history["processDefinitionKey"];
        let mut result = Map::new();
        let definition = format!("{}:{}", python::text(key), python::text(&history["processDefinitionVersion"]));
        result.insert("definition".to_owned(), definition.into());
        result.insert("state".to_owned(), history["state"].clone());
        result.insert("businessKey".to_owned(), history["businessKey"].clone());
        result.insert("~deleteReason".to_owned(), message(&history["deleteReason"], self.names));
        let running = self.get("/process-instance", json!({"processInstanceIds": instance})).await?;
        if let Some(running) = items(&running).first() {
            self.running(instance, &python::text(key), running, &mut result).await?;
        }
        let query = json!({"processInstanceId": instance, "sortBy": "occurrence", "sortOrder": "asc"});
        let activities = self.get("/history/activity-instance", query).await?;
        result.insert("history".to_owned(), sorted(items(&activities).iter().map(activity).collect()).into());
        let sequence: Vec<Value> = items(&activities).iter().map(|item| item["activityId"].clone()).collect();
        result.insert("~sequence".to_owned(), sequence.into());
        if items(&running).is_empty() {
            let query = json!({"processInstanceId": instance, "deserializeValues": false});
            let variables = self.get("/history/variable-instance", query).await?;
            let variables = items(&variables).iter().map(|item| {
                compact(json!({"name": item["name"], "type": item["type"], "value": self.value(item)}), &["value"])
            });
            result.insert("variables".to_owned(), sorted(variables.collect()).into());
        }
        let called = self.get("/history/process-instance", json!({"superProcessInstanceId": instance})).await?;
        let mut pictures = Vec::new();
        for item in items(&called) {
            pictures.push(Box::pin(self.take(text(&item["id"]))).await?);
        }
        result.insert("called".to_owned(), sorted(pictures).into());
        Ok(compact(Value::Object(result), &[]))
    }

    async fn running(
        &mut self,
        instance: &str,
        key: &str,
        running: &Value,
        result: &mut Map<String, Value>,
    ) -> Result<(), Abort> {
        let by_instance = json!({"processInstanceId": instance});
        let path = format!("/process-instance/{instance}/activity-instances");
        let (status, root) = self.server.call("GET", &path, None, None).await?;
        let mut scopes = HashMap::new();
        if status == 200 && !root.is_null() {
            result.insert("tree".to_owned(), tree(&root, &mut scopes, key));
        }
        result.insert("suspended".to_owned(), running["suspended"].clone());

        let tasks = self.get("/task", by_instance.clone()).await?;
        let task_keys: HashMap<&str, &Value> =
            items(&tasks).iter().map(|task| (text(&task["id"]), &task["taskDefinitionKey"])).collect();
        let query = json!({"processInstanceIdIn": instance, "deserializeValues": false});
        let variables = self.get("/variable-instance", query).await?;
        let variables = items(&variables).iter().map(|item| self.variable(item, &scopes, &task_keys));
        result.insert("variables".to_owned(), sorted(variables.collect()).into());

        let mut pictures = Vec::new();
        for task in items(&tasks) {
            pictures.push(self.task(task).await?);
        }
        result.insert("tasks".to_owned(), sorted(pictures).into());

        let external = self.get("/external-task", by_instance.clone()).await?;
        let external = items(&external).iter().map(external_task).collect::<Result<_, _>>()?;
        result.insert("externalTasks".to_owned(), sorted(external).into());

        let jobs = self.get("/job", by_instance.clone()).await?;
        let mut pictures = Vec::new();
        for job in items(&jobs) {
            pictures.push(self.job(job).await?);
        }
        result.insert("jobs".to_owned(), sorted(pictures).into());

        let subscriptions = self.get("/event-subscription", by_instance.clone()).await?;
        let subscriptions = items(&subscriptions).iter().map(|item| {
            compact(json!({"type": item["eventType"], "name": item["eventName"], "activity": item["activityId"]}), &[])
        });
        result.insert("subscriptions".to_owned(), sorted(subscriptions.collect()).into());

        let incidents = self.get("/incident", by_instance).await?;
        let incidents = items(&incidents).iter().map(|item| {
            let message = message(&start(&item["incidentMessage"]), self.names);
            let incident = json!({"type": item["incidentType"], "activity": item["activityId"],
                "failedActivity": item["failedActivityId"], "~message": message});
            compact(incident, &[])
        });
        result.insert("incidents".to_owned(), sorted(incidents.collect()).into());
        Ok(())
    }

    async fn get(&self, path: &str, query: Value) -> Result<Value, Abort> {
        self.server.get(path, &query).await
    }

    fn value(&self, item: &Value) -> Value {
        let value = &item["value"];
        if let (Some("Json" | "Object"), Some(text)) = (item["type"].as_str(), value.as_str())
            && let Ok(content) = serde_json::from_str(text)
        {
            return content;
        }
        mask(value, None, self.names)
    }

    fn variable(&self, item: &Value, scopes: &HashMap<String, Value>, tasks: &HashMap<&str, &Value>) -> Value {
        let scope = match item["taskId"].as_str() {
            Some(task) => format!("task {}", tasks.get(task).map_or("None".to_owned(), |key| python::text(key))).into(),
            None => scopes.get(text(&item["activityInstanceId"])).cloned().unwrap_or_else(|| "?".into()),
        };
        json!({"scope": scope, "name": item["name"], "type": item["type"], "value": self.value(item)})
    }

    async fn task(&self, task: &Value) -> Result<Value, Abort> {
        let links = self.get(&format!("/task/{}/identity-links", text(&task["id"])), json!({})).await?;
        let links = items(&links)
            .iter()
            .map(|link| compact(json!({"type": link["type"], "user": link["userId"], "group": link["groupId"]}), &[]));
        let picture = json!({
            "key": task["taskDefinitionKey"], "name": task["name"], "assignee": task["assignee"],
            "owner": task["owner"], "delegation": task["delegationState"], "formKey": task["formKey"],
            "priority": task["priority"], "description": task["description"], "suspended": task["suspended"],
            "due": relative(&task["due"])?, "followUp": relative(&task["followUp"])?,
            "links": sorted(links.collect())});
        Ok(compact(picture, &[]))
    }

    async fn job(&mut self, job: &Value) -> Result<Value, Abort> {
        let definition = match job["jobDefinitionId"].as_str() {
            None => Value::Null,
            Some(id) => match self.job_definitions.get(id) {
                Some(definition) => definition.clone(),
                None => {
                    let definition = self.get(&format!("/job-definition/{id}"), json!({})).await?;
                    self.job_definitions.insert(id.to_owned(), definition.clone());
                    definition
                }
            },
        };
        let picture = json!({
            "activity": definition["activityId"], "type": definition["jobType"], "due": relative(&job["dueDate"])?,
            "retries": job["retries"], "suspended": job["suspended"], "priority": job["priority"],
            "failedActivity": job["failedActivityId"],
            "~exception": message(&start(&job["exceptionMessage"]), self.names)});
        Ok(compact(picture, &["retries"]))
    }
}

fn external_task(item: &Value) -> Result<Value, Abort> {
    let picture = json!({
        "topic": item["topicName"], "activity": item["activityId"], "retries": item["retries"],
        "worker": item["workerId"], "priority": item["priority"], "suspended": item["suspended"],
        "locked": relative(&item["lockExpirationTime"])?, "error": item["errorMessage"]});
    Ok(compact(picture, &["retries"]))
}

/// An activity instance of the history, in a line.
fn activity(item: &Value) -> Value {
    let id = text(&item["activityId"]);
    let id = id.split_once('#').map_or_else(|| id.to_owned(), |(id, _)| format!("{id}#body"));
    let state = if item["canceled"] == true {
        "canceled"
    } else if item["endTime"].is_string() {
        "ended"
    } else {
        "active"
    };
    Value::String(format!("{id} {} {state}", text(&item["activityType"])))
}

/// The activity tree; notes which activity each instance belongs to.
fn tree(node: &Value, scopes: &mut HashMap<String, Value>, root: &str) -> Value {
    let is_root = python::is_empty(&node["parentActivityInstanceId"]);
    let name = if is_root { Value::from(root) } else { node["activityId"].clone() };
    scopes.insert(text(&node["id"]).to_owned(), name.clone());
    let children: Vec<Value> =
        items(&node["childActivityInstances"]).iter().map(|child| tree(child, scopes, root)).collect();
    let mut children = sorted(children);
    let mut waiting = Vec::new();
    for item in items(&node["childTransitionInstances"]) {
        waiting.push(Value::String(format!("{} (transition)", text(&item["activityId"]))));
        scopes.insert(text(&item["id"]).to_owned(), item["activityId"].clone());
    }
    children.extend(sorted(waiting));
    if children.is_empty() { name } else { json!({ text(&name): children }) }
}
