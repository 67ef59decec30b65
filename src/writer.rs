//! The single writer: one thread that decides every command on this node and answers when the disk has it.
//!
//! | always true | tested in |
//! |---|---|
//! | nothing is answered or shown before it is durable; refusals wait for their batch too | `writer/tests.rs` |
//! | a queued command runs even where its caller has gone | the same |
//! | an entry id is recorded once | the same, and `tests/concurrency.rs` |
//! | after a failed append nothing more is taken | the same |
//!
//! The thread never reads the disk: who asks for an organisation that is not in memory loads it first (`load.rs`).

mod core;
mod queue;
#[cfg(test)]
mod tests;

pub use self::core::{Core, Done, Failed, MEMORY_BYTES_DEFAULT, Receipt, Refusal};

use crate::clock::Clock;
use crate::live::{Houses, Live, Shared};
use crate::load::{self, LoadError};
use meetellen_events::log::LogReader;
use meetellen_events::log::journal::AppendError;
use meetellen_events::organisation::Command;
use meetellen_events::values::{OrganisationId, Timestamp};
use queue::Queue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot};

/// Commands decided before one sync. More would share the sync among more callers but keep the first of them waiting
/// longer.
pub const BATCH_COMMANDS_MAX: usize = 1_024;

/// Bytes of lines written before one sync.
pub const BATCH_BYTES_MAX: usize = 1 << 20;

/// Commands that may wait; one organisation's may fill a quarter.
pub const QUEUE_COMMANDS_MAX: usize = 8_192;

/// How often a load is tried where the organisation was written meanwhile.
const LOADS_MAX: usize = 8;

/// Why nothing was decided, or why nobody knows whether it was kept.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Too much waits already: come back in a second.
    #[error("too many commands wait")]
    Busy,
    /// The disk is full: reads go on.
    #[error("the disk is full")]
    DiskFull,
    /// A write or a sync failed, or the server stops: sending it again tells.
    #[error("it is not known whether it was kept")]
    Unknown,
    /// The organisation's log can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// What waits for the writer.
enum Item {
    Commands {
        organisation: OrganisationId,
        commands: Vec<Command>,
        answer: oneshot::Sender<Result<Vec<Done>, Sent>>,
    },
    Admit {
        organisation: OrganisationId,
        loaded: Box<Live>,
        answer: oneshot::Sender<Option<Arc<Shared>>>,
    },
    Look {
        answer: oneshot::Sender<()>,
    },
}

/// Why the writer gave commands back undecided.
enum Sent {
    /// Load the organisation, and send them again.
    Cold(Vec<Command>),
    /// The disk is full.
    Full,
    /// The writer stops.
    Unknown,
}

/// Sends commands to the writer; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: Arc<Queue<Item>>,
    houses: Arc<Houses>,
    reader: LogReader,
    /// Held by whoever loads an organisation: more at once than cores would take memory and no less time.
    loads: Arc<Semaphore>,
    failed: Arc<AtomicBool>,
    full: Arc<AtomicBool>,
}

