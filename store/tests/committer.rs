//! Commits: their order, their groups, what happens when something fails.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use tollgate_store::{CommitError, Drive, Durability, Error, Faults, Faulty, KeyRange, Kind, Op, Options, Seq, Store};

fn manual() -> Options {
    Options { drive: Drive::Manual, ..Options::default() }
}

fn over(faults: Faults, options: Options) -> (Arc<Faulty>, Store) {
    let faulty = Faulty::new(1, faults);
    let store = Store::over(faulty.clone(), options).unwrap();
    (faulty, store)
}

fn put(key: &str, value: &str) -> Vec<Op> {
    vec![Op::put(key, value)]
}

#[test]
fn numbers_have_no_gaps_and_completions_keep_their_order() {
    let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, send) = (&store, send.clone());
            scope.spawn(move || {
                for number in 0..250 {
                    let send = send.clone();
                    let done = move |outcome| send.send(outcome).unwrap();
                    store.submit(put(&format!("r{thread}-{number}"), "x"), done).unwrap();
                }
            });
        }
    });
    drop(send);
    store.close().unwrap();
    let completed: Vec<Seq> = receive.iter().map(Result::unwrap).collect();
    assert_eq!(completed, (1..=1000).map(Seq).collect::<Vec<_>>());
    assert_eq!(store.committed(), Seq(1000));
    assert_eq!(store.prefix(b"r").count(), 1000);
}

#[test]
fn what_waits_shares_one_write() {
    let (faulty, store) = over(Faults::default(), manual());
    let before = faulty.writes();
    let tickets: Vec<_> =
        (0..100).map(|number| store.submit_ticket(put(&format!("r{number}"), "x")).unwrap()).collect();
    assert_eq!(faulty.writes(), before);
    store.run_pending();
    assert_eq!(faulty.writes(), before + 1);
    for (ticket, seq) in tickets.into_iter().zip(1..) {
        assert_eq!(ticket.wait(), Ok(Seq(seq)));
    }
    let counters = store.stats().unwrap().counters;
    assert_eq!((counters.commits, counters.groups, counters.operations), (100, 1, 100));
}

#[test]
fn groups_are_bounded_by_count_and_bytes() {
    let options = Options { max_group_commits: 10, max_group_bytes: 1000, ..manual() };
    let (faulty, store) = over(Faults::default(), options);
    let before = faulty.writes();
    for number in 0..25 {
        store.submit(put(&format!("r{number:02}"), "x"), |_| ()).unwrap();
    }
    store.run_pending();
    assert_eq!(faulty.writes(), before + 3, "25 commits, 10 at a time");
    for number in 0..4 {
        store.submit(put(&format!("r{number:02}"), &"x".repeat(480)), |_| ()).unwrap();
    }
    store.submit(put("r-big", &"x".repeat(5000)), |_| ()).unwrap();
    store.run_pending();
    assert_eq!(faulty.writes(), before + 6, "two, two, and one that is too big for any group");
}

#[test]
fn the_last_change_of_a_key_in_a_group_wins() {
    let store = Store::open(Kind::Memory, "", manual()).unwrap();
    store.submit(vec![Op::put("r1", "first"), Op::put("r2", "first")], |_| ()).unwrap();
    store.submit(vec![Op::put("r1", "second"), Op::put("r1", "third")], |_| ()).unwrap();
    store.submit(vec![Op::delete("r2")], |_| ()).unwrap();
    store.run_pending();
    assert_eq!(store.get(b"r1").unwrap().unwrap(), b"third");
    assert_eq!(store.get(b"r2").unwrap(), None);
    let counters = store.stats().unwrap().counters;
    assert_eq!((counters.groups, counters.operations, counters.superseded), (1, 2, 3));
}

#[test]
fn a_completion_may_submit_but_not_wait() {
    let store = Store::open(Kind::Memory, "", Options { max_queued_commits: 1, ..Options::default() }).unwrap();
    let (send, receive) = mpsc::channel();
    let inner = store.clone();
    let done = move |_| {
        let waited = inner.commit(put("r2", "x"));
        let flushed = inner.flush();
        // The queue is full with the commit under way, and only this thread could make room.
        let submitted = inner.submit(put("r3", "x"), |_| ()).and(inner.submit(put("r4", "x"), |_| ()));
        send.send((waited, flushed, submitted)).unwrap();
    };
    store.submit(put("r1", "x"), done).unwrap();
    let (waited, flushed, submitted) = receive.recv().unwrap();
    assert_eq!(waited, Err(CommitError::WouldDeadlock));
    assert_eq!(flushed, Err(CommitError::WouldDeadlock));
    assert_eq!(submitted, Ok(Seq(3)));
    store.flush().unwrap();
    assert!(store.get(b"r4").unwrap().is_some());
}

