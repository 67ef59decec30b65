//! The thread that applies what the journal kept to the store, and syncs the end mark once a second.

use super::disk::DiskFile;
use super::journal::{Cursor, Place};
use super::line::Line;
use super::pace::SimulatedPace;
use super::store::{Store, StoreError};
use paced::Paced;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

mod paced;

/// Batches that may wait for the store before an append does.
const BACKLOG_BATCHES_MAX: usize = 256;

/// How long batches are gathered while nobody waits for them: a busy organisation's commits then become chunks at once,
/// where each would be put into the tail and taken out of it again.
const GATHER: Duration = Duration::from_millis(5);

/// Commits applied at once: more would share the work on the tree, but keep readers waiting longer.
const APPLY_COMMITS_MAX: usize = 4_096;

/// A power cut makes the end mark about this old.
const MARK_SYNC_EVERY: Duration = Duration::from_secs(1);

/// How far the store is, and whether anything failed.
#[derive(Default)]
pub(super) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
    /// Where there is no thread, who waits does its work.
    paced: OnceLock<Weak<Paced>>,
}

#[derive(Default, Clone, Copy)]
struct State {
    applied: u64,
    /// The last batch that somebody waits for.
    wanted: u64,
    store_failed: bool,
    /// What was read from it was not right.
    store_bad: bool,
    disk_failed: bool,
}

impl Progress {
    /// Waits until `batch` is in the store; `false` where it never will be.
    pub(super) fn wait(&self, batch: u64) -> bool {
        if let Some(paced) = self.paced.get().and_then(Weak::upgrade) {
            paced.catch_up();
        }
        let mut state = self.lock();
        if state.applied < batch {
            state.wanted = state.wanted.max(batch);
            self.changed.notify_all();
        }
        while state.applied < batch && !state.store_failed {
            state = self
                .changed
                .wait(state)
                .expect("no holder of this lock panics");
        }
        state.applied >= batch
    }

    /// Leaves batches time to gather, until somebody waits for one.
    fn gather(&self) {
        let state = self.lock();
        let nobody_waits = |state: &mut State| state.wanted <= state.applied;
        let waited = self.changed.wait_timeout_while(state, GATHER, nobody_waits);
        drop(waited.expect("no holder of this lock panics"));
    }

    /// Whether the end mark could not be synced.
    pub(super) fn disk_failed(&self) -> bool {
        self.lock().disk_failed
    }

    /// Whether the store takes nothing more: it is rebuilt at the next start.
    pub(super) fn store_failed(&self) -> bool {
        self.lock().store_failed
    }

    /// Whether something of it could not be read: it serves what can be read until it is rebuilt at the next start.
    pub(super) fn store_bad(&self) -> bool {
        self.lock().store_bad
    }

    /// Notes that something of the store can't be read; whether that is new.
    pub(super) fn find_bad(&self) -> bool {
        let mut was = false;
        self.set(|state| was = std::mem::replace(&mut state.store_bad, true));
        !was
    }

    /// The last batch in the store.
    pub(super) fn applied(&self) -> u64 {
        self.lock().applied
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

/// The sending side.
pub(super) struct Follower {
    hand: Hand,
    progress: Arc<Progress>,
}

/// Who does the work.
enum Hand {
    Thread {
        sender: Option<SyncSender<(Place, Vec<Line>)>>,
        thread: Option<JoinHandle<()>>,
    },
    /// Whoever appends, at the simulation's pace.
    Paced(Arc<Paced>),
}

/// Called should the store fail.
pub(super) type Failed = Arc<dyn Fn() + Send + Sync>;

impl Follower {
    /// Starts with everything up to `last` applied.
    pub(super) fn start(
        store: Arc<Store>,
        mark: Arc<dyn DiskFile>,
        last: u64,
        failed: Failed,
        pace: Option<SimulatedPace>,
    ) -> std::io::Result<Self> {
        let progress = Arc::new(Progress::default());
        progress.set(|state| state.applied = last);
        let work = Work {
            store,
            mark,
            progress: Arc::clone(&progress),
        };
        let hand = match pace {
            Some(pace) => {
                let paced = Arc::new(Paced::new(work, failed, pace));
                progress.paced.get_or_init(|| Arc::downgrade(&paced));
                Hand::Paced(paced)
            }
            None => thread(work, failed)?,
        };
        Ok(Self { hand, progress })
    }

    /// Hands on a batch that is on disk; waits while too many wait already.
    pub(super) fn follow(&self, place: Place, lines: Vec<Line>) {
        match &self.hand {
            Hand::Thread { sender, .. } => {
                if let Some(sender) = sender {
                    // A thread that is gone has said so in `progress`.
                    let _ = sender.send((place, lines));
                }
            }
            Hand::Paced(paced) => paced.follow(place, lines),
        }
    }

    /// How far it is.
    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl Drop for Follower {
    /// Applies what waits, hands the store and the mark to the disk.
    fn drop(&mut self) {
        match &mut self.hand {
            Hand::Thread { sender, thread } => {
                *sender = None;
                if let Some(thread) = thread.take() {
                    // A panic there was caught and told.
                    let _ = thread.join();
                }
            }
            Hand::Paced(paced) => paced.stop(),
        }
    }
}

fn thread(work: Work, failed: Failed) -> std::io::Result<Hand> {
    let (sender, receiver) = sync_channel(BACKLOG_BATCHES_MAX);
    let thread = std::thread::Builder::new()
        .name("store-follower".to_owned())
        .spawn(move || {
            if let Err(error) = work.run(&receiver) {
                work.failed(&error, &failed);
            }
        })?;
    Ok(Hand::Thread {
        sender: Some(sender),
        thread: Some(thread),
    })
}

struct Work {
    store: Arc<Store>,
    mark: Arc<dyn DiskFile>,
    progress: Arc<Progress>,
}

impl Work {
    fn run(&self, receiver: &Receiver<(Place, Vec<Line>)>) -> Result<(), StoreError> {
        let (mut dirty, mut settled) = (false, Instant::now());
        loop {
            match receiver.recv_timeout(MARK_SYNC_EVERY) {
                Ok((mut last, mut lines)) => {
                    self.progress.gather();
                    while lines.len() < APPLY_COMMITS_MAX {
                        let Ok((place, more)) = receiver.try_recv() else {
                            break;
                        };
                        last = place;
                        lines.extend(more);
                    }
                    self.apply(last, lines)?;
                    dirty = true;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if dirty && settled.elapsed() >= MARK_SYNC_EVERY {
                self.settle()?;
                (dirty, settled) = (false, Instant::now());
            }
        }
        self.settle()
    }

    fn apply(&self, last: Place, lines: Vec<Line>) -> Result<(), StoreError> {
        let cursor: Cursor = last.cursor();
        self.store.apply(lines, &cursor)?;
        self.progress.set(|state| state.applied = last.batch);
        Ok(())
    }

    /// Syncs the end mark and hands the store on.
    fn settle(&self) -> Result<(), StoreError> {
        if let Err(error) = self.mark.sync_data() {
            tracing::error!(%error, "the end mark can't be synced");
            self.progress.set(|state| state.disk_failed = true);
        }
        self.store.flush()
    }

    fn failed(&self, error: &StoreError, failed: &Failed) {
        tracing::error!(%error, "the store failed; it is rebuilt at the next start");
        self.progress.set(|state| state.store_failed = true);
        failed();
    }
}
