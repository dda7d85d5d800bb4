//! Figures that are kept and given again: always those that would be counted anew, whoever wrote meanwhile, in which process, and
//! whoever asks.

use std::collections::{BTreeMap, BTreeSet};

use migration::registers::concept_id;
use reqwest::Method;
use samvirke::{
    auth::{Caller, Keys, Role},
    id::{ConsortiumId, TenantId},
    tenancy::Options,
};
use serde_json::{Value, json};

use crate::{
    aggregates::{Dice, text},
    harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest, unlimited},
};

/// A node of two processes, and a third that keeps nothing: it tells what is true.
struct Setting {
    node: TestNode,
    /// Into each of the three.
    doors: [Client; 3],
    consortium: ConsortiumId,
    /// The first coordinates; the last is in no consortium.
    libraries: Vec<Client>,
    table: String,
}

/// The process that the tests talk to, the one beside it, and the one that keeps nothing.
const HERE: usize = 0;
const BESIDE: usize = 1;
const PLAIN: usize = 2;

async fn setting(kind: Kind) -> Setting {
    let keys = Keys::fresh().expect("keys");
    let node = TestNode::keyed(kind, keys.clone()).await;
    let other = node.process_beside(keys.clone()).await;
    let plain = node.process_beside_with(keys, Options { kept: 0, ..Options::default() }).await;
    let mut libraries = Vec::new();
    for slug in ["akershus", "ostfold", "buskerud", "kalmar", "utenfor"] {
        libraries.push(node.tenant(slug).await);
    }
    let [a, b, c, d, _] = &libraries[..] else { panic!("five libraries") };
    let consortium = node.consortium("alle", &[a, b, c, d]).await;
    let tables = a.send(a.request(Method::GET, "/stat/v2/tables")).await.ok();
    let table = text(&tables["tables"][0]["id"]);
    let doors = [&node.address, &other, &plain].map(|address| Client::new(address, None, a.tenant));
    Setting { node, doors, consortium, libraries, table }
}

impl Setting {
    fn at(&self, client: &Client, door: usize) -> Client {
        let mut there = self.doors[door].clone().with_token(client.token().map(str::to_owned));
        there.tenant = client.tenant;
        there
    }

    fn questions(&self) -> Vec<String> {
        let cube = format!("/api/v1/consortia/{}/aggregates/competences", self.consortium);
        let table = format!("/stat/v2/tables/{}", self.table);
        vec![
            cube.clone(),
            format!("{cube}?groupBy=concept"),
            format!("{cube}?groupBy=theme,stance&stance=have"),
            format!("{cube}?groupBy=region,tenant"),
            format!("{cube}?groupBy=tenant,level&format=json-stat2"),
            format!("{cube}?groupBy=concept,tenant&format=csv&separator=semicolon"),
            format!("{cube}?regionsAsOf=2021-06-01&groupBy=region"),
            format!("{cube}?groupBy=concept&asOf=2021-06-01"),
            format!("{cube}?groupBy=month,tenant,stance"),
            format!("/api/v1/consortia/{}/landscape", self.consortium),
            format!("/api/v1/consortia/{}/overlap", self.consortium),
            format!("{table}/metadata"),
            format!("{table}/data"),
            "graphql".to_owned(),
            "graphql landscape".to_owned(),
            "graphql overlap".to_owned(),
        ]
    }

    async fn ask(&self, client: &Client, question: &str) -> Answer {
        let id = self.consortium;
        let query = match question {
            "graphql" => self.cube(),
            "graphql landscape" => format!(
                "{{ landscape(consortiumId: \"{id}\") {{ totals {{ concepts common unique gap covered }} themes {{ tenants {{ slug \
                 concepts }} concepts {{ class covered concept {{ label {{ text }} }} have {{ level tenant {{ slug name {{ text }} }} }} \
                 want {{ tenant {{ slug }} }} }} }} completeness {{ expected reporting }} }} }}"
            ),
            "graphql overlap" => format!(
                "{{ overlap(consortiumId: \"{id}\") {{ tenants {{ concepts tenant {{ slug }} }} pairs {{ a b shared union }} \
                 complements {{ wants has concepts }} completeness {{ expected reporting }} }} }}"
            ),
            _ => return client.send(client.request(Method::GET, question)).await,
        };
        client.graphql(&query, json!({})).await
    }

