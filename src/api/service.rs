//! Whether the server is alive and can record.

use crate::node::Node;
use crate::problem::{Cause, Problem};
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
    if node.writer.is_full() {
        return Err(Cause::DiskFull.into());
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ok" })))
}
