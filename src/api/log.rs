//! One organisation's log as it is kept, as a stream of lines.

use super::caller::Coordinator;
use super::query::Parameters;
use crate::node::Node;
use crate::problem::{Cause, Problem, unknown_method};
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use futures_util::stream;
use meetellen_events::log::LogError;
use meetellen_events::log::line::Position;
use meetellen_events::values::{DeviceId, OrganisationId};
use std::ops::ControlFlow;

/// Bytes read before they are sent. No thread waits for a slow client: it holds this much and no more.
const PIECE_BYTES: usize = 256 << 10;

/// The route of the log.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        web::resource("/log")
            .route(web::get().to(tell))
            .default_service(web::to(unknown_method)),
    );
}

/// Where a stream stands.
struct Reading {
    node: Node,
    organisation: OrganisationId,
    device: DeviceId,
    at: Position,
    /// What was acknowledged when it was asked for: a log that goes on must not make a stream without end.
    head: Position,
}

/// `GET /api/v1/log`: commits behind a position. One that holds it and more comes whole.
async fn tell(
    coordinator: Coordinator,
    node: Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let after: Option<u64> = query.parsed("after")?;
    query.end()?;
    let organisation = coordinator.organisation;
    let after = Position(after.unwrap_or_default());
    let head = coordinator.live.read().head.position;
    if after > head {
        return Err(Cause::UnknownPosition.into());
    }
    let reading = Reading {
        node: Node::clone(&node),
        organisation,
        device: coordinator.device,
        at: whole(&node, organisation, after).await?,
        head,
    };
    let pieces = stream::unfold(Some(reading), |reading| async {
        match reading?.next().await {
            Ok((piece, _)) if piece.is_empty() => None,
            Ok((piece, reading)) => Some((Ok(piece), Some(reading))),
            // What was sent so far is whole lines; breaking off tells that there should be more.
            Err(problem) => Some((Err(problem), None)),
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .streaming(pieces))
}

/// The position behind the last commit that ends at or before this one.
async fn whole(
    node: &Node,
    organisation: OrganisationId,
    after: Position,
) -> Result<Position, Problem> {
    let line = node
        .blocking(move |node| node.reader().commit_at(organisation, after))
        .await?
        .map_err(|error| damaged(&error))?;
    let inside = line.filter(|line| line.last() > after);
    Ok(inside.map_or(after, |line| Position(line.first().0.saturating_sub(1))))
}

impl Reading {
    /// The next lines; empty at the end.
    async fn next(self) -> Result<(Bytes, Self), Problem> {
        let live = self.node.open(self.organisation).await?;
        if live.read().organisation.role_of(self.device).is_none() {
            return Err(Cause::DeviceRevoked.into());
        }
        let node = self.node.clone();
        node.blocking(move |_| self.piece())
            .await?
            .map_err(|error| damaged(&error))
    }

    fn piece(mut self) -> Result<(Bytes, Self), LogError> {
        let mut piece = Vec::new();
        let (reader, head) = (self.node.reader(), self.head);
        self.at = reader.lines(self.organisation, self.at, &mut |line| {
            if line.first() > head {
                return ControlFlow::Break(());
            }
            piece.extend_from_slice(line.bytes());
            piece.push(b'\n');
            if piece.len() < PIECE_BYTES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok((piece.into(), self))
    }
}

fn damaged(error: &LogError) -> Problem {
    let problem = Problem::from(Cause::LogDamaged);
    tracing::error!(instance = %problem.instance(), %error, "a log can't be read");
    problem
}
