//! What is there to serve a model's needs, and findings about what is missing.

use std::collections::BTreeSet;

use models::{Diagnostic, bpmn::Definitions};

use crate::{Content, Model, Need, NeedKind, needs};

/// What is known to be there.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Keys of processes.
    pub processes: BTreeSet<String>,
    /// Keys of decisions.
    pub decisions: BTreeSet<String>,
    /// Ids of forms.
    pub forms: BTreeSet<String>,
    /// All definitions are known: what is not there is missing. Otherwise it may be deployed already.
    pub complete: bool,
    /// Who serves classes, delegates and beans: names, or patterns with `*`. `None` when nobody said.
    pub handlers: Option<Vec<String>>,
    /// Topics that workers serve: names, or patterns with `*`. `None` when nobody said.
    pub topics: Option<Vec<String>>,
}

impl Surroundings {
    /// What a set of models brings for each other.
    pub fn of(models: &[Model]) -> Self {
        let mut all = Self::default();
        for model in models {
            match &model.content {
                Some(Content::Bpmn(definitions)) => {
                    let executable = definitions.processes.iter().filter(|process| process.executable);
                    all.processes.extend(executable.map(|process| process.id.clone()));
                }
                Some(Content::Dmn(drd)) => {
                    all.decisions.extend(drd.decisions().iter().map(|decision| decision.key.to_string()));
                }
                Some(Content::Form { id }) => drop(all.forms.insert(id.clone())),
                None => {}
            }
        }
        all
    }

    /// Whether a need is met: `None` when it can't be known.
    pub fn serves(&self, need: &Need) -> Option<bool> {
        let defined = |keys: &BTreeSet<String>| match keys.contains(&need.name) {
            true => Some(true),
            false => self.complete.then_some(false),
        };
        let named = |names: &Option<Vec<String>>| {
            names.as_ref().map(|names| names.iter().any(|pattern| matches(pattern, &need.name)))
        };
        if need.is_dynamic() {
            return None;
        }
        match need.kind {
            NeedKind::Process => defined(&self.processes),
            NeedKind::Decision => defined(&self.decisions),
            NeedKind::Form => defined(&self.forms),
            NeedKind::Class | NeedKind::Delegate | NeedKind::Bean => named(&self.handlers),
            NeedKind::Topic => named(&self.topics),
            NeedKind::Script => Some(scripting::Language::from_format(&need.name).is_some()),
            NeedKind::Case => Some(false),
            NeedKind::ScriptFile | NeedKind::Connector | NeedKind::Builtin | NeedKind::FormKey => None,
        }
    }
}

/// A name against a pattern in which `*` stands for anything.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Findings about needs that nobody meets.
pub(crate) fn findings(definitions: &Definitions, surroundings: &Surroundings) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut said = BTreeSet::new();
    for need in needs(definitions) {
        let missing = surroundings.serves(&need) == Some(false);
        let name = &need.name;
        let mut warn = |code: &'static str, text: String, help: String| {
            found.push(Diagnostic::warning(code, text, need.span).on([need.element.as_str()]).help(help));
        };
        match need.kind {
            NeedKind::Process if missing => warn(
                "W0909",
                format!("the called process `{name}` is not among these models"),
                "deploy it before, or correct `calledElement`".to_owned(),
            ),
            NeedKind::Decision if missing => warn(
                "W0910",
                format!("the decision `{name}` is not among these models"),
                "deploy it before, or correct `camunda:decisionRef`".to_owned(),
            ),
            NeedKind::Form if missing => warn(
                "W0913",
                format!("the form `{name}` is not among these models"),
                "deploy it, or correct `camunda:formRef`".to_owned(),
            ),
            NeedKind::Class | NeedKind::Delegate | NeedKind::Bean if missing => {
                // one bean is used in many expressions of an element
                if said.insert((need.element.clone(), name.clone())) {
                    warn(
                        "W0911",
                        format!("nobody serves the {} `{name}` ({})", need.kind.name(), need.role),
                        "register a handler of that name, map the name, or make the task an external task".to_owned(),
                    );
                }
            }
            NeedKind::Topic if missing => warn(
                "W0912",
                format!("no worker serves the topic `{name}`"),
                "start a worker for it, or correct `camunda:topic`".to_owned(),
            ),
            NeedKind::Script if missing => {
                warn("W0914", format!("no script engine runs `{name}`"), scripting::Language::remedy(name));
            }
            NeedKind::Case => warn(
                "W0915",
                format!("the case `{name}` can't be called: CMMN is not supported"),
                "call a process instead".to_owned(),
            ),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("com.acme.*", "com.acme.Charge"));
        assert!(matches("*", ""));
        assert!(matches("a*c*e", "abcde"));
        assert!(matches("charge", "charge"));
        assert!(!matches("charge", "charged"));
        assert!(!matches("a*b", "ab c"));
        assert!(!matches("*.acme", "com.acme.Charge"));
    }
}
