//! Turns what waits into groups: one batch, one sync, then the completions in order.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rustc_hash::FxHashSet;

use crate::{
    CommitError, Durability, Error, KeyValue, MAX_KEY_BYTES, MAX_VALUE_BYTES, Op, Persist, Seq,
    queue::{Content, Pending, Queue, Work, while_completing},
    record::{Group, STORE_TABLE, begin_seal, finish_seal},
    stats::Counters,
};

/// Bounds of one group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupBounds {
    pub(crate) commits: usize,
    pub(crate) bytes: usize,
}

/// The writing end of the queue. One thread at a time drives it.
pub(crate) struct Pipeline {
    backend: Arc<dyn KeyValue>,
    queue: Arc<Queue>,
    durability: Durability,
    bounds: GroupBounds,
    next_group: u64,
    /// The last group that is on disk for certain.
    synced_group: u64,
    /// With relaxed durability: since when something acknowledged is not synced.
    dirty_since: Option<Instant>,
    /// Keys that changed since a backup began, while one runs on a store without snapshots.
    changed: Option<BTreeSet<Vec<u8>>>,
    counters: Arc<Mutex<Counters>>,
}

impl Pipeline {
    pub(crate) fn new(
        backend: Arc<dyn KeyValue>,
        queue: Arc<Queue>,
        durability: Durability,
        bounds: GroupBounds,
        next_group: u64,
        counters: Arc<Mutex<Counters>>,
    ) -> Self {
        Self {
            backend,
            queue,
            durability,
            bounds,
            next_group,
            synced_group: next_group - 1,
            dirty_since: None,
            changed: None,
            counters,
        }
    }

    /// The committer's thread: runs until the queue is closed and empty.
    pub(crate) fn run(pipeline: &Mutex<Self>, queue: &Queue) {
        let mut sync_due = None;
        // what waits is taken by whoever has the pipeline, so that it is written in its order
        while queue.wait(sync_due) {
            let mut pipeline = pipeline.lock();
            let done = pipeline.guarded_run(|pipeline| {
                let work = pipeline.queue.take();
                pipeline.process(work);
                if pipeline.sync_due().is_some_and(|due| due <= Instant::now()) {
                    pipeline.sync();
                }
            });
            sync_due = pipeline.sync_due();
            if done.is_none() {
                return;
            }
        }
        pipeline.lock().sync();
    }

    /// Writes what waits, on the thread of the only one who submits anything: a commit that came alone after one that did.
    pub(crate) fn lead(pipeline: &Mutex<Self>, queue: &Queue) {
        match pipeline.try_lock() {
            Some(mut pipeline) => {
                pipeline.guarded_run(|pipeline| {
                    let work = pipeline.queue.take();
                    pipeline.process(work);
                });
            }
            None => queue.leave_to_committer(),
        }
    }

