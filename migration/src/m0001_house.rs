//! Every table of the first release, and the wall around each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::{ddl, marking, postgres, tables::TABLES};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_house"
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
        for table in TABLES {
            for statement in ddl::create(table, backend) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        if backend == DbBackend::Postgres {
            let walls = TABLES.iter().flat_map(postgres::wall);
            for statement in postgres::prelude().into_iter().chain(walls) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        for statement in marking::triggers(backend) {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}
