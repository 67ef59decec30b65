//! What recording costs: through the writer alone, and through HTTP with authentication and rules, against the plainest
//! thing that is as durable, in the same run. `cargo bench --bench recording`; the folder is `MEETELLEN_BENCH_DIR`,
//! else the system's temporary one, which should be a real disk.

#[path = "../../events/benches/plain.rs"]
mod plain;
mod served;

use actix_web::{App, HttpResponse, HttpServer, web};
use meetellen::clock::Clock;
use meetellen::clock::SystemClock;
use meetellen::writer::{Core, MEMORY_BYTES_DEFAULT, WriteError, Writer};
use meetellen_events::codec;
use meetellen_events::log::{Config, EventLog};
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::tally;
use meetellen_events::values::{EntryId, Locale, Name, OrganisationId, Slug};
use served::Served;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long each row is measured.
const ROW: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 64;
/// Clock ticks a second in `/proc/PID/stat`, on every Linux we know.
const TICKS: f64 = 100.0;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments
        .iter()
        .position(|argument| argument == "--reference")
    {
        return reference(Path::new(&arguments[at + 1]));
    }
    let parent =
        std::env::var_os("MEETELLEN_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let folder = tempfile::tempdir_in(parent)?;
    let plain = plain::rate(folder.path(), ROW)?;
    println!("one writer, 200 bytes appended and synced: {plain:.0}/s\n");
    println!("| writers, through the rules | commits/s | × the plain loop |");
    println!("|---:|---:|---:|");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    for writers in [1, 8, 64, 256] {
        let path = folder.path().join(format!("writers-{writers}"));
        let rate = runtime.block_on(through_the_writer(&path, writers))?;
        println!("| {writers} | {rate:.0} | {:.1} |", rate / plain);
    }
    println!(
        "\n| {CONNECTIONS} connections, HTTP | requests/s | × the reference | server CPU, ms each |"
    );
    println!("|:---|---:|---:|---:|");
    let (least, cpu) = runtime.block_on(the_reference(&folder.path().join("reference")))?;
    println!(
        "| a handler that appends 200 bytes, synced in groups | {least:.0} | 1.00 | {cpu:.3} |"
    );
    let (ours, cpu) = runtime.block_on(the_server(&folder.path().join("server")))?;
    println!(
        "| `POST /api/v1/entries`, a check-in with a token | {ours:.0} | {:.2} | {cpu:.3} |",
        ours / least
    );
    Ok(())
}

fn organisation() -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(7))
}

fn founding() -> Result<Command, Failure> {
    Ok(Command {
        authority: Authority::Operator,
        request: Request::Found {
            organisation: organisation(),
            name: Name::new("Het Huis")?,
            slug: Slug::new("huis")?,
            time_zone: "Europe/Amsterdam".to_owned(),
            locale: Locale::Nl,
            demo: false,
            at: SystemClock.now(),
        },
    })
}

fn check_in() -> Command {
    Command {
        authority: Authority::System,
        request: Request::Tally(tally::Entry {
            id: EntryId::new(uuid::Uuid::now_v7()),
            occurred_at: SystemClock.now(),
            shifted_millis: 0,
            command: tally::Command::CheckIn {
                place: tally::Place::DropIn,
                party: None,
                arrival: tally::Arrival::Unknown,
            },
        }),
    }
}

/// Commits a second by so many writers, until everything is in the store too.
async fn through_the_writer(folder: &Path, writers: usize) -> Result<f64, Failure> {
    let config = Config::new(folder, codec::pack, codec::directory);
    let (log, _) = EventLog::open(config, &mut |_| {})?;
    let core = Core::new(log, MEMORY_BYTES_DEFAULT)?;
    let (writer, thread) = Writer::start(core, Arc::new(SystemClock), || {})?;
    writer.submit(organisation(), vec![founding()?]).await?;
    let begun = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut commits = 0_u64;
                while begun.elapsed() < ROW {
                    writer.submit(organisation(), vec![check_in()]).await?;
                    commits += 1;
                }
                Ok::<u64, WriteError>(commits)
            })
        })
        .collect();
    let mut commits = 0;
    for task in tasks {
        commits += task.await??;
    }
    writer.reader().wait_applied(organisation())?;
    let rate = commits as f64 / begun.elapsed().as_secs_f64();
    drop(thread);
    Ok(rate)
}

