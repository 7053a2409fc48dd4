//! `XPath` 1.0 without variables.
//!
//! Evaluation returns `None` for what is no `XPath`, for unbound prefixes and beyond the limits; Spin has one message for all
//! of these.

use std::rc::Rc;

use super::{ElementIx, XMLNS, XmlChild, XmlDocument, XmlName};

/// Deepest nesting of expressions.
const MAX_NESTING: usize = 60;
/// Longest path, in bytes.
const MAX_LENGTH: usize = 4_000;
/// Most nodes in one set.
const MAX_NODES: usize = 100_000;

/// A node a path can select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// The parent of the root element.
    Document,
    Element(ElementIx),
    Attribute(ElementIx, XmlName),
    /// Text: parent and position among its children.
    Text(ElementIx, usize),
}

/// Result of an expression.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Nodes(Vec<Node>),
    Number(f64),
    Text(String),
    Boolean(bool),
}

impl Value {
    pub(super) fn text(&self, document: &XmlDocument) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(|node| node.text(document)).unwrap_or_default(),
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
            Self::Number(value) if value.fract().abs() < f64::MIN_POSITIVE && value.abs() < 1e15 => {
                (*value as i64).to_string()
            }
            Self::Number(value) if value.is_finite() => value.to_string(),
            Self::Number(value) => crate::number::double_to_string(*value),
            Self::Text(text) => text.clone(),
            Self::Boolean(value) => value.to_string(),
        }
    }

    pub(super) fn number(&self, document: &XmlDocument) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Boolean(value) => f64::from(u8::from(*value)),
            other => text_number(&other.text(document)),
        }
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Boolean(value) => *value,
        }
    }
}

fn text_number(text: &str) -> f64 {
    let text = text.trim();
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-'));
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

impl Node {
    fn text(&self, document: &XmlDocument) -> String {
        match self {
            Self::Document => document.root.map(|root| document.text_content(root)).unwrap_or_default(),
            Self::Element(ix) => document.text_content(*ix),
            Self::Attribute(ix, name) => {
                let value = document.attribute(*ix, name.namespace.as_deref(), &name.local);
                value.map(ToString::to_string).unwrap_or_default()
            }
            Self::Text(ix, at) => match document.element(*ix).children.get(*at) {
                Some(XmlChild::Text(text)) => text.to_string(),
                _ => String::new(),
            },
        }
    }

    fn name(&self, document: &XmlDocument) -> Option<XmlName> {
        match self {
            Self::Element(ix) => Some(document.element(*ix).name.clone()),
            Self::Attribute(_, name) => Some(name.clone()),
            Self::Document | Self::Text(..) => None,
        }
    }

    fn parent(&self, document: &XmlDocument) -> Option<Self> {
        match self {
            Self::Document => None,
            Self::Element(ix) => Some(document.element(*ix).parent.map_or(Self::Document, Self::Element)),
            Self::Attribute(ix, _) | Self::Text(ix, _) => Some(Self::Element(*ix)),
        }
    }

    fn children(&self, document: &XmlDocument) -> Vec<Self> {
        match self {
            Self::Document => document.root.map(Self::Element).into_iter().collect(),
            Self::Element(ix) => document
                .element(*ix)
                .children
                .iter()
                .enumerate()
                .map(|(at, child)| match child {
                    XmlChild::Element(child) => Self::Element(*child),
                    XmlChild::Text(_) => Self::Text(*ix, at),
                })
                .collect(),
            Self::Attribute(..) | Self::Text(..) => Vec::new(),
        }
    }
}

/// Evaluates a path at an element.
pub(super) fn evaluate(
    document: &XmlDocument,
    at: ElementIx,
    path: &str,
    namespaces: &[(Rc<str>, Rc<str>)],
) -> Option<Value> {
    let tokens = tokens(path).filter(|_| path.len() <= MAX_LENGTH)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, namespaces };
    let expression = parser.or()?;
    if parser.at != tokens.len() {
        return None;
    }
    let focus = Focus { node: Node::Element(at), position: 1, size: 1 };
    Evaluator { document, depth: std::cell::Cell::new(0) }.value(&expression, &focus)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 23] = [
    "//", "::", "..", "!=", "<=", ">=", "/", ".", "@", "[", "]", "(", ")", ",", "|", "=", "<", ">", "+", "-", "*", ":",
    "$",
];

