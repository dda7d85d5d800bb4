//! The pools, and how a transaction is opened for somebody.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    str::FromStr,
    sync::{
        Arc, Mutex as StdMutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{DbBackend, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres, SqliteConnection,
    SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    conn::{Conn, Kind},
    fault::unavailable,
    keep::{Keep, Stamp},
    parts::Parts,
    pulse::Pulse,
    witness::Witness,
};
use crate::{
    error::{Error, Result},
    telemetry::meter,
};

/// The database of a node. Cheap to clone; holds no rows and answers no question by itself.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pools: Pools,
    statements: Arc<AtomicU64>,
    walls: Walls,
    witness: Arc<Witness>,
    pulse: Arc<Pulse>,
    kept: StdMutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    keep: Keep,
    parts: Arc<Parts>,
}

enum Pools {
    Postgres { all: PgPool, beside: Box<Beside<PgConnection>>, familiar: Familiar },
    Sqlite { write: SqlitePool, read: SqlitePool, beside: Box<Beside<SqliteConnection>> },
}

/// A connection that reads nothing but the stamp, and so need not be looked at, nor waited for, as one that is lent.
struct Beside<C: Connection> {
    options: C::Options,
    /// With its number, for SQLite's count is each connection's own. Taken out while it is asked: one that was given up half way does
    /// not come back.
    held: Mutex<Option<(Uuid, C)>>,
}

/// Questions whose plan each new connection to PostgreSQL is to have; see [`Db::acquaint`].
type Familiar = Arc<OnceLock<Vec<Statement>>>;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Read,
    /// To ask what connections know: see [`Db::acquaint`].
    Known,
    Write,
}

impl Aim {
    fn postgres(self) -> &'static str {
        match self {
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Known => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan"
            }
            // What a write reads after it has waited must be what the one before left (see `audit::chain`): the isolation
            // is said, whatever the server's default is.
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }
}

/// How many connections, and how long is waited.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub connections: u32,
    /// For a lock that another request holds.
    pub patience: Duration,
    pub walls: Walls,
    /// Bytes of answers that are kept to be given again; four times as many of what they are made of. 0: none is.
    pub kept: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 8, patience: Duration::from_secs(5), walls: Walls::default(), kept: 8 << 20 }
    }
}

/// Which walls stand. In a release build all of them, always; a debug build lets a test take one down to
/// see that the others hold.
#[derive(Clone, Copy, Debug)]
pub struct Walls {
    rows: bool,
    database: bool,
    pool: bool,
    task: bool,
    #[cfg(debug_assertions)]
    mutant: Option<&'static super::mutant::Mutant>,
}

impl Default for Walls {
    fn default() -> Self {
        Self {
            rows: true,
            database: true,
            pool: true,
            task: true,
            #[cfg(debug_assertions)]
            mutant: None,
        }
    }
}

#[cfg(debug_assertions)]
impl Walls {
    /// Wall 1 down: every row rule of `entity.rs` says yes.
    pub fn without_row_rules(self) -> Self {
        Self { rows: false, ..self }
    }

    /// Wall 1 with one fault in it.
    pub fn with_mutant(self, mutant: &'static super::mutant::Mutant) -> Self {
        Self { mutant: Some(mutant), ..self }
    }

    /// SQLite's temp views and triggers are not laid. (PostgreSQL's wall is taken down by connecting as the owner.)
    pub fn without_database_wall(self) -> Self {
        Self { database: false, ..self }
    }

    /// The pool takes back whatever connection it is given.
    pub fn without_pool_guard(self) -> Self {
        Self { pool: false, ..self }
    }

    /// Transactions begin, and writes run, in the caller's own future: whoever drops it cancels them half way.
    pub fn without_tasks(self) -> Self {
        Self { task: false, ..self }
    }
}

/// Why a transaction is opened; the database's rules know these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// A tenant's own work.
    Member,
    /// The node's operator.
    Operator,
    /// Looking up the account that signs in.
    SignIn,
    /// Counting the ballots of a closed round.
    Tally,
    /// Learning whose tokens are no good any more.
    Watch,
    /// Removing what is over its time, and nothing younger.
    Broom,
    /// Removing what was asked to be forgotten.
    Erase,
    /// Bringing a library from another node.
    Restore,
    /// Taking what names a concept along to the one that it was merged into.
    Merge,
    /// Making a release of sealed figures.
    Release,
}

