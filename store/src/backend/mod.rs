//! The stores underneath: each implements [`KeyValue`](crate::KeyValue) and nothing else.

mod fjall;
mod memory;
mod sled;

pub(crate) use self::{fjall::Fjall, sled::Sled};
pub use memory::Memory;
