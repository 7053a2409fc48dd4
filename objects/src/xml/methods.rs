//! Methods of `SpinXmlElement`, `SpinXmlAttribute` and `SpinXPathQuery`.

use std::{cell::RefCell, rc::Rc};

use super::{Element, ElementIx, XMLNS, XmlAttribute, XmlChild, XmlDocument, XmlName, XmlNode, xpath};
use crate::{
    args::{mismatch, string},
    context::{Context, ObjectError},
    object::{Extension, Object},
};

type Outcome = Result<Object, ObjectError>;

fn error(class: &str, number: &str, message: &str) -> ObjectError {
    let class = format!("org.camunda.spin.xml.{class}");
    ObjectError::exception(&class, format!("SPIN/DOM-XML-{number} {message}"))
}

/// `XML(input)` and `S(input)` for XML.
///
/// # Errors
/// Spin's message when the text is not XML.
pub fn spin_xml(input: &Object) -> Outcome {
    match input {
        Object::Xml(_) => Ok(input.clone()),
        Object::String(text) => XmlNode::parse(text)
            .map(Object::Xml)
            .map_err(|_| error("SpinXmlDataFormatException", "01009", "Unable to parse input into DOM document")),
        other => {
            let message = format!("Unable to map object '{}' to xml element", other.plain_class_name());
            Err(error("SpinXmlDataFormatException", "01027", &message))
        }
    }
}

/// A namespace argument: null and the empty text are none.
fn namespace(object: &Object, ctx: &mut dyn Context) -> Result<Option<Rc<str>>, ObjectError> {
    match object {
        Object::Null => Ok(None),
        other => string(other, ctx).map(|uri| Some(uri).filter(|uri| !uri.is_empty())),
    }
}

fn shown(namespace: Option<&str>) -> &str {
    namespace.unwrap_or("null")
}

fn optional(text: Option<&Rc<str>>) -> Object {
    text.map_or(Object::Null, |text| Object::String(text.clone()))
}

impl XmlNode {
    fn with(&self, element: ElementIx) -> Self {
        Self { document: self.document.clone(), element, attribute: None }
    }

    /// The attribute as a node of its own.
    pub(super) fn with_attribute(&self, element: ElementIx, name: &XmlName) -> Self {
        let attribute = Some(Rc::new((name.namespace.clone(), name.local.clone())));
        Self { document: self.document.clone(), element, attribute }
    }

    fn name(&self) -> XmlName {
        self.document.borrow().element(self.element).name.clone()
    }

    /// Text of an element with all below it, or value of an attribute.
    pub fn text_content(&self) -> String {
        let document = self.document.borrow();
        match self.attribute.as_deref() {
            None => document.text_content(self.element),
            Some((namespace, local)) => document
                .attribute(self.element, namespace.as_deref(), local)
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }

    fn find_child(&self, child: &Self) -> Result<usize, ObjectError> {
        let document = self.document.borrow();
        let place = |(_, other): &(usize, &XmlChild)| matches!(other, XmlChild::Element(ix) if *ix == child.element);
        let same = Rc::ptr_eq(&self.document, &child.document);
        let found = document.element(self.element).children.iter().enumerate().find(place).filter(|_| same);
        found.map(|(at, _)| at).ok_or_else(|| {
            let (mine, theirs) = (document.element(self.element).name.clone(), child.name_unless(same, &document));
            let message = format!(
                "The element with namespace '{}' and name '{}' is not a child element of the element with namespace \
                 '{}' and name '{}'",
                shown(theirs.namespace.as_deref()),
                theirs.local,
                shown(mine.namespace.as_deref()),
                mine.local
            );
            error("SpinXmlElementException", "01036", &message)
        })
    }

    /// The name, from the open document when it is the same one.
    fn name_unless(&self, same: bool, document: &XmlDocument) -> XmlName {
        if same { document.element(self.element).name.clone() } else { self.name() }
    }

    /// Takes an element out of its place, copying it when it belongs to another document.
    fn adopt(&self, child: &Self) -> ElementIx {
        if Rc::ptr_eq(&self.document, &child.document) {
            self.document.borrow_mut().detach(child.element);
            return child.element;
        }
        let source = child.document.borrow().clone();
        self.document.borrow_mut().copy(&source, child.element)
    }

    fn insert(&self, at: usize, child: &Self) {
        let ix = self.adopt(child);
        let mut document = self.document.borrow_mut();
        let children = &mut document.element_mut(self.element).children;
        let at = at.min(children.len());
        children.insert(at, XmlChild::Element(ix));
        document.element_mut(ix).parent = Some(self.element);
    }
}

impl XmlDocument {
    pub(super) fn text_content(&self, ix: ElementIx) -> String {
        let mut out = String::new();
        let mut open: Vec<&XmlChild> = self.element(ix).children.iter().rev().collect();
        while let Some(child) = open.pop() {
            match child {
                XmlChild::Text(text) => out.push_str(text),
                XmlChild::Element(ix) => open.extend(self.element(*ix).children.iter().rev()),
            }
        }
        out
    }

