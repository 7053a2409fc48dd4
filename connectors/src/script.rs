//! Java delegates as rhai scripts.
//!
//! A script sees the variables and injected fields by name (fields go first), `execution` with its usual methods, and may
//! throw a BPMN error. Its result counts where somebody reads it: methods of beans and validators.

use std::collections::HashMap;

use engine_core::host::{DelegateCall, DelegateOutcome, DelegateReply};
use models::Value;
use objects::{Context, Handle, Object, ObjectError, convert};
use scripting::{Language, Limits, Script, ScriptError};

use crate::{
    config::{ConfigError, Delegate, DelegateMapping},
    delegate::has_result,
    failed,
};

/// The scripts of a mapping by the name or pattern they serve.
#[derive(Debug)]
pub(crate) struct Scripts {
    mapping: DelegateMapping,
    compiled: HashMap<String, Script>,
}

impl Scripts {
    pub(crate) fn compile(mapping: &DelegateMapping) -> Result<Self, ConfigError> {
        let engine = scripting::Engine::new(Limits::default());
        let mut compiled = HashMap::new();
        for (name, delegate) in &mapping.0 {
            let text = match delegate {
                Delegate::Script { script } => script.clone(),
                Delegate::ScriptFile { script_file } => {
                    std::fs::read_to_string(script_file).map_err(|error| ConfigError::ScriptFile {
                        name: name.clone(),
                        file: script_file.clone(),
                        problem: error.to_string(),
                    })?
                }
                Delegate::Topic { .. } | Delegate::Http { .. } => continue,
            };
            let script = engine
                .compile(Language::Rhai, &text)
                .map_err(|error| ConfigError::Script { name: name.clone(), problem: error.to_string() })?;
            compiled.insert(name.clone(), script);
        }
        Ok(Self { mapping: mapping.clone(), compiled })
    }

    pub(crate) fn run(&self, call: &DelegateCall) -> DelegateReply {
        let script = self.mapping.find_entry(&call.name).and_then(|(pattern, _)| self.compiled.get(pattern));
        let Some(script) = script else {
            return failed("java.lang.IllegalStateException", format!("there is no script for `{}`", call.name), None);
        };
        let mut scope = Scope { call, reply: DelegateReply::default() };
        let result = script.run(&mut scope);
        let mut reply = scope.reply;
        match result {
            Ok(result) => {
                if has_result(call) {
                    reply.variables.push((
                        "return".to_owned(),
                        convert::to_value(&result).unwrap_or(Value::Null),
                        true,
                    ));
                }
                reply
            }
            Err(ScriptError::BpmnError { code, message }) => {
                reply.outcome = DelegateOutcome::BpmnError { code, message };
                reply
            }
            Err(error) => {
                let message = format!("the script of delegate `{}` failed: {error}", call.name);
                failed("org.camunda.bpm.engine.ScriptEvaluationException", message, None)
            }
        }
    }
}

/// What a script sees of a call.
struct Scope<'a> {
    call: &'a DelegateCall,
    reply: DelegateReply,
}

const EXECUTION: Handle = Handle::Execution(0);

impl Scope<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        if let Some((_, value, _)) = self.reply.variables.iter().rev().find(|(known, ..)| known == name) {
            return Some(value.clone());
        }
        if self.reply.removed.iter().any(|known| known == name) {
            return None;
        }
        self.call.variables.iter().find(|(known, ..)| &**known == name).map(|(_, value, _)| value.clone())
    }

    fn set(&mut self, name: &str, value: &Object, local: bool) -> Result<(), ObjectError> {
        let value = convert::to_value(value).map_err(|refused| {
            ObjectError::exception("org.camunda.bpm.engine.ProcessEngineException", refused.message(name))
        })?;
        self.reply.variables.push((name.to_owned(), value, local));
        Ok(())
    }

    fn info(&self, name: &str) -> Option<Object> {
        let info = &self.call.execution;
        let text = |text: Option<&str>| text.map_or(Object::Null, Object::string);
        Some(match name {
            "id" => Object::string(info.id.to_string()),
            "processInstanceId" => Object::string(info.process_instance.to_string()),
            "processDefinitionId" => Object::string(info.definition.as_str()),
            "processBusinessKey" | "businessKey" => text(info.business_key.as_deref()),
            "currentActivityId" => text(info.activity.as_deref()),
            "currentActivityName" => text(info.activity_name.as_deref()),
            "activityInstanceId" => text(info.activity_instance.as_deref()),
            "tenantId" => text(info.tenant.as_deref()),
            _ => return None,
        })
    }
}

impl Context for Scope<'_> {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        if name == "execution" {
            return Ok(Some(Object::Handle(EXECUTION)));
        }
        let field = self.call.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        Ok(field.or_else(|| self.value(name)).map(|value| convert::to_object(&value)))
    }

    fn variable_names(&mut self) -> Vec<String> {
        let mut names: Vec<String> = self.call.variables.iter().map(|(name, ..)| name.to_string()).collect();
        names.extend(self.call.fields.iter().map(|(name, _)| name.clone()));
        names.sort();
        names.dedup();
        names
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        self.set(name, &value, false)
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        self.info(name).ok_or_else(|| ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        let unknown = ObjectError::UnknownMethod(self.class_name(handle), name.to_owned());
        match (name, args) {
            ("getVariable", [Object::String(name)]) => {
                Ok(self.value(name).map_or(Object::Null, |value| convert::to_object(&value)))
            }
            ("hasVariable", [Object::String(name)]) => Ok(Object::Boolean(self.value(name).is_some())),
            ("setVariable" | "setVariableLocal", [Object::String(key), value]) => {
                self.set(key, value, name == "setVariableLocal").map(|()| Object::Null)
            }
            ("removeVariable" | "removeVariableLocal", [Object::String(name)]) => {
                self.reply.variables.retain(|(known, ..)| **known != **name);
                self.reply.removed.push(name.to_string());
                Ok(Object::Null)
            }
            (getter, []) => {
                let property = getter.strip_prefix("get").ok_or(unknown.clone())?;
                let mut chars = property.chars();
                let lower: String =
                    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect();
                self.info(&lower).ok_or(unknown)
            }
            _ => Err(unknown),
        }
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity".to_owned()
    }

    fn call_function(&mut self, _: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(None)
    }

    fn now_ms(&mut self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn time_zone(&mut self) -> String {
        "UTC".to_owned()
    }
}
