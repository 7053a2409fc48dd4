//! Text to tree, by quick-xml's tokens. What quick-xml lets pass and XML forbids is refused here: document types, undeclared
//! entities and prefixes, a second root, duplicate attributes, text outside the root.

use quick_xml::{Reader, errors::Error as TokenError, events::Event};

use super::{
    attributes::{reference, scan_tag},
    chars::{is_xml_char, is_xml_space, is_xml_whitespace, leading_name},
    declaration::check_declaration,
    decode::decode,
    document::{Document, Tree},
    lines::LineIndex,
    namespaces::Namespaces,
};
use crate::Limits;

/// The file is not well-formed XML, or beyond a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct XmlError {
    /// The Java parser's text.
    pub(crate) message: String,
    /// Byte offset into the decoded text (into the file when it could not be decoded).
    pub(crate) offset: usize,
}

impl XmlError {
    pub(super) fn new(message: impl Into<String>, offset: usize) -> Self {
        Self { message: message.into(), offset }
    }
}

/// The Java parser's text when the file ends inside something.
pub(super) const SAME_ENTITY: &str = "XML document structures must start and end within the same entity.";

/// Reads a file. On failure the text as far as it could be decoded comes along, for line numbers.
pub(crate) fn read(bytes: &[u8], forks: bool, limits: &Limits) -> Result<Document, (XmlError, String)> {
    if bytes.len() > limits.max_bytes {
        let message = format!("file of {} bytes is larger than the limit of {}", bytes.len(), limits.max_bytes);
        return Err((XmlError::new(message, 0), String::new()));
    }
    let source = decode(bytes).map_err(|error| {
        let readable = String::from_utf8_lossy(&bytes[..error.offset.min(bytes.len())]).into_owned();
        (error, readable)
    })?;
    if source.len() > u32::MAX as usize / 2 {
        return Err((XmlError::new("file is too large", 0), String::new()));
    }
    let mut builder = TreeReader { source: &source, tree: Tree::default(), namespaces: Namespaces::new(forks), limits };
    match builder.run() {
        Ok(()) => {
            let TreeReader { tree, namespaces, .. } = builder;
            let lines = LineIndex::new(&source);
            Ok(Document { lines, namespaces, nodes: tree.nodes, source })
        }
        Err(error) => Err((error, source)),
    }
}

/// Builds the tree from tokens.
pub(super) struct TreeReader<'s> {
    pub(super) source: &'s str,
    pub(super) tree: Tree,
    pub(super) namespaces: Namespaces,
    pub(super) limits: &'s Limits,
}

