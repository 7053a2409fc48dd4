//! Workloads of callers that make one call after the other.

use std::sync::Arc;

use anyhow::Result;
use engine_core::command::{Command, Start};
use tollgate::{
    Engine, Id, Value,
    query::{Page, TaskQuery},
    request::{Caller, Correlate},
};
use tollgate_benches::{
    drive::{self, Callers, Run, Until},
    models,
};

/// A closed loop over one kind of call.
pub(crate) struct Loop {
    pub(crate) name: &'static str,
    /// Instances for each call.
    pub(crate) items: u64,
    models: fn() -> Vec<String>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Starts, with variables.
    Start(&'static str, fn(u64) -> Vec<(&'static str, Value)>),
    /// Starts, asks for the task, completes it.
    User,
    /// Starts with a business key, sends the message there.
    Message,
}

pub(crate) const ALL: &[Loop] = &[
    start("seq", || vec![models::sequence()], |_| Vec::new()),
    start("handlers", || vec![models::handlers()], |_| Vec::new()),
    start("exc", || vec![models::exclusive()], |call| vec![("x", number(call % 20))]),
    start("par", || vec![models::parallel()], |_| Vec::new()),
    start("cyc", || vec![models::cycle()], |_| vec![("i", number(0)), ("n", number(10))]),
    start("call1", || models::calls().to_vec(), |_| Vec::new()),
    start("mi", || vec![models::many()], |_| vec![("n", number(100))]),
    Loop { name: "user", items: 1, models: || vec![models::user()], kind: Kind::User },
    Loop { name: "msg", items: 1, models: || vec![models::message()], kind: Kind::Message },
];

const fn start(
    name: &'static str,
    models: fn() -> Vec<String>,
    variables: fn(u64) -> Vec<(&'static str, Value)>,
) -> Loop {
    Loop { name, items: 1, models, kind: Kind::Start(name, variables) }
}

fn number(value: u64) -> Value {
    Value::from(i32::try_from(value).unwrap_or(i32::MAX))
}

impl Loop {
    /// Deploys the models.
    pub(crate) fn prepare(&self, engine: &Engine) -> Result<()> {
        for (at, model) in (self.models)().into_iter().enumerate() {
            engine.deploy_file(format!("{}-{at}.bpmn", self.name), model).wait()?;
        }
        Ok(())
    }

    pub(crate) fn run(&self, engine: &Arc<Engine>, callers: Callers, until: Until) -> Run {
        let engine = engine.clone();
        match self.kind {
            Kind::Start(key, variables) => drive::run(callers, until, move |call| {
                let started = engine.start(key, variables(call));
                async move {
                    started.await.expect("a start");
                }
            }),
            Kind::User => drive::run(callers, until, move |_| user(engine.clone())),
            Kind::Message => {
                let salt = engine.now().0;
                drive::run(callers, until, move |call| message(engine.clone(), format!("key {salt} {call}")))
            }
        }
    }
}

async fn user(engine: Arc<Engine>) {
    let instance: Id = engine.start("user", [] as [(&str, Value); 0]).await.expect("a start");
    let query = TaskQuery { process_instance_id: Some(instance.to_string()), ..TaskQuery::default() };
    let task = {
        let world = engine.read();
        let found = query.list(&world, Page::default(), None);
        found.first().expect("a task").id
    };
    engine.complete(task, [] as [(&str, Value); 0]).await.expect("a completion");
}

async fn message(engine: Arc<Engine>, key: String) {
    let definition = engine.read().latest_process_definition("msg", None).expect("deployed").id;
    let start = Start { definition, business_key: Some(key.clone()), ..Start::default() };
    engine.execute(Command::Start(Box::new(start)), &Caller::default()).await.expect("a start");
    let request = Correlate { name: Some("m1".to_owned()), business_key: Some(key), ..Correlate::default() };
    engine.correlate(request, &Caller::default()).await.expect("a correlation");
}
