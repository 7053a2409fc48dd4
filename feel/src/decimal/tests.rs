//! Results against those of Java's decimals.

use super::{ArithmeticError, Decimal, Rounding};

fn d(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn results_have_34_digits_rounded_half_even() {
    assert_eq!(d("1").divided_by(d("3")).unwrap().to_string(), "0.3333333333333333333333333333333333");
    assert_eq!(d("2").divided_by(d("3")).unwrap().to_string(), "0.6666666666666666666666666666666667");
    assert_eq!(d("1").divided_by(d("8")).unwrap().to_string(), "0.125");
    assert_eq!(d("1").divided_by(d("0")), Err(ArithmeticError::DivisionByZero));
    let long = d("1234567890123456789012345678901234");
    assert_eq!(long.times(long).to_string(), "1.524157875323883675049535156256667E+66");
    assert_eq!(d("1e33").plus(d("0.5")).to_string(), "1000000000000000000000000000000000");
    assert_eq!(d("1e33").plus(d("0.51")).to_string(), "1000000000000000000000000000000001");
    assert_eq!(d("1e60").plus(d("1")).to_string(), "1.000000000000000000000000000000000E+60");
}

#[test]
fn scales_are_those_of_java() {
    assert_eq!(d("1.0").plus(d("2")).to_string(), "3.0");
    assert_eq!(d("1.10").times(d("2.0")).to_string(), "2.200");
    assert_eq!(d("10").divided_by(d("2.5")).unwrap().to_string(), "4");
    assert_eq!(d("4.20").divided_by(d("2")).unwrap().to_string(), "2.10");
    assert_eq!(Decimal::from_f64(4.0).unwrap().to_string(), "4.0");
    assert_eq!(Decimal::from_f64(1e10).unwrap().to_string(), "1.0E+10");
    assert_eq!(Decimal::from_f64(-1234.5).unwrap().to_string(), "-1234.5");
    assert_eq!(Decimal::from_f64(0.0).unwrap().to_string(), "0.0");
    assert_eq!(Decimal::from_f64(1e300).unwrap().to_f64().to_bits(), 1e300_f64.to_bits());
    assert_eq!(d("0.0000001").to_string(), "1E-7");
    assert_eq!(d("2").power(10).unwrap().to_string(), "1024");
    assert_eq!(d("2").power(-2).unwrap().to_string(), "0.25");
}

#[test]
fn equality_and_order_ignore_the_scale() {
    assert_eq!(d("1.0"), d("1"));
    assert!(d("1e300") > d("1e299"));
    assert!(d("-1e300") < d("1e-300"));
    assert!(d("-1e300") < d("-1e299"));
    assert!(d("1e-300") > d("0"));
    assert!(d("1e40") > d("9999999999999999999999999999999999999"));
}

#[test]
fn rounding_modes() {
    let cases = [
        (Rounding::Up, "3", "-3"),
        (Rounding::Down, "2", "-2"),
        (Rounding::Ceiling, "3", "-2"),
        (Rounding::Floor, "2", "-3"),
        (Rounding::HalfUp, "3", "-3"),
        (Rounding::HalfDown, "2", "-2"),
        (Rounding::HalfEven, "2", "-2"),
    ];
    for (mode, positive, negative) in cases {
        assert_eq!(d("2.5").with_scale(0, mode).unwrap(), d(positive), "{mode:?}");
        assert_eq!(d("-2.5").with_scale(0, mode).unwrap(), d(negative), "{mode:?}");
    }
    assert_eq!(d("2.5").with_scale(0, Rounding::Unnecessary), Err(ArithmeticError::RoundingNecessary));
}
