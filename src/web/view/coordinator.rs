//! The coordinator's pages but the month's.

use super::{Choice, Icon, Place, Tone};
use crate::i18n::Language;
use crate::web::tally::Group;
use jiff::civil::{Date, Time};

/// A session of today.
#[derive(Debug, Clone)]
pub struct TodaySession {
    /// Name of its activity.
    pub name: String,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Participations so far.
    pub participations: u64,
}

/// Something missing or contradictory, and where to mend it.
#[derive(Debug, Clone)]
pub struct Task {
    /// What is missing on which day, in the reader's language.
    pub text: String,
    /// Where to mend it.
    pub href: String,
}

page! {
    /// Where the coordinator starts.
    Today in "today.html" {
        /// Visits of the day.
        visits: i64,
        /// Cups of the day.
        cups: i64,
        /// Volunteers on duty.
        on_duty: i64,
        /// The day's visits as strokes.
        strokes: Vec<Group>,
        /// The day's sessions.
        sessions: Vec<TodaySession>,
        /// What is to be mended, the latest first.
        mend: Vec<Task>,
        /// How much more there is.
        more: u64,
        /// The running month, as `2026-11`.
        month: String,
        /// Id of the entry that saying the house opened or closed makes.
        opening_entry: String,
    }
}

/// A session of the programme.
#[derive(Debug, Clone)]
pub struct PlannedSession {
    /// The session's id.
    pub id: String,
    /// Name of its activity.
    pub name: String,
    /// The day it begins on.
    pub day: Date,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
    /// Its room.
    pub room: Option<String>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether it has entries or was confirmed.
    pub held: bool,
    /// Whether it has ended.
    pub over: bool,
}

/// An activity of the programme.
#[derive(Debug, Clone)]
pub struct Activity {
    /// The activity's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `residents`, `volunteers`, `partner` or `staff`.
    pub organised_by: String,
    /// Whether it takes anonymous check-ins only.
    pub sensitive: bool,
}

page! {
    /// Activities and sessions.
    Programme in "programme.html" {
        /// Sessions of the days shown, in the order they begin.
        sessions: Vec<PlannedSession>,
        /// The first of those days.
        from: Date,
        /// The last of them.
        to: Date,
        /// The first of the days before, as `2026-10-30`.
        earlier: String,
        /// The first of the days after.
        later: String,
        /// Activities.
        activities: Vec<Activity>,
        /// Rooms to choose from.
        rooms: Vec<Choice>,
        /// Who may organise: the words of the contract.
        organisers: Vec<&'static str>,
        /// Day to begin the form with.
        first_day: Date,
    }
}

/// A volunteer who may organise an activity.
#[derive(Debug, Clone)]
pub struct Organiser {
    /// The person's id.
    pub id: String,
    /// Her name, or what stands for it.
    pub name: String,
    /// Whether she does.
    pub chosen: bool,
}

page! {
    /// One activity, to be changed.
    OneActivity in "activity.html" {
        /// Which.
        activity: Activity,
        /// A word to group it by; empty where there is none.
        category: String,
        /// Where it usually is, by the room's id; empty where that is not fixed.
        room: String,
        /// How many it can take, as typed.
        capacity: String,
        /// Rooms to choose from.
        rooms: Vec<Choice>,
        /// Who may organise: the words of the contract.
        kinds: Vec<&'static str>,
        /// Volunteers who may organise it, those who do first.
        organisers: Vec<Organiser>,
        /// Whether any does.
        organisers_chosen: bool,
        /// From which day changes hold, unless said otherwise.
        today: Date,
    }
}

/// A code that hangs somewhere.
#[derive(Debug, Clone)]
pub struct Poster {
    /// The code.
    pub code: String,
    /// What it is for.
    pub name: String,
    /// Its address in words.
    pub address: String,
    /// The only day it is valid on.
    pub day: Option<Date>,
}

page! {
    /// The posters and stickers there are, and a form for more.
    Posters in "posters.html" {
        /// Those there are.
        posters: Vec<Poster>,
        /// Activities to make one for.
        activities: Vec<Choice>,
    }
}

/// A language of a poster's call.
#[derive(Debug, Clone)]
pub struct PosterLanguage {
    /// Which.
    pub language: Language,
    /// Whether the call stands in it.
    pub chosen: bool,
    /// The same poster with it, or without it where it is chosen.
    pub href: String,
}

page! {
    /// One poster, to print on A4.
    PosterSheet in "poster.html" {
        /// The code.
        code: String,
        /// The activity or place.
        name: String,
        /// The QR as SVG, made by us.
        qr: String,
        /// Its address in words.
        address: String,
        /// Languages the call stands in; none where nobody is called.
        call_in: Vec<Language>,
        /// Every language, to choose by.
        choices: Vec<PosterLanguage>,
    }
}

