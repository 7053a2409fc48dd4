//! `corpus-report`: how many expressions, scripts and decisions of a folder of models parse, and why the others do not.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use objects::Values;
use scripting::Language;

use crate::extract::{self, Kind};

pub(crate) struct Options {
    pub(crate) corpus: PathBuf,
    pub(crate) list: bool,
    pub(crate) write: bool,
}

/// What is known about a language.
#[derive(Default)]
struct Row {
    found: usize,
    parsed: usize,
    refused: BTreeMap<String, usize>,
}

const BEGIN: &str = "<!-- corpus-report: begin -->";
const END: &str = "<!-- corpus-report: end -->";

pub(crate) fn report(options: &Options) -> Result<()> {
    let rows = collect(&options.corpus, options.list)?;
    let table = table(&rows);
    println!("{table}");
    if options.write {
        let path = Path::new("docs/languages.md");
        let page =
            fs::read_to_string(path).context("can't read docs/languages.md: run from the root of the project")?;
        let (Some(begin), Some(end)) = (page.find(BEGIN), page.find(END)) else {
            bail!("docs/languages.md has no place for the table: {BEGIN} … {END}");
        };
        let page = format!("{}{BEGIN}\n{table}{}", &page[..begin], &page[end..]);
        fs::write(path, page)?;
    }
    Ok(())
}

/// Parses everything in a folder; `list` prints each refusal.
fn collect(corpus: &Path, list: bool) -> Result<BTreeMap<&'static str, Row>> {
    let mut files = Vec::new();
    models(corpus, &mut files);
    files.sort();
    if files.is_empty() {
        bail!("no models in {}", corpus.display());
    }
    let parser = Parser { scripts: scripting::Engine::new(scripting::Limits::default()) };
    let mut rows: BTreeMap<&'static str, Row> = BTreeMap::new();
    for file in &files {
        let bytes = fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        if !extract::is_for_camunda(&text) {
            continue;
        }
        let mut note = |language, result: Result<(), String>, snippet: &str| {
            let row = rows.entry(language).or_default();
            row.found += 1;
            match result {
                Ok(()) => row.parsed += 1,
                Err(problem) => {
                    if list {
                        let first = snippet.trim().lines().next().unwrap_or_default();
                        println!("{}: {language}: {problem}\n    {first}", file.display());
                    }
                    *row.refused.entry(reason(&problem)).or_default() += 1;
                }
            }
        };
        if file.extension().is_some_and(|extension| extension == "dmn") {
            let parsed = dmn::parse(&bytes).map(|_| ()).map_err(|error| error.message("the file"));
            let refused = parsed.is_err();
            note("DMN files", parsed, "");
            if refused {
                continue;
            }
        }
        for snippet in extract::snippets(&text) {
            let (language, result) = parser.parse(&snippet.kind, &snippet.text);
            note(language, result, &snippet.text);
        }
    }
    Ok(rows)
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

struct Parser {
    scripts: scripting::Engine,
}

impl Parser {
    fn parse(&self, kind: &Kind, text: &str) -> (&'static str, Result<(), String>) {
        match kind {
            Kind::Juel => ("JUEL", juel::Expression::parse(text.trim()).map(|_| ()).map_err(|e| e.to_string())),
            Kind::FeelExpression => (
                "FEEL expressions",
                feel::Expression::parse(text.trim()).map(|_| ()).map_err(|error| error.to_string()),
            ),
            Kind::FeelTests => (
                "FEEL unary tests",
                feel::UnaryTests::parse(text.trim()).map(|_| ()).map_err(|error| error.to_string()),
            ),
            Kind::Script(format) => match Language::from_format(format) {
                Some(Language::JavaScript) => ("JavaScript", self.javascript(text)),
                Some(language) => {
                    let name = match language {
                        Language::Groovy => "Groovy",
                        Language::Juel => "JUEL",
                        Language::Feel => "FEEL expressions",
                        Language::Rhai | Language::JavaScript => "rhai",
                    };
                    (name, self.scripts.compile(language, text).map(|_| ()).map_err(|error| error.to_string()))
                }
                None => ("other languages", Err(format!("scriptFormat `{format}`"))),
            },
        }
    }

    /// JavaScript is first read when it runs: here in a block that is never entered.
    fn javascript(&self, text: &str) -> Result<(), String> {
        let guarded = format!("if (false) {{\n{text}\n}}");
        let script = self.scripts.compile(Language::JavaScript, &guarded).map_err(|error| error.to_string())?;
        script.run(&mut Values::default()).map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The problem without names and places, so that equal reasons are one.
fn reason(problem: &str) -> String {
    let mut lines = problem.trim().lines();
    let mut line = lines.next().unwrap_or_default();
    if line.ends_with("startup failed:") {
        // Groovy says what is wrong in the next line, after the name of the script and the line's number
        line = lines.next().unwrap_or_default().splitn(3, ": ").last().unwrap_or_default();
    }
    if line.starts_with("unable to resolve class") {
        return "unable to resolve class of a library".to_owned();
    }
    if line.starts_with("scriptFormat") {
        return line.to_owned();
    }
    let end = line.find(['\'', '`', '"', '<', '@']).unwrap_or(line.len());
    line[..end].trim_end_matches([' ', ':', '(']).to_owned()
}

fn table(rows: &BTreeMap<&'static str, Row>) -> String {
    let mut out = String::from("| language | found | parse | refused, by reason |\n|---|---:|---:|---|\n");
    for (language, row) in rows {
        let mut reasons: Vec<(&String, &usize)> = row.refused.iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let reasons: Vec<String> =
            reasons.iter().map(|(reason, times)| format!("{times} × {}", reason.replace('|', "\\|"))).collect();
        let _ = writeln!(out, "| {language} | {} | {} | {} |", row.found, row.parsed, reasons.join("<br>"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of reasons in `groovy/tests/corpus-refusals.md` is complete.
    #[test]
    fn groovy_is_refused_for_documented_reasons_only() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let corpus = root.join("../shared/corpus");
        if !corpus.is_dir() {
            println!("no corpus at {}: nothing is checked", corpus.display());
            return;
        }
        let documented =
            fs::read_to_string(root.join("groovy/tests/corpus-refusals.md")).expect("the documented reasons");
        let rows = collect(&corpus, false).expect("a report");
        let groovy = &rows["Groovy"];
        assert!(groovy.found > 600, "only {} scripts were found", groovy.found);
        let unknown: Vec<&String> =
            groovy.refused.keys().filter(|reason| !documented.contains(reason.as_str())).collect();
        assert!(unknown.is_empty(), "refused for reasons that are not documented: {unknown:#?}");
    }
}
