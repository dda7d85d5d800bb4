//! What is held and what is due: as a list, and in the calendar programs that people have.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use chrono::Duration;
use reqwest::Method;
use samvirke::when;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// What npm's ical.js makes of a feed.
#[allow(clippy::disallowed_methods, reason = "the test run says where it is")]
fn read(feed: &str) -> Value {
    let folder = std::env::var_os("TEST_ICALENDAR_FOLDER").expect("tests/run installs the reader");
    let mut node = Command::new("node");
    node.arg("read.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node");
    node.stdin.take().unwrap().write_all(feed.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{feed}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn titles(calendar: &Value) -> Vec<(&str, &str)> {
    let entries = calendar["entries"].as_array().unwrap();
    entries.iter().map(|e| (e["kind"].as_str().unwrap(), e["title"]["text"].as_str().unwrap())).collect()
}

/// From today.
fn day(days: i64) -> String {
    (when::now() + Duration::days(days)).date_naive().to_string()
}

/// What a consortium has before it in the next weeks, entered by its coordinator.
async fn fill(gentofte: &Client, consortium: &str) {
    let at = |days: i64, hour: u8| format!("{}T{hour:02}:00:00Z", day(days));
    let meeting = json!({"title": [{"language": "da", "text": "Kursusdag 1; læring, rum"}],
        "startsAt": at(10, 8), "endsAt": at(10, 15), "timeZone": "Europe/Copenhagen",
        "place": "Gentofte Hovedbibliotek,\r\nØregård", "link": "https://example.org/møde?a=1,2;b=3"});
    let meeting =
        gentofte.post(&format!("/consortia/{consortium}/meetings"), meeting).await.made()["id"].clone();
    let homework = json!({"kind": "homework", "title": [{"language": "da", "text": "Tag billeder af jeres rum"}],
        "due": day(20)});
    gentofte.post(&format!("/meetings/{}/exercises", meeting.as_str().unwrap()), homework).await.made();
    let activity = json!({"kind": "study_visit", "title": "Besøg i Malmø", "language": "da",
        "held": day(15)[..7], "consortiumId": consortium, "visibility": "consortium"});
    gentofte.post("/activities", activity).await.made();
    let promise = json!({"text": "Vi prøver et læringsrum", "language": "da", "due": day(30),
        "consortiumId": consortium, "visibility": "private"});
    gentofte.post("/commitments", promise).await.made();
    // Without a day, and long past: in no calendar.
    let promise = json!({"text": "En gang", "language": "da", "visibility": "consortium"});
    gentofte.post("/commitments", promise).await.made();
    let past = json!({"kind": "course", "title": "Dengang", "language": "da", "held": "2010-05",
        "consortiumId": consortium, "visibility": "consortium"});
    gentofte.post("/activities", past).await.made();
}

#[rstest]
#[actix_web::test]
async fn what_is_before_us_stands_in_one_list(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, roskilde, bergen] =
        [node.tenant("gentofte").await, node.tenant("roskilde").await, node.tenant("bergen").await];
    let consortium = node.consortium("leringsrum", &[&gentofte, &roskilde]).await.to_string();
    fill(&gentofte, &consortium).await;
    let all = gentofte.get("/calendar").await.ok();
    let mut found = titles(&all);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("activity", "Besøg i Malmø"),
            ("commitment", "Vi prøver et læringsrum"),
            ("homework", "Tag billeder af jeres rum"),
            ("meeting", "Kursusdag 1; læring, rum"),
        ]
    );
    let days: Vec<&str> =
        all["entries"].as_array().unwrap().iter().map(|e| e["firstDay"].as_str().unwrap()).collect();
    assert!(days.is_sorted(), "{days:?}");
    assert_eq!(all["whole"], true);
    // What is private is its library's alone, and who is not of the consortium has nothing.
    let theirs = roskilde.get("/calendar").await.ok();
    assert_eq!(titles(&theirs).len(), 3);
    assert!(titles(&theirs).iter().all(|(kind, _)| *kind != "commitment"));
    assert_eq!(bergen.get("/calendar").await.ok()["entries"], json!([]));
    assert_eq!(bergen.get(&format!("/calendar?consortiumId={consortium}")).await.ok()["entries"], json!([]));
    // Some days alone, and further back.
    let some = gentofte.get(&format!("/calendar?from={}&to={}", day(19), day(21))).await.ok();
    assert!(titles(&some).contains(&("homework", "Tag billeder af jeres rum")));
    assert!(titles(&some).iter().all(|(kind, _)| !["meeting", "commitment"].contains(kind)));
    let back = gentofte.get("/calendar?from=2010-01-01&to=2010-12-31").await.ok();
    assert_eq!(titles(&back), [("activity", "Dengang")]);
    assert_eq!(
        (&back["entries"][0]["firstDay"], &back["entries"][0]["lastDay"]),
        (&json!("2010-05-01"), &json!("2010-05-31"))
    );
    gentofte.get("/calendar?from=2010-02-01&to=2010-01-01").await.problem(422, "invalid_input");
    gentofte.get("/calendar?from=snart").await.problem(422, "invalid_input");
    // The same on the other face.
    let question = "{ calendar { whole entries { kind id title { text } firstDay lastDay startsAt timeZone cancelled version } } }";
    let other = gentofte.data(question, json!({})).await["calendar"].clone();
    for (here, there) in all["entries"].as_array().unwrap().iter().zip(other["entries"].as_array().unwrap()) {
        assert_eq!(here["kind"].as_str().unwrap().to_uppercase(), there["kind"].as_str().unwrap());
        assert_eq!((&here["id"], &here["title"]["text"]), (&there["id"], &there["title"]["text"]));
        assert_eq!((&here["firstDay"], &here["lastDay"]), (&there["firstDay"], &there["lastDay"]));
    }
    assert_eq!(other["entries"].as_array().unwrap().len(), 4);
    // A promise that is kept is not due any more, and what is called off says so.
    let promise = gentofte.get("/commitments?status=open").await.ok()["items"][0].clone();
    let path = format!("/commitments/{}/follow-up", promise["id"].as_str().unwrap());
    gentofte.post_from(&path, 1, json!({"status": "done"})).await.ok();
    let activity = all["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "activity").unwrap();
    let path = format!("/activities/{}/state", activity["id"].as_str().unwrap());
    gentofte.post_from(&path, 1, json!({"state": "cancelled"})).await.ok();
    let after = gentofte.get("/calendar").await.ok();
    assert!(titles(&after).iter().all(|(kind, _)| *kind != "commitment"));
    let called_off = after["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "activity").unwrap();
    assert_eq!(called_off["cancelled"], true);
}

/// An address for a calendar program, as a path of this node: who made it, and who asks.
async fn feed_of(tenant: &Client) -> (Value, String) {
    let account = json!({"role": "viewer", "label": "Outlook", "scopes": ["calendar:read"]});
    let issued = tenant.post("/service-accounts", account).await.made();
    let url = issued["calendarUrl"].as_str().unwrap().to_owned();
    (issued, url.strip_prefix("https://node.test").unwrap().to_owned())
}

#[rstest]
#[actix_web::test]
async fn a_calendar_program_keeps_an_address(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, roskilde] = [node.tenant("gentofte").await, node.tenant("roskilde").await];
    let consortium = node.consortium("leringsrum", &[&gentofte, &roskilde]).await.to_string();
    fill(&gentofte, &consortium).await;
    let (issued, path) = feed_of(&roskilde).await;
    let program = node.anonymous().speaking("da");
    let answer = program.send(program.request(Method::GET, &path)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    let feed = read(&answer.text);
    assert_eq!((&feed["version"], &feed["bare"]), (&json!("2.0"), &json!(false)));
    assert!(feed["longest"].as_u64().unwrap() <= 75 && feed["again"] == "PT3600S", "{feed}");
    let find = |part: &str| {
        let events = feed["events"].as_array().unwrap();
        events.iter().find(|event| event["summary"].as_str().unwrap().contains(part)).unwrap()
    };
    assert_eq!(feed["events"].as_array().unwrap().len(), 3);
    let meeting = find("Kursusdag");
    assert_eq!(meeting["summary"], "Kursusdag 1; læring, rum");
    assert_eq!(meeting["location"], "Gentofte Hovedbibliotek, Øregård");
    assert_eq!(meeting["url"], "https://example.org/møde?a=1,2;b=3");
    assert_eq!(meeting["starts"], format!("{}T08:00:00Z", day(10)));
    assert_eq!((&meeting["wholeDays"], &meeting["transp"]), (&json!(false), &Value::Null));
    let homework = find("Tag billeder");
    assert_eq!(homework["summary"], "Hjemmeopgave: Tag billeder af jeres rum");
    assert_eq!((&homework["starts"], &homework["ends"]), (&json!(day(20)), &json!(day(21))));
    assert_eq!((&homework["wholeDays"], &homework["transp"]), (&json!(true), &json!("TRANSPARENT")));
    let visit = find("Malmø");
    assert!(visit["description"].as_str().unwrap().starts_with("gentofte\nHvornår: "), "{visit}");
    assert_eq!(visit["categories"], json!(["Aktivitet"]));
    assert!(visit["uid"].as_str().unwrap().ends_with("@node.test"));
    // Asked again, nothing has changed; the same calendar is given to who has a token, and wishes for it so.
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let again = program.request(Method::GET, &path).header("if-none-match", &tag);
    assert_eq!(program.send(again).await.status, 304);
    let wished = roskilde.clone().speaking("da");
    let wished =
        wished.send(wished.request(Method::GET, "/api/v1/calendar").header("accept", "text/calendar")).await;
    assert_eq!(wished.text, answer.text);
    // In the language that the address says.
    let swedish = program.send(program.request(Method::GET, &format!("{path}?lang=sv"))).await;
    assert!(swedish.text.contains("Hemuppgift"), "{}", swedish.text);
    // The account reads its calendar, and nothing else.
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", issued["account"]["clientId"].as_str().unwrap()),
        ("client_secret", issued["clientSecret"].as_str().unwrap()),
    ];
    let token = program.send(program.request(Method::POST, "/oauth2/token").form(&form)).await.ok();
    let narrow = roskilde.clone().with_token(token["access_token"].as_str().map(str::to_owned));
    narrow.get("/calendar").await.ok();
    for closed in
        ["/meetings", "/activities", "/commitments", "/consortia", "/competences", "/search?text=rum"]
    {
        let answer = narrow.get(closed).await;
        assert!(answer.status == 403 || answer.text.contains("\"items\":[]"), "{closed}: {}", answer.text);
    }
    // A library's own administrator has no calendar to its secret: an address is no place for that.
    let strong = roskilde.post("/service-accounts", json!({"role": "viewer", "label": "x"})).await.made();
    assert!(strong.get("calendarUrl").is_none());
    let (client, secret) =
        (strong["account"]["clientId"].as_str().unwrap(), strong["clientSecret"].as_str().unwrap());
    let nothing = async |path: String| {
        program.send(program.request(Method::GET, &path)).await.problem(404, "not_found");
    };
    nothing(format!("/calendar/{client}/{secret}.ics")).await;
    // A wrong secret, another's, and none: all the same.
    let (before, _) = path.rsplit_once('/').unwrap();
    nothing(format!("{before}/sv_{}.ics", "a".repeat(43))).await;
    nothing(format!("{before}/{secret}.ics")).await;
    nothing(format!("/calendar/{}/x.ics", uuid::Uuid::new_v4())).await;
    nothing("/calendar/x/y.ics".into()).await;
    // A new secret is a new address, and a revoked account has none.
    let id = issued["account"]["id"].as_str().unwrap();
    let rotated =
        roskilde.post_from(&format!("/service-accounts/{id}/rotate-secret"), 1, json!({})).await.ok();
    let fresh =
        rotated["calendarUrl"].as_str().unwrap().strip_prefix("https://node.test").unwrap().to_owned();
    nothing(path).await;
    assert_eq!(program.send(program.request(Method::GET, &fresh)).await.status, 200);
    roskilde.post_from(&format!("/service-accounts/{id}/revoke"), 2, json!({})).await.ok();
    nothing(fresh).await;
    // Whose token does not reach the calendar is told so.
    node.operator().get("/calendar").await.problem(403, "forbidden");
}

