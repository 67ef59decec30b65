//! Answers that a client who has them need not get again.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// The body with its tag, or 304 where the client has this very one.
pub fn answer(
    request: &HttpRequest,
    content_type: &str,
    body: impl AsRef<[u8]> + Into<Vec<u8>>,
) -> HttpResponse {
    let digest = Sha256::digest(body.as_ref());
    let tag: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{tag}\"");
    let mut response = if has(request, &tag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((ETAG, tag.as_str()));
    // Kept by whoever asked and nobody between, and asked for again each time.
    response.insert_header((CACHE_CONTROL, "private, no-cache"));
    if has(request, &tag) {
        response.finish()
    } else {
        response.content_type(content_type).body(body.into())
    }
}

/// Whether `If-None-Match` names the tag; packing on the way may have made it a weak one.
fn has(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get_all(IF_NONE_MATCH);
    known.filter_map(|value| value.to_str().ok()).any(|value| {
        let mut tags = value.split(',').map(|known| known.trim());
        tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    })
}