    pub(super) fn attribute(&self, ix: ElementIx, namespace: Option<&str>, local: &str) -> Option<&Rc<str>> {
        self.element(ix)
            .attributes
            .iter()
            .find(|attribute| *attribute.name.local == *local && attribute.name.namespace.as_deref() == namespace)
            .map(|attribute| &attribute.value)
    }

    /// Child elements in document order.
    pub(super) fn child_elements(&self, ix: ElementIx) -> impl DoubleEndedIterator<Item = ElementIx> + '_ {
        self.element(ix).children.iter().filter_map(|child| match child {
            XmlChild::Element(ix) => Some(*ix),
            XmlChild::Text(_) => None,
        })
    }

    fn detach(&mut self, ix: ElementIx) {
        if let Some(parent) = self.element_mut(ix).parent.take() {
            self.element_mut(parent).children.retain(|child| *child != XmlChild::Element(ix));
        }
    }

    fn copy(&mut self, source: &Self, from: ElementIx) -> ElementIx {
        let top = self.copy_one(source, from);
        let mut open = vec![(from, top)];
        while let Some((from, to)) = open.pop() {
            for child in &source.element(from).children {
                let child = match child {
                    XmlChild::Text(text) => XmlChild::Text(text.clone()),
                    XmlChild::Element(ix) => {
                        let copy = self.copy_one(source, *ix);
                        self.element_mut(copy).parent = Some(to);
                        open.push((*ix, copy));
                        XmlChild::Element(copy)
                    }
                };
                self.element_mut(to).children.push(child);
            }
        }
        top
    }

    fn copy_one(&mut self, source: &Self, from: ElementIx) -> ElementIx {
        let element = source.element(from);
        self.add(Element {
            name: element.name.clone(),
            attributes: element.attributes.clone(),
            children: Vec::new(),
            parent: None,
        })
    }
}

/// Calls a method of an element or attribute.
///
/// # Errors
/// [`ObjectError::UnknownMethod`] without names when there is no such method; Spin's exceptions.
pub fn call(node: &XmlNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("getDataFormatName", []) => return Ok(Object::string("application/xml")),
        ("mapTo", [class]) => {
            let class = string(class, ctx)?;
            let message = format!("Cannot deserialize '...' to java class '{class}'");
            return Err(error("SpinXmlDataFormatException", "01028", &message));
        }
        _ => {}
    }
    if node.attribute.is_some() { attribute(node, name, args, ctx) } else { element(node, name, args, ctx) }
}

fn attribute(node: &XmlNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let Some((namespace_uri, local)) = node.attribute.as_deref() else {
        return Err(mismatch());
    };
    let is_it = |other: &XmlAttribute| other.name.local == *local && other.name.namespace == *namespace_uri;
    let mut document = node.document.borrow_mut();
    let attributes = &mut document.element_mut(node.element).attributes;
    match (name, args) {
        ("name", []) => Ok(Object::String(local.clone())),
        ("namespace", []) => Ok(optional(namespace_uri.as_ref())),
        ("prefix", []) => {
            Ok(optional(attributes.iter().find(|a| is_it(a)).and_then(|found| found.name.prefix.as_ref())))
        }
        ("hasNamespace", [uri]) => Ok(Object::Boolean(namespace(uri, ctx)? == *namespace_uri)),
        ("value" | "toString", []) => Ok(optional(attributes.iter().find(|a| is_it(a)).map(|found| &found.value))),
        ("value", [to]) => {
            let to = string(to, ctx)?;
            if let Some(found) = attributes.iter_mut().find(|a| is_it(a)) {
                found.value = to;
            }
            Ok(Object::Xml(node.clone()))
        }
        ("remove", []) => {
            attributes.retain(|a| !is_it(a));
            Ok(Object::Xml(node.with(node.element)))
        }
        _ => Err(mismatch()),
    }
}

