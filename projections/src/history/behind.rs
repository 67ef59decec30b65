//! Which entries a figure is made of.

use super::EntryType::{
    self, BarRevenue, CheckIn, Coffee, Contribution, Donation, HeadCount, Opening, ShiftEnd,
    ShiftStart, ShopRevenue,
};

/// Whatever shows that the house was open on a day, or that somebody was there (figures.md, "Openings, visits, participations").
const DOOR: &[EntryType] = &[CheckIn, HeadCount, Opening];
const SESSION: &[EntryType] = &[CheckIn, HeadCount];

/// The types of entries that a figure of the catalogue is made of, by its key; none where it rests on facts that stand,
/// such as members and partners, alone.
pub fn behind(key: &str) -> &'static [EntryType] {
    match key {
        "visits" | "visits_children" => SESSION,
        "visits_with_volunteers" => &[CheckIn, HeadCount, ShiftStart],
        "visits_anonymous"
        | "visits_to_confirm"
        | "reach"
        | "unique_visitors"
        | "unique_visitors_per_month"
        | "unique_pass_holders"
        | "regular_visitors"
        | "regular_children" => &[CheckIn],
        "visits_per_open_day"
        | "visits_per_open_day_min"
        | "visits_per_open_day_max"
        | "visits_per_open_day_all" => DOOR,
        "open_days" | "open_days_per_week" => &[CheckIn, HeadCount, Opening, Coffee, ShiftStart],
        "participations"
        | "average_participations"
        | "activities_held"
        | "activities_by_residents"
        | "activity_kinds" => SESSION,
        "volunteers_active" => &[ShiftStart, Contribution],
        "shifts" | "bar_shifts" | "bar_shifts_instructed" => &[ShiftStart],
        "volunteer_hours"
        | "volunteer_hours_clocked"
        | "volunteer_hours_entered"
        | "volunteer_hours_estimated"
        | "replacement_value" => &[ShiftStart, ShiftEnd],
        "coffee_cups" | "coffee_cups_paid" | "coffee_cups_free" => &[Coffee],
        "coffee_cups_per_bar_volunteer" => &[Coffee, ShiftStart],
        "bar_revenue" | "bar_revenue_hire" | "bar_revenue_difference" | "canteen_limit_used" => {
            &[BarRevenue]
        }
        "shop_revenue" | "shop_revenue_difference" => &[ShopRevenue],
        "donations_money"
        | "donations_money_count"
        | "donors"
        | "money_donors"
        | "goods_donors" => &[Donation],
        _ => &[],
    }
}
