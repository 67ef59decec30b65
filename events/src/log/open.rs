//! Opening the log: whatever the last run left, it ends with a sound journal and a store that has caught up, or says why not.

use super::disk::{Disk, Open, RealDisk, Space};
use super::follower::Follower;
use super::heads::Heads;
use super::journal::{
    self, AppendError, Damage, FileJournal, JournalError, JournalReader, Mended, Opened, Place,
    Sizes,
};
use super::line::Head;
use super::pace::SimulatedPace;
use super::reader::Shared;
use super::store::{Derive, Directory, MemoryTree, Pack, Store, StoreError, folder};
use super::{EventLog, LOW_WATER_BYTES, low_water};
use crate::values::OrganisationId;
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

mod catch_up;

/// What a log is opened with.
#[derive(Clone)]
pub struct Config {
    /// The data folder.
    pub folder: PathBuf,
    /// Makes the typed form of a sealed chunk.
    pub pack: Pack,
    /// Derives the directory.
    pub directory: Directory,
    /// Bytes kept back, so that a full disk still lets the log open; 0: none.
    pub reserve_bytes: u64,
    /// Where files are kept.
    #[doc(hidden)]
    pub disk: Arc<dyn Disk>,
    /// Stands in for sled in simulations; then nothing is locked.
    #[doc(hidden)]
    pub memory: Option<MemoryTree>,
    /// How large the journal's files are.
    #[doc(hidden)]
    pub sizes: Sizes,
    /// Stands in for the store's thread in simulations.
    #[doc(hidden)]
    pub pace: Option<SimulatedPace>,
}

impl Config {
    /// A log in a folder of the operating system.
    pub fn new(folder: impl Into<PathBuf>, pack: Pack, directory: Directory) -> Self {
        Self {
            folder: folder.into(),
            pack,
            directory,
            reserve_bytes: LOW_WATER_BYTES,
            disk: Arc::new(RealDisk),
            memory: None,
            sizes: Sizes::default(),
            pace: None,
        }
    }
}

/// Why a log does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the folder.
    #[error("another process holds the folder")]
    Locked,
    /// The disk failed.
    #[error("the data folder can't be read or written")]
    Disk(#[from] io::Error),
    /// The journal is damaged where the store can't help.
    #[error("the journal is damaged, and no store can help: {0}")]
    Damage(Damage),
    /// No store could be made.
    #[error("no store could be made")]
    Store(#[from] StoreError),
}

impl From<JournalError> for OpenError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Disk(error) => Self::Disk(error),
            JournalError::Damage(damage) => Self::Damage(damage),
            JournalError::Cursor => Self::Store(StoreError::Damaged),
        }
    }
}

/// Progress of long work: batches done and to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Batches done.
    pub done: u64,
    /// Batches in all.
    pub total: u64,
}

/// What was found at start, and mended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// A batch nobody was told of was cut off here.
    pub torn: Option<Damage>,
    /// The end mark was missing or unreadable.
    pub end_mark_made: bool,
    /// The store was made from the journal, for this reason.
    pub store_rebuilt: Option<String>,
    /// Batches the store was behind.
    pub caught_up: u64,
    /// Places of the journal put back from the store, hash for hash.
    pub restored: Vec<Damage>,
    /// Organisations that are refused, and from where on neither copy has their commits. Nothing else is less.
    pub refused: Vec<Damage>,
}

impl EventLog {
    /// Opens the log of a folder, making it where there is none. `progress` hears of long work.
    pub fn open(
        config: Config,
        progress: &mut dyn FnMut(Step),
    ) -> Result<(Self, Recovery), OpenError> {
        open(config, false, progress)
    }
}

/// Makes the store anew from the journal, mending the journal from the old store first. Returns what was found.
pub fn rebuild(config: Config, progress: &mut dyn FnMut(Step)) -> Result<Recovery, OpenError> {
    open(config, true, progress).map(|(_, recovery)| recovery)
}

