//! What durable writing costs at the least: one writer appends 200 bytes to a plain file and syncs them, again and again.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends a second.
pub fn rate(folder: &Path, time: Duration) -> std::io::Result<f64> {
    let mut file = File::create(folder.join("plain"))?;
    let (begun, mut appends) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        file.write_all(&[b'x'; 200])?;
        file.sync_data()?;
        appends += 1;
    }
    Ok(f64::from(appends) / begun.elapsed().as_secs_f64())
}
