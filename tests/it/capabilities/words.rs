//! The words of a consortium: proposed, decided on, merged, defined and gathered.

use samvirke::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn concept(notation: &str) -> Uuid {
    migration::registers::concept_id(notation)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn named(name: &str) -> Value {
    json!({"label": [{"language": "nb", "text": name}]})
}

async fn propose(who: &Client, consortium: impl std::fmt::Display, name: &str) -> Value {
    who.post(&format!("/consortia/{consortium}/concepts"), named(name)).await.made()
}

async fn has(who: &Client, concept: &Value, more: Value) -> Value {
    let mut entry = json!({"stance": "have", "conceptId": concept, "language": "nb"});
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/competences", entry).await.made()
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

/// Shows 30 by proposeLocalConcept, mergeConcept, competences, competenceHistory, auditRecords.
#[rstest]
#[actix_web::test]
async fn a_word_of_the_meeting_is_used_at_once_and_merged_when_it_is_known(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let [buskerud, telemark, vestfold, tromso] = [
        node.tenant("buskerud").await,
        node.tenant("telemark").await,
        node.tenant("vestfold").await,
        node.tenant("tromso").await,
    ];
    let consortium = node.consortium("fire-fylker", &[&buskerud, &telemark, &vestfold]).await;
    let word = propose(&telemark, consortium, "Spillkveld").await;
    assert_eq!((&word["status"], &word["proposedById"]), (&json!("proposed"), &json!(telemark.tenant)));
    let path = format!("/concepts/{}", text(&word["id"]));
    // Its members see and find it; nobody else knows that there is such a word.
    assert_eq!(vestfold.get(&path).await.ok()["label"]["text"], "Spillkveld");
    tromso.get(&path).await.problem(404, "not_found");
    let found = vestfold.get("/concept-suggestions?text=spillkveld&language=nb").await.ok();
    assert_eq!(found["items"][0]["concept"]["id"], word["id"]);
    let not_found = tromso.get("/concept-suggestions?text=spillkveld&language=nb").await.ok();
    assert!(items(&not_found).iter().all(|s| s["concept"]["id"] != word["id"]));
    let refused = tromso
        .post("/competences", json!({"stance": "have", "conceptId": word["id"]}))
        .await
        .problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "unknown_concept");
    // Used before anybody has decided; a library that has the known word too, and keeps that to itself.
    let public = json!({"visibility": "public", "level": 2, "sourcePhrase": "Spillkveld"});
    let shown = has(&telemark, &word["id"], public).await;
    let kept = json!({"level": 1, "holders": 3, "sourcePhrase": "Spelkveld", "visibility": "public"});
    let gone = has(&vestfold, &word["id"], kept).await;
    let games = json!({"level": 4, "sourcePhrase": "Dataspill"});
    let secret = has(&vestfold, &json!(concept("c:games")), games).await;
    let wish = json!({"stance": "want", "conceptId": word["id"], "visibility": "consortium"});
    let wish = vestfold.post("/competences", wish).await.made();
    // To somebody outside, what is on it is shown without it, and by it nothing is found.
    let outside = tromso.get(&format!("/competences/{}", text(&shown["id"]))).await.ok();
    assert!(outside.get("concept").is_none() && outside["sourcePhrase"] == "Spillkveld", "{outside}");
    let by_it = tromso.get(&format!("/competences?conceptId={}", text(&word["id"]))).await.ok();
    assert!(items(&by_it).is_empty());
    let unmapped = tromso.get("/competences?unmapped=true").await.ok();
    assert_eq!(items(&unmapped).len(), 2);
    let statement = json!({"kind": "strength", "text": "Vi er gode på spill", "language": "nb",
        "conceptIds": [concept("c:games"), word["id"]]});
    let statement = telemark.post("/statements", statement).await.made();
    let project = json!({"title": [{"language": "nb", "text": "Spill i nord"}], "conceptIds": [word["id"]]});
    let project = telemark.post("/projects", project).await.made();
    let contact = json!({"kind": "function", "name": "Spillvakt", "phone": "55 00 00 00",
        "conceptId": word["id"]});
    let contact = telemark.post("/contacts", contact).await.made();
    // Who decides is the coordinator, and nobody else.
    let into = json!({"intoId": concept("c:games")});
    let merge = format!("{path}/merge");
    telemark.post_from(&merge, 1, into.clone()).await.problem(403, "forbidden");
    tromso.post_from(&merge, 1, into.clone()).await.problem(404, "not_found");
    node.operator().post_from(&merge, 1, into.clone()).await.problem(404, "not_found");
    buskerud.post_from(&merge, 7, into.clone()).await.problem(412, "stale_version");
    let with_key = buskerud.clone().with_key("merge-1");
    let merged = with_key.post_from(&merge, 1, into.clone()).await.ok();
    assert_eq!(merged["status"], "deprecated");
    assert_eq!(merged["replacedBy"], json!(concept("c:games")));
    assert_eq!(with_key.post_from(&merge, 1, into.clone()).await.ok(), merged, "once, however often asked");
    buskerud.post_from(&merge, 2, into).await.problem(409, "conflict");
    // What was on it stands on the known word.
    let moved = telemark.get(&format!("/competences/{}", text(&shown["id"]))).await.ok();
    assert_eq!((&moved["concept"]["notation"], &moved["version"]), (&json!("c:games"), &json!(2)));
    assert_eq!(tromso.get(&format!("/competences/{}", text(&shown["id"]))).await.ok(), moved);
    // Two of one library are one: the highest level, all words, and what was kept to itself stays so.
    vestfold.get(&format!("/competences/{}", text(&gone["id"]))).await.problem(404, "not_found");
    let one = vestfold.get(&format!("/competences/{}", text(&secret["id"]))).await.ok();
    assert_eq!((&one["level"], &one["holders"]), (&json!(4), &json!(3)));
    assert_eq!((&one["sourcePhrase"], &one["visibility"]), (&json!("Dataspill"), &json!("private")));
    assert_eq!(one["otherPhrases"], json!([{"text": "Spelkveld", "language": "nb"}]));
    for other in [&buskerud, &telemark, &tromso] {
        other.get(&format!("/competences/{}", text(&secret["id"]))).await.problem(404, "not_found");
    }
    // Another stance is another entry.
    let wish = vestfold.get(&format!("/competences/{}", text(&wish["id"]))).await.ok();
    assert_eq!((&wish["stance"], &wish["concept"]["notation"]), (&json!("want"), &json!("c:games")));
    // History says what was.
    let states = vestfold.get(&format!("/competences/{}/history", text(&secret["id"]))).await.ok();
    let levels: Vec<&Value> = items(&states).iter().map(|s| &s["state"]["otherPhrases"]).collect();
    assert_eq!(levels, [&json!([]), &one["otherPhrases"]]);
    assert!(items(&states)[0].get("validTo").is_some() && items(&states)[1].get("changedBy").is_none());
    let states = vestfold.get(&format!("/competences/{}/history", text(&gone["id"]))).await.ok();
    assert!(items(&states).len() == 1 && items(&states)[0].get("validTo").is_some());
    let statement = telemark.get(&format!("/statements/{}", text(&statement["id"]))).await.ok();
    assert_eq!(statement["conceptIds"], json!([concept("c:games")]));
    let project = telemark.get(&format!("/projects/{}", text(&project["id"]))).await.ok();
    assert_eq!(project["conceptIds"], json!([concept("c:games")]));
    let contact = telemark.get(&format!("/contacts/{}", text(&contact["id"]))).await.ok();
    assert_eq!(contact["conceptId"], json!(concept("c:games")));
    // It stands in the chain of each library whose rows it was, and in nobody else's; every chain is whole.
    for (who, many) in [(&telemark, 4), (&vestfold, 3), (&buskerud, 0), (&tromso, 0)] {
        let records = who.get("/audit/records?first=100").await.ok();
        let by_merge: Vec<&Value> = items(&records).iter().filter(|r| r["ground"] == "merge").collect();
        assert_eq!(by_merge.len(), many, "{records}");
        assert!(by_merge.iter().all(|r| r.get("principal").is_none() && r["tenantId"] == json!(who.tenant)));
        let events = who.get("/events?first=100").await.ok();
        let all = items(&events).last().map_or(0, |e| e["sequence"].as_i64().unwrap());
        let own = items(&records).iter().filter(|r| r["tenantId"] == json!(who.tenant)).count();
        assert_eq!(all, i64::try_from(own).unwrap(), "an event has the place of its record");
        let scope = node.scope(who.tenant, Role::Admin);
        let (_, verdict) = samvirke::audit::service::verify(&scope, Vec::new()).await.unwrap();
        assert_eq!(verdict, Ok(()));
    }
    let refused = telemark
        .post("/competences", json!({"stance": "have", "conceptId": word["id"]}))
        .await
        .problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "deprecated_concept");
    // The walls stand after it as before: the library's own work goes on.
    let change = json!({"level": 3});
    telemark.patch(&format!("/competences/{}", text(&shown["id"])), 2, change).await.ok();
}

