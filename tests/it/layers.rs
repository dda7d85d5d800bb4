//! Who may import whom: arrows point down only. Each rule is a word and the files that may say it.

use std::path::Path;

/// A word, and where in `src/` it may stand (prefixes or suffixes of the path).
const RULES: &[(&str, &[&str])] = &[
    ("DatabaseConnection", &["tenancy/"]),
    ("ConnectionTrait", &["tenancy/"]),
    ("Statement::from", &["tenancy/"]),
    ("Query::select", &["tenancy/", "entity.rs"]),
    ("AssertSqlSafe", &["tenancy/"]),
    ("sqlx::", &["tenancy/"]),
    ("jsonwebtoken", &["auth/"]),
    ("std::env", &["config.rs"]),
    ("Utc::now", &["when.rs"]),
    ("SignInScope", &["tenancy/", "auth/"]),
    ("WatchScope", &["tenancy/", "auth/"]),
    ("Duty::", &["tenancy/"]),
    ("Caller::new", &["auth/", "cli", "demo/"]),
    ("TenantScope::new", &["tenancy/", "app.rs"]),
    // It lets an answer read what the token does not carry.
    (".reading(", &["tenancy/", "calendar/"]),
];

/// Nobody below a face imports a face: services, entities, the ground.
const FACES: &[(&str, &[&str])] = &[
    ("actix_web", &["app", "rest", "/rest.rs", "graphql/", "main.rs", "cli"]),
    ("async_graphql::Context<", &["graphql"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(directory: &Path, root: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else if path.extension().is_some_and(|e| e == "rs")
                && path.file_name() != Some("tests.rs".as_ref())
            {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                out.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&root, &root, &mut out);
    assert!(out.len() > 20);
    out
}

/// Code without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn faults(sources: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (word, places) in RULES.iter().chain(FACES) {
        for (file, text) in sources {
            let allowed = places.iter().any(|place| {
                file.starts_with(place) || file.ends_with(place) || file.contains(&format!("/{place}"))
            });
            if !allowed && code(text).contains(word) {
                faults.push(format!("src/{file} says {word}"));
            }
        }
    }
    faults
}

#[test]
fn arrows_point_down_only() {
    let faults = faults(&sources());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_import_is_found() {
    let planted = vec![(
        "project/service.rs".to_owned(),
        "use sqlx::PgPool;\n// sea_orm::DatabaseConnection in a comment\n".to_owned(),
    )];
    assert_eq!(faults(&planted), ["src/project/service.rs says sqlx::"]);
}
