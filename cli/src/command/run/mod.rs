//! `tollgate run`: one process, once, in memory.

mod ask;
mod steps;
mod waits;

use std::{collections::HashSet, io::IsTerminal, path::PathBuf, sync::Arc};

use anyhow::{Result, bail};
use clap::Args;
use engine_core::command::{Command, Outcome, Start, Variables};
use tollgate::{
    Engine, Fault, Id, Options,
    request::{Caller, Deploy, Resource},
};

use self::{
    steps::Steps,
    waits::{Answer, Wait},
};
use crate::{
    exit::Exit,
    output::Format,
    sources, style,
    values::{self, VariableArgs},
};

/// Run a process once, in memory, and show each step.
///
/// On a terminal it asks for what the process waits for: user tasks, external tasks, messages. Elsewhere it stops there, says
/// what the process waits for, and exits with 3.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate run order.bpmn --var amount=120 --var customer='{\"name\":\"Ada\"}'
  tollgate run invoice.bpmn --with decisions/ --vars invoice.json
  tollgate run reminder.bpmn --fast-forward --auto          nobody is asked, time passes in a moment
  tollgate run order.bpmn --auto --format json | jq .       one JSON object for each step

Exit codes: 0 the process ended, 1 it failed or has an incident, 3 it is waiting.")]
pub(crate) struct Run {
    /// The model.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    variables: VariableArgs,
    /// Which process of the file. Without it: the only executable one.
    #[arg(long, value_name = "ID")]
    process: Option<String>,
    /// The start event, when the process has several or begins with a message, signal or timer.
    #[arg(long, value_name = "ID")]
    start: Option<String>,
    /// Business key.
    #[arg(long, value_name = "KEY")]
    business_key: Option<String>,
    /// Further models, or folders of them: called processes, decisions, forms.
    #[arg(long, value_name = "FILE|DIR")]
    with: Vec<PathBuf>,
    /// When nothing else can happen, set the clock to the next timer.
    #[arg(long)]
    fast_forward: bool,
    /// Complete tasks, with their forms as they are, and deliver messages and signals without asking.
    #[arg(long, conflicts_with = "interactive")]
    auto: bool,
    /// Ask on standard input although it is no terminal.
    #[arg(long)]
    interactive: bool,
    /// Names of Java classes, delegate expressions or beans that do nothing here.
    #[arg(long, value_name = "NAME")]
    stub: Vec<String>,
    /// The connectors' file of the server (docs/languages.md): what it maps is called, connectors are.
    #[arg(long, value_name = "FILE")]
    connectors: Option<PathBuf>,
    /// Jobs to run at most; repeating timers never end.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    max_jobs: usize,
    /// How to answer: JSON is one object a line.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Run {
    pub(crate) fn run(self) -> Result<Exit> {
        let delegates: Option<Box<dyn tollgate::Delegates>> = match &self.connectors {
            Some(file) => Some(Box::new(crate::outside::connectors(Some(file))?)),
            None => None,
        };
        let engine = Engine::in_memory(Options { job_executor: false, delegates, ..Options::default() })?;
        // time stands still between steps and passes only when the process waits for it
        engine.set_clock(Some(engine.now()));
        for name in &self.stub {
            engine.handler(name.as_str(), |_| Ok(()));
        }
        let definition = self.deploy(&engine)?;
        let variables = self.variables.read()?;
        let interactive =
            self.interactive || (!self.auto && std::io::stdin().is_terminal() && std::io::stdout().is_terminal());
        let mut session = Session {
            steps: Steps::new(self.format),
            engine,
            root: Id::default(),
            jobs_left: self.max_jobs,
            fast_forward: self.fast_forward,
            auto: self.auto,
            interactive: interactive && self.format == Format::Text,
        };
        let start = self.start(&session.engine, definition, variables)?;
        session.play(start)
    }

