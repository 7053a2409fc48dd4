//! Takes out of answers what differs from run to run: ids become names, times distances from the start.

use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Map, Value};

use super::{python, time};

/// JSON keys that end in `Id` but are not made up by the engine.
const NAMED: [&str; 22] = [
    "activityId",
    "failedActivityId",
    "calledActivityId",
    "startActivityId",
    "endActivityId",
    "sourceActivityId",
    "targetActivityId",
    "transitionId",
    "workerId",
    "tenantId",
    "userId",
    "groupId",
    "startUserId",
    "createUserId",
    "assignerId",
    "formFieldId",
    "propertyId",
    "targetExecutionActivityId",
    "ruleId",
    "clauseId",
    "inputId",
    "outputId",
];
const NAMED_IN_ERRORS: [&str; 2] = ["mainElementId", "elementId"];

static DEFINITION_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Za-z_][\w.-]*):(\d+):(.+)$").expect("a pattern"));
static DEFINITION_IN_TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b([A-Za-z_][\w.-]*:\d+):[\w-]+").expect("a pattern"));
static NUMBER_IN_TEXT: LazyLock<fancy_regex::Regex> = LazyLock::new(|| {
    fancy_regex::Regex::new(
        r"(?<!HTTP )(?<!line )(?<!column )(?<![\w/.-])(\d{2,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\b",
    )
    .expect("a pattern")
});

/// Captured values by name, in the order of capture.
pub(super) type Names = IndexMap<String, Value>;

fn is_id(key: Option<&str>) -> bool {
    key.is_some_and(|key| {
        key == "id" || key.ends_with("Id") && !NAMED.contains(&key) && !NAMED_IN_ERRORS.contains(&key)
    })
}

/// An answer without ids and times; `key` is the one under which the value stands.
pub(super) fn mask(value: &Value, key: Option<&str>, names: &Names) -> Value {
    match value {
        Value::Object(entries) => {
            // in the details of parse errors Camunda spells elementIds with a Cyrillic letter
            let entries = entries.iter().filter(|(name, _)| *name != "links").map(|(name, item)| {
                let name = name.replace("\u{435}lementIds", "elementIds");
                let item = mask(item, Some(&name), names);
                (name, item)
            });
            Value::Object(Map::from_iter(entries))
        }
        Value::Array(items) => {
            let key = key.map(|key| if key.ends_with("Ids") { &key[..key.len() - 1] } else { key });
            Value::Array(items.iter().map(|item| mask(item, key, names)).collect())
        }
        Value::String(text) => Value::String(mask_text(text, key, names)),
        other => other.clone(),
    }
}

fn mask_text(text: &str, key: Option<&str>, names: &Names) -> String {
    for (name, known) in names {
        if let Value::String(known) = known
            && known == text
            && (is_id(key) || known.chars().count() > 3)
        {
            return format!("<{name}>");
        }
    }
    if let Some(definition) = DEFINITION_ID.captures(text)
        && key.is_some_and(|key| key.ends_with("Id"))
    {
        return format!("{}:{}:<id>", &definition[1], &definition[2]);
    }
    if is_id(key) {
        return "<id>".to_owned();
    }
    if time::is_time(text)
        && let Ok(relative) = time::relative(text)
    {
        return relative;
    }
    let mut known: Vec<_> = names.iter().collect();
    known.sort_by_key(|(_, value)| std::cmp::Reverse(python::text(value).chars().count()));
    let mut text = text.to_owned();
    for (name, value) in known {
        if let Value::String(value) = value
            && value.chars().count() > 3
        {
            text = replace_word(&text, value, &format!("<{name}>"));
        }
    }
    text
}

/// Replaces a text where no word goes on before or after it.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let bounded = !before.chars().next_back().or_else(|| out.chars().next_back()).is_some_and(goes_on)
            && !after.chars().next().is_some_and(goes_on);
        out.push_str(before);
        out.push_str(if bounded { by } else { word });
        rest = after;
    }
    out + rest
}

/// The message of an error without ids.
pub(super) fn message(text: &Value, names: &Names) -> Value {
    match mask(text, None, names) {
        Value::String(text) => {
            let text = DEFINITION_IN_TEXT.replace_all(&text, "${1}:<id>");
            Value::String(NUMBER_IN_TEXT.replace_all(&text, "<id>").into_owned())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Names, mask, message};

    #[test]
    fn ids_and_times_are_masked() {
        let names = Names::from_iter([("pi".to_owned(), json!("0123-45"))]);
        let answer = json!({"id": "0123-45", "definitionId": "p:1:77", "taskId": "x", "activityId": "A",
            "created": "2030-01-01T00:00:01.000+0000", "links": [], "text": "of 0123-45, not 0123-456",
            "executionIds": ["7"]});
        let expected = json!({"id": "<pi>", "definitionId": "p:1:<id>", "taskId": "<id>", "activityId": "A",
            "created": "T+1s", "text": "of <pi>, not 0123-456", "executionIds": ["<id>"]});
        assert_eq!(mask(&answer, None, &names), expected);
        let text = json!("process p:1:77 at line 12: 01a1fdf7-678e-7000-8000-000034144a60 and 99");
        assert_eq!(message(&text, &names), json!("process p:1:<id> at line 12: <id> and <id>"));
    }
}
