//! Calls of functions, closures and methods of the script.

use std::rc::Rc;

use objects::{Object, ObjectMap};

use super::{Frame, Interpreter, Local, Outcome, Throw};
use crate::values::{ScriptObject, UserClassObject};
use crate::{
    ast::{Call, Callee, ClassIx, Expr, ExprKind, Function, FunctionIx, MapItem, Program},
    values::{Closure, ClosureKind, Instance, Strategy, downcast},
};

impl<'r> Interpreter<'r> {
    /// Evaluates arguments; named ones become one map in front.
    pub(super) fn eval_args(&mut self, exprs: &'r [Expr], special: bool) -> Outcome<Vec<Object>> {
        let mut args = Vec::with_capacity(exprs.len());
        if !special {
            for expr in exprs {
                args.push(self.eval(expr)?);
            }
            return Ok(args);
        }
        let mut named: Option<ObjectMap> = None;
        for expr in exprs {
            match &expr.kind {
                ExprKind::Spread(list) => {
                    let list = self.eval(list)?;
                    args.extend(self.items(&list)?);
                }
                ExprKind::Named(item) => {
                    let item: &'r MapItem = item;
                    if let Object::Map(entries) = self.eval_map(std::iter::once(item))? {
                        named.get_or_insert_default().extend(entries.take());
                    }
                }
                _ => args.push(self.eval(expr)?),
            }
        }
        if let Some(named) = named {
            args.insert(0, Object::map(named));
        }
        Ok(args)
    }

    pub(super) fn eval_call(&mut self, call: &'r Call) -> Outcome<Object> {
        self.step()?;
        match &call.callee {
            Callee::Local(slot) => {
                let target = self.local(*slot);
                let args = self.eval_args(&call.args, call.special_args)?;
                self.call_value(&target, &args)
            }
            Callee::Function(name) => {
                let args = self.eval_args(&call.args, call.special_args)?;
                self.call_by_name(name, &args)
            }
            Callee::Method { target, name, safe, spread } => {
                let target = self.eval(target)?;
                if target.is_null() && (*safe || *spread) {
                    return Ok(Object::Null);
                }
                let name = self.member_name(name)?;
                let args = self.eval_args(&call.args, call.special_args)?;
                if *spread {
                    let mut results = Vec::new();
                    for item in self.items(&target)? {
                        self.step()?;
                        let result = if item.is_null() { Object::Null } else { self.invoke(&item, &name, &args)? };
                        results.push(result);
                    }
                    return self.new_list(results);
                }
                self.invoke(&target, &name, &args)
            }
            Callee::Super(name) => {
                let args = self.eval_args(&call.args, call.special_args)?;
                self.call_super(name, &args)
            }
            Callee::Value(target) => {
                let target = self.eval(target)?;
                let args = self.eval_args(&call.args, call.special_args)?;
                self.call_value(&target, &args)
            }
        }
    }

    /// `value(…)`
    pub(crate) fn call_value(&mut self, target: &Object, args: &[Object]) -> Outcome<Object> {
        if let Some(Closure { kind: ClosureKind::Block { program, function, this, .. }, .. }) = downcast(target)
            && std::sync::Arc::ptr_eq(program, self.program)
        {
            return self.call_block(target, *function, this, args, "call");
        }
        if downcast::<Closure>(target).is_some() {
            return self.call_closure(target, args);
        }
        self.invoke(target, "call", args)
    }

    /// `name(…)` where the name is no local.
    fn call_by_name(&mut self, name: &'r str, args: &[Object]) -> Outcome<Object> {
        if let Some(closure) = self.frame.closure.clone() {
            return self.call_in_closure(&closure, name, args);
        }
        if let Some(value) = self.call_owned(name, args)? {
            return Ok(value);
        }
        Err(self.missing_function(name, args))
    }

    pub(super) fn missing_function(&mut self, name: &str, args: &[Object]) -> Box<Throw> {
        let class = match (self.frame.class, &self.frame.this) {
            (Some(class), _) => self.program.classes[usize::from(class)].name.to_string(),
            (None, _) if self.program.methods.iter().any(|(found, _)| &**found == name) => "Script1".to_owned(),
            // Camunda runs scripts through the script engine, which is asked last.
            (None, _) => "org.codehaus.groovy.jsr223.GroovyScriptEngineImpl".to_owned(),
        };
        self.missing_method(&class, name, args)
    }

