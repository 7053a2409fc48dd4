//! Expressions, scripts and Camunda's extensions.

use std::{collections::BTreeMap, sync::Arc};

use models::bpmn::{
    self, Condition, ConditionalDefinition, ExecutionEvent, ExecutionListener, Field, FieldValue, InputOutput,
    ListenerAction, MappingSource, ParameterValue, Script, ScriptSource, VariableMapping,
};

use super::{Compiler, Result};
use crate::graph::{
    ConditionCode, ConditionalCode, Expr, FieldCode, FieldText, Io, Listener, MappingCode, MappingSourceCode,
    ParameterCode, ScriptCode, ScriptText, VariableEventKind,
};

impl Compiler {
    pub(super) fn expr(&self, text: &str) -> Result<Expr> {
        juel::Expression::parse(text).map(|parsed| Expr(Arc::new(parsed))).map_err(|e| self.error(e.to_string()))
    }

    pub(super) fn option(&self, text: Option<&str>) -> Result<Option<Expr>> {
        text.map(|text| self.expr(text)).transpose()
    }

    pub(super) fn exprs(&self, texts: &[String]) -> Result<Vec<Expr>> {
        texts.iter().map(|text| self.expr(text)).collect()
    }

    pub(super) fn condition(&self, condition: &Condition) -> Result<ConditionCode> {
        Ok(match condition {
            Condition::Expression(text) => ConditionCode::Expression(self.expr(text)?),
            Condition::Script(script) => ConditionCode::Script(self.script(script)?),
        })
    }

    pub(super) fn conditional(&mut self, definition: &ConditionalDefinition) -> Result<Arc<ConditionalCode>> {
        self.graph.conditional = true;
        Ok(Arc::new(ConditionalCode {
            condition: self.condition(&definition.condition)?,
            variable_name: definition.variable_name.as_deref().map(Arc::from),
            variable_events: definition
                .variable_events
                .iter()
                .filter_map(|name| match name.as_str() {
                    "create" => Some(VariableEventKind::Create),
                    "update" => Some(VariableEventKind::Update),
                    "delete" => Some(VariableEventKind::Delete),
                    _ => None,
                })
                .collect(),
        }))
    }

    pub(super) fn script(&self, script: &Script) -> Result<ScriptCode> {
        Ok(ScriptCode {
            language: Arc::from(script.language.as_str()),
            source: match &script.source {
                ScriptSource::Inline(text) if Script::is_dynamic(&script.language, text) => {
                    ScriptText::Given(self.expr(text)?)
                }
                ScriptSource::Inline(text) => ScriptText::Inline(Arc::from(text.as_str())),
                ScriptSource::Resource(text) => ScriptText::Resource(self.expr(text)?),
            },
        })
    }

    pub(super) fn fields(&self, fields: &[Field]) -> Result<Arc<[FieldCode]>> {
        fields
            .iter()
            .map(|field| {
                let value = match &field.value {
                    FieldValue::String(text) => FieldText::Constant(Arc::from(text.as_str())),
                    FieldValue::Expression(text) => FieldText::Expression(self.expr(text)?),
                };
                Ok(FieldCode { name: Arc::from(field.name.as_str()), value })
            })
            .collect()
    }

    pub(super) fn action(&self, action: &ListenerAction) -> Result<Listener> {
        Ok(match action {
            ListenerAction::Class { name, fields } => Listener::Class(Arc::from(name.as_str()), self.fields(fields)?),
            ListenerAction::DelegateExpression { expression, fields } => {
                Listener::DelegateExpression(self.expr(expression)?, self.fields(fields)?)
            }
            ListenerAction::Expression(text) => Listener::Expression(self.expr(text)?),
            ListenerAction::Script(script) => Listener::Script(self.script(script)?),
        })
    }

    pub(super) fn listeners(&self, listeners: &[ExecutionListener]) -> Result<(Vec<Listener>, Vec<Listener>)> {
        let of = |event| {
            listeners.iter().filter(|l| l.event == event).map(|l| self.action(&l.action)).collect::<Result<_>>()
        };
        Ok((of(ExecutionEvent::Start)?, of(ExecutionEvent::End)?))
    }

    pub(super) fn io(&self, io: &InputOutput) -> Result<Io> {
        let parameters = |all: &[bpmn::Parameter]| {
            all.iter()
                .map(|one| Ok((Arc::from(one.name.as_str()), self.parameter(&one.value)?)))
                .collect::<Result<Vec<_>>>()
        };
        Ok(Io { inputs: parameters(&io.inputs)?, outputs: parameters(&io.outputs)? })
    }

    pub(super) fn parameter(&self, value: &ParameterValue) -> Result<ParameterCode> {
        Ok(match value {
            ParameterValue::Null => ParameterCode::Null,
            ParameterValue::Expression(text) => ParameterCode::Expression(self.expr(text)?),
            ParameterValue::Script(script) => ParameterCode::Script(self.script(script)?),
            ParameterValue::List(items) => {
                ParameterCode::List(items.iter().map(|item| self.parameter(item)).collect::<Result<_>>()?)
            }
            ParameterValue::Map(entries) => {
                // evaluated in the order of the keys' texts; of entries with the same text the last one counts
                let entries: BTreeMap<Vec<u16>, _> =
                    entries.iter().map(|entry| (entry.0.encode_utf16().collect(), entry)).collect();
                ParameterCode::Map(
                    entries
                        .into_values()
                        .map(|(key, value)| Ok((self.expr(key)?, self.parameter(value)?)))
                        .collect::<Result<_>>()?,
                )
            }
        })
    }

    pub(super) fn mappings(&self, mappings: &[VariableMapping]) -> Result<Vec<MappingCode>> {
        mappings
            .iter()
            .map(|mapping| {
                Ok(MappingCode {
                    source: match &mapping.source {
                        MappingSource::All => MappingSourceCode::All,
                        MappingSource::Variable(name) => MappingSourceCode::Variable(Arc::from(name.as_str())),
                        MappingSource::Expression(text) => MappingSourceCode::Expression(self.expr(text)?),
                    },
                    target: Arc::from(mapping.target.as_str()),
                    local: mapping.local,
                })
            })
            .collect()
    }
}
