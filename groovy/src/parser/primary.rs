//! Operands and what follows them: members, calls, indexes, arguments, commands.

use super::{Parsed, Parser};
use crate::{
    ast::{Call, Callee, Expr, ExprKind, MapItem, MemberName, Property},
    classes::{self, Class, Lookup},
    token::{PRIMITIVES, RESERVED, Str, TokenKind},
};

/// Functions that `import static java.lang.Math.*` brings.
const MATH_FUNCTIONS: &[&str] =
    &["abs", "ceil", "floor", "max", "min", "pow", "round", "sqrt", "signum", "log", "exp", "floorMod", "floorDiv"];

impl Parser<'_> {
    /// An operand with its members, calls and indexes.
    pub(super) fn path(&mut self) -> Parsed<Expr> {
        let mut expr = self.primary()?;
        loop {
            let mut at = self.offset();
            let same_line = !self.token().newline_before;
            let TokenKind::Punct(punct) = *self.kind() else { return Ok(expr) };
            let kind = match punct {
                "." | "?." | "*." | "??." | ".@" | "?.@" | "*.@" => {
                    self.advance();
                    at = self.offset();
                    // `a.<T>b()` names types that are erased.
                    self.skip_generics()?;
                    self.member(expr, punct.starts_with('?'), punct.starts_with('*'))?
                }
                ".&" | "::" => {
                    self.advance();
                    if self.is_word("new") {
                        self.advance();
                        let name = MemberName::Static(self.text(&"new".into()));
                        ExprKind::MethodPointer { target: Box::new(expr), name }
                    } else {
                        let name = self.member_name()?;
                        ExprKind::MethodPointer { target: Box::new(expr), name }
                    }
                }
                "(" if same_line => {
                    let args = self.call_arguments()?;
                    call(Callee::Value(expr), args)
                }
                "[" | "?[" if same_line => {
                    self.advance();
                    let keys = self.elements("]")?;
                    self.expect("]")?;
                    ExprKind::Index { target: Box::new(expr), keys, safe: punct == "?[" }
                }
                "{" if same_line && is_callable(&expr.kind) => {
                    let closure = self.closure()?;
                    call(Callee::Value(expr), vec![closure])
                }
                _ => return Ok(expr),
            };
            expr = self.node(at, kind)?;
        }
    }

    /// What stands behind a dot.
    fn member_name(&mut self) -> Parsed<MemberName> {
        let at = self.offset();
        match self.kind().clone() {
            TokenKind::Word(word) | TokenKind::Text(word) => {
                self.advance();
                Ok(MemberName::Static(self.text(&word)))
            }
            TokenKind::TemplateStart => self.template().map(|name| MemberName::Dynamic(Box::new(name))),
            TokenKind::Punct("(") => {
                self.advance();
                let name = self.expression()?;
                self.expect(")")?;
                Ok(MemberName::Dynamic(Box::new(name)))
            }
            _ => self.fail(at, "expecting the name of a member"),
        }
    }

    fn member(&mut self, target: Expr, safe: bool, spread: bool) -> Parsed<ExprKind> {
        if self.is_word("new") {
            return self.fail(self.offset(), "inner classes are beyond the subset");
        }
        let name = self.member_name()?;
        let same_line = !self.token().newline_before;
        if same_line && (self.is_punct("(") || self.is_punct("{")) {
            let args = self.call_arguments()?;
            let callee = match (&target.kind, name) {
                (ExprKind::Name(owner), MemberName::Static(ix)) if &**owner == "super" => {
                    Callee::Super(self.texts[ix as usize].clone())
                }
                (_, name) => Callee::Method { target, name, safe, spread },
            };
            return Ok(call(callee, args));
        }
        Ok(ExprKind::Property(Box::new(Property { target, name, safe, spread })))
    }

    /// `(…)` and closures behind it, or a closure alone.
    pub(super) fn call_arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut args = Vec::new();
        if self.accept("(") {
            args = self.elements(")")?;
            self.expect(")")?;
        }
        while self.is_punct("{") && !self.token().newline_before {
            args.push(self.closure()?);
        }
        Ok(args)
    }

    /// Elements or arguments up to a closing bracket, which stays.
    fn elements(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.is_punct(close) {
            items.push(self.element()?);
            if !self.accept(",") {
                break;
            }
        }
        Ok(items)
    }

    /// One argument: a value, `*list`, `*: map` or `name: value`.
    fn element(&mut self) -> Parsed<Expr> {
        let at = self.offset();
        if self.is_punct("*") {
            self.advance();
            if self.accept(":") {
                let map = self.expression()?;
                return self.node(at, ExprKind::Named(Box::new(MapItem::Spread(map))));
            }
            let list = self.expression()?;
            return self.node(at, ExprKind::Spread(Box::new(list)));
        }
        if self.at_map_key() {
            let item = self.map_entry()?;
            return self.node(at, ExprKind::Named(Box::new(item)));
        }
        self.expression()
    }

    /// Whether `key:` stands here.
    pub(super) fn at_map_key(&self) -> bool {
        match self.kind() {
            TokenKind::Word(_)
            | TokenKind::Text(_)
            | TokenKind::Int(_)
            | TokenKind::Long(_)
            | TokenKind::Decimal(_)
            | TokenKind::Double(_) => self.punct_at(self.at + 1, ":"),
            TokenKind::Punct("(") => self.matching(self.at).is_some_and(|close| self.punct_at(close + 1, ":")),
            TokenKind::TemplateStart => {
                let mut depth = 0;
                for index in self.at..self.tokens.len() {
                    match self.tokens[index].kind {
                        TokenKind::TemplateStart => depth += 1,
                        TokenKind::TemplateEnd => {
                            depth -= 1;
                            if depth == 0 {
                                return self.punct_at(index + 1, ":");
                            }
                        }
                        _ => {}
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// Index of the bracket that closes the one at `open`.
    pub(super) fn matching(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Punct("(" | "[" | "{" | "?[") | TokenKind::HoleStart => depth += 1,
                TokenKind::Punct(")" | "]" | "}") | TokenKind::HoleEnd => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    pub(super) fn map_entry(&mut self) -> Parsed<MapItem> {
        let at = self.offset();
        let key = match self.kind().clone() {
            TokenKind::Word(word) => {
                self.advance();
                let ix = self.text(&word);
                self.node(at, ExprKind::Text(ix))?
            }
            _ => self.primary()?,
        };
        self.expect(":")?;
        let value = self.expression()?;
        Ok(MapItem::Entry(key, value))
    }

    /// `println x`, `foo a: 1, b`, `take 3 from list`: arguments without parentheses.
    pub(super) fn command(&mut self, mut expr: Expr) -> Parsed<Expr> {
        let mut callable = matches!(expr.kind, ExprKind::Name(_) | ExprKind::Local(_) | ExprKind::Property(_))
            || matches!(expr.kind, ExprKind::Call(_)) && self.word_at(self.at).is_some();
        while callable && self.at_command_argument() {
            let at = self.offset();
            let mut target = expr;
            if matches!(target.kind, ExprKind::Call(_)) {
                // `a b c d` is `a(b).c(d)`.
                let name = MemberName::Static({
                    let word = self.name()?;
                    self.text(&word)
                });
                let property = Property { target, name, safe: false, spread: false };
                target = self.node(at, ExprKind::Property(Box::new(property)))?;
                if !self.at_command_argument() {
                    expr = target;
                    break;
                }
            }
            let mut args = Vec::new();
            loop {
                args.push(self.element()?);
                if !self.accept(",") {
                    break;
                }
            }
            let callee = match target.kind {
                ExprKind::Name(name) => Callee::Function(name),
                ExprKind::Local(slot) => Callee::Local(slot),
                ExprKind::Property(property) => Callee::Method {
                    target: property.target,
                    name: property.name,
                    safe: property.safe,
                    spread: property.spread,
                },
                kind => Callee::Value(Expr::new(target.at, kind)),
            };
            expr = self.node(at, call(callee, args))?;
            callable = self.word_at(self.at).is_some_and(|word| !RESERVED.contains(&&**word));
        }
        Ok(expr)
    }

    fn at_command_argument(&self) -> bool {
        let token = self.token();
        if token.newline_before || !token.space_before {
            return false;
        }
        match &token.kind {
            TokenKind::Word(word) => {
                !RESERVED.contains(&&**word)
                    || matches!(&**word, "new" | "null" | "true" | "false" | "this")
                    || PRIMITIVES.contains(&&**word)
            }
            TokenKind::Int(_)
            | TokenKind::Long(_)
            | TokenKind::BigInteger(_)
            | TokenKind::Double(_)
            | TokenKind::Decimal(_)
            | TokenKind::Text(_)
            | TokenKind::TemplateStart => true,
            TokenKind::Punct(punct) => *punct == "!" && !self.ahead(1).space_before,
            _ => false,
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let at = self.offset();
        match self.kind().clone() {
            TokenKind::Word(word) => self.word_operand(&word, at),
            TokenKind::Punct("(") => self.in_parentheses(at),
            TokenKind::Punct("[") => self.list_or_map(),
            TokenKind::Punct("{") => self.closure(),
            TokenKind::TemplateStart => self.template(),
            // `"some name"(…)` calls the method of that name.
            TokenKind::Text(name) if self.punct_at(self.at + 1, "(") && !self.ahead(1).space_before => {
                self.advance();
                let args = self.call_arguments()?;
                self.node(at, call(Callee::Function(name), args))
            }
            _ => self.literal(at),
        }
    }

    fn in_parentheses(&mut self, at: u32) -> Parsed<Expr> {
        let close = self.matching(self.at);
        if let Some(close) = close {
            if self.punct_at(close + 1, "->") {
                return self.lambda();
            }
            if self.punct_at(close + 1, "=") && self.has_comma(self.at, close) {
                return self.assign_many(at);
            }
        }
        self.advance();
        let expr = self.statement_expression()?;
        self.expect(")")?;
        // A parenthesised name is a value: no target of `=`, no command.
        Ok(expr)
    }

    fn has_comma(&self, open: usize, close: usize) -> bool {
        (open..close).any(|index| self.punct_at(index, ","))
    }

    fn assign_many(&mut self, at: u32) -> Parsed<Expr> {
        self.advance();
        let mut targets = Vec::new();
        loop {
            let target = self.path()?;
            targets.push(self.target(target)?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        self.expect("=")?;
        let value = Box::new(self.statement_expression()?);
        self.node(at, ExprKind::AssignMany { targets, value })
    }

    fn word_operand(&mut self, word: &Str, at: u32) -> Parsed<Expr> {
        let simple = match &**word {
            "null" => Some(ExprKind::Null),
            "true" => Some(ExprKind::Bool(true)),
            "false" => Some(ExprKind::Bool(false)),
            "this" => Some(ExprKind::This),
            "super" => Some(ExprKind::Name(word.clone())),
            _ => None,
        };
        if let Some(kind) = simple {
            self.advance();
            if self.in_class.is_some() && self.is_punct("(") && matches!(&**word, "this" | "super") {
                let args = self.call_arguments()?;
                return self.node(at, call(Callee::Super(word.clone()), args));
            }
            return self.node(at, kind);
        }
        match &**word {
            "new" => return self.creation(at),
            "switch" => {
                self.breakable += 1;
                let mut switch = self.switch()?;
                self.breakable -= 1;
                super::returns::add_to_cases(&mut switch.cases);
                return self.node(at, ExprKind::Switch(Box::new(switch)));
            }
            _ if PRIMITIVES.contains(&&**word) => {
                self.advance();
                return Ok(Self::class_expr(at, Class::Known(classes::wrapper(word))));
            }
            _ if RESERVED.contains(&&**word) => return self.unexpected(""),
            _ => {}
        }
        if self.punct_at(self.at + 1, "->") && !self.in_case_pattern {
            return self.lambda();
        }
        if let Some(class) = self.class_operand(word)? {
            return Ok(Self::class_expr(at, class));
        }
        self.advance();
        let is_call = !self.token().newline_before && (self.is_punct("(") || self.is_punct("{"));
        let local = self.resolve(word);
        if !is_call {
            return self
                .node(at, local.map_or_else(|| ExprKind::Name(word.clone()), |(slot, _)| ExprKind::Local(slot)));
        }
        let args = self.call_arguments()?;
        let callee = match local {
            Some((slot, _)) => Callee::Local(slot),
            None => self.function(word, at),
        };
        self.node(at, call(callee, args))
    }

    /// A function by name; static imports come first.
    fn function(&mut self, word: &Str, at: u32) -> Callee {
        let imported = self
            .imports
            .members
            .iter()
            .find(|(name, ..)| name == word)
            .map(|(_, class, member)| (*class, member.clone()));
        let starred = || {
            let class = self.imports.member_classes.iter().find(|class| match class.name {
                "java.lang.Math" => MATH_FUNCTIONS.contains(&&**word),
                "org.camunda.spin.Spin" => matches!(&**word, "S" | "JSON" | "XML"),
                _ => false,
            })?;
            Some((*class, word.clone()))
        };
        match imported.or_else(starred) {
            Some((class, member)) => {
                let name = MemberName::Static(self.text(&member));
                Callee::Method { target: Self::class_expr(at, Class::Known(class)), name, safe: false, spread: false }
            }
            None => Callee::Function(word.clone()),
        }
    }

    /// A class by simple or qualified name, unless a local hides it; the parser moves behind it.
    fn class_operand(&mut self, word: &Str) -> Parsed<Option<Class>> {
        if self.is_local(word) {
            return Ok(None);
        }
        let at = self.offset();
        if let Some(ix) = self.user_class(word) {
            self.advance();
            return Ok(Some(Class::User(ix)));
        }
        let called = self.punct_at(self.at + 1, "(");
        if word.starts_with(char::is_uppercase) && !called {
            match self.imports.class(word) {
                Lookup::Found(class) => {
                    self.advance();
                    return Ok(Some(self.nested_class(class)));
                }
                Lookup::Refused(why) => return self.fail(at, why),
                Lookup::Unknown => {}
            }
            return Ok(None);
        }
        // `java.time.LocalDate`: the shortest run of names that is a class.
        let mut name = word.to_string();
        let mut last = self.at;
        while self.punct_at(last + 1, ".")
            && let Some(part) = self.word_at(last + 2).cloned()
        {
            last += 2;
            name.push('.');
            name.push_str(&part);
            if part.starts_with(char::is_uppercase) {
                match classes::qualified(&name) {
                    Lookup::Found(class) => {
                        self.at = last + 1;
                        return Ok(Some(self.nested_class(class)));
                    }
                    Lookup::Refused(why) => return self.fail(at, why),
                    Lookup::Unknown => return Ok(None),
                }
            }
        }
        Ok(None)
    }

    /// `Map.Entry` behind `Map`.
    fn nested_class(&mut self, class: &'static classes::KnownClass) -> Class {
        if class.name == "java.util.Map"
            && self.is_punct(".")
            && self.word_at(self.at + 1).is_some_and(|word| &**word == "Entry")
        {
            self.at += 2;
            return Class::Known(classes::known("java.util.Map$Entry"));
        }
        Class::Known(class)
    }

    /// `new Type(…)`, `new int[3]`.
    fn creation(&mut self, at: u32) -> Parsed<Expr> {
        self.advance();
        let type_at = self.offset();
        let primitive = matches!(self.kind(), TokenKind::Word(word) if PRIMITIVES.contains(&&**word));
        let class = match self.kind().clone() {
            TokenKind::Word(word) if primitive => {
                self.advance();
                Class::Known(classes::wrapper(&word))
            }
            _ => self.class_name()?,
        };
        self.skip_generics()?;
        if self.is_punct("[") {
            let mut sizes = Vec::new();
            let mut open = 0_u8;
            while self.accept("[") {
                if self.is_punct("]") {
                    open = open.saturating_add(1);
                } else {
                    sizes.push(self.expression()?);
                }
                self.expect("]")?;
            }
            let array = open.saturating_add(u8::try_from(sizes.len()).unwrap_or(u8::MAX)).saturating_sub(1);
            let element = crate::ast::Type { class, primitive, array };
            if sizes.is_empty() {
                // `new String[]{"a", "b"}` or `new String[]["a"]`.
                return self.array_initialiser(at);
            }
            return self.node(at, ExprKind::NewArray { element, sizes });
        }
        if !self.is_punct("(") {
            return self.unexpected("expecting '('");
        }
        self.advance();
        let args = self.elements(")")?;
        self.expect(")")?;
        if self.is_punct("{") && !self.token().newline_before {
            return self.fail(type_at, "anonymous classes are beyond the subset");
        }
        self.node(at, ExprKind::New { class, args })
    }

    fn array_initialiser(&mut self, at: u32) -> Parsed<Expr> {
        let close = if self.accept("{") { "}" } else { return self.unexpected("expecting '{'") };
        let items = self.elements(close)?;
        self.expect(close)?;
        self.node(at, ExprKind::List(items))
    }
}

/// Makes a call; named and spread arguments are marked.
pub(super) fn call(callee: Callee, args: Vec<Expr>) -> ExprKind {
    let special_args = args.iter().any(|arg| matches!(arg.kind, ExprKind::Named(_) | ExprKind::Spread(_)));
    ExprKind::Call(Box::new(Call { callee, args, special_args }))
}

/// Whether a closure right behind the expression is its argument.
fn is_callable(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Call(_) | ExprKind::Property(_))
}
