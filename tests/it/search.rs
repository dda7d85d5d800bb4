//! One search over what the libraries share.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn found(page: &Value) -> Vec<(&str, &str)> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|hit| (hit["kind"].as_str().unwrap(), hit["title"]["text"].as_str().unwrap())).collect()
}

async fn ask(who: &Client, question: &str) -> Value {
    who.get(&format!("/search?{question}")).await.ok()
}

/// Shows 39 by search.
#[rstest]
#[actix_web::test]
async fn one_search_goes_over_all_that_is_shared(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let consortium = node.consortium("vest", &[&oslo, &bergen]).await;
    let music = migration::registers::concept_id("c:music");
    let entry = |phrase: &str, visibility: &str| {
        json!({"stance": "have", "sourcePhrase": phrase, "language": "nb",
        "visibility": visibility})
    };
    bergen.post("/competences", entry("ØKONOMISTYRING for bokbuss", "consortium")).await.made();
    bergen.post("/competences", entry("økonomistyring i hemmelighet", "private")).await.made();
    let by_concept = json!({"stance": "have", "conceptId": music, "visibility": "consortium"});
    bergen.post("/competences", by_concept).await.made();
    let said = json!({"kind": "challenge", "text": "Trang økonomi, 100 % av tida", "language": "nb", "visibility": "public"});
    bergen.post("/statements", said).await.made();
    let project = json!({"title": [{"language": "nb", "text": "Økonomi for alle"}, {"language": "en", "text": "Economy \"for\" all"}],
        "consortiumId": consortium, "visibility": "consortium"});
    let project = bergen.post("/projects", project).await.made();
    let course =
        json!({"kind": "course", "title": "Kurs i økonomi", "language": "nb", "visibility": "public"});
    bergen.post("/activities", course).await.made();
    let guide = json!({"kind": "guide", "title": "Økonomi på én side", "language": "nb",
        "consortiumId": consortium, "visibility": "consortium"});
    bergen.post("/products", guide).await.made();
    let meeting = json!({"title": [{"language": "nb", "text": "Økonomimøtet"}], "held": "2026-11"});
    oslo.post(&format!("/consortia/{consortium}/meetings"), meeting).await.made();

    // Whatever the case, also of letters that the database does not know; and only what one sees.
    let all = [
        ("competence", "ØKONOMISTYRING for bokbuss"),
        ("statement", "Trang økonomi, 100 % av tida"),
        ("project", "Økonomi for alle"),
        ("activity", "Kurs i økonomi"),
        ("product", "Økonomi på én side"),
        ("meeting", "Økonomimøtet"),
    ];
    for text in ["økonomi", "ØKONOMI", "Økonomi"] {
        assert_eq!(found(&ask(&oslo, &format!("text={text}")).await), all, "{text}");
    }
    assert_eq!(
        found(&ask(&bergen, "text=hemmelighet").await),
        [("competence", "økonomistyring i hemmelighet")]
    );
    assert_eq!(found(&ask(&oslo, "text=hemmelighet").await), []);
    assert_eq!(found(&ask(&tromso, "text=økonomi").await), [all[1], all[3]]);
    // By a label of the concept, in another language; the words of a title in another too.
    let hits = ask(&oslo, "text=musiikki").await;
    assert_eq!(
        (hits["items"][0]["kind"].as_str(), &hits["items"][0]["concept"]["id"]),
        (Some("competence"), &json!(music)),
        "{hits}"
    );
    assert_eq!(hits["items"][0]["tenantId"], json!(bergen.tenant));
    let hits = ask(&oslo, "text=economy%20%22FOR").await;
    assert_eq!(hits["items"][0]["id"], project["id"]);
    // The tags of languages are no words, and what stands for anything stands for itself.
    for text in ["nb", "en%22", "%25%25", "1_0", "%5C%5C"] {
        assert_eq!(found(&ask(&oslo, &format!("text={text}")).await), [], "{text}");
    }
    assert_eq!(found(&ask(&oslo, "text=100%20%25").await), [all[1]]);
    // Of one kind, of one library, and page by page.
    assert_eq!(found(&ask(&oslo, "text=økonomi&kind=activity").await), [all[3]]);
    assert_eq!(found(&ask(&oslo, &format!("text=økonomi&tenantId={}", oslo.tenant)).await), []);
    assert_eq!(found(&ask(&oslo, &format!("text=økonomi&tenantId={}", bergen.tenant)).await), all[..5]);
    let mut paged = Vec::new();
    let mut next = "text=økonomi&first=2".to_owned();
    loop {
        let page = ask(&oslo, &next).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        next = format!("text=økonomi&first=2&after={cursor}");
    }
    assert_eq!(found(&json!({"items": paged})), all);
    let cursor = ask(&oslo, "text=økonomi&first=1").await["nextCursor"].as_str().unwrap().to_owned();
    bergen.get(&format!("/search?text=økonomi&first=1&after={cursor}")).await.problem(400, "bad_cursor");
    // The same on the other face.
    let question =
        "query { search(text: \"økonomi\") { nodes { kind title { text } tenantName { text } } } }";
    let told = oslo.data(question, json!({})).await;
    let nodes = told["search"]["nodes"].as_array().unwrap();
    assert_eq!(
        (nodes.len(), &nodes[5]["kind"], &nodes[5]["tenantName"]),
        (6, &json!("MEETING"), &json!(null))
    );
}

#[rstest]
#[actix_web::test]
async fn a_search_for_too_little_or_beyond_ones_reach_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for (text, code) in [("", "required"), ("%20x%20", "too_short"), (&*"x".repeat(201), "too_long")] {
        let refused = oslo.get(&format!("/search?text={text}")).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/text"), &json!(code))
        );
    }
    assert!(oslo.get("/search").await.status.is_client_error());
    // A token that reaches statements alone finds statements alone.
    let said = json!({"kind": "strength", "text": "Musikk for alle", "language": "nb"});
    oslo.post("/statements", said).await.made();
    let entry = json!({"stance": "have", "sourcePhrase": "Musikk", "language": "nb"});
    oslo.post("/competences", entry).await.made();
    let account = json!({"role": "viewer", "label": "x", "scopes": ["statement:read"]});
    let issued = oslo.post("/service-accounts", account).await.made();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", issued["account"]["clientId"].as_str().unwrap()),
        ("client_secret", issued["clientSecret"].as_str().unwrap()),
    ];
    let nobody = node.anonymous();
    let token = nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await.ok();
    let narrow = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    assert_eq!(found(&ask(&narrow, "text=musikk").await), [("statement", "Musikk for alle")]);
    narrow.get("/search?text=musikk&kind=competence").await.problem(403, "forbidden");
    assert_eq!(found(&ask(&node.client(oslo.tenant, Role::Viewer), "text=musikk").await).len(), 2);
}