    fn cube(&self) -> String {
        format!(
            "{{ aggregateCompetences(consortiumId: \"{}\", groupBy: [CONCEPT, TENANT]) {{ groupBy cells {{ tenantsHaving \
             tenantsWanting entries levelSum meanLevel class dimensions {{ code label {{ text }} }} }} completeness {{ expected \
             reporting source {{ text }} }} }} }}",
            self.consortium
        )
    }

    /// Both processes tell what is true, and tell it again.
    async fn holds(&self, reader: &Client, question: &str, after: &str) {
        let told = |answer: Answer| {
            let mut body = answer.text.clone();
            // A refusal names its request.
            if !answer.status.is_success() {
                body = text(&answer.json()["code"]);
            }
            if question.starts_with("graphql") && answer.text.contains("\"errors\"") {
                body = text(&answer.json()["errors"][0]["extensions"]["code"]);
            }
            (answer.status.as_u16(), answer.header("etag").to_owned(), body)
        };
        let truth = told(self.ask(&self.at(reader, PLAIN), question).await);
        for door in [HERE, BESIDE, HERE, BESIDE] {
            let given = told(self.ask(&self.at(reader, door), question).await);
            assert_eq!(given, truth, "{question} of {} after {after}", reader.tenant);
        }
    }
}

const CONCEPTS: [&str; 6] = ["c:music", "c:weeding", "c:web", "c:games", "c:networks", "c:events"];

