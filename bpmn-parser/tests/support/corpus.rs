//! `expectations.csv`.

use std::{fs, path::Path};

/// What a real Camunda said about one file.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Path below the corpus.
    pub(crate) file: String,
    /// Whether it was deployed.
    pub(crate) outcome: Outcome,
    /// Its errors, joined by ` | `.
    pub(crate) errors: String,
    /// JSON of what it made of the file.
    pub(crate) facts: String,
}

/// Whether a file was deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Deployed.
    Ok,
    /// Rejected.
    Error,
}

impl Expected {
    /// Whether the file goes to the BPMN parser.
    pub(crate) fn is_bpmn(&self) -> bool {
        self.file.contains(".bpmn")
    }
}

/// All expectations; `None` without the file.
pub(crate) fn expectations(path: &Path) -> Option<Vec<Expected>> {
    let text = fs::read_to_string(path).ok()?;
    let mut rows = records(&text).into_iter();
    let header = rows.next()?;
    let column = |name: &str| header.iter().position(|cell| cell == name).expect("a column of the expectations");
    let (file, outcome, errors, facts) = (column("file"), column("outcome"), column("errors"), column("facts"));
    Some(
        rows.map(|row| Expected {
            file: row[file].clone(),
            outcome: if row[outcome] == "ok" { Outcome::Ok } else { Outcome::Error },
            errors: row[errors].clone(),
            facts: row[facts].clone(),
        })
        .collect(),
    )
}

/// The records of a CSV text; quoted cells may hold line breaks and doubled quotes.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        records.push(record);
    }
    records
}
