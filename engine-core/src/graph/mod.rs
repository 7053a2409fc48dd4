//! Compiled processes.

use minicbor::{Decode, Encode};

/// Index of a node in one process graph; meaningless in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct NodeIx(#[n(0)] pub u32);

/// Index of a sequence flow in one process graph; meaningless in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct FlowIx(#[n(0)] pub u32);
