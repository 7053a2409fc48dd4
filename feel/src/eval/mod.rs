//! Evaluation: the meaning of every node, errors and null included.
//!
//! Camunda's engine passes error values around, and each operator decides what becomes of them; here they are
//! [`Failure::Error`], and each operator decides the same. `Failure::NoInput` is its "fatal error": `?` outside a unary
//! test. `Failure::Abort` is an exception there.

mod call;
mod list;

use std::sync::Arc;

use crate::{
    Scope,
    arithmetic::{self, property},
    error::{Failure, FeelError},
    expression::{Arguments, Comparison, Expr, Node, RangeExpr},
    function::{self, Environment, Frame, Function},
    limits::{MAX_EVALUATION_DEPTH, MAX_STEPS, MAX_VALUE_DEPTH},
    temporal,
    value::{Boundary, Context, Range, Value},
};

/// Camunda's name for the variable that holds the name of the input.
const INPUT_NAME: &str = "inputVariableName";
/// Steps that binding names for one item counts as.
const ITERATION: usize = 8;
/// The input's name when nothing says otherwise.
const DEFAULT_INPUT: &str = "cellInput";

pub(crate) type Outcome = Result<Value, Failure>;

/// The input of unary tests.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Option<&'a Value>,
}

pub(crate) struct Evaluator<'a> {
    pub(crate) scope: &'a mut dyn Scope,
    input: Option<Input<'a>>,
    /// What `?` means: bound only while a unary test is evaluated a second time.
    symbol: Option<Value>,
    steps: u64,
    depth: u32,
    /// The first `assert` that was not fulfilled: it fails the whole evaluation, whatever became of its value.
    failed_assertion: Option<String>,
}

fn boolean(value: bool) -> Value {
    Value::Bool(value)
}

