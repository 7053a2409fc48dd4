//! Event subscriptions: of executions, and of start events.

use engine_core::state::{EventSubscription, SubscriptionKind};
use models::{Id, Timestamp};

use super::{
    evaluate::{Check, Criteria, Key, Rows, evaluated, parsed},
    narrow::under_id,
    parameters::{Sort, query, sorting},
    visibility::{reads_instance, sees},
};
use crate::{
    request::Caller,
    world::{StartSubscription, World},
};

query! {
    /// `GET /event-subscription`.
    EventSubscriptionQuery
    text { event_subscription_id, event_name, event_type, execution_id, process_instance_id, activity_id }
    texts { tenant_id_in }
    flag { without_tenant_id, include_event_subscriptions_without_tenant_id }
    ;
    sorting: Vec<Sort<EventSubscriptionSorting>> = "Sorting keys, the first first.",
}

sorting!(EventSubscriptionSorting { TenantId = "tenantId", Created = "created" });

/// An event subscription in a result.
#[derive(Clone, Copy, Debug)]
pub struct EventSubscriptionRow<'w> {
    world: &'w World,
    of: Subscriber<'w>,
}

/// Who waits.
#[derive(Clone, Copy, Debug)]
enum Subscriber<'w> {
    Execution(&'w EventSubscription),
    StartEvent(&'w StartSubscription),
}

impl<'w> EventSubscriptionRow<'w> {
    /// Its id.
    pub fn id(&self) -> Id {
        match self.of {
            Subscriber::Execution(row) => row.id,
            Subscriber::StartEvent(row) => row.id,
        }
    }

    /// What it waits for.
    pub fn kind(&self) -> SubscriptionKind {
        match self.of {
            Subscriber::Execution(row) => row.kind,
            Subscriber::StartEvent(row) => row.kind,
        }
    }

    /// Message or signal name.
    pub fn name(&self) -> Option<&'w str> {
        match self.of {
            Subscriber::Execution(row) => row.name.as_deref(),
            Subscriber::StartEvent(row) => row.name.as_deref(),
        }
    }

    /// The execution; none for start events.
    pub fn execution(&self) -> Option<Id> {
        match self.of {
            Subscriber::Execution(row) => Some(row.execution),
            Subscriber::StartEvent(_) => None,
        }
    }

    /// The process instance; none for start events.
    pub fn process_instance(&self) -> Option<Id> {
        match self.of {
            Subscriber::Execution(row) => Some(row.process_instance),
            Subscriber::StartEvent(_) => None,
        }
    }

    /// The process definition.
    pub fn definition(&self) -> Id {
        match self.of {
            Subscriber::Execution(row) => row.definition,
            Subscriber::StartEvent(row) => row.definition,
        }
    }

    /// The event's activity id.
    pub fn activity_id(&self) -> Option<&'w str> {
        match self.of {
            Subscriber::Execution(row) => self.world.activity_id(row.definition, row.node),
            Subscriber::StartEvent(row) => Some(&row.activity),
        }
    }

    /// Creation time.
    pub fn created(&self) -> Timestamp {
        match self.of {
            Subscriber::Execution(row) => row.created,
            Subscriber::StartEvent(row) => row.created,
        }
    }

    /// Tenant.
    pub fn tenant(&self) -> Option<&'w str> {
        match self.of {
            Subscriber::Execution(row) => row.tenant.as_deref(),
            Subscriber::StartEvent(row) => row.tenant.as_deref(),
        }
    }
}

evaluated! { EventSubscriptionQuery => EventSubscriptionRow; }

impl Criteria for EventSubscriptionQuery {
    type Row<'w> = EventSubscriptionRow<'w>;
    type SortBy = EventSubscriptionSorting;

    fn everything(world: &World) -> Rows<'_, EventSubscriptionRow<'_>> {
        let of_executions = world.subscriptions().map(Subscriber::Execution);
        let of_definitions = world.start_subscriptions().map(Subscriber::StartEvent);
        let rows = of_executions.chain(of_definitions).map(|of| EventSubscriptionRow { world, of });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(EventSubscriptionRow::id);
        Box::new(rows.into_iter())
    }

    fn row(world: &World, id: Id) -> Option<EventSubscriptionRow<'_>> {
        let of_execution = world.subscription(id).map(Subscriber::Execution);
        let of = of_execution.or_else(|| world.start_subscription(id).map(Subscriber::StartEvent))?;
        Some(EventSubscriptionRow { world, of })
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = &world.runtime.subscriptions.by;
        Some(if let Some(id) = &self.event_subscription_id {
            parsed([id])
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(name) = &self.event_name {
            let kinds = [
                SubscriptionKind::Message,
                SubscriptionKind::Signal,
                SubscriptionKind::Compensate,
                SubscriptionKind::Conditional,
            ];
            let of_kind = |kind| {
                let of_executions = world.subscriptions_for(kind, Some(name)).map(|row| row.id);
                of_executions.chain(world.start_subscriptions_for(kind, Some(name)).map(|row| row.id))
            };
            kinds.into_iter().flat_map(of_kind).collect()
        } else {
            return None;
        })
    }

    fn matches(&self, row: EventSubscriptionRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.event_subscription_id.as_ref(), Some(row.id()));
        check.id(self.process_instance_id.as_ref(), row.process_instance());
        check.id(self.execution_id.as_ref(), row.execution());
        check.text(self.activity_id.as_ref(), |activity| row.activity_id() == Some(activity));
        check.equals(self.event_type.as_ref(), Some(row.kind().name()));
        check.equals(self.event_name.as_ref(), row.name());
        check.tenant(
            &self.tenant_id_in,
            self.include_event_subscriptions_without_tenant_id,
            self.without_tenant_id,
            row.tenant(),
        );
        check.verdict()
    }

    fn visible(&self, row: EventSubscriptionRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant(), || reads_instance(row.world, viewer, row.process_instance(), Some(row.definition())))
    }

    fn sorting(&self) -> &[Sort<EventSubscriptionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &EventSubscriptionSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            EventSubscriptionSorting::TenantId => row.tenant().into(),
            EventSubscriptionSorting::Created => row.created().into(),
        }
    }
}
