//! Numbers, ids and texts of a packed chunk, to and from bytes.

use super::InvalidChunk;
use std::collections::HashMap;

/// Writes a chunk; what has 16 bytes and comes again is written once.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    known: HashMap<[u8; 16], u64>,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits a byte, lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// A difference: small either way is short.
    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(super) fn raw<const LEN: usize>(&mut self, bytes: &[u8; LEN]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text);
    }

    /// 0 for none, 1 and the bytes where they are new, else 2 and up: where they came first.
    pub(super) fn again(&mut self, bytes: Option<&[u8; 16]>) {
        let Some(bytes) = bytes else {
            return self.number(0);
        };
        if let Some(index) = self.known.get(bytes) {
            return self.number(index + 2);
        }
        let index = self.known.len() as u64;
        self.known.insert(*bytes, index);
        self.number(1);
        self.raw(bytes);
    }
}

/// Room for what comes again in a chunk, at first.
const KNOWN: usize = 64;

/// Reads what a [`Writer`] wrote, or anything else: then it is refused. Keeps less than it reads.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    known: Vec<[u8; 16]>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            known: Vec::with_capacity(KNOWN),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, InvalidChunk> {
        let (byte, rest) = self.rest.split_first().ok_or(InvalidChunk::Form)?;
        self.rest = rest;
        Ok(*byte)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, InvalidChunk> {
        match self.rest {
            [byte @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            [low, high @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
            }
            [_, ..] | [] => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, InvalidChunk> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let seven = u64::from(byte & 0x7f);
            if (seven << shift) >> shift != seven {
                return Err(InvalidChunk::Form);
            }
            number |= seven << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(InvalidChunk::Form)
    }

    #[inline]
    pub(super) fn signed(&mut self) -> Result<i64, InvalidChunk> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    #[inline]
    pub(super) fn raw<const LEN: usize>(&mut self) -> Result<[u8; LEN], InvalidChunk> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(InvalidChunk::Form)?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, InvalidChunk> {
        let len = usize::try_from(self.number()?).map_err(|_| InvalidChunk::Form)?;
        let (text, rest) = self.rest.split_at_checked(len).ok_or(InvalidChunk::Form)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| InvalidChunk::Form)
    }

    #[inline(always)]
    pub(super) fn again(&mut self) -> Result<Option<[u8; 16]>, InvalidChunk> {
        // Nearly always: none, or one of the first hundred known.
        match self.rest {
            [0, rest @ ..] => {
                self.rest = rest;
                Ok(None)
            }
            [index @ 2..0x80, rest @ ..] => {
                self.rest = rest;
                let known = self.known.get(usize::from(*index) - 2);
                known.copied().map(Some).ok_or(InvalidChunk::Form)
            }
            [_, ..] | [] => self.again_or_new(),
        }
    }

    #[cold]
    fn again_or_new(&mut self) -> Result<Option<[u8; 16]>, InvalidChunk> {
        let index = match self.number()? {
            0 => return Ok(None),
            1 => {
                let bytes = self.raw()?;
                self.known.push(bytes);
                return Ok(Some(bytes));
            }
            index => usize::try_from(index - 2).map_err(|_| InvalidChunk::Form)?,
        };
        let bytes = self.known.get(index).ok_or(InvalidChunk::Form)?;
        Ok(Some(*bytes))
    }
}
