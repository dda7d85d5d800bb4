use actix_web::{HttpRequest, get, http::header, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Calendar, CalendarWish, feed, service};
use crate::{
    app::App,
    auth::accounts,
    error::Error,
    rest::{self, ICalendar, Paper, Params, Problem},
    tenancy::TenantScope,
    text::Languages,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_calendar);
}

/// Where calendar programs ask: outside `/api/v1`, for they know of no tokens.
pub fn feeds(config: &mut web::ServiceConfig) {
    config.route("/calendar/{client}/{secret}.ics", web::get().to(get_feed));
}

/// What is held and what is due, by day, of all that the caller may see: as JSON, or as iCalendar (`Accept: text/calendar`).
#[utoipa::path(tag = "calendar", operation_id = "calendar", params(CalendarWish))]
#[get("/calendar")]
async fn get_calendar(
    scope: TenantScope,
    request: HttpRequest,
    wish: Params<CalendarWish>,
) -> Result<Paper<Calendar, ICalendar>, Problem> {
    let calendar = service::calendar(&scope, wish.0).await?;
    if Paper::<Calendar, ICalendar>::wished(&request) {
        return Ok(Paper::text(feed::write(&calendar, scope.node(), scope.languages())));
    }
    Ok(Paper::Json(calendar))
}

/// In which language a feed is.
#[derive(serde::Deserialize)]
struct FeedParams {
    /// What the program asks for (`Accept-Language`) when left out.
    lang: Option<String>,
}

/// The calendar of a service account that may read it and nothing else, at an address that holds its client id and its secret.
async fn get_feed(
    request: HttpRequest,
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    params: web::Query<FeedParams>,
) -> Result<Paper<Calendar, ICalendar>, Problem> {
    let (client, secret) = path.into_inner();
    rest::rated(&request, app.bounds.rates.sign_in(app.bounds.address(&request), Some(&client)))?;
    // A program that is told to sign in asks the person for a password that there is none of: wrong and absent are the same 404.
    let token = accounts::calendar(&app.db, &app.tokens, &client, &secret).await?;
    let token = token.ok_or_else(Error::not_found)?;
    let verified = app.admit(&token).map_err(|_| Error::not_found())?;
    rest::rated(&request, app.bounds.rates.request(&verified.caller))?;
    let spoken = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let languages = Languages::accept(params.lang.as_deref().or(spoken));
    let caller = verified.caller.asking(languages, rest::request_id(&request), None, None);
    let scope = app.scope(caller);
    let calendar = service::calendar(&scope, CalendarWish::default()).await?;
    Ok(Paper::text(feed::write(&calendar, scope.node(), scope.languages())))
}
