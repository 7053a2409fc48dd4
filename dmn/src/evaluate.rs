//! Evaluation: required decisions first, tables column by column, as Camunda does it.

use std::{cell::OnceCell, sync::Arc};

use feel::{Scope, value::Value as Feel};
use jiff::{Zoned, tz::TimeZone};
use models::{Value, value::Tree};

use crate::{
    error::DmnError,
    hit_policy,
    host::{DecisionHost, HostError, Locals},
    model::{Condition, Decision, DecisionTable, Drd, HitPolicy, Input, Logic, Rule, Script},
    result::{DecisionResult, Entries},
    types::{self, TypedValue},
    values,
};

/// Name of the variable that holds the name of the tested input.
const INPUT_NAME: &str = "inputVariableName";

/// What an evaluation found: everything that history keeps.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The decision that was asked for.
    pub decision: EvaluatedDecision,
    /// The decisions it required, in the order of their evaluation.
    pub required: Vec<EvaluatedDecision>,
    /// The result of the decision.
    pub result: DecisionResult,
}

/// One evaluated decision.
#[derive(Clone, Debug)]
pub struct EvaluatedDecision {
    /// The decision.
    pub decision: Arc<Decision>,
    /// The inputs of a table, in order.
    pub inputs: Vec<EvaluatedInput>,
    /// The rules that count after the hit policy, in order.
    pub rules: Vec<EvaluatedRule>,
    /// What an aggregator made of the outputs: the name of the output and the value.
    pub collected: Option<(Option<Arc<str>>, TypedValue)>,
    /// The variable and value of a literal expression.
    pub literal: Option<(Option<Arc<str>>, TypedValue)>,
    /// Camunda's metric: inputs and outputs times rules; 1 for a literal expression.
    pub executed_elements: u64,
}

/// An input with its value.
#[derive(Clone, Debug)]
pub struct EvaluatedInput {
    /// Id of the input clause.
    pub id: Arc<str>,
    /// Label of the input clause.
    pub name: Option<Arc<str>>,
    /// Name of the variable that the tests saw.
    pub variable: Arc<str>,
    /// The value.
    pub value: TypedValue,
}

/// A rule that matched.
#[derive(Clone, Debug)]
pub struct EvaluatedRule {
    /// Id of the rule.
    pub id: Arc<str>,
    /// Its outputs, without those that have no text.
    pub outputs: Vec<EvaluatedOutput>,
}

/// An output with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluatedOutput {
    /// Id of the output clause.
    pub id: Arc<str>,
    /// Label of the output clause.
    pub name: Option<Arc<str>>,
    /// Name of the variable.
    pub variable: Option<Arc<str>>,
    /// The value.
    pub value: TypedValue,
}

impl Drd {
    /// Evaluates the decision of that key.
    ///
    /// # Errors
    /// [`DmnError::UnknownDecision`], and those of [`Decision::evaluate`].
    pub fn evaluate(&self, key: &str, host: &mut dyn DecisionHost) -> Result<Evaluation, DmnError> {
        let decision = self.decision(key).ok_or_else(|| DmnError::UnknownDecision(key.to_owned()))?;
        decision.evaluate(host)
    }
}

impl Decision {
    /// Evaluates the decision and before it what it requires.
    ///
    /// # Errors
    /// Expressions that fail, values of the wrong type, rules that do not fit the hit policy.
    pub fn evaluate(self: &Arc<Self>, host: &mut dyn DecisionHost) -> Result<Evaluation, DmnError> {
        let mut order = Vec::new();
        evaluation_order(self, &mut order);
        let mut run = Run { host, locals: Locals::default(), zone: OnceCell::new() };
        let mut required = Vec::with_capacity(order.len());
        for decision in order {
            let evaluated = run.decide(&decision)?;
            let result = evaluated.result();
            if Arc::ptr_eq(&decision, self) {
                return Ok(Evaluation { decision: evaluated, required, result });
            }
            run.publish(&decision, &result);
            required.push(evaluated);
        }
        Err(DmnError::UnknownDecision(self.key.to_string()))
    }
}

