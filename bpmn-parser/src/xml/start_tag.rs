//! Start tags: attributes, namespace bindings, and the element they open.

use std::collections::HashSet;

use super::{
    attributes::{check_qualified_name, scan_tag},
    chars::leading_name,
    document::{Attribute, Node},
    lines::to_u32,
    namespaces::NamespaceId,
    reader::{TreeReader, XmlError, split_name},
};

impl TreeReader<'_> {
    pub(super) fn start(&mut self, before: usize, after: usize, empty: bool) -> Result<(), XmlError> {
        let source = self.source;
        if self.tree.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(XmlError::new(
                "The markup in the document following the root element must be well-formed.",
                before,
            ));
        }
        if self.tree.open.len() >= self.limits.max_depth {
            let message = format!("elements are nested deeper than the limit of {}", self.limits.max_depth);
            return Err(XmlError::new(message, before));
        }
        if self.tree.nodes.len() >= self.limits.max_elements {
            let message = format!("file has more elements than the limit of {}", self.limits.max_elements);
            return Err(XmlError::new(message, before));
        }
        let tag = &source[before + 1..after - if empty { 2 } else { 1 }];
        let name = leading_name(tag);
        if name.is_empty() {
            return Err(self.not_markup(before));
        }
        check_qualified_name(name, before + 1)?;
        let raw = scan_tag(tag, name, before + 1, false, self.limits.max_attributes)?;
        let mut bindings = Vec::new();
        for attribute in &raw {
            let prefix = match attribute.name.split_once(':') {
                Some(("xmlns", prefix)) => prefix,
                None if attribute.name == "xmlns" => "",
                _ => continue,
            };
            if !prefix.is_empty() && attribute.value.is_empty() {
                return Err(XmlError::new(
                    format!(
                        "The value of the attribute \"prefix=\"xmlns\",localpart=\"{prefix}\",rawname=\"{}\"\" is invalid. Prefixed namespace bindings may not be empty.",
                        attribute.name
                    ),
                    before,
                ));
            }
            let id = self
                .namespaces
                .intern(&attribute.value)
                .ok_or_else(|| XmlError::new("file declares too many namespaces", before))?;
            bindings.push((prefix.into(), id));
        }
        let (prefix, local) = split_name(name);
        let Some(namespace) = self.resolve(prefix, &bindings) else {
            return Err(XmlError::new(format!("The prefix \"{prefix}\" for element \"{name}\" is not bound."), before));
        };
        let mut attributes: Vec<Attribute> = Vec::with_capacity(raw.len());
        for attribute in raw {
            let attribute = self.attribute(attribute.name, attribute.value, name, &bindings, before)?;
            attributes.push(attribute);
        }
        if let Some(twice) = first_duplicate(&attributes) {
            let message = match twice.namespace {
                NamespaceId::NONE | NamespaceId::XMLNS => {
                    format!("Attribute \"{}\" was already specified for element \"{name}\".", twice.name)
                }
                namespace => format!(
                    "Attribute \"{}\" bound to namespace \"{}\" was already specified for element \"{name}\".",
                    twice.local(),
                    self.namespaces.uri(namespace)
                ),
            };
            return Err(XmlError::new(message, before));
        }
        let name_start = before + 1;
        let name_end = name_start + name.len();
        self.tree.open(Node {
            parent: None,
            first_child: None,
            last_child: None,
            next_sibling: None,
            namespace,
            name_start: to_u32(name_start),
            local_start: to_u32(name_end - local.len()),
            name_end: to_u32(name_end),
            tag_start: to_u32(before),
            tag_end: to_u32(after),
            end: to_u32(after),
            attributes,
            text: String::new(),
            bindings,
        });
        if empty {
            self.tree.close(after);
        }
        Ok(())
    }

    fn attribute(
        &self,
        name: &str,
        value: String,
        element: &str,
        bindings: &[(Box<str>, NamespaceId)],
        at: usize,
    ) -> Result<Attribute, XmlError> {
        let (prefix, local) = split_name(name);
        let namespace = match (prefix, name) {
            ("xmlns", _) | (_, "xmlns") => NamespaceId::XMLNS,
            ("", _) => NamespaceId::NONE,
            _ => self.resolve(prefix, bindings).ok_or_else(|| {
                XmlError::new(
                    format!(
                        "The prefix \"{prefix}\" for attribute \"{name}\" associated with an element type \"{element}\" is not bound."
                    ),
                    at,
                )
            })?,
        };
        Ok(Attribute { namespace, name: name.into(), local_start: name.len() - local.len(), value })
    }

    fn resolve(&self, prefix: &str, bindings: &[(Box<str>, NamespaceId)]) -> Option<NamespaceId> {
        if prefix == "xml" {
            return Some(NamespaceId::XML);
        }
        bindings
            .iter()
            .chain(self.tree.open.iter().rev().flat_map(|&ix| &self.tree.nodes[ix as usize].bindings))
            .find(|(bound, _)| &**bound == prefix)
            .map(|(_, id)| *id)
            .or(if prefix.is_empty() { Some(NamespaceId::NONE) } else { None })
    }
}

/// The first attribute with the namespace and local name of an earlier one; namespace declarations are looked at first.
fn first_duplicate(attributes: &[Attribute]) -> Option<&Attribute> {
    let mut seen = HashSet::with_capacity(attributes.len());
    let is_declaration = |attribute: &&Attribute| attribute.namespace == NamespaceId::XMLNS;
    let (declarations, others): (Vec<_>, Vec<_>) = attributes.iter().partition(is_declaration);
    declarations.into_iter().chain(others).find(|attribute| !seen.insert((attribute.namespace, attribute.local())))
}
