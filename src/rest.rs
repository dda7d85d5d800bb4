//! The REST face: what handlers take, what they give, and the problem document. Each noun's `rest.rs` mounts
//! its own routes here. A handler translates; it decides nothing.
//!
//! The return type of a handler is its documentation: [`Found`] and [`Made`] write the bytes and describe them,
//! so the two cannot part.

mod armour;
mod extract;
mod figures;
mod metered;
mod pace;
mod paper;
mod patience;
mod problem;
mod reply;
mod spoken;

pub use armour::armoured;
pub use extract::{
    Body, Listing, NoFilter, Over, Params, Version, Wide, admitted, bearer, broken_off, is_packed, rated,
    request_id,
};
pub use figures::{Again, Figures, Filed, Table, Wish, csv_wished, wished};
pub use metered::metered;
pub use pace::{BEAT, SaysAbsent, paced};
pub use paper::{ICalendar, Markdown, Paper, PaperFormat};
pub use patience::within;
pub use problem::{Problem, problems};
pub use reply::{Done, Found, FoundIf, Made, Versioned, schemas};
pub use spoken::spoken;

use utoipa_actix_web::service_config::ServiceConfig;

/// A noun's routes.
pub type Noun = fn(&mut ServiceConfig);

/// Every noun's routes, under [`API`]. Each noun stands by itself: whose a path is is looked up first ([`crate::app::Routes`]), so
/// that no request is held against the paths of all.
pub const NOUNS: &[Noun] = &[
    crate::registry::me::rest::routes,
    crate::registry::account::rest::routes,
    crate::registry::invitation::rest::routes,
    crate::registry::principal::rest::routes,
    crate::registry::region::rest::routes,
    crate::registry::municipality::rest::routes,
    crate::registry::tenant::rest::routes,
    crate::registry::consortium::rest::routes,
    crate::registry::membership::rest::routes,
    crate::registry::group::rest::routes,
    crate::registry::organisation::rest::routes,
    crate::registry::contact::rest::routes,
    crate::project::rest::routes,
    crate::product::rest::routes,
    crate::funding::rest::routes,
    crate::agreement::rest::routes,
    crate::priority::rest::routes,
    crate::concept::rest::routes,
    crate::competence::rest::routes,
    crate::search::rest::routes,
    crate::calendar::rest::routes,
    crate::statement::rest::routes,
    crate::commitment::rest::routes,
    crate::activity::rest::routes,
    crate::meeting::rest::routes,
    crate::aggregate::rest::routes,
    crate::aggregate::figure::rest::routes,
    crate::aggregate::claim::rest::routes,
    crate::aggregate::release::rest::routes,
    crate::audit::rest::routes,
    crate::privacy::erasure::rest::routes,
    crate::privacy::export::rest::routes,
    crate::event::rest::routes,
];

/// Where the nouns are.
pub const API: &str = "/api/v1";

/// Where the tables of statistics are.
pub const STAT: &str = "/stat/v2";

/// The tables of statistics, under [`STAT`]: their shape, addresses included, is another's.
pub fn stat_routes(config: &mut ServiceConfig) {
    crate::aggregate::stat::rest::routes(config);
}
