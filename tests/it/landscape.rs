//! What a consortium finds when its members lay their lists side by side.

use std::collections::{BTreeMap, BTreeSet};

use migration::registers::concept_id;
use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn seed() -> Value {
    serde_json::from_str(include_str!("../../src/demo/data/norway-four-counties.json")).unwrap()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The four county libraries, each with its own list, shared in one consortium. By short name.
async fn four_counties(node: &TestNode) -> (ConsortiumId, BTreeMap<String, Client>) {
    let seed = seed();
    let mut libraries = Vec::new();
    for tenant in list(&seed["tenants"]) {
        let library = node.tenant(tenant["id"].as_str().unwrap()).await;
        let lines: Vec<String> = list(&tenant["strengths"]).map(|line| text(&line["raw"])).collect();
        let body =
            json!({"text": lines.join("\n"), "language": "nb", "stance": "have", "visibility": "consortium"});
        library.post("/competences/paste", body).await.ok();
        libraries.push((text(&tenant["id"]), library));
    }
    let members: Vec<&Client> = libraries.iter().map(|(_, library)| library).collect();
    let consortium = node.consortium("fire-fylker", &members).await;
    (consortium, libraries.into_iter().collect())
}

async fn add(library: &Client, notation: &str, stance: &str, level: Option<i64>, visibility: &str) -> String {
    let mut body = json!({"conceptId": concept_id(notation), "stance": stance, "visibility": visibility});
    if let Some(level) = level {
        body[if stance == "have" { "level" } else { "targetLevel" }] = level.into();
    }
    text(&library.post("/competences", body).await.made()["id"])
}

const LANDSCAPE: &str = "query($id: ID!) { landscape(consortiumId: $id) {
    themes { theme { id notation label { text language fallback } } tenants { tenantId slug concepts }
        concepts { concept { id notation label { text language fallback } } class covered
            have { tenant { id slug name { text language fallback } } level } want { tenant { id slug name { text language fallback } } targetLevel }
            levels { level tenants } } }
    totals { concepts common unique gap covered }
    completeness { consortiumIds expected reporting inParts asOf definition { text language fallback } source { text language fallback }
        licence { text language fallback } } } }";

const OVERLAP: &str = "query($id: ID!) { overlap(consortiumId: $id) {
    tenants { tenant { id slug name { text language fallback } } concepts }
    pairs { a b sharedConcepts shared onlyA onlyB union jaccard { numerator denominator value } }
    mostSimilar { a b sharedConcepts shared onlyA onlyB union jaccard { numerator denominator value } }
    complements { wants has concepts } concepts { id notation label { text language fallback } }
    completeness { consortiumIds expected reporting inParts asOf definition { text language fallback } source { text language fallback }
        licence { text language fallback } } } }";

const STRENGTHS: &str = "query($id: ID!, $of: [ID!]!) { commonStrengths(consortiumId: $id, conceptIds: $of) {
    strengths { concept { id notation label { text language fallback } } confirmedBy common tenants { id slug name { text language fallback } } }
    common unconfirmed notClaimed { id notation label { text language fallback } }
    completeness { consortiumIds expected reporting inParts asOf definition { text language fallback } source { text language fallback }
        licence { text language fallback } } } }";

/// GraphQL's answer as REST would give it: absent instead of null, words instead of names in capitals.
pub fn as_rest(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            const WORDS: [&str; 8] =
                ["class", "cube", "dimension", "groupBy", "kind", "language", "state", "term"];
            let kept = fields.iter().filter(|(_, v)| !v.is_null()).map(|(name, v)| {
                let word = WORDS.contains(&name.as_str());
                (name.clone(), if word { lower(v) } else { as_rest(v) })
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(as_rest).collect(),
        other => other.clone(),
    }
}

fn lower(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(lower).collect(),
        value => value.as_str().map_or(Value::Null, |word| word.to_lowercase().into()),
    }
}

/// notation -> (class, who has it)
fn holders(landscape: &Value) -> BTreeMap<String, (String, BTreeSet<String>)> {
    list(&landscape["themes"])
        .flat_map(|theme| list(&theme["concepts"]))
        .map(|c| {
            let who = list(&c["have"]).map(|h| text(&h["tenant"]["slug"])).collect();
            (text(&c["concept"]["notation"]), (text(&c["class"]), who))
        })
        .collect()
}