impl Duty {
    pub(super) fn word(self) -> &'static str {
        match self {
            Duty::Member => "member",
            Duty::Operator => "operator",
            Duty::SignIn => "sign_in",
            Duty::Tally => "tally",
            Duty::Watch => "watch",
            Duty::Broom => "broom",
            Duty::Erase => "erase",
            Duty::Restore => "restore",
            Duty::Merge => "merge",
            Duty::Release => "release",
        }
    }
}

/// Who a transaction is opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who {
    pub tenant: Option<Uuid>,
    pub duty: Duty,
    /// The client id that is signing in, for [`Duty::SignIn`].
    pub client: Option<Uuid>,
}

impl Who {
    // A Uuid's text is hexadecimal digits and hyphens: safe inside SQL, where SET takes no parameter.
    fn postgres(self) -> String {
        let tenant = self.tenant.map(|t| t.to_string()).unwrap_or_default();
        let client = self.client.map(|c| c.to_string()).unwrap_or_default();
        format!(
            "SET LOCAL samvirke.tenant = '{tenant}'; SET LOCAL samvirke.duty = '{}'; SET LOCAL samvirke.client = '{client}'",
            self.duty.word()
        )
    }

    pub(super) fn sqlite(self) -> String {
        let tenant = self.tenant.map_or("NULL".into(), |t| format!("x'{}'", t.simple()));
        let client = self.client.map_or("NULL".into(), |c| format!("'{c}'"));
        format!("UPDATE temp.who SET tenant = {tenant}, duty = '{}', client = {client}", self.duty.word())
    }
}

impl Db {
    /// Opens the pools. `postgres://…` as the serving role, or `sqlite:path`.
    pub async fn connect(url: &str, options: Options) -> Result<Self> {
        let pools = if url.starts_with("sqlite:") {
            sqlite(url, options).await.map_err(unavailable)?
        } else {
            postgres(url, options).await.map_err(unavailable)?
        };
        Ok(Self(Arc::new(Inner {
            pools,
            statements: Arc::default(),
            walls: options.walls,
            witness: Arc::default(),
            pulse: Arc::default(),
            kept: StdMutex::default(),
            keep: Keep::new(options.kept),
            parts: Arc::new(Parts::new(4 * options.kept)),
        })))
    }

    /// Brings the tables up to date, as the owner role. `url` may be the same as for serving on SQLite only.
    pub async fn migrate(url: &str) -> Result<()> {
        let mut options = sea_orm::ConnectOptions::new(sqlite_create(url));
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.map_err(Error::internal)?;
        Migrator::up(&connection, None).await.map_err(Error::internal)?;
        connection.close().await.map_err(Error::internal)
    }

    /// True when no migration is waiting.
    pub async fn is_migrated(&self) -> Result<bool> {
        const COUNT: &str = "SELECT count(*) FROM seaql_migrations";
        let applied: Result<i64, sqlx::Error> = match &self.0.pools {
            Pools::Postgres { all: pool, .. } => sqlx::query_scalar(COUNT).fetch_one(pool).await,
            Pools::Sqlite { read, .. } => sqlx::query_scalar(COUNT).fetch_one(read).await,
        };
        let applied = match applied {
            // A new database: it has no such table.
            Err(sqlx::Error::Database(_)) => 0,
            other => other.map_err(unavailable)?,
        };
        Ok(usize::try_from(applied) == Ok(Migrator::migrations().len()))
    }

