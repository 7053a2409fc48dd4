//! `startEvent` of processes, subprocesses and event subprocesses.

use models::bpmn::{ErrorCatch, FormDefinition, NodeKind, StartEvent, StartTrigger};

use super::{
    Builder, Step, Stop, extension_element, owned,
    scope::{Role, ScopeIx},
};
use crate::{problem::Place, rules, xml::Element};

/// The event definitions that matter on a start event of a subprocess, in the order in which Camunda looks them up.
struct Definitions<'d> {
    error: Option<Element<'d>>,
    message: Option<Element<'d>>,
    signal: Option<Element<'d>>,
    timer: Option<Element<'d>>,
    compensate: Option<Element<'d>>,
    escalation: Option<Element<'d>>,
    conditional: Option<Element<'d>>,
}

impl<'d> Definitions<'d> {
    fn of(event: Element<'d>) -> Step<Self> {
        Ok(Self {
            error: event.child("errorEventDefinition")?,
            message: event.child("messageEventDefinition")?,
            signal: event.child("signalEventDefinition")?,
            timer: event.child("timerEventDefinition")?,
            compensate: event.child("compensateEventDefinition")?,
            escalation: event.child("escalationEventDefinition")?,
            conditional: event.child("conditionalEventDefinition")?,
        })
    }
}

impl<'d> Builder<'d> {
    pub(super) fn parse_start_events(&mut self, parent: Element<'d>, scope: ScopeIx) -> Step {
        let mut starts = Vec::new();
        for element in parent.children_named("startEvent") {
            let activity = self.create_node(element, scope)?;
            self.parse_async(element, activity)?;
            let event = if self.scopes[scope].role == Role::Process {
                starts.push(activity);
                self.parse_process_start_event(element, activity, scope)?
            } else {
                self.parse_scope_start_event(element, activity, parent, scope)?
            };
            self.ensure_no_input_output(element)?;
            self.parse_execution_listeners(element, activity)?;
            self.finish(activity, Role::Other, NodeKind::StartEvent(event));
            if self.scopes[activity].activity_type == "startTimerEvent" {
                self.set_retry_time_cycle(element, activity)?;
            }
        }
        if parent.children_named("startEvent").next().is_none() && matches!(parent.tag(), "process" | "subProcess") {
            let message = format!("{} must define a startEvent element", parent.tag());
            self.error(rules::START_EVENT_MISSING, message, parent);
        }
        if self.scopes[scope].role == Role::Process {
            let initial = self.select_initial(&starts, parent);
            self.parse_start_form(initial, &starts)?;
        }
        // Camunda's history looks the start events up by their ids.
        if parent.children_named("startEvent").any(|element| element.id().is_none()) {
            let message = "Cannot invoke \"org.camunda.bpm.engine.impl.pvm.process.ActivityImpl.addBuiltInListener(String, \
                 org.camunda.bpm.engine.delegate.DelegateListener, int)\" because \"activity\" is null";
            return Err(Stop::Exception(message.to_owned()));
        }
        Ok(())
    }

    /// The start event that a start by key uses: the only one without trigger or with a timer, else the only one at all.
    fn select_initial(&mut self, starts: &[ScopeIx], parent: Element<'d>) -> Option<ScopeIx> {
        let mut initial = None;
        for &start in starts {
            if matches!(self.scopes[start].activity_type, "startEvent" | "startTimerEvent") {
                if initial.is_none() {
                    initial = Some(start);
                } else {
                    let id = self.scopes[start].id.clone();
                    self.error_for(
                        rules::START_EVENTS_MULTIPLE,
                        "multiple none start events or timer start events not supported on process definition",
                        parent,
                        &[id.as_deref()],
                    );
                }
            }
        }
        initial.or(if let [only] = starts { Some(*only) } else { None })
    }

    fn parse_start_form(&mut self, initial: Option<ScopeIx>, starts: &[ScopeIx]) -> Step {
        let Some(initial) = initial else {
            return Ok(());
        };
        for &start in starts {
            if self.scopes[start].id.is_none() {
                let message = "Cannot invoke \"String.equals(Object)\" because the return value of \
                     \"org.camunda.bpm.engine.impl.util.xml.Element.attribute(String)\" is null";
                return Err(Stop::Exception(message.to_owned()));
            }
            if start == initial {
                let parsed = self.parse_form(self.scopes[start].element)?;
                if let Some(NodeKind::StartEvent(event)) = &mut self.scopes[start].kind {
                    event.form = parsed;
                }
            }
        }
        Ok(())
    }

