//! Each finding of the analysis: a model that has it, and one beside it that has not.

use tollgate_analysis::{Kind, Model, NeedKind, Source, Status, Surroundings, assess, examine, needs, read};

fn model(elements: &str) -> Model {
    let text = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
  <message id="m" name="m"/><escalation id="esc" escalationCode="late"/><escalation id="other" escalationCode="other"/>
  <process id="p" isExecutable="true" camunda:historyTimeToLive="1">{elements}</process>
</definitions>"#
    );
    let source = Source { name: "p.bpmn".to_owned(), kind: Kind::Bpmn, bytes: text.into_bytes() };
    let model = read(source, &bpmn_parser::ParseOptions::default());
    assert!(model.is_deployable(), "{:?}", model.diagnostics);
    model
}

/// Codes with the element each is about.
fn found(elements: &str) -> Vec<(&'static str, String)> {
    found_with(elements, &Surroundings::default())
}

fn found_with(elements: &str, surroundings: &Surroundings) -> Vec<(&'static str, String)> {
    examine(&model(elements), surroundings)
        .into_iter()
        .map(|found| (found.code, found.main_element_id.unwrap_or_default()))
        .collect()
}

fn one(code: &'static str, element: &str) -> Vec<(&'static str, String)> {
    vec![(code, element.to_owned())]
}

