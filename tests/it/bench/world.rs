//! What a benchmark asks about: as many libraries as wished for, filled in by SQL, and who asks.

use std::time::{Duration, Instant};

use samvirke::{
    auth::Role,
    id::{ServiceAccountId, TenantId},
    when,
};
use uuid::Uuid;

use crate::{
    harness::{Postgres, TestNode},
    long::Process,
};

#[derive(Clone, Copy)]
pub enum Kind {
    Tenant = 1,
    Consortium = 2,
    Entry = 3,
    Project = 5,
}

/// The id of the n-th of a kind; `pg_temp.i` in seed.sql makes the same.
pub fn id(kind: Kind, n: usize) -> Uuid {
    Uuid::from_u128((0x0190_0000_0000_7000 + kind as u128) << 64 | 0x8000 << 48 | n as u128)
}

pub struct World {
    pub node: TestNode,
    pub process: Process,
    pub tenants: usize,
    pub members: usize,
}

impl World {
    pub async fn new(tenants: usize, members: usize) -> Self {
        // Counted, and never in the way.
        const SETTINGS: &[(&str, &str)] = &[
            ("SAMVIRKE_RATE_CALLER", "60000000"),
            ("SAMVIRKE_RATE_TENANT", "60000000"),
            ("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "false"),
        ];
        let (node, process) = Process::start_set(Postgres, &Process::released(), SETTINGS).await;
        let began = Instant::now();
        let sql = include_str!("seed.sql")
            .replace(":tenants", &tenants.to_string())
            .replace(":members", &members.to_string());
        node.database.raw(&sql).await;
        let seeded = began.elapsed();
        for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
            node.database.raw(sql).await;
        }
        let size =
            node.database.raw("SELECT pg_size_pretty(pg_database_size(current_database()))").await.remove(0);
        let entries = node.database.raw("SELECT count(*)::text FROM competence_entry").await.remove(0);
        println!(
            "{tenants} libraries in consortia of {members}, {entries} entries: filled in {:.0} s, VACUUM ANALYZE {:.0} s, {size}",
            seeded.as_secs_f64(),
            (began.elapsed() - seeded).as_secs_f64(),
        );
        Self { node, process, tenants, members }
    }

    /// A token of somebody of the n-th library.
    pub fn token(&self, n: usize) -> String {
        let (account, tenant) = (ServiceAccountId::new(), TenantId(id(Kind::Tenant, n)));
        self.node.app.tokens.issue(account, "bench", tenant, Role::Editor, when::now(), 3600).unwrap()
    }

    /// The consortium of the n-th library.
    pub fn consortium(&self, n: usize) -> usize {
        n / self.members
    }

    /// Another member of its consortium.
    pub fn beside(&self, n: usize) -> usize {
        let first = n / self.members * self.members;
        let many = self.members.min(self.tenants - first);
        first + (n - first + 1) % many
    }

    /// Whoever asks as the n-th client: libraries of every consortium, in turn.
    pub fn asker(&self, client: usize) -> usize {
        let consortia = self.tenants.div_ceil(self.members);
        (client % consortia * self.members + client / consortia) % self.tenants
    }

    /// The program's memory is that of one that has just started, and it knows nothing yet.
    pub async fn restart(&mut self) {
        self.process.kill_and_start();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// A request without a body.
pub fn get(token: &str, path: &str, more: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: node.test\r\nauthorization: Bearer {token}\r\naccept-language: nb\r\n\
         accept: application/json\r\n{more}\r\n"
    )
    .into_bytes()
}

/// A request with one.
pub fn send(method: &str, token: &str, path: &str, accept: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: node.test\r\nauthorization: Bearer {token}\r\naccept-language: nb\r\n\
         accept: {accept}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{more}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub fn graphql(token: &str, document: &str, variables: &serde_json::Value) -> Vec<u8> {
    let body = serde_json::json!({"query": document, "variables": variables}).to_string();
    send("POST", token, "/graphql", "application/graphql-response+json", "", &body)
}
