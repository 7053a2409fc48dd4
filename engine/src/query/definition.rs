//! Deployments and process definitions.

use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    parameters::{Sort, query, sorting},
    process_instance::meets_incident,
    text::like_ignoring_case,
    visibility::sees,
};
use crate::{
    request::Caller,
    world::{
        Deployment, ProcessDefinition, Shown, World,
        permission::{CREATE, CREATE_INSTANCE, READ, Resource},
    },
};

query! {
    /// `GET /process-definition`.
    ProcessDefinitionQuery
    text {
        process_definition_id, name, name_like, deployment_id, key, key_like, category, category_like, resource_name,
        resource_name_like, startable_by, incident_id, incident_type, incident_message, incident_message_like, version_tag,
        version_tag_like,
    }
    texts { process_definition_id_in, keys_in, tenant_id_in }
    time { deployed_after, deployed_at }
    number { version }
    flag {
        latest_version, suspended, active, without_tenant_id, include_process_definitions_without_tenant_id,
        without_version_tag, startable_in_tasklist, not_startable_in_tasklist, startable_permission_check,
    }
    ;
    sorting: Vec<Sort<ProcessDefinitionSorting>> = "Sorting keys, the first first.",
}

sorting!(ProcessDefinitionSorting {
    Category = "category",
    Key = "key",
    Id = "id",
    Name = "name",
    Version = "version",
    DeploymentId = "deploymentId",
    DeployTime = "deployTime",
    TenantId = "tenantId",
    VersionTag = "versionTag",
});

query! {
    /// `GET /deployment`.
    DeploymentQuery
    text { id, name, name_like, source }
    texts { tenant_id_in }
    time { before, after }
    flag { without_source, without_tenant_id, include_deployments_without_tenant_id }
    ;
    sorting: Vec<Sort<DeploymentSorting>> = "Sorting keys, the first first.",
}

sorting!(DeploymentSorting {
    Id = "id",
    Name = "name",
    DeploymentTime = "deploymentTime",
    TenantId = "tenantId",
});

/// A process definition in a result.
pub type ProcessDefinitionRow<'w> = Row<'w, Shown<ProcessDefinition>>;

/// A deployment in a result.
pub type DeploymentRow<'w> = Row<'w, Deployment>;

evaluated! {
    ProcessDefinitionQuery => ProcessDefinitionRow;
    DeploymentQuery => DeploymentRow;
}

impl Criteria for ProcessDefinitionQuery {
    type Row<'w> = ProcessDefinitionRow<'w>;
    type SortBy = ProcessDefinitionSorting;

    fn everything(world: &World) -> Rows<'_, ProcessDefinitionRow<'_>> {
        // by the ids the API shows, as the database orders them
        let mut rows: Vec<_> = world.process_definitions().map(|definition| Row::new(world, definition)).collect();
        rows.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        Box::new(rows.into_iter())
    }

