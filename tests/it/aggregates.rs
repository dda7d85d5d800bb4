//! The cube of competences: every figure is counted again here, from the rows that each library exports of itself.

use std::collections::{BTreeMap, BTreeSet};

use migration::registers::concept_id;
use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use crate::{
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::as_rest,
};

/// A repeatable row of numbers.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

const CONCEPTS: [&str; 12] = [
    "c:music",
    "c:weeding",
    "c:web",
    "c:games",
    "c:networks",
    "c:events",
    "c:social-media",
    "c:mediation",
    "c:statistics",
    "c:methodology",
    "c:school-library",
    "c:source-criticism",
];
pub const LIBRARIES: [(&str, &str, &str, &[&str]); 9] = [
    ("akershus", "county_library", "NO", &["no-32"]),
    ("ostfold", "county_library", "NO", &["no-31"]),
    ("buskerud", "county_library", "NO", &["no-33"]),
    ("sydost", "county_library", "SE", &["se-07", "se-08"]),
    ("kalmar", "public_library", "SE", &["se-08"]),
    ("roskilde", "public_library", "DK", &[]),
    ("helsinki", "university_library", "FI", &[]),
    ("lukket", "public_library", "NO", &["no-31"]),
    ("forlatt", "county_library", "NO", &["no-32"]),
];

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub struct Setting {
    /// Lives as long as it is asked.
    _node: TestNode,
    pub consortium: ConsortiumId,
    pub libraries: Vec<Client>,
}

/// The libraries, with what each has and wants by chance.
pub async fn libraries(node: &TestNode) -> Vec<Client> {
    let mut libraries = Vec::new();
    for (slug, kind, country, regions) in LIBRARIES {
        let body = json!({"slug": slug, "kind": kind, "country": country, "regionIds": regions,
            "name": [{"language": "nb", "text": slug}]});
        let made = node.operator().post("/tenants", body).await.made();
        libraries.push(node.client(text(&made["id"]).parse().unwrap(), Role::Admin));
    }
    let mut dice = Dice(4);
    for library in &libraries {
        for concept in CONCEPTS {
            for stance in ["have", "want"] {
                if dice.roll(3) == 0 {
                    continue;
                }
                let visibility = *dice.pick(&["private", "sealed", "consortium", "consortium", "public"]);
                let mut body =
                    json!({"conceptId": concept_id(concept), "stance": stance, "visibility": visibility});
                if dice.roll(4) > 0 {
                    body["level"] = (dice.roll(4) + 1).into();
                }
                library.post("/competences", body).await.made();
            }
        }
        let unmapped = json!({"sourcePhrase": "noe ganske eget xyzzy", "language": "nb", "stance": "have", "visibility": "consortium"});
        library.post("/competences", unmapped).await.made();
    }
    libraries
}

pub async fn setting(kind: Kind) -> Setting {
    let node = TestNode::start(kind).await;
    let libraries = libraries(&node).await;
    let members: Vec<&Client> = libraries.iter().collect();
    let consortium = node.consortium("alle", &members).await;
    let membership = async |library: &Client| {
        let mine = library.get("/memberships").await.ok();
        (text(&mine["items"][0]["id"]), mine["items"][0]["version"].as_i64().unwrap())
    };
    let (id, version) = membership(&libraries[7]).await;
    libraries[7].patch(&format!("/memberships/{id}"), version, json!({"competences": "none"})).await.ok();
    let (id, version) = membership(&libraries[8]).await;
    let left = libraries[8].post_from(&format!("/memberships/{id}/leave"), version, json!({})).await;
    assert!(left.status.is_success());
    long_ago(&node, kind).await;
    Setting { _node: node, consortium, libraries }
}

/// It has been so for long: what was counted on a day of the past is what is there now.
pub async fn long_ago(node: &TestNode, kind: Kind) {
    let then = match kind {
        Sqlite => "'2015-06-01T00:00:00+00:00'",
        Postgres => "'2015-06-01T00:00:00Z'",
    };
    node.database.raw(&format!("UPDATE competence_history SET valid_from = {then}")).await;
}

/// A row as its own library exports it, with what the test knows of the library.
pub struct Row {
    pub slug: &'static str,
    pub kind: &'static str,
    pub country: &'static str,
    pub concept: Option<String>,
    pub theme: Option<String>,
    pub stance: String,
    pub level: Option<i64>,
}

/// Concept -> theme, from the scheme's own file.
pub fn themes() -> BTreeMap<String, String> {
    let file: Value = serde_json::from_str(migration::registers::CONCEPTS).unwrap();
    let concepts = file["concepts"].as_array().unwrap().iter();
    concepts.map(|c| (text(&c["id"]), text(&c["theme"]))).collect()
}

