use models::Timestamp;

use super::*;

/// 2030-01-01T00:00:00Z.
const START: i64 = 1_893_456_000_000;

fn due(kind: TimerKind, text: &str) -> Result<Option<i64>, String> {
    resolve(kind, text, Timestamp(START), "UTC").map(|due| due.map(|due| (due.0 - START) / 1000))
}

// E-353; the same as Camunda answers in `timer-cycle-arithmetic`
#[test]
fn a_cycle_of_months_walks_from_day_to_day_and_the_start_counts_when_it_lies_ahead() {
    let cycle = |text| due(TimerKind::Cycle, text).unwrap();
    assert_eq!(cycle("R/PT10M"), Some(600));
    assert_eq!(cycle("R0/PT10M"), Some(0));
    assert_eq!(cycle("R0/2029-02-01T00:00:00/PT10M"), None);
    assert_eq!(cycle("R2/2030-02-01T00:00:00/PT10M"), Some(2_678_400));
    assert_eq!(cycle("R/2029-01-31T12:00:00/P1M1D"), Some(907_200));
    assert_eq!(cycle("R3/P1D/2030-01-02T00:00:00"), Some(86_400));
    assert_eq!(cycle("R/1970-01-01T00:00:00/PT1S"), Some(1));
}

// E-353
#[test]
fn of_years_of_seconds_most_are_skipped() {
    let now = Timestamp(START + 1);
    assert_eq!(repeat_due("R/0001-01-01T00:00:00/PT1S", now, 0, "UTC"), Ok(Some(Timestamp(START + 1000))));
    assert_eq!(repeat_due("R/PT1S/9999-01-01T00:00:00", now, 0, "UTC"), Ok(Some(Timestamp(START + 1000))));
}

// E-086
#[test]
fn a_date_without_offset_is_in_the_zone_and_a_short_one_begins_what_it_names() {
    let berlin = |text| due_date(text, Timestamp(START), "Europe/Berlin").map(|due| (due.0 - START) / 1000);
    assert_eq!(berlin("2030"), Ok(-3600));
    assert_eq!(berlin("2030-07"), Ok(181 * 86_400 - 7200));
    assert_eq!(berlin("2030-07-01T00:00Z"), Ok(181 * 86_400));
    let complaint = berlin("2030-07-01 10:00").unwrap_err();
    assert!(complaint.ends_with("Invalid format: \"2030-07-01 10:00\" is malformed at \" 10:00\""), "{complaint}");
    assert!(berlin("2030-02-29").unwrap_err().ends_with("Value 29 for dayOfMonth must be in the range [1,28]"));
    assert!(berlin("ü").unwrap_err().ends_with("Invalid format: \"ü\""));
    assert!(berlin("").unwrap_err().ends_with("Invalid format: \"\""));
}
