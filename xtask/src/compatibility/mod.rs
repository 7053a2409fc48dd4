//! The feature table of `docs/compatibility.md`, made from `docs/features.tsv` and from the tests that cite its rows.
//!
//! A row that is said to work without a test that cites it is an error, and so is a page that was not written anew.

mod citations;
mod features;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result, bail};

use self::{
    citations::Citations,
    features::{Feature, Status},
};

const PAGE: &str = "docs/compatibility.md";
const BEGIN: &str = "<!-- written by `cargo xtask compatibility` from docs/features.tsv: do not edit -->";
const END: &str = "<!-- end of what is written -->";
/// Tests named in a row; the rest is counted.
const NAMED: usize = 3;

/// Writes the table into the page.
pub(crate) fn write(root: &Path) -> Result<()> {
    let page = root.join(PAGE);
    fs::write(&page, renewed(root)?).with_context(|| page.display().to_string())
}

/// The page as it should be.
fn renewed(root: &Path) -> Result<String> {
    let page = root.join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let features = features::read(&root.join("docs/features.tsv"))?;
    let citations = citations::collect(root)?;
    check(&features, &citations)?;
    let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
        bail!("{PAGE} has no place for the table: it goes between `{BEGIN}` and `{END}`");
    };
    Ok(format!("{}{BEGIN}\n\n{}\n{}", &text[..begin], table(&features, &citations), &text[end..]))
}

/// Rows that claim to work must be proved; tests must cite rows that there are.
fn check(features: &[Feature], citations: &Citations) -> Result<()> {
    let mut problems = Vec::new();
    for feature in features {
        let tested = citations.contains_key(&feature.id);
        if feature.status == Status::Works && !tested {
            problems.push(format!("{} ({}) is said to work, but no test cites it", feature.id, feature.name));
        }
        if feature.status == Status::Unproven && tested {
            problems.push(format!("{} is said to be unproven, but a test cites it", feature.id));
        }
        if !matches!(feature.status, Status::Works | Status::Unproven) && feature.note.is_empty() {
            problems.push(format!("{} has no note that says how it differs", feature.id));
        }
    }
    for id in citations.keys() {
        if !features.iter().any(|feature| feature.id == *id) {
            problems.push(format!("{id} is cited, but is no row of the table"));
        }
    }
    if problems.is_empty() { Ok(()) } else { bail!("docs/features.tsv:\n{}", problems.join("\n")) }
}

fn table(features: &[Feature], citations: &Citations) -> String {
    let mut out = String::new();
    let count = |status| features.iter().filter(|feature| feature.status == status).count();
    let _ = writeln!(
        out,
        "{} rows: {} work, {} differ, {} refused, {} do not apply, {} are unproven.",
        features.len(),
        count(Status::Works),
        count(Status::Differs),
        count(Status::Refused),
        count(Status::NotApplicable),
        count(Status::Unproven),
    );
    let mut areas: Vec<&str> = Vec::new();
    let mut by_area: BTreeMap<&str, Vec<&Feature>> = BTreeMap::new();
    for feature in features {
        if !by_area.contains_key(feature.area.as_str()) {
            areas.push(&feature.area);
        }
        by_area.entry(&feature.area).or_default().push(feature);
    }
    for area in areas {
        let _ = writeln!(out, "\n### {area}\n\n| id | feature | grade | state | tests |\n|---|---|---|---|---|");
        for feature in &by_area[area] {
            let state = match feature.note.as_str() {
                "" => feature.status.text().to_owned(),
                note => format!("{}: {note}", feature.status.text()),
            };
            let tests = citations.get(&feature.id).map_or_else(String::new, |tests| named(tests));
            let _ = writeln!(out, "| {} | {} | {} | {state} | {tests} |", feature.id, feature.name, feature.grade);
        }
    }
    out
}

fn named(tests: &std::collections::BTreeSet<String>) -> String {
    let mut text = tests.iter().take(NAMED).map(|test| format!("`{test}`")).collect::<Vec<_>>().join(", ");
    if tests.len() > NAMED {
        let _ = write!(text, " and {} more", tests.len() - NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_page_is_up_to_date() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let page = std::fs::read_to_string(root.join(super::PAGE)).unwrap();
        let renewed = super::renewed(root).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(page == renewed, "{} is stale: run `cargo xtask compatibility`", super::PAGE);
    }
}
