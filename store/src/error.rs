//! What can go wrong, split by what a caller can do about it.

use std::{path::PathBuf, sync::Arc};

use crate::Kind;

/// Why a commit was not accepted or not made durable.
///
/// It is small and cheap to clone, because a failed group hands the same error to every waiting commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// A write or a sync failed, in this commit's group or in an earlier one. The outcome of the commits that were
    /// waiting is unknown until the store is opened again; nothing is ever retried on this handle.
    #[error("the store stopped after a failed write and must be reopened: {cause}")]
    Poisoned {
        /// The first failure, in words.
        cause: Arc<str>,
    },
    /// Too little space is left on the store's disk. The commit was not accepted; the store takes commits again by
    /// itself as soon as space has been freed.
    #[error(
        "{free_bytes} bytes are free on the store's disk, and below {limit_bytes} (`store.min-free`) work is refused; free some space, for example by a clean-up of history: work is taken again by itself"
    )]
    DiskFull {
        /// What is free, in bytes.
        free_bytes: u64,
        /// The configured limit, in bytes.
        limit_bytes: u64,
    },
    /// The queue is full and the caller asked not to wait.
    #[error("the commit queue is full")]
    QueueFull,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// An empty key, a key in the table that belongs to the store (first byte 0), or one that is too long.
    #[error("the key `{key}` can't be used: {reason}")]
    InvalidKey {
        /// The key, with bytes that are not ASCII escaped.
        key: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// A value beyond [`MAX_VALUE_BYTES`](crate::MAX_VALUE_BYTES).
    #[error("a value of {bytes} bytes is beyond the limit of {limit_bytes}")]
    ValueTooLarge {
        /// The size of the value, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// A blocking call from within a completion callback, which would wait for itself.
    #[error("a completion callback may submit commits, but can't wait for one")]
    WouldDeadlock,
}

/// Why the store could not be opened, read, checked, saved or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The operating system refused an operation on a file.
    #[error("{action}: {source}")]
    Io {
        /// What was attempted, with the path.
        action: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The library underneath reported a failure.
    #[error("{kind} store: {message}")]
    Backend {
        /// Which store.
        kind: Kind,
        /// Its message.
        message: String,
    },
    /// Another process, or another handle in this one, has the store open.
    #[error("the store at `{}` is in use{}", path.display(), holder_text(*holder))]
    Locked {
        /// The store's folder.
        path: PathBuf,
        /// Process id of the holder, where it could be read.
        holder: Option<u32>,
    },
    /// The folder holds a store of another kind.
    #[error("the store at `{}` is a {found} store, not {asked}: open it as {found}, or move it with `store migrate`", path.display())]
    WrongKind {
        /// The store's folder.
        path: PathBuf,
        /// What is there.
        found: Kind,
        /// What was asked for.
        asked: Kind,
    },
    /// The store was written in a format that this version does not read.
    #[error("{store} has format {found}, this version reads format {supported}: {advice}")]
    WrongFormat {
        /// What was looked at, for example the store's folder.
        store: String,
        /// Format number found.
        found: u32,
        /// Format number of this version.
        supported: u32,
        /// What to do about it.
        advice: &'static str,
    },
    /// There is no store in the folder.
    #[error("there is no store at `{}`", path.display())]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
    /// A restore or a migration into the folder was interrupted.
    #[error("the store at `{}` was not filled completely: remove the folder and restore or migrate again", path.display())]
    HalfFilled {
        /// The store's folder.
        path: PathBuf,
    },
    /// Something else is in the place where a store should be made.
    #[error("`{}` is in the way: {reason}", path.display())]
    InTheWay {
        /// What is in the way.
        path: PathBuf,
        /// What was expected instead.
        reason: &'static str,
    },
    /// A record does not match its checksum or its form.
    #[error("the record `{key}` is damaged: {reason}")]
    DamagedRecord {
        /// The record's key, with bytes that are not ASCII escaped.
        key: String,
        /// What does not fit.
        reason: String,
    },
    /// The store is damaged; nothing was changed.
    #[error("the store is damaged and was left as it is: {0}; `store check` lists what is intact")]
    Damaged(String),
    /// A backup does not match its own checksums.
    #[error("the backup `{}` can't be used: {reason}", path.display())]
    DamagedBackup {
        /// The backup.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
}

impl Error {
    /// Wraps an I/O error with what was attempted.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    pub(crate) fn damaged_record(key: &[u8], reason: impl Into<String>) -> Self {
        Self::DamagedRecord { key: key.escape_ascii().to_string(), reason: reason.into() }
    }
}

fn holder_text(holder: Option<u32>) -> String {
    holder.map_or_else(|| " by another process".to_owned(), |pid| format!(" by process {pid}"))
}
