use sea_orm::{ActiveValue::Set, ColumnTrait};
use uuid::Uuid;

use super::{
    ActiveModel, Ballot, Choice, Column, Entity, Model, NewBallot, entity::Choices, receipt, turnout,
};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result, Violations},
    id::{BallotId, ProposalId, RoundId, RowId},
    priority::{
        hold, only_in,
        proposal::MAX_PROPOSALS,
        round::{self, Phase},
    },
    tenancy::{SeatRole, TenantScope, TenantTx, Turn},
};

/// Casts the ballot of the caller's library, in the place of the one before.
pub async fn cast(scope: &TenantScope, round: RoundId, input: NewBallot) -> Result<Ballot> {
    let mut violations = Violations::default();
    if input.choices.is_empty() {
        violations.add("choices", "empty_list");
    }
    if input.choices.len() > MAX_PROPOSALS {
        violations.add_with("choices", "too_many", &[("max", &MAX_PROPOSALS.to_string())]);
    }
    violations.done()?;
    scope
        .write("castBallot", (round, input), |tx, (round, input)| {
            Box::pin(async move {
                voter(tx, round).await?;
                // Shared with other libraries' ballots; whoever closes the round waits for them all.
                let round = hold(tx, round, Turn::Shared).await?;
                only_in(round.phase, &[Phase::Voting])?;
                let mut choices = input.choices;
                check(tx, &round, &choices).await?;
                choices.sort_by_key(|choice| choice.proposal_id);
                // Two ballots of one library take turns: the last one counts.
                tx.lock(&format!("ballot {} {}", round.id, tx.me()), Turn::Alone).await?;
                let nonce = receipt::nonce()?;
                let receipt = receipt::receipt(round.id, &choices, &nonce)?;
                let row = match mine(tx, round.id).await? {
                    Some(row) => {
                        tx.change::<Entity>(row, None, |row| {
                            row.choices = Set(Choices(choices));
                            row.nonce = Set(nonce);
                            row.receipt = Set(receipt);
                        })
                        .await?
                    }
                    None => {
                        tx.insert(turnout::ActiveModel {
                            consortium_id: Set(round.consortium_id),
                            id: Set(RowId(Uuid::new_v4())),
                            round_id: Set(round.id),
                        })
                        .await?;
                        tx.insert(ActiveModel {
                            id: Set(BallotId::new()),
                            round_id: Set(round.id),
                            consortium_id: Set(round.consortium_id),
                            choices: Set(Choices(choices)),
                            nonce: Set(nonce),
                            receipt: Set(receipt),
                            ..Default::default()
                        })
                        .await?
                    }
                };
                Ok(shape(row))
            })
        })
        .await
}

/// The ballot that the caller's library has cast.
pub async fn view(scope: &TenantScope, round: RoundId) -> Result<Ballot> {
    let tx = scope.read().await?;
    voter(&tx, round).await?;
    Ok(shape(mine(&tx, round).await?.ok_or_else(Error::not_found)?))
}

/// All ballots of a closed round; only what the caller's reach lets be counted.
pub(in crate::priority) async fn box_of(tx: &TenantTx, round: RoundId) -> Result<Vec<Model>> {
    tx.find::<Entity>()?.filter(Column::RoundId.eq(round)).all().await
}

/// 404 where the caller does not see the round, 403 where it sees it and does not vote in it.
async fn voter(tx: &TenantTx, id: RoundId) -> Result<()> {
    if !tx.caller().may(Action::Read, Resource::Ballot) {
        return Err(Error::new(Code::Forbidden));
    }
    let round = tx.get::<round::Entity>(id.0).await?;
    tx.seat_as(round.consortium_id, &[SeatRole::Coordinator, SeatRole::Member]).await
}

async fn mine(tx: &TenantTx, round: RoundId) -> Result<Option<Model>> {
    let of_round = tx.find::<Entity>()?.filter(Column::RoundId.eq(round));
    of_round.filter(Column::TenantId.eq(tx.me())).one().await
}

async fn check(tx: &TenantTx, round: &round::Model, choices: &[Choice]) -> Result<()> {
    let (points, most) = (round.points.unwrap_or_default(), round.max_per_proposal.unwrap_or_default());
    let open = round::service::candidates(tx, round.id).await?;
    let open: Vec<ProposalId> = open.into_iter().map(|row| row.id).collect();
    let mut violations = Violations::default();
    let mut sum = 0i64;
    for (n, choice) in choices.iter().enumerate() {
        let at = format!("choices/{n}/proposalId");
        if !open.contains(&choice.proposal_id) {
            violations.add(&at, "unknown_proposal");
        } else if choices.iter().take(n).any(|before| before.proposal_id == choice.proposal_id) {
            violations.add(&at, "duplicate");
        }
        let at = format!("choices/{n}/points");
        if choice.points > most {
            violations.add_with(&at, "max_per_proposal", &[("max", &most.to_string())]);
        } else {
            violations.between(&at, Some(choice.points), 1, most);
        }
        sum = sum.saturating_add(choice.points.max(0));
    }
    if sum > points {
        violations.add_with("choices", "points_exceeded", &[("max", &points.to_string())]);
    }
    violations.done()
}

fn shape(row: Model) -> Ballot {
    Ballot {
        round_id: row.round_id,
        choices: row.choices.0,
        nonce: row.nonce,
        receipt: row.receipt,
        cast_at: row.updated_at,
        version: row.version,
    }
}
