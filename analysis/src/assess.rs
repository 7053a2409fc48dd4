//! What it takes to move a model here from Camunda 7.

use models::{Diagnostic, Severity};

use crate::{Content, Model, Need, NeedKind, Surroundings, examine, needs};

/// Whether a need is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is there, or built in.
    Served,
    /// It must be looked after by hand; the remedy says how.
    Check,
    /// It must be provided.
    Missing,
}

impl Status {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Check => "check",
            Self::Missing => "missing",
        }
    }
}

/// How much work a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// Runs as it is.
    None,
    /// A few things to provide.
    Small,
    /// Several handlers or workers to write.
    Medium,
    /// Much to write, or the model itself must change.
    Large,
}

impl Effort {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Something a model needs, once, with everybody who needs it.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What kind of thing.
    pub kind: NeedKind,
    /// Its name.
    pub name: String,
    /// Who needs it: one for each element.
    pub needs: Vec<Need>,
    /// Whether it is there.
    pub status: Status,
    /// Who serves it, or what to do.
    pub remedy: String,
}

/// The judgement on one file.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The file.
    pub file: String,
    /// Processes and decisions in it: kind, key, name.
    pub definitions: Vec<(&'static str, String, Option<String>)>,
    /// What it needs.
    pub requirements: Vec<Requirement>,
    /// Findings of the deployment and beyond.
    pub findings: Vec<Diagnostic>,
    /// It deploys.
    pub deployable: bool,
    /// How much work it is.
    pub effort: Effort,
}

impl Assessment {
    /// It deploys, and nothing is missing.
    pub fn runs_as_it_is(&self) -> bool {
        self.effort == Effort::None
    }

    /// What rejects the file.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|found| found.severity == Severity::Error)
    }
}

/// Judges a model among others.
pub fn assess(model: &Model, surroundings: &Surroundings) -> Assessment {
    let mut findings = model.diagnostics.clone();
    findings.extend(examine(model, surroundings));
    let deployable = model.is_deployable();
    let requirements = match model.definitions() {
        Some(definitions) if deployable => requirements(needs(definitions), surroundings),
        _ => Vec::new(),
    };
    // a script that does not compile is rewritten in the model
    let scripts = findings.iter().any(|found| found.code == "W0990");
    let effort = match effort(deployable, &requirements) {
        small if scripts => small.max(Effort::Medium),
        effort => effort,
    };
    Assessment {
        file: model.source.name.clone(),
        definitions: definitions_of(model),
        requirements,
        findings,
        deployable,
        effort,
    }
}

fn definitions_of(model: &Model) -> Vec<(&'static str, String, Option<String>)> {
    match &model.content {
        Some(Content::Bpmn(definitions)) => definitions
            .processes
            .iter()
            .filter(|process| process.executable)
            .map(|process| ("process", process.id.clone(), process.name.clone()))
            .collect(),
        Some(Content::Dmn(drd)) => drd
            .decisions()
            .iter()
            .map(|decision| ("decision", decision.key.to_string(), decision.name.as_deref().map(str::to_owned)))
            .collect(),
        Some(Content::Form { id }) => vec![("form", id.clone(), None)],
        None => Vec::new(),
    }
}

fn requirements(needs: Vec<Need>, surroundings: &Surroundings) -> Vec<Requirement> {
    let mut all: Vec<Requirement> = Vec::new();
    for need in needs {
        match all.iter_mut().find(|known| known.kind == need.kind && known.name == need.name) {
            Some(known) => known.needs.push(need),
            None => {
                let (status, remedy) = judge(&need, surroundings);
                all.push(Requirement { kind: need.kind, name: need.name.clone(), needs: vec![need], status, remedy });
            }
        }
    }
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    all
}

