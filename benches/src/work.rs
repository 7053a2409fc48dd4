//! Small pieces of work of each layer, for benchmarks that run with every change.

use std::sync::Arc;

use engine_core::{
    command::{Command, Start, Variables},
    error::Fault,
    graph,
    host::{
        Decisions, Definition, DelegateCall, DelegateReply, Host, JobDefinitionInfo, Scripts, Served, Settings, Version,
    },
    state::InstanceState,
    trace::TraceContext,
    transaction::{Progress, Transaction},
};
use models::{Id, Timestamp, Value};
use objects::{Object, ObjectError};
use tollgate::{
    Engine, Options,
    query::{Page, TaskQuery},
};

use crate::models as texts;

/// A piece of work: its name, and what prepares it for being repeated.
pub type Work = (&'static str, fn() -> Box<dyn FnMut()>);

/// All pieces.
pub const ALL: [Work; 5] = [
    ("parse", || Box::new(parse())),
    ("step", || Box::new(steps(&texts::sequence(), &[]))),
    ("condition", || Box::new(steps(&texts::exclusive(), &[("x", Value::Integer(11))]))),
    ("commit", || Box::new(commit())),
    ("query", || Box::new(query())),
];

/// Parses an example with its diagram.
fn parse() -> impl FnMut() {
    let text = include_bytes!("../../examples/order.bpmn");
    let options = bpmn_parser::ParseOptions::default();
    move || assert!(bpmn_parser::parse(text, "order.bpmn", &options).is_deployable())
}

/// Starts an instance in the core and runs it to its end: no lane, store or read model.
fn steps(model: &str, variables: &[(&str, Value)]) -> impl FnMut() + use<> {
    let parsed = bpmn_parser::parse(model.as_bytes(), "bench.bpmn", &bpmn_parser::ParseOptions::default());
    let process = parsed.definitions.as_ref().and_then(|all| all.processes.first()).expect("a process");
    let definition = Definition {
        id: Id::new(1),
        key: Arc::from(process.id.as_str()),
        version: 1,
        name: None,
        tenant: None,
        deployment: Id::new(2),
        history_time_to_live: None,
        graph: Arc::new(graph::compile(process).expect("a graph")),
    };
    let mut host = Surroundings { definition: Arc::new(definition), settings: Settings::default(), last: 100 };
    let variables: Variables = variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    move || {
        let root = host.fresh_id();
        let start = Start { definition: Id::new(1), variables: variables.clone(), ..Start::default() };
        let mut transaction = Transaction::begin(InstanceState::default(), root, Command::Start(Box::new(start)));
        assert!(matches!(transaction.run(&mut host), Progress::Done(_)));
    }
}

/// A commit of the size of a small instance, to memory: what the store adds to the disk's time.
fn commit() -> impl FnMut() {
    let options = store::Options::default();
    let store = store::Store::open(store::Kind::Memory, "", options).expect("a store");
    let mut number = 0_u64;
    move || {
        number += 1;
        let key = |table: u8, number: u64| [&[table][..], &number.to_be_bytes()].concat();
        let state = store::Op::put(key(b'r', number % 1024), vec![7; 400]);
        let history = store::Op::put(key(b'h', number % 1024), vec![9; 800]);
        store.commit(vec![state, history]).expect("a commit");
    }
}

/// The tasks of one person among 1,000, as a page of 50.
fn query() -> impl FnMut() {
    let engine = Engine::in_memory(Options::default()).expect("an engine");
    let model = texts::user().replace(r#"<userTask id="u"/>"#, r#"<userTask id="u" camunda:assignee="${who}"/>"#);
    engine.deploy_file("user.bpmn", model).wait().expect("deployed");
    for number in 0..1_000 {
        let who = Value::string(format!("person{}", number % 10));
        engine.start("user", [("who", who)]).wait().expect("started");
    }
    let query = TaskQuery { assignee: Some("person7".to_owned()), ..TaskQuery::default() };
    let page = Page { max_results: Some(50), ..Page::default() };
    move || assert_eq!(query.list(&engine.read(), page, None).len(), 50)
}

/// What a transaction asks for, as far as the models above do.
struct Surroundings {
    definition: Arc<Definition>,
    settings: Settings,
    last: u128,
}

fn not_here<T>() -> Result<T, Fault> {
    Err(Fault::engine("not in this benchmark"))
}

impl Host for Surroundings {
    fn fresh_id(&mut self) -> Id {
        self.last += 1;
        Id::new(self.last)
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000)
    }

    fn user(&self) -> Option<&str> {
        None
    }

    fn trace(&self) -> Option<&TraceContext> {
        None
    }

    fn user_groups(&self) -> Vec<String> {
        Vec::new()
    }

    fn definition(&self, _: Id) -> Result<Arc<Definition>, Fault> {
        Ok(self.definition.clone())
    }

    fn is_suspended(&self, _: Id) -> bool {
        false
    }

    fn find_process(&self, _: &str, _: &Version, _: Option<&str>) -> Result<Arc<Definition>, Fault> {
        Ok(self.definition.clone())
    }

    fn job_definition(&self, _: Id, _: u32) -> JobDefinitionInfo {
        JobDefinitionInfo::default()
    }

    fn script_resource(&self, _: Id, _: &str) -> Result<Arc<str>, Fault> {
        not_here()
    }

    fn scripts(&self) -> Arc<dyn Scripts> {
        unreachable!("no model here has scripts")
    }

    fn decisions(&self) -> Arc<dyn Decisions> {
        unreachable!("no model here has decisions")
    }

    fn served(&self, _: &str) -> Served {
        Served::Nobody
    }

    fn run_delegate(&mut self, _: DelegateCall) -> DelegateReply {
        DelegateReply::default()
    }

    fn has_bean(&self, _: &str) -> bool {
        false
    }

    fn bean_method(
        &mut self,
        bean: &str,
        method: &str,
        _: &[Object],
        _: &DelegateCall,
    ) -> Result<(Object, DelegateReply), ObjectError> {
        Err(ObjectError::UnknownMethod(bean.to_owned(), method.to_owned()))
    }

    fn log_unhandled(&mut self, _: &str) {}
}
