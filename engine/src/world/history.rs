//! History in memory: in parts by the age of root instances, the older of which leave for the disk.
//!
//! A part holds roots that began one after another. What is rarely touched any more goes to disk part by part, which costs no
//! more than dropping it; roots of it that were just at work move to the first part, with all others that came back.

use std::collections::{BTreeMap, BTreeSet};

use engine_core::history::{Archive, HistoricProcessInstance, HistoricTaskInstance, HistoryEvent};
use models::Id;

use super::{
    cold::{Cold, ColdRoot, Segment, Single, Stored, Trace},
    past::{self, Past, RowListener},
    pile::Piled,
};

/// What is known of a root's history in memory beside its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Note {
    /// Events folded in since it is in memory.
    pub(crate) events: u32,
    /// The part that was the newest at its last event.
    age: u64,
    /// Sequence numbers of its events on disk that are in no segment.
    pub(crate) sequences: Vec<u64>,
    /// It came back from a segment: the last sequence number of what it was made of, or less.
    pub(crate) base: u64,
    /// It has rows that can't be told from those of others: it stays.
    pinned: bool,
}

/// Roots that leave the first part at once: they are taken out row by row.
const SMALL_PORTION: usize = 256;

/// History of root instances that began one after another.
#[derive(Clone, Debug, Default)]
struct Part {
    /// The first root; what is older is in a part before.
    first: Id,
    past: Past,
    notes: BTreeMap<Id, Note>,
    /// Events folded into it: what it takes of the memory.
    events: u64,
}

impl Part {
    fn forget(&mut self, root: Id) -> Option<Note> {
        let note = self.notes.remove(&root)?;
        self.events = self.events.saturating_sub(u64::from(note.events));
        Some(note)
    }
}

/// Events of an ordinary root: a part, and the memory, is full with as many times its number of roots, too.
pub(crate) const EVENTS_OF_ROOT: usize = 64;

/// All history: in memory, and what is known of the rest.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// By age. The first also holds what belongs to no root, and what came back.
    parts: Vec<Part>,
    /// On disk.
    pub(crate) cold: Cold,
    /// Parts opened so far.
    opened: u64,
    /// Roots of a part.
    part_size: usize,
    /// Roots in the first part whose history was deleted, which is still on disk.
    emptied: BTreeSet<Id>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            parts: vec![Part::default()],
            cold: Cold::default(),
            opened: 0,
            part_size: 4096,
            emptied: BTreeSet::new(),
        }
    }
}

/// History of roots that may leave the memory, as it was at a moment.
pub(crate) struct Leaving {
    /// Which part they are in: its first root.
    part: Id,
    /// The roots, with what their history was made of.
    pub(crate) members: Vec<Member>,
}

/// A root that may leave the memory.
pub(crate) struct Member {
    pub(crate) root: Id,
    pub(crate) note: Note,
    pub(crate) traces: Vec<Trace>,
    /// What is kept in memory of it; `None` when it has no history left.
    pub(crate) cold: Option<ColdRoot>,
}

impl Member {
    /// The last sequence number of the events its history is made of.
    pub(crate) fn sequence(&self) -> u64 {
        self.note.sequences.iter().copied().max().unwrap_or_default().max(self.note.base)
    }
}

/// What is kept in memory of a root with these process instances and tasks.
fn cold<'a>(
    root: Id,
    instances: impl Iterator<Item = &'a HistoricProcessInstance> + Clone,
    tasks: impl Iterator<Item = &'a HistoricTaskInstance>,
) -> ColdRoot {
    let times = instances.clone().map(|row| (row.start, row.end, row.removal_time));
    let tasks = tasks.map(|row| (row.start, row.end, row.removal_time));
    let (mut first, mut last, mut open, mut removal) = (None, None, false, None);
    for (start, end, time) in times.chain(tasks) {
        first = Some(first.map_or(start, |first| start.min(first)));
        last = last.max(end);
        open |= end.is_none();
        removal = match (removal, time) {
            (Some(a), Some(b)) => Some(std::cmp::min(a, b)),
            (a, b) => a.or(b),
        };
    }
    let mut instances = instances;
    let single = instances.next().filter(|_| instances.next().is_none()).map(|row| Single {
        definition: row.definition,
        state: row.state,
        has_tenant: row.tenant.is_some(),
        start: row.start,
        end: row.end,
    });
    ColdRoot { root, first: first.unwrap_or_default(), last: last.filter(|_| !open), removal, single }
}

