//! Methods of every object.

use objects::Object;

use super::Found;
use crate::{
    interpreter::Interpreter,
    values::{Closure, Instance, downcast},
};

pub(crate) fn call(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    let closure = args.last().filter(|last| downcast::<Closure>(last).is_some());
    Ok(Some(match (name, args) {
        ("with", [_]) if let Some(closure) = closure => {
            groovy.call_with_delegate(closure, target, std::slice::from_ref(target))?
        }
        ("with", [Object::Boolean(returning), _]) if let Some(closure) = closure => {
            let value = groovy.call_with_delegate(closure, target, std::slice::from_ref(target))?;
            if *returning { target.clone() } else { value }
        }
        ("tap", [_]) if let Some(closure) = closure => {
            groovy.call_with_delegate(closure, target, std::slice::from_ref(target))?;
            target.clone()
        }
        ("is", [other]) => Object::Boolean(Interpreter::identical(target, other)),
        ("asBoolean", []) => Object::Boolean(groovy.truth(target)?),
        ("inspect", []) => {
            let text = groovy.inspect(target)?;
            groovy.new_text(text)?
        }
        ("toString", []) if !matches!(target, Object::Handle(_)) => Object::String(groovy.to_text(target)?),
        ("isCase", [value]) => Object::Boolean(groovy.is_case(target, value)?),
        ("getAt", [Object::String(property)]) => groovy.get_property(target, property)?,
        ("putAt", [Object::String(property), value]) => {
            groovy.set_property(target, property, value.clone())?;
            Object::Null
        }
        ("getProperty", [Object::String(property)]) => groovy.get_property(target, property)?,
        ("setProperty", [Object::String(property), value]) => {
            groovy.set_property(target, property, value.clone())?;
            Object::Null
        }
        ("invokeMethod", [Object::String(method), Object::List(args)]) => {
            let args = args.borrow().clone();
            groovy.check_stack()?;
            groovy.invoke(target, method, &args)?
        }
        ("asType", [class]) => match crate::gdk::statics::class_of(class) {
            Some(class) => {
                let ty = crate::ast::Type { class, primitive: false, array: 0 };
                groovy.as_type(target.clone(), &ty)?
            }
            None => return Ok(None),
        },
        ("print" | "println" | "printf" | "sprintf" | "sleep", _) => return groovy.call_builtin(name, args),
        ("hasProperty", [Object::String(property)]) if downcast::<Instance>(target).is_some() => {
            let has = downcast::<Instance>(target).is_some_and(|instance| instance.field(property).is_some());
            if has { Object::String(property.clone()) } else { Object::Null }
        }
        ("getMetaClass" | "setMetaClass" | "metaClass" | "dump" | "respondsTo" | "use" | "addShutdownHook", _) => {
            return Err(crate::interpreter::Throw::exception(
                "java.lang.SecurityException",
                format!("{name}() is not available to scripts"),
            ));
        }
        ("each" | "eachWithIndex" | "collect" | "find" | "findAll" | "any" | "every" | "inject" | "iterator", _)
            if !matches!(target, Object::Handle(_)) =>
        {
            // Anything is a collection of itself.
            let items = groovy.items(target)?;
            let found = super::iteration::call(groovy, &super::iteration::Source::list(items), name, args)?;
            return Ok(found.map(|value| if super::list::returns_itself(name) { target.clone() } else { value }));
        }
        ("plus", [other]) if other.as_str().is_some() => {
            let mut text = groovy.to_text(target)?.to_string();
            groovy.append_text(&mut text, other)?;
            groovy.new_text(text)?
        }
        _ => return Ok(None),
    }))
}
