//! Code lists: a variable's values gathered into fewer. What they gather to is a dimension of the cube, so that libraries are
//! counted once in it; the figures are those of that dimension.

use super::source::StatCube;
use crate::{aggregate::service::over, error::Result, id::ConsortiumId, tenancy::Extent};

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
    /// `agg_` begins the name of an aggregation. Which values there are is a table's own, and so is the list. Lists of
    /// competences do not say that they are.
    pub fn id(self, extent: &Extent) -> String {
        let Self { cube, of, by } = self;
        match cube {
            StatCube::Competences => format!("agg_{of}_{by}-{}", whose(extent)),
            cube => format!("agg_{}_{of}_{by}-{}", cube.word(), whose(extent)),
        }
    }

    pub fn find(id: &str) -> Option<(Self, Extent)> {
        let extent = extent_of(id.split_once('-')?.1)?;
        // A name that is written otherwise is another.
        let list = StatCube::of(&extent).flat_map(Self::all).find(|list| list.id(&extent) == id)?;
        Some((list, extent))
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

/// A table: of which cube, and over what.
pub type TableOf = (StatCube, Extent);

/// The name of a table: `competences-` and a consortium, several with dots between, or `node`.
pub fn table_id(cube: StatCube, extent: &Extent) -> String {
    format!("{}-{}", cube.word(), whose(extent))
}

/// Of what it is a table, and over what. A name that is none is that of a table that there is not.
pub fn cube_of(id: &str) -> Result<TableOf> {
    let find = || {
        let (word, rest) = id.split_once('-')?;
        let extent = extent_of(rest)?;
        let cube = StatCube::of(&extent).find(|cube| cube.word() == word)?;
        (table_id(cube, &extent) == id).then_some((cube, extent))
    };
    find().ok_or_else(crate::error::Error::not_found)
}

const NODE: &str = "node";

fn whose(extent: &Extent) -> String {
    match extent {
        Extent::Node => NODE.to_owned(),
        some => some.consortia().iter().map(ConsortiumId::to_string).collect::<Vec<_>>().join("."),
    }
}

fn extent_of(name: &str) -> Option<Extent> {
    if name == NODE {
        return Some(Extent::Node);
    }
    let ids = name.split('.').map(|id| id.parse().ok()).collect::<Option<Vec<ConsortiumId>>>()?;
    over(Some(ids)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let [a, b] = [(); 2].map(|()| ConsortiumId::new());
        let consortium = a;
        for extent in [Extent::from(a), Extent::over(vec![b, a]), Extent::Node] {
            for list in StatCube::of(&extent).flat_map(List::all) {
                assert_eq!(List::find(&list.id(&extent)), Some((list, extent.clone())));
                assert_eq!(List::find(&list.id(&extent).to_uppercase()), None);
            }
            for cube in StatCube::of(&extent) {
                assert_eq!(cube_of(&table_id(cube, &extent)).unwrap(), (cube, extent.clone()));
            }
        }
        assert_eq!(List::all(StatCube::Competences).count(), 3);
        let upper = consortium.to_string().to_uppercase();
        let (first, last) = (a.min(b), a.max(b));
        let many = vec![a.to_string(); 21].join(".");
        for bad in [
            "",
            "competences",
            "competences-",
            "competences-x",
            "competences-NODE",
            "competences-node.node",
            // Rounds are held in consortia.
            "priorities-node",
            &format!("competences-{upper}"),
            &consortium.to_string(),
            // Each once, in their order.
            &format!("competences-{last}.{first}"),
            &format!("competences-{a}.{a}"),
            &format!("competences-{a}."),
            &format!("competences-{a}.node"),
            &format!("competences-{many}"),
        ] {
            assert!(cube_of(bad).is_err(), "{bad}");
        }
        assert_eq!(List::find("agg_concept_theme"), None);
        assert_eq!(List::find(&format!("agg_concept_kind-{consortium}")), None);
    }
}
