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
    Body, Listing, NoFilter, Params, Version, admitted, bearer, broken_off, is_packed, rated, request_id,
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

/// Every noun's routes, under `/api/v1`.
pub fn routes(config: &mut ServiceConfig) {
    crate::registry::me::rest::routes(config);
    crate::registry::account::rest::routes(config);
    crate::registry::invitation::rest::routes(config);
    crate::registry::principal::rest::routes(config);
    crate::registry::region::rest::routes(config);
    crate::registry::municipality::rest::routes(config);
    crate::registry::tenant::rest::routes(config);
    crate::registry::consortium::rest::routes(config);
    crate::registry::membership::rest::routes(config);
    crate::registry::group::rest::routes(config);
    crate::registry::organisation::rest::routes(config);
    crate::registry::contact::rest::routes(config);
    crate::project::rest::routes(config);
    crate::product::rest::routes(config);
    crate::priority::rest::routes(config);
    crate::concept::rest::routes(config);
    crate::competence::rest::routes(config);
    crate::search::rest::routes(config);
    crate::calendar::rest::routes(config);
    crate::statement::rest::routes(config);
    crate::commitment::rest::routes(config);
    crate::activity::rest::routes(config);
    crate::meeting::rest::routes(config);
    crate::aggregate::rest::routes(config);
    crate::aggregate::figure::rest::routes(config);
    crate::aggregate::claim::rest::routes(config);
    crate::aggregate::release::rest::routes(config);
    crate::audit::rest::routes(config);
    crate::privacy::erasure::rest::routes(config);
    crate::privacy::export::rest::routes(config);
    crate::event::rest::routes(config);
}

/// The tables of statistics, under `/stat/v2`: their shape, addresses included, is another's.
pub fn stat_routes(config: &mut ServiceConfig) {
    crate::aggregate::stat::rest::routes(config);
}