    /// A bug here must not leave callers waiting for ever, so a panic poisons the store like a failed write. `None` after one.
    fn guarded_run<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(self)));
        if result.is_err() {
            tracing::error!("the committer panicked");
            self.queue.poison("the committer panicked");
            self.queue.waiters.wake_all();
            // Whoever waits in the queue hears of it; whoever comes later is refused.
            self.run_pending();
        }
        result.ok()
    }

    /// Writes what waits at this moment, and what its completions submit; for stores without a committer thread.
    pub(crate) fn run_pending(&mut self) {
        loop {
            let work = self.queue.take();
            if work.commits.is_empty() && work.controls.is_empty() {
                return;
            }
            self.process(work);
        }
    }

    /// Brings acknowledged commits to the disk, where that is still to do.
    pub(crate) fn sync(&mut self) {
        if self.dirty_since.is_none() || self.queue.check_poison().is_err() {
            return;
        }
        match guarded(|| self.backend.sync()) {
            Ok(()) => {
                self.dirty_since = None;
                self.synced_group = self.next_group - 1;
            }
            Err(error) => drop(self.queue.poison(&error.to_string())),
        }
    }

    /// The store underneath; while a control has the pipeline, nobody writes to it.
    pub(crate) fn backend(&self) -> &dyn KeyValue {
        &*self.backend
    }

    /// Starts to remember the keys that change.
    pub(crate) fn start_capture(&mut self) {
        self.changed = Some(BTreeSet::new());
    }

    /// The keys that changed since the last call, or since the start.
    pub(crate) fn take_captured(&mut self) -> BTreeSet<Vec<u8>> {
        self.changed.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Remembers no more.
    pub(crate) fn stop_capture(&mut self) {
        self.changed = None;
    }

    /// When acknowledged commits must be on disk: half of what may be lost, since the sync takes time too.
    fn sync_due(&self) -> Option<Instant> {
        let Durability::Relaxed { max_loss_ms } = self.durability else {
            return None;
        };
        Some(self.dirty_since? + Duration::from_millis(max_loss_ms) / 2)
    }

    fn process(&mut self, work: Work) {
        let Work { mut commits, controls } = work;
        while !commits.is_empty() {
            let group = self.cut(&mut commits);
            self.commit(group, commits.len());
        }
        for control in controls {
            control(self);
        }
    }

    /// Takes as many commits as one group may hold, at least one.
    fn cut(&self, commits: &mut VecDeque<Pending>) -> VecDeque<Pending> {
        let mut bytes = 0;
        let fits = |pending: &Pending| {
            bytes += pending.bytes;
            bytes <= self.bounds.bytes
        };
        let count = commits.iter().take(self.bounds.commits).take_while({
            let mut fits = fits;
            move |pending| fits(pending)
        });
        let count = count.count().max(1);
        if count == commits.len() {
            return std::mem::take(commits);
        }
        let rest = commits.split_off(count);
        std::mem::replace(commits, rest)
    }

    fn commit(&mut self, mut group: VecDeque<Pending>, behind: usize) {
        let mut refused = Vec::new();
        let outcome = self.write(&mut group, &mut refused);
        let commits = group.len();
        let bytes = group.iter().map(|pending| pending.bytes).sum();
        let (Some(first), Some(last)) = (group.front(), group.back()) else {
            return;
        };
        let (first, last) = (first.seq, last.seq);
        if outcome.is_ok() {
            self.queue.set_committed(last);
        }
        let is_alone = commits + behind + self.queue.release(commits, bytes) == 1;
        // with relaxed durability the committer must know when it has to sync
        self.queue.set_calm(is_alone && self.durability == Durability::Strict);
        while_completing(|| {
            let mut refused = refused.into_iter().peekable();
            for pending in group {
                let outcome = match refused.next_if(|(seq, _)| *seq == pending.seq) {
                    Some((_, error)) => Err(error),
                    None => outcome.clone().map(|()| pending.seq),
                };
                pending.completion.complete(outcome);
            }
            self.queue.group_completed();
        });
        self.queue.waiters.wake(first, last);
        self.queue.space.refresh();
    }

    /// Writes one group, without the commits that are `refused`; the first failure is the last write ever tried.
    fn write(
        &mut self,
        group: &mut VecDeque<Pending>,
        refused: &mut Vec<(Seq, CommitError)>,
    ) -> Result<(), CommitError> {
        self.queue.check_poison()?;
        let (Some(first), Some(last)) = (group.front(), group.back()) else {
            return Ok(());
        };
        let (first, last) = (first.seq, last.seq);
        let mut batch = Vec::with_capacity(2 * group.len() + 1);
        for pending in group.iter_mut() {
            match ops_of(std::mem::replace(&mut pending.content, Content::Made(Vec::new())), pending.seq) {
                Ok(mut ops) => batch.append(&mut ops),
                Err(error) => refused.push((pending.seq, error)),
            }
        }
        let submitted = batch.len();
        keep_last_of_each_key(&mut batch);
        let operations = batch.len();
        let record = Group {
            number: self.next_group,
            first,
            last,
            synced: self.synced_group,
            operations: u32::try_from(operations).unwrap_or(u32::MAX),
        };
        batch.push(Op::Put { key: Group::key_of(record.number), value: record.to_stored() });
        if let Some(changed) = &mut self.changed {
            changed.extend(batch.iter().map(|op| op.key().to_vec()));
        }
        let bytes: usize = batch.iter().map(Op::size).sum();

        let persist = match self.durability {
            Durability::Strict => Persist::Synced,
            Durability::Relaxed { .. } => Persist::Buffered,
        };
        let started = Instant::now();
        if let Err(error) = guarded(|| self.backend.write(batch, persist)) {
            tracing::error!(%error, first = first.0, last = last.0, "a group of commits could not be written");
            return Err(self.queue.poison(&error.to_string()));
        }
        let took = started.elapsed();
        match persist {
            Persist::Synced => self.synced_group = self.next_group,
            Persist::Buffered => self.dirty_since = self.dirty_since.or(Some(started)),
        }
        self.next_group += 1;
        let mut counters = self.counters.lock();
        counters.record_write(group.len(), took);
        counters.operations += operations as u64;
        counters.superseded += (submitted - operations) as u64;
        counters.bytes += bytes as u64;
        Ok(())
    }
}