/// Shows 30 by proposeLocalConcept, acceptConcept, rejectConcept, concepts.
#[rstest]
#[actix_web::test]
async fn a_proposed_word_is_accepted_or_rejected_with_a_reason(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, lillehammer] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("lillehammer").await];
    let consortium = node.consortium("to", &[&oslo, &bergen]).await;
    node.observer(consortium, &oslo, &lillehammer).await;
    // An observer reads, and proposes nothing.
    let to = format!("/consortia/{consortium}/concepts");
    lillehammer.post(&to, named("Lesesirkel")).await.problem(403, "forbidden");
    let good = propose(&bergen, consortium, "Lesesirkel").await;
    let bad = propose(&bergen, consortium, "Kos").await;
    lillehammer.get(&format!("/concepts/{}", text(&good["id"]))).await.ok();
    let accept = format!("/concepts/{}/accept", text(&good["id"]));
    bergen.post_from(&accept, 1, json!(null)).await.problem(403, "forbidden");
    assert_eq!(oslo.post_from(&accept, 1, json!(null)).await.ok()["status"], "accepted");
    let reject = format!("/concepts/{}/reject", text(&bad["id"]));
    let on_it = has(&bergen, &bad["id"], json!({})).await;
    let rejected = oslo.post_from(&reject, 1, json!({"reason": "Sier ikke hva vi kan"})).await.ok();
    assert_eq!(
        (&rejected["status"], &rejected["decision"]),
        (&json!("rejected"), &json!("Sier ikke hva vi kan"))
    );
    oslo.post_from(&reject, 2, json!({"reason": "Igjen"})).await.problem(409, "conflict");
    // What was entered on it stays; nothing more is.
    let stays = bergen.get(&format!("/competences/{}", text(&on_it["id"]))).await.ok();
    assert_eq!(stays["concept"]["id"], bad["id"]);
    oslo.post("/competences", json!({"stance": "want", "conceptId": bad["id"]}))
        .await
        .problem(422, "invalid_input");
    let question = "query($c: ID!) { concepts(filter: {consortiumId: $c}) { edges { node { status } } } }";
    let both = bergen.data(question, json!({"c": consortium})).await;
    let states: Vec<&Value> =
        both["concepts"]["edges"].as_array().unwrap().iter().map(|e| &e["node"]["status"]).collect();
    assert_eq!(states, [&json!("ACCEPTED"), &json!("REJECTED")]);
}

