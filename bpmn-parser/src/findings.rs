//! Holds the findings of small models against those of a real Camunda 7.24 (`tests/findings`).

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use models::{Diagnostic, Severity};

use crate::{ParseOptions, ScriptFinding, camunda_message, parse, rules};

/// Put around models without `definitions`; one line.
const HEAD: &str = concat!(
    r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" "#,
    r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" "#,
    r#"xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" "#,
    r#"xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="t">"#
);

/// Files whose models stand alone.
const WHOLE_FILES: [&str; 1] = ["xml.md"];

/// Rules that no recorded model can show: the time to live and the check of scripts are options.
const NOT_RECORDED: [&str; 4] = ["E0307", "E0590", "W0901", "W0990"];

struct Case {
    file: String,
    title: String,
    model: String,
    expected: Vec<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("recorded findings").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().flat_map(|path| read_cases(path)).collect()
}

fn read_cases(path: &Path) -> Vec<Case> {
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("a text");
    let fenced = |section: &str, language: &str| {
        let start = format!("```{language}\n");
        let (_, rest) = section.split_once(&start).expect("a block");
        rest.split_once("\n```").map_or_else(String::new, |(inside, _)| inside.to_owned())
    };
    text.split("\n## ")
        .skip(1)
        .map(|section| {
            let body = fenced(section, "xml");
            let stands_alone = WHOLE_FILES.contains(&file.as_str())
                || section.contains("\n```xml\n<x ")
                || body.starts_with("<definitions");
            Case {
                file: file.clone(),
                title: section.lines().next().unwrap_or_default().to_owned(),
                model: if stands_alone { body } else { format!("{HEAD}\n{body}\n</definitions>\n") },
                expected: fenced(section, "text").lines().map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// Findings as they are recorded: errors, then warnings.
fn found(diagnostics: &[Diagnostic]) -> Vec<String> {
    let message = camunda_message("r.bpmn", diagnostics);
    if !message.is_empty() && !message.starts_with("ENGINE-09005") {
        return vec![format!("exception {}", message.replace('\n', "\\n"))];
    }
    let mut lines = Vec::new();
    for (severity, word) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        for found in diagnostics.iter().filter(|found| found.severity == severity && !rules::is_own(found.code)) {
            let mut line = format!("{word} {}:{} ", found.reported_at.line, found.reported_at.column);
            let main = found.main_element_id.as_deref().unwrap_or("-");
            let _ = write!(line, "{main} [{}] {}", found.element_ids.join(", "), found.message.replace('\n', "\\n"));
            lines.push(line);
        }
    }
    lines
}

#[test]
fn findings_are_those_of_camunda() {
    let mut codes = BTreeSet::new();
    let mut differences = String::new();
    for case in cases() {
        let parsed = parse(case.model.as_bytes(), "r.bpmn", &ParseOptions::default());
        codes.extend(parsed.diagnostics.iter().map(|found| found.code));
        let found = found(&parsed.diagnostics);
        if found != case.expected {
            let _ = writeln!(
                differences,
                "{} {}\n  camunda:\n    {}\n  ours:\n    {}",
                case.file,
                case.title,
                case.expected.join("\n    "),
                found.join("\n    ")
            );
        }
    }
    assert!(differences.is_empty(), "{differences}");
    let missing: Vec<_> = rules::codes().filter(|code| !codes.contains(code) && !NOT_RECORDED.contains(code)).collect();
    assert!(missing.is_empty(), "no recorded model shows {missing:?}");
}

#[test]
fn a_missing_time_to_live_is_advice_or_an_error() {
    let model =
        format!("{HEAD}\n<process id=\"p\" isExecutable=\"true\"><startEvent id=\"s\"/></process></definitions>");
    let advised = parse(model.as_bytes(), "r.bpmn", &ParseOptions::default());
    assert!(advised.is_deployable());
    assert_eq!(advised.diagnostics[0].code, "W0901");
    let options = ParseOptions { enforce_history_time_to_live: true, ..ParseOptions::default() };
    let enforced = parse(model.as_bytes(), "r.bpmn", &options);
    assert!(enforced.diagnostics[0].message.starts_with("ENGINE-12018 History Time To Live (TTL) cannot be null."));
    let defaulted = ParseOptions { history_time_to_live: Some("P5D".to_owned()), ..options };
    let parsed = parse(model.as_bytes(), "r.bpmn", &defaulted);
    assert_eq!(parsed.definitions.expect("deployable").processes[0].history_time_to_live, Some(5));
}

#[test]
fn scripts_that_are_checked_refuse_the_file_or_are_advised_on() {
    fn check(format: &str, _: Option<&str>) -> Option<ScriptFinding> {
        match format {
            "ruby" => Some(ScriptFinding::Refused("Ruby is never run".to_owned())),
            "broken" => Some(ScriptFinding::Broken("it does not compile".to_owned())),
            _ => None,
        }
    }
    let options = ParseOptions { script_check: Some(check), ..ParseOptions::default() };
    for (format, deployable, code) in [("ruby", false, "E0590"), ("broken", true, "W0990")] {
        let model = format!(
            r#"{HEAD}<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/><scriptTask
            id="t" scriptFormat="{format}"><script>x</script></scriptTask></process></definitions>"#
        );
        let parsed = parse(model.as_bytes(), "r.bpmn", &options);
        assert_eq!(parsed.is_deployable(), deployable, "{:?}", parsed.diagnostics);
        assert!(parsed.diagnostics.iter().any(|found| found.code == code && !found.help.is_empty()));
    }
}

#[test]
fn forks_are_read_as_camunda_unless_refused() {
    let model = HEAD.replace("http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn")
        + r#"<process id="p" isExecutable="true"><startEvent id="s"/><serviceTask id="t" camunda:expression="${a}"/></process></definitions>"#;
    assert!(parse(model.as_bytes(), "r.bpmn", &ParseOptions::default()).is_deployable());
    let options = ParseOptions { accept_forks: false, ..ParseOptions::default() };
    assert!(!parse(model.as_bytes(), "r.bpmn", &options).is_deployable());
}

#[test]
fn the_deepest_file_allowed_fits_on_an_ordinary_stack() {
    let depth = ParseOptions::default().limits.max_depth;
    let open: String = (2..depth).map(|at| format!("<subProcess id=\"a{at}\"><startEvent id=\"s{at}\"/>")).collect();
    let close = "</subProcess>".repeat(depth - 2);
    let model = format!(
        "{HEAD}<process id=\"p\" isExecutable=\"true\"><startEvent id=\"s\"/>{}{close}</process></definitions>",
        open.trim_end_matches(&format!("<startEvent id=\"s{}\"/>", depth - 1))
    );
    let parsed = parse(model.as_bytes(), "r.bpmn", &ParseOptions::default());
    assert_eq!(found(&parsed.diagnostics).len(), 1, "the innermost subprocess lacks a start event");
}
