//! `JSONPath` as Jayway's library reads it, behind Spin's `jsonPath(…)`.

use std::rc::Rc;

use super::{JsonNode, methods::path_error};
use crate::{
    args::mismatch,
    context::{Context, ObjectError},
    object::{Extension, Object},
    pattern,
};

/// Most nodes a path may select.
const MAX_NODES: usize = 100_000;

#[derive(Debug)]
enum Step {
    /// `.name` or `['name', …]`.
    Names(Vec<Rc<str>>),
    /// `[n]` or `[n, m]`, negative from the end.
    Indexes(Vec<i64>),
    /// `[from:to]`.
    Slice(Option<i64>, Option<i64>),
    /// `*`
    Wildcard,
    /// `..`: this node and all below it.
    Descend,
    /// `[?(…)]`
    Filter(Filter),
    /// `length()` and other functions at the end.
    Function(String),
}

#[derive(Debug)]
enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Vec<Step>),
    Compare(Operand, String, Operand),
}

#[derive(Debug)]
enum Operand {
    /// `@.…`
    Relative(Vec<Step>),
    /// `$.…`
    Absolute(Vec<Step>),
    Literal(JsonNode),
    List(Vec<JsonNode>),
    Pattern(String),
}

/// `SpinJsonPathQuery`: a compiled path on a node.
#[derive(Debug)]
pub(super) struct PathQuery {
    root: JsonNode,
    steps: Vec<Step>,
}

impl PathQuery {
    pub(super) fn object(root: &JsonNode, path: &str) -> Result<Object, ObjectError> {
        let mut reader = Reader { chars: path.chars().collect(), at: 0, depth: 0 };
        let steps = reader.whole_path();
        let steps = steps.ok_or_else(|| path_error("01014", &format!("Unable to compile '{path}'!")))?;
        Ok(Object::Extension(Rc::new(Self { root: root.clone(), steps })))
    }

    fn evaluate(&self) -> Result<JsonNode, ObjectError> {
        let message = "Unable to evaluate JsonPath expression on element \
                       'org.camunda.spin.impl.json.jackson.JacksonJsonNode'";
        let found = select(&self.root, &self.root, &self.steps).ok_or_else(|| path_error("01013", message))?;
        if is_definite(&self.steps) {
            found.into_iter().next().ok_or_else(|| path_error("01013", message))
        } else {
            Ok(JsonNode::array(found))
        }
    }
}

impl Extension for PathQuery {
    fn class_name(&self) -> String {
        "org.camunda.spin.impl.json.jackson.query.JacksonJsonPathQuery".to_owned()
    }

    fn text(&self) -> String {
        self.class_name()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], _: &mut dyn Context) -> Result<Object, ObjectError> {
        match (name, args) {
            ("element", []) => self.evaluate().map(Object::Json),
            ("elementList", []) => self.evaluate()?.elements(),
            ("stringValue", []) => self.evaluate()?.string_value(),
            ("numberValue", []) => self.evaluate()?.number_value(),
            ("boolValue", []) => self.evaluate()?.bool_value(),
            _ => Err(mismatch()),
        }
    }
}

/// Whether the path can select one node only.
fn is_definite(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Names(names) => names.len() == 1,
        Step::Indexes(indexes) => indexes.len() == 1,
        Step::Function(_) => true,
        _ => false,
    }) || matches!(steps.last(), Some(Step::Function(_)))
}

/// Nodes a path selects; `None` when a definite step finds nothing, or too much is found.
fn select(root: &JsonNode, from: &JsonNode, steps: &[Step]) -> Option<Vec<JsonNode>> {
    let mut nodes = vec![from.clone()];
    let mut definite = true;
    for (at, step) in steps.iter().enumerate() {
        if let Step::Function(name) = step {
            let input = if definite { nodes.first()?.clone() } else { JsonNode::array(nodes) };
            nodes = vec![function(name, &input)?];
            continue;
        }
        let mut found = Vec::new();
        for node in &nodes {
            let before = found.len();
            advance(root, node, step, &mut found);
            if definite && found.len() == before && matches!(step, Step::Names(_) | Step::Indexes(_)) {
                return None;
            }
            if found.len() > MAX_NODES {
                return None;
            }
        }
        definite &= is_definite(&steps[at..=at]);
        nodes = found;
    }
    Some(nodes)
}

