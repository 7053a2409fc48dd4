//! Operators with the coercions of the expression language (S-EL-3, S-EL-4).

use objects::{Context, Object, compare, methods};

use crate::{
    coerce::{self, CoerceError, refuse},
    error::Failure,
    tree::BinaryOperator,
};

impl From<CoerceError> for Failure {
    fn from(error: CoerceError) -> Self {
        Self::refused(error.0)
    }
}

/// A value on the way: literal texts stay borrowed from the tree.
#[derive(Debug)]
pub(crate) enum Operand<'t> {
    Object(Object),
    Text(&'t str),
}

impl Operand<'_> {
    pub(crate) fn into_object(self) -> Object {
        match self {
            Self::Object(object) => object,
            Self::Text(text) => Object::string(text),
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Object(object) => object.as_str(),
            Self::Text(text) => Some(text),
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Object(Object::Null))
    }

    fn is(&self, test: impl Fn(&Object) -> bool) -> bool {
        match self {
            Self::Object(object) => test(object),
            Self::Text(_) => false,
        }
    }

    /// The value of a whole number of at most 64 bits.
    #[inline]
    fn whole(&self) -> Option<i64> {
        match self {
            Self::Object(Object::Long(value)) => Some(*value),
            Self::Object(Object::Integer(value)) => Some(i64::from(*value)),
            Self::Object(Object::Short(value)) => Some(i64::from(*value)),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn boolean(&self, ctx: &mut dyn Context) -> Result<bool, Failure> {
        Ok(match self {
            Self::Object(Object::Boolean(value)) => *value,
            Self::Object(object) => coerce::to_boolean(object, ctx)?,
            Self::Text(text) => coerce::text_to_boolean(text),
        })
    }

    fn long(&self, ctx: &mut dyn Context) -> Result<i64, Failure> {
        Ok(match self {
            Self::Object(object) => coerce::to_long(object, ctx)?,
            Self::Text(text) => coerce::text_to_long(text)?,
        })
    }

    fn double(&self, ctx: &mut dyn Context) -> Result<f64, Failure> {
        Ok(match self {
            Self::Object(object) => coerce::to_double(object, ctx)?,
            Self::Text(text) => coerce::text_to_double(text)?,
        })
    }
}

/// In which class two operands meet.
enum Meeting {
    Decimal,
    Double,
    BigInteger,
    Long,
    Other,
}

fn is_decimal(operand: &Operand<'_>) -> bool {
    operand.is(|object| matches!(object, Object::BigDecimal(_)))
}

fn is_double(operand: &Operand<'_>) -> bool {
    operand.is(|object| matches!(object, Object::Double(_)))
}

fn is_big_integer(operand: &Operand<'_>) -> bool {
    operand.is(|object| matches!(object, Object::BigInteger(_)))
}

fn is_whole(operand: &Operand<'_>) -> bool {
    operand.is(|object| matches!(object, Object::Long(_) | Object::Integer(_) | Object::Short(_)))
}

/// Texts with one of these letters are calculated as doubles.
fn has_dot_or_exponent(operand: &Operand<'_>) -> bool {
    operand.as_text().is_some_and(|text| text.contains(['.', 'e', 'E']))
}

fn comparison_class(a: &Operand<'_>, b: &Operand<'_>) -> Meeting {
    if is_decimal(a) || is_decimal(b) {
        Meeting::Decimal
    } else if is_double(a) || is_double(b) {
        Meeting::Double
    } else if is_big_integer(a) || is_big_integer(b) {
        Meeting::BigInteger
    } else if is_whole(a) || is_whole(b) {
        Meeting::Long
    } else {
        Meeting::Other
    }
}

fn decimals(a: Operand<'_>, b: Operand<'_>, ctx: &mut dyn Context) -> Result<(Object, Object), Failure> {
    Ok((coerce::to_decimal(&a.into_object(), ctx)?, coerce::to_decimal(&b.into_object(), ctx)?))
}

fn big_integers(a: Operand<'_>, b: Operand<'_>, ctx: &mut dyn Context) -> Result<(i128, i128), Failure> {
    Ok((coerce::to_big_integer(&a.into_object(), ctx)?, coerce::to_big_integer(&b.into_object(), ctx)?))
}

/// Applies an operator that needs both operands.
pub(crate) fn apply(
    operator: BinaryOperator,
    a: Operand<'_>,
    b: Operand<'_>,
    ctx: &mut dyn Context,
) -> Result<Object, Failure> {
    // Most conditions compare whole numbers.
    if let (Some(a), Some(b)) = (a.whole(), b.whole()) {
        match operator {
            BinaryOperator::Equal => return Ok(Object::Boolean(a == b)),
            BinaryOperator::NotEqual => return Ok(Object::Boolean(a != b)),
            BinaryOperator::Less => return Ok(Object::Boolean(a < b)),
            BinaryOperator::Greater => return Ok(Object::Boolean(a > b)),
            BinaryOperator::LessEqual => return Ok(Object::Boolean(a <= b)),
            BinaryOperator::GreaterEqual => return Ok(Object::Boolean(a >= b)),
            _ => {}
        }
    }
    Ok(match operator {
        BinaryOperator::Equal => Object::Boolean(equal(a, b, ctx)?),
        BinaryOperator::NotEqual => Object::Boolean(!equal(a, b, ctx)?),
        BinaryOperator::Less => Object::Boolean(ordered(Order::Less, a, b, ctx)?),
        BinaryOperator::Greater => Object::Boolean(ordered(Order::Greater, a, b, ctx)?),
        // `>=` is the contrary of `<`, also for values without order.
        BinaryOperator::GreaterEqual => Object::Boolean(negated(Order::Less, a, b, ctx)?),
        BinaryOperator::LessEqual => Object::Boolean(negated(Order::Greater, a, b, ctx)?),
        BinaryOperator::And => Object::Boolean(a.boolean(ctx)? && b.boolean(ctx)?),
        BinaryOperator::Or => Object::Boolean(a.boolean(ctx)? || b.boolean(ctx)?),
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => arithmetic(operator, a, b, ctx)?,
    })
}

fn equal(a: Operand<'_>, b: Operand<'_>, ctx: &mut dyn Context) -> Result<bool, Failure> {
    if a.is_null() || b.is_null() {
        return Ok(a.is_null() && b.is_null());
    }
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        return Ok(a == b);
    }
    match comparison_class(&a, &b) {
        Meeting::Long => return Ok(a.long(ctx)? == b.long(ctx)?),
        Meeting::Double => {
            return Ok(Object::Double(a.double(ctx)?).equals(&Object::Double(b.double(ctx)?)));
        }
        Meeting::Decimal => {
            let (a, b) = decimals(a, b, ctx)?;
            return Ok(a.equals(&b));
        }
        Meeting::BigInteger => {
            let (a, b) = big_integers(a, b, ctx)?;
            return Ok(a == b);
        }
        Meeting::Other => {}
    }
    let is_boolean = |operand: &Operand<'_>| operand.is(|object| matches!(object, Object::Boolean(_)));
    if is_boolean(&a) || is_boolean(&b) {
        return Ok(a.boolean(ctx)? == b.boolean(ctx)?);
    }
    let has_text = a.as_text().is_some() || b.as_text().is_some();
    let (a, b) = (a.into_object(), b.into_object());
    if has_text {
        return Ok(coerce::to_text(&a, ctx)? == coerce::to_text(&b, ctx)?);
    }
    Ok(a.equals(&b))
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    Less,
    Greater,
}

