//! Deployments (S-DP).

use std::{collections::BTreeMap, sync::Arc};

use engine_core::{
    command::{Command, Deletion},
    error::{Fault, FaultKind},
    graph::{self, Kind},
    history::{HistoryEvent, LogKind},
    host::Definition,
    state::{Job, JobKind, SubscriptionKind},
};
use models::{Diagnostic, Id, bpmn};

use super::{Engine, lane::Lane, start_timer};
use crate::{
    audit,
    pending::Pending,
    request::{Caller, DeleteOptions, Deploy, Deployed, Redeploy},
    world::{
        CamundaFormDefinition, Deployment, JobDefinition, NodeInfo, PastDefinition, ProcessDefinition, Record,
        RecordChange, RecordKey, Resource, StartSubscription, World, cold::Traces,
    },
};

impl Engine {
    /// Deploys files: parses and compiles all, and stores either everything or nothing.
    ///
    /// The fault of a file that does not parse has the kind [`FaultKind::Parse`] and carries the problems of every file.
    pub fn deploy(&self, deploy: Deploy, caller: &Caller) -> Pending<Deployed> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            let permitted = lane.permit(&caller, |rights| rights.deploy());
            let made = Deploy { resources: Vec::new(), ..deploy.clone() };
            match permitted.and_then(|()| lane.prepare(deploy)) {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok(Prepared { deployed, mut records, compiled }) => {
                    if !records.is_empty() {
                        lane.note([audit::deployed(deployed.deployment, &made)], &caller);
                        records.extend(lane.deployment_grant(deployed.deployment, &caller));
                    }
                    let shared = lane.shared.clone();
                    let logs = lane.start_timer_logs(&records);
                    lane.write_records(
                        records,
                        logs,
                        Box::new(move |result| {
                            if result.is_ok() {
                                for definition in compiled {
                                    shared.remember(definition);
                                }
                            }
                            drop(answer.send(result.map(|()| deployed)));
                        }),
                    );
                }
            }
        })
    }

    /// Deploys files of an earlier deployment again.
    pub fn redeploy(&self, redeploy: Redeploy, caller: &Caller) -> Pending<Deployed> {
        let deploy = {
            let world = self.world();
            let Some(earlier) = world.deployment(redeploy.deployment) else {
                return Pending::ready(Err(Fault::not_found(format!(
                    "Deployment with id {} does not exist: deployment is null",
                    redeploy.deployment
                ))));
            };
            let all = redeploy.resource_ids.is_empty() && redeploy.resource_names.is_empty();
            Deploy {
                name: earlier.name.clone(),
                source: redeploy.source.or_else(|| earlier.source.clone()),
                tenant: earlier.tenant.clone(),
                resources: earlier
                    .resources
                    .iter()
                    .filter(|r| !r.generated)
                    .filter(|r| {
                        all || redeploy.resource_ids.contains(&r.id.to_string())
                            || redeploy.resource_names.contains(&r.name)
                    })
                    .map(|r| crate::request::Resource { name: r.name.clone(), content: r.bytes.clone() })
                    .collect(),
                ..Deploy::default()
            }
        };
        self.deploy(deploy, caller)
    }

    /// Deletes a deployment with its definitions.
    pub fn delete_deployment(&self, id: Id, options: DeleteOptions, caller: &Caller) -> Pending<()> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            if let Err(fault) = lane.permit(&caller, |rights| rights.delete_deployment(id)) {
                drop(answer.send(Err(fault)));
                return;
            }
            let definitions: Vec<Id> = {
                let world = lane.shared.world.read();
                if world.deployment(id).is_none() {
                    drop(answer.send(Err(Fault::not_found(format!(
                        "Deployment with id {id} does not exist: deployment is null"
                    )))));
                    return;
                }
                world.process_definitions_of_deployment(id).map(|row| row.id).collect()
            };
            let result = lane.delete_definitions(&definitions, options, &caller, Some(id));
            match result {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok((commands, records)) => {
                    let log = audit::deleted_deployment(&lane.shared.world.read(), id, options);
                    lane.note([log], &caller);
                    let shared = lane.shared.clone();
                    lane.transact_many(
                        commands,
                        &caller,
                        records,
                        Box::new(move |result| {
                            shared.forget_definitions();
                            drop(answer.send(result.map(|_| ())));
                        }),
                    );
                }
            }
        })
    }
}

