//! The words for what a library is good at: lists, themes, and what a text in one of the languages may mean.

use migration::registers::concept_id;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::harness::{Client, Database, Kind, Postgres, Sqlite, TestNode, rstest};

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

fn notations(page: &Value) -> Vec<String> {
    items(page).iter().map(|row| row["notation"].as_str().unwrap().to_owned()).collect()
}

async fn suggest(client: &Client, text: &str, language: Option<&str>) -> Vec<(String, String)> {
    let mut path = reqwest::Url::parse("http://x/concept-suggestions").unwrap();
    path.query_pairs_mut().append_pair("text", text).append_pair("limit", "5");
    if let Some(language) = language {
        path.query_pairs_mut().append_pair("language", language);
    }
    let found = client.get(&format!("/concept-suggestions?{}", path.query().unwrap())).await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items(&found).iter().map(|hit| (text(&hit["concept"]["notation"]), text(&hit["how"]))).collect()
}

#[rstest]
#[actix_web::test]
async fn the_scheme_is_read_whole_page_by_page(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let schemes = oslo.get("/concept-schemes").await.ok();
    assert_eq!(items(&schemes).len(), 1);
    let scheme = format!("/concept-schemes/{}", schemes["items"][0]["id"].as_str().unwrap());
    assert_eq!(oslo.get(&scheme).await.ok(), schemes["items"][0]);
    let themes = oslo.get("/themes?first=100").await.ok();
    assert_eq!(items(&themes).len(), 14);
    assert!(items(&themes).iter().all(|theme| theme["top"] == true && theme["theme"].is_null()));

    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = oslo.get(&format!("/concepts?first=50{after}")).await.ok();
        all.extend(notations(&page));
        match page["nextCursor"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => break,
        }
    }
    let mut sorted = all.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((all.len(), &all), (155, &sorted), "each once, in order");
    // The themes part them.
    let mut under = 0;
    for theme in items(&themes) {
        let page =
            oslo.get(&format!("/concepts?first=100&themeId={}", theme["id"].as_str().unwrap())).await.ok();
        assert!(items(&page).iter().all(|concept| concept["theme"]["id"] == theme["id"]));
        under += items(&page).len();
    }
    assert_eq!(under, all.len());

    let query = "query($t: ID) { themes(first: 100) { edges { node { id label { text } } } } concepts(first: 100, filter: {themeId: $t}) { edges { node { notation theme { id } } } } }";
    let told = oslo.data(query, json!({"t": themes["items"][0]["id"]})).await;
    assert_eq!(told["themes"]["edges"].as_array().unwrap().len(), 14);
    assert_eq!(told["themes"]["edges"][0]["node"]["label"]["text"], themes["items"][0]["label"]["text"]);
    assert!(
        told["concepts"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .all(|e| e["node"]["theme"]["id"] == themes["items"][0]["id"])
    );
    // Everybody who signed in reads it; nobody else does.
    node.operator().get("/concepts").await.ok();
    node.anonymous().get("/concepts").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_concept_is_told_in_the_readers_language(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let path = format!("/concepts/{}", concept_id("c:games"));
    for (language, label) in
        [("nb", "spill"), ("nn", "spel"), ("sv", "spel"), ("da", "spil"), ("fi", "pelit"), ("en", "games")]
    {
        let told = oslo.clone().speaking(language).get(&path).await.ok();
        assert_eq!(
            (&told["label"]["text"], &told["label"]["language"], &told["label"]["fallback"]),
            (&json!(label), &json!(language), &json!(false))
        );
    }
    // Sami has no label: the declared fallback, and it says so.
    let told = oslo.clone().speaking("se").get(&path).await.ok();
    assert_eq!((&told["label"]["language"], &told["label"]["fallback"]), (&json!("nb"), &json!(true)));
    let cataloguing = oslo.get("/concepts?notation=c:cataloguing-classification").await.ok();
    let other = &cataloguing["items"][0]["otherLabels"];
    assert!(
        other
            .as_array()
            .unwrap()
            .contains(&json!({"text": "kat & klass", "language": "nb", "use": "alternative"})),
        "{other}"
    );
    let query = "query($id: ID!) { concept(id: $id) { notation label { text } theme { label { text } } } }";
    let told = oslo.clone().speaking("sv").data(query, json!({"id": concept_id("c:music")})).await;
    assert_eq!(told["concept"]["theme"]["label"]["text"], "Samlingar och medier");
}

#[rstest]
#[actix_web::test]
async fn lists_are_narrowed_and_bad_questions_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let found =
        async |filter: &str| notations(&oslo.get(&format!("/concepts?first=100&{filter}")).await.ok());
    assert_eq!(found("notation=c:music").await, ["c:music"]);
    assert!(found("text=KAT%20og%20kl").await.contains(&"c:cataloguing-classification".to_owned()));
    assert!(found("text=musii").await.contains(&"c:music".to_owned()), "Finnish too");
    assert_eq!(found("text=zzz").await, Vec::<String>::new());
    assert_eq!(found("text=%25").await, Vec::<String>::new(), "no pattern");
    assert_eq!(found("text=-").await, Vec::<String>::new());
    assert_eq!(found("notation=t:collections").await, Vec::<String>::new(), "a theme is no concept");
    let ambitions = found("kind=ambition").await;
    assert!(!ambitions.is_empty() && ambitions.len() < 100);
    assert_eq!(found("kind=nothing").await, Vec::<String>::new());
    assert_eq!(found("status=deprecated").await, Vec::<String>::new());
    assert_eq!(found(&format!("themeId={}", uuid::Uuid::now_v7())).await, Vec::<String>::new());
    for bad in [
        "status=old",
        "themeId=t:collections",
        "first=0",
        "language=nb",
        "text=",
        "text=a%00",
        &format!("text={}", "x".repeat(301)),
    ] {
        oslo.get(&format!("/concepts?{bad}")).await.problem(422, "invalid_input");
    }
    let cursor = oslo.get("/concepts?first=1").await.ok()["nextCursor"].as_str().unwrap().to_owned();
    oslo.get(&format!("/themes?after={cursor}")).await.problem(400, "bad_cursor");
    oslo.get(&format!("/concepts?text=musikk&after={cursor}")).await.problem(400, "bad_cursor");
    oslo.get("/concepts?after=%00").await.problem(400, "bad_cursor");
    for id in ["c:music", "1", &uuid::Uuid::now_v7().to_string()] {
        oslo.get(&format!("/concepts/{id}")).await.problem(404, "not_found");
    }
    for bad in [
        "",
        "text=",
        "text=%20",
        "text=musikk&limit=0",
        "text=musikk&limit=21",
        "text=musikk&language=de",
        "text=musikk&lang=nb",
        "text=%ff",
        &format!("text={}", "x".repeat(301)),
    ] {
        let refused = oslo.get(&format!("/concept-suggestions?{bad}")).await;
        assert!([400, 422].contains(&refused.status.as_u16()), "{bad}: {}", refused.text);
        let status = refused.status.as_u16();
        refused.problem(status, if status == 400 { "malformed_request" } else { "invalid_input" });
    }
    let query = "query($t: String!, $l: Int) { suggestConcepts(text: $t, limit: $l) { items { concept { notation } } } }";
    for (text, limit) in [("", 1), ("musikk", 0), ("musikk", 21)] {
        let refused = oslo.graphql(query, json!({"t": text, "l": limit})).await.ok();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{refused}");
    }
    assert_eq!(
        oslo.data(query, json!({"t": "musikk", "l": 1})).await["suggestConcepts"]["items"][0]["concept"]["notation"],
        "c:music"
    );
}

