//! The activity instance tree of a process instance, as Camunda 7 derives it from the execution tree.
//!
//! Activity instances are not stored. A leaf execution stands for the activity it executes, or for a transition instance when
//! it is between two activities (an asynchronous continuation); the scopes around it have their activity instance id in the
//! parent of their scope execution:
//!
//! ```text
//! process instance  activity_instance = sub:1      => sub:1 is the instance of scope `sub`
//!   scope execution activity_instance = task:2     => task:2 is the leaf's own
//! ```

use std::collections::BTreeMap;

use engine_core::{graph::NodeIx, history::activity_instance_text, state::Execution};
use models::Id;

use super::{NodeInfo, Shown, World, records::ProcessDefinition};

/// An activity instance with those inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityInstanceView {
    /// `{activityId}:{id}`; the process instance's id for the process instance.
    pub id: String,
    /// The instance around it.
    pub parent: Option<String>,
    /// The activity id; for the process instance the definition's id.
    pub activity_id: String,
    /// The activity's name, or the definition's.
    pub activity_name: Option<String>,
    /// The activity type; `processDefinition` for the process instance.
    pub activity_type: String,
    /// The process instance.
    pub process_instance: Id,
    /// The definition's id as the API shows it.
    pub definition_id: String,
    /// Executions that execute it.
    pub executions: Vec<Id>,
    /// Incidents of these executions.
    pub incidents: Vec<Id>,
    /// The process instance it called.
    pub called_instance: Option<Id>,
    /// Activity instances inside it.
    pub children: Vec<ActivityInstanceView>,
    /// Transition instances inside it.
    pub transitions: Vec<TransitionInstanceView>,
}

/// A token between two activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionInstanceView {
    /// The execution's id.
    pub id: Id,
    /// The activity instance around it.
    pub parent: String,
    /// The activity it will enter, or has left.
    pub activity_id: String,
    /// The activity's name.
    pub activity_name: Option<String>,
    /// The activity type.
    pub activity_type: String,
    /// The process instance.
    pub process_instance: Id,
    /// The definition's id as the API shows it.
    pub definition_id: String,
    /// The execution.
    pub execution: Id,
    /// Its incidents.
    pub incidents: Vec<Id>,
    /// The process instance it called.
    pub called_instance: Option<Id>,
}

/// A scope: a node, or the process.
type Scope = Option<NodeIx>;

/// What is known of an activity instance before the tree is put together.
struct Instance<'w> {
    scope: Scope,
    parent: Option<Id>,
    execution: &'w Execution,
}

struct Builder<'w> {
    world: &'w World,
    process_instance: &'w Execution,
    definition: &'w Shown<ProcessDefinition>,
}

impl World {
    /// The tree of a running process instance.
    pub fn activity_tree(&self, process_instance: Id) -> Option<ActivityInstanceView> {
        let process_instance = self.process_instance(process_instance)?;
        let definition = self.process_definition(process_instance.definition)?;
        Some(Builder { world: self, process_instance, definition }.build())
    }

    /// The id the API shows for the activity instance of an execution that is at an activity.
    pub fn activity_instance_text_id(&self, execution: &Execution) -> Option<String> {
        let id = execution.activity_instance?;
        let node = execution.activity?;
        Some(match self.node(execution.definition, node) {
            Some(node) if id != execution.process_instance => activity_instance_text(&node.id, id),
            _ => id.to_string(),
        })
    }
}

impl World {
    /// The id the API shows for an activity instance of a running process instance, told by the execution whose scope it
    /// is: the activity is known from history, or from where the tokens inside are.
    pub(crate) fn scope_instance_text_id(&self, id: Id, execution: &Execution) -> String {
        if id == execution.process_instance {
            return id.to_string();
        }
        if let Some(row) = self.historic_activity_instance(id) {
            return activity_instance_text(&row.activity, id);
        }
        let scope = || {
            let process_instance = self.process_instance(execution.process_instance)?;
            let definition = self.process_definition(execution.definition)?;
            let builder = Builder { world: self, process_instance, definition };
            builder.node(builder.scope_of(execution)?)
        };
        scope().map_or_else(|| id.to_string(), |node| activity_instance_text(&node.id, id))
    }
}

impl<'w> Builder<'w> {
    /// The scope an execution is the scope execution of.
    fn scope_of(&self, execution: &'w Execution) -> Scope {
        let mut leaf = execution;
        while let Some(child) = self.children(leaf.id).next() {
            leaf = child;
        }
        let mapping = self.scope_executions(leaf);
        mapping.into_iter().find(|(_, mapped)| mapped.id == execution.id).and_then(|(scope, _)| scope)
    }