/// A deployment that is ready to be written.
struct Prepared {
    deployed: Deployed,
    records: Vec<RecordChange>,
    compiled: Vec<Arc<Definition>>,
}

/// Whether a resource name is a BPMN file's.
pub(crate) fn is_bpmn(name: &str) -> bool {
    name.ends_with(".bpmn") || name.ends_with(".bpmn20.xml")
}

/// Whether a resource name is a DMN file's.
pub(crate) fn is_dmn(name: &str) -> bool {
    name.ends_with(".dmn") || name.ends_with(".dmn11.xml")
}

impl Lane {
    fn prepare(&mut self, deploy: Deploy) -> Result<Prepared, Fault> {
        if deploy.resources.is_empty() {
            return Err(Fault::not_valid("No deployment resources contained to deploy."));
        }
        let shared = self.shared.clone();
        let world = shared.world.read();
        let mut resources = deploy.resources;
        if deploy.duplicate_filtering || deploy.changed_only {
            let changed = |resource: &crate::request::Resource| {
                let latest = latest_resource(&world, &deploy.name, &deploy.source, &deploy.tenant, &resource.name);
                latest.is_none_or(|known| known.generated || known.bytes != resource.content)
            };
            if deploy.changed_only {
                resources.retain(changed);
            } else if !resources.iter().any(changed) {
                resources.clear();
            }
            if resources.is_empty() {
                // nothing to deploy: the answer is the latest deployment of that name, whatever its source and tenant
                let named = world.deployments().filter(|row| row.name == deploy.name);
                let latest = named.max_by_key(|row| (row.time, row.id)).map(|row| row.id).unwrap_or_default();
                return Ok(Prepared {
                    deployed: Deployed { deployment: latest, ..Deployed::default() },
                    records: Vec::new(),
                    compiled: Vec::new(),
                });
            }
        }
        let now = shared.clock.now();
        let deployment = Deployment {
            id: self.ids.fresh(),
            name: deploy.name,
            source: deploy.source,
            time: now,
            tenant: deploy.tenant,
            resources: resources
                .iter()
                .map(|resource| Resource {
                    id: self.ids.fresh(),
                    name: resource.name.clone(),
                    bytes: resource.content.clone(),
                    generated: false,
                })
                .collect(),
        };
        let mut made = Made {
            lane: self,
            world: &world,
            deployment: &deployment,
            now,
            suspended_until: deploy.activation,
            records: Vec::new(),
            compiled: Vec::new(),
            deployed: Deployed { deployment: deployment.id, ..Deployed::default() },
            keys: BTreeMap::new(),
        };
        for resource in &resources {
            if is_bpmn(&resource.name) {
                made.bpmn(resource)?;
            } else if is_dmn(&resource.name) {
                crate::decisions::deploy(&mut made, resource)?;
            } else if resource.name.ends_with(".form") {
                made.form(resource)?;
            }
        }
        let Made { mut records, compiled, deployed, .. } = made;
        if let Some(at) = deploy.activation.filter(|at| *at > now) {
            let definitions = records.iter().filter_map(|record| match record {
                RecordChange::Put(Record::ProcessDefinition(row)) if row.deployment == deployment.id => Some(row.id),
                _ => None,
            });
            let definitions: Vec<String> = definitions.map(|id| id.to_string()).collect();
            for id in definitions {
                let configuration = serde_json::json!({"ids": [id], "include": true, "suspended": false});
                records.push(self.suspension_job("activate-processdefinition", &configuration, at));
            }
        }
        records.insert(0, RecordChange::Put(Record::Deployment(Box::new(deployment))));
        Ok(Prepared { deployed, records, compiled })
    }