fn tokens(path: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = path;
    loop {
        rest = rest.trim_start();
        let Some(char) = rest.chars().next() else {
            return Some(out);
        };
        if matches!(char, '\'' | '"') {
            let (text, after) = rest[1..].split_once(char)?;
            out.push(Token::Text(text.to_owned()));
            rest = after;
        } else if char.is_ascii_digit() || (char == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            out.push(Token::Number(rest[..end].parse().ok()?));
            rest = &rest[end..];
        } else if char.is_alphabetic() || char == '_' {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            out.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol))?;
            out.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        }
    }
}

#[derive(Debug)]
enum Expression {
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Negate(Box<Expression>),
    Number(f64),
    Text(String),
    Call(String, Vec<Expression>),
    /// Start, then steps. No start: the context node; `Document`: the root.
    Path(Start, Vec<Step>),
}

#[derive(Debug)]
enum Start {
    Here,
    Root,
    Expression(Box<Expression>, Vec<Expression>),
}

#[derive(Debug)]
struct Step {
    axis: Axis,
    test: Test,
    predicates: Vec<Expression>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Itself,
    Attribute,
    FollowingSibling,
    PrecedingSibling,
}

#[derive(Debug)]
enum Test {
    Any,
    /// `*`, or `p:*` with its namespace.
    Wildcard(Option<Rc<str>>),
    Name(Option<Rc<str>>, String),
    Text,
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    namespaces: &'a [(Rc<str>, Rc<str>)],
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, symbol: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// One of some operators; words are operators only where an operator is expected, which is here.
    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        let found = operators.iter().copied().find(|operator| match self.peek() {
            Some(Token::Symbol(symbol)) => symbol == operator,
            Some(Token::Name(name)) => name == operator,
            _ => false,
        })?;
        self.at += 1;
        Some(found)
    }

    fn or(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return None;
        }
        let found = self.binary(0);
        self.depth -= 1;
        found
    }

    fn binary(&mut self, level: usize) -> Option<Expression> {
        const LEVELS: [&[&str]; 6] =
            [&["or"], &["and"], &["=", "!="], &["<=", "<", ">=", ">"], &["+", "-"], &["*", "div", "mod"]];
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            left = Expression::Binary(operator, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        let mut negative = false;
        while self.eat("-") {
            negative = !negative;
        }
        let mut left = self.path()?;
        while self.eat("|") {
            left = Expression::Binary("|", Box::new(left), Box::new(self.path()?));
        }
        Some(if negative { Expression::Negate(Box::new(left)) } else { left })
    }

    fn path(&mut self) -> Option<Expression> {
        if self.eat("//") {
            let mut steps = vec![any_below()];
            self.steps(&mut steps)?;
            return Some(Expression::Path(Start::Root, steps));
        }
        if self.eat("/") {
            let mut steps = Vec::new();
            if self.starts_step() {
                self.steps(&mut steps)?;
            }
            return Some(Expression::Path(Start::Root, steps));
        }
        let primary = match self.peek()? {
            Token::Text(text) => Some(Expression::Text(text.clone())),
            Token::Number(value) => Some(Expression::Number(*value)),
            _ => None,
        };
        if let Some(primary) = primary {
            self.at += 1;
            return Some(primary);
        }
        let start = if self.eat("(") {
            let inner = self.or()?;
            self.eat(")").then_some(inner)?
        } else if self.is_call() {
            self.call()?
        } else {
            let mut steps = Vec::new();
            self.steps(&mut steps)?;
            return Some(Expression::Path(Start::Here, steps));
        };
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.eat("//") {
            steps.push(any_below());
            self.steps(&mut steps)?;
        } else if self.eat("/") {
            self.steps(&mut steps)?;
        } else if predicates.is_empty() {
            return Some(start);
        }
        Some(Expression::Path(Start::Expression(Box::new(start), predicates), steps))
    }

    fn starts_step(&self) -> bool {
        matches!(self.peek(), Some(Token::Name(_) | Token::Symbol("*" | "@" | "." | "..")))
    }

    fn is_call(&self) -> bool {
        match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Token::Name(name)), Some(Token::Symbol("("))) => !matches!(name.as_str(), "text" | "node"),
            _ => false,
        }
    }

    fn call(&mut self) -> Option<Expression> {
        let Some(Token::Name(name)) = self.peek().cloned() else {
            return None;
        };
        self.at += 2;
        let mut args = Vec::new();
        if !self.eat(")") {
            loop {
                args.push(self.or()?);
                if self.eat(")") {
                    break;
                }
                self.eat(",").then_some(())?;
            }
        }
        Some(Expression::Call(name, args))
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        loop {
            steps.push(self.step()?);
            if self.eat("//") {
                steps.push(any_below());
            } else if !self.eat("/") {
                return Some(());
            }
        }
    }

    fn step(&mut self) -> Option<Step> {
        if self.eat("..") {
            return Some(Step { axis: Axis::Parent, test: Test::Any, predicates: Vec::new() });
        }
        if self.eat(".") {
            return Some(Step { axis: Axis::Itself, test: Test::Any, predicates: Vec::new() });
        }
        let axis = if self.eat("@") { Axis::Attribute } else { self.axis()? };
        let test = self.test()?;
        let predicates = self.predicates()?;
        Some(Step { axis, test, predicates })
    }

    fn axis(&mut self) -> Option<Axis> {
        let (Some(Token::Name(name)), Some(Token::Symbol("::"))) = (self.peek(), self.tokens.get(self.at + 1)) else {
            return Some(Axis::Child);
        };
        let axis = match name.as_str() {
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "parent" => Axis::Parent,
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "self" => Axis::Itself,
            "attribute" => Axis::Attribute,
            "following-sibling" => Axis::FollowingSibling,
            "preceding-sibling" => Axis::PrecedingSibling,
            _ => return None,
        };
        self.at += 2;
        Some(axis)
    }

    fn test(&mut self) -> Option<Test> {
        if self.eat("*") {
            return Some(Test::Wildcard(None));
        }
        let Some(Token::Name(name)) = self.peek().cloned() else {
            return None;
        };
        self.at += 1;
        if self.eat("(") {
            self.eat(")").then_some(())?;
            return match name.as_str() {
                "text" => Some(Test::Text),
                "node" => Some(Test::Any),
                _ => None,
            };
        }
        if !self.eat(":") {
            return Some(Test::Name(None, name));
        }
        let (_, uri) = self.namespaces.iter().rev().find(|(prefix, _)| **prefix == *name)?;
        if self.eat("*") {
            return Some(Test::Wildcard(Some(uri.clone())));
        }
        let Some(Token::Name(local)) = self.peek().cloned() else {
            return None;
        };
        self.at += 1;
        Some(Test::Name(Some(uri.clone()), local))
    }

    fn predicates(&mut self) -> Option<Vec<Expression>> {
        let mut predicates = Vec::new();
        while self.eat("[") {
            predicates.push(self.or()?);
            self.eat("]").then_some(())?;
        }
        Some(predicates)
    }
}

