//! A problem as a page: the same status as the API's answer, in the reader's language, with a way on.

use super::view::{Page, visitor};
use crate::i18n::Language;
use crate::problem::{Cause, Problem};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
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
    let mut response = HttpResponse::build(status);
    if matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        response.insert_header((RETRY_AFTER, "1"));
    }
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"));
    match template.render() {
        Ok(html) => response.body(html),
        Err(error) => Problem::internal(&error).error_response(),
    }
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
