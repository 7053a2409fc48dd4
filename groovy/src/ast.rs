//! The resolved tree: names of locals are slots, closures and methods are functions in one table.
//!
//! The tree is immutable and shared between threads; nothing in it is an [`objects::Object`].

use rust_decimal::Decimal;

use crate::{classes::Class, token::Str};

/// Index of a function in [`Program::functions`].
pub(crate) type FunctionIx = u32;
/// Index of a class in [`Program::classes`].
pub(crate) type ClassIx = u16;
/// Index of a text in [`Program::texts`].
pub(crate) type TextIx = u32;
/// Index of a local variable in the frame of its function.
pub(crate) type Slot = u32;

/// A parsed script.
#[derive(Debug)]
pub(crate) struct Program {
    /// The script's body is the last one.
    pub(crate) functions: Vec<Function>,
    pub(crate) main: FunctionIx,
    pub(crate) classes: Vec<UserClass>,
    /// Methods of the script, by name; several of one name differ in their parameters.
    pub(crate) methods: Vec<(Str, FunctionIx)>,
    /// Literal texts.
    pub(crate) texts: Vec<Str>,
}

/// A script body, method, constructor, closure or initial value.
#[derive(Debug, Default)]
pub(crate) struct Function {
    pub(crate) params: Vec<Param>,
    /// The closure has neither parameters nor `->`: it takes zero or one argument, `it`.
    pub(crate) implicit_it: bool,
    /// Size of the frame.
    pub(crate) slots: Slot,
    /// Slots of the surrounding function that this closure sees, and its own slots for them.
    pub(crate) captures: Vec<(Slot, Slot)>,
    pub(crate) return_type: Option<Type>,
    pub(crate) body: Vec<Stmt>,
    /// A `static` method.
    pub(crate) is_static: bool,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) slot: Slot,
    pub(crate) ty: Option<Type>,
    pub(crate) default: Option<Expr>,
    /// The last parameter takes the remaining arguments as a list.
    pub(crate) variadic: bool,
}

/// A class the script declares.
#[derive(Debug)]
pub(crate) struct UserClass {
    pub(crate) name: Str,
    pub(crate) parent: Option<Class>,
    pub(crate) fields: Vec<Field>,
    pub(crate) methods: Vec<(Str, FunctionIx)>,
    pub(crate) constructors: Vec<FunctionIx>,
    /// Names and arguments of an enum's constants.
    pub(crate) constants: Option<Vec<(Str, FunctionIx)>>,
    /// `@ToString` asks for a text with the values.
    pub(crate) to_string: Option<ToStringStyle>,
    /// `@EqualsAndHashCode`, `@Canonical`, `@Immutable`.
    pub(crate) value_equality: bool,
    /// `@TupleConstructor`, `@Canonical`, `@Immutable`.
    pub(crate) tuple_constructor: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ToStringStyle {
    pub(crate) names: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Str,
    pub(crate) ty: Option<Type>,
    pub(crate) init: Option<FunctionIx>,
    pub(crate) is_static: bool,
}

/// A type where values are converted or checked; `def` and `Object` are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) class: Class,
    pub(crate) primitive: bool,
    /// Dimensions of an array.
    pub(crate) array: u8,
}

#[derive(Debug)]
pub(crate) enum Stmt {
    Expr(Expr),
    /// `def x = …`; a fresh variable each time it is passed.
    Declare {
        slot: Slot,
        ty: Option<Type>,
        value: Option<Expr>,
    },
    /// `def (a, b) = …`
    DeclareMany {
        targets: Vec<(Slot, Option<Type>)>,
        value: Expr,
    },
    Block(Vec<Stmt>),
    If {
        condition: Expr,
        then: Box<Stmt>,
        otherwise: Option<Box<Stmt>>,
    },
    While {
        label: Option<Str>,
        condition: Expr,
        body: Box<Stmt>,
    },
    DoWhile {
        label: Option<Str>,
        condition: Expr,
        body: Box<Stmt>,
    },
    ForIn {
        label: Option<Str>,
        slot: Slot,
        ty: Option<Type>,
        items: Expr,
        body: Box<Stmt>,
    },
    For {
        label: Option<Str>,
        init: Vec<Stmt>,
        condition: Option<Expr>,
        update: Vec<Expr>,
        body: Box<Stmt>,
    },
    Switch {
        label: Option<Str>,
        switch: Switch,
    },
    Break(Option<Str>),
    Continue(Option<Str>),
    Return(Option<Expr>),
    Throw(Expr),
    Try(Box<Try>),
    /// `at` is the place of `source`.
    Assert {
        condition: Expr,
        message: Option<Expr>,
        source: Str,
        at: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Switch {
    pub(crate) subject: Expr,
    pub(crate) cases: Vec<Case>,
}

/// One group of statements; no patterns is `default`.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) patterns: Vec<Expr>,
    pub(crate) is_default: bool,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug)]
