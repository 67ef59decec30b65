//! One commit as it is kept: canonical JSON bytes, with the few members the log itself needs read out of them.

use crate::values::{OrganisationId, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;

mod scan;

/// Longest line, its line feed not counted.
pub const LINE_BYTES_MAX: usize = 256 * 1024;

/// Highest position: whole numbers of canonical JSON stay under 2^53.
pub const POSITION_MAX: u64 = (1 << 53) - 1;

/// Place in one organisation's log: 1, 2, 3 …; 0 stands before the first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// SHA-256 of a commit and, through it, of everything before it. Zero before the first commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first commit of a log follows.
    pub const ZERO: Self = Self([0; 32]);
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&scan::hex(&self.0)).expect("hex digits are ASCII"))
    }
}

impl std::str::FromStr for Hash {
    type Err = InvalidLine;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        scan::unhex(text.as_bytes())
            .map(Self)
            .ok_or(InvalidLine::Hash)
    }
}

/// An organisation's last position and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Position of the last event; 0 where there is none.
    pub position: Position,
    /// Hash of the last commit; zero where there is none.
    pub hash: Hash,
}

/// What the log reads of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Whose log this commit belongs to.
    pub organisation: OrganisationId,
    /// Position of its first event.
    pub first: Position,
    /// Number of its events; at least 1.
    pub events: u32,
    /// Hash of the commit before it.
    pub previous: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// When the writer recorded it.
    pub recorded_at: Timestamp,
}

/// Why bytes are no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// Over [`LINE_BYTES_MAX`].
    #[error("a commit of {0} bytes is too long")]
    TooLong(usize),
    /// A member is missing, out of order or not in its canonical form.
    #[error("not a commit in its canonical form")]
    Shape,
    /// The hash does not belong to these bytes.
    #[error("the hash does not belong to the commit")]
    Hash,
}

/// A commit's canonical JSON, without line feed, and its header. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    bytes: Arc<[u8]>,
    header: Header,
}

impl Line {
    /// Reads a line and checks that its hash belongs to it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidLine> {
        let header = check(bytes)?;
        Ok(Self {
            bytes: bytes.into(),
            header,
        })
    }

    /// Finishes a commit: `body` is the canonical `{"actor":…,"events":[…]` without what follows it, `follows` the head
    /// it comes behind. Adds the other members and the hash.
    pub fn seal(
        body: &[u8],
        organisation: OrganisationId,
        follows: Head,
        recorded_at: Timestamp,
    ) -> Result<Self, InvalidLine> {
        let first = Position(follows.position.0 + 1);
        let mut bytes = Vec::with_capacity(body.len() + 320);
        bytes.extend_from_slice(body);
        bytes.push(b',');
        let hash_at = bytes.len();
        bytes.extend_from_slice(b"\"hash\":\"");
        bytes.extend_from_slice(&[b'0'; 64]);
        bytes.extend_from_slice(b"\",");
        let rest_at = bytes.len();
        scan::write_rest(&mut bytes, organisation, first, &follows.hash, recorded_at);
        if bytes.len() > LINE_BYTES_MAX {
            return Err(InvalidLine::TooLong(bytes.len()));
        }
        let hash = digest(&follows.hash, &bytes[..hash_at], &bytes[rest_at..]);
        bytes[hash_at + 8..hash_at + 72].copy_from_slice(&scan::hex(&hash.0));
        let header = scan::header(&bytes).ok_or(InvalidLine::Shape)?.header;
        Ok(Self {
            bytes: bytes.into(),
            header,
        })
    }

    /// The canonical JSON, as it stands in journal and export, without line feed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All of the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whose log it belongs to.
    pub fn organisation(&self) -> OrganisationId {
        self.header.organisation
    }

    /// Position of its first event.
    pub fn first(&self) -> Position {
        self.header.first
    }

    /// Position of its last event.
    pub fn last(&self) -> Position {
        self.header.last()
    }

    /// The head of its organisation once it is kept.
    pub fn head(&self) -> Head {
        Head {
            position: self.last(),
            hash: self.header.hash,
        }
    }
}

impl Header {
    /// Position of the last event.
    pub fn last(&self) -> Position {
        Position(self.first.0 + u64::from(self.events) - 1)
    }

    /// Whether this commit comes right behind `head`.
    pub fn follows(&self, head: &Head) -> bool {
        self.first.0 == head.position.0 + 1 && self.previous == head.hash
    }
}

/// Checks a line where it lies, without copying it.
pub(super) fn check(bytes: &[u8]) -> Result<Header, InvalidLine> {
    if bytes.len() > LINE_BYTES_MAX {
        return Err(InvalidLine::TooLong(bytes.len()));
    }
    let scanned = scan::header(bytes).ok_or(InvalidLine::Shape)?;
    let found = digest(
        &scanned.header.previous,
        &bytes[..scanned.hash_at],
        &bytes[scanned.rest_at..],
    );
    if found == scanned.header.hash {
        Ok(scanned.header)
    } else {
        Err(InvalidLine::Hash)
    }
}

fn digest(previous: &Hash, before: &[u8], behind: &[u8]) -> Hash {
    let mut sha = Sha256::new();
    sha.update(previous.0);
    sha.update(before);
    sha.update(behind);
    Hash(sha.finalize().into())
}

#[cfg(test)]
mod tests;
