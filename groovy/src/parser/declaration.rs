//! Imports, methods, classes and annotations at the top of a script.

use super::{Parsed, Parser, returns};
use crate::{
    ast::{ClassIx, Expr, ExprKind, Field, Function, Stmt, Target, ToStringStyle, Type, UserClass},
    classes::{self, Class, KnownClass, Lookup},
    token::{RESERVED, Str, TokenKind},
};

/// Words before a declaration that change nothing here.
const MODIFIERS: &[&str] = &["public", "private", "protected", "final", "abstract", "transient", "volatile"];

/// Annotations that change nothing here.
const IGNORED_ANNOTATIONS: &[&str] = &[
    "CompileStatic",
    "CompileDynamic",
    "TypeChecked",
    "SuppressWarnings",
    "Override",
    "Deprecated",
    "PackageScope",
    "Sortable",
    "Generated",
];

/// What annotations ask of a class.
#[derive(Default)]
struct ClassTraits {
    to_string: Option<ToStringStyle>,
    value_equality: bool,
    tuple_constructor: bool,
}

impl Parser<'_> {
    /// Finds the classes a script declares, so that they can be named before their declaration.
    pub(super) fn collect_class_names(&mut self) -> Parsed<()> {
        let mut depth = 0_u32;
        for index in 0..self.tokens.len() {
            match &self.tokens[index].kind {
                TokenKind::Punct("{") => depth += 1,
                TokenKind::Punct("}") => depth = depth.saturating_sub(1),
                TokenKind::Word(word) if depth == 0 && matches!(&**word, "class" | "enum") => {
                    let member = index > 0 && self.punct_at(index - 1, ".");
                    if let Some(name) = self.word_at(index + 1).cloned().filter(|_| !member) {
                        self.class_names.push(name);
                    }
                }
                _ => {}
            }
        }
        if self.class_names.len() > 1000 {
            return self.fail(0, "the script declares too many classes");
        }
        for name in self.class_names.clone() {
            self.classes.push(UserClass {
                name,
                parent: None,
                fields: Vec::new(),
                methods: Vec::new(),
                constructors: Vec::new(),
                constants: None,
                to_string: None,
                value_equality: false,
                tuple_constructor: false,
            });
        }
        Ok(())
    }

    /// An import, method, class or statement of the script.
    pub(super) fn top_level(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        if self.is_word("package") {
            self.advance();
            self.qualified_name()?;
            return self.end_statement();
        }
        if self.is_word("import") {
            return self.import();
        }
        let mut traits = ClassTraits::default();
        let mut is_field = false;
        while self.is_punct("@") {
            self.annotation(&mut traits, &mut is_field)?;
        }
        if is_field {
            return self.script_field(body);
        }
        let start = self.at;
        let mut is_static = false;
        while matches!(self.kind(), TokenKind::Word(word) if MODIFIERS.contains(&&**word) || &**word == "static") {
            is_static |= self.is_word("static");
            self.advance();
        }
        if self.is_word("class") || self.is_word("enum") {
            return self.class(&traits);
        }
        if self.is_word("interface") || self.is_word("trait") && self.word_at(self.at + 1).is_some() {
            return self.fail(self.offset(), "interfaces and traits are beyond the subset");
        }
        if self.at_method() || self.at > start && self.at_untyped_method() {
            let (name, ix) = self.method(is_static)?;
            self.methods.push((name, ix));
            return Ok(());
        }
        self.at = start;
        self.statement_into(body)
    }

    fn qualified_name(&mut self) -> Parsed<Str> {
        let mut name = self.name()?.to_string();
        while self.is_punct(".") && self.word_at(self.at + 1).is_some() {
            self.advance();
            // Packages may be named by keywords, such as `in`.
            if let TokenKind::Word(word) = self.kind().clone() {
                self.advance();
                name.push('.');
                name.push_str(&word);
            }
        }
        Ok(name.into())
    }

    fn import(&mut self) -> Parsed<()> {
        let at = self.offset();
        self.advance();
        let is_static = self.accept_word("static");
        let name = self.qualified_name()?;
        let star = self.is_punct(".") && self.punct_at(self.at + 1, "*");
        if star {
            self.advance();
            self.advance();
        }
        let alias = if self.accept_word("as") { Some(self.name()?) } else { None };
        self.end_statement()?;
        if star && !is_static {
            self.imports.packages.push(name);
            return Ok(());
        }
        let (class_name, member) = match name.rsplit_once('.') {
            Some((class, member)) if is_static && !star => (class, Some(member)),
            _ => (&*name, None),
        };
        // Annotations are looked at where they are used.
        if name.starts_with("groovy.transform.") {
            return Ok(());
        }
        let class = match classes::qualified(class_name) {
            Lookup::Found(class) => class,
            Lookup::Refused(why) => return self.fail(at, why),
            Lookup::Unknown => return self.fail(at, format!("unable to resolve class {class_name}")),
        };
        let last: Str = alias.unwrap_or_else(|| name.rsplit('.').next().unwrap_or(&name).into());
        match member {
            Some(member) => self.imports.members.push((last, class, member.into())),
            None if is_static => self.imports.member_classes.push(class),
            None => self.imports.classes.push((last, class)),
        }
        Ok(())
    }

    pub(super) fn annotation_of_local(&mut self) -> Parsed<()> {
        let at = self.offset();
        let mut is_field = false;
        self.annotation(&mut ClassTraits::default(), &mut is_field)?;
        if is_field {
            return self.fail(at, "Annotation @groovy.transform.Field can only be used within a Script body.");
        }
        Ok(())
    }

    fn annotation(&mut self, traits: &mut ClassTraits, is_field: &mut bool) -> Parsed<()> {
        let at = self.offset();
        self.advance();
        let name = self.qualified_name()?;
        let mut names_in_text = false;
        if self.is_punct("(") {
            let close = self.matching(self.at).unwrap_or(self.tokens.len() - 1);
            names_in_text = (self.at..close).any(|index| {
                self.word_at(index).is_some_and(|word| &**word == "includeNames")
                    && self.word_at(index + 2).is_some_and(|word| &**word == "true")
            });
            self.at = close;
            self.expect(")")?;
        }
        let simple = name.rsplit('.').next().unwrap_or(&name);
        match simple {
            "Field" => *is_field = true,
            "ToString" => traits.to_string = Some(ToStringStyle { names: names_in_text }),
            "EqualsAndHashCode" => traits.value_equality = true,
            "TupleConstructor" => traits.tuple_constructor = true,
            "Canonical" | "Immutable" => {
                traits.to_string = Some(ToStringStyle { names: names_in_text });
                traits.value_equality = true;
                traits.tuple_constructor = true;
            }
            "Grab" | "Grapes" | "GrabResolver" | "GrabConfig" | "GrabExclude" => {
                return self.fail(at, format!("@{simple} is out of reach: scripts have no access to the network"));
            }
            _ if IGNORED_ANNOTATIONS.contains(&simple) => {}
            _ => return self.fail(at, format!("annotation @{simple} is beyond the subset")),
        }
        Ok(())
    }

    /// `@Field def x = 1`: a variable that methods see too.
    fn script_field(&mut self, body: &mut Vec<Stmt>) -> Parsed<()> {
        let at = self.offset();
        while matches!(self.kind(), TokenKind::Word(word) if MODIFIERS.contains(&&**word) || matches!(&**word, "static" | "def"))
        {
            self.advance();
        }
        let typed =
            self.scan_type(self.at).is_some_and(|at| self.word_at(at).is_some() && !self.tokens[at].newline_before);
        let ty = if typed { self.parse_type()? } else { None };
        let name = self.name()?;
        let value = if self.accept("=") { self.statement_expression()? } else { Expr::new(at, ExprKind::Null) };
        self.end_statement()?;
        let value = match ty {
            Some(ty) => self.node(at, ExprKind::Cast(ty, Box::new(value)))?,
            None => value,
        };
        let assign = ExprKind::Assign {
            target: Box::new(Target::Name(name)),
            op: crate::ast::AssignOp::Set,
            value: Box::new(value),
        };
        body.push(Stmt::Expr(self.node(at, assign)?));
        Ok(())
    }

    /// Whether `def name(…) {` or `Type name(…) {` stands here.
    fn at_method(&self) -> bool {
        let name_at = if self.is_word("def") {
            match self.scan_type(self.at + 1) {
                Some(behind) if self.word_at(behind).is_some() && self.punct_at(behind + 1, "(") => behind,
                _ => self.at + 1,
            }
        } else {
            match self.scan_type(self.at) {
                Some(behind) => behind,
                None => return false,
            }
        };
        let named = match self.tokens.get(name_at).map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => !RESERVED.contains(&&**word),
            Some(TokenKind::Text(_)) => self.is_word("def"),
            _ => false,
        };
        if !named || !self.punct_at(name_at + 1, "(") {
            return false;
        }
        let Some(close) = self.matching(name_at + 1) else { return false };
        self.punct_at(close + 1, "{") || self.word_at(close + 1).is_some_and(|word| &**word == "throws")
    }

    /// Whether `name(…) {` stands here, which is a method behind a modifier.
    fn at_untyped_method(&self) -> bool {
        matches!(self.kind(), TokenKind::Word(word) if !RESERVED.contains(&&**word))
            && self.punct_at(self.at + 1, "(")
            && self.matching(self.at + 1).is_some_and(|close| self.punct_at(close + 1, "{"))
    }

    /// A method; modifiers are behind the parser.
    fn method(&mut self, is_static: bool) -> Parsed<(Str, u32)> {
        self.accept_word("def");
        let typed = !self.punct_at(self.at + 1, "(");
        let return_type = if typed { self.parse_type()? } else { None };
        let name = match self.kind().clone() {
            TokenKind::Word(word) | TokenKind::Text(word) => {
                self.advance();
                word
            }
            _ => return self.unexpected("expecting a name"),
        };
        let ix = self.callable(return_type, is_static, true)?;
        Ok((name, ix))
    }

    /// Parameters and body of a method or constructor.
    fn callable(&mut self, return_type: Option<Type>, is_static: bool, returns_value: bool) -> Parsed<u32> {
        let ((params, body), slots) = self.separate(|parser| {
            parser.expect("(")?;
            let params = parser.parameters(")")?;
            parser.expect(")")?;
            if parser.accept_word("throws") {
                loop {
                    parser.class_name()?;
                    if !parser.accept(",") {
                        break;
                    }
                }
            }
            let mut body = parser.block()?;
            let is_void =
                return_type.as_ref().is_some_and(|ty| ty.class == Class::Known(classes::known("java.lang.Void")));
            if returns_value && !is_void {
                returns::add(&mut body);
            }
            Ok((params, body))
        })?;
        let return_type = return_type.filter(|ty| ty.class != Class::Known(classes::known("java.lang.Void")));
        Ok(self.add_function(Function { params, slots, return_type, body, is_static, ..Function::default() }))
    }

    fn class(&mut self, traits: &ClassTraits) -> Parsed<()> {
        let is_enum = self.is_word("enum");
        self.advance();
        let at = self.offset();
        let name = self.name()?;
        let Some(ix) = self.user_class(&name) else {
            return self.fail(at, format!("class {name} is beyond the subset"));
        };
        self.skip_generics()?;
        let mut parent = None;
        if self.accept_word("extends") {
            let parent_at = self.offset();
            let class = self.class_name()?;
            self.skip_generics()?;
            let fits = match class {
                Class::User(parent) => parent < ix,
                Class::Known(known) => known.is_throwable() || known.name == "java.lang.Object",
            };
            if !fits {
                return self.fail(parent_at, "classes may extend exceptions and classes declared above them only");
            }
            parent = Some(class);
        }
        if self.accept_word("implements") {
            loop {
                let parent_at = self.offset();
                match self.class_name()? {
                    Class::Known(KnownClass {
                        name:
                            "java.io.Serializable" | "java.lang.Comparable" | "java.lang.Cloneable" | "java.lang.Runnable",
                        ..
                    }) => {}
                    _ => {
                        return self
                            .fail(parent_at, "classes may implement Comparable, Serializable and Cloneable only");
                    }
                }
                self.skip_generics()?;
                if !self.accept(",") {
                    break;
                }
            }
        }
        self.expect("{")?;
        let outer = self.in_class.replace(ix);
        let class = &mut self.classes[usize::from(ix)];
        class.parent = parent;
        class.to_string = traits.to_string;
        class.value_equality = traits.value_equality;
        class.tuple_constructor = traits.tuple_constructor;
        if is_enum {
            self.constants(ix)?;
        }
        loop {
            self.skip_separators();
            if self.accept("}") {
                break;
            }
            self.class_member(ix, &name)?;
        }
        self.in_class = outer;
        Ok(())
    }

    /// `RED, GREEN('g')` at the head of an enum.
    fn constants(&mut self, ix: ClassIx) -> Parsed<()> {
        let mut constants = Vec::new();
        while let TokenKind::Word(word) = self.kind().clone() {
            let at = self.offset();
            if RESERVED.contains(&&*word) || self.scan_declaration(self.at).is_some() {
                break;
            }
            self.advance();
            let (body, slots) = self.separate(|parser| {
                let args = if parser.is_punct("(") { parser.call_arguments()? } else { Vec::new() };
                let value = parser.node(at, ExprKind::New { class: Class::User(ix), args })?;
                Ok(Self::returned(value))
            })?;
            let function = self.add_function(Function { body, slots, is_static: true, ..Function::default() });
            constants.push((word, function));
            if !self.accept(",") {
                break;
            }
        }
        self.classes[usize::from(ix)].constants = Some(constants);
        Ok(())
    }

    fn class_member(&mut self, ix: ClassIx, class_name: &str) -> Parsed<()> {
        self.check_depth()?;
        while self.is_punct("@") {
            self.annotation_of_local()?;
        }
        let mut is_static = false;
        let mut modified = false;
        while matches!(self.kind(), TokenKind::Word(word) if MODIFIERS.contains(&&**word) || &**word == "static") {
            is_static |= self.is_word("static");
            modified = true;
            self.advance();
        }
        let at = self.offset();
        if self.is_word(class_name) && self.punct_at(self.at + 1, "(") {
            self.advance();
            let function = self.callable(None, false, false)?;
            self.classes[usize::from(ix)].constructors.push(function);
            return Ok(());
        }
        if self.is_word("class") || self.is_word("enum") || self.is_word("interface") || self.is_punct("{") {
            return self.fail(at, "nested classes and initialisers are beyond the subset");
        }
        if self.at_method() || modified && self.at_untyped_method() {
            let (name, function) = self.method(is_static)?;
            self.classes[usize::from(ix)].methods.push((name, function));
            return Ok(());
        }
        let had_def = self.accept_word("def");
        let typed =
            self.scan_type(self.at).is_some_and(|at| self.word_at(at).is_some() && !self.tokens[at].newline_before);
        if !typed && !had_def && !modified {
            return self.unexpected("expecting a field, constructor or method");
        }
        let ty = if typed { self.parse_type()? } else { None };
        loop {
            let name = self.name()?;
            let init = if self.accept("=") {
                let (body, slots) = self.separate(|parser| {
                    let value = parser.expression()?;
                    Ok(Self::returned(value))
                })?;
                Some(self.add_function(Function { slots, body, is_static, ..Function::default() }))
            } else {
                None
            };
            self.classes[usize::from(ix)].fields.push(Field { name, ty: ty.clone(), init, is_static });
            if !self.accept(",") {
                break;
            }
        }
        self.end_statement()
    }
}
