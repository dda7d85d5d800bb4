//! What libraries learn by together: a course that one offers and the others come to, a placement that one looks for.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn path(activity: &Value) -> String {
    format!("/activities/{}", activity["id"].as_str().unwrap())
}

async fn advance(host: &Client, activity: &Value, version: i64, state: &str) -> Answer {
    host.post_from(&format!("{}/state", path(activity)), version, json!({"state": state})).await
}

async fn register(who: &Client, activity: &Value, places: i64) -> Answer {
    who.post(&format!("{}/registration", path(activity)), json!({"places": places})).await
}

async fn evaluate(who: &Client, activity: &Value, body: Value) -> Answer {
    let request = who.request(Method::PUT, &format!("/api/v1{}/evaluation", path(activity)));
    who.send(request.json(&body)).await
}

fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

/// Shows 153, 154, 155, 157 by createActivity, moveActivity, registerForActivity, changeActivityRegistration, activityRegistrations.
/// Shows 153 by withdrawActivityRegistration, evaluateActivity, activityEvaluations.
#[rstest]
#[actix_web::test]
async fn a_course_is_planned_filled_held_and_judged(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [buskerud, telemark, vestfold, ostfold, tromso] = [
        node.tenant("buskerud").await,
        node.tenant("telemark").await,
        node.tenant("vestfold").await,
        node.tenant("ostfold").await,
        node.tenant("tromso").await,
    ];
    let consortium = node.consortium("fire-fylker", &[&buskerud, &telemark, &vestfold, &ostfold]).await;
    let music = migration::registers::concept_id("c:music");
    let course = json!({"kind": "course", "title": "Lederutvikling på tvers", "language": "nb", "held": "2027-02~",
        "description": "To dager", "place": "Drammen", "link": "https://example.org/kurs", "conceptIds": [music], "seats": 10,
        "mostPlaces": 6, "cost": {"amount": 100_000, "currency": "NOK", "sharing": "equal"},
        "consortiumId": consortium, "visibility": "consortium"});
    let made = buskerud.post("/activities", course).await.made();
    assert_eq!(
        (&made["state"], &made["places"], &made["registrations"], &made["side"]),
        (&json!("planned"), &json!(0), &json!(0), &json!("offered"))
    );
    assert_eq!(made["cost"], json!({"amount": 100_000, "currency": "NOK"}));
    // Seen by the others of the consortium, and by nobody else; not open yet.
    assert_eq!(vestfold.get(&path(&made)).await.ok()["id"], made["id"]);
    tromso.get(&path(&made)).await.problem(404, "not_found");
    register(&tromso, &made, 1).await.problem(404, "not_found");
    register(&vestfold, &made, 1).await.problem(409, "conflict");
    advance(&vestfold, &made, 1, "open").await.problem(403, "forbidden");
    advance(&buskerud, &made, 1, "held").await.problem(409, "illegal_transition");
    advance(&buskerud, &made, 1, "open").await.ok();
    advance(&buskerud, &made, 1, "closed").await.problem(412, "stale_version");

    // They come with so many each, and no seat is given twice.
    register(&buskerud, &made, 1).await.problem(409, "conflict");
    let refused = register(&vestfold, &made, 7).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused), [("/places", "between")]);
    let first = register(&vestfold, &made, 5).await.ok();
    assert_eq!(first["registered"], json!({"places": 5, "version": 1}));
    let refused = register(&telemark, &made, 6).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused), [("/places", "no_room")]);
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains('5'), "{refused}");
    register(&telemark, &made, 3).await.ok();
    register(&telemark, &made, 1).await.problem(409, "conflict");
    register(&ostfold, &made, 1).await.ok();
    let own = format!("{}/registration", path(&made));
    let refused = vestfold.patch(&own, 1, json!({"places": 6})).await.ok();
    assert_eq!((&refused["places"], &refused["registered"]["version"]), (&json!(10), &json!(2)));
    vestfold.patch(&own, 1, json!({"places": 4})).await.problem(412, "stale_version");
    vestfold.patch(&own, 2, json!({"places": 4})).await.ok();
    let who = ostfold.get(&format!("{}/registrations", path(&made))).await.ok();
    let told: Vec<_> =
        who["items"].as_array().unwrap().iter().map(|r| (&r["name"]["text"], &r["places"])).collect();
    let expected =
        [("vestfold", 4), ("telemark", 3), ("ostfold", 1)].map(|(name, n)| (json!(name), json!(n)));
    assert_eq!(told, expected.iter().map(|(name, n)| (name, n)).collect::<Vec<_>>());
    // Of what does not go up the first pays one øre more.
    let shares: Vec<&Value> =
        who["items"].as_array().unwrap().iter().map(|r| &r["share"]["amount"]).collect();
    assert_eq!(shares, [33_334, 33_333, 33_333]);
    tromso.get(&format!("{}/registrations", path(&made))).await.problem(404, "not_found");
    assert_eq!(ostfold.get("/activities?registered=true").await.ok()["items"][0]["id"], made["id"]);
    assert_eq!(buskerud.get("/activities?registered=true").await.ok()["items"], json!([]));

    // Who has registered keeps its seat, its price, and its sight of it.
    let change = json!({"seats": 7, "mostPlaces": 3, "visibility": "private",
        "cost": {"amount": 200_000, "currency": "NOK", "sharing": "equal"}});
    let refused = buskerud.patch(&path(&made), 2, change).await.problem(422, "invalid_input");
    let expected = [
        ("/seats", "taken"),
        ("/mostPlaces", "taken"),
        ("/cost", "registered_by_it"),
        ("/visibility", "registered_by_it"),
    ];
    assert_eq!(faults(&refused), expected);
    buskerud.patch(&path(&made), 2, json!({"seats": 8, "place": "Kongsberg"})).await.ok();
    // One does not come after all.
    assert_eq!(telemark.delete(&own, 1).await.ok()["places"], 5);
    telemark.delete(&own, 1).await.problem(404, "not_found");

    // Closed, held, judged: by those who were there, to the host.
    evaluate(&vestfold, &made, json!({"score": 5})).await.problem(409, "conflict");
    advance(&buskerud, &made, 3, "closed").await.ok();
    register(&telemark, &made, 1).await.problem(409, "conflict");
    vestfold.patch(&own, 3, json!({"places": 1})).await.problem(409, "conflict");
    advance(&buskerud, &made, 4, "held").await.ok();
    vestfold.delete(&own, 3).await.problem(409, "conflict");
    let refused =
        evaluate(&vestfold, &made, json!({"score": 6, "remark": "Bra"})).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused), [("/score", "between"), ("/language", "required")]);
    evaluate(&vestfold, &made, json!({"score": 3})).await.ok();
    evaluate(&vestfold, &made, json!({"score": 4, "remark": "Nyttig", "language": "nb"})).await.ok();
    evaluate(&ostfold, &made, json!({"score": 5})).await.ok();
    evaluate(&telemark, &made, json!({"score": 1})).await.problem(409, "conflict");
    let judged = format!("{}/evaluations", path(&made));
    let all = buskerud.get(&judged).await.ok();
    let scores: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|e| (&e["name"]["text"], &e["score"])).collect();
    assert_eq!(scores.len(), 2);
    assert!(
        scores.contains(&(&json!("vestfold"), &json!(4))) && scores.contains(&(&json!("ostfold"), &json!(5)))
    );
    let own_word = vestfold.get(&judged).await.ok();
    assert_eq!(
        (own_word["items"].as_array().unwrap().len(), &own_word["items"][0]["remark"]),
        (1, &json!("Nyttig"))
    );
    assert_eq!(telemark.get(&judged).await.ok()["items"], json!([]));

    // The same on the other face.
    let question = "query($id: ID!) { activity(id: $id) { state places registrations registered { places } cost { amount currency } costSharing } \
        activityRegistrations(id: $id) { nodes { places share { amount } } } activityEvaluations(id: $id) { nodes { score remark } } }";
    let both = vestfold.data(question, json!({"id": made["id"]})).await;
    assert_eq!(
        both["activity"],
        json!({"state": "HELD", "places": 5, "registrations": 2, "registered": {"places": 4},
            "cost": {"amount": 100_000, "currency": "NOK"}, "costSharing": "EQUAL"})
    );
    let shares: Vec<&Value> = both["activityRegistrations"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["share"]["amount"])
        .collect();
    assert_eq!(shares, [50_000, 50_000]);
    assert_eq!(both["activityEvaluations"]["nodes"], json!([{"score": 4, "remark": "Nyttig"}]));
}

