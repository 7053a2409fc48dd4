//! Secondary indexes: ordered sets of (key, row id).
//!
//! Texts are indexed by their hash, which keeps an entry at 32 bytes whatever the text. A lookup can therefore name rows
//! that do not match; whoever looks up compares the text too.

use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use models::Id;
use rustc_hash::FxHasher;

use super::{cold::Trace, ordered::Ordered};

/// Hash of a text, as an index key.
pub(crate) fn text_key(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Hash of a text whatever its case.
pub(crate) fn folded_key(text: &str) -> u64 {
    text_key(&text.to_uppercase())
}

/// Row ids under a key, in order of creation.
pub(crate) fn ids<K: Ord + Copy>(index: &Ordered<(K, Id)>, key: K) -> impl Iterator<Item = Id> + '_ {
    index.range((key, Id::NIL)..=(key, Id::MAX)).map(|entry| entry.1)
}

/// Enters a row under its keys.
pub(crate) fn enter<K: Ord + Copy>(index: &mut Ordered<(K, Id)>, keys: impl IntoIterator<Item = K>, id: Id) {
    index.extend(keys.into_iter().map(|key| (key, id)));
}

/// Takes a row out from under its keys.
pub(crate) fn leave<K: Ord + Copy>(index: &mut Ordered<(K, Id)>, keys: impl IntoIterator<Item = K>, id: Id) {
    for key in keys {
        index.remove(&(key, id));
    }
}

/// The indexes of a table, kept in step with its rows.
pub(crate) trait Indexes<T>: Default {
    /// Enters a row.
    fn add(&mut self, row: &T);
    /// Takes a row out, as it was entered.
    fn drop(&mut self, row: &T);
    /// Enters the new form of a row in place of the old one; indexes whose keys are the same are left alone.
    fn replace(&mut self, old: &T, new: &T);
    /// Traces of a row's keys.
    fn traces(row: &T, traces: &mut Vec<Trace>);
}

/// A row that has an id.
pub(crate) trait Keyed {
    /// Its id.
    fn id(&self) -> Id;
}

macro_rules! keyed {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::world::index::Keyed for $type { fn id(&self) -> models::Id { self.id } })*
    };
}

