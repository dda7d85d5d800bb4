//! What it costs to answer: the release program on PostgreSQL, beside the same SQL by hand. `tests/bench`; not part of the run.
//! Figures are printed, with goals beside them; nothing that is timed is asserted. On Linux alone, which tells of processes' time.

#![allow(clippy::disallowed_methods, reason = "the tests' own setting is not one of the service's")]
#![allow(clippy::cast_precision_loss, reason = "counts of what is done in seconds")]

mod by_hand;
mod cpu;
mod everyday;
mod figures;
mod load;
mod world;

use std::time::Duration;

use crate::harness::TestNode;

/// What `tests/bench` was asked for.
pub struct Wish {
    sizes: Vec<usize>,
    members: usize,
    clients: usize,
    rounds: usize,
    time: Duration,
    skip: String,
}

impl Wish {
    fn read() -> Self {
        let word = |name: &str| std::env::var(format!("TEST_BENCH_{name}")).unwrap_or_default();
        let number = |name: &str, otherwise| match word(name).as_str() {
            "" => otherwise,
            text => text.parse().unwrap_or_else(|_| panic!("TEST_BENCH_{name} is no number: {text}")),
        };
        let mut sizes: Vec<usize> =
            word("SIZES").split_whitespace().map(|size| size.parse().unwrap()).collect();
        if sizes.is_empty() {
            sizes.push(100);
        }
        Self {
            sizes,
            members: number("MEMBERS", 25),
            clients: number("CLIENTS", 32),
            rounds: number("ROUNDS", 3),
            time: Duration::from_secs(number("SECONDS", 3) as u64),
            skip: word("SKIP"),
        }
    }
}

/// What was on.
async fn tell_settings(node: &TestNode) {
    let names = "server_version, fsync, synchronous_commit, full_page_writes, wal_level, autovacuum, jit, shared_buffers";
    let names = names.split(", ").map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT string_agg(name || ' ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings WHERE name IN ({names})"
    );
    println!("PostgreSQL: {}", node.database.raw(&sql).await.remove(0));
    let config = samvirke::config::Config::default();
    println!(
        "program: {} workers, {} connections, rates counted and never in the way; {} processors",
        config.workers,
        config.connections,
        std::thread::available_parallelism().map_or(0, usize::from)
    );
}

#[actix_web::test]
#[ignore = "measures: tests/bench"]
async fn beside_the_same_sql_by_hand() {
    let wish = Wish::read();
    let mut grown: Vec<figures::Grown> = Vec::new();
    let mut errors = 0;
    for (n, size) in wish.sizes.iter().enumerate() {
        println!();
        let mut world = world::World::new(*size, wish.members).await;
        if n == 0 {
            tell_settings(&world.node).await;
        }
        let folder = world.process.folder().to_owned();
        if wish.skip != "figures" {
            println!("\nAn aggregate by concept, at {size} libraries:");
            let (of, wrong) = figures::measure(&mut world, &wish, &folder).await;
            grown.push(of);
            errors += wrong;
        }
        if n == 0 && wish.skip != "everyday" {
            errors += everyday::measure(&world, &wish, &folder).await;
        }
    }
    if let [least, .., most] = grown.as_slice() {
        let times = most.after_write / least.after_write;
        let verdict = if times <= 2.0 { "reached" } else { "NOT REACHED" };
        println!(
            "\nfrom {} to {} libraries: after one write {times:.2} times as long, again {:.2} times; goal at most 2: {verdict}",
            least.tenants,
            most.tenants,
            most.again / least.again
        );
    }
    if errors > 0 {
        println!("\nTHERE WERE {errors} ERRORS: the figures are not good.");
    }
}