#[test]
fn a_panicking_completion_harms_nobody_else() {
    let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
    store.submit(put("r1", "x"), |_| panic!("the caller's own mistake")).unwrap();
    assert_eq!(store.commit(put("r2", "x")), Ok(Seq(2)));
}

#[test]
fn a_full_queue_refuses_or_makes_wait() {
    let faults = Faults { delay: Duration::from_millis(20), ..Faults::default() };
    let options = Options { max_queued_commits: 4, max_group_commits: 2, ..Options::default() };
    let (_, store) = over(faults, options);
    let mut refused = 0;
    for number in 0..10 {
        refused += u32::from(store.try_submit(put(&format!("r{number}"), "x"), |_| ()) == Err(CommitError::QueueFull));
    }
    assert_eq!(refused, 6);
    let started = Instant::now();
    store.submit(put("r-waits", "x"), |_| ()).unwrap();
    assert!(started.elapsed() >= Duration::from_millis(5), "waited for room");
    store.flush().unwrap();
    assert_eq!(store.prefix(b"r").count(), 5);
    assert_eq!(store.stats().unwrap().outstanding_commits, 0);
}

#[test]
fn bytes_in_the_queue_are_bounded_but_one_big_commit_passes() {
    let options = Options { max_queued_bytes: 1000, ..manual() };
    let (_, store) = over(Faults::default(), options);
    store.try_submit(put("r1", &"x".repeat(5000)), |_| ()).unwrap();
    assert_eq!(store.try_submit(put("r2", "x"), |_| ()), Err(CommitError::QueueFull));
    store.run_pending();
    store.try_submit(put("r2", "x"), |_| ()).unwrap();
}

#[test]
fn a_failed_write_or_sync_poisons_everything_behind_it() {
    let failing = [
        Faults { failed_write: 1.0, ..Faults::default() },
        Faults { failed_sync: 1.0, ..Faults::default() },
        Faults { no_space: 1.0, ..Faults::default() },
        Faults { crash_at_write: Some(1), ..Faults::default() },
    ];
    for faults in failing {
        let healthy = Faulty::new(1, Faults::default());
        Store::over(healthy.clone(), manual()).unwrap().commit(put("r0", "x")).unwrap();
        let faulty = healthy.restart(Faults::default());
        // The faults come once the store is open.
        let store = Store::over(faulty.clone(), manual()).unwrap();
        drop(store);
        let faulty = faulty.restart(faults.clone());
        let Ok(store) = Store::over(faulty.clone(), Options { max_group_commits: 1, ..manual() }) else {
            assert!(faults.failed_sync > 0.0, "only a failing sync keeps a store from opening");
            continue;
        };
        let tickets: Vec<_> =
            (0..3).map(|number| store.submit_ticket(put(&format!("r{number}"), "y")).unwrap()).collect();
        store.run_pending();
        for ticket in tickets {
            assert!(matches!(ticket.wait(), Err(CommitError::Poisoned { .. })), "{faults:?}");
        }
        assert_eq!(faulty.writes(), 1, "nothing is written after the first failure");
        assert!(matches!(store.commit(put("r9", "x")), Err(CommitError::Poisoned { .. })));
        assert!(matches!(store.get(b"r0"), Err(Error::Commit(CommitError::Poisoned { .. }))));
        assert!(matches!(store.prefix(b"r").next(), Some(Err(Error::Commit(CommitError::Poisoned { .. })))));
        assert!(store.stats().unwrap().poisoned.is_some());
        assert_eq!(store.committed(), Seq(1));
        assert!(store.close().is_err());

        let store = Store::over(faulty.restart(Faults::default()), manual()).unwrap();
        assert!(store.get(b"r0").unwrap().is_some(), "what was acknowledged is there after reopening");
        store.commit(put("r9", "x")).unwrap();
    }
}

#[test]
fn a_submitter_that_waits_for_room_hears_of_the_failure() {
    let faults = Faults { delay: Duration::from_millis(30), crash_at_write: Some(2), ..Faults::default() };
    let (_, store) = over(faults, Options { max_queued_commits: 1, ..Options::default() });
    let outcomes: Vec<_> = (0..3).map(|number| store.submit(put(&format!("r{number}"), "x"), |_| ())).collect();
    let poisoned = |outcome: &Result<Seq, CommitError>| matches!(outcome, Err(CommitError::Poisoned { .. }));
    assert!(outcomes.iter().any(poisoned), "{outcomes:?}");
}

