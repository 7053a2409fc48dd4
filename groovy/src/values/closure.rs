//! Closures and what else can be called.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use objects::{Extension, Object};

use crate::ast::{FunctionIx, Program};

/// Where names that are no locals are looked up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    OwnerFirst,
    DelegateFirst,
    OwnerOnly,
    DelegateOnly,
}

/// Something that can be called.
#[derive(Debug)]
pub(crate) struct Closure {
    pub(crate) kind: ClosureKind,
    pub(crate) delegate: RefCell<Option<Object>>,
    pub(crate) strategy: Cell<Strategy>,
}

#[derive(Debug)]
pub(crate) enum ClosureKind {
    /// A block of the script with the variables it shares.
    Block {
        program: Arc<Program>,
        function: FunctionIx,
        cells: Vec<Rc<RefCell<Object>>>,
        this: Object,
        /// The closure it was made in.
        owner: Option<Object>,
    },
    /// `target.&name`
    Method { target: Object, name: Rc<str> },
    /// Some arguments are fixed, from a position on.
    Curried { inner: Object, at: Position, args: Vec<Object> },
    /// `first >> second`
    Composed { first: Object, second: Object },
    /// Results are kept.
    Memoized { inner: Object, results: RefCell<Vec<(Vec<Object>, Object)>> },
}

/// Where fixed arguments go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Left,
    Right,
    Nth(usize),
}

impl Closure {
    pub(crate) fn object(kind: ClosureKind) -> Object {
        super::extension(Self { kind, delegate: RefCell::new(None), strategy: Cell::new(Strategy::OwnerFirst) })
    }

    pub(crate) fn curried(inner: &Object, at: Position, args: &[Object]) -> Object {
        Self::object(ClosureKind::Curried { inner: inner.clone(), at, args: args.to_vec() })
    }
}

impl Extension for Closure {
    fn class_name(&self) -> String {
        match &self.kind {
            ClosureKind::Block { function, .. } => format!("Script1$_run_closure{}", function + 1),
            ClosureKind::Method { .. } => "org.codehaus.groovy.runtime.MethodClosure".to_owned(),
            ClosureKind::Curried { .. } => "org.codehaus.groovy.runtime.CurriedClosure".to_owned(),
            ClosureKind::Composed { .. } => "org.codehaus.groovy.runtime.ComposedClosure".to_owned(),
            ClosureKind::Memoized { .. } => "org.codehaus.groovy.runtime.memoize.Memoize$MemoizeFunction".to_owned(),
        }
    }

    fn text(&self) -> String {
        format!("{}@0", self.class_name())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