    /// Refuses to serve where the database's wall does not stand; see [`crate::tenancy::lint`].
    pub async fn lint(&self) -> Result<Vec<String>> {
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => super::lint::postgres(pool).await.map_err(unavailable),
            Pools::Sqlite { write, read, .. } => super::lint::sqlite(write, read).await.map_err(unavailable),
        }
    }

    /// What would let an acknowledged write be lost when the power goes.
    pub async fn durability(&self) -> Result<Vec<String>> {
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => super::lint::durability(pool).await.map_err(unavailable),
            // Part of the lint: set by us on every connection.
            Pools::Sqlite { .. } => Ok(Vec::new()),
        }
    }

    /// Runs SQL on a pooled connection without a scope, as a careless borrower would, and gives the first column as
    /// text: for the tests of the pool and of the database's wall alone.
    #[cfg(debug_assertions)]
    pub async fn unscoped(&self, write: bool, sql: &str) -> std::result::Result<Vec<String>, sqlx::Error> {
        use sqlx::Row;
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => {
                sql.fetch_all(pool).await?.iter().map(|row| row.try_get(0)).collect()
            }
            Pools::Sqlite { write: writer, read, .. } => {
                let rows = sql.fetch_all(if write { writer } else { read }).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            }
        }
    }

    /// A cheap sign of life of the database.
    pub async fn ping(&self) -> Result<()> {
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => {
                pool.execute("SELECT 1").await.map(drop).map_err(unavailable)
            }
            Pools::Sqlite { read, .. } => read.execute("SELECT 1").await.map(drop).map_err(unavailable),
        }
    }

    /// What was removed stands in the log of an embedded database still: it is emptied.
    pub(super) async fn forget(&self) -> Result<()> {
        match &self.0.pools {
            Pools::Postgres { .. } => Ok(()),
            Pools::Sqlite { write, .. } => {
                write.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop).map_err(unavailable)
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => pool.is_closed(),
            Pools::Sqlite { read, .. } => read.is_closed(),
        }
    }

    /// Closes the pools, letting what runs end.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Postgres { all, beside, .. } => {
                all.close().await;
                drop(beside.held.lock().await.take());
            }
            Pools::Sqlite { write, read, beside } => {
                write.close().await;
                read.close().await;
                drop(beside.held.lock().await.take());
            }
        }
    }

    /// How the pools are used.
    pub fn pools(&self) -> Vec<meter::Pool> {
        fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> meter::Pool {
            let most = pool.options().get_max_connections();
            meter::Pool { name, most, open: pool.size(), idle: pool.num_idle() }
        }
        match &self.0.pools {
            Pools::Postgres { all: pool, .. } => vec![of("all", pool)],
            Pools::Sqlite { write, read, .. } => vec![of("write", write), of("read", read)],
        }
    }

    /// Statements sent so far, transaction control included.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// What a noun keeps in memory beside its rows: one value of each type for each node.
    pub(crate) fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let value = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        value.downcast().unwrap_or_default()
    }

    pub(super) fn keep(&self) -> &Keep {
        &self.0.keep
    }

    /// Another one after every commit, of any process: what PostgreSQL and SQLite themselves go by, to know what they may reuse.
    pub(super) async fn stamp(&self) -> Result<Stamp> {
        // Which transactions have ended. Those of other databases of the server count too. A server that was set up anew counts
        // anew: it is told apart by when it started.
        const SNAPSHOT: &str =
            "SELECT pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()::text";
        self.0.statements.fetch_add(1, Ordering::Relaxed);
        match &self.0.pools {
            _ if self.is_closed() => Err(unavailable(sqlx::Error::PoolClosed)),
            Pools::Postgres { beside, .. } => beside.stamp(SNAPSHOT).await.map_err(unavailable),
            Pools::Sqlite { beside, .. } => beside.stamp("PRAGMA data_version").await.map_err(unavailable),
        }
    }

    /// Makes connections know these questions from the start, with nobody's name in them: of one that asks under row-level security
    /// for the first time, PostgreSQL takes longer to read the rules and to plan than to answer. Planned is for whoever asks, once for
    /// each connection, as PostgreSQL does by itself from the sixth time on. SQLite plans in a moment, and is told nothing.
    pub(super) async fn acquaint(&self, questions: Vec<Statement>) -> Result<()> {
        let Pools::Postgres { all, familiar, .. } = &self.0.pools else { return Ok(()) };
        if familiar.set(questions).is_ok() {
            // Those that are open already.
            let open = futures_util::future::join_all((0..all.size()).map(|_| all.acquire()));
            for connection in open.await {
                let mut connection = connection.map_err(unavailable)?;
                acquainted(&mut connection, familiar.clone()).await.map_err(unavailable)?;
            }
        }
        Ok(())
    }

    pub(super) fn parts(&self) -> Arc<Parts> {
        self.0.parts.clone()
    }

    pub(super) fn witness(&self) -> Arc<Witness> {
        self.0.witness.clone()
    }

    pub(super) fn pulse(&self) -> Arc<Pulse> {
        self.0.pulse.clone()
    }

    pub(super) fn row_rules(&self) -> bool {
        self.0.walls.rows
    }

    #[cfg(debug_assertions)]
    pub(super) fn mutant(&self) -> Option<&'static super::mutant::Mutant> {
        self.0.walls.mutant
    }

    pub(super) fn own_tasks(&self) -> bool {
        self.0.walls.task
    }

    pub fn backend(&self) -> DbBackend {
        match self.0.pools {
            Pools::Postgres { .. } => DbBackend::Postgres,
            Pools::Sqlite { .. } => DbBackend::Sqlite,
        }
    }

    pub(super) async fn begin_read(&self, who: Who) -> Result<Conn> {
        self.begin_in_task(who, Aim::Read).await
    }

    pub(super) async fn begin_known(&self, who: Who) -> Result<Conn> {
        self.begin_in_task(who, Aim::Known).await
    }

    pub(super) async fn begin_write(&self, who: Who) -> Result<Conn> {
        self.begin_in_task(who, Aim::Write).await
    }

    /// Beginning must not be cancelled half way: a connection would go back into the pool inside an open
    /// transaction, and the next borrower's acknowledged write would be lost with it. A task of its own goes on
    /// when the request is dropped.
    async fn begin_in_task(&self, who: Who, aim: Aim) -> Result<Conn> {
        if !self.own_tasks() {
            return self.begin_here(who, aim).await;
        }
        let db = self.clone();
        tokio::spawn(async move { db.begin_here(who, aim).await }).await.map_err(Error::internal)?
    }

    async fn begin_here(&self, who: Who, aim: Aim) -> Result<Conn> {
        // What a process asks by itself is no part of what a request costs.
        let statements = if who.duty == Duty::Watch { Arc::default() } else { self.0.statements.clone() };
        statements.fetch_add(1, Ordering::Relaxed);
        let kind = match &self.0.pools {
            Pools::Postgres { all: pool, .. } => {
                // One round trip: the tenant is set before anything can be asked.
                let sql = AssertSqlSafe(format!("{}; {}", aim.postgres(), who.postgres()));
                Kind::Postgres(Mutex::new(pool.begin_with(sql).await.map_err(unavailable)?))
            }
            Pools::Sqlite { write: writer, read, .. } => {
                let (pool, begin) =
                    if aim == Aim::Write { (writer, "BEGIN IMMEDIATE") } else { (read, "BEGIN") };
                let mut tx = pool.begin_with(begin).await.map_err(unavailable)?;
                tx.execute(AssertSqlSafe(who.sqlite())).await.map_err(unavailable)?;
                Kind::Sqlite(Mutex::new(tx))
            }
        };
        Ok(Conn::new(kind, statements))
    }
}

