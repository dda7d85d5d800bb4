//! Sums of what libraries keep sealed: told in releases, exactly or not at all, and never so that one library's figure follows.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures_util::future::join;
use migration::registers::concept_id;
use samvirke::{
    auth::{Role, keys::signed_by},
    id::ConsortiumId,
    tenancy::SeatRole,
};
use serde_json::{Value, json};

use crate::{
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    release::audit::{Member, Tenant},
};

const MUSIC: &str = "c:music";
const REGIONS: [&str; 3] = ["no-03", "no-11", "no-46"];

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Enters how many of a library's staff have a competence, and gives the entry.
pub async fn give(library: &Client, concept: &str, holders: i64, visibility: &str) -> String {
    let body = json!({"conceptId": concept_id(concept), "stance": "have", "holders": holders, "visibility": visibility});
    text(&library.post("/competences", body).await.made()["id"])
}

async fn version(library: &Client, entry: &str) -> i64 {
    library.get(&format!("/competences/{entry}")).await.ok()["version"].as_i64().unwrap()
}

/// False when it would expose somebody.
pub async fn change(library: &Client, entry: &str, holders: i64, visibility: &str) -> bool {
    let path = format!("/competences/{entry}");
    let body = json!({"holders": holders, "visibility": visibility});
    let answer = library.patch(&path, version(library, entry).await, body).await;
    match answer.status.as_u16() {
        200 => true,
        _ => {
            let problem = answer.problem(409, "conflict");
            assert_eq!(problem["errors"][0]["code"], "would_expose");
            false
        }
    }
}

pub async fn take_back(library: &Client, entry: &str) {
    let now = version(library, entry).await;
    assert_eq!(library.delete(&format!("/competences/{entry}"), now).await.status.as_u16(), 204);
}

/// A consortium whose first library coordinates it.
pub struct Consortium<'n> {
    node: &'n TestNode,
    pub id: ConsortiumId,
    pub libraries: Vec<Client>,
    places: Vec<(usize, String)>,
}

impl<'n> Consortium<'n> {
    /// Libraries by their region and kind.
    pub async fn of(node: &'n TestNode, places: &[(usize, &str)]) -> Self {
        let mut libraries = Vec::new();
        for (n, (region, kind)) in places.iter().enumerate() {
            let name = json!([{"language": "nb", "text": format!("Bibliotek {n}")}]);
            let body = json!({"slug": format!("bibliotek-{n}"), "name": name, "kind": kind, "country": "NO",
                "regionIds": [REGIONS[*region]], "municipalityIds": []});
            let made = node.operator().post("/tenants", body).await.made();
            libraries.push(node.client(text(&made["id"]).parse().unwrap(), Role::Admin));
        }
        let id = node.consortium("sammen", &libraries.iter().collect::<Vec<_>>()).await;
        let places = places.iter().map(|(region, kind)| (*region, (*kind).to_owned())).collect();
        Self { node, id, libraries, places }
    }

    /// County libraries of one region.
    async fn alike(node: &'n TestNode, many: usize) -> Self {
        Self::of(node, &vec![(0, "county_library"); many]).await
    }

    pub async fn members(&self) -> Vec<Member> {
        let member = |(library, (region, kind)): (&Client, &(usize, String))| Member {
            tenant: Tenant(library.tenant.0.as_u128()),
            regions: BTreeSet::from([REGIONS[*region].to_owned()]),
            kind: kind.clone(),
        };
        self.libraries.iter().zip(&self.places).map(member).collect()
    }

    fn coordinator(&self) -> &Client {
        &self.libraries[0]
    }

    /// The library adds or seals what it has of music, in this order.
    async fn give_all(&self, given: &[(i64, &str)]) -> Vec<String> {
        let mut entries = Vec::new();
        for (library, (holders, visibility)) in self.libraries.iter().zip(given) {
            entries.push(give(library, MUSIC, *holders, visibility).await);
        }
        entries
    }

    /// Every member says yes to rules that differ from those in force in this.
    pub async fn adopt(&self, differing: Value) {
        let path = format!("/consortia/{}/release-rules", self.id);
        let mut rules = self.coordinator().get(&path).await.ok()["rules"].clone();
        rules.as_object_mut().unwrap().extend(differing.as_object().unwrap().clone());
        let proposed = self.coordinator().post(&format!("{path}-proposals"), rules).await.made();
        let approve = format!("/release-rules-proposals/{}/approve", text(&proposed["id"]));
        for library in &self.libraries[1..] {
            if library.post(&approve, json!(null)).await.ok()["state"] == "adopted" {
                return;
            }
        }
        panic!("not adopted by all");
    }

