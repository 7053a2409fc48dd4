//! Static methods, constructors and constants of Java classes: the registry scripts and expressions reach.
//!
//! Constructors are the method `new`. Randomness never comes from the machine: random ids and numbers are asked of the
//! context as functions named after class and method, and refused where it has none.

use std::rc::Rc;

use crate::{
    args::{boolean, decimal, double, int, long, mismatch, string},
    context::{Context, ObjectError},
    format, json,
    methods::IteratorObject,
    number,
    object::{Extension, MapKey, Object, ObjectMap},
    temporal, text, xml,
};

type Outcome = Result<Object, ObjectError>;

/// Full names of the classes the registry knows.
pub const KNOWN: &[&str] = &[
    "java.lang.Boolean",
    "java.lang.Character",
    "java.lang.Double",
    "java.lang.Float",
    "java.lang.Integer",
    "java.lang.Long",
    "java.lang.Math",
    "java.lang.Number",
    "java.lang.Object",
    "java.lang.Short",
    "java.lang.String",
    "java.lang.StringBuilder",
    "java.lang.System",
    "java.math.BigDecimal",
    "java.math.BigInteger",
    "java.math.RoundingMode",
    "java.text.SimpleDateFormat",
    "java.time.DayOfWeek",
    "java.time.Duration",
    "java.time.Instant",
    "java.time.LocalDate",
    "java.time.LocalDateTime",
    "java.time.LocalTime",
    "java.time.Month",
    "java.time.OffsetDateTime",
    "java.time.Period",
    "java.time.ZoneId",
    "java.time.ZoneOffset",
    "java.time.ZonedDateTime",
    "java.time.format.DateTimeFormatter",
    "java.time.temporal.ChronoUnit",
    "java.util.ArrayList",
    "java.util.Arrays",
    "java.util.Calendar",
    "java.util.Collections",
    "java.util.Date",
    "java.util.GregorianCalendar",
    "java.util.HashMap",
    "java.util.HashSet",
    "java.util.LinkedHashMap",
    "java.util.LinkedHashSet",
    "java.util.LinkedList",
    "java.util.List",
    "java.util.Map",
    "java.util.Objects",
    "java.util.Optional",
    "java.util.Set",
    "java.util.TimeZone",
    "java.util.TreeMap",
    "java.util.UUID",
    "org.camunda.bpm.engine.variable.Variables",
    "org.camunda.spin.Spin",
    "org.joda.time.DateTime",
    "org.joda.time.DateTimeZone",
    "org.joda.time.Days",
    "org.joda.time.Hours",
    "org.joda.time.LocalDate",
    "org.joda.time.LocalDateTime",
    "org.joda.time.LocalTime",
    "org.joda.time.Minutes",
];

/// Full name of a class by its simple name in one of some packages, such as `java.lang` and `java.util`.
pub fn resolve(simple: &str, packages: &[&str]) -> Option<&'static str> {
    KNOWN.iter().copied().find(|known| {
        known.rsplit_once('.').is_some_and(|(package, name)| name == simple && packages.contains(&package))
    })
}

/// A `java.lang.Class`.
#[derive(Debug)]
pub struct ClassObject {
    name: String,
}

/// The class with this full name as an object.
pub fn class_object(name: &str) -> Object {
    Object::Extension(Rc::new(ClassObject { name: name.to_owned() }))
}

impl ClassObject {
    /// Full name of the class.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Extension for ClassObject {
    fn class_name(&self) -> String {
        "java.lang.Class".to_owned()
    }

    fn text(&self) -> String {
        format!("class {}", self.name)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], _: &mut dyn Context) -> Outcome {
        let simple = self.name.rsplit(['.', '$']).next().unwrap_or(&self.name);
        match (name, args) {
            ("getName" | "getTypeName" | "getCanonicalName", []) => Ok(Object::string(self.name.as_str())),
            ("getSimpleName", []) => Ok(Object::string(simple)),
            ("equals", [Object::Extension(other)]) => {
                Ok(Object::Boolean(other.as_any().downcast_ref::<Self>().is_some_and(|other| other.name == self.name)))
            }
            _ => Err(mismatch()),
        }
    }
}

