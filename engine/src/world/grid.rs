//! Tables of numbers in little room, used where they lie in a stored value.

use minicbor::{Decode, Decoder, Encode, decode};
use models::Id;

use super::packed::{Origin, Packed};

/// Rows of numbers. A column takes as many bytes as what its numbers have beyond the least of them: none, when all are the same.
#[derive(Clone, Debug, Default, PartialEq, Encode)]
pub(crate) struct Grid {
    #[n(0)]
    columns: Vec<Column>,
    /// How many rows there are.
    #[n(1)]
    rows: usize,
    /// Row after row; some more bytes follow the last, so that every number can be read with its neighbours.
    #[n(2)]
    bytes: Packed,
    /// Bytes of a row.
    #[cbor(skip)]
    width: usize,
}

/// A column: number = least + (stored << shift).
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
struct Column {
    #[n(0)]
    least: u64,
    #[n(1)]
    shift: u8,
    /// Bytes of a number, eight at most.
    #[n(2)]
    width: u8,
    /// Where it is in a row.
    #[cbor(skip)]
    at: usize,
}

/// Bytes that are read at once.
const WORD: usize = 8;

impl Column {
    fn of(numbers: impl Iterator<Item = u64> + Clone) -> Self {
        let least = numbers.clone().min().unwrap_or_default();
        let beyond = numbers.fold(0, |all, number| all | (number - least));
        let shift = if beyond == 0 { 0 } else { beyond.trailing_zeros() };
        let bits = u64::BITS - (beyond >> shift).leading_zeros();
        #[expect(clippy::cast_possible_truncation, reason = "64 at most")]
        let (shift, width) = (shift as u8, bits.div_ceil(8) as u8);
        Self { least, shift, width, at: 0 }
    }

    fn read(self, row: &[u8]) -> u64 {
        if self.width == 0 {
            return self.least;
        }
        let mut word = [0; WORD];
        word.copy_from_slice(&row[self.at..self.at + WORD]);
        let stored = u64::from_le_bytes(word) & (u64::MAX >> (u64::BITS - 8 * u32::from(self.width)));
        self.least.wrapping_add(stored << self.shift)
    }
}

/// Sets the place of each column; answers the bytes of a row.
fn arrange(columns: &mut [Column]) -> usize {
    let mut width = 0;
    for column in columns {
        column.at = width;
        width += usize::from(column.width);
    }
    width
}

impl Grid {
    /// A grid of `numbers`, row after row of so many columns.
    pub(crate) fn new(columns: usize, numbers: &[u64]) -> Self {
        let mut columns: Vec<Column> =
            (0..columns).map(|column| Column::of(numbers.iter().skip(column).step_by(columns).copied())).collect();
        let width = arrange(&mut columns);
        let rows = numbers.len() / columns.len().max(1);
        let mut bytes = Vec::with_capacity(rows * width + WORD);
        for row in numbers.chunks_exact(columns.len().max(1)) {
            for (column, number) in columns.iter().zip(row) {
                let stored = (number - column.least) >> column.shift;
                bytes.extend_from_slice(&stored.to_le_bytes()[..usize::from(column.width)]);
            }
        }
        bytes.extend_from_slice(&[0; WORD]);
        Self { columns, rows, bytes: bytes.into(), width }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// A row.
    pub(crate) fn row(&self, row: usize) -> Row<'_> {
        Row { columns: &self.columns, bytes: &self.bytes[row * self.width..] }
    }

    /// A number of a row.
    pub(crate) fn get(&self, row: usize, column: usize) -> u64 {
        self.row(row).get(column)
    }

    /// An id of a row, which takes two columns.
    pub(crate) fn id(&self, row: usize, column: usize) -> Id {
        self.row(row).id(column)
    }
}

/// A row of a grid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    columns: &'a [Column],
    bytes: &'a [u8],
}

