//! Reads `bpmn20.rules` into types, elements and content models, once.

use std::{collections::HashMap, sync::OnceLock};

use super::{
    content::{ContentModel, Leaf, Particle},
    simple::SimpleType,
};
use crate::xml::NamespaceId;

/// Index of a complex type in the schema.
pub(super) type ComplexIx = usize;
/// Index of a simple type in the schema.
pub(super) type SimpleIx = usize;
/// Index of an element declaration in the schema; global ones come first.
pub(super) type ElementDeclIx = usize;

/// A type of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeRef {
    /// `xsd:anyType`.
    Any,
    Complex(ComplexIx),
    Simple(SimpleIx),
}

/// An element declaration.
#[derive(Debug)]
pub(super) struct ElementDecl {
    pub(super) namespace: NamespaceId,
    pub(super) name: &'static str,
    pub(super) type_ref: TypeRef,
    pub(super) is_abstract: bool,
    /// The element in whose place it may stand.
    pub(super) head: Option<ElementDeclIx>,
}

/// An attribute of a type.
#[derive(Clone, Debug)]
pub(super) struct AttributeUse {
    pub(super) name: &'static str,
    pub(super) simple: SimpleIx,
    pub(super) required: bool,
    pub(super) default: Option<&'static str>,
}

/// A complex type with everything it inherits.
#[derive(Debug)]
pub(super) struct ComplexType {
    pub(super) name: &'static str,
    pub(super) base: Option<ComplexIx>,
    pub(super) is_abstract: bool,
    pub(super) mixed: bool,
    /// `None`: no child elements at all.
    pub(super) content: Option<ContentModel>,
    /// Own attributes first, then those of the base, as the Java parser checks them.
    pub(super) attributes: Vec<AttributeUse>,
    /// Attributes of namespaces other than this one are allowed.
    pub(super) other_attributes: Option<NamespaceId>,
}

/// The whole schema.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) elements: Vec<ElementDecl>,
    pub(super) complex: Vec<ComplexType>,
    pub(super) simple: Vec<SimpleType>,
    globals: HashMap<(NamespaceId, &'static str), ElementDeclIx>,
    types: HashMap<(NamespaceId, &'static str), TypeRef>,
}

impl Schema {
    /// The global element of a name.
    pub(super) fn global(&self, namespace: NamespaceId, name: &str) -> Option<ElementDeclIx> {
        self.globals.get(&(namespace, name)).copied()
    }

    /// The type of a name.
    pub(super) fn type_named(&self, namespace: NamespaceId, name: &str) -> Option<TypeRef> {
        self.types.get(&(namespace, name)).copied()
    }

    /// Whether a type is another or extends it.
    pub(super) fn is_derived(&self, derived: TypeRef, from: TypeRef) -> bool {
        match (derived, from) {
            (_, TypeRef::Any) => true,
            (TypeRef::Complex(mut at), TypeRef::Complex(from)) => loop {
                if at == from {
                    return true;
                }
                match self.complex[at].base {
                    Some(base) => at = base,
                    None => return false,
                }
            },
            _ => derived == from,
        }
    }

    pub(super) fn type_name(&self, type_ref: TypeRef) -> &str {
        match type_ref {
            TypeRef::Any => "anyType",
            TypeRef::Complex(ix) => self.complex[ix].name,
            TypeRef::Simple(ix) => self.simple[ix].name,
        }
    }

    /// The declaration that an element in a content model matches: its own or one whose place it may take.
    pub(super) fn matching(
        &self,
        expected: ElementDeclIx,
        namespace: NamespaceId,
        name: &str,
    ) -> Option<ElementDeclIx> {
        let declared = &self.elements[expected];
        if declared.namespace == namespace && declared.name == name {
            return Some(expected);
        }
        let found = self.global(namespace, name)?;
        let mut at = self.elements[found].head;
        while let Some(head) = at {
            if head == expected {
                return Some(found);
            }
            at = self.elements[head].head;
        }
        None
    }
}

/// The BPMN 2.0 schema.
pub(super) fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Reader::read(include_str!("bpmn20.rules")))
}

/// A type as written.
#[derive(Debug)]
struct RawType {
    namespace: &'static str,
    name: &'static str,
    is_abstract: bool,
    mixed: bool,
    base: Option<&'static str>,
    content: Option<&'static str>,
    attributes: Vec<&'static str>,
}

