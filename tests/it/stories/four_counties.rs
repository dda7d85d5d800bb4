//! «Hva er vi gode på, og hva vil vi?»: the first gathering of four county libraries (seed 004), in Norwegian.

use serde_json::{Value, json};

use super::{Tongue, closed, items, library, named, opened, path, report, texts, write};
use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

const NB: Tongue = Tongue("nb");

fn seed() -> Value {
    serde_json::from_str(include_str!("../../../src/demo/data/norway-four-counties.json")).unwrap()
}

fn raw(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|line| line["raw"].as_str().unwrap()).collect()
}

/// Writes the lines in turn, as the libraries do around the table.
async fn around(libraries: &[Client], exercise: &Value, prompt: i64, lines: &[&str]) -> Vec<(usize, Value)> {
    let mut written = Vec::new();
    for (n, library) in libraries.iter().enumerate() {
        let own: Vec<&str> = lines.iter().skip(n).step_by(libraries.len()).copied().collect();
        written.extend(
            write(library, exercise, NB.answers(prompt, &own)).await.into_iter().map(|note| (n, note)),
        );
    }
    written
}

async fn states(libraries: &[Client], notes: &[(usize, Value)], kind: &str) -> Vec<(usize, Value)> {
    let mut made = Vec::new();
    for (n, note) in notes {
        let body = json!({"kind": kind, "visibility": "consortium"});
        let note = libraries[*n].post_from(&format!("{}/statement", path("notes", note)), 1, body).await.ok();
        made.push((
            *n,
            libraries[*n].get(&format!("/statements/{}", note["becameId"].as_str().unwrap())).await.ok(),
        ));
    }
    made
}

