//! A copy of a database to look into, because looking changes it: opening a database repairs, cuts and sorts its files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use std::sync::Arc;

use crate::{Error, KeyValue, Kind, Options, backend::Journals, folder::Folder, store::open_key_value};

/// A copy of a database's folder, removed when dropped.
pub(crate) struct Scratch {
    path: PathBuf,
}

/// Calls `look` with a copy of the database of `kind` in `folder`.
pub(crate) fn with_copy<T>(
    kind: Kind,
    folder: &Folder,
    look: impl FnOnce(Result<Arc<dyn KeyValue>, Error>) -> Result<T, Error>,
) -> Result<T, Error> {
    let scratch = Scratch::copy(kind, &folder.data(), folder.path().join("check"))?;
    if kind == Kind::Fjall {
        Journals::read(&scratch.path)?.cut_tails()?;
    }
    look(open_key_value(kind, &scratch.path, &Options::default()))
}

impl Scratch {
    /// Copies the database of `kind` in `data` to the folder `path`; what was there is removed.
    fn copy(kind: Kind, data: &Path, path: PathBuf) -> Result<Self, Error> {
        if path.exists() {
            fs::remove_dir_all(&path).map_err(Error::io(format!("removing `{}`", path.display())))?;
        }
        let scratch = Self { path };
        copy_folder(kind, data, &scratch.path)?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "a copy made for a check could not be removed");
        }
    }
}

fn copy_folder(kind: Kind, from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(Error::io(format!("making `{}`", to.display())))?;
    let failed = || Error::io(format!("reading `{}`", from.display()));
    // fjall never writes to a finished table again, so another name for it is as good as a copy and costs no space.
    let immutable = kind == Kind::Fjall && from.file_name().is_some_and(|name| name == "tables" || name == "blobs");
    for entry in fs::read_dir(from).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(failed())?.is_dir() {
            copy_folder(kind, &source, &target)?;
        } else if !immutable || fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target).map_err(Error::io(format!("copying `{}`", source.display())))?;
        }
    }
    Ok(())
}
