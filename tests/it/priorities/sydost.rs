//! The three rounds of Sydost, 2010, written down and told again: of twenty areas four, of eleven three, and one that
//! went through.

use std::collections::{BTreeMap, BTreeSet};

use migration::registers::concept_id;
use samvirke::tenancy::SeatRole;
use serde_json::{Value, json};

use super::{advance, text};
use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn seed() -> Value {
    serde_json::from_str(include_str!("../../../src/demo/data/sweden-sydost.json")).unwrap()
}

fn said(text: &Value) -> Value {
    json!([{"language": "sv", "text": text["text"]}, {"language": "en", "text": text["translations"]["en"]}])
}

/// Writes the rounds down, each following the one before; their ids, and the concepts' notations by id.
async fn load(
    coordinator: &Client,
    consortium: &str,
    seed: &Value,
) -> (Vec<String>, BTreeMap<String, String>) {
    let mut rounds: Vec<String> = Vec::new();
    let mut notations = BTreeMap::new();
    let mut latest: BTreeMap<String, String> = BTreeMap::new();
    for round in seed["priorityRounds"].as_array().unwrap() {
        let list = |name: &str| round[name].as_array().cloned().unwrap_or_default();
        let (selected, proposed) = (list("selected"), list("proposed"));
        let mut new = json!({
            "question": said(&round["meeting"]), "method": "recorded", "held": round["date"],
            "backbone": selected.len().max(1), "considered": round["candidates"],
        });
        if let Some(before) = rounds.last() {
            new["followsId"] = json!(before);
        }
        let made = coordinator.post(&format!("/consortia/{consortium}/priority-rounds"), new).await.made();
        let path = format!("/priority-rounds/{}", text(&made["id"]));
        let mut ids = Vec::new();
        for area in selected.iter().chain(&proposed) {
            let notation = text(&area["concepts"][0]);
            let concept = concept_id(&notation).to_string();
            let proposal = json!({
                "title": said(area), "conceptId": concept, "carriedFromId": latest.get(&notation),
                "tentative": area["openQuestion"] == true,
            });
            let made = coordinator.post(&format!("{path}/proposals"), proposal).await.made();
            notations.insert(concept, notation.clone());
            latest.insert(notation, text(&made["id"]));
            ids.push(text(&made["id"]));
        }
        if selected.is_empty() {
            advance(coordinator, &path, "proposing").await;
        } else {
            coordinator.put_from(&format!("{path}/result"), 1, json!({"chosenIds": ids})).await.ok();
            advance(coordinator, &path, "published").await;
        }
        rounds.push(text(&made["id"]));
    }
    (rounds, notations)
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(text).collect()
}

