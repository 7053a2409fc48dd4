//! Evaluation of decisions on request.

use std::sync::Arc;

use engine_core::{
    error::{Fault, FaultKind},
    history::HistoryEvent,
    host::Counted,
};

use super::{Engine, start_timer::Empty};
use crate::{
    pending::Pending,
    request::{self, Caller, DecisionRow},
};

impl Engine {
    /// Evaluates a decision with the given variables; history keeps it.
    pub fn evaluate_decision(&self, request: request::EvaluateDecision, caller: &Caller) -> Pending<Vec<DecisionRow>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            let shared = lane.shared.clone();
            if let Err(fault) = lane.permit(&caller, |rights| rights.evaluate_decision(request.definition)) {
                drop(answer.send(Err(fault)));
                return;
            }
            let entry = crate::audit::evaluated(&shared.world.read(), request.definition);
            let mut scope = Empty {
                now: shared.clock.now(),
                zone: shared.options.settings.time_zone.clone(),
                variables: request.variables.0.into_iter().map(|one| (one.name, one.value)).collect(),
                caller: caller.clone(),
            };
            match shared.decisions.evaluate_definition(request.definition, &mut scope) {
                Err(fault) => {
                    // Camunda names the key that the caller gave, which over REST is none
                    let text = "Exception while evaluating decision with key 'null'";
                    let found = fault.kind != FaultKind::NotFound;
                    let message = if found { text.to_owned() } else { fault.message };
                    drop(answer.send(Err(Fault { message, ..fault })));
                }
                Ok(outcome) => {
                    lane.note(entry, &caller);
                    let root = lane.ids.fresh();
                    shared.meters.count(Counted::Decisions(outcome.history.len()));
                    let mut events = Vec::new();
                    for (at, mut decision) in outcome.history.into_iter().enumerate() {
                        decision.id = if at == 0 { root } else { lane.ids.fresh() };
                        decision.root_decision = (at > 0).then_some(root);
                        decision.time = scope.now;
                        decision.removal_time = shared.decision_removal_time(request.definition, scope.now);
                        decision.user.clone_from(&caller.user);
                        decision.inputs.iter_mut().for_each(|input| input.id = lane.ids.fresh());
                        decision.outputs.iter_mut().for_each(|output| output.id = lane.ids.fresh());
                        events.push(HistoryEvent::Decision(Arc::new(decision)));
                    }
                    let rules = outcome.rules;
                    lane.write_records(
                        Vec::new(),
                        events,
                        Box::new(move |result| drop(answer.send(result.map(|()| rules)))),
                    );
                }
            }
        })
    }
}
