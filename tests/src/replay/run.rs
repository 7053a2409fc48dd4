//! One run of one scenario: its steps, one after another.

use std::{collections::HashMap, sync::LazyLock};

use jiff::Timestamp;
use regex::{Captures, Regex};
use serde_json::{Map, Value, json};

use super::{
    Abort,
    compare::sorted,
    mask::{Names, mask, message},
    python,
    scenario::Scenario,
    server::{Answer, Field, Server},
    snapshot::Camera,
    time, typed,
};

/// What a step may do.
const KINDS: [&str; 11] =
    ["rest", "deploy", "start", "complete", "task", "message", "signal", "work", "clock", "jobs", "snapshot"];

type Step = Map<String, Value>;

#[derive(Debug)]
pub(super) struct Run<'a> {
    server: Server,
    scenario: &'a Scenario,
    names: Names,
    now: Timestamp,
    job_definitions: HashMap<String, Value>,
}

impl<'a> Run<'a> {
    pub(super) fn new(server: Server, scenario: &'a Scenario) -> Self {
        Self { server, scenario, names: Names::new(), now: time::start(), job_definitions: HashMap::new() }
    }

    /// Sets the clock to the start.
    pub(super) async fn begin(&mut self) -> Result<(), Abort> {
        self.set_clock(time::start()).await
    }

    pub(super) fn captured(&self, name: &str) -> Option<&str> {
        self.names.get(name).and_then(Value::as_str)
    }

    pub(super) async fn get(&self, path: &str, query: &Value) -> Result<Value, Abort> {
        self.server.get(path, query).await
    }

    /// The trace: what was done and what came of it, for each step.
    pub(super) async fn execute(mut self) -> Result<Vec<Value>, Abort> {
        let mut trace = Vec::new();
        self.begin().await?;
        for (number, step) in self.scenario.steps.iter().enumerate() {
            let result = self.step(step).await;
            let failed = result.is_err();
            let result = result.unwrap_or_else(|abort| json!({"aborted": abort.to_string()}));
            trace.push(json!({"step": number, "do": label(step), "result": result}));
            if failed {
                break;
            }
        }
        Ok(trace)
    }

    pub(super) async fn step(&mut self, step: &Step) -> Result<Value, Abort> {
        let Some(kind) = kind(step) else {
            return Err(Abort::new(format!("unknown step {:?}", step.keys().collect::<Vec<_>>())));
        };
        self.server.log_in(step.get("user").and_then(Value::as_str));
        // resources keep their ${...}
        let value = if kind == "deploy" { step[kind].clone() } else { self.fill(&step[kind])? };
        match kind {
            "rest" => self.rest(&value, step).await,
            "deploy" => self.deploy(&value, step).await,
            "start" => self.start(value, step).await,
            "complete" => self.complete(&value, step).await,
            "task" => self.task(&value).await,
            "message" => self.send("/message", "messageName", value, step).await,
            "signal" => self.send("/signal", "name", value, step).await,
            "work" => self.work(value, step).await,
            "clock" => self.clock(&value).await,
            "jobs" => self.jobs(&value).await,
            _ => self.snapshot(&value).await,
        }
    }

    // ---- texts