    /// What deleting definitions takes: commands to their instances, and records.
    pub(super) fn delete_definitions(
        &mut self,
        definitions: &[Id],
        options: DeleteOptions,
        _caller: &Caller,
        deployment: Option<Id>,
    ) -> Result<(Vec<(Id, Command)>, Vec<RecordChange>), Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let mut commands = Vec::new();
        let mut records = Vec::new();
        for id in definitions {
            let Some(row) = world.process_definition(*id) else { continue };
            let instances = world.process_instance_ids(*id);
            if !options.cascade && !instances.is_empty() {
                return Err(Fault::engine(format!(
                    "ENGINE-03076 Deletion of process definition without cascading failed. Process definition with id: {} \
                     can't be deleted, because there are {} dependent process instances.",
                    row.text_id,
                    instances.len()
                )));
            }
            for instance in instances {
                let Some(root) = world.root_of_process_instance(instance) else { continue };
                let deletion = Deletion {
                    process_instance: instance,
                    reason: Some("deleted process definition".to_owned()),
                    skip_custom_listeners: options.skip_custom_listeners,
                    externally_terminated: false,
                    skip_io_mappings: options.skip_io_mappings,
                    skip_subprocesses: false,
                    if_exists: false,
                };
                commands.push((root, Command::Delete(Box::new(deletion))));
            }
            if options.cascade {
                let mut past: Vec<(Id, Id)> = Vec::new();
                world.through(&Traces::any().one_of([*id]), |world| {
                    let rows = world.historic_process_instances().filter(|row| row.definition == *id);
                    past.extend(rows.map(|row| (row.root, row.id)));
                });
                for (root, instance) in past {
                    let event = HistoryEvent::ProcessInstanceDeleted(instance);
                    commands.push((root, Command::Record(vec![event])));
                }
                let mut logs = Vec::new();
                world.through(&Traces::any().one_of([*id]), |world| {
                    let rows = world.historic_job_logs().filter(|row| row.definition == Some(*id));
                    logs.extend(rows.filter(|row| row.process_instance.is_none()).map(|row| row.id));
                });
                self.log.extend(logs.into_iter().map(HistoryEvent::EntryDeleted));
            }
            records.extend(removals(&world, *id));
            if !options.cascade {
                let (text_id, key) = (row.text_id.to_string(), row.key.clone());
                let past = Record::PastDefinition(Box::new(PastDefinition { id: *id, text_id, key }));
                records.push(RecordChange::Put(past));
            }
            let latest = world.latest_process_definition(&row.key, row.tenant.as_deref()).map(|row| row.id);
            if latest == Some(*id) {
                // the version before takes over the start events (S-DP-6)
                let before = world
                    .process_definitions_of_key(&row.key)
                    .filter(|other| other.tenant == row.tenant && !definitions.contains(&other.id))
                    .max_by_key(|other| other.version)
                    .map(|other| other.id);
                if let Some(before) = before {
                    let definition = shared.definition_in(&world, before)?;
                    records.extend(self.start_events(&definition, &world, None)?);
                }
            }
        }
        if let Some(id) = deployment {
            for row in world.decision_definitions_of_deployment(id) {
                records.push(RecordChange::Remove(RecordKey::DecisionDefinition(row.id)));
            }
            for row in world.requirements_definitions_of_deployment(id) {
                records.push(RecordChange::Remove(RecordKey::DecisionRequirementsDefinition(row.id)));
            }
            for row in world.form_definitions_of_deployment(id) {
                records.push(RecordChange::Remove(RecordKey::FormDefinition(row.id)));
            }
            records.push(RecordChange::Remove(RecordKey::Deployment(id)));
        }
        drop(world);
        let logs = self.start_timer_logs(&records).into_iter();
        // what is deleted with its history leaves no trace of that
        let kept = |event: &HistoryEvent| !matches!(event, HistoryEvent::JobLog(row) if row.kind == LogKind::Deletion);
        self.log.extend(logs.filter(|event| !options.cascade || kept(event)));
        Ok((commands, records))
    }

    /// Start subscriptions and timers of a definition.
    fn start_events(
        &mut self,
        definition: &Definition,
        world: &World,
        replaced: Option<Id>,
    ) -> Result<Vec<RecordChange>, Fault> {
        let mut records = Vec::new();
        let now = self.shared.clock.now();
        let zone = self.shared.options.settings.time_zone.clone();
        let tenant = definition.tenant.as_deref().map(str::to_owned);
        for declaration in &definition.graph.start_subscriptions {
            let mut scope =
                start_timer::Empty { now, zone: zone.clone(), variables: Vec::new(), caller: Caller::default() };
            let name = match &declaration.name {
                Some(expression) => Some(scope.text(expression).map_err(Fault::engine)?),
                None => None,
            };
            if declaration.kind == SubscriptionKind::Message {
                let taken = world
                    .start_subscriptions_for(SubscriptionKind::Message, name.as_deref())
                    .filter(|row| row.tenant == tenant && Some(row.definition) != replaced)
                    .any(|row| {
                        world.process_definition(row.definition).is_some_and(|other| *other.key != *definition.key)
                    });
                if taken {
                    return Err(Fault::engine(format!(
                        "ENGINE-01011 Cannot deploy process definition '{}': there already is a message event subscription \
                         for the message with name '{}'.",
                        definition.key,
                        name.unwrap_or_default()
                    )));
                }
            }
            records.push(RecordChange::Put(Record::StartSubscription(Box::new(StartSubscription {
                id: self.ids.fresh(),
                kind: declaration.kind,
                name,
                definition: definition.id,
                node: declaration.node.0,
                activity: definition.graph.node(declaration.node).id.to_string(),
                created: now,
                tenant: tenant.clone(),
            }))));
        }
        for timer in &definition.graph.start_timers {
            let (due, repeat) = start_timer::due(timer, now, &zone).map_err(Fault::engine)?;
            due.ok_or_else(|| Fault::null("duedate is null"))?;
            let node = definition.graph.node(timer.node);
            let cycle = start_timer::retry_cycle(&definition.graph, timer.node, now, &self.shared.options.settings);
            records.push(RecordChange::Put(Record::Job(Box::new(Job {
                id: self.ids.fresh(),
                kind: JobKind::TimerStart(definition.key.to_string(), timer.node),
                execution: None,
                process_instance: None,
                definition: Some(definition.id),
                declaration: Some(timer.declaration),
                due,
                retries: cycle.map_or(self.shared.options.settings.default_retries, |cycle| cycle.attempts()),
                priority: start_timer::priority(&definition.graph, timer.node, now, &zone)?,
                exclusive: node.exclusive,
                suspended: false,
                created: now,
                repeat,
                repeat_offset: 0,
                exception_message: None,
                exception_stacktrace: None,
                failed_activity: None,
                tenant: definition.tenant.clone(),
                follow_up_created: false,
                lock_owner: None,
                lock_expires: None,
                payload: None,
                revision: 0,
                batch: None,
                deployment: None,
            }))));
        }
        Ok(records)
    }
}

