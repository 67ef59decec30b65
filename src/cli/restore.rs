//! Puts a backup into an empty folder: unpacked aside, checked, and only then in its place.

mod devices;

use super::archive::{self, About};
use super::{progress, unfinished};
use crate::clock::{Clock, SystemClock};
use crate::keys::Keys;
use crate::private;
use anyhow::Context;
use meetellen_events::codec;
use meetellen_events::log::disk::{Disk, RealDisk};
use meetellen_events::log::journal::JournalReader;
use meetellen_events::log::{self, Verification, lock, verify};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a data folder has of a backup, and of an earlier try at restoring one, in the order it takes its place. The
/// journal last: with it the folder is somebody's.
const PLACES: [&str; 5] = ["signing", "operator.token", "keys", "end", "journal"];

/// From where, and into what.
#[derive(Debug, clap::Args)]
pub struct RestoreArguments {
    /// What `backup` wrote
    #[arg(value_name = "FILE", env = "MEETELLEN_FILE")]
    file: PathBuf,
    /// The data folder: missing or empty
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// The key folder [default: DIR/keys]
    #[arg(long, value_name = "DIR", env = "MEETELLEN_KEYS")]
    keys: Option<PathBuf>,
}

/// Restores it whole or not at all, and says on `out` what came.
pub fn run(arguments: &RestoreArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let RestoreArguments { file, data, keys } = arguments;
    let about = archive::about(file)?;
    empty(data)?;
    let made = !data.exists();
    private::make_folder(data)?;
    let restored = locked(file, data, keys.as_deref());
    if restored.is_err() && made {
        // Nothing half done stays. Where somebody put a file in meanwhile, the folder does.
        let _ = fs::remove_dir(data);
    }
    let seen = restored.with_context(|| format!("{} is not restored", file.display()))?;
    writeln!(
        out,
        "{} events of {} organisations, as of {}, {}",
        seen.events,
        seen.organisations,
        about.made_at,
        told(&about)
    )?;
    let again = devices::in_again(data, about.keys, SystemClock.now())?;
    if !again.is_empty() {
        writeln!(
            out,
            "in again are the devices that were in by then. Shut out anew those that were shut out since (page Devices, \
             or DELETE /api/v1/devices/ID):"
        )?;
        again
            .iter()
            .try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    Ok(())
}

fn told(about: &About) -> &'static str {
    if about.keys {
        "with keys"
    } else {
        "without keys: names can't be read, and programs need new tokens"
    }
}

/// Refuses a folder in which anything else is than what an earlier try left.
fn empty(data: &Path) -> anyhow::Result<()> {
    let shown = data.display();
    let broken_off = data.join(unfinished::RESTORE).exists();
    let entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("{shown} can't be read")),
    };
    for entry in entries {
        let name = entry?.file_name();
        let ours = name == "lock" || name == unfinished::RESTORE;
        let left = broken_off && PLACES.iter().any(|place| name == *place);
        anyhow::ensure!(
            ours || left,
            "{shown} is not empty: a backup is restored into an empty folder only"
        );
    }
    Ok(())
}

fn locked(file: &Path, data: &Path, keys: Option<&Path>) -> anyhow::Result<Verification> {
    let held = lock(data)?;
    // Somebody may have come first.
    empty(data)?;
    let aside = data.join(unfinished::RESTORE);
    let restored = remove(&aside)
        .and_then(|()| Ok(private::make_folder(&aside)?))
        .and_then(|()| unpack(file, &aside))
        .and_then(|()| check(&aside))
        .and_then(|seen| place(&aside, data, keys).map(|()| seen));
    if restored.is_err() {
        // As it was before; what can't be removed now goes at the next try.
        let _ = clear(data);
    }
    drop(held);
    restored
}

/// Takes away what an earlier or a failed try brought.
fn clear(data: &Path) -> anyhow::Result<()> {
    for place in PLACES {
        remove(&data.join(place))?;
    }
    remove(&data.join(unfinished::RESTORE))?;
    remove(&data.join("lock"))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} can't be removed", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes every member under `aside`, on disk.
