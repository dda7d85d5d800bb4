//! Saved queries: a name that holds the query, for whoever may read its table.

use serde_json::{Value, json};

use super::{get, plain, post};
use crate::{
    aggregates::text,
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
};

fn query(table: &str, more: Value) -> Value {
    let mut body = json!({"tableId": table, "selection": {"selection": [
        {"variableCode": "state", "valueCodes": ["*"]},
        {"variableCode": "ContentsCode", "valueCodes": ["projects", "tenants"]},
        {"variableCode": "Tid", "valueCodes": ["TOP(1)"]},
    ], "placement": {"stub": ["state"], "heading": ["ContentsCode", "Tid"]}}});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn save(who: &Client, body: &Value) -> Value {
    post(who, "/savedqueries", &[], body).await.expect(201)
}

/// Shows 41 by statSaveQuery, statSavedQuery, statSavedSelection, statSavedData.
#[rstest]
#[actix_web::test]
async fn a_saved_query_is_answered_with_the_figures_of_the_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, stranger] = [node.tenant("aa").await, node.tenant("bb").await, node.tenant("cc").await];
    let consortium = node.consortium("to", &[&a, &b]).await;
    let table = format!("projects-{consortium}");
    let project = json!({"title": [{"language": "nb", "text": "Felles"}], "consortiumId": consortium, "visibility": "consortium"});
    a.post("/projects", project.clone()).await.made();
    let body =
        query(&table, json!({"language": "fi", "outputFormat": "csv", "outputFormatParams": ["UseCodes"]}));
    let saved = save(&a, &body).await;
    assert_eq!(saved["savedQuery"], body);
    // The same query has the same name, whoever gives it.
    assert_eq!(save(&b, &body).await["id"], saved["id"]);
    let at = format!("/savedqueries/{}", text(&saved["id"]));
    let told = plain(&b, &at).await.ok();
    assert_eq!((&told["savedQuery"], &told["id"]), (&body, &saved["id"]));
    let selection = plain(&b, &format!("{at}/selection")).await.ok();
    assert_eq!(selection["selection"], body["selection"]["selection"]);
    assert_eq!(selection["placement"], body["selection"]["placement"]);

    let today = samvirke::when::now().date_naive();
    let file = plain(&b, &format!("{at}/data")).await;
    assert_eq!(file.text, format!("state,projects {today},tenants {today}\r\nidea,1,1\r\n"));
    assert!(file.header("content-disposition").contains("projects.csv"));
    // What is said beside it goes before its own.
    let beside = [("outputFormat".to_owned(), "json-stat2".to_owned())];
    let dataset = get(&b, &format!("{at}/data"), &beside).await.ok();
    assert_eq!((&dataset["value"], &dataset["extension"]["px"]["language"]), (&json!([1, 1]), &json!("fi")));
    let beside = [("outputFormat".to_owned(), "json-stat2".to_owned()), ("lang".to_owned(), "da".to_owned())];
    let danish = get(&b, &format!("{at}/data"), &beside).await.ok();
    assert_eq!(danish["dimension"]["ContentsCode"]["category"]["label"]["projects"], "Projekter");
    // Another day, other figures.
    b.post("/projects", project).await.made();
    let file = plain(&a, &format!("{at}/data")).await;
    assert!(file.text.ends_with("idea,2,2\r\n"), "{}", file.text);

    // Who may not read the table is told of none.
    for end in ["", "/selection", "/data"] {
        plain(&stranger, &format!("{at}{end}")).await.problem(404, "not_found");
    }
    post(&stranger, "/savedqueries", &[], &body).await.problem(404, "not_found");
    for other in ["x", "%C3%A5", &text(&saved["id"])[1..]] {
        plain(&a, &format!("/savedqueries/{other}")).await.problem(404, "not_found");
        plain(&a, &format!("/savedqueries/{other}/data")).await.problem(404, "not_found");
    }
    // What cannot be answered is not saved.
    for (more, pointer) in [
        (json!({"language": "xx"}), "/lang"),
        (json!({"outputFormat": "doc"}), "/outputFormat"),
        (
            json!({"selection": {"selection": [{"variableCode": "stance", "valueCodes": ["*"]}]}}),
            "/selection/0/variableCode",
        ),
    ] {
        let refused =
            post(&a, "/savedqueries", &[], &query(&table, more)).await.problem(400, "invalid_selection");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let long = json!({"selection": {"selection": [{"variableCode": "state", "valueCodes": vec!["x".repeat(90); 40]}]}});
    let refused =
        post(&a, "/savedqueries", &[], &query(&table, long)).await.problem(400, "invalid_selection");
    assert_eq!(refused["errors"][0]["code"], "too_long");
    post(&a, "/savedqueries", &[], &query("projects-x", json!({}))).await.problem(404, "not_found");
}
