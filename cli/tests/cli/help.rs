//! Help, completions, manual pages, exit codes of a wrong command line.

use crate::support::{at, folder, run};

const COMMANDS: [&str; 17] = [
    "serve",
    "check",
    "run",
    "deploy",
    "start",
    "tasks",
    "complete",
    "instances",
    "show",
    "store",
    "config",
    "completions",
    "man",
    "explain",
    "assess",
    "test",
    "render",
];

#[test]
fn every_command_has_examples() {
    let help = run(["--help"]).out;
    for command in COMMANDS.iter().filter(|command| help.contains(&format!("\n  {command} "))) {
        let ran = run([command, "--help"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("Examples:\n  "), "{command}: {}", ran.out);
    }
    assert!(help.contains("Exit codes:\n  0  done\n"), "{help}");
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for line in listed.filter(|line| !line.trim_start().starts_with("help")) {
        let name = line.split_whitespace().next().unwrap_or_default();
        let is_command = line.starts_with("  ") && !line.starts_with("   ");
        assert!(!is_command || COMMANDS.contains(&name), "`{name}` is tested here");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("fast-forward"), "{shell} knows the options of `run`");
    }
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let files = folder(&[]);
    let ran = run(["man", &at(&files, "man1")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for page in ["tollgate.1", "tollgate-serve.1", "tollgate-store-backup.1"] {
        let text = std::fs::read_to_string(files.path().join("man1").join(page)).unwrap();
        assert!(text.contains(".TH ") && text.contains(".SH SYNOPSIS"), "{page}: {text}");
    }
    assert!(run(["man"]).out.contains("Exit codes"));
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    assert_eq!(run(["fly"]).code, 2);
    assert_eq!(run(["run"]).code, 2);
    assert_eq!(run(["serve", "--store", "mongo"]).code, 2);
    let ran = run(["run", "x.bpmn", "--var", "a"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("give name=value"), "{}", ran.err);
}
