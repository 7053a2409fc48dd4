//! Spin XML elements and attributes: handles into a shared, mutable document.

mod methods;
mod parse;
mod write;
mod xpath;

use std::{cell::RefCell, rc::Rc};

pub use methods::{call, spin_xml};
pub use parse::XmlError;

/// Index of an element in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElementIx(u32);

/// A document: an arena of elements. Removed elements stay in the arena, out of the tree.
#[derive(Clone, Debug, Default)]
pub struct XmlDocument {
    elements: Vec<Element>,
    root: Option<ElementIx>,
}

/// A name with its namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct XmlName {
    /// Namespace URI; `None` for none.
    pub namespace: Option<Rc<str>>,
    /// Prefix as written.
    pub prefix: Option<Rc<str>>,
    /// Local name.
    pub local: Rc<str>,
}

/// An attribute; namespace declarations are attributes of the namespace [`XMLNS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlAttribute {
    /// Its name.
    pub name: XmlName,
    /// Its value, unescaped.
    pub value: Rc<str>,
}

/// Namespace of `xmlns` attributes.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// What an element contains; comments and processing instructions are dropped when read, as Spin does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XmlChild {
    /// A child element.
    Element(ElementIx),
    /// Text or CDATA.
    Text(Rc<str>),
}

#[derive(Clone, Debug)]
struct Element {
    name: XmlName,
    attributes: Vec<XmlAttribute>,
    children: Vec<XmlChild>,
    parent: Option<ElementIx>,
}

/// Namespace and local name.
type AttributeKey = (Option<Rc<str>>, Rc<str>);

/// An element, or one of its attributes.
#[derive(Clone, Debug)]
pub struct XmlNode {
    document: Rc<RefCell<XmlDocument>>,
    element: ElementIx,
    /// Namespace and local name when the node is an attribute.
    attribute: Option<Rc<AttributeKey>>,
}

impl XmlNode {
    /// Deepest nesting that is read.
    pub const MAX_DEPTH: usize = 500;

    /// Reads an XML text; the node is the root element. A DOCTYPE is refused.
    pub fn parse(text: &str) -> Result<Self, XmlError> {
        let document = parse::parse(text)?;
        let root = document.root.ok_or_else(|| XmlError("no root element".to_owned()))?;
        Ok(Self { document: Rc::new(RefCell::new(document)), element: root, attribute: None })
    }

    /// Whether both handles mean the same node.
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.document, &other.document)
            && self.element == other.element
            && self.attribute == other.attribute
    }

    /// Whether this is an attribute.
    pub fn is_attribute(&self) -> bool {
        self.attribute.is_some()
    }
}

impl XmlDocument {
    fn element(&self, ix: ElementIx) -> &Element {
        &self.elements[ix.0 as usize]
    }

    fn element_mut(&mut self, ix: ElementIx) -> &mut Element {
        &mut self.elements[ix.0 as usize]
    }

    fn add(&mut self, element: Element) -> ElementIx {
        let ix = ElementIx(u32::try_from(self.elements.len()).expect("an XML text has less than 2^32 elements"));
        self.elements.push(element);
        ix
    }
}

impl std::fmt::Display for XmlNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let document = self.document.borrow();
        match self.attribute.as_deref() {
            None => write::write(&document, self.element, f),
            Some((namespace, local)) => {
                let element = document.element(self.element);
                let found =
                    element.attributes.iter().find(|a| a.name.local == *local && a.name.namespace == *namespace);
                f.write_str(found.map_or("", |attribute| &attribute.value))
            }
        }
    }
}
