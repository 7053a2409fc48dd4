//! The tokens of a script, as far as [`scan`](super::scan) needs them.

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// A string without quotes inside.
    Text,
    /// A piece of a template, from a quote or brace to the next.
    Template,
    Regex,
    Sign,
}

/// A piece of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    pub(super) start: usize,
    /// For an opening bracket the index of its closing one, and the other way round.
    pub(super) partner: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

const SIGNS: [&str; 33] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
];

/// Keywords after which a slash begins a regular expression and a bracket a list.
pub(super) const OPERATOR_WORDS: [&str; 16] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "do",
    "instanceof",
    "yield",
    "await",
    "default",
    "extends",
];

/// Any character that can stand in a name, and no separator.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !(c.is_ascii() || c.is_whitespace() || c == '\u{feff}')
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Token<'s>>,
    /// Open brackets; that of a template's hole is a template token.
    open: Vec<usize>,
}

/// The tokens; `None` where this reading might differ from the engine's.
pub(super) fn tokens(source: &str) -> Option<Vec<Token<'_>>> {
    // Comments in other manners.
    if source.starts_with("#!") || source.contains("<!--") || source.contains("-->") {
        return None;
    }
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), open: Vec::new() };
    while lexer.token()? {}
    lexer.open.is_empty().then_some(lexer.tokens)
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = &self.source[self.at..self.at + length];
        self.tokens.push(Token { kind, text, start: self.at, partner: usize::MAX });
        self.at += length;
    }

    /// Reads one token or comment; `Some(false)` at the end.
    fn token(&mut self) -> Option<bool> {
        let rest = self.rest().trim_start();
        self.at = self.source.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Some(false) };
        if rest.starts_with("//") {
            self.at += rest.find(ends_line).unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            self.at += comment.find("*/")? + 4;
        } else if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let length = rest.find(|c| !is_word_char(c) && c != '.').unwrap_or(rest.len());
            self.push(Kind::Number, length);
        } else if is_word_char(first) {
            let length = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
            self.push(Kind::Word, length);
        } else if first == '"' || first == '\'' {
            let length = string_length(rest, first)?;
            self.push(Kind::Text, length);
        } else if first == '`' {
            self.template()?;
        } else if first == '/' && self.slash_begins_regex()? {
            let length = regex_length(rest)?;
            self.push(Kind::Regex, length);
        } else {
            self.sign(first)?;
        }
        Some(true)
    }

    fn sign(&mut self, first: char) -> Option<()> {
        match first {
            '\\' => return None,
            '(' | '[' | '{' => {
                self.open.push(self.tokens.len());
                self.push(Kind::Sign, 1);
            }
            ')' | ']' | '}' => {
                let open = self.open.pop()?;
                if self.tokens[open].kind == Kind::Template {
                    return if first == '}' { self.template() } else { None };
                }
                let fits = matches!((self.tokens[open].text, first), ("(", ')') | ("[", ']') | ("{", '}'));
                if !fits {
                    return None;
                }
                self.tokens[open].partner = self.tokens.len();
                self.push(Kind::Sign, 1);
                self.tokens.last_mut()?.partner = open;
            }
            _ => {
                let rest = self.rest();
                let known = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                // `a ?.5 : b` is a condition.
                let known = known.filter(|sign| **sign != "?." || !rest[2..].starts_with(|c: char| c.is_ascii_digit()));
                self.push(Kind::Sign, known.map_or(first.len_utf8(), |sign| sign.len()));
            }
        }
        Some(())
    }

    /// Reads from a back quote or the brace that ends a hole, to the next hole or the end.
    fn template(&mut self) -> Option<()> {
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, c)) = characters.next() {
            match c {
                '\\' => {
                    characters.next();
                }
                '`' => {
                    self.push(Kind::Template, at + 1);
                    return Some(());
                }
                '$' if self.rest()[at + 1..].starts_with('{') => {
                    self.open.push(self.tokens.len());
                    self.push(Kind::Template, at + 2);
                    return Some(());
                }
                _ => {}
            }
        }
        None
    }

    /// Whether a slash begins a regular expression; `None` where that is hard to tell.
    fn slash_begins_regex(&self) -> Option<bool> {
        let Some(before) = self.tokens.last() else { return Some(true) };
        Some(match before.kind {
            Kind::Number | Kind::Text | Kind::Regex => false,
            Kind::Template => before.text.ends_with("${"),
            Kind::Word => OPERATOR_WORDS.contains(&before.text) && !self.is_member(self.tokens.len() - 1),
            Kind::Sign => match before.text {
                "]" => false,
                ")" => {
                    let head = before.partner.checked_sub(1).map(|at| &self.tokens[at]);
                    head.is_some_and(|head| ["if", "while", "for", "with"].iter().any(|word| head.is_word(word)))
                }
                "}" | "++" | "--" => return None,
                _ => true,
            },
        })
    }

    fn is_member(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.tokens[before].is(".") || self.tokens[before].is("?."))
    }
}

fn string_length(rest: &str, quote: char) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            '\n' | '\r' => return None,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn regex_length(rest: &str) -> Option<usize> {
    let mut class = false;
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            '[' => class = true,
            ']' => class = false,
            '/' if !class => {
                let flags = &rest[at + 1..];
                return Some(at + 1 + flags.find(|c| !is_word_char(c)).unwrap_or(flags.len()));
            }
            c if ends_line(c) => return None,
            _ => {}
        }
    }
    None
}
