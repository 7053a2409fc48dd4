//! From tokens to the resolved tree.
//!
//! Names are resolved while parsing: Groovy declares locals before their use. Where the grammar is ambiguous the parser
//! looks ahead over tokens; it never goes back, so that resolving stays a single pass.

mod declaration;
mod expression;
mod literal;
mod primary;
mod returns;
mod scope;
mod statement;
mod types;

use rustc_hash::FxHashMap;

use crate::{
    ast::{ClassIx, Expr, ExprKind, Function, FunctionIx, Program, TextIx, UserClass},
    classes::Imports,
    error::ParseError,
    lexer,
    stack::StackGuard,
    token::{RESERVED, Str, Token, TokenKind},
};
use scope::{FunctionKind, FunctionScope};

/// Native stack the parser may use, in bytes.
const STACK: usize = 768 * 1024;

/// Tallest tree of expressions: long chains of operators are tall without being nested in the source.
const MAX_HEIGHT: u32 = 1_000;

type Parsed<T> = Result<T, ParseError>;

pub(crate) struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    scopes: Vec<FunctionScope>,
    functions: Vec<Function>,
    classes: Vec<UserClass>,
    /// Names of all classes of the script, known before they are parsed.
    class_names: Vec<Str>,
    methods: Vec<(Str, FunctionIx)>,
    texts: Vec<Str>,
    text_index: FxHashMap<Str, TextIx>,
    imports: Imports,
    guard: StackGuard,
    /// Inside the body of a class.
    in_class: Option<ClassIx>,
    /// Enclosing loops and switches of the current function.
    breakable: u32,
    /// Inside `case …`, where `->` is no lambda.
    in_case_pattern: bool,
}

/// Parses a script.
pub(crate) fn parse(source: &str) -> Parsed<Program> {
    let tokens = lexer::tokens(source)?;
    let mut parser = Parser {
        source,
        tokens,
        at: 0,
        scopes: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        class_names: Vec::new(),
        methods: Vec::new(),
        texts: Vec::new(),
        text_index: FxHashMap::default(),
        imports: Imports::default(),
        guard: StackGuard::new(STACK),
        in_class: None,
        breakable: 0,
        in_case_pattern: false,
    };
    parser.collect_class_names()?;
    parser.scopes.push(FunctionScope::new(FunctionKind::Script));
    let mut body = Vec::new();
    loop {
        parser.skip_separators();
        if parser.kind() == &TokenKind::End {
            break;
        }
        parser.top_level(&mut body)?;
    }
    returns::add(&mut body);
    let scope = parser.scopes.pop().expect("the script's scope was pushed above");
    let main = parser.add_function(Function { body, slots: scope.slots, ..Function::default() });
    Ok(Program {
        functions: parser.functions,
        main,
        classes: parser.classes,
        methods: parser.methods,
        texts: parser.texts,
    })
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at]
    }

    fn kind(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    /// The token some places ahead; the end repeats.
    fn ahead(&self, distance: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + distance).min(last)]
    }

    fn offset(&self) -> u32 {
        self.token().at
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn is_punct(&self, punct: &str) -> bool {
        matches!(self.kind(), TokenKind::Punct(found) if *found == punct)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), TokenKind::Word(found) if &**found == word)
    }

    fn punct_at(&self, index: usize, punct: &str) -> bool {
        matches!(self.tokens.get(index).map(|token| &token.kind), Some(TokenKind::Punct(found)) if *found == punct)
    }

    fn word_at(&self, index: usize) -> Option<&Str> {
        match self.tokens.get(index).map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn accept(&mut self, punct: &str) -> bool {
        let found = self.is_punct(punct);
        if found {
            self.advance();
        }
        found
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, punct: &str) -> Parsed<()> {
        if self.accept(punct) { Ok(()) } else { self.unexpected(&format!("expecting '{punct}'")) }
    }

    /// A name that is no keyword.
    fn name(&mut self) -> Parsed<Str> {
        match self.kind() {
            TokenKind::Word(word) if !RESERVED.contains(&&**word) => {
                let word = word.clone();
                self.advance();
                Ok(word)
            }
            _ => self.unexpected("expecting a name"),
        }
    }

    fn fail<T>(&self, offset: u32, message: impl Into<String>) -> Parsed<T> {
        Err(lexer::error_at(self.source, offset as usize, message))
    }

    fn unexpected<T>(&self, expecting: &str) -> Parsed<T> {
        let token = self.token();
        let text = &self.source[token.at as usize..token.end as usize];
        let text = if token.kind == TokenKind::End { "<EOF>" } else { text };
        let text: String = text.chars().take(60).collect();
        let expecting = if expecting.is_empty() { String::new() } else { format!("; {expecting}") };
        self.fail(token.at, format!("Unexpected input: '{text}'{expecting}"))
    }

    fn check_depth(&self) -> Parsed<()> {
        if self.guard.exceeded() { self.fail(self.offset(), "the script is nested too deeply") } else { Ok(()) }
    }

    /// Skips `;`.
    fn skip_separators(&mut self) {
        while self.accept(";") {}
    }

    /// The end of a statement: `;`, a line end, or what closes the block.
    fn end_statement(&mut self) -> Parsed<()> {
        if self.accept(";") || self.at_statement_end() { Ok(()) } else { self.unexpected("") }
    }

    fn at_statement_end(&self) -> bool {
        self.token().newline_before
            || self.is_word("else")
            || self.is_punct("}")
            || self.is_punct(";")
            || self.kind() == &TokenKind::End
    }

    fn text(&mut self, text: &Str) -> TextIx {
        if let Some(ix) = self.text_index.get(text) {
            return *ix;
        }
        let ix = TextIx::try_from(self.texts.len()).expect("a script has less than 2^32 texts");
        self.texts.push(text.clone());
        self.text_index.insert(text.clone(), ix);
        ix
    }

    fn add_function(&mut self, function: Function) -> FunctionIx {
        let ix = FunctionIx::try_from(self.functions.len()).expect("a script has less than 2^32 functions");
        self.functions.push(function);
        ix
    }

    /// Makes a node, unless the tree grows too tall.
    fn node(&self, at: u32, kind: ExprKind) -> Parsed<Expr> {
        let expr = Expr::new(at, kind);
        if expr.height > MAX_HEIGHT {
            return self.fail(at, "the expression is nested too deeply");
        }
        Ok(expr)
    }
}
