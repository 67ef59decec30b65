//! Het Badhuis: a former bath house with a bar, open every weekday morning.

use super::book::{Book, Offered, On};
use super::{Stage, days_on};
use crate::statements::restating::CALM_MILLIS;
use meetellen_events::organisation::Request;
use meetellen_events::people::{self, AgeGroup, PersonFacts};
use meetellen_events::programme::{OrganisedBy, Target};
use meetellen_events::standing::{Hours, Listed, Room, Setting, Sourced};
use meetellen_events::tally::{Arrival, Command, HoursBasis, Place, ShiftKind};
use meetellen_events::values::{
    Cents, Code, Cups, Day, HeadCount, Month, Name, PersonId, RoomId, SecretHash, SessionId,
    TenantId,
};

/// The totals of one month.
struct Plan {
    participations: i64,
    at_drinks: i64,
    revenue: i64,
}

/// A typical month: what the last one shows.
const TYPICAL: Plan = Plan {
    participations: 600,
    at_drinks: 35,
    revenue: 182_500,
};
const BAR_SHIFTS: usize = 42;
const BAR_VOLUNTEERS: usize = 14;
const CUPS_A_VOLUNTEER: i64 = 160;
const VOLUNTEERS: usize = 94;
const LEFT: usize = 2;
const FIRST_NAMES: [&str; 12] = [
    "Ans", "Bram", "Chadia", "Dirk", "Eline", "Faris", "Greet", "Hicham", "Ineke", "Joris",
    "Kadir", "Lotte",
];
const LAST_NAMES: [&str; 8] = [
    "Veenhuis",
    "Okkerman",
    "Dalstra",
    "El Amrani",
    "Pruimboom",
    "Waterval",
    "Sluisdijk",
    "Korting",
];

struct House {
    volunteers: Vec<PersonId>,
    passes: Vec<SecretHash>,
    phones: Vec<[u8; 16]>,
    door: Code,
    drinks: Offered,
    weekly: Vec<(Offered, u8, (u16, u16))>,
    film: Offered,
    wine: Offered,
    project: Offered,
}

/// Plays all its months.
pub fn play(months: &[Month], stage: &mut dyn Stage) -> anyhow::Result<()> {
    let mut book = Book::found(stage, months, "badhuis", "Het Badhuis (voorbeeld)")?;
    let house = set_up(&mut book, months)?;
    for (index, &month) in months.iter().enumerate() {
        let plan = if index + 1 == months.len() {
            TYPICAL
        } else {
            Plan {
                participations: book.seed.within(520, 610),
                at_drinks: book.seed.within(30, 38),
                revenue: book.seed.within(150_000, 190_000),
            }
        };
        sessions(&mut book, &house, month, &plan)?;
        bar(&mut book, &house, month, index, plan.revenue)?;
        mornings(&mut book, &house, month)?;
    }
    offline(&mut book, months);
    book.close(months)
}

/// The tablet at the door was without reception on one morning: what was tapped on it came once the month was closed.
fn offline(book: &mut Book<'_>, months: &[Month]) {
    let Some(&month) = months.iter().nth_back(1) else {
        return;
    };
    let mornings = days_on(month, &[1, 2, 3, 4, 5]);
    let Some(&morning) = mornings.iter().nth_back(2) else {
        return;
    };
    let came = book.clock(month.next().first_day().plus(8), 9, 0);
    for minute in 20..25 {
        let tap = Command::CheckIn {
            place: Place::DropIn,
            party: None,
            arrival: Arrival::Unknown,
        };
        book.tally_on(On::Shared, (book.clock(morning, 10, minute), came), tap);
    }
    book.restate(came.plus_millis(CALM_MILLIS), month);
}

/// An invented name, a different one for each of the first 96.
pub fn invented(index: usize) -> String {
    let (first, last) = (index % FIRST_NAMES.len(), index / FIRST_NAMES.len());
    format!(
        "{} {}",
        FIRST_NAMES[first],
        LAST_NAMES[last % LAST_NAMES.len()]
    )
}

fn set_up(book: &mut Book<'_>, months: &[Month]) -> anyhow::Result<House> {
    let (parlour, hall) = settings(book)?;
    for name in [
        "Atelier Boven",
        "Fietskoerier Spaak",
        "Naaister Nova",
        "Taalcafé Tik",
        "Studio Stil",
        "Klusdienst Kwast",
        "Tekenschool Lijn",
    ] {
        let tenant = TenantId::new(book.seed.uuid());
        book.list(Listed::Tenant(tenant), name)?;
    }
    let residents = OrganisedBy::Residents;
    let weekly = vec![
        (book.offer("Stoelyoga", residents, hall)?, 1, (14, 15)),
        (book.offer("Beeldhouwgroep", residents, hall)?, 2, (13, 16)),
        (book.offer("Rockkoor", residents, hall)?, 3, (20, 22)),
        (book.offer("Seniorenkoor", residents, hall)?, 4, (14, 16)),
        (book.offer("Dansavond", residents, hall)?, 6, (20, 23)),
    ];
    Ok(House {
        volunteers: volunteers(book, months)?,
        passes: passes(book)?,
        phones: (0..160).map(|_| book.seed.bytes()).collect(),
        door: book.poster(Target::Door),
        drinks: book.offer("Vrijdagborrel", residents, parlour)?,
        weekly,
        film: book.offer("Filmavond", residents, hall)?,
        wine: book.offer("Wijnproeverij", OrganisedBy::Volunteers, parlour)?,
        project: book.offer("Woensdagproject", OrganisedBy::Partner, hall)?,
    })
}

