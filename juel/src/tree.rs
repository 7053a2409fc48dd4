//! The parsed form: nodes in one arena, so that size and depth of a text never become depth of the machine's stack.

use std::ops::Range;

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeIx(u32);

/// Start and end in one of the side tables of a [`Tree`].
pub(crate) type Span = Range<u32>;

#[derive(Debug)]
pub(crate) enum Root {
    /// Text without anything to evaluate.
    Literal(Box<str>),
    /// One `${…}` and nothing around it.
    Single(NodeIx),
    /// Texts and values in a row.
    Composite(Vec<Part>),
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(Box<str>),
    Value(NodeIx),
}

#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Long(i64),
    Double(f64),
    Text(Box<str>),
    Identifier(Box<str>),
    /// Parentheses: kept because messages show them.
    Nested(NodeIx),
    Unary(UnaryOperator, NodeIx),
    Binary(BinaryOperator, NodeIx, NodeIx),
    /// `a + b - c …`: operators of one precedence, from the left.
    Chain(NodeIx, Span),
    Choice(NodeIx, NodeIx, NodeIx),
    /// A value and the `.name`, `[index]` and `(…)` after it.
    Access(NodeIx, Span),
    Call(Function, Span),
}

#[derive(Debug)]
pub(crate) enum Step {
    Property(Box<str>),
    Index(NodeIx),
    Method(Box<str>, Span),
    /// `a['name'](…)`
    IndexMethod(NodeIx, Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Not,
    Negate,
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// Functions the engine registers (S-EL-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    CurrentUser,
    CurrentUserGroups,
    Now,
    DateTime,
    Spin,
    Json,
    Xml,
}

impl Function {
    pub(crate) const ALL: [Self; 7] =
        [Self::CurrentUser, Self::CurrentUserGroups, Self::Now, Self::DateTime, Self::Spin, Self::Json, Self::Xml];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CurrentUser => "currentUser",
            Self::CurrentUserGroups => "currentUserGroups",
            Self::Now => "now",
            Self::DateTime => "dateTime",
            Self::Spin => "S",
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }

    pub(crate) fn parameters(self) -> usize {
        match self {
            Self::CurrentUser | Self::CurrentUserGroups | Self::Now | Self::DateTime => 0,
            Self::Spin | Self::Json | Self::Xml => 1,
        }
    }
}

/// A parsed expression.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: Root,
    nodes: Vec<Node>,
    steps: Vec<Step>,
    links: Vec<(BinaryOperator, NodeIx)>,
    args: Vec<NodeIx>,
}

impl Tree {
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.root, Root::Literal(_))
    }

    pub(crate) fn functions(&self) -> impl Iterator<Item = &'static str> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Call(function, _) => Some(function.name()),
            _ => None,
        })
    }

    /// Identifiers, with the method that is called on each if one is.
    pub(crate) fn names(&self) -> Vec<(&str, Option<&str>)> {
        let called = |at: usize| {
            self.nodes.iter().find_map(|node| match node {
                Node::Access(value, steps) if value.0 as usize == at => match self.steps(steps).first() {
                    Some(Step::Method(name, _)) => Some(&**name),
                    _ => None,
                },
                _ => None,
            })
        };
        let named = |(at, node)| match node {
            &Node::Identifier(ref name) => Some((&**name, called(at))),
            _ => None,
        };
        self.nodes.iter().enumerate().filter_map(named).collect()
    }

    pub(crate) fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    pub(crate) fn steps(&self, span: &Span) -> &[Step] {
        &self.steps[span.start as usize..span.end as usize]
    }

    pub(crate) fn links(&self, span: &Span) -> &[(BinaryOperator, NodeIx)] {
        &self.links[span.start as usize..span.end as usize]
    }

    pub(crate) fn args(&self, span: &Span) -> &[NodeIx] {
        &self.args[span.start as usize..span.end as usize]
    }
}

/// A tree while it is parsed.
#[derive(Debug, Default)]
pub(crate) struct TreeBuilder {
    nodes: Vec<Node>,
    steps: Vec<Step>,
    links: Vec<(BinaryOperator, NodeIx)>,
    args: Vec<NodeIx>,
}

/// Lengths stay far below: the text is limited.
fn index(length: usize) -> u32 {
    u32::try_from(length).expect("an expression has less than 2^32 nodes")
}

fn extend<T>(table: &mut Vec<T>, more: Vec<T>) -> Span {
    let start = index(table.len());
    table.extend(more);
    start..index(table.len())
}

impl TreeBuilder {
    pub(crate) fn node(&mut self, node: Node) -> NodeIx {
        let ix = NodeIx(index(self.nodes.len()));
        self.nodes.push(node);
        ix
    }

    pub(crate) fn steps(&mut self, steps: Vec<Step>) -> Span {
        extend(&mut self.steps, steps)
    }

    pub(crate) fn links(&mut self, links: Vec<(BinaryOperator, NodeIx)>) -> Span {
        extend(&mut self.links, links)
    }

    pub(crate) fn args(&mut self, args: Vec<NodeIx>) -> Span {
        extend(&mut self.args, args)
    }

    pub(crate) fn finish(self, root: Root) -> Tree {
        let Self { mut nodes, mut steps, mut links, mut args } = self;
        nodes.shrink_to_fit();
        steps.shrink_to_fit();
        links.shrink_to_fit();
        args.shrink_to_fit();
        Tree { root, nodes, steps, links, args }
    }
}
