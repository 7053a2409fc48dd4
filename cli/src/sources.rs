//! Model files named on the command line.

use std::path::{Path, PathBuf};

use analysis::{Kind, Source};
use anyhow::{Context, Result, bail};

/// Folders that never hold models: what builds and package managers leave behind.
pub(crate) const SKIPPED: [&str; 3] = ["target", "node_modules", "build"];

/// The files named, and the model files in the folders named, in order of their paths.
pub(crate) fn model_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            inside(path, &mut files)?;
            if files.len() == before {
                bail!("there is no model below the folder {}: no file ends in .bpmn, .dmn or .form", path.display());
            }
        } else if path.exists() {
            files.push(path.clone());
        } else {
            bail!("there is no file or folder {}", path.display());
        }
    }
    Ok(files)
}

fn inside(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut entries = read().with_context(|| format!("can't read the folder {}", folder.display()))?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&&*name) && !path.is_symlink() {
                inside(&path, files)?;
            }
        } else if Kind::of_name(&name).is_some() {
            files.push(path);
        }
    }
    Ok(())
}

/// How a deployment parses.
pub(crate) fn parse_options() -> bpmn_parser::ParseOptions {
    bpmn_parser::ParseOptions { script_check: Some(tollgate::check_script), ..bpmn_parser::ParseOptions::default() }
}

/// Reads a model file. A file of another name is taken for what its content says it is.
pub(crate) fn source(path: &Path) -> Result<Source> {
    let name = path.to_string_lossy().into_owned();
    let bytes = std::fs::read(path).with_context(|| format!("can't read {name}"))?;
    let Some(kind) = Kind::of_name(&name).or_else(|| Kind::of_content(&bytes)) else {
        bail!("{name} is no model: its name ends in none of .bpmn, .bpmn20.xml, .dmn, .dmn11.xml and .form");
    };
    Ok(Source { name, kind, bytes })
}

/// The name of a file in a deployment: without folders, with a suffix that says what it is.
pub(crate) fn resource_name(source: &Source) -> String {
    let name = Path::new(&source.name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if Kind::of_name(&name).is_some() {
        return name;
    }
    let suffix = match source.kind {
        Kind::Bpmn => "bpmn",
        Kind::Dmn => "dmn",
        Kind::Form => "form",
    };
    format!("{name}.{suffix}")
}