fn advance(root: &JsonNode, node: &JsonNode, step: &Step, found: &mut Vec<JsonNode>) {
    match (step, node) {
        (Step::Names(names), JsonNode::Object(properties)) => {
            let properties = properties.borrow();
            found.extend(names.iter().filter_map(|name| properties.get(name).cloned()));
        }
        (Step::Indexes(indexes), JsonNode::Array(items)) => {
            let items = items.borrow();
            found.extend(indexes.iter().filter_map(|index| items.get(from_end(*index, items.len())?).cloned()));
        }
        (Step::Slice(from, to), JsonNode::Array(items)) => {
            let items = items.borrow();
            let clamp = |at: i64| {
                let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                usize::try_from(if at < 0 { at + length } else { at }.clamp(0, length)).unwrap_or(0)
            };
            let start = clamp(from.unwrap_or(0));
            let end = to.map_or(items.len(), clamp);
            found.extend(items.iter().take(end).skip(start).cloned());
        }
        (Step::Wildcard, JsonNode::Array(items)) => found.extend(items.borrow().iter().cloned()),
        (Step::Wildcard, JsonNode::Object(properties)) => {
            found.extend(properties.borrow().values().cloned());
        }
        (Step::Descend, _) => descend(node, found, 0),
        (Step::Filter(filter), JsonNode::Array(items)) => {
            found.extend(items.borrow().iter().filter(|item| holds(root, item, filter)).cloned());
        }
        (Step::Filter(filter), JsonNode::Object(_)) if holds(root, node, filter) => {
            found.push(node.clone());
        }
        _ => {}
    }
}

fn from_end(index: i64, length: usize) -> Option<usize> {
    let at = if index < 0 { index + i64::try_from(length).ok()? } else { index };
    usize::try_from(at).ok()
}

fn descend(node: &JsonNode, found: &mut Vec<JsonNode>, depth: usize) {
    if depth > JsonNode::MAX_DEPTH || found.len() > MAX_NODES {
        return;
    }
    found.push(node.clone());
    match node {
        JsonNode::Array(items) => items.borrow().iter().for_each(|item| descend(item, found, depth + 1)),
        JsonNode::Object(properties) => {
            properties.borrow().values().for_each(|value| descend(value, found, depth + 1));
        }
        _ => {}
    }
}

