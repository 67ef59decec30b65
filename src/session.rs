//! Browsers that are signed in: let in by a one-time code or a badge, kept in by a refresh secret, shut out by signing
//! out.
//!
//! A browser holds two cookies: a ten-minute token, and the secret that gets it the next one. Whatever takes a
//! [`Caller`](crate::api::caller::Caller) finds the device by them; cookies that change on the way leave with the
//! answer, through [`cookies`], whoever gives it.
//!
//! Always true, each tested in `tests/access/sessions.rs`: cookies count only for our own pages' requests; a secret
//! changes at most once a day; the one before stays good until the new one was shown, an older one shuts the device out.

use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::secrets;
use crate::tokens::{ACCESS_VALID, Bearer, Kind, Refused};
use crate::web::browser::{Sender, host, sender};
use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};
use meetellen_events::access;
use meetellen_events::codec::Found;
use meetellen_events::event::Event;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::values::{Code, DeviceId, OrganisationId};

/// The cookie with a browser's ten-minute token, its prefix aside.
pub const SESSION_COOKIE: &str = "meetellen_session";

/// The cookie with what gets it the next one, its prefix aside.
pub const REFRESH_COOKIE: &str = "meetellen_refresh";

/// How long a browser keeps its refresh secret without a visit: the longest that browsers grant.
const REFRESH_KEPT: time::Duration = time::Duration::days(400);

/// A browser that is in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whom it speaks for.
    pub bearer: Bearer,
    /// Its token for the next ten minutes.
    pub access_token: String,
}

/// What the refresh cookie holds. The directory knows no refresh secrets, so it names its organisation and device.
#[derive(Clone, Copy)]
struct Refresh {
    organisation: OrganisationId,
    device: DeviceId,
    secret: Code,
}

