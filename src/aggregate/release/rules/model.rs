use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::RulesState;
use crate::{
    aggregate::release::{ReleaseGrouping, audit},
    error::{Result, Violations},
    id::{ConsortiumId, ReleaseRulesId, TenantId},
    rest::Versioned,
};

/// Whom a release must hold against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ReleaseLevel")]
#[schema(as = ReleaseLevel)]
pub enum Level {
    /// Everybody who contributes nothing, and each member alone.
    Single,
    /// Each pair of members that put together what they know, too.
    Pairs,
}

/// How often there may be a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ReleaseCadence")]
#[schema(as = ReleaseCadence)]
pub enum Cadence {
    Quarterly,
    Monthly,
}

/// By which rules figures are released.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    SimpleObject,
    InputObject,
    sea_orm::FromJsonQueryResult,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ReleaseRuleSet", input_name = "ReleaseRuleSetInput")]
#[schema(as = ReleaseRuleSet)]
pub struct Rules {
    /// A sealed sum is of so many libraries at least: 3 to 50, and 4 where it holds against pairs. The consortium's `k` where
    /// that is more.
    #[schema(minimum = 3, maximum = 50)]
    pub least_contributors: i64,
    /// A sealed sum is at least this: 5 to 1,000.
    #[schema(minimum = 5, maximum = 1000)]
    pub least_sum: i64,
    /// Without its two largest, a sealed sum is at least so many per cent of the largest: 10 to 100.
    #[schema(minimum = 10, maximum = 100)]
    pub share_percent: i64,
    pub level: Level,
    /// Figures are released to the public too, after the consortium.
    pub to_public: bool,
    pub cadence: Cadence,
    /// How figures are divided, the most important first: what comes later gives way. Each once.
    pub groupings: Vec<ReleaseGrouping>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            least_contributors: 3,
            least_sum: 5,
            share_percent: 10,
            level: Level::Single,
            to_public: false,
            cadence: Cadence::Quarterly,
            groupings: vec![
                ReleaseGrouping::All,
                ReleaseGrouping::Region,
                ReleaseGrouping::Kind,
                ReleaseGrouping::RegionKind,
            ],
        }
    }
}

impl Rules {
    pub(super) fn check(&self) -> Result<()> {
        let mut violations = Violations::default();
        let least = if self.level == Level::Pairs { 4 } else { 3 };
        violations.between("leastContributors", Some(self.least_contributors), least, 50);
        violations.between("leastSum", Some(self.least_sum), 5, 1_000);
        violations.between("sharePercent", Some(self.share_percent), 10, 100);
        if self.groupings.is_empty() {
            violations.add("groupings", "empty_list");
        }
        let once = |at: usize| self.groupings.iter().take(at).any(|other| *other == self.groupings[at]);
        if self.groupings.len() > 4 || (0..self.groupings.len()).any(once) {
            violations.add_with("groupings", "too_many", &[("max", "4")]);
        }
        violations.done()
    }

    /// As the audit takes them; at least `k` libraries.
    pub fn audit(&self, k: usize) -> audit::Rules {
        let grouping = |grouping: &ReleaseGrouping| match grouping {
            ReleaseGrouping::All => audit::Grouping::All,
            ReleaseGrouping::Region => audit::Grouping::Region,
            ReleaseGrouping::Kind => audit::Grouping::Kind,
            ReleaseGrouping::RegionKind => audit::Grouping::RegionKind,
        };
        let least = audit::Rules::default();
        // Whatever stands in the database: never laxer than the least.
        let number = |value: i64, least: u64| u64::try_from(value).unwrap_or(least).max(least);
        let contributors = usize::try_from(self.least_contributors).unwrap_or(0);
        audit::Rules {
            groupings: self.groupings.iter().map(grouping).collect(),
            least_contributors: contributors.max(k).max(least.least_contributors),
            least_sum: number(self.least_sum, least.least_sum),
            share_percent: number(self.share_percent, least.share_percent),
            level: match self.level {
                Level::Single => audit::Level::Single,
                Level::Pairs => audit::Level::Pairs,
            },
            ..least
        }
    }
}

/// The rules in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRules {
    pub consortium_id: ConsortiumId,
    pub rules: Rules,
    /// Since when; left out while the members have decided nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// What a release does not guard against, and what a member should know of it.
    pub limits: Vec<crate::aggregate::Label>,
}

impl Versioned for ReleaseRules {}

/// Rules that somebody has proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRulesProposal {
    pub id: ReleaseRulesId,
    pub consortium_id: ConsortiumId,
    pub rules: Rules,
    pub state: RulesState,
    pub proposed_by_id: TenantId,
    /// How many of the members of today have said yes.
    pub yes: i64,
    /// How many members there are today; more than half of them adopt it.
    pub members: i64,
    /// The caller's library has said yes.
    pub approved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    pub version: i64,
}

impl Versioned for ReleaseRulesProposal {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_never_laxer_than_the_least() {
        assert!(Rules::default().check().is_ok());
        let lax = Rules { least_contributors: 1, least_sum: -5, share_percent: 0, ..Rules::default() };
        assert_eq!(lax.check().unwrap_err().violations.len(), 3);
        let audit = lax.audit(2);
        assert_eq!((audit.least_contributors, audit.least_sum, audit.share_percent), (3, 5, 10));
        assert_eq!(Rules::default().audit(7).least_contributors, 7);
        let pairs = Rules { level: Level::Pairs, ..Rules::default() };
        assert!(pairs.check().is_err());
        assert!(Rules { least_contributors: 4, ..pairs }.check().is_ok());
        for groupings in [vec![], vec![ReleaseGrouping::All; 2]] {
            assert!(Rules { groupings, ..Rules::default() }.check().is_err());
        }
    }
}
