//! `samvirke demo`, as somebody at a terminal runs it.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::Method;
use samvirke::id::TenantId;

use crate::harness::Client;

/// A folder with the database and the key, removed with its value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running command, killed with its value.
struct Running(Child);

impl Folder {
    fn new() -> Self {
        let folder = Self(std::env::temp_dir().join(format!("samvirke-demo-{}", uuid::Uuid::new_v4())));
        std::fs::create_dir(&folder.0).unwrap();
        folder
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("SAMVIRKE_TEST_PG")
            .env_remove("SAMVIRKE_PG_BIN")
            .env_remove("SAMVIRKE_DATABASE_URL")
            .env("SAMVIRKE_LISTEN", "127.0.0.1:0");
        command
    }
}

impl Running {
    fn start(folder: &Folder) -> Self {
        let mut command = folder.command(&["demo"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// What it prints until it says how to stop it.
    fn greeting(&mut self) -> String {
        let mut text = String::new();
        for line in BufReader::new(self.0.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if line.starts_with("Ctrl-C") {
                return text;
            }
            text.push_str(&line);
            text.push('\n');
        }
        let mut fault = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut fault).unwrap();
        panic!("{text}{fault}")
    }

    /// Ctrl-C.
    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The requests that it prints: each with its answer.
async fn ask(greeting: &str) -> Vec<(String, serde_json::Value)> {
    let token = |name: &str| {
        let line = greeting.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("no {name}: {greeting}")).to_owned()
    };
    let mut answers = Vec::new();
    for line in greeting.lines().filter(|line| line.starts_with("curl ")) {
        let parts: Vec<&str> = line.split('"').collect();
        let [_, header, _, address, _] = parts.as_slice() else { panic!("{line}") };
        let name = header.strip_prefix("Authorization: Bearer $").unwrap_or_else(|| panic!("{line}"));
        let client = Client::new("", Some(token(name)), TenantId::NODE);
        let answer = client.send(client.request(Method::GET, address)).await.ok();
        let path = address.split("/api/v1").nth(1).unwrap().to_owned();
        answers.push((path, answer));
    }
    answers
}

#[actix_web::test]
async fn the_first_command_can_be_tried_stopped_killed_and_started_again() {
    let folder = Folder::new();
    // Killed while it makes the tables or loads, sooner or later.
    for after in [100, 500, 900, 1300] {
        let running = Running::start(&folder);
        std::thread::sleep(Duration::from_millis(after));
        drop(running);
    }
    let mut first = Running::start(&folder);
    let greeting = first.greeting();
    for place in ["/docs", "/graphiql", "/openapi.json", "/api/v1"] {
        assert!(greeting.contains(place), "{greeting}");
    }
    let answers = ask(&greeting).await;
    assert_eq!(answers.len(), 3, "{greeting}");
    assert!(folder.0.join("samvirke-demo.db").exists());
    for (path, answer) in &answers {
        let told = answer.to_string();
        let wanted = if path.ends_with("/landscape") {
            assert_eq!(answer["totals"]["concepts"], 41);
            "c:support-function"
        } else if path.starts_with("/concept-suggestions") {
            "c:ict-development"
        } else {
            assert_eq!(answer["items"].as_array().map(Vec::len), Some(3), "three rounds");
            "sv"
        };
        assert!(told.contains(wanted), "{path}: {told}");
    }
    first.stop();

    let mut second = Running::start(&folder);
    let again = ask(&second.greeting()).await;
    assert_eq!(again, answers, "the same ids and the same answers");
    second.stop();
}

#[test]
fn any_command_may_be_the_first() {
    let folder = Folder::new();
    let unknown = folder.command(&["token", "--tenant", "oslo"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    let made = folder.command(&["tenant", "oslo", "--name", "Oslo"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let told: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(told["slug"], "oslo");
    assert!(folder.command(&["token", "--tenant", "oslo"]).status().unwrap().success());
}
