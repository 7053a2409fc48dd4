//! Figures about a store, for metrics and the command line.

use std::time::Duration;

use crate::{Kind, Seq};

/// Counts of durations or sizes by power of two.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// `buckets[n]` counts values below `2^n` that are not below `2^(n-1)`.
    buckets: [u64; 65],
    sum: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: [0; 65], sum: 0 }
    }
}

impl Histogram {
    pub(crate) fn record(&mut self, value: u64) {
        let bucket = u64::BITS - value.leading_zeros();
        self.buckets[bucket as usize] += 1;
        self.sum = self.sum.saturating_add(value);
    }

    /// How many values were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// Sum of the values.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Upper bound (inclusive) and number of values of each bucket, from the smallest, up to values of `bits` bits.
    pub fn buckets(&self, bits: usize) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.buckets.iter().take(bits + 1).enumerate().map(|(at, count)| ((1_u64 << at.min(63)) - 1, *count))
    }

    /// An upper bound, at most twice too high, of the value that `part` (0 to 1) of all values don't exceed.
    pub fn quantile(&self, part: f64) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "a bucket bound needs no more digits")]
        let wanted = part.clamp(0.0, 1.0) * self.count() as f64;
        let mut seen = 0;
        for (bits, count) in self.buckets.iter().enumerate() {
            seen += count;
            #[expect(clippy::cast_precision_loss, reason = "a bucket bound needs no more digits")]
            if *count > 0 && seen as f64 >= wanted {
                return u64::MAX.checked_shr(64 - u32::try_from(bits).unwrap_or(64)).unwrap_or(0);
            }
        }
        0
    }
}

/// What the committer has done since the store was opened.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// Commits acknowledged.
    pub commits: u64,
    /// Batches written.
    pub groups: u64,
    /// Operations written, without those that a later one of the same group replaced.
    pub operations: u64,
    /// Operations left out because a later one of the same group set the same key.
    pub superseded: u64,
    /// Bytes of keys and values written.
    pub bytes: u64,
    /// Commits for each group.
    pub group_commits: Histogram,
    /// Time of each write with its sync, in microseconds.
    pub write_us: Histogram,
}

impl Counters {
    pub(crate) fn record_write(&mut self, commits: usize, took: Duration) {
        self.commits += commits as u64;
        self.groups += 1;
        self.group_commits.record(commits as u64);
        self.write_us.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}

/// A store's state at one moment.
#[derive(Clone, Debug)]
pub struct Stats {
    /// Which store lies underneath.
    pub kind: Kind,
    /// Bytes used on disk.
    pub size_on_disk: u64,
    /// The last commit that is durable (by the store's durability level).
    pub committed: Seq,
    /// Commits submitted and not yet done.
    pub outstanding_commits: usize,
    /// Their bytes.
    pub outstanding_bytes: usize,
    /// Free bytes on the store's disk at the last look, where that is measured.
    pub free_bytes: Option<u64>,
    /// Why the store stopped, if it did.
    pub poisoned: Option<String>,
    /// What has been written since the store was opened.
    pub counters: Counters,
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn quantiles_bound_the_values_from_above() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), 0);
        for value in 0..1000 {
            histogram.record(value);
        }
        assert_eq!(histogram.count(), 1000);
        assert_eq!(histogram.quantile(0.5), 511);
        assert_eq!(histogram.quantile(1.0), 1023);
        assert_eq!(histogram.sum(), 999 * 1000 / 2);
        assert_eq!(histogram.buckets(3).collect::<Vec<_>>(), [(0, 1), (1, 1), (3, 2), (7, 4)]);
        histogram.record(u64::MAX);
        assert_eq!(histogram.quantile(1.0), u64::MAX);
    }
}
