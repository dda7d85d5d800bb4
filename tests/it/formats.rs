//! The cube in other formats: a dataset of JSON-stat, read by the format's own toolkit, and a spreadsheet, read by another
//! crate than the one that writes it.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
    process::{Command, Stdio},
};

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    aggregates::{setting, text},
    harness::{Client, Kind, Postgres, Sqlite, rstest},
};

const COUNTS: [&str; 5] = ["tenantsHaving", "tenantsWanting", "entries", "levelSum", "levelCount"];

/// What npm's jsonstat-toolkit makes of a dataset.
#[allow(clippy::disallowed_methods, reason = "the test run says where it is")]
pub fn toolkit(dataset: &str) -> Value {
    let folder = std::env::var_os("TEST_JSON_STAT_FOLDER").expect("tests/run installs the toolkit");
    let mut node = Command::new("node");
    node.arg("read.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node");
    node.stdin.take().unwrap().write_all(dataset.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The cells by their codes; what has none is `-`.
fn cells(cube: &Value) -> BTreeMap<Vec<String>, Value> {
    let code = |place: &Value| place["code"].as_str().unwrap_or("-").to_owned();
    let key = |cell: &Value| cell["dimensions"].as_array().unwrap().iter().map(code).collect();
    cube["cells"].as_array().unwrap().iter().map(|cell| (key(cell), cell.clone())).collect()
}

fn questions(consortium: impl std::fmt::Display) -> Vec<(Vec<&'static str>, String)> {
    [
        (vec![], ""),
        (vec!["concept"], ""),
        (vec!["region", "kind"], "&stance=have"),
        (vec!["theme", "country", "level"], ""),
        (vec!["concept", "tenant"], "&country=SE"),
        (vec!["concept"], "&country=IS"),
    ]
    .into_iter()
    .map(|(by, filter)| {
        let path = format!("/consortia/{consortium}/aggregates/competences?groupBy={}{filter}", by.join(","));
        (by, path)
    })
    .collect()
}

#[rstest]
#[actix_web::test]
async fn a_dataset_of_json_stat_is_the_same_figures(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let asker = &setting.libraries[0];
    let mut values = 0;
    for (by, path) in questions(setting.consortium) {
        let cube = asker.get(&path).await.ok();
        let answer = asker.get(&format!("{path}&format=json-stat2")).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let again = asker.get(&format!("{path}&format=json-stat2")).await;
        assert_eq!((&again.text, again.header("etag")), (&answer.text, answer.header("etag")));
        let (stat, told) = (answer.json(), toolkit(&answer.text));
        assert_eq!(told["class"], "dataset");
        let id: Vec<&str> = by.iter().copied().chain(["measure", "time"]).collect();
        assert_eq!(told["id"], json!(id));
        assert_eq!((&told["role"]["metric"], &told["role"]["time"]), (&json!(["measure"]), &json!(["time"])));
        let geo: Vec<&str> = ["region", "country"].into_iter().filter(|of| by.contains(of)).collect();
        assert_eq!(stat["role"].get("geo").cloned().unwrap_or(json!([])), json!(geo));
        assert_eq!(stat["extension"]["expected"], cube["completeness"]["expected"]);
        let mut cells = cells(&cube);
        let rows = told["rows"].as_array().cloned().unwrap_or_default();
        let sizes = stat["size"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap());
        assert_eq!(u64::try_from(rows.len()).unwrap(), sizes.product::<u64>());
        for row in &rows {
            let key: Vec<String> = by.iter().map(|of| text(&row[of])).collect();
            let measure = row["measure"].as_str().unwrap();
            match cells.get(&key) {
                Some(cell) if cell[measure].is_null() => {
                    assert_eq!(
                        (measure, &row["value"], &row["status"]),
                        ("meanLevel", &Value::Null, &json!("M"))
                    );
                }
                Some(cell) => assert_eq!(row["value"].as_f64(), cell[measure].as_f64(), "{path} {row}"),
                None if COUNTS.contains(&measure) => assert_eq!(row["value"], 0, "{path} {row}"),
                None => assert_eq!((&row["value"], &row["status"]), (&Value::Null, &json!("M"))),
            }
            values += 1;
        }
        for place in
            cube["cells"].as_array().unwrap().iter().flat_map(|c| c["dimensions"].as_array().unwrap())
        {
            let category = &stat["dimension"][text(&place["dimension"])]["category"];
            let code = place["code"].as_str().unwrap_or("-");
            assert_eq!(category["label"][code], place["label"]["text"]);
        }
        let told = |row: &Value| by.iter().map(|of| text(&row[of])).collect::<Vec<_>>();
        rows.iter().for_each(|row| _ = cells.remove(&told(row)));
        assert!(cells.is_empty(), "{path}: {cells:?}");
    }
    println!("{kind:?}: {values} values");
    assert!(values > 500);
    let path =
        format!("/consortia/{}/aggregates/competences?groupBy=region&format=json-stat2", setting.consortium);
    let english = asker.clone().speaking("en").get(&path).await.ok();
    assert_eq!(english["label"], "Competences by region");
    assert_eq!(english["dimension"]["measure"]["category"]["unit"]["tenantsHaving"]["label"], "libraries");
    assert_eq!(asker.clone().speaking("fi").get(&path).await.ok()["label"], "Osaaminen, jaoteltuna: alue");
}

async fn bytes(asker: &Client, path: &str, accept: &str) -> (String, Vec<u8>) {
    let request = asker.request(Method::GET, &format!("/api/v1{path}")).header("accept", accept);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.bytes().await.unwrap().to_vec())
}

#[rstest]
#[actix_web::test]
async fn a_spreadsheet_is_the_same_figures(#[values(Sqlite, Postgres)] kind: Kind) {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let setting = setting(kind).await;
    let asker = &setting.libraries[0];
    for (by, path) in questions(setting.consortium) {
        let cube = asker.get(&path).await.ok();
        let (media, file) = bytes(asker, &format!("{path}&format=xlsx"), "*/*").await;
        assert_eq!(media, XLSX);
        let wished = bytes(asker, &path, XLSX).await;
        // The same figures are the same bytes.
        assert!(wished == (media, file.clone()), "{path}");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        assert_eq!(book.sheet_names(), ["figures", "about"]);
        let sheet = book.worksheet_range("figures").unwrap();
        let mut rows = sheet.rows();
        let header: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
        let at = |row: &[Data], name: &str| row[header.iter().position(|h| h == name).unwrap()].clone();
        let cells = cube["cells"].as_array().unwrap();
        assert_eq!(rows.len(), cells.len(), "{path}");
        for (row, cell) in rows.zip(cells) {
            for (n, of) in by.iter().enumerate() {
                let place = &cell["dimensions"][n];
                let code = at(row, of);
                assert_eq!(code.to_string(), text(&place["code"]));
                assert_eq!(at(row, &format!("{of}Label")), Data::String(text(&place["label"]["text"])));
            }
            for name in COUNTS.into_iter().chain(["meanLevel"]) {
                match cell[name].as_f64() {
                    Some(number) => assert_eq!(at(row, name), Data::Float(number), "{path} {name}"),
                    None => assert_eq!(at(row, name), Data::Empty),
                }
            }
            assert_eq!(at(row, "class").to_string(), text(&cell["class"]));
            assert_eq!(at(row, "covered"), cell["covered"].as_bool().map_or(Data::Empty, Data::Bool));
        }
        let about = book.worksheet_range("about").unwrap();
        let told: Vec<String> = about.rows().map(|row| row[0].to_string()).collect();
        assert_eq!(told[..3], ["definition", "source", "licence"]);
        assert_eq!(told.len(), 3 + by.len() + 8);
    }
}