/// One write by somebody, through one of the processes. Gives what it was, and whether it was done.
async fn write(setting: &Setting, dice: &mut Dice, words: &mut Vec<Value>) -> (&'static str, bool) {
    let door = dice.roll(2);
    let who = dice.roll(4);
    let library = setting.at(&setting.libraries[who], door);
    let coordinator = setting.at(&setting.libraries[0], door);
    let own = async |library: &Client| {
        let page = library.get(&format!("/competences?tenantId={}&first=100", library.tenant)).await.ok();
        page["items"].as_array().unwrap().clone()
    };
    let version = |row: &Value| row["version"].as_i64().unwrap();
    let visibility = *dice.pick(&["private", "sealed", "consortium", "consortium", "public"]);
    let name = |name: String| json!([{"language": "nb", "text": name}]);
    let done = |answer: Answer| answer.status.is_success();
    match dice.roll(13) {
        0 | 1 => {
            let notation: &&str = dice.pick(&CONCEPTS);
            let body = json!({"conceptId": concept_id(notation), "visibility": visibility,
                "stance": dice.pick(&["have", "want"]), "level": 1 + dice.roll(4)});
            ("an entry", done(library.post("/competences", body).await))
        }
        2 | 3 => {
            let rows = own(&library).await;
            if rows.is_empty() {
                return ("a changed entry", false);
            }
            let row = dice.pick(&rows);
            let body = json!({"visibility": visibility, "level": 1 + dice.roll(4)});
            let to = format!("/competences/{}", text(&row["id"]));
            ("a changed entry", done(library.patch(&to, version(row), body).await))
        }
        4 => {
            let rows = own(&library).await;
            if rows.is_empty() {
                return ("a removed entry", false);
            }
            let row = dice.pick(&rows);
            let to = format!("/competences/{}", text(&row["id"]));
            ("a removed entry", done(library.delete(&to, version(row)).await))
        }
        5 => {
            let lines = format!("musikk\nnoe eget {}\n", dice.roll(1000));
            let body = json!({"text": lines, "language": "nb", "stance": "have", "visibility": "consortium"});
            ("a list", done(library.post("/competences/paste", body).await))
        }
        6 => {
            let mine = library.get("/memberships").await.ok()["items"][0].clone();
            let to = format!("/memberships/{}", text(&mine["id"]));
            let body = json!({"competences": dice.pick(&["none", "sealed", "full", "full"])});
            ("what is shared", done(library.patch(&to, version(&mine), body).await))
        }
        7 => {
            let to = format!("/tenants/{}", library.tenant);
            let row = library.get(&to).await.ok();
            let body = json!({"name": name(format!("bibliotek {}", dice.roll(1000))),
                "regionIds": [dice.pick(&["no-31", "no-32", "no-33"])]});
            ("a library's name and region", done(library.patch(&to, version(&row), body).await))
        }
        8 => {
            let to = format!("/consortia/{}", setting.consortium);
            let row = coordinator.get(&to).await.ok();
            let body = json!({"name": name(format!("samarbeid {}", dice.roll(1000)))});
            ("a consortium's name", done(coordinator.patch(&to, version(&row), body).await))
        }
        9 => {
            // Gone and come back, if it was not the one who leads.
            let library = setting.at(&setting.libraries[1 + dice.roll(3)], door);
            let mine = library.get("/memberships").await.ok()["items"][0].clone();
            let membership = format!("/memberships/{}", text(&mine["id"]));
            let left = library.post_from(&format!("{membership}/leave"), version(&mine), json!({})).await;
            if dice.roll(3) == 0 || !left.status.is_success() {
                let to = format!("/consortia/{}/memberships", setting.consortium);
                coordinator.post(&to, json!({"tenantId": library.tenant, "role": "member"})).await;
            }
            ("a member that leaves", left.status.is_success())
        }
        10 => {
            let member = setting.at(&setting.libraries[1 + dice.roll(3)], door);
            let to = format!("/consortia/{}/memberships", setting.consortium);
            coordinator.post(&to, json!({"tenantId": member.tenant, "role": "member"})).await;
            let mine = member.get("/memberships").await.ok()["items"][0].clone();
            let to = format!("/memberships/{}/accept", text(&mine["id"]));
            ("a member that comes", done(member.post_from(&to, version(&mine), json!({})).await))
        }
        11 => {
            let Some(word) = words.pop() else {
                let to = format!("/consortia/{}/concepts", setting.consortium);
                let body = json!({"label": name(format!("ord {}", dice.roll(100_000)))});
                let word = coordinator.post(&to, body).await.made();
                let body = json!({"conceptId": word["id"], "stance": "have", "level": 2, "visibility": "consortium"});
                let done = done(library.post("/competences", body).await);
                words.push(word);
                return ("an entry on a word of one's own", done);
            };
            let to = format!("/concepts/{}", text(&word["id"]));
            let row = coordinator.get(&to).await.ok();
            if dice.roll(2) == 0 {
                let body = json!({"label": name(format!("annet ord {}", dice.roll(100_000)))});
                let done = done(coordinator.patch(&to, version(&row), body).await);
                words.push(word);
                return ("a word that is called otherwise", done);
            }
            let notation: &&str = dice.pick(&CONCEPTS);
            let into = json!({"intoId": concept_id(notation)});
            ("a merged word", done(coordinator.post_from(&format!("{to}/merge"), version(&row), into).await))
        }
        _ => {
            // Past the service: whatever commits is seen.
            let sql =
                format!("UPDATE competence_entry SET level = {} WHERE stance = 'have'", 1 + dice.roll(4));
            setting.node.database.raw(&sql).await;
            ("a row that nobody told of", true)
        }
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_kept_is_what_would_be_counted_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let questions = setting.questions();
    let mut dice = Dice(11);
    let mut words = Vec::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..90 {
        let (what, done) = write(&setting, &mut dice, &mut words).await;
        *kinds.entry(what).or_default() += usize::from(done);
        for _ in 0..2 {
            let reader = &setting.libraries[dice.roll(5)];
            let question = &questions[dice.roll(questions.len())];
            setting.holds(reader, question, what).await;
        }
    }
    let never: BTreeSet<&&str> = kinds.iter().filter(|(_, many)| **many == 0).map(|(what, _)| what).collect();
    assert!(never.is_empty() && kinds.len() >= 13, "not every kind of write was done: {kinds:?}");
    for reader in &setting.libraries {
        for question in &questions {
            setting.holds(reader, question, "all").await;
        }
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_may_not_see_the_figures_finds_none_that_are_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let [a, b, _, _, outside] = &setting.libraries[..] else { panic!("five libraries") };
    let music = json!({"conceptId": concept_id("c:music"), "stance": "have", "visibility": "consortium"});
    a.post("/competences", music).await.made();
    let narrow = json!({"role": "viewer", "label": "x", "scopes": ["project:read"]});
    let account = b.post("/service-accounts", narrow).await.made();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", account["account"]["clientId"].as_str().unwrap()),
        ("client_secret", account["clientSecret"].as_str().unwrap()),
    ];
    let nobody = setting.node.anonymous();
    let token = nobody.send(nobody.request(Method::POST, "/oauth2/token").form(&form)).await.ok();
    let narrow = b.clone().with_token(Some(text(&token["access_token"])));
    for question in setting.questions() {
        for reader in [a, b, a, b] {
            let answer = setting.ask(reader, &question).await;
            assert!(
                !answer.text.contains("\"errors\"") && answer.status == 200,
                "{question} {}",
                answer.text
            );
        }
        // Another library, and one that may less, ask the same.
        let answer = setting.ask(outside, &question).await;
        assert!(answer.status == 404 || answer.text.contains("NOT_FOUND"), "{question} {}", answer.text);
        let answer = setting.ask(&narrow, &question).await;
        assert!(answer.status == 403 || answer.text.contains("FORBIDDEN"), "{question} {}", answer.text);
        // Another language is another answer.
        if question.ends_with("groupBy=concept") {
            let label = |answer: Value| answer["cells"][0]["dimensions"][0]["label"]["language"].clone();
            for (language, told) in [("nb", "nb"), ("fi", "fi"), ("nb", "nb")] {
                let answer = setting.ask(&a.clone().speaking(language), &question).await.ok();
                assert_eq!(label(answer), told);
            }
        }
    }
    // It leaves through one process, and is told nothing any more by the other.
    let mine = b.get("/memberships").await.ok()["items"][0].clone();
    let leave = format!("/memberships/{}/leave", text(&mine["id"]));
    let gone = setting.at(b, BESIDE);
    for question in setting.questions() {
        setting.ask(&gone, &question).await;
    }
    b.post_from(&leave, mine["version"].as_i64().unwrap(), json!({})).await.ok();
    for question in setting.questions() {
        for reader in [b, &gone] {
            let answer = setting.ask(reader, &question).await;
            assert!(answer.status == 404 || answer.text.contains("NOT_FOUND"), "{question} {}", answer.text);
        }
    }
}

/// Or whoever has no seat could tell by the time that members ask.
#[rstest]
#[actix_web::test]
async fn a_refusal_costs_the_same_whether_something_is_kept_or_not(#[values(Sqlite, Postgres)] kind: Kind) {
    const TRIES: usize = 5;
    let setting = setting(kind).await;
    let [a, .., outside] = &setting.libraries[..] else { panic!("five libraries") };
    let music = json!({"conceptId": concept_id("c:music"), "stance": "have", "visibility": "consortium"});
    a.post("/competences", music).await.made();
    for question in setting.questions() {
        let cost = async |asked: bool| {
            let mut least = u64::MAX;
            for _ in 0..TRIES {
                if asked {
                    assert_eq!(setting.ask(a, &question).await.status, 200, "{question}");
                }
                let before = setting.node.app.db.statements();
                let answer = setting.ask(outside, &question).await;
                assert!(
                    answer.status == 404 || answer.text.contains("NOT_FOUND"),
                    "{question} {}",
                    answer.text
                );
                // On PostgreSQL other tests write meanwhile, and void what is kept.
                least = least.min(setting.node.app.db.statements() - before);
            }
            least
        };
        assert_eq!(cost(false).await, cost(true).await, "{question}");
    }
}

#[rstest]
#[actix_web::test]
async fn an_answer_that_is_given_again_costs_one_short_question(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let a = &setting.libraries[0];
    let music = json!({"conceptId": concept_id("c:music"), "stance": "have", "visibility": "consortium"});
    a.post("/competences", music).await.made();
    for question in setting.questions() {
        let first = setting.ask(a, &question).await;
        let tag = first.header("etag").to_owned();
        // On PostgreSQL other tests write meanwhile: what they write counts too.
        let mut cheapest = u64::MAX;
        for _ in 0..1_000 {
            let before = setting.node.app.db.statements();
            let again = setting.ask(a, &question).await;
            cheapest = cheapest.min(setting.node.app.db.statements() - before);
            assert_eq!(again.text, first.text, "{question}");
            if cheapest == 1 {
                break;
            }
        }
        assert_eq!(cheapest, 1, "{question}");
        if !question.starts_with("graphql") {
            let known = a.request(Method::GET, &question).header("if-none-match", &tag);
            let known = a.send(known).await;
            assert_eq!((known.status.as_u16(), known.text.as_str(), known.header("etag")), (304, "", &*tag));
        }
    }
    // Those who ask at once share what it costs.
    let question = &setting.questions()[1];
    let answers = (0..64).map(|_| setting.ask(a, question));
    let answers = futures_util::future::join_all(answers).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.text == answers[0].text));
}

