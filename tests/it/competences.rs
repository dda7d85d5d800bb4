//! What a library says that it can and wants: its entries through their life, and who sees what of it, now and then.

use migration::registers::concept_id;
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn enter(library: &Client, notation: &str, more: Value) -> Value {
    let mut body = json!({"stance": "have", "conceptId": concept_id(notation)});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    library.post("/competences", body).await.made()
}

fn path(entry: &Value) -> String {
    format!("/competences/{}", entry["id"].as_str().unwrap())
}

fn texts(rows: &Value, field: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap_or("-").to_owned()).collect()
}

fn numbers(rows: &Value, field: &str) -> Vec<i64> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_i64().unwrap_or(-1)).collect()
}

async fn history(reader: &Client, entry: &Value) -> Value {
    let states = reader.get(&format!("{}/history", path(entry))).await.ok()["items"].clone();
    Value::Array(states.as_array().unwrap().iter().map(|past| past["state"].clone()).collect())
}

async fn profile(reader: &Client, of: &Client, as_of: Option<&Value>) -> Value {
    let as_of = as_of.map_or(String::new(), |time| format!("?asOf={}", time.as_str().unwrap()));
    reader.get(&format!("/tenants/{}/profile{as_of}", of.tenant)).await.ok()
}

const BAD: &str = "a bad input";

fn first_fault(fault: &Value) -> (String, String) {
    let text = |name: &str| fault["errors"][0][name].as_str().unwrap_or(BAD).to_owned();
    (text("pointer"), text("code"))
}

/// Shows 9, 21 by createCompetence, changeCompetence, competenceHistory.
#[rstest]
#[actix_web::test]
async fn an_entry_is_made_changed_and_removed_and_its_past_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let more = json!({
        "level": 2, "holders": 3, "note": "to kurs i året", "sourcePhrase": "musikk", "language": "nb",
        "evidence": ["https://example.org/kurs"], "visibility": "public",
    });
    let made = enter(&oslo, "c:music", more).await;
    assert_eq!((&made["version"], &made["concept"]["label"]["text"]), (&json!(1), &json!("musikk")));
    assert_eq!((&made["sourceLanguage"], &made["tenantId"]), (&json!("nb"), &json!(oslo.tenant)));
    let read = oslo.get(&path(&made)).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok(), made);

    let change = json!({"level": 4, "clear": ["note"]});
    let without = oslo.request(reqwest::Method::PATCH, &format!("/api/v1{}", path(&made)));
    oslo.send(without.json(&change)).await.problem(428, "version_required");
    oslo.patch(&path(&made), 2, change.clone()).await.problem(412, "stale_version");
    let changed = oslo.patch(&path(&made), 1, change.clone()).await.ok();
    assert_eq!((&changed["level"], &changed["version"]), (&json!(4), &json!(2)));
    assert!(changed["note"].is_null() && changed["holders"] == 3, "the rest stays: {changed}");
    oslo.patch(&path(&made), 1, change).await.problem(412, "stale_version");
    // Another library sees it and changes nothing, not even by naming the version.
    bergen.patch(&path(&made), 2, json!({"level": 1})).await.problem(403, "forbidden");
    bergen.delete(&path(&made), 2).await.problem(403, "forbidden");

    let query = "mutation($id: ID!, $v: Int!) { changeCompetence(id: $id, expectedVersion: $v, input: {stance: WANT, targetLevel: 4, targetDate: \"2027\"}) { stance targetLevel version } }";
    let stale = oslo.graphql(query, json!({"id": made["id"], "v": 1})).await.ok();
    assert_eq!(stale["errors"][0]["extensions"]["code"], "STALE_VERSION");
    let wanted = oslo.data(query, json!({"id": made["id"], "v": 2})).await;
    assert_eq!(wanted["changeCompetence"], json!({"stance": "WANT", "targetLevel": 4, "version": 3}));

    let states = history(&oslo, &made).await;
    assert_eq!(numbers(&states, "version"), [1, 2, 3]);
    assert_eq!(numbers(&states, "level"), [2, 4, 4]);
    assert_eq!(texts(&states, "stance"), ["have", "have", "want"]);
    let periods = oslo.get(&format!("{}/history", path(&made))).await.ok()["items"].clone();
    assert_eq!(periods[0]["validTo"], periods[1]["validFrom"]);
    assert!(periods[2]["validTo"].is_null() && periods[2]["changedBy"].is_string(), "{periods}");
    // Page by page, and on the other face.
    let page = oslo.get(&format!("{}/history?first=2", path(&made))).await.ok();
    let next = format!("{}/history?first=2&after={}", path(&made), page["nextCursor"].as_str().unwrap());
    assert_eq!(oslo.get(&next).await.ok()["items"], json!([periods[2]]));
    let query = "query($id: ID!) { competenceHistory(id: $id) { edges { node { changedBy state { version level } } } } }";
    let told = bergen.data(query, json!({"id": made["id"]})).await["competenceHistory"]["edges"].clone();
    assert_eq!(told[1]["node"], json!({"changedBy": null, "state": {"version": 2, "level": 4}}));

    oslo.delete(&path(&made), 2).await.problem(412, "stale_version");
    oslo.delete(&path(&made), 3).await.expect(204);
    oslo.get(&path(&made)).await.problem(404, "not_found");
    oslo.delete(&path(&made), 3).await.problem(404, "not_found");
    // The library keeps its past, others do not.
    assert_eq!(numbers(&history(&oslo, &made).await, "version"), [1, 2, 3]);
    bergen.get(&format!("{}/history", path(&made))).await.problem(404, "not_found");
    // Its place is free again.
    let remove = "mutation($id: ID!) { removeCompetence(id: $id, expectedVersion: 1) }";
    let again = enter(&oslo, "c:music", json!({})).await;
    assert_eq!(oslo.data(remove, json!({"id": again["id"]})).await["removeCompetence"], again["id"]);
}