/// Others' many open courses push out neither what is one's own nor what stands in one's consortium; what is over counts for nothing.
#[rstest]
#[actix_web::test]
async fn nobody_empties_the_calendar_of_others(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte, roskilde, herning] =
        [node.tenant("gentofte").await, node.tenant("roskilde").await, node.tenant("herning").await];
    let consortium = node.consortium("leringsrum", &[&gentofte, &roskilde]).await.to_string();
    let course = |title: &str, held: String, more: Value| {
        let mut course = json!({"kind": "course", "title": title, "language": "da", "held": held});
        course.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        course
    };
    roskilde.post("/activities", course("Mit", day(40), json!({}))).await.made();
    let ours = json!({"consortiumId": consortium, "visibility": "consortium"});
    gentofte.post("/activities", course("Vores", day(50), ours)).await.made();
    for (held, many) in [(day(-200), 255), (day(1), 255)] {
        let open = || course("Deres", held.clone(), json!({"visibility": "public"}));
        for _ in 0..many / 15 {
            futures_util::future::join_all(
                (0..15).map(|_| async { herning.post("/activities", open()).await.made() }),
            )
            .await;
        }
        let calendar = roskilde.get("/calendar").await.ok();
        let found = titles(&calendar);
        assert!(found.contains(&("activity", "Mit")) && found.contains(&("activity", "Vores")), "{found:?}");
        assert_eq!(calendar["whole"], held < day(0));
    }
    let then = format!("/calendar?from={}&to={}", day(39), day(51));
    let then = roskilde.get(&then).await.ok();
    assert_eq!(titles(&then), [("activity", "Mit"), ("activity", "Vores")]);
    assert_eq!(then["whole"], true);
}
