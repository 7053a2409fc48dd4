//! Configuration: made from a file, TOML for one, by its owner.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// HTTP calls.
    pub http: HttpConfig,
    /// Mail.
    pub mail: MailConfig,
    /// When a failing target is left alone.
    pub breaker: BreakerConfig,
    /// Who serves classes and beans.
    pub delegates: DelegateMapping,
}

/// Bounds of HTTP calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct HttpConfig {
    /// Seconds to connect.
    pub connect_timeout_seconds: u64,
    /// Seconds for the whole call.
    pub timeout_seconds: u64,
    /// Longest answer, in bytes.
    pub max_response_bytes: u64,
    /// Redirects that are followed.
    pub max_redirects: u32,
    /// Proxy, such as `http://proxy.acme.example:3128`; by default that of `HTTPS_PROXY` and its kin.
    pub proxy: Option<ProxyAddress>,
}

/// The address of a proxy.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct ProxyAddress(pub(crate) ureq::Proxy);

impl TryFrom<String> for ProxyAddress {
    type Error = String;

    fn try_from(address: String) -> Result<Self, String> {
        ureq::Proxy::new(&address).map(Self).map_err(|error| format!("`{address}` is no address of a proxy: {error}"))
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout_seconds: 10,
            timeout_seconds: 60,
            max_response_bytes: 16 * 1024 * 1024,
            max_redirects: 10,
            proxy: None,
        }
    }
}

/// How the connection to the mail server is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// Not at all.
    None,
    /// `STARTTLS`, required.
    #[default]
    StartTls,
    /// TLS from the beginning.
    Tls,
}

/// The SMTP server. Without `host` mail is refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailConfig {
    /// Host.
    pub host: Option<String>,
    /// Port; by default that of the security chosen.
    pub port: Option<u16>,
    /// Security.
    pub security: MailSecurity,
    /// User.
    pub user: Option<String>,
    /// Password. Better kept out of the file: see `password-file`.
    pub password: Option<String>,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// Sender of mail that names none.
    pub from: Option<String>,
    /// Seconds for a mail; 60 by default.
    pub timeout_seconds: Option<u64>,
}

/// When a failing target is left alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct BreakerConfig {
    /// Failures in a row that open the circuit; 0 never opens it.
    pub failures: u32,
    /// Seconds until an open circuit lets one call through.
    pub open_seconds: u64,
    /// Answers of status 500 and above count as failures, as no answer does.
    pub count_server_errors: bool,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self { failures: 5, open_seconds: 30, count_server_errors: true }
    }
}

/// What serves a class or bean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Delegate {
    /// An external task of a topic: a worker does it.
    Topic {
        /// The topic.
        topic: String,
    },
    /// A POST with fields and variables as JSON.
    Http {
        /// The address.
        http: String,
        /// Seconds for the call; that of all HTTP calls by default.
        timeout_seconds: Option<u64>,
    },
    /// A rhai script.
    Script {
        /// Its text.
        script: String,
    },
    /// A rhai script in a file.
    ScriptFile {
        /// The file.
        script_file: PathBuf,
    },
}

/// Who serves classes (`camunda:class`), delegate expressions and beans: by name, or by a pattern with `*`.
///
/// The exact name goes first, then the longest pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DelegateMapping(pub BTreeMap<String, Delegate>);

impl DelegateMapping {
    /// Who serves a name.
    pub fn find(&self, name: &str) -> Option<&Delegate> {
        self.find_entry(name).map(|(_, delegate)| delegate)
    }

    /// Who serves a name, with the pattern that says so.
    pub fn find_entry(&self, name: &str) -> Option<(&str, &Delegate)> {
        if let Some((key, delegate)) = self.0.get_key_value(name) {
            return Some((key, delegate));
        }
        let patterns = self.0.iter().filter(|(pattern, _)| pattern.contains('*') && matches(pattern, name));
        patterns.max_by_key(|(pattern, _)| pattern.len()).map(|(pattern, delegate)| (pattern.as_str(), delegate))
    }
}

/// Whether a name fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

/// Why connectors can't be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A script does not compile.
    #[error("the script of delegate `{name}` does not compile: {problem}")]
    Script {
        /// Name or pattern of the delegate.
        name: String,
        /// What the language says.
        problem: String,
    },
    /// A script can't be read.
    #[error("can't read the script `{file}` of delegate `{name}`: {problem}")]
    ScriptFile {
        /// Name or pattern of the delegate.
        name: String,
        /// The file.
        file: PathBuf,
        /// What the system says.
        problem: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(names: &[&str]) -> DelegateMapping {
        let entry = |name: &&str| ((*name).to_owned(), Delegate::Topic { topic: (*name).to_owned() });
        DelegateMapping(names.iter().map(entry).collect())
    }

    #[test]
    fn the_exact_name_goes_before_the_longest_pattern() {
        let mapping = mapping(&["*", "com.acme.*", "com.acme.Ship*", "com.acme.Ship", "*Bean"]);
        let found = |name: &str| mapping.find_entry(name).map(|(pattern, _)| pattern.to_owned());
        assert_eq!(found("com.acme.Ship").as_deref(), Some("com.acme.Ship"));
        assert_eq!(found("com.acme.Shipper").as_deref(), Some("com.acme.Ship*"));
        assert_eq!(found("com.acme.Charge").as_deref(), Some("com.acme.*"));
        assert_eq!(found("mailBean").as_deref(), Some("*Bean"));
        assert_eq!(found("other").as_deref(), Some("*"));
    }

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("a*c*e", "abcde"));
        assert!(matches("*", ""));
        assert!(!matches("a*c", "abcd"));
        assert!(!matches("a*b*b", "ab"));
        assert!(!matches("abc", "abcd"));
    }
}
