//! Posters and stickers: the codes there are, and each as a sheet to print.

use super::facts::{activity_at, activity_name, clock};
use super::form::{Sent, wrong};
use super::{Frame, path, read, see, show};
use crate::api::caller::{Coordinator, Volunteer};
use crate::api::codes;
use crate::i18n::Language;
use crate::live::Live;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::secrets;
use crate::web::qr;
use crate::web::view::Choice;
use crate::web::view::coordinator::{Poster, PosterLanguage, PosterSheet, Posters, TallySheet};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::organisation::Request;
use meetellen_events::programme::state::Issued;
use meetellen_events::programme::{Command, Target};
use meetellen_events::values::{Code, Day};
use serde::Deserialize;

/// The routes of posters.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/posters").route(read().to(posters)))
        .service(path("/tally-sheet").route(read().to(tally_sheet)))
        .service(path("/codes").route(web::post().to(make)))
        .service(path("/posters/{code}").route(read().to(sheet)))
        .service(path("/posters/{code}/remove").route(web::post().to(remove)));
}

/// What a code is for, in the reader's language.
fn name(live: &Live, t: Language, issued: &Issued, today: Day) -> String {
    let ledger = live.house.get();
    match issued.target {
        Target::Activity(activity) => activity_name(ledger, activity, today).unwrap_or_default(),
        Target::Session(session) => {
            let activity = activity_at(live, session);
            let named = activity.and_then(|activity| activity_name(ledger, activity, today));
            let planned = live.organisation.programme().session(session);
            let begins = planned.map(|planned| {
                let zone = ledger.zone();
                let day = zone.day_of(planned.starts_at).date();
                format!("{} {}", t.day(day), t.time(clock(zone, planned.starts_at)))
            });
            format!(
                "{}, {}",
                named.unwrap_or_default(),
                begins.unwrap_or_default()
            )
        }
        Target::Door => t.say("poster-door"),
        Target::Bar => t.say("poster-bar"),
        Target::Coffee => t.say("poster-coffee"),
        Target::Gift => t.say("poster-gift"),
    }
}

/// An address as it is written below a code: without what every browser adds.
fn in_words(url: &str) -> String {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .to_owned()
}

/// `GET /posters`: the codes that are good.
async fn posters(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &volunteer);
    let (today, now) = (volunteer.today(&node), node.now());
    let page = {
        let live = volunteer.live.read();
        let programme = live.organisation.programme();
        let good = programme
            .codes()
            .filter(|(_, issued)| issued.is_good(today, now));
        let mut posters: Vec<Poster> = good
            .map(|(code, issued)| Poster {
                code: code.to_string(),
                name: name(&live, t, issued, today),
                address: in_words(&codes::url(&node, code)),
                day: issued.day.map(Day::date),
            })
            .collect();
        posters.sort_by_cached_key(|poster| {
            (
                poster.name.to_lowercase(),
                poster.day,
                poster.address.clone(),
            )
        });
        let mut activities: Vec<Choice> = programme
            .activities()
            .filter_map(|id| {
                let name = activity_name(live.house.get(), id, today)?;
                Some(Choice {
                    id: id.to_string(),
                    name,
                })
            })
            .collect();
        activities.sort_by_cached_key(|activity| activity.name.to_lowercase());
        Posters {
            t,
            page,
            posters,
            activities,
        }
    };
    show(&node, &request, &page)
}

/// `POST /codes`: `for` is a word of the contract, or an activity's id.
async fn make(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    let target = match sent.needed("for")? {
        "door" => Target::Door,
        "bar" => Target::Bar,
        "coffee" => Target::Coffee,
        "gift" => Target::Gift,
        "session" => {
            let session = sent.parsed("session")?;
            Target::Session(session.ok_or_else(|| wrong("session", "is missing"))?)
        }
        activity => Target::Activity(
            activity
                .parse()
                .map_err(|_| wrong("for", "must be a place or an activity"))?,
        ),
    };
    let code = secrets::code().map_err(|error| Problem::internal(&error))?;
    let command = Command::IssueCode {
        code,
        target,
        day: sent.parsed("day")?,
        valid_until: None,
    };
    coordinator.ask(&node, Request::Programme(command)).await?;
    Ok(see(format!("/posters/{code}?done=kept")))
}

