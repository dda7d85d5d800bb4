//! The face itself: what there is, in which language, for whom, and what is said to a question that is none.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{DIMENSIONS, MEASURES, cells, get, plain, post};
use crate::{
    aggregates::{setting, text},
    formats::toolkit,
    harness::{Kind, Postgres, Sqlite, TestNode, rstest},
};

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Shows 41 by statConfig, statTables, statTable, statMetadata, statDefaultSelection, statData, statCodelist.
#[rstest]
#[actix_web::test]
async fn a_reader_of_statistics_finds_its_way_from_the_tables_to_the_figures(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let setting = setting(kind).await;
    let asker = &setting.libraries[0];
    let config = plain(asker, "/config").await.ok();
    assert_eq!(config["dataFormats"], json!(["json-stat2", "csv", "px", "xlsx"]));
    let languages: Vec<String> =
        config["languages"].as_array().unwrap().iter().map(|l| text(&l["id"])).collect();
    assert_eq!(languages, ["nb", "nn", "sv", "da", "fi", "en"]);

    let tables = plain(asker, "/tables?lang=sv").await.ok();
    assert_eq!(
        tables["page"],
        json!({"pageNumber": 1, "pageSize": 20, "totalElements": 15, "totalPages": 1})
    );
    let table = &tables["tables"][0];
    assert_eq!((&table["label"], &table["type"]), (&json!("Kompetenser: alle"), &json!("Table")));
    let labels: Vec<String> =
        tables["tables"].as_array().unwrap().iter().map(|t| text(&t["label"])).collect();
    assert_eq!(
        labels[1..],
        [
            "Utsagor: alle",
            "Projekt: alle",
            "Åtaganden: alle",
            "Aktiviteter: alle",
            "Prioriteringar: alle",
            "Ansökningar om medel: alle",
            "Avtal: alle",
            // Of what everybody on the node may read; priority rounds are a consortium's own.
            "Kompetenser: hela noden",
            "Utsagor: hela noden",
            "Projekt: hela noden",
            "Åtaganden: hela noden",
            "Aktiviteter: hela noden",
            "Ansökningar om medel: hela noden",
            "Avtal: hela noden",
        ]
    );
    let found = plain(asker, "/tables?lang=sv&query=projekt").await.ok();
    assert_eq!(found["page"]["totalElements"], 2);
    let link = |of: &Value, rel: &str| {
        let links = of["links"].as_array().unwrap();
        let found =
            links.iter().find(|link| link["rel"] == rel).unwrap_or_else(|| panic!("{rel}: {links:?}"));
        text(&found["href"]).strip_prefix("/stat/v2").unwrap().to_owned()
    };
    let alone = plain(asker, &link(table, "self")).await.ok();
    assert_eq!(alone["language"], "sv");
    assert_eq!(alone["variableNames"].as_array().unwrap().len(), 10);

    // The metadata: a dataset without figures, whose values are those that the aggregates have.
    let metadata = plain(asker, &link(&alone, "metadata")).await;
    assert_eq!(metadata.header("content-type"), "application/json");
    let written = metadata.text.clone();
    let metadata = metadata.ok();
    assert_eq!(metadata["value"], Value::Null);
    let read = toolkit(&metadata.to_string());
    let id: Vec<&str> = DIMENSIONS.into_iter().chain(["ContentsCode", "Tid"]).collect();
    assert_eq!((&read["class"], &read["id"]), (&json!("dataset"), &json!(id)));
    assert_eq!(
        metadata["role"],
        json!({"time": ["Tid"], "geo": ["region", "country"], "metric": ["ContentsCode"]})
    );
    assert_eq!(read["codes"]["ContentsCode"], json!(MEASURES));
    for dimension in DIMENSIONS {
        let path = format!("/consortia/{}/aggregates/competences?groupBy={dimension}", setting.consortium);
        let cube = asker.clone().speaking("sv").get(&path).await.ok();
        let told: Vec<&Value> =
            cube["cells"].as_array().unwrap().iter().map(|c| &c["dimensions"][0]).collect();
        let codes: Vec<&str> = told.iter().map(|place| place["code"].as_str().unwrap_or("-")).collect();
        let labels: Vec<&Value> = told.iter().map(|place| &place["label"]["text"]).collect();
        assert_eq!(read["codes"][dimension], json!(codes));
        assert_eq!(read["labels"][dimension], json!(labels));
        // A reader that goes by the order of an object's members finds the same.
        let members = codes.iter().enumerate().map(|(n, code)| format!("\"{code}\":{n}"));
        let index = format!("\"index\":{{{}}}", members.collect::<Vec<_>>().join(","));
        assert!(written.contains(&index), "{dimension}: {index}");
        assert_eq!(metadata["dimension"][dimension]["extension"]["elimination"], true);
    }
    assert_eq!(metadata["dimension"]["ContentsCode"]["extension"]["elimination"], false);
    let unit = &metadata["dimension"]["ContentsCode"]["category"]["unit"];
    assert_eq!(unit["meanLevel"]["decimals"], 4);
    assert_eq!(unit["tenantsHaving"]["base"], "bibliotek");

    // A code list says what it gathers: every concept once, under its theme.
    let lists = metadata["dimension"]["concept"]["extension"]["codelists"].as_array().unwrap();
    let list = plain(asker, &link(&lists[0], "metadata")).await.ok();
    assert_eq!((&list["type"], &list["label"]), (&json!("Aggregation"), &json!("Tema")));
    let path = format!("/consortia/{}/aggregates/competences?groupBy=theme,concept", setting.consortium);
    let by_theme: BTreeSet<Vec<String>> = cells(&asker.get(&path).await.ok()).into_keys().collect();
    let gathered = |value: &Value| {
        let code = text(&value["code"]);
        let inside = value["valueMap"].as_array().unwrap().iter().map(text);
        inside.map(|one| vec![code.clone(), one]).collect::<Vec<_>>()
    };
    let listed: Vec<Vec<String>> = list["values"].as_array().unwrap().iter().flat_map(gathered).collect();
    assert_eq!(listed.len(), by_theme.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), by_theme);

    // Without a selection: what the default selection says.
    let id = text(&table["id"]);
    let default = plain(asker, &format!("/tables/{id}/defaultselection")).await.ok();
    let body = json!({"selection": default["selection"], "placement": default["placement"]});
    let asked = post(asker, &format!("/tables/{id}/data"), &[], &body).await.ok();
    let unasked = plain(asker, &format!("/tables/{id}/data")).await;
    assert_eq!(unasked.json(), asked);
    let themes = cells(&asker.get(&path.replace("theme,concept", "theme")).await.ok());
    let read = toolkit(&unasked.text);
    let rows = read["rows"].as_array().unwrap();
    assert_eq!(rows.len(), themes.len() * MEASURES.len());
    for row in rows {
        let told = &themes[&vec![text(&row["theme"])]][text(&row["ContentsCode"])];
        assert_eq!(row["value"].as_f64(), told.as_f64(), "{row}");
    }
    // All values of all variables are too many, and a few of all are not.
    let all = |values: &str| -> Vec<(String, String)> {
        let variables = DIMENSIONS.into_iter().chain(["ContentsCode", "Tid"]);
        variables.map(|variable| (format!("valueCodes[{variable}]"), values.to_owned())).collect()
    };
    let refused = get(asker, &format!("/tables/{id}/data"), &all("*")).await.problem(403, "too_many_cells");
    assert!(text(&refused["detail"]).contains("500000"), "{refused}");
    let few = get(asker, &format!("/tables/{id}/data"), &all("TOP(2)")).await.ok();
    assert_eq!(few["value"].as_array().unwrap().len(), 2_usize.pow(9));
    // Who has it already is told so.
    let request = asker.request(reqwest::Method::GET, &format!("/stat/v2/tables/{id}/data"));
    let again = asker.send(request.header("if-none-match", unasked.header("etag"))).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