impl Beside<PgConnection> {
    async fn stamp(&self, question: &'static str) -> sqlx::Result<Stamp> {
        let mut held = self.held.lock().await;
        let (number, mut connection) = match held.take() {
            Some(open) => open,
            None => (Uuid::new_v4(), self.options.connect().await?),
        };
        let stamp: String = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
        *held = Some((number, connection));
        Ok(stamp.into())
    }
}

impl Beside<SqliteConnection> {
    async fn stamp(&self, question: &'static str) -> sqlx::Result<Stamp> {
        let mut held = self.held.lock().await;
        let (number, mut connection) = match held.take() {
            Some(open) => open,
            None => (Uuid::new_v4(), self.options.connect().await?),
        };
        let version: i64 = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
        *held = Some((number, connection));
        Ok(format!("{number} {version}").into())
    }
}

fn sqlite_create(url: &str) -> String {
    if url.starts_with("sqlite:") && !url.contains('?') { format!("{url}?mode=rwc") } else { url.to_owned() }
}

async fn postgres(url: &str, options: Options) -> sqlx::Result<Pools> {
    let connect = PgConnectOptions::from_str(url)?
        .application_name("samvirke")
        .statement_cache_capacity(256)
        .options([("statement_timeout", "10s"), ("idle_in_transaction_session_timeout", "10s")])
        .options([("lock_timeout", format!("{}ms", options.patience.as_millis()))])
        .disable_statement_logging();
    let familiar = Familiar::default();
    let known = familiar.clone();
    let mut pool = PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(Duration::from_secs(5))
        // On by default, and one more round trip for every request.
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(acquainted(connection, known.clone())));
    if options.walls.pool {
        // Off the request's path: a connection that comes back inside an open transaction, or still knows a
        // tenant, is closed instead of lent again.
        pool = pool.after_release(|connection, _| {
            Box::pin(async move {
                // The simple protocol, where a statement is one message. In the extended one now() is the time of Bind
                // and statement_timestamp() that of Execute, and every connection would look as if it were inside
                // a transaction.
                let clean = sqlx::raw_sql(
                    "SELECT now() >= statement_timestamp() AND coalesce(current_setting('samvirke.tenant', true), '') = ''",
                );
                sqlx::Row::try_get(&clean.fetch_one(connection).await?, 0)
            })
        });
    }
    let beside = Beside { options: connect.clone(), held: Mutex::default() };
    Ok(Pools::Postgres { all: pool.connect_with(connect).await?, beside: Box::new(beside), familiar })
}

