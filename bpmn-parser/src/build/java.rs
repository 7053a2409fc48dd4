//! Small pieces of Java's library whose exact behaviour shows.

/// `String.trim`: everything up to the space is white.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

/// `StringUtil.isExpression`.
pub(super) fn is_expression(text: &str) -> bool {
    let text = trim(text);
    text.starts_with("${") || text.starts_with("#{")
}

/// Camunda's `parseBooleanAttribute`.
pub(super) fn boolean_word(text: &str) -> Option<bool> {
    match text {
        "true" | "enabled" | "on" | "active" | "yes" => Some(true),
        "false" | "disabled" | "off" | "inactive" | "no" => Some(false),
        _ => None,
    }
}

/// `Integer.parseInt`: optional sign, digits, range. Java's exception text on failure.
pub(super) fn parse_int(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| format!("For input string: \"{text}\""))
}

/// Camunda's `parseCommaSeparatedList`: commas inside `${…}` do not separate.
pub(super) fn comma_separated(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut inside_expression = false;
    for c in text.chars() {
        match c {
            '{' | '$' => inside_expression = true,
            '}' => inside_expression = false,
            ',' if !inside_expression => {
                parts.push(trim(&part).to_owned());
                part.clear();
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    if !part.is_empty() {
        parts.push(trim(&part).to_owned());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_outside_expressions() {
        assert_eq!(comma_separated("a, ${f(b,c)} ,d,"), ["a", "${f(b,c)}", "d"]);
        assert_eq!(comma_separated(""), Vec::<String>::new());
    }

    #[test]
    fn integers_are_parsed_as_java_does() {
        assert_eq!(parse_int("+7"), Ok(7));
        assert_eq!(parse_int("x"), Err("For input string: \"x\"".to_owned()));
        assert!(parse_int("99999999999").is_err());
        assert!(parse_int("").is_err());
    }
}
