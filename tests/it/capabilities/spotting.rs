//! What others saw a library be good at, what it brings into a group, what it is for, and how it comes to all of its staff.

use migration::registers::concept_id;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

async fn libraries<const N: usize>(node: &TestNode, names: [&str; N]) -> [Client; N] {
    let mut all = Vec::new();
    for name in names {
        all.push(node.tenant(name).await);
    }
    all.try_into().unwrap_or_else(|_| unreachable!())
}

/// Shows 74 by spotCompetence, competenceSightings, acceptSighting, declineSighting, withdrawSighting.
#[rstest]
#[actix_web::test]
async fn others_name_the_competences_that_they_saw(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, herning, odense, aarhus] =
        libraries(&node, ["gentofte", "herning", "odense", "aarhus"]).await;
    let consortium = node.consortium("leringsrum", &[&gentofte, &herning, &odense]).await;
    let to = format!("/tenants/{}/sightings", herning.tenant);
    let saw = json!({"conceptId": concept_id("c:games"), "phrase": "I fik alle med i spillet", "language": "da",
        "note": "Eksperiment mellem kursusgange"});
    let seen = gentofte.post(&to, saw.clone()).await.made();
    assert_eq!((&seen["spotterId"], &seen["tenantId"]), (&json!(gentofte.tenant), &json!(herning.tenant)));
    let path = format!("/competence-sightings/{}", text(&seen["id"]));
    // The two alone see it; it is in nobody's profile and in no figure.
    assert_eq!(herning.get(&path).await.ok(), seen);
    for other in [&odense, &aarhus] {
        other.get(&path).await.problem(404, "not_found");
        assert!(items(&other.get("/competence-sightings").await.ok()).is_empty());
    }
    assert!(items(&odense.get("/competences").await.ok()).is_empty());
    let landscape = format!("/consortia/{consortium}/landscape");
    assert_eq!(odense.get(&landscape).await.ok()["totals"]["concepts"], 0);
    // Not of oneself, and not of whom one has nothing to do with.
    herning.post(&to, saw.clone()).await.problem(403, "forbidden");
    aarhus.post(&to, saw.clone()).await.problem(403, "forbidden");
    let nobody = format!("/tenants/{}/sightings", uuid::Uuid::now_v7());
    gentofte.post(&nobody, saw).await.problem(404, "not_found");
    // Whose it is decides.
    gentofte.post_from(&format!("{path}/accept"), 1, json!({})).await.problem(403, "forbidden");
    let taken = json!({"level": 3, "visibility": "consortium"});
    let accepted = herning.post_from(&format!("{path}/accept"), 1, taken).await.ok();
    assert_eq!(accepted["status"], "accepted");
    let by_spotter = gentofte.get(&path).await.ok();
    assert!(by_spotter["status"] == "accepted" && by_spotter.get("entryId").is_none());
    let entry = format!("/competences/{}", text(&accepted["entryId"]));
    let own = herning.get(&entry).await.ok();
    assert_eq!((&own["spottedById"], &own["sourcePhrase"]), (&json!(gentofte.tenant), &seen["phrase"]));
    let shared = odense.get(&entry).await.ok();
    assert!(shared.get("spottedById").is_none() && shared["level"] == 3);
    assert_eq!(odense.get(&landscape).await.ok()["totals"]["unique"], 1);
    herning.post_from(&format!("{path}/decline"), 2, json!(null)).await.problem(409, "conflict");
    // Declined, and taken back.
    let second = gentofte.post(&to, json!({"phrase": "Tålmodighed", "language": "da"})).await.made();
    let second = format!("/competence-sightings/{}", text(&second["id"]));
    assert_eq!(
        herning.post_from(&format!("{second}/decline"), 1, json!(null)).await.ok()["status"],
        "declined"
    );
    herning.delete(&second, 2).await.problem(403, "forbidden");
    gentofte.delete(&second, 2).await.expect(204);
    herning.get(&second).await.problem(404, "not_found");
    // What it has already stays as it is.
    let again = odense.post(&to, json!({"conceptId": concept_id("c:games")})).await.made();
    let again = format!("/competence-sightings/{}/accept", text(&again["id"]));
    let accepted = herning.post_from(&again, 1, json!({"level": 1})).await.ok();
    assert_eq!(accepted["entryId"], own["id"]);
    assert_eq!(herning.get(&entry).await.ok(), own);
    let question =
        "query { competenceSightings(filter: {ofUs: true}) { edges { node { status spotterId } } } }";
    let of_us = herning.data(question, json!({})).await;
    assert_eq!(of_us["competenceSightings"]["edges"].as_array().unwrap().len(), 2);
}

