use super::{Stage, months_before, play};
use meetellen_events::organisation::{Command, Request};
use meetellen_events::tally::{Command as Tally, Who};
use meetellen_events::values::{
    Day, Month, OrganisationId, PersonId, Sealed, SecretHash, Tag, Timestamp, Zone,
};
use std::collections::{HashMap, HashSet};

/// Adds up what the last month saw.
#[derive(Default, PartialEq, Debug)]
struct Adding {
    month: Option<Month>,
    latest: HashMap<OrganisationId, Timestamp>,
    founded: Vec<OrganisationId>,
    revenue: u64,
    shop_revenue: u64,
    cups: u64,
    bar_shifts: usize,
    bar_volunteers: HashSet<PersonId>,
    cakes: u64,
    commands: usize,
}

impl Adding {
    fn add(&mut self, in_month: bool, command: Tally) {
        let badhuis = in_month && self.founded.len() == 1;
        if let Tally::Contribute { quantity, .. } = &command {
            self.cakes += u64::from(quantity.get());
        }
        if let (Tally::CountShopRevenue { amount, .. }, true) = (&command, in_month) {
            self.shop_revenue += amount.get();
        }
        if !badhuis {
            return;
        }
        if let Tally::CountBarRevenue { amount, .. } = &command {
            self.revenue += amount.get();
        }
        if let Tally::Coffee { cups, .. } = &command {
            self.cups += u64::from(cups.get());
        }
        if let Tally::StartShift {
            who: Who::Person(person),
            ..
        } = command
        {
            self.bar_shifts += 1;
            self.bar_volunteers.insert(person);
        }
    }
}

impl Stage for Adding {
    fn at(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        command: Command,
    ) -> anyhow::Result<()> {
        let latest = self.latest.entry(organisation).or_default();
        assert!(*latest <= now, "time went back");
        *latest = now;
        self.commands += 1;
        if let Request::Found { .. } = &command.request {
            self.founded.push(organisation);
        }
        if let Request::Tally(entry) = command.request {
            let month = Zone::default().day_of(entry.occurred_at).month();
            self.add(Some(month) == self.month, entry.command);
        }
        Ok(())
    }

    fn seal(&mut self, _: OrganisationId, _: PersonId, text: &str) -> anyhow::Result<Sealed> {
        Ok(Sealed::new(text.to_owned()))
    }

    fn tag(&mut self, _: OrganisationId, _: Month, phone: [u8; 16]) -> anyhow::Result<Tag> {
        Ok(Tag::new(phone))
    }

    fn hash(&mut self, secret: [u8; 16]) -> SecretHash {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&secret);
        SecretHash::new(bytes)
    }
}

fn played(today: &str) -> Adding {
    let today: Day = today.parse().expect("a day");
    let mut stage = Adding {
        month: months_before(today).last().copied(),
        ..Adding::default()
    };
    play(today, &mut stage).expect("played");
    stage
}

#[test]
fn the_last_month_adds_up_whatever_its_weekdays() {
    // months with 20 to 23 weekdays, 4 and 5 Fridays, an October among them
    for today in [
        "2026-03-02",
        "2026-06-15",
        "2026-11-24",
        "2027-01-01",
        "2026-08-09",
    ] {
        let seen = played(today);
        assert_eq!(seen.founded.len(), 3, "{today}");
        assert_eq!(seen.revenue, 182_500, "{today}");
        assert_eq!(seen.bar_shifts, 42, "{today}");
        let volunteers = u64::try_from(seen.bar_volunteers.len()).expect("few");
        assert_eq!(seen.cups / volunteers, 160, "{today}");
        assert!(seen.shop_revenue > 0, "{today}");
        assert_eq!(seen.cakes, 12, "{today}");
    }
}

#[test]
fn the_same_day_plays_the_same() {
    assert_eq!(played("2026-11-24"), played("2026-11-24"));
}
