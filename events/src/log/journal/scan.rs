//! Reads a journal's batches one behind the other, without any lock.

use super::batch::{self, HEADER_BYTES_MAX};
use super::{Damage, Place, file_name, file_numbers, file_path};
use crate::log::disk::{Disk, DiskFile, Open, read_upto};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes read at once.
const WINDOW_BYTES: usize = 1 << 20;

/// Longest file that is read: files are finished far below it, mended ones too.
pub(super) const FILE_BYTES_LIMIT: u64 = 2 * super::FILE_BYTES_MAX;

/// Longest batch that is read: the largest append, and what mending may have put into one.
pub(super) const BATCH_BYTES_LIMIT: u64 = 16 << 20;

/// Longest first line of a file.
const FILE_HEADER_BYTES_MAX: usize = 128;

/// The version of the format that this code writes and reads.
const FORMAT: u64 = 1;

/// The first line of a file.
pub(super) fn file_header(number: u32) -> String {
    format!("{{\"format\":{FORMAT},\"journal\":\"meetellen\",\"number\":{number}}}\n")
}

/// What a step of the scan came upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole batch, right behind the one before; its lines are in [`Scan::body`].
    Batch(Place),
    /// Nothing but zeros in the last file from here on.
    End,
    /// Something that is neither.
    Broken,
}

/// A place in the journal, moving forward.
#[derive(Clone)]
pub(super) struct Scan<'a> {
    disk: &'a dyn Disk,
    folder: PathBuf,
    file: Arc<dyn DiskFile>,
    /// The file it stands in.
    pub(super) number: u32,
    /// Where it stands.
    pub(super) offset: u64,
    /// The batch it expects.
    pub(super) next: u64,
    window: Vec<u8>,
    window_at: u64,
    body: (usize, usize),
}

