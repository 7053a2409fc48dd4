//! What keeps `tollgate serve` from starting: each with its place and a remedy, exit code 1, nothing lost.

use crate::support::{Server, at, folder, model, run};

const TASK: &str = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/><userTask id="t"/>"#;

#[test]
fn a_port_in_use() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let files = folder(&[]);
    let ran = run(["serve", "--listen", &address, "--data", &at(&files, "data")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.starts_with(&format!("error: can't listen on {address}: Address already in use")), "{}", ran.err);
    assert!(ran.err.contains("stop what uses the port, or choose another with --listen"), "{}", ran.err);
    assert!(!files.path().join("data").exists(), "nothing was made");
}

#[test]
fn a_data_folder_in_use() {
    let files = folder(&[]);
    let data = at(&files, "data");
    let server = Server::start(&["--data", &data]);
    for command in [vec!["serve", "--listen", "127.0.0.1:0", "--data", &data], vec!["store", "check", &data]] {
        let ran = run(&command);
        assert_eq!(ran.code, 1, "{ran:?}");
        let text = format!("the store at `{data}` is in use by process {}", server.id());
        assert!(ran.err.contains(&text), "{}", ran.err);
    }
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &data]);
    assert!(ran.err.contains("stop the server that uses it, or choose another folder with --data"), "{}", ran.err);
}

#[test]
fn a_store_of_another_version_or_kind() {
    let files = folder(&[]);
    let data = at(&files, "data");
    Server::start(&["--data", &data]).stop();
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &data, "--store", "sled"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("is a fjall store, not sled: open it as fjall, or move it with `store migrate`"),
        "{}",
        ran.err
    );
    let marker = files.path().join("data/STORE");
    let text = std::fs::read_to_string(&marker).unwrap();
    std::fs::write(&marker, text.replace("format 1", "format 7")).unwrap();
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains(&format!("can't open the data folder {data}")), "{}", ran.err);
    assert!(
        ran.err.contains("has format 7, this version reads format 1: use the version that wrote it"),
        "{}",
        ran.err
    );
}

/// A disk without the free space that is to be left: the deployment is refused with the figures, and nothing is lost.
#[test]
fn a_full_disk() {
    let files = folder(&[("order.bpmn", &model("order", TASK))]);
    let (data, order) = (at(&files, "data"), at(&files, "order.bpmn"));
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &data, "--set", "store.min-free=9000000GiB", &order]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("order.bpmn is not deployed: "), "{}", ran.err);
    assert!(
        ran.err.contains("bytes are free on the store's disk") && ran.err.contains("free some space"),
        "{}",
        ran.err
    );
    let server = Server::start(&["--data", &data, &order]);
    assert_eq!(server.client(&["start", "order"]).code, 0, "with space it goes on");
}

#[test]
fn models_that_can_not_be_deployed() {
    let elements = r#"<startEvent id="s"/><serviceTask id="t" camunda:type="external"/>"#;
    let files = folder(&[("bad.bpmn", &model("bad", elements)), ("broken.bpmn", "<definitions"), ("odd", "")]);
    for (name, text) in [
        ("bad.bpmn", "External tasks must specify a 'topic' attribute"),
        ("broken.bpmn", "XML document structures must start and end within the same entity."),
        ("nowhere.bpmn", "there is no file or folder"),
    ] {
        let path = at(&files, name);
        let ran = run(["serve", "--listen", "127.0.0.1:0", "--store", "memory", &path]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains(text) && ran.err.contains(&path), "{text}: {}", ran.err);
    }
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--store", "memory", &at(&files, "bad.bpmn")]);
    assert!(ran.err.contains("see `tollgate check "), "{}", ran.err);
}

#[test]
fn a_folder_that_holds_something_else() {
    let files = folder(&[("data/letter.txt", "dear")]);
    let ran = run(["serve", "--listen", "127.0.0.1:0", "--data", &at(&files, "data")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("is in the way: a store is made in an empty folder"), "{}", ran.err);
}

/// What `tollgate check` warns of is in the log of the start.
#[test]
fn warnings_about_models_are_logged() {
    let lost = r#"<startEvent id="s"/><userTask id="lost"/>"#;
    let files = folder(&[("lost.bpmn", &model("p", lost))]);
    let log = files.path().join("log");
    let path = at(&files, "lost.bpmn");
    let mut command = crate::support::tollgate();
    command.args(["serve", "--listen", "127.0.0.1:0", "--store", "memory", &path]);
    let mut child = command
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("the server starts");
    let mut text = String::new();
    for _ in 0..400 {
        text = std::fs::read_to_string(&log).expect("a log");
        if text.contains("W0902") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    let _ = child.kill();
    let _ = child.wait();
    assert!(text.contains("`lost` can't be reached") && text.contains("W0902"), "{text}");
}
