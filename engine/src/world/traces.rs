//! The traces of many root instances, in little room.

use minicbor::{Decode, Decoder, Encode, decode};

use super::{
    cold::Trace,
    packed::{Origin, Packed, first},
};

/// Which roots have a trace: the roots are numbered, and traces are looked up.
///
/// A trace of few roots takes four bytes for each: the highest bits, as many as the number of a root has, choose a group, of
/// which the first entry is known; so that the others and the number have room in 32 bits. One of more roots takes eight and
/// two for each, and of all roots eight.
#[derive(Clone, Debug, PartialEq, Encode)]
pub(super) struct TraceIndex {
    /// How many roots there are.
    #[n(0)]
    roots: u32,
    /// For each group the number of its first entry, and the number of all; then the entries in order. Four bytes each.
    #[n(1)]
    rare: Packed,
    /// The traces of more roots in order, each with the number of the first of its places behind them. Four bytes each.
    #[n(2)]
    common: Packed,
    /// Places of the latter, two bytes each.
    #[n(3)]
    places: Packed,
    /// Bits of a place.
    #[cbor(skip)]
    bits: u32,
}

/// Roots of a trace from which on it is one of many.
const COMMON: usize = 5;

/// Bits for the numbers of so many roots, one at least.
fn bits_for(roots: u32) -> u32 {
    (u32::BITS - roots.saturating_sub(1).leading_zeros()).max(1)
}

fn word(bytes: &[u8], index: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[index * 4..index * 4 + 4]);
    u32::from_le_bytes(word)
}

fn push(bytes: &mut Vec<u8>, word: u32) {
    bytes.extend_from_slice(&word.to_le_bytes());
}

impl TraceIndex {
    /// Of roots with their traces, at most 65,536.
    #[expect(clippy::cast_possible_truncation, reason = "a stored value has fewer than four billion bytes")]
    pub(super) fn new<'a>(of_roots: impl ExactSizeIterator<Item = &'a [Trace]>) -> Self {
        let roots = of_roots.len() as u32;
        let bits = bits_for(roots);
        let mut all: Vec<(Trace, u16)> = Vec::new();
        for (place, traces) in of_roots.enumerate() {
            let place = u16::try_from(place).unwrap_or(u16::MAX);
            all.extend(traces.iter().map(|trace| (*trace, place)));
        }
        all.sort_unstable();
        all.dedup();
        let (mut entries, mut common, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut sizes = vec![0_u32; 1 << bits];
        for run in all.chunk_by(|(a, _), (b, _)| a == b) {
            let trace = run[0].0;
            if run.len() < COMMON {
                sizes[(trace >> (u32::BITS - bits)) as usize] += run.len() as u32;
                run.iter().for_each(|(_, place)| push(&mut entries, trace << bits | u32::from(*place)));
                continue;
            }
            push(&mut common, trace);
            push(&mut common, (places.len() / 2) as u32);
            if run.len() < roots as usize {
                run.iter().for_each(|(_, place)| places.extend_from_slice(&place.to_le_bytes()));
            }
        }
        let mut rare = Vec::with_capacity((sizes.len() + 1) * 4 + entries.len());
        let total = sizes.iter().fold(0, |before, size| {
            push(&mut rare, before);
            before + size
        });
        push(&mut rare, total);
        rare.extend_from_slice(&entries);
        Self { roots, rare: rare.into(), common: common.into(), places: places.into(), bits }
    }

    /// The roots with a trace, in order.
    pub(super) fn with(&self, trace: Trace) -> impl Iterator<Item = u16> {
        let (rare, bits): (&[u8], u32) = (&self.rare, self.bits);
        let group = (trace >> (u32::BITS - bits)) as usize;
        // the entries lie behind what says where groups begin
        let entry = move |index: usize| word(rare, (1 << bits) + 1 + index);
        let (low, high) = (word(rare, group) as usize, word(rare, group + 1) as usize);
        let least = trace << bits;
        let from = low + first(high - low, |index| entry(low + index) >= least);
        let few = (from..high).map(entry).take_while(move |entry| entry >> bits == least >> bits);
        #[expect(clippy::cast_possible_truncation, reason = "16 bits at most are left")]
        let few = few.map(move |entry| (entry & ((1 << bits) - 1)) as u16);
        let (listed, all) = self.with_common(trace);
        let listed = listed.chunks_exact(2).map(|place| u16::from_le_bytes([place[0], place[1]]));
        #[expect(clippy::cast_possible_truncation, reason = "65,536 at most")]
        let all = (0..all).map(|place| place as u16);
        few.chain(listed).chain(all)
    }

    /// The places of a trace of many roots; the number of roots, when all have it.
    fn with_common(&self, trace: Trace) -> (&[u8], u32) {
        let common: &[u8] = &self.common;
        let count = common.len() / 8;
        let at = first(count, |index| word(common, index * 2) >= trace);
        if at == count || word(common, at * 2) != trace {
            return (&[], 0);
        }
        let start = word(common, at * 2 + 1) as usize * 2;
        let end = if at + 1 == count { self.places.len() } else { word(common, at * 2 + 3) as usize * 2 };
        if start == end { (&[], self.roots) } else { (&self.places[start..end], 0) }
    }
}

