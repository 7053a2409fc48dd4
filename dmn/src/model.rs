//! Compiled decisions: immutable, shareable, everything parsed.

use std::sync::Arc;

use feel::{Expression, UnaryTests};

/// A decision requirements definition: the decisions of one file.
#[derive(Clone, Debug)]
pub struct Drd {
    /// Id of the definitions.
    pub id: Arc<str>,
    /// Name of the definitions.
    pub name: Option<Arc<str>>,
    /// Namespace of the definitions: the category of the definition.
    pub category: Option<Arc<str>>,
    pub(crate) decisions: Vec<Arc<Decision>>,
}

impl Drd {
    /// The decisions, in the order in which Camunda deploys them. Those without logic that Camunda knows are left out.
    pub fn decisions(&self) -> &[Arc<Decision>] {
        &self.decisions
    }

    /// The decision of that key.
    pub fn decision(&self, key: &str) -> Option<&Arc<Decision>> {
        self.decisions.iter().find(|decision| &*decision.key == key)
    }

    /// Whether Camunda keeps the requirements definition: only for more than one decision.
    pub fn is_persistable(&self) -> bool {
        self.decisions.len() > 1
    }
}

/// A decision with its logic and what it requires.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Id of the decision.
    pub key: Arc<str>,
    /// Name of the decision.
    pub name: Option<Arc<str>>,
    /// Namespace of the definitions.
    pub category: Option<Arc<str>>,
    /// `camunda:versionTag`.
    pub version_tag: Option<Arc<str>>,
    /// `camunda:historyTimeToLive` in days.
    pub history_time_to_live: Option<i32>,
    /// How it is decided.
    pub logic: Logic,
    /// Decisions whose results it needs, in order.
    pub required: Vec<Arc<Decision>>,
}

impl Decision {
    /// All expressions of the decision, for a linter: Camunda notices a text that is no FEEL only when it is evaluated.
    pub fn expressions(&self) -> Vec<ExpressionInfo<'_>> {
        let scripts: Vec<&Script> = match &self.logic {
            Logic::Literal(literal) => vec![&literal.expression],
            Logic::Table(table) => {
                let inputs = table.inputs.iter().filter_map(|input| input.expression.as_ref()).map(|e| &e.script);
                inputs.chain(table.rules.iter().flat_map(|rule| &rule.conclusions)).collect()
            }
        };
        let conditions: Vec<&Condition> = match &self.logic {
            Logic::Literal(_) => Vec::new(),
            Logic::Table(table) => table.rules.iter().flat_map(|rule| &rule.conditions).collect(),
        };
        scripts.into_iter().filter_map(Script::info).chain(conditions.into_iter().filter_map(Condition::info)).collect()
    }
}

/// An expression as a linter sees it.
#[derive(Clone, Debug)]
pub struct ExpressionInfo<'d> {
    /// The language; `None` for FEEL.
    pub language: Option<&'d str>,
    /// Why the text is no FEEL.
    pub problem: Option<&'d feel::ParseError>,
}

/// How a decision is made.
#[derive(Clone, Debug)]
pub enum Logic {
    /// A decision table.
    Table(DecisionTable),
    /// One expression.
    Literal(LiteralExpression),
}

/// A literal expression and the variable that takes its value.
#[derive(Clone, Debug)]
pub struct LiteralExpression {
    /// Name of the variable.
    pub variable_name: Option<Arc<str>>,
    pub(crate) type_ref: Option<Arc<str>>,
    pub(crate) expression: Script,
}

/// A decision table.
#[derive(Clone, Debug)]
pub struct DecisionTable {
    /// How rules that match are reconciled.
    pub hit_policy: HitPolicy,
    /// The columns that are tested.
    pub inputs: Vec<Input>,
    /// The columns of results.
    pub outputs: Vec<Output>,
    /// The rows.
    pub rules: Vec<Rule>,
}

/// A column that is tested.
#[derive(Clone, Debug)]
pub struct Input {
    /// Id of the input clause.
    pub id: Arc<str>,
    /// Label of the input clause.
    pub name: Option<Arc<str>>,
    /// `camunda:inputVariable`, or `cellInput`.
    pub variable: Arc<str>,
    /// Absent without input expression.
    pub(crate) expression: Option<InputExpression>,
}

#[derive(Clone, Debug)]
pub(crate) struct InputExpression {
    pub(crate) script: Script,
    pub(crate) type_ref: Option<Arc<str>>,
}