pub(crate) struct Try {
    pub(crate) body: Vec<Stmt>,
    pub(crate) catches: Vec<Catch>,
    pub(crate) finally: Option<Vec<Stmt>>,
}

#[derive(Debug)]
pub(crate) struct Catch {
    pub(crate) classes: Vec<Class>,
    pub(crate) slot: Slot,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    /// Byte offset in the source.
    pub(crate) at: u32,
    /// Expressions on the longest way down; bounded, so that walking and dropping the tree is safe.
    pub(crate) height: u32,
}

impl Expr {
    pub(crate) fn new(at: u32, kind: ExprKind) -> Self {
        let height = kind.children_height() + 1;
        Self { kind, at, height }
    }
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Int(i32),
    Long(i64),
    BigInteger(Box<i128>),
    Double(f64),
    Decimal(Decimal),
    Text(TextIx),
    /// A text with interpolations.
    Template(Vec<TemplatePart>),
    List(Vec<Expr>),
    Map(Vec<MapItem>),
    Range(Box<Range>),
    Local(Slot),
    /// A variable of the script, or a field of `this` in a class.
    Name(Str),
    This,
    Class(Class),
    Closure(FunctionIx),
    Property(Box<Property>),
    Index {
        target: Box<Expr>,
        keys: Vec<Expr>,
        safe: bool,
    },
    Call(Box<Call>),
    MethodPointer {
        target: Box<Expr>,
        name: MemberName,
    },
    New {
        class: Class,
        args: Vec<Expr>,
    },
    /// `new int[3]`, `new String[2][2]`.
    NewArray {
        element: Type,
        sizes: Vec<Expr>,
    },
    Not(Box<Expr>),
    Minus(Box<Expr>),
    Plus(Box<Expr>),
    BitNot(Box<Expr>),
    Binary(BinaryOp, Box<(Expr, Expr)>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Ternary(Box<(Expr, Expr, Expr)>),
    Elvis(Box<(Expr, Expr)>),
    Assign {
        target: Box<Target>,
        op: AssignOp,
        value: Box<Expr>,
    },
    AssignMany {
        targets: Vec<Target>,
        value: Box<Expr>,
    },
    Increment {
        target: Box<Target>,
        up: bool,
        prefix: bool,
    },
    /// `(Type) x`
    Cast(Type, Box<Expr>),
    /// `x as Type`
    As(Type, Box<Expr>),
    InstanceOf {
        value: Box<Expr>,
        class: Class,
        negated: bool,
    },
    /// `*x`, only among elements and arguments.
    Spread(Box<Expr>),
    /// `name: value` among arguments; all of a call's make one map.
    Named(Box<MapItem>),
    /// `switch` used as a value.
    Switch(Box<Switch>),
}

#[derive(Debug)]
pub(crate) enum TemplatePart {
    Text(Str),
    Hole(Expr),
    /// `${-> …}`: runs each time the text is made.
    Lazy(FunctionIx),
}

#[derive(Debug)]
pub(crate) enum MapItem {
    Entry(Expr, Expr),
    /// `*: map`
    Spread(Expr),
}

#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) from: Expr,
    pub(crate) to: Expr,
    pub(crate) from_exclusive: bool,
    pub(crate) to_exclusive: bool,
}

#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) target: Expr,
    pub(crate) name: MemberName,
    pub(crate) safe: bool,
    pub(crate) spread: bool,
}

#[derive(Debug)]
pub(crate) enum MemberName {
    Static(TextIx),
    Dynamic(Box<Expr>),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) callee: Callee,
    pub(crate) args: Vec<Expr>,
    /// Some argument is spread or named, so that the list of arguments is built with care.
    pub(crate) special_args: bool,
}

#[derive(Debug)]
pub(crate) enum Callee {
    /// `name(…)` where `name` is a local: its `call` method.
    Local(Slot),
    /// `name(…)`: a method of the script or class, a closure variable, or a function of the environment.
    Function(Str),
    Method {
        target: Expr,
        name: MemberName,
        safe: bool,
        spread: bool,
    },
    /// `super.name(…)`
    Super(Str),
    /// The result of an expression is called.
    Value(Expr),
}

