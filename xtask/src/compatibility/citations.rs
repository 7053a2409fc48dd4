//! Which tests cite which rows: `E-001` in the sources of tests, in scenarios, and in the list of what scenarios cover.
//!
//! Scenarios count when they are on the list of those that pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail};

/// Tests by row.
pub(crate) type Citations = BTreeMap<String, BTreeSet<String>>;

/// Lines below a citation within which the name of its test is looked for.
const REACH: usize = 12;

/// Reads all tests.
pub(crate) fn collect(root: &Path) -> Result<Citations> {
    let mut citations = Citations::new();
    scenarios(&root.join("fixtures/oracle"), &mut citations)?;
    let mut members: Vec<_> = fs::read_dir(root)?.collect::<Result<_, _>>()?;
    members.sort_by_key(fs::DirEntry::file_name);
    for member in members {
        let path = member.path();
        if path.join("Cargo.toml").is_file() && member.file_name() != "target" && member.file_name() != "xtask" {
            let name = member.file_name().to_string_lossy().into_owned();
            sources(&path.join("src"), &name, false, &mut citations)?;
            sources(&path.join("tests"), &name, true, &mut citations)?;
        }
    }
    Ok(citations)
}

fn scenarios(oracle: &Path, citations: &mut Citations) -> Result<()> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| path.display().to_string());
    let mut covers: BTreeMap<String, String> = BTreeMap::new();
    for line in read(&oracle.join("rows.txt"))?.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((name, rows)) = line.split_once(':') else { bail!("rows.txt: `{line}` has no colon") };
        covers.insert(name.to_owned(), rows.to_owned());
    }
    for name in read(&oracle.join("passing.txt"))?
        .lines()
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
    {
        let text = read(&oracle.join(format!("scenarios/{name}.yaml")))?;
        let more = covers.get(name).map_or("", String::as_str);
        for id in ids(&text).chain(ids(more)) {
            citations.entry(id.to_owned()).or_default().insert(name.to_owned());
        }
    }
    Ok(())
}

/// Sources below a folder; outside of folders for tests only what stands in modules for tests.
fn sources(folder: &Path, member: &str, all: bool, citations: &mut Citations) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            sources(&path, member, all || stem == "tests", citations)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let from = if all || stem == "tests" { Some(0) } else { text.find("#[cfg(test)]") };
            if let Some(from) = from {
                cited(&text[from..], member, &stem, citations);
            }
        }
    }
    Ok(())
}

fn cited(text: &str, member: &str, stem: &str, citations: &mut Citations) {
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        for id in ids(line) {
            let below = lines[at..].iter().take(REACH);
            let test = below.filter_map(|line| line.trim_start().strip_prefix("fn ")?.split('(').next()).next();
            let test = test.map_or_else(|| format!("{member}::{stem}"), |test| format!("{member}::{stem}::{test}"));
            citations.entry(id.to_owned()).or_default().insert(test);
        }
    }
}

/// `E-` and three digits.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("E-").filter_map(|(at, _)| {
        let id = text.get(at..at + 5)?;
        let free = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
            && !text[at + 5..].chars().next().is_some_and(char::is_alphanumeric);
        (free && id[2..].bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn ids_stand_alone() {
        let found: Vec<_> = ids("E-001, (E-426) ENGINE-001 E-12 E-1234 PRE-001 E-007").collect();
        assert_eq!(found, ["E-001", "E-426", "E-007"]);
    }
}
