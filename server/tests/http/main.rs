//! HTTP as a good server does it: versions, TLS, limits, time-outs, graceful stop, back-pressure. Real sockets, loopback only.

mod certificate;

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tollgate_server::{Options, Stop, Tls, router, serve};

/// A server on a thread of its own.
struct Server {
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(options: Options) -> Self {
        let (address, addressed) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                address.send(listener.local_addr().unwrap()).unwrap();
                let engine = tollgate::Engine::in_memory(tollgate::Options::default()).unwrap();
                let router = router(engine, options.clone());
                let stopped = async move { drop(stopped.await) };
                serve(listener, router, &options, stopped).await.unwrap();
            });
        });
        Self { address: addressed.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Tells it to stop, without waiting.
    fn tell(&mut self) {
        drop(self.stop.take());
    }

    fn wait(mut self) {
        self.tell();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Status, head and body of the answer that a connection brings; it must have a length.
fn answer(stream: &mut impl Read) -> (u16, String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "closed after {:?}", String::from_utf8_lossy(&head));
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    (head[9..12].parse().unwrap(), head, body)
}

fn send(stream: &mut impl Write, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
    stream.flush().unwrap();
}

const VERSION: &str = "GET /engine-rest/version HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[test]
fn a_connection_serves_several_requests() {
    let server = Server::start(Options::default());
    let mut stream = server.connect();
    for _ in 0..3 {
        send(&mut stream, VERSION);
        let (status, _, body) = answer(&mut stream);
        assert_eq!((status, &*body), (200, &br#"{"version":"7.24.0"}"#[..]));
    }
    server.wait();
}

#[test]
fn http_2_is_spoken_to_those_who_begin_with_it() {
    let server = Server::start(Options::default());
    let mut stream = server.connect();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    let mut frame = |kind: u8, flags: u8, stream_id: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, flags, 0, 0, 0, stream_id]);
        bytes.extend(payload);
        stream.write_all(&bytes).unwrap();
    };
    frame(4, 0, 0, &[]);
    // GET, http, a path and an authority that are not in the static table
    let mut head = vec![0x82, 0x86, 0x04, 20];
    head.extend(b"/engine-rest/version");
    head.extend([0x01, 9]);
    head.extend(b"localhost");
    frame(1, 0x5, 1, &head);
    let mut seen = Vec::new();
    let data = loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).unwrap();
        seen.push(head[3]);
        if head[3] == 0 && !payload.is_empty() {
            break payload;
        }
        assert!(seen.len() < 20, "{seen:?}");
    };
    assert_eq!(data, br#"{"version":"7.24.0"}"#);
    drop(stream);
    server.wait();
}

/// Options with a certificate of their own, and the folder that it is in.
fn tls() -> (Options, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls { certificate: folder.path().join("server.pem"), key: folder.path().join("server.key") };
    certificate::write(&tls.certificate, &tls.key);
    (Options { tls: Some(tls), ..Options::default() }, folder)
}

#[test]
fn tls_is_spoken_with_the_configured_certificate() {
    let (options, folder) = tls();
    let server = Server::start(options);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.path().join("server.pem")).unwrap()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, server.connect());
    send(&mut stream, VERSION);
    let (status, _, body) = answer(&mut stream);
    assert_eq!((status, &*body), (200, &br#"{"version":"7.24.0"}"#[..]));
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    server.wait();
}

#[test]
fn plain_text_to_a_tls_port_is_not_answered() {
    let (options, _folder) = tls();
    let server = Server::start(options);
    let mut stream = server.connect();
    send(&mut stream, VERSION);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(!bytes.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&bytes));
    server.wait();
}

#[test]
fn a_key_that_cannot_be_read_is_named() {
    let missing = Tls { certificate: "/nowhere/server.pem".into(), key: "/nowhere/server.key".into() };
    let options = Options { tls: Some(missing), ..Options::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        serve(listener, axum::Router::new(), &options, std::future::ready(())).await.unwrap_err()
    });
    assert!(error.to_string().contains("/nowhere/server.pem"), "{error}");
}

