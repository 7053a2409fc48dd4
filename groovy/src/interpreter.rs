//! Walks the tree.
//!
//! Locals live in one stack of slots; a slot that a closure shares is a cell. Every statement, call and visited element is a
//! step, every nested call measures the native stack, every container or text that is made is counted: a hostile script ends
//! in [`Throw::Limit`], which it cannot catch.

mod assign;
mod call;
mod create;
mod expression;
mod invoke;
mod member;
mod power_assert;
mod statement;
mod throw;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use objects::{Context, Object};
use rustc_hash::FxHashMap;

pub(crate) use self::{
    member::position,
    throw::{Outcome, Throw, exception_of},
};
use crate::{
    ast::{ClassIx, Program, Slot, TextIx},
    error::ScriptError,
    limits::Limits,
    script::Bindings,
    stack::StackGuard,
    token::Str,
    values::{ScriptObject, extension},
};

/// A local variable.
#[derive(Debug, Clone)]
pub(crate) enum Local {
    Own(Object),
    /// Shared with closures.
    Shared(Rc<RefCell<Object>>),
}

/// The function that runs.
#[derive(Debug)]
pub(crate) struct Frame {
    base: usize,
    /// `this`: an instance, a class in static methods, or null in the script.
    pub(crate) this: Object,
    /// The closure that runs.
    pub(crate) closure: Option<Object>,
    /// The class whose method runs.
    pub(crate) class: Option<ClassIx>,
}

pub(crate) struct Interpreter<'r> {
    pub(crate) program: &'r Arc<Program>,
    pub(crate) ctx: &'r mut dyn Context,
    pub(crate) limits: Limits,
    guard: StackGuard,
    stack: Vec<Local>,
    pub(crate) frame: Frame,
    /// Variables of the script.
    globals: FxHashMap<Str, Object>,
    /// Literal texts as objects, made when first used.
    texts: Vec<Option<Rc<str>>>,
    steps: u64,
    allocated: u64,
    /// Static fields of the script's classes, once initialised.
    statics: Vec<Option<Vec<(Str, Object)>>>,
    bindings: Bindings<'r>,
    /// A line of `print` that is not complete.
    line: String,
    /// Values of the assertion that is evaluated.
    recorded: Option<Vec<power_assert::Recorded>>,
}

impl<'r> Interpreter<'r> {
    pub(crate) fn new(
        program: &'r Arc<Program>,
        ctx: &'r mut dyn Context,
        limits: Limits,
        bindings: Bindings<'r>,
    ) -> Self {
        Self {
            program,
            ctx,
            limits,
            guard: StackGuard::new(limits.stack_bytes),
            stack: Vec::with_capacity(32),
            frame: Frame { base: 0, this: Object::Null, closure: None, class: None },
            globals: FxHashMap::default(),
            texts: vec![None; program.texts.len()],
            steps: 0,
            allocated: 0,
            statics: Vec::new(),
            bindings,
            line: String::new(),
            recorded: None,
        }
    }

    pub(crate) fn run(mut self) -> Result<Object, ScriptError> {
        for (name, value) in std::mem::take(&mut self.bindings.variables) {
            self.globals.insert(name.into(), value);
        }
        self.statics.resize_with(self.program.classes.len(), || None);
        let program: &'r Program = self.program;
        let main = &program.functions[program.main as usize];
        self.stack.resize(main.slots as usize, Local::Own(Object::Null));
        let outcome = self.run_body(&main.body);
        if !self.line.is_empty() {
            self.flush_line();
        }
        match outcome {
            Ok(value) => self.portable(value).map_err(|throw| throw.into_error(&mut self)),
            Err(throw) => Err(throw.into_error(&mut self)),
        }
    }