impl TreeReader<'_> {
    fn run(&mut self) -> Result<(), XmlError> {
        let source = self.source;
        // A second byte order mark is content, and quick-xml would swallow it.
        if source.starts_with('\u{feff}') {
            return Err(self.outside_root(0));
        }
        check_declaration(source)?;
        let mut reader = Reader::from_str(source);
        // The checks of names and comments are made here: their texts differ from quick-xml's.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let mut before = 0;
        loop {
            let event = reader.read_event();
            let after = usize::try_from(reader.buffer_position()).unwrap_or(source.len());
            match event {
                Err(error) => return Err(self.token_error(&error, before)),
                Ok(Event::Eof) => break,
                Ok(Event::Start(_)) => self.start(before, after, false)?,
                Ok(Event::Empty(_)) => self.start(before, after, true)?,
                Ok(Event::End(_)) => self.end(before, after)?,
                Ok(Event::Text(_)) => self.text(before, after)?,
                Ok(Event::CData(_)) => self.cdata(before, after)?,
                Ok(Event::GeneralRef(_)) => self.general_reference(before)?,
                Ok(Event::Comment(_)) => self.comment(before, after)?,
                Ok(Event::DocType(_)) => return Err(self.doctype(before)),
                Ok(Event::Decl(_)) if before == 0 => {}
                Ok(Event::Decl(_) | Event::PI(_)) => {
                    check_instruction(&source[before + 2..after - 2], before)?;
                }
            }
            before = after;
        }
        if !self.tree.open.is_empty() {
            return Err(self.same_entity());
        }
        if self.tree.nodes.is_empty() {
            return Err(XmlError::new("Premature end of file.", source.len()));
        }
        Ok(())
    }

    fn end(&mut self, before: usize, after: usize) -> Result<(), XmlError> {
        let source = self.source;
        let Some(open) = self.tree.innermost() else {
            return Err(XmlError::new(
                "The markup in the document following the root element must be well-formed.",
                before,
            ));
        };
        let name = &source[open.name_start as usize..open.name_end as usize];
        match misfit_of_end_tag(name, &source[before + 2..after - 1]) {
            None => {
                self.tree.close(after);
                Ok(())
            }
            Some(message) => Err(XmlError::new(message, before)),
        }
    }

    fn text(&mut self, before: usize, after: usize) -> Result<(), XmlError> {
        let raw = &self.source[before..after];
        if self.tree.open.is_empty() {
            return if is_xml_whitespace(raw) { Ok(()) } else { Err(self.outside_root(before)) };
        }
        if let Some(at) = raw.find("]]>") {
            return Err(XmlError::new(
                "The character sequence \"]]>\" must not appear in content unless used to mark the end of a CDATA section.",
                before + at,
            ));
        }
        check_characters(raw, before, "was found in the element content of the document.")?;
        self.push_text(raw);
        Ok(())
    }

    fn cdata(&mut self, before: usize, after: usize) -> Result<(), XmlError> {
        if self.tree.open.is_empty() {
            return Err(self.outside_root(before));
        }
        let raw = &self.source[before + "<![CDATA[".len()..after - "]]>".len()];
        check_characters(raw, before, "was found in the CDATA section.")?;
        self.push_text(raw);
        Ok(())
    }

    /// Appends text with line ends made `\n` (XML 1.0 §2.11).
    fn push_text(&mut self, raw: &str) {
        let Some(node) = self.tree.innermost() else {
            return;
        };
        if raw.contains('\r') {
            node.text.push_str(&raw.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            node.text.push_str(raw);
        }
    }

    fn general_reference(&mut self, before: usize) -> Result<(), XmlError> {
        if self.tree.open.is_empty() {
            return Err(self.outside_root(before));
        }
        let (resolved, _) = reference(&self.source[before..], before)?;
        if let Some(node) = self.tree.innermost() {
            node.text.push(resolved);
        }
        Ok(())
    }

    fn comment(&self, before: usize, after: usize) -> Result<(), XmlError> {
        let raw = &self.source[before + "<!--".len()..after - "-->".len()];
        if raw.contains("--") || raw.ends_with('-') {
            return Err(XmlError::new("The string \"--\" is not permitted within comments.", before));
        }
        check_characters(raw, before, "was found in the comment.")
    }

    fn outside_root(&self, at: usize) -> XmlError {
        let section = if self.tree.nodes.is_empty() { "prolog" } else { "trailing section" };
        XmlError::new(format!("Content is not allowed in {section}."), at)
    }

    pub(super) fn not_markup(&self, at: usize) -> XmlError {
        if self.tree.open.is_empty() {
            let place = if self.tree.nodes.is_empty() { "preceding" } else { "following" };
            XmlError::new(format!("The markup in the document {place} the root element must be well-formed."), at)
        } else {
            XmlError::new("The content of elements must consist of well-formed character data or markup.", at)
        }
    }

    /// What quick-xml could not tokenise, from the place where it began.
    fn token_error(&self, error: &TokenError, at: usize) -> XmlError {
        let rest = &self.source[at..];
        if rest.starts_with('&') {
            return match reference(rest, at) {
                Err(error) => error,
                Ok(_) => XmlError::new(error.to_string(), at),
            };
        }
        if rest.starts_with("<!--") {
            return self.same_entity();
        }
        if rest.starts_with("<!DOCTYPE") {
            return self.doctype(at);
        }
        if let Some(inside) = rest.strip_prefix("<?") {
            return match check_instruction(inside, at) {
                Err(error) => error,
                Ok(()) => self.same_entity(),
            };
        }
        if rest.starts_with("<![") {
            return self.same_entity();
        }
        if let Some(found) = rest.strip_prefix("</") {
            let Some(&open) = self.tree.open.last() else {
                return self.not_markup(at);
            };
            let open = &self.tree.nodes[open as usize];
            let name = &self.source[open.name_start as usize..open.name_end as usize];
            return match misfit_of_end_tag(name, found) {
                Some(message) => XmlError::new(message, at),
                None => self.same_entity(),
            };
        }
        match rest.strip_prefix('<') {
            Some("") => self.same_entity(),
            Some(tag) if !leading_name(tag).is_empty() => {
                match scan_tag(tag, leading_name(tag), at + 1, true, self.limits.max_attributes) {
                    Err(error) => error,
                    Ok(_) => self.same_entity(),
                }
            }
            _ => self.not_markup(at),
        }
    }

    fn doctype(&self, at: usize) -> XmlError {
        // Behind the prolog the Java parser loses its way.
        let message = if self.tree.nodes.is_empty() {
            "DOCTYPE is disallowed when the feature \"http://apache.org/xml/features/disallow-doctype-decl\" set to true."
        } else {
            "Scanner State 24 not Recognized "
        };
        XmlError::new(message, at)
    }

    fn same_entity(&self) -> XmlError {
        XmlError::new(SAME_ENTITY, self.source.len())
    }
}

/// What is wrong with the inside of an end tag. The Java parser looks for the name first, then for the bracket.
fn misfit_of_end_tag(name: &str, found: &str) -> Option<String> {
    match found.strip_prefix(name) {
        Some(rest) if rest.trim_start_matches(is_xml_space).is_empty() => None,
        Some(_) => Some(format!("The end-tag for element type \"{name}\" must end with a '>' delimiter.")),
        None => Some(format!("The element type \"{name}\" must be terminated by the matching end-tag \"</{name}>\".")),
    }
}