/// Declares the indexes of a table: a name, the type of the keys, and the keys of a row (any number of them).
macro_rules! indexes {
    ($(#[$doc:meta])* $name:ident of $row_type:ty { $($(#[$field_doc:meta])* $field:ident: $key:ty = |$row:ident| $keys:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct $name {
            $($(#[$field_doc])* pub(crate) $field: $crate::world::ordered::Ordered<($key, models::Id)>,)*
        }

        impl $crate::world::index::Indexes<$row_type> for $name {
            fn add(&mut self, new: &$row_type) {
                $($crate::world::index::enter(&mut self.$field, { let $row = new; $keys }, new.id);)*
            }

            fn drop(&mut self, old: &$row_type) {
                $($crate::world::index::leave(&mut self.$field, { let $row = old; $keys }, old.id);)*
            }

            fn replace(&mut self, old: &$row_type, new: &$row_type) {
                $(
                    if !{ let $row = old; $keys }.into_iter().eq({ let $row = new; $keys }) {
                        $crate::world::index::leave(&mut self.$field, { let $row = old; $keys }, old.id);
                        $crate::world::index::enter(&mut self.$field, { let $row = new; $keys }, new.id);
                    }
                )*
            }

            fn traces(row: &$row_type, traces: &mut Vec<$crate::world::cold::Trace>) {
                $(
                    let keys = { let $row = row; $keys }.into_iter();
                    traces.extend(keys.filter_map(|key: $key| $crate::world::cold::Traced::trace(&key)));
                )*
            }
        }
    };
}

/// Whether an index is one of an owner.
macro_rules! is_owner {
    () => {
        false
    };
    (owner) => {
        true
    };
}

/// Declares the indexes of a table whose rows can be at rest, and how they are looked up. Indexes of an owner, which is an
/// execution or a task of the same root instance, are not kept at rest: the owner tells the root, which has the rows.
macro_rules! resting {
    ($(#[$doc:meta])* $name:ident, $views:ident of $row_type:ty {
        $($(#[$field_doc:meta])* $field:ident $(($owner:ident))?: $key:ty = |$row:ident| $keys:expr;)*
    }) => {
        $crate::world::index::indexes! {
            $(#[$doc])*
            $name of $row_type { $($(#[$field_doc])* $field: $key = |$row| $keys;)* }
        }

        /// Lookups by these indexes, in memory and at rest.
        pub(crate) struct $views<'w> {
            $($(#[$field_doc])* pub(crate) $field: $crate::world::thaw::View<'w, $row_type, $key>,)*
        }

        impl $name {
            /// How many indexes there are.
            pub(crate) const COUNT: usize = [$(stringify!($field)),*].len();

            /// Tells the keys of a row that are kept at rest: the number of the index and the bits.
            pub(crate) fn rest_keys(row: &$row_type, each: &mut dyn FnMut(usize, u64)) {
                let mut indexes = 0..;
                $(
                    let index = indexes.next().unwrap_or_default();
                    if !$crate::world::index::is_owner!($($owner)?) {
                        let keys = { let $row = row; $keys }.into_iter();
                        keys.for_each(|key: $key| each(index, $crate::world::rest::RestKey::bits(key)));
                    }
                )*
            }

            /// Lookups by these indexes.
            pub(crate) fn views(world: &$crate::world::World) -> $views<'_> {
                use $crate::world::rest::Resting as _;
                let by = &<$row_type>::awake(&world.runtime).by;
                let mut indexes = 0..;
                $views {
                    $($field: $crate::world::thaw::View::new(
                        world,
                        &by.$field,
                        indexes.next().unwrap_or_default(),
                        $crate::world::index::is_owner!($($owner)?),
                        |row, key| { let $row = row; $keys }.into_iter().any(|own: $key| own == key),
                    ),)*
                }
            }
        }
    };
}

pub(crate) use {indexes, is_owner, keyed, resting};

/// Rows by id with their indexes. A row is shared with the state on the lane that it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows<T, X> {
    rows: BTreeMap<Id, Arc<T>>,
    /// The indexes.
    pub(crate) by: X,
}

impl<T, X: Default> Default for Rows<T, X> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), by: X::default() }
    }
}

impl<T: Keyed, X: Indexes<T>> Rows<T, X> {
    /// The row of that id.
    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.rows.get(&id).map(|row| &**row)
    }

    /// The row of that id, to be shared.
    pub(crate) fn one(&self, id: Id) -> Option<Arc<T>> {
        self.rows.get(&id).cloned()
    }

    /// All rows in order of creation.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(|row| &**row)
    }

    /// Rows behind an id, in order of creation.
    pub(crate) fn after(&self, id: Id) -> impl Iterator<Item = &T> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.rows.range((Excluded(id), Unbounded)).map(|(_, row)| &**row)
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows under a key of an index.
    pub(crate) fn of<'a, K: Ord + Copy>(&'a self, index: &'a Ordered<(K, Id)>, key: K) -> impl Iterator<Item = &'a T> {
        ids(index, key).filter_map(|id| self.get(id))
    }

    /// The rows under a key of an index, to be shared.
    pub(crate) fn shared<'a, K: Ord + Copy>(
        &'a self,
        index: &'a Ordered<(K, Id)>,
        key: K,
    ) -> impl Iterator<Item = Arc<T>> + 'a {
        ids(index, key).filter_map(|id| self.rows.get(&id).cloned())
    }

    /// Creates or replaces a row and returns the replaced one.
    pub(crate) fn put(&mut self, row: impl Into<Arc<T>>) -> Option<Arc<T>> {
        let row = row.into();
        let id = row.id();
        if let Some(old) = self.rows.get(&id) {
            self.by.replace(old, &row);
        } else {
            self.by.add(&row);
        }
        self.rows.insert(id, row)
    }

    /// Removes the rows under a key of an index.
    pub(crate) fn remove_all<K: Ord + Copy>(&mut self, index: impl Fn(&X) -> &Ordered<(K, Id)>, key: K) {
        let under: Vec<Id> = ids(index(&self.by), key).collect();
        for id in under {
            self.remove(id);
        }
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: Id) -> Option<Arc<T>> {
        let row = self.rows.remove(&id)?;
        self.by.drop(&row);
        Some(row)
    }
}