#[derive(Debug)]
pub(crate) enum Target {
    Local { slot: Slot, ty: Option<Type> },
    Name(Str),
    Property(Property),
    Index { target: Expr, keys: Vec<Expr>, safe: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssignOp {
    Set,
    /// `?=`
    Elvis,
    Binary(BinaryOp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    BitAnd,
    BitOr,
    BitXor,
    Equal,
    NotEqual,
    Identical,
    NotIdentical,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Compare,
    Find,
    Match,
    In,
    NotIn,
}

impl BinaryOp {
    /// The operator behind a token.
    pub(crate) fn from_punct(punct: &str) -> Option<Self> {
        Some(match punct {
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Remainder,
            "**" => Self::Power,
            "<<" => Self::ShiftLeft,
            ">>" => Self::ShiftRight,
            ">>>" => Self::ShiftRightUnsigned,
            "&" => Self::BitAnd,
            "|" => Self::BitOr,
            "^" => Self::BitXor,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "===" => Self::Identical,
            "!==" => Self::NotIdentical,
            "<" => Self::Less,
            "<=" => Self::LessEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterEqual,
            "<=>" => Self::Compare,
            "=~" => Self::Find,
            "==~" => Self::Match,
            _ => return None,
        })
    }

    /// The method an object may define for the operator.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Add => "plus",
            Self::Subtract => "minus",
            Self::Multiply => "multiply",
            Self::Divide => "div",
            Self::Remainder => "mod",
            Self::Power => "power",
            Self::ShiftLeft => "leftShift",
            Self::ShiftRight => "rightShift",
            Self::ShiftRightUnsigned => "rightShiftUnsigned",
            Self::BitAnd => "and",
            Self::BitOr => "or",
            Self::BitXor => "xor",
            Self::Equal | Self::NotEqual | Self::Identical | Self::NotIdentical => "equals",
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual | Self::Compare => "compareTo",
            Self::Find | Self::Match => "matches",
            Self::In | Self::NotIn => "isCase",
        }
    }
}

fn tallest<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> u32 {
    exprs.into_iter().map(|expr| expr.height).max().unwrap_or(0)
}

impl ExprKind {
    fn children_height(&self) -> u32 {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Long(_)
            | Self::BigInteger(_)
            | Self::Double(_)
            | Self::Decimal(_)
            | Self::Text(_)
            | Self::Local(_)
            | Self::Name(_)
            | Self::This
            | Self::Class(_)
            | Self::Closure(_) => 0,
            Self::Template(parts) => tallest(parts.iter().filter_map(|part| match part {
                TemplatePart::Hole(expr) => Some(expr),
                TemplatePart::Text(_) | TemplatePart::Lazy(_) => None,
            })),
            Self::List(items) | Self::New { args: items, .. } | Self::NewArray { sizes: items, .. } => tallest(items),
            Self::Map(items) => items.iter().map(MapItem::height).max().unwrap_or(0),
            Self::Range(range) => range.from.height.max(range.to.height),
            Self::Property(property) => property.height(),
            Self::Index { target, keys, .. } => target.height.max(tallest(keys)),
            Self::Call(call) => call.callee.height().max(tallest(&call.args)),
            Self::MethodPointer { target, name } => target.height.max(name.height()),
            Self::Not(value)
            | Self::Minus(value)
            | Self::Plus(value)
            | Self::BitNot(value)
            | Self::Cast(_, value)
            | Self::As(_, value)
            | Self::InstanceOf { value, .. }
            | Self::Spread(value) => value.height,
            Self::Binary(_, pair) | Self::And(pair) | Self::Or(pair) | Self::Elvis(pair) => {
                pair.0.height.max(pair.1.height)
            }
            Self::Ternary(parts) => parts.0.height.max(parts.1.height).max(parts.2.height),
            Self::Assign { target, value, .. } => target.height().max(value.height),
            Self::AssignMany { targets, value } => {
                targets.iter().map(Target::height).max().unwrap_or(0).max(value.height)
            }
            Self::Increment { target, .. } => target.height(),
            Self::Named(item) => item.height(),
            Self::Switch(switch) => switch.subject.height,
        }
    }
}

impl MapItem {
    fn height(&self) -> u32 {
        match self {
            Self::Entry(key, value) => key.height.max(value.height),
            Self::Spread(value) => value.height,
        }
    }
}

impl Property {
    fn height(&self) -> u32 {
        self.target.height.max(self.name.height())
    }
}

impl MemberName {
    fn height(&self) -> u32 {
        match self {
            Self::Static(_) => 0,
            Self::Dynamic(name) => name.height,
        }
    }
}

impl Callee {
    fn height(&self) -> u32 {
        match self {
            Self::Local(_) | Self::Function(_) | Self::Super(_) => 0,
            Self::Method { target, name, .. } => target.height.max(name.height()),
            Self::Value(value) => value.height,
        }
    }
}

impl Target {
    fn height(&self) -> u32 {
        match self {
            Self::Local { .. } | Self::Name(_) => 0,
            Self::Property(property) => property.height(),
            Self::Index { target, keys, .. } => target.height.max(tallest(keys)),
        }
    }
}
