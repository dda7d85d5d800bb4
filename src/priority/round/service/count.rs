use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::candidates;
use crate::{
    error::Result,
    priority::{
        ballot, result,
        round::Model,
        tally::{self, Candidate},
    },
    tenancy::TenantTx,
};

/// Counts the box of a closed round. Only a tally's reach finds ballots of others in it.
pub(super) async fn count(tx: &TenantTx, round: &Model) -> Result<()> {
    let candidates: Vec<_> = candidates(tx, round.id)
        .await?
        .into_iter()
        .map(|row| Candidate { id: row.id, carried: row.carried_from.is_some() })
        .collect();
    let ballots = ballot::service::box_of(tx, round.id).await?;
    let mut receipts: Vec<String> = ballots.iter().map(|ballot| ballot.receipt.clone()).collect();
    // By their digits: in the order of the box they would tell who voted first.
    receipts.sort();
    let choices: Vec<_> = ballots.into_iter().map(|ballot| ballot.choices.0).collect();
    let outcome = result::Outcome {
        standings: tally::tally(&candidates, &choices, round.backbone, round.tie_break),
        ballots: Some(tally::count(choices.len())),
        receipts,
    };
    keep(tx, round, outcome).await
}

/// Writes a result down; of a recorded round it may be put right until it is published.
pub(super) async fn keep(tx: &TenantTx, round: &Model, outcome: result::Outcome) -> Result<()> {
    let digest = outcome.digest(round)?;
    let before = tx.find::<result::Entity>()?.filter(result::Column::RoundId.eq(round.id)).one().await?;
    match before {
        Some(row) => {
            tx.change::<result::Entity>(row, None, |row| {
                row.outcome = Set(outcome);
                row.digest = Set(digest);
            })
            .await?;
        }
        None => {
            tx.insert(result::ActiveModel {
                consortium_id: Set(round.consortium_id),
                round_id: Set(round.id),
                outcome: Set(outcome),
                digest: Set(digest),
            })
            .await?;
        }
    }
    Ok(())
}
