//! A statement as it was given, for ever: canonical JSON (RFC 8785), signed. `api-spec/log-format.md` says what is in it.

use crate::codec::canonical;
use crate::log::line::{Hash, LINE_BYTES_MAX, Position};
use crate::values::{Month, OrganisationId, Period, PeriodKind, StatementId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Longest statement: its line keeps room for what stands around it.
pub const STATEMENT_BYTES_MAX: usize = LINE_BYTES_MAX - 2 * 1024;

/// Why bytes are no statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatement {
    /// Over [`STATEMENT_BYTES_MAX`].
    #[error("a statement of {0} bytes is too long")]
    TooLong(usize),
    /// No JSON, or not in its canonical form, byte for byte.
    #[error("not in the canonical form it was given in")]
    Form,
    /// A member that every statement has is missing or of another type.
    #[error("the statement has no {0} as it should")]
    Member(&'static str),
}

/// A signed statement. Cheap to clone. Whether its signature holds is for the server to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    text: Arc<str>,
    head: StatementHead,
}

/// What the rules need of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementHead {
    /// Its id.
    pub id: StatementId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which month.
    pub month: Month,
    /// Up to where the log was read for it.
    pub as_of: Position,
    /// When it was made.
    pub made_at: Timestamp,
    /// Hash of the organisation's statement before; zero for the first.
    pub previous: Hash,
    /// The statement in whose place it stands.
    pub restates: Option<StatementId>,
    /// SHA-256 of its canonical JSON, signature and all.
    pub hash: Hash,
}

impl Statement {
    /// Reads a statement; refuses anything but its canonical form.
    pub fn parse(text: &str) -> Result<Self, InvalidStatement> {
        let value: Value = serde_json::from_str(text).map_err(|_| InvalidStatement::Form)?;
        let statement = Self::new(&value)?;
        if *statement.text == *text {
            Ok(statement)
        } else {
            Err(InvalidStatement::Form)
        }
    }

    /// Brings a statement into its canonical form.
    pub fn new(value: &Value) -> Result<Self, InvalidStatement> {
        let text = canonical::text(value);
        if text.len() > STATEMENT_BYTES_MAX {
            return Err(InvalidStatement::TooLong(text.len()));
        }
        let head = StatementHead {
            id: member(value, "/id")?,
            organisation: member(value, "/organisation/id")?,
            month: month(value)?,
            as_of: member(value, "/as_of/position")?,
            made_at: member(value, "/made_at")?,
            previous: hash(value, "/previous")?,
            restates: match value.get("restates") {
                Some(_) => Some(member(value, "/restates/statement")?),
                None => None,
            },
            hash: Hash(Sha256::digest(&text).into()),
        };
        Ok(Self {
            text: text.into(),
            head,
        })
    }

    /// From a copy that was made of one, such as a packed chunk: it is not read again.
    pub(crate) fn of_parts(text: &str, head: StatementHead) -> Self {
        Self {
            text: text.into(),
            head,
        }
    }

    /// What the rules need of it.
    pub const fn head(&self) -> &StatementHead {
        &self.head
    }

    /// Its canonical JSON.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its members; nothing where a damaged copy of it is no JSON.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Its id.
    pub const fn id(&self) -> StatementId {
        self.head.id
    }

    /// Whose.
    pub const fn organisation(&self) -> OrganisationId {
        self.head.organisation
    }

    /// Of which month.
    pub const fn month(&self) -> Month {
        self.head.month
    }

    /// Up to where the log was read for it.
    pub const fn as_of(&self) -> Position {
        self.head.as_of
    }

    /// When it was made.
    pub const fn made_at(&self) -> Timestamp {
        self.head.made_at
    }

    /// Hash of the organisation's statement before; zero for the first.
    pub const fn previous(&self) -> Hash {
        self.head.previous
    }

    /// The statement in whose place it stands.
    pub const fn restates(&self) -> Option<StatementId> {
        self.head.restates
    }

    /// SHA-256 of its canonical JSON, signature and all.
    pub const fn hash(&self) -> Hash {
        self.head.hash
    }
}

fn member<'a, T: Deserialize<'a>>(
    value: &'a Value,
    pointer: &'static str,
) -> Result<T, InvalidStatement> {
    let found = value.pointer(pointer);
    let found = found.ok_or(InvalidStatement::Member(pointer))?;
    T::deserialize(found).map_err(|_| InvalidStatement::Member(pointer))
}

fn hash(value: &Value, pointer: &'static str) -> Result<Hash, InvalidStatement> {
    let text: &str = member(value, pointer)?;
    text.parse().map_err(|_| InvalidStatement::Member(pointer))
}

fn month(value: &Value) -> Result<Month, InvalidStatement> {
    const PERIOD: &str = "/period";
    let kind: PeriodKind = member(value, "/period/kind")?;
    let first = member(value, "/period/first_day")?;
    let last = member(value, "/period/last_day")?;
    let period = Period::range(first, last).map_err(|_| InvalidStatement::Member(PERIOD))?;
    let month = period.whole_months().next();
    let whole = month.filter(|month| first == month.first_day() && last == month.last_day());
    whole
        .filter(|_| kind == PeriodKind::Month)
        .ok_or(InvalidStatement::Member(PERIOD))
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
