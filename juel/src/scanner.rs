//! Tokens of an expression: text outside of `${…}`, symbols inside.

use crate::error::ParseError;

/// Kinds of tokens, shown as JUEL shows them in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Eof,
    Plus,
    Minus,
    Mul,
    Div,
    Mod,
    LeftParen,
    RightParen,
    Identifier,
    Not,
    And,
    Or,
    Empty,
    InstanceOf,
    Integer,
    Float,
    True,
    False,
    String,
    Null,
    LessEqual,
    Less,
    GreaterEqual,
    Greater,
    Equal,
    NotEqual,
    Question,
    Colon,
    Text,
    Dot,
    LeftBracket,
    RightBracket,
    Comma,
    StartDeferred,
    StartDynamic,
    EndEval,
}

impl Symbol {
    /// As in "expected …".
    pub(crate) fn expected(self) -> &'static str {
        match self {
            Self::Eof => "<EOF>",
            Self::Plus => "'+'",
            Self::Minus => "'-'",
            Self::Mul => "'*'",
            Self::Div => "'/'|'div'",
            Self::Mod => "'%'|'mod'",
            Self::LeftParen => "'('",
            Self::RightParen => "')'",
            Self::Identifier => "<IDENTIFIER>",
            Self::Not => "'!'|'not'",
            Self::And => "'&&'|'and'",
            Self::Or => "'||'|'or'",
            Self::Empty => "'empty'",
            Self::InstanceOf => "'instanceof'",
            Self::Integer => "<INTEGER>",
            Self::Float => "<FLOAT>",
            Self::True => "'true'",
            Self::False => "'false'",
            Self::String => "<STRING>",
            Self::Null => "'null'",
            Self::LessEqual => "'<='|'le'",
            Self::Less => "'<'|'lt'",
            Self::GreaterEqual => "'>='|'ge'",
            Self::Greater => "'>'|'gt'",
            Self::Equal => "'=='|'eq'",
            Self::NotEqual => "'!='|'ne'",
            Self::Question => "'?'",
            Self::Colon => "':'",
            Self::Text => "<TEXT>",
            Self::Dot => "'.'",
            Self::LeftBracket => "'['",
            Self::RightBracket => "']'",
            Self::Comma => "','",
            Self::StartDeferred => "'#{'",
            Self::StartDynamic => "'${'",
            Self::EndEval => "'}'",
        }
    }

    fn keyword(word: &str) -> Option<Self> {
        Some(match word {
            "null" => Self::Null,
            "true" => Self::True,
            "false" => Self::False,
            "empty" => Self::Empty,
            "div" => Self::Div,
            "mod" => Self::Mod,
            "not" => Self::Not,
            "and" => Self::And,
            "or" => Self::Or,
            "le" => Self::LessEqual,
            "lt" => Self::Less,
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "ge" => Self::GreaterEqual,
            "gt" => Self::Greater,
            "instanceof" => Self::InstanceOf,
            _ => return None,
        })
    }
}

/// A token: kind, text without escapes, place in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) symbol: Symbol,
    /// What it says, unescaped; symbols show their own spelling.
    pub(crate) image: Box<str>,
    pub(crate) start: usize,
    end: usize,
}

pub(crate) struct Scanner<'a> {
    text: &'a str,
    last: Option<(Symbol, usize)>,
}

