//! Statistics over lists.

use std::cmp::Ordering;

use super::{Arguments, Builtin, count, list::of_list};
use crate::{
    arithmetic::{arithmetic, from_double},
    decimal::Decimal,
    error::Failure,
    eval::Outcome,
    value::Value,
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static MIN: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| extreme(a, Ordering::Less))];
    static MAX: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| extreme(a, Ordering::Greater))];
    static SUM: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_numbers(a, |n| Ok(Value::Number(sum(n)))))];
    static PRODUCT: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| {
        of_numbers(a, |n| Ok(Value::Number(n.iter().fold(Decimal::ONE, |product, number| product.times(*number)))))
    })];
    static MEAN: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_numbers(a, |n| mean(n).map(Value::Number)))];
    static MEDIAN: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_numbers(a, median))];
    static STDDEV: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_numbers(a, stddev))];
    static MODE: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| match a {
        [Value::List(items)] if items.is_empty() => Ok(Value::list(Vec::new())),
        _ => of_numbers(a, mode),
    })];
    Some(match name {
        "min" => &MIN,
        "max" => &MAX,
        "sum" => &SUM,
        "product" => &PRODUCT,
        "mean" => &MEAN,
        "median" => &MEDIAN,
        "stddev" => &STDDEV,
        "mode" => &MODE,
        _ => return None,
    })
}

fn extreme(arguments: Arguments<'_>, wanted: Ordering) -> Outcome {
    of_list(arguments, |items| {
        let Some(mut best) = items.first() else { return Ok(Value::Null) };
        if !Value::List(items.clone()).is_comparable() {
            return Err(Failure::error("the list is not comparable"));
        }
        for item in &items[1..] {
            match item.order(best) {
                Some(order) if order == wanted => best = item,
                Some(_) => {}
                None => {
                    return Err(Failure::Abort(format!(
                        "java.lang.IllegalArgumentException: {best} can not be compared to {item}"
                    )));
                }
            }
        }
        Ok(best.clone())
    })
}

/// Applies to a list of numbers that is not empty; an empty list gives null.
fn of_numbers(arguments: Arguments<'_>, function: impl Fn(&[Decimal]) -> Outcome) -> Outcome {
    of_list(arguments, |items| {
        if items.is_empty() {
            return Ok(Value::Null);
        }
        let mut numbers = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item {
                Value::Number(number) => numbers.push(*number),
                other => return Err(Failure::error(format!("expected number but found '{other}'"))),
            }
        }
        function(&numbers)
    })
}

fn sum(numbers: &[Decimal]) -> Decimal {
    numbers.iter().fold(Decimal::ZERO, |sum, number| sum.plus(*number))
}

fn size(numbers: &[Decimal]) -> Decimal {
    match count(numbers.len()) {
        Value::Number(size) => size,
        _ => Decimal::ZERO,
    }
}

fn mean(numbers: &[Decimal]) -> Result<Decimal, Failure> {
    sum(numbers).divided_by(size(numbers)).map_err(arithmetic)
}

fn median(numbers: &[Decimal]) -> Outcome {
    let mut sorted = numbers.to_vec();
    sorted.sort();
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return Ok(Value::Number(sorted[middle]));
    }
    let between = sorted[middle - 1].plus(sorted[middle]).divided_by(Decimal::from(2)).map_err(arithmetic)?;
    Ok(Value::Number(between))
}

fn stddev(numbers: &[Decimal]) -> Outcome {
    let mean = mean(numbers)?;
    let mut squares = Decimal::ZERO;
    for number in numbers {
        squares = squares.plus(number.minus(mean).power(2).map_err(arithmetic)?);
    }
    let variance = squares.divided_by(size(numbers).minus(Decimal::ONE)).map_err(arithmetic)?;
    from_double(variance.to_f64().sqrt())
}

fn mode(numbers: &[Decimal]) -> Outcome {
    let mut sorted = numbers.to_vec();
    sorted.sort();
    let runs: Vec<&[Decimal]> = sorted.chunk_by(|a, b| a == b).collect();
    let most = runs.iter().map(|run| run.len()).max().unwrap_or(0);
    Ok(Value::list(runs.iter().filter(|run| run.len() == most).map(|run| Value::Number(run[0])).collect()))
}