/// Reads the table. It is part of the program: a mistake in it shows in the first test.
#[derive(Debug, Default)]
struct Reader {
    types: Vec<RawType>,
    /// Namespace prefix, and the words of the line.
    elements: Vec<(&'static str, Vec<&'static str>)>,
    simple: Vec<SimpleType>,
    names: HashMap<(NamespaceId, &'static str), TypeRef>,
}

impl Reader {
    fn read(text: &'static str) -> Schema {
        let mut reader = Self::default();
        for simple in SimpleType::built_in() {
            reader.simple.push(simple);
        }
        let mut namespace = "";
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') && !line.starts_with(' ') => {}
                ["namespace", name] => namespace = name,
                ["element", rest @ ..] => reader.elements.push((namespace, rest.to_vec())),
                ["type", name, rest @ ..] => reader.types.push(RawType {
                    namespace,
                    name,
                    is_abstract: rest.contains(&"abstract"),
                    mixed: rest.contains(&"mixed"),
                    base: rest.iter().position(|word| *word == "extends").map(|at| rest[at + 1]),
                    content: None,
                    attributes: Vec::new(),
                }),
                ["enum", name, values @ ..] => {
                    reader.add_simple(namespace, SimpleType::enumeration(name, values));
                }
                ["union", name, _, values @ ..] => {
                    reader.add_simple(namespace, SimpleType::union(name, values));
                }
                _ => {
                    let raw = reader.types.last_mut().expect("a line inside a type");
                    match line.trim().strip_prefix('@') {
                        Some(attribute) => raw.attributes.push(attribute),
                        None => raw.content = Some(line.trim()),
                    }
                }
            }
        }
        reader.resolve()
    }

    fn add_simple(&mut self, namespace: &'static str, simple: SimpleType) {
        self.names.insert((namespace_id(namespace), simple.name), TypeRef::Simple(self.simple.len()));
        self.simple.push(simple);
    }

    fn resolve(mut self) -> Schema {
        for (ix, raw) in self.types.iter().enumerate() {
            self.names.insert((namespace_id(raw.namespace), raw.name), TypeRef::Complex(ix));
        }
        let mut elements: Vec<ElementDecl> = self
            .elements
            .iter()
            .map(|(namespace, words)| ElementDecl {
                namespace: namespace_id(namespace),
                name: words[0],
                type_ref: self.type_ref(namespace, words[1]),
                is_abstract: words.contains(&"abstract"),
                head: None,
            })
            .collect();
        let globals: HashMap<_, _> =
            elements.iter().enumerate().map(|(ix, decl)| ((decl.namespace, decl.name), ix)).collect();
        for (ix, (namespace, words)) in self.elements.iter().enumerate() {
            if let Some(at) = words.iter().position(|word| *word == "for") {
                elements[ix].head = Some(globals[&qualified(namespace, words[at + 1])]);
            }
        }
        let mut particles: Vec<Option<Particle>> = Vec::with_capacity(self.types.len());
        for raw in &self.types {
            let own = raw.content.map(|text| {
                let mut parser = ContentParser { reader: &self, raw, globals: &globals, elements: &mut elements, text };
                parser.sequence_or_choice()
            });
            particles.push(own);
        }
        let complex = (0..self.types.len()).map(|ix| self.complex_type(ix, &particles)).collect();
        Schema { elements, complex, simple: self.simple, globals, types: self.names }
    }

    fn complex_type(&self, ix: ComplexIx, particles: &[Option<Particle>]) -> ComplexType {
        let raw = &self.types[ix];
        let base = self.base(ix);
        let mut mixed = raw.mixed;
        let mut attributes = Vec::new();
        let mut other_attributes = None;
        let mut parts = Vec::new();
        let mut at = Some(ix);
        while let Some(level) = at {
            let raw = &self.types[level];
            if parts.is_empty() {
                // Without content of its own a type is as mixed as its base.
                mixed |= raw.mixed;
            }
            parts.extend(particles[level].clone());
            for line in &raw.attributes {
                if line.starts_with("any[") {
                    other_attributes = other_attributes.or(Some(namespace_id(raw.namespace)));
                } else {
                    attributes.push(self.attribute(raw.namespace, line));
                }
            }
            at = self.base(level);
        }
        parts.reverse();
        let content = (!parts.is_empty()).then(|| ContentModel::new(&Particle::Sequence(parts)));
        ComplexType { name: raw.name, base, is_abstract: raw.is_abstract, mixed, content, attributes, other_attributes }
    }

    fn base(&self, ix: ComplexIx) -> Option<ComplexIx> {
        let raw = &self.types[ix];
        match self.type_ref(raw.namespace, raw.base?) {
            TypeRef::Complex(base) => Some(base),
            TypeRef::Any | TypeRef::Simple(_) => None,
        }
    }

    fn attribute(&self, namespace: &str, line: &'static str) -> AttributeUse {
        let (declared, default) = match line.split_once(" = ") {
            Some((declared, default)) => (declared, Some(default)),
            None => (line, None),
        };
        let words: Vec<&str> = declared.split(' ').collect();
        let TypeRef::Simple(simple) = self.type_ref(namespace, words[1]) else {
            unreachable!("attributes have simple types: {line}")
        };
        AttributeUse { name: words[0], simple, required: words.contains(&"required"), default }
    }

    fn type_ref(&self, namespace: &str, name: &'static str) -> TypeRef {
        if let Some(built_in) = name.strip_prefix("xsd:") {
            let at = self.simple.iter().position(|simple| simple.name == built_in);
            return TypeRef::Simple(at.expect("a built-in type"));
        }
        *self.names.get(&qualified(namespace, name)).unwrap_or_else(|| unreachable!("no type {name}"))
    }
}

/// Parses one content line.
struct ContentParser<'a> {
    reader: &'a Reader,
    raw: &'a RawType,
    globals: &'a HashMap<(NamespaceId, &'static str), ElementDeclIx>,
    elements: &'a mut Vec<ElementDecl>,
    text: &'static str,
}