/// Shows 152 by createActivity, activities, registerForActivity.
#[rstest]
#[actix_web::test]
async fn visits_and_placements_are_offered_and_sought(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [kronoberg, kalmar, blekinge] =
        [node.tenant("kronoberg").await, node.tenant("kalmar").await, node.tenant("blekinge").await];
    node.consortium("biss", &[&kronoberg, &kalmar, &blekinge]).await;
    let plan = async |who: &Client, kind: &str, side: &str| {
        let body = json!({"kind": kind, "side": side, "title": "Studiebesök", "language": "sv", "visibility": "consortium"});
        let made = who.post("/activities", body).await.made();
        advance(who, &made, 1, "open").await.ok()
    };
    let visit = plan(&kronoberg, "study_visit", "offered").await;
    let placement = plan(&kalmar, "placement", "sought").await;
    let found = async |query: &str| {
        let page = blekinge.get(&format!("/activities?{query}")).await.ok();
        page["items"].as_array().unwrap().iter().map(|a| a["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(found("side=offered").await, [visit["id"].clone()]);
    assert_eq!(found("side=sought&kind=placement").await, [placement["id"].clone()]);
    assert_eq!(found("state=open").await.len(), 2);
    assert_eq!(found(&format!("tenantId={}", kalmar.tenant)).await, [placement["id"].clone()]);
    // Whoever has a place for it says so by registering.
    register(&blekinge, &placement, 1).await.ok();
    assert_eq!(kalmar.get(&path(&placement)).await.ok()["places"], 1);
}

/// Thirty libraries at once for ten seats.
#[rstest]
#[actix_web::test]
async fn no_seat_is_given_twice(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let host = node.tenant("vert").await;
    let body = json!({"kind": "conference", "title": "Felles dag", "language": "nb", "seats": 10, "visibility": "public"});
    let made = host.post("/activities", body).await.made();
    advance(&host, &made, 1, "open").await.ok();
    let mut others = Vec::new();
    for n in 0..30 {
        others.push(node.tenant(&format!("t{n}")).await);
    }
    let made = Arc::new(made);
    let all = others.into_iter().map(|other| {
        let made = made.clone();
        actix_web::rt::spawn(async move { register(&other, &made, 1).await.status.as_u16() })
    });
    let statuses: Vec<u16> = join_all(all).await.into_iter().map(Result::unwrap).collect();
    let of = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((of(200), of(422)), (10, 20), "{statuses:?}");
    let now = host.get(&path(&made)).await.ok();
    assert_eq!((&now["places"], &now["registrations"]), (&json!(10), &json!(10)));
}

#[rstest]
#[actix_web::test]
async fn what_is_no_activity_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let theirs = node.consortium("deres", &[&bergen]).await;
    let with = |more: Value| {
        let mut body = json!({"kind": "course", "title": "Kurs", "language": "nb"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let concept = migration::registers::concept_id("c:music");
    for (body, expected) in [
        (with(json!({"title": " "})), vec![("/title", "required")]),
        (with(json!({"title": "x".repeat(201)})), vec![("/title", "too_long")]),
        (with(json!({"held": "i vår"})), vec![("/held", "edtf")]),
        (with(json!({"link": "http://example.org"})), vec![("/link", "url")]),
        (
            with(json!({"seats": 0, "mostPlaces": 1001})),
            vec![("/seats", "between"), ("/mostPlaces", "between")],
        ),
        (with(json!({"conceptIds": [concept, concept]})), vec![("/conceptIds/1", "duplicate")]),
        (with(json!({"conceptIds": [bergen.tenant]})), vec![("/conceptIds/0", "unknown_concept")]),
        (
            with(json!({"cost": {"amount": -1, "currency": "kroner", "sharing": "host"}})),
            vec![("/cost/amount", "between"), ("/cost/currency", "currency")],
        ),
        (with(json!({"consortiumId": theirs})), vec![("/consortiumId", "unknown_consortium")]),
    ] {
        let refused = oslo.post("/activities", body.clone()).await.problem(422, "invalid_input");
        assert_eq!(faults(&refused), expected, "{body}");
    }
    assert_eq!(oslo.get("/activities").await.ok()["items"], json!([]));
    let made = oslo.post("/activities", with(json!({}))).await.made();
    let blind = oslo.request(Method::PATCH, &format!("/api/v1{}", path(&made))).json(&json!({"place": "x"}));
    oslo.send(blind).await.problem(428, "version_required");
    node.client(oslo.tenant, Role::Viewer)
        .post("/activities", with(json!({})))
        .await
        .problem(403, "forbidden");
    bergen.get(&path(&made)).await.problem(404, "not_found");
    // Emptied again.
    let filled = json!({"description": "x", "held": "2027", "place": "x", "link": "https://example.org", "seats": 3, "mostPlaces": 1,
        "cost": {"amount": 1, "currency": "NOK", "sharing": "host"}});
    oslo.patch(&path(&made), 1, filled).await.ok();
    let clear = json!({"clear": ["description", "held", "place", "link", "seats", "most_places", "cost"]});
    let mut empty = oslo.patch(&path(&made), 2, clear).await.ok();
    let mut first = made.clone();
    for answer in [&mut empty, &mut first] {
        answer
            .as_object_mut()
            .unwrap()
            .retain(|field, _| !["version", "changedAt"].contains(&field.as_str()));
    }
    assert_eq!(empty, first);
}

#[rstest]
#[actix_web::test]
async fn who_has_registered_goes_on_seeing_it_or_gets_out(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let consortium = node.consortium("sammen", &[&oslo, &bergen]).await;
    let course = json!({"kind": "course", "title": "Noter", "language": "nb", "seats": 3, "consortiumId": consortium,
        "cost": {"amount": 900, "currency": "NOK", "sharing": "equal"}, "visibility": "public"});
    let made = oslo.post("/activities", course).await.made();
    advance(&oslo, &made, 1, "open").await.ok();
    register(&tromso, &made, 2).await.ok();
    for visibility in ["consortium", "private"] {
        let narrower = oslo
            .patch(&path(&made), 2, json!({"visibility": visibility}))
            .await
            .problem(422, "invalid_input");
        assert_eq!(faults(&narrower), [("/visibility", "registered_by_it")]);
    }
    // Within the consortium the host's own cap hides it.
    let shared = json!({"kind": "course", "title": "Spill", "language": "nb", "seats": 3, "consortiumId": consortium,
        "visibility": "consortium"});
    let shared = oslo.post("/activities", shared).await.made();
    advance(&oslo, &shared, 1, "open").await.ok();
    register(&bergen, &shared, 2).await.ok();
    let sql = format!(
        "UPDATE membership SET cap_activities = 'none' WHERE consortium_id = {}",
        match kind {
            Sqlite => format!("x'{}'", consortium.0.simple()),
            Postgres => format!("'{consortium}'"),
        }
    );
    node.database.raw(&sql).await;
    bergen.get(&path(&shared)).await.problem(404, "not_found");
    bergen.delete(&format!("{}/registration", path(&shared)), 7).await.problem(412, "stale_version");
    assert_eq!(bergen.delete(&format!("{}/registration", path(&shared)), 1).await.status, 204);
    assert_eq!(oslo.get(&path(&shared)).await.ok()["places"], 0);
    bergen.delete(&format!("{}/registration", path(&shared)), 1).await.problem(404, "not_found");
}
