//! Walks a document along the schema.

use std::collections::HashSet;

use models::{Position, Span, java_order::hash_map_order};

use super::{
    content::{Leaf, Match, Shortage, State},
    simple::SimpleKind,
    table::{ComplexType, ElementDeclIx, Schema, SimpleIx, TypeRef, schema},
};
use crate::{
    problem::Problems,
    rules::{self, Rule},
    xml::{Document, Element, ElementIx, NamespaceId, is_xml_whitespace, uri},
};

/// Checks a document, normalises attribute values, and adds the attributes that the schema gives by default.
pub(crate) fn validate(document: &mut Document, problems: &mut Problems) {
    let mut validator = Validator {
        schema: schema(),
        document,
        problems,
        ids: HashSet::new(),
        id_references: Vec::new(),
        changes: Vec::new(),
    };
    let root = document.root();
    validator.element(root, Expectation::Root);
    validator.check_id_references(root);
    for change in validator.changes {
        match change {
            Change::Value { element, attribute, value } => document.set_attribute_value(element, attribute, value),
            Change::Default { element, name, value } => document.add_default_attribute(element, name, value),
            Change::Text { element, value } => document.set_text(element, value),
        }
    }
}

/// What the parent says about an element.
#[derive(Clone, Copy, Debug)]
enum Expectation {
    /// It is the root.
    Root,
    /// The parent's content model knows it.
    Declared(ElementDeclIx),
    /// It matched a wildcard, or nothing.
    Unknown { strict: bool },
}

/// What to change in the document afterwards.
#[derive(Debug)]
enum Change {
    Value { element: ElementIx, attribute: usize, value: String },
    Default { element: ElementIx, name: &'static str, value: &'static str },
    Text { element: ElementIx, value: String },
}

struct Validator<'a> {
    schema: &'static Schema,
    document: &'a Document,
    problems: &'a mut Problems,
    ids: HashSet<String>,
    /// In order, without duplicates.
    id_references: Vec<String>,
    changes: Vec<Change>,
}

impl<'a> Validator<'a> {
    fn report(&mut self, rule: Rule, message: String, span: Span, reported_at: Position) {
        self.problems.schema(rule, message, span, reported_at);
    }

    fn at_start(&mut self, rule: Rule, message: String, element: Element<'_>) {
        self.report(rule, message, element.span(), element.position());
    }

    fn at_end(&mut self, rule: Rule, message: String, element: Element<'_>) {
        self.report(rule, message, element.span(), element.end_position());
    }

    fn element(&mut self, element: Element<'a>, expectation: Expectation) {
        let name = element.qualified_name();
        let declaration = match expectation {
            Expectation::Declared(declaration) => Some(declaration),
            Expectation::Root | Expectation::Unknown { .. } => {
                self.schema.global(element.namespace(), element.local_name())
            }
        };
        let mut type_ref = declaration.map(|declaration| self.schema.elements[declaration].type_ref);
        self.check_schema_location(element);
        match element.xsi("type") {
            Some(text) => type_ref = Some(self.xsi_type(element, text, type_ref)),
            None if type_ref.is_none() => match expectation {
                Expectation::Root => {
                    let message = format!("cvc-elt.1.a: Cannot find the declaration of element '{name}'.");
                    self.at_start(rules::SCHEMA_TYPE, message, element);
                }
                Expectation::Unknown { strict: true } => {
                    let message = format!(
                        "cvc-complex-type.2.4.c: The matching wildcard is strict, but no declaration can be found for element '{name}'."
                    );
                    self.at_start(rules::SCHEMA_CONTENT, message, element);
                }
                _ => {}
            },
            None => {}
        }
        if declaration.is_some_and(|declaration| self.schema.elements[declaration].is_abstract) {
            let message =
                format!("cvc-elt.2: The value of {{abstract}} in the element declaration for '{name}' must be false.");
            self.at_start(rules::SCHEMA_TYPE, message, element);
        }
        match type_ref.unwrap_or(TypeRef::Any) {
            TypeRef::Any => {
                self.attributes(element, None);
                for child in element.children() {
                    self.element(child, Expectation::Unknown { strict: false });
                }
            }
            TypeRef::Simple(simple) => self.simple_element(element, simple),
            TypeRef::Complex(complex) => {
                self.complex_element(element, &self.schema.complex[complex]);
            }
        }
    }

    /// Names of schema documents come in pairs. They are not read.
    fn check_schema_location(&mut self, element: Element<'a>) {
        if let Some(text) = element.xsi("schemaLocation")
            && text.split_ascii_whitespace().count() % 2 == 1
        {
            let message = format!("SchemaLocation: schemaLocation value = '{text}' must have even number of URI's.");
            self.problems.schema_warning(rules::SCHEMA_LOCATION, message, element.span(), element.position());
        }
    }

