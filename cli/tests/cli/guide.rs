//! The user guide's commands: every line that begins with `$` is run, in order, and what stands below it must be in its output.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{Server, tollgate};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A command and the lines that its output must hold.
#[derive(Debug)]
struct Shown {
    command: String,
    expected: Vec<String>,
}

/// The commands of a chapter.
fn commands(chapter: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in chapter.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push(Shown { command: command.to_owned(), expected: Vec::new() }),
                None => found.last_mut().expect("output stands below a command").expected.push(line.to_owned()),
            },
        }
    }
    found
}

/// A folder with what the chapters speak of.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["examples", "docs"] {
        let target = folder.path().join(name);
        std::fs::create_dir(&target).unwrap();
        for entry in std::fs::read_dir(Path::new(REPOSITORY).join(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    folder
}

/// Runs a chapter's commands.
fn run(chapter: &str, folder: &Path) {
    let text = std::fs::read_to_string(Path::new(REPOSITORY).join("docs/guide/src").join(chapter)).unwrap();
    let shown = commands(&text);
    assert!(!shown.is_empty(), "{chapter} shows no command");
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tollgate"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let mut server: Option<Server> = None;
    for Shown { command, expected } in shown {
        if let Some(serve) = command.strip_suffix(" &") {
            let arguments = serve.split_whitespace().skip(1);
            server = Some(Server::spawn(tollgate().args(arguments).current_dir(folder)));
            continue;
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(folder).env("PATH", &path).env("NO_COLOR", "1");
        if let Some(server) = &server {
            shell.env("TOLLGATE_SERVER", &server.url);
        }
        let output = shell.output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{chapter}: `{command}` failed:\n{out}");
        for line in expected {
            assert!(out.contains(line.trim()), "{chapter}: `{command}` does not print `{line}`, but\n{out}");
        }
    }
}

#[test]
fn a_process_in_five_minutes() {
    run("first-process.md", workplace().path());
}

#[test]
fn moving() {
    run("moving.md", workplace().path());
}

#[test]
fn testing() {
    run("testing.md", workplace().path());
}

#[test]
fn operating() {
    let folder = workplace();
    let arguments = ["serve", "examples", "--data", "data", "--listen", "127.0.0.1:0"];
    Server::spawn(tollgate().args(arguments).current_dir(folder.path())).stop();
    run("operating.md", folder.path());
}

#[test]
fn every_chapter_is_in_the_summary_and_every_link_leads_somewhere() {
    let source = Path::new(REPOSITORY).join("docs/guide/src");
    let summary = std::fs::read_to_string(source.join("SUMMARY.md")).unwrap();
    for entry in std::fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name} is not in the summary");
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(source.join(file).is_file(), "{name}: the link {link} leads nowhere");
        }
        for word in text.split('`').filter(|word| word.starts_with("docs/") || word.starts_with("deploy/")) {
            let word = word.trim_end_matches('/');
            assert!(Path::new(REPOSITORY).join(word).exists(), "{name}: there is no {word}");
        }
    }
}
