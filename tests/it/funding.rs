//! «Att vi söker externa medel för satsningen»: who applies to whom for money, out of which programme, and what came of it.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    stat,
};

fn path(application: &Value) -> String {
    format!("/funding-applications/{}", application["id"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect()
}

fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn application(project: &Value, more: Value) -> Value {
    let body = json!({"projectId": project["id"], "funder": "Statens kulturråd", "funderKind": "national_agency",
        "currency": "SEK", "appliedMinor": 45_000_000});
    with(body, more)
}

async fn project(lead: &Client, more: Value) -> Value {
    let body = json!({"title": [{"language": "sv", "text": "Lärsamverkan"}]});
    lead.post("/projects", with(body, more)).await.made()
}

async fn join(lead: &Client, project: &Value, whom: &Client, accept: bool) {
    let at = format!("/projects/{}", project["id"].as_str().unwrap());
    let asked = json!({"tenantId": whom.tenant, "role": "partner"});
    lead.post(&format!("{at}/participants"), asked).await.made();
    if accept {
        whom.post_from(&format!("{at}/participation/accept"), 1, json!({})).await.ok();
    }
}

async fn step(who: &Client, application: &Value, version: i64, step: Value) -> Value {
    who.post_from(&format!("{}/move", path(application)), version, step).await.ok()
}

/// Shows 78, 79, 98 by createFundingApplication, moveFundingApplication, fundingApplications, aggregate.
#[rstest]
#[actix_web::test]
async fn libraries_apply_to_several_funders_for_what_they_do_together(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let [kronoberg, kalmar, blekinge, oslo] = [
        node.tenant("kronoberg").await,
        node.tenant("kalmar").await,
        node.tenant("blekinge").await,
        node.tenant("oslo").await,
    ];
    let consortium = node.consortium("sydost", &[&kronoberg, &kalmar, &blekinge]).await;
    let music = migration::registers::concept_id("c:music");
    let shared = json!({"consortiumId": consortium, "visibility": "consortium", "conceptIds": [music]});
    let project = project(&kronoberg, shared).await;
    join(&kronoberg, &project, &kalmar, true).await;
    // Several funders for one project, of several kinds, each by its programme.
    let council = application(
        &project,
        json!({"programme": "Projektbidrag Lärsamverkan", "link": "https://example.org/bidrag",
            "firstDay": "2027-01-01", "lastDay": "2028-06-30", "visibility": "consortium"}),
    );
    let council = kronoberg.post("/funding-applications", council).await.made();
    assert_eq!((&council["state"], &council["consortiumId"]), (&json!("planned"), &json!(consortium)));
    assert!(council.get("grantedMinor").is_none() && council.get("appliedOn").is_none());
    // One of the bodies that the consortium works with; a partner applies too, in its own name.
    let region = json!({"name": "Region Kalmar län", "sector": "funder", "country": "SE"});
    let region = kalmar.post(&format!("/consortia/{consortium}/organisations"), region).await.made();
    let of_region = json!({"projectId": project["id"], "organisationId": region["id"], "funderKind": "county",
        "currency": "SEK", "appliedMinor": 20_000_000, "visibility": "consortium"});
    let of_region = kalmar.post("/funding-applications", of_region).await.made();
    assert_eq!(
        (&of_region["funder"], &of_region["organisationId"]),
        (&json!("Region Kalmar län"), &region["id"])
    );
    assert_eq!(of_region["tenantId"], json!(kalmar.tenant));
    let danish = application(
        &project,
        json!({"funder": "Kulturstyrelsen", "programme": "Udviklingspuljen", "currency": "DKK",
            "appliedMinor": 30_000_000, "visibility": "consortium"}),
    );
    let danish = kronoberg.post("/funding-applications", danish).await.made();
    // Sent, and decided: not all that was asked for is given.
    let sent = step(&kronoberg, &council, 1, json!({"to": "applied", "on": "2025-03-01"})).await;
    assert_eq!(
        (&sent["state"], &sent["appliedOn"], &sent["version"]),
        (&json!("applied"), &json!("2025-03-01"), &json!(2))
    );
    let granted = json!({"to": "granted", "on": "2025-06-15", "grantedMinor": 40_000_000});
    let granted = step(&kronoberg, &council, 2, granted).await;
    assert_eq!((&granted["grantedMinor"], &granted["decidedOn"]), (&json!(40_000_000), &json!("2025-06-15")));
    step(&kronoberg, &danish, 1, json!({"to": "applied", "on": "2025-03-01"})).await;
    step(&kronoberg, &danish, 2, json!({"to": "rejected", "on": "2025-05-01"})).await;
    let regional = step(&kalmar, &of_region, 1, json!({"to": "applied"})).await;
    assert!(regional["appliedOn"].is_string(), "today, when no day is said");
    // Whoever is in the consortium follows it, by project, by state and by whose it is.
    let for_project = format!("/funding-applications?projectId={}", project["id"].as_str().unwrap());
    for (query, expected) in [
        (for_project.clone(), vec![&council["id"], &of_region["id"], &danish["id"]]),
        (format!("{for_project}&state=granted"), vec![&council["id"]]),
        (format!("/funding-applications?consortiumId={consortium}&state=rejected"), vec![&danish["id"]]),
        (format!("/funding-applications?tenantId={}", kalmar.tenant), vec![&of_region["id"]]),
    ] {
        assert_eq!(ids(&blekinge.get(&query).await.ok()), expected, "{query}");
        assert!(ids(&oslo.get(&query).await.ok()).is_empty(), "{query}");
    }
    oslo.get(&path(&council)).await.problem(404, "not_found");
    // Added up, kronor by themselves and Danish ones by themselves.
    let at = format!("/consortia/{consortium}/aggregates/funding");
    let by_currency = blekinge.get(&format!("{at}?groupBy=currency")).await.ok();
    let values = |cube: &Value| -> Vec<Value> {
        cube["cells"].as_array().unwrap().iter().map(|cell| cell["values"].clone()).collect()
    };
    assert_eq!(by_currency["measures"], json!(["applications", "tenants", "applied", "granted", "rejected"]));
    assert_eq!(
        values(&by_currency),
        [json!([1, 1, 30_000_000, 0, 30_000_000]), json!([2, 2, 65_000_000, 40_000_000, 0])]
    );
    let by_theme = blekinge.get(&format!("{at}?groupBy=theme,programme&only=currency:SEK")).await.ok();
    assert_eq!(
        values(&by_theme),
        [json!([1, 1, 45_000_000, 40_000_000, 0]), json!([1, 1, 20_000_000, 0, 0])]
    );
    // The same on the other face.
    let question = "query($id: ID!, $consortium: ID!) {
        fundingApplication(id: $id) { funder funderKind programme currency appliedMinor grantedMinor state decidedOn tenantName { text } }
        fundingApplications(filter: {state: GRANTED}) { nodes { id } }
        node(id: $id) { ... on FundingApplication { lastDay } }
        aggregate(consortiumId: $consortium, cube: FUNDING, groupBy: [CURRENCY]) { cells { values } } }";
    let both = blekinge.data(question, json!({"id": council["id"], "consortium": consortium})).await;
    assert_eq!(both["fundingApplication"]["state"], "GRANTED");
    assert_eq!(both["fundingApplication"]["currency"], "SEK");
    assert_eq!(both["fundingApplication"]["grantedMinor"], 40_000_000);
    assert_eq!(both["fundingApplications"]["nodes"], json!([{"id": council["id"]}]));
    assert_eq!(both["node"]["lastDay"], "2028-06-30");
    assert_eq!(values(&both["aggregate"]), values(&by_currency));
}

#[rstest]
#[actix_web::test]
async fn amounts_of_two_currencies_are_never_one_sum(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, lund) = (node.tenant("oslo").await, node.tenant("lund").await);
    let consortium = node.consortium("sund", &[&oslo, &lund]).await;
    for (who, currency) in [(&oslo, "NOK"), (&lund, "SEK")] {
        let project = project(who, json!({"consortiumId": consortium, "visibility": "consortium"})).await;
        let body = application(
            &project,
            json!({"currency": currency, "appliedMinor": 5, "visibility": "consortium"}),
        );
        let made = who.post("/funding-applications", body).await.made();
        step(who, &made, 1, json!({"to": "applied", "on": "2025-03-01"})).await;
    }
    let at = format!("/consortia/{consortium}/aggregates/funding");
    let none = [json!([2, 2, null, null, null])];
    let values = |cube: &Value| -> Vec<Value> {
        cube["cells"].as_array().unwrap().iter().map(|cell| cell["values"].clone()).collect()
    };
    for query in ["", "?groupBy=state", "?only=currency:NOK,currency:SEK"] {
        assert_eq!(values(&oslo.get(&format!("{at}{query}")).await.ok()), none, "{query}");
    }
    assert_eq!(values(&oslo.get(&format!("{at}?only=currency:NOK")).await.ok()), [json!([1, 1, 5, 0, 0])]);
    let unknown = oslo.get(&format!("{at}?only=currency:XXX")).await.problem(422, "invalid_input");
    assert_eq!(faults(&unknown), [("/only/0/codes/0", "unknown_place")]);
    let question = "query($id: ID!) { aggregate(consortiumId: $id, cube: FUNDING) { cells { values } } }";
    assert_eq!(values(&oslo.data(question, json!({"id": consortium})).await["aggregate"]), none);
    // A line of the table has an empty field; a dataset has a null, and says why.
    let csv = oslo.get(&format!("{at}?groupBy=state&format=csv")).await;
    assert!(csv.text.lines().nth(1).unwrap().starts_with("applied,sendt,2,2,,,,"), "{}", csv.text);
    let dataset = oslo.get(&format!("{at}?groupBy=state&format=json-stat2")).await.ok();
    assert_eq!(dataset["value"], json!([2, 2, null, null, null]));
    assert_eq!(dataset["status"], json!({"2": "M", "3": "M", "4": "M"}));
    let why = dataset["extension"]["status"]["M"].as_str().unwrap();
    assert!(why.contains("valuta"), "{why}");
    let dataset = oslo.get(&format!("{at}?groupBy=currency,state&format=json-stat2")).await.ok();
    assert_eq!(dataset["value"], json!([1, 1, 5, 0, 0, 1, 1, 5, 0, 0]));
    // A table is divided by currency when nothing is asked; without it, also where there is nothing, no amount is told.
    let table = format!("/tables/funding-{consortium}/data");
    let asked = stat::plain(&oslo, &table).await.ok();
    assert_eq!(
        (&asked["id"][0], &asked["value"]),
        (&json!("currency"), &json!([1, 1, 5, 0, 0, 1, 1, 5, 0, 0]))
    );
    let without = format!("{table}?valueCodes[state]=*&valueCodes[ContentsCode]=*&valueCodes[Tid]=*");
    let without = stat::plain(&oslo, &without).await.ok();
    assert_eq!(without["value"], json!([2, 2, null, null, null]));
    assert!(without["extension"]["status"]["M"].is_string() && without["status"]["2"] == "M");
    let one = format!("{table}?valueCodes[currency]=SEK&valueCodes[ContentsCode]=applied&valueCodes[Tid]=*");
    assert_eq!(stat::plain(&oslo, &one).await.ok()["value"], json!([5]));
    let px =
        format!("{table}?valueCodes[state]=*&valueCodes[ContentsCode]=*&valueCodes[Tid]=*&outputFormat=px");
    let px = stat::plain(&oslo, &px).await;
    assert!(px.text.contains("2 2 \"..\" \"..\" \"..\""), "{}", px.text);
}

