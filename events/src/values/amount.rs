//! Amounts with their ranges.

use serde::{Deserialize, Serialize};

/// Why a value was refused; the caller knows where it stood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// Outside its range, both ends included.
    #[error("must be {min} to {max}")]
    Range {
        /// Smallest allowed.
        min: i64,
        /// Largest allowed.
        max: i64,
    },
    /// Too short or too long, in characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// Has a character that can't be shown.
    #[error("must have no control characters")]
    ControlCharacter,
    /// Not a slug.
    #[error("must be lower-case letters, digits and inner hyphens")]
    Slug,
    /// Not a code.
    #[error("must be 26 characters of a code")]
    Code,
    /// Not hexadecimal, or of another length.
    #[error("must be hexadecimal of the right length")]
    Hex,
    /// Not a decimal number.
    #[error("must be a decimal number with a point")]
    Decimal,
    /// Not a day, month or period.
    #[error("must be a day, week, month, quarter, year or range of days")]
    Period,
    /// Not an IANA time zone.
    #[error("must be a time zone such as Europe/Amsterdam")]
    TimeZone,
    /// Not a time of day.
    #[error("must be a time of day such as 09:30")]
    DayTime,
}

macro_rules! bounded {
    ($($(#[$doc:meta])* $name:ident($inner:ident, $min:literal, $max:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name($inner);

        impl $name {
            /// Smallest allowed.
            pub const MIN: i64 = $min;
            /// Largest allowed.
            pub const MAX: i64 = $max;

            /// Refuses what is outside the range.
            pub fn new(value: i64) -> Result<Self, InvalidValue> {
                if (Self::MIN..=Self::MAX).contains(&value) {
                    Ok(Self(value as $inner))
                } else {
                    Err(InvalidValue::Range { min: Self::MIN, max: Self::MAX })
                }
            }

            /// The number itself.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = InvalidValue;

            fn try_from(value: i64) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.0 as i64
            }
        }
    )+};
}

bounded! {
    /// Money in whole euro cents, from nothing to ten billion euro.
    Cents(u64, 0, 1_000_000_000_000),
    /// Cups of coffee in one entry.
    Cups(u8, 1, 200),
    /// A quantity of things in one entry.
    Quantity(u16, 1, 10_000),
}

/// Who came together: 1 to 20 persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StoredParty")]
pub struct Party {
    adults: u8,
    children: u8,
}

#[derive(Deserialize)]
struct StoredParty {
    adults: i64,
    children: i64,
}

impl TryFrom<StoredParty> for Party {
    type Error = InvalidValue;

    fn try_from(stored: StoredParty) -> Result<Self, Self::Error> {
        Self::new(stored.adults, stored.children)
    }
}

/// Most persons in one party.
pub const PARTY_PERSONS_MAX: u8 = 20;

impl Party {
    /// Refuses nobody, and more than [`PARTY_PERSONS_MAX`] in all.
    pub fn new(adults: i64, children: i64) -> Result<Self, InvalidValue> {
        let max = i64::from(PARTY_PERSONS_MAX);
        let (small, sum) = (
            (0..=max).contains(&adults) && (0..=max).contains(&children),
            adults.saturating_add(children),
        );
        if small && (1..=max).contains(&sum) {
            Ok(Self {
                adults: adults as u8,
                children: children as u8,
            })
        } else {
            Err(InvalidValue::Range { min: 1, max })
        }
    }

    /// One adult alone.
    pub const fn one_adult() -> Self {
        Self {
            adults: 1,
            children: 0,
        }
    }

    /// One child alone.
    pub const fn one_child() -> Self {
        Self {
            adults: 0,
            children: 1,
        }
    }

    /// Adults among them.
    pub const fn adults(self) -> u8 {
        self.adults
    }

    /// Children among them.
    pub const fn children(self) -> u8 {
        self.children
    }

    /// All of them.
    pub const fn persons(self) -> u8 {
        self.adults + self.children
    }
}

/// People counted by head, so far that day or at that session. Each number up to 100,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StoredHeadCount")]
pub struct HeadCount {
    adults: u32,
    #[serde(skip_serializing_if = "is_zero")]
    children: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    volunteers: Option<u32>,
}

#[derive(Deserialize)]
struct StoredHeadCount {
    adults: i64,
    #[serde(default)]
    children: i64,
    #[serde(default)]
    volunteers: Option<i64>,
}

impl TryFrom<StoredHeadCount> for HeadCount {
    type Error = InvalidValue;