/// A processing instruction names a target other than `xml`, then white space if anything follows.
fn check_instruction(inside: &str, at: usize) -> Result<(), XmlError> {
    let target = leading_name(inside);
    let rest = &inside[target.len()..];
    let message = if target.is_empty() {
        "The processing instruction must begin with the name of the target."
    } else if target.eq_ignore_ascii_case("xml") {
        "The processing instruction target matching \"[xX][mM][lL]\" is not allowed."
    } else if !rest.is_empty() && !rest.starts_with(is_xml_space) {
        "White space is required between the processing instruction target and data."
    } else {
        return Ok(());
    };
    Err(XmlError::new(message, at))
}

pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

fn check_characters(raw: &str, base: usize, place: &str) -> Result<(), XmlError> {
    match raw.char_indices().find(|&(_, c)| !is_xml_char(c)) {
        None => Ok(()),
        Some((at, c)) => {
            Err(XmlError::new(format!("An invalid XML character (Unicode: 0x{:x}) {place}", u32::from(c)), base + at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(source: &str) -> String {
        read(source.as_bytes(), true, &Limits::default()).expect_err("the file is broken").0.message
    }

    #[test]
    fn namespaces_follow_the_tree() {
        let source = "<a xmlns='u:1' xmlns:p='u:2'><p:b c='1' p:c='2'/><c xmlns=''><d/></c></a>";
        let document = read(source.as_bytes(), true, &Limits::default()).expect("well-formed");
        let names: Vec<_> = (0..4).map(|ix| document.namespaces().uri(document.element(ix).namespace())).collect();
        assert_eq!(names, ["u:1", "u:2", "", ""]);
        assert_eq!(document.element(1).attribute("c"), Some("1"));
        assert_eq!(document.element(3).parent().map(Element::local_name), Some("c"));
    }

    use super::super::document::Element;

    #[test]
    fn text_is_joined_and_references_are_resolved() {
        let source = "<a>x &lt;<b/><![CDATA[&\r\n]]>&#65;</a>";
        let document = read(source.as_bytes(), true, &Limits::default()).expect("well-formed");
        assert_eq!(document.root().text(), "x <&\nA");
    }

    #[test]
    fn other_encodings_are_read() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>";
        assert_eq!(read(latin, true, &Limits::default()).expect("latin").root().text(), "\u{e4}");
        for little in [true, false] {
            let mut bytes = if little { vec![0xff, 0xfe] } else { vec![0xfe, 0xff] };
            for unit in "<?xml version='1.0' encoding='UTF-16'?><a>\u{e4}</a>".encode_utf16() {
                bytes.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            }
            assert_eq!(read(&bytes, true, &Limits::default()).expect("utf-16").root().text(), "\u{e4}");
        }
    }

    #[test]
    fn broken_files_have_the_java_texts() {
        assert_eq!(message(""), "Premature end of file.");
        assert_eq!(message("x<a/>"), "Content is not allowed in prolog.");
        assert_eq!(message("<a/>x"), "Content is not allowed in trailing section.");
        assert_eq!(message("<a/><b/>"), "The markup in the document following the root element must be well-formed.");
        assert_eq!(message("<a>&u;</a>"), "The entity \"u\" was referenced, but not declared.");
        assert_eq!(message("<p:a/>"), "The prefix \"p\" for element \"p:a\" is not bound.");
        assert_eq!(
            message("<a p:b=''/>"),
            "The prefix \"p\" for attribute \"p:b\" associated with an element type \"a\" is not bound."
        );
        assert_eq!(
            message("<a><b></a>"),
            "The element type \"b\" must be terminated by the matching end-tag \"</b>\"."
        );
        assert_eq!(message("<a></a <b/>"), "The end-tag for element type \"a\" must end with a '>' delimiter.");
        assert!(message("<!DOCTYPE a><a/>").starts_with("DOCTYPE is disallowed"));
        assert_eq!(
            message("<?xml version=\"1.0\"encoding=\"UTF-8\"?><a/>"),
            "White space is required before the encoding pseudo attribute in the XML declaration."
        );
    }

    #[test]
    fn malformed_bytes_are_reported() {
        let error = read(b"<a>\xe2(</a>", true, &Limits::default()).expect_err("malformed").0;
        assert_eq!(error.message, "Invalid byte 2 of 3-byte UTF-8 sequence.");
    }

    #[test]
    fn a_second_byte_order_mark_is_content() {
        let error = read(&[0xfe, 0xff, 0xfe, 0xff, 0, 0x80, 0, 0x80], true, &Limits::default()).expect_err("no XML").0;
        assert_eq!(error.message, "Content is not allowed in prolog.");
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { max_depth: 2, ..Limits::default() };
        let error = read(b"<a><b><c/></b></a>", true, &limits).expect_err("too deep").0;
        assert!(error.message.contains("deeper than the limit of 2"));
    }
}
