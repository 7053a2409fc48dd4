//! Writing XML text as Spin does: declaration, two spaces per level, blank text dropped.

use std::fmt::{self, Write as _};

use super::{ElementIx, XmlChild, XmlDocument, XmlName};

enum Step<'a> {
    Open(ElementIx, usize),
    Close(ElementIx, usize),
    Text(&'a str, usize),
}

/// Writes an element with all it contains; a stack of steps instead of recursion, as trees may be built deeper than read.
pub(super) fn write(document: &XmlDocument, root: ElementIx, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let mut steps = vec![Step::Open(root, 0)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Open(ix, level) => {
                if level > 0 {
                    new_line(level, f)?;
                }
                start_tag(document, ix, f)?;
                let mut children = document.element(ix).children.iter().filter(|child| !is_blank(child)).peekable();
                match children.next() {
                    None => f.write_str("/>")?,
                    Some(XmlChild::Text(only)) if children.peek().is_none() => {
                        f.write_char('>')?;
                        escape(only, false, f)?;
                        end_tag(document, ix, f)?;
                    }
                    Some(first) => {
                        f.write_char('>')?;
                        steps.push(Step::Close(ix, level));
                        let inner: Vec<_> = std::iter::once(first).chain(children).collect();
                        steps.extend(inner.into_iter().rev().map(|child| match child {
                            XmlChild::Element(ix) => Step::Open(*ix, level + 1),
                            XmlChild::Text(text) => Step::Text(text.trim(), level + 1),
                        }));
                    }
                }
            }
            Step::Close(ix, level) => {
                new_line(level, f)?;
                end_tag(document, ix, f)?;
            }
            Step::Text(text, level) => {
                new_line(level, f)?;
                escape(text, false, f)?;
            }
        }
    }
    f.write_char('\n')
}

fn is_blank(child: &XmlChild) -> bool {
    matches!(child, XmlChild::Text(text) if text.trim().is_empty())
}

fn new_line(level: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\n{:width$}", "", width = level * 2)
}

fn start_tag(document: &XmlDocument, ix: ElementIx, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let element = document.element(ix);
    f.write_char('<')?;
    name(&element.name, f)?;
    for attribute in &element.attributes {
        f.write_char(' ')?;
        name(&attribute.name, f)?;
        f.write_str("=\"")?;
        escape(&attribute.value, true, f)?;
        f.write_char('"')?;
    }
    Ok(())
}

fn end_tag(document: &XmlDocument, ix: ElementIx, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("</")?;
    name(&document.element(ix).name, f)?;
    f.write_char('>')
}

fn name(name: &XmlName, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(prefix) = &name.prefix {
        write!(f, "{prefix}:")?;
    }
    f.write_str(&name.local)
}

fn escape(text: &str, in_attribute: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for char in text.chars() {
        match char {
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            '&' => f.write_str("&amp;")?,
            '"' if in_attribute => f.write_str("&quot;")?,
            '\n' if in_attribute => f.write_str("&#10;")?,
            '\t' if in_attribute => f.write_str("&#9;")?,
            '\r' => f.write_str("&#13;")?,
            other => f.write_char(other)?,
        }
    }
    Ok(())
}
