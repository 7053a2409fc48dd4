//! The folder around a store on disk: what kind it holds, and who has it open.
//!
//! ```text
//! <store>/STORE    kind, format, stage: text     checked before the database underneath touches a byte
//! <store>/LOCK     locked while open; holds the process id
//! <store>/data/    the database's own files
//! ```

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{Error, Kind, record::FORMAT};

const MARKER: &str = "STORE";
const LOCK: &str = "LOCK";
const DATA: &str = "data";
const HEADING: &str = "tollgate store";
/// How far a store has been made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was ever committed to it; whatever a crash left of its database can go.
    Making,
    /// It is being filled from a backup or another store.
    Filling,
    /// It has its first record, so that an empty database means that something is missing.
    Complete,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Making, Self::Filling, Self::Complete];

    fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Filling => "filling",
            Self::Complete => "complete",
        }
    }
}

/// What to do about a store of another format.
const FORMAT_ADVICE: &str =
    "use the version that wrote it, or let that version make a backup and restore the backup with this one";

/// A store's folder, locked until dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    kind: Kind,
    stage: Stage,
    // Held for its lock, which ends with the process however that ends.
    lock: File,
}

impl Folder {
    /// Locks the folder of the `kind` store at `path`, making it if `create` says so.
    pub(crate) fn open(path: &Path, kind: Kind, create: bool) -> Result<Self, Error> {
        if !path.join(MARKER).exists() {
            if !create {
                return Err(Error::NoStore { path: path.to_owned() });
            }
            Self::prepare(path)?;
        }
        let lock = lock(path)?;
        let stage = if path.join(MARKER).exists() {
            let marker = read_marker(path)?;
            check_format(&format!("the store at `{}`", path.display()), marker.format)?;
            if marker.kind != kind {
                return Err(Error::WrongKind { path: path.to_owned(), found: marker.kind, asked: kind });
            }
            marker.stage
        } else {
            write_marker(path, kind, Stage::Making)?;
            Stage::Making
        };
        Ok(Self { path: path.to_owned(), kind, stage, lock })
    }

    /// How far the store has been made.
    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Remembers durably how far the store has been made.
    pub(crate) fn set_stage(&mut self, stage: Stage) -> Result<(), Error> {
        write_marker(&self.path, self.kind, stage)?;
        self.stage = stage;
        Ok(())
    }

    /// Makes room for a database, removing what an interrupted making left.
    pub(crate) fn clear_data(&self) -> Result<(), Error> {
        match fs::remove_dir_all(self.data()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(format!("removing `{}`", self.data().display()))(error))
            }
            _ => Ok(()),
        }
    }

    /// Where the database's own files are.
    pub(crate) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder, refusing one that holds anything else: a mistyped path must not fill someone's folder.
    fn prepare(path: &Path) -> Result<(), Error> {
        fs::create_dir_all(path).map_err(Error::io(format!("making the folder `{}`", path.display())))?;
        let entries = fs::read_dir(path).map_err(Error::io(format!("reading `{}`", path.display())))?;
        for entry in entries {
            let entry = entry.map_err(Error::io(format!("reading `{}`", path.display())))?;
            let name = entry.file_name();
            // A crash between making the folder and writing the marker leaves the lock file alone behind.
            if name != LOCK && name != "lost+found" && name != format!("{MARKER}.new").as_str() {
                return Err(Error::InTheWay {
                    path: entry.path(),
                    reason: "a store is made in an empty folder, or in one that does not exist",
                });
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing is not enough: a process being started at this moment holds a copy of every open file, and with it
        // the lock, until it runs its own program.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, path = %self.path.display(), "the store's folder could not be unlocked");
        }
    }
}

/// The kind of the store at `path`.
pub(crate) fn kind_of(path: &Path) -> Result<Kind, Error> {
    let marker = read_marker(path)?;
    check_format(&format!("the store at `{}`", path.display()), marker.format)?;
    Ok(marker.kind)
}