#[rstest]
#[actix_web::test]
async fn every_language_has_its_words_and_its_refusals(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b] = [node.tenant("aa").await, node.tenant("bb").await];
    let consortium = node.consortium("to", &[&a, &b]).await;
    let path = format!("/tables/competences-{consortium}");
    let (mut names, mut titles) = (BTreeSet::new(), BTreeSet::new());
    for lang in ["nb", "nn", "sv", "da", "fi", "en"] {
        // The address goes before the header, which says Norwegian here.
        let metadata = plain(&a, &format!("{path}/metadata?lang={lang}")).await.ok();
        assert_eq!(metadata["extension"]["px"]["language"], lang);
        names.insert(metadata["dimension"].to_string());
        let refused = plain(&a, &format!("{path}/data?lang={lang}&valueCodes[concept]=A*B")).await;
        assert_eq!(refused.header("content-language"), lang);
        let problem = refused.problem(400, "invalid_selection");
        titles.insert(text(&problem["title"]) + &text(&problem["errors"][0]["detail"]));
        let header = plain(&a.clone().speaking(lang), &format!("{path}/metadata")).await.ok();
        assert_eq!(header, metadata);
    }
    assert_eq!((names.len(), titles.len()), (6, 6));
    let no = plain(&a, &format!("{path}?lang=no")).await.ok();
    assert_eq!(no["language"], "nb");
    for end in ["/config", "/tables", &path, &format!("{path}/metadata"), &format!("{path}/data")] {
        let problem = plain(&a, &format!("{end}?lang=klingon")).await.problem(400, "invalid_selection");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/lang"), &json!("language"))
        );
    }
}

