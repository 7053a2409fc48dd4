//! The server under test: requests to its router, without a socket.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Abort, python};

/// Where the API lies.
const BASE: &str = "/engine-rest";

const BOUNDARY: &str = "tollgate-replay-boundary";

#[derive(Debug)]
pub(super) struct Server {
    router: Router,
    user: Option<String>,
}

/// Status and content of an answer: JSON when it is, else text.
pub(super) type Answer = (u16, Value);

/// A field of a form: with a file name it is a file.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) file: Option<&'a str>,
    pub(super) content: &'a str,
}

impl Server {
    pub(super) fn new(router: Router) -> Self {
        Self { router, user: None }
    }

    /// Requests from here on are those of a user, whose password is the name; or of nobody.
    pub(super) fn log_in(&mut self, user: Option<&str>) {
        self.user = user.map(|user| format!("Basic {}", STANDARD.encode(format!("{user}:{user}"))));
    }

    /// A request with a body in JSON.
    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        query: Option<&Value>,
        body: Option<&Value>,
    ) -> Result<Answer, Abort> {
        let uri = address(&format!("{BASE}{path}"), query);
        let content = body.map(|body| ("application/json".to_owned(), body.to_string()));
        self.send(method, &uri, content).await
    }

    /// A form with files.
    pub(super) async fn form(&self, path: &str, fields: &[Field<'_>]) -> Result<Answer, Abort> {
        let mut body = String::new();
        for field in fields {
            body += &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"", field.name);
            if let Some(file) = field.file {
                body += &format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream");
            }
            body += &format!("\r\n\r\n{}\r\n", field.content);
        }
        body += &format!("--{BOUNDARY}--\r\n");
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", &format!("{BASE}{path}"), Some((kind, body))).await
    }

    /// A query that must succeed.
    pub(super) async fn get(&self, path: &str, query: &Value) -> Result<Value, Abort> {
        match self.call("GET", path, Some(query), None).await? {
            (200, content) => Ok(content),
            (status, _) => Err(Abort::new(format!("GET {path} answered {status}"))),
        }
    }

    /// One of the endpoints for tests.
    pub(super) async fn test(&self, path: &str, body: &Value) -> Result<Value, Abort> {
        let content = Some(("application/json".to_owned(), body.to_string()));
        match self.send("POST", &format!("/test{path}"), content).await? {
            (200, content) => Ok(content),
            (status, content) => Err(Abort::new(format!("POST /test{path} answered {status}: {content}"))),
        }
    }

    async fn send(&self, method: &str, uri: &str, content: Option<(String, String)>) -> Result<Answer, Abort> {
        let failed = |what: &dyn std::fmt::Display| Abort::new(format!("{method} {uri}: {what}"));
        let mut request = Request::builder().method(method).uri(uri).header(header::HOST, "localhost:8080");
        if let Some(user) = &self.user {
            request = request.header(header::AUTHORIZATION, user);
        }
        let request = match content {
            Some((kind, content)) => request.header(header::CONTENT_TYPE, kind).body(Body::from(content)),
            None => request.body(Body::empty()),
        };
        let request = request.map_err(|error| failed(&error))?;
        let response = self.router.clone().oneshot(request).await.map_err(|error| failed(&error))?;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.map_err(|error| failed(&error))?;
        if bytes.is_empty() {
            return Ok((status, Value::Null));
        }
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text())))
    }
}

/// Path and query, encoded where they must be.
fn address(path: &str, query: Option<&Value>) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$%&'()*+,/:;=?@[]".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    for (key, value) in query.and_then(Value::as_object).into_iter().flatten() {
        let values = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter(|value| !value.is_null()) {
            let text = match value {
                Value::Bool(value) => value.to_string(),
                value => python::text(value),
            };
            out.push(if out.contains('?') { '&' } else { '?' });
            out += &format!("{}={}", component(key), component(&text));
        }
    }
    out
}

fn component(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}
