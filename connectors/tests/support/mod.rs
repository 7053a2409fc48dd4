//! Servers on loopback that answer as they are told, and an engine with connectors.

#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use tollgate::{Engine, Options};
use tollgate_connectors::{Config, Connectors};

/// A request as it came: first line, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

/// An HTTP server: each answer is a whole response, the last one is repeated.
pub(crate) struct Web {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Web {
    pub(crate) fn answering(answers: &[&str]) -> Self {
        Self::slow(Duration::ZERO, answers)
    }

    pub(crate) fn slow(delay: Duration, answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let answers: Vec<String> = answers.iter().map(|text| (*text).to_owned()).collect();
        thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                let answer = answers.get(at).or(answers.last()).cloned().unwrap_or_default();
                let log = log.clone();
                thread::spawn(move || answer_one(stream, delay, &answer, &log));
            }
        });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }
}

fn answer_one(stream: TcpStream, delay: Duration, answer: &str, log: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).is_err() || header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        headers.push(header.trim().to_owned());
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let body = String::from_utf8_lossy(&body).into_owned();
    log.lock().expect("not poisoned").push(Seen { line: line.trim().to_owned(), headers, body });
    thread::sleep(delay);
    let _ = reader.get_mut().write_all(answer.as_bytes());
}

/// A response with a body.
pub(crate) fn ok(body: &str) -> String {
    response(200, body)
}

pub(crate) fn response(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nX-Answer: yes\r\nContent-Length: {}\r\nConnection: \
         close\r\n\r\n{body}",
        body.len()
    )
}

/// An engine in memory whose jobs run by hand.
pub(crate) fn engine(config: Config) -> Engine {
    let connectors = Connectors::new(config).expect("a configuration");
    let options = Options { job_executor: false, delegates: Some(Box::new(connectors)), ..Options::default() };
    Engine::in_memory(options).expect("an engine")
}

/// A process around one element between start and end, with a task after it.
pub(crate) fn process(element: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
          <process id="p" isExecutable="true">
            <startEvent id="start"/>
            <sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
            {element}
            <sequenceFlow id="f2" sourceRef="call" targetRef="after"/>
            <userTask id="after"/>
          </process>
        </definitions>"#
    )
}
