//! Figures of several consortia at once, and of what everybody on the node may read: counted again from what each library lists.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use samvirke::id::ConsortiumId;
use serde_json::{Value, json};

use crate::{
    aggregates::{self, Dice, LIBRARIES, ask, listed, long_ago, query, recount, text, told, variables},
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::as_rest,
};

/// Who is in which, the coordinator first.
const MEMBERS: [&[usize]; 3] = [&[0, 1, 2, 7], &[2, 3, 4], &[5, 0, 3]];

struct Setting {
    node: TestNode,
    libraries: Vec<Client>,
    consortia: Vec<ConsortiumId>,
}

/// Three consortia that share members. The library at 2 lets nothing into the first and all into the second; that at 7 lets nothing in
/// anywhere; those at 6 and 8 are in none.
async fn setting(kind: Kind) -> Setting {
    let node = TestNode::start(kind).await;
    let libraries = aggregates::libraries(&node).await;
    let mut consortia = Vec::new();
    for (n, members) in MEMBERS.iter().enumerate() {
        let members: Vec<&Client> = members.iter().map(|at| &libraries[*at]).collect();
        consortia.push(node.consortium(["nord", "sor", "vest"][n], &members).await);
    }
    for at in [2, 7] {
        let mine = membership(&libraries[at], &consortia[0]).await;
        let path = format!("/memberships/{}", text(&mine["id"]));
        let version = mine["version"].as_i64().unwrap();
        libraries[at].patch(&path, version, json!({"competences": "none"})).await.ok();
    }
    long_ago(&node, kind).await;
    Setting { node, libraries, consortia }
}

/// A library's own in one of its consortia.
async fn membership(library: &Client, consortium: &ConsortiumId) -> Value {
    let all = library.get("/memberships?first=100").await.ok()["items"].as_array().unwrap().clone();
    let own = [("tenantId", library.tenant.to_string()), ("consortiumId", consortium.to_string())];
    all.into_iter().find(|row| own.iter().all(|(name, id)| row[*name] == *id)).unwrap()
}

/// Which libraries let competences into one of these.
fn sharing(over: &[usize]) -> BTreeSet<usize> {
    let pairs = over.iter().flat_map(|c| MEMBERS[*c].iter().map(move |at| (*c, *at)));
    pairs.filter(|pair| ![(0, 2), (0, 7)].contains(pair)).map(|(_, at)| at).collect()
}

impl Setting {
    fn ids(&self, over: &[usize]) -> Vec<String> {
        over.iter().map(|c| self.consortia[*c].to_string()).collect()
    }

    /// What it is asked with; over nothing: the node.
    fn path(&self, over: &[usize], query: &str) -> String {
        match self.ids(over).join(",") {
            ids if ids.is_empty() => format!("/aggregates/competences?{query}"),
            ids => format!("/aggregates/competences?{query}&consortiumIds={ids}"),
        }
    }
}

fn document() -> String {
    let document = aggregates::CUBE.replace("$id: ID!", "$id: [ID!]");
    document.replace("aggregateCompetences(consortiumId: $id", "aggregateCompetencesOver(consortiumIds: $id")
}

/// Shows 38 by aggregateCompetencesOver.
#[rstest]
#[actix_web::test]
async fn each_library_and_entry_is_counted_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let mut dice = Dice(77);
    let mut cells = 0;
    // Over which, and who has a seat in each of them.
    let overs: [(&[usize], &[usize]); 5] =
        [(&[0, 1], &[2]), (&[0, 2], &[0]), (&[2, 1], &[3]), (&[1], &[3, 4]), (&[], &[0, 6, 7, 8])];
    for (over, askers) in overs {
        let open = over.is_empty();
        let sharing = sharing(over);
        let counted = |at: usize, visibility: &str| match visibility {
            "public" => open || sharing.contains(&at),
            "consortium" => sharing.contains(&at),
            _ => false,
        };
        let rows = listed(&setting.libraries, counted).await;
        assert!(rows.len() > 20, "{over:?} {}", rows.len());
        for n in 0..40 {
            let question = ask(&mut dice);
            let asker = &setting.libraries[askers[n % askers.len()]];
            let path = setting.path(over, &query(&question));
            let rest = asker.get(&path).await.ok();
            let figures = told(&rest);
            let recounted = recount(&rows, &question);
            assert_eq!(
                figures.iter().cloned().collect::<BTreeMap<_, _>>(),
                recounted,
                "{over:?} {question:?}"
            );
            assert_eq!(figures.len(), recounted.len(), "no cell twice");
            cells += figures.len();
            let mut ids = setting.ids(over);
            ids.sort();
            assert_eq!(rest["completeness"]["consortiumIds"], json!(ids));
            let ids = if open { Value::Null } else { json!(setting.ids(over)) };
            let graphql = asker.data(&document(), variables(ids, &question)).await;
            assert_eq!(as_rest(&graphql["aggregateCompetencesOver"]), rest, "{over:?} {question:?}");
            let csv = asker.get(&format!("{path}&format=csv")).await;
            assert_eq!(csv.text.matches("\r\n").count(), figures.len() + 1, "{question:?}");
        }
    }
    println!("{kind:?}: 200 questions, {cells} cells");
    assert!(cells > 1_000);
}

