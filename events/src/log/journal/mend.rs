//! Putting back from the store what the journal lost, hash for hash.
//!
//! Whole batches stay as they are. Between them, what is missing in an organisation's chain is taken from the store, or
//! from lines that are still right themselves, and takes the numbers of the batches that were lost; the batches' CRCs
//! are made anew. Batches that the store had not seen can't be put back: then nothing is changed.

use super::scan::{self, Found, Scan};
use super::{Damage, JournalError, Place, batch, file_name, file_path};
use crate::log::disk::{Disk, Open, read_upto, replace};
use crate::log::end::EndMark;
use crate::log::line::{self, Head, Header, Line, Position};
use crate::log::store::Store;
use crate::values::OrganisationId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

/// A piece of the journal.
struct Item {
    file: u32,
    offset: u64,
    kind: Kind,
}

enum Kind {
    /// A whole batch: where it ends.
    Good { end: u64 },
    /// Anything else: the numbers it lost, and the lines to put there.
    Bad {
        numbers: RangeInclusive<u64>,
        lines: Vec<Line>,
    },
}

/// What a reading of all files found.
#[derive(Default)]
struct Survey {
    items: Vec<Item>,
    /// Files that must be written anew.
    bad_files: BTreeSet<u32>,
    /// Lines that are right in themselves, outside any whole batch.
    loose: BTreeMap<(OrganisationId, Position), Line>,
    /// Headers of the lines in whole batches, by item.
    headers: Vec<(usize, Header)>,
    next: u64,
}

/// A stretch of one organisation's log that no whole batch holds: behind `head`, up to `last`.
struct Missing {
    organisation: OrganisationId,
    head: Head,
    last: Position,
    /// The items it lies between.
    between: (Option<usize>, usize),
}

/// Mends the journal from a store that had followed it up to `cursor`; `damage` is what was found first.
pub(in crate::log) fn mend(
    disk: &dyn Disk,
    folder: &Path,
    store: &Store,
    cursor: Place,
    damage: Damage,
) -> Result<Vec<Damage>, JournalError> {
    let mark = EndMark::read(disk, folder)?.unwrap_or_default();
    let claimed = mark.batch.max(cursor.batch);
    let mut survey = survey(disk, folder, claimed)?;
    for missing in survey.missing(store).map_err(|_| damage.clone())? {
        survey.put_back(store, &missing)?;
    }
    let mut restored = Vec::new();
    for item in &survey.items {
        if let Kind::Bad { numbers, lines } = &item.kind {
            if numbers.is_empty() && lines.is_empty() {
                continue;
            }
            if numbers.is_empty() || *numbers.end() > cursor.batch {
                return Err(item.damage().into());
            }
            restored.push(item.damage());
        }
    }
    for number in survey.bad_files.clone() {
        survey.write(disk, folder, number)?;
    }
    let last = last_place(disk, folder, &damage)?;
    if last.batch < claimed {
        return Err(damage.into());
    }
    EndMark::create(disk, folder, &last)?;
    if restored.is_empty() {
        restored.push(damage);
    }
    Ok(restored)
}

impl Item {
    fn damage(&self) -> Damage {
        let lines = match &self.kind {
            Kind::Good { .. } => None,
            Kind::Bad { lines, .. } => lines.first(),
        };
        Damage {
            file: file_name(self.file),
            offset: self.offset,
            organisation: lines.map(Line::organisation),
            position: lines.map(Line::first),
        }
    }
}