#[rstest]
#[actix_web::test]
async fn of_a_library_whose_mark_stands_nothing_is_read_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let [a, b, ..] = &setting.libraries[..] else { panic!("five libraries") };
    for library in [a, b] {
        let music = json!({"conceptId": concept_id("c:music"), "stance": "have", "level": 1, "visibility": "consortium"});
        library.post("/competences", music).await.made();
    }
    let cube = format!("/consortia/{}/aggregates/competences", setting.consortium);
    let sum = async || a.get(&cube).await.ok()["cells"][0]["levelSum"].as_i64().unwrap();
    let database = &setting.node.database;
    let (shown, from) = match kind {
        Sqlite => ("hex(mark)", "x''"),
        Postgres => ("mark::text", "''"),
    };
    let of = match kind {
        Sqlite => format!("tenant_id = x'{}'", b.tenant.0.simple()),
        Postgres => format!("tenant_id = '{}'", b.tenant),
    };
    let mark =
        async || database.raw(&format!("SELECT {shown} FROM competence_mark WHERE {of}")).await[0].clone();
    let put_back = async |mark: &str| {
        let mark = from.replacen("''", &format!("'{mark}'"), 1);
        database.raw(&format!("UPDATE competence_mark SET mark = {mark} WHERE {of}")).await
    };
    assert_eq!(sum().await, 2);
    // Every change sets another one.
    let mut marks = BTreeSet::from([mark().await]);
    for level in 2..5 {
        database.raw(&format!("UPDATE competence_entry SET level = {level} WHERE {of}")).await;
        assert_eq!(sum().await, 1 + level);
        marks.insert(mark().await);
    }
    assert_eq!(marks.len(), 4);
    // It goes by the mark, and by nothing else: had the old one come back, it would not look.
    let old = mark().await;
    database.raw(&format!("DELETE FROM competence_entry WHERE {of}")).await;
    let new = mark().await;
    assert_ne!(new, old);
    put_back(&old).await;
    assert_eq!(sum().await, 5);
    put_back(&new).await;
    assert_eq!(sum().await, 1);
    // What another library changes leaves it.
    let row = a.get(&format!("/competences?tenantId={}", a.tenant)).await.ok()["items"][0].clone();
    let to = format!("/competences/{}", text(&row["id"]));
    a.patch(&to, row["version"].as_i64().unwrap(), json!({"level": 3})).await.ok();
    assert_eq!(mark().await, new);
    assert_eq!(sum().await, 3);
    // What moves from one library to another is both's.
    let to = match kind {
        Sqlite => format!("x'{}'", a.tenant.0.simple()),
        Postgres => format!("'{}'", a.tenant),
    };
    let music =
        json!({"conceptId": concept_id("c:web"), "stance": "have", "level": 4, "visibility": "consortium"});
    b.post("/competences", music).await.made();
    assert_eq!(sum().await, 7);
    database.raw(&format!("UPDATE competence_entry SET tenant_id = {to} WHERE {of}")).await;
    let by = a.get(&format!("{cube}?groupBy=tenant")).await.ok();
    assert_eq!((&by["cells"][0]["levelSum"], by["cells"].as_array().unwrap().len()), (&json!(7), 1), "{by}");
    // A library without one is read each time; and where the table is emptied, all are.
    database.raw("DELETE FROM competence_mark").await;
    assert_eq!(sum().await, 7);
    if kind == Postgres {
        let body = json!({"conceptId": concept_id("c:web"), "stance": "have", "level": 4, "visibility": "consortium"});
        b.post("/competences", body).await.made();
        assert_eq!(sum().await, 11);
        database.raw("TRUNCATE competence_entry").await;
        assert_eq!(sum().await, 0);
    }
}

