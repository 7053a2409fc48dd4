//! `Idempotency-Key`: a request that is sent again gets the first answer, and has no second effect.
//!
//! Only operations that say so take the header: starting a process, correlating a message, completing work. The key is remembered
//! in the commit of the effect, with a digest of method, path and body, for
//! [`Options::idempotency_time`](crate::Options::idempotency_time). A failed request may be sent again.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::StatusCode;
use engine_core::error::FaultKind;
use tollgate::{Answered, Begun, request::Caller, world::World};

use super::{Answer, Call, Failure, Reply};

/// Longest key, in characters.
const LONGEST_KEY: usize = 255;

/// On whose behalf a call is carried out, or the answer that was given before.
pub(crate) enum Turn {
    /// It is to be carried out.
    First(Caller),
    /// It was carried out.
    Repeated(Answer),
}

/// The first byte of what is remembered.
const NOTHING: u8 = 0;
const JSON: u8 = 1;

/// Looks whether a call with a key was carried out. `render` makes the answer that is remembered; what it cannot make is nothing.
///
/// # Errors
/// 409 while the first request of the key is under way, 422 when the key was used for another request.
pub(crate) fn turn(
    call: &Call,
    render: impl Fn(&Answered<'_>, &World) -> Option<serde_json::Value> + Send + Sync + 'static,
) -> Result<Turn, Failure> {
    let Some(key) = call.idempotency_key.as_deref() else { return Ok(Turn::First(call.caller.clone())) };
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        let message = format!("Idempotency-Key must have 1 to {LONGEST_KEY} characters");
        return Err(Failure::bad(message));
    }
    let begun = call.app.engine.begin_once(key, digest(call)).map_err(|fault| {
        let status = match fault.kind {
            FaultKind::OptimisticLocking => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Failure::new(status, "InvalidRequestException", fault.message)
    })?;
    match begun {
        Begun::Repeated(bytes) => match bytes.split_first() {
            Some((&JSON, json)) => Ok(Turn::Repeated(Answer::bytes("application/json", json))),
            _ => Ok(Turn::Repeated(Answer::nothing())),
        },
        Begun::First(once) => {
            let keep = i64::try_from(call.app.options.idempotency_time.as_millis()).unwrap_or(i64::MAX);
            let once = once.keeping(keep).answering(move |answered, world| match render(answered, world) {
                Some(json) => [vec![JSON], json.to_string().into_bytes()].concat(),
                None => vec![NOTHING],
            });
            Ok(Turn::First(Caller { once: Some(once), ..call.caller.clone() }))
        }
    }
}

/// Carries a call out unless that was done before.
pub(crate) async fn carry_out<F>(
    call: &Call,
    render: impl Fn(&Answered<'_>, &World) -> Option<serde_json::Value> + Send + Sync + 'static,
    run: impl FnOnce(Caller) -> F,
) -> Reply
where
    F: Future<Output = Reply>,
{
    match turn(call, render)? {
        Turn::First(caller) => run(caller).await,
        Turn::Repeated(answer) => Ok(answer),
    }
}

/// What tells one request from another. It is kept for a day at most, so that it may differ from one build to the next.
fn digest(call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    (call.method.as_str(), &call.own_path, &call.body[..]).hash(&mut hasher);
    hasher.finish()
}
