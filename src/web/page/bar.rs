//! The bar's page: what its tiles and lists show.

mod forms;

use super::facts::{Names, clock, listed_name, session_name};
use super::telling::{Teller, opening_key};
use super::{Frame, form, path, read, show};
use crate::api::caller::{Caller, Recorder};
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::Problem;
use crate::web::view::Choice;
use crate::web::view::bar::{Bar, Counter, LastEntry, RunningShift, SessionTile, Tile};
use actix_web::web::{Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::standing::{Listed, Setting};
use meetellen_events::tally::Event;
use meetellen_events::values::{CounterId, Day, EntryId, Period, PersonId};
use meetellen_projections::figures::count_day;
use meetellen_projections::ledger::{Ledger, Row};
use meetellen_projections::today::{OpenShift, SessionNow};
use meetellen_projections::warnings::{self, warnings};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Kinds of shift, the likeliest first.
pub const SHIFT_KINDS: [&str; 6] = ["bar", "host", "kitchen", "shop", "garden", "other"];

/// Days back in which the bar asks for ends of shifts and waiting entries; earlier ones the coordinator mends.
const ASKED_DAYS: i32 = 7;

/// Days back in which a shift makes a volunteer's name one to tap.
const LATELY_DAYS: i32 = 60;

/// Volunteers who all fit as names to tap.
const FEW_VOLUNTEERS: usize = 12;

/// Sessions with a tile of their own; more would push the rest away.
const SESSION_TILES_MAX: usize = 6;

/// Entries that one tap confirms.
const CONFIRMED_MAX: usize = 500;

/// The routes below `/bar`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/bar").route(read().to(bar)))
        .configure(forms::routes);
}

/// What was just counted.
#[derive(Deserialize)]
struct Done {
    done: Option<EntryId>,
}

/// `GET /bar`.
async fn bar(
    node: Data<Node>,
    request: HttpRequest,
    recorder: Recorder,
    done: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let names = Names::of_persons(&node, recorder.organisation, &recorder.live).await?;
    let frame = Frame::of(&node, &request, &recorder);
    let page = {
        let live = recorder.live.read();
        page(&node, &recorder, &live, &names, frame, done.done)
    };
    show(&node, &request, &page)
}

fn page(
    node: &Node,
    caller: &Caller,
    live: &Live,
    names: &Names,
    Frame { t, page }: Frame,
    done: Option<EntryId>,
) -> Bar {
    let ledger = live.house.get();
    let now = node.now();
    let day = ledger.zone().day_of(now);
    let numbers = live.house.today().on(day);
    let children = count_day(ledger, day, now).children.total();
    let entry = || form::new_entry(node);
    let tile = |today| Tile {
        entry: entry(),
        today,
    };
    let open = live.house.today().open_shifts();
    let (running_now, forgotten): (Vec<&OpenShift>, Vec<&OpenShift>) = open
        .iter()
        .partition(|shift| ledger.zone().day_of(shift.since) == day);
    let sessions = live.house.today().sessions(day);
    let (lately, others) = volunteers(ledger, names, t, day, &open);
    let last = live.house.today().last_of(caller.device);
    let last = last.filter_map(|place| ledger.kept(place));
    let today = last.filter(|row| ledger.zone().day_of(row.recorded_at) == day);
    Bar {
        t,
        page,
        coordinator: caller.role == Role::Coordinator,
        undoable: done.and_then(|done| undoable(node, live, names, t, done)),
        forgotten: names_of(&forgotten, names, t, |shift| {
            day.plus(-ASKED_DAYS) <= ledger.zone().day_of(shift.since)
        }),
        coffee: tile(numbers.coffee_cups),
        pot: pot(live, day),
        adult: tile(numbers.visits - children),
        child: tile(children),
        on_now: on_now(node, live, &sessions),
        counters: counters(node, ledger, day, |counter| {
            numbers.counters.get(&counter).copied().unwrap_or(0)
        }),
        shifts: running_now
            .iter()
            .map(|shift| running(node, ledger, names, t, shift))
            .collect(),
        shift_kinds: SHIFT_KINDS.to_vec(),
        volunteers: lately,
        others,
        waiting: waiting(live, day),
        confirm_entry: entry(),
        door: numbers.door.map(|state| t.say(opening_key(state))),
        opening_entry: entry(),
        sessions: to_choose(ledger, &sessions),
        last: today
            .map(|row| last_entry(node, ledger, names, t, &row))
            .collect(),
        shift_entry: entry(),
        others_entry: entry(),
        badge_entry: entry(),
        revenue_entry: entry(),
        money_entry: entry(),
        goods_entry: entry(),
        contribution_entry: entry(),
        head_count_entry: entry(),
    }
}

/// Cups in a pot, where that was set.
fn pot(live: &Live, day: Day) -> Option<u64> {
    let mut settings = live.organisation.standing().settings(day);
    settings.find_map(|setting| match setting {
        Setting::CupsPerPot(cups) => Some(u64::from(cups.get())),
        Setting::OpeningHours(_)
        | Setting::ClosedDays(_)
        | Setting::Rooms(_)
        | Setting::HourlyRate(_)
        | Setting::CanteenLimit(_)
        | Setting::Inhabitants(_) => None,
    })
}

/// The day's sessions that were not called off.
fn to_choose(ledger: &Ledger, sessions: &[SessionNow]) -> Vec<Choice> {
    let take_place = sessions.iter().filter(|session| !session.cancelled);
    take_place
        .map(|session| Choice {
            id: session.session.to_string(),
            name: session_name(ledger, session.session).unwrap_or_default(),
        })
        .collect()
}

