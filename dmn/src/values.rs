//! Values between the engine's types and FEEL, as Camunda's value mappers convert them.

use std::{borrow::Cow, fmt::Write, sync::Arc};

use feel::{Context, Decimal, temporal, value::Value as Feel};
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use models::{
    Value,
    value::{JAVA_SERIALIZED, ObjectContent, ObjectValue, Tree},
};

use crate::{
    error::DmnError,
    xml::{self, Document, Ix},
};

/// Classes of the lists and maps that come out of Camunda's FEEL engine.
const FEEL_LIST: &str = "camundajar.impl.scala.collection.convert.JavaCollectionWrappers$SeqWrapper";
const FEEL_MAP: &str = "camundajar.impl.scala.collection.convert.JavaCollectionWrappers$MapWrapper";

/// How deep trees are followed; deeper ones become null.
const MAX_DEPTH: u32 = 200;

/// An object that an expression made.
pub(crate) fn object(class: &str, tree: Tree) -> Value {
    Value::Object(Arc::new(ObjectValue {
        type_name: Some(class.to_owned()),
        format: Some(JAVA_SERIALIZED.to_owned()),
        content: ObjectContent::Tree(tree),
    }))
}

/// What a variable is in FEEL. A date becomes a local date and time in the zone of the engine.
pub(crate) fn to_feel(value: &Value, zone: &dyn Fn() -> TimeZone) -> Feel {
    match value {
        Value::Null | Value::NullOf(_) => Feel::Null,
        Value::Boolean(value) => Feel::Bool(*value),
        Value::Short(value) => Feel::integer(i64::from(*value)),
        Value::Integer(value) => Feel::integer(i64::from(*value)),
        Value::Long(value) => Feel::integer(*value),
        Value::Double(value) => Decimal::from_f64(*value).map_or(Feel::Null, Feel::Number),
        Value::String(text) => Feel::String(text.clone()),
        Value::Date(at) => match Timestamp::from_millisecond(at.0) {
            Ok(at) => Feel::LocalDateTime(zone().to_datetime(at)),
            Err(_) => Feel::Null,
        },
        Value::Json(text) => serde_json::from_str(text).map_or(Feel::Null, |json| json_to_feel(&json)),
        Value::Xml(text) => xml_to_feel(text),
        // Other objects are contexts of what their classes show; these show nothing.
        Value::Bytes(_) | Value::File(_) => Feel::context(Context::new()),
        Value::Object(object) => match &object.content {
            ObjectContent::Null => Feel::Null,
            ObjectContent::Serialized(text) => {
                serde_json::from_str(text).map_or_else(|_| Feel::context(Context::new()), |json| json_to_feel(&json))
            }
            ObjectContent::Tree(tree) => tree_to_feel(tree, zone, 0),
        },
    }
}

fn json_to_feel(json: &serde_json::Value) -> Feel {
    match json {
        serde_json::Value::Null => Feel::Null,
        serde_json::Value::Bool(value) => Feel::Bool(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Feel::integer(value),
            (None, Some(value)) => Decimal::from_f64(value).map_or(Feel::Null, Feel::Number),
            (None, None) => Feel::Null,
        },
        serde_json::Value::String(text) => Feel::string(text.as_str()),
        serde_json::Value::Array(items) => Feel::list(items.iter().map(json_to_feel).collect()),
        serde_json::Value::Object(fields) => {
            Feel::context(fields.iter().map(|(name, value)| (name.as_str(), json_to_feel(value))).collect())
        }
    }
}

fn tree_to_feel(tree: &Tree, zone: &dyn Fn() -> TimeZone, depth: u32) -> Feel {
    if depth > MAX_DEPTH {
        return Feel::Null;
    }
    match tree {
        Tree::Value(value) => to_feel(value, zone),
        Tree::List(items) => Feel::list(items.iter().map(|item| tree_to_feel(item, zone, depth + 1)).collect()),
        // A set is none of the collections that the value mapper knows.
        Tree::Set(_) => Feel::context(Context::new()),
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            let entry = |(key, value): &(Tree, Tree)| (key_text(key), tree_to_feel(value, zone, depth + 1));
            Feel::context(entries.iter().map(entry).collect())
        }
        Tree::Other(class, text) => other_to_feel(class, text).unwrap_or_else(|| Feel::context(Context::new())),
    }
}

