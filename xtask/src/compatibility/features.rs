//! `docs/features.tsv`: a row per feature of Camunda 7, its columns separated by tabs.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, bail};

/// Where Tollgate stands with a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// As in Camunda, and a test proves it.
    Works,
    /// Otherwise than in Camunda; the note says how.
    Differs,
    /// Refused, at deployment or when it runs; the note says where and why.
    Refused,
    /// It has no meaning without a Java virtual machine; the note says why.
    NotApplicable,
    /// Built, but no test cites it.
    Unproven,
}

impl Status {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "works" => Self::Works,
            "differs" => Self::Differs,
            "refused" => Self::Refused,
            "not-applicable" => Self::NotApplicable,
            "unproven" => Self::Unproven,
            _ => return None,
        })
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Differs => "differs",
            Self::Refused => "refused",
            Self::NotApplicable => "does not apply",
            Self::Unproven => "unproven",
        }
    }
}

/// A row.
#[derive(Debug)]
pub(crate) struct Feature {
    pub(crate) id: String,
    /// How common it is in models: A very, B regularly, C rarely.
    pub(crate) grade: String,
    pub(crate) area: String,
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) note: String,
}

/// Reads the table.
pub(crate) fn read(path: &Path) -> Result<Vec<Feature>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut seen = BTreeSet::new();
    lines
        .map(|(number, line)| {
            let feature = parse(line).with_context(|| format!("{}:{}", path.display(), number + 1))?;
            if !seen.insert(feature.id.clone()) {
                bail!("{}:{}: {} stands twice", path.display(), number + 1, feature.id);
            }
            Ok(feature)
        })
        .collect()
}

fn parse(line: &str) -> Result<Feature> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [id, grade, area, name, status, note @ ..] = &columns[..] else {
        bail!("five or six columns are expected: id, grade, area, feature, status, note");
    };
    let Some(status) = Status::parse(status) else {
        bail!("`{status}` is no status; expected works, differs, refused, not-applicable or unproven");
    };
    let text = |column: &str| column.trim().to_owned();
    let note = note.first().map_or_else(String::new, |note| text(note));
    Ok(Feature { id: text(id), grade: text(grade), area: text(area), name: text(name), status, note })
}