/// A column of results.
#[derive(Clone, Debug)]
pub struct Output {
    /// Id of the output clause.
    pub id: Arc<str>,
    /// Label of the output clause.
    pub name: Option<Arc<str>>,
    /// Name of the variable.
    pub variable: Option<Arc<str>>,
    pub(crate) type_ref: Option<Arc<str>>,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Id of the rule.
    pub id: Arc<str>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) conclusions: Vec<Script>,
}

/// How rules that match are reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HitPolicy {
    /// At most one rule may match.
    Unique,
    /// The first match counts.
    First,
    /// All matches must agree.
    Any,
    /// All matches, in the order of the rules.
    RuleOrder,
    /// All matches, or what the aggregator makes of them.
    Collect(Option<Aggregator>),
}

/// What becomes of collected outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregator {
    /// The sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The number of outputs.
    Count,
}

impl HitPolicy {
    /// The policy as DMN writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unique => "UNIQUE",
            Self::First => "FIRST",
            Self::Any => "ANY",
            Self::RuleOrder => "RULE ORDER",
            Self::Collect(_) => "COLLECT",
        }
    }

    /// The aggregator, if any.
    pub fn aggregator(self) -> Option<Aggregator> {
        match self {
            Self::Collect(aggregator) => aggregator,
            Self::Unique | Self::First | Self::Any | Self::RuleOrder => None,
        }
    }
}

impl Aggregator {
    /// The aggregator as DMN writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "SUM",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Count => "COUNT",
        }
    }
}

/// An expression in some language, parsed if it is FEEL. A text that does not parse fails when it is evaluated, as in
/// Camunda.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// No text: an input that is null, an output that is left out.
    Empty,
    Feel(Result<Expression, feel::ParseError>),
    /// For the host.
    Foreign {
        language: Arc<str>,
        text: Arc<str>,
    },
}

/// An input entry.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// No text: always met.
    Always,
    Tests(Result<UnaryTests, feel::ParseError>),
    /// Another language: met when the value is true.
    Foreign(Script),
}

/// Names under which FEEL is known.
const FEEL: [&str; 5] = [
    "http://www.omg.org/spec/FEEL/20140401",
    "http://www.omg.org/spec/DMN/20180521/FEEL/",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "https://www.omg.org/spec/DMN/20211108/FEEL/",
    "https://www.omg.org/spec/DMN/20230324/FEEL/",
];

/// Whether the namespace is FEEL's.
pub(crate) fn is_feel_namespace(language: &str) -> bool {
    FEEL.contains(&language)
}

/// Whether a text in this language is FEEL; none means FEEL.
fn is_feel(language: Option<&str>) -> bool {
    language.is_none_or(|language| is_feel_namespace(language) || language.eq_ignore_ascii_case("feel"))
}

impl Script {
    /// An expression; FEEL unless the language says otherwise.
    pub(crate) fn new(text: Option<&str>, language: Option<&str>) -> Self {
        match (text, language) {
            (None, _) => Self::Empty,
            (Some(text), Some(language)) if !is_feel(Some(language)) => {
                Self::Foreign { language: language.into(), text: foreign_text(language, text).into() }
            }
            (Some(text), _) => Self::Feel(Expression::parse(text)),
        }
    }

    fn info(&self) -> Option<ExpressionInfo<'_>> {
        match self {
            Self::Empty => None,
            Self::Foreign { language, .. } => Some(ExpressionInfo { language: Some(language), problem: None }),
            Self::Feel(parsed) => Some(ExpressionInfo { language: None, problem: parsed.as_ref().err() }),
        }
    }
}

impl Condition {
    /// An input entry; FEEL unless the language says otherwise.
    pub(crate) fn new(text: Option<&str>, language: Option<&str>) -> Self {
        match text {
            None => Self::Always,
            Some(text) if is_feel(language) => Self::Tests(UnaryTests::parse(text)),
            Some(_) => Self::Foreign(Script::new(text, language)),
        }
    }

    fn info(&self) -> Option<ExpressionInfo<'_>> {
        match self {
            Self::Always => None,
            Self::Foreign(script) => script.info(),
            Self::Tests(parsed) => Some(ExpressionInfo { language: None, problem: parsed.as_ref().err() }),
        }
    }
}

/// A JUEL text without delimiters gets them.
fn foreign_text(language: &str, text: &str) -> String {
    let is_expression = text.trim().starts_with("${") || text.trim().starts_with("#{");
    if language.eq_ignore_ascii_case("juel") && !is_expression { format!("${{{text}}}") } else { text.to_owned() }
}
