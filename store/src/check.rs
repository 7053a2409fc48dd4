//! Reads a whole store and says what is intact and what is not. Changes nothing.

use std::{collections::BTreeMap, fmt, path::Path};

use crate::{
    Direction, Error, KeyRange, KeyValue, Kind, Seq, Store,
    backend::Journals,
    folder::Folder,
    record::{self, FORMAT_KEY, STORE_TABLE},
    scratch::with_copy,
    verify,
};

/// Damaged records that are named in a report; the others are counted.
const NAMED: usize = 20;

/// What a check found in one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableReport {
    /// Intact records.
    pub records: u64,
    /// Bytes of their keys and payloads.
    pub bytes: u64,
    /// Records that don't match their checksum or can't be read.
    pub damaged: u64,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which store lies underneath.
    pub kind: Kind,
    /// The last commit.
    pub committed: Seq,
    /// What each table (first byte of the key) holds.
    pub tables: BTreeMap<u8, TableReport>,
    /// A sentence for each thing that is wrong; empty if the store is intact.
    pub findings: Vec<String>,
}

impl Report {
    fn new(kind: Kind) -> Self {
        Self { kind, committed: Seq(0), tables: BTreeMap::new(), findings: Vec::new() }
    }

    /// Whether nothing is wrong.
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }

    /// Intact records of all the caller's tables.
    pub fn records(&self) -> u64 {
        self.callers_tables().map(|(_, table)| table.records).sum()
    }

    fn callers_tables(&self) -> impl Iterator<Item = (&u8, &TableReport)> {
        self.tables.iter().filter(|(table, _)| **table != STORE_TABLE)
    }

    /// Reads every record. `committed` gives the last commit when everything has been read.
    fn read_records(&mut self, backend: &dyn KeyValue, committed: impl FnOnce() -> Seq) {
        let mut damaged = 0;
        let mut newest = Seq(0);
        let snapshot = backend.snapshot();
        let scan = match &snapshot {
            Some(snapshot) => snapshot.scan(&KeyRange::all(), Direction::Forward),
            None => backend.scan(&KeyRange::all(), Direction::Forward),
        };
        for entry in scan {
            let (key, stored) = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    // The library gives no key here, and may well stop.
                    self.findings.push(format!("records can't be read: {error}"));
                    continue;
                }
            };
            let table = self.tables.entry(key.first().copied().unwrap_or(STORE_TABLE)).or_default();
            match record::verify(&key, &stored) {
                Ok(seq) => {
                    table.records += 1;
                    table.bytes += (key.len() + stored.len() - record::TRAILER_BYTES) as u64;
                    newest = newest.max(seq);
                }
                Err(error) => {
                    table.damaged += 1;
                    damaged += 1;
                    if damaged <= NAMED {
                        self.findings.push(error.to_string());
                    }
                }
            }
        }
        if damaged > NAMED {
            self.findings.push(format!("{} more records are damaged", damaged - NAMED));
        }
        self.committed = committed();
        if newest > self.committed {
            self.findings.push(format!(
                "a record of commit {} exists, but the last group ends with commit {}: later groups are missing",
                newest.0, self.committed.0
            ));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} store, last commit {}", self.kind, self.committed.0)?;
        for (table, report) in self.callers_tables() {
            let name = table.escape_ascii();
            write!(f, "table `{name}`: {} records intact, {} bytes", report.records, report.bytes)?;
            if report.damaged > 0 {
                write!(f, ", {} damaged", report.damaged)?;
            }
            writeln!(f)?;
        }
        for finding in &self.findings {
            writeln!(f, "damage: {finding}")?;
        }
        f.write_str(if self.is_intact() { "intact" } else { "damaged" })
    }
}

/// Checks the store in the folder `path`, which must not be open elsewhere.
///
/// The database is read from a copy, so that nothing is repaired or cut; the copy needs room for the journals (fjall) or
/// the whole database (sled).
///
/// # Errors
/// If there is no store, it is in use, or there is no room for the copy. Damage is no error: it is in the report.
pub fn check(path: impl AsRef<Path>) -> Result<Report, Error> {
    let path = path.as_ref();
    let kind = crate::folder::kind_of(path)?;
    let folder = Folder::open(path, kind, false)?;
    let mut report = Report::new(kind);
    let journals = match kind {
        Kind::Fjall => Journals::read(&folder.data())?,
        _ => Journals::default(),
    };
    with_copy(kind, &folder, |backend| {
        let backend = match backend {
            Ok(backend) => backend,
            Err(error) => {
                report.findings.push(format!("the database can't be opened: {error}"));
                report.findings.extend(journals.findings(None));
                return Ok(());
            }
        };
        if backend.get(&FORMAT_KEY)?.is_none() {
            report.findings.push("the record with the format is missing".to_owned());
        }
        let (groups, findings) = verify::read_groups(&*backend)?;
        report.findings.extend(journals.findings(groups.last().map(|group| group.number)));
        report.findings.extend(findings);
        report.read_records(&*backend, || groups.last().map_or(Seq(0), |group| group.last));
        Ok(())
    })?;
    Ok(report)
}

impl Store {
    /// Reads every record of the open store and checks it, while commits go on.
    ///
    /// # Errors
    /// If the store is poisoned or closed. Damage is no error: it is in the report.
    pub fn check(&self) -> Result<Report, Error> {
        let mut report = Report::new(self.kind());
        // The slots of the groups are overwritten all the time; between two groups they hold still.
        let (_, findings) = self.between_groups(|pipeline| verify::read_groups(pipeline.backend()))??;
        report.findings.extend(findings);
        report.read_records(self.backend(), || {
            // What the scan saw last may still be on its way to being acknowledged.
            self.between_groups(|_| ()).map_or(Seq(u64::MAX), |()| self.committed())
        });
        Ok(report)
    }
}
