//! Organisations outside the libraries, shared in a consortium and merged when met twice.

use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn made(who: &Client, ring: ConsortiumId, name: &str) -> String {
    let body = json!({"name": name, "sector": "association", "sectorWord": "studieförbund"});
    let made = who.post(&format!("/consortia/{ring}/organisations"), body).await.made();
    made["id"].as_str().unwrap().to_owned()
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect()
}

async fn merge(who: &Client, id: &str, version: i64, into: &str) -> crate::harness::Answer {
    who.post_from(&format!("/organisations/{id}/merge"), version, json!({"intoId": into})).await
}

/// Shows 5 by createOrganisation, changeOrganisation, organisations.
#[rstest]
#[actix_web::test]
async fn a_consortium_keeps_its_partners_together(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, observer, outside] = [
        node.tenant("aa").await,
        node.tenant("bb").await,
        node.tenant("observer").await,
        node.tenant("outside").await,
    ];
    let ring = node.consortium("ring", &[&a, &b]).await;
    node.observer(ring, &a, &observer).await;
    let list = format!("/consortia/{ring}/organisations");
    assert_eq!(observer.get(&list).await.ok()["items"], json!([]));
    let body = json!({"name": " Høgskolen i Østfold ", "sector": "university", "country": "NO", "url": "https://www.hiof.no"});
    let first = b.post(&list, body).await.made();
    assert_eq!((&first["name"], &first["version"]), (&json!("Høgskolen i Østfold"), &json!(1)));
    assert!(first.get("mergedIntoId").is_none() && first.get("currentId").is_none());
    let sv = made(&a, ring, "Studiefrämjandet").await;
    made(&a, ring, "100 % lesing").await;
    // Whoever made it: any member may mend it, and an observer reads.
    let path = format!("/organisations/{}", first["id"].as_str().unwrap());
    let changed = a.patch(&path, 1, json!({"name": "Høgskolen", "sectorWord": "høgskole"})).await.ok();
    assert_eq!(
        (&changed["sectorWord"], &changed["sector"], &changed["version"]),
        (&json!("høgskole"), &json!("university"), &json!(2))
    );
    a.patch(&path, 1, json!({"sector": "school"})).await.problem(412, "stale_version");
    assert_eq!(observer.get(&path).await.ok(), changed);
    observer.patch(&path, 2, json!({"sector": "school"})).await.problem(403, "forbidden");
    observer.post(&list, json!({"name": "x", "sector": "other"})).await.problem(403, "forbidden");
    node.client(a.tenant, Role::Viewer)
        .patch(&path, 2, json!({"sector": "school"}))
        .await
        .problem(403, "forbidden");
    // Found by spelling habits, and a text is no pattern.
    let find = async |query: &str| {
        let page = observer.get(&format!("{list}?{query}")).await.ok();
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(find("text=HOGSKOLEN").await, ["Høgskolen"]);
    assert_eq!(find("text=framjandet").await, ["Studiefrämjandet"]);
    assert_eq!(find("text=%25").await, Vec::<String>::new());
    assert_eq!(find("text=100").await, ["100 % lesing"]);
    assert_eq!(find("sector=association").await, ["Studiefrämjandet", "100 % lesing"]);
    assert_eq!(find("country=NO").await, ["Høgskolen"]);
    let page = observer.get(&format!("{list}?first=2")).await.ok();
    let cursor = page["nextCursor"].as_str().unwrap();
    assert_eq!(find(&format!("first=2&after={cursor}")).await, ["100 % lesing"]);
    let query = "query($c: ID!, $o: ID!) { organisations(consortiumId: $c, filter: {sector: UNIVERSITY}) { edges { node {
        id name sector sectorWord country url mergedIntoId currentId version } } } organisation(id: $o) { name sectorWord } }";
    let data = b.data(query, json!({"c": ring, "o": sv})).await;
    assert_eq!(data["organisations"]["edges"][0]["node"]["url"], "https://www.hiof.no");
    assert_eq!(data["organisation"]["sectorWord"], "studieförbund");
    for refused in [&list, &path] {
        outside.get(refused).await.problem(404, "not_found");
        node.operator().get(refused).await.problem(403, "forbidden");
    }
    outside.post(&list, json!({"name": "x", "sector": "other"})).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_was_met_twice_is_merged_and_says_where_it_went(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, observer] = [node.tenant("aa").await, node.tenant("bb").await, node.tenant("observer").await];
    let ring = node.consortium("ring", &[&a, &b]).await;
    node.observer(ring, &a, &observer).await;
    let other = node.consortium("other", &[&a]).await;
    let [one, two, three, four] = [
        made(&a, ring, "ABF").await,
        made(&a, ring, "Abf Kalmar").await,
        made(&b, ring, "Arbetarnas bildningsförbund").await,
        made(&b, ring, "A.B.F.").await,
    ];
    let foreign = made(&a, other, "ABF").await;
    let get = async |id: &str| a.get(&format!("/organisations/{id}")).await.ok();
    merge(&observer, &one, 1, &two).await.problem(403, "forbidden");
    let merged = merge(&b, &one, 1, &two).await.ok();
    assert_eq!(
        (&merged["mergedIntoId"], &merged["currentId"], &merged["version"]),
        (&json!(two), &json!(two), &json!(2))
    );
    // The chain grows at its end: what was decided stays, what stands for it today is told at once.
    merge(&a, &two, 1, &three).await.ok();
    let first = get(&one).await;
    assert_eq!((&first["mergedIntoId"], &first["currentId"]), (&json!(two), &json!(three)));
    // Merging into one that was merged means what stands for it.
    let fourth = merge(&a, &four, 1, &one).await.ok();
    assert_eq!((&fourth["mergedIntoId"], &fourth["currentId"]), (&json!(one), &json!(three)));
    // No ring, however long the way round.
    for into in [&one, &two, &three, &four] {
        let fault = merge(&a, &three, 1, into).await.problem(422, "invalid_input");
        assert_eq!(
            (fault["errors"][0]["pointer"].as_str(), fault["errors"][0]["code"].as_str()),
            (Some("/intoId"), Some("self_merge"))
        );
    }
    for unknown in [&foreign, &uuid::Uuid::now_v7().to_string()] {
        let fault = merge(&a, &three, 1, unknown).await.problem(422, "invalid_input");
        assert_eq!(fault["errors"][0]["code"], "unknown_organisation");
    }
    // What was merged is done with.
    merge(&a, &one, 2, &three).await.problem(409, "conflict");
    a.patch(&format!("/organisations/{one}"), 2, json!({"name": "x"})).await.problem(409, "conflict");
    merge(&a, &three, 7, &foreign).await.problem(422, "invalid_input");
    // Left out of the list, and told when asked for.
    let list = format!("/consortia/{ring}/organisations");
    assert_eq!(names(&b.get(&list).await.ok()), ["Arbetarnas bildningsförbund"]);
    let gone = b.get(&format!("{list}?currentId={three}")).await.ok();
    assert_eq!(names(&gone), ["ABF", "Abf Kalmar", "A.B.F."]);
    assert_eq!(names(&b.get(&format!("{list}?merged=true&text=kalmar")).await.ok()), ["Abf Kalmar"]);
}

