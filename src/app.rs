//! One node as a set-up of actix-web: the same for every worker, for `serve`, for `demo` and for the tests.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::{Arc, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpServer,
    body::BoxBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    guard, middleware, web,
};
use async_graphql::Request;
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::{
    auth::{
        Caller,
        oidc::Issuers,
        revoked::Revoked,
        token::{Grant, Tokens, Verified},
    },
    error::{Code, Error},
    graphql::{self, AppSchema, http::Seats, trusted::Trusted},
    rest::{self, Problem},
    telemetry::meter::Meter,
    tenancy::{Db, TenantScope},
    when,
};

mod bounds;
mod ending;
mod operating;
mod routes;
mod sign_in;

pub use bounds::Bounds;
pub use ending::{Ending, GRACE};
pub use operating::operate;
pub use routes::Routes;

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub tokens: Tokens,
    pub schema: AppSchema,
    /// The providers through which people sign in.
    pub issuers: Issuers,
    /// How long a 404 takes at the least; see [`rest::BEAT`].
    pub beat: Duration,
    /// How much and how long.
    pub bounds: Arc<Bounds>,
    /// What is counted.
    pub meter: Arc<Meter>,
    /// The documents that can be named.
    pub trusted: Arc<Trusted>,
    /// Who follows what.
    pub seats: Arc<Seats>,
    /// Whether it is about to stop.
    pub ending: Ending,
}

impl App {
    pub fn new(db: Db, tokens: Tokens) -> Self {
        Self {
            db,
            tokens,
            schema: graphql::schema(),
            issuers: Issuers::default(),
            beat: rest::BEAT,
            bounds: Arc::default(),
            meter: Arc::default(),
            trusted: Arc::default(),
            seats: Arc::default(),
            ending: Ending::default(),
        }
    }

    /// Whoever a token names, when the token is good and was not revoked.
    pub fn admit(&self, token: &str) -> Result<Verified, Error> {
        let verified = self.tokens.verify(token, when::now())?;
        if !self.still(&verified.caller, &verified.grant) {
            return Err(Error::new(Code::InvalidToken));
        }
        Ok(verified)
    }

    /// Is a token that was good still so? Asks nothing of the database.
    pub fn still(&self, caller: &Caller, grant: &Grant) -> bool {
        let revoked = self.db.kept::<Revoked>().holds(grant.subject, caller.tenant(), grant.issued);
        !revoked && self.tokens.still(grant, when::now())
    }

    /// A GraphQL request with all that its answer needs, and where it is written what of the caller's units is left.
    pub fn furnish(&self, request: Request, scope: TenantScope) -> (Request, graphql::cost::Left) {
        let request =
            if scope.caller().scopes().introspect() { request } else { request.disable_introspection() };
        let purse = graphql::cost::Purse { bounds: self.bounds.clone(), left: Arc::default() };
        let left = purse.left.clone();
        (request.data(scope).data(purse), left)
    }

    /// The scope of a verified caller.
    pub fn scope(&self, caller: Caller) -> TenantScope {
        TenantScope::new(caller, self.db.clone(), &self.tokens)
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Samvirke", description = "Where libraries find out what they are good at together."),
    modifiers(&Security),
    security(("bearer" = []))
)]
struct Head;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The OpenAPI document, made from the handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    whole(parts())
}

/// What the OpenAPI document is put together from: each noun's part, in their order, and last that of the tables of statistics.
fn parts() -> Vec<utoipa::openapi::OpenApi> {
    let _ = rest::schemas();
    let nouns = rest::NOUNS.iter().map(|noun| (rest::API, *noun));
    let part = |(place, noun): (&'static str, rest::Noun)| {
        let scope = utoipa_actix_web::scope(place).configure(noun);
        let (_, mut document) = actix_web::App::new().into_utoipa_app().service(scope).split_for_parts();
        document.components.get_or_insert_default().schemas.extend(rest::schemas());
        document
    };
    nouns.chain([(rest::STAT, rest::stat_routes as rest::Noun)]).map(part).collect()
}

fn whole(parts: Vec<utoipa::openapi::OpenApi>) -> utoipa::openapi::OpenApi {
    parts.into_iter().fold(Head::openapi(), utoipa::openapi::OpenApi::merge_from)
}