    /// Deploys the files; the process to start.
    fn deploy(&self, engine: &Engine) -> Result<Id> {
        let main = sources::source(&self.file)?;
        let mut files = vec![main];
        let named = std::fs::canonicalize(&self.file)?;
        for path in sources::model_files(&self.with)? {
            if std::fs::canonicalize(&path).is_ok_and(|path| path != named) {
                files.push(sources::source(&path)?);
            }
        }
        let mut main = None;
        for (at, source) in files.into_iter().enumerate() {
            let model = analysis::read(source, &bpmn_parser::ParseOptions::default());
            if !model.is_deployable() {
                let text = model.source.text();
                for found in model.diagnostics.iter().filter(|found| found.severity == models::Severity::Error) {
                    println!("{}\n", crate::render::text(&model.source.name, &text, found));
                }
                bail!("{} can't be deployed", model.source.name);
            }
            let name = sources::resource_name(&model.source);
            let content = Arc::from(model.source.bytes.as_slice());
            let deploy = Deploy { resources: vec![Resource { name, content }], ..Deploy::default() };
            let deployed = engine
                .deploy(deploy, &Caller::default())
                .wait()
                .map_err(|fault| anyhow::anyhow!("{} can't be deployed: {fault}", model.source.name))?;
            if at == 0 {
                main = Some(deployed.process_definitions);
            }
        }
        self.choose(engine, &main.unwrap_or_default())
    }

    fn choose(&self, engine: &Engine, definitions: &[Id]) -> Result<Id> {
        let world = engine.read();
        let keys: Vec<(Id, &str)> = definitions
            .iter()
            .filter_map(|id| world.process_definition(*id).map(|row| (*id, row.key.as_str())))
            .collect();
        let names = || keys.iter().map(|(_, key)| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let file = self.file.display();
        match (&self.process, keys.as_slice()) {
            (_, []) => bail!("{file} holds no executable process: set isExecutable=\"true\""),
            (Some(wanted), keys) => match keys.iter().find(|(_, key)| key == wanted) {
                Some((id, _)) => Ok(*id),
                None => bail!("{file} holds no executable process `{wanted}`, but {}", names()),
            },
            (None, [(id, _)]) => Ok(*id),
            (None, _) => bail!("{file} holds several processes: choose one of {} with --process", names()),
        }
    }

    fn start(&self, engine: &Engine, definition: Id, variables: Vec<(String, models::Value)>) -> Result<Command> {
        let compiled = engine.definition(definition)?;
        let graph = &compiled.graph;
        let events: Vec<_> = graph
            .start_subscriptions
            .iter()
            .map(|declaration| declaration.node)
            .chain(graph.start_timers.iter().map(|timer| timer.node))
            .collect();
        let start_event = match &self.start {
            Some(wanted) => match graph.find(wanted) {
                Some(node) if Some(node) == graph.initial => None,
                Some(node) if events.contains(&node) => Some(node),
                _ => {
                    let all = graph.initial.iter().chain(&events);
                    let ids: Vec<_> = all.map(|node| format!("`{}`", graph.node(*node).id)).collect();
                    bail!("process `{}` has no start event `{wanted}`, but {}", compiled.key, ids.join(", "))
                }
            },
            // as if its event had happened
            None if graph.initial.is_none() => events.first().copied(),
            None => None,
        };
        Ok(Command::Start(Box::new(Start {
            definition,
            business_key: self.business_key.clone(),
            variables: variables.into_iter().collect::<Variables>(),
            start_event,
            ..Start::default()
        })))
    }
}

/// A process instance on its way.
struct Session {
    engine: Engine,
    root: Id,
    steps: Steps,
    jobs_left: usize,
    fast_forward: bool,
    auto: bool,
    interactive: bool,
}

/// How a stretch without outside help ended.
enum Rest {
    Ended,
    Waiting(Vec<Wait>),
    TooManyJobs,
}

impl Session {
    fn play(&mut self, start: Command) -> Result<Exit> {
        match self.engine.execute(start, &Caller::default()).wait() {
            Ok(Outcome::Started { process_instance, .. }) => self.root = process_instance,
            Ok(_) => bail!("the engine did not start the process"),
            Err(fault) => {
                self.steps.fault("the start failed", &fault)?;
                return Ok(Exit::Failed);
            }
        }
        let mut faults = 0;
        loop {
            let waits = match self.rest()? {
                Rest::Ended => return self.finish(),
                Rest::TooManyJobs => {
                    self.steps.note("stopped: too many jobs; raise --max-jobs if that is right")?;
                    return Ok(Exit::Failed);
                }
                Rest::Waiting(waits) => waits,
            };
            let answer = if self.interactive {
                ask::ask(&self.engine, &waits)?
            } else if self.auto {
                waits.iter().min_by_key(|wait| wait.rank()).and_then(|wait| wait.by_itself(&self.engine))
            } else {
                None
            };
            match answer {
                None => return self.stop(&waits),
                Some(Answer::Clock(time)) => self.advance(time)?,
                Some(Answer::Command(command)) => {
                    if let Err(fault) = self.engine.execute(command, &Caller::default()).wait() {
                        self.steps.show(&self.engine, self.root)?;
                        self.steps.fault("it was refused, and all is as before", &fault)?;
                        faults += 1;
                        if !self.interactive || faults > 100 {
                            return Ok(Exit::Failed);
                        }
                    }
                }
            }
        }
    }

