//! `tollgate serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use clap::Args;
use tollgate::{
    Engine,
    request::{Caller, Deploy, Resource},
};

use crate::{exit::Exit, sources};

/// Serve the REST API and run jobs and timers.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tollgate serve examples\n  tollgate serve --listen 0.0.0.0:8080 --data /var/lib/tollgate order.bpmn\n\n\
    Stops cleanly on Ctrl-C or SIGTERM. Started again, every instance is where it was."
)]
pub(crate) struct Serve {
    /// Models to deploy: `.bpmn`, `.dmn` and `.form` files, or folders of them. What is deployed already and has not changed
    /// is left as it is.
    models: Vec<PathBuf>,
    /// Folder of the store.
    #[arg(long, value_name = "DIR", default_value = "tollgate-data")]
    data: PathBuf,
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The store.
    #[arg(long, value_name = "KIND", default_value = "fjall", value_parser = ["fjall", "sled", "memory"])]
    store: String,
    /// Reject models without `camunda:historyTimeToLive`, as Camunda does by default.
    #[arg(long)]
    enforce_history_time_to_live: bool,
    /// Serve the `/test` endpoints (stop the clock, run jobs, delete everything) and switch the job executor off. For tests.
    #[arg(long)]
    test_mode: bool,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Exit> {
        tracing_subscriber::fmt()
            .with_env_filter(
                tracing_subscriber::EnvFilter::try_from_env("TOLLGATE_LOG").unwrap_or_else(|_| "warn".into()),
            )
            .with_writer(std::io::stderr)
            .init();
        let files = sources::model_files(&self.models)?;
        let mut options = tollgate::Options { job_executor: !self.test_mode, ..tollgate::Options::default() };
        options.store = self.store.parse().map_err(|_| anyhow::anyhow!("unknown store `{}`", self.store))?;
        options.parse.enforce_history_time_to_live = self.enforce_history_time_to_live;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind(self.listen)).with_context(|| {
            format!("can't listen on {}: stop what uses the port, or choose another with --listen", self.listen)
        })?;
        let engine = Engine::open_with(&self.data, options)
            .with_context(|| format!("can't open the data folder {}", self.data.display()))?;
        deploy(&engine, &files)?;
        let address = listener.local_addr()?;
        println!("Tollgate {} is ready", env!("CARGO_PKG_VERSION"));
        println!("  REST API  http://{address}/engine-rest");
        println!("  data      {} ({})", self.data.display(), self.store);
        runtime.block_on(async {
            let options =
                server::Options { test_mode: self.test_mode, console: console_files(), ..server::Options::default() };
            let router = server::router(engine.clone(), options.clone());
            server::serve(listener, router, &options, stopped()).await
        })?;
        println!("stopped");
        drop(engine);
        Ok(Exit::Done)
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

/// Deploys each file as a deployment of its own; a file that has not changed is not deployed again.
fn deploy(engine: &Engine, files: &[PathBuf]) -> Result<()> {
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
        let deployed = engine
            .deploy(request, &Caller::default())
            .wait()
            .map_err(|fault| anyhow::anyhow!("{} is not deployed: {fault}", file.display()))?;
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
            let (media_type, content) = console::file(name)?;
            Some(server::ConsoleFile { media_type: media_type.into(), content: content.into() })
        }))
    })
}
