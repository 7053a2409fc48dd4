//! Unary tests: what stands in the input entries of a decision table and behind `in`.

use std::sync::Arc;

use super::{Found, Parser};
use crate::{
    expression::{Expr, Node, RangeExpr},
    value::Value,
};

impl Parser<'_> {
    /// `not(…)`, tests separated by commas, or `-`.
    pub(super) fn unary_tests(&mut self, at: usize) -> Found<Node> {
        self.negated_tests(at).or_else(|| self.positive_unary_tests(at)).or_else(|| {
            let at = self.word(at, "-")?;
            Some((Arc::new(Expr::Constant(Value::Bool(true))), at))
        })
    }

    fn negated_tests(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "not")?;
        let at = self.word(at, "(")?;
        let (tests, at) = self.positive_unary_tests(at)?;
        let at = self.space(at)?;
        let at = self.word(at, ")")?;
        Some((Arc::new(Expr::Not(tests)), at))
    }

    pub(super) fn positive_unary_tests(&mut self, at: usize) -> Found<Node> {
        let (mut tests, at) = self.list_of(at, Self::positive_unary_test)?;
        if tests.len() > 1 {
            return Some((Arc::new(Expr::AnyOf(tests)), at));
        }
        tests.pop().map(|test| (test, at))
    }

    /// A boolean at the end of the text is compared with the input; then come comparisons and ranges, and at last any
    /// expression.
    pub(super) fn positive_unary_test(&mut self, at: usize) -> Found<Node> {
        if let Some(word) = ["true", "false"].into_iter().find(|word| self.sees(at, word)) {
            let end = self.space(at + word.len())?;
            if end == self.text.len() {
                let constant = Arc::new(Expr::Constant(Value::Bool(word == "true")));
                return Some((Arc::new(Expr::InputEqual(constant)), end));
            }
        }
        self.simple_unary_test(at).or_else(|| {
            let (expression, at) = self.expression(at)?;
            Some((Arc::new(Expr::UnaryTest(expression)), at))
        })
    }

    pub(super) fn simple_unary_test(&mut self, at: usize) -> Found<Node> {
        if let Some((comparison, behind)) = self.comparison_sign(at) {
            let (endpoint, at) = self.sum(behind)?;
            return Some((Arc::new(Expr::InputCompare(comparison, endpoint)), at));
        }
        let (range, at) = self.range(at)?;
        Some((Arc::new(Expr::InputInRange(Box::new(range))), at))
    }

    /// `[1..5]`, `(1..5)`, `]1..5[`.
    pub(super) fn range(&mut self, at: usize) -> Found<RangeExpr> {
        let start_closed = self.sees(at, "[");
        if !start_closed && !self.sees(at, "(") && !self.sees(at, "]") {
            return self.fail(at);
        }
        let at = self.space(at + 1)?;
        let (start, at) = self.sum(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "..")?;
        let (end, at) = self.sum(at)?;
        let at = self.space(at)?;
        let end_closed = self.sees(at, "]");
        if !end_closed && !self.sees(at, ")") && !self.sees(at, "[") {
            return self.fail(at);
        }
        Some((RangeExpr { start, start_closed, end, end_closed }, at + 1))
    }
}
