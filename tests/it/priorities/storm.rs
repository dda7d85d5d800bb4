//! Many ballots at once: the last one of each library counts, and the close is a sharp edge.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Vote, advance, ballot, dots, standing, text};
use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, rstest};

/// The points that a ballot gives each proposal.
fn add(into: &mut BTreeMap<String, i64>, ballot: &Value) {
    for choice in ballot["choices"].as_array().unwrap() {
        *into.entry(text(&choice["proposalId"])).or_default() += choice["points"].as_i64().unwrap();
    }
}

/// Each library's ballot is the last one that was accepted from it, and the result is their sum.
async fn counted(vote: &Vote, accepted: &[(Client, Vec<Value>)]) {
    let mut sums: BTreeMap<String, i64> = vote.proposals.iter().map(|id| (id.clone(), 0)).collect();
    let mut receipts = Vec::new();
    for (client, ballots) in accepted {
        let Some(last) = ballots.iter().max_by_key(|b| b["version"].as_i64().unwrap()) else { continue };
        assert_eq!(client.get(&format!("{}/ballot", vote.path)).await.ok(), *last);
        add(&mut sums, last);
        receipts.push(text(&last["receipt"]));
    }
    receipts.sort();
    let published = advance(&vote.coordinator, &vote.path, "published").await;
    assert_eq!(published["turnout"], json!(receipts.len()));
    let result = &published["result"];
    assert_eq!(result["receipts"], json!(receipts));
    for (proposal, points) in sums {
        assert_eq!(standing(result, &proposal)["points"], json!(points), "{proposal}");
    }
}

#[rstest]
#[actix_web::test]
async fn of_fifty_votes_at_once_the_last_one_counts(#[values(Sqlite, Postgres)] kind: Kind) {
    let vote = Vote::open(kind, 2, &["Leselyst", "Musikk", "Spill"], dots(1)).await;
    let clients: Vec<Client> = std::iter::once(&vote.coordinator).chain(&vote.members).cloned().collect();
    let vote_ = &vote;
    let storms = clients.iter().map(|client| {
        join_all((0..50usize).map(|n| async move {
            let (one, other) = (&vote_.proposals[n % 3], &vote_.proposals[(n + 1) % 3]);
            let points = 1 + i64::from(n % 2 == 0);
            vote_.cast(client, &[(one, points), (other, 3 - points)]).await
        }))
    });
    let accepted: Vec<(Client, Vec<Value>)> = clients.iter().cloned().zip(join_all(storms).await).collect();
    for (_, ballots) in &accepted {
        let mut versions: Vec<i64> = ballots.iter().map(|b| b["version"].as_i64().unwrap()).collect();
        versions.sort_unstable();
        assert_eq!(versions, (1..=50).collect::<Vec<i64>>(), "each took its turn");
    }
    advance(&vote.coordinator, &vote.path, "closed").await;
    counted(&vote, &accepted).await;
}

#[rstest]
#[actix_web::test]
async fn the_close_is_a_sharp_edge(#[values(Sqlite, Postgres)] kind: Kind) {
    let vote = &Vote::open(kind, 5, &["Leselyst", "Musikk", "Spill"], dots(1)).await;
    let box_ = &format!("{}/ballot", vote.path);
    // Each library votes over and over; the coordinator closes in the midst of it.
    let voters = vote.members.iter().map(|client| async move {
        let mut accepted = Vec::new();
        let mut refused = 0;
        for n in 0..100usize {
            let choices = ballot(&[(&vote.proposals[n % 3], 1 + i64::from(n % 2 == 0))]);
            let answer: Answer = client.put(box_, choices).await;
            match answer.status.as_u16() {
                200 => {
                    assert_eq!(refused, 0, "a ballot was taken after one was refused");
                    accepted.push(answer.ok());
                }
                _ => {
                    answer.problem(409, "conflict");
                    refused += 1;
                    if refused == 3 {
                        break;
                    }
                }
            }
        }
        (client.clone(), accepted, refused)
    });
    let close = async {
        while vote.coordinator.get(&vote.path).await.ok()["turnout"].as_i64().unwrap() < 4 {}
        advance(&vote.coordinator, &vote.path, "closed").await;
        // Whoever comes after the answer is too late.
        vote.coordinator.put(box_, ballot(&[(&vote.proposals[0], 1)])).await.problem(409, "conflict");
    };
    let (voted, ()) = futures_util::future::join(join_all(voters), close).await;
    assert!(voted.iter().any(|(_, _, refused)| *refused > 0), "nobody met the close");
    let accepted: Vec<_> = voted.into_iter().map(|(client, accepted, _)| (client, accepted)).collect();
    counted(vote, &accepted).await;
}
