//! The contract as JSON, for `/api/v1/openapi.json`.

use std::sync::LazyLock;

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// `api-spec/openapi.yaml`, the only place where the contract is written.
const WRITTEN: &str = include_str!("../../api-spec/openapi.yaml");

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_saphyr::from_str(WRITTEN)
        .expect("the contract is part of the program, and a test reads it")
});

/// The contract, read at first use.
pub fn document() -> &'static Value {
    &DOCUMENT
}

static BODY: LazyLock<(String, String)> = LazyLock::new(|| {
    let body = DOCUMENT.to_string();
    let digest = Sha256::digest(body.as_bytes());
    let tag: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (body, format!("\"{tag}\""))
});

/// `GET /api/v1/openapi.json`.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let (body, tag) = &*BODY;
    let known = request.headers().get(IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return HttpResponse::NotModified()
            .insert_header((ETAG, tag.as_str()))
            .finish();
    }
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((ETAG, tag.as_str()))
        .body(body.as_str())
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn the_contract_reads_as_openapi_3_1() {
        assert_eq!(document()["openapi"], "3.1.1");
        assert!(document()["paths"]["/api/v1/entries"]["post"].is_object());
        assert_eq!(
            document()["paths"]["/api/v1/entries"]["post"]["responses"]["201"]["description"],
            "Recorded",
            "statuses are texts, not numbers"
        );
    }
}
