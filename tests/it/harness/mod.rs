//! A real node on a free port, with a database of its own.
//!
//! ```ignore
//! #[rstest]
//! #[actix_web::test]
//! async fn a_story(#[values(Sqlite, Postgres)] kind: Kind) {
//!     let node = TestNode::start(kind).await;
//!     let bergen = node.tenant("bergen").await;
//!     bergen.get("/tenants").await.ok();
//! }
//! ```

#![allow(dead_code, reason = "a vocabulary for stories; not every word is in use at every time")]

pub mod client;
pub mod postgres;

use std::{sync::Arc, time::Duration};

pub use client::{Answer, Client, Events};
pub use rstest::rstest;
use samvirke::{
    app::{self, App, Bounds},
    auth::{Caller, Keys, Role, oidc::Issuers, token::Tokens},
    id::{ConsortiumId, ServiceAccountId, TenantId},
    page::PageArgs,
    rate::{Figures, Rates},
    registry::{consortium, membership, tenant},
    tenancy::{Db, Options, SeatRole, TenantScope},
    text::{Lang, Translation},
    when,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

pub use Kind::{Postgres, Sqlite};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Without limits of rates: the tests ask faster than people do.
pub fn unlimited() -> Bounds {
    Bounds { rates: Rates::new(Figures::NONE), ..Bounds::default() }
}

/// A running node. Its database goes with it.
pub struct TestNode {
    pub app: App,
    pub address: String,
    pub database: Database,
}

/// Where the node's database is.
pub enum Database {
    Sqlite(SqliteFile),
    Postgres(postgres::TestDatabase),
}

impl Database {
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Sqlite => {
                let file = SqliteFile::new();
                Db::migrate(&file.url()).await.expect("migrate");
                Self::Sqlite(file)
            }
            Postgres => Self::Postgres(
                postgres::database(
                    |owner| async move { Db::migrate(&owner).await.map_err(|e| format!("{e:?}")) },
                )
                .await,
            ),
        }
    }

    /// What the serving role connects to.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => file.url(),
            Self::Postgres(database) => database.app_url.clone(),
        }
    }

    /// The database's name; on SQLite it has none.
    pub fn name(&self) -> &str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(database) => &database.name,
        }
    }

    /// Runs SQL past the service and its walls, and gives the first column of what came back, as text.
    pub async fn raw(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(file) => {
                let mut connection = SqliteConnection::connect(&file.url()).await.expect("connect");
                let rows = sqlx::raw_sql(sql).fetch_all(&mut connection).await.expect("SQL");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(database) => {
                let mut connection = PgConnection::connect(&database.superuser_url).await.expect("connect");
                let rows = sqlx::raw_sql(sql).fetch_all(&mut connection).await.expect("SQL");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// What the superuser connects to; on SQLite there is only the file.
    pub fn superuser_url(&self) -> String {
        match self {
            Self::Sqlite(file) => file.url(),
            Self::Postgres(database) => database.superuser_url.clone(),
        }
    }
}

/// A database file that is removed with its value.
pub struct SqliteFile(std::path::PathBuf);

impl SqliteFile {
    fn new() -> Self {
        let name = format!("samvirke-{}.db", uuid::Uuid::new_v4());
        Self(std::env::temp_dir().join(name))
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

impl TestNode {
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, Options::default()).await
    }

    /// With some wall taken down, or other pools.
    pub async fn start_with(kind: Kind, options: Options) -> Self {
        let database = Database::new(kind).await;
        let url = database.url();
        Self::on(database, &url, options).await
    }

    /// One where people sign in through providers.
    pub async fn start_trusting(kind: Kind, issuers: Issuers) -> Self {
        let database = Database::new(kind).await;
        let db = Db::connect(&database.url(), Options::default()).await.expect("connect");
        let tokens = Tokens::new(Keys::fresh().expect("keys"), "https://node.test");
        let bounds = Arc::new(unlimited());
        Self::of(App { issuers, bounds, beat: Duration::ZERO, ..App::new(db, tokens) }, database)
    }

    /// With something else about it than the others have.
    pub async fn adapted(kind: Kind, adapt: impl FnOnce(App) -> App) -> Self {
        let database = Database::new(kind).await;
        let db = Db::connect(&database.url(), Options::default()).await.expect("connect");
        let tokens = Tokens::new(Keys::fresh().expect("keys"), "https://node.test");
        let app = App { beat: Duration::ZERO, bounds: Arc::new(unlimited()), ..App::new(db, tokens) };
        Self::of(adapt(app), database)
    }

    /// One with these keys.
    pub async fn keyed(kind: Kind, keys: Keys) -> Self {
        let database = Database::new(kind).await;
        let db = Db::connect(&database.url(), Options::default()).await.expect("connect");
        let bounds = Arc::new(unlimited());
        let tokens = Tokens::new(keys, "https://node.test");
        Self::of(App { bounds, beat: Duration::ZERO, ..App::new(db, tokens) }, database)
    }

    /// Another process of this node, as it were: the same database and keys, and memory of its own. Gives its address.
    pub async fn process_beside(&self, keys: Keys) -> String {
        self.process_beside_with(keys, Options::default()).await
    }

    /// As [`TestNode::process_beside`], with other options.
    pub async fn process_beside_with(&self, keys: Keys, options: Options) -> String {
        let db = Db::connect(&self.database.url(), options).await.expect("connect");
        let bounds = Arc::new(unlimited());
        let tokens = Tokens::new(keys, "https://node.test");
        let app = App { bounds, beat: Duration::ZERO, ..App::new(db, tokens) };
        let (server, addresses) = app::serve(app, "127.0.0.1:0", 1).expect("bind");
        actix_web::rt::spawn(server);
        format!("http://{}", addresses[0])
    }

    fn of(app: App, database: Database) -> Self {
        let (server, addresses) = app::serve(app.clone(), "127.0.0.1:0", 1).expect("bind");
        actix_web::rt::spawn(server);
        Self { app, address: format!("http://{}", addresses[0]), database }
    }

    /// Learns of revocations, and of what other processes did, as a serving node does. The others do not: what one test revokes and takes back, in the matrix,
    /// would be remembered.
    pub fn watch(&self) {
        actix_web::rt::spawn(samvirke::auth::revoked::watch(self.app.db.clone()));
        actix_web::rt::spawn(samvirke::tenancy::pulse::watch(self.app.db.clone()));
    }

    /// On a database that is already there, connecting to `url`.
    pub async fn on(database: Database, url: &str, options: Options) -> Self {
        Self::paced(database, url, options, Duration::ZERO).await
    }

    /// One whose 404s keep time, as in service; the others' come at once, for there are many in the tests.
    pub async fn paced(database: Database, url: &str, options: Options, beat: Duration) -> Self {
        let db = Db::connect(url, options).await.expect("connect");
        let tokens = Tokens::new(Keys::fresh().expect("keys"), "https://node.test");
        let app = App { beat, bounds: Arc::new(unlimited()), ..App::new(db, tokens) };
        Self::of(app, database)
    }

    /// One with these bounds; all others let everybody ask as much as they like.
    pub async fn bounded(kind: Kind, bounds: Bounds) -> Self {
        Self::bounded_on(kind, Options::default(), bounds).await
    }

    pub async fn bounded_on(kind: Kind, options: Options, bounds: Bounds) -> Self {
        let database = Database::new(kind).await;
        let db = Db::connect(&database.url(), options).await.expect("connect");
        let tokens = Tokens::new(Keys::fresh().expect("keys"), "https://node.test");
        Self::of(App { beat: Duration::ZERO, bounds: Arc::new(bounds), ..App::new(db, tokens) }, database)
    }

    /// So many who sign in for a tenant through a provider, written past the product: none is there to sign in with.
    pub async fn principals(&self, tenant: TenantId, many: usize) {
        let id = |id: uuid::Uuid| match self.database {
            Database::Sqlite(_) => format!("x'{}'", id.simple()),
            Database::Postgres(_) => format!("'{id}'"),
        };
        let then = "'2026-01-02T03:04:05+00:00'";
        let row = |_| {
            let (tenant, principal) = (id(tenant.0), id(uuid::Uuid::now_v7()));
            format!("({tenant}, {principal}, 'x', 'viewer', {then}, 1, {then}, {then})")
        };
        let rows: Vec<String> = (0..many).map(row).collect();
        let columns = "tenant_id, id, issuer, role, last_seen_at, version, created_at, updated_at";
        self.database.raw(&format!("INSERT INTO principal ({columns}) VALUES {}", rows.join(", "))).await;
    }

    /// Somebody of a tenant, over HTTP to another node on the same database.
    pub async fn client_beside(&self, tenant: TenantId, role: Role) -> Client {
        let db = Db::connect(&self.database.url(), Options::default()).await.expect("connect");
        let tokens = Tokens::new(Keys::fresh().expect("keys"), "https://node.test");
        let app = App { bounds: Arc::new(unlimited()), ..App::new(db, tokens) };
        let (server, addresses) = app::serve(app.clone(), "127.0.0.1:0", 1).expect("bind");
        actix_web::rt::spawn(server);
        let account = ServiceAccountId::new();
        let token = app.tokens.issue(account, "test", tenant, role, when::now(), 3600).expect("token");
        Client::new(&format!("http://{}", addresses[0]), Some(token), tenant)
    }

    /// The node's operator, over HTTP.
    pub fn operator(&self) -> Client {
        self.client(TenantId::NODE, Role::Operator)
    }

    /// Somebody of a tenant, over HTTP.
    pub fn client(&self, tenant: TenantId, role: Role) -> Client {
        let account = ServiceAccountId::new();
        let token = self.app.tokens.issue(account, "test", tenant, role, when::now(), 3600).expect("token");
        Client::new(&self.address, Some(token), tenant)
    }

    /// Nobody, over HTTP.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.address, None, TenantId::NODE)
    }

    /// A scope, to call services directly.
    pub fn scope(&self, tenant: TenantId, role: Role) -> TenantScope {
        self.app.scope(Caller::new(tenant, "test", role))
    }

    pub fn operator_scope(&self) -> TenantScope {
        self.scope(TenantId::NODE, Role::Operator)
    }

    /// Makes a county library of Norway and gives its admin.
    pub async fn tenant(&self, slug: &str) -> Client {
        let input = tenant::NewTenant {
            slug: slug.to_owned(),
            kind: tenant::TenantKind::CountyLibrary,
            name: vec![Translation { language: Lang::Nb, text: slug.to_owned() }],
            country: "NO".into(),
            isil: None,
            parent_id: None,
            municipality_count: None,
            region_ids: vec![],
            municipality_ids: vec![],
        };
        let made = tenant::service::create(&self.operator_scope(), input).await.expect("tenant");
        self.client(made.id, Role::Admin)
    }

    /// Makes a consortium: the first coordinates, the others are members, and all share everything in full.
    pub async fn consortium(&self, slug: &str, tenants: &[&Client]) -> ConsortiumId {
        let [coordinator, members @ ..] = tenants else { panic!("a consortium needs a coordinator") };
        let input = consortium::NewConsortium {
            slug: slug.to_owned(),
            name: vec![Translation { language: Lang::Nb, text: slug.to_owned() }],
            coordinator_id: coordinator.tenant,
            mandate: None,
            reasons: vec![],
            open_questions: vec![],
            k: None,
        };
        let made = consortium::service::create(&self.operator_scope(), input).await.expect("consortium");
        self.accept(made.id, coordinator).await;
        for member in members {
            self.join(made.id, coordinator, member, SeatRole::Member).await;
        }
        made.id
    }

    /// Adds an observer to a consortium that `coordinator` leads.
    pub async fn observer(&self, id: ConsortiumId, coordinator: &Client, tenant: &Client) {
        self.join(id, coordinator, tenant, SeatRole::Observer).await;
    }

    /// Adds a tenant to a consortium that `coordinator` leads: invited, and accepted in full.
    pub async fn join(&self, id: ConsortiumId, coordinator: &Client, tenant: &Client, role: SeatRole) {
        let invitation = membership::Invitation { tenant_id: tenant.tenant, role };
        let scope = self.scope(coordinator.tenant, Role::Admin);
        membership::service::invite(&scope, id, invitation).await.expect("invitation");
        self.accept(id, tenant).await;
    }

    async fn accept(&self, id: ConsortiumId, tenant: &Client) {
        let scope = self.scope(tenant.tenant, Role::Admin);
        let page = PageArgs { first: Some(100), after: None };
        let mine = membership::service::mine(&scope, Default::default(), page).await.expect("memberships");
        let invited = mine.items.iter().find(|m| m.consortium_id == id).expect("an invitation");
        membership::service::accept(&scope, invited.id, invited.version, Default::default())
            .await
            .expect("acceptance");
    }
}