    /// Substitutes `${name}` of captured values, and `${now+PT1H}` by a time.
    fn fill(&self, value: &Value) -> Result<Value, Abort> {
        Ok(match value {
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, item)| Ok((self.fill_text(key)?, self.fill(item)?)));
                Value::Object(entries.collect::<Result<_, Abort>>()?)
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?),
            Value::String(text) => {
                let name = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
                match name.and_then(|name| self.names.get(name)) {
                    Some(known) => known.clone(),
                    None => Value::String(self.fill_text(text)?),
                }
            }
            other => other.clone(),
        })
    }

    fn fill_text(&self, text: &str) -> Result<String, Abort> {
        static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{([^}]*)\}").expect("a pattern"));
        static MOMENT: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^now(?:\s*([+-])\s*(P\w+))?$").expect("a pattern"));
        let mut problem = None;
        let filled = PLACE.replace_all(text, |place: &Captures<'_>| {
            let name = &place[1];
            if let Some(known) = self.names.get(name) {
                return python::text(known);
            }
            let Some(moment) = MOMENT.captures(name) else { return place[0].to_owned() };
            let shift = moment.get(2).map_or(Ok(jiff::SignedDuration::ZERO), |shift| time::duration(shift.as_str()));
            let back = moment.get(1).is_some_and(|sign| sign.as_str() == "-");
            match shift {
                Ok(shift) if back => time::text(self.now - shift),
                Ok(shift) => time::text(self.now + shift),
                Err(abort) => {
                    problem = Some(abort);
                    String::new()
                }
            }
        });
        problem.map_or(Ok(filled.into_owned()), Err)
    }

    /// The part of an answer that goes into the trace.
    fn answer(&mut self, (status, content): &Answer, step: &Step) -> Result<Map<String, Value>, Abort> {
        let mut result = Map::from_iter([("status".to_owned(), json!(status))]);
        if *status >= 400 {
            if let Value::Object(error) = content {
                let part = |name: &str| error.get(name).unwrap_or(&Value::Null);
                result.insert("type".to_owned(), part("type").clone());
                result.insert("~message".to_owned(), message(part("message"), &self.names));
                if let Some(missing) = error.get("missingAuthorizations") {
                    result.insert("missing".to_owned(), mask(missing, None, &self.names));
                }
                let show = step.get("show").and_then(Value::as_array);
                if show.is_some_and(|show| show.iter().any(|what| what == "details")) {
                    result.insert("details".to_owned(), mask(part("details"), None, &self.names));
                }
            }
            return Ok(result);
        }
        for (name, path) in step.get("capture").and_then(Value::as_object).into_iter().flatten() {
            let path = path.as_str().unwrap_or_default();
            let found = pick(content, path);
            if found.is_null() {
                return Err(Abort::new(format!("nothing at {path} to capture as {name}")));
            }
            self.names.insert(name.clone(), found);
        }
        if let Some(how) = step.get("show") {
            let keep_order = step.get("order").is_some_and(|order| order == "keep");
            result.insert("body".to_owned(), self.show(content, how, keep_order));
        }
        Ok(result)
    }

    fn show(&self, content: &Value, how: &Value, keep_order: bool) -> Value {
        let fields = |item: &Value| {
            let paths = how.as_array().into_iter().flatten().filter_map(Value::as_str);
            let shown = paths.map(|path| {
                let key = path.rsplit('.').next();
                (path.to_owned(), mask(&pick(item, path), key, &self.names))
            });
            Value::Object(shown.collect())
        };
        let shown = match (how, content) {
            (Value::Bool(true), _) => mask(content, None, &self.names),
            (Value::String(how), _) if how == "body" || how == "all" => mask(content, None, &self.names),
            (Value::String(how), _) if how == "count" => {
                return content.as_array().map_or(Value::Null, |items| json!(items.len()));
            }
            (Value::String(path), _) => mask(&pick(content, path), path.rsplit(['.', ']']).next(), &self.names),
            (_, Value::Array(items)) => Value::Array(items.iter().map(fields).collect()),
            _ => fields(content),
        };
        match shown {
            Value::Array(items) if !keep_order => Value::Array(sorted(items)),
            shown => shown,
        }
    }

    // ---- steps

    async fn post(&mut self, path: &str, body: Value, step: &Step) -> Result<Map<String, Value>, Abort> {
        let answer = self.server.call("POST", path, None, Some(&typed::body(body))).await?;
        self.answer(&answer, step)
    }

    async fn rest(&mut self, value: &Value, step: &Step) -> Result<Value, Abort> {
        let Some((method, path)) = value.as_str().and_then(|value| value.split_once(' ')) else {
            return Err(Abort::new(format!("not a request: {value}")));
        };
        let body = step.get("body").map(|body| self.fill(body)).transpose()?.map(typed::body);
        let query = step.get("query").map(|query| self.fill(query)).transpose()?;
        let answer = self.server.call(method, path, query.as_ref(), body.as_ref()).await?;
        Ok(Value::Object(self.answer(&answer, step)?))
    }

    async fn deploy(&mut self, value: &Value, step: &Step) -> Result<Value, Abort> {
        let names = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let mut form = Map::new();
        let name = step.get("name").cloned().unwrap_or_else(|| self.scenario.name.clone().into());
        form.insert("deployment-name".to_owned(), name);
        form.extend(step.get("form").and_then(Value::as_object).cloned().unwrap_or_default());
        let form: Vec<(String, String)> = form.into_iter().map(|(key, value)| (key, python::text(&value))).collect();
        let mut fields: Vec<_> =
            form.iter().map(|(name, content)| Field { name, file: None, content: content.as_str() }).collect();
        for name in names.iter().filter_map(Value::as_str) {
            let content = self.scenario.resources.get(name);
            let content = content.ok_or_else(|| Abort::new(format!("no resource {name}")))?;
            fields.push(Field { name, file: Some(name), content });
        }
        let answer = self.server.form("/deployment/create", &fields).await?;
        let mut result = self.answer(&answer, step)?;
        for kind in ["deployedProcessDefinitions", "deployedDecisionDefinitions"] {
            if let (200, Some(Value::Object(deployed))) = (answer.0, answer.1.get(kind))
                && !deployed.is_empty()
            {
                let versions = deployed
                    .values()
                    .map(|item| format!("{}:{}", python::text(&item["key"]), python::text(&item["version"])));
                let mut versions: Vec<String> = versions.collect();
                versions.sort();
                result.insert(kind.to_owned(), versions.into());
            }
        }
        Ok(Value::Object(result))
    }

    async fn start(&mut self, value: Value, step: &Step) -> Result<Value, Abort> {
        let mut spec = as_map(value, "key");
        let key = spec.shift_remove("key").map(|key| python::text(&key)).unwrap_or_default();
        let name = spec.shift_remove("as").map_or_else(|| "pi".to_owned(), |name| python::text(&name));
        let path = format!("/process-definition/key/{key}/start");
        let answer = self.server.call("POST", &path, None, Some(&typed::body(Value::Object(spec)))).await?;
        if answer.0 == 200 {
            self.names.insert(name, answer.1["id"].clone());
        }
        Ok(Value::Object(self.answer(&answer, step)?))
    }

    async fn find_tasks(&self, spec: &Map<String, Value>) -> Result<Vec<Value>, Abort> {
        let key = spec.get("task").cloned().unwrap_or_default();
        let mut query = Map::from_iter([("taskDefinitionKey".to_owned(), key.clone())]);
        query.extend(spec.get("where").and_then(Value::as_object).cloned().unwrap_or_default());
        if let Some(instance) = spec.get("in").and_then(Value::as_str) {
            let id = self.names.get(instance).ok_or_else(|| Abort::new(format!("no process instance {instance}")))?;
            query.insert("processInstanceId".to_owned(), id.clone());
        }
        let found = self.server.get("/task", &Value::Object(query)).await?;
        let mut tasks = found.as_array().cloned().unwrap_or_default();
        for (name, wanted) in spec.get("with").and_then(Value::as_object).into_iter().flatten() {
            let mut kept = Vec::new();
            for task in tasks {
                let path = format!("/task/{}/variables/{name}", task["id"].as_str().unwrap_or_default());
                if python::equal(&self.server.get(&path, &Value::Null).await?["value"], wanted) {
                    kept.push(task);
                }
            }
            tasks = kept;
        }
        if tasks.is_empty() {
            return Err(Abort::new(format!("no task {}", python::text(&key))));
        }
        Ok(tasks)
    }

    async fn complete(&mut self, value: &Value, step: &Step) -> Result<Value, Abort> {
        let spec = as_map(value.clone(), "task");
        let is = |name: &str| spec.get(name).is_some_and(|value| !python::is_empty(value));
        let mut tasks = self.find_tasks(&spec).await?;
        if is("any") {
            tasks.truncate(1);
        }
        if tasks.len() > 1 && !is("all") {
            return Err(Abort::new(format!("{} tasks {}", tasks.len(), python::text(&spec["task"]))));
        }
        let mut result = Map::new();
        let variables = spec.get("variables").cloned().unwrap_or_else(|| json!({}));
        for task in &tasks {
            let path = format!("/task/{}/complete", task["id"].as_str().unwrap_or_default());
            result = self.post(&path, json!({"variables": variables}), step).await?;
        }
        if is("all") {
            result.insert("tasks".to_owned(), json!(tasks.len()));
        }
        Ok(Value::Object(result))
    }

    async fn task(&mut self, value: &Value) -> Result<Value, Abort> {
        let spec = as_map(value.clone(), "task");
        let tasks = self.find_tasks(&spec).await?;
        let [task] = &tasks[..] else {
            return Err(Abort::new(format!("{} tasks {}", tasks.len(), python::text(&spec["task"]))));
        };
        let name = spec.get("as").map_or_else(|| "task".to_owned(), python::text);
        self.names.insert(name, task["id"].clone());
        Ok(json!({"found": 1}))
    }

    async fn send(&mut self, path: &str, name: &str, value: Value, step: &Step) -> Result<Value, Abort> {
        Ok(Value::Object(self.post(path, Value::Object(as_map(value, name)), step).await?))
    }

    /// Fetches one external task of a topic and completes it, or reports a failure or a BPMN error.
    async fn work(&mut self, value: Value, step: &Step) -> Result<Value, Abort> {
        let mut spec = as_map(value, "topic");
        let mut take = |name: &str, default: &str| {
            spec.shift_remove(name).map_or_else(|| default.to_owned(), |value| python::text(&value))
        };
        let (topic, action, worker) = (take("topic", ""), take("do", "complete"), take("workerId", "worker"));
        let fetch = json!({"workerId": worker, "maxTasks": 1, "usePriority": true,
            "topics": [{"topicName": topic, "lockDuration": 60000}]});
        let (status, fetched) = self.server.call("POST", "/external-task/fetchAndLock", None, Some(&fetch)).await?;
        let Some(task) = fetched.get(0).filter(|_| status == 200) else {
            return Err(Abort::new(format!("no external task of topic {topic}")));
        };
        self.names.insert("ext".to_owned(), task["id"].clone());
        let mut body = Map::from_iter([("workerId".to_owned(), Value::String(worker))]);
        body.extend(spec);
        let path = format!("/external-task/{}/{action}", task["id"].as_str().unwrap_or_default());
        let mut result = Map::from_iter([("activityId".to_owned(), task["activityId"].clone())]);
        result.extend(self.post(&path, Value::Object(body), step).await?);
        Ok(Value::Object(result))
    }

    async fn set_clock(&mut self, when: Timestamp) -> Result<(), Abort> {
        self.now = when;
        self.server.test("/clock", &json!({"time": time::precise(when)})).await?;
        Ok(())
    }

    async fn clock(&mut self, value: &Value) -> Result<Value, Abort> {
        let text = value.as_str().unwrap_or_default();
        let when = if text.starts_with('P') || text.starts_with("-P") {
            self.now + time::duration(text)?
        } else {
            time::parse(text)?
        };
        self.set_clock(when).await?;
        Ok(json!({"now": format!("T+{}s", python::general(time::since_start(when)))}))
    }

    async fn jobs(&mut self, value: &Value) -> Result<Value, Abort> {
        let body = match value {
            Value::String(text) if text == "once" => json!({"once": true}),
            Value::Object(_) => value.clone(),
            _ => json!({}),
        };
        let answer = self.server.test("/jobs/run", &body).await?;
        let failures = answer["failures"].as_array().into_iter().flatten();
        let failures: Vec<Value> = failures.map(|text| message(text, &self.names)).collect();
        Ok(json!({"executed": answer["executed"], "failed": answer["failed"], "~failures": failures}))
    }

    async fn snapshot(&mut self, value: &Value) -> Result<Value, Abort> {
        let spec = as_map(value.clone(), "of");
        let of = spec.get("of").cloned().unwrap_or_default();
        let names = of.as_array().map_or_else(|| std::slice::from_ref(&of), Vec::as_slice);
        let mut result = Map::new();
        for name in names.iter().filter_map(Value::as_str) {
            let Some(Value::String(instance)) = self.names.get(name) else {
                return Err(Abort::new(format!("no process instance {name}")));
            };
            let mut camera =
                Camera { server: &self.server, names: &self.names, job_definitions: &mut self.job_definitions };
            let mut picture = camera.take(instance).await?;
            if let Some(only) = spec.get("only").and_then(Value::as_array) {
                let only = only.iter().filter_map(Value::as_str);
                let part = |key: &str| (key.to_owned(), picture.get(key).cloned().unwrap_or_default());
                picture = Value::Object(only.map(part).collect());
            }
            for key in spec.get("without").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
                picture.as_object_mut().map(|picture| picture.shift_remove(key));
            }
            result.insert(name.to_owned(), picture);
        }
        Ok(Value::Object(result))
    }
}

