//! Reading XML text into a document.

use std::{fmt, rc::Rc};

use quick_xml::{
    events::{BytesStart, Event},
    reader::Reader,
};

use super::{Element, ElementIx, XMLNS, XmlAttribute, XmlChild, XmlDocument, XmlName, XmlNode};

/// Why a text is not XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError(pub String);

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for XmlError {}

/// Namespace of the prefix `xml`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) fn parse(text: &str) -> Result<XmlDocument, XmlError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = true;
    let mut document = XmlDocument::default();
    let mut open: Vec<ElementIx> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| XmlError(error.to_string()))? {
            Event::Start(start) => {
                let ix = element(&mut document, &start, &open)?;
                open.push(ix);
                if open.len() > XmlNode::MAX_DEPTH {
                    return Err(XmlError("nested too deeply".to_owned()));
                }
            }
            Event::Empty(start) => {
                element(&mut document, &start, &open)?;
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(piece) => text_piece(&mut document, &open, &piece.xml10_content())?,
            Event::CData(piece) => text_piece(&mut document, &open, &piece.xml10_content())?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|error| XmlError(error.to_string()))? {
                    Some(char) => char,
                    None => entity(&reference.xml10_content())?,
                };
                text_piece(&mut document, &open, resolved.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(XmlError("DOCTYPE is disallowed".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err(XmlError("unexpected end of the text: an element is not closed".to_owned()));
    }
    if document.root.is_none() {
        return Err(XmlError("no root element".to_owned()));
    }
    Ok(document)
}

fn entity(name: &str) -> Result<char, XmlError> {
    Ok(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        other => {
            return Err(XmlError(format!("the entity `{other}` was referenced, but not declared")));
        }
    })
}

fn text_piece(document: &mut XmlDocument, open: &[ElementIx], piece: &str) -> Result<(), XmlError> {
    let Some(&parent) = open.last() else {
        return if piece.trim().is_empty() {
            Ok(())
        } else {
            Err(XmlError("text outside the root element".to_owned()))
        };
    };
    let children = &mut document.element_mut(parent).children;
    if let Some(XmlChild::Text(before)) = children.last_mut() {
        *before = Rc::from(format!("{before}{piece}"));
    } else if !piece.is_empty() {
        children.push(XmlChild::Text(Rc::from(piece)));
    }
    Ok(())
}

/// Adds an element under the innermost open one, with its names resolved.
fn element(document: &mut XmlDocument, start: &BytesStart<'_>, open: &[ElementIx]) -> Result<ElementIx, XmlError> {
    let parent = open.last().copied();
    if parent.is_none() && document.root.is_some() {
        return Err(XmlError("more than one root element".to_owned()));
    }
    let mut raw: Vec<(Rc<str>, Rc<str>)> = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| XmlError(error.to_string()))?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Explicit1_0)
            .map_err(|error| XmlError(error.to_string()))?;
        raw.push((Rc::from(attribute.key.as_ref()), Rc::from(&*value)));
    }
    let ix = document.add(Element {
        name: XmlName { namespace: None, prefix: None, local: Rc::from("") },
        attributes: raw
            .iter()
            .filter_map(|(key, value)| {
                let (prefix, local) = match key.split_once(':') {
                    None if &**key == "xmlns" => (None, "xmlns"),
                    Some(("xmlns", local)) => (Some(Rc::from("xmlns")), local),
                    _ => return None,
                };
                let name = XmlName { namespace: Some(Rc::from(XMLNS)), prefix, local: Rc::from(local) };
                Some(XmlAttribute { name, value: value.clone() })
            })
            .collect(),
        children: Vec::new(),
        parent,
    });
    let name = resolve(document, ix, start.name().as_ref(), true)?;
    document.element_mut(ix).name = name;
    for (key, value) in raw {
        if &*key != "xmlns" && !key.starts_with("xmlns:") {
            let name = resolve(document, ix, &key, false)?;
            document.element_mut(ix).attributes.push(XmlAttribute { name, value });
        }
    }
    match parent {
        Some(parent) => document.element_mut(parent).children.push(XmlChild::Element(ix)),
        None => document.root = Some(ix),
    }
    Ok(ix)
}

/// Splits a qualified name and looks its prefix up. Attributes without prefix have no namespace.
fn resolve(document: &XmlDocument, ix: ElementIx, name: &str, is_element: bool) -> Result<XmlName, XmlError> {
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, name),
    };
    let namespace = match prefix {
        None if !is_element => None,
        _ => document.namespace_of(ix, prefix),
    };
    if let (Some(prefix), None) = (prefix, &namespace) {
        return Err(XmlError(format!("The prefix \"{prefix}\" for \"{name}\" is not bound.")));
    }
    Ok(XmlName { namespace, prefix: prefix.map(Rc::from), local: Rc::from(local) })
}

impl XmlDocument {
    /// The namespace a prefix (or none) is bound to at an element.
    pub(super) fn namespace_of(&self, at: ElementIx, prefix: Option<&str>) -> Option<Rc<str>> {
        if prefix == Some("xml") {
            return Some(Rc::from(XML));
        }
        let mut next = Some(at);
        while let Some(ix) = next {
            let element = self.element(ix);
            let declared = element.attributes.iter().find(|attribute| {
                attribute.name.namespace.as_deref() == Some(XMLNS)
                    && match prefix {
                        None => attribute.name.prefix.is_none(),
                        Some(prefix) => attribute.name.prefix.is_some() && *attribute.name.local == *prefix,
                    }
            });
            if let Some(declared) = declared {
                return Some(declared.value.clone()).filter(|uri| !uri.is_empty());
            }
            next = element.parent;
        }
        None
    }
}