#[test]
fn a_head_that_does_not_arrive_ends_the_connection() {
    let server = Server::start(Options { header_timeout: Duration::from_millis(300), ..Options::default() });
    let mut stream = server.connect();
    send(&mut stream, "GET /engine-rest/version HTTP/1.1\r\nHost: loc");
    let begin = Instant::now();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(!bytes.starts_with(b"HTTP/1.1 200"));
    server.wait();
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let server = Server::start(Options { max_header_bytes: 8192, ..Options::default() });
    let mut stream = server.connect();
    let long = "x".repeat(20_000);
    let request = format!("GET /engine-rest/version HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n");
    // the server may close before all of it was sent
    let _ = stream.write_all(request.as_bytes());
    let mut bytes = [0; 12];
    match stream.read_exact(&mut bytes) {
        Ok(()) => assert_eq!(&bytes, b"HTTP/1.1 431"),
        Err(error) => assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof), "{error}"),
    }
    server.wait();
}

fn post(length: usize) -> String {
    format!(
        "POST /engine-rest/task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn a_body_that_does_not_arrive_is_given_up() {
    let server = Server::start(Options { body_timeout: Duration::from_millis(300), ..Options::default() });
    let mut stream = server.connect();
    send(&mut stream, &post(100));
    send(&mut stream, "{");
    let (status, _, body) = answer(&mut stream);
    assert_eq!(status, 408, "{}", String::from_utf8_lossy(&body));
    server.wait();
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_sent() {
    let server = Server::start(Options { max_body_bytes: 1000, ..Options::default() });
    let mut stream = server.connect();
    send(&mut stream, &post(1001));
    let (status, _, body) = answer(&mut stream);
    let text = String::from_utf8_lossy(&body);
    assert_eq!(status, 413, "{text}");
    assert!(text.contains("longer than 1000 bytes"), "{text}");
    server.wait();
}

#[test]
fn a_chunked_body_that_grows_too_long_is_refused() {
    let server = Server::start(Options { max_body_bytes: 1000, ..Options::default() });
    let mut stream = server.connect();
    let head = "POST /engine-rest/task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    send(&mut stream, head);
    let _ = stream.write_all(format!("7d0\r\n{}\r\n0\r\n\r\n", " ".repeat(2000)).as_bytes());
    assert_eq!(answer(&mut stream).0, 413);
    server.wait();
}

#[test]
fn a_stop_lets_requests_end_and_takes_no_new_ones() {
    let mut server = Server::start(Options::default());
    let mut stream = server.connect();
    send(&mut stream, &post(2));
    std::thread::sleep(Duration::from_millis(200));
    server.tell();
    std::thread::sleep(Duration::from_millis(200));
    send(&mut stream, "{}");
    let (status, _, body) = answer(&mut stream);
    assert_eq!((status, &*body), (200, &b"[]"[..]));
    let refused = TcpStream::connect(server.address).is_err();
    server.wait();
    assert!(refused, "connections are still taken");
}

#[test]
fn a_stop_ends_what_does_not_end_by_itself() {
    let mut server = Server::start(Options { shutdown_timeout: Duration::from_millis(300), ..Options::default() });
    let mut stream = server.connect();
    send(&mut stream, &post(100));
    std::thread::sleep(Duration::from_millis(200));
    let begin = Instant::now();
    server.tell();
    server.wait();
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}

#[test]
fn a_stop_ends_long_polls() {
    let mut server = Server::start(Options { stop: Stop::default(), ..Options::default() });
    let mut stream = server.connect();
    let body =
        r#"{"workerId":"w","maxTasks":1,"asyncResponseTimeout":60000,"topics":[{"topicName":"t","lockDuration":1}]}"#;
    let head = post(body.len()).replace("/task ", "/external-task/fetchAndLock ");
    send(&mut stream, &format!("{head}{body}"));
    std::thread::sleep(Duration::from_millis(300));
    server.tell();
    let (status, _, body) = answer(&mut stream);
    assert_eq!(status, 500);
    assert!(String::from_utf8_lossy(&body).contains("Request rejected due to shutdown of application server."));
    server.wait();
}

#[test]
fn connections_beyond_the_limit_wait() {
    let server = Server::start(Options { max_connections: 1, ..Options::default() });
    let mut first = server.connect();
    send(&mut first, VERSION);
    assert_eq!(answer(&mut first).0, 200);
    let mut second = server.connect();
    send(&mut second, VERSION);
    second.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(second.read(&mut [0]).is_err(), "a second connection is served beside the first");
    drop(first);
    second.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(answer(&mut second).0, 200);
    drop(second);
    server.wait();
}
