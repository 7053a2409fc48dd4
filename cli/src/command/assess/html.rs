//! The report as one page: no other file, no script from elsewhere.

use std::{collections::HashMap, fmt::Write};

use analysis::{Assessment, Effort, Model, Status};
use models::Severity;

use super::{figures, plural, svg};

/// Text in a page.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "
:root { color-scheme: light dark; --fg: #1c2430; --bg: #fff; --soft: #667; --line: #c8ccd4; --good: #1a7f37; --warn: #9a6700; --bad: #c62828;
  --box: #f5f7fa; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e8ec; --bg: #14181f; --soft: #9aa3b0; --line: #3c4452; --good: #57c272;
  --warn: #e0b04a; --bad: #ff7b72; --box: #1c222c; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } code { font-size: .92em; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }
.figures li { background: var(--box); border-radius: 8px; padding: .6rem 1.1rem; } .figures b { display: block; font-size: 1.5rem; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } summary .keys { color: var(--soft); }
.none { color: var(--good); } .small, .medium { color: var(--warn); } .large { color: var(--bad); } .effort { float: right; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; } th, td { text-align: left; padding: .25rem .6rem; vertical-align: top;
  border-top: 1px solid var(--line); } th { color: var(--soft); font-weight: 500; border: 0; }
td.served { color: var(--good); } td.check { color: var(--warn); } td.missing, td.error { color: var(--bad); } td.warning { color: var(--warn); }
.diagram { overflow-x: auto; } svg { width: 100%; min-width: 30rem; font: 10px system-ui, sans-serif; }
svg text { text-anchor: middle; fill: var(--fg); stroke: none; } svg .sign { font-size: 20px; }
svg rect, svg circle, svg polygon { fill: var(--bg); stroke: var(--fg); } svg .pool, svg .scope { fill: none; stroke: var(--soft); }
svg .flow { fill: none; stroke: var(--soft); } svg .end { stroke-width: 3; }
svg .check { fill: color-mix(in srgb, var(--warn) 15%, var(--bg)); stroke: var(--warn); stroke-width: 2; }
svg .missing { fill: color-mix(in srgb, var(--bad) 12%, var(--bg)); stroke: var(--bad); stroke-width: 2; }
svg .error { fill: color-mix(in srgb, var(--bad) 35%, var(--bg)); stroke: var(--bad); stroke-width: 3; }
svg .flow.missing, svg .flow.error, svg .flow.check { fill: none; }
";

/// The whole page.
pub(super) fn page(models: &[Model], all: &[Assessment]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Assessment of models</title><style>{STYLE}</style></head><body><h1>What it takes to move these models</h1>"
    );
    let (efforts, missing) = figures(all);
    // writing to a string cannot fail
    let _ = write!(page, "<ul class=\"figures\"><li><b>{}</b>models</li>", all.len());
    for (number, class, text) in [
        (efforts[0], "none", "run as they are"),
        (efforts[1], "small", "small effort"),
        (efforts[2], "medium", "medium effort"),
        (efforts[3], "large", "large effort"),
    ] {
        let _ = write!(page, "<li class=\"{class}\"><b>{number}</b>{text}</li>");
    }
    page.push_str("</ul>");
    if !missing.is_empty() {
        let texts: Vec<String> =
            missing.iter().map(|(kind, number)| format!("{number} {}", plural(*kind, *number))).collect();
        let _ = write!(page, "<p>Missing: {}.</p>", texts.join(", "));
    }
    for (model, one) in models.iter().zip(all) {
        section(&mut page, model, one);
    }
    page.push_str("</body></html>\n");
    page
}

fn section(page: &mut String, model: &Model, one: &Assessment) {
    let names: Vec<String> = one
        .definitions
        .iter()
        .map(|(_, key, name)| escape(name.as_deref().filter(|name| !name.is_empty()).unwrap_or(key)))
        .collect();
    let effort = match one.effort {
        Effort::None => "runs as it is",
        Effort::Small => "small effort",
        Effort::Medium => "medium effort",
        Effort::Large if !one.deployable => "rejected",
        Effort::Large => "large effort",
    };
    let _ = write!(
        page,
        "<details><summary><span class=\"effort {}\">{effort}</span><b>{}</b> <span class=\"keys\">{}</span></summary>",
        one.effort.name(),
        escape(&one.file),
        names.join(", ")
    );
    if !one.requirements.is_empty() {
        page.push_str("<table><tr><th>needs</th><th>name</th><th>at</th><th></th><th>who, or what to do</th></tr>");
        for requirement in &one.requirements {
            let places: Vec<String> = requirement
                .needs
                .iter()
                .map(|need| {
                    escape(need.element_name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&need.element))
                })
                .collect();
            let status = requirement.status.name();
            let _ = write!(
                page,
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td><td class=\"{status}\">{status}</td><td>{}</td></tr>",
                requirement.kind.name(),
                escape(&requirement.name),
                places.join(", "),
                escape(&requirement.remedy)
            );
        }
        page.push_str("</table>");
    }
    if !one.findings.is_empty() {
        page.push_str("<table><tr><th>line</th><th></th><th>finding</th><th>what to do</th></tr>");
        for found in &one.findings {
            let class = if found.severity == Severity::Error { "error" } else { "warning" };
            let _ = write!(
                page,
                "<tr><td>{}</td><td class=\"{class}\">{}</td><td>{}</td><td>{}</td></tr>",
                found.span.line,
                found.code,
                escape(&found.message),
                escape(&found.help)
            );
        }
        page.push_str("</table>");
    }
    if let Some(svg) = svg::draw(model, &marks(one)) {
        let _ = write!(page, "<div class=\"diagram\">{svg}</div>");
    }
    page.push_str("</details>");
}

/// The worst that is said about each element.
fn marks(one: &Assessment) -> HashMap<&str, svg::Mark> {
    let mut marks = HashMap::new();
    let mut mark = |id, mark: svg::Mark| {
        let known = marks.entry(id).or_insert(mark);
        *known = (*known).max(mark);
    };
    for requirement in &one.requirements {
        for need in &requirement.needs {
            match requirement.status {
                Status::Served => {}
                Status::Check => mark(need.element.as_str(), svg::Mark::Check),
                Status::Missing => mark(need.element.as_str(), svg::Mark::Missing),
            }
        }
    }
    for found in &one.findings {
        let worst = if found.severity == Severity::Error { svg::Mark::Error } else { svg::Mark::Check };
        for id in &found.element_ids {
            mark(id.as_str(), worst);
        }
    }
    marks
}
