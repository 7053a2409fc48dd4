//! `toString()` as Groovy has it: maps as `[a:1]`, objects of the script by their own method.

use std::rc::Rc;

use objects::{Object, text};

use crate::{
    interpreter::{Interpreter, Outcome, Throw},
    values::{Entry, Instance, Range, Template, downcast},
};

/// Deepest nesting that is written; a container inside itself gets there.
const MAX_DEPTH: usize = 200;

impl Interpreter<'_> {
    /// The text of an object.
    #[expect(clippy::wrong_self_convention, reason = "the interpreter gives the text, it is not converted")]
    pub(crate) fn to_text(&mut self, object: &Object) -> Outcome<Rc<str>> {
        if let Object::String(text) = object {
            return Ok(text.clone());
        }
        if let Some(template) = downcast::<Template>(object)
            && template.lazy.is_empty()
        {
            return Ok(template.text.clone());
        }
        let mut out = String::new();
        self.append_text(&mut out, object)?;
        Ok(Rc::from(out))
    }

    pub(crate) fn append_text(&mut self, out: &mut String, object: &Object) -> Outcome<()> {
        self.write_text(out, object, false, 0)
    }

    /// `inspect()`: texts in quotes.
    pub(crate) fn inspect(&mut self, object: &Object) -> Outcome<String> {
        let mut out = String::new();
        self.write_text(&mut out, object, true, 0)?;
        Ok(out)
    }

    fn write_text(&mut self, out: &mut String, object: &Object, quoted: bool, depth: usize) -> Outcome<()> {
        if depth > MAX_DEPTH {
            return Err(Throw::limit("a container that holds itself has no text".to_owned()));
        }
        if out.len() > self.limits.text_bytes {
            return self.charge_text(out.len() as u64);
        }
        match object {
            Object::String(text) if quoted => {
                out.push('\'');
                out.push_str(
                    &text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\t', "\\t"),
                );
                out.push('\'');
            }
            Object::String(text) => out.push_str(text),
            Object::List(items) => {
                let items = items.borrow().clone();
                self.write_items(out, &items, quoted, depth)?;
            }
            Object::Set(_) => {
                let items = self.items(object)?;
                self.write_items(out, &items, quoted, depth)?;
            }
            Object::Map(map) => {
                let entries = map.borrow().clone();
                if entries.is_empty() {
                    out.push_str("[:]");
                    return Ok(());
                }
                out.push('[');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.step()?;
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.write_text(out, &key.0, quoted, depth + 1)?;
                    out.push(':');
                    self.write_text(out, value, quoted, depth + 1)?;
                }
                out.push(']');
            }
            Object::Extension(extension) => {
                if let Some(template) = downcast::<Template>(object) {
                    for part in &template.lazy {
                        let part = if downcast::<crate::values::Closure>(part).is_some() {
                            self.call_closure(part, &[])?
                        } else {
                            part.clone()
                        };
                        self.write_text(out, &part, false, depth + 1)?;
                    }
                    if template.lazy.is_empty() {
                        let text = Object::String(template.text.clone());
                        self.write_text(out, &text, quoted, depth)?;
                    }
                } else if downcast::<Range>(object).is_some_and(|range| !quoted || range.empty) {
                    let items = self.items(object)?;
                    self.write_items(out, &items, quoted, depth)?;
                } else if let Some(entry) = downcast::<Entry>(object) {
                    let value = entry.value.borrow().clone();
                    self.write_text(out, &entry.key, quoted, depth + 1)?;
                    out.push(if quoted { ':' } else { '=' });
                    self.write_text(out, &value, quoted, depth + 1)?;
                } else if downcast::<Instance>(object).is_some() {
                    out.push_str(&self.instance_text(object)?);
                } else {
                    out.push_str(&extension.text());
                }
            }
            other => text::append(out, other, self.ctx)?,
        }
        Ok(())
    }

    fn write_items(&mut self, out: &mut String, items: &[Object], quoted: bool, depth: usize) -> Outcome<()> {
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            self.step()?;
            if index > 0 {
                out.push_str(", ");
            }
            self.write_text(out, item, quoted, depth + 1)?;
        }
        out.push(']');
        Ok(())
    }
}
