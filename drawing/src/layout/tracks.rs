//! Lines up and down in the gaps between columns, side by side where they would be taken for one.

use std::collections::HashMap;

use super::LINE;

/// A flow and the how-manieth turn of it.
type Turn = (usize, usize);

struct Line {
    turn: Turn,
    /// The upper and the lower end.
    span: (f64, f64),
    /// Source and target.
    ends: (usize, usize),
}

/// The tracks of each gap: gap 0 is before the first column.
pub(super) struct Tracks {
    gaps: Vec<Vec<Vec<Line>>>,
    places: HashMap<Turn, f64>,
}

impl Tracks {
    pub(super) fn new(gaps: usize) -> Self {
        Self { gaps: (0..gaps).map(|_| Vec::new()).collect(), places: HashMap::new() }
    }

    /// Adds a line, to the first track where it meets only lines from its source or to its target.
    pub(super) fn add(&mut self, turn: Turn, gap: usize, heights: (f64, f64), ends: (usize, usize)) {
        let span = (heights.0.min(heights.1), heights.0.max(heights.1));
        if span.1 - span.0 < 1.0 {
            return;
        }
        let fits = |track: &Vec<Line>| {
            track.iter().all(|line| {
                let apart = line.span.1 < span.0 || span.1 < line.span.0;
                apart || line.ends.0 == ends.0 || line.ends.1 == ends.1
            })
        };
        let tracks = &mut self.gaps[gap];
        let line = Line { turn, span, ends };
        match tracks.iter().position(fits) {
            Some(at) => tracks[at].push(line),
            None => tracks.push(vec![line]),
        }
    }

    /// How wide a gap has to be, and at least `least`.
    pub(super) fn width(&self, gap: usize, least: f64) -> f64 {
        match self.gaps[gap].len() {
            0 => least,
            #[expect(clippy::cast_precision_loss, reason = "a handful of tracks")]
            tracks => least.max(LINE * (tracks as f64 + 1.0)),
        }
    }

    /// Gives the lines of a gap their places.
    pub(super) fn place(&mut self, gap: usize, left: f64, width: f64) {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tracks")]
        let step = width / (self.gaps[gap].len() as f64 + 1.0);
        for (at, track) in self.gaps[gap].iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a handful of tracks")]
            let x = left + step * (at as f64 + 1.0);
            self.places.extend(track.iter().map(|line| (line.turn, x)));
        }
    }

    /// Where a turn is.
    pub(super) fn at(&self, turn: Turn) -> f64 {
        self.places.get(&turn).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Tracks;

    #[test]
    fn only_lines_with_a_common_end_share_a_track() {
        let mut tracks = Tracks::new(1);
        tracks.add((0, 0), 0, (0.0, 50.0), (1, 2));
        tracks.add((1, 0), 0, (20.0, 90.0), (1, 3));
        tracks.add((2, 0), 0, (60.0, 30.0), (4, 5));
        tracks.place(0, 0.0, 60.0);
        assert!((tracks.at((0, 0)) - tracks.at((1, 0))).abs() < 0.1);
        assert!((tracks.at((0, 0)) - tracks.at((2, 0))).abs() > 10.0);
    }
}
