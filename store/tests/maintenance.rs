//! Check, backup, restore, migrate: on whole stores, on damaged ones, and while commits go on.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use tollgate_store::{
    Drive, Error, Faults, Faulty, Kind, Op, Options, Persist, Seq, Store, check, migrate, open_key_value, restore,
    verify_backup,
};

const ON_DISK: [Kind; 2] = [Kind::Fjall, Kind::Sled];

fn open(kind: Kind, path: &Path) -> Store {
    Store::open(kind, path, Options::default()).unwrap()
}

/// More groups than are kept, with overwritten and deleted records among them.
fn fill(store: &Store, commits: u32) {
    for number in 0..commits {
        let key = [b"h", number.to_be_bytes().as_slice()].concat();
        let mut ops =
            vec![Op::put(key, number.to_string()), Op::put([b'r', number.to_le_bytes()[0]], number.to_string())];
        if number % 7 == 0 {
            ops.push(Op::delete([b'r', number.to_le_bytes()[0].wrapping_add(100)]));
        }
        store.submit(ops, |outcome| assert!(outcome.is_ok())).unwrap();
        if number % 3 == 0 {
            store.flush().unwrap();
        }
    }
    store.flush().unwrap();
}

fn content(store: &Store) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let all = store.scan(&tollgate_store::KeyRange::all(), tollgate_store::Direction::Forward);
    all.map(|record| record.unwrap()).map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

/// Lets the other thread end, also when this one fails.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Every file below `folder` with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().unwrap() != "LOCK" {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn an_intact_store_is_found_intact_and_left_untouched() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        let store = open(kind, folder.path());
        fill(&store, 3500);
        let online = store.check().unwrap();
        assert!(online.is_intact(), "{online}");
        let records = content(&store).len() as u64;
        drop(store);
        let before = files(folder.path());
        let report = check(folder.path()).unwrap();
        assert!(report.is_intact(), "{report}");
        assert_eq!((report.committed, report.records()), (Seq(3500), records));
        assert_eq!((online.committed, online.records()), (Seq(3500), records));
        assert_eq!(report.tables[&b'h'].records, 3500);
        assert!(files(folder.path()) == before, "a check changes nothing");
        assert!(report.to_string().ends_with("\nintact"), "{report}");
    }
}

#[test]
fn a_check_of_an_open_store_goes_on_beside_commits() {
    for kind in Kind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let store = open(kind, folder.path());
        fill(&store, 200);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _stop = StopAtEnd(&stop);
            scope.spawn(|| {
                let mut number = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    store.commit(vec![Op::put([b"h", number.to_be_bytes().as_slice()].concat(), "again")]).unwrap();
                }
            });
            for _ in 0..20 {
                let report = store.check().unwrap();
                assert!(report.is_intact(), "{report}");
            }
        });
    }
}

#[test]
fn damaged_records_are_named_and_the_others_counted() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(kind, folder.path()), 50);
        {
            let inside = open_key_value(kind, &folder.path().join("data"), &Options::default()).unwrap();
            let key = [b"h", 17_u32.to_be_bytes().as_slice()].concat();
            let mut stored = inside.get(&key).unwrap().unwrap().to_vec();
            stored[0] ^= 1;
            inside.write(vec![Op::put(key, stored)], Persist::Synced).unwrap();
        }
        let report = check(folder.path()).unwrap();
        assert_eq!(report.findings.len(), 1, "{report}");
        assert!(report.findings[0].contains("h\\x00\\x00\\x00\\x11"), "{report}");
        assert_eq!((report.tables[&b'h'].records, report.tables[&b'h'].damaged), (49, 1));
        let store = open(kind, folder.path());
        let error = store.backup(folder.path().join("../unused")).unwrap_err();
        assert!(matches!(error, Error::DamagedRecord { .. }), "{error}");
        assert!(!store.check().unwrap().is_intact());
    }
}