    fn parse_process_start_event(
        &mut self,
        element: Element<'d>,
        activity: ScopeIx,
        process: ScopeIx,
    ) -> Step<StartEvent> {
        let timer = element.child("timerEventDefinition")?;
        let message = element.child("messageEventDefinition")?;
        let signal = element.child("signalEventDefinition")?;
        let conditional = element.child("conditionalEventDefinition")?;
        let trigger = if let Some(definition) = timer {
            self.scopes[activity].activity_type = "startTimerEvent";
            StartTrigger::Timer(self.parse_timer(definition, activity)?)
        } else if let Some(definition) = message {
            self.scopes[activity].activity_type = "messageStartEvent";
            let name = self.parse_message_reference(definition, element.id())?;
            self.ensure_literal_message_name(definition, name, element.id());
            self.subscribe_message(name, true, activity, process, element);
            StartTrigger::Message(name.unwrap_or_default().to_owned())
        } else if let Some(definition) = signal {
            self.scopes[activity].activity_type = "signalStartEvent";
            self.scopes[activity].event_scope = Some(process);
            StartTrigger::Signal(self.parse_signal_catch(definition, activity, process, true)?)
        } else if let Some(definition) = conditional {
            self.scopes[activity].activity_type = "conditionalStartEvent";
            let (parsed, text) = self.parse_conditional(definition, activity)?;
            self.subscribe_condition(text, true, activity, process, element);
            StartTrigger::Conditional(parsed)
        } else {
            StartTrigger::None
        };
        Ok(StartEvent {
            trigger,
            interrupting: true,
            initiator: owned(element.extension("initiator")),
            form: FormDefinition::default(),
        })
    }

    fn parse_scope_start_event(
        &mut self,
        element: Element<'d>,
        activity: ScopeIx,
        parent: Element<'d>,
        scope: ScopeIx,
    ) -> Step<StartEvent> {
        if self.scopes[scope].has_start_event {
            self.error_for(
                rules::START_EVENTS_MULTIPLE,
                "multiple start events not supported for subprocess",
                parent,
                &[element.id()],
            );
        }
        self.scopes[scope].has_start_event = true;
        let definitions = Definitions::of(element)?;
        if self.scopes[scope].triggered_by_event {
            return self.parse_event_sub_process_start(element, activity, scope, &definitions);
        }
        let not_allowed = "is not allowed on start event within a subprocess";
        let only_event = "only allowed on start event if subprocess is an event subprocess";
        for (definition, name, problem) in [
            (definitions.conditional, "conditionalEventDefinition", not_allowed),
            (definitions.timer, "timerEventDefinition", not_allowed),
            (definitions.escalation, "escalationEventDefinition", not_allowed),
            (definitions.compensate, "compensateEventDefinition", not_allowed),
            (definitions.error, "errorEventDefinition", only_event),
            (definitions.message, "messageEventDefinition", only_event),
            // Camunda's spelling.
            (definitions.signal, "signalEventDefintion", only_event),
        ] {
            if let Some(definition) = definition {
                let message = format!("{name} {problem}");
                self.error_for(rules::START_EVENT_IN_SUBPROCESS, message, definition, &[element.id()]);
            }
        }
        Ok(StartEvent {
            trigger: StartTrigger::None,
            interrupting: true,
            initiator: None,
            form: FormDefinition::default(),
        })
    }

