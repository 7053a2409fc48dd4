//! Operators, by precedence climbing.

use super::{Parsed, Parser};
use crate::{
    ast::{AssignOp, BinaryOp, Expr, ExprKind, Range, Target, Type},
    token::TokenKind,
};

/// Binding strengths of binary operators, weakest first.
mod level {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const BIT_OR: u8 = 3;
    pub(super) const BIT_XOR: u8 = 4;
    pub(super) const BIT_AND: u8 = 5;
    pub(super) const REGEX: u8 = 6;
    pub(super) const EQUALITY: u8 = 7;
    pub(super) const RELATION: u8 = 8;
    pub(super) const TYPE: u8 = 9;
    pub(super) const SHIFT: u8 = 10;
    pub(super) const ADDITION: u8 = 11;
    pub(super) const MULTIPLICATION: u8 = 12;
    pub(super) const POWER: u8 = 13;
}

/// An operator between two operands, or behind one.
enum Infix {
    Or,
    And,
    Binary(BinaryOp),
    Range { from_exclusive: bool, to_exclusive: bool },
    As,
    InstanceOf { negated: bool },
}

impl Parser<'_> {
    /// An expression that may be a command: `println x`.
    pub(super) fn statement_expression(&mut self) -> Parsed<Expr> {
        let expr = self.expression()?;
        self.command(expr)
    }

    /// An expression, assignments included.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        let left = self.conditional()?;
        let op = match self.kind() {
            TokenKind::Punct("=") => AssignOp::Set,
            TokenKind::Punct("?=") => AssignOp::Elvis,
            TokenKind::Punct(punct) if punct.ends_with('=') => match BinaryOp::from_punct(&punct[..punct.len() - 1]) {
                Some(op) if !matches!(*punct, "==" | "!=" | "<=" | ">=" | "===" | "!==") => AssignOp::Binary(op),
                _ => return Ok(left),
            },
            _ => return Ok(left),
        };
        self.advance();
        let value = Box::new(self.statement_expression()?);
        let target = self.target(left)?;
        self.node(at, ExprKind::Assign { target: Box::new(target), op, value })
    }

    /// Turns what stands left of `=` into a place.
    pub(super) fn target(&mut self, expr: Expr) -> Parsed<Target> {
        Ok(match expr.kind {
            ExprKind::Local(slot) => Target::Local { slot, ty: self.local_type(slot) },
            ExprKind::Name(name) => Target::Name(name),
            ExprKind::Property(property) => Target::Property(*property),
            ExprKind::Index { target, keys, safe } => Target::Index { target: *target, keys, safe },
            _ => {
                return self
                    .fail(expr.at, "The LHS of an assignment should be a variable or a field accessing expression");
            }
        })
    }

    fn local_type(&mut self, slot: u32) -> Option<Type> {
        self.scope().type_of(slot)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let at = self.offset();
        let condition = self.binary(0)?;
        if self.accept("?:") {
            let otherwise = self.conditional()?;
            return self.node(at, ExprKind::Elvis(Box::new((condition, otherwise))));
        }
        if self.accept("?") {
            let then = self.expression()?;
            self.expect(":")?;
            let otherwise = self.expression_in_conditional()?;
            return self.node(at, ExprKind::Ternary(Box::new((condition, then, otherwise))));
        }
        Ok(condition)
    }

    fn expression_in_conditional(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        self.conditional()
    }

    /// The operator the parser stands at, its strength and its tokens.
    fn infix(&self) -> Option<(Infix, u8, usize)> {
        let token = self.token();
        match &token.kind {
            TokenKind::Word(word) => match &**word {
                "in" => Some((Infix::Binary(BinaryOp::In), level::RELATION, 1)),
                "as" => Some((Infix::As, level::TYPE, 1)),
                "instanceof" => Some((Infix::InstanceOf { negated: false }, level::TYPE, 1)),
                _ => None,
            },
            TokenKind::Punct("!") if !self.ahead(1).space_before => match &self.ahead(1).kind {
                TokenKind::Word(word) if &**word == "in" => Some((Infix::Binary(BinaryOp::NotIn), level::RELATION, 2)),
                TokenKind::Word(word) if &**word == "instanceof" => {
                    Some((Infix::InstanceOf { negated: true }, level::TYPE, 2))
                }
                _ => None,
            },
            TokenKind::Punct(punct) => {
                let range = |from_exclusive, to_exclusive| {
                    Some((Infix::Range { from_exclusive, to_exclusive }, level::SHIFT, 1))
                };
                let strength = match *punct {
                    "||" => return Some((Infix::Or, level::OR, 1)),
                    "&&" => return Some((Infix::And, level::AND, 1)),
                    ".." => return range(false, false),
                    "..<" => return range(false, true),
                    "<.." => return range(true, false),
                    "<..<" => return range(true, true),
                    "|" => level::BIT_OR,
                    "^" => level::BIT_XOR,
                    "&" => level::BIT_AND,
                    "=~" | "==~" => level::REGEX,
                    "==" | "!=" | "===" | "!==" | "<=>" => level::EQUALITY,
                    "<" | "<=" | ">" | ">=" => level::RELATION,
                    "<<" | ">>" | ">>>" => level::SHIFT,
                    // These begin a statement of their own on a line of their own.
                    "+" | "-" if !token.newline_before => level::ADDITION,
                    "*" | "/" | "%" if !token.newline_before => level::MULTIPLICATION,
                    "**" if !token.newline_before => level::POWER,
                    _ => return None,
                };
                BinaryOp::from_punct(punct).map(|op| (Infix::Binary(op), strength, 1))
            }
            _ => None,
        }
    }

    fn binary(&mut self, weakest: u8) -> Parsed<Expr> {
        let at = self.offset();
        let mut left = self.unary()?;
        while let Some((infix, strength, length)) = self.infix() {
            if strength <= weakest {
                break;
            }
            let operator_at = self.offset();
            for _ in 0..length {
                self.advance();
            }
            let kind = match infix {
                Infix::As => match self.parse_type()? {
                    Some(ty) => ExprKind::As(ty, Box::new(left)),
                    None => continue,
                },
                Infix::InstanceOf { negated } => {
                    let class = match self.parse_type()? {
                        Some(ty) => ty.class,
                        None => crate::classes::Class::Known(crate::classes::known("java.lang.Object")),
                    };
                    ExprKind::InstanceOf { value: Box::new(left), class, negated }
                }
                Infix::Or | Infix::And => {
                    let is_or = matches!(infix, Infix::Or);
                    let pair = Box::new((left, self.binary(strength)?));
                    left = self.node(operator_at, if is_or { ExprKind::Or(pair) } else { ExprKind::And(pair) })?;
                    continue;
                }
                Infix::Binary(op) => {
                    let right = self.binary(strength)?;
                    left = self.node(operator_at, ExprKind::Binary(op, Box::new((left, right))))?;
                    continue;
                }
                Infix::Range { from_exclusive, to_exclusive } => {
                    let to = self.binary(strength)?;
                    ExprKind::Range(Box::new(Range { from: left, to, from_exclusive, to_exclusive }))
                }
            };
            left = self.node(at, kind)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        self.check_depth()?;
        let at = self.offset();
        let TokenKind::Punct(punct) = *self.kind() else { return self.postfix() };
        match punct {
            "-" | "+" => {
                self.advance();
                // `**` binds tighter than the sign.
                let value = self.binary(level::MULTIPLICATION)?;
                let kind = match (punct, value.kind) {
                    ("-", ExprKind::Int(number)) => ExprKind::Int(number.wrapping_neg()),
                    ("-", ExprKind::Long(2_147_483_648)) => ExprKind::Int(i32::MIN),
                    ("-", ExprKind::Long(number)) => ExprKind::Long(number.wrapping_neg()),
                    ("-", ExprKind::Decimal(number)) => ExprKind::Decimal(-number),
                    ("-", ExprKind::Double(number)) => ExprKind::Double(-number),
                    ("-", kind) => ExprKind::Minus(Box::new(Expr::new(value.at, kind))),
                    (_, kind) => ExprKind::Plus(Box::new(Expr::new(value.at, kind))),
                };
                self.node(at, kind)
            }
            "!" => {
                self.advance();
                let value = self.unary()?;
                self.node(at, ExprKind::Not(Box::new(value)))
            }
            "~" => {
                self.advance();
                let value = self.unary()?;
                self.node(at, ExprKind::BitNot(Box::new(value)))
            }
            "++" | "--" => {
                self.advance();
                let value = self.unary()?;
                let target = Box::new(self.target(value)?);
                self.node(at, ExprKind::Increment { target, up: punct == "++", prefix: true })
            }
            "(" if self.at_cast() => {
                self.advance();
                let ty = self.parse_type()?;
                self.expect(")")?;
                let value = self.unary()?;
                match ty {
                    Some(ty) => self.node(at, ExprKind::Cast(ty, Box::new(value))),
                    None => Ok(value),
                }
            }
            _ => self.postfix(),
        }
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let at = self.offset();
        let expr = self.path()?;
        if (self.is_punct("++") || self.is_punct("--")) && !self.token().newline_before {
            let up = self.is_punct("++");
            self.advance();
            let target = Box::new(self.target(expr)?);
            return self.node(at, ExprKind::Increment { target, up, prefix: false });
        }
        Ok(expr)
    }

    /// Whether `(` opens a cast.
    fn at_cast(&self) -> bool {
        let Some(behind) = self.scan_type(self.at + 1) else { return false };
        if !self.punct_at(behind, ")") {
            return false;
        }
        let Some(first) = self.word_at(self.at + 1) else { return false };
        let next = self.ahead(behind + 1 - self.at);
        if crate::token::PRIMITIVES.contains(&&**first) {
            return !matches!(next.kind, TokenKind::End | TokenKind::Punct(")" | "}" | "]" | "." | "," | ";"));
        }
        let operand = match &next.kind {
            TokenKind::Word(word) => !matches!(&**word, "in" | "as" | "instanceof"),
            TokenKind::Punct(punct) => matches!(*punct, "(" | "[" | "{" | "~") || *punct == "!" && next.space_before,
            TokenKind::End => false,
            _ => true,
        };
        if !operand || next.newline_before || self.is_local(first) {
            return false;
        }
        let last = (self.at + 1..behind).rev().find_map(|at| self.word_at(at));
        let class = last.is_some_and(|word| word.starts_with(char::is_uppercase)) || &**first == "def";
        // `(Foo) (x)` and `(Foo) [x]` are casts only if there is such a class.
        let certain = !matches!(next.kind, TokenKind::Punct("(" | "[" | "{"));
        class
            && (certain
                || !matches!(self.find_class(first), Some(crate::classes::Lookup::Unknown))
                || behind > self.at + 2)
    }
}
