//! Answers that are not errors.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::Failure;

/// An answer: JSON, bytes of a media type, or nothing.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    content_type: Option<HeaderValue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
}

/// Characters that stay as they are in `filename*`.
const KEPT_IN_NAMES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Answer {
    /// 200 with JSON.
    pub(crate) fn json(content: &(impl Serialize + ?Sized)) -> Result<Self, Failure> {
        let body = serde_json::to_vec(content)
            .map_err(|error| Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        Ok(Self {
            status: StatusCode::OK,
            content_type: Some(HeaderValue::from_static("application/json")),
            headers: Vec::new(),
            body: Body::from(body),
        })
    }

    /// 200 with `{"count": n}`.
    pub(crate) fn count(count: usize) -> Result<Self, Failure> {
        #[derive(Serialize)]
        struct Count {
            count: usize,
        }
        Self::json(&Count { count })
    }

    /// 204.
    pub(crate) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, content_type: None, headers: Vec::new(), body: Body::empty() }
    }

    /// 200 without content.
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::OK, ..Self::nothing() }
    }

    /// 404 without content, in the media type of an error page.
    pub(crate) fn absent() -> Self {
        let content_type = Some(HeaderValue::from_static("text/html;charset=utf-8"));
        Self { status: StatusCode::NOT_FOUND, content_type, ..Self::nothing() }
    }

    /// 200 with bytes of a media type; one that cannot be written in a header is `application/octet-stream`.
    pub(crate) fn bytes(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let media_type =
            HeaderValue::from_str(media_type).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
        Self {
            status: StatusCode::OK,
            content_type: Some(media_type),
            headers: Vec::new(),
            body: Body::from(body.into()),
        }
    }

    /// 200 with what is written while it is sent.
    pub(crate) fn stream(media_type: &'static str, body: Body) -> Self {
        let content_type = Some(HeaderValue::from_static(media_type));
        Self { status: StatusCode::OK, content_type, headers: Vec::new(), body }
    }

    /// The same answer, to be saved under a file name.
    pub(crate) fn attachment(mut self, name: &str) -> Self {
        let encoded = utf8_percent_encode(name, KEPT_IN_NAMES);
        let plain: String = name.chars().map(|c| if c == '"' || c.is_control() { '_' } else { c }).collect();
        let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            self.headers.push((header::CONTENT_DISPOSITION, value));
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, content_type);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}
