//! What takes minutes: storms of retries and of edits, and how much memory a crowd takes. `tests/run --long`; not part of the run.
//! The figures are printed. What must hold whatever the machine is asserted; times are not.

#![allow(clippy::disallowed_methods, reason = "the tests' own setting is not one of the service's")]

mod attacks;
mod edits;
mod memory;
mod releases;
mod retry_storm;
mod rotation;
mod schemathesis;
mod wall_of_notes;

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use samvirke::auth::Keys;

use crate::harness::{Client, Kind, TestNode};

/// A process that serves, beside a node of the test itself on the same database and keys. Killed with its value.
pub struct Process {
    program: PathBuf,
    folder: PathBuf,
    url: String,
    address: String,
    settings: Settings,
    child: Child,
}

/// Settings in the place of those that these tests have.
type Settings = &'static [(&'static str, &'static str)];

impl Process {
    /// Starts one, and the node to prepare and look with.
    pub async fn start(kind: Kind, program: &Path) -> (TestNode, Self) {
        Self::start_set(kind, program, &[]).await
    }

    /// As [`Process::start`], with other settings.
    pub async fn start_set(kind: Kind, program: &Path, settings: Settings) -> (TestNode, Self) {
        let folder = std::env::temp_dir().join(format!("samvirke-long-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let keys = Keys::open(&folder.join("node.key")).unwrap();
        let node = TestNode::keyed(kind, keys).await;
        let address = free_address();
        let url = node.database.url();
        let child = spawn(program, &folder, &url, &address, settings);
        let mut this = Self { program: program.to_owned(), folder, url, address, settings, child };
        this.wait();
        (node, this)
    }

    /// The program that cargo made for the tests.
    pub fn tested() -> PathBuf {
        env!("CARGO_BIN_EXE_samvirke").into()
    }

    /// The program that serves: the release one, which `tests/run --long` builds.
    pub fn released() -> PathBuf {
        match std::env::var("TEST_RELEASE_PROGRAM") {
            Ok(path) if !path.is_empty() => path.into(),
            _ => {
                println!("TEST_RELEASE_PROGRAM is not set: these are the figures of a debug build");
                Self::tested()
            }
        }
    }

    /// Another process of the same node: its database, its keys.
    pub fn beside(&self) -> Self {
        let address = free_address();
        let child = spawn(&self.program, &self.folder, &self.url, &address, self.settings);
        let mut this = Self {
            program: self.program.clone(),
            folder: self.folder.clone(),
            url: self.url.clone(),
            address,
            settings: self.settings,
            child,
        };
        this.wait();
        this
    }

    /// Where its keys are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn socket(&self) -> &str {
        &self.address
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// As `client` of the test's own node, and asks this process.
    pub fn client(&self, client: &Client) -> Client {
        Client::new(&self.address(), client.token().map(str::to_owned), client.tenant)
    }

    fn wait(&mut self) {
        let began = Instant::now();
        // It listens when everything else stands.
        while TcpStream::connect(&self.address).is_err() {
            assert_eq!(self.child.try_wait().unwrap(), None, "the process has ended");
            assert!(began.elapsed() < Duration::from_secs(60), "the process does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        assert!(Command::new("kill").arg(self.id().to_string()).status().unwrap().success());
    }

    /// Waits for its end, and gives whether that was a good one.
    pub fn ended(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// kill -9, and another in its place. Gives how long nobody listened.
    pub fn kill_and_start(&mut self) -> Duration {
        let began = Instant::now();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = spawn(&self.program, &self.folder, &self.url, &self.address, self.settings);
        self.wait();
        began.elapsed()
    }
}

/// Free a moment ago.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn spawn(program: &Path, folder: &Path, url: &str, address: &str, settings: Settings) -> Child {
    Command::new(program)
        .arg("serve")
        .current_dir(folder)
        .env_remove("SAMVIRKE_TEST_PG")
        .env_remove("SAMVIRKE_PG_BIN")
        .env_remove("SAMVIRKE_LONG")
        .env("SAMVIRKE_LISTEN", address)
        .env("SAMVIRKE_BASE_URL", "https://node.test")
        .env("SAMVIRKE_DATABASE_URL", url)
        .env("SAMVIRKE_KEY_FILE", folder.join("node.key"))
        .env("SAMVIRKE_RATE_CALLER", "0")
        .env("SAMVIRKE_RATE_TENANT", "0")
        .env("SAMVIRKE_RATE_SIGN_IN_CLIENT", "0")
        .env("SAMVIRKE_RATE_SIGN_IN_ADDRESS", "0")
        .env("SAMVIRKE_RETENTION_HOURS", "0")
        // That somebody waits for a connection is no news here.
        .env("SAMVIRKE_LOG", "warn,sqlx=error")
        .env("SAMVIRKE_LOG_FORMAT", "text")
        // The scratch server forces nothing to disk.
        .env("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "true")
        .envs(settings.iter().copied())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