/// A device in the list.
#[derive(Debug, Clone)]
pub struct Device {
    /// The device's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// When it was last seen.
    pub seen: Option<Date>,
    /// Whether it is a program.
    pub program: bool,
    /// Whether it is the one in hand.
    pub own: bool,
}

/// An invitation just made.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The QR as SVG, made by us.
    pub qr: String,
    /// Its address.
    pub address: String,
    /// Until when it can be used.
    pub until: Time,
}

page! {
    /// Devices, and inviting more.
    Devices in "devices.html" {
        /// The invitation just made.
        invitation: Option<Invitation>,
        /// Devices that are enrolled.
        devices: Vec<Device>,
        /// Roles to invite for, the likeliest first.
        roles: Vec<&'static str>,
    }
}

/// The hours of one weekday; empty where the house is closed.
#[derive(Debug, Clone)]
pub struct WeekdayHours {
    /// 1 for Monday to 7 for Sunday.
    pub weekday: i8,
    /// From, as `09:00`.
    pub from: String,
    /// Until, as `12:00`.
    pub to: String,
    /// From, where it opens a second time.
    pub from_again: String,
    /// Until, that time.
    pub to_again: String,
}

/// A room.
#[derive(Debug, Clone)]
pub struct Room {
    /// The room's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Persons it holds.
    pub capacity: Option<u64>,
}

page! {
    /// Opening hours, rooms, rates and limits.
    Settings in "settings.html" {
        /// What people call the organisation.
        name: String,
        /// The week.
        hours: Vec<WeekdayHours>,
        /// Days still to come on which the house is closed.
        closed_days: Vec<Date>,
        /// Rooms.
        rooms: Vec<Room>,
        /// Hourly rate for the replacement value, as typed.
        hourly_rate: String,
        /// Where the rate comes from.
        hourly_rate_source: String,
        /// Cups in a pot, as typed.
        cups_per_pot: String,
        /// The year's canteen limit, as typed.
        canteen_limit: String,
        /// Where the limit comes from.
        canteen_limit_source: String,
        /// Inhabitants of the neighbourhood, as typed.
        inhabitants: String,
        /// Where that number comes from.
        inhabitants_source: String,
        /// From which day changes hold, unless said otherwise.
        today: Date,
    }
}

page! {
    /// When did this shift end?
    MendShift in "mend_shift.html" {
        /// The shift's entry.
        shift: String,
        /// Id of the entry of the end.
        entry: String,
        /// Id of the entry that takes the old end back.
        retraction: String,
        /// Whose shift.
        name: String,
        /// `bar`, `kitchen`, `shop`, `garden`, `host` or `other`.
        kind: String,
        /// The day it began on.
        day: Date,
        /// Since when.
        since: Time,
        /// The entry of the old end.
        end: Option<String>,
        /// The earliest end, as `2026-11-04T09:00`.
        from: String,
        /// The end to begin with.
        suggested: String,
    }
}

page! {
    /// How many came on this day?
    MendDay in "mend_day.html" {
        /// Which.
        day: Date,
        /// The same, as `2026-11-04`.
        address: String,
        /// Id of the entry of the head count.
        entry: String,
        /// Id of the entry that says that nobody came, or that it was closed.
        opening_entry: String,
    }
}

page! {
    /// Did this session take place, and how many came?
    MendSession in "mend_session.html" {
        /// The session's id.
        session: String,
        /// Id of the entry of the head count.
        entry: String,
        /// Its activity's name.
        name: String,
        /// The day it begins on.
        day: Date,
        /// When it begins.
        from: Time,
        /// When it ends.
        to: Time,
        /// Whether it has begun.
        begun: bool,
    }
}

/// Something that stands until it is ended.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// From which day.
    pub since: Date,
    /// Id of the entry that measuring it makes.
    pub entry: String,
}

/// The facts of one kind.
#[derive(Debug, Clone)]
pub struct FactKind {
    /// `tenant`, `partner`, `counter` or `indicator`.
    pub kind: &'static str,
    /// Those that stand.
    pub facts: Vec<Fact>,
}

/// Money awarded.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// By whom.
    pub funder: String,
    /// What for.
    pub purpose: String,
    /// How much.
    pub cents: i64,
    /// From which day.
    pub since: Date,
}

page! {
    /// Tenants, partners, grants, counters and indicators.
    Standing in "standing.html" {
        /// Those with a name alone.
        kinds: Vec<FactKind>,
        /// Grants.
        grants: Vec<Grant>,
        /// From which day a new one holds, unless said otherwise.
        today: Date,
    }
}

page! {
    /// A sheet to tally on by hand.
    TallySheet in "tally_sheet.html" {
        /// What is tallied, in the reader's language.
        rows: Vec<String>,
    }
}
