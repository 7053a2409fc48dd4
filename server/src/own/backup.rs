//! `POST /tollgate/backup`: a backup of the store, made while the server goes on and sent as it is made.

use std::io;

use axum::{body::Body, http::StatusCode};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::http::{Answer, Call, Failure, Media, Reply, Routes};

/// Parts that wait for the connection, of up to a mebibyte each.
const WAITING: usize = 4;

pub(super) fn routes() -> Routes {
    Routes::default().on(axum::http::Method::POST, Media::Other, "/backup", backup)
}

/// The backup ends with a checksum: one that broke off is known by it, and the connection breaks off, too.
async fn backup(call: Call) -> Reply {
    call.rights(&call.app.engine.read()).back_up()?;
    let permit = call
        .app
        .backups
        .clone()
        .try_acquire_owned()
        .map_err(|_| Failure::rest(StatusCode::CONFLICT, "a backup is being made: try again when it has ended"))?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let (engine, user) = (call.app.engine.clone(), call.caller.user.clone());
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        match engine.back_up(Parts(sender.clone())) {
            Ok(summary) => {
                tracing::info!(user, records = summary.records, committed = summary.committed.0, "backup sent");
            }
            Err(error) => {
                tracing::warn!(%error, "a backup was not sent");
                // nobody may listen any more
                let _ = sender.blocking_send(Err(io::Error::other(error.to_string())));
            }
        }
    });
    let parts = futures_util::stream::unfold(receiver, |mut receiver: mpsc::Receiver<io::Result<Bytes>>| async move {
        receiver.recv().await.map(|part| (part, receiver))
    });
    Ok(Answer::stream("application/octet-stream", Body::from_stream(parts)).attachment("tollgate.backup"))
}

/// Writes to a connection; waits for it.
struct Parts(mpsc::Sender<io::Result<Bytes>>);

impl io::Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(part)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