impl Row<'_> {
    /// A number.
    pub(crate) fn get(self, column: usize) -> u64 {
        self.columns[column].read(self.bytes)
    }

    /// An id, which takes two columns.
    pub(crate) fn id(self, column: usize) -> Id {
        Id::new(u128::from(self.get(column)) << 64 | u128::from(self.get(column + 1)))
    }
}

/// An id as the numbers of two columns.
pub(crate) fn halves(id: Id) -> [u64; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let halves = [(id.number() >> 64) as u64, id.number() as u64];
    halves
}

/// A number with a sign as one without, in the same order.
pub(crate) fn unsigned(number: i64) -> u64 {
    number.cast_unsigned() ^ 1 << 63
}

/// What [`unsigned`] made a number without sign of.
pub(crate) fn signed(number: u64) -> i64 {
    (number ^ 1 << 63).cast_signed()
}

impl<'b, C: Origin> Decode<'b, C> for Grid {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        #[derive(Decode)]
        #[cbor(context_bound = "Origin")]
        struct Stored {
            #[n(0)]
            columns: Vec<Column>,
            #[n(1)]
            rows: usize,
            #[n(2)]
            bytes: Packed,
        }
        let Stored { mut columns, rows, bytes } = Stored::decode(decoder, context)?;
        let width = arrange(&mut columns);
        let fits = columns.iter().all(|column| usize::from(column.width) <= WORD && column.shift < 64);
        if !fits || rows.checked_mul(width).and_then(|all| all.checked_add(WORD)) != Some(bytes.len()) {
            return Err(decode::Error::message("a table has another size than it says"));
        }
        Ok(Self { columns, rows, bytes, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture::Random;

    fn stored(grid: &Grid) -> Grid {
        minicbor::decode_with(&minicbor::to_vec(grid).unwrap(), &mut ()).unwrap()
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for seed in 0..200 {
            let mut random = Random(seed);
            let (columns, rows) = (1 + random.below(4), random.below(20));
            let number = |random: &mut Random| match random.below(4) {
                0 => random.pick(&[0, 1, 2]),
                1 => (random.next() % 99) << 40,
                2 => u64::MAX - random.pick(&[0, 1]),
                _ => random.next(),
            };
            let numbers: Vec<u64> = (0..columns * rows).map(|_| number(&mut random)).collect();
            let grid = Grid::new(columns, &numbers);
            assert_eq!(grid.len(), rows);
            for grid in [&grid, &stored(&grid)] {
                let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
                let read: Vec<u64> = places.map(|(row, column)| grid.get(row, column)).collect();
                assert_eq!(read, numbers, "seed {seed}");
            }
        }
    }

    #[test]
    fn signs_keep_the_order() {
        let numbers = [i64::MIN, i64::MIN + 1, -7, -1, 0, 1, 99, i64::MAX];
        assert!(numbers.map(unsigned).is_sorted());
        assert_eq!(numbers.map(unsigned).map(signed), numbers);
    }

    #[test]
    fn columns_that_are_all_the_same_take_nothing_and_ids_that_follow_each_other_little() {
        let base = 0x0192_0000_0000_7000_8000_0000_1234_5678_u128;
        let ids = (0..1_000).map(|number| Id::new(base + ((number / 300) << 80) + (number << 32)));
        let numbers: Vec<u64> = ids.clone().flat_map(|id| [halves(id)[0], halves(id)[1], 7]).collect();
        let grid = Grid::new(3, &numbers);
        assert_eq!(grid.width, 3);
        assert!(ids.enumerate().all(|(row, id)| grid.id(row, 0) == id && grid.get(row, 2) == 7));
    }

    #[test]
    fn a_table_of_another_size_is_refused() {
        let grid = Grid { rows: 3, ..Grid::new(1, &[1, 2]) };
        let stored = minicbor::to_vec(&grid).unwrap();
        assert!(minicbor::decode_with::<(), Grid>(&stored, &mut ()).is_err());
    }
}
