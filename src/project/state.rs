use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// How far a project has come.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
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
pub enum ProjectState {
    Idea,
    Planned,
    /// Money is applied for.
    Applied,
    Active,
    Evaluating,
    Completed,
    Cancelled,
}

impl ProjectState {
    pub const ALL: [ProjectState; 7] = {
        use ProjectState::*;
        [Idea, Planned, Applied, Active, Evaluating, Completed, Cancelled]
    };

    /// Where it may go from here. Planned may become active at once, where nothing is applied for.
    pub fn next(self) -> &'static [ProjectState] {
        use ProjectState::*;
        match self {
            Idea => &[Planned, Cancelled],
            Planned => &[Applied, Active, Cancelled],
            Applied => &[Active, Cancelled],
            Active => &[Evaluating, Cancelled],
            Evaluating => &[Completed, Cancelled],
            Completed | Cancelled => &[],
        }
    }

    pub fn is_over(self) -> bool {
        self.next().is_empty()
    }

    pub fn word(self) -> &'static str {
        match self {
            ProjectState::Idea => "idea",
            ProjectState::Planned => "planned",
            ProjectState::Applied => "applied",
            ProjectState::Active => "active",
            ProjectState::Evaluating => "evaluating",
            ProjectState::Completed => "completed",
            ProjectState::Cancelled => "cancelled",
        }
    }

    /// Refuses a step that is not a legal one.
    pub fn step(self, to: ProjectState) -> Result<()> {
        if self.next().contains(&to) {
            return Ok(());
        }
        let allowed: Vec<_> = self.next().iter().map(|s| s.word()).collect();
        Err(Error::new(Code::IllegalTransition)
            .with("from", self.word())
            .with("to", to.word())
            .with("allowed", if allowed.is_empty() { "–".into() } else { allowed.join(", ") }))
    }
}

#[cfg(test)]
mod tests {
    use super::ProjectState::{self, *};

    #[test]
    fn only_the_steps_of_the_domain_are_legal() {
        let legal = [
            (Idea, Planned),
            (Planned, Applied),
            (Planned, Active),
            (Applied, Active),
            (Active, Evaluating),
            (Evaluating, Completed),
        ];
        for from in ProjectState::ALL {
            for to in ProjectState::ALL {
                let cancelled = to == Cancelled && !matches!(from, Completed | Cancelled);
                assert_eq!(
                    from.step(to).is_ok(),
                    cancelled || legal.contains(&(from, to)),
                    "{from:?} to {to:?}"
                );
            }
        }
    }
}
