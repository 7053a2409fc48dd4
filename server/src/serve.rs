//! Sockets: HTTP/1.1 and HTTP/2, TLS, limits of heads, graceful stop.

use std::{future::Future, io, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use tower::ServiceExt;

use crate::options::{Options, Tls};

/// How often an idle HTTP/2 connection is asked whether its peer is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Serves a router on a socket until `shutdown` is ready; then no connection is taken any more, parked long polls end, and
/// open requests have [`Options::shutdown_timeout`] to end.
///
/// # Errors
/// When certificate or key cannot be read.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: &Options,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut acceptor = options.tls.as_ref().map(acceptor_of).transpose()?;
    let mut reload = options.reload.subscribe();
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(options.max_header_bytes.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(options.max_streams)
        // a peer that does not answer pings is gone
        .keep_alive_interval(KEEP_ALIVE)
        .max_header_list_size(u32::try_from(options.max_header_bytes).unwrap_or(u32::MAX));
    let builder = Arc::new(builder);
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(options.max_connections));
    let mut shutdown = pin!(shutdown);
    loop {
        let permit = tokio::select! {
            () = &mut shutdown => break,
            permit = connections.clone().acquire_owned() => permit,
        };
        let (stream, peer) = tokio::select! {
            () = &mut shutdown => break,
            // the sender lives as long as the options
            Ok(()) = reload.changed() => {
                renew(&mut acceptor, reload.borrow_and_update().as_ref());
                continue;
            }
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // out of file handles and the like: the next attempt may succeed
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, %peer, "no TCP_NODELAY");
        }
        let watcher = graceful.watcher();
        let (builder, router, acceptor) = (builder.clone(), router.clone(), acceptor.clone());
        let handshake_timeout = options.header_timeout;
        tokio::spawn(async move {
            let _permit = permit;
            match acceptor {
                None => connection(&builder, stream, router, watcher).await,
                Some(acceptor) => match tokio::time::timeout(handshake_timeout, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => connection(&builder, stream, router, watcher).await,
                    Ok(Err(error)) => tracing::debug!(%error, %peer, "TLS handshake failed"),
                    Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
                },
            }
        });
    }
    // who connects from here on hears at once that nobody is there
    drop(listener);
    options.stop.now();
    if tokio::time::timeout(options.shutdown_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still open at the end of the shutdown time-out");
    }
    Ok(())
}

async fn connection<S>(
    builder: &Builder<TokioExecutor>,
    stream: S,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service =
        router.map_request(|request: hyper::Request<hyper::body::Incoming>| -> Request { request.map(Body::new) });
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Takes certificate and key anew, if they can be used. Whether TLS is spoken at all is decided at the start.
fn renew(acceptor: &mut Option<TlsAcceptor>, tls: Option<&Tls>) {
    let (Some(current), Some(tls)) = (acceptor, tls) else { return };
    match acceptor_of(tls) {
        Ok(fresh) => *current = fresh,
        Err(error) => tracing::error!(%error, "certificate and key stay as they were"),
    }
}

fn acceptor_of(tls: &Tls) -> io::Result<TlsAcceptor> {
    let invalid = |error: &dyn std::fmt::Display, path: &std::path::Path| {
        io::Error::new(io::ErrorKind::InvalidData, format!("`{}`: {error}", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| invalid(&error, &tls.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| invalid(&error, &tls.key))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| invalid(&error, &tls.certificate))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