/// `MessageFormat` writes numbers with separators of thousands.
pub(crate) fn shown_position(position: usize) -> String {
    let digits = position.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, last: None }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Position in UTF-16 units.
    pub(crate) fn position(&self, byte: usize) -> usize {
        self.text[..byte].encode_utf16().count()
    }

    fn error(&self, byte: usize, encountered: &str, expected: &str) -> ParseError {
        let position = self.position(byte);
        let message = format!(
            "Error parsing '{}': lexical error at position {}, encountered {encountered}, expected {expected}",
            self.text,
            shown_position(position)
        );
        ParseError::new(message, Some(position))
    }

    fn in_eval(&self) -> bool {
        self.last.is_some_and(|(symbol, _)| !matches!(symbol, Symbol::Text | Symbol::EndEval))
    }

    pub(crate) fn next(&mut self) -> Result<Token, ParseError> {
        let mut start = self.last.map_or(0, |(_, end)| end);
        let in_eval = self.in_eval();
        if in_eval {
            let rest = &self.text[start..];
            start += rest.len() - rest.trim_start_matches(is_java_whitespace).len();
        }
        let token = if start == self.text.len() {
            Token { symbol: Symbol::Eof, image: Box::from("null"), start, end: start }
        } else if in_eval {
            self.eval_token(start)?
        } else {
            self.text_token(start)
        };
        self.last = Some((token.symbol, token.end));
        Ok(token)
    }

    fn fixed(&self, symbol: Symbol, start: usize, length: usize) -> Token {
        let end = start + length;
        Token { symbol, image: Box::from(&self.text[start..end]), start, end }
    }

    /// Text up to the next unescaped `${` or `#{`, or one of these.
    fn text_token(&self, start: usize) -> Token {
        let rest = &self.text[start..];
        if rest.starts_with("${") {
            return self.fixed(Symbol::StartDynamic, start, 2);
        }
        if rest.starts_with("#{") {
            return self.fixed(Symbol::StartDeferred, start, 2);
        }
        let mut out = String::new();
        let mut escaped = false;
        let mut end = self.text.len();
        for (at, char) in rest.char_indices() {
            match char {
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                // A second backslash is text, and the first still escapes what follows.
                '\\' => {
                    out.push('\\');
                    continue;
                }
                '#' | '$' if rest[at + 1..].starts_with('{') => {
                    if !escaped {
                        end = start + at;
                        break;
                    }
                    out.push(char);
                }
                _ => {
                    if escaped {
                        out.push('\\');
                    }
                    out.push(char);
                }
            }
            escaped = false;
        }
        if escaped {
            out.push('\\');
        }
        Token { symbol: Symbol::Text, image: out.into_boxed_str(), start, end }
    }

    fn eval_token(&self, start: usize) -> Result<Token, ParseError> {
        let rest = &self.text[start..];
        let bytes = rest.as_bytes();
        let second = bytes.get(1).copied().unwrap_or(0);
        let (symbol, length) = match (bytes[0], second) {
            (b'}', _) => (Symbol::EndEval, 1),
            (b'*', _) => (Symbol::Mul, 1),
            (b'/', _) => (Symbol::Div, 1),
            (b'%', _) => (Symbol::Mod, 1),
            (b'+', _) => (Symbol::Plus, 1),
            (b'-', _) => (Symbol::Minus, 1),
            (b'?', _) => (Symbol::Question, 1),
            (b':', _) => (Symbol::Colon, 1),
            (b'[', _) => (Symbol::LeftBracket, 1),
            (b']', _) => (Symbol::RightBracket, 1),
            (b'(', _) => (Symbol::LeftParen, 1),
            (b')', _) => (Symbol::RightParen, 1),
            (b',', _) => (Symbol::Comma, 1),
            (b'.', second) if !second.is_ascii_digit() => (Symbol::Dot, 1),
            (b'=', b'=') => (Symbol::Equal, 2),
            (b'&', b'&') => (Symbol::And, 2),
            (b'|', b'|') => (Symbol::Or, 2),
            (b'!', b'=') => (Symbol::NotEqual, 2),
            (b'!', _) => (Symbol::Not, 1),
            (b'<', b'=') => (Symbol::LessEqual, 2),
            (b'<', _) => (Symbol::Less, 1),
            (b'>', b'=') => (Symbol::GreaterEqual, 2),
            (b'>', _) => (Symbol::Greater, 1),
            (b'"' | b'\'', _) => return self.string(start),
            (b'.' | b'0'..=b'9', _) => return Ok(self.number(start)),
            _ => return self.word(start),
        };
        Ok(self.fixed(symbol, start, length))
    }

    fn string(&self, start: usize) -> Result<Token, ParseError> {
        let rest = &self.text[start..];
        let quote = char::from(rest.as_bytes()[0]);
        let mut out = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, char)) = chars.next() {
            if char == quote {
                let end = start + at + 1;
                return Ok(Token { symbol: Symbol::String, image: out.into_boxed_str(), start, end });
            }
            if char != '\\' {
                out.push(char);
                continue;
            }
            match chars.next() {
                Some((_, escaped)) if escaped == '\\' || escaped == quote => out.push(escaped),
                Some((_, escaped)) => {
                    let encountered = format!("invalid escape sequence \\{escaped}");
                    return Err(self.error(start, &encountered, &format!("\\{quote} or \\\\")));
                }
                None => {
                    return Err(self.error(start, "unterminated string", &format!("{quote} or \\")));
                }
            }
        }
        Err(self.error(start, "unterminated string", &quote.to_string()))
    }

    fn number(&self, start: usize) -> Token {
        let bytes = &self.text.as_bytes()[start..];
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut at = digits(0);
        let mut symbol = Symbol::Integer;
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            at += digits(at);
            symbol = Symbol::Float;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits((at + 1 + sign).min(bytes.len()));
            if exponent > 0 {
                at += 1 + sign + exponent;
                symbol = Symbol::Float;
            }
        }
        self.fixed(symbol, start, at)
    }

    fn word(&self, start: usize) -> Result<Token, ParseError> {
        let rest = &self.text[start..];
        let first = rest.chars().next().unwrap_or_default();
        if !is_identifier_start(first) {
            // Java looks at one UTF-16 unit at a time.
            return Err(self.error(start, &format!("invalid character '{first}'"), "expression token"));
        }
        let length = rest.find(|char| !is_identifier_part(char)).unwrap_or(rest.len());
        let symbol = Symbol::keyword(&rest[..length]).unwrap_or(Symbol::Identifier);
        Ok(self.fixed(symbol, start, length))
    }
}

/// `Character.isWhitespace`.
fn is_java_whitespace(char: char) -> bool {
    matches!(char, '\t'..='\r' | '\u{1c}'..='\u{1f}')
        || (char.is_whitespace() && !matches!(char, '\u{a0}' | '\u{85}' | '\u{2007}' | '\u{202f}'))
}

/// `Character.isJavaIdentifierStart`, for characters of one UTF-16 unit.
fn is_identifier_start(char: char) -> bool {
    (char.is_alphabetic()
        || matches!(char, '$' | '_' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20c0}' | '\u{203f}' | '\u{2040}'))
        && char.len_utf16() == 1
}

/// `Character.isJavaIdentifierPart`.
fn is_identifier_part(char: char) -> bool {
    is_identifier_start(char)
        || (char.is_numeric() && char.len_utf16() == 1)
        || matches!(char, '\0'..='\u{8}' | '\u{e}'..='\u{1b}' | '\u{7f}'..='\u{9f}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}
