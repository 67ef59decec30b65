//! The thread that applies what the journal kept to the store, and syncs the end mark once a second.

use super::disk::DiskFile;
use super::journal::{Cursor, Place};
use super::line::Line;
use super::store::Store;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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
}

#[derive(Default, Clone, Copy)]
struct State {
    applied: u64,
    /// The last batch that somebody waits for.
    wanted: u64,
    store_failed: bool,
    disk_failed: bool,
}

impl Progress {
    /// Waits until `batch` is in the store; `false` where it never will be.
    pub(super) fn wait(&self, batch: u64) -> bool {
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

/// The sending side, and the thread.
pub(super) struct Follower {
    sender: Option<SyncSender<(Place, Vec<Line>)>>,
    thread: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
}

impl Follower {
    /// Starts with everything up to `last` applied. `failed` is called once, should the store fail.
    pub(super) fn start(
        store: Arc<Store>,
        mark: Arc<dyn DiskFile>,
        last: u64,
        failed: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Self> {
        let progress = Arc::new(Progress::default());
        progress.set(|state| state.applied = last);
        let (sender, receiver) = sync_channel(BACKLOG_BATCHES_MAX);
        let shared = Arc::clone(&progress);
        let thread = std::thread::Builder::new()
            .name("store-follower".to_owned())
            .spawn(move || {
                let mut work = Work {
                    store,
                    mark,
                    progress: shared,
                    mark_synced: Instant::now(),
                };
                if let Err(error) = work.run(&receiver) {
                    tracing::error!(%error, "the store failed; it is rebuilt at the next start");
                    work.progress.set(|state| state.store_failed = true);
                    failed();
                }
            })?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
            progress,
        })
    }

    /// Hands on a batch that is on disk; waits while too many wait already.
    pub(super) fn follow(&self, place: Place, lines: Vec<Line>) {
        if let Some(sender) = &self.sender {
            // A thread that is gone has said so in `progress`.
            let _ = sender.send((place, lines));
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
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was caught and told.
            let _ = thread.join();
        }
    }
}

struct Work {
    store: Arc<Store>,
    mark: Arc<dyn DiskFile>,
    progress: Arc<Progress>,
    mark_synced: Instant,
}

impl Work {
    fn run(
        &mut self,
        receiver: &Receiver<(Place, Vec<Line>)>,
    ) -> Result<(), super::store::StoreError> {
        let mut dirty = false;
        loop {
            match receiver.recv_timeout(MARK_SYNC_EVERY) {
                Ok((place, lines)) => {
                    self.apply(receiver, place, lines)?;
                    dirty = true;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if dirty && self.mark_synced.elapsed() >= MARK_SYNC_EVERY {
                self.settle()?;
                dirty = false;
            }
        }
        self.settle()
    }

    fn apply(
        &self,
        receiver: &Receiver<(Place, Vec<Line>)>,
        mut last: Place,
        mut lines: Vec<Line>,
    ) -> Result<(), super::store::StoreError> {
        self.progress.gather();
        while lines.len() < APPLY_COMMITS_MAX {
            let Ok((place, more)) = receiver.try_recv() else {
                break;
            };
            last = place;
            lines.extend(more);
        }
        let cursor: Cursor = last.cursor();
        self.store.apply(lines, &cursor)?;
        self.progress.set(|state| state.applied = last.batch);
        Ok(())
    }

    fn settle(&mut self) -> Result<(), super::store::StoreError> {
        if let Err(error) = self.mark.sync_data() {
            tracing::error!(%error, "the end mark can't be synced");
            self.progress.set(|state| state.disk_failed = true);
        }
        self.mark_synced = Instant::now();
        self.store.flush()
    }
}
