//! The fields of each type of entry. All are read before any is needed, so that no mistake hides another.

use super::{Arrival, Donor, Gift, Kind, Pass, VisitorToken, Who};
use crate::api::fields::{self, Fields, Wrong};
use meetellen_events::tally::{AMOUNT_CENTS_MAX, CONFIRMED_MAX, HoursBasis};
use meetellen_events::values::{
    Cents, Code, Cups, EntryId, HeadCount, InvalidValue, Name, PARTY_PERSONS_MAX, Party, Quantity,
};
use serde_json::Value;
use std::collections::HashSet;

const HEADS_MAX: i64 = 10_000;
const PERSONS_MAX: i64 = PARTY_PERSONS_MAX as i64;
const KIND_CHARS_MAX: usize = 40;
const PURPOSE_CHARS_MAX: usize = 80;
const REMARK_CHARS_MAX: usize = 200;

/// What was tallied and the code it came with; `None` where a mistake was noted.
pub(super) fn read(entry_type: &str, fields: &mut Fields<'_>) -> Option<(Option<Code>, Kind)> {
    let by_code = ["check_in", "coffee", "donation", "retraction"].contains(&entry_type);
    let code = by_code
        .then(|| fields.optional("code", fields::parsed))
        .flatten();
    let kind = match entry_type {
        "check_in" => check_in(fields),
        "head_count" => head_count(fields),
        "coffee" => coffee(fields),
        "tally" => tally(fields),
        "contribution" => contribution(fields),
        "shift_start" => shift_start(fields),
        "shift_end" => shift_end(fields),
        "bar_revenue" => bar_revenue(fields),
        "shop_revenue" => shop_revenue(fields),
        "donation" => donation(fields),
        "measurement" => measurement(fields),
        "opening" => opening(fields),
        "retraction" => retraction(fields),
        "confirmation" => confirmation(fields),
        _ => {
            fields.refuse("type", "is no type of entry");
            fields.ignore_unknown();
            return None;
        }
    };
    Some((code, kind?))
}

fn made<T>(
    make: fn(i64) -> Result<T, InvalidValue>,
    max: i64,
) -> impl Fn(&Value) -> Result<T, Wrong> {
    move |value| make(fields::whole(i64::MIN, max)(value)?).map_err(Wrong::range)
}

fn cents(value: &Value) -> Result<Cents, Wrong> {
    Cents::new(fields::whole(0, AMOUNT_CENTS_MAX)(value)?).map_err(Wrong::range)
}

fn quantity(value: &Value) -> Result<Quantity, Wrong> {
    made(Quantity::new, i64::MAX)(value)
}

fn pass(value: &Value) -> Result<Pass, Wrong> {
    let text = fields::text(value)?;
    // A code of 26 characters checks the alphabet; 8 characters are read as its beginning.
    let whole = if text.len() == 8 {
        format!("{text}{:0<18}", "")
    } else {
        text.to_owned()
    };
    let code: Code = whole
        .parse()
        .map_err(|_| Wrong::value("must be the 26 or 8 characters of a pass"))?;
    Ok(if text.len() == 8 {
        Pass::Short(code.to_string().chars().take(8).collect())
    } else {
        Pass::Code(code)
    })
}

fn check_in(fields: &mut Fields<'_>) -> Option<Kind> {
    let session = fields.optional("session", fields::id);
    let (given, by_adults) = (
        fields.has("adults") || fields.has("children"),
        fields.has("adults"),
    );
    let adults = fields.optional("adults", fields::whole(0, PERSONS_MAX));
    let children = fields.optional("children", fields::whole(0, PERSONS_MAX));
    let party = given
        .then(|| Party::new(adults.unwrap_or(1), children.unwrap_or(0)))
        .transpose()
        .map_err(|error| {
            let place = if by_adults { "adults" } else { "children" };
            fields.wrong(place, Wrong::range(format!("with the others {error}")));
        })
        .ok()
        .flatten();
    let both = fields.has("visitor") && fields.has("pass");
    let visitor = fields.optional("visitor", fields::token);
    let pass = fields.optional("pass", pass);
    if both {
        fields.refuse("pass", "must not stand beside visitor");
    }
    let arrival = match (visitor, pass) {
        (_, Some(pass)) => Arrival::Pass(pass),
        (Some(token), None) => Arrival::Phone(VisitorToken(token)),
        (None, None) => Arrival::Unknown,
    };
    Some(Kind::CheckIn {
        session,
        party,
        arrival,
    })
}

