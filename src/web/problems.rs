//! A problem as a page: the same status as the API's answer, in the reader's language, with a way on.

use super::page::{Frame, own_referer};
use super::view::{Page, visitor};
use crate::i18n::Language;
use crate::problem::{Cause, Problem};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

/// Which words the pages have for a cause. Many causes of the API are one to somebody with a phone in her hand.
const fn words(cause: Cause) -> &'static str {
    match cause {
        Cause::UnknownCode | Cause::WrongCode | Cause::CodeOfAnotherOrganisation => "unknown-code",
        Cause::CodeExpired | Cause::CodeSpent => "code-expired",
        Cause::Busy | Cause::TooFast | Cause::TooSlow | Cause::NotReady => "busy",
        Cause::OutcomeUnknown => "outcome-unknown",
        Cause::TooLateToRetract => "too-late",
        Cause::DiskFull => "disk-full",
        Cause::MonthClosed => "month-closed",
        Cause::Internal | Cause::LogDamaged | Cause::ReadOnly => "internal",
        Cause::Unauthorised
        | Cause::TokenExpired
        | Cause::DeviceRevoked
        | Cause::Forbidden
        | Cause::ForeignOrigin
        | Cause::NotYoursToRetract => "forbidden",
        Cause::NotFound
        | Cause::UnknownOrganisation
        | Cause::UnknownActivity
        | Cause::UnknownSession
        | Cause::UnknownRoom
        | Cause::UnknownShift
        | Cause::UnknownPerson
        | Cause::UnknownPass
        | Cause::UnknownDevice
        | Cause::UnknownCounter
        | Cause::UnknownIndicator
        | Cause::UnknownStandingFact
        | Cause::UnknownPosition
        | Cause::UnknownStatement
        | Cause::UnknownPeriod
        | Cause::NothingToRetract
        | Cause::NothingToConfirm
        | Cause::MethodNotAllowed => "not-found",
        Cause::IdReused
        | Cause::SetupDone
        | Cause::SlugTaken
        | Cause::OrganisationEnded
        | Cause::SessionCancelled
        | Cause::ShiftEnded
        | Cause::EndsBeforeItBegan
        | Cause::NotRetractable
        | Cause::AlreadyRetracted
        | Cause::NotWaiting
        | Cause::AlreadyEnded
        | Cause::NotAVolunteer
        | Cause::PersonErased
        | Cause::MonthNotOver
        | Cause::SensitiveActivity => "not-possible",
        Cause::Malformed
        | Cause::BodyTooLarge
        | Cause::UnsupportedEncoding
        | Cause::UnsupportedMediaType
        | Cause::Invalid
        | Cause::UnknownField
        | Cause::WrongType
        | Cause::MalformedId
        | Cause::OutOfRange
        | Cause::TooManyEntries
        | Cause::TooFarAhead
        | Cause::TooFarBack => "invalid",
    }
}

