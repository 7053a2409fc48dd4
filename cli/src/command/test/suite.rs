//! The files of process tests: `*.test.yaml` beside the models. docs/guide describes them for people.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use serde::Deserialize;
use serde_json::Value as Json;

/// Variables by name: plain values, or `{value: …, type: …}` as in the REST API.
pub(super) type Variables = serde_json::Map<String, Json>;

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suite {
    /// Models to deploy, relative to the file. Without them: all models of the folder.
    #[serde(default)]
    pub(super) models: Vec<PathBuf>,
    /// Time at the start of each scenario.
    #[serde(default = "default_clock")]
    pub(super) clock: String,
    /// What stands in for handlers: Java classes, delegate expressions, beans, by name.
    #[serde(default)]
    pub(super) handlers: BTreeMap<String, Mock>,
    /// What stands in for workers, by topic. A topic without one waits for a `work` step.
    #[serde(default)]
    pub(super) workers: BTreeMap<String, Mock>,
    /// The scenarios.
    pub(super) scenarios: Vec<Scenario>,
}

fn default_clock() -> String {
    "2030-01-01T00:00:00Z".to_owned()
}

/// What a mock does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mock {
    /// Variables that it sets.
    #[serde(default)]
    pub(super) set: Variables,
    /// A BPMN error that it throws.
    pub(super) bpmn_error: Option<String>,
    /// A failure that it reports.
    pub(super) fail: Option<String>,
}

/// A scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) name: String,
    /// Mocks of this scenario, in front of those of the file.
    #[serde(default)]
    pub(super) handlers: BTreeMap<String, Mock>,
    #[serde(default)]
    pub(super) workers: BTreeMap<String, Mock>,
    pub(super) steps: Vec<Step>,
}

/// A step: one thing that is done or expected.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Step {
    /// Starts the instance that the scenario is about.
    Start(Start),
    /// Completes a user task.
    Complete(Complete),
    /// Completes an external task, or reports an error of it.
    Work(Work),
    /// Correlates a message.
    Message(Message),
    /// Broadcasts a signal.
    Signal(Signal),
    /// Sets variables of the instance.
    Set(Variables),
    /// Lets time pass: an ISO 8601 duration, or a time. Timers run when they are due.
    Advance(String),
    /// Says what must be so.
    Expect(Box<Expect>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    /// Key of the process; not needed when the models have only one.
    pub(super) process: Option<String>,
    pub(super) business_key: Option<String>,
    #[serde(default)]
    pub(super) variables: Variables,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Complete {
    /// Id of the user task in the model.
    pub(super) task: String,
    #[serde(default)]
    pub(super) variables: Variables,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Work {
    pub(super) topic: String,
    #[serde(default)]
    pub(super) variables: Variables,
    /// Throws a BPMN error instead.
    pub(super) bpmn_error: Option<String>,
    /// Reports a failure instead.
    pub(super) fail: Option<String>,
    /// Retries that are left after the failure.
    #[serde(default)]
    pub(super) retries: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) business_key: Option<String>,
    #[serde(default)]
    pub(super) keys: Variables,
    #[serde(default)]
    pub(super) variables: Variables,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signal {
    pub(super) name: String,
    #[serde(default)]
    pub(super) variables: Variables,
}

/// What must be so. What is not named is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// Where tokens wait, by activity id, in any order; called instances included.
    pub(super) at: Option<Vec<String>>,
    /// Whether the instance has ended.
    pub(super) ended: Option<bool>,
    /// Activities in the order in which they began.
    pub(super) path: Option<Vec<String>>,
    /// Activities that began, among others.
    #[serde(default)]
    pub(super) passed: Vec<String>,
    /// Activities that did not begin.
    #[serde(default)]
    pub(super) not_passed: Vec<String>,
    /// Variables of the instance.
    #[serde(default)]
    pub(super) variables: Variables,
    /// Number of open incidents.
    pub(super) incidents: Option<usize>,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) suite: Suite,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        let suite: Suite = serde_saphyr::from_str(&text)
            .map_err(|error| anyhow::anyhow!("{} is no process test:\n{error}", path.display()))?;
        if suite.scenarios.is_empty() {
            bail!("{} has no scenarios", path.display());
        }
        Ok(Self { path: path.to_path_buf(), suite })
    }

    /// The models that the scenarios run on.
    pub(super) fn models(&self) -> Result<Vec<PathBuf>> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let named = match self.suite.models.as_slice() {
            [] => vec![folder.to_path_buf()],
            models => models.iter().map(|model| folder.join(model)).collect(),
        };
        crate::sources::model_files(&named)
    }
}

/// The test files named, and those in the folders named.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            inside(path, &mut found)?;
        } else if path.exists() {
            found.push(path.clone());
        } else {
            bail!("there is no file or folder {}", path.display());
        }
    }
    if found.is_empty() {
        bail!("there are no process tests: their names end in .test.yaml");
    }
    Ok(found)
}

fn inside(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>())
        .with_context(|| format!("can't read the folder {}", folder.display()))?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !path.is_symlink() && !crate::sources::SKIPPED.contains(&&*name) {
            inside(&path, found)?;
        } else if name.ends_with(".test.yaml") || name.ends_with(".test.yml") {
            found.push(path);
        }
    }
    Ok(())
}
