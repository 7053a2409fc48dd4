//! `new`, and the fields and methods of the classes a script declares.

use std::{cell::RefCell, rc::Rc};

use objects::{Object, ObjectMap, classes as java};

use super::{Frame, Interpreter, Outcome, Throw, call::is_missing, member::accessor};
use crate::{
    ast::{ClassIx, FunctionIx, Program, UserClass},
    classes::Class,
    token::Str,
    values::{ExceptionObject, Instance, JsonBuilder, JsonSlurper, Range, TextBuilder, downcast, extension},
};

impl<'r> Interpreter<'r> {
    fn user_class(&self, class: ClassIx) -> &'r UserClass {
        let program: &'r Program = self.program;
        &program.classes[usize::from(class)]
    }

    /// `new Class(args)`
    pub(crate) fn create(&mut self, class: Class, args: &[Object]) -> Outcome<Object> {
        self.step()?;
        self.charge_items(1)?;
        match class {
            Class::User(ix) => self.create_instance(ix, args),
            Class::Known(known) if known.is_throwable() => self.create_exception(known.name, args).map(extension),
            Class::Known(known) => self.create_known(known.name, args),
        }
    }

    fn create_known(&mut self, class: &'static str, args: &[Object]) -> Outcome<Object> {
        match (class, args) {
            ("java.lang.StringBuilder" | "java.lang.StringBuffer" | "java.util.StringJoiner", _) => {
                let text = match args {
                    [] => String::new(),
                    [size] if size.is_number() => String::new(),
                    [text, ..] => self.to_text(text)?.to_string(),
                };
                self.charge_text(text.len() as u64)?;
                Ok(extension(TextBuilder { class, text: RefCell::new(text) }))
            }
            ("groovy.json.JsonSlurper" | "groovy.json.JsonSlurperClassic", []) => Ok(extension(JsonSlurper)),
            ("groovy.json.JsonBuilder", _) => {
                let content = args.first().cloned().unwrap_or(Object::Null);
                Ok(extension(JsonBuilder { content: RefCell::new(content) }))
            }
            ("java.lang.Thread", _) => {
                Err(Throw::exception("java.lang.SecurityException", "threads are not available to scripts"))
            }
            ("java.lang.Object", []) => Ok(Object::map(ObjectMap::new())),
            (
                "java.util.ArrayList"
                | "java.util.LinkedList"
                | "java.util.Vector"
                | "java.util.Stack"
                | "java.util.ArrayDeque",
                _,
            ) => match args {
                [] => Ok(Object::list(Vec::new())),
                [size] if size.is_number() => Ok(Object::list(Vec::new())),
                [items] => {
                    let items = self.items(items)?;
                    self.new_list(items)
                }
                _ => Err(self.missing_constructor(class, args)),
            },
            ("java.util.HashSet" | "java.util.LinkedHashSet" | "java.util.TreeSet", _) => {
                let mut items = match args {
                    [] => Vec::new(),
                    [size] if size.is_number() => Vec::new(),
                    [items] => self.items(items)?,
                    _ => return Err(self.missing_constructor(class, args)),
                };
                self.charge_items(items.len() as u64 * 2)?;
                if class == "java.util.TreeSet" {
                    self.sort_items(&mut items)?;
                }
                Ok(Object::set(items))
            }
            (
                "java.util.HashMap"
                | "java.util.LinkedHashMap"
                | "java.util.TreeMap"
                | "java.util.Hashtable"
                | "java.util.Properties"
                | "java.util.concurrent.ConcurrentHashMap",
                _,
            ) => match args {
                [] if class == "java.util.TreeMap" => Ok(Object::sorted_map(ObjectMap::new())),
                [] => Ok(Object::map(ObjectMap::new())),
                [size, ..] if size.is_number() => Ok(Object::map(ObjectMap::new())),
                [Object::Map(other)] => {
                    let copy = other.borrow().clone();
                    self.charge_items(copy.len() as u64 * 2)?;
                    if class == "java.util.TreeMap" {
                        return Ok(Object::sorted_map(self.sorted_map(copy)?));
                    }
                    Ok(Object::map(copy))
                }
                _ => Err(self.missing_constructor(class, args)),
            },
            ("groovy.lang.IntRange", [from, to]) => self.make_range(from, to, false, false),
            ("groovy.lang.Tuple2", [_, _]) => Ok(Object::list(args.to_vec())),
            ("java.math.BigDecimal", [value, Object::Integer(_)]) => {
                let value = java::call_static(class, "new", std::slice::from_ref(value), self.ctx)?;
                self.invoke(&value, "setScale", &args[1..])
            }
            _ => {
                let plain = self.plain_args(args);
                match java::call_static(class, "new", &plain, self.ctx) {
                    Err(objects::ObjectError::UnknownMethod(..)) => Err(self.missing_constructor(class, args)),
                    Ok(value) => Ok(value),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    pub(crate) fn missing_constructor(&mut self, class: &str, args: &[Object]) -> Box<Throw> {
        let (types, _) = self.describe_args(args);
        Throw::exception(
            "groovy.lang.GroovyRuntimeException",
            format!("Could not find matching constructor for: {class}({types})"),
        )
    }

    /// An exception of Java or Camunda: message, cause, both, or a code in front.
    fn create_exception(&mut self, class: &str, args: &[Object]) -> Outcome<ExceptionObject> {
        let mut exception = ExceptionObject::new(class, None);
        let mut rest = args;
        if class == "org.camunda.bpm.engine.delegate.BpmnError" {
            let Some((code, others)) = rest.split_first() else { return Err(self.missing_constructor(class, args)) };
            let code = self.to_text(code)?;
            if code.is_empty() || args[0].is_null() {
                return Err(Throw::exception(
                    "org.camunda.bpm.engine.ProcessEngineException",
                    "Error Code must not be empty.",
                ));
            }
            exception.code = Some(code);
            rest = others;
        }
        for arg in rest {
            if super::throw::exception_of(arg).is_some() {
                exception.cause.replace(arg.clone());
                if exception.message.is_none() && rest.len() == 1 && exception.code.is_none() {
                    exception.message = Some(self.to_text(arg)?);
                }
            } else if !arg.is_null() && exception.message.is_none() {
                exception.message = Some(self.to_text(arg)?);
            }
        }
        if class == "java.text.ParseException" && args.len() != 2 {
            return Err(self.missing_constructor(class, args));
        }
        Ok(exception)
    }

    fn create_instance(&mut self, ix: ClassIx, args: &[Object]) -> Outcome<Object> {
        let class = self.user_class(ix);
        let instance = self.bare_instance(ix)?;
        if !class.constructors.is_empty() {
            if let Some(constructor) = self.overload(class.constructors.clone(), args) {
                self.construct(ix, &instance, constructor, args)?;
                return Ok(instance);
            }
            if let [Object::Map(named)] = args
                && let Some(constructor) = self.overload(class.constructors.clone(), &[])
            {
                self.construct(ix, &instance, constructor, &[])?;
                self.set_named(&instance, &named.borrow().clone())?;
                return Ok(instance);
            }
            return Err(self.missing_constructor(&class.name, args));
        }
        match args {
            [] => Ok(instance),
            [Object::Map(named)] if downcast::<Instance>(&instance).is_some_and(|made| made.exception.is_none()) => {
                self.set_named(&instance, &named.borrow().clone())?;
                Ok(instance)
            }
            _ if class.tuple_constructor => {
                let names: Vec<Str> =
                    class.fields.iter().filter(|field| !field.is_static).map(|field| field.name.clone()).collect();
                if args.len() > names.len() {
                    return Err(self.missing_constructor(&class.name, args));
                }
                for (name, value) in names.iter().zip(args) {
                    self.write_field(&instance, name, value.clone())?;
                }
                Ok(instance)
            }
            // Constructors are not inherited, but an exception without its own has none to pass a message to.
            _ => Err(self.missing_constructor(&class.name, args)),
        }
    }

    /// An instance with its fields initialised.
    fn bare_instance(&mut self, ix: ClassIx) -> Outcome<Object> {
        let class = self.user_class(ix);
        let exception = self.known_parent(ix).filter(|parent| *parent != "java.lang.Object");
        let exception = exception.map(|parent| RefCell::new(ExceptionObject::new(parent, None)));
        let instance = extension(Instance {
            class: ix,
            name: class.name.clone(),
            fields: RefCell::new(Vec::new()),
            exception,
            constant: RefCell::new(None),
        });
        let mut chain = vec![ix];
        while let Some(Class::User(parent)) = self.user_class(chain[chain.len() - 1]).parent {
            chain.push(parent);
        }
        for ix in chain.into_iter().rev() {
            for field in self.user_class(ix).fields.iter().filter(|field| !field.is_static) {
                let value = match field.init {
                    Some(init) => {
                        let frame = Frame { base: 0, this: instance.clone(), closure: None, class: Some(ix) };
                        let value = self.call_function(init, &[], frame)?;
                        match &field.ty {
                            Some(ty) => self.coerce(value, ty)?,
                            None => value,
                        }
                    }
                    None => super::statement::default_value(field.ty.as_ref()),
                };
                if let Some(made) = downcast::<Instance>(&instance) {
                    made.fields.borrow_mut().push((field.name.clone(), value));
                }
            }
        }
        Ok(instance)
    }

    fn construct(&mut self, ix: ClassIx, instance: &Object, constructor: FunctionIx, args: &[Object]) -> Outcome<()> {
        let frame = Frame { base: 0, this: instance.clone(), closure: None, class: Some(ix) };
        self.call_function(constructor, args, frame).map(|_| ())
    }

    fn set_named(&mut self, instance: &Object, named: &ObjectMap) -> Outcome<()> {
        for (key, value) in named {
            let name = self.to_text(&key.0)?;
            self.set_instance_property(instance, &name, value.clone())?;
        }
        Ok(())
    }

    /// `super(…)` and `this(…)` in constructors, `super.name(…)` in methods.
    pub(super) fn call_super(&mut self, name: &str, args: &[Object]) -> Outcome<Object> {
        let (Some(class), this) = (self.frame.class, self.frame.this.clone()) else {
            return Err(self.missing_function(name, args));
        };
        if name == "this" {
            let constructors = self.user_class(class).constructors.clone();
            return if let Some(constructor) = self.overload(constructors, args) {
                self.construct(class, &this, constructor, args).map(|()| Object::Null)
            } else {
                let name = self.user_class(class).name.clone();
                Err(self.missing_constructor(&name, args))
            };
        }
        match self.user_class(class).parent {
            Some(Class::User(parent)) if name == "super" => {
                let constructors = self.user_class(parent).constructors.clone();
                match self.overload(constructors, args) {
                    Some(constructor) => self.construct(parent, &this, constructor, args).map(|()| Object::Null),
                    None if args.is_empty() => Ok(Object::Null),
                    None => {
                        let name = self.user_class(parent).name.clone();
                        Err(self.missing_constructor(&name, args))
                    }
                }
            }
            Some(Class::User(parent)) => match self.user_method(parent, &this, name, args)? {
                Some(value) => Ok(value),
                None => self.invoke_plain(&this, name, args),
            },
            Some(Class::Known(known)) if name == "super" => {
                let made = self.create_exception(known.name, args)?;
                if let Some(exception) = downcast::<Instance>(&this).and_then(|instance| instance.exception.as_ref()) {
                    exception.replace(made);
                }
                Ok(Object::Null)
            }
            _ if name == "super" => Ok(Object::Null),
            _ => self.invoke_plain(&this, name, args),
        }
    }

    /// Calls a method that a class of the script or its superclass declares.
    pub(super) fn user_method(
        &mut self,
        class: ClassIx,
        this: &Object,
        name: &str,
        args: &[Object],
    ) -> Outcome<Option<Object>> {
        let mut next = Some(class);
        while let Some(ix) = next {
            let class = self.user_class(ix);
            let candidates: Vec<FunctionIx> =
                class.methods.iter().filter(|(found, _)| &**found == name).map(|(_, function)| *function).collect();
            if !candidates.is_empty()
                && let Some(function) = self.overload(candidates, args)
            {
                let is_static = self.program.functions[function as usize].is_static;
                if !is_static && downcast::<Instance>(this).is_none() {
                    return Ok(None);
                }
                let this =
                    if is_static { crate::values::class_object(Class::User(ix), self.program) } else { this.clone() };
                let frame = Frame { base: 0, this, closure: None, class: Some(ix) };
                return self.call_function(function, args, frame).map(Some);
            }
            next = match class.parent {
                Some(Class::User(parent)) => Some(parent),
                _ => None,
            };
        }
        Ok(None)
    }

    /// A property of an instance: its getter, unless the class itself reads it, else its field.
    pub(super) fn instance_property(&mut self, target: &Object, name: &str) -> Outcome<Option<Object>> {
        let Some(instance) = downcast::<Instance>(target) else { return Ok(None) };
        let inside = self.frame.class == Some(instance.class);
        if !inside || instance.field(name).is_none() {
            for prefix in ["get", "is"] {
                if let Some(value) = self.user_method(instance.class, target, &accessor(prefix, name), &[])? {
                    return Ok(Some(value));
                }
            }
        }
        if let Some(value) = instance.field(name) {
            return Ok(Some(value));
        }
        self.static_field(instance.class, name)
    }

    /// Sets a property of an instance: by its setter, else its field.
    pub(super) fn set_instance_property(&mut self, target: &Object, name: &Rc<str>, value: Object) -> Outcome<()> {
        let Some(instance) = downcast::<Instance>(target) else { return Ok(()) };
        let setter = accessor("set", name);
        if self.user_method(instance.class, target, &setter, std::slice::from_ref(&value))?.is_some() {
            return Ok(());
        }
        if instance.field(name).is_some() {
            return self.write_field(target, name, value);
        }
        if self.static_field(instance.class, name)?.is_some() {
            return self.set_static_field(instance.class, name, value);
        }
        Err(Throw::missing_property(name, &instance.name))
    }

    /// Writes a field, converted to its type.
    pub(super) fn write_field(&mut self, target: &Object, name: &str, value: Object) -> Outcome<()> {
        let Some(instance) = downcast::<Instance>(target) else { return Ok(()) };
        let mut next = Some(instance.class);
        let mut value = value;
        while let Some(ix) = next {
            let class = self.user_class(ix);
            if let Some(field) = class.fields.iter().find(|field| &*field.name == name && !field.is_static) {
                if let Some(ty) = &field.ty {
                    value = self.coerce(value, ty)?;
                }
                break;
            }
            next = match class.parent {
                Some(Class::User(parent)) => Some(parent),
                _ => None,
            };
        }
        if instance.set_field(name, value) { Ok(()) } else { Err(Throw::missing_property(name, &instance.name)) }
    }

    /// A static field or constant of a class of the script.
    pub(super) fn static_field(&mut self, class: ClassIx, name: &str) -> Outcome<Option<Object>> {
        let mut next = Some(class);
        while let Some(ix) = next {
            self.initialise(ix)?;
            let fields = self.statics[usize::from(ix)].as_deref().unwrap_or_default();
            if let Some((_, value)) = fields.iter().find(|(found, _)| &**found == name) {
                return Ok(Some(value.clone()));
            }
            next = match self.user_class(ix).parent {
                Some(Class::User(parent)) => Some(parent),
                _ => None,
            };
        }
        Ok(None)
    }

    pub(super) fn set_static_field(&mut self, class: ClassIx, name: &str, value: Object) -> Outcome<()> {
        self.initialise(class)?;
        let fields = self.statics[usize::from(class)].as_mut();
        match fields.and_then(|fields| fields.iter_mut().find(|(found, _)| &**found == name)) {
            Some((_, field)) => {
                *field = value;
                Ok(())
            }
            None => Err(Throw::missing_property(name, &self.user_class(class).name)),
        }
    }

    /// Initialises static fields and constants when a class is first used.
    fn initialise(&mut self, ix: ClassIx) -> Outcome<()> {
        if self.statics[usize::from(ix)].is_some() {
            return Ok(());
        }
        self.statics[usize::from(ix)] = Some(Vec::new());
        let class = self.user_class(ix);
        let this = crate::values::class_object(Class::User(ix), self.program);
        let push = |interpreter: &mut Self, name: &Str, value: Object| {
            if let Some(fields) = &mut interpreter.statics[usize::from(ix)] {
                fields.push((name.clone(), value));
            }
        };
        for (ordinal, (name, make)) in class.constants.iter().flatten().enumerate() {
            let frame = Frame { base: 0, this: this.clone(), closure: None, class: Some(ix) };
            let value = self.call_function(*make, &[], frame)?;
            if let Some(instance) = downcast::<Instance>(&value) {
                let ordinal = i32::try_from(ordinal).unwrap_or(i32::MAX);
                instance.constant.replace(Some((name.clone(), ordinal)));
            }
            push(self, name, value);
        }
        for field in class.fields.iter().filter(|field| field.is_static) {
            let value = match field.init {
                Some(init) => {
                    let frame = Frame { base: 0, this: this.clone(), closure: None, class: Some(ix) };
                    self.call_function(init, &[], frame)?
                }
                None => super::statement::default_value(field.ty.as_ref()),
            };
            push(self, &field.name, value);
        }
        Ok(())
    }

    /// The constants of an enum.
    pub(crate) fn enum_constants(&mut self, ix: ClassIx) -> Outcome<Option<Vec<Object>>> {
        let Some(constants) = &self.user_class(ix).constants else { return Ok(None) };
        self.initialise(ix)?;
        let fields = self.statics[usize::from(ix)].as_deref().unwrap_or_default();
        Ok(Some(fields.iter().take(constants.len()).map(|(_, value)| value.clone()).collect()))
    }

    /// `toString()` of an instance.
    pub(crate) fn instance_text(&mut self, target: &Object) -> Outcome<String> {
        let Some(instance) = downcast::<Instance>(target) else { return Ok(String::new()) };
        self.check_stack()?;
        match self.user_method(instance.class, target, "toString", &[]) {
            Ok(Some(value)) => return self.to_text(&value).map(|text| text.to_string()),
            Ok(None) => {}
            Err(throw) if is_missing(&throw) => {}
            Err(throw) => return Err(throw),
        }
        let Some(style) = self.user_class(instance.class).to_string else {
            return Ok(objects::Extension::text(instance));
        };
        let fields = instance.fields.borrow().clone();
        let mut out = format!("{}(", instance.name);
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            if style.names {
                out.push_str(name);
                out.push(':');
            }
            self.append_text(&mut out, value)?;
        }
        out.push(')');
        Ok(out)
    }

    /// The bounds of a range.
    pub(crate) fn make_range(
        &mut self,
        from: &Object,
        to: &Object,
        from_exclusive: bool,
        to_exclusive: bool,
    ) -> Outcome<Object> {
        use crate::values::RangeOf;
        let single = |object: &Object| {
            let text = object.as_str()?;
            let mut chars = text.chars();
            let first = chars.next()?;
            chars.next().is_none().then_some(i64::from(u32::from(first)))
        };
        let (mut first, mut last, of) = match (from, to) {
            (Object::Integer(a), Object::Integer(b)) => (i64::from(*a), i64::from(*b), RangeOf::Int),
            _ => match (single(from), single(to)) {
                (Some(a), Some(b)) => (a, b, RangeOf::Char),
                _ if from.is_number() && to.is_number() => {
                    let whole = |value: &Object| value.long_value().unwrap_or(0);
                    let of = match (from, to) {
                        (Object::Long(_) | Object::BigInteger(_), _) | (_, Object::Long(_) | Object::BigInteger(_)) => {
                            RangeOf::Long
                        }
                        _ => RangeOf::Int,
                    };
                    (whole(from), whole(to), of)
                }
                _ => {
                    let (a, b) = (self.to_text(from)?, self.to_text(to)?);
                    return Err(Throw::illegal_argument(format!(
                        "a range from `{a}` to `{b}` is beyond the subset: numbers and single letters are supported"
                    )));
                }
            },
        };
        let reverse = first > last;
        let step = if reverse { -1 } else { 1 };
        let empty = (from_exclusive || to_exclusive) && first == last
            || from_exclusive && to_exclusive && first.abs_diff(last) == 1;
        if !empty {
            first += if from_exclusive { step } else { 0 };
            last -= if to_exclusive { step } else { 0 };
        }
        let (low, high) = if reverse { (last, first) } else { (first, last) };
        Ok(extension(Range { from: low, to: high, reverse, empty, of }))
    }
}