#[rstest]
#[actix_web::test]
async fn an_application_is_for_a_project_of_ones_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, hamar] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("hamar").await];
    let consortium = node.consortium("vest", &[&oslo, &bergen]).await;
    let own = project(&oslo, json!({"consortiumId": consortium})).await;
    // What is hidden is not there.
    let hidden = bergen.post("/funding-applications", application(&own, json!({}))).await;
    let nobodys = json!({"id": "0190a0b0-0000-7000-8000-0000000000ff"});
    let absent = bergen.post("/funding-applications", application(&nobodys, json!({}))).await;
    let plain = |mut problem: Value| {
        problem["requestId"] = Value::Null;
        problem
    };
    assert_eq!(plain(hidden.problem(404, "not_found")), plain(absent.problem(404, "not_found")));
    // Who is asked, and has not answered, sees it and takes no part yet; nor does who only sees it.
    join(&oslo, &own, &bergen, false).await;
    let open = project(&oslo, json!({"visibility": "public"})).await;
    for seen in [&own, &open] {
        let refused = bergen.post("/funding-applications", application(seen, json!({}))).await;
        assert_eq!(faults(&refused.problem(422, "invalid_input")), [("/projectId", "part_in_project")]);
    }
    let at = format!("/projects/{}", own["id"].as_str().unwrap());
    bergen.post_from(&format!("{at}/participation/accept"), 1, json!({})).await.ok();
    let made = bergen.post("/funding-applications", application(&own, json!({}))).await.made();
    assert_eq!((&made["visibility"], &made["projectId"]), (&json!("private"), &own["id"]));
    // Not even the lead sees what a partner keeps to itself.
    oslo.get(&path(&made)).await.problem(404, "not_found");
    // A project of no consortium, or of one that the library is not in: there is nobody to share it with but all.
    let elsewhere = project(&oslo, json!({"consortiumId": consortium})).await;
    join(&oslo, &elsewhere, &hamar, true).await;
    for (who, project) in [(&oslo, &open), (&hamar, &elsewhere)] {
        let shared = application(project, json!({"visibility": "consortium"}));
        let refused = who.post("/funding-applications", shared).await.problem(422, "invalid_input");
        assert_eq!(faults(&refused), [("/visibility", "consortium_required")]);
    }
    let public =
        hamar.post("/funding-applications", application(&elsewhere, json!({"visibility": "public"}))).await;
    let public = public.made();
    assert!(public.get("consortiumId").is_none());
    // Whoever reads it does not learn of a project that is hidden.
    assert!(bergen.get(&path(&public)).await.ok().get("projectId").is_none());
    assert_eq!(oslo.get(&path(&public)).await.ok()["projectId"], elsewhere["id"]);
    let of_hidden = format!("/funding-applications?projectId={}", elsewhere["id"].as_str().unwrap());
    assert!(ids(&bergen.get(&of_hidden).await.ok()).is_empty());
    assert_eq!(ids(&oslo.get(&of_hidden).await.ok()), [&public["id"]]);
    // Who leaves the project keeps what it applied for, and the project is not shown to it any more.
    bergen.post_from(&format!("{at}/participation/leave"), 2, json!({})).await.ok();
    assert!(bergen.get(&path(&made)).await.ok().get("projectId").is_none());
    let refused = bergen.post("/funding-applications", application(&own, json!({}))).await;
    refused.problem(404, "not_found");
    bergen
        .patch(&path(&made), 1, json!({"programme": "Prosjektmidler", "visibility": "consortium"}))
        .await
        .ok();
    assert_eq!(oslo.get(&path(&made)).await.ok()["projectId"], own["id"]);
    // An organisation is one of the consortium's.
    let body = json!({"name": "Sparebankstiftelsen", "sector": "funder"});
    let body = oslo.post(&format!("/consortia/{consortium}/organisations"), body).await.made();
    let by_it = json!({"organisationId": body["id"]});
    for (who, project) in [(&oslo, &open), (&hamar, &elsewhere)] {
        let refused = who.post("/funding-applications", application(project, by_it.clone())).await;
        assert_eq!(
            faults(&refused.problem(422, "invalid_input")),
            [("/organisationId", "unknown_organisation")]
        );
    }
    let other = oslo
        .post(
            &format!("/consortia/{consortium}/organisations"),
            json!({"name": "Sparebankstiftinga", "sector": "funder"}),
        )
        .await
        .made();
    let merge = format!("/organisations/{}/merge", body["id"].as_str().unwrap());
    oslo.post_from(&merge, 1, json!({"intoId": other["id"]})).await.ok();
    let named = oslo.post("/funding-applications", application(&own, by_it)).await.made();
    assert_eq!((&named["organisationId"], &named["funder"]), (&other["id"], &json!("Statens kulturråd")));
}

