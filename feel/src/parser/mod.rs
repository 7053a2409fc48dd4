//! Text to [`Expr`]: the ordered choices of Camunda's FEEL grammar, in their order.
//!
//! The grammar is a parsing expression grammar: the first alternative that fits wins, words are matched without looking
//! at what follows (`x in y` and `x iny` are the same), and a range is tried before a parenthesis or a list. What fits
//! is therefore decided exactly as Camunda 7 decides it. Results are remembered per place, so that backtracking stays
//! linear; nesting and length are limited.

mod scan;
mod terms;
mod tests_grammar;

use std::{collections::HashMap, sync::Arc};

use crate::{
    error::ParseError,
    expression::{Comparison, Expr, Node, Operator},
    limits::{MAX_LENGTH, MAX_NESTING},
};

/// What was found, and where it ends. `None`: this alternative does not fit.
type Found<T> = Option<(T, usize)>;

/// Rules whose results are remembered: those from which everything else is reached more than once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Expression,
    Sum,
    Value,
    Call,
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    remembered: HashMap<(Rule, usize), Found<Node>>,
    nesting: u32,
    /// The place furthest to the right at which something did not fit.
    furthest: usize,
    /// Why no alternative can help any more.
    hopeless: Option<ParseError>,
    /// Whether the body of a `for` can read `partial`.
    mentions_partial: bool,
}

/// Parses an expression.
pub(crate) fn expression(text: &str) -> Result<Node, ParseError> {
    parse(text, Parser::expression)
}

/// Parses unary tests.
pub(crate) fn unary_tests(text: &str) -> Result<Node, ParseError> {
    parse(text, Parser::unary_tests)
}

fn parse<'a>(text: &'a str, rule: impl Fn(&mut Parser<'a>, usize) -> Found<Node>) -> Result<Node, ParseError> {
    if text.len() > MAX_LENGTH {
        return Err(ParseError::limit(text, "too long"));
    }
    let mut parser = Parser {
        text,
        remembered: HashMap::new(),
        nesting: 0,
        furthest: 0,
        hopeless: None,
        mentions_partial: text.contains("partial"),
    };
    let found = parser
        .space(0)
        .and_then(|at| rule(&mut parser, at))
        .and_then(|(node, at)| parser.space(at).map(|at| (node, at)));
    if let Some(error) = parser.hopeless {
        return Err(error);
    }
    match found {
        Some((node, at)) if at == text.len() => Ok(node),
        Some((_, at)) => Err(ParseError::syntax(text, at, "end-of-input")),
        None => Err(ParseError::syntax(text, parser.furthest, "expression")),
    }
}

