//! «Udarbejdelse af samarbejdsaftale»: what each has to offer, what each would gain, and the common rules; written by one, signed by
//! each for itself.

use samvirke::auth::Role;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn path(agreement: &Value) -> String {
    format!("/agreements/{}", agreement["id"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect()
}

fn version(agreement: &Value) -> i64 {
    agreement["version"].as_i64().unwrap()
}

fn signers(agreement: &Value) -> Vec<&Value> {
    agreement["signatures"].as_array().unwrap().iter().map(|signed| &signed["tenantId"]).collect()
}

/// Between these libraries.
fn between(parties: &[&Client], more: Value) -> Value {
    let parties: Vec<Value> = parties.iter().map(|party| json!({"tenantId": party.tenant})).collect();
    let mut agreement = json!({"title": "Læringsrum", "purpose": "Vi uddanner os sammen", "language": "da",
        "firstDay": "2026-01-01", "parties": parties});
    agreement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    agreement
}

async fn propose(who: &Client, agreement: &Value) -> Answer {
    who.post_from(&format!("{}/propose", path(agreement)), version(agreement), json!({})).await
}

async fn sign(who: &Client, agreement: &Value) -> Answer {
    let digest = json!({"digest": agreement["textDigest"], "textVersion": agreement["textVersion"]});
    who.post(&format!("{}/sign", path(agreement)), digest).await
}

async fn end(who: &Client, agreement: &Value, how: &str, why: Value) -> Answer {
    who.post_from(&format!("{}/{how}", path(agreement)), version(agreement), why).await
}

/// The digest as the reference says that anybody can make it.
fn digest(agreement: &Value) -> String {
    let take = |of: &Value, names: &[&str]| {
        let given =
            names.iter().filter_map(|name| of.get(*name).map(|value| ((*name).to_owned(), value.clone())));
        given.collect::<Map<String, Value>>()
    };
    let mut text = take(agreement, &["title", "purpose", "groundRules", "firstDay", "lastDay"]);
    let parties = agreement["parties"].as_array().unwrap().iter();
    let parties = parties.map(|party| take(party, &["tenantId", "name", "contributions", "needs"]).into());
    text.insert("parties".into(), Value::Array(parties.collect()));
    // Sorted, whatever the map does.
    fn canonical(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort();
                let one = |name: &&String| format!("{}:{}", json!(name), canonical(&members[*name]));
                format!("{{{}}}", names.iter().map(one).collect::<Vec<_>>().join(","))
            }
            Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
            plain => plain.to_string(),
        }
    }
    let text = canonical(&Value::Object(text));
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Shows 111 by createAgreement, proposeAgreement, signAgreement, changeAgreement, terminateAgreement, agreements.
#[rstest]
#[actix_web::test]
async fn an_agreement_is_in_force_when_all_have_signed_the_same_text(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [roskilde, koge, holbaek, oslo] = [
        node.tenant("roskilde").await,
        node.tenant("koge").await,
        node.tenant("holbaek").await,
        node.tenant("oslo").await,
    ];
    let consortium = node.consortium("sjaelland", &[&roskilde, &koge, &holbaek]).await;
    let school = json!({"name": "Handelsskolen", "sector": "school", "country": "DK"});
    let school = roskilde.post(&format!("/consortia/{consortium}/organisations"), school).await.made();
    let text = json!({
        "groundRules": "Vi svarer inden en uge.\nIngen går alene.", "lastDay": "2099-12-31",
        "consortiumId": consortium, "visibility": "consortium",
        "parties": [
            {"tenantId": roskilde.tenant, "contributions": "Lokaler og «kaffe»", "needs": "Undervisere"},
            {"tenantId": koge.tenant, "contributions": "Undervisere", "needs": "Lokaler"},
            {"organisationId": school["id"], "contributions": "Studerende", "needs": "Praktikpladser"},
        ],
    });
    let made = roskilde.post("/agreements", between(&[], text)).await.made();
    assert_eq!(
        (&made["state"], &made["textVersion"], &made["signatures"]),
        (&json!("draft"), &json!(1), &json!([]))
    );
    assert_eq!(made["parties"][2]["name"], "Handelsskolen");
    assert_eq!(made["textDigest"], digest(&made));
    // A draft is its writer's alone, however widely it is meant to be seen.
    for who in [&koge, &holbaek, &oslo] {
        who.get(&path(&made)).await.problem(404, "not_found");
        sign(who, &made).await.problem(404, "not_found");
        assert!(ids(&who.get("/agreements").await.ok()).is_empty());
    }
    sign(&roskilde, &made).await.problem(409, "illegal_transition");
    // Proposed, its parties see it, and nobody else.
    let proposed = propose(&roskilde, &made).await.ok();
    assert_eq!(proposed["state"], "proposed");
    holbaek.get(&path(&made)).await.problem(404, "not_found");
    let read = koge.get(&path(&made)).await.ok();
    assert_eq!((&read["parties"], &read["textDigest"]), (&made["parties"], &json!(digest(&read))));
    let signed = sign(&koge, &read).await.ok();
    assert_eq!((signers(&signed), &signed["state"]), (vec![&json!(koge.tenant)], &json!("proposed")));
    assert_eq!(signed["signatures"][0]["digest"], made["textDigest"]);
    assert!(signed["signatures"][0].get("principal").is_none());
    // Again changes nothing.
    assert_eq!(sign(&koge, &read).await.ok(), signed);
    let in_force = sign(&roskilde, &read).await.ok();
    assert_eq!(in_force["state"], "in_force");
    assert_eq!(signers(&in_force), [&json!(koge.tenant), &json!(roskilde.tenant)]);
    propose(&roskilde, &in_force).await.problem(409, "illegal_transition");
    // In force, the consortium sees it, and who signed; whoever is no party signs and ends nothing.
    let shown = holbaek.get(&path(&made)).await.ok();
    assert_eq!((signers(&shown), &shown["consortiumId"]), (signers(&in_force), &json!(consortium)));
    assert_eq!(shown["parties"][2]["organisationId"], school["id"]);
    oslo.get(&path(&made)).await.problem(404, "not_found");
    sign(&holbaek, &shown).await.problem(403, "forbidden");
    let why = json!({"reason": "Vi har fået nok at gøre", "language": "da"});
    end(&holbaek, &shown, "terminate", why.clone()).await.problem(403, "forbidden");
    end(&holbaek, &shown, "decline", json!({})).await.problem(403, "forbidden");
    for (filter, found) in [
        (format!("state=in_force&partyId={}", koge.tenant), 1),
        (format!("partyId={}&consortiumId={consortium}", roskilde.tenant), 1),
        (format!("partyId={}", holbaek.tenant), 0),
        ("state=proposed".to_owned(), 0),
        ("state=ended".to_owned(), 0),
    ] {
        assert_eq!(ids(&holbaek.get(&format!("/agreements?{filter}")).await.ok()).len(), found, "{filter}");
    }
    // A changed text is signed again by all, and is not in force until it is; the old one is nobody's to sign.
    let amended = json!({"groundRules": "Vi svarer inden tre dage."});
    roskilde.patch(&path(&made), version(&read), amended.clone()).await.problem(412, "stale_version");
    koge.patch(&path(&made), version(&in_force), amended.clone()).await.problem(403, "forbidden");
    let amended = roskilde.patch(&path(&made), version(&in_force), amended).await.ok();
    assert_eq!((&amended["state"], &amended["textVersion"]), (&json!("proposed"), &json!(2)));
    assert_eq!((&amended["signatures"], &amended["textDigest"]), (&json!([]), &json!(digest(&amended))));
    holbaek.get(&path(&made)).await.problem(404, "not_found");
    let stale = sign(&koge, &read).await.problem(409, "conflict");
    assert_eq!(
        (&stale["errors"][0]["pointer"], &stale["errors"][0]["code"]),
        (&json!("/digest"), &json!("stale_digest"))
    );
    // Even back to the old words it is another text to sign.
    let back = json!({"groundRules": read["groundRules"]});
    let back = roskilde.patch(&path(&made), version(&amended), back).await.ok();
    assert_eq!((&back["textDigest"], &back["textVersion"]), (&made["textDigest"], &json!(3)));
    assert!(signers(&back).is_empty());
    let mut all = back.clone();
    for who in [&roskilde, &koge] {
        all = sign(who, &back).await.ok();
    }
    assert_eq!(all["state"], "in_force");
    // What is no part of the text is changed without anybody's signature, but nobody is shown to more than it signed for.
    let other = roskilde.patch(&path(&made), version(&all), json!({"language": "nb"})).await.ok();
    assert_eq!((&other["state"], signers(&other).len()), (&json!("in_force"), 2));
    let wider = roskilde.patch(&path(&made), version(&other), json!({"visibility": "public"})).await.ok();
    assert_eq!((&wider["state"], &wider["textVersion"]), (&json!("proposed"), &json!(4)));
    assert_eq!((signers(&wider).len(), &wider["textDigest"]), (0, &made["textDigest"]));
    oslo.get(&path(&made)).await.problem(404, "not_found");
    // Who has read it as it was does not sign it for more to see.
    let stale = sign(&koge, &other).await.problem(409, "conflict");
    assert_eq!(stale["errors"][0]["pointer"], "/textVersion");
    let mut public = wider.clone();
    for who in [&roskilde, &koge] {
        public = sign(who, &wider).await.ok();
    }
    assert_eq!((&public["state"], signers(&public).len()), (&json!("in_force"), 2));
    let by_oslo = oslo.get(&path(&made)).await.ok();
    assert!(by_oslo.get("consortiumId").is_none() && by_oslo["parties"][2].get("organisationId").is_none());
    assert_eq!(digest(&by_oslo), made["textDigest"].as_str().unwrap());
    // It is ended by a party, with a word, and for good.
    let refused = end(&koge, &public, "terminate", json!({})).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["pointer"], "/reason");
    end(&koge, &all, "terminate", why.clone()).await.problem(412, "stale_version");
    let ended = end(&koge, &public, "terminate", why.clone()).await.ok();
    assert_eq!(
        (&ended["state"], &ended["decision"]["tenantId"]),
        (&json!("terminated"), &json!(koge.tenant))
    );
    assert_eq!(oslo.get(&path(&made)).await.ok()["decision"]["reason"], why["reason"]);
    end(&roskilde, &ended, "terminate", why).await.problem(409, "illegal_transition");
    let again = json!({"title": "Læringsrum II"});
    roskilde.patch(&path(&made), version(&ended), again).await.problem(409, "illegal_transition");
    roskilde.delete(&path(&made), version(&ended)).await.problem(409, "conflict");
    let told = koge.get("/events?first=100").await.ok();
    let kinds: Vec<&str> =
        told["items"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    for kind in ["agreementSignature.created", "agreement.changed"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}

/// Shows 111 by createAgreement, proposeAgreement, declineAgreement, signAgreement, terminateAgreement, removeAgreement, agreement.
#[rstest]
#[actix_web::test]
async fn the_same_is_said_to_the_other_face(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let all = "id state version textDigest textVersion signatures { tenantId } decision { tenantId reason } \
        parties { tenantId tenantName { text } name needs }";
    let create = format!("mutation($input: NewAgreement!) {{ createAgreement(input: $input) {{ {all} }} }}");
    let input = between(&[&bergen], json!({"language": "NB"}));
    let made = oslo.data(&create, json!({"input": input})).await["createAgreement"].clone();
    // The writer is a party, whether it is named or not.
    assert_eq!(made["parties"][1]["tenantId"], json!(oslo.tenant));
    assert!(made["parties"][0]["tenantName"]["text"].is_string());
    let step = |name: &str| {
        format!("mutation($id: ID!, $v: Int!) {{ {name}(id: $id, expectedVersion: $v) {{ {all} }} }}")
    };
    let told = |name: &str, kind: &str| {
        format!(
            "mutation($id: ID!, $v: Int!, $input: {kind}!) {{ {name}(id: $id, expectedVersion: $v, input: $input) {{ {all} }} }}"
        )
    };
    let v = |of: &Value| json!({"id": of["id"], "v": of["version"]});
    let with = |of: &Value, input: Value| json!({"id": of["id"], "v": of["version"], "input": input});
    let proposed = oslo.data(&step("proposeAgreement"), v(&made)).await["proposeAgreement"].clone();
    // Said no to, it may be changed and proposed again.
    let no = json!({"reason": "Vi mangler noe", "language": "NB"});
    let no = bergen.data(&told("declineAgreement", "AgreementReason"), with(&proposed, no)).await["declineAgreement"].clone();
    assert_eq!((&no["state"], &no["decision"]["tenantId"]), (&json!("DECLINED"), &json!(bergen.tenant)));
    let change = json!({"lastDay": "2099-01-01"});
    let changed =
        oslo.data(&told("changeAgreement", "AgreementChange"), with(&no, change)).await["changeAgreement"]
            .clone();
    assert_eq!((&changed["state"], &changed["textVersion"]), (&json!("DECLINED"), &json!(2)));
    let proposed = oslo.data(&step("proposeAgreement"), v(&changed)).await["proposeAgreement"].clone();
    assert_eq!((&proposed["state"], &proposed["decision"]), (&json!("PROPOSED"), &Value::Null));
    let sign = format!(
        "mutation($id: ID!, $input: AgreementSigning!) {{ signAgreement(id: $id, input: $input) {{ {all} }} }}"
    );
    let digest = |of: &Value| json!({"id": of["id"], "input": {"digest": of["textDigest"], "textVersion": of["textVersion"]}});
    let stale = bergen.graphql(&sign, digest(&made)).await.json();
    assert_eq!(stale["errors"][0]["extensions"]["code"], "CONFLICT");
    bergen.data(&sign, digest(&proposed)).await;
    let signed = oslo.data(&sign, digest(&proposed)).await["signAgreement"].clone();
    assert_eq!((&signed["state"], signers(&signed).len()), (&json!("IN_FORCE"), 2));
    let list = format!(
        "query($party: ID!, $id: ID!) {{ agreements(filter: {{partyId: $party, state: IN_FORCE}}) {{ nodes {{ {all} }} }} \
        agreement(id: $id) {{ {all} }} node(id: $id) {{ ... on Agreement {{ {all} }} }} }}"
    );
    let read = bergen.data(&list, json!({"party": oslo.tenant, "id": made["id"]})).await;
    assert_eq!((&read["agreements"]["nodes"], &read["node"]), (&json!([signed]), &signed));
    assert_eq!(read["agreement"], signed);
    let why = json!({"reason": "Ferdig", "language": "NB"});
    let ended = bergen.data(&told("terminateAgreement", "AgreementReason"), with(&signed, why)).await["terminateAgreement"].clone();
    assert_eq!((&ended["state"], &ended["decision"]["reason"]), (&json!("TERMINATED"), &json!("Ferdig")));
    let draft = oslo.data(&create, json!({"input": between(&[&bergen], json!({"language": "NB"}))})).await["createAgreement"].clone();
    let remove = "mutation($id: ID!, $v: Int!) { removeAgreement(id: $id, expectedVersion: $v) }";
    assert_eq!(oslo.data(remove, v(&draft)).await["removeAgreement"], draft["id"]);
    oslo.get(&path(&draft)).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn who_writes_it_and_who_binds_a_library(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, moss] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("moss").await];
    let [viewer, contributor] = [Role::Viewer, Role::Contributor].map(|role| node.client(oslo.tenant, role));
    viewer.post("/agreements", between(&[&bergen], json!({}))).await.problem(403, "forbidden");
    let made = contributor.post("/agreements", between(&[&bergen], json!({}))).await.made();
    let made = contributor.patch(&path(&made), 1, json!({"title": "Felles kurs"})).await.ok();
    assert_eq!(made["textVersion"], 1, "nobody has seen another");
    propose(&contributor, &made).await.problem(403, "forbidden");
    contributor.delete(&path(&made), 2).await.problem(403, "forbidden");
    let proposed = propose(&oslo, &made).await.ok();
    propose(&oslo, &proposed).await.problem(409, "illegal_transition");
    oslo.delete(&path(&made), version(&proposed)).await.problem(409, "conflict");
    sign(&node.client(bergen.tenant, Role::Contributor), &proposed).await.problem(403, "forbidden");
    // Another text of what others have seen is the editor's too.
    contributor
        .patch(&path(&made), version(&proposed), json!({"title": "Kurs"}))
        .await
        .problem(403, "forbidden");
    // Who is no party any more sees it no more, and who has become one does.
    sign(&bergen, &proposed).await.ok();
    let instead = json!({"parties": [{"tenantId": moss.tenant}]});
    let now = oslo.patch(&path(&made), version(&oslo.get(&path(&made)).await.ok()), instead).await.ok();
    bergen.get(&path(&made)).await.problem(404, "not_found");
    sign(&moss, &now).await.ok();
    assert_eq!(sign(&oslo, &now).await.ok()["state"], "in_force");
    // An agreement whose last day is over has ended, without anybody's doing.
    let past = between(&[&bergen], json!({"firstDay": "2020-01-01", "lastDay": "2020-12-31"}));
    let past = oslo.post("/agreements", past).await.made();
    let past = propose(&oslo, &past).await.ok();
    sign(&bergen, &past).await.ok();
    let past = sign(&oslo, &past).await.ok();
    assert_eq!(past["state"], "ended");
    let why = json!({"reason": "Nok", "language": "nb"});
    end(&bergen, &past, "terminate", why).await.problem(409, "illegal_transition");
    assert_eq!(ids(&bergen.get("/agreements?state=ended").await.ok()), [&past["id"]]);
    assert!(ids(&bergen.get("/agreements?state=in_force").await.ok()).is_empty());
    // Going on is another text.
    let on = oslo.patch(&path(&past), version(&past), json!({"clear": ["last_day"]})).await.ok();
    assert_eq!((&on["state"], on.get("lastDay")), (&json!("proposed"), None));
    // Retried, it is signed once.
    let keyed = bergen.clone().with_key("sign");
    let once = sign(&keyed, &on).await.ok();
    assert_eq!(sign(&keyed, &on).await.ok(), once);
    assert_eq!(signers(&once).len(), 1);
}

/// Whoever signed and then said no is asked again, and nothing is told again to whom it is no business of any more.
#[rstest]
#[actix_web::test]
async fn nobody_is_bound_by_what_it_signed_before_somebody_declined(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen, voss) =
        (node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("voss").await);
    let named = json!({"language": "nb"});
    let made = oslo.post("/agreements", between(&[&oslo, &bergen, &voss], named)).await.made();
    let proposed = propose(&oslo, &made).await.ok();
    let once = |text: &Value| {
        let body = json!({"digest": text["textDigest"], "textVersion": text["textVersion"]});
        let to = format!("/api/v1{}/sign", path(text));
        let request = voss.request(reqwest::Method::POST, &to).header("idempotency-key", "voss");
        voss.send(request.json(&body))
    };
    once(&proposed).await.ok();
    let signed = sign(&bergen, &proposed).await.ok();
    assert_eq!(signers(&signed).len(), 2);
    let no = json!({"reason": "Vi kan ikke likevel", "language": "nb"});
    let declined = end(&bergen, &signed, "decline", no).await.ok();
    let again = propose(&oslo, &declined).await.ok();
    assert_eq!((signers(&again).len(), &again["textVersion"]), (0, &json!(2)));
    assert_eq!(again["textDigest"], made["textDigest"]);
    sign(&bergen, &proposed).await.problem(409, "conflict");
    for who in [&oslo, &voss] {
        assert_eq!(sign(who, &again).await.ok()["state"], "proposed");
    }
    // What somebody calls a partner makes no library a party.
    let other = json!([{"tenantId": oslo.tenant}, {"name": voss.tenant}, {"tenantId": bergen.tenant}]);
    let without = oslo.get(&path(&made)).await.ok();
    let without = oslo
        .patch(&path(&made), version(&without), json!({"parties": other, "title": "Uten Voss"}))
        .await
        .ok();
    let of = async |party: &Client| {
        ids(&oslo.get(&format!("/agreements?partyId={}", party.tenant)).await.ok()).len()
    };
    assert_eq!((of(&bergen).await, of(&voss).await), (1, 0));
    voss.get(&path(&made)).await.problem(404, "not_found");
    // It was answered once, and is not any more.
    once(&proposed).await.problem(404, "not_found");
    assert_eq!(signers(&without).len(), 0);
}

