//! Every operation of the product by every kind of actor on every kind of record, on both faces and both databases.
//!
//! Hidden is compared with absent: the same call with an id that nobody has must give the same status, body and
//! headers. What was answered is kept in `schema/matrix.txt`; `SAMVIRKE_UPDATE=1` writes it anew.

#![allow(clippy::disallowed_methods, reason = "the tests' own setting is not one of the service's")]

use std::{collections::BTreeMap, fmt::Write};

use serde_json::Value;
use uuid::Uuid;

use super::{
    canaries::Search,
    cases::{self, Ask, Case, EXEMPT},
    oracle::{self, Actor, Consortium, Expect, Lib, Rank, Record, Visibility},
    product::{Call, Operation, Product, status_of},
    world::World,
};
use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

pub const ACTORS: [(&str, Actor); 15] = [
    ("anonymous", Actor::Anonymous),
    ("expired", Actor::Expired),
    ("audience", Actor::OtherAudience),
    ("A-viewer", Actor::Of(Lib::A, Rank::Viewer)),
    ("A-contributor", Actor::Of(Lib::A, Rank::Contributor)),
    ("A-editor", Actor::Of(Lib::A, Rank::Editor)),
    ("A-admin", Actor::Of(Lib::A, Rank::Admin)),
    ("A-frontend", Actor::Frontend),
    ("B", Actor::Of(Lib::B, Rank::Admin)),
    ("D", Actor::Of(Lib::D, Rank::Admin)),
    ("former", Actor::Of(Lib::Former, Rank::Admin)),
    ("coordinator", Actor::Of(Lib::Coordinator, Rank::Admin)),
    ("observer", Actor::Of(Lib::Observer, Rank::Admin)),
    ("newcomer", Actor::Of(Lib::Newcomer, Rank::Admin)),
    ("operator", Actor::Operator),
];

/// Records that a case is tried on: of A every visibility, of the others what differs.
fn records(world: &World, case: &Case, operation: &Operation) -> Vec<(Record, Uuid)> {
    let mut seen = Vec::new();
    let all = world.of_kind(case.on).filter(|(r, _)| (case.only)(r));
    let worth = |r: &Record| match r.owner {
        Lib::A | Lib::Coordinator | Lib::Newcomer => true,
        Lib::D => r.visibility != Visibility::Sealed,
        Lib::B | Lib::Former => r.visibility == Visibility::Consortium,
        Lib::Observer => false,
    };
    for (record, id) in
        all.filter(|(r, _)| worth(r) && (r.owner != Lib::Coordinator || r.kind != oracle::Kind::Project))
    {
        let same = |(r, _): &(Record, Uuid)| {
            (r.owner, r.consortium, r.visibility, r.named)
                == (record.owner, record.consortium, record.visibility, record.named)
        };
        if !seen.iter().any(same) {
            seen.push((*record, *id));
        }
    }
    // What addresses no record is called once an actor.
    let addressed = operation.rest.as_ref().map_or_else(
        || operation.graphql.as_ref().is_some_and(|f| f.document.contains(": ID!")),
        |rest| rest.path.contains('{'),
    );
    if !addressed {
        seen.truncate(1);
    }
    seen
}

async fn send(product: &Product, client: &Client, operation: &Operation, call: &Call) -> [Option<Answer>; 2] {
    let mut answers = [None, None];
    if let Some(rest) = &operation.rest {
        answers[0] = Some(product.rest(client, rest, call).await);
    }
    if let Some(field) = &operation.graphql {
        answers[1] = Some(product.graphql(client, field, call).await);
    }
    answers
}

/// Status, headers and body without what names this one request.
fn face(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let headers = answer.headers.iter().filter(|(n, _)| !["x-request-id", "date"].contains(&n.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("?").to_owned())).collect();
    headers.sort();
    let mut body = serde_json::from_str(&answer.text).unwrap_or(Value::String(answer.text.clone()));
    if let Some(fields) = body.as_object_mut() {
        fields.remove("requestId");
    }
    (answer.status.as_u16(), headers, body)
}

fn fits(expected: Expect, status: u16) -> bool {
    match expected {
        Expect::Yes => (200..300).contains(&status),
        Expect::Unauthenticated => status == 401,
        Expect::Forbidden => status == 403,
        Expect::OutOfPlace => status == 409 || status == 403,
        // Refused for the role alone, before anything was looked up, is no tale of the record.
        Expect::Hidden => status == 404 || status == 403,
    }
}

