//! Buurttuin Kempenaar: a community garden without a fixed programme.

use super::book::{Book, On};
use super::{Stage, days_on};
use meetellen_events::people::AgeGroup;
use meetellen_events::programme::{OrganisedBy, Target};
use meetellen_events::standing::Listed;
use meetellen_events::tally::{Command, Donor, HoursBasis, Place, ShiftKind};
use meetellen_events::values::{
    Cents, CounterId, HeadCount, Month, Name, PersonId, Quantity, SecretHash,
};

const REGULAR_CHILDREN: usize = 15;
const OTHER_CHILDREN: usize = 6;
const CAKE_SESSIONS: usize = 6;
const MONEY_DONORS: usize = 15;
const GOODS_DONORS: usize = 16;
const GOODS: [&str; 4] = ["Gereedschap", "Aarde", "Houtsnippers", "Plantgoed"];
const NEIGHBOURS: [&str; 5] = [
    "Sien Akkerman",
    "Omar Loof",
    "Pia Tuinstra",
    "Ruud Heg",
    "Yara Beuk",
];

/// Plays all its months.
pub fn play(months: &[Month], stage: &mut dyn Stage) -> anyhow::Result<()> {
    let name = "Buurttuin Kempenaar (voorbeeld)";
    let mut book = Book::found(stage, months, "kempenaar", name)?;
    let mut volunteers = Vec::new();
    for name in NEIGHBOURS {
        let since = book.first();
        volunteers.push(book.register(name, true, AgeGroup::Adult, since)?);
    }
    let mut passes = Vec::new();
    for n in 1..=REGULAR_CHILDREN + OTHER_CHILDREN {
        let since = book.first();
        let child = book.register(&format!("Kind {n}"), false, AgeGroup::Child, since)?;
        passes.push(book.pass(child)?);
    }
    let eggs = CounterId::new(book.seed.uuid());
    book.list(Listed::Counter(eggs), "Eieren")?;
    let door = book.poster(Target::Door);
    let phones: Vec<_> = (0..30).map(|_| book.seed.bytes()).collect();
    for &month in months {
        children(&mut book, month, &passes);
        for day in days_on(month, &[3, 6]) {
            for phone in book.seed.choose(4, phones.len()) {
                let minute = book.seed.within(0, 150);
                book.scan((book.clock(day, 13, minute), 0), door, phones[phone])?;
            }
            let cups = book.seed.within(3, 9);
            book.pour(book.clock(day, 13, 30), 120, cups)?;
            let who = volunteers[usize::from(day.date().day().unsigned_abs()) % volunteers.len()];
            let end = Some((book.seed.within(100, 180), HoursBasis::Clocked));
            book.shift(who, ShiftKind::Garden, book.clock(day, 13, 0), end);
            let (counter, quantity) = (eggs, Quantity::new(book.seed.within(2, 9))?);
            book.tally(
                book.clock(day, 13, 10),
                Command::Tally { counter, quantity },
            );
        }
    }
    cakes(&mut book, months, &volunteers)?;
    gifts(&mut book, months)?;
    book.close(months)
}

/// Fifteen children on five to eight days of the month, others on one to three.
fn children(book: &mut Book<'_>, month: Month, passes: &[SecretHash]) {
    let afternoons = days_on(month, &[1, 2, 3, 5, 6]);
    for (index, &pass) in passes.iter().enumerate() {
        let days = if index < REGULAR_CHILDREN {
            book.seed.within(5, 8)
        } else {
            book.seed.within(1, 3)
        };
        let count = usize::try_from(days).expect("not negative");
        for day in book.seed.choose(count, afternoons.len()) {
            let minute = book.seed.within(0, 110);
            let at = book.clock(afternoons[day], 15, minute);
            book.tap(at, Place::DropIn, Some(pass));
        }
    }
}

/// Six afternoons with two cakes each.
fn cakes(book: &mut Book<'_>, months: &[Month], volunteers: &[PersonId]) -> anyhow::Result<()> {
    let picnic = book.offer("Tuinmiddag", OrganisedBy::Residents, None)?;
    for (n, &month) in months
        .iter()
        .rev()
        .step_by(2)
        .take(CAKE_SESSIONS)
        .enumerate()
    {
        let day = days_on(month, &[6])[2];
        for session in book.plan(picnic.activity, &[day], (14, 17)) {
            let heads = book.seed.within(14, 30);
            book.heads(
                book.clock(day, 15, 30),
                session,
                HeadCount::new(heads, 4, None)?,
            );
            let command = Command::Contribute {
                kind: Name::new("taart")?,
                quantity: Quantity::new(2)?,
                session: Some(session),
                volunteer: Some(volunteers[n % volunteers.len()]),
            };
            book.tally(book.clock(day, 14, 15), command);
        }
    }
    Ok(())
}

/// Money of fifteen, goods of sixteen, spread over the months; three give money twice.
fn gifts(book: &mut Book<'_>, months: &[Month]) -> anyhow::Result<()> {
    for n in 0..MONEY_DONORS + GOODS_DONORS {
        let month = months[n % months.len()];
        let day = month.first_day().plus(i32::try_from(n % 20)?);
        let (person, name) = book.giver(&format!("Gever {}", n + 1))?;
        let donor = Some(Donor::Named { person, name });
        let at = book.clock(day, 12, 0);
        if n >= MONEY_DONORS {
            let command = Command::GiveGoods {
                category: Name::new(GOODS[n % GOODS.len()])?,
                description: None,
                quantity: Quantity::new(book.seed.within(1, 5))?,
                donor,
                purpose: None,
            };
            book.tally_on(On::Own, (at, at), command);
            continue;
        }
        let mut donors = vec![donor];
        if n < 3 {
            donors.push(Some(Donor::Person(person)));
        }
        for (hour, donor) in (12..).zip(donors) {
            let command = Command::GiveMoney {
                amount: Cents::new(book.seed.within(1, 10) * 500)?,
                method: None,
                donor,
                purpose: None,
            };
            let at = book.clock(day, hour, 0);
            book.tally_on(On::Own, (at, at), command);
        }
    }
    Ok(())
}
