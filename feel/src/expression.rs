//! The parsed form of expressions and unary tests.

use std::sync::Arc;

use crate::{builtins::Builtin, value::Value};

/// A node shared by the alternatives that the parser tries.
pub(crate) type Node = Arc<Expr>;

/// What is computed.
#[derive(Debug)]
pub(crate) enum Expr {
    /// A literal.
    Constant(Value),
    /// A time with a region, whose standard offset depends on the date of evaluation.
    TimeInRegion(Arc<str>),
    /// `?`.
    InputSymbol,
    List(Vec<Node>),
    Context(Vec<(Arc<str>, Node)>),
    Range(Box<RangeExpr>),

    /// `true` as a unary test.
    InputEqual(Node),
    /// `< 5` as a unary test.
    InputCompare(Comparison, Node),
    /// `[1..5]` as a unary test.
    InputInRange(Box<RangeExpr>),
    /// Any other expression as a unary test.
    UnaryTest(Node),
    /// Unary tests of which one must hold.
    AnyOf(Vec<Node>),

    /// Operations of one level, from left to right. Flat, so that a long sum is not deep.
    Arithmetic(Node, Vec<(Operator, Node)>),
    Negate(Node),
    Equal(Node, Node),
    Compare(Comparison, Node, Node),
    Not(Node),
    Or(Vec<Node>),
    And(Vec<Node>),

    /// Conditions with their results, and what holds otherwise. Flat, as `else if` chains grow long.
    If(Vec<(Node, Node)>, Node),
    In(Node, Node),
    InstanceOf(Node, Arc<str>),

    /// A variable, and properties of it.
    Ref(Vec<Arc<str>>),
    /// Properties and filters of a value, from left to right.
    Chain(Node, Vec<Step>),

    Quantified {
        every: bool,
        iterators: Vec<(Arc<str>, Node)>,
        condition: Node,
    },
    /// `partial`: the body may read the results so far.
    For {
        iterators: Vec<(Arc<str>, Node)>,
        body: Node,
        partial: bool,
    },
    /// `1..5` in `for`.
    Iteration(Node, Node),

    Call {
        name: Arc<str>,
        builtins: &'static [Builtin],
        arguments: Arguments,
    },
    QualifiedCall {
        path: Node,
        name: Arc<str>,
        arguments: Arguments,
    },
    Function {
        parameters: Arc<[Arc<str>]>,
        body: Node,
    },
}

/// What follows a value.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`.
    Path(Arc<str>),
    /// `[…]`.
    Filter(Node),
}

/// The two ends of a range.
#[derive(Debug)]
pub(crate) struct RangeExpr {
    pub(crate) start: Node,
    pub(crate) start_closed: bool,
    pub(crate) end: Node,
    pub(crate) end_closed: bool,
}

/// How two values of one kind are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether the order fulfils the comparison.
    pub(crate) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// Arguments of a call.
#[derive(Debug)]
pub(crate) enum Arguments {
    Positional(Vec<Node>),
    Named(Vec<(Arc<str>, Node)>),
}
