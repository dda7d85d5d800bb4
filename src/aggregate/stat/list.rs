//! Code lists: a variable's values gathered into fewer. What they gather to is a dimension of the cube, so that libraries are
//! counted once in it; the figures are those of that dimension.

use super::source::StatCube;
use crate::{error::Result, id::ConsortiumId};

/// The values of one variable by those of another dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    pub cube: StatCube,
    pub of: &'static str,
    pub by: &'static str,
}

/// What is gathered by what, in every cube that has both.
const GATHERED: [(&str, &str); 4] =
    [("concept", "theme"), ("tenant", "kind"), ("tenant", "country"), ("lead", "lead_kind")];

impl List {
    /// `agg_` begins the name of an aggregation. Which values there are is a consortium's own, and so is the list. Lists of
    /// competences do not say that they are.
    pub fn id(self, consortium: ConsortiumId) -> String {
        let Self { cube, of, by } = self;
        match cube {
            StatCube::Competences => format!("agg_{of}_{by}-{consortium}"),
            cube => format!("agg_{}_{of}_{by}-{consortium}", cube.word()),
        }
    }

    pub fn find(id: &str) -> Option<(Self, ConsortiumId)> {
        let (_, consortium) = id.split_once('-')?;
        let consortium = consortium.parse().ok()?;
        // A name that is written otherwise is another.
        let list = StatCube::all().flat_map(Self::all).find(|list| list.id(consortium) == id)?;
        Some((list, consortium))
    }

    /// The lists of a cube.
    pub fn all(cube: StatCube) -> impl Iterator<Item = Self> {
        let has = move |word: &str| cube.dimensions().contains(&word);
        let lists = GATHERED.into_iter().filter(move |(of, by)| has(of) && has(by));
        lists.map(move |(of, by)| Self { cube, of, by })
    }

    /// Those of one dimension.
    pub fn of(cube: StatCube, dimension: &str) -> impl Iterator<Item = Self> {
        Self::all(cube).filter(move |list| list.of == dimension)
    }
}

/// A table: of which cube, and whose.
pub type TableOf = (StatCube, ConsortiumId);

/// The name of a consortium's table.
pub fn table_id(cube: StatCube, consortium: ConsortiumId) -> String {
    format!("{}-{consortium}", cube.word())
}

/// Of what it is a table, and whose. A name that is none is that of a table that there is not.
pub fn cube_of(id: &str) -> Result<TableOf> {
    let find = || {
        let (word, rest) = id.split_once('-')?;
        let found = (StatCube::all().find(|cube| cube.word() == word)?, rest.parse().ok()?);
        (table_id(found.0, found.1) == id).then_some(found)
    };
    find().ok_or_else(crate::error::Error::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let consortium = ConsortiumId::new();
        for list in StatCube::all().flat_map(List::all) {
            assert_eq!(List::find(&list.id(consortium)), Some((list, consortium)));
            assert_eq!(List::find(&list.id(consortium).to_uppercase()), None);
        }
        assert_eq!(List::all(StatCube::Competences).count(), 3);
        for cube in StatCube::all() {
            assert_eq!(cube_of(&table_id(cube, consortium)).unwrap(), (cube, consortium));
        }
        let upper = consortium.to_string().to_uppercase();
        for bad in [
            "",
            "competences",
            "competences-",
            "competences-x",
            &format!("competences-{upper}"),
            &consortium.to_string(),
        ] {
            assert!(cube_of(bad).is_err(), "{bad}");
        }
        assert_eq!(List::find("agg_concept_theme"), None);
        assert_eq!(List::find(&format!("agg_concept_kind-{consortium}")), None);
    }
}