    fn try_from(stored: StoredHeadCount) -> Result<Self, Self::Error> {
        Self::new(stored.adults, stored.children, stored.volunteers)
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Most heads of a kind in one count.
pub const HEADS_MAX: i64 = 100_000;

impl HeadCount {
    /// Volunteers on duty are not among the others.
    pub fn new(adults: i64, children: i64, volunteers: Option<i64>) -> Result<Self, InvalidValue> {
        let heads = |n: i64| {
            u32::try_from(n)
                .ok()
                .filter(|_| n <= HEADS_MAX)
                .ok_or(InvalidValue::Range {
                    min: 0,
                    max: HEADS_MAX,
                })
        };
        Ok(Self {
            adults: heads(adults)?,
            children: heads(children)?,
            volunteers: volunteers.map(heads).transpose()?,
        })
    }

    /// Adult visitors.
    pub const fn adults(self) -> u32 {
        self.adults
    }

    /// Child visitors.
    pub const fn children(self) -> u32 {
        self.children
    }

    /// Volunteers on duty, where they were counted.
    pub const fn volunteers(self) -> Option<u32> {
        self.volunteers
    }

    /// Visitors: adults and children.
    pub const fn visitors(self) -> u32 {
        self.adults + self.children
    }
}

/// A decimal number as measured: up to 15 digits, 6 of them behind the point. Written as entered, `+` and idle zeros aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

impl Decimal {
    /// The number × 1,000,000: exact.
    pub fn millionths(self) -> i128 {
        i128::from(self.mantissa) * 10i128.pow(u32::from(6 - self.scale))
    }
}

impl std::str::FromStr for Decimal {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(part) || part.len() > 6 || whole.len() + part.len() > 15 {
            return Err(InvalidValue::Decimal);
        }
        let part = part.trim_end_matches('0');
        let mantissa: i64 = format!("{whole}{part}")
            .parse()
            .map_err(|_| InvalidValue::Decimal)?;
        let scale = u8::try_from(part.len()).expect("at most 6");
        Ok(Self {
            mantissa: if negative { -mantissa } else { mantissa },
            scale,
        })
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let (unit, scale) = (10u64.pow(u32::from(self.scale)), usize::from(self.scale));
        let magnitude = self.mantissa.unsigned_abs();
        write!(f, "{sign}{}", magnitude / unit)?;
        if scale > 0 {
            write!(f, ".{:0scale$}", magnitude % unit)
        } else {
            Ok(())
        }
    }
}

impl TryFrom<String> for Decimal {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(value: Decimal) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each number is taken.
    fn taken<T>(make: fn(i64) -> Result<T, InvalidValue>, numbers: &[i64]) -> Vec<bool> {
        numbers.iter().map(|number| make(*number).is_ok()).collect()
    }

    #[test]
    fn amounts_are_taken_at_their_edges_and_refused_one_past() {
        let edges = [false, true, true, false];
        assert_eq!(taken(Cups::new, &[0, 1, 200, 201]), edges);
        assert_eq!(taken(Quantity::new, &[0, 1, 10_000, 10_001]), edges);
        let cents = [-1, 0, Cents::MAX, Cents::MAX + 1];
        assert_eq!(taken(Cents::new, &cents), edges);
        let far = [i64::MIN, i64::MAX];
        assert_eq!(taken(Cups::new, &far), [false, false]);
        assert_eq!(taken(Cents::new, &far), [false, false]);
    }

    #[test]
    fn a_party_has_one_to_twenty_persons_of_either_kind() {
        for (adults, children, good) in [
            (0, 0, false),
            (1, 0, true),
            (0, 1, true),
            (20, 0, true),
            (0, 20, true),
            (19, 1, true),
            (20, 1, false),
            (21, 0, false),
            (0, 21, false),
            (-1, 3, false),
            (3, -1, false),
            (i64::MAX, i64::MAX, false),
            (i64::MIN, 2, false),
        ] {
            let party = Party::new(adults, children);
            assert_eq!(party.is_ok(), good, "{adults} and {children}");
        }
        assert_eq!(Party::new(1, 0), Ok(Party::one_adult()));
        assert_eq!(Party::new(0, 1), Ok(Party::one_child()));
    }

    #[test]
    fn heads_of_each_kind_are_counted_from_none_to_the_most() {
        let adults = |n| HeadCount::new(n, 0, None);
        let children = |n| HeadCount::new(0, n, None);
        let volunteers = |n| HeadCount::new(0, 0, Some(n));
        let edges = [false, true, true, false];
        let numbers = [-1, 0, HEADS_MAX, HEADS_MAX + 1];
        assert_eq!(taken(adults, &numbers), edges);
        assert_eq!(taken(children, &numbers), edges);
        assert_eq!(taken(volunteers, &numbers), edges);
        let all = HeadCount::new(HEADS_MAX, HEADS_MAX, Some(1)).expect("heads");
        assert_eq!(all.visitors(), 200_000);
    }

    #[test]
    fn what_is_read_from_a_log_is_checked_as_well() {
        for (stored, good) in [
            (r#"{"adults":19,"children":1}"#, true),
            (r#"{"adults":20,"children":1}"#, false),
            (r#"{"adults":0,"children":0}"#, false),
            (r#"{"adults":200,"children":200}"#, false),
        ] {
            let party = serde_json::from_str::<Party>(stored);
            assert_eq!(party.is_ok(), good, "{stored}");
        }
        for (stored, good) in [
            (r#"{"adults":0}"#, true),
            (
                r#"{"adults":100000,"children":100000,"volunteers":0}"#,
                true,
            ),
            (r#"{"adults":4294967295}"#, false),
            (r#"{"adults":1,"volunteers":-1}"#, false),
        ] {
            let heads = serde_json::from_str::<HeadCount>(stored);
            assert_eq!(heads.is_ok(), good, "{stored}");
        }
    }

    #[test]
    fn a_decimal_is_kept_exactly() {
        for (given, kept) in [
            ("12.50", "12.5"),
            ("-0.05", "-0.05"),
            ("1769", "1769"),
            ("007", "7"),
        ] {
            assert_eq!(given.parse::<Decimal>().expect(given).to_string(), kept);
        }
        for bad in ["", ".", "1.", "1,5", "1e3", "1.1234567", "--1"] {
            assert!(bad.parse::<Decimal>().is_err(), "{bad}");
        }
        assert_eq!(
            "1.5".parse::<Decimal>().expect("decimal").millionths(),
            1_500_000
        );
    }
}
