//! Plain objects as Java serialises them: what a client that asks for serialised values gets of lists and maps that scripts
//! and decisions made.
//!
//! The format is that of the Java Object Serialization Specification. Strings that are keys, small numbers and truth values are
//! one object wherever they occur, as they are in Java.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use models::{
    Value,
    value::{ObjectContent, ObjectValue, Tree},
};

/// A class: name, `serialVersionUID`, flags, fields, parent.
struct Class {
    name: &'static str,
    uid: u64,
    flags: u8,
    fields: &'static [Field],
    parent: Option<&'static Class>,
}

/// A field: type code, name, and the type's signature unless it is primitive.
type Field = (u8, &'static str, Option<&'static str>);

/// Serializable.
const PLAIN: u8 = 2;
/// Serializable, with data of its own after the fields.
const WRITES: u8 = 3;

const fn class(name: &'static str, uid: u64, flags: u8, fields: &'static [Field]) -> Class {
    Class { name, uid, flags, fields, parent: None }
}

const fn number(name: &'static str, uid: u64, flags: u8, fields: &'static [Field]) -> Class {
    Class { name, uid, flags, fields, parent: Some(&NUMBER) }
}

static NUMBER: Class = class("java.lang.Number", 0x86AC_951D_0B94_E08B, PLAIN, &[]);
static SHORT: Class = number("java.lang.Short", 0x684D_3713_3460_DA52, PLAIN, &[(b'S', "value", None)]);
static INTEGER: Class = number("java.lang.Integer", 0x12E2_A0A4_F781_8738, PLAIN, &[(b'I', "value", None)]);
static LONG: Class = number("java.lang.Long", 0x3B8B_E490_CC8F_23DF, PLAIN, &[(b'J', "value", None)]);
static DOUBLE: Class = number("java.lang.Double", 0x80B3_C24A_296B_FB04, PLAIN, &[(b'D', "value", None)]);
static BOOLEAN: Class = class("java.lang.Boolean", 0xCD20_7280_D59C_FAEE, PLAIN, &[(b'Z', "value", None)]);
static DATE: Class = class("java.util.Date", 0x686A_8101_4B59_7419, WRITES, &[]);
static BYTES: Class = class("[B", 0xACF3_17F8_0608_54E0, PLAIN, &[]);
static BIG_INTEGER: Class = number(
    "java.math.BigInteger",
    0x8CFC_9F1F_A93B_FB1D,
    WRITES,
    &[
        (b'I', "bitCount", None),
        (b'I', "bitLength", None),
        (b'I', "firstNonzeroByteNum", None),
        (b'I', "lowestSetBit", None),
        (b'I', "signum", None),
        (b'[', "magnitude", Some("[B")),
    ],
);
static BIG_DECIMAL: Class = number(
    "java.math.BigDecimal",
    0x54C7_1557_F981_284F,
    WRITES,
    &[(b'I', "scale", None), (b'L', "intVal", Some("Ljava/math/BigInteger;"))],
);
static ARRAY_LIST: Class = class("java.util.ArrayList", 0x7881_D21D_99C7_619D, WRITES, &[(b'I', "size", None)]);
static EMPTY_LIST: Class = class("java.util.Collections$EmptyList", 0x7AB8_17B4_3CA7_9EDE, PLAIN, &[]);
static HASH_MAP: Class =
    class("java.util.HashMap", 0x0507_DAC1_C316_60D1, WRITES, &[(b'F', "loadFactor", None), (b'I', "threshold", None)]);
static LINKED_HASH_MAP: Class = Class {
    name: "java.util.LinkedHashMap",
    uid: 0x34C0_4E5C_106C_C0FB,
    flags: PLAIN,
    fields: &[(b'Z', "accessOrder", None)],
    parent: Some(&HASH_MAP),
};
static TREE_MAP: Class =
    class("java.util.TreeMap", 0x0CC1_F63E_2D25_6AE6, WRITES, &[(b'L', "comparator", Some("Ljava/util/Comparator;"))]);
static HASH_SET: Class = class("java.util.HashSet", 0xBA44_8595_96B8_B734, WRITES, &[]);
static LINKED_HASH_SET: Class = Class {
    name: "java.util.LinkedHashSet",
    uid: 0xD86C_D75A_95DD_2A1E,
    flags: PLAIN,
    fields: &[],
    parent: Some(&HASH_SET),
};