/// Records of a definition that goes.
fn removals(world: &World, id: Id) -> Vec<RecordChange> {
    let mut records = vec![RecordChange::Remove(RecordKey::ProcessDefinition(id))];
    records.extend(world.job_definitions_of(id).map(|row| RecordChange::Remove(RecordKey::JobDefinition(row.id))));
    records.extend(start_event_removals(world, id));
    let waiting = world.jobs_of_definition(id).filter(|job| job.process_instance.is_none());
    let waiting = waiting.filter(|job| matches!(job.kind, JobKind::Event(_)));
    records.extend(waiting.map(|job| RecordChange::Remove(RecordKey::Job(job.id))));
    records
}

/// Start subscriptions and timers of a definition that is not the latest any more.
fn start_event_removals(world: &World, id: Id) -> Vec<RecordChange> {
    let subscriptions =
        world.start_subscriptions_of(id).map(|row| RecordChange::Remove(RecordKey::StartSubscription(row.id)));
    let timers = world
        .jobs_of_definition(id)
        .filter(|job| matches!(job.kind, JobKind::TimerStart(..)))
        .map(|job| RecordChange::Remove(RecordKey::Job(job.id)));
    subscriptions.chain(timers).collect()
}

/// What counts as the source of a deployment that names none, when duplicates are looked for.
const PROCESS_APPLICATION: &str = "process application";