#[rstest]
#[actix_web::test]
async fn what_is_counted_is_said_and_what_is_kept_to_oneself_moves_nothing(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let setting = setting(kind).await;
    let [both, node] = [&[0, 1][..], &[]].map(|over| setting.path(over, "groupBy=tenant"));
    let asker = &setting.libraries[2];
    let about = async |path: &str| asker.clone().speaking("en").get(path).await.ok()["completeness"].clone();
    let several = about(&both).await;
    assert_eq!(several["expected"], 6);
    assert_eq!(several["source"]["text"], "What the member libraries share in the consortia nord, sor");
    assert!(text(&several["definition"]["text"]).contains("at least one of these consortia"));
    let all = about(&node).await;
    assert_eq!(all["expected"], LIBRARIES.len());
    assert_eq!(all["consortiumIds"], json!([]));
    assert_eq!(all["source"]["text"], "What the libraries of the node have made public");
    assert!(text(&all["licence"]["text"]).starts_with("Made public by the libraries"));
    assert!(text(&several["licence"]["text"]).starts_with("For the consortium's members only"));
    // One alone is that consortium, with what is said of it.
    let one = setting.path(&[1], "groupBy=tenant");
    let same = format!("/consortia/{}/aggregates/competences?groupBy=tenant", setting.consortia[1]);
    assert_eq!(asker.get(&one).await.text, asker.get(&same).await.text);
    // The order in which they are named, or naming one twice, changes nothing.
    let [a, b] = [&setting.consortia[0], &setting.consortia[1]];
    let twice = format!("/aggregates/competences?groupBy=tenant&consortiumIds={b},{a},{b}");
    assert_eq!(asker.get(&twice).await.text, asker.get(&both).await.text);

    // Neither what is private or sealed, nor, of the node, what is a consortium's.
    let counted = [asker.get(&both).await, asker.get(&node).await];
    for (visibility, moved) in
        [("private", [false; 2]), ("sealed", [false; 2]), ("consortium", [true, false])]
    {
        let entry = json!({"sourcePhrase": format!("helt {visibility} xyzzy"), "language": "nb", "stance": "have",
            "visibility": visibility});
        let made = asker.post("/competences", entry).await.made();
        for ((path, before), moved) in [&both, &node].into_iter().zip(&counted).zip(moved) {
            let after = asker.get(path).await;
            assert_eq!(after.header("etag") != before.header("etag"), moved, "{visibility} {path}");
        }
        let gone = asker.delete(&format!("/competences/{}", text(&made["id"])), 1).await;
        assert!(gone.status.is_success(), "{}", gone.text);
    }
    let public = json!({"sourcePhrase": "helt åpent xyzzy", "language": "nb", "stance": "have", "visibility": "public"});
    asker.post("/competences", public).await.made();
    for (path, before) in [&both, &node].into_iter().zip(&counted) {
        assert_ne!(asker.get(path).await.header("etag"), before.header("etag"), "{path}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_seat_in_each_of_them_is_needed_and_what_is_wrong_is_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let absent = ConsortiumId::new();
    for over in ["competences", "projects", "priorities"] {
        let path = |ids: &[&ConsortiumId]| {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            format!("/aggregates/{over}?consortiumIds={}", ids.join(","))
        };
        let [a, b, c] = [0, 1, 2].map(|n| &setting.consortia[n]);
        // Answered to who has a seat in each, before and after others asked.
        let asker = &setting.libraries[2];
        asker.get(&path(&[a, b])).await.ok();
        for (who, ids) in [(0, [a, b]), (0, [b, a]), (3, [a, b]), (6, [a, b]), (2, [a, c]), (2, [a, &absent])]
        {
            setting.libraries[who].get(&path(&ids)).await.problem(404, "not_found");
        }
        asker.get(&path(&[a, b])).await.ok();
        let faults = |answer: crate::harness::Answer| {
            let problem = answer.problem(422, "invalid_input");
            let errors = problem["errors"].as_array().unwrap().clone();
            errors.iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect::<Vec<_>>()
        };
        let said = |at: &str, code: &str| vec![(at.to_owned(), code.to_owned())];
        let wrong = asker.get(&format!("/aggregates/{over}?consortiumIds={a},x")).await;
        assert_eq!(faults(wrong), said("/consortiumIds/1", "id"));
        let none = asker.get(&format!("/aggregates/{over}?consortiumIds=")).await;
        assert_eq!(faults(none), said("/consortiumIds", "empty_list"));
        let many = vec![a; 21];
        assert_eq!(faults(asker.get(&path(&many)).await), said("/consortiumIds", "too_many"));
    }
    let empty = "{ aggregateOver(cube: PROJECTS, consortiumIds: []) { definition } }";
    let refused = setting.libraries[0].graphql(empty, json!({})).await.json();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    // A consortium that was left is none of one's own, whatever was kept.
    let asker = &setting.libraries[2];
    let both = setting.path(&[0, 1], "");
    asker.get(&both).await.ok();
    let row = membership(asker, &setting.consortia[0]).await;
    let leave = format!("/memberships/{}/leave", text(&row["id"]));
    let left = asker.post_from(&leave, row["version"].as_i64().unwrap(), json!({})).await;
    assert!(left.status.is_success(), "{}", left.text);
    asker.get(&both).await.problem(404, "not_found");
    drop(setting.node);
}

#[rstest]
#[actix_web::test]
async fn the_tables_over_several_and_over_the_node_are_the_aggregates(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let setting = setting(kind).await;
    let asker = setting.libraries[2].clone().speaking("en");
    for said in ["vi deler alt", "vi kan litt"] {
        let statement = json!({"kind": "strength", "text": said, "language": "nb", "visibility": "public"});
        asker.post("/statements", statement).await.made();
    }
    let get = async |path: &str| asker.send(asker.request(Method::GET, &format!("/stat/v2{path}"))).await;
    let mut ids = setting.ids(&[0, 1]);
    ids.sort();
    let mut compared = 0;
    for (name, wide) in
        [("node".to_owned(), String::new()), (ids.join("."), format!("&consortiumIds={}", ids.join(",")))]
    {
        for (cube, measures) in
            [("competences", &["tenantsHaving", "entries"][..]), ("statements", &["statements"])]
        {
            let table = format!("/tables/{cube}-{name}");
            let metadata = get(&format!("{table}/metadata")).await.ok();
            let about = get(&table).await.ok();
            assert_eq!(about["label"], metadata["label"]);
            assert_eq!(about["source"], metadata["source"]);
            assert_eq!(about["category"], if name == "node" { "internal" } else { "private" });
            for by in ["tenant", "kind", "region", "concept"] {
                let path = format!("/aggregates/{cube}?groupBy={by}{wide}");
                let cells = asker.get(&path).await.ok()["cells"].as_array().unwrap().clone();
                let places = if cube == "statements" { "places" } else { "dimensions" };
                let codes: Vec<&str> =
                    cells.iter().map(|cell| cell[places][0]["code"].as_str().unwrap_or("-")).collect();
                let index = &metadata["dimension"][by]["category"]["index"];
                assert_eq!(index.as_object().unwrap().len(), codes.len(), "{name} {cube} {by}");
                let wish = format!("valueCodes[{by}]=*&valueCodes[Tid]=*&stub={by}");
                for (at, measure) in measures.iter().enumerate() {
                    let data =
                        get(&format!("{table}/data?{wish}&valueCodes[ContentsCode]={measure}")).await.ok();
                    let told: Vec<i64> =
                        data["value"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect();
                    let of = |cell: &Value| match cube {
                        "statements" => cell["values"][at].as_i64().unwrap(),
                        _ => cell[*measure].as_i64().unwrap(),
                    };
                    assert_eq!(
                        told,
                        cells.iter().map(of).collect::<Vec<_>>(),
                        "{name} {cube} {by} {measure}"
                    );
                    compared += told.len();
                }
            }
            // Its lists gather its own values, and a query that is saved is answered.
            let list = &metadata["dimension"]["concept"]["extension"]["codelists"][0]["id"];
            let values =
                get(&format!("/codelists/{}", text(list))).await.ok()["values"].as_array().unwrap().len();
            assert!(values > 0 || cube == "statements", "{list}");
            let table_id = format!("{cube}-{name}");
            let query = json!({"tableId": table_id, "selection": {"selection": []}});
            let saved = asker.request(Method::POST, "/stat/v2/savedqueries").json(&query);
            let saved = asker.send(saved).await.made();
            let again = get(&format!("/savedqueries/{}/data", text(&saved["id"]))).await;
            assert_eq!(again.text, get(&format!("{table}/data")).await.text);
        }
    }
    println!("{kind:?}: {compared} figures");
    assert!(compared > 100, "{compared}");
    // Who has no seat in one of them has no such table, and the other order is another name.
    for end in ["", "/metadata", "/data", "/defaultselection"] {
        for who in [0, 3, 6] {
            let other = &setting.libraries[who];
            let path = format!("/stat/v2/tables/competences-{}{end}", ids.join("."));
            other.send(other.request(Method::GET, &path)).await.problem(404, "not_found");
        }
        let turned = format!("/tables/competences-{}.{}{end}", ids[1], ids[0]);
        get(&turned).await.problem(404, "not_found");
    }
}
