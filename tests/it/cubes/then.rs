//! What is kept of a row when it changes, whoever changes it, is what figures of another day tell.

use chrono::{Days, NaiveDate};
use samvirke::{id::ConsortiumId, when};
use serde_json::{Value, json};

use super::setting::path;
use crate::{
    aggregates::text,
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
};

const TABLES: [&str; 9] = [
    "statement",
    "project",
    "project_participant",
    "commitment",
    "activity",
    "funding_application",
    "agreement",
    "priority_round",
    "proposal",
];

/// Everything that was made until now was made ten days ago.
async fn ten_days_ago(node: &TestNode, kind: Kind) {
    let then = when::now().date_naive() - Days::new(10);
    let then = match kind {
        Sqlite => format!("'{then}T12:00:00+00:00'"),
        Postgres => format!("timestamptz '{then}T12:00:00Z'"),
    };
    let all = TABLES.map(|table| format!("UPDATE {table} SET created_at = {then}"));
    node.database.raw(&all.join(";")).await;
}

struct Asker<'a> {
    who: &'a Client,
    consortium: ConsortiumId,
}

impl Asker<'_> {
    /// By state (or another dimension) and the figures, as of a day or now.
    async fn told(&self, cube: &str, by: &str, day: Option<NaiveDate>) -> Vec<(String, Vec<i64>)> {
        let day = day.map_or(String::new(), |day| format!("&asOf={day}"));
        let at = format!("/consortia/{}/aggregates/{cube}?groupBy={by}{day}", self.consortium);
        let cells = self.who.get(&at).await.ok()["cells"].as_array().unwrap().clone();
        let cell = |cell: &Value| {
            let values = cell["values"].as_array().unwrap();
            (text(&cell["places"][0]["code"]), values.iter().filter_map(Value::as_i64).collect())
        };
        cells.iter().map(cell).collect()
    }

    /// Not yet eleven days ago; so yesterday; and so now.
    async fn becomes(&self, cube: &str, by: &str, before: &[(&str, &[i64])], now: &[(&str, &[i64])]) {
        let owned = |cells: &[(&str, &[i64])]| {
            cells.iter().map(|(code, figures)| ((*code).to_owned(), figures.to_vec())).collect::<Vec<_>>()
        };
        let today = when::now().date_naive();
        let ago = |days| Some(today - Days::new(days));
        assert_eq!(self.told(cube, by, ago(11)).await, [], "{cube}");
        for day in [ago(10), ago(1)] {
            assert_eq!(self.told(cube, by, day).await, owned(before), "{cube} {day:?}");
        }
        for day in [Some(today), None] {
            assert_eq!(self.told(cube, by, day).await, owned(now), "{cube} {day:?}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_day_that_is_over_has_what_stood_at_its_end(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b] = [node.tenant("akershus").await, node.tenant("ostfold").await];
    let consortium = node.consortium("ost", &[&a, &b]).await;
    let shared = |mut body: Value| {
        body["visibility"] = "consortium".into();
        body["language"] = "nb".into();
        body
    };
    let here = |body: Value| {
        let mut body = shared(body);
        body["consortiumId"] = json!(consortium);
        body
    };
    let said = shared(json!({"kind": "strength", "text": "Vi kan"}));
    let said = a.post("/statements", said).await.made();
    let kept_back = json!({"kind": "threat", "text": "Vi mister", "language": "nb", "visibility": "private"});
    let kept_back = a.post("/statements", kept_back).await.made();
    let project = json!({"title": [{"language": "nb", "text": "Felles kurs"}], "visibility": "consortium",
        "consortiumId": consortium});
    let project = a.post("/projects", project).await.made();
    let invited = a
        .post(
            &format!("{}/participants", path("projects", &project)),
            json!({"tenantId": b.tenant, "role": "partner"}),
        )
        .await
        .made();
    let promise = a.post("/commitments", here(json!({"text": "Vi vil"}))).await.made();
    let course = a
        .post("/activities", here(json!({"kind": "course", "title": "Kurs", "side": "offered"})))
        .await
        .made();
    let application = json!({"projectId": project["id"], "funder": "Fondet", "funderKind": "foundation",
        "currency": "NOK", "appliedMinor": 500, "visibility": "consortium"});
    let application = a.post("/funding-applications", application).await.made();
    let agreement = json!({"title": "Felles", "purpose": "Vi lærer", "firstDay": "2021-01-01",
        "parties": [{"tenantId": a.tenant}, {"tenantId": b.tenant}]});
    let agreement = a.post("/agreements", here(agreement)).await.made();
    let at = path("agreements", &agreement);
    a.post_from(&format!("{at}/propose"), 1, json!({})).await.ok();
    let signature = json!({"digest": agreement["textDigest"], "textVersion": 1});
    a.post(&format!("{at}/sign"), signature.clone()).await.ok();
    let question = json!([{"language": "nb", "text": "Hva nå?"}]);
    let round =
        json!({"question": question, "method": "dots", "backbone": 1, "points": 5, "maxPerProposal": 5});
    let round = a.post(&format!("/consortia/{consortium}/priority-rounds"), round).await.made();
    let of_round = path("priority-rounds", &round);
    let advance = async |to: &str| {
        let version = a.get(&of_round).await.ok()["version"].as_i64().unwrap();
        a.post_from(&format!("{of_round}/move"), version, json!({"to": to})).await.ok();
    };
    advance("proposing").await;
    let proposal = a
        .post(&format!("{of_round}/proposals"), json!({"title": [{"language": "nb", "text": "Dette"}]}))
        .await
        .made();
    let other = json!({"title": [{"language": "nb", "text": "Eller dette"}]});
    b.post(&format!("{of_round}/proposals"), other).await.made();
    ten_days_ago(&node, kind).await;

    let text_now = json!({"kind": "weakness"});
    a.patch(&path("statements", &said), 1, text_now).await.ok();
    a.patch(&path("statements", &kept_back), 1, json!({"visibility": "consortium"})).await.ok();
    b.post_from(&format!("{}/participation/accept", path("projects", &project)), 1, json!({})).await.ok();
    let version = a.get(&path("projects", &project)).await.ok()["version"].as_i64().unwrap();
    let moved = format!("{}/move", path("projects", &project));
    let version =
        a.post_from(&moved, version, json!({"to": "planned"})).await.ok()["version"].as_i64().unwrap();
    a.post_from(&moved, version, json!({"to": "active"})).await.ok();
    a.post_from(&format!("{}/follow-up", path("commitments", &promise)), 1, json!({"status": "done"}))
        .await
        .ok();
    a.post_from(&format!("{}/state", path("activities", &course)), 1, json!({"state": "open"})).await.ok();
    b.post(&format!("{}/registration", path("activities", &course)), json!({"places": 3})).await.ok();
    let moved = format!("{}/move", path("funding-applications", &application));
    a.post_from(&moved, 1, json!({"to": "applied", "on": "2025-02-03"})).await.ok();
    a.post_from(&moved, 2, json!({"to": "granted", "on": "2025-10-05", "grantedMinor": 400})).await.ok();
    b.post(&format!("{at}/sign"), signature).await.ok();
    advance("voting").await;
    let choices = json!({"choices": [{"proposalId": proposal["id"], "points": 5}]});
    assert!(b.put(&format!("{of_round}/ballot"), choices).await.status.is_success());
    advance("closed").await;
    advance("published").await;
    assert_eq!(invited["status"], "invited");

    let asker = Asker { who: &b, consortium };
    // What was kept back then is in no figure of then; and what it says is what it says now.
    asker
        .becomes(
            "statements",
            "statement_kind",
            &[("weakness", &[1, 1, 0])],
            &[("threat", &[1, 1, 0]), ("weakness", &[1, 1, 0])],
        )
        .await;
    // Its steps of one day are none that a day ended with.
    asker.becomes("projects", "state", &[("idea", &[1, 1, 1])], &[("active", &[1, 2, 2])]).await;
    asker
        .becomes("commitments", "state", &[("open", &[1, 1, 1, 0, 0, 0])], &[("done", &[1, 1, 0, 0, 1, 0])])
        .await;
    asker
        .becomes("activities", "state", &[("planned", &[1, 1, 0, 0, 0])], &[("open", &[1, 1, 0, 1, 3])])
        .await;
    asker.becomes("funding", "state", &[("planned", &[1, 1])], &[("granted", &[1, 1])]).await;
    asker
        .becomes("funding", "currency", &[("NOK", &[1, 1, 0, 0, 0])], &[("NOK", &[1, 1, 500, 400, 0])])
        .await;
    // A proposal was told to its parties alone.
    asker.becomes("agreements", "state", &[], &[("in_force", &[1, 2, 1, 0, 2])]).await;
    asker
        .becomes(
            "priorities",
            "state",
            &[("proposing", &[2, 1, 0, 0, 0])],
            &[("published", &[2, 1, 1, 5, 1])],
        )
        .await;

    // An agreement that was in force under another text, of which nothing is kept.
    let then = match kind {
        Sqlite => format!("'{}T12:00:00+00:00'", when::now().date_naive() - Days::new(10)),
        Postgres => "now() - interval '10 days'".to_owned(),
    };
    node.database
        .raw(&format!("UPDATE agreement SET stood = NULL; UPDATE agreement_signature SET at = {then}"))
        .await;
    let at = path("agreements", &agreement);
    let three = Some(when::now().date_naive() - Days::new(3));
    let in_force = [("in_force".to_owned(), vec![1, 2, 1, 0, 2])];
    assert_eq!(asker.told("agreements", "state", three).await, in_force);
    let version = a.get(&at).await.ok()["version"].as_i64().unwrap();
    let anew = a.patch(&at, version, json!({"purpose": "Vi lærer mer"})).await.ok();
    if anew["state"] == "draft" {
        a.post_from(&format!("{at}/propose"), anew["version"].as_i64().unwrap(), json!({})).await.ok();
    }
    let signature = json!({"digest": anew["textDigest"], "textVersion": anew["textVersion"]});
    for who in [&a, &b] {
        who.post(&format!("{at}/sign"), signature.clone()).await.ok();
    }
    assert_eq!(asker.told("agreements", "state", None).await, in_force);
    assert_eq!(asker.told("agreements", "state", three).await, []);

    // It is said that it was so then.
    let yesterday = when::now().date_naive() - Days::new(1);
    let at = format!("/consortia/{consortium}/aggregates/projects");
    let definition = async |day: NaiveDate| {
        let told = b.clone().speaking("en").get(&format!("{at}?asOf={day}")).await.ok();
        text(&told["completeness"]["definition"]["text"])
    };
    assert!(definition(yesterday).await.contains("at the end of that day"));
    assert!(!definition(when::now().date_naive()).await.contains("at the end of that day"));
    // What is kept is nobody's to read, as it is part of no answer.
    let told = b.get(&path("projects", &project)).await.ok();
    assert!(told.get("stood").is_none(), "{told}");
    // What is kept back by now is in no figure of any day.
    let version = a.get(&path("statements", &said)).await.ok()["version"].as_i64().unwrap();
    a.patch(&path("statements", &said), version, json!({"visibility": "private"})).await.ok();
    asker.becomes("statements", "statement_kind", &[], &[("threat", &[1, 1, 0])]).await;
}
