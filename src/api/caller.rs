//! Who is asking. What a caller may do is a value that a handler must take, so that a forgotten check doesn't compile.
//!
//! Always true, each tested in `tests/access.rs`: the organisation comes from the token; a revoked device is refused
//! at its next request, whatever its token says; a cookie counts only for our own pages' requests.

use crate::live::Shared;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::session;
use crate::tokens::{Bearer, Kind, Refused};
use crate::writer::Receipt;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev, web};
use meetellen_events::access::Role;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::values::{Day, DeviceId, OrganisationId, Zone};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A device that is in, with what it may do now.
#[derive(Clone)]
pub struct Caller {
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Which device.
    pub device: DeviceId,
    /// Its role.
    pub role: Role,
    /// The organisation as it stands.
    pub live: Arc<Shared>,
}

impl Caller {
    /// Whom it speaks for.
    pub const fn bearer(&self) -> Bearer {
        Bearer {
            organisation: self.organisation,
            device: self.device,
            role: self.role,
        }
    }

    /// The organisation's day of the house now.
    pub fn today(&self, node: &Node) -> Day {
        self.zone().day_of(node.now())
    }

    /// The organisation's time zone.
    pub fn zone(&self) -> Zone {
        let seen = self.live.read();
        seen.organisation.zone().cloned().unwrap_or_default()
    }

    /// Has one request decided on its word: what it recorded, or nothing where it is in effect already.
    pub async fn ask(&self, node: &Node, request: Request) -> Result<Option<Receipt>, Problem> {
        node.ask(self.organisation, self.authority(), request).await
    }

    /// On whose word its commands come.
    pub const fn authority(&self) -> Authority {
        Authority::Device {
            device: self.device,
            role: self.role,
        }
    }
}

/// The device that asks, by its token, else by its cookies; none where nothing of the kind was sent. A browser whose
/// token is over is signed in again on the way.
pub async fn find(node: &Node, request: &HttpRequest) -> Result<Option<Caller>, Problem> {
    let (bearer, by_cookie) = match authorization(request)? {
        Some(token) => (by_token(node, token)?, false),
        None => match session::by_cookies(node, request).await? {
            Some(bearer) => (bearer, true),
            None => return Ok(None),
        },
    };
    let live = node.open(bearer.organisation).await?;
    let role = {
        let seen = live.read();
        if seen.organisation.id().is_none() {
            return Err(Cause::Unauthorised.into());
        }
        seen.organisation.role_of(bearer.device)
    };
    let Some(role) = role else {
        if by_cookie {
            session::forget(node, request);
        }
        return Err(Cause::DeviceRevoked.into());
    };
    Ok(Some(Caller {
        organisation: bearer.organisation,
        device: bearer.device,
        role,
        live,
    }))
}

/// The token in the header, where there is the header.
fn authorization(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get(AUTHORIZATION) else {
        return Ok(None);
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(|| Problem::from(Cause::Unauthorised))?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim()))
    } else {
        Err(Cause::Unauthorised.into())
    }
}

fn by_token(node: &Node, token: &str) -> Result<Bearer, Problem> {
    let program = node.tokens.check(Kind::Api, token, node.now());
    let either = match program {
        Err(Refused::Foreign) => node.tokens.check(Kind::Access, token, node.now()),
        Ok(_) | Err(Refused::Expired) => program,
    };
    either.map_err(refused)
}

fn refused(why: Refused) -> Problem {
    match why {
        Refused::Expired => Cause::TokenExpired.into(),
        Refused::Foreign => Cause::Unauthorised.into(),
    }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

fn node_of(request: &HttpRequest) -> Node {
    let node = request.app_data::<web::Data<Node>>();
    Node::clone(node.expect("every app of ours is made with a node"))
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let (node, request) = (node_of(request), request.clone());
        Box::pin(async move {
            let caller = find(&node, &request).await?;
            caller.ok_or_else(|| Cause::Unauthorised.into())
        })
    }
}

/// Somebody signed in, or anybody: a session that is good no more counts as none. For what needs no token.
pub struct Guest(pub Option<Caller>);

impl FromRequest for Guest {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let (node, request) = (node_of(request), request.clone());
        Box::pin(async move {
            match find(&node, &request).await {
                Ok(caller) => Ok(Self(caller)),
                Err(problem) if problem.cause().status() == StatusCode::UNAUTHORIZED => {
                    Ok(Self(None))
                }
                Err(problem) => Err(problem),
            }
        })
    }
}

/// Makes a right: a caller with one of these roles.
macro_rules! right {
    ($($(#[$doc:meta])* $name:ident: $($role:ident)|+,)+) => {$(
        $(#[$doc])*
        pub struct $name(pub Caller);

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Extracting<Self>;

            fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
                let caller = Caller::from_request(request, payload);
                Box::pin(async move {
                    let caller = caller.await?;
                    if matches!(caller.role, $(Role::$role)|+) {
                        Ok(Self(caller))
                    } else {
                        Err(Cause::Forbidden.into())
                    }
                })
            }
        }

        impl std::ops::Deref for $name {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }
    )+};
}

right! {
    /// Everything in one organisation.
    Coordinator: Coordinator,
    /// Records, mends its own, sees the programme.
    Volunteer: Coordinator | Volunteer,
    /// Records, and sees today.
    Recorder: Coordinator | Volunteer | Bar,
    /// Reads figures; a funder's only closed months.
    FigureReader: Coordinator | Viewer,
}

/// The host: makes and removes organisations, sees no entries.
pub struct Operator(());

impl FromRequest for Operator {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let (node, request) = (node_of(request), request.clone());
        Box::pin(async move {
            match authorization(&request)? {
                Some(secret) if node.operator.is(secret) => Ok(Self(())),
                // A good token of a device says who asks, but not that it may.
                Some(token) if by_token(&node, token).is_ok() => Err(Cause::Forbidden.into()),
                Some(_) | None => Err(Cause::Unauthorised.into()),
            }
        })
    }
}
