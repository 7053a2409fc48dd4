//! Method calls on objects.
//!
//! Groovy's own methods come first, then those of the class in Java; what neither has is a `MissingMethodException`.

use std::rc::Rc;

use objects::{Object, ObjectError, classes as java, classes::ClassObject, methods};

use super::{Interpreter, Outcome, Throw};
use crate::{
    classes::Class,
    gdk,
    values::{self, Instance, Range, ScriptObject, Template, UserClassObject, downcast},
};

impl Interpreter<'_> {
    /// `target.name(args)`
    pub(crate) fn invoke(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Object> {
        if let Some(value) = self.try_invoke(target, name, args)? {
            Ok(value)
        } else {
            let class = match downcast::<ClassObject>(target) {
                Some(class) => class.name().to_owned(),
                None => target.class_name(self.ctx),
            };
            if let Some(class) = downcast::<UserClassObject>(target) {
                let class = class.name.clone();
                return Err(self.missing_method(&class, name, args));
            }
            Err(self.missing_method(&class, name, args))
        }
    }

    /// Calls a method; `None` when there is none.
    pub(crate) fn try_invoke(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        self.step()?;
        self.check_stack()?;
        match target {
            Object::Null => self.invoke_null(name, args),
            Object::Handle(handle) => {
                let args = self.handle_args(name, args)?;
                match self.ctx.call_method(handle, name, &args) {
                    Ok(value) => Ok(Some(values::revive(value))),
                    Err(ObjectError::UnknownMethod(..)) => gdk::object::call(self, target, name, &args),
                    Err(error) => Err(error.into()),
                }
            }
            Object::Extension(_) => {
                if let Some(instance) = downcast::<Instance>(target) {
                    let class = instance.class;
                    if let Some(value) = self.user_method(class, target, name, args)? {
                        return Ok(Some(value));
                    }
                    // A field that holds a closure can be called.
                    if let Some(field) = instance.field(name)
                        && downcast::<values::Closure>(&field).is_some()
                    {
                        return self.call_closure(&field, args).map(Some);
                    }
                }
                if let Some(class) = downcast::<UserClassObject>(target) {
                    let ix = class.class;
                    if let Some(value) = self.user_method(ix, target, name, args)? {
                        return Ok(Some(value));
                    }
                    return self.invoke_user_class(ix, target, name, args);
                }
                if let Some(class) = downcast::<ClassObject>(target) {
                    let class = class.name().to_owned();
                    return self.invoke_class(&class, target, name, args);
                }
                if downcast::<ScriptObject>(target).is_some() {
                    return self.invoke_script(target, name, args);
                }
                self.invoke_value(target, name, args)
            }
            _ => self.invoke_value(target, name, args),
        }
    }

    /// A method that no class of the script overrides.
    pub(super) fn invoke_plain(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Object> {
        if let Some(value) = self.invoke_value(target, name, args)? {
            Ok(value)
        } else {
            let class = target.class_name(self.ctx);
            Err(self.missing_method(&class, name, args))
        }
    }

    fn invoke_value(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        if let Some(value) = gdk::call(self, target, name, args)? {
            return Ok(Some(value));
        }
        // A closure in a map is called like a method.
        if let Object::Map(map) = target {
            let found = map.borrow().get(&objects::MapKey(Object::string(name))).cloned();
            if let Some(found) = found
                && downcast::<values::Closure>(&found).is_some()
            {
                return self.call_closure(&found, args).map(Some);
            }
        }
        let plain: Vec<Object>;
        // Containers take whatever they are given; parameters of type String take the text.
        let args = match target {
            Object::List(_) | Object::Map(_) | Object::Set(_) => args,
            _ => {
                plain = self.plain_args(args);
                &plain
            }
        };
        match methods::call(target, name, args, self.ctx) {
            Ok(value) => {
                if let Object::String(text) = &value {
                    self.charge_text(text.len() as u64)?;
                } else if let Object::List(items) = &value {
                    let length = items.borrow().len();
                    self.charge_items(length as u64)?;
                }
                if matches!(target, Object::List(_) | Object::Map(_) | Object::Set(_)) {
                    self.charge_items(1)?;
                }
                Ok(Some(value))
            }
            Err(ObjectError::UnknownMethod(..)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn invoke_null(&mut self, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        Ok(Some(match (name, args) {
            ("toString", []) => Object::string("null"),
            ("equals" | "is", [other]) => Object::Boolean(other.is_null()),
            ("asBoolean", []) => Object::Boolean(false),
            ("iterator", []) => methods::IteratorObject::object(Vec::new()),
            ("plus", [Object::String(text)]) => Object::string(format!("null{text}")),
            ("with" | "tap" | "each" | "collect" | "find" | "findAll" | "any" | "every", [closure])
                if downcast::<values::Closure>(closure).is_some() =>
            {
                return gdk::null(self, name, closure).map(Some);
            }
            ("getClass", []) => java::class_object("org.codehaus.groovy.runtime.NullObject"),
            _ => return Err(Throw::null_pointer(format!("Cannot invoke method {name}() on null object"))),
        }))
    }

    /// Static methods of Java's classes, and methods of `Class`.
    fn invoke_class(&mut self, class: &str, target: &Object, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        if let Some(value) = gdk::statics::call(self, class, name, args)? {
            return Ok(Some(value));
        }
        match (name, args) {
            ("newInstance", _) => {
                return self.create(Class::Known(crate::classes::known(class)), args).map(Some);
            }
            ("isInstance", [value]) => return Ok(Some(Object::Boolean(self.is_a(value, class)))),
            (
                "forName"
                | "getClassLoader"
                | "getMethods"
                | "getDeclaredMethods"
                | "getMethod"
                | "getDeclaredMethod"
                | "getFields"
                | "getDeclaredFields"
                | "getField"
                | "getDeclaredField"
                | "getConstructors"
                | "getDeclaredConstructors"
                | "getConstructor"
                | "getDeclaredConstructor"
                | "getMetaClass"
                | "getResource"
                | "getResourceAsStream"
                | "getProtectionDomain",
                _,
            ) => {
                return Err(Throw::exception(
                    "java.lang.SecurityException",
                    format!("Class.{name} is not available to scripts"),
                ));
            }
            _ => {}
        }
        let plain = self.plain_args(args);
        match java::call_static(class, name, &plain, self.ctx) {
            Ok(value) => return Ok(Some(value)),
            Err(ObjectError::UnknownMethod(..)) => {}
            Err(error) => return Err(error.into()),
        }
        match methods::call(target, name, &plain, self.ctx) {
            Ok(value) => Ok(Some(value)),
            Err(ObjectError::UnknownMethod(..)) => gdk::object::call(self, target, name, args),
            Err(error) => Err(error.into()),
        }
    }

    fn invoke_user_class(
        &mut self,
        ix: crate::ast::ClassIx,
        target: &Object,
        name: &str,
        args: &[Object],
    ) -> Outcome<Option<Object>> {
        let class = self.program.classes[usize::from(ix)].name.clone();
        match (name, args) {
            ("getName" | "getSimpleName" | "getTypeName", []) => return Ok(Some(Object::string(&*class))),
            ("newInstance", _) => return self.create(Class::User(ix), args).map(Some),
            ("isInstance", [value]) => return Ok(Some(Object::Boolean(self.instance_of(value, Class::User(ix))))),
            _ => {}
        }
        if let Some(constants) = self.enum_constants(ix)? {
            match (name, args) {
                ("values", []) => return self.new_list(constants).map(Some),
                ("valueOf", [wanted]) => {
                    let wanted = self.to_text(wanted)?;
                    for constant in constants {
                        if downcast::<Instance>(&constant).is_some_and(
                            |instance| matches!(&*instance.constant.borrow(), Some((name, _)) if **name == *wanted),
                        ) {
                            return Ok(Some(constant));
                        }
                    }
                    return Err(Throw::illegal_argument(format!("No enum constant {class}.{wanted}")));
                }
                _ => {}
            }
        }
        gdk::object::call(self, target, name, args)
    }

    fn invoke_script(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        let text = |object: &Object| object.as_str().map(Rc::<str>::from);
        match (name, args) {
            ("hasVariable", [variable]) => {
                let Some(variable) = text(variable) else { return Ok(None) };
                return Ok(Some(Object::Boolean(self.global(&variable)?.is_some())));
            }
            ("getVariable" | "getProperty", [variable]) => {
                let Some(variable) = text(variable) else { return Ok(None) };
                return match self.global(&variable)? {
                    Some(value) => Ok(Some(value)),
                    None => Err(Throw::missing_property(&variable, "groovy.lang.Binding")),
                };
            }
            ("setVariable" | "setProperty", [variable, value]) => {
                let Some(variable) = text(variable) else { return Ok(None) };
                self.set_global(&variable, value.clone());
                return Ok(Some(Object::Null));
            }
            ("getVariables", []) => {
                return self.get_property(target, &"variables".into()).map(Some);
            }
            ("getBinding", []) => return self.global("binding"),
            ("getClass", []) => return Ok(Some(java::class_object("Script1"))),
            _ => {}
        }
        if let Some(value) = self.call_owned(name, args)? {
            return Ok(Some(value));
        }
        gdk::object::call(self, target, name, args)
    }

    /// Arguments for Java: texts with interpolations become texts, ranges lists.
    pub(crate) fn plain_args(&mut self, args: &[Object]) -> Vec<Object> {
        args.iter().map(|arg| self.plain(arg)).collect()
    }

    fn plain(&mut self, arg: &Object) -> Object {
        if let Some(template) = downcast::<Template>(arg) {
            return Object::String(template.text.clone());
        }
        if let Some(builder) = downcast::<values::TextBuilder>(arg) {
            return Object::string(builder.text.borrow().as_str());
        }
        if downcast::<Range>(arg).is_some()
            && let Ok(items) = self.items(arg)
        {
            return Object::list(items);
        }
        arg.clone()
    }

    /// Arguments for the engine: names are texts, values keep Groovy's classes as they would be stored.
    fn handle_args(&mut self, name: &str, args: &[Object]) -> Outcome<Vec<Object>> {
        let takes_value = name.contains("Variable") || name.contains("Transient");
        let mut plain = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            plain.push(if takes_value && index > 0 { self.portable(arg.clone())? } else { self.plain(arg) });
        }
        Ok(plain)
    }

    /// The call of a method nobody has.
    pub(crate) fn missing_method(&mut self, class: &str, name: &str, args: &[Object]) -> Box<Throw> {
        let (types, values) = self.describe_args(args);
        Throw::exception(
            "groovy.lang.MissingMethodException",
            format!(
                "No signature of method: {class}.{name}() is applicable for argument types: ({types}) values: [{values}]"
            ),
        )
    }

    /// Classes and values of arguments, as error texts show them.
    pub(crate) fn describe_args(&mut self, args: &[Object]) -> (String, String) {
        let (mut types, mut values) = (String::new(), String::new());
        for (index, arg) in args.iter().enumerate() {
            if index > 0 {
                types.push_str(", ");
                values.push_str(", ");
            }
            let class = arg.class_name(self.ctx);
            types.push_str(class.rsplit('.').next().unwrap_or(&class));
            let text = self.to_text(arg).unwrap_or_else(|_| Rc::from("?"));
            if text.chars().count() > 60 {
                values.extend(text.chars().take(57));
                values.push_str("...");
            } else {
                values.push_str(&text);
            }
        }
        (types, values)
    }
}
