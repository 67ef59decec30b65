//! What of a journal belongs to a copy of it, taken beside whoever writes it.

use super::{JournalReader, file_name};
use crate::log::disk::Open;
use crate::log::end;
use std::io;

/// The journal up to an end mark, in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The names of its files in the folder `journal`, in their order, and how many bytes of each belong to it. What is
    /// behind those in a file is room: zeros stand for it as well.
    pub files: Vec<(String, u64)>,
    /// The file `end` that goes with them.
    pub end_mark: Vec<u8>,
}

impl JournalReader {
    /// What a copy consists of that ends where this reader does; none where nothing was recorded, or no whole end mark
    /// says where that is.
    pub fn extent(&self) -> io::Result<Option<Extent>> {
        let Some(mut until) = self.until.filter(|until| until.batch > 0) else {
            return Ok(None);
        };
        // Behind a mark that is an older copy, whatever is whole belongs to it.
        let read = self.batches(Some(until), &mut |place, _| {
            until = place;
            Ok(())
        });
        read.map_err(io::Error::other)?;
        let mut files = Vec::new();
        for number in 1..=until.file {
            let name = file_name(number);
            let len = if number == until.file {
                until.end
            } else {
                self.len(&name)?
            };
            files.push((name, len));
        }
        let end_mark = end::content(&until);
        Ok(Some(Extent { files, end_mark }))
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        let path = self.folder.join("journal").join(name);
        self.disk.open(&path, Open::Read)?.len()
    }
}