#[rstest]
#[actix_web::test]
async fn the_past_is_seen_as_far_as_both_past_and_present_let(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    node.consortium("vest", &[&oslo, &bergen]).await;
    let made = enter(&oslo, "c:music", json!({"note": "hemmelig", "visibility": "private"})).await;
    let public = json!({"note": "for alle", "visibility": "public"});
    let shown = oslo.patch(&path(&made), 1, public).await.ok();
    let shared =
        oslo.patch(&path(&made), 2, json!({"note": "for oss", "visibility": "consortium"})).await.ok();
    let then = |state: &Value| state["changedAt"].clone();
    let notes = async |reader: &Client, time: &Value| {
        texts(&profile(reader, &oslo, Some(time)).await["entries"], "note")
    };
    // Private then: for the library alone, whatever became of it.
    assert_eq!(texts(&history(&oslo, &made).await, "note"), ["hemmelig", "for alle", "for oss"]);
    assert_eq!(notes(&oslo, &then(&made)).await, ["hemmelig"]);
    assert_eq!(texts(&history(&bergen, &made).await, "note"), ["for alle", "for oss"]);
    assert_eq!(notes(&bergen, &then(&made)).await, Vec::<String>::new());
    assert_eq!(notes(&bergen, &then(&shown)).await, ["for alle"]);
    assert_eq!(notes(&bergen, &then(&shared)).await, ["for oss"]);
    // Not for those who may not see it now, though it was public once.
    tromso.get(&format!("{}/history", path(&made))).await.problem(404, "not_found");
    assert_eq!(notes(&tromso, &then(&shown)).await, Vec::<String>::new());
    // Hidden now: its public past is hidden too.
    let hidden = oslo.patch(&path(&made), 3, json!({"visibility": "private"})).await.ok();
    for reader in [&bergen, &tromso] {
        reader.get(&format!("{}/history", path(&made))).await.problem(404, "not_found");
        for time in [then(&made), then(&shown), then(&shared), then(&hidden)] {
            assert_eq!(notes(reader, &time).await, Vec::<String>::new());
        }
        let query = "query($id: ID!, $t: DateTime) { profile(tenantId: $id, asOf: $t) { entries { note } } }";
        let told = reader.data(query, json!({"id": oslo.tenant, "t": then(&shown)})).await;
        assert_eq!(told["profile"]["entries"], json!([]));
    }
    // Removed: the same.
    oslo.patch(&path(&made), 4, json!({"visibility": "public"})).await.ok();
    assert_eq!(notes(&tromso, &then(&shown)).await, ["for alle"]);
    oslo.delete(&path(&made), 5).await.expect(204);
    assert_eq!(notes(&tromso, &then(&shown)).await, Vec::<String>::new());
    assert_eq!(notes(&oslo, &then(&shown)).await, ["for alle"]);
}

