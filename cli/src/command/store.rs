//! `tollgate store`: keeping a data folder well.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};
use tollgate::store::{self, Kind, Options, Report, Store, Summary};

use crate::{
    client::ServerArgs,
    exit::Exit,
    output::{self, Format, count},
    style,
};

/// Check, compact, back up, restore and move the data of a server that is stopped; back up one that runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate store check tollgate-data
  tollgate store backup tollgate-data monday.backup
  tollgate store backup --server http://127.0.0.1:8080 monday.backup
  tollgate store restore monday.backup tollgate-data-restored
  tollgate store migrate tollgate-data tollgate-sled --to sled

See docs/stores.md for what is checked, and for durability.")]
pub(crate) struct StoreCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read everything, verify every checksum, and say what is intact and what is not. Changes nothing.
    Check {
        /// Folder of the store.
        data: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Give space back that is no longer needed.
    Compact {
        /// Folder of the store.
        data: PathBuf,
    },
    /// Write everything into one file, checked on the way: of a folder, or of a server that runs on (`--server`).
    #[command(allow_missing_positional = true)]
    Backup {
        /// Folder of the store, of a server that is stopped. With it, no server is asked.
        #[arg(required_unless_present = "server")]
        data: Option<PathBuf>,
        /// The file, which must not exist.
        file: PathBuf,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Make a store of a backup. The backup is verified before the first byte is written, the store is read back afterwards.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Folder of the store, empty or not there.
        data: PathBuf,
        /// Kind of the store.
        #[arg(long, value_name = "KIND", default_value = "fjall", value_parser = kind)]
        to: Kind,
    },
    /// Copy a store into one of another kind, and compare both. The source stays.
    Migrate {
        /// Folder of the store.
        data: PathBuf,
        /// Folder of the copy, empty or not there.
        target: PathBuf,
        /// Kind of the copy.
        #[arg(long, value_name = "KIND", value_parser = kind)]
        to: Kind,
    },
}

fn kind(name: &str) -> Result<Kind, String> {
    match name {
        "fjall" => Ok(Kind::Fjall),
        "sled" => Ok(Kind::Sled),
        other => Err(format!("unknown store `{other}`, expected `fjall` or `sled`")),
    }
}

impl StoreCommand {
    pub(crate) fn run(self) -> Result<Exit> {
        match self.action {
            Action::Check { data, format } => check(&data, format),
            Action::Compact { data } => {
                let before = size(&data);
                let store = open(&data)?;
                with_progress("compacting", &data, || store.compact())?;
                store.close()?;
                drop(store);
                println!("compacted {}: {} before, {} after", data.display(), bytes(before), bytes(size(&data)));
                Ok(Exit::Done)
            }
            Action::Backup { data: None, file, server } => download(&server, &file),
            Action::Backup { data: Some(data), file, .. } => {
                let store = open(&data)?;
                let part = PathBuf::from(format!("{}.part", file.display()));
                let summary = with_progress("backing up", &part, || store.backup(&file))
                    .with_context(|| format!("no backup of {} was made", data.display()))?;
                println!("{} holds {}, {}", file.display(), records(&summary), bytes(size(&file)));
                Ok(Exit::Done)
            }
            Action::Restore { file, data, to } => {
                let summary = with_progress("restoring", &data, || store::restore(&file, to, &data))
                    .with_context(|| format!("{} was not restored", file.display()))?;
                println!("{} holds {} and was read back", data.display(), records(&summary));
                Ok(Exit::Done)
            }
            Action::Migrate { data, target, to } => {
                let summary = with_progress("copying", &target, || store::migrate(&data, to, &target))
                    .with_context(|| format!("{} was not copied", data.display()))?;
                println!(
                    "{} holds {}, compared with {} one by one",
                    target.display(),
                    records(&summary),
                    data.display()
                );
                println!("serve it with: tollgate serve --store {to} --data {}", target.display());
                Ok(Exit::Done)
            }
        }
    }
}

fn open(data: &Path) -> Result<Store> {
    Store::open_existing(data, Options { min_free_bytes: 0, ..Options::default() })
        .with_context(|| format!("can't open the data folder {}", data.display()))
}

