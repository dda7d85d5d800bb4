//! Regions, municipalities and the concept scheme: reference data that every node starts with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

use crate::registers;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_registers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        if backend == DbBackend::Postgres {
            // FORCE binds the owner too; registers are the node operator's.
            connection.execute_unprepared("SET LOCAL samvirke.duty = 'operator'").await?;
        }
        let rows = registers::all().map_err(|e| DbErr::Custom(format!("seed data: {e}")))?;
        for row in rows {
            let (sql, values) = row.insert(backend);
            connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
        Ok(())
    }
}