/// Reads all files, whole batches and what lies between them.
fn survey(disk: &dyn Disk, folder: &Path, claimed: u64) -> io::Result<Survey> {
    let mut survey = Survey {
        next: 1,
        ..Survey::default()
    };
    let names = disk.list(&folder.join("journal"))?;
    let numbers = names
        .iter()
        .filter_map(|name| name.strip_suffix(".ndjson")?.parse::<u32>().ok());
    let files = numbers.max().unwrap_or(1);
    for number in 1..=files {
        match disk.open(&file_path(folder, number), Open::Read) {
            Ok(file) => {
                let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
                survey.read(number, &read_upto(&*file, 0, len)?);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => survey.bad(number, 0),
            Err(error) => return Err(error),
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
    Ok(survey)
}

impl Survey {
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
        let body = bytes[start..end]
            .splitn(2, |&byte| byte == b'\n')
            .nth(1)
            .unwrap_or_default();
        let index = self.items.len();
        let rows = body
            .split(|&byte| byte == b'\n')
            .filter(|row| !row.is_empty());
        // A batch is right, so its lines are what was written; a wrong one shows when the store is made again.
        self.headers.extend(
            rows.filter_map(|row| line::check(row).ok())
                .map(|header| (index, header)),
        );
        let kind = Kind::Good { end: end as u64 };
        self.items.push(Item {
            file,
            offset: start as u64,
            kind,
        });
        self.next = number + 1;
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
                lines: Vec::new(),
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

    /// What the whole batches lack of each organisation's log.
    fn missing(&self, store: &Store) -> Result<Vec<Missing>, crate::log::store::StoreError> {
        let mut heads: HashMap<OrganisationId, (Head, usize)> = HashMap::new();
        let mut missing = Vec::new();
        for (index, header) in &self.headers {
            let organisation = header.organisation;
            let before = heads.get(&organisation).copied();
            let head = before.map(|(head, _)| head).unwrap_or_default();
            if header.first.0 > head.position.0 + 1 {
                let between = (before.map(|(_, index)| index), *index);
                let last = Position(header.first.0 - 1);
                missing.push(Missing {
                    organisation,
                    head,
                    last,
                    between,
                });
            }
            let now = Head {
                position: header.last(),
                hash: header.hash,
            };
            heads.insert(organisation, (now, *index));
        }
        for organisation in store.organisations()? {
            let last = store.head(organisation)?.position;
            let before = heads.get(&organisation).copied();
            let head = before.map(|(head, _)| head).unwrap_or_default();
            if last > head.position {
                let between = (before.map(|(_, index)| index), self.items.len());
                missing.push(Missing {
                    organisation,
                    head,
                    last,
                    between,
                });
            }
        }
        Ok(missing)
    }

    /// Puts lines at the bad place they were lost at.
    fn put_back(&mut self, store: &Store, missing: &Missing) -> Result<(), JournalError> {
        let after = missing.between.0.map_or(0, |index| index + 1);
        let places = self.items[after..missing.between.1].iter_mut().rev();
        let place = places
            .into_iter()
            .find(|item| matches!(item.kind, Kind::Bad { .. }));
        let refused = |at: Option<&Item>| Damage {
            organisation: Some(missing.organisation),
            position: Some(Position(missing.head.position.0 + 1)),
            ..at.map_or(Place::default().bad(), Item::damage)
        };
        let Some(item) = place else {
            return Err(refused(None).into());
        };
        let found = missing
            .lines(store, &self.loose)
            .ok_or_else(|| refused(Some(item)))?;
        if let Kind::Bad { lines, .. } = &mut item.kind {
            lines.extend(found);
        }
        Ok(())
    }

    /// Writes a file anew: copy, sync, rename.
    fn write(&self, disk: &dyn Disk, folder: &Path, number: u32) -> io::Result<()> {
        let path = file_path(folder, number);
        let old = match disk.open(&path, Open::Read) {
            Ok(file) => read_upto(
                &*file,
                0,
                usize::try_from(file.len()?).map_err(io::Error::other)?,
            )?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut bytes = scan::file_header(number).into_bytes();
        let mut one = Vec::new();
        for item in self.items.iter().filter(|item| item.file == number) {
            match &item.kind {
                Kind::Good { end } => {
                    bytes.extend_from_slice(&old[item.offset as usize..*end as usize]);
                }
                Kind::Bad { numbers, lines } => {
                    for (index, number) in numbers.clone().enumerate() {
                        batch::encode(&mut one, number, if index == 0 { lines } else { &[] });
                        bytes.extend_from_slice(&one);
                    }
                }
            }
        }
        replace(disk, &path, &bytes)
    }
}

impl Missing {
    /// All of its lines, in order, or nothing.
    fn lines(
        &self,
        store: &Store,
        loose: &BTreeMap<(OrganisationId, Position), Line>,
    ) -> Option<Vec<Line>> {
        let mut lines: Vec<Line> = Vec::new();
        let mut head = self.head;
        let read = store.replay(self.organisation, head.position, false, &mut |stretch| {
            if let crate::log::store::Stretch::Line(line) = stretch
                && line.last() <= self.last
                && line.header().follows(&head)
            {
                head = line.head();
                lines.push(line.clone());
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the store helps no further");
        }
        while head.position < self.last {
            let line = loose.get(&(self.organisation, Position(head.position.0 + 1)))?;
            if !line.header().follows(&head) {
                return None;
            }
            head = line.head();
            lines.push(line.clone());
        }
        Some(lines)
    }
}

/// Number and end of the whole batch that begins at `at`.
fn whole_batch(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let header = batch::header(&bytes[at..])?;
    let end = usize::try_from(header.bytes)
        .ok()?
        .checked_add(at + header.len)?;
    let whole = bytes.get(at..end)?;
    let (text, body) = whole.split_at(header.len);
    batch::matches(&header, text, body).then_some((header.number, end))
}

/// The last batch of a journal that must be whole from its beginning on.
fn last_place(disk: &dyn Disk, folder: &Path, damage: &Damage) -> Result<Place, JournalError> {
    let mut last = Place::default();
    let mut scan = Scan::at_file(disk, folder, 1, 1)?.ok_or_else(|| damage.clone())?;
    loop {
        match scan.step()? {
            Found::Batch(place) => last = place,
            Found::End => return Ok(last),
            Found::Broken => return Err(damage.clone().into()),
        }
    }
}
