//! The smallest context.

use crate::{
    context::{Context, Handle, ObjectError},
    object::Object,
};

/// Values by name, for what is evaluated outside of an engine: an execution has `getVariable` and `setVariable`, other handles
/// have no members, there are no further functions, and the time is 1970-01-01T00:00Z.
#[derive(Clone, Debug, Default)]
pub struct Values(Vec<(String, Object)>);

impl<N: Into<String>> FromIterator<(N, Object)> for Values {
    fn from_iter<I: IntoIterator<Item = (N, Object)>>(values: I) -> Self {
        Self(values.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl Context for Values {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
    }

    fn variable_names(&mut self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
        Ok(())
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        match (handle, name, args) {
            (Handle::Execution(_), "getVariable", [Object::String(name)]) => {
                return Ok(self.variable(name)?.unwrap_or(Object::Null));
            }
            (Handle::Execution(_), "setVariable", [Object::String(name), value]) => {
                self.set_variable(name, value.clone())?;
                return Ok(Object::Null);
            }
            _ => {}
        }
        Err(ObjectError::UnknownMethod(self.class_name(handle), name.to_owned()))
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "java.lang.Object".to_owned()
    }

    fn call_function(&mut self, _: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(None)
    }

    fn now_ms(&mut self) -> i64 {
        0
    }

    fn time_zone(&mut self) -> String {
        "UTC".to_owned()
    }
}