/// Shows 10, 12, 33, 34, 35, 36, 44, 62, 121, 122, 123, 156 by createMeeting, pasteCompetences, landscape, suggestions, meetingReport.
#[rstest]
#[actix_web::test]
async fn the_first_gathering_finds_out_what_it_is_good_at_and_wants(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let seed = seed();
    let mut libraries = Vec::new();
    for tenant in seed["tenants"].as_array().unwrap() {
        let name = format!("{} fylkesbibliotek", tenant["name"].as_str().unwrap());
        libraries.push(library(&node, tenant["id"].as_str().unwrap(), &name, "NO", "nb").await);
    }
    let [akershus, vestfold, ostfold, buskerud] = &libraries[..] else { panic!("four counties") };
    let outside = library(&node, "tromso", "Troms fylkesbibliotek", "NO", "nb").await;
    let consortium = node.consortium("fire-fylker", &libraries.iter().collect::<Vec<_>>()).await;
    named(akershus, consortium, NB.text("Fire fylkesbibliotek")).await;
    let of = |what: &str| format!("/consortia/{consortium}/{what}");

    // Before: when it is, known to the month alone.
    let meeting = json!({"title": NB.text("Hva er vi gode på, og hva vil vi?"), "number": 1, "held": "2010-05", "place": "Oslo",
        "goals": [{"text": NB.text("Å finne ut hva det er fornuftig å samarbeide om")}]});
    let meeting = akershus.post(&of("meetings"), meeting).await.made();
    let on = path("meetings", &meeting);
    for who in &libraries {
        who.put(&format!("{on}/attendance"), json!({"people": 3})).await.ok();
    }

    // During: each pastes its list of what it is good at; together they write what several are.
    let mut ranked = Vec::new();
    for (tenant, who) in seed["tenants"].as_array().unwrap().iter().zip(&libraries) {
        let lines: Vec<&str> =
            tenant["strengths"].as_array().unwrap().iter().map(|l| l["raw"].as_str().unwrap()).collect();
        let list =
            json!({"text": lines.join("\n"), "language": "nb", "stance": "have", "visibility": "consortium"});
        let pasted = who.post("/competences/paste", list).await.ok();
        assert_eq!((&pasted["unmapped"], &pasted["refused"]), (&json!(0), &json!(0)));
        ranked.push(pasted["added"].as_i64().unwrap());
    }
    assert_eq!(ranked, [14, 8, 16, 13]);
    let strengths = opened(
        akershus,
        &meeting,
        json!({"kind": "strengths", "title": NB.text("Hva er vi gode på? (felles for flere)")}),
    )
    .await;
    let common = raw(&seed["strengthsCommonToSeveral"]);
    write(akershus, &strengths, NB.shown(&common)).await;
    let challenges = opened(
        akershus,
        &meeting,
        json!({"kind": "challenges", "title": NB.text("Utfordringer"),
        "prompts": [NB.text("Hva er de største utfordringene?")]}),
    )
    .await;
    let notes = around(&libraries, &challenges, 1, &raw(&seed["challenges"])).await;
    assert_eq!(states(&libraries, &notes, "challenge").await.len(), 20);
    let ambitions = opened(
        akershus,
        &meeting,
        json!({"kind": "ambitions", "title": NB.text("Ambisjoner"),
        "prompts": NB.texts(&["Hva vil vi få til?", "Gjennom å:"])}),
    )
    .await;
    let notes = around(&libraries, &ambitions, 1, &raw(&seed["ambitions"])).await;
    let wanted = states(&libraries, &notes, "ambition").await;
    assert_eq!(wanted.len(), 23);
    let notes = around(&libraries, &ambitions, 2, &raw(&seed["means"])).await;
    let means = states(&libraries, &notes, "means").await;
    // Means serve an ambition of the same library.
    for (n, by) in &means {
        let (_, serves) = wanted.iter().find(|(owner, _)| owner == n).unwrap();
        let to = json!({"ambitionId": serves["id"]});
        libraries[*n].patch(&path("statements", by), by["version"].as_i64().unwrap(), to).await.ok();
    }
    for exercise in [&strengths, &challenges, &ambitions] {
        closed(akershus, exercise).await;
    }

    // What comes out is what the gathering found.
    let expected = &seed["expected"];
    let landscape = buskerud.get(&of("landscape")).await.ok();
    assert_eq!(landscape["totals"]["concepts"], expected["consortiumDistinctConcepts"]);
    assert_eq!((&landscape["totals"]["common"], &landscape["totals"]["unique"]), (&json!(6), &json!(35)));
    let strong = ostfold.get(&format!("{}?kind=common_strength&first=100", of("suggestions"))).await.ok();
    let mut strong: Vec<&str> =
        items(&strong).iter().map(|s| s["concepts"][0]["notation"].as_str().unwrap()).collect();
    strong.sort_unstable();
    let mut found: Vec<&str> =
        expected["heldByAtLeast2"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(strong, found);
    let overview = vestfold.get(&format!("{}?kind=challenge", of("statements"))).await.ok();
    assert_eq!(overview["fields"][0]["total"], 20);
    assert!(outside.get("/statements").await.ok()["items"].as_array().unwrap().is_empty());

    // A forum of those who do the same work, for the time to come.
    let forum = json!({"name": NB.text("Fagforum XO"), "kind": "network", "memberIds": [ostfold.tenant, buskerud.tenant]});
    let forum = akershus.post(&of("groups"), forum).await.made();
    assert_eq!(vestfold.get(&path("groups", &forum)).await.ok()["members"].as_array().unwrap().len(), 2);

    // After: who writes the final report, and by when, roughly; and the summary for all four.
    let report_due = json!({"text": "Sluttrapporten legges fram", "language": "nb", "due": "2010-06-01~", "consortiumId": consortium,
        "partnerIds": [vestfold.tenant, ostfold.tenant, buskerud.tenant], "visibility": "consortium"});
    let promised = akershus.post("/commitments", report_due).await.made();
    assert_eq!(promised["due"], "2010-06-01~");
    let summary = json!({"goals": [{"text": NB.text("Å finne ut hva det er fornuftig å samarbeide om"), "reached": true}],
        "summary": NB.text("De fire fylkesbibliotekene sitter med en flott kompetanse. Listene er i ikke-prioritert rekkefølge, og danner grunnlaget for anbefalingene i sluttrapporten."),
        "publishSummary": true});
    akershus.patch(&on, 1, summary).await.ok();
    report("four_counties.md", &meeting, &[akershus, buskerud]).await;
    outside.get(&format!("{on}/report")).await.problem(404, "not_found");
    let by_vestfold = vestfold.get("/commitments?withUs=true").await.ok();
    assert_eq!(texts(&by_vestfold), ["Sluttrapporten legges fram"]);
}
