//! The registers of regions and municipalities, in time.

use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// Every id of a list, page by page.
async fn all(client: &Client, path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut page = client.get(&format!("{path}&first=7")).await.ok();
    loop {
        out.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["nextCursor"].as_str() else { return out };
        page = client.get(&format!("{path}&first=7&after={cursor}")).await.ok();
    }
}

/// Shows 8 by region, regions.
#[rstest]
#[actix_web::test]
async fn a_dissolved_county_is_answered_right_before_and_after(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let viken = oslo.get("/regions/no-30").await.ok();
    assert_eq!((&viken["validFrom"], &viken["validTo"]), (&json!("2020-01-01"), &json!("2023-12-31")));
    assert_eq!(viken["predecessorIds"], json!(["no-01", "no-02", "no-06"]));
    assert_eq!(viken["successorIds"], json!(["no-31", "no-32", "no-33"]));
    assert_eq!((&viken["name"]["text"], &viken["level"]), (&json!("Viken"), &json!("fylke")));
    let on = |day: &'static str| {
        let oslo = oslo.clone();
        async move { all(&oslo, &format!("/regions?country=NO&asOf={day}")).await }
    };
    let has = |list: &[String], id: &str| list.iter().any(|one| one == id);
    // The last day is a day of its time, and the next is not.
    for (day, old, viken, new) in [
        ("2019-12-31", true, false, false),
        ("2020-01-01", false, true, false),
        ("2023-12-31", false, true, false),
        ("2024-01-01", false, false, true),
    ] {
        let list = on(day).await;
        assert_eq!(
            (has(&list, "no-02"), has(&list, "no-30"), has(&list, "no-32")),
            (old, viken, new),
            "{day}"
        );
        assert!(has(&list, "no-03"), "Oslo has always been there");
    }
    // Fifteen counties, and the two of the Arctic.
    assert_eq!(on("2026-01-01").await.len(), 17);
    // Without a day the register is told whole, in the order of its ids.
    let whole = all(&oslo, "/regions?country=NO").await;
    assert!(whole.len() == 35 && whole.is_sorted());
    // Three of one name: before, between and after are not the same county.
    assert_eq!(all(&oslo, "/regions?text=ostfold").await, ["no-01", "no-31"]);
    assert_eq!(all(&oslo, "/regions?text=ØSTFOLD&asOf=2026-01-01").await, ["no-31"]);
    assert!(all(&oslo, "/regions?text=%25").await.is_empty(), "a text is no pattern");
    // A name in the language that was asked for, and another's where there is none.
    let aland = |language: &'static str| {
        let client = oslo.clone().speaking(language);
        async move { client.get("/regions/fi-21").await.ok()["name"]["text"].clone() }
    };
    assert_eq!((aland("fi").await, aland("sv").await), (json!("Ahvenanmaa"), json!("Åland")));
}

