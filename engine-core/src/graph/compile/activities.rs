//! What activities and throwing events do.

use std::sync::Arc;

use models::bpmn::{
    self, Binding, BoundaryTrigger, CalledElement, CatchDefinition, FlowNode, Implementation, NodeKind, ServiceElement,
    StartTrigger, TaskEvent, ThrowDefinition,
};

use super::{Compiler, Result};
use crate::form;
use crate::graph::{
    BindingCode, CallCode, DecisionCode, ExternalCode, ExternalErrorCode, Kind, Listener, ServiceCode, SignalCode,
    TaskListenerCode, UserTaskCode,
};

impl Compiler {
    #[expect(clippy::match_same_arms, reason = "one line per element reads as a table")]
    pub(super) fn kind(&mut self, node: &FlowNode, after_gateway: bool) -> Result<(Kind, &'static str, bool)> {
        Ok(match &node.kind {
            NodeKind::StartEvent(start) => {
                let name = match &start.trigger {
                    StartTrigger::None => "startEvent",
                    StartTrigger::Timer(_) => "startTimerEvent",
                    StartTrigger::Message(_) => "messageStartEvent",
                    StartTrigger::Signal(_) => "signalStartEvent",
                    StartTrigger::Conditional(_) => "conditionalStartEvent",
                    StartTrigger::Error(_) => "errorStartEvent",
                    StartTrigger::Escalation(_) => "escalationStartEvent",
                    StartTrigger::Compensation => "compensationStartEvent",
                };
                (Kind::StartEvent, name, false)
            }
            NodeKind::IntermediateCatch(catch) => {
                let name = match catch {
                    CatchDefinition::Timer(_) => "intermediateTimer",
                    CatchDefinition::Message(_) => "intermediateMessageCatch",
                    CatchDefinition::Signal(_) => "intermediateSignalCatch",
                    CatchDefinition::Conditional(_) => "intermediateConditional",
                    CatchDefinition::Link(_) => return Ok((Kind::PassThrough, "intermediateLinkCatch", false)),
                };
                (Kind::IntermediateCatch { after_gateway }, name, !after_gateway)
            }
            NodeKind::IntermediateThrow(throw) => self.throw(throw, false)?,
            NodeKind::EndEvent(throw) => self.throw(throw, true)?,
            NodeKind::BoundaryEvent(event) => {
                let (name, marker) = match &event.trigger {
                    BoundaryTrigger::Timer(_) => ("boundaryTimer", false),
                    BoundaryTrigger::Message(_) => ("boundaryMessage", false),
                    BoundaryTrigger::Signal(_) => ("boundarySignal", false),
                    BoundaryTrigger::Conditional(_) => ("boundaryConditional", false),
                    BoundaryTrigger::Error(_) => ("boundaryError", false),
                    BoundaryTrigger::Escalation(_) => ("boundaryEscalation", false),
                    BoundaryTrigger::Compensation { .. } => ("compensationBoundaryCatch", true),
                    BoundaryTrigger::Cancel => ("cancelBoundaryCatch", false),
                };
                (Kind::BoundaryEvent { marker }, name, false)
            }
            NodeKind::Task { manual } => (Kind::PassThrough, if *manual { "manualTask" } else { "task" }, false),
            NodeKind::UserTask(task) => {
                let scope = task.has_properties || task.listeners.iter().any(|l| l.event == TaskEvent::Timeout);
                (Kind::UserTask(Box::new(self.user_task(node, task)?)), "userTask", scope)
            }
            NodeKind::ServiceTask { element, implementation } => {
                let name = match element {
                    ServiceElement::ServiceTask => "serviceTask",
                    ServiceElement::SendTask => "sendTask",
                    ServiceElement::BusinessRuleTask => "businessRuleTask",
                };
                let (kind, scope) = self.service(implementation)?;
                (kind, name, scope)
            }
            NodeKind::BusinessRuleTask(task) => {
                let code = DecisionCode {
                    decision: self.expr(&task.decision_ref)?,
                    binding: self.binding(&task.binding)?,
                    tenant: self.option(task.tenant_id.as_deref())?,
                    result_variable: task.result_variable.as_deref().map(Arc::from),
                    mapper: task.mapper,
                };
                (Kind::Decision(Box::new(code)), "businessRuleTask", true)
            }
            NodeKind::ScriptTask(task) => {
                let kind = Kind::Script {
                    script: self.script(&task.script)?,
                    result_variable: task.result_variable.as_deref().map(Arc::from),
                };
                (kind, "scriptTask", false)
            }
            NodeKind::ReceiveTask { message } => (Kind::ReceiveTask, "receiveTask", message.is_some()),
            NodeKind::ExclusiveGateway => (Kind::ExclusiveGateway, "exclusiveGateway", false),
            NodeKind::ParallelGateway => (Kind::ParallelGateway, "parallelGateway", false),
            NodeKind::InclusiveGateway => (Kind::InclusiveGateway, "inclusiveGateway", false),
            NodeKind::EventBasedGateway => (Kind::EventBasedGateway, "eventBasedGateway", true),
            NodeKind::SubProcess(sub) if sub.triggered_by_event => (Kind::EventSubProcess, "subProcess", true),
            NodeKind::SubProcess(_) => (Kind::SubProcess { transaction: false }, "subProcess", true),
            NodeKind::Transaction(_) => (Kind::SubProcess { transaction: true }, "transaction", true),
            NodeKind::CallActivity(call) => (Kind::CallActivity(Box::new(self.call(call)?)), "callActivity", true),
        })
    }

