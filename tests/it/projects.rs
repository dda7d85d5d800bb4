//! A joint project from its idea to its end: who leads it, who is asked, who answers what, and who sees it.

use migration::registers::concept_id;
use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn new(more: Value) -> Value {
    let mut body = json!({"title": [{"language": "nb", "text": "Felles kurs"}]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn path(project: &Value) -> String {
    format!("/projects/{}", project["id"].as_str().unwrap())
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    statuses
}

async fn sees(reader: &Client, project: &Value) -> bool {
    let listed = reader.get("/projects?first=100").await.ok()["items"].clone();
    let listed = listed.as_array().unwrap().iter().any(|row| row["id"] == project["id"]);
    let participants = reader.get(&format!("{}/participants", path(project))).await;
    let read = reader.get(&path(project)).await;
    assert_eq!((read.status, listed), (participants.status, read.status == 200), "the ways to it agree");
    listed
}

async fn invite(lead: &Client, project: &Value, whom: &Client, role: &str) -> Value {
    let body = json!({"tenantId": whom.tenant, "role": role});
    lead.post(&format!("{}/participants", path(project)), body).await.made()
}

async fn answer(who: &Client, project: &Value, version: i64, what: &str) -> Answer {
    who.post_from(&format!("{}/participation/{what}", path(project)), version, json!({})).await
}

#[rstest]
#[actix_web::test]
async fn a_project_is_made_changed_and_told_alike_on_both_faces(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let more = json!({
        "purpose": [{"language": "nb", "text": "Vi lærer av hverandre"}, {"language": "en", "text": "We learn"}],
        "conceptIds": [concept_id("c:music")], "starts": "2027-01", "ends": "2027-06~",
    });
    let made = oslo.post("/projects", new(more)).await.made();
    assert_eq!(
        (&made["state"], &made["version"], &made["visibility"]),
        (&json!("idea"), &json!(1), &json!("private"))
    );
    assert_eq!((&made["leadId"], &made["leadName"]["text"]), (&json!(oslo.tenant), &json!("oslo")));
    assert_eq!(made["participants"][0]["role"], "lead");
    assert_eq!(oslo.get(&path(&made)).await.header("etag"), "\"1\"");
    let change = json!({"title": [{"language": "nb", "text": "Felles kursrekke"}], "conceptIds": [concept_id("c:games"), concept_id("c:music")]});
    let without = oslo.request(reqwest::Method::PATCH, &format!("/api/v1{}", path(&made)));
    oslo.send(without.json(&change)).await.problem(428, "version_required");
    oslo.patch(&path(&made), 2, change.clone()).await.problem(412, "stale_version");
    let changed = oslo.patch(&path(&made), 1, change).await.ok();
    assert_eq!(
        (&changed["title"]["text"], &changed["starts"]),
        (&json!("Felles kursrekke"), &json!("2027-01"))
    );
    let query = "query($id: ID!) { project(id: $id) { version title { text } purpose { text fallback } conceptIds participants { role status name { text } } transitions { to } } }";
    let told = oslo.clone().speaking("en").data(query, json!({"id": made["id"]})).await["project"].clone();
    assert_eq!((&told["version"], &told["purpose"]["text"]), (&json!(2), &json!("We learn")));
    assert_eq!(told["conceptIds"], changed["conceptIds"]);
    assert_eq!(
        told["participants"],
        json!([{"role": "LEAD", "status": "ACCEPTED", "name": {"text": "oslo"}}])
    );
    for (filter, found) in [
        (format!("conceptId={}", concept_id("c:games")), 1),
        (format!("conceptId={}", concept_id("c:events")), 0),
        ("state=idea".into(), 1),
        ("state=active".into(), 0),
        (format!("leadId={}", oslo.tenant), 1),
        ("takingPart=false".into(), 0),
    ] {
        let listed = oslo.get(&format!("/projects?{filter}")).await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), found, "{filter}");
    }
    let keyed = oslo.clone().with_key("p1");
    let once = keyed.post("/projects", new(json!({}))).await.made();
    assert_eq!(keyed.post("/projects", new(json!({}))).await.made()["id"], once["id"]);
    keyed.post("/projects", new(json!({"starts": "2030"}))).await.problem(422, "key_reused");
    assert_eq!(oslo.get("/projects").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[rstest]
#[actix_web::test]
async fn only_legal_steps_are_taken_each_with_its_reason(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let project = oslo.post("/projects", new(json!({}))).await.made();
    let step = |version: i64, to: &'static str| {
        let project = project.clone();
        let oslo = oslo.clone();
        async move {
            oslo.post_from(
                &format!("{}/move", path(&project)),
                version,
                json!({"to": to, "reason": format!("til {to}")}),
            )
            .await
        }
    };
    let refused = step(1, "completed").await.problem(409, "illegal_transition");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("planned") && detail.contains("cancelled"), "what is possible is said: {detail}");
    step(2, "planned").await.problem(412, "stale_version");
    step(1, "nowhere").await.problem(422, "invalid_input");
    for (n, to) in ["planned", "applied", "active", "evaluating", "completed"].into_iter().enumerate() {
        assert_eq!(step(n as i64 + 1, to).await.ok()["state"], to);
    }
    for to in ["idea", "active", "cancelled", "completed"] {
        step(6, to).await.problem(409, "illegal_transition");
    }
    let told = oslo.get(&path(&project)).await.ok();
    let steps: Vec<_> = told["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["from"].clone(), s["reason"].clone()))
        .collect();
    assert_eq!(steps.len(), 5);
    assert_eq!(steps[3], (json!("active"), json!("til evaluating")));
    // From anywhere it may end; over both faces alike.
    let other = oslo.post("/projects", new(json!({}))).await.made();
    let query = "mutation($id: ID!, $v: Int!, $to: ProjectState!) { moveProject(id: $id, expectedVersion: $v, input: {to: $to}) { state version transitions { from to reason } } }";
    let illegal = oslo.graphql(query, json!({"id": other["id"], "v": 1, "to": "EVALUATING"})).await.ok();
    assert_eq!(illegal["errors"][0]["extensions"]["code"], "ILLEGAL_TRANSITION");
    let over =
        oslo.data(query, json!({"id": other["id"], "v": 1, "to": "CANCELLED"})).await["moveProject"].clone();
    assert_eq!(
        over,
        json!({"state": "CANCELLED", "version": 2, "transitions": [{"from": "IDEA", "to": "CANCELLED", "reason": null}]})
    );
    let bergen = node.tenant("bergen").await;
    let late = json!({"tenantId": bergen.tenant, "role": "partner"});
    oslo.post(&format!("{}/participants", path(&other)), late).await.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn who_is_asked_sees_it_and_who_goes_sees_it_no_more(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let project = oslo.post("/projects", new(json!({}))).await.made();
    assert!(!sees(&bergen, &project).await);
    answer(&bergen, &project, 1, "accept").await.problem(404, "not_found");
    let asked = invite(&oslo, &project, &bergen, "partner").await;
    assert_eq!((&asked["status"], &asked["version"]), (&json!("invited"), &json!(1)));
    assert!(sees(&bergen, &project).await && !sees(&tromso, &project).await);
    // Asked, it decides for itself, and nothing else.
    bergen.patch(&path(&project), 1, json!({"starts": "2030"})).await.problem(403, "forbidden");
    bergen
        .post_from(&format!("{}/move", path(&project)), 1, json!({"to": "planned"}))
        .await
        .problem(403, "forbidden");
    let third = json!({"tenantId": tromso.tenant, "role": "partner"});
    bergen.post(&format!("{}/participants", path(&project)), third).await.problem(403, "forbidden");
    answer(&bergen, &project, 1, "leave").await.problem(409, "illegal_transition");
    answer(&bergen, &project, 7, "accept").await.problem(412, "stale_version");
    answer(&tromso, &project, 1, "accept").await.problem(404, "not_found");
    answer(&oslo, &project, 1, "leave").await.problem(409, "conflict");
    for (role, status) in [(Role::Viewer, 403), (Role::Contributor, 403)] {
        answer(&node.client(bergen.tenant, role), &project, 1, "accept").await.problem(status, "forbidden");
    }
    let twice = oslo
        .post(
            &format!("{}/participants", path(&project)),
            json!({"tenantId": bergen.tenant, "role": "observer"}),
        )
        .await;
    assert_eq!(twice.problem(409, "conflict")["errors"][0]["code"], "already_member");
    assert_eq!(answer(&bergen, &project, 1, "accept").await.ok()["status"], "accepted");
    answer(&bergen, &project, 2, "decline").await.problem(409, "illegal_transition");
    let mine = bergen.get("/projects?takingPart=true").await.ok();
    assert_eq!(mine["items"][0]["participants"][1]["name"]["text"], "bergen");

    // Declining and leaving close it; being asked again opens it.
    let query = "mutation($p: ID!, $t: ID!) { inviteParticipant(projectId: $p, input: {tenantId: $t, role: OBSERVER}) { version status } }";
    oslo.data(query, json!({"p": project["id"], "t": tromso.tenant})).await;
    let decline =
        "mutation($p: ID!, $v: Int!) { declineParticipation(projectId: $p, expectedVersion: $v) { status } }";
    let said = tromso.data(decline, json!({"p": project["id"], "v": 1})).await;
    assert_eq!(said["declineParticipation"]["status"], "DECLINED");
    assert!(!sees(&tromso, &project).await && sees(&bergen, &project).await);
    let gone = tromso.graphql(decline, json!({"p": project["id"], "v": 2})).await.ok();
    assert_eq!(gone["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(answer(&bergen, &project, 2, "leave").await.ok()["status"], "left");
    assert!(!sees(&bergen, &project).await);
    assert_eq!(invite(&oslo, &project, &bergen, "observer").await["version"], 4);
    assert!(sees(&bergen, &project).await);
    answer(&bergen, &project, 4, "accept").await.ok();
    let rows = oslo.get(&format!("{}/participants", path(&project))).await.ok()["items"].clone();
    let told: Vec<_> =
        rows.as_array().unwrap().iter().map(|r| (r["role"].clone(), r["status"].clone())).collect();
    assert_eq!(
        told,
        [
            (json!("lead"), json!("accepted")),
            (json!("observer"), json!("accepted")),
            (json!("observer"), json!("declined"))
        ]
    );
}

#[rstest]
#[actix_web::test]
async fn visibility_decides_for_everybody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let vest = node.consortium("vest", &[&oslo, &bergen]).await;
    let project = oslo.post("/projects", new(json!({"consortiumId": vest}))).await.made();
    oslo.post_from(
        &format!("{}/move", path(&project)),
        1,
        json!({"to": "planned", "reason": "hemmelig grunn"}),
    )
    .await
    .ok();
    assert!(!sees(&bergen, &project).await);
    oslo.patch(&path(&project), 2, json!({"visibility": "consortium"})).await.ok();
    assert!(sees(&bergen, &project).await && !sees(&tromso, &project).await);
    assert_eq!(bergen.get(&path(&project)).await.ok()["transitions"][0]["reason"], "hemmelig grunn");
    let found = bergen.get(&format!("/projects?consortiumId={vest}")).await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    oslo.patch(&path(&project), 3, json!({"visibility": "public"})).await.ok();
    assert!(sees(&tromso, &project).await && sees(&bergen, &project).await);
    invite(&oslo, &project, &tromso, "partner").await;
    // Back again, everything under it goes with it; who is asked stays.
    oslo.patch(&path(&project), 4, json!({"visibility": "sealed"})).await.ok();
    assert!(!sees(&bergen, &project).await && sees(&tromso, &project).await);
    // Out of the consortium again, and not to be shown to it then.
    let bare = oslo
        .post("/projects", new(json!({"consortiumId": vest, "visibility": "consortium", "starts": "2027"})))
        .await
        .made();
    assert!(sees(&bergen, &bare).await);
    let fault =
        oslo.patch(&path(&bare), 1, json!({"clear": ["consortium"]})).await.problem(422, "invalid_input");
    assert_eq!(fault["errors"][0]["code"], "consortium_required");
    let out = json!({"clear": ["consortium", "starts"], "visibility": "sealed"});
    let out = oslo.patch(&path(&bare), 1, out).await.ok();
    assert!(out["consortiumId"].is_null() && out["starts"].is_null(), "{out}");
    assert!(!sees(&bergen, &bare).await);
    // A lead that shares no projects in the consortium shares none.
    oslo.patch(&path(&project), 5, json!({"visibility": "consortium"})).await.ok();
    assert!(sees(&bergen, &project).await);
    let own = oslo.get("/memberships").await.ok()["items"][0].clone();
    let membership = format!("/memberships/{}", own["id"].as_str().unwrap());
    oslo.patch(&membership, own["version"].as_i64().unwrap(), json!({"projects": "sealed"})).await.ok();
    assert!(!sees(&bergen, &project).await && sees(&oslo, &project).await);
}

#[rstest]
#[actix_web::test]
async fn bad_input_says_where_and_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let foreign = node.consortium("vest", &[&bergen]).await;
    let music = concept_id("c:music");
    let many: Vec<_> = (0..51).map(|_| uuid::Uuid::now_v7()).collect();
    for (more, pointer, code) in [
        (json!({"title": []}), "/title", "required"),
        (json!({"title": "Felles kurs"}), "/title", "wrong_type"),
        (json!({"title": [{"language": "nb", "text": "x".repeat(301)}]}), "/title/0/text", "too_long"),
        (json!({"purpose": [{"language": "nb", "text": "\u{1}"}]}), "/purpose/0/text", "control_character"),
        (json!({"starts": "til høsten"}), "/starts", "edtf"),
        (json!({"conceptIds": [music, music]}), "/conceptIds/1", "duplicate"),
        (json!({"conceptIds": [music, uuid::Uuid::now_v7()]}), "/conceptIds/1", "unknown_concept"),
        (json!({"conceptIds": ["c:music"]}), "/conceptIds/0", "id"),
        (json!({"conceptIds": many}), "/conceptIds", "too_many"),
        (json!({"visibility": "consortium"}), "/consortiumId", "consortium_required"),
        (json!({"consortiumId": uuid::Uuid::now_v7()}), "/consortiumId", "unknown_consortium"),
        // Another's consortium is as good as none.
        (json!({"consortiumId": foreign}), "/consortiumId", "unknown_consortium"),
        (json!({"leadId": bergen.tenant}), "/leadId", "unknown_field"),
    ] {
        let fault = oslo.post("/projects", new(more.clone())).await.problem(422, "invalid_input");
        let error = &fault["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{more}");
    }
    let query = "mutation($c: ID!) { createProject(input: {title: [{language: NB, text: \"a\"}], consortiumId: $c}) { id } }";
    let refused = oslo.graphql(query, json!({"c": foreign})).await.ok();
    assert_eq!(refused["errors"][0]["extensions"]["errors"][0]["code"], "unknown_consortium", "{refused}");
    assert_eq!(oslo.get("/projects").await.ok()["items"], json!([]));

    let project = oslo.post("/projects", new(json!({"visibility": "public"}))).await.made();
    for (whom, role, pointer, code) in [
        (json!(oslo.tenant), "partner", "/tenantId", "self_invitation"),
        (json!(uuid::Uuid::now_v7()), "partner", "/tenantId", "unknown_tenant"),
        (json!("bergen"), "partner", "/tenantId", "id"),
        (json!(bergen.tenant), "lead", "/role", "unknown_value"),
        (json!(bergen.tenant), "friend", "/role", "unknown_value"),
    ] {
        let asked = oslo
            .post(&format!("{}/participants", path(&project)), json!({"tenantId": whom, "role": role}))
            .await;
        let error = asked.problem(422, "invalid_input")["errors"][0].clone();
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
    }
    let too_long = json!({"to": "planned", "reason": "x".repeat(2_001)});
    oslo.post_from(&format!("{}/move", path(&project)), 1, too_long).await.problem(422, "invalid_input");
    for id in ["x", &uuid::Uuid::now_v7().to_string()] {
        oslo.get(&format!("/projects/{id}")).await.problem(404, "not_found");
        oslo.get(&format!("/projects/{id}/participants")).await.problem(404, "not_found");
        oslo.patch(&format!("/projects/{id}"), 1, json!({})).await.problem(404, "not_found");
        oslo.post_from(&format!("/projects/{id}/move"), 1, json!({"to": "planned"}))
            .await
            .problem(404, "not_found");
        oslo.post_from(&format!("/projects/{id}/participation/accept"), 1, json!({}))
            .await
            .problem(404, "not_found");
    }
    oslo.post("/projects", new(json!({}))).await.made();
    let cursor = oslo.get("/projects?first=1").await.ok()["nextCursor"].as_str().unwrap().to_owned();
    bergen.get(&format!("/projects?first=1&after={cursor}")).await.problem(400, "bad_cursor");
    oslo.get(&format!("/projects?state=idea&after={cursor}")).await.problem(400, "bad_cursor");
    oslo.get(&format!("{}/participants?after={cursor}", path(&project))).await.problem(400, "bad_cursor");
    oslo.get("/projects?state=done").await.problem(422, "invalid_input");
    assert_eq!(oslo.get(&path(&project)).await.ok(), project, "nothing was changed");
    node.client(oslo.tenant, Role::Viewer).post("/projects", new(json!({}))).await.problem(403, "forbidden");
    // To make one a contributor is enough; to open it to others is the editor's.
    let contributor = node.client(oslo.tenant, Role::Contributor);
    let own = contributor.post("/projects", new(json!({}))).await.made();
    let asking = json!({"tenantId": bergen.tenant, "role": "partner"});
    contributor.post(&format!("{}/participants", path(&own)), asking).await.problem(403, "forbidden");
    assert!(!sees(&bergen, &own).await);
}

#[rstest]
#[actix_web::test]
async fn of_those_who_act_at_once_one_is_first(#[values(Sqlite, Postgres)] kind: Kind) {
    use futures_util::future::{join, join_all};
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let project = oslo.post("/projects", new(json!({"visibility": "public"}))).await.made();
    let to = path(&project);
    let changes = join_all((0..4).map(|n| oslo.patch(&to, 1, json!({"starts": format!("203{n}")})))).await;
    assert_eq!(statuses(&changes), [200, 412, 412, 412]);
    let moved = format!("{}/move", path(&project));
    let steps =
        join_all(["planned", "cancelled", "planned"].map(|to| oslo.post_from(&moved, 2, json!({"to": to}))))
            .await;
    assert_eq!(statuses(&steps), [200, 412, 412]);
    let told = oslo.get(&path(&project)).await.ok();
    assert_eq!((told["transitions"].as_array().unwrap().len(), &told["version"]), (1, &json!(3)));

    let project = oslo.post("/projects", new(json!({"visibility": "public"}))).await.made();
    let asking = json!({"tenantId": bergen.tenant, "role": "partner"});
    let participants = format!("{}/participants", path(&project));
    let invitations = join_all((0..4).map(|_| oslo.post(&participants, asking.clone()))).await;
    assert_eq!(statuses(&invitations), [201, 409, 409, 409]);
    let answers =
        join_all(["accept", "decline", "accept"].map(|what| answer(&bergen, &project, 1, what))).await;
    // Whoever comes after a decline finds a project that it may see, for it is public, and an answer already given.
    assert_eq!(statuses(&answers), [200, 412, 412]);
    // An invitation beside a change of visibility: whichever is first, nothing of a private project is public.
    for round in 0..8 {
        let project = oslo.post("/projects", new(json!({"visibility": "public"}))).await.made();
        let participants = format!("{}/participants", path(&project));
        let (hidden, asked) = join(
            oslo.patch(&path(&project), 1, json!({"visibility": "private"})),
            oslo.post(&participants, asking.clone()),
        )
        .await;
        hidden.ok();
        asked.made();
        tromso.get(&participants).await.problem(404, "not_found");
        assert!(!sees(&tromso, &project).await && sees(&bergen, &project).await, "round {round}");
    }
}