impl<'b, C: Origin> Decode<'b, C> for TraceIndex {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        #[derive(Decode)]
        #[cbor(context_bound = "Origin")]
        struct Stored {
            #[n(0)]
            roots: u32,
            #[n(1)]
            rare: Packed,
            #[n(2)]
            common: Packed,
            #[n(3)]
            places: Packed,
        }
        let Stored { roots, rare, common, places } = Stored::decode(decoder, context)?;
        let bits = bits_for(roots);
        let groups = 1_usize << bits.min(16);
        if bits > 16 || rare.len() < (groups + 1) * 4 || rare.len() != (groups + 1 + word(&rare, groups) as usize) * 4 {
            return Err(decode::Error::message("traces have another size than they say"));
        }
        Ok(Self { roots, rare, common, places, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture::Random;

    #[test]
    fn the_roots_with_a_trace_are_found() {
        for count in 0..64_usize {
            let mut random = Random(count as u64);
            let mut trace = || match random.below(6) {
                0 => u32::MAX - random.pick(&[0, 1, 2]),
                1 | 2 => random.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8]),
                _ => u32::try_from(random.next() >> 32).unwrap_or_default(),
            };
            let mut members: Vec<Vec<Trace>> = (0..count).map(|_| (0..7).map(|_| trace()).collect()).collect();
            if count % 2 == 0 {
                members.iter_mut().for_each(|traces| traces.push(77_777));
            }
            let index = TraceIndex::new(members.iter().map(|traces| &traces[..]));
            let stored: TraceIndex = minicbor::decode_with(&minicbor::to_vec(&index).unwrap(), &mut ()).unwrap();
            assert_eq!(stored, index);
            let asked = members.iter().flatten().copied().chain([0, 5, 77_777, 1 << 31, u32::MAX]);
            for trace in asked {
                let having = members.iter().enumerate().filter(|(_, traces)| traces.contains(&trace));
                let expected: Vec<usize> = having.map(|(place, _)| place).collect();
                let found: Vec<usize> = index.with(trace).map(usize::from).collect();
                assert_eq!(found, expected, "{count} roots, trace {trace}");
            }
        }
    }

    #[test]
    fn traces_of_another_size_are_refused() {
        let index = TraceIndex { roots: 300, ..TraceIndex::new([&[1, 2][..], &[2]].into_iter()) };
        let stored = minicbor::to_vec(&index).unwrap();
        assert!(minicbor::decode_with::<(), TraceIndex>(&stored, &mut ()).is_err());
    }
}