/// What finds the history of a root that is on disk as a whole; `None` when it has no rows.
pub(crate) fn piled(root: Id, archive: &Archive, sequence: u64, listener: &mut impl RowListener) -> Option<Piled> {
    let traces = past::tell(archive, listener);
    let (instances, tasks) = (archive.process_instances.values(), archive.tasks.values());
    let cold = cold(root, instances.map(|row| &**row), tasks.map(|row| &**row));
    (!traces.is_empty()).then(|| Piled { cold, traces: traces.into(), sequence, events: Vec::new() })
}

/// Whether events are all that there is of a root instance, and their fold as a whole says as much as the events.
pub(crate) fn is_whole<'a>(root: Id, mut events: impl Iterator<Item = &'a HistoryEvent> + Clone) -> bool {
    use HistoryEvent::{
        Annotation, AttachmentDeleted, CommentDeleted, EntryDeleted, EntryRemovalTime, ProcessInstanceDeleted,
        ProcessInstanceStarted, TaskDeleted, VariableHistoryDeleted,
    };
    let began = |event: &HistoryEvent| matches!(event, ProcessInstanceStarted(row) if row.id == root);
    // what is deleted or changed by hand is rare, and looked up in other ways than a fold does
    let by_hand = |event: &HistoryEvent| {
        matches!(
            event,
            Annotation { .. }
                | AttachmentDeleted(_)
                | CommentDeleted(_)
                | EntryDeleted(_)
                | EntryRemovalTime { .. }
                | ProcessInstanceDeleted(_)
                | TaskDeleted(_)
                | VariableHistoryDeleted(_)
        )
    };
    events.clone().any(began) && events.all(|event| belongs(event, root) && !by_hand(event))
}

/// A segment that has been written: its roots leave the memory.
#[derive(Clone, Debug)]
pub(crate) struct Frozen {
    /// The part they were in; `None`: on the pile.
    part: Option<Id>,
    /// The segment; `None` when the roots have no history left.
    segment: Option<std::sync::Arc<Segment>>,
    /// The roots, those without any history left among them.
    roots: Vec<Id>,
    /// A bit for each root of the segment that has left it since it was made; what is missing is zero.
    gone: Vec<u8>,
}

impl Frozen {
    pub(crate) fn new(leaving: &Leaving, segment: Option<Segment>) -> Self {
        let roots = leaving.members.iter().map(|member| member.root).collect();
        Self { part: Some(leaving.part), segment: segment.map(std::sync::Arc::new), roots, gone: Vec::new() }
    }

    /// Roots that were on the pile.
    pub(crate) fn from_pile(roots: Vec<Id>, segment: Segment, gone: Vec<u8>) -> Self {
        Self { part: None, segment: Some(std::sync::Arc::new(segment)), roots, gone }
    }
}

impl History {
    /// Sets how many roots a part has.
    pub(crate) fn set_part_size(&mut self, roots: usize) {
        self.part_size = roots.clamp(1, 1 << 15);
    }

    /// What is in memory, part by part.
    pub(crate) fn parts(&self) -> impl DoubleEndedIterator<Item = &Past> {
        self.parts.iter().map(|part| &part.past)
    }

    /// How many roots have their history in memory.
    pub(crate) fn roots_in_memory(&self) -> usize {
        self.parts.iter().map(|part| part.notes.len()).sum()
    }

    /// Takes in that events of a root are on disk under a sequence number.
    pub(crate) fn stored(&mut self, root: Id, sequence: u64) {
        let part = self.part_of(root);
        self.parts[part].notes.entry(root).or_default().sequences.push(sequence);
    }

    /// Folds one event in.
    pub(crate) fn apply(&mut self, root: Option<Id>, event: &HistoryEvent) {
        let Some(id) = root else {
            self.parts[0].past.apply(None, event);
            return;
        };
        let deleted = matches!(event, HistoryEvent::ProcessInstanceDeleted(instance) if *instance == id);
        if deleted && self.cold.root(id).is_some_and(|root| root.single.is_some()) {
            // it was all there is: nothing of it needs to be read
            let sequences = self.cold.leave(id).unwrap_or_default();
            self.parts[0].events += 1;
            self.parts[0].notes.insert(id, Note { base: 1, events: 1, sequences, ..Note::default() });
            self.emptied.insert(id);
            return;
        }
        let part = self.part_of(id);
        let age = self.opened;
        let Part { past, notes, events, .. } = &mut self.parts[part];
        let note = notes.entry(id).or_default();
        note.events += 1;
        *events += 1;
        note.age = age;
        note.pinned |= !belongs(event, id);
        past.apply(root, event);
        let pinned = note.pinned;
        if matches!(event, HistoryEvent::ProcessInstanceDeleted(_)) && !pinned && past.has_nothing_of(id) {
            self.empty(part, id);
        }
    }

