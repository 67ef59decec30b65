//! The plainest HTTP client there is, so that as much of the machine as possible is the server's.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    /// Asks for something; the answer's body, where the status is this one.
    pub async fn get(&mut self, path: &str, token: &str, status: u16) -> Result<String, Failure> {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
        self.send(&request, status).await
    }

    /// Sends a JSON body; the answer's body, where the status is this one.
    pub async fn post(
        &mut self,
        path: &str,
        token: &str,
        body: &str,
        status: u16,
    ) -> Result<String, Failure> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.send(&request, status).await
    }

    async fn send(&mut self, request: &str, status: u16) -> Result<String, Failure> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server hung up".into());
            }
            let head = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            let Some(end) = head else { continue };
            let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.ok_or("no length")?.parse()?;
            if self.buffer.len() < end + 4 + length {
                continue;
            }
            let body = String::from_utf8_lossy(&self.buffer[end + 4..]).into_owned();
            if head.starts_with(&format!("http/1.1 {status}")) {
                return Ok(body);
            }
            return Err(format!("not {status}: {head}\n{body}").into());
        }
    }
}
