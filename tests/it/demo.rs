//! The demonstration: what it loads, that it loads it once, and what its first command prints.

use std::collections::BTreeMap;

use samvirke::{
    auth::Role,
    demo::{self, Group},
    error::{Code, Error},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{
    harness::{Client, Database, Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::finds_what_the_gathering_found,
};

const FILES: [&str; 3] = [
    include_str!("../../src/demo/data/norway-four-counties.json"),
    include_str!("../../src/demo/data/sweden-sydost.json"),
    include_str!("../../src/demo/data/denmark-laeringsrum.json"),
];

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

async fn load(node: &TestNode) -> Vec<Group> {
    demo::load(&node.app, &mut |_| Ok(())).await.unwrap()
}

/// A group's members, over HTTP.
fn members(node: &TestNode, group: &Group) -> BTreeMap<String, Client> {
    group.members.iter().map(|(slug, id)| (slug.clone(), node.client(*id, Role::Admin))).collect()
}

/// Everything in the database, a text a table, past every wall.
async fn tables(database: &Database) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    match database {
        Database::Sqlite(file) => {
            let mut connection = SqliteConnection::connect(&file.url()).await.unwrap();
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            for name in names {
                let sql = format!("SELECT name FROM pragma_table_info('{name}')");
                let columns: Vec<String> =
                    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
                // An id's bytes may look like anything.
                let cell = |c: &String| {
                    format!(
                        "CASE typeof(\"{c}\") WHEN 'blob' THEN hex(\"{c}\") ELSE coalesce(CAST(\"{c}\" AS text), '') END"
                    )
                };
                let cells: Vec<String> = columns.iter().map(cell).collect();
                let sql = format!("SELECT {} FROM \"{name}\"", cells.join(" || ' ' || "));
                let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
                out.insert(name, rows);
            }
        }
        Database::Postgres(database) => {
            let mut connection = PgConnection::connect(&database.superuser_url).await.unwrap();
            let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
            let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            for name in names {
                let sql = format!("SELECT t::text FROM \"{name}\" t");
                let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
                out.insert(name, rows);
            }
        }
    }
    assert!(out.len() > 15, "{:?}", out.keys());
    out
}

fn counts(tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<&str, usize> {
    tables.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect()
}

#[rstest]
#[actix_web::test]
async fn three_groups_are_there_and_a_second_load_doubles_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let groups = load(&node).await;
    let slugs: Vec<&str> = groups.iter().map(|group| group.slug.as_str()).collect();
    assert_eq!(slugs, ["no-four-counties", "se-sydost", "dk-laeringsrum"]);
    norway(&node, &groups[0]).await;
    sweden(&node, &groups[1]).await;
    denmark(&node, &groups[2]).await;

    let before = tables(&node.database).await;
    let again = load(&node).await;
    assert_eq!(groups[0].consortium, again[0].consortium);
    let after = tables(&node.database).await;
    assert_eq!(counts(&before), counts(&after));
    assert_eq!(before["competence_entry"], after["competence_entry"]);

    nobody_is_in(&after);
}

async fn norway(node: &TestNode, group: &Group) {
    let members = members(node, group);
    let source = finds_what_the_gathering_found(group.consortium, &members).await;
    assert!(source.contains("Fire fylkesbibliotek"), "{source}");
    let told = members["no-ostfold"].get(&format!("/consortia/{}", group.consortium)).await.ok();
    assert_eq!((list(&told["reasons"]).len(), list(&told["openQuestions"]).len()), (23, 3));
    assert_eq!(told["reasons"][0]["text"], "forhandle samlet med ulike leverandører");
    let ostfold = &members["no-ostfold"];
    let profile = ostfold.get(&format!("/tenants/{}/profile", ostfold.tenant)).await.ok();
    let misspelt = list(&profile["entries"]).iter().find(|e| e["sourcePhrase"] == "universell uforming");
    assert_eq!(misspelt.unwrap()["concept"]["notation"], "c:universal-design", "the words stay as they are");
    let tenant = ostfold.get(&format!("/tenants/{}", ostfold.tenant)).await.ok();
    assert_eq!(
        (&tenant["name"]["text"], &tenant["regionIds"]),
        (&json!("Østfold fylkesbibliotek"), &json!(["no-31"]))
    );
}

async fn sweden(node: &TestNode, group: &Group) {
    let file: Value = serde_json::from_str(FILES[1]).unwrap();
    let expected = &file["expected"];
    let members = members(node, group);
    let asker = members["se-lansbibliotek-sydost"].clone().speaking("sv");
    let told = asker.get(&format!("/consortia/{}", group.consortium)).await.ok();
    assert_eq!(list(&told["mandate"]["areas"]).len(), expected["mandateAreas"]);
    assert_eq!(list(&told["reasons"]).len(), expected["reasons"]);
    assert_eq!(told["mandate"]["givenOn"], "2006-21");
    assert_eq!(told["openQuestions"][1]["text"], "Vilka skulle ingå?");

    let path = format!("/consortia/{}/landscape", group.consortium);
    let landscape = asker.get(&path).await.ok();
    // Both build on the same two things and want the same six.
    assert_eq!(landscape["totals"], json!({"concepts": 8, "common": 2, "unique": 0, "gap": 6, "covered": 0}));
    let query =
        "query($id: ID!) { landscape(consortiumId: $id) { totals { concepts common unique gap covered } } }";
    let graphql = asker.data(query, json!({"id": group.consortium})).await;
    assert_eq!(graphql["landscape"]["totals"], landscape["totals"]);

    let profile = asker.get(&format!("/tenants/{}/profile", asker.tenant)).await.ok();
    assert!(profile["statement"]["text"]["text"].as_str().unwrap().starts_with("En gemensam biblioteksplan"));
    let projects = asker.get(&format!("/projects?consortiumId={}", group.consortium)).await.ok();
    let told: Vec<_> = list(&projects["items"])
        .iter()
        .map(|p| {
            (
                p["title"]["text"].as_str().unwrap(),
                p["state"].as_str().unwrap(),
                list(&p["participants"]).len(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Lärsamverkan 2005-2009", "completed", 2),
            ("Bibliotekets roll i lokal och regional utveckling (2008)", "completed", 2),
            ("Bibliotekets roll i lokal och regional utveckling (2009)", "completed", 1),
            ("Ökad digital delaktighet", "idea", 2),
        ]
    );
    let joint = &projects["items"][0];
    assert_eq!((&joint["starts"], &joint["ends"]), (&json!("2005"), &json!("2009")));
    let applied = list(&joint["transitions"]).iter().find(|t| t["to"] == "applied").unwrap();
    let funders = applied["reason"].as_str().unwrap().split(": ").nth(1).unwrap().split(", ").count();
    assert_eq!(funders, expected["fundersInLarsamverkan"]);

    let rounds = asker.get(&format!("/priority-rounds?consortiumId={}", group.consortium)).await.ok();
    let told: Vec<_> = list(&rounds["items"])
        .iter()
        .map(|r| (r["considered"].as_i64(), r["backbone"].as_i64().unwrap(), r["phase"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(Some(20), 4, "published"), (Some(11), 3, "published"), (None, 1, "proposing")]);
    let [january, june] = [0, 1].map(|n| rounds["items"][n]["id"].as_str().unwrap());
    let chosen = asker.get(&format!("/priority-rounds/{january}/proposals?chosen=true")).await.ok();
    assert_eq!(list(&chosen["items"]).len(), 4);
    let compared = asker.get(&format!("/priority-rounds/{june}/comparison")).await.ok();
    let carried = list(&compared["carriedOver"]);
    let titles: Vec<_> = carried.iter().map(|pair| pair["later"]["title"]["text"].clone()).collect();
    assert_eq!(carried.len(), list(&expected["priorityCarriedOver_2010-01_to_2010-06-01"]).len());
    assert!(!titles.is_empty(), "{compared}");
}

async fn denmark(node: &TestNode, group: &Group) {
    let file: Value = serde_json::from_str(FILES[2]).unwrap();
    let expected = &file["expected"];
    let members = members(node, group);
    assert_eq!(members.keys().collect::<Vec<_>>(), ["dk-gentofte", "dk-roskilde"]);
    let asker = members["dk-roskilde"].clone().speaking("da");
    let told = asker.get(&format!("/consortia/{}", group.consortium)).await.ok();
    assert_eq!(list(&told["reasons"]).len(), expected["partnershipBenefits"]);
    assert_eq!(list(&told["openQuestions"]).len(), 6 + 2 + 2 + 3);
    let projects = asker.get("/projects?takingPart=true").await.ok();
    let project = &projects["items"][0];
    assert_eq!(project["title"]["text"], "Ud af boksen – Biblioteker i samarbejdsdreven innovation");
    assert_eq!((&project["starts"], &project["ends"]), (&json!("2010-03-01"), &json!("2012-06-30")));
    assert_eq!(list(&project["participants"]).len(), expected["udAfBoksenProjectPartners"]);
    // The course day holds exercises and no competences: none are invented.
    assert_eq!(asker.get("/competences").await.ok()["items"], json!([]));
}

/// No e-mail address, and nothing that a file marks as personal.
fn nobody_is_in(tables: &BTreeMap<String, Vec<String>>) {
    fn marked(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(fields) if fields.contains_key("personalData") => {
                out.extend(fields.values().filter_map(Value::as_str).map(str::to_owned));
            }
            Value::Object(fields) => fields.values().for_each(|field| marked(field, out)),
            Value::Array(items) => items.iter().for_each(|item| marked(item, out)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    for file in FILES {
        marked(&serde_json::from_str(file).unwrap(), &mut texts);
    }
    for (table, rows) in tables {
        for row in rows {
            assert!(!texts.iter().any(|text| row.contains(text.as_str())), "{table}: {row}");
            let address = |word: &str| word.split_once('@').is_some_and(|(_, host)| host.contains('.'));
            assert!(!row.split_whitespace().any(address), "{table}: {row}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_load_that_was_cut_off_goes_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let whole = TestNode::start(kind).await;
    let mut parts = 0;
    demo::load(&whole.app, &mut |_| {
        parts += 1;
        Ok(())
    })
    .await
    .unwrap();
    assert!(parts > 60, "{parts}");
    let node = TestNode::start(kind).await;
    // Cut off after one part, after two more, after three more, …
    let mut cuts = 0;
    loop {
        let mut left = 1 + cuts;
        let cut = demo::load(&node.app, &mut |_| {
            left -= 1;
            if left == 0 { Err(Error::new(Code::Unavailable)) } else { Ok(()) }
        })
        .await;
        match cut {
            Ok(_) => break,
            Err(error) => assert_eq!(error.code, Code::Unavailable, "{error:?}"),
        }
        cuts += 1;
    }
    assert!(cuts > 5, "{cuts}");
    assert_eq!(counts(&tables(&node.database).await), counts(&tables(&whole.database).await));
    let groups = load(&node).await;
    finds_what_the_gathering_found(groups[0].consortium, &members(&node, &groups[0])).await;
}

#[rstest]
#[actix_web::test]
async fn what_a_library_changed_since_is_not_brought_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let groups = load(&node).await;
    let vestfold = &members(&node, &groups[0])["no-vestfold"];
    let kalmar = &members(&node, &groups[1])["se-regionbiblioteket-kalmar"];
    let entries = |library: &Client| {
        let library = library.clone();
        async move {
            list(&library.get(&format!("/competences?tenantId={}", library.tenant)).await.ok()["items"])
                .clone()
        }
    };
    for library in [vestfold, kalmar] {
        let gone = entries(library).await[0]["id"].as_str().unwrap().to_owned();
        library.delete(&format!("/competences/{gone}"), 1).await.expect(204);
    }
    let mine = vestfold.get("/memberships").await.ok()["items"][0].clone();
    let path = format!("/memberships/{}/leave", mine["id"].as_str().unwrap());
    vestfold.post_from(&path, mine["version"].as_i64().unwrap(), json!({})).await.ok();
    let project = kalmar.get("/projects?state=idea").await.ok()["items"][0].clone();
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    let version = project["version"].as_i64().unwrap();
    let title = json!({"title": [{"language": "sv", "text": "En annan titel"}]});
    kalmar.patch(&path, version, title).await.ok();

    let before = tables(&node.database).await;
    load(&node).await;
    assert_eq!(counts(&before), counts(&tables(&node.database).await));
    assert_eq!((entries(vestfold).await.len(), entries(kalmar).await.len()), (7, 7));
    assert_eq!(vestfold.get("/memberships").await.ok()["items"][0]["status"], "left");
}
