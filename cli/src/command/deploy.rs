//! `tollgate deploy`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value as Json;

use crate::{
    client::{Part, Refused, ServerArgs},
    exit::Exit,
    output::{self, Format, text},
    sources, style,
};

/// Deploy files to a server, all together or none.
///
/// Of a folder the models are taken; files that are named are taken whatever they are, such as scripts. What has not changed
/// since the last deployment of the same name is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate deploy order.bpmn
  tollgate deploy src/main/resources --name shop --server https://bpm.example.com
  tollgate deploy order.bpmn scripts/price.groovy --tenant acme")]
pub(crate) struct Deploy {
    /// Files, or folders of models.
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// Name of the deployment. Without it: the name of the first file or folder.
    #[arg(long)]
    name: Option<String>,
    /// Tenant.
    #[arg(long)]
    tenant: Option<String>,
    /// Deploy although nothing has changed.
    #[arg(long)]
    force: bool,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Deploy {
    pub(crate) fn run(self) -> Result<Exit> {
        let files = self.parts()?;
        let first = &self.files[0];
        let name = match &self.name {
            Some(name) => name.clone(),
            None => std::path::absolute(first)?.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let mut fields = vec![("deployment-name", name), ("deployment-source", "tollgate deploy".to_owned())];
        if !self.force {
            fields.push(("enable-duplicate-filtering", "true".to_owned()));
            fields.push(("deploy-changed-only", "true".to_owned()));
        }
        fields.extend(self.tenant.clone().map(|tenant| ("tenant-id", tenant)));
        let answer = match self.server.client()?.deploy(&fields, &files) {
            Ok(answer) => answer,
            Err(error) => {
                if let Some(refused) = error.downcast_ref::<Refused>() {
                    findings(&refused.answer);
                }
                return Err(error.context("nothing was deployed"));
            }
        };
        match self.format {
            Format::Json => output::json(&answer)?,
            Format::Text => report(&answer),
        }
        Ok(Exit::Done)
    }

    fn parts(&self) -> Result<Vec<Part>> {
        let mut parts: Vec<Part> = Vec::new();
        for path in &self.files {
            let (folder, found) = if path.is_dir() {
                (path.as_path(), sources::model_files(std::slice::from_ref(path))?)
            } else {
                (path.parent().unwrap_or(Path::new("")), vec![path.clone()])
            };
            for file in found {
                let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
                let content = std::fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
                if parts.iter().any(|(known, _)| *known == name) {
                    bail!("two files are called {name}: a deployment can hold only one of them");
                }
                parts.push((name, content));
            }
        }
        Ok(parts)
    }
}

/// What was deployed.
fn report(answer: &Json) {
    let mut nothing = true;
    for (property, what) in [
        ("deployedProcessDefinitions", "process"),
        ("deployedDecisionDefinitions", "decision"),
        ("deployedDecisionRequirementsDefinitions", "decision requirements"),
        ("deployedCaseDefinitions", "case"),
    ] {
        for definition in answer[property].as_object().into_iter().flat_map(|map| map.values()) {
            nothing = false;
            let (key, version, file) =
                (text(definition, "key"), text(definition, "version"), text(definition, "resource"));
            println!("{} {what} {} version {version} from {file}", style::good("deployed"), style::strong(key));
        }
    }
    if nothing {
        println!("unchanged: no definition is new");
    }
    println!("deployment {} {}", text(answer, "id"), text(answer, "name"));
}

/// The findings in a refusal, one a line, to standard error.
fn findings(answer: &Json) {
    let Some(details) = answer["details"].as_object() else { return };
    for (file, report) in details {
        for (list, word) in [("errors", "error"), ("warnings", "warning")] {
            for found in report[list].as_array().into_iter().flatten() {
                let (line, column) = (text(found, "line"), text(found, "column"));
                eprintln!("{file}:{line}:{column}: {word}: {}", text(found, "message"));
            }
        }
    }
}
