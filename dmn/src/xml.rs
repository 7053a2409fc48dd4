//! XML text to a flat tree with namespaces and line numbers.
//!
//! What Camunda's parser refuses is refused: a document type, unknown entities, two roots, tags that do not match. Depth and
//! size are limited.

use std::rc::Rc;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// How deep elements may be nested.
const MAX_DEPTH: usize = 256;

/// Namespace of the declarations themselves.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// Namespace of the `xml:` prefix.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The text is not well-formed XML.
#[derive(Debug)]
pub(crate) struct XmlError {
    /// Line in which the problem was noticed, from 1.
    pub(crate) line: u32,
    pub(crate) message: String,
}

/// Index of an element in its [`Document`].
pub(crate) type Ix = usize;

/// An attribute; the namespace is empty for names without prefix.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) namespace: Rc<str>,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) namespace: Rc<str>,
    pub(crate) name: String,
    /// The name with its prefix, as it stands in the text.
    pub(crate) qualified: String,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Ix>,
    /// All text directly inside.
    pub(crate) text: String,
    /// Line and UTF-16 column behind the start tag.
    pub(crate) start_line: u32,
    pub(crate) start_column: u32,
    /// Byte offsets of the start tag.
    pub(crate) start: u32,
    pub(crate) start_end: u32,
    /// Line behind the end tag.
    pub(crate) end_line: u32,
}

/// A parsed document; element 0 is the root.
#[derive(Debug)]
pub(crate) struct Document {
    elements: Vec<Element>,
}

impl Document {
    pub(crate) const ROOT: Ix = 0;

    pub(crate) fn element(&self, at: Ix) -> &Element {
        &self.elements[at]
    }

    /// All elements, in document order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Ix, &Element)> {
        self.elements.iter().enumerate()
    }

    pub(crate) fn children(&self, at: Ix) -> impl Iterator<Item = (Ix, &Element)> {
        self.elements[at].children.iter().map(|child| (*child, &self.elements[*child]))
    }

    /// The text of the element and everything inside, in order of elements.
    pub(crate) fn text(&self, at: Ix) -> String {
        let element = &self.elements[at];
        let mut text = element.text.clone();
        for child in &element.children {
            text.push_str(&self.text(*child));
        }
        text
    }
}

impl Element {
    /// The value of an attribute without namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_in("", name)
    }

    /// The value of an attribute without namespace, as Camunda's model sees it: an empty one is none.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).filter(|value| !value.is_empty())
    }

    /// The same for an attribute in a namespace.
    pub(crate) fn value_in(&self, namespace: &str, name: &str) -> Option<&str> {
        self.attribute_in(namespace, name).filter(|value| !value.is_empty())
    }

    /// The value of an attribute in a namespace.
    pub(crate) fn attribute_in(&self, namespace: &str, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name && &*attribute.namespace == namespace)
            .map(|attribute| attribute.value.as_str())
    }
}

/// Line and column while reading on.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl Place<'_> {
    fn move_to(&mut self, to: usize) {
        let to = to.min(self.text.len());
        if let Some(passed) = self.text.get(self.at..to) {
            for c in passed.chars() {
                if c == '\n' {
                    self.line += 1;
                    self.column = 1;
                } else {
                    self.column += u32::try_from(c.len_utf16()).unwrap_or(1);
                }
            }
            self.at = to;
        }
    }
}

