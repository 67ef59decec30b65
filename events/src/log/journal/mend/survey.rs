//! Reading all of a damaged journal: what is whole, what lies between, and what each organisation's log lacks.

use super::super::lost::Lost;
use super::super::scan::{self, BATCH_BYTES_LIMIT, FILE_BYTES_LIMIT};
use super::super::{Damage, batch, file_name, file_numbers, file_path};
use crate::log::disk::{Disk, Open, read_upto};
use crate::log::line::{self, Head, Header, Line, Position};
use crate::log::store::{Store, StoreError, Stretch};
use crate::values::OrganisationId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

/// A piece of the journal.
pub(super) struct Item {
    pub(super) file: u32,
    pub(super) offset: u64,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// Whole batches, one behind the other: where the last ends.
    Good { end: u64 },
    /// Anything else: the numbers it lost, and what of whose log is to be put there.
    Bad {
        numbers: RangeInclusive<u64>,
        missing: Vec<Missing>,
    },
}

/// A stretch of one organisation's log that no whole batch holds: behind `head`, up to `last`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missing {
    pub(super) organisation: OrganisationId,
    head: Head,
    last: Position,
    /// The item its last commit before stands in.
    behind: Option<usize>,
    /// The item its next commit stands in, or the number of items.
    before: usize,
    /// Whether a copy has it; else it is lost.
    pub(super) found: bool,
}

/// What a reading of all files found.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) items: Vec<Item>,
    /// Files that must be written anew.
    pub(super) bad_files: BTreeSet<u32>,
    /// The last file.
    pub(super) files: u32,
    /// Lines that are right in themselves, outside any whole batch.
    pub(super) loose: BTreeMap<(OrganisationId, Position), Line>,
    missing: Vec<Missing>,
    /// Places between whole batches where a log does not go on, which no bad place explains.
    pub(super) gaps: Vec<Damage>,
    heads: HashMap<OrganisationId, (Head, usize)>,
    /// Organisations of which something was lost before.
    lost: BTreeSet<OrganisationId>,
    /// What the store says of each log's end, as long as no line was met that made it.
    unmet: BTreeMap<OrganisationId, Head>,
    /// Organisations whose end the store can't tell.
    untold: BTreeSet<OrganisationId>,
    next: u64,
}

impl Item {
    /// This piece as a bad place.
    pub(super) fn damage(&self) -> Damage {
        let first = match &self.kind {
            Kind::Good { .. } => None,
            Kind::Bad { missing, .. } => missing.first(),
        };
        Damage {
            file: file_name(self.file),
            offset: self.offset,
            organisation: first.map(|missing| missing.organisation),
            position: first.map(|missing| missing.lost().first),
        }
    }
}

