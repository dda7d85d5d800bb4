//! How long is waited: for a read to be answered, and for a body to come.

use std::time::Duration;

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

/// What comes of a future within a time; none: it was dropped there. Without a time it is waited for.
pub async fn within<T>(time: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
    match time {
        Some(time) => tokio::time::timeout(time, future).await.ok(),
        None => Some(future.await),
    }
}

/// A body must have come whole within a time, however many pieces it comes in: who sends a byte now and then would hold
/// a connection for ever.
pub(super) fn hurry_body(request: &mut ServiceRequest, time: Duration) {
    // Without a body there is nothing to hurry.
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return;
    }
    let end = Instant::now() + time;
    let pieces = stream::unfold(Some(payload), move |payload| async move {
        let mut payload = payload?;
        match timeout_at(end, payload.next()).await {
            Ok(None) => None,
            Ok(Some(piece)) => Some((piece, Some(payload))),
            Err(_) => Some((Err(PayloadError::Io(std::io::ErrorKind::TimedOut.into())), None)),
        }
    });
    request.set_payload(Payload::Stream { payload: Box::pin(pieces) });
}
