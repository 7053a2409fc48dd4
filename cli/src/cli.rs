//! What can be said on the command line.

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{command, exit::Exit, style::Color};

/// Runs Camunda 7 process models: a durable BPMN 2.0 engine with Camunda's REST API.
#[derive(Debug, Parser)]
#[command(
    name = "tollgate",
    version,
    propagate_version = true,
    after_help = "\
Examples:
  tollgate serve examples                    serve the models of a folder at http://127.0.0.1:8080/engine-rest
  tollgate check src/main/resources          look for mistakes before deploying
  tollgate run order.bpmn --var amount=120   run a process once, in memory

Exit codes:
  0  done
  1  it failed: the message says what and what to do; `check` found errors; `run` ended in a failure
  2  the command line is wrong
  3  `run`: the process is waiting for something that nobody gave"
)]
pub(crate) struct Cli {
    /// Colours in what is printed.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(command::serve::Serve),
    Check(command::check::Check),
    Run(command::run::Run),
    Test(command::test::Test),
    Render(command::render::Render),
    Deploy(command::deploy::Deploy),
    Start(command::start::Start),
    Tasks(command::tasks::Tasks),
    Complete(command::complete::Complete),
    Instances(command::instances::Instances),
    Show(command::show::Show),
    Explain(command::explain::Explain),
    Store(command::store::StoreCommand),
    Config(command::config::Config),
    Assess(command::assess::Assess),
    Completions(command::completions::Completions),
    Man(command::man::Man),
}

impl Command {
    /// Does what it says.
    pub(crate) fn run(self) -> Result<Exit> {
        match self {
            Self::Serve(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Run(command) => command.run(),
            Self::Test(command) => command.run(),
            Self::Render(command) => command.run(),
            Self::Deploy(command) => command.run(),
            Self::Start(command) => command.run(),
            Self::Tasks(command) => command.run(),
            Self::Complete(command) => command.run(),
            Self::Instances(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Store(command) => command.run(),
            Self::Config(command) => command.run(),
            Self::Assess(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
