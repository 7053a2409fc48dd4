//! The way from a running expression or script to what surrounds it.

use std::rc::Rc;

use crate::object::Object;

/// Something that only the surrounding engine knows: resolved by [`Context`], compared by identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    /// The `execution` (its engine-internal number).
    Execution(u128),
    /// The `task`.
    Task(u128),
    /// The `externalTask`.
    ExternalTask(u128),
    /// A bean or handler registered by the embedder, by name.
    Bean(Rc<str>),
    /// A service of the engine reached through another handle, such as `runtimeService`.
    Service(Rc<str>),
}

/// Why an operation on an object did not work. Messages are Camunda's where clients see them.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectError {
    /// The identifier is unknown to every resolver.
    UnknownIdentifier(String),
    /// The class has no such property: class, property.
    UnknownProperty(String, String),
    /// The class has no such method (with that number of arguments): class, method.
    UnknownMethod(String, String),
    /// A BPMN error thrown on purpose: code and message.
    BpmnError(String, Option<String>),
    /// A Java exception: class name and message. Handlers, `throw` in scripts, conversions.
    Exception(String, String),
    /// A configured limit was passed.
    Limit(String),
}

impl ObjectError {
    /// An exception of a class with a message.
    pub fn exception(class: &str, message: impl Into<String>) -> Self {
        Self::Exception(class.to_owned(), message.into())
    }
}

impl std::fmt::Display for ObjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownIdentifier(name) => write!(f, "Cannot resolve identifier '{name}'"),
            Self::UnknownProperty(class, name) => {
                write!(f, "The class '{class}' does not have the property '{name}'.")
            }
            Self::UnknownMethod(class, name) => {
                write!(f, "Cannot find method '{name}' in '{class}'")
            }
            Self::BpmnError(code, message) => {
                write!(f, "{} (errorCode='{code}')", message.as_deref().unwrap_or("null"))
            }
            Self::Exception(_, message) | Self::Limit(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ObjectError {}

/// What surrounds an expression or script: variables, implicit objects, handles, functions, the clock.
///
/// Root names resolve in Camunda's order (S-EL-6): implicit objects, variables, beans; an implementation does that inside
/// [`Context::variable`].
pub trait Context {
    /// Value of a root identifier (implicit object, variable or bean); `None` when nothing has that name.
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError>;
    /// Names of all visible variables, for scripts that bind them.
    fn variable_names(&mut self) -> Vec<String>;
    /// Propagating set of a variable (JUEL assignment is not possible; scripts with automatic storing).
    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError>;
    /// Property of a handle.
    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError>;
    /// Sets a property of a handle.
    fn set_property(&mut self, handle: &Handle, name: &str, value: Object) -> Result<(), ObjectError>;
    /// Calls a method of a handle.
    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError>;
    /// Java class name of a handle, as it appears in error texts.
    fn class_name(&mut self, handle: &Handle) -> String;
    /// Calls a function of the environment that is not built in (`currentUser()` …); `None` when unknown.
    fn call_function(&mut self, name: &str, args: &[Object]) -> Result<Option<Object>, ObjectError>;
    /// The transaction's time in milliseconds since 1970 (UTC): never the machine's clock.
    fn now_ms(&mut self) -> i64;
    /// IANA name of the engine's time zone, such as `UTC`.
    fn time_zone(&mut self) -> String;
}
