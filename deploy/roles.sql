-- The two roles of a node's database, and the database. Run once as a superuser:
--   psql -v owner_password=... -v app_password=... -f deploy/roles.sql
-- samvirke_owner migrates and owns the tables. samvirke_app serves: it owns nothing and may bypass nothing,
-- and the node refuses to start as anybody else.
CREATE ROLE samvirke_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE samvirke_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE samvirke OWNER samvirke_owner;
REVOKE ALL ON DATABASE samvirke FROM PUBLIC;
GRANT CONNECT ON DATABASE samvirke TO samvirke_app;
\connect samvirke
ALTER SCHEMA public OWNER TO samvirke_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO samvirke_app;
