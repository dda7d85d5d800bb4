//! What a row names is told only to whoever sees that too: a word of a consortium's own, and the consortium.

use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// How many a list has that asks for one.
async fn many(who: &Client, list: &str, asked: &Value) -> usize {
    who.get(&format!("{list}={}", text(asked))).await.ok()["items"].as_array().unwrap().len()
}

#[rstest]
#[actix_web::test]
async fn a_public_row_does_not_tell_of_a_hidden_word(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let consortium = node.consortium("vest", &[&bergen, &oslo]).await;
    let name = json!({"label": [{"language": "nb", "text": "Spillkveld"}]});
    let word = oslo.post(&format!("/consortia/{consortium}/concepts"), name).await.made()["id"].clone();
    let music = json!(migration::registers::concept_id("c:music"));
    let both = json!([word, music]);
    let title = json!([{"language": "nb", "text": "Spill for alle"}]);
    let project = oslo
        .post(
            "/projects",
            json!({"title": title, "conceptIds": both, "consortiumId": consortium, "visibility": "public"}),
        )
        .await
        .made();
    let course = oslo
        .post(
            "/activities",
            json!({"kind": "course", "title": "Kurs", "language": "nb", "conceptIds": both, "visibility": "public"}),
        )
        .await
        .made();
    let strength = oslo
        .post(
            "/statements",
            json!({"kind": "strength", "text": "Spill", "language": "nb", "conceptIds": both, "visibility": "public"}),
        )
        .await
        .made();
    let contact = oslo
        .post(
            "/contacts",
            json!({"kind": "function", "name": "Spillvakten", "email": "spill@oslo.example", "conceptId": word,
                "visibility": "public"}),
        )
        .await
        .made();
    let rows = [("projects", &project), ("activities", &course), ("statements", &strength)];
    for (list, made) in rows {
        let path = format!("/{list}/{}", text(&made["id"]));
        assert_eq!(made["conceptIds"], both, "{list}");
        for (who, seen) in [(&oslo, &both), (&bergen, &both), (&tromso, &json!([music]))] {
            assert_eq!(&who.get(&path).await.ok()["conceptIds"], seen, "{list}");
            let listed = who.get(&format!("/{list}")).await.ok();
            let listed = listed["items"].as_array().unwrap();
            let row = listed.iter().find(|row| row["id"] == made["id"]).unwrap();
            assert_eq!(&row["conceptIds"], seen, "{list}");
        }
    }
    let path = format!("/projects/{}", text(&project["id"]));
    assert_eq!(bergen.get(&path).await.ok()["consortiumId"], json!(consortium));
    assert_eq!(tromso.get(&path).await.ok()["consortiumId"], Value::Null);
    let path = format!("/contacts/{}", text(&contact["id"]));
    for (who, seen) in [(&oslo, &word), (&bergen, &word), (&tromso, &Value::Null)] {
        assert_eq!(&who.get(&path).await.ok()["conceptId"], seen);
    }
    // Nor does a filter: what cannot be seen finds nothing.
    let place = json!(consortium);
    let asked = [
        ("/projects?conceptId", &word, [1, 1, 0]),
        ("/projects?consortiumId", &place, [1, 1, 0]),
        ("/contacts?conceptId", &word, [1, 1, 0]),
    ];
    for (list, id, found) in asked {
        assert_eq!(
            [many(&oslo, list, id).await, many(&bergen, list, id).await, many(&tromso, list, id).await],
            found,
            "{list}"
        );
    }
    // On the other face the same.
    let ask = "query($id: ID!) { project(id: $id) { conceptIds consortiumId } }";
    let seen = tromso.data(ask, json!({"id": project["id"]})).await;
    assert_eq!(seen["project"], json!({"conceptIds": [music], "consortiumId": null}));
}

#[rstest]
#[actix_web::test]
async fn a_theme_does_not_tell_of_what_it_gathers_elsewhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let north = node.consortium("nord", &[&tromso, &oslo]).await;
    let west = node.consortium("vest", &[&bergen, &oslo]).await;
    let label = |name: &str| json!([{"language": "nb", "text": name}]);
    let word = oslo
        .post(&format!("/consortia/{north}/concepts"), json!({"label": label("Nordlys")}))
        .await
        .made()["id"]
        .clone();
    let music = json!(migration::registers::concept_id("c:music"));
    let theme = json!({"label": label("Kveld"), "top": true, "memberIds": [word, music]});
    let theme = oslo.post(&format!("/consortia/{west}/concepts"), theme).await.made();
    assert_eq!(theme["memberIds"], json!([word, music]));
    let path = format!("/concepts/{}", text(&theme["id"]));
    assert_eq!(bergen.get(&path).await.ok()["memberIds"], json!([music]));
}
