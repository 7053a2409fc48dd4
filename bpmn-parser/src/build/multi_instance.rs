//! `multiInstanceLoopCharacteristics`, asynchronous continuations and retry cycles: what splits between the body of a
//! multi-instance activity and its instances.

use models::bpmn::MultiInstance;

use super::{
    Builder, Step, Stop, java, owned,
    scope::{Role, Scope, ScopeIx},
};
use crate::{
    rules,
    xml::{Element, NamespaceId, Vocabulary},
};

const LOOP: &str = "multiInstanceLoopCharacteristics";

impl<'d> Builder<'d> {
    /// Makes the body scope of a multi-instance activity; `None` for all others.
    pub(super) fn parse_multi_instance(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<Option<ScopeIx>> {
        let Some(characteristics) = element.child(LOOP)? else {
            return Ok(None);
        };
        self.last_element = Some(element);
        let id = format!("{}#multiInstanceBody", element.id().unwrap_or("null"));
        let body = self.create_activity(element, Some(id.clone()), scope, Role::MultiInstanceBody)?;
        self.scopes[body].activity_type = "multiInstanceBody";
        let multi_instance = self.parse_characteristics(characteristics, &id)?;
        self.scopes[body].multi_instance = Some(Box::new(multi_instance));
        Ok(Some(body))
    }

    fn parse_characteristics(&mut self, element: Element<'d>, body_id: &str) -> Step<MultiInstance> {
        let mut parsed = MultiInstance {
            sequential: element.attribute("isSequential").and_then(java::boolean_word).unwrap_or(false),
            exclusive: true,
            ..MultiInstance::default()
        };
        if let Some(cardinality) = element.child("loopCardinality")? {
            let text = cardinality.text();
            if text.is_empty() {
                self.error_for(
                    rules::LOOP_CARDINALITY,
                    "loopCardinality must be defined for a multiInstanceLoopCharacteristics definition ",
                    element,
                    &[Some(body_id)],
                );
            }
            parsed.cardinality = Some(self.expression(text)?);
        }
        if let Some(condition) = element.child("completionCondition")? {
            parsed.completion_condition = Some(self.expression(condition.text())?);
        }
        let mut collection = element.extension("collection");
        if let Some(reference) = element.child("loopDataInputRef")? {
            collection = Some(reference.text());
        }
        if let Some(text) = collection {
            parsed.collection = Some(if text.contains('{') { self.expression(text)? } else { text.to_owned() });
        }
        parsed.element_variable = owned(element.extension("elementVariable"));
        if let Some(item) = element.child("inputDataItem")? {
            parsed.element_variable = owned(item.attribute("name"));
        }
        if parsed.cardinality.is_none() && parsed.collection.is_none() {
            self.error_for(
                rules::LOOP_COUNT,
                "Either loopCardinality or loopDataInputRef/activiti:collection must be set",
                element,
                &[Some(body_id)],
            );
        }
        if parsed.collection.is_none() && parsed.element_variable.is_some() {
            self.error_for(
                rules::LOOP_ELEMENT_VARIABLE,
                "LoopDataInputRef/activiti:collection must be set when using inputDataItem or activiti:elementVariable",
                element,
                &[Some(body_id)],
            );
        }
        Ok(parsed)
    }

    /// Asynchronous continuations and the retry cycle of their jobs. Of a multi-instance activity the element's own attributes
    /// are the body's; those of the loop characteristics are the instances'.
    pub(super) fn parse_async(&mut self, element: Element<'d>, activity: ScopeIx) -> Step {
        let body = self.own_body(element, activity);
        if let Some(body) = body {
            self.scopes[activity].multi_instance = self.scopes[body].multi_instance.take();
        }
        match body {
            Some(body) if !self.scopes[activity].for_compensation => {
                self.set_async(element, body)?;
                if let Some(characteristics) = element.child(LOOP)? {
                    self.set_async(characteristics, activity)?;
                }
            }
            _ => self.set_async(element, activity)?,
        }
        Ok(())
    }

    fn set_async(&mut self, element: Element<'d>, activity: ScopeIx) -> Step {
        let is_true = |name| element.extension(name) == Some("true");
        let async_before = is_true("async") || is_true("asyncBefore");
        let async_after = is_true("asyncAfter");
        self.declare_continuations(activity, async_before, async_after)?;
        let scope = &mut self.scopes[activity];
        scope.async_before = async_before;
        scope.async_after = async_after;
        scope.exclusive = element.extension("exclusive").is_none_or(|text| text == "true");
        Ok(())
    }

    /// Retry cycles of the jobs of asynchronous continuations, read when everything else of the activity has been.
    pub(super) fn parse_retry_time_cycles(&mut self, element: Element<'d>, activity: ScopeIx) -> Step {
        // Camunda's listener for them knows no manual tasks.
        if element.tag() == "manualTask" {
            return Ok(());
        }
        let is_async = |scope: &Scope<'_>| scope.async_before || scope.async_after;
        let own = is_async(&self.scopes[activity]);
        match self.own_body(element, activity) {
            Some(body) => {
                if is_async(&self.scopes[body]) {
                    self.set_retry_time_cycle(element, body)?;
                }
                match element.child(LOOP)? {
                    Some(characteristics) if own => self.set_retry_time_cycle(characteristics, activity),
                    _ => Ok(()),
                }
            }
            None if own => self.set_retry_time_cycle(element, activity),
            None => Ok(()),
        }
    }

    /// The body around the instances of an element.
    fn own_body(&self, element: Element<'d>, activity: ScopeIx) -> Option<ScopeIx> {
        self.scopes[activity].flow_scope.filter(|&scope| {
            let scope = &self.scopes[scope];
            scope.role == Role::MultiInstanceBody && scope.element == element
        })
    }

    /// `failedJobRetryTimeCycle`, first in the namespace of the time before Camunda.
    pub(super) fn set_retry_time_cycle(&mut self, element: Element<'d>, activity: ScopeIx) -> Step {
        const NAME: &str = "failedJobRetryTimeCycle";
        if let Some(extensions) = super::extension_elements(element)? {
            let cycle = match extensions.child_in(Vocabulary::Exactly(NamespaceId::FOX), NAME)? {
                Some(cycle) => Some(cycle),
                None => extensions.child_in(Vocabulary::Extension, NAME)?,
            };
            self.scopes[activity].retry_time_cycle =
                cycle.map(Element::text).filter(|text| !text.is_empty()).map(str::to_owned);
        }
        Ok(())
    }

    /// Camunda compares job declarations by activity id, and stops at one without.
    fn declare_continuations(&mut self, activity: ScopeIx, async_before: bool, async_after: bool) -> Step {
        let is_anonymous = self.scopes[activity].id.is_none();
        let Some(process) = self.processes.last_mut() else {
            return Ok(());
        };
        let jobs = &mut process.anonymous_jobs;
        for (is_set, is_before) in [(async_before, true), (async_after, false)] {
            let any = jobs.async_before || jobs.async_after || jobs.timer;
            let same = if is_before { jobs.async_before } else { jobs.async_after };
            if (is_set && any) || (!is_set && same) {
                let method = if is_set { "equals(Object)" } else { "equalsIgnoreCase(String)" };
                return Err(Stop::Exception(format!(
                    "Cannot invoke \"String.{method}\" because the return value of \
                     \"org.camunda.bpm.engine.impl.jobexecutor.JobDeclaration.getActivityId()\" is null"
                )));
            }
            if is_set && is_anonymous {
                *(if is_before { &mut jobs.async_before } else { &mut jobs.async_after }) = true;
            }
        }
        Ok(())
    }
}
