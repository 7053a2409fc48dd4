//! Java delegates without Java: mapped to a topic, an HTTP call or a script.

mod support;

use support::{Web, engine, ok, process, response};
use tollgate::{
    Engine, Id, Value,
    command::{Command, ExternalTaskCommand, TaskCommand, Variables},
    request::{Caller, FetchAndLock, FetchTopic},
};
use tollgate_connectors::{Config, ConfigError, Connectors, Delegate, DelegateMapping};

fn mapped(entries: &[(&str, Delegate)]) -> Config {
    let delegates = entries.iter().map(|(name, delegate)| ((*name).to_owned(), delegate.clone())).collect();
    Config { delegates: DelegateMapping(delegates), ..Config::default() }
}

fn script(text: &str) -> Delegate {
    Delegate::Script { script: text.to_owned() }
}

fn variable(engine: &Engine, instance: Id, name: &str) -> Option<Value> {
    engine.read().variables_of(instance).find(|row| &*row.name == name).map(|row| row.value.clone())
}

const SERVICE: &str = r#"<serviceTask id="call" camunda:class="com.acme.Charge"><extensionElements>
    <camunda:field name="rate" stringValue="0.5"/><camunda:field name="twice" expression="${amount * 2}"/>
    </extensionElements></serviceTask>"#;

#[test]
fn a_class_becomes_an_external_task_of_a_topic() {
    let topic = Delegate::Topic { topic: "charge".to_owned() };
    let engine = engine(mapped(&[("com.acme.*", topic)]));
    engine.deploy_file("p.bpmn", process(SERVICE)).wait().unwrap();
    let instance = engine.start("p", [("amount", Value::from(21))]).wait().unwrap();
    let task = {
        let world = engine.read();
        let task = world.external_tasks_of_instance(instance).next().expect("an external task");
        assert_eq!(&*task.topic, "charge");
        task.id
    };
    let topic = FetchTopic { name: "charge".to_owned(), lock_ms: 1000, ..FetchTopic::default() };
    let request = FetchAndLock { worker: "w".to_owned(), max_tasks: 5, topics: vec![topic], ..FetchAndLock::default() };
    let fetched = engine.fetch_and_lock(request, &Caller::default()).wait().expect("fetched");
    let seen: Vec<(&str, &Value)> = fetched[0].variables.iter().map(|(name, value)| (&**name, value)).collect();
    let fields = [("rate", &Value::string("0.5")), ("twice", &Value::Long(42))];
    assert_eq!(seen, [&[("amount", &Value::Integer(21))], &fields[..]].concat(), "fields come beside the variables");
    let run = |command| {
        engine.execute(Command::ExternalTask(task, command), &Caller::default()).wait().expect("it can be worked on");
    };
    run(ExternalTaskCommand::Complete {
        worker: "w".to_owned(),
        variables: [("charged", Value::from(true))].into_iter().collect(),
        local: Variables::default(),
    });
    assert_eq!(variable(&engine, instance, "charged"), Some(Value::Boolean(true)));
    assert_eq!(variable(&engine, instance, "rate"), None, "fields are no variables of the process");
}

