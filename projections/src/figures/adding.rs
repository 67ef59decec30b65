//! What a reader may add over periods (figures.md, rule 8).

/// Whether values of this key for periods that follow each other add up to that of the whole: visits, participations,
/// sessions, hours, cups, gifts and money do; distinct persons and parties, means, shares, and what stands on the last day
/// don't.
pub fn adds_up(key: &str) -> bool {
    matches!(
        key,
        "visits"
            | "visits_with_volunteers"
            | "visits_children"
            | "visits_anonymous"
            | "visits_to_confirm"
            | "participations"
            | "open_days"
            | "activities_held"
            | "activities_cancelled"
            | "activities_unconfirmed"
            | "activities_by_residents"
            | "shifts"
            | "bar_shifts"
            | "bar_shifts_instructed"
            | "volunteer_hours"
            | "volunteer_hours_clocked"
            | "volunteer_hours_entered"
            | "volunteer_hours_estimated"
            | "coffee_cups"
            | "coffee_cups_paid"
            | "coffee_cups_free"
            | "bar_revenue"
            | "bar_revenue_hire"
            | "bar_revenue_difference"
            | "shop_revenue"
            | "shop_revenue_difference"
            | "donations_money"
            | "donations_money_count"
    )
}