/// Whether a need is met, and by whom or how.
fn judge(need: &Need, surroundings: &Surroundings) -> (Status, String) {
    if need.is_dynamic() && !matches!(need.kind, NeedKind::FormKey) {
        let text =
            format!("which {} it is is decided at run time: see that all that may come are there", need.kind.name());
        return (Status::Check, text);
    }
    let served = surroundings.serves(need);
    match (need.kind, served) {
        (NeedKind::Class | NeedKind::Delegate, Some(true)) => (Status::Served, "by a handler".to_owned()),
        (NeedKind::Bean, Some(true)) => (Status::Served, "by a handler".to_owned()),
        (NeedKind::Class | NeedKind::Delegate, _) => match need.role {
            "implementation" => (
                Status::Missing,
                "Java is not run here: map the name to a topic, HTTP call or script in the connectors' file, or register a handler of that \
                 name in the embedding program (--stubs writes skeletons)"
                    .to_owned(),
            ),
            "form handler" => (Status::Missing, "form handlers are not run here: describe the form in the model".to_owned()),
            _ => (
                Status::Missing,
                "Java is not run here: register a handler of that name, or write the listener as a script or expression"
                    .to_owned(),
            ),
        },
        (NeedKind::Bean, _) => (
            Status::Missing,
            "expressions call a method of it: register a handler of that name, which is told the method".to_owned(),
        ),
        (NeedKind::Topic, Some(true)) => (Status::Served, "by a worker".to_owned()),
        (NeedKind::Topic, _) => {
            (Status::Check, "the workers for Camunda 7 work here too: give them the address of this server".to_owned())
        }
        (NeedKind::Script, Some(true)) => (Status::Served, "built in".to_owned()),
        (NeedKind::Script, _) => (Status::Missing, scripting::Language::remedy(&need.name)),
        (NeedKind::ScriptFile, _) => {
            (Status::Check, "deploy the file together with the model, under the name behind `deployment://`".to_owned())
        }
        (NeedKind::Connector, _) if matches!(&*need.name, "http-connector" | "soap-http-connector") => {
            (Status::Check, "built in: see that the address it calls can be reached from this server".to_owned())
        }
        (NeedKind::Connector, _) if need.name == "mail-send" => {
            (Status::Check, "built in: name the mail server in the connectors' file (docs/languages.md)".to_owned())
        }
        (NeedKind::Builtin, _) if need.name == "mail" => {
            (Status::Check, "built in: name the mail server in the connectors' file (docs/languages.md)".to_owned())
        }
        (NeedKind::Connector, _) => (Status::Missing, "register a handler of that name".to_owned()),
        (NeedKind::Builtin, _) => (
            Status::Missing,
            format!("the {} task is not run here: make it an external task and write a worker", need.name),
        ),
        (NeedKind::Form, Some(true)) | (NeedKind::Decision, Some(true)) | (NeedKind::Process, Some(true)) => {
            (Status::Served, "among these models".to_owned())
        }
        (NeedKind::Form | NeedKind::Decision | NeedKind::Process, Some(false)) => {
            (Status::Missing, format!("no {} of that key is among these models: deploy it too", need.kind.name()))
        }
        (NeedKind::Form | NeedKind::Decision | NeedKind::Process, None) => {
            (Status::Check, "see that it is deployed".to_owned())
        }
        (NeedKind::FormKey, _) => {
            (Status::Check, "the key is handed to the tasklist as it is: see that yours knows it".to_owned())
        }
        (NeedKind::Case, _) => (Status::Missing, "CMMN is not supported: call a process instead".to_owned()),
    }
}

/// What is missing decides; things that exist once for several elements count once.
fn effort(deployable: bool, requirements: &[Requirement]) -> Effort {
    if !deployable {
        return Effort::Large;
    }
    let missing: Vec<_> = requirements.iter().filter(|requirement| requirement.status == Status::Missing).collect();
    // these can't be provided from outside: the model changes
    let changes = missing
        .iter()
        .any(|requirement| matches!(requirement.kind, NeedKind::Script | NeedKind::Case | NeedKind::Builtin));
    match missing.len() {
        0 => Effort::None,
        _ if changes => Effort::Large,
        1..=3 => Effort::Small,
        4..=10 => Effort::Medium,
        _ => Effort::Large,
    }
}
