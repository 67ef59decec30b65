//! Canonical JSON (RFC 8785) of what the log keeps: ASCII keys, whole numbers under 2^53, strings.
//!
//! `serde_json` escapes what the RFC escapes, in the same way, and writes whole numbers and no spaces as it asks; what is
//! left is the order of the members. It is made here, in the text, whatever order a struct or a map has them in.

use serde::Serialize;
use serde_json::Value;

/// Appends the canonical form of whatever has one.
pub(super) fn serialise<T: Serialize>(
    to: &mut Vec<u8>,
    value: &T,
) -> Result<(), serde_json::Error> {
    let text = serde_json::to_vec(value)?;
    sort(&text, to);
    Ok(())
}

/// The canonical form as text.
pub fn text(value: &Value) -> String {
    let mut bytes = Vec::new();
    sort(value.to_string().as_bytes(), &mut bytes);
    String::from_utf8(bytes).expect("made of strings")
}

/// Appends JSON without spaces, the members of each object sorted. With ASCII keys, sorting bytes is sorting UTF-16 as the
/// RFC asks; no key here has anything to escape.
pub(super) fn sort(text: &[u8], to: &mut Vec<u8>) {
    match text {
        [b'{', inside @ .., b'}'] => {
            let mut members: Vec<&[u8]> = parts(inside).collect();
            members.sort_unstable_by_key(|member| key(member).strip_suffix(b"\""));
            to.push(b'{');
            for (index, member) in members.into_iter().enumerate() {
                if index > 0 {
                    to.push(b',');
                }
                let (key, value) = member.split_at(key(member).len());
                to.extend_from_slice(key);
                // The colon goes along: no value begins with one.
                let (colon, value) = value.split_at(1.min(value.len()));
                to.extend_from_slice(colon);
                sort(value, to);
            }
            to.push(b'}');
        }
        [b'[', inside @ .., b']'] => {
            to.push(b'[');
            for (index, item) in parts(inside).enumerate() {
                if index > 0 {
                    to.push(b',');
                }
                sort(item, to);
            }
            to.push(b']');
        }
        plain => to.extend_from_slice(plain),
    }
}

/// The key of a member, quotes included.
fn key(member: &[u8]) -> &[u8] {
    &member[..string(member)]
}

/// What stands between the commas of an object or array.
fn parts(inside: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = inside;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, behind) = rest.split_at(end(rest));
        rest = behind.get(1..).unwrap_or_default();
        Some(part)
    })
}

/// Where the first comma of this level stands, or the end.
fn end(text: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at += string(&text[at..]);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// How long the string is that the text begins with, quotes included.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_only_what_must_be_is_escaped() {
        let value = json!({"b": [1, {"z": null, "a": true}], "a": "é€\"\\\n\u{1}/"});
        assert_eq!(
            text(&value),
            "{\"a\":\"é€\\\"\\\\\\n\\u0001/\",\"b\":[1,{\"a\":true,\"z\":null}]}"
        );
    }

    #[test]
    fn what_looks_like_an_end_in_a_text_is_none() {
        let value = json!({"z": "a\"},{\\", "a": [[], {}, "]"], "m": {}, "k": ""});
        assert_eq!(
            text(&value),
            "{\"a\":[[],{},\"]\"],\"k\":\"\",\"m\":{},\"z\":\"a\\\"},{\\\\\"}"
        );
    }
}
