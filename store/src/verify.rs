//! What is verified whenever a store is opened: its format, and that the last groups are all there.

use std::fs;

use crate::{
    Direction, Error, KeyRange, KeyValue, Kind, Op, Persist, Seq,
    backend::Journals,
    folder::{Folder, check_format},
    record::{self, CHAIN_KEY, FORMAT_KEY, GROUP_PREFIX, GROUP_SLOTS, Group},
    scratch::with_copy,
};

/// Where the committer goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) last: Seq,
    pub(crate) next_group: u64,
}

/// Looks at the database that has just been opened in the folder of a complete store.
pub(crate) fn ensure_not_empty(backend: &dyn KeyValue, folder: &Folder) -> Result<(), Error> {
    if backend.get(&FORMAT_KEY)?.is_none() {
        let reason = format!("`{}` has no records, not even the first one", folder.data().display());
        return Err(Error::Damaged(reason));
    }
    Ok(())
}

/// Reads the format record, or writes it if there is none, and refuses another format.
pub(crate) fn ensure_format(backend: &dyn KeyValue) -> Result<(), Error> {
    let Some(stored) = backend.get(&FORMAT_KEY)? else {
        if backend.scan(&KeyRange::all(), Direction::Forward).next().is_some() {
            return Err(Error::Damaged("the record with the format is missing".to_owned()));
        }
        let value = record::seal(&FORMAT_KEY, record::format_payload(), Seq(0));
        return backend.write(vec![Op::Put { key: FORMAT_KEY.to_vec(), value }], Persist::Synced);
    };
    let (payload, _) = record::unseal(&FORMAT_KEY, stored)?;
    let found = record::parse_format(&payload)
        .ok_or_else(|| Error::damaged_record(&FORMAT_KEY, "it is not a format record"))?;
    check_format("the store", found)
}

/// Refuses a fjall database whose journals would be cut before something that was on disk; with `accept`, puts those
/// journals aside instead. Otherwise cuts what a crash left of a batch that was being written.
pub(crate) fn examine_journals(folder: &Folder, accept: bool) -> Result<(), Error> {
    let journals = Journals::read(&folder.data())?;
    let last = if journals.needs_last_group() {
        let last = with_copy(Kind::Fjall, folder, |backend| {
            let (groups, _) = read_groups(&*backend?)?;
            Ok(groups.last().map_or(0, |group| group.number))
        })?;
        Some(last)
    } else {
        None
    };
    let findings = journals.findings(last);
    if !findings.is_empty() {
        if !accept {
            return Err(Error::Damaged(findings.join("; ")));
        }
        for finding in &findings {
            tracing::error!(finding, "opening a damaged store");
        }
        put_aside(folder, &journals)?;
    }
    journals.cut_tails()
}

fn put_aside(folder: &Folder, journals: &Journals) -> Result<(), Error> {
    let mut number = 1;
    let aside = loop {
        let path = folder.path().join(format!("damaged-{number}"));
        if !path.exists() {
            break path;
        }
        number += 1;
    };
    fs::create_dir(&aside).map_err(Error::io(format!("making `{}`", aside.display())))?;
    for (journal, _) in &journals.damage {
        let target = aside.join(journal.file_name().unwrap_or_default());
        fs::copy(journal, target).map_err(Error::io(format!("copying `{}`", journal.display())))?;
    }
    Ok(())
}

/// Gives up what is missing among the kept groups: the chain begins anew with the last of them.
pub(crate) fn accept_gaps(backend: &dyn KeyValue) -> Result<(), Error> {
    let (groups, findings) = read_groups(backend)?;
    if findings.is_empty() {
        return Ok(());
    }
    for finding in &findings {
        tracing::error!(finding, "opening a damaged store");
    }
    let last = groups.last();
    let begin = last.map_or(1, |group| group.number);
    let mut batch = Vec::new();
    for entry in backend.scan(&KeyRange::prefix(&GROUP_PREFIX), Direction::Forward) {
        let (key, _) = entry?;
        if last.is_none_or(|group| Group::key_of(group.number) != *key) {
            batch.push(Op::delete(&*key));
        }
    }
    let value = record::seal(&CHAIN_KEY, begin.to_le_bytes().to_vec(), Seq(0));
    batch.push(Op::Put { key: CHAIN_KEY.to_vec(), value });
    backend.write(batch, Persist::Synced)
}