#[derive(Deserialize)]
struct In {
    r#in: Option<String>,
}

/// `GET /posters/CODE`: the sheet to print, in the languages asked for.
async fn sheet(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
    code: Path<String>,
    asked: Query<In>,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &volunteer);
    let unknown = || Problem::from(Cause::UnknownCode);
    let code: Code = code.parse().map_err(|_| unknown())?;
    let today = volunteer.today(&node);
    let url = codes::url(&node, code);
    let (name, for_house) = {
        let live = volunteer.live.read();
        let issued = live.organisation.programme().code(code);
        let issued = issued
            .filter(|issued| !issued.withdrawn)
            .ok_or_else(unknown)?;
        let for_house = issued.target == Target::Bar;
        (name(&live, t, issued, today), for_house)
    };
    let call_in = call_languages(asked.r#in.as_deref());
    let drawn = qr::Code::of(&url).map_err(|error| Problem::internal(&error))?;
    let sheet = PosterSheet {
        t,
        page,
        code: code.to_string(),
        qr: drawn.svg(&name),
        name,
        address: in_words(&url),
        choices: choices(&call_in),
        // Nobody is to check in at the bar's own code.
        call_in: if for_house { Vec::new() } else { call_in },
    };
    show(&node, &request, &sheet)
}

/// The languages of a poster's call; Dutch and English where none was asked for.
fn call_languages(asked: Option<&str>) -> Vec<Language> {
    let Some(asked) = asked else {
        return Language::TEAM.to_vec();
    };
    let is_asked = |language: &Language| asked.split(',').any(|tag| tag == language.tag());
    let asked: Vec<Language> = Language::VISITOR.into_iter().filter(is_asked).collect();
    if asked.is_empty() {
        vec![Language::Dutch]
    } else {
        asked
    }
}

/// Each language with the address of the same poster with or without it.
fn choices(call_in: &[Language]) -> Vec<PosterLanguage> {
    Language::VISITOR
        .into_iter()
        .map(|language| {
            let chosen = call_in.contains(&language);
            let others = Language::VISITOR.into_iter().filter(|other| {
                let stays = call_in.contains(other) && *other != language;
                stays || (*other == language && !chosen)
            });
            let tags: Vec<&str> = others.map(Language::tag).collect();
            PosterLanguage {
                language,
                chosen,
                href: format!("?in={}", tags.join(",")),
            }
        })
        .collect()
}

/// `GET /tally-sheet`: for where nobody scans; its totals are entered as a head count.
async fn tally_sheet(
    node: Data<Node>,
    request: HttpRequest,
    volunteer: Volunteer,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &volunteer);
    let rows = ["check-in-adults-all", "check-in-children", "entry-coffee"];
    let sheet = TallySheet {
        rows: rows.map(|key| t.say(key)).to_vec(),
        t,
        page,
    };
    show(&node, &request, &sheet)
}

/// `POST /posters/CODE/remove`.
async fn remove(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    Frame::of(&node, &request, &coordinator);
    codes::withdraw(coordinator, node, code).await?;
    Ok(see("/posters?done=kept"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_speaks_the_languages_that_were_chosen() {
        assert_eq!(call_languages(None), Language::TEAM);
        let both = [Language::Dutch, Language::Arabic];
        assert_eq!(call_languages(Some("ar,nl,xx")), both);
        assert_eq!(call_languages(Some("")), [Language::Dutch]);
        let choices = choices(&both);
        let href = |at: usize| choices[at].href.as_str();
        assert_eq!((href(0), href(1)), ("?in=ar", "?in=nl,en,ar"));
    }
}