    /// The type that `xsi:type` names, when it may stand for the declared one.
    fn xsi_type(&mut self, element: Element<'a>, text: &str, declared: Option<TypeRef>) -> TypeRef {
        let name = element.qualified_name();
        let fallback = declared.unwrap_or(TypeRef::Any);
        let qname = self.simple_of(&SimpleKind::QName);
        let value = qname.normalise(text);
        if let Err(message) = qname.check(&value, element) {
            self.at_start(rules::SCHEMA_ATTRIBUTE, message, element);
            let message = format!(
                "cvc-elt.4.1: The value '{text}' of attribute '{},type' of element '{name}' is not a valid QName.",
                uri::XSI
            );
            self.at_start(rules::SCHEMA_TYPE, message, element);
            return fallback;
        }
        let (prefix, local) = value.split_once(':').unwrap_or(("", &value));
        let namespace = element.namespace_of_prefix(prefix).unwrap_or(NamespaceId::NONE);
        let found = self.schema.type_named(namespace, local).or_else(|| self.built_in(namespace, local));
        let Some(found) = found else {
            let message = format!("cvc-elt.4.2: Cannot resolve '{text}' to a type definition for element '{name}'.");
            self.at_start(rules::SCHEMA_TYPE, message, element);
            return fallback;
        };
        if let Some(declared) = declared.filter(|&declared| !self.schema.is_derived(found, declared)) {
            let message = format!(
                "cvc-elt.4.3: Type '{text}' is not validly derived from the type definition, '{}', of element '{name}'.",
                self.schema.type_name(declared)
            );
            self.at_start(rules::SCHEMA_TYPE, message, element);
        }
        found
    }

    /// A type of XML Schema itself. The few that matter are checked, all others accept anything.
    fn built_in(&self, namespace: NamespaceId, local: &str) -> Option<TypeRef> {
        if self.document.namespaces().uri(namespace) != uri::XSD {
            return None;
        }
        match self.schema.simple.iter().position(|simple| simple.name == local) {
            Some(ix) => Some(TypeRef::Simple(ix)),
            None if OTHER_BUILT_IN.contains(&local) => Some(TypeRef::Any),
            None => None,
        }
    }

