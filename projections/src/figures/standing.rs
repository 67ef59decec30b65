//! What stands on the last day of the period.

use super::bar::cents;
use super::{Figure, Value};
use crate::ledger::Ledger;
use meetellen_events::standing::Listed;
use meetellen_events::values::Period;

pub(super) fn figures(ledger: &Ledger, period: &Period) -> Vec<Figure> {
    let (facts, last) = (ledger.facts(), period.last_day());
    let (mut tenants, mut partners) = (0, 0);
    for (listed, _) in facts.listed().filter(|(_, stands)| stands.on(last)) {
        match listed {
            Listed::Tenant(_) => tenants += 1,
            Listed::Partner(_) => partners += 1,
            Listed::Counter(_) | Listed::Indicator(_) => {}
        }
    }
    let standing = facts.grants().filter(|(_, grant)| grant.on(last));
    let grants = standing.map(|(_, grant)| cents(grant.what.amount)).sum();
    let figure = |key, unit, number| Figure::new(key, unit, Value::Whole(number)).entered();
    vec![
        figure("tenants", "tenants", tenants),
        figure("partners", "partners", partners),
        figure("grants", "cents", grants),
    ]
}
