//! Decisions of the engine: deploying and evaluating DMN.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, Weak},
};

use dmn::{DecisionHost, Drd, EvaluatedDecision, HostError, Locals, ResultMapping};
use engine_core::{
    error::{Fault, FaultKind},
    history::{HistoricDecisionInput, HistoricDecisionInstance, HistoricDecisionOutput},
    host::{DecisionOutcome, DecisionRequest, Decisions, Scripts, Version},
};
use models::{Id, Timestamp, Value, bpmn::DecisionResultMapper};
use objects::{Context, Handle, Object, ObjectError, convert};
use parking_lot::Mutex;

use crate::{
    request::Resource,
    runtime::{Made, Shared},
    world::{DecisionDefinition, DecisionRequirementsDefinition, Record, RecordChange, World},
};

/// Deployed decisions, parsed on first use.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    shared: OnceLock<Weak<Shared>>,
    parsed: Mutex<HashMap<(Id, String), Arc<Drd>>>,
}

/// A deployed decision that a request means.
struct Found {
    definition: Id,
    key: String,
    requirements: Option<(Id, String)>,
    drd: Arc<Drd>,
    others: Vec<(String, Id)>,
    tenant: Option<String>,
}

impl Repository {
    /// Tells where definitions are; called once.
    pub(crate) fn attach(&self, shared: &Arc<Shared>) {
        let _ = self.shared.set(Arc::downgrade(shared));
    }

    fn shared(&self) -> Result<Arc<Shared>, Fault> {
        self.shared.get().and_then(Weak::upgrade).ok_or_else(|| Fault::engine("the engine is stopping"))
    }

    fn find(&self, shared: &Shared, request: &DecisionRequest) -> Result<Found, Fault> {
        let world = shared.world.read();
        let key = request.key.as_str();
        let tenant = request.tenant.as_deref();
        let row = match &request.version {
            Version::Latest => world.latest_decision_definition(key, tenant),
            Version::Number(version) => world.decision_definition_version(key, *version, tenant),
            Version::Deployment(id) => world.decision_definitions_of_deployment(*id).find(|row| row.key == key),
            Version::Tag(tag) => {
                let mut tagged = world
                    .decision_definitions_of_key(key)
                    .filter(|row| row.version_tag.as_deref() == Some(tag) && row.tenant.as_deref() == tenant);
                let found = tagged.next();
                if tagged.next().is_some() {
                    return Err(Fault::engine(format!(
                        "ENGINE-03085 Found more than one decision definition for key '{key}' and versionTag '{tag}'"
                    )));
                }
                found
            }
        };
        let row = row.ok_or_else(|| not_deployed(request))?.clone();
        self.found(&world, &row)
    }

    fn found(&self, world: &World, row: &DecisionDefinition) -> Result<Found, Fault> {
        let place = (row.deployment, row.resource.clone());
        let known = self.parsed.lock().get(&place).cloned();
        let drd = match known {
            Some(drd) => drd,
            None => {
                let gone = || Fault::engine(format!("resource `{}` of decision {} is gone", row.resource, row.key));
                let deployment = world.deployment(row.deployment).ok_or_else(gone)?;
                let resource = deployment.resources.iter().find(|r| r.name == row.resource).ok_or_else(gone)?;
                let drd =
                    Arc::new(dmn::parse(&resource.bytes).map_err(|error| Fault::engine(error.message(&row.resource)))?);
                self.parsed.lock().insert(place, drd.clone());
                drd
            }
        };
        let others = world
            .decision_definitions_of_deployment(row.deployment)
            .filter(|other| other.resource == row.resource)
            .map(|other| (other.key.clone(), other.id))
            .collect();
        Ok(Found {
            definition: row.id,
            key: row.key.clone(),
            requirements: row.requirements_definition.zip(row.requirements_key.clone()),
            drd,
            others,
            tenant: row.tenant.clone(),
        })
    }

    /// Evaluates a definition by id, for the API.
    pub(crate) fn evaluate_definition(&self, id: Id, ctx: &mut dyn Context) -> Result<DecisionOutcome, Fault> {
        let shared = self.shared()?;
        let found = {
            let world = shared.world.read();
            let row = world.decision_definition(id).ok_or_else(|| {
                Fault::not_found(format!(
                    "no deployed decision definition found with id '{id}': decisionDefinition is null"
                ))
            })?;
            self.found(&world, row)?
        };
        self.run(&shared, &found, None, ctx)
    }

