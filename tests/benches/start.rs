//! From start to `/readyz`, and what a server holds in memory then: with an empty folder and with the demo's thirteen
//! months. `cargo bench --bench start`.

mod served;

use served::Served;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

/// Starts measured for each row; the middle one is told.
const STARTS: usize = 5;

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let played = folder.path().join("demo");
    let begun = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_meetellen"))
        .args(["demo", "--data"])
        .arg(&played)
        .stderr(Stdio::null())
        .status()?;
    if !done.success() {
        return Err("the demo was not played".into());
    }
    println!(
        "the demo was played in {:.1} s\n",
        begun.elapsed().as_secs_f64()
    );
    println!(
        "| folder | start to `/readyz`, ms | resident when idle, MiB | after three pages, MiB |"
    );
    println!("|:---|---:|---:|---:|");
    let empty = folder.path().join("empty");
    row("empty", &empty)?;
    row("demo", &played)
}

fn row(name: &str, folder: &Path) -> Result<(), Failure> {
    let mut times = Vec::new();
    let (mut idle, mut asked) = (0, 0);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut server = Served::meetellen(folder)?;
        while !server.get("/readyz")?.starts_with("HTTP/1.1 200") {
            std::thread::sleep(Duration::from_millis(1));
        }
        times.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(500));
        idle = server.resident_kib()?;
        for page in ["/", "/c/00000000000000000000000000", "/api/v1/openapi.json"] {
            server.get(page)?;
        }
        asked = server.resident_kib()?;
    }
    times.sort_unstable();
    println!(
        "| {name} | {:.0} | {:.0} | {:.0} |",
        times[STARTS / 2].as_secs_f64() * 1_000.0,
        idle as f64 / 1_024.0,
        asked as f64 / 1_024.0,
    );
    Ok(())
}

impl Served {
    fn get(&mut self, path: &str) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(&self.address)?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn resident_kib(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let figure = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(figure.ok_or("no VmRSS")?.parse()?)
    }
}
