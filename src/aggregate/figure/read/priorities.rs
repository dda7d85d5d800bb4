//! A fact is a proposal in a round: the round that it brings, and its ballots, are counted once. Of a result only what is published.
//!
//! When who voted is nowhere kept, so that nobody can tell a ballot by its time: of a day that is over, ballots are told of the rounds
//! that were closed by then.

use std::collections::HashMap;

use sea_orm::ColumnTrait;

use super::{Asked, Names};
use crate::{
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    error::Result,
    id::{ProposalId, RoundId},
    priority::{
        ballot::turnout,
        proposal,
        result::{self, Standing},
        round::{self, Phase},
    },
    tenancy::AggregateTx,
    when,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let rounds = tx.shared::<round::Entity>(asked.extent)?.all().await?;
    let rounds: HashMap<RoundId, round::Model> = rounds.into_iter().map(|row| (row.id, row)).collect();
    let proposals = tx
        .shared::<proposal::Entity>(asked.extent)?
        .filter(proposal::Column::Withdrawn.eq(false))
        .all()
        .await?;
    let proposals = proposals.into_iter().filter(|row| asked.there(row.created_at));
    let mut ballots: HashMap<RoundId, i64> = HashMap::new();
    for row in tx.shared::<turnout::Entity>(asked.extent)?.all().await? {
        *ballots.entry(row.round_id).or_default() += 1;
    }
    let results = tx.shared::<result::Entity>(asked.extent)?.all().await?;
    let standings: HashMap<ProposalId, Standing> =
        results.into_iter().flat_map(|row| row.outcome.standings).map(|s| (s.proposal_id, s)).collect();
    let mut facts = Vec::new();
    for row in proposals {
        let Some(round) = rounds.get(&row.round_id) else { continue };
        let Some(phase) = asked.state::<round::Entity, Phase>(round) else { continue };
        let known = asked.moment().is_none() || phase >= Phase::Closed;
        let closed = round.closed_at.map(|time| (time.date_naive(), time.date_naive()));
        let mut spots = std::collections::BTreeMap::new();
        spots.extend(names.about(row.concept_id.as_slice()));
        spots.extend(names.period(round.held.as_deref().map_or(closed, when::span)));
        spots.insert(CubeDimension::Round, names.round(round.id, &round.question));
        spots.insert(CubeDimension::State, names.value(CubeDimension::State, phase));
        let of = row.id.0;
        let standing = standings.get(&row.id).filter(|_| phase == Phase::Published);
        let points = standing.and_then(|standing| standing.points).unwrap_or_default();
        let amounts = vec![
            Amount::one(of),
            Amount::one(round.id.0),
            Amount {
                of: round.id.0,
                number: if known { ballots.get(&round.id).copied().unwrap_or_default() } else { 0 },
            },
            Amount { of, number: points },
            Amount::if_so(of, standing.is_some_and(|standing| standing.chosen)),
        ];
        facts.push(Fact { by: Some(row.proposer_id), spots, amounts });
    }
    Ok(facts)
}
