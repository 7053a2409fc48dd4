//! Messages, signals and conditions from outside (S-MS, S-SG, S-CE).

use engine_core::{
    command::{Command, Outcome, Start, Variables},
    error::{Fault, FaultKind},
    graph::NodeIx,
    state::{EventSubscription, SubscriptionKind},
};
use models::{Id, Value};

use super::{Engine, lane::Lane, receivers::Receiver, start_timer};
use crate::{
    pending::Pending,
    request::{Caller, Correlate, Correlated, EvaluateConditions, Signal, StartedInstance, TenantChoice},
    rights::Rights,
    world::World,
};

/// Where a message goes.
#[derive(Clone)]
enum Target {
    Subscription { root: Id, row: EventSubscription },
    Start { root: Id, definition: Id, node: u32, tenant: Option<String> },
}

impl Engine {
    /// Correlates a message: to one receiver, or to all that match.
    pub fn correlate(&self, request: Correlate, caller: &Caller) -> Pending<Vec<Correlated>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| lane.correlate(&request, &caller, answer))
    }

    /// Broadcasts a signal, or delivers it to one execution.
    pub fn signal(&self, request: Signal, caller: &Caller) -> Pending<()> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            let found = lane.shared.admit_work().and_then(|()| lane.signal_targets(&request, &caller));
            let found = found.and_then(|commands| lane.permit_all(&caller, &commands).map(|()| commands));
            match found {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok(commands) => {
                    lane.transact_many(
                        commands,
                        &caller,
                        Vec::new(),
                        Box::new(move |result| drop(answer.send(result.map(|_| ())))),
                    );
                }
            }
        })
    }

    /// Starts processes whose conditional start event is true for the given variables.
    pub fn evaluate_conditions(&self, request: EvaluateConditions, caller: &Caller) -> Pending<Vec<StartedInstance>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            let found = lane.shared.admit_work().and_then(|()| lane.condition_targets(&request, &caller));
            let found = found.and_then(|starts| {
                let check = |rights: Rights<'_>| starts.iter().try_for_each(|start| rights.start_instance(start.1));
                lane.permit(&caller, check).map(|()| starts)
            });
            match found {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok(starts) => {
                    let commands = starts
                        .iter()
                        .map(|(root, definition, node, _)| {
                            let start = Start {
                                definition: *definition,
                                business_key: request.business_key.clone(),
                                variables: request.variables.clone(),
                                start_event: Some(NodeIx(*node)),
                                ..Start::default()
                            };
                            (*root, Command::Start(Box::new(start)))
                        })
                        .collect();
                    let shared = lane.shared.clone();
                    lane.transact_many(
                        commands,
                        &caller,
                        Vec::new(),
                        Box::new(move |result| {
                            drop(answer.send(result.map(|_| {
                                let world = shared.world.read();
                                starts
                                    .into_iter()
                                    .map(|(root, definition, _, tenant)| StartedInstance {
                                        process_instance: root,
                                        definition,
                                        business_key: request.business_key.clone(),
                                        tenant,
                                        ended: world.process_instance(root).is_none(),
                                        variables: Variables::default(),
                                    })
                                    .collect()
                            })));
                        }),
                    );
                }
            }
        })
    }
}

type Answer = tokio::sync::oneshot::Sender<Result<Vec<Correlated>, Fault>>;

impl Lane {
    /// What a message does to process instances that wait for it.
    pub(super) fn deliveries(&mut self, request: &Correlate) -> Result<Vec<(Id, Command)>, Fault> {
        let targets = self.message_targets(request, &Caller::default())?;
        Ok(targets.iter().map(|target| delivery(target, request)).collect())
    }

