//! Scans the inside of a start tag and resolves references, with the error texts of the Java XML parser.

use std::collections::HashSet;

use super::{
    chars::{is_name, is_ncname, is_xml_char, is_xml_space},
    reader::XmlError,
};

/// One attribute as written: qualified name and normalised value.
#[derive(Debug)]
pub(super) struct RawAttribute<'s> {
    pub(super) name: &'s str,
    pub(super) value: String,
}

/// Scans `name a="b" …` (everything between `<` and `>` or `/>`); `base` is its offset in the source.
pub(super) fn scan_tag<'s>(
    tag: &'s str,
    name: &'s str,
    base: usize,
    limit: usize,
) -> Result<Vec<RawAttribute<'s>>, XmlError> {
    let mut attributes: Vec<RawAttribute<'s>> = Vec::new();
    let mut names = HashSet::new();
    let mut at = name.len();
    loop {
        let rest = &tag[at..];
        let trimmed = rest.trim_start_matches(is_xml_space);
        if trimmed.is_empty() {
            return Ok(attributes);
        }
        at = tag.len() - trimmed.len();
        let fail = |text: String| Err(XmlError::new(text, base + at));
        let key = &trimmed[..trimmed
            .find(|c| is_xml_space(c) || c == '=')
            .unwrap_or(trimmed.len())];
        if trimmed.len() == rest.len() || !is_name(key) {
            return fail(format!(
                "Element type \"{name}\" must be followed by either attribute specifications, \">\" or \"/>\"."
            ));
        }
        check_qualified_name(key, base + at)?;
        let behind_key = trimmed[key.len()..].trim_start_matches(is_xml_space);
        let Some(behind_equals) = behind_key.strip_prefix('=') else {
            return fail(format!(
                "Attribute name \"{key}\" associated with an element type \"{name}\" must be followed by the ' = ' character."
            ));
        };
        let quoted = behind_equals.trim_start_matches(is_xml_space);
        let Some(quote) = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return fail(format!(
                "Open quote is expected for attribute \"{key}\" associated with an  element type  \"{name}\"."
            ));
        };
        let inside = &quoted[1..];
        let end = inside.find(quote);
        let raw = &inside[..end.unwrap_or(inside.len())];
        let value_at = base + (tag.len() - inside.len());
        if let Some(less) = raw.find('<') {
            return Err(XmlError::new(
                format!(
                    "The value of attribute \"{key}\" associated with an element type \"{name}\" must not contain the '<' character."
                ),
                value_at + less,
            ));
        }
        if end.is_none() {
            return fail(format!(
                "Close quote is expected for attribute \"{key}\" associated with an  element type  \"{name}\"."
            ));
        }
        let value = normalise(raw, value_at, |c| {
            format!(
                "An invalid XML character (Unicode: 0x{:x}) was found in the value of attribute \"{key}\" and element is \"{name}\".",
                u32::from(c)
            )
        })?;
        if !names.insert(key) {
            return fail(format!(
                "Attribute \"{key}\" was already specified for element \"{name}\"."
            ));
        }
        attributes.push(RawAttribute { name: key, value });
        if attributes.len() > limit {
            let limit = grouped(limit);
            return fail(format!(
                "JAXP00010002:  Element \"{name}\" has more than \"{limit}\" attributes, \"{limit}\" is the limit imposed by the JDK."
            ));
        }
        at = tag.len() - inside.len() + raw.len() + 1;
    }
}

/// `10000` as `10,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// At most one colon, with an `NCName` on each side.
pub(super) fn check_qualified_name(name: &str, at: usize) -> Result<(), XmlError> {
    let valid = match name.split_once(':') {
        None => is_ncname(name),
        Some((prefix, local)) => is_ncname(prefix) && is_ncname(local),
    };
    if valid {
        Ok(())
    } else {
        Err(XmlError::new(
            format!(
                "Element or attribute \"{name}\" do not match QName production: QName::=(NCName:)?NCName."
            ),
            at,
        ))
    }
}

