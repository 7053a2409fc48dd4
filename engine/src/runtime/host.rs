//! The surroundings of a transaction: definitions, ids, handlers, scripts.

use std::sync::Arc;

use engine_core::{
    error::Fault,
    host::{
        Counted, Decisions, Definition, DelegateCall, DelegateOutcome, DelegateReply, DelegateRole, Host,
        JobDefinitionInfo, Scripts, Served, Settings, Version,
    },
    trace::TraceContext,
};
use models::{Id, Timestamp};
use objects::{Object, ObjectError};

use super::{
    Shared,
    ids::{IdSource, IdTime},
};
use crate::{handler::Handler, request::Caller};

/// [`Host`] for transactions on the lane.
pub(super) struct LaneHost<'a> {
    pub(super) shared: &'a Shared,
    pub(super) ids: &'a mut IdSource,
    /// When the transaction made its first id.
    pub(super) id_time: Option<IdTime>,
    pub(super) now: Timestamp,
    pub(super) caller: &'a Caller,
}

impl Host for LaneHost<'_> {
    fn count(&mut self, counted: Counted) {
        self.shared.meters.count(counted);
    }

    fn fresh_id(&mut self) -> Id {
        // a transaction with thousands of ids looks at the clock once
        let time = *self.id_time.get_or_insert_with(|| self.ids.now());
        self.ids.fresh_at(time)
    }

    fn settings(&self) -> &Settings {
        &self.shared.options.settings
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn user(&self) -> Option<&str> {
        self.caller.user.as_deref()
    }

    fn trace(&self) -> Option<&TraceContext> {
        self.caller.trace.as_deref()
    }

    fn user_groups(&self) -> Vec<String> {
        self.caller.groups.clone()
    }

    fn definition(&self, id: Id) -> Result<Arc<Definition>, Fault> {
        self.shared.definition(id)
    }

    fn is_suspended(&self, definition: Id) -> bool {
        self.shared.world.read().process_definition(definition).is_some_and(|row| row.suspended)
    }

    fn find_process(&self, key: &str, version: &Version, tenant: Option<&str>) -> Result<Arc<Definition>, Fault> {
        let id = {
            let world = self.shared.world.read();
            let found = match version {
                Version::Latest => world.latest_process_definition(key, tenant).map(|row| row.id),
                Version::Number(number) => world.process_definition_version(key, *number, tenant).map(|row| row.id),
                Version::Deployment(deployment) => {
                    world.process_definitions_of_deployment(*deployment).find(|row| row.key == key).map(|row| row.id)
                }
                Version::Tag(tag) => {
                    let mut tagged = world
                        .process_definitions_of_key(key)
                        .filter(|row| row.version_tag.as_deref() == Some(tag) && row.tenant.as_deref() == tenant);
                    let first = tagged.next().map(|row| row.id);
                    if first.is_some() && tagged.next().is_some() {
                        let count = 2 + tagged.count();
                        return Err(Fault::engine(format!(
                            "ENGINE-03045 There are '{count}' results for a process definition with key '{key}', versionTag \
                             '{tag}' and tenant-id '{{}}'."
                        )));
                    }
                    first
                }
            };
            found.ok_or_else(|| not_deployed(key, version, tenant))?
        };
        self.shared.definition(id)
    }

    fn job_definition(&self, definition: Id, declaration: u32) -> JobDefinitionInfo {
        let world = self.shared.world.read();
        world.job_definition_at(definition, declaration).map_or_else(JobDefinitionInfo::default, |row| {
            JobDefinitionInfo { id: Some(row.id), suspended: row.suspended, priority: row.overriding_priority }
        })
    }

    fn script_resource(&self, deployment: Id, path: &str) -> Result<Arc<str>, Fault> {
        let name = path
            .strip_prefix("deployment://")
            .or_else(|| path.strip_prefix("classpath://"))
            .unwrap_or(path)
            .trim_start_matches('/');
        let world = self.shared.world.read();
        let found = world.deployment(deployment).and_then(|row| row.resources.iter().find(|r| r.name == name));
        let resource = found.ok_or_else(|| {
            Fault::new(
                engine_core::error::FaultKind::NotFound,
                format!("ENGINE-07005 Unable to find resource at path {path}: deploy the file together with the model"),
            )
        })?;
        Ok(Arc::from(String::from_utf8_lossy(&resource.bytes)))
    }

    fn scripts(&self) -> Arc<dyn Scripts> {
        self.shared.scripts.clone()
    }

    fn decisions(&self) -> Arc<dyn Decisions> {
        self.shared.decisions.clone()
    }

    fn served(&self, name: &str) -> Served {
        if self.shared.handlers.has(name) {
            return Served::Handler;
        }
        self.shared.delegates.served(name)
    }

    fn run_delegate(&mut self, call: DelegateCall) -> DelegateReply {
        self.shared.run_delegate(call)
    }

    fn has_bean(&self, name: &str) -> bool {
        self.shared.handlers.has(name) || self.shared.delegates.served(name) != Served::Nobody
    }

    fn bean_method(
        &mut self,
        bean: &str,
        method: &str,
        args: &[Object],
        call: &DelegateCall,
    ) -> Result<(Object, DelegateReply), ObjectError> {
        let qualified = format!("{bean}.{method}");
        let name = if self.shared.handlers.has(&qualified) { qualified } else { bean.to_owned() };
        let mut call = call.clone();
        call.name = Arc::from(name);
        call.fields.push(("method".to_owned(), models::Value::string(method)));
        for (at, argument) in args.iter().enumerate() {
            // the execution or task handed over is the context itself
            let value = objects::convert::to_value(argument).unwrap_or(models::Value::Null);
            call.fields.push((format!("arg{at}"), value));
        }
        let mut reply = self.shared.run_delegate(call);
        let result =
            reply.variables.iter().position(|(name, ..)| name == "return").map(|at| reply.variables.remove(at));
        Ok((result.map_or(Object::Null, |(_, value, _)| objects::convert::to_object(&value)), reply))
    }

    fn log_unhandled(&mut self, message: &str) {
        tracing::info!("{message}");
    }
}