/// Shows 12, 33, 34, 35, 71 by landscape, overlap, overlapOf, commonStrengths.
#[rstest]
#[actix_web::test]
async fn the_four_counties_find_what_the_gathering_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (consortium, libraries) = four_counties(&node).await;
    let source = finds_what_the_gathering_found(consortium, &libraries).await;
    assert!(source.contains("fire-fylker"), "{source}");
}

/// Asks the node, over REST and GraphQL, and compares with what stands under `expected`. Gives what is to be cited.
pub async fn finds_what_the_gathering_found(
    consortium: ConsortiumId,
    libraries: &BTreeMap<String, Client>,
) -> String {
    let expected = seed()["expected"].clone();
    let asker = &libraries["no-vestfold"];

    let landscape = asker.get(&format!("/consortia/{consortium}/landscape")).await.ok();
    let told = holders(&landscape);
    let wanted: BTreeMap<String, (String, BTreeSet<String>)> = list(&expected["conceptHolders"])
        .map(|c| {
            let who: BTreeSet<String> = list(&c["tenants"]).map(text).collect();
            let class = if who.len() == 1 { "unique" } else { "common" };
            (text(&c["concept"]), (class.to_owned(), who))
        })
        .collect();
    assert_eq!(told, wanted);
    let by = |n: usize| told.values().filter(|(_, who)| who.len() == n).count();
    assert_eq!((told.len(), by(4), by(3), by(2), by(1)), (41, 0, 4, 2, 35));
    assert_eq!(
        landscape["totals"],
        json!({"concepts": 41, "common": 6, "unique": 35, "gap": 0, "covered": 0})
    );
    for (slug, count) in expected["uniqueCounts"].as_object().unwrap() {
        let unique = told.values().filter(|(class, who)| class == "unique" && who.contains(slug)).count();
        assert_eq!(json!(unique), *count, "{slug}");
    }
    for (slug, themes) in expected["themeCountsByTenant"].as_object().unwrap() {
        for (notation, count) in themes.as_object().unwrap() {
            let theme = list(&landscape["themes"]).find(|t| t["theme"]["notation"] == notation.as_str());
            let share = theme.and_then(|t| list(&t["tenants"]).find(|s| s["slug"] == slug.as_str()));
            assert_eq!(share.map_or(&json!(0), |s| &s["concepts"]), count, "{slug} {notation}");
        }
    }
    let about = &landscape["completeness"];
    assert_eq!((&about["expected"], &about["reporting"]), (&json!(4), &json!(4)));
    let source = text(&about["source"]["text"]);

    let overlap = asker.get(&format!("/consortia/{consortium}/overlap")).await.ok();
    let id = |slug: &str| json!(libraries[slug].tenant);
    assert_eq!(overlap["pairs"].as_array().unwrap().len(), 6);
    for wanted in list(&expected["pairwiseJaccard"]) {
        let (a, b) = (id(wanted["a"].as_str().unwrap()), id(wanted["b"].as_str().unwrap()));
        let pair = list(&overlap["pairs"])
            .find(|p| (p["a"] == a && p["b"] == b) || (p["a"] == b && p["b"] == a))
            .unwrap();
        assert_eq!(pair["jaccard"]["numerator"], wanted["intersection"], "{wanted}");
        assert_eq!(pair["jaccard"]["denominator"], wanted["union"], "{wanted}");
        assert_eq!(pair["jaccard"]["value"], wanted["jaccard"], "{wanted}");
        let shared: BTreeSet<String> =
            list(&wanted["shared"]).map(|c| concept_id(c.as_str().unwrap()).to_string()).collect();
        let told: BTreeSet<String> = list(&pair["sharedConcepts"]).map(text).collect();
        assert_eq!(told, shared, "{wanted}");
    }
    let most = &overlap["mostSimilar"];
    assert_eq!(
        BTreeSet::from([most["a"].to_string(), most["b"].to_string()]),
        BTreeSet::from([id("no-vestfold").to_string(), id("no-buskerud").to_string()])
    );

    let two = asker
        .get(&format!(
            "/tenants/{}/overlap/{}",
            libraries["no-vestfold"].tenant, libraries["no-buskerud"].tenant
        ))
        .await
        .ok();
    assert_eq!((&two["jaccard"]["numerator"], &two["union"]), (&json!(3), &json!(18)));
    assert_eq!((two["onlyA"].as_array().unwrap().len(), two["onlyB"].as_array().unwrap().len()), (5, 10));

    let claimed: Vec<String> = list(&expected["commonListConcepts"])
        .map(|c| concept_id(c["concept"].as_str().unwrap()).to_string())
        .collect();
    let path = format!("/consortia/{consortium}/common-strengths?conceptIds={}", claimed.join(","));
    let strengths = asker.get(&path).await.ok();
    for (told, wanted) in list(&strengths["strengths"]).zip(list(&expected["commonListConcepts"])) {
        assert_eq!(told["concept"]["notation"], wanted["concept"]);
        assert_eq!(told["confirmedBy"], wanted["count"], "{wanted}");
        let who: Vec<String> = list(&told["tenants"]).map(|t| text(&t["slug"])).collect();
        assert_eq!(json!(who), wanted["tenantsListingItThemselves"], "{wanted}");
    }
    let common: Vec<&Value> = list(&strengths["strengths"])
        .filter(|s| s["common"] == true)
        .map(|s| &s["concept"]["notation"])
        .collect();
    assert_eq!(json!(common), expected["commonListConfirmedBy2Tenants"]);
    let forgotten: BTreeSet<String> = list(&strengths["notClaimed"]).map(|c| text(&c["notation"])).collect();
    assert_eq!(forgotten, list(&expected["heldBy2ButNotInCommonList"]).map(text).collect());

    // GraphQL says the same, figure by figure and word by word.
    let graphql = asker.data(LANDSCAPE, json!({"id": consortium})).await;
    assert_eq!(as_rest(&graphql["landscape"]), landscape);
    let graphql = asker.data(OVERLAP, json!({"id": consortium})).await;
    assert_eq!(as_rest(&graphql["overlap"]), overlap);
    let graphql = asker.data(STRENGTHS, json!({"id": consortium, "of": claimed})).await;
    assert_eq!(as_rest(&graphql["commonStrengths"]), strengths);
    source
}

