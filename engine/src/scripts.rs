//! Script languages of the engine.

use std::sync::Arc;

use engine_core::host::{ScriptFailure, Scripts};
use objects::{Context, Object};

/// The languages that are served.
#[derive(Debug, Default)]
pub(crate) struct Languages {}

impl Scripts for Languages {
    fn run(&self, language: &str, _text: &Arc<str>, _ctx: &mut dyn Context) -> Result<Object, ScriptFailure> {
        Err(ScriptFailure::Compilation(format!("Can't find scripting engine for '{language}'")))
    }
}

/// Checks the syntax of a JUEL expression while a file is parsed.
pub(crate) fn check_expression(text: &str) -> Result<(), String> {
    juel::Expression::parse(text).map(|_| ()).map_err(|error| error.to_string())
}
