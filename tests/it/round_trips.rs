//! No list asks once a row: a page of fifty costs as many statements as a page of one, on either face. Lists are
//! enumerated from the product, so that a new one without a line here fails by name.

use std::collections::{BTreeMap, BTreeSet};

use samvirke::{id::ConsortiumId, tenancy::SeatRole};
use serde_json::{Value, json};

use crate::{
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    walls::product::{Call, Product},
};

/// Every list, and how many rows its page of fifty has here at least.
const LISTS: &[(&str, usize)] = &[
    ("tenants", 50),
    ("consortia", 50),
    ("memberships", 50),
    ("myMemberships", 50),
    ("concepts", 50),
    // The registers that a node starts with have no more of these.
    ("themes", 10),
    ("conceptSchemes", 1),
    ("competences", 50),
    ("competenceHistory", 50),
    ("projects", 50),
    ("products", 50),
    ("fundingApplications", 50),
    ("agreements", 50),
    ("participants", 50),
    ("priorityRounds", 50),
    ("groups", 50),
    ("organisations", 50),
    ("serviceAccounts", 50),
    ("accessInvitations", 50),
    ("principals", 50),
    ("erasures", 50),
    ("contacts", 50),
    ("statements", 50),
    ("commitments", 50),
    ("commitmentSteps", 50),
    ("activities", 50),
    ("activityRegistrations", 50),
    ("activityEvaluations", 50),
    ("allMeetingSeries", 50),
    ("meetings", 50),
    ("attendances", 50),
    ("exercises", 50),
    ("notes", 50),
    ("endorsements", 50),
    ("conceptDefinitions", 50),
    ("competenceSightings", 50),
    ("occasions", 50),
    ("strengthClaims", 50),
    // Computed; two libraries share one competence here.
    ("suggestions", 1),
    ("search", 50),
    ("auditRecords", 50),
    ("auditReads", 50),
    ("events", 50),
    ("municipalities", 50),
    ("regions", 20),
    ("priorityProposals", 50),
    ("releaseRulesProposals", 50),
    ("releases", 50),
    ("releaseCells", 50),
    ("releaseContributions", 50),
];

/// BEGIN and who is calling are one round trip on PostgreSQL, and nothing is committed.
const ROUND_TRIPS: u64 = 3;

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn named(name: &str) -> Value {
    json!([{"language": "nb", "text": name}])
}

