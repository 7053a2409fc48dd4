//! `tollgate store`.

use crate::support::{Server, at, folder, model, run};

const TASK: &str = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/><userTask id="t"/>"#;

/// A data folder with three process instances.
fn data() -> tempfile::TempDir {
    let files = folder(&[("order.bpmn", &model("order", TASK))]);
    let mut server = Server::start(&["--data", &at(&files, "data"), &at(&files, "order.bpmn")]);
    for key in ["k", "l", "m"] {
        let ran = server.client(&["start", "order", "--business-key", key]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    server.stop();
    files
}

#[test]
fn backup_restore_and_migrate_keep_everything() {
    let files = data();
    let ran = run(["store", "backup", &at(&files, "data"), &at(&files, "one.backup")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("one.backup holds ") && ran.out.contains(" records up to commit "), "{}", ran.out);
    let again = run(["store", "backup", &at(&files, "data"), &at(&files, "one.backup")]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("a backup goes to a file that does not exist"), "{}", again.err);

    let ran = run(["store", "restore", &at(&files, "one.backup"), &at(&files, "restored")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("and was read back"), "{}", ran.out);
    let ran = run(["store", "migrate", &at(&files, "restored"), &at(&files, "sled"), "--to", "sled"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("serve it with: tollgate serve --store sled --data "), "{}", ran.out);
    let ran = run(["store", "compact", &at(&files, "restored")]);
    assert_eq!(ran.code, 0, "{ran:?}");

    let server = Server::start(&["--store", "sled", "--data", &at(&files, "sled")]);
    assert!(server.client(&["instances", "--business-key", "k"]).out.contains("ACTIVE"));
}

#[test]
fn a_check_says_intact_or_where_the_damage_is() {
    let files = data();
    let ran = run(["store", "check", &at(&files, "data")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.ends_with("intact\n"), "{}", ran.out);
    assert!(ran.out.contains("process instances") && ran.out.contains("history"), "{}", ran.out);
    let json = run(["store", "check", &at(&files, "data"), "--format", "json"]).json();
    assert_eq!(json["intact"], true);

    // a byte in the journal, with whole commits behind it: no write that was cut off by a crash
    let journal = walk(&files.path().join("data/data"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "jnl"))
        .max_by_key(|path| std::fs::metadata(path).map(|meta| meta.len()).unwrap_or_default())
        .expect("a journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[used / 3] ^= 0x55;
    std::fs::write(&journal, bytes).unwrap();
    let ran = run(["store", "check", &at(&files, "data")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("damage: "), "{}", ran.out);
    assert!(ran.out.contains("restore the last backup into another one"), "{}", ran.out);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn what_cannot_be_opened_is_named() {
    let files = data();
    let ran = run(["store", "check", &at(&files, "nothing")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("there is no store at `"), "{}", ran.err);
    let marker = at(&files, "data/STORE");
    let text = std::fs::read_to_string(&marker).unwrap();
    std::fs::write(&marker, text.replace("format 1", "format 9")).unwrap();
    let ran = run(["store", "backup", &at(&files, "data"), &at(&files, "b")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("has format 9, this version reads format 1: use the version that wrote it"),
        "{}",
        ran.err
    );
    assert_eq!(run(["store", "restore", "x", "y", "--to", "memory"]).code, 2);
}

/// A backup of a server under load holds everything that was acknowledged before it was asked for.
#[test]
fn a_running_server_is_backed_up() {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    };
    for kind in ["fjall", "sled"] {
        let files = folder(&[("order.bpmn", &model("order", TASK))]);
        let server = Server::start(&["--data", &at(&files, "data"), "--store", kind, &at(&files, "order.bpmn")]);
        let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let load: Vec<_> = (0..4)
            .map(|_| {
                let url = format!("{}/engine-rest/process-definition/key/order/start", server.url);
                let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let answer = ureq::post(&url).content_type("application/json").send("{}");
                        let text = answer.expect("it starts").body_mut().read_to_string().expect("a text");
                        let started: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                        acknowledged.lock().unwrap().push(started["id"].as_str().expect("an id").to_owned());
                    }
                })
            })
            .collect();
        while acknowledged.lock().unwrap().len() < 100 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let before = acknowledged.lock().unwrap().clone();
        let file = at(&files, "running.backup");
        let ran = run(["store", "backup", "--server", &server.url, &file]);
        stop.store(true, Ordering::Relaxed);
        load.into_iter().for_each(|thread| thread.join().expect("no request failed"));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("running.backup holds everything up to commit "), "{}", ran.out);
        let again = run(["store", "backup", "--server", &server.url, &file]);
        assert!(again.code == 1 && again.err.contains("a backup goes to a file that does not exist"), "{again:?}");
        drop(server);

        assert_eq!(run(["store", "restore", &file, &at(&files, "restored")]).code, 0);
        let checked = run(["store", "check", &at(&files, "restored")]);
        assert!(checked.code == 0 && checked.out.ends_with("intact\n"), "{checked:?}");
        let restored = Server::start(&["--data", &at(&files, "restored")]);
        for id in &before {
            let answer = ureq::get(format!("{}/engine-rest/process-instance/{id}", restored.url)).call();
            assert!(answer.is_ok(), "{id} was acknowledged before the backup: {answer:?}");
        }
    }
}

/// A backup holds the hashes of passwords: with logins it is for administrators, whether authorizations are checked or not.
#[test]
fn only_administrators_take_backups() {
    let user = r#"{"id": "ann", "password": "s3cret-Ann", "groups": ["sales"]}"#;
    let files = folder(&[("admin", "root:secret\n"), ("users.jsonl", user)]);
    let mut command = crate::support::tollgate();
    command.args(["serve", "--listen", "127.0.0.1:0", "--store", "memory", "--auth", "basic"]);
    command.args(["--admin-file", &at(&files, "admin"), "--import-users", &at(&files, "users.jsonl")]);
    let server = Server::spawn(&mut command);
    let backup = |user: &[&str], file: &str| {
        run([&["store", "backup", "--server", &server.url], user, &[&at(&files, file)]].concat())
    };
    let ran = backup(&["--user", "ann:s3cret-Ann"], "ann");
    assert!(ran.code == 1 && ran.err.contains("Required admin authenticated group or user"), "{ran:?}");
    let ran = backup(&[], "nobody");
    assert!(ran.code == 1 && ran.err.contains("the server wants to know who asks"), "{ran:?}");
    assert!(!files.path().join("ann").exists() && !files.path().join("ann.part").exists(), "nothing is left");
    let ran = backup(&["--user", "root:secret"], "root");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = run(["store", "backup", &at(&files, "lonely")]);
    assert!(ran.code == 2 && ran.err.contains("<DATA>"), "{ran:?}");
}
