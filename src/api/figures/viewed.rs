//! What a funder sees of closed months: what their statements tell, and nothing that came since. Between two answers of
//! the running log a single person could be seen to come (figures.md, rule 6).

use super::{Asked, Format, Told};
use crate::api::caller::FigureReader;
use crate::api::{etag, months};
use crate::export;
use crate::live::Live;
use crate::load::AsOf;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::statements::{withhold, withhold_persons};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::log::line::Position;
use meetellen_events::months::{Statement, state::Given};
use meetellen_events::values::{Month, Period};
use serde_json::Value;

/// The statements behind an answer.
struct View {
    as_of: Position,
    given: Vec<Known>,
}

/// A month as it was told.
struct Known {
    given: Given,
    /// Whether it was told otherwise before, or the answer may hold something that came for it since.
    has_moved: bool,
}

/// Answers a funder.
pub(super) async fn tell(
    reader: &FigureReader,
    node: &Node,
    request: &HttpRequest,
    asked: Asked,
    as_of: AsOf,
) -> Result<HttpResponse, Problem> {
    let view = view(reader, &asked.period, as_of)?;
    let mut made_of = asked.made_of();
    for Known { given, has_moved } in &view.given {
        made_of.push_str(&format!(" {} {has_moved}", given.hash));
    }
    let tag = etag::tag(made_of.as_bytes());
    if let Some(unchanged) = etag::unchanged(request, &tag) {
        return Ok(unchanged);
    }
    let mut moved = Vec::new();
    for known in view.given.iter().filter(|known| known.has_moved) {
        moved.push(months::read(node, reader.organisation, known.given).await?);
    }
    let organisation = reader.organisation;
    let turn = node.counting.replay().await?;
    let told = node.blocking(move |node| {
        let _until_done = turn;
        let then = super::known(node, organisation, AsOf::Position(view.as_of))?;
        written(&then, &asked, &moved)
    });
    Ok(told.await??.sent(&tag, asked.format))
}

/// A month as its statement tells it, or as an earlier one of its statements did; another period as its latest one.
fn view(reader: &FigureReader, period: &Period, as_of: AsOf) -> Result<View, Problem> {
    let live = reader.live.read();
    let state = live.organisation.months();
    if !state.covers(period.first_day(), period.last_day()) {
        return Err(Problem::from(Cause::Forbidden).because("this period is not closed"));
    }
    let of_month = |given: &&Given| Period::month(given.month) == *period;
    let mut given: Vec<Known> = match as_of {
        AsOf::Now => touched(period)
            .filter_map(|month| {
                let given = state.month(month)?.current;
                let has_moved = given.restates.is_some();
                Some(Known { given, has_moved })
            })
            .collect(),
        AsOf::Position(position) => {
            let mut of_month = state.statements().iter().filter(of_month);
            let told = of_month.find(|given| given.as_of == position);
            let told = told.map(|given| Known {
                given: *given,
                has_moved: given.restates.is_some(),
            });
            told.into_iter().collect()
        }
        AsOf::Instant(_) => Vec::new(),
    };
    let latest = given.iter().map(|known| known.given.as_of).max();
    let as_of = latest.ok_or_else(|| {
        Problem::from(Cause::Forbidden).because("of what was known earlier only statements tell")
    })?;
    for known in given.iter_mut().filter(|known| known.given.as_of < as_of) {
        let closed = state.month(known.given.month);
        known.has_moved |= closed.is_some_and(|closed| closed.touched.is_some());
    }
    Ok(View { as_of, given })
}

/// The months that have a day in a period.
fn touched(period: &Period) -> impl Iterator<Item = Month> + use<> {
    let last = period.last_day().month();
    let following = |month: &Month| Some(month.next()).filter(|next| next > month);
    std::iter::successors(Some(period.first_day().month()), following)
        .take_while(move |month| *month <= last)
}

fn written(live: &Live, asked: &Asked, moved: &[Statement]) -> Result<Told, Problem> {
    let document = export::leaving(live, &asked.period, asked.language);
    let document = serde_json::to_value(document);
    let mut document = document.map_err(|error| Problem::internal(&error))?;
    // It was closed on what was known then.
    document["closed"] = true.into();
    if let Value::Object(members) = &mut document {
        for statement in moved {
            let month = Period::month(statement.month());
            if let Value::Object(said) = statement.value() {
                withhold(members, &said);
            }
            let is_whole =
                asked.period.contains(month.first_day()) && asked.period.contains(month.last_day());
            if !is_whole {
                withhold_persons(members);
            }
        }
    }
    let body = match asked.format {
        Format::Json => serde_json::to_vec(&document).map_err(|error| Problem::internal(&error)),
        Format::Csv => export::csv(&document).map_err(|error| Problem::internal(&error)),
    };
    Ok(Told::new(live, asked, body?))
}
