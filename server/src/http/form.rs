//! `multipart/form-data` bodies.

use axum::http::StatusCode;
use bytes::Bytes;
use http_body_util::{BodyDataStream, Full};

use super::{Call, Failure};

/// A part of a form.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Name of the part.
    pub(crate) name: String,
    /// File name, as sent.
    pub(crate) filename: Option<String>,
    /// Media type with parameters.
    pub(crate) content_type: Option<String>,
    /// Content.
    pub(crate) content: Bytes,
}

impl Part {
    /// The text of a part that is not declared to be anything but plain text.
    pub(crate) fn text(&self) -> Option<String> {
        let plain = self.content_type.as_deref().is_none_or(|kind| kind.to_ascii_lowercase().contains("text/plain"));
        plain.then(|| String::from_utf8_lossy(&self.content).into_owned())
    }
}

/// A form: its parts by name; of several parts with one name the last counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<Part>);

impl Form {
    /// Reads the body of a call.
    ///
    /// # Errors
    /// 400 when the body is not what its media type says.
    pub(crate) async fn read(call: &Call) -> Result<Self, Failure> {
        let broken = || Failure::rest(StatusCode::BAD_REQUEST, "multipart/form-data cannot be processed");
        let content_type = call.content_type.as_deref().unwrap_or_default();
        let boundary = multer::parse_boundary(content_type).map_err(|_| broken())?;
        let body = call.body.clone();
        let stream = BodyDataStream::new(Full::new(body));
        let mut multipart = multer::Multipart::new(stream, boundary);
        let mut form = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(|_| broken())? {
            let part = Part {
                name: field.name().unwrap_or_default().to_owned(),
                filename: field.file_name().map(str::to_owned),
                content_type: field.content_type().map(ToString::to_string),
                content: field.bytes().await.map_err(|_| broken())?,
            };
            form.0.retain(|earlier| earlier.name != part.name);
            form.0.push(part);
        }
        Ok(form)
    }

    /// The part of a name.
    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.0.iter().find(|part| part.name == name)
    }

    /// The text of the part of a name.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.part(name).and_then(Part::text)
    }

    /// All parts in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.iter()
    }
}
