//! `java.util.regex`.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use objects::Extension;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) source: Rc<str>,
    pub(crate) regex: Rc<::regex::Regex>,
}

impl Extension for Pattern {
    fn class_name(&self) -> String {
        "java.util.regex.Pattern".to_owned()
    }

    fn text(&self) -> String {
        self.source.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Byte ranges of a match and its groups.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// A pattern on its way through a text.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) pattern: Pattern,
    pub(crate) text: Rc<str>,
    /// The last match.
    pub(crate) groups: RefCell<Option<Groups>>,
    /// Where the next search begins.
    pub(crate) position: Cell<usize>,
}

impl Matcher {
    pub(crate) fn new(pattern: Pattern, text: Rc<str>) -> Self {
        Self { pattern, text, groups: RefCell::new(None), position: Cell::new(0) }
    }

    /// Finds the next match.
    pub(crate) fn find(&self) -> bool {
        let at = self.position.get();
        if at > self.text.len() {
            self.groups.replace(None);
            return false;
        }
        let groups = self.pattern.regex.captures_at(&self.text, at).map(|found| groups_of(&found));
        if let Some(Some((start, end))) = groups.as_ref().map(|groups| groups[0]) {
            // Behind an empty match the search goes on one character further.
            let step = self.text[end..].chars().next().map_or(1, char::len_utf8);
            self.position.set(if start == end { end + step } else { end });
        }
        let found = groups.is_some();
        self.groups.replace(groups);
        found
    }

    /// Every match from the beginning.
    pub(crate) fn all(&self) -> Vec<Groups> {
        self.pattern.regex.captures_iter(&self.text).map(|found| groups_of(&found)).collect()
    }

    pub(crate) fn part(&self, range: Option<(usize, usize)>) -> objects::Object {
        range.map_or(objects::Object::Null, |(start, end)| objects::Object::string(&self.text[start..end]))
    }
}

pub(crate) fn groups_of(found: &::regex::Captures<'_>) -> Groups {
    found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect()
}

impl Extension for Matcher {
    fn class_name(&self) -> String {
        "java.util.regex.Matcher".to_owned()
    }

    fn text(&self) -> String {
        let last = self.groups.borrow().as_ref().and_then(|groups| groups[0]);
        let last = last.map_or("", |(start, end)| &self.text[start..end]);
        format!(
            "java.util.regex.Matcher[pattern={} region=0,{} lastmatch={last}]",
            self.pattern.source,
            self.text.encode_utf16().count()
        )
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
