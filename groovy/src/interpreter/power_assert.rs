//! `assert`, and the picture it draws of the values in a failed condition.

use objects::Object;

use super::{Interpreter, Outcome, Throw};
use crate::ast::Expr;

const ERROR: &str = "org.codehaus.groovy.runtime.powerassert.PowerAssertionError";

/// Most values a picture shows.
const MAX_VALUES: usize = 200;

/// A value on the way to the condition's: where its expression stands in the source, and whether it is a variable.
#[derive(Debug)]
pub(super) struct Recorded {
    at: u32,
    is_variable: bool,
    value: Object,
}

impl<'r> Interpreter<'r> {
    /// Keeps a value for the picture, while an assertion is evaluated.
    pub(super) fn record(&mut self, at: u32, is_variable: bool, value: &Object) {
        if let Some(values) = &mut self.recorded
            && values.len() < MAX_VALUES
        {
            values.push(Recorded { at, is_variable, value: value.clone() });
        }
    }

    pub(super) fn run_assert(
        &mut self,
        condition: &'r Expr,
        message: Option<&'r Expr>,
        source: &str,
        start: u32,
    ) -> Outcome<()> {
        let outer = self.recorded.replace(Vec::new());
        let outcome = self.eval_condition(condition);
        let values = std::mem::replace(&mut self.recorded, outer).unwrap_or_default();
        if outcome? {
            return Ok(());
        }
        let Some(message) = message else {
            let picture = self.picture(source, start, values)?;
            return Err(Throw::exception(ERROR, picture));
        };
        let message = self.eval(message)?;
        let mut text = self.to_text(&message)?.to_string();
        text.push_str(". Expression: (");
        text.push_str(source);
        text.push(')');
        let variables: Vec<&Recorded> = values.iter().filter(|recorded| recorded.is_variable).collect();
        for (index, recorded) in variables.iter().enumerate() {
            text.push_str(if index == 0 { ". Values: " } else { ", " });
            let from = recorded.at.saturating_sub(start) as usize;
            let rest = source.get(from..).unwrap_or("");
            let end = rest.find(|c| !crate::lexer::continues_name(c)).unwrap_or(rest.len());
            text.push_str(&rest[..end]);
            text.push_str(" = ");
            self.append_text(&mut text, &recorded.value)?;
        }
        Err(Throw::exception("java.lang.AssertionError", text))
    }

    /// The source with the values below: from right to left, each on the first line that has room for it.
    fn picture(&mut self, source: &str, start: u32, mut values: Vec<Recorded>) -> Outcome<String> {
        let mut lines: Vec<Vec<char>> = vec![format!("assert {source}").chars().collect(), Vec::new()];
        let mut starts = vec![0, 0];
        values.sort_by_key(|recorded| std::cmp::Reverse(recorded.at));
        for index in 0..values.len() {
            let recorded = &values[index];
            // Of several values in one place the last one counts.
            if values.get(index + 1).is_some_and(|next| next.at == recorded.at) {
                continue;
            }
            let before = source.get(..recorded.at.saturating_sub(start) as usize).unwrap_or("");
            let column = "assert ".len() + before.chars().count();
            let text = self.inspect(&recorded.value.clone())?;
            let parts: Vec<&str> = text.split('\n').collect();
            let end = if parts.len() == 1 { column + text.chars().count() } else { usize::MAX };
            let mut placed = false;
            for line in 1..lines.len() {
                if end < starts[line] {
                    place(&mut lines[line], &text, column);
                    starts[line] = column;
                    placed = true;
                    break;
                }
                place(&mut lines[line], "|", column);
                if line > 1 {
                    starts[line] = column + 1;
                }
            }
            if !placed {
                for part in parts {
                    let mut line = Vec::new();
                    place(&mut line, part, column);
                    lines.push(line);
                    starts.push(column);
                }
            }
        }
        let lines: Vec<String> = lines.into_iter().map(|line| line.into_iter().collect()).collect();
        Ok(lines.join("\n"))
    }
}

fn place(line: &mut Vec<char>, text: &str, column: usize) {
    let chars: Vec<char> = text.chars().collect();
    if line.len() < column + chars.len() {
        line.resize(column + chars.len(), ' ');
    }
    line[column..column + chars.len()].copy_from_slice(&chars);
}