/// The operations of a commit, sealed.
fn ops_of(content: Content, seq: Seq) -> Result<Vec<Op>, CommitError> {
    let mut ops = match content {
        Content::Made(ops) => ops,
        Content::Later(make, _) => {
            let mut ops = make();
            seal_ops(&mut ops)?;
            ops
        }
    };
    for op in &mut ops {
        if let Op::Put { value, .. } = op {
            finish_seal(value, seq);
        }
    }
    Ok(ops)
}

/// Checks operations and does the first half of sealing their values.
pub(crate) fn seal_ops(ops: &mut [Op]) -> Result<(), CommitError> {
    for op in ops {
        check_key(op.key())?;
        if let Op::Put { key, value } = op {
            if value.len() > MAX_VALUE_BYTES {
                return Err(CommitError::ValueTooLarge { bytes: value.len(), limit_bytes: MAX_VALUE_BYTES });
            }
            begin_seal(key, value);
        }
    }
    Ok(())
}

fn check_key(key: &[u8]) -> Result<(), CommitError> {
    let reason = match key.first() {
        None => "it is empty",
        Some(&STORE_TABLE) => "the table 0 belongs to the store",
        Some(_) if key.len() > MAX_KEY_BYTES => "it is too long",
        Some(_) => return Ok(()),
    };
    Err(CommitError::InvalidKey { key: key.escape_ascii().to_string(), reason })
}

/// Drops every operation that a later one on the same key replaces: stores see each key once in a batch.
fn keep_last_of_each_key(batch: &mut Vec<Op>) {
    let mut seen = FxHashSet::with_capacity_and_hasher(batch.len(), rustc_hash::FxBuildHasher);
    let kept: Vec<bool> = batch.iter().rev().map(|op| seen.insert(op.key())).collect();
    if seen.len() < batch.len() {
        let mut kept = kept.into_iter().rev();
        batch.retain(|_| kept.next().unwrap_or(true));
    }
}

/// Turns a panic of the library underneath into an error: sled panics on some I/O errors, and the waiting callers must
/// hear of it either way.
fn guarded(write: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(Error::Io {
            action: "the store's library panicked".to_owned(),
            source: std::io::Error::other(message.to_owned()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_operation_on_a_key_stays_in_its_place() {
        let mut batch =
            vec![Op::put(b"a", b"1"), Op::put(b"b", b"1"), Op::delete(b"a"), Op::put(b"c", b"1"), Op::put(b"b", b"2")];
        keep_last_of_each_key(&mut batch);
        assert_eq!(batch, [Op::delete(b"a"), Op::put(b"c", b"1"), Op::put(b"b", b"2")]);
    }

    #[test]
    fn a_panic_below_is_an_error() {
        let error = guarded(|| panic!("disk on fire")).unwrap_err();
        assert!(error.to_string().contains("disk on fire"), "{error}");
    }
}
