//! `subProcess` and `transaction`.

use models::bpmn::{NodeKind, ScopeBody, SubProcess};

use super::{
    Builder, Step, Stop, java,
    scope::{Role, ScopeIx},
};
use crate::xml::Element;

impl<'d> Builder<'d> {
    /// The body stays in the draft until the process is complete: associations of an outer scope still change it.
    pub(super) fn parse_sub_process(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.scopes[activity].is_subprocess = true;
        self.parse_async(element, activity)?;
        let triggered_by_event = match element.attribute("triggeredByEvent") {
            None => false,
            Some(text) => java::boolean_word(text).ok_or_else(|| {
                // `1` and `0` pass the schema; Camunda unboxes a null.
                Stop::Exception(
                    "Cannot invoke \"java.lang.Boolean.booleanValue()\" because \"isTriggeredByEvent\" is null"
                        .to_owned(),
                )
            })?,
        };
        self.scopes[activity].triggered_by_event = triggered_by_event;
        self.scopes[activity].role = Role::SubProcess;
        if triggered_by_event {
            self.scopes[activity].event_scope = Some(scope);
        }
        self.parse_scope(element, activity)?;
        let subprocess = SubProcess { triggered_by_event, body: ScopeBody::default() };
        self.finish(activity, Role::SubProcess, NodeKind::SubProcess(subprocess));
        Ok(activity)
    }

    pub(super) fn parse_transaction(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        self.scopes[activity].is_subprocess = true;
        self.scopes[activity].role = Role::SubProcess;
        self.parse_scope(element, activity)?;
        let transaction = SubProcess { triggered_by_event: false, body: ScopeBody::default() };
        self.finish(activity, Role::SubProcess, NodeKind::Transaction(transaction));
        Ok(activity)
    }
}