/// Shows 130, 131, 132, 133 by createPriorityRound, priorityRounds, priorityProposals, comparePriorityRounds.
#[rstest]
#[actix_web::test]
async fn of_twenty_areas_four_and_of_eleven_three(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [kalmar, sydost, hospital] =
        [node.tenant("kalmar").await, node.tenant("sydost").await, node.tenant("sjukhus").await];
    let biss = node.consortium("biss", &[&kalmar, &sydost]).await;
    node.join(biss, &kalmar, &hospital, SeatRole::Observer).await;
    let seed = seed();
    let (rounds, notations) = load(&kalmar, &biss.to_string(), &seed).await;
    // Told by a member over REST, and by an observer over GraphQL.
    let sydost = sydost.speaking("sv");
    let listed = sydost.get(&format!("/priority-rounds?consortiumId={biss}")).await.ok();
    let query = "query($c: ID!) { priorityRounds(filter: {consortiumId: $c}) { edges { node { id considered backbone held phase followsId \
        question { text } result { openPlaces standings { chosen points proposalId rank tied } } } } } }";
    let graphql = hospital.speaking("sv");
    let told = graphql.data(query, json!({"c": biss})).await;
    let told: Vec<Value> =
        told["priorityRounds"]["edges"].as_array().unwrap().iter().map(|e| e["node"].clone()).collect();
    let listed = listed["items"].as_array().unwrap();
    assert_eq!((listed.len(), told.len()), (3, 3));
    for (n, (rest, graphql)) in listed.iter().zip(&told).enumerate() {
        assert_eq!(rest["id"], json!(rounds[n]));
        for field in ["id", "considered", "backbone", "held"] {
            assert_eq!(rest[field], graphql[field], "{field}");
        }
        assert_eq!(rest["question"]["text"], seed["priorityRounds"][n]["meeting"]["text"]);
        let before = n.checked_sub(1).map(|before| rounds[before].clone());
        assert_eq!(graphql["followsId"], json!(before));
    }
    for (n, id) in ["se-sydost-2010-01", "se-sydost-2010-06-01"].iter().enumerate() {
        let expected = &seed["expected"]["selectionRatio"][id];
        let chosen = sydost.get(&format!("/priority-rounds/{}/proposals?chosen=true", rounds[n])).await.ok();
        let names: Vec<_> =
            chosen["items"].as_array().unwrap().iter().map(|p| p["title"]["text"].clone()).collect();
        let selected = seed["priorityRounds"][n]["selected"].as_array().unwrap();
        assert_eq!(names, selected.iter().map(|area| area["text"].clone()).collect::<Vec<_>>());
        assert_eq!(json!(names.len()), expected["selected"]);
        assert_eq!(listed[n]["considered"], expected["candidates"]);
        assert_eq!(listed[n]["result"]["standings"], told[n]["result"]["standings"]);
    }

    // What was carried over, dropped and new.
    let by_notation = |proposals: Vec<&Value>| -> BTreeSet<String> {
        proposals.into_iter().map(|p| notations[&text(&p["conceptId"])].clone()).collect()
    };
    let every = |list: &Value| list.as_array().unwrap().clone();
    let rest = sydost.get(&format!("/priority-rounds/{}/comparison", rounds[1])).await.ok();
    let query = "query($id: ID!, $e: ID) { comparePriorityRounds(id: $id, earlierId: $e) { earlierDecided laterDecided \
        carriedOver { earlier { id conceptId } later { id conceptId carriedFromId tentative title { text } } } dropped { conceptId } new { conceptId } } }";
    let both = graphql.data(query, json!({"id": rounds[1]})).await["comparePriorityRounds"].clone();
    let expected = &seed["expected"];
    for comparison in [&rest, &both] {
        let carried = every(&comparison["carriedOver"]);
        assert_eq!(
            by_notation(carried.iter().map(|pair| &pair["later"]).collect()),
            strings(&expected["priorityCarriedOver_2010-01_to_2010-06-01"])
        );
        assert_eq!(carried[0]["later"]["carriedFromId"], carried[0]["earlier"]["id"]);
        let dropped = every(&comparison["dropped"]);
        assert_eq!(
            by_notation(dropped.iter().collect()),
            strings(&expected["priorityDropped_2010-01_to_2010-06-01"])
        );
        let new = every(&comparison["new"]);
        assert_eq!(by_notation(new.iter().collect()), strings(&expected["priorityNew_2010-06-01"]));
        assert_eq!(
            (&comparison["earlierDecided"], &comparison["laterDecided"]),
            (&json!(true), &json!(true))
        );
    }
    // September asks, with a question mark, for what June had chosen; nothing is decided yet.
    let asked =
        graphql.data(query, json!({"id": rounds[2], "e": rounds[1]})).await["comparePriorityRounds"].clone();
    let carried = every(&asked["carriedOver"]);
    assert_eq!(
        by_notation(carried.iter().map(|pair| &pair["later"]).collect()),
        strings(&expected["priorityProposed_2010-09_alreadyIn_2010-06-01"])
    );
    assert_eq!((&carried[0]["later"]["tentative"], &asked["laterDecided"]), (&json!(true), &json!(false)));
    assert_eq!(carried[0]["later"]["title"]["text"], "Digital delaktighet?");
    // Over two rounds: January's areas and September's have nothing in common.
    let far =
        sydost.get(&format!("/priority-rounds/{}/comparison?earlierId={}", rounds[2], rounds[0])).await.ok();
    assert_eq!(
        (every(&far["carriedOver"]).len(), every(&far["dropped"]).len(), every(&far["new"]).len()),
        (0, 4, 1)
    );
    let first = sydost.get(&format!("/priority-rounds/{}/comparison", rounds[0])).await;
    assert_eq!(first.problem(422, "invalid_input")["errors"][0]["code"], "required");
    let other = format!("/priority-rounds/{}/comparison?earlierId={}", rounds[0], uuid::Uuid::now_v7());
    assert_eq!(sydost.get(&other).await.problem(422, "invalid_input")["errors"][0]["code"], "unknown_round");
}