fn not_deployed(key: &str, version: &Version, tenant: Option<&str>) -> Fault {
    let tenant = tenant.unwrap_or("null");
    let what = match version {
        Version::Latest => format!("'{key}' and tenant-id '{tenant}'"),
        Version::Number(number) => format!("= '{key}', version = '{number}' and tenant-id = '{tenant}'"),
        Version::Tag(tag) => format!("= '{key}', versionTag = '{tag}' and tenant-id = '{tenant}'"),
        Version::Deployment(deployment) => format!("= '{key}' in deployment = '{deployment}'"),
    };
    Fault::null(format!("no processes deployed with key {what}: processDefinition is null"))
}

impl Shared {
    /// Runs a handler and waits for it.
    pub(super) fn run_delegate(&self, call: DelegateCall) -> DelegateReply {
        match self.handlers.get(&call.name) {
            Some(Handler::Blocking(handler)) => crate::handler::run_blocking(&handler, call),
            Some(Handler::Async(handler)) => {
                let context = crate::handler::HandlerContext::new(call);
                let result = self.tokio().block_on(handler(context.clone()));
                context.into_reply(result)
            }
            None => self.delegates.run(&call).unwrap_or_else(|| nobody(&call)),
        }
    }
}

/// Nobody serves a call: Camunda's words for a connector that is not there, ours where Camunda has none.
fn nobody(call: &DelegateCall) -> DelegateReply {
    let (class, message) = match call.role {
        DelegateRole::Connector => {
            ("org.camunda.connect.ConnectorException", format!("No connector found for connector id '{}'", call.name))
        }
        DelegateRole::Mail => (
            "org.camunda.bpm.engine.ProcessEngineException",
            "mail tasks need the mail connector: this engine was opened without connectors".to_owned(),
        ),
        _ => ("org.camunda.bpm.engine.ClassLoadingException", format!("nobody serves `{}`", call.name)),
    };
    let outcome = DelegateOutcome::Exception { class: class.to_owned(), message, trace: Vec::new() };
    DelegateReply { outcome, ..DelegateReply::default() }
}
