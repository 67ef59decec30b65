//! Decides commands and keeps what they come to: the writer without its thread, so that what is played or imported
//! goes the same way on a clock of its own.

use crate::live::{Houses, Live, Shared};
use meetellen_events::access::Role;
use meetellen_events::codec::{self, CodecError, Found};
use meetellen_events::decider::Decider;
use meetellen_events::event::{Actor, ActorKind, Commit, Recorded};
use meetellen_events::log::journal::AppendError;
use meetellen_events::log::line::{Hash, Head, InvalidLine, Line, Position};
use meetellen_events::log::{EventLog, LogError, LogReader};
use meetellen_events::organisation::{self, Authority, Command, Organisation, Request};
use meetellen_events::values::{DeviceId, OrganisationId, Timestamp};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Memory that organisations may take before the least recently used is dropped.
pub const MEMORY_BYTES_DEFAULT: u64 = 256 << 20;

/// What a fact in memory takes, ids, rows and what the allocator keeps beside them together: what a server grew by over a
/// thousand organisations of 2,000 facts each (`tests/benches/national.rs`).
const BYTES_PER_FACT: u64 = 700;

/// What one command came to, told once its batch is durable.
#[derive(Debug, Clone)]
pub enum Done {
    /// It was recorded.
    Recorded(Receipt),
    /// It is in effect already: nothing was recorded.
    InEffect,
    /// The entry's id stands here already: who asked compares what it says.
    Known(Position),
    /// It was refused.
    Refused(Refusal),
}

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The commit's facts in their places; at least one.
    pub facts: Arc<[Recorded]>,
    /// The commit's hash.
    pub hash: Hash,
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The rules say no.
    Rules(organisation::Rejection),
    /// The device was shut out, or has another role, since its request was checked.
    DeviceRevoked,
    /// Another organisation has that slug.
    SlugTaken,
    /// Its commit would be too long to keep.
    TooLong,
    /// The decision failed; the cause is in the log.
    Failed(Failed),
}

/// A fault of ours, written to the log under this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed(pub uuid::Uuid);

struct Resident {
    rules: Organisation,
    head: Head,
    recorded_at: Timestamp,
    shared: Arc<Shared>,
    used: u64,
}

/// What was decided and is not on disk yet.
#[derive(Default)]
struct Pending {
    lines: Vec<Line>,
    bytes: usize,
    facts: Vec<(OrganisationId, Head, Arc<[Recorded]>)>,
}

/// The log with the organisations in memory. One per data folder.
pub struct Core {
    log: EventLog,
    houses: Arc<Houses>,
    residents: HashMap<OrganisationId, Resident>,
    /// Every head written since the start: a load is taken only where it stands there.
    heads: HashMap<OrganisationId, Position>,
    pending: Pending,
    /// Slugs taken by what is pending.
    slugs: Vec<(Vec<u8>, OrganisationId)>,
    memory_bytes: u64,
    tick: u64,
}

impl Core {
    /// Begins with nobody in memory.
    pub fn new(log: EventLog, memory_bytes: u64) -> Result<Self, LogError> {
        let directory = log.reader().directory()?;
        let directory = directory
            .into_iter()
            .map(|entry| (entry.key, entry.organisation));
        Ok(Self {
            log,
            houses: Houses::new(directory),
            residents: HashMap::new(),
            heads: HashMap::new(),
            pending: Pending::default(),
            slugs: Vec::new(),
            memory_bytes,
            tick: 0,
        })
    }

    /// The organisations as their readers see them.
    pub const fn houses(&self) -> &Arc<Houses> {
        &self.houses
    }

    /// The log, to read.
    pub fn reader(&self) -> LogReader {
        self.log.reader()
    }

    /// Sees that the next commit meets no full disk.
    pub fn make_room(&mut self) -> Result<(), AppendError> {
        self.log.make_room()
    }

    /// Bytes of what was decided and is not on disk yet.
    pub const fn pending_bytes(&self) -> usize {
        self.pending.bytes
    }