/// Decodes the bytes: UTF-8, UTF-16 with a byte order mark, Latin-1 when declared.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    let bad = |message: &str| XmlError { line: 1, message: message.to_owned() };
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| bad("Invalid UTF-16 encoding."))
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| bad("Invalid UTF-8 encoding.")),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
            let declared = head.split("?>").next().unwrap_or_default();
            if ["iso-8859-1", "windows-1252", "us-ascii"].iter().any(|name| declared.contains(name)) {
                return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
            }
            String::from_utf8(bytes.to_vec()).map_err(|_| bad("Invalid byte 1 of 1-byte UTF-8 sequence."))
        }
    }
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Document, XmlError> {
    let mut reader = Reader::from_str(text);
    let mut place = Place { text, at: 0, line: 1, column: 1 };
    let mut builder = Builder { elements: Vec::new(), open: Vec::new(), prefixes: Vec::new() };
    loop {
        let from = offset(reader.buffer_position());
        let event = reader.read_event();
        place.move_to(offset(reader.buffer_position()));
        let fatal = |message: String| XmlError { line: place.line, message };
        match event.map_err(|error| fatal(error.to_string()))? {
            Event::Start(tag) => builder.start(&tag, from, &place, false).map_err(fatal)?,
            Event::Empty(tag) => builder.start(&tag, from, &place, true).map_err(fatal)?,
            Event::End(_) => {
                if let Some((at, prefixes)) = builder.open.pop() {
                    builder.elements[at].end_line = place.line;
                    builder.prefixes.truncate(prefixes);
                }
            }
            Event::Text(part) => builder.text(&part.xml10_content()).map_err(fatal)?,
            Event::CData(part) => builder.text(&part.xml10_content()).map_err(fatal)?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c,
                    Ok(None) => entity(&reference.into_inner()).map_err(fatal)?,
                    Err(error) => return Err(fatal(error.to_string())),
                };
                builder.text(resolved.encode_utf8(&mut [0; 4])).map_err(fatal)?;
            }
            Event::DocType(_) => {
                return Err(fatal(
                    "DOCTYPE is disallowed when the feature \"http://apache.org/xml/features/disallow-doctype-decl\" set to \
                     true."
                        .to_owned(),
                ));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let end = |message: String| XmlError { line: place.line, message };
    if let Some((at, _)) = builder.open.last() {
        let name = &builder.elements[*at].qualified;
        return Err(end(format!(
            "The element type \"{name}\" must be terminated by the matching end-tag \"</{name}>\"."
        )));
    }
    if builder.elements.is_empty() {
        return Err(end("Premature end of file.".to_owned()));
    }
    Ok(Document { elements: builder.elements })
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn entity(name: &str) -> Result<char, String> {
    Ok(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return Err(format!("The entity \"{name}\" was referenced, but not declared.")),
    })
}

struct Builder {
    elements: Vec<Element>,
    /// Open elements, each with the number of prefixes before it.
    open: Vec<(Ix, usize)>,
    /// Prefixes in scope, innermost last; the empty one is the default.
    prefixes: Vec<(String, Rc<str>)>,
}

impl Builder {
    fn start(&mut self, tag: &BytesStart<'_>, from: usize, place: &Place<'_>, empty: bool) -> Result<(), String> {
        if self.open.is_empty() && !self.elements.is_empty() {
            return Err("The markup in the document following the root element must be well-formed.".to_owned());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("elements are nested more than {MAX_DEPTH} levels deep"));
        }
        let before = self.prefixes.len();
        let mut raw = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            let key = attribute.key.0;
            if key == "xmlns" {
                self.prefixes.push((String::new(), value.as_ref().into()));
            } else if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.prefixes.push((prefix.to_owned(), value.as_ref().into()));
            } else {
                raw.push((key.to_owned(), value.into_owned()));
            }
        }
        let mut attributes = Vec::with_capacity(raw.len());
        for (key, value) in raw {
            let (namespace, name) = match key.split_once(':') {
                Some((prefix, name)) => {
                    let unbound = || {
                        format!(
                            "The prefix \"{prefix}\" for attribute \"{key}\" associated with an element type \"{}\" is not bound.",
                            tag.name().0
                        )
                    };
                    (self.resolve(prefix).ok_or_else(unbound)?, name.to_owned())
                }
                None => ("".into(), key),
            };
            attributes.push(Attribute { namespace, name, value });
        }
        let qualified = tag.name().0.to_owned();
        let (prefix, name) = qualified.split_once(':').unwrap_or(("", &qualified));
        let namespace = match self.resolve(prefix) {
            Some(namespace) => namespace,
            None if prefix.is_empty() => "".into(),
            None => return Err(format!("The prefix \"{prefix}\" for element \"{qualified}\" is not bound.")),
        };
        let at = self.elements.len();
        if let Some((parent, _)) = self.open.last() {
            self.elements[*parent].children.push(at);
        }
        self.elements.push(Element {
            namespace,
            name: name.to_owned(),
            qualified,
            attributes,
            children: Vec::new(),
            text: String::new(),
            start_line: place.line,
            start_column: place.column,
            start: u32::try_from(from).unwrap_or(u32::MAX),
            start_end: u32::try_from(place.at).unwrap_or(u32::MAX),
            end_line: place.line,
        });
        if empty {
            self.prefixes.truncate(before);
        } else {
            self.open.push((at, before));
        }
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Option<Rc<str>> {
        match prefix {
            "xml" => Some(XML.into()),
            "xmlns" => Some(XMLNS.into()),
            _ => self.prefixes.iter().rev().find(|(known, _)| known == prefix).map(|(_, namespace)| namespace.clone()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last() {
            Some((at, _)) => self.elements[*at].text.push_str(text),
            None if text.trim_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None if self.elements.is_empty() => return Err("Content is not allowed in prolog.".to_owned()),
            None => return Err("Content is not allowed in trailing section.".to_owned()),
        }
        Ok(())
    }
}
