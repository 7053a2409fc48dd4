//! YAML as JSON values, with the plain scalars of YAML 1.1 as `PyYAML` reads them: `no` and `off` are booleans.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

use super::{Abort, python};

/// Deepest nesting of a document.
const MAX_DEPTH: usize = 64;

/// Reads the only document of a text.
///
/// # Errors
///
/// When the text is not YAML, or uses what has no place in JSON.
pub fn parse(text: &str) -> Result<Value, Abort> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new() };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Ok(Value::Null),
            event => return reader.node(event, 0),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Value>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, Abort> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(Abort::new(error.to_string())),
            None => Err(Abort::new("the document ends early")),
        }
    }

    fn node(&mut self, event: Event<'a>, depth: usize) -> Result<Value, Abort> {
        if depth > MAX_DEPTH {
            return Err(Abort::new(format!("more than {MAX_DEPTH} levels")));
        }
        let (anchor, value) = match event {
            Event::Scalar(text, ScalarStyle::Plain, anchor, None) => (anchor, plain(&text)?),
            Event::Scalar(text, _, anchor, _) => (anchor, Value::String(text.into_owned())),
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                return known.ok_or_else(|| Abort::new("an alias without its anchor"));
            }
            Event::SequenceStart(anchor, _) => (anchor, self.sequence(depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(depth)?),
            other => return Err(Abort::new(format!("unexpected {other:?}"))),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, Abort> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::Array(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Abort> {
        let mut entries = Map::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => return Ok(Value::Object(entries)),
                event => self.node(event, depth + 1)?,
            };
            let key = match key {
                Value::String(key) => key,
                key => python::dumps(&key),
            };
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            if entries.insert(key.clone(), value).is_some() {
                return Err(Abort::new(format!("the key `{key}` stands twice")));
            }
        }
    }
}

static INTEGER: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[-+]?(0|[1-9][0-9_]*)$").expect("a pattern"));
static FLOAT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?$").expect("a pattern"));
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^([-+]?0[xob]?[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|\d{4}-\d\d?-\d\d?([Tt ].*)?|[-+]?\.(inf|nan)|<<|=)$",
    )
    .expect("a pattern")
});

/// A plain scalar by its look.
fn plain(text: &str) -> Result<Value, Abort> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Value::Bool(false),
        _ if INTEGER.is_match(text) => {
            let digits = text.replace(['_', '+'], "");
            let number: i64 = digits.parse().map_err(|_| Abort::new(format!("{text}: too large a number")))?;
            Value::from(number)
        }
        _ if FLOAT.is_match(text) => {
            let number: f64 = text.replace('_', "").parse().map_err(|_| Abort::new(format!("{text}: no number")))?;
            Number::from_f64(number).map_or(Value::Null, Value::Number)
        }
        _ if OTHER.is_match(text) => {
            return Err(Abort::new(format!("`{text}` means different things in YAML 1.1 and 1.2: put it in quotes")));
        }
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn scalars_are_those_of_yaml_1_1() {
        let text = "a: no\nb: 'no'\nc: 1_000\nd: 1.5\ne: -7\nf: ${x}\ng: 1e3\nh: PT1H\ni:\nj: [~, \"5\", T+1]";
        let expected = json!({"a": false, "b": "no", "c": 1000, "d": 1.5, "e": -7, "f": "${x}", "g": "1e3", "h": "PT1H",
            "i": null, "j": [null, "5", "T+1"]});
        assert_eq!(parse(text).unwrap(), expected);
        assert!(parse("a: 010").is_err());
        assert!(parse("a: 2030-01-01").is_err());
        assert!(parse("a: 1\na: 2").is_err());
    }

    #[test]
    fn aliases_repeat_blocks() {
        assert_eq!(parse("a: &x |\n  one\n  two\nb: *x").unwrap(), json!({"a": "one\ntwo\n", "b": "one\ntwo\n"}));
    }
}