    fn path(&self) -> String {
        format!("/consortia/{}/releases", self.id)
    }

    /// What was released at once.
    pub async fn release(&self) -> Vec<Value> {
        let made = self.coordinator().post(&self.path(), json!({"measure": "headcount"})).await.made();
        made["releases"].as_array().unwrap().clone()
    }

    /// All figures of one concept as a reader gets them, by both faces.
    pub async fn cells(&self, reader: &Client, release: &Value, concept: &str) -> Vec<Value> {
        let id = text(&release["id"]);
        let path = format!("/releases/{id}/cells?first=100&conceptId={}", concept_id(concept));
        let page = reader.get(&path).await.ok();
        assert!(page["nextCursor"].is_null());
        let asked = "query($id: ID!, $concept: ID!) { releaseCells(id: $id, first: 100, filter: {conceptId: $concept}) \
            { edges { node { group { region kind } open sealed value status contributors { open sealed } asOf complete } } } }";
        let other = reader.data(asked, json!({"id": id, "concept": concept_id(concept)})).await;
        let items = page["items"].as_array().unwrap().clone();
        let nodes = other["releaseCells"]["edges"].as_array().unwrap();
        assert_eq!(items.len(), nodes.len());
        for (one, two) in items.iter().zip(nodes) {
            for name in ["open", "sealed", "value", "status", "asOf", "complete"] {
                // GraphQL writes its words in capitals.
                let same = |value: &Value| value.to_string().to_lowercase();
                assert_eq!(same(&one[name]), same(&two["node"][name]), "{name}");
            }
        }
        items
    }

    /// The total of one concept, as the last library gets it.
    async fn total(&self, release: &Value, concept: &str) -> Value {
        let cells = self.cells(self.libraries.last().unwrap(), release, concept).await;
        cells.into_iter().find(|cell| cell["group"] == json!({})).unwrap_or_default()
    }

    /// A quarter passes: what was released now is of that one.
    pub async fn pass(&self, quarter: &str) {
        let now =
            self.node.database.raw("SELECT as_of FROM figure_release ORDER BY number DESC LIMIT 1").await;
        let now = &now[0];
        let past = match self.node.database {
            crate::harness::Database::Sqlite(_) => format!("replace(told, '\"{now}\"', '\"{quarter}\"')"),
            crate::harness::Database::Postgres(_) => {
                format!("replace(told::text, '\"{now}\"', '\"{quarter}\"')::jsonb")
            }
        };
        for sql in [
            format!(
                "UPDATE figure_release SET as_of = '{quarter}', created_at = '2020-01-02T03:04:05+00:00' WHERE as_of = '{now}'"
            ),
            format!("UPDATE figure_cell SET as_of = '{quarter}' WHERE as_of = '{now}'"),
            format!("UPDATE figure_past SET told = {past}"),
        ] {
            self.node.database.raw(&sql).await;
        }
    }
}

/// What is shown of a figure: open, sealed, value, status.
fn shown(cell: &Value) -> (Option<i64>, Option<i64>, Option<i64>, &str) {
    (
        cell["open"].as_i64(),
        cell["sealed"].as_i64(),
        cell["value"].as_i64(),
        cell["status"].as_str().unwrap_or(""),
    )
}

fn group(cells: &[Value], group: Value) -> &Value {
    cells.iter().find(|cell| cell["group"] == group).unwrap_or(&Value::Null)
}

