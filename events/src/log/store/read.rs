//! Reading one organisation's log, or the directory, from the store.

use super::bodies::Form;
use super::record::{self, CHUNK, ChunkHeader, DIRECTORY, PACKED, REFUSED, TAIL};
use super::{DirectoryEntry, Store, StoreError, behind, guarded};
use crate::log::line::{Head, Line, Position};
use crate::values::OrganisationId;
use std::ops::ControlFlow;
use std::sync::PoisonError;

/// Bytes gathered before they are shown: a slow reader must hold up nobody.
const WINDOW_BYTES: usize = 1 << 20;

/// A piece of an organisation's log, right behind the piece before it.
#[derive(Debug)]
pub enum Stretch<'a> {
    /// Sealed commits in the typed form.
    Packed {
        /// Position of the first event.
        first: Position,
        /// Head behind the last commit.
        head: Head,
        /// What the packing function made of them.
        bytes: &'a [u8],
    },
    /// One commit.
    Line(&'a Line),
}

enum Piece {
    Packed {
        first: u64,
        header: ChunkHeader,
        bytes: Vec<u8>,
    },
    Line(Line),
}

/// A sealed chunk, and where its lines are.
struct Chunk {
    organisation: OrganisationId,
    first: u64,
    header: ChunkHeader,
    place: Vec<u8>,
}