    /// Moves a root whose history was deleted in memory to those that leave the disk soon.
    fn empty(&mut self, part: usize, root: Id) {
        let Some(note) = self.parts[part].forget(root) else { return };
        let first = &mut self.parts[0];
        first.events += u64::from(note.events);
        first.notes.insert(root, note);
        self.emptied.insert(root);
    }

    /// Takes in that the history of a root is on disk as a whole, and that no segment names it.
    pub(crate) fn pile_up(&mut self, piled: Piled) {
        self.cold.leave(piled.cold.root);
        self.cold.pile.add(piled);
    }

    /// The part of a root; one that is on disk comes back.
    fn part_of(&mut self, root: Id) -> usize {
        let after = self.parts.partition_point(|part| part.first <= root);
        let at = after.saturating_sub(1);
        if self.parts[at].notes.contains_key(&root) {
            return at;
        }
        if self.parts[0].notes.contains_key(&root) {
            return 0;
        }
        if self.cold.root(root).is_some() {
            let Stored { archive, sequence } = self.cold.read(root);
            let sequences = self.cold.leave(root).unwrap_or_default();
            self.parts[0].past.load(archive);
            self.parts[0].notes.insert(root, Note { base: sequence, sequences, ..Note::default() });
            return 0;
        }
        let part = &self.parts[at];
        let is_full = part.notes.len() >= self.part_size || part.events >= (self.part_size * EVENTS_OF_ROOT) as u64;
        if after == self.parts.len() && is_full {
            self.opened += 1;
            self.parts.push(Part { first: root, ..Part::default() });
            return after;
        }
        at
    }

    /// Whether there is more in memory than so many roots, or than as many usually have, or enough to delete on disk.
    pub(crate) fn is_beyond(&self, most: usize) -> bool {
        self.is_crowded(most) || self.emptied.len() >= SMALL_PORTION
    }

    /// Whether there is work for who writes history away.
    pub(crate) fn wants_to_leave(&self, most: usize) -> bool {
        self.is_beyond(most) || self.has_full_pile()
    }

    /// What is on the pile, as much as a segment may name, when there is enough for one.
    pub(crate) fn from_pile(&self) -> Option<Vec<Piled>> {
        self.has_full_pile().then(|| self.cold.pile.first(self.part_size))
    }

    /// Whether there is enough on the pile for a segment.
    fn has_full_pile(&self) -> bool {
        let pile = &self.cold.pile;
        pile.len() >= self.part_size || pile.traces() >= self.part_size * EVENTS_OF_ROOT
    }

    /// Whether more is in memory than so many roots, or than as many usually have.
    pub(crate) fn is_crowded(&self, most: usize) -> bool {
        let events: u64 = self.parts.iter().map(|part| part.events).sum();
        self.roots_in_memory() > most || events > most.saturating_mul(EVENTS_OF_ROOT) as u64
    }

    /// Names roots that should leave the memory, which has more than so many: those that were not at work lately. A large part
    /// comes first, then what was deleted, then what came back; when many were deleted these have their turn, so that a long
    /// clean-up and much new history do not wait for each other.
    pub(crate) fn spare(&self, most: usize) -> Option<(Id, Vec<Id>)> {
        let deleted = |at_least: usize| {
            let many = self.emptied.len() >= at_least;
            many.then(|| (self.parts[0].first, self.emptied.iter().copied().take(self.part_size).collect()))
        };
        if !self.is_crowded(most) {
            return deleted(SMALL_PORTION);
        }
        let recent = self.opened.saturating_sub(1);
        let spare = |part: &Part, most: usize| {
            let spare = part.notes.iter().filter(|(_, note)| !note.pinned && note.age < recent);
            let roots: Vec<Id> = spare.map(|(root, _)| *root).take(most).collect();
            (!roots.is_empty()).then_some((part.first, roots))
        };
        let (first, others) = self.parts.split_first()?;
        let others = others.split_last().map_or(&[][..], |(_, others)| others);
        deleted(self.part_size)
            .or_else(|| others.iter().find_map(|part| spare(part, usize::MAX)))
            .or_else(|| deleted(SMALL_PORTION))
            .or_else(|| if self.parts.len() > 1 { spare(first, SMALL_PORTION) } else { None })
    }