#[rstest]
#[actix_web::test]
async fn a_question_that_is_none_is_told_what_is_wrong_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b] = [node.tenant("aa").await, node.tenant("bb").await];
    let consortium = node.consortium("to", &[&a, &b]).await;
    let entry = json!({"conceptId": migration::registers::concept_id("c:web"), "stance": "have", "visibility": "consortium", "level": 3});
    a.post("/competences", entry).await.made();
    let path = format!("/tables/competences-{consortium}/data");
    let rest = [("valueCodes[ContentsCode]", "*"), ("valueCodes[Tid]", "*")];
    let list = format!("agg_concept_theme-{consortium}");
    let many = vec!["c*"; 51].join(",");
    for (query, pointer, code) in [
        (vec![("valueCodes[begrep]", "*")], "/valueCodes/begrep", "unknown_variable"),
        (vec![("valueCodes[concept]", "c:web,c:wep")], "/valueCodes/concept/1", "unknown_code"),
        (vec![("valueCodes[concept]", "z*")], "/valueCodes/concept/0", "unknown_code"),
        (vec![("valueCodes[concept]", "c*b")], "/valueCodes/concept/0", "bad_expression"),
        (vec![("valueCodes[concept]", "TOP(0)")], "/valueCodes/concept/0", "bad_expression"),
        (vec![("valueCodes[concept]", "[RANGE(c:web,x)]")], "/valueCodes/concept/0", "unknown_code"),
        (vec![("valueCodes[concept]", many.as_str())], "/valueCodes/concept/50", "too_many"),
        (
            vec![("valueCodes[concept]", "*"), ("codelist[concept]", "agg_x")],
            "/codelist/concept",
            "unknown_codelist",
        ),
        (
            vec![("valueCodes[kind]", "*"), ("codelist[kind]", list.as_str())],
            "/codelist/kind",
            "unknown_codelist",
        ),
        (
            vec![("valueCodes[concept]", "*"), ("outputValues[concept]", "single")],
            "/outputValues/concept",
            "unknown_codelist",
        ),
        (
            vec![
                ("valueCodes[concept]", "*"),
                ("codelist[concept]", list.as_str()),
                ("outputValues[concept]", "both"),
            ],
            "/outputValues/concept",
            "unknown_value",
        ),
        (vec![("stub", "kind")], "/stub/0", "must_be_selected"),
        (vec![("heading", "Tid,Tid")], "/heading/1", "duplicate"),
        (vec![("heading", "Tid"), ("stub", "art")], "/stub/0", "unknown_variable"),
        (vec![("outputFormat", "parquet")], "/outputFormat", "unknown_format"),
        (vec![("outputFormatParams", "UseCodes,UseTexts")], "/outputFormatParams", "duplicate"),
        (vec![("outputFormatParams", "Bold")], "/outputFormatParams", "unknown_value"),
        (vec![("valueCodes[Tid]", "2026-01-01")], "/valueCodes/Tid/1", "too_many"),
        (vec![("valueKodes[concept]", "*")], "/valueKodes[concept]", "unknown_field"),
        (vec![("outputFormat", "csv"), ("outputFormat", "xlsx")], "/outputFormat", "duplicate"),
        (vec![("lang", "nb"), ("lang", "sv")], "/lang", "duplicate"),
    ] {
        let query: Vec<(&str, &str)> = rest.into_iter().chain(query).collect();
        let answer = get(&a, &path, &pairs(&query)).await;
        let problem = answer.problem(400, "invalid_selection");
        let fault = &problem["errors"][0];
        assert_eq!(fault["code"], code, "{query:?} {problem}");
        assert_eq!(fault["pointer"], pointer, "{query:?}");
        assert!(!fault["detail"].as_str().unwrap().contains('{'), "{fault}");
    }
    for (query, pointer) in [
        (vec![("valueCodes[concept]", "*")], "/valueCodes/ContentsCode"),
        (vec![("valueCodes[ContentsCode]", "*")], "/valueCodes/Tid"),
    ] {
        let problem = get(&a, &path, &pairs(&query)).await.problem(400, "invalid_selection");
        assert_eq!(problem["errors"][0]["code"], "must_be_selected");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    // In a body the place is the body's own.
    let body = json!({"selection": [
        {"variableCode": "ContentsCode", "valueCodes": ["*"]}, {"variableCode": "Tid", "valueCodes": ["TOP(1)"]},
        {"variableCode": "Concept", "codeList": list, "valueCodes": ["t:*", "kjeks"]},
    ]});
    let problem = post(&a, &path, &[], &body).await.problem(400, "invalid_selection");
    assert!(
        problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/selection/2/valueCodes/"),
        "{problem}"
    );
    let body = json!({"selection": [{"variableCode": "concept", "valueCodes": ["*"]}]});
    let problem = post(&a, &path, &[], &body).await.problem(400, "invalid_selection");
    assert_eq!(problem["errors"][0]["pointer"], "/selection");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("ContentsCode"));
    let late = [("valueCodes[ContentsCode]", "*"), ("valueCodes[Tid]", "9999-12-31")];
    let problem = get(&a, &path, &pairs(&late)).await.problem(400, "invalid_selection");
    assert_eq!(problem["errors"][0]["pointer"], "/valueCodes/Tid/0");
    // Nobody knows what competences will be.
    let late = [("valueCodes[ContentsCode]", "*"), ("valueCodes[Tid]", "2200-01-01")];
    let problem = get(&a, &path, &pairs(&late)).await.problem(400, "invalid_selection");
    assert_eq!(problem["errors"][0]["code"], "in_the_future");
    let body = json!({"selection": [], "utvalg": 1});
    post(&a, &path, &[], &body).await.problem(422, "invalid_input");
    for query in ["pageNumber=0", "pageSize=101", "pastDays=0"] {
        plain(&a, &format!("/tables?{query}")).await.problem(400, "invalid_selection");
    }
    plain(&a, "/tables?side=1").await.problem(422, "invalid_input");
    // One cell that somebody fills, and none that nobody does.
    let today = samvirke::when::now().date_naive().to_string();
    let asked = [
        ("valueCodes[concept]", "C:WEB"),
        ("valueCodes[contentscode]", "entries,levelsum"),
        ("valueCodes[time]", today.as_str()),
    ];
    let dataset = get(&a, &path, &pairs(&asked)).await.ok();
    assert_eq!(dataset["value"], json!([1, 3]));
    assert_eq!(dataset["dimension"]["Tid"]["category"]["index"], json!({today.as_str(): 0}));
}

