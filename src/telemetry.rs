//! What the node says about itself: structured logs, and figures ([`meter`]). The logs carry ids and codes, never a record's
//! text, never a token.

pub mod meter;

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Config;

pub fn start(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let format = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if config.log_format == "text" { format.boxed() } else { format.json().boxed() };
    // A second start in one process (tests) changes nothing.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}
