//! The lint of the database's wall: nothing found on a clean database, and every planted fault found by name.

use samvirke::tenancy::{Db, Options, Walls, lint::version_finding};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::harness::{Database, Kind, Postgres, Sqlite, rstest};

/// A fault, the SQL that plants it, and how its finding begins.
struct Fault(&'static str, &'static str, &'static str);

const FAULTS: &[Fault] = &[
    Fault(
        "row security disabled",
        "ALTER TABLE competence_entry DISABLE ROW LEVEL SECURITY",
        "row security is not enabled: competence_entry",
    ),
    Fault(
        "a table without row security",
        "CREATE TABLE jotting (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id)); GRANT SELECT ON jotting TO samvirke_app",
        "row security is not enabled: jotting",
    ),
    Fault(
        "row security not forced",
        "ALTER TABLE ballot NO FORCE ROW LEVEL SECURITY",
        "row security is not forced: ballot",
    ),
    Fault(
        "a table owned by the serving role",
        "ALTER TABLE region OWNER TO samvirke_app",
        "the serving role owns, or may become the owner: region",
    ),
    Fault(
        "a function owned by the serving role",
        "ALTER FUNCTION samvirke_tenant() OWNER TO samvirke_app",
        "the serving role owns a function or a schema: samvirke_tenant",
    ),
    Fault(
        "a view with its owner's rights",
        "CREATE VIEW everything AS SELECT * FROM project; GRANT SELECT ON everything TO samvirke_app",
        "a view without security_invoker: everything",
    ),
    Fault(
        "a materialised view granted",
        "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n; GRANT SELECT ON totals TO samvirke_app",
        "a materialised view or foreign table is granted: totals",
    ),
    Fault(
        "a foreign table granted",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; \
         CREATE FOREIGN TABLE elsewhere (tenant_id uuid) SERVER s; GRANT SELECT ON elsewhere TO samvirke_app",
        "a materialised view or foreign table is granted: elsewhere",
    ),
    Fault(
        "a SECURITY DEFINER function",
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT count(*) FROM ballot'",
        "a SECURITY DEFINER function is executable: peek",
    ),
    Fault(
        "a write policy without WITH CHECK",
        "DROP POLICY tenant_profile_update ON tenant_profile; \
         CREATE POLICY tenant_profile_update ON tenant_profile FOR UPDATE USING (tenant_id = (SELECT samvirke_tenant()))",
        "a write policy without WITH CHECK: tenant_profile_update",
    ),
    Fault(
        "an IMMUTABLE function in a policy",
        "ALTER FUNCTION samvirke_tenant() IMMUTABLE",
        "a policy asks a function that is not STABLE: samvirke_tenant",
    ),
    Fault(
        "an IMMUTABLE function under a policy's function",
        "CREATE FUNCTION inner_tenant() RETURNS uuid LANGUAGE sql IMMUTABLE RETURN nullif(current_setting('samvirke.tenant', true), '')::uuid; \
         CREATE OR REPLACE FUNCTION samvirke_tenant() RETURNS uuid LANGUAGE sql STABLE RETURN inner_tenant()",
        "a policy asks a function that is not STABLE: inner_tenant",
    ),
    Fault(
        "USING (true)",
        "CREATE POLICY open ON project FOR SELECT USING (true)",
        "a policy that lets everything through: open",
    ),
    Fault(
        "a constant that is no literal true",
        "CREATE POLICY open ON project FOR SELECT USING (1 = 1)",
        "a policy that lets everything through: open",
    ),
    Fault(
        "WITH CHECK (true)",
        "CREATE POLICY open ON event FOR INSERT WITH CHECK (true)",
        "a policy that lets everything through: open",
    ),
    Fault(
        "a partition without a policy",
        "CREATE TABLE fact (tenant_id uuid, n int) PARTITION BY RANGE (n); ALTER TABLE fact ENABLE ROW LEVEL SECURITY; \
         ALTER TABLE fact FORCE ROW LEVEL SECURITY; CREATE TABLE fact_1 PARTITION OF fact FOR VALUES FROM (0) TO (9); \
         GRANT SELECT ON fact, fact_1 TO samvirke_app",
        "a partition is reachable past its parent's policies: fact_1",
    ),
    Fault(
        "a unique key over all tenants",
        "CREATE UNIQUE INDEX loud ON competence_entry (source_phrase)",
        "a unique or primary key without the tenant or consortium: competence_entry (source_phrase)",
    ),
    Fault(
        "a unique expression over all tenants",
        "CREATE UNIQUE INDEX loud ON competence_entry (lower(note))",
        "a unique or primary key without the tenant or consortium: competence_entry (?)",
    ),
    Fault(
        "a primary key without the tenant",
        "ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey; ALTER TABLE idempotency ADD PRIMARY KEY (principal, operation, key)",
        "a unique or primary key without the tenant or consortium: idempotency (principal, operation, key)",
    ),
    Fault(
        "a cascade",
        "ALTER TABLE project_participant ADD CONSTRAINT takes_along FOREIGN KEY (participant_id) REFERENCES tenant (id) ON DELETE CASCADE",
        "a foreign key that removes or changes another tenant's rows: takes_along",
    ),
    Fault(
        "SET NULL",
        "ALTER TABLE tenant ADD CONSTRAINT forgets FOREIGN KEY (parent_id) REFERENCES tenant (id) ON DELETE SET NULL",
        "a foreign key that removes or changes another tenant's rows: forgets",
    ),
    Fault(
        "TRUNCATE",
        "GRANT TRUNCATE ON event TO samvirke_app",
        "TRUNCATE, REFERENCES or TRIGGER is granted: event",
    ),
    Fault(
        "REFERENCES on one column",
        "GRANT REFERENCES (id) ON project_transition TO samvirke_app",
        "TRUNCATE, REFERENCES or TRIGGER is granted: project_transition",
    ),
    Fault(
        "TRIGGER",
        "GRANT TRIGGER ON seat TO samvirke_app",
        "TRUNCATE, REFERENCES or TRIGGER is granted: seat",
    ),
    Fault(
        "a table for everybody",
        "GRANT SELECT ON audit_record TO PUBLIC",
        "PUBLIC has rights on: audit_record",
    ),
    Fault(
        "a column for everybody",
        "GRANT SELECT (slug) ON tenant TO PUBLIC",
        "PUBLIC has rights on: tenant.slug",
    ),
    Fault(
        "the schema for everybody",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
        "PUBLIC has rights on: schema public",
    ),
    Fault(
        "CREATE on the schema",
        "GRANT CREATE ON SCHEMA public TO samvirke_app",
        "the serving role may create in: schema public",
    ),
    Fault(
        "a rule",
        "CREATE RULE also AS ON INSERT TO seat DO ALSO SELECT count(*) FROM ballot",
        "a rule rewrites statements with its owner's rights: also",
    ),
];

async fn superuser(database: &Database, sql: &str) {
    let mut connection = PgConnection::connect(&database.superuser_url()).await.unwrap();
    connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    connection.close().await.unwrap();
}

async fn findings(url: &str, walls: Walls) -> Vec<String> {
    let db = Db::connect(url, Options { connections: 2, walls, ..Options::default() }).await.unwrap();
    let findings = db.lint().await.unwrap();
    db.close().await;
    findings
}

#[rstest]
#[actix_web::test]
async fn a_clean_database_gives_no_finding(#[values(Sqlite, Postgres)] kind: Kind) {
    let database = Database::new(kind).await;
    assert_eq!(findings(&database.url(), Walls::default()).await, Vec::<String>::new());
}

#[actix_web::test]
async fn every_planted_fault_is_found_by_name() {
    let mut found = 0;
    for Fault(what, sql, expected) in FAULTS {
        let database = Database::new(Postgres).await;
        superuser(&database, sql).await;
        let findings = findings(&database.url(), Walls::default()).await;
        assert!(findings.iter().any(|f| f == expected), "{what}: {findings:#?}");
        found += 1;
    }
    println!("{found} of {} planted faults found", FAULTS.len());
}

/// Roles belong to the whole cluster, which other tests use: the fault is a role of its own.
#[rstest]
#[case::superuser("SUPERUSER")]
#[case::bypass("BYPASSRLS")]
#[case::may_become_the_owner("IN ROLE samvirke_owner")]
#[case::may_make_roles("CREATEROLE")]
#[actix_web::test]
async fn a_role_that_row_security_does_not_bind_is_found(#[case] attribute: &str) {
    let database = Database::new(Postgres).await;
    let role = format!("rogue_{}", uuid::Uuid::new_v4().simple());
    superuser(&database, &format!("CREATE ROLE {role} LOGIN {attribute}")).await;
    superuser(&database, &format!("GRANT samvirke_app TO {role}")).await;
    let name = database.name();
    superuser(&database, &format!("GRANT CONNECT ON DATABASE {name} TO {role}")).await;
    let url = database.url().replace("samvirke_app@", &format!("{role}@"));
    let findings = findings(&url, Walls::default()).await;
    superuser(&database, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    let named = findings.iter().any(|f| f.ends_with(&role) || f.contains("may become the owner"));
    assert!(named, "{findings:#?}");
}

#[test]
fn a_server_below_the_floor_is_found() {
    for (version, good) in [
        (130_022, false),
        (140_024, false),
        (140_025, true),
        (150_019, false),
        (150_020, true),
        (160_015, false),
        (160_016, true),
        (170_011, false),
        (180_005, false),
        (180_006, true),
        (190_000, true),
    ] {
        assert_eq!(version_finding(version).is_none(), good, "{version}");
    }
}

#[actix_web::test]
async fn planted_faults_of_sqlite_are_found() {
    let database = Database::new(Sqlite).await;
    let missing = findings(&database.url(), Walls::default().without_database_wall()).await;
    let views = missing.iter().filter(|f| f.contains("on a reading connection")).count();
    let triggers = missing.iter().filter(|f| f.contains("on a writing connection")).count();
    let tables = migration::tables::TABLES.len();
    assert_eq!((views, triggers), (tables, 3 * tables));
    let in_memory = findings("sqlite::memory:", Walls::default().without_database_wall()).await;
    assert!(
        in_memory.iter().any(|f| f == "journal_mode is not WAL on a writing connection: memory"),
        "{in_memory:#?}"
    );
    for (plant, expected) in [
        ("PRAGMA synchronous = NORMAL", "synchronous is below FULL on a writing connection"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys is off on a writing connection"),
        ("DROP TRIGGER temp.ballot_update", "the wall is not laid on a writing connection: ballot_update"),
        (
            "DROP TRIGGER temp.seat_insert; CREATE TEMP TRIGGER seat_insert BEFORE INSERT ON main.seat WHEN false BEGIN SELECT 1; END",
            "the wall is not laid on a writing connection: seat_insert",
        ),
        ("CREATE TABLE jotting (tenant_id BLOB)", "a table without a wall: jotting"),
    ] {
        let database = Database::new(Sqlite).await;
        let db =
            Db::connect(&database.url(), Options { connections: 1, ..Options::default() }).await.unwrap();
        db.unscoped(true, plant).await.unwrap();
        let findings = db.lint().await.unwrap();
        assert!(findings.iter().any(|f| f == expected), "{plant}: {findings:#?}");
        db.close().await;
    }
}

/// The scratch cluster of the tests forces nothing to disk, which is what the check must notice.
#[actix_web::test]
async fn a_server_that_may_lose_acknowledged_writes_is_refused_unless_waived() {
    let database = Database::new(Postgres).await;
    let key_file = std::env::temp_dir().join(format!("samvirke-{}.key", uuid::Uuid::new_v4()));
    let mut config = samvirke::config::Config {
        database_url: database.url(),
        key_file: key_file.clone(),
        ..Default::default()
    };
    let refusal = samvirke::cli::open(&config).await.err().map(|e| samvirke::cli::explain(&e));
    assert!(refusal.as_deref().is_some_and(|r| r.contains("fsync is off")), "{refusal:?}");
    config.allow_unsafe_durability = true;
    samvirke::cli::open(&config).await.unwrap().db.close().await;
    superuser(&database, "ALTER TABLE seat NO FORCE ROW LEVEL SECURITY").await;
    let refusal = samvirke::cli::open(&config).await.err().map(|e| samvirke::cli::explain(&e));
    assert!(refusal.as_deref().is_some_and(|r| r.contains("not forced: seat")), "{refusal:?}");
    std::fs::remove_file(key_file).unwrap();
}
