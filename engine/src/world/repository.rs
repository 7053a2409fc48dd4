//! Deployed definitions: by id, key, version and tenant.

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use engine_core::graph::NodeIx;
use models::Id;

use super::{
    CamundaFormDefinition, DecisionDefinition, DecisionRequirementsDefinition, Deployment, JobDefinition, Model,
    NodeInfo, PastDefinition, ProcessDefinition, StartSubscription,
    index::{Rows, indexes, keyed},
    ordered::Ordered,
    runtime::event_key,
};

keyed!(JobDefinition, StartSubscription);

indexes! {
    /// Indexes of job definitions.
    JobDefinitionIndexes of JobDefinition {
        definition: Id = |row| row.definition;
        declaration: (Id, u32) = |row| row.definition.zip(row.declaration);
    }
}

indexes! {
    /// Indexes of start subscriptions.
    StartSubscriptionIndexes of StartSubscription {
        event: u64 = |row| Some(event_key(row.kind, row.name.as_deref()));
        definition: Id = |row| Some(row.definition);
    }
}

/// A definition with the id the API shows.
#[derive(Clone, Debug)]
pub struct Shown<T> {
    record: T,
    /// `{key}:{version}:{id}`, or only the id when that is longer than 64 characters.
    pub text_id: Arc<str>,
}

impl<T> Deref for Shown<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

/// The id the API shows for a definition.
pub fn definition_text_id(key: &str, version: i32, id: Id) -> String {
    let text = format!("{key}:{version}:{id}");
    // Java counts UTF-16 units
    if text.encode_utf16().count() > 64 { id.to_string() } else { text }
}

/// What definitions of a kind have in common.
pub trait Versioned {
    /// Its id.
    fn id(&self) -> Id;
    /// Its key.
    fn key(&self) -> &str;
    /// Its version.
    fn version(&self) -> i32;
    /// Its tenant.
    fn tenant(&self) -> Option<&str>;
    /// Its deployment.
    fn deployment(&self) -> Id;
}

macro_rules! versioned {
    ($($type:ty),*) => {
        $(impl Versioned for $type {
            fn id(&self) -> Id {
                self.id
            }

            fn key(&self) -> &str {
                &self.key
            }

            fn version(&self) -> i32 {
                self.version
            }

            fn tenant(&self) -> Option<&str> {
                self.tenant.as_deref()
            }

            fn deployment(&self) -> Id {
                self.deployment
            }
        })*
    };
}
versioned!(ProcessDefinition, DecisionDefinition, DecisionRequirementsDefinition, CamundaFormDefinition);

/// The versions of all definitions of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Versions<T> {
    rows: BTreeMap<Id, Shown<T>>,
    /// By key and tenant, in order of versions.
    by_key: BTreeMap<(String, Option<String>), BTreeMap<i32, Id>>,
    by_deployment: Ordered<(Id, Id)>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), by_key: BTreeMap::new(), by_deployment: Ordered::default() }
    }
}

impl<T: Versioned> Versions<T> {
    pub(crate) fn get(&self, id: Id) -> Option<&Shown<T>> {
        self.rows.get(&id)
    }

