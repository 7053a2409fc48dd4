//! rhai: Tollgate's own addition to the languages of Camunda.
//!
//! rhai wants host functions that live as long as the engine, so a run works on plain copies of the variables. What the
//! script does to `execution` is noted and applied when it has come to its end; the order is kept.

use std::sync::{Arc, Mutex, PoisonError};

use ::rhai::{AST, Dynamic, Engine, EvalAltResult, Map, ParseErrorType, Position, Scope};
use objects::{Context, MapKey, Object, methods, text};

use crate::{
    error::{Place, ScriptError},
    limits::Limits,
};

/// Deepest nesting that is converted.
const MAX_DEPTH: usize = 100;

#[derive(Debug)]
pub(crate) struct Runtime {
    engine: Engine,
}

/// `execution` in a script: the variables as they were, and what is to be done to them.
#[derive(Clone, Debug, Default)]
struct Execution(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    variables: Map,
    calls: Vec<(&'static str, String, Option<Dynamic>)>,
}

impl Execution {
    fn with<T>(&self, f: impl FnOnce(&mut Notes) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, method: &'static str, name: &str, value: Dynamic) {
        self.with(|notes| {
            notes.variables.insert(name.into(), value.clone());
            notes.calls.push((method, name.to_owned(), Some(value)));
        });
    }

    fn remove(&self, method: &'static str, name: &str) {
        self.with(|notes| {
            notes.variables.remove(name);
            notes.calls.push((method, name.to_owned(), None));
        });
    }
}

/// A BPMN error on its way out of a script.
#[derive(Clone, Debug)]
struct Thrown {
    code: String,
    message: Option<String>,
}

fn place(position: Position) -> Option<Place> {
    let number = |value: Option<usize>| value.and_then(|value| u32::try_from(value).ok());
    Some(Place { line: number(position.line())?, column: number(position.position()).unwrap_or(1) })
}

impl Runtime {
    pub(crate) fn new(limits: &Limits) -> Self {
        let mut engine = Engine::new();
        engine
            .set_max_operations(limits.operations)
            .set_max_call_levels(limits.depth)
            .set_max_expr_depths(64, 64)
            .set_max_string_size(limits.text_bytes)
            .set_max_array_size(1_000_000)
            .set_max_map_size(1_000_000)
            .set_max_variables(10_000);
        engine.disable_symbol("eval").on_print(|text| tracing::info!(target: "script", "{text}"));
        engine
            .register_type_with_name::<Execution>("Execution")
            .register_fn("getVariable", |execution: &mut Execution, name: &str| {
                execution.with(|notes| notes.variables.get(name).cloned().unwrap_or(Dynamic::UNIT))
            })
            .register_fn("hasVariable", |execution: &mut Execution, name: &str| {
                execution.with(|notes| notes.variables.contains_key(name))
            })
            .register_fn("setVariable", |execution: &mut Execution, name: &str, value: Dynamic| {
                execution.set("setVariable", name, value);
            })
            .register_fn("setVariableLocal", |execution: &mut Execution, name: &str, value: Dynamic| {
                execution.set("setVariableLocal", name, value);
            })
            .register_fn("removeVariable", |execution: &mut Execution, name: &str| {
                execution.remove("removeVariable", name);
            })
            .register_fn("bpmn_error", |code: &str| -> Result<Dynamic, Box<EvalAltResult>> {
                let thrown = Thrown { code: code.to_owned(), message: None };
                Err(EvalAltResult::ErrorRuntime(Dynamic::from(thrown), Position::NONE).into())
            })
            .register_fn("bpmn_error", |code: &str, message: &str| -> Result<Dynamic, Box<EvalAltResult>> {
                let thrown = Thrown { code: code.to_owned(), message: Some(message.to_owned()) };
                Err(EvalAltResult::ErrorRuntime(Dynamic::from(thrown), Position::NONE).into())
            });
        Self { engine }
    }

    pub(crate) fn compile(&self, source: &str) -> Result<AST, ScriptError> {
        self.engine.compile(source).map_err(|error| match error.err_type() {
            ParseErrorType::ExprTooDeep => ScriptError::Limit("the script is nested too deeply".to_owned()),
            kind => ScriptError::Compile { message: kind.to_string(), place: place(error.position()) },
        })
    }

    pub(crate) fn run(&self, ast: &AST, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
        let execution = Execution::default();
        let mut scope = Scope::new();
        for name in ctx.variable_names() {
            if let Some(object) = ctx.variable(&name).map_err(ScriptError::from_object)? {
                let value = to_dynamic(&object, ctx, 0);
                execution.with(|notes| notes.variables.insert(name.as_str().into(), value.clone()));
                scope.push_dynamic(name, value);
            }
        }
        scope.push_constant("execution", execution.clone());
        let result: Result<Dynamic, _> = self.engine.eval_ast_with_scope(&mut scope, ast);
        let result = result.map_err(|error| failure(&error))?;
        let calls = execution.with(|notes| std::mem::take(&mut notes.calls));
        if !calls.is_empty() {
            let target = ctx.variable("execution").map_err(ScriptError::from_object)?.unwrap_or(Object::Null);
            for (method, name, value) in calls {
                let mut args = vec![Object::string(name)];
                args.extend(value.map(|value| from_dynamic(&value, 0)));
                methods::call(&target, method, &args, ctx).map_err(ScriptError::from_object)?;
            }
        }
        Ok(from_dynamic(&result, 0))
    }
}

fn failure(error: &EvalAltResult) -> ScriptError {
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) if value.is::<Thrown>() => {
            let thrown = value.clone_cast::<Thrown>();
            return ScriptError::BpmnError { code: thrown.code, message: thrown.message };
        }
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorTooManyVariables(_) => return ScriptError::Limit(error.to_string()),
        _ => {}
    }
    let place = place(error.position());
    ScriptError::Evaluate { message: format!(" {error}"), place }
}