/// A static constant such as `Integer.MAX_VALUE` or `ChronoUnit.DAYS`.
pub fn constant(class: &str, name: &str) -> Option<Object> {
    Some(match (class, name) {
        ("java.lang.Integer", "MAX_VALUE") => Object::Integer(i32::MAX),
        ("java.lang.Integer", "MIN_VALUE") => Object::Integer(i32::MIN),
        ("java.lang.Long", "MAX_VALUE") => Object::Long(i64::MAX),
        ("java.lang.Long", "MIN_VALUE") => Object::Long(i64::MIN),
        ("java.lang.Double", "MAX_VALUE") => Object::Double(f64::MAX),
        ("java.lang.Double", "NaN") => Object::Double(f64::NAN),
        ("java.lang.Math", "PI") => Object::Double(std::f64::consts::PI),
        ("java.lang.Math", "E") => Object::Double(std::f64::consts::E),
        ("java.lang.Boolean", "TRUE") => Object::Boolean(true),
        ("java.lang.Boolean", "FALSE") => Object::Boolean(false),
        ("java.math.BigDecimal", "ZERO") => Object::BigDecimal(rust_decimal::Decimal::ZERO),
        ("java.math.BigDecimal", "ONE") => Object::BigDecimal(rust_decimal::Decimal::ONE),
        ("java.math.BigDecimal", "TEN") => Object::BigDecimal(rust_decimal::Decimal::TEN),
        ("java.math.BigInteger", "ZERO") => Object::BigInteger(0),
        ("java.math.BigInteger", "ONE") => Object::BigInteger(1),
        ("java.math.BigInteger", "TEN") => Object::BigInteger(10),
        ("java.math.BigDecimal", mode) if mode.starts_with("ROUND_") => {
            let modes = ["UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY"];
            let number = modes.iter().position(|other| mode[6..] == **other)?;
            Object::Integer(i32::try_from(number).ok()?)
        }
        // Constants that are only ever handed on stand for themselves by name.
        ("java.math.RoundingMode" | "java.time.format.TextStyle" | "java.util.Locale", name) => Object::string(name),
        _ => return temporal::constant(class, name),
    })
}

/// Calls a static method, or a constructor as `new`.
///
/// # Errors
/// [`ObjectError::UnknownMethod`] for what the registry does not have; whatever the method throws.
pub fn call_static(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let outcome = match temporal::call_static(class, name, args, ctx) {
        Some(outcome) => outcome,
        None => call_static_plain(class, name, args, ctx),
    };
    match outcome {
        Err(ObjectError::UnknownMethod(unnamed, _)) if unnamed.is_empty() => {
            Err(ObjectError::UnknownMethod(class.to_owned(), name.to_owned()))
        }
        other => other,
    }
}

