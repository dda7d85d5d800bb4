//! What those who run the node ask it, at an address of its own that nobody else reaches: figures, and signs of life.

use std::net::{SocketAddr, ToSocketAddrs};

use actix_web::{HttpRequest, HttpResponse, HttpServer, dev::Server, http::header, middleware, web};

use super::{App, ready};
use crate::{
    error::Error,
    rest::{self, Problem},
    telemetry::meter::{Format, Sample},
};

/// Listens, and serves until it is told to stop: signals are the other server's. Gives the server and where it listens.
pub fn operate(app: App, listen: impl ToSocketAddrs) -> std::io::Result<(Server, Vec<SocketAddr>)> {
    let build = move || {
        actix_web::App::new()
            .app_data(web::Data::new(app.clone()))
            .route("/metrics", web::get().to(metrics))
            .route("/healthz", web::get().to(|| async { "ok" }))
            .route("/readyz", web::get().to(ready))
            .default_service(web::to(|| async { HttpResponse::from_error(Problem(Error::not_found())) }))
            .wrap(middleware::from_fn(rest::problems))
            .wrap(middleware::from_fn(rest::armoured))
    };
    let server = HttpServer::new(build).workers(1).disable_signals().shutdown_timeout(1).bind(listen)?;
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

async fn metrics(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let lines = request.headers().get_all(header::ACCEPT).filter_map(|line| line.to_str().ok());
    let format = Format::accepted(&lines.collect::<Vec<_>>().join(","));
    let sample = Sample {
        pools: app.db.pools(),
        statements: app.db.statements(),
        rate_refusals: app.bounds.rates.refused(),
        live_connections: app.seats.taken(),
    };
    let text = app.meter.write(&sample, format)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, format.content_type()));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer.insert_header((header::VARY, "accept"));
    Ok(answer.body(text))
}