#[rstest]
#[actix_web::test]
async fn a_table_is_its_consortiums(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, c] = [node.tenant("aa").await, node.tenant("bb").await, node.tenant("cc").await];
    let ours = node.consortium("vart", &[&a, &b]).await;
    let theirs = node.consortium("annet", &[&c, &b]).await;
    let nobodys = samvirke::id::ConsortiumId::new();
    let private = json!({"conceptId": migration::registers::concept_id("c:web"), "stance": "have", "visibility": "private"});
    let sealed = json!({"conceptId": migration::registers::concept_id("c:games"), "stance": "have", "visibility": "sealed"});
    a.post("/competences", private).await.made();
    a.post("/competences", sealed).await.made();
    // What a library keeps to itself is no value of a variable, not even for the library itself.
    for reader in [&a, &b] {
        let metadata = plain(reader, &format!("/tables/competences-{ours}/metadata")).await.ok();
        assert_eq!(metadata["size"], json!([0, 0, 0, 0, 0, 0, 0, 0, 6, 1]));
        let path = format!(
            "/tables/competences-{ours}/data?valueCodes[concept]=c:web&valueCodes[ContentsCode]=*&valueCodes[Tid]=*"
        );
        let refused = plain(reader, &path).await.problem(400, "invalid_selection");
        assert_eq!(refused["errors"][0]["code"], "unknown_code");
    }
    let mine = |tables: Value| -> Vec<String> {
        tables["tables"].as_array().unwrap().iter().map(|table| text(&table["id"])).collect()
    };
    let cubes = [
        "competences",
        "statements",
        "projects",
        "commitments",
        "activities",
        "priorities",
        "funding",
        "agreements",
    ];
    let all = |consortium: &dyn std::fmt::Display| cubes.map(|cube| format!("{cube}-{consortium}"));
    let of_node: Vec<String> = all(&"node").into_iter().filter(|id| id != "priorities-node").collect();
    assert_eq!(mine(plain(&a, "/tables").await.ok()), [all(&ours).to_vec(), of_node.clone()].concat());
    let both = mine(plain(&b, "/tables?pageSize=50").await.ok());
    assert_eq!(both.len(), 23);
    assert!(mine(plain(&node.operator(), "/tables").await.ok()).is_empty());
    plain(&node.operator(), "/tables/competences-node").await.problem(404, "not_found");
    plain(&a, "/tables/priorities-node").await.problem(404, "not_found");
    assert_eq!(mine(plain(&b, "/tables?query=ANNE").await.ok()), all(&theirs));
    assert!(mine(plain(&b, "/tables?query=xyzzy").await.ok()).is_empty());
    let second = plain(&b, "/tables?pageSize=5&pageNumber=2").await.ok();
    assert_eq!((mine(second.clone()), &second["page"]["totalPages"]), (both[5..10].to_vec(), &json!(5)));
    // Hidden is absent, at every address.
    let selection = json!({"selection": []});
    for end in
        ["", "/metadata", "/defaultselection", "/data", "/data?valueCodes[ContentsCode]=*&valueCodes[Tid]=*"]
    {
        let mut faces = Vec::new();
        for id in [theirs, nobodys] {
            let mut problem =
                plain(&a, &format!("/tables/competences-{id}{end}")).await.problem(404, "not_found");
            problem["requestId"] = Value::Null;
            faces.push(problem);
        }
        assert_eq!(faces[0], faces[1], "{end}");
        node.anonymous()
            .send(
                node.anonymous()
                    .request(reqwest::Method::GET, &format!("/stat/v2/tables/competences-{ours}{end}")),
            )
            .await
            .problem(401, "unauthenticated");
    }
    for id in [theirs, nobodys] {
        post(&a, &format!("/tables/competences-{id}/data"), &[], &selection).await.problem(404, "not_found");
        plain(&a, &format!("/codelists/agg_concept_theme-{id}")).await.problem(404, "not_found");
        // A list of another's consortium is none of this table's.
        let list = format!("agg_concept_theme-{id}");
        let query = [
            ("valueCodes[concept]", "*"),
            ("codelist[concept]", list.as_str()),
            ("valueCodes[ContentsCode]", "*"),
            ("valueCodes[Tid]", "*"),
        ];
        let problem = get(&a, &format!("/tables/competences-{ours}/data"), &pairs(&query)).await;
        assert_eq!(problem.problem(400, "invalid_selection")["errors"][0]["code"], "unknown_codelist");
    }
    let (bare, longer) = (ours.to_string(), format!("competences-{ours}x"));
    for id in ["competences", "projects", bare.as_str(), longer.as_str()] {
        plain(&a, &format!("/tables/{id}/metadata")).await.problem(404, "not_found");
    }
    // Of a closed consortium the table is told of to who asks for such.
    let version = node.operator().get(&format!("/consortia/{ours}")).await.ok()["version"].as_i64().unwrap();
    node.operator().patch(&format!("/consortia/{ours}"), version, json!({"status": "closed"})).await.ok();
    assert_eq!(mine(plain(&a, "/tables").await.ok()), of_node);
    let closed = plain(&a, "/tables?includeDiscontinued=true").await.ok();
    assert_eq!(closed["tables"][0]["discontinued"], true);
    plain(&a, &format!("/tables/competences-{ours}/data")).await.ok();
}