/// Attribute value normalisation (XML 1.0 §3.3.3): references resolved, white space to spaces.
fn normalise(raw: &str, at: usize, invalid: impl Fn(char) -> String) -> Result<String, XmlError> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let offset = at + (raw.len() - rest.len());
        match c {
            '&' => {
                let (resolved, length) = reference(rest, offset)?;
                value.push(resolved);
                rest = &rest[length..];
                continue;
            }
            '\r' => {
                value.push(' ');
                if rest[1..].starts_with('\n') {
                    rest = &rest[1..];
                }
            }
            '\t' | '\n' => value.push(' '),
            c if !is_xml_char(c) => return Err(XmlError::new(invalid(c), offset)),
            c => value.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    Ok(value)
}

/// Resolves the reference at the start of `text` (which begins with `&`): the character and the length of the reference.
pub(super) fn reference(text: &str, at: usize) -> Result<(char, usize), XmlError> {
    let body = &text[1..];
    let end =
        body.find(|c: char| !(c.is_alphanumeric() || matches!(c, '#' | '_' | '-' | '.' | ':')));
    let name = &body[..end.unwrap_or(body.len())];
    let fail = |message: String| Err(XmlError::new(message, at));
    if name.is_empty() {
        return fail(
            "The entity name must immediately follow the '&' in the entity reference.".to_owned(),
        );
    }
    if !body[name.len()..].starts_with(';') {
        return fail(if name.starts_with('#') {
            "The character reference must end with the ';' delimiter.".to_owned()
        } else {
            format!("The reference to entity \"{name}\" must end with the ';' delimiter.")
        });
    }
    let length = name.len() + 2;
    let resolved = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        _ => match name.strip_prefix('#') {
            None => {
                return fail(format!(
                    "The entity \"{name}\" was referenced, but not declared."
                ));
            }
            Some(digits) => {
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                match code
                    .ok()
                    .and_then(char::from_u32)
                    .filter(|&c| is_xml_char(c))
                {
                    Some(c) => c,
                    None => {
                        return fail(format!(
                            "Character reference \"&{name}\" is an invalid XML character."
                        ));
                    }
                }
            }
        },
    };
    Ok((resolved, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: &str) -> String {
        let name = tag.split(' ').next().unwrap_or_default();
        scan_tag(tag, name, 0, 100)
            .expect_err("the tag is broken")
            .message
    }

    #[test]
    fn values_are_normalised() {
        let tag = "a x='1\t2&#10;3&amp;&#x41;\r\n4' y = \"\"";
        let attributes = scan_tag(tag, "a", 0, 100).expect("well-formed");
        assert_eq!(attributes[0].value, "1 2\n3&A 4");
        assert_eq!(attributes[1].name, "y");
    }

    #[test]
    fn broken_tags_have_the_java_texts() {
        assert_eq!(
            message("a x=1"),
            "Open quote is expected for attribute \"x\" associated with an  element type  \"a\"."
        );
        assert_eq!(
            message("a x='1'y='2'"),
            "Element type \"a\" must be followed by either attribute specifications, \">\" or \"/>\"."
        );
        assert_eq!(
            message("a x y='2'"),
            "Attribute name \"x\" associated with an element type \"a\" must be followed by the ' = ' character."
        );
        assert_eq!(
            message("a x='1' x='2'"),
            "Attribute \"x\" was already specified for element \"a\"."
        );
        assert_eq!(
            message("a x='&u;'"),
            "The entity \"u\" was referenced, but not declared."
        );
        assert_eq!(
            message("a x='<'"),
            "The value of attribute \"x\" associated with an element type \"a\" must not contain the '<' character."
        );
        assert_eq!(
            message("a x:.y='1'"),
            "Element or attribute \"x:.y\" do not match QName production: QName::=(NCName:)?NCName."
        );
    }

    #[test]
    fn the_attribute_limit_is_reported_as_the_jdk_does() {
        let error = scan_tag("a b='' c=''", "a", 0, 1).expect_err("one is the limit");
        assert!(
            error.message.contains("has more than \"1\" attributes"),
            "{}",
            error.message
        );
        assert_eq!(grouped(10_000), "10,000");
    }
}
