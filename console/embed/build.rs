//! Builds the console with npm, when npm is on the machine, and makes the table of its files.
//!
//! `TOLLGATE_CONSOLE` decides:
//!
//! | value | what happens |
//! |---|---|
//! | `auto` (default) | a release build runs npm when it is there; other builds take `console/dist` as it is, if it is there |
//! | `build` | npm runs; its failure fails the build |
//! | `dist` | `console/dist` is taken as it is; that it is missing fails the build |
//! | `none` | the binary has no console |
//!
//! What npm needs and makes stays in cargo's output folder: sources are copied there, nothing is written beside them.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the pages are made of.
const SOURCES: [&str; 7] =
    ["package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "index.html", "src", "public"];

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    println!("cargo:rerun-if-changed=dist");
    println!("cargo:rerun-if-env-changed=TOLLGATE_CONSOLE");
    let wish = env::var("TOLLGATE_CONSOLE").unwrap_or_else(|_| "auto".to_owned());
    let ready = here.join("dist");
    let folder = match wish.as_str() {
        "none" => None,
        "dist" => {
            assert!(ready.join("index.html").is_file(), "TOLLGATE_CONSOLE=dist, but console/dist has no index.html");
            Some(ready)
        }
        "build" => Some(build(&here, &out).unwrap_or_else(|why| panic!("the console can't be built: {why}"))),
        "auto" if env::var("PROFILE").is_ok_and(|profile| profile == "release") => match build(&here, &out) {
            Ok(folder) => Some(folder),
            Err(why) => {
                println!("cargo:warning=the binary gets no web console: {why}");
                None
            }
        },
        "auto" => ready.join("index.html").is_file().then_some(ready),
        other => panic!("TOLLGATE_CONSOLE is `{other}`; it can be auto, build, dist or none"),
    };
    let mut files = Vec::new();
    if let Some(folder) = &folder {
        collect(folder, folder, &mut files);
    }
    files.sort();
    // the copy that npm compressed lies beside its file
    let compressed: BTreeMap<String, PathBuf> = files
        .extract_if(.., |(name, _)| name.ends_with(".gz"))
        .map(|(name, path)| (name.trim_end_matches(".gz").to_owned(), path))
        .collect();
    let bytes = |path: &Path| format!("include_bytes!({:?}).as_slice()", path.display().to_string());
    let rows: String = files
        .iter()
        .map(|(name, path)| {
            let gzip = compressed.get(name).map_or("None".to_owned(), |gzip| format!("Some({})", bytes(gzip)));
            format!("    ({name:?}, {}, {gzip}),\n", bytes(path))
        })
        .collect();
    fs::write(out.join("files.rs"), format!("&[\n{rows}]\n")).expect("the output folder can be written");
}

/// Runs npm in a copy of the sources; answers the folder of the pages.
fn build(here: &Path, out: &Path) -> Result<PathBuf, String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let there = Command::new(npm).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        return Err("npm is not installed; install Node.js 20 or later and build again".to_owned());
    }
    let work = out.join("console");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    for source in SOURCES {
        copy(&here.join(source), &work.join(source)).map_err(|error| format!("{source}: {error}"))?;
    }
    run(npm, &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &work)?;
    run(npm, &["run", "bundle"], &work)?;
    Ok(work.join("dist"))
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr });
    let reason = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(format!("`{program} {}` failed: {reason}", arguments.join(" ")))
}

/// Copies a file or a folder with what is in it; what the sources lack is removed in the copy too.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    if to.is_dir() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.clone()));
        }
    }
}