#[test]
fn a_missing_group_is_found_and_can_be_accepted() {
    for kind in ON_DISK {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(kind, folder.path()), 60);
        {
            let inside = open_key_value(kind, &folder.path().join("data"), &Options::default()).unwrap();
            inside.write(vec![Op::delete([0, b'g', 0, 9])], Persist::Synced).unwrap();
        }
        let report = check(folder.path()).unwrap();
        assert_eq!(report.findings, ["the groups 9 to 9 are missing"]);
        let error = Store::open(kind, folder.path(), Options::default()).unwrap_err();
        assert!(error.to_string().contains("the groups 9 to 9 are missing"), "{error}");
        let accepting = Options { accept_damage: true, ..Options::default() };
        let store = Store::open(kind, folder.path(), accepting).unwrap();
        assert_eq!(store.committed(), Seq(60));
        fill(&store, 10);
        drop(store);
        let store = open(kind, folder.path());
        assert_eq!(store.committed(), Seq(70));
        assert!(store.check().unwrap().is_intact());
    }
}

fn journal(store: &Path) -> PathBuf {
    let data = fs::read_dir(store.join("data")).unwrap().map(|entry| entry.unwrap().path());
    data.filter(|path| path.extension().is_some_and(|extension| extension == "jnl")).max().unwrap()
}

/// Offsets at which groups' records begin in a journal.
fn groups_in(bytes: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(bytes, b"\xf1tollgate-group\n").collect()
}

/// fjall alone would silently cut everything behind a damaged block (fjall-rs/fjall#311).
#[test]
fn damage_in_the_middle_of_a_journal_is_refused_before_anything_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    fill(&open(Kind::Fjall, &path), 90);
    let journal = journal(&path);
    let mut bytes = fs::read(&journal).unwrap();
    let groups = groups_in(&bytes);
    bytes[groups[12] - 1] ^= 0x10;
    fs::write(&journal, &bytes).unwrap();
    let before = files(&path);

    let report = check(&path).unwrap();
    assert!(report.findings.iter().any(|finding| finding.contains("the groups 13 to")), "{report}");
    assert!(report.records() > 0, "what is intact is counted: {report}");
    let error = Store::open(Kind::Fjall, &path, Options::default()).unwrap_err();
    assert!(error.to_string().contains("were on disk, but can't be read because of damage in"), "{error}");
    assert!(files(&path) == before, "nothing was changed");

    let store = Store::open(Kind::Fjall, &path, Options { accept_damage: true, ..Options::default() }).unwrap();
    assert!(store.committed() < Seq(90));
    store.commit(vec![Op::put("r", "goes on")]).unwrap();
    drop(store);
    let aside = path.join("damaged-1").join(journal.file_name().unwrap());
    assert!(fs::read(aside).unwrap() == bytes, "the damaged journal was put aside");
    assert!(check(&path).unwrap().is_intact());
    open(Kind::Fjall, &path);
}

#[test]
fn damage_in_the_first_batch_of_a_journal_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(Kind::Fjall, folder.path()), 90);
    let journal = journal(folder.path());
    let mut bytes = fs::read(&journal).unwrap();
    let first = groups_in(&bytes)[0];
    bytes[first - 1] ^= 0x10;
    // The batch with the format record, the only one before the first group, goes as well.
    bytes[0] = 0;
    fs::write(&journal, &bytes).unwrap();
    let error = Store::open(Kind::Fjall, folder.path(), Options::default()).unwrap_err();
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    assert!(fs::read(&journal).unwrap() == bytes);
}

#[test]
fn a_torn_last_batch_is_what_a_crash_leaves_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    fill(&open(Kind::Fjall, &path), 90);
    let journal = journal(&path);
    let bytes = fs::read(&journal).unwrap();
    let last = *groups_in(&bytes).last().unwrap();
    for at in [last - 40, last - 1, last + 3, last + 40] {
        let mut torn = bytes.clone();
        torn[at] ^= 0x10;
        fs::write(&journal, &torn).unwrap();
        let report = check(&path).unwrap();
        assert!(report.is_intact(), "{report}");
        assert!(report.committed < Seq(90), "the last group is gone");
    }
    let mut torn = bytes;
    torn.truncate(last + 20);
    fs::write(&journal, &torn).unwrap();
    let store = open(Kind::Fjall, &path);
    assert!(store.committed() < Seq(90) && store.committed() >= Seq(85), "{:?}", store.committed());
    fill(&store, 5);
}

