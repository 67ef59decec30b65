//! The only error a client sees: RFC 9457, `application/problem+json`.
//!
//! Always true: what went wrong inside is written to the log under the problem's `instance` and never to the client;
//! nothing personal and no path with a code in it is logged.

mod cause;
mod rejected;

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError, UrlencodedError};
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{FormConfig, JsonConfig, PathConfig, QueryConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use meetellen_events::values::StatementId;
use serde::Serialize;
use std::time::Duration;

pub use cause::Cause;
pub use rejected::rejected;

/// Bytes of a JSON body on every route that takes neither entries nor an import.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Seconds after which a client may come back, where nothing else is said.
const RETRY_AFTER_SECONDS: u64 = 1;

/// One refused request.
#[derive(Debug, thiserror::Error)]
#[error("{}", .cause.slug())]
pub struct Problem {
    cause: Cause,
    detail: Option<String>,
    instance: uuid::Uuid,
    errors: Vec<FieldError>,
    statement: Option<StatementId>,
    /// Seconds after which to come back.
    retry_after: Option<u64>,
}

/// One field that was not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where in the body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which parameter of the path or the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong with it.
    pub detail: String,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    instance: String,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StatementId>,
}

impl From<Cause> for Problem {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            detail: None,
            instance: uuid::Uuid::now_v7(),
            errors: Vec::new(),
            statement: None,
            retry_after: matches!(
                cause.status(),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            )
            .then_some(RETRY_AFTER_SECONDS),
        }
    }
}

impl Problem {
    /// A problem of ours: `error` goes to the log, the client gets the instance to quote.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let problem = Self::from(Cause::Internal).because("the cause is in the server's log");
        tracing::error!(instance = %problem.instance, error, "a request failed");
        problem
    }

    /// A problem of ours whose cause is in the log already, under this number.
    pub fn failed(instance: uuid::Uuid) -> Self {
        let mut problem = Self::from(Cause::Internal).because("the cause is in the server's log");
        problem.instance = instance;
        problem
    }

    /// Says what was wrong this time. Must hold nothing personal.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names a place in the body.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            pointer: Some(pointer.into()),
            parameter: None,
            detail: detail.into(),
        });
        self
    }

    /// Names a parameter of the path or the query.
    #[must_use]
    pub fn in_parameter(mut self, name: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            pointer: None,
            parameter: Some(name.into()),
            detail: detail.into(),
        });
        self
    }

    /// Names the statement of the closed month that stands in the way.
    #[must_use]
    pub const fn about(mut self, statement: StatementId) -> Self {
        self.statement = Some(statement);
        self
    }

    /// The statement that stands in the way.
    pub const fn statement(&self) -> Option<StatementId> {
        self.statement
    }

    /// Says when to come back: in whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.retry_after = Some(whole.max(1));
        self
    }

    /// In how many seconds to come back, where that helps.
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after
    }

    /// Why the request was refused.
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// Under which number its cause is in the log.
    pub const fn instance(&self) -> uuid::Uuid {
        self.instance
    }

    /// The body as JSON, as one answer among several in an array of entries.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self.body()).expect("a problem holds texts and numbers only")
    }

    fn body(&self) -> Body<'_> {
        Body {
            r#type: format!("/problems/{}", self.cause.slug()),
            title: self.cause.title(),
            status: self.cause.status().as_u16(),
            detail: self.detail.as_deref(),
            instance: self.instance.urn().to_string(),
            errors: &self.errors,
            statement: self.statement,
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.cause.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response.body(self.to_json().to_string())
    }
}

/// Answers a path nobody serves.
pub async fn unknown_route() -> Result<HttpResponse, Problem> {
    Err(Cause::NotFound.into())
}

/// Answers a method that a known path does not take.
pub async fn unknown_method(method: Method) -> Result<HttpResponse, Problem> {
    Err(Problem::from(Cause::MethodNotAllowed).because(format!("{method} is not for this path")))
}

/// Reads JSON bodies of at most `limit` bytes, and says what is wrong with one as a problem.
pub fn json(limit: usize) -> JsonConfig {
    JsonConfig::default()
        .limit(limit)
        .error_handler(|error, _: &HttpRequest| from_json(&error).into())
}

/// Says what is wrong with a part of the path as a problem.
pub fn path() -> PathConfig {
    PathConfig::default().error_handler(|error: PathError, _| {
        Problem::from(Cause::MalformedId)
            .because(error.to_string())
            .into()
    })
}

/// Reads the forms of pages, and says what is wrong with one as a problem.
pub fn form() -> FormConfig {
    FormConfig::default()
        .limit(BODY_BYTES_MAX)
        .error_handler(|error, _| from_form(&error).into())
}

/// Says what is wrong with the query as a problem.
pub fn query() -> QueryConfig {
    QueryConfig::default().error_handler(|error: QueryPayloadError, _| {
        Problem::from(Cause::Malformed)
            .because(error.to_string())
            .into()
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the framework's enum is open: what it adds is a form that does not parse"
)]
fn from_form(error: &UrlencodedError) -> Problem {
    match error {
        UrlencodedError::Overflow { .. } => Cause::BodyTooLarge.into(),
        UrlencodedError::ContentType => Cause::UnsupportedMediaType.into(),
        _ => Cause::Malformed.into(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the framework's enum is open: what it adds is a body that does not parse"
)]
fn from_json(error: &JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            Cause::BodyTooLarge.into()
        }
        JsonPayloadError::ContentType => Cause::UnsupportedMediaType.into(),
        JsonPayloadError::Deserialize(error) => from_serde(error),
        _ => Cause::Malformed.into(),
    }
}

/// Serde's own sentence names fields and types of ours, and at most one value the client sent to us.
fn from_serde(error: &serde_json::Error) -> Problem {
    let said = error.to_string();
    let cause = match error.classify() {
        serde_json::error::Category::Data if said.starts_with("unknown field") => {
            Cause::UnknownField
        }
        serde_json::error::Category::Data if said.starts_with("invalid type") => Cause::WrongType,
        serde_json::error::Category::Data => Cause::Invalid,
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => Cause::Malformed,
    };
    let problem = Problem::from(cause);
    if cause.status() == StatusCode::UNPROCESSABLE_ENTITY {
        problem.at("", said)
    } else {
        problem.because(said)
    }
}

#[cfg(test)]
mod tests;
