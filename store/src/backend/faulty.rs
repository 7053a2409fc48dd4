//! A store that fails as disks do, the same way again for the same seed.
//!
//! It keeps apart what readers see and what the disk holds. Writes since the last sync are on the disk in part at best:
//! a crash decides for each whether it got there. A log with checksums, as every real store here has one, recovers the
//! batches up to the first that did not; [`Faults::reordered`] drops that mercy, to prove that the layers above notice.

use std::{io, sync::Arc, time::Duration};

use parking_lot::Mutex;

use super::Memory;
use crate::{Bytes, Direction, Error, KeyRange, KeyValue, Kind, Op, Persist, Scan, Snapshot};

/// What goes wrong, and how often; probabilities from 0 to 1.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// A write fails because the disk is full.
    pub no_space: f64,
    /// A write fails for another reason.
    pub failed_write: f64,
    /// A sync fails. What it should have brought to the disk may or may not be there.
    pub failed_sync: f64,
    /// A sync says that it succeeded and did nothing, as disks with a careless cache do.
    pub lying_sync: f64,
    /// A record on the disk has a bit flipped after a restart.
    pub flipped_bit: f64,
    /// After a crash, batches behind a lost one may be there, as on a store without a log.
    pub reordered: bool,
    /// The machine stops during this write, counted from 1.
    pub crash_at_write: Option<u64>,
    /// Every write takes this long.
    pub delay: Duration,
}

/// A key-value store in memory with [`Faults`].
#[derive(Debug)]
pub struct Faulty {
    /// What readers see.
    view: Memory,
    state: Mutex<State>,
    faults: Faults,
}

#[derive(Debug)]
struct State {
    disk: Memory,
    /// Batches since the last sync, oldest first.
    unsynced: Vec<Vec<Op>>,
    random: Random,
    writes: u64,
    crashed: bool,
}

impl Faulty {
    /// An empty store whose faults follow from `seed`.
    pub fn new(seed: u64, faults: Faults) -> Arc<Self> {
        Self::with(Memory::new(), Random(seed), faults)
    }

    fn with(disk: Memory, random: Random, faults: Faults) -> Arc<Self> {
        let state = State { disk: disk.copy(), unsynced: Vec::new(), random, writes: 0, crashed: false };
        Arc::new(Self { view: disk, state: Mutex::new(state), faults })
    }

    /// Stops the machine and starts it again with `faults`: what was synced is there, of the rest whatever chance left.
    /// The old handle fails from here on.
    pub fn restart(&self, faults: Faults) -> Arc<Self> {
        let mut state = self.state.lock();
        state.crashed = true;
        let State { disk, unsynced, random, .. } = &mut *state;
        let mut whole = true;
        for batch in unsynced.drain(..) {
            // Torn or missing: the log's checksum tells the same of both.
            let arrived = random.chance(0.5);
            if arrived && (whole || self.faults.reordered) {
                disk.apply(batch);
            }
            whole &= arrived;
        }
        let seed = random.next();
        let disk = disk.copy();
        for key in disk.keys() {
            if random.chance(self.faults.flipped_bit) {
                disk.flip_bit(&key, random.next());
            }
        }
        Self::with(disk, Random(seed), faults)
    }

    /// Flips one bit of the value at `key`, as a decaying disk would. Tells whether there was one to flip.
    pub fn flip_bit(&self, key: &[u8], bit: u64) -> bool {
        self.state.lock().disk.flip_bit(key, bit);
        self.view.flip_bit(key, bit)
    }

    /// Writes so far.
    pub fn writes(&self) -> u64 {
        self.state.lock().writes
    }

    fn sync_state(&self, state: &mut State) -> Result<(), Error> {
        if state.crashed {
            return Err(crashed());
        }
        if state.random.chance(self.faults.failed_sync) {
            return Err(failed("sync", io::Error::other("the disk reports an error")));
        }
        if state.random.chance(self.faults.lying_sync) {
            return Ok(());
        }
        let State { disk, unsynced, .. } = state;
        for batch in unsynced.drain(..) {
            disk.apply(batch);
        }
        Ok(())
    }
}

fn crashed() -> Error {
    failed("write", io::Error::other("the machine has stopped"))
}

fn failed(action: &str, source: io::Error) -> Error {
    Error::Io { action: action.to_owned(), source }
}

impl KeyValue for Faulty {
    fn kind(&self) -> Kind {
        Kind::Memory
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        self.view.get(key)
    }

    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        self.view.scan(range, direction)
    }

    fn write(&self, batch: Vec<Op>, persist: Persist) -> Result<(), Error> {
        if !self.faults.delay.is_zero() {
            std::thread::sleep(self.faults.delay);
        }
        let mut state = self.state.lock();
        if state.crashed {
            return Err(crashed());
        }
        state.writes += 1;
        if state.random.chance(self.faults.no_space) {
            return Err(failed("write", io::ErrorKind::StorageFull.into()));
        }
        if state.random.chance(self.faults.failed_write) {
            return Err(failed("write", io::Error::other("the disk reports an error")));
        }
        state.unsynced.push(batch.clone());
        if self.faults.crash_at_write == Some(state.writes) {
            state.crashed = true;
            return Err(crashed());
        }
        self.view.apply(batch);
        match persist {
            Persist::Buffered => Ok(()),
            Persist::Synced => self.sync_state(&mut state),
        }
    }

    fn sync(&self) -> Result<(), Error> {
        self.sync_state(&mut self.state.lock())
    }

    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>> {
        // Without, as sled: so that simulations go through the harder way of making a backup.
        None
    }

    fn size_on_disk(&self) -> Result<u64, Error> {
        self.view.size_on_disk()
    }

    fn compact(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// Splitmix64: small, and the same on every machine.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn chance(&mut self, probability: f64) -> bool {
        // Drawn even for 0 and 1, so that changing one probability does not shift all other decisions.
        #[expect(clippy::cast_precision_loss, reason = "53 bits are kept, which a float holds exactly")]
        let drawn = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability
    }
}
