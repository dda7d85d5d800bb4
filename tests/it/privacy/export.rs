//! A library takes out what is its own, and another node gives the same answers of it.

use std::process::{Command, Output};

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn named(text: &str) -> Value {
    json!([{"language": "nb", "text": text}])
}

/// A library that has something of everything, in a consortium with another.
async fn library(node: &TestNode) -> Client {
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&bergen, &oslo]).await;
    let statement = json!({"text": named("Vi kan musikk."), "visibility": "consortium"});
    oslo.put_from("/profile-statement", 0, statement).await.ok();
    let list = "musikk\nhjemmesider\nnoe som ingen kjenner\nIKT-utvikling\n";
    for (stance, visibility) in [("have", "consortium"), ("want", "private")] {
        let pasted =
            json!({"text": list, "language": "nb", "stance": stance, "visibility": visibility, "level": 2});
        oslo.post("/competences/paste", pasted).await.ok();
    }
    let entry = oslo.get("/competences").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    oslo.patch(&format!("/competences/{entry}"), 1, json!({"level": 4, "note": "Æøå \u{1f3b5} \"sitat\""}))
        .await
        .ok();
    let project = json!({"title": named("Leselyst"), "visibility": "public", "consortiumId": consortium});
    let project = oslo.post("/projects", project).await.made();
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    let part = json!({"tenantId": bergen.tenant, "role": "partner"});
    oslo.post(&format!("{path}/participants"), part).await.made();
    oslo.post("/service-accounts", json!({"role": "viewer", "label": "Nettstedet"})).await.made();
    oslo.post("/contacts", json!({"kind": "function", "name": "Skranken", "phone": "55 00 00 00"}))
        .await
        .made();
    let said = json!({"kind": "ambition", "text": "Bibliotek for alle", "language": "nb"});
    let ambition = oslo.post("/statements", said).await.made();
    let means =
        json!({"kind": "means", "text": "Felles kurs", "language": "nb", "ambitionId": ambition["id"]});
    oslo.post("/statements", means).await.made();
    oslo.post("/commitments", json!({"text": "Vi vil møtes", "language": "nb", "due": "2027-01"}))
        .await
        .made();
    let guide = json!({"kind": "guide", "title": "Å formidle musikk", "language": "nb", "projectId": project["id"],
        "links": [{"kind": "product", "url": "https://oslo.example/guide", "licence": "CC-BY-4.0"}]});
    oslo.post("/products", guide).await.made();
    let money = json!({"projectId": project["id"], "funder": "Kulturrådet", "funderKind": "national_agency",
        "programme": "Prosjektmidler", "currency": "NOK", "appliedMinor": 50_000_000, "firstDay": "2027-01-01"});
    let money = oslo.post("/funding-applications", money).await.made();
    let sent = format!("/funding-applications/{}/move", money["id"].as_str().unwrap());
    oslo.post_from(&sent, 1, json!({"to": "applied", "on": "2025-03-01"})).await.ok();
    let agreement = json!({"title": "Felles kurs", "purpose": "Vi lærer sammen", "language": "nb", "firstDay": "2026-01-01",
        "parties": [{"name": "Høgskolen", "contributions": "Lærere", "needs": "Studieplasser"}]});
    let agreement = oslo.post("/agreements", agreement).await.made();
    let at = format!("/agreements/{}", agreement["id"].as_str().unwrap());
    oslo.post_from(&format!("{at}/propose"), 1, json!({})).await.ok();
    let signed = oslo
        .post(&format!("{at}/sign"), json!({"digest": agreement["textDigest"], "textVersion": 1}))
        .await
        .ok();
    assert_eq!(signed["state"], "in_force");
    oslo
}

/// What a library can ask about itself, wherever it is.
async fn answers(client: &Client) -> Vec<Value> {
    let mut out = Vec::new();
    let me = client.tenant;
    let tenant = client.get(&format!("/tenants/{me}")).await.ok();
    out.push(tenant);
    out.push(client.get(&format!("/tenants/{me}/profile")).await.ok());
    let all = client.get("/competences?first=100").await.ok();
    for entry in all["items"].as_array().unwrap() {
        out.push(client.get(&format!("/competences/{}/history", entry["id"].as_str().unwrap())).await.ok()["items"].clone());
    }
    out.push(all["items"].clone());
    for list in ["/contacts", "/statements", "/commitments", "/products", "/agreements"] {
        let items = client.get(list).await.ok()["items"].clone();
        assert!(!items.as_array().unwrap().is_empty(), "{list}");
        out.push(items);
    }
    let mut money = client.get("/funding-applications").await.ok()["items"].clone();
    assert_eq!(money[0]["appliedMinor"], 50_000_000);
    // Its consortium stays where it is.
    money[0].as_object_mut().unwrap().remove("consortiumId");
    out.push(money);
    let projects = client.get("/projects").await.ok();
    for project in projects["items"].as_array().unwrap() {
        // Its consortium stays where it is, and so do those who take part and are not on the other node.
        let mut project = project.clone();
        project.as_object_mut().unwrap().retain(|name, _| !name.starts_with("consortium"));
        project["participants"].as_array_mut().unwrap().retain(|part| part["tenantId"] == json!(me));
        out.push(project);
    }
    out
}