/// Error values become null; what ends the evaluation does not.
fn or_null(outcome: Outcome) -> Outcome {
    match outcome {
        Err(Failure::Error(_)) => Ok(Value::Null),
        other => other,
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(scope: &'a mut dyn Scope, input: Option<Input<'a>>) -> Self {
        Self { scope, input, symbol: None, steps: 0, depth: 0, failed_assertion: None }
    }

    pub(crate) fn run(mut self, root: &Node, text: &str) -> Result<Value, FeelError> {
        let outcome = self.eval(root, &None);
        if let Some(cause) = self.failed_assertion
            && !matches!(outcome, Err(Failure::Abort(_)))
        {
            return Err(FeelError::new(format!("Assertion failure on evaluate the expression '{text}': {cause}")));
        }
        outcome.map_err(|failure| failure.into_error(text))
    }

    /// Counts work done outside the nodes, such as items of a list.
    pub(crate) fn work(&mut self, steps: usize) -> Result<(), Failure> {
        self.steps += steps as u64;
        if self.steps > MAX_STEPS {
            return Err(Failure::Abort("the evaluation takes too many steps".to_owned()));
        }
        Ok(())
    }

    pub(crate) fn eval(&mut self, node: &Expr, env: &Environment) -> Outcome {
        match node {
            Expr::Constant(value) => return Ok(value.clone()),
            Expr::Ref(names) => return Ok(self.reference(names, env)),
            // The tests of which decision tables are full: the input against a literal, without copies.
            Expr::UnaryTest(test) => {
                if let (Expr::Constant(expected), Some(input)) = (&**test, self.plain_input(env))
                    && !matches!(expected, Value::Bool(_))
                {
                    return Ok(input.equals(expected).map_or(Value::Null, boolean));
                }
            }
            Expr::InputCompare(comparison, bound) => {
                if let (Expr::Constant(bound), Some(input)) = (&**bound, self.plain_input(env)) {
                    return compare(*comparison, input, bound);
                }
            }
            Expr::InputInRange(range) => {
                if let (Expr::Constant(start), Expr::Constant(end), Some(input)) =
                    (&*range.start, &*range.end, self.plain_input(env))
                {
                    return within(range, input, start, end);
                }
            }
            _ => {}
        }
        self.work(1)?;
        if self.depth >= MAX_EVALUATION_DEPTH {
            return Err(Failure::Abort("the evaluation is nested too deeply".to_owned()));
        }
        self.depth += 1;
        let outcome = self.eval_nested(node, env);
        self.depth -= 1;
        match outcome {
            Ok(value) if value.depth() > MAX_VALUE_DEPTH => {
                Err(Failure::Abort("the value is nested too deeply".to_owned()))
            }
            outcome => outcome,
        }
    }

    fn eval_nested(&mut self, node: &Expr, env: &Environment) -> Outcome {
        match node {
            Expr::Constant(value) => Ok(value.clone()),
            Expr::Ref(names) => Ok(self.reference(names, env)),
            Expr::TimeInRegion(text) => {
                let now = self.scope.now().timestamp();
                Ok(temporal::parse_zoned_time(text, now).map_or(Value::Null, |time| Value::Time(Arc::new(time))))
            }
            Expr::InputSymbol => self.symbol.clone().or_else(|| self.lookup("?", env)).ok_or(Failure::NoInput),
            Expr::List(items) => self.list(items, env),
            Expr::Context(entries) => self.context(entries, env),
            Expr::Range(range) => self.range(range, env),

            Expr::InputEqual(expected) => {
                let input = self.input_value(env);
                let expected = self.eval(expected, env)?;
                Ok(input.equals(&expected).map_or(Value::Null, boolean))
            }
            Expr::InputCompare(comparison, bound) => {
                let input = self.input_value(env);
                let bound = self.eval(bound, env)?;
                compare(*comparison, &input, &bound)
            }
            Expr::InputInRange(range) => self.in_range(range, env),
            Expr::UnaryTest(test) => self.unary_test(test, env),
            Expr::AnyOf(tests) | Expr::Or(tests) => self.decide(tests.iter(), true, |this, test| this.eval(test, env)),
            Expr::And(tests) => self.decide(tests.iter(), false, |this, test| this.eval(test, env)),

            Expr::Arithmetic(first, operations) => {
                let mut left = self.eval(first, env);
                for (operator, operand) in operations {
                    if matches!(left, Err(Failure::Abort(_))) {
                        return left;
                    }
                    let right = self.eval(operand, env);
                    if matches!(right, Err(Failure::Abort(_))) {
                        return right;
                    }
                    left = or_null(
                        left.and_then(|left| right.and_then(|right| arithmetic::apply(*operator, &left, &right))),
                    );
                }
                left
            }
            Expr::Negate(value) => or_null(self.eval(value, env).map(|value| match value {
                Value::Number(number) => Value::Number(number.negated()),
                _ => Value::Null,
            })),
            Expr::Equal(left, right) => {
                let (left, right) = self.pair(left, right, env)?;
                Ok(left.equals(&right).map_or(Value::Null, boolean))
            }
            Expr::Compare(comparison, left, right) => {
                let (left, right) = self.pair(left, right, env)?;
                compare(*comparison, &left, &right)
            }
            Expr::Not(value) => or_null(self.eval(value, env).map(|value| match value {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Null,
            })),

            Expr::If(branches, otherwise) => {
                for (condition, then) in branches {
                    match self.eval(condition, env) {
                        Ok(Value::Bool(true)) => match self.eval(then, env) {
                            // A branch that fails gives way to the other one.
                            Err(Failure::Error(_)) => {}
                            outcome => return outcome,
                        },
                        Ok(_) | Err(Failure::Error(_)) => {}
                        failure => return failure,
                    }
                }
                self.eval(otherwise, env)
            }
            Expr::In(value, test) => {
                let value = self.eval(value, env)?;
                let name = self.input_name(env);
                let env = Frame::values(env, vec![(name, value)]);
                self.eval(test, &env)
            }
            Expr::InstanceOf(value, type_name) => {
                let value = self.eval(value, env)?;
                Ok(boolean(match &**type_name {
                    "Any" => !matches!(value, Value::Null),
                    "date time" => value.type_name() == "date and time",
                    "year-month-duration" => value.type_name() == "years and months duration",
                    "day-time-duration" => value.type_name() == "days and time duration",
                    name => value.type_name() == name,
                }))
            }
            Expr::Chain(base, steps) => self.chain(base, steps, env),

            Expr::Quantified { every, iterators, condition } => {
                or_null(self.quantified(*every, iterators, condition, env))
            }
            Expr::For { iterators, body, partial } => or_null(self.iterate(iterators, body, *partial, env)),
            Expr::Iteration(start, end) => {
                let (start, end) = self.pair(start, end, env)?;
                self.count(&start, &end)
            }

            Expr::Call { name, builtins, arguments } => self.call(name, builtins, arguments, env),
            Expr::QualifiedCall { path, name, arguments } => {
                let context = match self.eval(path, env)? {
                    Value::Context(context) => context,
                    other => return Err(Failure::error(format!("Expected context but found '{other}'"))),
                };
                let own = Frame::context(&None, context);
                let Some(found) = function::find_function(&own, name, |f| call::accepts(f, arguments)) else {
                    return Err(Failure::error(match arguments {
                        Arguments::Positional(all) => {
                            format!("No function found with name '{name}' and {} parameters", all.len())
                        }
                        Arguments::Named(all) => format!(
                            "No function found with name '{name}' and parameters: {}",
                            all.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(",")
                        ),
                    }));
                };
                self.invoke_with(&found, arguments, env)
            }
            Expr::Function { parameters, body } => {
                Ok(Value::Function(Arc::new(Function::new(parameters.clone(), body.clone(), env.clone()))))
            }
        }
    }

    // --- names and input

    fn lookup(&mut self, name: &str, env: &Environment) -> Option<Value> {
        if let Some(value) = function::find_value(env, name) {
            return Some(value.clone());
        }
        if let Some(input) = self.input {
            if name == input.name
                && let Some(value) = input.value
            {
                return Some(value.clone());
            }
            if name == INPUT_NAME {
                return Some(Value::string(input.name));
            }
        }
        self.scope.variable(name)
    }

    fn reference(&mut self, names: &[Arc<str>], env: &Environment) -> Value {
        let Some((first, path)) = names.split_first() else { return Value::Null };
        let mut value = self.lookup(first, env).unwrap_or(Value::Null);
        for name in path {
            value = property(&value, name);
        }
        value
    }

    fn input_name(&mut self, env: &Environment) -> Arc<str> {
        match (self.input, env) {
            (Some(input), None) => input.name.into(),
            _ => match self.lookup(INPUT_NAME, env) {
                Some(Value::String(name)) => name,
                _ => DEFAULT_INPUT.into(),
            },
        }
    }

    /// The input as it was given, where nothing can hide it.
    fn plain_input(&self, env: &Environment) -> Option<&'a Value> {
        self.input.filter(|_| env.is_none()).and_then(|input| input.value)
    }

    fn input_value(&mut self, env: &Environment) -> Value {
        if let Some(value) = self.plain_input(env) {
            return value.clone();
        }
        let name = self.input_name(env);
        self.lookup(&name, env).unwrap_or(Value::Null)
    }

    // --- helpers

    /// Both values; both are computed even if the first fails, as the second may end the evaluation.
    fn pair(&mut self, left: &Node, right: &Node, env: &Environment) -> Result<(Value, Value), Failure> {
        let left = self.eval(left, env);
        if matches!(left, Err(Failure::Abort(_))) {
            return left.map(|left| (left, Value::Null));
        }
        let right = self.eval(right, env);
        if matches!(right, Err(Failure::Abort(_))) {
            return right.map(|right| (right, Value::Null));
        }
        Ok((left?, right?))
    }

    /// `or` (decided by true) and `and` (decided by false) over anything: other values count as null.
    fn decide<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        decisive: bool,
        mut test: impl FnMut(&mut Self, T) -> Outcome,
    ) -> Outcome {
        let mut open = false;
        for item in items {
            match test(self, item) {
                Ok(Value::Bool(value)) if value == decisive => return Ok(boolean(decisive)),
                Ok(Value::Bool(_)) => {}
                Ok(_) | Err(Failure::Error(_)) => open = true,
                failure => return failure,
            }
        }
        Ok(if open { Value::Null } else { boolean(!decisive) })
    }

    fn list(&mut self, items: &[Node], env: &Environment) -> Outcome {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.eval(item, env).map_err(as_error)?);
        }
        Ok(Value::list(values))
    }

    fn context(&mut self, entries: &[(Arc<str>, Node)], env: &Environment) -> Outcome {
        let mut context = Arc::new(Context::literal());
        for (key, node) in entries {
            // Later entries see earlier ones.
            let inner = if context.is_empty() && context.functions.is_empty() {
                env.clone()
            } else {
                Frame::context(env, context.clone())
            };
            let value = self.eval(node, &inner).map_err(as_error)?;
            drop(inner);
            let entries = Arc::make_mut(&mut context);
            match value {
                Value::Function(function) => entries.insert_function(key.clone(), function),
                value => entries.insert(key.clone(), value),
            }
        }
        Ok(Value::Context(context))
    }

    fn range(&mut self, range: &RangeExpr, env: &Environment) -> Outcome {
        let (start, end) = self.pair(&range.start, &range.end, env)?;
        let valid =
            start.kind() == end.kind() && start.is_comparable() && !matches!(start, Value::String(_) | Value::List(_));
        if !valid {
            return Err(Failure::error(format!("Invalid range definition '{start}..{end}'")));
        }
        Ok(Value::Range(Arc::new(Range {
            start: Boundary { closed: range.start_closed, value: start },
            end: Boundary { closed: range.end_closed, value: end },
        })))
    }

    fn in_range(&mut self, range: &RangeExpr, env: &Environment) -> Outcome {
        // The ends are computed before the input is looked at; failing ends make no comparison possible.
        let start = self.eval(&range.start, env);
        let end = self.eval(&range.end, env);
        let input = self.input_value(env);
        let (start, end) = match (start, end) {
            (Err(Failure::Abort(cause)), _) | (_, Err(Failure::Abort(cause))) => return Err(Failure::Abort(cause)),
            (Ok(start), Ok(end)) => (start, end),
            _ => return Ok(Value::Null),
        };
        within(range, &input, &start, &end)
    }

    fn unary_test(&mut self, test: &Node, env: &Environment) -> Outcome {
        let input = self.input_value(env);
        let value = match self.eval(test, env) {
            Err(Failure::NoInput) => {
                let outer = self.symbol.replace(input);
                let outcome = self.eval(test, env);
                self.symbol = outer;
                return match outcome {
                    Ok(Value::Bool(value)) => Ok(boolean(value)),
                    Err(failure @ Failure::Abort(_)) => Err(failure),
                    _ => Ok(Value::Null),
                };
            }
            Err(failure @ Failure::Abort(_)) => return Err(failure),
            Err(Failure::Error(_)) => return Ok(boolean(false)),
            Ok(value) => value,
        };
        match &value {
            Value::Bool(true) => return Ok(boolean(true)),
            Value::List(items) => {
                self.work(items.len())?;
                if items.iter().any(|item| item.identical(&input)) {
                    return Ok(boolean(true));
                }
            }
            _ => {}
        }
        // False and lists have said no; of other values of another kind nothing can be said.
        let definite = matches!(value, Value::Bool(false) | Value::List(_));
        Ok(match input.equals(&value) {
            Some(equal) => boolean(equal),
            None if definite => boolean(false),
            None => Value::Null,
        })
    }
}

