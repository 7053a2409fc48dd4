//! The reference pages of the REST API.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Writes docs/rest: the test that compares the pages writes them when it is told to.
pub(crate) fn write() -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .args(["test", "--package", "tollgate-server", "--lib", "the_reference_is_up_to_date"])
        .env("WRITE_REST_REFERENCE", "1")
        .status()
        .context("running cargo")?;
    ensure!(status.success(), "the pages were not written");
    Ok(())
}
