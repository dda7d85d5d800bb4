//! What a GraphQL document may cost: every list of the schema is weighed, and forty attacks are refused before
//! anything runs.

use std::collections::BTreeSet;

use async_graphql::{
    EmptyMutation, EmptySubscription, Object, OutputType, Schema, SimpleObject,
    registry::{MetaField, MetaType, MetaTypeName, Registry},
};
use samvirke::graphql::{self, cost, list_cost};
use serde_json::{Value, json};

use crate::harness::{Sqlite, TestNode};

/// Lists without a page argument, and why each is short or already paid for.
const BOUNDED: &[(&str, &[&str])] = &[
    (
        "kept in one row, where the service bounds it: at most 100 values, or one a language",
        &[
            "Activity.conceptIds",
            "AgendaItem.slides",
            "Commitment.others",
            "Commitment.partnerIds",
            "Competence.evidence",
            "Competence.otherPhrases",
            "Concept.broaderIds",
            "Concept.exactMatch",
            "Concept.kinds",
            "Concept.memberIds",
            "Concept.otherLabels",
            "Concept.relatedIds",
            "Concept.translatedLanguages",
            "Consortium.openQuestions",
            "Consortium.reasons",
            "Exercise.prompts",
            "Group.matters",
            "LocalText.translations",
            "Mandate.areas",
            "Meeting.agenda",
            "Meeting.documents",
            "Meeting.goals",
            "MeetingSeries.steps",
            "Municipality.predecessorIds",
            "Municipality.successorIds",
            "Product.links",
            "Product.marketing",
            "Project.conceptIds",
            "Region.predecessorIds",
            "Spreading.steps",
            "Region.successorIds",
            "ReleaseRuleSet.groupings",
            "ServiceAccount.scopes",
            "Statement.conceptIds",
            "Tenant.municipalityIds",
            "Tenant.regionIds",
        ],
    ),
    (
        "rows that belong to one row, at most 100 of them, one a state, or one a proposal or library of a round",
        &[
            "Ballot.choices",
            "Group.members",
            "Me.languages",
            "Me.seats",
            "MadeReleases.releases",
            "PriorityResult.receipts",
            "ReleaseRules.limits",
            "PriorityResult.standings",
            "Product.credits",
            "Agreement.parties",
            "Agreement.signatures",
            "Project.participants",
            "Project.transitions",
        ],
    ),
    (
        "an answer that is whole, bounded in its service and paid for as a page by the field that gives it",
        &[
            "CommonStrength.tenants",
            "CommonStrengths.notClaimed",
            "CommonStrengths.strengths",
            "CompetenceCell.dimensions",
            "CompetenceCube.cells",
            "CompetenceCube.groupBy",
            "CompetenceMatch.terms",
            "Completeness.consortiumIds",
            "Cube.cells",
            "Cube.groupBy",
            "Cube.measures",
            "CubeCell.places",
            "CubeCell.values",
            "Complement.concepts",
            "CooperationSuggestion.challenged",
            "CooperationSuggestion.concepts",
            "CooperationSuggestion.have",
            "CooperationSuggestion.tenants",
            "CooperationSuggestion.want",
            "ComparedTheme.concepts",
            "JointWeight.countries",
            "JointWeight.figures",
            "JointWeight.members",
            "Landscape.themes",
            "LandscapeComparison.themes",
            "LandscapeConcept.have",
            "LandscapeConcept.levels",
            "LandscapeConcept.want",
            "LandscapeTheme.concepts",
            "LandscapeTheme.tenants",
            "Matches.matches",
            "Calendar.entries",
            "MeetingReport.attendances",
            "MeetingReport.commitments",
            "MeetingReport.exercises",
            "ReportedAnswers.notes",
            "ReportedCommitment.others",
            "ReportedCommitment.with",
            "ReportedExercise.answers",
            "Overlap.complements",
            "StatementField.statements",
            "StatementOverview.fields",
            "Overlap.concepts",
            "Overlap.pairs",
            "Overlap.tenants",
            "OverlapPair.sharedConcepts",
            "PriorityComparison.carriedOver",
            "PriorityComparison.dropped",
            "PriorityComparison.new",
            "Profile.coverage",
            "Profile.entries",
            "ProjectGap.concepts",
            "ProjectGapConcept.elsewhere",
            "ProjectGapConcept.present",
            "ProjectGapConcept.wanted",
            "Suggestions.items",
            "TwoOverlap.aLearns",
            "TwoOverlap.bLearns",
            "TwoOverlap.onlyA",
            "TwoOverlap.onlyB",
            "TwoOverlap.shared",
        ],
    ),
    (
        "a table of the program's own, a dozen entries",
        &["CubeDefinition.dimensions", "CubeDefinition.measures"],
    ),
    ("of the lines that the caller sent itself", &["Pasted.lines", "PastedLine.parts", "WrittenNotes.notes"]),
];

