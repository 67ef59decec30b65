//! The month: its figures, what to mend, and what to take along.

mod tables;

use super::{Frame, path, read, see, show, statements};
use super::{entries, mend};
use crate::api::caller::FigureReader;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::web::chart::{self, Bar};
use crate::web::view::month::{ActivityRow, Closed, Figure, Month, Share};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use jiff::civil::Date;
use meetellen_events::access::Role;
use meetellen_events::values::{Day, Month as Calendar, Name, Period};
use meetellen_projections::figures::{self, Figures, Value};
use meetellen_projections::history;
use meetellen_projections::sections::{DayRow, Sections, sections};
use std::collections::BTreeMap;

/// The figures that stand first, large; the others follow behind one tap.
pub(super) const FIRST: [&str; 12] = [
    "visits",
    "participations",
    "unique_visitors",
    "open_days",
    "activities_held",
    "activities_by_residents",
    "volunteers_registered",
    "volunteers_active",
    "volunteer_hours",
    "coffee_cups",
    "bar_revenue",
    "donations_money",
];

/// First characters of a hash: enough to tell two logs apart at a glance.
const HASH_SHOWN: usize = 8;

/// The routes below `/month`.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/month").route(read().to(running)))
        .service(path("/month/{month}").route(read().to(month)));
}

/// `GET /month`: the running month's.
async fn running(node: Data<Node>, reader: FigureReader) -> HttpResponse {
    // A funder sees closed months alone.
    if reader.role == Role::Viewer {
        return see("/statements");
    }
    let month = reader.today(&node).month();
    see(format!("/month/{month}"))
}

/// `GET /month/2026-10`.
async fn month(
    node: Data<Node>,
    request: HttpRequest,
    reader: FigureReader,
    month: Path<String>,
) -> Result<HttpResponse, Problem> {
    let frame = Frame::of(&node, &request, &reader);
    let month: Calendar = month
        .parse()
        .map_err(|_| Problem::from(Cause::UnknownPeriod))?;
    let today = reader.today(&node);
    let live = reader.live.snapshot();
    // A funder sees a closed month as its statement tells it, and no other.
    if reader.role == Role::Viewer {
        let closed = live.organisation.months().month(month);
        let closed = closed.ok_or_else(|| Problem::from(Cause::Forbidden))?;
        return Ok(see(statements::address(closed.current.id)));
    }
    // A month of a big house takes milliseconds to count: other requests go on meanwhile.
    let turn = node.counting.figures().await?;
    let page = node.blocking(move |_| {
        let _until_done = turn;
        page(&live, frame, month, today)
    });
    show(&node, &request, &page.await?)
}

fn page(live: &Live, Frame { t, page }: Frame, month: Calendar, today: Day) -> Month {
    let ledger = live.house.get();
    let period = Period::month(month);
    let now = figures::figures(ledger, &period);
    let before = figures::figures(ledger, &Period::month(month.previous()));
    let year_before = (0..12).fold(month, |month, _| month.previous());
    let year_before = figures::figures(ledger, &Period::month(year_before));
    let teller = Teller {
        t,
        month,
        before: &before,
        year_before: &year_before,
    };
    let (mut first, mut more, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for figure in &now.figures {
        let shown = teller.figure(figure);
        if shown.value.is_none() && shown.last_month.is_none() && shown.last_year.is_none() {
            unknown.push(t.word("figure", figure.key));
        } else if FIRST.contains(&figure.key) {
            first.push((FIRST.iter().position(|key| *key == figure.key), shown));
        } else {
            more.push(shown);
        }
    }
    first.sort_by_key(|(place, _)| *place);
    let found = sections(ledger, &period);
    let running = today.month() <= month;
    let closed = closing(live, month, t);
    let days = &found.by_day;
    let bars = bars(days);
    Month {
        month: month.first_day().date(),
        address: month.to_string(),
        previous: month.previous().to_string(),
        next: (month < today.month()).then(|| month.next().to_string()),
        running,
        closed,
        figures: first.into_iter().map(|(_, figure)| figure).collect(),
        more,
        unknown: unknown.join(", "),
        mend: mend::tasks(ledger, &period, t),
        chart_text: chart_text(t, &bars),
        bars,
        activities: activities(t, &found),
        tables: tables::tables(t, &found),
        position: t.number(i64::try_from(live.head.position.0).unwrap_or(i64::MAX)),
        hash: live
            .head
            .hash
            .to_string()
            .chars()
            .take(HASH_SHOWN)
            .collect(),
        t,
        page,
    }
}

/// What is said of a month that is closed.
fn closing(live: &Live, month: Calendar, t: Language) -> Option<Closed> {
    let closed = live.organisation.months().month(month)?;
    let zone = live.organisation.zone().cloned().unwrap_or_default();
    let on = |at| t.date(zone.day_of(at).date());
    let restated = closed.current.restates.is_some();
    Some(Closed {
        on: on(closed.closed_at),
        restated_on: restated.then(|| on(closed.current.recorded_at)),
        statement: statements::address(closed.current.id),
    })
}

/// Writes figures as the page shows them.
struct Teller<'a> {
    t: Language,
    month: Calendar,
    before: &'a Figures,
    year_before: &'a Figures,
}

