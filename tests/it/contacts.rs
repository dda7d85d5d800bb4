//! Whom to turn to: a function, or a person for as long as it agrees to be named.

use chrono::{Days, NaiveDate};
use samvirke::{auth::Role, tenancy, when};
use serde_json::{Value, json};

use crate::{
    accounts::whole_database,
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
};

fn today() -> NaiveDate {
    when::now().date_naive()
}

fn turid(visibility: &str) -> Value {
    json!({"kind": "person", "name": "Turid Ildsjel", "role": "Musikk", "email": "turid@oslo.example", "visibility": visibility,
        "conceptId": migration::registers::concept_id("c:music"),
        "consentGivenOn": today(), "consentUntil": today() + Days::new(30)})
}

fn path(contact: &Value) -> String {
    format!("/contacts/{}", contact["id"].as_str().unwrap())
}

async fn count(client: &Client) -> usize {
    client.get("/contacts").await.ok()["items"].as_array().unwrap().len()
}

/// Shows 7 by createContact, changeContact, contacts.
#[rstest]
#[actix_web::test]
async fn a_person_is_named_while_it_agrees_and_no_longer(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    node.consortium("vest", &[&bergen, &oslo]).await;
    let made = oslo.clone().with_key("en gang").post("/contacts", turid("consortium")).await.made();
    assert_eq!(made["consentUntil"], json!(today() + Days::new(30)));
    // Its consortium sees it, and nobody else; the same on both faces.
    let seen = bergen.get(&path(&made)).await.ok();
    assert_eq!(seen, made);
    let both = bergen
        .data("query($id: ID!) { contact(id: $id) { name consentUntil kind } }", json!({"id": made["id"]}))
        .await;
    assert_eq!(
        both["contact"],
        json!({"name": "Turid Ildsjel", "consentUntil": made["consentUntil"], "kind": "PERSON"})
    );
    tromso.get(&path(&made)).await.problem(404, "not_found");
    assert_eq!((count(&oslo).await, count(&bergen).await, count(&tromso).await), (1, 1, 0));
    // Who was shown it is told.
    node.app.db.write_sights().await.unwrap();
    assert!(oslo.get("/audit/reads").await.ok().to_string().contains("contact"));
    // A retry gets the same contact.
    let again = oslo.clone().with_key("en gang").post("/contacts", turid("consortium")).await.made();
    assert_eq!(again, made);
    // Whose consent ends soon is found.
    let soon = format!("/contacts?consentUntil={}", today() + Days::new(60));
    assert_eq!(oslo.get(&soon).await.ok()["items"].as_array().unwrap().len(), 1);
    let sooner = format!("/contacts?consentUntil={}", today() + Days::new(10));
    assert_eq!(oslo.get(&sooner).await.ok()["items"], json!([]));
    // Agreed anew.
    let renewed = json!({"consentGivenOn": today(), "consentUntil": today() + Days::new(300)});
    let renewed = oslo.patch(&path(&made), 1, renewed).await.ok();
    assert_eq!(renewed["consentUntil"], json!(today() + Days::new(300)));
    bergen.patch(&path(&made), 2, json!({"name": "Andre"})).await.problem(403, "forbidden");
    oslo.patch(&path(&made), 1, json!({"role": "Alt"})).await.problem(412, "stale_version");
    // Another name is another person, who has agreed to nothing yet.
    let other = oslo.patch(&path(&made), 2, json!({"name": "Andre"})).await.problem(422, "invalid_input");
    assert_eq!(other["errors"][0]["pointer"], "/consentGivenOn");
    // The last day is over: at once nobody else sees it, and the broom takes it.
    node.database.raw("UPDATE contact SET consent_until = '2026-01-02T00:00:00+00:00'").await;
    bergen.get(&path(&made)).await.problem(404, "not_found");
    assert_eq!((count(&oslo).await, count(&bergen).await), (1, 0));
    tenancy::sweep(&node.app.db).await.unwrap();
    oslo.get(&path(&made)).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_withdrawn_name_is_nowhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let keyed = oslo.clone().with_key("en gang");
    let made = keyed.post("/contacts", turid("public")).await.made();
    let changed = oslo
        .clone()
        .with_key("to")
        .patch(&path(&made), 1, json!({"role": "Jazz", "phone": "55 12 34 56"}))
        .await
        .ok();
    assert_eq!((&changed["role"], &changed["phone"]), (&json!("Jazz"), &json!("55 12 34 56")));
    assert!(whole_database(&node).await.contains("Ildsjel"));
    oslo.delete(&path(&made), 1).await.problem(412, "stale_version");
    assert_eq!(oslo.delete(&path(&made), 2).await.status, 204);
    let left = match kind {
        Postgres => whole_database(&node).await,
        // Row by row: an embedded file's log has the page still.
        Sqlite => rows(&node).await,
    };
    assert!(!left.contains("Ildsjel") && !left.contains("turid@oslo.example"));
    // The retry of what was removed finds nothing, and does not bring it back.
    keyed.post("/contacts", turid("public")).await.problem(404, "not_found");
    assert_eq!(count(&oslo).await, 0);
}