/// A tile for each session that is on or soon: who counts at it taps there.
fn on_now(node: &Node, live: &Live, sessions: &[SessionNow]) -> Vec<SessionTile> {
    let ledger = live.house.get();
    let near = live.organisation.programme().near(node.now());
    near.take(SESSION_TILES_MAX)
        .map(|(id, _)| {
            let today = sessions.iter().find(|session| session.session == id);
            SessionTile {
                id: id.to_string(),
                name: session_name(ledger, id).unwrap_or_default(),
                entry: form::new_entry(node),
                today: today.map_or(0, |session| session.participations),
            }
        })
        .collect()
}

fn counters(
    node: &Node,
    ledger: &Ledger,
    day: Day,
    sum: impl Fn(CounterId) -> i64,
) -> Vec<Counter> {
    let standing = ledger.facts().listed().filter(|(_, stands)| stands.on(day));
    standing
        .filter_map(|(listed, _)| match listed {
            Listed::Counter(counter) => Some(Counter {
                id: counter.to_string(),
                name: listed_name(ledger, listed),
                entry: form::new_entry(node),
                today: sum(counter),
            }),
            Listed::Indicator(_) | Listed::Tenant(_) | Listed::Partner(_) => None,
        })
        .collect()
}

/// The day's volunteers who are not on duty, by name: those who had a shift lately, and the others.
fn volunteers(
    ledger: &Ledger,
    names: &Names,
    t: Language,
    day: Day,
    open: &[OpenShift],
) -> (Vec<Choice>, Vec<Choice>) {
    let facts = ledger.facts();
    let days = (0..=LATELY_DAYS).map(|days| day.plus(-days));
    let lately: BTreeSet<PersonId> = days
        .flat_map(|day| ledger.rows_of(day))
        .filter_map(|row| match &row.event {
            Event::ShiftStarted { volunteer, .. } => Some(*volunteer),
            Event::VisitorCheckedIn { .. }
            | Event::HeadsCounted { .. }
            | Event::CoffeeServed { .. }
            | Event::CounterTallied { .. }
            | Event::ContributionMade { .. }
            | Event::ShiftEnded { .. }
            | Event::BarRevenueCounted { .. }
            | Event::ShopRevenueCounted { .. }
            | Event::MoneyDonated { .. }
            | Event::GoodsDonated { .. }
            | Event::IndicatorMeasured { .. }
            | Event::OpeningNoted { .. }
            | Event::EntryRetracted { .. }
            | Event::EntriesConfirmed { .. } => None,
        })
        .collect();
    let on_duty = |person| open.iter().any(|shift| shift.volunteer == person);
    let mut volunteers: Vec<(bool, Choice)> = facts
        .persons()
        .filter(|person| facts.is_volunteer(*person, day) && !on_duty(*person))
        .map(|person| {
            let choice = Choice {
                id: person.to_string(),
                name: names.say(t, person),
            };
            (lately.contains(&person), choice)
        })
        .collect();
    // In a small house everybody fits on one screen.
    let few = volunteers.len() <= FEW_VOLUNTEERS;
    volunteers.sort_by_cached_key(|(_, choice)| choice.name.to_lowercase());
    let (lately, others): (Vec<_>, Vec<_>) = volunteers
        .into_iter()
        .partition(|(lately, _)| *lately || few);
    let bare = |chosen: Vec<(bool, Choice)>| chosen.into_iter().map(|(_, choice)| choice).collect();
    (bare(lately), bare(others))
}

/// Whose shifts they are, each once, as a list in words.
fn names_of(
    shifts: &[&OpenShift],
    names: &Names,
    t: Language,
    counts: impl Fn(&OpenShift) -> bool,
) -> String {
    let mut said: Vec<String> = shifts
        .iter()
        .filter(|shift| counts(shift))
        .map(|shift| names.say(t, shift.volunteer))
        .collect();
    said.sort_unstable();
    said.dedup();
    said.join(", ")
}

/// Today's entries that wait, the first come first: who stands here can't say what was real on another day.
pub fn waiting(live: &Live, day: Day) -> Vec<String> {
    let found = warnings(live.house.get(), &Period::day(day));
    let waiting = found
        .into_iter()
        .filter(|warning| warning.kind == warnings::Kind::EntriesToConfirm)
        .flat_map(|warning| warning.entries);
    let waiting = waiting.take(CONFIRMED_MAX);
    waiting.map(|entry| entry.to_string()).collect()
}

/// A shift that runs, with the form that ends it.
pub fn running(
    node: &Node,
    ledger: &Ledger,
    names: &Names,
    t: Language,
    shift: &OpenShift,
) -> RunningShift {
    RunningShift {
        id: shift.entry.to_string(),
        entry: form::new_entry(node),
        name: names.say(t, shift.volunteer),
        kind: shift.kind.name().to_owned(),
        since: clock(ledger.zone(), shift.since),
    }
}

/// What was just counted, while it counts.
pub fn undoable(
    node: &Node,
    live: &Live,
    names: &Names,
    t: Language,
    entry: EntryId,
) -> Option<LastEntry> {
    let ledger = live.house.get();
    let row = ledger.row(live.organisation.entry(entry)?.0)?;
    Some(last_entry(node, ledger, names, t, &row))
}

fn last_entry(node: &Node, ledger: &Ledger, names: &Names, t: Language, row: &Row) -> LastEntry {
    LastEntry {
        id: row.entry.to_string(),
        undo: form::new_entry(node),
        text: Teller { t, ledger, names }.whole(row),
        at: clock(ledger.zone(), row.at),
        retracted: row.retracted,
    }
}
