//! Validation of a document: the first violation, as Camunda's XML parser finds and words it.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    sync::Arc,
};

use super::{Complex, Name, Particle, Schema, Term, Type, datatypes, datatypes::Simple, table::XSD};
use crate::xml::{Document, Element, Ix};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What the schema does not allow.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) line: u32,
    pub(crate) message: String,
    /// The element concerned.
    pub(crate) element: Ix,
}

type Checked = Result<(), Violation>;

/// Checks the document against the declarations.
pub(crate) fn validate(document: &Document, schema: &Schema) -> Checked {
    let mut validator =
        Validator { document, schema, ids: HashSet::new(), references: Vec::new(), automata: HashMap::new() };
    let root = document.element(Document::ROOT);
    let name = name_of(root);
    match schema.elements.get(&name) {
        Some(global) if !global.is_abstract => validator.element(Document::ROOT, &global.type_name)?,
        _ => {
            return Err(at_start(
                document,
                Document::ROOT,
                format!("cvc-elt.1.a: Cannot find the declaration of element '{}'.", root.qualified),
            ));
        }
    }
    let last = document.element(Document::ROOT).end_line;
    for reference in validator.references {
        if !validator.ids.contains(&reference) {
            return Err(Violation {
                line: last,
                message: format!("cvc-id.1: There is no ID/IDREF binding for IDREF '{reference}'."),
                element: Document::ROOT,
            });
        }
    }
    Ok(())
}

fn name_of(element: &Element) -> Name {
    (Arc::from(&*element.namespace), element.name.as_str().into())
}

fn at_start(document: &Document, element: Ix, message: String) -> Violation {
    Violation { line: document.element(element).start_line, message, element }
}

struct Validator<'a> {
    document: &'a Document,
    schema: &'a Schema,
    ids: HashSet<String>,
    references: Vec<String>,
    automata: HashMap<Name, Arc<Automaton>>,
}

