//! Checks a statement of a closed month that somebody has in hand.

use crate::cli::progress;
use crate::statements::check::{is_of_this_version, signatory, trusted};
use crate::statements::keys::{Introduction, fingerprint};
use crate::statements::replay::Replay;
use anyhow::Context;
use meetellen_events::log::line::{LINE_BYTES_MAX, Line};
use meetellen_events::months::{STATEMENT_BYTES_MAX, Statement};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Longest file of keys.
const KEYS_BYTES_MAX: u64 = 256 * 1024;

/// Which statement, and against what.
#[derive(Debug, clap::Args)]
pub struct StatementArguments {
    /// The statement, as it was downloaded
    #[arg(value_name = "FILE", env = "MEETELLEN_STATEMENT")]
    file: PathBuf,
    /// The public key, as 64 hex digits or as `/api/v1/statement-keys` gives it [default: the one in the statement, to be
    /// compared by eye]
    #[arg(long, value_name = "FILE", env = "MEETELLEN_STATEMENT_KEY")]
    key: Option<PathBuf>,
    /// The organisation's log, as `export` printed it: every figure is counted again from it
    #[arg(long, value_name = "NDJSON", env = "MEETELLEN_EXPORT")]
    export: Option<PathBuf>,
}

/// Writes what holds to `out`, and fails where anything doesn't.
pub fn run(arguments: &StatementArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = read(&arguments.file, STATEMENT_BYTES_MAX as u64 + 2)?;
    // An editor or a shell may have ended the last line.
    let text = text.trim_end_matches(['\r', '\n']);
    let statement = Statement::parse(text)
        .with_context(|| format!("{} is no statement", arguments.file.display()))?;
    let by = signatory(&statement)?;
    let value = statement.value();
    let said = |pointer| {
        value
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    writeln!(
        out,
        "{} of {} ({}), made at {}",
        statement.month(),
        said("/organisation/name"),
        said("/organisation/slug"),
        statement.made_at()
    )?;
    if let Some(old) = statement.restates() {
        writeln!(out, "in the place of statement {old}")?;
    }
    writeln!(out, "nothing in it was changed since it was signed")?;
    match &arguments.key {
        Some(file) => {
            let (keys, known) = keys(file)?;
            trusted(&by, &keys, &known)?;
            writeln!(
                out,
                "signed by key {}, as the given one vouches",
                by.fingerprint()
            )?;
        }
        None => {
            writeln!(out, "signed by key {}", grouped(&by.fingerprint()))?;
            writeln!(
                out,
                "whose key that is the file can't prove: compare it with the one you were given"
            )?;
        }
    }
    if let Some(export) = &arguments.export {
        recount(&statement, export, out)?;
    }
    Ok(())
}

fn recount(statement: &Statement, export: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut replay = Replay::default();
    replay.want(statement);
    each(export, &mut |line| Ok(replay.take(&line)?))?;
    let given = replay.given(statement);
    let holding = replay.holding(statement.month());
    // What the log does not hold is compared all the same: it may tell why.
    replay.compare(statement);
    let (_, wrong) = replay.finish();
    for (_, wrong) in &wrong {
        writeln!(out, "{wrong}")?;
    }
    anyhow::ensure!(
        wrong.is_empty(),
        "the log does not come to what the statement says"
    );
    let given = given.context("the log does not hold this statement: it was never given out")?;
    writeln!(
        out,
        "every number in it is what the log comes to, up to position {}; it was given at position {}",
        statement.as_of(),
        given.position
    )?;
    if !is_of_this_version(statement) {
        writeln!(
            out,
            "another version made it: what it leaves out, and what it says of the statement before, was not compared"
        )?;
    }
    if let Some(newer) = holding.filter(|holding| holding.id != given.id) {
        writeln!(
            out,
            "superseded: statement {} at position {} holds now",
            newer.id, newer.position
        )?;
    }
    Ok(())
}

/// Shows `visit` every line of an export, its hash checked.
fn each(file: &Path, visit: &mut dyn FnMut(Line) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let open = || format!("{} can't be read", file.display());
    let mut from = BufReader::new(File::open(file).with_context(open)?);
    let bar = progress::bar("counting again");
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        if from
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut bytes)
            .with_context(open)?
            == 0
        {
            break;
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        visit(Line::parse(line).with_context(|| format!("{} is no export", file.display()))?)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The keys of a file, and their introductions where it has any.
fn keys(file: &Path) -> anyhow::Result<(Vec<String>, Vec<Introduction>)> {
    let text = read(file, KEYS_BYTES_MAX)?;
    let no_key = || format!("{} holds no public key", file.display());
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        let of_one = vec![value.clone()];
        let all = value
            .get("keys")
            .and_then(Value::as_array)
            .unwrap_or(&of_one);
        let known: Result<Vec<Introduction>, _> = all
            .iter()
            .map(|one| serde_json::from_value(one.clone()))
            .collect();
        let known = known.with_context(no_key)?;
        anyhow::ensure!(
            !known.is_empty() && known.iter().all(Introduction::holds),
            no_key()
        );
        return Ok((known.iter().map(|one| one.public.clone()).collect(), known));
    }
    let hex = text.trim().to_ascii_lowercase();
    let is_key = hex.len() == 64 && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    anyhow::ensure!(is_key, no_key());
    // As it was typed, it may be a fingerprint that is meant: that is no key.
    anyhow::ensure!(!fingerprint(&hex).is_empty(), no_key());
    Ok((vec![hex], Vec::new()))
}

fn read(file: &Path, bytes_max: u64) -> anyhow::Result<String> {
    let open = || format!("{} can't be read", file.display());
    let mut text = String::new();
    let from = File::open(file).with_context(open)?;
    from.take(bytes_max + 1)
        .read_to_string(&mut text)
        .with_context(open)?;
    anyhow::ensure!(
        text.len() as u64 <= bytes_max,
        "{} is too long",
        file.display()
    );
    Ok(text)
}

/// In groups of four, to be compared by eye.
fn grouped(fingerprint: &str) -> String {
    let groups = fingerprint.as_bytes().chunks(4);
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(" ")
}
