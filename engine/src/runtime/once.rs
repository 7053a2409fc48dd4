//! Requests that have their effect once: a key, remembered in the commit of the effect, answers its repetition.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use engine_core::{
    command::Outcome,
    error::{Fault, FaultKind},
};
use models::{Id, Timestamp};

use super::{Engine, Shared};
use crate::{
    request::Correlated,
    world::{Record, RecordChange, RecordKey, Remembered, World},
};

/// How long a key is remembered unless told otherwise: a day.
const KEEP_MS: i64 = 24 * 60 * 60 * 1000;
/// How many keys that have had their time a commit removes.
const REMOVED_AT_ONCE: usize = 16;

/// What a request came to, as the commit has it.
pub enum Answered<'a> {
    /// Commands: the outcome of each.
    Outcomes(&'a [Outcome]),
    /// A message: who received it, and whether an execution is still there after it.
    Correlated(&'a [Correlated], &'a dyn Fn(Id) -> bool),
}

impl fmt::Debug for Answered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcomes(outcomes) => f.debug_tuple("Outcomes").field(outcomes).finish(),
            Self::Correlated(correlated, _) => f.debug_tuple("Correlated").field(correlated).finish(),
        }
    }
}

type Render = dyn Fn(&Answered<'_>, &World) -> Vec<u8> + Send + Sync;
/// Makes the answer of the outcomes of a joint commit; the function says whether an execution is still there.
type RenderAll = dyn Fn(&[Outcome], &dyn Fn(Id) -> bool, &World) -> Vec<u8> + Send + Sync;

/// A request with a key, from [`Engine::begin_once`] until it is done. Goes along in
/// [`Caller::once`](crate::request::Caller::once).
#[derive(Clone)]
pub struct Once {
    ticket: Arc<Ticket>,
    request: u64,
    keep_ms: i64,
    render: Arc<Render>,
    joint: Option<Arc<RenderAll>>,
}

/// The right to carry out the request of a key. It ends when it is given back, at the latest when nobody holds it.
struct Ticket {
    key: String,
    shared: Arc<Shared>,
    given_back: AtomicBool,
}

impl Ticket {
    fn give_back(&self) {
        // once: the next request with the key may have begun already
        if !self.given_back.swap(true, Ordering::AcqRel) {
            self.shared.begun.lock().remove(&self.key);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("key", &self.ticket.key).finish_non_exhaustive()
    }
}

impl PartialEq for Once {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.ticket, &other.ticket)
    }
}

impl Eq for Once {}

impl Once {
    /// Says what is remembered as the answer; nothing unless told.
    #[must_use]
    pub fn answering(mut self, render: impl Fn(&Answered<'_>, &World) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.render = Arc::new(render);
        self
    }

    /// Says for how many milliseconds it is remembered; a day unless told.
    #[must_use]
    pub fn keeping(mut self, ms: i64) -> Self {
        self.keep_ms = ms;
        self
    }

    /// The request is done, well or not: it may be sent again.
    pub(super) fn done(&self) {
        self.ticket.give_back();
    }

    /// The same request, whose outcomes are those of the receivers of a message.
    pub(super) fn of_message(
        mut self,
        correlated: impl Fn(&[Outcome]) -> Vec<Correlated> + Send + Sync + 'static,
    ) -> Self {
        let render = self.render.clone();
        self.joint = Some(Arc::new(move |outcomes, exists, world| {
            render(&Answered::Correlated(&correlated(outcomes), exists), world)
        }));
        self
    }

    /// What the commit of the request writes beside its effect.
    pub(super) fn records(
        &self,
        outcomes: &[Outcome],
        exists: &dyn Fn(Id) -> bool,
        now: Timestamp,
    ) -> Vec<RecordChange> {
        let world = self.ticket.shared.world.read();
        let answer = match &self.joint {
            Some(joint) => joint(outcomes, exists, &world),
            None => (self.render)(&Answered::Outcomes(outcomes), &world),
        };
        let row = Remembered {
            key: self.ticket.key.clone(),
            request: self.request,
            until: now.plus_ms(self.keep_ms),
            answer: answer.into(),
        };
        let ended = world.remembered_until(now).take(REMOVED_AT_ONCE);
        let mut records: Vec<_> =
            ended.map(|key| RecordChange::Remove(RecordKey::Remembered(key.to_owned()))).collect();
        records.push(RecordChange::Put(Record::Remembered(row)));
        records
    }
}

/// What [`Engine::begin_once`] found.
#[derive(Debug)]
pub enum Begun {
    /// The key is not known: the request is to be carried out.
    First(Once),
    /// It was carried out: this was the answer.
    Repeated(Vec<u8>),
}

impl Engine {
    /// Begins a request that must have its effect once, however often it is sent. `request` is a digest of what is asked.
    ///
    /// The [`Once`] of a first request goes along in the caller of the command; the key is written in the same commit as the effect.
    /// A request that fails is not remembered and may be sent again.
    ///
    /// ```
    /// use tollgate::{Begun, request::Caller};
    /// # use tollgate::{Engine, Options};
    /// # use engine_core::command::{Command, Start};
    /// # let engine = Engine::in_memory(Options::default())?;
    /// # let model = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
    /// #   <process id="order" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>
    /// #   <userTask id="u"/></process></definitions>"#;
    /// # engine.deploy_file("order.bpmn", model).wait()?;
    /// # let definition = engine.read().latest_process_definition("order", None).unwrap().id;
    /// # let start = || Command::Start(Box::new(Start { definition, ..Start::default() }));
    /// for _ in 0..2 {
    ///     match engine.begin_once("order-17", 0)? {
    ///         Begun::First(once) => {
    ///             let caller = Caller { once: Some(once.answering(|_, _| b"started".to_vec())), ..Caller::default() };
    ///             engine.execute(start(), &caller).wait()?;
    ///         }
    ///         Begun::Repeated(answer) => assert_eq!(answer, b"started"),
    ///     }
    /// }
    /// assert_eq!(engine.read().execution_count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `OptimisticLocking` while the first request of the key is under way; `NotValid` when the key was used for something else.
    pub fn begin_once(&self, key: &str, request: u64) -> Result<Begun, Fault> {
        let shared = &self.inner.shared;
        // in this order: a key that leaves the set has its record published
        if !shared.begun.lock().insert(key.to_owned()) {
            let text = format!("the first request with the idempotency key `{key}` is under way; send it again later");
            return Err(Fault::new(FaultKind::OptimisticLocking, text));
        }
        let ticket =
            Arc::new(Ticket { key: key.to_owned(), shared: shared.clone(), given_back: AtomicBool::new(false) });
        let known = shared.world.read().remembered(key).cloned();
        match known.filter(|row| row.until > shared.clock.now()) {
            Some(row) if row.request != request => {
                Err(Fault::not_valid(format!("the idempotency key `{key}` was used for another request")))
            }
            Some(row) => Ok(Begun::Repeated(row.answer.into())),
            None => Ok(Begun::First(Once {
                ticket,
                request,
                keep_ms: KEEP_MS,
                render: Arc::new(|_, _| Vec::new()),
                joint: None,
            })),
        }
    }
}
