//! The element tree.

use models::{Position, Span};

use super::{
    lines::{LineIndex, to_u32},
    namespaces::{NamespaceId, Namespaces, Vocabulary},
};

/// Index of an element in its document; document order.
pub(crate) type ElementIx = u32;

/// One element.
#[derive(Debug)]
pub(crate) struct Node {
    pub(super) parent: Option<ElementIx>,
    pub(super) first_child: Option<ElementIx>,
    pub(super) last_child: Option<ElementIx>,
    pub(super) next_sibling: Option<ElementIx>,
    pub(super) namespace: NamespaceId,
    /// Qualified name as a range of the source, and where the local part starts.
    pub(super) name_start: u32,
    pub(super) local_start: u32,
    pub(super) name_end: u32,
    /// The start tag, from `<` to behind `>`.
    pub(super) tag_start: u32,
    pub(super) tag_end: u32,
    /// Behind the end tag.
    pub(super) end: u32,
    pub(super) attributes: Vec<Attribute>,
    pub(super) text: String,
    /// Bindings of prefixes declared on this element: prefix ("" is the default) and namespace.
    pub(super) bindings: Vec<(Box<str>, NamespaceId)>,
}

/// One attribute. Namespace declarations are attributes, too.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) namespace: NamespaceId,
    /// Qualified name.
    pub(crate) name: Box<str>,
    /// Where the local part of the name starts.
    pub(crate) local_start: usize,
    pub(crate) value: String,
}

impl Attribute {
    pub(crate) fn local(&self) -> &str {
        &self.name[self.local_start..]
    }
}

/// A parsed XML document: at least a root element.
#[derive(Debug)]
pub(crate) struct Document {
    pub(super) source: String,
    pub(super) lines: LineIndex,
    pub(super) namespaces: Namespaces,
    pub(super) nodes: Vec<Node>,
}

/// More than one child with a name of which Camunda 7 expects one: it stops parsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MultipleElements(pub(crate) String);

impl Document {
    pub(crate) fn root(&self) -> Element<'_> {
        Element { document: self, ix: 0 }
    }

    pub(crate) fn element(&self, ix: ElementIx) -> Element<'_> {
        Element { document: self, ix }
    }

    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn namespaces(&self) -> &Namespaces {
        &self.namespaces
    }

    /// Replaces the value of an attribute by its normalised form.
    pub(crate) fn set_attribute_value(&mut self, ix: ElementIx, attribute: usize, value: String) {
        self.nodes[ix as usize].attributes[attribute].value = value;
    }

    /// Replaces the text of an element by its normalised form.
    pub(crate) fn set_text(&mut self, ix: ElementIx, text: String) {
        self.nodes[ix as usize].text = text;
    }

    /// Adds an attribute without namespace that the schema gives by default.
    pub(crate) fn add_default_attribute(&mut self, ix: ElementIx, name: &str, value: &str) {
        self.nodes[ix as usize].attributes.push(Attribute {
            namespace: NamespaceId::NONE,
            name: name.into(),
            local_start: 0,
            value: value.to_owned(),
        });
    }

    pub(crate) fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.source, offset as usize)
    }
}

