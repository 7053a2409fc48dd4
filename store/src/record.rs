//! What the store adds to the caller's bytes: a trailer behind every value, and one record for each group.
//!
//! ```text
//! stored value   payload ++ seq (u64) ++ crc32 (u32)          crc over key ++ payload ++ seq
//! key [0, 'v']   format: magic ++ format number (u32)
//! key [0, 'c']   first group of the chain (u64); only once a gap has been accepted
//! key [0, 'g', slot (u16, big-endian)]
//!                group: magic ++ number ++ first seq ++ last seq ++ synced (u64 each) ++ operations (u32)
//!                slot = number mod 1024
//! ```
//! Numbers in values are little-endian. The last 1,024 groups stay readable in a ring of slots, so that opening can
//! verify that nothing between them is missing. The checksum covers the key, so a value that ended up under another key
//! is found too.

use crate::{Bytes, Error, Seq};

/// Version of everything this module lays out. A change of the layout raises it.
pub(crate) const FORMAT: u32 = 1;

/// Table (first byte of the key) that belongs to the store itself.
pub(crate) const STORE_TABLE: u8 = 0;

/// Key of the format record.
pub(crate) const FORMAT_KEY: [u8; 2] = [STORE_TABLE, b'v'];

/// Key of the record that says where the chain of groups begins, once a gap has been accepted.
pub(crate) const CHAIN_KEY: [u8; 2] = [STORE_TABLE, b'c'];

/// Prefix of the group records.
pub(crate) const GROUP_PREFIX: [u8; 2] = [STORE_TABLE, b'g'];

/// Group records that are kept.
pub(crate) const GROUP_SLOTS: u64 = 1024;

/// Bytes behind each payload.
pub(crate) const TRAILER_BYTES: usize = 12;

const FORMAT_MAGIC: &[u8; 8] = b"tollgate";

/// Begins each group record; unlikely enough to be searched for in raw files.
pub(crate) const GROUP_MAGIC: &[u8; 16] = b"\xf1tollgate-group\n";

const GROUP_BYTES: usize = GROUP_MAGIC.len() + 4 * 8 + 4;

/// Length of a group record with its trailer.
pub(crate) const STORED_GROUP_BYTES: usize = GROUP_BYTES + TRAILER_BYTES;

/// First half of sealing, done by the thread that submits: room for the trailer, and the checksum so far behind the
/// payload.
pub(crate) fn begin_seal(key: &[u8], value: &mut Vec<u8>) {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(value);
    value.reserve_exact(TRAILER_BYTES);
    value.extend_from_slice(&hasher.finalize().to_le_bytes());
}

/// Second half, once the sequence number is known: puts the trailer in the place of the checksum so far.
pub(crate) fn finish_seal(value: &mut Vec<u8>, seq: Seq) {
    let Some(begun) = value.last_chunk::<4>().copied() else {
        return;
    };
    value.truncate(value.len() - begun.len());
    let seq = seq.0.to_le_bytes();
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::from_le_bytes(begun));
    hasher.update(&seq);
    value.extend_from_slice(&seq);
    value.extend_from_slice(&hasher.finalize().to_le_bytes());
}

/// Both halves.
pub(crate) fn seal(key: &[u8], mut value: Vec<u8>, seq: Seq) -> Vec<u8> {
    begin_seal(key, &mut value);
    finish_seal(&mut value, seq);
    value
}

/// Checks a stored value and returns its payload with the sequence number of the commit that wrote it.
pub(crate) fn unseal(key: &[u8], stored: Bytes) -> Result<(Bytes, Seq), Error> {
    let seq = verify(key, &stored)?;
    let length = stored.len() - TRAILER_BYTES;
    Ok((stored.truncated(length), seq))
}

/// Checks a stored value and returns the sequence number of the commit that wrote it.
pub(crate) fn verify(key: &[u8], stored: &[u8]) -> Result<Seq, Error> {
    let Some(at) = stored.len().checked_sub(TRAILER_BYTES) else {
        return Err(Error::damaged_record(key, format!("{} bytes are too few for a record", stored.len())));
    };
    let (sealed, checksum) = stored.split_at(at + 8);
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(sealed);
    if hasher.finalize().to_le_bytes() != checksum {
        return Err(Error::damaged_record(key, "its checksum does not match"));
    }
    Ok(Seq(le_u64(&sealed[at..])))
}

