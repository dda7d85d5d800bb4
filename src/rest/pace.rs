//! «There is no such thing» is said at its own time. A row that is hidden costs a little more to look for than one that
//! is absent, and an answer as soon as it is ready would tell which it was.

use std::time::Duration;

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web,
};
use tokio::time::{Instant, sleep_until};

use crate::app::App;

/// When such an answer is given: so long after the request, or twice so long, and so on. Longer than almost every
/// question takes, so that the end of a beat is not where the difference falls.
pub const BEAT: Duration = Duration::from_millis(10);

/// Marks a request whose answer says so under another status than 404.
pub struct SaysAbsent;

/// Middleware. And HEAD is asked as GET: the same head, and the server leaves the body out.
pub async fn paced(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let begun = Instant::now();
    let beat = request.app_data::<web::Data<App>>().map_or(Duration::ZERO, |app| app.beat);
    let response = next.call(request).await?;
    let absent = response.status() == StatusCode::NOT_FOUND
        || response.request().extensions().contains::<SaysAbsent>();
    if absent && !beat.is_zero() {
        sleep_until(begun + due(begun.elapsed(), beat)).await;
    }
    Ok(response.map_into_boxed_body())
}

/// The end of the beat that is being played.
fn due(elapsed: Duration, beat: Duration) -> Duration {
    let beats = elapsed.as_nanos() / beat.as_nanos() + 1;
    beat.saturating_mul(u32::try_from(beats).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_waits_for_the_end_of_its_beat() {
        let due = |micros| due(Duration::from_micros(micros), BEAT).as_millis();
        assert_eq!([due(0), due(1), due(9_999), due(10_000), due(25_000)], [10, 10, 10, 20, 30]);
    }
}
