//! Error answers: `{"type", "message", "code"}`.

use std::borrow::Cow;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// A request that was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// Status.
    pub(crate) status: StatusCode,
    /// Simple name of the Java exception class.
    pub(crate) class: Cow<'static, str>,
    /// Text.
    pub(crate) message: String,
    /// Code of the engine exception; `None` when the REST layer itself refuses.
    pub(crate) code: Option<i32>,
    /// What this class of exception has beside.
    pub(crate) extra: Option<Box<Map<String, Value>>>,
    /// Whether the request could not be read: this is said before what is wrong with what it asks for.
    pub(crate) unread: bool,
}

impl Failure {
    /// A failure of a class, without engine exception.
    pub(crate) fn new(status: StatusCode, class: &'static str, message: impl Into<String>) -> Self {
        Self { status, class: Cow::Borrowed(class), message: message.into(), code: None, extra: None, unread: false }
    }

    /// `InvalidRequestException` with 400.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequestException", message)
    }

    /// `InvalidRequestException` with 404.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "InvalidRequestException", message)
    }

    /// `RestException` of a status.
    pub(crate) fn rest(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "RestException", message)
    }

    /// A Java exception that nobody catches: 500.
    pub(crate) fn java(class: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, class, message)
    }

    /// The body is not JSON or has not the shape it should have. Camunda says nothing about it.
    pub(crate) fn shape() -> Self {
        Self::bad("").unread()
    }

    /// No such path.
    pub(crate) fn no_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFoundException", "HTTP 404 Not Found")
    }

    /// The path has not this method.
    pub(crate) fn no_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "NotAllowedException", "HTTP 405 Method Not Allowed")
    }

    /// The answer has not the media type that is accepted.
    pub(crate) fn not_acceptable() -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptableException", "HTTP 406 Not Acceptable")
    }

    /// The body has not the media type that it should have.
    pub(crate) fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotSupportedException", "HTTP 415 Unsupported Media Type")
    }

    /// The same failure, of a request that could not be read.
    pub(crate) fn unread(mut self) -> Self {
        self.unread = true;
        self
    }

    /// The same failure with the code of an engine exception.
    pub(crate) fn code(mut self, code: i32) -> Self {
        self.code = Some(code);
        self
    }

    /// The JSON of it.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"type": self.class, "message": self.message, "code": self.code});
        if let (Some(extra), Value::Object(body)) = (&self.extra, &mut body) {
            body.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        body
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, [(header::CONTENT_TYPE, "application/json")], self.body().to_string()).into_response()
    }
}
