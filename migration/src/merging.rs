//! What becomes of rows that name a concept when it is merged into another: they follow, whoever's they are, and no other
//! row is touched; one line a table, so that a new table without one fails its test by name.
//!
//! Only the merger does it (`samvirke::tenancy`), for one library after the other, and the database lets it touch only what
//! names a concept that was replaced, or that replaced one.

/// How a table names concepts.
pub enum Names {
    /// One, in this column.
    One(&'static str),
    /// A list of them, as JSON, in this column.
    Many(&'static str),
}

use Names::{Many, One};

/// Tables whose rows follow.
pub const FOLLOW: &[(&str, Names)] = &[
    ("competence_entry", One("concept_id")),
    ("competence_sighting", One("concept_id")),
    ("concept_definition", One("concept_id")),
    ("contact", One("concept_id")),
    ("statement", Many("concepts")),
    ("project", Many("concepts")),
    ("activity", Many("concepts")),
    ("note", One("concept_id")),
];

/// Tables whose rows name a concept and stay as they are, and why.
pub const STAY: &[(&str, &str)] = &[
    ("concept_label", "goes along with the concept, by whoever merges it"),
    ("competence_history", "says what was"),
    ("strength_claim", "says what was claimed; the concept says what replaced it"),
    ("figure_cell", "says what was published"),
    ("figure_past", "what was published of it; whoever makes the next release follows the concept"),
    ("figure_value", "as what was published of it"),
    ("proposal", "what was put to the vote; the concept says what replaced it"),
];

/// What the merger writes beside the rows that follow: in the name of their library, and that concepts are other ones.
const BESIDE: &[&str] = &["competence_history", "competence_mark", "concept_mark", "event", "audit_record"];

/// The concepts that were merged, and those that they were merged into.
const MERGED: &str = "(SELECT concept.id FROM concept WHERE concept.replaced_by IS NOT NULL \
    UNION ALL SELECT concept.replaced_by FROM concept WHERE concept.replaced_by IS NOT NULL)";

/// What the merger may do with a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    See,
    Add,
    Change,
    Remove,
}

/// A table's rule, and the merger's.
pub fn or_merging(rule: String, table: &str, touch: Touch) -> String {
    let follow = FOLLOW.iter().find(|(name, _)| *name == table).map(|(_, names)| match names {
        One(column) => format!("{{r}}.{column} IN {MERGED}"),
        Many(column) => format!("{{merged:{column}}}"),
    });
    let arm = match (touch, follow) {
        (Touch::See, Some(follow)) => Some(format!("({{duty}} = 'merge' AND {follow})")),
        (Touch::Change, Some(follow)) => {
            Some(format!("({{duty}} = 'merge' AND {{r}}.tenant_id = {{me}} AND {follow})"))
        }
        // What was merged before is put on to what it is now, whatever consortium's it is.
        (Touch::Change, None) if table == "concept" => {
            Some("({duty} = 'merge' AND {r}.replaced_by IS NOT NULL)".to_owned())
        }
        // Two entries of one library that come together are one.
        (Touch::Remove, Some(follow)) if table == "competence_entry" => {
            Some(format!("({{duty}} = 'merge' AND {{r}}.tenant_id = {{me}} AND {follow})"))
        }
        _ => None,
    };
    // It speaks for the library, and may not do what that may.
    let rule = match touch {
        _ if rule.is_empty() => rule,
        Touch::See => rule,
        Touch::Add | Touch::Change if BESIDE.contains(&table) => rule,
        _ => format!("(coalesce({{duty}}, '') <> 'merge' AND ({rule}))"),
    };
    match (rule.is_empty(), arm) {
        (_, None) => rule,
        (true, Some(arm)) => arm,
        (false, Some(arm)) => format!("({rule}) OR {arm}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TABLES;

    #[test]
    fn every_table_that_names_a_concept_says_whether_its_rows_follow() {
        for table in TABLES {
            let names = table.columns().any(|c| c.name == "concept_id" || c.name == "concepts");
            let follows = FOLLOW.iter().any(|(name, _)| *name == table.name);
            let stays = STAY.iter().any(|(name, _)| *name == table.name);
            assert_eq!(names, follows || stays, "{}: in FOLLOW or in STAY", table.name);
            assert!(!(follows && stays), "{}: in both", table.name);
        }
        for (name, names) in FOLLOW {
            let (One(column) | Many(column)) = names;
            let table = TABLES.iter().find(|t| t.name == *name);
            assert!(table.is_some_and(|t| t.columns().any(|c| c.name == *column)), "{name}.{column}");
        }
    }

    #[test]
    fn the_merger_writes_nothing_else() {
        let rule = || "{r}.tenant_id = {me}".to_owned();
        for touch in [Touch::Add, Touch::Change, Touch::Remove] {
            let ballot = or_merging(rule(), "ballot", touch);
            assert_eq!(ballot, "(coalesce({duty}, '') <> 'merge' AND ({r}.tenant_id = {me}))");
        }
        assert_eq!(or_merging(String::new(), "ballot", Touch::Remove), "");
        assert!(or_merging(rule(), "competence_entry", Touch::Change).contains("{duty} = 'merge' AND"));
        assert!(!or_merging(rule(), "statement", Touch::Remove).contains("{duty} = 'merge' AND"));
        for touch in [Touch::Add, Touch::Remove] {
            assert!(!or_merging(rule(), "concept", touch).contains("{duty} = 'merge' AND"));
        }
    }
}
