//! Decision definitions and decision requirements definitions.

use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    parameters::{Sort, query, sorting},
    visibility::sees,
};
use crate::{
    request::Caller,
    world::{
        DecisionDefinition, DecisionRequirementsDefinition, Shown, World,
        permission::{READ, Resource},
    },
};

query! {
    /// `GET /decision-definition`.
    DecisionDefinitionQuery
    text {
        decision_definition_id, category, category_like, deployment_id, key, key_like, name, name_like, resource_name,
        resource_name_like, decision_requirements_definition_id, decision_requirements_definition_key, version_tag,
        version_tag_like,
    }
    texts { decision_definition_id_in, tenant_id_in }
    time { deployed_after, deployed_at }
    number { version }
    flag {
        latest_version, without_decision_requirements_definition, without_tenant_id,
        include_decision_definitions_without_tenant_id,
    }
    ;
    sorting: Vec<Sort<DecisionDefinitionSorting>> = "Sorting keys, the first first.",
}

sorting!(DecisionDefinitionSorting {
    Id = "id",
    Key = "key",
    Name = "name",
    Version = "version",
    DeploymentId = "deploymentId",
    DeployTime = "deployTime",
    Category = "category",
    TenantId = "tenantId",
    VersionTag = "versionTag",
    DecisionRequirementsDefinitionKey = "decisionRequirementsDefinitionKey",
});

query! {
    /// `GET /decision-requirements-definition`.
    DecisionRequirementsDefinitionQuery
    text {
        decision_requirements_definition_id, category, category_like, deployment_id, key, key_like, name, name_like,
        resource_name, resource_name_like,
    }
    texts { decision_requirements_definition_id_in, tenant_id_in }
    number { version }
    flag { latest_version, without_tenant_id, include_decision_requirements_definitions_without_tenant_id }
    ;
    sorting: Vec<Sort<DecisionRequirementsDefinitionSorting>> = "Sorting keys, the first first.",
}

sorting!(DecisionRequirementsDefinitionSorting {
    Id = "id",
    Key = "key",
    Name = "name",
    Version = "version",
    DeploymentId = "deploymentId",
    Category = "category",
    TenantId = "tenantId",
});

/// A decision definition in a result.
pub type DecisionDefinitionRow<'w> = Row<'w, Shown<DecisionDefinition>>;

/// A decision requirements definition in a result.
pub type DecisionRequirementsDefinitionRow<'w> = Row<'w, Shown<DecisionRequirementsDefinition>>;

evaluated! {
    DecisionDefinitionQuery => DecisionDefinitionRow;
    DecisionRequirementsDefinitionQuery => DecisionRequirementsDefinitionRow;
}

impl<'w> DecisionDefinitionRow<'w> {
    /// `decisionRequirementsDefinitionId`.
    pub fn requirements_definition_id(&self) -> Option<&'w str> {
        let definition = self.world.requirements_definition(self.entity.requirements_definition?);
        definition.map(|definition| &*definition.text_id)
    }
}

impl Criteria for DecisionDefinitionQuery {
    type Row<'w> = DecisionDefinitionRow<'w>;
    type SortBy = DecisionDefinitionSorting;

    fn everything(world: &World) -> Rows<'_, DecisionDefinitionRow<'_>> {
        // by the ids the API shows, as the database orders them
        let mut rows: Vec<_> = world.decision_definitions().map(|definition| Row::new(world, definition)).collect();
        rows.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        Box::new(rows.into_iter())
    }