    /// Whether commands can be decided: the organisation is in memory, or begins now.
    pub fn knows(&self, organisation: OrganisationId, commands: &[Command]) -> bool {
        let begins = |command: &Command| matches!(command.request, Request::Found { .. });
        self.residents.contains_key(&organisation)
            || (commands.first().is_some_and(begins) && !self.heads.contains_key(&organisation))
    }

    /// Takes in what was loaded, unless the log went on meanwhile: then it must be loaded again.
    pub fn admit(&mut self, organisation: OrganisationId, loaded: Live) -> Option<Arc<Shared>> {
        if let Some(resident) = self.residents.get(&organisation) {
            return Some(Arc::clone(&resident.shared));
        }
        let stands = self.heads.get(&organisation);
        if stands.is_some_and(|stands| *stands != loaded.head.position) {
            return None;
        }
        if loaded.head.position == Position(0) {
            // Nobody yet: shown to who asked, and not kept.
            return Some(Arc::new(Shared::new(loaded)));
        }
        self.make_space(organisation);
        Some(self.settle(organisation, loaded))
    }

    /// What a command comes to at an instant. It is durable only after the next [`Self::commit`].
    pub fn decide(
        &mut self,
        organisation: OrganisationId,
        command: &Command,
        now: Timestamp,
    ) -> Done {
        self.tick += 1;
        if !self.residents.contains_key(&organisation) {
            self.make_space(organisation);
            self.settle(organisation, Live::default());
        }
        let tick = self.tick;
        let taken = self.is_taken(organisation, &command.request);
        let Some(resident) = self.residents.get_mut(&organisation) else {
            return Done::InEffect;
        };
        resident.used = tick;
        match resident.decide(organisation, command, now, taken) {
            Ok(Decided::Commit { line, facts }) => {
                let receipt = Receipt {
                    facts: Arc::clone(&facts),
                    hash: line.head().hash,
                };
                if let Request::Found { slug, .. } = &command.request {
                    let key = codec::directory_key(&Found::Slug(slug.clone()));
                    self.slugs.push((key, organisation));
                }
                self.pending.bytes += line.bytes().len();
                self.pending.facts.push((organisation, line.head(), facts));
                self.pending.lines.push(line);
                Done::Recorded(receipt)
            }
            Ok(Decided::Nothing) => Done::InEffect,
            Ok(Decided::Known(position)) => Done::Known(position),
            Err(refusal) => Done::Refused(refusal),
        }
    }

    /// Keeps all that was decided since the last time in one write and one sync, and shows it to the readers. An error
    /// leaves memory ahead of the disk: nothing more may be decided.
    pub fn commit(&mut self) -> Result<(), AppendError> {
        let Pending { lines, facts, .. } = std::mem::take(&mut self.pending);
        self.slugs.clear();
        let directory: Vec<_> = facts
            .iter()
            .flat_map(|(whose, _, facts)| {
                let keys = codec::directory_keys(*whose, facts);
                keys.map(|key| (key, *whose))
            })
            .collect();
        self.log.append(lines)?;
        if !directory.is_empty() {
            self.houses.list(directory);
        }
        for (organisation, head, facts) in facts {
            self.heads.insert(organisation, head.position);
            if let Some(resident) = self.residents.get(&organisation) {
                resident.shared.change(|live| {
                    facts.iter().for_each(|recorded| live.apply(recorded));
                    live.head = head;
                });
            }
        }
        Ok(())
    }

    fn settle(&mut self, organisation: OrganisationId, mut live: Live) -> Arc<Shared> {
        self.tick += 1;
        live.organisation.share();
        let resident = Resident {
            rules: live.organisation.clone(),
            head: live.head,
            recorded_at: live.recorded_at,
            shared: Arc::new(Shared::new(live)),
            used: self.tick,
        };
        let shared = Arc::clone(&resident.shared);
        self.residents.insert(organisation, resident);
        self.houses.settle(organisation, Arc::clone(&shared));
        shared
    }

