//! The table of operations, and the way of a request to its handler.
//!
//! Paths are matched here, not by axum: the prefix with an engine name, trailing slashes, HEAD, OPTIONS and the error bodies
//! of JAX-RS are the same for all operations.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;
use tollgate::trace::TraceContext;

use super::{Answer, Call, Failure, Reply, call::query_pairs};
use crate::{app::App, site::RequestId};

type Handler = Arc<dyn Fn(Call) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync>;

/// What an operation does with bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// JSON in, JSON out.
    Json,
    /// A form in.
    Form,
    /// JSON in, something else out (a file, plain text, CSV).
    Other,
}

/// An operation.
#[derive(Clone)]
struct Operation {
    method: Method,
    media: Media,
    handler: Handler,
}

/// The operations of the API, added resource by resource.
#[derive(Default)]
pub(crate) struct Routes {
    paths: Vec<(String, Vec<Operation>)>,
}

impl Routes {
    fn add(mut self, method: Method, path: &str, media: Media, handler: Handler) -> Self {
        let operation = Operation { method, media, handler };
        match self.paths.iter_mut().find(|(known, _)| known == path) {
            Some((_, operations)) => operations.push(operation),
            None => self.paths.push((path.to_owned(), vec![operation])),
        }
        self
    }

    /// GET, answered from the read model.
    pub(crate) fn get(self, path: &str, handler: fn(&Call) -> Reply) -> Self {
        self.read(Method::GET, Media::Json, path, handler)
    }

    /// GET of something that is not JSON.
    pub(crate) fn get_file(self, path: &str, handler: fn(&Call) -> Reply) -> Self {
        self.read(Method::GET, Media::Other, path, handler)
    }

    /// A query: GET with criteria in the query string, POST with criteria in the body.
    pub(crate) fn query(self, path: &str, handler: fn(&Call) -> Reply) -> Self {
        self.get(path, handler).read(Method::POST, Media::Json, path, handler)
    }

    /// An operation answered from the read model.
    pub(crate) fn read(self, method: Method, media: Media, path: &str, handler: fn(&Call) -> Reply) -> Self {
        let handler: Handler = Arc::new(move |call| Box::pin(async move { handler(&call) }));
        self.add(method, path, media, handler)
    }

    /// An operation that asks the engine.
    pub(crate) fn on<F, Fut>(self, method: Method, media: Media, path: &str, handler: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        self.add(method, path, media, Arc::new(move |call| Box::pin(handler(call))))
    }

    /// POST with a JSON body.
    pub(crate) fn post<F, Fut>(self, path: &str, handler: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        self.on(Method::POST, Media::Json, path, handler)
    }

    /// POST of a form.
    pub(crate) fn post_form<F, Fut>(self, path: &str, handler: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        self.on(Method::POST, Media::Form, path, handler)
    }

    /// PUT with a JSON body.
    pub(crate) fn put<F, Fut>(self, path: &str, handler: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        self.on(Method::PUT, Media::Json, path, handler)
    }

    /// DELETE.
    pub(crate) fn delete<F, Fut>(self, path: &str, handler: F) -> Self
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        self.on(Method::DELETE, Media::Json, path, handler)
    }

    /// The operations of another table too.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        for (path, operations) in other.paths {
            for operation in operations {
                self = self.add(operation.method, &path, operation.media, operation.handler);
            }
        }
        self
    }

    /// The table, ready to look up.
    ///
    /// # Panics
    /// When two paths contradict each other: a mistake in the program.
    pub(crate) fn build(self) -> Table {
        let mut paths = matchit::Router::new();
        let mut listed = Vec::new();
        for (path, operations) in self.paths {
            listed.extend(operations.iter().map(|operation| (operation.method.clone(), path.clone())));
            if let Err(error) = paths.insert(path.clone(), operations) {
                panic!("path `{path}`: {error}");
            }
        }
        Table { paths, listed }
    }
}

/// The operations by path.
pub(crate) struct Table {
    paths: matchit::Router<Vec<Operation>>,
    listed: Vec<(Method, String)>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("operations", &self.listed.len()).finish_non_exhaustive()
    }
}

impl Table {
    /// Method and path of all operations.
    #[cfg(test)]
    pub(crate) fn operations(&self) -> &[(Method, String)] {
        &self.listed
    }
}

/// Which operations a path is looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// Camunda's, below `/engine-rest`.
    EngineRest,
    /// Tollgate's own, below `/tollgate`.
    Own,
}

/// Answers a request to a path below the root of a site; `path` is what follows.
pub(crate) async fn dispatch(app: Arc<App>, site: Site, path: String, request: Request) -> Response {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match answer(app, site, &path, request).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    };
    if reading && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

/// Splits the engine's name off: `/engine/{name}/…`. Answers prefix, name and the rest.
fn engine_of(path: &str) -> (&str, Option<&str>, &str) {
    let Some(rest) = path.strip_prefix("/engine/") else { return ("", None, path) };
    match rest.find('/') {
        Some(end) if !rest[end..].trim_end_matches('/').is_empty() => {
            (&path[.."/engine/".len() + end], Some(&rest[..end]), &rest[end..])
        }
        _ => ("", None, path),
    }
}

