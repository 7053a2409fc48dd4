//! `equals` and `hashCode` as Java defines them.

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use crate::object::{MapKey, Object, ObjectMap};

/// Containers nested deeper than this are compared by identity: only a container inside itself gets there.
const MAX_DEPTH: usize = 200;

impl Object {
    /// `Objects.equals(a, b)`: numbers are equal only within one class, containers by content.
    pub fn equals(&self, other: &Self) -> bool {
        equals(self, other, 0)
    }
}

fn equals(a: &Object, b: &Object, depth: usize) -> bool {
    match (a, b) {
        (Object::Null, Object::Null) => true,
        (Object::Boolean(a), Object::Boolean(b)) => a == b,
        (Object::Short(a), Object::Short(b)) => a == b,
        (Object::Integer(a), Object::Integer(b)) => a == b,
        (Object::Long(a), Object::Long(b)) => a == b,
        (Object::BigInteger(a), Object::BigInteger(b)) => a == b,
        // `Double.equals` tells -0.0 from 0.0 and finds NaN equal to itself.
        (Object::Double(a), Object::Double(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        // `BigDecimal.equals` tells 2.0 from 2.00.
        (Object::BigDecimal(a), Object::BigDecimal(b)) => a == b && a.scale() == b.scale(),
        (Object::String(a), Object::String(b)) => a == b,
        (Object::Date(a), Object::Date(b)) => a == b,
        (Object::Bytes(a), Object::Bytes(b)) => Rc::ptr_eq(a, b),
        (Object::File(a), Object::File(b)) => Rc::ptr_eq(a, b),
        (Object::List(a), Object::List(b)) => {
            a.ptr_eq(b) || {
                let (a, b) = (a.borrow(), b.borrow());
                depth < MAX_DEPTH && a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals(a, b, depth + 1))
            }
        }
        (Object::Map(a), Object::Map(b)) => {
            a.ptr_eq(b) || (depth < MAX_DEPTH && maps_equal(&a.borrow(), &b.borrow(), depth))
        }
        (Object::Set(a), Object::Set(b)) => {
            a.ptr_eq(b) || {
                let (a, b) = (a.borrow(), b.borrow());
                depth < MAX_DEPTH && a.len() == b.len() && a.keys().all(|key| b.contains_key(key))
            }
        }
        (Object::Json(a), Object::Json(b)) => a.same(b),
        (Object::Xml(a), Object::Xml(b)) => a.same(b),
        (Object::Temporal(a), Object::Temporal(b)) => a == b,
        (Object::Opaque(a), Object::Opaque(b)) => a == b,
        (Object::Handle(a), Object::Handle(b)) => a == b,
        (Object::Extension(a), Object::Extension(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

fn maps_equal(a: &ObjectMap, b: &ObjectMap, depth: usize) -> bool {
    a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equals(value, other, depth + 1)))
}

impl PartialEq for MapKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&other.0)
    }
}

impl Eq for MapKey {}

impl Hash for MapKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state, 0);
    }
}

/// Feeds whatever [`Object::equals`] compares; containers by size only below the first level, which is cheap and enough.
fn hash<H: Hasher>(object: &Object, state: &mut H, depth: usize) {
    std::mem::discriminant(object).hash(state);
    match object {
        Object::Null | Object::Opaque(_) | Object::Temporal(_) | Object::Json(_) | Object::Xml(_) => {}
        Object::Boolean(value) => value.hash(state),
        Object::Short(value) => value.hash(state),
        Object::Integer(value) => value.hash(state),
        Object::Long(value) => value.hash(state),
        Object::BigInteger(value) => value.hash(state),
        Object::Double(value) if value.is_nan() => f64::NAN.to_bits().hash(state),
        Object::Double(value) => value.to_bits().hash(state),
        Object::BigDecimal(value) => (value.mantissa(), value.scale()).hash(state),
        Object::String(value) => value.hash(state),
        Object::Date(value) => value.hash(state),
        Object::Bytes(value) => Rc::as_ptr(value).hash(state),
        Object::File(value) => Rc::as_ptr(value).hash(state),
        Object::List(items) => {
            let items = items.borrow();
            items.len().hash(state);
            if depth == 0 {
                for item in items.iter() {
                    hash(item, state, depth + 1);
                }
            }
        }
        Object::Map(entries) | Object::Set(entries) => entries.borrow().len().hash(state),
        Object::Handle(handle) => handle.hash(state),
        Object::Extension(value) => Rc::as_ptr(value).cast::<()>().hash(state),
    }
}