impl Validator<'_> {
    fn element(&mut self, at: Ix, type_name: &Name) -> Checked {
        let element = self.document.element(at);
        // xsi:type may name a more special type.
        let special = element.attribute_in(XSI, "type").map(|name| {
            let local = name.rsplit(':').next().unwrap_or(name);
            (type_name.0.clone(), Arc::from(local))
        });
        let type_name = special.as_ref().filter(|name| self.schema.types.contains_key(*name)).unwrap_or(type_name);
        match self.schema.types.get(type_name) {
            Some(Type::Complex(complex)) => {
                if complex.is_abstract {
                    let message = format!(
                        "cvc-type.2: The type definition cannot be abstract for element {}.",
                        element.qualified
                    );
                    return Err(at_start(self.document, at, message));
                }
                self.attributes(at, complex)?;
                self.content(at, type_name, complex)
            }
            _ => self.simple_content(at, type_name),
        }
    }

    fn simple_content(&mut self, at: Ix, type_name: &Name) -> Checked {
        let element = self.document.element(at);
        if type_name.0.as_ref() == XSD && type_name.1.as_ref() == "anyType" {
            return self.lax_children(at);
        }
        if let Some(attribute) = element.attributes.iter().find(|attribute| *attribute.namespace != *XSI) {
            let message = format!(
                "cvc-type.3.1.1: Element '{}' is a simple type, so it cannot have attributes, excepting those whose namespace \
                 name is identical to 'http://www.w3.org/2001/XMLSchema-instance' and whose [local name] is one of 'type', \
                 'nil', 'schemaLocation' or 'noNamespaceSchemaLocation'. However, the attribute, '{}' was found.",
                element.qualified, attribute.name
            );
            return Err(at_start(self.document, at, message));
        }
        if let Some(child) = element.children.first() {
            let message = format!(
                "cvc-type.3.1.2: Element '{}' is a simple type, so it must have no element information item [children].",
                element.qualified
            );
            return Err(Violation { line: self.document.element(*child).start_line, message, element: at });
        }
        let problem = self.value(type_name, &element.text);
        problem.map_or(Ok(()), |message| Err(Violation { line: element.end_line, message, element: at }))
    }

    /// What is wrong with a value.
    fn value(&self, type_name: &Name, value: &str) -> Option<String> {
        if type_name.0.as_ref() == XSD {
            return datatypes::builtin(&type_name.1, value);
        }
        let Some(Type::Simple(simple)) = self.schema.types.get(type_name) else { return None };
        match simple {
            Simple::OneOf(words) if words.iter().any(|word| **word == *value) => None,
            Simple::OneOf(words) => Some(format!(
                "cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration '[{}]'. It must be a \
                 value from the enumeration.",
                words.join(", ")
            )),
            Simple::Between(low, high) => match value.trim().parse::<i64>() {
                Ok(number) if number < *low => Some(format!(
                    "cvc-minInclusive-valid: Value '{number}' is not facet-valid with respect to minInclusive '{low}' for type \
                     '{}'.",
                    type_name.1
                )),
                Ok(number) if number > *high => Some(format!(
                    "cvc-maxInclusive-valid: Value '{number}' is not facet-valid with respect to maxInclusive '{high}' for type \
                     '{}'.",
                    type_name.1
                )),
                Ok(_) => None,
                Err(_) => Some(format!("cvc-datatype-valid.1.2.1: '{value}' is not a valid value for 'integer'.")),
            },
        }
    }

    fn attributes(&mut self, at: Ix, complex: &Complex) -> Checked {
        let element = self.document.element(at);
        for attribute in &element.attributes {
            if &*attribute.namespace == XSI {
                continue;
            }
            let rule =
                complex.attributes.iter().find(|rule| attribute.namespace.is_empty() && *rule.name == *attribute.name);
            let Some(rule) = rule else {
                let welcome = complex.any_attribute
                    && !attribute.namespace.is_empty()
                    && attribute.namespace != element.namespace;
                if welcome {
                    continue;
                }
                let message = format!(
                    "cvc-complex-type.3.2.2: Attribute '{}' is not allowed to appear in element '{}'.",
                    attribute.name, element.qualified
                );
                return Err(at_start(self.document, at, message));
            };
            if let Some(problem) = self.value(&rule.type_name, &attribute.value) {
                return Err(at_start(self.document, at, problem));
            }
            if &*rule.type_name.0 == XSD {
                let id = attribute.value.trim().to_owned();
                match &*rule.type_name.1 {
                    "ID" if !self.ids.insert(id.clone()) => {
                        let message = format!("cvc-id.2: There are multiple occurrences of ID value '{id}'.");
                        return Err(at_start(self.document, at, message));
                    }
                    "IDREF" => self.references.push(id),
                    _ => {}
                }
            }
        }
        let missing =
            complex.attributes.iter().filter(|rule| rule.required).find(|rule| element.attribute(&rule.name).is_none());
        match missing {
            Some(rule) => Err(at_start(
                self.document,
                at,
                format!(
                    "cvc-complex-type.4: Attribute '{}' must appear on element '{}'.",
                    rule.name, element.qualified
                ),
            )),
            None => Ok(()),
        }
    }

    fn content(&mut self, at: Ix, type_name: &Name, complex: &Complex) -> Checked {
        let element = self.document.element(at);
        let automaton = self
            .automata
            .entry(type_name.clone())
            .or_insert_with(|| Arc::new(Automaton::of(complex.content.as_ref())))
            .clone();
        let empty = automaton.terms.is_empty();
        let mut state = automaton.first.clone();
        let mut may_end = automaton.nullable;
        for child_at in &element.children {
            let child = self.document.element(*child_at);
            let name = name_of(child);
            let Some(position) = state.iter().copied().find(|position| self.fits(&automaton.terms[*position], &name))
            else {
                return Err(at_start(self.document, *child_at, unexpected(element, &name, &automaton, &state)));
            };
            match &automaton.terms[position] {
                Term::Element(_, type_name) => self.element(*child_at, type_name)?,
                Term::Global(_) => {
                    let declared = self.schema.elements.get(&name).map(|global| global.type_name.clone());
                    if let Some(declared) = declared {
                        self.element(*child_at, &declared)?;
                    }
                }
                Term::AnyOther(_) => self.lax(*child_at)?,
                Term::Sequence(_) | Term::Choice(_) => {}
            }
            state.clone_from(&automaton.follow[position]);
            may_end = automaton.last[position];
        }
        if !element.text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            let message = if empty {
                format!(
                    "cvc-complex-type.2.1: Element '{}' must have no character or element information item [children], because \
                     the type's content type is empty.",
                    element.qualified
                )
            } else {
                format!(
                    "cvc-complex-type.2.3: Element '{}' cannot have character [children], because the type's content type is \
                     element-only.",
                    element.qualified
                )
            };
            return Err(Violation { line: element.end_line, message, element: at });
        }
        if may_end {
            return Ok(());
        }
        let message = format!(
            "cvc-complex-type.2.4.b: The content of element '{}' is not complete. One of '{}' is expected.",
            element.qualified,
            expected(&automaton, &state)
        );
        Err(Violation { line: element.end_line, message, element: at })
    }

    fn fits(&self, term: &Term, name: &Name) -> bool {
        match term {
            Term::Element(expected, _) => name == expected,
            Term::Global(expected) => {
                self.schema.substitutes(name, expected)
                    && self.schema.elements.get(name).is_some_and(|global| !global.is_abstract)
            }
            Term::AnyOther(own) => name.0 != *own && !name.0.is_empty(),
            Term::Sequence(_) | Term::Choice(_) => false,
        }
    }

    /// What is known is checked, what is not is welcome.
    fn lax(&mut self, at: Ix) -> Checked {
        let declared =
            self.schema.elements.get(&name_of(self.document.element(at))).map(|global| global.type_name.clone());
        match declared {
            Some(type_name) => self.element(at, &type_name),
            None => self.lax_children(at),
        }
    }

    fn lax_children(&mut self, at: Ix) -> Checked {
        let children = self.document.element(at).children.clone();
        children.into_iter().try_for_each(|child| self.lax(child))
    }
}