/// More than fifty of everything, and the id that each list is asked under.
async fn fill(node: &TestNode) -> (Client, BTreeMap<&'static str, String>) {
    let oslo = node.tenant("oslo").await;
    let mut ids = BTreeMap::new();
    let beside = node.tenant("bergen").await;
    let consortium = node.consortium("alle", &[&oslo, &beside]).await;
    for list in [
        "memberships",
        "groups",
        "organisations",
        "occasions",
        "suggestions",
        "strengthClaims",
        "allMeetingSeries",
    ] {
        ids.insert(list, consortium.to_string());
    }
    let project = oslo.post("/projects", json!({"title": named("felles")})).await.made();
    ids.insert("participants", text(&project["id"]));
    let round = json!({"question": named("Hva først?"), "method": "dots", "backbone": 3, "points": 5});
    let rounds = format!("/consortia/{consortium}/priority-rounds");
    let proposed = text(&oslo.post(&rounds, round.clone()).await.made()["id"]);
    let proposals = format!("/priority-rounds/{proposed}/proposals");
    ids.insert("priorityProposals", proposed);
    let entry = oslo.post("/competences/paste", paste("musikk\n")).await.ok()["written"].clone();
    assert_eq!(entry, true);
    let entry = text(&oslo.get("/competences").await.ok()["items"][0]["id"]);
    node.principals(oslo.tenant, 51).await;
    let open = json!({"kind": "strength", "text": "Musikk", "language": "nb", "visibility": "public"});
    let promise = json!({"text": "Vi vil møtes", "language": "nb"});
    ids.insert("commitmentSteps", text(&oslo.post("/commitments", promise).await.made()["id"]));
    ids.insert("endorsements", text(&oslo.post("/statements", open).await.made()["id"]));
    let course = json!({"kind": "course", "title": "Kurs", "language": "nb", "visibility": "public"});
    let opened = async |title: &str| {
        let mut course = course.clone();
        course["title"] = title.into();
        let id = text(&oslo.post("/activities", course).await.made()["id"]);
        oslo.post_from(&format!("/activities/{id}/state"), 1, json!({"state": "open"})).await.ok();
        id
    };
    let mut comers = Vec::new();
    let (coming, was) = (opened("kommer").await, opened("var").await);
    let music = migration::registers::concept_id("c:music");
    ids.insert("conceptDefinitions", music.to_string());
    let meeting = json!({"title": named("møte"), "held": "2010-09"});
    let meetings = format!("/consortia/{consortium}/meetings");
    let held = text(&oslo.post(&meetings, meeting.clone()).await.made()["id"]);
    ids.insert("attendances", held.clone());
    let exercises = format!("/meetings/{held}/exercises");
    ids.insert("exercises", held.clone());
    let exercise =
        text(&oslo.post(&exercises, json!({"kind": "free", "title": named("øvelse")})).await.made()["id"]);
    oslo.post_from(&format!("/exercises/{exercise}/open"), 1, json!(null)).await.ok();
    let note = json!({"text": "lapp", "language": "nb"});
    oslo.post(&format!("/exercises/{exercise}/notes"), json!({"notes": vec![note; 51]})).await.made();
    ids.insert("notes", exercise);
    for _ in 0..51 {
        let meant = json!({"text": "Det å dele", "language": "nb"});
        oslo.post(&format!("/concepts/{music}/definitions"), meant).await.made();
        oslo.post("/access-invitations", json!({"role": "viewer"})).await.made();
    }
    for n in 0..51 {
        let other = node.tenant(&format!("t{n}")).await;
        node.join(consortium, &oslo, &other, SeatRole::Member).await;
        let made = json!({"slug": format!("c{n}"), "name": named("c"), "coordinatorId": oslo.tenant});
        node.operator().post("/consortia", made).await.made();
        oslo.post("/projects", json!({"title": named(&format!("p{n}"))})).await.made();
        let product = json!({"kind": "guide", "title": format!("g{n}"), "language": "nb"});
        let product = text(&oslo.post("/products", product).await.made()["id"]);
        let money = json!({"projectId": ids["participants"], "funder": format!("f{n}"), "funderKind": "other",
            "currency": "NOK", "appliedMinor": n});
        oslo.post("/funding-applications", money).await.made();
        let had_part = json!({"tenantId": other.tenant, "role": "author"});
        oslo.post(&format!("/products/{product}/credits"), had_part).await.made();
        let agreement = json!({"title": format!("a{n}"), "purpose": "Vi lærer sammen", "language": "nb", "firstDay": "2026-01-01",
            "parties": [{"tenantId": other.tenant}]});
        let agreement = oslo.post("/agreements", agreement).await.made();
        let sign = format!("/agreements/{}/", text(&agreement["id"]));
        oslo.post_from(&format!("{sign}propose"), 1, json!({})).await.ok();
        for who in [&oslo, &other] {
            who.post(&format!("{sign}sign"), json!({"digest": agreement["textDigest"], "textVersion": 1}))
                .await
                .ok();
        }
        let part = json!({"tenantId": other.tenant, "role": "partner"});
        oslo.post(&format!("/projects/{}/participants", ids["participants"]), part).await.made();
        other.get(&format!("/projects/{}", ids["participants"])).await.ok();
        oslo.post(&rounds, round.clone()).await.made();
        oslo.post(&proposals, json!({"title": named(&format!("f{n}"))})).await.made();
        oslo.post(
            &format!("/consortia/{consortium}/meeting-series"),
            json!({"kind": "course", "title": named("k")}),
        )
        .await
        .made();
        oslo.post(&meetings, meeting.clone()).await.made();
        oslo.post(&exercises, json!({"kind": "free", "title": named("ø")})).await.made();
        other.put(&format!("/meetings/{held}/attendance"), json!({"people": 1})).await.ok();
        let group = json!({"name": named("g"), "kind": "team"});
        oslo.post(&format!("/consortia/{consortium}/groups"), group).await.made();
        let organisation = json!({"name": format!("o{n}"), "sector": "company"});
        oslo.post(&format!("/consortia/{consortium}/organisations"), organisation).await.made();
        let occasion = json!({"name": named("r")});
        oslo.post(&format!("/consortia/{consortium}/occasions"), occasion).await.made();
        let claim = json!({"conceptId": music, "text": format!("s{n}"), "language": "nb"});
        oslo.post(&format!("/consortia/{consortium}/strength-claims"), claim).await.made();
        let saw = json!({"phrase": format!("s{n}"), "language": "nb"});
        oslo.post(&format!("/tenants/{}/sightings", beside.tenant), saw).await.made();
        let account = json!({"tenantId": oslo.tenant, "role": "viewer", "label": format!("a{n}")});
        oslo.post("/service-accounts", account).await.made();
        let erasure = oslo.post(&format!("/tenants/{}/erasure", oslo.tenant), json!(null)).await.made();
        let cancel = format!("/erasures/{}/cancel", text(&erasure["id"]));
        oslo.post_from(&cancel, 1, json!(null)).await.ok();
        let said = json!({"kind": "challenge", "text": format!("uttalelse {n}"), "language": "nb"});
        oslo.post("/statements", said).await.made();
        other.post(&format!("/statements/{}/endorsement", ids["endorsements"]), json!(null)).await.ok();
        let promised = json!({"text": format!("v{n}"), "language": "nb", "partnerIds": [other.tenant]});
        oslo.post("/commitments", promised).await.made();
        let on = format!("/commitments/{}/follow-up", ids["commitmentSteps"]);
        oslo.post_from(&on, 1 + n, json!({"status": "open", "note": "videre", "language": "nb"})).await.ok();
        opened(&format!("k{n}")).await;
        for id in [&coming, &was] {
            other.post(&format!("/activities/{id}/registration"), json!({"places": 1})).await.ok();
        }
        comers.push(other.clone());
        let contact = json!({"kind": "function", "name": format!("f{n}"), "phone": "55 00 00 00"});
        oslo.post("/contacts", contact).await.made();
        let change = json!({"level": 1 + n % 4});
        oslo.patch(&format!("/competences/{entry}"), 1 + n, change).await.ok();
    }
    oslo.post_from(&format!("/activities/{was}/state"), 2, json!({"state": "held"})).await.ok();
    for other in comers {
        let said = other.request(reqwest::Method::PUT, &format!("/api/v1/activities/{was}/evaluation"));
        other.send(said.json(&json!({"score": 4}))).await.ok();
    }
    ids.insert("activityRegistrations", coming);
    ids.insert("activityEvaluations", was);
    let lines: String = (0..51).map(|n| format!("kompetanse nummer {n}\n")).collect();
    oslo.post("/competences/paste", paste(&lines)).await.ok();
    ids.insert("competenceHistory", entry);
    let web = json!({"stance": "have", "conceptId": migration::registers::concept_id("c:web"), "visibility": "public"});
    beside.post("/competences", web.clone()).await.made();
    oslo.post("/competences", web).await.made();
    releases(node, &oslo, consortium, &mut ids).await;
    node.app.db.write_sights().await.unwrap();
    (oslo, ids)
}

