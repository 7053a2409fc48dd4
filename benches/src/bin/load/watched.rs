//! An engine with what watches it: an exporter of traces, a server whose figures are scraped.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    ops::Deref,
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use anyhow::Result;
use telemetry::{Counters, Exporter, Options};
use tollgate::Engine;
use tower::ServiceExt;

/// An engine, and its watchers, which end before it.
pub(crate) struct Watched {
    exporter: Option<Exporter>,
    scraper: Option<Scraper>,
    engine: Arc<Engine>,
}

impl Deref for Watched {
    type Target = Arc<Engine>;

    fn deref(&self) -> &Self::Target {
        &self.engine
    }
}

impl Watched {
    /// With `trace` its traces go to a collector in this process that reads and forgets; with `scrape` its figures are kept as a
    /// server keeps them, and asked for at that pace, if there is one.
    pub(crate) fn new(engine: Engine, trace: bool, scrape: Option<Option<Duration>>) -> Result<Self> {
        let exporter = match trace {
            true => Some(Exporter::start(Options::new(format!("http://{}/v1/traces", sink()?)))?),
            false => None,
        };
        if let Some(exporter) = &exporter {
            engine.observe(exporter.observer());
        }
        let scraper = scrape.map(|pace| Scraper::start(engine.clone(), pace));
        Ok(Self { exporter, scraper, engine: Arc::new(engine) })
    }

    /// What was exported.
    pub(crate) fn spans(&self) -> Option<Arc<Counters>> {
        self.exporter.as_ref().map(Exporter::counters)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.scraper.take();
    }
}

/// A server without connections, whose figures are asked for.
struct Scraper {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Scraper {
    fn start(engine: Engine, pace: Option<Duration>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let router = server::router(engine, server::Options::default());
            while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(pace.unwrap_or(Duration::MAX)) {
                let request = axum::extract::Request::get("/metrics").body(axum::body::Body::empty());
                let answer = runtime.block_on(router.clone().oneshot(request.expect("a request"))).expect("an answer");
                assert!(answer.status().is_success(), "{answer:?}");
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Scraper {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A collector that takes everything and keeps nothing.
fn sink() -> Result<std::net::SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || while swallow(&stream).is_some() {});
        }
    });
    Ok(address)
}

/// Reads a request and answers it.
fn swallow(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink()).ok()?;
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
}
