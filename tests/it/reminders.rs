//! «Som vil foreligge rundt 1. juni»: a day that is not exact, and being told of it in time.

use chrono::NaiveDate;
use samvirke::tenancy;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn remind(node: &TestNode, on: &str) -> usize {
    tenancy::remind(&node.app.db, day(on)).await.unwrap()
}

async fn promise(who: &Client, more: Value) -> Value {
    let mut promise = json!({"text": "Vi vil ha planen ferdig", "language": "nb"});
    promise.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/commitments", promise).await.made()
}

/// What a library was told of a commitment, in turn.
async fn told(who: &Client, of: &Value) -> Vec<Value> {
    let events = who.get("/events?first=100").await.ok();
    let items = events["items"].as_array().unwrap().iter();
    let ours = items.filter(|e| e["subjectId"] == of["id"]);
    let told =
        ours.filter(|e| ["commitment.due", "commitment.overdue"].contains(&e["kind"].as_str().unwrap()));
    told.cloned().collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

/// Shows 63 by createCommitment, followUpCommitment, events.
#[rstest]
#[actix_web::test]
async fn a_day_that_comes_near_is_told_once_to_those_whose_it_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oppland, hedmark, oslo] =
        [node.tenant("oppland").await, node.tenant("hedmark").await, node.tenant("oslo").await];
    let consortium = node.consortium("fire", &[&oppland, &oslo]).await;
    let made = promise(
        &oppland,
        json!({"due": "2010-06-01~", "partnerIds": [hedmark.tenant], "consortiumId": consortium, "visibility": "consortium"}),
    )
    .await;
    assert_eq!(made["remindDays"], 7);
    assert_eq!(remind(&node, "2010-05-24").await, 0);
    // To the library that made it and the one that it is made with; who only sees it is not troubled.
    assert_eq!(remind(&node, "2010-05-25").await, 2);
    assert_eq!(remind(&node, "2010-05-25").await, 0, "told twice");
    assert_eq!(remind(&node, "2010-06-01").await, 0, "told twice");
    let [by_oppland, by_hedmark] = [told(&oppland, &made).await, told(&hedmark, &made).await];
    assert_eq!((kinds(&by_oppland), kinds(&by_hedmark)), (vec!["commitment.due"], vec!["commitment.due"]));
    assert_eq!(by_oppland[0]["consortiumId"], json!(consortium));
    assert!(by_hedmark[0].get("consortiumId").is_none(), "a partner learns of a consortium");
    assert_eq!((&by_oppland[0]["subjectKind"], &by_oppland[0]["version"]), (&json!("commitment"), &json!(1)));
    assert!(told(&oslo, &made).await.is_empty());
    // Its last day is over: told once more. Put off it has another day, and done it has none.
    assert_eq!(remind(&node, "2010-06-02").await, 2);
    assert_eq!(kinds(&told(&hedmark, &made).await), ["commitment.due", "commitment.overdue"]);
    let follow = format!("/commitments/{}/follow-up", made["id"].as_str().unwrap());
    oppland.post_from(&follow, 1, json!({"status": "moved", "due": "2010-09"})).await.ok();
    assert_eq!(remind(&node, "2010-08-24").await, 0);
    assert_eq!(remind(&node, "2010-08-25").await, 2);
    assert_eq!(remind(&node, "2010-09-30").await, 0, "the month is not over");
    oppland.post_from(&follow, 2, json!({"status": "done"})).await.ok();
    assert_eq!(remind(&node, "2010-10-01").await, 0, "it is done");
    // Nothing of the commitment was changed by that, and the chain is whole: the feed goes on without a gap.
    assert_eq!(
        oppland.get(&format!("/commitments/{}", made["id"].as_str().unwrap())).await.ok()["version"],
        3
    );
    for who in [&oppland, &hedmark] {
        let events = who.get("/events?first=100").await.ok();
        let places: Vec<u64> =
            events["items"].as_array().unwrap().iter().map(|e| e["sequence"].as_u64().unwrap()).collect();
        assert!(places.iter().zip(1..).all(|(place, n)| *place == n), "{places:?}");
        let audit = who.get("/audit/records?first=100").await.ok();
        assert!(audit.to_string().contains("commitment.due"));
    }
}

#[rstest]
#[actix_web::test]
async fn how_long_before_is_said_by_whoever_promises(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for (days, code) in [(-1, "between"), (366, "between")] {
        let bad = json!({"text": "x", "language": "nb", "due": "2030", "remindDays": days});
        let refused = oslo.post("/commitments", bad).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/remindDays"), &json!(code))
        );
    }
    let made = promise(&oslo, json!({"due": "2030-06-01", "remindDays": 30})).await;
    let never = promise(&oslo, json!({})).await;
    assert_eq!(remind(&node, "2030-05-01").await, 0);
    assert_eq!(remind(&node, "2030-05-02").await, 1);
    let path = format!("/commitments/{}", made["id"].as_str().unwrap());
    oslo.patch(&path, 1, json!({"remindDays": 1_000})).await.problem(422, "invalid_input");
    let changed = oslo.patch(&path, 1, json!({"remindDays": 0})).await.ok();
    assert_eq!(changed["remindDays"], 0);
    let by_graphql = "query($id: ID!) { commitment(id: $id) { remindDays } }";
    assert_eq!(oslo.data(by_graphql, json!({"id": made["id"]})).await["commitment"]["remindDays"], 0);
    // Without a day there is nothing to be told of.
    assert_eq!(remind(&node, "2099-01-01").await, 1);
    assert!(told(&oslo, &never).await.is_empty());
}

/// As several processes of a node do at the same time of the day.
#[rstest]
#[actix_web::test]
async fn many_who_remind_at_once_tell_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(promise(&oslo, json!({"due": "2010-06-01", "partnerIds": [bergen.tenant]})).await);
    }
    let runs = futures_util::future::join_all((0..6).map(|_| remind(&node, "2010-05-30"))).await;
    assert_eq!(runs.iter().sum::<usize>(), 10, "{runs:?}");
    for made in &all {
        for who in [&oslo, &bergen] {
            assert_eq!(kinds(&told(who, made).await), ["commitment.due"]);
        }
    }
    // Somebody works meanwhile: nobody's place in the feed is lost.
    let work = async {
        for n in 0..10 {
            promise(&oslo, json!({"text": format!("Vi vil {n}")})).await;
        }
    };
    let (_, runs) = futures_util::future::join(
        work,
        futures_util::future::join_all((0..3).map(|_| remind(&node, "2010-06-02"))),
    )
    .await;
    assert_eq!(runs.iter().sum::<usize>(), 10, "{runs:?}");
    let events = oslo.get("/events?first=100").await.ok();
    let places: Vec<u64> =
        events["items"].as_array().unwrap().iter().map(|e| e["sequence"].as_u64().unwrap()).collect();
    assert!(places.iter().zip(1..).all(|(place, n)| *place == n), "{places:?}");
}

/// The day does not come again: all that is due on it is told on it.
#[rstest]
#[actix_web::test]
async fn however_many_there_are_all_are_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for _ in 0..503 {
        promise(&oslo, json!({"due": "2010-06-01", "remindDays": 0})).await;
    }
    assert_eq!(remind(&node, "2010-06-01").await, 503);
    assert_eq!(remind(&node, "2010-06-01").await, 0);
}
