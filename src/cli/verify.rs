//! Checks a data folder without changing it.

mod statement;
mod statements;

use super::journal::{self, Own};
use super::progress;
use anyhow::Context;
use meetellen_events::codec;
use meetellen_events::log::{Config, verify, verify_some};
use meetellen_events::values::Slug;
use std::io::Write;
use std::path::PathBuf;

/// What is checked.
#[derive(Debug, clap::Args)]
#[command(subcommand_negates_reqs = true)]
pub struct VerifyArguments {
    /// The data folder; where a server holds it, its store is left out
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA", required = true)]
    data: Option<PathBuf>,
    /// Only this organisation's chain and what the store holds of it [default: everybody's]
    #[arg(long, value_name = "SLUG", env = "MEETELLEN_ORGANISATION", value_parser = Slug::new)]
    organisation: Option<Slug>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Checks a statement of a closed month: needs only the file, and the public key
    Statement(statement::StatementArguments),
}

/// Writes what was checked to `out`, and fails where anything is wrong, naming the first bad place.
pub fn run(arguments: &VerifyArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(What::Statement(arguments)) = &arguments.what {
        return statement::run(arguments, out);
    }
    let organisation = &arguments.organisation;
    let data = arguments.data.as_deref();
    let data = data.context("--data says which folder to check")?;
    journal::must_be(data)?;
    let config = Config::new(data, codec::pack, codec::directory);
    let bar = progress::bar("checking");
    let mut step = |step| progress::step(&bar, step);
    let seen = match organisation {
        None => verify(&config, &mut step),
        Some(slug) => {
            let mut own = Own::of(slug);
            let seen = verify_some(&config, &mut |line| own.is(line), &mut step);
            // Damage before its first commit may be what hides it.
            if seen.as_ref().is_ok_and(|seen| seen.damage.is_none()) {
                own.found(data)?;
            }
            seen
        }
    };
    bar.finish_and_clear();
    let seen = seen?;
    writeln!(
        out,
        "{} events in {} commits of {} organisations",
        seen.events, seen.commits, seen.organisations
    )?;
    if let Some(damage) = &seen.damage {
        anyhow::bail!("the journal is damaged: {damage}");
    }
    if let Some(store) = &seen.store {
        anyhow::bail!("the store is damaged: {store}");
    }
    anyhow::ensure!(
        !seen.mark_damaged,
        "the end mark is damaged; the next start makes it again"
    );
    if seen.mark_missing {
        writeln!(
            out,
            "there is no end mark: that the journal's end was cut off would not show"
        )?;
    }
    let store = if seen.store_seen {
        "journal and store are sound and agree"
    } else {
        "the journal is sound; there is no store, or a server holds it"
    };
    writeln!(out, "{store}")?;
    statements::run(data, organisation.as_ref(), out)
}

#[cfg(test)]
mod tests {
    use super::{VerifyArguments, codec, run};
    use meetellen_events::log::line::{Head, Line};
    use meetellen_events::log::{Config, EventLog};
    use meetellen_events::values::{OrganisationId, Timestamp};
    use std::path::{Path, PathBuf};

    const BODY: &[u8] = br#"{"actor":{"id":"00000000-0000-0000-0000-000000000000","kind":"operator"},"events":[{"id":"00000000-0000-0000-0000-000000000001","occurred_at":"2026-11-24T00:00:00.000Z","type":"test.v1"}]"#;

    fn fill(folder: &Path) {
        let config = Config::new(folder, codec::pack, codec::directory);
        let (mut log, _) = EventLog::open(config, &mut |_| {}).expect("the log opens");
        let organisation = OrganisationId::new(uuid::Uuid::from_u128(1));
        let mut head = Head::default();
        for second in 0..20 {
            let now = Timestamp::from_millis(1_800_000_000_000 + 1_000 * second);
            let line = Line::seal(BODY, organisation, head, now).expect("it seals");
            head = line.head();
            log.append(vec![line]).expect("it is kept");
        }
    }

    fn answer(folder: &Path) -> Result<String, String> {
        let mut out = Vec::new();
        let arguments = VerifyArguments {
            data: Some(folder.to_owned()),
            organisation: None,
            what: None,
        };
        run(&arguments, &mut out).map_err(|error| format!("{error:#}"))?;
        Ok(String::from_utf8(out).expect("what is printed is text"))
    }

    fn journal(folder: &Path) -> PathBuf {
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder.join("journal"))
            .expect("there is a journal")
            .map(|file| file.expect("it lists").path())
            .collect();
        found.sort();
        found.into_iter().next().expect("it has a file")
    }

    #[test]
    fn a_sound_folder_is_called_sound() {
        let folder = tempfile::tempdir().expect("a folder to test in");
        fill(folder.path());
        let said = answer(folder.path()).expect("nothing is wrong");
        assert!(said.starts_with("20 events in 20 commits of 1 organisations"));
        assert!(said.contains("sound and agree"), "{said}");
    }

    #[test]
    fn a_changed_byte_is_named_and_not_mended() {
        let folder = tempfile::tempdir().expect("a folder to test in");
        fill(folder.path());
        let file = journal(folder.path());
        let mut bytes = std::fs::read(&file).expect("it reads");
        let text = b"test.v1";
        let at = bytes.windows(text.len()).position(|window| window == text);
        bytes[at.expect("an event is in it")] ^= 1;
        std::fs::write(&file, &bytes).expect("it is changed");
        let said = answer(folder.path()).expect_err("something is wrong");
        assert!(said.contains("the journal is damaged"), "{said}");
        assert_eq!(std::fs::read(&file).expect("it reads"), bytes);
    }

    #[test]
    fn a_folder_without_a_journal_does_not_pass() {
        let folder = tempfile::tempdir().expect("a folder to test in");
        for wrong in [folder.path().join("nowhere"), folder.path().to_owned()] {
            let said = answer(&wrong).expect_err("there is no journal");
            assert!(said.contains("no journal"), "{said}");
        }
        let left = std::fs::read_dir(folder.path()).expect("it lists").count();
        assert_eq!(left, 0, "nothing was made");
    }
}
