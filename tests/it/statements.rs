//! What libraries say of themselves, and who stands beside it: the words are those of the four counties.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn say(who: &Client, kind: &str, text: &str) -> Value {
    let said = json!({"kind": kind, "text": text, "language": "nb", "visibility": "consortium"});
    who.post("/statements", said).await.made()
}

fn path(statement: &Value) -> String {
    format!("/statements/{}", statement["id"].as_str().unwrap())
}

async fn endorse(who: &Client, statement: &Value) -> Value {
    who.post(&format!("{}/endorsement", path(statement)), json!(null)).await.ok()
}

fn texts(field: &Value) -> Vec<&str> {
    field["statements"].as_array().unwrap().iter().map(|s| s["text"].as_str().unwrap()).collect()
}

/// Shows 121 by createStatement, statementOverview, endorseStatement.
/// Shows 25 by createStatement, statementOverview.
#[rstest]
#[actix_web::test]
async fn four_counties_find_out_what_they_share(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [buskerud, telemark, vestfold, ostfold, tromso] = [
        node.tenant("buskerud").await,
        node.tenant("telemark").await,
        node.tenant("vestfold").await,
        node.tenant("ostfold").await,
        node.tenant("tromso").await,
    ];
    let consortium = node.consortium("fire-fylker", &[&buskerud, &telemark, &vestfold, &ostfold]).await;
    say(&buskerud, "strength", "Spisskompetanse").await;
    say(&telemark, "weakness", "Ildsjelene er få").await;
    say(&vestfold, "opportunity", "Lære av hverandre").await;
    say(&ostfold, "threat", "Samarbeid vs konkurranse").await;
    let pressure = say(&buskerud, "challenge", "Økt tidspress").await;
    let interests = say(&telemark, "challenge", "Ulike interesser").await;
    // What a library keeps to itself is in no count.
    let private = json!({"kind": "challenge", "text": "Vi vurderer å trekke oss", "language": "nb"});
    ostfold.post("/statements", private).await.made();
    for who in [&vestfold, &ostfold, &buskerud] {
        endorse(who, &interests).await;
    }
    assert_eq!(endorse(&telemark, &pressure).await["endorsements"], 1);
    // Again changes nothing.
    let twice = endorse(&telemark, &pressure).await;
    assert_eq!((&twice["endorsements"], &twice["endorsed"]), (&json!(1), &json!(true)));
    let overview = format!("/consortia/{consortium}/statements");
    let swot = vestfold.get(&overview).await.ok();
    let kinds: Vec<&Value> = swot["fields"].as_array().unwrap().iter().map(|f| &f["kind"]).collect();
    assert_eq!(kinds, ["strength", "weakness", "opportunity", "threat"]);
    assert_eq!(texts(&swot["fields"][0]), ["Spisskompetanse"]);
    // The largest challenges are those that most stand behind.
    let largest = vestfold.get(&format!("{overview}?kind=challenge")).await.ok();
    assert_eq!(texts(&largest["fields"][0]), ["Ulike interesser", "Økt tidspress"]);
    assert_eq!(largest["fields"][0]["total"], 2);
    let one = vestfold.get(&format!("{overview}?kind=challenge&top=1")).await.ok();
    assert_eq!((texts(&one["fields"][0]).len(), &one["fields"][0]["total"]), (1, &json!(2)));
    // The same on the other face.
    let question = "query($id: ID!) { statementOverview(id: $id, kind: CHALLENGE) { fields { total statements { text endorsements } } } }";
    let both = vestfold.data(question, json!({"id": consortium})).await;
    let fields = &both["statementOverview"]["fields"][0];
    assert_eq!((texts(fields), &fields["total"]), (texts(&largest["fields"][0]), &json!(2)));
    // Who stands there is seen by all who see the statement, and by nobody else.
    let names = buskerud.get(&format!("{}/endorsements", path(&interests))).await.ok();
    let names: Vec<&str> =
        names["items"].as_array().unwrap().iter().map(|e| e["name"]["text"].as_str().unwrap()).collect();
    assert_eq!(names, ["vestfold", "ostfold", "buskerud"]);
    tromso.get(&format!("{}/endorsements", path(&interests))).await.problem(404, "not_found");
    tromso.post(&format!("{}/endorsement", path(&interests)), json!(null)).await.problem(404, "not_found");
    tromso.get(&overview).await.problem(404, "not_found");
    // Taken away again.
    let away = vestfold.request(reqwest::Method::DELETE, &format!("/api/v1{}/endorsement", path(&interests)));
    let away = vestfold.send(away).await.ok();
    assert_eq!((&away["endorsements"], &away["endorsed"]), (&json!(2), &json!(false)));
    let endorsed = ostfold.get("/statements?endorsed=true").await.ok();
    assert_eq!(endorsed["items"].as_array().unwrap().len(), 1);
    // A library that lets none of its statements into the consortium is not in the overview.
    let mine = buskerud.get("/memberships").await.ok();
    let membership =
        mine["items"].as_array().unwrap().iter().find(|m| m["consortiumId"] == json!(consortium)).unwrap();
    let to = format!("/memberships/{}", membership["id"].as_str().unwrap());
    let version = membership["version"].as_i64().unwrap();
    buskerud.patch(&to, version, json!({"statements": "none"})).await.ok();
    let less = vestfold.get(&format!("{overview}?kind=challenge")).await.ok();
    assert_eq!(
        (texts(&less["fields"][0]), &less["fields"][0]["total"]),
        (vec!["Ulike interesser"], &json!(1))
    );
}

