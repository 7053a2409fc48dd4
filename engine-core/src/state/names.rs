//! Variables by scope and name, looked up without making a key.

use std::sync::Arc;

use models::Id;
use rustc_hash::FxHashMap;

/// Ids of variables by scope and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    scopes: FxHashMap<Id, Vec<(Arc<str>, Id)>>,
}

impl Names {
    /// The variable of that name in that scope.
    pub(super) fn get(&self, scope: Id, name: &str) -> Option<Id> {
        let names = self.scopes.get(&scope)?;
        find(names, name).ok().map(|at| names[at].1)
    }

    /// The variables of a scope, by name.
    pub(super) fn of(&self, scope: Id) -> impl Iterator<Item = Id> + '_ {
        self.scopes.get(&scope).into_iter().flatten().map(|entry| entry.1)
    }

    pub(super) fn insert(&mut self, scope: Id, name: Arc<str>, id: Id) {
        let names = self.scopes.entry(scope).or_default();
        match find(names, &name) {
            Ok(at) => names[at].1 = id,
            Err(at) => {
                if names.is_empty() {
                    // most scopes have one or two
                    names.reserve_exact(1);
                }
                names.insert(at, (name, id));
            }
        }
    }

    pub(super) fn remove(&mut self, scope: Id, name: &str) {
        let Some(names) = self.scopes.get_mut(&scope) else { return };
        if let Ok(at) = find(names, name) {
            names.remove(at);
        }
        if names.is_empty() {
            self.scopes.remove(&scope);
        }
    }
}

fn find(names: &[(Arc<str>, Id)], name: &str) -> Result<usize, usize> {
    names.binary_search_by(|(known, _)| (**known).cmp(name))
}