/// The classes that are not dates and times; names stay empty in `UnknownMethod`.
pub(crate) fn call_static_plain(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match class {
        "java.lang.Math" | "java.lang.StrictMath" => math(name, args, ctx),
        "java.lang.Integer" | "java.lang.Long" | "java.lang.Short" => whole(class, name, args, ctx),
        "java.lang.Double" | "java.lang.Float" => floating(name, args, ctx),
        "java.lang.Boolean" => match (name, args) {
            ("parseBoolean" | "valueOf" | "new", [value]) => boolean(value).map(Object::Boolean),
            ("toString", [value]) => text::to_text(value, ctx).map(Object::String),
            _ => Err(mismatch()),
        },
        "java.lang.String" => string_class(name, args, ctx),
        "java.lang.Character" => character(name, args, ctx),
        "java.lang.System" => match (name, args) {
            ("currentTimeMillis", []) => Ok(Object::Long(ctx.now_ms())),
            ("nanoTime", []) => Ok(Object::Long(ctx.now_ms().saturating_mul(1_000_000))),
            ("lineSeparator", []) => Ok(Object::string("\n")),
            ("getenv" | "getProperty" | "exit" | "setProperty", _) => Err(ObjectError::exception(
                "java.lang.SecurityException",
                format!("System.{name} is not available to scripts"),
            )),
            _ => Err(mismatch()),
        },
        "java.math.BigDecimal" => match (name, args) {
            ("new" | "valueOf", [value]) => big_decimal(name, value),
            ("valueOf", [unscaled, scale]) => {
                let scale = u32::try_from(int(scale)?).map_err(|_| mismatch())?;
                rust_decimal::Decimal::try_from_i128_with_scale(i128::from(long(unscaled)?), scale)
                    .map(Object::BigDecimal)
                    .map_err(|_| mismatch())
            }
            _ => Err(mismatch()),
        },
        "java.math.BigInteger" => match (name, args) {
            ("new" | "valueOf", [value]) => match value {
                Object::String(digits) => digits.parse().map(Object::BigInteger).map_err(|_| not_a_number(digits)),
                other => long(other).map(|value| Object::BigInteger(i128::from(value))),
            },
            _ => Err(mismatch()),
        },
        "java.util.Date" => match (name, args) {
            ("new", []) => Ok(Object::Date(models::Timestamp(ctx.now_ms()))),
            ("new", [ms]) if ms.is_number() => long(ms).map(|ms| Object::Date(models::Timestamp(ms))),
            ("from", [Object::Temporal(at)]) => {
                let at = at.zoned().ok_or_else(mismatch)?;
                Ok(Object::Date(models::Timestamp(at.timestamp().as_millisecond())))
            }
            _ => Err(mismatch()),
        },
        "java.util.UUID" | "java.util.Random" => random(class, name, args, ctx),
        "org.camunda.spin.Spin" => match (name, args) {
            ("S", [input]) => spin(input),
            ("JSON", [input]) => json::spin_json(input),
            ("XML", [input]) => xml::spin_xml(input),
            _ => Err(mismatch()),
        },
        "org.camunda.bpm.engine.variable.Variables" => variables(name, args),
        _ => collections(class, name, args, ctx),
    }
}

/// `S(input)`: JSON or XML, whichever the text looks like.
///
/// # Errors
/// Spin's message when it is neither.
pub fn spin(input: &Object) -> Outcome {
    match input {
        Object::Json(_) | Object::Xml(_) => Ok(input.clone()),
        Object::String(content) => match content.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => json::spin_json(input),
            Some(b'<') => xml::spin_xml(input),
            _ => Err(ObjectError::exception(
                "org.camunda.spin.spi.SpinDataFormatException",
                "SPIN-01004 No matching data format detected",
            )),
        },
        other => json::spin_json(other),
    }
}

/// Random ids and numbers come from the engine, which makes them repeatable, or not at all.
fn random(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (class, name, args) {
        ("java.util.UUID", "fromString", [id]) => string(id, ctx).map(Object::String),
        ("java.util.UUID", "randomUUID", []) | ("java.util.Random", _, _) | ("java.lang.Math", "random", []) => {
            ctx.call_function(&format!("{class}.{name}"), args)?.ok_or_else(|| {
                ObjectError::exception(
                    "java.lang.UnsupportedOperationException",
                    format!("{class}.{name} is not available: results must be the same when a step is repeated"),
                )
            })
        }
        _ => Err(mismatch()),
    }
}

fn not_a_number(text: &str) -> ObjectError {
    ObjectError::exception("java.lang.NumberFormatException", format!("For input string: \"{text}\""))
}

