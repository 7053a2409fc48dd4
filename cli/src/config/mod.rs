//! Configuration: defaults, a file, the environment, the command line; later ones win.

mod example;
mod file;
mod options;
mod otel;
mod settings;
mod value;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use models::{Diagnostic, Span};

pub(crate) use self::{
    example::example,
    settings::{ALL, Setting, Settings},
    value::{Durability, LogFormat, Raw},
};

/// The file that is read when none is named and it is there.
pub(crate) const DEFAULT_FILE: &str = "tollgate.toml";

/// Variables of the environment that are no settings of the server.
const OTHER_VARIABLES: [&str; 7] = [
    "TOLLGATE_CONFIG",
    "TOLLGATE_SERVER",
    "TOLLGATE_USER",
    "TOLLGATE_PASSWORD",
    "TOLLGATE_CA",
    crate::people::ADMIN_USER,
    crate::people::ADMIN_PASSWORD,
];

/// Where the configuration comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ConfigArgs {
    /// Configuration file (TOML). Without it `tollgate.toml` in the working folder, if it is there. See `tollgate config`.
    #[arg(long, env = "TOLLGATE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Any setting of the configuration file, such as `--set store.durability=relaxed`.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// The file, at a line.
    File(u32),
    /// A variable of the environment.
    Environment(String),
    /// The command line.
    CommandLine,
}

/// Settings with their origins.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// The values.
    pub(crate) settings: Settings,
    /// The file, if one was read.
    pub(crate) file: Option<PathBuf>,
    /// What deserves attention without being wrong.
    pub(crate) warnings: Vec<String>,
    origins: BTreeMap<&'static str, Origin>,
}

/// A configuration file is wrong.
#[derive(Debug)]
pub(crate) struct Invalid {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its text.
    pub(crate) text: String,
    /// What is wrong, with places.
    pub(crate) findings: Vec<Diagnostic>,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.file.to_string_lossy();
        for found in &self.findings {
            writeln!(f, "{}\n", crate::render::error_text(&name, &self.text, found))?;
        }
        let number = crate::output::count(self.findings.len(), "mistake");
        write!(f, "the configuration file {name} has {number}")
    }
}

impl std::error::Error for Invalid {}

