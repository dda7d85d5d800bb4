//! One node as a set-up of actix-web: the same for every worker, for `serve`, for `demo` and for the tests.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpServer,
    body::BoxBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    error::UrlencodedError,
    middleware, web,
};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;

use crate::{
    auth::{
        Caller, Scopes, accounts,
        oidc::{self, Issuers},
        revoked::{self, Revoked},
        scopes::WORDS,
        token::Tokens,
    },
    error::{Code, Error},
    graphql::{self, AppSchema},
    rest::{self, Problem},
    tenancy::{Db, TenantScope},
    when,
};

mod bounds;

pub use bounds::Bounds;

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
        }
    }

    /// Whoever a token names, when the token is good and was not revoked.
    pub fn caller(&self, token: &str) -> Result<Caller, Error> {
        let verified = self.tokens.verify(token, when::now())?;
        let tenant = verified.caller.tenant();
        if self.db.kept::<Revoked>().holds(verified.subject, tenant, verified.issued) {
            return Err(Error::new(Code::InvalidToken));
        }
        Ok(verified.caller)
    }

    /// The scope of a verified caller.
    pub fn scope(&self, caller: Caller) -> TenantScope {
        TenantScope::new(caller, self.db.clone(), self.tokens.keys().clone())
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Samvirke", description = "Where libraries find out what they are good at together."),
    // Named by pages alone: a page's schema does not bring its rows' along.
    components(schemas(crate::competence::PastCompetence, crate::audit::AuditRecord, crate::audit::AuditRead, crate::audit::sight::Outcome, crate::audit::sight::Ground)),
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
    let _ = rest::schemas();
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Head::openapi())
        .service(utoipa_actix_web::scope("/api/v1").configure(rest::routes))
        .split_for_parts();
    document.components.get_or_insert_default().schemas.extend(rest::schemas());
    document
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
    let settings = graphql::http::Settings { patience: bounds.read, ..Default::default() };
    let (web_app, _) = actix_web::App::new()
        .into_utoipa_app()
        .service(utoipa_actix_web::scope("/api/v1").configure(rest::routes))
        .split_for_parts();
    web_app
        .app_data(web::Data::new(app))
        .app_data(openapi)
        .app_data(routes)
        .app_data(bad_path())
        .app_data(bad_form())
        .route("/oauth2/token", web::post().to(token))
        .route("/.well-known/jwks.json", web::get().to(jwks))
        .route("/.well-known/oauth-authorization-server", web::get().to(metadata))
        .route("/openapi.json", web::get().to(document))
        .route("/healthz", web::get().to(|| async { "ok" }))
        .route("/readyz", web::get().to(ready))
        .configure(graphql::http::routes(execute(), settings))
        .configure(graphql::pages::routes)
        .default_service(web::to(nothing_here))
        .wrap(middleware::from_fn(rest::problems))
        .wrap(middleware::from_fn(rest::paced))
        .wrap(middleware::Condition::new(!bounds.origins.is_empty(), bounds.cors()))
        .wrap(middleware::from_fn(rest::armoured))
}

/// An address that is no id names nothing: the same 404 as an id that names nothing.
fn bad_path() -> web::PathConfig {
    web::PathConfig::default().error_handler(|_, _| Problem(Error::not_found()).into())
}

/// A token is asked for with a form.
fn bad_form() -> web::FormConfig {
    // A provider's token has room in it.
    web::FormConfig::default().limit(64 * 1024).error_handler(|error, _| {
        let problem = match &error {
            UrlencodedError::ContentType => {
                Error::new(Code::UnsupportedMediaType).with("expected", "application/x-www-form-urlencoded")
            }
            UrlencodedError::Overflow { limit, .. } => Error::new(Code::PayloadTooLarge).with("limit", limit),
            UrlencodedError::Payload(error) => rest::broken_off(error),
            _ => Error::new(Code::MalformedRequest).with("reason", "grant_type, client_id, client_secret"),
        };
        Problem(problem).into()
    })
}