/// The fields that give one of the whole answers above: without a page, but with a cost.
const WHOLE: &[&str] = &[
    "Calendar",
    "CommonStrengths",
    "CompetenceCube",
    "Cube",
    "JointWeight",
    "Landscape",
    "LandscapeComparison",
    "Matches",
    "MeetingReport",
    "Overlap",
    "PriorityComparison",
    "Profile",
    "ProjectGap",
    "StatementOverview",
    "Suggestions",
    "TwoOverlap",
];

fn registry<Q: OutputType, M: OutputType>() -> Registry {
    let mut registry = Registry::default();
    Q::create_type_info(&mut registry);
    M::create_type_info(&mut registry);
    registry
}

/// Every field of every object that gives a list, with its full name.
fn faults(registry: &Registry) -> BTreeSet<String> {
    let listed: Vec<&str> = BOUNDED.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let mut faults = BTreeSet::new();
    let mut met = BTreeSet::new();
    for (owner, kind) in &registry.types {
        let MetaType::Object { fields, .. } = kind else { continue };
        for field in fields.values() {
            let name = format!("{owner}.{}", field.name);
            let of = MetaTypeName::concrete_typename(&field.ty);
            let paged = field.args.contains_key("first") && field.args.contains_key("after");
            let weighed = field.compute_complexity.is_some();
            // What a connection holds is paid for by the field that gives the connection.
            let of_connection = owner.ends_with("Connection") && matches!(&*field.name, "edges" | "nodes");
            let is_fault = if of.ends_with("Connection") {
                !paged || !weighed
            } else if WHOLE.contains(&of) {
                !weighed
            } else if gives_list(field) && !of_connection {
                met.insert(name.clone());
                !(listed.contains(&name.as_str()) || paged && weighed)
            } else {
                false
            };
            if is_fault {
                faults.insert(name);
            }
        }
    }
    // The list of exceptions may only shrink: what it names must be there.
    let gone = |name: &&&str| !met.contains(**name) && registry.types.contains_key("Ballot");
    faults.extend(listed.iter().filter(gone).map(|name| format!("{name} is listed and is not there")));
    faults
}

fn gives_list(field: &MetaField) -> bool {
    field.ty.contains('[')
}

#[test]
fn every_list_of_the_schema_has_a_page_and_a_cost_or_a_reason() {
    let faults = faults(&registry::<graphql::Query, graphql::Mutation>());
    assert!(faults.is_empty(), "without a page argument and a cost: {faults:#?}");
}

// A schema with faults: a list without a cost, one without a page, and a well-made one inside itself.
#[derive(Default)]
struct Planted;

#[derive(SimpleObject)]
#[graphql(complex)]
struct Item {
    n: i32,
    tags: Vec<String>,
}

#[async_graphql::ComplexObject]
impl Item {
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn items(&self, first: Option<i32>, after: Option<String>) -> Vec<Item> {
        let _ = (first, after);
        Vec::new()
    }
}

#[Object]
impl Planted {
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn items(&self, first: Option<i32>, after: Option<String>) -> Vec<Item> {
        let _ = (first, after);
        Vec::new()
    }

    async fn unweighed(&self, first: Option<i32>, after: Option<String>) -> Vec<Item> {
        let _ = (first, after);
        Vec::new()
    }
}

#[test]
fn a_list_without_a_page_or_a_cost_is_found() {
    let faults = faults(&registry::<Planted, EmptyMutation>());
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    assert_eq!(faults, ["Item.tags", "Planted.unweighed"]);
}

