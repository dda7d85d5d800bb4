//! What a library did, as a feed that somebody goes on reading.

use std::cell::Cell;

use futures_util::future::{join, join_all};
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn entry(phrase: &str) -> Value {
    json!({"sourcePhrase": phrase, "language": "nb", "stance": "have"})
}

async fn write(client: &Client, phrase: &str) -> Value {
    client.post("/competences", entry(phrase)).await.made()
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

fn places(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect()
}

/// All behind a cursor, page by page, as a reader that keeps the last one.
async fn read_on(client: &Client, cursor: &mut Option<String>, first: u32) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let after = cursor.as_ref().map_or(String::new(), |cursor| format!("&after={cursor}"));
        let events = items(&client.get(&format!("/events?first={first}{after}")).await.ok());
        let Some(last) = events.last() else { return all };
        *cursor = Some(last["cursor"].as_str().unwrap().to_owned());
        all.extend(events);
    }
}

#[rstest]
#[actix_web::test]
async fn a_library_reads_what_it_did_and_goes_on_where_it_stopped(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let made = write(&oslo, "katalogisering").await;
    let path = format!("/competences/{}", made["id"].as_str().unwrap());
    oslo.patch(&path, 1, json!({"note": "ny"})).await.ok();
    let mut cursor = None;
    let first = read_on(&oslo, &mut cursor, 100).await;
    assert_eq!(places(&first), (1..=first.len() as i64).collect::<Vec<_>>());
    let told: Vec<_> = first
        .iter()
        .filter(|event| event["subjectId"] == made["id"])
        .map(|event| (event["kind"].as_str().unwrap(), event["version"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("competenceEntry.created", 1), ("competenceEntry.changed", 2)]);
    assert_eq!(first[0]["subjectKind"], "competenceEntry");
    // An event tells that something changed, and not what it says.
    assert!(!json!(first).to_string().contains("katalogisering"));
    // Nothing new, and then what is new.
    assert_eq!(read_on(&oslo, &mut cursor, 100).await, Vec::<Value>::new());
    oslo.delete(&path, 2).await.expect(204);
    let more = read_on(&oslo, &mut cursor, 1).await;
    assert_eq!(more.iter().map(|event| &event["kind"]).collect::<Vec<_>>(), ["competenceEntry.removed"]);
    assert_eq!(places(&more), [first.len() as i64 + 1]);
    // Both faces are one feed, and their cursors one question.
    let query = "query($after: String) { events(first: 1, after: $after) { edges { cursor node { sequence cursor kind } } } }";
    let page = oslo.data(query, json!({"after": first.last().unwrap()["cursor"]})).await;
    let edge = &page["events"]["edges"][0];
    assert_eq!((&edge["node"]["sequence"], &edge["node"]["cursor"]), (&more[0]["sequence"], &edge["cursor"]));
    assert_eq!(edge["cursor"], more[0]["cursor"]);
    // Another library has its own and no place in this one.
    assert_eq!(read_on(&bergen, &mut None, 100).await, Vec::<Value>::new());
    bergen.get(&format!("/events?after={}", cursor.unwrap())).await.problem(400, "bad_cursor");
    write(&bergen, "musikk").await;
    assert_eq!(places(&read_on(&bergen, &mut None, 100).await), [1]);
    for role in [Role::Viewer, Role::Contributor, Role::Editor] {
        node.client(oslo.tenant, role).get("/events").await.problem(403, "forbidden");
    }
    node.anonymous().get("/events").await.problem(401, "unauthenticated");
}

/// Ids are made before the commit, and commits end in any order: a feed in the order of ids would have gaps that fill up
/// behind the reader. Two processes write, and a third reader must see every place once and in turn, however early it looks.
#[rstest]
#[actix_web::test]
async fn a_reader_misses_nothing_while_many_write(#[values(Sqlite, Postgres)] kind: Kind) {
    const WRITERS: usize = 6;
    const EACH: usize = 12;
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let beside = node.client_beside(oslo.tenant, Role::Admin).await;
    let done = Cell::new(false);
    let writers = async {
        join_all((0..WRITERS).map(|n| {
            let client = if n % 2 == 0 { oslo.clone() } else { beside.clone() };
            async move {
                for m in 0..EACH {
                    write(&client, &format!("fag {n} {m}")).await;
                }
            }
        }))
        .await;
        done.set(true);
    };
    let reader = async {
        let (mut cursor, mut seen, mut looks) = (None, Vec::new(), 0);
        loop {
            let last = done.get();
            seen.extend(read_on(&oslo, &mut cursor, 7).await);
            let in_turn: Vec<i64> = (1..=seen.len() as i64).collect();
            assert_eq!(places(&seen), in_turn, "a gap, or one twice");
            looks += 1;
            if last {
                return (seen, looks);
            }
        }
    };
    let (_, (seen, looks)) = join(writers, reader).await;
    let made = seen.iter().filter(|event| event["kind"] == "competenceEntry.created").count();
    assert_eq!(made, WRITERS * EACH);
    println!("{kind:?}: {} events in {looks} looks", seen.len());
}