/// Every figure of a consortium, as bytes.
async fn figures(library: &Client, consortium: ConsortiumId) -> Vec<Answer> {
    let claimed = format!("{},{}", concept_id("c:music"), concept_id("c:weeding"));
    let mut all = Vec::new();
    for path in [
        "landscape".to_owned(),
        "landscape?stance=want".to_owned(),
        "overlap".to_owned(),
        format!("common-strengths?conceptIds={claimed}"),
        "aggregates/competences".to_owned(),
        "aggregates/competences?groupBy=concept,tenant,stance".to_owned(),
        "aggregates/competences?groupBy=theme,level".to_owned(),
        "aggregates/competences?groupBy=concept&format=csv".to_owned(),
    ] {
        let answer = library.get(&format!("/consortia/{consortium}/{path}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
        all.push(answer);
    }
    all
}

fn same(one: &[Answer], other: &[Answer]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.text, other.text);
        assert_eq!(one.text.len(), other.text.len());
        assert!(one.header("etag").len() > 20);
        for name in ["etag", "content-length", "content-type", "vary"] {
            assert_eq!(one.header(name), other.header(name), "{name}");
        }
    }
}

/// Shows 40 by landscape, overlap, commonStrengths, aggregateCompetences.
#[rstest]
#[actix_web::test]
async fn a_private_or_sealed_entry_moves_no_figure(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (consortium, libraries) = four_counties(&node).await;
    let before = figures(&libraries["no-vestfold"], consortium).await;
    // Everybody is told the same, whoever asks.
    for library in libraries.values() {
        same(&figures(library, consortium).await, &before);
    }
    for library in libraries.values() {
        // What others have, what nobody has, what is wanted: none of it is to be seen.
        for (notation, stance) in [("c:weeding", "have"), ("c:music", "want"), ("c:social-media", "want")] {
            add(library, notation, stance, Some(4), "private").await;
        }
        for (notation, stance) in
            [("c:web", "have"), ("c:interlibrary-loan", "want"), ("c:logistics", "have")]
        {
            add(library, notation, stance, None, "sealed").await;
        }
        let unmapped = json!({"sourcePhrase": "noe ganske eget xyzzy", "language": "nb", "stance": "have", "visibility": "private"});
        library.post("/competences", unmapped).await.made();
    }
    for library in libraries.values() {
        same(&figures(library, consortium).await, &before);
    }
    // The control: an entry that is shared moves them.
    add(&libraries["no-ostfold"], "c:visibility", "want", None, "consortium").await;
    let after = figures(&libraries["no-vestfold"], consortium).await;
    assert!(after.iter().zip(&before).filter(|(a, b)| a.text != b.text).count() >= 6);
}

