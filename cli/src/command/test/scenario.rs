//! Runs one scenario on an engine of its own, in memory, under a clock that only steps move.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use engine_core::command::{Command, ExternalTaskCommand, Outcome, Start as StartCommand, Variables as Values};
use models::{Timestamp, Value};
use tollgate::{
    Engine, HandlerError, Id, Options, Settings,
    observe::Observer,
    request::{Caller, Correlate, Deploy, Resource, Signal as SignalRequest},
};

use super::{
    expect,
    suite::{Complete, Message, Mock, Scenario, Signal, Start, Step, Suite, Variables, Work},
};
use crate::values;

const WORKER: &str = "test";
/// Jobs and mocks that run between two steps before the scenario counts as endless.
const MOST_JOBS: usize = 10_000;

/// A scenario on its way.
pub(super) struct Run<'a> {
    pub(super) engine: Engine,
    suite: &'a Suite,
    scenario: &'a Scenario,
    /// The instance that the scenario is about.
    pub(super) root: Option<Id>,
    caller: Caller,
}

/// Runs a scenario; the error says which step failed and why.
pub(super) fn run(
    suite: &Suite,
    scenario: &Scenario,
    models: &[(String, Arc<[u8]>)],
    observer: Arc<dyn Observer>,
) -> Result<()> {
    let settings = Settings { record_flows: true, ..Settings::default() };
    let engine = Engine::in_memory(Options { job_executor: false, settings, ..Options::default() })?;
    engine.set_clock(Some(time(&suite.clock)?));
    engine.observe(observer);
    for (name, mock) in suite.handlers.iter().chain(&scenario.handlers) {
        handle(&engine, name, mock)?;
    }
    let resources = models.iter().map(|(name, content)| Resource { name: name.clone(), content: content.clone() });
    let deploy = Deploy { resources: resources.collect(), ..Deploy::default() };
    engine
        .deploy(deploy, &Caller::default())
        .wait()
        .map_err(|fault| anyhow!("the models can't be deployed: {fault}"))?;
    let mut run = Run { engine, suite, scenario, root: None, caller: Caller::default() };
    for (at, step) in scenario.steps.iter().enumerate() {
        run.step(step).with_context(|| format!("step {}, {}", at + 1, describe(step)))?;
    }
    Ok(())
}

fn handle(engine: &Engine, name: &str, mock: &Mock) -> Result<()> {
    let set = convert(&mock.set)?;
    let (bpmn_error, fail) = (mock.bpmn_error.clone(), mock.fail.clone());
    engine.handler(name, move |context| {
        for (name, value) in &set {
            context.set_variable(name.clone(), value.clone());
        }
        match (&bpmn_error, &fail) {
            (Some(code), _) => Err(HandlerError::bpmn(code.clone())),
            (None, Some(message)) => {
                Err(HandlerError::Failure { class: "java.lang.RuntimeException".to_owned(), message: message.clone() })
            }
            (None, None) => Ok(()),
        }
    });
    Ok(())
}

fn describe(step: &Step) -> String {
    match step {
        Step::Start(start) => format!("start {}", start.process.as_deref().unwrap_or("the process")),
        Step::Complete(complete) => format!("complete {}", complete.task),
        Step::Work(work) => format!("work on {}", work.topic),
        Step::Message(message) => format!("message {}", message.name),
        Step::Signal(signal) => format!("signal {}", signal.name),
        Step::Set(_) => "set variables".to_owned(),
        Step::Advance(by) => format!("advance {by}"),
        Step::Expect(_) => "expect".to_owned(),
    }
}

fn convert(variables: &Variables) -> Result<Vec<(String, Value)>> {
    variables
        .iter()
        .map(|(name, value)| {
            Ok((name.clone(), values::from_file(value).with_context(|| format!("variable `{name}`"))?))
        })
        .collect()
}

fn assigned(variables: &Variables) -> Result<Values> {
    Ok(convert(variables)?.into_iter().collect())
}