#[test]
fn a_backup_restores_into_every_kind() {
    for from in ON_DISK {
        for to in ON_DISK {
            let folder = tempfile::tempdir().unwrap();
            let store = open(from, &folder.path().join("from"));
            fill(&store, 3500);
            let backup = folder.path().join("backup");
            let summary = store.backup(&backup).unwrap();
            assert_eq!(summary.committed, Seq(3500));
            let expected = content(&store);
            fill(&store, 10);
            assert_eq!(verify_backup(&backup).unwrap(), Seq(3500));
            let target = folder.path().join("to");
            assert_eq!(restore(&backup, to, &target).unwrap().committed, Seq(3500));
            let restored = open(to, &target);
            assert!(content(&restored) == expected);
            assert!(restored.check().unwrap().is_intact());
            assert_eq!(restored.commit(vec![Op::put("r", "on")]).unwrap(), Seq(3501), "numbers go on");
            drop(restored);
            open(to, &target);
            let error = restore(&backup, to, &target).unwrap_err();
            assert!(matches!(error, Error::InTheWay { .. }), "{error}");
            let error = store.backup(&backup).unwrap_err();
            assert!(matches!(error, Error::InTheWay { .. }), "{error}");
        }
    }
}

/// Each commit raises a counter and moves a record; a backup must show one moment for all of them.
#[test]
fn a_backup_beside_commits_shows_one_moment() {
    let kinds = [Some(Kind::Fjall), Some(Kind::Sled), None];
    for kind in kinds {
        let folder = tempfile::tempdir().unwrap();
        let store = match kind {
            Some(kind) => open(kind, &folder.path().join("from")),
            // Without snapshots, and fast: many changes between the rounds of the backup.
            None => Store::over(Faulty::new(1, Faults::default()), Options::default()).unwrap(),
        };
        let commit = |number: u64| {
            let mut ops = vec![Op::put("a-counter", number.to_be_bytes()), Op::put("z-counter", number.to_be_bytes())];
            ops.push(Op::delete([b"m", (number.wrapping_sub(50)).to_be_bytes().as_slice()].concat()));
            ops.push(Op::put([b"m", number.to_be_bytes().as_slice()].concat(), "x"));
            ops
        };
        store.commit(commit(1)).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _stop = StopAtEnd(&stop);
            scope.spawn(|| {
                let mut number = 1;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let ops = commit(number);
                    if number % 10 == 0 {
                        store.commit(ops).unwrap();
                    } else {
                        store.submit(ops, |_| ()).unwrap();
                    }
                }
            });
            for round in 0..6 {
                std::thread::sleep(std::time::Duration::from_millis(20));
                let backup = folder.path().join(format!("backup-{round}"));
                let summary = store.backup(&backup).unwrap();
                let target = folder.path().join(format!("restored-{round}"));
                restore(&backup, Kind::Fjall, &target).unwrap();
                let content = content(&open(Kind::Fjall, &target));
                let number = summary.committed.0;
                assert!(number > 0);
                let mut expected = BTreeMap::new();
                expected.insert(b"a-counter".to_vec(), number.to_be_bytes().to_vec());
                expected.insert(b"z-counter".to_vec(), number.to_be_bytes().to_vec());
                for kept in number.saturating_sub(49).max(1)..=number {
                    expected.insert([b"m", kept.to_be_bytes().as_slice()].concat(), b"x".to_vec());
                }
                assert!(content == expected, "{kind:?}, commit {number}");
            }
        });
    }
}