/// What members of the consortium export of themselves and let into it.
pub async fn exported(setting: &Setting) -> Vec<Row> {
    // The last two share nothing: one lets nothing in, one has left.
    listed(&setting.libraries, |n, visibility| n < 7 && ["consortium", "public"].contains(&visibility)).await
}

/// What these libraries, the first of those that are known, export of themselves; of each what is `counted` by its visibility.
pub async fn listed(libraries: &[Client], counted: impl Fn(usize, &str) -> bool) -> Vec<Row> {
    let themes = themes();
    let mut rows = Vec::new();
    for (n, (library, (slug, kind, country, _))) in libraries.iter().zip(LIBRARIES).enumerate() {
        let page = library.get(&format!("/competences?tenantId={}&first=100", library.tenant)).await.ok();
        assert!(page.get("nextCursor").is_none());
        for item in page["items"].as_array().unwrap() {
            if !counted(n, item["visibility"].as_str().unwrap()) {
                continue;
            }
            let concept = item["concept"]["notation"].as_str().map(str::to_owned);
            rows.push(Row {
                slug,
                kind,
                country,
                theme: concept.as_ref().map(|c| themes[c].clone()),
                concept,
                stance: text(&item["stance"]),
                level: item["level"].as_i64(),
            });
        }
    }
    rows
}

/// The regions that a library served in 2022: today's counties of the south-east were Viken then.
pub fn regions_of(slug: &str, year: i32) -> Vec<Option<String>> {
    let (_, _, _, regions) = LIBRARIES.iter().find(|l| l.0 == slug).unwrap();
    let then = |id: &&str| {
        let viken = year == 2022 && ["no-31", "no-32", "no-33"].contains(id);
        Some(if viken { "no-30".to_owned() } else { (*id).to_owned() })
    };
    if regions.is_empty() { vec![None] } else { regions.iter().map(then).collect() }
}

#[derive(Clone, Debug, Default)]
pub struct Question {
    group_by: Vec<&'static str>,
    filter: BTreeMap<&'static str, String>,
    year: i32,
}

pub fn ask(dice: &mut Dice) -> Question {
    let mut dimensions = vec!["concept", "theme", "region", "kind", "country", "stance", "level", "tenant"];
    let mut question = Question { year: *dice.pick(&[2022, 2026]), ..Question::default() };
    for _ in 0..dice.roll(4) {
        question.group_by.push(dimensions.remove(dice.roll(dimensions.len())));
    }
    if dice.roll(4) == 0 {
        question.filter.insert("stance", (*dice.pick(&["have", "want"])).to_owned());
    }
    if dice.roll(7) == 0 {
        question.filter.insert("conceptId", (*dice.pick(&CONCEPTS)).to_owned());
    }
    if dice.roll(7) == 0 {
        let themes = themes();
        question.filter.insert("themeId", themes[*dice.pick(&CONCEPTS)].clone());
    }
    if dice.roll(7) == 0 {
        question
            .filter
            .insert("kind", (*dice.pick(&["county_library", "public_library", "other"])).to_owned());
    }
    if dice.roll(7) == 0 {
        question.filter.insert("country", (*dice.pick(&["NO", "SE", "DK", "XX"])).to_owned());
    }
    if dice.roll(7) == 0 {
        question.filter.insert("regionId", (*dice.pick(&["no-30", "no-31", "se-08", "dk-x"])).to_owned());
    }
    question
}

pub type Codes = Vec<Option<String>>;
/// Having, wanting, entries, sum of levels, levels, class, covered.
pub type Figures = (usize, usize, usize, i64, usize, Option<String>, Option<bool>);

/// The codes of one row: a row of a library with several regions has several.
fn places(row: &Row, question: &Question) -> Vec<Codes> {
    let mut out: Vec<Codes> = vec![Vec::new()];
    for dimension in &question.group_by {
        let codes: BTreeSet<Option<String>> = match *dimension {
            "concept" => [row.concept.clone()].into(),
            "theme" => [row.theme.clone()].into(),
            "region" => regions_of(row.slug, question.year).into_iter().collect(),
            "kind" => [Some(row.kind.to_owned())].into(),
            "country" => [Some(row.country.to_owned())].into(),
            "stance" => [Some(row.stance.clone())].into(),
            "level" => [row.level.map(|l| l.to_string())].into(),
            _ => [Some(row.slug.to_owned())].into(),
        };
        out = out
            .iter()
            .flat_map(|head| codes.iter().map(|c| [head.clone(), vec![c.clone()]].concat()))
            .collect();
    }
    out
}

