//! The reference pages of the REST API in docs/rest, made from the lists. `cargo xtask rest-reference` writes them; a test
//! fails when they are stale.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use super::{
    document::{OPERATIONS, SCHEMAS},
    text::{Content, Field, Operation, Type, operations, schemas},
};

/// Set to write the pages.
const WRITE: &str = "WRITE_REST_REFERENCE";

/// The resource of a path: its first segment, of history its second, too.
fn resource(path: &str) -> String {
    let mut segments = path.split('/').skip(1).filter(|segment| !segment.starts_with('{'));
    let first = segments.next().unwrap_or_default();
    match (first, segments.next()) {
        ("history", Some(second)) => format!("history-{second}"),
        _ => first.to_owned(),
    }
}

fn kind(kind: &Type<'_>, names: &BTreeSet<&str>) -> String {
    match kind {
        Type::List(inner) => format!("list of {}", self::kind(inner, names)),
        Type::Map(inner) => format!("object of {}", self::kind(inner, names)),
        Type::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Type::Named(name) if names.contains(name) => format!("[{name}](schemas.md#{})", name.to_lowercase()),
        Type::Named(name) => (*name).to_owned(),
    }
}

fn content(content: &Content<'_>, names: &BTreeSet<&str>) -> String {
    match content {
        Content::Json(of) => kind(of, names),
        Content::Form(name) => format!("form with the parts of {}", kind(&Type::Named(name), names)),
        Content::Media("binary") => "the file".to_owned(),
        Content::Media(name) => format!("`{name}`"),
    }
}

fn fields(fields: &[Field<'_>], names: &BTreeSet<&str>) -> String {
    let mut by_kind: Vec<(String, Vec<String>)> = Vec::new();
    for field in fields {
        let of = kind(&field.kind, names);
        let name = format!("`{}`", field.name);
        match by_kind.iter_mut().find(|(known, _)| *known == of) {
            Some((_, all)) => all.push(name),
            None => by_kind.push((of, vec![name])),
        }
    }
    by_kind.iter().map(|(of, all)| format!("{} ({of})", all.join(" "))).collect::<Vec<_>>().join("; ")
}

fn described(page: &mut String, operation: &Operation<'_>, names: &BTreeSet<&str>) {
    let _ = writeln!(page, "\n### {} {}\n", operation.method, operation.path.replace('{', "\\{"));
    let mut summary = operation.summary.to_owned();
    if !summary.is_empty() {
        summary.push_str(". ");
    }
    let _ = writeln!(page, "{summary}Used by: {}.\n", operation.users);
    if !operation.query.is_empty() {
        let _ = writeln!(page, "- query: {}", fields(&operation.query, names));
    }
    if let Some(body) = &operation.body {
        let _ = writeln!(page, "- body: {}", content(body, names));
    }
    if operation.once {
        page.push_str("- header: `Idempotency-Key`; sent again with the same key it has no second effect\n");
    }
    for answer in &operation.answers {
        let what = answer.content.as_ref().map_or_else(|| "nothing".to_owned(), |what| content(what, names));
        let _ = writeln!(page, "- answer {}: {what}", answer.status);
    }
    if let Some(difference) = operation.difference {
        let _ = writeln!(page, "- differs: {difference}");
    }
}

const NOTE: &str = "<!-- written by `cargo xtask rest-reference` from server/src/openapi: do not edit -->\n";

/// The pages by file name.
fn pages() -> BTreeMap<String, String> {
    let (operations, schemas) = (operations(OPERATIONS), schemas(SCHEMAS));
    let names: BTreeSet<&str> = schemas.iter().map(|(name, _)| *name).collect();
    let mut by_resource: BTreeMap<String, Vec<&Operation<'_>>> = BTreeMap::new();
    for operation in &operations {
        by_resource.entry(resource(operation.path)).or_default().push(operation);
    }
    let mut index = format!(
        "# REST API\n\n{NOTE}\nThe API of Camunda 7.24 below `/engine-rest` and `/engine-rest/engine/default`: {} operations. \
         The same as an OpenAPI document: `/engine-rest/openapi.json` of a running server. What a parameter means is said in \
         Camunda's manual; here stands what is served. What an operation is used by: `clients` (workers, client libraries, the \
         Modeler), `web apps` (what Cockpit, Tasklist and Admin ask for besides), `special` (rarely), `Tollgate` (not in \
         Camunda).\n\nErrors are `{{\"type\", \"message\", \"code\"}}` with Camunda's classes and texts. Of CMMN and Optimize every \
         path answers that it is not supported.\n\n| resource | operations |\n|---|---|\n",
        operations.len()
    );
    let mut pages = BTreeMap::new();
    for (resource, operations) in &by_resource {
        let _ = writeln!(index, "| [{resource}]({resource}.md) | {} |", operations.len());
        let mut page = format!("# {resource}\n\n{NOTE}");
        for operation in operations {
            described(&mut page, operation, &names);
        }
        pages.insert(format!("{resource}.md"), page);
    }
    let _ = writeln!(index, "| [schemas](schemas.md) | |");
    pages.insert("README.md".to_owned(), index);
    let mut page = format!("# Schemas\n\n{NOTE}\nAny property may be null.\n");
    for (name, properties) in &schemas {
        let _ = writeln!(page, "\n### {name}\n\n{}", fields(properties, &names));
    }
    pages.insert("schemas.md".to_owned(), page);
    pages
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/rest")
}

#[test]
fn the_reference_is_up_to_date() {
    let pages = pages();
    assert!(pages.len() > 30, "only {} pages", pages.len());
    if std::env::var_os(WRITE).is_some() {
        let _ = std::fs::remove_dir_all(folder());
        std::fs::create_dir_all(folder()).expect("the folder");
        for (name, text) in &pages {
            std::fs::write(folder().join(name), text).expect("a page");
        }
    }
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(name, text)| std::fs::read_to_string(folder().join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| name)
        .collect();
    let there = std::fs::read_dir(folder()).expect("docs/rest is there").filter_map(Result::ok);
    let more: Vec<_> =
        there.map(|entry| entry.file_name()).filter(|name| !pages.contains_key(&*name.to_string_lossy())).collect();
    assert!(
        stale.is_empty() && more.is_empty(),
        "run `cargo xtask rest-reference`: stale {stale:?}, too many {more:?}"
    );
}

#[test]
fn each_operation_says_who_uses_it() {
    let known = ["clients", "web apps", "special", "Tollgate"];
    let without: Vec<_> = operations(OPERATIONS)
        .iter()
        .filter(|one| !known.contains(&one.users))
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
