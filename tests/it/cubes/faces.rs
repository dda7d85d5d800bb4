//! What cubes can be asked, who may ask, and what is refused.

use samvirke::auth::Role;
use serde_json::{Value, json};

use super::{
    rows::CUBES,
    setting::{LIBRARIES, MEMBERS, setting},
};
use crate::{
    harness::{Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::as_rest,
    stat,
};

fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

#[rstest]
#[actix_web::test]
async fn a_cube_says_what_it_can_be_asked(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let query = "query($cube: CubeName!) { aggregateDefinition(cube: $cube) { cube mostDimensions mostCells
        definition { text language fallback } dimensions { code name { text language fallback } definition { text language fallback } }
        measures { code name { text language fallback } definition { text language fallback } } } }";
    for (cube, dimensions, measures) in CUBES {
        let told = oslo.clone().speaking("fi").get(&format!("/aggregates/{cube}/definition")).await.ok();
        let codes =
            |of: &str| told[of].as_array().unwrap().iter().map(|p| p["code"].clone()).collect::<Vec<_>>();
        assert_eq!(codes("dimensions"), dimensions);
        assert_eq!(codes("measures"), measures);
        let graphql = oslo.clone().speaking("fi").data(query, json!({"cube": cube.to_uppercase()})).await;
        assert_eq!(as_rest(&graphql["aggregateDefinition"]), told);
        assert_eq!(told["dimensions"][0]["name"]["language"], "fi");
    }
    oslo.get("/aggregates/budgets/definition").await.problem(404, "not_found");
    assert_eq!(oslo.get("/aggregates/competences/definition").await.ok()["cube"], "competences");
}

