//! The engine under a scheduler that a seed drives: a virtual clock, a disk that fails as disks do, random models and commands, and
//! an end of the machine at any moment. The same seed gives the same run, to the last id.
//!
//! What runs is the engine itself: lane, job runner, handlers, committer, store. Only its threads are missing: what they would do
//! is done one piece at a time, in an order that the seed chooses (`machine`). Clients send commands without waiting for answers
//! (`workload`); a book is kept of what they were told (`ledger`). Checkers that know nothing of the workload look at the read
//! model ([`crate::checks`]). `models` has the processes.
//!
//! Start reading at [`run`].

mod ledger;
mod machine;
mod models;
mod workload;

use std::hash::{DefaultHasher, Hash, Hasher};

use tollgate::store::Faults;

use self::{ledger::Ledger, machine::Machine, workload::Workload};
use crate::{checks, random::Random};

/// Things that happen in a run, before everything is brought to an end.
const EVENTS: usize = 300;

/// What came of a seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Commands that were acknowledged.
    pub acknowledged: usize,
    /// Commands that were refused.
    pub refused: usize,
    /// Commands of which nobody knows how they ended: the machine stopped, or the disk failed.
    pub unknown: usize,
    /// Ends of the machine.
    pub restarts: usize,
    /// Commits on the disk.
    pub commits: u64,
    /// Jobs that succeeded.
    pub jobs: usize,
    /// A digest of everything that can be queried at the end, to compare runs.
    pub digest: u64,
}

impl Summary {
    /// Adds another one; the digest stays.
    pub fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.restarts += other.restarts;
        self.commits += other.commits;
        self.jobs += other.jobs;
    }
}

/// What a seed found.
#[derive(Debug)]
pub struct Failure {
    /// Promises that were broken.
    pub broken: Vec<String>,
    /// When it was seen.
    pub when: String,
    /// What had happened.
    pub log: String,
}

/// What the disk does wrong beyond what real disks may: the checkers must notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disk {
    /// It fails, and says so.
    #[default]
    Honest,
    /// It says that something is on the disk which is not.
    Lying,
}

/// Runs a seed.
///
/// # Errors
/// When a promise is broken.
pub fn run(seed: u64, disk: Disk) -> Result<Summary, Box<Failure>> {
    let mut simulation = Simulation::new(seed, disk)?;
    for _ in 0..EVENTS {
        simulation.happen()?;
    }
    simulation.finish()
}

/// How often what happens; each seed has others.
#[derive(Debug)]
struct Weights([usize; 9]);

impl Weights {
    fn new(random: &mut Random) -> Self {
        let mut often = |from: usize, to: usize| from + random.below(to - from + 1);
        Self([
            often(10, 40),
            often(15, 60),
            often(3, 40),
            often(2, 15),
            often(4, 20),
            often(1, 6),
            often(0, 2),
            often(0, 6),
            often(0, 2),
        ])
    }

    fn choose(&self, random: &mut Random) -> usize {
        let mut at = random.below(self.0.iter().sum());
        self.0.iter().position(|weight| at.checked_sub(*weight).map(|rest| at = rest).is_none()).unwrap_or(0)
    }
}

struct Simulation {
    random: Random,
    weights: Weights,
    machine: Machine,
    workload: Workload,
    ledger: Ledger,
    log: Vec<String>,
    restarts: usize,
}

type Step = Result<(), Box<Failure>>;

impl Simulation {
    fn new(seed: u64, disk: Disk) -> Result<Self, Box<Failure>> {
        let mut random = Random::new(seed);
        let weights = Weights::new(&mut random);
        let machine = Machine::new(&mut random, disk);
        let mut simulation = Self {
            workload: Workload::new(&mut random),
            random,
            weights,
            machine,
            ledger: Ledger::default(),
            log: Vec::new(),
            restarts: 0,
        };
        for (name, model) in models::of(&mut simulation.random) {
            simulation.log.push(format!("deploy {name}:\n{model}"));
            // two triggers of one name in a scope, and the like, are refused, as it should be
            simulation.workload.deploy(&simulation.machine, name, model);
        }
        simulation.drain()?;
        Ok(simulation)
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        self.log.push(what());
    }