/// The plainest handler that is as durable: one thread appends 200 bytes for each request that waits, syncs, answers.
fn reference(folder: &Path) -> Result<(), Failure> {
    let mut file = File::create(folder.join("plain"))?;
    let (sender, mut waiting) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
    std::thread::spawn(move || {
        while let Some(first) = waiting.blocking_recv() {
            let mut answers = vec![first];
            while let Ok(more) = waiting.try_recv() {
                answers.push(more);
            }
            let bytes = vec![b'x'; 200 * answers.len()];
            if file
                .write_all(&bytes)
                .and_then(|()| file.sync_data())
                .is_err()
            {
                return;
            }
            for answer in answers {
                // Who asked may have gone.
                let _ = answer.send(());
            }
        }
    });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::new(sender.clone())).route(
                "/",
                web::post().to(
                    |queue: web::Data<mpsc::UnboundedSender<oneshot::Sender<()>>>,
                     _: web::Bytes| async move {
                        let (answer, answered) = oneshot::channel();
                        if queue.send(answer).is_err() || answered.await.is_err() {
                            return HttpResponse::InternalServerError().finish();
                        }
                        HttpResponse::Created().body("{}")
                    },
                ),
            )
        })
        .bind(("127.0.0.1", 0))?;
        println!("listening on http://{}", server.addrs()[0]);
        server.run().await
    })?;
    Ok(())
}

async fn the_reference(folder: &Path) -> Result<(f64, f64), Failure> {
    std::fs::create_dir(folder)?;
    let mut itself = std::process::Command::new(std::env::current_exe()?);
    let served = Served::start(itself.arg("--reference").arg(folder))?;
    load(&served, || (String::new(), "{\"filler\":\"as long as a check-in of a phone is, more or less, so that both read the same\"}".to_owned())).await
}

async fn the_server(folder: &Path) -> Result<(f64, f64), Failure> {
    let served = Served::meetellen(folder)?;
    let operator = std::fs::read_to_string(folder.join("operator.token"))?;
    let body = r#"{"name":"Het Huis","slug":"huis"}"#;
    let mut stream = TcpStream::connect(&served.address).await?;
    let head = format!("authorization: Bearer {}\r\n", operator.trim());
    stream
        .write_all(request("/api/v1/organisations", &head, body).as_bytes())
        .await?;
    let mut buffer = Vec::new();
    let answer = answer(&mut stream, &mut buffer).await?;
    let made: serde_json::Value = serde_json::from_str(&answer)?;
    let token = made["coordinator_token"].as_str().ok_or("no token")?;
    let head = format!("authorization: Bearer {token}\r\n");
    load(&served, move || {
        let now = jiff::Timestamp::now();
        let entry = uuid::Uuid::now_v7();
        let body = format!(r#"{{"id":"{entry}","type":"check_in","occurred_at":"{now:.3}"}}"#);
        (head.clone(), body)
    })
    .await
}

fn request(path: &str, head: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{head}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Requests a second over all connections, and the server's CPU milliseconds for each.
async fn load(
    served: &Served,
    make: impl Fn() -> (String, String) + Clone + Send + 'static,
) -> Result<(f64, f64), Failure> {
    let path = if make().0.is_empty() {
        "/"
    } else {
        "/api/v1/entries"
    };
    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(&served.address).await?;
        stream.set_nodelay(true)?;
        let (stop, done, make) = (Arc::clone(&stop), Arc::clone(&done), make.clone());
        tasks.push(tokio::spawn(async move {
            let mut buffer = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let (head, body) = make();
                stream
                    .write_all(request(path, &head, &body).as_bytes())
                    .await?;
                answer(&mut stream, &mut buffer).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), Failure>(())
        }));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (begun, cpu, already) = (
        Instant::now(),
        ticks(&served.child)?,
        done.load(Ordering::Relaxed),
    );
    tokio::time::sleep(ROW).await;
    let requests = (done.load(Ordering::Relaxed) - already) as f64;
    let (time, cpu) = (begun.elapsed(), ticks(&served.child)? - cpu);
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    Ok((
        requests / time.as_secs_f64(),
        cpu * 1_000.0 / TICKS / requests,
    ))
}

/// Reads one answer, which must be 201; its body.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<String, Failure> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server hung up".into());
        }
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end])?.to_ascii_lowercase();
        if !head.starts_with("http/1.1 201") {
            return Err(format!("not recorded: {}", String::from_utf8_lossy(buffer)).into());
        }
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .ok_or("no length")?
            .parse()?;
        if buffer.len() >= end + 4 + length {
            return Ok(String::from_utf8_lossy(&buffer[end + 4..]).into_owned());
        }
    }
}

/// User and system time of a process so far, in clock ticks.
fn ticks(child: &Child) -> Result<f64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    let behind = stat.rsplit(')').next().ok_or("no stat")?;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    Ok(fields[11].parse::<f64>()? + fields[12].parse::<f64>()?)
}