    fn build(&self) -> ActivityInstanceView {
        let root = self.process_instance.id;
        let mut instances: BTreeMap<Id, Instance<'w>> = BTreeMap::new();
        instances.insert(root, Instance { scope: None, parent: None, execution: self.process_instance });
        let mut transitions: Vec<(Id, &Execution)> = Vec::new();
        for leaf in self.leaves() {
            let Some(activity) = leaf.activity else {
                continue;
            };
            let mapping = self.scope_executions(leaf);
            let mut at_leaf = None;
            match leaf.activity_instance {
                None => {
                    transitions.push((self.parent_activity_instance(leaf), leaf));
                    at_leaf = Some(activity);
                }
                Some(id) if !self.throws_compensation(leaf) || self.is_cancel_boundary(activity) => {
                    let around = self.scope_around(leaf, activity);
                    let parent =
                        mapping.get(&around).map_or(root, |execution| self.parent_activity_instance(execution));
                    // one that says it is in no activity instance but the process instance's takes not the place of that one
                    if id != root {
                        instances.insert(id, Instance { scope: Some(activity), parent: Some(parent), execution: leaf });
                    }
                    at_leaf = Some(activity);
                }
                Some(_) => {}
            }
            for (scope, execution) in &mapping {
                let Some(node) = *scope else { continue };
                if Some(node) == at_leaf {
                    continue;
                }
                let id = self.parent_activity_instance(execution);
                let around = self.flow_scope(node);
                let parent = mapping.get(&around).map_or(root, |execution| self.parent_activity_instance(execution));
                instances.entry(id).or_insert(Instance { scope: *scope, parent: Some(parent), execution });
            }
        }
        self.assemble(root, &instances, &transitions)
    }

    fn assemble(
        &self,
        id: Id,
        instances: &BTreeMap<Id, Instance<'w>>,
        transitions: &[(Id, &Execution)],
    ) -> ActivityInstanceView {
        let instance = &instances[&id];
        let execution = instance.execution;
        let root = self.process_instance.id;
        let mut executions = vec![execution.id];
        let mut incidents = Vec::new();
        if execution.activity.is_none() || execution.activity == instance.scope {
            incidents.extend(self.incidents(execution.id));
        }
        for child in self.children(execution.id).filter(|child| child.is_concurrent && child.activity.is_none()) {
            executions.push(child.id);
            incidents.extend(self.incidents(child.id));
        }
        let node = instance.scope.and_then(|node| self.node(node));
        ActivityInstanceView {
            id: self.text_id(id, instances),
            parent: instance.parent.map(|parent| self.text_id(self.known_parent(id, parent, instances), instances)),
            activity_id: node.map_or_else(|| self.definition.text_id.to_string(), |node| node.id.to_string()),
            activity_name: match node {
                Some(node) => node.name.as_deref().map(str::to_owned),
                None => self.definition.name.clone(),
            },
            activity_type: node.map_or("processDefinition", |node| &*node.activity_type).to_owned(),
            process_instance: root,
            definition_id: self.definition.text_id.to_string(),
            executions,
            incidents,
            called_instance: self.called(execution.id),
            children: instances
                .iter()
                .filter(|(child, instance)| {
                    instance.parent.is_some_and(|parent| self.known_parent(**child, parent, instances) == id)
                })
                .map(|(child, _)| self.assemble(*child, instances, transitions))
                .collect(),
            transitions: transitions
                .iter()
                .filter(|(parent, _)| *parent == id || (id == root && !instances.contains_key(parent)))
                .map(|(_, leaf)| self.transition(leaf, self.text_id(id, instances)))
                .collect(),
        }
    }

    /// An instance that is its own parent, or whose parent is not there, hangs on the process instance.
    fn known_parent(&self, id: Id, parent: Id, instances: &BTreeMap<Id, Instance<'w>>) -> Id {
        if parent == id || !instances.contains_key(&parent) { self.process_instance.id } else { parent }
    }

    fn transition(&self, leaf: &Execution, parent: String) -> TransitionInstanceView {
        let node = leaf.activity.and_then(|node| self.node(node));
        TransitionInstanceView {
            id: leaf.id,
            parent,
            activity_id: node.map(|node| node.id.to_string()).unwrap_or_default(),
            activity_name: node.and_then(|node| node.name.as_deref()).map(str::to_owned),
            activity_type: node.map(|node| node.activity_type.to_string()).unwrap_or_default(),
            process_instance: self.process_instance.id,
            definition_id: self.definition.text_id.to_string(),
            execution: leaf.id,
            incidents: self.incidents(leaf.id).collect(),
            called_instance: self.called(leaf.id),
        }
    }

    fn text_id(&self, id: Id, instances: &BTreeMap<Id, Instance<'w>>) -> String {
        match instances.get(&id).and_then(|instance| instance.scope).and_then(|node| self.node(node)) {
            Some(node) => activity_instance_text(&node.id, id),
            None => id.to_string(),
        }
    }