    /// Something happens.
    fn happen(&mut self) -> Step {
        match self.weights.choose(&mut self.random) {
            0 => {
                let asked = self.workload.command(&mut self.random, &self.machine, &mut self.ledger);
                self.note(|| format!("command {asked}"));
            }
            1 => {
                for _ in 0..=self.random.below(3) {
                    self.machine.stepper.step();
                }
            }
            2 => self.machine.store.run_pending(),
            3 => {
                let waiting = self.machine.stepper.outside();
                if waiting > 0 {
                    let at = self.random.below(waiting);
                    self.machine.stepper.step_outside(at);
                }
            }
            4 => drop(self.machine.stepper.acquire_jobs()),
            5 => {
                let minutes = if self.random.one_in(4) { 90 } else { 3 };
                let ms = self.random.below(minutes * 60_000);
                self.machine.pass(ms);
                self.note(|| format!("{ms} ms pass"));
            }
            6 => {
                let full = self.random.one_in(2);
                self.machine.set_full(full);
                self.note(|| format!("the disk is full: {full}"));
            }
            7 if self.random.one_in(2) => self.machine.stepper.freeze(),
            7 => self.machine.stepper.rest(),
            _ => self.crash()?,
        }
        self.workload.listen(&mut self.ledger);
        if self.machine.has_failed() && self.random.one_in(3) {
            self.crash()?;
        }
        if self.random.one_in(60) {
            self.check("in between")?;
        }
        Ok(())
    }

    /// The machine stops, with whatever was on its way, and starts again on what the disk holds.
    fn crash(&mut self) -> Step {
        let faults = match self.random.below(6) {
            0 => Faults { failed_write: 0.05, ..Faults::default() },
            1 => Faults { failed_sync: 0.05, ..Faults::default() },
            2 => Faults { no_space: 0.05, ..Faults::default() },
            3 | 4 => Faults { crash_at_write: Some(1 + self.random.next() % 30), ..Faults::default() },
            _ => Faults::default(),
        };
        self.note(|| format!("restart with {faults:?}"));
        self.restart(faults)
    }

    fn restart(&mut self, faults: Faults) -> Step {
        self.restarts += 1;
        let differences = self.machine.restart(&mut self.random, faults);
        self.workload.lose(&mut self.ledger);
        match differences {
            Ok(found) if found.is_empty() => self.check("after a restart"),
            Ok(found) => Err(self.failure(found, "after a restart")),
            Err(error) => Err(self.failure(vec![error], "at a restart")),
        }
    }

    /// Does everything that waits.
    fn drain(&mut self) -> Step {
        for _ in 0..20_000 {
            let mut worked = self.machine.stepper.step();
            self.machine.store.run_pending();
            worked |= self.machine.stepper.step_outside(0);
            if !worked {
                self.machine.stepper.acquire_jobs();
                if !self.machine.stepper.step() {
                    self.workload.listen(&mut self.ledger);
                    return Ok(());
                }
            }
        }
        Err(self.failure(vec!["the engine does not come to rest".to_owned()], "when everything is done"))
    }

    fn check(&self, when: &str) -> Step {
        if self.machine.has_failed() {
            // history is read from the store, which answers no more
            return Ok(());
        }
        let world = self.machine.engine.read();
        let mut broken = checks::violations(&world);
        broken.extend(self.ledger.broken(&world));
        if broken.is_empty() { Ok(()) } else { Err(self.failure(broken, when)) }
    }

    fn failure(&self, broken: Vec<String>, when: &str) -> Box<Failure> {
        Box::new(Failure { broken, when: when.to_owned(), log: self.log.join("\n") })
    }

    /// From here on nothing fails: what waits is done, and what can end ends.
    fn finish(mut self) -> Result<Summary, Box<Failure>> {
        self.machine.set_full(false);
        self.restart(Faults::default())?;
        self.drain()?;
        for round in 0..6 {
            self.machine.pass(2 * 60 * 60 * 1000);
            self.machine.stepper.freeze();
            self.machine.stepper.rest();
            self.drain()?;
            self.machine.stepper.freeze();
            self.machine.stepper.rest();
            self.check("while everything is brought to an end")?;
            self.workload.go_on(&self.machine, &mut self.ledger, round);
            self.drain()?;
        }
        let left = self.workload.left();
        if left > 0 {
            return Err(self.failure(vec![format!("{left} commands were never answered")], "at the end"));
        }
        let stuck = checks::stuck(&self.machine.engine.read(), self.machine.now());
        if !stuck.is_empty() {
            return Err(self.failure(stuck, "at the end"));
        }
        // once more, with everything on the disk: it must be what was seen
        self.restart(Faults::default())?;
        if let Some(found) = self.machine.decay(&mut self.random) {
            return Err(self.failure(vec![found], "after a bit was flipped"));
        }
        let world = self.machine.engine.read();
        let mut digest = DefaultHasher::new();
        checks::lines(&world).hash(&mut digest);
        self.log.hash(&mut digest);
        let (acknowledged, refused, unknown) = self.ledger.counts();
        Ok(Summary {
            acknowledged,
            refused,
            unknown,
            restarts: self.restarts,
            commits: self.machine.store.committed().0,
            jobs: checks::jobs_done(&world),
            digest: digest.finish(),
        })
    }
}