fn time(text: &str) -> Result<Timestamp> {
    let at: jiff::Timestamp =
        text.parse().map_err(|_| anyhow!("`{text}` is no time: write it as 2030-01-01T00:00:00Z"))?;
    Ok(Timestamp(at.as_millisecond()))
}

impl Run<'_> {
    fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Start(start) => self.start(start)?,
            Step::Complete(complete) => self.complete(complete)?,
            Step::Work(work) => self.work(work)?,
            Step::Message(message) => self.message(message)?,
            Step::Signal(signal) => self.signal(signal)?,
            Step::Set(variables) => {
                let command = Command::SetVariables {
                    execution: self.root()?,
                    variables: assigned(variables)?,
                    local: false,
                    deletions: Vec::new(),
                    patch: false,
                };
                self.execute(command)?;
            }
            Step::Advance(by) => return self.advance(by),
            Step::Expect(wanted) => return expect::check(self, wanted),
        }
        self.settle()
    }

    pub(super) fn root(&self) -> Result<Id> {
        self.root.ok_or_else(|| anyhow!("nothing was started yet: begin with a `start` step, or a message that starts"))
    }

    fn execute(&self, command: Command) -> Result<Outcome> {
        self.engine.execute(command, &self.caller).wait().map_err(|fault| anyhow!("{fault}"))
    }

    fn start(&mut self, start: &Start) -> Result<()> {
        let definition = {
            let world = self.engine.read();
            match &start.process {
                Some(key) => {
                    let found = world.latest_process_definition(key, None).map(|row| row.id);
                    found.ok_or_else(|| anyhow!("no model has an executable process `{key}`"))?
                }
                None => {
                    let all: Vec<_> = world.process_definitions().map(|row| (row.id, row.key.clone())).collect();
                    match all.as_slice() {
                        [(id, _)] => *id,
                        [] => bail!("no model has an executable process"),
                        several => {
                            let keys: Vec<_> = several.iter().map(|(_, key)| key.as_str()).collect();
                            bail!("say which process: there are {}", keys.join(", "))
                        }
                    }
                }
            }
        };
        let command = StartCommand {
            definition,
            business_key: start.business_key.clone(),
            variables: assigned(&start.variables)?,
            ..StartCommand::default()
        };
        match self.execute(Command::Start(Box::new(command)))? {
            Outcome::Started { process_instance, .. } => self.root = Some(process_instance),
            other => bail!("unexpected answer {other:?}"),
        }
        Ok(())
    }

    fn complete(&self, complete: &Complete) -> Result<()> {
        let task = {
            let world = self.engine.read();
            let found = world.tasks().find(|task| task.key.as_deref() == Some(&complete.task)).map(|task| task.id);
            found.ok_or_else(|| {
                let open: Vec<_> = world.tasks().filter_map(|task| task.key.as_deref()).collect();
                anyhow!("there is no user task `{}`; {}", complete.task, open_ones(&open))
            })?
        };
        self.engine.complete(task, convert(&complete.variables)?).wait().map_err(|fault| anyhow!("{fault}"))?;
        Ok(())
    }

    fn work(&self, work: &Work) -> Result<()> {
        let mock = Mock { set: work.variables.clone(), bpmn_error: work.bpmn_error.clone(), fail: work.fail.clone() };
        if !self.work_on(&work.topic, &mock, work.retries)? {
            let world = self.engine.read();
            let open: Vec<_> = world.external_tasks().map(|task| &*task.topic).collect();
            bail!("there is no external task of topic `{}`; {}", work.topic, open_ones(&open));
        }
        Ok(())
    }

    /// Does the oldest task of a topic that can be fetched; answers whether there was one.
    fn work_on(&self, topic: &str, mock: &Mock, retries: i32) -> Result<bool> {
        let now = self.engine.now();
        let found = {
            let world = self.engine.read();
            let mut tasks = world.external_tasks().filter(|task| {
                &*task.topic == topic
                    && task.lock_expires.is_none_or(|until| until <= now)
                    && task.retries.is_none_or(|retries| retries > 0)
            });
            tasks.next().map(|task| task.id)
        };
        let Some(id) = found else { return Ok(false) };
        let worker = || WORKER.to_owned();
        self.execute(Command::ExternalTask(id, ExternalTaskCommand::Fetch { worker: worker(), lock_ms: 60_000 }))?;
        let variables = assigned(&mock.set)?;
        let report = match (&mock.bpmn_error, &mock.fail) {
            (Some(code), _) => {
                ExternalTaskCommand::BpmnError { worker: worker(), code: code.clone(), message: None, variables }
            }
            (None, Some(message)) => ExternalTaskCommand::Failure {
                worker: worker(),
                message: Some(message.clone()),
                details: None,
                retries,
                retry_timeout_ms: 0,
                variables,
                local: Values::default(),
            },
            (None, None) => ExternalTaskCommand::Complete { worker: worker(), variables, local: Values::default() },
        };
        self.execute(Command::ExternalTask(id, report))?;
        Ok(true)
    }

    fn message(&mut self, message: &Message) -> Result<()> {
        let request = Correlate {
            name: Some(message.name.clone()),
            business_key: message.business_key.clone(),
            correlation_keys: assigned(&message.keys)?,
            variables: assigned(&message.variables)?,
            ..Correlate::default()
        };
        let correlated = self
            .engine
            .correlate(request.clone(), &self.caller)
            .wait()
            .map_err(|fault| anyhow!("{fault}\n{}", self.engine.explain_message(&request).summary))?;
        if let (None, Some(tollgate::request::Correlated::Started(started))) = (self.root, correlated.first()) {
            self.root = Some(started.process_instance);
        }
        Ok(())
    }

    fn signal(&self, signal: &Signal) -> Result<()> {
        let request = SignalRequest {
            name: signal.name.clone(),
            variables: assigned(&signal.variables)?,
            ..SignalRequest::default()
        };
        self.engine.signal(request, &self.caller).wait().map_err(|fault| anyhow!("{fault}"))
    }

    /// Runs what is due and what mocks do, until nothing is left.
    fn settle(&self) -> Result<()> {
        for _ in 0..MOST_JOBS {
            let run = self.engine.run_due_jobs(1, false);
            if run.executed + run.failed > 0 {
                continue;
            }
            let mut worked = false;
            for (topic, mock) in self.scenario.workers.iter().chain(&self.suite.workers) {
                // the scenario's own mock stands in front of the file's
                let own = self.scenario.workers.get(topic).is_none_or(|own| std::ptr::eq(own, mock));
                worked |= own && self.work_on(topic, mock, 0)?;
            }
            if !worked {
                return Ok(());
            }
        }
        bail!("more than {MOST_JOBS} jobs ran: the process does not come to rest")
    }

    /// Moves the clock from one due date to the next.
    fn advance(&self, by: &str) -> Result<()> {
        let now = self.engine.now();
        let until = match by.parse::<jiff::Span>() {
            Ok(span) => {
                let start = jiff::Timestamp::from_millisecond(now.0)?.to_zoned(jiff::tz::TimeZone::UTC);
                Timestamp(start.checked_add(span)?.timestamp().as_millisecond())
            }
            Err(_) => time(by).map_err(|_| anyhow!("`{by}` is neither a duration such as PT2H or P3D nor a time"))?,
        };
        if until < now {
            bail!("time does not go back");
        }
        for _ in 0..MOST_JOBS {
            let next = self.engine.read().next_due(self.engine.now()).filter(|due| *due <= until);
            let Some(due) = next else {
                self.engine.set_clock(Some(until.max(self.engine.now())));
                return self.settle();
            };
            // at the very time of its last firing a cycle would fire again
            self.engine.set_clock(Some(due.plus_ms(1)));
            self.settle()?;
        }
        bail!("more than {MOST_JOBS} timers ran on the way")
    }
}

fn open_ones(open: &[&str]) -> String {
    if open.is_empty() { "there are none".to_owned() } else { format!("there are: {}", open.join(", ")) }
}