fn big_decimal(name: &str, value: &Object) -> Outcome {
    match value {
        Object::String(digits) => number::decimal_from_text(digits).map(Object::BigDecimal).ok_or_else(|| {
            let wrong = digits.chars().find(|c| !c.is_ascii_digit() && !"+-.eE".contains(*c));
            let message = match wrong {
                Some(wrong) => format!(
                    "Character {wrong} is neither a decimal digit number, decimal point, nor \"e\" notation \
                         exponential mark."
                ),
                None if digits.is_empty() => "Index 0 out of bounds for length 0".to_owned(),
                None => "Character array is missing \"exponent\" mark 'e' or 'E'.".to_owned(),
            };
            ObjectError::exception("java.lang.NumberFormatException", message)
        }),
        // `new BigDecimal(double)` takes the binary digits, `valueOf` the shortest decimal ones.
        Object::Double(value) if name == "new" => number::decimal_from_double(*value)
            .map(Object::BigDecimal)
            .ok_or_else(|| ObjectError::exception("java.lang.NumberFormatException", "Infinite or NaN")),
        other => decimal(other).map(Object::BigDecimal),
    }
}

fn math(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let is_whole = |object: &Object| matches!(object, Object::Short(_) | Object::Integer(_));
    let is_long = |object: &Object| is_whole(object) || matches!(object, Object::Long(_));
    Ok(match (name, args) {
        ("abs", [Object::Double(value)]) => Object::Double(value.abs()),
        ("abs", [value]) if is_whole(value) => Object::Integer(int(value)?.wrapping_abs()),
        ("abs", [Object::Long(value)]) => Object::Long(value.wrapping_abs()),
        ("abs", [value]) => Object::Double(double(value)?.abs()),
        ("max" | "min", [a, b]) => {
            let max = name == "max";
            if is_whole(a) && is_whole(b) {
                let (a, b) = (int(a)?, int(b)?);
                Object::Integer(if max { a.max(b) } else { a.min(b) })
            } else if is_long(a) && is_long(b) {
                let (a, b) = (long(a)?, long(b)?);
                Object::Long(if max { a.max(b) } else { a.min(b) })
            } else {
                let (a, b) = (double(a)?, double(b)?);
                Object::Double(if max { a.max(b) } else { a.min(b) })
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "saturates, as in Java")]
        ("round", [value]) => Object::Long((double(value)? + 0.5).floor() as i64),
        ("floor", [value]) => Object::Double(double(value)?.floor()),
        ("ceil", [value]) => Object::Double(double(value)?.ceil()),
        ("rint", [value]) => Object::Double(double(value)?.round_ties_even()),
        ("sqrt", [value]) => Object::Double(double(value)?.sqrt()),
        ("cbrt", [value]) => Object::Double(double(value)?.cbrt()),
        ("pow", [base, exponent]) => Object::Double(double(base)?.powf(double(exponent)?)),
        ("exp", [value]) => Object::Double(double(value)?.exp()),
        ("log", [value]) => Object::Double(double(value)?.ln()),
        ("log10", [value]) => Object::Double(double(value)?.log10()),
        ("sin", [value]) => Object::Double(double(value)?.sin()),
        ("cos", [value]) => Object::Double(double(value)?.cos()),
        ("tan", [value]) => Object::Double(double(value)?.tan()),
        ("atan2", [y, x]) => Object::Double(double(y)?.atan2(double(x)?)),
        ("hypot", [x, y]) => Object::Double(double(x)?.hypot(double(y)?)),
        ("toRadians", [value]) => Object::Double(double(value)?.to_radians()),
        ("toDegrees", [value]) => Object::Double(double(value)?.to_degrees()),
        ("signum", [value]) => {
            let value = double(value)?;
            Object::Double(if value == 0.0 || value.is_nan() { value } else { value.signum() })
        }
        ("floorDiv" | "floorMod", [a, b]) => {
            let (x, y) = (long(a)?, long(b)?);
            if y == 0 {
                return Err(ObjectError::exception("java.lang.ArithmeticException", "/ by zero"));
            }
            let modulus = x.wrapping_rem(y);
            let adjust = modulus != 0 && (modulus < 0) != (y < 0);
            let value = if name == "floorDiv" {
                x.wrapping_div(y) - i64::from(adjust)
            } else if adjust {
                modulus + y
            } else {
                modulus
            };
            match i32::try_from(value) {
                Ok(small) if is_whole(a) && is_whole(b) => Object::Integer(small),
                _ => Object::Long(value),
            }
        }
        ("random", []) => return random("java.lang.Math", name, args, ctx),
        _ => return Err(mismatch()),
    })
}

