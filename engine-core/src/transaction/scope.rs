//! Expressions, conditions and scripts on an execution or task: `objects::Context` over the transaction.

use std::sync::Arc;

use models::{Id, Timestamp, Value};
use objects::{Context, Handle, MapKey, Object, ObjectError, convert, typed::TypedObject};

use super::{Step, Tx};
use crate::{
    error::{Fault, FaultKind},
    graph::{ConditionCode, Expr, ScriptCode, ScriptText},
    host::{DelegateCall, DelegateOutcome, DelegateRole, ExecutionInfo, ScriptFailure},
    trace::TraceContext,
};

/// In the message of a script that read a variable which does not exist: a condition of an event counts as false then (S-CE-5).
pub const NO_SUCH_PROPERTY: &str = "No such property";

/// What went wrong in user code: routed to BPMN error handlers, or a fault.
#[derive(Clone, Debug)]
pub(crate) enum Thrown {
    /// A BPMN error.
    Bpmn { code: Arc<str>, message: Option<String> },
    /// A technical failure.
    Fault(Fault),
}

impl From<Fault> for Thrown {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Result of user code.
pub(crate) type Ran<T = ()> = Result<T, Thrown>;

/// The scope an expression runs in.
pub(crate) struct Scope<'t, 'a> {
    pub(crate) tx: &'t mut Tx<'a>,
    pub(crate) execution: Option<Id>,
    pub(crate) task: Option<Id>,
    pub(crate) external: Option<Id>,
    /// Values that exist for this evaluation only, such as `decisionResult` or connector parameters.
    pub(crate) extra: &'t [(Arc<str>, Value)],
    /// Only variables of the execution itself are seen (`VariableScopeLocalAdapter`).
    pub(crate) local: bool,
}

impl<'a> Tx<'a> {
    /// The scope of an execution.
    pub(crate) fn scope_of(&mut self, execution: Id) -> Scope<'_, 'a> {
        Scope { tx: self, execution: Some(execution), task: None, external: None, extra: &[], local: false }
    }

    /// Evaluates on an execution.
    pub(crate) fn evaluate(&mut self, execution: Id, expression: &Expr) -> Ran<Object> {
        evaluate_in(&mut self.scope_of(execution), expression)
    }

    /// Evaluates to text; null is `None`.
    pub(crate) fn evaluate_text(&mut self, execution: Id, expression: &Expr) -> Ran<Option<String>> {
        if expression.is_literal() {
            return Ok(Some(expression.text().to_owned()));
        }
        Ok(match self.evaluate(execution, expression)? {
            Object::Null => None,
            other => Some(self.object_text(execution, &other)?),
        })
    }

    /// `String.valueOf(object)`.
    pub(crate) fn object_text(&mut self, execution: Id, object: &Object) -> Ran<String> {
        let mut scope = self.scope_of(execution);
        objects::text::to_text(object, &mut scope).map(|text| text.to_string()).map_err(thrown_by)
    }

    /// A condition of a sequence flow; must yield a Boolean.
    pub(crate) fn condition_holds(&mut self, execution: Id, condition: &ConditionCode) -> Step<bool> {
        self.condition(execution, condition).map_err(|thrown| self.fault_of(execution, thrown))
    }

    /// A condition of a conditional event: an unknown variable counts as false (S-CE-5).
    pub(crate) fn condition_holds_or_unknown(&mut self, execution: Id, condition: &ConditionCode) -> Step<bool> {
        if let ConditionCode::Expression(expression) = condition {
            let mut scope = self.scope_of(execution);
            match expression.0.evaluate(&mut scope) {
                Err(error) if matches!(error, juel::EvalError::UnknownProperty { .. }) => return Ok(false),
                Err(error) => {
                    let thrown = from_eval(error);
                    return Err(self.fault_of(execution, thrown));
                }
                Ok(_) => {}
            }
        }
        match self.condition(execution, condition) {
            // what Groovy says of an unknown variable
            Err(Thrown::Fault(fault)) if fault.message.contains(NO_SUCH_PROPERTY) => Ok(false),
            result => result.map_err(|thrown| self.fault_of(execution, thrown)),
        }
    }

