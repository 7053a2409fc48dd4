//! Event subscriptions of a scope and the duplicates among them that Camunda 7 refuses.

use super::{Builder, java, scope::ScopeIx};
use crate::{rules, xml::Element};

/// What is subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Topic {
    Message(String),
    Signal(String),
    Condition(String),
}

/// One subscription that a scope declares.
#[derive(Debug)]
pub(super) struct Subscription {
    topic: Topic,
    /// Starts a process (as opposed to a waiting instance).
    is_start: bool,
    activity_id: Option<String>,
}

impl<'d> Builder<'d> {
    pub(super) fn subscribe_message(
        &mut self,
        name: Option<&str>,
        is_start: bool,
        activity: ScopeIx,
        scope: ScopeIx,
        element: Element<'d>,
    ) {
        let activity_id = self.scopes[activity].id.clone();
        let name = name.unwrap_or_default();
        if java::trim(name).is_empty() {
            self.error_for(
                rules::MESSAGE_NAME,
                "Cannot have a message event subscription with an empty or missing name",
                element,
                &[activity_id.as_deref()],
            );
        }
        self.subscribe(Topic::Message(name.to_owned()), is_start, activity_id, scope, element);
    }

    pub(super) fn subscribe_signal(
        &mut self,
        name: &str,
        is_start: bool,
        activity: ScopeIx,
        scope: ScopeIx,
        element: Element<'d>,
    ) {
        let activity_id = self.scopes[activity].id.clone();
        self.subscribe(Topic::Signal(name.to_owned()), is_start, activity_id, scope, element);
    }

    pub(super) fn subscribe_condition(
        &mut self,
        condition: &str,
        is_start: bool,
        activity: ScopeIx,
        scope: ScopeIx,
        element: Element<'d>,
    ) {
        let activity_id = self.scopes[activity].id.clone();
        self.subscribe(Topic::Condition(condition.to_owned()), is_start, activity_id, scope, element);
    }

    fn subscribe(
        &mut self,
        topic: Topic,
        is_start: bool,
        activity_id: Option<String>,
        scope: ScopeIx,
        element: Element<'d>,
    ) {
        let is_duplicate = self.scopes[scope]
            .subscriptions
            .iter()
            .any(|earlier| earlier.topic == topic && earlier.is_start == is_start);
        let scope_id = self.scopes[scope].id.as_deref().unwrap_or("null");
        let refused = match &topic {
            Topic::Message(name) => Some(format!(
                "Cannot have more than one message event subscription with name '{name}' for scope '{scope_id}'"
            )),
            Topic::Signal(name) => Some(format!(
                "Cannot have more than one signal event subscription with name '{name}' for scope '{scope_id}'"
            )),
            Topic::Condition(condition) if is_start => Some(format!(
                "Cannot have more than one conditional event subscription with the same condition '{condition}'"
            )),
            // Several events of a running scope may wait for the same condition.
            Topic::Condition(_) => None,
        };
        if let Some(message) = refused.filter(|_| is_duplicate) {
            self.error_for(rules::SUBSCRIPTION_DUPLICATE, message, element, &[activity_id.as_deref()]);
        }
        let subscriptions = &mut self.scopes[scope].subscriptions;
        let subscription = Subscription { topic, is_start, activity_id };
        match subscriptions.iter_mut().find(|earlier| earlier.activity_id == subscription.activity_id) {
            Some(earlier) => *earlier = subscription,
            None => subscriptions.push(subscription),
        }
    }
}
