//! The program as people run it.

use super::client::Client;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// How long a line may be waited for: only a fault takes as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program with these arguments, and nothing set around it.
pub fn meetellen(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::from_std(program());
    command.args(arguments);
    command
}

/// What it prints with these arguments, once it has done well.
#[track_caller]
pub fn printed(arguments: &[&str]) -> String {
    let done = meetellen(arguments).assert().success();
    String::from_utf8(done.get_output().stdout.clone()).expect("what is printed is text")
}

/// What it complains of with these arguments, once it has failed with this exit code.
#[track_caller]
pub fn complained(arguments: &[&str], code: i32) -> String {
    let failed = meetellen(arguments).assert().code(code);
    String::from_utf8_lossy(&failed.get_output().stderr).into_owned()
}

/// A folder as an argument.
pub fn path(folder: &Path) -> &str {
    folder.to_str().expect("a test's folders have plain names")
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meetellen"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEETELLEN_") {
            command.env_remove(name);
        }
    }
    command
}

fn serve(folder: &Path, more: &[&str]) -> Child {
    let mut command = program();
    command
        .args(["serve", "--data", path(folder), "--listen", "127.0.0.1:0"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the program runs")
}

/// A server run as its own process; killed when it is dropped.
pub struct Process {
    /// `http://HOST:PORT`, as it printed it.
    pub url: String,
    child: Child,
    /// Its lines to people.
    said: Receiver<String>,
    /// Its lines of results, the first one aside.
    results: Receiver<String>,
}

impl Process {
    /// Serves a folder on a free port of this machine, once it says that it listens.
    pub fn serve(folder: &Path, more: &[&str]) -> Self {
        let mut child = serve(folder, more);
        let results = lines(child.stdout.take().expect("it is piped"));
        let said = lines(child.stderr.take().expect("it is piped"));
        let first = results.recv_timeout(PATIENCE).expect("it listens");
        let url = first.strip_prefix("listening on ");
        Self {
            url: url.expect("that is what it prints").to_owned(),
            child,
            said,
            results,
        }
    }

    /// Starts one and kills it after so long, wherever it is by then.
    pub fn break_off(folder: &Path, after: Duration) {
        let mut child = serve(folder, &[]);
        let results = lines(child.stdout.take().expect("it is piped"));
        // Listening is as good a moment as any.
        let _ = results.recv_timeout(after);
        child.kill().expect("it is ours");
        child.wait().expect("it is ours");
    }

    /// Somebody without a token.
    pub fn anyone(&self) -> Client {
        Client::new(&self.url)
    }

    /// The next address it tells people that has this in it.
    pub fn told(&self, part: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE);
            let line = line.expect("it tells one");
            let line = line.trim();
            if line.starts_with("http") && line.contains(part) {
                return line.to_owned();
            }
        }
    }

    /// Kills it. Every line it told people or logged.
    pub fn logged(mut self) -> Vec<String> {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it is ours");
        self.said.iter().collect()
    }

    /// Kills it, as a power cut does. What it printed behind its first line.
    pub fn kill(mut self) -> Vec<String> {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it is ours");
        self.results.iter().collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                // Nobody listens any more, but who writes must not be stopped.
                continue;
            }
        }
    });
    receiver
}
