//! `String.format`: the conversions models use.

use crate::{
    context::{Context, ObjectError},
    object::Object,
    temporal, text,
};

/// One `%…` of a format.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the format")]
struct Spec {
    index: Option<usize>,
    /// `<`: the argument of the conversion before.
    again: bool,
    minus: bool,
    plus: bool,
    space: bool,
    zero: bool,
    group: bool,
    parenthesis: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// Widest field and longest fraction: larger ones are only written by mistake or malice.
const MAX_WIDTH: usize = 10_000;

fn illegal(class: &str, message: String) -> ObjectError {
    ObjectError::exception(&format!("java.util.{class}"), message)
}

/// Writes the arguments into the format.
///
/// # Errors
/// Java's exceptions for missing arguments, unknown conversions and arguments of the wrong class.
pub(crate) fn format(format: &str, args: &[Object], ctx: &mut dyn Context) -> Result<String, ObjectError> {
    let single = match args {
        [Object::List(items)] => Some(items.borrow().clone()),
        _ => None,
    };
    // A single array is the argument list; a list is not, but a format with more conversions than one can only mean that.
    let args: &[Object] = match &single {
        Some(items) if format.matches('%').count() > 1 && items.len() > 1 => items,
        _ => args,
    };
    let mut out = String::with_capacity(format.len() + 16);
    let mut chars = format.chars().peekable();
    let (mut next, mut last) = (0, 0);
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        let spec = read_spec(&mut chars)?;
        let Some(conversion) = chars.next() else {
            return Err(illegal("UnknownFormatConversionException", "Conversion = '%'".to_owned()));
        };
        match conversion {
            '%' => pad(&mut out, "%", &spec),
            'n' => out.push('\n'),
            _ => {
                let at = spec.index.unwrap_or_else(|| {
                    if spec.again {
                        return last;
                    }
                    next += 1;
                    next - 1
                });
                last = at;
                let time_part = if matches!(conversion, 't' | 'T') { chars.next() } else { None };
                let Some(arg) = args.get(at) else {
                    return Err(illegal("MissingFormatArgumentException", format!("Format specifier '%{conversion}'")));
                };
                let mut piece = convert(conversion, time_part, arg, &spec, ctx)?;
                if conversion.is_ascii_uppercase() {
                    piece = piece.to_uppercase();
                }
                pad(&mut out, &piece, &spec);
            }
        }
        if out.len() > text::MAX_TEXT {
            return Err(ObjectError::Limit("formatted text is too long".to_owned()));
        }
    }
    Ok(out)
}

fn read_spec(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Spec, ObjectError> {
    let mut spec = Spec::default();
    let mut number = None;
    loop {
        match chars.peek() {
            Some('<') => spec.again = true,
            Some('-') => spec.minus = true,
            Some('+') => spec.plus = true,
            Some(' ') => spec.space = true,
            Some(',') => spec.group = true,
            Some('(') => spec.parenthesis = true,
            Some('#') => spec.alternate = true,
            Some('0') if number.is_none() => spec.zero = true,
            Some(c) if c.is_ascii_digit() => {
                let digit = c.to_digit(10).unwrap_or(0) as usize;
                let value: usize = number.unwrap_or(0) * 10 + digit;
                if value > MAX_WIDTH {
                    return Err(ObjectError::Limit(format!("format width above {MAX_WIDTH}")));
                }
                number = Some(value);
            }
            Some('$') => {
                spec.index = number.take().and_then(|n: usize| n.checked_sub(1));
                spec.zero = false;
            }
            Some('.') => {
                chars.next();
                let mut precision: usize = 0;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    precision = precision * 10 + digit as usize;
                    if precision > MAX_WIDTH {
                        return Err(ObjectError::Limit(format!("format precision above {MAX_WIDTH}")));
                    }
                    chars.next();
                }
                spec.precision = Some(precision);
                break;
            }
            _ => break,
        }
        chars.next();
    }
    spec.width = number.unwrap_or(0);
    Ok(spec)
}

fn pad(out: &mut String, piece: &str, spec: &Spec) {
    let missing = spec.width.saturating_sub(piece.chars().count());
    if spec.minus {
        out.push_str(piece);
    }
    out.extend(std::iter::repeat_n(' ', missing));
    if !spec.minus {
        out.push_str(piece);
    }
}

