//! PostgreSQL for tests: one scratch cluster for the run, one database for each test.
//!
//! - `SAMVIRKE_TEST_PG` names the socket folder of the cluster that `tests/run` started. Without it this
//!   process asks `tests/run --cluster` for one of its own, so that plain `cargo test` works too.
//! - The template is migrated once in a run, by whichever process comes first; each test clones it.
//! - Rights are as in service: `samvirke_owner` owns and migrates, `samvirke_app` may connect and look into the
//!   schema, PUBLIC may nothing. What the application may do with a table is granted by the migration.
#![allow(clippy::disallowed_methods, reason = "the tests' own setting is not one of the service's")]

use std::{
    error::Error,
    fmt::Display,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, UNIX_EPOCH},
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// What the processes of a run agree on; any number would do.
const TEMPLATE_LOCK: &str = "7305316";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A database of one test, dropped with its connections when the value goes.
pub struct TestDatabase {
    /// As the service connects: held by row-level security.
    pub app_url: String,
    /// As `samvirke migrate` connects: owns the tables.
    pub owner_url: String,
    /// Sees everything; for what a test must know and no role of the service may.
    pub superuser_url: String,
    pub name: String,
}

/// A new database, cloned from the template that `migrate` has made or will make, given the owner's URL.
pub async fn database<F, Fut, E>(migrate: F) -> TestDatabase
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    match clone(migrate).await {
        Ok(made) => made,
        Err(why) => panic!("no database for the test: {why}"),
    }
}

async fn clone<F, Fut, E>(migrate: F) -> Outcome<TestDatabase>
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    let mut admin = PgConnection::connect(&url("postgres", "postgres")).await?;
    let template = template_name()?;
    if !is_ready(&mut admin, &template).await? {
        run(&mut admin, format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await?;
        // Somebody else may have made it while this process waited for the lock.
        if !is_ready(&mut admin, &template).await? {
            make_template(&mut admin, &template, migrate).await?;
        }
        run(&mut admin, format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await?;
    }
    let name = format!("t_{}", uuid::Uuid::new_v4().simple());
    // Copying files is three times as fast here as the default of writing each page to the log.
    let copy = format!("CREATE DATABASE {name} OWNER samvirke_owner TEMPLATE {template} STRATEGY file_copy");
    run(&mut admin, copy).await?;
    set_database_rights(&mut admin, &name).await?;
    admin.close().await?;
    Ok(TestDatabase {
        app_url: url("samvirke_app", &name),
        owner_url: url("samvirke_owner", &name),
        superuser_url: url("postgres", &name),
        name,
    })
}

/// `datistemplate` is set last: a template that a panic left half made is not taken for a whole one.
async fn is_ready(admin: &mut PgConnection, template: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)")
        .bind(template)
        .fetch_one(admin)
        .await
}

async fn make_template<F, Fut, E>(admin: &mut PgConnection, template: &str, migrate: F) -> Outcome<()>
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    run(admin, format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await?;
    run(admin, format!("CREATE DATABASE {template} OWNER samvirke_owner TEMPLATE template0")).await?;
    set_database_rights(admin, template).await?;
    let mut inside = PgConnection::connect(&url("postgres", template)).await?;
    run(&mut inside, "REVOKE ALL ON SCHEMA public FROM PUBLIC".into()).await?;
    run(&mut inside, "GRANT USAGE ON SCHEMA public TO samvirke_app".into()).await?;
    inside.close().await?;
    migrate(url("samvirke_owner", template)).await.map_err(|why| format!("the migration failed: {why}"))?;
    // A database somebody is connected to cannot be cloned, and a pool may close later than it is dropped.
    run(admin, format!("ALTER DATABASE {template} ALLOW_CONNECTIONS false")).await?;
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
        .bind(template)
        .execute(&mut *admin)
        .await?;
    run(admin, format!("ALTER DATABASE {template} IS_TEMPLATE true")).await?;
    Ok(())
}

/// Rights on the database itself are not cloned with it.
async fn set_database_rights(admin: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    run(admin, format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC")).await?;
    run(admin, format!("GRANT CONNECT ON DATABASE {name} TO samvirke_app")).await
}

/// Takes only names made in this file: there is no other way to say a database's name in SQL.
async fn run(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    connection.execute(AssertSqlSafe(sql)).await.map(drop)
}

/// Named after the build of the tests: a cluster that outlives it never gives the older migrations.
fn template_name() -> Outcome<String> {
    let built = std::env::current_exe()?.metadata()?.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("template_{}", built.as_nanos()))
}

fn url(role: &str, database: &str) -> String {
    format!("postgres://{role}@localhost/{database}?host={}", cluster())
}

/// The socket folder of the cluster.
pub fn cluster() -> &'static str {
    // Never dropped: the child stops its cluster when the end of this process closes its input.
    static CLUSTER: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let (folder, _) = CLUSTER.get_or_init(|| match std::env::var("SAMVIRKE_TEST_PG") {
        Ok(folder) if !folder.is_empty() => (folder, None),
        _ => match own_cluster() {
            Ok((folder, child)) => (folder, Some(child)),
            Err(why) => panic!("no PostgreSQL for the tests: {why}"),
        },
    });
    folder
}

fn own_cluster() -> Outcome<(String, Child)> {
    let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run"))
        .arg("--cluster")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // A group of its own: an interrupt that ends the tests must not end what cleans up after them.
        .process_group(0)
        .spawn()?;
    let mut folder = String::new();
    let output = child.stdout.take().ok_or("no output of tests/run --cluster")?;
    BufReader::new(output).read_line(&mut folder)?;
    if folder.trim().is_empty() {
        return Err("tests/run --cluster said why above".into());
    }
    Ok((folder.trim().to_owned(), child))
}

impl Drop for TestDatabase {
    /// Some megabytes a test add up in a run. On a thread with a runtime of its own, for a test's runtime may be
    /// at its end here; a failure is no fault of the test, and the cluster goes anyway.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let sent = std::thread::spawn(move || -> Outcome<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url("postgres", "postgres")).await?;
                // Sent is enough: the server takes 100 ms to see off what is still connected, and carries out
                // what it was sent also when nobody waits for the answer.
                drop(tokio::time::timeout(Duration::from_millis(5), run(&mut admin, sql)).await);
                Ok(())
            })
        });
        drop(sent.join());
    }
}
