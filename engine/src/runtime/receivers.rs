//! Which executions wait for a message.
//!
//! The world shows what is published; for roots with commits under way, the lane's own states decide.

use engine_core::{
    command::Variables,
    state::{EventSubscription, Execution, InstanceState, SubscriptionKind, Variable},
};
use models::{Id, Value};
use rustc_hash::FxHashSet;

use super::{events::tenant_matches, lane::Lane};
use crate::{
    request::{Caller, Correlate},
    world::World,
};

/// A subscription with the root instance it belongs to.
pub(super) struct Receiver {
    pub(super) root: Id,
    pub(super) row: EventSubscription,
}

/// A root's state is out of sight: its transaction waits for a handler, and the world shows an older one.
struct OutOfSight;

/// Where the entities of a root are looked up.
#[derive(Clone, Copy)]
enum View<'a> {
    Published(&'a World),
    Ahead(&'a InstanceState),
}

impl<'a> View<'a> {
    fn subscription(self, id: Id) -> Option<&'a EventSubscription> {
        match self {
            Self::Published(world) => world.subscription(id),
            Self::Ahead(state) => state.subscription(id),
        }
    }

    fn execution(self, id: Id) -> Option<&'a Execution> {
        match self {
            Self::Published(world) => world.execution(id),
            Self::Ahead(state) => state.execution(id),
        }
    }

    fn variable_in(self, scope: Id, name: &str) -> Option<&'a Variable> {
        match self {
            Self::Published(world) => world.variable_in(scope, name),
            Self::Ahead(state) => state.variable_in(scope, name),
        }
    }

    /// Type and value must be the same (S-MS-8).
    fn equal_in(self, scope: Id, wanted: &Variables) -> bool {
        let equal = |name: &str, value: &Value| self.variable_in(scope, name).is_some_and(|row| row.value == *value);
        wanted.0.iter().all(|one| equal(&one.name, &one.value))
    }

    fn matches(self, row: &EventSubscription, request: &Correlate, caller: &Caller) -> bool {
        let Some(instance) = self.execution(row.process_instance) else { return false };
        let Some(execution) = self.execution(row.execution) else { return false };
        row.kind == SubscriptionKind::Message
            && request.name.is_none_or_equal(row.name.as_deref())
            && !execution.suspended
            && request.process_instance.is_none_or(|id| id == instance.id)
            && request.definition.is_none_or(|id| id == row.definition)
            && request.business_key.is_none_or_equal(instance.business_key.as_deref())
            && tenant_matches(&request.tenant, row.tenant.as_deref())
            && World::sees_tenant(caller, row.tenant.as_deref())
            && self.equal_in(instance.id, &request.correlation_keys)
            && self.equal_in(execution.id, &request.local_correlation_keys)
    }
}

trait Criterion {
    /// Nothing is asked for, or exactly this.
    fn is_none_or_equal(&self, actual: Option<&str>) -> bool;
}

impl Criterion for Option<String> {
    fn is_none_or_equal(&self, actual: Option<&str>) -> bool {
        self.as_deref().is_none_or(|wanted| actual == Some(wanted))
    }
}

impl Lane {
    /// Executions that wait for a message and match, in order of their subscriptions.
    pub(super) fn receivers(&mut self, request: &Correlate, caller: &Caller) -> Vec<Receiver> {
        if let Ok(found) = self.receivers_in_sight(request, caller) {
            return found;
        }
        self.settle();
        // everything is published: no root is out of sight
        self.receivers_in_sight(request, caller).unwrap_or_default()
    }

    fn receivers_in_sight(&self, request: &Correlate, caller: &Caller) -> Result<Vec<Receiver>, OutOfSight> {
        let world = self.shared.world.read();
        let mut seen = FxHashSet::default();
        let mut found = Vec::new();
        let mut consider = |root: Id, subscription: Id| {
            if !seen.insert(subscription) {
                return Ok(());
            }
            let view = if self.is_ahead_of(root) {
                View::Ahead(self.state_ahead(root).ok_or(OutOfSight)?)
            } else {
                View::Published(&world)
            };
            let row = view.subscription(subscription).filter(|row| view.matches(row, request, caller));
            found.extend(row.map(|row| Receiver { root, row: row.clone() }));
            Ok(())
        };
        for row in candidates(&world, request) {
            if let Some(root) = world.root_of_subscription(row.id) {
                consider(root, row.id)?;
            }
        }
        for (root, subscription) in self.message_subscriptions_ahead(request) {
            consider(root, subscription)?;
        }
        found.sort_unstable_by_key(|receiver| receiver.row.id);
        Ok(found)
    }
}

/// Published subscriptions among which all that match are, by the index that names the fewest.
fn candidates<'w>(world: &'w World, request: &'w Correlate) -> Box<dyn Iterator<Item = &'w EventSubscription> + 'w> {
    if let Some(instance) = request.process_instance {
        return Box::new(world.subscriptions_of_instance(instance));
    }
    if let Some(key) = &request.business_key {
        let instances = world.process_instances_of_business_key(key);
        return Box::new(instances.flat_map(|instance| world.subscriptions_of_instance(instance.id)));
    }
    match &request.name {
        Some(name) => Box::new(world.subscriptions_for(SubscriptionKind::Message, Some(name))),
        None => Box::new(world.subscriptions()),
    }
}
