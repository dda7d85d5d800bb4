//! The node to try: loads the demonstration, says where things are and what to ask, and serves.

use super::{node, token};
use crate::{
    app::App,
    auth::Role,
    config::Config,
    demo::{self, Group},
    error::{Error, Result},
};

/// A file of its own, and logs that leave room for what is printed.
pub fn defaults() -> Config {
    Config {
        database_url: "sqlite:samvirke-demo.db".into(),
        log_format: "text".into(),
        log: "warn".into(),
        ..Config::default()
    }
}

pub async fn run(config: &Config) -> Result<()> {
    let app = node::open(config).await?;
    let groups = demo::load(&app, &mut |_| Ok(())).await?;
    let greeting = greeting(&app, config, &groups)?;
    node::listen(app, config, move |address| {
        print!("{}\n{}", node::places(address), greeting.replace("{address}", address));
        println!("\nCtrl-C stops it; the data stays, and the next start goes on with it.");
        Ok(())
    })
    .await
}

/// What is there and what to ask, with `{address}` where the node's address will stand.
fn greeting(app: &App, config: &Config, groups: &[Group]) -> Result<String> {
    let mut text = format!("In {} are:\n", place(&config.database_url));
    for group in groups {
        let members: Vec<&str> = group.members.iter().map(|(slug, _)| slug.as_str()).collect();
        text.push_str(&format!("  {:<44} {}\n", group.name, members.join(", ")));
    }
    text.push_str("\nPaste these into a shell: three libraries' administrators, for twelve hours.\n");
    for (group, name) in groups.iter().zip(NAMES) {
        let (_, tenant) = group.coordinator().ok_or_else(|| Error::internal("a group without members"))?;
        text.push_str(&format!("{name}={}\n", token(app, *tenant, Role::Admin)?));
    }
    text.push_str("\nThen ask, for example:\n");
    for (asked, question) in questions(groups) {
        text.push_str(&format!("# {asked}\n{question}\n"));
    }
    Ok(text)
}

/// Of the shell, for the tokens: one a group.
const NAMES: [&str; 3] = ["NORWAY", "SWEDEN", "DENMARK"];

fn questions(groups: &[Group]) -> Vec<(&'static str, String)> {
    let ask = |name: &str, path: String| {
        format!("curl -s -H \"Authorization: Bearer ${name}\" \"{{address}}/api/v1{path}\"")
    };
    let of = |slug: &str| groups.iter().find(|g| g.slug == slug).map(|g| g.consortium.to_string());
    let mut questions = Vec::new();
    if let Some(id) = of("no-four-counties") {
        let path = format!("/consortia/{id}/landscape");
        questions.push(("What four county libraries are good at together", ask("NORWAY", path)));
    }
    if let Some(id) = of("se-sydost") {
        let path = format!("/priority-rounds?consortiumId={id}");
        questions.push((
            "What two Swedish county libraries chose as priorities, round by round",
            ask("SWEDEN", path),
        ));
    }
    let path = "/concept-suggestions?text=it-udvikling&language=da".to_owned();
    questions.push(("What is meant by «it-udvikling»", ask("DENMARK", path)));
    questions
}

/// A database as it may be printed: without a password.
fn place(url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(file) => format!("the file {}", file.split('?').next().unwrap_or(file)),
        None => "the configured PostgreSQL database".to_owned(),
    }
}
