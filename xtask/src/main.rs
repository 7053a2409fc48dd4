//! Project chores.

mod compatibility;
mod corpus;
mod extract;
mod rest_reference;
mod trial;

use std::path::PathBuf;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <chore>

chores:
  compatibility
      Writes the feature table of docs/compatibility.md from docs/features.tsv and the tests that cite its rows.
  corpus-report [--corpus DIR] [--list] [--write]
      Parses every expression, script and decision of a folder of models (../shared/corpus by default).
      --list prints each refusal with its file; --write puts the table into docs/languages.md.
  rest-reference
      Writes the pages of docs/rest from the lists in server/src/openapi.
  crash [--rounds N]
      Kills an engine under load N times (100) for each store.
  sim [--seeds N] [--from S]
      Runs N seeds (10000) of the simulation from S (0) on: the engine under a seeded scheduler, on a disk that fails.";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("corpus-report") => {
            let mut options = corpus::Options { corpus: PathBuf::from("../shared/corpus"), list: false, write: false };
            while let Some(argument) = arguments.next() {
                match (argument.as_str(), argument.as_str() == "--corpus") {
                    ("--list", _) => options.list = true,
                    ("--write", _) => options.write = true,
                    (_, true) => match arguments.next() {
                        Some(folder) => options.corpus = PathBuf::from(folder),
                        None => bail!("--corpus needs a folder\n\n{USAGE}"),
                    },
                    (other, _) => bail!("unknown option `{other}`\n\n{USAGE}"),
                }
            }
            corpus::report(&options)
        }
        Some("compatibility") => compatibility::write(&workspace()),
        Some("rest-reference") => rest_reference::write(),
        Some("crash") => trial::run("crash", arguments, &[("--rounds", "CRASH_ROUNDS", "100")]),
        Some("sim") => {
            trial::run("simulation", arguments, &[("--seeds", "SIM_SEEDS", "10000"), ("--from", "SIM_FROM", "0")])
        }
        Some(other) => bail!("unknown chore `{other}`\n\n{USAGE}"),
        None => bail!("{USAGE}"),
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
