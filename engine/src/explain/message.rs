//! Why a message does or does not correlate (S-MS).

use engine_core::state::{EventSubscription, SubscriptionKind};
use models::Id;

use super::words::count;
use crate::{
    request::{Correlate, TenantChoice},
    world::World,
};

/// Whom a message would reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageExplanation {
    /// One sentence.
    pub summary: String,
    /// Waiting executions that match, with their process instances.
    pub matches: Vec<(Id, Id)>,
    /// Process definitions whose start event the message would trigger, by id.
    pub starts: Vec<Id>,
    /// Executions that wait for the name but do not match, with what hinders; at most [`MOST_HINDERED`].
    pub hindered: Vec<(Id, Id, Vec<Hindrance>)>,
}

/// How many executions that do not match are told.
pub const MOST_HINDERED: usize = 20;

/// What keeps a message from an execution that waits for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The execution is suspended.
    Suspended,
    /// It belongs to another process instance than the one asked for.
    OtherInstance,
    /// It belongs to another definition than the one asked for.
    OtherDefinition,
    /// The business key of its instance is another one, or it has none.
    BusinessKey(Option<String>),
    /// It belongs to another tenant.
    Tenant(Option<String>),
    /// A correlation key: the variable has another value or type.
    DifferentVariable(String),
    /// A correlation key: there is no such variable.
    NoVariable(String),
}

impl Hindrance {
    /// A sentence.
    pub fn text(&self) -> String {
        match self {
            Self::Suspended => "It is suspended.".to_owned(),
            Self::OtherInstance => "It belongs to another process instance.".to_owned(),
            Self::OtherDefinition => "It belongs to another process definition.".to_owned(),
            Self::BusinessKey(Some(key)) => format!("Its business key is “{key}”."),
            Self::BusinessKey(None) => "It has no business key.".to_owned(),
            Self::Tenant(Some(tenant)) => format!("It belongs to the tenant “{tenant}”."),
            Self::Tenant(None) => "It belongs to no tenant.".to_owned(),
            Self::DifferentVariable(name) => {
                format!(
                    "Its variable “{name}” has another value or another type (an Integer never equals a String or a Long)."
                )
            }
            Self::NoVariable(name) => format!("It has no variable “{name}” in the scope that is compared."),
        }
    }
}

/// Explains a correlation without carrying it out.
pub(super) fn explain(world: &World, request: &Correlate) -> MessageExplanation {
    let mut matches = Vec::new();
    let mut hindered = Vec::new();
    let mut others = 0;
    let rows: Box<dyn Iterator<Item = &EventSubscription>> = match &request.name {
        Some(name) => Box::new(world.subscriptions_for(SubscriptionKind::Message, Some(name))),
        None => match request.process_instance {
            Some(id) => {
                Box::new(world.subscriptions_of_instance(id).filter(|row| row.kind == SubscriptionKind::Message))
            }
            None => Box::new(world.subscriptions().filter(|row| row.kind == SubscriptionKind::Message)),
        },
    };
    for row in rows.filter(|_| !request.start_only) {
        let found = hindrances(world, request, row);
        if found.is_empty() {
            matches.push((row.execution, row.process_instance));
        } else if hindered.len() < MOST_HINDERED {
            hindered.push((row.execution, row.process_instance, found));
        } else {
            others += 1;
        }
    }
    let starts: Vec<Id> = match &request.name {
        Some(name) if !request.executions_only && request.process_instance.is_none() => world
            .start_subscriptions_for(SubscriptionKind::Message, Some(name))
            .filter(|row| request.definition.is_none_or(|id| id == row.definition))
            .filter(|row| tenant_hindrance(&request.tenant, row.tenant.as_deref()).is_none())
            .filter(|row| world.process_definition(row.definition).is_some_and(|definition| !definition.suspended))
            .map(|row| row.definition)
            .collect(),
        _ => Vec::new(),
    };
    let summary = summary(request, matches.len(), starts.len(), hindered.len() + others);
    MessageExplanation { summary, matches, starts, hindered }
}

fn summary(request: &Correlate, matches: usize, starts: usize, hindered: usize) -> String {
    let message =
        request.name.as_deref().map_or_else(|| "The message".to_owned(), |name| format!("The message “{name}”"));
    let waiting = count(matches, "waiting execution", "waiting executions");
    let starting = count(starts, "process definition", "process definitions");
    match (matches, starts) {
        (1, _) => format!("{message} reaches one waiting execution."),
        (0, 1) => format!("{message} starts an instance of one process definition."),
        (2.., _) if request.all => format!("{message} reaches {waiting}."),
        (2.., _) => format!("{message} does not correlate: {waiting} match, and only one may."),
        (0, 2..) if request.all => format!("{message} starts instances of {starting}."),
        (0, 2..) => format!("{message} does not correlate: {starting} would start, and only one may."),
        (0, 0) if hindered > 0 => {
            let executions = count(hindered, "execution waits", "executions wait");
            format!("{message} does not correlate: {executions} for it, but with other properties.")
        }
        (0, 0) => format!("{message} does not correlate: nothing waits for it, and no process starts with it."),
    }
}

fn hindrances(world: &World, request: &Correlate, row: &EventSubscription) -> Vec<Hindrance> {
    let mut found = Vec::new();
    if world.execution(row.execution).is_none_or(|execution| execution.suspended) {
        found.push(Hindrance::Suspended);
    }
    if request.process_instance.is_some_and(|id| id != row.process_instance) {
        found.push(Hindrance::OtherInstance);
    }
    if request.definition.is_some_and(|id| id != row.definition) {
        found.push(Hindrance::OtherDefinition);
    }
    let business_key = world.business_key(row.process_instance);
    if request.business_key.as_deref().is_some_and(|wanted| business_key != Some(wanted)) {
        found.push(Hindrance::BusinessKey(business_key.map(str::to_owned)));
    }
    found.extend(tenant_hindrance(&request.tenant, row.tenant.as_deref()));
    let keys = [(row.process_instance, &request.correlation_keys), (row.execution, &request.local_correlation_keys)];
    for (scope, wanted) in keys {
        for one in &wanted.0 {
            match world.variable_in(scope, &one.name) {
                Some(variable) if variable.value == one.value => {}
                Some(_) => found.push(Hindrance::DifferentVariable(one.name.to_string())),
                None => found.push(Hindrance::NoVariable(one.name.to_string())),
            }
        }
    }
    found
}

fn tenant_hindrance(choice: &TenantChoice, tenant: Option<&str>) -> Option<Hindrance> {
    let right = match choice {
        TenantChoice::Any => true,
        TenantChoice::Without => tenant.is_none(),
        TenantChoice::Is(wanted) => tenant == Some(wanted),
    };
    (!right).then(|| Hindrance::Tenant(tenant.map(str::to_owned)))
}
