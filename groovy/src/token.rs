//! Tokens of a source text.

use std::sync::Arc;

use rust_decimal::Decimal;

/// Text shared between the tree and whoever runs it, on any thread.
pub(crate) type Str = Arc<str>;

/// One token; a text with interpolations is a bracketed run of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Byte offset of its first character.
    pub(crate) at: u32,
    /// Byte offset behind its last character.
    pub(crate) end: u32,
    /// A line ended before it, outside of round and square brackets.
    pub(crate) newline_before: bool,
    /// White space stands before it.
    pub(crate) space_before: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// Identifier or keyword.
    Word(Str),
    Int(i32),
    Long(i64),
    BigInteger(i128),
    Double(f64),
    Decimal(Decimal),
    /// A text without interpolations.
    Text(Str),
    /// Opens a text with interpolations.
    TemplateStart,
    /// Literal part of such a text.
    TemplateText(Str),
    /// Opens an interpolation.
    HoleStart,
    /// Closes an interpolation.
    HoleEnd,
    /// Closes a text with interpolations.
    TemplateEnd,
    /// Operator or punctuation.
    Punct(&'static str),
    End,
}

/// Words that are never names of variables.
pub(crate) const RESERVED: &[&str] = &[
    "abstract",
    "as",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "def",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "threadsafe",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "while",
];

/// Names of the primitive types.
pub(crate) const PRIMITIVES: &[&str] = &["boolean", "byte", "char", "short", "int", "long", "float", "double", "void"];