fn whole(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let narrow = |value: i64, shown: &str| match class {
        "java.lang.Integer" => i32::try_from(value).map(Object::Integer).map_err(|_| not_a_number(shown)),
        "java.lang.Short" => i16::try_from(value).map(Object::Short).map_err(|_| not_a_number(shown)),
        _ => Ok(Object::Long(value)),
    };
    let read = |digits: &str, radix: u32| {
        let value = i64::from_str_radix(digits, radix).map_err(|_| not_a_number(digits))?;
        narrow(value, digits)
    };
    match (name, args) {
        ("parseInt" | "parseLong" | "parseShort" | "valueOf" | "new" | "decode", [Object::String(digits)]) => {
            read(digits, 10)
        }
        ("parseInt" | "parseLong" | "valueOf", [Object::String(digits), radix]) => {
            let radix =
                u32::try_from(int(radix)?).ok().filter(|radix| (2..=36).contains(radix)).ok_or_else(mismatch)?;
            read(digits, radix)
        }
        ("parseInt" | "parseLong" | "parseShort", [Object::Null]) => {
            Err(ObjectError::exception("java.lang.NumberFormatException", "Cannot parse null string: null"))
        }
        ("valueOf" | "new", [value]) => narrow(long(value)?, "number"),
        ("toString", [value]) => text::to_text(value, ctx).map(Object::String),
        ("toHexString", [Object::Integer(value)]) => Ok(Object::string(format!("{value:x}"))),
        ("toHexString", [value]) => Ok(Object::string(format!("{:x}", long(value)?))),
        ("toBinaryString", [Object::Integer(value)]) => Ok(Object::string(format!("{value:b}"))),
        ("toBinaryString", [value]) => Ok(Object::string(format!("{:b}", long(value)?))),
        ("max" | "min" | "abs", _) => math(name, args, ctx),
        ("sum", [a, b]) => narrow(long(a)?.wrapping_add(long(b)?), "sum"),
        ("compare", [a, b]) => Ok(Object::Integer(long(a)?.cmp(&long(b)?) as i32)),
        ("signum", [value]) => Ok(Object::Integer(i32::try_from(long(value)?.signum()).unwrap_or(0))),
        _ => Err(mismatch()),
    }
}

fn floating(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("parseDouble" | "parseFloat" | "valueOf" | "new", [Object::String(digits)]) => {
            number::double_from_text(digits).map(Object::Double).ok_or_else(|| {
                if digits.trim().is_empty() {
                    ObjectError::exception("java.lang.NumberFormatException", "empty String")
                } else {
                    not_a_number(digits)
                }
            })
        }
        ("valueOf" | "new", [value]) => double(value).map(Object::Double),
        ("toString", [value]) => text::to_text(value, ctx).map(Object::String),
        ("isNaN", [value]) => Ok(Object::Boolean(double(value)?.is_nan())),
        ("isInfinite", [value]) => Ok(Object::Boolean(double(value)?.is_infinite())),
        ("isFinite", [value]) => Ok(Object::Boolean(double(value)?.is_finite())),
        ("compare", [a, b]) => Ok(Object::Integer(double(a)?.total_cmp(&double(b)?) as i32)),
        ("max" | "min" | "abs", _) => math(name, args, ctx),
        ("sum", [a, b]) => Ok(Object::Double(double(a)? + double(b)?)),
        _ => Err(mismatch()),
    }
}

