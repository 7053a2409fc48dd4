//! The events of one transaction.

use super::HistoryEvent;

/// Events of one piece.
const PIECE: usize = 256;

/// History events in order, in pieces: one long list would be moved each time it grows, and what a big instance leaves behind
/// would lie in memory that the system has to clear first.
#[derive(Debug, Default)]
pub struct Events {
    pieces: Vec<Vec<HistoryEvent>>,
}

impl Events {
    /// Adds an event.
    pub fn push(&mut self, event: HistoryEvent) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(event),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(event);
                self.pieces.push(piece);
            }
            None => self.pieces.push(vec![event]),
        }
    }

    /// Adds what happened later.
    pub fn append(&mut self, mut later: Self) {
        self.pieces.append(&mut later.pieces);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The events.
    pub fn iter(&self) -> impl Iterator<Item = &HistoryEvent> + Clone {
        self.pieces.iter().flatten()
    }

    /// The pieces in order; none is empty.
    pub fn into_pieces(self) -> Vec<Vec<HistoryEvent>> {
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use models::Id;

    use super::{Events, PIECE};
    use crate::history::HistoryEvent;

    #[test]
    fn events_keep_their_order() {
        let event = |number: usize| HistoryEvent::TaskDeleted(Id::new(number as u128));
        let (mut events, mut later) = (Events::default(), Events::default());
        (0..PIECE + 1).for_each(|number| events.push(event(number)));
        (PIECE + 1..2 * PIECE).for_each(|number| later.push(event(number)));
        events.append(later);
        assert!(events.iter().enumerate().all(|(number, found)| *found == event(number)));
        let pieces = events.into_pieces();
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [PIECE, 1, PIECE - 1]);
    }
}
