//! The random number a phone keeps until the month is over, so that it is counted once.
//!
//! Always true: checking in sets it and looking does not; a sensitive activity neither sets nor reads it; a form of
//! another site can't use it.

use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::session::cookie_name;
use crate::web::browser::{Sender, host, sender};
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meetellen_events::values::{EntryId, Timestamp, Zone};

/// The cookie's name, its prefix aside.
const COOKIE: &str = "meetellen_visitor";

/// The token of the phone that sent a form: the one it keeps, or a new one. None where nobody can tell whose form it
/// was; refused where it was another site's.
pub fn token(node: &Node, request: &HttpRequest, form: EntryId) -> Result<Option<String>, Problem> {
    match sender(request.headers(), host(request)) {
        Sender::Foreign => Err(Cause::ForeignOrigin.into()),
        Sender::Unknown => Ok(None),
        Sender::Own => match kept(node, request) {
            Some(token) => Ok(Some(token)),
            None => Ok(Some(made_of(node, form))),
        },
    }
}

/// Refuses a form of another site.
pub fn not_foreign(request: &HttpRequest) -> Result<(), Problem> {
    match sender(request.headers(), host(request)) {
        Sender::Foreign => Err(Cause::ForeignOrigin.into()),
        Sender::Own | Sender::Unknown => Ok(()),
    }
}

fn kept(node: &Node, request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(&cookie_name(node, COOKIE))?;
    let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
    (bytes.len() == 16).then(|| cookie.value().to_owned())
}

/// A new phone's token. The same form gives the same one: a phone whose answer got lost sends it again, and is still
/// one phone.
fn made_of(node: &Node, form: EntryId) -> String {
    let secret = node.tokens.derive("visitor", form.uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(&secret[..16])
}

/// The cookie that keeps a token until this month is over, whatever the phone's clock says.
pub fn cookie(node: &Node, zone: &Zone, now: Timestamp, token: String) -> Cookie<'static> {
    let over = zone.end_of(zone.day_of(now).month().last_day());
    Cookie::build(cookie_name(node, COOKIE), token)
        .path("/")
        .max_age(Duration::milliseconds(over.millis_since(now)))
        .same_site(SameSite::Lax)
        .secure(node.is_https())
        .http_only(true)
        .finish()
}