/// Sequence flows, `a>b`.
fn flows(pairs: &str) -> String {
    pairs
        .split_whitespace()
        .map(|pair| pair.split_once('>').expect("a>b"))
        .map(|(from, to)| format!(r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"/>"#))
        .collect()
}

/// Nodes of one element, by id.
fn nodes(element: &str, ids: &str) -> String {
    ids.split_whitespace().map(|id| format!(r#"<{element} id="{id}"/>"#)).collect()
}

#[test]
fn nodes_that_can_not_be_reached() {
    let connected = format!("{}{}{}", nodes("startEvent", "s"), nodes("userTask", "a b"), flows("s>a a>b"));
    assert_eq!(found(&connected), []);
    let lost = format!("{}{}{}", nodes("startEvent", "s"), nodes("userTask", "a b c"), flows("s>a b>c"));
    assert_eq!(found(&lost), one("W0902", "b"), "c lies behind b");
    let island = format!("{}{}{}", nodes("startEvent", "s"), nodes("userTask", "a b c"), flows("s>a b>c c>b"));
    assert_eq!(found(&island), one("W0902", "b"), "a loop that nothing leads to");
    let inside = format!(
        r#"{}<subProcess id="sub">{}{}</subProcess>{}
        <subProcess id="es" triggeredByEvent="true"><startEvent id="es_s"><messageEventDefinition messageRef="m"/></startEvent>
        <userTask id="es_t"/>{}</subProcess>
        <boundaryEvent id="b" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent><userTask id="late"/>{}"#,
        nodes("startEvent", "s"),
        nodes("startEvent", "is"),
        format!("{}{}", nodes("userTask", "it"), flows("is>it")),
        flows("s>sub"),
        flows("es_s>es_t"),
        flows("b>late"),
    );
    assert_eq!(
        found(
            &inside
                .replace(r#"messageRef="m"/></boundaryEvent>"#, r#"messageRef="m2"/></boundaryEvent>"#)
                .replace("m2", "m")
        ),
        []
    );
}

#[test]
fn links_and_compensation_handlers_are_reached() {
    let elements = format!(
        r#"<startEvent id="s"/><userTask id="a"/><boundaryEvent id="c" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
        <userTask id="undo" isForCompensation="true"/>
        <intermediateThrowEvent id="go" name="L"><linkEventDefinition id="l1" name="L"/></intermediateThrowEvent>
        <intermediateCatchEvent id="come" name="L"><linkEventDefinition id="l2" name="L"/></intermediateCatchEvent><userTask id="z"/>{}<association id="as" sourceRef="c" targetRef="undo"/>"#,
        flows("s>a a>go come>z")
    );
    assert_eq!(found(&elements), []);
}

#[test]
fn parallel_joins_that_never_complete() {
    let choose = |split: &str| {
        format!(
            r#"<startEvent id="s"/><{split} id="x" default="x_a"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><endEvent id="e"/>
            {}<sequenceFlow id="x_b" sourceRef="x" targetRef="b"><conditionExpression xsi:type="tFormalExpression">${{ok}}</conditionExpression></sequenceFlow>"#,
            flows("s>x x>a a>j b>j j>e")
        )
    };
    assert_eq!(found(&choose("exclusiveGateway")), one("W0903", "j"));
    assert_eq!(found(&choose("inclusiveGateway")), [], "it may take both");
    let fork = format!(
        r#"<startEvent id="s"/><parallelGateway id="f"/>{}<parallelGateway id="j"/><endEvent id="e"/>{}"#,
        nodes("userTask", "a b c"),
        flows("s>f f>a f>b a>j b>j c>j j>e a>c")
    );
    assert_eq!(found(&fork), [], "a forks too");
    let two_of_three = format!(
        r#"<startEvent id="s"/><exclusiveGateway id="x" default="x_c"/><parallelGateway id="f"/>{}<parallelGateway id="j"/><endEvent id="e"/>{}
        <sequenceFlow id="x_f" sourceRef="x" targetRef="f"><conditionExpression xsi:type="tFormalExpression">${{ok}}</conditionExpression></sequenceFlow>"#,
        nodes("userTask", "a b c"),
        flows("s>x x>c f>a f>b a>j b>j c>j j>e")
    );
    assert_eq!(found(&two_of_three), one("W0903", "j"));
    let beside = format!(
        r#"<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent>
        <parallelGateway id="j"/><endEvent id="e"/>{}"#,
        flows("s>a a>j b>j j>e")
    );
    assert_eq!(found(&beside), [], "a boundary event that does not interrupt makes a second token");
    assert_eq!(found(&beside.replace(r#" cancelActivity="false""#, "")), one("W0903", "j"));
}

#[test]
fn a_loop_that_forks_may_feed_a_join() {
    let elements = format!(
        r#"<startEvent id="s"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><endEvent id="e"/>{}"#,
        flows("s>a a>b b>a a>j b>j j>e")
    );
    assert_eq!(found(&elements), []);
}

#[test]
fn inclusive_joins_that_wait_for_each_other() {
    let elements = format!(
        r#"<startEvent id="s"/><parallelGateway id="f"/><inclusiveGateway id="i1"/><inclusiveGateway id="i2"/>{}<endEvent id="e"/>{}"#,
        nodes("userTask", "a b"),
        flows("s>f f>i1 f>i2 i1>a a>i2 i2>b b>i1 b>e")
    );
    assert_eq!(found(&elements), one("W0904", "i1"));
    let apart = format!(
        r#"<startEvent id="s"/><parallelGateway id="f"/><inclusiveGateway id="i1"/><inclusiveGateway id="i2"/>{}<endEvent id="e"/>{}"#,
        nodes("userTask", "a b"),
        flows("s>f f>a f>b a>i1 b>i1 i1>i2 b>i2 i2>e")
    );
    assert_eq!(found(&apart), []);
}

#[test]
fn loops_without_rest() {
    let round = |task: &str| {
        format!(
            r#"<startEvent id="s"/>{task}<exclusiveGateway id="x" default="x_e"/><endEvent id="e"/>{}
            <sequenceFlow id="again" sourceRef="x" targetRef="a"><conditionExpression xsi:type="tFormalExpression">${{more}}</conditionExpression></sequenceFlow>"#,
            flows("s>a a>x x>e")
        )
    };
    let service = r#"<serviceTask id="a" camunda:expression="${1}"/>"#;
    let warned = examine(&model(&round(service)), &Surroundings::default());
    assert_eq!((warned[0].code, warned.len()), ("W0905", 1));
    assert!(warned[0].message.ends_with("it must end by itself within one transaction"), "{}", warned[0].message);
    assert_eq!(found(&round(&service.replace("id=", r#"camunda:asyncBefore="true" id="#))), []);
    assert_eq!(found(&round(r#"<userTask id="a"/>"#)), []);
    let endless = format!(r#"<startEvent id="s"/>{service}<task id="b"/>{}"#, flows("s>a a>b b>a"));
    let warned = examine(&model(&endless), &Surroundings::default());
    assert!(warned[0].message.ends_with("it never ends"), "{}", warned[0].message);
}

#[test]
fn boundary_events_that_never_fire() {
    let on = |task: &str, event: &str| {
        format!(
            r#"<startEvent id="s"/>{task}<boundaryEvent id="b" attachedToRef="a">{event}</boundaryEvent><endEvent id="e"/>{}"#,
            flows("s>a b>e")
        )
    };
    let timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    let service = r#"<serviceTask id="a" camunda:expression="${1}"/>"#;
    assert_eq!(found(&on(service, timer)), one("W0906", "b"));
    assert_eq!(found(&on(r#"<serviceTask id="a" camunda:type="external" camunda:topic="t"/>"#, timer)), []);
    assert_eq!(found(&on(service, r#"<messageEventDefinition messageRef="m"/>"#)), [], "the code may send it");
    assert_eq!(found(&on(r#"<task id="a"/>"#, r#"<messageEventDefinition messageRef="m"/>"#)), one("W0906", "b"));
    let sub = |inner: &str| format!(r#"<subProcess id="a"><startEvent id="i"/>{inner}</subProcess>"#);
    let raising = |code: &str| {
        let thrown = format!(
            r#"<endEvent id="ie"><escalationEventDefinition escalationRef="{code}"/></endEvent>{}"#,
            flows("i>ie")
        );
        on(&sub(&thrown), r#"<escalationEventDefinition escalationRef="esc"/>"#)
    };
    assert_eq!(found(&raising("esc")), []);
    assert_eq!(found(&raising("other")), one("W0906", "b"));
    let transaction = |end: &str| {
        let inner = format!(r#"<startEvent id="i"/><endEvent id="ie">{end}</endEvent>{}"#, flows("i>ie"));
        on(&format!(r#"<transaction id="a">{inner}</transaction>"#), "<cancelEventDefinition/>")
    };
    assert_eq!(found(&transaction("<cancelEventDefinition/>")), []);
    assert_eq!(found(&transaction("")), one("W0906", "b"));
}

#[test]
fn gateways_without_default() {
    let condition = r#"<conditionExpression xsi:type="tFormalExpression">${a}</conditionExpression></sequenceFlow>"#;
    let elements = |default: &str| {
        format!(
            r#"<startEvent id="s"/><exclusiveGateway id="x"{default}/>{}{}<sequenceFlow id="f1" sourceRef="x" targetRef="a">{condition}
            <sequenceFlow id="f2" sourceRef="x" targetRef="b">{condition}{}"#,
            nodes("userTask", "a b c"),
            flows("s>x"),
            if default.is_empty() { String::new() } else { flows("x>c") },
        )
    };
    let without = found(&elements(""));
    assert_eq!(without.iter().filter(|(code, _)| *code == "W0908").count(), 1, "{without:?}");
    assert_eq!(found(&elements(r#" default="x_c""#)), []);
}

#[test]
fn what_nobody_serves() {
    let elements = format!(
        r#"<startEvent id="s"/><serviceTask id="a" camunda:class="com.acme.Charge"/><serviceTask id="b" camunda:delegateExpression="${{mailer}}"/>
        <serviceTask id="c" camunda:expression="${{prices.of(item)}}"/><serviceTask id="d" camunda:type="external" camunda:topic="pack"/>
        <callActivity id="e" calledElement="inner"/><businessRuleTask id="f" camunda:decisionRef="price"/>
        <userTask id="g" camunda:formRef="form" camunda:formRefBinding="latest"/><scriptTask id="h" scriptFormat="cobol"><script>1</script></scriptTask>
        {}"#,
        flows("s>a a>b b>c c>d d>e e>f f>g g>h")
    );
    let nobody = Surroundings {
        complete: true,
        handlers: Some(Vec::new()),
        topics: Some(Vec::new()),
        ..Surroundings::default()
    };
    let all: Vec<_> = found_with(&elements, &nobody);
    let expected: Vec<_> = [
        ("W0911", "a"),
        ("W0911", "b"),
        ("W0911", "c"),
        ("W0912", "d"),
        ("W0909", "e"),
        ("W0910", "f"),
        ("W0913", "g"),
        ("W0914", "h"),
    ]
    .iter()
    .map(|(code, id)| (*code, (*id).to_owned()))
    .collect();
    assert_eq!(all, expected);
    let everybody = Surroundings {
        processes: ["inner".to_owned()].into(),
        decisions: ["price".to_owned()].into(),
        forms: ["form".to_owned()].into(),
        complete: true,
        handlers: Some(vec!["com.acme.*".to_owned(), "mailer".to_owned(), "prices".to_owned()]),
        topics: Some(vec!["p*k".to_owned()]),
    };
    let rest: Vec<_> = found_with(&elements, &everybody).into_iter().map(|(code, _)| code).collect();
    assert_eq!(rest, ["W0914"]);
    let unsaid: Vec<_> = found(&elements).into_iter().map(|(code, _)| code).collect();
    assert_eq!(unsaid, ["W0914"], "nothing is said about what nobody knows");
}

#[test]
fn variables_and_values_are_no_beans() {
    let elements = format!(
        r#"<startEvent id="s"/><serviceTask id="a" camunda:expression="${{order.prop('x').stringValue()}}" camunda:resultVariable="x"/>
        <serviceTask id="b" camunda:expression="${{execution.setVariable('y', x.reversed())}}"/>
        <serviceTask id="c" camunda:expression="${{rates.today(execution)}}"/>{}"#,
        flows("s>a a>b b>c")
    );
    let model = model(&elements);
    let all = needs(model.definitions().expect("definitions"));
    let beans: Vec<&str> =
        all.iter().filter(|need| need.kind == NeedKind::Bean).map(|need| need.name.as_str()).collect();
    assert_eq!(beans, ["rates"]);
}

#[test]
fn an_assessment_counts_each_thing_once() {
    let elements = format!(
        r#"<startEvent id="s"/><serviceTask id="a" camunda:class="com.acme.Charge"><extensionElements>
          <camunda:field name="account" stringValue="1"/></extensionElements></serviceTask>
        <serviceTask id="b" camunda:class="com.acme.Charge"/><serviceTask id="c" camunda:type="external" camunda:topic="pack"/>{}"#,
        flows("s>a a>b b>c")
    );
    let model = model(&elements);
    let judged =
        assess(&model, &Surroundings { handlers: Some(Vec::new()), ..Surroundings::of(std::slice::from_ref(&model)) });
    let all: Vec<_> =
        judged.requirements.iter().map(|it| (it.kind, it.name.as_str(), it.status, it.needs.len())).collect();
    assert_eq!(
        all,
        [(NeedKind::Class, "com.acme.Charge", Status::Missing, 2), (NeedKind::Topic, "pack", Status::Check, 1)]
    );
    assert_eq!(judged.requirements[0].needs[0].fields, ["account"]);
    assert_eq!(judged.effort.name(), "small");
    let served = Surroundings { handlers: Some(vec!["*".to_owned()]), ..Surroundings::default() };
    assert!(assess(&model, &served).runs_as_it_is());
}
