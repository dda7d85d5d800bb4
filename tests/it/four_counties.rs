//! The four county libraries of the Norwegian gathering paste their own lists, and get what they said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

fn seed() -> Value {
    serde_json::from_str(include_str!("../../src/demo/data/norway-four-counties.json")).unwrap()
}

fn list(tenant: &Value) -> String {
    let lines = tenant["strengths"].as_array().unwrap().iter().map(|line| line["raw"].as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Shows 10, 16, 17, 18 by pasteCompetences, profile.
#[rstest]
#[actix_web::test]
async fn four_pasted_lists_hold_what_the_gathering_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let seed = seed();
    let mut holders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut doubled = 0;
    for tenant in seed["tenants"].as_array().unwrap() {
        let slug = tenant["id"].as_str().unwrap();
        let library = node.tenant(slug).await;
        let body =
            json!({"text": list(tenant), "language": "nb", "stance": "have", "visibility": "consortium"});
        let pasted = library.post("/competences/paste", body.clone()).await.ok();
        let expected = &seed["expected"]["tenantTotals"][slug];
        assert_eq!(pasted["added"], expected["distinctConcepts"], "{slug}: {pasted}");
        assert_eq!((&pasted["unmapped"], &pasted["refused"]), (&json!(0), &json!(0)), "{slug}");
        doubled += pasted["doubled"].as_i64().unwrap();
        let again = library.post("/competences/paste", body).await.ok();
        assert_eq!(again["added"], 0, "a second time adds nothing");

        let rest = library.get(&format!("/tenants/{}/profile", library.tenant)).await.ok();
        let entries = rest["entries"].as_array().unwrap();
        let query = "query($id: ID!) { profile(tenantId: $id) { entries { id concept { notation label { text } } } } }";
        let graphql = library.data(query, json!({"id": library.tenant})).await;
        let told = graphql["profile"]["entries"].as_array().unwrap();
        assert_eq!(entries.len(), told.len());
        for (rest, graphql) in entries.iter().zip(told) {
            assert_eq!(rest["id"], graphql["id"]);
            assert_eq!(rest["concept"]["label"]["text"], graphql["concept"]["label"]["text"]);
            let notation = rest["concept"]["notation"].as_str().unwrap().to_owned();
            holders.entry(notation).or_default().insert(slug.to_owned());
        }
    }
    assert_eq!(doubled, 2, "tjenestemarkedsføring twice, bibliotekplan and planarbeid once");
    let expected: BTreeMap<String, BTreeSet<String>> = seed["expected"]["conceptHolders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            let tenants = c["tenants"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned());
            (c["concept"].as_str().unwrap().to_owned(), tenants.collect())
        })
        .collect();
    assert_eq!(holders, expected);
    let by = |n| holders.values().filter(|tenants| tenants.len() == n).count();
    assert_eq!((holders.len(), by(3), by(2), by(1)), (41, 4, 2, 35));
}

#[rstest]
#[actix_web::test]
async fn three_bad_lines_of_five_hundred_are_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let mut lines: Vec<String> = (1..=500).map(|n| format!("egen oppfinnelse nummer {n}")).collect();
    for bad in [7, 250, 499] {
        lines[bad] = "x".repeat(301);
    }
    let body = |mode| json!({"text": lines.join("\n"), "language": "nb", "stance": "have", "mode": mode});
    let fault =
        library.post("/competences/paste", body("all_or_nothing")).await.problem(422, "invalid_input");
    let named: Vec<_> =
        fault["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(named, ["/text/lines/8", "/text/lines/251", "/text/lines/500"]);
    let none = library.get("/competences").await.ok();
    assert_eq!(none["items"], json!([]), "nothing was written");
    let pasted = library.post("/competences/paste", body("good_lines")).await.ok();
    assert_eq!((&pasted["refused"], &pasted["unmapped"]), (&json!(3), &json!(497)));
    library
        .post("/competences/paste", json!({"text": " ", "language": "nb", "stance": "have"}))
        .await
        .problem(422, "invalid_input");
}

/// Shows 24 by createCompetence, competence, competences.
#[rstest]
#[actix_web::test]
async fn a_private_entry_does_not_exist_for_a_neighbour(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    node.consortium("vest", &[&oslo, &bergen]).await;
    let add = async |phrase: &str, visibility: &str| {
        let body =
            json!({"sourcePhrase": phrase, "language": "nb", "stance": "have", "visibility": visibility});
        oslo.post("/competences", body).await.made()["id"].as_str().unwrap().to_owned()
    };
    let hidden = [add("musikk", "private").await, add("spill", "sealed").await];
    let shared = add("kassering", "consortium").await;
    for id in &hidden {
        let seen = bergen.get(&format!("/competences/{id}")).await.problem(404, "not_found");
        let absent =
            bergen.get(&format!("/competences/{}", uuid::Uuid::now_v7())).await.problem(404, "not_found");
        assert_eq!((&seen["detail"], &seen["title"]), (&absent["detail"], &absent["title"]));
        oslo.get(&format!("/competences/{id}")).await.ok();
        bergen.patch(&format!("/competences/{id}"), 1, json!({"level": 1})).await.problem(404, "not_found");
    }
    bergen.get(&format!("/competences/{shared}")).await.ok();
    bergen.patch(&format!("/competences/{shared}"), 1, json!({"level": 1})).await.problem(403, "forbidden");
    tromso.get(&format!("/competences/{shared}")).await.problem(404, "not_found");
    let seen = bergen.get(&format!("/competences?tenantId={}", oslo.tenant)).await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
}

/// Shows 27 by suggestConcepts.
#[rstest]
#[actix_web::test]
async fn words_of_three_languages_meet(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let mut met = BTreeSet::new();
    for (text, language) in [("IKT-utvikling", "nb"), ("it-udvikling", "da"), ("IT-utveckling", "sv")] {
        let found = library.get(&format!("/concept-suggestions?text={text}&language={language}")).await.ok();
        met.insert(found["items"][0]["concept"]["notation"].as_str().unwrap().to_owned());
    }
    assert_eq!(met.len(), 1, "{met:?}");
}