/// A connection that is about to be lent for the first time. Where there are no tables yet, or they are others, whoever asks them is
/// told so.
async fn acquainted(connection: &mut PgConnection, familiar: Familiar) -> sqlx::Result<()> {
    let Some(familiar) = familiar.get() else { return Ok(()) };
    let nobody = Who { tenant: None, duty: Duty::Member, client: None };
    let begin = AssertSqlSafe(format!("{}; {}", Aim::Known.postgres(), nobody.postgres()));
    let mut tx = connection.begin_with(begin).await?;
    for Statement { sql, values, .. } in familiar.clone() {
        let values = SqlxValues(values.unwrap_or(Values(Vec::new())));
        if sqlx::query_with::<Postgres, _>(AssertSqlSafe(sql), values).fetch_all(&mut *tx).await.is_err() {
            break;
        }
    }
    tx.rollback().await
}

async fn sqlite(url: &str, options: Options) -> sqlx::Result<Pools> {
    let base = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: an acknowledged write survives the power going.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.patience)
        .statement_cache_capacity(256)
        .pragma("temp_store", "memory")
        // What is removed is overwritten, and not only forgotten where it stands.
        .pragma("secure_delete", "on")
        .disable_statement_logging();
    let wall = options.walls.database;
    let pool = || {
        let pool = SqlitePoolOptions::new();
        if options.walls.pool {
            pool.after_release(|connection, _| Box::pin(forget(connection)))
        } else {
            pool
        }
    };
    let write = pool()
        .max_connections(1)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| Box::pin(lay(connection, wall, true)))
        .connect_with(base.clone())
        .await?;
    let read = pool()
        .max_connections(options.connections)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| Box::pin(lay(connection, wall, false)))
        // Not `query_only`, which would forbid saying who is calling.
        .connect_with(base.clone().read_only(true))
        .await?;
    let beside = Beside { options: base.read_only(true), held: Mutex::default() };
    Ok(Pools::Sqlite { write, read, beside: Box::new(beside) })
}

/// A connection that comes back forgets who was calling. Inside an open transaction BEGIN fails, and the connection
/// is closed instead of lent again.
async fn forget(connection: &mut sqlx::SqliteConnection) -> sqlx::Result<bool> {
    let sql = "BEGIN; UPDATE temp.who SET tenant = NULL, duty = NULL, client = NULL; COMMIT";
    sqlx::raw_sql(sql).execute(connection).await.map(|_| true)
}

/// Lays SQLite's wall on a new connection.
async fn lay(connection: &mut sqlx::SqliteConnection, wall: bool, writer: bool) -> sqlx::Result<()> {
    connection.execute(migration::sqlite::WHO).await?;
    let statements = match (wall, writer) {
        (false, _) => Vec::new(),
        (true, true) => migration::sqlite::writer(),
        (true, false) => migration::sqlite::reader(),
    };
    for statement in statements {
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(())
}
