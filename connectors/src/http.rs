//! `http-connector` and `soap-http-connector`, with the inputs, outputs and errors of Camunda Connect.

use std::{io::Read, sync::Arc, time::Duration};

use engine_core::{
    host::{DelegateCall, DelegateOutcome, DelegateReply},
    trace::TraceContext,
};
use models::Value;
use objects::{MapKey, Object, ObjectMap, convert, json::JsonNode};
use ureq::http::{Method, Request};

use crate::{Breaker, HttpConfig, failed};

const REQUEST_EXCEPTION: &str = "org.camunda.connect.ConnectorRequestException";

/// Calls HTTP services.
#[derive(Debug)]
pub(crate) struct Client {
    config: HttpConfig,
    agent: ureq::Agent,
    breaker: Arc<Breaker>,
}

/// One request.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) payload: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_redirects: Option<u32>,
    pub(crate) throw_http_error: bool,
}

/// What came back.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `None` where HTTP allows none.
    pub(crate) body: Option<String>,
}

/// Why nothing came back: Camunda's text, and the cause.
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) cause: Option<String>,
}

fn refusal(message: impl Into<String>) -> Refusal {
    Refusal { message: message.into(), cause: None }
}

fn not_executed(cause: impl std::fmt::Display) -> Refusal {
    Refusal { message: "HTCL-02007 Unable to execute HTTP request".to_owned(), cause: Some(cause.to_string()) }
}

impl Client {
    pub(crate) fn new(config: &HttpConfig, breaker: Arc<Breaker>) -> Self {
        let proxy = config.proxy.clone().map(|proxy| proxy.0).or_else(ureq::Proxy::try_from_env);
        let agent = ureq::Agent::config_builder()
            .proxy(proxy)
            .http_status_as_error(false)
            .max_redirects(config.max_redirects)
            .timeout_connect(Some(Duration::from_secs(config.connect_timeout_seconds)))
            .timeout_global(Some(Duration::from_secs(config.timeout_seconds)))
            .build()
            .into();
        Self { config: config.clone(), agent, breaker }
    }

    /// Runs a connector. `method`: the only one that the connector has.
    pub(crate) fn connector(&self, call: &DelegateCall, method: Option<&str>) -> DelegateReply {
        let request = match Call::from_inputs(&call.fields, method) {
            Ok(request) => request,
            Err(refusal) => return failed(REQUEST_EXCEPTION, refusal.message, refusal.cause),
        };
        match self.send(&request, call.trace.as_ref()) {
            Ok(response) if request.throw_http_error && response.status >= 400 => {
                let body = response.body.unwrap_or_default();
                let message =
                    format!("HTCL-02010 HTTP request failed with Status Code: {} , Response: {body}", response.status);
                failed(REQUEST_EXCEPTION, message, None)
            }
            Ok(response) => {
                DelegateReply { outcome: DelegateOutcome::Results(outputs(response)), ..DelegateReply::default() }
            }
            Err(refusal) => failed(REQUEST_EXCEPTION, refusal.message, refusal.cause),
        }
    }