    fn row(world: &World, id: Id) -> Option<ProcessDefinitionRow<'_>> {
        world.process_definition(id).map(|definition| Row::new(world, definition))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        // only where at most one row is left, as the order is not that of ids
        let id = self.process_definition_id.as_ref()?;
        Some(world.definition_named(id).into_iter().collect())
    }

    fn matches(&self, row: ProcessDefinitionRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.equals(self.process_definition_id.as_ref(), Some(&row.text_id));
        check.within(&self.process_definition_id_in, Some(&row.text_id));
        check.within(&self.keys_in, Some(&row.key));
        check.equals(self.category.as_ref(), row.category.as_deref());
        check.like(self.category_like.as_ref(), row.category.as_deref());
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.text(self.name_like.as_ref(), |pattern| {
            row.name.as_deref().is_some_and(|name| like_ignoring_case(name, pattern))
        });
        check.equals(self.key.as_ref(), Some(&row.key));
        check.like(self.key_like.as_ref(), Some(&row.key));
        check.equals(self.resource_name.as_ref(), Some(&row.resource));
        check.like(self.resource_name_like.as_ref(), Some(&row.resource));
        check.when(self.version.is_some(), || self.version == Some(i64::from(row.version)));
        check.id(self.deployment_id.as_ref(), Some(row.deployment));
        let deployed = world.deployment(row.deployment).map(|deployment| deployment.time);
        check.after(self.deployed_after, deployed);
        check.at(self.deployed_at, deployed);
        check.when(self.latest_version, || world.repository.processes.is_latest(row.entity));
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        check.text(self.startable_by.as_ref(), |user| {
            row.starter_users.iter().any(|starter| starter == user)
                || row.starter_groups.iter().any(|group| world.is_member(user, group))
        });
        let (kind, id) = (self.incident_type.as_ref(), self.incident_id.as_ref());
        let (message, pattern) = (self.incident_message.as_ref(), self.incident_message_like.as_ref());
        check.when(kind.is_some() || id.is_some() || message.is_some() || pattern.is_some(), || {
            meets_incident(world.incidents_of_definition(row.id), kind, id, message, pattern)
        });
        check.tenant(
            &self.tenant_id_in,
            self.include_process_definitions_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.equals(self.version_tag.as_ref(), row.version_tag.as_deref());
        check.like(self.version_tag_like.as_ref(), row.version_tag.as_deref());
        check.when(self.without_version_tag, || row.version_tag.is_none());
        check.when(self.startable_in_tasklist, || row.startable_in_tasklist);
        check.when(self.not_startable_in_tasklist, || !row.startable_in_tasklist);
        check.verdict()
    }

    fn visible(&self, row: ProcessDefinitionRow<'_>, viewer: &Caller) -> bool {
        let may = |permission| row.world.may(viewer, Resource::ProcessDefinition, Some(&row.key), permission);
        sees(viewer, row.tenant.as_deref(), || {
            may(READ)
                && (!self.startable_permission_check
                    || may(CREATE_INSTANCE) && row.world.may(viewer, Resource::ProcessInstance, None, CREATE))
        })
    }

    fn sorting(&self) -> &[Sort<ProcessDefinitionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &ProcessDefinitionSorting, row: Self::Row<'w>) -> Key<'w> {
        let definition = row.entity;
        match by {
            ProcessDefinitionSorting::Category => definition.category.as_deref().into(),
            ProcessDefinitionSorting::Key => definition.key.as_str().into(),
            ProcessDefinitionSorting::Id => Key::text(&definition.text_id),
            ProcessDefinitionSorting::Name => definition.name.as_deref().into(),
            ProcessDefinitionSorting::Version => definition.version.into(),
            ProcessDefinitionSorting::DeploymentId => definition.deployment.into(),
            ProcessDefinitionSorting::DeployTime => {
                row.world.deployment(definition.deployment).map(|deployment| deployment.time).into()
            }
            ProcessDefinitionSorting::TenantId => definition.tenant.as_deref().into(),
            ProcessDefinitionSorting::VersionTag => definition.version_tag.as_deref().into(),
        }
    }
}

impl Criteria for DeploymentQuery {
    type Row<'w> = DeploymentRow<'w>;
    type SortBy = DeploymentSorting;

    fn everything(world: &World) -> Rows<'_, DeploymentRow<'_>> {
        Box::new(world.deployments().map(move |deployment| Row::new(world, deployment)))
    }

    fn row(world: &World, id: Id) -> Option<DeploymentRow<'_>> {
        world.deployment(id).map(|deployment| Row::new(world, deployment))
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        self.id.as_ref().map(|id| parsed([id]))
    }

    fn matches(&self, row: DeploymentRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.id.as_ref(), Some(row.id));
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.like(self.name_like.as_ref(), row.name.as_deref());
        check.before(self.before, Some(row.time));
        check.after(self.after, Some(row.time));
        check.equals(self.source.as_ref(), row.source.as_deref());
        check.when(self.without_source, || row.source.is_none());
        check.tenant(
            &self.tenant_id_in,
            self.include_deployments_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.verdict()
    }

    fn visible(&self, row: DeploymentRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            row.world.may(viewer, Resource::Deployment, Some(&row.id.to_string()), READ)
        })
    }

    fn sorting(&self) -> &[Sort<DeploymentSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &DeploymentSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            DeploymentSorting::Id => row.id.into(),
            DeploymentSorting::Name => row.entity.name.as_deref().into(),
            DeploymentSorting::DeploymentTime => row.time.into(),
            DeploymentSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
