//! What comes between the making of a statement and its recording.

use super::*;

#[test]
fn a_fact_that_slips_in_before_a_restatement_is_kept_for_the_next() {
    let mut house = closed_house();
    let rate = |house: &mut Scenario, cents: u64| {
        let rate = Setting::HourlyRate(standing::Sourced {
            number: cents,
            source: name("Movisie"),
        });
        house.standing(standing::Command::Change {
            settings: vec![rate],
            since: None,
        });
        house.organisation.position()
    };
    let told = rate(&mut house, 1500);
    let statement = restating(&house, 901, 900);
    let slipped = rate(&mut house, 1600);
    house.admits(Authority::System, restate(&statement));
    let months = house.organisation.months();
    let touched = months
        .month(october())
        .and_then(|closed| closed.touched.as_ref());
    let facts = touched.map(|touched| touched.facts.clone());
    assert_eq!(facts, Some(vec![slipped]), "{told:?} is told");
}
