//! What surrounds each request, in process: back-pressure, compression, CORS, ids of requests.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use tollgate_server::{Console, ConsoleFile, Options, router};
use tower::ServiceExt;

fn site(options: Options) -> Router {
    let engine = tollgate::Engine::in_memory(tollgate::Options::default()).expect("an engine in memory opens");
    router(engine, options)
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_when_to_come_back() {
    let router = site(Options { max_requests: 0, ..Options::default() });
    let response = get(&router, "/engine-rest/version", &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(response.headers(), "retry-after"), Some("1"));
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["type"], "RestException");
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_accept_it() {
    let router = site(Options::default());
    let path = "/engine-rest/openapi.json";
    let packed = get(&router, path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(packed.headers(), "content-encoding"), Some("gzip"));
    let packed = to_bytes(packed.into_body(), usize::MAX).await.unwrap();
    let plain = get(&router, path, &[]).await;
    assert_eq!(header(plain.headers(), "content-encoding"), None);
    let plain = to_bytes(plain.into_body(), usize::MAX).await.unwrap();
    assert!(packed.len() * 5 < plain.len(), "{} of {}", packed.len(), plain.len());
    assert!(packed.starts_with(&[0x1f, 0x8b]));

    let router = site(Options { compression: false, ..Options::default() });
    let response = get(&router, path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(response.headers(), "content-encoding"), None);
}

#[tokio::test]
async fn files_of_the_console_are_sent_as_they_were_compressed_beforehand() {
    let console = Console(Arc::new(|name| {
        matches!(name, "index.html" | "assets/main-1f2e.js").then(|| ConsoleFile {
            media_type: "text/javascript".into(),
            content: b"plain".into(),
            gzip: Some(b"packed".into()),
        })
    }));
    let router = site(Options { console: Some(console.clone()), ..Options::default() });
    let path = "/assets/main-1f2e.js";
    for (accepted, encoding) in
        [("gzip, deflate, br", Some("gzip")), ("br;q=1, GZIP;q=0.5", Some("gzip")), ("gzip;q=0", None), ("br", None)]
    {
        let response = get(&router, path, &[("accept-encoding", accepted)]).await;
        let headers = response.headers();
        assert_eq!(header(headers, "content-encoding"), encoding, "{accepted}");
        assert_eq!(header(headers, "cache-control"), Some("public, max-age=31536000, immutable"));
        assert!(header(headers, "vary").unwrap().contains("accept-encoding"));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(&body[..], if encoding.is_some() { &b"packed"[..] } else { b"plain" }, "{accepted}");
    }
    let start = get(&router, "/", &[]).await;
    assert_eq!(header(start.headers(), "cache-control"), Some("no-cache"));

    let router = site(Options { compression: false, console: Some(console), ..Options::default() });
    let response = get(&router, path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(response.headers(), "content-encoding"), None);
}

#[tokio::test]
async fn scripts_of_other_sites_may_call_when_that_is_configured() {
    let origin = ("origin", "https://app.acme.com");
    let router = site(Options::default());
    let response = get(&router, "/engine-rest/version", &[origin]).await;
    assert_eq!(header(response.headers(), "access-control-allow-origin"), None);

    let router = site(Options { cors: Some(vec!["https://app.acme.com".to_owned()]), ..Options::default() });
    let response = get(&router, "/engine-rest/version", &[origin]).await;
    assert_eq!(header(response.headers(), "access-control-allow-origin"), Some("https://app.acme.com"));
    let response = get(&router, "/engine-rest/version", &[("origin", "https://evil.com")]).await;
    assert_eq!(header(response.headers(), "access-control-allow-origin"), None);

    let router = site(Options { cors: Some(vec!["*".to_owned()]), ..Options::default() });
    let preflight = Request::options("/engine-rest/task")
        .header(header::ORIGIN, "https://any.com")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(preflight).await.unwrap();
    let headers = response.headers();
    assert_eq!(header(headers, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(headers, "access-control-max-age"), Some("1800"));
    assert!(header(headers, "access-control-allow-methods").unwrap().contains("DELETE"));
    assert!(header(headers, "access-control-allow-headers").unwrap().contains("content-type"));
}

#[tokio::test]
async fn a_request_keeps_its_id_or_gets_one() {
    let router = site(Options::default());
    let response = get(&router, "/engine-rest/version", &[("x-request-id", "abc-1")]).await;
    assert_eq!(header(response.headers(), "x-request-id"), Some("abc-1"));
    let first = get(&router, "/engine-rest/version", &[]).await;
    let second = get(&router, "/engine-rest/version", &[]).await;
    let (first, second) = (header(first.headers(), "x-request-id"), header(second.headers(), "x-request-id"));
    assert!(first.is_some() && first != second, "{first:?} {second:?}");
    let long = "x".repeat(1000);
    let response = get(&router, "/engine-rest/version", &[("x-request-id", &long)]).await;
    assert_ne!(header(response.headers(), "x-request-id"), Some(&*long));
}

#[tokio::test]
async fn the_document_of_the_api_is_served() {
    let router = site(Options::default());
    let response = get(&router, "/engine-rest/openapi.json", &[]).await;
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["openapi"], "3.0.2");
    assert!(document["paths"].as_object().unwrap().len() > 300);
}