fn child_list(node: &XmlNode, uri: Option<&str>, local: &str) -> Result<Vec<Object>, ObjectError> {
    let document = node.document.borrow();
    let found: Vec<Object> = document
        .child_elements(node.element)
        .filter(|ix| {
            let name = &document.element(*ix).name;
            *name.local == *local && name.namespace.as_deref() == uri
        })
        .map(|ix| Object::Xml(node.with(ix)))
        .collect();
    if found.is_empty() {
        let message = format!("Unable to find child element with namespace '{}' and name '{local}'", shown(uri));
        return Err(error("SpinXmlElementException", "01007", &message));
    }
    Ok(found)
}

fn get_attribute(node: &XmlNode, uri: Option<Rc<str>>, local: &Rc<str>) -> Outcome {
    let document = node.document.borrow();
    if document.attribute(node.element, uri.as_deref(), local).is_none() {
        let uri = shown(uri.as_deref());
        let message = format!("Unable to find attribute with namespace '{uri}' and name '{local}'");
        return Err(error("SpinXmlAttributeException", "01006", &message));
    }
    let name = XmlName { namespace: uri, prefix: None, local: local.clone() };
    Ok(Object::Xml(node.with_attribute(node.element, &name)))
}

fn set_attribute(node: &XmlNode, uri: Option<Rc<str>>, local: Rc<str>, value: Rc<str>) {
    let mut document = node.document.borrow_mut();
    let prefix = uri.as_deref().and_then(|uri| document.prefix_of(node.element, uri));
    let attributes = &mut document.element_mut(node.element).attributes;
    if let Some(found) = attributes.iter_mut().find(|a| a.name.local == local && a.name.namespace == uri) {
        found.value = value;
    } else {
        attributes.push(XmlAttribute { name: XmlName { namespace: uri, prefix, local }, value });
        // Attributes are written in the order of their names, as the DOM keeps them.
        attributes.sort_by_key(attribute_order);
    }
}

fn attribute_order(attribute: &XmlAttribute) -> (bool, String) {
    let declared = attribute.name.namespace.as_deref() == Some(XMLNS);
    let prefix = attribute.name.prefix.as_deref().map(|prefix| format!("{prefix}:")).unwrap_or_default();
    (!declared, format!("{prefix}{}", attribute.name.local))
}

impl XmlDocument {
    fn prefix_of(&self, at: ElementIx, uri: &str) -> Option<Rc<str>> {
        let mut next = Some(at);
        while let Some(ix) = next {
            let element = self.element(ix);
            let declared = element
                .attributes
                .iter()
                .find(|a| a.name.namespace.as_deref() == Some(XMLNS) && a.name.prefix.is_some() && *a.value == *uri);
            if let Some(declared) = declared {
                return Some(declared.name.local.clone());
            }
            next = element.parent;
        }
        None
    }
}

fn element(node: &XmlNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let uri = node.name().namespace;
    match (name, args) {
        ("name", []) => Ok(Object::String(node.name().local)),
        ("namespace", []) => Ok(optional(uri.as_ref())),
        ("prefix", []) => Ok(optional(node.name().prefix.as_ref())),
        ("hasPrefix", [prefix]) => Ok(Object::Boolean(namespace(prefix, ctx)? == node.name().prefix)),
        ("hasNamespace", [other]) => Ok(Object::Boolean(namespace(other, ctx)? == uri)),
        ("attr", [local]) => get_attribute(node, None, &string(local, ctx)?),
        ("attrNs", [uri, local]) => get_attribute(node, namespace(uri, ctx)?, &string(local, ctx)?),
        ("hasAttr", [local]) => {
            let local = string(local, ctx)?;
            Ok(Object::Boolean(node.document.borrow().attribute(node.element, None, &local).is_some()))
        }
        ("hasAttrNs", [uri, local]) => {
            let (uri, local) = (namespace(uri, ctx)?, string(local, ctx)?);
            Ok(Object::Boolean(node.document.borrow().attribute(node.element, uri.as_deref(), &local).is_some()))
        }
        ("attrs" | "attrNames", [] | [_]) => {
            let only = args.first().map(|uri| namespace(uri, ctx)).transpose()?;
            let document = node.document.borrow();
            let found = document
                .element(node.element)
                .attributes
                .iter()
                .filter(|attribute| only.as_ref().is_none_or(|uri| attribute.name.namespace == *uri));
            Ok(Object::list(if name == "attrs" {
                found.map(|a| Object::Xml(node.with_attribute(node.element, &a.name))).collect()
            } else {
                found.map(|a| Object::String(a.name.local.clone())).collect()
            }))
        }
        ("textContent", []) => Ok(Object::string(node.text_content())),
        ("childElement", [_] | [_, _]) => {
            let (uri, local) = child_name(uri, args, ctx)?;
            let mut found = child_list(node, uri.as_deref(), &local)?;
            if found.len() > 1 {
                let uri = shown(uri.as_deref());
                let message = format!("More than one child element was found for namespace '{uri}' and name '{local}'");
                return Err(error("SpinXmlElementException", "01008", &message));
            }
            Ok(found.remove(0))
        }
        ("childElements", []) => {
            let document = node.document.borrow();
            Ok(Object::list(document.child_elements(node.element).map(|ix| Object::Xml(node.with(ix))).collect()))
        }
        ("childElements", [_] | [_, _]) => {
            let (uri, local) = child_name(uri, args, ctx)?;
            child_list(node, uri.as_deref(), &local).map(Object::list)
        }
        ("xPath", [path]) => {
            let path = string(path, ctx)?;
            Ok(Object::Extension(Rc::new(XPathQuery {
                node: node.clone(),
                path,
                namespaces: RefCell::new(Vec::new()),
            })))
        }
        ("unwrap", []) => Ok(Object::Xml(node.clone())),
        _ => change(node, name, args, ctx),
    }
}

