//! Statements.

use super::{Parsed, Parser, scope::FunctionKind};
use crate::{
    ast::{Case, Catch, Expr, ExprKind, Slot, Stmt, Switch, Try, Type},
    classes::{self, Class},
    token::{PRIMITIVES, RESERVED, Str, TokenKind},
};

impl Parser<'_> {
    /// A block in braces with its own scope.
    pub(super) fn block(&mut self) -> Parsed<Vec<Stmt>> {
        self.expect("{")?;
        self.open_block();
        let body = self.statements()?;
        self.close_block();
        Ok(body)
    }

    /// Statements up to and including the closing brace.
    pub(super) fn statements(&mut self) -> Parsed<Vec<Stmt>> {
        let mut body = Vec::new();
        loop {
            self.skip_separators();
            if self.accept("}") {
                return Ok(body);
            }
            if self.kind() == &TokenKind::End {
                return self.unexpected("expecting '}'");
            }
            self.statement_into(&mut body)?;
        }
    }

    /// A statement, or several for `int a = 1, b = 2`.
    pub(super) fn statement_into(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        self.check_depth()?;
        while self.is_punct("@") {
            self.annotation_of_local()?;
        }
        if self.is_word("final") || self.is_word("def") || self.is_word("var") && self.word_at(self.at + 1).is_some() {
            return self.local_declaration(body);
        }
        if let TokenKind::Word(word) = self.kind()
            && (!RESERVED.contains(&&**word) || PRIMITIVES.contains(&&**word))
            && self.scan_declaration(self.at).is_some()
        {
            return self.local_declaration(body);
        }
        let statement = self.statement()?;
        body.push(statement);
        Ok(())
    }

    /// One statement that is the body of another, with its own scope.
    fn sub_statement(&mut self) -> Parsed<Stmt> {
        if self.accept(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        if self.is_punct("{") {
            return self.block().map(Stmt::Block);
        }
        self.open_block();
        let mut body = Vec::new();
        self.statement_into(&mut body)?;
        self.close_block();
        Ok(if body.len() == 1 { body.remove(0) } else { Stmt::Block(body) })
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        self.check_depth()?;
        let at = self.offset();
        if self.is_punct("{") && !self.closure_has_arrow() {
            return self.block().map(Stmt::Block);
        }
        let TokenKind::Word(word) = self.kind().clone() else { return self.expression_statement() };
        match &*word {
            "if" => self.if_statement(),
            "while" | "do" | "for" | "switch" => self.loop_statement(None),
            "try" => self.try_statement(),
            "return" => {
                self.advance();
                let value = if self.at_statement_end() { None } else { Some(self.statement_expression()?) };
                self.end_statement()?;
                Ok(Stmt::Return(value))
            }
            "throw" => {
                self.advance();
                let value = self.statement_expression()?;
                self.end_statement()?;
                Ok(Stmt::Throw(value))
            }
            "break" | "continue" => {
                self.advance();
                if self.breakable == 0 {
                    let place = if &*word == "break" { "loop or switch" } else { "loop" };
                    return self.fail(at, format!("the {word} statement is only allowed inside {place}s"));
                }
                let label = if self.at_statement_end() { None } else { Some(self.name()?) };
                self.end_statement()?;
                Ok(if &*word == "break" { Stmt::Break(label) } else { Stmt::Continue(label) })
            }
            "assert" => self.assertion(),
            "class" | "enum" | "interface" | "trait" | "static" | "public" | "private" | "protected" | "abstract"
                if word.as_ref() != "trait" || self.word_at(self.at + 1).is_some() =>
            {
                self.fail(at, format!("`{word}` is allowed at the top of a script only"))
            }
            "import" | "package" => self.fail(at, format!("`{word}` is allowed at the top of a script only")),
            "synchronized" | "goto" => self.fail(at, format!("`{word}` is beyond the subset")),
            _ if self.punct_at(self.at + 1, ":") && !RESERVED.contains(&&*word) => {
                self.advance();
                self.advance();
                if matches!(self.kind(), TokenKind::Word(next) if matches!(&**next, "while" | "do" | "for" | "switch"))
                {
                    return self.loop_statement(Some(word));
                }
                let mut body = Vec::new();
                self.statement_into(&mut body)?;
                Ok(Stmt::Block(body))
            }
            _ => self.expression_statement(),
        }
    }

    fn expression_statement(&mut self) -> Parsed<Stmt> {
        let expr = self.statement_expression()?;
        self.end_statement()?;
        Ok(Stmt::Expr(expr))
    }

    /// `def x = 1`, `int a = 1, b`, `def (x, y) = …`.
    fn local_declaration(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        self.simple_declaration(body)?;
        self.end_statement()
    }

    pub(super) fn simple_declaration(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        self.accept_word("final");
        let had_def = self.accept_word("def")
            || self.is_word("var") && self.word_at(self.at + 1).is_some() && {
                self.advance();
                true
            };
        if had_def && self.is_punct("(") {
            return self.tuple_declaration(body);
        }
        // `def int x` and `final String x` name a type as well.
        let untyped = had_def || self.punct_at(self.at + 1, "=");
        let typed = !untyped
            || self.scan_type(self.at).is_some_and(|at| {
                matches!(&self.tokens[at].kind, TokenKind::Word(word) if !RESERVED.contains(&&**word))
                    && !self.tokens[at].newline_before
            });
        let ty = if typed { self.parse_type()? } else { None };
        loop {
            let at = self.offset();
            let name = self.name()?;
            if self.is_punct("(") {
                return self.fail(at, "methods are allowed at the top of a script and in classes only");
            }
            // The value does not see the variable, not even in a closure.
            let value = if self.accept("=") { Some(self.statement_expression()?) } else { None };
            let slot = self.declare(&name, ty.clone(), at)?;
            body.push(Stmt::Declare { slot, ty: ty.clone(), value });
            if !self.accept(",") {
                return Ok(());
            }
        }
    }

    fn tuple_declaration(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        self.expect("(")?;
        let mut names: Vec<(Str, Option<Type>, u32)> = Vec::new();
        loop {
            let ty = if self.scan_type(self.at).is_some_and(|at| self.word_at(at).is_some()) {
                self.parse_type()?
            } else {
                None
            };
            let at = self.offset();
            names.push((self.name()?, ty, at));
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        self.expect("=")?;
        let value = self.statement_expression()?;
        let mut targets: Vec<(Slot, Option<Type>)> = Vec::new();
        for (name, ty, at) in names {
            targets.push((self.declare(&name, ty.clone(), at)?, ty));
        }
        body.push(Stmt::DeclareMany { targets, value });
        Ok(())
    }

    fn parenthesised(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let expr = self.expression()?;
        self.expect(")")?;
        Ok(expr)
    }

    fn if_statement(&mut self) -> Parsed<Stmt> {
        self.advance();
        let condition = self.parenthesised()?;
        let then = Box::new(self.sub_statement()?);
        let behind = usize::from(self.is_punct(";"));
        let has_else = matches!(&self.ahead(behind).kind, TokenKind::Word(word) if &**word == "else");
        let otherwise = if has_else {
            self.at += behind + 1;
            Some(Box::new(self.sub_statement()?))
        } else {
            None
        };
        Ok(Stmt::If { condition, then, otherwise })
    }

    fn loop_statement(&mut self, label: Option<Str>) -> Parsed<Stmt> {
        self.breakable += 1;
        let statement = if self.is_word("switch") {
            let switch = self.switch()?;
            Ok(Stmt::Switch { label, switch })
        } else if self.is_word("for") {
            self.open_block();
            let statement = self.for_statement(label);
            self.close_block();
            statement
        } else if self.accept_word("while") {
            let condition = self.parenthesised()?;
            let body = Box::new(self.sub_statement()?);
            Ok(Stmt::While { label, condition, body })
        } else {
            self.advance();
            let body = Box::new(self.sub_statement()?);
            self.skip_separators();
            if !self.accept_word("while") {
                return self.unexpected("expecting 'while'");
            }
            let condition = self.parenthesised()?;
            self.end_statement()?;
            Ok(Stmt::DoWhile { label, condition, body })
        };
        self.breakable -= 1;
        statement
    }

    fn for_statement(&mut self, label: Option<Str>) -> Parsed<Stmt> {
        self.advance();
        self.expect("(")?;
        if let Some(in_loop) = self.for_in_header()? {
            let (slot, ty, items) = in_loop;
            let body = Box::new(self.sub_statement()?);
            return Ok(Stmt::ForIn { label, slot, ty, items, body });
        }
        let mut init = Vec::new();
        if !self.is_punct(";") {
            let declares = self.is_word("def") || self.is_word("final") || self.scan_declaration(self.at).is_some();
            if declares {
                self.simple_declaration(&mut init)?;
            } else {
                for expr in self.expressions_up_to(";")? {
                    init.push(Stmt::Expr(expr));
                }
            }
        }
        self.expect(";")?;
        let condition = if self.is_punct(";") { None } else { Some(self.expression()?) };
        self.expect(";")?;
        let update = self.expressions_up_to(")")?;
        self.expect(")")?;
        let body = Box::new(self.sub_statement()?);
        Ok(Stmt::For { label, init, condition, update, body })
    }

    fn expressions_up_to(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let mut exprs = Vec::new();
        while !self.is_punct(close) {
            exprs.push(self.expression()?);
            if !self.accept(",") {
                break;
            }
        }
        Ok(exprs)
    }

    /// `[type] name in|: items)`; the parser stands behind the opening parenthesis.
    fn for_in_header(&mut self) -> Parsed<Option<(Slot, Option<Type>, Expr)>> {
        let mut at = self.at;
        while self.word_at(at).is_some_and(|word| matches!(&**word, "def" | "final" | "var")) {
            at += 1;
        }
        let is_in = |parser: &Self, at: usize| {
            parser.punct_at(at, ":") || parser.word_at(at).is_some_and(|word| &**word == "in")
        };
        let name_at = if self.word_at(at).is_some() && is_in(self, at + 1) {
            at
        } else {
            match self.scan_type(at) {
                Some(name_at) if self.word_at(name_at).is_some() && is_in(self, name_at + 1) => name_at,
                _ => return Ok(None),
            }
        };
        self.at = at;
        let ty = if name_at > at { self.parse_type()? } else { None };
        let offset = self.offset();
        let name = self.name()?;
        self.advance();
        let items = self.expression()?;
        self.expect(")")?;
        let slot = self.declare(&name, ty.clone(), offset)?;
        Ok(Some((slot, ty, items)))
    }

    /// A switch, as statement or value; the parser stands at the word.
    pub(super) fn switch(&mut self) -> Parsed<Switch> {
        self.advance();
        let subject = self.parenthesised()?;
        self.expect("{")?;
        self.open_block();
        let mut cases = Vec::new();
        loop {
            self.skip_separators();
            if self.accept("}") {
                break;
            }
            cases.push(self.case()?);
        }
        self.close_block();
        Ok(Switch { subject, cases })
    }

    fn case(&mut self) -> Parsed<Case> {
        let is_default = self.accept_word("default");
        let mut patterns = Vec::new();
        if !is_default {
            if !self.accept_word("case") {
                return self.unexpected("expecting 'case' or 'default'");
            }
            loop {
                patterns.push(self.case_pattern()?);
                if !self.accept(",") {
                    break;
                }
            }
        }
        if self.accept("->") {
            let mut body = Vec::new();
            if self.is_punct("{") {
                body.push(Stmt::Block(self.block()?));
            } else {
                self.statement_into(&mut body)?;
            }
            // An arrow never falls through.
            body.push(Stmt::Break(None));
            return Ok(Case { patterns, is_default, body });
        }
        self.expect(":")?;
        let mut body = Vec::new();
        loop {
            self.skip_separators();
            if self.is_punct("}") || self.is_word("case") || self.is_word("default") {
                return Ok(Case { patterns, is_default, body });
            }
            if self.kind() == &TokenKind::End {
                return self.unexpected("expecting '}'");
            }
            self.statement_into(&mut body)?;
        }
    }

    fn try_statement(&mut self) -> Parsed<Stmt> {
        let at = self.offset();
        self.advance();
        if self.is_punct("(") {
            return self.fail(at, "`try` with resources is beyond the subset");
        }
        let body = self.block()?;
        let mut catches = Vec::new();
        while self.accept_word("catch") {
            self.open_block();
            self.expect("(")?;
            self.accept_word("final");
            let mut classes = Vec::new();
            let typed = !(self.word_at(self.at).is_some() && self.punct_at(self.at + 1, ")"));
            if typed && !self.accept_word("def") {
                loop {
                    classes.push(self.class_name()?);
                    if !self.accept("|") {
                        break;
                    }
                }
            } else {
                // `catch (e)` catches exceptions, not errors.
                classes.push(Class::Known(classes::known("java.lang.Exception")));
            }
            let name_at = self.offset();
            let name = self.name()?;
            let slot = self.declare(&name, None, name_at)?;
            self.expect(")")?;
            let body = self.block()?;
            self.close_block();
            catches.push(Catch { classes, slot, body });
        }
        let finally = if self.accept_word("finally") { Some(self.block()?) } else { None };
        if catches.is_empty() && finally.is_none() {
            return self.unexpected("expecting 'catch' or 'finally'");
        }
        Ok(Stmt::Try(Box::new(Try { body, catches, finally })))
    }

    fn assertion(&mut self) -> Parsed<Stmt> {
        self.advance();
        let at = self.offset();
        let condition = self.expression()?;
        let end = self.tokens[self.at - 1].end as usize;
        let source = self.source[at as usize..end].into();
        let message = if self.accept(":") || self.accept(",") { Some(self.expression()?) } else { None };
        self.end_statement()?;
        Ok(Stmt::Assert { condition, message, source, at })
    }

    /// Parses something as a function of its own that sees no locals.
    pub(super) fn separate<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<(T, Slot)> {
        self.scopes.push(super::scope::FunctionScope::new(FunctionKind::Method));
        let breakable = std::mem::take(&mut self.breakable);
        let result = parse(self);
        self.breakable = breakable;
        let scope = self.scopes.pop().expect("pushed above");
        Ok((result?, scope.slots))
    }

    /// A value alone, as the body of a function.
    pub(super) fn returned(value: Expr) -> Vec<Stmt> {
        vec![Stmt::Return(Some(value))]
    }

    /// A class as an expression.
    pub(super) fn class_expr(at: u32, class: Class) -> Expr {
        Expr::new(at, ExprKind::Class(class))
    }
}