#[test]
fn every_damaged_byte_of_a_backup_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Kind::Memory, "", Options { drive: Drive::Manual, ..Options::default() }).unwrap();
    for number in 0..4 {
        store.commit(vec![Op::put(format!("r{number}"), "value")]).unwrap();
    }
    let backup = folder.path().join("backup");
    store.backup(&backup).unwrap();
    let bytes = fs::read(&backup).unwrap();
    let damaged = folder.path().join("damaged");
    let refused = |bytes: &[u8]| {
        fs::write(&damaged, bytes).unwrap();
        verify_backup(&damaged).is_err()
    };
    assert!(!refused(&bytes));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x04;
        assert!(refused(&changed), "byte {at} changed");
        assert!(refused(&bytes[..at]), "cut at {at}");
    }
    assert!(refused(&[bytes.as_slice(), b"x"].concat()), "longer");
    let target = folder.path().join("target");
    assert!(restore(&damaged, Kind::Fjall, &target).is_err());
    assert!(!target.exists(), "nothing is written before the backup has been checked");
}

#[test]
fn a_store_moves_to_another_kind_with_all_its_records() {
    for (from, to) in [(Kind::Fjall, Kind::Sled), (Kind::Sled, Kind::Fjall)] {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (folder.path().join("from"), folder.path().join("to"));
        let store = open(from, &source);
        fill(&store, 1500);
        let expected = content(&store);
        assert!(matches!(migrate(&source, to, &target), Err(Error::Locked { .. })), "not while it is open");
        drop(store);
        assert_eq!(migrate(&source, to, &target).unwrap().committed, Seq(1500));
        let moved = Store::open_existing(&target, Options::default()).unwrap();
        assert_eq!(moved.kind(), to);
        assert!(content(&moved) == expected);
        assert!(content(&open(from, &source)) == expected, "the source stays");
        assert!(matches!(migrate(&source, to, &target), Err(Error::InTheWay { .. })));
    }
}

#[test]
fn figures_describe_the_store() {
    for kind in Kind::ALL {
        let folder = tempfile::tempdir().unwrap();
        let store = open(kind, folder.path());
        fill(&store, 30);
        let stats = store.stats().unwrap();
        assert_eq!((stats.kind, stats.committed, stats.outstanding_commits), (kind, Seq(30), 0));
        assert!(stats.size_on_disk > 0 && stats.poisoned.is_none());
        assert_eq!(stats.counters.commits, 30);
        assert_eq!(stats.counters.group_commits.count(), stats.counters.groups);
        assert!(stats.counters.bytes > 0 && stats.counters.operations >= 60);
        assert_eq!(stats.free_bytes.is_some(), kind != Kind::Memory);
        store.compact().unwrap();
        assert!(store.check().unwrap().is_intact());
    }
}

/// Bytes of the files below a folder; they may come and go meanwhile.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path()),
            meta => meta.map_or(0, |meta| meta.len()),
        })
        .sum()
}

#[test]
fn fjall_gives_the_space_of_what_was_deleted_back_while_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::open(Kind::Fjall, &path, Options { memtable_bytes: 1 << 20, ..Options::default() }).unwrap();
    let key = |number: u32| [b"f", number.to_be_bytes().as_slice()].concat();
    let (portion, portions) = (1_000, 400);
    for number in 0..portions {
        let keys = number * portion..(number + 1) * portion;
        let ops = keys.map(|number| Op::put(key(number), [number.to_le_bytes()[0]; 1_024])).collect();
        store.submit(ops, |outcome| assert!(outcome.is_ok())).unwrap();
    }
    store.flush().unwrap();
    // one in ten is kept
    for number in 0..portions {
        let keys = (number * portion..(number + 1) * portion).filter(|number| number % 10 > 0);
        let ops = keys.map(|number| Op::delete(key(number))).collect();
        store.submit(ops, |outcome| assert!(outcome.is_ok())).unwrap();
    }
    store.flush().unwrap();
    // 40 MB are alive, 360 MB are dead; some may stay so
    let begun = std::time::Instant::now();
    let tables = path.join("data/keyspaces");
    while bytes_below(&tables) > 150 << 20 {
        assert!(begun.elapsed().as_secs() < 60, "{} MiB are in tables", bytes_below(&tables) >> 20);
        store.commit(vec![Op::put("r", vec![1; 256 << 10])]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(content(&store).len() as u32, portion * portions / 10 + 1);
}