/// Each decision behind what it requires.
fn evaluation_order(decision: &Arc<Decision>, order: &mut Vec<Arc<Decision>>) {
    if order.iter().any(|known| Arc::ptr_eq(known, decision)) {
        return;
    }
    for required in &decision.required {
        evaluation_order(required, order);
    }
    order.push(decision.clone());
}

impl EvaluatedDecision {
    fn result(&self) -> DecisionResult {
        if let Some((name, value)) = self.literal.as_ref().or(self.collected.as_ref()) {
            return DecisionResult(vec![Entries::from_iter([(name.clone(), value.clone())])]);
        }
        let entries = |rule: &EvaluatedRule| -> Entries {
            rule.outputs.iter().map(|output| (output.variable.clone(), output.value.clone())).collect()
        };
        DecisionResult(self.rules.iter().map(entries).collect())
    }
}

struct Run<'h> {
    host: &'h mut dyn DecisionHost,
    locals: Locals,
    zone: OnceCell<TimeZone>,
}

/// Variables for FEEL.
struct FeelScope<'r, 'h> {
    run: &'r mut Run<'h>,
}

impl Scope for FeelScope<'_, '_> {
    fn variable(&mut self, name: &str) -> Option<Feel> {
        let run = &mut *self.run;
        let value = match run.locals.get(name) {
            Some(value) => value.clone(),
            None => run.host.variable(name)?,
        };
        Some(run.feel_value(&value))
    }

    fn now(&mut self) -> Zoned {
        self.run.host.now()
    }

    fn random(&mut self) -> u64 {
        self.run.host.random()
    }
}

