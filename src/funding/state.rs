use sea_orm::{ActiveEnum, DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// How far an application for money has come.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum FundingState {
    Planned,
    /// Sent, and not decided on.
    Applied,
    Granted,
    Rejected,
    /// Taken back by the library.
    Withdrawn,
}

impl FundingState {
    /// Where it may go from here.
    pub fn next(self) -> &'static [FundingState] {
        use FundingState::*;
        match self {
            Planned => &[Applied, Withdrawn],
            Applied => &[Granted, Rejected, Withdrawn],
            Granted | Rejected | Withdrawn => &[],
        }
    }

    /// It was sent, and not taken back.
    pub fn stands(self) -> bool {
        use FundingState::*;
        matches!(self, Applied | Granted | Rejected)
    }

    pub fn is_over(self) -> bool {
        self.next().is_empty()
    }

    /// Refuses a step that is not a legal one.
    pub fn step(self, to: FundingState) -> Result<()> {
        if self.next().contains(&to) {
            return Ok(());
        }
        let allowed: Vec<String> = self.next().iter().map(|state| state.to_value()).collect();
        Err(Error::new(Code::IllegalTransition)
            .with("from", self.to_value())
            .with("to", to.to_value())
            .with("allowed", if allowed.is_empty() { "–".into() } else { allowed.join(", ") }))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::FundingState::{self, *};

    #[test]
    fn only_the_steps_of_an_application_are_legal() {
        let legal = [
            (Planned, Applied),
            (Planned, Withdrawn),
            (Applied, Granted),
            (Applied, Rejected),
            (Applied, Withdrawn),
        ];
        for from in FundingState::iter() {
            for to in FundingState::iter() {
                assert_eq!(from.step(to).is_ok(), legal.contains(&(from, to)), "{from:?} to {to:?}");
            }
        }
    }
}