    pub(super) fn throw(&mut self, throw: &ThrowDefinition, end: bool) -> Result<(Kind, &'static str, bool)> {
        Ok(match throw {
            ThrowDefinition::None | ThrowDefinition::Link(_) if end => (Kind::EndEvent, "noneEndEvent", false),
            ThrowDefinition::None | ThrowDefinition::Link(_) => {
                (Kind::PassThrough, "intermediateNoneThrowEvent", false)
            }
            ThrowDefinition::Message(Implementation::None) if end => (Kind::EndEvent, "endEvent", false),
            ThrowDefinition::Message(Implementation::None) => {
                (Kind::PassThrough, "intermediateMessageThrowEvent", false)
            }
            ThrowDefinition::Message(implementation) => {
                let (kind, scope) = self.service(implementation)?;
                (kind, if end { "messageEndEvent" } else { "intermediateMessageThrowEvent" }, scope)
            }
            ThrowDefinition::Signal(signal) => {
                let code = SignalCode {
                    name: self.expr(&signal.name)?,
                    asynchronous: signal.asynchronous,
                    inputs: self.mappings(&signal.inputs)?,
                    business_key: self.option(signal.business_key.as_deref())?,
                };
                let name = if end { "signalEndEvent" } else { "intermediateSignalThrow" };
                (Kind::SignalThrow(Box::new(code)), name, false)
            }
            ThrowDefinition::Escalation(code) => {
                let name = if end { "escalationEndEvent" } else { "intermediateEscalationThrowEvent" };
                (Kind::EscalationThrow(Arc::from(code.as_str())), name, false)
            }
            ThrowDefinition::Compensation { .. } => {
                let name = if end { "compensationEndEvent" } else { "intermediateCompensationThrowEvent" };
                // the activity is filled in by `attach`: it may stand behind this event
                (Kind::CompensationThrow(None), name, true)
            }
            ThrowDefinition::Error { code, message } => {
                let kind = Kind::ErrorEnd { code: Arc::from(code.as_str()), message: self.option(message.as_deref())? };
                (kind, "errorEndEvent", false)
            }
            ThrowDefinition::Terminate => (Kind::TerminateEnd, "terminateEndEvent", false),
            ThrowDefinition::Cancel => (Kind::CancelEnd, "cancelEndEvent", true),
        })
    }