/// Shows 14, 15, 16, 27 by suggestConcepts.
#[rstest]
#[actix_web::test]
async fn a_text_is_met_in_each_language(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for (text, language, notation) in [
        ("musikk", "nb", "c:music"),
        ("spel", "nn", "c:games"),
        ("universell utformning", "sv", "c:universal-design"),
        ("arrangementer", "da", "c:events"),
        ("lukemisen edistaminen", "fi", "c:reading-promotion"),
        ("reading promotion", "en", "c:reading-promotion"),
        ("musikk", "no", "c:music"),
        // Another language's word is met as well, only not before one's own.
        ("pelit", "nb", "c:games"),
        ("universell uforming", "nb", "c:universal-design"),
        ("KAT OG KLASS", "nb", "c:cataloguing-classification"),
    ] {
        let found = suggest(&oslo, text, Some(language)).await;
        assert_eq!(found.first().map(|hit| hit.0.as_str()), Some(notation), "{text} ({language}): {found:?}");
    }
    assert_eq!(suggest(&oslo, "musikk", Some("nb")).await[0].1, "exact");
    assert_eq!(suggest(&oslo, "kat & klass", Some("nb")).await[0].1, "alternative");
    assert_eq!(suggest(&oslo, "universell utfroming", Some("nb")).await[0].1, "fuzzy");
    assert_eq!(suggest(&oslo, "qqqqqqqq", None).await, Vec::new());
    assert_eq!(suggest(&oslo, "!!!", None).await, Vec::new());
}

