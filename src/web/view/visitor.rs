//! Pages for whoever scans a code, and for a device on its way in.

use super::{Icon, Tone};
use crate::web::tally::Group;
use jiff::civil::Time;

/// A session a door's code offers.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The session's id.
    pub id: String,
    /// Name of its activity.
    pub name: String,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
    /// Whether it is chosen already.
    pub chosen: bool,
}

/// Whether a check-in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It does; the day's visits so far.
    Yes(i64),
    /// This visitor was counted before; the day's visits so far.
    Already(u64),
    /// Once a volunteer confirms it.
    Waiting,
}

page! {
    /// The page behind a poster: one tap.
    CheckIn in "check_in.html" {
        /// The code that was scanned.
        code: String,
        /// Id of the entry this form makes.
        entry: String,
        /// The activity of the code; none for a door.
        activity: Option<String>,
        /// What is on now, for a door's code.
        sessions: Vec<Offered>,
        /// Whether drop-in is the choice to begin with.
        drop_in_chosen: bool,
        /// Whether it is outside the hours, with no session near.
        outside_hours: bool,
        /// Whether the activity takes anonymous check-ins only.
        anonymous: bool,
        /// Whether the fields for company stand open.
        party_open: bool,
    }
}

page! {
    /// The answer to a check-in.
    Thanks in "thanks.html" {
        /// The code that was scanned.
        code: String,
        /// Id of the entry that undoing would make.
        entry: String,
        /// The check-in that undoing would take back.
        retracts: String,
        /// Whether it counts.
        state: Counted,
        /// The day's visits as strokes.
        strokes: Vec<Group>,
        /// The activity it counts for; none for drop-in.
        activity: Option<String>,
        /// Persons counted.
        party: u64,
    }
}

page! {
    /// The answer to a cup or a gift that somebody noted.
    Noted in "noted.html" {
        /// The code that was scanned.
        code: String,
        /// Id of the entry that undoing would make.
        entry: String,
        /// The entry that undoing would take back.
        retracts: String,
        /// Thanks, in the reader's language.
        title: String,
        /// What came of it.
        text: String,
    }
}

page! {
    /// After undoing.
    Undone in "undone.html" {
        /// The code that was scanned.
        code: String,
        /// Whether a visit was undone, not a cup or a gift.
        visit: bool,
    }
}

page! {
    /// The page behind a coffee machine's sticker.
    CoffeeCode in "coffee_code.html" {
        /// The code that was scanned.
        code: String,
        /// Id of the entry this form makes.
        entry: String,
        /// The day's cups.
        cups: u64,
    }
}

page! {
    /// The page behind a gift box's sticker.
    Gift in "gift.html" {
        /// The code that was scanned.
        code: String,
        /// Id of the entry the form for money makes.
        money_entry: String,
        /// Id of the entry the form for goods makes.
        goods_entry: String,
    }
}

page! {
    /// What happened, that nothing was lost, and what to do now.
    Problem in "problem.html" {
        /// What it is.
        title: String,
        /// What happened.
        happened: String,
        /// That nothing was lost.
        kept: String,
        /// What to do now.
        now: String,
        /// A way on.
        back: Option<String>,
        /// Under which number the cause was logged.
        instance: Option<String>,
    }
}

page! {
    /// The bar's page on a phone that is not enrolled.
    Stranger in "stranger.html" {
        /// Whom to ask, as a list in words; empty where nobody's name may be shown.
        askable: String,
    }
}

page! {
    /// One-time enrolment of a device.
    Enrol in "enrol.html" {
        /// The enrolment code.
        code: String,
        /// The role it gives.
        role: String,
        /// What its inviter called the device; none for a volunteer's own phone.
        name: Option<String>,
    }
}

page! {
    /// First run: makes the organisation, and this phone its first coordinator.
    Setup in "setup.html" {
        /// The setup code.
        code: String,
        /// What was wrong with what was sent.
        mistake: Option<String>,
        /// Name of the organisation, as far as known.
        name: String,
        /// Its slug, as far as known.
        slug: String,
        /// Its time zone.
        time_zone: String,
        /// Time zones to offer.
        zones: Vec<String>,
    }
}

page! {
    /// After the first run.
    SetupDone in "setup_done.html" {}
}

page! {
    /// A visitor's pass that a strange phone scanned.
    PassStranger in "pass_stranger.html" {}
}
