//! A running server: the log opened and mended, the writer's thread, the HTTP side, and how they stop.

use crate::clock::Clock;
use crate::config::Config;
use crate::counting::Counting;
use crate::erasure::{FinishError, Finished};
use crate::keys::{KeyError, Keys};
use crate::limits::Limits;
use crate::node::{Node, Parts};
use crate::people::Turns;
use crate::statements::keys::StatementKeys;
use crate::statements::restating::{self, Settled};
use crate::tokens::{OperatorToken, SigningError, Tokens};
use crate::watch::{self, Watch};
use crate::writer::{Core, Writer, WriterThread};
use crate::{api, erasure, guard, private, problem, secrets, session, web};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web as actix};
use meetellen_events::codec;
use meetellen_events::log::{self, EventLog, LogError, OpenError, Recovery, Step};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tracing_actix_web::TracingLogger;

/// How long requests under way may take once the server stops.
const STOP: Duration = Duration::from_secs(10);

/// How long a client may take to send a request's head.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection without a request is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log can't be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The key folder can't be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The signing folder, or the operator's token, can't be used.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Erasures that broke off can't be finished.
    #[error(transparent)]
    Erasure(#[from] FinishError),
    /// No randomness for the setup link.
    #[error(transparent)]
    Randomness(#[from] secrets::NoRandomness),
    /// The address can't be listened on, or a thread can't be started.
    #[error("can't listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// A server that answers.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its handlers work with.
    pub node: Node,
    /// What the log's start found and mended.
    pub recovery: Recovery,
    /// What was found undone between the log and the key folder.
    pub finished: Finished,
    server: actix_web::dev::Server,
    writer: WriterThread,
    upkeep: [JoinHandle<()>; 3],
}

/// Opens the log of a folder.
pub fn open_log(
    config: &Config,
    progress: &mut dyn FnMut(Step),
) -> Result<(EventLog, Recovery), OpenError> {
    // The folder is the boundary: what lies in it is for nobody else's eyes.
    private::make_folder(&config.data)?;
    EventLog::open(
        log::Config::new(&config.data, codec::pack, codec::directory),
        progress,
    )
}

/// Starts a server on an opened log. To be called inside a running system of the framework.
pub fn start(
    config: &Config,
    (log, recovery): (EventLog, Recovery),
    clock: Arc<dyn Clock>,
) -> Result<Running, StartError> {
    let listen = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let tokens = Tokens::open(&config.data.join("signing"))?;
    let operator = OperatorToken::open(&config.data)?;
    let keys = Keys::on(log.disk(), &config.keys)?;
    let is_empty = log.reader().organisations()?.is_empty();
    let setup = if is_empty {
        Some(secrets::code()?)
    } else {
        None
    };
    let mut core = Core::new(log, config.memory_bytes)?;
    let finished = erasure::finish(&mut core, &keys, clock.now())?;
    let handle: Arc<Mutex<Option<ServerHandle>>> = Arc::default();
    let (writer, thread) =
        Writer::start(core, Arc::clone(&clock), stop_when_failed(&handle)).map_err(listen)?;
    let public_url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", reachable(address)));
    let node = Node::new(Parts {
        writer,
        keys,
        tokens,
        statement_keys: StatementKeys::of(&config.data.join("signing")),
        settled: Settled::default(),
        operator,
        limits: Limits::new(Arc::clone(&clock)),
        watch: Watch::new().expect("there are buckets"),
        clock,
        public_url,
        trusted_proxies: config.trusted_proxies.clone(),
        setup: Mutex::new(setup),
        counting: Counting::default(),
        names: Turns::default(),
    });
    let upkeep = [
        actix_web::rt::spawn(watch::upkeep(node.clone(), stop_when_failed(&handle))),
        actix_web::rt::spawn(erasure::months::daily(node.clone())),
        actix_web::rt::spawn(restating::by_itself(node.clone())),
    ];
    let shared = node.clone();
    let server = HttpServer::new(move || app(shared.clone()))
        .client_request_timeout(HEAD)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(STOP.as_secs())
        .disable_signals()
        .listen(listener)
        .map_err(listen)?
        .run();
    if let Ok(mut handle) = handle.lock() {
        *handle = Some(server.handle());
    }
    Ok(Running {
        address,
        node,
        recovery,
        finished,
        server,
        writer: thread,
        upkeep,
    })
}

impl Running {
    /// How to stop it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped, then hands everything to the disk. An error where the log failed under way.
    pub async fn serve(self) -> Result<(), Stopped> {
        let Self {
            node,
            server,
            mut writer,
            upkeep,
            ..
        } = self;
        let served = server.await;
        upkeep.iter().for_each(JoinHandle::abort);
        let failed = !node.writer.is_running() || node.reader().store_failed();
        // Waits for the disk.
        let joined = tokio::task::spawn_blocking(move || writer.stop()).await;
        if failed || served.is_err() || joined.is_err() {
            return Err(Stopped);
        }
        Ok(())
    }
}

/// The log failed while the server ran: the next start tells what was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log failed: the next start tells what was kept")]
pub struct Stopped;

fn stop_when_failed(handle: &Arc<Mutex<Option<ServerHandle>>>) -> impl FnOnce() + Send + 'static {
    let handle = Arc::clone(handle);
    move || {
        let running = handle.lock().ok().and_then(|mut handle| handle.take());
        if let Some(running) = running {
            // Requests under way are answered as unknown; stopping needs no one to wait for it.
            drop(running.stop(true));
        }
    }
}

/// Where links lead when nothing else is said: everywhere is nowhere a phone could go, so it is this machine's own
/// address.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        (
            own_address().unwrap_or([127, 0, 0, 1].into()),
            address.port(),
        )
            .into()
    } else {
        address
    }
}

/// The address this machine would reach others from. Nothing is sent.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    // An address kept for documentation: only the route to it is looked up.
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
}

/// The application: every route with what stands around it.
fn app(
    node: Node,
) -> App<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(actix::Data::new(node))
        .wrap(web::browser::page_headers())
        .wrap(actix_web::middleware::from_fn(session::cookies))
        .wrap(actix_web::middleware::from_fn(guard::bodies))
        .wrap(actix_web::middleware::from_fn(watch::count_answers))
        .wrap(TracingLogger::<watch::Root>::new())
        .route("/healthz", actix::get().to(api::service::health))
        .route("/readyz", actix::get().to(api::service::ready))
        .route("/metrics", actix::get().to(api::service::metrics))
        .service(
            actix::scope("/api/v1")
                .wrap(actix_web::middleware::from_fn(guard::codes))
                .configure(api::routes),
        )
        .service(
            actix::scope("")
                .wrap(actix_web::middleware::from_fn(guard::codes))
                .wrap(actix_web::middleware::from_fn(web::problems::as_pages))
                .wrap(actix_web::middleware::Compress::default())
                .configure(web::page::routes),
        )
        .default_service(actix::to(problem::unknown_route))
}
