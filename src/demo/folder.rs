//! The data folder of a demo: empty, filled with it, or somebody's own.

use super::fill::{Played, fill};
use crate::keys::Keys;
use crate::private;
use crate::statements::keys::StatementKeys;
use crate::writer::Core;
use anyhow::Context;
use meetellen_events::codec::{self, Found};
use meetellen_events::event::Event;
use meetellen_events::log::line::Position;
use meetellen_events::log::{self, EventLog, LogReader};
use meetellen_events::organisation;
use meetellen_events::values::{Day, OrganisationId, Slug};
use std::fs;
use std::io;
use std::path::Path;

/// The organisation whose posters and devices are shown.
pub const SHOWN: &str = "badhuis";

/// Stands in the folder while it is being filled: what was broken off is never taken for the demo.
const UNFINISHED: &str = "demo.unfinished";

/// Whether there is nothing in a folder; it may be missing.
pub fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Fills an empty data folder with the demo of a day.
///
/// # Errors
/// Where anything is in the folder, somebody holds it, or it can't be written.
pub fn fill_folder(
    data: &Path,
    keys: &Path,
    today: Day,
    memory_bytes: u64,
    progress: &mut dyn FnMut(Played),
) -> anyhow::Result<()> {
    finished(data)?;
    let mark = data.join(UNFINISHED);
    let empty = is_empty(data).with_context(|| format!("{} can't be read", data.display()))?;
    anyhow::ensure!(
        empty,
        "{} is not empty: the demo fills an empty folder only",
        data.display()
    );
    private::make_folder(data)?;
    fs::File::create(&mark)?.sync_all()?;
    let config = log::Config::new(data, codec::pack, codec::directory);
    let (log, _) = EventLog::open(config, &mut |_| {})?;
    let keys = Keys::open(keys)?;
    let mut core = Core::new(log, memory_bytes)?;
    let statement_keys = StatementKeys::of(&data.join("signing"));
    fill(&mut core, (&keys, &statement_keys), today, progress)?;
    // Applies and syncs the rest.
    drop(core);
    fs::remove_file(&mark)?;
    private::sync_name(&mark)?;
    Ok(())
}

/// The shown organisation of a folder that was filled with the demo; an error where it is anything else.
pub fn filled(data: &Path, reader: &LogReader) -> anyhow::Result<OrganisationId> {
    finished(data)?;
    shown(reader)?.with_context(|| {
        format!(
            "{} holds something else than the demo: start without --demo, or name an empty folder",
            data.display()
        )
    })
}

fn finished(data: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !data.join(UNFINISHED).exists(),
        "the demo in {} was broken off: remove the folder and start again",
        data.display()
    );
    Ok(())
}

fn shown(reader: &LogReader) -> anyhow::Result<Option<OrganisationId>> {
    let key = codec::directory_key(&Found::Slug(Slug::new(SHOWN)?));
    let directory = reader.directory()?;
    let Some(found) = directory.iter().find(|entry| entry.key == key) else {
        return Ok(None);
    };
    let Some(line) = reader.commit_at(found.organisation, Position(1))? else {
        return Ok(None);
    };
    let founded = codec::decode(&line)?.facts.into_iter().next();
    let founded = founded.map(|fact| fact.event);
    let is_demo = matches!(
        founded,
        Some(Event::Organisation(organisation::Event::Founded {
            demo: true,
            ..
        }))
    );
    Ok(is_demo.then_some(found.organisation))
}