/// A map as it is; any other value under the key.
fn as_map(value: Value, key: &str) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        value => Map::from_iter([(key.to_owned(), value)]),
    }
}

fn kind(step: &Step) -> Option<&str> {
    step.keys().map(String::as_str).find(|key| KINDS.contains(key))
}

/// What a step does, in a few words.
fn label(step: &Step) -> String {
    let Some(kind) = kind(step) else { return "unknown step".to_owned() };
    let value = match &step[kind] {
        Value::Object(map) => ["task", "topic", "messageName", "name", "key", "of"]
            .iter()
            .find_map(|name| map.get(*name).filter(|value| !python::is_empty(value)))
            .cloned()
            .unwrap_or_else(|| json!("")),
        value => value.clone(),
    };
    let text = match value {
        Value::String(text) => text,
        value => python::dumps(&value),
    };
    format!("{kind} {text}").trim().to_owned()
}

/// The value at a path: `a.b[0].c`, `[key=text].id`, `[*].id`; null when there is none.
fn pick(value: &Value, path: &str) -> Value {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[[^\]]*\]|[^.\[\]]+").expect("a pattern"));
    let path = path.trim_start_matches('$');
    let mut value = value;
    for token in TOKEN.find_iter(path) {
        if token.as_str() == "[*]" {
            let rest = &path[token.end()..];
            let items = value.as_array().into_iter().flatten();
            return Value::Array(items.map(|item| pick(item, rest)).collect());
        }
        let found = match token.as_str().strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            None => value.get(token.as_str()),
            Some(inner) => match inner.split_once('=') {
                Some((key, wanted)) => {
                    let mut items = value.as_array().into_iter().flatten();
                    items.find(|item| python::text(&pick(item, key)) == wanted)
                }
                None => value.as_array().and_then(|items| {
                    let index: i64 = inner.parse().ok()?;
                    let length = i64::try_from(items.len()).ok()?;
                    items.get(usize::try_from(if index < 0 { length + index } else { index }).ok()?)
                }),
            },
        };
        let Some(found) = found else { return Value::Null };
        value = found;
    }
    value.clone()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::pick;

    #[test]
    fn paths_lead_into_answers() {
        let answer = json!([{"id": 1, "a": {"b": [5, 6]}}, {"id": 2, "ok": true}]);
        assert_eq!(pick(&answer, "[0].a.b[-1]"), json!(6));
        assert_eq!(pick(&answer, "[ok=True].id"), json!(2));
        assert_eq!(pick(&answer, "$[*].id"), json!([1, 2]));
        assert_eq!(pick(&answer, "[7].id"), json!(null));
    }
}