#[rstest]
#[actix_web::test]
async fn two_merged_into_each_other_at_once_leave_one_that_stands(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b] = [node.tenant("aa").await, node.tenant("bb").await];
    let ring = node.consortium("ring", &[&a, &b]).await;
    for round in 0..8 {
        let [one, two] =
            [made(&a, ring, &format!("x{round}")).await, made(&b, ring, &format!("y{round}")).await];
        let (left, right) = tokio::join!(merge(&a, &one, 1, &two), merge(&b, &two, 1, &one));
        let statuses = [left.status.as_u16(), right.status.as_u16()];
        assert!(statuses == [200, 422] || statuses == [422, 200], "{statuses:?}");
    }
    let standing = a.get(&format!("/consortia/{ring}/organisations")).await.ok();
    assert_eq!(standing["items"].as_array().unwrap().len(), 8);
}

#[rstest]
#[actix_web::test]
async fn odd_organisations_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let a = node.tenant("aa").await;
    let ring = node.consortium("ring", &[&a]).await;
    let list = format!("/consortia/{ring}/organisations");
    for (body, pointer, code) in [
        (json!({"name": " ", "sector": "school"}), "/name", "required"),
        (json!({"name": "x".repeat(201), "sector": "school"}), "/name", "too_long"),
        (json!({"name": "a\u{0}", "sector": "school"}), "/name", "control_character"),
        (json!({"name": "x", "sector": "studieförbund"}), "/sector", "unknown_value"),
        (json!({"name": "x"}), "/sector", "required"),
        (json!({"name": "x", "sector": "school", "sectorWord": ""}), "/sectorWord", "required"),
        (json!({"name": "x", "sector": "school", "country": "Norge"}), "/country", "unknown_country"),
        (json!({"name": "x", "sector": "school", "url": "javascript:alert(1)"}), "/url", "url"),
        (json!({"name": "x", "sector": "school", "url": "https://"}), "/url", "url"),
    ] {
        let fault = a.post(&list, body).await.problem(422, "invalid_input");
        assert_eq!(
            (fault["errors"][0]["pointer"].as_str(), fault["errors"][0]["code"].as_str()),
            (Some(pointer), Some(code))
        );
    }
    for query in
        ["text=", "text=%00", "country=no", "sector=choir", "currentId=x", "merged=perhaps", "colour=red"]
    {
        a.get(&format!("{list}?{query}")).await.problem(422, "invalid_input");
    }
    assert_eq!(a.get(&list).await.ok()["items"], json!([]));
    let keyed = a.clone().with_key("o1");
    let body = json!({"name": "x", "sector": "funder"});
    assert_eq!(keyed.post(&list, body.clone()).await.made(), keyed.post(&list, body).await.made());
    a.get("/organisations/x").await.problem(404, "not_found");
    let one = made(&a, ring, "y").await;
    a.post(&format!("/organisations/{one}/merge"), json!({"intoId": one}))
        .await
        .problem(428, "version_required");
}