/// Namespace and name of a child: the element's own namespace when none is given.
fn child_name(
    own: Option<Rc<str>>,
    args: &[Object],
    ctx: &mut dyn Context,
) -> Result<(Option<Rc<str>>, Rc<str>), ObjectError> {
    match args {
        [local] => Ok((own, string(local, ctx)?)),
        [uri, local] => Ok((namespace(uri, ctx)?, string(local, ctx)?)),
        _ => Err(mismatch()),
    }
}

fn elements(args: &[Object]) -> Result<Vec<XmlNode>, ObjectError> {
    let items = match args {
        [Object::List(items)] => items.borrow().clone(),
        items => items.to_vec(),
    };
    items
        .into_iter()
        .map(|item| match item {
            Object::Xml(node) if !node.is_attribute() => Ok(node),
            _ => Err(mismatch()),
        })
        .collect()
}

/// Methods that change the element.
fn change(node: &XmlNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("attr", [local, value]) => {
            let (local, value) = (string(local, ctx)?, string(value, ctx)?);
            set_attribute(node, None, local, value);
        }
        ("attrNs", [uri, local, value]) => {
            let uri = namespace(uri, ctx)?;
            let (local, value) = (string(local, ctx)?, string(value, ctx)?);
            set_attribute(node, uri, local, value);
        }
        ("removeAttr", [local]) => {
            let local = string(local, ctx)?;
            let mut document = node.document.borrow_mut();
            document
                .element_mut(node.element)
                .attributes
                .retain(|a| a.name.local != local || a.name.namespace.is_some());
        }
        ("removeAttrNs", [uri, local]) => {
            let (uri, local) = (namespace(uri, ctx)?, string(local, ctx)?);
            let mut document = node.document.borrow_mut();
            document.element_mut(node.element).attributes.retain(|a| a.name.local != local || a.name.namespace != uri);
        }
        ("textContent", [text]) => {
            let text = string(text, ctx)?;
            let mut document = node.document.borrow_mut();
            let children = &mut document.element_mut(node.element).children;
            children.clear();
            if !text.is_empty() {
                children.push(XmlChild::Text(text));
            }
        }
        ("append", children) if !children.is_empty() => {
            for child in elements(children)? {
                node.insert(usize::MAX, &child);
            }
        }
        ("appendBefore" | "appendAfter", [child, existing]) => {
            let [child, existing] = [elements(std::slice::from_ref(child))?, elements(std::slice::from_ref(existing))?];
            let at = node.find_child(&existing[0])? + usize::from(name == "appendAfter");
            node.insert(at, &child[0]);
        }
        ("remove", children) if !children.is_empty() => {
            for child in elements(children)? {
                node.find_child(&child)?;
                node.document.borrow_mut().detach(child.element);
            }
        }
        ("replaceChild", [existing, child]) => {
            let [existing, child] = [elements(std::slice::from_ref(existing))?, elements(std::slice::from_ref(child))?];
            let at = node.find_child(&existing[0])?;
            node.document.borrow_mut().detach(existing[0].element);
            node.insert(at, &child[0]);
        }
        ("replace", [other]) => {
            let other = elements(std::slice::from_ref(other))?;
            let parent = node.document.borrow().element(node.element).parent;
            let Some(parent) = parent else {
                let name = node.name();
                let uri = shown(name.namespace.as_deref());
                let message = format!("The element '{uri}:{}' has no parent element.", name.local);
                return Err(error("SpinXmlElementException", "01014", &message));
            };
            let parent = node.with(parent);
            let at = parent.find_child(node)?;
            node.document.borrow_mut().detach(node.element);
            parent.insert(at, &other[0]);
            return Ok(Object::Xml(other[0].clone()));
        }
        _ => return Err(mismatch()),
    }
    Ok(Object::Xml(node.clone()))
}