    fn parse_event_sub_process_start(
        &mut self,
        element: Element<'d>,
        activity: ScopeIx,
        scope: ScopeIx,
        definitions: &Definitions<'d>,
    ) -> Step<StartEvent> {
        let interrupting = element.attribute("isInterrupting").is_none_or(|text| text.eq_ignore_ascii_case("true"));
        let event_scope = self.scopes[scope].flow_scope.unwrap_or(scope);
        self.scopes[activity].event_scope = Some(event_scope);
        let mut set_type = |activity_type| self.scopes[activity].activity_type = activity_type;
        let trigger = if let Some(definition) = definitions.error {
            set_type("errorStartEvent");
            if !interrupting {
                self.error(
                    rules::ERROR_START_INTERRUPTS,
                    "error start event of event subprocess must be interrupting",
                    element,
                );
            }
            StartTrigger::Error(self.parse_error_catch(definition))
        } else if let Some(definition) = definitions.message {
            set_type("messageStartEvent");
            let name = self.parse_message_reference(definition, element.id())?;
            self.subscribe_message(name, false, activity, event_scope, definition);
            StartTrigger::Message(name.unwrap_or_default().to_owned())
        } else if let Some(definition) = definitions.signal {
            set_type("signalStartEvent");
            let name = self.parse_signal_reference(definition, element.id())?.ok_or(Stop::Reported)?;
            self.subscribe_signal(name, false, activity, event_scope, definition);
            StartTrigger::Signal(name.to_owned())
        } else if let Some(definition) = definitions.timer {
            set_type("startTimerEvent");
            let timer = self.parse_timer(definition, activity)?;
            if interrupting {
                self.warn_about_cycle(definition, "interrupting start", element.id())?;
            }
            StartTrigger::Timer(timer)
        } else if let Some(definition) = definitions.compensate {
            set_type("compensationStartEvent");
            self.parse_compensation_start(element, scope, definition)?;
            StartTrigger::Compensation
        } else if let Some(definition) = definitions.escalation {
            set_type("escalationStartEvent");
            let catch = self.parse_escalation_catch(definition, element.id());
            self.add_escalation_handler(event_scope, true, catch.code.as_deref(), definition, element.id());
            StartTrigger::Escalation(catch)
        } else if let Some(definition) = definitions.conditional {
            set_type("conditionalStartEvent");
            let (parsed, text) = self.parse_conditional(definition, activity)?;
            self.subscribe_condition(text, false, activity, event_scope, definition);
            StartTrigger::Conditional(parsed)
        } else {
            self.error(
                rules::EVENT_SUBPROCESS_START,
                "start event of event subprocess must be of type 'error', 'message', 'timer', 'signal', 'compensation' or 'escalation'",
                element,
            );
            StartTrigger::None
        };
        Ok(StartEvent { trigger, interrupting, initiator: None, form: FormDefinition::default() })
    }

    fn parse_compensation_start(&mut self, element: Element<'d>, scope: ScopeIx, definition: Element<'d>) -> Step {
        self.scopes[scope].for_compensation = true;
        let surrounding = self.scopes[scope].flow_scope.unwrap_or(scope);
        if self.scopes[surrounding].role == Role::Process {
            self.error(
                rules::COMPENSATION_START,
                "event subprocess with compensation start event is only supported for embedded subprocess (since throwing \
                 compensation through a call activity-induced process hierarchy is not supported)",
                element,
            );
            // Camunda treats the process as a subprocess here and fails.
            return Err(Stop::Reported);
        }
        match self.compensation_handler_of(surrounding) {
            None => self.scopes[surrounding].compensation_handler = self.scopes[scope].id.clone(),
            Some(handler) => {
                let message = if self.scopes[handler].is_subprocess {
                    "multiple event subprocesses with compensation start event are not supported on the same scope"
                } else {
                    "compensation boundary event and event subprocess with compensation start event are not supported on the same scope"
                };
                self.error(rules::COMPENSATION_HANDLERS, message, element);
            }
        }
        self.check_compensation_catch(definition, element.id());
        Ok(())
    }

    /// The activity that compensates a scope, once it has been parsed.
    pub(super) fn compensation_handler_of(&self, scope: ScopeIx) -> Option<ScopeIx> {
        self.find_activity(self.scopes[scope].compensation_handler.as_deref())
    }

    /// `errorEventDefinition` of a catching event. An unknown `errorRef` is the code itself.
    pub(super) fn parse_error_catch(&mut self, definition: Element<'d>) -> ErrorCatch {
        let code = definition.attribute("errorRef").and_then(|reference| match self.errors.get(reference) {
            Some(error) => error.code.clone(),
            None => Some(reference.to_owned()),
        });
        ErrorCatch {
            code,
            code_variable: owned(definition.extension("errorCodeVariable")),
            message_variable: owned(definition.extension("errorMessageVariable")),
        }
    }

    /// Elements on which `camunda:inputOutput` has no meaning.
    pub(super) fn ensure_no_input_output(&mut self, element: Element<'d>) -> Step {
        if extension_element(element, "inputOutput")?.is_some() {
            let message = format!("camunda:inputOutput mapping unsupported for element type '{}'.", element.tag());
            self.problems.error(rules::INPUT_OUTPUT_UNSUPPORTED, message, Place::of(element));
        }
        Ok(())
    }
}
