//! Properties and indexes.

use std::rc::Rc;

use objects::{MapKey, Object, ObjectError, classes::ClassObject, methods, shared::ContainerClass};

use super::{Interpreter, Outcome, Throw};
use crate::{
    ast::{Expr, MemberName, Property},
    values::{
        self, Closure, ClosureKind, Entry, Instance, JsonBuilder, Range, ScriptObject, Strategy, UserClassObject,
        downcast, extension,
    },
};

impl<'r> Interpreter<'r> {
    pub(super) fn member_name(&mut self, name: &'r MemberName) -> Outcome<Rc<str>> {
        match name {
            MemberName::Static(ix) => Ok(self.text(*ix)),
            MemberName::Dynamic(expr) => {
                let name = self.eval(expr)?;
                self.to_text(&name)
            }
        }
    }

    pub(super) fn eval_property(&mut self, property: &'r Property) -> Outcome<Object> {
        self.step()?;
        let target = self.eval(&property.target)?;
        if property.safe && target.is_null() {
            return Ok(Object::Null);
        }
        let name = self.member_name(&property.name)?;
        if property.spread {
            if target.is_null() {
                return Ok(Object::Null);
            }
            return self.spread_property(&target, &name);
        }
        self.get_property(&target, &name)
    }

    /// `list*.name`: the property of each element, null for null.
    fn spread_property(&mut self, target: &Object, name: &Rc<str>) -> Outcome<Object> {
        let mut values = Vec::new();
        for item in self.items(target)? {
            self.step()?;
            values.push(if item.is_null() { Object::Null } else { self.get_property(&item, name)? });
        }
        self.new_list(values)
    }

    /// `target.name`
    pub(crate) fn get_property(&mut self, target: &Object, name: &Rc<str>) -> Outcome<Object> {
        match target {
            Object::Null => Err(Throw::null_pointer(format!("Cannot get property '{name}' on null object"))),
            Object::Map(map) => {
                let key = MapKey(Object::String(name.clone()));
                Ok(map.borrow().get(&key).cloned().unwrap_or(Object::Null))
            }
            Object::List(_) | Object::Set(_) => match &**name {
                "class" | "empty" => self.java_property(target, name),
                // a getter of the list's own goes before spreading
                "firstResult" | "singleResult" | "singleEntry" | "resultList" if is_decision_result(target) => {
                    self.getter(target, name)
                }
                // Arrays are lists; a list of maps or objects spreads the property over them.
                "length" if !Self::spreads(target) => self.invoke(target, "size", &[]),
                _ => self.spread_property(target, name),
            },
            Object::Extension(_) => {
                self.check_stack()?;
                self.extension_property(target, name)
            }
            Object::Bytes(_) if &**name == "length" => self.invoke(target, "size", &[]),
            _ => self.java_property(target, name),
        }
    }

    /// Whether the first element has properties of its own.
    fn spreads(target: &Object) -> bool {
        let Object::List(items) = target else { return false };
        items
            .borrow()
            .first()
            .is_some_and(|item| matches!(item, Object::Map(_)) || downcast::<Instance>(item).is_some())
    }

    fn java_property(&mut self, target: &Object, name: &str) -> Outcome<Object> {
        match (target, name) {
            (Object::List(_) | Object::Set(_), "empty") => return self.invoke(target, "isEmpty", &[]),
            // The getters of Java are tried in the way of beans, not in that of the expression language.
            (Object::List(_) | Object::Set(_), "class") => return self.invoke(target, "getClass", &[]),
            _ => {}
        }
        match methods::get_property(target, name, self.ctx) {
            Ok(value) => Ok(values::revive(value)),
            Err(ObjectError::UnknownProperty(class, name)) if matches!(target, Object::Handle(_)) => {
                Err(Throw::missing_property(&name, &class))
            }
            Err(ObjectError::UnknownProperty(..)) => self.getter(target, name),
            Err(error) => Err(error.into()),
        }
    }

