//! Modification: tokens are started and cancelled from outside (S-MO).

use models::Id;

use super::{Step, Todo, Tx, cancel::DeleteFlags};
use crate::{
    command::{Instruction, Modification},
    error::Fault,
};

/// One instruction of a modification in progress.
#[derive(Clone, Debug)]
pub(crate) struct PendingInstruction {
    pub(crate) process_instance: Id,
    pub(crate) instruction: Instruction,
    pub(crate) flags: DeleteFlags,
    pub(crate) reason: Option<String>,
}

impl Tx<'_> {
    pub(crate) fn modify(&mut self, modification: Modification) -> Step {
        let id = modification.process_instance;
        if self.t.state.execution(id).is_none() {
            return Err(Fault::bad_request(format!("Process instance '{id}' cannot be modified: processInstance is null")));
        }
        self.instruct(
            id,
            modification.instructions,
            modification.skip_custom_listeners,
            modification.skip_io_mappings,
            modification.cancellation_reason,
        )
    }

    /// Queues instructions: each runs until its tokens wait before the next begins.
    pub(crate) fn instruct(
        &mut self,
        id: Id,
        instructions: Vec<Instruction>,
        skip_listeners: bool,
        skip_io: bool,
        reason: Option<String>,
    ) -> Step {
        let flags = DeleteFlags { skip_listeners, skip_io, ..DeleteFlags::default() };
        self.scratch_mut(id).preserve_scope = true;
        self.t.pending.push_front(Todo::FinishModification { process_instance: id, reason: reason.clone(), flags });
        for instruction in instructions.into_iter().rev() {
            self.t.pending.push_front(Todo::Instruction(Box::new(PendingInstruction {
                process_instance: id,
                instruction,
                flags,
                reason: reason.clone(),
            })));
        }
        Ok(())
    }

    pub(crate) fn instruction(&mut self, pending: PendingInstruction) -> Step {
        Err(Fault::engine(format!("instruction {:?} is not available", pending.instruction)))
    }

    pub(crate) fn finish_modification(&mut self, id: Id, reason: Option<&str>, flags: DeleteFlags) -> Step {
        self.scratch_mut(id).preserve_scope = false;
        let _ = (reason, flags);
        Ok(())
    }
}
