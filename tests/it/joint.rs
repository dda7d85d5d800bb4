//! What a consortium is together, in figures; and what a project lacks that others have.

use migration::registers::concept_id;
use serde_json::{Value, json};

use crate::{
    aggregates::text,
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::as_rest,
};

async fn has(who: &Client, concept: &str, stance: &str, more: Value) {
    let mut entry = json!({"conceptId": concept_id(concept), "stance": stance, "visibility": "consortium"});
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/competences", entry).await.made();
}

const LABEL: &str = "{ text language fallback }";

/// Shows 161 by jointWeight.
#[rstest]
#[actix_web::test]
async fn a_consortium_tells_what_it_weighs(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let mut libraries = Vec::new();
    for (slug, kind, country, regions) in [
        ("akershus", "county_library", "NO", json!(["no-32"])),
        ("ostfold", "county_library", "NO", json!(["no-31", "no-32"])),
        ("kalmar", "public_library", "SE", json!(["se-08"])),
    ] {
        let body = json!({"slug": slug, "kind": kind, "country": country, "regionIds": regions,
            "name": [{"language": "nb", "text": slug}]});
        let made = node.operator().post("/tenants", body).await.made();
        libraries.push(node.client(text(&made["id"]).parse().unwrap(), samvirke::auth::Role::Admin));
    }
    let [a, b, c] = &libraries[..] else { panic!("three libraries") };
    let consortium = node.consortium("alle", &[a, b, c]).await;
    let at = format!("/consortia/{consortium}/joint-weight");
    let before = a.get(&at).await.ok();
    assert!(before["figures"].as_array().unwrap().iter().all(|figure| figure["value"] == 0), "{before}");

    for (who, concept, stance) in [
        (a, "c:music", "have"),
        (b, "c:music", "have"),
        (a, "c:games", "have"),
        (c, "c:games", "want"),
        (c, "c:web", "want"),
    ] {
        has(who, concept, stance, json!({})).await;
    }
    has(b, "c:weeding", "have", json!({"visibility": "private"})).await;
    let body = json!({"kind": "strength", "text": "Vi kan", "language": "nb", "visibility": "consortium"});
    b.post("/statements", body).await.made();
    let project = json!({"title": [{"language": "nb", "text": "Felles kurs"}], "visibility": "consortium",
        "consortiumId": consortium});
    let project = a.post("/projects", project).await.made();
    for (currency, amount) in [("NOK", 500), ("SEK", 70)] {
        let application = json!({"projectId": project["id"], "funder": "Fondet", "funderKind": "foundation",
            "currency": currency, "appliedMinor": amount, "visibility": "consortium"});
        let made = a.post("/funding-applications", application).await.made();
        let moved = format!("/funding-applications/{}/move", text(&made["id"]));
        a.post_from(&moved, 1, json!({"to": "applied", "on": "2026-02-03"})).await.ok();
    }

    let told = c.get(&at).await.ok();
    let of = |list: &Value, name: &str| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|one| one[name].clone()).collect()
    };
    assert_eq!(of(&told["members"], "kind"), ["county_library", "public_library"]);
    assert_eq!(of(&told["members"], "tenants"), [2, 1]);
    assert_eq!((&told["countries"], &told["regions"]), (&json!(["NO", "SE"]), &json!(3)));
    let landscape = c.get(&format!("/consortia/{consortium}/landscape")).await.ok();
    assert_eq!(told["competences"], landscape["totals"]);
    assert_eq!(told["competences"], json!({"concepts": 3, "common": 1, "unique": 1, "gap": 1, "covered": 1}));
    // The totals are those of each cube.
    let mut expected = Vec::new();
    for cube in ["statements", "projects", "commitments", "activities", "priorities", "funding", "agreements"]
    {
        let path = format!("/consortia/{consortium}/aggregates/{cube}");
        let total = a.get(&path).await.ok();
        let money = if cube == "funding" {
            a.get(&format!("{path}?groupBy=currency")).await.ok()
        } else {
            json!({"cells": []})
        };
        for (n, measure) in total["measures"].as_array().unwrap().iter().enumerate() {
            let measure = text(measure);
            let cell = |cell: &Value, currency: Value| json!({"cube": cube, "measure": measure, "currency": currency, "value": cell["values"][n]});
            if ["applied", "granted", "rejected"].contains(&measure.as_str()) {
                let cells = money["cells"].as_array().unwrap().iter();
                expected.extend(cells.map(|one| cell(one, one["places"][0]["code"].clone())));
            } else {
                expected.push(cell(&total["cells"][0], Value::Null));
            }
        }
    }
    let figures: Vec<Value> = told["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({"cube": one["cube"], "measure": one["measure"], "currency": one["currency"], "value": one["value"]}))
        .collect();
    assert_eq!(figures, expected);
    let applied: Vec<&Value> = figures.iter().filter(|one| one["measure"] == "applied").collect();
    assert_eq!(applied.iter().map(|one| one["value"].as_i64().unwrap()).collect::<Vec<_>>(), [500, 70]);

    // The other face, in another language, and again.
    let query = format!(
        "query($id: ID!) {{ jointWeight(consortiumId: $id) {{ members {{ kind label {LABEL} tenants }} countries regions
            competences {{ concepts common unique gap covered }}
            figures {{ cube measure name {LABEL} unit {LABEL} currency value }}
            completeness {{ consortiumIds expected reporting inParts asOf definition {LABEL} source {LABEL} licence {LABEL} }} }} }}"
    );
    let finn = c.clone().speaking("fi");
    let rest = finn.get(&at).await.ok();
    assert_eq!(rest["figures"][0]["name"]["language"], "fi");
    let graphql = finn.data(&query, json!({"id": consortium})).await;
    assert_eq!(as_rest(&graphql["jointWeight"]), rest);
    let stranger = node.tenant("utenfor").await;
    stranger.get(&at).await.problem(404, "not_found");
}