fn any_below() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Any, predicates: Vec::new() }
}

struct Focus {
    node: Node,
    position: usize,
    size: usize,
}

struct Evaluator<'a> {
    document: &'a XmlDocument,
    depth: std::cell::Cell<usize>,
}

impl Evaluator<'_> {
    fn value(&self, expression: &Expression, focus: &Focus) -> Option<Value> {
        self.depth.set(self.depth.get() + 1);
        if self.depth.get() > MAX_NESTING * 8 {
            return None;
        }
        let value = self.value_inner(expression, focus);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn value_inner(&self, expression: &Expression, focus: &Focus) -> Option<Value> {
        Some(match expression {
            Expression::Number(value) => Value::Number(*value),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Negate(inner) => Value::Number(-self.value(inner, focus)?.number(self.document)),
            Expression::Call(name, args) => return self.call(name, args, focus),
            Expression::Path(start, steps) => {
                let mut nodes = match start {
                    Start::Here => vec![focus.node.clone()],
                    Start::Root => vec![Node::Document],
                    Start::Expression(inner, predicates) => {
                        let Value::Nodes(nodes) = self.value(inner, focus)? else {
                            return None;
                        };
                        self.filter(nodes, predicates)?
                    }
                };
                for step in steps {
                    nodes = self.step(&nodes, step)?;
                }
                Value::Nodes(nodes)
            }
            Expression::Binary(operator, left, right) => {
                return self.binary(operator, left, right, focus);
            }
        })
    }

    fn binary(&self, operator: &str, left: &Expression, right: &Expression, focus: &Focus) -> Option<Value> {
        let a = self.value(left, focus)?;
        match operator {
            "or" if a.truth() => return Some(Value::Boolean(true)),
            "and" if !a.truth() => return Some(Value::Boolean(false)),
            _ => {}
        }
        let b = self.value(right, focus)?;
        let number = |value: &Value| value.number(self.document);
        Some(match operator {
            "or" | "and" => Value::Boolean(b.truth()),
            "+" => Value::Number(number(&a) + number(&b)),
            "-" => Value::Number(number(&a) - number(&b)),
            "*" => Value::Number(number(&a) * number(&b)),
            "div" => Value::Number(number(&a) / number(&b)),
            "mod" => Value::Number(number(&a) % number(&b)),
            "|" => {
                let (Value::Nodes(mut nodes), Value::Nodes(more)) = (a, b) else {
                    return None;
                };
                nodes.extend(more);
                Value::Nodes(self.ordered(nodes))
            }
            _ => Value::Boolean(self.compare(operator, &a, &b)),
        })
    }

    /// Comparison: a set of nodes compares when any of its nodes does.
    fn compare(&self, operator: &str, a: &Value, b: &Value) -> bool {
        let texts = |nodes: &[Node]| nodes.iter().map(|n| Value::Text(n.text(self.document))).collect::<Vec<_>>();
        match (a, b) {
            (Value::Nodes(nodes), Value::Boolean(_)) => self.compare(operator, &Value::Boolean(!nodes.is_empty()), b),
            (Value::Boolean(_), Value::Nodes(nodes)) => self.compare(operator, a, &Value::Boolean(!nodes.is_empty())),
            (Value::Nodes(nodes), _) => texts(nodes).iter().any(|text| self.compare(operator, text, b)),
            (_, Value::Nodes(nodes)) => texts(nodes).iter().any(|text| self.compare(operator, a, text)),
            _ if matches!(operator, "=" | "!=") => {
                let equal = match (a, b) {
                    (Value::Boolean(_), _) | (_, Value::Boolean(_)) => a.truth() == b.truth(),
                    #[expect(clippy::float_cmp, reason = "XPath compares numbers exactly")]
                    (Value::Number(_), _) | (_, Value::Number(_)) => a.number(self.document) == b.number(self.document),
                    _ => a.text(self.document) == b.text(self.document),
                };
                equal == (operator == "=")
            }
            _ => {
                let (a, b) = (a.number(self.document), b.number(self.document));
                match operator {
                    "<" => a < b,
                    "<=" => a <= b,
                    ">" => a > b,
                    _ => a >= b,
                }
            }
        }
    }

    fn filter(&self, mut nodes: Vec<Node>, predicates: &[Expression]) -> Option<Vec<Node>> {
        for predicate in predicates {
            let size = nodes.len();
            let mut kept = Vec::new();
            for (index, node) in nodes.into_iter().enumerate() {
                let focus = Focus { node, position: index + 1, size };
                #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "positions are small and whole")]
                let keep = match self.value(predicate, &focus)? {
                    Value::Number(at) => at == (index + 1) as f64,
                    other => other.truth(),
                };
                if keep {
                    kept.push(focus.node);
                }
            }
            nodes = kept;
        }
        Some(nodes)
    }

    fn step(&self, from: &[Node], step: &Step) -> Option<Vec<Node>> {
        let mut out = Vec::new();
        for node in from {
            let mut found = self.axis(node, step.axis);
            found.retain(|node| self.matches(node, step));
            out.extend(self.filter(found, &step.predicates)?);
            if out.len() > MAX_NODES {
                return None;
            }
        }
        if from.len() > 1 { Some(self.ordered(out)) } else { Some(out) }
    }

    fn axis(&self, node: &Node, axis: Axis) -> Vec<Node> {
        let document = self.document;
        match axis {
            Axis::Child => node.children(document),
            Axis::Itself => vec![node.clone()],
            Axis::Parent => node.parent(document).into_iter().collect(),
            Axis::Descendant | Axis::DescendantOrSelf => {
                let mut out = Vec::new();
                let mut open = vec![node.clone()];
                while let Some(next) = open.pop() {
                    open.extend(next.children(document).into_iter().rev());
                    out.push(next);
                }
                if axis == Axis::Descendant {
                    out.remove(0);
                }
                out
            }
            Axis::Ancestor | Axis::AncestorOrSelf => {
                let mut out = Vec::new();
                let mut next = if axis == Axis::Ancestor { node.parent(document) } else { Some(node.clone()) };
                while let Some(found) = next {
                    next = found.parent(document);
                    out.push(found);
                }
                out
            }
            Axis::Attribute => match node {
                Node::Element(ix) => document
                    .element(*ix)
                    .attributes
                    .iter()
                    .filter(|attribute| attribute.name.namespace.as_deref() != Some(XMLNS))
                    .map(|attribute| Node::Attribute(*ix, attribute.name.clone()))
                    .collect(),
                _ => Vec::new(),
            },
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let siblings = node.parent(document).map(|parent| parent.children(document)).unwrap_or_default();
                let Some(at) = siblings.iter().position(|other| other == node) else {
                    return Vec::new();
                };
                if axis == Axis::FollowingSibling {
                    siblings[at + 1..].to_vec()
                } else {
                    siblings[..at].iter().rev().cloned().collect()
                }
            }
        }
    }

    fn matches(&self, node: &Node, step: &Step) -> bool {
        let principal = match step.axis {
            Axis::Attribute => matches!(node, Node::Attribute(..)),
            _ => matches!(node, Node::Element(_)),
        };
        let name = || node.name(self.document);
        match &step.test {
            Test::Any => true,
            Test::Text => matches!(node, Node::Text(..)),
            Test::Wildcard(None) => principal,
            Test::Wildcard(uri) => principal && name().is_some_and(|name| name.namespace == *uri),
            Test::Name(uri, local) => {
                principal && name().is_some_and(|name| *name.local == **local && name.namespace == *uri)
            }
        }
    }

    /// Document order without doubles.
    fn ordered(&self, nodes: Vec<Node>) -> Vec<Node> {
        let mut all: Vec<(Vec<usize>, Node)> = nodes.into_iter().map(|node| (self.place(&node), node)).collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        all.dedup_by(|(a, _), (b, _)| a == b);
        all.into_iter().map(|(_, node)| node).collect()
    }

    /// Path of child positions from the root; attributes come right after their element.
    fn place(&self, node: &Node) -> Vec<usize> {
        let mut place = Vec::new();
        let mut next = node.clone();
        while let Some(parent) = next.parent(self.document) {
            place.push(match &next {
                Node::Attribute(ix, name) => {
                    let attributes = &self.document.element(*ix).attributes;
                    attributes.iter().position(|a| a.name == *name).unwrap_or(0)
                }
                other => {
                    // Above the attributes, which come first.
                    usize::MAX / 2 + parent.children(self.document).iter().position(|c| c == other).unwrap_or(0)
                }
            });
            next = parent;
        }
        place.reverse();
        place
    }

    fn call(&self, name: &str, args: &[Expression], focus: &Focus) -> Option<Value> {
        let mut values = args.iter().map(|arg| self.value(arg, focus)).collect::<Option<Vec<_>>>()?;
        let here = || Value::Nodes(vec![focus.node.clone()]);
        if values.is_empty()
            && matches!(
                name,
                "string" | "number" | "normalize-space" | "string-length" | "name" | "local-name" | "namespace-uri"
            )
        {
            values.push(here());
        }
        let text = |at: usize| values.get(at).map(|value| value.text(self.document));
        let number = |at: usize| values.get(at).map(|value| value.number(self.document));
        let nodes = || match values.first() {
            Some(Value::Nodes(nodes)) => Some(nodes.as_slice()),
            _ => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "counts of nodes and characters in memory")]
        let count = |count: usize| Value::Number(count as f64);
        Some(match (name, values.len()) {
            ("count", 1) => count(nodes()?.len()),
            ("position", 0) => count(focus.position),
            ("last", 0) => count(focus.size),
            ("true", 0) => Value::Boolean(true),
            ("false", 0) => Value::Boolean(false),
            ("not", 1) => Value::Boolean(!values[0].truth()),
            ("boolean", 1) => Value::Boolean(values[0].truth()),
            ("string", 1) => Value::Text(text(0)?),
            ("number", 1) => Value::Number(number(0)?),
            ("concat", 2..) => Value::Text((0..values.len()).filter_map(text).collect()),
            ("contains", 2) => Value::Boolean(text(0)?.contains(&text(1)?)),
            ("starts-with", 2) => Value::Boolean(text(0)?.starts_with(&text(1)?)),
            ("substring-before", 2) => {
                Value::Text(text(0)?.split_once(&text(1)?).map(|(before, _)| before.to_owned()).unwrap_or_default())
            }
            ("substring-after", 2) => {
                Value::Text(text(0)?.split_once(&text(1)?).map(|(_, after)| after.to_owned()).unwrap_or_default())
            }
            ("substring", 2 | 3) => {
                let start = (number(1)? + 0.5).floor();
                let end = if values.len() == 3 { start + (number(2)? + 0.5).floor() } else { f64::INFINITY };
                #[expect(clippy::cast_precision_loss, reason = "positions in a text in memory")]
                let inside = |at: usize| (at + 1) as f64 >= start && ((at + 1) as f64) < end;
                Value::Text(text(0)?.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect())
            }
            ("string-length", 1) => count(text(0)?.chars().count()),
            ("normalize-space", 1) => Value::Text(text(0)?.split_whitespace().collect::<Vec<_>>().join(" ")),
            ("translate", 3) => {
                let (from, to): (Vec<char>, Vec<char>) = (text(1)?.chars().collect(), text(2)?.chars().collect());
                let map = |char: char| match from.iter().position(|other| *other == char) {
                    Some(at) => to.get(at).copied(),
                    None => Some(char),
                };
                Value::Text(text(0)?.chars().filter_map(map).collect())
            }
            ("sum", 1) => Value::Number(nodes()?.iter().map(|node| text_number(&node.text(self.document))).sum()),
            ("floor", 1) => Value::Number(number(0)?.floor()),
            ("ceiling", 1) => Value::Number(number(0)?.ceil()),
            ("round", 1) => Value::Number((number(0)? + 0.5).floor()),
            ("name" | "local-name" | "namespace-uri", 1) => {
                let found = nodes()?.first().and_then(|node| node.name(self.document));
                Value::Text(found.map_or(String::new(), |found| match (name, &found.prefix) {
                    ("namespace-uri", _) => found.namespace.as_deref().unwrap_or("").to_owned(),
                    ("name", Some(prefix)) => format!("{prefix}:{}", found.local),
                    _ => found.local.to_string(),
                }))
            }
            _ => return None,
        })
    }
}
