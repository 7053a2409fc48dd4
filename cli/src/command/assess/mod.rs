//! `tollgate assess`: what it takes to move a shop's models here.

mod html;
mod stubs;
mod svg;

use std::{collections::BTreeMap, path::PathBuf};

use analysis::{Assessment, Effort, Model, NeedKind, Status, Surroundings};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    exit::Exit,
    output::{self, Format, count},
    outside, render, sources, style,
};

/// Say what it takes to move models here from Camunda 7.
///
/// For every model: whether it runs as it is, which Java classes, beans, topics, scripts, connectors, forms, decisions and
/// processes it needs and who serves them, what is refused and the remedy, and how much work it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate assess src/main/resources
  tollgate assess models --html report.html          one page with the diagrams, marked
  tollgate assess models --served 'com.acme.*' --topic '*' --format json
  tollgate assess models --stubs javascript --out workers")]
pub(crate) struct Assess {
    /// Folders of models, or models.
    #[arg(required = true, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// A Java class, delegate expression or bean that a handler serves; `*` stands for anything.
    #[arg(long, value_name = "NAME")]
    served: Vec<String>,
    /// The connectors' file of the server (docs/languages.md): what it maps is served.
    #[arg(long, value_name = "FILE")]
    connectors: Option<PathBuf>,
    /// A topic that a worker serves; `*` stands for anything.
    #[arg(long, value_name = "NAME")]
    topic: Vec<String>,
    /// Write a page for the browser, all in one file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write skeletons of handlers (Rust) or workers for what is missing.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    stubs: Option<stubs::Language>,
    /// Folder for skeletons. What is there is not overwritten.
    #[arg(long, value_name = "DIR", default_value = "stubs")]
    out: PathBuf,
    /// Show models that run as they are too.
    #[arg(long)]
    all: bool,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Assess {
    pub(crate) fn run(self) -> Result<Exit> {
        let options = sources::parse_options();
        let mut models = Vec::new();
        for path in sources::model_files(&self.models)? {
            models.push(analysis::read(sources::source(&path)?, &options));
        }
        let surroundings = Surroundings {
            complete: true,
            handlers: Some(outside::handlers(&self.served, self.connectors.as_deref())?),
            topics: Some(self.topic.clone()),
            ..Surroundings::of(&models)
        };
        let all = assess_all(&models, &surroundings);
        if let Some(file) = &self.html {
            std::fs::write(file, html::page(&models, &all))
                .with_context(|| format!("can't write {}", file.display()))?;
        }
        match self.format {
            Format::Text => self.text(&all),
            Format::Json => output::json(&json!({
                "summary": summary_json(&all),
                "models": all.iter().map(assessment_json).collect::<Vec<_>>(),
            }))?,
        }
        if let Some(language) = self.stubs {
            let files = stubs::write(language, &all);
            if files.is_empty() {
                bail!("there is nothing to write skeletons for");
            }
            std::fs::create_dir_all(&self.out).with_context(|| format!("can't make {}", self.out.display()))?;
            for (name, text) in files {
                let path = self.out.join(name);
                if path.exists() {
                    bail!("{} is there already: choose another folder with --out", path.display());
                }
                std::fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
                if self.format == Format::Text {
                    println!("wrote {}", path.display());
                }
            }
        }
        Ok(Exit::Done)
    }

    fn text(&self, all: &[Assessment]) {
        for one in all.iter().filter(|one| self.all || !one.runs_as_it_is()) {
            let keys: Vec<&str> = one.definitions.iter().map(|(_, key, _)| key.as_str()).collect();
            println!("{}  {}  {}", style::strong(&one.file), style::faint(keys.join(", ")), effort_word(one.effort));
            for found in one.errors() {
                println!("  {} {}:{} {}", style::bad(found.code), found.span.line, found.span.column, found.message);
            }
            for requirement in one.requirements.iter().filter(|need| self.all || need.status == Status::Missing) {
                let status: Box<dyn std::fmt::Display> = match requirement.status {
                    Status::Served => Box::new(style::good("served ")),
                    Status::Check => Box::new(style::attention("check  ")),
                    Status::Missing => Box::new(style::bad("missing")),
                };
                let places: Vec<&str> = requirement.needs.iter().map(|need| need.element.as_str()).collect();
                println!(
                    "  {status} {} {}  {}",
                    requirement.kind.name(),
                    style::strong(crate::values::shorten(&requirement.name)),
                    style::faint(crate::values::shorten(&format!("at {}", places.join(", "))))
                );
                println!("          {}", requirement.remedy);
            }
            println!();
        }
        summary(all);
    }
}

fn assess_all(models: &[Model], surroundings: &Surroundings) -> Vec<Assessment> {
    models.iter().map(|model| analysis::assess(model, surroundings)).collect()
}

fn effort_word(effort: Effort) -> Box<dyn std::fmt::Display> {
    match effort {
        Effort::None => Box::new(style::good("runs as it is")),
        Effort::Small => Box::new(style::attention("small effort")),
        Effort::Medium => Box::new(style::attention("medium effort")),
        Effort::Large => Box::new(style::bad("large effort")),
    }
}

/// How many files of each effort, and how many different things of each kind are missing.
fn figures(all: &[Assessment]) -> ([usize; 4], BTreeMap<NeedKind, usize>) {
    let mut efforts = [0; 4];
    let mut missing: BTreeMap<NeedKind, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for one in all {
        efforts[one.effort as usize] += 1;
        for requirement in one.requirements.iter().filter(|requirement| requirement.status == Status::Missing) {
            missing.entry(requirement.kind).or_default().insert(&requirement.name);
        }
    }
    (efforts, missing.into_iter().map(|(kind, names)| (kind, names.len())).collect())
}

fn summary(all: &[Assessment]) {
    let (efforts, missing) = figures(all);
    println!("{}", style::strong(count(all.len(), "model")));
    println!("  {:>5}  {}", efforts[0], style::good("run as they are"));
    for (number, word) in [(efforts[1], "small effort"), (efforts[2], "medium effort")] {
        println!("  {number:>5}  {}", style::attention(word));
    }
    println!("  {:>5}  {}", efforts[3], style::bad("large effort"));
    let rejected = all.iter().filter(|one| !one.deployable).count();
    if rejected > 0 {
        println!("         of these {rejected} are rejected, as by Camunda 7");
    }
    if !missing.is_empty() {
        println!("{}", style::strong("Missing"));
        for (kind, number) in missing {
            println!("  {number:>5}  {}", plural(kind, number));
        }
    }
}

fn plural(kind: NeedKind, number: usize) -> String {
    let name = kind.name();
    match name.strip_suffix("ss") {
        _ if number == 1 => name.to_owned(),
        Some(stem) => format!("{stem}sses"),
        None => format!("{name}s"),
    }
}

fn summary_json(all: &[Assessment]) -> Json {
    let (efforts, missing) = figures(all);
    let missing: serde_json::Map<String, Json> =
        missing.into_iter().map(|(kind, number)| (kind.name().to_owned(), number.into())).collect();
    json!({
        "models": all.len(),
        "effort": {"none": efforts[0], "small": efforts[1], "medium": efforts[2], "large": efforts[3]},
        "rejected": all.iter().filter(|one| !one.deployable).count(),
        "missing": missing,
    })
}

fn assessment_json(one: &Assessment) -> Json {
    json!({
        "file": one.file,
        "definitions": one.definitions.iter().map(|(kind, key, name)| json!({"kind": kind, "key": key, "name": name})).collect::<Vec<_>>(),
        "deployable": one.deployable,
        "runsAsItIs": one.runs_as_it_is(),
        "effort": one.effort.name(),
        "requirements": one.requirements.iter().map(|requirement| json!({
            "kind": requirement.kind.name(),
            "name": requirement.name,
            "status": requirement.status.name(),
            "remedy": requirement.remedy,
            "places": requirement.needs.iter().map(|need| json!({
                "process": need.process, "element": need.element, "name": need.element_name, "role": need.role,
                "fields": need.fields, "line": need.span.line,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "findings": one.findings.iter().map(|found| render::json(&one.file, found)).collect::<Vec<_>>(),
    })
}
