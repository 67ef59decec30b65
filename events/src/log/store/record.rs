//! How records lie in the tree: keys that sort by organisation and position, values in parts with a checksum each.

use super::StoreError;
use super::bodies::Form;
use super::tree::{Change, Tree};
use crate::log::line::{Hash, Head, LINE_BYTES_MAX, Line, Position};
use crate::values::OrganisationId;
use std::ops::ControlFlow;

/// sled keeps up to 16 values in a leaf, and a leaf over 128 KiB in a file of its own.
pub(super) const VALUE_BYTES_MAX: usize = 8 * 1024;

/// Commits in a sealed chunk.
pub(super) const CHUNK_COMMITS: usize = 64;

const CRC_BYTES: usize = 4;
const PART_BYTES: usize = VALUE_BYTES_MAX - CRC_BYTES - 1;
const LAST_PART: u8 = 0;
const MORE_PARTS: u8 = 1;

pub(super) const TAIL: u8 = b't';
pub(super) const CHUNK: u8 = b'c';
pub(super) const PACKED: u8 = b'p';
pub(super) const DIRECTORY: u8 = b'd';
pub(super) const REFUSED: u8 = b'x';
pub(super) const CURSOR: &[u8] = b"m";
pub(super) const EXTENT: &[u8] = b"n";

/// Where records of one kind, organisation and position begin.
pub(super) fn key(kind: u8, organisation: OrganisationId, first: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(27);
    key.push(kind);
    key.extend_from_slice(organisation.uuid().as_bytes());
    key.extend_from_slice(&first.to_be_bytes());
    key
}

/// Kind and organisation of a key, and the position in it.
fn parse_key(key: &[u8]) -> Option<(u64, u16)> {
    let rest = key.get(17..)?;
    let (first, part) = rest.split_first_chunk::<8>()?;
    Some((
        u64::from_be_bytes(*first),
        u16::from_be_bytes(part.try_into().ok()?),
    ))
}

/// The organisation in a key.
pub(super) fn organisation(key: &[u8]) -> Option<OrganisationId> {
    let id = key.get(1..17)?;
    Some(OrganisationId::new(uuid::Uuid::from_bytes(
        id.try_into().ok()?,
    )))
}

/// Changes that put a record, in as many parts as it takes.
pub(super) fn put(changes: &mut Vec<Change>, key: &[u8], record: &[u8]) {
    let parts = record.len().div_ceil(PART_BYTES).max(1);
    for part in 0..parts {
        let bytes = &record[part * PART_BYTES..record.len().min((part + 1) * PART_BYTES)];
        let mut key = key.to_vec();
        key.extend_from_slice(&(part as u16).to_be_bytes());
        let more = if part + 1 < parts {
            MORE_PARTS
        } else {
            LAST_PART
        };
        let value = checked(&key, more, bytes);
        changes.push((key, Some(value)));
    }
}

/// A value with its checksum, which covers the key too.
pub(super) fn checked(key: &[u8], flag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut value = vec![0; CRC_BYTES];
    value.reserve_exact(bytes.len() + 1);
    value.push(flag);
    value.extend_from_slice(bytes);
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), &value[CRC_BYTES..]);
    value[..CRC_BYTES].copy_from_slice(&crc.to_be_bytes());
    value
}

/// The flag and the bytes behind the checksum.
pub(super) fn open<'a>(key: &[u8], value: &'a [u8]) -> Result<(u8, &'a [u8]), StoreError> {
    let (crc, rest) = value
        .split_first_chunk::<CRC_BYTES>()
        .ok_or(StoreError::Damaged)?;
    if crc32c::crc32c_append(crc32c::crc32c(key), rest) != u32::from_be_bytes(*crc) {
        return Err(StoreError::Damaged);
    }
    rest.split_first()
        .map(|(flag, bytes)| (*flag, bytes))
        .ok_or(StoreError::Damaged)
}

/// Takes a record with its position; whether to go on.
pub(super) type VisitRecord<'a> =
    &'a mut dyn FnMut(u64, &[u8]) -> Result<ControlFlow<()>, StoreError>;

/// Shows the records of one kind and organisation from `from` on.
pub(super) fn scan(
    tree: &dyn Tree,
    kind: u8,
    organisation: OrganisationId,
    from: u64,
    visit: VisitRecord<'_>,
) -> Result<(), StoreError> {
    let mut record = Vec::new();
    let mut expected = 0_u16;
    let mut outcome = Ok(());
    let begin = key(kind, organisation, from);
    let mut end = key(kind, organisation, u64::MAX);
    end.extend_from_slice(&[0xff; 3]);
    tree.scan(&begin, &end, &mut |key, value| {
        let step =
            take_part(key, value, &mut record, &mut expected).and_then(|whole| match whole {
                None => Ok(ControlFlow::Continue(())),
                Some(first) => {
                    let flow = visit(first, &record)?;
                    record.clear();
                    expected = 0;
                    Ok(flow)
                }
            });
        step.unwrap_or_else(|error| {
            outcome = Err(error);
            ControlFlow::Break(())
        })
    })?;
    outcome
}