#[actix_web::test]
async fn pages_inside_pages_are_multiplied() {
    let schema =
        Schema::build(Planted, EmptyMutation, EmptySubscription).extension(cost::Limit(cost::MOST)).finish();
    let found = |query: &'static str| {
        let schema = schema.clone();
        async move {
            let answer = serde_json::to_value(schema.execute(query).await).unwrap();
            answer["errors"][0]["extensions"]["found"].as_u64()
        }
    };
    let nested = found("{ items(first: 100) { items(first: 100) { n } } }").await;
    assert!(nested.is_some_and(|cost| cost >= 10_000), "{nested:?}");
    // Through a fragment it is the same.
    let spread = "{ items(first: 100) { ...i } } fragment i on Item { items(first: 100) { n } }";
    assert_eq!(found(spread).await, nested);
    // A page that is larger than there are pages costs as the largest, and without a size as the usual one.
    assert_eq!(found("{ items(first: 1000000) { items(first: 100) { n } } }").await, nested);
    assert_eq!(found("{ items { items { n } } }").await, None);
    assert_eq!(found("{ items(first: 100) { n } }").await, None);
}

/// Documents that must not run, and the bound that each runs into.
pub fn attacks() -> Vec<(String, &'static str)> {
    let bomb = |levels: usize, times: usize, leaf: &str| {
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..levels {
            let next = format!(" ...f{}", level + 1).repeat(times);
            text.push_str(&format!(" fragment f{level} on Query {{{next} }}"));
        }
        text + &format!(" fragment f{levels} on Query {{ {leaf} }}")
    };
    let deep = |n: usize| format!("{{ {} id {}", "a {".repeat(n - 1), "}".repeat(n));
    let me = |what: &str, n: usize| format!("{{ me {{ {} }} }}", what.repeat(n));
    let roots = |n: usize, what: &str| -> String {
        let fields: Vec<String> = (0..n).map(|i| format!("a{i}: {what}")).collect();
        format!("{{ {} }}", fields.join(" "))
    };
    let page = "tenants(first: 100) { edges { cursor node { id slug country isil kind status version \
        name { text language requested fallback translations { text language } } } } nodes { id slug kind } }";
    let profile = "profile(tenantId: \"0190b6a8-0000-7000-8000-000000000000\") { entries { id stance level note version \
        visibility concept { id notation label { text language } } } }";
    let attack = |text: String, bound: &'static str| (text, bound);
    vec![
        // 57 bytes that double themselves for ever.
        attack("{...a}fragment a on Query{...b}fragment b on Query{...a ...a}".into(), "FRAGMENT_CYCLE"),
        attack("{ ...a } fragment a on Query { ...a }".into(), "FRAGMENT_CYCLE"),
        attack(
            "{ me { id } } fragment a on Query { ...b } fragment b on Query { ... { ...a } }".into(),
            "FRAGMENT_CYCLE",
        ),
        attack(format!("{{ __type(name: {}", "[".repeat(4_000)), "NESTING"),
        attack(format!("{{ __type(name: {}", "{a:".repeat(1_600)), "NESTING"),
        attack("{a".repeat(2_000), "NESTING"),
        attack(format!("{{ me{}", "(".repeat(4_000)), "NESTING"),
        attack(format!("query($a: {}Int{}) {{ me {{ role }} }}", "[".repeat(40), "]".repeat(40)), "NESTING"),
        attack(bomb(10, 10, "me { role }"), "FIELDS"),
        attack(bomb(20, 2, "me { role }"), "FIELDS"),
        attack(bomb(5, 100, "me { role }"), "FIELDS"),
        attack(bomb(10, 10, "...nothing"), "SPREADS"),
        attack(bomb(10, 10, "me { role }").replacen("{ ...f0 }", "{ me { role } }", 1), "FIELDS"),
        attack(bomb(10, 10, "me { role }").replace("fragment f", "fragmentf"), "FIELDS"),
        attack(bomb(30, 1, "me { role }"), "FRAGMENT_CHAIN"),
        attack("{ ...a } ".repeat(501), "SPREADS"),
        attack(me("role ", 501), "FIELDS"),
        attack(me("... { role } ", 501), "FIELDS"),
        attack("query { me { role } } ".repeat(251), "FIELDS"),
        attack(me("role ", 6_000), "TOKENS"),
        attack(format!("{{ __type(name: \"{}\") {{ name }} }}", "a".repeat(66_000)), "BYTES"),
        attack(format!("{{ {} }}", "b".repeat(50_000)), "NAME_LENGTH"),
        attack(format!("{{ {}: me {{ role }} }}", "b".repeat(121)), "NAME_LENGTH"),
        attack(me("x: role ", 31), "ALIASES"),
        attack(roots(11, "me { role }"), "ROOT_FIELDS"),
        attack(format!("{{ {} }}", "me { role } ".repeat(11)), "ROOT_FIELDS"),
        attack(format!("{{ {} }}", "... { me { role } } ".repeat(11)), "ROOT_FIELDS"),
        attack(format!("mutation {{ {} }}", "x ".repeat(11)), "ROOT_FIELDS"),
        attack(me("role @include(if: true) ", 21), "DIRECTIVES"),
        attack(format!("query($a: Int {}) {{ me {{ role }} }}", "@x ".repeat(21)), "DIRECTIVES"),
        attack(format!("{{ me {{ role {} }} }}", "@skip(if: false) ".repeat(21)), "DIRECTIVES"),
        attack(deep(13), "DEPTH"),
        attack(
            format!("{} fragment x on T {{ {}", deep(7).replacen("id", "...x", 1), &deep(7)[1..]),
            "DEPTH",
        ),
        attack(
            format!(
                "{{ me {{ role }} __schema {{ types {{ {} name {} }} }} }}",
                "ofType {".repeat(15),
                "}".repeat(15)
            ),
            "DEPTH",
        ),
        attack(
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".into(),
            "INTROSPECTION_LISTS",
        ),
        attack(roots(3, page), "COST"),
        attack(
            format!("query($n: Int) {{ {} }}", roots(3, &page.replace("100", "$n")).trim_matches(['{', '}'])),
            "COST",
        ),
        attack(format!("{{ ...p }} fragment p on Query {}", roots(3, page)), "COST"),
        attack(roots(3, &page.replace("first: 100", "first: 2147483647")), "COST"),
        attack(roots(8, profile), "COST"),
    ]
}

