//! Event subscriptions: made with a scope, and what receiving an event does (S-MS, S-SG).

use std::sync::Arc;

use models::{Id, Value};

use super::{Broadcast, Step, Tx};
use crate::{
    command::Variables,
    error::Fault,
    graph::{Kind, NodeIx, SignalCode, SubscriptionDeclaration},
    state::{EventSubscription, JobKind, SubscriptionKind},
};

impl Tx<'_> {
    /// Subscribes an execution as declared; the name is evaluated now.
    pub(crate) fn subscribe(&mut self, id: Id, declaration: &SubscriptionDeclaration) -> Step {
        let name = match &declaration.name {
            None => None,
            Some(expression) => {
                self.evaluate_text(id, expression).map_err(|thrown| self.fault_of(id, thrown))?.map(Arc::from)
            }
        };
        self.add_event_subscription(id, declaration.kind, name, declaration.node);
        Ok(())
    }

    pub(crate) fn add_event_subscription(
        &mut self,
        id: Id,
        kind: SubscriptionKind,
        name: Option<Arc<str>>,
        node: NodeIx,
    ) -> Id {
        let subscription = self.host.fresh_id();
        let row = self.execution(id);
        let row = EventSubscription {
            id: subscription,
            kind,
            name,
            execution: id,
            process_instance: row.process_instance,
            definition: row.definition,
            node,
            event_scope: None,
            created: self.now(),
            tenant: row.tenant.clone(),
        };
        self.t.state.add_subscription(row);
        subscription
    }

    /// A message or signal arrives at a subscription.
    pub(crate) fn event_received(
        &mut self,
        subscription: Id,
        variables: Variables,
        local: Variables,
        triggered: Variables,
        asynchronous: bool,
    ) -> Step {
        let Some(row) = self.t.state.subscription(subscription).cloned() else {
            return Err(Fault::new(
                crate::error::FaultKind::OptimisticLocking,
                format!(
                    "ENGINE-03005 Execution of 'DELETE EventSubscriptionEntity[{subscription}]' failed. Entity was \
                    updated by another transaction concurrently."
                ),
            ));
        };
        let definition = self.definition_of(row.execution)?;
        let graph = definition.graph.clone();
        if asynchronous && row.kind == SubscriptionKind::Signal {
            // only catching intermediate events take part; boundary events and event subprocesses are notified at once
            if matches!(graph.node(row.node).kind, Kind::IntermediateCatch { .. }) {
                return self.schedule_event_job(&row);
            }
        }
        self.set_variables(row.execution, variables)?;
        self.set_variables_local(row.execution, local)?;
        if !triggered.is_empty() {
            let payload: Vec<(Arc<str>, Value)> = triggered.0.into_iter().map(|one| (one.name, one.value)).collect();
            if matches!(graph.node(row.node).kind, Kind::IntermediateCatch { .. } | Kind::ReceiveTask) {
                for (name, value) in payload {
                    self.set_variable_local(row.execution, name, value, false)?;
                }
            } else {
                self.scratch_mut(row.process_instance).payload = Some(payload);
            }
        }
        self.trigger(row.execution, row.node)
    }

    /// The event happens: the activity waiting for it goes on, or its handler starts.
    pub(crate) fn trigger(&mut self, execution: Id, node: NodeIx) -> Step {
        let definition = self.definition_of(execution)?;
        self.ensure_not_suspended(execution)?;
        if self.execution(execution).activity == Some(node) {
            return crate::behaviour::signal(self, execution, None);
        }
        let handler = definition.graph.handler_of(node);
        self.execute_event_handler(execution, handler)
    }

    /// A throwing signal event: receivers in this root now, others in the same commit.
    pub(crate) fn throw_signal(&mut self, id: Id, code: &SignalCode) -> Result<(), super::scope::Thrown> {
        let name: Arc<str> = Arc::from(self.evaluate_text(id, &code.name)?.unwrap_or_default());
        let payload = self.mapped_variables(id, &code.inputs)?;
        let business_key = match &code.business_key {
            Some(expression) => self.evaluate_text(id, expression)?,
            None => None,
        };
        let tenant = self.execution(id).tenant.clone();
        let variables: Vec<(Arc<str>, Value)> = payload.into_iter().map(|one| (one.name, one.value)).collect();
        let receivers: Vec<Id> = self
            .t
            .state
            .subscriptions()
            .filter(|row| row.kind == SubscriptionKind::Signal && row.name.as_deref() == Some(&*name))
            .filter(|row| row.tenant.is_none() || row.tenant == tenant)
            .map(|row| row.id)
            .collect();
        for receiver in receivers {
            let Some(row) = self.t.state.subscription(receiver) else { continue };
            if self.execution(row.execution).suspended {
                continue;
            }
            // asynchronous receivers lose the payload (S-SG-1); `event_received` decides who is asynchronous
            let values: Variables = variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            self.event_received(receiver, values, Variables::default(), Variables::default(), code.asynchronous)?;
        }
        self.t.broadcasts.push(Broadcast { name, variables, tenant, asynchronous: code.asynchronous, business_key });
        Ok(())
    }

    fn schedule_event_job(&mut self, row: &EventSubscription) -> Step {
        let job = self.new_job(row.execution, JobKind::Event(row.id), None, true)?;
        self.add_job_with_history(job)
    }
}
