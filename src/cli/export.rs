//! Writes one organisation's log as NDJSON, from the journal alone.

use super::journal;
use meetellen_events::values::Slug;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Whose log.
#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// The data folder; a server may hold it
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// Whose: the name in addresses
    #[arg(long, value_name = "SLUG", env = "MEETELLEN_ORGANISATION", value_parser = Slug::new)]
    organisation: Slug,
}

/// Writes it to `out`, one commit a line, byte for byte as in the journal.
pub fn run(arguments: &ExportArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    let slug = &arguments.organisation;
    journal::read(&arguments.data, slug, "exporting", &mut |line| {
        out.write_all(line.bytes())?;
        Ok(out.write_all(b"\n")?)
    })?;
    Ok(out.flush()?)
}