    fn condition(&mut self, execution: Id, condition: &ConditionCode) -> Ran<bool> {
        match condition {
            ConditionCode::Expression(expression) => match self.evaluate(execution, expression)? {
                Object::Boolean(value) => Ok(value),
                Object::Null => Err(Fault::null("condition expression returns null: result is null").into()),
                other => {
                    let text = self.object_text(execution, &other)?;
                    Err(Fault::engine(format!(
                        "condition expression returns non-Boolean: result {text} has class {} and not java.lang.Boolean",
                        other.plain_class_name()
                    ))
                    .into())
                }
            },
            ConditionCode::Script(script) => match self.script(execution, None, script, &[])? {
                Object::Boolean(value) => Ok(value),
                Object::Null => Err(Fault::null("condition script returns null: result is null").into()),
                other => {
                    let text = self.object_text(execution, &other)?;
                    Err(Fault::engine(format!(
                        "condition script returns non-Boolean: result {text} has class {} and not java.lang.Boolean",
                        other.plain_class_name()
                    ))
                    .into())
                }
            },
        }
    }

    /// Runs a script on an execution, or on a task.
    pub(crate) fn script(
        &mut self,
        execution: Id,
        task: Option<Id>,
        script: &ScriptCode,
        extra: &[(Arc<str>, Value)],
    ) -> Ran<Object> {
        let text = self.script_text(execution, script)?;
        let language = script.language.clone();
        if language.eq_ignore_ascii_case("juel") {
            let parsed = juel::Expression::parse(&text)
                .map_err(|error| Thrown::Fault(Fault::new(FaultKind::ScriptCompilation, error.to_string())))?;
            let mut scope = Scope { tx: self, execution: Some(execution), task, external: None, extra, local: false };
            return parsed.evaluate(&mut scope).map_err(from_eval);
        }
        self.host_script(execution, task, &language, &text, extra)
    }

    fn script_text(&mut self, execution: Id, script: &ScriptCode) -> Ran<Arc<str>> {
        match &script.source {
            ScriptText::Inline(text) => Ok(text.clone()),
            ScriptText::Given(expression) => {
                Ok(Arc::from(self.evaluate_text(execution, expression)?.unwrap_or_default()))
            }
            ScriptText::Resource(path) => {
                let path = self.evaluate_text(execution, path)?.unwrap_or_default();
                let deployment = self.definition_of(execution)?.deployment;
                Ok(self.host.script_resource(deployment, &path)?)
            }
        }
    }

    fn host_script(
        &mut self,
        execution: Id,
        task: Option<Id>,
        language: &str,
        text: &Arc<str>,
        extra: &[(Arc<str>, Value)],
    ) -> Ran<Object> {
        let runner = self.host.scripts();
        let mut scope = Scope { tx: self, execution: Some(execution), task, external: None, extra, local: false };
        let result = runner.run(language, text, &mut scope);
        result.map_err(|failure| self.script_failed(execution, failure))
    }

    fn script_failed(&mut self, execution: Id, failure: ScriptFailure) -> Thrown {
        let place = self.execution_info(execution).map_or_else(
            |_| String::new(),
            |info| {
                format!(
                    "while executing activity '{}' in the process definition with id '{}'",
                    info.activity.unwrap_or_default(),
                    info.definition
                )
            },
        );
        match failure {
            ScriptFailure::BpmnError(code, message) => Thrown::Bpmn { code: Arc::from(code), message },
            ScriptFailure::Compilation(text) => {
                Fault::new(FaultKind::ScriptCompilation, format!("Unable to compile script: {text}")).into()
            }
            ScriptFailure::Evaluation(class, text) => {
                let mut fault =
                    Fault::new(FaultKind::ScriptEvaluation, format!("Unable to evaluate script {place}:{text}"));
                fault.java_class = class;
                fault.into()
            }
        }
    }

    /// Where user code runs.
    pub(crate) fn execution_info(&mut self, id: Id) -> Step<ExecutionInfo> {
        let definition = self.definition_of(id)?;
        let row = self.execution(id);
        let node = row.activity.map(|ix| definition.graph.node(ix));
        let instance = self.execution(row.process_instance);
        let activity_instance = row.activity_instance.map(|instance_id| {
            if instance_id == row.process_instance {
                instance_id.to_string()
            } else {
                crate::history::activity_instance_text(node.map_or("", |node| &node.id), instance_id)
            }
        });
        Ok(ExecutionInfo {
            id,
            process_instance: row.process_instance,
            root: self.t.root,
            definition: definition.text_id(),
            definition_key: definition.key.to_string(),
            activity: node.map(|node| node.id.to_string()),
            activity_name: node.and_then(|node| node.name.as_deref()).map(str::to_owned),
            activity_instance,
            transition: self
                .scratch(id)
                .and_then(|s| s.transition)
                .map(|flow| definition.graph.flow(flow).id.to_string()),
            business_key: instance.business_key.as_deref().map(str::to_owned),
            tenant: row.tenant.as_deref().map(str::to_owned),
        })
    }