/// In lists, contexts and filters a missing input is an ordinary error.
fn as_error(failure: Failure) -> Failure {
    match failure {
        Failure::NoInput => Failure::error(
            "fatal error(\"No input value available. '?' can only be used inside an unary-test expression.\")",
        ),
        failure => failure,
    }
}

/// Whether the input lies between the ends; null where they cannot be compared.
fn within(range: &RangeExpr, input: &Value, start: &Value, end: &Value) -> Outcome {
    use crate::expression::Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};

    let above = compare(if range.start_closed { GreaterOrEqual } else { Greater }, input, start)?;
    let below = compare(if range.end_closed { LessOrEqual } else { Less }, input, end)?;
    Ok(match (above, below) {
        (Value::Bool(above), Value::Bool(below)) => boolean(above && below),
        _ => Value::Null,
    })
}

/// Compares; values of different kinds have no order: null.
fn compare(comparison: Comparison, left: &Value, right: &Value) -> Outcome {
    if left.kind() != right.kind() || !left.is_comparable() || !right.is_comparable() {
        return Ok(Value::Null);
    }
    match left.order(right) {
        Some(order) => Ok(boolean(comparison.holds(order))),
        None => {
            Err(Failure::Abort(format!("java.lang.IllegalArgumentException: {left} can not be compared to {right}")))
        }
    }
}
