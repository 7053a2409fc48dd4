//! Random processes in the shorthand of scenarios.

use std::fmt::Write as _;

use super::Random;

/// How blocks are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What forks is joined again.
    Structured,
    /// Flows lead from block to block at will as well.
    Unstructured,
}

/// Elements of one scope, as they are written.
#[derive(Debug, Default)]
struct Scope {
    elements: String,
    /// Activities that a stray flow may come from.
    targets: Vec<String>,
    /// Those at which every token waits: a stray flow to them can't make a loop without end.
    waits: Vec<String>,
    depth: usize,
}

impl Scope {
    /// Artifacts stand behind everything else.
    fn written(self) -> String {
        let (artifacts, others): (Vec<_>, Vec<_>) = self.elements.lines().partition(|line| line.starts_with(ARTIFACT));
        let artifacts = artifacts.into_iter().map(|line| &line[ARTIFACT.len()..]);
        others.into_iter().chain(artifacts).map(|line| format!("{line}\n")).collect()
    }
}

/// Marks a line that is an artifact.
const ARTIFACT: &str = "%%";

struct Writer<'a> {
    random: &'a mut Random,
    shape: Shape,
    count: usize,
    /// Activities still to be written.
    budget: usize,
}

/// Where a block begins and ends.
struct Block {
    first: String,
    last: String,
}

