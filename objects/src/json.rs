//! Spin JSON nodes: a shared, mutable tree.
//!
//! Arrays and objects are shared by every handle, so a change through a child shows in its parent, as with Spin's
//! Jackson nodes. Scalars are immutable and carried inline.

mod methods;
mod parse;
mod path;
pub(crate) mod write;

use std::rc::Rc;

use indexmap::IndexMap;

pub use methods::{call, from_object, spin_json};
pub use parse::JsonError;

use crate::{object::Object, shared::Shared};

/// Properties of a JSON object in document order.
pub type JsonObject = IndexMap<Rc<str>, JsonNode>;

/// One node of a JSON tree.
#[derive(Clone, Debug)]
pub enum JsonNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number of 32 bits (Jackson's `IntNode`).
    Int(i32),
    /// A whole number of 64 bits.
    Long(i64),
    /// A longer whole number.
    BigInteger(Box<i128>),
    /// Any other number.
    Double(f64),
    /// A text.
    String(Rc<str>),
    /// An array, shared.
    Array(Shared<Vec<JsonNode>>),
    /// An object, shared.
    Object(Shared<JsonObject>),
}

impl JsonNode {
    /// Deepest nesting that is read or built; deeper text is refused.
    pub const MAX_DEPTH: usize = 500;

    /// Reads a JSON text.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        parse::parse(text)
    }

    /// An array that shares nothing yet.
    pub fn array(items: Vec<Self>) -> Self {
        Self::Array(Shared::new(items))
    }

    /// An object that shares nothing yet.
    pub fn object(properties: JsonObject) -> Self {
        Self::Object(Shared::new(properties))
    }

    /// Whether both handles mean the same container, or equal scalars.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::BigInteger(a), Self::BigInteger(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a.ptr_eq(b),
            (Self::Object(a), Self::Object(b)) => a.ptr_eq(b),
            _ => false,
        }
    }

    /// The plain object a scalar stands for (`SpinJsonNode.value()`); containers stay nodes.
    pub fn to_object(&self) -> Object {
        match self {
            Self::Null => Object::Null,
            Self::Boolean(value) => Object::Boolean(*value),
            Self::Int(value) => Object::Integer(*value),
            Self::Long(value) => Object::Long(*value),
            Self::BigInteger(value) => Object::BigInteger(**value),
            Self::Double(value) => Object::Double(*value),
            Self::String(value) => Object::String(value.clone()),
            Self::Array(_) | Self::Object(_) => Object::Json(self.clone()),
        }
    }
}

impl std::fmt::Display for JsonNode {
    /// The compact text Jackson writes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write::write(self, f, 0)
    }
}