fn library_passes(slug: &str, kind: &str, country: &str, question: &Question) -> bool {
    let is = |name: &str, value: &str| question.filter.get(name).is_none_or(|wanted| wanted == value);
    is("kind", kind)
        && is("country", country)
        && question
            .filter
            .get("regionId")
            .is_none_or(|id| regions_of(slug, question.year).contains(&Some(id.clone())))
}

/// Counted plainly: for each cell, over all rows.
pub fn recount(rows: &[Row], question: &Question) -> BTreeMap<Codes, Figures> {
    let libraries: Vec<&Row> =
        rows.iter().filter(|r| library_passes(r.slug, r.kind, r.country, question)).collect();
    let passes = |row: &&&Row| {
        let is = |name: &str, value: Option<&String>| {
            question.filter.get(name).is_none_or(|wanted| value == Some(wanted))
        };
        is("stance", Some(&row.stance))
            && is("conceptId", row.concept.as_ref())
            && is("themeId", row.theme.as_ref())
    };
    let counted: Vec<&Row> = libraries.iter().filter(passes).copied().collect();
    let mut cells: BTreeSet<Codes> = counted.iter().flat_map(|row| places(row, question)).collect();
    if question.group_by.is_empty() {
        cells.insert(Vec::new());
    }
    let by_concept = question.group_by.iter().position(|d| *d == "concept");
    cells
        .into_iter()
        .map(|cell| {
            let inside: Vec<&&Row> =
                counted.iter().filter(|row| places(row, question).contains(&cell)).collect();
            let who = |stance: &str| -> BTreeSet<&str> {
                inside.iter().filter(|r| r.stance == stance).map(|r| r.slug).collect()
            };
            let levels: Vec<i64> =
                inside.iter().filter(|r| r.stance == "have").filter_map(|r| r.level).collect();
            let of_concept = by_concept.and_then(|n| cell[n].clone());
            let all = |stance: &str| -> BTreeSet<&str> {
                let of = libraries.iter().filter(|r| r.concept == of_concept && r.stance == stance);
                of.map(|r| r.slug).collect()
            };
            let (have, want) = (all("have"), all("want"));
            let class =
                of_concept.as_ref().map(|_| ["gap", "unique", "common"][have.len().min(2)].to_owned());
            let covered = of_concept.as_ref().map(|_| want.iter().any(|w| have.iter().any(|h| h != w)));
            let figures = (
                who("have").len(),
                who("want").len(),
                inside.len(),
                levels.iter().sum(),
                levels.len(),
                class,
                covered,
            );
            (cell, figures)
        })
        .collect()
}

pub fn told(cube: &Value) -> Vec<(Codes, Figures)> {
    let number = |cell: &Value, name: &str| usize::try_from(cell[name].as_u64().unwrap()).unwrap();
    let cells = cube["cells"].as_array().unwrap().iter();
    cells
        .map(|cell| {
            let codes =
                cell["dimensions"].as_array().unwrap().iter().map(|p| p["code"].as_str().map(str::to_owned));
            let (sum, levels) = (cell["levelSum"].as_i64().unwrap(), number(cell, "levelCount"));
            match cell["meanLevel"].as_f64() {
                #[allow(clippy::cast_precision_loss)]
                Some(mean) => assert!((mean - sum as f64 / levels as f64).abs() <= 0.000_051),
                None => assert_eq!(levels, 0),
            }
            (
                codes.collect(),
                (
                    number(cell, "tenantsHaving"),
                    number(cell, "tenantsWanting"),
                    number(cell, "entries"),
                    sum,
                    levels,
                    cell["class"].as_str().map(str::to_owned),
                    cell["covered"].as_bool(),
                ),
            )
        })
        .collect()
}

pub fn query(question: &Question) -> String {
    let mut parts =
        vec![format!("groupBy={}", question.group_by.join(",")), format!("asOf={}-06-01", question.year)];
    for (name, value) in &question.filter {
        let value = if name.ends_with("Id") && *name != "regionId" {
            concept_id(value).to_string()
        } else {
            value.clone()
        };
        parts.push(format!("{name}={value}"));
    }
    parts.join("&")
}

pub const CUBE: &str = "query($id: ID!, $by: [CompetenceDimension!]!, $filter: CubeFilter, $day: NaiveDate) {
    aggregateCompetences(consortiumId: $id, groupBy: $by, filter: $filter, asOf: $day) { groupBy definition
        cells { dimensions { dimension code id label { text language fallback } } tenantsHaving tenantsWanting entries levelSum
            levelCount meanLevel class covered }
        completeness { consortiumIds expected reporting inParts asOf definition { text language fallback } source { text language fallback }
            licence { text language fallback } } } }";

