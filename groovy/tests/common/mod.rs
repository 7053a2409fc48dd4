//! A context of plain variables with an `execution`.
#![allow(dead_code, reason = "each test uses a part")]

use std::collections::BTreeMap;

use objects::{Context, Handle, MapKey, Object, ObjectError, convert};
use tollgate_groovy::{Bindings, Limits, Script, ScriptError};

pub(crate) const EXECUTION: Handle = Handle::Execution(1);
pub(crate) const EXECUTION_CLASS: &str = "org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity";

/// Variables by name; `execution` and `task` read and write them.
#[derive(Default)]
pub(crate) struct Variables {
    pub(crate) values: BTreeMap<String, Object>,
    /// Names the script set through `execution`.
    pub(crate) stored: Vec<String>,
}

impl Variables {
    pub(crate) fn with(mut self, name: &str, value: Object) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        if name == "execution" {
            return Ok(Some(Object::Handle(EXECUTION)));
        }
        Ok(self.values.get(name).cloned())
    }

    fn variable_names(&mut self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        let value = convert::to_value(&value).map_err(|error| {
            ObjectError::exception("org.camunda.bpm.engine.ProcessEngineException", error.message(name))
        })?;
        self.stored.push(name.to_owned());
        self.values.insert(name.to_owned(), convert::to_object(&value));
        Ok(())
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        match name {
            "id" => Ok(Object::string("1")),
            "variables" => {
                let entries =
                    self.values.iter().map(|(name, value)| (MapKey(Object::string(name.as_str())), value.clone()));
                Ok(Object::map(entries.collect()))
            }
            _ => Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned())),
        }
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        match (name, args) {
            ("getVariable", [Object::String(name)]) => Ok(self.values.get(&**name).cloned().unwrap_or(Object::Null)),
            ("hasVariable", [Object::String(name)]) => Ok(Object::Boolean(self.values.contains_key(&**name))),
            ("setVariable", [Object::String(name), value]) => {
                let name = name.to_string();
                self.set_variable(&name, value.clone()).map(|()| Object::Null)
            }
            ("removeVariable", [Object::String(name)]) => {
                self.values.remove(&**name);
                Ok(Object::Null)
            }
            ("getVariables", []) => self.get_property(handle, "variables"),
            ("getId", []) => Ok(Object::string("1")),
            ("toString", []) => Ok(Object::string("ProcessInstance[1]")),
            _ => Err(ObjectError::UnknownMethod(self.class_name(handle), name.to_owned())),
        }
    }

    fn class_name(&mut self, _: &Handle) -> String {
        EXECUTION_CLASS.to_owned()
    }

    fn call_function(&mut self, _: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(None)
    }

    fn now_ms(&mut self) -> i64 {
        1_894_702_830_000
    }

    fn time_zone(&mut self) -> String {
        "UTC".to_owned()
    }
}

/// Parses and runs a script that is expected to parse.
pub(crate) fn run(source: &str) -> Result<Object, ScriptError> {
    run_with(source, &mut Variables::default(), &Limits::default())
}

pub(crate) fn run_with(source: &str, variables: &mut Variables, limits: &Limits) -> Result<Object, ScriptError> {
    let script = Script::parse(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    script.run(variables, limits, Bindings::new())
}

/// Class and text of a value, containers element by element: what `record.py` records.
pub(crate) fn show(object: &Object, ctx: &mut dyn Context) -> String {
    match object {
        Object::Null => "null".to_owned(),
        Object::List(items) => {
            let items: Vec<String> = items.borrow().iter().map(|item| show(item, ctx)).collect();
            format!("java.util.ArrayList[{}]", items.join(", "))
        }
        Object::Set(items) => {
            let items: Vec<String> = items.borrow().keys().map(|item| show(&item.0, ctx)).collect();
            format!("java.util.LinkedHashSet[{}]", items.join(", "))
        }
        Object::Map(entries) => {
            let sorted = entries.class() == objects::shared::ContainerClass::Sorted;
            let entries: Vec<String> = entries
                .borrow()
                .iter()
                .map(|(key, value)| format!("{}={}", show(&key.0, ctx), show(value, ctx)))
                .collect();
            let class = if sorted { "TreeMap" } else { "LinkedHashMap" };
            format!("java.util.{class}{{{}}}", entries.join(", "))
        }
        Object::Opaque(value) => match &**value {
            models::value::Value::Object(object) => match &object.content {
                models::value::ObjectContent::Tree(models::value::Tree::List(items)) => {
                    let items: Vec<String> = items
                        .iter()
                        .map(|item| match item {
                            models::value::Tree::Value(value) => show(&convert::to_object(value), ctx),
                            other => format!("{other:?}"),
                        })
                        .collect();
                    format!("{}[{}]", object.type_name.as_deref().unwrap_or(""), items.join(", "))
                }
                models::value::ObjectContent::Tree(models::value::Tree::Other(class, text)) => {
                    format!("{class}:{text}")
                }
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        },
        other => {
            let text = objects::text::to_text(other, ctx).unwrap_or_else(|error| error.to_string().into());
            format!("{}:{text}", other.class_name(ctx))
        }
    }
}
