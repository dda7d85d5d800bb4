//! What of a library comes along when it moves to another node: what is its own whoever its neighbours are. What it did
//! in a consortium stays with that.

/// A table whose rows come along, in this order.
pub struct Carried {
    pub table: &'static str,
    /// Columns that must name the library itself: what another has given it, or has to say to it, stays behind.
    pub own: &'static [&'static str],
    /// Columns that are left empty: what they name is on the node that it was on.
    pub loosened: &'static [&'static str],
    /// Columns that name a row of another table by its id; a row whose name is not known stays behind.
    pub needs: &'static [(&'static str, &'static str)],
    /// The column by which a row names another of the same table: those that do come after those that do not.
    pub follows: Option<&'static str>,
}

pub const CARRIED: &[Carried] = &[
    Carried { table: "tenant", own: &[], loosened: &["parent_id"], needs: &[], follows: None },
    Carried {
        table: "tenant_area",
        own: &[],
        loosened: &[],
        needs: &[("region_id", "region"), ("municipality_id", "municipality")],
        follows: None,
    },
    Carried { table: "tenant_profile", own: &[], loosened: &[], needs: &[], follows: None },
    Carried {
        table: "competence_entry",
        own: &[],
        loosened: &["occasion_id", "group_id", "spotted_by"],
        needs: &[("concept_id", "concept")],
        follows: None,
    },
    Carried {
        table: "competence_history",
        own: &[],
        loosened: &["occasion_id", "group_id"],
        needs: &[("concept_id", "concept")],
        follows: None,
    },
    Carried {
        table: "concept_definition",
        own: &[],
        loosened: &[],
        needs: &[("concept_id", "concept")],
        follows: None,
    },
    Carried { table: "statement", own: &[], loosened: &[], needs: &[], follows: Some("ambition_id") },
    Carried { table: "project", own: &[], loosened: &["consortium_id"], needs: &[], follows: None },
    Carried {
        table: "project_participant",
        own: &["participant_id"],
        loosened: &["consortium_id"],
        needs: &[],
        follows: None,
    },
    Carried {
        table: "project_transition",
        own: &[],
        loosened: &["consortium_id"],
        needs: &[],
        follows: None,
    },
    Carried { table: "project_seat", own: &["owner_id"], loosened: &[], needs: &[], follows: None },
    Carried { table: "product", own: &[], loosened: &["consortium_id"], needs: &[], follows: None },
    Carried {
        table: "product_seat",
        own: &[],
        loosened: &[],
        needs: &[("contributor_id", "tenant")],
        follows: None,
    },
    Carried {
        table: "product_credit",
        own: &[],
        loosened: &[],
        needs: &[("contributor_id", "tenant")],
        follows: None,
    },
    // What it is for may be another library's project, which is where that is.
    Carried {
        table: "funding_application",
        own: &[],
        loosened: &["consortium_id", "organisation_id"],
        needs: &[],
        follows: None,
    },
    Carried { table: "agreement", own: &[], loosened: &["consortium_id"], needs: &[], follows: None },
    Carried { table: "agreement_text", own: &[], loosened: &[], needs: &[], follows: None },
    Carried {
        table: "agreement_seat",
        own: &[],
        loosened: &[],
        needs: &[("party_id", "tenant")],
        follows: None,
    },
    // Under its own. What others have signed is theirs, and what it has signed of others' stays with that.
    Carried { table: "agreement_signature", own: &["owner_id"], loosened: &[], needs: &[], follows: None },
    Carried {
        table: "commitment",
        own: &[],
        loosened: &["consortium_id", "group_id"],
        needs: &[],
        follows: None,
    },
    Carried {
        table: "commitment_seat",
        own: &[],
        loosened: &[],
        needs: &[("partner_id", "tenant")],
        follows: None,
    },
    Carried { table: "commitment_step", own: &[], loosened: &[], needs: &[], follows: None },
    // Who came stays with those who came.
    Carried { table: "activity", own: &[], loosened: &["consortium_id"], needs: &[], follows: None },
    Carried { table: "contact", own: &[], loosened: &[], needs: &[("concept_id", "concept")], follows: None },
];

/// A table's rule for new rows, and the mover's: rows of the library that is brought.
pub fn or_carried(rule: &str, table: &str) -> String {
    if !CARRIED.iter().any(|carried| carried.table == table) {
        return rule.to_owned();
    }
    let of = if table == "tenant" { "id" } else { "tenant_id" };
    let own = CARRIED.iter().find(|carried| carried.table == table).map_or(&[][..], |carried| carried.own);
    let own: String = own.iter().map(|column| format!(" AND {{r}}.{column} = {{me}}")).collect();
    let carried = format!("({{duty}} = 'restore' AND {{r}}.{of} = {{me}}{own})");
    if rule.is_empty() { carried } else { format!("({rule}) OR {carried}") }
}