/// Adds a part to `record`; the record's position once it is whole.
fn take_part(
    key: &[u8],
    value: &[u8],
    record: &mut Vec<u8>,
    expected: &mut u16,
) -> Result<Option<u64>, StoreError> {
    let (first, part) = parse_key(key).ok_or(StoreError::Damaged)?;
    let (flag, bytes) = open(key, value)?;
    if part == 0 {
        record.clear();
        *expected = 0;
    }
    if part != *expected {
        return Err(StoreError::Damaged);
    }
    record.extend_from_slice(bytes);
    *expected += 1;
    Ok((flag == LAST_PART).then_some(first))
}

/// Changes that remove a record of `len` bytes.
pub(super) fn remove(changes: &mut Vec<Change>, key: &[u8], len: usize) {
    for part in 0..len.div_ceil(PART_BYTES).max(1) {
        let mut key = key.to_vec();
        key.extend_from_slice(&(part as u16).to_be_bytes());
        changes.push((key, None));
    }
}

/// What stands at the front of both records of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkHeader {
    pub(super) last: u64,
    pub(super) previous: Hash,
    pub(super) hash: Hash,
    /// Of the lines, line feeds included.
    pub(super) bytes: u32,
}

impl ChunkHeader {
    pub(super) fn of(lines: &[Line]) -> Option<Self> {
        let (first, last) = (lines.first()?, lines.last()?);
        let bytes = lines
            .iter()
            .map(|line| line.bytes().len() + 1)
            .sum::<usize>();
        Some(Self {
            last: last.last().0,
            previous: first.header().previous,
            hash: last.header().hash,
            bytes: u32::try_from(bytes).ok()?,
        })
    }

    pub(super) fn write(&self, record: &mut Vec<u8>) {
        record.extend_from_slice(&self.last.to_be_bytes());
        record.extend_from_slice(&self.previous.0);
        record.extend_from_slice(&self.hash.0);
        record.extend_from_slice(&self.bytes.to_be_bytes());
    }

    pub(super) fn read(record: &[u8]) -> Result<(Self, &[u8]), StoreError> {
        let read = || {
            let (last, rest) = record.split_first_chunk::<8>()?;
            let (previous, rest) = rest.split_first_chunk::<32>()?;
            let (hash, rest) = rest.split_first_chunk::<32>()?;
            let (bytes, rest) = rest.split_first_chunk::<4>()?;
            let header = Self {
                last: u64::from_be_bytes(*last),
                previous: Hash(*previous),
                hash: Hash(*hash),
                bytes: u32::from_be_bytes(*bytes),
            };
            Some((header, rest))
        };
        read().ok_or(StoreError::Damaged)
    }

    pub(super) fn head(&self) -> Head {
        Head {
            position: Position(self.last),
            hash: self.hash,
        }
    }
}

/// What stands behind the header of both records of a chunk: place, length and checksum of its body, which covers the
/// record's key too. A length of 0: it has none.
const PLACE_BYTES: usize = 16;

/// Keeps the body of a record and notes where.
pub(super) fn put_body(
    tree: &dyn Tree,
    form: Form,
    key: &[u8],
    body: &[u8],
    record: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let len = u32::try_from(body.len()).map_err(|_| StoreError::Damaged)?;
    let at = tree.put_body(form, body)?;
    record.extend_from_slice(&at.to_be_bytes());
    record.extend_from_slice(&len.to_be_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), body);
    record.extend_from_slice(&crc.to_be_bytes());
    Ok(())
}

/// The body that a record's place leads to; empty where it has none.
pub(super) fn body(
    tree: &dyn Tree,
    form: Form,
    key: &[u8],
    place: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let place: &[u8; PLACE_BYTES] = place.try_into().map_err(|_| StoreError::Damaged)?;
    let number = |from: usize| place[from..from + 4].iter().fold(0, shifted);
    let at = place[..8].iter().fold(0, shifted);
    let len = usize::try_from(number(8)).map_err(|_| StoreError::Damaged)?;
    if len == 0 {
        return Ok(Vec::new());
    }
    let bytes = tree.body(form, at, len).map_err(|error| {
        tracing::warn!(%error, "the body of a chunk can't be read");
        StoreError::Damaged
    })?;
    if u64::from(crc32c::crc32c_append(crc32c::crc32c(key), &bytes)) != number(12) {
        return Err(StoreError::Damaged);
    }
    Ok(bytes)
}

fn shifted(number: u64, byte: &u8) -> u64 {
    number << 8 | u64::from(*byte)
}

/// The lines of a chunk, from the body of its record.
pub(super) fn chunk_lines(header: &ChunkHeader, body: &[u8]) -> Result<Vec<Line>, StoreError> {
    let len = header.bytes as usize;
    if len > CHUNK_COMMITS * (LINE_BYTES_MAX + 1) {
        return Err(StoreError::Damaged);
    }
    let text = zstd::bulk::decompress(body, len).map_err(|_| StoreError::Damaged)?;
    let text = text.strip_suffix(b"\n").ok_or(StoreError::Damaged)?;
    let lines = text.split(|&byte| byte == b'\n').map(Line::parse);
    lines
        .collect::<Result<_, _>>()
        .map_err(|_| StoreError::Damaged)
}

#[cfg(test)]
mod tests;
