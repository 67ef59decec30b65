//! Sessions of browsers: in by a code, on by a cookie.

use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use crate::session::{self, Session};
use crate::tokens::ACCESS_VALID;
use crate::web::browser::{Sender, host, sender};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::values::{Code, OrganisationId};
use serde::{Deserialize, Serialize};

/// A body that lets a browser in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    code: Code,
}

#[derive(Serialize)]
struct SignedIn {
    access_token: String,
    expires_in: u64,
    role: Role,
    organisation: OrganisationId,
}

/// The routes below `/session`.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/session/enrol")
            .route(web::post().to(enrol))
            .default_service(web::to(unknown_method)),
    )
    .service(
        web::resource("/session/refresh")
            .route(web::post().to(refresh))
            .default_service(web::to(unknown_method)),
    );
}

/// `POST /api/v1/session/enrol`.
async fn enrol(
    node: web::Data<Node>,
    request: HttpRequest,
    body: web::Json<Enrol>,
) -> Result<HttpResponse, Problem> {
    // Another site may not sign a reader in as somebody else.
    if sender(request.headers(), host(&request)) == Sender::Foreign {
        return Err(Cause::ForeignOrigin.into());
    }
    let session = session::enrol(&node, &request, body.code).await?;
    Ok(signed_in(session))
}

/// `POST /api/v1/session/refresh`.
async fn refresh(node: web::Data<Node>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let session = session::refresh(&node, &request).await?;
    Ok(signed_in(session))
}

fn signed_in(session: Session) -> HttpResponse {
    HttpResponse::Ok().json(SignedIn {
        access_token: session.access_token,
        expires_in: ACCESS_VALID.as_secs(),
        role: session.bearer.role,
        organisation: session.bearer.organisation,
    })
}
