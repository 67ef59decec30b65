//! Instants in whole milliseconds, as the log keeps them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A UTC instant in whole milliseconds. Written RFC 3339 with milliseconds and `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

/// Milliseconds of 0001-01-01 and of the last instant of 9999: what four-digit years can write.
const RANGE_MILLIS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_207_199_999;

impl Timestamp {
    /// Milliseconds since 1970; values beyond the years 1 to 9999 are clamped to them.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE_MILLIS.start(), *RANGE_MILLIS.end()))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant, `millis` later (or earlier, where negative).
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant; negative where it is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant for the calendar library.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self::from_millis(at.as_millisecond())
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.to_jiff())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    /// RFC 3339 with an offset; finer than milliseconds is cut off.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::from)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_with_milliseconds_and_z() {
        let at: Timestamp = "2026-10-05T16:00:00.5+02:00".parse().expect("RFC 3339");
        assert_eq!(at.to_string(), "2026-10-05T14:00:00.500Z");
        assert_eq!(
            at.to_string().parse::<Timestamp>().expect("what we wrote"),
            at
        );
    }
}
