//! Bodies of sealed chunks: two files beside the tree, one for the exact lines and one for the typed form, only ever
//! appended to. The tree holds where each lies and its checksum. What sled reads stays in memory far beyond its setting;
//! what is read from here does not.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The form of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The exact lines, compressed.
    Lines,
    /// What the packing function made of them.
    Packed,
}

/// Both files of one store. One thread appends, many read.
#[derive(Debug)]
pub(super) struct Bodies {
    lines: Body,
    packed: Body,
}

#[derive(Debug)]
struct Body {
    file: File,
    /// Where the next one goes.
    end: AtomicU64,
}

impl Bodies {
    /// Opens the files of a folder, and makes them where they are missing.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            lines: Body::open(&folder.join("lines"))?,
            packed: Body::open(&folder.join("packed"))?,
        })
    }

    /// Appends a body; where it lies. Whoever never notes that leaves bytes nobody reads.
    pub(super) fn put(&self, form: Form, bytes: &[u8]) -> io::Result<u64> {
        let body = self.body(form);
        let at = body.end.load(Ordering::Relaxed);
        body.file.write_all_at(bytes, at)?;
        body.end.store(at + bytes.len() as u64, Ordering::Relaxed);
        Ok(at)
    }

    /// The bytes at a place; an error where the file ends before.
    pub(super) fn get(&self, form: Form, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let body = self.body(form);
        // Before room is made for it.
        let end = at.checked_add(len as u64);
        if end.is_none_or(|end| end > body.end.load(Ordering::Relaxed)) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; len];
        body.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// How long both files are: lines, packed.
    pub(super) fn extent(&self) -> [u64; 2] {
        [&self.lines, &self.packed].map(|body| body.end.load(Ordering::Relaxed))
    }

    const fn body(&self, form: Form) -> &Body {
        match form {
            Form::Lines => &self.lines,
            Form::Packed => &self.packed,
        }
    }
}

impl Body {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)?;
        let end = AtomicU64::new(file.metadata()?.len());
        Ok(Self { file, end })
    }
}
