//! Groups of a consortium, and the landscape of one.

use migration::registers::concept_id;
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn texts(nb: &str, sv: &str) -> Value {
    json!([{"language": "nb", "text": nb}, {"language": "sv", "text": sv}])
}

fn slugs(group: &Value) -> Vec<&str> {
    group["members"].as_array().unwrap().iter().map(|m| m["slug"].as_str().unwrap()).collect()
}

fn address(group: &Value) -> String {
    format!("/groups/{}", group["id"].as_str().unwrap())
}

/// Shows 49, 102, 138 by createGroup, addGroupMember, removeGroupMember, changeGroup.
#[rstest]
#[actix_web::test]
async fn a_coordinator_makes_a_group_across_borders(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [kronoberg, kalmar, blekinge, outside] = [
        node.tenant("kronoberg").await,
        node.tenant("kalmar").await,
        node.tenant("blekinge").await,
        node.tenant("outside").await,
    ];
    let ring = node.consortium("sydost", &[&kronoberg, &kalmar, &blekinge]).await;
    let list = format!("/consortia/{ring}/groups");
    let body = json!({
        "name": texts("Styringsgruppe", "Styrgrupp"), "kind": "steering",
        "mandate": texts("Leder arbeidet", "Leder arbetet"),
        "matters": [texts("fjernlån", "fjärrlån"), texts("mobile bibliotek", "mobila bibliotek")],
        "starts": "2010-01", "ends": "2012~", "memberIds": [kalmar.tenant, kronoberg.tenant],
    });
    let made = kronoberg.post(&list, body).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.made();
    // By short name, in the reader's language.
    assert_eq!(slugs(&made), ["kalmar", "kronoberg"]);
    let path = address(&made);
    let read = blekinge.clone().speaking("sv").get(&path).await.ok();
    assert_eq!(read["name"]["text"], "Styrgrupp");
    assert_eq!(
        (&read["mandate"]["text"], &read["matters"][1]["text"]),
        (&json!("Leder arbetet"), &json!("mobila bibliotek"))
    );
    assert_eq!(
        (&read["starts"], &read["ends"], &read["kind"]),
        (&json!("2010-01"), &json!("2012~"), &json!("steering"))
    );
    // Members change the group that is served, so its version rises.
    let members = format!("{path}/members");
    let added = kronoberg.post_from(&members, 1, json!({"tenantId": blekinge.tenant})).await.made();
    assert_eq!((slugs(&added), &added["version"]), (vec!["blekinge", "kalmar", "kronoberg"], &json!(2)));
    kronoberg
        .post_from(&members, 1, json!({"tenantId": blekinge.tenant}))
        .await
        .problem(412, "stale_version");
    let removed = kronoberg.delete(&format!("{members}/{}", kalmar.tenant), 2).await.ok();
    assert_eq!((slugs(&removed), &removed["version"]), (vec!["blekinge", "kronoberg"], &json!(3)));
    kronoberg.delete(&format!("{members}/{}", kalmar.tenant), 3).await.problem(404, "not_found");
    let changed = kronoberg.patch(&path, 3, json!({"kind": "team", "matters": []})).await.ok();
    assert_eq!(
        (&changed["kind"], &changed["matters"], &changed["version"]),
        (&json!("team"), &json!([]), &json!(4))
    );
    assert_eq!(changed["mandate"], made["mandate"], "what is left out stays");
    // Who leaves the consortium is in none of its groups.
    let mine = blekinge.get("/memberships").await.ok();
    let leave = format!("/memberships/{}/leave", mine["items"][0]["id"].as_str().unwrap());
    blekinge.post_from(&leave, mine["items"][0]["version"].as_i64().unwrap(), json!({})).await.ok();
    assert_eq!(slugs(&kronoberg.get(&path).await.ok()), ["kronoberg"]);
    blekinge.get(&path).await.problem(404, "not_found");
    outside.get(&path).await.problem(404, "not_found");
    node.operator().get(&path).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn groups_are_listed_for_those_with_a_seat(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, observer, outside] = [
        node.tenant("aa").await,
        node.tenant("bb").await,
        node.tenant("observer").await,
        node.tenant("outside").await,
    ];
    let ring = node.consortium("ring", &[&a, &b]).await;
    node.observer(ring, &a, &observer).await;
    let list = format!("/consortia/{ring}/groups");
    assert_eq!(b.get(&list).await.ok()["items"], json!([]));
    let body = |kind: &str, members: Value| json!({"name": texts("Gruppe", "Grupp"), "kind": kind, "memberIds": members});
    for (kind, members) in
        [("working", json!([])), ("network", json!([a.tenant, b.tenant])), ("working", json!([b.tenant]))]
    {
        a.post(&list, body(kind, members)).await.made();
    }
    let first = observer.get(&format!("{list}?first=2")).await.ok();
    let kinds = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|g| g["kind"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&first), ["working", "network"]);
    assert_eq!(slugs(&first["items"][1]), ["aa", "bb"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let last = observer.get(&format!("{list}?first=2&after={cursor}")).await.ok();
    assert_eq!((kinds(&last), last.get("nextCursor")), (vec![json!("working")], None));
    assert_eq!(kinds(&b.get(&format!("{list}?kind=network")).await.ok()), ["network"]);
    let with_b = b.get(&format!("{list}?memberId={}", b.tenant)).await.ok();
    assert_eq!(kinds(&with_b), ["network", "working"]);
    assert_eq!(slugs(&with_b["items"][0]), ["aa", "bb"], "a filter hides no member");
    // GraphQL tells the same.
    let query = "query($c: ID!, $m: ID!) { groups(consortiumId: $c, filter: {memberId: $m}) { edges { node {
        id consortiumId kind name { text } mandate { text } matters { text } starts ends version members { tenantId slug name { text } } } } } }";
    let data = b.data(query, json!({"c": ring, "m": b.tenant})).await;
    assert_eq!(data["groups"]["edges"][0]["node"]["id"], with_b["items"][0]["id"]);
    assert_eq!(data["groups"]["edges"][1]["node"]["members"][0]["slug"], "bb");
    // Refusals.
    outside.get(&list).await.problem(404, "not_found");
    b.get(&format!("/consortia/{}/groups", uuid::Uuid::now_v7())).await.problem(404, "not_found");
    node.operator().get(&list).await.problem(403, "forbidden");
    node.anonymous().get(&list).await.problem(401, "unauthenticated");
    b.get(&format!("{list}?kind=choir")).await.problem(422, "invalid_input");
    b.get(&format!("{list}?memberId=x")).await.problem(422, "invalid_input");
    for who in [&b, &observer] {
        who.post(&list, body("team", json!([]))).await.problem(403, "forbidden");
    }
    outside.post(&list, body("team", json!([a.tenant]))).await.problem(404, "not_found");
    node.client(a.tenant, Role::Contributor)
        .post(&list, body("team", json!([])))
        .await
        .problem(403, "forbidden");
    node.client(a.tenant, Role::Editor).post(&list, body("team", json!([]))).await.made();
}