    /// Roots whose history is in memory, with the part each is in.
    #[cfg(test)]
    pub(crate) fn roots(&self) -> Vec<(Id, Id)> {
        self.parts.iter().flat_map(|part| part.notes.keys().map(|root| (part.first, *root))).collect()
    }

    /// Tells of the history of a root as it is.
    pub(crate) fn copy(&self, part: Id, root: Id, listener: &mut impl RowListener) -> Option<Member> {
        let part = self.parts.iter().find(|one| one.first == part)?;
        let note = part.notes.get(&root)?.clone();
        let traces = part.past.tell_of_root(root, listener);
        // every row has a trace of its id at least
        let cold = (!traces.is_empty()).then(|| {
            let instances = part.past.process_instances_of(root);
            cold(root, instances, part.past.tasks_of(root))
        });
        Some(Member { root, note, traces, cold })
    }

    /// The history of a root in memory.
    #[cfg(test)]
    pub(crate) fn archive(&self, part: Id, root: Id) -> Archive {
        self.parts.iter().find(|one| one.first == part).map(|part| part.past.of_root(root)).unwrap_or_default()
    }

    /// Starts a collection of roots that leave a part.
    pub(crate) fn leaving(part: Id, members: Vec<Member>) -> Leaving {
        Leaving { part, members }
    }

    /// Keeps of a collection what has not changed since.
    pub(crate) fn confirm(&self, leaving: &mut Leaving) {
        let Some(part) = self.parts.iter().find(|one| one.first == leaving.part) else {
            leaving.members.clear();
            return;
        };
        leaving.members.retain(|member| {
            part.notes.get(&member.root).is_some_and(|note| {
                note.events == member.note.events && note.sequences.len() == member.note.sequences.len()
            })
        });
    }

    /// Takes roots out of memory whose history has been written. Answers what is to be dropped.
    pub(crate) fn freeze(&mut self, frozen: Frozen) -> Past {
        let mut dropped = Past::default();
        let at = frozen.part.and_then(|part| self.parts.iter().position(|one| one.first == part));
        if frozen.part.is_none() {
            frozen.roots.iter().for_each(|root| drop(self.cold.pile.take(*root)));
        } else if let Some(at) = at {
            for root in &frozen.roots {
                self.parts[at].forget(*root);
                self.emptied.remove(root);
            }
            // rows that belong to none of the roots stay where they are
            if at == 0 || self.parts[at].notes.values().any(|note| note.pinned) {
                frozen.roots.iter().for_each(|root| self.parts[at].past.remove_root(*root));
            } else {
                let Part { past, notes, .. } = self.parts.remove(at);
                for (root, note) in notes {
                    self.parts[0].past.load(past.of_root(root));
                    self.parts[0].events += u64::from(note.events);
                    self.parts[0].notes.insert(root, note);
                }
                dropped = past;
            }
        }
        if let Some(segment) = frozen.segment {
            self.cold.add(segment, frozen.gone);
        }
        dropped
    }
}

/// Whether the rows of an event can be found by its root instance.
fn belongs(event: &HistoryEvent, root: Id) -> bool {
    let of = |instance: Option<Id>, task: Option<Id>| instance.is_some() || task == Some(root);
    match event {
        // one with an id of its own stays: lists without sorting have it among all others
        HistoryEvent::TaskPut(row) => row.process_instance.is_some() || (row.id == root && row.custom_id.is_none()),
        HistoryEvent::VariablePut(row) => of(row.process_instance, row.task),
        HistoryEvent::Detail(row) => of(row.process_instance, row.task),
        HistoryEvent::IncidentCreated(row) => row.process_instance.is_some(),
        HistoryEvent::JobLog(row) => row.process_instance.is_some(),
        HistoryEvent::IdentityLinkLog(row) => of(row.process_instance, row.task),
        HistoryEvent::Decision(row) => row.process_instance.is_some(),
        HistoryEvent::Operation(row) => of(row.process_instance, row.task),
        HistoryEvent::Comment(row) => of(row.process_instance, row.task),
        HistoryEvent::Attachment(row) => of(row.process_instance, row.task),
        _ => true,
    }
}
