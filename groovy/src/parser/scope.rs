//! Which local variable a name means.

use super::{Parsed, Parser};
use crate::{
    ast::{Slot, Type},
    token::Str,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionKind {
    Script,
    /// A method or initial value: sees no locals of its surroundings.
    Method,
    Closure,
}

#[derive(Debug)]
struct Local {
    name: Str,
    slot: Slot,
    ty: Option<Type>,
}

/// The function being parsed.
#[derive(Debug)]
pub(super) struct FunctionScope {
    kind: FunctionKind,
    /// Slots given out.
    pub(super) slots: Slot,
    pub(super) captures: Vec<(Slot, Slot)>,
    blocks: Vec<Vec<Local>>,
}

impl FunctionScope {
    pub(super) fn new(kind: FunctionKind) -> Self {
        Self { kind, slots: 0, captures: Vec::new(), blocks: vec![Vec::new()] }
    }

    /// The declared type of a local.
    pub(super) fn type_of(&self, slot: Slot) -> Option<Type> {
        self.blocks.iter().flatten().find(|local| local.slot == slot).and_then(|local| local.ty.clone())
    }

    fn fresh(&mut self) -> Slot {
        let slot = self.slots;
        self.slots += 1;
        slot
    }
}

impl Parser<'_> {
    pub(super) fn scope(&mut self) -> &mut FunctionScope {
        self.scopes.last_mut().expect("code is parsed inside a function")
    }

    pub(super) fn open_block(&mut self) {
        self.scope().blocks.push(Vec::new());
    }

    pub(super) fn close_block(&mut self) {
        self.scope().blocks.pop();
    }

    /// Declares a local of the current block.
    pub(super) fn declare(&mut self, name: &Str, ty: Option<Type>, at: u32) -> Parsed<Slot> {
        // A closure may hide the implicit `it` of another one, but no variable of its own function or, in Groovy, of
        // the functions around it.
        if &**name != "it" && self.visible(name) {
            return self.fail(at, format!("The current scope already contains a variable of the name {name}"));
        }
        let scope = self.scope();
        let slot = scope.fresh();
        let block = scope.blocks.last_mut().expect("a function has its outermost block");
        block.push(Local { name: name.clone(), slot, ty });
        Ok(slot)
    }

    fn visible(&self, name: &str) -> bool {
        for scope in self.scopes.iter().rev() {
            if scope.blocks.iter().flatten().any(|local| &*local.name == name) {
                return true;
            }
            if scope.kind != FunctionKind::Closure {
                return false;
            }
        }
        false
    }

    /// Whether the name means a local; nothing is captured.
    pub(super) fn is_local(&self, name: &str) -> bool {
        self.visible(name)
    }

    /// The slot of a local in the current function; one of a surrounding function is captured.
    pub(super) fn resolve(&mut self, name: &str) -> Option<(Slot, Option<Type>)> {
        self.resolve_in(self.scopes.len() - 1, name)
    }

    fn resolve_in(&mut self, level: usize, name: &str) -> Option<(Slot, Option<Type>)> {
        let scope = &self.scopes[level];
        let found = scope.blocks.iter().rev().flat_map(|block| block.iter().rev()).find(|local| &*local.name == name);
        if let Some(local) = found {
            return Some((local.slot, local.ty.clone()));
        }
        if scope.kind != FunctionKind::Closure || level == 0 {
            return None;
        }
        let (outer, ty) = self.resolve_in(level - 1, name)?;
        let scope = &mut self.scopes[level];
        let slot = scope.fresh();
        scope.captures.push((outer, slot));
        scope.blocks[0].push(Local { name: name.into(), slot, ty: ty.clone() });
        Some((slot, ty))
    }
}
