//! What stands in front of every route.

use crate::problem::{Cause, Problem};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::middleware::Next;

/// Refuses packed bodies: the framework would unpack them, past every limit.
pub async fn bodies(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let packed = request.headers().get(CONTENT_ENCODING);
    if packed.is_some_and(|encoding| encoding.as_bytes() != b"identity") {
        return Err(Problem::from(Cause::UnsupportedEncoding).into());
    }
    next.call(request).await
}