impl Configuration {
    /// Reads everything. `flags` are settings that the command line has options for.
    pub(crate) fn load(arguments: &ConfigArgs, flags: &[(&'static str, String)]) -> Result<Self> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        Self::load_with(arguments, flags, environment)
    }

    fn load_with(
        arguments: &ConfigArgs,
        flags: &[(&'static str, String)],
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self> {
        let mut all = Self {
            settings: Settings::default(),
            file: None,
            warnings: Vec::new(),
            origins: ALL.iter().map(|setting| (setting.key, Origin::Default)).collect(),
        };
        let file = match &arguments.config {
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.is_file()),
        };
        if let Some(file) = file {
            all.read_file(&file)?;
        }
        all.read_environment(environment)?;
        for pair in &arguments.set {
            let Some((key, value)) = pair.split_once('=') else { bail!("`--set {pair}`: give KEY=VALUE") };
            let Some(setting) = find(key.trim()) else {
                bail!("`--set {pair}`: there is no setting `{}`{}", key.trim(), did_you_mean(key.trim()));
            };
            all.set(setting, value, &Origin::CommandLine, &format!("--set {pair}"))?;
        }
        for (key, value) in flags {
            let setting = find(key).expect("flags name settings");
            all.set(setting, value, &Origin::CommandLine, value)?;
        }
        all.check()?;
        Ok(all)
    }

    /// Where a setting's value comes from.
    pub(crate) fn origin(&self, setting: &Setting) -> &Origin {
        &self.origins[setting.key]
    }

    fn set(&mut self, setting: &Setting, text: &str, origin: &Origin, place: &str) -> Result<()> {
        if !(setting.set)(&mut self.settings, &Raw::Loose(text.to_owned())) {
            bail!("`{place}`: setting `{}` takes {}", setting.key, setting.expected);
        }
        self.origins.insert(setting.key, origin.clone());
        Ok(())
    }

    fn read_file(&mut self, file: &Path) -> Result<()> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => bail!("can't read the configuration file {}: {error}", file.display()),
        };
        let mut findings = Vec::new();
        for entry in file::entries(&text, &mut findings) {
            let Some(setting) = find(&entry.key) else {
                findings.push(
                    Diagnostic::error("C0002", format!("there is no setting `{}`", entry.key), entry.key_span)
                        .help(did_you_mean(&entry.key).trim_start_matches([':', ' ']).to_owned()),
                );
                continue;
            };
            if !(setting.set)(&mut self.settings, &entry.value) {
                let text = format!("`{}` takes {}", setting.key, setting.expected);
                findings.push(Diagnostic::error("C0003", text, entry.value_span).help(first_line(setting)));
                continue;
            }
            self.origins.insert(setting.key, Origin::File(entry.key_span.line));
        }
        if !findings.is_empty() {
            findings.sort_by_key(|found| found.span);
            return Err(Invalid { file: file.to_owned(), text, findings }.into());
        }
        self.file = Some(file.to_owned());
        Ok(())
    }

    fn read_environment(&mut self, environment: impl Iterator<Item = (String, String)>) -> Result<()> {
        let (mut variables, standard): (Vec<_>, Vec<_>) = environment
            .filter(|(name, _)| name.starts_with("TOLLGATE_") || name.starts_with("OTEL_"))
            .partition(|(name, _)| name.starts_with("TOLLGATE_"));
        self.read_otel(&standard.into_iter().collect())?;
        variables.sort();
        for (name, value) in variables {
            match ALL.iter().find(|setting| setting.variable() == name) {
                Some(setting) => {
                    self.set(setting, &value, &Origin::Environment(name.clone()), &format!("{name}={value}"))?;
                }
                None if OTHER_VARIABLES.contains(&&*name) || is_kubernetes(&name) => {}
                None => {
                    let names: Vec<String> = ALL.iter().map(Setting::variable).collect();
                    let near = nearest(&name, names.iter().map(String::as_str));
                    let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                    self.warnings.push(format!("the variable {name} of the environment sets nothing{near}"));
                }
            }
        }
        Ok(())
    }
}

/// What Kubernetes sets in every pod beside a service called `tollgate`.
fn is_kubernetes(name: &str) -> bool {
    name.starts_with("TOLLGATE_SERVICE_") || name == "TOLLGATE_PORT" || name.starts_with("TOLLGATE_PORT_")
}

fn first_line(setting: &Setting) -> String {
    setting.doc.lines().next().unwrap_or_default().trim().to_owned()
}

/// The setting of that name.
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.key == key)
}

/// What may have been meant by a name that no setting has.
fn did_you_mean(key: &str) -> String {
    // a setting that is taken for a section, with or without the section it is in
    let section = key.split_once('.').map(|(section, _)| section);
    let taken = |setting: &&Setting| Some(setting.key.rsplit('.').next().unwrap_or_default()) == section;
    if let Some(Setting { key, .. }) = ALL.iter().find(taken) {
        return format!(": `{key}` is a setting, not a section");
    }
    match nearest(key, ALL.iter().map(|setting| setting.key)) {
        Some(near) => format!(": did you mean `{near}`?"),
        None => ": `tollgate config example` lists all".to_owned(),
    }
}

/// The name most like another, if it is like it at all. A name without its section counts as that name.
fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let tail = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    names
        .map(|name| {
            let whole = distance(wanted, name);
            let tails = distance(&tail(wanted), &tail(name)) + 1;
            (whole.min(tails), name)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (name.len() / 3).clamp(1, 4))
        .map(|(_, name)| name)
}

/// Letters to change, add or remove to make one text of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A place in a text.
fn span(text: &str, range: std::ops::Range<usize>) -> Span {
    let before = &text[..range.start.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span { line: number(line), column: number(column), start: number(range.start), end: number(range.end) }
}

#[cfg(test)]
mod tests;