fn command(node: &TestNode, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samvirke"))
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .env_remove("SAMVIRKE_TEST_PG")
        .env_remove("SAMVIRKE_PG_BIN")
        .env("SAMVIRKE_DATABASE_URL", node.database.url())
        .env("SAMVIRKE_KEY_FILE", std::env::temp_dir().join(format!("{}.key", uuid::Uuid::new_v4())))
        .env("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "true")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[rstest]
#[case(Sqlite, Postgres)]
#[case(Postgres, Sqlite)]
#[actix_web::test]
async fn another_node_gives_the_same_answers(#[case] from: Kind, #[case] to: Kind) {
    let here = TestNode::start(from).await;
    let oslo = library(&here).await;
    let archive = oslo.get("/export").await;
    assert_eq!(archive.header("cache-control"), "no-store");
    let archive = archive.ok();
    let text = archive["text"].as_str().unwrap();
    assert_eq!(archive["rows"], json!(text.lines().count()));
    for inside in
        ["Vi kan musikk.", "noe som ingen kjenner", "Leselyst", "competence_history", "audit_record"]
    {
        assert!(text.contains(inside), "{inside}");
    }
    for never in ["secret_hash", "client_id", "idempotency", "bergen"] {
        assert!(!text.contains(never), "{never}");
    }
    // That somebody took it all out stands in the library's audit.
    assert!(oslo.get("/audit/records?first=100").await.ok().to_string().contains("export.created"));
    // Both faces give the same.
    let by_graphql =
        oslo.data("{ export { tenantId rows digest text format node keyId } }", json!(null)).await;
    for name in ["tenantId", "format", "node", "keyId"] {
        assert_eq!(by_graphql["export"][name], archive[name], "{name}");
    }
    // Only for its admin.
    here.client(oslo.tenant, Role::Editor).get("/export").await.problem(403, "forbidden");
    here.operator().get("/export").await.problem(403, "forbidden");
    here.anonymous().get("/export").await.problem(401, "unauthenticated");
    // Over to the other node.
    let folder = std::env::temp_dir();
    let file = folder.join(format!("{}.json", uuid::Uuid::new_v4()));
    let keys = folder.join(format!("{}.jwks", uuid::Uuid::new_v4()));
    std::fs::write(&file, archive.to_string()).unwrap();
    std::fs::write(&keys, here.app.tokens.keys().jwks(samvirke::when::now()).to_string()).unwrap();
    let (file, keys) = (file.to_str().unwrap(), keys.to_str().unwrap());
    let there = TestNode::start(to).await;
    // Not its own signature, and not an altered text.
    let refused = command(&there, &["restore", file]);
    assert!(!refused.status.success() && said(&refused).contains("not signed"), "{}", said(&refused));
    let altered = folder.join(format!("{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&altered, archive.to_string().replace("Leselyst", "Lesetvang")).unwrap();
    let refused = command(&there, &["restore", altered.to_str().unwrap(), "--jwks", keys]);
    assert!(
        !refused.status.success() && said(&refused).contains("not what was exported"),
        "{}",
        said(&refused)
    );
    let brought = command(&there, &["restore", file, "--jwks", keys]);
    assert!(brought.status.success(), "{}", said(&brought));
    assert!(said(&brought).contains("project_participant left behind"), "{}", said(&brought));
    let again = there.client(oslo.tenant, Role::Admin);
    let (before, after) = (answers(&oslo).await, answers(&again).await);
    assert!(before.len() >= 10, "{}", before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
    // It lives on there.
    let entry = after.iter().find_map(|a| a.as_array()?.first()?["id"].as_str().map(str::to_owned)).unwrap();
    let now = again.get(&format!("/competences/{entry}")).await.ok();
    let changed = json!({"note": "Her nå"});
    again.patch(&format!("/competences/{entry}"), now["version"].as_i64().unwrap(), changed).await.ok();
    // Once.
    let twice = command(&there, &["restore", file, "--jwks", keys]);
    assert!(!twice.status.success(), "{}", said(&twice));
    for file in [file, keys, altered.to_str().unwrap()] {
        std::fs::remove_file(file).unwrap();
    }
}

/// A kill half way, or a row that does not fit, brings nothing.
#[rstest]
#[actix_web::test]
async fn all_of_a_library_is_brought_or_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let here = TestNode::start(Sqlite).await;
    let oslo = library(&here).await;
    let archive = oslo.get("/export").await.ok();
    let there = TestNode::start(kind).await;
    let tenant = |row: &Value| json!({"table": "tenant", "row": row}).to_string();
    let first: Value =
        serde_json::from_str(archive["text"].as_str().unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(first["table"], "tenant");
    let good = first["row"].clone();
    let other = json!({"table": "tenant_profile", "row": {"tenant_id": samvirke::id::TenantId::new()}});
    let odd = json!({"table": "tenant_profile", "row": {"tenant_id": oslo.tenant, "nonsense": 1}});
    let wrong = json!({"table": "tenant_profile", "row": {"tenant_id": oslo.tenant, "statement": {}, "visibility": "loud",
        "version": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}});
    let time =
        json!({"table": "tenant_profile", "row": {"tenant_id": oslo.tenant, "created_at": "yesterday"}});
    let stamped = |mut row: Value| {
        row["version"] = 1.into();
        row["created_at"] = "2026-01-01T00:00:00Z".into();
        row["updated_at"] = "2026-01-01T00:00:00Z".into();
        row
    };
    let contact = |name: &str, until: &str| {
        let row = json!({"tenant_id": oslo.tenant, "id": samvirke::id::ContactId::new(), "kind": "person", "name": name,
            "phone": "55 00 00 00", "consent_on": "2026-01-01", "consent_until": until, "visibility": "public"});
        json!({"table": "contact", "row": stamped(row)}).to_string()
    };
    let tenant_but = |name: &str, value: Value| {
        let mut row = good.clone();
        row[name] = value;
        tenant(&row)
    };
    let all = [
        format!("{}\n{other}", tenant(&good)),
        format!("{}\n{odd}", tenant(&good)),
        format!("{}\n{wrong}", tenant(&good)),
        format!("{}\n{time}", tenant(&good)),
        format!("{}\n{{", tenant(&good)),
        // What nobody could enter is not brought either.
        format!("{}\n{}", tenant(&good), contact("Kari 01015550321", "2027-01-01T00:00:00Z")),
        format!("{}\n{}", tenant(&good), contact("Kari", "2089-01-01T00:00:00Z")),
        format!("{}\n", tenant_but("kind", "zork".into())),
        format!("{}\n", tenant_but("names", json!([1, 2]))),
        format!("{}\n", tenant_but("names", json!({"xx": "y"}))),
        format!("{}\n", tenant_but("slug", "<script>".into())),
        format!("{}\n", tenant_but("country", "zork".into())),
        format!("{}\n", tenant_but("version", i64::MAX.into())),
    ];
    for bad in all {
        let text = format!("{}\n", bad.trim_end());
        let mut broken = archive.clone();
        broken["rows"] = text.lines().count().into();
        broken["digest"] = sha256(&text).into();
        broken["text"] = text.into();
        let file = std::env::temp_dir().join(format!("{}.json", uuid::Uuid::new_v4()));
        std::fs::write(&file, broken.to_string()).unwrap();
        let refused = command(&there, &["restore", file.to_str().unwrap(), "--unsigned"]);
        assert!(!refused.status.success(), "{bad}: {}", said(&refused));
        std::fs::remove_file(file).unwrap();
        there.operator().get(&format!("/tenants/{}", oslo.tenant)).await.problem(404, "not_found");
    }
}

fn sha256(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was for a consortium of another node is told to none of this one, of no day before it came.
#[rstest]
#[actix_web::test]
async fn how_it_stood_for_others_elsewhere_is_told_to_nobody_here(#[values(Sqlite, Postgres)] kind: Kind) {
    let here = TestNode::start(Sqlite).await;
    let [oslo, bergen] = [here.tenant("oslo").await, here.tenant("bergen").await];
    let consortium = here.consortium("vest", &[&oslo, &bergen]).await;
    let course = json!({"kind": "course", "title": "Kurs", "side": "offered", "language": "nb", "visibility": "consortium",
        "consortiumId": consortium});
    oslo.post("/activities", course).await.made();
    here.database.raw("UPDATE activity SET created_at = '2026-01-10T12:00:00+00:00'").await;
    let there = TestNode::start(kind).await;
    let file = std::env::temp_dir().join(format!("{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&file, oslo.get("/export").await.ok().to_string()).unwrap();
    let brought = command(&there, &["restore", file.to_str().unwrap(), "--unsigned"]);
    assert!(brought.status.success(), "{}", said(&brought));
    std::fs::remove_file(file).unwrap();
    let oslo = there.client(oslo.tenant, Role::Admin);
    let voss = there.tenant("voss").await;
    let new = there.consortium("ny", &[&oslo, &voss]).await;
    let cube = format!("/consortia/{new}/aggregates/activities?groupBy=state");
    assert_eq!(voss.get(&cube).await.ok()["cells"].as_array().unwrap().len(), 1);
    for day in ["2026-01-10", "2026-02-01"] {
        assert_eq!(voss.get(&format!("{cube}&asOf={day}")).await.ok()["cells"], json!([]), "{day}");
    }
}

/// Who takes part in another's project, or says in an archive that it does, sees no more of it for that.
#[rstest]
#[actix_web::test]
async fn an_archive_opens_nothing_of_anybody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let here = TestNode::start(Sqlite).await;
    let oslo = library(&here).await;
    // Bergen was invited to Oslo's project: its archive can be brought all the same.
    let bergen = here.operator().get("/tenants").await.ok();
    let bergen =
        bergen["items"].as_array().unwrap().iter().find(|t| t["slug"] == "bergen").unwrap()["id"].clone();
    let bergen = here.client(bergen.as_str().unwrap().parse().unwrap(), Role::Admin);
    let there = TestNode::start(kind).await;
    let bring = |archive: &Value| {
        let file = std::env::temp_dir().join(format!("{}.json", uuid::Uuid::new_v4()));
        std::fs::write(&file, archive.to_string()).unwrap();
        let brought = command(&there, &["restore", file.to_str().unwrap(), "--unsigned"]);
        std::fs::remove_file(file).unwrap();
        brought
    };
    let brought = bring(&bergen.get("/export").await.ok());
    assert!(brought.status.success(), "{}", said(&brought));
    // A project of Tromsø's on that node, private; somebody brings a seat in it.
    let tromso = there.tenant("tromso").await;
    let secret = tromso.post("/projects", json!({"title": named("Hemmelig")})).await.made();
    let mut forged = oslo.get("/export").await.ok();
    let seat = json!({"table": "project_seat", "row": {"tenant_id": oslo.tenant, "project_id": secret["id"], "owner_id": tromso.tenant}});
    let partner = json!({"table": "project_participant", "row": {"tenant_id": oslo.tenant, "id": samvirke::id::ParticipantId::new(),
        "project_id": secret["id"], "participant_id": tromso.tenant, "role": "partner", "status": "accepted", "visibility": "public"}});
    let text = format!("{}{seat}\n{partner}\n", forged["text"].as_str().unwrap());
    forged["rows"] = text.lines().count().into();
    forged["digest"] = sha256(&text).into();
    forged["text"] = text.into();
    let brought = bring(&forged);
    assert!(brought.status.success(), "{}", said(&brought));
    let guest = there.client(oslo.tenant, Role::Admin);
    guest.get(&format!("/projects/{}", secret["id"].as_str().unwrap())).await.problem(404, "not_found");
    // Nor does anybody become the node itself.
    let mut node = oslo.get("/export").await.ok();
    let text =
        node["text"].as_str().unwrap().replace(&oslo.tenant.to_string(), &uuid::Uuid::nil().to_string());
    node["tenantId"] = uuid::Uuid::nil().to_string().into();
    node["digest"] = sha256(&text).into();
    node["text"] = text.into();
    assert!(!bring(&node).status.success());
}

#[rstest]
#[actix_web::test]
async fn the_command_writes_an_archive_for_one_pair_of_eyes(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    library(&node).await;
    let file = std::env::temp_dir().join(format!("{}.json", uuid::Uuid::new_v4()));
    let out = file.to_str().unwrap();
    let done = command(&node, &["export", "--tenant", "oslo", "--out", out]);
    assert!(done.status.success(), "{}", said(&done));
    let archive: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(archive["format"], "samvirke-archive/1");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // What stands there is not written over.
    let again = command(&node, &["export", "--tenant", "oslo", "--out", out]);
    assert!(!again.status.success(), "{}", said(&again));
    assert!(!command(&node, &["export", "--tenant", "nobody"]).status.success());
    std::fs::remove_file(file).unwrap();
}
