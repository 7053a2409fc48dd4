//! Types in declarations, casts and tests.

use super::{Parsed, Parser};
use crate::{
    ast::{ClassIx, Type},
    classes::{self, Class, Lookup},
    token::{PRIMITIVES, RESERVED, TokenKind},
};

impl Parser<'_> {
    /// Index of the token behind a type that starts at `index`; `None` when there is none.
    pub(super) fn scan_type(&self, index: usize) -> Option<usize> {
        let first = self.word_at(index)?;
        let mut at = index + 1;
        if !PRIMITIVES.contains(&&**first) {
            if RESERVED.contains(&&**first) {
                return None;
            }
            while self.punct_at(at, ".") && self.word_at(at + 1).is_some_and(|word| !RESERVED.contains(&&**word)) {
                at += 2;
            }
        }
        if self.punct_at(at, "<") {
            at = self.scan_generics(at)?;
        }
        while self.punct_at(at, "[") && self.punct_at(at + 1, "]") {
            at += 2;
        }
        Some(at)
    }

    /// Index of the token behind `<…>`.
    fn scan_generics(&self, open: usize) -> Option<usize> {
        let mut depth = 0_i32;
        let mut at = open;
        loop {
            match &self.tokens.get(at)?.kind {
                TokenKind::Punct("<") => depth += 1,
                TokenKind::Punct(">") => depth -= 1,
                TokenKind::Punct(">>") => depth -= 2,
                TokenKind::Punct(">>>") => depth -= 3,
                TokenKind::Punct("," | "." | "?" | "[" | "]" | "&") | TokenKind::Word(_) => {}
                _ => return None,
            }
            at += 1;
            if depth <= 0 {
                return (depth == 0).then_some(at);
            }
        }
    }

    /// Whether a declaration `Type name` starts at `index`; the type is not `def`.
    pub(super) fn scan_declaration(&self, index: usize) -> Option<usize> {
        let behind = self.scan_type(index)?;
        let name = self.tokens.get(behind)?;
        let is_name =
            matches!(&name.kind, TokenKind::Word(word) if !RESERVED.contains(&&**word)) && !name.newline_before;
        if !is_name {
            return None;
        }
        // Without an upper-case type, `a b` is a command unless a value is assigned.
        let last = (index..behind).rev().find_map(|at| self.word_at(at))?;
        let named = self.word_at(index).filter(|_| self.punct_at(index + 1, "<")).unwrap_or(last);
        let typed = named.starts_with(char::is_uppercase) || PRIMITIVES.contains(&&**named);
        let next = &self.tokens.get(behind + 1)?;
        match next.kind {
            TokenKind::Punct("=") => Some(behind),
            _ if !typed => None,
            TokenKind::Punct(";" | "," | "}" | ")" | ":") | TokenKind::End => Some(behind),
            TokenKind::Punct("(") => Some(behind),
            TokenKind::Word(ref word) if &**word == "in" => Some(behind),
            _ if next.newline_before => Some(behind),
            _ => None,
        }
    }

    /// A type; `def`, `var` and `Object` are `None`.
    pub(super) fn parse_type(&mut self) -> Parsed<Option<Type>> {
        let at = self.offset();
        let (class, primitive) = match self.kind() {
            TokenKind::Word(word) if PRIMITIVES.contains(&&**word) => {
                let class = classes::wrapper(word);
                self.advance();
                (Class::Known(class), true)
            }
            TokenKind::Word(word) if matches!(&**word, "def" | "var") => {
                self.advance();
                return Ok(None);
            }
            _ => (self.class_name()?, false),
        };
        self.skip_generics()?;
        let mut array = 0;
        while self.is_punct("[") && self.punct_at(self.at + 1, "]") {
            self.advance();
            self.advance();
            if array == u8::MAX {
                return self.fail(at, "an array has too many dimensions");
            }
            array += 1;
        }
        if array == 0 && class == Class::Known(classes::known("java.lang.Object")) {
            return Ok(None);
        }
        Ok(Some(Type { class, primitive, array }))
    }

    /// Skips `<…>`: types of elements are erased.
    pub(super) fn skip_generics(&mut self) -> Parsed<()> {
        if self.is_punct("<") {
            match self.scan_generics(self.at) {
                Some(behind) => self.at = behind,
                None => return self.unexpected(""),
            }
        }
        Ok(())
    }

    /// A class by simple or qualified name.
    pub(super) fn class_name(&mut self) -> Parsed<Class> {
        let at = self.offset();
        let mut name = self.name()?.to_string();
        while self.is_punct(".") && self.word_at(self.at + 1).is_some_and(|word| !RESERVED.contains(&&**word)) {
            self.advance();
            name.push('.');
            name.push_str(&self.name()?);
        }
        match self.find_class(&name) {
            Some(Lookup::Found(class)) => Ok(Class::Known(class)),
            Some(Lookup::Refused(why)) => self.fail(at, why),
            Some(Lookup::Unknown) => self.fail(at, format!("unable to resolve class {name}")),
            None => Ok(Class::User(self.user_class(&name).unwrap_or_default())),
        }
    }

    pub(super) fn user_class(&self, name: &str) -> Option<ClassIx> {
        self.class_names
            .iter()
            .position(|found| &**found == name)
            .map(|ix| ClassIx::try_from(ix).expect("the number of classes is checked when they are collected"))
    }

    /// Looks a class name up; `None` is a class of the script.
    pub(super) fn find_class(&self, name: &str) -> Option<Lookup> {
        if self.user_class(name).is_some() {
            return None;
        }
        Some(match name.split_once('.') {
            None => self.imports.class(name),
            // `Map.Entry`, or a qualified name.
            Some((outer, inner)) => match self.imports.class(outer) {
                Lookup::Found(class) => classes::qualified(&format!("{}.{inner}", class.name)),
                _ => classes::qualified(name),
            },
        })
    }
}
