//! Libraries, what they cover, and whom to turn to in them.

use chrono::Days;
use migration::registers::concept_id;
use samvirke::{auth::Role, when};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn slugs(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|tenant| text(&tenant["slug"])).collect()
}

async fn library(node: &TestNode, body: Value) -> (Value, Client) {
    let made = node.operator().post("/tenants", body).await.made();
    let client = node.client(text(&made["id"]).parse().unwrap(), Role::Admin);
    (made, client)
}

/// Shows 2, 3, 4 by createTenant, changeTenant, tenants, aggregateCompetences.
#[rstest]
#[actix_web::test]
async fn a_library_serves_several_regions_and_many_municipalities(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let sydost = json!({"slug": "sydost", "kind": "county_library", "country": "SE",
        "name": [{"language": "sv", "text": "Länsbibliotek Sydost"}], "regionIds": ["se-07", "se-10"],
        "municipalityCount": 25});
    let (made, sydost) = library(&node, sydost).await;
    assert_eq!((&made["regionIds"], &made["municipalityCount"]), (&json!(["se-07", "se-10"]), &json!(25)));
    let hospital = json!({"slug": "kalmar-sjukhus", "kind": "hospital_library", "country": "SE",
        "name": [{"language": "sv", "text": "Sjukhusbiblioteket"}], "regionIds": ["se-08"]});
    let (_, hospital) = library(&node, hospital).await;
    // Found by either region, and by its type.
    for region in ["se-07", "se-10"] {
        assert_eq!(slugs(&hospital.get(&format!("/tenants?regionId={region}")).await.ok()), ["sydost"]);
    }
    let by_type = sydost.get("/tenants?kind=hospital_library").await.ok();
    assert_eq!(slugs(&by_type), ["kalmar-sjukhus"]);
    // Where they are known, they are listed.
    let some = sydost.get("/municipalities?regionId=se-07&first=2").await.ok();
    let some: Vec<&Value> = some["items"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
    let change = json!({"municipalityIds": some});
    let listed = sydost.patch(&format!("/tenants/{}", sydost.tenant), 1, change).await.ok();
    assert_eq!(listed["municipalityIds"], json!(some));
    assert_eq!(listed["municipalityCount"], 25);
    // Counties are crossed, and figures told by type and region.
    let consortium = node.consortium("sydost", &[&sydost, &hospital]).await;
    for who in [&sydost, &hospital] {
        let has = json!({"stance": "have", "conceptId": concept_id("c:web"), "visibility": "consortium"});
        who.post("/competences", has).await.made();
    }
    let cube = |by: &str| format!("/consortia/{consortium}/aggregates/competences?{by}");
    let one = hospital.get(&cube("groupBy=concept&kind=hospital_library")).await.ok();
    assert_eq!(one["cells"][0]["tenantsHaving"], 1);
    let both = hospital.get(&cube("groupBy=concept")).await.ok();
    assert_eq!(both["cells"][0]["tenantsHaving"], 2);
    assert_eq!(
        hospital.get(&cube("groupBy=region&regionId=se-10")).await.ok()["completeness"]["expected"],
        1
    );
}

/// Shows 6 by createContact, contacts, removeContact.
#[rstest]
#[actix_web::test]
async fn a_project_says_whom_to_turn_to_until_the_name_is_withdrawn(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let project = json!({"title": [{"language": "nb", "text": "Sammen"}], "visibility": "public"});
    let project = oslo.post("/projects", project).await.made();
    let today = when::now().date_naive();
    let person = json!({"kind": "person", "name": "Turid Ildsjel", "role": "Prosjektleder",
        "email": "turid@oslo.example", "projectId": project["id"], "visibility": "public",
        "consentGivenOn": today, "consentUntil": today + Days::new(30)});
    let mut without = person.clone();
    without.as_object_mut().unwrap().remove("consentGivenOn");
    oslo.post("/contacts", without).await.problem(422, "invalid_input");
    let contact = oslo.post("/contacts", person).await.made();
    let of_project = format!("/contacts?projectId={}", text(&project["id"]));
    let seen = bergen.get(&of_project).await.ok();
    assert_eq!((&seen["items"][0]["role"], &seen["items"][0]["name"]), (&contact["role"], &contact["name"]));
    oslo.delete(&format!("/contacts/{}", text(&contact["id"])), 1).await.expect(204);
    assert_eq!(bergen.get(&of_project).await.ok()["items"], json!([]));
}

/// Shows 27, 28 by suggestConcepts, createCompetence.
#[rstest]
#[actix_web::test]
async fn the_same_thing_is_met_in_danish_and_in_norwegian(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (gentofte, vestfold) = (node.tenant("gentofte").await, node.tenant("vestfold").await);
    let mut met = Vec::new();
    for (who, words, language) in [
        (&gentofte, "fysiske indretning af biblioteksrummet", "da"),
        (&vestfold, "innredning av bibliotek", "nb"),
    ] {
        let found = who.get(&format!("/concept-suggestions?text={words}&language={language}")).await.ok();
        let concept = found["items"][0]["concept"]["id"].clone();
        let entry = json!({"stance": "have", "conceptId": concept, "sourcePhrase": words, "language": language,
            "visibility": "public"});
        met.push(who.post("/competences", entry).await.made());
    }
    assert_eq!(met[0]["concept"]["notation"], "c:library-interior");
    assert_eq!(met[0]["concept"]["id"], met[1]["concept"]["id"]);
    // Each keeps its own words, and who else has it is told with the language in which it was said.
    let all = vestfold.get(&format!("/competences?conceptId={}", text(&met[0]["concept"]["id"]))).await.ok();
    let said: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|c| &c["sourceLanguage"]).collect();
    assert_eq!(said, ["da", "nb"]);
}