fn head_count(fields: &mut Fields<'_>) -> Option<Kind> {
    let session = fields.optional("session", fields::id);
    let adults = fields.required("adults", fields::whole(0, HEADS_MAX));
    let children = fields.optional("children", fields::whole(0, HEADS_MAX));
    let volunteers = fields.optional("volunteers", fields::whole(0, HEADS_MAX));
    let basis = fields.required("basis", fields::word("counted, estimated"));
    let heads = HeadCount::new(adults?, children.unwrap_or(0), volunteers).ok()?;
    Some(Kind::HeadCount {
        session,
        heads,
        basis: basis?,
    })
}

fn coffee(fields: &mut Fields<'_>) -> Option<Kind> {
    let by_code = fields.has("code");
    let cups = if by_code {
        let one = fields.optional("cups", fields::whole(1, 1)).unwrap_or(1);
        if fields.has("pot") {
            fields.refuse("pot", "must not stand beside code");
        }
        Cups::new(one).ok()
    } else {
        fields.required("cups", made(Cups::new, i64::MAX))
    };
    let paid = fields.optional("paid", fields::boolean);
    let pot = fields.optional("pot", fields::boolean).unwrap_or(false);
    let session = fields.optional("session", fields::id);
    Some(Kind::Coffee {
        cups: cups?,
        paid,
        pot,
        session,
    })
}

fn tally(fields: &mut Fields<'_>) -> Option<Kind> {
    let counter = fields.required("counter", fields::id);
    let quantity = fields.required("quantity", quantity);
    Some(Kind::Tally {
        counter: counter?,
        quantity: quantity?,
    })
}

fn contribution(fields: &mut Fields<'_>) -> Option<Kind> {
    let kind = fields.required("kind", fields::short_name(KIND_CHARS_MAX));
    let quantity = fields.required("quantity", quantity);
    let session = fields.optional("session", fields::id);
    let volunteer = fields.optional("volunteer", fields::id);
    Some(Kind::Contribution {
        kind: kind?,
        quantity: quantity?,
        session,
        volunteer,
    })
}

fn shift_start(fields: &mut Fields<'_>) -> Option<Kind> {
    let (by_id, by_pass) = (fields.has("volunteer"), fields.has("pass"));
    let volunteer = fields.optional("volunteer", fields::id);
    let pass = fields.optional("pass", pass);
    if by_id == by_pass {
        fields.refuse("volunteer", "either this or pass must be given");
    }
    let kind = fields.required(
        "kind",
        fields::word("bar, kitchen, shop, garden, host, other"),
    );
    let session = fields.optional("session", fields::id);
    let who = volunteer.map(Who::Person).or_else(|| pass.map(Who::Pass));
    Some(Kind::ShiftStart {
        who: who?,
        kind: kind?,
        session,
    })
}

fn shift_end(fields: &mut Fields<'_>) -> Option<Kind> {
    let shift = fields.required("shift", fields::id);
    let basis: Option<HoursBasis> =
        fields.optional("basis", fields::word("clocked, entered, estimated"));
    Some(Kind::ShiftEnd {
        shift: shift?,
        basis: basis.unwrap_or_default(),
    })
}

fn bar_revenue(fields: &mut Fields<'_>) -> Option<Kind> {
    let amount = fields.required("amount_cents", cents);
    let expected = fields.optional("expected_cents", cents);
    let hire = fields.optional("hire", fields::boolean).unwrap_or(false);
    Some(Kind::BarRevenue {
        amount: amount?,
        expected,
        hire,
    })
}