#[rstest]
#[actix_web::test]
async fn two_who_sign_at_the_same_time_have_both_signed(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, moss] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("moss").await];
    for _ in 0..10 {
        let made = oslo.post("/agreements", between(&[&bergen, &moss], json!({}))).await.made();
        let made = propose(&oslo, &made).await.ok();
        sign(&oslo, &made).await.ok();
        let all = [&bergen, &moss, &bergen].map(|who| sign(who, &made));
        for answer in futures_util::future::join_all(all).await {
            answer.ok();
        }
        let now = oslo.get(&path(&made)).await.ok();
        assert_eq!((&now["state"], signers(&now).len()), (&json!("in_force"), 3));
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_no_agreement_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let consortium = node.consortium("vest", &[&bergen]).await;
    let ours = node.consortium("ost", &[&oslo]).await;
    let school = json!({"name": "Skolen", "sector": "school", "country": "NO"});
    let school = bergen.post(&format!("/consortia/{consortium}/organisations"), school).await.made();
    let nobody = samvirke::id::TenantId::new();
    let party = |more: Value| json!({"parties": [{"tenantId": bergen.tenant}, more]});
    for (more, at, code) in [
        (json!({"title": " "}), "/title", "required"),
        (json!({"title": "x".repeat(201)}), "/title", "too_long"),
        (json!({"purpose": ""}), "/purpose", "required"),
        (json!({"purpose": "x".repeat(4_001)}), "/purpose", "too_long"),
        (json!({"groundRules": "x".repeat(8_001)}), "/groundRules", "too_long"),
        (json!({"lastDay": "2025-12-31"}), "/lastDay", "ends_before_start"),
        (json!({"parties": []}), "/parties", "another_party"),
        (json!({"parties": [{"tenantId": oslo.tenant}]}), "/parties", "another_party"),
        (json!({"parties": vec![json!({"name": "Kommunen"}); 50]}), "/parties", "too_many"),
        (party(json!({})), "/parties/1/name", "required"),
        (party(json!({"name": ""})), "/parties/1/name", "required"),
        (
            party(json!({"name": "x", "contributions": "x".repeat(2_001)})),
            "/parties/1/contributions",
            "too_long",
        ),
        (party(json!({"name": "x", "needs": ""})), "/parties/1/needs", "required"),
        (party(json!({"name": "x", "tenantId": oslo.tenant})), "/parties/1/name", "library_only"),
        (party(json!({"tenantId": bergen.tenant})), "/parties/1/tenantId", "duplicate"),
        (party(json!({"tenantId": nobody})), "/parties/1/tenantId", "unknown_tenant"),
        (party(json!({"organisationId": school["id"]})), "/parties/1/organisationId", "unknown_organisation"),
        (json!({"consortiumId": consortium}), "/consortiumId", "unknown_consortium"),
        (json!({"visibility": "consortium"}), "/consortiumId", "consortium_required"),
    ] {
        let refused = oslo.post("/agreements", between(&[&bergen], more.clone())).await;
        let refused = refused.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code)),
            "{more}"
        );
    }
    oslo.post("/agreements", between(&[&bergen], json!({"firstDay": "snart"})))
        .await
        .problem(422, "invalid_input");
    oslo.post("/agreements", between(&[&bergen], json!({"state": "in_force"})))
        .await
        .problem(422, "invalid_input");
    let shared = json!({"consortiumId": ours, "visibility": "consortium"});
    let made = oslo.post("/agreements", between(&[&bergen], shared)).await.made();
    let refused = oslo.patch(&path(&made), 1, json!({"clear": ["consortium"]})).await;
    assert_eq!(refused.problem(422, "invalid_input")["errors"][0]["code"], "consortium_required");
    let proposed = propose(&oslo, &made).await.ok();
    // Whoever is only a party does not learn of the consortium.
    assert!(bergen.get(&path(&made)).await.ok().get("consortiumId").is_none());
    assert!(ids(&bergen.get(&format!("/agreements?consortiumId={ours}")).await.ok()).is_empty());
    let refused = end(&bergen, &proposed, "decline", json!({"reason": "Nei"})).await;
    assert_eq!(refused.problem(422, "invalid_input")["errors"][0]["pointer"], "/language");
    end(&bergen, &made, "decline", json!({})).await.problem(412, "stale_version");
    let refused =
        bergen.post(&format!("{}/sign", path(&made)), json!({"digest": "0", "textVersion": 1})).await;
    assert_eq!(refused.problem(409, "conflict")["errors"][0]["code"], "stale_digest");
    bergen.post(&format!("{}/sign", path(&made)), json!({})).await.problem(422, "invalid_input");
    oslo.post(&format!("{}/propose", path(&made)), json!({})).await.problem(428, "version_required");
    let nobodys =
        json!({"id": samvirke::id::AgreementId::new(), "version": 1, "textDigest": "0", "textVersion": 1});
    oslo.get(&path(&nobodys)).await.problem(404, "not_found");
    sign(&oslo, &nobodys).await.problem(404, "not_found");
    propose(&oslo, &nobodys).await.problem(404, "not_found");
}
