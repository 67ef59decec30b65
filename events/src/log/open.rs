//! Opening the log: whatever the last run left, it ends with a sound journal and a store that has caught up, or says why not.

use super::disk::{Disk, Open, RealDisk, Space};
use super::follower::Follower;
use super::heads::Heads;
use super::journal::{
    self, AppendError, Cursor, Damage, FileJournal, JournalError, JournalReader, Opened, Place,
    Sizes,
};
use super::line::{Head, Line};
use super::reader::Shared;
use super::store::{Derive, Directory, MemoryTree, Pack, Store, StoreError, folder};
use super::{EventLog, LOW_WATER_BYTES, low_water};
use crate::values::OrganisationId;
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

/// Commits given to the store at once while it catches up.
const CATCH_UP_COMMITS: usize = 4_096;

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
    #[error("{0}")]
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
    let store = find_store(&config, &mut recovery)?;
    let cell: Arc<OnceLock<Arc<Store>>> = Arc::new(OnceLock::new());
    let heads = cold_heads(&cell);
    let opened = open_journal(&config, store.as_ref(), &heads, anew, &mut recovery)?;
    recovery.torn = opened.torn;
    recovery.end_mark_made = opened.mark_made;
    let keep = !anew && recovery.restored.is_empty();
    let store = store.map(|(store, _)| store).filter(|_| keep);
    let store = bring_up(&config, store, opened.last, &mut recovery, progress)?;
    let journal = opened.journal;
    cell.get_or_init(|| Arc::clone(&store));
    let given_up = config.folder.clone();
    let on_disk = config.memory.is_none();
    let follower = Follower::start(
        Arc::clone(&store),
        journal.mark_file(),
        opened.last.batch,
        move || {
            if on_disk && let Err(error) = folder::give_up(&given_up) {
                tracing::error!(%error, "the store can't be given up");
            }
        },
    )?;
    let shared = Arc::new(Shared {
        store,
        heads: Arc::clone(journal.heads()),
        progress: Arc::clone(follower.progress()),
        sync_micros: AtomicU64::new(0),
        appended_bytes: AtomicU64::new(0),
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

/// The store that is ready, with how far it is; none where it has to be made.
fn find_store(
    config: &Config,
    recovery: &mut Recovery,
) -> Result<Option<(Arc<Store>, Place)>, OpenError> {
    let derive = derive(config);
    let opened = match &config.memory {
        Some(tree) => Ok(Some(Store::in_memory(tree, derive))),
        None => folder::open(&config.folder, derive),
    };
    let found = opened.and_then(|store| {
        let Some(store) = store else { return Ok(None) };
        let place = Place::of(&store.cursor()?).map_err(|_| StoreError::Damaged)?;
        Ok(Some((store, place.unwrap_or_default())))
    });
    Ok(found.unwrap_or_else(|error| {
        tracing::warn!(%error, "the store does not open and is made again");
        recovery.store_rebuilt = Some(error.to_string());
        None
    }))
}

fn open_journal(
    config: &Config,
    store: Option<&(Arc<Store>, Place)>,
    heads: &Arc<Heads>,
    anew: bool,
    recovery: &mut Recovery,
) -> Result<Opened, OpenError> {
    let (disk, folder) = (&config.disk, &config.folder);
    let open = |cursor| {
        FileJournal::open(
            Arc::clone(disk),
            folder,
            cursor,
            Arc::clone(heads),
            config.sizes,
        )
    };
    let Some((store, cursor)) = store else {
        return Ok(open(None)?);
    };
    let opened = open(Some(*cursor).filter(|place| place.batch > 0)).and_then(|opened| {
        if anew {
            check_all(config, opened.last)?;
        }
        Ok(opened)
    });
    match opened {
        Err(JournalError::Damage(damage)) => {
            tracing::warn!(%damage, "the journal is put back from the store");
            recovery.restored = journal::mend(&**disk, folder, store, *cursor, damage)?;
            recovery.store_rebuilt = Some("the journal was put back from it".to_owned());
            Ok(open(None)?)
        }
        opened => Ok(opened?),
    }
}

/// Checks every batch, line and chain of the journal: before an old store is dropped, it may have to mend it.
fn check_all(config: &Config, last: Place) -> Result<(), JournalError> {
    let reader = JournalReader::up_to(Arc::clone(&config.disk), &config.folder, last);
    let mut heads: HashMap<OrganisationId, Head> = HashMap::new();
    reader.batches(None, &mut |place, lines| {
        for line in lines {
            let head = heads.entry(line.organisation()).or_default();
            if !line.header().follows(head) {
                return Err(place.damage(line.organisation(), *head).into());
            }
            *head = line.head();
        }
        Ok(())
    })
}

/// A store that holds everything up to `last`.
fn bring_up(
    config: &Config,
    store: Option<Arc<Store>>,
    last: Place,
    recovery: &mut Recovery,
    progress: &mut dyn FnMut(Step),
) -> Result<Arc<Store>, OpenError> {
    if let Some(store) = store {
        match catch_up(config, &store, last, progress) {
            Ok(behind) => {
                recovery.caught_up = behind;
                return Ok(store);
            }
            Err(OpenError::Store(error)) => {
                tracing::warn!(%error, "the store can't be caught up and is made again");
                recovery.store_rebuilt = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
    } else if last.batch > 0 && recovery.store_rebuilt.is_none() {
        recovery.store_rebuilt = Some("there was none".to_owned());
    }
    if let Some(tree) = &config.memory {
        tree.clear();
        let store = Store::in_memory(tree, derive(config));
        catch_up(config, &store, last, progress)?;
        return Ok(store);
    }
    let (number, store) = folder::begin(&config.folder, derive(config))?;
    catch_up(config, &store, last, progress)?;
    store.flush()?;
    folder::make_ready(&config.folder, number)?;
    Ok(store)
}

/// Applies what the journal holds behind the store's cursor, checking every chain; the batches that were missing.
fn catch_up(
    config: &Config,
    store: &Store,
    last: Place,
    progress: &mut dyn FnMut(Step),
) -> Result<u64, OpenError> {
    let after = Place::of(&store.cursor()?)?.filter(|place| place.batch > 0);
    let reader = JournalReader::up_to(Arc::clone(&config.disk), &config.folder, last);
    let mut chains = Chains {
        store,
        heads: HashMap::new(),
    };
    let mut pending: (Vec<Line>, Cursor) = Default::default();
    let mut failed = None;
    reader.batches(after, &mut |place, lines| {
        chains.check(&lines, place)?;
        pending.0.extend(lines);
        pending.1 = place.cursor();
        if pending.0.len() >= CATCH_UP_COMMITS && failed.is_none() {
            failed = store
                .apply(std::mem::take(&mut pending.0), &pending.1)
                .err();
            progress(Step {
                done: place.batch,
                total: last.batch,
            });
        }
        Ok(())
    })?;
    if failed.is_none() && !pending.1.0.is_empty() {
        failed = store.apply(pending.0, &pending.1).err();
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(last.batch - after.map_or(0, |place| place.batch)),
    }
}

/// Sees that each commit comes right behind its organisation's head.
struct Chains<'a> {
    store: &'a Store,
    heads: HashMap<OrganisationId, Head>,
}

impl Chains<'_> {
    fn check(&mut self, lines: &[Line], place: Place) -> Result<(), JournalError> {
        for line in lines {
            let organisation = line.organisation();
            let head = match self.heads.get(&organisation) {
                Some(head) => *head,
                None => self
                    .store
                    .head(organisation)
                    .map_err(|_| JournalError::Cursor)?,
            };
            if !line.header().follows(&head) {
                return Err(place.damage(organisation, head).into());
            }
            self.heads.insert(organisation, line.head());
        }
        Ok(())
    }
}

fn derive(config: &Config) -> Derive {
    Derive {
        pack: config.pack,
        directory: config.directory,
    }
}

/// Takes a data folder for this process, for as long as the file is kept.
pub fn lock(folder: &Path) -> Result<File, OpenError> {
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
        let file = config.disk.open(&path, Open::Create)?;
        let zeros = vec![0; 1 << 20];
        for at in (0..wanted).step_by(zeros.len()) {
            let len = zeros
                .len()
                .min(usize::try_from(wanted - at).unwrap_or(usize::MAX));
            file.write_at(&zeros[..len], at)?;
        }
    }
    Ok(())
}