#[test]
fn a_class_is_called_over_http() {
    let answer = ok(r#"{"variables": {"charged": true, "receipt": {"no": 5}}, "localVariables": {"mine": 1}}"#);
    let web = Web::answering(&[&answer]);
    let http = Delegate::Http { http: format!("{}/charge", web.url), timeout_seconds: Some(5) };
    let engine = engine(mapped(&[("com.acme.Charge", http)]));
    engine.deploy_file("p.bpmn", process(SERVICE)).wait().unwrap();
    let instance = engine.start("p", [("amount", Value::from(21))]).wait().unwrap();
    let sent = web.seen()[0].body.clone();
    for part in [
        r#""name":"com.acme.Charge""#,
        r#""kind":"delegate""#,
        r#""activityId":"call""#,
        r#""fields":{"rate":"0.5","twice":42}"#,
        r#""variables":{"amount":21}"#,
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    assert_eq!(variable(&engine, instance, "charged"), Some(Value::Boolean(true)));
    assert_eq!(variable(&engine, instance, "receipt"), Some(Value::Json(r#"{"no":5}"#.into())));
}

#[test]
fn an_error_over_http_is_caught_by_the_model() {
    let web = Web::answering(&[&ok(r#"{"bpmnError": {"code": "declined", "message": "no money"}}"#)]);
    let http = Delegate::Http { http: web.url.clone(), timeout_seconds: None };
    let engine = engine(mapped(&[("com.acme.Charge", http)]));
    let element = format!(
        r#"{SERVICE}<boundaryEvent id="caught" attachedToRef="call"><errorEventDefinition errorRef="e"
        camunda:errorCodeVariable="code"/></boundaryEvent>
        <sequenceFlow id="f3" sourceRef="caught" targetRef="declined"/><userTask id="declined"/>"#
    );
    let model = process(&element).replace("<process ", r#"<error id="e" errorCode="declined"/><process "#);
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    let instance = engine.start("p", [("amount", Value::from(21))]).wait().unwrap();
    assert_eq!(variable(&engine, instance, "code"), Some(Value::string("declined")));
}

#[test]
fn a_failure_over_http_rolls_back() {
    let web = Web::answering(&[&response(500, "broken")]);
    let http = Delegate::Http { http: web.url.clone(), timeout_seconds: None };
    let engine = engine(mapped(&[("com.acme.Charge", http)]));
    engine.deploy_file("p.bpmn", process(SERVICE)).wait().unwrap();
    let fault = engine.start("p", [("amount", Value::from(21))]).wait().unwrap_err();
    assert_eq!(fault.message, format!("delegate `com.acme.Charge` at {} answered 500: broken", web.url));
}

#[test]
fn a_script_takes_the_place_of_a_class_a_listener_and_a_bean() {
    let engine = engine(mapped(&[
        ("com.acme.Charge", script("execution.setVariable(\"sum\", amount + twice);")),
        ("com.acme.Listener", script("execution.setVariable(\"heard\", execution.getVariable(\"sum\"));")),
        ("rates", script("if method == \"factor\" { arg0 * 10 } else { throw \"no such method\" }")),
    ]));
    let element = SERVICE.replace(
        "<extensionElements>",
        r#"<extensionElements><camunda:executionListener class="com.acme.Listener" event="end"/>"#,
    );
    let model = process(&element)
        .replace("<userTask id=\"after\"/>", r#"<userTask id="after" camunda:assignee="${rates.factor(4)}"/>"#);
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    let instance = engine.start("p", [("amount", Value::from(21))]).wait().unwrap();
    assert_eq!(variable(&engine, instance, "sum"), Some(Value::Integer(63)));
    assert_eq!(variable(&engine, instance, "heard"), Some(Value::Integer(63)));
    let world = engine.read();
    let task = world.tasks_of_instance(instance).next().expect("a task");
    assert_eq!(task.assignee.as_deref(), Some("40"));
}

#[test]
fn a_delegate_expression_names_a_mapped_bean() {
    let engine = engine(mapped(&[("charge", script("execution.setVariable(\"done\", true);"))]));
    let element = r#"<serviceTask id="call" camunda:delegateExpression="${charge}"/>"#;
    engine.deploy_file("p.bpmn", process(element)).wait().unwrap();
    let instance = engine.start("p", [("amount", Value::from(21))]).wait().unwrap();
    assert_eq!(variable(&engine, instance, "done"), Some(Value::Boolean(true)));
}

#[test]
fn a_validator_of_a_form_field_refuses_a_value() {
    let engine = engine(mapped(&[("com.acme.Even", script("value % 2 == 0"))]));
    let model = process(
        r#"<userTask id="call"><extensionElements><camunda:formData>
        <camunda:formField id="n" type="long"><camunda:validation>
          <camunda:constraint name="validator" config="com.acme.Even"/>
        </camunda:validation></camunda:formField></camunda:formData></extensionElements></userTask>"#,
    );
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    let instance = engine.start("p", [("x", Value::from(1))]).wait().unwrap();
    let task = engine.read().tasks_of_instance(instance).next().expect("a task").id;
    let submit = |value: i64| {
        let variables = [("n", Value::Long(value))].into_iter().collect();
        let command = Command::Task(task, TaskCommand::SubmitForm(variables));
        engine.execute(command, &Caller::default()).wait()
    };
    assert_eq!(
        submit(3).unwrap_err().message,
        "Invalid value submitted for form field 'n': validation of validator(com.acme.Even) failed."
    );
    submit(4).unwrap();
    assert_eq!(variable(&engine, instance, "n"), Some(Value::Long(4)));
}

#[test]
fn what_nobody_serves_fails_at_run_time_in_camundas_words() {
    let engine = engine(Config::default());
    engine.deploy_file("p.bpmn", process(SERVICE)).wait().unwrap();
    let fault = engine.start("p", [("amount", Value::from(21))]).wait().unwrap_err();
    assert!(fault.message.contains("Exception while instantiating class 'com.acme.Charge'"), "{}", fault.message);
}

#[test]
fn a_script_that_does_not_compile_is_told_at_the_start() {
    let error = Connectors::new(mapped(&[("com.acme.Charge", script("let x = ;"))])).unwrap_err();
    assert!(matches!(&error, ConfigError::Script { name, .. } if name == "com.acme.Charge"), "{error}");
}
