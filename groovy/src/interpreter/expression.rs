//! Expressions.

use std::rc::Rc;

use objects::{MapKey, Object, ObjectMap};

use super::{Interpreter, Outcome, Throw, statement::Flow};
use crate::{
    ast::{Expr, ExprKind, MapItem, Program, Range as RangeExpr, Switch, TemplatePart},
    classes::Class,
    values::{self, Closure, ClosureKind, Instance, ScriptObject, Template, downcast, extension},
};

impl<'r> Interpreter<'r> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &'r Expr) -> Outcome<Object> {
        if self.recorded.is_some() {
            return self.eval_recorded(expr);
        }
        self.eval_quietly(expr)
    }

    /// Evaluates inside an assertion: keeps what is no literal.
    fn eval_recorded(&mut self, expr: &'r Expr) -> Outcome<Object> {
        let value = self.eval_quietly(expr)?;
        let is_variable = matches!(expr.kind, ExprKind::Local(_) | ExprKind::Name(_));
        let shown = is_variable
            || matches!(
                expr.kind,
                ExprKind::Binary(..)
                    | ExprKind::Call(_)
                    | ExprKind::Property(_)
                    | ExprKind::Index { .. }
                    | ExprKind::Not(_)
                    | ExprKind::And(_)
                    | ExprKind::Or(_)
                    | ExprKind::InstanceOf { .. }
            );
        if shown {
            self.record(expr.at, is_variable, &value);
        }
        Ok(value)
    }

    #[inline]
    fn eval_quietly(&mut self, expr: &'r Expr) -> Outcome<Object> {
        match &expr.kind {
            ExprKind::Null => Ok(Object::Null),
            ExprKind::Bool(value) => Ok(Object::Boolean(*value)),
            ExprKind::Int(value) => Ok(Object::Integer(*value)),
            ExprKind::Text(ix) => Ok(Object::String(self.text(*ix))),
            ExprKind::Local(slot) => Ok(self.local(*slot)),
            ExprKind::Long(value) => Ok(Object::Long(*value)),
            ExprKind::Double(value) => Ok(Object::Double(*value)),
            ExprKind::Decimal(value) => Ok(Object::BigDecimal(*value)),
            ExprKind::BigInteger(value) => Ok(Object::BigInteger(**value)),
            ExprKind::Not(value) => Ok(Object::Boolean(!self.eval_condition(value)?)),
            ExprKind::And(pair) => Ok(Object::Boolean(self.eval_condition(&pair.0)? && self.eval_condition(&pair.1)?)),
            ExprKind::Or(pair) => Ok(Object::Boolean(self.eval_condition(&pair.0)? || self.eval_condition(&pair.1)?)),
            _ => {
                self.check_stack()?;
                self.eval_compound(expr)
            }
        }
    }

    fn eval_compound(&mut self, expr: &'r Expr) -> Outcome<Object> {
        match &expr.kind {
            ExprKind::Binary(op, pair) => {
                let left = self.eval(&pair.0)?;
                let right = self.eval(&pair.1)?;
                self.binary(*op, &left, &right)
            }
            ExprKind::Call(call) => self.eval_call(call),
            ExprKind::Property(property) => self.eval_property(property),
            ExprKind::Index { target, keys, safe } => self.eval_index(target, keys, *safe),
            ExprKind::Name(name) => self.eval_name(name),
            ExprKind::Assign { target, op, value } => self.assign(target, *op, value),
            ExprKind::AssignMany { targets, value } => self.assign_many(targets, value),
            ExprKind::Increment { target, up, prefix } => self.increment(target, *up, *prefix),
            ExprKind::Template(parts) => self.eval_template(parts),
            ExprKind::List(items) => self.eval_list(items),
            ExprKind::Map(items) => self.eval_map(items.iter()),
            ExprKind::Range(range) => self.eval_range(range),
            ExprKind::This => Ok(match &self.frame.this {
                Object::Null => extension(ScriptObject { is_binding: false }),
                this => this.clone(),
            }),
            ExprKind::Class(class) => Ok(values::class_object(*class, self.program)),
            ExprKind::Closure(function) => Ok(self.make_closure(*function)),
            ExprKind::Ternary(parts) => {
                if self.eval_condition(&parts.0)? {
                    self.eval(&parts.1)
                } else {
                    self.eval(&parts.2)
                }
            }
            ExprKind::Elvis(pair) => {
                let value = self.eval(&pair.0)?;
                if self.truth(&value)? { Ok(value) } else { self.eval(&pair.1) }
            }
            ExprKind::Minus(value) => {
                let value = self.eval(value)?;
                self.negative(&value)
            }
            ExprKind::Plus(value) => {
                let value = self.eval(value)?;
                if value.is_number() { Ok(value) } else { self.invoke(&value, "positive", &[]) }
            }
            ExprKind::BitNot(value) => {
                let value = self.eval(value)?;
                self.bit_not(&value)
            }
            ExprKind::Cast(ty, value) => {
                let value = self.eval(value)?;
                self.coerce(value, ty)
            }
            ExprKind::As(ty, value) => {
                let value = self.eval(value)?;
                self.as_type(value, ty)
            }
            ExprKind::InstanceOf { value, class, negated } => {
                let value = self.eval(value)?;
                Ok(Object::Boolean(self.instance_of(&value, *class) != *negated))
            }
            ExprKind::MethodPointer { target, name } => {
                let target = self.eval(target)?;
                let name = self.member_name(name)?;
                Ok(Closure::object(ClosureKind::Method { target, name }))
            }
            ExprKind::New { class, args } => {
                let args = self.eval_args(args, true)?;
                self.create(*class, &args)
            }
            ExprKind::NewArray { element, sizes } => {
                let mut lengths = Vec::with_capacity(sizes.len());
                for size in sizes {
                    let size = self.eval(size)?;
                    lengths.push(self.int(&size)?);
                }
                let dimensions = usize::from(element.array) + 1;
                let fill = if dimensions == lengths.len() {
                    super::statement::default_value(Some(&crate::ast::Type { array: 0, ..element.clone() }))
                } else {
                    Object::Null
                };
                self.new_array(&lengths, &fill)
            }
            ExprKind::Switch(switch) => self.eval_switch(switch),
            ExprKind::Spread(value) => {
                let value = self.eval(value)?;
                let items = self.items(&value)?;
                self.new_list(items)
            }
            ExprKind::Named(item) => self.eval_map(std::iter::once(&**item)),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Text(_)
            | ExprKind::Local(_)
            | ExprKind::Long(_)
            | ExprKind::Double(_)
            | ExprKind::Decimal(_)
            | ExprKind::BigInteger(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_) => self.eval(expr),
        }
    }

    fn eval_switch(&mut self, switch: &'r Switch) -> Outcome<Object> {
        match self.run_switch(switch)? {
            Flow::Return(value) => Ok(value),
            Flow::Next | Flow::Break(_) | Flow::Continue(_) => Ok(Object::Null),
        }
    }

    fn new_array(&mut self, lengths: &[i32], fill: &Object) -> Outcome<Object> {
        let Some((first, rest)) = lengths.split_first() else { return Ok(fill.clone()) };
        let Ok(length) = usize::try_from(*first) else {
            return Err(Throw::exception("java.lang.NegativeArraySizeException", first.to_string()));
        };
        self.charge_items(length as u64)?;
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(self.new_array(rest, fill)?);
        }
        Ok(Object::list(items))
    }

    /// A variable of the script, a field of the object whose method runs, or a property of a delegate.
    fn eval_name(&mut self, name: &'r str) -> Outcome<Object> {
        if let Some(value) = self.find_name(name)? {
            return Ok(value);
        }
        let class = match &self.frame.this {
            Object::Null => "Script1".to_owned(),
            this => match downcast::<values::UserClassObject>(this) {
                Some(class) => class.name.to_string(),
                None => this.plain_class_name(),
            },
        };
        Err(Throw::missing_property(name, &class))
    }

    /// The value of a name that is no local.
    pub(super) fn find_name(&mut self, name: &str) -> Outcome<Option<Object>> {
        if self.frame.closure.is_some() {
            return self.find_name_in_closure(name);
        }
        self.find_owned_name(name)
    }

    /// Without closures: a field or static field of the class, else a variable of the script.
    pub(super) fn find_owned_name(&mut self, name: &str) -> Outcome<Option<Object>> {
        let Some(class) = self.frame.class else { return self.global(name) };
        if let Some(instance) = downcast::<Instance>(&self.frame.this)
            && let Some(value) = instance.field(name)
        {
            return Ok(Some(value));
        }
        if let Some(value) = self.static_field(class, name)? {
            return Ok(Some(value));
        }
        if downcast::<Instance>(&self.frame.this).is_some() {
            let this = self.frame.this.clone();
            return self.instance_property(&this, name);
        }
        Ok(None)
    }

    fn make_closure(&mut self, function: u32) -> Object {
        let program: &'r Program = self.program;
        let captures = &program.functions[function as usize].captures;
        let cells = captures.iter().map(|(outer, _)| self.cell(*outer)).collect();
        let kind = ClosureKind::Block {
            program: self.program.clone(),
            function,
            cells,
            this: self.frame.this.clone(),
            owner: self.frame.closure.clone(),
        };
        Closure::object(kind)
    }

    fn eval_template(&mut self, parts: &'r [TemplatePart]) -> Outcome<Object> {
        let mut text = String::new();
        let mut values = Vec::new();
        let mut lazy = Vec::new();
        let is_lazy = parts.iter().any(|part| matches!(part, TemplatePart::Lazy(_)));
        for part in parts {
            match part {
                TemplatePart::Text(literal) => {
                    text.push_str(literal);
                    if is_lazy {
                        lazy.push(Object::string(&**literal));
                    }
                }
                TemplatePart::Hole(expr) => {
                    let value = self.eval(expr)?;
                    self.append_text(&mut text, &value)?;
                    if is_lazy {
                        lazy.push(value.clone());
                    }
                    values.push(value);
                }
                TemplatePart::Lazy(function) => {
                    let closure = self.make_closure(*function);
                    let value = self.call_closure(&closure, &[])?;
                    self.append_text(&mut text, &value)?;
                    lazy.push(closure);
                }
            }
        }
        self.charge_text(text.len() as u64)?;
        Ok(extension(Template { text: text.into(), lazy, values }))
    }

    fn eval_list(&mut self, exprs: &'r [Expr]) -> Outcome<Object> {
        let mut items = Vec::with_capacity(exprs.len());
        for expr in exprs {
            if let ExprKind::Spread(value) = &expr.kind {
                let value = self.eval(value)?;
                items.extend(self.items(&value)?);
            } else {
                items.push(self.eval(expr)?);
            }
        }
        self.new_list(items)
    }

    pub(super) fn eval_map(&mut self, items: impl ExactSizeIterator<Item = &'r MapItem>) -> Outcome<Object> {
        self.charge_items(items.len() as u64 * 2)?;
        let mut map = ObjectMap::with_capacity(items.len());
        for item in items {
            match item {
                MapItem::Entry(key, value) => {
                    let key = self.eval(key)?;
                    map.insert(MapKey(key), self.eval(value)?);
                }
                MapItem::Spread(other) => match self.eval(other)? {
                    Object::Map(other) => {
                        map.extend(other.borrow().iter().map(|(key, value)| (key.clone(), value.clone())));
                    }
                    Object::Null => {}
                    other => {
                        let class = other.class_name(self.ctx);
                        return Err(Throw::illegal_argument(format!("Cannot spread {class} as a map")));
                    }
                },
            }
        }
        Ok(Object::map(map))
    }

    fn eval_range(&mut self, range: &'r RangeExpr) -> Outcome<Object> {
        let from = self.eval(&range.from)?;
        let to = self.eval(&range.to)?;
        self.make_range(&from, &to, range.from_exclusive, range.to_exclusive)
    }

    /// Whether an object is an instance of a class.
    pub(crate) fn instance_of(&mut self, value: &Object, class: Class) -> bool {
        match class {
            Class::User(wanted) => {
                downcast::<Instance>(value).is_some_and(|instance| self.derives(instance.class, wanted))
            }
            Class::Known(wanted) => self.is_a(value, wanted.name),
        }
    }

    /// Whether an object is an instance of a class of Java.
    pub(crate) fn is_a(&mut self, value: &Object, wanted: &str) -> bool {
        if value.is_null() {
            return false;
        }
        if let Some(instance) = downcast::<Instance>(value) {
            let parent = self.known_parent(instance.class);
            return wanted == "java.lang.Object"
                || parent.is_some_and(|parent| crate::classes::extends(parent, wanted));
        }
        if downcast::<Closure>(value).is_some() {
            return crate::classes::extends("groovy.lang.Closure", wanted);
        }
        if downcast::<values::Entry>(value).is_some() {
            return matches!(wanted, "java.util.Map$Entry" | "java.lang.Object");
        }
        let class: Rc<str> = value.class_name(self.ctx).into();
        crate::classes::extends(&class, wanted)
    }
}
