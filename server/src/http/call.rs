//! A request on its way to a handler.

use std::sync::Arc;

use axum::http::Method;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use tollgate::{request::Caller, rights::Rights, world::World};

use super::{Failure, Input, Object};
use crate::app::App;

/// A request: who asks what, with path, query and body taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What all requests share.
    pub(crate) app: Arc<App>,
    /// On whose behalf.
    pub(crate) caller: Caller,
    /// Method; HEAD arrives as GET.
    pub(crate) method: Method,
    /// The body.
    pub(crate) body: Bytes,
    /// Media type of the body with its parameters.
    pub(crate) content_type: Option<String>,
    /// Media types that are accepted, as sent.
    pub(crate) accept: Option<String>,
    /// `Idempotency-Key`, as sent.
    pub(crate) idempotency_key: Option<String>,
    /// Address under which the API was called, such as `http://localhost:8080/engine-rest`.
    pub(crate) base: String,
    /// Path below the API's address, as sent.
    pub(crate) own_path: String,
    /// Path parameters.
    pub(crate) path: Vec<(String, String)>,
    /// Query parameters in order, the first of each name counting.
    pub(crate) query: Vec<(String, String)>,
}

impl Call {
    /// A path parameter. Handlers ask only for those of their path.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The path parameter `id`.
    pub(crate) fn id(&self) -> &str {
        self.path("id")
    }

    /// What the caller may do.
    pub(crate) fn rights<'a>(&'a self, world: &'a World) -> Rights<'a> {
        Rights::new(world, &self.caller)
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter as input.
    pub(crate) fn input<'a>(&'a self, name: &'a str) -> Option<Input<'a>> {
        self.query(name).map(|text| Input::Query { name, text })
    }

    /// A boolean query parameter. As Java's `Boolean.valueOf`: whatever is not `true` is false.
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        self.query(name).map_or(default, |text| text.eq_ignore_ascii_case("true"))
    }

    /// The JSON body; an empty one is `{}`.
    pub(crate) fn object(&self) -> Result<Object, Failure> {
        Object::parse(&self.body)
    }

    /// An absolute link to a path of the API.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Whether the request wants one of several media types, not JSON.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        self.accept.as_deref().is_some_and(|accept| accept.contains(media_type))
    }
}

/// Takes a query string apart. A plus is a space.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_plus_is_a_space_and_percent_2b_a_plus() {
        let pairs = super::query_pairs("a=1+2&b=%2B&c&&d=x=y");
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "1 2"), ("b", "+"), ("c", ""), ("d", "x=y")]);
    }
}
