//! Statements.

use objects::Object;

use super::{Interpreter, Outcome, Throw, throw};
use crate::{
    ast::{Case, ClassIx, Expr, Program, Slot, Stmt, Switch, Try, Type},
    classes::Class,
    token::Str,
    values::{Instance, downcast},
};

/// How a statement ended.
#[derive(Debug)]
pub(super) enum Flow<'r> {
    Next,
    Break(Option<&'r Str>),
    Continue(Option<&'r Str>),
    Return(Object),
}

/// What a loop does after its body.
enum Round<'r> {
    Again,
    Leave(Flow<'r>),
}

/// Whether a jump is meant for the loop with this label.
fn concerns(target: Option<&Str>, label: Option<&Str>) -> bool {
    target.is_none_or(|target| label == Some(target))
}

fn after_body<'r>(flow: Flow<'r>, label: Option<&Str>) -> Round<'r> {
    match flow {
        Flow::Next => Round::Again,
        Flow::Continue(target) if concerns(target, label) => Round::Again,
        Flow::Break(target) if concerns(target, label) => Round::Leave(Flow::Next),
        other => Round::Leave(other),
    }
}

impl<'r> Interpreter<'r> {
    /// Runs the body of a function.
    pub(super) fn run_body(&mut self, body: &'r [Stmt]) -> Outcome<Object> {
        // Most functions are one returned value.
        if let [Stmt::Return(Some(value))] = body {
            return self.eval(value);
        }
        match self.run_block(body)? {
            Flow::Return(value) => Ok(value),
            Flow::Next | Flow::Break(_) | Flow::Continue(_) => Ok(Object::Null),
        }
    }