/// The settings, with the two rooms they name.
fn settings(book: &mut Book<'_>) -> anyhow::Result<(Option<RoomId>, Option<RoomId>)> {
    let mut hours = Vec::new();
    for weekday in 1..=5 {
        let to = if weekday == 5 { "20:00" } else { "12:30" };
        let (from, to) = ("09:00".parse()?, to.parse()?);
        hours.push(Hours { weekday, from, to });
    }
    let room = |book: &mut Book<'_>, name| -> anyhow::Result<Room> {
        let id = RoomId::new(book.seed.uuid());
        let (name, capacity) = (Name::new(name)?, Some(60));
        Ok(Room { id, name, capacity })
    };
    let (parlour, hall) = (room(book, "Huiskamer")?, room(book, "Zaal")?);
    let (first, second) = (Some(parlour.id), Some(hall.id));
    let source = Name::new("voorbeeld")?;
    let sourced = |number| Sourced {
        number,
        source: source.clone(),
    };
    book.settings(vec![
        Setting::OpeningHours(hours),
        Setting::Rooms(vec![parlour, hall]),
        Setting::CupsPerPot(Cups::new(20)?),
        Setting::HourlyRate(sourced(1_650)),
        Setting::CanteenLimit(sourced(6_806_700)),
        Setting::Inhabitants(sourced(4_830)),
    ]);
    Ok((first, second))
}

/// 80 from the start, 16 who join in the first year, of whom two leave again.
fn volunteers(book: &mut Book<'_>, months: &[Month]) -> anyhow::Result<Vec<PersonId>> {
    let mut volunteers = Vec::new();
    for index in 0..VOLUNTEERS + LEFT {
        let joins = index.saturating_sub(79).min(months.len() - 2);
        let since = match joins {
            0 => book.first(),
            later => months[later].first_day().plus(4),
        };
        let person = book.register(&invented(index), true, AgeGroup::Adult, since)?;
        volunteers.push(person);
    }
    for person in volunteers.split_off(VOLUNTEERS) {
        let facts = PersonFacts {
            volunteer: Some(false),
            ..PersonFacts::default()
        };
        let day = months[months.len() - 2].last_day();
        let since = Some(day);
        let change = people::Command::Change {
            person,
            facts,
            since,
        };
        book.ask(book.clock(day, 16, 0), Request::People(change));
    }
    Ok(volunteers)
}

fn passes(book: &mut Book<'_>) -> anyhow::Result<Vec<SecretHash>> {
    let mut passes = Vec::new();
    for name in ["Truus", "Wim", "Fatma", "Kees", "Nel", "Abdel"] {
        let person = book.register(name, false, AgeGroup::Senior, book.first())?;
        passes.push(book.pass(person)?);
    }
    Ok(passes)
}

/// All sessions of a month: the drinks, 25 sessions of residents in all, and those of others.
fn sessions(book: &mut Book<'_>, house: &House, month: Month, plan: &Plan) -> anyhow::Result<()> {
    let fridays = days_on(month, &[5]);
    let ids = book.plan(house.drinks.activity, &fridays, (17, 20));
    let at_drinks = plan.at_drinks * i64::try_from(fridays.len())?;
    let shares = book.seed.spread(at_drinks, fridays.len());
    let starts = fridays.into_iter().zip(ids).zip(shares);
    for ((day, session), heads) in starts {
        attend(book, house, house.drinks, (session, day, 17), heads)?;
    }

    let mut others = Vec::new();
    for &(offered, weekday, hours) in &house.weekly {
        let mut on = days_on(month, &[weekday]);
        on.truncate(4);
        others.push((offered, on, hours));
    }
    let sundays = days_on(month, &[7]);
    if days_on(month, &[5]).len() == 4 {
        others.push((house.film, vec![sundays[1]], (20, 22)));
    }
    others.push((house.wine, vec![sundays[2]], (16, 18)));
    for session in book.plan(house.wine.activity, &sundays[..1], (16, 18)) {
        book.cancel(book.clock(sundays[0], 10, 0), session);
    }
    if !matches!(month.number(), 7 | 8) {
        others.push((house.project, days_on(month, &[3]), (10, 15)));
    }
    let count = others.iter().map(|(_, on, _)| on.len()).sum();
    let shares = book.seed.spread(plan.participations - at_drinks, count);
    let mut shares = shares.into_iter();
    for (offered, on, hours) in others {
        let ids = book.plan(offered.activity, &on, hours);
        for ((day, session), heads) in on.into_iter().zip(ids).zip(shares.by_ref()) {
            attend(book, house, offered, (session, day, hours.0), heads)?;
        }
    }
    Ok(())
}