    fn extension_property(&mut self, target: &Object, name: &Rc<str>) -> Outcome<Object> {
        if downcast::<Instance>(target).is_some() {
            return match self.instance_property(target, name)? {
                Some(value) => Ok(value),
                None => self.getter(target, name),
            };
        }
        if let Some(class) = downcast::<UserClassObject>(target) {
            let ix = class.class;
            if let Some(value) = self.static_field(ix, name)? {
                return Ok(value);
            }
            return match &**name {
                "class" => Ok(target.clone()),
                _ => self.getter(target, name),
            };
        }
        if let Some(class) = downcast::<ClassObject>(target) {
            if &**name == "class" {
                return Ok(target.clone());
            }
            if let Some(value) = crate::gdk::statics::constant(class.name(), name) {
                return Ok(value);
            }
            return self.getter(target, name);
        }
        if let Some(entry) = downcast::<Entry>(target) {
            return match &**name {
                "key" => Ok(entry.key.clone()),
                "value" => Ok(entry.value.borrow().clone()),
                _ => self.getter(target, name),
            };
        }
        if let Some(script) = downcast::<ScriptObject>(target) {
            if script.is_binding && &**name == "variables" {
                let variables = self.globals().into_iter().map(|(name, value)| (MapKey(Object::string(&*name)), value));
                return Ok(Object::map(variables.collect()));
            }
            return match &**name {
                "class" => self.getter(target, name),
                _ => match self.global(name)? {
                    Some(value) => Ok(value),
                    None => Err(Throw::missing_property(name, "Script1")),
                },
            };
        }
        if let Some(closure) = downcast::<Closure>(target) {
            return match &**name {
                "delegate" => Ok(match &*closure.delegate.borrow() {
                    Some(delegate) => delegate.clone(),
                    None => owner_of(closure),
                }),
                "owner" => Ok(owner_of(closure)),
                "thisObject" => Ok(extension(ScriptObject { is_binding: false })),
                "resolveStrategy" => Ok(Object::Integer(match closure.strategy.get() {
                    Strategy::OwnerFirst => 0,
                    Strategy::DelegateFirst => 1,
                    Strategy::OwnerOnly => 2,
                    Strategy::DelegateOnly => 3,
                })),
                _ => self.getter(target, name),
            };
        }
        if downcast::<Range>(target).is_some() {
            return match &**name {
                "from" | "to" | "reverse" | "class" | "empty" => self.getter(target, name),
                _ => self.spread_property(target, name),
            };
        }
        if let Some(builder) = downcast::<JsonBuilder>(target)
            && &**name == "content"
        {
            return Ok(builder.content.borrow().clone());
        }
        self.getter(target, name)
    }

    /// `getName()` or `isName()`.
    fn getter(&mut self, target: &Object, name: &str) -> Outcome<Object> {
        for prefix in ["get", "is"] {
            if let Some(value) = self.try_invoke(target, &accessor(prefix, name), &[])? {
                return Ok(value);
            }
        }
        let class = match downcast::<ClassObject>(target) {
            Some(class) => class.name().to_owned(),
            None => target.class_name(self.ctx),
        };
        Err(Throw::missing_property(name, &class))
    }

