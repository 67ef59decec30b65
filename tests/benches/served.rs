//! A server in a process of its own, so that its time and memory can be told from the bench's.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A child that said where it listens; ended when it is dropped.
pub struct Served {
    /// Its process.
    pub child: Child,
    /// `HOST:PORT`.
    pub address: String,
}

impl Served {
    /// The program itself, on a folder.
    pub fn meetellen(folder: &Path) -> std::io::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meetellen"));
        let quietly = ["serve", "--listen", "127.0.0.1:0", "--log", "error"];
        Self::start(command.args(quietly).arg("--data").arg(folder))
    }

    /// Any command that prints an address first.
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line.trim().rsplit('/').next().unwrap_or_default();
        Ok(Self {
            address: address.to_owned(),
            child,
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