impl<'a> Scan<'a> {
    /// Stands before the first batch of the file `number`, whose number is `next`. `None`: no such file, or its first
    /// line is not right.
    pub(super) fn at_file(
        disk: &'a dyn Disk,
        folder: &Path,
        number: u32,
        next: u64,
    ) -> io::Result<Option<Self>> {
        let file = match disk.open(&file_path(folder, number), Open::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let first = read_upto(&*file, 0, FILE_HEADER_BYTES_MAX)?;
        let header = file_header(number);
        if newer_format(&first) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("journal file {} has a newer format", file_name(number)),
            ));
        }
        if !first.starts_with(header.as_bytes()) || file.len()? > FILE_BYTES_LIMIT {
            return Ok(None);
        }
        let offset = header.len() as u64;
        let folder = folder.to_owned();
        let (window, body) = (Vec::new(), (0, 0));
        Ok(Some(Self {
            disk,
            folder,
            file,
            number,
            offset,
            next,
            window,
            window_at: 0,
            body,
        }))
    }

    /// Stands before the batch that `place` names.
    pub(super) fn at(disk: &'a dyn Disk, folder: &Path, place: &Place) -> io::Result<Option<Self>> {
        let scan = Self::at_file(disk, folder, place.file, place.batch)?;
        Ok(scan.map(|scan| Self {
            offset: place.start.max(scan.offset),
            ..scan
        }))
    }

    /// Goes one batch on.
    pub(super) fn step(&mut self) -> io::Result<Found> {
        loop {
            let start = self.window(self.offset, HEADER_BYTES_MAX)?;
            match self.window[start..].first() {
                None | Some(0) => {
                    if !self.only_zeros()? {
                        return Ok(Found::Broken);
                    }
                    match Self::at_file(self.disk, &self.folder, self.number + 1, self.next)? {
                        Some(next) => *self = next,
                        None => return Ok(Found::End),
                    }
                }
                Some(_) => return self.batch(start),
            }
        }
    }

    /// Drops what was read ahead: somebody may have written since.
    pub(super) fn forget(&mut self) {
        self.window.clear();
    }

    /// The lines of the batch just found.
    pub(super) fn body(&self) -> &[u8] {
        &self.window[self.body.0..self.body.1]
    }

    /// Whether no file of the journal stands behind this one, but one that was just being made.
    pub(super) fn is_last_file(&self) -> io::Result<bool> {
        match file_numbers(self.disk, &self.folder)?.last() {
            Some(&last) if last > self.number + 1 => Ok(false),
            Some(&last) if last == self.number + 1 => {
                super::open::half_made(self.disk, &self.folder, last)
            }
            Some(_) | None => Ok(true),
        }
    }

    /// Whether a whole batch lies anywhere behind the broken place: then the broken one was whole once, too.
    pub(super) fn whole_batch_behind(&self) -> io::Result<bool> {
        let len = self.file.len()?.saturating_sub(self.offset) as usize;
        let bytes = read_upto(&*self.file, self.offset, len)?;
        let mut at = 0;
        while let Some(next) = bytes[at..].iter().position(|&byte| byte == b'{') {
            at += next;
            if let Some(header) = batch::header(&bytes[at..])
                && header.number > self.next
                && header.bytes <= BATCH_BYTES_LIMIT
                && let Some(whole) = bytes.get(at..at + header.len + header.bytes as usize)
                && batch::matches(&header, &whole[..header.len], &whole[header.len..])
            {
                return Ok(true);
            }
            at += 1;
        }
        Ok(false)
    }

    /// Where it went wrong, found at an end that is none: this place, or the file behind that is not right.
    pub(super) fn end_damage(&self) -> io::Result<Damage> {
        let last = file_numbers(self.disk, &self.folder)?.last().copied();
        let (number, offset) = match last {
            Some(last) if last > self.number => (self.number + 1, 0),
            Some(_) | None => (self.number, self.offset),
        };
        Ok(Damage {
            file: file_name(number),
            offset,
            organisation: None,
            position: None,
        })
    }

    fn batch(&mut self, start: usize) -> io::Result<Found> {
        let Some(header) = batch::header(&self.window[start..]) else {
            return Ok(Found::Broken);
        };
        if header.number != self.next || header.bytes > BATCH_BYTES_LIMIT.min(self.file.len()?) {
            return Ok(Found::Broken);
        }
        let len = header.len + header.bytes as usize;
        let start = self.window(self.offset, len)?;
        let Some(whole) = self.window.get(start..start + len) else {
            return Ok(Found::Broken);
        };
        let (text, body) = whole.split_at(header.len);
        if !batch::matches(&header, text, body) {
            return Ok(Found::Broken);
        }
        self.body = (start + header.len, start + len);
        let end = self.offset + len as u64;
        let place = Place {
            batch: header.number,
            crc: header.crc,
            file: self.number,
            start: self.offset,
            end,
        };
        self.offset = end;
        self.next += 1;
        Ok(Found::Batch(place))
    }

    /// Makes the window hold `len` bytes from `offset` on, if the file has them; where in it they begin.
    fn window(&mut self, offset: u64, len: usize) -> io::Result<usize> {
        let inside = offset
            .checked_sub(self.window_at)
            .map(|start| start as usize);
        match inside {
            Some(start) if start + len <= self.window.len() => Ok(start),
            _ => {
                self.window = read_upto(&*self.file, offset, len.max(WINDOW_BYTES))?;
                self.window_at = offset;
                Ok(0)
            }
        }
    }

    fn only_zeros(&self) -> io::Result<bool> {
        let mut at = self.offset;
        loop {
            let bytes = read_upto(&*self.file, at, WINDOW_BYTES)?;
            if bytes.is_empty() {
                return Ok(true);
            }
            if bytes.iter().any(|&byte| byte != 0) {
                return Ok(false);
            }
            at += bytes.len() as u64;
        }
    }
}

fn newer_format(first: &[u8]) -> bool {
    let line = first
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let value = serde_json::from_slice::<serde_json::Value>(line).ok();
    let format = value.and_then(|value| value.get("format")?.as_u64());
    format.is_some_and(|format| format > FORMAT)
}