/// Fifty proposals of rules, and fifty releases of what there are fifty of.
async fn releases(
    node: &TestNode,
    oslo: &Client,
    consortium: ConsortiumId,
    ids: &mut BTreeMap<&'static str, String>,
) {
    let rules = format!("/consortia/{consortium}/release-rules");
    let same = oslo.get(&rules).await.ok()["rules"].clone();
    let concepts = oslo.get("/concepts?first=60").await.ok();
    for concept in concepts["items"].as_array().unwrap() {
        let has =
            json!({"stance": "have", "conceptId": concept["id"], "holders": 7, "visibility": "consortium"});
        oslo.post("/competences", has).await;
    }
    ids.insert("releaseRulesProposals", consortium.to_string());
    for n in 0..51 {
        oslo.post(&format!("{rules}-proposals"), same.clone()).await.made();
        let path = format!("/consortia/{consortium}/releases");
        let made = oslo.post(&path, json!({"measure": "headcount"})).await.made();
        ids.insert("releaseCells", text(&made["releases"][0]["id"]));
        let past = format!(
            "UPDATE figure_release SET as_of = '{n}', created_at = '2020-01-02T03:04:05+00:00' WHERE as_of LIKE '2%Q%'"
        );
        node.database.raw(&past).await;
    }
}

