//! «Felles markedsføring, felles produkter», and «hvordan fordele ære og berømmelse?»: what libraries make together, and whose it is.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn path(product: &Value) -> String {
    format!("/products/{}", product["id"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect()
}

fn roles(product: &Value) -> Vec<(&Value, &str)> {
    let credits = product["credits"].as_array().unwrap().iter();
    credits.map(|credit| (&credit["tenantId"], credit["role"].as_str().unwrap())).collect()
}

fn guide(more: Value) -> Value {
    let mut guide = json!({"kind": "guide", "title": "Å formidle musikk", "language": "nb"});
    guide.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    guide
}

async fn credit(who: &Client, product: &Value, whom: &Client, role: &str) -> Answer {
    who.post(&format!("{}/credits", path(product)), json!({"tenantId": whom.tenant, "role": role})).await
}

async fn withdraw(who: &Client, product: &Value) -> Answer {
    who.send(who.request(reqwest::Method::DELETE, &format!("/api/v1{}/credit", path(product)))).await
}

/// Shows 158, 159 by createProduct, creditTenant, products, withdrawCredit.
#[rstest]
#[actix_web::test]
async fn what_is_made_together_names_those_who_made_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oppland, hedmark, buskerud, oslo] = [
        node.tenant("oppland").await,
        node.tenant("hedmark").await,
        node.tenant("buskerud").await,
        node.tenant("oslo").await,
    ];
    let consortium = node.consortium("fire", &[&oppland, &hedmark, &buskerud]).await;
    let project = json!({"title": [{"language": "nb", "text": "Musikk"}], "consortiumId": consortium});
    let project = oppland.post("/projects", project).await.made();
    let product = guide(json!({
        "summary": "En verktøykasse for formidling av musikk i små bibliotek",
        "links": [
            {"kind": "product", "url": "https://example.org/guide", "title": "Guiden", "licence": "CC-BY-4.0"},
            {"kind": "marketing", "url": "https://example.org/plakat"},
        ],
        "marketing": [{"channel": "Bibliotekmøtet", "text": "Stand sammen med de andre", "starts": "2010-03"}],
        "projectId": project["id"], "consortiumId": consortium, "visibility": "consortium",
    }));
    let made = oppland.post("/products", product).await.made();
    assert_eq!((&made["tenantId"], &made["credits"]), (&json!(oppland.tenant), &json!([])));
    // Its library says who had a part in it, and as what; they stand with it for all who see it.
    credit(&oppland, &made, &hedmark, "author").await.made();
    let made = credit(&oppland, &made, &oslo, "translator").await.made();
    assert_eq!(roles(&made), [(&json!(hedmark.tenant), "author"), (&json!(oslo.tenant), "translator")]);
    assert_eq!(made["version"], 1, "naming somebody changes no word of the product");
    let by_buskerud = buskerud.get(&path(&made)).await.ok();
    assert_eq!(roles(&by_buskerud), roles(&made));
    assert_eq!(by_buskerud["links"], made["links"]);
    assert_eq!(by_buskerud["marketing"][0]["channel"], "Bibliotekmøtet");
    // The project is private, and the consortium is not there for whoever is only named.
    assert!(by_buskerud.get("projectId").is_none() && by_buskerud["consortiumId"] == json!(consortium));
    let by_oslo = oslo.get(&path(&made)).await.ok();
    assert!(by_oslo.get("consortiumId").is_none() && by_oslo["title"] == made["title"]);
    assert!(ids(&oslo.get(&format!("/products?consortiumId={consortium}")).await.ok()).is_empty());
    // Who is honoured for what: the list asked by a name.
    let fame = format!("/products?contributorId={}", oslo.tenant);
    for who in [&oslo, &buskerud, &oppland] {
        assert_eq!(ids(&who.get(&fame).await.ok()), [&made["id"]]);
    }
    assert_eq!(ids(&oppland.get("/products?kind=guide").await.ok()), [&made["id"]]);
    assert!(ids(&oppland.get("/products?kind=film").await.ok()).is_empty());
    let of_project = format!("/products?projectId={}", project["id"].as_str().unwrap());
    assert_eq!(ids(&oppland.get(&of_project).await.ok()), [&made["id"]]);
    assert!(ids(&hedmark.get(&of_project).await.ok()).is_empty());
    // A name is its library's: it takes it away, sees the product no more where it was opened by that, and nobody puts it back.
    withdraw(&oslo, &made).await.expect(204);
    oslo.get(&path(&made)).await.problem(404, "not_found");
    for who in [&hedmark, &buskerud, &oppland] {
        assert_eq!(roles(&who.get(&path(&made)).await.ok()), [(&json!(hedmark.tenant), "author")]);
        assert!(ids(&who.get(&fame).await.ok()).is_empty());
    }
    let refused = credit(&oppland, &made, &oslo, "author").await.problem(409, "conflict");
    assert_eq!(refused["errors"][0]["code"], "name_withdrawn");
    // Where it is shared, whoever withdrew goes on seeing it.
    let seen = withdraw(&hedmark, &made).await.ok();
    assert!(roles(&seen).is_empty());
    // The same on the other face.
    let question = "query($id: ID!) { product(id: $id) { kind title credits { tenantId } links { licence } } \
        products(filter: {kind: GUIDE}) { nodes { id } } node(id: $id) { ... on Product { tenantName { text } } } }";
    let both = buskerud.data(question, json!({"id": made["id"]})).await;
    assert_eq!(both["product"]["links"][0]["licence"], "CC-BY-4.0");
    assert_eq!(both["products"]["nodes"][0]["id"], made["id"]);
    assert!(both["node"]["tenantName"]["text"].is_string());
}