/// A handle on one element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'d> {
    document: &'d Document,
    ix: ElementIx,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.ix == other.ix
    }
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.ix as usize]
    }

    pub(crate) fn ix(self) -> ElementIx {
        self.ix
    }

    pub(crate) fn document(self) -> &'d Document {
        self.document
    }

    pub(crate) fn namespace(self) -> NamespaceId {
        self.node().namespace
    }

    pub(crate) fn qualified_name(self) -> &'d str {
        let node = self.node();
        &self.document.source[node.name_start as usize..node.name_end as usize]
    }

    pub(crate) fn local_name(self) -> &'d str {
        let node = self.node();
        &self.document.source[node.local_start as usize..node.name_end as usize]
    }

    /// The name that Camunda 7 compares: local, or qualified without a namespace (then without prefix anyway).
    pub(crate) fn tag(self) -> &'d str {
        self.local_name()
    }

    pub(crate) fn parent(self) -> Option<Self> {
        self.node().parent.map(|ix| Element { document: self.document, ix })
    }

    pub(crate) fn children(self) -> Children<'d> {
        Children { document: self.document, next: self.node().first_child }
    }

    pub(crate) fn has_children(self) -> bool {
        self.node().first_child.is_some()
    }

    /// Children by local name in any namespace.
    pub(crate) fn children_named(self, tag: &'static str) -> impl Iterator<Item = Self> + 'd {
        self.children().filter(move |child| child.tag() == tag)
    }

    /// The only child of that local name.
    pub(crate) fn child(self, tag: &'static str) -> Result<Option<Self>, MultipleElements> {
        let mut found = self.children_named(tag);
        only(found.next(), found.next(), tag)
    }

    /// Children by vocabulary and local name.
    pub(crate) fn children_in(self, vocabulary: Vocabulary, tag: &'static str) -> Vec<Self> {
        let in_namespace =
            |id| self.children().filter(move |c| c.namespace() == id && c.tag() == tag).collect::<Vec<_>>();
        match vocabulary {
            Vocabulary::Exactly(id) => in_namespace(id),
            Vocabulary::Extension => {
                let found: Vec<_> = self
                    .children()
                    .filter(|c| c.tag() == tag && self.document.namespaces.is_extension(c.namespace()))
                    .collect();
                if found.is_empty() { in_namespace(NamespaceId::ACTIVITI) } else { found }
            }
        }
    }

    /// The only child in a vocabulary with that local name.
    pub(crate) fn child_in(self, vocabulary: Vocabulary, tag: &'static str) -> Result<Option<Self>, MultipleElements> {
        let mut found = self.children_in(vocabulary, tag).into_iter();
        only(found.next(), found.next(), tag)
    }

    pub(crate) fn attributes(self) -> &'d [Attribute] {
        &self.node().attributes
    }

    /// Attribute without namespace.
    pub(crate) fn attribute(self, name: &str) -> Option<&'d str> {
        self.attribute_in(NamespaceId::NONE, name)
    }

    fn attribute_in(self, namespace: NamespaceId, name: &str) -> Option<&'d str> {
        self.attributes()
            .iter()
            .find(|attribute| attribute.namespace == namespace && attribute.local() == name)
            .map(|attribute| attribute.value.as_str())
    }

    /// Extension attribute: Camunda's (or a fork's), then Activiti's.
    pub(crate) fn extension(self, name: &str) -> Option<&'d str> {
        self.attributes()
            .iter()
            .find(|a| a.local() == name && self.document.namespaces.is_extension(a.namespace))
            .map(|attribute| attribute.value.as_str())
            .or_else(|| self.attribute_in(NamespaceId::ACTIVITI, name))
    }

    pub(crate) fn xsi(self, name: &str) -> Option<&'d str> {
        self.attribute_in(NamespaceId::XSI, name)
    }

    pub(crate) fn id(self) -> Option<&'d str> {
        self.attribute("id")
    }

    /// Text directly inside the element, references resolved.
    pub(crate) fn text(self) -> &'d str {
        &self.node().text
    }

    /// Where Camunda 7 sees the element: behind its start tag.
    pub(crate) fn position(self) -> Position {
        self.document.position(self.node().tag_end)
    }

    /// The place behind the end tag.
    pub(crate) fn end_position(self) -> Position {
        self.document.position(self.node().end)
    }

    /// The start tag.
    pub(crate) fn span(self) -> Span {
        let node = self.node();
        let place = self.document.position(node.tag_start);
        Span { line: place.line, column: place.column, start: node.tag_start, end: node.tag_end }
    }

    /// Namespace of a prefix at this element; "" asks for the default namespace.
    pub(crate) fn namespace_of_prefix(self, prefix: &str) -> Option<NamespaceId> {
        if prefix == "xml" {
            return Some(NamespaceId::XML);
        }
        let mut at = Some(self);
        while let Some(element) = at {
            if let Some((_, id)) = element.node().bindings.iter().find(|(bound, _)| &**bound == prefix) {
                return Some(*id);
            }
            at = element.parent();
        }
        prefix.is_empty().then_some(NamespaceId::NONE)
    }
}

fn only<'d>(
    first: Option<Element<'d>>,
    second: Option<Element<'d>>,
    tag: &str,
) -> Result<Option<Element<'d>>, MultipleElements> {
    if second.is_some() { Err(MultipleElements(tag.to_owned())) } else { Ok(first) }
}

/// Iterator over child elements.
#[derive(Clone, Debug)]
pub(crate) struct Children<'d> {
    document: &'d Document,
    next: Option<ElementIx>,
}

impl<'d> Iterator for Children<'d> {
    type Item = Element<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        let ix = self.next?;
        self.next = self.document.nodes[ix as usize].next_sibling;
        Some(Element { document: self.document, ix })
    }
}

/// Appends elements in document order while a file is read.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) open: Vec<ElementIx>,
}

impl Tree {
    /// Adds an element below the innermost open one and opens it.
    pub(super) fn open(&mut self, mut node: Node) {
        let ix = to_u32(self.nodes.len());
        node.parent = self.open.last().copied();
        if let Some(parent) = node.parent {
            let parent = &mut self.nodes[parent as usize];
            match parent.last_child.replace(ix) {
                Some(previous) => self.nodes[previous as usize].next_sibling = Some(ix),
                None => parent.first_child = Some(ix),
            }
        }
        self.nodes.push(node);
        self.open.push(ix);
    }

    /// Closes the innermost open element.
    pub(super) fn close(&mut self, end: usize) {
        if let Some(ix) = self.open.pop() {
            self.nodes[ix as usize].end = to_u32(end);
        }
    }

    pub(super) fn innermost(&mut self) -> Option<&mut Node> {
        let ix = *self.open.last()?;
        self.nodes.get_mut(ix as usize)
    }
}
