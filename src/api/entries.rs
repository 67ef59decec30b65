//! Everything that is tallied goes through one door.

use super::caller::{self, Caller};
use super::client_time::ClientTime;
use super::entry_body::{self, EntryBody};
use super::fields::invalid;
use crate::address;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::recording::{self, Sender, Status, Taken};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use meetellen_events::codec::Found;
use meetellen_events::organisation::Authority;
use meetellen_events::values::OrganisationId;
use serde::Serialize;
use serde_json::Value;
use std::net::IpAddr;

/// Entries in one request.
pub const ENTRIES_MAX: usize = 500;

/// Bytes of a body with entries.
pub const ENTRIES_BYTES_MAX: usize = 1 << 20;

/// The answer for one entry.
#[derive(Serialize)]
struct Answer {
    id: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Value>,
}

#[derive(Serialize)]
struct Answers {
    results: Vec<Answer>,
}

/// `POST /api/v1/entries`.
pub async fn record(
    node: web::Data<Node>,
    request: HttpRequest,
    client_time: ClientTime,
    body: web::Json<Value>,
) -> Result<HttpResponse, Problem> {
    let caller = match caller::find(&node, &request).await {
        // A phone that was shut out as a device is still a visitor's.
        Err(problem) if problem.cause().status() == StatusCode::UNAUTHORIZED => {
            if needs_token(&request, &body) {
                return Err(problem);
            }
            None
        }
        found => found?,
    };
    let ClientTime(client_time) = client_time;
    let address = address::of(&node, &request);
    let sender = Sender {
        client_time,
        address,
    };
    match body.into_inner() {
        Value::Array(entries) if entries.len() > ENTRIES_MAX => Err(Cause::TooManyEntries.into()),
        Value::Array(entries) if entries.is_empty() => {
            Err(Problem::from(Cause::Invalid).at("", "at least one entry"))
        }
        Value::Array(entries) => {
            let mut taken = take(&node, caller.as_ref(), &entries, sender).await;
            taken
                .iter_mut()
                .for_each(|taken| count_unknown(&node, address, taken));
            let results = entries
                .iter()
                .zip(taken)
                .map(|(sent, taken)| answer(sent, taken));
            Ok(HttpResponse::Ok().json(Answers {
                results: results.collect(),
            }))
        }
        entry @ (Value::Object(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)) => {
            let entries = [entry];
            let taken = take(&node, caller.as_ref(), &entries, sender).await;
            let taken = taken.into_iter().next();
            let taken = taken.unwrap_or_else(|| Err(Cause::OutcomeUnknown.into()))?;
            let mut response = match taken.status {
                Status::Recorded | Status::ToConfirm => HttpResponse::Created(),
                Status::Duplicate | Status::AlreadyCounted => HttpResponse::Ok(),
            };
            Ok(response.json(answer(&entries[0], Ok(taken))))
        }
    }
}

/// Whether who asks must be known: a token that was shown on purpose must hold, and only a code goes without one.
fn needs_token(request: &HttpRequest, body: &Value) -> bool {
    let entries = body
        .as_array()
        .map_or(std::slice::from_ref(body), Vec::as_slice);
    let has_code = |entry: &Value| entry.get("code").is_some();
    request.headers().contains_key(AUTHORIZATION) || !entries.iter().all(has_code)
}

/// Each code of an array that leads nowhere counts; one alone is counted on its way out.
fn count_unknown(node: &Node, address: IpAddr, taken: &mut Result<Taken, Problem>) {
    if let Err(problem) = taken
        && problem.cause() == Cause::UnknownCode
        && let Err(too_fast) = node.limits.unknown(address)
    {
        *problem = too_fast;
    }
}

fn answer(sent: &Value, taken: Result<Taken, Problem>) -> Answer {
    let id = sent.get("id").and_then(Value::as_str).map(str::to_owned);
    match taken {
        Ok(taken) => Answer {
            id,
            status: word(taken.status),
            position: Some(taken.position.0),
            hash: Some(taken.hash.to_string()),
            problem: None,
        },
        Err(problem) => Answer {
            id,
            status: "rejected",
            position: None,
            hash: None,
            problem: Some(problem.to_json()),
        },
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Recorded => "recorded",
        Status::Duplicate => "duplicate",
        Status::ToConfirm => "to_confirm",
        Status::AlreadyCounted => "already_counted",
    }
}

/// An entry whose organisation is known, with its place among those sent.
type Placed = (usize, EntryBody, Authority);

/// One answer for each entry, in the order sent. Each organisation's entries are decided in that order.
async fn take(
    node: &Node,
    caller: Option<&Caller>,
    entries: &[Value],
    sender: Sender,
) -> Vec<Result<Taken, Problem>> {
    let mut answers: Vec<Result<Taken, Problem>> = Vec::with_capacity(entries.len());
    let mut houses: Vec<(OrganisationId, Vec<Placed>)> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        answers.push(Err(Cause::OutcomeUnknown.into()));
        match read(node, caller, entry) {
            Err(problem) => answers[place] = Err(problem),
            Ok((organisation, body, authority)) => {
                let placed = (place, body, authority);
                match houses.iter_mut().find(|(house, _)| *house == organisation) {
                    Some((_, of_house)) => of_house.push(placed),
                    None => houses.push((organisation, vec![placed])),
                }
            }
        }
    }
    for (organisation, placed) in houses {
        let (places, bodies): (Vec<_>, Vec<_>) = placed
            .into_iter()
            .map(|(place, body, authority)| (place, (body, authority)))
            .unzip();
        let taken = recording::record(node, organisation, bodies, sender).await;
        for (place, taken) in places.into_iter().zip(taken) {
            answers[place] = taken;
        }
    }
    answers
}

fn read(
    node: &Node,
    caller: Option<&Caller>,
    entry: &Value,
) -> Result<(OrganisationId, EntryBody, Authority), Problem> {
    let body = entry_body::parse(entry).map_err(invalid)?;
    let (organisation, authority) = whose(node, caller, &body)?;
    Ok((organisation, body, authority))
}

/// In whose log an entry goes, and on whose word: the token's, else the code's.
fn whose(
    node: &Node,
    caller: Option<&Caller>,
    body: &EntryBody,
) -> Result<(OrganisationId, Authority), Problem> {
    let of_code = body.code.map(|code| {
        let found = node.find(&Found::Code(code));
        found
            .map(|organisation| (organisation, Authority::Code(code)))
            .ok_or_else(|| Problem::from(Cause::UnknownCode))
    });
    match (caller, of_code.transpose()?) {
        (Some(caller), Some((organisation, _))) if organisation != caller.organisation => {
            Err(Cause::CodeOfAnotherOrganisation.into())
        }
        (Some(caller), _) => Ok((caller.organisation, caller.authority())),
        (None, Some(by_code)) => Ok(by_code),
        (None, None) => Err(Cause::Unauthorised.into()),
    }
}