/// Every row of every table, as text.
async fn rows(node: &TestNode) -> String {
    let mut out = String::new();
    for table in migration::tables::TABLES {
        let columns: Vec<String> = table.columns().map(|c| format!("quote({})", c.name)).collect();
        out.push_str(
            &node
                .database
                .raw(&format!("SELECT {} FROM {}", columns.join(" || ' ' || "), table.name))
                .await
                .join("\n"),
        );
    }
    out
}

#[rstest]
#[actix_web::test]
async fn what_is_no_contact_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let named = |text: &str| json!([{"language": "nb", "text": text}]);
    let theirs =
        bergen.post("/projects", json!({"title": named("Deres"), "visibility": "public"})).await.made();
    let person = |more: Value| {
        let mut contact = turid("private");
        contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        contact
    };
    let function = |more: Value| {
        let mut contact = json!({"kind": "function", "name": "Skranken", "email": "skranken@oslo.example"});
        contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        contact
    };
    for (contact, at, code) in [
        (person(json!({"consentGivenOn": null})), "/consentGivenOn", "required"),
        (person(json!({"consentUntil": null})), "/consentUntil", "required"),
        (person(json!({"consentGivenOn": today() + Days::new(1)})), "/consentGivenOn", "in_the_future"),
        (person(json!({"consentUntil": today() - Days::new(1)})), "/consentUntil", "consent_term"),
        (person(json!({"consentUntil": today() + Days::new(740)})), "/consentUntil", "consent_term"),
        (function(json!({"consentUntil": today()})), "/consentUntil", "person_only"),
        (function(json!({"email": null})), "/email", "required"),
        (function(json!({"email": "skranken"})), "/email", "email"),
        (function(json!({"email": "a@b@oslo.example"})), "/email", "email"),
        (function(json!({"phone": "ring meg"})), "/phone", "phone"),
        (function(json!({"phone": "01015550321"})), "/phone", "national_number"),
        (function(json!({"url": "http://oslo.example"})), "/url", "url"),
        (function(json!({"name": " "})), "/name", "required"),
        (function(json!({"name": "x".repeat(121)})), "/name", "too_long"),
        (function(json!({"visibility": "sealed"})), "/visibility", "never_sealed"),
        (function(json!({"projectId": theirs["id"]})), "/projectId", "own_project"),
        (function(json!({"conceptId": samvirke::id::ConceptId::new()})), "/conceptId", "unknown_concept"),
    ] {
        let refused = oslo.post("/contacts", contact.clone()).await.problem(422, "invalid_input");
        let fault = &refused["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(at), &json!(code)), "{contact}");
    }
    oslo.post("/contacts", function(json!({"consentUntil": "i morgen"}))).await.problem(422, "invalid_input");
    node.client(oslo.tenant, Role::Contributor)
        .post("/contacts", function(json!({})))
        .await
        .problem(403, "forbidden");
    assert_eq!(count(&oslo).await, 0);
    // A change must leave a contact behind.
    let made = oslo.post("/contacts", function(json!({}))).await.made();
    oslo.patch(&path(&made), 1, json!({"clear": ["email"]})).await.problem(422, "invalid_input");
    oslo.patch(&path(&made), 1, json!({"clear": ["email"], "phone": "+47 55 00 00 00"})).await.ok();
    assert!(oslo.get(&path(&made)).await.ok().get("email").is_none());
}

/// A contact on a project is shown where the project is.
#[rstest]
#[actix_web::test]
async fn a_contact_does_not_tell_of_a_project_that_is_hidden(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let title = json!([{"language": "nb", "text": "Leselyst"}]);
    let project = oslo.post("/projects", json!({"title": title, "visibility": "public"})).await.made();
    let contact = json!({"kind": "function", "name": "Prosjektkontoret", "phone": "55 00 00 00", "visibility": "public",
        "projectId": project["id"]});
    let made = oslo.post("/contacts", contact).await.made();
    let asked = format!("/contacts?projectId={}", project["id"].as_str().unwrap());
    assert_eq!(bergen.get(&asked).await.ok()["items"].as_array().unwrap().len(), 1);
    let narrow = format!("/projects/{}", project["id"].as_str().unwrap());
    oslo.patch(&narrow, 1, json!({"visibility": "private"})).await.ok();
    assert_eq!(bergen.get(&asked).await.ok()["items"], json!([]));
    bergen.get(&path(&made)).await.problem(404, "not_found");
    assert_eq!(oslo.get(&asked).await.ok()["items"].as_array().unwrap().len(), 1);
}