/// The newest file of a name among deployments of the same name, source and tenant. Without a name there is none.
fn latest_resource<'w>(
    world: &'w World,
    name: &Option<String>,
    source: &Option<String>,
    tenant: &Option<String>,
    resource: &str,
) -> Option<&'w Resource> {
    let source = source.as_deref().filter(|source| !source.is_empty()).unwrap_or(PROCESS_APPLICATION);
    let from_source = |row: &Deployment| match row.source.as_deref() {
        Some(known) => known == source,
        None => source == PROCESS_APPLICATION,
    };
    world
        .deployments()
        .filter(|row| row.name.is_some() && row.name == *name && row.tenant == *tenant && from_source(row))
        .filter_map(|row| Some((row, row.resources.iter().find(|known| known.name == resource)?)))
        .max_by_key(|(row, _)| (row.time, row.id))
        .map(|(_, known)| known)
}

/// A deployment in the making.
pub(crate) struct Made<'a> {
    pub(super) lane: &'a mut Lane,
    pub(crate) world: &'a World,
    pub(crate) deployment: &'a Deployment,
    now: models::Timestamp,
    suspended_until: Option<models::Timestamp>,
    pub(crate) records: Vec<RecordChange>,
    compiled: Vec<Arc<Definition>>,
    pub(crate) deployed: Deployed,
    /// Keys deployed so far, by kind, with the resource they come from.
    pub(crate) keys: BTreeMap<(&'static str, String), String>,
}

