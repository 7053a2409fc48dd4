//! Generated forms as HTML: the elements and attributes that Camunda's Tasklist expects.

use engine_core::form::{FieldKind, shown::ShownField};

/// An open document: elements are indented by their depth, as Camunda writes them.
struct Document {
    html: String,
    open: Vec<&'static str>,
}

type Attributes<'a> = Vec<(&'a str, Option<String>)>;

fn with(value: impl Into<String>) -> Option<String> {
    Some(value.into())
}

impl Document {
    fn indent(&mut self) {
        for _ in 0..self.open.len() {
            self.html.push_str("  ");
        }
    }

    fn tag(&mut self, name: &str, attributes: &Attributes<'_>, closing: &str) {
        self.indent();
        self.html.push('<');
        self.html.push_str(name);
        for (name, value) in attributes {
            self.html.push(' ');
            self.html.push_str(name);
            if let Some(value) = value {
                self.html.push_str("=\"");
                self.html.push_str(&value.replace('"', "&quot;"));
                self.html.push('"');
            }
        }
        self.html.push_str(closing);
        self.html.push('\n');
    }

    fn start(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.tag(name, attributes, ">");
        self.open.push(name);
    }

    fn end(&mut self) {
        let Some(name) = self.open.pop() else { return };
        self.indent();
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push_str(">\n");
    }

    /// An element with text inside. The text is written as it is, as Camunda does: models are written by trusted people.
    fn text(&mut self, name: &'static str, attributes: &Attributes<'_>, text: &str) {
        self.tag(name, attributes, ">");
        self.indent();
        self.html.push_str("  ");
        self.html.push_str(text);
        self.html.push('\n');
        self.open.push(name);
        self.end();
    }
}

/// The form; `None` without fields.
pub(crate) fn render(fields: &[ShownField]) -> Option<String> {
    if fields.is_empty() {
        return None;
    }
    let mut document = Document { html: String::new(), open: Vec::new() };
    document.start("form", &vec![("name", with("generatedForm")), ("role", with("form"))]);
    for field in fields {
        group(&mut document, field);
    }
    document.end();
    Some(document.html)
}

fn group(document: &mut Document, field: &ShownField) {
    document.start("div", &vec![("class", with("form-group"))]);
    if let Some(label) = field.label.as_deref().filter(|label| !label.is_empty()) {
        document.text("label", &vec![("for", with(&*field.id))], label);
    }
    match &field.kind {
        FieldKind::Enum(values) => {
            document.start("select", &common(field));
            for (key, shown) in values {
                if let Some(shown) = shown {
                    document.text("option", &vec![("value", with(&**key))], shown)
                } else {
                    document.start("option", &vec![("value", with(&**key))]);
                    document.end();
                }
            }
            document.end();
        }
        FieldKind::Date(pattern) => date_picker(document, field, pattern),
        kind => {
            let mut attributes = common(field);
            attributes.push(("type", with(if *kind == FieldKind::Boolean { "checkbox" } else { "text" })));
            if let Some(default) = &field.default {
                attributes.push(("value", with(&**default)));
            }
            document.tag("input", &attributes, " />");
        }
    }
    invalid(document, field);
    document.end();
}

/// Attributes of every input.
fn common(field: &ShownField) -> Attributes<'_> {
    let mut attributes = vec![("class", with("form-control")), ("name", with(&*field.id))];
    if field.business_key {
        attributes.push(("cam-business-key", None));
    } else {
        let type_name = match field.kind {
            FieldKind::Long => "Long",
            FieldKind::Boolean => "Boolean",
            FieldKind::String | FieldKind::Date(_) | FieldKind::Enum(_) => "String",
        };
        attributes.push(("cam-variable-type", with(type_name)));
        attributes.push(("cam-variable-name", with(&*field.id)));
    }
    for (name, config) in &field.constraints {
        // a constraint given twice is written once, as the last one says
        let name = if name == "readonly" { "disabled" } else { name.as_str() };
        attributes.retain(|(known, _)| *known != name);
        attributes.push((name, config.clone()));
    }
    attributes
}

fn date_picker(document: &mut Document, field: &ShownField, pattern: &str) {
    let id = &field.id;
    let read_only = field.constraints.iter().any(|(name, _)| name == "readonly");
    document.start("div", &vec![("class", with("input-group"))]);
    let mut input = common(field);
    input.push(("type", with("text")));
    if read_only {
        document.tag("input", &input, " />");
        document.end();
        return;
    }
    input.push(("uib-datepicker-popup", with(pattern)));
    input.push(("is-open", with(format!("dateFieldOpened{id}"))));
    document.tag("input", &input, " />");
    document.start("div", &vec![("class", with("input-group-btn"))]);
    let button = vec![
        ("type", with("button")),
        ("class", with("btn btn-default")),
        ("ng-click", with(format!("open{id}($event)"))),
    ];
    document.start("button", &button);
    document.start("i", &vec![("class", with("glyphicon glyphicon-calendar"))]);
    document.end();
    document.end();
    document.end();
    let script = format!(
        "$scope.open{id} = function ($event) {{ $event.preventDefault(); $event.stopPropagation(); \
         $scope.dateFieldOpened{id} = true; }};"
    );
    document.text("script", &vec![("cam-script", None), ("type", with("text/form-script"))], &script);
    document.end();
}

/// What is shown beside an input that is not valid.
fn invalid(document: &mut Document, field: &ShownField) {
    let input = format!("this.generatedForm.{}", field.id);
    let help = |condition: String| vec![("ng-show", with(condition)), ("class", with("help-block"))];
    let group = vec![("ng-if", with(format!("{input}.$invalid && {input}.$dirty"))), ("class", with("has-error"))];
    document.start("div", &group);
    if let FieldKind::Date(pattern) = &field.kind {
        document.text("div", &help(format!("{input}.$error.required && !{input}.$error.date")), "Required field");
        let text = format!("Invalid date format: the date should have the pattern '{pattern}'");
        document.text("div", &help(format!("{input}.$error.date")), &text);
    } else {
        document.text("div", &help(format!("{input}.$error.required")), "Required field");
        let type_name = if matches!(field.kind, FieldKind::Enum(_)) { "string" } else { field.kind.name() };
        let text = format!("Only a {type_name} value is allowed");
        document.text("div", &help(format!("{input}.$error.camVariableType")), &text);
    }
    document.end();
}