#[actix_web::test]
async fn forty_attacks_are_refused_before_anything_runs() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let attacks = attacks();
    assert_eq!(attacks.len(), 40);
    let before = node.app.db.statements();
    let mut passed = Vec::new();
    for (query, bound) in &attacks {
        let answer = oslo.graphql(query, json!({ "n": 100 })).await;
        let refused = match answer.status.as_u16() {
            // A body over the bound is met before there is a document.
            413 => *bound == "BYTES" && answer.json()["code"] == "payload_too_large",
            400 => {
                let body = answer.json();
                let said = &body["errors"][0]["extensions"];
                said["code"] == "QUERY_TOO_COMPLEX"
                    && said["bound"] == *bound
                    && said["found"].as_u64() > said["limit"].as_u64()
                    && body.get("data").is_none()
            }
            _ => false,
        };
        if !refused {
            passed.push(format!("{bound} {query:.120}\n  {:.400}", answer.text));
        }
    }
    assert!(passed.is_empty(), "{}", passed.join("\n"));
    assert_eq!(node.app.db.statements(), before, "something was asked of the database");
    // The control: what is just within the bounds runs.
    let within: Value =
        oslo.data("{ tenants(first: 100) { nodes { id slug name { text } } } me { role } }", json!({})).await;
    assert_eq!(within["me"]["role"], "ADMIN");
    assert!(node.app.db.statements() > before);
}

#[actix_web::test]
async fn cost_is_refused_in_the_readers_language() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await.speaking("sv");
    let page =
        "tenants(first: 100) { edges { node { id slug name { text } } } nodes { id slug kind status } }";
    let query = format!("{{ a: {page} b: {page} c: {page} d: {page} e: {page} f: {page} }}");
    let body = oslo.graphql(&query, json!({})).await.expect(400);
    let error = &body["errors"][0];
    assert_eq!(error["extensions"]["limit"], cost::MOST);
    assert!(error["message"].as_str().unwrap().starts_with("Frågan är för omfattande"), "{error}");
}
