//! «Hva er vi gode på? (felles for flere)»: said on the wall without naming whom, and held against the lists of each.

use migration::registers::concept_id;
use samvirke::{auth::Role, id::ConsortiumId, tenancy::SeatRole};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn claims(consortium: ConsortiumId) -> String {
    format!("/consortia/{consortium}/strength-claims")
}

fn path(claim: &Value) -> String {
    format!("/strength-claims/{}", claim["id"].as_str().unwrap())
}

fn claim(notation: &str) -> Value {
    json!({"conceptId": concept_id(notation), "text": "Felles for flere", "language": "nb"})
}

async fn has(who: &Client, notation: &str, visibility: &str) {
    let has = json!({"stance": "have", "conceptId": concept_id(notation), "visibility": visibility});
    who.post("/competences", has).await.made();
}

/// Shows 12 by claimStrength, strengthClaims, withdrawStrengthClaim.
#[rstest]
#[actix_web::test]
async fn what_is_claimed_as_common_is_held_against_each_list(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oppland, hedmark, buskerud, oslo] = [
        node.tenant("oppland").await,
        node.tenant("hedmark").await,
        node.tenant("buskerud").await,
        node.tenant("oslo").await,
    ];
    let consortium = node.consortium("fire", &[&oppland, &hedmark, &buskerud]).await;
    has(&oppland, "c:music", "consortium").await;
    has(&hedmark, "c:music", "public").await;
    has(&buskerud, "c:music", "private").await;
    has(&oppland, "c:web", "consortium").await;
    let made = hedmark.post(&claims(consortium), claim("c:music")).await.made();
    for notation in ["c:web", "c:games"] {
        oppland.post(&claims(consortium), claim(notation)).await.made();
    }
    // What somebody keeps to itself confirms nothing, and is not counted for its own library either.
    let mut told = Vec::new();
    for who in [&oppland, &hedmark, &buskerud] {
        let list = who.get(&claims(consortium)).await.ok();
        let items = list["items"].as_array().unwrap();
        told.push(items.iter().map(|c| (c["confirmedBy"].clone(), c["common"].clone())).collect::<Vec<_>>());
    }
    assert_eq!(told[0], [(json!(2), json!(true)), (json!(1), json!(false)), (json!(0), json!(false))]);
    assert!(told[1] == told[0] && told[2] == told[0], "{told:?}");
    assert_eq!(
        (&made["claimedById"], &made["confirmedBy"], &made["concept"]["notation"]),
        (&json!(hedmark.tenant), &json!(2), &json!("c:music"))
    );
    // One that shares it from now on confirms it from now on.
    has(&buskerud, "c:games", "consortium").await;
    let list = hedmark.get(&claims(consortium)).await.ok();
    assert_eq!(list["items"][2]["confirmedBy"], 1);
    // The same on the other face, and as a node.
    let question = "query($c: ID!, $id: ID!) { strengthClaims(id: $c) { nodes { text confirmedBy common } } \
        strengthClaim(id: $id) { confirmedBy concept { notation } } node(id: $id) { ... on StrengthClaim { text } } }";
    let both = buskerud.data(question, json!({"c": consortium, "id": made["id"]})).await;
    assert_eq!(
        both["strengthClaims"]["nodes"][0],
        json!({"text": "Felles for flere", "confirmedBy": 2, "common": true})
    );
    assert_eq!(both["strengthClaim"]["concept"]["notation"], "c:music");
    assert_eq!(both["node"]["text"], "Felles for flere");
    // Who is not in it does not learn of it.
    oslo.get(&claims(consortium)).await.problem(404, "not_found");
    oslo.get(&path(&made)).await.problem(404, "not_found");
    // Whoever claimed it takes it back, and the coordinator does.
    buskerud.delete(&path(&made), 1).await.problem(403, "forbidden");
    hedmark.delete(&path(&made), 2).await.problem(412, "stale_version");
    hedmark.delete(&path(&made), 1).await.expect(204);
    hedmark.get(&path(&made)).await.problem(404, "not_found");
    let by_hedmark = hedmark.post(&claims(consortium), claim("c:web")).await.made();
    oppland.delete(&path(&by_hedmark), 1).await.expect(204);
}