fn negated(order: Order, a: Operand<'_>, b: Operand<'_>, ctx: &mut dyn Context) -> Result<bool, Failure> {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ok(true),
        (true, false) | (false, true) => Ok(false),
        (false, false) => ordered(order, a, b, ctx).map(|holds| !holds),
    }
}

fn ordered(order: Order, a: Operand<'_>, b: Operand<'_>, ctx: &mut dyn Context) -> Result<bool, Failure> {
    if a.is_null() || b.is_null() {
        return Ok(false);
    }
    let less = order == Order::Less;
    let found = match comparison_class(&a, &b) {
        Meeting::Long => a.long(ctx)?.cmp(&b.long(ctx)?),
        Meeting::Double => {
            let (a, b) = (a.double(ctx)?, b.double(ctx)?);
            return Ok(if less { a < b } else { a > b });
        }
        Meeting::Decimal => {
            let (a, b) = decimals(a, b, ctx)?;
            compare::compare(&a, &b, ctx).map_err(Failure::refused)?
        }
        Meeting::BigInteger => {
            let (a, b) = big_integers(a, b, ctx)?;
            a.cmp(&b)
        }
        Meeting::Other => {
            let has_text = a.as_text().is_some() || b.as_text().is_some();
            let (a, b) = (a.into_object(), b.into_object());
            if has_text {
                let (a, b) = (coerce::to_text(&a, ctx)?, coerce::to_text(&b, ctx)?);
                compare::compare_text(&a, &b).cmp(&0)
            } else {
                compare_objects(&a, &b, ctx)?
            }
        }
    };
    Ok(if less { found.is_lt() } else { found.is_gt() })
}

fn compare_objects(a: &Object, b: &Object, ctx: &mut dyn Context) -> Result<std::cmp::Ordering, Failure> {
    let comparable = |object: &Object| matches!(object, Object::Boolean(_) | Object::Date(_) | Object::Temporal(_));
    if !comparable(a) && !comparable(b) {
        let (a, b) = (a.class_name(ctx), b.class_name(ctx));
        return Err(refuse(format!("Cannot compare 'class {a}' and 'class {b}'")).into());
    }
    compare::compare(a, b, ctx).map_err(Failure::refused)
}

