//! Opening the node and serving it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::sync::oneshot;

use crate::{
    aggregate,
    app::{self, App, Bounds},
    auth::{
        Caller, Keys, Role,
        oidc::Issuers,
        revoked::{self, Revoked},
        token::Tokens,
    },
    config::Config,
    error::{Error, Result},
    graphql::trusted::Trusted,
    id::TenantId,
    tenancy::{Db, Options, pulse},
};

/// Opens the node: refuses where the walls do not stand, acknowledged writes may be lost, or a migration is waiting.
pub async fn open(config: &Config) -> Result<App> {
    if config.database_url.starts_with("sqlite:") {
        // Embedded: one file, one owner. PostgreSQL is migrated by its owner role, on purpose.
        Db::migrate(&config.database_url).await?;
    }
    let options = Options { connections: config.connections, ..Options::default() };
    let db = Db::connect(&config.database_url, options).await?;
    if !db.is_migrated().await? {
        return Err(Error::internal("the database is not up to date: run `samvirke migrate`"));
    }
    let findings = db.lint().await?;
    if !findings.is_empty() {
        return Err(Error::internal(format!("the database's wall does not stand: {}", findings.join("; "))));
    }
    let unsafe_settings = db.durability().await?;
    if !unsafe_settings.is_empty() && !config.allow_unsafe_durability {
        let settings = unsafe_settings.join(", ");
        return Err(Error::internal(format!(
            "acknowledged writes may be lost ({settings}); allow_unsafe_durability = true waives this"
        )));
    }
    // Before anybody is let in.
    db.kept::<Revoked>().refresh(&db).await?;
    let tokens = Tokens::new(Keys::open(&config.key_file)?, &config.base_url);
    let issuers = Issuers::new(&config.issuers)?;
    Ok(App { issuers, bounds: Arc::new(Bounds::of(config)?), ..App::new(db, tokens) })
}

pub async fn serve(config: &Config) -> Result<()> {
    listen(open(config).await?, config, |address| {
        print!("{}", places(address));
        Ok(())
    })
    .await
}

/// Serves until told to stop. `greet` is told where, when it listens.
pub async fn listen(app: App, config: &Config, greet: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    let (place, only) = (config.trusted_documents.as_deref(), config.trusted_documents_only);
    let trusted = Arc::new(Trusted::load(place, only, &app.schema).await?);
    let app = App { trusted, ..app };
    let db = app.db.clone();
    let nobody = Caller::new(TenantId::NODE, "start", Role::Viewer);
    aggregate::service::acquaint(&app.scope(nobody)).await?;
    let revoked = tokio::spawn(revoked::watch(db.clone()));
    let keys = tokio::spawn(app.tokens.keys().clone().watch());
    let pulse = tokio::spawn(pulse::watch(db.clone()));
    let broom = super::retention::start(db.clone(), config.retention_hours);
    let cannot = |listen: &str, error, name| {
        Error::internal(format!("cannot listen on {listen}: {error}; {name}=… names another address"))
    };
    // The figures' port first: nobody is let in by a node that is not as it was set up.
    let operating = config.metrics_listen.as_deref().filter(|listen| !listen.is_empty());
    let operate = |listen| {
        app::operate(app.clone(), listen).map_err(|error| cannot(listen, error, "SAMVIRKE_METRICS_LISTEN"))
    };
    let operating = operating.map(operate).transpose()?;
    let ending = app.ending.clone();
    let (server, addresses) = app::serve(app, config.listen.as_str(), config.workers)
        .map_err(|error| cannot(&config.listen, error, "SAMVIRKE_LISTEN"))?;
    tracing::info!(?addresses, "listening");
    let operating = operating.map(|(server, addresses)| {
        tracing::info!(?addresses, "figures");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        handle
    });
    if let Some(address) = addresses.first() {
        greet(&reached(*address))?;
    }
    tokio::spawn(super::memory::let_go_of_the_start());
    let (stop, stopped) = oneshot::channel();
    let sights = tokio::spawn(write_sights(db.clone(), stopped));
    let told = tokio::spawn(ending.wait(server.handle()));
    server.await.map_err(Error::internal)?;
    told.abort();
    if let Some(operating) = operating {
        operating.stop(false).await;
    }
    revoked.abort();
    keys.abort();
    broom.abort();
    pulse.abort();
    // Nothing is answered any more: what was counted until now is the last.
    drop(stop);
    sights.await.map_err(Error::internal)?;
    db.close().await;
    Ok(())
}

/// Writes down who was shown what, every few seconds and at the end.
async fn write_sights(db: Db, mut stopped: oneshot::Receiver<()>) {
    const OFTEN: Duration = Duration::from_secs(5);
    loop {
        let last = tokio::time::timeout(OFTEN, &mut stopped).await.is_ok();
        if let Err(error) = db.write_sights().await {
            tracing::warn!(code = error.code.name(), cause = ?error.cause, "who read what is not written down yet");
        }
        if last {
            return;
        }
    }
}

/// Where somebody on this machine reaches it.
fn reached(address: SocketAddr) -> String {
    match address {
        _ if !address.ip().is_unspecified() => format!("http://{address}"),
        SocketAddr::V4(_) => format!("http://127.0.0.1:{}", address.port()),
        SocketAddr::V6(_) => format!("http://[::1]:{}", address.port()),
    }
}

/// Where things are.
pub fn places(address: &str) -> String {
    format!(
        "Samvirke is at {address}
  {address}/               what this is
  {address}/docs           the API reference
  {address}/graphiql       a GraphQL console
  {address}/openapi.json   the OpenAPI document
  {address}/api/v1         REST; GraphQL at {address}/graphql
"
    )
}
