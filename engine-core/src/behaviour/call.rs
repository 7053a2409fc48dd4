//! Call activities (S-CA).

use std::sync::Arc;

use models::{Id, Value};
use objects::Object;

use crate::{
    error::Fault,
    graph::{BindingCode, CallCode, Expr, Kind},
    host::{Definition, Version},
    transaction::{
        Step, Tx,
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

type Prepared = (Arc<Definition>, Vec<(Arc<str>, Value)>, Option<String>);

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
    if tx.host.is_suspended(definition.id) {
        return Err(Fault::new(
            crate::error::FaultKind::SuspendedEntity,
            format!("ENGINE-03043 Process Definition with id '{}' is suspended.", definition.text_id()),
        )
        .into());
    }
    let variables = tx.mapped_variables(id, &code.inputs)?;
    let mut variables: Vec<(Arc<str>, Value)> = variables.into_iter().map(|(name, value, _)| (name, value)).collect();
    let business_key = match &code.business_key {
        Some(expression) => tx.evaluate_text(id, expression)?,
        None => None,
    };
    if let Some(mapping) = &code.mapping {
        variables.extend(tx.delegate_mapping(id, mapping, false, None)?);
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
        for (name, value, local) in values {
            if in_loop && matches!(&*name, "nrOfInstances" | "nrOfActiveInstances" | "nrOfCompletedInstances") {
                continue;
            }
            if local {
                self.set_variable_local(caller, name, value, false)?;
            } else {
                self.set_variable(caller, name, value, false)?;
            }
        }
        if let Some(mapping) = &code.mapping {
            self.delegate_mapping(caller, mapping, true, Some(called))
                .map_err(|thrown| self.fault_of(caller, thrown))?;
        }
        Ok(())
    }
}
