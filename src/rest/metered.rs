//! Every request is counted, whatever becomes of it, by the path that it was found to ask for.

use std::time::Instant;

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use crate::app::{App, Routes};

/// Middleware: the outermost, so that the time is all of it.
pub async fn metered(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let method = request.method().clone();
    // Before anything runs: a read that is given up takes its request along.
    let routes = request.app_data::<web::Data<Routes>>();
    let route = routes.and_then(|routes| routes.look_up(&request)).or_else(|| request.match_pattern());
    let outcome = next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if let Some(app) = app {
        app.meter.request(method.as_str(), route, status.as_u16(), begun.elapsed());
    }
    outcome
}