    fn simple_of(&self, kind: &SimpleKind) -> &'static super::simple::SimpleType {
        self.schema.simple.iter().find(|simple| simple.kind == *kind).expect("a built-in type")
    }

    fn simple_element(&mut self, element: Element<'a>, simple: SimpleIx) {
        let name = element.qualified_name();
        for attribute in element.attributes() {
            if !matches!(attribute.namespace, NamespaceId::XSI | NamespaceId::XMLNS) {
                let message = format!(
                    "cvc-type.3.1.1: Element '{name}' is a simple type, so it cannot have attributes, excepting those whose namespace name is identical to 'http://www.w3.org/2001/XMLSchema-instance' and whose [local name] is one of 'type', 'nil', 'schemaLocation' or 'noNamespaceSchemaLocation'. However, the attribute, '{}' was found.",
                    attribute.name
                );
                self.at_start(rules::SCHEMA_ATTRIBUTE, message, element);
            }
        }
        for child in element.children() {
            self.element(child, Expectation::Unknown { strict: false });
        }
        if element.has_children() {
            let message = format!(
                "cvc-type.3.1.2: Element '{name}' is a simple type, so it must have no element information item [children]."
            );
            self.at_end(rules::SCHEMA_CONTENT, message, element);
        }
        let simple = &self.schema.simple[simple];
        // The Java parser forgets the text around children.
        let value = if element.has_children() { String::new() } else { simple.normalise(element.text()) };
        if let Err(message) = self.check_value(simple, &value, element) {
            self.at_end(rules::SCHEMA_VALUE, message, element);
            let message = format!("cvc-type.3.1.3: The value '{value}' of element '{name}' is not valid.");
            self.at_end(rules::SCHEMA_VALUE, message, element);
        }
        if value != element.text() && !element.has_children() {
            self.changes.push(Change::Text { element: element.ix(), value });
        }
    }

    fn complex_element(&mut self, element: Element<'a>, complex: &'static ComplexType) {
        let name = element.qualified_name();
        if complex.is_abstract {
            let message = format!("cvc-type.2: The type definition cannot be abstract for element {name}.");
            self.at_start(rules::SCHEMA_TYPE, message, element);
        }
        self.attributes(element, Some(complex));
        let Some(model) = &complex.content else {
            for child in element.children() {
                self.element(child, Expectation::Unknown { strict: false });
            }
            if element.has_children() || !element.text().is_empty() {
                let message = format!(
                    "cvc-complex-type.2.1: Element '{name}' must have no character or element information item [children], because the type's content type is empty."
                );
                self.at_end(rules::SCHEMA_CONTENT, message, element);
            }
            return;
        };
        let mut state = State::default();
        for child in element.children() {
            let before = state;
            let (matched, fits) = model.step(&mut state, self.schema, child.namespace(), child.local_name());
            if fits.is_err() {
                self.misfit(child, before, model);
            }
            let expectation = match matched {
                Some(Match::Element(declaration)) => Expectation::Declared(declaration),
                Some(Match::Any { strict }) => Expectation::Unknown { strict },
                None => Expectation::Unknown { strict: false },
            };
            self.element(child, expectation);
        }
        if !complex.mixed && !is_xml_whitespace(element.text()) {
            let message = format!(
                "cvc-complex-type.2.3: Element '{name}' cannot have character [children], because the type's content type is element-only."
            );
            self.at_end(rules::SCHEMA_CONTENT, message, element);
        }
        if !model.may_end(state) {
            let message = match model.shortage(state) {
                Some(Shortage::TooFew { leaf, min, missing: 1 }) => format!(
                    "cvc-complex-type.2.4.i: The content of element '{name}' is not complete. '{}' is expected to occur a minimum of '{min}' times. One more instance is required to satisfy this constraint.",
                    self.shown(leaf)
                ),
                Some(Shortage::TooFew { leaf, min, missing }) => format!(
                    "cvc-complex-type.2.4.j: The content of element '{name}' is not complete. '{}' is expected to occur a minimum of '{min}' times. '{missing}' more instances are required to satisfy this constraint.",
                    self.shown(leaf)
                ),
                _ => format!(
                    "cvc-complex-type.2.4.b: The content of element '{name}' is not complete. One of '{}' is expected.",
                    self.shown_list(&model.expected(state))
                ),
            };
            self.at_end(rules::SCHEMA_CONTENT, message, element);
        }
    }

    /// A child that its parent's content model does not expect.
    fn misfit(&mut self, child: Element<'a>, state: State, model: &super::content::ContentModel) {
        let shown = child.qualified_name();
        let expected = model.expected(state);
        let list = self.shown_list(&expected);
        let message = match model.shortage(state) {
            Some(Shortage::TooFew { leaf, min, missing: 1 }) => format!(
                "cvc-complex-type.2.4.g: Invalid content was found starting with element '{shown}'. '{}' is expected to occur a minimum of '{min}' times in the current sequence. One more instance is required to satisfy this constraint.",
                self.shown(leaf)
            ),
            Some(Shortage::TooFew { leaf, min, missing }) => format!(
                "cvc-complex-type.2.4.h: Invalid content was found starting with element '{shown}'. '{}' is expected to occur a minimum of '{min}' times in the current sequence. '{missing}' more instances are required to satisfy this constraint.",
                self.shown(leaf)
            ),
            Some(Shortage::TooMany { max }) if expected.is_empty() => format!(
                "cvc-complex-type.2.4.f: '{shown}' can occur a maximum of '{max}' times in the current sequence. This limit was exceeded. No child element is expected at this point."
            ),
            Some(Shortage::TooMany { max }) => format!(
                "cvc-complex-type.2.4.e: '{shown}' can occur a maximum of '{max}' times in the current sequence. This limit was exceeded. At this point one of '{list}' is expected."
            ),
            None if expected.is_empty() => format!(
                "cvc-complex-type.2.4.d: Invalid content was found starting with element '{shown}'. No child element is expected at this point."
            ),
            // Only here the Java parser writes the expanded name.
            None => format!(
                "cvc-complex-type.2.4.a: Invalid content was found starting with element '{}'. One of '{list}' is expected.",
                self.expanded_name(child)
            ),
        };
        self.at_start(rules::SCHEMA_CONTENT, message, child);
    }

    fn expanded_name(&self, element: Element<'_>) -> String {
        match element.namespace() {
            NamespaceId::NONE => element.local_name().to_owned(),
            namespace => format!("{{\"{}\":{}}}", self.document.namespaces().uri(namespace), element.local_name()),
        }
    }

    fn shown(&self, leaf: Leaf) -> String {
        match leaf {
            Leaf::Element(declaration) => {
                let declaration = &self.schema.elements[declaration];
                format!("\"{}\":{}", self.document.namespaces().uri(declaration.namespace), declaration.name)
            }
            Leaf::Any { other_than: Some(own), .. } => {
                format!("WC[##other:\"{}\"]", self.document.namespaces().uri(own))
            }
            Leaf::Any { other_than: None, .. } => "WC[##any]".to_owned(),
        }
    }

    fn shown_list(&self, leaves: &[Leaf]) -> String {
        let shown: Vec<_> = leaves.iter().map(|&leaf| self.shown(leaf)).collect();
        format!("{{{}}}", shown.join(", "))
    }

    /// Attributes of an element of a complex type; `None` is the type that allows everything.
    fn attributes(&mut self, element: Element<'a>, complex: Option<&'static ComplexType>) {
        let name = element.qualified_name();
        for (at, attribute) in element.attributes().iter().enumerate() {
            let simple = match attribute.namespace {
                NamespaceId::XMLNS => continue,
                NamespaceId::XSI => match attribute.local() {
                    "type" => self.simple_of(&SimpleKind::QName),
                    "nil" => self.simple_of(&SimpleKind::Boolean),
                    _ => continue,
                },
                namespace => {
                    let Some(complex) = complex else { continue };
                    let declared = (namespace == NamespaceId::NONE)
                        .then(|| complex.attributes.iter().find(|known| *known.name == *attribute.name))
                        .flatten();
                    let Some(declared) = declared else {
                        let allowed = complex
                            .other_attributes
                            .is_some_and(|own| namespace != own && namespace != NamespaceId::NONE);
                        if !allowed {
                            let message = format!(
                                "cvc-complex-type.3.2.2: Attribute '{}' is not allowed to appear in element '{name}'.",
                                attribute.name
                            );
                            self.at_start(rules::SCHEMA_ATTRIBUTE, message, element);
                        }
                        continue;
                    };
                    &self.schema.simple[declared.simple]
                }
            };
            let value = simple.normalise(&attribute.value);
            if let Err(message) = self.check_value(simple, &value, element) {
                let is_id = message.starts_with("cvc-id");
                self.at_start(if is_id { rules::SCHEMA_ID } else { rules::SCHEMA_ATTRIBUTE }, message, element);
                let message = format!(
                    "cvc-attribute.3: The value '{}' of attribute '{}' on element '{name}' is not valid with respect to its type, '{}'.",
                    attribute.value, attribute.name, simple.name
                );
                self.at_start(if is_id { rules::SCHEMA_ID } else { rules::SCHEMA_ATTRIBUTE }, message, element);
            } else if value != attribute.value {
                self.changes.push(Change::Value { element: element.ix(), attribute: at, value });
            }
        }
        let Some(complex) = complex else { return };
        for declared in &complex.attributes {
            if element.attribute(declared.name).is_some() {
                continue;
            }
            if declared.required {
                let message =
                    format!("cvc-complex-type.4: Attribute '{}' must appear on element '{name}'.", declared.name);
                self.at_start(rules::SCHEMA_ATTRIBUTE, message, element);
            }
            if let Some(value) = declared.default {
                self.changes.push(Change::Default { element: element.ix(), name: declared.name, value });
            }
        }
    }

    /// Checks a normalised value and takes note of ids and references to them.
    fn check_value(
        &mut self,
        simple: &super::simple::SimpleType,
        value: &str,
        element: Element<'a>,
    ) -> Result<(), String> {
        simple.check(value, element)?;
        match simple.kind {
            SimpleKind::Id if !self.ids.insert(value.to_owned()) => {
                Err(format!("cvc-id.2: There are multiple occurrences of ID value '{value}'."))
            }
            SimpleKind::IdRef => {
                self.id_references.push(value.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// References to ids are checked when all ids are known, at the end of the document.
    fn check_id_references(&mut self, root: Element<'a>) {
        let mut seen = HashSet::new();
        let references = std::mem::take(&mut self.id_references);
        let missing: Vec<&str> = references
            .iter()
            .map(String::as_str)
            .filter(|reference| !self.ids.contains(*reference) && seen.insert(*reference))
            .collect();
        let keys: Vec<_> = missing.iter().map(|reference| Some(*reference)).collect();
        for at in hash_map_order(&keys) {
            let message = format!("cvc-id.1: There is no ID/IDREF binding for IDREF '{}'.", missing[at]);
            self.at_end(rules::SCHEMA_ID, message, root);
        }
    }
}

/// Types of XML Schema that `xsi:type` may name and that are not checked.
const OTHER_BUILT_IN: [&str; 14] = [
    "anyType",
    "anySimpleType",
    "dateTime",
    "date",
    "time",
    "duration",
    "decimal",
    "long",
    "short",
    "byte",
    "float",
    "base64Binary",
    "NCName",
    "normalizedString",
];