/// The matrix of one database: what was answered, and what should not have been.
pub async fn run(
    world: &World,
    product: &Product,
    which: fn(&Case) -> bool,
    mut look: impl FnMut(Actor, &str, &Call, &Answer),
) -> (String, Vec<String>) {
    let clients: Vec<(&str, Actor, Client)> =
        ACTORS.iter().map(|(name, actor)| (*name, *actor, world.client(*actor))).collect();
    let mut faults = Vec::new();
    let mut golden = String::new();
    for case in cases::all().into_iter().filter(which) {
        let Some(operation) = product.operations.get(case.operation) else {
            faults.push(format!("{}: the product has no such operation", case.operation));
            continue;
        };
        for (record, id) in records(world, &case, operation) {
            let what = format!(
                "{:?} {:?} {:?}{}{}",
                record.kind,
                record.owner,
                record.visibility,
                if record.named.is_some() { " named" } else { "" },
                if record.owner == Lib::A && record.consortium == Consortium::Two {
                    " elsewhere"
                } else {
                    ""
                },
            );
            writeln!(golden, "{} on {what}", case.operation).unwrap();
            for (name, actor, client) in &clients {
                let expected = oracle::may(*actor, case.action, &Record { kind: case.kind, ..record });
                let call = case.call(&Ask { world, record, id });
                let twins = if expected == Expect::Hidden {
                    let nobodys = Uuid::from_u128(id.as_u128() ^ (0xabc << 48));
                    send(product, client, operation, &case.call(&Ask { world, record, id: nobodys })).await
                } else {
                    [None, None]
                };
                let mut statuses = Vec::new();
                for (n, answer) in
                    send_each(product, client, operation, &call, world, &case).await.into_iter().enumerate()
                {
                    let Some(answer) = answer else { continue };
                    look(*actor, case.operation, &call, &answer);
                    let status = if n == 0 { answer.status.as_u16() } else { status_of(&answer) };
                    if !fits(expected, status) {
                        faults.push(format!(
                            "{} on {what} by {name}, face {n}: expected {expected:?}, got {status} {}",
                            case.operation,
                            answer.text.chars().take(300).collect::<String>()
                        ));
                    }
                    statuses.push(status);
                    if let Some(twin) = twins[n].as_ref().filter(|twin| face(&answer) != face(twin)) {
                        faults.push(format!(
                            "{} on {what} by {name}, face {n}: hidden is not absent: {} / {}",
                            case.operation, answer.text, twin.text
                        ));
                    }
                }
                if statuses.iter().any(|s| s / 100 != statuses[0] / 100) {
                    faults.push(format!(
                        "{} on {what} by {name}: REST and GraphQL differ: {statuses:?}",
                        case.operation
                    ));
                }
                let first = statuses.first().map_or(0, |s| if s / 100 == 2 { 200 } else { *s });
                writeln!(golden, "  {name} {first}").unwrap();
            }
        }
    }
    (compact(&golden), faults)
}

/// As [`send`], with the world as it was after each write that went through.
async fn send_each(
    product: &Product,
    client: &Client,
    operation: &Operation,
    call: &Call,
    world: &World,
    case: &Case,
) -> [Option<Answer>; 2] {
    let mut answers = [None, None];
    if let Some(rest) = &operation.rest {
        let answer = product.rest(client, rest, call).await;
        if case.writes() && answer.status.is_success() {
            world.reset().await;
        }
        answers[0] = Some(answer);
    }
    if let Some(field) = &operation.graphql {
        let answer = product.graphql(client, field, call).await;
        if case.writes() && status_of(&answer) < 300 {
            world.reset().await;
        }
        answers[1] = Some(answer);
    }
    answers
}

/// One line a record: the actors by what they were answered.
fn compact(golden: &str) -> String {
    let mut out = String::new();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let flush = |out: &mut String, groups: &mut BTreeMap<String, Vec<String>>| {
        for (status, names) in std::mem::take(groups) {
            writeln!(out, "  {status}: {}", names.join(" ")).unwrap();
        }
    };
    for line in golden.lines() {
        match line.strip_prefix("  ").and_then(|l| l.split_once(' ')) {
            Some((name, status)) => groups.entry(status.to_owned()).or_default().push(name.to_owned()),
            None => {
                flush(&mut out, &mut groups);
                writeln!(out, "{line}").unwrap();
            }
        }
    }
    flush(&mut out, &mut groups);
    out
}

#[actix_web::test]
async fn every_operation_has_a_row() {
    let node = TestNode::start(Sqlite).await;
    let product = Product::read(&node.app).await;
    let rows: Vec<&str> = cases::all().iter().map(|c| c.operation).collect();
    let missing: Vec<&String> = product.operations.keys().filter(|o| !rows.contains(&o.as_str())).collect();
    assert!(missing.is_empty(), "operations without a row in tests/it/walls/cases: {missing:?}");
    assert!(EXEMPT.len() <= 6 && EXEMPT.iter().all(|(_, why)| !why.is_empty()));
    for (path, why) in EXEMPT {
        let answer = node.anonymous().send(node.anonymous().request(reqwest::Method::GET, path)).await;
        assert_ne!(answer.status.as_u16(), 401, "{path} asks who calls, and needs a row: {why}");
    }
}

#[rstest]
#[actix_web::test]
async fn everybody_gets_the_answer_that_the_domain_says(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    let product = Product::read(&world.node.app).await;
    let mut search = Search::new(&world.canaries);
    let look = |actor, operation: &str, _: &Call, answer: &Answer| search.answer(actor, operation, answer);
    let (golden, faults) = run(&world, &product, |_| true, look).await;
    let answers = search.texts;
    search.found.truncate(20);
    assert!(search.found.is_empty(), "{:#?}", search.found);
    println!(
        "{kind:?}: {} operations, {answers} answers, {} mismatches",
        product.operations.len(),
        faults.len()
    );
    assert!(faults.is_empty(), "{} mismatches:\n{}", faults.len(), faults.join("\n"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/matrix.txt");
    if std::env::var("SAMVIRKE_UPDATE").is_ok() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/schema")).unwrap();
        std::fs::write(path, &golden).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == golden,
        "schema/matrix.txt differs from what was answered: look at it, then SAMVIRKE_UPDATE=1"
    );
}

/// The control: with both walls down the matrix must tell.
#[actix_web::test]
async fn without_walls_the_matrix_tells() {
    let walls = samvirke::tenancy::Walls::default().without_row_rules().without_database_wall();
    let options = samvirke::tenancy::Options { walls, ..Default::default() };
    let world = World::new(Sqlite, options, false).await;
    let product = Product::read(&world.node.app).await;
    let (_, faults) = run(&world, &product, |case| !case.writes(), |_, _, _, _| {}).await;
    assert!(!faults.is_empty(), "the control went unnoticed");
}