fn shop_revenue(fields: &mut Fields<'_>) -> Option<Kind> {
    let amount = fields.required("amount_cents", cents);
    let expected = fields.optional("expected_cents", cents);
    Some(Kind::ShopRevenue {
        amount: amount?,
        expected,
    })
}

fn donation(fields: &mut Fields<'_>) -> Option<Kind> {
    let (by_money, by_goods) = (fields.has("money_cents"), fields.has("goods"));
    if by_money == by_goods {
        fields.refuse("money_cents", "either this or goods must be given");
    }
    let amount = fields.optional("money_cents", |value| {
        fields::whole(1, AMOUNT_CENTS_MAX)(value).and_then(|n| Cents::new(n).map_err(Wrong::range))
    });
    let method = fields.optional("method", method);
    if fields.has("method") && !by_money {
        fields.refuse("method", "stands only beside money_cents");
    }
    let goods = fields.object("goods", goods);
    let donor = fields.optional("donor", |value| {
        fields::id(value)
            .map(Donor::Person)
            .or_else(|_| fields::short_name(REMARK_CHARS_MAX)(value).map(Donor::Named))
    });
    let purpose = fields.optional("purpose", fields::short_name(PURPOSE_CHARS_MAX));
    let gift = amount
        .map(|amount| Gift::Money { amount, method })
        .or(goods);
    Some(Kind::Donation {
        gift: gift?,
        donor,
        purpose,
    })
}

fn method(value: &Value) -> Result<Name, Wrong> {
    let name = fields::short_name(KIND_CHARS_MAX)(value)?;
    let text = name.as_str();
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if plain && !text.starts_with('_') {
        Ok(name)
    } else {
        Err(Wrong::value("must be a word of lower-case letters"))
    }
}

fn goods(fields: &mut Fields<'_>) -> Option<Gift> {
    let category = fields.required("category", fields::short_name(KIND_CHARS_MAX));
    let description = remark(fields, "description");
    let quantity = fields.optional("quantity", quantity);
    let quantity = quantity.or_else(|| Quantity::new(1).ok());
    Some(Gift::Goods {
        category: category?,
        description,
        quantity: quantity?,
    })
}

/// A remark that may be left out or empty.
fn remark(fields: &mut Fields<'_>, place: &'static str) -> Option<Name> {
    fields
        .optional(place, |value| {
            if fields::text(value)?.trim().is_empty() {
                Ok(None)
            } else {
                fields::short_name(REMARK_CHARS_MAX)(value).map(Some)
            }
        })
        .flatten()
}

fn measurement(fields: &mut Fields<'_>) -> Option<Kind> {
    let indicator = fields.required("indicator", fields::id);
    let value = fields.required("value", fields::parsed);
    Some(Kind::Measurement {
        indicator: indicator?,
        value: value?,
    })
}

fn opening(fields: &mut Fields<'_>) -> Option<Kind> {
    let state = fields.required("state", fields::word("opened, closed, nobody_came"));
    Some(Kind::Opening(state?))
}

fn retraction(fields: &mut Fields<'_>) -> Option<Kind> {
    let retracts = fields.required("retracts", fields::id);
    let reason = remark(fields, "reason");
    Some(Kind::Retraction {
        retracts: retracts?,
        reason,
    })
}

fn confirmation(fields: &mut Fields<'_>) -> Option<Kind> {
    let mut seen = HashSet::new();
    let list = fields.list("entries", CONFIRMED_MAX, |item| {
        item.one(|value| {
            let id: EntryId = fields::id(value)?;
            let first = seen.insert(id).then_some(id);
            first.ok_or_else(|| Wrong::value("stands here twice"))
        })
    });
    fields.must_have("entries");
    let list = list?;
    if list.is_empty() {
        fields.refuse("entries", "must have at least one id");
    }
    Some(Kind::Confirmation(list))
}