fn convert(
    conversion: char,
    time_part: Option<char>,
    arg: &Object,
    spec: &Spec,
    ctx: &mut dyn Context,
) -> Result<String, ObjectError> {
    let wrong_class = |ctx: &mut dyn Context| {
        illegal("IllegalFormatConversionException", format!("{conversion} != {}", arg.class_name(ctx)))
    };
    match conversion {
        's' | 'S' => {
            let piece = text::to_text(arg, ctx)?;
            Ok(match spec.precision {
                Some(most) => piece.chars().take(most).collect(),
                None => piece.to_string(),
            })
        }
        'b' | 'B' => Ok(match arg {
            Object::Boolean(value) => value.to_string(),
            other => (!other.is_null()).to_string(),
        }),
        _ if arg.is_null() => Ok("null".to_owned()),
        'c' | 'C' => match arg {
            Object::String(text) if text.chars().count() == 1 => Ok(text.to_string()),
            Object::Integer(code) => Ok(u32::try_from(*code).ok().and_then(char::from_u32).map(String::from))
                .and_then(|char| char.ok_or_else(|| wrong_class(ctx))),
            _ => Err(wrong_class(ctx)),
        },
        'd' => match arg {
            Object::Short(_) | Object::Integer(_) | Object::Long(_) => {
                Ok(signed(&i128::from(arg.long_value().unwrap_or(0)).to_string(), spec))
            }
            Object::BigInteger(value) => Ok(signed(&value.to_string(), spec)),
            _ => Err(wrong_class(ctx)),
        },
        'x' | 'X' | 'o' => {
            let prefix = match (spec.alternate, conversion) {
                (false, _) => "",
                (true, 'o') => "0",
                _ => "0x",
            };
            let digits = match (arg, conversion) {
                (Object::Integer(value), 'o') => format!("{value:o}"),
                (Object::Integer(value), _) => format!("{value:x}"),
                (Object::Short(value), 'o') => format!("{value:o}"),
                (Object::Short(value), _) => format!("{value:x}"),
                (Object::Long(value), 'o') => format!("{value:o}"),
                (Object::Long(value), _) => format!("{value:x}"),
                _ => return Err(wrong_class(ctx)),
            };
            Ok(signed(&format!("{prefix}{digits}"), spec))
        }
        'f' => match arg {
            Object::BigDecimal(value) => {
                let places = u32::try_from(spec.precision.unwrap_or(6)).unwrap_or(28);
                let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
                let rounded = value.round_dp_with_strategy(places, strategy);
                Ok(signed(&format!("{rounded:.*}", spec.precision.unwrap_or(6)), spec))
            }
            Object::Double(value) if !value.is_finite() => Ok(crate::number::double_to_string(*value)),
            Object::Double(value) => Ok(signed(&fixed(*value, spec.precision.unwrap_or(6)), spec)),
            _ => Err(wrong_class(ctx)),
        },
        'e' | 'E' => match arg {
            Object::Double(value) => {
                let text = format!("{value:.*e}", spec.precision.unwrap_or(6));
                let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, size) = exponent.strip_prefix('-').map_or(("+", exponent), |size| ("-", size));
                Ok(signed(&format!("{digits}e{sign}{size:0>2}"), spec))
            }
            _ => Err(wrong_class(ctx)),
        },
        't' | 'T' => {
            let zoned = match arg {
                Object::Date(value) => temporal::instant(value.0)?.to_zoned(text::zone(ctx)?),
                Object::Long(ms) => temporal::instant(*ms)?.to_zoned(text::zone(ctx)?),
                Object::Temporal(value) => match &**value {
                    temporal::Temporal::ZonedDateTime(value) | temporal::Temporal::OffsetDateTime(value) => {
                        value.clone()
                    }
                    temporal::Temporal::Calendar(value) => value.borrow().clone(),
                    _ => return Err(wrong_class(ctx)),
                },
                _ => return Err(wrong_class(ctx)),
            };
            let pattern = match time_part {
                Some('Y') => "%Y",
                Some('m') => "%m",
                Some('d') => "%d",
                Some('H') => "%H",
                Some('M') => "%M",
                Some('S') => "%S",
                Some('F') => "%Y-%m-%d",
                Some('T') => "%H:%M:%S",
                Some('R') => "%H:%M",
                Some('D') => "%m/%d/%y",
                Some('B') => "%B",
                Some('b') => "%b",
                Some('A') => "%A",
                Some('a') => "%a",
                Some('y') => "%y",
                Some('Z') => "%Z",
                Some('z') => "%z",
                other => {
                    let part = other.map(String::from).unwrap_or_default();
                    return Err(illegal("UnknownFormatConversionException", format!("Conversion = 't{part}'")));
                }
            };
            Ok(zoned.strftime(pattern).to_string())
        }
        other => Err(illegal("UnknownFormatConversionException", format!("Conversion = '{other}'"))),
    }
}

/// Rounds half up on the decimal digits of the number, as Java does.
pub(crate) fn fixed(value: f64, places: usize) -> String {
    let shortest = value.to_string();
    let fraction = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if fraction <= places {
        return format!("{value:.places$}");
    }
    match (rust_decimal::Decimal::from_str_exact(&shortest), u32::try_from(places)) {
        (Ok(decimal), Ok(scale)) if scale <= 28 => {
            let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
            format!("{:.places$}", decimal.round_dp_with_strategy(scale, strategy))
        }
        _ => format!("{value:.places$}"),
    }
}

/// Sign, grouping and leading zeros of a number.
fn signed(digits: &str, spec: &Spec) -> String {
    let (negative, magnitude) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let mut magnitude = if spec.group { group(magnitude) } else { magnitude.to_owned() };
    let (before, after) = match (negative, spec) {
        (true, Spec { parenthesis: true, .. }) => ("(", ")"),
        (true, _) => ("-", ""),
        (false, Spec { plus: true, .. }) => ("+", ""),
        (false, Spec { space: true, .. }) => (" ", ""),
        _ => ("", ""),
    };
    if spec.zero && !spec.minus {
        let used = magnitude.len() + before.len() + after.len();
        magnitude.insert_str(0, &"0".repeat(spec.width.saturating_sub(used)));
    }
    format!("{before}{magnitude}{after}")
}

/// `1234567.5` with commas between thousands.
pub(crate) fn group(digits: &str) -> String {
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, char) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(char);
    }
    out + fraction
}
