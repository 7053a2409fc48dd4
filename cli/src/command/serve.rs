//! `tollgate serve`.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use tollgate::{
    Engine, OpenError,
    request::{Caller, Deploy, Resource},
    store,
};

use crate::{
    config::{ALL, ConfigArgs, Configuration},
    exit::Exit,
    logging::{self, Log},
    outside,
    people::PeopleArgs,
    sources, style,
};

/// Serve the REST API and run jobs and timers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate serve examples
  tollgate serve --listen 0.0.0.0:8080 --data /var/lib/tollgate order.bpmn
  tollgate serve --config /etc/tollgate/tollgate.toml
  TOLLGATE_LOG=info tollgate serve --set store.durability=relaxed

Stops cleanly on Ctrl-C or SIGTERM; started again, every instance is where it was. SIGHUP reads the configuration again.
`tollgate config example` prints all settings.")]
pub(crate) struct Serve {
    /// Models to deploy: `.bpmn`, `.dmn` and `.form` files, or folders of them. What is deployed already and has not changed
    /// is left as it is.
    models: Vec<PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
    /// Folder of the store [default: tollgate-data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The store [default: fjall].
    #[arg(long, value_name = "KIND", value_parser = ["fjall", "sled", "memory"])]
    store: Option<String>,
    /// Reject models without `camunda:historyTimeToLive`, as Camunda does by default.
    #[arg(long)]
    enforce_history_time_to_live: bool,
    /// Open a damaged store with what is intact in it, after putting damaged journals aside.
    #[arg(long)]
    accept_damage: bool,
    /// Serve the `/test` endpoints (stop the clock, run jobs, delete everything) and switch the job executor off. For tests.
    #[arg(long)]
    test_mode: bool,
    #[command(flatten)]
    people: PeopleArgs,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Exit> {
        let configuration = self.configuration()?;
        let settings = &configuration.settings;
        let log = logging::start(&settings.log, settings.log_format)?;
        for warning in &configuration.warnings {
            eprintln!("{}: {warning}", style::error("warning"));
        }
        let mut models = settings.models.clone();
        models.extend(self.models.iter().cloned());
        let files = sources::model_files(&models)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(settings.listen))
            .map_err(|e| no_address(settings.listen, &e))?;
        let mut options = configuration.engine_options();
        options.job_executor &= !self.test_mode;
        options.delegates = Some(Box::new(outside::connectors(settings.connectors.as_deref())?));
        let exporter = configuration.tracing().map(telemetry::Exporter::start).transpose();
        let exporter = exporter.context("traces can't be exported: see the settings `tracing`")?;
        let engine = Engine::open_with(&settings.data, options).map_err(|error| not_opened(&settings.data, error))?;
        if let Some(exporter) = &exporter {
            engine.observe(exporter.observer());
        }
        let people = self.people.prepare(&engine, settings, self.test_mode)?;
        deploy(&engine, &files, &outside::handlers(&[], settings.connectors.as_deref())?)?;
        let address = listener.local_addr()?;
        let scheme = if settings.tls_certificate.is_some() { "https" } else { "http" };
        let durability = match settings.store_durability {
            _ if settings.store_kind == store::Kind::Memory => "nothing is kept".to_owned(),
            crate::config::Durability::Strict => "strict".to_owned(),
            crate::config::Durability::Relaxed => {
                format!("relaxed: the loss of power may take the last {:?}", settings.store_max_loss)
            }
        };
        println!("Tollgate {} is ready", env!("CARGO_PKG_VERSION"));
        if console::is_there() {
            println!("  console   {scheme}://{address}/");
        }
        println!("  REST API  {scheme}://{address}/engine-rest");
        println!("  data      {} ({}, {durability})", settings.data.display(), settings.store_kind);
        people.iter().for_each(|line| println!("{line}"));
        if let Some(file) = &configuration.file {
            println!("  settings  {}", file.display());
        }
        let options = server::Options {
            test_mode: self.test_mode,
            console: console_files(),
            spans: exporter.as_ref().map(telemetry::Exporter::counters),
            ..configuration.server_options()
        };
        let serve = self;
        runtime.block_on(async {
            let router = server::router(engine.clone(), options.clone());
            let reload = options.reload.clone();
            tokio::spawn(async move { serve.reload_on_hangup(configuration, &log, &reload).await });
            server::serve(listener, router, &options, stopped()).await
        })?;
        println!("stopped");
        drop(engine);
        // the last commits are told by now
        drop(exporter);
        Ok(Exit::Done)
    }

    fn configuration(&self) -> Result<Configuration> {
        let mut flags = Vec::new();
        flags.extend(self.data.as_ref().map(|data| ("data", data.to_string_lossy().into_owned())));
        flags.extend(self.listen.map(|address| ("listen", address.to_string())));
        flags.extend(self.store.clone().map(|kind| ("store.kind", kind)));
        if self.enforce_history_time_to_live {
            flags.push(("engine.enforce-history-time-to-live", "true".to_owned()));
        }
        if self.accept_damage {
            flags.push(("store.accept-damage", "true".to_owned()));
        }
        self.people.settings(&mut flags);
        Configuration::load(&self.config, &flags)
    }

    /// Reads the configuration again on each SIGHUP, and applies what can change while running.
    async fn reload_on_hangup(self, mut known: Configuration, log: &Log, reload: &server::Reload) {
        let mut hangup =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).expect("signals can be listened to");
        while hangup.recv().await.is_some() {
            let fresh = match self.configuration() {
                Ok(fresh) => fresh,
                Err(error) => {
                    eprintln!("{}: the configuration stays as it was: {error:#}", style::error("error"));
                    continue;
                }
            };
            for setting in ALL {
                let (before, after) = ((setting.get)(&known.settings), (setting.get)(&fresh.settings));
                if before != after {
                    let shown = after.unwrap_or_else(|| "not set".to_owned());
                    let effect = if setting.reloads { "applied" } else { "needs a restart" };
                    println!("changed   {} = {shown} ({effect})", setting.key);
                }
            }
            log.set_filter(&fresh.settings.log);
            // the files may have changed although their names have not
            reload.now(fresh.server_options().tls);
            println!("reloaded");
            known = fresh;
        }
    }
}

