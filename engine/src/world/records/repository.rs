//! What deployments bring: resources and definitions.

use std::sync::Arc;

use engine_core::state::SubscriptionKind;
use minicbor::{Decode, Encode};
use models::{Id, Timestamp};

/// A deployment.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Deployment {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Name.
    #[n(1)]
    pub name: Option<String>,
    /// Source, such as `process application`.
    #[n(2)]
    pub source: Option<String>,
    /// When it was made.
    #[n(3)]
    pub time: Timestamp,
    /// Tenant.
    #[n(4)]
    pub tenant: Option<String>,
    /// Its resources, in the order given.
    #[n(5)]
    pub resources: Vec<Resource>,
}

/// A file of a deployment.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Resource {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Name, as given.
    #[n(1)]
    pub name: String,
    /// Content.
    #[cbor(n(2), with = "models::cbor::arc_bytes")]
    pub bytes: Arc<[u8]>,
    /// Made by the engine (a diagram), not deployed.
    #[n(3)]
    pub generated: bool,
}

/// A deployed version of a process.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ProcessDefinition {
    /// Its id; the API shows `{key}:{version}:{id}`.
    #[n(0)]
    pub id: Id,
    /// `id` of the process element.
    #[n(1)]
    pub key: String,
    /// Version, from 1 for each key and tenant.
    #[n(2)]
    pub version: i32,
    /// Name.
    #[n(3)]
    pub name: Option<String>,
    /// Target namespace of the file.
    #[n(4)]
    pub category: Option<String>,
    /// Joined `documentation`.
    #[n(5)]
    pub description: Option<String>,
    /// `camunda:versionTag`.
    #[n(6)]
    pub version_tag: Option<String>,
    /// Its deployment.
    #[n(7)]
    pub deployment: Id,
    /// Name of the BPMN resource.
    #[n(8)]
    pub resource: String,
    /// Name of the diagram resource.
    #[n(9)]
    pub diagram: Option<String>,
    /// Tenant.
    #[n(10)]
    pub tenant: Option<String>,
    /// Suspended: no new instances.
    #[n(11)]
    pub suspended: bool,
    /// Days that history is kept.
    #[n(12)]
    pub history_time_to_live: Option<i32>,
    /// `camunda:isStartableInTasklist`.
    #[n(13)]
    pub startable_in_tasklist: bool,
    /// Users that may start it, by the model.
    #[n(14)]
    pub starter_users: Vec<String>,
    /// Groups that may start it, by the model.
    #[n(15)]
    pub starter_groups: Vec<String>,
    /// The start event has a form key.
    #[n(16)]
    pub has_start_form_key: bool,
    /// The nodes by index: index 0 of the list is `NodeIx(0)`. Stored, so that indexes keep their meaning.
    #[n(17)]
    pub nodes: Vec<NodeInfo>,
}

/// What queries and views need of a node of a process graph.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct NodeInfo {
    /// The activity id.
    #[cbor(n(0), with = "models::cbor::arc_str")]
    pub id: Arc<str>,
    /// Name.
    #[cbor(n(1), with = "models::cbor::option_arc_str")]
    pub name: Option<Arc<str>>,
    /// Activity type (`bpmn-elements.md` 18), such as `userTask`.
    #[cbor(n(2), with = "models::cbor::arc_str")]
    pub activity_type: Arc<str>,
    /// The enclosing node: sub-process or multi-instance body; `None` is the process.
    #[n(3)]
    pub flow_scope: Option<u32>,
    /// Has an execution of its own (S-EX-3).
    #[n(4)]
    pub is_scope: bool,
    /// Throws compensation, or cancels a transaction, and waits for the handlers.
    #[n(5)]
    pub throws_compensation: bool,
    /// Handles compensation of another activity.
    #[n(6)]
    pub is_compensation_handler: bool,
}

