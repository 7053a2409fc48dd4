//! Models of the workloads, as text.

use std::fmt::Write as _;

/// A two-task sequence of no-op expressions.
pub fn sequence() -> String {
    Model::new("seq").nodes(&[START, &noop("a"), &noop("b"), END]).chain(&["s", "a", "b", "e"]).xml()
}

/// A two-task sequence of handlers named `noop`.
pub fn handlers() -> String {
    let task = |id: &str| format!(r#"<serviceTask id="{id}" camunda:class="noop"/>"#);
    Model::new("handlers").nodes(&[START, &task("a"), &task("b"), END]).chain(&["s", "a", "b", "e"]).xml()
}

/// An exclusive gateway that decides by the variable `x`.
pub fn exclusive() -> String {
    Model::new("exc")
        .nodes(&[
            START,
            r#"<exclusiveGateway id="g" default="low"/>"#,
            &noop("a"),
            &noop("b"),
            r#"<exclusiveGateway id="j"/>"#,
            END,
        ])
        .chain(&["s", "g"])
        .conditional("high", "g", "a", "${x > 10}")
        .flow("low", "g", "b")
        .chain(&["a", "j", "e"])
        .chain(&["b", "j"])
        .xml()
}

/// A fork into two branches and their join.
pub fn parallel() -> String {
    let gateways = [r#"<parallelGateway id="g"/>"#, r#"<parallelGateway id="j"/>"#];
    Model::new("par")
        .nodes(&[START, gateways[0], &noop("a"), &noop("b"), gateways[1], END])
        .chain(&["s", "g", "a", "j", "e"])
        .chain(&["g", "b", "j"])
        .xml()
}

/// A loop that counts `i` up to `n`.
pub fn cycle() -> String {
    Model::new("cyc")
        .nodes(&[
            START,
            r#"<exclusiveGateway id="j"/>"#,
            r#"<serviceTask id="inc" camunda:expression="${execution.setVariable('i', i + 1)}"/>"#,
            r#"<exclusiveGateway id="g" default="out"/>"#,
            END,
        ])
        .chain(&["s", "j", "inc", "g"])
        .conditional("again", "g", "j", "${i &lt; n}")
        .flow("out", "g", "e")
        .xml()
}

/// Three processes of which each calls the next; `call1` is the outermost.
pub fn calls() -> [String; 3] {
    let caller = |id: &str, called: &str| {
        let activity = format!(r#"<callActivity id="c" calledElement="{called}"/>"#);
        Model::new(id).nodes(&[START, &activity, END]).chain(&["s", "c", "e"]).xml()
    };
    let last = Model::new("call3").nodes(&[START, &noop("c"), END]).chain(&["s", "c", "e"]).xml();
    [caller("call1", "call2"), caller("call2", "call3"), last]
}

/// One user task.
pub fn user() -> String {
    Model::new("user").nodes(&[START, r#"<userTask id="u"/>"#, END]).chain(&["s", "u", "e"]).xml()
}

/// A wait for the message `m1`.
pub fn message() -> String {
    let catch = r#"<intermediateCatchEvent id="c"><messageEventDefinition messageRef="M1"/></intermediateCatchEvent>"#;
    let mut model = Model::new("msg").nodes(&[START, catch, END]).chain(&["s", "c", "e"]);
    r#"<message id="M1" name="m1"/>"#.clone_into(&mut model.global);
    model.xml()
}

/// A wait for the time in the variable `due`.
pub fn timer() -> String {
    let catch = r#"<intermediateCatchEvent id="c"><timerEventDefinition>
        <timeDate xsi:type="tFormalExpression">${due}</timeDate></timerEventDefinition></intermediateCatchEvent>"#;
    Model::new("timer").nodes(&[START, catch, END]).chain(&["s", "c", "e"]).xml()
}

/// One external task of the topic `t`.
pub fn external() -> String {
    let task = r#"<serviceTask id="t" camunda:type="external" camunda:topic="t"/>"#;
    Model::new("exttask").nodes(&[START, task, END]).chain(&["s", "t", "e"]).xml()
}

/// Three tasks, each a job of its own.
pub fn asynchronous() -> String {
    let task =
        |id: &str| format!(r#"<serviceTask id="{id}" camunda:expression="${{true}}" camunda:asyncBefore="true"/>"#);
    let tasks = [task("a"), task("b"), task("c")];
    Model::new("async3").nodes(&[START, &tasks[0], &tasks[1], &tasks[2], END]).chain(&["s", "a", "b", "c", "e"]).xml()
}

/// `n` expressions at the same time.
pub fn many() -> String {
    let task = format!(r#"<serviceTask id="t" camunda:expression="${{true}}">{MANY}</serviceTask>"#);
    Model::new("mi").nodes(&[START, &task, END]).chain(&["s", "t", "e"]).xml()
}

/// `n` user tasks at the same time.
pub fn many_users() -> String {
    let task = format!(r#"<userTask id="t">{MANY}</userTask>"#);
    Model::new("miuser").nodes(&[START, &task, END]).chain(&["s", "t", "e"]).xml()
}

/// `n` user tasks one after the other.
pub fn users_in_sequence() -> String {
    let loops = MANY.replacen('>', r#" isSequential="true">"#, 1);
    let task = format!(r#"<userTask id="t">{loops}</userTask>"#);
    Model::new("misequser").nodes(&[START, &task, END]).chain(&["s", "t", "e"]).xml()
}

/// A large model: blocks of ten nodes of mixed kinds one after the other, with its diagram.
pub fn large(blocks: usize) -> String {
    let mut model = Model::new(&format!("large{blocks}")).nodes(&[START]);
    let mut before = "s".to_owned();
    for block in 0..blocks {
        let id = |name: &str| format!("n{block}_{name}");
        for name in ["g", "j"] {
            model = model.nodes(&[&format!(r#"<exclusiveGateway id="{}"/>"#, id(name))]);
        }
        for name in ["p", "q"] {
            model = model.nodes(&[&format!(r#"<parallelGateway id="{}"/>"#, id(name))]);
        }
        for name in ["u", "v"] {
            model = model.nodes(&[&format!(r#"<userTask id="{}"/>"#, id(name))]);
        }
        for name in ["a", "b", "c"] {
            model = model.nodes(&[&noop(&id(name))]);
        }
        let task = format!(r#"<serviceTask id="{}" camunda:type="external" camunda:topic="t"/>"#, id("x"));
        model = model
            .nodes(&[&task])
            .chain(&[&before, &id("g")])
            .conditional(&id("high"), &id("g"), &id("a"), "${x > 10}")
            .conditional(&id("low"), &id("g"), &id("u"), "${x &lt;= 10}")
            .chain(&[&id("a"), &id("j"), &id("p"), &id("b"), &id("q"), &id("c"), &id("v")])
            .chain(&[&id("u"), &id("j")])
            .chain(&[&id("p"), &id("x"), &id("q")]);
        before = id("v");
    }
    model.nodes(&[END]).chain(&[&before, "e"]).with_diagram().xml()
}

const START: &str = r#"<startEvent id="s"/>"#;
const END: &str = r#"<endEvent id="e"/>"#;
const MANY: &str =
    "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality></multiInstanceLoopCharacteristics>";

fn noop(id: &str) -> String {
    format!(r#"<serviceTask id="{id}" camunda:expression="${{true}}"/>"#)
}

/// A process under construction.
struct Model {
    id: String,
    global: String,
    body: String,
    ids: Vec<String>,
    flows: Vec<String>,
    diagram: String,
}

impl Model {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            global: String::new(),
            body: String::new(),
            ids: Vec::new(),
            flows: Vec::new(),
            diagram: String::new(),
        }
    }

    fn nodes(mut self, nodes: &[&str]) -> Self {
        for node in nodes {
            let id =
                node.split(r#"id=""#).nth(1).and_then(|rest| rest.split('"').next()).expect("every node has an id");
            self.ids.push(id.to_owned());
            self.body.push_str(node);
            self.body.push('\n');
        }
        self
    }

    fn chain(mut self, ids: &[&str]) -> Self {
        for pair in ids.windows(2) {
            let id = format!("f_{}_{}", pair[0], pair[1]);
            self = self.flow(&id, pair[0], pair[1]);
        }
        self
    }

    fn flow(mut self, id: &str, from: &str, to: &str) -> Self {
        let _ = writeln!(self.body, r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}"/>"#);
        self.flows.push(id.to_owned());
        self
    }

    fn conditional(mut self, id: &str, from: &str, to: &str, condition: &str) -> Self {
        let _ = writeln!(
            self.body,
            r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}"><conditionExpression
                xsi:type="tFormalExpression">{condition}</conditionExpression></sequenceFlow>"#
        );
        self.flows.push(id.to_owned());
        self
    }

    /// A modeller's file has a shape for each node and an edge for each flow.
    fn with_diagram(mut self) -> Self {
        let mut text = format!(r#"<bpmndi:BPMNDiagram id="dg"><bpmndi:BPMNPlane id="pl" bpmnElement="{}">"#, self.id);
        for (at, id) in self.ids.iter().enumerate() {
            let (x, y) = (150 * (at % 40), 120 * (at / 40));
            let _ = writeln!(
                text,
                r#"<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="{x}" y="{y}" width="100" height="80"/></bpmndi:BPMNShape>"#
            );
        }
        for (at, id) in self.flows.iter().enumerate() {
            let _ = writeln!(
                text,
                r#"<bpmndi:BPMNEdge id="{id}_di" bpmnElement="{id}"><di:waypoint x="{at}" y="40"/><di:waypoint x="{at}" y="90"/></bpmndi:BPMNEdge>"#
            );
        }
        text.push_str("</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>");
        self.diagram = text;
        self
    }

    fn xml(&self) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    id="defs_{id}" targetNamespace="urn:bench">
{global}
<process id="{id}" isExecutable="true" camunda:historyTimeToLive="P30D">
{body}</process>
{diagram}
</definitions>
"#,
            id = self.id,
            global = self.global,
            body = self.body,
            diagram = self.diagram,
        )
    }
}
