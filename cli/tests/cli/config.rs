//! `tollgate config`, and what `serve` makes of it.

use std::process::Command;

use crate::support::{Server, at, finish, folder, run, tollgate};

#[test]
fn show_says_where_values_come_from() {
    let files = folder(&[("t.toml", "[store]\nkind = \"sled\"\n")]);
    let path = at(&files, "t.toml");
    let show = ["config", "show", "--changed", "--config", &path, "--set", "log=info"];
    let ran = finish(tollgate().args(show).env("TOLLGATE_JOBS_RETRIES", "5"), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = format!(
        "log = \"info\"  # command line\n\n[store]\nkind = \"sled\"  # {path}:2\n\n[jobs]\nretries = 5  # TOLLGATE_JOBS_RETRIES\n"
    );
    assert_eq!(ran.out, expected);
    let json = run(["config", "show", "--format", "json"]).json();
    assert_eq!(json["store.min-free"]["value"], "256MiB");
    assert_eq!(json["http.compression"], serde_json::json!({"value": true, "origin": "default"}));
}

#[test]
fn check_finds_mistakes_and_example_has_none() {
    let example = run(["config", "example"]);
    let files = folder(&[("good.toml", &example.out), ("bad.toml", "[http]\nauthentification = true\n")]);
    let ran = run(["config", "check", &at(&files, "good.toml")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.ends_with("good.toml: no mistakes\n"), "{}", ran.out);
    let ran = run(["config", "check", &at(&files, "bad.toml")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for text in [
        "error[C0002]: there is no setting `http.authentification`",
        "bad.toml:2:1",
        "2 | authentification = true",
        "= help: did you mean `http.authentication`?",
        "bad.toml has 1 mistake\n",
    ] {
        assert!(ran.err.contains(text), "{text}: {}", ran.err);
    }
    let ran = run(["config", "check", &at(&files, "none.toml")]);
    assert!(ran.err.starts_with("error: can't read the configuration file "), "{}", ran.err);
}

/// The file decides, flags win, and SIGHUP applies what can change and names what can't.
#[test]
fn serve_reads_the_file_and_reads_it_again_on_hangup() {
    let files =
        folder(&[("t.toml", "listen = \"127.0.0.1:0\"\ndata = \"/nowhere/at/all\"\n[store]\nkind = \"memory\"\n")]);
    let path = at(&files, "t.toml");
    let log = files.path().join("out");
    let mut child = tollgate()
        .args(["serve", "--config", &path, "--data", "unused"])
        .stdout(std::fs::File::create(&log).unwrap())
        .stderr(std::fs::File::create(files.path().join("err")).unwrap())
        .spawn()
        .unwrap();
    let said = |text: &str| {
        for _ in 0..400 {
            if std::fs::read_to_string(&log).unwrap().contains(text) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("{text}: {:?}", std::fs::read_to_string(&log));
    };
    let hangup = || Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap();
    said("data      unused (memory, nothing is kept)");
    said(&format!("settings  {path}"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("log = \"info\"\n{text}[limits]\nrequests = 7\n")).unwrap();
    hangup();
    said("changed   log = \"info\" (applied)");
    said("changed   limits.requests = 7 (needs a restart)");
    said("reloaded");
    std::fs::write(&path, "nonsense").unwrap();
    hangup();
    for _ in 0..400 {
        if std::fs::read_to_string(files.path().join("err")).unwrap().contains("the configuration stays as it was") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    let errors = std::fs::read_to_string(files.path().join("err")).unwrap();
    assert!(errors.contains("the configuration stays as it was") && errors.contains("error[C0001]"), "{errors}");
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn authentication_is_switched_on_by_the_file() {
    let files = folder(&[("t.toml", "[http]\nauthentication = true\n"), ("admin", "root:secret\n")]);
    let server =
        Server::start(&["--store", "memory", "--config", &at(&files, "t.toml"), "--admin-file", &at(&files, "admin")]);
    let ran = server.client(&["tasks"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("the server wants to know who asks: give --user name:password"), "{}", ran.err);
}
