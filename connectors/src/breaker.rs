//! A circuit breaker per target: a host that keeps failing is left alone for a while.
//!
//! Closed lets calls through and counts failures in a row. Open refuses them at once. After its time it is half open: one call
//! is let through, and decides.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tollgate::{Circuit, CircuitState};

use crate::config::BreakerConfig;

/// The breakers of all targets.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    open_for: Duration,
    count_server_errors: bool,
    targets: Mutex<BTreeMap<String, Target>>,
}

#[derive(Debug, Default)]
struct Target {
    failures: u32,
    opened: Option<Instant>,
    /// A call is on its way that decides whether the circuit closes.
    trying: bool,
    refused: u64,
}

/// A call is refused: the circuit is open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{target}` failed {failures} times in a row and is left alone for another {} s", .remaining.as_secs().max(1))]
pub struct Refused {
    target: String,
    failures: u32,
    remaining: Duration,
}

/// Leave to make one call; tells the breaker how it went. Dropped without a word it counts as failed.
#[derive(Debug)]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    target: String,
    told: bool,
}

impl Permit<'_> {
    /// Tells how it went.
    pub fn done(mut self, well: bool) {
        self.told = true;
        self.breaker.report(&self.target, well, Instant::now());
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.breaker.report(&self.target, false, Instant::now());
        }
    }
}

impl Breaker {
    /// Breakers with these settings, all closed.
    pub fn new(config: &BreakerConfig) -> Self {
        Self {
            failures: config.failures,
            open_for: Duration::from_secs(config.open_seconds),
            count_server_errors: config.count_server_errors,
            targets: Mutex::default(),
        }
    }

    /// Whether an answer of status 500 and above counts as a failure.
    pub(crate) fn counts_server_errors(&self) -> bool {
        self.count_server_errors
    }

    /// Leave to call a target.
    ///
    /// # Errors
    /// [`Refused`] while its circuit is open.
    pub fn permit(&self, target: &str) -> Result<Permit<'_>, Refused> {
        self.ask(target, Instant::now())?;
        Ok(Permit { breaker: self, target: target.to_owned(), told: false })
    }

    fn ask(&self, target: &str, now: Instant) -> Result<(), Refused> {
        let mut targets = self.targets.lock();
        let state = targets.entry(target.to_owned()).or_default();
        let Some(opened) = state.opened else { return Ok(()) };
        let remaining = self.open_for.saturating_sub(now.saturating_duration_since(opened));
        if remaining.is_zero() && !state.trying {
            state.trying = true;
            return Ok(());
        }
        state.refused += 1;
        Err(Refused { target: target.to_owned(), failures: state.failures, remaining })
    }

    fn report(&self, target: &str, well: bool, now: Instant) {
        let mut targets = self.targets.lock();
        let state = targets.entry(target.to_owned()).or_default();
        state.trying = false;
        if well {
            state.failures = 0;
            if state.opened.take().is_some() {
                tracing::info!("{target} answers again");
            }
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if self.failures > 0 && state.failures >= self.failures {
            if state.opened.is_none() {
                tracing::warn!("{target} failed {} times in a row and is left alone for a while", state.failures);
            }
            state.opened = Some(now);
        }
    }

    /// All targets that were called, by name.
    pub fn states(&self) -> Vec<Circuit> {
        self.states_at(Instant::now())
    }

    fn states_at(&self, now: Instant) -> Vec<Circuit> {
        let targets = self.targets.lock();
        let shown = |(target, state): (&String, &Target)| Circuit {
            target: target.clone(),
            state: match state.opened {
                None => CircuitState::Closed,
                Some(opened) if now.saturating_duration_since(opened) < self.open_for => CircuitState::Open,
                Some(_) => CircuitState::HalfOpen,
            },
            failures: state.failures,
            refused: state.refused,
        };
        targets.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(failures: u32) -> Breaker {
        Breaker::new(&BreakerConfig { failures, open_seconds: 30, count_server_errors: true })
    }

    fn state(breaker: &Breaker, now: Instant) -> CircuitState {
        breaker.states_at(now)[0].state
    }

    #[test]
    fn opens_after_failures_in_a_row_and_closes_after_a_trial() {
        let breaker = breaker(2);
        let start = Instant::now();
        for well in [false, true, false] {
            breaker.ask("a", start).unwrap();
            breaker.report("a", well, start);
        }
        assert_eq!(state(&breaker, start), CircuitState::Closed);
        breaker.report("a", false, start);
        assert_eq!(state(&breaker, start), CircuitState::Open);
        assert!(breaker.ask("a", start + Duration::from_secs(29)).is_err());
        let later = start + Duration::from_secs(30);
        assert_eq!(state(&breaker, later), CircuitState::HalfOpen);
        breaker.ask("a", later).unwrap();
        assert!(breaker.ask("a", later).is_err(), "one trial at a time");
        breaker.report("a", true, later);
        assert_eq!(state(&breaker, later), CircuitState::Closed);
        assert_eq!(breaker.states_at(later)[0].refused, 2);
    }

    #[test]
    fn a_trial_that_fails_opens_it_again() {
        let breaker = breaker(1);
        let start = Instant::now();
        breaker.report("a", false, start);
        let later = start + Duration::from_secs(31);
        breaker.ask("a", later).unwrap();
        breaker.report("a", false, later);
        assert_eq!(state(&breaker, later + Duration::from_secs(29)), CircuitState::Open);
        breaker.ask("b", later).expect("targets are apart");
    }

    #[test]
    fn zero_failures_never_open_it() {
        let breaker = breaker(0);
        for _ in 0..100 {
            breaker.permit("a").unwrap().done(false);
        }
        breaker.permit("a").unwrap();
    }
}