    fn correlate(&mut self, request: &Correlate, caller: &Caller, answer: Answer) {
        let targets = self.shared.admit_work().and_then(|()| self.message_targets(request, caller));
        let targets = match targets {
            Ok(targets) => targets,
            Err(fault) => {
                if let Some(once) = &caller.once {
                    once.done();
                }
                drop(answer.send(Err(fault)));
                return;
            }
        };
        let commands: Vec<(Id, Command)> = targets.iter().map(|target| delivery(target, request)).collect();
        if let Err(fault) = self.permit_all(caller, &commands) {
            drop(answer.send(Err(fault)));
            return;
        }
        if request.all
            && let Some(first) = targets.first()
        {
            let definition = match first {
                Target::Subscription { row, .. } => row.definition,
                Target::Start { definition, .. } => *definition,
            };
            let entry = crate::audit::correlated(&self.shared.world.read(), request, Some(definition), targets.len());
            self.note([entry], caller);
        }
        let business_key = request.business_key.clone();
        let results = move |outcomes: &[Outcome]| -> Vec<Correlated> {
            let results = targets.iter().zip(outcomes);
            results.map(|(target, outcome)| correlated(target, outcome, business_key.clone())).collect()
        };
        let mut caller = caller.clone();
        caller.once = caller.once.map(|once| once.of_message(results.clone()));
        let answer = move |result: Result<Vec<Outcome>, Fault>| {
            drop(answer.send(result.map(|outcomes| results(&outcomes))));
        };
        match <[_; 1]>::try_from(commands) {
            // behind a handler of the receiver, if need be; with an entry of the log the commit must come at once
            Ok([(root, command)]) if !request.all => {
                let done = Box::new(move |result: Result<Outcome, Fault>| answer(result.map(|outcome| vec![outcome])));
                self.transact(root, vec![command], caller, done);
            }
            Ok(commands) => self.transact_many(commands.into(), &caller, Vec::new(), Box::new(answer)),
            Err(commands) => self.transact_many(commands, &caller, Vec::new(), Box::new(answer)),
        }
    }

    /// Receivers of a message (S-MS-2 to S-MS-6).
    fn message_targets(&mut self, request: &Correlate, caller: &Caller) -> Result<Vec<Target>, Fault> {
        if request.name.is_none()
            && request.business_key.is_none()
            && request.correlation_keys.is_empty()
            && request.process_instance.is_none()
            && request.local_correlation_keys.is_empty()
        {
            return Err(Fault::null(
                "At least one of the following correlation criteria has to be present: messageName, businessKey, \
                 correlationKeys, processInstanceId",
            ));
        }
        let mut targets = Vec::new();
        if !request.start_only {
            let found = self.receivers(request, caller);
            targets = found.into_iter().map(|Receiver { root, row }| Target::Subscription { root, row }).collect();
            if !request.all && targets.len() > 1 {
                return Err(Fault::new(
                    FaultKind::MismatchingMessageCorrelation,
                    format!(
                        "ENGINE-13031 Cannot correlate a message with name '{}' to a single execution. {} executions match \
                         the correlation keys: {}",
                        request.name.as_deref().unwrap_or("null"),
                        targets.len(),
                        describe(request)
                    ),
                ));
            }
        }
        if !request.executions_only && (request.all || targets.is_empty()) {
            if let Some(name) = &request.name {
                let shared = self.shared.clone();
                let world = shared.world.read();
                let starts: Vec<_> = world
                    .start_subscriptions_for(SubscriptionKind::Message, Some(name))
                    .filter(|row| request.definition.is_none_or(|id| id == row.definition))
                    .filter(|row| tenant_matches(&request.tenant, row.tenant.as_deref()))
                    .filter(|row| World::sees_tenant(caller, row.tenant.as_deref()))
                    .filter(|row| world.process_definition(row.definition).is_some_and(|d| !d.suspended))
                    .map(|row| (row.definition, row.node, row.tenant.clone()))
                    .collect();
                if !request.all && starts.len() > 1 {
                    return Err(Fault::new(
                        FaultKind::MismatchingMessageCorrelation,
                        format!(
                            "ENGINE-13030 Cannot correlate a message with name '{name}' to a single process definition. {} \
                             process definitions match the correlations keys: {}",
                            starts.len(),
                            describe(request)
                        ),
                    ));
                }
                for (definition, node, tenant) in starts {
                    targets.push(Target::Start { root: self.ids.fresh(), definition, node, tenant });
                }
            }
        }
        if targets.is_empty() && !request.all {
            let what = if request.start_only { "No process definition" } else { "No process definition or execution" };
            return Err(Fault::new(
                FaultKind::MismatchingMessageCorrelation,
                format!(
                    "Cannot correlate message '{}': {what} matches the parameters",
                    request.name.as_deref().unwrap_or("null")
                ),
            ));
        }
        Ok(targets)
    }

