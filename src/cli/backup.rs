//! Writes everything but the store into one file, beside a server or without.

use super::archive::{About, Member, Packer};
use super::{journal, progress};
use crate::clock::{Clock, SystemClock};
use crate::private;
use anyhow::Context;
use indicatif::ProgressBar;
use meetellen_events::log::disk::{Disk, RealDisk};
use meetellen_events::log::journal::{Extent, JournalReader};
use meetellen_events::log::line::Head;
use meetellen_events::log::low_water;
use meetellen_events::values::OrganisationId;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// From where, into what.
#[derive(Debug, clap::Args)]
pub struct BackupArguments {
    /// The data folder; a server may hold it
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// The key folder [default: DIR/keys]
    #[arg(long, value_name = "DIR", env = "MEETELLEN_KEYS")]
    keys: Option<PathBuf>,
    /// Takes the keys along, the signing keys and the operator's token: who has the file can read names then
    #[arg(long, env = "MEETELLEN_WITH_KEYS")]
    with_keys: bool,
    /// The file to write, such as `monday.tar.zst`; one that is there is left alone
    #[arg(value_name = "FILE", env = "MEETELLEN_FILE")]
    file: PathBuf,
}

/// Writes it, and says on `out` what is in it.
pub fn run(arguments: &BackupArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let BackupArguments { data, file, .. } = arguments;
    journal::must_be(data)?;
    free(file)?;
    let journal = JournalReader::open(Arc::new(RealDisk), data)?;
    let extent = journal.extent()?.with_context(|| {
        let data = data.display();
        format!("nothing was recorded in {data} yet, or its end mark is lost: a start or `rebuild` makes that anew")
    })?;
    let held = check(&journal)?;
    let beside = beside(file);
    let begun = begin(&beside)?;
    let written = pack(arguments, begun, &extent).and_then(|()| {
        free(file)?;
        fs::rename(&beside, file)?;
        Ok(private::sync_name(file)?)
    });
    if let Err(error) = written {
        // Nothing half done stays; what can't be removed is told by its name.
        let _ = fs::remove_file(&beside);
        return Err(error.context(format!("{} is not written", file.display())));
    }
    let keys = if arguments.with_keys {
        "with keys: keep it as you keep names"
    } else {
        "without keys: names in it can't be read"
    };
    writeln!(
        out,
        "{} events of {} organisations, {keys}",
        held.values().map(|head| head.position.0).sum::<u64>(),
        held.len()
    )?;
    Ok(())
}

fn free(file: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !file.exists(),
        "{} is there already: it is left alone",
        file.display()
    );
    Ok(())
}

/// The end of each organisation's log. A damaged journal is no backup.
fn check(journal: &JournalReader) -> anyhow::Result<HashMap<OrganisationId, Head>> {
    let mut heads: HashMap<OrganisationId, Head> = HashMap::new();
    let mut broken = None;
    let mut lost = HashSet::new();
    let bar = progress::bar("checking the journal");
    let read = journal.read(
        &mut |line| {
            let line = match line {
                Ok(line) => line,
                // The others' logs are whole: a copy of them is needed more than ever.
                Err(damage) => {
                    eprintln!("commits are lost: {damage}");
                    lost.extend(damage.organisation);
                    return;
                }
            };
            let head = heads.entry(line.organisation()).or_default();
            if !line.header().follows(head) && !lost.contains(&line.organisation()) {
                broken.get_or_insert((line.organisation(), *head));
            }
            *head = line.head();
        },
        &mut |step| progress::step(&bar, step),
    );
    bar.finish_and_clear();
    read.map_err(journal::needs_mending)?;
    if let Some((organisation, head)) = broken {
        anyhow::bail!(
            "the journal needs mending: organisation {organisation} does not go on behind position {}",
            head.position
        );
    }
    Ok(heads)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().map(OsString::from).unwrap_or_default();
    name.push(".unfinished");
    file.with_file_name(name)
}

/// The empty file that is written to first; what a killed backup left of it goes.
fn begin(beside: &Path) -> anyhow::Result<File> {
    let shown = beside.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file =
        private::open(&mut options, beside).with_context(|| format!("{shown} can't be written"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => anyhow::bail!("another backup is writing {shown}"),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    file.set_len(0)?;
    Ok(file)
}

/// End mark, journal, keys, in that order: a key is on disk before the first event that needs it.
fn pack(arguments: &BackupArguments, file: File, extent: &Extent) -> anyhow::Result<()> {
    let BackupArguments { data, file: at, .. } = arguments;
    let about = About::new(arguments.with_keys, SystemClock.now());
    let mut packer = Packer::new(file, &about)?;
    let mark = &extent.end_mark;
    packer.add(&Member::EndMark, mark.len() as u64, &mut &mark[..])?;
    let bar = progress::bar("writing the backup");
    bar.set_length(extent.files.iter().map(|(_, len)| len).sum());
    for (name, len) in &extent.files {
        room(at, *len)?;
        let read = File::open(data.join("journal").join(name))?;
        let member = Member::Journal(name.clone());
        packer.add(&member, *len, &mut bar.wrap_read(read))?;
    }
    bar.finish_and_clear();
    if arguments.with_keys {
        let keys = arguments.keys.clone();
        let keys = keys.unwrap_or_else(|| data.join("keys"));
        secrets(&mut packer, "keys", &keys, at)?;
        let signing = data.join("signing");
        // The first start makes it.
        if signing.exists() {
            secrets(&mut packer, "signing", &signing, at)?;
        }
        add_small(&mut packer, &Member::Operator, &data.join("operator.token"))?;
    }
    Ok(packer.finish()?)
}

/// Adds the files of a folder that a backup has under the name `inside`.
fn secrets(packer: &mut Packer, inside: &str, folder: &Path, at: &Path) -> anyhow::Result<()> {
    let listed =
        fs::read_dir(folder).with_context(|| format!("there is no folder {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in listed {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    let bar: ProgressBar = progress::bar("adding keys");
    bar.set_length(names.len() as u64);
    for name in names {
        if let Some(member) = Member::at(&format!("{inside}/{name}")) {
            room(at, 0)?;
            add_small(packer, &member, &folder.join(name))?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Adds a file that is read whole first, since it may be put in another's place meanwhile. One that is missing is left out.
fn add_small(packer: &mut Packer, member: &Member, path: &Path) -> anyhow::Result<()> {
    let content = match fs::read(path) {
        Ok(content) => Zeroizing::new(content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    packer.add(member, content.len() as u64, &mut &content[..])
}

/// Refuses where so much more could take the last of the room from a server on the same disk.
fn room(file: &Path, bytes: u64) -> anyhow::Result<()> {
    let folder = file.parent().filter(|it| *it != Path::new(""));
    let space = RealDisk.space(folder.unwrap_or(Path::new(".")))?;
    let kept_free = low_water(space.total);
    anyhow::ensure!(space.free >= kept_free + bytes, "there is no room for it");
    Ok(())
}
