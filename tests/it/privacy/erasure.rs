//! A library leaves the node, and somebody is forgotten: nothing of theirs is left, and nothing of others' is lost.

use std::collections::BTreeSet;

use samvirke::{auth::Role, tenancy};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::{
    accounts::whole_database,
    harness::{Client, Database, Kind, Postgres, Sqlite, TestNode, rstest},
    walls::{
        oracle::Lib,
        world::{MARK, World, tenant},
    },
};

fn at(erasure: &Value) -> String {
    format!("/erasures/{}", erasure["id"].as_str().unwrap())
}

/// Two have said it and a week has passed.
async fn leave(node: &TestNode, one: &Client, two: &Client) {
    let asked = one.post(&format!("/tenants/{}/erasure", one.tenant), json!(null)).await.made();
    two.post_from(&format!("{}/confirm", at(&asked)), 1, json!(null)).await.ok();
    a_week_passes(node).await;
    assert_eq!(tenancy::erase(&node.app.db, None).await.unwrap(), 1);
}

async fn is_shut_out(node: &TestNode, client: &Client) {
    node.watch();
    for _ in 0..100 {
        if client.get("/me").await.status == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("still let in");
}

async fn a_week_passes(node: &TestNode) {
    node.database
        .raw("UPDATE erasure SET due_at = '2026-01-02T03:04:05+00:00' WHERE due_at IS NOT NULL")
        .await;
}

#[rstest]
#[actix_web::test]
async fn a_library_goes_when_two_have_said_so_and_a_week_has_passed(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let second = node.client(oslo.tenant, Role::Admin);
    let ask = format!("/tenants/{}/erasure", oslo.tenant);
    node.client(oslo.tenant, Role::Editor).post(&ask, json!(null)).await.problem(403, "forbidden");
    bergen.post(&ask, json!(null)).await.problem(403, "forbidden");
    let asked = oslo.post(&ask, json!(null)).await.made();
    assert_eq!((&asked["state"], &asked["byOperator"]), (&json!("requested"), &json!(false)));
    second.post(&ask, json!(null)).await.problem(409, "conflict");
    let confirm = format!("{}/confirm", at(&asked));
    // Whoever asked is not the second one; another library sees nothing; an old version is no ground.
    let refused = oslo.post_from(&confirm, 1, json!(null)).await.problem(403, "second_person_needed");
    assert!(refused["detail"].as_str().unwrap().contains("kollega"), "{refused}");
    bergen.post_from(&confirm, 1, json!(null)).await.problem(404, "not_found");
    second.post(&confirm, json!(null)).await.problem(428, "version_required");
    second.post_from(&confirm, 2, json!(null)).await.problem(412, "stale_version");
    let confirmed = second.post_from(&confirm, 1, json!(null)).await.ok();
    assert_eq!(confirmed["state"], "confirmed");
    second.post_from(&confirm, 2, json!(null)).await.problem(409, "conflict");
    // Nothing happens before its time, and it can be called off.
    assert_eq!(tenancy::erase(&node.app.db, None).await.unwrap(), 0);
    oslo.post("/competences/paste", json!({"text": "musikk", "language": "nb", "stance": "have"})).await.ok();
    let cancel = format!("{}/cancel", at(&asked));
    assert_eq!(second.post_from(&cancel, 2, json!(null)).await.ok()["state"], "cancelled");
    a_week_passes(&node).await;
    assert_eq!(tenancy::erase(&node.app.db, None).await.unwrap(), 0);
    second.post_from(&cancel, 3, json!(null)).await.problem(409, "conflict");
    // Asked for anew, by the operator this time: a second operator is not the library.
    let operator = node.operator();
    let asked = operator.post(&ask, json!(null)).await.made();
    assert_eq!(asked["byOperator"], true);
    let confirm = format!("{}/confirm", at(&asked));
    node.operator().post_from(&confirm, 1, json!(null)).await.problem(403, "second_person_needed");
    assert_eq!(oslo.post_from(&confirm, 1, json!(null)).await.ok()["state"], "confirmed");
    a_week_passes(&node).await;
    assert_eq!(tenancy::erase(&node.app.db, None).await.unwrap(), 1);
    // Its token is not refused by every process yet: nothing is written with it any more.
    let late = json!({"text": "musikk", "language": "nb", "stance": "want"});
    oslo.post("/competences/paste", late).await.problem(403, "no_library");
    assert!(node.database.raw("SELECT '' FROM competence_entry").await.is_empty());
    // What is left of it: an entry that others' rows may name.
    let left = bergen.clone().speaking("fi").get(&format!("/tenants/{}", oslo.tenant)).await.ok();
    assert_eq!((&left["status"], &left["name"]["text"]), (&json!("removed"), &json!("Poistettu kirjasto")));
    assert_eq!(left["slug"], format!("removed-{}", oslo.tenant));
    let listed = bergen.get("/tenants").await.ok();
    assert!(!listed.to_string().contains(&oslo.tenant.to_string()), "{listed}");
    is_shut_out(&node, &oslo).await;
    // Gone is gone: it is neither let in again, nor changed, nor removed twice.
    let version = left["version"].as_i64().unwrap();
    let resume = format!("/tenants/{}/resume", oslo.tenant);
    operator.post_from(&resume, version, json!(null)).await.problem(409, "conflict");
    operator.post(&ask, json!(null)).await.problem(409, "conflict");
    let done = operator.get(&at(&asked)).await.ok();
    assert_eq!(done["state"], "done");
    operator.post_from(&format!("{}/cancel", at(&asked)), 3, json!(null)).await.problem(409, "conflict");
    // Its name is free.
    node.tenant("oslo").await;
}

/// A project goes with the library that led it; what another has applied for in it is that one's own, and stands.
#[rstest]
#[actix_web::test]
async fn an_application_for_money_stands_when_its_project_goes(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&bergen, &oslo]).await;
    let project = json!({"title": [{"language": "nb", "text": "Leselyst"}], "consortiumId": consortium});
    let project = oslo.post("/projects", project).await.made();
    let of_project = format!("/projects/{}", project["id"].as_str().unwrap());
    let part = json!({"tenantId": bergen.tenant, "role": "partner"});
    oslo.post(&format!("{of_project}/participants"), part).await.made();
    bergen.post_from(&format!("{of_project}/participation/accept"), 1, json!({})).await.ok();
    let mut made = Value::Null;
    for who in [&oslo, &bergen] {
        let money = json!({"projectId": project["id"], "funder": "Kulturrådet", "funderKind": "national_agency",
            "currency": "NOK", "appliedMinor": 5, "visibility": "consortium"});
        made = who.post("/funding-applications", money).await.made();
    }
    leave(&node, &oslo, &node.client(oslo.tenant, Role::Admin)).await;
    let left = bergen.get("/funding-applications").await.ok();
    let items = left["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["id"]), (1, &made["id"]));
    assert!(items[0].get("projectId").is_none() && items[0]["consortiumId"] == json!(consortium));
    let of_it = format!("/funding-applications/{}", made["id"].as_str().unwrap());
    bergen.patch(&of_it, 1, json!({"programme": "Prosjektmidler", "visibility": "public"})).await.ok();
    bergen.post_from(&format!("{of_it}/move"), 2, json!({"to": "applied"})).await.ok();
    let figures = format!("/consortia/{consortium}/aggregates/funding?groupBy=currency");
    assert_eq!(bergen.get(&figures).await.ok()["cells"][0]["values"], json!([1, 1, 5, 0, 0]));
}