/// The page of a problem; `back` is where the reader can go on.
pub fn page_of(problem: &Problem, t: Language, page: Page, back: Option<String>) -> HttpResponse {
    let words = words(problem.cause());
    let status = problem.status_code();
    let template = visitor::Problem {
        t,
        page,
        title: t.say(format!("problem-{words}-title")),
        happened: t.say(format!("problem-{words}-happened")),
        kept: t.say("problem-kept-nothing-lost"),
        now: t.say(format!("problem-{words}-now")),
        back,
        instance: status
            .is_server_error()
            .then(|| problem.instance().to_string()),
    };
    let mut response = answer(status, &template);
    if let Some(seconds) = problem.retry_after_seconds() {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn answer(status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"));
    match template.render() {
        Ok(html) => response.body(html),
        Err(error) => Problem::internal(&error).error_response(),
    }
}

/// Turns the problems of page routes into pages. A client that asks for JSON alone gets JSON, and a path that is no
/// page's answers in HTML only to who reads it.
pub async fn as_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let problem = response.response().error();
    let page = problem
        .and_then(|error| error.as_error::<Problem>())
        .filter(|_| reads_pages(response.request()))
        .map(|problem| of_request(problem, response.request()));
    Ok(match page {
        Some(page) => {
            let (request, _) = response.into_parts();
            ServiceResponse::new(request, page.map_body(|_, body| EitherBody::right(body)))
        }
        None => response.map_into_left_body(),
    })
}

fn reads_pages(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let names = |word| accepted.is_some_and(|accepted| accepted.contains(word));
    names("text/html") || (request.match_pattern().is_some() && !names("json"))
}

fn of_request(problem: &Problem, request: &HttpRequest) -> HttpResponse {
    let Frame { t, page } = if is_visitors(request.path()) {
        Frame::visitor(request)
    } else {
        Frame::team(request)
    };
    let unknown_device = problem.status_code() == StatusCode::UNAUTHORIZED;
    if unknown_device && !is_visitors(request.path()) {
        let stranger = visitor::Stranger {
            t,
            page,
            askable: String::new(),
        };
        return answer(problem.status_code(), &stranger);
    }
    page_of(problem, t, page, way_on(request))
}

fn is_visitors(path: &str) -> bool {
    ["/c/", "/p/", "/problems/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// Where a reader can go on: back to the page whose form it was, or to the start. Whoever scanned a code that leads
/// nowhere has nothing to go back to.
fn way_on(request: &HttpRequest) -> Option<String> {
    if request.method() == Method::POST {
        if let Some(from) = own_referer(request) {
            return Some(from);
        }
        let code = request.path().strip_prefix("/c/");
        let code = code.and_then(|rest| rest.split('/').next());
        return Some(code.map_or_else(|| "/".to_owned(), |code| format!("/c/{code}")));
    }
    (!is_visitors(request.path())).then(|| "/".to_owned())
}

/// `GET /problems/SLUG`: what a kind of problem means, for whoever follows its `type`.
pub async fn kind(request: HttpRequest, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let cause = Cause::ALL
        .iter()
        .find(|cause| cause.slug() == slug.as_str());
    let cause = *cause.ok_or_else(|| Problem::from(Cause::NotFound))?;
    let Frame { t, page } = Frame::visitor(&request);
    let words = words(cause);
    let template = visitor::Problem {
        t,
        page,
        title: t.say(format!("problem-{words}-title")),
        happened: t.say(format!("problem-{words}-happened")),
        kept: format!(
            "{} {}: {}",
            cause.status().as_u16(),
            cause.slug(),
            cause.title()
        ),
        now: t.say(format!("problem-{words}-now")),
        back: None,
        instance: None,
    };
    Ok(answer(StatusCode::OK, &template))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    fn page() -> Page {
        Page {
            organisation: "Het Badhuis".to_owned(),
            today: None,
            demo: false,
            stylesheet: "/assets/0/meetellen.css".to_owned(),
            query: String::new(),
            languages: Language::VISITOR.to_vec(),
            notice: None,
        }
    }

    #[test]
    fn every_cause_has_words_in_every_language() {
        for &cause in Cause::ALL {
            for t in Language::VISITOR {
                for part in ["title", "happened", "now"] {
                    let key = format!("problem-{}-{part}", words(cause));
                    assert_ne!(t.say(&key), key, "{cause:?} in {}", t.tag());
                }
            }
        }
    }

    #[actix_web::test]
    async fn the_page_has_the_status_of_the_api_and_a_way_on() {
        for &cause in Cause::ALL {
            let problem = Problem::from(cause);
            let response = page_of(&problem, Language::Dutch, page(), Some("/c/X".to_owned()));
            assert_eq!(response.status(), cause.status());
            let quoted = cause.status().is_server_error();
            let html = to_bytes(response.into_body()).await.expect("a whole page");
            let html = String::from_utf8(html.to_vec()).expect("UTF-8");
            assert!(html.contains("href=\"/c/X\""));
            assert_eq!(
                html.contains(&problem.instance().to_string()),
                quoted,
                "{cause:?}"
            );
        }
    }
}
