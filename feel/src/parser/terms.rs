//! Values: literals, names, calls, lists, contexts, functions, and what follows them.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Found, Parser, Rule, scan};
use crate::{
    builtins,
    error::ParseError,
    expression::{Arguments, Expr, Node, Step},
    temporal,
    value::Value,
};

impl Parser<'_> {
    /// A term with its properties and filters.
    pub(super) fn value(&mut self, at: usize) -> Found<Node> {
        self.remember(Rule::Value, at, |p, at| {
            let (term, end) = p.term(at)?;
            let mut end = p.space(end)?;
            let mut steps = Vec::new();
            while let Some((step, behind)) = p.step(end) {
                steps.push(step);
                end = p.space(behind)?;
            }
            let value = if steps.is_empty() { term } else { Arc::new(Expr::Chain(term, steps)) };
            Some((value, end))
        })
    }

    fn step(&mut self, at: usize) -> Found<Step> {
        if self.sees(at, ".") {
            let at = self.space(at + 1)?;
            let (name, at) = self.property(at)?;
            return Some((Step::Path(name), at));
        }
        let at = self.word(at, "[")?;
        let (filter, at) = self.expression(at)?;
        let at = self.space(at)?;
        if self.sees(at, "]") { Some((Step::Filter(filter), at + 1)) } else { self.fail(at) }
    }

    fn term(&mut self, at: usize) -> Found<Node> {
        self.temporal(at)
            .or_else(|| self.call(at))
            .or_else(|| self.variable(at))
            .or_else(|| self.literal(at))
            .or_else(|| self.sees(at, "?").then(|| (Arc::new(Expr::InputSymbol), at + 1)))
            .or_else(|| self.function(at))
            .or_else(|| {
                let at = self.word(at, "(")?;
                let (inner, at) = self.expression(at)?;
                let at = self.space(at)?;
                if self.sees(at, ")") { Some((inner, at + 1)) } else { self.fail(at) }
            })
    }

    /// `date("…")`, `@"…"` and the like, read while parsing; a text that is none of these is null.
    fn temporal(&mut self, at: usize) -> Found<Node> {
        const FUNCTIONS: [&str; 4] = ["duration", "date and time", "date", "time"];
        if self.sees(at, "@") {
            let at = self.space(at + 1)?;
            let end = scan::quoted(self.text, at)?;
            return Some((Arc::new(any_temporal(&self.text[at + 1..end - 1])), end));
        }
        let function = FUNCTIONS.into_iter().find(|name| self.sees(at, name))?;
        let at = self.space(at + function.len())?;
        let at = self.word(at, "(")?;
        let end = scan::quoted(self.text, at).or_else(|| self.fail(at))?;
        let text = &self.text[at + 1..end - 1];
        let at = self.space(end)?;
        if !self.sees(at, ")") {
            return self.fail(at);
        }
        let literal = match function {
            "duration" => constant(duration(text)),
            "date and time" => constant(date_time(text)),
            "date" => constant(temporal::parse_date(text).map(Value::Date)),
            _ => time(text),
        };
        Some((Arc::new(literal), at + 1))
    }

    fn literal(&mut self, at: usize) -> Found<Node> {
        let words = [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        for (word, value) in words {
            if self.sees(at, word) {
                return Some((Arc::new(Expr::Constant(value)), at + word.len()));
            }
        }
        if let Some(end) = scan::quoted(self.text, at) {
            let text = scan::unescape(&self.text[at + 1..end - 1]);
            return Some((Arc::new(Expr::Constant(Value::string(text))), end));
        }
        if let Some(end) = scan::number(self.text, at) {
            let number = self.text[at..end].parse().ok()?;
            return Some((Arc::new(Expr::Constant(Value::Number(number))), end));
        }
        self.list(at).or_else(|| self.context(at))
    }

    fn list(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "[")?;
        let (items, at) = self.list_of(at, Self::expression).unwrap_or((Vec::new(), at));
        let at = self.space(at)?;
        if self.sees(at, "]") { Some((Arc::new(Expr::List(items)), at + 1)) } else { self.fail(at) }
    }

    fn context(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "{")?;
        let (entries, at) = self.list_of(at, Self::context_entry).unwrap_or((Vec::new(), at));
        let at = self.space(at)?;
        if self.sees(at, "}") { Some((Arc::new(Expr::Context(entries)), at + 1)) } else { self.fail(at) }
    }

    fn context_entry(&mut self, at: usize) -> Found<(Arc<str>, Node)> {
        let (key, at) = self
            .plain_key(at)
            .or_else(|| self.name(at))
            .or_else(|| scan::quoted(self.text, at).map(|end| (Arc::from(&self.text[at + 1..end - 1]), end)))?;
        let at = self.space(at)?;
        let at = self.word(at, ":")?;
        let (value, at) = self.expression(at)?;
        Some(((key, value), at))
    }

    /// Anything up to a character that means something in a context.
    fn plain_key(&mut self, at: usize) -> Found<Arc<str>> {
        let mut end = at;
        loop {
            let next = if end == at { at } else { self.space(end)? };
            match self.text[next..].chars().next() {
                None | Some('"' | '{' | '}' | ':' | ',' | '[' | ']' | '`') => break,
                Some(c) => end = next + c.len_utf8(),
            }
        }
        (end > at).then(|| (Arc::from(&self.text[at..end]), end))
    }

    /// A name, plain or in backticks.
    pub(super) fn name(&mut self, at: usize) -> Found<Arc<str>> {
        if let Some(end) = scan::identifier(self.text, at) {
            return Some((Arc::from(&self.text[at..end]), end));
        }
        match scan::escaped_identifier(self.text, at) {
            Some(end) => Some((Arc::from(&self.text[at + 1..end - 1]), end)),
            None => self.fail(at),
        }
    }

    fn property(&mut self, at: usize) -> Found<Arc<str>> {
        const WITH_SPACE: &str = "time offset";
        if self.sees(at, WITH_SPACE) {
            return Some((Arc::from(WITH_SPACE), at + WITH_SPACE.len()));
        }
        self.name(at)
    }

    /// Names joined by points.
    pub(super) fn qualified_name(&mut self, at: usize) -> Found<Vec<Arc<str>>> {
        let (first, mut end) = self.property(at)?;
        let mut names = vec![first];
        loop {
            let next = self.space(end)?;
            if !self.sees(next, ".") {
                break;
            }
            let next = self.space(next + 1)?;
            let Some((name, behind)) = self.property(next) else { break };
            names.push(name);
            end = behind;
        }
        Some((names, end))
    }

    fn variable(&mut self, at: usize) -> Found<Node> {
        let (names, at) = self.qualified_name(at)?;
        Some((Arc::new(Expr::Ref(names)), at))
    }

    fn call(&mut self, at: usize) -> Found<Node> {
        self.remember(Rule::Call, at, |p, at| {
            let (mut names, at) = p.function_name(at)?;
            let at = p.space(at)?;
            let at = p.word(at, "(")?;
            let (arguments, at) = p
                .named_arguments(at)
                .or_else(|| p.positional_arguments(at))
                .unwrap_or((Arguments::Positional(Vec::new()), at));
            let at = p.space(at)?;
            if !p.sees(at, ")") {
                return p.fail(at);
            }
            let name = names.pop()?;
            let call = if names.is_empty() {
                Expr::Call { builtins: builtins::named(&name), name, arguments }
            } else {
                Expr::QualifiedCall { path: Arc::new(Expr::Ref(names)), name, arguments }
            };
            Some((Arc::new(call), at + 1))
        })
    }

    fn function_name(&mut self, at: usize) -> Found<Vec<Arc<str>>> {
        // Names of built-in functions that contain a reserved word.
        const RESERVED: [&str; 5] = ["and", "or", "date and time", "years and months duration", "get or else"];
        if let Some(end) = scan::identifier_with_spaces(self.text, at) {
            return Some((vec![Arc::from(&self.text[at..end])], end));
        }
        if let Some(name) = RESERVED.into_iter().find(|name| self.sees(at, name)) {
            return Some((vec![Arc::from(name)], at + name.len()));
        }
        self.qualified_name(at)
    }

    fn parameter_name(&mut self, at: usize) -> Found<Arc<str>> {
        match scan::identifier_with_spaces(self.text, at) {
            Some(end) => Some((Arc::from(&self.text[at..end]), end)),
            None => self.name(at),
        }
    }

    fn named_arguments(&mut self, at: usize) -> Found<Arguments> {
        let (arguments, at) = self.list_of(at, |p, at| {
            let (name, at) = p.parameter_name(at)?;
            let at = p.space(at)?;
            let at = p.word(at, ":")?;
            let (value, at) = p.argument(at)?;
            Some(((name, value), at))
        })?;
        Some((Arguments::Named(arguments), at))
    }

    fn positional_arguments(&mut self, at: usize) -> Found<Arguments> {
        let (arguments, at) = self.list_of(at, Self::argument)?;
        Some((Arguments::Positional(arguments), at))
    }

    fn argument(&mut self, at: usize) -> Found<Node> {
        if let Some((range, at)) = self.range(at) {
            return Some((Arc::new(Expr::Range(Box::new(range))), at));
        }
        self.expression(at)
    }

    fn function(&mut self, at: usize) -> Found<Node> {
        let at = self.word(at, "function")?;
        let at = self.word(at, "(")?;
        let (parameters, at) = self.list_of(at, Self::parameter_name).unwrap_or((Vec::new(), at));
        let at = self.space(at)?;
        let at = self.word(at, ")")?;
        if self.sees(at, "external") && self.external(at).is_some() {
            self.hopeless = Some(ParseError::external_function(self.text));
            return None;
        }
        let (body, at) = self.expression(at)?;
        Some((Arc::new(Expr::Function { parameters: parameters.into(), body }), at))
    }

    /// `external { java: { class: "…", method signature: "…" } }`: known, and refused as Camunda refuses it.
    fn external(&mut self, at: usize) -> Option<usize> {
        let mut at = self.word(at, "external")?;
        for word in ["{", "java", ":", "{", "class", ":"] {
            at = self.word(at, word)?;
        }
        at = scan::quoted(self.text, at)?;
        at = self.space(at)?;
        for word in [",", "method signature", ":"] {
            at = self.word(at, word)?;
        }
        at = scan::quoted(self.text, at)?;
        at = self.space(at)?;
        at = self.word(at, "}")?;
        self.word(at, "}")
    }
}