/// Shows 20 by createCompetence, competences, landscape.
#[rstest]
#[actix_web::test]
async fn what_a_group_can_is_what_its_members_bring_into_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso, hamar] = libraries(&node, ["oslo", "bergen", "tromso", "hamar"]).await;
    let consortium = node.consortium("tre", &[&oslo, &bergen, &tromso]).await;
    let group = json!({"name": [{"language": "nb", "text": "Musikkgruppa"}], "kind": "team",
        "memberIds": [oslo.tenant, bergen.tenant]});
    let group = oslo.post(&format!("/consortia/{consortium}/groups"), group).await.made();
    let id = text(&group["id"]);
    let brought = json!({"stance": "have", "conceptId": concept_id("c:music"), "groupId": id,
        "visibility": "public"});
    let entry = bergen.post("/competences", brought.clone()).await.made();
    assert_eq!(entry["groupId"], group["id"]);
    let own = json!({"stance": "have", "conceptId": concept_id("c:web"), "visibility": "consortium"});
    let own = bergen.post("/competences", own).await.made();
    // Who is not in the group brings nothing into it.
    let refused = tromso.post("/competences", brought).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "own_group");
    // Own ones and shared ones are told apart.
    let common = tromso.get(&format!("/competences?groupId={id}")).await.ok();
    assert_eq!(items(&common).iter().map(|c| &c["id"]).collect::<Vec<_>>(), [&entry["id"]]);
    let mine = bergen.get("/competences").await.ok();
    let mine: Vec<bool> = items(&mine).iter().map(|c| c.get("groupId").is_some()).collect();
    assert_eq!(mine, [true, false]);
    // What its members have together, computed.
    let landscape = format!("/consortia/{consortium}/landscape?groupId={id}");
    assert_eq!(tromso.get(&landscape).await.ok()["totals"]["unique"], 2);
    // Outside the consortium nobody learns of the group.
    let outside = hamar.get(&format!("/competences/{}", text(&entry["id"]))).await.ok();
    assert!(outside.get("groupId").is_none());
    assert!(items(&hamar.get(&format!("/competences?groupId={id}")).await.ok()).is_empty());
    let change = json!({"clear": ["group"]});
    let cleared = bergen.patch(&format!("/competences/{}", text(&entry["id"])), 1, change).await.ok();
    assert!(cleared.get("groupId").is_none());
    bergen.get(&format!("/competences/{}", text(&own["id"]))).await.ok();
}