    fn signal_targets(&mut self, request: &Signal, caller: &Caller) -> Result<Vec<(Id, Command)>, Fault> {
        self.settle();
        let shared = self.shared.clone();
        let world = shared.world.read();
        let received = |row: &EventSubscription| {
            Some((
                world.root_of_subscription(row.id)?,
                Command::EventReceived {
                    subscription: row.id,
                    variables: request.variables.clone(),
                    local: Variables::default(),
                    triggered_scope: Variables::default(),
                    asynchronous: false,
                },
            ))
        };
        if let Some(execution) = request.execution {
            let found = world
                .subscriptions_of_execution(execution)
                .find(|row| row.kind == SubscriptionKind::Signal && row.name.as_deref() == Some(&request.name));
            let row = found.ok_or_else(|| {
                Fault::not_found(format!(
                    "Execution '{execution}' has not subscribed to a signal event with name '{}'. is empty",
                    request.name
                ))
            })?;
            return Ok(received(row).into_iter().collect());
        }
        let mut commands: Vec<(Id, Command)> = world
            .subscriptions_for(SubscriptionKind::Signal, Some(&request.name))
            .filter(|row| tenant_matches(&request.tenant, row.tenant.as_deref()))
            .filter(|row| reaches(&request.tenant, caller, row.tenant.as_deref()))
            .filter(|row| world.execution(row.execution).is_some_and(|e| !e.suspended))
            .filter_map(received)
            .collect();
        let starts: Vec<(Id, u32)> = world
            .start_subscriptions_for(SubscriptionKind::Signal, Some(&request.name))
            .filter(|row| tenant_matches(&request.tenant, row.tenant.as_deref()))
            .filter(|row| reaches(&request.tenant, caller, row.tenant.as_deref()))
            .filter(|row| world.process_definition(row.definition).is_some_and(|d| !d.suspended))
            .map(|row| (row.definition, row.node))
            .collect();
        for (definition, node) in starts {
            let start = Start {
                definition,
                variables: request.variables.clone(),
                start_event: Some(NodeIx(node)),
                ..Start::default()
            };
            commands.push((self.ids.fresh(), Command::Start(Box::new(start))));
        }
        Ok(commands)
    }

    #[expect(clippy::type_complexity, reason = "root, definition, start event and tenant, used once")]
    fn condition_targets(
        &mut self,
        request: &EvaluateConditions,
        caller: &Caller,
    ) -> Result<Vec<(Id, Id, u32, Option<String>)>, Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let candidates: Vec<_> = match request.definition {
            Some(id) => {
                let definition = shared.definition_in(&world, id)?;
                let found: Vec<_> = definition
                    .graph
                    .start_subscriptions
                    .iter()
                    .filter(|declaration| declaration.kind == SubscriptionKind::Conditional)
                    .map(|declaration| (id, declaration.node.0, definition.tenant.as_deref().map(str::to_owned)))
                    .collect();
                if found.is_empty() {
                    return Err(Fault::engine(format!(
                        "ENGINE-13042 Process definition with id '{}' does not declare conditional start event.",
                        definition.text_id()
                    )));
                }
                found
            }
            None => world
                .start_subscriptions_for(SubscriptionKind::Conditional, None)
                .filter(|row| tenant_matches(&request.tenant, row.tenant.as_deref()))
                .filter(|row| World::sees_tenant(caller, row.tenant.as_deref()))
                .filter(|row| world.process_definition(row.definition).is_some_and(|d| !d.suspended))
                .map(|row| (row.definition, row.node, row.tenant.clone()))
                .collect(),
        };
        if candidates.is_empty() {
            return Err(Fault::engine(
                "ENGINE-13043 No subscriptions were found during evaluation of the conditional start events.",
            ));
        }
        let mut targets = Vec::new();
        for (id, node, tenant) in candidates {
            let definition = shared.definition_in(&world, id)?;
            let Some(declaration) =
                definition.graph.start_subscriptions.iter().find(|declaration| declaration.node.0 == node)
            else {
                continue;
            };
            let Some(condition) = &declaration.condition else { continue };
            let passed = condition
                .variable_name
                .as_ref()
                .is_none_or(|name| request.variables.0.iter().any(|one| one.name == *name));
            if !passed {
                continue;
            }
            let mut scope = start_timer::Empty {
                now: shared.clock.now(),
                zone: shared.options.settings.time_zone.clone(),
                variables: request.variables.0.iter().map(|one| (one.name.clone(), one.value.clone())).collect(),
                caller: Caller::default(),
            };
            if scope.holds(&condition.condition, &*shared.scripts)? {
                targets.push((self.ids.fresh(), id, node, tenant));
            }
        }
        Ok(targets)
    }
}

