//! Answers that a client who has them need not get again.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use sha2::{Digest, Sha256};

/// The tag of what is made of these bytes, and of nothing else.
pub fn tag(made_of: &[u8]) -> String {
    let digest = Sha256::digest(made_of);
    let hex = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("\"{}\"", hex.collect::<String>())
}

/// 304, where the client has what the tag names.
pub fn unchanged(request: &HttpRequest, tag: &str) -> Option<HttpResponse> {
    let known = request.headers().get_all(IF_NONE_MATCH);
    let mut known = known.filter_map(|value| value.to_str().ok());
    let has = known.any(|value| {
        let mut tags = value.split(',').map(str::trim);
        // Packing on the way may have made it a weak one.
        tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    });
    has.then(|| with_tag(HttpResponse::NotModified(), tag).finish())
}

/// 200, with the tag.
pub fn fresh(tag: &str) -> HttpResponseBuilder {
    with_tag(HttpResponse::Ok(), tag)
}

fn with_tag(mut response: HttpResponseBuilder, tag: &str) -> HttpResponseBuilder {
    response.insert_header((ETAG, tag));
    // Kept by whoever asked and nobody between, and asked for again each time.
    response.insert_header((CACHE_CONTROL, "private, no-cache"));
    response
}
