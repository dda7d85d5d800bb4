//! A library pastes the list that it already has, and is told line by line what became of it.

use reqwest::Method;
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn list(text: &str) -> Value {
    json!({"text": text, "language": "nb", "stance": "have"})
}

fn with(text: &str, more: Value) -> Value {
    let mut body = list(text);
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn paste(library: &Client, body: Value) -> Value {
    library.post("/competences/paste", body).await.ok()
}

/// Every part: its line, its words, what they were read as, and what became of it.
fn parts(pasted: &Value) -> Vec<(i64, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut out = Vec::new();
    for line in pasted["lines"].as_array().unwrap() {
        for part in line["parts"].as_array().unwrap() {
            let number = line["number"].as_i64().unwrap();
            out.push((number, text(&part["part"]), text(&part["met"]), text(&part["outcome"])));
        }
    }
    out
}

fn words(pasted: &Value) -> Vec<String> {
    parts(pasted).into_iter().map(|part| part.1).collect()
}

fn counts(pasted: &Value) -> [i64; 5] {
    ["added", "doubled", "already", "unmapped", "refused"].map(|name| pasted[name].as_i64().unwrap())
}

async fn entries(library: &Client) -> Vec<Value> {
    let mut out = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/competences?first=100&tenantId={}{after}", library.tenant);
        let page = library.get(&path).await.ok();
        out.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return out,
        }
    }
}

/// Shows 13, 14 by pasteCompetences.
#[rstest]
#[actix_web::test]
async fn composite_lines_are_parted_and_known_names_are_not(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let dry = async |text: &str, language: &str| {
        paste(&library, with(text, json!({"dryRun": true, "language": language}))).await
    };
    for (line, language, expected) in [
        ("arrangement, musikk og spill", "nb", &["arrangement", "musikk", "spill"][..]),
        ("samsøk / klassesett; spill\tmusikk", "nb", &["samsøk", "klassesett", "spill", "musikk"]),
        ("musik och spel", "sv", &["musik", "spel"]),
        ("musik & spil", "da", &["musik", "spil"]),
        ("musiikki ja pelit", "fi", &["musiikki", "pelit"]),
        ("music and games", "en", &["music", "games"]),
        // Known as a whole, by whatever name.
        ("kat & klass", "nb", &["kat & klass"]),
        ("Katalogisering og klassifikasjon", "nb", &["Katalogisering og klassifikasjon"]),
        ("federated / union search", "en", &["federated / union search"]),
        // The last of a list is parted, one that stands alone is the library's own.
        ("musikk, egne greier og andres greier", "nb", &["musikk", "egne greier", "andres greier"]),
        ("egne greier og andres greier", "nb", &["egne greier og andres greier"]),
        ("barne- og ungdomsgreier", "nb", &["barne- og ungdomsgreier"]),
        ("kurs (web, musikk)", "nb", &["kurs (web, musikk)"]),
        ("greiearbeid og -ledelse", "nb", &["greiearbeid", "-ledelse"]),
    ] {
        assert_eq!(words(&dry(line, language).await), expected, "{line}");
    }
    assert_eq!(entries(&library).await, Vec::<Value>::new());
}