impl Made<'_> {
    /// A fresh id.
    pub(crate) fn fresh_id(&mut self) -> Id {
        self.lane.ids.fresh()
    }

    /// Notes a key; the same key twice in one deployment is refused.
    pub(crate) fn claim(&mut self, kind: &'static str, key: &str, resource: &str) -> Result<(), Fault> {
        if self.keys.insert((kind, key.to_owned()), resource.to_owned()).is_some() {
            return Err(Fault::engine(format!(
                "The deployment contains definitions with the same key '{key}' (id attribute), this is not allowed"
            )));
        }
        Ok(())
    }

    fn bpmn(&mut self, resource: &crate::request::Resource) -> Result<(), Fault> {
        let options = &self.lane.shared.options.parse;
        let parsed = bpmn_parser::parse(&resource.content, &resource.name, options);
        let deployable = parsed.is_deployable();
        let Some(definitions) = parsed.definitions.filter(|_| deployable) else {
            return Err(parse_fault(&resource.name, &parsed.diagnostics));
        };
        for process in definitions.processes.iter().filter(|process| process.executable) {
            self.process(resource, &definitions, process, &parsed.diagnostics)?;
        }
        Ok(())
    }

    fn process(
        &mut self,
        resource: &crate::request::Resource,
        definitions: &bpmn::Definitions,
        process: &bpmn::Process,
        warnings: &[Diagnostic],
    ) -> Result<(), Fault> {
        self.claim("process", &process.id, &resource.name)?;
        let graph = graph::compile(process).map_err(|error| {
            let found = Diagnostic::error("E0900", error.message.clone(), error.span).on([error.element.clone()]);
            let mut all = warnings.to_vec();
            all.push(found);
            parse_fault(&resource.name, &all)
        })?;
        let tenant = self.deployment.tenant.clone();
        let latest = self.world.latest_process_definition(&process.id, tenant.as_deref());
        let version = latest.map_or(1, |row| row.version + 1);
        let id = self.fresh_id();
        let diagram = self.diagram_of(&resource.name, &process.id);
        let definition = Definition {
            id,
            key: Arc::from(process.id.as_str()),
            version,
            name: process.name.as_deref().map(Arc::from),
            tenant: tenant.as_deref().map(Arc::from),
            deployment: self.deployment.id,
            history_time_to_live: process.history_time_to_live,
            graph: Arc::new(graph),
        };
        let start = process.body.nodes.iter().find_map(|node| match &node.kind {
            bpmn::NodeKind::StartEvent(start) if Some(node.id.as_str()) == initial_id(&definition) => Some(start),
            _ => None,
        });
        self.records.push(RecordChange::Put(Record::ProcessDefinition(Box::new(ProcessDefinition {
            id,
            key: process.id.clone(),
            version,
            name: process.name.clone(),
            category: Some(definitions.target_namespace.clone()),
            description: process.documentation.clone(),
            version_tag: process.version_tag.clone(),
            deployment: self.deployment.id,
            resource: resource.name.clone(),
            diagram,
            tenant: tenant.clone(),
            suspended: self.suspended_until.is_some_and(|at| at > self.now),
            history_time_to_live: process.history_time_to_live,
            startable_in_tasklist: process.startable_in_tasklist,
            starter_users: process.candidate_starter_users.clone(),
            starter_groups: process.candidate_starter_groups.clone(),
            has_start_form_key: start.is_some_and(|start| start.form.key.is_some() || start.form.form_ref.is_some()),
            nodes: node_infos(&definition),
        }))));
        for (at, declaration) in definition.graph.jobs.iter().enumerate() {
            let record = JobDefinition {
                id: self.fresh_id(),
                definition: Some(id),
                declaration: u32::try_from(at).ok(),
                activity: Some(definition.graph.node(declaration.node).id.to_string()),
                job_type: declaration.job_type.to_owned(),
                configuration: Some(declaration.configuration.clone()),
                suspended: false,
                overriding_priority: None,
                tenant: tenant.clone(),
                deployment: Some(self.deployment.id),
            };
            self.records.push(RecordChange::Put(Record::JobDefinition(Box::new(record))));
        }
        let replaced = latest.map(|row| row.id);
        if let Some(latest) = replaced {
            self.records.extend(start_event_removals(self.world, latest));
        }
        let started = self.lane.start_events(&definition, self.world, replaced)?;
        self.records.extend(started);
        self.deployed.process_definitions.push(id);
        self.compiled.push(Arc::new(definition));
        Ok(())
    }

    /// `{file}.{key}.png|jpg|gif|svg` or `{file}.png|…` in the same deployment.
    fn diagram_of(&self, resource: &str, key: &str) -> Option<String> {
        let base = resource.strip_suffix(".bpmn20.xml").or_else(|| resource.strip_suffix(".bpmn"))?;
        let names: Vec<&str> = self.deployment.resources.iter().map(|r| r.name.as_str()).collect();
        [format!("{base}.{key}"), base.to_owned()]
            .iter()
            .flat_map(|stem| ["png", "jpg", "gif", "svg"].map(|end| format!("{stem}.{end}")))
            .find(|name| names.contains(&name.as_str()))
    }

    fn form(&mut self, resource: &crate::request::Resource) -> Result<(), Fault> {
        let parsed: serde_json::Value = serde_json::from_slice(&resource.content).map_err(|error| {
            Fault::engine(format!(
                "ENGINE-09033 Could not parse Camunda Form resource {}. Cause: {error}",
                resource.name
            ))
        })?;
        let key = parsed.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        self.claim("form", &key, &resource.name)?;
        let tenant = self.deployment.tenant.clone();
        let version = self.world.latest_form_definition(&key, tenant.as_deref()).map_or(1, |row| row.version + 1);
        let record = CamundaFormDefinition {
            id: self.fresh_id(),
            key,
            version,
            deployment: self.deployment.id,
            resource: resource.name.clone(),
            tenant,
        };
        self.records.push(RecordChange::Put(Record::FormDefinition(Box::new(record))));
        Ok(())
    }
}