/// The format record's payload.
pub(crate) fn format_payload() -> Vec<u8> {
    [FORMAT_MAGIC.as_slice(), &FORMAT.to_le_bytes()].concat()
}

/// The format number in a format record's payload.
pub(crate) fn parse_format(payload: &[u8]) -> Option<u32> {
    let number = payload.strip_prefix(FORMAT_MAGIC)?;
    Some(u32::from_le_bytes(number.try_into().ok()?))
}

/// One group of commits that went to disk together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Counts groups from 1.
    pub(crate) number: u64,
    pub(crate) first: Seq,
    pub(crate) last: Seq,
    /// The last group that was on disk for certain when this one was written.
    pub(crate) synced: u64,
    /// Operations in the batch, without the group record itself.
    pub(crate) operations: u32,
}

impl Group {
    /// Where the record of group `number` lives.
    pub(crate) fn key_of(number: u64) -> Vec<u8> {
        let slot = u16::try_from(number % GROUP_SLOTS).unwrap_or_default();
        [GROUP_PREFIX.as_slice(), &slot.to_be_bytes()].concat()
    }

    /// The stored form, sealed.
    pub(crate) fn to_stored(self) -> Vec<u8> {
        let mut value = Vec::with_capacity(STORED_GROUP_BYTES);
        value.extend_from_slice(GROUP_MAGIC);
        for number in [self.number, self.first.0, self.last.0, self.synced] {
            value.extend_from_slice(&number.to_le_bytes());
        }
        value.extend_from_slice(&self.operations.to_le_bytes());
        seal(&Self::key_of(self.number), value, self.last)
    }

    /// The part of a stored group record that [`parse`](Self::parse) reads, unchecked.
    pub(crate) fn payload_of(stored: &[u8]) -> Option<&[u8]> {
        stored.get(..stored.len().checked_sub(TRAILER_BYTES)?)
    }

    /// Reads a payload.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let numbers = payload.strip_prefix(GROUP_MAGIC)?;
        if numbers.len() != GROUP_BYTES - GROUP_MAGIC.len() {
            return None;
        }
        Some(Self {
            number: le_u64(numbers),
            first: Seq(le_u64(&numbers[8..])),
            last: Seq(le_u64(&numbers[16..])),
            synced: le_u64(&numbers[24..]),
            operations: u32::from_le_bytes(numbers[32..].try_into().ok()?),
        })
    }
}

/// The first eight bytes as a number.
fn le_u64(bytes: &[u8]) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_to_its_payload_and_sequence() {
        let stored = seal(b"rkey", b"payload".to_vec(), Seq(7));
        assert_eq!(stored.len(), 7 + TRAILER_BYTES);
        let (payload, seq) = unseal(b"rkey", stored.into()).unwrap();
        assert_eq!(payload, b"payload");
        assert_eq!(seq, Seq(7));
    }

    #[test]
    fn every_flipped_bit_and_every_other_key_is_found() {
        let stored = seal(b"rkey", b"payload".to_vec(), Seq(7));
        for bit in 0..stored.len() * 8 {
            let mut flipped = stored.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(b"rkey", &flipped).is_err(), "bit {bit}");
        }
        assert!(verify(b"rkez", &stored).is_err());
        assert!(verify(b"rkey", &stored[..TRAILER_BYTES - 1]).is_err());
        assert!(verify(b"rkey", b"").is_err());
    }

    #[test]
    fn a_group_record_reads_back() {
        let group = Group { number: 1030, first: Seq(5), last: Seq(9), synced: 1029, operations: 11 };
        let stored = group.to_stored();
        assert_eq!(stored.len(), STORED_GROUP_BYTES);
        assert_eq!(Group::key_of(1030), [0, b'g', 0, 6]);
        let (payload, seq) = unseal(&Group::key_of(1030), stored.into()).unwrap();
        assert_eq!(seq, Seq(9));
        assert_eq!(Group::parse(&payload), Some(group));
        assert_eq!(Group::parse(&payload[1..]), None);
    }
}