    /// Runs jobs, and time when asked to, until something outside is needed.
    fn rest(&mut self) -> Result<Rest> {
        loop {
            self.steps.show(&self.engine, self.root)?;
            if !self.is_running() {
                return Ok(Rest::Ended);
            }
            let now = self.engine.now();
            let due = self.engine.read().runnable_jobs(now).next().map(|job| job.id);
            if let Some(job) = due {
                if self.jobs_left == 0 {
                    return Ok(Rest::TooManyJobs);
                }
                self.jobs_left -= 1;
                if let Err(fault) = self.engine.run_job(job, &Caller::default()).wait() {
                    self.job_failed(job, &fault)?;
                }
                continue;
            }
            let waits = waits::all(&self.engine, self.root);
            let timer = waits.iter().filter_map(Wait::due).min();
            // time passes only when nobody could act before
            let nobody = self.auto && waits.iter().any(Wait::is_work);
            match timer {
                Some(time) if self.fast_forward && !nobody && !self.interactive_work(&waits) => self.advance(time)?,
                _ => return Ok(Rest::Waiting(waits)),
            }
        }
    }

    fn interactive_work(&self, waits: &[Wait]) -> bool {
        self.interactive && waits.iter().any(Wait::is_work)
    }

    fn is_running(&self) -> bool {
        self.engine.read().process_instance(self.root).is_some()
    }

    fn job_failed(&mut self, job: Id, fault: &Fault) -> Result<()> {
        let retries = self.engine.read().job(job).map_or(0, |row| row.retries);
        let left = if retries > 0 { format!("{retries} more tries") } else { "no more tries: an incident".to_owned() };
        self.steps.fault(&format!("a job failed, {left}"), fault)
    }

    fn advance(&mut self, time: tollgate::Timestamp) -> Result<()> {
        let before = self.engine.now();
        if time > before {
            // at the very time of its last firing a cycle would fire again
            self.engine.set_clock(Some(time.plus_ms(1)));
            self.steps.time(time, time.0 - before.0)?;
        }
        Ok(())
    }

    /// The process has ended.
    fn finish(&mut self) -> Result<Exit> {
        let world = self.engine.read();
        let row = world.historic_process_instance(self.root);
        let state = row.map_or("COMPLETED", |row| row.state.name());
        let variables: Vec<_> = world
            .historic_variables_of(self.root)
            .filter(|row| row.activity.is_none() && !row.deleted)
            .map(|row| (row.name.as_str(), &row.value))
            .collect();
        let end = row.and_then(|row| row.end_activity.as_deref());
        self.steps.end(state, end, &variables)?;
        Ok(if state == "COMPLETED" { Exit::Done } else { Exit::Failed })
    }

    /// Nobody gives what the process waits for.
    fn stop(&mut self, waits: &[Wait]) -> Result<Exit> {
        let world = self.engine.read();
        let texts: Vec<_> = waits.iter().map(|wait| wait.describe(&self.engine, &world)).collect();
        let variables: Vec<_> = world.variables_of(self.root).map(|row| (&*row.name, &row.value)).collect();
        let incidents: HashSet<_> = world.incidents().map(|incident| incident.id).collect();
        let failed = !incidents.is_empty();
        self.steps.waiting(if failed { "INCIDENT" } else { "WAITING" }, &texts, &variables)?;
        Ok(if failed { Exit::Failed } else { Exit::Waiting })
    }
}

/// A line of variables, in one form everywhere.
fn variable_line(name: &str, value: &models::Value) -> String {
    format!("{name} = {}", style::strong(values::show(value)))
}