    pub(crate) fn by_text(&self, text: &str) -> Option<&Shown<T>> {
        let id = text.rsplit(':').next()?.parse().ok()?;
        self.rows.get(&id).filter(|row| *row.text_id == *text)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Shown<T>> {
        self.rows.values()
    }

    pub(crate) fn latest(&self, key: &str, tenant: Option<&str>) -> Option<&Shown<T>> {
        let versions = self.by_key.get(&(key.to_owned(), tenant.map(str::to_owned)))?;
        self.rows.get(versions.last_key_value()?.1)
    }

    pub(crate) fn version(&self, key: &str, version: i32, tenant: Option<&str>) -> Option<&Shown<T>> {
        let versions = self.by_key.get(&(key.to_owned(), tenant.map(str::to_owned)))?;
        self.rows.get(versions.get(&version)?)
    }

    /// All versions of a key, of all tenants.
    pub(crate) fn of_key<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Shown<T>> {
        self.by_key
            .range((key.to_owned(), None)..)
            .take_while(move |((row_key, _), _)| row_key == key)
            .flat_map(|(_, versions)| versions.values())
            .filter_map(|id| self.rows.get(id))
    }

    pub(crate) fn of_deployment(&self, deployment: Id) -> impl Iterator<Item = &Shown<T>> {
        super::index::ids(&self.by_deployment, deployment).filter_map(|id| self.rows.get(&id))
    }

    pub(crate) fn is_latest(&self, row: &T) -> bool {
        self.latest(row.key(), row.tenant()).is_some_and(|latest| latest.id() == row.id())
    }

    pub(super) fn put(&mut self, record: T) {
        let id = record.id();
        self.remove(id);
        let place = (record.key().to_owned(), record.tenant().map(str::to_owned));
        self.by_key.entry(place).or_default().insert(record.version(), id);
        self.by_deployment.insert((record.deployment(), id));
        let text_id = definition_text_id(record.key(), record.version(), id).into();
        self.rows.insert(id, Shown { record, text_id });
    }

    pub(super) fn remove(&mut self, id: Id) {
        let Some(old) = self.rows.remove(&id) else {
            return;
        };
        self.by_deployment.remove(&(old.deployment(), id));
        let place = (old.key().to_owned(), old.tenant().map(str::to_owned));
        if let Some(versions) = self.by_key.get_mut(&place) {
            versions.remove(&old.version());
            if versions.is_empty() {
                self.by_key.remove(&place);
            }
        }
    }
}

/// What is deployed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repository {
    pub(crate) deployments: BTreeMap<Id, Deployment>,
    pub(crate) processes: Versions<ProcessDefinition>,
    /// Those that were deleted without their history.
    pub(crate) past_definitions: BTreeMap<Id, PastDefinition>,
    pub(crate) decisions: Versions<DecisionDefinition>,
    pub(crate) requirements: Versions<DecisionRequirementsDefinition>,
    pub(crate) forms: Versions<CamundaFormDefinition>,
    pub(crate) job_definitions: Rows<JobDefinition, JobDefinitionIndexes>,
    pub(crate) start_subscriptions: Rows<StartSubscription, StartSubscriptionIndexes>,
}

/// Declares the lookups of a kind of definition.
macro_rules! lookups {
    ($($type:ty, $table:ident, $what:literal, $get:ident, $by_text:ident, $all:ident, $latest:ident, $version:ident, $of_key:ident,
       $of_deployment:ident;)*) => {
        impl Model {
            $(
                #[doc = concat!("The ", $what, " of that id.")]
                pub fn $get(&self, id: Id) -> Option<&Shown<$type>> {
                    self.repository.$table.get(id)
                }

                #[doc = concat!("The ", $what, " of an id as the API shows it.")]
                pub fn $by_text(&self, text: &str) -> Option<&Shown<$type>> {
                    self.repository.$table.by_text(text)
                }

                #[doc = concat!("Every ", $what, ", in order of creation.")]
                pub fn $all(&self) -> impl Iterator<Item = &Shown<$type>> {
                    self.repository.$table.iter()
                }

                #[doc = concat!("The latest version of a ", $what, " of a tenant (`None`: of no tenant).")]
                pub fn $latest(&self, key: &str, tenant: Option<&str>) -> Option<&Shown<$type>> {
                    self.repository.$table.latest(key, tenant)
                }

                #[doc = concat!("A version of a ", $what, " of a tenant (`None`: of no tenant).")]
                pub fn $version(&self, key: &str, version: i32, tenant: Option<&str>) -> Option<&Shown<$type>> {
                    self.repository.$table.version(key, version, tenant)
                }

                #[doc = concat!("All versions of a ", $what, ", of all tenants, by tenant and version.")]
                pub fn $of_key<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Shown<$type>> {
                    self.repository.$table.of_key(key)
                }

                #[doc = concat!("Every ", $what, " of a deployment, in order of creation.")]
                pub fn $of_deployment(&self, deployment: Id) -> impl Iterator<Item = &Shown<$type>> {
                    self.repository.$table.of_deployment(deployment)
                }
            )*
        }
    };
}