async fn stopped() {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("signals can be listened to");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    println!("stopping");
}

/// Why an address can't be listened on, and what to do.
fn no_address(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => "stop what uses the port, or choose another with --listen",
        ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose another with --listen",
        ErrorKind::AddrNotAvailable => "this machine has no such address: choose another with --listen",
        _ => "choose another with --listen",
    };
    anyhow!("can't listen on {address}: {error}; {remedy}")
}

/// Why a data folder can't be opened, and what to do.
fn not_opened(data: &Path, error: OpenError) -> anyhow::Error {
    let remedy = match &error {
        OpenError::Store(store::Error::Locked { .. }) => {
            "stop the server that uses it, or choose another folder with --data"
        }
        OpenError::Store(store::Error::Damaged(_) | store::Error::DamagedRecord { .. }) => {
            "restore a backup with `tollgate store restore`; without one, --accept-damage opens what is intact"
        }
        OpenError::Store(store::Error::Io { source, .. }) => match source.kind() {
            ErrorKind::StorageFull => "free some space on the disk; nothing is lost",
            ErrorKind::PermissionDenied => {
                "give this user the right to write there, or choose another folder with --data"
            }
            ErrorKind::ReadOnlyFilesystem => "choose a folder on a disk that can be written with --data",
            _ => "",
        },
        _ => "",
    };
    let error = anyhow::Error::new(error).context(format!("can't open the data folder {}", data.display()));
    if remedy.is_empty() { error } else { anyhow!("{error:#}; {remedy}") }
}

/// Logs what `tollgate check` warns of.
fn warn(files: &[PathBuf], served: &[String]) -> Result<()> {
    let mut models = Vec::new();
    for file in files {
        // what is no model is refused by the deployment
        if let Ok(source) = sources::source(file) {
            models.push(analysis::read(source, &sources::parse_options()));
        }
    }
    // what these models call may be deployed already
    let surroundings =
        analysis::Surroundings { handlers: Some(served.to_vec()), ..analysis::Surroundings::of(&models) };
    for model in &models {
        for found in analysis::examine(model, &surroundings) {
            let (file, line, code) = (&model.source.name, found.span.line, found.code);
            tracing::warn!(%file, line, code, "{}", found.message);
        }
    }
    Ok(())
}

/// Deploys each file as a deployment of its own; a file that has not changed is not deployed again.
fn deploy(engine: &Engine, files: &[PathBuf], served: &[String]) -> Result<()> {
    warn(files, served)?;
    for file in files {
        let content = std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let request = Deploy {
            name: Some(name.clone()),
            source: Some("tollgate serve".to_owned()),
            resources: vec![Resource { name, content: Arc::from(content) }],
            duplicate_filtering: true,
            ..Deploy::default()
        };
        let deployed = engine.deploy(request, &Caller::default()).wait().map_err(|fault| {
            anyhow!("{} is not deployed: {fault}\nsee `tollgate check {}`", file.display(), file.display())
        })?;
        let world = engine.read();
        if deployed.process_definitions.is_empty() && deployed.decision_definitions.is_empty() {
            println!("unchanged {}", file.display());
        }
        for id in &deployed.process_definitions {
            if let Some(row) = world.process_definition(*id) {
                println!("deployed  {} process {} version {}", file.display(), row.key, row.version);
            }
        }
        for id in &deployed.decision_definitions {
            if let Some(row) = world.decision_definition(*id) {
                println!("deployed  {} decision {} version {}", file.display(), row.key, row.version);
            }
        }
    }
    Ok(())
}

/// The console in this binary, if it has one.
fn console_files() -> Option<server::Console> {
    console::is_there().then(|| {
        server::Console(Arc::new(|name| {
            let file = console::file(name)?;
            Some(server::ConsoleFile {
                media_type: file.media_type.into(),
                content: file.content.into(),
                gzip: file.gzip.map(Into::into),
            })
        }))
    })
}