    /// A method of the class whose method runs, of the script, a closure in a variable, or a function of Groovy.
    pub(super) fn call_owned(&mut self, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
        if let Some(class) = self.frame.class {
            let this = self.frame.this.clone();
            let target = if this.is_null() {
                crate::values::class_object(crate::classes::Class::User(class), self.program)
            } else {
                this
            };
            if let Some(value) = self.try_invoke(&target, name, args)? {
                return Ok(Some(value));
            }
            if let Some(field) = self.find_owned_name(name)?
                && downcast::<Closure>(&field).is_some()
            {
                return self.call_closure(&field, args).map(Some);
            }
        }
        if let Some(function) = self.overload(self.script_methods(name), args) {
            let frame = Frame { base: 0, this: Object::Null, closure: None, class: None };
            return self.call_function(function, args, frame).map(Some);
        }
        if let Some(value) = self.call_builtin(name, args)? {
            return Ok(Some(value));
        }
        if self.frame.class.is_none()
            && let Some(value) = self.global(name)?
        {
            return self.call_value(&value, args).map(Some);
        }
        let plain = self.plain_args(args);
        Ok(self.ctx.call_function(name, &plain)?)
    }

    fn script_methods(&self, name: &str) -> Vec<FunctionIx> {
        let program: &'r Program = self.program;
        program.methods.iter().filter(|(found, _)| &**found == name).map(|(_, ix)| *ix).collect()
    }

    /// Picks the method of a name that fits the arguments best.
    pub(super) fn overload(&mut self, candidates: Vec<FunctionIx>, args: &[Object]) -> Option<FunctionIx> {
        let mut best: Option<(u32, FunctionIx)> = None;
        for ix in candidates {
            let program: &'r Program = self.program;
            let function = &program.functions[ix as usize];
            if let Some(distance) = self.distance(function, args)
                && best.is_none_or(|(least, _)| distance < least)
            {
                best = Some((distance, ix));
            }
        }
        best.map(|(_, ix)| ix)
    }

    /// How far arguments are from the parameters; `None` when they do not fit.
    fn distance(&mut self, function: &'r Function, args: &[Object]) -> Option<u32> {
        let variadic = function.params.last().is_some_and(|param| param.variadic);
        let required = function.params.iter().filter(|param| param.default.is_none() && !param.variadic).count();
        let lone_null = args.is_empty() && required == 1 && function.params.len() == 1;
        if !lone_null && (args.len() < required || args.len() > function.params.len() && !variadic) {
            return None;
        }
        let mut distance = if args.len() == function.params.len() { 0 } else { 100 };
        for (param, arg) in function.params.iter().zip(args) {
            let Some(ty) = &param.ty else {
                distance += 10;
                continue;
            };
            if param.variadic {
                continue;
            }
            distance += self.fits(arg, ty)?;
        }
        Some(distance)
    }

    /// Calls a function of the program with a frame that is complete but for its base.
    pub(super) fn call_function(&mut self, ix: FunctionIx, args: &[Object], frame: Frame) -> Outcome<Object> {
        let program: &'r Program = self.program;
        let function = &program.functions[ix as usize];
        self.step()?;
        self.check_stack()?;
        let base = self.stack.len();
        self.stack.resize(base + function.slots as usize, Local::Own(Object::Null));
        let outer = std::mem::replace(&mut self.frame, Frame { base, ..frame });
        let outcome = self.call_body(function, args);
        self.frame = outer;
        self.stack.truncate(base);
        outcome
    }

    fn call_body(&mut self, function: &'r Function, args: &[Object]) -> Outcome<Object> {
        if let Some(closure) = &self.frame.closure
            && let Some(Closure { kind: ClosureKind::Block { cells, .. }, .. }) = downcast::<Closure>(closure)
        {
            for ((_, slot), cell) in function.captures.iter().zip(cells) {
                self.stack[self.frame.base + *slot as usize] = Local::Shared(cell.clone());
            }
        }
        if function.implicit_it {
            self.stack[self.frame.base] = Local::Own(args.first().cloned().unwrap_or(Object::Null));
        } else {
            self.bind_params(function, args)?;
        }
        let value = self.run_body(&function.body)?;
        match &function.return_type {
            Some(ty) => self.coerce(value, ty),
            None => Ok(value),
        }
    }

    fn bind_params(&mut self, function: &'r Function, args: &[Object]) -> Outcome<()> {
        let count = function.params.len();
        // Missing arguments take the defaults of the last parameters that have one.
        let mut missing = count.saturating_sub(args.len());
        let defaults = function.params.iter().filter(|param| param.default.is_some()).count();
        let mut given = args.iter();
        let mut skip = defaults.saturating_sub(missing);
        for param in &function.params {
            let value = if param.variadic {
                let rest: Vec<Object> = given.by_ref().cloned().collect();
                match rest.as_slice() {
                    [Object::List(_)] => rest[0].clone(),
                    _ => Object::list(rest),
                }
            } else if let Some(default) = &param.default
                && missing > 0
                && {
                    let use_default = skip == 0;
                    skip = skip.saturating_sub(1);
                    use_default
                }
            {
                missing -= 1;
                self.eval(default)?
            } else {
                given.next().cloned().unwrap_or(Object::Null)
            };
            let value = match &param.ty {
                Some(ty) if !param.variadic => self.coerce(value, ty)?,
                _ => value,
            };
            self.declare(param.slot, false, value);
        }
        Ok(())
    }