lookups! {
    ProcessDefinition, processes, "process definition", process_definition, process_definition_by_text, process_definitions,
        latest_process_definition, process_definition_version, process_definitions_of_key, process_definitions_of_deployment;
    DecisionDefinition, decisions, "decision definition", decision_definition, decision_definition_by_text,
        decision_definitions, latest_decision_definition, decision_definition_version, decision_definitions_of_key,
        decision_definitions_of_deployment;
    DecisionRequirementsDefinition, requirements, "decision requirements definition", requirements_definition,
        requirements_definition_by_text, requirements_definitions, latest_requirements_definition,
        requirements_definition_version, requirements_definitions_of_key, requirements_definitions_of_deployment;
    CamundaFormDefinition, forms, "form definition", form_definition, form_definition_by_text, form_definitions,
        latest_form_definition, form_definition_version, form_definitions_of_key, form_definitions_of_deployment;
}

impl Model {
    /// The deployment of that id.
    pub fn deployment(&self, id: Id) -> Option<&Deployment> {
        self.repository.deployments.get(&id)
    }

    /// All deployments, in order of creation.
    pub fn deployments(&self) -> impl DoubleEndedIterator<Item = &Deployment> {
        self.repository.deployments.values()
    }

    /// A node of a definition.
    pub fn node(&self, definition: Id, node: NodeIx) -> Option<&NodeInfo> {
        self.process_definition(definition)?.nodes.get(node.0 as usize)
    }

    /// The activity id of a node of a definition.
    pub fn activity_id(&self, definition: Id, node: NodeIx) -> Option<&str> {
        self.node(definition, node).map(|node| &*node.id)
    }

    /// The job definition of that id.
    pub fn job_definition(&self, id: Id) -> Option<&JobDefinition> {
        self.repository.job_definitions.get(id)
    }

    /// Job definitions of a process definition, in order of creation.
    pub fn job_definitions_of(&self, definition: Id) -> impl Iterator<Item = &JobDefinition> {
        let rows = &self.repository.job_definitions;
        rows.of(&rows.by.definition, definition)
    }

    /// The job definition of a declaration of a process definition.
    pub fn job_definition_at(&self, definition: Id, declaration: u32) -> Option<&JobDefinition> {
        let rows = &self.repository.job_definitions;
        rows.of(&rows.by.declaration, (definition, declaration)).next()
    }

    /// What is known of a process definition that was deleted.
    pub(crate) fn past_definition(&self, id: Id) -> Option<&PastDefinition> {
        self.repository.past_definitions.get(&id)
    }

    /// The start subscription of that id.
    pub fn start_subscription(&self, id: Id) -> Option<&StartSubscription> {
        self.repository.start_subscriptions.get(id)
    }

    /// All start subscriptions, in order of creation.
    pub fn start_subscriptions(&self) -> impl Iterator<Item = &StartSubscription> {
        self.repository.start_subscriptions.iter()
    }

    /// Start subscriptions for an event of a name, in order of creation.
    pub fn start_subscriptions_for<'a>(
        &'a self,
        kind: engine_core::state::SubscriptionKind,
        name: Option<&'a str>,
    ) -> impl Iterator<Item = &'a StartSubscription> {
        let rows = &self.repository.start_subscriptions;
        rows.of(&rows.by.event, event_key(kind, name))
            .filter(move |row| row.kind == kind && row.name.as_deref() == name)
    }

    /// Start subscriptions of a process definition, in order of creation.
    pub fn start_subscriptions_of(&self, definition: Id) -> impl Iterator<Item = &StartSubscription> {
        let rows = &self.repository.start_subscriptions;
        rows.of(&rows.by.definition, definition)
    }
}
