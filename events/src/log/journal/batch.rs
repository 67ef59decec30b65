//! The line before each batch: `{"batch":n,"bytes":n,"crc32c":"…"}`. The CRC-32C is over that line up to its
//! `,"crc32c"` and over the lines that follow, line feeds included.

use crate::log::line::Line;
use std::io::Write;

/// Longest header of a batch, its line feed included.
pub(super) const HEADER_BYTES_MAX: usize = 80;

const CRC_MEMBER: &[u8] = b",\"crc32c\":\"";

/// What stands before a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchHeader {
    pub(super) number: u64,
    /// Of the lines, line feeds included.
    pub(super) bytes: u64,
    pub(super) crc: u32,
    /// Of the header itself, its line feed included.
    pub(super) len: usize,
}

/// Puts a whole batch into `buffer`, which is emptied first, and returns its CRC.
pub(super) fn encode(buffer: &mut Vec<u8>, number: u64, lines: &[Line]) -> u32 {
    encode_rows(buffer, number, lines.iter().map(Line::bytes))
}

/// The same for rows of any kind, each without line feed.
pub(super) fn encode_rows<'a>(
    buffer: &mut Vec<u8>,
    number: u64,
    rows: impl Iterator<Item = &'a [u8]> + Clone,
) -> u32 {
    let bytes: usize = rows.clone().map(|row| row.len() + 1).sum();
    buffer.clear();
    buffer.reserve(bytes + HEADER_BYTES_MAX);
    put(
        buffer,
        format_args!("{{\"batch\":{number},\"bytes\":{bytes}"),
    );
    let crc = rows.clone().fold(crc32c::crc32c(buffer), |crc, row| {
        crc32c::crc32c_append(crc32c::crc32c_append(crc, row), b"\n")
    });
    put(buffer, format_args!(",\"crc32c\":\"{crc:08x}\"}}\n"));
    for row in rows {
        buffer.extend_from_slice(row);
        buffer.push(b'\n');
    }
    crc
}

fn put(buffer: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    buffer.write_fmt(text).expect("a vector takes every write");
}

/// Reads the header at the beginning of `bytes`; nothing that is written otherwise.
pub(super) fn header(bytes: &[u8]) -> Option<BatchHeader> {
    let end = bytes
        .iter()
        .take(HEADER_BYTES_MAX)
        .position(|&byte| byte == b'\n')?;
    let rest = bytes[..end].strip_prefix(b"{\"batch\":")?;
    let (number, rest) = number(rest)?;
    let (length, rest) = self::number(rest.strip_prefix(b",\"bytes\":")?)?;
    let digits = rest.strip_prefix(CRC_MEMBER)?.strip_suffix(b"\"}")?;
    let crc = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    let canonical = digits.len() == 8 && format!("{crc:08x}").as_bytes() == digits;
    canonical.then_some(BatchHeader {
        number,
        bytes: length,
        crc,
        len: end + 1,
    })
}

/// Whether `body` is what stands behind `header`, whose own bytes are `text`.
pub(super) fn matches(header: &BatchHeader, text: &[u8], body: &[u8]) -> bool {
    let covered = text.len().saturating_sub(CRC_MEMBER.len() + 11);
    crc32c::crc32c_append(crc32c::crc32c(&text[..covered]), body) == header.crc
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (text, rest) = bytes.split_at(digits);
    if text.is_empty() || text.len() > 16 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    Some((
        text.iter()
            .fold(0, |value, byte| value * 10 + u64::from(byte - b'0')),
        rest,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flipped_bit_in_a_batch_goes_unseen() {
        let mut buffer = Vec::new();
        encode(&mut buffer, 12, &[]);
        buffer.truncate(buffer.len() - 1);
        let body = b"{}\n{}\n";
        let text = "{\"batch\":12,\"bytes\":6";
        let crc = crc32c::crc32c_append(crc32c::crc32c(text.as_bytes()), body);
        let whole = [
            format!("{text},\"crc32c\":\"{crc:08x}\"}}\n").as_bytes(),
            body,
        ]
        .concat();
        let right = |bytes: &[u8]| {
            header(bytes).is_some_and(|header| {
                header.number == 12
                    && header.bytes == 6
                    && bytes.len() == header.len + 6
                    && matches(&header, &bytes[..header.len], &bytes[header.len..])
            })
        };
        assert!(right(&whole));
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert!(!right(&bytes), "bit {bit} of byte {at}");
            }
        }
    }
}