    /// Calls a closure, or whatever else is callable.
    pub(crate) fn call_closure(&mut self, target: &Object, args: &[Object]) -> Outcome<Object> {
        let Some(closure) = downcast::<Closure>(target) else { return self.invoke(target, "call", args) };
        match &closure.kind {
            ClosureKind::Block { program, function, this, .. } => {
                if !std::sync::Arc::ptr_eq(program, self.program) {
                    return Err(Throw::illegal_argument("a closure of another script cannot be called"));
                }
                self.call_block(target, *function, this, args, "doCall")
            }
            ClosureKind::Method { target, name } => {
                match (&**name, downcast::<objects::classes::ClassObject>(target)) {
                    ("new", Some(class)) => {
                        let class = crate::classes::Class::Known(crate::classes::known(class.name()));
                        self.create(class, args)
                    }
                    _ => self.invoke_pointer(target, name, args),
                }
            }
            ClosureKind::Curried { inner, at, args: fixed } => {
                let mut all = args.to_vec();
                let index = match at {
                    crate::values::CurryPosition::Left => 0,
                    crate::values::CurryPosition::Right => all.len(),
                    crate::values::CurryPosition::Nth(index) => (*index).min(all.len()),
                };
                all.splice(index..index, fixed.iter().cloned());
                self.check_stack()?;
                self.call_closure(inner, &all)
            }
            ClosureKind::Composed { first, second } => {
                self.check_stack()?;
                let value = self.call_closure(first, args)?;
                self.call_closure(second, &[value])
            }
            ClosureKind::Memoized { inner, results } => {
                let found = results
                    .borrow()
                    .iter()
                    .find(|(known, _)| known.len() == args.len() && known.iter().zip(args).all(|(a, b)| a.equals(b)))
                    .map(|(_, result)| result.clone());
                if let Some(result) = found {
                    return Ok(result);
                }
                self.check_stack()?;
                let result = self.call_closure(inner, args)?;
                self.charge_items(args.len() as u64 + 1)?;
                results.borrow_mut().push((args.to_vec(), result.clone()));
                Ok(result)
            }
        }
    }

    /// A method pointer: of an object, or of a class whose instance comes as first argument.
    fn invoke_pointer(&mut self, target: &Object, name: &str, args: &[Object]) -> Outcome<Object> {
        let is_class = downcast::<objects::classes::ClassObject>(target).is_some()
            || downcast::<UserClassObject>(target).is_some();
        if downcast::<ScriptObject>(target).is_some() {
            return match self.call_owned(name, args)? {
                Some(value) => Ok(value),
                None => Err(self.missing_function(name, args)),
            };
        }
        if is_class {
            if name == "new"
                && let Some(class) = downcast::<UserClassObject>(target)
            {
                return self.create(crate::classes::Class::User(class.class), args);
            }
            if let Some(value) = self.try_invoke(target, name, args)? {
                return Ok(value);
            }
            if let Some((first, rest)) = args.split_first() {
                return self.invoke(first, name, rest);
            }
        }
        self.invoke(target, name, args)
    }

    /// Calls a block; `method` is the name error texts give the call.
    fn call_block(
        &mut self,
        target: &Object,
        ix: FunctionIx,
        this: &Object,
        args: &[Object],
        method: &str,
    ) -> Outcome<Object> {
        let program: &'r Program = self.program;
        let function = &program.functions[ix as usize];
        let class = Self::class_of(this);
        let frame = Frame { base: 0, this: this.clone(), closure: Some(target.clone()), class };
        if function.implicit_it && args.len() <= 1 {
            return self.call_function(ix, args, frame);
        }
        let count = function.params.len();
        // One list for several parameters is taken apart.
        if args.len() == 1
            && count > 1
            && let Object::List(items) = &args[0]
        {
            let items = items.borrow().clone();
            if self.distance(function, &items).is_some() {
                return self.call_function(ix, &items, frame);
            }
        }
        let fits = !function.implicit_it && (self.distance(function, args).is_some() || args.is_empty() && count == 1);
        if fits {
            return self.call_function(ix, args, frame);
        }
        // Several arguments for one untyped list parameter do not fit either.
        let class = target.plain_class_name();
        Err(self.missing_method(&class, method, args))
    }

