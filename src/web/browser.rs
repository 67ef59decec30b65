//! What a browser sends and may do: the reader's language, whose form it was, entry ids of forms, and the headers
//! and the stylesheet every page goes with.
//!
//! Invariants, each tested below: a form of another site is told apart from our own; a form's entry id is used for an
//! hour; the stylesheet's address changes with its content.

use super::STYLESHEET;
use crate::i18n::Language;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use uuid::Uuid;

/// How long a page's form keeps the entry id it was drawn with. Later, an open tab's next tap is another entry.
pub const FORM_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// A phone's clock plays no part in a form's id, but ours may have been set back by this much meanwhile.
const CLOCK_BACK_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The cookie that keeps a language somebody chose; nobody else gets it.
pub const LANGUAGE_COOKIE: &str = "lang";

/// What a page may load and do: our stylesheet, inline pictures, our own forms, and nothing else.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
     script-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Who sent a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A page of ours.
    Own,
    /// Another site's page: refused with 403.
    Foreign,
    /// Nobody can tell: its cookies are ignored.
    Unknown,
}

/// The host that was asked, as the request itself says it: what a proxy forwards in its own words could be anybody's.
pub fn host(request: &HttpRequest) -> &str {
    let header = request.headers().get(header::HOST);
    let said = header.and_then(|host| host.to_str().ok());
    said.or_else(|| request.uri().authority().map(|host| host.as_str()))
        .unwrap_or_default()
}

/// Tells by `Sec-Fetch-Site`, or where that is missing (plain http) by `Origin`, whose page sent this.
pub fn sender(headers: &HeaderMap, host: &str) -> Sender {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" {
            Sender::Own
        } else {
            Sender::Foreign
        };
    }
    match text("origin") {
        Some(origin)
            if origin
                .split_once("://")
                .is_some_and(|(_, asked)| asked == host) =>
        {
            Sender::Own
        }
        Some(_) => Sender::Foreign,
        None => Sender::Unknown,
    }
}

/// The reader's language among those a page is offered in: `?lang=`, else the one chosen before, else the phone's.
pub fn language(request: &HttpRequest, offered: &[Language]) -> Language {
    let chosen = asked_language(request.query_string(), offered);
    let kept = || Language::of_tag(request.cookie(LANGUAGE_COOKIE)?.value(), offered);
    let phone = || {
        let header = request.headers().get(header::ACCEPT_LANGUAGE);
        Language::accepted(
            header
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
            offered,
        )
    };
    chosen.or_else(kept).unwrap_or_else(phone)
}

/// The language that a `?lang=` names, for the cookie that keeps it.
pub fn asked_language(query: &str, offered: &[Language]) -> Option<Language> {
    let tag = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))?;
    Language::of_tag(tag, offered)
}

/// The id of the entry a form makes: the one it was drawn with, or `fresh` where that is older than an hour, of the
/// future, or no id of ours.
pub fn entry_id(sent: &str, now: Timestamp, fresh: impl FnOnce() -> Uuid) -> Uuid {
    let kept = Uuid::try_parse(sent).ok().filter(|id| {
        drawn_at(id).is_some_and(|drawn| {
            let age = now.duration_since(drawn);
            age <= FORM_AGE_MAX && age >= -CLOCK_BACK_MAX
        })
    });
    kept.unwrap_or_else(fresh)
}

fn drawn_at(id: &Uuid) -> Option<Timestamp> {
    (id.get_version_num() == 7).then_some(())?;
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    Timestamp::new(
        i64::try_from(seconds).ok()?,
        i32::try_from(nanoseconds).ok()?,
    )
    .ok()
}

/// The headers every page goes with. A page with an entry id adds `no-store` itself.
pub fn page_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        // Under `no-referrer` our own forms would send `Origin: null`.
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add((
            "Permissions-Policy",
            "camera=(self), geolocation=(), microphone=()",
        ))
}

static STYLESHEET_HASH: LazyLock<String> = LazyLock::new(|| {
    Sha256::digest(STYLESHEET.as_bytes())
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// The stylesheet's address; it changes with the content, so that a phone may keep it for ever.
pub fn stylesheet_address() -> String {
    format!("/assets/{}/meetellen.css", *STYLESHEET_HASH)
}

/// Serves the stylesheet under any hash: a page drawn before an upgrade gets the newer one.
pub async fn stylesheet(hash: web::Path<String>) -> impl Responder {
    let keep = if *hash == *STYLESHEET_HASH {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, keep))
        .body(STYLESHEET)
}

/// The route of the stylesheet.
pub fn assets(routes: &mut web::ServiceConfig) {
    routes.route("/assets/{hash}/meetellen.css", web::get().to(stylesheet));
}

#[cfg(test)]
mod tests;