    pub(super) fn service(&mut self, implementation: &Implementation) -> Result<(Kind, bool)> {
        let code = match implementation {
            Implementation::None => return Ok((Kind::PassThrough, false)),
            Implementation::External(task) => {
                let errors = task
                    .error_definitions
                    .iter()
                    .map(|error| {
                        Ok(ExternalErrorCode {
                            expression: self.option(error.expression.as_deref())?,
                            code: error.code.as_deref().map(Arc::from),
                            message: self.option(error.message.as_deref())?,
                        })
                    })
                    .collect::<Result<_>>()?;
                let code = ExternalCode {
                    topic: self.expr(&task.topic)?,
                    priority: self.option(task.priority.as_deref())?,
                    errors,
                };
                return Ok((Kind::ExternalTask(Box::new(code)), true));
            }
            Implementation::Mail(fields) => ServiceCode::Mail(self.fields(fields)?),
            Implementation::Shell(fields) => ServiceCode::Shell(self.fields(fields)?),
            Implementation::Class { name, fields } => {
                ServiceCode::Class(Arc::from(name.as_str()), self.fields(fields)?)
            }
            Implementation::DelegateExpression { expression, fields } => {
                ServiceCode::DelegateExpression(self.expr(expression)?, self.fields(fields)?)
            }
            Implementation::Expression { expression, result_variable } => ServiceCode::Expression {
                expression: self.expr(expression)?,
                result_variable: result_variable.as_deref().map(Arc::from),
            },
            Implementation::Connector(connector) => {
                ServiceCode::Connector { id: self.expr(&connector.id)?, io: self.io(&connector.io)? }
            }
        };
        Ok((Kind::Service(code), false))
    }

    pub(super) fn user_task(&mut self, node: &FlowNode, task: &bpmn::UserTask) -> Result<UserTaskCode> {
        Ok(UserTaskCode {
            name: self.option(node.name.as_deref())?,
            description: self.option(node.documentation.as_deref())?,
            assignee: self.option(task.assignee.as_deref())?,
            candidate_users: self.exprs(&task.candidate_users)?,
            candidate_groups: self.exprs(&task.candidate_groups)?,
            due_date: self.option(task.due_date.as_deref())?,
            follow_up_date: self.option(task.follow_up_date.as_deref())?,
            priority: self.option(task.priority.as_deref())?,
            form: task.form.clone(),
            fields: form::compile(&task.form).map_err(|text| self.error(text))?,
            listeners: task
                .listeners
                .iter()
                .map(|listener| {
                    Ok(TaskListenerCode {
                        id: listener.id.as_deref().map(Arc::from),
                        event: listener.event,
                        listener: self.action(&listener.action)?,
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    pub(super) fn call(&mut self, call: &bpmn::CallActivity) -> Result<CallCode> {
        let (key, binding, tenant) = match &call.called {
            CalledElement::Process { key, binding, tenant_id } => {
                (Some(self.expr(key)?), self.binding(binding)?, self.option(tenant_id.as_deref())?)
            }
            CalledElement::Case(_) => (None, BindingCode::Latest, None),
        };
        let mapping = match (&call.mapping_class, &call.mapping_delegate_expression) {
            (Some(class), _) => Some(Listener::Class(Arc::from(class.as_str()), Arc::from([]))),
            (None, Some(expression)) => Some(Listener::DelegateExpression(self.expr(expression)?, Arc::from([]))),
            (None, None) => None,
        };
        Ok(CallCode {
            key,
            binding,
            tenant,
            inputs: self.mappings(&call.inputs)?,
            outputs: self.mappings(&call.outputs)?,
            business_key: self.option(call.business_key.as_deref())?,
            mapping,
        })
    }

    pub(super) fn binding(&mut self, binding: &Binding) -> Result<BindingCode> {
        Ok(match binding {
            Binding::Latest => BindingCode::Latest,
            Binding::Deployment => BindingCode::Deployment,
            Binding::Version(text) => BindingCode::Version(self.expr(text)?),
            Binding::VersionTag(text) => BindingCode::VersionTag(self.expr(text)?),
        })
    }
}
