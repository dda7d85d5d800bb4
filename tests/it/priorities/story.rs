use reqwest::Method;
use samvirke::auth::Role;
use serde_json::{Value, json};

use super::{Vote, advance, ballot, dots, sha256, standing, text, title};
use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

fn faults(problem: &Value) -> Vec<(String, String)> {
    let faults = problem["errors"].as_array().unwrap();
    faults.iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect()
}

fn fault(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[rstest]
#[actix_web::test]
async fn a_round_goes_from_question_to_backbone(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, tromso, tana, stranger] = [
        node.tenant("oslo").await,
        node.tenant("bergen").await,
        node.tenant("tromso").await,
        node.tenant("tana").await,
        node.tenant("fremmed").await,
    ];
    let id = node.consortium("sammen", &[&oslo, &bergen, &tromso]).await;
    node.observer(id, &oslo, &tana).await;
    let rounds = format!("/consortia/{id}/priority-rounds");

    // The coordinator asks; nobody else may, and what does not fit is named.
    bergen.post(&rounds, dots(1)).await.problem(403, "forbidden");
    stranger.post(&rounds, dots(1)).await.problem(404, "not_found");
    let bad = json!({"question": title("?"), "method": "dots", "backbone": 0, "considered": 20, "held": "jan. 2010"});
    let refused = oslo.post(&rounds, bad).await.problem(422, "invalid_input");
    let named = [
        ("/backbone", "between"),
        ("/points", "required"),
        ("/considered", "only_for_method"),
        ("/held", "edtf"),
    ];
    assert_eq!(faults(&refused), named.map(|(p, c)| (p.to_owned(), c.to_owned())));
    let bad = json!({"question": title("?"), "method": "recorded", "backbone": 1, "points": 5});
    let refused = oslo.post(&rounds, bad).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused), fault("/points", "only_for_method"));
    let mut bad = dots(1);
    bad["followsId"] = json!(uuid::Uuid::now_v7());
    assert_eq!(
        faults(&oslo.post(&rounds, bad).await.problem(422, "invalid_input")),
        fault("/followsId", "unknown_round")
    );
    let made = oslo.post(&rounds, dots(2)).await.made();
    assert_eq!(
        (&made["phase"], &made["tieBreak"], &made["turnout"]),
        (&json!("draft"), &json!("report"), &json!(0))
    );
    let path = format!("/priority-rounds/{}", text(&made["id"]));
    stranger.get(&path).await.problem(404, "not_found");
    let proposals = format!("{path}/proposals");

    // Proposing: the coordinator in the draft, members when it is their turn, observers never.
    let reading = oslo.post(&proposals, json!({"title": title("Leselyst")})).await.made();
    let early = bergen.post(&proposals, json!({"title": title("For tidlig")})).await.problem(409, "conflict");
    assert_eq!(faults(&early), fault("/phase", "not_in_phase"));
    let step = |to: &str| json!({"to": to});
    bergen.post_from(&format!("{path}/move"), 1, step("proposing")).await.problem(403, "forbidden");
    oslo.post_from(&format!("{path}/move"), 9, step("proposing")).await.problem(412, "stale_version");
    let jump =
        oslo.post_from(&format!("{path}/move"), 1, step("voting")).await.problem(409, "illegal_transition");
    assert!(text(&jump["detail"]).contains("proposing"), "{jump}");
    oslo.post_from(&format!("{path}/move"), 1, step("proposing")).await.ok();
    let few = oslo.post_from(&format!("{path}/move"), 2, step("voting")).await.problem(409, "conflict");
    assert_eq!(faults(&few), fault("/to", "too_few_proposals"));
    tana.post(&proposals, json!({"title": title("Vi ser bare på")})).await.problem(403, "forbidden");
    let concept = migration::registers::concept_id("c:music");
    let music = json!({"title": title("Musikk?"), "conceptId": concept, "tentative": true, "reason": title("Alle spør")});
    let music = bergen.post(&proposals, music).await.made();
    assert_eq!((&music["tentative"], &music["proposerName"]["text"]), (&json!(true), &json!("bergen")));
    let unknown =
        json!({"title": title("x"), "conceptId": uuid::Uuid::now_v7(), "carriedFromId": music["id"]});
    let refused = bergen.post(&proposals, unknown).await.problem(422, "invalid_input");
    assert_eq!(faults(&refused)[0], fault("/conceptId", "unknown_concept")[0]);
    // From the same round nothing is carried over.
    assert_eq!(faults(&refused)[1], fault("/carriedFromId", "unknown_earlier_proposal")[0]);
    let propose = "mutation($r: ID!, $i: NewPriorityProposal!) { createPriorityProposal(roundId: $r, input: $i) { id version } }";
    let given = json!({"r": made["id"], "i": {"title": [{"language": "NB", "text": "Spill"}]}});
    let games = tromso.data(propose, given).await["createPriorityProposal"].clone();
    let digital = tromso.post(&proposals, json!({"title": title("Digitalt")})).await.made();
    let change = |proposal: &Value| format!("/priority-proposals/{}", text(&proposal["id"]));
    bergen.patch(&change(&digital), 1, json!({"withdrawn": true})).await.problem(403, "forbidden");
    let gone = tromso.patch(&change(&digital), 1, json!({"withdrawn": true})).await.ok();
    assert_eq!((&gone["withdrawn"], &gone["version"]), (&json!(true), &json!(2)));
    oslo.patch(&change(&games), 1, json!({"title": title("Spill for alle")})).await.ok();
    let listed = tana.get(&format!("{proposals}?withdrawn=false&first=2")).await.ok();
    assert_eq!((listed["items"].as_array().unwrap().len(), listed["nextCursor"].is_string()), (2, true));

    // Voting: what it goes by stands fast, and ballots are looked at closely.
    oslo.patch(&path, 2, json!({"points": 4, "maxPerProposal": 3, "tieBreak": "include_all"})).await.ok();
    let voting = oslo.post_from(&format!("{path}/move"), 3, step("voting")).await.ok();
    assert_eq!((&voting["considered"], &voting["proposalCount"]), (&json!(3), &json!(3)));
    oslo.patch(&path, 4, json!({"points": 5})).await.problem(409, "conflict");
    oslo.patch(&change(&music), 1, json!({"title": title("Annet")})).await.problem(409, "conflict");
    oslo.post(&proposals, json!({"title": title("For sent")})).await.problem(409, "conflict");
    let box_ = format!("{path}/ballot");
    bergen.get(&box_).await.problem(404, "not_found");
    let [reading, music, games, digital] = [&reading, &music, &games, &digital].map(|p| text(&p["id"]));
    tana.put(&box_, ballot(&[(&music, 1)])).await.problem(403, "forbidden");
    tana.get(&box_).await.problem(403, "forbidden");
    stranger.put(&box_, ballot(&[(&music, 1)])).await.problem(404, "not_found");
    node.client(bergen.tenant, Role::Contributor)
        .put(&box_, ballot(&[(&music, 1)]))
        .await
        .problem(403, "forbidden");
    let none = bergen.put(&box_, ballot(&[])).await.problem(422, "invalid_input");
    assert_eq!(faults(&none), fault("/choices", "empty_list"));
    let wild = ballot(&[(&music, 4), (&music, 1), (&digital, 1), (&games, 0), (&reading, i64::MAX)]);
    let refused = bergen.put(&box_, wild.clone()).await.problem(422, "invalid_input");
    let named = [
        ("/choices/0/points", "max_per_proposal"),
        ("/choices/1/proposalId", "duplicate"),
        ("/choices/2/proposalId", "unknown_proposal"),
        ("/choices/3/points", "between"),
        ("/choices/4/points", "max_per_proposal"),
        ("/choices", "points_exceeded"),
    ];
    assert_eq!(faults(&refused), named.map(|(p, c)| (p.to_owned(), c.to_owned())));
    assert_eq!(bergen.get(&path).await.ok()["turnout"], 0);

    // Cast over one face, cast anew over the other; what is wrong is named alike.
    bergen.put(&box_, ballot(&[(&music, 3), (&games, 1)])).await.ok();
    let cast = "mutation($r: ID!, $i: NewBallot!) { castBallot(roundId: $r, input: $i) { receipt nonce version castAt choices { proposalId points } } }";
    let too_much = json!({"r": made["id"], "i": ballot(&[(&music, 3), (&games, 3)])});
    let refused = bergen.graphql(cast, too_much).await.ok();
    assert_eq!(refused["errors"][0]["extensions"]["errors"][0]["code"], "points_exceeded");
    let again = json!({"r": made["id"], "i": ballot(&[(&games, 1), (&music, 2)])});
    let again = bergen.data(cast, again).await["castBallot"].clone();
    assert_eq!(again["version"], 2);
    let mine = bergen.get(&box_).await.ok();
    assert_eq!((&mine["receipt"], &mine["choices"]), (&again["receipt"], &again["choices"]));
    let theirs = "query($r: ID!) { myBallot(roundId: $r) { receipt } }";
    let nothing = tromso.graphql(theirs, json!({"r": made["id"]})).await.ok();
    assert_eq!(nothing["errors"][0]["extensions"]["code"], "NOT_FOUND");
    tromso.put(&box_, ballot(&[(&reading, 2), (&games, 1)])).await.ok();
    assert_eq!(tana.get(&path).await.ok()["turnout"], 2);

    // Closed is closed; published is for all at once, and for ever.
    let closed = oslo.post_from(&format!("{path}/move"), 4, step("closed")).await.ok();
    assert!(closed["closedAt"].is_string() && closed.get("result").is_none(), "{closed}");
    let late = tromso.put(&box_, ballot(&[(&reading, 1)])).await.problem(409, "conflict");
    assert_eq!(faults(&late), fault("/phase", "not_in_phase"));
    let result_path = format!("{path}/result");
    let recorded =
        oslo.put_from(&result_path, 5, json!({"chosenIds": [music]})).await.problem(409, "conflict");
    assert_eq!(faults(&recorded), fault("/method", "only_for_method"));
    let key = oslo.clone().with_key("publish");
    let published = key.post_from(&format!("{path}/move"), 5, step("published")).await.ok();
    assert_eq!(key.post_from(&format!("{path}/move"), 5, step("published")).await.ok(), published);
    let result = &published["result"];
    // Three with two points stand at the edge of two places: the rule takes them all, and says that they were tied.
    for proposal in [&reading, &music, &games] {
        let told = standing(result, proposal);
        let expected = json!({"chosen": true, "points": 2, "proposalId": proposal, "rank": 1, "tied": true});
        assert_eq!(*told, expected);
    }
    assert_eq!((&result["ballots"], &result["openPlaces"]), (&json!(2), &json!(0)));
    let receipts = result["receipts"].as_array().unwrap();
    assert!(receipts.len() == 2 && receipts.contains(&mine["receipt"]));
    let canonical = format!(
        "{{\"choices\":{},\"nonce\":{},\"roundId\":{}}}",
        mine["choices"], mine["nonce"], mine["roundId"]
    );
    assert_eq!(mine["receipt"], sha256(&canonical));
    let canonical = format!(
        "{{\"backbone\":2,\"ballots\":2,\"method\":\"dots\",\"receipts\":{},\"roundId\":{},\"standings\":{},\"tieBreak\":\"include_all\"}}",
        result["receipts"], published["id"], result["standings"]
    );
    assert_eq!(result["digest"], sha256(&canonical));
    oslo.post_from(&format!("{path}/move"), 6, step("closed")).await.problem(409, "illegal_transition");
    oslo.patch(&path, 6, json!({"backbone": 1})).await.problem(409, "conflict");
    let seen = tana.get(&path).await.ok();
    assert_eq!(seen, bergen.get(&path).await.ok());
    let query = "query($id: ID!) { priorityRound(id: $id) { phase method tieBreak turnout result { digest receipts openPlaces ballots \
        standings { proposalId points rank chosen tied } } } }";
    let told = tana.data(query, json!({"id": made["id"]})).await["priorityRound"].clone();
    assert_eq!(told["result"], seen["result"]);
    assert_eq!((&told["phase"], &told["tieBreak"]), (&json!("PUBLISHED"), &json!("INCLUDE_ALL")));
    let chosen = tana.get(&format!("{proposals}?chosen=true")).await.ok();
    assert_eq!(chosen["items"].as_array().unwrap().len(), 3);
    assert_eq!(chosen["items"][0]["standing"]["points"], 2);
    assert_eq!(bergen.get(&box_).await.ok(), mine, "its own ballot stays its own");

    // Who leaves sees nothing any more.
    let own = bergen.get("/memberships").await.ok()["items"][0].clone();
    bergen.post_from(&format!("/memberships/{}/leave", text(&own["id"])), 2, json!({})).await.ok();
    for (method, place) in [(Method::GET, path.clone()), (Method::GET, proposals), (Method::GET, box_)] {
        let request = bergen.request(method, &format!("/api/v1{place}"));
        bergen.send(request).await.problem(404, "not_found");
    }
    assert_eq!(bergen.get("/priority-rounds").await.ok()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn a_tie_at_the_edge_is_left_open_and_said(#[values(Sqlite, Postgres)] kind: Kind) {
    let vote = Vote::open(kind, 2, &["Leselyst", "Musikk", "Spill", "Digitalt"], dots(2)).await;
    let [reading, music, games, digital] = [0, 1, 2, 3].map(|n| &vote.proposals[n]);
    vote.cast(&vote.members[0], &[(reading, 3), (music, 2)]).await;
    vote.cast(&vote.members[1], &[(games, 2)]).await;
    let result = vote.publish().await["result"].clone();
    let told = |id: &String| {
        let s = standing(&result, id);
        (s["rank"].as_i64().unwrap(), s["chosen"].as_bool().unwrap(), s["tied"].as_bool().unwrap())
    };
    assert_eq!(
        [reading, music, games, digital].map(told),
        [(1, true, false), (2, false, true), (2, false, true), (4, false, false)]
    );
    assert_eq!((&result["openPlaces"], &result["ballots"]), (&json!(1), &json!(2)));
}

#[rstest]
#[actix_web::test]
async fn a_round_without_ballots_has_no_backbone(#[values(Sqlite, Postgres)] kind: Kind) {
    let vote = Vote::open(kind, 0, &["Leselyst", "Musikk"], dots(1)).await;
    let result = vote.publish().await["result"].clone();
    assert_eq!(
        (&result["openPlaces"], &result["ballots"], &result["receipts"]),
        (&json!(1), &json!(0), &json!([]))
    );
    assert!(result["standings"].as_array().unwrap().iter().all(|s| s["chosen"] == false && s["rank"] == 1));
}

#[rstest]
#[actix_web::test]
async fn a_recorded_result_is_the_coordinators_until_it_is_published(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let id = node.consortium("sammen", &[&oslo, &bergen]).await;
    let round = json!({"question": title("Hva valgte møtet?"), "method": "recorded", "backbone": 1, "held": "2010-01"});
    let made = oslo.post(&format!("/consortia/{id}/priority-rounds"), round).await.made();
    let path = format!("/priority-rounds/{}", text(&made["id"]));
    let mut ids = Vec::new();
    for name in ["Leselyst", "Musikk"] {
        let made = oslo.post(&format!("{path}/proposals"), json!({"title": title(name)})).await.made();
        ids.push(text(&made["id"]));
    }
    oslo.post_from(&format!("{path}/move"), 1, json!({"to": "proposing"})).await.ok();
    // Nobody votes in it.
    oslo.post_from(&format!("{path}/move"), 2, json!({"to": "voting"}))
        .await
        .problem(409, "illegal_transition");
    let result = format!("{path}/result");
    bergen.put_from(&result, 2, json!({"chosenIds": [ids[0]]})).await.problem(403, "forbidden");
    let bad = json!({"chosenIds": [ids[0], ids[0], made["id"]], "considered": 1, "held": "i vår"});
    assert_eq!(
        faults(&oslo.put_from(&result, 2, bad.clone()).await.problem(422, "invalid_input")),
        fault("/held", "edtf")
    );
    let mut bad = bad;
    bad["held"] = json!("2010-21");
    let refused = oslo.put_from(&result, 2, bad).await.problem(422, "invalid_input");
    let named = [
        ("/chosenIds/1", "duplicate"),
        ("/chosenIds/2", "unknown_proposal"),
        ("/chosenIds", "too_many"),
        ("/considered", "between"),
    ];
    assert_eq!(faults(&refused), named.map(|(p, c)| (p.to_owned(), c.to_owned())));
    oslo.put_from(&result, 2, json!({"chosenIds": [ids[0]], "considered": 9})).await.ok();
    assert!(bergen.get(&path).await.ok().get("result").is_none());
    assert_eq!(bergen.get(&format!("{path}/proposals?chosen=true")).await.ok()["items"], json!([]));
    // It was the other one: put right over the other face.
    let put = "mutation($id: ID!, $v: Int!, $i: RecordedResult!) { recordPriorityResult(id: $id, expectedVersion: $v, input: $i) \
        { version considered held result { standings { proposalId chosen } } } }";
    let right = json!({"id": made["id"], "v": 3, "i": {"chosenIds": [ids[1]]}});
    let right = oslo.data(put, right).await["recordPriorityResult"].clone();
    assert_eq!((&right["considered"], &right["held"]), (&json!(9), &json!("2010-01")));
    advance(&oslo, &path, "published").await;
    let chosen = bergen.get(&format!("{path}/proposals?chosen=true")).await.ok();
    assert_eq!(chosen["items"][0]["title"]["text"], "Musikk");
    oslo.put_from(&result, 5, json!({"chosenIds": [ids[0]]})).await.problem(409, "conflict");
}