/// `SpinXPathQuery`: a path on an element, with prefixes declared by `ns(…)`.
#[derive(Debug)]
struct XPathQuery {
    node: XmlNode,
    path: Rc<str>,
    namespaces: RefCell<Vec<(Rc<str>, Rc<str>)>>,
}

impl XPathQuery {
    fn evaluate(&self) -> Result<xpath::Value, ObjectError> {
        let document = self.node.document.borrow();
        xpath::evaluate(&document, self.node.element, &self.path, &self.namespaces.borrow()).ok_or_else(|| {
            let name = &document.element(self.node.element).name;
            let uri = shown(name.namespace.as_deref());
            let message = format!("Unable to evaluate XPath expression on element '{uri}:{}'", name.local);
            error("SpinXPathException", "01024", &message)
        })
    }

    fn nodes(&self, attributes: bool) -> Result<Vec<Object>, ObjectError> {
        let not_found = || {
            let message = format!("Unable to find XPath expression '{}'", self.path);
            error("SpinXPathException", "01035", &message)
        };
        let class = if attributes { "SpinXmlAttribute" } else { "SpinXmlElement" };
        let cast = || {
            let message = format!("Unable to cast XPath expression to class 'class org.camunda.spin.xml.{class}'");
            error("SpinXPathException", "01025", &message)
        };
        let xpath::Value::Nodes(found) = self.evaluate()? else {
            return Err(cast());
        };
        if found.is_empty() {
            return Err(not_found());
        }
        found
            .into_iter()
            .map(|node| match node {
                xpath::Node::Element(ix) if !attributes => Ok(Object::Xml(self.node.with(ix))),
                xpath::Node::Attribute(ix, name) if attributes => Ok(Object::Xml(self.node.with_attribute(ix, &name))),
                _ => Err(cast()),
            })
            .collect()
    }
}

impl Extension for XPathQuery {
    fn class_name(&self) -> String {
        "org.camunda.spin.impl.xml.dom.query.DomXPathQuery".to_owned()
    }

    fn text(&self) -> String {
        self.class_name()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
        match (name, args) {
            ("element", []) => self.nodes(false).map(|mut found| found.remove(0)),
            ("attribute", []) => self.nodes(true).map(|mut found| found.remove(0)),
            ("elementList", []) => self.nodes(false).map(Object::list),
            ("attributeList", []) => self.nodes(true).map(Object::list),
            ("string", []) => {
                let value = self.evaluate()?;
                Ok(Object::string(value.text(&self.node.document.borrow())))
            }
            ("number", []) => {
                let value = self.evaluate()?;
                Ok(Object::Double(value.number(&self.node.document.borrow())))
            }
            ("bool", []) => Ok(Object::Boolean(self.evaluate()?.truth())),
            ("ns", [prefix, uri]) => {
                let pair = (string(prefix, ctx)?, string(uri, ctx)?);
                self.namespaces.borrow_mut().push(pair);
                Ok(self.object())
            }
            ("ns", [Object::Map(pairs)]) => {
                for (prefix, uri) in pairs.borrow().iter() {
                    let pair = (string(&prefix.0, ctx)?, string(uri, ctx)?);
                    self.namespaces.borrow_mut().push(pair);
                }
                Ok(self.object())
            }
            _ => Err(mismatch()),
        }
    }
}

impl XPathQuery {
    fn object(&self) -> Object {
        Object::Extension(Rc::new(Self {
            node: self.node.clone(),
            path: self.path.clone(),
            namespaces: self.namespaces.clone(),
        }))
    }
}
