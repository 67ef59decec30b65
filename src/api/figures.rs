//! The figures of a period, now or as they were known earlier.

mod viewed;

use super::caller::{Caller, FigureReader};
use super::etag;
use super::query::Parameters;
use crate::export;
use crate::i18n::Language;
use crate::live::Live;
use crate::load::{self, AsOf, LoadError};
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use crate::writer::WriteError;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::log::line::{Head, Position};
use meetellen_events::values::{Locale, OrganisationId, Period, Timestamp};
use serde::Deserialize;

/// The route of figures.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/figures")
            .route(web::get().to(tell))
            .default_service(web::to(unknown_method)),
    );
}

/// The forms a document leaves in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    period: Period,
    language: Language,
    format: Format,
}

/// `GET /api/v1/figures`.
async fn tell(
    reader: FigureReader,
    node: Data<Node>,
    request: HttpRequest,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let period = period(&mut query)?;
    let as_of = query.text("as_of")?;
    let locale: Option<Locale> = query.word("locale", "nl, en")?;
    let format = query.word("format", "json, csv")?.unwrap_or_default();
    query.end()?;
    let as_of = as_of.map_or(Ok(AsOf::Now), |text| earlier(&text))?;
    let asked = Asked {
        period,
        language: language(&reader, locale)?,
        format,
    };
    if reader.role == Role::Viewer {
        return viewed::tell(&reader, &node, &request, asked, as_of).await;
    }
    match as_of {
        AsOf::Now => {
            let live = reader.live.snapshot();
            if let Some(unchanged) = etag::unchanged(&request, &asked.tag(live.head)) {
                return Ok(unchanged);
            }
            let turn = node.counting.figures().await?;
            let told = node.blocking(move |_| {
                let _until_done = turn;
                written(&live, &asked)
            });
            Ok(told.await??.answer(&request, &asked))
        }
        AsOf::Position(_) | AsOf::Instant(_) => {
            let organisation = reader.organisation;
            let turn = node.counting.replay().await?;
            let told = node.blocking(move |node| {
                let _until_done = turn;
                written(&known(node, organisation, as_of)?, &asked)
            });
            Ok(told.await??.answer(&request, &asked))
        }
    }
}

fn period(query: &mut Parameters) -> Result<Period, Problem> {
    let refused =
        |detail: String| Problem::from(Cause::UnknownPeriod).in_parameter("period", detail);
    let text = query.text("period")?;
    let text = text.ok_or_else(|| refused("is missing".to_owned()))?;
    text.parse()
        .map_err(|error: meetellen_events::values::InvalidValue| refused(error.to_string()))
}

/// A position, or an instant.
fn earlier(text: &str) -> Result<AsOf, Problem> {
    if let Ok(position) = text.parse() {
        return Ok(AsOf::Position(Position(position)));
    }
    let instant: Result<Timestamp, _> = text.parse();
    instant.map(AsOf::Instant).map_err(|_| {
        let detail = "must be a position, or a time such as 2026-10-05T14:30:00+02:00";
        Problem::from(Cause::Malformed).in_parameter("as_of", detail)
    })
}

/// The language asked for, else the organisation's own, where figures have it.
fn language(caller: &Caller, locale: Option<Locale>) -> Result<Language, Problem> {
    match locale {
        Some(Locale::Nl) => Ok(Language::Dutch),
        Some(Locale::En) => Ok(Language::English),
        Some(Locale::Ar | Locale::Tr | Locale::Uk | Locale::Pl) => {
            Err(Problem::from(Cause::Malformed).in_parameter("locale", "must be one of nl, en"))
        }
        None => Ok(match caller.live.read().organisation.locale() {
            Some(Locale::En) => Language::English,
            Some(Locale::Nl | Locale::Ar | Locale::Tr | Locale::Uk | Locale::Pl) | None => {
                Language::Dutch
            }
        }),
    }
}

/// The organisation as it was known then: up to the last whole commit at or before it. A replay.
fn known(node: &Node, organisation: OrganisationId, as_of: AsOf) -> Result<Live, Problem> {
    let then = load::as_of(node.reader(), organisation, as_of)
        .map_err(|error: LoadError| Problem::from(WriteError::Load(error)))?;
    if then.organisation.id().is_none() {
        return Err(Problem::from(Cause::UnknownPosition).because("nothing was known then"));
    }
    Ok(then)
}

/// A document as it is sent.
struct Told {
    head: Head,
    /// What a file of it is called, its ending aside.
    name: String,
    body: Vec<u8>,
}

fn written(live: &Live, asked: &Asked) -> Result<Told, Problem> {
    let body = match asked.format {
        // The coordinator's own screen is exact; a file leaves the house.
        Format::Json => {
            let document = export::document(live, &asked.period, asked.language);
            serde_json::to_vec(&document).map_err(|error| Problem::internal(&error))
        }
        Format::Csv => {
            let document = export::leaving(live, &asked.period, asked.language);
            export::csv(&document).map_err(|error| Problem::internal(&error))
        }
    };
    Ok(Told::new(live, asked, body?))
}

impl Asked {
    /// The same log up to the same commit gives the same document: its tag is known before it is made.
    fn tag(&self, head: Head) -> String {
        etag::tag(format!("{} {}", self.made_of(), head.hash).as_bytes())
    }

    /// What a document depends on but the log.
    fn made_of(&self) -> String {
        let Self {
            period,
            language,
            format,
        } = self;
        let version = env!("CARGO_PKG_VERSION");
        format!("{version} {period} {} {format:?}", language.tag())
    }
}

impl Told {
    fn new(live: &Live, asked: &Asked, body: Vec<u8>) -> Self {
        let slug = live.organisation.slug().map(ToString::to_string);
        Self {
            head: live.head,
            name: format!("{}-{}", slug.unwrap_or_default(), asked.period),
            body,
        }
    }

    fn answer(self, request: &HttpRequest, asked: &Asked) -> HttpResponse {
        let tag = asked.tag(self.head);
        if let Some(unchanged) = etag::unchanged(request, &tag) {
            return unchanged;
        }
        self.sent(&tag, asked.format)
    }

    fn sent(self, tag: &str, format: Format) -> HttpResponse {
        let mut response = etag::fresh(tag);
        match format {
            Format::Json => response.content_type("application/json"),
            Format::Csv => response
                .content_type("text/csv; charset=utf-8")
                .insert_header((
                    CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{}.csv\"", self.name),
                )),
        };
        response.body(self.body)
    }
}