/// Shows 30 by proposeConcept, acceptConcept, mergeConcept, concept.
#[rstest]
#[actix_web::test]
async fn what_is_proposed_to_everybody_is_its_librarys_own_until_the_operator_has_decided(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let operator = node.operator();
    let word = oslo.post("/concepts", named("Robotverksted")).await.made();
    let path = format!("/concepts/{}", text(&word["id"]));
    bergen.get(&path).await.problem(404, "not_found");
    oslo.post_from(&format!("{path}/accept"), 1, json!(null)).await.problem(403, "forbidden");
    let mine = has(&oslo, &word["id"], json!({"visibility": "public"})).await;
    let accepted = operator.post_from(&format!("{path}/accept"), 1, json!(null)).await.ok();
    assert_eq!(accepted["status"], "accepted");
    assert_eq!(bergen.get(&path).await.ok()["label"]["text"], "Robotverksted");
    let theirs = has(&bergen, &word["id"], json!({})).await;
    // Everybody's words are merged by the operator, over all libraries.
    let second = oslo.post("/concepts", named("Programmering for barn")).await.made();
    let second = format!("/concepts/{}", text(&second["id"]));
    operator.post_from(&format!("{second}/accept"), 1, json!(null)).await.ok();
    let into = json!({"intoId": second.rsplit('/').next()});
    bergen.post_from(&format!("{path}/merge"), 2, into.clone()).await.problem(403, "forbidden");
    operator.post_from(&format!("{path}/merge"), 2, into.clone()).await.ok();
    for (who, entry) in [(&oslo, mine), (&bergen, theirs)] {
        let moved = who.get(&format!("/competences/{}", text(&entry["id"]))).await.ok();
        assert_eq!(moved["concept"]["id"], into["intoId"]);
    }
    let itself = json!({"intoId": second.rsplit('/').next()});
    let refused =
        operator.post_from(&format!("{second}/merge"), 2, itself).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "self_merge");
}