    /// Counts a step.
    #[inline]
    pub(crate) fn step(&mut self) -> Outcome<()> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(Throw::limit(format!("the script took more than {} steps", self.limits.steps)));
        }
        Ok(())
    }

    /// Refuses to nest deeper than the native stack allows.
    #[inline]
    pub(crate) fn check_stack(&self) -> Outcome<()> {
        if self.guard.exceeded() {
            return Err(Throw::limit("the script's calls are nested too deeply".to_owned()));
        }
        Ok(())
    }

    /// Counts memory before it is taken.
    pub(crate) fn charge(&mut self, bytes: u64) -> Outcome<()> {
        self.allocated = self.allocated.saturating_add(bytes);
        if self.allocated > self.limits.allocated_bytes {
            return Err(Throw::limit(format!("the script allocated more than {} bytes", self.limits.allocated_bytes)));
        }
        Ok(())
    }

    /// Counts the elements of a container before it is made.
    pub(crate) fn charge_items(&mut self, count: u64) -> Outcome<()> {
        self.charge(count.saturating_mul(size_of::<Object>() as u64).saturating_add(64))
    }

    /// Counts a text before it is made, and refuses one that is too long.
    pub(crate) fn charge_text(&mut self, bytes: u64) -> Outcome<()> {
        if bytes > self.limits.text_bytes as u64 {
            return Err(Throw::limit(format!("a text is longer than {} bytes", self.limits.text_bytes)));
        }
        self.charge(bytes + 32)
    }

    /// A text object, counted.
    pub(crate) fn new_text(&mut self, text: String) -> Outcome<Object> {
        self.charge_text(text.len() as u64)?;
        Ok(Object::string(text))
    }

    /// A list object, counted.
    pub(crate) fn new_list(&mut self, items: Vec<Object>) -> Outcome<Object> {
        self.charge_items(items.len() as u64)?;
        Ok(Object::list(items))
    }

    /// A literal text.
    pub(crate) fn text(&mut self, ix: TextIx) -> Rc<str> {
        let program: &'r Program = self.program;
        self.texts[ix as usize].get_or_insert_with(|| Rc::from(&*program.texts[ix as usize])).clone()
    }

    #[inline]
    pub(crate) fn local(&self, slot: Slot) -> Object {
        match &self.stack[self.frame.base + slot as usize] {
            Local::Own(value) => value.clone(),
            Local::Shared(cell) => cell.borrow().clone(),
        }
    }

    #[inline]
    pub(crate) fn set_local(&mut self, slot: Slot, value: Object) {
        match &mut self.stack[self.frame.base + slot as usize] {
            Local::Own(own) => *own = value,
            Local::Shared(cell) => *cell.borrow_mut() = value,
        }
    }

    /// Makes a fresh variable in a slot.
    #[inline]
    fn declare(&mut self, slot: Slot, shared: bool, value: Object) {
        let local = if shared { Local::Shared(Rc::new(RefCell::new(value))) } else { Local::Own(value) };
        self.stack[self.frame.base + slot as usize] = local;
    }

    /// The cell behind a shared slot; a closure may come before the declaration has run.
    fn cell(&mut self, slot: Slot) -> Rc<RefCell<Object>> {
        let local = &mut self.stack[self.frame.base + slot as usize];
        match local {
            Local::Shared(cell) => cell.clone(),
            Local::Own(value) => {
                let cell = Rc::new(RefCell::new(std::mem::replace(value, Object::Null)));
                *local = Local::Shared(cell.clone());
                cell
            }
        }
    }

    /// A variable of the script: assigned by it, bound, or of the context.
    pub(crate) fn global(&mut self, name: &str) -> Outcome<Option<Object>> {
        if let Some(value) = self.globals.get(name) {
            return Ok(Some(value.clone()));
        }
        if name == "binding" {
            return Ok(Some(extension(ScriptObject { is_binding: true })));
        }
        let found = self.ctx.variable(name)?;
        Ok(found.map(crate::values::revive))
    }

    pub(crate) fn set_global(&mut self, name: &str, value: Object) {
        match self.globals.get_mut(name) {
            Some(found) => *found = value,
            None => {
                self.globals.insert(name.into(), value);
            }
        }
    }

    /// Names and values of the script's variables, sorted by name.
    pub(crate) fn globals(&self) -> Vec<(Str, Object)> {
        let mut all: Vec<_> = self.globals.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Writes to the script's output; whole lines go on at once.
    pub(crate) fn print(&mut self, text: &str, newline: bool) -> Outcome<()> {
        self.charge_text((self.line.len() + text.len()) as u64)?;
        self.line.push_str(text);
        if newline {
            self.flush_line();
        }
        Ok(())
    }

    fn flush_line(&mut self) {
        if let Some(sink) = &mut self.bindings.output {
            sink(&self.line);
        } else {
            tracing::info!(target: "groovy", "{}", self.line);
        }
        self.line.clear();
    }
}