fn key_text(key: &Tree) -> String {
    match key {
        Tree::Value(Value::String(text)) => text.to_string(),
        Tree::Value(value) => crate::java::to_string(value),
        Tree::Other(_, text) => text.clone(),
        Tree::List(_) | Tree::Map(_) | Tree::SortedMap(_) | Tree::Set(_) => String::new(),
    }
}

/// A Java object that FEEL has a type for.
fn other_to_feel(class: &str, text: &str) -> Option<Feel> {
    Some(match class {
        "java.math.BigDecimal" | "java.math.BigInteger" => Feel::Number(text.parse().ok()?),
        "java.time.LocalDate" => Feel::Date(temporal::parse_date(text)?),
        "java.time.LocalTime" => Feel::LocalTime(temporal::parse_local_time(text)?),
        "java.time.OffsetTime" => Feel::Time(Arc::new(temporal::parse_zoned_time(text, Timestamp::UNIX_EPOCH)?)),
        "java.time.LocalDateTime" => Feel::LocalDateTime(temporal::parse_local_date_time(text)?),
        "java.time.ZonedDateTime" | "java.time.OffsetDateTime" => {
            let feel_form: Cow<'_, str> = match text.split_once('[') {
                Some((moment, zone)) => format!("{moment}@{}", zone.trim_end_matches(']')).into(),
                None => text.into(),
            };
            Feel::date_time(temporal::parse_date_time(&feel_form)?)
        }
        "java.time.Period" => Feel::YearMonthDuration(temporal::parse_year_month_duration(text)?),
        "java.time.Duration" => Feel::DayTimeDuration(temporal::parse_day_time_duration(text)?),
        _ => return None,
    })
}

/// `{root: {"@attribute": …, "$content": …, child: …}}`, as Camunda's Spin mapper makes it.
fn xml_to_feel(text: &str) -> Feel {
    let Ok(document) = xml::parse(text) else { return Feel::Null };
    let root = Document::ROOT;
    Feel::context([(node_name(&document, root), element_to_feel(&document, root))].into_iter().collect())
}

fn node_name(document: &Document, at: Ix) -> String {
    document.element(at).qualified.replacen(':', "$", 1)
}

fn element_to_feel(document: &Document, at: Ix) -> Feel {
    let mut members = Context::new();
    let content = document.text(at);
    let content = content.trim_matches(|c: char| c <= ' ');
    if !content.is_empty() {
        members.insert("$content", Feel::string(content));
    }
    for attribute in &document.element(at).attributes {
        members.insert(format!("@{}", attribute.name), Feel::string(attribute.value.as_str()));
    }
    let mut groups: indexmap::IndexMap<String, Vec<Feel>> = indexmap::IndexMap::new();
    for (child, _) in document.children(at) {
        groups.entry(node_name(document, child)).or_default().push(element_to_feel(document, child));
    }
    for (name, mut values) in groups {
        let value = if values.len() == 1 { values.remove(0) } else { Feel::list(values) };
        members.insert(name, value);
    }
    if members.is_empty() { Feel::Null } else { Feel::context(members) }
}

/// The Java object that a FEEL value becomes: whole numbers are `Long`, others `Double`.
pub(crate) fn from_feel(value: &Feel) -> Result<Value, DmnError> {
    Ok(match value {
        Feel::List(_) => object(FEEL_LIST, tree_from_feel(value)?),
        Feel::Context(_) => object(FEEL_MAP, tree_from_feel(value)?),
        value => match tree_from_feel(value)? {
            Tree::Value(value) => value,
            Tree::Other(class, text) => object(&class.clone(), Tree::Other(class, text)),
            tree => object("java.lang.Object", tree),
        },
    })
}

