//! Content models: which child may follow which.
//!
//! A model is the position automaton of its expression. The schema is deterministic, so a state is the leaf that matched last.

use super::table::{ElementDeclIx, Schema};
use crate::xml::NamespaceId;

/// What a leaf of a content model accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Element(ElementDeclIx),
    /// Any element, or any of a namespace that is neither `other_than` nor none.
    Any {
        other_than: Option<NamespaceId>,
        strict: bool,
    },
}

/// A content expression.
#[derive(Clone, Debug)]
pub(super) enum Particle {
    Leaf(Leaf),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    Repeat { inner: Box<Particle>, min: u32, max: Option<u32> },
}

/// How often a leaf must and may repeat, when that needs counting.
#[derive(Clone, Copy, Debug)]
struct Count {
    min: u32,
    max: Option<u32>,
}

/// A compiled content expression.
#[derive(Debug)]
pub(super) struct ContentModel {
    leaves: Vec<Leaf>,
    counts: Vec<Option<Count>>,
    /// Leaves that may come first, then behind each leaf; ascending.
    follow: Vec<Vec<usize>>,
    /// Whether the content may end at the start, then behind each leaf.
    accepting: Vec<bool>,
}

/// Where a parent stands in its content.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// 0 is the start; else the leaf that matched last, plus one.
    at: usize,
    /// Matches of a counted leaf.
    count: u32,
    /// A child did not fit: later ones are matched loosely and the end is not checked.
    failed: bool,
}

/// What matched a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Element(ElementDeclIx),
    Any { strict: bool },
}

/// Why content does not fit, beside what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shortage {
    /// The leaf needs `missing` more of its `min` times.
    TooFew { leaf: Leaf, min: u32, missing: u32 },
    /// The leaf has been there `max` times.
    TooMany { max: u32 },
}

/// Positions in a particle: whether it may be empty, its first and its last leaves.
struct Ends {
    nullable: bool,
    first: Vec<usize>,
    last: Vec<usize>,
}

impl ContentModel {
    pub(super) fn new(particle: &Particle) -> Self {
        let mut model = Self { leaves: Vec::new(), counts: Vec::new(), follow: vec![Vec::new()], accepting: vec![] };
        let ends = model.compile(particle);
        model.follow[0].clone_from(&ends.first);
        model.accepting = vec![false; model.leaves.len() + 1];
        model.accepting[0] = ends.nullable;
        for leaf in ends.last {
            model.accepting[leaf + 1] = true;
        }
        for follow in &mut model.follow {
            follow.sort_unstable();
            follow.dedup();
        }
        model
    }

    fn compile(&mut self, particle: &Particle) -> Ends {
        match particle {
            Particle::Leaf(leaf) => {
                let at = self.leaves.len();
                self.leaves.push(*leaf);
                self.counts.push(None);
                self.follow.push(Vec::new());
                Ends { nullable: false, first: vec![at], last: vec![at] }
            }
            Particle::Sequence(parts) => {
                let mut all = Ends { nullable: true, first: Vec::new(), last: Vec::new() };
                for part in parts {
                    let ends = self.compile(part);
                    self.connect(&all.last, &ends.first);
                    if all.nullable {
                        all.first.extend(&ends.first);
                    }
                    if !ends.nullable {
                        all.last.clear();
                    }
                    all.last.extend(&ends.last);
                    all.nullable &= ends.nullable;
                }
                all
            }
            Particle::Choice(parts) => {
                let mut all = Ends { nullable: false, first: Vec::new(), last: Vec::new() };
                for part in parts {
                    let ends = self.compile(part);
                    all.nullable |= ends.nullable;
                    all.first.extend(ends.first);
                    all.last.extend(ends.last);
                }
                all
            }
            Particle::Repeat { inner, min, max } => {
                let mut ends = self.compile(inner);
                if *max != Some(1) {
                    self.connect(&ends.last.clone(), &ends.first);
                }
                if *min > 1 || max.is_some_and(|max| max > 1) {
                    for &leaf in &ends.first {
                        self.counts[leaf] = Some(Count { min: *min, max: *max });
                    }
                }
                ends.nullable |= *min == 0;
                ends
            }
        }
    }

    fn connect(&mut self, from: &[usize], to: &[usize]) {
        for &leaf in from {
            self.follow[leaf + 1].extend(to);
        }
    }

    fn count_at(&self, state: State) -> Option<Count> {
        state.at.checked_sub(1).and_then(|leaf| self.counts[leaf])
    }