impl Survey {
    /// Reads all files, whole batches and what lies between them, up to the batch `claimed` at least.
    pub(super) fn of(
        disk: &dyn Disk,
        folder: &Path,
        store: &Store,
        claimed: u64,
    ) -> Result<Self, SurveyError> {
        let files = file_numbers(disk, folder)?.last().copied().unwrap_or(1);
        let mut survey = Self {
            next: 1,
            files,
            ..Self::default()
        };
        for organisation in store.organisations()? {
            match store.head(organisation) {
                Ok(head) => {
                    survey.unmet.insert(organisation, head);
                }
                Err(error) => {
                    tracing::warn!(%organisation, %error, "the store can't tell a log's end");
                    survey.untold.insert(organisation);
                }
            }
        }
        for number in 1..=files {
            match disk.open(&file_path(folder, number), Open::Read) {
                Ok(file) => {
                    let len = file.len()?;
                    if len > FILE_BYTES_LIMIT {
                        survey.bad_files.insert(number);
                    }
                    let bytes = read_upto(&*file, 0, len.min(FILE_BYTES_LIMIT) as usize)?;
                    survey.read(number, &bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => survey.bad(number, 0),
                Err(error) => return Err(error.into()),
            }
        }
        if survey.next <= claimed {
            let end = survey.items.last().map_or(0, |item| match item.kind {
                Kind::Good { end } if item.file == files => end,
                Kind::Good { .. } | Kind::Bad { .. } => 0,
            });
            survey.bad(files, end);
            survey.close_gap(claimed + 1);
        }
        survey.miss_ends();
        Ok(survey)
    }

    fn read(&mut self, file: u32, bytes: &[u8]) {
        let header = scan::file_header(file);
        let mut at = header.len();
        if !bytes.starts_with(header.as_bytes()) {
            self.bad_files.insert(file);
            at = 0;
        }
        while let Some(&byte) = bytes.get(at) {
            if let Some((number, end)) = whole_batch(bytes, at).filter(|found| found.0 >= self.next)
            {
                if number > self.next {
                    self.bad(file, at as u64);
                    self.close_gap(number);
                }
                self.good(file, at, end, number, bytes);
                at = end;
            } else if byte == 0 && bytes[at..].iter().all(|&byte| byte == 0) {
                return;
            } else {
                self.bad(file, at as u64);
                let end = bytes[at..].iter().position(|&byte| byte == b'\n');
                let end = end.map_or(bytes.len(), |len| at + len);
                if let Ok(line) = Line::parse(&bytes[at..end]) {
                    self.loose.insert((line.organisation(), line.first()), line);
                }
                at = end + 1;
            }
        }
    }

    fn good(&mut self, file: u32, start: usize, end: usize, number: u64, bytes: &[u8]) {
        let (start, end) = (start as u64, end as u64);
        match self.items.last_mut() {
            Some(Item {
                file: its,
                kind: Kind::Good { end: before },
                ..
            }) if *its == file && *before == start => *before = end,
            _ => self.items.push(Item {
                file,
                offset: start,
                kind: Kind::Good { end },
            }),
        }
        let rows = bytes[start as usize..end as usize].split(|&byte| byte == b'\n');
        for row in rows.skip(1).filter(|row| !row.is_empty()) {
            if let Ok(header) = line::check(row) {
                self.meet(&header);
            } else if let Some(lost) = Lost::parse(row) {
                self.lost.insert(lost.organisation);
            }
        }
        self.next = number + 1;
    }

    /// Takes in a line of a whole batch. A wrong one shows when the store is made again.
    fn meet(&mut self, header: &Header) {
        let organisation = header.organisation;
        let index = self.items.len() - 1;
        let before = self.heads.get(&organisation).copied();
        let head = before.map(|(head, _)| head).unwrap_or_default();
        if header.first.0 > head.position.0 + 1 && !self.lost.contains(&organisation) {
            self.missing.push(Missing {
                organisation,
                head,
                last: Position(header.first.0 - 1),
                behind: before.map(|(_, index)| index),
                before: index,
                found: false,
            });
        }
        let now = Head {
            position: header.last(),
            hash: header.hash,
        };
        self.heads.insert(organisation, (now, index));
        if self.unmet.get(&organisation) == Some(&now) {
            self.unmet.remove(&organisation);
        }
    }

    /// What the journal lacks of each log's end.
    fn miss_ends(&mut self) {
        let lacks_batches =
            |item: &Item| matches!(&item.kind, Kind::Bad { numbers, .. } if !numbers.is_empty());
        let last_bad = self.items.iter().rposition(lacks_batches);
        let told = self.unmet.iter().map(|(whose, head)| (*whose, Some(*head)));
        let untold = self.untold.iter().map(|whose| (*whose, None));
        for (organisation, end) in told.chain(untold).collect::<Vec<_>>() {
            if self.lost.contains(&organisation) {
                self.unmet.remove(&organisation);
                continue;
            }
            let before = self.heads.get(&organisation).copied();
            let head = before.map(|(head, _)| head).unwrap_or_default();
            let behind = before.map(|(_, index)| index);
            let lacks = match end {
                Some(end) => end.position > head.position,
                // Nobody knows whether something of it was there: where that can be, it is taken for lost.
                None => last_bad.is_some() && last_bad >= behind,
            };
            if lacks {
                self.unmet.remove(&organisation);
                self.missing.push(Missing {
                    organisation,
                    head,
                    last: end.map_or(Position(head.position.0 + 1), |end| end.position),
                    behind,
                    before: self.items.len(),
                    found: false,
                });
            }
        }
    }

    /// An organisation of which journal and store hold different histories.
    pub(super) fn forked(&self) -> Option<Damage> {
        let (organisation, head) = self.unmet.first_key_value()?;
        let index = self.heads.get(organisation).map_or(0, |(_, index)| *index);
        Some(Damage {
            organisation: Some(*organisation),
            position: Some(head.position),
            ..self.items.get(index)?.damage()
        })
    }

    /// Deals what is missing out to the bad places where it was lost, looking for each in the store and among the loose
    /// lines; an error where something is missing that no bad place explains, and the store has it.
    pub(super) fn place(&mut self, store: &Store) -> Result<(), Damage> {
        for mut missing in std::mem::take(&mut self.missing) {
            missing.found = !self.untold.contains(&missing.organisation)
                && missing
                    .each(store, &self.loose, &mut |_| Ok(()))
                    .unwrap_or(false);
            let after = missing.behind.unwrap_or(0);
            let mut places = self.items[after..missing.before].iter_mut().rev();
            let place = places.find_map(|item| match &mut item.kind {
                Kind::Bad { numbers, missing } if !numbers.is_empty() => Some(missing),
                Kind::Bad { .. } | Kind::Good { .. } => None,
            });
            if let Some(place) = place {
                place.push(missing);
                continue;
            }
            let gap = self.items.get(missing.before);
            let damage = Damage {
                organisation: Some(missing.organisation),
                position: Some(missing.lost().first),
                ..gap
                    .or(self.items.last())
                    .map_or_else(bad_beginning, Item::damage)
            };
            // What the store alone has must not be dropped with it.
            if gap.is_none() || missing.found {
                return Err(damage);
            }
            self.gaps.push(damage);
        }
        Ok(())
    }

    /// Notes a bad place; one behind another is the same.
    fn bad(&mut self, file: u32, offset: u64) {
        self.bad_files.insert(file);
        if !matches!(
            self.items.last(),
            Some(Item {
                kind: Kind::Bad { .. },
                ..
            })
        ) {
            let kind = Kind::Bad {
                numbers: RangeInclusive::new(1, 0),
                missing: Vec::new(),
            };
            self.items.push(Item { file, offset, kind });
        }
    }

    /// The last bad place lost the batches up to the one before `number`.
    fn close_gap(&mut self, number: u64) {
        if let Some(Item {
            kind: Kind::Bad { numbers, .. },
            ..
        }) = self.items.last_mut()
        {
            *numbers = self.next..=number - 1;
        }
        self.next = number;
    }
}

impl Missing {
    /// What is said of it where it is lost.
    pub(super) fn lost(&self) -> Lost {
        Lost {
            organisation: self.organisation,
            first: Position(self.head.position.0 + 1),
            last: self.last,
        }
    }

    /// Shows `visit` its lines in order, from the store, then from the loose ones; whether they are all there.
    pub(super) fn each(
        &self,
        store: &Store,
        loose: &BTreeMap<(OrganisationId, Position), Line>,
        visit: &mut dyn FnMut(&Line) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut head = self.head;
        let mut visited = Ok(());
        let read = store.replay(self.organisation, head.position, false, &mut |stretch| {
            if let Stretch::Line(line) = stretch
                && line.last() <= self.last
                && line.header().follows(&head)
            {
                head = line.head();
                visited = visit(line);
                if visited.is_ok() {
                    return ControlFlow::Continue(());
                }
            }
            ControlFlow::Break(())
        });
        visited?;
        if let Err(error) = read {
            tracing::warn!(organisation = %self.organisation, %error, "the store helps no further");
        }
        while head.position < self.last {
            let next = (self.organisation, Position(head.position.0 + 1));
            match loose.get(&next) {
                Some(line) if line.header().follows(&head) => {
                    head = line.head();
                    visit(line)?;
                }
                Some(_) | None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Why nothing can be said of what the journal lacks.
#[derive(Debug)]
pub(super) enum SurveyError {
    /// The disk failed.
    Disk(io::Error),
    /// The store can't say whose logs it holds.
    Store,
}

impl From<io::Error> for SurveyError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<StoreError> for SurveyError {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}

fn bad_beginning() -> Damage {
    Damage {
        file: file_name(1),
        offset: 0,
        organisation: None,
        position: None,
    }
}

/// Number and end of the whole batch that begins at `at`.
fn whole_batch(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let header = batch::header(&bytes[at..])?;
    if header.bytes > BATCH_BYTES_LIMIT {
        return None;
    }
    let end = usize::try_from(header.bytes)
        .ok()?
        .checked_add(at + header.len)?;
    let whole = bytes.get(at..end)?;
    let (text, body) = whole.split_at(header.len);
    batch::matches(&header, text, body).then_some((header.number, end))
}