fn string_class(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("new", []) => Ok(Object::string("")),
        ("new", [Object::Bytes(bytes)] | [Object::Bytes(bytes), _]) => {
            Ok(Object::string(String::from_utf8_lossy(bytes).as_ref()))
        }
        ("new" | "valueOf" | "copyValueOf", [value]) => text::to_text(value, ctx).map(Object::String),
        ("format", [pattern, rest @ ..]) => {
            let pattern = string(pattern, ctx)?;
            format::format(&pattern, rest, ctx).map(Object::string)
        }
        ("join", _) => crate::methods::call(&Object::string(""), "join", args, ctx),
        _ => Err(mismatch()),
    }
}

fn character(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let [first, ..] = args else {
        return Err(mismatch());
    };
    let char = match first {
        Object::Integer(code) => u32::try_from(*code).ok().and_then(char::from_u32),
        other => string(other, ctx)?.chars().next(),
    };
    let char = char.ok_or_else(mismatch)?;
    Ok(match name {
        "isDigit" => Object::Boolean(char.is_numeric()),
        "isLetter" | "isAlphabetic" => Object::Boolean(char.is_alphabetic()),
        "isLetterOrDigit" => Object::Boolean(char.is_alphanumeric()),
        "isWhitespace" | "isSpaceChar" => Object::Boolean(char.is_whitespace()),
        "isUpperCase" => Object::Boolean(char.is_uppercase()),
        "isLowerCase" => Object::Boolean(char.is_lowercase()),
        "toUpperCase" => Object::string(char.to_uppercase().to_string()),
        "toLowerCase" => Object::string(char.to_lowercase().to_string()),
        "toString" | "valueOf" => Object::string(char.to_string()),
        "getNumericValue" => Object::Integer(char.to_digit(36).and_then(|d| i32::try_from(d).ok()).unwrap_or(-1)),
        _ => return Err(mismatch()),
    })
}

/// Typed values: the untyped object is what expressions and scripts hand on.
fn variables(name: &str, args: &[Object]) -> Outcome {
    match (name, args) {
        ("createVariables", []) => Ok(Object::map(ObjectMap::new())),
        (
            "stringValue" | "integerValue" | "longValue" | "doubleValue" | "booleanValue" | "dateValue" | "shortValue"
            | "byteArrayValue" | "untypedValue" | "numberValue",
            [value] | [value, _],
        ) => Ok(value.clone()),
        ("untypedNullValue", [] | [_]) => Ok(Object::Null),
        _ => Err(mismatch()),
    }
}

fn items(object: &Object) -> Result<Vec<Object>, ObjectError> {
    match object {
        Object::Map(entries) => Ok(entries.borrow().values().cloned().collect()),
        other => crate::methods::elements(other),
    }
}

