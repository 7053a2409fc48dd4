//! `GET /tollgate/events`: server-sent events, one for each thing that a commit changed. Pages ask again for what they show.

use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::broadcast;
use tollgate::observe::{Changed, Committed, Observer};

use crate::app::App;

/// Events that a slow reader may lag behind before it misses some; it needs no completeness.
const BACKLOG: usize = 256;
/// How often a line is sent when nothing happens, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Hands what commits change to the streams. The engine is observed from the first reader on.
#[derive(Debug, Default)]
pub(crate) struct EventStream(OnceLock<broadcast::Sender<Arc<str>>>);

impl EventStream {
    fn subscribe(&self, app: &App) -> broadcast::Receiver<Arc<str>> {
        self.0
            .get_or_init(|| {
                let sender = broadcast::Sender::new(BACKLOG);
                app.engine.observe(Arc::new(Publisher(sender.clone())));
                sender
            })
            .subscribe()
    }
}

#[derive(Debug)]
struct Publisher(broadcast::Sender<Arc<str>>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    kind: &'a str,
    process_instance_id: Option<String>,
    definition_key: Option<&'a str>,
}

impl Observer for Publisher {
    fn wants_changes(&self) -> bool {
        true
    }

    fn committed(&self, commit: &Committed<'_>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for Changed { kind, process_instance, definition } in commit.changes {
            let definition = definition.and_then(|id| commit.world.process_definition(id));
            let told = Told {
                kind: kind.name(),
                process_instance_id: process_instance.map(|id| id.to_string()),
                definition_key: definition.map(|row| row.key.as_str()),
            };
            if let Ok(text) = serde_json::to_string(&told) {
                // nobody may listen any more
                let _ = self.0.send(text.into());
            }
        }
    }
}

/// An event that says what kind of thing changed, not which.
fn without_ids(text: &str) -> Arc<str> {
    let told: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let told =
        Told { kind: told["kind"].as_str().unwrap_or("missed"), process_instance_id: None, definition_key: None };
    serde_json::to_string(&told).unwrap_or_default().into()
}

/// Streams events until the reader leaves or the server stops.
pub(crate) async fn stream(State(app): State<Arc<App>>, request: Request) -> Response {
    let caller = match crate::auth::caller(&app, "/tollgate/events", request.headers()).await {
        Ok(caller) => caller,
        Err(challenge) => return *challenge,
    };
    // what a caller may read depends on its rights: with these it hears only that something changed
    let anonymous = caller.authorized;
    let receiver = app.events.subscribe(&app);
    let stop = app.options.stop.clone();
    let events = futures_util::stream::unfold((receiver, stop), move |(mut receiver, stop)| async move {
        let received = tokio::select! {
            received = receiver.recv() => received,
            () = stop.wait() => return None,
        };
        match received {
            Ok(text) => {
                let text = if anonymous { without_ids(&text) } else { text };
                Some((Ok::<_, Infallible>(Event::default().data(text)), (receiver, stop)))
            }
            // missed events stand for one that says nothing in particular
            Err(broadcast::error::RecvError::Lagged(_)) => {
                let event = Event::default().data(r#"{"kind":"missed","processInstanceId":null,"definitionKey":null}"#);
                Some((Ok(event), (receiver, stop)))
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    });
    // some proxies pass the head on with the first bytes of the body only
    let hello = futures_util::stream::once(async { Ok(Event::default().comment("connected")) });
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}
