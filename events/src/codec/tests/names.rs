//! The stored name of every event, by a match that a new variant does not get past.

use super::*;

/// What each event is stored as, said once more and without serde.
pub(super) fn name(event: &Event) -> &str {
    match event {
        Event::Organisation(event) => organisation(event),
        Event::Programme(event) => programme(event),
        Event::Tally(event) => tally(event),
        Event::People(event) => people(event),
        Event::Access(event) => access(event),
        Event::Standing(event) => standing(event),
        Event::Months(event) => months(event),
        Event::Unknown(unknown) => &unknown.name,
    }
}

fn organisation(event: &organisation::Event) -> &'static str {
    use organisation::Event as E;
    match event {
        E::Founded { .. } => "organisation_founded.v1",
        E::Renamed { .. } => "organisation_renamed.v1",
        E::Ended { .. } => "organisation_ended.v1",
    }
}

fn programme(event: &programme::Event) -> &'static str {
    use programme::Event as E;
    match event {
        E::ActivityAdded { .. } => "activity_added.v1",
        E::ActivityChanged { .. } => "activity_changed.v1",
        E::SessionPlanned { .. } => "session_planned.v1",
        E::SessionCancelled { .. } => "session_cancelled.v1",
        E::SessionConfirmed { .. } => "session_confirmed.v1",
        E::CodeIssued { .. } => "code_issued.v1",
        E::CodeWithdrawn { .. } => "code_withdrawn.v1",
    }
}

fn tally(event: &tally::Event) -> &'static str {
    use tally::Event as E;
    match event {
        E::VisitorCheckedIn { .. } => "visitor_checked_in.v1",
        E::HeadsCounted { .. } => "heads_counted.v1",
        E::CoffeeServed { .. } => "coffee_served.v1",
        E::CounterTallied { .. } => "counter_tallied.v1",
        E::ContributionMade { .. } => "contribution_made.v1",
        E::ShiftStarted { .. } => "shift_started.v1",
        E::ShiftEnded { .. } => "shift_ended.v1",
        E::BarRevenueCounted { .. } => "bar_revenue_counted.v1",
        E::ShopRevenueCounted { .. } => "shop_revenue_counted.v1",
        E::MoneyDonated { .. } => "money_donated.v1",
        E::GoodsDonated { .. } => "goods_donated.v1",
        E::IndicatorMeasured { .. } => "indicator_measured.v1",
        E::OpeningNoted { .. } => "opening_noted.v1",
        E::EntryRetracted { .. } => "entry_retracted.v1",
        E::EntriesConfirmed { .. } => "entries_confirmed.v1",
    }
}

fn people(event: &people::Event) -> &'static str {
    use people::Event as E;
    match event {
        E::Registered { .. } => "person_registered.v1",
        E::GiverNamed { .. } => "giver_named.v1",
        E::Changed { .. } => "person_changed.v1",
        E::Erased { .. } => "person_erased.v1",
        E::PassIssued { .. } => "pass_issued.v1",
        E::PassWithdrawn { .. } => "pass_withdrawn.v1",
    }
}

fn access(event: &access::Event) -> &'static str {
    use access::Event as E;
    match event {
        E::Invited { .. } => "device_invited.v1",
        E::Enrolled { .. } => "device_enrolled.v1",
        E::EnrolledByBadge { .. } => "device_enrolled_by_badge.v1",
        E::ApiTokenIssued { .. } => "api_token_issued.v1",
        E::RefreshChanged { .. } => "refresh_changed.v1",
        E::RefreshUsed { .. } => "refresh_used.v1",
        E::Revoked { .. } => "device_revoked.v1",
    }
}

fn standing(event: &standing::Event) -> &'static str {
    use standing::Event as E;
    match event {
        E::Added { .. } => "standing_added.v1",
        E::Ended { .. } => "standing_ended.v1",
        E::GrantAwarded { .. } => "grant_awarded.v1",
        E::GrantEnded { .. } => "grant_ended.v1",
        E::SettingChanged { .. } => "setting_changed.v1",
    }
}

fn months(event: &months::Event) -> &'static str {
    use months::Event as E;
    match event {
        E::Closed { .. } => "month_closed.v1",
        E::Restated { .. } => "month_restated.v1",
    }
}
