//! What clients were told, and whether it is so.
//!
//! Every command that changes an instance carries a number of its own, its stamp, as a variable. History tells each time it was
//! written: exactly once if the command was acknowledged, never if it was refused, and at most once when nobody knows.

use std::collections::BTreeMap;

use tollgate::{Id, Value, world::World};

/// Name of the variable with the stamp.
pub(super) const STAMP: &str = "stamp";
/// Name of the variable that batches set.
pub(super) const BATCH: &str = "batch";

/// How a command ended; of several attempts, the last in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It was refused: nothing has changed.
    Refused,
    /// It may have been done.
    Unknown,
    /// It was done, and is on the disk.
    Acknowledged,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    stamps: BTreeMap<i64, Fate>,
    counts: [usize; 3],
    pub(super) started: Vec<Id>,
    pub(super) tasks: Vec<Id>,
    pub(super) externals: Vec<Id>,
    pub(super) deleted: Vec<Id>,
    /// Idempotency keys, with the first answer that was given.
    pub(super) answers: BTreeMap<String, Option<Vec<u8>>>,
    /// What went wrong in the answers themselves.
    pub(super) wrong: Vec<String>,
}

impl Ledger {
    pub(super) fn ended(&mut self, stamp: Option<i64>, fate: Fate) {
        self.counts[fate as usize] += 1;
        if let Some(stamp) = stamp {
            let known = self.stamps.entry(stamp).or_insert(fate);
            *known = fate.max(*known);
        }
    }

    /// Commands acknowledged, refused, unknown.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let [refused, unknown, acknowledged] = self.counts;
        (acknowledged, refused, unknown)
    }

    /// An answer to a request with an idempotency key.
    pub(super) fn answered(&mut self, key: &str, answer: &[u8]) {
        match self.answers.entry(key.to_owned()).or_default() {
            Some(first) if first != answer => {
                self.wrong.push(format!("the key {key} was answered {first:?}, and then {answer:?}"));
            }
            known => *known = Some(answer.to_vec()),
        }
    }

    /// What is not as it was said.
    pub(super) fn broken(&self, world: &World) -> Vec<String> {
        let mut found = self.wrong.clone();
        for id in &self.started {
            if world.historic_process_instance(*id).is_none() {
                found.push(format!("the start of {id} was acknowledged, and it is not there"));
            }
        }
        for id in &self.tasks {
            if world.task(*id).is_some() || world.historic_task(*id).is_none_or(|row| row.end.is_none()) {
                found.push(format!("the completion of the task {id} was acknowledged, and it is open"));
            }
        }
        for id in &self.externals {
            if world.external_task(*id).is_some() {
                found.push(format!("the completion of the external task {id} was acknowledged, and it is open"));
            }
        }
        for id in &self.deleted {
            if world.process_instance(*id).is_some() {
                found.push(format!("the deletion of {id} was acknowledged, and it runs"));
            }
        }
        self.stamps_broken(world, &mut found);
        self.keys_broken(world, &mut found);
        found
    }

    fn stamps_broken(&self, world: &World, found: &mut Vec<String>) {
        let mut written: BTreeMap<i64, usize> = BTreeMap::new();
        let mut batches: BTreeMap<(Option<Id>, i64), usize> = BTreeMap::new();
        world.through_history(|part| {
            for row in part.historic_details() {
                let Value::Long(number) = row.value else { continue };
                match &*row.name {
                    STAMP => *written.entry(number).or_default() += 1,
                    BATCH => *batches.entry((row.process_instance, number)).or_default() += 1,
                    _ => {}
                }
            }
        });
        for (stamp, fate) in &self.stamps {
            let count = written.get(stamp).copied().unwrap_or_default();
            match fate {
                Fate::Acknowledged if count != 1 => {
                    found.push(format!("command {stamp} was acknowledged, and done {count} times"));
                }
                Fate::Refused if count > 0 => {
                    found.push(format!("command {stamp} was refused, and done {count} times"))
                }
                _ => {}
            }
        }
        for (stamp, count) in written.iter().filter(|(_, count)| **count > 1) {
            found.push(format!("command {stamp} was done {count} times"));
        }
        for ((instance, number), count) in batches.iter().filter(|(_, count)| **count > 1) {
            found.push(format!("batch {number} has worked on {instance:?} {count} times"));
        }
    }

    fn keys_broken(&self, world: &World, found: &mut Vec<String>) {
        let mut started: BTreeMap<String, usize> = BTreeMap::new();
        world.through_history(|part| {
            for row in part.historic_process_instances() {
                if let Some(key) =
                    row.business_key.clone().map(String::from).filter(|key| self.answers.contains_key(key))
                {
                    *started.entry(key).or_default() += 1;
                }
            }
        });
        for (key, answer) in &self.answers {
            let count = started.get(key.as_str()).copied().unwrap_or_default();
            if count > 1 || (count == 0 && answer.is_some()) {
                found.push(format!("the start with the key {key} was done {count} times, its answer is {answer:?}"));
            }
        }
    }
}