#[test]
fn too_little_free_space_refuses_commits_until_there_is_more() {
    let free = Arc::new(AtomicU64::new(1000));
    let measured = free.clone();
    let options = Options {
        min_free_bytes: 500,
        free_space: Some(Arc::new(move || Ok(measured.load(Ordering::Relaxed)))),
        ..manual()
    };
    let store = Store::open(Kind::Memory, "", options).unwrap();
    store.commit(put("r1", "x")).unwrap();
    // The disk is looked at again at most ten times a second, when commits come.
    let after = |bytes: u64, accepted: bool, commit: &dyn Fn() -> Result<Seq, CommitError>| {
        free.store(bytes, Ordering::Relaxed);
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            let outcome = commit();
            if outcome.is_ok() == accepted || Instant::now() > deadline {
                return outcome;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let refused = after(499, false, &|| store.commit(put("r1", "y"))).unwrap_err();
    assert_eq!(refused, CommitError::DiskFull { free_bytes: 499, limit_bytes: 500 });
    assert!(refused.to_string().contains("free some space"), "{refused}");
    assert!(store.get(b"r1").unwrap().is_some(), "reads go on");
    store.commit(vec![Op::delete("r1")]).expect("cleaning up goes on");
    let refused = after(249, false, &|| store.commit(vec![Op::delete("r1")])).unwrap_err();
    assert_eq!(refused, CommitError::DiskFull { free_bytes: 249, limit_bytes: 250 });
    let last = store.committed();
    let accepted = after(501, true, &|| store.commit(put("r1", "z"))).unwrap();
    assert_eq!(accepted, Seq(last.0 + 1), "a refused commit uses no number");
}

#[test]
fn keys_and_values_are_checked() {
    let store = Store::open(Kind::Memory, "", manual()).unwrap();
    for key in [&b""[..], b"\0", b"\0g", &[b'r'; tollgate_store::MAX_KEY_BYTES + 1]] {
        let error = store.commit(vec![Op::put(key, "x")]).unwrap_err();
        assert!(matches!(error, CommitError::InvalidKey { .. }), "{error}");
        let error = store.commit(vec![Op::delete(key)]).unwrap_err();
        assert!(matches!(error, CommitError::InvalidKey { .. }), "{error}");
    }
    assert_eq!(store.scan(&KeyRange::all(), tollgate_store::Direction::Forward).count(), 0, "own records are hidden");
    let big = vec![0; tollgate_store::MAX_VALUE_BYTES + 1];
    assert!(matches!(store.commit(vec![Op::put("r", big)]), Err(CommitError::ValueTooLarge { .. })));
    assert_eq!(store.commit(Vec::new()), Ok(Seq(1)), "a commit without operations is a commit");
}

#[test]
fn operations_that_are_made_later_are_written_in_their_turn_or_refused_alone() {
    let store = Store::open(Kind::Memory, "", manual()).unwrap();
    let (send, receive) = mpsc::channel();
    let done = || {
        let send = send.clone();
        move |outcome| send.send(outcome).unwrap()
    };
    store.submit(put("r1", "first"), done()).unwrap();
    store.submit_later(10, || [put("r1", "second"), put("r2", "x")].concat(), done()).unwrap();
    store.submit_later(10, || [put("r3", "x"), put("", "x")].concat(), done()).unwrap();
    store.submit(put("r4", "x"), done()).unwrap();
    assert_eq!(store.get(b"r2").unwrap(), None, "nothing is made before it is written");
    store.run_pending();
    let outcomes: Vec<_> = receive.try_iter().collect();
    assert_eq!([&outcomes[0], &outcomes[1], &outcomes[3]], [&Ok(Seq(1)), &Ok(Seq(2)), &Ok(Seq(4))]);
    assert!(matches!(outcomes[2], Err(CommitError::InvalidKey { .. })), "{:?}", outcomes[2]);
    let value = |key: &str| store.get(key.as_bytes()).unwrap().map(|value| value.to_vec());
    assert_eq!(value("r1").as_deref(), Some(b"second".as_slice()));
    assert_eq!((value("r3"), value("r4").is_some()), (None, true));
}

#[test]
fn a_lone_commit_is_left_to_its_submitter() {
    let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
    let (send, receive) = mpsc::channel();
    let submit = |key: &str| {
        let send = send.clone();
        store.submit_to_lead(put(key, "x"), move |outcome| send.send(outcome).unwrap()).unwrap();
    };
    let alone = |key: &str| {
        submit(key);
        receive.recv().unwrap().unwrap()
    };
    assert_eq!(alone("r1"), Seq(1), "nobody knows yet whether others come");
    assert!(!store.lead(), "there is nothing to write");
    submit("r2");
    std::thread::sleep(Duration::from_millis(20));
    assert!(receive.try_recv().is_err(), "it waits for its submitter");
    assert!(store.lead());
    assert_eq!(receive.try_recv().unwrap(), Ok(Seq(2)));
    submit("r3");
    assert_eq!(store.commit(put("r4", "x")), Ok(Seq(4)), "another commit takes it along");
    assert_eq!(receive.recv().unwrap(), Ok(Seq(3)));
    assert!(!store.lead());
    assert_eq!(alone("r5"), Seq(5), "after two at once the next are the committer's");
    submit("r6");
    store.flush().unwrap();
    assert_eq!(receive.try_recv().unwrap(), Ok(Seq(6)), "what waits for the commits so far is told of it");
    submit("r7");
    store.close().unwrap();
    assert_eq!(receive.try_recv().unwrap(), Ok(Seq(7)), "a store that closes writes it");
}

#[test]
fn relaxed_commits_are_on_disk_in_time() {
    let max_loss = Duration::from_millis(60);
    let durability = Durability::Relaxed { max_loss_ms: 60 };
    let (faulty, store) = over(Faults::default(), Options { durability, ..Options::default() });
    store.commit(put("r1", "x")).unwrap();
    std::thread::sleep(max_loss * 5);
    // The loss of power decides by chance over what is not synced; once in 64 times it would spare all of it anyway.
    for _ in 0..6 {
        let after = Store::over(faulty.restart(Faults::default()), manual()).unwrap();
        assert!(after.get(b"r1").unwrap().is_some());
    }
}

#[test]
fn flush_brings_relaxed_commits_to_the_disk_at_once() {
    let durability = Durability::Relaxed { max_loss_ms: 3_600_000 };
    let mut lost = 0;
    for seed in 0..20 {
        let faulty = Faulty::new(seed, Faults::default());
        let store = Store::over(faulty.clone(), Options { durability, ..manual() }).unwrap();
        store.commit(put("r1", "x")).unwrap();
        store.flush().unwrap();
        store.commit(put("r2", "x")).unwrap();
        let after = Store::over(faulty.restart(Faults::default()), manual()).unwrap();
        assert!(after.get(b"r1").unwrap().is_some());
        lost += u32::from(after.get(b"r2").unwrap().is_none());
    }
    assert!(lost > 0, "the simulated loss of power loses what it may");
}

#[test]
fn a_flipped_bit_is_reported_and_never_returned() {
    let (faulty, store) = over(Faults::default(), manual());
    store.commit(put("r1", "value")).unwrap();
    for bit in 0..(5 + 12) * 8 {
        assert!(faulty.flip_bit(b"r1", bit));
        let error = store.get(b"r1").unwrap_err();
        assert!(matches!(error, Error::DamagedRecord { .. }), "{error}");
        assert!(store.prefix(b"r").next().unwrap().is_err());
        faulty.flip_bit(b"r1", bit);
    }
    assert_eq!(store.get(b"r1").unwrap().unwrap(), b"value");
}

#[test]
fn dropping_the_last_handle_writes_what_is_queued() {
    let faults = Faults { delay: Duration::from_millis(5), ..Faults::default() };
    for drive in [Drive::Thread, Drive::Manual] {
        let (faulty, store) = over(faults.clone(), Options { drive, ..Options::default() });
        for number in 0..20 {
            store.submit(put(&format!("r{number}"), "x"), |_| ()).unwrap();
        }
        drop(store);
        let store = Store::over(faulty, manual()).unwrap();
        assert_eq!(store.committed(), Seq(20));
    }
}

#[test]
fn a_closed_store_reads_but_takes_nothing() {
    let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
    store.commit(put("r1", "x")).unwrap();
    store.close().unwrap();
    assert_eq!(store.commit(put("r2", "x")), Err(CommitError::Closed));
    assert_eq!(store.flush(), Err(CommitError::Closed));
    assert!(store.get(b"r1").unwrap().is_some());
    store.close().unwrap();
}

#[test]
fn a_handle_dropped_by_a_completion_does_not_wait_for_itself() {
    let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
    let (send, receive) = mpsc::channel();
    let last = store.clone();
    let done = move |_| {
        drop(last);
        send.send(()).unwrap();
    };
    store.submit(put("r1", "x"), done).unwrap();
    drop(store);
    receive.recv_timeout(Duration::from_secs(5)).unwrap();
}

#[test]
fn something_runs_after_each_group_when_its_commits_are_completed() {
    let (_, store) = over(Faults::default(), manual());
    let seen = Arc::new(Mutex::new(Vec::new()));
    store.after_each_group({
        let seen = seen.clone();
        move || seen.lock().unwrap().push("group")
    });
    for group in 0..2 {
        for number in 0..2 {
            let seen = seen.clone();
            store.submit(put(&format!("r{group}{number}"), "x"), move |_| seen.lock().unwrap().push("commit")).unwrap();
        }
        store.run_pending();
    }
    assert_eq!(*seen.lock().unwrap(), ["commit", "commit", "group", "commit", "commit", "group"]);
}