/// Shows 122, 123 by createStatement, statements.
#[rstest]
#[actix_web::test]
async fn means_serve_an_ambition(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let ambition = say(&oslo, "ambition", "Bibliotek for alle").await;
    let theirs = bergen
        .post(
            "/statements",
            json!({"kind": "ambition", "text": "Vår egen", "language": "nb", "visibility": "public"}),
        )
        .await
        .made();
    let means =
        json!({"kind": "means", "text": "Felles kurs", "language": "nb", "ambitionId": ambition["id"]});
    let means = oslo.post("/statements", means).await.made();
    let serving = format!("/statements?ambitionId={}", ambition["id"].as_str().unwrap());
    assert_eq!(oslo.get(&serving).await.ok()["items"][0]["id"], means["id"]);
    // An ambition that is served stays one.
    oslo.delete(&path(&ambition), 1).await.problem(409, "conflict");
    oslo.patch(&path(&ambition), 1, json!({"kind": "threat"})).await.problem(409, "conflict");
    oslo.patch(&path(&ambition), 1, json!({"text": "Et bibliotek for alle"})).await.ok();
    let faults = async |body: Value| {
        let refused = oslo.post("/statements", body).await.problem(422, "invalid_input");
        (refused["errors"][0]["pointer"].clone(), refused["errors"][0]["code"].clone())
    };
    let text = |kind: &str, ambition: &Value| json!({"kind": kind, "text": "x", "language": "nb", "ambitionId": ambition["id"]});
    assert_eq!(faults(text("strength", &ambition)).await, (json!("/ambitionId"), json!("means_only")));
    assert_eq!(faults(text("means", &theirs)).await, (json!("/ambitionId"), json!("own_ambition")));
    assert_eq!(faults(text("means", &means)).await, (json!("/ambitionId"), json!("own_ambition")));
    oslo.patch(&path(&means), 1, json!({"clear": ["ambition"]})).await.ok();
    assert_eq!(oslo.delete(&path(&ambition), 2).await.status, 204);
}

#[rstest]
#[actix_web::test]
async fn what_is_no_statement_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let music = migration::registers::concept_id("c:music");
    for (body, at, code) in [
        (json!({"kind": "strength", "text": " ", "language": "nb"}), "/text", "required"),
        (json!({"kind": "strength", "text": "x".repeat(1_001), "language": "nb"}), "/text", "too_long"),
        (
            json!({"kind": "strength", "text": "ring 01015550321", "language": "nb"}),
            "/text",
            "national_number",
        ),
        (
            json!({"kind": "strength", "text": "x", "language": "nb", "conceptIds": [music, music]}),
            "/conceptIds/1",
            "duplicate",
        ),
        (
            json!({"kind": "strength", "text": "x", "language": "nb", "conceptIds": [samvirke::id::ConceptId::new()]}),
            "/conceptIds/0",
            "unknown_concept",
        ),
    ] {
        let refused = oslo.post("/statements", body.clone()).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{body}"
        );
    }
    for body in
        [json!({"kind": "wish", "text": "x", "language": "nb"}), json!({"kind": "strength", "text": "x"})]
    {
        assert!(oslo.post("/statements", body).await.status.is_client_error());
    }
    // Nobody endorses itself, nor what it cannot see; who may not write for its library does not either.
    let open = json!({"kind": "strength", "text": "Musikk", "language": "nb", "visibility": "public"});
    let open = oslo.post("/statements", open).await.made();
    let beside = format!("{}/endorsement", path(&open));
    oslo.post(&beside, json!(null)).await.problem(409, "conflict");
    node.client(bergen.tenant, Role::Contributor).post(&beside, json!(null)).await.problem(403, "forbidden");
    let ghost = format!("/statements/{}/endorsement", samvirke::id::StatementId::new());
    bergen.post(&ghost, json!(null)).await.problem(404, "not_found");
    bergen.patch(&path(&open), 1, json!({"text": "Vår"})).await.problem(403, "forbidden");
    oslo.patch(&path(&open), 2, json!({"text": "Vår"})).await.problem(412, "stale_version");
    // Eight requests at once put one name there.
    let eight = futures_util::future::join_all((0..8).map(|_| bergen.post(&beside, json!(null)))).await;
    assert!(
        eight.iter().all(|answer| answer.status == 200),
        "{:?}",
        eight.iter().map(|a| a.status).collect::<Vec<_>>()
    );
    assert_eq!(oslo.get(&path(&open)).await.ok()["endorsements"], 1);
    // Narrowed it is hidden, and the name beside it with it.
    oslo.patch(&path(&open), 1, json!({"visibility": "private"})).await.ok();
    bergen.get(&path(&open)).await.problem(404, "not_found");
    assert_eq!(bergen.get("/statements?endorsed=true").await.ok()["items"], json!([]));
    // Removed with the names beside it.
    assert_eq!(oslo.delete(&path(&open), 2).await.status, 204);
    assert!(node.database.raw("SELECT '' FROM endorsement").await.is_empty());
    let top = format!("/consortia/{}/statements?top=26", node.consortium("vest", &[&oslo]).await);
    assert_eq!(oslo.get(&top).await.problem(422, "invalid_input")["errors"][0]["pointer"], "/top");
}

