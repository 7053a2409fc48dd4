//! Mail over SMTP: the `mail-send` connector and mail tasks.
//!
//! Inputs of both: `to`, `cc`, `bcc` (addresses separated by commas), `from`, `subject`, `text`, `html`; the connector also
//! knows `fromAlias` and `files`, a map from names to file variables. `fileNames`, which are files of the server's disk, are
//! refused.

use std::{sync::Arc, time::Duration};

use engine_core::host::{DelegateCall, DelegateOutcome, DelegateReply};
use lettre::{
    Message, SmtpTransport, Transport,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use models::Value;
use objects::{Object, convert};

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

impl Mail<'_> {
    /// The attachments: names and contents.
    fn attachments(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        if self.text("fileNames").is_some() {
            return Err(
                "`fileNames` are files of the server's disk, which no model may read: attach file variables with \
                        `files`, a map from names to files"
                    .to_owned(),
            );
        }
        let Some((_, value)) = self.0.iter().find(|(name, _)| name == "files") else { return Ok(Vec::new()) };
        let entries = match convert::to_object(value) {
            Object::Null => return Ok(Vec::new()),
            Object::Map(entries) => entries,
            other => {
                return Err(format!("`files` must be a map from names to files, not {}", other.plain_class_name()));
            }
        };
        let file = |(name, content): (&objects::MapKey, &Object)| match (&name.0, content) {
            (Object::String(name), Object::Bytes(content)) => Ok((name.to_string(), content.to_vec())),
            (_, other) => {
                Err(format!("`files` must be a map from names to files, not to {}", other.plain_class_name()))
            }
        };
        entries.borrow().iter().map(file).collect()
    }
}

/// What a file is, from its name.
fn content_type(name: &str) -> ContentType {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let text = match ending.as_str() {
        "txt" | "text" | "log" | "csv" => "text/plain",
        "htm" | "html" => "text/html",
        "xml" | "bpmn" | "dmn" => "application/xml",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    ContentType::parse(text).unwrap_or(ContentType::TEXT_PLAIN)
}

impl Mailer {
    pub(crate) fn new(config: MailConfig, breaker: Arc<Breaker>) -> Self {
        Self { config, breaker }
    }

    /// The `mail-send` connector.
    pub(crate) fn connector(&self, call: &DelegateCall) -> DelegateReply {
        match self.send(&Mail(&call.fields), true) {
            Ok(()) => DelegateReply { outcome: DelegateOutcome::Results(Vec::new()), ..DelegateReply::default() },
            Err(problem) => failed(MAIL_EXCEPTION, format!("Failed to send mail: {problem}"), None),
        }
    }

    /// A service task with `camunda:type="mail"`.
    pub(crate) fn task(&self, call: &DelegateCall) -> DelegateReply {
        match self.send(&Mail(&call.fields), false) {
            Ok(()) => DelegateReply::default(),
            Err(problem) => {
                let activity = call.execution.activity.as_deref().unwrap_or_default();
                failed(ENGINE_EXCEPTION, format!("Could not send e-mail in activity {activity}: {problem}"), None)
            }
        }
    }

    /// Sends a mail; that of a connector may be empty, and have attachments.
    fn send(&self, mail: &Mail<'_>, connector: bool) -> Result<(), String> {
        let message = self.message(mail, connector)?;
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

    fn message(&self, mail: &Mail<'_>, connector: bool) -> Result<Message, String> {
        let attachments = if connector { mail.attachments()? } else { Vec::new() };
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
        let (text, html) = (mail.text("text"), mail.text("html"));
        if !connector && text.is_none() && html.is_none() {
            return Err("'html' or 'text' is required to be defined when using the mail activity".to_owned());
        }
        let text = text.unwrap_or_default();
        let built = if attachments.is_empty() {
            match html {
                Some(html) => message.multipart(MultiPart::alternative_plain_html(text, html)),
                None => message.singlepart(SinglePart::plain(text)),
            }
        } else {
            let mut parts = match html {
                Some(html) => MultiPart::mixed().multipart(MultiPart::alternative_plain_html(text, html)),
                None => MultiPart::mixed().singlepart(SinglePart::plain(text)),
            };
            for (name, content) in attachments {
                let kind = content_type(&name);
                parts = parts.singlepart(Attachment::new(name).body(content, kind));
            }
            message.multipart(parts)
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