    /// Sends a request, if its target's circuit lets it through. It tells where in a trace it comes from, unless it has
    /// headers about that already.
    pub(crate) fn send(&self, call: &Call, trace: Option<&TraceContext>) -> Result<Response, Refusal> {
        if call.url.trim().is_empty() {
            return Err(refusal("HTCL-02005 Request url required."));
        }
        let takes_payload = match call.method.as_str() {
            "POST" | "PUT" | "PATCH" => true,
            "GET" | "DELETE" | "HEAD" | "OPTIONS" | "TRACE" => false,
            other => return Err(refusal(format!("HTCL-02006 Unknown or unsupported HTTP method '{other}'"))),
        };
        let method = Method::from_bytes(call.method.as_bytes()).map_err(not_executed)?;
        let uri: ureq::http::Uri = call.url.trim().parse().map_err(not_executed)?;
        let target = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => return Err(not_executed(format!("`{}` is no absolute address", call.url))),
        };
        let permit = self.breaker.permit(&target).map_err(|refused| Refusal {
            message: format!("HTCL-02007 Unable to execute HTTP request: {refused}"),
            cause: None,
        })?;
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let own = call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
        if let Some(trace) = trace.filter(|_| !own) {
            request = request.header("traceparent", trace.traceparent());
            if let Some(state) = &trace.state {
                request = request.header("tracestate", state);
            }
        }
        let sent = if takes_payload {
            let body = call.payload.clone().unwrap_or_default();
            request.body(body).map_err(|error| error.to_string()).and_then(|request| self.exchange(call, request))
        } else {
            if call.payload.is_some() {
                tracing::info!("HTCL-02003 Ignoring payload for HTTP '{}' method", call.method);
            }
            request.body(()).map_err(|error| error.to_string()).and_then(|request| self.exchange(call, request))
        };
        let well = sent.as_ref().is_ok_and(|response| response.status < 500 || !self.breaker.counts_server_errors());
        permit.done(well);
        sent.map_err(not_executed)
    }

    fn exchange(&self, call: &Call, request: Request<impl ureq::AsSendBody>) -> Result<Response, String> {
        let mut config = self.agent.configure_request(request).http_status_as_error(false);
        if let Some(timeout) = call.connect_timeout {
            config = config.timeout_connect(Some(timeout));
        }
        if let Some(timeout) = call.timeout {
            config = config.timeout_global(Some(timeout));
        }
        if let Some(redirects) = call.max_redirects {
            config = config.max_redirects(redirects).max_redirects_will_error(false);
        }
        let response = self.agent.run(config.build()).map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| (title_case(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let status = parts.status.as_u16();
        let empty = matches!(status, 204 | 205 | 304) || call.method == "HEAD";
        let body = if empty {
            None
        } else {
            let limit = self.config.max_response_bytes;
            let mut bytes = Vec::new();
            body.into_reader().take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            if bytes.len() as u64 > limit {
                return Err(format!("the answer is longer than {limit} bytes (`max-response-bytes`)"));
            }
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        Ok(Response { status, headers, body })
    }
}

/// `content-type` as most servers spell it; the spelling that was sent is not kept.
fn title_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = true;
    for char in name.chars() {
        out.push(if upper { char.to_ascii_uppercase() } else { char });
        upper = char == '-';
    }
    out
}

fn outputs(response: Response) -> Vec<(String, Value)> {
    let headers: ObjectMap = response
        .headers
        .into_iter()
        .map(|(name, value)| (MapKey(Object::string(name)), Object::string(value)))
        .collect();
    let headers = convert::to_value(&Object::map(headers)).unwrap_or(Value::Null);
    let mut outputs =
        vec![("statusCode".to_owned(), Value::Integer(response.status.into())), ("headers".to_owned(), headers)];
    if let Some(body) = response.body {
        outputs.push(("response".to_owned(), Value::string(body)));
    }
    outputs
}

/// `ClassCastException`, as Java words it.
fn not_a(name: &str, value: &Object, class: &str) -> Refusal {
    refusal(format!("input parameter '{name}': class {} cannot be cast to class {class}", value.plain_class_name()))
}

impl Call {
    fn from_inputs(inputs: &[(String, Value)], method: Option<&str>) -> Result<Self, Refusal> {
        let mut call = Self::default();
        let mut given_method = None;
        for (name, value) in inputs {
            let value = convert::to_object(value);
            if value.is_null() {
                continue;
            }
            let text = |value: &Object| match value {
                Object::String(text) => Ok(text.to_string()),
                other => Err(not_a(name, other, "java.lang.String")),
            };
            match name.as_str() {
                "url" => call.url = text(&value)?,
                "method" => given_method = Some(text(&value)?),
                "payload" => call.payload = Some(text(&value)?),
                "headers" => call.headers = entries(name, &value)?,
                "request-config" => call.configure(&entries(name, &value)?)?,
                // Camunda hands what it does not know to the request, where nobody reads it
                other => tracing::info!("input parameter `{other}` of an HTTP connector has no effect"),
            }
        }
        call.method = method.map(str::to_owned).or(given_method).unwrap_or_else(|| "null".to_owned());
        Ok(call)
    }

    /// `request-config`: the options of Apache's client that make sense here.
    fn configure(&mut self, options: &[(String, String)]) -> Result<(), Refusal> {
        for (name, value) in options {
            let invalid = || refusal(format!("HTCL-02008 Invalid value for request configuration option: {name}"));
            let milliseconds = || value.trim().parse().map(Duration::from_millis).map_err(|_| invalid());
            match name.as_str() {
                // 0 and below mean no time-out of its own in Apache's client; there is always one here
                "connection-timeout" | "connect-timeout" => {
                    self.connect_timeout = Some(milliseconds()?).filter(|time| !time.is_zero());
                }
                "socket-timeout" | "response-timeout" => {
                    self.timeout = Some(milliseconds()?).filter(|time| !time.is_zero());
                }
                "redirects-enabled" if value.eq_ignore_ascii_case("false") => self.max_redirects = Some(0),
                "redirects-enabled" => {}
                "max-redirects" => self.max_redirects = Some(value.trim().parse().map_err(|_| invalid())?),
                "throw-http-error" => self.throw_http_error = value.eq_ignore_ascii_case("true"),
                // objects of Java in Camunda, which refuses texts too
                "proxy" => {
                    let remedy = "set `proxy` in the section `http` of the connectors' file";
                    return Err(refusal(format!("{}: {remedy}", invalid().message)));
                }
                "local-address" => return Err(invalid()),
                "cookie-spec" => {
                    return Err(refusal(format!(
                        "the request configuration option `{name}` is not supported: remove it from the model"
                    )));
                }
                other => tracing::info!("request configuration option `{other}` has no effect"),
            }
        }
        Ok(())
    }
}

/// The entries of a map or JSON object as texts.
fn entries(name: &str, value: &Object) -> Result<Vec<(String, String)>, Refusal> {
    let plain = match value {
        Object::Json(node @ JsonNode::Object(_)) => convert::plain(node),
        other => other.clone(),
    };
    let Object::Map(map) = &plain else { return Err(not_a(name, value, "java.util.Map")) };
    let text = |object: &Object| match object {
        Object::String(text) => text.to_string(),
        other => shown(other),
    };
    Ok(map.borrow().iter().map(|(key, value)| (text(&key.0), text(value))).collect())
}

fn shown(object: &Object) -> String {
    match object {
        Object::Boolean(value) => value.to_string(),
        Object::Double(value) => objects::number::double_to_string(*value),
        other => other.long_value().map_or_else(String::new, |value| value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_spelled_as_usual() {
        assert_eq!(title_case("content-type"), "Content-Type");
        assert_eq!(title_case("x-request-id"), "X-Request-Id");
    }

    #[test]
    fn a_payload_that_is_no_text_is_refused_as_java_casts_it() {
        let inputs = [("payload".to_owned(), Value::Integer(5))];
        let Err(refusal) = Call::from_inputs(&inputs, None) else { panic!("accepted") };
        assert!(refusal.message.ends_with("class java.lang.Integer cannot be cast to class java.lang.String"));
    }
}