/// The serialised form of a plain object in base64; `None` for what only a JVM could serialise.
pub(super) fn base64(object: &ObjectValue) -> Option<String> {
    let ObjectContent::Tree(tree) = &object.content else { return None };
    let mut writer = Writer { out: vec![0xAC, 0xED, 0, 5], ..Writer::default() };
    writer.tree(tree, object.type_name.as_deref())?;
    Some(STANDARD.encode(writer.out))
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    handles: u32,
    classes: HashMap<&'static str, u32>,
    shared: HashMap<String, u32>,
}

const OBJECT: u8 = 0x73;
const CLASS: u8 = 0x72;
const STRING: u8 = 0x74;
const LONG_STRING: u8 = 0x7C;
const ARRAY: u8 = 0x75;
const REFERENCE: u8 = 0x71;
const NULL: u8 = 0x70;
const BLOCK: u8 = 0x77;
const END: u8 = 0x78;
const FIRST_HANDLE: u32 = 0x7E_0000;
const LOAD_FACTOR: f32 = 0.75;

impl Writer {
    fn handle(&mut self) -> u32 {
        self.handles += 1;
        FIRST_HANDLE + self.handles - 1
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn int(&mut self, value: i32) {
        self.bytes(&value.to_be_bytes());
    }

    fn length(&mut self, length: usize) -> Option<()> {
        self.int(i32::try_from(length).ok()?);
        Some(())
    }

    fn reference(&mut self, handle: u32) {
        self.out.push(REFERENCE);
        self.bytes(&handle.to_be_bytes());
    }

    /// A name within a class description.
    fn name(&mut self, name: &str) {
        self.bytes(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.bytes(name.as_bytes());
    }

    fn class(&mut self, class: &'static Class) {
        if let Some(handle) = self.classes.get(class.name) {
            return self.reference(*handle);
        }
        self.out.push(CLASS);
        self.name(class.name);
        self.bytes(&class.uid.to_be_bytes());
        let handle = self.handle();
        self.classes.insert(class.name, handle);
        self.out.push(class.flags);
        self.bytes(&u16::try_from(class.fields.len()).unwrap_or(0).to_be_bytes());
        for (code, name, signature) in class.fields {
            self.out.push(*code);
            self.name(name);
            if let Some(signature) = signature {
                self.string(signature, true);
            }
        }
        self.out.push(END);
        match class.parent {
            Some(parent) => self.class(parent),
            None => self.out.push(NULL),
        }
    }

    /// The beginning of an object; what the class is written as comes before the object's own handle.
    fn object(&mut self, class: &'static Class) {
        self.out.push(OBJECT);
        self.class(class);
        self.handle();
    }

    /// A string; `shared` ones are one object.
    fn string(&mut self, text: &str, shared: bool) {
        let key = format!("string {text}");
        if let Some(handle) = self.shared.get(&key).filter(|_| shared) {
            return self.reference(*handle);
        }
        let encoded = modified_utf8(text);
        if let Ok(length) = u16::try_from(encoded.len()) {
            self.out.push(STRING);
            self.bytes(&length.to_be_bytes());
        } else {
            self.out.push(LONG_STRING);
            self.bytes(&(encoded.len() as u64).to_be_bytes());
        }
        self.bytes(&encoded);
        let handle = self.handle();
        if shared {
            self.shared.insert(key, handle);
        }
    }

    /// A boxed value; small ones are one object, as Java boxes them.
    fn boxed(&mut self, class: &'static Class, small: bool, bytes: &[u8]) {
        let key = format!("{} {bytes:?}", class.name);
        if let Some(handle) = self.shared.get(&key).filter(|_| small) {
            return self.reference(*handle);
        }
        self.object(class);
        self.shared.insert(key, FIRST_HANDLE + self.handles - 1);
        self.bytes(bytes);
    }

    fn tree(&mut self, tree: &Tree, class: Option<&str>) -> Option<()> {
        match tree {
            Tree::Value(value) => self.value(value)?,
            Tree::List(items) if items.is_empty() && class == Some(EMPTY_LIST.name) => self.object(&EMPTY_LIST),
            Tree::List(items) => {
                self.object(&ARRAY_LIST);
                self.length(items.len())?;
                self.bytes(&[BLOCK, 4]);
                self.length(items.len())?;
                for item in items {
                    self.tree(item, None)?;
                }
                self.out.push(END);
            }
            Tree::Map(entries) => self.map(entries, class == Some(HASH_MAP.name))?,
            Tree::SortedMap(entries) => {
                self.object(&TREE_MAP);
                // no comparator
                self.bytes(&[NULL, BLOCK, 4]);
                self.length(entries.len())?;
                self.entries(entries)?;
                self.out.push(END);
            }
            Tree::Set(items) => self.set(items, class == Some(HASH_SET.name))?,
            Tree::Other(class, text) => match class.as_str() {
                "java.math.BigInteger" => self.big_integer(text.parse().ok()?)?,
                "java.math.BigDecimal" => self.big_decimal(text)?,
                _ => return None,
            },
        }
        Some(())
    }

    fn map(&mut self, entries: &[(Tree, Tree)], hash: bool) -> Option<()> {
        let linked = !hash;
        self.object(if linked { &LINKED_HASH_MAP } else { &HASH_MAP });
        // what was put entry by entry begins with 16 places, what a script wrote down with as many as it has entries
        let (capacity, threshold) = match (entries.len(), linked) {
            (0, _) => (16, if linked { 16 } else { 0 }),
            (count, true) => table(count.next_power_of_two(), count),
            (count, false) => table(16, count),
        };
        self.bytes(&LOAD_FACTOR.to_be_bytes());
        self.length(threshold)?;
        self.bytes(&[BLOCK, 8]);
        self.length(capacity)?;
        self.length(entries.len())?;
        self.entries(entries)?;
        self.out.push(END);
        if linked {
            self.out.push(0);
        }
        Some(())
    }

    fn entries(&mut self, entries: &[(Tree, Tree)]) -> Option<()> {
        for (key, value) in entries {
            match key {
                Tree::Value(Value::String(text)) => self.string(text, true),
                other => self.tree(other, None)?,
            }
            self.tree(value, None)?;
        }
        Some(())
    }

    fn set(&mut self, items: &[Tree], hash: bool) -> Option<()> {
        self.object(if hash { &HASH_SET } else { &LINKED_HASH_SET });
        self.bytes(&[BLOCK, 12]);
        self.length(table(16, items.len()).0)?;
        self.bytes(&LOAD_FACTOR.to_be_bytes());
        self.length(items.len())?;
        for item in items {
            self.tree(item, None)?;
        }
        self.out.push(END);
        Some(())
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::Null | Value::NullOf(_) => self.out.push(NULL),
            Value::Boolean(value) => self.boxed(&BOOLEAN, true, &[u8::from(*value)]),
            Value::Short(value) => self.boxed(&SHORT, is_small((*value).into()), &value.to_be_bytes()),
            Value::Integer(value) => self.boxed(&INTEGER, is_small((*value).into()), &value.to_be_bytes()),
            Value::Long(value) => self.boxed(&LONG, is_small(*value), &value.to_be_bytes()),
            Value::Double(value) => self.boxed(&DOUBLE, false, &value.to_be_bytes()),
            Value::String(text) => self.string(text, false),
            Value::Date(at) => {
                self.object(&DATE);
                self.bytes(&[BLOCK, 8]);
                self.bytes(&at.0.to_be_bytes());
                self.out.push(END);
            }
            Value::Bytes(bytes) => self.byte_array(bytes)?,
            Value::Object(object) => match &object.content {
                ObjectContent::Tree(tree) => self.tree(tree, object.type_name.as_deref())?,
                ObjectContent::Null => self.out.push(NULL),
                ObjectContent::Serialized(_) => return None,
            },
            Value::File(_) | Value::Json(_) | Value::Xml(_) => return None,
        }
        Some(())
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Option<()> {
        self.out.push(ARRAY);
        self.class(&BYTES);
        self.handle();
        self.length(bytes.len())?;
        self.bytes(bytes);
        Some(())
    }

    fn big_integer(&mut self, value: i128) -> Option<()> {
        self.object(&BIG_INTEGER);
        // counts that are no longer used: Java writes what means "not computed"
        for unused in [-1, -1, -2, -2] {
            self.int(unused);
        }
        self.int(i32::try_from(value.signum()).ok()?);
        let magnitude = value.unsigned_abs().to_be_bytes();
        let first = magnitude.iter().position(|byte| *byte != 0).unwrap_or(magnitude.len());
        self.byte_array(&magnitude[first..])?;
        self.out.push(END);
        Some(())
    }

    fn big_decimal(&mut self, text: &str) -> Option<()> {
        let (digits, scale) = match text.split_once('.') {
            Some((whole, fraction)) => (format!("{whole}{fraction}"), fraction.len()),
            None => (text.to_owned(), 0),
        };
        let unscaled = digits.parse().ok()?;
        self.object(&BIG_DECIMAL);
        self.length(scale)?;
        self.big_integer(unscaled)?;
        self.out.push(END);
        Some(())
    }
}

/// Whether Java has one object for every box of the number.
fn is_small(value: i64) -> bool {
    (-128..128).contains(&value)
}

/// Places and threshold of a hash table that began with some places and took some entries.
fn table(begin: usize, entries: usize) -> (usize, usize) {
    let mut capacity = begin;
    while entries > capacity * 3 / 4 {
        capacity *= 2;
    }
    (capacity, capacity * 3 / 4)
}

/// UTF-8 as Java writes it: zero in two bytes, and each half of a surrogate pair in three.
fn modified_utf8(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for unit in text.encode_utf16() {
        let [low, middle] = [0x80 | (unit & 0x3F), 0x80 | ((unit >> 6) & 0x3F)].map(|byte| byte.to_le_bytes()[0]);
        match unit {
            1..=0x7F => out.push(unit.to_le_bytes()[0]),
            0 | 0x80..=0x7FF => out.extend([0xC0 | (unit >> 6).to_le_bytes()[0], low]),
            _ => out.extend([0xE0 | (unit >> 12).to_le_bytes()[0], middle, low]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use models::Timestamp;

    use super::*;

    fn text(text: &str) -> Tree {
        Tree::Value(Value::string(text))
    }

    fn int(value: i32) -> Tree {
        Tree::Value(Value::Integer(value))
    }

    fn map(entries: &[(&str, Tree)]) -> Tree {
        Tree::Map(entries.iter().map(|(key, value)| (text(key), value.clone())).collect())
    }

    fn serialised(class: &str, tree: Tree) -> String {
        let object =
            ObjectValue { type_name: Some(class.to_owned()), format: None, content: ObjectContent::Tree(tree) };
        base64(&object).expect("can be serialised")
    }

    /// As Camunda 7.24 stored these when a Groovy script set them.
    #[test]
    fn is_what_java_writes() {
        let list = "java.util.ArrayList";
        let linked = "java.util.LinkedHashMap";
        let mixed = [
            Value::Integer(1),
            Value::Long(2),
            Value::Double(1.5),
            Value::Boolean(true),
            Value::Null,
            Value::string("t"),
            Value::Short(3),
        ];
        let recorded = include_str!("java_stream.txt");
        let recorded: HashMap<&str, &str> =
            recorded.lines().filter_map(|line| Some((line.split(' ').next()?, line.rsplit(' ').next()?))).collect();
        for (name, class, tree) in [
            ("strings", list, Tree::List(vec![text("small"), text("big")])),
            ("mixed", list, Tree::List(mixed.into_iter().map(Tree::Value).collect())),
            ("map", linked, map(&[("x", int(1))])),
            (
                "maps",
                list,
                Tree::List(vec![map(&[("a", int(1)), ("b", text("q"))]), map(&[("a", int(2)), ("b", text("r"))])]),
            ),
            (
                "nested",
                linked,
                map(&[("a", int(1)), ("b", Tree::List(vec![int(2), int(3)])), ("c", map(&[("d", text("e"))]))]),
            ),
            ("decimal", "java.math.BigDecimal", Tree::Other("java.math.BigDecimal".into(), "1.5".into())),
            ("negative", "java.math.BigDecimal", Tree::Other("java.math.BigDecimal".into(), "-0.25".into())),
            (
                "big",
                "java.math.BigInteger",
                Tree::Other("java.math.BigInteger".into(), "123456789012345678901234567890".into()),
            ),
            ("dates", list, Tree::List(vec![Tree::Value(Value::Date(Timestamp(1000)))])),
            ("set", "java.util.LinkedHashSet", Tree::Set(vec![text("a"), text("b")])),
            ("empty", list, Tree::List(Vec::new())),
            ("emptyMap", linked, Tree::Map(Vec::new())),
            ("bytes", list, Tree::List(vec![Tree::Value(Value::Bytes(Arc::from(*b"x")))])),
        ] {
            assert_eq!(serialised(class, tree), recorded[name], "{name}");
        }
    }

    #[test]
    fn what_needs_a_class_path_is_left_alone() {
        let tree = Tree::Other("java.time.LocalDate".into(), "2030-01-01".into());
        let object = ObjectValue { type_name: None, format: None, content: ObjectContent::Tree(tree) };
        assert_eq!(base64(&object), None);
    }

    #[test]
    fn text_is_written_as_java_does() {
        assert_eq!(modified_utf8("a\u{0}é€😀"), b"a\xC0\x80\xC3\xA9\xE2\x82\xAC\xED\xA0\xBD\xED\xB8\x80");
    }
}
