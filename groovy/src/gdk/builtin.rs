//! Functions a script calls without a target.

use objects::{Object, classes as java};

use super::Found;
use crate::interpreter::{Interpreter, Throw};

/// `println`, `print`, `printf` of the script and of `System.out`.
pub(super) fn print(groovy: &mut Interpreter<'_>, name: &str, args: &[Object]) -> Found {
    match (name, args) {
        ("println", []) => groovy.print("", true)?,
        ("println" | "print", [value]) => {
            let text = groovy.to_text(value)?;
            groovy.print(&text, name == "println")?;
        }
        ("printf" | "format", [_, ..]) => {
            let text = super::statics::format(groovy, args)?;
            let text = groovy.to_text(&text)?;
            groovy.print(&text, false)?;
        }
        ("flush", []) => {}
        _ => return Ok(None),
    }
    Ok(Some(Object::Null))
}

impl Interpreter<'_> {
    /// Calls a function that Groovy or Camunda gives every script.
    pub(crate) fn call_builtin(&mut self, name: &str, args: &[Object]) -> Found {
        match (name, args) {
            ("println" | "print" | "printf", _) => print(self, name, args),
            ("sprintf", [_, ..]) => super::statics::format(self, args).map(Some),
            // A transaction does not wait.
            ("sleep", [_] | [_, _]) => Ok(Some(Object::Null)),
            ("S", [_]) => {
                let plain = self.plain_args(args);
                Ok(Some(java::call_static("org.camunda.spin.Spin", name, &plain, self.ctx)?))
            }
            ("evaluate" | "run" | "use" | "load", [_, ..]) => {
                Err(Throw::exception("java.lang.SecurityException", format!("{name}() is not available to scripts")))
            }
            ("getBinding", []) => self.global("binding"),
            ("getClass", []) => Ok(Some(java::class_object("Script1"))),
            _ => Ok(None),
        }
    }
}