/// Shows 22 by createOccasion, occasions, createCompetence, competences, landscape.
#[rstest]
#[actix_web::test]
async fn competences_are_recorded_for_an_occasion(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, herning, aarhus] = libraries(&node, ["gentofte", "herning", "aarhus"]).await;
    let consortium = node.consortium("leringsrum", &[&gentofte, &herning]).await;
    let occasions = format!("/consortia/{consortium}/occasions");
    let reform = json!({"name": [{"language": "da", "text": "Skolereformen"}], "starts": "2014-08"});
    let reform = herning.post(&occasions, reform).await.made();
    let id = text(&reform["id"]);
    aarhus.get(&format!("/occasions/{id}")).await.problem(404, "not_found");
    aarhus.get(&occasions).await.problem(404, "not_found");
    assert_eq!(items(&gentofte.get(&occasions).await.ok()), std::slice::from_ref(&reform));
    let entry = |concept: &str, more: Value| {
        let mut entry = json!({"stance": "have", "conceptId": concept_id(concept), "visibility": "public"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let for_it = gentofte.post("/competences", entry("c:games", json!({"occasionId": id}))).await.made();
    gentofte.post("/competences", entry("c:music", json!({}))).await.made();
    herning.post("/competences", entry("c:games", json!({}))).await.made();
    let refused = aarhus.post("/competences", entry("c:games", json!({"occasionId": id}))).await;
    assert_eq!(refused.problem(422, "invalid_input")["errors"][0]["code"], "unknown_occasion");
    let found = herning.get(&format!("/competences?occasionId={id}")).await.ok();
    assert_eq!(items(&found).iter().map(|c| &c["id"]).collect::<Vec<_>>(), [&for_it["id"]]);
    let landscape = format!("/consortia/{consortium}/landscape");
    assert_eq!(herning.get(&landscape).await.ok()["totals"]["common"], 1);
    let only = herning.get(&format!("{landscape}?occasionId={id}")).await.ok();
    assert_eq!((&only["totals"]["concepts"], &only["totals"]["unique"]), (&json!(1), &json!(1)));
    let wrong = format!("{landscape}?occasionId={}", uuid::Uuid::now_v7());
    herning.get(&wrong).await.problem(422, "invalid_input");
    // To others it is a competence like any.
    let outside = aarhus.get(&format!("/competences/{}", text(&for_it["id"]))).await.ok();
    assert!(outside.get("occasionId").is_none());
    assert!(items(&aarhus.get(&format!("/competences?occasionId={id}")).await.ok()).is_empty());
    let renamed = json!({"name": [{"language": "da", "text": "Folkeskolereformen"}]});
    let renamed = gentofte.patch(&format!("/occasions/{id}"), 1, renamed).await.ok();
    assert_eq!((&renamed["name"]["text"], &renamed["version"]), (&json!("Folkeskolereformen"), &json!(2)));
}

/// Shows 143, 150, 151 by createCompetence, changeCompetence, setProfileStatement, profile.
#[rstest]
#[actix_web::test]
async fn what_a_key_person_learned_is_planned_to_come_to_all(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [kalmar, kronoberg] = libraries(&node, ["kalmar", "kronoberg"]).await;
    node.consortium("sydost", &[&kalmar, &kronoberg]).await;
    let plan = json!({"keyHolders": 2, "targetPercent": 80, "steps": [
        {"text": "Nyckelpersonerna utbildas", "language": "sv", "due": "2010-03", "done": true},
        {"text": "De håller kurs för alla", "due": "2010-22"}]});
    let entry = json!({"stance": "have", "conceptId": concept_id("c:web"), "holders": 2,
        "spreading": plan, "visibility": "consortium"});
    let entry = kalmar.post("/competences", entry).await.made();
    assert_eq!(
        entry["spreading"]["steps"][1],
        json!({"text": "De håller kurs för alla", "due": "2010-22", "done": false})
    );
    let path = format!("/competences/{}", text(&entry["id"]));
    // A need with a horizon: which competences in three to five years.
    let need = json!({"stance": "want", "conceptId": concept_id("c:games"), "targetLevel": 3,
        "targetDate": "2013/2015"});
    assert_eq!(kalmar.post("/competences", need).await.made()["targetDate"], "2013/2015");
    // Without a staff to count against, there is no coverage.
    let profile = format!("/tenants/{}/profile", kalmar.tenant);
    assert_eq!(kalmar.get(&profile).await.ok()["coverage"], json!([]));
    let said = json!({"text": [{"language": "sv", "text": "Vi lär av varandra"}], "staff": 16,
        "visibility": "consortium"});
    assert_eq!(kalmar.put_from("/profile-statement", 0, said).await.ok()["staff"], 16);
    let covered = kronoberg.get(&profile).await.ok();
    let expected =
        json!([{"entryId": entry["id"], "holders": 2, "staff": 16, "percent": 12.5, "targetPercent": 80}]);
    assert_eq!(covered["coverage"], expected);
    let question = "query($id: ID!) { profile(tenantId: $id) { coverage { percent targetPercent } \
        entries { spreading { keyHolders steps { text done } } } } }";
    let same = kronoberg.data(question, json!({"id": kalmar.tenant})).await;
    assert_eq!(same["profile"]["coverage"][0], json!({"percent": 12.5, "targetPercent": 80}));
    // The plan is followed up, and its history kept.
    let mut done = plan.clone();
    done["steps"][1]["done"] = json!(true);
    kalmar.patch(&path, 1, json!({"spreading": done, "holders": 12})).await.ok();
    assert_eq!(kronoberg.get(&profile).await.ok()["coverage"][0]["percent"], 75.0);
    let states = kalmar.get(&format!("{path}/history")).await.ok();
    let steps: Vec<&Value> =
        items(&states).iter().map(|s| &s["state"]["spreading"]["steps"][1]["done"]).collect();
    assert_eq!(steps, [&json!(false), &json!(true)]);
    // Who keeps how many it is to itself, is not counted against.
    let hidden = json!({"text": [{"language": "sv", "text": "Vi lär av varandra"}], "visibility": "private"});
    kalmar.put_from("/profile-statement", 1, hidden).await.ok();
    assert_eq!(kronoberg.get(&profile).await.ok()["coverage"], json!([]));
    assert_eq!(kalmar.get(&profile).await.ok()["coverage"][0]["percent"], 75.0);
    let wrong = json!({"spreading": {"targetPercent": 101, "steps": [{"text": "", "due": "snart"}]}});
    let refused = kalmar.patch(&path, 2, wrong).await.problem(422, "invalid_input");
    let at: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(at, ["/spreading/targetPercent", "/spreading/steps/0/text", "/spreading/steps/0/due"]);
}