/// Shows 10, 11, 15, 16, 17 by pasteCompetences, competences.
#[rstest]
#[actix_web::test]
async fn every_line_says_what_became_of_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    paste(&library, list("spill")).await;
    let text = "\u{feff}• musikk\r\n\r\n---\r\n2. universell utfroming\r\nMUSIKK, spill\r\negne greier\r\nEgne  greier\r\n";
    let dry = paste(&library, with(text, json!({"dryRun": true}))).await;
    assert_eq!(entries(&library).await.len(), 1, "a dry run writes nothing");
    let pasted = paste(&library, list(text)).await;
    let row = |n, part: &str, met: &str, outcome: &str| (n, part.into(), met.into(), outcome.into());
    assert_eq!(
        parts(&pasted),
        [
            row(1, "musikk", "musikk", "added"),
            row(4, "universell utfroming", "universell utforming", "added"),
            row(5, "MUSIKK", "musikk", "doubled"),
            row(5, "spill", "spill", "already"),
            row(6, "egne greier", "-", "unmapped"),
            row(7, "Egne  greier", "-", "doubled"),
        ]
    );
    assert_eq!(pasted["lines"][1]["parts"][0]["how"], "fuzzy");
    assert_eq!(counts(&pasted), [2, 2, 1, 1, 0]);
    assert_eq!((&dry["written"], &pasted["written"]), (&json!(false), &json!(true)));
    assert_eq!(dry["lines"], pasted["lines"], "the dry run told the same");
    let kept: Vec<_> = entries(&library)
        .await
        .iter()
        .map(|e| (e["sourcePhrase"].clone(), e["position"].clone(), e["concept"].is_null()))
        .collect();
    assert_eq!(
        kept,
        [
            (json!("spill"), json!(1), false),
            (json!("musikk"), json!(1), false),
            (json!("universell utfroming"), json!(4), false),
            (json!("egne greier"), json!(6), true)
        ]
    );
    // Once more: nothing new, and it says so.
    let again = paste(&library, list(text)).await;
    assert_eq!((counts(&again), &again["written"]), ([0, 0, 6, 0, 0], &json!(false)));
    // What it wants is another list.
    assert_eq!(counts(&paste(&library, with(text, json!({"stance": "want"}))).await), [3, 2, 0, 1, 0]);
}

#[rstest]
#[actix_web::test]
async fn what_the_library_made_of_its_words_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    paste(&library, list("egne greier\nuniversell utfroming")).await;
    let [own, misread] = &entries(&library).await[..] else { panic!("two entries") };
    let music = library.get("/concepts?notation=c:music").await.ok()["items"][0]["id"].clone();
    // Mapped by hand, and unmapped by hand.
    let path = |entry: &Value| format!("/competences/{}", entry["id"].as_str().unwrap());
    library.patch(&path(own), 1, json!({"conceptId": music})).await.ok();
    let cleared = library.patch(&path(misread), 1, json!({"clear": ["concept"]})).await.ok();
    assert!(cleared["concept"].is_null(), "{cleared}");
    let again = paste(&library, list("egne greier\nuniversell utfroming")).await;
    assert_eq!(counts(&again), [0, 0, 2, 0, 0]);
    // An entry must hold something: without words its concept stays.
    let bare = library.post("/competences", json!({"stance": "want", "conceptId": music})).await.made();
    let fault =
        library.patch(&path(&bare), 1, json!({"clear": ["concept"]})).await.problem(422, "invalid_input");
    assert_eq!(
        (&fault["errors"][0]["pointer"], &fault["errors"][0]["code"]),
        (&json!("/conceptId"), &json!("required"))
    );
}

#[rstest]
#[actix_web::test]
async fn words_without_a_concept_are_kept_or_refused_as_asked(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let text = "musikk\nspill, egne greier, andres greier\nklassesett";
    let strict = library
        .post("/competences/paste", with(text, json!({"unmapped": "refuse"})))
        .await
        .problem(422, "invalid_input");
    assert_eq!(strict["errors"].as_array().unwrap().len(), 1);
    let fault = &strict["errors"][0];
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/text/lines/2"), &json!("unmapped")));
    assert!(fault["detail"].as_str().unwrap().contains("egne greier, andres greier"), "{fault}");
    assert_eq!(entries(&library).await.len(), 0);
    let good = paste(&library, with(text, json!({"unmapped": "refuse", "mode": "good_lines"}))).await;
    assert_eq!((counts(&good), words(&good)), ([2, 0, 0, 0, 1], vec!["musikk".into(), "klassesett".into()]));
    assert!(good["lines"][1]["refused"].as_str().unwrap().contains("egne greier"));
    assert_eq!(counts(&paste(&library, list(text)).await), [1, 0, 2, 2, 0]);
}

