//! `assert`, and the picture it draws of the values in a failed condition.

use objects::Object;

use super::{Interpreter, Outcome, Throw};
use crate::ast::Expr;

const ERROR: &str = "org.codehaus.groovy.runtime.powerassert.PowerAssertionError";

impl<'r> Interpreter<'r> {
    pub(super) fn run_assert(&mut self, condition: &'r Expr, message: Option<&'r Expr>, source: &str) -> Outcome<()> {
        if self.eval_condition(condition)? {
            return Ok(());
        }
        let Some(message) = message else {
            return Err(Throw::exception(ERROR, format!("assert {source}")));
        };
        let message = self.eval(message)?;
        let message = match message {
            Object::Null => "null".into(),
            other => self.to_text(&other)?,
        };
        Err(Throw::exception("java.lang.AssertionError", format!("{message}. Expression: ({source})")))
    }
}