#[rstest]
#[actix_web::test]
async fn concepts_whose_mark_stands_are_not_read_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let a = &setting.libraries[0];
    let body = json!({"conceptId": concept_id("c:music"), "stance": "have", "visibility": "consortium"});
    a.post("/competences", body).await.made();
    let cube = format!("/consortia/{}/aggregates/competences?groupBy=concept", setting.consortium);
    let label = async || {
        let cube = a.get(&cube).await.ok();
        text(&cube["cells"][0]["dimensions"][0]["label"]["text"])
    };
    let database = &setting.node.database;
    let (shown, from, id) = match kind {
        Sqlite => ("hex(mark)", "x''", format!("x'{}'", concept_id("c:music").simple())),
        Postgres => ("mark::text", "''", format!("'{}'", concept_id("c:music"))),
    };
    let mark = async || database.raw(&format!("SELECT {shown} FROM concept_mark")).await;
    let put_back = async |mark: &str| {
        let mark = from.replacen("''", &format!("'{mark}'"), 1);
        database.raw(&format!("UPDATE concept_mark SET mark = {mark}")).await
    };
    let rename = async |name: &str| {
        let labels = format!("labels = '{}'", json!({"nb": name, "en": name}));
        database.raw(&format!("UPDATE concept SET {labels} WHERE id = {id}")).await
    };
    let mut marks = BTreeSet::new();
    for name in ["Sang", "Spill", "Dans"] {
        rename(name).await;
        assert_eq!(label().await, name);
        marks.extend(mark().await);
    }
    assert_eq!(marks.len(), 3);
    // It goes by the mark, and by nothing else: had the old one come back, it would not look.
    let [dans] = &mark().await[..] else { panic!("one mark") };
    rename("Lek").await;
    let [lek] = &mark().await[..] else { panic!("one mark") };
    put_back(dans).await;
    assert_eq!(label().await, "Dans");
    put_back(lek).await;
    assert_eq!(label().await, "Lek");
    // What is proposed, and what becomes a consortium's own, is read each time; what was everybody's is so no more.
    let word = json!({"label": [{"language": "nb", "text": "Strikking"}]});
    let own = a.post(&format!("/consortia/{}/concepts", setting.consortium), word).await.made();
    assert_eq!(&mark().await[..], std::slice::from_ref(lek));
    let entry = json!({"conceptId": own["id"], "stance": "have", "visibility": "consortium"});
    a.post("/competences", entry).await.made();
    assert!(a.get(&cube).await.ok().to_string().contains("Strikking"));
    assert_eq!(&mark().await[..], std::slice::from_ref(lek));
    database.raw(&format!("UPDATE concept SET status = 'rejected' WHERE id = {id}")).await;
    assert_ne!(&mark().await[..], std::slice::from_ref(lek));
    assert!(!a.get(&cube).await.ok().to_string().contains("Lek"));
    database.raw(&format!("UPDATE concept SET status = 'accepted' WHERE id = {id}")).await;
    assert_eq!(label().await, "Lek");
    // Without one they are read each time.
    database.raw("DELETE FROM concept_mark").await;
    database.raw(&format!("UPDATE concept SET status = status WHERE id = {id}")).await;
    database.raw("DELETE FROM concept_mark").await;
    assert_eq!(label().await, "Lek");
}