    fn run(
        &self,
        shared: &Shared,
        found: &Found,
        mapper: Option<DecisionResultMapper>,
        ctx: &mut dyn Context,
    ) -> Result<DecisionOutcome, Fault> {
        let zone = ctx.time_zone();
        let now = ctx.now_ms();
        let scripts = shared.scripts();
        let mut host = Variables { ctx, scripts: &*scripts, now, zone, drawn: 0 };
        let evaluation = found.drd.evaluate(&found.key, &mut host).map_err(|error| failed(&error))?;
        let evaluated = std::iter::once(&evaluation.decision).chain(&evaluation.required);
        let elements: u64 = evaluated.map(|decision| decision.executed_elements).sum();
        shared.count_decision_elements(usize::try_from(elements).unwrap_or(usize::MAX));
        let mapped = match mapper {
            Some(mapper) => {
                let mapping = match mapper {
                    DecisionResultMapper::SingleEntry => ResultMapping::SingleEntry,
                    DecisionResultMapper::SingleResult => ResultMapping::SingleResult,
                    DecisionResultMapper::CollectEntries => ResultMapping::CollectEntries,
                    DecisionResultMapper::ResultList => ResultMapping::ResultList,
                };
                let mapped = evaluation.result.map(mapping).map_err(|error| Fault::engine(error.to_string()))?;
                Some(mapped.value)
            }
            None => None,
        };
        let rules = evaluation
            .result
            .0
            .iter()
            .map(|entries| {
                entries
                    .iter()
                    .map(|(name, value)| (name.as_deref().unwrap_or_default().to_owned(), value.value.clone()))
                    .collect()
            })
            .collect();
        let history = std::iter::once(&evaluation.decision)
            .chain(&evaluation.required)
            .map(|decision| historic(found, decision))
            .collect();
        Ok(DecisionOutcome { rules, mapped, history })
    }
}

impl Decisions for Repository {
    fn evaluate(&self, request: &DecisionRequest, ctx: &mut dyn Context) -> Result<DecisionOutcome, Fault> {
        let shared = self.shared()?;
        let found = self.find(&shared, request)?;
        self.run(&shared, &found, request.mapper, ctx)
    }
}

fn failed(error: &dmn::DmnError) -> Fault {
    Fault::new(FaultKind::Decision, format!("ENGINE-22001 Exception while evaluating decision: {error}"))
}

fn not_deployed(request: &DecisionRequest) -> Fault {
    let key = &request.key;
    let of_tenant = format!(" and tenant-id '{}'", request.tenant.as_deref().unwrap_or("null"));
    let what = match &request.version {
        Version::Latest => format!("no decision definition deployed with key '{key}'{of_tenant}"),
        Version::Number(version) => {
            format!("no decision definition deployed with key = '{key}', version = '{version}'{of_tenant}")
        }
        Version::Tag(tag) => {
            format!("no decision definition deployed with key = '{key}', versionTag = '{tag}'{of_tenant}")
        }
        Version::Deployment(id) => format!("no decision definition deployed with key = '{key}' in deployment = '{id}'"),
    };
    Fault::new(FaultKind::NotFound, format!("{what}: decisionDefinition is null"))
}

/// What history keeps of an evaluated decision; ids and place are filled in by the transaction.
fn historic(found: &Found, evaluated: &EvaluatedDecision) -> HistoricDecisionInstance {
    let key = evaluated.decision.key.to_string();
    let definition = found.others.iter().find(|(known, _)| *known == key).map_or(found.definition, |(_, id)| *id);
    let mut outputs = Vec::new();
    for (at, rule) in evaluated.rules.iter().enumerate() {
        for output in &rule.outputs {
            outputs.push(HistoricDecisionOutput {
                id: Id::default(),
                clause: output.id.to_string(),
                name: output.name.as_deref().map(str::to_owned),
                rule: Some(rule.id.to_string()),
                rule_order: i32::try_from(at + 1).ok(),
                variable: output.variable.as_deref().map(str::to_owned),
                value: output.value.value.clone(),
            });
        }
    }
    if let Some((variable, value)) = &evaluated.literal {
        outputs.push(HistoricDecisionOutput {
            id: Id::default(),
            clause: key.clone(),
            name: evaluated.decision.name.as_deref().map(str::to_owned),
            rule: None,
            rule_order: None,
            variable: variable.as_deref().map(str::to_owned),
            value: value.value.clone(),
        });
    }
    HistoricDecisionInstance {
        id: Id::default(),
        decision_definition: definition,
        key,
        name: evaluated.decision.name.as_deref().map(str::to_owned),
        time: Timestamp(0),
        definition: None,
        process_instance: None,
        activity: None,
        activity_instance: None,
        user: None,
        inputs: evaluated
            .inputs
            .iter()
            .map(|input| HistoricDecisionInput {
                id: Id::default(),
                clause: input.id.to_string(),
                name: input.name.as_deref().map(str::to_owned),
                value: input.value.value.clone(),
            })
            .collect(),
        outputs,
        collect_result: evaluated.collected.as_ref().and_then(|(_, value)| number(&value.value)),
        root_decision: None,
        requirements_definition: found.requirements.as_ref().map(|(id, _)| *id),
        requirements_key: found.requirements.as_ref().map(|(_, key)| key.clone()),
        tenant: found.tenant.clone(),
        removal_time: None,
        execution: None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(f64::from(*value)),
        Value::Double(value) => Some(*value),
        #[expect(clippy::cast_precision_loss, reason = "the API shows a double")]
        Value::Long(value) => Some(*value as f64),
        _ => None,
    }
}

/// Variables and languages for a decision.
struct Variables<'a> {
    ctx: &'a mut dyn Context,
    scripts: &'a dyn Scripts,
    now: i64,
    zone: String,
    drawn: u64,
}

