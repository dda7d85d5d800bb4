//! Two rounds side by side: which areas were carried over, which were dropped, which are new.

use async_graphql::SimpleObject;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    proposal::{self, MAX_PROPOSALS, PriorityProposal},
    round::{self, Phase, PriorityRound},
};
use crate::{
    concept::seen::seen,
    error::{Code, Error, Result},
    id::RoundId,
    rest::Versioned,
    tenancy::TenantScope,
};

/// A round beside an earlier one. A published round enters with the areas that were chosen, any other with those
/// that are proposed and not withdrawn. Areas are the same when one was carried from the other, at whatever remove.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PriorityComparison {
    pub earlier_id: RoundId,
    /// True: the earlier round is published, and its chosen areas are compared.
    pub earlier_decided: bool,
    pub later_id: RoundId,
    /// True: the later round is published, and its chosen areas are compared.
    pub later_decided: bool,
    /// In both rounds; at most 200.
    pub carried_over: Vec<CarriedOver>,
    /// In the earlier round alone; at most 200.
    pub dropped: Vec<PriorityProposal>,
    /// In the later round alone; at most 200.
    pub new: Vec<PriorityProposal>,
}

impl Versioned for PriorityComparison {}

/// An area in two rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CarriedOver {
    pub earlier: PriorityProposal,
    pub later: PriorityProposal,
}

/// What to compare a round with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EarlierRound {
    /// A round of the same consortium; the one that it follows when left out.
    pub earlier_id: Option<RoundId>,
}

/// Compares a round with an earlier one of the same consortium.
pub async fn compare(
    scope: &TenantScope,
    id: RoundId,
    earlier: Option<RoundId>,
) -> Result<PriorityComparison> {
    let tx = scope.read().await?;
    let later = round::service::load(scope, &tx, id).await?;
    let fault = |code| Error::new(Code::InvalidInput).field("earlierId", code);
    let earlier = earlier.or(later.follows_id).ok_or_else(|| fault("required"))?;
    let earlier = match round::service::load(scope, &tx, earlier).await {
        Ok(round) if round.consortium_id == later.consortium_id && round.id != later.id => round,
        Ok(_) => return Err(fault("unknown_round")),
        Err(error) if error.code == Code::NotFound => return Err(fault("unknown_round")),
        Err(error) => return Err(error),
    };
    let both = Condition::all()
        .add(proposal::Column::RoundId.is_in([earlier.id, later.id]))
        .add(proposal::Column::Withdrawn.eq(false));
    let rows = proposal::service::ask(&tx, both, None, 2 * MAX_PROPOSALS as u64).await?;
    let seen = seen(&tx, rows.iter().filter_map(|row| row.proposal.concept_id)).await?;
    let side = |round: &PriorityRound| -> Vec<_> {
        let decided = round.phase == Phase::Published;
        rows.iter()
            .filter(|row| row.proposal.round_id == round.id)
            .map(|row| {
                let shaped = proposal::service::shape(scope, row.clone(), round.result.as_ref(), &seen);
                (row.proposal.lineage, shaped)
            })
            .filter(|(_, p)| !decided || p.standing.as_ref().is_some_and(|s| s.chosen))
            .collect()
    };
    let (before, after) = (side(&earlier), side(&later));
    let mut comparison = PriorityComparison {
        earlier_id: earlier.id,
        earlier_decided: earlier.phase == Phase::Published,
        later_id: later.id,
        later_decided: later.phase == Phase::Published,
        carried_over: Vec::new(),
        dropped: Vec::new(),
        new: Vec::new(),
    };
    for (line, proposal) in &before {
        if !after.iter().any(|(other, _)| other == line) {
            comparison.dropped.push(proposal.clone());
        }
    }
    for (line, proposal) in after {
        match before.iter().find(|(other, _)| *other == line) {
            Some((_, earlier)) => {
                comparison.carried_over.push(CarriedOver { earlier: earlier.clone(), later: proposal })
            }
            None => comparison.new.push(proposal),
        }
    }
    Ok(comparison)
}