#[expect(clippy::match_same_arms, reason = "one line per class reads as a table")]
fn collections(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(match (class, name, args) {
        ("java.util.ArrayList" | "java.util.LinkedList" | "java.util.Vector", "new", []) => Object::list(Vec::new()),
        ("java.util.ArrayList", "new", [Object::Integer(_) | Object::Long(_)]) => Object::list(Vec::new()),
        ("java.util.ArrayList" | "java.util.LinkedList" | "java.util.Vector", "new", [source])
        | ("java.util.List", "copyOf", [source])
        | ("java.util.Collections", "unmodifiableList" | "list" | "synchronizedList", [source]) => {
            Object::list(items(source)?)
        }
        ("java.util.HashMap" | "java.util.LinkedHashMap", "new", []) => Object::map(ObjectMap::new()),
        ("java.util.HashMap" | "java.util.LinkedHashMap", "new", [Object::Integer(_) | Object::Long(_)]) => {
            Object::map(ObjectMap::new())
        }
        ("java.util.HashMap" | "java.util.LinkedHashMap", "new", [Object::Map(source)])
        | ("java.util.Map", "copyOf", [Object::Map(source)])
        | ("java.util.Collections", "unmodifiableMap", [Object::Map(source)]) => Object::map(source.borrow().clone()),
        ("java.util.TreeMap", "new", []) => Object::sorted_map(ObjectMap::new()),
        ("java.util.TreeMap", "new", [source @ Object::Map(_)]) => crate::methods::call(source, "sort", &[], ctx)?,
        ("java.util.HashSet" | "java.util.LinkedHashSet", "new", []) => Object::set([]),
        ("java.util.HashSet" | "java.util.LinkedHashSet", "new", [source]) | ("java.util.Set", "copyOf", [source]) => {
            Object::set(items(source)?)
        }
        ("java.util.Arrays", "asList", [Object::List(source)]) => Object::list(source.borrow().clone()),
        ("java.util.Arrays" | "java.util.List", "asList" | "of", elements) => Object::list(elements.to_vec()),
        ("java.util.Arrays", "toString", [source]) => text::to_text(source, ctx).map(Object::String)?,
        ("java.util.Arrays" | "java.util.Collections", "sort", [source]) => {
            crate::methods::call(source, "sort", &[], ctx)?
        }
        ("java.util.Arrays", "stream", [source]) => Object::list(items(source)?),
        ("java.util.Set", "of", elements) => Object::set(elements.iter().cloned()),
        ("java.util.Map", "of", pairs) if pairs.len().is_multiple_of(2) => {
            Object::map(pairs.chunks(2).map(|pair| (MapKey(pair[0].clone()), pair[1].clone())).collect())
        }
        ("java.util.Collections", "emptyList", []) => Object::list(Vec::new()),
        ("java.util.Collections", "emptyMap", []) => Object::map(ObjectMap::new()),
        ("java.util.Collections", "emptySet", []) => Object::set([]),
        ("java.util.Collections", "singletonList" | "singleton", [item]) => Object::list(vec![item.clone()]),
        ("java.util.Collections", "singletonMap", [key, value]) => {
            Object::map(std::iter::once((MapKey(key.clone()), value.clone())).collect())
        }
        ("java.util.Collections", "enumeration", [source]) => IteratorObject::object(items(source)?),
        ("java.util.Collections", "reverse", [Object::List(source)]) => {
            source.borrow_mut().reverse();
            Object::Null
        }
        ("java.util.Collections", "max" | "min", [source]) => {
            let mut sorted = items(source)?;
            crate::methods::sort(&mut sorted, ctx)?;
            let found = if name == "max" { sorted.pop() } else { sorted.into_iter().next() };
            found.ok_or_else(|| ObjectError::exception("java.util.NoSuchElementException", "null"))?
        }
        ("java.util.Collections", "frequency", [source, item]) => {
            let count = items(source)?.iter().filter(|other| other.equals(item)).count();
            Object::Integer(i32::try_from(count).unwrap_or(i32::MAX))
        }
        ("java.util.Objects", "equals", [a, b]) => Object::Boolean(a.equals(b)),
        ("java.util.Objects", "isNull", [value]) => Object::Boolean(value.is_null()),
        ("java.util.Objects", "nonNull", [value]) => Object::Boolean(!value.is_null()),
        ("java.util.Objects", "toString", [value]) => Object::String(text::to_text(value, ctx)?),
        ("java.util.Objects", "requireNonNull", [value, ..]) if !value.is_null() => value.clone(),
        ("java.util.Objects", "requireNonNull", [_]) => {
            return Err(ObjectError::exception("java.lang.NullPointerException", "null"));
        }
        ("java.util.Objects", "requireNonNull", [_, message]) => {
            let message = string(message, ctx)?;
            return Err(ObjectError::exception("java.lang.NullPointerException", &*message));
        }
        _ => return Err(mismatch()),
    })
}
