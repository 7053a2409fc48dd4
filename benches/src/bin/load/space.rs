//! What a finished instance takes on disk, and what the clean-up of history gives back.

use std::time::{Duration, Instant};

use anyhow::Result;
use tollgate::{
    Engine,
    query::{HistoricProcessInstanceQuery, Page, TaskQuery},
    request::{Caller, CleanUp},
};
use tollgate_benches::{meter, models};

use crate::{Args, batches::start_all};

/// Deleted histories that may wait for more before they leave the disk.
const LEFT_IN_MEMORY: usize = 256;

/// Finished instances of a two-task sequence and of a user task at full history: bytes on disk for each as it is, journal
/// included, and in tables after a compaction; then the clean-up of all of them, and what is left in tables.
pub(crate) fn run(args: &Args) -> Result<()> {
    for (name, model) in [("seq", models::sequence()), ("user", models::user())] {
        let engine = args.engine()?;
        let model = model.replace(r#"historyTimeToLive="P30D""#, r#"historyTimeToLive="0""#);
        engine.deploy_file(format!("{name}.bpmn"), model).wait()?;
        let store = args.folder.join("store");
        let count = args.scaled(100_000);
        let empty = meter::disk_bytes(&store);
        let each = |bytes: u64| bytes.saturating_sub(empty) / count;
        start_all(&engine, name, count, Vec::new());
        complete_all(&engine)?;
        let written = meter::disk_bytes(&store);
        engine.store().compact()?;
        let compact = meter::table_bytes(&store);
        let begun = Instant::now();
        while ended(&engine) > 0 {
            engine.clean_up(CleanUp { immediately: true }, &Caller::default()).wait()?;
            std::thread::sleep(Duration::from_millis(100));
        }
        let cleaned = begun.elapsed().as_secs_f64();
        // what was deleted goes from the disk a little later
        while engine.read().histories().0 > LEFT_IN_MEMORY {
            std::thread::sleep(Duration::from_millis(100));
        }
        engine.store().compact()?;
        // files that are not needed any more go when the store is closed, at the latest
        drop(engine);
        let left = meter::table_bytes(&store);
        println!(
            "{{\"workload\":\"space_{name}\",\"store\":\"{}\",\"n\":{count},\"bytes_each\":{},\"compacted_bytes_each\":{},\
             \"clean_up_s\":{cleaned:.1},\"left_bytes_each\":{},\"rss_mb\":{},\"load\":{}}}",
            args.store,
            each(written),
            each(compact),
            each(left),
            meter::resident_mib(),
            meter::load(),
        );
    }
    Ok(())
}

fn complete_all(engine: &Engine) -> Result<()> {
    loop {
        let page = Page { max_results: Some(1024), ..Page::default() };
        let tasks: Vec<_> = TaskQuery::default().list(&engine.read(), page, None).iter().map(|task| task.id).collect();
        if tasks.is_empty() {
            return Ok(());
        }
        let completed: Vec<_> =
            tasks.into_iter().map(|task| engine.complete(task, [] as [(&str, tollgate::Value); 0])).collect();
        for one in completed {
            one.wait()?;
        }
    }
}

/// Instances in history.
pub(crate) fn ended(engine: &Engine) -> usize {
    HistoricProcessInstanceQuery::default().count(&engine.read(), None)
}
