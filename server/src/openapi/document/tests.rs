//! The lists say what is served, and all that is served.

use std::collections::{BTreeMap, BTreeSet};

use super::{OPERATIONS, SCHEMAS, document};
use crate::{
    criteria::names,
    openapi::text::{Content, Operation, Type, operations, schemas},
    resource,
};

fn shape(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn what_is_described_is_served_and_what_is_served_is_described() {
    let table = resource::routes().build();
    let served: BTreeSet<(String, String)> =
        table.operations().iter().map(|(method, path)| (shape(path), method.to_string())).collect();
    let described: BTreeSet<(String, String)> =
        operations(OPERATIONS).iter().map(|operation| (shape(operation.path), operation.method.to_owned())).collect();
    let missing: Vec<_> = described.difference(&served).collect();
    let more: Vec<_> = served.difference(&described).collect();
    assert!(missing.is_empty(), "described, not served: {missing:#?}");
    assert!(more.is_empty(), "served, not described: {more:#?}");
    assert!(described.len() > 400, "only {} operations", described.len());
}

/// Query parameters that say which rows, not what they must meet.
const PAGING: [&str; 4] = ["sortBy", "sortOrder", "firstResult", "maxResults"];

#[test]
fn each_criterion_of_the_api_is_known() {
    let operations = operations(OPERATIONS);
    let by_path: BTreeMap<(&str, &str), &Operation<'_>> =
        operations.iter().map(|operation| ((operation.method, operation.path), operation)).collect();
    let mut wrong = Vec::new();
    for (path, known) in names() {
        let known: BTreeSet<&str> = known.into_iter().collect();
        for path in [path.to_owned(), format!("{path}/count")] {
            let Some(operation) = by_path.get(&("GET", path.as_str())) else {
                wrong.push(format!("no GET {path}"));
                continue;
            };
            let described: BTreeSet<&str> =
                operation.query.iter().map(|field| field.name).filter(|name| !PAGING.contains(name)).collect();
            // these choose what is shown, or are read by the handler itself
            let shown = |name: &&str| {
                ["with", "deserialize", "include", "disable", "itemCount"].iter().any(|word| name.starts_with(word))
            };
            wrong.extend(
                described
                    .iter()
                    .filter(|name| !known.contains(*name) && !shown(name))
                    .map(|name| format!("GET {path}: `{name}` is not read")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_other_parameter_is_read_somewhere() {
    let sources = sources();
    let criteria: BTreeSet<&str> = names().into_iter().flat_map(|(_, names)| names).collect();
    let unread: BTreeSet<String> = operations(OPERATIONS)
        .iter()
        .flat_map(|operation| operation.query.iter().map(move |field| (operation.path, field.name)))
        .filter(|(_, name)| !criteria.contains(name) && !sources.contains(&format!("\"{name}\"")))
        .map(|(path, name)| format!("{path} {name}"))
        .collect();
    assert!(unread.is_empty(), "{unread:#?}");
}

/// The sources of the handlers.
fn sources() -> String {
    let mut text = String::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn schemas_that_are_named_exist() {
    const PLAIN: [&str; 9] = ["string", "date", "binary", "boolean", "integer", "long", "number", "object", "any"];
    let schemas = schemas(SCHEMAS);
    let known: BTreeSet<&str> = schemas.iter().map(|(name, _)| *name).chain(PLAIN).collect();
    fn named<'a>(kind: &Type<'a>, into: &mut BTreeSet<&'a str>) {
        match kind {
            Type::Named(name) => drop(into.insert(name)),
            Type::List(inner) | Type::Map(inner) => named(inner, into),
            Type::OneOf(_) => {}
        }
    }
    let mut used = BTreeSet::new();
    for (_, fields) in &schemas {
        fields.iter().for_each(|field| named(&field.kind, &mut used));
    }
    let operations = operations(OPERATIONS);
    for operation in &operations {
        operation.query.iter().for_each(|field| named(&field.kind, &mut used));
        let answers = operation.answers.iter().filter_map(|answer| answer.content.as_ref());
        for content in answers.chain(&operation.body) {
            match content {
                Content::Json(kind) => named(kind, &mut used),
                Content::Form(name) => drop(used.insert(name)),
                Content::Media(_) => {}
            }
        }
    }
    let unknown: Vec<_> = used.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn operations_have_ids_of_their_own() {
    let document = document();
    let mut seen = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(id.to_owned()), "{method} {path}: `{id}` twice");
            assert!(!operation["responses"].as_object().unwrap().is_empty(), "{method} {path}");
        }
    }
}