/// Several processes do it at once, and somebody calls it off at the last moment: it is done once, or not at all.
#[rstest]
#[actix_web::test]
async fn an_erasure_is_done_once_or_called_off(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    for round in 0..6 {
        let oslo = node.tenant(&format!("oslo-{round}")).await;
        oslo.post("/competences/paste", json!({"text": "musikk", "language": "nb", "stance": "have"}))
            .await
            .ok();
        let asked = oslo.post(&format!("/tenants/{}/erasure", oslo.tenant), json!(null)).await.made();
        let second = node.client(oslo.tenant, Role::Admin);
        second.post_from(&format!("{}/confirm", at(&asked)), 1, json!(null)).await.ok();
        a_week_passes(&node).await;
        let cancel = async {
            tokio::time::sleep(std::time::Duration::from_millis(4 * round)).await;
            oslo.post_from(&format!("{}/cancel", at(&asked)), 2, json!(null)).await.status == 200
        };
        let db = &node.app.db;
        let (one, two, three, cancelled) = tokio::join!(
            tenancy::erase(db, None),
            tenancy::erase(db, None),
            tenancy::erase(db, None),
            cancel
        );
        let done: usize = [one, two, three].into_iter().map(Result::unwrap).sum();
        assert_eq!((done, cancelled), if cancelled { (0, true) } else { (1, false) });
        let id = match kind {
            Sqlite => format!("x'{}'", oslo.tenant.0.simple()),
            Postgres => format!("'{}'", oslo.tenant),
        };
        let left =
            node.database.raw(&format!("SELECT '' FROM competence_entry WHERE tenant_id = {id}")).await;
        assert_eq!(left.len(), usize::from(cancelled));
        let state = node.operator().get(&at(&asked)).await.ok()["state"].clone();
        assert_eq!(state, if cancelled { "cancelled" } else { "done" });
    }
    // What a library that has left is called is nobody else's name.
    let taken = json!({"slug": "removed-x", "kind": "county_library", "country": "NO", "name": [{"language": "nb", "text": "X"}]});
    node.operator().post("/tenants", taken).await.problem(422, "invalid_input");
}

