//! The tables of a node and the database's own wall around them.
//!
//! Every table is declared once, in [`tables::TABLES`]: its columns, its keys, and for each command
//! the rule that says which rows a tenant may touch. From that one declaration come
//! * the portable DDL of both databases ([`ddl`]),
//! * PostgreSQL's row-level security: ENABLE, FORCE, one policy per command, the grants ([`postgres`]),
//! * SQLite's second wall: temp views on readers, temp triggers on the writer ([`sqlite`]).
//!
//! Beside it stand the marks by which it is known whether a library's rows have changed ([`marking`]).
//!
//! Migrations run as the owner role; the serving role owns nothing.

pub mod carrying;
pub mod ddl;
pub mod leaving;
pub mod marking;
pub mod merging;
pub mod postgres;
pub mod registers;
pub mod sqlite;
pub mod table;
pub mod tables;
pub mod terms;

mod m0001_house;
mod m0002_registers;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_house::Migration), Box::new(m0002_registers::Migration)]
    }
}
