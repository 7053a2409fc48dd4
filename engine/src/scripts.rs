//! Script languages of the engine.

use std::{collections::HashMap, sync::Arc};

use bpmn_parser::ScriptFinding;
use engine_core::host::{ScriptFailure, Scripts};
use objects::{Context, Object};
use parking_lot::Mutex;
use scripting::{Language, Limits, Script, ScriptError};

/// Compiled scripts kept at most; past it the cache starts anew.
const CACHED: usize = 4096;

/// The languages that are served, with the scripts compiled so far.
#[derive(Debug)]
pub(crate) struct Languages {
    engine: scripting::Engine,
    compiled: Mutex<HashMap<(Language, Arc<str>), Script>>,
}

impl Languages {
    /// Languages whose scripts stay within some limits.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { engine: scripting::Engine::new(limits), compiled: Mutex::default() }
    }

    fn compile(&self, language: Language, text: &Arc<str>) -> Result<Script, ScriptError> {
        let key = (language, text.clone());
        if let Some(known) = self.compiled.lock().get(&key) {
            return Ok(known.clone());
        }
        let script = self.engine.compile(language, text)?;
        let mut compiled = self.compiled.lock();
        if compiled.len() >= CACHED {
            compiled.clear();
        }
        compiled.insert(key, script.clone());
        Ok(script)
    }
}

impl Scripts for Languages {
    fn run(&self, language: &str, text: &Arc<str>, ctx: &mut dyn Context) -> Result<Object, ScriptFailure> {
        let known = Language::from_format(language)
            .ok_or_else(|| ScriptFailure::Compilation(Language::unknown_message(language)))?;
        self.compile(known, text).and_then(|script| script.run(ctx)).map_err(failure)
    }
}

fn failure(error: ScriptError) -> ScriptFailure {
    match error {
        ScriptError::BpmnError { code, message } => ScriptFailure::BpmnError(code, message),
        ScriptError::Compile { message, .. } => ScriptFailure::Compilation(message),
        ScriptError::Evaluate { message, .. } => ScriptFailure::Evaluation(exception_class(&message), message),
        ScriptError::Limit(message) => ScriptFailure::Evaluation(exception_class(""), format!(" {message}")),
    }
}

/// The exception's class at the beginning of a script engine's message, for error events that catch it by name.
fn exception_class(message: &str) -> String {
    let first = message.trim_start().split([':', ' ']).next().unwrap_or_default();
    let class = first.contains('.') && first.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '$' | '_'));
    if class { first.to_owned() } else { "org.camunda.bpm.engine.ScriptEvaluationException".to_owned() }
}

/// Checks the syntax of a JUEL expression while a file is parsed.
pub(crate) fn check_expression(text: &str) -> Result<(), String> {
    juel::Expression::parse(text).map(|_| ()).map_err(|error| error.to_string())
}

/// Checks a script while a file is parsed: Python and Ruby are refused, what does not compile is told.
pub fn check_script(format: &str, source: Option<&str>) -> Option<ScriptFinding> {
    let Some(language) = Language::from_format(format) else {
        let never_run = ["python", "jython", "ruby", "jruby"].iter().any(|name| format.eq_ignore_ascii_case(name));
        return never_run.then(|| ScriptFinding::Refused(Language::remedy(format)));
    };
    // JavaScript is read first when it runs, and FEEL and JUEL are small: what Camunda says then is enough
    if language != Language::Groovy && language != Language::Rhai {
        return None;
    }
    static CHECKER: std::sync::OnceLock<scripting::Engine> = std::sync::OnceLock::new();
    let checker = CHECKER.get_or_init(|| scripting::Engine::new(Limits::default()));
    checker.compile(language, source?).err().map(|error| ScriptFinding::Broken(format!("{format} script: {error}")))
}