fn paste(lines: &str) -> Value {
    json!({"text": lines, "language": "nb", "stance": "have"})
}

/// What the product calls a list: whatever has pages.
fn lists(product: &Product) -> BTreeSet<String> {
    let document = serde_json::to_value(samvirke::app::openapi()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values());
    let paged = |operation: &&Value| {
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == "first"))
    };
    let rest = operations.filter(paged).map(|operation| text(&operation["operationId"]));
    let fields = product.operations.iter().filter(|(_, operation)| {
        operation.graphql.as_ref().is_some_and(|field| field.args.iter().any(|(name, _)| name == "first"))
    });
    rest.chain(fields.map(|(name, _)| name.clone())).collect()
}

#[rstest]
#[actix_web::test]
async fn a_page_of_fifty_costs_what_a_page_of_one_costs(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let product = Product::read(&node.app).await;
    let known: BTreeSet<String> = LISTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(lists(&product), known, "every list of the product has a line in tests/it/round_trips.rs");
    let (oslo, ids) = fill(&node).await;
    let mut told = String::new();
    for (name, least) in LISTS {
        let operation = &product.operations[*name];
        let (rest, field) = (operation.rest.as_ref().unwrap(), operation.graphql.as_ref().unwrap());
        let mut costs = BTreeSet::new();
        for first in [1, 50] {
            let mut call = Call { version: 1, ..Call::default() };
            call.args.insert("first".into(), first.into());
            if *name == "search" {
                call.args.insert("text".into(), "uttalelse".into());
                call.args.insert("kind".into(), "statement".into());
            }
            if let Some(id) = ids.get(name) {
                call.args.insert("id".into(), id.clone().into());
            }
            let before = node.app.db.statements();
            let rows = product.rest(&oslo, rest, &call).await.ok()["items"].as_array().unwrap().len();
            costs.insert(node.app.db.statements() - before);
            let enough = if first == 1 { 1 } else { *least };
            assert!(rows >= enough && rows <= first, "{name}: {rows} rows of {first}");
            let before = node.app.db.statements();
            let mut answer = product.graphql(&oslo, field, &call).await;
            // Everything of fifty large rows is more than one request may ask for.
            if first > 1 && answer.status == 400 {
                call.args.insert("first".into(), (first / 4).into());
                answer = product.graphql(&oslo, field, &call).await;
            }
            let answer = answer.ok();
            assert!(answer.get("errors").is_none(), "{name}: {answer}");
            let shown = answer["data"][*name]["edges"].as_array().unwrap().len();
            assert!(shown == rows || shown == first / 4, "{name}: {shown} rows");
            costs.insert(node.app.db.statements() - before);
        }
        told += &format!("{name} {costs:?}\n");
        assert!(costs.len() == 1, "{name} asks once a row: {costs:?}");
        // What a consortium shares is asked in three questions, whatever comes of it.
        let most = match *name {
            "suggestions" => ROUND_TRIPS + 2,
            "strengthClaims" => ROUND_TRIPS + 3,
            _ => ROUND_TRIPS,
        };
        assert!(costs.iter().all(|cost| *cost <= most), "{name}: {costs:?} round trips");
    }
    println!("{kind:?}\n{told}");
}
