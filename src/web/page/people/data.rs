//! All that is kept about somebody, to read and to print: for her, by the coordinator.

use super::super::facts::{Names, activity_name, clock};
use super::super::telling::Teller;
use super::super::{Frame, show};
use crate::api::caller::Coordinator;
use crate::i18n::Language;
use crate::node::Node;
use crate::people::{self, Data as Kept, Told};
use crate::problem::Problem;
use crate::web::view::people::{DataDevice, DataLine, PersonData};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::event::{ActorKind, Event, Recorded};
use meetellen_events::people::{Event as People, PersonFacts};
use meetellen_events::programme::Event as Programme;
use meetellen_events::values::{Day, PersonId};
use meetellen_projections::ledger::Ledger;

/// `GET /people/ID/data`.
pub async fn data(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: Coordinator,
    person: Path<PersonId>,
) -> Result<HttpResponse, Problem> {
    let organisation = coordinator.organisation;
    let names = Names::read(&node, organisation, &coordinator.live).await?;
    let live = std::sync::Arc::clone(&coordinator.live);
    let id = *person;
    let kept = node
        .blocking(move |node| people::data(node, organisation, &live, id))
        .await??;
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    let seen = coordinator.live.snapshot();
    let told = Page {
        t,
        ledger: seen.house.get(),
        names: &names,
    };
    let Kept {
        person,
        erased,
        events,
        devices,
    } = kept;
    let page = PersonData {
        name: names.say(t, id),
        number: names.number(id),
        erased,
        lines: events.iter().map(|event| told.line(event)).collect(),
        devices: devices
            .into_iter()
            .map(|own| DataDevice {
                name: own.name.unwrap_or_else(|| t.say("data-by-device")),
                since: told.day(own.since),
                last: told.day(own.last),
                entries: own.entries,
                revoked: own.revoked,
            })
            .collect(),
        person: super::shown((names.number(id), person)),
        t,
        page,
    };
    show(&node, &request, &page)
}

/// What a page tells events with.
struct Page<'a> {
    t: Language,
    ledger: &'a Ledger,
    names: &'a Names,
}

impl Page<'_> {
    fn day(&self, at: meetellen_events::values::Timestamp) -> jiff::civil::Date {
        self.ledger.zone().day_of(at).date()
    }

    fn line(&self, told: &Told) -> DataLine {
        let Told {
            recorded,
            opened,
            device,
        } = told;
        let mut details = self.details(recorded);
        details.extend(opened.iter().map(|(member, text)| {
            let gone = || self.t.say("data-unreadable");
            let text = match text {
                Some(text) if text.is_empty() => self.t.say("data-taken-away"),
                Some(text) => text.clone(),
                None => gone(),
            };
            (self.t.word("data-field", member), text)
        }));
        DataLine {
            what: self.what(told),
            details,
            day: self.day(recorded.fact.occurred_at),
            at: clock(self.ledger.zone(), recorded.fact.occurred_at),
            by: device
                .clone()
                .unwrap_or_else(|| self.t.say(by(recorded.actor.kind))),
            position: recorded.position.0,
        }
    }

    /// What happened, in words.
    fn what(&self, told: &Told) -> String {
        let position = told.recorded.position.0;
        if let Event::Tally(_) = &told.recorded.fact.event
            && let Some(row) = self.ledger.kept(position)
        {
            let teller = Teller {
                t: self.t,
                ledger: self.ledger,
                names: self.names,
            };
            return teller.whole(&row);
        }
        let value = told.value();
        let name = value["type"].as_str().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        self.t.word("data", name)
    }

    /// What an event says in the clear.
    fn details(&self, recorded: &Recorded) -> Vec<(String, String)> {
        match &recorded.fact.event {
            Event::People(
                People::Registered { facts, since, .. } | People::Changed { facts, since, .. },
            ) => self.facts(facts, *since),
            Event::Programme(
                Programme::ActivityAdded {
                    activity, since, ..
                }
                | Programme::ActivityChanged {
                    activity, since, ..
                },
            ) => {
                let name = activity_name(self.ledger, *activity, *since);
                vec![
                    (self.t.say("data-field-activity"), name.unwrap_or_default()),
                    self.since(*since),
                ]
            }
            Event::Organisation(_)
            | Event::Programme(_)
            | Event::Tally(_)
            | Event::People(_)
            | Event::Access(_)
            | Event::Standing(_)
            | Event::Months(_)
            | Event::Unknown(_) => Vec::new(),
        }
    }

    fn facts(&self, facts: &PersonFacts, since: Day) -> Vec<(String, String)> {
        let t = self.t;
        let answer = |is: bool| t.say(if is { "data-yes" } else { "data-no" });
        let flag = |key: &str, is: Option<bool>| Some((t.say(key), answer(is?)));
        let age = |age| t.word("person-age", super::age_word(age));
        let said = [
            flag("person-is-volunteer", facts.volunteer),
            facts.age.map(|group| (t.say("person-age"), age(group))),
            flag("person-is-neighbour", facts.from_neighbourhood),
            flag("person-instructed", facts.alcohol_instruction),
            Some(self.since(since)),
        ];
        said.into_iter().flatten().collect()
    }

    fn since(&self, since: Day) -> (String, String) {
        (self.t.say("settings-since"), self.t.date(since.date()))
    }
}

/// What stands for who had something recorded, where it was no device with a name.
const fn by(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Visitor => "data-by-visitor",
        ActorKind::Device => "data-by-device",
        ActorKind::Operator => "data-by-operator",
        ActorKind::System => "data-by-system",
    }
}