/// A declaration of jobs of a definition, with what an operator set for it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct JobDefinition {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// The process definition; none for batches.
    #[n(1)]
    pub definition: Option<Id>,
    /// Index of the declaration in the definition's list.
    #[n(2)]
    pub declaration: Option<u32>,
    /// The activity id.
    #[n(3)]
    pub activity: Option<String>,
    /// `async-continuation`, `timer-transition` …
    #[n(4)]
    pub job_type: String,
    /// `async-before`, `DURATION: PT1H` …
    #[n(5)]
    pub configuration: Option<String>,
    /// Its jobs are created suspended.
    #[n(6)]
    pub suspended: bool,
    /// Priority for its jobs, in place of the model's.
    #[n(7)]
    pub overriding_priority: Option<i64>,
    /// Tenant.
    #[n(8)]
    pub tenant: Option<String>,
    /// The deployment.
    #[n(9)]
    pub deployment: Option<Id>,
}

/// An event that starts a process.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StartSubscription {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Message, signal or condition.
    #[n(1)]
    pub kind: SubscriptionKind,
    /// Message or signal name.
    #[n(2)]
    pub name: Option<String>,
    /// The process definition.
    #[n(3)]
    pub definition: Id,
    /// Index of the start event.
    #[n(4)]
    pub node: u32,
    /// The start event's id.
    #[n(5)]
    pub activity: String,
    /// When it was deployed.
    #[n(6)]
    pub created: Timestamp,
    /// Tenant.
    #[n(7)]
    pub tenant: Option<String>,
}

/// What history still tells of a process definition that was deleted.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct PastDefinition {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// The id that the API shows.
    #[n(1)]
    pub text_id: String,
    /// Its key.
    #[n(2)]
    pub key: String,
}

/// A deployed version of a decision.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct DecisionDefinition {
    /// Its id; the API shows `{key}:{version}:{id}`.
    #[n(0)]
    pub id: Id,
    /// `id` of the decision element.
    #[n(1)]
    pub key: String,
    /// Version, from 1 for each key and tenant.
    #[n(2)]
    pub version: i32,
    /// Name.
    #[n(3)]
    pub name: Option<String>,
    /// Namespace of the file.
    #[n(4)]
    pub category: Option<String>,
    /// `camunda:versionTag`.
    #[n(5)]
    pub version_tag: Option<String>,
    /// Its deployment.
    #[n(6)]
    pub deployment: Id,
    /// Name of the DMN resource.
    #[n(7)]
    pub resource: String,
    /// Name of the diagram resource.
    #[n(8)]
    pub diagram: Option<String>,
    /// Tenant.
    #[n(9)]
    pub tenant: Option<String>,
    /// The requirements definition, when the file has more than one decision.
    #[n(10)]
    pub requirements_definition: Option<Id>,
    /// Its key.
    #[n(11)]
    pub requirements_key: Option<String>,
    /// Days that history is kept.
    #[n(12)]
    pub history_time_to_live: Option<i32>,
}

/// A deployed version of a DMN file with several decisions.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct DecisionRequirementsDefinition {
    /// Its id; the API shows `{key}:{version}:{id}`.
    #[n(0)]
    pub id: Id,
    /// `id` of the definitions element.
    #[n(1)]
    pub key: String,
    /// Version, from 1 for each key and tenant.
    #[n(2)]
    pub version: i32,
    /// Name.
    #[n(3)]
    pub name: Option<String>,
    /// Namespace of the file.
    #[n(4)]
    pub category: Option<String>,
    /// Its deployment.
    #[n(5)]
    pub deployment: Id,
    /// Name of the DMN resource.
    #[n(6)]
    pub resource: String,
    /// Name of the diagram resource.
    #[n(7)]
    pub diagram: Option<String>,
    /// Tenant.
    #[n(8)]
    pub tenant: Option<String>,
}

/// A deployed version of a form made with the modeler.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct CamundaFormDefinition {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// `id` of the form.
    #[n(1)]
    pub key: String,
    /// Version, from 1 for each key and tenant.
    #[n(2)]
    pub version: i32,
    /// Its deployment.
    #[n(3)]
    pub deployment: Id,
    /// Name of the resource.
    #[n(4)]
    pub resource: String,
    /// Tenant.
    #[n(5)]
    pub tenant: Option<String>,
}