/// Refuses every format but this version's own.
pub(crate) fn check_format(store: &str, found: u32) -> Result<(), Error> {
    if found == FORMAT {
        return Ok(());
    }
    Err(Error::WrongFormat { store: store.to_owned(), found, supported: FORMAT, advice: FORMAT_ADVICE })
}

fn lock(path: &Path) -> Result<File, Error> {
    let name = path.join(LOCK);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&name)
        .map_err(Error::io(format!("opening `{}`", name.display())))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder may be just writing its id; then the error goes without.
            let _ = file.read_to_string(&mut holder);
            return Err(Error::Locked { path: path.to_owned(), holder: holder.trim().parse().ok() });
        }
        Err(TryLockError::Error(source)) => {
            return Err(Error::Io { action: format!("locking `{}`", name.display()), source });
        }
    }
    let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(Error::io(format!("writing `{}`", name.display())))?;
    Ok(file)
}

#[derive(Debug, PartialEq, Eq)]
struct Marker {
    kind: Kind,
    format: u32,
    stage: Stage,
}

fn read_marker(path: &Path) -> Result<Marker, Error> {
    let name = path.join(MARKER);
    let text = match fs::read_to_string(&name) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoStore { path: path.to_owned() });
        }
        Err(error) => return Err(Error::io(format!("reading `{}`", name.display()))(error)),
    };
    parse_marker(&text).ok_or_else(|| Error::Damaged(format!("`{}` can't be read", name.display())))
}

fn parse_marker(text: &str) -> Option<Marker> {
    let mut lines = text.lines();
    if lines.next()? != HEADING {
        return None;
    }
    let kind = lines.next()?.strip_prefix("kind ")?.parse().ok()?;
    let format = lines.next()?.strip_prefix("format ")?.parse().ok()?;
    let stage = lines.next()?.strip_prefix("stage ")?;
    let stage = Stage::ALL.into_iter().find(|known| known.name() == stage)?;
    Some(Marker { kind, format, stage })
}

fn write_marker(path: &Path, kind: Kind, stage: Stage) -> Result<(), Error> {
    let text = format!("{HEADING}\nkind {kind}\nformat {FORMAT}\nstage {}\n", stage.name());
    write_durably(&path.join(MARKER), text.as_bytes())
}

/// Writes a small file so that after a crash it is there whole or not at all.
pub(crate) fn write_durably(name: &Path, content: &[u8]) -> Result<(), Error> {
    let draft = name.with_extension("new");
    let written = File::create(&draft).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(Error::io(format!("writing `{}`", draft.display())))?;
    fs::rename(&draft, name).map_err(Error::io(format!("renaming `{}`", draft.display())))?;
    sync_folder_of(name)
}

/// Brings a file's name to the disk, by syncing the folder it is in.
pub(crate) fn sync_folder_of(name: &Path) -> Result<(), Error> {
    let folder = match name.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(Error::io(format!("syncing `{}`", folder.display())))
}

/// Bytes of all files below `path`, as allocated on the disk.
pub(crate) fn size_of(path: &Path) -> Result<u64, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let failed = || Error::io(format!("reading `{}`", path.display()));
    let mut bytes = 0;
    for entry in fs::read_dir(path).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        // A file may go away between listing and asking: the database removes its own at any time.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        bytes += if metadata.is_dir() { size_of(&entry.path())? } else { metadata.blocks() * 512 };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        for stage in Stage::ALL {
            write_marker(folder.path(), Kind::Sled, stage).unwrap();
            let marker = read_marker(folder.path()).unwrap();
            assert_eq!(marker, Marker { kind: Kind::Sled, format: FORMAT, stage });
        }
        assert_eq!(parse_marker("tollgate store\nkind nothing\nformat 1\nstage complete\n"), None);
        assert_eq!(parse_marker(""), None);
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letter.txt"), "dear").unwrap();
        let error = Folder::open(folder.path(), Kind::Fjall, true).unwrap_err();
        assert!(matches!(error, Error::InTheWay { .. }), "{error}");
    }
}
