//! Conversions: truth, casts, `as`, elements of anything.

use std::{rc::Rc, sync::Arc};

use models::value::{JAVA_SERIALIZED, ObjectContent, ObjectValue, Tree, Value};
use objects::{MapKey, Object, ObjectMap, convert, json::JsonNode, methods::IteratorObject};

use crate::{
    ast::Type,
    classes::Class,
    interpreter::{Interpreter, Outcome, Throw},
    values::{self, Closure, Entry, Instance, Matcher, Range, Template, TextBuilder, downcast},
};

/// Elements one after another; those of a range are made when they are asked for.
#[derive(Debug)]
pub(crate) enum Cursor {
    Items(Vec<Object>),
    Range(Range),
}

impl Cursor {
    pub(crate) fn get(&mut self, index: u64) -> Option<Object> {
        match self {
            Self::Items(items) => usize::try_from(index).ok().and_then(|index| items.get(index).cloned()),
            Self::Range(range) => (index < range.len()).then(|| range.at(index)),
        }
    }
}

impl Interpreter<'_> {
    /// The truth of a value: null, false, zero and what is empty are false.
    pub(crate) fn truth(&mut self, value: &Object) -> Outcome<bool> {
        Ok(match value {
            Object::Null => false,
            Object::Boolean(value) => *value,
            Object::Integer(value) => *value != 0,
            Object::Short(value) => *value != 0,
            Object::Long(value) => *value != 0,
            Object::BigInteger(value) => *value != 0,
            Object::Double(value) => *value != 0.0,
            Object::BigDecimal(value) => !value.is_zero(),
            Object::String(text) => !text.is_empty(),
            Object::List(items) => !items.borrow().is_empty(),
            Object::Map(map) | Object::Set(map) => !map.borrow().is_empty(),
            Object::Bytes(bytes) => !bytes.is_empty(),
            Object::Extension(_) => {
                if let Some(template) = downcast::<Template>(value) {
                    !template.text.is_empty()
                } else if let Some(range) = downcast::<Range>(value) {
                    range.len() > 0
                } else if let Some(builder) = downcast::<TextBuilder>(value) {
                    !builder.text.borrow().is_empty()
                } else if let Some(matcher) = downcast::<Matcher>(value) {
                    matcher.pattern.regex.is_match(&matcher.text)
                } else if let Some(instance) = downcast::<Instance>(value) {
                    let class = instance.class;
                    self.user_truth(class, value)?.unwrap_or(true)
                } else if let Object::Extension(iterator) = value
                    && iterator.as_any().is::<IteratorObject>()
                {
                    matches!(self.invoke(value, "hasNext", &[])?, Object::Boolean(true))
                } else {
                    true
                }
            }
            _ => true,
        })
    }

    fn user_truth(&mut self, class: crate::ast::ClassIx, value: &Object) -> Outcome<Option<bool>> {
        let defines = self.program.classes[usize::from(class)].methods.iter().any(|(name, _)| &**name == "asBoolean");
        if !defines {
            return Ok(None);
        }
        let result = self.invoke(value, "asBoolean", &[])?;
        Ok(Some(matches!(result, Object::Boolean(true))))
    }

    /// The elements of anything that can be walked; what cannot is its own only element.
    pub(crate) fn items(&mut self, value: &Object) -> Outcome<Vec<Object>> {
        let items = match value {
            Object::Null => Vec::new(),
            Object::List(items) => items.borrow().clone(),
            Object::Set(items) => items.borrow().keys().map(|key| key.0.clone()).collect(),
            Object::Map(map) => {
                self.charge_items(map.borrow().len() as u64 * 2)?;
                values::entries(map)
            }
            Object::String(text) => characters(text),
            Object::Bytes(bytes) => bytes.iter().map(|byte| Object::Integer(i32::from(byte.cast_signed()))).collect(),
            Object::Json(JsonNode::Array(items)) => {
                items.borrow().iter().map(|node| Object::Json(node.clone())).collect()
            }
            Object::Extension(extension) => {
                if let Some(range) = downcast::<Range>(value) {
                    self.charge_items(range.len())?;
                    return Ok((0..range.len()).map(|index| range.at(index)).collect());
                }
                if let Some(template) = downcast::<Template>(value) {
                    characters(&template.text)
                } else if let Some(matcher) = downcast::<Matcher>(value) {
                    matcher.all().iter().map(|groups| self::matched(matcher, groups)).collect()
                } else if let Some(iterator) = extension.as_any().downcast_ref::<IteratorObject>() {
                    std::iter::from_fn(|| iterator.advance()).collect()
                } else if let Some(class) = downcast::<values::UserClassObject>(value)
                    && let Some(constants) = self.enum_constants(class.class)?
                {
                    constants
                } else {
                    vec![value.clone()]
                }
            }
            other => vec![other.clone()],
        };
        self.charge_items(items.len() as u64)?;
        Ok(items)
    }

    pub(crate) fn cursor(&mut self, value: &Object) -> Outcome<Cursor> {
        match downcast::<Range>(value) {
            Some(range) => Ok(Cursor::Range(range.clone())),
            None => self.items(value).map(Cursor::Items),
        }
    }

    /// An `int` argument.
    pub(crate) fn int(&mut self, value: &Object) -> Outcome<i32> {
        if let Some(value) = value.int_value() {
            Ok(value)
        } else {
            let class = value.class_name(self.ctx);
            let text = self.to_text(value)?;
            Err(Throw::cast(&text, &class, "int"))
        }
    }

    /// Converts a value where a type is declared, and by a cast.
    pub(crate) fn coerce(&mut self, value: Object, ty: &Type) -> Outcome<Object> {
        let class = match ty.class {
            Class::User(ix) => return self.coerce_to_instance(value, ix),
            Class::Known(class) => class.name,
        };
        if ty.array > 0 {
            return self.coerce_to_array(value, class);
        }
        // What most declarations say is true already.
        match (class, &value) {
            ("java.lang.String", Object::String(_))
            | ("java.lang.Integer", Object::Integer(_))
            | ("java.util.List" | "java.util.ArrayList" | "java.util.Collection", Object::List(_))
            | ("java.util.Map" | "java.util.LinkedHashMap" | "java.util.HashMap", Object::Map(_)) => return Ok(value),
            ("java.lang.Boolean", _) if ty.primitive || !value.is_null() => {
                return Ok(Object::Boolean(self.truth(&value)?));
            }
            (_, Object::Null) if ty.primitive => {
                let name = crate::gdk::primitive_name(class);
                return Err(Throw::exception(
                    "org.codehaus.groovy.runtime.typehandling.GroovyCastException",
                    format!("Cannot cast object 'null' with class 'null' to class '{name}'. Try '{class}' instead"),
                ));
            }
            (_, Object::Null) => return Ok(value),
            _ => {}
        }
        if let Some(converted) = self.coerce_scalar(class, &value)? {
            return Ok(converted);
        }
        let fits = match (class, &value) {
            // Lists and maps stand for every implementation of Java.
            (_, Object::List(_))
                if crate::classes::extends(class, "java.util.List")
                    || class == "java.util.Queue"
                    || class == "java.util.Deque" =>
            {
                true
            }
            (
                "java.util.Set"
                | "java.util.HashSet"
                | "java.util.LinkedHashSet"
                | "java.util.TreeSet"
                | "java.util.SortedSet",
                Object::List(items),
            ) => {
                return Ok(Object::set(items.borrow().clone()));
            }
            (_, Object::Set(_)) if crate::classes::extends(class, "java.util.Set") => true,
            (_, Object::Map(_)) if crate::classes::extends(class, "java.util.Map") => true,
            (_, Object::Handle(_) | Object::Opaque(_)) => true,
            // A closure implements every interface with one method.
            ("java.lang.Runnable" | "java.util.Comparator", _) if downcast::<Closure>(&value).is_some() => true,
            ("java.util.List", _) if downcast::<Range>(&value).is_some() => true,
            _ => self.is_a(&value, class),
        };
        if fits {
            return Ok(value);
        }
        let from = value.class_name(self.ctx);
        let text = self.to_text(&value)?;
        let target = if ty.primitive { crate::gdk::primitive_name(class) } else { class };
        Err(Throw::cast(&text, &from, target))
    }

    /// Numbers, characters and texts.
    fn coerce_scalar(&mut self, class: &str, value: &Object) -> Outcome<Option<Object>> {
        let character = |value: &Object| {
            let text = value.as_str()?;
            let mut units = text.encode_utf16();
            let first = units.next()?;
            units.next().is_none().then_some(i32::from(first))
        };
        if class == "java.lang.String" {
            return self.to_text(value).map(|text| Some(Object::String(text)));
        }
        if class == "java.lang.Character" {
            return Ok(match value {
                Object::String(text) if character(value).is_some() => Some(Object::String(text.clone())),
                number if number.is_number() => number
                    .int_value()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32)
                    .map(|char| Object::string(char.encode_utf8(&mut [0; 4]) as &str)),
                _ => None,
            });
        }
        let is_number_class = crate::classes::extends(class, "java.lang.Number");
        if !is_number_class {
            return Ok(None);
        }
        let value = match (value.is_number(), character(value)) {
            (true, _) => value.clone(),
            (false, Some(code)) => Object::Integer(code),
            (false, None) => return Ok(None),
        };
        Ok(crate::gdk::number_of(class, &value))
    }

    fn coerce_to_array(&mut self, value: Object, element: &str) -> Outcome<Object> {
        match &value {
            Object::Null | Object::List(_) | Object::Bytes(_) => Ok(value),
            Object::Set(_) => {
                let items = self.items(&value)?;
                self.new_list(items)
            }
            Object::String(text) if element == "java.lang.Character" => Ok(Object::list(characters(text))),
            _ if downcast::<Range>(&value).is_some() => {
                let items = self.items(&value)?;
                self.new_list(items)
            }
            _ => {
                let class = value.class_name(self.ctx);
                let text = self.to_text(&value)?;
                Err(Throw::cast(&text, &class, &format!("[L{element};")))
            }
        }
    }

    /// A map or list where a class of the script is declared calls its constructor.
    fn coerce_to_instance(&mut self, value: Object, class: crate::ast::ClassIx) -> Outcome<Object> {
        if value.is_null() || downcast::<Instance>(&value).is_some_and(|instance| self.derives(instance.class, class)) {
            return Ok(value);
        }
        match &value {
            Object::Map(_) => self.create(Class::User(class), std::slice::from_ref(&value)),
            Object::List(items) => {
                let args = items.borrow().clone();
                self.create(Class::User(class), &args)
            }
            Object::String(_) if self.program.classes[usize::from(class)].constants.is_some() => {
                let object = values::class_object(Class::User(class), self.program);
                self.invoke(&object, "valueOf", std::slice::from_ref(&value))
            }
            _ => {
                let from = value.class_name(self.ctx);
                let text = self.to_text(&value)?;
                let name = self.program.classes[usize::from(class)].name.clone();
                Err(Throw::cast(&text, &from, &name))
            }
        }
    }

    /// `value as Type`
    pub(crate) fn as_type(&mut self, value: Object, ty: &Type) -> Outcome<Object> {
        let Class::Known(class) = ty.class else { return self.coerce(value, ty) };
        if ty.array > 0 {
            let items = self.items(&value)?;
            let element = Type { array: ty.array - 1, ..ty.clone() };
            let mut converted = Vec::with_capacity(items.len());
            for item in items {
                converted.push(self.as_type(item, &element)?);
            }
            return self.new_list(converted);
        }
        let text = match &value {
            Object::String(text) => Some(text.clone()),
            _ => downcast::<Template>(&value).map(|template| template.text.clone()),
        };
        if let Some(text) = text {
            if crate::classes::extends(class.name, "java.lang.Number") {
                return crate::gdk::parse_number(class.name, &text);
            }
            if class.name == "java.util.List" || class.name == "java.util.Collection" {
                return self.new_list(characters(&text));
            }
            if class.name == "java.util.Set" {
                return Ok(Object::set(characters(&text)));
            }
        }
        match class.name {
            "java.util.List" | "java.util.ArrayList" | "java.util.Collection" | "java.util.LinkedList"
                if matches!(value, Object::List(_) | Object::Set(_)) || downcast::<Range>(&value).is_some() =>
            {
                if matches!(value, Object::List(_)) {
                    return Ok(value);
                }
                let items = self.items(&value)?;
                self.new_list(items)
            }
            "java.util.Set"
            | "java.util.HashSet"
            | "java.util.LinkedHashSet"
            | "java.util.TreeSet"
            | "java.util.SortedSet"
                if matches!(value, Object::List(_) | Object::Set(_)) || downcast::<Range>(&value).is_some() =>
            {
                let mut items = self.items(&value)?;
                if matches!(class.name, "java.util.TreeSet" | "java.util.SortedSet") {
                    self.sort_items(&mut items)?;
                }
                Ok(Object::set(items))
            }
            "java.util.TreeMap" | "java.util.SortedMap" if matches!(value, Object::Map(_)) => {
                let Object::Map(map) = &value else { return Ok(value) };
                let map = map.borrow().clone();
                Ok(Object::sorted_map(self.sorted_map(map)?))
            }
            _ => self.coerce(value, ty),
        }
    }

    /// A map in the natural order of its keys.
    pub(crate) fn sorted_map(&mut self, map: ObjectMap) -> Outcome<ObjectMap> {
        let mut entries: Vec<(MapKey, Object)> = map.into_iter().collect();
        self.sort_with(&mut entries, |interpreter, a, b| interpreter.order(&a.0.0, &b.0.0))?;
        Ok(entries.into_iter().collect())
    }

    /// How far an argument is from a parameter's type; `None` when it does not fit.
    pub(crate) fn fits(&mut self, value: &Object, ty: &Type) -> Option<u32> {
        if value.is_null() {
            return (!ty.primitive).then_some(1);
        }
        let class = match ty.class {
            Class::User(wanted) => {
                let instance = downcast::<Instance>(value)?;
                return self.derives(instance.class, wanted).then_some(u32::from(instance.class != wanted));
            }
            Class::Known(class) => class.name,
        };
        if ty.array > 0 {
            return matches!(value, Object::List(_) | Object::Bytes(_)).then_some(1);
        }
        if value.is_number() && crate::classes::extends(class, "java.lang.Number") {
            return number_distance(value, class);
        }
        if downcast::<Template>(value).is_some() && class == "java.lang.String" {
            return Some(2);
        }
        if matches!(value, Object::Handle(_) | Object::Opaque(_)) {
            return Some(2);
        }
        if downcast::<Closure>(value).is_some() {
            return matches!(class, "groovy.lang.Closure" | "java.lang.Runnable" | "java.util.Comparator").then_some(0);
        }
        let own = value.class_name(self.ctx);
        if own == class {
            return Some(0);
        }
        if class == "java.lang.Character" {
            return None;
        }
        let container = match value {
            Object::List(_) => crate::classes::extends(class, "java.util.Collection"),
            Object::Map(_) => crate::classes::extends(class, "java.util.Map"),
            _ => false,
        };
        (container || self.is_a(value, class)).then_some(2)
    }

    /// The object as the engine would store it: Groovy's own classes become opaque.
    pub(crate) fn portable(&mut self, value: Object) -> Outcome<Object> {
        match &value {
            Object::Extension(_) => {
                if downcast::<Template>(&value).is_some() {
                    let text = self.to_text(&value)?;
                    return Ok(opaque(Template::CLASS, Tree::Other(Template::CLASS.to_owned(), text.to_string())));
                }
                if let Some(builder) = downcast::<TextBuilder>(&value) {
                    let text = builder.text.borrow().clone();
                    return Ok(opaque(builder.class, Tree::Other(builder.class.to_owned(), text)));
                }
                if let Some(range) = downcast::<Range>(&value) {
                    let class = objects::Extension::class_name(range);
                    let items = self.items(&value)?;
                    let items = items.iter().map(scalar).collect();
                    return Ok(opaque(&class, Tree::List(items)));
                }
                Ok(value)
            }
            Object::List(items) if items.borrow().iter().any(is_own) => {
                self.check_stack()?;
                let items = items.borrow().clone();
                let mut copy = Vec::with_capacity(items.len());
                for item in items {
                    copy.push(self.portable(item)?);
                }
                self.new_list(copy)
            }
            Object::Map(map) if map.borrow().values().any(is_own) => {
                self.check_stack()?;
                let entries = map.borrow().clone();
                self.charge_items(entries.len() as u64 * 2)?;
                let mut copy = ObjectMap::with_capacity(entries.len());
                for (key, value) in entries {
                    copy.insert(key, self.portable(value)?);
                }
                Ok(Object::map(copy))
            }
            _ => Ok(value),
        }
    }
}