#[rstest]
#[actix_web::test]
async fn a_product_is_changed_and_removed_by_its_own_library(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&oslo, &bergen]).await;
    let made = oslo.post("/products", guide(json!({}))).await.made();
    assert_eq!((&made["visibility"], &made["links"]), (&json!("private"), &json!([])));
    bergen.get(&path(&made)).await.problem(404, "not_found");
    // Whoever is named sees it, however private it is, and no more than that.
    credit(&oslo, &made, &bergen, "tester").await.made();
    bergen.get(&path(&made)).await.ok();
    bergen.patch(&path(&made), 1, json!({"title": "Vår"})).await.problem(403, "forbidden");
    bergen.delete(&path(&made), 1).await.problem(403, "forbidden");
    credit(&bergen, &made, &oslo, "author").await.problem(403, "forbidden");
    let twice = credit(&oslo, &made, &bergen, "author").await.problem(409, "conflict");
    assert_eq!(twice["errors"][0]["code"], "already_named");
    // To name somebody, and to take a name away, is the editor's.
    let contributor = node.client(oslo.tenant, Role::Contributor);
    contributor.patch(&path(&made), 1, json!({"kind": "toolbox", "summary": "Alt på ett sted"})).await.ok();
    credit(&contributor, &made, &bergen, "author").await.problem(403, "forbidden");
    let name = format!("/api/v1{}/credits/{}", path(&made), bergen.tenant);
    let unname = |who: &Client| {
        let who = who.clone();
        let name = name.clone();
        async move { who.send(who.request(reqwest::Method::DELETE, &name)).await }
    };
    unname(&contributor).await.problem(403, "forbidden");
    unname(&bergen).await.problem(403, "forbidden");
    withdraw(&node.client(bergen.tenant, Role::Contributor), &made).await.problem(403, "forbidden");
    assert!(roles(&unname(&oslo).await.ok()).is_empty());
    bergen.get(&path(&made)).await.problem(404, "not_found");
    // Again changes nothing, and who was taken away by the owner may be named again.
    unname(&oslo).await.ok();
    credit(&oslo, &made, &bergen, "idea").await.made();
    let shared = json!({"visibility": "consortium", "consortiumId": consortium, "clear": ["summary"]});
    oslo.patch(&path(&made), 1, shared.clone()).await.problem(412, "stale_version");
    let changed = oslo.patch(&path(&made), 2, shared).await.ok();
    assert!(changed.get("summary").is_none() && changed["kind"] == "toolbox" && changed["version"] == 3);
    let refused = oslo.patch(&path(&made), 3, json!({"clear": ["consortium"]})).await;
    assert_eq!(refused.problem(422, "invalid_input")["errors"][0]["code"], "consortium_required");
    contributor.delete(&path(&made), 3).await.problem(403, "forbidden");
    oslo.delete(&path(&made), 3).await.expect(204);
    for who in [&oslo, &bergen] {
        who.get(&path(&made)).await.problem(404, "not_found");
        assert!(ids(&who.get("/products").await.ok()).is_empty());
    }
    // Each did what it did: the owner named, and the other withdrew nothing.
    let kinds = |list: Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    };
    let told = kinds(oslo.get("/events?first=100").await.ok());
    for kind in ["product.created", "productCredit.created", "productCredit.removed", "product.removed"] {
        assert!(told.iter().any(|told| told == kind), "{kind}: {told:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_no_product_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&bergen]).await;
    let theirs = json!({"title": [{"language": "nb", "text": "Deres"}], "visibility": "public"});
    let theirs = bergen.post("/projects", theirs).await.made();
    let link = |url: &str| json!({"kind": "product", "url": url});
    for (more, at, code) in [
        (json!({"title": ""}), "/title", "required"),
        (json!({"title": "x".repeat(201)}), "/title", "too_long"),
        (json!({"summary": "x".repeat(4_001)}), "/summary", "too_long"),
        (json!({"links": [link("http://example.org")]}), "/links/0/url", "url"),
        (json!({"links": [link("")]}), "/links/0/url", "required"),
        (json!({"links": vec![link("https://example.org"); 21]}), "/links", "too_many"),
        (json!({"marketing": [{"channel": ""}]}), "/marketing/0/channel", "required"),
        (json!({"marketing": [{"channel": "x", "starts": "snart"}]}), "/marketing/0/starts", "edtf"),
        (json!({"marketing": [{"channel": "x", "link": "ftp://x.no"}]}), "/marketing/0/link", "url"),
        (json!({"consortiumId": consortium}), "/consortiumId", "unknown_consortium"),
        (json!({"visibility": "consortium"}), "/consortiumId", "consortium_required"),
        (json!({"projectId": theirs["id"]}), "/projectId", "own_project"),
    ] {
        let refused = oslo.post("/products", guide(more.clone())).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{more}"
        );
    }
    oslo.post("/products", guide(json!({"kind": "song"}))).await.problem(422, "invalid_input");
    node.client(oslo.tenant, Role::Viewer)
        .post("/products", guide(json!({})))
        .await
        .problem(403, "forbidden");
    let made = oslo.post("/products", guide(json!({}))).await.made();
    let on = format!("{}/credits", path(&made));
    for (tenant, code) in
        [(json!(oslo.tenant), "another_library"), (json!(samvirke::id::TenantId::new()), "unknown_tenant")]
    {
        let refused = oslo.post(&on, json!({"tenantId": tenant, "role": "author"})).await;
        let refused = refused.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/tenantId"), &json!(code))
        );
    }
    // Retried, it is told of once.
    let keyed = oslo.clone().with_key("guide");
    let once = keyed.post("/products", guide(json!({"title": "Én gang"}))).await.made();
    assert_eq!(keyed.post("/products", guide(json!({"title": "Én gang"}))).await.made()["id"], once["id"]);
    let nobodys = json!({"id": samvirke::id::ProductId::new()});
    oslo.get(&path(&nobodys)).await.problem(404, "not_found");
    withdraw(&oslo, &nobodys).await.problem(404, "not_found");
    credit(&oslo, &nobodys, &bergen, "author").await.problem(404, "not_found");
}
