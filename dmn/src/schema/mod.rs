//! The DMN schemas as rule tables, and validation against them with the messages of Camunda's XML parser.
//!
//! `tables/*.txt` hold the element, type and attribute declarations of DMN 1.1 to 1.5 and of the diagram interchange
//! schemas in a compact notation: `name:type?` is an optional child, `&name*` any number of a global element or of what may
//! substitute it, `@name! type = default` a required attribute. See [`table`] for the notation, [`validate`] for the rules.

mod datatypes;
mod table;
mod validate;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

pub(crate) use validate::validate;

const TABLES: [&str; 10] = [
    include_str!("tables/dmn11.txt"),
    include_str!("tables/dmn12.txt"),
    include_str!("tables/dmn13.txt"),
    include_str!("tables/dmn14.txt"),
    include_str!("tables/dmn15.txt"),
    include_str!("tables/dmndi12.txt"),
    include_str!("tables/dmndi13.txt"),
    include_str!("tables/dmndi15.txt"),
    include_str!("tables/dc.txt"),
    include_str!("tables/di.txt"),
];

/// DMN 1.1 as Camunda 7.4 first had it: the same schema under another namespace.
pub(crate) const DMN11: &str = "http://www.omg.org/spec/DMN/20151101/dmn.xsd";
pub(crate) const DMN11_ALTERNATIVE: &str = "http://www.omg.org/spec/DMN/20151101/dmn11.xsd";

/// A namespace and a local name.
pub(crate) type Name = (Arc<str>, Arc<str>);

/// All declarations.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    elements: HashMap<Name, Global>,
    types: HashMap<Name, Type>,
    /// Elements that may stand for another one, directly.
    substitutes: HashMap<Name, Vec<Name>>,
}

/// A global element.
#[derive(Debug)]
struct Global {
    type_name: Name,
    is_abstract: bool,
}

/// A type with what it inherits.
#[derive(Debug, Clone)]
enum Type {
    Complex(Complex),
    Simple(datatypes::Simple),
}

#[derive(Debug, Clone, Default)]
struct Complex {
    is_abstract: bool,
    base: Option<Name>,
    content: Option<Particle>,
    attributes: Vec<AttributeRule>,
    /// Attributes of other namespaces are welcome.
    any_attribute: bool,
}

#[derive(Debug, Clone)]
struct AttributeRule {
    name: Arc<str>,
    required: bool,
    type_name: Name,
}

/// A part of a content model.
#[derive(Debug, Clone)]
struct Particle {
    term: Term,
    optional: bool,
    repeated: bool,
}

#[derive(Debug, Clone)]
enum Term {
    /// A child of that name and type.
    Element(Name, Name),
    /// A global element or its substitutes.
    Global(Name),
    /// Any element of another namespace than this one.
    AnyOther(Arc<str>),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
}

/// The declarations of all supported namespaces.
pub(crate) fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let mut schema = Schema::default();
        for text in TABLES {
            table::read(text, &mut schema);
        }
        table::read(&TABLES[0].replace(DMN11, DMN11_ALTERNATIVE), &mut schema);
        schema.inherit();
        schema
    });
    &SCHEMA
}

impl Schema {
    /// Prepends to every complex type the content and attributes of its base.
    fn inherit(&mut self) {
        let names: Vec<Name> = self.types.keys().cloned().collect();
        let mut complete: HashMap<Name, Type> = HashMap::new();
        for name in names {
            if let Some(Type::Complex(own)) = self.types.get(&name) {
                let mut whole = own.clone();
                let mut base = own.base.clone();
                while let Some(Type::Complex(above)) = base.as_ref().and_then(|base| self.types.get(base)) {
                    whole.attributes.extend(above.attributes.iter().cloned());
                    whole.any_attribute |= above.any_attribute;
                    whole.content = match (above.content.clone(), whole.content) {
                        (Some(first), Some(second)) => Some(Particle {
                            term: Term::Sequence(vec![first, second]),
                            optional: false,
                            repeated: false,
                        }),
                        (first, second) => first.or(second),
                    };
                    base.clone_from(&above.base);
                }
                complete.insert(name, Type::Complex(whole));
            }
        }
        self.types.extend(complete);
    }

    /// Whether an element of that name can stand where the global element is expected.
    fn substitutes(&self, name: &Name, expected: &Name) -> bool {
        name == expected
            || self
                .substitutes
                .get(expected)
                .is_some_and(|direct| direct.iter().any(|direct| self.substitutes(name, direct)))
    }
}