#[rstest]
#[actix_web::test]
async fn who_has_no_seat_is_told_nothing_and_what_is_wrong_is_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let consortium = setting.consortium;
    let path = |cube: &str, query: &str| format!("/consortia/{consortium}/aggregates/{cube}{query}");
    let member = &setting.libraries[1];
    let stranger = &setting.libraries[MEMBERS];
    for (cube, ..) in CUBES {
        stranger.get(&path(cube, "")).await.problem(404, "not_found");
        let table = format!("/tables/{cube}-{consortium}");
        assert_eq!(stat::plain(stranger, &table).await.status, 404);
        assert_eq!(stat::plain(stranger, &format!("{table}/metadata")).await.status, 404);
        assert_eq!(stat::plain(stranger, &format!("{table}/data")).await.status, 404);
        // A token that does not reach what is counted does not reach its figures.
        let answer = member.get(&path(cube, "")).await;
        let about = answer.json()["completeness"].clone();
        assert_eq!(about["expected"], MEMBERS);
        assert!(about["reporting"].as_u64().unwrap() < LIBRARIES.len() as u64);
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        // Who has it is told that nothing changed.
        let again = member.request(reqwest::Method::GET, &format!("/api/v1{}", path(cube, "")));
        let again = member.send(again.header("if-none-match", answer.header("etag"))).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    }
    member.get(&path("budgets", "")).await.problem(404, "not_found");
    for (query, expected) in [
        ("?groupBy=state,stance", vec![("/groupBy/1", "unknown_dimension")]),
        ("?groupBy=state,side", vec![("/groupBy/1", "unknown_dimension")]),
        ("?groupBy=state,kind,state", vec![("/groupBy/2", "duplicate")]),
        ("?groupBy=state,kind,year,lead", vec![("/groupBy", "too_many")]),
        ("?only=state", vec![("/only/0", "dimension_code")]),
        ("?only=kind:kiosk", vec![("/only/0/codes/0", "unknown_place")]),
        ("?only=lead_kind:-,year:2026,year:20266", vec![("/only/1/codes/1", "unknown_place")]),
        (
            "?only=quarter:2026-Q5,month:2026",
            vec![("/only/0/codes/0", "unknown_place"), ("/only/1/codes/0", "unknown_place")],
        ),
        ("?only=pair:akershus", vec![("/only/0/codes/0", "unknown_place")]),
        ("?only=country:no", vec![("/only/0/codes/0", "unknown_place")]),
        ("?only=kind:other,stance:have", vec![("/only/1", "unknown_dimension")]),
        ("?only=side:offered", vec![("/only/0/dimension", "unknown_dimension")]),
        ("?asOf=0000-01-01", vec![("/asOf", "between")]),
    ] {
        let refused = member.get(&path("projects", query)).await.problem(422, "invalid_input");
        assert_eq!(faults(&refused), expected, "{query}");
    }
    let many: Vec<String> = (0..101).map(|n| format!("tenant:x{n}")).collect();
    let refused = member.get(&path("projects", &format!("?only={}", many.join(",")))).await;
    assert_eq!(faults(&refused.problem(422, "invalid_input")), [("/only/0/codes", "too_many")]);
    let refused = member.get(&path("projects", "?group=state")).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused), [("/group", "unknown_field")]);
    let twice =
        "query($id: ID!) { aggregate(consortiumId: $id, cube: PROJECTS, only: [{dimension: STATE, codes: []},
        {dimension: STATE, codes: [\"idea\"]}]) { definition } }";
    let answer = member.graphql(twice, json!({"id": consortium})).await.json();
    let told = &answer["errors"][0]["extensions"];
    assert_eq!(faults(told), [("/only/1/dimension", "duplicate"), ("/only/0/codes", "empty_list")]);
    // A pair is asked for as it is told: a plus sign in an address is a space, and no name has one.
    let pairs = member.get(&path("projects", "?groupBy=pair")).await.ok();
    let of = |cell: &&Value| cell["places"][0]["code"].as_str().is_some_and(|code| code.contains('+'));
    let cell = pairs["cells"].as_array().unwrap().iter().find(of).expect("a pair");
    let pair = cell["places"][0]["code"].as_str().unwrap().to_owned();
    let turned = pair.split_once('+').map(|(a, b)| format!("{b}+{a}")).unwrap();
    for written in [pair.clone(), pair.replace('+', "%2B"), turned] {
        let one = member.get(&path("projects", &format!("?groupBy=pair&only=pair:{written}"))).await.ok();
        assert_eq!(one["cells"], json!([cell]), "{written}");
    }
    // What is asked for and does not exist is nothing.
    let nothing =
        member.get(&path("projects", "?only=state:idea,tenant:finnes-ikke&groupBy=state")).await.ok();
    assert_eq!((&nothing["cells"], &nothing["completeness"]["expected"]), (&json!([]), &json!(0)));
    let reader = setting.node.client(member.tenant, Role::Viewer);
    assert_eq!(
        reader.get(&path("priorities", "")).await.ok(),
        member.get(&path("priorities", "")).await.ok()
    );
}

/// The examples of the README are true: each is a table with the columns that it names, and there is something in it.
#[rstest]
#[actix_web::test]
async fn every_chart_of_the_readme_has_its_columns(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let member = &setting.libraries[0];
    let has = json!({"conceptId": migration::registers::concept_id("c:music"), "stance": "have", "level": 3, "visibility": "consortium"});
    member.post("/competences", has).await.made();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let charts: Vec<Vec<&str>> = readme
        .lines()
        .filter(|line| line.contains("`/aggregates/") && line.contains("?groupBy="))
        .map(|line| line.split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    let mut cubes = std::collections::BTreeSet::new();
    for chart in &charts {
        let [_, _, address, across, up, colour, _] = chart[..] else { panic!("{chart:?}") };
        cubes.insert(address.split(['/', '?']).nth(2).unwrap());
        let path = format!("/consortia/{}{address}&format=csv", setting.consortium);
        let answer = member.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let mut table = csv::Reader::from_reader(answer.text.as_bytes());
        let header = table.headers().unwrap().clone();
        let at =
            |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("{name}: {chart:?}"));
        let lines: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        assert!(!lines.is_empty(), "{chart:?}");
        for column in [across, colour] {
            assert!(
                lines
                    .iter()
                    .all(|line| column == "region" || !line[at(column)].is_empty() || column.len() < 8),
                "{chart:?}"
            );
        }
        assert!(lines.iter().any(|line| line[at(up)].parse::<f64>().is_ok()), "{chart:?}");
    }
    assert_eq!(cubes.len(), 8, "{cubes:?}");
}

/// A figure of a closed ballot box is none.
#[rstest]
#[actix_web::test]
async fn what_a_round_came_to_is_counted_when_it_is_published(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let at = format!("/consortia/{}/aggregates/priorities?groupBy=state", setting.consortium);
    let told = setting.libraries[3].get(&at).await.ok();
    let state = |word: &str| {
        let cells = told["cells"].as_array().unwrap();
        cells.iter().find(|cell| cell["places"][0]["code"] == word).unwrap()["values"].clone()
    };
    assert_eq!(told["measures"], json!(["proposals", "rounds", "ballots", "points", "chosen"]));
    assert_eq!(state("proposing"), json!([4, 1, 0, 0, 0]));
    let voting = state("voting");
    assert_eq!((&voting[2], &voting[3], &voting[4]), (&json!(4), &json!(0), &json!(0)));
    let published = state("published");
    assert!(published[3].as_i64().unwrap() > 0 && published[4].as_i64().unwrap() <= 1, "{told}");
    assert_eq!(told["cells"][0]["places"][0]["label"]["text"], "forslag samles inn");
}