/// The cookies that leave with the answer to a request.
struct Leaving(Vec<Cookie<'static>>);

/// The name of a cookie; where people come by https it is bound to this host.
pub fn cookie_name(node: &Node, name: &str) -> String {
    if node.is_https() {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// Lets a browser in by the code of an invitation, or a volunteer's own phone by the code of her badge. Its cookies
/// leave with the answer to `request`.
pub async fn enrol(node: &Node, request: &HttpRequest, code: Code) -> Result<Session, Problem> {
    let code = secrets::hash(code.bytes());
    let organisation = node.find(&Found::Secret(code));
    let organisation = organisation.ok_or_else(|| Problem::from(Cause::UnknownCode))?;
    let is_badge = {
        let live = node.open(organisation).await?;
        let seen = live.read();
        seen.organisation.person_by_pass(&code).is_some()
    };
    if is_badge {
        node.limits.by_badge(code)?;
    }
    let secret = secrets::code().map_err(|error| Problem::internal(&error))?;
    let refresh = secrets::hash(secret.bytes());
    let command = if is_badge {
        access::Command::EnrolByBadge {
            pass: code,
            device: DeviceId::new(uuid::Uuid::now_v7()),
            refresh,
        }
    } else {
        access::Command::Enrol { code, refresh }
    };
    let asked = Request::Access(command);
    node.ask(organisation, Authority::System, asked).await?;
    let bearer = {
        let live = node.open(organisation).await?;
        let seen = live.read();
        let device = seen.organisation.device_by_refresh(&refresh);
        device.and_then(|device| {
            let role = seen.organisation.role_of(device)?;
            Some(Bearer {
                organisation,
                device,
                role,
            })
        })
    };
    // Somebody may have shut it out again at once.
    let bearer = bearer.ok_or_else(|| Problem::from(Cause::DeviceRevoked))?;
    let session = begin(node, request, bearer);
    let kept = Refresh {
        organisation,
        device: bearer.device,
        secret,
    };
    leave(request, kept_cookie(node, kept));
    Ok(session)
}

/// Signs a browser in again by its refresh cookie, whatever its token says. Its cookies leave with the answer to
/// `request`; where the device was shut out, they are taken away.
pub async fn refresh(node: &Node, request: &HttpRequest) -> Result<Session, Problem> {
    if cookies_count(request)?
        && let Some(shown) = shown(node, request)
    {
        return again(node, request, shown).await;
    }
    Err(Cause::Unauthorised.into())
}

/// Whom the cookies of a request speak for; none where there are none, or where nobody can tell who sent them.
pub(crate) async fn by_cookies(
    node: &Node,
    request: &HttpRequest,
) -> Result<Option<Bearer>, Problem> {
    let token = request.cookie(&cookie_name(node, SESSION_COOKIE));
    let shown = shown(node, request);
    if (token.is_none() && shown.is_none()) || !cookies_count(request)? {
        return Ok(None);
    }
    let checked = token.map(|token| node.tokens.check(Kind::Access, token.value(), node.now()));
    match (checked, shown) {
        (Some(Ok(bearer)), _) => Ok(Some(bearer)),
        (Some(Err(_)) | None, Some(shown)) => {
            let session = again(node, request, shown).await?;
            Ok(Some(session.bearer))
        }
        (Some(Err(Refused::Expired)), None) => Err(Cause::TokenExpired.into()),
        (Some(Err(Refused::Foreign)), None) => Err(Cause::Unauthorised.into()),
        (None, None) => Ok(None),
    }
}

/// Shuts the device out and takes its cookies away: what it kept opens nothing any more.
pub async fn sign_out(node: &Node, request: &HttpRequest, bearer: Bearer) -> Result<(), Problem> {
    forget(node, request);
    let authority = Authority::Device {
        device: bearer.device,
        role: bearer.role,
    };
    let asked = Request::Access(access::Command::Revoke(bearer.device));
    node.ask(bearer.organisation, authority, asked).await?;
    Ok(())
}

/// Takes a browser's cookies away with the answer to `request`.
pub fn forget(node: &Node, request: &HttpRequest) {
    for name in [SESSION_COOKIE, REFRESH_COOKIE] {
        let gone = cookie(node, name, String::new(), time::Duration::ZERO);
        leave(request, gone);
    }
}

/// Hands the cookies of a request's session to its answer.
pub async fn cookies(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let Some(Leaving(cookies)) = response.request().extensions_mut().remove() else {
        return Ok(response);
    };
    let headers = response.headers_mut();
    // Nobody between us and the browser may keep an answer that signs somebody in.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        // What stands in our cookies always fits a header.
        if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
            headers.append(SET_COOKIE, value);
        }
    }
    Ok(response)
}

/// Whether a request's cookies may speak: reading is free, writing is for our own pages.
fn cookies_count(request: &HttpRequest) -> Result<bool, Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(true);
    }
    match sender(request.headers(), host(request)) {
        Sender::Own => Ok(true),
        Sender::Foreign => Err(Cause::ForeignOrigin.into()),
        Sender::Unknown => Ok(false),
    }
}

