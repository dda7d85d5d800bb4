use serde_json::{Value, json};

use super::{Ask, Case};
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::tenant,
};

/// What may be said of a product, with a text in every place that has one.
fn said() -> Value {
    json!({"kind": "guide", "title": "Å formidle musikk", "summary": "For alle", "language": "nb",
        "links": [{"kind": "product", "url": "https://example.org/guide", "title": "Guiden", "licence": "CC-BY-4.0"}],
        "marketing": [{"channel": "Nyhetsbrev", "text": "Ta den i bruk", "link": "https://example.org/nytt"}]})
}

/// A library that is not named with it yet, and not the one that keeps it.
fn another(ask: &Ask) -> Value {
    let other = if ask.record.owner == Lib::Newcomer { Lib::Former } else { Lib::Newcomer };
    json!({"tenantId": tenant(other), "role": "tester"})
}

pub const CASES: [Case; 8] = [
    Case::new("products", List, Product),
    Case::new("product", See, Product),
    Case::new("createProduct", Make, Product).body(|_| said()),
    Case::new("changeProduct", Change, Product).body(|_| said()),
    Case::new("removeProduct", Remove, Product),
    Case::new("creditTenant", Lead, Product).body(another),
    Case::new("removeCredit", Lead, Product).args(|_| json!({"tenantId": tenant(Lib::B)})),
    // Who is not named changes nothing by it.
    Case::new("withdrawCredit", Vote, Product),
];
