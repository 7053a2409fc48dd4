//! `tollgate config`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};

use crate::{
    config::{self, ALL, ConfigArgs, Configuration, Origin},
    exit::Exit,
    output::{self, Format},
    style,
};

/// Check and show the configuration of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate config example > tollgate.toml    every setting, explained
  tollgate config check tollgate.toml
  TOLLGATE_LOG=info tollgate config show     what is in force, and where it comes from")]
pub(crate) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Find mistakes in a configuration file, the environment and the command line.
    Check {
        /// The file; without it, what `serve` would read.
        file: Option<PathBuf>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print every setting that is in force, and where it comes from.
    Show {
        /// Only what differs from the defaults.
        #[arg(long)]
        changed: bool,
        /// How to answer.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print a configuration file with every setting, explained, at its default.
    Example,
}

impl Config {
    pub(crate) fn run(self) -> Result<Exit> {
        match self.action {
            Action::Check { file, mut config } => {
                if file.is_some() {
                    config.config = file;
                }
                let loaded = Configuration::load(&config, &[])?;
                for warning in &loaded.warnings {
                    println!("{}: {warning}", style::attention("warning"));
                }
                let what = match &loaded.file {
                    Some(file) => file.display().to_string(),
                    None => "the configuration (no file)".to_owned(),
                };
                println!("{what}: {}", style::good("no mistakes"));
            }
            Action::Show { changed, format, config } => show(&Configuration::load(&config, &[])?, changed, format)?,
            Action::Example => print!("{}", config::example()),
        }
        Ok(Exit::Done)
    }
}

fn show(loaded: &Configuration, changed: bool, format: Format) -> Result<()> {
    let mut section = "";
    let mut json = Map::new();
    for setting in ALL {
        let origin = loaded.origin(setting);
        if changed && *origin == Origin::Default {
            continue;
        }
        let value = (setting.get)(&loaded.settings);
        let origin = match origin {
            Origin::Default => "default".to_owned(),
            Origin::File(line) => {
                let file = loaded.file.as_deref().map(|file| file.display().to_string()).unwrap_or_default();
                format!("{file}:{line}")
            }
            Origin::Environment(name) => name.clone(),
            Origin::CommandLine => "command line".to_owned(),
        };
        if format == Format::Json {
            let value = value.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap_or(Json::String(text)));
            json.insert(setting.key.to_owned(), json!({"value": value, "origin": origin}));
            continue;
        }
        let (here, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if here != section {
            println!("\n[{here}]");
            section = here;
        }
        match value {
            Some(value) => println!("{name} = {value}  {}", style::faint(format!("# {origin}"))),
            None => println!("{}", style::faint(format!("# {name} is not set"))),
        }
    }
    if format == Format::Json {
        output::json(&Json::Object(json))?;
    }
    Ok(())
}
