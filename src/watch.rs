//! What is seen of the server at work: a span around each request, and figures for whoever runs the machine.
//!
//! Always true, tested in `tests/watch.rs`: a route's pattern stands in the place of a path, which may hold a code;
//! nothing that was sent comes into a log line or a figure.

use crate::node::Node;
use crate::problem::Problem;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use metrics::{Label, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusRecorder};
use std::time::{Duration, Instant};
use tracing::{Span, field};
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// How often what was measured is put away, and what is kept for limits is gone through.
const UPKEEP: Duration = Duration::from_secs(5);

/// Upper bounds of the times of answers, in seconds.
const BUCKETS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// What stands for a path that nobody serves.
const UNMATCHED: &str = "unmatched";

/// The figures of one server.
pub struct Watch(PrometheusRecorder);

impl Watch {
    /// Nothing was seen yet.
    pub fn new() -> Result<Self, BuildError> {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS)?;
        Ok(Self(builder.build_recorder()))
    }

    /// All figures, in the form of Prometheus.
    pub fn render(&self, node: &Node) -> String {
        with_local_recorder(&self.0, || {
            let log = node.reader().statistics();
            gauge!("meetellen_ready").set(flag(node.is_ready()));
            gauge!("meetellen_disk_full").set(flag(node.writer.is_full()));
            gauge!("meetellen_commands_waiting").set(count(node.writer.waiting()));
            gauge!("meetellen_organisations_in_memory")
                .set(count(node.writer.houses().resident_count()));
            gauge!("meetellen_limit_keys").set(count(node.limits.kept()));
            counter!("meetellen_log_appended_bytes_total").absolute(log.appended_bytes);
            gauge!("meetellen_log_last_sync_seconds").set(log.last_sync.as_secs_f64());
            counter!("meetellen_log_applied_batch").absolute(log.applied_batch);
            gauge!("meetellen_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        });
        self.0.handle().render()
    }

    fn answered(&self, method: &'static str, route: String, status: StatusCode, took: Duration) {
        let labels = vec![
            Label::from_static_parts("method", method),
            Label::new("route", route),
        ];
        let mut with_status = labels.clone();
        with_status.push(Label::new("status", status.as_str().to_owned()));
        with_local_recorder(&self.0, || {
            counter!("meetellen_requests_total", with_status).increment(1);
            histogram!("meetellen_request_seconds", labels).record(took.as_secs_f64());
        });
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// Puts away what was measured and forgets who need not wait any more, for as long as the server's system runs.
pub async fn upkeep(node: Node, stop: impl FnOnce()) {
    let mut rounds = tokio::time::interval(UPKEEP);
    loop {
        rounds.tick().await;
        node.watch.0.handle().run_upkeep();
        node.limits.forget();
        if node.reader().store_failed() {
            break;
        }
    }
    tracing::error!("the store failed: the next start makes it again from the journal");
    stop();
}

/// Counts every answer, and how long it took.
pub async fn count_answers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let (method, route) = (known(request.method()), route(&request));
    let node = request.app_data::<Data<Node>>().cloned();
    let outcome = next.call(request).await;
    if let Some(node) = node {
        let took = begun.elapsed();
        node.watch.answered(method, route, status(&outcome), took);
    }
    outcome
}

/// Gives every request a span with its route's pattern, so that log lines within tell what was asked, and not by whom.
pub struct Root;

impl RootSpanBuilder for Root {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().copied();
        tracing::info_span!(
            "request",
            method = known(request.method()),
            route = %route(request),
            id = id.map(field::display),
            status = field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        span.record("status", status(outcome).as_u16());
        tracing::debug!(parent: &span, "answered");
    }
}

fn route(request: &ServiceRequest) -> String {
    let pattern = request.match_pattern();
    pattern.unwrap_or_else(|| UNMATCHED.to_owned())
}

fn status<B>(outcome: &Result<ServiceResponse<B>, Error>) -> StatusCode {
    match outcome {
        Ok(response) => response.status(),
        Err(error) => match error.as_error::<Problem>() {
            Some(problem) => problem.cause().status(),
            None => error.as_response_error().status_code(),
        },
    }
}

/// Methods of our own making would be figures without end.
fn known(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let place = KNOWN.iter().position(|known| known == method);
    place.map_or("other", |place| NAMES[place])
}
