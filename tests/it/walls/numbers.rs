//! No text is taken in that holds a national identity number: every text of every input of the GraphQL schema is
//! given one, by both faces, and refuses it at its own place without repeating it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    cases::{self, Ask, Case},
    matrix::ACTORS,
    oracle::{Actor, Record},
    product::{Call, Operation, Product},
    world::World,
};
use crate::harness::{Answer, Kind, Postgres, Sqlite, rstest};
use samvirke::tenancy::Options;

/// Somebody born in 1855.
const NUMBER: &str = "01015550321";

/// What is no free text: an operation and the end of the place, and why.
const CLOSED: &[(&str, &str)] = &[
    ("after", "a cursor: sealed, and none but ours opens"),
    ("country", "two letters"),
    ("currency", "three letters"),
    ("id", "a register's code, looked up"),
    ("regionId", "a register's code, looked up"),
    ("regionIds/0", "a register's code, which must be known"),
    ("municipalityIds/0", "a register's code, which must be known"),
    ("only/0/codes/0", "a code to count by, of which nothing is kept"),
    ("scopes/0", "a word of a list, which must be known"),
    ("publicKey", "a key: 32 bytes of it are kept, and nothing that is said beside it"),
    ("timeZone", "a name of a list, which must be known"),
    ("targetDate", "a date"),
    ("due", "a date"),
    ("starts", "a date"),
    ("ends", "a date"),
    ("held", "a date"),
    ("givenOn", "a date"),
    ("digest", "compared with that of a text, and nothing else"),
];

fn closed(path: &str) -> bool {
    CLOSED.iter().any(|(end, _)| path == *end || path.ends_with(&format!("/{end}")))
}

/// Every place of a text in a value of this type, and what to put there.
fn places(product: &Product, of: &Value, at: &str, deep: usize, out: &mut Vec<String>) {
    let list = |of: &Value| {
        let mut of = of;
        let mut lists = 0;
        while !of["ofType"].is_null() {
            lists += usize::from(of["kind"] == "LIST");
            of = &of["ofType"];
        }
        lists
    };
    let at = format!("{at}{}", "/0".repeat(list(of)));
    let named = product.named(of);
    match (named["kind"].as_str(), named["name"].as_str()) {
        (Some("SCALAR"), Some("String")) => out.push(at),
        (Some("INPUT_OBJECT"), _) if deep < 5 => {
            for field in named["inputFields"].as_array().into_iter().flatten() {
                let name = field["name"].as_str().unwrap_or_default();
                places(product, &field["type"], &format!("{at}/{name}"), deep + 1, out);
            }
        }
        _ => {}
    }
}

/// Puts a value at a place, making what is missing on the way.
fn put(into: &mut Value, path: &[&str], value: &str) {
    let [head, rest @ ..] = path else {
        *into = value.into();
        return;
    };
    if *head == "0" {
        if !into.is_array() {
            *into = json!([null]);
        }
        if into.as_array().is_some_and(Vec::is_empty) {
            *into = json!([null]);
        }
        return put(&mut into[0], rest, value);
    }
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    if *head == "text"
        && rest.is_empty()
        && into.get("language").is_none()
        && into.as_object().unwrap().is_empty()
    {
        into["language"] = "nb".into();
    }
    if *head == "mandate" && into.get("mandate").is_none() {
        into["mandate"] = json!({"givenBy": "Fylkestinget"});
    }
    put(&mut into[*head], rest, value);
}

/// Where the answer says that a number stands.
fn refused_at(answer: &Answer) -> BTreeSet<String> {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let faults = match body["errors"][0]["extensions"]["errors"].as_array() {
        Some(faults) => faults,
        None => match body["errors"].as_array() {
            Some(faults) => faults,
            None => return BTreeSet::new(),
        },
    };
    let number = |fault: &&Value| fault["code"] == "national_number";
    faults.iter().filter(number).map(|f| f["pointer"].as_str().unwrap_or_default().to_owned()).collect()
}

