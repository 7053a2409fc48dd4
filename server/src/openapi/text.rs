//! Reads the lists of operations and schemas. What they may contain is said at their top.

/// A type of the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type<'a> {
    /// A word: `string`, `integer`, … or the name of a schema.
    Named(&'a str),
    /// `[T]`.
    List(Box<Type<'a>>),
    /// `{T}`: an object with values of a type.
    Map(Box<Type<'a>>),
    /// `a|b`: one of several words.
    OneOf(Vec<&'a str>),
}

/// A parameter or property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Type<'a>,
}

/// An answer: its status, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub(crate) status: &'a str,
    /// `None` when it has no body.
    pub(crate) content: Option<Content<'a>>,
}

/// What a body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// JSON of a type.
    Json(Type<'a>),
    /// A form with the parts of a schema.
    Form(&'a str),
    /// Something else: its media type.
    Media(&'a str),
}

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// What it does, in a line.
    pub(crate) summary: &'a str,
    pub(crate) query: Vec<Field<'a>>,
    pub(crate) body: Option<Content<'a>>,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) once: bool,
    pub(crate) answers: Vec<Answer<'a>>,
    /// Who uses it: `clients`, `web apps`, `special`, or `Tollgate` when Camunda has it not.
    pub(crate) users: &'a str,
    /// What differs from Camunda.
    pub(crate) difference: Option<&'a str>,
}

fn kind(text: &str) -> Type<'_> {
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(inner) = within('[', ']') {
        return Type::List(Box::new(kind(inner)));
    }
    if let Some(inner) = within('{', '}') {
        return Type::Map(Box::new(kind(inner)));
    }
    // one word alone has the bar behind it
    let words = || text.split('|').filter(|word| !word.is_empty()).collect();
    if text.contains('|') { Type::OneOf(words()) } else { Type::Named(text) }
}

fn field(word: &str) -> Field<'_> {
    let (name, text) = word.split_once(':').unwrap_or((word, "string"));
    Field { name, kind: kind(text) }
}

fn content(text: &str) -> Content<'_> {
    if let Some(schema) = text.strip_prefix("form ") {
        return Content::Form(schema);
    }
    if text == "binary" || text.contains('/') { Content::Media(text) } else { Content::Json(kind(text)) }
}

/// Reads `operations.txt`.
pub(crate) fn operations(text: &str) -> Vec<Operation<'_>> {
    let mut operations: Vec<Operation<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let last = operations.last_mut();
        match (mark, last) {
            ("?", Some(operation)) => operation.query.extend(rest.split(' ').map(field)),
            ("=", Some(operation)) => operation.users = rest,
            ("~", Some(operation)) => operation.difference = Some(rest),
            ("!", Some(operation)) => operation.once = rest == "once",
            (">", Some(operation)) => operation.body = Some(content(rest)),
            ("<", Some(operation)) => {
                let (status, what) = rest.split_once(' ').unwrap_or((rest, ""));
                let content = (!what.is_empty()).then(|| content(what));
                operation.answers.push(Answer { status, content });
            }
            _ => {
                let (path, summary) = rest.split_once(' ').unwrap_or((rest, ""));
                operations.push(Operation {
                    method: mark,
                    path,
                    summary: summary.trim(),
                    query: Vec::new(),
                    body: None,
                    once: false,
                    answers: Vec::new(),
                    users: "",
                    difference: None,
                });
            }
        }
    }
    operations
}

/// Reads `schemas.txt`: names, and their properties.
pub(crate) fn schemas(text: &str) -> Vec<(&str, Vec<Field<'_>>)> {
    let mut schemas: Vec<(&str, Vec<Field<'_>>)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("  "), schemas.last_mut()) {
            (Some(fields), Some((_, known))) => known.extend(fields.split(' ').map(field)),
            _ => schemas.push((line, Vec::new())),
        }
    }
    schemas
}
