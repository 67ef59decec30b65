use super::{BODY_BYTES_MAX, Cause, Problem, json, unknown_method, unknown_route};
use crate::api::openapi;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{App, HttpResponse, ResponseError, http::StatusCode, test, web};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cups {
    cups: u8,
}

async fn serve(body: web::Json<Cups>) -> HttpResponse {
    HttpResponse::Ok().json(body.cups)
}

async fn answer(request: test::TestRequest) -> (StatusCode, String, serde_json::Value) {
    let app = test::init_service(
        App::new()
            .app_data(json(BODY_BYTES_MAX))
            .service(
                web::resource("/cups")
                    .route(web::post().to(serve))
                    .default_service(web::to(unknown_method)),
            )
            .default_service(web::to(unknown_route)),
    )
    .await;
    let response = test::call_service(&app, request.to_request()).await;
    let status = response.status();
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned())
        .unwrap_or_default();
    (status, kind, test::read_body_json(response).await)
}

fn posting(body: &str) -> test::TestRequest {
    test::TestRequest::post()
        .uri("/cups")
        .insert_header((CONTENT_TYPE, "application/json"))
        .set_payload(body.to_owned())
}

#[test]
async fn the_table_is_the_contracts() {
    let contract = openapi::document()["x-problems"]
        .as_array()
        .expect("the contract lists its problems");
    let ours: Vec<_> = Cause::ALL
        .iter()
        .map(|cause| {
            serde_json::json!({
                "slug": cause.slug(), "status": cause.status().as_u16(), "title": cause.title(),
            })
        })
        .collect();
    assert_eq!(&ours, contract);
}

#[test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let too_big = format!("{{\"cups\":1{}}}", " ".repeat(BODY_BYTES_MAX));
    let cases = [
        (test::TestRequest::get().uri("/nowhere"), "not-found", 404),
        (
            test::TestRequest::get().uri("/cups"),
            "method-not-allowed",
            405,
        ),
        (posting("{"), "malformed", 400),
        (posting(r#"{"cups":1,"saucers":1}"#), "unknown-field", 422),
        (posting(r#"{"cups":"1"}"#), "wrong-type", 422),
        (posting(r"{}"), "invalid", 422),
        (posting(&too_big), "body-too-large", 413),
    ];
    for (request, slug, status) in cases {
        let (answered, kind, body) = answer(request).await;
        assert_eq!(answered.as_u16(), status, "{slug}");
        assert_eq!(kind, "application/problem+json");
        assert_eq!(body["type"], format!("/problems/{slug}"));
        assert_eq!(body["status"], status);
        assert_eq!(body.get("errors").is_some(), status == 422, "{slug}");
    }
}

#[test]
async fn a_body_of_exactly_the_limit_is_taken() {
    let body = format!("{{\"cups\":1{}}}", " ".repeat(BODY_BYTES_MAX - 10));
    assert_eq!(body.len(), BODY_BYTES_MAX);
    let (status, _, cups) = answer(posting(&body)).await;
    assert_eq!((status, cups), (StatusCode::OK, serde_json::json!(1)));
}

#[test]
async fn busy_says_when_to_come_back() {
    for (cause, expected) in [
        (Cause::Busy, true),
        (Cause::TooFast, true),
        (Cause::NotFound, false),
    ] {
        let response = Problem::from(cause).error_response();
        assert_eq!(response.headers().contains_key(RETRY_AFTER), expected);
    }
}

#[test]
async fn the_cause_inside_stays_inside() {
    let secret = std::io::Error::other("/data/keys/somebody");
    let body = Problem::internal(&secret).to_json().to_string();
    assert!(!body.contains("somebody") && body.contains("urn:uuid:"));
}