#[rstest]
#[actix_web::test]
async fn two_of_four_are_no_crowd(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    consortium.give_all(&[(6, "consortium"), (3, "public"), (2, "sealed"), (5, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    assert_eq!((&release["name"], &release["number"]), (&json!("sammen/headcount/1"), &json!(1)));
    let total = consortium.total(&release, MUSIC).await;
    assert_eq!(shown(&total), (Some(9), None, Some(9), "open_only"));
    assert_eq!(total["contributors"], json!({"open": 2, "sealed": 2}));
    assert_eq!((&total["complete"], &total["release"]), (&json!(false), &release["name"]));
    assert_eq!(total["remark"]["text"], "holdt tilbake");
    // Absent, and not null or 0.
    assert!(total.get("sealed").is_none());
    // Nobody but its library finds a sealed entry, whoever coordinates.
    for reader in [&consortium.libraries[0], &consortium.libraries[3]] {
        let path = format!("/competences?tenantId={}", consortium.libraries[2].tenant);
        assert_eq!(reader.get(&path).await.ok()["items"], json!([]));
    }
}

#[rstest]
#[actix_web::test]
async fn a_sum_is_told_with_its_groups_as_far_as_they_give_nobody_away(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let places = [
        (0, "county_library"),
        (0, "county_library"),
        (0, "county_library"),
        (1, "county_library"),
        (1, "county_library"),
    ];
    let consortium = Consortium::of(&node, &places).await;
    consortium
        .give_all(&[(6, "consortium"), (2, "sealed"), (5, "sealed"), (1, "sealed"), (4, "sealed")])
        .await;
    // What is private is in no sum.
    give(&consortium.libraries[1], "c:web", 9, "private").await;
    let release = consortium.release().await.remove(0);
    let cells = consortium.cells(&consortium.libraries[1], &release, MUSIC).await;
    assert_eq!(shown(group(&cells, json!({}))), (Some(6), Some(12), Some(18), "full"));
    assert_eq!(shown(group(&cells, json!({"region": "no-03"}))), (Some(6), None, Some(6), "open_only"));
    let south = group(&cells, json!({"region": "no-11"}));
    assert_eq!(shown(south), (None, None, None, "nothing"));
    assert!(south.get("value").is_none() && south.get("open").is_none());
    assert_eq!(consortium.cells(&consortium.libraries[1], &release, "c:web").await, Vec::<Value>::new());
    // One by region, and one by kind.
    let path = format!("/releases/{}/cells?grouping=region", text(&release["id"]));
    assert_eq!(consortium.libraries[2].get(&path).await.ok()["items"].as_array().unwrap().len(), 2);
    let path = format!("/releases/{}/cells?regionId=no-11&kind=county_library", text(&release["id"]));
    assert_eq!(consortium.libraries[2].get(&path).await.ok()["items"].as_array().unwrap().len(), 1);

    // As a file: the same figures, what is withheld empty.
    let reader = &consortium.libraries[1];
    let path = format!("/releases/{}/cells", text(&release["id"]));
    let wished = |path: &str| {
        reader.request(reqwest::Method::GET, &format!("/api/v1{path}")).header("accept", "text/csv")
    };
    let file = reader.send(wished(&path)).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    let page = reader.get(&format!("{path}?first=100")).await.ok();
    let items = page["items"].as_array().unwrap();
    let mut table = csv::Reader::from_reader(file.text.as_bytes());
    let header = table.headers().unwrap().clone();
    let lines: Vec<csv::StringRecord> = table.records().map(|line| line.unwrap()).collect();
    assert_eq!((lines.len(), page["nextCursor"].is_null()), (items.len(), true));
    for (line, item) in lines.iter().zip(items) {
        let at = |name: &str| &line[header.iter().position(|h| h == name).unwrap()];
        for name in ["open", "sealed", "value"] {
            assert_eq!(at(name).parse::<i64>().ok(), item[name].as_i64(), "{name} of {item}");
            assert_eq!(at(name).is_empty(), item[name].is_null());
        }
        let told = [
            &item["concept"]["notation"],
            &item["group"]["region"],
            &item["group"]["kind"],
            &item["status"],
            &item["asOf"],
        ];
        for (name, told) in ["concept", "region", "kind", "status", "asOf"].into_iter().zip(told) {
            assert_eq!(at(name), told.as_str().unwrap_or_default(), "{name} of {item}");
        }
        assert_eq!(at("remark"), item["remark"]["text"].as_str().unwrap_or_default());
        assert_eq!(at("sealedContributors").parse::<i64>().ok(), item["contributors"]["sealed"].as_i64());
        assert_eq!(at("complete"), item["complete"].to_string());
    }
    let south = reader.send(wished(&format!("{path}?regionId=no-11&kind=county_library"))).await;
    assert_eq!(south.text.matches("\r\n").count(), 2);
    reader.send(wished(&format!("{path}?first=1"))).await.problem(422, "invalid_input");
    let nobodys = format!("/releases/{}/cells", samvirke::id::ReleaseId::new());
    reader.send(wished(&nobodys)).await.problem(404, "not_found");

    // Each library sees what of its own went in, and nobody else's.
    for (n, library) in consortium.libraries.iter().enumerate() {
        let own = library.get("/release-contributions").await.ok()["items"].as_array().unwrap().clone();
        let amounts: Vec<_> = own.iter().map(|own| own["amount"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [[6, 2, 5, 1, 4][n]]);
        assert_eq!((&own[0]["counted"], &own[0]["exposed"]), (&json!(n > 0), &json!(false)));
    }
}

#[rstest]
#[actix_web::test]
async fn two_cells_with_enough_members_each_do_not_both_appear(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (county, public) = ("county_library", "public_library");
    let places = [(0, county), (0, county), (0, county), (0, public), (1, public), (1, public)];
    let consortium = Consortium::of(&node, &places).await;
    consortium.adopt(json!({"groupings": ["all", "kind", "region"]})).await;
    let sealed: Vec<(i64, &str)> = [2, 5, 1, 4, 3, 6].map(|holders| (holders, "sealed")).into();
    consortium.give_all(&sealed).await;
    let release = consortium.release().await.remove(0);
    let cells = consortium.cells(&consortium.libraries[5], &release, MUSIC).await;
    let sealed = |of: Value| group(&cells, of)["sealed"].as_i64();
    assert_eq!(sealed(json!({})), Some(21));
    assert_eq!(sealed(json!({"kind": county})), Some(8));
    assert_eq!(sealed(json!({"kind": public})), Some(13));
    assert_eq!(sealed(json!({"region": "no-03"})), None);
    assert_eq!(sealed(json!({"region": "no-11"})), None);
    // Why it was withheld is told of none.
    let withheld = |of: Value| {
        let mut cell = group(&cells, of).clone();
        cell["group"] = json!({});
        cell["contributors"] = json!({});
        cell
    };
    assert_eq!(withheld(json!({"region": "no-03"})), withheld(json!({"region": "no-11"})));
}

#[rstest]
#[actix_web::test]
async fn quarter_by_quarter_no_difference_gives_anybody_away(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 6).await;
    let [b, c, d, e, f, g] = [0, 1, 2, 3, 4, 5].map(|n| consortium.libraries[n].clone());
    give(&b, MUSIC, 2, "sealed").await;
    let of_c = give(&c, MUSIC, 5, "sealed").await;
    give(&d, MUSIC, 1, "sealed").await;
    let quarter = async |name: &str| {
        let release = consortium.release().await.remove(0);
        let total = consortium.total(&release, MUSIC).await;
        consortium.pass(name).await;
        let now = text(&release["asOf"]);
        let as_of = text(&total["asOf"]);
        (total["sealed"].as_i64(), if as_of == now { name.to_owned() } else { as_of })
    };
    assert_eq!(quarter("Q1").await, (Some(8), "Q1".into()));
    // E joins: 12 - 8 would be its own.
    let of_e = give(&e, MUSIC, 4, "sealed").await;
    assert_eq!(quarter("Q2").await, (Some(8), "Q1".into()));
    give(&f, MUSIC, 3, "sealed").await;
    give(&g, MUSIC, 6, "sealed").await;
    assert_eq!(quarter("Q3").await, (Some(21), "Q3".into()));
    // One change shows nothing; other words about the same figure are no change.
    assert!(change(&c, &of_c, 7, "sealed").await);
    let note = json!({"note": "Flere kommer"});
    e.patch(&format!("/competences/{of_e}"), version(&e, &of_e).await, note).await.ok();
    assert_eq!(quarter("Q4").await, (Some(21), "Q3".into()));
    // What is taken back is in no later sum, and the difference would be E's.
    take_back(&e, &of_e).await;
    let (sealed, _) = quarter("Q5").await;
    assert_eq!(sealed, None);
    let listed = b.get(&format!("/releases?consortiumId={}", consortium.id)).await.ok();
    let numbers: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|r| r["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[rstest]
#[actix_web::test]
async fn rules_change_when_more_than_half_of_the_members_say_yes(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let [coordinator, b, c, _] = [0, 1, 2, 3].map(|n| consortium.libraries[n].clone());
    let (watcher, stranger) = (node.tenant("tilskuer").await, node.tenant("fremmed").await);
    node.join(consortium.id, &coordinator, &watcher, SeatRole::Observer).await;
    let path = format!("/consortia/{}/release-rules", consortium.id);
    let safe = watcher.clone().speaking("en").get(&path).await.ok();
    assert_eq!(
        safe["rules"],
        json!({"leastContributors": 3, "leastSum": 5, "sharePercent": 10, "level": "single", "toPublic": false,
            "cadence": "quarterly", "groupings": ["all", "region", "kind", "region_kind"]})
    );
    assert!(safe.get("since").is_none());
    assert!(text(&safe["limits"][2]["text"]).starts_with("Whoever operates the service"));
    let proposals = format!("{path}-proposals");
    let mut rules = safe["rules"].clone();
    for (name, lax) in [
        ("leastContributors", json!(2)),
        ("leastSum", json!(1)),
        ("sharePercent", json!(0)),
        ("groupings", json!([])),
        ("groupings", json!(["all", "all"])),
    ] {
        let mut laxer = rules.clone();
        laxer[name] = lax;
        let refused = b.post(&proposals, laxer).await.problem(422, "invalid_input");
        assert_eq!(refused["errors"][0]["pointer"], format!("/{name}"));
    }
    rules["level"] = "pairs".into();
    b.post(&proposals, rules.clone()).await.problem(422, "invalid_input");
    rules["leastContributors"] = 4.into();
    watcher.post(&proposals, rules.clone()).await.problem(403, "forbidden");
    stranger.post(&proposals, rules.clone()).await.problem(404, "not_found");
    stranger.get(&path).await.problem(404, "not_found");
    let first = b.post(&proposals, rules.clone()).await.made();
    assert_eq!(
        (&first["yes"], &first["members"], &first["state"]),
        (&json!(1), &json!(4), &json!("proposed"))
    );
    let other = c.post(&proposals, safe["rules"].clone()).await.made();
    let approve = format!("/release-rules-proposals/{}/approve", text(&first["id"]));
    stranger.post(&approve, json!(null)).await.problem(404, "not_found");
    watcher.post(&approve, json!(null)).await.problem(403, "forbidden");
    let viewer = node.client(c.tenant, Role::Contributor);
    viewer.post(&approve, json!(null)).await.problem(403, "forbidden");
    // Said twice is said once; two of four are no majority.
    c.post(&approve, json!(null)).await.ok();
    let again = c.post(&approve, json!(null)).await.ok();
    assert_eq!(
        (&again["yes"], &again["state"], &again["approved"]),
        (&json!(2), &json!("proposed"), &json!(true))
    );
    let third = coordinator.post(&approve, json!(null)).await.ok();
    assert_eq!((&third["yes"], &third["state"]), (&json!(3), &json!("adopted")));
    assert_eq!(b.get(&path).await.ok()["rules"], rules);
    // The other one fell.
    let approve = format!("/release-rules-proposals/{}/approve", text(&other["id"]));
    b.post(&approve, json!(null)).await.problem(409, "conflict");
    let states = watcher.get(&proposals).await.ok();
    let states: Vec<_> = states["items"].as_array().unwrap().iter().map(|p| text(&p["state"])).collect();
    assert_eq!(states, ["adopted", "superseded"]);
    // Three sealed figures are too few now.
    consortium.give_all(&[(9, "private"), (4, "sealed"), (5, "sealed"), (6, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(release["rules"], rules);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], Value::Null);
}

#[rstest]
#[actix_web::test]
async fn what_goes_to_the_public_everybody_reads_and_the_rest_members_alone(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 5).await;
    consortium.adopt(json!({"toPublic": true})).await;
    consortium
        .give_all(&[(4, "consortium"), (2, "consortium"), (5, "sealed"), (3, "sealed"), (6, "sealed")])
        .await;
    for (library, (holders, visibility)) in
        consortium.libraries.iter().zip([(7, "public"), (4, "sealed"), (3, "sealed")])
    {
        give(library, "c:web", holders, visibility).await;
    }
    give(&consortium.libraries[0], "c:games", 5, "sealed").await;
    let made = consortium.release().await;
    let [inner, outer] = made.as_slice() else { panic!("two releases: {made:?}") };
    assert_eq!((&inner["audience"], &outer["audience"]), (&json!("consortium"), &json!("public")));
    assert_eq!((&inner["number"], &outer["number"]), (&json!(1), &json!(2)));
    let member = consortium.total(inner, MUSIC).await;
    assert_eq!(shown(&member), (Some(6), Some(14), Some(20), "full"));
    let stranger = node.tenant("fremmed").await;
    for path in ["", "/cells", "/document"] {
        let hidden = format!("/releases/{}{path}", text(&inner["id"]));
        stranger.get(&hidden).await.problem(404, "not_found");
        stranger.get(&format!("/releases/{}{path}", text(&outer["id"]))).await.ok();
    }
    let listed = stranger.get("/releases").await.ok()["items"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["name"], "sammen/headcount/2");
    // To the public what members see is sealed too.
    let cells = consortium.cells(&stranger, outer, MUSIC).await;
    let total = group(&cells, json!({}));
    assert_eq!(shown(total), (None, Some(20), Some(20), "full"));
    assert_eq!(total["contributors"], json!({"open": 0, "sealed": 5}));
    // Of what is withheld the public is not told how many give something, nor that anybody does.
    let web = consortium.cells(&stranger, outer, "c:web").await;
    assert_eq!(group(&web, json!({}))["contributors"], json!({"open": 1}));
    assert!(consortium.cells(&stranger, outer, "c:games").await.is_empty());
    assert_eq!(consortium.total(inner, "c:games").await["contributors"], json!({"open": 0, "sealed": 1}));
    // Who reads nothing but the public's cannot make, withdraw or decide.
    let withdraw = format!("/releases/{}/withdraw", text(&outer["id"]));
    stranger.post_from(&withdraw, 1, json!({"reason": "Nei"})).await.problem(403, "forbidden");
    stranger.post(&consortium.path(), json!({"measure": "headcount"})).await.problem(404, "not_found");
    consortium.libraries[1]
        .post(&consortium.path(), json!({"measure": "headcount"}))
        .await
        .problem(403, "forbidden");
    assert_eq!(stranger.get("/release-contributions").await.ok()["items"], json!([]));
    node.operator().get(&format!("/releases/{}", text(&outer["id"]))).await.problem(403, "forbidden");

    // The document is what was signed, and says what the cells say.
    let path = format!("/releases/{}/document", text(&outer["id"]));
    let document = stranger.get(&path).await.ok();
    let jws = text(&document["jws"]);
    let [header, payload, signature] = jws.split('.').collect::<Vec<_>>()[..] else { panic!("{jws}") };
    let read = |part: &str| serde_json::from_slice::<Value>(&BASE64.decode(part).unwrap()).unwrap();
    let (header, payload_read) = (read(header), read(payload));
    assert_eq!(header["typ"], "samvirke-release+jws");
    let keys = node.app.tokens.keys().jwks(samvirke::when::now());
    let signed = jws.rsplit_once('.').unwrap().0;
    assert!(signed_by(&keys, header["kid"].as_str().unwrap(), signed.as_bytes(), signature));
    assert_eq!((&payload_read["seq"], &payload_read["release"]), (&json!(2), &outer["name"]));
    assert_eq!(payload_read["cells"].as_array().unwrap().len() as i64, outer["cells"].as_i64().unwrap());
    assert_eq!(document["digest"], outer["digest"]);
    for private in [json!(2), json!(3), json!(5), json!(6)] {
        assert!(payload_read["cells"].as_array().unwrap().iter().all(|cell| cell["sealed"] != private));
    }
}

#[rstest]
#[actix_web::test]
async fn of_two_at_once_one_is_made_and_a_period_has_no_second(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 3).await;
    consortium.give_all(&[(4, "sealed"), (5, "sealed"), (6, "sealed")]).await;
    let coordinator = consortium.coordinator();
    let (path, body) = (consortium.path(), json!({"measure": "headcount"}));
    let (one, two) = join(coordinator.post(&path, body.clone()), coordinator.post(&path, body.clone())).await;
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = if one.status == 409 { one } else { two }.problem(409, "conflict");
    assert_eq!(refused["errors"][0]["code"], "released_already");
    // A retry gets the first answer.
    consortium.pass("Q1").await;
    let keyed = coordinator.clone().with_key("release-2");
    let first = keyed.post(&path, body.clone()).await.made();
    assert_eq!(keyed.post(&path, body.clone()).await.made(), first);
    // Nor does another cadence make a second one in the month.
    consortium.adopt(json!({"cadence": "monthly"})).await;
    coordinator.post(&path, body).await.problem(409, "conflict");
    assert_eq!(coordinator.get("/releases").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[rstest]
#[actix_web::test]
async fn what_fails_at_the_last_step_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 3).await;
    consortium.give_all(&[(4, "sealed"), (5, "sealed"), (6, "sealed")]).await;
    let (lay, lift) = match kind {
        Sqlite => (
            "CREATE TRIGGER fails BEFORE INSERT ON figure_document BEGIN SELECT RAISE(ABORT, 'fails'); END",
            "DROP TRIGGER fails",
        ),
        Postgres => (
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fails'; END $$; \
             CREATE TRIGGER fails BEFORE INSERT ON figure_document FOR EACH ROW EXECUTE FUNCTION fails()",
            "DROP TRIGGER fails ON figure_document",
        ),
    };
    node.database.raw(lay).await;
    let answer = consortium.coordinator().post(&consortium.path(), json!({"measure": "headcount"})).await;
    assert_eq!(answer.status.as_u16(), 500, "{}", answer.text);
    for table in ["figure_release", "figure_cell", "figure_document", "figure_past", "figure_value"] {
        let rows = node.database.raw(&format!("SELECT '1' FROM {table}")).await;
        assert!(rows.is_empty(), "{table}");
    }
    node.database.raw(lift).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], 15);
}

#[rstest]
#[actix_web::test]
async fn a_release_that_is_withdrawn_says_why_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 3).await;
    let entries = consortium.give_all(&[(4, "sealed"), (5, "sealed"), (6, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    let path = format!("/releases/{}", text(&release["id"]));
    let (coordinator, member) = (consortium.coordinator(), &consortium.libraries[1]);
    let why = json!({"reason": "Tallene var fra feil år"});
    member.post_from(&format!("{path}/withdraw"), 1, why.clone()).await.problem(403, "forbidden");
    coordinator
        .post_from(&format!("{path}/withdraw"), 1, json!({"reason": " "}))
        .await
        .problem(422, "invalid_input");
    let withdrawn = coordinator.post_from(&format!("{path}/withdraw"), 1, why.clone()).await.ok();
    assert_eq!((&withdrawn["reason"], &withdrawn["version"]), (&why["reason"], &json!(2)));
    coordinator.post_from(&format!("{path}/withdraw"), 2, why.clone()).await.problem(409, "conflict");
    for part in ["cells", "document"] {
        let gone = member.get(&format!("{path}/{part}")).await.problem(410, "withdrawn");
        assert!(text(&gone["detail"]).contains("feil år"), "{gone}");
    }
    assert_eq!(member.get(&path).await.ok()["reason"], why["reason"]);
    // What it told is remembered: one change since would show.
    consortium.pass("Q1").await;
    assert!(change(&consortium.libraries[0], &entries[0], 9, "sealed").await);
    let next = consortium.release().await.remove(0);
    let total = consortium.total(&next, MUSIC).await;
    assert_ne!(total["sealed"], 20);
}

#[rstest]
#[actix_web::test]
async fn a_figure_goes_into_the_releases_of_one_consortium(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let others: Vec<&Client> = consortium.libraries[..3].iter().collect();
    let smaller = node.consortium("mindre", &others).await;
    consortium.give_all(&[(4, "sealed"), (5, "sealed"), (6, "sealed"), (7, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], 22);
    // What is open is a fact in both.
    for (library, visibility) in consortium.libraries.iter().zip(["consortium", "public", "sealed", "sealed"])
    {
        give(library, "c:web", 8, visibility).await;
    }
    consortium.pass("Q1").await;
    consortium.release().await;
    // 22 - 15 would be the fourth's.
    let path = format!("/consortia/{smaller}/releases");
    let made = consortium.coordinator().post(&path, json!({"measure": "headcount"})).await.made();
    let cells = consortium.cells(others[1], &made["releases"][0], MUSIC).await;
    assert!(cells.is_empty(), "{cells:?}");
    let web = consortium.cells(others[1], &made["releases"][0], "c:web").await;
    assert_eq!(shown(group(&web, json!({}))), (Some(16), Some(0), Some(16), "full"));
    assert_eq!(group(&web, json!({}))["contributors"], json!({"open": 2, "sealed": 0}));
}

#[rstest]
#[actix_web::test]
async fn what_some_members_know_from_elsewhere_is_no_cover(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 3).await;
    let [a, b, c] = [0, 1, 2].map(|n| consortium.libraries[n].clone());
    // A shares with B in another consortium, and keeps it sealed in this one.
    node.consortium("to", &[&a, &b]).await;
    let memberships = a.get("/memberships?first=100").await.ok();
    let here =
        memberships["items"].as_array().unwrap().iter().find(|m| m["consortiumId"] == json!(consortium.id));
    let here = here.unwrap();
    let sharing = format!("/memberships/{}", text(&here["id"]));
    let sealed = json!({"competences": "sealed"});
    a.patch(&sharing, here["version"].as_i64().unwrap(), sealed).await.ok();
    give(&a, MUSIC, 4, "consortium").await;
    give(&b, MUSIC, 5, "sealed").await;
    give(&c, MUSIC, 6, "sealed").await;
    let release = consortium.release().await.remove(0);
    let total = consortium.total(&release, MUSIC).await;
    // B knows A's, so 15 would tell it C's.
    assert_eq!((shown(&total), &total["contributors"]["sealed"]), ((None, None, None, "nothing"), &json!(3)));
}

#[rstest]
#[actix_web::test]
async fn what_was_open_meanwhile_is_known_for_good(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let entries = consortium.give_all(&[(4, "sealed"), (5, "sealed"), (6, "sealed"), (7, "sealed")]).await;
    // Seen for a day, and sealed again before the release: with it known, a member knows three of four.
    for n in [0, 1] {
        assert!(change(&consortium.libraries[n], &entries[n], 4 + n as i64, "public").await);
        assert!(change(&consortium.libraries[n], &entries[n], 4 + n as i64, "sealed").await);
    }
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], Value::Null);
}

#[rstest]
#[actix_web::test]
async fn who_opens_a_figure_may_not_open_anothers_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let entries = consortium.give_all(&[(4, "sealed"), (2, "sealed"), (5, "sealed"), (3, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], 14);
    consortium.pass("Q1").await;
    assert!(change(&consortium.libraries[0], &entries[0], 4, "consortium").await);
    let next = consortium.release().await.remove(0);
    assert_eq!(shown(&consortium.total(&next, MUSIC).await), (Some(4), Some(10), Some(14), "full"));
    // With B's open, C and D would each know the other.
    let b = consortium.libraries[1].clone();
    assert!(!change(&b, &entries[1], 2, "public").await);
    let path = format!("/competences/{}", entries[1]);
    let finnish = b.clone().speaking("fi");
    let refused = finnish.patch(&path, 1, json!({"visibility": "consortium"})).await.problem(409, "conflict");
    assert!(text(&refused["errors"][0]["detail"]).contains("paljastaisi"));
    assert_eq!(b.get(&path).await.ok()["visibility"], "sealed");
    // Nor by way of another number.
    assert!(change(&b, &entries[1], 3, "consortium").await);
    assert!(!change(&b, &entries[1], 2, "consortium").await);
    assert_eq!(b.get(&path).await.ok()["holders"], 3);
}

#[rstest]
#[actix_web::test]
async fn a_merged_concept_goes_on_where_it_was(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let named = json!({"label": [{"language": "nb", "text": "Notelesing"}]});
    let path = format!("/consortia/{}/concepts", consortium.id);
    let word = consortium.coordinator().post(&path, named).await.made();
    let mut sealed = Vec::new();
    for (library, holders) in consortium.libraries.iter().zip([4, 5, 6]) {
        let body =
            json!({"conceptId": word["id"], "stance": "have", "holders": holders, "visibility": "sealed"});
        sealed.push(library.post("/competences", body).await.made());
    }
    let release = consortium.release().await.remove(0);
    let cells = format!("/releases/{}/cells", text(&release["id"]));
    assert_eq!(consortium.libraries[3].get(&cells).await.ok()["items"][0]["sealed"], 15);
    consortium.pass("Q1").await;
    let merge = format!("/concepts/{}/merge", text(&word["id"]));
    let version = word["version"].as_i64().unwrap();
    consortium.coordinator().post_from(&merge, version, json!({"intoId": concept_id(MUSIC)})).await.ok();
    // The fourth joins under the new name: 22 - 15 would be its own.
    give(&consortium.libraries[3], MUSIC, 7, "sealed").await;
    let next = consortium.release().await.remove(0);
    let total = consortium.total(&next, MUSIC).await;
    assert_eq!((&total["sealed"], &total["asOf"]), (&json!(15), &json!("Q1")));
}

#[rstest]
#[actix_web::test]
async fn one_after_another_is_as_all_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 5).await;
    let given: Vec<(i64, &str)> = [11, 13, 17, 19, 23].map(|holders| (holders, "sealed")).to_vec();
    let entries = consortium.give_all(&given).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], 83);
    // Three of five are open: what is left is shared by two, and each would know the other's. No release is made in between.
    let mut opened = Vec::new();
    for (n, (holders, _)) in given.iter().enumerate().take(4) {
        opened.push(change(&consortium.libraries[n], &entries[n], *holders, "consortium").await);
    }
    assert_eq!(opened, [true, true, false, false]);
    // Nor under another flag: the number alone is enough for whoever saw the sum.
    let library = &consortium.libraries[2];
    let path = format!("/competences/{}", entries[2]);
    for way in [
        json!({"visibility": "consortium", "stance": "want"}),
        json!({"visibility": "public", "conceptId": concept_id("c:web")}),
    ] {
        library.patch(&path, version(library, &entries[2]).await, way).await.problem(409, "conflict");
    }
    assert_eq!(library.get(&path).await.ok()["visibility"], "sealed");
    // Without the number it may be shown.
    let bare = json!({"visibility": "consortium", "clear": ["holders"]});
    library.patch(&path, version(library, &entries[2]).await, bare).await.ok();
}

#[rstest]
#[actix_web::test]
async fn of_two_that_open_at_once_one_may(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let consortium = Consortium::alike(&node, 4).await;
    let entries = consortium.give_all(&[(4, "sealed"), (2, "sealed"), (5, "sealed"), (3, "sealed")]).await;
    let release = consortium.release().await.remove(0);
    assert_eq!(consortium.total(&release, MUSIC).await["sealed"], 14);
    let (a, b) = (&consortium.libraries[0], &consortium.libraries[1]);
    let both = join(change(a, &entries[0], 4, "consortium"), change(b, &entries[1], 2, "consortium")).await;
    assert!(both.0 != both.1, "{both:?}");
}
