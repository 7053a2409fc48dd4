//! Properties and filters, iteration, ranges of numbers.

use std::sync::Arc;

use super::{Evaluator, ITERATION, Outcome, as_error, or_null};
use crate::{
    arithmetic::property,
    decimal::Decimal,
    error::Failure,
    expression::{Expr, Node, Step},
    function::{Environment, Frame},
    value::{List, Value},
};

impl Evaluator<'_> {
    pub(super) fn chain(&mut self, base: &Node, steps: &[Step], env: &Environment) -> Outcome {
        let mut outcome = self.eval(base, env);
        for step in steps {
            outcome = match (step, outcome) {
                (_, Err(failure @ (Failure::Abort(_) | Failure::NoInput))) => return Err(failure),
                (Step::Path(_), Err(failure)) => Err(failure),
                (Step::Path(name), Ok(value)) => Ok(property(&value, name)),
                (Step::Filter(filter), Ok(Value::List(items))) => or_null(self.filter(&items, filter, env)),
                (Step::Filter(_), _) => Ok(Value::Null),
            };
        }
        outcome
    }

    fn filter(&mut self, items: &Arc<List>, filter: &Node, env: &Environment) -> Outcome {
        match &**filter {
            Expr::Constant(Value::Number(index)) => return Ok(item_at(items, *index)),
            Expr::Negate(inner) => {
                if let Expr::Constant(Value::Number(index)) = &**inner {
                    return Ok(item_at(items, index.negated()));
                }
            }
            _ => {}
        }
        let always_by_item =
            matches!(&**filter, Expr::Equal(..) | Expr::Compare(..) | Expr::Call { .. } | Expr::QualifiedCall { .. });
        if !always_by_item {
            match self.eval(filter, env) {
                Ok(Value::Number(index)) => return Ok(item_at(items, index)),
                Err(failure @ Failure::Abort(_)) => return Err(failure),
                _ => {}
            }
        }
        let mut kept = Vec::new();
        for (at, item) in items.iter().enumerate() {
            self.work(ITERATION)?;
            let inner = Frame::values(env, vec![("item".into(), item.clone())]);
            let inner = match item {
                Value::Context(context) => Frame::context(&inner, context.clone()),
                _ => inner,
            };
            match self.eval(filter, &inner) {
                Ok(Value::Number(index)) if at == 0 => return Ok(item_at(items, index)),
                Ok(Value::Bool(true)) => kept.push(item.clone()),
                Ok(_) => {}
                Err(failure) => return Err(if at == 0 { failure } else { as_error(failure) }),
            }
        }
        Ok(Value::list(kept))
    }

    /// The lists of the iterators; all are computed outside the iteration.
    fn lists(&mut self, iterators: &[(Arc<str>, Node)], env: &Environment) -> Result<Vec<Arc<List>>, Failure> {
        let values: Vec<Outcome> = iterators.iter().map(|(_, list)| self.eval(list, env)).collect();
        if let Some(Err(Failure::Abort(cause))) = values.iter().find(|value| matches!(value, Err(Failure::Abort(_)))) {
            return Err(Failure::Abort(cause.clone()));
        }
        values
            .into_iter()
            .map(|value| match value? {
                Value::List(items) => Ok(items),
                other => Err(Failure::error(format!("Expected list but found '{other}'"))),
            })
            .collect()
    }

    pub(super) fn quantified(
        &mut self,
        every: bool,
        iterators: &[(Arc<str>, Node)],
        condition: &Node,
        env: &Environment,
    ) -> Outcome {
        let lists = self.lists(iterators, env)?;
        let combinations = Combinations::new(iterators, &lists);
        self.decide(combinations, !every, |this, values| {
            this.work(ITERATION)?;
            let env = Frame::values(env, values);
            this.eval(condition, &env)
        })
    }

    pub(super) fn iterate(
        &mut self,
        iterators: &[(Arc<str>, Node)],
        body: &Node,
        partial: bool,
        env: &Environment,
    ) -> Outcome {
        let lists = self.lists(iterators, env)?;
        let mut results: Vec<Value> = Vec::new();
        for mut values in Combinations::new(iterators, &lists) {
            self.work(ITERATION)?;
            if partial {
                self.work(results.len())?;
                values.push(("partial".into(), Value::list(results.clone())));
            }
            let inner = Frame::values(env, values);
            // Camunda's list holds the error value itself; every operator treats it as it treats null.
            results.push(match self.eval(body, &inner) {
                Err(failure @ Failure::Abort(_)) => return Err(failure),
                outcome => outcome.unwrap_or(Value::Null),
            });
        }
        Ok(Value::list(results))
    }

    pub(super) fn count(&mut self, start: &Value, end: &Value) -> Outcome {
        let (Value::Number(start), Value::Number(end)) = (start, end) else {
            let wrong = if matches!(start, Value::Number(_)) { end } else { start };
            return Err(Failure::error(format!("Expected number but found '{wrong}'")));
        };
        let step = if start < end { Decimal::ONE } else { Decimal::ONE.negated() };
        let mut items = Vec::new();
        let mut at = *start;
        while if start < end { at <= *end } else { at >= *end } {
            // Each item is kept, so it costs more than a step.
            self.work(4)?;
            items.push(Value::Number(at));
            at = at.plus(step);
        }
        Ok(Value::list(items))
    }
}

/// The item at a position: from 1, or from the end if negative; null outside.
fn item_at(items: &[Value], index: Decimal) -> Value {
    let size = Decimal::from(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let from_zero = if index > Decimal::ZERO { index.minus(Decimal::ONE) } else { size.plus(index) };
    if from_zero < Decimal::ZERO || from_zero >= size {
        return Value::Null;
    }
    usize::try_from(from_zero.to_i32_wrapping()).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Value::Null)
}

/// All combinations of items, the last iterator fastest.
struct Combinations<'c> {
    names: &'c [(Arc<str>, Node)],
    lists: &'c [Arc<List>],
    at: Vec<usize>,
    done: bool,
}

impl<'c> Combinations<'c> {
    fn new(names: &'c [(Arc<str>, Node)], lists: &'c [Arc<List>]) -> Self {
        let done = lists.iter().any(|list| list.is_empty());
        Self { names, lists, at: vec![0; lists.len()], done }
    }
}

impl Iterator for Combinations<'_> {
    type Item = Vec<(Arc<str>, Value)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let values = self
            .names
            .iter()
            .zip(self.lists.iter().zip(&self.at))
            .map(|((name, _), (list, at))| (name.clone(), list[*at].clone()))
            .collect();
        self.done = true;
        for (list, at) in self.lists.iter().zip(&mut self.at).rev() {
            *at += 1;
            if *at < list.len() {
                self.done = false;
                break;
            }
            *at = 0;
        }
        Some(values)
    }
}
