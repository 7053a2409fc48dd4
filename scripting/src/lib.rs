//! Script languages behind one interface, under limits.
//!
//! [`Engine::compile`] turns a source into a [`Script`] once; [`Script::run`] runs it against a
//! [`Context`](objects::Context), any number of times and from any thread. All run on the caller's
//! thread; JavaScript and Groovy take up to [`Limits::stack_bytes`] of its stack. What a script sees and what becomes of its
//! result follows Camunda 7.24 (S-EL and "Script" in the reference); rhai is Tollgate's own.
//!
//! Scripts never reach files, network, processes or the machine's clock.

mod error;
mod feel;
mod groovy;
mod javascript;
mod juel;
mod language;
mod limits;
mod rhai;

use std::sync::Arc;

pub use error::{Place, ScriptError};
pub use language::Language;
pub use limits::Limits;
use objects::{Context, Object};

/// Compiles scripts and owns what they share: runtimes and limits.
#[derive(Clone, Debug)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limits: Limits,
    javascript: javascript::JavaScript,
    rhai: rhai::Runtime,
}

/// A compiled script; cheap to clone.
#[derive(Clone, Debug)]
pub struct Script {
    shared: Arc<Shared>,
    language: Language,
    compiled: Compiled,
}

#[derive(Clone, Debug)]
enum Compiled {
    JavaScript(Arc<javascript::Source>),
    Groovy(::groovy::Script),
    Feel(Arc<::feel::Expression>),
    Juel(::juel::Expression),
    Rhai(Arc<::rhai::AST>),
}

impl Engine {
    /// An engine whose scripts stay within some limits.
    pub fn new(limits: Limits) -> Self {
        let shared =
            Shared { javascript: javascript::JavaScript::new(limits), rhai: rhai::Runtime::new(&limits), limits };
        Self { shared: Arc::new(shared) }
    }

    /// Compiles a source.
    ///
    /// # Errors
    /// [`ScriptError::Compile`] when the source is wrong. JavaScript is first read when it runs, as in Camunda, and its
    /// syntax errors come then.
    pub fn compile(&self, language: Language, source: &str) -> Result<Script, ScriptError> {
        if source.len() > self.shared.limits.source_bytes {
            return Err(ScriptError::Limit(format!(
                "the script is longer than {} bytes",
                self.shared.limits.source_bytes
            )));
        }
        let compiled = match language {
            Language::JavaScript => Compiled::JavaScript(Arc::new(javascript::Source::new(source))),
            Language::Groovy => Compiled::Groovy(groovy::compile(source)?),
            Language::Feel => Compiled::Feel(Arc::new(feel::compile(source)?)),
            Language::Juel => Compiled::Juel(juel::compile(source)?),
            Language::Rhai => Compiled::Rhai(Arc::new(self.shared.rhai.compile(source)?)),
        };
        Ok(Script { shared: self.shared.clone(), language, compiled })
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Script {
    /// The language it is written in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Runs the script; the result is the value of its last statement, `null` when it has none.
    ///
    /// # Errors
    /// [`ScriptError`]; a BPMN error that the script throws is kept apart.
    pub fn run(&self, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
        let limits = &self.shared.limits;
        match &self.compiled {
            Compiled::JavaScript(source) => self.shared.javascript.run(source, ctx),
            Compiled::Groovy(script) => groovy::run(script, limits, ctx),
            Compiled::Feel(expression) => feel::run(expression, ctx),
            Compiled::Juel(expression) => juel::run(expression, ctx),
            Compiled::Rhai(ast) => self.shared.rhai.run(ast, ctx),
        }
    }
}