    /// Where in a trace the activity of an execution is.
    pub(crate) fn trace_of(&self, id: Id) -> Option<TraceContext> {
        let row = self.execution(id);
        let incoming = self.t.state.execution(self.t.root).and_then(|root| root.trace.as_deref());
        let at = row.activity_instance.unwrap_or(row.process_instance);
        crate::trace::handed_on(self.t.root, incoming, at, self.host.settings().tracing)
    }

    /// A fault in user code, with what a BPMN error becomes where nothing can catch it.
    pub(crate) fn fault_of(&self, execution: Id, thrown: Thrown) -> Fault {
        let mut fault = match thrown {
            Thrown::Fault(fault) => fault,
            Thrown::Bpmn { code, message } => {
                let mut fault = Fault::engine(message.unwrap_or_else(|| format!("BpmnError '{code}'")));
                fault.java_class = "org.camunda.bpm.engine.delegate.BpmnError".to_owned();
                fault
            }
        };
        if fault.activity.is_none() {
            fault.activity = self.t.state.execution(execution).and_then(|row| {
                let definition = self.t.definitions.get(&row.definition)?;
                Some(definition.graph.node(row.activity?).id.to_string())
            });
        }
        fault
    }
}

/// Evaluates an expression in a scope.
pub(crate) fn evaluate_in(scope: &mut Scope<'_, '_>, expression: &Expr) -> Ran<Object> {
    expression.0.evaluate(scope).map_err(from_eval)
}

pub(super) fn thrown_by(error: ObjectError) -> Thrown {
    match error {
        ObjectError::BpmnError(code, message) => Thrown::Bpmn { code: Arc::from(code), message },
        other => Fault::engine(other.to_string()).into(),
    }
}

fn from_eval(error: juel::EvalError) -> Thrown {
    match error {
        juel::EvalError::BpmnError { code, message } => Thrown::Bpmn { code: Arc::from(code), message },
        juel::EvalError::Thrown { class, message } => {
            let mut fault = Fault::engine(message);
            fault.java_class = class;
            Thrown::Fault(fault)
        }
        other => {
            let mut fault = Fault::engine(other.to_string());
            fault.java_class = match other {
                juel::EvalError::UnknownProperty { .. } => {
                    "org.camunda.bpm.impl.juel.jakarta.el.PropertyNotFoundException"
                }
                juel::EvalError::UnknownMethod { .. } => "org.camunda.bpm.impl.juel.jakarta.el.MethodNotFoundException",
                _ => "org.camunda.bpm.impl.juel.jakarta.el.ELException",
            }
            .to_owned();
            Thrown::Fault(fault)
        }
    }
}

/// The typed value that an object is stored as.
pub(crate) fn stored(object: &Object) -> Step<Value> {
    convert::to_value(object).map_err(|error| Fault::engine(error.to_string()))
}

fn stored_here(object: &Object) -> Result<Value, ObjectError> {
    stored(object).map_err(to_object_error)
}

impl Scope<'_, '_> {
    fn own_variable(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.extra.iter().find(|(known, _)| &**known == name) {
            return Some(value.clone());
        }
        self.own_row(name).map(|(_, value)| value)
    }

    /// The variable of a name: its id and value.
    fn own_row(&self, name: &str) -> Option<(Id, Value)> {
        let found = match (self.task, self.execution) {
            (Some(task), _) => self.tx.get_task_variable(task, name),
            (None, Some(execution)) if self.local => self.tx.t.state.variable_in(execution, name),
            (None, Some(execution)) => self.tx.get_variable(execution, name),
            (None, None) => None,
        };
        found.map(|row| (row.id, row.value.clone()))
    }

    /// The object of a variable, the same one each time.
    fn own_object(&mut self, name: &str) -> Option<Object> {
        if let Some((_, value)) = self.extra.iter().find(|(known, _)| &**known == name) {
            return Some(convert::to_object(value));
        }
        let (id, value) = self.own_row(name)?;
        Some(self.tx.object_of(id, &value))
    }

