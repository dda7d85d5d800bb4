use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// How a round finds its priorities.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "PriorityMethod")]
#[schema(as = PriorityMethod)]
pub enum Method {
    /// Every library spreads a number of points over the proposals.
    Dots,
    /// Held elsewhere, and its result written down.
    Recorded,
}

/// What happens to proposals with equal points where only some of them have a place in the backbone. They are
/// reported as tied whatever the rule.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum TieBreak {
    /// None of them is chosen: their places stay open, for the consortium to talk about.
    #[default]
    Report,
    /// All of them are chosen: the backbone becomes larger than it was to be.
    IncludeAll,
    /// Those that are carried over from an earlier round are chosen, if there is a place for each of them; places
    /// that are then still contested stay open.
    CarriedFirst,
}

/// How far a round has come.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "PriorityPhase")]
#[schema(as = PriorityPhase)]
pub enum Phase {
    /// The coordinator prepares it.
    Draft,
    /// Members propose.
    Proposing,
    /// Members vote; nothing else changes any more.
    Voting,
    /// The ballots lie in the box, uncounted; or the result is written down, and not yet told.
    Closed,
    /// The result is there, for every member at the same moment, and for ever the same.
    Published,
}

impl Phase {
    pub const ALL: [Phase; 5] =
        [Phase::Draft, Phase::Proposing, Phase::Voting, Phase::Closed, Phase::Published];

    /// Where it may be moved from here. A recorded round is closed by writing its result down.
    pub fn next(self, method: Method) -> &'static [Phase] {
        use Phase::*;
        match (self, method) {
            (Draft, _) => &[Proposing],
            (Proposing, Method::Dots) => &[Voting],
            (Voting, Method::Dots) => &[Closed],
            (Closed, _) => &[Published],
            (Proposing | Voting, Method::Recorded) | (Published, _) => &[],
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Phase::Draft => "draft",
            Phase::Proposing => "proposing",
            Phase::Voting => "voting",
            Phase::Closed => "closed",
            Phase::Published => "published",
        }
    }

    /// Refuses a step that is not a legal one.
    pub fn step(self, method: Method, to: Phase) -> Result<()> {
        let next = self.next(method);
        if next.contains(&to) {
            return Ok(());
        }
        let allowed = next.iter().map(|phase| phase.word()).collect::<Vec<_>>().join(", ");
        Err(Error::new(Code::IllegalTransition)
            .with("from", self.word())
            .with("to", to.word())
            .with("allowed", if allowed.is_empty() { "–" } else { &allowed }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, Phase};

    #[test]
    fn a_round_goes_forward_one_phase_at_a_time() {
        for (n, from) in Phase::ALL.into_iter().enumerate() {
            for (m, to) in Phase::ALL.into_iter().enumerate() {
                assert_eq!(from.step(Method::Dots, to).is_ok(), m == n + 1, "{from:?} to {to:?}");
                let legal = [(Phase::Draft, Phase::Proposing), (Phase::Closed, Phase::Published)]
                    .contains(&(from, to));
                assert_eq!(from.step(Method::Recorded, to).is_ok(), legal, "recorded: {from:?} to {to:?}");
            }
        }
    }
}
