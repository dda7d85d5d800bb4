//! A vote on common priorities: everybody may see how many have voted, nobody how, and all get the result at once.

mod secrecy;
mod storm;
mod story;
mod sydost;

use samvirke::id::ConsortiumId;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, TestNode};

/// A consortium with a round that is being voted on.
struct Vote {
    node: TestNode,
    coordinator: Client,
    members: Vec<Client>,
    consortium: ConsortiumId,
    path: String,
    proposals: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn title(text: &str) -> Value {
    json!([{"language": "nb", "text": text}])
}

/// A dots round of five points, at most three on one.
fn dots(backbone: i64) -> Value {
    json!({"question": title("Hva skal vi satse på sammen?"), "method": "dots", "backbone": backbone, "points": 5,
        "maxPerProposal": 3})
}

fn ballot(choices: &[(&String, i64)]) -> Value {
    let choices: Vec<_> = choices.iter().map(|(id, n)| json!({"proposalId": id, "points": n})).collect();
    json!({"choices": choices})
}

async fn advance(coordinator: &Client, path: &str, to: &str) -> Value {
    let version = coordinator.get(path).await.ok()["version"].as_i64().unwrap();
    coordinator.post_from(&format!("{path}/move"), version, json!({"to": to})).await.ok()
}

impl Vote {
    /// With so many members besides the coordinator, and these proposals.
    async fn open(kind: Kind, members: usize, titles: &[&str], round: Value) -> Self {
        let node = TestNode::start(kind).await;
        let coordinator = node.tenant("oslo").await;
        let mut others = Vec::new();
        for n in 0..members {
            others.push(node.tenant(&format!("bibliotek-{n}")).await);
        }
        let all: Vec<&Client> = std::iter::once(&coordinator).chain(&others).collect();
        let consortium = node.consortium("sammen", &all).await;
        let made = coordinator.post(&format!("/consortia/{consortium}/priority-rounds"), round).await.made();
        let path = format!("/priority-rounds/{}", text(&made["id"]));
        let mut proposals = Vec::new();
        for name in titles {
            let made =
                coordinator.post(&format!("{path}/proposals"), json!({"title": title(name)})).await.made();
            proposals.push(text(&made["id"]));
        }
        for to in ["proposing", "voting"] {
            advance(&coordinator, &path, to).await;
        }
        Self { node, coordinator, members: others, consortium, path, proposals }
    }

    async fn cast(&self, by: &Client, choices: &[(&String, i64)]) -> Value {
        by.put(&format!("{}/ballot", self.path), ballot(choices)).await.ok()
    }

    async fn publish(&self) -> Value {
        advance(&self.coordinator, &self.path, "closed").await;
        advance(&self.coordinator, &self.path, "published").await
    }
}

/// A standing by its proposal.
fn standing<'v>(result: &'v Value, proposal: &str) -> &'v Value {
    let standings = result["standings"].as_array().unwrap();
    standings.iter().find(|s| s["proposalId"] == proposal).unwrap()
}

fn sha256(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
