//! Parses every Groovy script of the corpus beside the workspace, and holds the refusals against the documented ones.
//!
//! Scripts are script tasks, listeners, conditions, input and output mappings and decision cells whose format is `groovy`.
//! Set `GROOVY_CORPUS_LIST=1` to print each refusal.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use tollgate_groovy::Script;

/// An element that may hold a script.
struct Open {
    /// Its own script format, or that of the element around it.
    groovy: bool,
    /// It holds the text itself: everything but tasks and cells, whose text is in a child.
    holds_text: bool,
    text: String,
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn is_groovy(start: &BytesStart<'_>) -> bool {
    start.attributes().flatten().any(|attribute| {
        matches!(local(attribute.key.as_ref()), "scriptFormat" | "language" | "expressionLanguage")
            && attribute.value.eq_ignore_ascii_case("groovy")
    })
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char);
    }
    Some(match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The Groovy sources of a model.
fn scripts(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut open: Vec<Open> = Vec::new();
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                let name = start.name();
                let name = local(name.as_ref());
                let own = is_groovy(&start);
                let is_parent = matches!(
                    name,
                    "scriptTask"
                        | "inputEntry"
                        | "outputEntry"
                        | "inputExpression"
                        | "literalExpression"
                        | "defaultOutputEntry"
                        | "definitions"
                );
                let parent = open.last().is_some_and(|parent| parent.groovy && !parent.holds_text);
                let inherits = parent && matches!(name, "script" | "text");
                open.push(Open {
                    groovy: (own && name != "definitions") || inherits,
                    holds_text: !is_parent,
                    text: String::new(),
                });
            }
            Event::Text(text) => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(open) = open.last_mut() {
                    open.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let (Some(open), Some(char)) = (open.last_mut(), resolve(&reference)) {
                    open.text.push(char);
                }
            }
            Event::End(_) => {
                if let Some(open) = open.pop()
                    && open.groovy
                    && open.holds_text
                    && !open.text.trim().is_empty()
                {
                    found.push(open.text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

fn models(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            models(&path, into);
        } else if path.extension().is_some_and(|ext| matches!(ext.to_str(), Some("bpmn" | "xml" | "dmn" | "bpmn2"))) {
            into.push(path);
        }
    }
}

/// The refusal without names and places, so that equal reasons are one.
fn reason(message: &str) -> String {
    match message.strip_prefix("unable to resolve class ") {
        Some(class) if class.contains("onap") || !class.contains('.') => {
            "unable to resolve class of a library".to_owned()
        }
        Some(class) => format!("unable to resolve class {class}"),
        None => message.to_owned(),
    }
}

#[test]
fn corpus_scripts_parse_but_for_documented_reasons() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        println!("no corpus at {}: nothing is checked", corpus.display());
        return;
    }
    let documented = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus-refusals.md"))
        .expect("the documented refusals are readable");
    let mut paths = Vec::new();
    models(&corpus, &mut paths);
    paths.sort();
    let list = std::env::var_os("GROOVY_CORPUS_LIST").is_some();
    let (mut count, mut parsed) = (0, 0);
    let mut refusals: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        let Ok(bytes) = fs::read(&path) else { continue };
        for source in scripts(&String::from_utf8_lossy(&bytes)) {
            count += 1;
            match Script::parse(&source) {
                Ok(_) => parsed += 1,
                Err(error) => {
                    if list {
                        println!("{}\n  {error}\n  {}", path.display(), source.trim().lines().next().unwrap_or(""));
                    }
                    *refusals.entry(reason(&error.message)).or_default() += 1;
                }
            }
        }
    }
    println!("{parsed} of {count} scripts parse");
    for (reason, times) in &refusals {
        println!("{times:5} {reason}");
    }
    assert!(count > 600, "only {count} scripts were found");
    let unknown: Vec<&String> = refusals.keys().filter(|reason| !documented.contains(reason.as_str())).collect();
    assert!(unknown.is_empty(), "refused for reasons that are not documented: {unknown:#?}");
}
