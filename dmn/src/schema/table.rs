//! The notation of the rule tables.
//!
//! ```text
//! namespace URI                    target of what follows
//! prefix p URI                     for names like p:name; xsd: is the built-in types
//! [abstract] element NAME TYPE [< HEAD]
//! [abstract] type NAME [: BASE]    followed by indented lines:
//!   ( a:T b:T? ( c:T | &d )+ )     content; any-other* is any element of another namespace
//!   @name[!] TYPE [= DEFAULT]      attribute; @any-other attributes of other namespaces
//! enum NAME BASE value | value     one of some words
//! range NAME MIN MAX               a whole number
//! ```

use std::{collections::HashMap, sync::Arc};

use super::{AttributeRule, Complex, Global, Name, Particle, Schema, Term, Type, datatypes::Simple};

/// Namespace of the built-in types.
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

struct Table<'t> {
    namespace: Arc<str>,
    prefixes: HashMap<&'t str, Arc<str>>,
}

impl Table<'_> {
    fn name(&self, text: &str) -> Name {
        match text.split_once(':') {
            Some((prefix, local)) => (self.prefixes[prefix].clone(), local.into()),
            None => (self.namespace.clone(), text.into()),
        }
    }
}

/// Adds the declarations of one table. The tables are part of this crate: what does not fit is a mistake in them.
pub(super) fn read(text: &str, schema: &mut Schema) {
    let mut table = Table { namespace: "".into(), prefixes: HashMap::from([("xsd", XSD.into())]) };
    let mut current: Option<(Name, Complex)> = None;
    for line in text.lines() {
        if let Some(inner) = line.strip_prefix("  ") {
            if let Some((_, complex)) = &mut current {
                member(&table, inner, complex);
            }
            continue;
        }
        if let Some((name, complex)) = current.take() {
            schema.types.insert(name, Type::Complex(complex));
        }
        let (is_abstract, line) = match line.strip_prefix("abstract ") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["namespace", uri] => table.namespace = uri.into(),
            ["prefix", prefix, uri] => {
                table.prefixes.insert(prefix, uri.into());
            }
            ["element", name, type_name, ref head @ ..] => {
                let name = table.name(name);
                if let ["<", head] = head {
                    schema.substitutes.entry(table.name(head)).or_default().push(name.clone());
                }
                schema.elements.insert(name, Global { type_name: table.name(type_name), is_abstract });
            }
            ["type", name, ref base @ ..] => {
                let base = base.get(1).map(|base| table.name(base));
                current = Some((table.name(name), Complex { is_abstract, base, ..Complex::default() }));
            }
            ["enum", name, _, ..] => {
                let words = line.splitn(4, ' ').nth(3).unwrap_or_default();
                let values = words.split(" | ").map(Into::into).collect();
                schema.types.insert(table.name(name), Type::Simple(Simple::OneOf(values)));
            }
            ["range", name, low, high] => {
                let bound = |text: &str| text.parse().unwrap_or_default();
                let simple = Simple::Between(bound(low), bound(high));
                schema.types.insert(table.name(name), Type::Simple(simple));
            }
            _ => debug_assert!(line.is_empty(), "unknown declaration: {line}"),
        }
    }
    if let Some((name, complex)) = current {
        schema.types.insert(name, Type::Complex(complex));
    }
}

fn member(table: &Table<'_>, line: &str, complex: &mut Complex) {
    let Some(attribute) = line.strip_prefix('@') else {
        let mut words = line.split(' ').peekable();
        complex.content = particle(table, &mut words);
        return;
    };
    if attribute == "any-other" {
        complex.any_attribute = true;
        return;
    }
    let mut words = attribute.split(' ');
    let name = words.next().unwrap_or_default();
    let type_name = table.name(words.next().unwrap_or("xsd:string"));
    complex.attributes.push(AttributeRule {
        name: name.trim_end_matches('!').into(),
        required: name.ends_with('!'),
        type_name,
    });
}

fn particle<'t>(table: &Table<'_>, words: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>) -> Option<Particle> {
    let word = words.next()?;
    if word == "(" {
        let mut parts = Vec::new();
        let mut choice = false;
        loop {
            match words.peek() {
                Some(&"|") => {
                    choice = true;
                    words.next();
                }
                Some(end) if end.starts_with(')') => break,
                Some(_) => parts.extend(particle(table, words)),
                None => return None,
            }
        }
        let (_, optional, repeated) = occurrence(words.next()?);
        let term = if choice { Term::Choice(parts) } else { Term::Sequence(parts) };
        return Some(Particle { term, optional, repeated });
    }
    let (text, optional, repeated) = occurrence(word);
    let term = if text.starts_with("any-other") {
        Term::AnyOther(table.namespace.clone())
    } else if let Some(global) = text.strip_prefix('&') {
        Term::Global(table.name(global))
    } else {
        let (name, type_name) = text.split_once(':')?;
        Term::Element(table.name(name), table.name(type_name))
    };
    Some(Particle { term, optional, repeated })
}

/// A word without its `?`, `*` or `+`.
fn occurrence(word: &str) -> (&str, bool, bool) {
    if let Some(text) = word.strip_suffix('?') {
        (text, true, false)
    } else if let Some(text) = word.strip_suffix('*') {
        (text, true, true)
    } else if let Some(text) = word.strip_suffix('+') {
        (text, false, true)
    } else {
        (word, false, false)
    }
}
