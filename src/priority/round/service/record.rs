use sea_orm::ActiveValue::Set;

use super::{MAX_CONSIDERED, candidates, count, read::load, turn};
use crate::{
    error::{Code, Error, Result, Violations},
    id::{ProposalId, RoundId},
    priority::{
        only_in,
        proposal::MAX_PROPOSALS,
        result::{Outcome, Standing},
        round::{Entity, Method, Model, Phase, PriorityRound, RecordedResult},
        tally,
    },
    tenancy::TenantScope,
    when,
};

/// Writes down what a round that was held elsewhere came to, and closes it; again, until it is published.
/// By a coordinator.
pub async fn record(
    scope: &TenantScope,
    id: RoundId,
    expected: i64,
    input: RecordedResult,
) -> Result<PriorityRound> {
    let mut violations = Violations::default();
    violations.edtf("held", input.held.as_deref());
    violations.between("considered", input.considered, 1, MAX_CONSIDERED);
    if input.chosen_ids.len() > MAX_PROPOSALS {
        violations.add_with("chosenIds", "too_many", &[("max", &MAX_PROPOSALS.to_string())]);
    }
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("recordPriorityResult", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = turn(tx, id, expected).await?;
                if row.method != Method::Recorded {
                    let error = Error::new(Code::Conflict);
                    return Err(error.field_with("method", "only_for_method", &[("method", "recorded")]));
                }
                only_in(row.phase, &[Phase::Draft, Phase::Proposing, Phase::Closed])?;
                let mut proposals: Vec<_> = candidates(tx, id).await?.into_iter().map(|p| p.id).collect();
                proposals.sort();
                let considered = input.considered.or(row.considered);
                check_recorded(&row, &proposals, &input.chosen_ids, considered)?;
                let closed_at = row.closed_at.unwrap_or_else(when::now);
                let held = input.held.or_else(|| row.held.clone());
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.phase = Set(Phase::Closed);
                        row.closed_at = Set(Some(closed_at));
                        row.considered = Set(considered);
                        row.held = Set(held);
                    })
                    .await?;
                let outcome = recorded(proposals, input.chosen_ids);
                count::keep(tx, &row, outcome).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn check_recorded(
    round: &Model,
    proposals: &[ProposalId],
    chosen: &[ProposalId],
    considered: Option<i64>,
) -> Result<()> {
    let mut violations = Violations::default();
    for (n, id) in chosen.iter().enumerate() {
        let at = format!("chosenIds/{n}");
        if !proposals.contains(id) {
            violations.add(&at, "unknown_proposal");
        } else if chosen.iter().take(n).any(|before| before == id) {
            violations.add(&at, "duplicate");
        }
    }
    if tally::count(chosen.len()) > round.backbone {
        violations.add_with("chosenIds", "too_many", &[("max", &round.backbone.to_string())]);
    }
    violations.between("considered", considered, tally::count(proposals.len()).max(1), MAX_CONSIDERED);
    violations.done()
}

fn recorded(proposals: Vec<ProposalId>, chosen: Vec<ProposalId>) -> Outcome {
    let rest: Vec<_> = proposals.into_iter().filter(|id| !chosen.contains(id)).collect();
    let standing =
        |chosen| move |proposal_id| Standing { chosen, points: None, proposal_id, rank: None, tied: false };
    let standings = chosen.into_iter().map(standing(true)).chain(rest.into_iter().map(standing(false)));
    Outcome { standings: standings.collect(), ballots: None, receipts: Vec::new() }
}
