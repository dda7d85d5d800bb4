//! Cooperating by consent: a consortium is made of invitations and acceptances, and is nobody else's business.

use reqwest::Method;
use samvirke::{auth::Role, id::TenantId};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn new(slug: &str, coordinator: TenantId) -> Value {
    json!({
        "slug": slug, "coordinatorId": coordinator,
        "name": [{"language": "nb", "text": "Fire fylkesbibliotek"}],
        "mandate": {"givenBy": "Fylkestingene", "givenOn": "2010-06~", "areas": ["kompetanse"], "legalBasis": "folkebibliotekloven"},
        "reasons": [[{"language": "nb", "text": "Små miljøer"}, {"language": "sv", "text": "Små miljöer"}]],
        "openQuestions": [[{"language": "nb", "text": "Hvem betaler?"}]],
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

async fn invitation(client: &Client) -> Value {
    let mine = client.get("/memberships?status=invited").await.ok();
    mine["items"][0].clone()
}

#[rstest]
#[actix_web::test]
async fn a_consortium_grows_by_invitation_and_acceptance(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let made = node.operator().post("/consortia", new("fire", oslo.tenant)).await.made();
    assert_eq!((&made["k"], &made["status"]), (&json!(3), &json!("active")));
    assert_eq!(made["mandate"]["givenOn"], "2010-06~");
    let path = format!("/consortia/{}", text(&made["id"]));

    // The invited one sees what it is asked to join, and is no member before it says yes.
    let seen = oslo.clone().speaking("sv").get(&path).await.ok();
    assert_eq!(seen["reasons"][0]["text"], "Små miljöer");
    let invited = invitation(&oslo).await;
    assert_eq!(
        (&invited["consortiumName"]["text"], &invited["role"]),
        (&json!("Fire fylkesbibliotek"), &json!("coordinator"))
    );
    let bid = json!({"tenantId": bergen.tenant, "role": "member"});
    oslo.post(&format!("{path}/memberships"), bid.clone()).await.problem(403, "forbidden");
    let own = format!("/memberships/{}", text(&invited["id"]));
    oslo.post_from(&format!("{own}/accept"), 9, json!({})).await.problem(412, "stale_version");
    let joined = oslo.post_from(&format!("{own}/accept"), 1, json!({"projects": "sealed"})).await.ok();
    assert_eq!(
        (&joined["status"], &joined["sharing"]["projects"], &joined["sharing"]["competences"]),
        (&json!("active"), &json!("sealed"), &json!("full"))
    );
    let again = oslo.post_from(&format!("{own}/accept"), 2, json!({})).await;
    again.problem(409, "illegal_transition");

    oslo.post(&format!("{path}/memberships"), bid.clone()).await.made();
    let refused = oslo.post(&format!("{path}/memberships"), bid.clone()).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "already_member");
    let invited = invitation(&bergen).await;
    let theirs = format!("/memberships/{}", text(&invited["id"]));
    bergen.post_from(&format!("{theirs}/decline"), 1, json!({})).await.ok();
    bergen.get(&path).await.problem(404, "not_found");
    // Asked once more, in another role.
    let bid = json!({"tenantId": bergen.tenant, "role": "observer"});
    assert_eq!(oslo.post(&format!("{path}/memberships"), bid).await.made()["version"], 3);
    bergen.post_from(&format!("{theirs}/accept"), 3, json!({})).await.ok();
    let members = bergen.get(&format!("{path}/memberships")).await.ok();
    let names: Vec<_> =
        members["items"].as_array().unwrap().iter().map(|m| m["tenantName"]["text"].clone()).collect();
    assert_eq!(names, [json!("oslo"), json!("bergen")]);
    let observers = oslo.get(&format!("{path}/memberships?role=observer&status=active")).await.ok();
    assert_eq!(observers["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        oslo.get(&format!("{path}/memberships?status=left")).await.ok()["items"].as_array().unwrap().len(),
        0
    );
}

#[rstest]
#[actix_web::test]
async fn neither_side_can_add_the_other_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let id = node.consortium("fire", &[&oslo]).await;
    let path = format!("/consortia/{id}/memberships");
    let bid = json!({"tenantId": bergen.tenant, "role": "member"});
    // Nobody invites itself into what it does not see.
    bergen.post(&path, bid.clone()).await.problem(404, "not_found");
    let made = oslo.post(&path, bid.clone()).await.made();
    let theirs = format!("/memberships/{}", text(&made["id"]));
    // The coordinator cannot answer for the invited, nor can a third.
    oslo.post_from(&format!("{theirs}/accept"), 1, json!({})).await.problem(403, "forbidden");
    oslo.post_from(&format!("{theirs}/decline"), 1, json!({})).await.problem(403, "forbidden");
    node.operator().post_from(&format!("{theirs}/accept"), 1, json!({})).await.problem(403, "forbidden");
    tromso.post_from(&format!("{theirs}/accept"), 1, json!({})).await.problem(404, "not_found");
    // Not every role of the invited either.
    let editor = node.client(bergen.tenant, Role::Editor);
    editor.post_from(&format!("{theirs}/accept"), 1, json!({})).await.problem(403, "forbidden");
    bergen.post_from(&format!("{theirs}/accept"), 1, json!({})).await.ok();
    // An ordinary member invites nobody; the coordinator's editor neither.
    let bid = json!({"tenantId": tromso.tenant, "role": "member"});
    bergen.post(&path, bid.clone()).await.problem(403, "forbidden");
    node.client(oslo.tenant, Role::Editor).post(&path, bid.clone()).await.problem(403, "forbidden");
    let nobody = json!({"tenantId": TenantId::new(), "role": "member"});
    assert_eq!(
        oslo.post(&path, nobody).await.problem(422, "invalid_input")["errors"][0]["code"],
        "unknown_tenant"
    );
    let own = json!({"tenantId": oslo.tenant, "role": "member"});
    assert_eq!(
        oslo.post(&path, own).await.problem(422, "invalid_input")["errors"][0]["code"],
        "self_invitation"
    );
    oslo.post(&path, bid).await.made();
}

#[rstest]
#[actix_web::test]
async fn for_a_stranger_a_consortium_is_like_one_that_does_not_exist(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let id = node.consortium("fire", &[&oslo, &bergen]).await;
    let membership = text(&oslo.get("/memberships").await.ok()["items"][0]["id"]).to_owned();
    let change = json!({"k": 4});
    let bid = json!({"tenantId": tromso.tenant, "role": "member"});
    let absent = uuid::Uuid::now_v7().to_string();
    let calls = [
        (Method::GET, "/consortia/{c}", Value::Null),
        (Method::PATCH, "/consortia/{c}", change.clone()),
        (Method::GET, "/consortia/{c}/memberships", Value::Null),
        (Method::POST, "/consortia/{c}/memberships", bid),
        (Method::GET, "/memberships/{m}", Value::Null),
        (Method::PATCH, "/memberships/{m}", json!({"projects": "none"})),
        (Method::POST, "/memberships/{m}/accept", json!({})),
        (Method::POST, "/memberships/{m}/decline", json!({})),
        (Method::POST, "/memberships/{m}/leave", json!({})),
    ];
    for (method, path, body) in calls {
        let mut bodies = Vec::new();
        for (consortium, membership) in
            [(id.to_string(), membership.clone()), (absent.clone(), absent.clone())]
        {
            let path = path.replace("{c}", &consortium).replace("{m}", &membership);
            let mut request =
                tromso.request(method.clone(), &format!("/api/v1{path}")).header("if-match", "\"1\"");
            if !body.is_null() {
                request = request.json(&body);
            }
            let mut problem = tromso.send(request).await.problem(404, "not_found");
            problem.as_object_mut().unwrap().remove("requestId");
            bodies.push(problem.to_string());
        }
        assert_eq!(bodies[0], bodies[1], "{method} {path}");
    }
    for (query, is) in [
        ("query($id: ID!) { consortium(id: $id) { id } }", id.to_string()),
        ("query($id: ID!) { memberships(consortiumId: $id) { edges { node { id } } } }", id.to_string()),
        ("query($id: ID!) { membership(id: $id) { id } }", membership),
    ] {
        let hidden = tromso.graphql(query, json!({"id": is})).await.ok();
        assert_eq!(hidden["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(hidden, tromso.graphql(query, json!({"id": absent})).await.ok());
    }
    assert_eq!(tromso.get("/consortia").await.ok()["items"], json!([]));
    // Invited it sees the name and its own invitation, and nobody else's row.
    let bid = json!({"tenantId": tromso.tenant, "role": "member"});
    oslo.post(&format!("/consortia/{id}/memberships"), bid).await.made();
    assert_eq!(tromso.get("/consortia").await.ok()["items"][0]["name"]["text"], "fire");
    let rows = tromso.get(&format!("/consortia/{id}/memberships")).await.ok();
    assert_eq!(rows["items"].as_array().unwrap().len(), 1);
    assert_eq!(rows["items"][0]["tenantId"], json!(tromso.tenant));
    tromso.patch(&format!("/consortia/{id}"), 1, change.clone()).await.problem(403, "forbidden");
    bergen.patch(&format!("/consortia/{id}"), 1, change.clone()).await.problem(403, "forbidden");
    oslo.patch(&format!("/consortia/{id}"), 7, change.clone()).await.problem(412, "stale_version");
    assert_eq!(oslo.patch(&format!("/consortia/{id}"), 1, change).await.ok()["k"], 4);
}

#[rstest]
#[actix_web::test]
async fn who_leaves_sees_nothing_from_that_moment(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let id = node.consortium("fire", &[&oslo, &bergen]).await;
    let path = format!("/consortia/{id}");
    bergen.get(&path).await.ok();
    let own = bergen.get("/memberships").await.ok()["items"][0].clone();
    let leave = format!("/memberships/{}/leave", text(&own["id"]));
    oslo.post_from(&leave, 2, json!({})).await.problem(403, "forbidden");
    let left = bergen.post_from(&leave, 2, json!({})).await.ok();
    assert_eq!(left["status"], "left");
    assert!(left["leftAt"].is_string() && left["joinedAt"].is_string() && left["consortiumName"].is_null());
    bergen.get(&path).await.problem(404, "not_found");
    bergen.get(&format!("{path}/memberships")).await.problem(404, "not_found");
    assert_eq!(bergen.get("/consortia").await.ok()["items"], json!([]));
    bergen.post_from(&leave, 3, json!({})).await.problem(409, "illegal_transition");
    // History stays with those who were there, and the one who left keeps its own.
    let rows = oslo.get(&format!("{path}/memberships?status=left")).await.ok();
    assert_eq!(rows["items"][0]["tenantId"], json!(bergen.tenant));
    assert_eq!(bergen.get("/memberships").await.ok()["items"][0]["status"], "left");
    // It may come back, asked again.
    node.join(id, &oslo, &bergen, samvirke::tenancy::SeatRole::Member).await;
    bergen.get(&path).await.ok();
}

/// Two at once included: one of them stays.
#[rstest]
#[actix_web::test]
async fn a_consortium_does_not_lose_its_last_coordinator(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("tromso").await];
    let id = node.consortium("fire", &[&oslo, &bergen]).await;
    let leave = async |who: &Client| {
        let own = who.get("/memberships").await.ok()["items"][0].clone();
        who.post_from(
            &format!("/memberships/{}/leave", text(&own["id"])),
            own["version"].as_i64().unwrap(),
            json!({}),
        )
        .await
    };
    let refused = leave(&oslo).await.problem(409, "conflict");
    assert_eq!(refused["errors"][0]["code"], "last_coordinator");
    node.join(id, &oslo, &tromso, samvirke::tenancy::SeatRole::Coordinator).await;
    let both = futures_util::future::join(leave(&oslo), leave(&tromso)).await;
    let mut left = [both.0.status.as_u16(), both.1.status.as_u16()];
    left.sort();
    assert_eq!(left, [200, 409]);
    // Alone, or when it is closed, it goes.
    leave(&bergen).await.ok();
    let last = if both.0.status.is_success() { &tromso } else { &oslo };
    leave(last).await.ok();
}

#[rstest]
#[actix_web::test]
async fn how_much_is_shared_is_the_members_own_say(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let id = node.consortium("fire", &[&oslo, &bergen]).await;
    let rows = oslo.get(&format!("/consortia/{id}/memberships")).await.ok();
    let theirs = format!("/memberships/{}", text(&rows["items"][1]["id"]));
    let none = json!({"competences": "none"});
    oslo.patch(&theirs, 2, none.clone()).await.problem(403, "forbidden");
    node.operator().patch(&theirs, 2, none.clone()).await.problem(403, "forbidden");
    node.client(bergen.tenant, Role::Editor).patch(&theirs, 2, none.clone()).await.problem(403, "forbidden");
    bergen.patch(&theirs, 1, none.clone()).await.problem(412, "stale_version");
    bergen.patch(&theirs, 2, json!({"competences": "all"})).await.problem(422, "invalid_input");
    let changed = bergen.patch(&theirs, 2, none).await.ok();
    assert_eq!(
        (&changed["sharing"]["competences"], &changed["sharing"]["projects"]),
        (&json!("none"), &json!("full"))
    );
    assert_eq!(oslo.get(&theirs).await.ok(), changed);
}

#[rstest]
#[actix_web::test]
async fn a_consortium_is_the_operators_to_make_and_its_coordinators_to_keep(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let operator = node.operator();
    oslo.post("/consortia", new("fire", oslo.tenant)).await.problem(403, "forbidden");
    let unknown =
        operator.post("/consortia", new("fire", TenantId::new())).await.problem(422, "invalid_input");
    assert_eq!(unknown["errors"][0]["pointer"], "/coordinatorId");
    let mut bad = new("Fire!", oslo.tenant);
    bad["k"] = json!(2);
    bad["mandate"]["givenOn"] = json!("jan. 2010");
    let refused = operator.post("/consortia", bad).await.problem(422, "invalid_input");
    let at: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| text(&e["pointer"])).collect();
    assert_eq!(at, ["/slug", "/k", "/mandate/givenOn"]);
    let retried = node.operator().with_key("k1");
    let made = retried.post("/consortia", new("fire", oslo.tenant)).await.made();
    assert_eq!(retried.post("/consortia", new("fire", oslo.tenant)).await.made(), made);
    operator.post("/consortia", new("fire", oslo.tenant)).await.problem(409, "conflict");
    // Closed, it takes nobody in.
    let path = format!("/consortia/{}", text(&made["id"]));
    operator.patch(&path, 1, json!({"status": "closed"})).await.ok();
    let own = format!("/memberships/{}", text(&invitation(&oslo).await["id"]));
    oslo.post_from(&format!("{own}/accept"), 1, json!({})).await.problem(409, "conflict");
    operator.patch(&path, 2, json!({"status": "active"})).await.ok();
    oslo.post_from(&format!("{own}/accept"), 1, json!({})).await.ok();
    operator
        .post(&format!("{path}/memberships"), json!({"tenantId": bergen.tenant, "role": "coordinator"}))
        .await
        .made();
}

#[rstest]
#[actix_web::test]
async fn graphql_does_what_rest_does_and_lists_cost_the_same(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let made = node
        .operator()
        .data(
            "mutation($input: NewConsortium!) { createConsortium(input: $input) { id name { text } reasons { text } mandate { areas } k version } }",
            json!({"input": {
                "slug": "fire", "coordinatorId": oslo.tenant, "name": [{"language": "NB", "text": "Fire"}],
                "reasons": [[{"language": "NB", "text": "Små miljøer"}]], "mandate": {"givenBy": "Fylkestinget"},
            }}),
        )
        .await["createConsortium"]
        .clone();
    assert_eq!((&made["reasons"][0]["text"], &made["mandate"]["areas"]), (&json!("Små miljøer"), &json!([])));
    let invited = oslo
        .data(
            "{ myMemberships(filter: {status: INVITED}) { edges { node { id version role } } } }",
            json!({}),
        )
        .await["myMemberships"]["edges"][0]["node"]
        .clone();
    assert_eq!(invited["role"], "COORDINATOR");
    let accept = "mutation($id: ID!, $v: Int!) { acceptInvitation(id: $id, expectedVersion: $v) { status sharing { competences } } }";
    let joined = oslo.data(accept, json!({"id": invited["id"], "v": invited["version"]})).await;
    assert_eq!(joined["acceptInvitation"], json!({"status": "ACTIVE", "sharing": {"competences": "FULL"}}));
    let invite = "mutation($id: ID!, $t: ID!) { inviteMember(consortiumId: $id, input: {tenantId: $t, role: MEMBER}) { id version status } }";
    let asked =
        oslo.data(invite, json!({"id": made["id"], "t": bergen.tenant})).await["inviteMember"].clone();
    let decline =
        "mutation($id: ID!, $v: Int!) { declineInvitation(id: $id, expectedVersion: $v) { status } }";
    let refused = oslo.graphql(decline, json!({"id": asked["id"], "v": 1})).await.ok();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    bergen.data(decline, json!({"id": asked["id"], "v": 1})).await;

    let path = format!("/consortia/{}/memberships", text(&made["id"]));
    let count = async |expected: usize| {
        let before = node.app.db.statements();
        let rows = oslo.get(&format!("{path}?first=100")).await.ok();
        assert_eq!(rows["items"].as_array().unwrap().len(), expected);
        node.app.db.statements() - before
    };
    let few = count(2).await;
    for n in 0..20 {
        let more = node.tenant(&format!("t{n}")).await;
        oslo.post(&path, json!({"tenantId": more.tenant, "role": "member"})).await.made();
    }
    assert_eq!(count(22).await, few);
    let first = oslo.get(&format!("{path}?first=15")).await.ok();
    let next = oslo.get(&format!("{path}?first=15&after={}", text(&first["nextCursor"]))).await.ok();
    assert_eq!(next["items"].as_array().unwrap().len(), 7);
    let graphql = oslo
        .data(
            "query($id: ID!) { memberships(consortiumId: $id, first: 1) { edges { node { id tenantName { text } } } } }",
            json!({"id": made["id"]}),
        )
        .await;
    assert_eq!(graphql["memberships"]["edges"][0]["node"]["id"], first["items"][0]["id"]);
}

/// The database's own wall, without the service before it: no seat without an accepted invitation.
#[rstest]
#[actix_web::test]
async fn the_database_lets_nobody_sit_down_uninvited(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let id = node.consortium("fire", &[&oslo]).await;
    let uuid = |id: uuid::Uuid| match kind {
        Sqlite => format!("x'{}'", id.simple()),
        Postgres => format!("'{id}'"),
    };
    let seat = |role: &str| {
        format!(
            "INSERT INTO seat (tenant_id, consortium_id, role) VALUES ({}, {}, '{role}')",
            uuid(bergen.tenant.0),
            uuid(id.0)
        )
    };
    let refused = [
        // Not asked at all, and asked by itself.
        seat("member"),
        format!(
            "INSERT INTO membership (consortium_id, id, tenant_id, role, status, cap_competences, cap_statements, cap_projects, \
             cap_priorities, cap_activities, invited_by, version, created_at, updated_at) VALUES ({}, {}, {tenant}, 'member', \
             'active', 'full', 'full', 'full', 'full', 'full', {tenant}, 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
            uuid(id.0),
            uuid(uuid::Uuid::now_v7()),
            tenant = uuid(bergen.tenant.0)
        ),
    ];
    let bid = json!({"tenantId": bergen.tenant, "role": "member"});
    for sql in &refused {
        raw::refused(&node, bergen.tenant, sql).await;
    }
    oslo.post(&format!("/consortia/{id}/memberships"), bid).await.made();
    raw::refused(&node, bergen.tenant, &seat("member")).await;
    // The coordinator may ask, and must not answer.
    raw::refused(&node, oslo.tenant, "UPDATE membership SET status = 'active' WHERE status = 'invited'")
        .await;
    let own = format!("/memberships/{}", text(&invitation(&bergen).await["id"]));
    bergen.post_from(&format!("{own}/accept"), 1, json!({})).await.ok();
    // In no other role than the one accepted, and nobody's caps but one's own.
    let up = format!("DELETE FROM seat WHERE tenant_id = {}; {}", uuid(bergen.tenant.0), seat("coordinator"));
    raw::refused(&node, bergen.tenant, &up).await;
    let caps =
        format!("UPDATE membership SET cap_projects = 'full' WHERE tenant_id = {}", uuid(bergen.tenant.0));
    raw::without_effect(&node, oslo.tenant, &caps).await;
    raw::done(&node, bergen.tenant, &caps).await;
}

/// Statements straight to the database, as the serving role with its wall.
mod raw {
    use samvirke::id::TenantId;
    use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

    use crate::harness::{Database, TestNode};

    async fn run(node: &TestNode, me: TenantId, sql: &str) -> sqlx::Result<u64> {
        let url = node.database.url();
        match &node.database {
            Database::Postgres(_) => {
                let mut connection = PgConnection::connect(&url).await?;
                let mut tx = connection.begin().await?;
                let who = format!("SET LOCAL samvirke.tenant = '{me}'; SET LOCAL samvirke.duty = 'member'");
                tx.execute(AssertSqlSafe(who)).await?;
                Ok(tx.execute(AssertSqlSafe(sql.to_owned())).await?.rows_affected())
            }
            Database::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&url).await?;
                connection.execute(migration::sqlite::WHO).await?;
                for statement in migration::sqlite::writer() {
                    connection.execute(AssertSqlSafe(statement)).await?;
                }
                let mut tx = connection.begin().await?;
                let who = format!("UPDATE temp.who SET tenant = x'{}', duty = 'member'", me.0.simple());
                tx.execute(AssertSqlSafe(who)).await?;
                Ok(tx.execute(AssertSqlSafe(sql.to_owned())).await?.rows_affected())
            }
        }
    }

    /// The wall says no, in its own words.
    #[track_caller]
    fn is_wall(error: &sqlx::Error, sql: &str) {
        let text = error.to_string();
        assert!(text.contains("row-level security") || text.contains("samvirke: wall"), "{sql}: {text}");
    }

    pub async fn refused(node: &TestNode, me: TenantId, sql: &str) {
        match run(node, me, sql).await {
            Ok(rows) => panic!("{sql}: {rows} rows"),
            Err(error) => is_wall(&error, sql),
        }
    }

    /// Refused, or (where the row cannot even be addressed) no row touched.
    pub async fn without_effect(node: &TestNode, me: TenantId, sql: &str) {
        match run(node, me, sql).await {
            Ok(rows) => assert_eq!(rows, 0, "{sql}"),
            Err(error) => is_wall(&error, sql),
        }
    }

    pub async fn done(node: &TestNode, me: TenantId, sql: &str) {
        assert_eq!(run(node, me, sql).await.unwrap(), 1, "{sql}");
    }
}
