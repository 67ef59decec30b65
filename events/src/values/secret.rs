//! Codes, hashes of secrets, pseudonyms and sealed text: what keeps people apart without naming them.

use super::InvalidValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 128 random bits, written as 26 characters of Crockford base32: what stands in a QR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code([u8; 16]);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Code {
    /// From 16 random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes behind the characters.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        let mut text = [0u8; 26];
        for (i, slot) in text.iter_mut().enumerate() {
            let shift = 123 - 5 * i32::try_from(i).expect("26 fits");
            let five = if shift >= 0 {
                bits >> shift
            } else {
                bits << -shift
            };
            *slot = CROCKFORD[(five & 31) as usize];
        }
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl std::str::FromStr for Code {
    type Err = InvalidValue;

    /// Reads either case, and the letters people mistake for digits (O, I, L).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 26 {
            return Err(InvalidValue::Code);
        }
        let mut bits: u128 = 0;
        for (i, letter) in text.bytes().enumerate() {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let five = CROCKFORD
                .iter()
                .position(|&c| c == letter)
                .ok_or(InvalidValue::Code)? as u128;
            if i < 25 {
                bits = (bits << 5) | five;
            } else if five & 0b11 == 0 {
                bits = (bits << 3) | (five >> 2);
            } else {
                return Err(InvalidValue::Code);
            }
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! hex_bytes {
    ($($(#[$doc:meta])* $name:ident($len:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        impl $name {
            /// From the bytes themselves.
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes themselves.
            pub const fn bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0u8; $len];
                if text.len() != 2 * $len || !text.is_ascii() {
                    return Err(InvalidValue::Hex);
                }
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| InvalidValue::Hex)?;
                }
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

hex_bytes! {
    /// SHA-256 of a secret that stands for somebody: a pass, an enrolment, a refresh secret.
    SecretHash(32),
    /// A phone's pseudonym for one month: HMAC of its token under the organisation's key of that month, cut to 16 bytes.
    Tag(16),
}

/// Personal text, readable only while its key exists: base64 of nonce and ciphertext. At most 8 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(Box<str>);

impl Sealed {
    /// From the key store's base64.
    pub fn new(base64: String) -> Self {
        Self(base64.into())
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_written_in_either_case() {
        let code = Code::new([0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x81]);
        let text = code.to_string();
        assert_eq!(text.len(), 26);
        assert_eq!(text.parse(), Ok(code));
        assert_eq!(text.to_lowercase().parse(), Ok(code));
        assert_eq!("0".repeat(25).parse::<Code>(), Err(InvalidValue::Code));
        assert_eq!(
            format!("{}1", "0".repeat(25)).parse::<Code>(),
            Err(InvalidValue::Code)
        );
    }

    #[test]
    fn a_tag_reads_back_as_written() {
        let tag = Tag::new([7; 16]);
        assert_eq!(tag.to_string().parse(), Ok(tag));
        assert_eq!("0g".repeat(16).parse::<Tag>(), Err(InvalidValue::Hex));
    }
}
