//! Distinct persons in what may leave the organisation.

use super::{money, october, of, value, whole};
use crate::world::{World, id, name, phone};
use meetellen_events::standing::{Setting, Sourced};
use meetellen_events::tally::{Event as Tally, Standing};
use meetellen_events::values::Cents;
use meetellen_projections::figures::Value;

#[test]
fn few_known_visitors_are_told_by_nothing_that_is_made_of_them() {
    let mut world = october(&[30]);
    world.setting(Setting::Inhabitants(Sourced {
        number: 1_000,
        source: name("CBS"),
    }));
    for number in 1..5 {
        world.check_in("2026-10-01T11:00:00Z", phone(number), None, (1, 0));
    }
    for key in ["unique_visitors", "unique_visitors_per_month", "reach"] {
        assert_eq!(value(&world, "2026-10", key), Value::Suppressed, "{key}");
    }
    assert_eq!(
        value(&world, "2026", "unique_visitors_per_month"),
        Value::Withheld
    );
    let (figures, _) = of(&world, "2026-10");
    let unique = figures.get("unique_visitors").expect("it");
    assert_eq!(
        unique.coverage, None,
        "visits that are not anonymous are these"
    );
    let reach = figures.get("reach").expect("it");
    assert_eq!(reach.yardsticks[0].against, Value::Suppressed);
    world.check_in("2026-10-01T11:00:00Z", phone(5), None, (1, 0));
    assert_eq!(value(&world, "2026-10", "unique_visitors"), whole(5));
    assert_eq!(
        value(&world, "2026-10", "reach"),
        Value::Decimal("0.5".into())
    );
    assert_eq!(
        value(&world, "2026-10-01", "unique_visitors"),
        Value::Withheld
    );
}

#[test]
fn givers_are_told_where_no_whole_fixes_a_few_of_them() {
    let mut world = World::new();
    for donor in 700..703 {
        money(&mut world, "2026-10-05T10:00:00Z", Some(donor));
    }
    for donor in 702..712 {
        world.goods(
            "2026-10-06T10:00:00Z",
            "boeken",
            2,
            Some(donor),
            Standing::Counted,
        );
    }
    let told = |world: &World| {
        [
            "money_donors",
            "goods_donors",
            "donors",
            "donations_money_count",
        ]
        .map(|key| value(world, "2026-10", key))
    };
    assert_eq!(
        told(&world),
        [Value::Suppressed, whole(10), whole(12), Value::Suppressed]
    );
    money(&mut world, "2026-10-05T10:00:00Z", Some(713));
    assert_eq!(
        told(&world),
        [Value::Suppressed, whole(10), whole(13), Value::Suppressed]
    );
    world.goods(
        "2026-10-06T10:00:00Z",
        "boeken",
        1,
        Some(702),
        Standing::Counted,
    );
    let lone = world.tally(
        "2026-10-05T10:00:00Z",
        Tally::MoneyDonated {
            amount: Cents::new(1_000).expect("an amount"),
            method: None,
            donor: Some(id(714)),
            purpose: None,
            code: None,
            standing: Standing::Counted,
        },
    );
    assert_eq!(told(&world)[0], whole(5));
    world.retract("2026-10-07T10:00:00Z", lone);
    assert_eq!(told(&world)[2], whole(13));
}

#[test]
fn four_givers_of_money_who_gave_no_goods_are_not_the_difference() {
    let mut world = World::new();
    for donor in 700..704 {
        money(&mut world, "2026-10-05T10:00:00Z", Some(donor));
    }
    for donor in 710..720 {
        world.goods(
            "2026-10-06T10:00:00Z",
            "boeken",
            2,
            Some(donor),
            Standing::Counted,
        );
    }
    assert_eq!(value(&world, "2026-10", "goods_donors"), whole(10));
    assert_eq!(
        value(&world, "2026-10", "donors"),
        Value::Withheld,
        "14 - 10"
    );
}

#[test]
fn a_few_things_tell_of_no_few_givers() {
    let mut world = World::new();
    world.goods("2026-10-05T10:00:00Z", "boeken", 1, None, Standing::Counted);
    world.goods(
        "2026-10-05T10:00:00Z",
        "stoelen",
        8,
        Some(700),
        Standing::Counted,
    );
    for _ in 0..6 {
        world.goods("2026-11-05T10:00:00Z", "boeken", 3, None, Standing::Counted);
    }
    let told = |of_period: &str| -> Vec<_> {
        let (_, sections) = of(&world, of_period);
        let rows = sections.goods.into_iter();
        rows.map(|row| (row.donors, row.quantity)).collect()
    };
    assert_eq!(
        told("2026-10"),
        [
            (Value::Suppressed, Value::Withheld),
            (Value::Suppressed, whole(8))
        ]
    );
    assert_eq!(told("2026-11"), [(whole(6), whole(18))]);
    assert_eq!(
        told("2026-Q4")[0],
        (whole(7), Value::Withheld),
        "19 - 18 things were one giver's"
    );
    assert_eq!(told("2026-11-05"), [(Value::Withheld, Value::Withheld)]);
}