#[rstest]
#[actix_web::test]
async fn a_claim_follows_its_concept_and_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, stord] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("stord").await];
    let consortium = node.consortium("vest", &[&oslo, &bergen]).await;
    node.join(consortium, &oslo, &stord, SeatRole::Observer).await;
    let other = node.consortium("ost", &[&bergen]).await;
    let word = json!({"label": [{"language": "nb", "text": "Spillkveld"}]});
    let theirs = bergen.post(&format!("/consortia/{other}/concepts"), word.clone()).await.made();
    let ours = bergen.post(&format!("/consortia/{consortium}/concepts"), word).await.made();
    for (more, at, code) in [
        (json!({"text": ""}), "/text", "required"),
        (json!({"text": "x".repeat(1_001)}), "/text", "too_long"),
        (json!({"conceptId": samvirke::id::ConceptId::new()}), "/conceptId", "unknown_concept"),
        (json!({"conceptId": theirs["id"]}), "/conceptId", "unknown_concept"),
    ] {
        let mut body = claim("c:music");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused = bergen.post(&claims(consortium), body).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{more}"
        );
    }
    // An observer looks, and claims nothing; nor does a viewer.
    stord.post(&claims(consortium), claim("c:music")).await.problem(403, "forbidden");
    let viewer = node.client(oslo.tenant, Role::Viewer);
    viewer.post(&claims(consortium), claim("c:music")).await.problem(403, "forbidden");
    assert_eq!(stord.get(&claims(consortium)).await.ok()["items"], json!([]));
    node.operator().get(&claims(consortium)).await.problem(403, "forbidden");
    // Retried, it is claimed once.
    let keyed = oslo.clone().with_key("claim");
    let once = keyed.post(&claims(consortium), claim("c:music")).await.made();
    assert_eq!(keyed.post(&claims(consortium), claim("c:music")).await.made()["id"], once["id"]);
    assert_eq!(stord.get(&claims(consortium)).await.ok()["items"].as_array().unwrap().len(), 1);
    // A word of the meeting is merged into the one that everybody uses: what is claimed of it is confirmed by that one's lists.
    let mut of_ours = claim("c:games");
    of_ours["conceptId"] = ours["id"].clone();
    let made = bergen.post(&claims(consortium), of_ours.clone()).await.made();
    assert_eq!(made["confirmedBy"], 0);
    has(&oslo, "c:games", "consortium").await;
    let into = json!({"intoId": concept_id("c:games")});
    let merge = format!("/concepts/{}/merge", ours["id"].as_str().unwrap());
    oslo.post_from(&merge, ours["version"].as_i64().unwrap(), into).await.ok();
    let merged = stord.get(&path(&made)).await.ok();
    assert_eq!((&merged["concept"]["notation"], &merged["confirmedBy"]), (&json!("c:games"), &json!(1)));
    let late = bergen.post(&claims(consortium), of_ours.clone()).await.problem(422, "invalid_input");
    assert_eq!(late["errors"][0]["code"], "deprecated_concept");
    // The operator merges that one in turn: nobody has to follow a chain, whosever word it began with.
    let word = bergen.get(&format!("/concepts/{}", ours["id"].as_str().unwrap())).await.ok();
    let games = concept_id("c:games");
    let version = oslo.get(&format!("/concepts/{games}")).await.ok()["version"].as_i64().unwrap();
    let into = json!({"intoId": concept_id("c:networks")});
    node.operator().post_from(&format!("/concepts/{games}/merge"), version, into).await.ok();
    let merged = stord.get(&path(&made)).await.ok();
    assert_eq!((&merged["concept"]["notation"], &merged["confirmedBy"]), (&json!("c:networks"), &json!(1)));
    let again = bergen.get(&format!("/concepts/{}", ours["id"].as_str().unwrap())).await.ok();
    assert_eq!(again["replacedBy"], json!(concept_id("c:networks")));
    assert_eq!(again["version"], word["version"]);
    let days = "before=2020-01-01&after=2026-01-01";
    let path = format!("/consortia/{consortium}/landscape-comparison?{days}");
    assert!(!stord.get(&path).await.ok().to_string().contains("c:games"));
}

/// A repetition is told what was told first, whatever has become of it since.
#[rstest]
#[actix_web::test]
async fn a_repeated_claim_is_answered_as_it_was(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let consortium = node.consortium("vest", &[&oslo, &bergen]).await;
    let keyed = oslo.clone().with_key("claim");
    let once = keyed.post(&claims(consortium), claim("c:music")).await.made();
    assert_eq!(once["confirmedBy"], 0);
    has(&bergen, "c:music", "consortium").await;
    assert_eq!(keyed.post(&claims(consortium), claim("c:music")).await.made(), once);
    oslo.delete(&path(&once), 1).await.expect(204);
    assert_eq!(keyed.post(&claims(consortium), claim("c:music")).await.made(), once);
}