/// Whether a tenant is among those chosen.
pub(super) fn tenant_matches(choice: &TenantChoice, tenant: Option<&str>) -> bool {
    match choice {
        TenantChoice::Any => true,
        TenantChoice::Without => tenant.is_none(),
        TenantChoice::Is(wanted) => tenant == Some(wanted),
    }
}

/// Without a tenant in the request, only things of the caller's tenants are reached; with one, a wrong one is refused later.
fn reaches(choice: &TenantChoice, caller: &Caller, tenant: Option<&str>) -> bool {
    *choice != TenantChoice::Any || World::sees_tenant(caller, tenant)
}

/// What was asked for, in the words of Camunda's `CorrelationSet`.
fn describe(request: &Correlate) -> String {
    let text = |value: Option<&str>| value.unwrap_or("null").to_owned();
    let keys = |keys: &Variables| {
        if keys.0.is_empty() {
            return "null".to_owned();
        }
        let entries = keys.0.iter().map(|one| format!("  {} => {}\n", one.name, describe_value(&one.value)));
        format!("{{\n{}}}", entries.collect::<String>())
    };
    let (tenant, is_tenant_set) = match &request.tenant {
        TenantChoice::Any => (None, false),
        TenantChoice::Without => (None, true),
        TenantChoice::Is(tenant) => (Some(tenant.as_str()), true),
    };
    format!(
        "CorrelationSet [businessKey={}, processInstanceId={}, processDefinitionId={}, correlationKeys={}, \
         localCorrelationKeys={}, tenantId={}, isTenantIdSet={is_tenant_set}, isExecutionsOnly=false]",
        text(request.business_key.as_deref()),
        request.process_instance.map_or_else(|| "null".to_owned(), |id| id.to_string()),
        request.definition.map_or_else(|| "null".to_owned(), |id| id.to_string()),
        keys(&request.correlation_keys),
        keys(&request.local_correlation_keys),
        text(tenant),
    )
}

/// A value as Java's untyped values print themselves.
fn describe_value(value: &Value) -> String {
    let text = match value {
        Value::Null | Value::NullOf(_) | Value::Bytes(_) | Value::File(_) | Value::Object(_) => "null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Short(number) => number.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Long(number) => number.to_string(),
        Value::Double(number) => format!("{number:?}"),
        Value::String(text) | Value::Json(text) | Value::Xml(text) => text.to_string(),
        Value::Date(time) => time.0.to_string(),
    };
    format!("Untyped value '{text}', isTransient = false")
}

fn correlated(target: &Target, outcome: &Outcome, business_key: Option<String>) -> Correlated {
    match target {
        Target::Subscription { row, .. } => Correlated::Execution {
            execution: row.execution,
            process_instance: row.process_instance,
            tenant: row.tenant.as_deref().map(str::to_owned),
            variables: match outcome {
                Outcome::Variables(variables) => variables.clone(),
                _ => Variables::default(),
            },
        },
        Target::Start { root, definition, tenant, .. } => {
            let (ended, variables) = match outcome {
                Outcome::Started { ended, variables, .. } => (*ended, variables.clone()),
                _ => (false, Variables::default()),
            };
            Correlated::Started(StartedInstance {
                process_instance: *root,
                definition: *definition,
                business_key,
                tenant: tenant.clone(),
                ended,
                variables,
            })
        }
    }
}

/// The command that delivers a message to a target.
fn delivery(target: &Target, request: &Correlate) -> (Id, Command) {
    match target {
        Target::Subscription { root, row } => (
            *root,
            Command::EventReceived {
                subscription: row.id,
                variables: request.variables.clone(),
                local: request.local.clone(),
                triggered_scope: request.triggered_scope.clone(),
                asynchronous: false,
            },
        ),
        Target::Start { root, definition, node, .. } => {
            let mut variables = request.variables.clone();
            variables.0.extend(request.local.0.iter().cloned());
            variables.0.extend(request.triggered_scope.0.iter().cloned());
            let start = Start {
                definition: *definition,
                business_key: request.business_key.clone(),
                variables,
                start_event: Some(NodeIx(*node)),
                ..Start::default()
            };
            (*root, Command::Start(Box::new(start)))
        }
    }
}