fn initial_id(definition: &Definition) -> Option<&str> {
    definition.graph.initial.map(|node| &*definition.graph.node(node).id)
}

fn node_infos(definition: &Definition) -> Vec<NodeInfo> {
    definition
        .graph
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| NodeInfo {
            id: node.id.clone(),
            name: node.name.clone(),
            activity_type: node.activity_type.clone().into(),
            flow_scope: (at > 0 && node.parent.0 > 0).then_some(node.parent.0),
            is_scope: node.is_scope,
            throws_compensation: matches!(node.kind, Kind::CompensationThrow(_) | Kind::CancelEnd),
            is_compensation_handler: node.for_compensation,
        })
        .collect()
}

/// The fault of a file that does not parse, with its problems as the REST API shows them.
fn parse_fault(resource: &str, diagnostics: &[Diagnostic]) -> Fault {
    let message = bpmn_parser::camunda_message(resource, diagnostics);
    let Some(report) = bpmn_parser::camunda_report(diagnostics) else {
        // no XML, or an exception in the middle of parsing: no details
        return Fault::engine(message);
    };
    let mut fault = Fault::new(FaultKind::Parse, message);
    let problems = |found: &[bpmn_parser::ProblemReport]| -> Vec<serde_json::Value> {
        found
            .iter()
            .map(|problem| {
                serde_json::json!({
                    "message": problem.message,
                    "line": problem.line,
                    "column": problem.column,
                    "mainElementId": problem.main_element_id,
                    // spelled with a Cyrillic letter in Camunda, and clients read it so
                    "\u{435}lementIds": problem.element_ids,
                })
            })
            .collect()
    };
    let report = serde_json::json!({
        "details": {
            resource: { "errors": problems(&report.errors), "warnings": problems(&report.warnings) }
        }
    });
    fault.details = Some(report.to_string());
    fault
}

/// A stored definition, parsed and compiled again.
pub(super) fn compile_stored(world: &World, options: &bpmn_parser::ParseOptions, id: Id) -> Result<Definition, Fault> {
    let row = world.process_definition(id).ok_or_else(|| {
        Fault::null(format!("no deployed process definition found with id '{id}': processDefinition is null"))
    })?;
    let gone = || Fault::engine(format!("resource `{}` of definition {} is gone", row.resource, row.text_id));
    let deployment = world.deployment(row.deployment).ok_or_else(gone)?;
    let resource = deployment.resources.iter().find(|r| r.name == row.resource).ok_or_else(gone)?;
    let parsed = bpmn_parser::parse(&resource.bytes, &resource.name, options);
    let definitions = parsed.definitions.ok_or_else(gone)?;
    let process = definitions.processes.iter().find(|p| p.executable && p.id == row.key).ok_or_else(gone)?;
    let graph = graph::compile(process).map_err(|error| Fault::engine(error.to_string()))?;
    let same = graph.nodes.len() == row.nodes.len()
        && graph.nodes.iter().zip(&row.nodes).all(|(node, known)| node.id == known.id);
    if !same {
        return Err(Fault::engine(format!(
            "definition {} compiles to other nodes than when it was deployed: this version of Tollgate can't run its \
             instances",
            row.text_id
        )));
    }
    Ok(Definition {
        id,
        key: Arc::from(row.key.as_str()),
        version: row.version,
        name: row.name.as_deref().map(Arc::from),
        tenant: row.tenant.as_deref().map(Arc::from),
        deployment: row.deployment,
        history_time_to_live: row.history_time_to_live,
        graph: Arc::new(graph),
    })
}

impl super::Shared {
    /// [`super::Shared::definition`] for callers that hold the read lock already.
    pub(super) fn definition_in(&self, world: &World, id: Id) -> Result<Arc<Definition>, Fault> {
        if let Some(known) = self.definitions.read().get(&id) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(compile_stored(world, &self.options.parse, id)?);
        self.remember(compiled.clone());
        Ok(compiled)
    }
}
