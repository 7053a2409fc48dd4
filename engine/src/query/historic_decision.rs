//! Evaluated decisions in history.

use engine_core::history::HistoricDecisionInstance;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{among, under_each, under_id},
    parameters::{Sort, query, sorting},
    visibility::sees,
};
use crate::{
    request::Caller,
    world::{
        World,
        cold::Traces,
        past::Past,
        permission::{READ_HISTORY, Resource},
    },
};

query! {
    /// `GET /history/decision-instance`.
    HistoricDecisionInstanceQuery
    text {
        decision_instance_id, decision_definition_id, decision_definition_key, decision_definition_name,
        decision_definition_name_like, process_definition_id, process_definition_key, process_instance_id, user_id,
        root_decision_instance_id, decision_requirements_definition_id, decision_requirements_definition_key,
    }
    texts {
        decision_instance_id_in, decision_definition_id_in, decision_definition_key_in, activity_id_in,
        activity_instance_id_in, tenant_id_in,
    }
    time { evaluated_before, evaluated_after }
    flag { root_decision_instances_only, without_tenant_id, impossible }
    ;
    sorting: Vec<Sort<HistoricDecisionInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricDecisionInstanceSorting { EvaluationTime = "evaluationTime", TenantId = "tenantId" });

/// An evaluated decision in history.
pub type HistoricDecisionInstanceRow<'w> = Row<'w, HistoricDecisionInstance>;

evaluated! { HistoricDecisionInstanceQuery => HistoricDecisionInstanceRow; }

super::evaluate::identified!(HistoricDecisionInstanceQuery);

impl<'w> HistoricDecisionInstanceRow<'w> {
    /// `decisionDefinitionId`.
    pub fn decision_definition_id(&self) -> Option<&'w str> {
        self.world.decision_definition(self.entity.decision_definition).map(|definition| &*definition.text_id)
    }

    /// `decisionRequirementsDefinitionId`.
    pub fn requirements_definition_id(&self) -> Option<&'w str> {
        let definition = self.world.requirements_definition(self.entity.requirements_definition?);
        definition.map(|definition| &*definition.text_id)
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(self.entity.definition)
    }

    /// `activityInstanceId`.
    pub fn activity_instance_id(&self) -> Option<String> {
        self.world.historic_activity_text_id(self.entity.activity_instance?, self.entity.activity.as_deref())
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl Criteria for HistoricDecisionInstanceQuery {
    type Row<'w> = HistoricDecisionInstanceRow<'w>;
    type SortBy = HistoricDecisionInstanceSorting;

    fn everything(world: &World) -> Rows<'_, HistoricDecisionInstanceRow<'_>> {
        Box::new(world.historic_decisions().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricDecisionInstanceRow<'_>> {
        world.historic_decision(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.decisions;
        Some(if let Some(id) = &self.decision_instance_id {
            among(&past.archive.decisions, parsed([id]))
        } else if !self.decision_instance_id_in.is_empty() {
            among(&past.archive.decisions, parsed(&self.decision_instance_id_in))
        } else if let Some(id) = &self.root_decision_instance_id {
            let mut found = under_id(&by.root_decision, id);
            found.extend(parsed([id]));
            found
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(id) = &self.decision_definition_id {
            let definition = world.decision_definition_by_text(id);
            under_each(&by.decision_definition, definition.map(|definition| definition.id))
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let traces = Traces::any()
            .given(self.decision_instance_id.as_ref().map(|id| parsed([id])))
            .given((!self.decision_instance_id_in.is_empty()).then(|| parsed(&self.decision_instance_id_in)))
            .given(self.root_decision_instance_id.as_ref().map(|id| parsed([id])))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])))
            .given(
                self.decision_definition_id.as_ref().map(|id| world.decision_definition_by_text(id).map(|row| row.id)),
            );
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricDecisionInstanceRow<'_>) -> bool {
        let mut check = Check::all();
        check.when(self.impossible, || false);
        check.id(self.decision_instance_id.as_ref(), Some(row.id));
        check.id_in(&self.decision_instance_id_in, Some(row.id));
        check.text(self.decision_definition_id.as_ref(), |id| row.decision_definition_id() == Some(id));
        check.within(&self.decision_definition_id_in, row.decision_definition_id());
        check.equals(self.decision_definition_key.as_ref(), Some(&row.key));
        check.within(&self.decision_definition_key_in, Some(&row.key));
        check.equals(self.decision_definition_name.as_ref(), row.name.as_deref());
        check.like(self.decision_definition_name_like.as_ref(), row.name.as_deref());
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.when(!self.activity_instance_id_in.is_empty(), || {
            row.activity_instance_id().is_some_and(|id| self.activity_instance_id_in.contains(&id))
        });
        check.within(&self.activity_id_in, row.activity.as_deref());
        check.until(self.evaluated_before, Some(row.time));
        check.since(self.evaluated_after, Some(row.time));
        check.equals(self.user_id.as_ref(), row.user.as_deref());
        check.id(self.root_decision_instance_id.as_ref(), Some(row.root_decision.unwrap_or(row.id)));
        check.when(self.root_decision_instances_only, || row.root_decision.is_none());
        check
            .text(self.decision_requirements_definition_id.as_ref(), |id| row.requirements_definition_id() == Some(id));
        check.equals(self.decision_requirements_definition_key.as_ref(), row.requirements_key.as_deref());
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: HistoricDecisionInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            row.world.may(viewer, Resource::DecisionDefinition, Some(&row.key), READ_HISTORY)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricDecisionInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricDecisionInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            HistoricDecisionInstanceSorting::EvaluationTime => row.time.into(),
            HistoricDecisionInstanceSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