    /// Drops the least recently used until what is in memory keeps to its budget. What is pending stays.
    fn make_space(&mut self, keep: OrganisationId) {
        while self.memory_in_use() > self.memory_bytes {
            let pending = &self.pending.facts;
            let oldest = self
                .residents
                .iter()
                .filter(|(id, _)| **id != keep && pending.iter().all(|(busy, ..)| busy != *id))
                .min_by_key(|(_, resident)| resident.used)
                .map(|(id, _)| *id);
            let Some(oldest) = oldest else {
                return;
            };
            self.residents.remove(&oldest);
            self.houses.forget(oldest);
        }
    }

    fn memory_in_use(&self) -> u64 {
        let facts = self
            .residents
            .values()
            .map(|resident| resident.head.position.0);
        facts.sum::<u64>() * BYTES_PER_FACT
    }

    fn is_taken(&self, organisation: OrganisationId, request: &Request) -> bool {
        let Request::Found { slug, .. } = request else {
            return false;
        };
        let found = Found::Slug(slug.clone());
        let key = codec::directory_key(&found);
        let pending = self.slugs.iter().find(|(taken, _)| *taken == key);
        let owner = pending
            .map(|(_, owner)| *owner)
            .or_else(|| self.houses.find(&found));
        owner.is_some_and(|owner| owner != organisation)
    }
}

enum Decided {
    Commit { line: Line, facts: Arc<[Recorded]> },
    Nothing,
    Known(Position),
}

impl Resident {
    fn decide(
        &mut self,
        organisation: OrganisationId,
        command: &Command,
        now: Timestamp,
        slug_taken: bool,
    ) -> Result<Decided, Refusal> {
        if slug_taken {
            return Err(Refusal::SlugTaken);
        }
        if let Authority::Device { device, role } = command.authority {
            self.still(device, role)?;
        }
        if let Request::Tally(entry) = &command.request
            && let Some(position) = self.rules.entry(entry.id)
        {
            return Ok(Decided::Known(position));
        }
        let facts = catch_unwind(AssertUnwindSafe(|| self.rules.decide(command, now)))
            .map_err(|_| failed("a decision panicked"))?
            .map_err(Refusal::Rules)?;
        if facts.is_empty() {
            return Ok(Decided::Nothing);
        }
        let commit = Commit {
            organisation,
            first: Position(self.head.position.0 + 1),
            // The log's time never goes back, even where the clock does.
            recorded_at: now.max(self.recorded_at),
            actor: actor(command.authority),
            previous: self.head.hash,
            facts,
        };
        let line = codec::encode(&commit).map_err(|error| match error {
            CodecError::Line(InvalidLine::TooLong(_)) => Refusal::TooLong,
            CodecError::Line(InvalidLine::Shape | InvalidLine::Hash)
            | CodecError::Event { .. }
            | CodecError::Commit(_)
            | CodecError::Position => failed("a commit could not be written down"),
        })?;
        let facts: Arc<[Recorded]> = commit.recorded().collect();
        for recorded in &*facts {
            self.rules.evolve(recorded);
        }
        self.head = line.head();
        self.recorded_at = commit.recorded_at;
        Ok(Decided::Commit { line, facts })
    }

    /// A device may have been shut out between its request and its turn.
    fn still(&self, device: DeviceId, role: Role) -> Result<(), Refusal> {
        if self.rules.role_of(device) == Some(role) {
            Ok(())
        } else if self.rules.has_ended() {
            Err(Refusal::Rules(organisation::Rejection::Ended))
        } else {
            Err(Refusal::DeviceRevoked)
        }
    }
}

fn failed(what: &'static str) -> Refusal {
    let instance = uuid::Uuid::now_v7();
    tracing::error!(%instance, "{what}");
    Refusal::Failed(Failed(instance))
}

const fn actor(authority: Authority) -> Actor {
    let (id, kind) = match authority {
        Authority::Code(_) => (None, ActorKind::Visitor),
        Authority::Device { device, .. } => (Some(device), ActorKind::Device),
        Authority::Operator => (None, ActorKind::Operator),
        Authority::System => (None, ActorKind::System),
    };
    Actor { id, kind }
}