/// The BPMN of a random process `p`.
pub fn model(random: &mut Random, shape: Shape) -> String {
    let budget = 3 + random.below(8);
    let mut writer = Writer { random, shape, count: 0, budget };
    let body = writer.scope(0);
    let mut text = String::new();
    for n in 0..3 {
        let _ = writeln!(text, r#"<message id="m{n}" name="msg{n}"/><signal id="s{n}" name="sig{n}"/>"#);
        let _ = writeln!(text, r#"<error id="e{n}" errorCode="E{n}"/><escalation id="x{n}" escalationCode="X{n}"/>"#);
    }
    let _ = write!(text, "<process id=\"p\">\n{}</process>\n", body);
    text
}

const TIMER: &str =
    r#"<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>"#;

impl Writer<'_> {
    fn name(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{}", self.count)
    }

    /// Everything of a scope, from its start event on.
    fn scope(&mut self, depth: usize) -> String {
        let mut scope = Scope { depth, ..Scope::default() };
        let start = self.name("start");
        let _ = writeln!(scope.elements, r#"<startEvent id="{start}"/>"#);
        self.body(&mut scope, &start);
        if self.budget > 0 && self.random.one_in(4) {
            self.event_subprocess(&mut scope);
        }
        scope.written()
    }

    /// Blocks after a start event, up to an end event.
    fn body(&mut self, scope: &mut Scope, start: &str) {
        let mut at = start.to_owned();
        for _ in 0..1 + self.random.below(3) {
            let block = self.block(scope);
            let _ = writeln!(scope.elements, "{at} -> {}", block.first);
            at = block.last;
        }
        let end = self.name("end");
        let definition = match self.random.below(12) {
            0 => "<terminateEventDefinition/>".to_owned(),
            1 if scope.depth > 0 => format!(r#"<errorEventDefinition errorRef="e{}"/>"#, self.random.below(3)),
            2 if scope.depth > 0 => {
                format!(r#"<escalationEventDefinition escalationRef="x{}"/>"#, self.random.below(3))
            }
            3 => "<compensateEventDefinition/>".to_owned(),
            _ => String::new(),
        };
        let _ = writeln!(scope.elements, r#"<endEvent id="{end}">{definition}</endEvent>"#);
        let _ = writeln!(scope.elements, "{at} -> {end}");
        if self.shape == Shape::Unstructured && !scope.waits.is_empty() {
            self.stray(scope);
        }
    }

    /// A flow from one place of the scope to another.
    fn stray(&mut self, scope: &mut Scope) {
        let from = self.random.pick(&scope.targets).clone();
        let to = self.random.pick(&scope.waits).clone();
        let id = self.name("stray");
        let _ = writeln!(scope.elements, "{id}: {from} -> {to} [${{v{} >= 2}}]", self.random.below(3));
    }

    fn block(&mut self, scope: &mut Scope) -> Block {
        if self.budget == 0 || scope.depth > 2 {
            return self.activity(scope);
        }
        match self.random.below(10) {
            0 | 1 => self.fork(scope, "parallelGateway"),
            2 => self.fork(scope, "inclusiveGateway"),
            3 => self.choice(scope),
            4 | 5 => self.subprocess(scope),
            6 => self.events(scope),
            _ => self.activity(scope),
        }
    }

    fn fork(&mut self, scope: &mut Scope, kind: &str) -> Block {
        let (fork, join) = (self.name("fork"), self.name("join"));
        let _ = writeln!(scope.elements, r#"<{kind} id="{fork}"/><{kind} id="{join}"/>"#);
        for n in 0..2 + self.random.below(2) {
            let block = self.block(scope);
            let condition = match kind {
                "inclusiveGateway" if n > 0 => format!(" [${{v{} > 0}}]", self.random.below(3)),
                _ => String::new(),
            };
            let _ = writeln!(scope.elements, "{fork} -> {}{condition}", block.first);
            let _ = writeln!(scope.elements, "{} -> {join}", block.last);
        }
        Block { first: fork, last: join }
    }

    fn choice(&mut self, scope: &mut Scope) -> Block {
        let (split, merge, default) = (self.name("split"), self.name("merge"), self.name("default"));
        let _ = writeln!(
            scope.elements,
            r#"<exclusiveGateway id="{split}" default="{default}"/><exclusiveGateway id="{merge}"/>"#
        );
        let (one, two) = (self.block(scope), self.block(scope));
        let _ = writeln!(scope.elements, "{split} -> {} [${{v{} == 1}}]", one.first, self.random.below(3));
        let _ = writeln!(scope.elements, "{default}: {split} -> {}", two.first);
        let _ = writeln!(scope.elements, "{} -> {merge}\n{} -> {merge}", one.last, two.last);
        Block { first: split, last: merge }
    }

    /// An event-based gateway.
    fn events(&mut self, scope: &mut Scope) -> Block {
        let (gateway, merge) = (self.name("events"), self.name("merge"));
        let _ = writeln!(scope.elements, r#"<eventBasedGateway id="{gateway}"/><exclusiveGateway id="{merge}"/>"#);
        let message = format!(r#"<messageEventDefinition messageRef="m{}"/>"#, self.random.below(3));
        for definition in [message, TIMER.to_owned()] {
            let event = self.name("catch");
            let _ = writeln!(
                scope.elements,
                r#"<intermediateCatchEvent id="{event}">{definition}</intermediateCatchEvent>"#
            );
            let _ = writeln!(scope.elements, "{gateway} -> {event} -> {merge}");
        }
        Block { first: gateway, last: merge }
    }

    fn subprocess(&mut self, scope: &mut Scope) -> Block {
        let id = self.name("sub");
        let inner = self.scope(scope.depth + 1);
        let multiple = if self.random.one_in(4) { self.multiple() } else { String::new() };
        let attributes = self.asynchronous();
        let _ = writeln!(scope.elements, "<subProcess id=\"{id}\"{attributes}>{multiple}\n{inner}</subProcess>");
        self.boundaries(scope, &id, true);
        scope.targets.push(id.clone());
        Block { first: id.clone(), last: id }
    }

    fn event_subprocess(&mut self, scope: &mut Scope) {
        let (id, start) = (self.name("handler"), self.name("start"));
        let definition = self.trigger(scope.depth > 0);
        let error = definition.contains("error");
        let interrupting = if error || self.random.one_in(2) { "" } else { r#" isInterrupting="false""# };
        let mut inner = Scope { depth: scope.depth + 1, ..Scope::default() };
        let _ = writeln!(inner.elements, r#"<startEvent id="{start}"{interrupting}>{definition}</startEvent>"#);
        self.body(&mut inner, &start);
        let _ = writeln!(
            scope.elements,
            "<subProcess id=\"{id}\" triggeredByEvent=\"true\">\n{}</subProcess>",
            inner.written()
        );
    }

    /// What starts a handler.
    fn trigger(&mut self, errors: bool) -> String {
        let n = self.random.below(3);
        match self.random.below(if errors { 6 } else { 4 }) {
            0 => format!(r#"<messageEventDefinition messageRef="m{n}"/>"#),
            1 => format!(r#"<signalEventDefinition signalRef="s{n}"/>"#),
            2 => TIMER.to_owned(),
            3 => format!(
                r#"<conditionalEventDefinition camunda:variableName="v{n}"><condition xsi:type="tFormalExpression">${{v{n} == 3}}</condition></conditionalEventDefinition>"#
            ),
            4 => format!(r#"<errorEventDefinition errorRef="e{n}"/>"#),
            _ => format!(r#"<escalationEventDefinition escalationRef="x{n}"/>"#),
        }
    }

    fn boundaries(&mut self, scope: &mut Scope, host: &str, errors: bool) {
        if !self.random.one_in(3) {
            return;
        }
        let (event, end) = (self.name("boundary"), self.name("end"));
        let definition = self.trigger(errors);
        let cancels =
            if definition.contains("error") || self.random.one_in(2) { "" } else { r#" cancelActivity="false""# };
        let _ = writeln!(
            scope.elements,
            r#"<boundaryEvent id="{event}" attachedToRef="{host}"{cancels}>{definition}</boundaryEvent>"#
        );
        let task = self.name("T");
        let _ = writeln!(scope.elements, r#"<userTask id="{task}"/><endEvent id="{end}"/>"#);
        let _ = writeln!(scope.elements, "{event} -> {task} -> {end}");
    }

    fn multiple(&mut self) -> String {
        let sequential = if self.random.one_in(2) { r#" isSequential="true""# } else { "" };
        let count = self.random.below(4);
        format!(
            r#"<multiInstanceLoopCharacteristics{sequential}><loopCardinality xsi:type="tFormalExpression">{count}</loopCardinality></multiInstanceLoopCharacteristics>"#
        )
    }

    fn asynchronous(&mut self) -> &'static str {
        match self.random.below(8) {
            0 => r#" camunda:asyncBefore="true""#,
            1 => r#" camunda:asyncAfter="true""#,
            _ => "",
        }
    }

    fn activity(&mut self, scope: &mut Scope) -> Block {
        self.budget = self.budget.saturating_sub(1);
        let n = self.random.below(3);
        let asynchronous = self.asynchronous();
        let (id, element) = match self.random.below(10) {
            0 => {
                let id = self.name("X");
                let element =
                    format!(r#"<serviceTask id="{id}" camunda:type="external" camunda:topic="t{n}"{asynchronous}/>"#);
                (id, element)
            }
            1 => {
                let id = self.name("R");
                (id.clone(), format!(r#"<receiveTask id="{id}" messageRef="m{n}"{asynchronous}/>"#))
            }
            2 | 3 => {
                let (id, value) = (self.name("S"), self.random.below(4));
                let element = format!(
                    r#"<serviceTask id="{id}" camunda:expression="${{execution.setVariable('v{n}', {value})}}"{asynchronous}/>"#
                );
                (id, element)
            }
            4 => {
                let id = self.name("throw");
                let definition = match self.random.below(3) {
                    0 => format!(r#"<escalationEventDefinition escalationRef="x{n}"/>"#),
                    1 => "<compensateEventDefinition/>".to_owned(),
                    _ => String::new(),
                };
                (id.clone(), format!(r#"<intermediateThrowEvent id="{id}">{definition}</intermediateThrowEvent>"#))
            }
            _ => {
                let id = self.name("T");
                let multiple = if self.random.one_in(6) { self.multiple() } else { String::new() };
                (id.clone(), format!(r#"<userTask id="{id}"{asynchronous}>{multiple}</userTask>"#))
            }
        };
        let _ = writeln!(scope.elements, "{element}");
        if id.starts_with('T') {
            if !element.contains("multiInstance") {
                scope.waits.push(id.clone());
            }
            self.boundaries(scope, &id, false);
            if self.random.one_in(5) {
                self.compensable(scope, &id);
            }
        }
        scope.targets.push(id.clone());
        Block { first: id.clone(), last: id }
    }

    fn compensable(&mut self, scope: &mut Scope, host: &str) {
        let (event, handler, association) = (self.name("comp"), self.name("T"), self.name("assoc"));
        let _ = writeln!(
            scope.elements,
            r#"<boundaryEvent id="{event}" attachedToRef="{host}"><compensateEventDefinition/></boundaryEvent>
<userTask id="{handler}" isForCompensation="true"/>"#
        );
        let _ = writeln!(
            scope.elements,
            r#"{ARTIFACT}<association id="{association}" sourceRef="{event}" targetRef="{handler}" associationDirection="One"/>"#
        );
    }
}