#[rstest]
#[actix_web::test]
async fn a_name_stands_beside_the_words_that_it_was_put_to(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let body =
        json!({"kind": "strength", "text": "Vi formidler musikk", "language": "nb", "visibility": "public"});
    let made = oslo.post("/statements", body).await.made();
    endorse(&bergen, &made).await;
    endorse(&tromso, &made).await;
    // Shown to more or fewer, it is the same; in other words it is another.
    let hidden = oslo.patch(&path(&made), 1, json!({"visibility": "private"})).await.ok();
    assert_eq!(hidden["endorsements"], 2);
    // Whoever does not see it any more takes its name away all the same.
    let endorsement = format!("/api/v1{}/endorsement", path(&made));
    let away = tromso.send(tromso.request(reqwest::Method::DELETE, &endorsement)).await;
    assert_eq!(away.status, 204);
    tromso.send(tromso.request(reqwest::Method::DELETE, &endorsement)).await.problem(404, "not_found");
    let changed = oslo
        .patch(&path(&made), 2, json!({"text": "Vi formidler ikke musikk", "visibility": "public"}))
        .await
        .ok();
    assert_eq!(changed["endorsements"], 0);
    assert_eq!(bergen.get(&path(&made)).await.ok()["endorsed"], false);
}

#[rstest]
#[actix_web::test]
async fn what_means_are_for_is_told_to_those_who_see_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, tromso] = [node.tenant("oslo").await, node.tenant("tromso").await];
    let said = |kind: &str, text: &str, visibility: &str| json!({"kind": kind, "text": text, "language": "nb", "visibility": visibility});
    let ambition = oslo.post("/statements", said("ambition", "Best på musikk", "private")).await.made();
    let mut means = said("means", "Kjøpe noter", "public");
    means["ambitionId"] = ambition["id"].clone();
    let means = oslo.post("/statements", means).await.made();
    assert_eq!(means["ambitionId"], ambition["id"]);
    assert!(tromso.get(&path(&means)).await.ok().get("ambitionId").is_none());
    let asked = format!("/statements?ambitionId={}", ambition["id"].as_str().unwrap());
    assert_eq!(tromso.get(&asked).await.ok()["items"], json!([]));
    assert_eq!(oslo.get(&asked).await.ok()["items"][0]["id"], means["id"]);
}

#[rstest]
#[actix_web::test]
async fn who_removes_and_who_endorses_at_once_are_both_answered(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    for n in 0..5 {
        let body =
            json!({"kind": "strength", "text": format!("Nr. {n}"), "language": "nb", "visibility": "public"});
        let made = oslo.post("/statements", body).await.made();
        let (endorsement, statement) = (format!("{}/endorsement", path(&made)), path(&made));
        let (endorsed, one, other) = futures_util::join!(
            bergen.post(&endorsement, json!(null)),
            oslo.delete(&statement, 1),
            oslo.delete(&statement, 1)
        );
        assert!([200, 404].contains(&endorsed.status.as_u16()), "{}", endorsed.text);
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404], "{} {}", one.text, other.text);
        oslo.get(&statement).await.problem(404, "not_found");
    }
}
