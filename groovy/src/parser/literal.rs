//! Literals, texts with interpolations, lists, maps and closures.

use super::{
    Parsed, Parser, returns,
    scope::{FunctionKind, FunctionScope},
};
use crate::{
    ast::{Expr, ExprKind, Function, FunctionIx, MapItem, Param, TemplatePart},
    token::{RESERVED, TokenKind},
};

impl Parser<'_> {
    pub(super) fn literal(&mut self, at: u32) -> Parsed<Expr> {
        let kind = match self.kind().clone() {
            TokenKind::Int(value) => ExprKind::Int(value),
            TokenKind::Long(value) => ExprKind::Long(value),
            TokenKind::BigInteger(value) => ExprKind::BigInteger(Box::new(value)),
            TokenKind::Double(value) => ExprKind::Double(value),
            TokenKind::Decimal(value) => ExprKind::Decimal(value),
            TokenKind::Text(text) => ExprKind::Text(self.text(&text)),
            _ => return self.unexpected(""),
        };
        self.advance();
        self.node(at, kind)
    }

    /// A text with interpolations.
    pub(super) fn template(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        self.advance();
        let mut parts = Vec::new();
        loop {
            match self.kind().clone() {
                TokenKind::TemplateEnd => {
                    self.advance();
                    return self.node(at, ExprKind::Template(parts));
                }
                TokenKind::TemplateText(text) => {
                    self.advance();
                    parts.push(TemplatePart::Text(text));
                }
                TokenKind::HoleStart => {
                    self.advance();
                    parts.push(self.hole()?);
                }
                _ => return self.unexpected(""),
            }
        }
    }

    fn hole(&mut self) -> Parsed<TemplatePart> {
        let at = self.offset();
        let part = if self.kind() == &TokenKind::HoleEnd {
            TemplatePart::Hole(Expr::new(at, ExprKind::Null))
        } else if self.accept("->") {
            let function = self.function_of_closure(|parser| {
                let value = parser.statement_expression()?;
                Ok((Vec::new(), false, Self::returned(value)))
            })?;
            TemplatePart::Lazy(function)
        } else {
            TemplatePart::Hole(self.statement_expression()?)
        };
        self.accept(";");
        if self.kind() != &TokenKind::HoleEnd {
            return self.unexpected("expecting '}'");
        }
        self.advance();
        Ok(part)
    }

    /// `[…]`: a list, or a map when its first element has a key.
    pub(super) fn list_or_map(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        self.advance();
        if self.is_punct(":") {
            self.advance();
            self.expect("]")?;
            return self.node(at, ExprKind::Map(Vec::new()));
        }
        if self.at_map_key() || self.is_punct("*") && self.punct_at(self.at + 1, ":") {
            return self.map(at);
        }
        let mut items = Vec::new();
        while !self.is_punct("]") {
            let item_at = self.offset();
            let item = if self.accept("*") {
                let list = self.expression()?;
                self.node(item_at, ExprKind::Spread(Box::new(list)))?
            } else {
                self.expression()?
            };
            items.push(item);
            if !self.accept(",") {
                break;
            }
        }
        self.expect("]")?;
        self.node(at, ExprKind::List(items))
    }

    fn map(&mut self, at: u32) -> Parsed<Expr> {
        let mut items = Vec::new();
        while !self.is_punct("]") {
            if self.accept("*") {
                self.expect(":")?;
                items.push(MapItem::Spread(self.expression()?));
            } else {
                items.push(self.map_entry()?);
            }
            if !self.accept(",") {
                break;
            }
        }
        self.expect("]")?;
        self.node(at, ExprKind::Map(items))
    }

    /// Whether the closure the parser stands at declares parameters with `->`.
    pub(super) fn closure_has_arrow(&self) -> bool {
        let mut depth = 0;
        for index in self.at + 1..self.tokens.len() {
            let token = &self.tokens[index];
            match &token.kind {
                TokenKind::Punct("->") if depth == 0 => return true,
                TokenKind::Punct("(" | "[") => depth += 1,
                TokenKind::Punct(")" | "]") => {
                    depth -= 1;
                    if depth < 0 {
                        return false;
                    }
                }
                TokenKind::Punct("{" | "}" | ";") | TokenKind::End => return false,
                TokenKind::Word(word)
                    if depth == 0
                        && matches!(&**word, "return" | "if" | "switch" | "case" | "for" | "while" | "new") =>
                {
                    return false;
                }
                _ => {}
            }
            let next_is_arrow = self.punct_at(index + 1, "->");
            let ends_line = self.tokens.get(index + 1).is_some_and(|next| next.newline_before);
            if depth == 0 && ends_line && !next_is_arrow && !matches!(token.kind, TokenKind::Punct(",")) {
                return false;
            }
        }
        false
    }

    /// `{ params -> body }`.
    pub(super) fn closure(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        let has_arrow = self.closure_has_arrow();
        let function = self.function_of_closure(|parser| {
            parser.expect("{")?;
            let mut params = Vec::new();
            if has_arrow {
                params = parser.parameters("->")?;
                parser.expect("->")?;
            } else {
                parser.declare(&"it".into(), None, at)?;
            }
            let mut body = parser.statements()?;
            returns::add(&mut body);
            Ok((params, !has_arrow, body))
        })?;
        self.node(at, ExprKind::Closure(function))
    }

    /// `x -> …` or `(x, y) -> …`.
    pub(super) fn lambda(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        let function = self.function_of_closure(|parser| {
            let params = if parser.accept("(") {
                let params = parser.parameters(")")?;
                parser.expect(")")?;
                params
            } else {
                let name_at = parser.offset();
                let name = parser.name()?;
                let slot = parser.declare(&name, None, name_at)?;
                vec![Param { slot, ty: None, default: None, variadic: false }]
            };
            parser.expect("->")?;
            if parser.is_punct("{") {
                let mut body = parser.block()?;
                returns::add(&mut body);
                return Ok((params, false, body));
            }
            let value = parser.expression()?;
            Ok((params, false, Self::returned(value)))
        })?;
        self.node(at, ExprKind::Closure(function))
    }

    /// Parses parameters and body in a scope that sees the surrounding one.
    fn function_of_closure(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Parsed<(Vec<Param>, bool, Vec<crate::ast::Stmt>)>,
    ) -> Parsed<FunctionIx> {
        self.scopes.push(FunctionScope::new(FunctionKind::Closure));
        let breakable = std::mem::take(&mut self.breakable);
        let in_case_pattern = std::mem::take(&mut self.in_case_pattern);
        let parsed = parse(self);
        self.breakable = breakable;
        self.in_case_pattern = in_case_pattern;
        let scope = self.scopes.pop().expect("pushed above");
        let (params, implicit_it, body) = parsed?;
        Ok(self.add_function(Function {
            params,
            implicit_it,
            slots: scope.slots,
            captures: scope.captures,
            body,
            ..Function::default()
        }))
    }

    /// Parameters up to a closing token, which stays.
    pub(super) fn parameters(&mut self, close: &str) -> Parsed<Vec<Param>> {
        let mut params = Vec::new();
        while !self.is_punct(close) {
            while self.is_punct("@") {
                self.annotation_of_local()?;
            }
            self.accept_word("final");
            let behind = self.scan_type(self.at);
            let typed = self.is_word("def")
                || behind.is_some_and(|at| {
                    self.punct_at(at, "...") || self.word_at(at).is_some_and(|word| !RESERVED.contains(&&**word))
                });
            let ty = if typed { self.parse_type()? } else { None };
            let variadic = self.accept("...");
            let at = self.offset();
            let name = self.name()?;
            let default = if self.accept("=") { Some(self.expression()?) } else { None };
            let slot = self.declare(&name, if variadic { None } else { ty.clone() }, at)?;
            params.push(Param { slot, ty, default, variadic });
            if !self.accept(",") {
                break;
            }
        }
        Ok(params)
    }

    /// A pattern of `case`: no lambda, since `->` ends it.
    pub(super) fn case_pattern(&mut self) -> Parsed<Expr> {
        let before = std::mem::replace(&mut self.in_case_pattern, true);
        let pattern = self.expression();
        self.in_case_pattern = before;
        pattern
    }
}
