//! What a generated form shows.

use models::Value;
use objects::{Context, Object, convert, text};

use super::{Field, FieldKind, Form, Property, convert as fit};
use crate::{
    error::{Fault, FaultKind},
    graph::Expr,
};

/// A field as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownField {
    /// The variable.
    pub id: String,
    /// Label, evaluated.
    pub label: Option<String>,
    /// Type.
    pub kind: FieldKind,
    /// The text that the input begins with.
    pub default: Option<String>,
    /// Value of the variable or default, in the type of the field.
    pub value: Value,
    /// Constraints by name, without validators of one's own.
    pub constraints: Vec<(String, Option<String>)>,
    /// It holds the business key.
    pub business_key: bool,
    /// It is a form property: shown, but no form variable.
    pub property: bool,
}

/// The fields of a form, form fields before form properties, as the variables of a context fill them.
///
/// `in_instance`: a task's form; a start form knows no variables.
///
/// # Errors
/// An expression fails, or a value does not fit its field.
pub fn fields(form: &Form, in_instance: bool, ctx: &mut dyn Context) -> Result<Vec<ShownField>, Fault> {
    let mut fields = Vec::with_capacity(form.fields.len());
    let mut properties = Vec::new();
    for field in &form.fields {
        match &field.property {
            None => fields.push(form_field(field, ctx)?),
            Some(property) if property.readable => properties.push(form_property(field, property, in_instance, ctx)?),
            Some(_) => {}
        }
    }
    fields.append(&mut properties);
    Ok(fields)
}

fn evaluate(expression: &Expr, ctx: &mut dyn Context) -> Result<Object, Fault> {
    expression.0.evaluate(ctx).map_err(|error| Fault::engine(error.to_string()))
}

fn text_of(value: &Object, ctx: &mut dyn Context) -> Result<Option<String>, Fault> {
    if value.is_null() {
        return Ok(None);
    }
    text::to_text(value, ctx).map(|text| Some(text.to_string())).map_err(|error| Fault::engine(error.to_string()))
}

fn variable(name: &str, ctx: &mut dyn Context) -> Result<Option<Object>, Fault> {
    ctx.variable(name).map_err(|error| Fault::engine(error.to_string()))
}

fn form_field(field: &Field, ctx: &mut dyn Context) -> Result<ShownField, Fault> {
    let label = match &field.label {
        Some(label) => {
            let label = evaluate(label, ctx)?;
            text_of(&label, ctx)?
        }
        None => None,
    };
    let kind = field.kind.clone().unwrap_or(FieldKind::String);
    let default = match &field.default {
        Some(default) => evaluate(default, ctx)?,
        None => Object::Null,
    };
    let shown_default = match &default {
        Object::Null => None,
        default => {
            let model = fit::property_to_model(&kind, default, ctx)?;
            text_of(&convert::to_object(&model), ctx)?
        }
    };
    let value = match variable(&field.id, ctx)? {
        Some(value) => fit::to_form(&kind, &value, ctx).map_err(|_| not_converted(&field.id))?,
        None => {
            let model = fit::to_model(&kind, &default, ctx)?;
            fit::to_form(&kind, &convert::to_object(&model), ctx)?
        }
    };
    let constraints = field
        .constraints
        .iter()
        .filter(|constraint| &*constraint.name != "validator")
        .map(|one| (one.name.to_string(), one.config.as_deref().map(str::to_owned)))
        .collect();
    Ok(ShownField {
        id: field.id.to_string(),
        label,
        kind,
        default: shown_default,
        value,
        constraints,
        business_key: field.business_key,
        property: false,
    })
}

fn not_converted(id: &str) -> Fault {
    Fault::new(FaultKind::FormFieldValidation, format!("failed to convert '{id}'"))
}

fn form_property(
    field: &Field,
    property: &Property,
    in_instance: bool,
    ctx: &mut dyn Context,
) -> Result<ShownField, Fault> {
    let default = |ctx: &mut dyn Context| match &field.default {
        Some(default) => evaluate(default, ctx),
        None => Ok(Object::Null),
    };
    let value = match (&property.variable, &property.expression) {
        _ if !in_instance => default(ctx)?,
        (None, Some(expression)) => evaluate(expression, ctx)?,
        (variable_name, _) => match variable(variable_name.as_deref().unwrap_or(&field.id), ctx)? {
            Some(value) => value,
            None => default(ctx)?,
        },
    };
    let shown = fit::property_to_form(field.kind.as_ref(), &value, ctx)?;
    let mut constraints = Vec::new();
    if property.required {
        constraints.push(("required".to_owned(), None));
    }
    if !property.writable {
        constraints.push(("readonly".to_owned(), None));
    }
    Ok(ShownField {
        id: field.id.to_string(),
        label: property.name.as_deref().map(str::to_owned),
        kind: field.kind.clone().unwrap_or(FieldKind::String),
        value: shown.as_deref().map_or(Value::Null, Value::string),
        default: shown,
        constraints,
        business_key: false,
        property: true,
    })
}