async fn answer(app: Arc<App>, site: Site, path: &str, request: Request) -> Result<Response, Failure> {
    let (prefix, engine, rest) = match site {
        Site::EngineRest => engine_of(path),
        Site::Own => ("", None, path),
    };
    let table = match site {
        Site::EngineRest => &app.table,
        Site::Own => &app.own,
    };
    let rest = match rest.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    if engine.is_some_and(|name| name != "default") && rest != "/version" {
        return Err(Failure::bad("No process engine available"));
    }
    let (parts, body) = request.into_parts();
    let mut caller = match crate::auth::caller(&app, rest, &parts.headers).await {
        Ok(caller) => caller,
        Err(challenge) => return Ok(*challenge),
    };
    caller.trace = trace_of(&parts.headers).map(Arc::new);
    caller.request = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let found = match table.paths.at(rest) {
        Ok(found) => found,
        Err(_) => return unsupported(rest, &parts.method),
    };
    let operations = found.value;
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method.clone() };
    let Some(operation) = operations.iter().find(|operation| operation.method == method).cloned() else {
        return if method == Method::OPTIONS { Ok(options(operations)) } else { Err(Failure::no_method()) };
    };
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path_parameters = found.params.iter().map(|(name, value)| (name.to_owned(), decode(value))).collect();
    let body = body_of(&app, &parts.headers, body).await?;
    check_media(operation.media, &parts, &body)?;
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let call = Call {
        base: format!("{}/engine-rest{prefix}", origin(&parts.headers, &app)),
        caller,
        method,
        body,
        content_type: text(header::CONTENT_TYPE),
        accept: text(header::ACCEPT),
        idempotency_key: text(HeaderName::from_static("idempotency-key")),
        own_path: rest.to_owned(),
        path: path_parameters,
        query: parts.uri.query().map(query_pairs).unwrap_or_default(),
        app,
    };
    Ok((operation.handler)(call).await?.into_response())
}

/// The trace that a request belongs to. More than one `traceparent` is as good as none; several `tracestate` are one.
fn trace_of(headers: &HeaderMap) -> Option<TraceContext> {
    let mut parents = headers.get_all("traceparent").iter();
    let parent = parents.next()?.to_str().ok()?;
    if parents.next().is_some() {
        return None;
    }
    let states: Vec<&str> = headers.get_all("tracestate").iter().filter_map(|value| value.to_str().ok()).collect();
    TraceContext::parse(parent, Some(&states.join(",")))
}

/// What CMMN and Optimize ask for: there are no cases, so that lists are empty; everything else is refused in clear words.
fn unsupported(path: &str, method: &Method) -> Result<Response, Failure> {
    let path = path.strip_prefix("/history").unwrap_or(path);
    let what = match path {
        path if path.starts_with("/case-") => "CMMN",
        path if path.starts_with("/optimize") => "Camunda Optimize",
        _ => return Err(Failure::no_path()),
    };
    let segments = path.split('/').count() - 1;
    let reading = matches!(*method, Method::GET | Method::HEAD) || *method == Method::POST;
    match segments {
        1 if what == "CMMN" && reading => Ok(Answer::json(&[(); 0])?.into_response()),
        2 if what == "CMMN" && reading && path.ends_with("/count") => Ok(Answer::count(0)?.into_response()),
        _ => Err(Failure::rest(StatusCode::NOT_IMPLEMENTED, format!("{what} is not supported"))),
    }
}

async fn body_of(app: &App, headers: &HeaderMap, body: Body) -> Result<Bytes, Failure> {
    let too_long = || {
        let message = format!("the body is longer than {} bytes", app.options.max_body_bytes);
        Failure::rest(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    // refused before it is sent, when its length is known
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > app.options.max_body_bytes))
    {
        return Err(too_long());
    }
    let read = Limited::new(body, app.options.max_body_bytes).collect();
    match tokio::time::timeout(app.options.body_timeout, read).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err(Failure::rest(StatusCode::BAD_REQUEST, "the body could not be read")),
        Err(_) => Err(Failure::rest(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

/// Refuses media types that an operation does not take or make.
fn check_media(media: Media, parts: &Parts, body: &Bytes) -> Result<(), Failure> {
    let wanted = if media == Media::Form { "multipart/form-data" } else { "application/json" };
    let sends = matches!(parts.method, Method::POST | Method::PUT);
    let content_type = parts.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    match content_type {
        Some(given) if sends => {
            let given = given.split(';').next().unwrap_or_default().trim();
            if !given.eq_ignore_ascii_case(wanted) {
                return Err(Failure::media_type());
            }
        }
        None if sends && (!body.is_empty() || media == Media::Form) => return Err(Failure::media_type()),
        _ => {}
    }
    let accepted = |accept: &str| {
        accept.split(',').any(|one| {
            let one = one.split(';').next().unwrap_or_default().trim();
            matches!(one, "*/*" | "application/*" | "application/json" | "")
        })
    };
    let accept = parts.headers.get(header::ACCEPT).map(|value| value.to_str().unwrap_or("*/*"));
    if media != Media::Other && accept.is_some_and(|accept| !accepted(accept)) {
        return Err(Failure::not_acceptable());
    }
    Ok(())
}

/// Answers OPTIONS on a path without an operation of its own.
fn options(operations: &[Operation]) -> Response {
    let mut allowed: Vec<&str> = operations.iter().map(|operation| operation.method.as_str()).collect();
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    allowed.push("OPTIONS");
    let mut response = StatusCode::OK.into_response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(",")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// Scheme and authority under which the server was called.
fn origin(headers: &HeaderMap, app: &App) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = if app.options.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{}", text("host").unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::engine_of;

    #[test]
    fn engine_names_are_split_off() {
        assert_eq!(engine_of("/task"), ("", None, "/task"));
        assert_eq!(engine_of("/engine"), ("", None, "/engine"));
        assert_eq!(engine_of("/engine/default/task/1"), ("/engine/default", Some("default"), "/task/1"));
        assert_eq!(engine_of("/engine/default/"), ("", None, "/engine/default/"));
    }
}