/// The caller's membership: its id and version.
async fn membership(library: &Client) -> (String, i64) {
    let mine = library.get("/memberships").await.ok();
    (text(&mine["items"][0]["id"]), mine["items"][0]["version"].as_i64().unwrap())
}

#[rstest]
#[actix_web::test]
async fn what_a_member_does_not_let_in_is_not_counted(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (consortium, libraries) = four_counties(&node).await;
    let (asker, ostfold) = (&libraries["no-vestfold"], &libraries["no-ostfold"]);
    let look = async || {
        let landscape = asker.get(&format!("/consortia/{consortium}/landscape")).await.ok();
        let about = &landscape["completeness"];
        let told = holders(&landscape);
        let ours = told.values().filter(|(_, who)| who.contains("no-ostfold")).count();
        (told.len(), ours, about["expected"].clone(), about["reporting"].clone())
    };
    assert_eq!(look().await, (41, 16, json!(4), json!(4)));
    let (id, _) = membership(ostfold).await;
    for cap in ["none", "sealed"] {
        let (_, version) = membership(ostfold).await;
        ostfold.patch(&format!("/memberships/{id}"), version, json!({"competences": cap})).await.ok();
        // Twelve of them only Østfold has.
        assert_eq!(look().await, (29, 0, json!(4), json!(3)), "{cap}");
    }
    let (_, version) = membership(ostfold).await;
    ostfold.patch(&format!("/memberships/{id}"), version, json!({"competences": "full"})).await.ok();
    assert_eq!(look().await, (41, 16, json!(4), json!(4)));
    // Who leaves takes its entries with it, and reads no more figures.
    let path = format!("/consortia/{consortium}/landscape");
    ostfold.get(&path).await.ok();
    let (_, version) = membership(ostfold).await;
    ostfold.post_from(&format!("/memberships/{id}/leave"), version, json!({})).await;
    assert_eq!(look().await, (29, 0, json!(3), json!(3)));
    ostfold.get(&path).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn figures_are_for_members_and_hidden_is_absent(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (consortium, libraries) = four_counties(&node).await;
    let stranger = node.tenant("fremmed").await;
    let invited = node.tenant("invitert").await;
    let coordinator = &libraries["no-akershus"];
    let invitation = json!({"tenantId": invited.tenant, "role": "member"});
    coordinator.post(&format!("/consortia/{consortium}/memberships"), invitation).await.made();
    let viewer = node.client(coordinator.tenant, Role::Viewer);
    let music = concept_id("c:music");
    for path in
        ["landscape", "overlap", "aggregates/competences", &format!("common-strengths?conceptIds={music}")]
    {
        for outsider in [&stranger, &invited] {
            let hidden =
                outsider.get(&format!("/consortia/{consortium}/{path}")).await.problem(404, "not_found");
            let absent = outsider
                .get(&format!("/consortia/{}/{path}", uuid::Uuid::now_v7()))
                .await
                .problem(404, "not_found");
            assert_eq!((&hidden["title"], &hidden["detail"]), (&absent["title"], &absent["detail"]));
        }
        node.operator().get(&format!("/consortia/{consortium}/{path}")).await.problem(403, "forbidden");
        node.anonymous()
            .get(&format!("/consortia/{consortium}/{path}"))
            .await
            .problem(401, "unauthenticated");
        viewer.get(&format!("/consortia/{consortium}/{path}")).await.ok();
    }
    // An invitation is in a consortium, and no contribution to it.
    let about = viewer.get(&format!("/consortia/{consortium}/landscape")).await.ok();
    assert_eq!(about["completeness"]["expected"], 4);
    // Two libraries side by side: a stranger sees that they are there, and nothing of what they share among them.
    let path = format!("/tenants/{}/overlap/{}", coordinator.tenant, libraries["no-ostfold"].tenant);
    assert_eq!(stranger.get(&path).await.ok()["union"], 0);
    assert!(stranger.get(&path).await.ok()["jaccard"].get("value").is_none());
    assert_eq!(viewer.get(&path).await.ok()["union"], 28);
    viewer
        .get(&format!("/tenants/{}/overlap/{}", coordinator.tenant, uuid::Uuid::now_v7()))
        .await
        .problem(404, "not_found");

    let strengths = format!("/consortia/{consortium}/common-strengths");
    let fault = viewer.get(&format!("{strengths}?conceptIds={music},{}", uuid::Uuid::now_v7())).await;
    let fault = fault.problem(422, "invalid_input");
    assert_eq!(
        (&fault["errors"][0]["pointer"], &fault["errors"][0]["code"]),
        (&json!("/conceptIds/1"), &json!("unknown_concept"))
    );
    viewer.get(&format!("{strengths}?conceptIds=")).await.problem(422, "invalid_input");
    viewer.get(&format!("{strengths}?conceptIds=musikk")).await.problem(422, "invalid_input");
    viewer.get(&strengths).await.problem(422, "invalid_input");
    let many = vec![music.to_string(); 101].join(",");
    viewer.get(&format!("{strengths}?conceptIds={many}")).await.problem(422, "invalid_input");
    let twice = viewer.get(&format!("{strengths}?conceptIds={music},{music}")).await.ok();
    assert_eq!(twice["strengths"].as_array().unwrap().len(), 1);
    viewer.get(&format!("/consortia/{consortium}/landscape?tema=x")).await.problem(422, "invalid_input");
}

/// Shows 19, 38, 72 by createCompetence, landscape, overlap.
#[rstest]
#[actix_web::test]
async fn gaps_and_cover_are_told_in_six_languages(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [a, b, c] = [node.tenant("aa").await, node.tenant("bb").await, node.tenant("cc").await];
    let consortium = node.consortium("tre", &[&a, &b, &c]).await;
    let path = format!("/consortia/{consortium}/landscape");
    // Nothing shared is an empty landscape, not a missing one.
    let empty = a.get(&path).await.ok();
    assert_eq!((&empty["themes"], &empty["completeness"]["reporting"]), (&json!([]), &json!(0)));
    add(&a, "c:music", "have", Some(4), "consortium").await;
    add(&b, "c:music", "want", Some(3), "public").await;
    add(&b, "c:weeding", "want", None, "consortium").await;
    add(&c, "c:games", "have", None, "consortium").await;
    add(&c, "c:games", "want", Some(4), "consortium").await;
    let landscape = a.get(&path).await.ok();
    let concept = |notation: &str| {
        list(&landscape["themes"])
            .flat_map(|t| list(&t["concepts"]))
            .find(|c| c["concept"]["notation"] == notation)
            .cloned()
            .unwrap()
    };
    let music = concept("c:music");
    assert_eq!((&music["class"], &music["covered"]), (&json!("unique"), &json!(true)));
    assert_eq!((&music["have"][0]["level"], &music["want"][0]["targetLevel"]), (&json!(4), &json!(3)));
    assert_eq!(music["levels"], json!([{"level": 4, "tenants": 1}]));
    assert_eq!(
        (&concept("c:weeding")["class"], &concept("c:weeding")["covered"]),
        (&json!("gap"), &json!(false))
    );
    assert_eq!(
        (&concept("c:games")["class"], &concept("c:games")["covered"]),
        (&json!("unique"), &json!(false))
    );
    assert_eq!(landscape["totals"], json!({"concepts": 3, "common": 0, "unique": 2, "gap": 1, "covered": 1}));
    let overlap = a.get(&format!("/consortia/{consortium}/overlap")).await.ok();
    assert_eq!(
        overlap["complements"],
        json!([{"wants": b.tenant, "has": a.tenant, "concepts": [concept_id("c:music")]}])
    );
    assert!(overlap.get("mostSimilar").is_none());
    // Filters choose what is shown.
    let theme = migration::registers::concept_id("t:literature");
    let games = a.get(&format!("{path}?themeId={theme}")).await.ok();
    assert_eq!(games["totals"]["concepts"], 1);
    let wanted = a.get(&format!("{path}?stance=want")).await.ok();
    assert_eq!((&wanted["totals"]["concepts"], &wanted["totals"]["unique"]), (&json!(3), &json!(2)));
    let mut words = BTreeSet::new();
    for language in ["nb", "nn", "sv", "da", "fi", "en"] {
        let told = a.clone().speaking(language).get(&path).await.ok();
        let labels = list(&told["themes"]).flat_map(|t| list(&t["concepts"])).map(|c| &c["concept"]["label"]);
        for label in labels.chain([&told["completeness"]["definition"], &told["completeness"]["licence"]]) {
            assert_eq!(
                (&label["language"], &label["fallback"]),
                (&json!(language), &json!(false)),
                "{label}"
            );
        }
        words.insert(text(&told["completeness"]["definition"]["text"]));
    }
    assert_eq!(words.len(), 6);
}

const MATCHES: &str = "{ total definition { text language fallback } matches { concept { id notation label { text language fallback } }
    tenant { id slug name { text language fallback } } wantId wantedLevel haveId level score
    terms { term label { text language fallback } value weight points } } }";