/// Whether storing has to convert the object or something in it.
fn is_own(object: &Object) -> bool {
    match object {
        Object::Extension(_) => {
            downcast::<Template>(object).is_some()
                || downcast::<Range>(object).is_some()
                || downcast::<TextBuilder>(object).is_some()
        }
        Object::List(_) | Object::Map(_) => true,
        _ => false,
    }
}

fn scalar(object: &Object) -> Tree {
    Tree::Value(convert::to_value(object).unwrap_or(Value::Null))
}

fn opaque(class: &str, content: Tree) -> Object {
    Object::Opaque(Rc::new(Value::Object(Arc::new(ObjectValue {
        type_name: Some(class.to_owned()),
        format: Some(JAVA_SERIALIZED.to_owned()),
        content: ObjectContent::Tree(content),
    }))))
}

/// The letters of a text.
pub(crate) fn characters(text: &str) -> Vec<Object> {
    text.chars().map(|char| Object::string(char.encode_utf8(&mut [0; 4]) as &str)).collect()
}

/// A match: its text, or the list of its groups when it has some.
pub(crate) fn matched(matcher: &Matcher, groups: &[Option<(usize, usize)>]) -> Object {
    match groups {
        [whole] => matcher.part(*whole),
        _ => Object::list(groups.iter().map(|group| matcher.part(*group)).collect()),
    }
}

/// Widening keeps the order of the number classes.
fn number_distance(value: &Object, class: &str) -> Option<u32> {
    let rank = |name: &str| {
        Some(match name {
            "java.lang.Byte" => 0,
            "java.lang.Short" => 1,
            "java.lang.Integer" => 2,
            "java.lang.Long" => 3,
            "java.math.BigInteger" => 4,
            "java.math.BigDecimal" => 5,
            "java.lang.Float" => 6,
            "java.lang.Double" => 7,
            "java.lang.Number" => 8,
            _ => return None,
        })
    };
    let own = rank(&value.plain_class_name())?;
    let wanted = rank(class)?;
    // A decimal fits a parameter of type double, a double no decimal one.
    (wanted >= own).then(|| wanted - own)
}

/// A pair as its key and value.
pub(crate) fn entry_parts(entry: &Entry) -> [Object; 2] {
    [entry.key.clone(), entry.value.borrow().clone()]
}
