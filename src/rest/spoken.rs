//! Statistics offices' programmes say their language in the address, `?lang=sv`. It is taken for `Accept-Language`, so that
//! answers and refusals are in it alike.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderValue},
    middleware::Next,
    web::Query,
};

use crate::text::Lang;

/// Where that is so.
const FACE: &str = "/stat/v2/";

/// Middleware. A language that we do not know is left to the handler, which refuses it.
pub async fn spoken(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.path().starts_with(FACE)
        && let Some(lang) = asked(request.query_string())
    {
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    }
    next.call(request).await
}

fn asked(query: &str) -> Option<Lang> {
    let pairs = Query::<Vec<(String, String)>>::from_query(query).ok()?;
    let (_, lang) = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("lang"))?;
    Lang::parse(lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_read_from_the_address() {
        assert_eq!(asked("lang=sv"), Some(Lang::Sv));
        assert_eq!(asked("query=x&Lang=no"), Some(Lang::Nb));
        for none in ["", "lang=", "lang=dk", "language=sv", "x=lang=sv"] {
            assert_eq!(asked(none), None, "{none}");
        }
    }
}
