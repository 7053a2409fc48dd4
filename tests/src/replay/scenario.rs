//! A scenario as its file says it.

use std::{fs, path::Path};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{Abort, model, table, yaml};

/// Files to deploy and steps to take.
#[derive(Debug)]
pub struct Scenario {
    /// The name of its file.
    pub name: String,
    /// What it is about.
    pub tags: Vec<String>,
    /// Files by name, as they are deployed.
    pub(super) resources: IndexMap<String, String>,
    /// Each an object whose key says what to do.
    pub(super) steps: Vec<Map<String, Value>>,
}

impl Scenario {
    /// Reads a scenario and the files it names.
    ///
    /// # Errors
    ///
    /// When the file can't be read or is not a scenario.
    pub fn load(path: &Path) -> Result<Self, Abort> {
        Self::read(path).map_err(|abort| Abort::new(format!("{}: {abort}", path.display())))
    }

    /// A scenario that deploys resources in shorthand, and no more.
    ///
    /// # Panics
    ///
    /// Never: texts need no files.
    pub fn of(name: &str, resources: impl IntoIterator<Item = (String, String)>) -> Self {
        let expanded = resources.into_iter().map(|(name, text)| {
            let file = expand(&name, Value::String(text), Path::new(".")).expect("a text expands");
            (name, file)
        });
        let resources: IndexMap<String, String> = expanded.collect();
        let names: Value = resources.keys().cloned().collect::<Vec<_>>().into();
        let steps = vec![Map::from_iter([("deploy".to_owned(), names)])];
        Self { name: name.to_owned(), tags: Vec::new(), resources, steps }
    }

    fn read(path: &Path) -> Result<Self, Abort> {
        let text = fs::read_to_string(path).map_err(|error| Abort::new(error.to_string()))?;
        let Value::Object(mut scenario) = yaml::parse(&text)? else { return Err(Abort::new("not a mapping")) };
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut resources = IndexMap::new();
        if let Some(Value::Object(files)) = scenario.remove("resources") {
            for (name, file) in files {
                let file = expand(&name, file, folder)?;
                resources.insert(name, file);
            }
        }
        let Some(Value::Array(steps)) = scenario.remove("steps") else { return Err(Abort::new("no steps")) };
        let mut steps = steps
            .into_iter()
            .map(|step| match step {
                Value::Object(step) => Ok(step),
                other => Err(Abort::new(format!("not a step: {other}"))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if scenario.get("manual_deploy") != Some(&Value::Bool(true)) {
            let names: Value = resources.keys().cloned().collect::<Vec<_>>().into();
            steps.insert(0, Map::from_iter([("deploy".to_owned(), names)]));
        }
        let tags = scenario.get("tags").and_then(Value::as_array).into_iter().flatten();
        let tags = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, tags, resources, steps })
    }
}

fn expand(name: &str, mut value: Value, folder: &Path) -> Result<String, Abort> {
    if let Some(file) = value.get("file").and_then(Value::as_str) {
        let text = fs::read_to_string(folder.join(file)).map_err(|error| Abort::new(format!("{file}: {error}")))?;
        value = Value::String(text);
    }
    let is = |extension: &str| Path::new(name).extension().is_some_and(|other| other == extension);
    match value {
        Value::String(text) if is("bpmn") => Ok(model::expand(&text)),
        Value::String(text) if is("dmn") && !text.trim_start().starts_with("<?xml") => {
            Ok(format!("{}{text}</definitions>\n", table::HEAD))
        }
        Value::String(text) => Ok(text),
        value => table::expand(&value),
    }
}
