//! XML tree to [`Drd`], with Camunda's checks in Camunda's order.

use std::{collections::HashMap, sync::Arc};

use models::Span;

use crate::{
    error::DeployError,
    java, model,
    model::{
        Aggregator, Condition, Decision, DecisionTable, Drd, HitPolicy, Input, InputExpression, LiteralExpression,
        Logic, Output, Rule, Script,
    },
    schema::{self, DMN11, DMN11_ALTERNATIVE},
    show::{self, ShownTable},
    xml::{self, Document, Element, Ix},
};

/// Camunda's extension namespace.
const CAMUNDA: &str = "http://camunda.org/schema/1.0/dmn";

/// Namespaces of DMN's elements.
const DMN: [&str; 6] = [
    DMN11,
    DMN11_ALTERNATIVE,
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
];

/// Kinds of expression that Camunda's model knows.
const EXPRESSIONS: [&str; 7] =
    ["literalExpression", "decisionTable", "invocation", "context", "list", "relation", "functionDefinition"];

/// Reads a DMN file.
///
/// # Errors
/// What Camunda 7.24 refuses to deploy: no XML, not what the DMN schema allows, or one of the engine's own checks.
pub fn parse(bytes: &[u8]) -> Result<Drd, DeployError> {
    let unreadable = |error: xml::XmlError| {
        let span = Span { line: error.line, ..Span::default() };
        DeployError::unreadable("Fatal Error", error.line, &error.message, span)
    };
    let text = xml::decode(bytes).map_err(unreadable)?;
    let document = xml::parse(&text).map_err(unreadable)?;
    schema::validate(&document, schema::schema()).map_err(|violation| {
        let mut span = span_of(document.element(violation.element));
        span.line = violation.line;
        DeployError::unreadable("Error", violation.line, &violation.message, span)
    })?;
    Transform { document: &document, language: global_language(&document) }.definitions()
}

fn span_of(element: &Element) -> Span {
    Span { line: element.start_line, column: element.start_column, start: element.start, end: element.start_end }
}

/// The language that the whole file declares; `None` for FEEL, which is also the default.
fn global_language(document: &Document) -> Option<String> {
    let language = document.element(Document::ROOT).value("expressionLanguage")?;
    (!model::is_feel_namespace(language)).then(|| language.to_owned())
}

struct Transform<'d> {
    document: &'d Document,
    language: Option<String>,
}

/// A decision before its requirements are known; `None` in the map: ignored, as its logic is none that Camunda knows.
type Decisions = HashMap<String, Decision>;

