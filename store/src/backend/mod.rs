//! The stores underneath: each implements [`KeyValue`](crate::KeyValue) and nothing else.

mod faulty;
mod fjall;
mod memory;
mod sled;

pub(crate) use self::{
    fjall::{Fjall, Journals},
    sled::Sled,
};
pub use faulty::{Faults, Faulty};
pub use memory::Memory;
