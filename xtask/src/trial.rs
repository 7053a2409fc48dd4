//! End-to-end tests with as many rounds as one likes.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Runs an end-to-end test with release code; its options become variables of the environment.
pub(crate) fn run(
    name: &str,
    arguments: impl Iterator<Item = String>,
    known: &[(&str, &'static str, &str)],
) -> Result<()> {
    test(name, &options(arguments, known)?)
}

/// Reads numeric options: name, the variable of the environment they become, default.
fn options(
    arguments: impl Iterator<Item = String>,
    known: &[(&str, &'static str, &str)],
) -> Result<Vec<(&'static str, String)>> {
    let mut values: Vec<_> = known.iter().map(|(_, variable, default)| (*variable, (*default).to_owned())).collect();
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let at = known.iter().position(|(option, ..)| *option == name);
        let at = at.with_context(|| format!("unknown option `{name}`"))?;
        let value = arguments.next().with_context(|| format!("{name} needs a number"))?;
        value.parse::<u64>().with_context(|| format!("{name} needs a number, not {value:?}"))?;
        values[at].1 = value;
    }
    Ok(values)
}

fn test(name: &str, environment: &[(&str, String)]) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .args(["test", "--release", "--package", "tollgate-tests", "--test", name, "--", "--nocapture"])
        .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
        .status()
        .context("running cargo")?;
    ensure!(status.success(), "the test {name} failed");
    Ok(())
}