impl<'d> Transform<'d> {
    fn element(&self, at: Ix) -> &'d Element {
        self.document.element(at)
    }

    /// The children of that name, in any of DMN's namespaces.
    fn children(&self, at: Ix, name: &'static str) -> impl Iterator<Item = Ix> + use<'d> {
        self.document
            .children(at)
            .filter(move |(_, child)| child.name == name && DMN.contains(&&*child.namespace))
            .map(|(child, _)| child)
    }

    fn child(&self, at: Ix, name: &'static str) -> Option<Ix> {
        self.children(at, name).next()
    }

    /// The trimmed text of the `text` child, unless it is empty.
    fn text(&self, at: Ix) -> Option<String> {
        let text = self.document.text(self.child(at, "text")?);
        // Java's trim: everything up to the blank.
        let text = text.trim_matches(|c: char| c <= ' ');
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn shared(&self, at: Ix, name: &str) -> Option<Arc<str>> {
        self.element(at).value(name).map(Into::into)
    }

    fn check(&self, at: Ix, code: &'static str, text: &str) -> DeployError {
        let element = self.element(at);
        DeployError::check(code, text, span_of(element), element.value("id"))
    }

    fn definitions(&self) -> Result<Drd, DeployError> {
        let root = Document::ROOT;
        let name = self.shared(root, "name");
        let category = self.shared(root, "namespace");
        let Some(id) = self.shared(root, "id") else {
            let shown = show::requirements_graph(name.as_deref(), category.as_deref());
            return Err(self.check(
                root,
                "DMN-02017",
                &format!("The decision requirements graph '{shown}' must have an 'id' attribute set."),
            ));
        };
        let elements: Vec<Ix> = self.children(root, "decision").collect();
        let mut decisions = Decisions::new();
        let mut put: Vec<String> = Vec::new();
        for at in &elements {
            if let Some(decision) = self.decision(*at, category.clone())? {
                let key = decision.key.to_string();
                if decisions.insert(key.clone(), decision).is_none() {
                    put.push(key);
                }
            }
        }
        let requirements = self.requirements(&elements, &decisions)?;
        // Camunda walks a hash map, so its order shows in which loop is found and in how decisions are deployed.
        let walk: Vec<&str> = java::hash_map_order(&put).into_iter().map(|at| put[at].as_str()).collect();
        self.ensure_no_loop(&walk, &requirements)?;
        let mut built: HashMap<&str, Arc<Decision>> = HashMap::new();
        for key in &walk {
            build(key, &decisions, &requirements, &mut built);
        }
        Ok(Drd { id, name, category, decisions: walk.iter().filter_map(|key| built.get(key).cloned()).collect() })
    }

    /// What each decision requires, by key; `None` is a decision that was ignored.
    fn requirements(
        &self,
        elements: &[Ix],
        decisions: &Decisions,
    ) -> Result<HashMap<String, Vec<Option<String>>>, DeployError> {
        let mut requirements = HashMap::new();
        for at in elements {
            let key = self.element(*at).value("id").unwrap_or_default();
            let mut required = Vec::new();
            for requirement in self.children(*at, "informationRequirement") {
                let Some(reference) = self.child(requirement, "requiredDecision") else { continue };
                let target = href_target(self.element(reference).value("href").unwrap_or_default());
                if !self.document.all().any(|(_, element)| element.value("id") == Some(target)) {
                    return Err(DeployError::dangling(target, span_of(self.element(reference)), Some(key)));
                }
                required.push(decisions.contains_key(target).then(|| target.to_owned()));
            }
            if !required.is_empty() && !decisions.contains_key(key) {
                return Err(DeployError::null_pointer(
                    "Cannot invoke \"org.camunda.bpm.dmn.engine.impl.DmnDecisionImpl.setRequiredDecision(java.util.List)\" \
                     because \"dmnDecision\" is null",
                    span_of(self.element(*at)),
                    Some(key),
                ));
            }
            requirements.insert(key.to_owned(), required);
        }
        Ok(requirements)
    }

    fn ensure_no_loop(
        &self,
        walk: &[&str],
        requirements: &HashMap<String, Vec<Option<String>>>,
    ) -> Result<(), DeployError> {
        let mut visited = Vec::new();
        walk.iter().try_for_each(|key| self.ensure_not_in_loop(key, &mut Vec::new(), &mut visited, requirements))
    }

    fn ensure_not_in_loop(
        &self,
        key: &str,
        parents: &mut Vec<String>,
        visited: &mut Vec<String>,
        requirements: &HashMap<String, Vec<Option<String>>>,
    ) -> Result<(), DeployError> {
        if visited.iter().any(|known| known == key) {
            return Ok(());
        }
        let place = self.document.all().find(|(_, element)| element.value("id") == Some(key));
        let span = place.map(|(_, element)| span_of(element)).unwrap_or_default();
        parents.push(key.to_owned());
        for required in requirements.get(key).into_iter().flatten() {
            let Some(required) = required else {
                return Err(DeployError::null_pointer(
                    "Cannot invoke \"org.camunda.bpm.dmn.engine.DmnDecision.getKey()\" because \"requiredDecision\" is null",
                    span,
                    Some(key),
                ));
            };
            if parents.contains(required) {
                return Err(DeployError::check(
                    "DMN-02015",
                    &format!("The decision '{required}' has a loop."),
                    span,
                    Some(required),
                ));
            }
            self.ensure_not_in_loop(required, parents, visited, requirements)?;
        }
        parents.pop();
        visited.push(key.to_owned());
        Ok(())
    }

    fn decision(&self, at: Ix, category: Option<Arc<str>>) -> Result<Option<Decision>, DeployError> {
        let element = self.element(at);
        let camunda = |name: &str| element.value_in(CAMUNDA, name).map(Arc::from);
        let mut decision = Decision {
            key: element.value("id").unwrap_or_default().into(),
            name: self.shared(at, "name"),
            category,
            version_tag: camunda("versionTag"),
            history_time_to_live: self.time_to_live(at)?,
            logic: Logic::Literal(LiteralExpression { variable_name: None, type_ref: None, expression: Script::Empty }),
            required: Vec::new(),
        };
        if element.value("id").is_none() {
            let shown = show::decision(&decision, None);
            return Err(self.check(
                at,
                "DMN-02010",
                &format!("The decision '{shown}' must have an 'id' attribute set."),
            ));
        }
        let logic = self
            .document
            .children(at)
            .find(|(_, child)| DMN.contains(&&*child.namespace) && EXPRESSIONS.contains(&child.name.as_str()));
        let Some((logic_at, logic)) = logic else { return Ok(None) };
        decision.logic = match logic.name.as_str() {
            "decisionTable" => Logic::Table(self.table(logic_at, &decision)?),
            "literalExpression" => Logic::Literal(self.literal(at, logic_at)?),
            _ => return Ok(None),
        };
        Ok(Some(decision))
    }

    /// Days, as a number or as `P30D`.
    fn time_to_live(&self, at: Ix) -> Result<Option<i32>, DeployError> {
        let element = self.element(at);
        let Some(text) = element.value_in(CAMUNDA, "historyTimeToLive") else {
            return Ok(None);
        };
        let wrong = |message: String| DeployError::time_to_live(message, span_of(element), element.value("id"));
        let days = text
            .strip_prefix('P')
            .and_then(|rest| rest.strip_suffix('D'))
            .filter(|days| !days.is_empty() && days.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or(text);
        match days.parse::<i32>() {
            Ok(days) if days < 0 => {
                Err(wrong("Cannot parse historyTimeToLive: negative value is not allowed".to_owned()))
            }
            Ok(days) => Ok(Some(days)),
            Err(_) => Err(wrong(format!("Cannot parse historyTimeToLive: For input string: \"{days}\""))),
        }
    }

    fn literal(&self, decision: Ix, at: Ix) -> Result<LiteralExpression, DeployError> {
        let Some(variable) = self.child(decision, "variable") else {
            let id = self.element(decision).value("id").unwrap_or_default();
            let text =
                format!("The decision '{id}' must have an 'variable' element if it contains a literal expression.");
            return Err(self.check(decision, "DMN-02018", &text));
        };
        Ok(LiteralExpression {
            variable_name: self.shared(variable, "name"),
            type_ref: self.shared(variable, "typeRef"),
            expression: Script::new(self.text(at).as_deref(), self.language(at)),
        })
    }

    fn language(&self, at: Ix) -> Option<&str> {
        self.element(at).value("expressionLanguage").or(self.language.as_deref())
    }

    fn table(&self, at: Ix, decision: &Decision) -> Result<DecisionTable, DeployError> {
        let hit_policy = self.hit_policy(at)?;
        let mut table = DecisionTable { hit_policy, inputs: Vec::new(), outputs: Vec::new(), rules: Vec::new() };
        let mut shown = ShownTable::new(hit_policy);
        for input in self.children(at, "input") {
            table.inputs.push(self.input(input, decision, &mut shown)?);
        }
        let outputs: Vec<Ix> = self.children(at, "output").collect();
        for output in &outputs {
            self.output(*output, outputs.len() > 1, decision, &mut table, &mut shown)?;
        }
        for rule in self.children(at, "rule") {
            let rule = self.rule(rule, decision, &table)?;
            table.rules.push(rule);
        }
        Ok(table)
    }

    fn hit_policy(&self, at: Ix) -> Result<HitPolicy, DeployError> {
        let name = self.element(at).value("hitPolicy").unwrap_or("UNIQUE");
        let aggregation = self.element(at).value("aggregation");
        let aggregator = aggregation.map(|name| match name {
            "SUM" => Aggregator::Sum,
            "MIN" => Aggregator::Min,
            "MAX" => Aggregator::Max,
            _ => Aggregator::Count,
        });
        let policy = match (name, aggregator) {
            ("UNIQUE", None) => Some(HitPolicy::Unique),
            ("FIRST", None) => Some(HitPolicy::First),
            ("ANY", None) => Some(HitPolicy::Any),
            ("RULE ORDER", None) => Some(HitPolicy::RuleOrder),
            ("COLLECT", aggregator) => Some(HitPolicy::Collect(aggregator)),
            _ => None,
        };
        policy.ok_or_else(|| {
            let with = aggregation.map(|name| format!(" with aggregation '{name}'")).unwrap_or_default();
            let empty = "DmnDecisionTableImpl{ hitPolicyHandler=null, inputs=[], outputs=[], rules=[]}";
            let text = format!("The hit policy '{name}'{with} of decision table '{empty}' is not supported.");
            self.check(at, "DMN-02007", &text)
        })
    }

    fn input(&self, at: Ix, decision: &Decision, shown: &mut ShownTable) -> Result<Input, DeployError> {
        let element = self.element(at);
        let variable = element.value_in(CAMUNDA, "inputVariable");
        let Some(id) = self.shared(at, "id") else {
            let input = show::input(None, element.value("label"), None, variable);
            let decision = show::decision(decision, None);
            let text =
                format!("The decision table input '{input}' of decision '{decision}' must have a 'id' attribute set.");
            return Err(self.check(at, "DMN-02011", &text));
        };
        let expression = self.child(at, "inputExpression");
        let shown_expression = expression.map(|at| {
            let expression = self.element(at);
            show::expression(
                expression.value("id"),
                expression.value("label"),
                &show::type_definition(expression.value("typeRef")),
                self.language(at),
                self.text(at).as_deref(),
            )
        });
        shown.inputs.push(show::input(Some(&id), element.value("label"), shown_expression.as_deref(), variable));
        Ok(Input {
            id,
            name: self.shared(at, "label"),
            variable: variable.unwrap_or("cellInput").into(),
            expression: expression.map(|at| InputExpression {
                script: Script::new(self.text(at).as_deref(), self.language(at)),
                type_ref: self.shared(at, "typeRef"),
            }),
        })
    }

    fn output(
        &self,
        at: Ix,
        needs_name: bool,
        decision: &Decision,
        table: &mut DecisionTable,
        shown: &mut ShownTable,
    ) -> Result<(), DeployError> {
        let element = self.element(at);
        let variable = self.shared(at, "name");
        let this = show::output(
            element.value("id"),
            element.value("label"),
            variable.as_deref(),
            &show::type_definition(element.value("typeRef")),
        );
        let Some(id) = self.shared(at, "id") else {
            let decision = show::decision(decision, None);
            let text =
                format!("The decision table output '{this}' of decision '{decision}' must have a 'id' attribute set.");
            return Err(self.check(at, "DMN-02012", &text));
        };
        if needs_name && variable.is_none() {
            let text = format!(
                "The decision table '{shown}' has a compound output but output '{this}' does not have an output name."
            );
            return Err(self.check(at, "DMN-02008", &text));
        }
        if table.outputs.iter().any(|known| known.variable == variable) {
            let text =
                format!("The decision table '{shown}' has a compound output but name of output '{this}' is duplicate.");
            return Err(self.check(at, "DMN-02009", &text));
        }
        shown.outputs.push(this);
        table.outputs.push(Output {
            id,
            name: self.shared(at, "label"),
            variable,
            type_ref: self.shared(at, "typeRef"),
        });
        Ok(())
    }

    fn rule(&self, at: Ix, decision: &Decision, table: &DecisionTable) -> Result<Rule, DeployError> {
        let label = self.element(at).value("label");
        let Some(id) = self.shared(at, "id") else {
            let rule = show::rule(None, label, &[], &[]);
            let decision = show::decision(decision, None);
            let text =
                format!("The decision table rule '{rule}' of decision '{decision}' must have a 'id' attribute set.");
            return Err(self.check(at, "DMN-02013", &text));
        };
        let conditions: Vec<Ix> = self.children(at, "inputEntry").collect();
        if table.inputs.len() != conditions.len() {
            let text = format!(
                "The number of inputs '{}' and input entries differ '{}' for rule '{}'.",
                table.inputs.len(),
                conditions.len(),
                show::rule(Some(&id), label, &[], &[])
            );
            return Err(self.check(at, "DMN-02005", &text));
        }
        let conclusions: Vec<Ix> = self.children(at, "outputEntry").collect();
        if table.outputs.len() != conclusions.len() {
            let shown: Vec<String> = conditions
                .iter()
                .map(|entry| {
                    let element = self.element(*entry);
                    let text = self.text(*entry);
                    let (id, label) = (element.value("id"), element.value("label"));
                    show::expression(id, label, "null", self.language(*entry), text.as_deref())
                })
                .collect();
            let text = format!(
                "The number of outputs '{}' and output entries differ '{}' for rule '{}'.",
                table.outputs.len(),
                conclusions.len(),
                show::rule(Some(&id), label, &shown, &[])
            );
            return Err(self.check(at, "DMN-02006", &text));
        }
        let condition = |at: &Ix| Condition::new(self.text(*at).as_deref(), self.language(*at));
        let conclusion = |at: &Ix| Script::new(self.text(*at).as_deref(), self.language(*at));
        Ok(Rule {
            id,
            conditions: conditions.iter().map(condition).collect(),
            conclusions: conclusions.iter().map(conclusion).collect(),
        })
    }
}

/// The id behind the last `#`; the whole text if there is none.
fn href_target(href: &str) -> &str {
    // Java's split drops empty parts at the end.
    href.trim_end_matches('#').rsplit('#').next().unwrap_or_default()
}

fn build<'k>(
    key: &'k str,
    decisions: &Decisions,
    requirements: &'k HashMap<String, Vec<Option<String>>>,
    built: &mut HashMap<&'k str, Arc<Decision>>,
) -> Option<Arc<Decision>> {
    if let Some(known) = built.get(key) {
        return Some(known.clone());
    }
    let mut decision = decisions.get(key)?.clone();
    for required in requirements.get(key).into_iter().flatten().flatten() {
        decision.required.extend(build(required, decisions, requirements, built));
    }
    let decision = Arc::new(decision);
    built.insert(key, decision.clone());
    Some(decision)
}