#[rstest]
#[actix_web::test]
async fn two_operators_are_enough_where_nobody_else_is_left(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let (one, two) = (node.operator(), node.operator());
    one.post_from(&format!("/tenants/{}/suspend", oslo.tenant), 1, json!(null)).await.ok();
    let asked = one.post(&format!("/tenants/{}/erasure", oslo.tenant), json!(null)).await.made();
    one.post_from(&format!("{}/confirm", at(&asked)), 1, json!(null))
        .await
        .problem(403, "second_person_needed");
    assert_eq!(
        two.post_from(&format!("{}/confirm", at(&asked)), 1, json!(null)).await.ok()["state"],
        "confirmed"
    );
}

/// Every canary in every table: those that are the library's alone are gone, and no other is.
#[rstest]
#[actix_web::test]
async fn nothing_of_a_library_is_left_and_nothing_of_others_is_lost(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    let node = &world.node;
    if let Database::Sqlite(file) = &node.database {
        // The world was written by another hand, which leaves traces of its own in the file.
        let mut hand = SqliteConnection::connect(&file.url()).await.unwrap();
        sqlx::raw_sql("PRAGMA secure_delete = ON; VACUUM").execute(&mut hand).await.unwrap();
        hand.close().await.unwrap();
    }
    let there = async || -> BTreeSet<usize> {
        let text = whole_database(node).await;
        let planted = |n: &usize| text.contains(&format!("{MARK}{n:06x}"));
        (0..world.canaries.len()).filter(planted).collect()
    };
    let before = there().await;
    let own: BTreeSet<usize> = before.iter().copied().filter(|n| world.canaries[*n].to == [Lib::A]).collect();
    assert!(own.len() > 20, "{}", own.len());
    let library = samvirke::id::TenantId(tenant(Lib::A));
    leave(node, &node.client(library, Role::Admin), &node.client(library, Role::Admin)).await;
    let after = there().await;
    let left: Vec<&str> = own.intersection(&after).map(|n| world.canaries[*n].place.as_str()).collect();
    assert!(left.is_empty(), "left: {left:?}");
    // What else went was its own too, and shared.
    for n in before.difference(&after) {
        let canary = &world.canaries[*n];
        assert!(canary.to.contains(&Lib::A), "lost: {} of {:?}", canary.place, canary.to);
    }
    let others = before.iter().filter(|n| !world.canaries[**n].to.contains(&Lib::A));
    assert!(others.clone().count() > 50 && others.clone().all(|n| after.contains(n)));
    // No row of a library's own table names it any more, whatever stands in it.
    let id = match kind {
        Sqlite => format!("x'{}'", library.0.simple()),
        Postgres => format!("'{}'", library.0),
    };
    for leaving in migration::leaving::LEAVING {
        let rows = format!("FROM {} WHERE {} = {id}", leaving.table, leaving.of);
        let many = node.database.raw(&format!("SELECT '' {rows}")).await.len();
        match leaving.what {
            migration::leaving::Leaves::Gone => assert_eq!(many, 0, "{}", leaving.table),
            // Nobody had it take part.
            migration::leaving::Leaves::Emptied(_) if leaving.table == "project_participant" => {}
            migration::leaving::Leaves::Emptied(_) => assert!(many > 0, "{}", leaving.table),
        }
    }
    // The chain is whole, without saying who.
    let audit = format!(
        "SELECT '' FROM audit_record WHERE tenant_id = {id} AND (salt IS NOT NULL OR principal IS NOT NULL)"
    );
    assert_eq!(node.database.raw(&audit).await.len(), 0);
}

