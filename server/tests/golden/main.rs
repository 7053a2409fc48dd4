//! Requests and the answers a Camunda 7.24 gave to them: the router must give the same. README.md says how the files read.

mod form;
mod normal;
mod script;

use std::{collections::BTreeSet, path::PathBuf};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, Response, header},
};
use tollgate_server::{Options, router};
use tower::ServiceExt;

use normal::Normal;
use script::Pair;

/// Where the clients of the recorded requests found the server.
const HOST: &str = "localhost:8080";

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"))
}

fn empty_engine() -> Router {
    let settings = tollgate::Settings { hostname: "127.0.0.1$default".to_owned(), ..tollgate::Settings::default() };
    let options = tollgate::Options { job_executor: false, settings, ..tollgate::Options::default() };
    let engine = tollgate::Engine::in_memory(options).expect("an engine in memory opens");
    router(engine, Options::default())
}

fn request(pair: &Pair, normal: &Normal) -> Request<Body> {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HOST.parse().unwrap());
    let mut body = normal.filled(&pair.body).into_bytes();
    if !pair.parts.is_empty() {
        let (content, media_type) = form::multipart(&pair.parts, &folder().join("files"));
        body = content;
        headers.insert(header::CONTENT_TYPE, media_type.parse().unwrap());
    } else if matches!(pair.method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    }
    for (name, value) in &pair.headers {
        let name: header::HeaderName = name.parse().expect("a header's name");
        if value.is_empty() {
            headers.remove(name);
        } else {
            headers.insert(name, value.parse().expect("a header's value"));
        }
    }
    let uri = format!("/engine-rest{}", normal.filled(&pair.path));
    let mut request =
        Request::builder().method(pair.method.clone()).uri(uri).body(Body::from(body)).expect("a request");
    *request.headers_mut() = headers;
    request
}

async fn answer(response: Response<Body>, pair: &Pair, normal: &mut Normal) -> String {
    let status = response.status().as_u16();
    let media_type = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map_or_else(|| "None".to_owned(), |value| value.to_str().expect("a media type").to_owned());
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let text = String::from_utf8_lossy(&body).into_owned();
    normal.capture(&pair.captures, &text);
    let text = normal.answer(&media_type, &text, &pair.masked);
    format!("{status} [{media_type}] {text}").trim_end().to_owned()
}

/// Replays a file. Answers the requests with another answer than the recorded one, and how they differ.
async fn replay(name: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder().join(name)).expect("the file is there");
    let pairs = script::parse(&text);
    assert!(pairs.len() > 30, "{name} has only {} pairs", pairs.len());
    let router = empty_engine();
    let mut normal = Normal::new(&format!("http://{HOST}/engine-rest"), &text);
    let mut differences = Vec::new();
    for pair in &pairs {
        let request = request(pair, &normal);
        let response = router.clone().oneshot(request).await.expect("the router never fails");
        let got = answer(response, pair, &mut normal).await;
        if !normal::same(&got, &pair.answer, pair.ordered) {
            differences.push((pair.key(name), format!("  expected {}\n  but was  {got}", pair.answer)));
        }
    }
    differences
}

/// `differences.txt`: key and reason of each pair that is known to differ.
fn known() -> BTreeSet<String> {
    let text = std::fs::read_to_string(folder().join("differences.txt")).expect("differences.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys = lines.map(|line| {
        let (key, reason) = line.split_once(" | ").unwrap_or_else(|| panic!("`{line}` has no reason"));
        assert!(!reason.trim().is_empty(), "`{line}` has no reason");
        key.to_owned()
    });
    keys.collect()
}

#[tokio::test]
async fn answers_are_camundas() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".txt") && name.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    files.sort();
    assert!(files.len() >= 9, "only {files:?}");
    let mut known = known();
    let mut unknown = Vec::new();
    for file in &files {
        for (key, difference) in replay(file).await {
            if !known.remove(&key) {
                unknown.push(format!("{key}\n{difference}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{} differences:\n{}", unknown.len(), unknown.join("\n"));
    assert!(known.is_empty(), "no longer different, take out of differences.txt: {known:#?}");
}
