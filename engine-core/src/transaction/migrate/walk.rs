//! Moving the tree over, from the top.

use std::collections::{BTreeMap, VecDeque};

use models::Id;

use super::{Compensation, Element, Emerging, Ix, Migrating, Role};
use crate::{
    graph::{Kind, NodeIx, PROCESS},
    state::SubscriptionKind,
    transaction::{Step, Tx, cancel::DeleteFlags},
};

/// Instances of the target's scopes around an element. Siblings share one: a scope that is added around several of them is
/// made once.
type Branch = BTreeMap<NodeIx, Ix>;

impl Tx<'_> {
    pub(super) fn walk_migration(&mut self, m: &mut Migrating) -> Step {
        let mut branches: Vec<Branch> = vec![Branch::new()];
        let mut open: VecDeque<(Ix, usize)> = VecDeque::from([(0, 0)]);
        while let Some((ix, at)) = open.pop_front() {
            self.migrate_element(m, ix, &mut branches[at])?;
            let children = m.elements[ix].children.clone();
            if children.is_empty() {
                continue;
            }
            let mut inner = branches[at].clone();
            visited(m, ix, &mut inner);
            // tokens and things to compensate do not share the scopes that are made for them
            let (tokens, compensation) = (branches.len(), branches.len() + 1);
            branches.push(inner.clone());
            branches.push(inner);
            for child in children {
                let own = matches!(m.elements[child].role, Role::EventScope(_) | Role::Subscription(_));
                open.push_back((child, if own { compensation } else { tokens }));
            }
        }
        self.sweep(m);
        Ok(())
    }

    /// Executions that stand for nothing in the tree move along.
    fn sweep(&mut self, m: &Migrating) {
        let stale: Vec<Id> = self
            .t
            .state
            .executions()
            .filter(|row| row.process_instance == m.process_instance && row.definition != m.plan.target.id)
            .map(|row| row.id)
            .collect();
        for id in stale {
            self.align(m, id, m.plan.target.id);
        }
    }

    fn migrate_element(&mut self, m: &mut Migrating, ix: Ix, branch: &mut Branch) -> Step {
        let element = &m.elements[ix];
        let Some(target) = element.target else { return Ok(()) };
        if element.source != Some(PROCESS) {
            let wanted = m.plan.target_graph().node(target).parent;
            let around = element.parent.and_then(|parent| m.elements[parent].target);
            if around != Some(wanted) {
                self.make_scopes(m, ix, wanted, branch)?;
                if let Some(owner) = branch.get(&wanted).copied() {
                    self.detach(m, ix)?;
                    self.attach(m, ix, owner)?;
                }
            }
        }
        match m.elements[ix].role {
            Role::Scope => self.migrate_scope(m, ix, target)?,
            Role::Token => self.migrate_token(m, ix, target)?,
            Role::Transition => {
                self.stand_at(m, self.representative(m, ix), target);
                m.elements[ix].migrated = true;
            }
            Role::EventScope(_) => {
                self.migrate_compensation(m, ix);
                self.stand_at(m, m.elements[ix].execution, target);
                m.elements[ix].migrated = true;
            }
            Role::Subscription(_) => {
                self.migrate_compensation(m, ix);
                m.elements[ix].migrated = true;
            }
        }
        self.migrate_dependents(m, ix)?;
        self.emerge(m, ix)
    }

    /// An execution is at an activity of the target definition.
    fn stand_at(&mut self, m: &Migrating, at: Id, target: NodeIx) {
        let definition = m.plan.target.id;
        self.change(at, |row| {
            row.definition = definition;
            row.activity = Some(target);
        });
    }

    fn migrate_compensation(&mut self, m: &Migrating, ix: Ix) {
        if let Role::EventScope(link) | Role::Subscription(link) = &m.elements[ix].role {
            let (definition, target) = (m.plan.target.id, link.target);
            self.t.state.change_subscription(link.subscription, |row| {
                row.definition = definition;
                row.node = target.unwrap_or(row.node);
            });
        }
    }

    // -- activity instances ----------------------------------------------------------------------------------------------

    fn migrate_token(&mut self, m: &mut Migrating, ix: Ix, target: NodeIx) -> Step {
        let at = self.representative(m, ix);
        self.stand_at(m, at, target);
        m.elements[ix].migrated = true;
        if m.plan.target_graph().node(target).is_scope {
            self.become_scope(m, ix, at)?;
        }
        self.history_activity_migrated(m, ix)
    }

    fn become_scope(&mut self, m: &mut Migrating, ix: Ix, at: Id) -> Step {
        self.detach_dependents(m, ix)?;
        let active = self.execution(at).is_active;
        let inner = self.create_execution(at)?;
        self.change(inner, |row| row.is_active = active);
        self.change(at, |row| {
            row.activity = None;
            row.is_active = false;
        });
        if !self.execution(at).is_concurrent {
            self.leave_activity_instance(at);
        }
        let element = &mut m.elements[ix];
        element.execution = inner;
        element.role = Role::Scope;
        self.attach_dependents(m, ix)
    }

    fn migrate_scope(&mut self, m: &mut Migrating, ix: Ix, target: NodeIx) -> Step {
        let at = m.elements[ix].execution;
        let definition = m.plan.target.id;
        if let Some(parent) = self.execution(at).parent {
            if self.execution(parent).is_concurrent {
                self.align(m, parent, definition);
            }
        }
        let source = m.elements[ix].source;
        let ended = source.map(|source| &m.plan.source_graph().node(source).kind);
        if let Some(Kind::MultiInstanceBody(code)) = ended {
            let ended: Vec<Id> = self
                .t
                .state
                .children(at)
                .filter(|child| !child.is_active && !code.sequential && child.activity == Some(code.inner))
                .map(|child| child.id)
                .collect();
            for child in ended {
                // they keep the activity's id, whatever the plan says
                let id = &m.plan.source_graph().node(code.inner).id;
                let activity = m.plan.target_graph().find(id);
                self.change(child, |row| {
                    row.definition = definition;
                    row.activity = activity;
                });
            }
        }
        self.align(m, at, definition);
        m.elements[ix].migrated = true;
        let mut at = at;
        if !m.plan.target_graph().node(target).is_scope {
            at = self.become_token(m, ix, at, target)?;
        }
        let leaf = m.plan.target_graph().children(target).next().is_none();
        if leaf && target != PROCESS {
            self.change(at, |row| row.activity = Some(target));
        }
        self.history_activity_migrated(m, ix)
    }

    fn become_token(&mut self, m: &mut Migrating, ix: Ix, at: Id, target: NodeIx) -> Step<Id> {
        self.detach_dependents(m, ix)?;
        let row = self.execution(at).clone();
        let Some(parent) = row.parent else { return Ok(at) };
        let definition = m.plan.target.id;
        self.change(parent, |up| {
            up.definition = definition;
            up.activity = Some(target);
            up.activity_instance = row.activity_instance;
            up.is_active = row.is_active;
        });
        self.remove(at)?;
        let element = &mut m.elements[ix];
        element.execution = parent;
        element.role = Role::Token;
        self.attach_dependents(m, ix)?;
        Ok(parent)
    }

    // -- scopes that the target has in addition --------------------------------------------------------------------------

    fn make_scopes(&mut self, m: &mut Migrating, ix: Ix, wanted: NodeIx, branch: &mut Branch) -> Step {
        let mut missing = Vec::new();
        let mut at = wanted;
        while !branch.contains_key(&at) {
            missing.insert(0, at);
            if at == PROCESS {
                break;
            }
            at = m.plan.target_graph().node(at).parent;
        }
        let (Some(owner), false) = (branch.get(&at).copied(), missing.is_empty()) else { return Ok(()) };
        match m.elements[ix].role {
            Role::EventScope(_) | Role::Subscription(_) => self.make_event_scopes(m, owner, &missing, branch),
            _ => self.make_activity_scopes(m, owner, missing, branch),
        }
    }

    fn make_activity_scopes(
        &mut self,
        m: &mut Migrating,
        owner: Ix,
        missing: Vec<NodeIx>,
        branch: &mut Branch,
    ) -> Step {
        let place = self.attachable(m, owner)?;
        let flags =
            DeleteFlags { skip_listeners: m.plan.skip_listeners, skip_io: m.plan.skip_io, ..DeleteFlags::default() };
        let made = self.instantiate_scopes(place, &missing, flags)?;
        let mut parent = owner;
        for (scope, execution) in missing.into_iter().zip(made) {
            self.change(execution, |row| {
                row.activity = None;
                row.is_active = false;
            });
            let instance = self.parent_activity_instance(execution).unwrap_or(execution);
            parent = entered(m, emerged(Role::Scope, scope, execution, instance), parent, branch);
        }
        Ok(())
    }

    fn make_event_scopes(&mut self, m: &mut Migrating, owner: Ix, missing: &[NodeIx], branch: &mut Branch) -> Step {
        let mut parent = owner;
        let mut place = self.representative(m, owner);
        for scope in missing {
            let made = self.create_execution(place)?;
            let instance = self.host.fresh_id();
            self.change(made, |row| {
                row.is_event_scope = true;
                row.is_active = false;
                row.is_concurrent = false;
                row.activity = Some(*scope);
                row.activity_instance = Some(instance);
            });
            let subscription = self.add_event_subscription(place, SubscriptionKind::Compensate, None, *scope);
            self.t.state.change_subscription(subscription, |row| row.event_scope = Some(made));
            let link = Compensation { subscription, handler: None, target: Some(*scope), mapped: false, held: None };
            parent = entered(m, emerged(Role::EventScope(link), *scope, made, instance), parent, branch);
            place = made;
        }
        Ok(())
    }

    /// Timers and subscriptions that the target has in addition.
    fn emerge(&mut self, m: &Migrating, ix: Ix) -> Step {
        let Some(target) = m.elements[ix].target else { return Ok(()) };
        let at = self.representative(m, ix);
        for one in &m.elements[ix].emerging {
            let scope = m.plan.target_graph().node(target);
            match one {
                Emerging::Timer(index) => {
                    let task = self.t.state.tasks_of(at).next().map(|task| task.id);
                    self.create_timer(at, &scope.timers[*index], task)?;
                }
                Emerging::Subscription(index) => self.subscribe(at, &scope.subscriptions[*index])?,
            }
        }
        Ok(())
    }
}

fn emerged(role: Role, target: NodeIx, execution: Id, instance: Id) -> Element {
    Element {
        role,
        source: None,
        target: Some(target),
        mapped: false,
        migrated: true,
        parent: None,
        children: Vec::new(),
        execution,
        instance,
        active: false,
        dependents: Vec::new(),
        removing: Vec::new(),
        emerging: Vec::new(),
    }
}

/// Takes in an element that the target has in addition, inside another one.
fn entered(m: &mut Migrating, element: Element, parent: Ix, branch: &mut Branch) -> Ix {
    let ix = m.elements.len();
    m.elements.push(Element { parent: Some(parent), ..element });
    visited(m, ix, branch);
    ix
}

fn visited(m: &Migrating, ix: Ix, branch: &mut Branch) {
    if let Some(target) = m.elements[ix].target {
        if m.plan.target_graph().node(target).is_scope {
            branch.insert(target, ix);
        }
    }
}