#[rstest]
#[actix_web::test]
async fn a_group_of_strangers_or_nonsense_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, outside] = [node.tenant("aa").await, node.tenant("bb").await, node.tenant("outside").await];
    let ring = node.consortium("ring", &[&a, &b]).await;
    let list = format!("/consortia/{ring}/groups");
    let name = texts("Gruppe", "Grupp");
    let many: Vec<Value> = (0..51).map(|n| texts(&format!("{n}"), "x")).collect();
    for (body, pointer, code) in [
        (json!({"name": [], "kind": "team"}), "/name", "required"),
        (json!({"name": name, "kind": "choir"}), "/kind", "unknown_value"),
        (json!({"name": name}), "/kind", "required"),
        (json!({"name": name, "kind": "team", "starts": "in spring"}), "/starts", "edtf"),
        (json!({"name": name, "kind": "team", "ends": "2010-13"}), "/ends", "edtf"),
        (json!({"name": name, "kind": "team", "mandate": []}), "/mandate", "required"),
        (json!({"name": name, "kind": "team", "matters": [[]]}), "/matters/0", "required"),
        (json!({"name": name, "kind": "team", "matters": many}), "/matters", "too_many"),
        (
            json!({"name": name, "kind": "team", "memberIds": [a.tenant, outside.tenant]}),
            "/memberIds/1",
            "not_a_member",
        ),
        (
            json!({"name": name, "kind": "team", "memberIds": [uuid::Uuid::now_v7()]}),
            "/memberIds/0",
            "not_a_member",
        ),
        (
            json!({"name": name, "kind": "team", "memberIds": [a.tenant, a.tenant]}),
            "/memberIds/1",
            "duplicate",
        ),
    ] {
        let fault = a.post(&list, body).await.problem(422, "invalid_input");
        assert_eq!(
            (fault["errors"][0]["pointer"].as_str(), fault["errors"][0]["code"].as_str()),
            (Some(pointer), Some(code))
        );
    }
    assert_eq!(a.get(&list).await.ok()["items"], json!([]), "nothing of it was kept");
    let made = a.post(&list, json!({"name": name, "kind": "team", "memberIds": [b.tenant]})).await.made();
    let members = format!("{}/members", address(&made));
    for (tenant, code) in [(b.tenant, "already_member"), (outside.tenant, "not_a_member")] {
        let fault = a.post_from(&members, 1, json!({"tenantId": tenant})).await.problem(422, "invalid_input");
        assert_eq!(fault["errors"][0]["code"], code);
    }
    b.post_from(&members, 1, json!({"tenantId": a.tenant})).await.problem(403, "forbidden");
    b.delete(&format!("{members}/{}", b.tenant), 1).await.problem(403, "forbidden");
    outside.patch(&address(&made), 1, json!({"kind": "team"})).await.problem(404, "not_found");
    a.patch(&address(&made), 9, json!({"kind": "team"})).await.problem(412, "stale_version");
    a.post(&members, json!({"tenantId": a.tenant})).await.problem(428, "version_required");
    // Made once, however often the request is repeated.
    let keyed = a.clone().with_key("g1");
    let body = json!({"name": name, "kind": "network"});
    assert_eq!(keyed.post(&list, body.clone()).await.made(), keyed.post(&list, body).await.made());
    assert_eq!(a.get(&list).await.ok()["items"].as_array().unwrap().len(), 2);
}

