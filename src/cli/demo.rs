//! Fills a folder with the demo, and opens its doors.

use super::WrongUsage;
use super::progress;
use crate::api::house;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::demo::{self, Played};
use crate::node::Node;
use crate::problem::Problem;
use crate::secrets;
use crate::writer::MEMORY_BYTES_DEFAULT;
use indicatif::ProgressBar;
use meetellen_events::access::Role;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::programme::{self, Target};
use meetellen_events::values::{Code, Day, Name, OrganisationId, Zone};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What the demo is filled with.
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// The data folder: missing or empty
    #[arg(long, value_name = "DIR", env = "MEETELLEN_DATA")]
    data: PathBuf,
    /// The key folder [default: DIR/keys]
    #[arg(long, value_name = "DIR", env = "MEETELLEN_KEYS")]
    keys: Option<PathBuf>,
    /// The day it is played on, today or before: it ends with the last whole month [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", env = "MEETELLEN_DAY")]
    day: Option<Day>,
}

/// Fills the folder, and says on `out` with what.
pub fn run(arguments: DemoArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    let DemoArguments { data, keys, day } = arguments;
    let keys = keys.unwrap_or_else(|| data.join("keys"));
    let today = today();
    let day = day.unwrap_or(today);
    if day > today {
        return Err(WrongUsage(format!("--day {day}: is yet to come")).into());
    }
    let begun = Instant::now();
    fill(&data, &keys, day, MEMORY_BYTES_DEFAULT)?;
    let months = demo::months_before(day);
    writeln!(
        out,
        "three invented organisations, {} to {}, in {} ({:.1} s)",
        months[0],
        months[months.len() - 1],
        data.display(),
        begun.elapsed().as_secs_f64()
    )?;
    Ok(())
}

/// Fills the folder of a server where it is empty.
pub fn prepare(config: &Config) -> anyhow::Result<()> {
    let filled = config.data.join("journal").is_dir();
    if filled {
        return Ok(());
    }
    fill(&config.data, &config.keys, today(), config.memory_bytes)
}

/// What to open of a demo that is served, and where: the door's poster, the bar's device, the coordinator's.
pub async fn doors(
    node: &Node,
    organisation: OrganisationId,
) -> anyhow::Result<[(&'static str, String); 3]> {
    let poster = poster(node, organisation).await?;
    let device = async |name: &str, role: Role| {
        let invited = Authority::Operator;
        house::invite(node, organisation, invited, Name::new(name)?, role)
            .await
            .map_err(told)
    };
    Ok([
        (
            "The poster at the door of Het Badhuis, of today: what a visitor scans",
            format!("{}/c/{poster}", node.public_url),
        ),
        ("The bar of Het Badhuis", device("Bar", Role::Bar).await?),
        (
            "The coordinator of Het Badhuis",
            device("Beheer", Role::Coordinator).await?,
        ),
    ])
}

/// The door's code of the day, made where there is none: who scans a poster that hangs for ever outside the opening
/// hours waits to be confirmed, and would not see the visit in the figures.
async fn poster(node: &Node, organisation: OrganisationId) -> anyhow::Result<Code> {
    let live = node.open(organisation).await.map_err(told)?;
    let (today, made) = {
        let live = live.read();
        let organisation = &live.organisation;
        let zone = organisation.zone().cloned().unwrap_or_default();
        let today = Some(zone.day_of(node.now()));
        let mut codes = organisation.programme().codes();
        let made = codes.find(|(_, issued)| {
            issued.target == Target::Door && issued.day == today && !issued.withdrawn
        });
        (today, made.map(|(code, _)| code))
    };
    if let Some(code) = made {
        return Ok(code);
    }
    let code = secrets::code()?;
    let request = Request::Programme(programme::Command::IssueCode {
        code,
        target: Target::Door,
        day: today,
        valid_until: None,
    });
    let asked = node.ask(organisation, Authority::System, request).await;
    asked.map_err(told)?;
    Ok(code)
}

fn told(problem: Problem) -> anyhow::Error {
    anyhow::anyhow!("{problem}")
}

fn today() -> Day {
    Zone::default().day_of(SystemClock.now())
}

/// Fills an empty folder, with a bar.
fn fill(data: &Path, keys: &Path, day: Day, memory_bytes: u64) -> anyhow::Result<()> {
    let bar = progress::bar("playing the demo");
    let filled = demo::fill_folder(data, keys, day, memory_bytes, &mut |played| {
        step(&bar, played);
    });
    bar.finish_and_clear();
    filled
}

fn step(bar: &ProgressBar, Played { done, total }: Played) {
    bar.set_length(total);
    bar.set_position(done);
}
