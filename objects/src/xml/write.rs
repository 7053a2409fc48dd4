//! Writing XML text.

use std::fmt::{self, Write as _};

use super::{ElementIx, XmlChild, XmlDocument, XmlName};

enum Step<'a> {
    Open(ElementIx),
    Close(ElementIx),
    Text(&'a str),
    Comment(&'a str),
}

/// Writes an element with all it contains; a stack of steps instead of recursion, as trees may be built deeper than read.
pub(super) fn write(
    document: &XmlDocument,
    root: ElementIx,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut steps = vec![Step::Open(root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Open(ix) => {
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
                if element.children.is_empty() {
                    f.write_str("/>")?;
                    continue;
                }
                f.write_char('>')?;
                steps.push(Step::Close(ix));
                steps.extend(element.children.iter().rev().map(|child| match child {
                    XmlChild::Element(ix) => Step::Open(*ix),
                    XmlChild::Text(text) => Step::Text(text),
                    XmlChild::Comment(text) => Step::Comment(text),
                }));
            }
            Step::Close(ix) => {
                f.write_str("</")?;
                name(&document.element(ix).name, f)?;
                f.write_char('>')?;
            }
            Step::Text(text) => escape(text, false, f)?,
            Step::Comment(text) => write!(f, "<!--{text}-->")?,
        }
    }
    Ok(())
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
