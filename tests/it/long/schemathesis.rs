//! Requests by chance, made from the OpenAPI document and from the GraphQL schema by a tool of others', in three roles: no answer is
//! a fault of the server, all are as the document says, and none comes without a token.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use samvirke::{auth::Role, demo, id::TenantId};

use super::Process;
use crate::harness::{Client, Kind, Postgres, Sqlite, rstest};

/// Which face is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Face {
    Rest,
    GraphQl,
}

impl Face {
    /// Requests of all roles, at the least.
    fn least(self) -> usize {
        match self {
            Self::Rest => 5_000,
            Self::GraphQl => 3_000,
        }
    }

    /// An error in a field of GraphQL's is an answer, which the tool's own checks do not know.
    fn checks(self) -> &'static str {
        match self {
            Self::Rest => "all",
            Self::GraphQl => "no_fault_of_the_server",
        }
    }

    fn arguments(self, address: &str) -> Vec<String> {
        let own = match self {
            Self::Rest => vec![
                format!("{address}/openapi.json"),
                "--phases=examples,coverage,fuzzing,stateful".into(),
                "--max-examples=10".into(),
            ],
            // The checked-in schema: asking the node for it needs a scope. The tool knows of no other phases there.
            Self::GraphQl => vec![
                concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.graphql").into(),
                format!("--url={address}/graphql"),
                "--phases=fuzzing".into(),
                "--max-examples=12".into(),
            ],
        };
        ["run".into()].into_iter().chain(own).collect()
    }
}

/// One run: how many requests there were, and what it said.
fn run(tool: &Path, face: Face, address: &str, client: &Client, seed: &str) -> (bool, usize, String) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis");
    let settings = own.join("schemathesis.toml");
    let mut python = Command::new("python3");
    if face == Face::GraphQl {
        python.env("SCHEMATHESIS_HOOKS", "hooks");
    }
    let output = python
        .env("PYTHONPATH", std::env::join_paths([tool, own.as_path()]).unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(settings)
        .args(face.arguments(address))
        .args(["--checks", face.checks(), "--seed", seed, "--continue-on-failure"])
        .args(["--no-shrink", "--warnings", "off", "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {}", client.token().unwrap())])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let cases = said.split_once("Test cases:").map_or("", |(_, after)| after.trim_start());
    let cases: usize = cases.split(' ').next().unwrap_or_default().parse().unwrap_or_default();
    (output.status.success(), cases, said)
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn requests_by_chance_find_nothing(
    #[values(Face::Rest, Face::GraphQl)] face: Face,
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let tool = PathBuf::from(std::env::var("TEST_SCHEMATHESIS").expect("tests/run --long says where it is"));
    let (node, process) = Process::start(kind, &Process::released()).await;
    let groups = demo::load(&node.app, &mut |_| Ok(())).await.unwrap();
    let (_, tenant) = *groups[0].coordinator().unwrap();
    let mut all = 0;
    let mut bad = Vec::new();
    for (name, tenant, role) in [
        ("viewer", tenant, Role::Viewer),
        ("admin", tenant, Role::Admin),
        ("operator", TenantId::NODE, Role::Operator),
    ] {
        let client = process.client(&node.client(tenant, role));
        let (address, tool) = (process.address(), tool.clone());
        let (good, cases, said) =
            actix_web::web::block(move || run(&tool, face, &address, &client, "20261126")).await.unwrap();
        let summary = said.split("SUMMARY").nth(1).unwrap_or(&said);
        println!(
            "{kind:?}, {face:?}, {name}: {cases} requests, {}",
            if good { "nothing found" } else { "FAULTS" }
        );
        if !good {
            println!("{said}");
            bad.push(format!("{name}: {summary}"));
        }
        assert!(cases > 0, "it did not run: {said}");
        all += cases;
    }
    println!("{kind:?}, {face:?}: {all} requests in all");
    assert!(all >= face.least());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