impl DecisionHost for Variables<'_> {
    fn variable(&mut self, name: &str) -> Option<Value> {
        let found = self.ctx.variable(name).ok().flatten()?;
        convert::to_value(&found).ok()
    }

    fn evaluate(&mut self, language: &str, text: &str, locals: &Locals) -> Result<Value, HostError> {
        let mut scope = WithLocals { ctx: self.ctx, locals };
        let result = if language.eq_ignore_ascii_case("juel") {
            juel::Expression::parse(text)
                .map_err(|error| HostError::Failed(error.to_string()))?
                .evaluate(&mut scope)
                .map_err(|error| HostError::Failed(error.to_string()))?
        } else {
            if scripting::Language::from_format(language).is_none() {
                return Err(HostError::UnknownLanguage);
            }
            self.scripts
                .run(language, &Arc::from(text), &mut scope)
                .map_err(|failure| HostError::Failed(format!("{failure:?}")))?
        };
        convert::to_value(&result).map_err(|error| HostError::Failed(error.to_string()))
    }

    fn now(&mut self) -> jiff::Zoned {
        let zone = jiff::tz::TimeZone::get(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        jiff::Timestamp::from_millisecond(self.now).unwrap_or_default().to_zoned(zone)
    }

    fn random(&mut self) -> u64 {
        // a transaction that is run again must decide the same: drawn from its time, not from the machine
        self.drawn = self.drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.now.cast_unsigned() ^ self.drawn;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A context in which a decision's own names hide the variables.
struct WithLocals<'a> {
    ctx: &'a mut dyn Context,
    locals: &'a Locals,
}

impl Context for WithLocals<'_> {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        match self.locals.get(name) {
            Some(value) => Ok(Some(convert::to_object(value))),
            None => self.ctx.variable(name),
        }
    }

    fn variable_names(&mut self) -> Vec<String> {
        let mut names = self.ctx.variable_names();
        names.extend(self.locals.iter().map(|(name, _)| name.to_owned()));
        names.sort();
        names.dedup();
        names
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        self.ctx.set_variable(name, value)
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        self.ctx.get_property(handle, name)
    }

    fn set_property(&mut self, handle: &Handle, name: &str, value: Object) -> Result<(), ObjectError> {
        self.ctx.set_property(handle, name, value)
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        self.ctx.call_method(handle, name, args)
    }

    fn class_name(&mut self, handle: &Handle) -> String {
        self.ctx.class_name(handle)
    }

    fn call_function(&mut self, name: &str, args: &[Object]) -> Result<Option<Object>, ObjectError> {
        self.ctx.call_function(name, args)
    }

    fn now_ms(&mut self) -> i64 {
        self.ctx.now_ms()
    }

    fn time_zone(&mut self) -> String {
        self.ctx.time_zone()
    }
}

/// Takes a DMN file into a deployment.
pub(crate) fn deploy(made: &mut Made<'_>, resource: &Resource) -> Result<(), Fault> {
    let drd = dmn::parse(&resource.content).map_err(|error| {
        let mut fault = Fault::engine(error.message(&resource.name));
        fault.trace = error.causes.iter().map(|cause| format!("{}: {}", cause.class, cause.message)).collect();
        fault
    })?;
    let tenant = made.deployment.tenant.clone();
    let deployment = made.deployment.id;
    let mut requirements = None;
    if drd.is_persistable() {
        made.claim("requirements", &drd.id, &resource.name)?;
        let id = made.fresh_id();
        let version =
            made.world.latest_requirements_definition(&drd.id, tenant.as_deref()).map_or(1, |row| row.version + 1);
        made.records.push(RecordChange::Put(Record::DecisionRequirementsDefinition(Box::new(
            DecisionRequirementsDefinition {
                id,
                key: drd.id.to_string(),
                version,
                name: drd.name.as_deref().map(str::to_owned),
                category: drd.category.as_deref().map(str::to_owned),
                deployment,
                resource: resource.name.clone(),
                diagram: None,
                tenant: tenant.clone(),
            },
        ))));
        made.deployed.requirements_definitions.push(id);
        requirements = Some(id);
    }
    for decision in drd.decisions() {
        made.claim("decision", &decision.key, &resource.name)?;
        let id = made.fresh_id();
        let version =
            made.world.latest_decision_definition(&decision.key, tenant.as_deref()).map_or(1, |row| row.version + 1);
        made.records.push(RecordChange::Put(Record::DecisionDefinition(Box::new(DecisionDefinition {
            id,
            key: decision.key.to_string(),
            version,
            name: decision.name.as_deref().map(str::to_owned),
            category: decision.category.as_deref().map(str::to_owned),
            version_tag: decision.version_tag.as_deref().map(str::to_owned),
            deployment,
            resource: resource.name.clone(),
            diagram: None,
            tenant: tenant.clone(),
            requirements_definition: requirements,
            requirements_key: requirements.map(|_| drd.id.to_string()),
            history_time_to_live: decision.history_time_to_live,
        }))));
        made.deployed.decision_definitions.push(id);
    }
    Ok(())
}