/// By whoever may ask it; whom `order` names first is whoever might the last time.
async fn both(
    product: &Product,
    world: &World,
    operation: &Operation,
    call: &Call,
    order: &mut [Actor],
) -> [BTreeSet<String>; 2] {
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for n in 0..order.len() {
        let client = world.client(order[n]);
        let mut answers = Vec::new();
        if let Some(rest) = &operation.rest {
            answers.push((0, product.rest(&client, rest, call).await));
        }
        if let Some(field) = &operation.graphql {
            answers.push((1, product.graphql(&client, field, call).await));
        }
        for (face, answer) in answers {
            assert!(!answer.text.contains(NUMBER), "the number is repeated: {}", answer.text);
            let here = refused_at(&answer);
            if found[face].is_empty() {
                found[face] = here;
            }
        }
        if found.iter().all(|places| !places.is_empty()) {
            order[..=n].rotate_right(1);
            break;
        }
    }
    found
}

fn call(case: &Case, world: &World, record: (Record, Uuid), path: &str) -> Call {
    let mut call = case.call(&Ask { world, record: record.0, id: record.1 });
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["input", rest @ ..] => {
            let mut body = call.body.take().unwrap_or_else(|| json!({}));
            put(&mut body, rest, &format!("Kari {NUMBER}"));
            call.body = Some(body);
        }
        rest => {
            let mut args = Value::Object(std::mem::take(&mut call.args));
            put(&mut args, rest, &format!("Kari {NUMBER}"));
            // A search is in no language, other than a text that is kept.
            if let Some(filter) = args.get_mut("filter").and_then(Value::as_object_mut) {
                filter.remove("language");
            }
            if let Value::Object(args) = args {
                call.args = args;
            }
        }
    }
    call
}

#[rstest]
#[actix_web::test]
async fn no_text_with_a_national_number_comes_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Options::default(), false).await;
    let product = Product::read(&world.node.app).await;
    let mut by_operation: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for case in cases::all() {
        by_operation.entry(case.operation).or_default().push(case);
    }
    let mut order = ACTORS.map(|(_, actor)| actor);
    let (mut looked, mut faults, mut unused) =
        (0, Vec::new(), BTreeSet::from_iter(CLOSED.iter().map(|c| c.0)));
    for (name, operation) in &product.operations {
        let Some(field) = &operation.graphql else { continue };
        let mut all = Vec::new();
        for (argument, of) in &field.args {
            places(&product, of, argument, 0, &mut all);
        }
        for path in all {
            if closed(&path) {
                unused.retain(|end| path != *end && !path.ends_with(&format!("/{end}")));
                continue;
            }
            looked += 1;
            let mut seen = [BTreeSet::new(), BTreeSet::new()];
            // A pasted list names the line; a filter of REST is its parameters.
            let place = path.replacen("input/", "/", 1).replacen("filter/", "/", 1);
            let place = if place.starts_with('/') { place } else { format!("/{place}") };
            let right = |face: usize, at: &BTreeSet<String>| {
                at.iter().any(|at| at.starts_with(&place)) || face == 0 && operation.rest.is_none()
            };
            let cases = by_operation.get(name.as_str()).into_iter().flatten();
            let calls = cases.flat_map(|case| {
                let records = world.of_kind(case.on).filter(|(r, _)| (case.only)(r)).take(4);
                records.map(|record| call(case, &world, *record, &path))
            });
            for call in calls {
                let found = both(&product, &world, operation, &call, &mut order).await;
                for (seen, found) in seen.iter_mut().zip(found) {
                    seen.extend(found);
                }
                if seen.iter().enumerate().all(|(face, at)| right(face, at)) {
                    break;
                }
            }
            for (face, at) in seen.iter().enumerate().filter(|(face, at)| !right(*face, at)) {
                let face = ["REST", "GraphQL"][face];
                faults.push(format!("{face} {name} {path}: takes it in, or says {at:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(looked > 40, "{looked}");
    assert!(unused.is_empty(), "no such place: {unused:?}");
}