fn tree_from_feel(value: &Feel) -> Result<Tree, DmnError> {
    let other = |class: &str, text: String| Tree::Other(class.to_owned(), text);
    Ok(match value {
        Feel::Null => Tree::Value(Value::Null),
        Feel::Bool(value) => Tree::Value(Value::Boolean(*value)),
        Feel::Number(number) => {
            Tree::Value(number.to_i64().map_or_else(|| Value::Double(number.to_f64()), Value::Long))
        }
        Feel::String(text) => Tree::Value(Value::String(text.clone())),
        Feel::Date(date) => other("java.time.LocalDate", temporal::ShowDate(*date).to_string()),
        Feel::LocalTime(time) => other("java.time.LocalTime", java_time(*time)),
        Feel::Time(time) => other("java.time.OffsetTime", java_time(time.time) + &temporal::offset_id(time.offset)),
        Feel::LocalDateTime(value) => {
            let text = format!("{}T{}", temporal::ShowDate(value.date()), java_time(value.time()));
            other("java.time.LocalDateTime", text)
        }
        Feel::DateTime(value) => {
            let offset = temporal::offset_id(value.offset());
            let mut text = format!("{}T{}{offset}", temporal::ShowDate(value.date()), java_time(value.time()));
            if temporal::region(value).is_some() {
                let _ = write!(text, "[{}]", temporal::zone_id(value));
            }
            other("java.time.ZonedDateTime", text)
        }
        Feel::YearMonthDuration(months) => other("java.time.Period", java_period(*months)),
        Feel::DayTimeDuration(duration) => other("java.time.Duration", java_duration(*duration)),
        Feel::List(items) => Tree::List(items.iter().map(tree_from_feel).collect::<Result<_, _>>()?),
        Feel::Context(context) => {
            let entry = |(name, value): (&Arc<str>, &Feel)| {
                tree_from_feel(value).map(|value| (Tree::Value(Value::String(name.clone())), value))
            };
            Tree::Map(context.iter().map(entry).collect::<Result<_, _>>()?)
        }
        Feel::Function(function) => {
            other("org.camunda.feel.syntaxtree.ValFunction", format!("function({})", function.parameters().join(", ")))
        }
        Feel::Range(_) => {
            return Err(DmnError::Unsupported(format!(
                "FEEL/SCALA-01008 Error while evaluating expression: failed to evaluate expression : \
                 java.lang.IllegalArgumentException: no value mapper found for '{value}'"
            )));
        }
    })
}

/// `LocalTime.toString`: seconds and fractions only where there are some, fractions in groups of three digits.
fn java_time(time: Time) -> String {
    let mut text = format!("{:02}:{:02}", time.hour(), time.minute());
    let nanos = time.subsec_nanosecond();
    if time.second() != 0 || nanos != 0 {
        let _ = write!(text, ":{:02}", time.second());
    }
    if nanos != 0 {
        let digits = format!("{nanos:09}");
        let keep = match digits.trim_end_matches('0').len() {
            0..=3 => 3,
            4..=6 => 6,
            _ => 9,
        };
        let _ = write!(text, ".{}", &digits[..keep]);
    }
    text
}

/// `Period.toString`.
fn java_period(months: i64) -> String {
    if months == 0 {
        return "P0D".to_owned();
    }
    let mut text = String::from("P");
    for (value, unit) in [(months / 12, 'Y'), (months % 12, 'M')] {
        if value != 0 {
            let _ = write!(text, "{value}{unit}");
        }
    }
    text
}

/// `Duration.toString`.
fn java_duration(duration: SignedDuration) -> String {
    if duration.is_zero() {
        return "PT0S".to_owned();
    }
    let seconds = duration.as_secs();
    let nanos = duration.subsec_nanos();
    let mut text = String::from("PT");
    for (value, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
        if value != 0 {
            let _ = write!(text, "{value}{unit}");
        }
    }
    let rest = seconds % 60;
    if rest != 0 || nanos != 0 {
        if duration.is_negative() {
            text.push('-');
        }
        let _ = write!(text, "{}", rest.abs());
        if nanos != 0 {
            let _ = write!(text, ".{}", format!("{:09}", nanos.abs()).trim_end_matches('0'));
        }
        text.push('S');
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{Feel, java_duration, java_period, xml_to_feel};

    #[test]
    fn durations_as_java_prints_them() {
        for (millis, text) in
            [(0, "PT0S"), (86_400_000, "PT24H"), (-93_600_000, "PT-26H"), (1_500, "PT1.5S"), (-500, "PT-0.5S")]
        {
            assert_eq!(java_duration(SignedDuration::from_millis(millis)), text);
        }
        assert_eq!(java_period(-14), "P-1Y-2M");
    }

    #[test]
    fn xml_is_a_context() {
        let value = xml_to_feel("<c id='1'><n>a</n><n>b</n><p:x xmlns:p='u'/></c>");
        assert_eq!(
            value.to_string(),
            "{c:{$content:\"ab\", @id:\"1\", n:[{$content:\"a\"}, {$content:\"b\"}], p$x:null}}"
        );
        assert!(matches!(xml_to_feel("<"), Feel::Null));
    }
}
