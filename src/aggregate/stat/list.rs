//! Code lists: a variable's values gathered into fewer. What they gather to is a dimension of the cube, so that libraries are
//! counted once in it; the figures are those of that dimension.

use crate::{aggregate::Dimension, error::Result, id::ConsortiumId};

/// The values of one variable by those of another dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    pub of: Dimension,
    pub by: Dimension,
}

pub const LISTS: [List; 3] = [
    List { of: Dimension::Concept, by: Dimension::Theme },
    List { of: Dimension::Tenant, by: Dimension::Kind },
    List { of: Dimension::Tenant, by: Dimension::Country },
];

impl List {
    /// `agg_` begins the name of an aggregation. Which values there are is a consortium's own, and so is the list.
    pub fn id(self, consortium: ConsortiumId) -> String {
        format!("agg_{}_{}-{consortium}", self.of.word(), self.by.word())
    }

    pub fn find(id: &str) -> Option<(Self, ConsortiumId)> {
        let (name, consortium) = id.split_once('-')?;
        let consortium = consortium.parse().ok()?;
        let list =
            LISTS.into_iter().find(|list| list.id(consortium).split_once('-').is_some_and(|l| l.0 == name));
        // A name that is written otherwise is another.
        list.filter(|list| list.id(consortium) == id).map(|list| (list, consortium))
    }

    pub fn of(dimension: Dimension) -> impl Iterator<Item = Self> {
        LISTS.into_iter().filter(move |list| list.of == dimension)
    }
}

const CUBE: &str = "competences-";

/// The name of a consortium's table.
pub fn table_id(consortium: ConsortiumId) -> String {
    format!("{CUBE}{consortium}")
}

/// Whose table it is. A name that is none is that of a table that there is not.
pub fn consortium_of(id: &str) -> Result<ConsortiumId> {
    let consortium: Option<ConsortiumId> = id.strip_prefix(CUBE).and_then(|rest| rest.parse().ok());
    consortium.filter(|consortium| table_id(*consortium) == id).ok_or_else(crate::error::Error::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let consortium = ConsortiumId::new();
        for list in LISTS {
            assert_eq!(List::find(&list.id(consortium)), Some((list, consortium)));
            assert_eq!(List::find(&list.id(consortium).to_uppercase()), None);
        }
        assert_eq!(consortium_of(&table_id(consortium)).unwrap(), consortium);
        let upper = consortium.to_string().to_uppercase();
        for bad in [
            "",
            "competences",
            "competences-",
            "competences-x",
            &format!("{CUBE}{upper}"),
            &consortium.to_string(),
        ] {
            assert!(consortium_of(bad).is_err(), "{bad}");
        }
        assert_eq!(List::find("agg_concept_theme"), None);
        assert_eq!(List::find(&format!("agg_concept_kind-{consortium}")), None);
    }
}