/// The others of its consortium go on with what they made together.
#[rstest]
#[actix_web::test]
async fn a_consortium_goes_on_without_the_one_that_left(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let consortium = node.consortium("vest", &[&oslo, &bergen, &tromso]).await;
    for library in [&oslo, &bergen, &tromso] {
        library
            .post(
                "/competences/paste",
                json!({"text": "musikk\nhjemmesider", "language": "nb", "stance": "have", "visibility": "consortium"}),
            )
            .await
            .ok();
    }
    let title = json!([{"language": "nb", "text": "Leselyst"}]);
    let project = oslo
        .post("/projects", json!({"title": title, "visibility": "consortium", "consortiumId": consortium}))
        .await
        .made();
    let own = bergen.post("/projects", json!({"title": title, "consortiumId": consortium})).await.made();
    let part = json!({"tenantId": oslo.tenant, "role": "partner"});
    bergen.post(&format!("/projects/{}/participants", own["id"].as_str().unwrap()), part).await.made();
    let seen = bergen.get(&format!("/consortia/{consortium}/overlap")).await.ok();
    assert!(seen.to_string().contains("oslo"));
    leave(&node, &oslo, &node.client(oslo.tenant, Role::Admin)).await;
    bergen.get(&format!("/projects/{}", project["id"].as_str().unwrap())).await.problem(404, "not_found");
    let parts = bergen.get(&format!("/projects/{}/participants", own["id"].as_str().unwrap())).await.ok();
    let of_oslo =
        parts["items"].as_array().unwrap().iter().find(|p| p["tenant"]["id"] == json!(oslo.tenant)).or_else(
            || parts["items"].as_array().unwrap().iter().find(|p| p["tenantId"] == json!(oslo.tenant)),
        );
    assert_eq!(of_oslo.map(|p| &p["status"]), Some(&json!("left")), "{parts}");
    let overlap = bergen.get(&format!("/consortia/{consortium}/overlap")).await.ok();
    assert!(!overlap.to_string().contains("oslo"), "{overlap}");
    tromso.get(&format!("/consortia/{consortium}/landscape")).await.ok();
    bergen.get(&format!("/consortia/{consortium}/memberships")).await.ok();
}

#[rstest]
#[actix_web::test]
async fn somebody_is_forgotten_and_what_was_done_stays_done(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    node.principals(oslo.tenant, 2).await;
    let all = oslo.get("/principals").await.ok();
    let who = all["items"][0]["id"].as_str().unwrap().to_owned();
    // She made an entry, with a key, before she left.
    let account = samvirke::id::ServiceAccountId(who.parse().unwrap());
    let token = node
        .app
        .tokens
        .issue(account, "oidc", oslo.tenant, Role::Editor, samvirke::when::now(), 600)
        .unwrap();
    let she = Client::new(&node.address, Some(token), oslo.tenant).with_key("en gang");
    let pasted = json!({"text": "musikk", "language": "nb", "stance": "have"});
    she.post("/competences/paste", pasted).await.ok();
    let entry = oslo.get("/competences").await.ok()["items"][0].clone();
    let history = format!("/competences/{}/history", entry["id"].as_str().unwrap());
    assert!(oslo.get(&history).await.ok().to_string().contains(&who));
    assert!(oslo.get("/audit/records").await.ok().to_string().contains(&who));
    let path = format!("/principals/{who}/erase");
    node.client(oslo.tenant, Role::Editor).post_from(&path, 1, json!(null)).await.problem(403, "forbidden");
    node.tenant("bergen").await.post_from(&path, 1, json!(null)).await.problem(404, "not_found");
    oslo.post_from(&path, 9, json!(null)).await.problem(412, "stale_version");
    let done = oslo.post_from(&path, 1, json!(null)).await.ok();
    assert_eq!((&done["kind"], &done["state"]), (&json!("principal"), &json!("done")));
    // Her number is nowhere that anybody reads: only where it keeps her tokens out, and her name off a restored backup.
    oslo.get(&format!("/principals/{who}")).await.problem(404, "not_found");
    for place in ["/principals", "/audit/records", &history, "/competences", "/erasures"] {
        let answer = oslo.get(place).await.ok().to_string();
        let elsewhere = place == "/audit/records";
        assert!(elsewhere || !answer.contains(&who), "{place}: {answer}");
    }
    let named = async || {
        let mut named = 0;
        for table in ["audit_record", "competence_history", "idempotency"] {
            let rows = node.database.raw(&format!("SELECT '' FROM {table} WHERE principal = '{who}'")).await;
            named += rows.len();
        }
        named
    };
    assert_eq!(named().await, 0);
    assert_eq!(oslo.get("/competences").await.ok()["items"][0]["id"], entry["id"]);
    // A process that has not heard of it yet takes something more from her: she is looked for once more.
    let late =
        Client::new(&node.address, she.token().map(str::to_owned), oslo.tenant).with_key("en gang til");
    late.post("/competences/paste", json!({"text": "kassering", "language": "nb", "stance": "have"}))
        .await
        .ok();
    assert!(named().await >= 3);
    tenancy::erase(&node.app.db, Some(oslo.tenant)).await.unwrap();
    assert_eq!(named().await, 0);
    assert_eq!(oslo.get("/competences").await.ok()["items"].as_array().unwrap().len(), 2);
    assert_eq!(oslo.get("/principals").await.ok()["items"].as_array().unwrap().len(), 1);
    is_shut_out(&node, &she).await;
    // Whoever is blocked would come back as somebody new.
    let other = all["items"][1]["id"].as_str().unwrap();
    oslo.post_from(&format!("/principals/{other}/block"), 1, json!(null)).await.ok();
    oslo.post_from(&format!("/principals/{other}/erase"), 2, json!(null)).await.problem(409, "conflict");
}

