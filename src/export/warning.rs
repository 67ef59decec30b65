//! A warning in words.

use super::document::Warning;
use crate::i18n::Language;
use meetellen_events::values::Zone;
use meetellen_projections::warnings::{self, Parameter};

/// The warning as the reader's language says it.
pub fn warning(found: warnings::Warning, zone: &Zone, language: Language) -> Warning {
    let mut filled: Vec<(&'static str, String)> = found
        .parameters
        .iter()
        .map(|(name, parameter)| (*name, words(parameter, zone, language)))
        .collect();
    filled.push(("day", language.day(found.day.date())));
    if found.parameters.iter().all(|(name, _)| *name != "activity") {
        filled.push(("activity", language.say("warning-some-session")));
    }
    let key = format!("warning-{}", found.kind.slug());
    Warning {
        slug: found.kind.slug(),
        text: language.filled(&key, &filled),
        entries: found.entries,
    }
}

fn words(parameter: &Parameter, zone: &Zone, language: Language) -> String {
    match parameter {
        Parameter::Number(number) => language.number(*number),
        Parameter::Cents(cents) => language.money(*cents),
        Parameter::Decimal(text) => language.decimal(text),
        Parameter::Name(name) => name.as_str().to_owned(),
        Parameter::Time(at) => {
            let wall = zone.jiff().to_datetime(at.to_jiff());
            language.time(wall.time())
        }
        Parameter::Shift(kind) => language.word("shift-kind", kind.name()),
    }
}