impl Teller<'_> {
    fn figure(&self, figure: &figures::Figure) -> Figure {
        let t = self.t;
        let earlier = |figures: &Figures| {
            let same = figures.get(figure.key)?;
            written(t, &same.value, same.unit)
        };
        let mixed = figure.basis_share.len() > 1;
        Figure {
            key: figure.key.to_owned(),
            value: written(t, &figure.value, figure.unit),
            last_month: earlier(self.before),
            last_year: earlier(self.year_before),
            definition: t.word("definition", figure.definition.id),
            basis: figure.basis.name().to_owned(),
            shares: if mixed {
                shares(&figure.basis_share)
            } else {
                Vec::new()
            },
            evidence: shares(&figure.evidence_share),
            coverage: figure.coverage.as_ref().map(|covered| {
                let key = format!("coverage-{}", covered.of.name());
                let counted = t.number(covered.counted);
                t.with_two(&key, "counted", counted, "all", t.number(covered.all))
            }),
            entries: Some(history::behind(figure.key))
                .filter(|types| !types.is_empty())
                .map(|types| entries::address(&Period::month(self.month), types)),
        }
    }
}

/// Shares above nothing.
fn shares(shares: &BTreeMap<&'static str, String>) -> Vec<Share> {
    let shares = shares.iter().map(|(name, share)| Share {
        name: (*name).to_owned(),
        percent: percent(share),
    });
    shares.filter(|share| share.percent > 0).collect()
}

/// Whole percent of a share with two decimals.
pub(super) fn percent(share: &str) -> u64 {
    let digits: String = share.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// A value with its unit, where it is known.
pub(super) fn written(t: Language, value: &Value, unit: &str) -> Option<String> {
    let text = match value {
        Value::Unknown | Value::Withheld => return None,
        Value::Suppressed => "<5".to_owned(),
        Value::Whole(cents) if unit == "cents" => t.money(*cents),
        Value::Whole(number) => t.number(*number),
        Value::Decimal(text) => t.decimal(text),
    };
    Some(if unit == "%" {
        format!("{text}\u{a0}%")
    } else {
        text
    })
}

fn bars(days: &[DayRow]) -> Vec<Bar> {
    let days: Vec<(Date, bool, Option<u64>)> = days
        .iter()
        .map(|row| {
            let visits = match &row.visits {
                Value::Whole(visits) => u64::try_from(*visits).ok(),
                Value::Decimal(_) | Value::Unknown | Value::Suppressed | Value::Withheld => None,
            };
            (row.day.date(), row.open, visits)
        })
        .collect();
    chart::bars(&days)
}

/// What the chart shows, in words.
fn chart_text(t: Language, bars: &[Bar]) -> String {
    let busiest = bars
        .iter()
        .filter(|bar| bar.value.is_some_and(|visits| visits > 0))
        .max_by_key(|bar| (bar.value, std::cmp::Reverse(bar.day)));
    match busiest {
        Some(bar) => t.with_two(
            "month-busiest",
            "day",
            t.day(bar.day),
            "number",
            t.number(
                bar.value
                    .and_then(|visits| i64::try_from(visits).ok())
                    .unwrap_or(0),
            ),
        ),
        None => t.say("month-no-visits"),
    }
}

fn activities(t: Language, found: &Sections) -> Vec<ActivityRow> {
    let mut rows: Vec<_> = found.by_activity.iter().collect();
    let participations = |value: &Value| match value {
        Value::Whole(number) => *number,
        Value::Decimal(_) | Value::Unknown | Value::Suppressed | Value::Withheld => 0,
    };
    rows.sort_by_cached_key(|row| {
        let name = row.name.as_ref().map(Name::folded);
        (
            std::cmp::Reverse(participations(&row.participations)),
            name,
            row.activity,
        )
    });
    rows.into_iter()
        .map(|row| ActivityRow {
            name: row
                .name
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            sessions: row.sessions,
            participations: written(t, &row.participations, ""),
            average: written(t, &row.average_participations, ""),
        })
        .collect()
}
