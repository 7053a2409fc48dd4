//! The whole site: the API under `/engine-rest`, health, metrics, the console, and what surrounds every request.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
};
use tracing::Instrument;

use crate::{
    app::App,
    engine::Engine,
    http::{
        Failure,
        routes::{Site, dispatch},
    },
    metrics::Format,
    options::Options,
    own, test_mode,
};

/// Longer ids of requests are replaced: they go into every line of the log.
const LONGEST_REQUEST_ID: usize = 128;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Id of a request, as its log lines and its answer have it.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// The site over an engine.
pub fn router(engine: tollgate::Engine, options: Options) -> Router {
    let compression = options.compression;
    let cors = options.cors.as_deref().map(cors);
    let app = App::new(Engine::new(engine), options);
    let mut router = Router::new()
        .route("/health/live", get(|| async { StatusCode::OK }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/tollgate/events", get(own::stream))
        .route("/engine-rest/openapi.json", get(openapi))
        .fallback(fallback);
    if app.options.test_mode {
        router = router.merge(test_mode::routes());
    }
    let router = router.with_state(app.clone()).layer(middleware::from_fn_with_state(app, surround)).layer(
        CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            Failure::rest(StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
        }),
    );
    let router = if compression { router.layer(CompressionLayer::new().gzip(true)) } else { router };
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// The CORS of Camunda Run.
fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE])
        .allow_headers([
            header::ORIGIN,
            header::ACCEPT,
            header::AUTHORIZATION,
            HeaderName::from_static("x-requested-with"),
            header::CONTENT_TYPE,
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_REQUEST_HEADERS,
        ])
        .max_age(std::time::Duration::from_mins(30))
}

/// Around every request: an id for the log, a limit of requests in work, counting.
async fn surround(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let own = request.headers().get(&REQUEST_ID).filter(|id| id.len() <= LONGEST_REQUEST_ID && id.to_str().is_ok());
    let id = own.cloned().unwrap_or_else(|| HeaderValue::from(NUMBER.fetch_add(1, Ordering::Relaxed)));
    let shown = id.to_str().unwrap_or_default();
    request.extensions_mut().insert(RequestId(shown.into()));
    let span = tracing::info_span!("request", id = shown, method = %request.method(), path = request.uri().path());
    // a long poll waits most of its time: it has its own limit
    let permit = if request.uri().path().ends_with("/fetchAndLock") { None } else { Some(app.permits.try_acquire()) };
    let mut response = match permit {
        Some(Err(_)) => overloaded(),
        _ => next.run(request).instrument(span.clone()).await,
    };
    app.metrics.answered(response.status());
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn overloaded() -> Response {
    let failure = Failure::rest(StatusCode::SERVICE_UNAVAILABLE, "too many requests at the same time, try again later");
    let mut response = failure.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

async fn fallback(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/engine-rest")
        && (rest.is_empty() || rest.starts_with('/'))
    {
        let rest = rest.to_owned();
        return dispatch(app, Site::EngineRest, rest, request).await;
    }
    if let Some(rest) = path.strip_prefix("/tollgate/") {
        let rest = format!("/{rest}");
        return dispatch(app, Site::Own, rest, request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Failure::no_path().into_response();
    }
    console(&app, path, request.headers())
}

/// A file of the console.
fn console(app: &App, path: &str, asked: &HeaderMap) -> Response {
    let path = match path.trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let Some(console) = &app.options.console else {
        return if path == "index.html" {
            Html(WITHOUT_CONSOLE).into_response()
        } else {
            Failure::no_path().into_response()
        };
    };
    let Some(file) = (console.0)(path) else { return Failure::no_path().into_response() };
    // names of assets change with their content
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, file.media_type.as_ref()),
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_SECURITY_POLICY, CONSOLE_POLICY),
        (header::VARY, "accept-encoding"),
    ];
    match file.gzip {
        Some(gzip) if app.options.compression && takes_gzip(asked) => {
            (headers, [(header::CONTENT_ENCODING, "gzip")], axum::body::Body::from(gzip)).into_response()
        }
        _ => (headers, axum::body::Body::from(file.content)).into_response(),
    }
}

/// Whether a client names gzip among the encodings it takes, and not with the weight zero.
fn takes_gzip(asked: &HeaderMap) -> bool {
    asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|encoding| {
            let (name, weight) = encoding.split_once(';').unwrap_or((encoding, "q=1"));
            let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
        })
    })
}

/// What the console's pages may load: their own files.
const CONSOLE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
                              connect-src 'self'; frame-ancestors 'none'; base-uri 'self'";

const WITHOUT_CONSOLE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tollgate</title>\
    <h1>Tollgate</h1><p>The REST API is at <a href=\"/engine-rest/version\">/engine-rest</a>, its description at \
    <a href=\"/engine-rest/openapi.json\">/engine-rest/openapi.json</a>.</p><p>This build has no web console. To add it, \
    install Node.js 20 or later (with npm) and build again with <code>TOLLGATE_CONSOLE=build cargo build --release</code>.</p></html>";

async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.options.stop.is_stopped() || !app.engine.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    (StatusCode::OK, "ready\n").into_response()
}

/// Figures in one of the text formats that Prometheus reads.
async fn metrics(State(app): State<Arc<App>>, asked: HeaderMap) -> Response {
    let format = Format::of(&asked);
    // walking everything that is open takes longer than a request may hold a thread of the server
    let text = tokio::task::spawn_blocking(move || app.metrics.scrape(&app, format)).await.unwrap_or_default();
    ([(header::CONTENT_TYPE, format.media_type()), (header::VARY, "accept")], text).into_response()
}

/// The operations that are served, as an `OpenAPI` document.
async fn openapi() -> Response {
    axum::Json(crate::openapi::document()).into_response()
}