/// A backup of a running server, verified here.
fn download(server: &ServerArgs, file: &Path) -> Result<Exit> {
    if file.exists() {
        bail!("`{}` is in the way: a backup goes to a file that does not exist", file.display());
    }
    let part = PathBuf::from(format!("{}.part", file.display()));
    let work = || -> Result<u64> {
        let mut out = std::fs::File::create(&part).with_context(|| format!("can't write {}", part.display()))?;
        server.client()?.download("/tollgate/backup", &mut out)?;
        out.sync_all()?;
        let committed = store::verify_backup(&part)?;
        std::fs::rename(&part, file)?;
        Ok(committed.0)
    };
    let committed = with_progress("backing up", &part, work).inspect_err(|_| drop(std::fs::remove_file(&part)));
    let committed = committed.context("no backup of the server was made")?;
    println!("{} holds everything up to commit {committed}, {}", file.display(), bytes(size(file)));
    Ok(Exit::Done)
}

fn records(summary: &Summary) -> String {
    let number = usize::try_from(summary.records).unwrap_or(usize::MAX);
    format!("{} up to commit {}", count(number, "record"), summary.committed.0)
}

fn check(data: &Path, format: Format) -> Result<Exit> {
    let report = with_progress("checking", data, || store::check(data))
        .with_context(|| format!("{} can't be checked", data.display()))?;
    match format {
        Format::Json => output::json(&report_json(data, &report))?,
        Format::Text => report_text(data, &report),
    }
    Ok(if report.is_intact() { Exit::Done } else { Exit::Failed })
}

/// What lies in a table, by the first byte of its keys (docs/stores.md).
fn table_name(table: u8) -> &'static str {
    match table {
        0 => "the store's own records",
        b'r' => "process instances",
        b'R' => "entities of large process instances",
        b'h' => "history",
        b'd' => "deployments, definitions, users and other records",
        _ => "other",
    }
}

fn report_text(data: &Path, report: &Report) {
    println!("{} ({}), last commit {}", style::strong(data.display()), report.kind, report.committed.0);
    for (table, found) in &report.tables {
        let damaged = match found.damaged {
            0 => String::new(),
            number => format!(", {number} damaged"),
        };
        let records = count(usize::try_from(found.records).unwrap_or(usize::MAX), "record");
        println!("  {:<50} {records} intact, {}{}", table_name(*table), bytes(found.bytes), style::bad(damaged));
    }
    for finding in &report.findings {
        println!("{} {finding}", style::bad("damage:"));
    }
    if report.is_intact() {
        println!("{}", style::good("intact"));
    } else {
        println!("{}", style::bad(format!("damaged: {}", count(report.findings.len(), "finding"))));
        println!(
            "What to do: keep this folder as it is, restore the last backup into another one (`tollgate store restore FILE \
             DIR`) and serve that.\nWithout a backup: `tollgate serve --accept-damage` opens what is intact, after putting \
             damaged journals aside."
        );
    }
}

fn report_json(data: &Path, report: &Report) -> Json {
    let tables: Map<String, Json> = report
        .tables
        .iter()
        .map(|(table, found)| {
            let value = json!({"records": found.records, "bytes": found.bytes, "damaged": found.damaged});
            (table_name(*table).to_owned(), value)
        })
        .collect();
    json!({
        "data": data.to_string_lossy(),
        "store": report.kind.name(),
        "committed": report.committed.0,
        "intact": report.is_intact(),
        "tables": tables,
        "findings": report.findings,
    })
}

/// Runs something that may take long; on a terminal says how long it has taken, and how big `growing` is.
fn with_progress<T>(what: &str, growing: &Path, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let begun = Instant::now();
            let mut shown = false;
            while let Err(mpsc::RecvTimeoutError::Timeout) = waiting.recv_timeout(Duration::from_millis(500)) {
                shown = true;
                eprint!("\r\x1b[2K{what}: {} s, {}", begun.elapsed().as_secs(), bytes(size(growing)));
                let _ = std::io::stderr().flush();
            }
            if shown {
                eprint!("\r\x1b[2K");
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Bytes of a file or of all files in a folder.
fn size(path: &Path) -> u64 {
    let Ok(meta) = path.symlink_metadata() else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum()
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if number < 1024 {
        return format!("{number} bytes");
    }
    let mut value = number as f64;
    let mut unit = "";
    for name in UNITS {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = name;
    }
    format!("{value:.1} {unit}")
}
