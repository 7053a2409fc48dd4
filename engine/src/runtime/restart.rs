//! Modification of several instances, restart of ended ones.

use super::{Engine, administration::missing};
use crate::{
    pending::Pending,
    request::{self, Caller},
};

impl Engine {
    /// Modifies several process instances.
    pub fn modify_many(&self, _request: request::ModifyMany, _caller: &Caller) -> Pending<()> {
        missing("modifying several instances")
    }

    /// Restarts finished process instances.
    pub fn restart(&self, _request: request::Restart, _caller: &Caller) -> Pending<()> {
        missing("restarting instances")
    }
}
