//! From the model's form to a compiled one.

use std::sync::Arc;

use models::bpmn::{FormDefinition, FormField};

use super::{Check, Constraint, DATE_PATTERN, Field, FieldKind, Form, Property};
use crate::graph::Expr;

/// Compiles the fields of a form.
///
/// # Errors
/// An expression does not parse: what JUEL says. Or a form handler of one's own is named, which needs a JVM.
pub(crate) fn compile(definition: &FormDefinition) -> Result<Form, String> {
    if let Some(class) = &definition.handler_class {
        return Err(format!(
            "camunda:formHandlerClass `{class}` is a Java class, which can't run here: describe the form with camunda:formData"
        ));
    }
    let fields = definition.fields.iter().map(|field| compile_field(field, definition)).collect::<Result<_, _>>()?;
    Ok(Form { fields })
}

fn expression(text: &str) -> Result<Expr, String> {
    juel::Expression::parse(text).map(|parsed| Expr(Arc::new(parsed))).map_err(|error| error.to_string())
}

fn optional(text: Option<&str>) -> Result<Option<Expr>, String> {
    text.map(expression).transpose()
}

fn compile_field(field: &FormField, form: &FormDefinition) -> Result<Field, String> {
    let property = match &field.legacy {
        Some(legacy) => Some(Property {
            name: field.label.as_deref().map(Arc::from),
            variable: legacy.variable.as_deref().map(Arc::from),
            expression: optional(legacy.expression.as_deref())?,
            readable: legacy.readable,
            writable: legacy.writable,
            required: legacy.required,
        }),
        None => None,
    };
    let label = if property.is_some() { None } else { optional(field.label.as_deref())? };
    Ok(Field {
        id: Arc::from(field.id.as_str()),
        label,
        kind: kind(field),
        default: optional(field.default_value.as_deref())?,
        constraints: field
            .constraints
            .iter()
            .filter_map(|(name, config)| constraint(name, config.as_deref()).transpose())
            .collect::<Result<_, _>>()?,
        business_key: property.is_none() && form.business_key_field.as_deref() == Some(field.id.as_str()),
        property,
    })
}

fn kind(field: &FormField) -> Option<FieldKind> {
    Some(match field.type_name.as_str() {
        "string" => FieldKind::String,
        "long" => FieldKind::Long,
        "boolean" => FieldKind::Boolean,
        "date" => FieldKind::Date(Arc::from(field.date_pattern.as_deref().unwrap_or(DATE_PATTERN))),
        "enum" => FieldKind::Enum(
            field
                .values
                .iter()
                .map(|(key, shown)| (Arc::from(key.as_str()), shown.as_deref().map(Arc::from)))
                .collect(),
        ),
        _ => return None,
    })
}

fn constraint(name: &str, config: Option<&str>) -> Result<Option<Constraint>, String> {
    let check = match name {
        "required" => Check::Required,
        "readonly" => Check::ReadOnly,
        "min" => Check::Min,
        "max" => Check::Max,
        "minlength" => Check::MinLength,
        "maxlength" => Check::MaxLength,
        "validator" => match config {
            Some(text) if text.contains("${") || text.contains("#{") => Check::Expression(expression(text)?),
            Some(class) => Check::Class(Arc::from(class)),
            None => return Ok(None),
        },
        // the parser refuses all others
        _ => return Ok(None),
    };
    Ok(Some(Constraint { name: Arc::from(name), config: config.map(Arc::from), check }))
}
