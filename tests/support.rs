//! A real server in a folder of its own, on a free port, whose clock stands still until a test moves it.

pub mod client;
pub mod house;
pub mod process;
pub mod spec;

use actix_web::dev::ServerHandle;
use meetellen::clock::{Clock, StoppedClock};
use meetellen::config::Config;
use meetellen::erasure::Finished;
use meetellen::node::Node;
use meetellen::server::{self, Stopped};
use meetellen::writer::MEMORY_BYTES_DEFAULT;
use meetellen_events::log::{EventLog, Recovery};
use meetellen_events::values::{OrganisationId, Timestamp};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tempfile::TempDir;

use client::Client;
use house::House;

/// Where every test's clock begins: a Wednesday, in summer time.
pub const START: &str = "2026-10-07T14:00:00+02:00";

/// A running server; stopped, and its folder removed, when it is dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The server's only clock.
    pub clock: Arc<StoppedClock>,
    /// What its handlers work with, for what has no route.
    pub node: Node,
    /// What its start found undone between the log and the key folder.
    pub finished: Finished,
    folder: Option<TempDir>,
    handle: ServerHandle,
    thread: Option<JoinHandle<Result<(), Stopped>>>,
    /// Whether its log is to hold until it is stopped.
    sound: bool,
}

/// A log as a server takes it.
pub type Opened = (EventLog, Recovery);

impl Server {
    /// A server in a new folder, at [`START`].
    pub fn start() -> Self {
        Self::by(|clock| clock)
    }

    /// A server in a new folder, by a clock made of the one that stands at [`START`].
    pub fn by(make: impl FnOnce(Arc<StoppedClock>) -> Arc<dyn Clock>) -> Self {
        let (folder, clock) = world();
        let by = make(Arc::clone(&clock));
        Self::run(folder, clock, by, real_log)
    }

    /// A server over a log of a test's own making.
    pub fn over(open: impl FnOnce() -> Opened + Send + 'static) -> Self {
        let (folder, clock) = world();
        Self::run(folder, Arc::clone(&clock), clock, |_| open())
    }

    fn run(
        folder: TempDir,
        clock: Arc<StoppedClock>,
        by: Arc<dyn Clock>,
        open: impl FnOnce(&Config) -> Opened + Send + 'static,
    ) -> Self {
        let config = config(folder.path());
        let (told, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = server::start(&config, open(&config), by).expect("it starts");
                let told = told.send((
                    running.address,
                    running.handle(),
                    (running.node.clone(), running.finished),
                ));
                told.expect("the test waits for it");
                running.serve().await
            })
        });
        let (address, handle, (node, finished)) = started.recv().expect("the server starts");
        Self {
            url: format!("http://{address}"),
            clock,
            node,
            finished,
            folder: Some(folder),
            handle,
            thread: Some(thread),
            sound: true,
        }
    }

    /// Stops it in order and starts another in the same folder, on another port.
    pub fn restart(self) -> Self {
        self.restart_after(|_| {})
    }

    /// The same; between the two something happens to the folder.
    pub fn restart_after(mut self, change: impl FnOnce(&Path)) -> Self {
        self.stop();
        let folder = self.folder.take().expect("only dropping takes it earlier");
        change(folder.path());
        let clock = Arc::clone(&self.clock);
        Self::run(folder, Arc::clone(&clock), clock, real_log)
    }

    /// The same over a log of a test's own making; the one before may have failed.
    pub fn restart_over(mut self, open: impl FnOnce() -> Opened + Send + 'static) -> Self {
        self.sound = false;
        self.stop();
        let folder = self.folder.take().expect("only dropping takes it earlier");
        let clock = Arc::clone(&self.clock);
        Self::run(folder, Arc::clone(&clock), clock, |_| open())
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        let folder = self.folder.as_ref();
        folder.expect("only a restart takes it").path()
    }

    /// Sets the clock.
    #[track_caller]
    pub fn at(&self, text: &str) {
        self.clock.set(instant(text));
    }

    /// Moves the clock on.
    pub fn pass_minutes(&self, minutes: i64) {
        self.clock
            .set(self.node.now().plus_millis(minutes * 60_000));
    }

    /// Somebody without a token.
    pub fn anyone(&self) -> Client {
        Client::new(&self.url)
    }

    /// Somebody with a browser of their own.
    pub fn browser(&self) -> Client {
        Client::browser(&self.url)
    }

    /// The host, by the file in the data folder.
    pub fn operator(&self) -> Client {
        let token = std::fs::read_to_string(self.folder().join("operator.token"));
        let token = token.expect("the first start makes it");
        self.anyone().with_token(token.trim())
    }

    /// A new organisation, with its coordinator's token.
    #[track_caller]
    pub fn found(&self, slug: &str) -> House<'_> {
        House::found(self, slug)
    }

    /// The last position of an organisation's log.
    pub fn head(&self, organisation: OrganisationId) -> u64 {
        let live = house::wait(self.node.open(organisation)).expect("it opens");
        live.read().head.position.0
    }

    /// From now on its log may fail, and it stop by itself.
    pub fn may_fail(&mut self) {
        self.sound = false;
    }

    fn stop(&mut self) {
        // Only the server's own system makes it hear; this asks, and the thread's end is the answer.
        drop(self.handle.stop(true));
        if let Some(thread) = self.thread.take() {
            let stopped = thread.join();
            let well = matches!(stopped, Ok(Ok(()))) || !self.sound;
            assert!(well || std::thread::panicking(), "it stops well");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An RFC 3339 instant.
#[track_caller]
pub fn instant(text: &str) -> Timestamp {
    text.parse().expect("a test writes RFC 3339")
}

fn world() -> (TempDir, Arc<StoppedClock>) {
    let folder = tempfile::tempdir().expect("the system has room for a folder");
    (folder, Arc::new(StoppedClock::at(instant(START))))
}

fn real_log(config: &Config) -> Opened {
    server::open_log(config, &mut |_| {}).expect("the log opens")
}

/// The settings of a server in a folder, on a free port.
pub fn config(folder: &Path) -> Config {
    Config {
        data: folder.to_owned(),
        keys: folder.join("keys"),
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        demo: false,
        trusted_proxies: Vec::new(),
        memory_bytes: MEMORY_BYTES_DEFAULT,
    }
}
