use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

use super::{Ask, Case};
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::{MARK, tenant},
};

fn table(ask: &Ask) -> Value {
    json!({"id": format!("competences-{}", ask.id)})
}

fn query(ask: &Ask) -> Value {
    json!({"tableId": format!("competences-{}", ask.id), "selection": {"selection": []}})
}

/// The name of a saved query is the query.
fn saved(ask: &Ask) -> Value {
    let query = format!(r#"{{"tableId":"competences-{}","selection":{{"selection":[]}}}}"#, ask.id);
    json!({"id": BASE64.encode(query)})
}

/// Figures of a consortium are for those who have a seat in it, as its groups are; who is only invited has none.
pub const CASES: [Case; 37] = [
    Case::new("landscape", See, Group).on(Consortium),
    Case::new("compareLandscape", See, Group)
        .on(Consortium)
        .args(|_| json!({"before": "2026-01-01", "after": "2026-01-02"})),
    Case::new("overlap", See, Group).on(Consortium),
    Case::new("suggestions", See, Group).on(Consortium),
    Case::new("jointWeight", See, Group).on(Consortium),
    Case::new("commonStrengths", See, Group)
        .on(Consortium)
        .args(|_| json!({"conceptIds": migration::registers::concept_id("c:music")})),
    Case::new("aggregateCompetences", See, Group)
        .on(Consortium)
        .args(|_| json!({"groupBy": "tenant", "filter": {"stance": "have"}})),
    Case::new("aggregate", See, Group)
        .on(Consortium)
        .args(|_| json!({"cube": "statements", "groupBy": "statement_kind"})),
    Case::new("aggregate", See, Group)
        .on(Consortium)
        .args(|_| json!({"cube": "projects", "groupBy": "pair"})),
    // Of one consortium they are that one's; of none, everybody's.
    Case::new("aggregateCompetencesOver", See, Group)
        .on(Consortium)
        .args(|ask| json!({"consortiumIds": ask.id, "groupBy": "tenant"})),
    Case::new("aggregateOver", See, Group)
        .on(Consortium)
        .args(|ask| json!({"consortiumIds": ask.id, "cube": "statements", "groupBy": "tenant"})),
    Case::new("aggregateCompetencesOver", List, Competence).args(|_| json!({"groupBy": "tenant"})),
    Case::new("aggregateOver", List, Statement).args(|_| json!({"cube": "statements", "groupBy": "tenant"})),
    Case::new("aggregateDefinition", List, Register).args(|_| json!({"cube": "projects"})),
    // The same figures in the shape of tables, and the same rule: a table is a consortium's.
    Case::new("statConfig", List, Register),
    Case::new("statTables", List, Register),
    Case::new("statTable", See, Group).on(Consortium).args(table),
    Case::new("statMetadata", See, Group).on(Consortium).args(table),
    Case::new("statDefaultSelection", See, Group).on(Consortium).args(table),
    Case::new("statData", See, Group).on(Consortium).args(table),
    Case::new("statSelect", See, Group).on(Consortium).args(table).body(|_| {
        json!({"selection": [
            {"variableCode": "tenant", "valueCodes": ["*"]},
            {"variableCode": "ContentsCode", "valueCodes": ["*"]},
            {"variableCode": "Tid", "valueCodes": ["*"]},
        ]})
    }),
    Case::new("statCodelist", See, Group)
        .on(Consortium)
        .args(|ask| json!({"id": format!("agg_tenant_kind-{}", ask.id)})),
    Case::new("statSaveQuery", See, Group).on(Consortium).body(query),
    Case::new("statSavedQuery", See, Group).on(Consortium).args(saved),
    Case::new("statSavedSelection", See, Group).on(Consortium).args(saved),
    Case::new("statSavedData", See, Group).on(Consortium).args(saved),
    Case::new("aggregateCompetencesDefinition", List, Register),
    Case::new("overlapOf", See, Profile).args(|_| json!({"other": tenant(Lib::B)})),
    // What the world's texts begin with.
    Case::new("search", List, Competence).args(|_| json!({"text": MARK, "kind": "competence"})),
    Case::new("search", List, Statement).args(|_| json!({"text": MARK, "kind": "statement"})),
    Case::new("search", List, Project).args(|_| json!({"text": MARK, "kind": "project"})),
    Case::new("search", List, Activity).args(|_| json!({"text": MARK, "kind": "activity"})),
    Case::new("search", List, Product).args(|_| json!({"text": MARK, "kind": "product"})),
    Case::new("search", List, Meeting).args(|_| json!({"text": MARK, "kind": "meeting"})),
    // For every member, whatever it sees there; the frontend's token does not reach it.
    Case::new("calendar", List, Activity),
    Case::new("matches", Ask, Competence),
    Case::new("matchesOffered", List, Competence),
];
