//! Commands that fit where an instance stands, taken one after another.

use serde_json::{Value, json};

use super::{Random, Shape, invariants, model};
use crate::replay::{Abort, Player, Scenario};

/// What a seed led to.
#[derive(Debug)]
pub struct Run {
    /// The scenario as a file, to be recorded from a real Camunda.
    pub file: String,
    /// Promises that were broken, with the step after which it was seen.
    pub broken: Vec<String>,
    /// Steps that were taken.
    pub steps: usize,
}

/// Makes a model of a seed and drives it for at most so many steps.
///
/// # Errors
///
/// When the server does not answer as a server of its kind must.
pub async fn run(seed: u64, steps: usize, engine: tollgate::Engine, router: axum::Router) -> Result<Run, Abort> {
    let mut random = Random::new(seed);
    let shape = if random.one_in(2) { Shape::Unstructured } else { Shape::Structured };
    let model = model(&mut random, shape);
    let indented: String = model.lines().map(|line| format!("    {line}\n")).collect();
    let mut file = format!("tags: [random]\nresources:\n  p.bpmn: |\n{indented}steps:\n");
    let scenario = Scenario::of("random", [("p.bpmn".to_owned(), model)]);
    let Ok(mut player) = Player::new(router, &scenario).await else {
        // two triggers of one name in a scope, and the like: refused, as it should be
        return Ok(Run { file, broken: Vec::new(), steps: 0 });
    };
    let mut taken = 0;
    let mut broken = Vec::new();
    let mut step = json!({"start": {"key": "p", "variables": {"v0": 0, "v1": 0, "v2": 0}}, "status": "any"});
    loop {
        if player.step(&step).await.is_err() {
            // a worker's task that is still locked by an attempt that failed
            break;
        }
        // a snapshot after each step shows where the two engines part
        file += &format!("  - {step}\n  - {{\"snapshot\": \"pi\"}}\n");
        taken += 1;
        let found = invariants::broken(&engine);
        broken.extend(found.into_iter().map(|what| format!("after step {taken} ({step}): {what}")));
        if taken >= steps || !broken.is_empty() {
            break;
        }
        match next(&mut random, &player).await? {
            Some(next) => step = next,
            None => break,
        }
    }
    Ok(Run { file, broken, steps: taken })
}

/// A command that fits, if the instance still runs.
async fn next(random: &mut Random, player: &Player<'_>) -> Result<Option<Value>, Abort> {
    let Some(instance) = player.captured("pi") else { return Ok(None) };
    let list = async |path: &str, key: &str| -> Result<Vec<Value>, Abort> {
        let found = player.get(path, &json!({ key: instance })).await?;
        Ok(found.as_array().cloned().unwrap_or_default())
    };
    if list("/process-instance", "processInstanceIds").await?.is_empty() {
        return Ok(None);
    }
    let mut fitting = Vec::new();
    let tasks = list("/task", "processInstanceId").await?;
    let variables = json!({ format!("v{}", random.below(3)): random.below(4) });
    for task in &tasks {
        let key = &task["taskDefinitionKey"];
        let alike = tasks.iter().filter(|other| other["taskDefinitionKey"] == *key).count();
        // which of several alike comes first is nobody's promise
        let mut complete = json!({"task": key, "in": "pi"});
        if alike > 1 {
            complete["all"] = json!(true);
        } else if random.one_in(2) {
            complete["variables"] = variables.clone();
        }
        fitting.push(json!({"complete": complete, "status": "any"}));
    }
    let subscriptions = list("/event-subscription", "processInstanceId").await?;
    for subscription in &subscriptions {
        let name = &subscription["eventName"];
        if subscriptions.iter().filter(|other| other["eventName"] == *name).count() > 1 {
            continue;
        }
        match subscription["eventType"].as_str() {
            Some("message") => {
                fitting.push(json!({"message": {"messageName": name, "processInstanceId": "${pi}"}, "status": "any"}))
            }
            Some("signal") => fitting.push(json!({"signal": {"name": name}, "status": "any"})),
            _ => {}
        }
    }
    let external = list("/external-task", "processInstanceId").await?;
    for task in &external {
        let topic = &task["topicName"];
        if external.iter().filter(|other| other["topicName"] == *topic).count() == 1 {
            let step = if random.one_in(4) {
                json!({"work": {"topic": topic, "do": "bpmnError", "errorCode": format!("E{}", random.below(3))}, "status": "any"})
            } else {
                json!({"work": {"topic": topic}, "status": "any"})
            };
            fitting.push(step);
        }
    }
    if !list("/job", "processInstanceId").await?.is_empty() {
        fitting.push(json!({"jobs": "once"}));
        fitting.push(json!({"clock": "PT1H1S"}));
    }
    fitting.push(json!({"rest": format!("PUT /process-instance/${{pi}}/variables/v{}", random.below(3)),
        "body": {"value": random.below(4), "type": "Integer"}, "status": "any"}));
    Ok(Some(random.pick(&fitting).clone()))
}
