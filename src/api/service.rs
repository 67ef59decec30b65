//! Whether the server is alive and can record.

use super::caller::Operator;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::json;

/// `GET /healthz`: alive.
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// `GET /readyz`: can record.
pub async fn ready(node: web::Data<Node>) -> Result<HttpResponse, Problem> {
    if !node.writer.is_running() || node.reader().store_failed() {
        return Err(Cause::NotReady.into());
    }
    node.writer.look().await;
    if node.writer.is_full() {
        return Err(Cause::DiskFull.into());
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ok" })))
}

/// `GET /metrics`: for the host alone. Loopback opens nothing, since a proxy comes from there.
pub async fn metrics(_operator: Operator, node: web::Data<Node>) -> HttpResponse {
    node.writer.look().await;
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(node.watch.render(&node))
}