    fn set(&mut self, name: &str, value: Value, local: bool, transient: bool) -> Result<(), ObjectError> {
        let name: Arc<str> = Arc::from(name);
        let result = match (self.task, self.execution) {
            (Some(task), _) if local => self.tx.set_task_variable_local(task, name, value, transient),
            (Some(task), _) => self.tx.set_task_variable(task, name, value, transient),
            (None, Some(execution)) if local => self.tx.set_variable_local(execution, name, value, transient),
            (None, Some(execution)) => self.tx.set_variable(execution, name, value, transient),
            (None, None) => Err(Fault::engine("there is no scope to set a variable in")),
        };
        result.map_err(to_object_error)
    }

    fn handle_info(&mut self, execution: u128) -> Result<ExecutionInfo, ObjectError> {
        self.tx.execution_info(Id::new(execution)).map_err(to_object_error)
    }

    /// Property of `execution`, also by its getter.
    fn execution_property(&mut self, id: u128, name: &str) -> Result<Option<Object>, ObjectError> {
        let info = self.handle_info(id)?;
        let text = |value: Option<String>| value.map_or(Object::Null, |text| text_object(text.as_str()));
        let row = self.tx.execution(Id::new(id)).clone();
        Ok(Some(match name {
            "id" => text_object(info.id.to_string().as_str()),
            "processInstanceId" => text_object(info.process_instance.to_string().as_str()),
            "rootProcessInstanceId" => text_object(info.root.to_string().as_str()),
            "processDefinitionId" => text_object(info.definition.as_str()),
            "processBusinessKey" | "businessKey" => text(info.business_key),
            "currentActivityId" | "activityId" => text(info.activity),
            "currentActivityName" => text(info.activity_name),
            "activityInstanceId" => text(info.activity_instance),
            "currentTransitionId" => text(info.transition),
            "parentId" => text(row.parent.map(|id| id.to_string())),
            "parentActivityInstanceId" => {
                text(self.tx.parent_activity_instance(Id::new(id)).map(|instance| instance.to_string()))
            }
            "eventName" => text(self.tx.scratch(Id::new(id)).and_then(|s| s.event_name).map(str::to_owned)),
            "tenantId" => text(info.tenant),
            "canceled" => Object::Boolean(self.tx.scratch(Id::new(id)).is_some_and(|s| s.canceled)),
            "variables" => {
                let entries = self.tx.visible_variables(Id::new(id));
                object_map(entries.into_iter().map(|(name, value, _)| (name, value)))
            }
            "variablesLocal" => object_map(self.tx.local_values(Id::new(id))),
            "variableNames" => object_list(self.tx.visible_variables(Id::new(id)).into_iter().map(|(name, ..)| name)),
            "variableNamesLocal" => object_list(self.tx.local_values(Id::new(id)).into_iter().map(|(name, _)| name)),
            "superExecution" => row
                .parent
                .is_none()
                .then_some(row.super_execution)
                .flatten()
                .map_or(Object::Null, |id| Object::Handle(Handle::Execution(id.number()))),
            "processInstance" => Object::Handle(Handle::Execution(info.process_instance.number())),
            "parent" => row.parent.map_or(Object::Null, |id| Object::Handle(Handle::Execution(id.number()))),
            _ => return Ok(None),
        }))
    }

