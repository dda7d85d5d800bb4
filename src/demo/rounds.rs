//! Priority rounds that were held elsewhere, written down: each looks for itself first, and goes on where it was left.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    data::Said,
    part::{Loader, many},
};
use crate::{
    error::Result,
    id::{ConceptId, ConsortiumId, ProposalId, RoundId, TenantId},
    priority::{
        proposal::{self, NewPriorityProposal, PriorityProposal},
        round::{
            self, Method, NewPriorityRound, Phase, PriorityMove, PriorityRound, PriorityRoundFilter,
            RecordedResult, TieBreak,
        },
    },
};

/// A round as the documents tell of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Round {
    id: String,
    meeting: Said,
    date: String,
    candidates: Option<i64>,
    /// What came out on top.
    #[serde(default)]
    selected: Vec<Said>,
    /// What was proposed where nothing is decided yet.
    #[serde(default)]
    proposed: Vec<Area>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Area {
    #[serde(flatten)]
    said: Said,
    #[serde(default)]
    open_question: bool,
}

impl Loader<'_, '_> {
    /// The coordinator writes the rounds down, each following the one before. An area that names the concept of an
    /// earlier round's takes that one up again.
    pub async fn rounds(
        &mut self,
        coordinator: TenantId,
        consortium: ConsortiumId,
        rounds: &[Round],
    ) -> Result<()> {
        let mut before = None;
        let mut latest = BTreeMap::new();
        for told in rounds {
            before = Some(self.round(coordinator, consortium, told, before, &mut latest).await?);
        }
        Ok(())
    }

    async fn round(
        &mut self,
        coordinator: TenantId,
        consortium: ConsortiumId,
        told: &Round,
        before: Option<RoundId>,
        latest: &mut BTreeMap<ConceptId, ProposalId>,
    ) -> Result<RoundId> {
        let scope = self.of(coordinator);
        let mut round = self.begin_round(coordinator, consortium, told, before).await?;
        let decided = told.selected.iter().map(|said| (said, false));
        let areas = decided.chain(told.proposed.iter().map(|area| (&area.said, area.open_question)));
        let mut ids = Vec::new();
        for (n, (area, tentative)) in areas.enumerate() {
            let part = format!("proposal {n} of {}", told.id);
            let concept = area.concept_ids().first().copied();
            let proposal = NewPriorityProposal {
                title: area.texts(),
                reason: None,
                concept_id: concept,
                carried_from_id: concept.and_then(|concept| latest.get(&concept).copied()),
                tentative,
            };
            let Some(made) = self.proposal(coordinator, &part, &round, proposal).await? else { continue };
            ids.push(made.id);
            if let Some(concept) = concept {
                latest.insert(concept, made.id);
            }
        }
        let open = matches!(round.phase, Phase::Draft | Phase::Proposing);
        if told.selected.is_empty() {
            if round.phase == Phase::Draft {
                let to = PriorityMove { to: Phase::Proposing };
                round = round::service::advance(&scope, round.id, round.version, to).await?;
                self.done("round opened")?;
            }
            return Ok(round.id);
        }
        if open {
            let result = RecordedResult { chosen_ids: ids, considered: None, held: None };
            round = round::service::record(&scope, round.id, round.version, result).await?;
            self.done("result of a round")?;
        }
        if round.phase == Phase::Closed {
            let to = PriorityMove { to: Phase::Published };
            round::service::advance(&scope, round.id, round.version, to).await?;
            self.done("round published")?;
        }
        Ok(round.id)
    }

    async fn begin_round(
        &mut self,
        coordinator: TenantId,
        consortium: ConsortiumId,
        told: &Round,
        before: Option<RoundId>,
    ) -> Result<PriorityRound> {
        let scope = self.of(coordinator);
        let filter = PriorityRoundFilter { consortium_id: Some(consortium), ..Default::default() };
        let there = round::service::list(&scope, filter, many()).await?;
        let question = told.meeting.texts();
        let same = |round: &&PriorityRound| question.iter().any(|q| round.question.translations.contains(q));
        if let Some(round) = there.items.iter().find(same) {
            return Ok(round.clone());
        }
        let new = NewPriorityRound {
            question,
            method: Method::Recorded,
            backbone: i64::try_from(told.selected.len()).unwrap_or(1).max(1),
            points: None,
            max_per_proposal: None,
            considered: told.candidates,
            follows_id: before,
            held: Some(told.date.clone()),
            tie_break: TieBreak::Report,
        };
        let part = format!("round {}", told.id);
        let made = round::service::create(&self.once(coordinator, &part), consortium, new).await?;
        self.done(&part)?;
        round::service::view(&scope, made.id).await
    }

    /// None: the round has gone on without it.
    async fn proposal(
        &mut self,
        coordinator: TenantId,
        part: &str,
        round: &PriorityRound,
        new: NewPriorityProposal,
    ) -> Result<Option<PriorityProposal>> {
        let there =
            proposal::service::list(&self.of(coordinator), round.id, Default::default(), many()).await?;
        let same = |p: &PriorityProposal| new.title.iter().any(|title| p.title.translations.contains(title));
        if let Some(proposal) = there.items.into_iter().find(same) {
            return Ok(Some(proposal));
        }
        if !matches!(round.phase, Phase::Draft | Phase::Proposing) {
            return Ok(None);
        }
        let made = proposal::service::create(&self.once(coordinator, part), round.id, new).await?;
        self.done(part)?;
        Ok(Some(made))
    }
}
