//! Input/output mappings (S-VR-6) and variable mappings of call activities and signals.

use std::{collections::BTreeMap, sync::Arc};

use models::{Id, Value};
use objects::{Object, ObjectMap, Shared, convert, shared::ContainerClass};

use super::{
    Step, Tx,
    scope::{Ran, Scope, evaluate_in, stored, thrown_by},
};
use crate::graph::{Io, MappingCode, MappingSourceCode, NodeIx, ParameterCode};

/// A variable on its way to another process instance.
#[derive(Clone, Debug)]
pub(crate) struct Mapped {
    pub(crate) name: Arc<str>,
    pub(crate) value: Value,
    /// To be set exactly there.
    pub(crate) local: bool,
    /// It stays transient.
    pub(crate) transient: bool,
}

impl Tx<'_> {
    /// Inputs in order, each evaluated in the parent's scope and set locally.
    pub(crate) fn execute_input_mapping(&mut self, id: Id, activity: NodeIx) -> Ran {
        let definition = self.definition_of(id)?;
        let Some(io) = &definition.graph.node(activity).io else { return Ok(()) };
        let outer = self.execution(id).parent.unwrap_or(id);
        for (name, parameter) in &io.inputs {
            let value = self.parameter(outer, parameter, &[])?;
            self.set_variable_local(id, name.clone(), value, false)?;
        }
        Ok(())
    }

    /// Outputs in order, each evaluated in the activity's scope and set from the parent outward.
    pub(crate) fn execute_output_mapping(&mut self, id: Id) -> Step {
        self.output_mapping(id).map_err(|thrown| self.fault_of(id, thrown))
    }

    fn output_mapping(&mut self, id: Id) -> Ran {
        let definition = self.definition_of(id)?;
        let Some(activity) = self.execution(id).activity else { return Ok(()) };
        let Some(io) = &definition.graph.node(activity).io else { return Ok(()) };
        let outer = self.execution(id).parent.unwrap_or(id);
        for (name, parameter) in &io.outputs {
            let value = self.parameter(id, parameter, &[])?;
            self.set_variable(outer, name.clone(), value, false)?;
        }
        Ok(())
    }

    /// Inputs of a connector, in order: each sees those before it, and none becomes a variable.
    pub(crate) fn evaluate_inputs(&mut self, id: Id, io: &Io) -> Ran<Vec<(Arc<str>, Value)>> {
        let mut all: Vec<(Arc<str>, Value)> = Vec::with_capacity(io.inputs.len());
        for (name, parameter) in &io.inputs {
            let object = self.parameter_object(id, parameter, &all)?;
            let value = stored(&convert::with_content(&object))?;
            all.retain(|(known, _)| known != name);
            all.push((name.clone(), value));
        }
        Ok(all)
    }

    /// Value of a parameter.
    pub(crate) fn parameter(
        &mut self,
        scope: Id,
        parameter: &ParameterCode,
        extra: &[(Arc<str>, Value)],
    ) -> Ran<Value> {
        Ok(stored(&self.parameter_object(scope, parameter, extra)?)?)
    }

    fn parameter_object(&mut self, scope: Id, parameter: &ParameterCode, extra: &[(Arc<str>, Value)]) -> Ran<Object> {
        match parameter {
            ParameterCode::Null => Ok(Object::Null),
            ParameterCode::Expression(expression) => {
                let mut context =
                    Scope { tx: self, execution: Some(scope), task: None, external: None, extra, local: false };
                evaluate_in(&mut context, expression)
            }
            ParameterCode::Script(script) => self.script(scope, None, script, extra),
            ParameterCode::List(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    all.push(self.parameter_object(scope, item, extra)?);
                }
                Ok(Object::list(all))
            }
            ParameterCode::Map(entries) => {
                // sorted by evaluated key (S-VR-8)
                let all = Shared::of_class(ObjectMap::new(), ContainerClass::Sorted);
                for (key, value) in entries {
                    let mut context =
                        Scope { tx: self, execution: Some(scope), task: None, external: None, extra, local: false };
                    let key = evaluate_in(&mut context, key)?;
                    let value = self.parameter_object(scope, value, extra)?;
                    let mut context =
                        Scope { tx: self, execution: Some(scope), task: None, external: None, extra, local: false };
                    objects::methods::put(&all, key, value, &mut context).map_err(thrown_by)?;
                }
                Ok(Object::Map(all))
            }
        }
    }

    /// Values that `camunda:in`/`camunda:out` mappings pass, read on an execution.
    pub(crate) fn mapped_variables(&mut self, execution: Id, mappings: &[MappingCode]) -> Ran<Vec<Mapped>> {
        let mut all = Vec::new();
        for mapping in mappings {
            let local = mapping.local;
            match &mapping.source {
                MappingSourceCode::All => all.extend(self.all_mapped(execution, local)),
                MappingSourceCode::Variable(name) => {
                    let found = if local {
                        self.t.state.variable_in(execution, name)
                    } else {
                        self.get_variable(execution, name)
                    };
                    let (value, transient) =
                        found.map_or((Value::Null, false), |row| (row.value.clone(), row.transient));
                    all.push(Mapped { name: mapping.target.clone(), value, local, transient });
                }
                MappingSourceCode::Expression(expression) => {
                    let mut scope = self.scope_of(execution);
                    scope.local = local;
                    let value = stored(&evaluate_in(&mut scope, expression)?)?;
                    all.push(Mapped { name: mapping.target.clone(), value, local, transient: false });
                }
            }
        }
        Ok(all)
    }

    /// All variables of a scope, or all that are visible in it, in order of name.
    fn all_mapped(&self, execution: Id, local: bool) -> Vec<Mapped> {
        let mut all = BTreeMap::new();
        let mut at = Some(execution);
        while let Some(id) = at {
            for row in self.t.state.variables_of(id) {
                all.entry(row.name.clone()).or_insert_with(|| (row.value.clone(), row.transient));
            }
            at = self.t.state.execution(id).and_then(|row| row.parent).filter(|_| !local);
        }
        all.into_iter().map(|(name, (value, transient))| Mapped { name, value, local, transient }).collect()
    }

    /// Sets the business key of the process instance of an execution.
    pub(crate) fn set_business_key(&mut self, execution: Id, key: Option<Arc<str>>) -> Step {
        let instance = self.process_instance(execution);
        let text = key.as_deref().map(str::to_owned);
        self.change(instance, |row| row.business_key = key);
        self.history_business_key(instance, text)
    }
}