/// GraphQL for the caller of an HTTP request.
fn execute() -> graphql::http::Execute {
    Arc::new(|request, http| {
        Box::pin(async move {
            let scope = rest::scope(&http).map_err(Problem)?;
            let app = http.app_data::<web::Data<App>>().ok_or_else(|| Problem(Error::new(Code::Internal)))?;
            let languages = scope.languages().clone();
            let request =
                if scope.caller().scopes().introspect() { request } else { request.disable_introspection() };
            let left = Arc::new(Mutex::new(None));
            let purse = graphql::cost::Purse { bounds: app.bounds.clone(), left: left.clone() };
            let response = graphql::execute(&app.schema, request.data(scope).data(purse), languages).await;
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

/// Listens, and serves until told to stop. Gives the server and where it listens.
pub fn serve(
    app: App,
    listen: impl ToSocketAddrs,
    workers: usize,
) -> std::io::Result<(Server, Vec<SocketAddr>)> {
    let document = openapi();
    let routes = web::Data::new(Routes::of(&document));
    let db = app.db.clone();
    let document = web::Data::new(document.to_json().map_err(std::io::Error::other)?);
    let server = HttpServer::new(move || build(app.clone(), document.clone(), routes.clone()))
        .workers(workers)
        .shutdown_timeout(10)
        .bind(listen)?;
    let addresses = server.addrs();
    actix_web::rt::spawn(revoked::watch(db));
    Ok((server.run(), addresses))
}

#[derive(serde::Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    /// Narrower than what there is.
    scope: Option<String>,
    subject_token: Option<String>,
    subject_token_type: Option<String>,
    /// The library that is meant, by its short name, for who belongs to several.
    tenant: Option<String>,
}

#[derive(serde::Serialize)]
struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    /// Left out: all that the role may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
}

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPES: [&str; 3] = [
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
];

/// Client credentials, RFC 6749 section 4.4, the client in the form or by HTTP Basic; or a provider's token for one of
/// ours, RFC 8693.
async fn token(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<TokenRequest>,
) -> Result<HttpResponse, Problem> {
    let wished = form.scope.as_deref();
    if form.grant_type == EXCHANGE {
        // Whoever it is is known only afterwards.
        let address = app.bounds.address(&request);
        rest::rated(&request, app.bounds.rates.sign_in(address, &format!("exchange from {address:?}")))?;
        let (Some(subject), Some(kind)) = (&form.subject_token, &form.subject_token_type) else {
            return Err(malformed("subject_token, subject_token_type").into());
        };
        if !TOKEN_TYPES.contains(&kind.as_str()) {
            return Err(malformed(&format!("subject_token_type: {}", TOKEN_TYPES.join(", "))).into());
        }
        let library = form.tenant.as_deref();
        let given = oidc::exchange(&app.db, &app.tokens, &app.issuers, subject, library, wished).await?;
        return Ok(granted(given, Some(TOKEN_TYPES[0])));
    }
    if form.grant_type != "client_credentials" {
        return Err(malformed(&format!("grant_type: client_credentials, {EXCHANGE}")).into());
    }
    let basic = basic(&request);
    let (id, secret) = match (&form.client_id, &form.client_secret, &basic) {
        (Some(id), Some(secret), None) => (id, secret),
        (None, None, Some((id, secret))) => (id, secret),
        _ => return Err(Error::new(Code::InvalidClient).into()),
    };
    rest::rated(&request, app.bounds.rates.sign_in(app.bounds.address(&request), id))?;
    Ok(granted(accounts::sign_in(&app.db, &app.tokens, id, secret, wished).await?, None))
}

fn malformed(expected: &str) -> Error {
    Error::new(Code::MalformedRequest).with("reason", expected)
}

fn granted(
    (access_token, scopes): (String, Scopes),
    issued_token_type: Option<&'static str>,
) -> HttpResponse {
    let answer = TokenAnswer {
        access_token,
        token_type: "Bearer",
        expires_in: crate::auth::token::LIFE,
        scope: scopes.list(),
        issued_token_type,
    };
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(answer)
}

/// What a client needs to know to sign in, RFC 8414.
async fn metadata(app: web::Data<App>) -> HttpResponse {
    let issuer = app.tokens.issuer();
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=300")).json(serde_json::json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials", EXCHANGE],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": [],
        "scopes_supported": WORDS,
    }))
}

fn basic(request: &HttpRequest) -> Option<(String, String)> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let text = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

async fn jwks(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=300")).json(app.tokens.keys().jwks())
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
    HttpResponse::from_error(Problem(Error::new(Code::MethodNotAllowed).with("allowed", allowed)))
}

/// Every path of the OpenAPI document with its methods, for the answer to a wrong method.
struct Routes(Vec<(Vec<String>, String)>);

impl Routes {
    fn of(document: &utoipa::openapi::OpenApi) -> Self {
        let value = serde_json::to_value(&document.paths).unwrap_or_default();
        let paths = value.as_object().into_iter().flatten().map(|(path, item)| {
            let methods: Vec<String> =
                item.as_object().into_iter().flatten().map(|(m, _)| m.to_uppercase()).collect();
            (path.split('/').map(str::to_owned).collect(), methods.join(", "))
        });
        let more = [
            ("/oauth2/token", "POST"),
            ("/.well-known/jwks.json", "GET"),
            ("/.well-known/oauth-authorization-server", "GET"),
            ("/openapi.json", "GET"),
        ];
        let more =
            more.map(|(path, methods)| (path.split('/').map(str::to_owned).collect(), methods.to_owned()));
        Self(paths.chain(more).collect())
    }

    fn methods(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &[String]| {
            template.len() == parts.len()
                && template.iter().zip(&parts).all(|(t, p)| (t.starts_with('{') && !p.is_empty()) || t == p)
        };
        self.0
            .iter()
            .find(|(template, _)| fits(template))
            .map(|(_, methods)| methods.clone())
            .unwrap_or_default()
    }
}

async fn ready(app: web::Data<App>) -> Result<&'static str, Problem> {
    app.db.ping().await?;
    Ok("ready")
}
