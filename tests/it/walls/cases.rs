//! One row an operation: which rule it goes by, and how it is called. The method, the path and the GraphQL document
//! are read from the product.

mod account;
mod activity;
mod agreement;
mod audit;
mod claim;
mod commitment;
mod competence;
mod concept;
mod consortium;
mod contact;
mod erasure;
mod event;
mod figures;
mod funding;
mod group;
mod invitation;
mod meeting;
mod node;
mod organisation;
mod principal;
mod priority;
mod product;
mod project;
mod register;
mod release;
mod statement;
mod tenant;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    oracle::{Action, Kind, Record},
    product::Call,
    world::World,
};

pub struct Case {
    /// REST's operationId, and GraphQL's field.
    pub operation: &'static str,
    pub action: Action,
    pub kind: Kind,
    /// The kind of record that it is called on, when that is another.
    pub on: Kind,
    /// Which records of the kind it is for.
    pub only: fn(&Record) -> bool,
    /// The body, or GraphQL's `input`.
    pub body: fn(&Ask) -> Value,
    /// Further parameters.
    pub args: fn(&Ask) -> Value,
}

/// What a case is asked to call.
#[allow(dead_code, reason = "a case may look at the world that it is called in")]
pub struct Ask<'w> {
    pub world: &'w World,
    pub record: Record,
    /// The record's id, or any other.
    pub id: Uuid,
}

impl Case {
    const fn new(operation: &'static str, action: Action, kind: Kind) -> Self {
        Self {
            operation,
            action,
            kind,
            on: kind,
            only: |_| true,
            body: |_| Value::Null,
            args: |_| Value::Null,
        }
    }

    const fn body(mut self, body: fn(&Ask) -> Value) -> Self {
        self.body = body;
        self
    }

    const fn args(mut self, args: fn(&Ask) -> Value) -> Self {
        self.args = args;
        self
    }

    const fn only(mut self, only: fn(&Record) -> bool) -> Self {
        self.only = only;
        self
    }

    const fn on(mut self, kind: Kind) -> Self {
        self.on = kind;
        self
    }

    pub fn call(&self, ask: &Ask) -> Call {
        let mut args = Map::new();
        args.insert("id".into(), ask.id.to_string().into());
        if let Value::Object(more) = (self.args)(ask) {
            args.extend(more);
        }
        let body = Some((self.body)(ask)).filter(|b| !b.is_null());
        Call { args, body, version: 1 }
    }

    pub fn writes(&self) -> bool {
        !matches!(self.action, Action::List | Action::See | Action::Ask)
    }
}

pub fn all() -> Vec<Case> {
    let mut all = Vec::from_iter(tenant::CASES);
    all.extend(register::CASES);
    all.extend(account::CASES);
    all.extend(audit::CASES);
    all.extend(invitation::CASES);
    all.extend(principal::CASES);
    all.extend(erasure::CASES);
    all.extend(concept::CASES);
    all.extend(consortium::CASES);
    all.extend(event::CASES);
    all.extend(competence::CASES);
    all.extend(figures::CASES);
    all.extend(claim::CASES);
    all.extend(contact::CASES);
    all.extend(statement::CASES);
    all.extend(commitment::CASES);
    all.extend(activity::CASES);
    all.extend(meeting::CASES);
    all.extend(project::CASES);
    all.extend(product::CASES);
    all.extend(funding::CASES);
    all.extend(agreement::CASES);
    all.extend(priority::CASES);
    all.extend(release::CASES);
    all.extend(group::CASES);
    all.extend(organisation::CASES);
    all.extend(node::CASES);
    all
}

/// What has no row, and why. At most five.
pub const EXEMPT: &[(&str, &str)] = &[
    ("/healthz", "says only that the process lives"),
    ("/readyz", "says only whether the database answers"),
    ("/openapi.json", "the contract, for everybody"),
    ("/.well-known/jwks.json", "public keys, for everybody"),
    ("/oauth2/token", "how one becomes an actor; has stories of its own"),
    (
        "/calendar/x/y.ics",
        "who asks is in the address, and wrong and absent are the same 404; has a story of its own",
    ),
];