/// Shows 31, 32 by defineConcept, conceptDefinitions.
#[rstest]
#[actix_web::test]
async fn what_people_mean_by_a_word_stands_side_by_side(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, herning, odense] =
        [node.tenant("gentofte").await, node.tenant("herning").await, node.tenant("odense").await];
    node.consortium("leringsrum", &[&gentofte, &herning]).await;
    let of = format!("/concepts/{}/definitions", concept("c:partnerships"));
    let define = async |who: &Client, said: &str, source: &str, perspective: &str, visibility: &str| {
        let body = json!({"text": said, "language": "da", "source": source, "perspective": perspective,
            "visibility": visibility});
        who.post(&of, body).await.made()
    };
    let first = define(
        &gentofte,
        "Et samarbejde, hvor begge parter bringer ressourcer ind",
        "4. møde den 1. sep. 2010",
        "Biblioteket",
        "consortium",
    )
    .await;
    define(&herning, "En aftale med fælles spilleregler", "Dacapo A/S", "Konsulenten", "public").await;
    define(&gentofte, "Noget, der altid er på vej", "Gruppearbejde", "Deltagerne", "private").await;
    let side_by_side = |list: &Value| -> Vec<String> {
        items(list).iter().map(|d| format!("{}: {}", text(&d["perspective"]), text(&d["source"]))).collect()
    };
    let all = gentofte.get(&of).await.ok();
    assert_eq!(
        side_by_side(&all),
        ["Biblioteket: 4. møde den 1. sep. 2010", "Konsulenten: Dacapo A/S", "Deltagerne: Gruppearbejde"]
    );
    assert_eq!(side_by_side(&herning.get(&of).await.ok()).len(), 2);
    assert_eq!(side_by_side(&odense.get(&of).await.ok()), ["Konsulenten: Dacapo A/S"]);
    let question = "query($id: ID!) { conceptDefinitions(id: $id) { edges { node { text source } } } }";
    let same = odense.data(question, json!({"id": concept("c:partnerships")})).await;
    assert_eq!(same["conceptDefinitions"]["edges"][0]["node"]["source"], "Dacapo A/S");
    // Each its own library's.
    let path = format!("/concept-definitions/{}", text(&first["id"]));
    herning.patch(&path, 1, json!({"text": "Noget andet"})).await.problem(403, "forbidden");
    odense.patch(&path, 1, json!({"text": "Noget andet"})).await.problem(404, "not_found");
    let changed =
        gentofte.patch(&path, 1, json!({"text": "Et samarbejde til gensidig berigelse"})).await.ok();
    assert_eq!((&changed["version"], &changed["source"]), (&json!(2), &first["source"]));
    gentofte.delete(&path, 2).await.expect(204);
    herning.get(&path).await.problem(404, "not_found");
}

