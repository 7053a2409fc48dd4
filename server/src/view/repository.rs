//! Deployments, resources, definitions.

use tollgate::world::{
    DecisionDefinition, DecisionRequirementsDefinition, Deployment, ProcessDefinition, Resource, Shown,
};

use super::{Link, Text, view};
use crate::http::Date;

view! {
    /// A deployment.
    DeploymentView<'a> { row: &'a Deployment } => {
        "links": Link::to_self(None),
        "id": Text(row.id),
        "name": row.name,
        "source": row.source,
        "deploymentTime": Date(row.time),
        "tenantId": row.tenant,
    }
}

view! {
    /// A file of a deployment.
    ResourceView<'a> { deployment: &'a Deployment, row: &'a Resource } => {
        "id": Text(row.id),
        "name": row.name,
        "deploymentId": Text(deployment.id),
    }
}

view! {
    /// A process definition.
    ProcessDefinitionView<'a> { row: &'a Shown<ProcessDefinition> } => {
        "id": row.text_id,
        "key": row.key,
        "category": row.category,
        "description": row.description,
        "name": row.name,
        "version": row.version,
        "resource": row.resource,
        "deploymentId": Text(row.deployment),
        "diagram": row.diagram,
        "suspended": row.suspended,
        "tenantId": row.tenant,
        "versionTag": row.version_tag,
        "historyTimeToLive": row.history_time_to_live,
        "startableInTasklist": row.startable_in_tasklist,
    }
}

view! {
    /// A decision definition.
    DecisionDefinitionView<'a> { row: &'a Shown<DecisionDefinition>, requirements: Option<&'a str> } => {
        "id": row.text_id,
        "key": row.key,
        "category": row.category,
        "name": row.name,
        "version": row.version,
        "resource": row.resource,
        "deploymentId": Text(row.deployment),
        "tenantId": row.tenant,
        "decisionRequirementsDefinitionId": requirements,
        "decisionRequirementsDefinitionKey": row.requirements_key,
        "historyTimeToLive": row.history_time_to_live,
        "versionTag": row.version_tag,
    }
}

view! {
    /// A decision requirements definition.
    RequirementsView<'a> { row: &'a Shown<DecisionRequirementsDefinition> } => {
        "id": row.text_id,
        "key": row.key,
        "category": row.category,
        "name": row.name,
        "version": row.version,
        "resource": row.resource,
        "deploymentId": Text(row.deployment),
        "tenantId": row.tenant,
    }
}
