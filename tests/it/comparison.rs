//! «På fem års sikt»: a consortium held against itself, before and after.

use chrono::NaiveDate;
use migration::registers::concept_id;
use samvirke::{id::ConsortiumId, when};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

const LONG_AGO: &str = "2020-01-01";

fn today() -> NaiveDate {
    when::now().date_naive()
}

async fn enter(who: &Client, notation: &str, stance: &str, more: Value) -> String {
    let mut entry = json!({"stance": stance, "conceptId": concept_id(notation), "visibility": "consortium"});
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.post("/competences", entry).await.made()["id"].as_str().unwrap().to_owned()
}

/// Everything that was entered until now was entered six years ago.
async fn six_years_ago(node: &TestNode, kind: Kind) {
    let then = match kind {
        Sqlite => "'2019-06-01T00:00:00+00:00'",
        Postgres => "'2019-06-01T00:00:00Z'",
    };
    node.database.raw(&format!("UPDATE competence_history SET valid_from = {then}")).await;
}

fn comparison(consortium: ConsortiumId, before: &str, after: &str) -> String {
    format!("/consortia/{consortium}/landscape-comparison?before={before}&after={after}")
}

/// Concept, what became of it, and how many have it then and now.
fn told(comparison: &Value) -> Vec<(String, String, i64, i64)> {
    let themes = comparison["themes"].as_array().unwrap().iter();
    let concepts = themes.flat_map(|theme| theme["concepts"].as_array().unwrap());
    let mut told: Vec<_> = concepts
        .map(|c| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let have = |day: &str| c[day]["have"].as_i64().unwrap();
            (text(&c["concept"]["notation"]), text(&c["change"]), have("before"), have("after"))
        })
        .collect();
    told.sort();
    told
}

/// Shows 42 by compareLandscape, changeCompetence.
#[rstest]
#[actix_web::test]
async fn the_consortium_is_held_against_itself_over_the_years(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [kalmar, kronoberg, blekinge, oslo] = [
        node.tenant("kalmar").await,
        node.tenant("kronoberg").await,
        node.tenant("blekinge").await,
        node.tenant("oslo").await,
    ];
    let consortium = node.consortium("sydost", &[&kalmar, &kronoberg, &blekinge]).await;
    let web = enter(&kalmar, "c:web", "have", json!({"level": 2})).await;
    enter(&kalmar, "c:music", "have", json!({})).await;
    enter(&blekinge, "c:games", "want", json!({})).await;
    let hidden = enter(&kronoberg, "c:music", "have", json!({})).await;
    let gone = enter(&kronoberg, "c:weeding", "have", json!({})).await;
    let opened = enter(&blekinge, "c:networks", "have", json!({"visibility": "private"})).await;
    six_years_ago(&node, kind).await;
    // The years go by.
    kalmar.patch(&format!("/competences/{web}"), 1, json!({"level": 4})).await.ok();
    enter(&kronoberg, "c:music", "want", json!({})).await;
    enter(&blekinge, "c:music", "have", json!({})).await;
    enter(&kronoberg, "c:games", "have", json!({"level": 3})).await;
    blekinge.patch(&format!("/competences/{opened}"), 1, json!({"visibility": "consortium"})).await.ok();
    kronoberg.patch(&format!("/competences/{hidden}"), 1, json!({"visibility": "private"})).await.ok();
    kronoberg.delete(&format!("/competences/{gone}"), 1).await.expect(204);
    let path = comparison(consortium, LONG_AGO, &today().to_string());
    let line =
        |notation: &str, change: &str, before, after| (notation.to_owned(), change.to_owned(), before, after);
    // What is kept back by now was never there, nor was what was private then; of what was removed nobody is told.
    let expected = [
        line("c:games", "came", 0, 1),
        line("c:music", "grew", 1, 2),
        line("c:networks", "came", 0, 1),
        line("c:web", "grew", 1, 1),
    ];
    let mut answers = Vec::new();
    for who in [&kalmar, &kronoberg, &blekinge] {
        let answer = who.get(&path).await.ok();
        assert_eq!(told(&answer), expected);
        answers.push(answer);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "not the same for every member");
    let answer = &answers[0];
    assert_eq!(
        answer["totals"],
        json!({"came": 2, "grew": 2, "unchanged": 0, "shrank": 0, "went": 0, "closed": 1})
    );
    assert!(answer["completeness"]["definition"]["text"].as_str().unwrap().contains("fremdeles deler"));
    // Of one theme alone.
    let theme = answer["themes"][0]["theme"]["id"].as_str().unwrap();
    let one = kalmar.get(&format!("{path}&themeId={theme}")).await.ok();
    assert_eq!(one["themes"], json!([answer["themes"][0]]));
    // On a day of the years between nothing had changed yet.
    let quiet = kalmar.get(&comparison(consortium, LONG_AGO, "2021-01-01")).await.ok();
    assert!(told(&quiet).iter().all(|(_, change, ..)| change == "unchanged"), "{quiet}");
    // Before everything there was nothing.
    let all = kalmar.get(&comparison(consortium, "2010-01-01", LONG_AGO)).await.ok();
    assert!(told(&all).iter().all(|(notation, change, ..)| change == "came" || notation == "c:games"));
    // The same on the other face.
    let question = "query($id: ID!, $before: NaiveDate!, $after: NaiveDate!) { compareLandscape(consortiumId: $id, before: $before, \
        after: $after) { totals { came grew closed } themes { concepts { change } } } }";
    let both = blekinge.data(question, json!({"id": consortium, "before": LONG_AGO, "after": today()})).await;
    assert_eq!(both["compareLandscape"]["totals"], json!({"came": 2, "grew": 2, "closed": 1}));
    // Who has no seat is not told that there is such a consortium.
    oslo.get(&path).await.problem(404, "not_found");
    for (before, after, at, code) in [
        (LONG_AGO, LONG_AGO, "/before", "not_before"),
        ("2021-01-01", LONG_AGO, "/before", "not_before"),
        (LONG_AGO, "9000-01-01", "/after", "in_the_future"),
    ] {
        let refused = kalmar.get(&comparison(consortium, before, after)).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code))
        );
    }
    // What is missing is named itself, whatever else is there.
    for (query, at) in [("before=2026-01-01", "/after"), ("after=2026-01-01", "/before")] {
        let path = format!("/consortia/{consortium}/landscape-comparison?{query}");
        let refused = kalmar.get(&path).await.problem(422, "invalid_input");
        assert_eq!(refused["errors"][0]["pointer"], at, "{refused}");
    }
}
