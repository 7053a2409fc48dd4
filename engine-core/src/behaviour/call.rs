//! Call activities (S-CA).

use std::sync::Arc;

use models::Id;
use objects::Object;

use crate::{
    error::Fault,
    graph::{BindingCode, CallCode, Expr, Kind},
    host::{Definition, Version},
    transaction::{
        Step, Tx,
        mapping::Mapped,
        scope::{Ran, plain_text},
    },
};

/// Starts the called process in the same transaction.
pub(super) fn execute(tx: &mut Tx<'_>, id: Id, code: &CallCode) -> Step {
    match prepare(tx, id, code) {
        Ok((definition, variables, business_key)) => tx.start_called(id, &definition, variables, business_key),
        Err(thrown) => tx.propagate_thrown(id, thrown),
    }
}

type Prepared = (Arc<Definition>, Vec<Mapped>, Option<String>);

fn prepare(tx: &mut Tx<'_>, id: Id, code: &CallCode) -> Ran<Prepared> {
    let Some(key) = &code.key else {
        return Err(Fault::engine(
            "the call activity calls a CMMN case; cases are not supported: model the case as a process",
        )
        .into());
    };
    let key = tx.evaluate_text(id, key)?.unwrap_or_default();
    let version = version(tx, id, &code.binding)?;
    let tenant = match &code.tenant {
        Some(expression) => tx.evaluate_text(id, expression)?,
        None => tx.definition_of(id)?.tenant.as_deref().map(str::to_owned),
    };
    let definition = tx.host.find_process(&key, &version, tenant.as_deref())?;
    let mut variables = tx.mapped_variables(id, &code.inputs)?;
    let business_key = match &code.business_key {
        Some(expression) => tx.evaluate_text(id, expression)?,
        None => None,
    };
    if let Some(mapping) = &code.mapping {
        let more = tx.delegate_mapping(id, mapping, false, None)?.into_iter();
        variables.extend(more.map(|(name, value)| Mapped { name, value, local: false, transient: false }));
    }
    Ok((definition, variables, business_key))
}

/// The version that a binding means.
pub(super) fn version(tx: &mut Tx<'_>, id: Id, binding: &BindingCode) -> Ran<Version> {
    Ok(match binding {
        BindingCode::Latest => Version::Latest,
        BindingCode::Deployment => Version::Deployment(tx.definition_of(id)?.deployment),
        BindingCode::Version(expression) => Version::Number(number(tx, id, expression)?),
        BindingCode::VersionTag(expression) => Version::Tag(tx.evaluate_text(id, expression)?.unwrap_or_default()),
    })
}

fn number(tx: &mut Tx<'_>, id: Id, expression: &Expr) -> Ran<i32> {
    let value = tx.evaluate(id, expression)?;
    let complaint =
        || Fault::engine(format!("It is not possible to transform '{}' into an integer.", plain_text(&value)));
    match &value {
        Object::Integer(value) => Ok(*value),
        Object::String(text) => Ok(text.trim().parse().map_err(|_| complaint())?),
        _ => Err(complaint().into()),
    }
}

impl Tx<'_> {
    /// Out mappings, when a called instance ends or an error leaves it (S-CA-3, S-ER-5).
    pub(crate) fn pass_output_variables(&mut self, caller: Id, called: Id) -> Step {
        let definition = self.definition_of(caller)?;
        let graph = definition.graph.clone();
        let activity = self.activity(caller)?;
        let Kind::CallActivity(code) = &graph.node(activity).kind else { return Ok(()) };
        let values = match self.mapped_variables(called, &code.outputs) {
            Ok(values) => values,
            Err(thrown) => return Err(self.fault_of(called, thrown)),
        };
        let in_loop = matches!(graph.node(graph.node(activity).parent).kind, Kind::MultiInstanceBody(_));
        for Mapped { name, value, local, transient } in values {
            if in_loop && matches!(&*name, "nrOfInstances" | "nrOfActiveInstances" | "nrOfCompletedInstances") {
                continue;
            }
            if local {
                self.set_variable_local(caller, name, value, transient)?;
            } else {
                self.set_variable(caller, name, value, transient)?;
            }
        }
        if let Some(mapping) = &code.mapping {
            self.delegate_mapping(caller, mapping, true, Some(called))
                .map_err(|thrown| self.fault_of(caller, thrown))?;
        }
        Ok(())
    }
}
