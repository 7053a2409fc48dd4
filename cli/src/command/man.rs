//! `tollgate man`.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use crate::{cli::Cli, exit::Exit};

/// Print the manual page, or write the pages of all commands to a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate man | man -l -
  tollgate man /usr/share/man/man1")]
pub(crate) struct Man {
    /// The folder; it is made when it is not there.
    folder: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Exit> {
        let mut command = Cli::command();
        command.build();
        match self.folder {
            None => {
                let mut page = Vec::new();
                Page::new(command).render(&mut page)?;
                std::io::stdout().write_all(&page)?;
            }
            Some(folder) => {
                std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
                let number = pages(&command, "tollgate", &folder)?;
                println!("{} in {}", crate::output::count(number, "page"), folder.display());
            }
        }
        Ok(Exit::Done)
    }
}

/// The page of a command and those of its subcommands; how many.
fn pages(command: &clap::Command, name: &str, folder: &Path) -> Result<usize> {
    let mut text = Vec::new();
    // names and titles of pages have no spaces: `build` made them so
    Page::new(command.clone()).render(&mut text)?;
    let file = folder.join(format!("{name}.1"));
    std::fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
    let mut number = 1;
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        number += pages(inner, &format!("{name}-{}", inner.get_name()), folder)?;
    }
    Ok(number)
}