impl Parser<'_> {
    fn fail<T>(&mut self, at: usize) -> Option<T> {
        self.furthest = self.furthest.max(at);
        None
    }

    /// Behind white space.
    fn space(&mut self, at: usize) -> Option<usize> {
        if self.hopeless.is_some() {
            return None;
        }
        let behind = scan::skip_space(self.text, at);
        if behind.is_err() {
            self.hopeless = Some(ParseError::syntax(self.text, self.text.len(), "\"*/\""));
        }
        behind.ok()
    }

    /// Behind the word and the white space after it.
    fn word(&mut self, at: usize, word: &str) -> Option<usize> {
        if self.text.as_bytes()[at..].starts_with(word.as_bytes()) {
            self.space(at + word.len())
        } else {
            self.fail(at)
        }
    }

    /// Whether the word stands here.
    fn sees(&self, at: usize, word: &str) -> bool {
        self.text.as_bytes()[at..].starts_with(word.as_bytes())
    }

    /// Applies a rule once per place, and counts nesting.
    fn remember(&mut self, rule: Rule, at: usize, parse: impl FnOnce(&mut Self, usize) -> Found<Node>) -> Found<Node> {
        if let Some(found) = self.remembered.get(&(rule, at)) {
            return found.clone();
        }
        if self.hopeless.is_some() {
            return None;
        }
        let nested = matches!(rule, Rule::Expression | Rule::Value);
        if nested && self.nesting >= MAX_NESTING {
            self.hopeless = Some(ParseError::limit(self.text, "nested too deeply"));
            return None;
        }
        self.nesting += u32::from(nested);
        let found = parse(self, at);
        self.nesting -= u32::from(nested);
        self.remembered.insert((rule, at), found.clone());
        found
    }

    /// One or more, separated by commas.
    fn list_of<T>(&mut self, at: usize, item: impl Fn(&mut Self, usize) -> Found<T>) -> Found<Vec<T>> {
        let (first, mut end) = item(self, at)?;
        let mut items = vec![first];
        loop {
            let next = self.space(end)?;
            let Some(next) = self.word(next, ",") else { break };
            let Some((more, behind)) = item(self, next) else { break };
            items.push(more);
            end = behind;
        }
        if self.hopeless.is_some() { None } else { Some((items, end)) }
    }

    fn expression(&mut self, at: usize) -> Found<Node> {
        self.remember(Rule::Expression, at, |p, at| {
            p.conditional(at).or_else(|| p.iteration(at)).or_else(|| p.quantified(at)).or_else(|| p.disjunction(at))
        })
    }

    fn conditional(&mut self, at: usize) -> Found<Node> {
        // `else if` chains are loops here, not nesting: they grow long in real models.
        let mut branches = Vec::new();
        let mut at = at;
        let (otherwise, end) = loop {
            let Some((condition, then)) = self.condition_and_branch(at) else {
                if branches.is_empty() {
                    return None;
                }
                break self.expression(at)?;
            };
            branches.push((condition, then.0));
            at = then.1;
        };
        Some((Arc::new(Expr::If(branches, otherwise)), end))
    }

    /// `if … then … else`, up to what follows.
    fn condition_and_branch(&mut self, at: usize) -> Option<(Node, (Node, usize))> {
        let at = self.word(at, "if")?;
        let (condition, at) = self.expression(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "then")?;
        let (then, at) = self.expression(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "else")?;
        Some((condition, (then, at)))
    }

    fn iteration(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "for")?;
        let (iterators, at) = self.list_of(at, Self::iterator)?;
        let at = self.space(at)?;
        let at = self.word(at, "return")?;
        let (body, at) = self.expression(at)?;
        let partial = self.mentions_partial;
        Some((Arc::new(Expr::For { iterators, body, partial }), at))
    }

    fn quantified(&mut self, at: usize) -> Found<Node> {
        let every = self.sees(at, "every");
        let at = if every { self.word(at, "every")? } else { self.word(at, "some")? };
        let (iterators, at) = self.list_of(at, Self::iterator)?;
        let at = self.space(at)?;
        let at = self.word(at, "satisfies")?;
        let (condition, at) = self.expression(at)?;
        Some((Arc::new(Expr::Quantified { every, iterators, condition }), at))
    }

    fn iterator(&mut self, at: usize) -> Found<(Arc<str>, Node)> {
        let (name, at) = self.name(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "in")?;
        let (list, at) = self.counted(at).or_else(|| self.value(at))?;
        Some(((name, list), at))
    }

    /// `1..5`.
    fn counted(&mut self, at: usize) -> Found<Node> {
        let (start, at) = self.sum(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "..")?;
        let (end, at) = self.sum(at)?;
        Some((Arc::new(Expr::Iteration(start, end)), at))
    }

    fn disjunction(&mut self, at: usize) -> Found<Node> {
        self.chain(at, "or", Self::conjunction, Expr::Or)
    }

    fn conjunction(&mut self, at: usize) -> Found<Node> {
        self.chain(at, "and", Self::comparison, Expr::And)
    }

    fn chain(
        &mut self,
        at: usize,
        word: &str,
        part: impl Fn(&mut Self, usize) -> Found<Node>,
        whole: impl Fn(Vec<Node>) -> Expr,
    ) -> Found<Node> {
        let (first, mut end) = part(self, at)?;
        let mut more = Vec::new();
        loop {
            let next = self.space(end)?;
            let Some(next) = self.word(next, word) else { break };
            let Some((node, behind)) = part(self, next) else { break };
            more.push(node);
            end = behind;
        }
        if self.hopeless.is_some() {
            return None;
        }
        if more.is_empty() {
            return Some((first, end));
        }
        more.insert(0, first);
        Some((Arc::new(whole(more)), end))
    }

    fn comparison(&mut self, at: usize) -> Found<Node> {
        let Some((left, end)) = self.sum(at) else { return self.simple_unary_test(at) };
        let behind = self.space(end)?;
        Some(self.compared(&left, behind).unwrap_or((left, behind)))
    }

    fn compared(&mut self, left: &Node, at: usize) -> Found<Node> {
        self.binary_comparison(left, at)
            .or_else(|| self.between(left, at))
            .or_else(|| self.instance_of(left, at))
            .or_else(|| self.membership(left, at))
    }

    fn binary_comparison(&mut self, left: &Node, at: usize) -> Found<Node> {
        let (operator, at) = match self.comparison_sign(at) {
            Some((comparison, at)) => (Some(comparison), at),
            None => (None, at),
        };
        if let Some(comparison) = operator {
            let (right, at) = self.sum(at)?;
            return Some((Arc::new(Expr::Compare(comparison, left.clone(), right)), at));
        }
        let negated = self.sees(at, "!=");
        let at = if negated { self.word(at, "!=")? } else { self.word(at, "=")? };
        let (right, at) = self.sum(at)?;
        let equal = Arc::new(Expr::Equal(left.clone(), right));
        Some((if negated { Arc::new(Expr::Not(equal)) } else { equal }, at))
    }

    /// `<=`, `>=`, `<` or `>`.
    fn comparison_sign(&mut self, at: usize) -> Found<Comparison> {
        const SIGNS: [(&str, Comparison); 4] = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        match SIGNS.iter().find(|(sign, _)| self.sees(at, sign)) {
            Some((sign, comparison)) => Some((*comparison, self.space(at + sign.len())?)),
            None => self.fail(at),
        }
    }

    fn between(&mut self, value: &Node, at: usize) -> Found<Node> {
        let at = self.word(at, "between")?;
        let (low, at) = self.sum(at)?;
        let at = self.space(at)?;
        let at = self.word(at, "and")?;
        let (high, at) = self.sum(at)?;
        let above = Arc::new(Expr::Compare(Comparison::GreaterOrEqual, value.clone(), low));
        let below = Arc::new(Expr::Compare(Comparison::LessOrEqual, value.clone(), high));
        Some((Arc::new(Expr::And(vec![above, below])), at))
    }

    fn instance_of(&mut self, value: &Node, at: usize) -> Found<Node> {
        const SPECIAL: [&str; 4] = ["years and months duration", "days and time duration", "date and time", "function"];
        let at = self.word(at, "instance")?;
        let at = self.word(at, "of")?;
        let (name, at) = if let Some(special) = SPECIAL.iter().find(|name| self.sees(at, name)) {
            (Arc::from(*special), at + special.len())
        } else {
            let (names, at) = self.qualified_name(at)?;
            (names.join(".").into(), at)
        };
        Some((Arc::new(Expr::InstanceOf(value.clone(), name)), at))
    }

    fn membership(&mut self, value: &Node, at: usize) -> Found<Node> {
        let at = self.word(at, "in")?;
        let (test, at) = self.unary_tests_in_parentheses(at).or_else(|| self.positive_unary_test(at))?;
        Some((Arc::new(Expr::In(value.clone(), test)), at))
    }

    fn unary_tests_in_parentheses(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "(")?;
        let (tests, at) = self.positive_unary_tests(at)?;
        let at = self.space(at)?;
        if self.sees(at, ")") { Some((tests, at + 1)) } else { self.fail(at) }
    }

    /// The level of arithmetic: what can stand on either side of a comparison.
    fn sum(&mut self, at: usize) -> Found<Node> {
        self.remember(Rule::Sum, at, |p, at| {
            p.arithmetic(at, &[("+", Operator::Add), ("-", Operator::Subtract)], Self::product)
        })
    }

    fn product(&mut self, at: usize) -> Found<Node> {
        self.arithmetic(at, &[("*", Operator::Multiply), ("/", Operator::Divide)], Self::power)
    }

    fn power(&mut self, at: usize) -> Found<Node> {
        self.arithmetic(at, &[("**", Operator::Power)], Self::negation_of_value)
    }

    fn arithmetic(
        &mut self,
        at: usize,
        operators: &[(&str, Operator)],
        operand: impl Fn(&mut Self, usize) -> Found<Node>,
    ) -> Found<Node> {
        let (first, mut end) = operand(self, at)?;
        let mut operations = Vec::new();
        loop {
            let next = self.space(end)?;
            let Some((sign, operator)) = operators.iter().find(|(sign, _)| self.sees(next, sign)) else {
                self.furthest = self.furthest.max(next);
                break;
            };
            let next = self.space(next + sign.len())?;
            let Some((node, behind)) = operand(self, next) else { break };
            operations.push((*operator, node));
            end = behind;
        }
        if self.hopeless.is_some() {
            return None;
        }
        if operations.is_empty() {
            return Some((first, end));
        }
        Some((Arc::new(Expr::Arithmetic(first, operations)), end))
    }

    fn negation_of_value(&mut self, at: usize) -> Found<Node> {
        if !self.sees(at, "-") {
            return self.value(at);
        }
        let inner = self.space(at + 1)?;
        let (value, at) = self.value(inner)?;
        Some((Arc::new(Expr::Negate(value)), at))
    }
}
