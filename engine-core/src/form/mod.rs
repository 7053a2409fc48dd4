//! Generated forms: `camunda:formData` with its fields, and the older `camunda:formProperty`.
//!
//! [`shown`] says what a form shows before anything is entered, [`submit`] what becomes of what was entered. Both follow
//! Camunda's form field and form property handlers, their order and their errors.

mod compile;
mod convert;
pub mod shown;
pub(crate) mod submit;

use std::sync::Arc;

pub(crate) use compile::compile;

use crate::{error::Fault, graph::Expr};

/// The compiled fields of a form, older form properties first.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The fields in the order they are handled.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// The variable.
    pub id: Arc<str>,
    /// Label.
    pub label: Option<Expr>,
    /// Type; form properties may have none.
    pub kind: Option<FieldKind>,
    /// Default value.
    pub default: Option<Expr>,
    /// Constraints in the order they are checked.
    pub constraints: Vec<Constraint>,
    /// It holds the business key, which is not a variable.
    pub business_key: bool,
    /// What only a form property has.
    pub property: Option<Property>,
}

/// Settings of a `camunda:formProperty`.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it is called; no expression.
    pub name: Option<Arc<str>>,
    /// The variable, when it is not named as the property.
    pub variable: Option<Arc<str>>,
    /// An expression in place of a variable.
    pub expression: Option<Expr>,
    /// It is shown.
    pub readable: bool,
    /// It may be submitted.
    pub writable: bool,
    /// It must be submitted, unless it has a default.
    pub required: bool,
}

/// Type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// `string`.
    String,
    /// `long`.
    Long,
    /// `boolean`.
    Boolean,
    /// `date`, with the pattern of `java.text.SimpleDateFormat` that it is entered in.
    Date(Arc<str>),
    /// `enum`: keys with what is shown for them.
    Enum(Vec<(Arc<str>, Option<Arc<str>>)>),
}

/// The pattern of dates without one of their own.
pub const DATE_PATTERN: &str = "dd/MM/yyyy";

impl FieldKind {
    /// The type's name in models.
    pub fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Long => "long",
            Self::Boolean => "boolean",
            Self::Date(_) => "date",
            Self::Enum(_) => "enum",
        }
    }
}

/// A `camunda:constraint`.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Name, as in the model.
    pub name: Arc<str>,
    /// Configuration, as in the model.
    pub config: Option<Arc<str>>,
    /// What it checks.
    pub check: Check,
}

/// What a constraint checks.
#[derive(Clone, Debug)]
pub enum Check {
    /// `required`.
    Required,
    /// `readonly`: nothing may be submitted.
    ReadOnly,
    /// `min`.
    Min,
    /// `max`, itself not allowed.
    Max,
    /// `minlength`.
    MinLength,
    /// `maxlength`.
    MaxLength,
    /// `validator` by class name: a handler.
    Class(Arc<str>),
    /// `validator` by expression.
    Expression(Expr),
}

/// `NumberFormatException`, as `Long.valueOf` throws it: no exception of the engine's own.
fn not_a_number(text: &str) -> Fault {
    let mut fault = Fault::new(crate::error::FaultKind::Other, format!("For input string: \"{text}\""));
    fault.java_class = "java.lang.NumberFormatException".to_owned();
    fault
}