    fn node(&self, node: NodeIx) -> Option<&'w NodeInfo> {
        self.definition.nodes.get(node.0 as usize)
    }

    fn is_scope(&self, node: NodeIx) -> bool {
        self.node(node).is_some_and(|node| node.is_scope)
    }

    fn flow_scope(&self, node: NodeIx) -> Scope {
        self.node(node)?.flow_scope.map(NodeIx)
    }

    fn children(&self, parent: Id) -> impl Iterator<Item = &'w Execution> {
        self.world.children_of(parent).filter(|child| !child.is_event_scope)
    }

    fn incidents(&self, execution: Id) -> impl Iterator<Item = Id> {
        self.world.incidents_of_execution(execution).map(|incident| incident.id)
    }

    fn called(&self, execution: Id) -> Option<Id> {
        self.world.called_by(execution).next().map(|called| called.id)
    }

    fn throws_compensation(&self, execution: &Execution) -> bool {
        execution.activity.and_then(|node| self.node(node)).is_some_and(|node| node.throws_compensation)
    }

    /// A cancel boundary event throws compensation without being a scope, and is shown like any other event.
    fn is_cancel_boundary(&self, node: NodeIx) -> bool {
        !self.is_scope(node)
    }

    fn leaves(&self) -> impl Iterator<Item = &'w Execution> {
        let executions = self.world.executions_of(self.process_instance.id);
        executions
            .filter(|execution| !execution.is_event_scope)
            .filter(|execution| self.children(execution.id).next().is_none() || self.throws_compensation(execution))
    }

    /// `getParentActivityInstanceId`: the activity instance id of the parent execution.
    fn parent_activity_instance(&self, execution: &Execution) -> Id {
        execution
            .parent
            .and_then(|parent| self.world.execution(parent))
            .and_then(|parent| parent.activity_instance)
            .unwrap_or(self.process_instance.id)
    }

    /// The scope an execution works in: its activity when it is inside it, else the scope around.
    fn current_scope(&self, execution: &'w Execution) -> Scope {
        let node = execution.activity?;
        // an execution at a sub-process without being a scope has left it, or has not entered it yet
        let outside = !execution.is_scope && self.has_inner_flow(node);
        if self.is_scope(node) && execution.activity_instance.is_some() && !outside {
            Some(node)
        } else {
            self.scope_around(execution, node)
        }
    }

    /// The scope around the activity an execution is at. Handlers that compensate the instances of a multi-instance activity
    /// run inside its body, wherever the model has them.
    fn scope_around(&self, execution: &'w Execution, node: NodeIx) -> Scope {
        let handles = self.node(node).is_some_and(|node| node.is_compensation_handler);
        let compensated = self.flow_scope_execution(execution).activity;
        match compensated.filter(|compensated| handles && *compensated != node && self.has_inner_flow(*compensated)) {
            Some(compensated) => Some(compensated),
            None => self.flow_scope(node),
        }
    }

    fn has_inner_flow(&self, node: NodeIx) -> bool {
        self.definition.nodes.iter().any(|inner| inner.flow_scope == Some(node.0))
    }

    fn flow_scope_execution(&self, execution: &'w Execution) -> &'w Execution {
        let node = execution.activity.and_then(|node| self.node(node));
        let handler = node.is_some_and(|node| node.is_compensation_handler && !node.is_scope);
        let left =
            execution.activity_instance.is_none() && !execution.is_active && node.is_some_and(|node| node.is_scope);
        if !execution.is_scope || handler || left {
            match execution.parent.and_then(|parent| self.world.execution(parent)) {
                Some(parent) => self.flow_scope_execution(parent),
                None => execution,
            }
        } else {
            execution
        }
    }

    /// `createActivityExecutionMapping`: the scope execution of each scope around a leaf.
    fn scope_executions(&self, leaf: &'w Execution) -> BTreeMap<Scope, &'w Execution> {
        // executions above that are at an activity themselves (throwing compensation) are mapped first
        let mut path = Vec::new();
        let scope_execution = self.flow_scope_execution(leaf);
        let mut next = scope_execution.parent;
        while let Some(execution) = next.and_then(|id| self.world.execution(id)) {
            if execution.activity.is_some() && execution.id != scope_execution.id {
                path.push(execution);
            }
            next = execution.parent;
        }
        let mut mapping = BTreeMap::new();
        for execution in path.into_iter().rev() {
            mapping = self.extend(self.flow_scope_execution(execution), self.current_scope(execution), &mapping);
        }
        self.extend(scope_execution, self.current_scope(leaf), &mapping)
    }

    fn extend(
        &self,
        from: &'w Execution,
        scope: Scope,
        mapping: &BTreeMap<Scope, &'w Execution>,
    ) -> BTreeMap<Scope, &'w Execution> {
        let is_mapped = |execution: &Execution| mapping.values().any(|mapped| mapped.id == execution.id);
        let mut executions = Vec::new();
        let mut next = Some(from);
        while let Some(execution) = next.filter(|execution| !is_mapped(execution)) {
            if execution.is_scope {
                executions.push(execution);
            }
            next = execution.parent.and_then(|parent| self.world.execution(parent));
        }
        let mut scopes = Vec::new();
        let mut next = Some(scope);
        while let Some(scope) = next {
            if scope.is_none_or(|node| self.is_scope(node)) {
                scopes.push(scope);
                if let Some(execution) = mapping.get(&scope)
                    && !executions.iter().any(|known| known.id == execution.id)
                {
                    executions.push(execution);
                }
            }
            next = scope.map(|node| self.flow_scope(node));
        }
        // both lists end with the process: the outermost pairs are right even where one list is longer
        scopes.into_iter().rev().zip(executions.into_iter().rev()).collect()
    }
}
