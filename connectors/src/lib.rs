//! What takes the place of Java classes and of Camunda Connect, without a JVM.
//!
//! [`Connectors`] serves three things to an engine (`tollgate::Options::delegates`): the connectors that models name
//! (`http-connector`, `soap-http-connector`, `mail-send`) and mail tasks; and by configuration the classes, delegate
//! expressions and beans that no handler serves ([`DelegateMapping`]): an external-task topic, an HTTP call or a rhai script.
//!
//! Calls run on threads of the engine's own, never on its lane, and always end: each has a time-out, and a target that keeps
//! failing is left alone for a while ([`breaker`]).

pub mod breaker;
mod config;
mod delegate;
mod http;
mod json;
mod mail;
mod script;

use std::time::Duration;

pub use breaker::Breaker;
pub use config::{
    BreakerConfig, Config, ConfigError, Delegate, DelegateMapping, HttpConfig, MailConfig, MailSecurity, ProxyAddress,
};
use engine_core::host::{DelegateCall, DelegateOutcome, DelegateReply, DelegateRole, Served};

/// Connectors and mapped delegates.
#[derive(Debug)]
pub struct Connectors {
    mapping: DelegateMapping,
    http: http::Client,
    mail: mail::Mailer,
    scripts: script::Scripts,
    breaker: std::sync::Arc<Breaker>,
}

/// Ids of the connectors that are built in.
pub const CONNECTORS: [&str; 3] = ["http-connector", "soap-http-connector", "mail-send"];

impl Connectors {
    /// Sets up what a configuration says.
    ///
    /// # Errors
    /// A script does not compile, or a mapping contradicts itself.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let breaker = std::sync::Arc::new(Breaker::new(&config.breaker));
        let scripts = script::Scripts::compile(&config.delegates)?;
        Ok(Self {
            mapping: config.delegates,
            http: http::Client::new(&config.http, breaker.clone()),
            mail: mail::Mailer::new(config.mail, breaker.clone()),
            scripts,
            breaker,
        })
    }
}

impl tollgate::Delegates for Connectors {
    fn served(&self, name: &str) -> Served {
        match self.mapping.find(name) {
            Some(Delegate::Topic { topic }) => Served::Topic(topic.clone()),
            Some(_) => Served::Handler,
            None => Served::Nobody,
        }
    }

    fn circuits(&self) -> Vec<tollgate::Circuit> {
        self.breaker.states()
    }

    fn run(&self, call: &DelegateCall) -> Option<DelegateReply> {
        match call.role {
            DelegateRole::Connector => match &*call.name {
                "http-connector" => Some(self.http.connector(call, None)),
                "soap-http-connector" => Some(self.http.connector(call, Some("POST"))),
                "mail-send" => Some(self.mail.connector(call)),
                _ => None,
            },
            DelegateRole::Mail => Some(self.mail.task(call)),
            _ => match self.mapping.find(&call.name)? {
                Delegate::Topic { .. } => None,
                Delegate::Http { http, timeout_seconds } => {
                    let timeout = timeout_seconds.map(Duration::from_secs);
                    Some(delegate::call(&self.http, http, timeout, call))
                }
                Delegate::Script { .. } | Delegate::ScriptFile { .. } => Some(self.scripts.run(call)),
            },
        }
    }
}

/// A reply that is nothing but a technical failure.
fn failed(class: &str, message: impl Into<String>, cause: Option<String>) -> DelegateReply {
    let trace = cause.map(|cause| format!("Caused by: {cause}")).into_iter().collect();
    let outcome = DelegateOutcome::Exception { class: class.to_owned(), message: message.into(), trace };
    DelegateReply { outcome, ..DelegateReply::default() }
}
