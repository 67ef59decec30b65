use super::*;
use actix_web::cookie::Cookie;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, http::StatusCode};

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

#[test]
fn our_own_forms_are_told_from_those_of_others() {
    let host = "192.168.1.20:8080";
    let of = |pairs: &[_]| sender(&headers(pairs), host);
    assert_eq!(of(&[("sec-fetch-site", "same-origin")]), Sender::Own);
    assert_eq!(
        of(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://192.168.1.20:8080")
        ]),
        Sender::Foreign
    );
    assert_eq!(of(&[("sec-fetch-site", "same-site")]), Sender::Foreign);
    assert_eq!(of(&[("origin", "http://192.168.1.20:8080")]), Sender::Own);
    assert_eq!(of(&[("origin", "http://192.168.1.20")]), Sender::Foreign);
    assert_eq!(
        of(&[("origin", "http://evil.example/192.168.1.20:8080")]),
        Sender::Foreign
    );
    assert_eq!(of(&[("origin", "null")]), Sender::Foreign);
    assert_eq!(of(&[]), Sender::Unknown);
}

#[test]
fn what_was_asked_for_goes_before_what_was_kept_and_what_the_phone_says() {
    let phone = || TestRequest::default().insert_header((header::ACCEPT_LANGUAGE, "tr"));
    let kept = || phone().cookie(Cookie::new(LANGUAGE_COOKIE, "pl"));
    let of = |request: TestRequest| language(&request.to_http_request(), &Language::VISITOR);
    assert_eq!(of(phone()), Language::Turkish);
    assert_eq!(of(kept()), Language::Polish);
    assert_eq!(of(kept().uri("/c/X?lang=ar")), Language::Arabic);
    assert_eq!(of(kept().uri("/c/X?lang=xx")), Language::Polish);
    assert_eq!(
        language(&phone().to_http_request(), &Language::TEAM),
        Language::Dutch
    );
}

fn drawn(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).expect("after 1970");
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0))
}

#[test]
fn a_form_keeps_its_entry_id_for_an_hour() {
    let now: Timestamp = "2026-11-06T10:00:00Z".parse().expect("a time");
    let fresh = || Uuid::from_u128(1);
    let of = |id: Uuid| entry_id(&id.to_string(), now, fresh) == id;
    assert!(of(drawn(now)));
    assert!(of(drawn(now - FORM_AGE_MAX)), "the edge");
    assert!(
        !of(drawn(now - FORM_AGE_MAX - SignedDuration::from_secs(1))),
        "one past it"
    );
    assert!(of(drawn(now + CLOCK_BACK_MAX)), "the edge");
    assert!(
        !of(drawn(now + CLOCK_BACK_MAX + SignedDuration::from_secs(1))),
        "one past it"
    );
    assert_eq!(entry_id("", now, fresh), fresh());
    assert_eq!(
        entry_id(&Uuid::from_u128(7).to_string(), now, fresh),
        fresh(),
        "not a version 7"
    );
}

#[actix_web::test]
async fn the_stylesheet_is_kept_under_its_own_address_only() {
    let app = init_service(App::new().wrap(page_headers()).configure(assets)).await;
    for (address, keep) in [
        (stylesheet_address(), "public, max-age=31536000, immutable"),
        ("/assets/000000000000/meetellen.css".to_owned(), "no-cache"),
    ] {
        let response = call_service(&app, TestRequest::get().uri(&address).to_request()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let sent = |name: header::HeaderName| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        assert_eq!(sent(header::CACHE_CONTROL), Some(keep));
        assert_eq!(sent(header::REFERRER_POLICY), Some("same-origin"));
        assert_eq!(
            sent(header::CONTENT_SECURITY_POLICY),
            Some(CONTENT_SECURITY_POLICY)
        );
        assert_eq!(read_body(response).await, STYLESHEET);
    }
}
