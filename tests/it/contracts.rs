//! The contracts under `schema/` are what the code says. A change shows up in review as a diff of those files:
//! `SAMVIRKE_UPDATE_SCHEMA=1 tests/run contracts` writes them anew.

use std::path::Path;

use samvirke::{app, auth::policy, error::Code, graphql};

#[allow(clippy::disallowed_methods, reason = "the tests' own switch")]
pub fn check(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    if std::env::var_os("SAMVIRKE_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    // The first line that differs says more than two whole documents.
    let differs = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    assert!(
        kept == now,
        "schema/{name} is not what the code says (line {:?}); SAMVIRKE_UPDATE_SCHEMA=1 tests/run contracts writes it",
        differs.map(|n| n + 1)
    );
}

#[test]
fn openapi_is_what_the_handlers_say() {
    check("openapi.json", &(app::openapi().to_pretty_json().unwrap() + "\n"));
}

#[test]
fn the_graphql_schema_is_what_the_resolvers_say() {
    check("schema.graphql", &graphql::sdl());
}

#[test]
fn the_policy_is_what_the_code_says() {
    check("policy.txt", &policy::table());
}

#[test]
fn the_errors_are_what_the_code_says() {
    check("errors.txt", &samvirke::error::table());
}

#[test]
fn the_field_register_is_what_the_code_says() {
    check("fields.txt", &samvirke::privacy::fields::table());
}

#[test]
fn every_reference_in_openapi_resolves() {
    let document = serde_json::to_value(app::openapi()).unwrap();
    let mut references = Vec::new();
    fn walk(value: &serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::String(reference)) = map.get("$ref") {
                    out.push(reference.clone());
                }
                map.values().for_each(|v| walk(v, out));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|v| walk(v, out)),
            _ => {}
        }
    }
    walk(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

/// A list's page has the rows of that list, as its GraphQL connection has.
#[test]
fn every_page_has_its_own_rows() {
    let document = serde_json::to_value(app::openapi()).unwrap();
    let sdl = graphql::sdl();
    let mut pages = std::collections::BTreeSet::new();
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|i| i.as_object().unwrap().values())
    {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        let Some(page) = schema.as_str().and_then(|name| name.rsplit('/').next()?.strip_suffix("Page"))
        else {
            continue;
        };
        let rows = &document["components"]["schemas"][format!("{page}Page")]["properties"]["items"]["items"];
        assert_eq!(rows["$ref"], format!("#/components/schemas/{page}"));
        let name = operation["operationId"].as_str().unwrap();
        // Where arguments say what they are, each has its line; the kind of the answer is on the last.
        let mut lines = sdl.lines().skip_while(|line| !line.trim_start().starts_with(&format!("{name}(")));
        let field = lines.find(|line| line.contains("): "));
        assert!(
            field.is_some_and(|line| line.ends_with(&format!("{page}Connection!"))),
            "{name}: {field:?} {page}"
        );
        pages.insert(page);
    }
    assert!(pages.len() >= 15, "{pages:?}");
}

#[test]
fn every_operation_has_a_name_of_its_own_and_a_description() {
    let document = serde_json::to_value(app::openapi()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(names.insert(name.to_owned()), "{method} {path}: {name} is taken");
            let told = operation["summary"].is_string() || operation["description"].is_string();
            assert!(told, "{method} {path} says nothing of itself");
        }
    }
    assert_eq!(
        Code::ALL.len(),
        Code::ALL.iter().map(|c| c.name()).collect::<std::collections::BTreeSet<_>>().len()
    );
}

#[test]
fn rest_and_graphql_offer_the_same_operations_by_the_same_names() {
    let document = serde_json::to_value(app::openapi()).unwrap();
    let rest: std::collections::BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        // The shape of others' tables is REST's alone; its figures are `aggregateCompetences`.
        .filter(|(path, _)| !path.starts_with("/stat/v2/"))
        .flat_map(|(_, item)| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap_or_default().to_owned())
        .collect();
    let sdl = graphql::sdl();
    let mut graphql = std::collections::BTreeSet::new();
    for root in ["type Query {", "type Mutation {"] {
        let Some((_, body)) = sdl.split_once(root) else { continue };
        let body = body.split("\n}").next().unwrap_or_default();
        let mut quoted = false;
        for line in body.lines() {
            let line = line.trim_end();
            if line.trim() == "\"\"\"" {
                quoted = !quoted;
                continue;
            }
            if let (false, Some(rest)) = (quoted, line.strip_prefix('\t')) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                if !name.is_empty() && !rest.starts_with(['\t', '"', ')']) {
                    graphql.insert(name);
                }
            }
        }
    }
    // `node` is Relay's; REST has addresses.
    graphql.remove("node");
    assert_eq!(rest, graphql);
}
