//! A backup's file: a tar packed with zstd, which any system's own tools open.
//!
//! Its members stand in this order and have no other names: `backup.json`, `end`, `journal/…`, and where secrets are in
//! it `keys/…`, `signing/…`, `operator.token`. All are plain files with a largest size. Whatever else an archive holds,
//! it is refused before anything of that is written.

use anyhow::Context;
use indicatif::ProgressBar;
use meetellen_events::log::journal::FILE_BYTES_MAX;
use meetellen_events::values::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The only layout so far.
const FORMAT: u64 = 1;

/// Zeros behind the last member; a tar has a kilobyte of them, some tools fill up to ten.
const TRAILER_BYTES_MAX: u64 = 10 << 10;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    format: u64,
    /// Whether keys and signing keys are in it.
    pub keys: bool,
    /// When it was begun.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub program: String,
}

impl About {
    /// One that is made now.
    pub fn new(keys: bool, made_at: Timestamp) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            format: FORMAT,
            keys,
            made_at,
            program,
        }
    }
}

/// A file of a backup. They stand in it in the order of this type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// What it says of itself.
    About,
    /// The end mark.
    EndMark,
    /// A file of the journal, by its name.
    Journal(String),
    /// One organisation's keys, by the file's name.
    Keys(String),
    /// A signing key, by its file's name.
    Signing(String),
    /// The operator's secret.
    Operator,
}

impl Member {
    /// Its path in the archive, and in a data folder.
    pub fn path(&self) -> String {
        match self {
            Self::About => "backup.json".to_owned(),
            Self::EndMark => "end".to_owned(),
            Self::Journal(name) => format!("journal/{name}"),
            Self::Keys(name) => format!("keys/{name}"),
            Self::Signing(name) => format!("signing/{name}"),
            Self::Operator => "operator.token".to_owned(),
        }
    }

    /// The member with this path, if one can have it.
    pub fn at(path: &str) -> Option<Self> {
        match path {
            "backup.json" => return Some(Self::About),
            "end" => return Some(Self::EndMark),
            "operator.token" => return Some(Self::Operator),
            _ => {}
        }
        let (folder, name) = path.split_once('/')?;
        match folder {
            "journal" if is_journal(name) => Some(Self::Journal(name.to_owned())),
            "keys" if is_key_file(name) => Some(Self::Keys(name.to_owned())),
            "signing" if is_plain(name) => Some(Self::Signing(name.to_owned())),
            _ => None,
        }
    }

    fn bytes_max(&self) -> u64 {
        match self {
            Self::About | Self::Operator => 4 << 10,
            Self::EndMark => 16 << 10,
            Self::Journal(_) => 2 * FILE_BYTES_MAX,
            Self::Keys(_) => 64 << 20,
            Self::Signing(_) => 64 << 10,
        }
    }
}

fn is_journal(name: &str) -> bool {
    let digits = name.strip_suffix(".ndjson").unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_key_file(name: &str) -> bool {
    let whose = name.strip_suffix(".keys").unwrap_or_default();
    uuid::Uuid::try_parse(whose).is_ok_and(|id| id.to_string() == whose)
}

/// A name that means the same on every system, and no file that is only on its way to its place.
fn is_plain(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    (1..=64).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with('.')
        && !name.ends_with(".new")
}

/// Writes an archive.
pub struct Packer {
    tar: tar::Builder<zstd::Encoder<'static, File>>,
    /// Seconds since 1970 that all its members have.
    at: u64,
}

impl Packer {
    /// Begins one in an empty file.
    pub fn new(file: File, about: &About) -> anyhow::Result<Self> {
        let mut packed = zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?;
        packed.include_checksum(true)?;
        let at = u64::try_from(about.made_at.millis() / 1_000).unwrap_or(0);
        let mut packer = Self {
            tar: tar::Builder::new(packed),
            at,
        };
        let text = serde_json::to_vec(about)?;
        packer.add(&Member::About, text.len() as u64, &mut &text[..])?;
        Ok(packer)
    }

    /// Adds `len` bytes of a file; where it has fewer, zeros stand for the rest.
    pub fn add(&mut self, member: &Member, len: u64, file: &mut dyn Read) -> anyhow::Result<()> {
        anyhow::ensure!(
            len <= member.bytes_max(),
            "{} has {len} bytes, more than a backup takes",
            member.path()
        );
        let mut header = tar::Header::new_ustar();
        header.set_size(len);
        header.set_mode(0o600);
        header.set_mtime(self.at);
        let content = file.chain(io::repeat(0)).take(len);
        Ok(self.tar.append_data(&mut header, member.path(), content)?)
    }

    /// Ends it, on disk.
    pub fn finish(self) -> io::Result<()> {
        self.tar.into_inner()?.finish()?.sync_all()
    }
}

/// What a backup says of itself.
pub fn about(file: &Path) -> anyhow::Result<About> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(opened(file)?)?);
    let first = archive.entries()?.raw(true).next();
    let first = first.and_then(Result::ok);
    let first = first.filter(|entry| *entry.path_bytes() == *b"backup.json");
    let first = first.with_context(|| format!("{} is no backup", file.display()))?;
    let mut text = Vec::new();
    first
        .take(Member::About.bytes_max())
        .read_to_end(&mut text)?;
    let about: About = serde_json::from_slice(&text)
        .with_context(|| format!("{} does not say what it is", file.display()))?;
    anyhow::ensure!(
        about.format == FORMAT,
        "{} is in the format {} of another version of this program",
        file.display(),
        about.format
    );
    Ok(about)
}

/// Shows `visit` every member behind the first: its size, and what it holds, of which it must read all. An error where
/// anything is in the archive that a backup has not, or where it is not whole.
pub fn unpack(
    file: &Path,
    bar: &ProgressBar,
    visit: &mut dyn FnMut(Member, u64, &mut dyn Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let opened = opened(file)?;
    bar.set_length(opened.metadata()?.len());
    let mut archive = tar::Archive::new(zstd::Decoder::new(bar.wrap_read(opened))?);
    let mut before: Option<Member> = None;
    // Raw: a name or a size told by another member than the file itself is none that we write.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_file = entry.header().entry_type() == tar::EntryType::Regular;
        let member = Member::at(&path).filter(|_| is_file);
        let member = member.with_context(|| format!("a backup holds no {path:?} of this kind"))?;
        let size = entry.size();
        anyhow::ensure!(
            before.as_ref() < Some(&member) && size <= member.bytes_max(),
            "{path} is out of its order or too large"
        );
        if member != Member::About {
            visit(member.clone(), size, &mut entry)?;
        }
        before = Some(member);
    }
    let mut rest = archive.into_inner();
    let mut trailer = Vec::new();
    rest.by_ref()
        .take(TRAILER_BYTES_MAX + 1)
        .read_to_end(&mut trailer)?;
    anyhow::ensure!(
        trailer.len() as u64 <= TRAILER_BYTES_MAX && trailer.iter().all(|byte| *byte == 0),
        "something stands behind its end"
    );
    Ok(())
}

fn opened(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| format!("{} can't be read", file.display()))
}
