//! Canonical JSON (RFC 8785) of what the log keeps: ASCII keys, whole numbers under 2^53, strings.
//!
//! Keys are sorted here, whatever order the map has them in: a feature of `serde_json`, turned on by any crate of the
//! build, would change that order.

use serde_json::Value;

/// Appends the canonical form. With ASCII keys, sorting bytes is sorting UTF-16 as the RFC asks.
pub(super) fn write(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
            bytes.push(b'{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                string(bytes, key);
                bytes.push(b':');
                write(bytes, member);
            }
            bytes.push(b'}');
        }
        Value::Array(items) => {
            bytes.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write(bytes, item);
            }
            bytes.push(b']');
        }
        Value::String(text) => string(bytes, text),
        Value::Number(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Null => bytes.extend_from_slice(b"null"),
    }
}

/// The canonical form as text.
pub fn text(value: &Value) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes, value);
    String::from_utf8(bytes).expect("made of strings")
}

/// `serde_json` escapes what the RFC escapes, in the same way.
fn string(bytes: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(bytes, text).expect("a string can always be written");
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
}
