//! Clean-up of history whose time is over.

use models::Id;

use super::{Engine, administration::missing};
use crate::{
    pending::Pending,
    request::{self, Caller},
};

impl Engine {
    /// Cleans history up.
    pub fn clean_up(&self, _request: request::CleanUp, _caller: &Caller) -> Pending<Vec<Id>> {
        missing("history clean-up")
    }
}
