//! Batches, filters, properties and metrics.

use minicbor::{Decode, Encode, bytes::ByteVec};
use models::{Id, Timestamp};

/// A batch; it stays as history when it has ended.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Batch {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// `instance-migration`, `set-job-retries` …
    #[n(1)]
    pub kind: String,
    /// Number of jobs in all.
    #[n(2)]
    pub total_jobs: i32,
    /// Number of jobs made so far.
    #[n(3)]
    pub jobs_created: i32,
    /// Jobs made by one run of the seed job.
    #[n(4)]
    pub batch_jobs_per_seed: i32,
    /// Operations of one job.
    #[n(5)]
    pub invocations_per_batch_job: i32,
    /// Job definition of the seed job.
    #[n(6)]
    pub seed_job_definition: Option<Id>,
    /// Job definition of the monitor job.
    #[n(7)]
    pub monitor_job_definition: Option<Id>,
    /// Job definition of the jobs.
    #[n(8)]
    pub batch_job_definition: Option<Id>,
    /// Suspended.
    #[n(9)]
    pub suspended: bool,
    /// Tenant.
    #[n(10)]
    pub tenant: Option<String>,
    /// Who made it.
    #[n(11)]
    pub create_user: Option<String>,
    /// When it was made.
    #[n(12)]
    pub start: Timestamp,
    /// When its first job ran.
    #[n(13)]
    pub execution_start: Option<Timestamp>,
    /// When it ended; `None` while it runs.
    #[n(14)]
    pub end: Option<Timestamp>,
    /// When its history may be removed.
    #[n(15)]
    pub removal_time: Option<Timestamp>,
    /// What to do with what, in the runtime's form.
    #[n(16)]
    pub configuration: ByteVec,
}

/// A saved query.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Filter {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// `Task`.
    #[n(1)]
    pub resource_type: String,
    /// Name.
    #[n(2)]
    pub name: String,
    /// Owner.
    #[n(3)]
    pub owner: Option<String>,
    /// The query, as JSON.
    #[n(4)]
    pub query: String,
    /// Properties for tools, as JSON.
    #[n(5)]
    pub properties: Option<String>,
    /// Number of changes so far.
    #[n(6)]
    pub revision: u32,
}

/// A property of the engine.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Property {
    /// Name.
    #[n(0)]
    pub name: String,
    /// Value.
    #[n(1)]
    pub value: String,
}

/// How often something happened in an interval.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct MeterReading {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Name of the metric, such as `activity-instance-start`.
    #[n(1)]
    pub name: String,
    /// The node that counted.
    #[n(2)]
    pub reporter: String,
    /// End of the interval.
    #[n(3)]
    pub time: Timestamp,
    /// Count.
    #[n(4)]
    pub value: i64,
}

/// A request with an idempotency key that was carried out.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Remembered {
    /// The key.
    #[n(0)]
    pub key: String,
    /// Digest of what was asked.
    #[n(1)]
    pub request: u64,
    /// How long it is remembered.
    #[n(2)]
    pub until: Timestamp,
    /// The answer, in the form of who asked.
    #[n(3)]
    pub answer: minicbor::bytes::ByteVec,
}