/// What is wrong with a child at this place.
fn unexpected(parent: &Element, name: &Name, automaton: &Automaton, state: &[usize]) -> String {
    if automaton.terms.is_empty() {
        return format!(
            "cvc-complex-type.2.1: Element '{}' must have no character or element information item [children], because the \
             type's content type is empty.",
            parent.qualified
        );
    }
    if state.is_empty() {
        return format!(
            "cvc-complex-type.2.4.d: Invalid content was found starting with element '{}'. No child element is expected at \
             this point.",
            name.1
        );
    }
    format!(
        "cvc-complex-type.2.4.a: Invalid content was found starting with element '{}'. One of '{}' is expected.",
        braces(name),
        expected(automaton, state)
    )
}

fn braces(name: &Name) -> String {
    if name.0.is_empty() { format!("{{{}}}", name.1) } else { format!("{{\"{}\":{}}}", name.0, name.1) }
}

/// `{"namespace":a, "namespace":b}`.
fn expected(automaton: &Automaton, state: &[usize]) -> String {
    let mut text = String::from("{");
    for (at, position) in state.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        let _ = match &automaton.terms[*position] {
            Term::Element(name, _) | Term::Global(name) => write!(text, "\"{}\":{}", name.0, name.1),
            Term::AnyOther(own) => write!(text, "WC[##other:\"{own}\"]"),
            Term::Sequence(_) | Term::Choice(_) => Ok(()),
        };
    }
    text.push('}');
    text
}

/// A content model as positions: which may come first, which may follow which, after which the content may end.
#[derive(Debug, Default)]
struct Automaton {
    terms: Vec<Term>,
    first: Vec<usize>,
    follow: Vec<Vec<usize>>,
    last: Vec<bool>,
    nullable: bool,
}

/// First and last positions of a part, and whether it may be absent.
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    nullable: bool,
}

impl Automaton {
    fn of(content: Option<&Particle>) -> Self {
        let mut automaton = Self { nullable: true, ..Self::default() };
        if let Some(content) = content {
            let whole = automaton.add(content);
            automaton.last = vec![false; automaton.terms.len()];
            for position in whole.last {
                automaton.last[position] = true;
            }
            automaton.first = whole.first;
            automaton.nullable = whole.nullable;
        }
        automaton
    }

    fn add(&mut self, particle: &Particle) -> Part {
        let mut part = match &particle.term {
            Term::Sequence(parts) => {
                let mut whole = Part { first: Vec::new(), last: Vec::new(), nullable: true };
                for part in parts {
                    let next = self.add(part);
                    self.link(&whole.last, &next.first);
                    if whole.nullable {
                        whole.first.extend(&next.first);
                    }
                    if next.nullable {
                        whole.last.extend(&next.last);
                    } else {
                        whole.last = next.last;
                    }
                    whole.nullable &= next.nullable;
                }
                whole
            }
            Term::Choice(parts) => {
                let mut whole = Part { first: Vec::new(), last: Vec::new(), nullable: parts.is_empty() };
                for part in parts {
                    let next = self.add(part);
                    whole.first.extend(&next.first);
                    whole.last.extend(&next.last);
                    whole.nullable |= next.nullable;
                }
                whole
            }
            term => {
                let position = self.terms.len();
                self.terms.push(term.clone());
                self.follow.push(Vec::new());
                Part { first: vec![position], last: vec![position], nullable: false }
            }
        };
        if particle.repeated {
            let first = part.first.clone();
            self.link(&part.last, &first);
        }
        part.nullable |= particle.optional;
        part
    }

    fn link(&mut self, from: &[usize], to: &[usize]) {
        for position in from {
            for next in to {
                if !self.follow[*position].contains(next) {
                    self.follow[*position].push(*next);
                }
            }
        }
    }
}