/// Shows 65, 66, 69 by createProject, projectGap.
#[rstest]
#[actix_web::test]
async fn a_project_finds_out_what_it_lacks_and_who_could_bring_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, c, d] = [
        node.tenant("akershus").await,
        node.tenant("buskerud").await,
        node.tenant("kalmar").await,
        node.tenant("utenfor").await,
    ];
    let consortium = node.consortium("alle", &[&a, &b, &c]).await;
    let concepts = ["c:music", "c:games", "c:web", "c:weeding"].map(concept_id);
    let project = json!({"title": [{"language": "nb", "text": "Felles kurs"}], "visibility": "consortium",
        "consortiumId": consortium, "conceptIds": concepts});
    let project = a.post("/projects", project).await.made();
    let own = format!("/projects/{}", text(&project["id"]));
    let at = format!("{own}/competence-gap");
    joins(&a, &b, &own).await;
    has(&b, "c:music", "have", json!({"level": 3})).await;
    has(&a, "c:games", "want", json!({})).await;
    has(&c, "c:games", "have", json!({"level": 2})).await;
    has(&d, "c:games", "have", json!({"level": 4, "visibility": "public"})).await;
    // What is kept back helps nobody but its own.
    has(&c, "c:web", "have", json!({"visibility": "private"})).await;
    has(&c, "c:weeding", "have", json!({"visibility": "sealed"})).await;

    let gap = a.get(&at).await.ok();
    let told: Vec<Value> = gap["concepts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let slugs = |list: &Value| -> Vec<String> {
                list.as_array().unwrap().iter().map(|who| text(&who["tenant"]["slug"])).collect()
            };
            let wanted: Vec<String> =
                one["wanted"].as_array().unwrap().iter().map(|who| text(&who["slug"])).collect();
            json!([
                one["concept"]["notation"],
                one["state"],
                slugs(&one["present"]),
                wanted,
                slugs(&one["elsewhere"]),
                one["elsewhereTotal"]
            ])
        })
        .collect();
    let expected = [
        json!(["c:music", "present", ["buskerud"], [], [], 0]),
        json!(["c:games", "elsewhere", [], ["akershus"], ["utenfor", "kalmar"], 2]),
        json!(["c:web", "nowhere", [], [], [], 0]),
        json!(["c:weeding", "nowhere", [], [], [], 0]),
    ];
    assert_eq!(told, expected);
    assert_eq!((&gap["missing"], &gap["projectId"]), (&json!(3), &project["id"]));
    // Its own it sees.
    let mine = c.get(&at).await.ok();
    assert_eq!(mine["concepts"][2]["elsewhere"][0]["tenant"]["slug"], "kalmar");
    d.get(&at).await.problem(404, "not_found");
    a.get("/projects/01900000-0000-7000-8000-000000000000/competence-gap").await.problem(404, "not_found");

    let query = format!(
        "query($id: ID!) {{ projectGap(id: $id) {{ projectId missing definition {LABEL} concepts {{ state elsewhereTotal
            concept {{ id notation label {LABEL} }} wanted {{ id slug name {LABEL} }}
            present {{ level tenant {{ id slug name {LABEL} }} }} elsewhere {{ level tenant {{ id slug name {LABEL} }} }} }} }} }}"
    );
    let dane = a.clone().speaking("da");
    let rest = dane.get(&at).await.ok();
    assert_eq!(rest["definition"]["language"], "da");
    assert_eq!(as_rest(&dane.data(&query, json!({"id": project["id"]})).await["projectGap"]), rest);
    // Who leaves takes it along.
    let version = b.get(&own).await.ok()["participants"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["tenantId"] == json!(b.tenant))
        .unwrap()["version"]
        .as_i64()
        .unwrap();
    b.post_from(&format!("{own}/participation/leave"), version, json!({})).await.ok();
    assert_eq!(a.get(&at).await.ok()["concepts"][0]["state"], "elsewhere");
}

async fn joins(lead: &Client, whom: &Client, project: &str) {
    let asked = json!({"tenantId": whom.tenant, "role": "partner"});
    lead.post(&format!("{project}/participants"), asked).await.made();
    whom.post_from(&format!("{project}/participation/accept"), 1, json!({})).await.ok();
}
