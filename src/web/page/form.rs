//! What a page's form sent, and how it becomes an entry.

use crate::api::caller::Caller;
use crate::api::entry_body;
use crate::api::fields::{self, Body, invalid};
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::recording::{self, Sender, Taken};
use crate::web::{amount, browser};
use actix_web::web::Form;
use actix_web::{FromRequest, HttpRequest, dev};
use meetellen_events::organisation::Authority;
use meetellen_events::values::{EntryId, OrganisationId, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;

/// The fields of a form, in the order they stand on the page.
#[derive(Debug)]
pub struct Sent(Vec<(String, String)>);

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let form = Form::<Vec<(String, String)>>::from_request(request, payload);
        Box::pin(async move { Ok(Self(form.await?.into_inner())) })
    }
}

impl Sent {
    /// What stands in a field; none where it is missing or empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().filter(|(known, _)| known == name);
        named
            .map(|(_, text)| text.trim())
            .find(|text| !text.is_empty())
    }

    /// What stands in a field that may not be empty.
    pub fn needed(&self, name: &str) -> Result<&str, Problem> {
        self.given(name).ok_or_else(|| wrong(name, "is missing"))
    }

    /// Every value of a field that stands on the page more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named.map(|(_, text)| text.trim())
    }

    /// A whole number.
    pub fn whole(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.read(name, |text| text.parse().ok(), "must be a whole number")
    }

    /// An amount of money, in cents.
    pub fn cents(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.read(name, amount::cents, "must be an amount such as 62,50")
    }

    /// Whatever reads itself from a text.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        self.read(name, |text| text.parse().ok(), "does not parse")
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        otherwise: &str,
    ) -> Result<Option<T>, Problem> {
        self.given(name)
            .map(|text| read(text).ok_or_else(|| wrong(name, otherwise)))
            .transpose()
    }

    /// The id of the entry this form makes: the one it was drawn with, while that is fresh.
    pub fn entry(&self, node: &Node) -> EntryId {
        self.entry_in(node, "id")
    }

    /// The same where each button of the form makes an entry of its own: the button's value goes into it, so that another
    /// button of the same page is another entry, and the same one sent again is not.
    pub fn entry_of(&self, node: &Node, buttons: &[&str]) -> EntryId {
        let mut bytes = *self.entry(node).uuid().as_bytes();
        for text in buttons.iter().filter_map(|name| self.given(name)) {
            let digest = Sha256::digest(text.as_bytes());
            for (byte, other) in bytes[9..].iter_mut().zip(digest) {
                *byte ^= other;
            }
        }
        EntryId::new(uuid::Uuid::from_bytes(bytes))
    }

    /// The same of a form that makes more than one entry.
    pub fn entry_in(&self, node: &Node, name: &str) -> EntryId {
        let sent = self.given(name).unwrap_or_default();
        let fresh = || fresh(node);
        EntryId::new(browser::entry_id(sent, node.now().to_jiff(), fresh))
    }
}

/// A field that is not right.
pub fn wrong(name: &str, detail: &str) -> Problem {
    Problem::from(Cause::Invalid).at(format!("/{name}"), detail)
}

/// A form's fields as the body the API takes; those left empty are left out.
pub fn body<T: fields::Read>(mut said: Value) -> Result<Body<T>, Problem> {
    if let Some(said) = said.as_object_mut() {
        said.retain(|_, value| !value.is_null());
    }
    whole(&said)
}

/// The body as it stands; what is null takes away what there is.
pub fn whole<T: fields::Read>(said: &Value) -> Result<Body<T>, Problem> {
    fields::parse(said).map(Body).map_err(invalid)
}

/// A new id for the entry of a form.
pub fn new_entry(node: &Node) -> String {
    fresh(node).to_string()
}

/// Drawn by the server's clock: by it, too, its age is told.
fn fresh(node: &Node) -> uuid::Uuid {
    let millis = node.now().millis().max(0).unsigned_abs();
    let nanoseconds = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
    let now = uuid::Timestamp::from_unix(uuid::NoContext, millis / 1_000, nanoseconds);
    uuid::Uuid::new_v7(now)
}

/// On whose word the entries of forms are recorded, and in whose log.
pub struct Author<'a> {
    /// The server.
    pub node: &'a Node,
    /// Whose log.
    pub organisation: OrganisationId,
    /// On whose word.
    pub authority: Authority,
    /// From which address; of a device that is in nobody counts it.
    pub address: IpAddr,
}

impl<'a> Author<'a> {
    /// A device that is in.
    pub fn of(node: &'a Node, caller: &Caller) -> Self {
        Self {
            node,
            organisation: caller.organisation,
            authority: caller.authority(),
            address: Ipv4Addr::UNSPECIFIED.into(),
        }
    }

    /// Has the entry of a form recorded. `fields` are those of the contract but `id` and `occurred_at`: it happens
    /// now. Sent twice it is one entry, with the answer of the first time.
    pub async fn record(&self, id: EntryId, fields: &Value) -> Result<Taken, Problem> {
        self.record_then(id, fields, self.node.now()).await
    }

    /// The same of something that happened at an instant the form tells.
    pub async fn record_then(
        &self,
        id: EntryId,
        fields: &Value,
        at: Timestamp,
    ) -> Result<Taken, Problem> {
        let live = self.node.open(self.organisation).await?;
        let known = recorded_at(&live.read(), id);
        let first = self.record_at(id, fields, known.unwrap_or(at)).await;
        match first {
            // A second tap came in between: the entry stands, with its own time.
            Err(problem) if problem.cause() == Cause::IdReused && known.is_none() => {
                let known = recorded_at(&live.read(), id);
                self.record_at(id, fields, known.unwrap_or(at)).await
            }
            answer => answer,
        }
    }

    async fn record_at(
        &self,
        id: EntryId,
        fields: &Value,
        at: Timestamp,
    ) -> Result<Taken, Problem> {
        let mut whole: Map<String, Value> = fields.as_object().cloned().unwrap_or_default();
        whole.retain(|_, value| !value.is_null());
        whole.insert("id".to_owned(), id.to_string().into());
        whole.insert("occurred_at".to_owned(), at.to_string().into());
        let body = entry_body::parse(&Value::Object(whole)).map_err(invalid)?;
        let entries = vec![(body, self.authority)];
        let sender = Sender {
            client_time: None,
            address: self.address,
        };
        let taken = recording::record(self.node, self.organisation, entries, sender).await;
        let only = taken.into_iter().next();
        only.unwrap_or_else(|| Err(Cause::OutcomeUnknown.into()))
    }
}

/// The time an entry was recorded with: a form has none of its own, so sent again it tells the same.
fn recorded_at(live: &Live, id: EntryId) -> Option<Timestamp> {
    let position = live.organisation.entry(id)?;
    Some(live.house.get().kept(position.0)?.at)
}
