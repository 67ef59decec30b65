//! De Sleutel: a meeting centre in old classrooms with a thrift shop, open Monday to Thursday.

use super::badhuis::invented;
use super::book::{Book, Offered};
use super::{Stage, days_on};
use meetellen_events::organisation::Request;
use meetellen_events::people::AgeGroup;
use meetellen_events::programme::{OrganisedBy, Target};
use meetellen_events::standing::{self, Hours, Listed, Room, Setting};
use meetellen_events::tally::{Command, HoursBasis, Place, ShiftKind};
use meetellen_events::values::{
    Cents, Code, CounterId, Day, GrantId, HeadCount, IndicatorId, Month, Name, PartnerId, PersonId,
    Quantity, RoomId,
};

const VOLUNTEERS: usize = 50;
const PARK_GRANT: i64 = 30_000_000;
const FOLLOWERS: i64 = 1_769;
const WEEKDAYS: [u8; 4] = [1, 2, 3, 4];
const SHOP_DAY: u8 = 2;
const ROOMS: [&str; 4] = ["Lokaal 1", "Lokaal 2", "Atelier", "Keuken"];
const KINDS: [&str; 26] = [
    "Tekenen",
    "Schilderen",
    "Schaken",
    "Handwerken",
    "Computerles",
    "Samen koken",
    "Moestuin",
    "Mozaïekbanken",
    "Taalles",
    "Breicafé",
    "Fietsreparatie",
    "Naaien",
    "Houtbewerking",
    "Yoga",
    "Wandelclub",
    "Bingo",
    "Kaarten",
    "Leesclub",
    "Gitaarles",
    "Zangmiddag",
    "Fotografie",
    "Bloemschikken",
    "Repair café",
    "Biljart",
    "Formulierenhulp",
    "Kinderknutsel",
];
const PARTNERS: [&str; 9] = [
    "Dagbesteding De Pluim",
    "Inloop Binnenste",
    "Herstelgroep Helder",
    "Inloop Clara",
    "Sportclub Fitte Buren",
    "Jongerenhuis Groot en Klein",
    "Handwerkclub De Steek",
    "Woonstichting Dak",
    "Daklozeninloop Haard",
];

struct House {
    volunteers: Vec<PersonId>,
    phones: Vec<[u8; 16]>,
    door: Code,
    weekly: Vec<Offered>,
    feast: Offered,
    halloween: Offered,
    things_in: CounterId,
    things_sold: CounterId,
    followers: IndicatorId,
    likes: IndicatorId,
}

/// Plays all its months.
pub fn play(months: &[Month], stage: &mut dyn Stage) -> anyhow::Result<()> {
    let mut book = Book::found(stage, months, "sleutel", "De Sleutel (voorbeeld)")?;
    let house = set_up(&mut book)?;
    for (index, &month) in months.iter().enumerate() {
        open_days(&mut book, &house, month)?;
        shop(&mut book, &house, month)?;
        let before = i64::try_from(months.len() - 1 - index)? * 20;
        measure(&mut book, &house, month, FOLLOWERS - before)?;
        if index % 2 == 0 && index + 1 < months.len() {
            let saturday = days_on(month, &[6])[1];
            let heads = book.seed.within(100, 180);
            feast(
                &mut book,
                house.feast,
                saturday,
                HeadCount::new(heads, 0, Some(20))?,
            );
        }
    }
    let october = months[..months.len() - 1].iter().find(|m| m.number() == 10);
    if let Some(october) = october {
        let heads = HeadCount::new(340, 160, Some(110))?;
        feast(&mut book, house.halloween, october.last_day(), heads);
    }
    book.close(months)
}

fn set_up(book: &mut Book<'_>) -> anyhow::Result<House> {
    let mut hours = Vec::new();
    for weekday in WEEKDAYS {
        let (from, to) = ("09:00".parse()?, "17:00".parse()?);
        hours.push(Hours { weekday, from, to });
    }
    let mut rooms = Vec::new();
    for name in ROOMS {
        let (id, name) = (RoomId::new(book.seed.uuid()), Name::new(name)?);
        let capacity = Some(30);
        rooms.push(Room { id, name, capacity });
    }
    let room_ids: Vec<RoomId> = rooms.iter().map(|room| room.id).collect();
    book.settings(vec![Setting::OpeningHours(hours), Setting::Rooms(rooms)]);
    for name in PARTNERS {
        let partner = PartnerId::new(book.seed.uuid());
        book.list(Listed::Partner(partner), name)?;
    }
    let grant = standing::Command::AwardGrant {
        grant: GrantId::new(book.seed.uuid()),
        funder: Name::new("Gemeente (voorbeeld)")?,
        purpose: Name::new("Vernieuwing van het park, samen met bewoners")?,
        amount: Cents::new(PARK_GRANT)?,
        since: Some(book.first()),
    };
    book.ask(book.setup_at(), Request::Standing(grant));
    let mut volunteers = Vec::new();
    for index in 0..VOLUNTEERS {
        let since = book.first();
        volunteers.push(book.register(&invented(index + 40), true, AgeGroup::Adult, since)?);
    }
    let mut weekly = Vec::new();
    for (index, name) in KINDS.into_iter().enumerate() {
        let by = match index % 3 {
            0 => OrganisedBy::Residents,
            1 => OrganisedBy::Volunteers,
            _ => OrganisedBy::Partner,
        };
        let room = room_ids[index / (2 * WEEKDAYS.len()) % ROOMS.len()];
        weekly.push(book.offer(name, by, Some(room))?);
    }
    let (things_in, things_sold) = (
        counter(book, "Spullen binnen")?,
        counter(book, "Spullen verkocht")?,
    );
    Ok(House {
        volunteers,
        phones: (0..90).map(|_| book.seed.bytes()).collect(),
        door: book.poster(Target::Door),
        weekly,
        feast: book.offer("Buurtfeest", OrganisedBy::Volunteers, None)?,
        halloween: book.offer("Halloween", OrganisedBy::Volunteers, None)?,
        things_in,
        things_sold,
        followers: indicator(book, "Volgers")?,
        likes: indicator(book, "Likes per bericht")?,
    })
}

