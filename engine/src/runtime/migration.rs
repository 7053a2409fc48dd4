//! Migration plans and their execution (S-MO-9).

use std::sync::Arc;

use engine_core::{
    command::{Command, Migration, MigrationInstruction},
    error::{Fault, FaultKind},
    host::Definition,
    migration,
};
use models::Id;
use serde_json::json;

use super::{Engine, Shared};
use crate::{
    audit,
    pending::Pending,
    request::{Caller, GenerateMigration, Migrate, MigrationPlan, MigrationReport},
    rights::Rights,
    world::World,
};

impl Engine {
    /// Makes a migration plan that maps equal activities.
    pub fn generate_migration(&self, request: GenerateMigration, caller: &Caller) -> Pending<MigrationPlan> {
        let permitted = Rights::new(&self.world(), caller).plan_migration(request.source, request.target);
        if let Err(fault) = permitted {
            return Pending::ready(Err(fault));
        }
        Pending::ready(self.inner.shared.generated_plan(request))
    }

    /// Checks a migration plan.
    pub fn validate_migration(&self, plan: MigrationPlan, caller: &Caller) -> Pending<MigrationReport> {
        if let Err(fault) = Rights::new(&self.world(), caller).plan_migration(plan.source, plan.target) {
            return Pending::ready(Err(fault));
        }
        let checked = self.inner.shared.definitions_of(&plan).map(|(source, target)| MigrationReport {
            instructions: migration::validate(&source.graph, &target.graph, &plan.instructions),
            variables: Vec::new(),
        });
        Pending::ready(checked)
    }

    /// Migrates process instances: all of them or none.
    pub fn migrate(&self, request: Migrate, caller: &Caller) -> Pending<()> {
        if let Err(fault) = self.inner.shared.check_plan(&request.plan) {
            return Pending::ready(Err(fault));
        }
        if request.instances.is_empty() {
            return Pending::ready(Err(Fault::bad_request(
                "Process instance ids cannot empty: process instance ids is empty",
            )));
        }
        let by = caller.clone();
        self.administer(caller, move |lane| {
            let shared = lane.shared.clone();
            let world = shared.world.read();
            Rights::new(&world, &by).migrate(&request)?;
            lane.note([audit::migrated(&world, &request, false)], &by);
            let commands =
                request.instances.iter().map(|id| migration_of(&world, &request, *id)).collect::<Result<_, _>>()?;
            Ok((commands, Vec::new()))
        })
    }
}

/// The command that migrates one process instance, and its root.
pub(super) fn migration_of(world: &World, request: &Migrate, instance: Id) -> Result<(Id, Command), Fault> {
    let root = world.root_of_process_instance(instance).ok_or_else(|| {
        Fault::engine(format!(
            "ENGINE-23003 Process instance '{instance}' cannot be migrated. The process instance does not exist"
        ))
    })?;
    let command = Command::Migrate(Box::new(Migration {
        process_instance: instance,
        source: request.plan.source,
        target: request.plan.target,
        instructions: request.plan.instructions.clone(),
        variables: request.plan.variables.clone(),
        skip_custom_listeners: request.skip_custom_listeners,
        skip_io_mappings: request.skip_io_mappings,
    }));
    Ok((root, command))
}

impl Shared {
    fn definitions_of(&self, plan: &MigrationPlan) -> Result<(Arc<Definition>, Arc<Definition>), Fault> {
        let (source, target) = (self.definition(plan.source)?, self.definition(plan.target)?);
        if let (Some(from), Some(to)) = (source.tenant.as_deref(), target.tenant.as_deref()) {
            if from != to {
                return Err(Fault::engine(format!(
                    "ENGINE-2309 Cannot migrate process instances between processes of different tenants ('{from}' != \
                     '{to}')"
                )));
            }
        }
        Ok((source, target))
    }

    fn generated_plan(&self, request: GenerateMigration) -> Result<MigrationPlan, Fault> {
        let mut plan = MigrationPlan {
            source: request.source,
            target: request.target,
            instructions: Vec::new(),
            variables: request.variables,
        };
        let (source, target) = self.definitions_of(&plan)?;
        plan.instructions = migration::generate(&source.graph, &target.graph, request.update_event_triggers);
        Ok(plan)
    }

    /// Refuses a plan that is not valid, with the report.
    pub(super) fn check_plan(&self, plan: &MigrationPlan) -> Result<(), Fault> {
        let (source, target) = self.definitions_of(plan)?;
        let found = migration::validate(&source.graph, &target.graph, &plan.instructions);
        if found.is_empty() {
            return Ok(());
        }
        let text = migration::report_text(&source.text_id(), &target.text_id(), &found);
        let mut fault = Fault::new(FaultKind::MigrationPlanValidation, text);
        let instruction = |one: &MigrationInstruction| {
            json!({
                "sourceActivityIds": [one.source],
                "targetActivityIds": [one.target],
                "updateEventTrigger": one.update_event_trigger,
            })
        };
        let reports: Vec<_> = found
            .iter()
            .map(|(one, failures)| json!({"instruction": instruction(one), "failures": failures}))
            .collect();
        let report = json!({"instructionReports": reports, "variableReports": {}});
        fault.details = Some(json!({"validationReport": report}).to_string());
        Err(fault)
    }
}