    /// `target.name = value`
    pub(crate) fn set_property(&mut self, target: &Object, name: &Rc<str>, value: Object) -> Outcome<()> {
        match target {
            Object::Null => {
                return Err(Throw::null_pointer(format!("Cannot set property '{name}' on null object")));
            }
            Object::Map(map) => {
                self.charge_items(1)?;
                objects::methods::put(map, Object::String(name.clone()), value, self.ctx)?;
                return Ok(());
            }
            Object::List(_) | Object::Set(_) => {
                for item in self.items(target)? {
                    self.step()?;
                    self.set_property(&item, name, value.clone())?;
                }
                return Ok(());
            }
            _ => {}
        }
        if downcast::<Instance>(target).is_some() {
            return self.set_instance_property(target, name, value);
        }
        if let Some(class) = downcast::<UserClassObject>(target) {
            return self.set_static_field(class.class, name, value);
        }
        if downcast::<ScriptObject>(target).is_some() {
            self.set_global(name, value);
            return Ok(());
        }
        if let Some(closure) = downcast::<Closure>(target) {
            match &**name {
                "delegate" => {
                    closure.delegate.replace(Some(value));
                    return Ok(());
                }
                "resolveStrategy" => {
                    closure.strategy.set(match value {
                        Object::Integer(1) => Strategy::DelegateFirst,
                        Object::Integer(2) => Strategy::OwnerOnly,
                        Object::Integer(3) => Strategy::DelegateOnly,
                        _ => Strategy::OwnerFirst,
                    });
                    return Ok(());
                }
                _ => {}
            }
        }
        if let Some(entry) = downcast::<Entry>(target)
            && &**name == "value"
        {
            entry.set(value);
            return Ok(());
        }
        if let Object::Extension(_) = target {
            let setter = accessor("set", name);
            if self.try_invoke(target, &setter, std::slice::from_ref(&value))?.is_some() {
                return Ok(());
            }
            let class = target.class_name(self.ctx);
            return Err(Throw::missing_property(name, &class));
        }
        let value = self.portable(value)?;
        match methods::set_property(target, name, value, self.ctx) {
            Ok(()) => Ok(()),
            Err(ObjectError::UnknownProperty(..)) => {
                let class = target.class_name(self.ctx);
                if methods::get_property(target, name, self.ctx).is_ok() {
                    return Err(Throw::exception(
                        "groovy.lang.ReadOnlyPropertyException",
                        format!("Cannot set readonly property: {name} for class: {class}"),
                    ));
                }
                Err(Throw::missing_property(name, &class))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn eval_index(&mut self, target: &'r Expr, keys: &'r [Expr], safe: bool) -> Outcome<Object> {
        self.step()?;
        let target = self.eval(target)?;
        if safe && target.is_null() {
            return Ok(Object::Null);
        }
        let key = self.index_key(keys)?;
        let key = plain_key(&target, key);
        self.get_at(&target, &key)
    }

    /// One key is itself, several are a list.
    pub(super) fn index_key(&mut self, keys: &'r [Expr]) -> Outcome<Object> {
        if let [key] = keys
            && !matches!(key.kind, crate::ast::ExprKind::Spread(_))
        {
            return self.eval(key);
        }
        let mut all = self.eval_args(keys, true)?;
        if keys.is_empty() {
            all.clear();
        }
        Ok(Object::list(all))
    }

    /// `target[key]`
    pub(crate) fn get_at(&mut self, target: &Object, key: &Object) -> Outcome<Object> {
        match (target, key) {
            (Object::List(items), Object::Integer(index)) => {
                let items = items.borrow();
                match position(*index, items.len()) {
                    Ok(at) => Ok(items.get(at).cloned().unwrap_or(Object::Null)),
                    Err(throw) => Err(throw),
                }
            }
            (Object::Map(map), _) => Ok(map.borrow().get(&MapKey(key.clone())).cloned().unwrap_or(Object::Null)),
            (Object::Null, _) => Err(Throw::null_pointer("Cannot invoke method getAt() on null object".to_owned())),
            _ => self.invoke(target, "getAt", std::slice::from_ref(key)),
        }
    }

    /// `target[key] = value`
    pub(crate) fn put_at(&mut self, target: &Object, key: &Object, value: Object) -> Outcome<()> {
        match (target, key) {
            (Object::List(items), Object::Integer(index)) => {
                let length = items.borrow().len();
                let at = position(*index, length)?;
                if at >= length {
                    self.charge_items((at - length) as u64 + 1)?;
                    items.borrow_mut().resize(at + 1, Object::Null);
                }
                items.borrow_mut()[at] = value;
                Ok(())
            }
            (Object::Map(map), _) => {
                self.charge_items(1)?;
                map.borrow_mut().insert(MapKey(key.clone()), value);
                Ok(())
            }
            (Object::Null, _) => Err(Throw::null_pointer("Cannot invoke method putAt() on null object".to_owned())),
            (_, Object::String(name)) => self.set_property(target, name, value),
            _ => self.invoke(target, "putAt", &[key.clone(), value]).map(|_| ()),
        }
    }
}

/// The place an index means; negative ones count from the end.
pub(crate) fn position(index: i32, length: usize) -> Outcome<usize> {
    if let Ok(at) = usize::try_from(index) {
        return Ok(at);
    }
    let back = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    length.checked_sub(back).ok_or_else(|| {
        Throw::exception(
            "java.lang.ArrayIndexOutOfBoundsException",
            format!("Negative array index [{index}] too large for array size {length}"),
        )
    })
}

pub(crate) fn accessor(prefix: &str, property: &str) -> String {
    let mut out = String::with_capacity(prefix.len() + property.len());
    out.push_str(prefix);
    let mut chars = property.chars();
    out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(chars.as_str());
    out
}

fn owner_of(closure: &Closure) -> Object {
    match &closure.kind {
        ClosureKind::Block { owner: Some(owner), .. } => owner.clone(),
        ClosureKind::Block { this, .. } if !this.is_null() => this.clone(),
        _ => extension(ScriptObject { is_binding: false }),
    }
}

/// A text with interpolations indexes a map by its text.
pub(super) fn plain_key(target: &Object, key: Object) -> Object {
    match (target, downcast::<values::Template>(&key)) {
        (Object::Map(_), Some(template)) => Object::String(template.text.clone()),
        _ => key,
    }
}

fn is_decision_result(target: &Object) -> bool {
    matches!(target, Object::List(items) if items.class() == ContainerClass::DecisionResult)
}
