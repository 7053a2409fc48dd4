//! The guard that refuses commits before the disk is full.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::CommitError;

/// How often the file system is asked at most, while commits flow and while they are refused.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Asks for the free bytes on the store's disk.
pub type FreeSpace = Arc<dyn Fn() -> io::Result<u64> + Send + Sync>;

/// The free bytes of the file system that holds `path`, as an ordinary user may use them.
pub(crate) fn free_space_at(path: PathBuf) -> FreeSpace {
    Arc::new(move || {
        let stat = rustix::fs::statvfs(&path)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    })
}

pub(crate) struct SpaceGuard {
    free: Option<FreeSpace>,
    limit_bytes: u64,
    /// The last answer; starts as if everything were free.
    free_bytes: AtomicU64,
    full: AtomicBool,
    asked_at: Mutex<Option<Instant>>,
    ask_every: Duration,
}

impl SpaceGuard {
    /// `always`: asks whenever it may, whatever time has passed, so that a simulation depends on no clock.
    pub(crate) fn new(free: Option<FreeSpace>, limit_bytes: u64, always: bool) -> Self {
        let guard = Self {
            free,
            limit_bytes,
            free_bytes: AtomicU64::new(u64::MAX),
            full: AtomicBool::new(false),
            asked_at: Mutex::new(None),
            ask_every: if always { Duration::ZERO } else { ASK_EVERY },
        };
        guard.ask();
        guard
    }

    /// Looks at the disk again, if the last look is old enough. Called by the committer after each group.
    pub(crate) fn refresh(&self) {
        if self.free.is_none() {
            return;
        }
        // Whoever comes while another one asks goes by the last answer.
        let Some(mut asked_at) = self.asked_at.try_lock() else {
            return;
        };
        if asked_at.is_none_or(|at| at.elapsed() >= self.ask_every) {
            self.ask();
            *asked_at = Some(Instant::now());
        }
    }

    /// Refuses a commit if too little is free. A commit that makes room passes down to half of the limit, because clean-up is
    /// one of the ways out.
    pub(crate) fn admit(&self, makes_room: bool) -> Result<(), CommitError> {
        if !self.full.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.refresh();
        let free_bytes = self.free_bytes.load(Ordering::Relaxed);
        let limit_bytes = if makes_room { self.limit_bytes / 2 } else { self.limit_bytes };
        if free_bytes < limit_bytes {
            return Err(CommitError::DiskFull { free_bytes, limit_bytes });
        }
        Ok(())
    }

    /// What was free at the last look, if anything was measured.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        self.free.as_ref()?;
        Some(self.free_bytes.load(Ordering::Relaxed))
    }

    fn ask(&self) {
        let Some(free) = &self.free else { return };
        let free_bytes = match free() {
            Ok(bytes) => bytes,
            Err(error) => {
                // Not knowing is no reason to stop: a full disk shows itself as a failed write, which is safe.
                tracing::warn!(%error, "the free space of the store's disk could not be read");
                return;
            }
        };
        self.free_bytes.store(free_bytes, Ordering::Relaxed);
        let full = free_bytes < self.limit_bytes;
        if full != self.full.swap(full, Ordering::Relaxed) {
            if full {
                tracing::error!(free_bytes, limit_bytes = self.limit_bytes, "too little free space: refusing commits");
            } else {
                tracing::info!(free_bytes, "enough free space: taking commits again");
            }
        }
    }
}