#[rstest]
#[actix_web::test]
async fn three_bad_lines_of_five_hundred_on_both_faces(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let mut lines: Vec<String> = (1..=500).map(|n| format!("egen greie nr {n}")).collect();
    lines[7] = "x".repeat(301);
    lines[250] = "musikk\u{7}".into();
    lines[499] = "y".repeat(400);
    let text = lines.join("\n");
    let why = [
        ("/text/lines/8", "line_too_long"),
        ("/text/lines/251", "control_character"),
        ("/text/lines/500", "line_too_long"),
    ];
    let told = |fault: &Value| {
        let errors = fault.as_array().unwrap().iter();
        errors
            .map(|e| (e["pointer"].as_str().unwrap().to_owned(), e["code"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let expected = why.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    for dry in [true, false] {
        let body = with(&text, json!({"dryRun": dry}));
        let fault = library.post("/competences/paste", body).await.problem(422, "invalid_input");
        assert_eq!(told(&fault["errors"]), expected);
        assert!(fault["errors"][0]["detail"].as_str().unwrap().contains("300"), "{fault}");
    }
    let query = "mutation($input: Paste!) { pasteCompetences(input: $input) { written added unmapped refused lines { number refused } } }";
    let mut input = json!({"text": text, "language": "NB", "stance": "HAVE"});
    let refused = library.graphql(query, json!({"input": input})).await.ok();
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "INVALID_INPUT", "{refused}");
    assert_eq!(told(&extensions["errors"]), expected);
    assert_eq!(entries(&library).await.len(), 0, "nothing was written");
    input["mode"] = json!("GOOD_LINES");
    let done = library.data(query, json!({"input": input})).await["pasteCompetences"].clone();
    assert_eq!(
        (&done["refused"], &done["unmapped"], &done["written"]),
        (&json!(3), &json!(497), &json!(true))
    );
    let bad: Vec<_> = done["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| !line["refused"].is_null())
        .map(|line| line["number"].as_i64().unwrap())
        .collect();
    assert_eq!(bad, [8, 251, 500]);
    assert_eq!(entries(&library).await.len(), 497);
}

#[rstest]
#[actix_web::test]
async fn ten_thousand_lines_are_done_and_one_more_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let lines: Vec<String> = (1..=10_000).map(|n| format!("helt egen greie nummer {n}")).collect();
    let more = format!("{}\nmusikk", lines.join("\n"));
    for text in [more, "a,b,c,d,e,f,g,h,i,j,k\n".repeat(1_000)] {
        let fault = library.post("/competences/paste", list(&text)).await.problem(422, "invalid_input");
        assert_eq!(
            (&fault["errors"][0]["pointer"], &fault["errors"][0]["code"]),
            (&json!("/text"), &json!("too_many"))
        );
    }
    assert_eq!(entries(&library).await.len(), 0);
    let pasted = paste(&library, list(&lines.join("\n"))).await;
    assert_eq!(counts(&pasted), [0, 0, 0, 10_000, 0]);
    let profile = library.get(&format!("/tenants/{}/profile", library.tenant)).await.ok();
    assert_eq!((profile["entries"].as_array().unwrap().len(), &profile["complete"]), (500, &json!(false)));
    let again = paste(&library, list(&lines.join("\n"))).await;
    assert_eq!(counts(&again), [0, 0, 10_000, 0, 0]);
}

#[rstest]
#[actix_web::test]
async fn a_list_pasted_twice_at_once_is_there_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    let text = "musikk\nspill\nklassesett\nsamsøk\negne greier\nandres greier";
    let one = json!({"sourcePhrase": "bibliotekplan", "language": "nb", "stance": "have"});
    let pasting = (0..6).map(|_| library.post("/competences/paste", list(text)));
    let (pasted, single) = futures_util::future::join(
        futures_util::future::join_all(pasting),
        library.post("/competences", one),
    )
    .await;
    single.made();
    let mut sums = [0; 5];
    for answer in pasted {
        counts(&answer.ok()).iter().zip(&mut sums).for_each(|(n, sum)| *sum += n);
    }
    assert_eq!(sums, [4, 0, 30, 2, 0]);
    assert_eq!(entries(&library).await.len(), 7);
    // With a key: one effect, one answer.
    let keyed = library.clone().with_key("list-1");
    let body = with("litteraturuka\nenda mer greier", json!({"stance": "want"}));
    let answers =
        futures_util::future::join_all((0..4).map(|_| keyed.post("/competences/paste", body.clone()))).await;
    let answers: Vec<Value> = answers.into_iter().map(|answer| answer.ok()).collect();
    assert!(answers.iter().all(|answer| counts(answer) == [1, 0, 0, 1, 0] && answer == &answers[0]));
    keyed.post("/competences/paste", list("musikk")).await.problem(422, "key_reused");
    assert_eq!(entries(&library).await.len(), 9);
}

#[rstest]
#[actix_web::test]
async fn bad_input_is_a_problem_and_writes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let library = node.tenant("oslo").await;
    for (body, pointer, code) in [
        (list(""), "/text", "empty_list"),
        (list(" \n ; / \n---"), "/text", "empty_list"),
        (with("musikk", json!({"level": 5})), "/level", "between"),
        (with("musikk", json!({"level": "4"})), "/level", "wrong_type"),
        (with("musikk", json!({"colour": "red"})), "/colour", "unknown_field"),
        (with("musikk", json!({"language": "de"})), "/language", "unknown_value"),
        (with("musikk", json!({"stance": "had"})), "/stance", "unknown_value"),
        (with("musikk", json!({"mode": "some"})), "/mode", "unknown_value"),
        (with("musikk", json!({"unmapped": "drop"})), "/unmapped", "unknown_value"),
        (with("musikk", json!({"text": ["musikk"]})), "/text", "wrong_type"),
        (json!({"language": "nb", "stance": "have"}), "/text", "required"),
        (list("musikk\u{0}"), "/text/lines/1", "control_character"),
    ] {
        let fault = library.post("/competences/paste", body.clone()).await.problem(422, "invalid_input");
        let error = &fault["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}");
    }
    let raw = |body: Vec<u8>| {
        let request = library.request(Method::POST, "/api/v1/competences/paste");
        library.send(request.header("content-type", "application/json").body(body))
    };
    let start = r#"{"language":"nb","stance":"have","text":""#;
    raw([start.as_bytes(), b"musikk\xff\"}"].concat()).await.problem(400, "malformed_request");
    raw(format!("{start}musikk").into_bytes()).await.problem(400, "malformed_request");
    let twice = raw(format!("{start}musikk\",\"stance\":\"want\"}}").into_bytes())
        .await
        .problem(422, "invalid_input");
    assert_eq!(
        (&twice["errors"][0]["pointer"], &twice["errors"][0]["code"]),
        (&json!("/stance"), &json!("duplicate"))
    );
    let whole = format!("{start}{}\"}}", "a\\n".repeat((1 << 20) / 3));
    let too_long = format!("{start}{}\"}}", " ".repeat((1 << 20) + 1 - start.len() - 2));
    assert_eq!(too_long.len(), (1 << 20) + 1);
    raw(too_long.into_bytes()).await.problem(413, "payload_too_large");
    assert!(whole.len() > 1 << 20);
    raw(whole.into_bytes()).await.problem(413, "payload_too_large");
    // To the byte within the bound, it is read: one line, and too long.
    let just = format!("{start}{}\"}}", "a".repeat((1 << 20) - start.len() - 2));
    assert_eq!(just.len(), 1 << 20);
    let fault = raw(just.into_bytes()).await.problem(422, "invalid_input");
    assert_eq!(fault["errors"][0]["code"], "line_too_long");

    // Who may not enter competences may not try either.
    for client in [node.client(library.tenant, Role::Viewer), node.operator()] {
        for dry in [true, false] {
            let body = with("musikk", json!({"dryRun": dry}));
            client.post("/competences/paste", body).await.problem(403, "forbidden");
        }
    }
    node.anonymous().post("/competences/paste", list("musikk")).await.problem(401, "unauthenticated");
    assert_eq!(entries(&library).await, Vec::<Value>::new());
}