fn open(
    config: Config,
    anew: bool,
    progress: &mut dyn FnMut(Step),
) -> Result<(EventLog, Recovery), OpenError> {
    config.disk.make_dir(&config.folder)?;
    let lock = if config.memory.is_none() {
        Some(lock(&config.folder)?)
    } else {
        None
    };
    reserve(&config)?;
    let mut recovery = Recovery::default();
    let mut store = find_store(&config, &mut recovery);
    let cell: Arc<OnceLock<Arc<Store>>> = Arc::new(OnceLock::new());
    let heads = cold_heads(&cell);
    let mut gaps = false;
    let (opened, store) = loop {
        let opened = open_journal(&config, &mut store, &heads, anew, &mut recovery)?;
        recovery.torn = opened.torn.clone().or(recovery.torn);
        recovery.end_mark_made |= opened.mark_made;
        let mut witness = store.take();
        let keep = !anew && recovery.restored.is_empty();
        match catch_up::bring_up(
            &config,
            (&mut witness, keep),
            (opened.last, gaps),
            &mut recovery,
            progress,
        ) {
            Ok(made) => break (opened, made),
            // Deep in the journal, where a start does not look while the store is sound.
            Err(OpenError::Damage(damage)) if !gaps => {
                gaps = true;
                store = witness.or_else(|| leftover(&config));
                // Where a log only does not go on it is known whose, and without a store there is nothing more to do.
                if store.is_some() || damage.organisation.is_none() {
                    put_back(&config, &mut store, damage, &mut recovery)?;
                }
            }
            Err(error) => return Err(error),
        }
    };
    let journal = opened.journal;
    cell.get_or_init(|| Arc::clone(&store));
    let given_up = config.folder.clone();
    let on_disk = config.memory.is_none();
    let give_up: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        if on_disk && let Err(error) = folder::give_up(&given_up) {
            tracing::error!(%error, "the store can't be given up");
        }
    });
    let follower = Follower::start(
        Arc::clone(&store),
        journal.mark_file(),
        opened.last.batch,
        Arc::clone(&give_up),
        config.pace.clone(),
    )?;
    let shared = Arc::new(Shared {
        store,
        heads: Arc::clone(journal.heads()),
        progress: Arc::clone(follower.progress()),
        sync_micros: AtomicU64::new(0),
        appended_bytes: AtomicU64::new(0),
        give_up,
    });
    let (disk, folder) = (config.disk, config.folder);
    Ok((
        EventLog {
            journal,
            follower,
            shared,
            disk,
            folder,
            _lock: lock,
        },
        recovery,
    ))
}

/// Heads of organisations that were not met yet come from the store, once there is one.
fn cold_heads(cell: &Arc<OnceLock<Arc<Store>>>) -> Arc<Heads> {
    let cell = Arc::clone(cell);
    Heads::new(Box::new(move |organisation| {
        let store = cell.get().ok_or(AppendError::Unknown)?;
        store.head(organisation).map_err(|error| {
            tracing::error!(%error, "a head can't be read");
            AppendError::Damaged(organisation)
        })
    }))
}

/// A store, and how far it followed the journal.
type Witness = (Arc<Store>, Place);

/// The store that is ready, with how far it is; none where it has to be made.
fn find_store(config: &Config, recovery: &mut Recovery) -> Option<Witness> {
    let derive = derive(config);
    let opened = match &config.memory {
        Some(tree) => Ok(Some(Store::in_memory(tree, derive))),
        None => folder::open(&config.folder, derive),
    };
    let found = opened.and_then(|store| store.map(with_place).transpose());
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "the store does not open and is made again");
        recovery.store_rebuilt = Some(error.to_string());
        None
    })
}

/// A store that is not ready any more, or not yet: what it has may still mend the journal, since every line tells
/// whether it is right.
fn leftover(config: &Config) -> Option<Witness> {
    if config.memory.is_some() {
        return None;
    }
    let found = folder::leftovers(&config.folder, derive(config));
    let places = found.into_iter().filter_map(|store| with_place(store).ok());
    places.max_by_key(|(_, place)| place.batch)
}

fn with_place(store: Arc<Store>) -> Result<Witness, StoreError> {
    let place = Place::of(&store.cursor()?).map_err(|_| StoreError::Damaged)?;
    Ok((store, place.unwrap_or_default()))
}