#[rstest]
#[actix_web::test]
async fn municipalities_are_found_by_region_and_name(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let capital = oslo.get("/municipalities/no-0301").await.ok();
    assert_eq!((&capital["name"]["text"], &capital["regionId"]), (&json!("Oslo"), &json!("no-03")));
    let today = all(&oslo, "/municipalities?regionId=no-31&asOf=2026-01-01").await;
    assert_eq!(today.len(), 12, "{today:?}");
    assert!(today.iter().all(|id| id.starts_with("no-31")));
    assert!(all(&oslo, "/municipalities?regionId=no-31&asOf=2023-12-31").await.is_empty());
    // Ålesund split in 2024: the one before and the one after.
    let alesund = oslo.get("/municipalities?text=alesund").await.ok();
    assert_eq!(ids(&alesund), ["no-1507", "no-1508"]);
    let now = oslo.get("/municipalities?text=alesund&asOf=2026-01-01").await.ok();
    assert_eq!(ids(&now), ["no-1508"]);
    assert_eq!(all(&oslo, "/municipalities?country=SE").await.len(), 290);
    // Both faces tell the same.
    let query = "query($f: MunicipalityFilter, $r: RegionFilter) {
        municipalities(filter: $f) { edges { node { id country code name { text } regionId validFrom validTo predecessorIds successorIds } } }
        regions(filter: $r, first: 100) { edges { node { id isoCode nutsCode nationalCode } } }
        region(id: \"no-30\") { id validFrom validTo } municipality(id: \"no-0301\") { code } }";
    let variables =
        json!({"f": {"text": "alesund", "asOf": "2026-01-01"}, "r": {"country": "NO", "asOf": "2021-06-01"}});
    let data = oslo.data(query, variables).await;
    let (rest, graphql) = (&now["items"][0], &data["municipalities"]["edges"][0]["node"]);
    for field in ["id", "country", "code", "regionId", "predecessorIds", "successorIds"] {
        assert_eq!(rest[field], graphql[field], "{field}");
    }
    assert_eq!(data["region"]["validTo"], "2023-12-31");
    let regions = data["regions"]["edges"].as_array().unwrap();
    assert!(regions.iter().any(|edge| edge["node"]["id"] == "no-30"));
}

#[rstest]
#[actix_web::test]
async fn odd_questions_to_the_registers_are_refused_or_empty(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for register in ["regions", "municipalities"] {
        for (query, status, code) in [
            ("country=no", 422, "invalid_input"),
            ("country=%00%00", 422, "invalid_input"),
            ("asOf=yesterday", 422, "invalid_input"),
            ("asOf=2026-02-30", 422, "invalid_input"),
            ("text=", 422, "invalid_input"),
            ("text=a%00", 422, "invalid_input"),
            ("colour=red", 422, "invalid_input"),
            ("first=0", 422, "invalid_input"),
            ("after=x", 400, "bad_cursor"),
        ] {
            oslo.get(&format!("/{register}?{query}")).await.problem(status, code);
        }
        for id in ["no-99", "%00", "no%2030", "'", &"x".repeat(300)] {
            oslo.get(&format!("/{register}/{id}")).await.problem(404, "not_found");
        }
        assert!(ids(&oslo.get(&format!("/{register}?country=XX")).await.ok()).is_empty());
        node.anonymous().get(&format!("/{register}")).await.problem(401, "unauthenticated");
        // The operator reads it, and so does a viewer.
        node.operator().get(&format!("/{register}")).await.ok();
        node.client(oslo.tenant, samvirke::auth::Role::Viewer).get(&format!("/{register}")).await.ok();
    }
    oslo.get("/municipalities?regionId=a%00").await.problem(422, "invalid_input");
    oslo.get("/tenants?regionId=a%00").await.problem(422, "invalid_input");
    oslo.get("/tenants?country=%00%00").await.problem(422, "invalid_input");
    let first = oslo.get("/regions?first=1").await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    oslo.get(&format!("/regions?country=NO&after={cursor}")).await.problem(400, "bad_cursor");
}

/// What a library says that it serves must be in the register.
#[rstest]
#[actix_web::test]
async fn a_library_names_regions_of_the_register_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let path = format!("/tenants/{}", oslo.tenant);
    let change = json!({"regionIds": ["no-03", "no-99", "no-03"], "municipalityIds": ["no-0301", "x\u{0}"]});
    let refused = oslo.patch(&path, 1, change).await.problem(422, "invalid_input");
    let faults: Vec<(&str, &str)> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        faults,
        [
            ("/regionIds/1", "unknown_region"),
            ("/regionIds/2", "duplicate"),
            ("/municipalityIds/1", "unknown_municipality")
        ]
    );
    let change = json!({"regionIds": ["no-03"], "municipalityIds": ["no-0301"]});
    assert_eq!(oslo.patch(&path, 1, change).await.ok()["regionIds"], json!(["no-03"]));
    // The admin moves it, and the directory finds it there and not where it was.
    let moved = oslo.patch(&path, 2, json!({"regionIds": ["no-31", "no-32"]})).await.ok();
    assert_eq!(moved["municipalityIds"], json!(["no-0301"]), "what is left out stays");
    assert_eq!(ids(&oslo.get("/tenants?regionId=no-31").await.ok()), [oslo.tenant.to_string()]);
    assert!(ids(&oslo.get("/tenants?regionId=no-03").await.ok()).is_empty());
    node.operator().patch(&path, 3, json!({"regionIds": []})).await.ok();
}
