//! The devices that a restored folder lets in again: the log knows those of its day, and nothing of who was shut out
//! since.

use anyhow::Context;
use meetellen_events::access::{self, DeviceKind, Role};
use meetellen_events::codec;
use meetellen_events::event::{Event, Recorded};
use meetellen_events::log::disk::RealDisk;
use meetellen_events::log::journal::JournalReader;
use meetellen_events::log::line::Position;
use meetellen_events::organisation;
use meetellen_events::values::{OrganisationId, Slug, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is kept of an organisation.
#[derive(Default)]
struct House {
    slug: Option<Slug>,
    ended: bool,
    devices: access::state::State,
}

/// A line for each device that is in: its organisation, id, role, name and day. Programs are only where the keys that
/// sign their tokens came along.
pub fn in_again(data: &Path, keys: bool, now: Timestamp) -> anyhow::Result<Vec<String>> {
    let mut houses: BTreeMap<OrganisationId, House> = BTreeMap::new();
    let journal = JournalReader::open(Arc::new(RealDisk), data)?;
    let mut failed = None;
    journal.read(
        &mut |line| {
            let Ok(line) = line else { return };
            match codec::decode(&line) {
                Ok(commit) => {
                    let house = houses.entry(line.organisation()).or_default();
                    commit.recorded().for_each(|recorded| house.take(&recorded));
                }
                Err(error) => failed = Some((error, line.first())),
            }
        },
        &mut |_| {},
    )?;
    if let Some((error, Position(position))) = failed {
        return Err(error).with_context(|| format!("the commit at position {position}"));
    }
    let mut lines = Vec::new();
    for house in houses.values().filter(|house| !house.ended) {
        lines.extend(house.lines(keys, now));
    }
    Ok(lines)
}

impl House {
    fn take(&mut self, recorded: &Recorded) {
        match &recorded.fact.event {
            Event::Organisation(organisation::Event::Founded { slug, .. }) => {
                self.slug = Some(slug.clone());
            }
            Event::Organisation(organisation::Event::Ended {}) => self.ended = true,
            Event::Access(event) => self.devices.evolve(event, recorded),
            Event::Organisation(organisation::Event::Renamed { .. })
            | Event::Programme(_)
            | Event::People(_)
            | Event::Standing(_)
            | Event::Tally(_)
            | Event::Months(_)
            | Event::Unknown(_) => {}
        }
    }

    fn lines(&self, keys: bool, now: Timestamp) -> Vec<String> {
        let slug = self.slug.as_ref().map_or("", Slug::as_str);
        let lasts = |until: Option<Timestamp>| until.is_some_and(|until| until > now);
        let mut lines: Vec<String> = self
            .devices
            .devices()
            .filter(|(_, known)| match known.kind {
                DeviceKind::Browser => known.is_in(),
                DeviceKind::Api => known.is_in() && keys && lasts(known.expires_at),
            })
            .map(|(id, known)| {
                let name = known
                    .name
                    .as_ref()
                    .map_or("by a badge", |name| name.as_str());
                let role = word(known.role);
                format!("{slug} {id} {role} {name}, since {}", known.added_at)
            })
            .collect();
        lines.sort_unstable();
        lines
    }
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "coordinator",
        Role::Volunteer => "volunteer",
        Role::Bar => "bar",
        Role::Viewer => "viewer",
    }
}