fn unpack(file: &Path, aside: &Path) -> anyhow::Result<()> {
    let bar = progress::bar("unpacking");
    let unpacked = archive::unpack(file, &bar, &mut |member, size, content| {
        let path = aside.join(member.path());
        let folder = path.parent().unwrap_or(aside);
        private::make_folder(folder)?;
        room(aside, size)?;
        let mut options = OpenOptions::new();
        let mut written = private::open(options.write(true).create_new(true), &path)?;
        let copied = io::copy(content, &mut written)?;
        anyhow::ensure!(copied == size, "{} is cut short", member.path());
        written.sync_all()?;
        Ok(private::sync_name(&path)?)
    });
    bar.finish_and_clear();
    unpacked
}

/// An archive may say more than there is room for; a server on the same disk keeps the last of it.
fn room(folder: &Path, bytes: u64) -> anyhow::Result<()> {
    let space = RealDisk.space(folder)?;
    let kept_free = log::low_water(space.total);
    anyhow::ensure!(space.free >= kept_free + bytes, "there is no room for it");
    Ok(())
}

/// Checks every checksum and chain, that the journal is there up to its end mark and no further, and every key file.
fn check(aside: &Path) -> anyhow::Result<Verification> {
    let journal = JournalReader::open(Arc::new(RealDisk), aside)?;
    let extent = journal.extent().ok().flatten();
    let extent = extent.context("its end mark and its journal do not belong together")?;
    let folder = aside.join("journal");
    let mut there = 0;
    for (name, len) in &extent.files {
        let its = fs::metadata(folder.join(name)).map(|it| it.len()).ok();
        anyhow::ensure!(
            its == Some(*len),
            "journal file {name} is not as long as it was"
        );
        there += 1;
    }
    anyhow::ensure!(
        fs::read_dir(&folder)?.count() == there,
        "its journal goes on behind its end mark"
    );
    let config = log::Config::new(aside, codec::pack, codec::directory);
    let bar = progress::bar("checking");
    let seen = verify(&config, &mut |step| progress::step(&bar, step));
    bar.finish_and_clear();
    let seen = seen?;
    if let Some(damage) = &seen.damage {
        anyhow::bail!("its journal is damaged: {damage}");
    }
    if aside.join("keys").exists() {
        let keys = Keys::open(&aside.join("keys"))?;
        for organisation in keys.organisations()? {
            keys.has_any(organisation)?;
        }
    }
    Ok(seen)
}

/// Moves what was checked to its place.
fn place(aside: &Path, data: &Path, keys: Option<&Path>) -> anyhow::Result<()> {
    if let Some(elsewhere) = keys.filter(|keys| **keys != data.join("keys")) {
        place_keys(&aside.join("keys"), elsewhere)?;
        remove(&aside.join("keys"))?;
    }
    for place in PLACES {
        let (from, to) = (aside.join(place), data.join(place));
        remove(&to)?;
        if from.exists() {
            fs::rename(&from, &to)?;
            private::sync_name(&to)?;
        }
    }
    remove(aside)?;
    Ok(File::open(data)?.sync_all()?)
}

/// Copies key files into a folder that may be on another disk. Others there are left alone, and none of the same
/// organisation is overwritten.
fn place_keys(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    private::make_folder(to)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        names.push(entry?.file_name());
    }
    for name in &names {
        let there = to.join(name);
        anyhow::ensure!(
            !there.exists() || same(&from.join(name), &there)?,
            "other keys are in {} already",
            there.display()
        );
    }
    for name in &names {
        let content = zeroize::Zeroizing::new(fs::read(from.join(name))?);
        let there = to.join(name);
        private::replace(&there, &there.with_extension("new"), &content)?;
    }
    Ok(())
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let read = |path: &Path| -> io::Result<zeroize::Zeroizing<Vec<u8>>> {
        let mut content = zeroize::Zeroizing::new(Vec::new());
        File::open(path)?.read_to_end(&mut content)?;
        Ok(content)
    };
    Ok(read(one)? == read(other)?)
}