fn constant(value: Option<Value>) -> Expr {
    Expr::Constant(value.unwrap_or(Value::Null))
}

fn duration(text: &str) -> Option<Value> {
    if temporal::is_year_month_duration(text) {
        temporal::parse_year_month_duration(text).map(Value::YearMonthDuration)
    } else {
        temporal::parse_day_time_duration(text).map(Value::DayTimeDuration)
    }
}

fn date_time(text: &str) -> Option<Value> {
    if temporal::is_date(text) {
        temporal::parse_date(text).map(|date| Value::LocalDateTime(date.at(0, 0, 0, 0)))
    } else if temporal::is_offset_date_time(text) {
        temporal::parse_date_time(text).map(Value::date_time)
    } else {
        temporal::parse_local_date_time(text).map(Value::LocalDateTime)
    }
}

fn time(text: &str) -> Expr {
    if !temporal::is_offset_time(text) {
        return constant(temporal::parse_local_time(text).map(Value::LocalTime));
    }
    // Whether it is a time does not depend on the date, only the offset of a region does.
    match temporal::parse_zoned_time(text, Timestamp::UNIX_EPOCH) {
        Some(time) if time.zone.is_some() => Expr::TimeInRegion(Arc::from(text)),
        Some(time) => Expr::Constant(Value::Time(Arc::new(time))),
        None => Expr::Constant(Value::Null),
    }
}

fn any_temporal(text: &str) -> Expr {
    if temporal::is_date(text) {
        constant(temporal::parse_date(text).map(Value::Date))
    } else if temporal::is_offset_time(text) {
        time(text)
    } else if temporal::is_offset_date_time(text) || temporal::is_local_date_time(text) {
        constant(date_time(text))
    } else if temporal::is_year_month_duration(text) || temporal::is_day_time_duration(text) {
        constant(duration(text))
    } else {
        constant(temporal::parse_local_time(text).map(Value::LocalTime))
    }
}
