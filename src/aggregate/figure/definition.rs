//! The cubes, their dimensions and measures, declared once.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::aggregate::table::{Field, Measured};

/// Declares words with their names on the wire.
macro_rules! words {
    ($(#[$about:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $($(#[$doc])* $name),* }

        impl $type {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// A cube of figures.
    CubeName {
        /// What libraries say: strengths, weaknesses, challenges, ambitions.
        Statements = "statements",
        /// Projects, by who takes part.
        Projects = "projects",
        /// What libraries have undertaken to do.
        Commitments = "commitments",
        /// Courses, conferences, visits and placements.
        Activities = "activities",
        /// Proposals of priority rounds, and what came of them.
        Priorities = "priorities",
        /// Applications for money, and what came of them.
        Funding = "funding",
        /// Agreements that are or were in force, by the libraries that are parties.
        Agreements = "agreements",
    }
}

words! {
    /// What figures of these cubes can be divided by; each cube by some.
    CubeDimension {
        /// What it is about; with several it is counted in each.
        Concept = "concept",
        /// The theme of that.
        Theme = "theme",
        /// What kind of statement.
        StatementKind = "statement_kind",
        /// What kind of activity.
        ActivityKind = "activity_kind",
        /// Offered or sought.
        Side = "side",
        /// How far it has come.
        State = "state",
        /// The library's part in the project.
        Role = "role",
        /// The priority round.
        Round = "round",
        /// The currency of the amounts: they are told where it is divided by, or one chosen, and are absent otherwise.
        Currency = "currency",
        /// Who is asked for money, by name.
        Funder = "funder",
        /// What kind of body that is.
        FunderKind = "funder_kind",
        /// What the funder calls that which it is applied to.
        Programme = "programme",
        /// The library that leads the project.
        Lead = "lead",
        /// What kind of library leads the project.
        LeadKind = "lead_kind",
        /// Two libraries that take part in the same project; each pair once.
        Pair = "pair",
        /// What kind of library.
        Kind = "kind",
        /// The library's country.
        Country = "country",
        /// The regions that the library serves on a day; one with several is counted once in each.
        Region = "region",
        /// The library.
        Tenant = "tenant",
        /// Whether somebody from outside is a party: `yes` or `no`.
        External = "external",
        /// The year in which it was made, begins, is due or is held.
        Year = "year",
        /// The same by quarter: `2026-Q3`.
        Quarter = "quarter",
        /// The same by month: `2026-09`.
        Month = "month",
    }
}

/// A measure of a cube.
pub struct Measure {
    /// Its name on the wire.
    pub word: &'static str,
    /// What it is counted in: `unit.` in the words.
    pub unit: &'static str,
    /// An amount of money: of one currency, or none.
    pub money: bool,
}

const fn measure(word: &'static str, unit: &'static str) -> Measure {
    Measure { word, unit, money: false }
}

const fn money(word: &'static str) -> Measure {
    Measure { word, unit: "minor", money: true }
}

impl CubeName {
    pub const fn dimensions(self) -> &'static [CubeDimension] {
        use CubeDimension::*;
        match self {
            Self::Statements => {
                &[StatementKind, Concept, Theme, Kind, Country, Region, Tenant, Year, Quarter, Month]
            }
            Self::Projects => &[
                State, Concept, Theme, Lead, LeadKind, Role, Pair, Kind, Country, Region, Tenant, Year,
                Quarter, Month,
            ],
            Self::Commitments => &[State, Kind, Country, Region, Tenant, Year, Quarter, Month],
            Self::Activities => &[
                ActivityKind,
                Side,
                State,
                Concept,
                Theme,
                Kind,
                Country,
                Region,
                Tenant,
                Year,
                Quarter,
                Month,
            ],
            Self::Priorities => &[Round, State, Concept, Theme, Year, Quarter, Month],
            // What it is divided by when nothing is said comes first: without a currency there is no amount.
            Self::Funding => &[
                Currency, State, Funder, FunderKind, Programme, Theme, Kind, Country, Region, Tenant, Year,
                Quarter, Month,
            ],
            Self::Agreements => &[State, External, Kind, Country, Region, Tenant, Year, Quarter, Month],
        }
    }

    pub const fn measures(self) -> &'static [Measure] {
        const STATEMENTS: &[Measure] = &[
            measure("statements", "statements"),
            measure("tenants", "libraries"),
            measure("endorsements", "endorsements"),
        ];
        const PROJECTS: &[Measure] = &[
            measure("projects", "projects"),
            measure("tenants", "libraries"),
            measure("participations", "participations"),
        ];
        const COMMITMENTS: &[Measure] = &[
            measure("commitments", "commitments"),
            measure("tenants", "libraries"),
            measure("open", "commitments"),
            measure("overdue", "commitments"),
            measure("done", "commitments"),
            measure("dropped", "commitments"),
        ];
        const ACTIVITIES: &[Measure] = &[
            measure("activities", "activities"),
            measure("tenants", "libraries"),
            measure("seats", "seats"),
            measure("registrations", "registrations"),
            measure("places", "seats"),
        ];
        const PRIORITIES: &[Measure] = &[
            measure("proposals", "proposals"),
            measure("rounds", "rounds"),
            measure("ballots", "ballots"),
            measure("points", "points"),
            measure("chosen", "proposals"),
        ];
        const FUNDING: &[Measure] = &[
            measure("applications", "applications"),
            measure("tenants", "libraries"),
            money("applied"),
            money("granted"),
            money("rejected"),
        ];
        const AGREEMENTS: &[Measure] = &[
            measure("agreements", "agreements"),
            measure("tenants", "libraries"),
            measure("in_force", "agreements"),
            measure("expiring", "agreements"),
            measure("signatures", "signatures"),
        ];
        match self {
            Self::Statements => STATEMENTS,
            Self::Projects => PROJECTS,
            Self::Commitments => COMMITMENTS,
            Self::Activities => ACTIVITIES,
            Self::Priorities => PRIORITIES,
            Self::Funding => FUNDING,
            Self::Agreements => AGREEMENTS,
        }
    }

    /// The measures, as columns; `mixed`: of several currencies at once, so that no amount is told.
    pub fn measured(self, mixed: bool) -> Vec<Measured> {
        let one = |of: &Measure| Measured {
            word: of.word,
            unit: Some((of.unit, 0)),
            nothing: if of.money && mixed { Field::Empty } else { Field::Count(0) },
            absent: of.money.then_some("none.amount"),
        };
        self.measures().iter().map(one).collect()
    }

    /// Where its dimensions and measures are defined.
    pub fn definition(self) -> String {
        format!("/api/v1/aggregates/{}/definition", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::service::told, *};
    use crate::text::{Lang, Languages};

    #[test]
    fn every_part_has_a_name_and_a_definition_in_six_languages() {
        for cube in CubeName::ALL {
            for lang in [Lang::Nb, Lang::Nn, Lang::Sv, Lang::Da, Lang::Fi, Lang::En] {
                let told = told(*cube, &Languages::accept(Some(lang.tag())));
                let parts = told.dimensions.iter().chain(&told.measures);
                for label in parts.flat_map(|part| [&part.name, &part.definition]).chain([&told.definition]) {
                    assert!(!label.text.contains('.') || label.text.contains(". "), "{cube:?} {label:?}");
                    assert!(!label.fallback && label.language == lang, "{cube:?} {label:?}");
                }
            }
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for dimension in CubeDimension::ALL {
            assert_eq!(CubeDimension::parse(dimension.word()), Some(*dimension));
            assert_eq!(serde_json::to_value(dimension).unwrap(), dimension.word());
            // One that no cube has is none.
            assert!(CubeName::ALL.iter().any(|cube| cube.dimensions().contains(dimension)));
        }
        for cube in CubeName::ALL {
            assert_eq!(CubeName::parse(cube.word()), Some(*cube));
            assert_eq!(serde_json::to_value(cube).unwrap(), cube.word());
        }
    }
}
