//! What every handler works with: the writer, the keys, the tokens and the clock of this server.

use crate::clock::Clock;
use crate::counting::Counting;
use crate::keys::Keys;
use crate::limits::Limits;
use crate::live::Shared;
use crate::people::Turns;
use crate::problem::{Cause, Problem};
use crate::statements::keys::StatementKeys;
use crate::statements::restating::Settled;
use crate::tokens::{OperatorToken, Tokens};
use crate::watch::Watch;
use crate::writer::{Done, Failed, Receipt, Refusal, WriteError, Writer};
use meetellen_events::codec::Found;
use meetellen_events::log::LogReader;
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::values::{Code, OrganisationId, Timestamp};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Cheap to clone; one per server.
#[derive(Clone)]
pub struct Node(Arc<Parts>);

/// What a [`Node`] is made of.
pub struct Parts {
    /// Where commands go.
    pub writer: Writer,
    /// The key folder.
    pub keys: Keys,
    /// Signs and checks tokens.
    pub tokens: Tokens,
    /// Signs statements.
    pub statement_keys: StatementKeys,
    /// What came for closed months and changed nothing.
    pub settled: Settled,
    /// Knows the operator.
    pub operator: OperatorToken,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The address people reach this server by, without a slash at its end.
    pub public_url: String,
    /// Proxies whose word on addresses is believed, beside loopback.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often something may be asked for.
    pub limits: Limits,
    /// The figures of this server.
    pub watch: Watch,
    /// The setup link's code, while there is no organisation.
    pub setup: Mutex<Option<Code>>,
    /// Turns at counting figures.
    pub counting: Counting,
    /// Turns at the names of each organisation.
    pub names: Turns,
}

impl std::ops::Deref for Node {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Node {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The key folder. Every call may touch the disk: only off the async threads.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The log, to read. Every call may touch the disk: only off the async threads.
    pub fn reader(&self) -> &LogReader {
        self.writer.reader()
    }

    /// Whether it can record.
    pub fn is_ready(&self) -> bool {
        self.writer.is_running() && !self.reader().store_failed() && !self.writer.is_full()
    }

    /// Whether people reach this server by https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Whose slug, code or secret it is.
    pub fn find(&self, found: &Found) -> Option<OrganisationId> {
        self.writer.houses().find(found)
    }

    /// The organisation as it stands.
    pub async fn open(&self, organisation: OrganisationId) -> Result<Arc<Shared>, Problem> {
        Ok(self.writer.open(organisation).await?)
    }

    /// Has commands decided in order, each its own commit; answered once all are durable.
    pub async fn submit(
        &self,
        organisation: OrganisationId,
        commands: Vec<Command>,
    ) -> Result<Vec<Done>, Problem> {
        Ok(self.writer.submit(organisation, commands).await?)
    }

    /// Has one request decided: what it recorded, or nothing where it is in effect already.
    pub async fn ask(
        &self,
        organisation: OrganisationId,
        authority: Authority,
        request: Request,
    ) -> Result<Option<Receipt>, Problem> {
        let command = Command { authority, request };
        let done = self.submit(organisation, vec![command]).await?;
        match done.into_iter().next() {
            Some(Done::Recorded(receipt)) => Ok(Some(receipt)),
            Some(Done::InEffect | Done::Known(_)) => Ok(None),
            Some(Done::Refused(refusal)) => Err(refusal.into()),
            None => Err(Cause::OutcomeUnknown.into()),
        }
    }

    /// Does work that may touch the disk off the async threads. It runs to its end even where its caller has gone.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let node = self.clone();
        tokio::task::spawn_blocking(move || work(&node))
            .await
            .map_err(|error| Problem::internal(&error))
    }

    /// The setup code, while it is good.
    pub fn setup_code(&self) -> Option<Code> {
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the setup code away, where it is this one; to be put back with [`Self::restore_setup`] if nothing came of it.
    pub fn spend_setup(&self, shown: Code) -> bool {
        let mut setup = self.setup.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = *setup == Some(shown);
        if spent {
            *setup = None;
        }
        spent
    }

    /// Makes the setup code good again.
    pub fn restore_setup(&self, code: Code) {
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Busy => Cause::Busy.into(),
            WriteError::DiskFull => Cause::DiskFull.into(),
            WriteError::Unknown => Cause::OutcomeUnknown.into(),
            WriteError::Load(error) => {
                let problem = Self::from(Cause::LogDamaged);
                tracing::error!(instance = %problem.instance(), %error, "an organisation can't be loaded");
                problem
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rules(rejection) => crate::problem::rejected(&rejection),
            Refusal::DeviceRevoked => Cause::DeviceRevoked.into(),
            Refusal::SlugTaken => Cause::SlugTaken.into(),
            Refusal::TooLong => Cause::BodyTooLarge.into(),
            Refusal::Failed(Failed(instance)) => Self::failed(instance),
        }
    }
}