/// On PostgreSQL, which takes longer to plan the first questions than to answer them: the plan is there before anybody asks, and it is
/// that of the questions that figures ask.
#[rstest]
#[actix_web::test]
async fn a_new_connection_knows_what_figures_ask_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let one = Options { connections: 1, ..Options::default() };
    let node = TestNode::bounded_on(kind, one, unlimited()).await;
    let [a, b] = [node.tenant("akershus").await, node.tenant("ostfold").await];
    let consortium = node.consortium("ost", &[&a, &b]).await;
    for library in [&a, &b] {
        let music = json!({"conceptId": concept_id("c:music"), "stance": "have", "visibility": "consortium"});
        library.post("/competences", music).await.made();
    }
    let nobody = Caller::new(TenantId::NODE, "start", Role::Viewer);
    samvirke::aggregate::service::acquaint(&node.app.scope(nobody)).await.unwrap();
    // How often each was asked by a plan for whoever asks, and by one for somebody.
    let known = "SELECT generic_plans || ' ' || custom_plans FROM pg_prepared_statements WHERE statement LIKE '%string_agg(uuid_send%'
        OR statement LIKE '%AS \"consortium_names\"%AS \"mark\"%' ORDER BY generic_plans";
    let known = async |asked: [&str; 2]| {
        if kind == Postgres {
            assert_eq!(node.app.db.unscoped(false, known).await.unwrap(), asked);
        }
    };
    known(["1 0", "1 0"]).await;
    let cube = format!("/consortia/{consortium}/aggregates/competences");
    assert_eq!(a.get(&cube).await.ok()["cells"][0]["tenantsHaving"], 2);
    known(["2 0", "2 0"]).await;
    // Who has no seat is told nothing by the plan that was made for nobody.
    node.tenant("kalmar").await.get(&cube).await.problem(404, "not_found");
    known(["2 0", "3 0"]).await;
}

