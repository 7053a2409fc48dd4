//! The XML layer: bytes to a small tree with resolved namespaces and places.
//!
//! A file is decoded ([`decode`]), read with quick-xml ([`reader`]) and kept as an arena of elements in document order.
//! What is not well-formed stops here, with the text that the Java XML parser behind Camunda 7 gives.

mod attributes;
mod chars;
mod declaration;
mod decode;
mod document;
mod lines;
mod namespaces;
mod reader;
mod start_tag;

pub(crate) use chars::{is_ncname, is_xml_space, is_xml_whitespace};
pub(crate) use decode::decode;
pub(crate) use document::{Document, Element, ElementIx, MultipleElements};
pub(crate) use lines::LineIndex;
pub(crate) use namespaces::{NamespaceId, Vocabulary, uri};
pub(crate) use reader::{XmlError, read};