/// Two concepts with one name in two languages, as the operator would add them.
async fn breakfast_and_lunch(node: &TestNode, oslo: &Client) {
    let scheme = oslo.get("/concept-schemes").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    let literal = |id: &str| match &node.database {
        Database::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        Database::Postgres(_) => format!("'{id}'"),
    };
    let mut sql = String::new();
    for (notation, labels) in [
        ("x:breakfast", [("nb", "frokost"), ("da", "morgenmad")]),
        ("x:lunch", [("da", "frokost"), ("nb", "lunsj")]),
    ] {
        let concept = literal(&concept_id(notation).to_string());
        let names: Value = labels
            .iter()
            .map(|(lang, text)| ((*lang).to_owned(), json!(text)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        sql.push_str(&format!(
            "INSERT INTO concept (id, scheme_id, notation, top, theme_id, broader, related, kinds, labels, exact_match, status, version) \
             VALUES ({concept}, {}, '{notation}', false, NULL, '[]', '[]', '[]', '{names}', '[]', 'accepted', 1);",
            literal(&scheme)
        ));
        for (lang, text) in labels {
            sql.push_str(&format!(
                "INSERT INTO concept_label (id, concept_id, lang, kind, label) VALUES ({}, {concept}, '{lang}', 'pref', '{text}');",
                literal(&uuid::Uuid::now_v7().to_string())
            ));
        }
    }
    let url = node.database.superuser_url();
    match &node.database {
        Database::Sqlite(_) => {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            connection.execute(AssertSqlSafe(sql)).await.unwrap();
        }
        Database::Postgres(_) => {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            connection.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_word_means_what_it_means_in_its_language(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    // The node has its words in memory by now; within seconds it has the new ones.
    assert!(suggest(&oslo, "frokost", Some("nb")).await.iter().all(|hit| !hit.0.starts_with("x:")));
    breakfast_and_lunch(&node, &oslo).await;
    let began = std::time::Instant::now();
    while suggest(&oslo, "frokost", Some("nb")).await.iter().all(|hit| !hit.0.starts_with("x:")) {
        assert!(began.elapsed().as_secs() < 30, "the new words were not read");
        actix_web::rt::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    for (language, notation) in [("nb", "x:breakfast"), ("da", "x:lunch"), ("nn", "x:breakfast")] {
        assert_eq!(suggest(&oslo, "frokost", Some(language)).await[0].0, notation, "{language}");
    }
    // A pasted list and a single entry go by the language that they say they are in; where it is no help, nothing is
    // guessed.
    for (language, label) in [("nb", Some("x:breakfast")), ("da", Some("x:lunch")), ("sv", None)] {
        let body = json!({"text": "frokost", "language": language, "stance": "have", "dryRun": true});
        let pasted = oslo.post("/competences/paste", body).await.ok();
        let expected = label.map_or(Value::Null, |label| json!(concept_id(label)));
        assert_eq!(pasted["lines"][0]["parts"][0]["conceptId"], expected, "{language}: {pasted}");
    }
    let entry = json!({"sourcePhrase": "Frokost", "language": "da", "stance": "want"});
    let made = oslo.post("/competences", entry).await.made();
    assert_eq!((&made["concept"]["notation"], &made["sourcePhrase"]), (&json!("x:lunch"), &json!("Frokost")));
    assert_eq!(made["concept"]["label"]["text"], "lunsj");
}
