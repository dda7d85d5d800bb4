//! What every answer tells a browser, whatever it is: pages, API answers, refusals.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use crate::app::App;

/// An API answer is no page: it may load, run and send nothing, and stand in no frame. Pages say what they need themselves.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Middleware.
pub async fn armoured(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let https = request.app_data::<web::Data<App>>().is_some_and(|app| app.bounds.https);
    match next.call(request).await {
        Ok(mut response) => {
            put(response.headers_mut(), https);
            Ok(response.map_into_boxed_body())
        }
        // An answer that came past the services: a read that was given up.
        Err(error) => {
            let mut response = error.error_response();
            put(response.headers_mut(), https);
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// What is there already stays: it was chosen for that answer.
fn put(headers: &mut HeaderMap, https: bool) {
    let mut add = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    // Over plain HTTP browsers must pass it over, and on a name that has no TLS it would lock them out.
    if https {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
