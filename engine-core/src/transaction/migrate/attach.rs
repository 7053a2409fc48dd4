//! Taking elements out of the execution tree and putting them back elsewhere.

use std::sync::Arc;

use models::Id;

use super::{Dependent, Ix, Migrating, Plan, Role, Row, What};
use crate::{
    behaviour,
    error::Fault,
    graph::{Kind, NodeIx},
    transaction::{Step, Tx, tree::is_composite},
};

impl Tx<'_> {
    /// The execution of an element, after the tree has grown or shrunk around it.
    pub(super) fn representative(&self, m: &Migrating, ix: Ix) -> Id {
        let element = &m.elements[ix];
        match element.role {
            Role::Token | Role::Transition => self.current(element.execution),
            _ => element.execution,
        }
    }

    /// Whether an element hangs on nothing.
    pub(super) fn detach(&mut self, m: &mut Migrating, ix: Ix) -> Step {
        self.detach_dependents(m, ix)?;
        let parent = m.elements[ix].parent;
        let at = self.representative(m, ix);
        match m.elements[ix].role {
            Role::Token => {
                self.change(at, |row| row.activity = None);
                self.leave_activity_instance(at);
                self.change(at, |row| row.is_active = false);
                self.destroy_attachable(m, parent, at)?;
            }
            Role::Transition => {
                self.change(at, |row| row.is_active = false);
                self.destroy_attachable(m, parent, at)?;
            }
            Role::Scope => {
                let above = self.execution(at).parent;
                self.change(at, |row| row.parent = None);
                if let Some(above) = above {
                    if composite(m, ix) {
                        self.leave_activity_instance(above);
                    }
                    self.destroy_attachable(m, parent, above)?;
                }
            }
            Role::EventScope(_) => {
                self.hold_compensation(m, ix);
                self.change(at, |row| row.parent = None);
            }
            Role::Subscription(_) => self.hold_compensation(m, ix),
        }
        m.set_parent(ix, None);
        Ok(())
    }

    /// Hangs a detached element under another.
    pub(super) fn attach(&mut self, m: &mut Migrating, ix: Ix, owner: Ix) -> Step {
        m.set_parent(ix, Some(owner));
        match m.elements[ix].role {
            Role::Token => {
                let place = self.attachable(m, owner)?;
                let element = &m.elements[ix];
                let (instance, active) = (element.instance, element.active);
                let activity = self.activity_in(&m.plan, place, element.source, element.target);
                self.change(place, |row| {
                    row.activity = activity;
                    row.activity_instance = Some(instance);
                    row.is_active = active;
                });
                m.elements[ix].execution = place;
            }
            Role::Transition => {
                let place = self.attachable(m, owner)?;
                let element = &m.elements[ix];
                let active = element.active;
                let activity = self.activity_in(&m.plan, place, element.source, element.target);
                self.change(place, |row| {
                    row.activity = activity;
                    row.activity_instance = None;
                    row.is_active = active;
                });
                m.elements[ix].execution = place;
            }
            Role::Scope => {
                let place = self.attachable(m, owner)?;
                let at = m.elements[ix].execution;
                self.change(at, |row| row.parent = Some(place));
                if composite(m, ix) {
                    let instance = m.elements[ix].instance;
                    self.change(place, |row| row.activity_instance = Some(instance));
                }
            }
            Role::EventScope(_) => {
                let place = self.representative(m, owner);
                self.release_compensation(m, ix, place);
                let at = m.elements[ix].execution;
                self.change(at, |row| row.parent = Some(place));
            }
            Role::Subscription(_) => {
                let place = self.representative(m, owner);
                self.release_compensation(m, ix, place);
            }
        }
        self.attach_dependents(m, ix)
    }

    /// The activity as an execution's own definition numbers it.
    fn activity_in(&self, plan: &Plan, at: Id, source: Option<NodeIx>, target: Option<NodeIx>) -> Option<NodeIx> {
        if self.execution(at).definition == plan.target.id { target } else { source }
    }

    /// An execution in a scope for something that is put there.
    pub(super) fn attachable(&mut self, m: &Migrating, owner: Ix) -> Step<Id> {
        let element = &m.elements[owner];
        let (graph, scope) = m.current(owner);
        if !matches!(element.role, Role::Scope) {
            return Err(Fault::engine(format!(
                "ENGINE-23005 Cannot attach a subordinate to activity instance '{}'. Activity '{}' is not a scope",
                element.instance,
                graph.node(scope).id
            )));
        }
        let at = element.execution;
        if let Kind::MultiInstanceBody(code) = &graph.node(scope).kind {
            return if code.sequential {
                behaviour::next_instance(self, at)
            } else {
                behaviour::add_instance(self, at)
            };
        }
        if self.count_running_children(at, 1) == 0 && self.execution(at).activity.is_none() {
            return Ok(at);
        }
        let made = self.create_concurrent_execution(at)?;
        self.change(made, |row| {
            row.is_active = false;
            row.activity = None;
        });
        Ok(made)
    }

    /// Removes what [`Tx::attachable`] has made, or found.
    pub(super) fn destroy_attachable(&mut self, m: &Migrating, owner: Option<Ix>, at: Id) -> Step {
        let Some(owner) = owner else { return Ok(()) };
        let (graph, scope) = m.current(owner);
        if let Kind::MultiInstanceBody(code) = &graph.node(scope).kind {
            let body = m.elements[owner].execution;
            if code.sequential {
                behaviour::forget_counter(self, body)?;
            } else {
                self.remove(at)?;
            }
            return behaviour::drop_instance(self, body);
        }
        let row = self.execution(at);
        if let (true, Some(parent)) = (row.is_concurrent, row.parent) {
            self.remove(at)?;
            self.align_last(m, parent);
            self.prune_last_concurrent_child(parent)?;
        }
        Ok(())
    }

    /// A token that is about to merge into a scope that has moved already counts nodes as the scope does.
    fn align_last(&mut self, m: &Migrating, scope: Id) {
        if self.count_running_children(scope, 2) != 1 {
            return;
        }
        let last = self.running_children(scope)[0];
        self.align(m, last, self.execution(scope).definition);
    }

    /// Gives an execution the target's definition and numbering, when `definition` is the target.
    pub(super) fn align(&mut self, m: &Migrating, at: Id, definition: Id) {
        let row = self.execution(at);
        if definition != m.plan.target.id || row.definition == definition {
            return;
        }
        let activity = row.activity.and_then(|node| m.plan.instruction(node)).map(|one| one.target);
        self.change(at, |row| {
            row.definition = definition;
            row.activity = activity;
        });
    }

    // -- what hangs on an element ----------------------------------------------------------------------------------------

    pub(super) fn detach_dependents(&mut self, m: &mut Migrating, ix: Ix) -> Step {
        if matches!(m.elements[ix].role, Role::EventScope(_)) {
            // its execution goes along
            return Ok(());
        }
        for one in &mut m.elements[ix].dependents {
            if one.held.is_none() {
                one.held = self.take_row(&one.what).map(Box::new);
            }
        }
        Ok(())
    }

    fn take_row(&mut self, what: &What) -> Option<Row> {
        let state = &mut self.t.state;
        Some(match what {
            What::Task(id) => Row::Task(Arc::unwrap_or_clone(state.drop_task(*id)?)),
            What::ExternalTask(id) => Row::ExternalTask(Arc::unwrap_or_clone(state.drop_external_task(*id)?)),
            What::Variable { id, .. } => Row::Variable(Arc::unwrap_or_clone(state.drop_variable(*id)?)),
            What::Subscription { id, .. } => Row::Subscription(Arc::unwrap_or_clone(state.drop_subscription(*id)?)),
            What::Timer { id, .. } | What::AsyncJob(id) => Row::Job(Arc::unwrap_or_clone(state.drop_job(*id)?)),
            What::Incident { id, .. } => Row::Incident(Arc::unwrap_or_clone(state.drop_incident(*id)?)),
            What::Called(id) => Row::Called(Arc::unwrap_or_clone(state.drop_execution(*id)?)),
        })
    }

    pub(super) fn attach_dependents(&mut self, m: &mut Migrating, ix: Ix) -> Step {
        let at = self.representative(m, ix);
        let (graph, scope) = m.current(ix);
        let is_scope = graph.node(scope).is_scope && !matches!(m.elements[ix].role, Role::Transition);
        for one in &mut m.elements[ix].dependents {
            let Dependent { what, held } = one;
            let Some(row) = held.take() else { continue };
            let outside = matches!(what, What::Variable { outside: true, .. });
            let owner = if outside && is_scope { self.execution(at).parent.unwrap_or(at) } else { at };
            self.put_row(*row, owner);
        }
        Ok(())
    }

    fn put_row(&mut self, row: Row, owner: Id) {
        let state = &mut self.t.state;
        match row {
            Row::Task(mut row) => {
                row.execution = Some(owner);
                let variables: Vec<Id> = state.variables_of(row.id).map(|row| row.id).collect();
                state.add_task(row);
                for variable in variables {
                    state.change_variable(variable, |row| row.execution = Some(owner));
                }
            }
            Row::ExternalTask(mut row) => {
                row.execution = owner;
                state.add_external_task(row);
            }
            Row::Variable(mut row) => {
                row.scope = owner;
                row.execution = Some(owner);
                if let Some(same) = state.variable_in(owner, &row.name).map(|row| row.id) {
                    state.drop_variable(same);
                }
                let concurrent = state.execution(owner).is_some_and(|of| !of.is_scope);
                row.concurrent_local |= concurrent;
                state.add_variable(row);
            }
            Row::Subscription(mut row) => {
                row.execution = owner;
                state.add_subscription(row);
            }
            Row::Job(mut row) => {
                row.execution = Some(owner);
                state.add_job(row);
            }
            Row::Incident(mut row) => {
                row.execution = Some(owner);
                state.add_incident(row);
            }
            Row::Called(mut row) => {
                row.super_execution = Some(owner);
                state.add_execution(row);
            }
        }
    }

    fn hold_compensation(&mut self, m: &mut Migrating, ix: Ix) {
        if let Role::EventScope(link) | Role::Subscription(link) = &mut m.elements[ix].role {
            if let Some(row) = self.t.state.drop_subscription(link.subscription) {
                link.held = Some(Box::new(Arc::unwrap_or_clone(row)));
            }
        }
    }

    fn release_compensation(&mut self, m: &mut Migrating, ix: Ix, place: Id) {
        if let Role::EventScope(link) | Role::Subscription(link) = &mut m.elements[ix].role {
            if let Some(mut row) = link.held.take() {
                row.execution = place;
                self.t.state.add_subscription(*row);
            }
        }
    }
}

/// Whether an element's activity contains others.
fn composite(m: &Migrating, ix: Ix) -> bool {
    let element = &m.elements[ix];
    let kind = match element.source {
        Some(source) => &m.plan.source_graph().node(source).kind,
        None => return true,
    };
    is_composite(kind)
}
