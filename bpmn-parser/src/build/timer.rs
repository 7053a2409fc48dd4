//! `timerEventDefinition`.

use models::bpmn::TimerDefinition;

use super::{Builder, Step, Stop, java, scope::ScopeIx};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// The date, cycle or duration of a timer, looked up in that order. Camunda 7 does not go on without one.
    pub(super) fn parse_timer(&mut self, definition: Element<'d>, activity: ScopeIx) -> Step<TimerDefinition> {
        let event_id = self.scopes[activity].element.id();
        let mut timer = None;
        for name in ["timeDate", "timeCycle", "timeDuration"] {
            if timer.is_none()
                && let Some(child) = definition.child(name)?
            {
                let text = self.expression(java::trim(child.text()))?;
                timer = Some(match name {
                    "timeDate" => TimerDefinition::Date(text),
                    "timeCycle" => TimerDefinition::Cycle(text),
                    _ => TimerDefinition::Duration(text),
                });
            }
        }
        if timer.is_none() {
            self.error_for(
                rules::TIMER_EMPTY,
                "Timer needs configuration (either timeDate, timeCycle or timeDuration is needed).",
                definition,
                &[event_id],
            );
        }
        if event_id.is_none() {
            self.error(rules::TIMER_ID, "Attribute \"id\" is required!", definition);
            if let Some(process) = self.processes.last_mut() {
                process.anonymous_jobs.timer = true;
            }
        }
        self.scopes[activity].timer_exclusive = definition.extension("exclusive").is_none_or(|text| text == "true");
        timer.ok_or(Stop::Reported)
    }

    /// An interrupting timer runs once, whatever its cycle says.
    pub(super) fn warn_about_cycle(&mut self, definition: Element<'d>, kind: &str, event_id: Option<&str>) -> Step {
        if let Some(cycle) = definition.child("timeCycle")? {
            let message = format!("It is not recommended to use a {kind} timer event with a time cycle.");
            self.warning_for(rules::TIMER_CYCLE, message, cycle, &[event_id]);
        }
        Ok(())
    }
}