/// Opens the journal; where that is damaged it is put back from `store`, or a leftover one, which is then dropped.
fn open_journal(
    config: &Config,
    store: &mut Option<Witness>,
    heads: &Arc<Heads>,
    anew: bool,
    recovery: &mut Recovery,
) -> Result<Opened, OpenError> {
    let open = |cursor| {
        FileJournal::open(
            Arc::clone(&config.disk),
            &config.folder,
            cursor,
            Arc::clone(heads),
            config.sizes,
        )
    };
    let cursor = store.as_ref().map(|(_, cursor)| *cursor);
    let opened = open(cursor.filter(|place| place.batch > 0)).and_then(|opened| {
        if anew && store.is_some() && recovery.restored.is_empty() {
            check_all(config, opened.last)?;
        }
        Ok(opened)
    });
    match opened {
        Err(JournalError::Damage(damage)) if recovery.restored.is_empty() => {
            if store.is_none() {
                *store = leftover(config);
            }
            put_back(config, store, damage, recovery)?;
            Ok(open(None)?)
        }
        opened => Ok(opened?),
    }
}

/// Mends the journal from a store, which is then dropped: the new journal has batches it did not see.
fn put_back(
    config: &Config,
    store: &mut Option<Witness>,
    damage: Damage,
    recovery: &mut Recovery,
) -> Result<(), OpenError> {
    let Some((store, cursor)) = store.take() else {
        return Err(OpenError::Damage(damage));
    };
    tracing::warn!(%damage, "the journal is put back from the store");
    let witness = (&*store, cursor);
    let Mended { restored, lost } =
        journal::mend(&*config.disk, &config.folder, config.sizes, witness, damage)?;
    for damage in &lost {
        tracing::error!(%damage, "neither journal nor store has these commits");
    }
    recovery.restored = restored;
    recovery.store_rebuilt = Some("the journal was put back from it".to_owned());
    Ok(())
}

/// Checks every batch, line and chain of the journal: before an old store is dropped, it may have to mend it.
fn check_all(config: &Config, last: Place) -> Result<(), JournalError> {
    let reader = JournalReader::up_to(Arc::clone(&config.disk), &config.folder, last);
    let mut heads: HashMap<OrganisationId, Head> = HashMap::new();
    let mut lost = HashSet::new();
    reader.batches(None, &mut |place, rows| {
        lost.extend(rows.lost.iter().map(|lost| lost.organisation));
        for line in &rows.lines {
            let organisation = line.organisation();
            let head = heads.entry(organisation).or_default();
            if !line.header().follows(head) && !lost.contains(&organisation) {
                return Err(place.damage(organisation, *head).into());
            }
            *head = line.head();
        }
        Ok(())
    })
}

pub(super) fn derive(config: &Config) -> Derive {
    Derive {
        pack: config.pack,
        directory: config.directory,
    }
}

/// Takes a data folder for this process, for as long as the file is kept. One that just ended, or a child that one is
/// about to start, may hold it a moment longer.
pub fn lock(folder: &Path) -> Result<File, OpenError> {
    const ATTEMPTS: u32 = 25;
    const PATIENCE: Duration = Duration::from_millis(20);
    for _ in 1..ATTEMPTS {
        match try_lock(folder) {
            Err(OpenError::Locked) => std::thread::sleep(PATIENCE),
            locked => return locked,
        }
    }
    try_lock(folder)
}

/// Takes the folder, if nobody holds it just now.
pub(super) fn try_lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Gives the reserve up where sled could not open without it, and makes it again where there is room. It is as large as
/// the low-water mark, so that what giving it up frees does not let anybody write.
fn reserve(config: &Config) -> io::Result<()> {
    let path = config.folder.join("reserve");
    let Space { free, total } = config.disk.space(&config.folder)?;
    let wanted = config.reserve_bytes.min(low_water(total));
    if wanted == 0 {
        return Ok(());
    }
    let there = match config.disk.open(&path, Open::Read) {
        Ok(file) => file.len()? >= wanted,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    if there && free < wanted {
        return config.disk.remove(&path);
    }
    if !there && free >= 4 * wanted {
        match make_reserve(config, &path, wanted) {
            // Somebody else filled the disk meanwhile: a start needs room more than a reserve.
            Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                return match config.disk.remove(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    Ok(()) | Err(_) => Ok(()),
                };
            }
            made => made?,
        }
    }
    Ok(())
}

fn make_reserve(config: &Config, path: &Path, wanted: u64) -> io::Result<()> {
    let file = config.disk.open(path, Open::Create)?;
    let zeros = vec![0; 1 << 20];
    for at in (0..wanted).step_by(zeros.len()) {
        let len = zeros
            .len()
            .min(usize::try_from(wanted - at).unwrap_or(usize::MAX));
        file.write_at(&zeros[..len], at)?;
    }
    Ok(())
}