pub fn variables(over: impl serde::Serialize, question: &Question) -> Value {
    let by: Vec<String> = question.group_by.iter().map(|d| d.to_uppercase()).collect();
    let mut filter = json!({});
    for (name, value) in &question.filter {
        filter[*name] = match *name {
            "stance" | "kind" => value.to_uppercase().into(),
            "conceptId" | "themeId" => concept_id(value).to_string().into(),
            _ => value.clone().into(),
        };
    }
    json!({"id": over, "by": by, "filter": filter, "day": format!("{}-06-01", question.year)})
}

/// Shows 38 by aggregateCompetences.
#[rstest]
#[actix_web::test]
async fn every_figure_is_what_the_exported_rows_add_up_to(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let rows = exported(&setting).await;
    assert!(rows.len() > 60, "{}", rows.len());
    let mut dice = Dice(2026);
    let (mut cells, mut empty) = (0, 0);
    for n in 0..150 {
        let question = ask(&mut dice);
        let asker = &setting.libraries[n % 7];
        let path = format!("/consortia/{}/aggregates/competences?{}", setting.consortium, query(&question));
        let rest = asker.get(&path).await.ok();
        let told = told(&rest);
        let counted = recount(&rows, &question);
        assert_eq!(told.iter().cloned().collect::<BTreeMap<_, _>>(), counted, "{question:?}");
        assert_eq!(told.len(), counted.len(), "no cell twice");
        cells += told.len();
        empty += usize::from(told.is_empty());
        // The order is that of the codes, what has none last.
        let keys: Vec<Vec<(bool, Option<String>)>> =
            told.iter().map(|(codes, _)| codes.iter().map(|c| (c.is_none(), c.clone())).collect()).collect();
        assert!(keys.is_sorted(), "{question:?}");
        let expected = LIBRARIES.iter().take(8).filter(|l| library_passes(l.0, l.1, l.2, &question)).count();
        assert_eq!(rest["completeness"]["expected"], expected, "{question:?}");
        let reporting: BTreeSet<&str> = rows
            .iter()
            .filter(|r| library_passes(r.slug, r.kind, r.country, &question))
            .map(|r| r.slug)
            .collect();
        assert_eq!(rest["completeness"]["reporting"], reporting.len(), "{question:?}");
        let graphql = asker.data(CUBE, variables(setting.consortium, &question)).await;
        assert_eq!(as_rest(&graphql["aggregateCompetences"]), rest, "{question:?}");
        let csv = asker.get(&format!("{path}&format=csv")).await;
        assert_eq!(csv.text.matches("\r\n").count(), told.len() + 1, "{question:?}");
    }
    println!("{kind:?}: 150 questions, {cells} cells, {empty} without any");
    assert!(cells > 1_000 && empty < 60);
}

