//! `node(id)` gives everybody exactly what the field of the thing's own kind gives, of everything in the world.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{matrix::ACTORS, oracle::Kind as Sort, product::Product, world::World};
use crate::harness::{Answer, Kind, Postgres, Sqlite, rstest};

/// The field of a kind's own, and its type. A new node needs a line: see the test below.
const KINDS: [(Sort, &str, &str); 31] = [
    (Sort::Register, "concept", "Concept"),
    (Sort::Occasion, "occasion", "Occasion"),
    (Sort::Claim, "strengthClaim", "StrengthClaim"),
    (Sort::Sighting, "competenceSighting", "CompetenceSighting"),
    (Sort::Word, "concept", "Concept"),
    (Sort::Definition, "conceptDefinition", "ConceptDefinition"),
    (Sort::Tenant, "tenant", "Tenant"),
    (Sort::Consortium, "consortium", "Consortium"),
    (Sort::Membership, "membership", "Membership"),
    (Sort::Competence, "competence", "Competence"),
    (Sort::Contact, "contact", "Contact"),
    (Sort::Statement, "statement", "Statement"),
    (Sort::Commitment, "commitment", "Commitment"),
    (Sort::Activity, "activity", "Activity"),
    (Sort::Series, "meetingSeries", "MeetingSeries"),
    (Sort::Meeting, "meeting", "Meeting"),
    (Sort::Exercise, "exercise", "Exercise"),
    (Sort::Note, "note", "Note"),
    (Sort::Project, "project", "Project"),
    (Sort::Product, "product", "Product"),
    (Sort::Funding, "fundingApplication", "FundingApplication"),
    (Sort::Agreement, "agreement", "Agreement"),
    (Sort::Group, "group", "Group"),
    (Sort::Organisation, "organisation", "Organisation"),
    (Sort::Account, "serviceAccount", "ServiceAccount"),
    (Sort::Invitation, "accessInvitation", "AccessInvitation"),
    (Sort::Erasure, "erasure", "Erasure"),
    (Sort::Principal, "principal", "Principal"),
    (Sort::Round, "priorityRound", "PriorityRound"),
    (Sort::Release, "release", "Release"),
    (Sort::ReleaseRules, "releaseRulesProposal", "ReleaseRulesProposal"),
];

/// What was given, or the code of the refusal.
fn given(answer: &Answer, field: &str) -> Result<Value, String> {
    let body = answer.json();
    match body["errors"][0]["extensions"]["code"].as_str().or_else(|| body["code"].as_str()) {
        // Whom a kind is closed to altogether is told so by its field, and `node` does not know what it would be.
        Some("FORBIDDEN") => Err("NOT_FOUND".into()),
        Some(code) => Err(code.to_ascii_uppercase()),
        None => Ok(body["data"][field].clone()),
    }
}

#[rstest]
#[actix_web::test]
async fn a_node_is_what_its_own_field_gives(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    let product = Product::read(&world.node.app).await;
    let [mut shown, mut hidden] = [0, 0];
    for (name, actor) in ACTORS {
        let client = world.client(actor);
        for (sort, field, shape) in KINDS {
            let own = &product.operations[field].graphql.as_ref().unwrap().document;
            let (_, selection) = own.split_once("(id: $id)").unwrap();
            let node = format!("query($id: ID!) {{ node(id: $id) {{ ... on {shape} {selection} }}");
            let plain = |answer: &Answer| {
                let mut body = answer.json();
                body.as_object_mut().unwrap().remove("requestId");
                (answer.status, body)
            };
            let mut absent = None;
            for (record, id) in world.of_kind(sort) {
                let by_field = client.graphql(own, json!({"id": id})).await;
                let by_node = client.graphql(&node, json!({"id": id})).await;
                let (a, b) = (given(&by_field, field), given(&by_node, "node"));
                assert_eq!(a, b, "{field} of {record:?} by {name}");
                if a.is_ok() {
                    shown += 1
                } else {
                    hidden += 1
                }
                if b.is_err() {
                    if absent.is_none() {
                        let nobodys = Uuid::from_u128(id.as_u128() ^ (0xabc << 48));
                        absent = Some(plain(&client.graphql(&node, json!({"id": nobodys})).await));
                    }
                    let hidden = Some(plain(&by_node));
                    assert_eq!(hidden, absent, "hidden is not absent: {record:?} by {name}");
                }
            }
        }
    }
    println!("{kind:?}: {shown} shown, {hidden} refused, all alike");
    assert!(shown > 100 && hidden > 100);
}

#[rstest]
#[actix_web::test]
async fn every_kind_of_node_is_compared_and_nonsense_names_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    let sdl = samvirke::graphql::sdl();
    let nodes: Vec<&str> = sdl
        .lines()
        .filter_map(|line| line.strip_prefix("type ")?.split_once(" implements Node").map(|(name, _)| name))
        .collect();
    // A scheme has no record in the world; everybody reads it.
    let known: Vec<&str> = KINDS.iter().map(|(_, _, shape)| *shape).chain(["ConceptScheme"]).collect();
    assert!(!nodes.is_empty() && nodes.iter().all(|node| known.contains(node)), "{nodes:?}");
    let somebody = world.client(ACTORS[3].1);
    let ask = "query($id: ID!) { node(id: $id) { __typename id } }";
    let scheme = migration::registers::concept_id("samvirke-concepts");
    let found = somebody.data(ask, json!({"id": scheme})).await;
    assert_eq!(found["node"], json!({"__typename": "ConceptScheme", "id": scheme}));
    for nonsense in ["", "x", "Project:1", "' OR 1=1"] {
        let answer = somebody.graphql(ask, json!({"id": nonsense})).await.ok();
        assert_eq!(answer["data"], json!({"node": null}), "{nonsense}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    }
}