/// So many at a session: phones at the poster, passes, taps of the host, and often a head count of all.
fn attend(
    book: &mut Book<'_>,
    house: &House,
    offered: Offered,
    (session, day, hour): (SessionId, Day, u16),
    heads: i64,
) -> anyhow::Result<()> {
    let counted = book.seed.within(0, 2) == 0;
    let shown = if counted { heads * 3 / 4 } else { heads };
    let phones = usize::try_from(shown * 2 / 3)?;
    for (n, phone) in book
        .seed
        .choose(phones, house.phones.len())
        .into_iter()
        .enumerate()
    {
        let minute = book.seed.within(0, 25);
        let at = book.clock(day, hour, minute);
        let phone = house.phones[phone];
        let late = book.seed.within(90, 600);
        match n {
            3 => book.scan((at, late), offered.poster, phone)?,
            4 => book.scan_shifted(at, offered.poster, (phone, -7))?,
            _ => book.scan((at, 0), offered.poster, phone)?,
        };
        if n == 0 {
            // Its owner did not see the first thank-you.
            book.scan((at.plus_millis(40_000), 0), offered.poster, phone)?;
        }
    }
    let taps = usize::try_from(shown)? - phones;
    for n in 0..taps {
        let minute = book.seed.within(5, 40);
        let at = book.clock(day, hour, minute);
        let pass = (n < 2).then(|| house.passes[(n + phones) % house.passes.len()]);
        book.tap(at, Place::Session(session), pass);
    }
    if book.seed.within(0, 3) == 0 {
        book.mistap(book.clock(day, hour, 31), Place::Session(session));
    }
    if counted {
        let at = book.clock(day, hour, 45);
        book.heads(at, session, HeadCount::new(heads, 0, None)?);
    }
    Ok(())
}

/// The bar: 42 shifts of 14 volunteers, their coffee, and the till at closing.
fn bar(
    book: &mut Book<'_>,
    house: &House,
    month: Month,
    index: usize,
    revenue: i64,
) -> anyhow::Result<()> {
    let weekdays = days_on(month, &[1, 2, 3, 4, 5]);
    let mut slots: Vec<(Day, u16)> = weekdays.iter().map(|&day| (day, 9)).collect();
    slots.extend(days_on(month, &[5]).into_iter().map(|day| (day, 17)));
    slots.sort();
    let cups = CUPS_A_VOLUNTEER * i64::try_from(BAR_VOLUNTEERS)?;
    let shares = book.seed.spread(cups, slots.len());
    for (&(day, hour), cups) in slots.iter().zip(shares) {
        book.pour(book.clock(day, hour, 0), 150, cups)?;
    }
    let doubled: Vec<_> = weekdays.iter().map(|&day| (day, 9)).collect();
    slots.extend(doubled.into_iter().take(BAR_SHIFTS - slots.len()));
    slots.sort();
    for (n, (day, hour)) in slots.into_iter().enumerate() {
        let who = house.volunteers[(index * 3 + n % BAR_VOLUNTEERS) % 40];
        let end = match n {
            10 => None,
            5 => Some((180, HoursBasis::Entered)),
            _ => Some((book.seed.within(170, 195), HoursBasis::Clocked)),
        };
        book.shift(who, ShiftKind::Bar, book.clock(day, hour, -5), end);
    }
    let shares = book.seed.spread(revenue, weekdays.len());
    for (n, (day, cents)) in weekdays.into_iter().zip(shares).enumerate() {
        let closing = if day.weekday() == 5 { 20 } else { 12 };
        let amount = Cents::new(cents)?;
        let expected = Some(Cents::new(cents + book.seed.within(-15, 20) * 10)?);
        let hire = n == 7;
        let command = Command::CountBarRevenue {
            amount,
            expected,
            hire,
        };
        book.tally(book.clock(day, closing, 20), command);
    }
    Ok(())
}

/// Who drops in on weekday mornings, at the door's poster or by a tap.
fn mornings(book: &mut Book<'_>, house: &House, month: Month) -> anyhow::Result<()> {
    for day in days_on(month, &[1, 2, 3, 4, 5]) {
        let count = usize::try_from(book.seed.within(8, 16))?;
        for phone in book.seed.choose(count, house.phones.len()) {
            let minute = book.seed.within(5, 150);
            let at = book.clock(day, 9, minute);
            book.scan((at, 0), house.door, house.phones[phone])?;
        }
        for _ in 0..book.seed.within(4, 9) {
            let minute = book.seed.within(5, 150);
            book.tap(book.clock(day, 9, minute), Place::DropIn, None);
        }
    }
    // Somebody took the poster's photograph home.
    let night = days_on(month, &[7])[2].plus(1);
    for (minute, phone) in (10..).zip(book.seed.choose(3, house.phones.len())) {
        let at = book.clock(night, 2, minute);
        book.scan_doubtful(at, house.door, house.phones[phone])?;
    }
    Ok(())
}