#[rstest]
#[actix_web::test]
async fn only_the_steps_of_an_application_are_taken(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let project = project(&oslo, json!({})).await;
    let public = json!({"visibility": "public"});
    let made = oslo.post("/funding-applications", application(&project, public)).await.made();
    let at = format!("{}/move", path(&made));
    let refused = oslo.post_from(&at, 1, json!({"to": "granted", "grantedMinor": 1})).await;
    let refused = refused.problem(409, "illegal_transition");
    assert!(refused["detail"].as_str().unwrap().contains("applied, withdrawn"), "{refused}");
    for (body, fault) in [
        (json!({"to": "applied", "grantedMinor": 1}), ("/grantedMinor", "granted_only")),
        (json!({"to": "applied", "on": "2999-01-01"}), ("/on", "in_the_future")),
    ] {
        let refused = oslo.post_from(&at, 1, body).await.problem(422, "invalid_input");
        assert_eq!(faults(&refused), [fault]);
    }
    oslo.post_from(&at, 7, json!({"to": "applied"})).await.problem(412, "stale_version");
    oslo.post(&at, json!({"to": "applied"})).await.problem(428, "version_required");
    // Another's is seen, and not moved.
    bergen.post_from(&at, 1, json!({"to": "applied"})).await.problem(403, "forbidden");
    bergen.patch(&path(&made), 1, json!({"funder": "Vi"})).await.problem(403, "forbidden");
    bergen.delete(&path(&made), 1).await.problem(403, "forbidden");
    step(&oslo, &made, 1, json!({"to": "applied", "on": "2025-03-01"})).await;
    for (body, fault) in [
        (json!({"to": "granted"}), ("/grantedMinor", "required")),
        (json!({"to": "granted", "grantedMinor": -1}), ("/grantedMinor", "between")),
        (json!({"to": "rejected", "on": "2025-02-28"}), ("/on", "before_it_was_sent")),
    ] {
        let refused = oslo.post_from(&at, 2, body).await.problem(422, "invalid_input");
        assert_eq!(faults(&refused), [fault]);
    }
    // More may be given than was asked for, or nothing.
    let granted = json!({"to": "granted", "on": "2025-03-01", "grantedMinor": 99_000_000_000_i64});
    let granted = step(&oslo, &made, 2, granted).await;
    assert_eq!(granted["grantedMinor"], 99_000_000_000_i64);
    let over = oslo.post_from(&at, 3, json!({"to": "withdrawn"})).await.problem(409, "illegal_transition");
    assert!(over["detail"].as_str().unwrap().contains('–'), "{over}");
    // What was told wrongly is put right.
    let right = json!({"grantedMinor": 0, "appliedOn": "2025-02-01", "decidedOn": "2025-04-01"});
    let right = oslo.patch(&path(&made), 3, right).await.ok();
    assert_eq!((&right["grantedMinor"], &right["appliedOn"]), (&json!(0), &json!("2025-02-01")));
    let refused = oslo.patch(&path(&made), 4, json!({"decidedOn": "2025-01-01"})).await;
    assert_eq!(faults(&refused.problem(422, "invalid_input")), [("/decidedOn", "before_it_was_sent")]);
    // The same on the other face: taken back before it was sent.
    let create = "mutation($input: NewFundingApplication!) { createFundingApplication(input: $input) { id version state } }";
    let input = json!({"projectId": project["id"], "funder": "EU", "funderKind": "EU", "programme": "Erasmus+",
        "currency": "EUR", "appliedMinor": 3_000_000_000_i64});
    let planned = oslo.data(create, json!({"input": input})).await["createFundingApplication"].clone();
    assert_eq!(planned["state"], "PLANNED");
    let change = "mutation($id: ID!) { changeFundingApplication(id: $id, expectedVersion: 1, input: {lastDay: \"2027-12-31\", firstDay: \"2027-01-01\"}) { version } }";
    assert_eq!(
        oslo.data(change, json!({"id": planned["id"]})).await["changeFundingApplication"]["version"],
        2
    );
    let back = "mutation($id: ID!, $version: Int!) { moveFundingApplication(id: $id, expectedVersion: $version, input: {to: WITHDRAWN}) {
        state appliedOn decidedOn appliedMinor } }";
    let stale = oslo.graphql(back, json!({"id": planned["id"], "version": 1})).await.json();
    assert_eq!(stale["errors"][0]["extensions"]["code"], "STALE_VERSION");
    let back =
        oslo.data(back, json!({"id": planned["id"], "version": 2})).await["moveFundingApplication"].clone();
    assert_eq!((&back["state"], &back["appliedOn"]), (&json!("WITHDRAWN"), &Value::Null));
    assert_eq!(back["appliedMinor"], 3_000_000_000_i64);
    assert!(back["decidedOn"].is_string());
    let remove = "mutation($id: ID!) { removeFundingApplication(id: $id, expectedVersion: 3) }";
    assert_eq!(
        oslo.data(remove, json!({"id": planned["id"]})).await["removeFundingApplication"],
        planned["id"]
    );
    // To remove one is the editor's.
    node.client(oslo.tenant, Role::Contributor).delete(&path(&made), 4).await.problem(403, "forbidden");
    oslo.delete(&path(&made), 3).await.problem(412, "stale_version");
    oslo.delete(&path(&made), 4).await.expect(204);
    oslo.get(&path(&made)).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_is_wrong_with_an_application_is_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let project = project(&oslo, json!({})).await;
    for (more, fault) in [
        (json!({"funder": null}), ("/funder", "required")),
        (json!({"funder": " "}), ("/funder", "required")),
        (json!({"funder": "x".repeat(201)}), ("/funder", "too_long")),
        (json!({"programme": "x".repeat(201)}), ("/programme", "too_long")),
        (json!({"programme": "Til 01015550321"}), ("/programme", "national_number")),
        (json!({"link": "http://example.org"}), ("/link", "url")),
        (json!({"currency": "BTC"}), ("/currency", "unknown_value")),
        (json!({"currency": "nok"}), ("/currency", "unknown_value")),
        (json!({"funderKind": "bank"}), ("/funderKind", "unknown_value")),
        (json!({"appliedMinor": -1}), ("/appliedMinor", "between")),
        (json!({"appliedMinor": 1_000_000_000_001_i64}), ("/appliedMinor", "between")),
        (json!({"firstDay": "2027-01-02", "lastDay": "2027-01-01"}), ("/lastDay", "ends_before_start")),
        (json!({"grantedMinor": 5}), ("/grantedMinor", "unknown_field")),
        (json!({"tenantId": oslo.tenant}), ("/tenantId", "unknown_field")),
    ] {
        let refused = oslo.post("/funding-applications", application(&project, more.clone())).await;
        assert_eq!(faults(&refused.problem(422, "invalid_input")), [fault], "{more}");
    }
    let made = oslo.post("/funding-applications", application(&project, json!({}))).await.made();
    for (change, fault) in [
        (json!({"grantedMinor": 5}), ("/grantedMinor", "granted_only")),
        (json!({"appliedOn": "2025-01-01"}), ("/appliedOn", "sent_only")),
        (json!({"decidedOn": "2025-01-01"}), ("/decidedOn", "decided_only")),
        (json!({"visibility": "consortium"}), ("/visibility", "consortium_required")),
        (json!({"clear": ["funder"]}), ("/clear/0", "unknown_value")),
        (json!({"state": "granted"}), ("/state", "unknown_field")),
    ] {
        let refused = oslo.patch(&path(&made), 1, change.clone()).await;
        assert_eq!(faults(&refused.problem(422, "invalid_input")), [fault], "{change}");
    }
    let changed = json!({"programme": "Prosjektmidler", "link": "https://example.org/", "firstDay": "2027-01-01",
        "lastDay": "2027-01-01"});
    oslo.patch(&path(&made), 1, changed).await.ok();
    let clear =
        json!({"clear": ["programme", "link", "first_day", "last_day", "organisation"], "currency": "ISK"});
    let changed = oslo.patch(&path(&made), 2, clear).await.ok();
    for gone in ["programme", "link", "firstDay", "lastDay", "organisationId"] {
        assert!(changed.get(gone).is_none(), "{gone}");
    }
    assert_eq!((&changed["currency"], &changed["version"]), (&json!("ISK"), &json!(3)));
    oslo.patch(&path(&made), 2, json!({"currency": "NOK"})).await.problem(412, "stale_version");
}