/// The second wall: the eraser touches nothing of a library that nobody asked to be removed, and nobody else removes for it.
#[rstest]
#[actix_web::test]
async fn the_database_lets_the_eraser_touch_only_what_two_have_given_up(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let second = node.client(oslo.tenant, Role::Admin);
    oslo.post("/competences/paste", json!({"text": "musikk", "language": "nb", "stance": "have"})).await.ok();
    let asked = oslo.post(&format!("/tenants/{}/erasure", oslo.tenant), json!(null)).await.made();
    let count = async |table: &str| node.database.raw(&format!("SELECT '' FROM {table}")).await.len();
    let tries = async |duty: &str, sql: &str| {
        let who = match &node.database {
            Database::Sqlite(_) => {
                format!("UPDATE temp.who SET tenant = x'{}', duty = '{duty}'", oslo.tenant.0.simple())
            }
            Database::Postgres(_) => {
                format!("SET LOCAL samvirke.tenant = '{}'; SET LOCAL samvirke.duty = '{duty}'", oslo.tenant)
            }
        };
        let done = node.app.db.unscoped(true, &format!("BEGIN; {who}; {sql}; COMMIT")).await;
        if done.is_err() {
            let _ = node.app.db.unscoped(true, "ROLLBACK").await;
        }
    };
    for stage in 0..3 {
        for table in ["competence_entry", "audit_record", "event", "service_account", "tenant"] {
            let before = count(table).await;
            tries("erase", &format!("DELETE FROM {table}")).await;
            assert_eq!(count(table).await, before, "{table}, stage {stage}");
        }
        tries("erase", "UPDATE audit_record SET salt = NULL").await;
        assert_eq!(node.database.raw("SELECT '' FROM audit_record WHERE salt IS NULL").await.len(), 0);
        // The eraser gives itself no ground.
        let own =
            "UPDATE erasure SET confirmed_by = requested_by, confirmed_at = created_at, due_at = created_at";
        tries("erase", own).await;
        tries("member", own).await;
        assert_eq!(
            node.database.raw("SELECT '' FROM erasure WHERE confirmed_by = requested_by").await.len(),
            0
        );
        match stage {
            0 => {
                second.post_from(&format!("{}/confirm", at(&asked)), 1, json!(null)).await.ok();
            }
            _ => {
                let cancel = format!("{}/cancel", at(&asked));
                let version = oslo.get(&at(&asked)).await.ok()["version"].as_i64().unwrap();
                if stage == 1 {
                    oslo.post_from(&cancel, version, json!(null)).await.ok();
                    a_week_passes(&node).await;
                }
            }
        }
    }
}

/// A kill in the middle leaves all of it for the next run.
#[rstest]
#[actix_web::test]
async fn the_command_does_what_is_due(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let asked = oslo.post(&format!("/tenants/{}/erasure", oslo.tenant), json!(null)).await.made();
    node.operator().post_from(&format!("{}/confirm", at(&asked)), 1, json!(null)).await.ok();
    a_week_passes(&node).await;
    let said = super::retention::command(&node).await;
    let line = said.lines().find(|line| line.starts_with("erasures")).unwrap();
    assert_eq!(line.split_whitespace().nth(1), Some("1"), "{said}");
    let left = node.operator().get(&format!("/tenants/{}", oslo.tenant)).await.ok();
    assert_eq!(left["status"], "removed");
}
