//! A small client of the REST API.

use anyhow::{Context, Result, anyhow, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use ureq::Agent;

/// Where the server is and who asks.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// The REST API; without a path `/engine-rest` is added.
    #[arg(long, env = "TOLLGATE_SERVER", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Who asks: `name:password`, or the name alone with the password in `TOLLGATE_PASSWORD`.
    #[arg(long, env = "TOLLGATE_USER", value_name = "NAME[:PASSWORD]", hide_env_values = true)]
    user: Option<String>,
    /// A file with the certificate that the server's is signed by (PEM), when it is not a public one.
    #[arg(long, env = "TOLLGATE_CA", value_name = "FILE")]
    ca: Option<std::path::PathBuf>,
}

/// A connection to a server.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

/// A file to be deployed: name and content.
pub(crate) type Part = (String, Vec<u8>);

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// A piece of a path or query, encoded.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

impl ServerArgs {
    /// The client these arguments describe.
    pub(crate) fn client(&self) -> Result<Client> {
        let base = self.server.trim_end_matches('/');
        let Some((scheme, rest)) = base.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
        else {
            bail!("`{}` is no URL of a server: give http://host:port or https://host:port", self.server);
        };
        let path = if rest.contains('/') { "" } else { "/engine-rest" };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("tollgate/", env!("CARGO_PKG_VERSION")));
        if let (Some(file), "https") = (&self.ca, scheme) {
            let pem = std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
            let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                bail!("{} holds no certificate in PEM form", file.display());
            }
            let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::from(certificates)).build();
            config = config.tls_config(tls);
        }
        Ok(Client {
            agent: config.build().new_agent(),
            base: format!("{base}{path}"),
            authorization: self.authorization()?,
        })
    }

    fn authorization(&self) -> Result<Option<String>> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let Some(user) = &self.user else { return Ok(None) };
        let pair = match user.split_once(':') {
            Some(_) => user.clone(),
            None => {
                let password = std::env::var("TOLLGATE_PASSWORD")
                    .map_err(|_| anyhow!("give the password of `{user}` in TOLLGATE_PASSWORD"))?;
                format!("{user}:{password}")
            }
        };
        Ok(Some(format!("Basic {}", STANDARD.encode(pair))))
    }
}

impl Client {
    /// Asks for something; `query` holds names and values.
    pub(crate) fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Json> {
        self.try_get(path, query)?.with_context(|| format!("{} does not know {path}", self.base))
    }

    /// Asks for something that may not be there (404).
    pub(crate) fn try_get(&self, path: &str, query: &[(&str, String)]) -> Result<Option<Json>> {
        let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let url = match pairs.as_slice() {
            [] => format!("{}{path}", self.base),
            pairs => format!("{}{path}?{}", self.base, pairs.join("&")),
        };
        let mut request = self.agent.get(&url).header("Accept", "application/json");
        if let Some(value) = &self.authorization {
            request = request.header("Authorization", value);
        }
        let answer = request.call();
        let (status, body) = self.read(answer)?;
        if status == 404 {
            return Ok(None);
        }
        self.success(status, &body).map(Some)
    }

    /// Asks the server to do something.
    pub(crate) fn post(&self, path: &str, body: &Json) -> Result<Json> {
        self.send(path, "application/json", body.to_string().as_bytes())
    }

    /// Deploys files.
    pub(crate) fn deploy(&self, fields: &[(&str, String)], files: &[Part]) -> Result<Json> {
        let mut boundary = "tollgate-deployment".to_owned();
        while files.iter().any(|(_, content)| contains(content, boundary.as_bytes())) {
            boundary.push('x');
        }
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes());
            body.extend(value.bytes().chain(*b"\r\n"));
        }
        for (at, (name, content)) in files.iter().enumerate() {
            let name = name.replace('"', "%22");
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"file{at}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        self.send("/deployment/create", &format!("multipart/form-data; boundary={boundary}"), &body)
    }

    /// Asks the server for something big that is not in Camunda's API; `path` starts at its root.
    pub(crate) fn download(&self, path: &str, into: &mut impl std::io::Write) -> Result<()> {
        let root = self.base.strip_suffix("/engine-rest").unwrap_or(&self.base);
        let mut request = self.agent.post(&format!("{root}{path}"));
        if let Some(value) = &self.authorization {
            request = request.header("Authorization", value);
        }
        match request.send_empty() {
            Ok(answer) if answer.status().is_success() => {
                let copied = std::io::copy(&mut answer.into_body().into_reader(), into);
                copied.map(drop).with_context(|| format!("the answer of {root} breaks off"))
            }
            answer => {
                let (status, body) = self.read(answer)?;
                self.success(status, &body).map(drop)
            }
        }
    }

    fn send(&self, path: &str, media_type: &str, body: &[u8]) -> Result<Json> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.post(&url).header("Accept", "application/json").content_type(media_type);
        if let Some(value) = &self.authorization {
            request = request.header("Authorization", value);
        }
        let answer = request.send(body);
        let (status, body) = self.read(answer)?;
        self.success(status, &body)
    }

    fn read(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<(u16, String)> {
        let base = &self.base;
        let mut answer = answer.map_err(|error| match &error {
            ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => anyhow!(
                "no server answers at {base}: start one with `tollgate serve`, or name another with --server or \
                 TOLLGATE_SERVER"
            ),
            ureq::Error::HostNotFound => anyhow!("the host of {base} is not known: see --server or TOLLGATE_SERVER"),
            _ => anyhow!("{base} can't be asked: {error}"),
        })?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_string();
        Ok((status, body.with_context(|| format!("the answer of {base} breaks off"))?))
    }

    /// The JSON of a good answer, or what the server says about a bad one.
    fn success(&self, status: u16, body: &str) -> Result<Json> {
        if (200..300).contains(&status) {
            if body.trim().is_empty() {
                return Ok(Json::Null);
            }
            return serde_json::from_str(body).with_context(|| {
                format!("{} answers with something that is not JSON: is it the REST API?", self.base)
            });
        }
        if status == 401 {
            bail!("the server wants to know who asks: give --user name:password or TOLLGATE_USER");
        }
        let parsed: Json = serde_json::from_str(body).unwrap_or_default();
        let text = parsed["message"].as_str().map_or_else(|| format!("the server answers {status}"), str::to_owned);
        Err(Refused { text, answer: parsed }.into())
    }
}

/// The server refused a request.
#[derive(Debug)]
pub(crate) struct Refused {
    text: String,
    /// The whole answer.
    pub(crate) answer: Json,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refused {}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