/// The number of the first group that the chain must hold: 1, unless a gap was accepted.
fn chain_begin(backend: &dyn KeyValue) -> Result<u64, Error> {
    let Some(stored) = backend.get(&CHAIN_KEY)? else {
        return Ok(1);
    };
    let (payload, _) = record::unseal(&CHAIN_KEY, stored)?;
    let number = payload.as_ref().try_into().map_err(|_| Error::damaged_record(&CHAIN_KEY, "it has another form"))?;
    Ok(u64::from_le_bytes(number))
}

/// The group records that are kept, oldest first, and a sentence for each thing that does not fit.
pub(crate) fn read_groups(backend: &dyn KeyValue) -> Result<(Vec<Group>, Vec<String>), Error> {
    let mut groups = Vec::new();
    let mut findings = Vec::new();
    for entry in backend.scan(&KeyRange::prefix(&GROUP_PREFIX), Direction::Forward) {
        let (key, stored) = entry?;
        let group = record::unseal(&key, stored).map(|(payload, _)| Group::parse(&payload));
        match group {
            Ok(Some(group)) if Group::key_of(group.number) == *key => groups.push(group),
            Ok(_) => findings.push(format!("the group record `{}` can't be read", key.escape_ascii())),
            Err(error) => findings.push(error.to_string()),
        }
    }
    groups.sort_unstable_by_key(|group| group.number);
    findings.extend(gaps(&groups, chain_begin(backend)?));
    Ok((groups, findings))
}

/// Where the chain of groups that begins with number `begin` is broken.
fn gaps(groups: &[Group], begin: u64) -> Vec<String> {
    let mut gaps = Vec::new();
    let Some(last) = groups.last() else {
        return gaps;
    };
    let oldest = last.number.saturating_sub(GROUP_SLOTS - 1).max(begin);
    if groups[0].number > oldest {
        gaps.push(missing("groups", oldest, groups[0].number));
    }
    if groups[0].number == 1 && groups[0].first != Seq(1) {
        gaps.push(format!("the first group begins with commit {}", groups[0].first.0));
    }
    for pair in groups.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        if before.number + 1 != after.number {
            gaps.push(missing("groups", before.number + 1, after.number));
        } else if before.last.0 + 1 != after.first.0 {
            gaps.push(missing("commits", before.last.0 + 1, after.first.0));
        }
    }
    gaps
}

pub(crate) fn missing(things: &str, from: u64, before: u64) -> String {
    format!("the {things} {from} to {} are missing", before.saturating_sub(1))
}

/// The position behind the last group, if the kept groups form a chain without gaps.
pub(crate) fn last_groups(backend: &dyn KeyValue) -> Result<Position, Error> {
    let (groups, findings) = read_groups(backend)?;
    if !findings.is_empty() {
        return Err(Error::Damaged(findings.join("; ")));
    }
    Ok(groups.last().map_or(Position { last: Seq(0), next_group: 1 }, |group| Position {
        last: group.last,
        next_group: group.number + 1,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(numbers: impl IntoIterator<Item = u64>) -> Vec<Group> {
        let group = |number| Group {
            number,
            first: Seq(2 * number - 1),
            last: Seq(2 * number),
            synced: number - 1,
            operations: 2,
        };
        numbers.into_iter().map(group).collect()
    }

    #[test]
    fn a_whole_chain_has_no_gaps() {
        assert!(gaps(&[], 1).is_empty());
        assert!(gaps(&chain(1..=1), 1).is_empty());
        assert!(gaps(&chain(1..=GROUP_SLOTS), 1).is_empty());
        assert!(gaps(&chain(77..=76 + GROUP_SLOTS), 1).is_empty());
        assert!(gaps(&chain(9..=12), 9).is_empty());
    }

    #[test]
    fn missing_groups_and_commits_are_named() {
        assert_eq!(gaps(&chain([1, 2, 5]), 1), ["the groups 3 to 4 are missing"]);
        assert_eq!(gaps(&chain(3..=5), 1), ["the groups 1 to 2 are missing"]);
        assert_eq!(gaps(&chain(78..=76 + GROUP_SLOTS), 1), ["the groups 77 to 77 are missing"]);
        let mut chain = chain(1..=3);
        chain[1].last = Seq(3);
        assert_eq!(gaps(&chain, 1), ["the commits 4 to 4 are missing"]);
    }
}