    pub(super) fn class_of(this: &Object) -> Option<ClassIx> {
        downcast::<Instance>(this)
            .map(|instance| instance.class)
            .or_else(|| downcast::<UserClassObject>(this).map(|class| class.class))
    }

    /// Number of arguments a closure takes at most.
    pub(crate) fn arity(&self, target: &Object) -> usize {
        let Some(closure) = downcast::<Closure>(target) else { return 1 };
        match &closure.kind {
            ClosureKind::Block { function, .. } => {
                let function = &self.program.functions[*function as usize];
                if function.implicit_it { 1 } else { function.params.len() }
            }
            ClosureKind::Method { target, name } if downcast::<ScriptObject>(target).is_some() => {
                self.script_methods(name).first().map_or(1, |ix| self.program.functions[*ix as usize].params.len())
            }
            ClosureKind::Method { .. } => 1,
            ClosureKind::Curried { inner, args, .. } => self.arity(inner).saturating_sub(args.len()),
            ClosureKind::Composed { first, .. } => self.arity(first),
            ClosureKind::Memoized { inner, .. } => self.arity(inner),
        }
    }

    /// The delegate of a closure and its strategy, then those of the closures around it.
    fn delegates(closure: &Object) -> Vec<(Object, Strategy)> {
        let mut found = Vec::new();
        let mut next = Some(closure.clone());
        while let Some(object) = next {
            let Some(closure) = downcast::<Closure>(&object) else { break };
            if let Some(delegate) = &*closure.delegate.borrow() {
                found.push((delegate.clone(), closure.strategy.get()));
            }
            next = match &closure.kind {
                ClosureKind::Block { owner, .. } => owner.clone(),
                _ => None,
            };
        }
        found
    }

    pub(super) fn find_name_in_closure(&mut self, name: &str) -> Outcome<Option<Object>> {
        let Some(closure) = self.frame.closure.clone() else { return Ok(None) };
        match name {
            "delegate" | "owner" => return self.get_property(&closure, &name.into()).map(Some),
            _ => {}
        }
        let delegates = Self::delegates(&closure);
        for (delegate, strategy) in &delegates {
            if matches!(strategy, Strategy::DelegateFirst | Strategy::DelegateOnly)
                && let Some(value) = self.property_of_delegate(delegate, name)?
            {
                return Ok(Some(value));
            }
        }
        if let Some(value) = self.find_owned_name(name)? {
            return Ok(Some(value));
        }
        for (delegate, strategy) in &delegates {
            if *strategy == Strategy::OwnerFirst
                && let Some(value) = self.property_of_delegate(delegate, name)?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn property_of_delegate(&mut self, delegate: &Object, name: &str) -> Outcome<Option<Object>> {
        if let Object::Map(map) = delegate {
            let key = objects::MapKey(Object::string(name));
            return Ok(map.borrow().get(&key).cloned());
        }
        match self.get_property(delegate, &Rc::from(name)) {
            Ok(value) => Ok(Some(value)),
            Err(throw) if is_missing(&throw) => Ok(None),
            Err(throw) => Err(throw),
        }
    }

    fn call_in_closure(&mut self, closure: &Object, name: &'r str, args: &[Object]) -> Outcome<Object> {
        let delegates = Self::delegates(closure);
        for (delegate, strategy) in &delegates {
            if matches!(strategy, Strategy::DelegateFirst | Strategy::DelegateOnly)
                && !self.is_function(name)
                && let Some(value) = self.try_invoke(delegate, name, args)?
            {
                return Ok(value);
            }
        }
        if name == "call" {
            return self.call_closure(closure, args);
        }
        if let Some(value) = self.call_owned(name, args)? {
            return Ok(value);
        }
        for (delegate, strategy) in &delegates {
            if *strategy == Strategy::OwnerFirst
                && let Some(value) = self.try_invoke(delegate, name, args)?
            {
                return Ok(value);
            }
        }
        Err(self.missing_function(name, args))
    }

    /// Whether the script itself defines a function of this name.
    fn is_function(&self, name: &str) -> bool {
        matches!(name, "println" | "print") || self.program.methods.iter().any(|(found, _)| &**found == name)
    }
}

/// Whether a throw says that a property or method does not exist.
pub(crate) fn is_missing(throw: &Throw) -> bool {
    let Throw::Exception(object) = throw else { return false };
    downcast::<crate::values::ExceptionObject>(object).is_some_and(|exception| {
        matches!(&*exception.class, "groovy.lang.MissingPropertyException" | "groovy.lang.MissingMethodException")
    })
}
