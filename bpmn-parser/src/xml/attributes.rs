//! Scans the inside of a start tag and resolves references, with the error texts of the Java XML parser.

use super::{
    chars::{is_ncname, is_xml_char, is_xml_space, leading_name},
    reader::{SAME_ENTITY, XmlError},
};

/// One attribute as written: qualified name and normalised value.
#[derive(Debug)]
pub(super) struct RawAttribute<'s> {
    pub(super) name: &'s str,
    pub(super) value: String,
}

/// Scans `name a="b" …`: everything between `<` and `>` or `/>`. `base` is its offset in the source. An `open_ended` tag is cut
/// off by the end of the file.
pub(super) fn scan_tag<'s>(
    tag: &'s str,
    name: &'s str,
    base: usize,
    open_ended: bool,
    limit: usize,
) -> Result<Vec<RawAttribute<'s>>, XmlError> {
    let mut attributes: Vec<RawAttribute<'s>> = Vec::new();
    let mut at = name.len();
    loop {
        let rest = &tag[at..];
        let trimmed = rest.trim_start_matches(is_xml_space);
        at = tag.len() - trimmed.len();
        let fail = |behind: &str, text: String| {
            let text = if open_ended && matches!(behind, "" | "/") { SAME_ENTITY.to_owned() } else { text };
            Err(XmlError::new(text, base + at))
        };
        if trimmed.is_empty() && !open_ended {
            return Ok(attributes);
        }
        let key = leading_name(trimmed);
        if trimmed.len() == rest.len() || key.is_empty() {
            return fail(
                trimmed,
                format!(
                    "Element type \"{name}\" must be followed by either attribute specifications, \">\" or \"/>\"."
                ),
            );
        }
        check_qualified_name(key, base + at)?;
        let behind_key = trimmed[key.len()..].trim_start_matches(is_xml_space);
        let Some(behind_equals) = behind_key.strip_prefix('=') else {
            return fail(
                behind_key,
                format!(
                    "Attribute name \"{key}\" associated with an element type \"{name}\" must be followed by the ' = ' character."
                ),
            );
        };
        let quoted = behind_equals.trim_start_matches(is_xml_space);
        let Some(quote) = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return fail(
                quoted,
                format!("Open quote is expected for attribute \"{key}\" associated with an  element type  \"{name}\"."),
            );
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
        let value = normalise(raw, value_at, |c| {
            format!(
                "An invalid XML character (Unicode: 0x{:x}) was found in the value of attribute \"{key}\" and element is \"{name}\".",
                u32::from(c)
            )
        })?;
        if end.is_none() {
            return Err(XmlError::new(SAME_ENTITY, base + tag.len()));
        }
        attributes.push(RawAttribute { name: key, value });
        if attributes.len() > limit {
            let limit = grouped(limit);
            return fail(
                "-",
                format!(
                    "JAXP00010002:  Element \"{name}\" has more than \"{limit}\" attributes, \"{limit}\" is the limit imposed by the JDK."
                ),
            );
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
            format!("Element or attribute \"{name}\" do not match QName production: QName::=(NCName:)?NCName."),
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
    let name = match body.strip_prefix('#') {
        Some(digits) => {
            let end = digits.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(digits.len());
            &body[..=end]
        }
        None => leading_name(body),
    };
    let fail = |message: String| Err(XmlError::new(message, at));
    if name.is_empty() {
        return fail("The entity name must immediately follow the '&' in the entity reference.".to_owned());
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
                return fail(format!("The entity \"{name}\" was referenced, but not declared."));
            }
            Some(digits) => {
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                match code.ok().and_then(char::from_u32).filter(|&c| is_xml_char(c)) {
                    Some(c) => c,
                    None => {
                        return fail(format!("Character reference \"&{name}\" is an invalid XML character."));
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
        scan_tag(tag, name, 0, false, 100).expect_err("the tag is broken").message
    }

    #[test]
    fn values_are_normalised() {
        let tag = "a x='1\t2&#10;3&amp;&#x41;\r\n4' y = \"\"";
        let attributes = scan_tag(tag, "a", 0, false, 100).expect("well-formed");
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
        assert_eq!(message("a x='&u;'"), "The entity \"u\" was referenced, but not declared.");
        assert_eq!(
            message("a x='<'"),
            "The value of attribute \"x\" associated with an element type \"a\" must not contain the '<' character."
        );
        assert_eq!(
            message("a x:='1'"),
            "Element or attribute \"x:\" do not match QName production: QName::=(NCName:)?NCName."
        );
    }

    #[test]
    fn the_attribute_limit_is_reported_as_the_jdk_does() {
        let error = scan_tag("a b='' c=''", "a", 0, false, 1).expect_err("one is the limit");
        assert!(error.message.contains("has more than \"1\" attributes"), "{}", error.message);
        assert_eq!(grouped(10_000), "10,000");
    }
}