impl Store {
    /// Shows `visit` everything behind `after`, packed where it can be, until it breaks off; the last position shown. A
    /// packed piece is whole: where `after` lies inside one, its commits come as lines.
    pub(in crate::log) fn replay(
        &self,
        organisation: OrganisationId,
        after: Position,
        packed: bool,
        visit: &mut dyn FnMut(Stretch<'_>) -> ControlFlow<()>,
    ) -> Result<Position, StoreError> {
        guarded(|| self.allowed(organisation))?;
        let mut head: Option<Head> = (after.0 == 0).then(Head::default);
        let mut at = after;
        loop {
            let pieces = guarded(|| self.window(organisation, behind(at), packed))?;
            if pieces.is_empty() {
                return Ok(at);
            }
            for piece in pieces {
                let (first, previous, now) = piece.ends();
                if first != behind(at) || head.is_some_and(|head| head.hash != previous) {
                    return Err(StoreError::Damaged);
                }
                (at, head) = (now.position, Some(now));
                if visit(piece.stretch()).is_break() {
                    return Ok(at);
                }
            }
        }
    }

    /// The commit that holds `position`.
    pub(in crate::log) fn commit_at(
        &self,
        organisation: OrganisationId,
        position: Position,
    ) -> Result<Option<Line>, StoreError> {
        let Some(before) = position.0.checked_sub(1) else {
            return Ok(None);
        };
        guarded(|| {
            self.allowed(organisation)?;
            let _sealing = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
            let mut found = None;
            if let Some(chunk) = self.chunk_with(organisation, position.0)?
                && chunk.header.last > before
            {
                let lines = self.lines_in(&chunk)?;
                found = lines.into_iter().find(|line| line.last() >= position);
            } else {
                record::scan(&*self.tree, TAIL, organisation, 0, &mut |_, bytes| {
                    let line = Line::parse(bytes).map_err(|_| StoreError::Damaged)?;
                    if line.last() < position {
                        return Ok(ControlFlow::Continue(()));
                    }
                    found = (line.first() <= position).then_some(line);
                    Ok(ControlFlow::Break(()))
                })?;
            }
            Ok(found)
        })
    }

    /// Every organisation with a commit.
    pub(in crate::log) fn organisations(&self) -> Result<Vec<OrganisationId>, StoreError> {
        guarded(|| {
            let _sealing = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
            let mut found = std::collections::BTreeSet::new();
            for kind in [TAIL, PACKED, REFUSED] {
                let mut from = vec![kind];
                loop {
                    let mut next = None;
                    self.tree.scan(&from, &[kind + 1], &mut |key, _| {
                        next = record::organisation(key);
                        ControlFlow::Break(())
                    })?;
                    let Some(organisation) = next else { break };
                    found.insert(organisation);
                    from = record::key(kind, organisation, u64::MAX);
                    from.extend_from_slice(&[0xff; 3]);
                }
            }
            Ok(found.into_iter().collect())
        })
    }

    /// All of the directory, in the order of its keys.
    pub(in crate::log) fn directory(&self) -> Result<Vec<DirectoryEntry>, StoreError> {
        guarded(|| {
            let (mut entries, mut outcome) = (Vec::new(), Ok(()));
            self.tree.scan(
                &[DIRECTORY],
                &[DIRECTORY + 1],
                &mut |key, value| match entry(key, value) {
                    Ok(entry) => {
                        entries.push(entry);
                        ControlFlow::Continue(())
                    }
                    Err(error) => {
                        outcome = Err(error);
                        ControlFlow::Break(())
                    }
                },
            )?;
            outcome.map(|()| entries)
        })
    }

    /// The next pieces from position `next` on; none at the end.
    fn window(
        &self,
        organisation: OrganisationId,
        next: u64,
        packed: bool,
    ) -> Result<Vec<Piece>, StoreError> {
        let _sealing = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
        let (mut pieces, mut bytes, mut next) = (Vec::new(), 0, next);
        if let Some(chunk) = self.chunk_with(organisation, next)?
            && chunk.header.last >= next
            && (chunk.first < next || !packed)
        {
            for line in self.lines_in(&chunk)? {
                if line.first().0 >= next {
                    pieces.push(Piece::Line(line));
                }
            }
            return Ok(pieces);
        }
        if packed {
            let mut unpacked = false;
            record::scan(
                &*self.tree,
                PACKED,
                organisation,
                next,
                &mut |first, record| {
                    let (header, place) = ChunkHeader::read(record)?;
                    let key = record::key(PACKED, organisation, first);
                    let body = record::body(&*self.tree, Form::Packed, &key, place)?;
                    if body.is_empty() {
                        unpacked = true;
                        return Ok(ControlFlow::Break(()));
                    }
                    bytes += body.len();
                    next = header.last + 1;
                    pieces.push(Piece::Packed {
                        first,
                        header,
                        bytes: body,
                    });
                    Ok(if bytes < WINDOW_BYTES {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    })
                },
            )?;
            if !pieces.is_empty() {
                return Ok(pieces);
            }
            if unpacked {
                return self.lines_of_chunk(organisation, next);
            }
        }
        record::scan(&*self.tree, TAIL, organisation, next, &mut |_, record| {
            bytes += record.len();
            pieces.push(Piece::Line(
                Line::parse(record).map_err(|_| StoreError::Damaged)?,
            ));
            Ok(if bytes < WINDOW_BYTES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
        Ok(pieces)
    }

    fn lines_of_chunk(
        &self,
        organisation: OrganisationId,
        at: u64,
    ) -> Result<Vec<Piece>, StoreError> {
        let chunk = self.chunk_with(organisation, at)?;
        let lines = self.lines_in(&chunk.ok_or(StoreError::Damaged)?)?;
        Ok(lines.into_iter().map(Piece::Line).collect())
    }

    /// The exact lines of a chunk.
    fn lines_in(&self, chunk: &Chunk) -> Result<Vec<Line>, StoreError> {
        let key = record::key(CHUNK, chunk.organisation, chunk.first);
        let body = record::body(&*self.tree, Form::Lines, &key, &chunk.place)?;
        record::chunk_lines(&chunk.header, &body)
    }

    /// The last chunk that begins at `position` or before.
    fn chunk_with(
        &self,
        organisation: OrganisationId,
        position: u64,
    ) -> Result<Option<Chunk>, StoreError> {
        let from = record::key(CHUNK, organisation, 0);
        let mut to = record::key(CHUNK, organisation, position);
        to.extend_from_slice(&[0xff; 3]);
        let Some(last) = self.tree.last(&from, &to)? else {
            return Ok(None);
        };
        let first = last.get(17..25).ok_or(StoreError::Damaged)?;
        let first = u64::from_be_bytes(first.try_into().expect("eight bytes are eight bytes"));
        let mut found = None;
        record::scan(
            &*self.tree,
            CHUNK,
            organisation,
            first,
            &mut |first, record| {
                let (header, place) = ChunkHeader::read(record)?;
                found = Some(Chunk {
                    organisation,
                    first,
                    header,
                    place: place.to_vec(),
                });
                Ok(ControlFlow::Break(()))
            },
        )?;
        Ok(found)
    }
}

impl Piece {
    /// First position, hash before, head behind.
    fn ends(&self) -> (u64, crate::log::line::Hash, Head) {
        match self {
            Self::Packed { first, header, .. } => (*first, header.previous, header.head()),
            Self::Line(line) => (line.first().0, line.header().previous, line.head()),
        }
    }

    fn stretch(&self) -> Stretch<'_> {
        match self {
            Self::Packed {
                first,
                header,
                bytes,
            } => Stretch::Packed {
                first: Position(*first),
                head: header.head(),
                bytes,
            },
            Self::Line(line) => Stretch::Line(line),
        }
    }
}

fn entry(key: &[u8], value: &[u8]) -> Result<DirectoryEntry, StoreError> {
    let (_, bytes) = record::open(key, value)?;
    let (id, value) = bytes.split_first_chunk::<16>().ok_or(StoreError::Damaged)?;
    Ok(DirectoryEntry {
        key: key[1..].to_vec(),
        organisation: OrganisationId::new(uuid::Uuid::from_bytes(*id)),
        value: value.to_vec(),
    })
}
