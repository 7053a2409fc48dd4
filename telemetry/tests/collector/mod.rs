//! A collector for tests: takes posts, and reads spans with the field numbers of `opentelemetry/proto/trace/v1/trace.proto`.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A post that came in.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// Its path.
    pub(crate) path: String,
    /// Its headers, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// A span, ids in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty for none.
    pub(crate) parent: String,
    pub(crate) state: String,
    pub(crate) flags: u32,
    pub(crate) name: String,
    pub(crate) kind: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) resource: BTreeMap<String, String>,
    /// Trace and span.
    pub(crate) links: Vec<(String, String)>,
    /// Names and attributes.
    pub(crate) events: Vec<(String, BTreeMap<String, String>)>,
    /// Code and message.
    pub(crate) status: Option<(u64, String)>,
}

impl Span {
    /// An attribute; empty when it is not there.
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// It listens as long as the test runs.
#[derive(Clone, Debug)]
pub(crate) struct Collector {
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    status: Arc<Mutex<u16>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let collector = Self { url, posts: Arc::default(), status: Arc::new(Mutex::new(200)) };
        let serving = collector.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || while serving.serve(&stream).is_some() {});
            }
        });
        collector
    }

    /// What it answers from here on.
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let path = line.split(' ').nth(1)?.to_owned();
        let mut headers = BTreeMap::new();
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let status = *self.status.lock().unwrap();
        if status < 300 {
            self.posts.lock().unwrap().push(Post { path, headers, body });
        }
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}").ok()
    }

    /// All posts to a path.
    pub(crate) fn posts(&self, path: &str) -> Vec<Post> {
        self.posts.lock().unwrap().iter().filter(|post| post.path == path).cloned().collect()
    }

    /// All spans so far, by start.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let posts = self.posts("/v1/traces");
        let mut spans: Vec<Span> = posts.iter().flat_map(|post| spans(&post.body)).collect();
        spans.sort_by_key(|span| span.start);
        spans
    }

    /// Waits until there is a span of that name, and answers all.
    pub(crate) fn wait_for(&self, name: &str) -> Vec<Span> {
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until {
            let spans = self.spans();
            if spans.iter().any(|span| span.name == name) {
                return spans;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no span `{name}` came: {:#?}", self.spans());
    }
}

/// Fields of a message: number, value of numbers, bytes of everything else.
fn fields(mut message: &[u8]) -> Vec<(u64, u64, &[u8])> {
    fn number(from: &mut &[u8]) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = from[0];
            *from = &from[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }
    fn take<'a>(from: &mut &'a [u8], length: usize) -> &'a [u8] {
        let (head, tail) = from.split_at(length);
        *from = tail;
        head
    }
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = number(&mut message);
        found.push(match tag & 7 {
            0 => (tag >> 3, number(&mut message), &[][..]),
            1 => {
                let bytes = take(&mut message, 8);
                (tag >> 3, u64::from_le_bytes(bytes.try_into().unwrap()), bytes)
            }
            2 => {
                let length = usize::try_from(number(&mut message)).unwrap();
                (tag >> 3, 0, take(&mut message, length))
            }
            5 => {
                let bytes = take(&mut message, 4);
                (tag >> 3, u64::from(u32::from_le_bytes(bytes.try_into().unwrap())), bytes)
            }
            other => panic!("wire type {other}"),
        });
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("texts are UTF-8")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key_value(message: &[u8]) -> (String, String) {
    let (mut name, mut value) = (String::new(), String::new());
    for (field, _, bytes) in fields(message) {
        match field {
            1 => name = text(bytes),
            2 => {
                for (kind, number, bytes) in fields(bytes) {
                    value = match kind {
                        1 => text(bytes),
                        2 => (number == 1).to_string(),
                        3 => number.cast_signed().to_string(),
                        other => panic!("value of kind {other}"),
                    };
                }
            }
            other => panic!("field {other} of an attribute"),
        }
    }
    (name, value)
}

fn spans(request: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    for (field, _, resource_spans) in fields(request) {
        assert_eq!(field, 1, "a request has only resource spans");
        let mut resource = BTreeMap::new();
        for (field, _, message) in fields(resource_spans) {
            match field {
                1 => resource.extend(fields(message).into_iter().map(|(_, _, attribute)| key_value(attribute))),
                2 => {
                    let of_scope = fields(message).into_iter().filter(|(field, ..)| *field == 2);
                    found.extend(of_scope.map(|(_, _, message)| Span { resource: resource.clone(), ..span(message) }));
                }
                other => panic!("field {other} of resource spans"),
            }
        }
    }
    found
}

fn span(message: &[u8]) -> Span {
    let mut span = Span::default();
    for (field, number, bytes) in fields(message) {
        match field {
            1 => span.trace = hex(bytes),
            2 => span.id = hex(bytes),
            3 => span.state = text(bytes),
            4 => span.parent = hex(bytes),
            5 => span.name = text(bytes),
            6 => span.kind = number,
            7 => span.start = number,
            8 => span.end = number,
            9 => span.attributes.extend([key_value(bytes)]),
            11 => {
                let of = |wanted: u64| fields(bytes).into_iter().filter(move |(field, ..)| *field == wanted);
                let name = of(2).map(|(_, _, bytes)| text(bytes)).collect();
                span.events.push((name, of(3).map(|(_, _, bytes)| key_value(bytes)).collect()));
            }
            13 => {
                let of = |wanted: u64| {
                    fields(bytes)
                        .into_iter()
                        .find(|(field, ..)| *field == wanted)
                        .map_or(&[][..], |(_, _, bytes)| bytes)
                };
                span.links.push((hex(of(1)), hex(of(2))));
            }
            15 => {
                let mut status = (0, String::new());
                for (field, number, bytes) in fields(bytes) {
                    match field {
                        2 => status.1 = text(bytes),
                        3 => status.0 = number,
                        other => panic!("field {other} of a status"),
                    }
                }
                span.status = Some(status);
            }
            16 => span.flags = u32::try_from(number).unwrap(),
            other => panic!("field {other} of a span"),
        }
    }
    span
}
