//! Ending the scopes that the target does not have.

use std::collections::BTreeSet;

use super::{Ix, Migrating, Removing, Role};
use crate::transaction::{Step, Tx, cancel::DeleteFlags};

impl Tx<'_> {
    /// From the leaves upward: scopes without mapping go, what was in them moves to the scope around.
    pub(super) fn remove_unmapped(&mut self, m: &mut Migrating) -> Step {
        let is_scope =
            |m: &Migrating, ix: Ix| matches!(m.elements[ix].role, Role::Scope | Role::Token | Role::EventScope(_));
        let inner = |m: &Migrating, ix: Ix| -> Vec<Ix> {
            m.elements[ix].children.iter().copied().filter(|child| is_scope(m, *child)).collect()
        };
        let mut visited: BTreeSet<Ix> = BTreeSet::new();
        let leaves: Vec<Ix> = (0..m.elements.len()).filter(|ix| is_scope(m, *ix) && inner(m, *ix).is_empty()).collect();
        for leaf in leaves {
            let mut at = Some(leaf);
            while let Some(ix) = at.filter(|ix| inner(m, *ix).iter().all(|child| visited.contains(child))) {
                if !visited.insert(ix) {
                    break;
                }
                at = m.elements[ix].parent;
                if m.elements[ix].target.is_some() {
                    self.remove_lost(m, ix);
                } else {
                    self.remove_scope(m, ix)?;
                }
            }
        }
        Ok(())
    }

    /// Jobs and subscriptions that the target does not have.
    fn remove_lost(&mut self, m: &Migrating, ix: Ix) {
        for one in &m.elements[ix].removing {
            match one {
                Removing::Job(id) => self.delete_job(*id),
                Removing::Subscription(id) => drop(self.t.state.drop_subscription(*id)),
            }
        }
    }

    fn remove_scope(&mut self, m: &mut Migrating, ix: Ix) -> Step {
        let children = m.elements[ix].children.clone();
        let parent = m.elements[ix].parent;
        // first everything that hangs on the children: taking the children out may merge executions
        for child in &children {
            if matches!(m.elements[*child].role, Role::Scope | Role::Token) {
                self.detach_dependents(m, *child)?;
            }
        }
        for child in &children {
            self.detach(m, *child)?;
        }
        let element = m.elements[ix].clone();
        match element.role {
            Role::Scope => {
                let at = element.execution;
                let above = self.execution(at).parent;
                self.change(at, |row| {
                    row.activity = element.source;
                    row.activity_instance = Some(element.instance);
                });
                let flags = DeleteFlags {
                    skip_listeners: m.plan.skip_listeners,
                    skip_io: m.plan.skip_io,
                    ..DeleteFlags::default()
                };
                self.delete_cascade(at, Some("migration"), Some(flags))?;
                if let Some(above) = above.filter(|above| self.t.state.execution(*above).is_some()) {
                    self.destroy_attachable(m, parent, above)?;
                }
            }
            Role::EventScope(link) => {
                self.remove(element.execution)?;
                self.t.state.drop_subscription(link.subscription);
            }
            Role::Token | Role::Transition | Role::Subscription(_) => {}
        }
        m.set_parent(ix, None);
        if let Some(parent) = parent {
            for child in children {
                self.attach(m, child, parent)?;
            }
        }
        Ok(())
    }
}