    fn task_property(&mut self, id: u128, name: &str) -> Result<Option<Object>, ObjectError> {
        let Some(task) = self.tx.t.state.task(Id::new(id)).cloned() else { return Ok(None) };
        let text = |value: Option<&str>| value.map_or(Object::Null, text_object);
        let date = |value: Option<Timestamp>| value.map_or(Object::Null, Object::Date);
        let definition = match task.definition {
            Some(id) => Some(self.tx.definition(id).map_err(to_object_error)?),
            None => None,
        };
        Ok(Some(match name {
            "id" => text_object(task.id.to_string().as_str()),
            "name" => text(task.name.as_deref()),
            "description" => text(task.description.as_deref()),
            "assignee" => text(task.assignee.as_deref()),
            "owner" => text(task.owner.as_deref()),
            "priority" => Object::Integer(task.priority),
            "dueDate" => date(task.due),
            "followUpDate" => date(task.follow_up),
            "createTime" => Object::Date(task.created),
            "lastUpdated" => date(task.last_updated),
            "taskDefinitionKey" => text(task.key.as_deref()),
            "executionId" => text(task.execution.map(|id| id.to_string()).as_deref()),
            "processInstanceId" => text(task.process_instance.map(|id| id.to_string()).as_deref()),
            "processDefinitionId" => text(definition.map(|definition| definition.text_id()).as_deref()),
            "tenantId" => text(task.tenant.as_deref()),
            "eventName" => text(self.tx.scratch(task.id).and_then(|s| s.event_name)),
            "deleteReason" => text(self.tx.scratch(task.id).and_then(|s| s.delete_reason.clone()).as_deref()),
            "execution" => task.execution.map_or(Object::Null, |id| Object::Handle(Handle::Execution(id.number()))),
            "processInstance" => {
                task.process_instance.map_or(Object::Null, |id| Object::Handle(Handle::Execution(id.number())))
            }
            "caseInstanceId" => text(task.case_instance.as_deref()),
            "candidates" => object_list(
                task.links
                    .iter()
                    .filter(|link| &*link.kind == "candidate")
                    .filter_map(|link| link.user.clone().or_else(|| link.group.clone())),
            ),
            "variables" => {
                let mut all = std::collections::BTreeMap::new();
                if let Some(execution) = task.execution {
                    all.extend(self.tx.visible_variables(execution).into_iter().map(|(name, value, _)| (name, value)));
                }
                all.extend(self.tx.local_values(task.id));
                object_map(all)
            }
            "variablesLocal" => object_map(self.tx.local_values(task.id)),
            _ => return Ok(None),
        }))
    }

    fn external_property(&mut self, id: u128, name: &str) -> Option<Object> {
        let task = self.tx.t.state.external_task(Id::new(id))?.clone();
        let text = |value: Option<&str>| value.map_or(Object::Null, text_object);
        Some(match name {
            "id" => text_object(task.id.to_string().as_str()),
            "topicName" => text(Some(&task.topic)),
            "workerId" => text(task.worker.as_deref()),
            "retries" => task.retries.map_or(Object::Null, Object::Integer),
            "errorMessage" => text(task.error_message.as_deref()),
            "errorDetails" => text(task.error_details.as_deref()),
            "priority" => Object::Long(task.priority),
            "executionId" => text(Some(&task.execution.to_string())),
            "processInstanceId" => text(Some(&task.process_instance.to_string())),
            "lockExpirationTime" => task.lock_expires.map_or(Object::Null, Object::Date),
            _ => return None,
        })
    }

    /// Methods that `execution` and `task` have in common.
    fn variable_method(&mut self, name: &str, args: &[Object]) -> Result<Option<Object>, ObjectError> {
        let key = args.first().map(plain_text).unwrap_or_default();
        let value = || stored_here(args.get(1).unwrap_or(&Object::Null));
        let typed = |value: Option<Value>| value.map_or(Object::Null, |value| TypedObject::of_variable(&value));
        let scope = self.task.or(self.execution).unwrap_or_default();
        Ok(Some(match (name, args.len()) {
            ("getVariable", 1 | 2) => self.own_object(&key).unwrap_or(Object::Null),
            ("getVariableTyped", 1 | 2) => typed(self.own_variable(&key)),
            ("getVariableLocal", 1 | 2) => {
                let row = self.tx.t.state.variable_in(scope, &key).map(|row| (row.id, row.value.clone()));
                row.map_or(Object::Null, |(id, value)| self.tx.object_of(id, &value))
            }
            ("getVariableLocalTyped", 1 | 2) => {
                typed(self.tx.t.state.variable_in(scope, &key).map(|row| row.value.clone()))
            }
            ("hasVariable", 1) => Object::Boolean(self.own_variable(&key).is_some()),
            ("hasVariableLocal", 1) => Object::Boolean(self.tx.t.state.variable_in(scope, &key).is_some()),
            ("hasVariables", 0) => Object::Boolean(!self.variable_names().is_empty()),
            ("hasVariablesLocal", 0) => Object::Boolean(self.tx.t.state.variables_of(scope).next().is_some()),
            ("setVariable" | "setVariableLocal", 2) => {
                self.set(&key, value()?, name == "setVariableLocal", false)?;
                if let Some((id, value)) = self.own_row(&key) {
                    self.tx.hold_object(id, value, &args[1]);
                }
                Object::Null
            }
            ("setVariable", 3) if self.task.is_none() => {
                let target = args.get(2).map(plain_text).unwrap_or_default();
                let value = value()?;
                if let Some(execution) = self.execution {
                    self.tx.set_variable_in(execution, &target, key.into(), value).map_err(to_object_error)?;
                }
                Object::Null
            }
            ("removeVariable", 1) => {
                if let Some(task) = self.task.filter(|task| self.tx.t.state.variable_in(*task, &key).is_some()) {
                    self.tx.remove_task_variable_local(task, &key).map_err(to_object_error)?;
                } else if let Some(execution) = self.execution {
                    self.tx.remove_variable(execution, &key).map_err(to_object_error)?;
                }
                Object::Null
            }
            ("removeVariableLocal", 1) => {
                if let Some(task) = self.task {
                    self.tx.remove_task_variable_local(task, &key).map_err(to_object_error)?;
                } else if let Some(execution) = self.execution {
                    self.tx.remove_variable_local(execution, &key).map_err(to_object_error)?;
                }
                Object::Null
            }
            ("setVariables" | "setVariablesLocal", 1) => {
                let local = name == "setVariablesLocal";
                if let Some(Object::Map(map)) = args.first() {
                    let entries = map
                        .borrow()
                        .iter()
                        .map(|(key, value)| Ok((plain_text(&key.0), stored_here(value)?)))
                        .collect::<Result<Vec<(String, Value)>, ObjectError>>()?;
                    for (name, value) in entries {
                        self.set(&name, value, local, false)?;
                    }
                }
                Object::Null
            }
            _ => return Ok(None),
        }))
    }