async fn has(library: &Client, notation: &str) {
    let body =
        json!({"conceptId": concept_id(notation), "stance": "have", "level": 2, "visibility": "consortium"});
    library.post("/competences", body).await.made();
}

#[rstest]
#[actix_web::test]
async fn a_group_has_a_landscape_of_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, c, outside] = [
        node.tenant("aa").await,
        node.tenant("bb").await,
        node.tenant("cc").await,
        node.tenant("outside").await,
    ];
    let ring = node.consortium("ring", &[&a, &b, &c]).await;
    let other = node.consortium("other", &[&a]).await;
    for (library, concepts) in
        [(&a, &["c:music"][..]), (&b, &["c:music", "c:web"]), (&c, &["c:web", "c:games"])]
    {
        for concept in concepts {
            has(library, concept).await;
        }
    }
    let group = async |consortium: &samvirke::id::ConsortiumId, members: Value| {
        let body = json!({"name": texts("Gruppe", "Grupp"), "kind": "working", "memberIds": members});
        a.post(&format!("/consortia/{consortium}/groups"), body).await.made()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let [pair, empty, elsewhere] = [
        group(&ring, json!([a.tenant, c.tenant])).await,
        group(&ring, json!([])).await,
        group(&other, json!([a.tenant])).await,
    ];
    let landscape = async |who: &Client, group: &str| {
        who.get(&format!("/consortia/{ring}/landscape?groupId={group}")).await
    };
    let whole = b.get(&format!("/consortia/{ring}/landscape")).await.ok();
    assert_eq!((&whole["totals"]["common"], &whole["totals"]["unique"]), (&json!(2), &json!(1)));
    // Among the two nothing is common any more; whoever has a seat may ask, in the group or not.
    let of_two = landscape(&b, &pair).await.ok();
    assert_eq!((&of_two["totals"]["common"], &of_two["totals"]["unique"]), (&json!(0), &json!(3)));
    assert_eq!(
        (&of_two["completeness"]["expected"], &of_two["completeness"]["reporting"]),
        (&json!(2), &json!(2))
    );
    assert!(!of_two.to_string().contains(&b.tenant.to_string()));
    let none = landscape(&c, &empty).await.ok();
    assert_eq!((&none["totals"]["concepts"], &none["completeness"]["expected"]), (&json!(0), &json!(0)));
    let query = "query($c: ID!, $g: ID!) { landscape(consortiumId: $c, filter: {groupId: $g}) { totals { concepts common unique } } }";
    let data = c.data(query, json!({"c": ring, "g": pair})).await;
    assert_eq!(data["landscape"]["totals"]["unique"], 3);
    // Another consortium's group is as unknown as none at all.
    for unknown in [elsewhere, uuid::Uuid::now_v7().to_string()] {
        let fault = landscape(&a, &unknown).await.problem(422, "invalid_input");
        assert_eq!(fault["errors"][0]["code"], "unknown_group");
    }
    landscape(&outside, &pair).await.problem(404, "not_found");
}