fn shown(node: &Node, request: &HttpRequest) -> Option<Refresh> {
    let cookie = request.cookie(&cookie_name(node, REFRESH_COOKIE))?;
    let mut parts = cookie.value().split('.');
    let shown = Refresh {
        organisation: parts.next()?.parse().ok()?,
        device: parts.next()?.parse().ok()?,
        secret: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(shown)
}

/// Signs in by what the refresh cookie holds. Only a secret that is new, due or too old needs the writer.
async fn again(node: &Node, request: &HttpRequest, shown: Refresh) -> Result<Session, Problem> {
    let Refresh {
        organisation,
        device,
        secret,
    } = shown;
    let next = secrets::code().map_err(|error| Problem::internal(&error))?;
    let command = access::Command::Refresh {
        device,
        shown: secrets::hash(secret.bytes()),
        next: secrets::hash(next.bytes()),
    };
    let live = node.open(organisation).await?;
    let (role, expected) = {
        let seen = live.read();
        let devices = seen.organisation.access();
        let expected = devices.decide(&command, node.now(), false, None);
        (seen.organisation.role_of(device), expected)
    };
    let expected = expected.map_err(|rejection| {
        forget(node, request);
        Problem::from(match rejection {
            access::Rejection::Revoked(_) => Cause::DeviceRevoked,
            access::Rejection::UnknownDevice(_)
            | access::Rejection::CodeSpent
            | access::Rejection::CodeExpired { .. }
            | access::Rejection::NoBadge
            | access::Rejection::IdReused => Cause::Unauthorised,
        })
    })?;
    let Some(role) = role else {
        forget(node, request);
        return Err(Cause::DeviceRevoked.into());
    };
    let bearer = Bearer {
        organisation,
        device,
        role,
    };
    if !expected.is_empty() && changes(node, request, bearer, command, &expected).await? {
        let secret = next;
        leave(request, kept_cookie(node, Refresh { secret, ..shown }));
    }
    Ok(begin(node, request, bearer))
}

/// Has the change of a secret recorded, or the device that showed too old a one shut out. Whether there is a new
/// secret: a good one stays good where its change can't be kept just now.
async fn changes(
    node: &Node,
    request: &HttpRequest,
    bearer: Bearer,
    command: access::Command,
    expected: &[access::Event],
) -> Result<bool, Problem> {
    let authority = Authority::Device {
        device: bearer.device,
        role: bearer.role,
    };
    let asked = Request::Access(command);
    match node.ask(bearer.organisation, authority, asked).await {
        Ok(Some(receipt)) if receipt.facts.iter().any(|it| shuts_out(&it.fact.event)) => {
            forget(node, request);
            Err(Cause::DeviceRevoked.into())
        }
        // It may only have been written down that a new one was used.
        Ok(Some(receipt)) => Ok(receipt
            .facts
            .iter()
            .any(|it| changes_secret(&it.fact.event))),
        // Another request of this browser was first.
        Ok(None) => Ok(false),
        Err(problem) if waits(problem.cause()) && !expected.iter().any(is_revoked) => Ok(false),
        Err(problem) => Err(problem),
    }
}

const fn changes_secret(event: &Event) -> bool {
    matches!(event, Event::Access(access::Event::RefreshChanged { .. }))
}

const fn shuts_out(event: &Event) -> bool {
    matches!(event, Event::Access(access::Event::Revoked { .. }))
}

const fn is_revoked(event: &access::Event) -> bool {
    matches!(event, access::Event::Revoked { .. })
}

/// Whether nothing is wrong with what was asked, but it can't be kept just now.
fn waits(cause: Cause) -> bool {
    matches!(cause, Cause::DiskFull | Cause::Busy | Cause::OutcomeUnknown)
}

fn begin(node: &Node, request: &HttpRequest, bearer: Bearer) -> Session {
    let access_token = node.tokens.issue(Kind::Access, bearer, node.now());
    let kept = time::Duration::try_from(ACCESS_VALID).unwrap_or(time::Duration::ZERO);
    let token = access_token.clone();
    leave(request, cookie(node, SESSION_COOKIE, token, kept));
    Session {
        bearer,
        access_token,
    }
}

fn kept_cookie(node: &Node, kept: Refresh) -> Cookie<'static> {
    let Refresh {
        organisation,
        device,
        secret,
    } = kept;
    let value = format!("{organisation}.{device}.{secret}");
    cookie(node, REFRESH_COOKIE, value, REFRESH_KEPT)
}

/// A camera opens our pages from outside, so it goes with links from elsewhere; never with their forms.
fn cookie(node: &Node, name: &str, value: String, kept: time::Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(node, name), value)
        .path("/")
        .http_only(true)
        .secure(node.is_https())
        .same_site(SameSite::Lax)
        .max_age(kept)
        .finish()
}

fn leave(request: &HttpRequest, cookie: Cookie<'static>) {
    let mut extensions = request.extensions_mut();
    match extensions.get_mut::<Leaving>() {
        Some(leaving) => {
            // The last word on a name holds.
            leaving.0.retain(|other| other.name() != cookie.name());
            leaving.0.push(cookie);
        }
        None => {
            extensions.insert(Leaving(vec![cookie]));
        }
    }
}
