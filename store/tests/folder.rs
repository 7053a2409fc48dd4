//! The folder of a store: formats, kinds, locks, and what a mistake must not destroy.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use tollgate_store::{Error, Kind, Op, Options, Persist, Store, open_key_value};

const ON_DISK: [Kind; 2] = [Kind::Fjall, Kind::Sled];

fn with_one_commit(kind: Kind, path: &Path) {
    let store = Store::open(kind, path, Options::default()).unwrap();
    store.commit(vec![Op::put("r1", "x")]).unwrap();
}

fn replace_in_marker(path: &Path, from: &str, to: &str) {
    let marker = path.join("STORE");
    let text = fs::read_to_string(&marker).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(marker, text.replace(from, to)).unwrap();
}

#[test]
fn a_store_opens_again_whatever_its_kind() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/inside");
        with_one_commit(kind, &path);
        let store = Store::open_existing(&path, Options::default()).unwrap();
        assert_eq!(store.kind(), kind);
        assert_eq!(store.get(b"r1").unwrap().unwrap(), b"x");
        assert_eq!(store.committed().0, 1);
        assert_eq!(store.commit(vec![Op::put("r1", "y")]).unwrap().0, 2);
    }
}

#[test]
fn another_format_is_refused_with_advice() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        with_one_commit(kind, folder.path());
        replace_in_marker(folder.path(), "format 1", "format 2");
        for error in [
            Store::open(kind, folder.path(), Options::default()).unwrap_err(),
            Store::open_existing(folder.path(), Options::default()).unwrap_err(),
            tollgate_store::check(folder.path()).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(matches!(error, Error::WrongFormat { found: 2, supported: 1, .. }), "{text}");
            assert!(text.contains("use the version that wrote it"), "{text}");
            assert!(text.contains(&folder.path().display().to_string()), "{text}");
        }
    }
}

#[test]
fn another_format_inside_the_database_is_refused_too() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        with_one_commit(kind, folder.path());
        {
            let inside = open_key_value(kind, &folder.path().join("data"), &Options::default()).unwrap();
            let mut value = b"tollgate\x07\0\0\0".to_vec();
            value.extend_from_slice(&0_u64.to_le_bytes());
            let checksum = crc32fast::hash(&[b"\0v", value.as_slice()].concat());
            value.extend_from_slice(&checksum.to_le_bytes());
            inside.write(vec![Op::put(b"\0v", value)], Persist::Synced).unwrap();
        }
        let error = Store::open(kind, folder.path(), Options::default()).unwrap_err();
        assert!(matches!(error, Error::WrongFormat { found: 7, .. }), "{error}");
    }
}

#[test]
fn another_kind_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    with_one_commit(Kind::Sled, folder.path());
    let error = Store::open(Kind::Fjall, folder.path(), Options::default()).unwrap_err();
    assert!(matches!(error, Error::WrongKind { found: Kind::Sled, asked: Kind::Fjall, .. }), "{error}");
    assert!(error.to_string().contains("store migrate"), "{error}");
}

#[test]
fn a_folder_without_a_store_is_not_an_existing_store() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open_existing(folder.path().join("typo"), Options::default()).unwrap_err();
    assert!(matches!(error, Error::NoStore { .. }), "{error}");
    assert!(!folder.path().join("typo").exists());
}

#[test]
fn a_database_that_vanished_is_missed() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        with_one_commit(kind, folder.path());
        fs::remove_dir_all(folder.path().join("data")).unwrap();
        let error = Store::open(kind, folder.path(), Options::default()).unwrap_err();
        assert!(matches!(error, Error::Damaged(_)), "{error}");
    }
}

#[test]
fn what_a_crash_left_of_a_store_in_the_making_is_made_anew() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        with_one_commit(kind, folder.path());
        replace_in_marker(folder.path(), "stage complete", "stage making");
        let data = folder.path().join("data");
        for file in fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            fs::write(file, "torn").unwrap();
        }
        let store = Store::open(kind, folder.path(), Options::default()).unwrap();
        assert_eq!(store.commit(vec![Op::put("r1", "x")]).unwrap().0, 1);
        drop(store);
        assert_eq!(Store::open(kind, folder.path(), Options::default()).unwrap().committed().0, 1);
    }
}

#[test]
fn a_store_that_was_filled_in_part_is_refused() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        with_one_commit(kind, folder.path());
        replace_in_marker(folder.path(), "stage complete", "stage filling");
        let error = Store::open(kind, folder.path(), Options::default()).unwrap_err();
        assert!(matches!(error, Error::HalfFilled { .. }), "{error}");
    }
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let error = Store::open(Kind::Fjall, folder.path(), Options::default()).unwrap_err();
    assert!(matches!(error, Error::InTheWay { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_second_handle_is_refused_with_the_holder() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(kind, folder.path(), Options::default()).unwrap();
        let error = Store::open(kind, folder.path(), Options::default()).unwrap_err();
        let myself = std::process::id();
        assert!(matches!(error, Error::Locked { holder: Some(pid), .. } if pid == myself), "{error}");
        drop(store);
        Store::open(kind, folder.path(), Options::default()).unwrap();
    }
}

/// Not a test of its own: what the other process of the next test runs.
#[test]
#[ignore = "run by a_second_process_is_refused_with_the_holders_id"]
fn hold_a_store() {
    let path = std::env::var("STORE_TO_HOLD").expect("the path of a store");
    let _store = Store::open(Kind::Fjall, path, Options::default()).unwrap();
    // Not `println`, which the test harness keeps to itself.
    writeln!(std::io::stderr(), "holding").unwrap();
    let _ = std::io::stdin().lines().next();
}

#[test]
fn a_second_process_is_refused_with_the_holders_id() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hold_a_store", "--ignored", "--nocapture"])
        .env("STORE_TO_HOLD", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "holding"));
    let error = Store::open(Kind::Fjall, folder.path(), Options::default()).unwrap_err();
    assert!(error.to_string().contains(&format!("in use by process {}", holder.id())), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    Store::open(Kind::Fjall, folder.path(), Options::default()).expect("the lock ends with its process");
}