    /// Takes a child. `Err` is the first misfit of the parent; the match is what the child is held against anyway.
    pub(super) fn step(
        &self,
        state: &mut State,
        schema: &Schema,
        namespace: NamespaceId,
        name: &str,
    ) -> (Option<Match>, Result<(), ()>) {
        if state.failed {
            return (self.anywhere(schema, namespace, name), Ok(()));
        }
        let found = self.follow[state.at]
            .iter()
            .find_map(|&leaf| accept(self.leaves[leaf], schema, namespace, name).map(|matched| (leaf, matched)));
        let Some((leaf, matched)) = found else {
            state.failed = true;
            return (self.anywhere(schema, namespace, name), Err(()));
        };
        let again = leaf + 1 == state.at;
        let count = self.count_at(*state);
        let overrun = again && count.and_then(|count| count.max).is_some_and(|max| state.count >= max);
        let too_few = !again && count.is_some_and(|count| state.count < count.min);
        if overrun || too_few {
            state.failed = true;
            return (self.anywhere(schema, namespace, name), Err(()));
        }
        state.count = if again { state.count + 1 } else { 1 };
        state.at = leaf + 1;
        (Some(matched), Ok(()))
    }

    /// The first leaf of the whole model that accepts a child.
    fn anywhere(&self, schema: &Schema, namespace: NamespaceId, name: &str) -> Option<Match> {
        self.leaves.iter().find_map(|&leaf| accept(leaf, schema, namespace, name))
    }

    /// Whether the content may end here. After a misfit that is not asked.
    pub(super) fn may_end(&self, state: State) -> bool {
        state.failed || (self.accepting[state.at] && self.count_at(state).is_none_or(|count| state.count >= count.min))
    }

    /// What may come next, each declaration once, in the order of the model.
    pub(super) fn expected(&self, state: State) -> Vec<Leaf> {
        let count = self.count_at(state);
        let mut expected = Vec::new();
        for &leaf in &self.follow[state.at] {
            let again = leaf + 1 == state.at;
            let allowed = count.is_none_or(|count| {
                if again { count.max.is_none_or(|max| state.count < max) } else { state.count >= count.min }
            });
            if allowed && !expected.contains(&self.leaves[leaf]) {
                expected.push(self.leaves[leaf]);
            }
        }
        expected
    }

    /// Whether the misfit is a matter of numbers.
    pub(super) fn shortage(&self, state: State) -> Option<Shortage> {
        let count = self.count_at(state)?;
        if state.count < count.min {
            let leaf = self.leaves[state.at - 1];
            return Some(Shortage::TooFew { leaf, min: count.min, missing: count.min - state.count });
        }
        count.max.filter(|&max| state.count >= max).map(|max| Shortage::TooMany { max })
    }
}

fn accept(leaf: Leaf, schema: &Schema, namespace: NamespaceId, name: &str) -> Option<Match> {
    match leaf {
        Leaf::Element(declared) => schema.matching(declared, namespace, name).map(Match::Element),
        Leaf::Any { other_than, strict } => {
            let allowed = other_than.is_none_or(|own| namespace != own && namespace != NamespaceId::NONE);
            allowed.then_some(Match::Any { strict })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any() -> Particle {
        Particle::Leaf(Leaf::Any { other_than: None, strict: false })
    }

    #[test]
    fn counted_leaves_need_their_minimum() {
        let schema = super::super::table::schema();
        let model = ContentModel::new(&Particle::Repeat { inner: Box::new(any()), min: 2, max: Some(3) });
        let mut state = State::default();
        for taken in 0..3 {
            assert_eq!(model.may_end(state), taken >= 2);
            assert_eq!(model.step(&mut state, schema, NamespaceId::BPMN, "a").1, Ok(()));
        }
        assert_eq!(model.shortage(state), Some(Shortage::TooMany { max: 3 }));
        assert!(model.step(&mut state, schema, NamespaceId::BPMN, "a").1.is_err());
    }

    #[test]
    fn optional_parts_may_be_left_out() {
        let optional = |inner| Particle::Repeat { inner: Box::new(inner), min: 0, max: Some(1) };
        let model = ContentModel::new(&Particle::Sequence(vec![optional(any()), optional(any())]));
        assert!(model.may_end(State::default()));
        assert_eq!(model.follow[0], [0, 1]);
        assert_eq!(model.follow[1], [1]);
    }
}