#[rstest]
#[actix_web::test]
async fn what_is_kept_is_packed_for_who_wishes_for_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let a = &setting.libraries[0];
    for notation in CONCEPTS {
        let body = json!({"conceptId": concept_id(notation), "stance": "have", "visibility": "consortium"});
        a.post("/competences", body).await.made();
    }
    let ask = async |path: &str, headers: &[(&str, &str)]| {
        let request = a.request(Method::GET, path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            let values = response.headers().get_all(name).iter().map(|value| value.to_str().unwrap());
            values.collect::<Vec<_>>().join(", ")
        };
        let told = (response.status().as_u16(), header("content-encoding"), header("etag"), header("vary"));
        (told, response.bytes().await.unwrap())
    };
    let by_concept =
        format!("/api/v1/consortia/{}/aggregates/competences?groupBy=concept", setting.consortium);
    let mut long = 0;
    for path in [
        by_concept.clone(),
        format!("{by_concept}&format=csv"),
        format!("/stat/v2/tables/{}/metadata", setting.table),
    ] {
        let (plain, bytes) = ask(&path, &[]).await;
        assert_eq!((plain.0, plain.1.as_str()), (200, ""), "{path}");
        assert!(plain.3.contains("accept-encoding"), "{path} {plain:?}");
        if bytes.len() < 2_000 {
            continue;
        }
        long += 1;
        let (packed, small) = ask(&path, &[("accept-encoding", "gzip, deflate, br")]).await;
        assert_eq!((packed.0, packed.1.as_str(), &packed.3), (200, "gzip", &plain.3), "{path}");
        assert!(small.len() < bytes.len() / 2);
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&small[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, bytes, "{path}");
        // Other bytes, another tag; whoever has either is told that it has it.
        assert_ne!(packed.2, plain.2);
        for tag in [&packed.2, &plain.2] {
            for accept in ["gzip", "identity"] {
                let (known, nothing) =
                    ask(&path, &[("accept-encoding", accept), ("if-none-match", tag)]).await;
                assert_eq!((known.0, nothing.len()), (304, 0), "{path} {tag} {accept}");
            }
        }
        for wish in ["identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.5", "nonsense;;;"] {
            let (told, same) = ask(&path, &[("accept-encoding", wish)]).await;
            assert_eq!((told.1.as_str(), same == bytes), ("", true), "{path} {wish}");
        }
    }
    assert!(long > 1, "{long} of them are worth packing");
}