#[rstest]
#[actix_web::test]
async fn a_profile_says_what_it_said_on_a_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let music = enter(&oslo, "c:music", json!({"level": 1})).await;
    let games = enter(&oslo, "c:games", json!({"level": 1})).await;
    let better = oslo.patch(&path(&music), 1, json!({"level": 3})).await.ok();
    oslo.delete(&path(&games), 1).await.expect(204);
    let levels = async |time: Option<&Value>| numbers(&profile(&oslo, &oslo, time).await["entries"], "level");
    assert_eq!(levels(Some(&music["changedAt"])).await, [1]);
    assert_eq!(levels(Some(&games["changedAt"])).await.len(), 2);
    let mut both = levels(Some(&better["changedAt"])).await;
    both.sort_unstable();
    assert_eq!(both, [1, 3]);
    assert_eq!(levels(None).await, [3]);
    assert_eq!(levels(Some(&json!("2001-01-01T00:00:00Z"))).await, Vec::<i64>::new());
    assert_eq!(levels(Some(&json!("2901-01-01T00:00:00Z"))).await, [3]);
    // The same moment in another zone.
    let moment = chrono::DateTime::parse_from_rfc3339(music["changedAt"].as_str().unwrap()).unwrap();
    let zoned = moment.with_timezone(&chrono::FixedOffset::east_opt(7_200).unwrap()).to_rfc3339();
    assert_eq!(levels(Some(&json!(zoned.replace('+', "%2B")))).await, [1]);
    for bad in ["i%20fjor", "2010", "2010-01-01", "2010-01-01T00:00:00"] {
        let fault = oslo.get(&format!("/tenants/{}/profile?asOf={bad}", oslo.tenant)).await;
        fault.problem(422, "invalid_input");
    }
    for far in [
        "-20000-01-01T00:00:00Z",
        "%2B20000-01-01T00:00:00Z",
        "-200000-01-01T00:00:00Z",
        "%2B262000-01-01T00:00:00Z",
    ] {
        let fault = oslo.get(&format!("/tenants/{}/profile?asOf={far}", oslo.tenant)).await;
        fault.problem(422, "invalid_input");
    }
    let query = "query($id: ID!, $t: DateTime) { profile(tenantId: $id, asOf: $t) { entries { level } } }";
    let refused = oslo.graphql(query, json!({"id": oslo.tenant, "t": "-20000-01-01T00:00:00Z"})).await.ok();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{refused}");
    oslo.get(&format!("/tenants/{}/profile", uuid::Uuid::now_v7())).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_library_states_what_it_is_about(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let say = |text: &str, visibility: &str| json!({"text": [{"language": "nb", "text": text}, {"language": "sv", "text": "Vi är bra på musik"}], "visibility": visibility});
    oslo.put("/profile-statement", say("Vi er gode", "public")).await.problem(428, "version_required");
    oslo.put_from("/profile-statement", 1, say("Vi er gode", "public")).await.problem(412, "stale_version");
    // Two at once: one is first, the others are told.
    let tromso = node.tenant("tromso").await;
    let firsts = (0..4).map(|_| tromso.put_from("/profile-statement", 0, say("Først", "public")));
    let answers = futures_util::future::join_all(firsts).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    let first = oslo.put_from("/profile-statement", 0, say("Vi er gode på musikk", "private")).await.ok();
    assert_eq!((&first["version"], &first["text"]["text"]), (&json!(1), &json!("Vi er gode på musikk")));
    assert!(profile(&bergen, &oslo, None).await["statement"].is_null());
    oslo.put_from("/profile-statement", 0, say("Igjen", "public")).await.problem(412, "stale_version");
    let second = oslo.put_from("/profile-statement", 1, say("Vi er gode på mye", "public")).await.ok();
    assert_eq!(profile(&oslo, &oslo, None).await["statement"], second);
    let swedish = profile(&bergen.clone().speaking("sv"), &oslo, None).await["statement"].clone();
    assert_eq!(swedish["text"]["text"], "Vi är bra på musik");
    // As of a time there is none: it keeps no history.
    assert!(profile(&oslo, &oslo, Some(&second["changedAt"])).await["statement"].is_null());
    let query = "mutation($v: Int!) { setProfileStatement(expectedVersion: $v, input: {text: [{language: NB, text: \"Ny\"}]}) { version visibility text { text } } }";
    let third = oslo.data(query, json!({"v": 2})).await["setProfileStatement"].clone();
    assert_eq!(third, json!({"version": 3, "visibility": "PUBLIC", "text": {"text": "Ny"}}));
    for (text, pointer, code) in [
        (json!([]), "/text", "required"),
        (json!([{"language": "nb", "text": " "}]), "/text/0/text", "required"),
        (json!([{"language": "nb", "text": "x".repeat(2_001)}]), "/text/0/text", "too_long"),
        (
            json!([{"language": "nb", "text": "a"}, {"language": "no", "text": "b"}]),
            "/text/1/language",
            "duplicate",
        ),
        (json!([{"language": "de", "text": "a"}]), "/text/0/language", "unknown_value"),
    ] {
        let fault = oslo.put_from("/profile-statement", 3, json!({"text": text})).await;
        assert_eq!(
            first_fault(&fault.problem(422, "invalid_input")),
            (pointer.into(), code.into()),
            "{text}"
        );
    }
    // Two at once: one is first, the other is told.
    let change = |n: usize| oslo.put_from("/profile-statement", 3, say(&format!("nr {n}"), "public"));
    let answers = futures_util::future::join_all((0..4).map(change)).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    node.client(oslo.tenant, Role::Contributor)
        .put_from("/profile-statement", 4, say("Nei", "public"))
        .await
        .problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn of_many_changes_at_once_one_is_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    // One concept once, however often it is entered.
    let music = json!({"stance": "have", "conceptId": concept_id("c:music")});
    let answers =
        futures_util::future::join_all((0..6).map(|_| oslo.post("/competences", music.clone()))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    let made = answers.into_iter().find(|answer| answer.status == 201).unwrap().made();
    let to = path(&made);
    let answers =
        futures_util::future::join_all((1..5).map(|n| oslo.patch(&to, 1, json!({"holders": n})))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    let states = history(&oslo, &made).await;
    assert_eq!(numbers(&states, "version"), [1, 2]);
    let periods = oslo.get(&format!("{}/history", path(&made))).await.ok()["items"].clone();
    assert_eq!(periods[0]["validTo"], periods[1]["validFrom"], "no moment without a state");
    // The other stance is another entry; turning it round is refused where its place is taken.
    let want =
        oslo.post("/competences", json!({"stance": "want", "conceptId": concept_id("c:music")})).await.made();
    oslo.patch(&path(&want), 1, json!({"stance": "have"})).await.problem(409, "conflict");
    assert_eq!(oslo.get(&path(&want)).await.ok(), want);
    assert_eq!(numbers(&history(&oslo, &want).await, "version"), [1], "what is refused leaves no trace");
}

#[rstest]
#[actix_web::test]
async fn bad_input_says_where_and_writes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let music = concept_id("c:music");
    let theme = oslo.get("/themes?first=1").await.ok()["items"][0]["id"].clone();
    let long = "x".repeat(301);
    let many: Vec<String> = (0..11).map(|n| format!("https://example.org/{n}")).collect();
    for (body, pointer, code) in [
        (json!({"stance": "have"}), "/conceptId", "required"),
        (json!({"conceptId": music}), "/stance", "required"),
        (json!({"stance": "had", "conceptId": music}), "/stance", "unknown_value"),
        (json!({"stance": "have", "conceptId": "c:music"}), "/conceptId", "id"),
        (json!({"stance": "have", "conceptId": uuid::Uuid::now_v7()}), "/conceptId", "unknown_concept"),
        (json!({"stance": "have", "conceptId": oslo.tenant}), "/conceptId", "unknown_concept"),
        (json!({"stance": "have", "conceptId": theme}), "/conceptId", "unknown_concept"),
        (json!({"stance": "have", "sourcePhrase": "musikk"}), "/language", "required"),
        (json!({"stance": "have", "sourcePhrase": long, "language": "nb"}), "/sourcePhrase", "too_long"),
        (
            json!({"stance": "have", "sourcePhrase": "a\u{0}", "language": "nb"}),
            "/sourcePhrase",
            "control_character",
        ),
        (json!({"stance": "have", "sourcePhrase": "musikk", "language": "xx"}), "/language", "unknown_value"),
        (json!({"stance": "have", "conceptId": music, "level": 0}), "/level", "between"),
        (json!({"stance": "have", "conceptId": music, "level": 2.5}), "/level", "wrong_type"),
        (json!({"stance": "have", "conceptId": music, "holders": -1}), "/holders", "between"),
        (
            json!({"stance": "have", "conceptId": music, "holders": 99_999_999_999_999_999_999_f64}),
            "/holders",
            "wrong_type",
        ),
        (json!({"stance": "have", "conceptId": music, "targetLevel": 3}), "/targetLevel", "only_for_want"),
        (json!({"stance": "want", "conceptId": music, "targetDate": "snart"}), "/targetDate", "edtf"),
        (
            json!({"stance": "have", "conceptId": music, "evidence": ["http://example.org"]}),
            "/evidence/0",
            "url",
        ),
        (json!({"stance": "have", "conceptId": music, "evidence": many}), "/evidence", "too_many"),
        (
            json!({"stance": "have", "conceptId": music, "tenantId": bergen.tenant}),
            "/tenantId",
            "unknown_field",
        ),
        (
            json!({"stance": "have", "conceptId": music, "visibility": "everybody"}),
            "/visibility",
            "unknown_value",
        ),
    ] {
        let fault = oslo.post("/competences", body.clone()).await.problem(422, "invalid_input");
        assert_eq!(first_fault(&fault), (pointer.into(), code.into()), "{body}");
    }
    let query = "mutation($input: NewCompetence!) { createCompetence(input: $input) { id } }";
    for (input, code) in [
        (json!({"stance": "HAVE", "conceptId": uuid::Uuid::now_v7()}), "INVALID_INPUT"),
        (json!({"stance": "HAVE", "conceptId": music, "level": 9}), "INVALID_INPUT"),
    ] {
        let refused = oslo.graphql(query, json!({"input": input})).await.ok();
        assert_eq!(refused["errors"][0]["extensions"]["code"], code, "{refused}");
    }
    for input in [
        json!({"stance": "HAD"}),
        json!({"stance": "HAVE", "colour": "red"}),
        json!({"stance": "HAVE", "level": "4"}),
    ] {
        let refused = oslo.graphql(query, json!({"input": input})).await.expect(400);
        assert!(
            refused["errors"][0]["extensions"]["code"].is_string() && refused.get("data").is_none(),
            "{refused}"
        );
    }
    assert_eq!(oslo.get("/competences").await.ok()["items"], json!([]), "nothing was written");

    let made = enter(&oslo, "c:music", json!({"level": 2, "visibility": "public"})).await;
    for (body, pointer, code) in [
        (json!({"level": 5}), "/level", "between"),
        (json!({"clear": ["everything"]}), "/clear/0", "unknown_value"),
        (json!({"targetLevel": 3}), "/targetLevel", "only_for_want"),
        (json!({"conceptId": uuid::Uuid::now_v7()}), "/conceptId", "unknown_concept"),
        (json!({"sourcePhrase": "ny"}), "/sourcePhrase", "unknown_field"),
    ] {
        let fault = oslo.patch(&path(&made), 1, body.clone()).await.problem(422, "invalid_input");
        assert_eq!(first_fault(&fault), (pointer.into(), code.into()), "{body}");
    }
    assert_eq!(oslo.get(&path(&made)).await.ok(), made, "nothing was lost");
    for id in ["x", "0", "c:music", &format!("{}", uuid::Uuid::now_v7())] {
        oslo.get(&format!("/competences/{id}")).await.problem(404, "not_found");
        oslo.patch(&format!("/competences/{id}"), 1, json!({})).await.problem(404, "not_found");
        oslo.get(&format!("/competences/{id}/history")).await.problem(404, "not_found");
    }
    // A cursor of another caller, of another question, or of nobody.
    enter(&oslo, "c:games", json!({"visibility": "public"})).await;
    let cursor = oslo.get("/competences?first=1").await.ok()["nextCursor"].as_str().unwrap().to_owned();
    bergen.get(&format!("/competences?first=1&after={cursor}")).await.problem(400, "bad_cursor");
    for question in ["stance=have", "unmapped=false"] {
        oslo.get(&format!("/competences?{question}&after={cursor}")).await.problem(400, "bad_cursor");
    }
    oslo.get("/competences?after=abc").await.problem(400, "bad_cursor");
    oslo.get(&format!("{}/history?after={cursor}", path(&made))).await.problem(400, "bad_cursor");
    for bad in ["first=0", "first=101", "first=-1", "first=x", "stance=had", "tenantId=oslo", "colour=red"] {
        let fault = oslo.get(&format!("/competences?{bad}")).await.problem(422, "invalid_input");
        let detail = fault["errors"][0]["detail"].as_str().unwrap();
        assert!(!detail.is_empty() && !detail.ends_with(": ."), "{bad}: {detail}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_list_is_narrowed_by_what_is_readable_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let public = json!({"visibility": "public"});
    enter(&oslo, "c:music", public.clone()).await;
    enter(&oslo, "c:games", json!({"note": "privat"})).await;
    let own =
        json!({"stance": "want", "sourcePhrase": "egne greier", "language": "nb", "visibility": "public"});
    oslo.post("/competences", own).await.made();
    enter(&bergen, "c:music", public).await;
    let theme = |concept: &Value| concept["items"][0]["theme"]["id"].as_str().unwrap().to_owned();
    let collections = theme(&oslo.get("/concepts?notation=c:music").await.ok());
    let count = async |reader: &Client, filter: &str| {
        let path = format!("/competences?{filter}");
        reader.get(&path).await.ok()["items"].as_array().unwrap().len()
    };
    let [music, games] = [concept_id("c:music"), concept_id("c:games")];
    for (filter, mine, theirs) in [
        (String::new(), 4, 3),
        (format!("tenantId={}", oslo.tenant), 3, 2),
        (format!("conceptId={music}"), 2, 2),
        (format!("conceptId={games}"), 1, 0),
        (format!("themeId={collections}"), 2, 2),
        ("stance=want".into(), 1, 1),
        ("unmapped=true".into(), 1, 1),
        ("unmapped=false".into(), 3, 2),
        (format!("tenantId={}&conceptId={music}&stance=have", bergen.tenant), 1, 1),
        (format!("tenantId={}", uuid::Uuid::now_v7()), 0, 0),
    ] {
        assert_eq!((count(&oslo, &filter).await, count(&bergen, &filter).await), (mine, theirs), "{filter}");
    }
    let query = "query($t: ID) { competences(filter: {themeId: $t, stance: HAVE}) { edges { node { concept { notation } } } } }";
    let told = bergen.data(query, json!({"t": collections})).await["competences"]["edges"].clone();
    assert_eq!(told.as_array().unwrap().len(), 2);
}
