//! What the applying thread remembers of tails, so that sealing one needs not read it from the tree again.

use crate::log::line::Line;
use crate::values::OrganisationId;
use std::collections::HashMap;

/// Lines remembered over all organisations: some megabytes.
const LINES_MAX: usize = 16_384;

/// Commits that are not sealed yet.
#[derive(Debug)]
pub(super) enum Tail {
    /// They themselves.
    Read(Vec<Line>),
    /// How many there are.
    Long(usize),
}

impl Tail {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Read(lines) => lines.len(),
            Self::Long(len) => *len,
        }
    }

    /// The same with more behind.
    pub(super) fn with(self, new: Vec<Line>) -> Self {
        match self {
            Self::Read(mut lines) => {
                lines.extend(new);
                Self::Read(lines)
            }
            Self::Long(len) => Self::Long(len + new.len()),
        }
    }
}

/// The tails of all organisations applied to since the start.
#[derive(Debug, Default)]
pub(super) struct Tails {
    tails: HashMap<OrganisationId, Tail>,
    lines: usize,
}

impl Tails {
    /// Takes one out; none where it was never kept.
    pub(super) fn take(&mut self, organisation: OrganisationId) -> Option<Tail> {
        let tail = self.tails.remove(&organisation)?;
        if let Tail::Read(lines) = &tail {
            self.lines -= lines.len();
        }
        Some(tail)
    }

    /// Keeps one. Where that is too much in all, of the others only how long they are.
    pub(super) fn keep(&mut self, organisation: OrganisationId, tail: Tail) {
        if let Tail::Read(lines) = &tail {
            self.lines += lines.len();
        }
        if self.lines > LINES_MAX {
            let kept = self.tails.values_mut();
            kept.for_each(|kept| *kept = Tail::Long(kept.len()));
            self.lines = match &tail {
                Tail::Read(lines) => lines.len(),
                Tail::Long(_) => 0,
            };
        }
        self.tails.insert(organisation, tail);
    }
}
