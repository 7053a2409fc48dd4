//! Mail over SMTP: the `mail-send` connector and mail tasks.
//!
//! Inputs of both: `to`, `cc`, `bcc` (addresses separated by commas), `from`, `subject`, `text`, `html`; the connector also
//! knows `fromAlias`, and `fileNames` with `files`… of file variables is refused.

use std::{sync::Arc, time::Duration};

use engine_core::host::{DelegateCall, DelegateOutcome, DelegateReply};
use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, MultiPart, SinglePart},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use models::Value;

use crate::{
    Breaker,
    config::{MailConfig, MailSecurity},
    failed,
};

const MAIL_EXCEPTION: &str = "org.camunda.bpm.extension.mail.MailConnectorException";
const ENGINE_EXCEPTION: &str = "org.camunda.bpm.engine.ProcessEngineException";

/// Sends mail.
#[derive(Debug)]
pub(crate) struct Mailer {
    config: MailConfig,
    breaker: Arc<Breaker>,
}

/// The inputs of a mail as texts.
struct Mail<'a>(&'a [(String, Value)]);

impl Mail<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.to_string()),
            other => Some(match crate::json::to_json(other) {
                serde_json::Value::String(text) => text,
                json => json.to_string(),
            }),
        }
        .filter(|text| !text.trim().is_empty())
    }

    fn addresses(&self, name: &str) -> Result<Vec<Mailbox>, String> {
        let Some(text) = self.text(name) else { return Ok(Vec::new()) };
        let parse = |one: &str| {
            one.parse().map_err(|_| format!("Could not add '{one}' as '{name}' recipient: not a mail address"))
        };
        text.split([',', ';']).map(str::trim).filter(|one| !one.is_empty()).map(parse).collect()
    }
}

impl Mailer {
    pub(crate) fn new(config: MailConfig, breaker: Arc<Breaker>) -> Self {
        Self { config, breaker }
    }

    /// The `mail-send` connector.
    pub(crate) fn connector(&self, call: &DelegateCall) -> DelegateReply {
        match self.send(&Mail(&call.fields)) {
            Ok(()) => DelegateReply { outcome: DelegateOutcome::Results(Vec::new()), ..DelegateReply::default() },
            Err(problem) => failed(MAIL_EXCEPTION, format!("Failed to send message: {problem}"), None),
        }
    }

    /// A service task with `camunda:type="mail"`.
    pub(crate) fn task(&self, call: &DelegateCall) -> DelegateReply {
        match self.send(&Mail(&call.fields)) {
            Ok(()) => DelegateReply::default(),
            Err(problem) => {
                let activity = call.execution.activity.as_deref().unwrap_or_default();
                failed(ENGINE_EXCEPTION, format!("Could not send e-mail in activity {activity}: {problem}"), None)
            }
        }
    }

    fn send(&self, mail: &Mail<'_>) -> Result<(), String> {
        let message = self.message(mail)?;
        let host = self
            .config
            .host
            .as_deref()
            .ok_or("no mail server is configured: set `host` in the section `mail` of the connectors' file")?;
        let target = format!("smtp://{host}:{}", self.port());
        let permit = self.breaker.permit(&target).map_err(|refused| refused.to_string())?;
        let sent = self.transport(host)?.send(&message);
        // a refused recipient is no fault of the server
        permit.done(sent.as_ref().map_or_else(|error| error.is_permanent(), |_| true));
        sent.map(|_| ()).map_err(|error| error.to_string())
    }

    fn message(&self, mail: &Mail<'_>) -> Result<Message, String> {
        if mail.text("files").is_some() || mail.text("fileNames").is_some() {
            return Err("attachments are not supported: remove `files` and `fileNames`".to_owned());
        }
        let from = mail
            .text("from")
            .or_else(|| self.config.from.clone())
            .ok_or("No sender address: give `from`, or set it in the section `mail` of the connectors' file")?;
        let mut from: Mailbox = from.parse().map_err(|_| format!("Could not set '{from}' as from address in email"))?;
        if let Some(alias) = mail.text("fromAlias") {
            from.name = Some(alias);
        }
        let mut message = Message::builder().from(from);
        let to = mail.addresses("to")?;
        if to.is_empty() {
            return Err("No recipient could be found for sending email".to_owned());
        }
        for address in to {
            message = message.to(address);
        }
        for address in mail.addresses("cc")? {
            message = message.cc(address);
        }
        for address in mail.addresses("bcc")? {
            message = message.bcc(address);
        }
        message = message.subject(mail.text("subject").unwrap_or_default());
        let built = match (mail.text("text"), mail.text("html")) {
            (text, Some(html)) => message.multipart(MultiPart::alternative_plain_html(text.unwrap_or_default(), html)),
            (Some(text), None) => message.singlepart(SinglePart::plain(text)),
            (None, None) => {
                return Err("'html' or 'text' is required to be defined when using the mail activity".to_owned());
            }
        };
        built.map_err(|error| error.to_string())
    }

    fn port(&self) -> u16 {
        self.config.port.unwrap_or(match self.config.security {
            MailSecurity::None => 25,
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
        })
    }

    fn transport(&self, host: &str) -> Result<SmtpTransport, String> {
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|error| error.to_string());
        let tls = match self.config.security {
            MailSecurity::None => Tls::None,
            MailSecurity::StartTls => Tls::Required(parameters()?),
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
        };
        let timeout = Duration::from_secs(self.config.timeout_seconds.unwrap_or(60));
        let mut builder = SmtpTransport::builder_dangerous(host).port(self.port()).tls(tls).timeout(Some(timeout));
        if let Some(user) = &self.config.user {
            builder = builder.credentials(Credentials::new(user.clone(), self.password()?));
        }
        Ok(builder.build())
    }

    fn password(&self) -> Result<String, String> {
        if let Some(password) = &self.config.password {
            return Ok(password.clone());
        }
        let Some(file) = &self.config.password_file else { return Ok(String::new()) };
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("can't read the password file {}: {error}", file.display()))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}
