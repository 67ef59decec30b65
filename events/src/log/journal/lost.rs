//! What stands in a batch in place of commits that neither copy had any more.

use crate::log::line::{POSITION_MAX, Position};
use crate::values::OrganisationId;
use serde_json::Value;

/// A stretch of one organisation's log that is gone. From its first position on that organisation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) struct Lost {
    pub(in crate::log) organisation: OrganisationId,
    pub(in crate::log) first: Position,
    /// Of the last event that is known to be gone.
    pub(in crate::log) last: Position,
}

impl Lost {
    /// Its line, without line feed: `{"lost":{"first":n,"last":n,"organisation":"…"}}`.
    pub(in crate::log) fn bytes(&self) -> Vec<u8> {
        let (first, last) = (self.first, self.last);
        let organisation = self.organisation.uuid();
        format!(
            "{{\"lost\":{{\"first\":{first},\"last\":{last},\"organisation\":\"{organisation}\"}}}}"
        )
        .into_bytes()
    }

    /// Reads what [`Self::bytes`] wrote, and nothing that is written otherwise.
    pub(in crate::log) fn parse(bytes: &[u8]) -> Option<Self> {
        const BYTES_MAX: usize = 128;
        if bytes.len() > BYTES_MAX || !bytes.starts_with(b"{\"lost\":{") {
            return None;
        }
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let lost = value.get("lost")?;
        let position = |name: &str| lost.get(name)?.as_u64().map(Position);
        let organisation = uuid::Uuid::try_parse(lost.get("organisation")?.as_str()?).ok()?;
        let found = Self {
            organisation: OrganisationId::new(organisation),
            first: position("first")?,
            last: position("last")?,
        };
        let sound = found.first <= found.last && found.last.0 <= POSITION_MAX;
        (sound && found.bytes() == bytes).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_as_written_and_nothing_else_is_one() {
        let lost = Lost {
            organisation: OrganisationId::new(uuid::Uuid::from_u128(5)),
            first: Position(3),
            last: Position(9),
        };
        let bytes = lost.bytes();
        assert_eq!(Lost::parse(&bytes), Some(lost));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                assert_ne!(Lost::parse(&other), Some(lost), "bit {bit} of byte {at}");
            }
        }
    }
}
