use sea_orm::ActiveValue::Set;

use super::{candidates, count, read::load, turn};
use crate::{
    error::{Code, Error, Result},
    id::RoundId,
    priority::{
        round::{Entity, Method, Phase, PriorityMove, PriorityRound},
        tally,
    },
    tenancy::{TenantScope, TenantTx},
    when,
};

/// Moves a round to its next phase. Publishing a vote counts it. By a coordinator.
pub async fn advance(
    scope: &TenantScope,
    id: RoundId,
    expected: i64,
    input: PriorityMove,
) -> Result<PriorityRound> {
    let scope_in = scope.clone();
    match input.to {
        Phase::Published => {
            scope
                .tally("movePriorityRound", (id, expected, input), move |tx, (id, expected, input)| {
                    Box::pin(step(scope_in, tx, id, expected, input))
                })
                .await
        }
        Phase::Draft | Phase::Proposing | Phase::Voting | Phase::Closed => {
            scope
                .write("movePriorityRound", (id, expected, input), move |tx, (id, expected, input)| {
                    Box::pin(step(scope_in, tx, id, expected, input))
                })
                .await
        }
    }
}

async fn step(
    scope: TenantScope,
    tx: &TenantTx,
    id: RoundId,
    expected: i64,
    input: PriorityMove,
) -> Result<PriorityRound> {
    let row = turn(tx, id, expected).await?;
    row.phase.step(row.method, input.to)?;
    let mut considered = row.considered;
    let mut closed_at = row.closed_at;
    match input.to {
        Phase::Draft | Phase::Proposing => {}
        Phase::Voting => {
            let proposals = tally::count(candidates(tx, id).await?.len());
            let least = row.backbone.max(2);
            if proposals < least {
                return Err(Error::new(Code::Conflict).field_with(
                    "to",
                    "too_few_proposals",
                    &[("min", &least.to_string())],
                ));
            }
            considered = Some(proposals);
        }
        Phase::Closed => closed_at = Some(when::now()),
        Phase::Published => {
            if row.method == Method::Dots {
                count::count(tx, &row).await?;
            }
        }
    }
    tx.change::<Entity>(row, Some(expected), |row| {
        row.phase = Set(input.to);
        row.considered = Set(considered);
        row.closed_at = Set(closed_at);
    })
    .await?;
    load(&scope, tx, id).await
}
