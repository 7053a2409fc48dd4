//! Assignments.

use objects::Object;

use super::{Interpreter, Outcome, Throw};
use crate::{
    ast::{AssignOp, BinaryOp, Expr, Target},
    values::{Closure, Instance, Strategy, downcast},
};

/// A target whose parts are evaluated, so that reading and writing do it once.
enum Place<'r> {
    Local(u32, Option<&'r crate::ast::Type>),
    Name(&'r str),
    Property(Object, std::rc::Rc<str>),
    Index(Object, Object),
    /// A safe access to null: nothing happens.
    Nowhere,
}

impl<'r> Interpreter<'r> {
    fn place(&mut self, target: &'r Target) -> Outcome<Place<'r>> {
        Ok(match target {
            Target::Local { slot, ty } => Place::Local(*slot, ty.as_ref()),
            Target::Name(name) => Place::Name(name),
            Target::Property(property) => {
                let object = self.eval(&property.target)?;
                if property.safe && object.is_null() {
                    return Ok(Place::Nowhere);
                }
                Place::Property(object, self.member_name(&property.name)?)
            }
            Target::Index { target, keys, safe } => {
                let object = self.eval(target)?;
                if *safe && object.is_null() {
                    return Ok(Place::Nowhere);
                }
                let key = self.index_key(keys)?;
                let key = super::member::plain_key(&object, key);
                Place::Index(object, key)
            }
        })
    }

    fn read(&mut self, place: &Place<'r>) -> Outcome<Object> {
        match place {
            Place::Local(slot, _) => Ok(self.local(*slot)),
            Place::Name(name) => match self.find_name(name)? {
                Some(value) => Ok(value),
                None => Err(Throw::missing_property(name, "Script1")),
            },
            Place::Property(object, name) => self.get_property(object, name),
            Place::Index(object, key) => self.get_at(object, key),
            Place::Nowhere => Ok(Object::Null),
        }
    }

    fn write(&mut self, place: &Place<'r>, value: Object) -> Outcome<Object> {
        match place {
            Place::Local(slot, ty) => {
                let value = match ty {
                    Some(ty) => self.coerce(value, ty)?,
                    None => value,
                };
                self.set_local(*slot, value.clone());
                return Ok(value);
            }
            Place::Name(name) => self.write_name(name, value.clone())?,
            Place::Property(object, name) => self.set_property(object, name, value.clone())?,
            Place::Index(object, key) => self.put_at(object, key, value.clone())?,
            Place::Nowhere => {}
        }
        Ok(value)
    }

    /// A field of the object whose method runs, a property of a closure's delegate, or a variable of the script.
    fn write_name(&mut self, name: &'r str, value: Object) -> Outcome<()> {
        if let Some(closure) = self.frame.closure.clone()
            && let Some(closure) = downcast::<Closure>(&closure)
            && closure.strategy.get() != Strategy::OwnerOnly
            && closure.strategy.get() != Strategy::OwnerFirst
            && let Some(delegate) = closure.delegate.borrow().clone()
        {
            return self.set_property(&delegate, &name.into(), value);
        }
        if let Some(class) = self.frame.class {
            let this = self.frame.this.clone();
            if downcast::<Instance>(&this).is_some_and(|instance| instance.field(name).is_some()) {
                return self.write_field(&this, name, value);
            }
            if self.static_field(class, name)?.is_some() {
                return self.set_static_field(class, name, value);
            }
            if downcast::<Instance>(&this).is_some() {
                return self.set_instance_property(&this, &name.into(), value);
            }
            return Err(Throw::missing_property(name, &self.program.classes[usize::from(class)].name));
        }
        self.charge_items(1)?;
        self.set_global(name, value);
        Ok(())
    }

    pub(super) fn assign(&mut self, target: &'r Target, op: AssignOp, value: &'r Expr) -> Outcome<Object> {
        self.step()?;
        let place = self.place(target)?;
        let value = match op {
            AssignOp::Set => self.eval(value)?,
            AssignOp::Elvis => {
                let before = self.read(&place)?;
                if self.truth(&before)? {
                    return Ok(before);
                }
                self.eval(value)?
            }
            AssignOp::Binary(op) => {
                let before = self.read(&place)?;
                let value = self.eval(value)?;
                self.binary(op, &before, &value)?
            }
        };
        self.write(&place, value)
    }

    pub(super) fn assign_many(&mut self, targets: &'r [Target], value: &'r Expr) -> Outcome<Object> {
        let value = self.eval(value)?;
        // The parts of all targets come first: `(a, b) = [b, a]` has its list already.
        for (index, target) in targets.iter().enumerate() {
            let item = self.nth(&value, index)?;
            let place = self.place(target)?;
            self.write(&place, item)?;
        }
        Ok(value)
    }

    pub(super) fn increment(&mut self, target: &'r Target, up: bool, prefix: bool) -> Outcome<Object> {
        self.step()?;
        let place = self.place(target)?;
        let before = self.read(&place)?;
        let after = match &before {
            Object::Integer(value) => Object::Integer(if up { value.wrapping_add(1) } else { value.wrapping_sub(1) }),
            value if value.is_number() => {
                let op = if up { BinaryOp::Add } else { BinaryOp::Subtract };
                self.binary(op, value, &Object::Integer(1))?
            }
            value => self.invoke(value, if up { "next" } else { "previous" }, &[])?,
        };
        let after = self.write(&place, after)?;
        Ok(if prefix { after } else { before })
    }
}
