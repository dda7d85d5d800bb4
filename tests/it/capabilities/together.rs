//! What it is sensible to do together, and with whom.

use migration::registers::concept_id;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn enter(who: &Client, stance: &str, notation: &str, visibility: &str) {
    let entry = json!({"stance": stance, "conceptId": concept_id(notation), "visibility": visibility});
    who.post("/competences", entry).await.made();
}

fn told(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    let told = |s: &Value| {
        let tenants: Vec<&str> =
            s["tenants"].as_array().unwrap().iter().map(|t| t["slug"].as_str().unwrap()).collect();
        format!(
            "{} {} {} {}",
            s["kind"].as_str().unwrap(),
            s["concepts"][0]["notation"].as_str().unwrap(),
            tenants.join("+"),
            s["score"]
        )
    };
    items.iter().map(told).collect()
}

/// Shows 35, 36, 149 by suggestions, overlapOf.
#[rstest]
#[actix_web::test]
async fn the_consortium_finds_out_what_it_is_sensible_to_cooperate_on(
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
    for who in [&buskerud, &telemark] {
        enter(who, "have", "c:music", "consortium").await;
    }
    enter(&vestfold, "have", "c:web", "consortium").await;
    enter(&buskerud, "want", "c:web", "consortium").await;
    for who in [&buskerud, &vestfold] {
        enter(who, "want", "c:games", "public").await;
    }
    // What is kept back moves nothing, not even its owner's answer.
    enter(&vestfold, "have", "c:music", "private").await;
    enter(&telemark, "want", "c:games", "sealed").await;
    for who in [&telemark, &vestfold] {
        let said = json!({"kind": "challenge", "text": "Økt tidspress", "language": "nb",
            "conceptIds": [concept_id("c:weeding")], "visibility": "consortium"});
        who.post("/statements", said).await.made();
    }
    let kept = json!({"kind": "challenge", "text": "Hemmelig", "language": "nb",
        "conceptIds": [concept_id("c:weeding")]});
    buskerud.post("/statements", kept).await.made();
    let path = format!("/consortia/{consortium}/suggestions");
    let all = telemark.get(&path).await.ok();
    let common = [
        "complement c:web buskerud+vestfold 2",
        "common_challenge c:weeding telemark+vestfold 2",
        "common_gap c:games buskerud+vestfold 2",
        "common_strength c:music buskerud+telemark 2",
    ];
    let mut expected: Vec<String> = common.iter().map(|s| (*s).to_owned()).collect();
    expected.extend([
        "sparring c:music buskerud+telemark 1".to_owned(),
        "sparring c:weeding telemark+vestfold 1".to_owned(),
    ]);
    let mut found = told(&all);
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Each says why, in the reader's language.
    let reasons: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|s| s["reason"]["text"].as_str().unwrap()).collect();
    assert!(
        reasons.contains(
            &"2 bibliotek nevner dette som en utfordring, og 0 har kompetansen: de kan møte den sammen."
        ),
        "{reasons:?}"
    );
    // A sparring partner: like one, and with something to learn from.
    let sparring = vestfold.get(&format!("{path}?kind=sparring")).await.ok();
    assert_eq!(
        told(&sparring),
        ["sparring c:web buskerud+vestfold 3", "sparring c:weeding telemark+vestfold 1"]
    );
    assert_eq!(sparring["items"][0]["have"], json!([vestfold.tenant]));
    assert_eq!(sparring["items"][0]["want"], json!([buskerud.tenant]));
    // Page by page, and on the other face.
    let mut paged = Vec::new();
    let mut next = format!("{path}?first=2");
    loop {
        let page = telemark.get(&next).await.ok();
        paged.extend(told(&page));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        next = format!("{path}?first=2&after={cursor}");
    }
    assert_eq!(paged, told(&all));
    let question = "query($id: ID!) { suggestions(id: $id, filter: {kind: COMMON_GAP}) { edges { node { score want reason { text } } } } }";
    let gap = telemark.data(question, json!({"id": consortium})).await;
    let gap = &gap["suggestions"]["edges"][0]["node"];
    assert_eq!(gap["want"], json!([buskerud.tenant, vestfold.tenant]));
    tromso.get(&path).await.problem(404, "not_found");
    // Two side by side: what both have, what one alone has, and who can learn what.
    let two = format!("/tenants/{}/overlap/{}", buskerud.tenant, vestfold.tenant);
    let by_telemark = telemark.get(&two).await.ok();
    let notations = |field: &str, of: &Value| -> Vec<String> {
        of[field].as_array().unwrap().iter().map(|c| c["notation"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(notations("aLearns", &by_telemark), ["c:web"]);
    assert!(notations("bLearns", &by_telemark).is_empty() && notations("shared", &by_telemark).is_empty());
    // As the one that it is about sees more of itself, it sees more here.
    let by_vestfold = vestfold.get(&two).await.ok();
    assert_eq!(notations("shared", &by_vestfold), ["c:music"]);
    let outside = tromso.get(&two).await.ok();
    assert!(notations("aLearns", &outside).is_empty() && outside["jaccard"]["denominator"] == 0);
}
