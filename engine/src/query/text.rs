//! Comparison of texts as the database does it.

use std::borrow::Cow;

use models::{Value, value::JAVA_SERIALIZED};

/// SQL `LIKE`: `%` is any text, `_` any character, `\` takes the meaning from the next.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut tokens = Vec::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        tokens.push(match char {
            '%' => Token::Any,
            '_' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            char => Token::Char(char),
        });
    }
    // greedy matching with one place to come back to: the last `%`
    let (mut at, mut token, mut back) = (0, 0, None);
    while at < text.len() {
        match tokens.get(token) {
            Some(Token::Any) => {
                back = Some((at, token));
                token += 1;
            }
            Some(Token::One) => {
                at += 1;
                token += 1;
            }
            Some(Token::Char(char)) if *char == text[at] => {
                at += 1;
                token += 1;
            }
            _ => match &mut back {
                Some((from, any)) => {
                    *from += 1;
                    at = *from;
                    token = *any + 1;
                }
                None => return false,
            },
        }
    }
    tokens[token..].iter().all(|token| *token == Token::Any)
}

/// The type of a value as Camunda's database has it: objects are named by what serialised them, which no type of the API is.
pub(crate) fn stored_type(value: &Value) -> Cow<'static, str> {
    let Value::Object(object) = value else { return value.type_name().to_lowercase().into() };
    match object.format.as_deref() {
        None | Some(JAVA_SERIALIZED) => "serializable".into(),
        Some(format) => format!("spin://{format}").into(),
    }
}

/// `LIKE` of the texts in upper case.
pub(crate) fn like_ignoring_case(text: &str, pattern: &str) -> bool {
    like(&text.to_uppercase(), &pattern.to_uppercase())
}

/// Equality of the texts in upper case.
pub(crate) fn equal_ignoring_case(a: &str, b: &str) -> bool {
    a == b || a.to_uppercase() == b.to_uppercase()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Any,
    One,
    Char(char),
}

#[cfg(test)]
mod tests {
    use super::{equal_ignoring_case, like, like_ignoring_case};

    #[test]
    fn percent_is_any_text_and_underscore_one_character() {
        assert!(like("order", "%rde%"));
        assert!(like("order", "o_d_r"));
        assert!(like("", "%"));
        assert!(like("aab", "%ab"));
        assert!(!like("order", "rde"));
        assert!(!like("order", "order_"));
        assert!(!like("Order", "order"));
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        assert!(like("100%", "100\\%"));
        assert!(!like("1000", "100\\%"));
        assert!(like("a_b", "a\\_b"));
        assert!(!like("axb", "a\\_b"));
        assert!(like("a\\b", "a\\\\b"));
    }

    #[test]
    fn case_is_ignored_on_request() {
        assert!(like_ignoring_case("Größe", "gRÖ%"));
        assert!(equal_ignoring_case("Straße", "STRASSE"));
    }
}