/// Shows 37 by matches, matchesOffered.
#[rstest]
#[actix_web::test]
async fn a_want_meets_those_who_can_teach_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let make = async |slug: &str, country: &str, regions: &[&str]| {
        let body = json!({"slug": slug, "kind": "county_library", "country": country, "regionIds": regions,
            "name": [{"language": "nb", "text": slug}]});
        let made = node.operator().post("/tenants", body).await.made();
        node.client(text(&made["id"]).parse().unwrap(), Role::Admin)
    };
    let me = make("meg", "NO", &["no-31", "no-32"]).await;
    let near = make("naer", "NO", &["no-32", "no-33", "no-31"]).await;
    let far = make("fjern", "NO", &["no-50"]).await;
    let swede = make("svensk", "SE", &["se-08"]).await;
    let low = make("lav", "NO", &["no-31"]).await;
    let secret = make("hemmelig", "NO", &["no-31"]).await;
    let outside = make("utenfor", "NO", &["no-31"]).await;
    node.consortium("alle", &[&me, &near, &far, &swede, &low, &secret]).await;
    let want = add(&me, "c:music", "want", Some(3), "private").await;
    let path = format!("/competences/{want}/matches");
    assert_eq!(me.get(&path).await.ok()["total"], 0);
    add(&near, "c:music", "have", Some(3), "consortium").await;
    add(&far, "c:music", "have", Some(4), "consortium").await;
    add(&swede, "c:music", "have", Some(4), "public").await;
    add(&low, "c:music", "have", Some(2), "consortium").await;
    add(&secret, "c:music", "have", Some(4), "private").await;
    add(&outside, "c:music", "have", Some(4), "consortium").await;
    add(&near, "c:weeding", "have", Some(4), "consortium").await;
    let matches = me.get(&path).await.ok();
    let told: Vec<(String, i64)> = list(&matches["matches"])
        .map(|m| (text(&m["tenant"]["slug"]), m["score"].as_i64().unwrap()))
        .collect();
    // Region 4, country 2, language 1; or a level above, country, language; or a level above alone.
    assert_eq!(told, [("naer".into(), 7), ("fjern".into(), 5), ("svensk".into(), 2)]);
    for m in list(&matches["matches"]) {
        let sum: i64 = list(&m["terms"]).map(|t| t["points"].as_i64().unwrap()).sum();
        assert_eq!(json!(sum), m["score"]);
    }
    assert_eq!(matches["total"], 3);
    let graphql =
        me.data(&format!("query($id: ID!) {{ matches(id: $id) {MATCHES} }}"), json!({"id": want})).await;
    assert_eq!(as_rest(&graphql["matches"]), matches);

    // The other direction: a want that is kept private is offered nothing, a shared one is.
    assert_eq!(near.get("/matches/offered").await.ok()["total"], 0);
    me.patch(&format!("/competences/{want}"), 1, json!({"visibility": "consortium"})).await.ok();
    let offered = near.get("/matches/offered").await.ok();
    assert_eq!(offered["total"], 1);
    let first = &offered["matches"][0];
    assert_eq!(
        (&first["tenant"]["slug"], &first["wantId"], &first["score"]),
        (&json!("meg"), &json!(want), &json!(7))
    );
    assert_eq!(low.get("/matches/offered").await.ok()["total"], 0, "below the wanted level");
    assert_eq!(
        secret.get("/matches/offered").await.ok()["total"],
        1,
        "its own private entry is its own to look from"
    );
    assert_eq!(outside.get("/matches/offered").await.ok()["total"], 0);
    let graphql = near.data(&format!("{{ matchesOffered {MATCHES} }}"), json!({})).await;
    assert_eq!(as_rest(&graphql["matchesOffered"]), offered);
    // From one of its own entries.
    let own = text(&first["haveId"]);
    assert_eq!(near.get(&format!("/competences/{own}/matches")).await.ok()["matches"], offered["matches"]);

    // A joint project counts; one that is only an invitation does not.
    let project =
        far.post("/projects", json!({"title": [{"language": "nb", "text": "Sammen"}]})).await.made();
    let seats = format!("/projects/{}/participants", text(&project["id"]));
    far.post(&seats, json!({"tenantId": me.tenant, "role": "partner"})).await.made();
    let score = async |slug: &str| {
        let matches = me.get(&path).await.ok();
        list(&matches["matches"]).find(|m| m["tenant"]["slug"] == slug).unwrap()["score"].as_i64().unwrap()
    };
    assert_eq!(score("fjern").await, 5);
    me.post_from(&format!("/projects/{}/participation/accept", text(&project["id"])), 1, json!({}))
        .await
        .ok();
    assert_eq!((score("fjern").await, score("naer").await), (8, 7));

    // Another library's entry is not mine to ask from: seen 403, hidden 404 as if it were not there.
    near.get(&path).await.problem(403, "forbidden");
    let hidden = outside.get(&path).await.problem(404, "not_found");
    let absent = outside
        .get(&format!("/competences/{}/matches", uuid::Uuid::now_v7()))
        .await
        .problem(404, "not_found");
    assert_eq!(hidden["detail"], absent["detail"]);
    node.operator().get(&path).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_figure_costs_the_same_for_few_and_many(#[values(Sqlite, Postgres)] kind: Kind) {
    // What it costs to count, where nothing is kept.
    let node = TestNode::start_with(kind, samvirke::tenancy::Options { kept: 0, ..Default::default() }).await;
    let [a, b] = [node.tenant("aa").await, node.tenant("bb").await];
    let consortium = node.consortium("liten", &[&a, &b]).await;
    add(&a, "c:music", "have", None, "consortium").await;
    let want = add(&b, "c:music", "want", None, "consortium").await;
    let paths = [
        (format!("/consortia/{consortium}/landscape"), 4),
        (format!("/consortia/{consortium}/landscape-comparison?before=2020-01-01&after=2021-01-01"), 4),
        (format!("/consortia/{consortium}/overlap"), 4),
        (format!("/consortia/{consortium}/common-strengths?conceptIds={}", concept_id("c:music")), 5),
        (format!("/consortia/{consortium}/aggregates/competences?groupBy=concept,tenant"), 4),
        (format!("/consortia/{consortium}/aggregates/competences?groupBy=region"), 6),
        (format!("/tenants/{}/overlap/{}", a.tenant, b.tenant), 2),
        (format!("/competences/{want}/matches"), 2),
        ("/matches/offered".to_owned(), 2),
        ("/aggregates/competences/definition".to_owned(), 0),
    ];
    let count = async || {
        let mut counts = Vec::new();
        for (path, _) in &paths {
            let before = node.app.db.statements();
            b.get(path).await.ok();
            counts.push(node.app.db.statements() - before);
        }
        counts
    };
    let few = count().await;
    assert_eq!(
        few,
        paths.iter().map(|(_, n)| *n).collect::<Vec<u64>>(),
        "begin, and as many questions as there are kinds of things"
    );
    for n in 0..8 {
        let more = node.tenant(&format!("bibliotek-{n}")).await;
        node.join(consortium, &a, &more, samvirke::tenancy::SeatRole::Member).await;
        for notation in ["c:music", "c:weeding", "c:web", "c:games", "c:networks"] {
            add(&more, notation, "have", Some(2), "consortium").await;
        }
    }
    assert_eq!(count().await, few);
}
