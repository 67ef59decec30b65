//! Whatever is sent as an entry is read or refused: no panic, bounded answers, and nothing that was sent comes back.

use super::super::{EntryBody, parse};
use super::{ID, PASS};
use crate::api::fields::FIELD_ERRORS_MAX;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Stands in every text that is sent, and in no answer.
const SENT: &str = "vertrouwelijk";

const TYPES: [&str; 15] = [
    "check_in",
    "head_count",
    "coffee",
    "tally",
    "contribution",
    "shift_start",
    "shift_end",
    "bar_revenue",
    "shop_revenue",
    "donation",
    "measurement",
    "opening",
    "retraction",
    "confirmation",
    "no_type",
];

const FIELDS: [&str; 24] = [
    "id",
    "type",
    "occurred_at",
    "code",
    "session",
    "adults",
    "children",
    "volunteers",
    "visitor",
    "pass",
    "cups",
    "paid",
    "pot",
    "counter",
    "quantity",
    "kind",
    "person",
    "shift",
    "basis",
    "amount_cents",
    "expected_cents",
    "retracts",
    "reason",
    "entries",
];

/// Values that some field takes, or nearly.
fn likely() -> impl Strategy<Value = Value> {
    proptest::sample::select(vec![
        json!(ID),
        json!(PASS),
        json!("AAAAAAAAAAAAAAAAAAAAAA"),
        json!("2026-10-05T14:30:00+02:00"),
        json!("9999-12-31T23:59:60Z"),
        json!("-262143-01-01T00:00:00Z"),
        json!("counted"),
        json!(1),
        json!(20),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(true),
        json!([ID, ID]),
    ])
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(|text| json!(format!("{SENT}{text}"))),
        (1_000..20_000_usize).prop_map(|len| json!(SENT.repeat(len / SENT.len()))),
        likely(),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let name = proptest::sample::select(FIELDS.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn check(value: &Value) -> Result<(), TestCaseError> {
    let read: Result<EntryBody, _> = parse(value);
    match read {
        Ok(entry) => prop_assert_eq!(Ok(entry), parse(value)),
        Err(errors) => {
            prop_assert!((1..=FIELD_ERRORS_MAX).contains(&errors.len()));
            for error in errors {
                prop_assert!(!error.detail.contains(SENT), "{}", error.detail);
                prop_assert!(error.pointer.is_empty() || error.pointer.starts_with('/'));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_entry_is_read_or_refused(
        entry_type in proptest::sample::select(TYPES.to_vec()),
        members in proptest::collection::vec(
            (proptest::sample::select(FIELDS.to_vec()), prop_oneof![likely(), any_value()]),
            0..12,
        ),
        unknown in proptest::collection::vec("[a-z~/]{1,9}", 0..200),
    ) {
        let mut entry = Map::new();
        entry.insert("id".into(), json!(ID));
        entry.insert("type".into(), json!(entry_type));
        entry.insert("occurred_at".into(), json!("2026-10-05T14:30:00+02:00"));
        entry.extend(unknown.into_iter().map(|name| (name, json!(SENT))));
        entry.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
        check(&Value::Object(entry))?;
    }

    #[test]
    fn any_value_is_read_or_refused(value in any_value()) {
        check(&value)?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(value) = serde_json::from_slice::<Value>(&bytes) {
            check(&value)?;
        }
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for depth in [200, 30_000] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(serde_json::from_str::<Value>(&text).is_err());
    }
}
