//! `Client-Time`: the device's own clock as it sends, so that a wrong one can be corrected.

use crate::problem::{Cause, Problem};
use actix_web::{FromRequest, HttpRequest, dev};
use meetellen_events::values::Timestamp;
use std::future::{Ready, ready};

/// What the device says it is; none where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientTime(pub Option<Timestamp>);

impl FromRequest for ClientTime {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let Some(value) = request.headers().get("client-time") else {
            return ready(Ok(Self(None)));
        };
        let time = value.to_str().ok().and_then(|text| text.parse().ok());
        ready(time.map(|time| Self(Some(time))).ok_or_else(|| {
            Problem::from(Cause::Malformed).because("Client-Time is no RFC 3339 instant")
        }))
    }
}