/// The application of one worker.
fn build(
    app: App,
    openapi: web::Data<String>,
    routes: web::Data<Routes>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let bounds = app.bounds.clone();
    let trusted = app.trusted.clone();
    let settings = graphql::http::Settings { patience: bounds.read, trusted, ..Default::default() };
    let meter = app.meter.clone();
    let mut web_app = actix_web::App::new();
    for (n, noun) in rest::NOUNS.iter().enumerate() {
        let scope = web::scope(rest::API).guard(guard::fn_guard(move |asked| routes::is_of(asked, n)));
        web_app = web_app.service(scope.configure(|config| noun(&mut ServiceConfig::new(config))));
    }
    let stat = |config: &mut web::ServiceConfig| rest::stat_routes(&mut ServiceConfig::new(config));
    let web_app = web_app.service(web::scope(rest::STAT).configure(stat));
    // What was described along the way, nobody asks for here.
    let _ = rest::schemas();
    web_app
        .app_data(web::Data::new(app))
        .app_data(openapi)
        .app_data(routes)
        .app_data(bad_path())
        .configure(sign_in::routes)
        .configure(crate::calendar::rest::feeds)
        .route("/openapi.json", web::get().to(document))
        .route("/healthz", web::get().to(|| async { "ok" }))
        .route("/readyz", web::get().to(ready))
        .configure(graphql::http::routes(execute(), settings, meter))
        .configure(graphql::pages::routes)
        .default_service(web::to(nothing_here))
        .wrap(middleware::from_fn(rest::problems))
        .wrap(middleware::from_fn(rest::spoken))
        .wrap(middleware::from_fn(rest::paced))
        .wrap(middleware::Condition::new(!bounds.origins.is_empty(), bounds.cors()))
        .wrap(middleware::from_fn(rest::armoured))
        .wrap(middleware::from_fn(rest::metered))
}

/// An address that is no id names nothing: the same 404 as an id that names nothing. It may be a path of its own beside
/// those with an id, which has other methods.
fn bad_path() -> web::PathConfig {
    web::PathConfig::default().error_handler(|_, request| {
        let routes = request.app_data::<web::Data<Routes>>();
        let allowed = routes.map(|routes| routes.plain(request.path())).unwrap_or_default();
        Problem(if allowed.is_empty() { Error::not_found() } else { wrong_method(allowed) }).into()
    })
}

fn wrong_method(allowed: String) -> Error {
    Error::new(Code::MethodNotAllowed).with("allowed", allowed)
}

/// GraphQL for the caller of an HTTP request.
fn execute() -> graphql::http::Execute {
    Arc::new(|request, http| {
        Box::pin(async move {
            let (scope, _) = rest::admitted(&http).map_err(Problem)?;
            let app = http.app_data::<web::Data<App>>().ok_or_else(|| Problem(Error::new(Code::Internal)))?;
            let languages = scope.languages().clone();
            let (request, left) = app.furnish(request, scope);
            let response = graphql::execute(&app.schema, request, languages).await;
            if let Some(fields) = left.lock().unwrap_or_else(PoisonError::into_inner).take() {
                http.extensions_mut().insert::<crate::rate::Fields>(fields);
            }
            if let Some(error) = graphql::too_many(&response) {
                return Err(Problem(error).into());
            }
            if graphql::says_absent(&response) {
                http.extensions_mut().insert(rest::SaysAbsent);
            }
            Ok(response)
        })
    })
}

/// Listens, and serves until it is told to stop by its handle: signals are [`Ending`]'s. Gives the server and where it listens.
pub fn serve(
    app: App,
    listen: impl ToSocketAddrs,
    workers: usize,
) -> std::io::Result<(Server, Vec<SocketAddr>)> {
    let parts = parts();
    let routes = web::Data::new(Routes::of(&parts));
    let document = web::Data::new(whole(parts).to_json().map_err(std::io::Error::other)?);
    let server = HttpServer::new(move || build(app.clone(), document.clone(), routes.clone()))
        .workers(workers)
        // For the head; a body has a time of its own.
        .client_request_timeout(Duration::from_secs(4))
        .disable_signals()
        .shutdown_timeout(10)
        .bind(listen)?;
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

async fn document(openapi: web::Data<String>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/vnd.oai.openapi+json;version=3.1")
        .body(openapi.get_ref().clone())
}

/// No such path: 404; or a path that has other methods: 405, and which.
async fn nothing_here(request: HttpRequest, routes: web::Data<Routes>) -> HttpResponse {
    let allowed = routes.methods(request.path());
    if allowed.is_empty() {
        return HttpResponse::from_error(Problem(Error::not_found()));
    }
    HttpResponse::from_error(Problem(wrong_method(allowed)))
}

/// Not while the database does not answer, and not when the node is about to stop.
async fn ready(app: web::Data<App>) -> Result<&'static str, Problem> {
    if app.ending.begun() {
        return Err(Problem(Error::new(Code::Unavailable)));
    }
    app.db.ping().await?;
    Ok("ready")
}