/// The writer's thread; dropping it drains the queue, applies and syncs.
pub struct WriterThread {
    queue: Arc<Queue<Item>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `failed` is called once, should an append fail: the server must stop then.
    pub fn start(
        core: Core,
        clock: Arc<dyn Clock>,
        failed: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<(Self, WriterThread)> {
        let queue = Arc::new(Queue::new(QUEUE_COMMANDS_MAX));
        let writer = Self {
            queue: Arc::clone(&queue),
            houses: Arc::clone(core.houses()),
            reader: core.reader(),
            loads: Arc::new(Semaphore::new(loads_at_once())),
            failed: Arc::default(),
            full: Arc::default(),
        };
        let (work, flag) = (Arc::clone(&queue), Arc::clone(&writer.failed));
        let full = Arc::clone(&writer.full);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                // A panic outside a decision leaves memory and disk apart, like a failed append.
                let run = std::panic::AssertUnwindSafe(|| run(core, &work, &*clock, &full));
                let outcome = std::panic::catch_unwind(run);
                if !matches!(outcome, Ok(Ok(()))) {
                    tracing::error!("the writer stopped: what waits is answered as unknown");
                    flag.store(true, Ordering::SeqCst);
                    work.close();
                    work.clear();
                    failed();
                }
            })?;
        let thread = WriterThread {
            queue,
            thread: Some(thread),
        };
        Ok((writer, thread))
    }

    /// Decides the commands in order, each its own commit, and answers once all of them are durable. An organisation
    /// that is not in memory is loaded first.
    pub async fn submit(
        &self,
        organisation: OrganisationId,
        commands: Vec<Command>,
    ) -> Result<Vec<Done>, WriteError> {
        let mut commands = commands;
        for _ in 0..LOADS_MAX {
            let (answer, answered) = oneshot::channel();
            let count = commands.len();
            let item = Item::Commands {
                organisation,
                commands,
                answer,
            };
            self.push(organisation, count, item)?;
            match answered.await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(Sent::Cold(back))) => {
                    commands = back;
                    self.open(organisation).await?;
                }
                Ok(Err(Sent::Full)) => return Err(WriteError::DiskFull),
                Ok(Err(Sent::Unknown)) | Err(_) => return Err(WriteError::Unknown),
            }
        }
        Err(WriteError::Busy)
    }

    /// The organisation as it stands, loaded where it is not in memory.
    pub async fn open(&self, organisation: OrganisationId) -> Result<Arc<Shared>, WriteError> {
        for _ in 0..LOADS_MAX {
            if let Some(shared) = self.houses.resident(organisation) {
                return Ok(shared);
            }
            let _load = self
                .loads
                .acquire()
                .await
                .map_err(|_| WriteError::Unknown)?;
            // Whoever was first has loaded it for all who waited.
            if let Some(shared) = self.houses.resident(organisation) {
                return Ok(shared);
            }
            let reader = self.reader.clone();
            let loaded = tokio::task::spawn_blocking(move || load::live(&reader, organisation))
                .await
                .map_err(|_| WriteError::Unknown)??;
            let (answer, answered) = oneshot::channel();
            let item = Item::Admit {
                organisation,
                loaded: Box::new(loaded),
                answer,
            };
            self.push(organisation, 1, item)?;
            match answered.await {
                Ok(Some(shared)) => return Ok(shared),
                Ok(None) => {}
                Err(_) => return Err(WriteError::Unknown),
            }
        }
        Err(WriteError::Busy)
    }

    /// The organisations in memory, and the directory of all.
    pub const fn houses(&self) -> &Arc<Houses> {
        &self.houses
    }

    /// The log, to read.
    pub const fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// Whether it takes commands: no append failed, and it was not stopped.
    pub fn is_running(&self) -> bool {
        !self.failed.load(Ordering::SeqCst) && !self.queue.is_closed()
    }

    /// Has the writer look for room on the disk: what it saw last may be old where nothing was sent since.
    pub async fn look(&self) {
        let nobodys = OrganisationId::new(uuid::Uuid::nil());
        let (answer, answered) = oneshot::channel();
        if self.push(nobodys, 1, Item::Look { answer }).is_ok() {
            // Where the writer is gone there is nothing to see.
            let _ = answered.await;
        }
    }

    /// Whether the disk was full when the writer looked last.
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::SeqCst)
    }

    /// How many commands wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    fn push(
        &self,
        organisation: OrganisationId,
        count: usize,
        item: Item,
    ) -> Result<(), WriteError> {
        self.queue
            .push(organisation, count, item)
            .map_err(|refused| match refused {
                queue::Refused::Full => WriteError::Busy,
                queue::Refused::Closed => WriteError::Unknown,
            })
    }
}

/// Organisations that are loaded at once.
fn loads_at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}

impl WriterThread {
    /// Takes nothing more, decides what waits, and hands everything to the disk.
    pub fn stop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A panic there was caught and told.
            let _ = thread.join();
        }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What is told once the batch is durable.
type Told = (
    oneshot::Sender<Result<Vec<Done>, Sent>>,
    Result<Vec<Done>, Sent>,
);

fn run(
    mut core: Core,
    queue: &Queue<Item>,
    clock: &dyn Clock,
    full: &AtomicBool,
) -> Result<(), AppendError> {
    while let Some(first) = queue.wait() {
        let room = core.make_room();
        full.store(matches!(room, Err(AppendError::Full)), Ordering::SeqCst);
        match room {
            Ok(()) => batch(&mut core, queue, clock.now(), first, false)?,
            Err(AppendError::Full) => batch(&mut core, queue, clock.now(), first, true)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Decides what waits, has it written and synced, and only then answers. On a full disk nothing is decided, but what is
/// read goes on.
fn batch(
    core: &mut Core,
    queue: &Queue<Item>,
    now: Timestamp,
    first: Item,
    full: bool,
) -> Result<(), AppendError> {
    let mut answers: Vec<Told> = Vec::new();
    let mut decided = 0;
    let mut next = Some(first);
    while let Some(item) = next {
        match item {
            Item::Admit {
                organisation,
                loaded,
                answer,
            } => {
                // Who asked may have gone.
                let _ = answer.send(core.admit(organisation, *loaded));
            }
            Item::Look { answer } => {
                // The same; the room was looked for before the batch.
                let _ = answer.send(());
            }
            Item::Commands {
                organisation,
                commands,
                answer,
            } => {
                decided += commands.len();
                let told = if full {
                    Err(Sent::Full)
                } else if core.knows(organisation, &commands) {
                    let done = commands
                        .iter()
                        .map(|command| core.decide(organisation, command, now));
                    Ok(done.collect())
                } else {
                    Err(Sent::Cold(commands))
                };
                answers.push((answer, told));
            }
        }
        let room = decided < BATCH_COMMANDS_MAX && core.pending_bytes() < BATCH_BYTES_MAX;
        next = if room { queue.try_take() } else { None };
    }
    let kept = core.commit();
    for (answer, told) in answers {
        let told = if kept.is_ok() {
            told
        } else {
            Err(Sent::Unknown)
        };
        // Who asked may have gone.
        let _ = answer.send(told);
    }
    kept
}
