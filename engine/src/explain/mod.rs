//! Why does it wait? Plain sentences about what an instance, a job, an external task or a message waits for, since when, who
//! can move it and what happens then.
//!
//! Everything is read from the published [`World`] and the model; nothing is kept for it. Start at [`Explanation`].

mod instance;
mod message;
mod words;

use models::{Id, Timestamp};

pub use self::message::{Hindrance, MOST_HINDERED, MessageExplanation};
use crate::{Engine, request::Correlate};

/// The answer to "why is it waiting".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// One sentence.
    pub summary: String,
    /// Where it stands.
    pub state: WaitState,
    /// What it waits for, the most urgent first.
    pub reasons: Vec<Reason>,
}

/// Where an instance, job or external task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitState {
    /// Something outside has to happen.
    Waiting,
    /// A failure needs a person.
    Stuck,
    /// It is suspended.
    Suspended,
    /// A job runner or a transaction is at it.
    Running,
    /// It has ended.
    Ended,
}

impl WaitState {
    /// The word for it: `waiting`, `stuck`, `suspended`, `running`, `ended`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stuck => "stuck",
            Self::Suspended => "suspended",
            Self::Running => "running",
            Self::Ended => "ended",
        }
    }
}

/// One thing that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What kind of thing.
    pub kind: ReasonKind,
    /// The activity.
    pub activity_id: Option<String>,
    /// Its name, or its id when it has none.
    pub activity_name: Option<String>,
    /// What is waited for, a sentence.
    pub text: String,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Who or what can move it, a sentence.
    pub mover: Option<String>,
    /// What happens then, a sentence.
    pub next: Option<String>,
    /// The entity that waits.
    pub reference: Option<Reference>,
}

/// What kind of thing is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonKind {
    /// A failure to be resolved.
    Incident,
    /// A person.
    UserTask,
    /// A worker.
    ExternalTask,
    /// A job that is due, or waits for its next attempt.
    Job,
    /// A point in time.
    Timer,
    /// A message.
    Message,
    /// A signal.
    Signal,
    /// A condition over variables.
    Condition,
    /// More tokens at a gateway.
    Join,
    /// A called instance.
    Call,
    /// Something else.
    Other,
}

impl ReasonKind {
    /// The word for it in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::UserTask => "user-task",
            Self::ExternalTask => "external-task",
            Self::Job => "job",
            Self::Timer => "timer",
            Self::Message => "message",
            Self::Signal => "signal",
            Self::Condition => "condition",
            Self::Join => "join",
            Self::Call => "call",
            Self::Other => "other",
        }
    }
}

/// An entity by kind and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `task`, `external-task`, `job`, `event-subscription`, `incident` or `process-instance`.
    pub kind: &'static str,
    /// Its id as the API shows it.
    pub id: String,
}

impl Engine {
    /// Why a process instance waits; `None` when nothing is known of it.
    pub fn explain_instance(&self, id: Id) -> Option<Explanation> {
        let now = self.now();
        let world = self.read();
        match world.process_instance(id) {
            Some(instance) => {
                let graph = self.graph_in(&world, instance.definition);
                Some(instance::explain(&world, graph.as_deref(), instance, now))
            }
            None => world.historic_process_instance(id).map(instance::ended),
        }
    }

    /// Why a job has not run; `None` when there is no such job.
    pub fn explain_job(&self, id: Id) -> Option<Explanation> {
        let now = self.now();
        let world = self.read();
        let job = world.job(id)?;
        let graph = job.definition.and_then(|definition| self.graph_in(&world, definition));
        Some(instance::explain_job(&world, graph.as_deref(), job, now))
    }

    /// Why an external task is not done; `None` when there is no such task.
    pub fn explain_external_task(&self, id: Id) -> Option<Explanation> {
        let now = self.now();
        let world = self.read();
        let task = world.external_task(id)?;
        let graph = self.graph_in(&world, task.definition);
        Some(instance::explain_external_task(&world, graph.as_deref(), task, now))
    }

    /// Whom a message would reach, and what keeps it from others that wait for its name.
    pub fn explain_message(&self, request: &Correlate) -> MessageExplanation {
        message::explain(&self.read(), request)
    }
}