    fn row(world: &World, id: Id) -> Option<DecisionDefinitionRow<'_>> {
        world.decision_definition(id).map(|definition| Row::new(world, definition))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let definition = world.decision_definition_by_text(self.decision_definition_id.as_ref()?);
        Some(definition.map(|definition| definition.id).into_iter().collect())
    }

    fn matches(&self, row: DecisionDefinitionRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.equals(self.decision_definition_id.as_ref(), Some(&row.text_id));
        check.within(&self.decision_definition_id_in, Some(&row.text_id));
        check.equals(self.category.as_ref(), row.category.as_deref());
        check.like(self.category_like.as_ref(), row.category.as_deref());
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.like(self.name_like.as_ref(), row.name.as_deref());
        check.equals(self.key.as_ref(), Some(&row.key));
        check.like(self.key_like.as_ref(), Some(&row.key));
        check.equals(self.resource_name.as_ref(), Some(&row.resource));
        check.like(self.resource_name_like.as_ref(), Some(&row.resource));
        check.id(self.deployment_id.as_ref(), Some(row.deployment));
        let deployed = world.deployment(row.deployment).map(|deployment| deployment.time);
        check.after(self.deployed_after, deployed);
        check.at(self.deployed_at, deployed);
        check.when(self.version.is_some(), || self.version == Some(i64::from(row.version)));
        check.when(self.latest_version, || world.repository.decisions.is_latest(row.entity));
        check
            .text(self.decision_requirements_definition_id.as_ref(), |id| row.requirements_definition_id() == Some(id));
        check.equals(self.decision_requirements_definition_key.as_ref(), row.requirements_key.as_deref());
        check.when(self.without_decision_requirements_definition, || row.requirements_definition.is_none());
        check.tenant(
            &self.tenant_id_in,
            self.include_decision_definitions_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.equals(self.version_tag.as_ref(), row.version_tag.as_deref());
        check.like(self.version_tag_like.as_ref(), row.version_tag.as_deref());
        check.verdict()
    }

    fn visible(&self, row: DecisionDefinitionRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            row.world.may(viewer, Resource::DecisionDefinition, Some(&row.key), READ)
        })
    }

    fn sorting(&self) -> &[Sort<DecisionDefinitionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &DecisionDefinitionSorting, row: Self::Row<'w>) -> Key<'w> {
        let definition = row.entity;
        match by {
            DecisionDefinitionSorting::Id => Key::text(&definition.text_id),
            DecisionDefinitionSorting::Key => definition.key.as_str().into(),
            DecisionDefinitionSorting::Name => definition.name.as_deref().into(),
            DecisionDefinitionSorting::Version => definition.version.into(),
            DecisionDefinitionSorting::DeploymentId => definition.deployment.into(),
            DecisionDefinitionSorting::DeployTime => {
                row.world.deployment(definition.deployment).map(|deployment| deployment.time).into()
            }
            DecisionDefinitionSorting::Category => definition.category.as_deref().into(),
            DecisionDefinitionSorting::TenantId => definition.tenant.as_deref().into(),
            DecisionDefinitionSorting::VersionTag => definition.version_tag.as_deref().into(),
            DecisionDefinitionSorting::DecisionRequirementsDefinitionKey => {
                definition.requirements_key.as_deref().into()
            }
        }
    }
}

impl Criteria for DecisionRequirementsDefinitionQuery {
    type Row<'w> = DecisionRequirementsDefinitionRow<'w>;
    type SortBy = DecisionRequirementsDefinitionSorting;

    fn everything(world: &World) -> Rows<'_, DecisionRequirementsDefinitionRow<'_>> {
        let mut rows: Vec<_> = world.requirements_definitions().map(|definition| Row::new(world, definition)).collect();
        rows.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        Box::new(rows.into_iter())
    }

    fn row(world: &World, id: Id) -> Option<DecisionRequirementsDefinitionRow<'_>> {
        world.requirements_definition(id).map(|definition| Row::new(world, definition))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let definition = world.requirements_definition_by_text(self.decision_requirements_definition_id.as_ref()?);
        Some(definition.map(|definition| definition.id).into_iter().collect())
    }

    fn matches(&self, row: DecisionRequirementsDefinitionRow<'_>) -> bool {
        let mut check = Check::all();
        check.equals(self.decision_requirements_definition_id.as_ref(), Some(&row.text_id));
        check.within(&self.decision_requirements_definition_id_in, Some(&row.text_id));
        check.equals(self.category.as_ref(), row.category.as_deref());
        check.like(self.category_like.as_ref(), row.category.as_deref());
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.like(self.name_like.as_ref(), row.name.as_deref());
        check.equals(self.key.as_ref(), Some(&row.key));
        check.like(self.key_like.as_ref(), Some(&row.key));
        check.equals(self.resource_name.as_ref(), Some(&row.resource));
        check.like(self.resource_name_like.as_ref(), Some(&row.resource));
        check.id(self.deployment_id.as_ref(), Some(row.deployment));
        check.when(self.version.is_some(), || self.version == Some(i64::from(row.version)));
        check.when(self.latest_version, || row.world.repository.requirements.is_latest(row.entity));
        check.tenant(
            &self.tenant_id_in,
            self.include_decision_requirements_definitions_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.verdict()
    }

    fn visible(&self, row: DecisionRequirementsDefinitionRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            row.world.may(viewer, Resource::DecisionRequirementsDefinition, Some(&row.key), READ)
        })
    }

    fn sorting(&self) -> &[Sort<DecisionRequirementsDefinitionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &DecisionRequirementsDefinitionSorting, row: Self::Row<'w>) -> Key<'w> {
        let definition = row.entity;
        match by {
            DecisionRequirementsDefinitionSorting::Id => Key::text(&definition.text_id),
            DecisionRequirementsDefinitionSorting::Key => definition.key.as_str().into(),
            DecisionRequirementsDefinitionSorting::Name => definition.name.as_deref().into(),
            DecisionRequirementsDefinitionSorting::Version => definition.version.into(),
            DecisionRequirementsDefinitionSorting::DeploymentId => definition.deployment.into(),
            DecisionRequirementsDefinitionSorting::Category => definition.category.as_deref().into(),
            DecisionRequirementsDefinitionSorting::TenantId => definition.tenant.as_deref().into(),
        }
    }
}
