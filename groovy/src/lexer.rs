//! From source text to tokens.

mod number;
mod text;

use crate::{
    error::ParseError,
    token::{RESERVED, Token, TokenKind},
};

/// Longest source, in bytes.
const MAX_SOURCE: usize = 1024 * 1024;

/// Deepest nesting of texts with interpolations in one another.
const MAX_TEMPLATE_DEPTH: u32 = 32;

/// Operators, longest first.
const PUNCTUATION: &[&str] = &[
    "<..<", ">>>=", "<=>", "===", "!==", "==~", "**=", "<<=", ">>=", ">>>", "..<", "<..", "*.@", "?.@", "??.", "...",
    "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "?=", "<<", ">>",
    "..", "?.", "*.", ".&", ".@", "::", "->", "=~", "?:", "**", "?[", "{", "}", "(", ")", "[", "]", ";", ",", ".", "=",
    "<", ">", "+", "-", "*", "/", "%", "!", "~", "?", ":", "&", "|", "^", "@",
];

pub(crate) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Token>,
    /// Open brackets; a line end counts only directly inside braces.
    brackets: Vec<u8>,
    newline: bool,
    space: bool,
    template_depth: u32,
}

/// Splits a source into tokens; the last one is [`TokenKind::End`].
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, ParseError> {
    if source.len() > MAX_SOURCE {
        return Err(error_at(source, 0, format!("the script is longer than {MAX_SOURCE} bytes")));
    }
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
        brackets: Vec::new(),
        newline: false,
        space: false,
        template_depth: 0,
    };
    if source.starts_with("#!") {
        lexer.skip_line();
    }
    lexer.run(None)?;
    lexer.push(TokenKind::End, lexer.at);
    Ok(lexer.tokens)
}

/// An error at a byte offset.
pub(crate) fn error_at(source: &str, offset: usize, message: impl Into<String>) -> ParseError {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    ParseError { message: message.into(), line: number(line), column: number(column) }
}

pub(crate) fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

pub(crate) fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, ParseError> {
        Err(error_at(self.source, at, message))
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let offset = |value: usize| u32::try_from(value).expect("a source is shorter than 2^32 bytes");
        self.tokens.push(Token {
            kind,
            at: offset(start),
            end: offset(self.at),
            newline_before: std::mem::take(&mut self.newline),
            space_before: std::mem::take(&mut self.space),
        });
    }

    /// Reads tokens up to the end, or up to the brace that closes an interpolation.
    fn run(&mut self, closing: Option<usize>) -> Result<(), ParseError> {
        loop {
            self.skip_space()?;
            let Some(c) = self.peek() else {
                return match closing {
                    Some(start) => self.fail(start, "the interpolation is not closed"),
                    None => Ok(()),
                };
            };
            let start = self.at;
            match c {
                '}' if closing.is_some() && self.brackets.last() == Some(&b'$') => return Ok(()),
                '\'' | '"' => self.quoted()?,
                '/' if self.operand_expected() => self.slashy()?,
                '$' if self.rest().starts_with("$/") && self.operand_expected() => self.dollar_slashy()?,
                '0'..='9' => self.number()?,
                '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) && self.operand_expected() => {
                    self.number()?;
                }
                c if starts_name(c) => {
                    let word = self.word();
                    self.push(TokenKind::Word(word.into()), start);
                }
                _ => self.punctuation(start, c)?,
            }
        }
    }

    fn word(&mut self) -> &'s str {
        let rest = self.rest();
        let length = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn punctuation(&mut self, start: usize, c: char) -> Result<(), ParseError> {
        let rest = self.rest();
        let Some(mut punct) = PUNCTUATION.iter().copied().find(|punct| rest.starts_with(punct)) else {
            return self.fail(start, format!("Unexpected character: '{c}'"));
        };
        // `a ?[b] : c` asks for a ternary when white space stands between.
        if punct == "?[" && (self.tokens.is_empty() || self.space) {
            punct = "?";
        }
        // `x ?.5 : 1` and `1...3` do not occur; `?:` between spaces is Elvis.
        match punct {
            "(" | "[" | "{" | "?[" => self.brackets.push(punct.as_bytes()[punct.len() - 1]),
            ")" | "]" | "}" => {
                let open = match punct {
                    ")" => b'(',
                    "]" => b'[',
                    _ => b'{',
                };
                if self.brackets.pop() != Some(open) {
                    return self.fail(start, format!("Unexpected input: '{punct}'"));
                }
            }
            _ => {}
        }
        self.at += punct.len();
        self.push(TokenKind::Punct(punct), start);
        Ok(())
    }

    /// Whether a value must follow the last token, so that `/` opens a text instead of dividing.
    fn operand_expected(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            None => true,
            Some(TokenKind::Word(word)) => {
                let member = self
                    .tokens
                    .len()
                    .checked_sub(2)
                    .is_some_and(|at| matches!(self.tokens[at].kind, TokenKind::Punct("." | "?." | "*.")));
                !member
                    && RESERVED.contains(&&**word)
                    && !matches!(&**word, "this" | "super" | "null" | "true" | "false")
            }
            Some(TokenKind::Punct(punct)) => !matches!(*punct, ")" | "]" | "}" | "++" | "--") || self.newline,
            Some(TokenKind::TemplateStart | TokenKind::TemplateText(_) | TokenKind::HoleStart) => true,
            Some(_) => false,
        }
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn skip_space(&mut self) -> Result<(), ParseError> {
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { return Ok(()) };
            match c {
                '\n' | '\r' => {
                    if !matches!(self.brackets.last(), Some(b'(' | b'[')) {
                        self.newline = true;
                    }
                    self.space = true;
                    self.at += 1;
                }
                // The byte order mark and the no-break space come with pasted text.
                ' ' | '\t' | '\u{c}' | '\u{feff}' | '\u{a0}' => {
                    self.space = true;
                    self.at += c.len_utf8();
                }
                '\\' if rest[1..].starts_with(['\n', '\r']) => {
                    self.space = true;
                    self.at += if rest[1..].starts_with("\r\n") { 3 } else { 2 };
                }
                '/' if rest.starts_with("//") => {
                    self.space = true;
                    self.skip_line();
                }
                '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
                    Some(length) => {
                        let comment = &rest[..length + 4];
                        if comment.contains('\n') && !matches!(self.brackets.last(), Some(b'(' | b'[')) {
                            self.newline = true;
                        }
                        self.space = true;
                        self.at += comment.len();
                    }
                    None => return self.fail(self.at, "the comment is not closed"),
                },
                _ => return Ok(()),
            }
        }
    }
}
