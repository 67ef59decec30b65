//! Prints the figures of a period, from the journal alone.

use super::journal;
use crate::export;
use crate::i18n::Language;
use crate::live::Live;
use anyhow::Context;
use meetellen_events::codec;
use meetellen_events::log::line::Position;
use meetellen_events::values::{Period, Slug};
use std::io::Write;
use std::path::PathBuf;

/// Which figures.
#[derive(Debug, clap::Args)]
pub struct FiguresArguments {
    /// The data folder; a server may hold it
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// Whose: the name in addresses
    #[arg(long, value_name = "SLUG", env = "MEETELLEN_ORGANISATION", value_parser = Slug::new)]
    organisation: Slug,
    /// When: 2026-10-05, 2026-W41, 2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15
    #[arg(long, value_name = "PERIOD", env = "MEETELLEN_PERIOD")]
    period: Period,
    /// How they are written
    #[arg(long, env = "MEETELLEN_FORMAT", value_enum, default_value_t = Format::Json)]
    format: Format,
    /// As known at a position of the log: up to the last whole commit at or before it [default: its end]
    #[arg(long, value_name = "POSITION", env = "MEETELLEN_AS_OF", value_parser = clap::value_parser!(u64).range(1..))]
    as_of: Option<u64>,
    /// The language of labels and definitions
    #[arg(long, env = "MEETELLEN_LOCALE", value_enum, default_value_t = Locale::Nl)]
    locale: Locale,
}

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object
    Json,
    /// One table, comma separated
    Csv,
}

/// The languages of labels and definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Locale {
    /// Nederlands
    Nl,
    /// English
    En,
}

/// Writes them to `out`.
pub fn run(arguments: &FiguresArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let until = arguments.as_of.map_or(Position(u64::MAX), Position);
    let mut live = Live::default();
    let slug = &arguments.organisation;
    journal::read(&arguments.data, slug, "reading the journal", &mut |line| {
        if line.last() > until {
            return Ok(());
        }
        let commit = codec::decode(line)
            .with_context(|| format!("the commit at position {} can't be read", line.first()))?;
        for recorded in commit.recorded() {
            live.apply(&recorded);
        }
        live.head = line.head();
        Ok(())
    })?;
    let language = match arguments.locale {
        Locale::Nl => Language::Dutch,
        Locale::En => Language::English,
    };
    match arguments.format {
        // Whoever has the folder has all of it; a table is made to leave the house.
        Format::Json => {
            let document = export::document(&live, &arguments.period, language);
            serde_json::to_writer(&mut *out, &document)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let document = export::leaving(&live, &arguments.period, language);
            out.write_all(&export::csv(&document)?)?;
        }
    }
    Ok(())
}