/// Shows 41 by aggregateCompetences.
#[rstest]
#[actix_web::test]
async fn a_table_is_the_same_figures(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let asker = &setting.libraries[0];
    let path = format!("/consortia/{}/aggregates/competences?groupBy=concept,country", setting.consortium);
    let json = asker.get(&path).await;
    assert_eq!(json.header("content-type"), "application/json");
    let cube = json.json();
    let table = asker.get(&format!("{path}&format=csv")).await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(table.header("content-disposition").contains("competences.csv"));
    let accept = |accept: &str, path: &str| {
        asker.send(asker.request(reqwest::Method::GET, &format!("/api/v1{path}")).header("accept", accept))
    };
    let wished = accept("text/csv", &path).await;
    assert_eq!((&wished.text, wished.header("etag")), (&table.text, table.header("etag")));
    assert_eq!(accept("application/json", &format!("{path}&format=csv")).await.text, table.text);
    assert_eq!(accept("text/csv", &format!("{path}&format=json")).await.text, json.text);
    for (separator, byte) in [("comma", b','), ("semicolon", b';')] {
        let table = asker.get(&format!("{path}&format=csv&separator={separator}")).await;
        let mut reader = csv::ReaderBuilder::new().delimiter(byte).from_reader(table.text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(
            header[..6],
            ["concept", "conceptLabel", "country", "countryLabel", "tenantsHaving", "tenantsWanting"]
        );
        let lines: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
        let cells = cube["cells"].as_array().unwrap();
        assert_eq!(lines.len(), cells.len());
        for (line, cell) in lines.iter().zip(cells) {
            let at = |name: &str| line[header.iter().position(|h| h == name).unwrap()].to_owned();
            assert_eq!(at("concept"), text(&cell["dimensions"][0]["code"]));
            assert_eq!(at("countryLabel"), text(&cell["dimensions"][1]["label"]["text"]));
            for name in ["tenantsHaving", "tenantsWanting", "entries", "levelSum", "levelCount", "covered"] {
                let value = &cell[name];
                let value = if value.is_null() { String::new() } else { value.to_string() };
                assert_eq!(at(name), value, "{name}");
            }
            assert_eq!(at("meanLevel").parse::<f64>().ok(), cell["meanLevel"].as_f64());
            assert_eq!(at("class"), text(&cell["class"]));
            assert_eq!(at("expected"), cube["completeness"]["expected"].to_string());
        }
    }
    // Who has the bytes already is told so.
    for (path, tag) in
        [(path.clone(), json.header("etag")), (format!("{path}&format=csv"), table.header("etag"))]
    {
        let request =
            asker.request(reqwest::Method::GET, &format!("/api/v1{path}")).header("if-none-match", tag);
        let again = asker.send(request).await;
        assert_eq!((again.status.as_u16(), again.text.as_str(), again.header("etag")), (304, "", tag));
    }
    let other =
        asker.request(reqwest::Method::GET, &format!("/api/v1{path}")).header("if-none-match", "\"x\"");
    asker.send(other).await.ok();
}

#[rstest]
#[actix_web::test]
async fn a_bad_question_is_told_what_is_wrong_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b] = [node.tenant("aa").await, node.tenant("bb").await];
    let consortium = node.consortium("to", &[&a, &b]).await;
    let path = format!("/consortia/{consortium}/aggregates/competences");
    a.get(&format!("{path}?groupBy=concept,theme,region")).await.ok();
    for (query, pointer, code) in [
        ("groupBy=concept,begrep", "/groupBy/1", "unknown_dimension"),
        ("groupBy=concept,theme,region,kind", "/groupBy", "too_many"),
        ("groupBy=concept,concept", "/groupBy/1", "duplicate"),
        ("gruppe=concept", "/gruppe", "unknown_field"),
        ("groupBy=concept&stance=maybe", "/stance", "unknown_value"),
        ("groupBy=concept&conceptId=x", "/conceptId", "id"),
    ] {
        let fault = a.get(&format!("{path}?{query}")).await.problem(422, "invalid_input");
        assert_eq!(fault["errors"][0]["code"], code, "{query}: {fault}");
        assert_eq!(fault["errors"][0]["pointer"], pointer, "{query}");
    }
    for query in ["format=xml", "separator=tab", "asOf=i-dag", "conceptId=x", "stance=maybe", "kind=kiosk"] {
        a.get(&format!("{path}?{query}")).await.problem(422, "invalid_input");
    }
    let four =
        Question { group_by: vec!["concept", "theme", "region", "kind"], year: 2026, ..Question::default() };
    let refused = a.graphql(CUBE, variables(consortium, &four)).await.ok();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    // Nothing shared: the total is there, and it is nothing.
    let total = a.get(&path).await.ok();
    assert_eq!(total["cells"][0]["entries"], 0);
    assert_eq!(total["cells"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&total["completeness"]["expected"], &total["completeness"]["reporting"]),
        (&json!(2), &json!(0))
    );
}

#[rstest]
#[actix_web::test]
async fn the_cube_defines_itself_in_six_languages(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let a = node.tenant("aa").await;
    let path = "/aggregates/competences/definition";
    let query = "{ aggregateCompetencesDefinition { cube mostDimensions mostCells definition { text language fallback }
        dimensions { code name { text language fallback } definition { text language fallback } }
        measures { code name { text language fallback } definition { text language fallback } } } }";
    let mut names = BTreeSet::new();
    for language in ["nb", "nn", "sv", "da", "fi", "en"] {
        let reader = a.clone().speaking(language);
        let definition = reader.get(path).await.ok();
        let graphql = reader.data(query, json!({})).await;
        assert_eq!(as_rest(&graphql["aggregateCompetencesDefinition"]), definition);
        let codes = |of: &str| -> Vec<String> {
            definition[of].as_array().unwrap().iter().map(|p| text(&p["code"])).collect()
        };
        assert_eq!(
            codes("dimensions"),
            [
                "concept", "theme", "region", "kind", "country", "stance", "level", "tenant", "year",
                "quarter", "month"
            ]
        );
        assert_eq!(codes("measures").len(), 8);
        names.insert(definition["measures"].to_string());
        assert_eq!(definition["measures"][0]["name"]["language"], language);
    }
    assert_eq!(names.len(), 6);
    node.operator().get(path).await.ok();
    node.anonymous().get(path).await.problem(401, "unauthenticated");
}