impl Run<'_> {
    fn feel_value(&mut self, value: &Value) -> Feel {
        let zone = self.zone_for(value);
        values::to_feel(value, &|| zone.clone())
    }

    /// The zone of the engine; the clock is asked only for values that need it.
    fn zone_for(&mut self, value: &Value) -> TimeZone {
        if matches!(value, Value::Date(_) | Value::Object(_)) { self.zone() } else { TimeZone::UTC }
    }

    fn zone(&mut self) -> TimeZone {
        self.zone.get_or_init(|| self.host.now().time_zone().clone()).clone()
    }

    fn transform(&mut self, value: Value, type_ref: Option<&Arc<str>>) -> Result<TypedValue, DmnError> {
        let is_date = type_ref.is_some_and(|name| name.eq_ignore_ascii_case("date"));
        let zone = if is_date { self.zone() } else { TimeZone::UTC };
        types::transform(value, type_ref.map(AsRef::as_ref), &|| zone.clone())
    }

    fn expression(&mut self, script: &Script) -> Result<Value, DmnError> {
        match script {
            Script::Empty => Ok(Value::Null),
            Script::Feel(parsed) => {
                let expression = parsed.as_ref().map_err(|error| feel::FeelError::from(error.clone()))?;
                values::from_feel(&expression.evaluate(&mut FeelScope { run: self })?)
            }
            Script::Foreign { language, text } => {
                self.host.evaluate(language, text, &self.locals).map_err(|error| match error {
                    HostError::UnknownLanguage => DmnError::UnknownLanguage(language.to_string()),
                    HostError::Failed(cause) => {
                        DmnError::Foreign { language: language.to_string(), text: text.to_string(), cause }
                    }
                })
            }
        }
    }

    fn decide(&mut self, decision: &Arc<Decision>) -> Result<EvaluatedDecision, DmnError> {
        let mut evaluated = EvaluatedDecision {
            decision: decision.clone(),
            inputs: Vec::new(),
            rules: Vec::new(),
            collected: None,
            literal: None,
            executed_elements: 1,
        };
        match &decision.logic {
            Logic::Literal(literal) => {
                let value = self.expression(&literal.expression)?;
                let value = self.transform(value, literal.type_ref.as_ref())?;
                evaluated.literal = Some((literal.variable_name.clone(), value));
            }
            Logic::Table(table) => {
                let columns = table.inputs.len() + table.outputs.len();
                evaluated.executed_elements = (columns * table.rules.len()) as u64;
                self.table(table, &mut evaluated)?;
                hit_policy::apply(table.hit_policy, &mut evaluated)?;
            }
        }
        Ok(evaluated)
    }

    fn table(&mut self, table: &DecisionTable, evaluated: &mut EvaluatedDecision) -> Result<(), DmnError> {
        let mut matching: Vec<&Rule> = table.rules.iter().collect();
        for (column, input) in table.inputs.iter().enumerate() {
            let value = match &input.expression {
                Some(expression) => {
                    let value = self.expression(&expression.script)?;
                    self.transform(value, expression.type_ref.as_ref())?
                }
                None => TypedValue::untyped(Value::Null),
            };
            self.filter(column, input, &value.value, &mut matching)?;
            evaluated.inputs.push(EvaluatedInput {
                id: input.id.clone(),
                name: input.name.clone(),
                variable: input.variable.clone(),
                value,
            });
        }
        for rule in matching {
            let mut outputs: Vec<EvaluatedOutput> = Vec::with_capacity(table.outputs.len());
            for (output, conclusion) in table.outputs.iter().zip(&rule.conclusions) {
                if matches!(conclusion, Script::Empty) {
                    continue;
                }
                let value = self.expression(conclusion)?;
                let value = self.transform(value, output.type_ref.as_ref())?;
                outputs.push(EvaluatedOutput {
                    id: output.id.clone(),
                    name: output.name.clone(),
                    variable: output.variable.clone(),
                    value,
                });
            }
            evaluated.rules.push(EvaluatedRule { id: rule.id.clone(), outputs });
        }
        Ok(())
    }

    /// Keeps the rules whose entry in the column is met.
    fn filter(
        &mut self,
        column: usize,
        input: &Input,
        value: &Value,
        matching: &mut Vec<&Rule>,
    ) -> Result<(), DmnError> {
        // Without an input expression the tests see the variable of that name, if there is one.
        let has_text = input.expression.as_ref().is_some_and(|expression| !matches!(expression.script, Script::Empty));
        let outer = self.locals.len();
        let tested = if has_text {
            self.locals.put(INPUT_NAME.into(), Value::String(input.variable.clone()));
            self.locals.put(input.variable.clone(), value.clone());
            Some(self.feel_value(value))
        } else {
            None
        };
        let mut kept = Vec::with_capacity(matching.len());
        let mut outcome = Ok(());
        for rule in matching.iter() {
            match self.meets(&rule.conditions[column], &input.variable, tested.as_ref()) {
                Ok(true) => kept.push(*rule),
                Ok(false) => {}
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.locals.truncate(outer);
        *matching = kept;
        outcome
    }

    fn meets(&mut self, condition: &Condition, variable: &str, tested: Option<&Feel>) -> Result<bool, DmnError> {
        match condition {
            Condition::Always => Ok(true),
            Condition::Tests(parsed) => {
                let tests = parsed.as_ref().map_err(|error| feel::FeelError::from(error.clone()))?;
                Ok(tests.evaluate(variable, tested, &mut FeelScope { run: self })?)
            }
            Condition::Foreign(script) => Ok(matches!(self.expression(script)?, Value::Boolean(true))),
        }
    }

    /// Makes the result of a required decision visible to those that come after it.
    fn publish(&mut self, decision: &Decision, result: &DecisionResult) {
        let lists = matches!(
            &decision.logic,
            Logic::Table(DecisionTable { hit_policy: HitPolicy::Collect(None) | HitPolicy::RuleOrder, .. })
        );
        match result.0.as_slice() {
            [] => {}
            [single] if !lists => {
                for (name, value) in single {
                    if let Some(name) = name {
                        self.locals.put(name.clone(), value.value.clone());
                    }
                }
            }
            entries => {
                let mut names: Vec<&Arc<str>> = Vec::new();
                for name in entries.iter().flat_map(|entries| entries.keys().flatten()) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                for name in names {
                    let values = result.collect(Some(name)).map(|value| Tree::Value(value.value.clone()));
                    let list = values::object("java.util.ArrayList", Tree::List(values.collect()));
                    self.locals.put(name.clone(), list);
                }
            }
        }
    }
}
