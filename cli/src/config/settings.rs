//! Every setting of the server, with its default and what it means. The example file, `config show`, the environment and the
//! checks are all made from this list.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use engine_core::{
    history::HistoryLevel,
    host::{CatchUp, RemovalTimeStrategy},
};
use tollgate::{CleanUpStrategy, store::Kind};

use super::value::{Durability, LogFormat, Raw, Share, Size, Value};

/// A setting, without its value.
pub(crate) struct Setting {
    /// Its name, such as `store.durability`.
    pub(crate) key: &'static str,
    /// What it means, in lines.
    pub(crate) doc: &'static str,
    /// SIGHUP applies a change of it.
    pub(crate) reloads: bool,
    /// What a value looks like.
    pub(crate) expected: &'static str,
    /// An example where there is no default.
    pub(crate) example: &'static str,
    /// Sets it; `false` when the value does not fit.
    pub(crate) set: fn(&mut Settings, &Raw) -> bool,
    /// Its value as in a file; `None` when nothing is set.
    pub(crate) get: fn(&Settings) -> Option<String>,
}

impl Setting {
    /// The variable of the environment that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("TOLLGATE_{}", self.key.to_uppercase().replace(['.', '-'], "_"))
    }
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $key:literal $(($mode:ident))? $field:ident: $type:ty = $default:expr;)+) => {
        /// The values of all settings.
        #[derive(Clone, Debug)]
        pub(crate) struct Settings {
            $($(#[doc = $doc])+ pub(crate) $field: $type,)+
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        /// All settings, in the order of the example file.
        pub(crate) const ALL: &[Setting] = &[
            $(Setting {
                key: $key,
                doc: concat!($($doc, "\n"),+),
                reloads: settings!(@reloads $($mode)?),
                expected: <$type as Value>::EXPECTED,
                example: <$type as Value>::EXAMPLE,
                set: |settings, raw| match <$type as Value>::read(raw) {
                    Some(value) => {
                        settings.$field = value;
                        true
                    }
                    None => false,
                },
                get: |settings| settings.$field.write(),
            },)+
        ];
    };
    (@reloads) => { false };
    (@reloads reloads) => { true };
}

fn store() -> tollgate::store::Options {
    tollgate::store::Options::default()
}

fn engine() -> tollgate::Options {
    tollgate::Options::default()
}

fn http() -> server::Options {
    server::Options::default()
}

fn transactions() -> tollgate::Settings {
    tollgate::Settings::default()
}

settings! {
    /// Address to listen on. Port 0 takes a free one.
    "listen" listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
    /// Folder of the store. Relative paths start at the working folder.
    "data" data: PathBuf = PathBuf::from("tollgate-data");
    /// Models to deploy at the start: files, or folders of them.
    "models" models: Vec<PathBuf> = Vec::new();
    /// Mapped delegates, and settings of the HTTP and mail connectors: a TOML file, see docs/languages.md.
    "connectors" connectors: Option<PathBuf> = None;
    /// What is logged, in the form of `tracing`'s filters: `info`, `warn,tollgate=debug` …
    "log" (reloads) log: String = "warn".to_owned();
    /// Form of log lines: `text`, or `json`, an object a line.
    "log-format" log_format: LogFormat = LogFormat::Text;

    /// The store: `fjall`, `sled`, or `memory`, which keeps nothing.
    "store.kind" store_kind: Kind = Kind::Fjall;
    /// What an acknowledged commit has survived: `strict`, the loss of power; `relaxed`, the end of the process.
    "store.durability" store_durability: Durability = Durability::Strict;
    /// How much the loss of power may take with `relaxed`.
    "store.max-loss" store_max_loss: Duration = Duration::from_millis(200);
    /// Below so much free space on the disk, work is refused until there is more. 0 never refuses.
    "store.min-free" store_min_free: Size = Size(store().min_free_bytes);
    /// Memory for what is read from the store.
    "store.cache" store_cache: Size = Size(store().cache_bytes);
    /// Memory for recent writes of one table (fjall).
    "store.memtable" store_memtable: Size = Size(store().memtable_bytes);
    /// Threads that sort files in the background (fjall).
    "store.workers" store_workers: usize = store().workers;
    /// Open a damaged store with what is intact in it. For the time after `tollgate store check`, without a backup.
    "store.accept-damage" store_accept_damage: bool = false;

    /// What history records: `none`, `activity`, `audit` or `full`.
    "engine.history-level" history_level: HistoryLevel = transactions().history_level;
    /// Time to live of history for processes that give none: days, or `P30D`.
    "engine.history-time-to-live" history_time_to_live: Option<String> = None;
    /// Reject models without history time to live, as Camunda does by default.
    "engine.enforce-history-time-to-live" enforce_history_time_to_live: bool = false;
    /// Time zone of dates without offset: an IANA name such as `Europe/Berlin`.
    "engine.time-zone" time_zone: String = transactions().time_zone;
    /// What the engine calls itself in job logs and metrics.
    "engine.hostname" hostname: String = transactions().hostname;
    /// Read the extensions of Camunda's forks (Operaton, CIB seven …) as Camunda's own.
    "engine.accept-forks" accept_forks: bool = engine().parse.accept_forks;
    /// Refuse incomplete `camunda:in` and `camunda:out`.
    "engine.strict-call-activity-validation" strict_call_activity_validation: bool =
        engine().parse.strict_call_activity_validation;
    /// A BPMN error that nothing catches is a failure, not the end of its token.
    "engine.exceptions-after-unhandled-bpmn-error" exceptions_after_unhandled_bpmn_error: bool =
        transactions().exceptions_after_unhandled_bpmn_error;
    /// Output mappings of cancelled activities are skipped.
    "engine.skip-output-mapping-on-canceled" skip_output_mapping_on_canceled: bool =
        transactions().skip_output_mapping_on_canceled;
    /// The cycle of a repeating timer is evaluated again each time it is due.
    "engine.reevaluate-time-cycle-when-due" reevaluate_time_cycle_when_due: bool =
        transactions().reevaluate_time_cycle_when_due;

    /// Run jobs and timers. Off: only when the API asks for it.
    "jobs.executor" job_executor: bool = true;
    /// Jobs that run at the same time.
    "jobs.concurrency" job_concurrency: usize = engine().job_concurrency;
    /// Jobs of higher priority first (Camunda's `jobExecutorAcquireByPriority`). Equals take turns by tenant and definition.
    "jobs.by-priority" job_by_priority: bool = engine().job_order.by_priority;
    /// Timers before other jobs (`jobExecutorPreferTimerJobs`).
    "jobs.timers-first" job_timers_first: bool = engine().job_order.timers_first;
    /// Jobs by due date, those without one first (`jobExecutorAcquireByDueDate`).
    "jobs.by-due-date" job_by_due_date: bool = engine().job_order.by_due_date;
    /// Limits of jobs by process definition key: how many at a time, how many begin in a span of time (`/s`, `/m`, `/h`), or both:
    /// `order=4`, `invoice=100/m`, `ship=4 100/m`. `*` is each that has no entry of its own.
    "jobs.limit-by-definition" job_limit_by_definition: Vec<String> = Vec::new();
    /// The same by tenant.
    "jobs.limit-by-tenant" job_limit_by_tenant: Vec<String> = Vec::new();
    /// The same for external tasks that workers have locked, by topic.
    "jobs.limit-by-topic" job_limit_by_topic: Vec<String> = Vec::new();
    /// Firings of a timer's cycle that were missed while nothing ran: `latest` runs one and goes on after the present, as Camunda
    /// does; `all` runs each.
    "jobs.catch-up" job_catch_up: CatchUp = transactions().catch_up;
    /// How often a job is tried.
    "jobs.retries" job_retries: i32 = transactions().default_retries;
    /// When failed jobs are tried again, if the model does not say: `R5/PT5M`, or `PT1M,PT5M,PT30M`.
    "jobs.retry-time-cycle" job_retry_time_cycle: Option<String> = None;
    /// A job without tries left makes an incident.
    "jobs.incidents" job_incidents: bool = transactions().create_incident_on_failed_job;

    /// Jobs that one run of a batch's seed job makes.
    "batches.jobs-per-seed" batch_jobs_per_seed: i32 = engine().batches.jobs_per_seed;
    /// Entities that one job of a batch works on, in one transaction.
    "batches.invocations-per-job" batch_invocations_per_job: i32 = engine().batches.invocations_per_job;
    /// The same for some types of batches: `instance-migration=10`.
    "batches.invocations-per-job-by-type" batch_invocations_per_job_by_type: Vec<String> = Vec::new();
    /// How long a batch's monitor job waits before it looks again.
    "batches.poll-time" batch_poll_time: Duration =
        Duration::from_secs(u64::try_from(engine().batches.poll_seconds).unwrap_or_default());
    /// Days that the history of a batch is kept after its end; for ever when it is not set.
    "batches.history-time-to-live" batch_history_time_to_live: Option<i32> = None;

    /// Running process instances, with all that they called, that stay in memory; the others, those that were changed longest
    /// ago, wait on disk and are read when something happens to them or when they are asked for.
    "instances.in-memory" instances_in_memory: usize = engine().instances_in_memory;

    /// From when the time to live of history counts: `start` or `end` of the root instance; `none`: it has no effect.
    "history.removal-time" removal_time: RemovalTimeStrategy = transactions().removal_time;
    /// Process instances, with all that they called, whose history stays in memory; that of others is read from disk when it is
    /// asked for.
    "history.in-memory" history_in_memory: usize = engine().history_in_memory;
    /// How many times as many may wait to leave the memory before commands wait for that; 0: they never do, and the memory may
    /// grow while the disk is slow.
    "history.in-memory-most" history_most: usize = engine().history_most;
    /// Clean-up of history can be asked for.
    "history.clean-up" clean_up: bool = engine().clean_up.enabled;
    /// What the clean-up goes by: `removalTimeBased`, by the removal times that history has; `endTimeBased`, by the end of
    /// process instances and batches and the evaluation of decisions, with the times to live that their definitions have then.
    "history.clean-up-strategy" clean_up_strategy: CleanUpStrategy = engine().clean_up.strategy;
    /// Time of day from which history is cleaned up by itself, such as `22:00`. Only when asked, when it is not set.
    "history.window-start" clean_up_window_start: Option<String> = None;
    /// Time of day until which history is cleaned up; before the start, it is on the next day.
    "history.window-end" clean_up_window_end: Option<String> = None;
    /// Process instances, decisions or batches whose history one transaction removes.
    "history.batch-size" clean_up_batch_size: usize = engine().clean_up.batch_size;
    /// With the strategy `endTimeBased`: a job that removed at least so many runs again at once.
    "history.batch-threshold" clean_up_batch_threshold: usize = engine().clean_up.batch_threshold;
    /// Number of clean-up jobs, 1 to 8.
    "history.parallel" clean_up_parallel: usize = engine().clean_up.degree_of_parallelism.into();

    /// Callers must authenticate (HTTP Basic).
    "http.authentication" authentication: bool = http().authentication;
    /// Authorizations of callers are checked. Needs `http.authentication`.
    "http.authorization" authorization: bool = engine().identity.authorization;
    /// Reading variables needs permissions of their own (`READ_INSTANCE_VARIABLE`, `READ_TASK_VARIABLE` …).
    "http.specific-variable-permissions" specific_variable_permissions: bool = false;
    /// Authorizations on single historic process instances and tasks count.
    "http.historic-instance-permissions" historic_instance_permissions: bool = false;
    /// Names of permissions that are not checked, such as `READ_HISTORY`.
    "http.disabled-permissions" disabled_permissions: Vec<String> = Vec::new();
    /// New passwords must pass Camunda's password policy.
    "http.password-policy" password_policy: bool = engine().identity.password_policy;
    /// Sites whose scripts may call the API; `"*"` for all.
    "http.cors" cors: Vec<String> = Vec::new();
    /// Answers are compressed for callers that accept it.
    "http.compression" compression: bool = http().compression;
    /// Certificate chain for TLS (PEM). Without it the server speaks plain HTTP.
    "http.tls-certificate" (reloads) tls_certificate: Option<PathBuf> = None;
    /// Private key for TLS (PEM).
    "http.tls-key" (reloads) tls_key: Option<PathBuf> = None;
    /// A request of a worker ends the long poll of the same worker that is parked.
    "http.unique-worker-requests" unique_worker_requests: bool = http().unique_worker_requests;
    /// How long open requests may take after the server was told to stop.
    "http.shutdown-timeout" shutdown_timeout: Duration = http().shutdown_timeout;

    /// Collector of traces (OTLP over HTTP), such as `http://localhost:4318`. Without a path, spans go to `/v1/traces`. Nothing is
    /// traced when it is not set. OTEL_EXPORTER_OTLP_ENDPOINT and its like in the environment are understood, too.
    "tracing.endpoint" tracing_endpoint: Option<String> = None;
    /// Headers for the collector: `["authorization=Bearer abc"]`.
    "tracing.headers" tracing_headers: Vec<String> = Vec::new();
    /// Part of the traces that begin here and are recorded, from 0 to 1. Traces that come in are recorded as their flag says.
    "tracing.ratio" tracing_ratio: Share = Share(1.0);
    /// `service.name` of all spans.
    "tracing.service-name" tracing_service_name: String = "tollgate".to_owned();
    /// Further attributes of all spans' resource: `["deployment.environment.name=test"]`.
    "tracing.resource" tracing_resource: Vec<String> = Vec::new();
    /// Encoded spans that may wait for the collector; further ones are dropped and counted.
    "tracing.buffer" tracing_buffer: Size = Size(4 << 20);
    /// `fetchAndLock` answers `traceparent` with each task while traces are exported. Off for clients that refuse what Camunda does
    /// not answer.
    "tracing.workers" tracing_workers: bool = http().trace_workers;

    /// Connections at a time; further ones wait until one ends.
    "limits.connections" max_connections: usize = http().max_connections;
    /// Streams at a time on one connection of HTTP/2.
    "limits.streams" max_streams: u32 = http().max_streams;
    /// Requests in work at a time; further ones are answered 503. Long polls do not count.
    "limits.requests" max_requests: usize = http().max_requests;
    /// Long polls of workers at a time.
    "limits.long-polls" max_long_polls: usize = http().max_long_polls;
    /// Longest request body.
    "limits.body" max_body: Size = http().max_body_bytes.into();
    /// Longest time a request body may take to arrive.
    "limits.body-timeout" body_timeout: Duration = http().body_timeout;
    /// Largest head of a request.
    "limits.header" max_header: Size = http().max_header_bytes.into();
    /// Longest time the head of a request may take to arrive.
    "limits.header-timeout" header_timeout: Duration = http().header_timeout;
    /// Commands that may wait before more are refused.
    "limits.queued-commands" max_queued: usize = engine().max_queued;
    /// Operations of one transaction, after which it is taken for an endless loop.
    "limits.operations" max_operations: u64 = transactions().max_operations;
    /// Executions of one process instance with all it has called.
    "limits.executions" max_executions: usize = transactions().max_executions;
    /// Depth of call activities.
    "limits.call-depth" max_call_depth: usize = transactions().max_call_depth;
    /// Largest model file.
    "limits.model" max_model: Size = engine().parse.limits.max_bytes.into();
    /// Longest time a JavaScript may take.
    "limits.script-time" script_time: Duration = engine().script_limits.time;
    /// Operations of a rhai script, steps of a Groovy script.
    "limits.script-operations" script_operations: u64 = engine().script_limits.operations;
    /// Memory of a script.
    "limits.script-memory" script_memory: Size = engine().script_limits.memory_bytes.into();
}
