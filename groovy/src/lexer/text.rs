//! Text literals: six ways to quote, four of them with interpolations.

use super::{Lexer, MAX_TEMPLATE_DEPTH, continues_name, starts_name};
use crate::{error::ParseError, token::TokenKind};

/// How a text is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    TripleSingle,
    Double,
    TripleDouble,
    Slashy,
    DollarSlashy,
}

impl Quote {
    fn close(self) -> &'static str {
        match self {
            Self::Single => "'",
            Self::TripleSingle => "'''",
            Self::Double => "\"",
            Self::TripleDouble => "\"\"\"",
            Self::Slashy => "/",
            Self::DollarSlashy => "/$",
        }
    }

    fn interpolates(self) -> bool {
        !matches!(self, Self::Single | Self::TripleSingle)
    }

    fn escapes(self) -> bool {
        !matches!(self, Self::Slashy | Self::DollarSlashy)
    }
}

impl Lexer<'_> {
    pub(super) fn quoted(&mut self) -> Result<(), ParseError> {
        let rest = self.rest();
        let quote = if rest.starts_with("'''") {
            Quote::TripleSingle
        } else if rest.starts_with('\'') {
            Quote::Single
        } else if rest.starts_with("\"\"\"") {
            Quote::TripleDouble
        } else {
            Quote::Double
        };
        let start = self.at;
        self.at += quote.close().len();
        self.text(quote, start)
    }

    pub(super) fn slashy(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        self.at += 1;
        self.text(Quote::Slashy, start)
    }

    pub(super) fn dollar_slashy(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        self.at += 2;
        self.text(Quote::DollarSlashy, start)
    }

    fn text(&mut self, quote: Quote, start: usize) -> Result<(), ParseError> {
        let mut part = String::new();
        let mut is_template = false;
        loop {
            let rest = self.rest();
            if rest.starts_with(quote.close()) {
                self.at += quote.close().len();
                break;
            }
            let Some(c) = rest.chars().next() else {
                return self.fail(start, "the text is not closed");
            };
            match c {
                '\n' | '\r' if matches!(quote, Quote::Single | Quote::Double) => {
                    return self.fail(start, "the text is not closed on its line");
                }
                '\r' => {
                    self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
                    part.push('\n');
                }
                '\\' if quote.escapes() => self.escape(&mut part)?,
                '\\' if quote == Quote::Slashy && rest.starts_with("\\/") => {
                    self.at += 2;
                    part.push('/');
                }
                '\\' if rest.starts_with("\\\n") => self.at += 2,
                '\\' if rest.starts_with("\\u") => self.escape(&mut part)?,
                '$' if quote == Quote::DollarSlashy && (rest.starts_with("$$") || rest.starts_with("$/")) => {
                    self.at += 2;
                    part.push_str(&rest[1..2]);
                }
                '$' if quote.interpolates() => {
                    let next = rest[1..].chars().next();
                    if next == Some('{') || next.is_some_and(|c| starts_name(c) && c != '$') {
                        if !is_template {
                            is_template = true;
                            self.push(TokenKind::TemplateStart, start);
                        }
                        if !part.is_empty() {
                            self.push(TokenKind::TemplateText(std::mem::take(&mut part).into()), start);
                        }
                        self.hole()?;
                    } else if quote.escapes() {
                        return self
                            .fail(self.at, "Unexpected character: '$'; a dollar sign in a text is written `\\$`");
                    } else {
                        self.at += 1;
                        part.push('$');
                    }
                }
                c => {
                    self.at += c.len_utf8();
                    part.push(c);
                }
            }
        }
        if is_template {
            if !part.is_empty() {
                self.push(TokenKind::TemplateText(part.into()), start);
            }
            self.push(TokenKind::TemplateEnd, start);
        } else {
            self.push(TokenKind::Text(part.into()), start);
        }
        Ok(())
    }

    /// `${…}` or `$name.name`.
    fn hole(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        if self.rest().starts_with("${") {
            self.template_depth += 1;
            if self.template_depth > MAX_TEMPLATE_DEPTH {
                return self.fail(start, "interpolations are nested too deeply");
            }
            self.at += 2;
            self.push(TokenKind::HoleStart, start);
            self.brackets.push(b'$');
            self.run(Some(start))?;
            self.brackets.pop();
            self.newline = false;
            let end = self.at;
            self.at += 1;
            self.push(TokenKind::HoleEnd, end);
            self.template_depth -= 1;
            return Ok(());
        }
        self.at += 1;
        self.push(TokenKind::HoleStart, start);
        loop {
            let word_at = self.at;
            let rest = self.rest();
            let length = rest.find(|c| !continues_name(c) || c == '$').unwrap_or(rest.len());
            self.at += length;
            self.push(TokenKind::Word(rest[..length].into()), word_at);
            let after = self.rest();
            let dotted = after.starts_with('.') && after[1..].starts_with(|c| starts_name(c) && c != '$');
            if !dotted {
                break;
            }
            let dot = self.at;
            self.at += 1;
            self.push(TokenKind::Punct("."), dot);
        }
        self.push(TokenKind::HoleEnd, self.at);
        Ok(())
    }

    fn escape(&mut self, part: &mut String) -> Result<(), ParseError> {
        let start = self.at;
        let rest = &self.rest()[1..];
        let Some(c) = rest.chars().next() else {
            return self.fail(start, "the text is not closed");
        };
        self.at += 1 + c.len_utf8();
        match c {
            'n' => part.push('\n'),
            't' => part.push('\t'),
            'r' => part.push('\r'),
            'b' => part.push('\u{8}'),
            'f' => part.push('\u{c}'),
            's' => part.push(' '),
            '\\' | '\'' | '"' | '$' => part.push(c),
            '\n' => {}
            '\r' => {
                if self.rest().starts_with('\n') {
                    self.at += 1;
                }
            }
            'u' => return self.unicode(part, start),
            '0'..='7' => {
                let digits = rest.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let digits = if rest.as_bytes()[0] > b'3' { digits.min(2) } else { digits };
                self.at = start + 1 + digits;
                let code = u32::from_str_radix(&rest[..digits], 8).unwrap_or(0);
                part.extend(char::from_u32(code));
            }
            _ => return self.fail(start, format!("Unexpected character: '\\'; `\\{c}` is no escape")),
        }
        Ok(())
    }

    /// `\uXXXX`; two surrogates in a row make one character.
    fn unicode(&mut self, part: &mut String, start: usize) -> Result<(), ParseError> {
        let unit = |text: &str| -> Option<(u32, usize)> {
            let marks = text.bytes().take_while(|b| *b == b'u').count();
            let digits = text.get(marks..marks + 4)?;
            u32::from_str_radix(digits, 16).ok().map(|unit| (unit, marks + 4))
        };
        self.at = start + 1;
        let Some((first, length)) = unit(self.rest()) else {
            return self.fail(start, "`\\u` needs four hexadecimal digits");
        };
        self.at += length;
        if (0xd800..0xdc00).contains(&first)
            && self.rest().starts_with("\\u")
            && let Some((second, length)) = unit(&self.rest()[1..])
            && (0xdc00..0xe000).contains(&second)
        {
            self.at += 1 + length;
            part.extend(char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
            return Ok(());
        }
        match char::from_u32(first) {
            Some(c) => part.push(c),
            None => return self.fail(start, "half a surrogate pair"),
        }
        Ok(())
    }
}