/// A plain copy; what rhai has no type for is its text.
fn to_dynamic(object: &Object, ctx: &mut dyn Context, depth: usize) -> Dynamic {
    if depth > MAX_DEPTH {
        return Dynamic::UNIT;
    }
    match object {
        Object::Null => Dynamic::UNIT,
        Object::Boolean(value) => (*value).into(),
        Object::Short(_) | Object::Integer(_) | Object::Long(_) => object.long_value().unwrap_or(0).into(),
        Object::Double(value) => (*value).into(),
        Object::BigDecimal(_) | Object::BigInteger(_) => object.double_value().unwrap_or(f64::NAN).into(),
        Object::List(items) => {
            let items: Vec<Dynamic> = items.borrow().iter().map(|item| to_dynamic(item, ctx, depth + 1)).collect();
            items.into()
        }
        Object::Map(entries) => {
            let mut map = Map::new();
            for (key, value) in entries.borrow().iter() {
                let name = text::to_text(&key.0, ctx).unwrap_or_default();
                map.insert((&*name).into(), to_dynamic(value, ctx, depth + 1));
            }
            map.into()
        }
        Object::Json(node) => match objects::convert::plain(node) {
            Object::Json(_) => Dynamic::UNIT,
            plain => to_dynamic(&plain, ctx, depth + 1),
        },
        other => text::to_text(other, ctx).map_or(Dynamic::UNIT, |text| text.to_string().into()),
    }
}

fn from_dynamic(value: &Dynamic, depth: usize) -> Object {
    if value.is_unit() || depth > MAX_DEPTH {
        return Object::Null;
    }
    if let Ok(value) = value.as_bool() {
        return Object::Boolean(value);
    }
    if let Ok(value) = value.as_int() {
        return i32::try_from(value).map_or(Object::Long(value), Object::Integer);
    }
    if let Ok(value) = value.as_float() {
        return Object::Double(value);
    }
    if let Some(items) = value.read_lock::<::rhai::Array>() {
        return Object::list(items.iter().map(|item| from_dynamic(item, depth + 1)).collect());
    }
    if let Some(map) = value.read_lock::<Map>() {
        let entries =
            map.iter().map(|(name, value)| (MapKey(Object::string(name.as_str())), from_dynamic(value, depth + 1)));
        return Object::map(entries.collect());
    }
    Object::string(value.to_string())
}
