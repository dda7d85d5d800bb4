//! No crate is older than the version that mended what is known of it: Cargo.lock against tests/floor.toml. PostgreSQL's floor is
//! held by the service itself (`tenancy::lint`), and by `tests/run`.

use std::path::Path;

use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Clone, Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    floor: Vec<Floor>,
    never: Vec<Never>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    #[serde(rename = "crate")]
    name: String,
    least: Vec<String>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Never {
    #[serde(rename = "crate")]
    name: String,
    why: String,
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    Figment::from(Toml::file_exact(path)).extract().unwrap()
}

/// Compared as cargo does: a version that only leads up to another (8.0.0-rc.5) is older than it.
fn version(text: &str) -> (u64, u64, u64, bool) {
    let text = text.split('+').next().unwrap();
    let (numbers, rest) = text.split_once('-').unwrap_or((text, ""));
    let mut numbers = numbers.split('.').map(|n| n.parse().unwrap());
    let mut next = || numbers.next().unwrap();
    (next(), next(), next(), rest.is_empty())
}

/// What is compatible with each other.
fn series(text: &str) -> (u64, u64) {
    let (major, minor, ..) = version(text);
    (major, if major == 0 { minor } else { 0 })
}

impl Floor {
    fn holds(&self, found: &str) -> bool {
        match self.least.iter().find(|least| series(least) == series(found)) {
            Some(least) => version(found) >= version(least),
            None => self.least.iter().all(|least| version(found) > version(least)),
        }
    }
}

fn faults(lock: &[Package], rules: &Rules) -> Vec<String> {
    let mut faults = Vec::new();
    for floor in &rules.floor {
        let found: Vec<&Package> = lock.iter().filter(|package| package.name == floor.name).collect();
        if found.is_empty() {
            faults.push(format!("{} is not there: its line says nothing", floor.name));
        }
        for package in found.into_iter().filter(|package| !floor.holds(&package.version)) {
            let (name, least, why) = (&floor.name, floor.least.join(", "), &floor.why);
            faults.push(format!("{name} {} is below {least}: {why}", package.version));
        }
    }
    for never in &rules.never {
        if lock.iter().any(|package| package.name == never.name) {
            faults.push(format!("{} is there: {}", never.name, never.why));
        }
    }
    for package in lock {
        // Ours has no source.
        let Some(source) = &package.source else { continue };
        if !source.starts_with("registry+") || package.checksum.is_none() {
            faults.push(format!("{} does not come from a registry with a checksum", package.name));
        }
    }
    faults
}

#[test]
fn no_crate_is_below_its_floor() {
    let lock: Lock = read("Cargo.lock");
    let rules: Rules = read("tests/floor.toml");
    assert!(lock.package.len() > 200 && rules.floor.len() >= 11);
    assert_eq!(faults(&lock.package, &rules), Vec::<String>::new());
}

#[test]
fn what_is_below_or_must_not_be_there_is_found() {
    let lock: Lock = read("Cargo.lock");
    let rules: Rules = read("tests/floor.toml");
    let with = |name: &str, old: &str| {
        let mut lock = lock.package.clone();
        lock.iter_mut()
            .filter(|package| package.name == name)
            .for_each(|package| package.version = old.into());
        faults(&lock, &rules)
    };
    for (name, old) in [
        ("jsonwebtoken", "10.2.9"),
        ("async-graphql", "7.0.9"),
        ("async-graphql", "7.0.10-rc.1"),
        ("sqlx", "0.8.6"),
        ("actix-web", "4.14.0"),
        ("actix-http", "3.9.10"),
        ("h2", "0.3.27"),
        ("h2", "0.4.15"),
        ("rustls-webpki", "0.103.12"),
        ("url", "2.5.3"),
        ("idna", "0.5.0"),
        ("tracing-subscriber", "0.3.19"),
        ("time", "0.3.46"),
    ] {
        let found = with(name, old);
        assert!(
            !found.is_empty() && found.iter().all(|f| f.starts_with(&format!("{name} {old} is below"))),
            "{found:?}"
        );
    }
    for (name, new) in [("h2", "0.5.0"), ("url", "3.0.0-rc.1"), ("time", "0.3.47")] {
        assert_eq!(with(name, new), Vec::<String>::new());
    }
    let plant = |name: &str, source: Option<&str>| {
        let planted = Package {
            name: name.into(),
            version: "1.0.0".into(),
            source: source.map(str::to_owned),
            checksum: None,
        };
        faults(&[&lock.package[..], &[planted]].concat(), &rules)
    };
    for rule in &rules.never {
        assert_eq!(plant(&rule.name, None), [format!("{} is there: {}", rule.name, rule.why)]);
    }
    assert_eq!(plant("somebodys", Some("git+https://example.org/x")).len(), 1);
}
