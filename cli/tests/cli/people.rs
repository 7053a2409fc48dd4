//! Logging in to a server that was started for it.

use std::process::Stdio;

use crate::support::{Server, at, folder, run, tollgate};

#[test]
fn a_server_that_nobody_could_log_in_to_does_not_start() {
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--store", "memory", "--auth", "basic"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("TOLLGATE_ADMIN_USER") && ran.err.contains("--admin-file"), "{ran:?}");
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--store", "memory", "--authorization"]);
    assert!(ran.err.contains("http.authentication"), "{ran:?}");
}

#[test]
fn the_first_administrator_and_users_of_camunda_log_in() {
    // SHA-512 of "demo" and the salt, as Camunda 7 stores it
    let hash = "{SHA-512}9wbRuEDCQE0+ikD+Kf2AbZ9XN9laj1rICYWihAP6yXQ9wXjoKWo3cBHSqrM+0zxCj3uaxHqsljapa4JDRllA1Q==";
    let user = format!(r#"{{"id": "demo", "passwordHash": "{hash}", "salt": "s4lt", "groups": ["sales"]}}"#);
    let files = folder(&[("admin", "root:secret\n"), ("users.jsonl", &user)]);
    let mut command = tollgate();
    command.args(["serve", "--listen", "127.0.0.1:0", "--store", "memory", "--auth", "basic", "--authorization"]);
    command.args(["--admin-file", &at(&files, "admin"), "--import-users", &at(&files, "users.jsonl")]);
    let server = Server::spawn(&mut command);
    let tasks = |user: &str| {
        let mut command = tollgate();
        command.args(["tasks"]).env("TOLLGATE_SERVER", &server.url).env("TOLLGATE_USER", user).stderr(Stdio::piped());
        command.output().expect("the client runs").status.success()
    };
    assert!(tasks("root:secret"));
    assert!(tasks("demo:demo"));
    assert!(!tasks("root:wrong"));
}