fn arithmetic(
    operator: BinaryOperator,
    a: Operand<'_>,
    b: Operand<'_>,
    ctx: &mut dyn Context,
) -> Result<Object, Failure> {
    if a.is_null() && b.is_null() {
        return Ok(Object::Long(0));
    }
    let floating = is_double(&a) || is_double(&b) || has_dot_or_exponent(&a) || has_dot_or_exponent(&b);
    let decimal = is_decimal(&a) || is_decimal(&b);
    let big = is_big_integer(&a) || is_big_integer(&b);
    match operator {
        BinaryOperator::Divide if decimal || big => return decimal_arithmetic(operator, a, b, ctx),
        BinaryOperator::Divide => return Ok(Object::Double(a.double(ctx)? / b.double(ctx)?)),
        BinaryOperator::Modulo if decimal || floating => {
            return Ok(Object::Double(a.double(ctx)? % b.double(ctx)?));
        }
        _ if decimal || (floating && big) => return decimal_arithmetic(operator, a, b, ctx),
        _ if floating => {
            let (a, b) = (a.double(ctx)?, b.double(ctx)?);
            return Ok(Object::Double(match operator {
                BinaryOperator::Add => a + b,
                BinaryOperator::Subtract => a - b,
                _ => a * b,
            }));
        }
        _ if big => {
            let (a, b) = big_integers(a, b, ctx)?;
            return call(&Object::BigInteger(a), method(operator), &Object::BigInteger(b), ctx);
        }
        _ => {}
    }
    let (a, b) = (a.long(ctx)?, b.long(ctx)?);
    Ok(Object::Long(match operator {
        BinaryOperator::Add => a.wrapping_add(b),
        BinaryOperator::Subtract => a.wrapping_sub(b),
        BinaryOperator::Multiply => a.wrapping_mul(b),
        _ if b == 0 => return Err(refuse("/ by zero".to_owned()).into()),
        _ => a.wrapping_rem(b),
    }))
}

fn method(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "add",
        BinaryOperator::Subtract => "subtract",
        BinaryOperator::Multiply => "multiply",
        BinaryOperator::Divide => "divide",
        _ => "remainder",
    }
}

fn decimal_arithmetic(
    operator: BinaryOperator,
    a: Operand<'_>,
    b: Operand<'_>,
    ctx: &mut dyn Context,
) -> Result<Object, Failure> {
    let (a, b) = decimals(a, b, ctx)?;
    if operator == BinaryOperator::Divide {
        let args = [b, Object::string("HALF_UP")];
        return methods::call(&a, "divide", &args, ctx).map_err(Failure::refused);
    }
    call(&a, method(operator), &b, ctx)
}

fn call(a: &Object, method: &str, b: &Object, ctx: &mut dyn Context) -> Result<Object, Failure> {
    methods::call(a, method, std::slice::from_ref(b), ctx).map_err(Failure::refused)
}

/// `-a`: keeps the class of the number.
pub(crate) fn negate(operand: &Operand<'_>, ctx: &mut dyn Context) -> Result<Object, Failure> {
    if let Some(text) = operand.as_text() {
        return Ok(if has_dot_or_exponent(operand) {
            Object::Double(-coerce::text_to_double(text)?)
        } else {
            Object::Long(coerce::text_to_long(text)?.wrapping_neg())
        });
    }
    let Operand::Object(object) = operand else {
        return Ok(Object::Null);
    };
    Ok(match object {
        Object::Null => Object::Long(0),
        Object::BigDecimal(value) => Object::BigDecimal(-*value),
        Object::BigInteger(value) => Object::BigInteger(value.wrapping_neg()),
        Object::Double(value) => Object::Double(-*value),
        Object::Long(value) => Object::Long(value.wrapping_neg()),
        Object::Integer(value) => Object::Integer(value.wrapping_neg()),
        Object::Short(value) => Object::Short(value.wrapping_neg()),
        other => {
            return Err(refuse(format!("Cannot negate 'class {}'", other.class_name(ctx))).into());
        }
    })
}

/// `empty a`: null, the empty text, a container without elements.
pub(crate) fn is_empty(operand: &Operand<'_>) -> bool {
    match operand {
        Operand::Text(text) => text.is_empty(),
        Operand::Object(object) => match object {
            Object::Null => true,
            Object::String(text) => text.is_empty(),
            Object::List(items) => items.borrow().is_empty(),
            Object::Map(entries) | Object::Set(entries) => entries.borrow().is_empty(),
            _ => false,
        },
    }
}
