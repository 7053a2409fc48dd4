//! Who is calling: HTTP Basic authentication, and the caller's groups and tenants.

use std::collections::HashMap;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use tollgate::request::{Caller, Verify};

use crate::app::App;

/// Logins verified not long ago, so that not every request computes the digest of a password.
///
/// A login counts for a minute, and only as long as the user's stored password is the same.
#[derive(Debug, Default)]
pub(crate) struct Logins(Mutex<HashMap<(String, String), Login>>);

#[derive(Clone, Debug)]
struct Login {
    until: tokio::time::Instant,
    stored: Option<String>,
}

const LOGIN_COUNTS: std::time::Duration = std::time::Duration::from_mins(1);
const MOST_LOGINS: usize = 1000;

/// The caller of a request to a path of the API, or the answer that asks for authentication.
pub(crate) async fn caller(app: &App, path: &str, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
    if !app.options.authentication || path == "/engine" {
        return Ok(Caller::default());
    }
    let Some((user, password)) = credentials(headers) else {
        // tests prepare and look at everything as nobody in particular
        return if app.options.test_mode { Ok(Caller::default()) } else { Err(challenge()) };
    };
    if !verified(app, &user, &password).await {
        return Err(challenge());
    }
    let (groups, tenants) = app.engine.memberships(&user);
    Ok(Caller {
        user: Some(user),
        groups,
        tenants,
        authorized: app.engine.identity_options().authorization,
        policy: app.engine.identity_options().permissions.clone(),
        ..Caller::default()
    })
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let encoded = value.strip_prefix("Basic ").or_else(|| value.strip_prefix("basic "))?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

async fn verified(app: &App, user: &str, password: &str) -> bool {
    let key = (user.to_owned(), password.to_owned());
    let stored = app.engine.stored_password(user);
    let time = tokio::time::Instant::now();
    let known = app.logins.0.lock().get(&key).is_some_and(|login| login.until > time && login.stored == stored);
    if known {
        return true;
    }
    let request = Verify { user: user.to_owned(), password: password.to_owned() };
    let right = app.engine.verify(request).await.unwrap_or(false);
    if right {
        let mut logins = app.logins.0.lock();
        if logins.len() >= MOST_LOGINS {
            logins.retain(|_, login| login.until > time);
        }
        if logins.len() < MOST_LOGINS {
            logins.insert(key, Login { until: time + LOGIN_COUNTS, stored });
        }
    }
    right
}

fn challenge() -> Box<Response> {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    let realm = HeaderValue::from_static("Basic realm=\"default\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
    Box::new(response)
}
