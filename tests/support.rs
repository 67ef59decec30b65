//! A real server in a folder of its own, on a free port, whose clock stands still until a test moves it.

pub mod client;
pub mod house;
pub mod process;
pub mod spec;

use actix_web::dev::ServerHandle;
use meetellen::clock::StoppedClock;
use meetellen::config::Config;
use meetellen::node::Node;
use meetellen::server;
use meetellen::writer::MEMORY_BYTES_DEFAULT;
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
    folder: Option<TempDir>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A server in a new folder, at [`START`].
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a folder");
        Self::run(folder, Arc::new(StoppedClock::at(instant(START))))
    }

    fn run(folder: TempDir, clock: Arc<StoppedClock>) -> Self {
        let config = config(folder.path());
        let (told, started) = mpsc::channel();
        let for_server = Arc::clone(&clock);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let opened = server::open_log(&config, &mut |_| {}).expect("the log opens");
                let running = server::start(&config, opened, for_server).expect("it starts");
                let told = told.send((running.address, running.handle(), running.node.clone()));
                told.expect("the test waits for it");
                running.serve().await.expect("the log holds");
            });
        });
        let (address, handle, node) = started.recv().expect("the server starts");
        Self {
            url: format!("http://{address}"),
            clock,
            node,
            folder: Some(folder),
            handle,
            thread: Some(thread),
        }
    }

    /// Stops it in order and starts another in the same folder, on another port.
    pub fn restart(mut self) -> Self {
        self.stop();
        let folder = self.folder.take().expect("only dropping takes it earlier");
        Self::run(folder, Arc::clone(&self.clock))
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

    fn stop(&mut self) {
        // Only the server's own system makes it hear; this asks, and the thread's end is the answer.
        drop(self.handle.stop(true));
        if let Some(thread) = self.thread.take() {
            let stopped = thread.join();
            assert!(stopped.is_ok() || std::thread::panicking(), "it stops well");
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

fn config(folder: &Path) -> Config {
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
