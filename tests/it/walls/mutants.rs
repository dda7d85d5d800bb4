//! The test of the tests: one fault at a time is planted in a row rule, with the wall of the database down, and the
//! matrix and the canaries must notice. `tests/run --mutants`; not part of the run, for it takes minutes.

use std::sync::atomic::Ordering;

use samvirke::tenancy::{
    Options, Walls,
    mutant::{Mutant, Rule, Rule::*},
};

use super::{
    canaries::{Search, hunt},
    cases::Case,
    figures, matrix,
    product::{Call, Product},
    world::World,
};
use crate::harness::{Answer, Postgres};

const fn fault(tables: &'static [&'static str], rule: Rule, from: &'static str, to: &'static str) -> Mutant {
    Mutant::new(tables, rule, from, to)
}

/// One text in the source: rows under a project carry what decides about it.
const PROJECT: &[&str] = &["project", "project_participant", "project_transition"];
const ACTIVE: &str = "\"membership\".\"status\" = 'active'";
const MY_SEAT: &str = "\"seat\".\"tenant_id\" = {me}";

/// What is wrong, and the fault.
static MUTANTS: [(&str, Mutant); 67] = [
    (
        "everybody owns",
        fault(&["competence_entry"], Readable, "\"competence_entry\".\"tenant_id\" = {me}", "TRUE"),
    ),
    ("sealed is public", fault(&["competence_entry"], Readable, "= 'public'", "IN ('public', 'sealed')")),
    ("private alone is kept", fault(&["competence_entry"], Readable, "= 'public'", "<> 'private'")),
    (
        "sealed is shared",
        fault(&["competence_entry"], Readable, "= 'consortium'", "IN ('consortium', 'sealed')"),
    ),
    (
        "private is shared",
        fault(&["competence_entry"], Readable, "= 'consortium'", "IN ('consortium', 'private')"),
    ),
    ("who has left still shares", fault(&["competence_entry"], Readable, ACTIVE, "TRUE")),
    ("no cap", fault(&["competence_entry"], Readable, "\"membership\".\"cap_competences\" = 'full'", "TRUE")),
    (
        "a sealed cap is full",
        fault(
            &["competence_entry"],
            Readable,
            "\"membership\".\"cap_competences\" = 'full'",
            "\"membership\".\"cap_competences\" <> 'none'",
        ),
    ),
    ("every seat is mine", fault(&["competence_entry"], Readable, MY_SEAT, "TRUE")),
    (
        "everybody's history is mine",
        fault(&["competence_history"], Readable, "\"competence_history\".\"tenant_id\" = {me}", "TRUE"),
    ),
    (
        "the history of what is sealed is public",
        fault(&["competence_history"], Readable, "= 'public'", "<> 'private'"),
    ),
    ("everybody leads", fault(PROJECT, Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("sealed projects are public", fault(PROJECT, Readable, "= 'public'", "<> 'private'")),
    ("everybody takes part", fault(PROJECT, Readable, "\"project_seat\".\"tenant_id\" = {me}", "TRUE")),
    ("sealed projects are shared", fault(PROJECT, Readable, "= 'consortium'", "IN ('consortium', 'sealed')")),
    ("a lead that has left still shares", fault(PROJECT, Readable, ACTIVE, "TRUE")),
    ("no cap on projects", fault(PROJECT, Readable, "\"membership\".\"cap_projects\" = 'full'", "TRUE")),
    (
        "any consortium will do",
        fault(
            PROJECT,
            Readable,
            "(\"{t}\".\"consortium_id\", \"{t}\".\"tenant_id\") IN (SELECT \"membership\".\"consortium_id\", \"membership\".\"tenant_id\"",
            "\"{t}\".\"tenant_id\" IN (SELECT \"membership\".\"tenant_id\"",
        ),
    ),
    (
        "sealed statements are shared",
        fault(&["tenant_profile"], Readable, "= 'consortium'", "IN ('consortium', 'sealed')"),
    ),
    ("memberships of every consortium", fault(&["membership"], Readable, MY_SEAT, "TRUE")),
    (
        "who has left still looks in",
        fault(
            &["consortium"],
            Readable,
            "\"membership\".\"status\" = 'invited'",
            "\"membership\".\"status\" <> 'active'",
        ),
    ),
    ("every consortium is mine", fault(&["consortium"], Readable, MY_SEAT, "TRUE")),
    (
        "what is seen is changed",
        // The history's own rule would stop it.
        fault(&["competence_entry", "competence_history"], Writable, "\"{t}\".\"tenant_id\" = {me}", "TRUE"),
    ),
    ("every coordinator changes every consortium", fault(&["consortium"], Writable, MY_SEAT, "TRUE")),
    (
        "figures count what is private",
        fault(
            &["competence_entry"],
            Shared,
            "IN ('consortium', 'public')",
            "IN ('private', 'consortium', 'public')",
        ),
    ),
    (
        "figures count what is capped",
        fault(&["competence_entry"], Shared, "\"membership\".\"cap_competences\" = 'full'", "TRUE"),
    ),
    // The rows of a workshop: the same rule stands in several nouns' own words.
    ("every statement is mine", fault(&["statement"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("sealed statements are public", fault(&["statement"], Readable, "= 'public'", "<> 'private'")),
    ("who has left still speaks", fault(&["statement"], Readable, ACTIVE, "TRUE")),
    (
        "no cap on statements",
        fault(&["statement"], Readable, "\"membership\".\"cap_statements\" = 'full'", "TRUE"),
    ),
    (
        "every definition is mine",
        fault(&["concept_definition"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE"),
    ),
    (
        "no cap on definitions",
        fault(&["concept_definition"], Readable, "\"membership\".\"cap_statements\" = 'full'", "TRUE"),
    ),
    ("every commitment is mine", fault(&["commitment"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("shared commitments are public", fault(&["commitment"], Readable, "= 'public'", "<> 'private'")),
    (
        "every commitment is made with me",
        fault(&["commitment"], Readable, "\"commitment_seat\".\"partner_id\" = {me}", "TRUE"),
    ),
    (
        "no cap on commitments",
        fault(&["commitment"], Readable, "\"membership\".\"cap_activities\" = 'full'", "TRUE"),
    ),
    ("every activity is mine", fault(&["activity"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("shared activities are public", fault(&["activity"], Readable, "= 'public'", "<> 'private'")),
    ("a host that has left still invites", fault(&["activity"], Readable, ACTIVE, "TRUE")),
    (
        "no cap on activities",
        fault(&["activity"], Readable, "\"membership\".\"cap_activities\" = 'full'", "TRUE"),
    ),
    // Of registrations, attendances, claims and of who changes meetings none is planted: the activity, the meeting, the consortium's
    // figures and the seat are asked first, their rules stand in front, and nothing would be noticed.
    ("every meeting is mine", fault(&["meeting"], Readable, MY_SEAT, "TRUE")),
    ("every meeting is open", fault(&["meeting"], Readable, "= 'public'", "IN ('public', 'consortium')")),
    ("every series is mine", fault(&["meeting_series"], Readable, MY_SEAT, "TRUE")),
    ("every exercise is mine", fault(&["exercise"], Readable, MY_SEAT, "TRUE")),
    ("every note is mine", fault(&["note"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("private notes are shown", fault(&["note"], Readable, "= 'consortium'", "IN ('consortium', 'private')")),
    ("notes of every consortium", fault(&["note"], Readable, MY_SEAT, "TRUE")),
    ("no cap on notes", fault(&["note"], Readable, "\"membership\".\"cap_statements\" = 'full'", "TRUE")),
    (
        "what one saw everybody sees",
        fault(&["competence_sighting"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE"),
    ),
    ("every occasion is mine", fault(&["occasion"], Readable, MY_SEAT, "TRUE")),
    ("every product is mine", fault(&["product"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("sealed products are public", fault(&["product"], Readable, "= 'public'", "<> 'private'")),
    (
        "every product names me",
        fault(&["product"], Readable, "\"product_seat\".\"contributor_id\" = {me}", "TRUE"),
    ),
    (
        "no cap on applications",
        fault(&["funding_application"], Readable, "\"membership\".\"cap_projects\" = 'full'", "TRUE"),
    ),
    (
        "sealed applications are public",
        fault(&["funding_application"], Readable, "= 'public'", "<> 'private'"),
    ),
    ("no cap on products", fault(&["product"], Readable, "\"membership\".\"cap_projects\" = 'full'", "TRUE")),
    ("every agreement is mine", fault(&["agreement"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("sealed agreements are public", fault(&["agreement"], Readable, "= 'public'", "<> 'private'")),
    (
        "every agreement is proposed to me",
        fault(&["agreement"], Readable, "\"agreement_seat\".\"party_id\" = {me}", "TRUE"),
    ),
    ("parties read drafts", fault(&["agreement"], Readable, "\"{t}\".\"state\" <> 'draft'", "TRUE")),
    (
        "no cap on agreements",
        fault(&["agreement"], Readable, "\"membership\".\"cap_projects\" = 'full'", "TRUE"),
    ),
    ("every contact is mine", fault(&["contact"], Readable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
    ("words of every consortium", fault(&["concept"], Readable, MY_SEAT, "TRUE")),
    ("every release is mine", fault(&["figure_release"], Readable, MY_SEAT, "TRUE")),
    (
        "every release is public",
        fault(&["figure_release"], Readable, "= 'public'", "IN ('public', 'consortium')"),
    ),
    (
        "every library changes statements",
        fault(&["statement"], Writable, "\"{t}\".\"tenant_id\" = {me}", "TRUE"),
    ),
    ("every library changes notes", fault(&["note"], Writable, "\"{t}\".\"tenant_id\" = {me}", "TRUE")),
];

/// The part of the matrix that is about the mutant's rows: what a part notices, the whole does.
fn part(mutant: &Mutant) -> fn(&Case) -> bool {
    use super::oracle::Kind::*;
    match (mutant.tables[0], mutant.rule) {
        ("consortium", Writable) => |case| case.writes() && case.kind == Consortium,
        ("statement", Writable) => |case| case.writes() && case.kind == Statement,
        ("note", Writable) => |case| case.writes() && case.kind == Note,
        ("statement", _) => |case| !case.writes() && case.kind == Statement,
        ("concept_definition" | "concept", _) => {
            |case| !case.writes() && matches!(case.kind, Definition | Word)
        }
        ("commitment", _) => |case| !case.writes() && case.kind == Commitment,
        ("activity", _) => |case| !case.writes() && case.kind == Activity,
        ("meeting" | "meeting_series" | "exercise" | "note", _) => {
            |case| !case.writes() && matches!(case.kind, Series | Meeting | Exercise | Note)
        }
        ("competence_sighting" | "occasion", _) => {
            |case| !case.writes() && matches!(case.kind, Sighting | Occasion)
        }
        ("contact", _) => |case| !case.writes() && case.kind == Contact,
        ("figure_release", _) => |case| !case.writes() && case.kind == Release,
        ("project", _) => |case| !case.writes() && case.kind == Project,
        ("funding_application", _) => |case| !case.writes() && case.kind == Funding,
        ("product", _) => |case| !case.writes() && case.kind == Product,
        ("agreement", _) => |case| !case.writes() && case.kind == Agreement,
        ("membership" | "consortium", _) => {
            |case| !case.writes() && matches!(case.kind, Membership | Consortium)
        }
        (_, Writable) => |case| case.writes() && case.kind == Competence,
        _ => |case| !case.writes() && matches!(case.kind, Competence | Profile),
    }
}

/// Faults that the matrix and the canaries tell, and a leak or a mismatch as an example.
async fn noticed(mutant: &'static Mutant) -> (usize, usize, String) {
    let walls = Walls::default().with_mutant(mutant);
    // As superuser: row-level security does not bind.
    let world = World::new(Postgres, Options { walls, ..Options::default() }, true).await;
    let product = Product::read(&world.node.app).await;
    let mut search = Search::new(&world.canaries);
    let look = |actor, operation: &str, _: &Call, answer: &Answer| search.answer(actor, operation, answer);
    let (_, faults) = matrix::run(&world, &product, part(mutant), look).await;
    let (_, leaks) = hunt(&world, 500).await;
    let leaks = [search.found, leaks].concat();
    let faults = [faults, figures::faults(&world).await].concat();
    let example = faults.iter().chain(&leaks).next().cloned().unwrap_or_default();
    (faults.len(), leaks.len(), example.chars().take(160).collect())
}

#[actix_web::test]
#[ignore = "takes minutes: tests/run --mutants"]
#[allow(clippy::disallowed_methods, reason = "which faults, for who mends a test")]
async fn every_fault_in_a_row_rule_is_noticed() {
    let mut unnoticed = Vec::new();
    let only = std::env::var("SAMVIRKE_FAULT").unwrap_or_default();
    let chosen: Vec<_> = MUTANTS.iter().filter(|(what, _)| what.contains(&only)).collect();
    for (what, mutant) in &chosen {
        let (faults, leaks, example) = noticed(mutant).await;
        let hits = mutant.hits.load(Ordering::Relaxed);
        println!(
            "{what} ({:?} {:?}): {faults} mismatches, {leaks} leaks, in {hits} questions; {example}",
            mutant.tables, mutant.rule
        );
        if faults + leaks == 0 || hits == 0 {
            unnoticed.push(*what);
        }
    }
    println!("{} of {} noticed", chosen.len() - unnoticed.len(), chosen.len());
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:?}");
}