    fn task_method(&mut self, task: Id, name: &str, args: &[Object]) -> Result<Option<Object>, ObjectError> {
        use crate::{command::TaskCommand, state::IdentityLink};
        let text = |at: usize| match args.get(at) {
            None | Some(Object::Null) => None,
            Some(value) => Some(plain_text(value)),
        };
        let link = |user: Option<String>, group: Option<String>, kind: Option<String>| IdentityLink {
            kind: Arc::from(kind.unwrap_or_else(|| "candidate".to_owned())),
            user: user.map(Arc::from),
            group: group.map(Arc::from),
        };
        let date = |at: usize| match args.get(at) {
            Some(Object::Date(date)) => Some(*date),
            _ => None,
        };
        let command = match (name, args.len()) {
            ("setAssignee", 1) => TaskCommand::SetAssignee(text(0)),
            ("setOwner", 1) => TaskCommand::SetOwner(text(0)),
            ("setName", 1) => TaskCommand::SetName(text(0).unwrap_or_default()),
            ("setDescription", 1) => TaskCommand::SetDescription(text(0).unwrap_or_default()),
            ("setDueDate", 1) => TaskCommand::SetDue(date(0)),
            ("setFollowUpDate", 1) => TaskCommand::SetFollowUp(date(0)),
            ("setPriority", 1) => match args[0] {
                Object::Integer(value) => TaskCommand::SetPriority(value),
                Object::Long(value) => TaskCommand::SetPriority(i32::try_from(value).unwrap_or(i32::MAX)),
                _ => return Ok(None),
            },
            ("addCandidateUser", 1) => TaskCommand::AddLink(link(text(0), None, None)),
            ("addCandidateGroup", 1) => TaskCommand::AddLink(link(None, text(0), None)),
            ("addUserIdentityLink", 2) => TaskCommand::AddLink(link(text(0), None, text(1))),
            ("addGroupIdentityLink", 2) => TaskCommand::AddLink(link(None, text(0), text(1))),
            ("deleteCandidateUser", 1) => TaskCommand::DeleteLink(link(text(0), None, None)),
            ("deleteCandidateGroup", 1) => TaskCommand::DeleteLink(link(None, text(0), None)),
            ("addCandidateUsers" | "addCandidateGroups", 1) => {
                if let Some(Object::List(items)) = args.first() {
                    let names: Vec<String> = items.borrow().iter().map(plain_text).collect();
                    for one in names {
                        let link = if name == "addCandidateUsers" {
                            link(Some(one), None, None)
                        } else {
                            link(None, Some(one), None)
                        };
                        self.tx.change_task_in_listener(task, TaskCommand::AddLink(link)).map_err(to_object_error)?;
                    }
                }
                return Ok(Some(Object::Null));
            }
            ("complete", 0) => TaskCommand::Complete { variables: Default::default(), local: Default::default() },
            _ => return Ok(None),
        };
        self.tx.change_task_in_listener(task, command).map_err(to_object_error)?;
        Ok(Some(Object::Null))
    }
}

/// `getX`, `isX` and `x` name the same property.
fn property_of_getter(name: &str) -> Option<String> {
    let rest = name.strip_prefix("get").or_else(|| name.strip_prefix("is"))?;
    let mut chars = rest.chars();
    let first = chars.next()?;
    first.is_uppercase().then(|| first.to_lowercase().chain(chars).collect())
}

fn object_map(entries: impl IntoIterator<Item = (Arc<str>, Value)>) -> Object {
    Object::map(
        entries.into_iter().map(|(name, value)| (MapKey(text_object(&name)), convert::to_object(&value))).collect(),
    )
}

fn object_list(items: impl IntoIterator<Item = Arc<str>>) -> Object {
    Object::list(items.into_iter().map(|item| text_object(&item)).collect())
}

fn text_object(text: &str) -> Object {
    Object::String(text.into())
}

/// Text of a scalar: names, keys, ids.
pub(crate) fn plain_text(object: &Object) -> String {
    match object {
        Object::String(text) => text.to_string(),
        Object::Integer(value) => value.to_string(),
        Object::Long(value) => value.to_string(),
        Object::Short(value) => value.to_string(),
        Object::Boolean(value) => value.to_string(),
        Object::Null => "null".to_owned(),
        other => match convert::to_value(other) {
            Ok(Value::Json(text) | Value::Xml(text)) => text.to_string(),
            _ => other.plain_class_name(),
        },
    }
}

/// A fault on its way through user code.
pub(crate) fn to_object_error(fault: Fault) -> ObjectError {
    let class = if fault.java_class.is_empty() {
        format!("org.camunda.bpm.engine.{}", fault.kind.class())
    } else {
        fault.java_class
    };
    ObjectError::Exception(class, fault.message)
}

impl Context for Scope<'_, '_> {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        match name {
            "execution" => {
                if let Some(id) = self.execution {
                    return Ok(Some(Object::Handle(Handle::Execution(id.number()))));
                }
            }
            "task" => {
                if let Some(id) = self.task {
                    return Ok(Some(Object::Handle(Handle::Task(id.number()))));
                }
            }
            "externalTask" => {
                if let Some(id) = self.external {
                    return Ok(Some(Object::Handle(Handle::ExternalTask(id.number()))));
                }
            }
            "connector" if !self.extra.is_empty() => {
                return Ok(Some(Object::Handle(Handle::Service("connector".into()))));
            }
            "authenticatedUserId" => {
                if let Some(user) = self.tx.host.user() {
                    return Ok(Some(text_object(user)));
                }
                return Ok(Some(Object::Null));
            }
            _ => {}
        }
        if let Some(object) = self.own_object(name) {
            return Ok(Some(object));
        }
        if self.tx.host.has_bean(name) {
            return Ok(Some(Object::Handle(Handle::Bean(name.into()))));
        }
        Ok(None)
    }

