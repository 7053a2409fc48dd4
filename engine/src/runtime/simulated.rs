//! An engine without threads of its own: whoever drives it decides what happens next. Everything else is the engine as it is.

use std::{
    fmt,
    sync::{Arc, mpsc},
    time::Duration,
};

use models::Timestamp;
use parking_lot::Mutex;

use super::{
    Engine, Inner, OpenError, Options, Shared, freeze,
    ids::IdSource,
    jobs,
    lane::{Lane, Message},
    rest,
};

/// Something that waits to be done away from the lane, and the time before which it must not be.
type Waiting = (Option<Duration>, Box<dyn FnOnce() + Send>);

/// What an engine with threads would do on others than the lane's: handlers, pauses.
#[derive(Default)]
pub(super) struct Deferred {
    waiting: Mutex<Vec<Waiting>>,
}

impl Deferred {
    pub(super) fn push(&self, not_before: Option<Duration>, work: impl FnOnce() + Send + 'static) {
        self.waiting.lock().push((not_before, Box::new(work)));
    }
}

/// Does the work of a simulated engine's threads, one piece at a time and in the order that its driver chooses.
///
/// With [`store::Drive::Manual`], the same steps lead to the same state, ids and all.
pub struct Stepper {
    lane: Lane,
    sender: mpsc::Sender<Message>,
    receiver: mpsc::Receiver<Message>,
    /// History that was copied and waits for the lane to confirm it.
    freezing: Option<mpsc::Receiver<bool>>,
    /// Root instances that were copied and wait for the lane to put them to rest.
    resting: Option<mpsc::Receiver<bool>>,
}

impl fmt::Debug for Stepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").finish_non_exhaustive()
    }
}

impl Stepper {
    /// Does the next piece of work of the lane; false when there is none.
    pub fn step(&mut self) -> bool {
        self.receiver.try_recv().is_ok_and(|message| self.lane.handle(message))
    }

    /// One round of the job runner: gives the lane what may run. Says how long the runner would sleep then.
    pub fn acquire_jobs(&mut self) -> Option<Duration> {
        jobs::round(self.shared(), &self.sender).flatten()
    }

    /// How many pieces of work outside of the lane, such as calls of handlers, may be done at this time of the engine's clock.
    pub fn outside(&self) -> usize {
        let now = self.shared().clock.elapsed();
        self.deferred().waiting.lock().iter().filter(|(not_before, _)| not_before.is_none_or(|at| at <= now)).count()
    }

    /// Does one of them; false when there are not as many.
    pub fn step_outside(&mut self, at: usize) -> bool {
        let now = self.shared().clock.elapsed();
        let work = {
            let mut waiting = self.deferred().waiting.lock();
            let ready = waiting.iter().enumerate().filter(|(_, (not_before, _))| not_before.is_none_or(|at| at <= now));
            let found = ready.map(|(index, _)| index).nth(at);
            found.map(|index| waiting.remove(index).1)
        };
        work.map(|work| work()).is_some()
    }

    /// A step of writing history away that has left the memory: copies some, or lets go what the lane has confirmed. What the
    /// store refuses is tried again later.
    pub fn freeze(&mut self) {
        match self.freezing.take() {
            None => self.freezing = freeze::copy_some(self.shared(), &self.sender).ok().flatten(),
            Some(confirmed) => match confirmed.try_recv() {
                Err(mpsc::TryRecvError::Empty) => self.freezing = Some(confirmed),
                Ok(_) | Err(mpsc::TryRecvError::Disconnected) => freeze::let_go(self.shared()),
            },
        }
    }

    /// A step of putting root instances to rest: copies some, or lets go what the lane has put to rest. What the store refuses
    /// is tried again later.
    pub fn rest(&mut self) {
        match self.resting.take() {
            None => self.resting = rest::copy_some(self.shared(), &self.sender),
            Some(done) => match done.try_recv() {
                Err(mpsc::TryRecvError::Empty) => self.resting = Some(done),
                Ok(_) | Err(mpsc::TryRecvError::Disconnected) => drop(rest::tidy(self.shared())),
            },
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.lane.shared
    }

    fn deferred(&self) -> &Deferred {
        self.shared().deferred.as_ref().expect("made by `Engine::simulated`")
    }
}

impl Drop for Stepper {
    fn drop(&mut self) {
        // what waits holds the engine
        let waiting = std::mem::take(&mut *self.deferred().waiting.lock());
        drop(waiting);
    }
}

impl Engine {
    /// An engine over an open store that is driven by hand, for simulations: nothing happens but in the calls of the
    /// [`Stepper`] and in [`store::Store::run_pending`]. Its clock stands at `now` until it is set, and ids follow from the
    /// clock and from `life`, which must be another number each time the same store is opened.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn simulated(
        store: store::Store,
        options: Options,
        now: Timestamp,
        life: u32,
    ) -> Result<(Self, Stepper), OpenError> {
        let (shared, loaded) = super::assemble(store, options, Some(Deferred::default()))?;
        shared.clock.set(Some(now));
        let (sender, receiver) = mpsc::channel();
        super::publish_after_each_group(&shared);
        let mut lane = Lane::new(shared.clone(), sender.clone(), &loaded);
        lane.ids = IdSource::simulated(loaded.greatest_id, life, shared.clock.clone());
        let inner = Inner { shared, lane: sender.clone(), threads: Mutex::default() };
        let engine = Self { inner: Arc::new(inner) };
        engine.arrange_clean_up();
        Ok((engine, Stepper { lane, sender, receiver, freezing: None, resting: None }))
    }
}
