//! Closures.

use objects::Object;

use super::Found;
use crate::{
    interpreter::{Interpreter, Outcome},
    values::{Closure, ClosureKind, CurryPosition, Strategy, downcast},
};

pub(super) fn call(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("call" | "doCall" | "run" | "apply" | "test" | "accept" | "get" | "compare", _) => {
            groovy.call_closure(target, args)?
        }
        ("curry", fixed) => Closure::curried(target, CurryPosition::Left, fixed),
        ("rcurry", fixed) => Closure::curried(target, CurryPosition::Right, fixed),
        ("ncurry", [index, fixed @ ..]) => {
            let index = super::count_of(groovy, index)?;
            Closure::curried(target, CurryPosition::Nth(index), fixed)
        }
        ("rightShift" | "andThen", [next]) => {
            Closure::object(ClosureKind::Composed { first: target.clone(), second: next.clone() })
        }
        ("leftShift" | "compose", [before]) if downcast::<Closure>(before).is_some() => {
            Closure::object(ClosureKind::Composed { first: before.clone(), second: target.clone() })
        }
        ("memoize", []) => {
            Closure::object(ClosureKind::Memoized { inner: target.clone(), results: std::cell::RefCell::default() })
        }
        ("clone" | "dehydrate", []) => copy(target),
        ("rehydrate", [delegate, _, _]) => {
            let copied = copy(target);
            if let Some(closure) = downcast::<Closure>(&copied) {
                closure.delegate.replace(Some(delegate.clone()));
            }
            copied
        }
        ("getMaximumNumberOfParameters", []) => super::size(groovy.arity(target)),
        ("setDelegate" | "setResolveStrategy", [value]) => {
            let property = if name == "setDelegate" { "delegate" } else { "resolveStrategy" };
            groovy.set_property(target, &property.into(), value.clone())?;
            Object::Null
        }
        ("getDelegate" | "getOwner" | "getThisObject", []) => {
            let property = match name {
                "getDelegate" => "delegate",
                "getOwner" => "owner",
                _ => "thisObject",
            };
            groovy.get_property(target, &property.into())?
        }
        ("isCase", [value]) => Object::Boolean(groovy.is_case(target, value)?),
        ("trampoline", _) => {
            // Calls are bounded by the native stack; a trampoline runs its closure until it gives something else.
            let mut value = groovy.call_closure(target, args)?;
            while downcast::<Closure>(&value).is_some() {
                groovy.step()?;
                value = groovy.call_closure(&value, &[])?;
            }
            value
        }
        _ => return Ok(None),
    }))
}

/// Another closure over the same variables, with its own delegate.
pub(crate) fn copy(target: &Object) -> Object {
    match downcast::<Closure>(target) {
        Some(Closure { kind: ClosureKind::Block { program, function, cells, this, owner }, .. }) => {
            Closure::object(ClosureKind::Block {
                program: program.clone(),
                function: *function,
                cells: cells.clone(),
                this: this.clone(),
                owner: owner.clone(),
            })
        }
        _ => target.clone(),
    }
}

impl Interpreter<'_> {
    /// Calls a closure with names resolved in a delegate first.
    pub(crate) fn call_with_delegate(
        &mut self,
        closure: &Object,
        delegate: &Object,
        args: &[Object],
    ) -> Outcome<Object> {
        let copied = copy(closure);
        if let Some(closure) = downcast::<Closure>(&copied)
            && !delegate.is_null()
        {
            closure.delegate.replace(Some(delegate.clone()));
            closure.strategy.set(Strategy::DelegateFirst);
        }
        // `with` passes the object as the only argument; a closure may take none.
        let args = if self.arity(&copied) == 0 { &[] } else { args };
        self.call_closure(&copied, args)
    }
}