    fn variable_names(&mut self) -> Vec<String> {
        let mut names: std::collections::BTreeSet<String> =
            self.extra.iter().map(|(name, _)| name.to_string()).collect();
        if let Some(execution) = self.execution {
            names.extend(self.tx.visible_variables(execution).into_iter().map(|(name, ..)| name.to_string()));
        }
        if let Some(task) = self.task {
            names.extend(self.tx.t.state.variables_of(task).map(|row| row.name.to_string()));
        }
        names.into_iter().collect()
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        self.set(name, stored_here(&value)?, false, false)
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        let found = match handle {
            Handle::Execution(id) => self.execution_property(*id, name)?,
            Handle::Task(id) => self.task_property(*id, name)?,
            Handle::ExternalTask(id) => self.external_property(*id, name),
            Handle::Bean(bean) => Some(self.tx.host.bean_property(bean, name)?),
            Handle::Service(_) => None,
        };
        found.ok_or_else(|| ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn set_property(&mut self, handle: &Handle, name: &str, value: Object) -> Result<(), ObjectError> {
        let mut setter = String::from("set");
        let mut chars = name.chars();
        setter.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        setter.extend(chars);
        self.call_method(handle, &setter, &[value]).map(|_| ())
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        let found = match handle {
            Handle::Execution(id) => {
                let (execution, task) = (self.execution.replace(Id::new(*id)), self.task.take());
                let mut found = self.variable_method(name, args);
                self.execution = execution;
                self.task = task;
                if let (Ok(None), "setProcessBusinessKey" | "setBusinessKey", 1) = (&found, name, args.len()) {
                    let key = match &args[0] {
                        Object::Null => None,
                        other => Some(Arc::from(plain_text(other))),
                    };
                    self.tx.set_business_key(Id::new(*id), key).map_err(to_object_error)?;
                    found = Ok(Some(Object::Null));
                }
                match found? {
                    None if args.is_empty() => match property_of_getter(name) {
                        Some(property) => self.execution_property(*id, &property)?,
                        None => None,
                    },
                    found => found,
                }
            }
            Handle::Task(id) => {
                let (execution, task) = (self.execution, self.task.replace(Id::new(*id)));
                let found = self.variable_method(name, args);
                self.execution = execution;
                self.task = task;
                match found? {
                    Some(found) => Some(found),
                    None => match self.task_method(Id::new(*id), name, args)? {
                        Some(done) => Some(done),
                        None if args.is_empty() => match property_of_getter(name) {
                            Some(property) => self.task_property(*id, &property)?,
                            None => None,
                        },
                        None => None,
                    },
                }
            }
            Handle::ExternalTask(id) => property_of_getter(name).and_then(|name| self.external_property(*id, &name)),
            Handle::Bean(bean) => return self.call_bean(bean, name, args),
            Handle::Service(service) if &**service == "connector" => self.connector_method(name, args),
            Handle::Service(_) => None,
        };
        found.ok_or_else(|| ObjectError::UnknownMethod(self.class_name(handle), name.to_owned()))
    }

    fn class_name(&mut self, handle: &Handle) -> String {
        match handle {
            Handle::Execution(_) => "org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity".to_owned(),
            Handle::Task(_) => "org.camunda.bpm.engine.impl.persistence.entity.TaskEntity".to_owned(),
            Handle::ExternalTask(_) => "org.camunda.bpm.engine.impl.persistence.entity.ExternalTaskEntity".to_owned(),
            Handle::Bean(name) | Handle::Service(name) => name.to_string(),
        }
    }

    fn call_function(&mut self, name: &str, args: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(match (name, args.len()) {
            ("currentUser", 0) => Some(self.tx.host.user().map_or(Object::Null, text_object)),
            ("currentUserGroups", 0) => {
                Some(Object::list(self.tx.host.user_groups().iter().map(|group| text_object(group)).collect()))
            }
            _ => None,
        })
    }

    fn now_ms(&mut self) -> i64 {
        self.tx.now().0
    }

    fn time_zone(&mut self) -> String {
        self.tx.host.settings().time_zone.clone()
    }
}

impl Scope<'_, '_> {
    /// `connector` in the parameters of a connector: its inputs so far, or the response.
    fn connector_method(&mut self, name: &str, args: &[Object]) -> Option<Object> {
        let [key] = args else { return None };
        let key = plain_text(key);
        let local = self.extra.iter().find(|(known, _)| **known == *key).map(|(_, value)| value.clone());
        let found = |value: Option<Value>| value.map_or(Object::Null, |value| convert::to_object(&value));
        match name {
            "getVariable" => Some(found(local.or_else(|| self.own_variable(&key)))),
            "getVariableLocal" => Some(found(local)),
            "hasVariable" => Some(Object::Boolean(local.is_some() || self.own_variable(&key).is_some())),
            "hasVariableLocal" => Some(Object::Boolean(local.is_some())),
            _ => None,
        }
    }

    fn call_bean(&mut self, bean: &str, method: &str, args: &[Object]) -> Result<Object, ObjectError> {
        let call = match self.execution {
            Some(execution) => self
                .tx
                .delegate_call(execution, self.task, Arc::from(bean), DelegateRole::Service, Vec::new())
                .map_err(to_object_error)?,
            None => DelegateCall {
                name: Arc::from(bean),
                role: DelegateRole::Service,
                fields: Vec::new(),
                execution: ExecutionInfo::default(),
                task: self.task,
                variables: Vec::new(),
                trace: None,
            },
        };
        let (result, reply) = self.tx.host.bean_method(bean, method, args, &call)?;
        for (name, value, local) in reply.variables {
            self.set(&name, value, local, false)?;
        }
        for name in reply.removed {
            if let Some(execution) = self.execution {
                self.tx.remove_variable(execution, &name).map_err(to_object_error)?;
            }
        }
        match reply.outcome {
            DelegateOutcome::Done | DelegateOutcome::Results(_) => Ok(result),
            DelegateOutcome::BpmnError { code, message } => Err(ObjectError::BpmnError(code, message)),
            DelegateOutcome::Exception { class, message, .. } => Err(ObjectError::Exception(class, message)),
        }
    }
}
