//! `tollgate render`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use drawing::{Mark, Marks, Picture, Tone};
use models::Severity;

use crate::{exit::Exit, sources};

/// Draw a model as SVG.
///
/// Draws the file's own diagram; a model without one is laid out from left to right.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate render order.bpmn --out order.svg
  tollgate render order.bpmn --findings --out order.svg    with what `tollgate check` finds marked
  tollgate render order.bpmn > order.svg")]
pub(crate) struct Render {
    /// The model.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the picture. Without it: to standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Mark the elements that a check finds something about.
    #[arg(long)]
    findings: bool,
}

impl Render {
    pub(crate) fn run(self) -> Result<Exit> {
        let model = analysis::read(sources::source(&self.file)?, &bpmn_parser::ParseOptions::default());
        let Some(definitions) = model.definitions() else {
            match model.diagnostics.iter().find(|found| found.severity == Severity::Error) {
                Some(found) => {
                    bail!(
                        "{} can't be drawn: {}:{}: {}",
                        self.file.display(),
                        found.span.line,
                        found.span.column,
                        found.message
                    )
                }
                None => bail!("{} is no BPMN model: only processes are drawn", self.file.display()),
            }
        };
        let mut marks = Marks::new();
        if self.findings {
            for found in &model.diagnostics {
                let tone = match found.severity {
                    Severity::Error => Tone::Bad,
                    Severity::Warning => Tone::Attention,
                };
                for id in &found.element_ids {
                    let mark = marks.entry(id.clone()).or_insert_with(|| Mark { tone, badge: None, title: None });
                    if tone == Tone::Bad {
                        mark.tone = tone;
                    }
                    let title = mark.title.get_or_insert_with(String::new);
                    if !title.is_empty() {
                        title.push('\n');
                    }
                    title.push_str(&found.message);
                }
            }
        }
        let svg = Picture::of(definitions, &model.source.bytes).svg(&marks);
        match &self.out {
            Some(path) => std::fs::write(path, svg).with_context(|| format!("can't write {}", path.display()))?,
            None => print!("{svg}"),
        }
        Ok(Exit::Done)
    }
}