    fn run_block(&mut self, body: &'r [Stmt]) -> Outcome<Flow<'r>> {
        for statement in body {
            let flow = self.execute(statement)?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn execute(&mut self, statement: &'r Stmt) -> Outcome<Flow<'r>> {
        self.step()?;
        match statement {
            Stmt::Expr(expr) => {
                self.eval(expr)?;
                Ok(Flow::Next)
            }
            Stmt::Declare { slot, ty, value } => {
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => default_value(ty.as_ref()),
                };
                self.declare_typed(*slot, ty.as_ref(), value)?;
                Ok(Flow::Next)
            }
            Stmt::DeclareMany { targets, value } => self.declare_many(targets, value),
            Stmt::Block(body) => self.run_block(body),
            Stmt::If { condition, then, otherwise } => {
                if self.eval_condition(condition)? {
                    self.execute(then)
                } else if let Some(otherwise) = otherwise {
                    self.execute(otherwise)
                } else {
                    Ok(Flow::Next)
                }
            }
            Stmt::While { label, condition, body } => {
                while self.eval_condition(condition)? {
                    let flow = self.execute(body)?;
                    if let Round::Leave(flow) = after_body(flow, label.as_ref()) {
                        return Ok(flow);
                    }
                }
                Ok(Flow::Next)
            }
            Stmt::DoWhile { label, condition, body } => loop {
                let flow = self.execute(body)?;
                if let Round::Leave(flow) = after_body(flow, label.as_ref()) {
                    return Ok(flow);
                }
                if !self.eval_condition(condition)? {
                    return Ok(Flow::Next);
                }
            },
            Stmt::ForIn { label, slot, ty, items, body } => {
                self.for_in(label.as_ref(), *slot, ty.as_ref(), items, body)
            }
            Stmt::For { label, init, condition, update, body } => {
                self.run_block(init)?;
                loop {
                    if let Some(condition) = condition
                        && !self.eval_condition(condition)?
                    {
                        return Ok(Flow::Next);
                    }
                    let flow = self.execute(body)?;
                    if let Round::Leave(flow) = after_body(flow, label.as_ref()) {
                        return Ok(flow);
                    }
                    for update in update {
                        self.eval(update)?;
                    }
                }
            }
            Stmt::Switch { label, switch } => match self.run_switch(switch)? {
                Flow::Break(target) if concerns(target, label.as_ref()) => Ok(Flow::Next),
                other => Ok(other),
            },
            Stmt::Break(label) => Ok(Flow::Break(label.as_ref())),
            Stmt::Continue(label) => Ok(Flow::Continue(label.as_ref())),
            Stmt::Return(value) => {
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => Object::Null,
                };
                Ok(Flow::Return(value))
            }
            Stmt::Throw(value) => {
                let value = self.eval(value)?;
                Err(self.thrown(value))
            }
            Stmt::Try(parts) => self.run_try(parts),
            Stmt::Assert { condition, message, source, at } => {
                self.run_assert(condition, message.as_ref(), source, *at)?;
                Ok(Flow::Next)
            }
        }
    }

    fn shared_slot(&self, slot: Slot) -> bool {
        matches!(self.stack[self.frame.base + slot as usize], super::Local::Shared(_))
    }

    pub(super) fn declare_typed(&mut self, slot: Slot, ty: Option<&Type>, value: Object) -> Outcome<()> {
        let value = match ty {
            Some(ty) => self.coerce(value, ty)?,
            None => value,
        };
        // A closure that caught the variable of the round before keeps that one.
        let shared = self.shared_slot(slot);
        self.declare(slot, shared, value);
        Ok(())
    }

    fn declare_many(&mut self, targets: &'r [(Slot, Option<Type>)], value: &'r Expr) -> Outcome<Flow<'r>> {
        let value = self.eval(value)?;
        for (index, (slot, ty)) in targets.iter().enumerate() {
            let item = self.nth(&value, index)?;
            self.declare_typed(*slot, ty.as_ref(), item)?;
        }
        Ok(Flow::Next)
    }

    /// The value a multiple assignment takes at a position.
    pub(super) fn nth(&mut self, value: &Object, index: usize) -> Outcome<Object> {
        if let Object::List(items) = value {
            Ok(items.borrow().get(index).cloned().unwrap_or(Object::Null))
        } else {
            let index = Object::Integer(i32::try_from(index).unwrap_or(i32::MAX));
            self.invoke(value, "getAt", &[index])
        }
    }

    fn for_in(
        &mut self,
        label: Option<&'r Str>,
        slot: Slot,
        ty: Option<&'r Type>,
        items: &'r Expr,
        body: &'r Stmt,
    ) -> Outcome<Flow<'r>> {
        let items = self.eval(items)?;
        let mut index = 0;
        let mut items = self.cursor(&items)?;
        // One variable for all rounds: closures made in the body share it, as in Groovy.
        let shared = self.shared_slot(slot);
        self.declare(slot, shared, Object::Null);
        while let Some(item) = items.get(index) {
            self.step()?;
            index += 1;
            let item = match ty {
                Some(ty) => self.coerce(item, ty)?,
                None => item,
            };
            self.set_local(slot, item);
            let flow = self.execute(body)?;
            if let Round::Leave(flow) = after_body(flow, label) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn run_switch(&mut self, switch: &'r Switch) -> Outcome<Flow<'r>> {
        let subject = self.eval(&switch.subject)?;
        let mut chosen = None;
        'cases: for (index, case) in switch.cases.iter().enumerate() {
            for pattern in &case.patterns {
                self.step()?;
                let pattern = self.eval(pattern)?;
                if self.is_case(&pattern, &subject)? {
                    chosen = Some(index);
                    break 'cases;
                }
            }
        }
        let chosen = chosen.or_else(|| switch.cases.iter().position(|case| case.is_default));
        let Some(chosen) = chosen else { return Ok(Flow::Next) };
        for Case { body, .. } in &switch.cases[chosen..] {
            let flow = self.run_block(body)?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn run_try(&mut self, parts: &'r Try) -> Outcome<Flow<'r>> {
        let frame_base = self.frame.base;
        let mut outcome = self.run_block(&parts.body);
        if let Err(throw) = &outcome
            && let Throw::Exception(object) = &**throw
        {
            debug_assert_eq!(frame_base, self.frame.base, "calls restore the frame before they fail");
            let object = object.clone();
            let found =
                parts.catches.iter().find(|catch| catch.classes.iter().any(|class| self.catches(*class, &object)));
            if let Some(catch) = found {
                let shared = self.shared_slot(catch.slot);
                self.declare(catch.slot, shared, object);
                outcome = self.run_block(&catch.body);
            }
        }
        let Some(finally) = &parts.finally else { return outcome };
        if let Err(throw) = &outcome
            && let Throw::Limit(_) = **throw
        {
            return outcome;
        }
        match self.run_block(finally)? {
            Flow::Next => outcome,
            jump => Ok(jump),
        }
    }

    fn catches(&self, class: Class, object: &Object) -> bool {
        match class {
            Class::User(wanted) => {
                downcast::<Instance>(object).is_some_and(|instance| self.derives(instance.class, wanted))
            }
            Class::Known(wanted) => {
                if let Some(instance) = downcast::<Instance>(object)
                    && let Some(parent) = self.known_parent(instance.class)
                {
                    return throw::is_caught_as(parent, wanted.name);
                }
                throw::exception_of(object).is_some_and(|exception| throw::is_caught_as(&exception.class, wanted.name))
            }
        }
    }

    /// Whether a class of the script is another one or extends it.
    pub(crate) fn derives(&self, mut class: ClassIx, wanted: ClassIx) -> bool {
        let program: &Program = self.program;
        loop {
            if class == wanted {
                return true;
            }
            match program.classes[usize::from(class)].parent {
                Some(Class::User(parent)) => class = parent,
                _ => return false,
            }
        }
    }

    /// The class of Java that a class of the script extends in the end.
    pub(crate) fn known_parent(&self, mut class: ClassIx) -> Option<&'static str> {
        loop {
            match self.program.classes[usize::from(class)].parent {
                Some(Class::User(parent)) => class = parent,
                Some(Class::Known(known)) => return Some(known.name),
                None => return None,
            }
        }
    }

    fn thrown(&mut self, value: Object) -> Box<Throw> {
        if throw::exception_of(&value).is_some() {
            return Box::new(Throw::Exception(value));
        }
        if value.is_null() {
            return Throw::without_message("java.lang.NullPointerException");
        }
        let class = value.class_name(self.ctx);
        match self.to_text(&value) {
            Ok(text) => Throw::cast(&text, &class, "java.lang.Throwable"),
            Err(throw) => throw,
        }
    }

    /// The truth of a condition.
    #[inline]
    pub(super) fn eval_condition(&mut self, condition: &'r Expr) -> Outcome<bool> {
        match self.eval(condition)? {
            Object::Boolean(value) => Ok(value),
            other => self.truth(&other),
        }
    }
}

/// What a variable without a value holds.
pub(super) fn default_value(ty: Option<&Type>) -> Object {
    match ty {
        Some(Type { class: Class::Known(class), primitive: true, array: 0 }) => match class.name {
            "java.lang.Boolean" => Object::Boolean(false),
            "java.lang.Integer" | "java.lang.Byte" => Object::Integer(0),
            "java.lang.Short" => Object::Short(0),
            "java.lang.Long" => Object::Long(0),
            "java.lang.Float" | "java.lang.Double" => Object::Double(0.0),
            "java.lang.Character" => Object::string("\0"),
            _ => Object::Null,
        },
        _ => Object::Null,
    }
}
