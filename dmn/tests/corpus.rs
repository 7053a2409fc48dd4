//! The DMN files of the corpus against what a real Camunda 7.24 made of them. The corpus lies beside the workspace; without it
//! the test says so and passes.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value as Json, json};
use tollgate_dmn::{Decision, Logic};

/// Share of files whose verdict and facts must agree.
const THRESHOLD: f64 = 0.995;

/// Reads the lines of a CSV file with quoted fields.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => field.push(c),
        }
    }
    rows
}

fn facts(decision: &Decision) -> Json {
    let mut facts = Map::new();
    facts.insert("key".into(), json!(&*decision.key));
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            facts.insert(name.into(), value);
        }
    };
    put("name", decision.name.as_deref().map(|name| json!(name)));
    put("versionTag", decision.version_tag.as_deref().map(|tag| json!(tag)));
    put("historyTimeToLive", decision.history_time_to_live.map(|days| json!(days)));
    put("required", (!decision.required.is_empty()).then(|| json!(decision.required.len())));
    match &decision.logic {
        Logic::Literal(_) => put("isTable", Some(json!(false))),
        Logic::Table(table) => {
            put("isTable", Some(json!(true)));
            put("inputs", Some(json!(table.inputs.len())));
            put("outputs", Some(json!(table.outputs.len())));
            put("rules", Some(json!(table.rules.len())));
            put("hitPolicy", Some(json!(table.hit_policy.name())));
            put("aggregator", table.hit_policy.aggregator().map(|aggregator| json!(aggregator.name())));
        }
    }
    Json::Object(facts)
}

/// Decisions by key, as the order of deployment is not part of the facts.
fn by_key(decisions: &Json) -> BTreeMap<String, Json> {
    let decisions = decisions.as_array().cloned().unwrap_or_default();
    decisions.into_iter().map(|decision| (decision["key"].as_str().unwrap_or_default().to_owned(), decision)).collect()
}

#[test]
fn verdicts_and_facts_are_those_of_camunda() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(expectations) = fs::read_to_string(corpus.join("expectations.csv")) else {
        println!("skipped: there is no corpus at {}", corpus.display());
        return;
    };
    let (mut files, mut agree, mut errors, mut same_text) = (0u32, 0u32, 0u32, 0u32);
    let (mut feel, mut feel_unreadable, mut foreign) = (0u32, 0u32, 0u32);
    let mut differences = Vec::new();
    for row in csv(&expectations) {
        let [file, outcome, _, _, chain, expected] = &row[..] else { continue };
        if Path::new(file).extension().is_none_or(|extension| extension != "dmn") {
            continue;
        }
        let Ok(bytes) = fs::read(corpus.join(file)) else { panic!("{file} is missing") };
        files += 1;
        match (tollgate_dmn::parse(&bytes), outcome.as_str()) {
            (Ok(drd), "ok") => {
                let expected: Json =
                    if expected.is_empty() { Json::Null } else { serde_json::from_str(expected).expect("facts") };
                let found = Json::Array(drd.decisions().iter().map(|decision| facts(decision)).collect());
                let drds = u64::from(drd.is_persistable());
                if by_key(&found) == by_key(&expected["decision"]) && expected["drds"].as_u64().unwrap_or(0) == drds {
                    agree += 1;
                } else {
                    differences.push(format!("{file}: expected {expected}, found {found}"));
                }
                for expression in drd.decisions().iter().flat_map(|decision| decision.expressions()) {
                    match (expression.language, expression.problem) {
                        (Some(_), _) => foreign += 1,
                        (None, problem) => {
                            feel += 1;
                            if let Some(problem) = problem {
                                feel_unreadable += 1;
                                println!("no FEEL in {file}: {problem}");
                            }
                        }
                    }
                }
            }
            (Err(error), "error") => {
                agree += 1;
                errors += 1;
                let mut found = vec![error.message("r.dmn")];
                found.extend(error.causes.iter().map(ToString::to_string));
                // Long messages are cut in the expectations.
                let expected: Vec<&str> = chain.split(" | ").collect();
                if expected.len() == found.len()
                    && expected.iter().zip(&found).all(|(expected, found)| found.starts_with(expected))
                {
                    same_text += 1;
                } else {
                    println!("other text for {file}:\n  expected {chain}\n  found    {}", found.join(" | "));
                }
            }
            (Ok(_), _) => differences.push(format!("{file}: expected {chain}, found no error")),
            (Err(error), _) => differences.push(format!("{file}: expected no error, found {error}")),
        }
    }
    println!("{files} files: {agree} agree; {errors} errors, {same_text} with the same text");
    println!("{feel} FEEL texts: {feel_unreadable} unreadable; {foreign} in other languages");
    assert!(files > 400, "the corpus has DMN files");
    let rate = f64::from(agree) / f64::from(files);
    assert!(rate >= THRESHOLD, "{rate:.4} of the files agree:\n{}", differences.join("\n"));
}
