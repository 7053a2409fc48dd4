//! Requests and the answers a Camunda 7.24 gave to them, with an empty engine: ours must be the same, byte for byte.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use tollgate_server::{Options, router};
use tower::ServiceExt;

/// A recorded request with its answer.
struct Pair<'a> {
    line: &'a str,
    method: Method,
    path: &'a str,
    body: &'a str,
    status: u16,
    content_type: &'a str,
    answer: &'a str,
}

/// Reads `METHOD path body` and ` -> status [content type] answer`, separated by empty lines; `#` begins a remark.
fn pairs(text: &str) -> Vec<Pair<'_>> {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut pairs = Vec::new();
    while let (Some(line), Some(answer)) = (lines.next(), lines.next()) {
        let (method, rest) = line.split_once(' ').expect("a request line has a method");
        let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let answer = answer.strip_prefix(" -> ").expect("an answer follows each request");
        let (status, rest) = answer.split_once(" [").expect("an answer has a content type");
        let (content_type, answer) = rest.split_once(']').expect("a content type ends");
        pairs.push(Pair {
            line,
            method: method.parse().expect("a method"),
            path,
            body: body.trim(),
            status: status.parse().expect("a status"),
            content_type,
            answer: answer.trim(),
        });
    }
    pairs
}

fn empty_engine() -> Router {
    let options = tollgate::Options { job_executor: false, ..tollgate::Options::default() };
    let engine = tollgate::Engine::in_memory(options).expect("an engine in memory opens");
    router(engine, Options::default())
}

#[tokio::test]
async fn answers_are_camundas() {
    let router = empty_engine();
    let mut differences = Vec::new();
    let pairs = pairs(include_str!("golden/basics.txt"));
    assert!(pairs.len() > 80, "only {} pairs", pairs.len());
    for pair in pairs {
        let mut request = Request::builder().method(pair.method).uri(format!("/engine-rest{}", pair.path));
        request = request.header(header::HOST, "localhost:8080");
        if pair.line.starts_with("POST") || pair.line.starts_with("PUT") {
            let form = pair.body == "x=1";
            let content_type = if form { "application/x-www-form-urlencoded" } else { "application/json" };
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(Body::from(pair.body.to_owned())).expect("a request");
        let response = router.clone().oneshot(request).await.expect("the router never fails");
        let status = response.status().as_u16();
        let content_type = response.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap().to_owned());
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let answer = String::from_utf8_lossy(&body);
        if (status, content_type.as_deref().unwrap_or("None"), &*answer)
            != (pair.status, pair.content_type, pair.answer)
        {
            differences.push(format!(
                "{}\n  expected {} [{}] {}\n  but was  {status} {content_type:?} {answer}",
                pair.line, pair.status, pair.content_type, pair.answer
            ));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
