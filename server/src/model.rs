//! What a deployed model says that nothing else keeps: calls. Read from the deployed file when asked for.

use models::bpmn::{Binding, CalledElement, NodeKind, Process, ScopeBody};
use tollgate::world::{ProcessDefinition, World};

/// The process of a definition, as deployed.
pub(crate) fn process(world: &World, definition: &ProcessDefinition) -> Option<Process> {
    let deployment = world.deployment(definition.deployment)?;
    let resource = deployment.resources.iter().find(|resource| resource.name == definition.resource)?;
    let parsed = bpmn_parser::parse(&resource.bytes, &resource.name, &bpmn_parser::ParseOptions::default());
    parsed.definitions?.processes.into_iter().find(|process| process.id == definition.key)
}

/// Calls whose target is known without running: activity id, and the id of the called definition.
pub(crate) fn static_calls(world: &World, definition: &ProcessDefinition) -> Vec<(String, String)> {
    let Some(process) = process(world, definition) else { return Vec::new() };
    let mut calls = Vec::new();
    let constant = |text: &str| !text.contains("${") && !text.contains("#{");
    visit(&process.body, &mut |node| {
        let NodeKind::CallActivity(call) = &node.kind else { return };
        let CalledElement::Process { key, binding, tenant_id } = &call.called else { return };
        if !constant(key) || tenant_id.as_deref().is_some_and(|tenant| !constant(tenant)) {
            return;
        }
        let tenant = tenant_id.as_deref().or(definition.tenant.as_deref());
        let called = match binding {
            Binding::Latest => world.latest_process_definition(key, tenant),
            Binding::Deployment => {
                world.process_definitions_of_deployment(definition.deployment).find(|row| row.key == *key)
            }
            Binding::Version(version) => {
                version.parse().ok().and_then(|version| world.process_definition_version(key, version, tenant))
            }
            Binding::VersionTag(tag) => {
                world.process_definitions_of_key(key).find(|row| row.version_tag.as_ref() == Some(tag))
            }
        };
        if let Some(called) = called {
            calls.push((node.id.clone(), called.text_id.to_string()));
        }
    });
    calls
}

/// Visits all nodes of a scope and of those inside it.
fn visit(body: &ScopeBody, each: &mut dyn FnMut(&models::bpmn::FlowNode)) {
    for node in &body.nodes {
        each(node);
        if let NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) = &node.kind {
            visit(&inner.body, each);
        }
    }
}
