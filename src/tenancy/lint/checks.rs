//! What must not be found in PostgreSQL's catalogue, and the SQL that finds it. Asked as the serving role:
//! `current_user` is the role that the checks are about.

/// Keys that may go without a tenant's or consortium's column, and why.
pub(super) const KEYS_WITHOUT_TENANT: &[(&str, &str)] = &[
    ("tenant (id)", "is the tenant"),
    ("tenant (slug)", "the directory is open to everybody who signed in"),
    ("consortium (id)", "is the consortium"),
    ("consortium (slug)", "only the operator gives one, and sees them all"),
    ("service_account (client_id)", "random, and looked up before the tenant is known"),
    ("invitation (client_id)", "random, and looked up before the tenant is known"),
    ("region (id)", "a register"),
    ("municipality (id)", "a register"),
    ("concept_scheme (id)", "a register"),
    ("concept_scheme (notation)", "a register"),
    ("concept (id)", "a register; of a consortium's own, chance"),
    ("concept (scheme_id, notation)", "a register; a consortium's own have names by chance"),
    ("concept_label (id)", "a register"),
    ("concept_mark (id)", "one row, of a register"),
    ("seaql_migrations (version)", "the migrations' own"),
];

pub(super) const KEY_FINDING: &str = "a unique or primary key without the tenant or consortium";

/// Unique keys of which no column names the tenant or the consortium, as `table (columns)`.
pub(super) const KEYS: &str = "SELECT c.relname || ' (' || string_agg(coalesce(a.attname, '?'), ', ' ORDER BY k.place) || ')' \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
     LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0 \
     WHERE i.indisunique AND k.place <= i.indnkeyatts AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
     GROUP BY i.indexrelid, c.relname \
     HAVING NOT coalesce(bool_or(a.attname IN ('tenant_id', 'consortium_id')), false)";

macro_rules! relations {
    ($rest:literal) => {
        concat!(
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ",
            $rest
        )
    };
}

macro_rules! policies {
    ($rest:literal) => {
        concat!("SELECT p.polname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE ", $rest)
    };
}

pub(super) const CHECKS: &[(&str, &str)] = &[
    (
        "the serving role may bypass row security, or become a role that may",
        "SELECT rolname::text FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') \
         AND (rolsuper OR rolbypassrls OR (rolcreaterole AND rolname = current_user))",
    ),
    (
        "the serving role owns, or may become the owner",
        relations!(
            "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(current_user, c.relowner, 'MEMBER')"
        ),
    ),
    (
        "the serving role owns a function or a schema",
        "SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_' \
         AND n.nspname <> 'information_schema' AND pg_has_role(current_user, p.proowner, 'MEMBER') \
         UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \
         AND pg_has_role(current_user, nspowner, 'MEMBER')",
    ),
    ("row security is not enabled", relations!("c.relkind IN ('r', 'p') AND NOT c.relrowsecurity")),
    (
        // The owner writes down its own migrations.
        "row security is not forced",
        relations!(
            "c.relkind IN ('r', 'p') AND NOT c.relforcerowsecurity AND c.relname <> 'seaql_migrations'"
        ),
    ),
    (
        "a view without security_invoker",
        relations!(
            "c.relkind = 'v' AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)"
        ),
    ),
    (
        "a materialised view or foreign table is granted",
        relations!(
            "c.relkind IN ('m', 'f') AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        ),
    ),
    (
        "a partition is reachable past its parent's policies",
        relations!(
            "EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AND c.relkind IN ('r', 'p') \
             AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') \
             AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
        ),
    ),
    (
        "TRUNCATE, REFERENCES or TRIGGER is granted",
        relations!(
            "c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER') \
             OR has_any_column_privilege(c.oid, 'REFERENCES'))"
        ),
    ),
    (
        "PUBLIC has rights on",
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) a \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.grantee = 0 \
         UNION SELECT c.relname || '.' || t.attname FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(t.attacl) a \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.grantee = 0 \
         UNION SELECT 'schema ' || n.nspname FROM pg_namespace n \
         CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.grantee = 0",
    ),
    (
        "the serving role may create in",
        "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \
         AND has_schema_privilege(oid, 'CREATE') \
         UNION SELECT 'the database' WHERE has_database_privilege(current_database(), 'CREATE')",
    ),
    (
        "a SECURITY DEFINER function is executable",
        "SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')",
    ),
    (
        "a rule rewrites statements with its owner's rights",
        "SELECT r.rulename::text FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p')",
    ),
    (
        "a write policy without WITH CHECK",
        policies!("p.polcmd IN ('a', 'w', '*') AND p.polwithcheck IS NULL"),
    ),
    (
        // Whether it says `true` or `1 = 1`: it asks neither about the row nor about the caller.
        "a policy that lets everything through",
        policies!(
            "p.polpermissive AND p.polname <> 'seaql_migrations_read' \
             AND (pg_get_expr(p.polqual, p.polrelid) = 'true' OR pg_get_expr(p.polwithcheck, p.polrelid) = 'true' \
             OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND \
             (d.refclassid = 'pg_proc'::regclass OR (d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0))))"
        ),
    ),
    (
        // IMMUTABLE hands one tenant's rows to the next through a cached plan. Functions that these call count too.
        "a policy asks a function that is not STABLE",
        "WITH RECURSIVE asked(oid) AS (\
         SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass \
         UNION SELECT d.refobjid FROM pg_depend d JOIN asked ON d.objid = asked.oid \
         WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_proc'::regclass) \
         SELECT DISTINCT p.proname::text FROM pg_proc p JOIN asked ON asked.oid = p.oid WHERE p.provolatile <> 's'",
    ),
    (
        // Row security does not look at what a foreign key takes with it.
        "a foreign key that removes or changes another tenant's rows",
        "SELECT k.conname::text FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace \
         WHERE k.contype = 'f' AND n.nspname !~ '^pg_' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd')) \
         AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS u(here, there) \
         JOIN pg_attribute h ON h.attrelid = k.conrelid AND h.attnum = u.here \
         JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = u.there \
         WHERE h.attname = t.attname AND h.attname IN ('tenant_id', 'consortium_id'))",
    ),
];