fn counter(book: &mut Book<'_>, name: &str) -> anyhow::Result<CounterId> {
    let counter = CounterId::new(book.seed.uuid());
    book.list(Listed::Counter(counter), name)?;
    Ok(counter)
}

fn indicator(book: &mut Book<'_>, name: &str) -> anyhow::Result<IndicatorId> {
    let indicator = IndicatorId::new(book.seed.uuid());
    book.list(Listed::Indicator(indicator), name)?;
    Ok(indicator)
}

/// 28 to 46 visits each open day: a third at the door by phone, the others by taps at the day's sessions.
fn open_days(book: &mut Book<'_>, house: &House, month: Month) -> anyhow::Result<()> {
    for (index, offered) in house.weekly.iter().enumerate() {
        let on = days_on(month, &[WEEKDAYS[index % WEEKDAYS.len()]]);
        let start = if index % 8 < 4 { 10 } else { 13 };
        let ids = book.plan(offered.activity, &on, (start, start + 2));
        for (day, session) in on.into_iter().zip(ids) {
            for _ in 0..book.seed.within(3, 4) {
                let minute = book.seed.within(0, 40);
                book.tap(
                    book.clock(day, start, minute),
                    Place::Session(session),
                    None,
                );
            }
        }
    }
    for day in days_on(month, &WEEKDAYS) {
        let count = usize::try_from(book.seed.within(10, 18))?;
        for phone in book.seed.choose(count, house.phones.len()) {
            let minute = book.seed.within(5, 420);
            let phone = house.phones[phone];
            book.scan((book.clock(day, 9, minute), 0), house.door, phone)?;
        }
        if book.seed.within(0, 5) == 0 {
            book.mistap(book.clock(day, 11, 20), Place::DropIn);
        }
        let host = house.volunteers[usize::from(day.date().day().unsigned_abs()) % VOLUNTEERS];
        let end = Some((book.seed.within(170, 200), HoursBasis::Clocked));
        book.shift(host, ShiftKind::Host, book.clock(day, 9, 0), end);
    }
    Ok(())
}

/// Three volunteers each Tuesday, what comes in and goes out, and the till.
fn shop(book: &mut Book<'_>, house: &House, month: Month) -> anyhow::Result<()> {
    for (week, day) in days_on(month, &[SHOP_DAY]).into_iter().enumerate() {
        for n in 0..3 {
            let who = house.volunteers[35 + (week * 3 + n) % 15];
            let end = Some((book.seed.within(230, 250), HoursBasis::Clocked));
            book.shift(who, ShiftKind::Shop, book.clock(day, 12, 30), end);
        }
        for minute in [40, 95, 150] {
            for counter in [house.things_in, house.things_sold] {
                let quantity = Quantity::new(book.seed.within(3, 14))?;
                let at = book.clock(day, 12, minute);
                book.tally(at, Command::Tally { counter, quantity });
            }
        }
        let command = Command::CountShopRevenue {
            amount: Cents::new(book.seed.within(90, 240) * 50)?,
            expected: None,
        };
        book.tally(book.clock(day, 16, 50), command);
    }
    Ok(())
}

/// Followers and likes, every Thursday and on the last day.
fn measure(book: &mut Book<'_>, house: &House, month: Month, last: i64) -> anyhow::Result<()> {
    let mut on: Vec<(Day, u16)> = days_on(month, &[4]).into_iter().map(|d| (d, 18)).collect();
    on.push((month.last_day(), 21));
    let weeks = i64::try_from(on.len())?;
    for (n, (day, hour)) in (1..).zip(on) {
        let likes = book.seed.within(10, 15);
        let at = book.clock(day, hour, 0);
        for (indicator, value) in [
            (house.followers, last - (weeks - n) * 3),
            (house.likes, likes),
        ] {
            let value = value.to_string().parse()?;
            book.tally(at, Command::Measure { indicator, value });
        }
    }
    Ok(())
}

fn feast(book: &mut Book<'_>, offered: Offered, day: Day, heads: HeadCount) {
    let sessions = book.plan(offered.activity, &[day], (17, 21));
    for session in sessions {
        book.heads(book.clock(day, 19, 30), session, heads);
    }
}