fn function(name: &str, node: &JsonNode) -> Option<JsonNode> {
    let size = |length: usize| Some(JsonNode::Int(i32::try_from(length).unwrap_or(i32::MAX)));
    match (name, node) {
        ("length" | "size", JsonNode::Array(items)) => size(items.borrow().len()),
        ("length" | "size", JsonNode::Object(properties)) => size(properties.borrow().len()),
        ("length" | "size", JsonNode::String(text)) => size(text.chars().count()),
        ("keys", JsonNode::Object(properties)) => {
            Some(JsonNode::array(properties.borrow().keys().cloned().map(JsonNode::String).collect()))
        }
        ("min" | "max" | "avg" | "sum", JsonNode::Array(items)) => {
            let items = items.borrow();
            let numbers = items.iter().filter_map(number);
            let count = items.iter().filter_map(number).count();
            if count == 0 {
                return None;
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of nodes in memory")]
            let value = match name {
                "min" => numbers.fold(f64::INFINITY, f64::min),
                "max" => numbers.fold(f64::NEG_INFINITY, f64::max),
                "sum" => numbers.sum(),
                _ => numbers.sum::<f64>() / count as f64,
            };
            Some(JsonNode::Double(value))
        }
        ("first", JsonNode::Array(items)) => items.borrow().first().cloned(),
        ("last", JsonNode::Array(items)) => items.borrow().last().cloned(),
        _ => None,
    }
}

fn number(node: &JsonNode) -> Option<f64> {
    node.to_object().double_value()
}

fn holds(root: &JsonNode, node: &JsonNode, filter: &Filter) -> bool {
    match filter {
        Filter::Or(parts) => parts.iter().any(|part| holds(root, node, part)),
        Filter::And(parts) => parts.iter().all(|part| holds(root, node, part)),
        Filter::Not(part) => !holds(root, node, part),
        Filter::Exists(steps) => select(root, node, steps).is_some_and(|found| !found.is_empty()),
        Filter::Compare(left, operator, right) => compare(root, node, left, operator, right),
    }
}

fn operand(root: &JsonNode, node: &JsonNode, operand: &Operand) -> Option<JsonNode> {
    let one = |from: &JsonNode, steps: &[Step]| {
        let found = select(root, from, steps)?;
        if is_definite(steps) { found.into_iter().next() } else { Some(JsonNode::array(found)) }
    };
    match operand {
        Operand::Relative(steps) => one(node, steps),
        Operand::Absolute(steps) => one(root, steps),
        Operand::Literal(value) => Some(value.clone()),
        Operand::List(items) => Some(JsonNode::array(items.clone())),
        Operand::Pattern(text) => Some(JsonNode::String(Rc::from(text.as_str()))),
    }
}

fn compare(root: &JsonNode, node: &JsonNode, left: &Operand, operator: &str, right: &Operand) -> bool {
    let (Some(left), Some(right)) = (operand(root, node, left), operand(root, node, right)) else {
        return operator == "!=";
    };
    let equal = |a: &JsonNode, b: &JsonNode| match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON,
        _ => a.equals(b, 0),
    };
    let order = match (number(&left), number(&right), &left, &right) {
        (Some(a), Some(b), ..) => a.partial_cmp(&b),
        (_, _, JsonNode::String(a), JsonNode::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let among = |item: &JsonNode, list: &JsonNode| match list {
        JsonNode::Array(items) => items.borrow().iter().any(|other| equal(item, other)),
        _ => false,
    };
    match operator {
        "==" | "===" => equal(&left, &right),
        "!=" | "!==" => !equal(&left, &right),
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
        "in" => among(&left, &right),
        "nin" => !among(&left, &right),
        "contains" => match (&left, &right) {
            (JsonNode::String(text), JsonNode::String(part)) => text.contains(&**part),
            (list, item) => among(item, list),
        },
        "=~" => match (&left, &right) {
            (JsonNode::String(text), JsonNode::String(regex)) => pattern::matches(text, regex).unwrap_or(false),
            _ => false,
        },
        _ => false,
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

/// Deepest nesting of filters and parentheses.
const MAX_NESTING: usize = 50;

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(index, char)| self.chars.get(self.at + index) == Some(&char));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn whole_path(&mut self) -> Option<Vec<Step>> {
        self.space();
        if !self.eat("$") && !self.eat("@") {
            // A path without root starts with a name.
            self.chars.insert(self.at, '.');
        }
        let steps = self.steps()?;
        self.space();
        (self.at == self.chars.len()).then_some(steps)
    }

    fn steps(&mut self) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            if self.eat("..") {
                steps.push(Step::Descend);
                if self.peek() != Some('[') {
                    self.named(&mut steps)?;
                }
            } else if self.eat(".") {
                self.named(&mut steps)?;
            } else if self.eat("[") {
                steps.push(self.bracket()?);
            } else {
                return Some(steps);
            }
        }
    }

    fn named(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        if self.eat("*") {
            steps.push(Step::Wildcard);
            return Some(());
        }
        let start = self.at;
        while self.peek().is_some_and(|c| {
            !matches!(c, '.' | '[' | '(' | ')' | '=' | '!' | '<' | '>' | '&' | '|' | ']' | ',') && !c.is_whitespace()
        }) {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        if name.is_empty() {
            return None;
        }
        if self.eat("()") {
            steps.push(Step::Function(name));
        } else {
            steps.push(Step::Names(vec![Rc::from(name)]));
        }
        Some(())
    }

    fn bracket(&mut self) -> Option<Step> {
        self.space();
        let step = match self.peek()? {
            '*' => {
                self.at += 1;
                Step::Wildcard
            }
            '\'' | '"' => {
                let mut names = vec![Rc::from(self.quoted()?)];
                self.space();
                while self.eat(",") {
                    self.space();
                    names.push(Rc::from(self.quoted()?));
                    self.space();
                }
                Step::Names(names)
            }
            '?' => {
                self.at += 1;
                self.space();
                self.eat("(").then_some(())?;
                let filter = self.or()?;
                self.space();
                self.eat(")").then_some(())?;
                Step::Filter(filter)
            }
            _ => self.indexes()?,
        };
        self.space();
        self.eat("]").then_some(step)
    }

    fn indexes(&mut self) -> Option<Step> {
        let first = self.integer();
        self.space();
        if self.eat(":") {
            self.space();
            return Some(Step::Slice(first, self.integer()));
        }
        let mut indexes = vec![first?];
        while self.eat(",") {
            self.space();
            indexes.push(self.integer()?);
            self.space();
        }
        Some(Step::Indexes(indexes))
    }

    fn integer(&mut self) -> Option<i64> {
        let start = self.at;
        self.eat("-");
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect::<String>().parse().ok()
    }

    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek().filter(|c| matches!(c, '\'' | '"'))?;
        self.at += 1;
        let mut out = String::new();
        loop {
            let char = self.peek()?;
            self.at += 1;
            match char {
                '\\' => {
                    out.push(self.peek()?);
                    self.at += 1;
                }
                c if c == quote => return Some(out),
                c => out.push(c),
            }
        }
    }

    fn or(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return None;
        }
        let mut parts = vec![self.and()?];
        self.space();
        while self.eat("||") {
            parts.push(self.and()?);
            self.space();
        }
        self.depth -= 1;
        Some(if parts.len() == 1 { parts.remove(0) } else { Filter::Or(parts) })
    }

    fn and(&mut self) -> Option<Filter> {
        let mut parts = vec![self.term()?];
        self.space();
        while self.eat("&&") {
            parts.push(self.term()?);
            self.space();
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Filter::And(parts) })
    }

    fn term(&mut self) -> Option<Filter> {
        self.space();
        if self.eat("!") {
            self.depth += 1;
            if self.depth > MAX_NESTING {
                return None;
            }
            let inner = self.term()?;
            self.depth -= 1;
            return Some(Filter::Not(Box::new(inner)));
        }
        if self.eat("(") {
            let inner = self.or()?;
            self.space();
            return self.eat(")").then_some(inner);
        }
        let left = self.operand()?;
        self.space();
        let operators = ["===", "!==", "==", "!=", "<=", ">=", "=~", "<", ">", "in ", "nin ", "contains "];
        match operators.into_iter().find(|operator| self.eat(operator)) {
            Some(operator) => {
                self.space();
                let right = self.operand()?;
                Some(Filter::Compare(left, operator.trim().to_owned(), right))
            }
            None => match left {
                Operand::Relative(steps) => Some(Filter::Exists(steps)),
                _ => None,
            },
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        self.space();
        match self.peek()? {
            '@' => {
                self.at += 1;
                self.depth += 1;
                if self.depth > MAX_NESTING {
                    return None;
                }
                let steps = self.steps()?;
                self.depth -= 1;
                Some(Operand::Relative(steps))
            }
            '$' => {
                self.at += 1;
                self.steps().map(Operand::Absolute)
            }
            '/' => {
                self.at += 1;
                let start = self.at;
                while self.peek()? != '/' {
                    self.at += 1;
                }
                let regex: String = self.chars[start..self.at].iter().collect();
                self.at += 1;
                Some(Operand::Pattern(if self.eat("i") { format!("(?i){regex}") } else { regex }))
            }
            '[' => {
                self.at += 1;
                let mut items = Vec::new();
                self.space();
                while !self.eat("]") {
                    items.push(self.literal()?);
                    self.space();
                    self.eat(",");
                    self.space();
                }
                Some(Operand::List(items))
            }
            _ => self.literal().map(Operand::Literal),
        }
    }

    fn literal(&mut self) -> Option<JsonNode> {
        match self.peek()? {
            '\'' | '"' => self.quoted().map(|text| JsonNode::String(Rc::from(text))),
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')) {
                    self.at += 1;
                }
                JsonNode::parse(&self.chars[start..self.at].iter().collect::<String>()).ok()
            }
        }
    }
}
