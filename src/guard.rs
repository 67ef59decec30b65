//! What stands in front of every route: bodies that are packed or come too slowly, and guesses at codes.

use crate::address;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use actix_web::HttpMessage;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use futures_util::Stream;
use futures_util::future::{Either, select};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long a body may take, however small it is.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// Bytes that give a body a second more.
pub const BODY_BYTES_A_SECOND: u64 = 8 * 1024;

/// Refuses packed bodies, which the framework would unpack past every limit, and bodies that come too slowly.
pub async fn bodies(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let packed = request.headers().get(CONTENT_ENCODING);
    if packed.is_some_and(|encoding| encoding.as_bytes() != b"identity") {
        return Err(Problem::from(Cause::UnsupportedEncoding).into());
    }
    let arrival = Rc::new(Arrival::default());
    match request.take_payload() {
        Payload::None => {}
        body @ (Payload::H1 { .. } | Payload::H2 { .. } | Payload::Stream { .. }) => {
            let arrival = Rc::clone(&arrival);
            let timed: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Timed { body, arrival });
            request.set_payload(timed.into());
        }
    }
    let answered = pin!(next.call(request));
    match select(answered, pin!(arrival.is_late())).await {
        Either::Left((answer, _)) => answer,
        // Nothing was done yet: whoever acts on a body has it whole.
        Either::Right(((), _)) => Err(Problem::from(Cause::TooSlow).into()),
    }
}

/// How far a body has come.
#[derive(Default)]
struct Arrival {
    /// When somebody first asked for it: until then it may wait.
    asked_at: Cell<Option<Instant>>,
    bytes: Cell<u64>,
    is_over: Cell<bool>,
}

impl Arrival {
    /// Until when the rest may take; none while nobody waits for it.
    fn due(&self) -> Option<Instant> {
        let asked_at = self.asked_at.get().filter(|_| !self.is_over.get())?;
        let more = Duration::from_secs(self.bytes.get() / BODY_BYTES_A_SECOND);
        Some(asked_at + BODY_TIME + more)
    }

    /// Ends when the body is late. It shares a task with who reads the body, so it is looked at as often.
    async fn is_late(&self) {
        let mut alarm = pin!(sleep_until(Instant::now()));
        poll_fn(|context| {
            let Some(due) = self.due() else {
                return Poll::Pending;
            };
            if alarm.deadline() != due {
                alarm.as_mut().reset(due);
            }
            alarm.as_mut().poll(context)
        })
        .await;
    }
}

/// A body whose arrival is watched.
struct Timed {
    body: Payload,
    arrival: Rc<Arrival>,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let arrival = Rc::clone(&self.arrival);
        if arrival.asked_at.get().is_none() {
            arrival.asked_at.set(Some(Instant::now()));
        }
        let chunk = ready!(Pin::new(&mut self.body).poll_next(context));
        match &chunk {
            Some(Ok(bytes)) => arrival.bytes.update(|sum| sum + bytes.len() as u64),
            Some(Err(_)) | None => arrival.is_over.set(true),
        }
        Poll::Ready(chunk)
    }
}

/// Holds back whoever guesses at codes: what leads nowhere counts against the address it came from.
pub async fn codes(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let problem = response.response().error();
    let problem = problem.and_then(|error| error.as_error::<Problem>());
    let leads_nowhere = problem.is_some_and(|problem| problem.cause() == Cause::UnknownCode);
    let node = response.request().app_data::<Data<Node>>();
    let Some(node) = node.filter(|_| leads_nowhere) else {
        return Ok(response.map_into_left_body());
    };
    match node.limits.unknown(address::of(node, response.request())) {
        Ok(()) => Ok(response.map_into_left_body()),
        Err(too_fast) => {
            let (request, _) = response.into_parts();
            let refused = ServiceResponse::from_err(too_fast, request);
            Ok(refused.map_body(|_, body| EitherBody::right(body)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BODY_BYTES_A_SECOND, bodies};
    use crate::problem::Problem;
    use actix_web::dev::{Service, ServiceRequest, Transform, fn_service};
    use actix_web::error::PayloadError;
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::TestRequest;
    use actix_web::web::Bytes;
    use actix_web::{Error, HttpMessage, HttpResponse};
    use futures_util::{Stream, StreamExt, stream};
    use std::pin::Pin;
    use std::time::Duration;
    use tokio::time::{pause, sleep};

    const SECOND: usize = BODY_BYTES_A_SECOND as usize;

    type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

    /// A body of chunks: after so many seconds, so many bytes.
    fn body(chunks: &[(u64, usize)]) -> Chunks {
        let chunks = stream::iter(chunks.to_vec());
        Box::pin(chunks.then(|(seconds, bytes)| async move {
            sleep(Duration::from_secs(seconds)).await;
            Ok(Bytes::from(vec![b'x'; bytes]))
        }))
    }

    /// What is answered by a handler that reads the body and then takes a minute.
    async fn answer(body: Chunks) -> StatusCode {
        let handler = fn_service(|mut request: ServiceRequest| async move {
            let mut body = request.take_payload();
            while let Some(chunk) = body.next().await {
                chunk?;
            }
            sleep(Duration::from_secs(60)).await;
            Ok::<_, Error>(request.into_response(HttpResponse::Ok()))
        });
        let guarded = from_fn(bodies).new_transform(handler).await;
        let mut request = TestRequest::post().to_srv_request();
        request.set_payload(body.into());
        match guarded.expect("it starts").call(request).await {
            Ok(response) => response.status(),
            Err(error) => error
                .as_error::<Problem>()
                .expect("a problem")
                .cause()
                .status(),
        }
    }

    #[actix_web::test]
    async fn a_body_has_ten_seconds() {
        pause();
        assert_eq!(answer(body(&[(9, 1)])).await, StatusCode::OK);
        assert_eq!(answer(body(&[(11, 1)])).await, StatusCode::REQUEST_TIMEOUT);
        let never: Chunks = Box::pin(stream::pending());
        assert_eq!(answer(never).await, StatusCode::REQUEST_TIMEOUT);
    }

    #[actix_web::test]
    async fn a_body_has_a_second_more_for_each_8_kib_that_came() {
        pause();
        let steady = [(1, SECOND); 40];
        assert_eq!(answer(body(&steady)).await, StatusCode::OK);

        let trickle = [(1, 1); 40];
        assert_eq!(answer(body(&trickle)).await, StatusCode::REQUEST_TIMEOUT);
    }

    #[actix_web::test]
    async fn a_handler_that_reads_no_body_may_take_its_time() {
        pause();
        let handler = fn_service(|request: ServiceRequest| async move {
            sleep(Duration::from_secs(60)).await;
            Ok::<_, Error>(request.into_response(HttpResponse::Ok()))
        });
        let guarded = from_fn(bodies).new_transform(handler).await;
        let mut request = TestRequest::post().to_srv_request();
        request.set_payload(body(&[(100, 1)]).into());
        let response = guarded.expect("it starts").call(request).await;
        assert_eq!(response.expect("an answer").status(), StatusCode::OK);
    }
}