impl ContentParser<'_> {
    /// Particles up to a closing bracket: a choice when they are separated by `|`.
    fn sequence_or_choice(&mut self) -> Particle {
        let mut parts = Vec::new();
        let mut is_choice = false;
        loop {
            self.text = self.text.trim_start();
            if self.text.is_empty() || self.text.starts_with(')') {
                break;
            }
            if let Some(rest) = self.text.strip_prefix('|') {
                is_choice = true;
                self.text = rest;
                continue;
            }
            let part = self.particle();
            parts.push(part);
        }
        if is_choice { Particle::Choice(parts) } else { Particle::Sequence(parts) }
    }

    fn particle(&mut self) -> Particle {
        if let Some(rest) = self.text.strip_prefix('(') {
            self.text = rest;
            let group = self.sequence_or_choice();
            self.text = self.text.strip_prefix(')').expect("a closing bracket");
            return self.occurrence(group);
        }
        if let Some(rest) = self.text.strip_prefix("any[") {
            let (inside, rest) = rest.split_once(']').expect("a closing bracket");
            self.text = rest;
            let own = inside.starts_with("##other").then(|| namespace_id(self.raw.namespace));
            let leaf = Leaf::Any { other_than: own, strict: inside.ends_with("strict") };
            return self.occurrence(Particle::Leaf(leaf));
        }
        let end = self.text.find([' ', '?', '*', '+', '{', ')', '|']).unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(end);
        self.text = rest;
        let leaf = Leaf::Element(self.element(name));
        self.occurrence(Particle::Leaf(leaf))
    }

    /// `name`, `prefix:name`, or the local `name:Type` (types of the schema documents are told by their namespace or case).
    fn element(&mut self, name: &'static str) -> ElementDeclIx {
        let namespace = self.raw.namespace;
        if let Some(global) = self.globals.get(&qualified(namespace, name)) {
            return *global;
        }
        let (local, type_name) = name.split_once(':').expect("a local element has a type");
        let type_ref = self.reader.type_ref(namespace, type_name);
        self.elements.push(ElementDecl {
            namespace: namespace_id(namespace),
            name: local,
            type_ref,
            is_abstract: false,
            head: None,
        });
        self.elements.len() - 1
    }

    fn occurrence(&mut self, inner: Particle) -> Particle {
        let (min, max, length) = match self.text.bytes().next() {
            Some(b'?') => (0, Some(1), 1),
            Some(b'*') => (0, None, 1),
            Some(b'+') => (1, None, 1),
            Some(b'{') => {
                let (inside, _) = self.text[1..].split_once('}').expect("a closing brace");
                let (min, max) = inside.split_once(',').expect("two bounds");
                (min.parse().expect("a number"), max.parse().ok(), inside.len() + 2)
            }
            _ => return inner,
        };
        self.text = &self.text[length..];
        Particle::Repeat { inner: Box::new(inner), min, max }
    }
}

fn qualified(namespace: &str, name: &'static str) -> (NamespaceId, &'static str) {
    match name.split_once(':') {
        Some((prefix, local)) if matches!(prefix, "bpmndi" | "di" | "dc") => (namespace_id(prefix), local),
        _ => (namespace_id(namespace), name),
    }
}

fn namespace_id(prefix: &str) -> NamespaceId {
    match prefix {
        "bpmn" => NamespaceId::BPMN,
        "bpmndi" => NamespaceId::BPMN_DI,
        "di" => NamespaceId::DI,
        "dc" => NamespaceId::DC,
        _ => unreachable!("no namespace {prefix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complex(name: &str) -> &'static ComplexType {
        let Some(TypeRef::Complex(ix)) = schema().type_named(NamespaceId::BPMN, name) else {
            panic!("no complex type {name}")
        };
        &schema().complex[ix]
    }

    #[test]
    fn the_table_is_complete() {
        assert_eq!(schema().complex.len(), 155);
        assert!(schema().global(NamespaceId::BPMN, "subConversation").is_some());
        assert!(schema().global(NamespaceId::DC, "Bounds").is_some());
    }

    #[test]
    fn attributes_are_inherited_behind_own_ones() {
        let names: Vec<_> = complex("tUserTask").attributes.iter().map(|a| a.name).collect();
        let expected =
            ["implementation", "isForCompensation", "startQuantity", "completionQuantity", "default", "name", "id"];
        assert_eq!(names, expected);
        assert_eq!(complex("tUserTask").other_attributes, Some(NamespaceId::BPMN));
    }

    #[test]
    fn mixed_content_is_inherited() {
        assert!(complex("tFormalExpression").mixed);
        assert!(!complex("tTask").mixed);
    }

    #[test]
    fn elements_take_the_place_of_their_heads() {
        let role = schema().global(NamespaceId::BPMN, "resourceRole").expect("declared");
        assert!(schema().matching(role, NamespaceId::BPMN, "potentialOwner").is_some());
        assert!(schema().matching(role, NamespaceId::BPMN, "task").is_none());
    }
}
