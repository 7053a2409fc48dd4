//! Values of labels, bounded: whoever deploys a thousand processes does not make a thousand time series of each figure.

use std::collections::HashSet;

use parking_lot::Mutex;
use tollgate::{Id, world::World};

/// How many values a label has before further ones share [`OTHER`].
pub(super) const MOST: usize = 200;
/// The value that further ones share.
pub(super) const OTHER: &str = "(other)";

/// The values of one label.
#[derive(Debug, Default)]
pub(super) struct Bounded(Mutex<HashSet<String>>);

impl Bounded {
    /// The value to use for a text.
    pub(super) fn value(&self, text: &str) -> String {
        let mut known = self.0.lock();
        if !known.contains(text) {
            if known.len() >= MOST {
                return OTHER.to_owned();
            }
            known.insert(text.to_owned());
        }
        text.to_owned()
    }

    /// The value for a process definition: the key of its process; empty for none.
    pub(super) fn definition(&self, world: &World, id: Option<Id>) -> String {
        match id.and_then(|id| world.process_definition(id)) {
            Some(row) => self.value(&row.key),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounded, MOST, OTHER};

    #[test]
    fn values_beyond_the_limit_share_one() {
        let bounded = Bounded::default();
        for number in 0..MOST {
            assert_eq!(bounded.value(&number.to_string()), number.to_string());
        }
        assert_eq!(bounded.value("one more"), OTHER);
        assert_eq!(bounded.value("7"), "7");
    }
}