/// Shows 29 by proposeLocalConcept, changeConcept, competences, landscape, themes.
#[rstest]
#[actix_web::test]
async fn themes_may_be_shared_or_a_consortiums_or_librarys_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let consortium = node.consortium("to", &[&oslo, &bergen]).await;
    for word in ["c:music", "c:games", "c:web"] {
        has(&bergen, &json!(concept(word)), json!({"visibility": "consortium"})).await;
    }
    let shared = oslo.get("/themes?status=accepted").await.ok();
    let shared = items(&shared)[0]["id"].clone();
    let theme = json!({"label": [{"language": "nb", "text": "Det vi gjør om kvelden"}], "top": true,
        "themeId": shared, "memberIds": [concept("c:music"), concept("c:games")]});
    let theme = bergen.post(&format!("/consortia/{consortium}/concepts"), theme).await.made();
    assert_eq!(theme["theme"]["id"], shared, "it corresponds to a shared one");
    let id = text(&theme["id"]);
    assert!(items(&oslo.get("/themes?first=100").await.ok()).iter().any(|t| t["id"] == theme["id"]));
    assert!(items(&tromso.get("/themes?first=100").await.ok()).iter().all(|t| t["id"] != theme["id"]));
    let under = oslo.get(&format!("/competences?themeId={id}")).await.ok();
    assert_eq!(items(&under).len(), 2);
    let landscape = oslo.get(&format!("/consortia/{consortium}/landscape?themeId={id}")).await.ok();
    let concepts: Vec<&Value> = landscape["themes"][0]["concepts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["concept"]["notation"])
        .collect();
    assert_eq!(concepts, [&json!("c:games"), &json!("c:music")]);
    assert_eq!(landscape["themes"][0]["theme"]["label"]["text"], "Det vi gjør om kvelden");
    let change = json!({"memberIds": [concept("c:web")]});
    bergen.patch(&format!("/concepts/{id}"), 1, change.clone()).await.problem(403, "forbidden");
    oslo.patch(&format!("/concepts/{id}"), 1, change).await.ok();
    assert_eq!(items(&oslo.get(&format!("/competences?themeId={id}")).await.ok()).len(), 1);
    // A library's own.
    let own =
        json!({"label": [{"language": "nb", "text": "Vårt"}], "top": true, "memberIds": [concept("c:web")]});
    let own = bergen.post("/concepts", own).await.made();
    let by_own = format!("/competences?themeId={}", text(&own["id"]));
    assert_eq!(items(&bergen.get(&by_own).await.ok()).len(), 1);
    assert!(items(&oslo.get(&by_own).await.ok()).is_empty());
    // Only a theme gathers.
    let wrong = json!({"label": [{"language": "nb", "text": "Feil"}], "memberIds": [concept("c:web")]});
    let refused = bergen.post("/concepts", wrong).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "theme_only");
}

/// Shows 26 by concept, proposeLocalConcept, changeConcept.
#[rstest]
#[actix_web::test]
async fn a_label_says_whether_it_is_a_word_or_a_translation(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("to", &[&oslo, &bergen]).await;
    // «fjernlån» is the gathering's own word in Norwegian; the others were made by the editors.
    let loan = oslo.get(&format!("/concepts/{}", concept("c:interlibrary-loan"))).await.ok();
    assert_eq!(loan["translatedLanguages"], json!(["da", "en", "fi", "nn", "sv"]));
    assert_eq!(loan["label"]["translations"].as_array().unwrap().len(), 6);
    let both = json!([{"language": "nb", "text": "bokkafé"}, {"language": "sv", "text": "bokcafé"}]);
    let word = json!({"label": both, "translatedLanguages": ["sv"]});
    let on = format!("/consortia/{consortium}/concepts");
    let word = bergen.post(&on, word).await.made();
    let question = "query($id: ID!) { concept(id: $id) { translatedLanguages } }";
    let told = oslo.data(question, json!({"id": word["id"]})).await;
    assert_eq!(told["concept"]["translatedLanguages"], json!(["SV"]));
    // Somebody does say so in Swedish.
    let path = format!("/concepts/{}", text(&word["id"]));
    let changed = oslo.patch(&path, 1, json!({"translatedLanguages": []})).await.ok();
    assert_eq!(changed["translatedLanguages"], json!([]));
    for (langs, at, code) in [
        (json!(["fi"]), "/translatedLanguages/0", "no_label"),
        (json!(["sv", "sv"]), "/translatedLanguages/1", "duplicate"),
    ] {
        let body = json!({"label": both, "translatedLanguages": langs});
        let refused = bergen.post(&on, body).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code))
        );
    }
    let refused = oslo.patch(&path, 2, json!({"translatedLanguages": ["fi"]})).await;
    assert_eq!(refused.problem(422, "invalid_input")["errors"][0]["code"], "no_label");
}
