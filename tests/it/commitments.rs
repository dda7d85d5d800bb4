//! «I den nærmeste fremtid vil vi … sammen med …»: said at a meeting, and what came of it.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn path(commitment: &Value) -> String {
    format!("/commitments/{}", commitment["id"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect()
}

async fn follow(who: &Client, commitment: &Value, version: i64, body: Value) -> Value {
    who.post_from(&format!("{}/follow-up", path(commitment)), version, body).await.ok()
}

/// Shows 146, 148 by createCommitment, followUpCommitment, commitments, commitmentSteps.
#[rstest]
#[actix_web::test]
async fn what_was_promised_is_followed_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, herning, odense, aarhus] = [
        node.tenant("gentofte").await,
        node.tenant("herning").await,
        node.tenant("odense").await,
        node.tenant("aarhus").await,
    ];
    let consortium = node.consortium("leringsrum", &[&gentofte, &herning, &odense]).await;
    let promise = json!({"text": "I den nærmeste fremtid vil vi prøve et læringsrum", "language": "da",
        "partnerIds": [herning.tenant, aarhus.tenant], "others": ["Det Informationsvidenskabelige Akademi"],
        "due": "2010-09", "consortiumId": consortium});
    let made = gentofte.post("/commitments", promise).await.made();
    assert_eq!((&made["status"], &made["overdue"]), (&json!("open"), &json!(true)));
    // Those that it is made with see it, private as it is; the others of the consortium do not.
    let by_herning = herning.get(&path(&made)).await.ok();
    assert_eq!(by_herning, made);
    odense.get(&path(&made)).await.problem(404, "not_found");
    // Who is only a partner does not learn of the consortium.
    let by_aarhus = aarhus.get(&path(&made)).await.ok();
    assert!(by_aarhus.get("consortiumId").is_none() && by_aarhus["text"] == made["text"]);
    assert!(ids(&aarhus.get(&format!("/commitments?consortiumId={consortium}")).await.ok()).is_empty());
    assert_eq!(ids(&aarhus.get("/commitments?withUs=true").await.ok()), [&made["id"]]);
    assert!(ids(&gentofte.get("/commitments?withUs=true").await.ok()).is_empty());
    // Put off, taken up, done: each step stays.
    let moved = json!({"status": "moved", "due": "2011-22", "note": "Ferien kom imellem", "language": "da"});
    let moved = follow(&gentofte, &made, 1, moved).await;
    assert_eq!((&moved["status"], &moved["due"]), (&json!("moved"), &json!("2011-22")));
    let due = gentofte.get("/commitments?dueBy=2011-08-31").await.ok();
    assert_eq!(ids(&due), [&made["id"]]);
    assert!(ids(&gentofte.get("/commitments?dueBy=2011-08-30").await.ok()).is_empty());
    let done = follow(&gentofte, &made, 2, json!({"status": "done"})).await;
    assert_eq!((&done["status"], &done["overdue"]), (&json!("done"), &json!(false)));
    assert!(ids(&gentofte.get("/commitments?dueBy=2030-01-01").await.ok()).is_empty());
    let steps = herning.get(&format!("{}/steps", path(&made))).await.ok();
    let taken: Vec<&str> =
        steps["items"].as_array().unwrap().iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(taken, ["open", "moved", "done"]);
    assert_eq!(
        (&steps["items"][1]["note"], &steps["items"][1]["due"]),
        (&json!("Ferien kom imellem"), &json!("2011-22"))
    );
    // The same on the other face.
    let question = "query($id: ID!) { commitment(id: $id) { status due partnerIds } commitmentSteps(id: $id) { nodes { status } } }";
    let both = herning.data(question, json!({"id": made["id"]})).await;
    assert_eq!(
        (&both["commitment"]["status"], &both["commitment"]["due"]),
        (&json!("DONE"), &json!("2011-22"))
    );
    assert_eq!(both["commitmentSteps"]["nodes"].as_array().unwrap().len(), 3);
    // The owner alone says what came of it.
    herning
        .post_from(&format!("{}/follow-up", path(&made)), 3, json!({"status": "dropped"}))
        .await
        .problem(403, "forbidden");
    gentofte
        .post_from(&format!("{}/follow-up", path(&made)), 1, json!({"status": "dropped"}))
        .await
        .problem(412, "stale_version");
    // Not made with Aarhus any more: it is not seen there any more.
    gentofte.patch(&path(&made), 3, json!({"partnerIds": [herning.tenant]})).await.ok();
    aarhus.get(&path(&made)).await.problem(404, "not_found");
    aarhus.get(&format!("{}/steps", path(&made))).await.problem(404, "not_found");
    herning.get(&path(&made)).await.ok();
    // Shared, the consortium sees it, and nobody else.
    gentofte.patch(&path(&made), 4, json!({"visibility": "consortium"})).await.ok();
    assert_eq!(ids(&odense.get("/commitments").await.ok()), [&made["id"]]);
    assert!(ids(&aarhus.get("/commitments").await.ok()).is_empty());
}

#[rstest]
#[actix_web::test]
async fn what_is_no_promise_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&bergen]).await;
    let promise = |more: Value| {
        let mut promise = json!({"text": "Vi vil møtes", "language": "nb"});
        promise.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        promise
    };
    let theirs = bergen
        .post("/projects", json!({"title": [{"language": "nb", "text": "Deres"}], "visibility": "public"}))
        .await
        .made();
    for (body, at, code) in [
        (promise(json!({"text": ""})), "/text", "required"),
        (promise(json!({"text": "x".repeat(1_001)})), "/text", "too_long"),
        (promise(json!({"due": "snart"})), "/due", "edtf"),
        (promise(json!({"due": "2030/.."})), "/due", "no_last_day"),
        (promise(json!({"partnerIds": [oslo.tenant]})), "/partnerIds/0", "another_library"),
        (promise(json!({"partnerIds": [bergen.tenant, bergen.tenant]})), "/partnerIds/1", "duplicate"),
        (promise(json!({"partnerIds": [samvirke::id::TenantId::new()]})), "/partnerIds/0", "unknown_tenant"),
        (promise(json!({"others": ["x".repeat(121)]})), "/others/0", "too_long"),
        (promise(json!({"others": vec!["x"; 21]})), "/others", "too_many"),
        (promise(json!({"consortiumId": consortium})), "/consortiumId", "unknown_consortium"),
        (promise(json!({"groupId": samvirke::id::GroupId::new()})), "/consortiumId", "required"),
        (promise(json!({"projectId": theirs["id"]})), "/projectId", "own_project"),
    ] {
        let refused = oslo.post("/commitments", body.clone()).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{body}"
        );
    }
    node.client(oslo.tenant, Role::Viewer)
        .post("/commitments", promise(json!({})))
        .await
        .problem(403, "forbidden");
    let made = oslo.post("/commitments", promise(json!({}))).await.made();
    let on = format!("{}/follow-up", path(&made));
    for (body, at, code) in [
        (json!({"status": "moved"}), "/due", "required"),
        (json!({"status": "done", "due": "2030"}), "/due", "moved_only"),
        (json!({"status": "done", "note": "Bra"}), "/language", "required"),
    ] {
        let refused = oslo.post_from(&on, 1, body.clone()).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{body}"
        );
    }
    // Nothing was lost by all that.
    assert_eq!(oslo.get(&path(&made)).await.ok()["version"], 1);
}
