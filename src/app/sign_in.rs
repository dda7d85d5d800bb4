//! Where callers get their tokens: the token endpoint, the keys, and what a client needs to know of both.

use actix_web::{HttpRequest, HttpResponse, error::UrlencodedError, web};

use super::App;
use crate::{
    auth::{
        Scopes,
        accounts::{self, Proof},
        assertion, oidc,
        scopes::WORDS,
    },
    error::{Code, Error},
    rest::{self, Problem},
    when,
};

/// Outside `/api/v1`: these addresses are the field's.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(bad_form())
        .route("/oauth2/token", web::post().to(token))
        .route("/.well-known/jwks.json", web::get().to(jwks))
        .route("/.well-known/oauth-authorization-server", web::get().to(metadata));
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

#[derive(serde::Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
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

/// Client credentials, RFC 6749 section 4.4, the client by a statement that it signed, or by a secret in the form or by HTTP
/// Basic; or a provider's token for one of ours, RFC 8693.
async fn token(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<TokenRequest>,
) -> Result<HttpResponse, Problem> {
    // Read as it came, it would be a form with other fields.
    if rest::is_packed(&request) {
        let expected = "application/x-www-form-urlencoded; Content-Encoding: identity";
        return Err(Error::new(Code::UnsupportedMediaType).with("expected", expected).into());
    }
    let wished = form.scope.as_deref();
    if form.grant_type == EXCHANGE {
        let client = client(&request, &form)?;
        let address = app.bounds.address(&request);
        // Whoever it is is known only afterwards.
        let id = client.as_ref().map(|(id, _)| id.as_str());
        rest::rated(&request, app.bounds.rates.sign_in(address, id))?;
        let (Some(subject), Some(kind)) = (&form.subject_token, &form.subject_token_type) else {
            return Err(malformed("subject_token, subject_token_type").into());
        };
        if !TOKEN_TYPES.contains(&kind.as_str()) {
            return Err(malformed(&format!("subject_token_type: {}", TOKEN_TYPES.join(", "))).into());
        }
        let invitation = match &client {
            None => None,
            Some((id, secret)) => {
                let id = id.parse().map_err(|_| Error::new(Code::InvalidClient))?;
                Some((id, secret.as_str()))
            }
        };
        let claim =
            oidc::Claim { token: subject, library: form.tenant.as_deref(), invitation, scopes: wished };
        let given = oidc::exchange(&app.db, &app.tokens, &app.issuers, claim).await?;
        return Ok(granted(given, Some(TOKEN_TYPES[0])));
    }
    if form.grant_type != "client_credentials" {
        return Err(malformed(&format!("grant_type: client_credentials, {EXCHANGE}")).into());
    }
    let basic = basic(&request);
    let (id, proof) = proof(&form, basic.as_ref()).ok_or_else(|| Error::new(Code::InvalidClient))?;
    rest::rated(&request, app.bounds.rates.sign_in(app.bounds.address(&request), Some(&id)))?;
    Ok(granted(accounts::sign_in(&app.db, &app.tokens, &id, proof, wished).await?, None))
}

/// Who it says it is, and by what: one way, and not two.
fn proof<'p>(form: &'p TokenRequest, basic: Option<&'p (String, String)>) -> Option<(String, Proof<'p>)> {
    let assertion = match (&form.client_assertion_type, &form.client_assertion) {
        (None, None) => None,
        (Some(kind), Some(text)) if kind == assertion::ASSERTION_TYPE => Some(text),
        _ => return None,
    };
    match (&form.client_id, &form.client_secret, basic, assertion) {
        (Some(id), Some(secret), None, None) => Some((id.clone(), Proof::Secret(secret))),
        (None, None, Some((id, secret)), None) => Some((id.clone(), Proof::Secret(secret))),
        (id, None, None, Some(text)) => {
            let client = assertion::client(text)?;
            id.as_ref().is_none_or(|id| *id == client).then(|| (client, Proof::Assertion(text)))
        }
        _ => None,
    }
}

/// The client of an exchange, in the form or by HTTP Basic, and not both.
fn client(request: &HttpRequest, form: &TokenRequest) -> Result<Option<(String, String)>, Error> {
    match (&form.client_id, &form.client_secret, basic(request)) {
        (Some(id), Some(secret), None) => Ok(Some((id.clone(), secret.clone()))),
        (None, None, given) => Ok(given),
        _ => Err(Error::new(Code::InvalidClient)),
    }
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
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": ["EdDSA"],
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
    HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=300"))
        .json(app.tokens.keys().jwks(when::now()))
}
