//! One open transaction on either database, as SeaORM sees it. Private to this folder.
//!
//! We hold sqlx's own transaction, because it can say BEGIN, the isolation and who is calling in one round
//! trip; SeaORM's cannot.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::Mutex;

/// An open transaction. Dropped without [`Conn::commit`] it rolls back.
pub(super) struct Conn {
    kind: Kind,
    /// Counts what is sent, for the test that no list asks once a row.
    statements: Arc<AtomicU64>,
}

pub(super) enum Kind {
    Postgres(Mutex<Transaction<'static, Postgres>>),
    Sqlite(Mutex<Transaction<'static, Sqlite>>),
}

impl Conn {
    pub(super) fn new(kind: Kind, statements: Arc<AtomicU64>) -> Self {
        Self { kind, statements }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match self.kind {
            Kind::Postgres(tx) => tx.into_inner().commit().await,
            Kind::Sqlite(tx) => tx.into_inner().commit().await,
        }
    }
}

impl Conn {
    /// Reads the rows of an answer one by one. Of very many, all of them at once would take many times the memory of what is
    /// made of them.
    pub(super) async fn each<R>(
        &self,
        statement: Statement,
        mut read: impl FnMut(&QueryResult) -> Result<R, DbErr>,
    ) -> Result<Vec<R>, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let sql = sqlx::AssertSqlSafe(statement.sql);
        let mut out = Vec::new();
        match &self.kind {
            Kind::Postgres(tx) => {
                let mut tx = tx.lock().await;
                let mut rows = sqlx::query_with::<Postgres, _>(sql, values).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    out.push(read(&row.into())?);
                }
            }
            Kind::Sqlite(tx) => {
                let mut tx = tx.lock().await;
                let mut rows = sqlx::query_with::<Sqlite, _>(sql, values).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    out.push(read(&row.into())?);
                }
            }
        }
        Ok(out)
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Runs one method of sqlx on whichever transaction it is.
macro_rules! on {
    ($self:ident, $sql:expr, $values:expr, $method:ident) => {{
        $self.statements.fetch_add(1, Ordering::Relaxed);
        let values = SqlxValues($values.unwrap_or(Values(Vec::new())));
        // SeaQuery built the text; every value is bound.
        let sql = sqlx::AssertSqlSafe($sql);
        match &$self.kind {
            Kind::Postgres(tx) => {
                let mut tx = tx.lock().await;
                let done = sqlx::query_with::<Postgres, _>(sql, values).$method(&mut **tx).await;
                done.map(Into::into).map_err(failed)
            }
            Kind::Sqlite(tx) => {
                let mut tx = tx.lock().await;
                let done = sqlx::query_with::<Sqlite, _>(sql, values).$method(&mut **tx).await;
                done.map(Into::into).map_err(failed)
            }
        }
    }};
}

#[async_trait::async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        match self.kind {
            Kind::Postgres(_) => DbBackend::Postgres,
            Kind::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        on!(self, statement.sql, statement.values, execute)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        on!(self, sql.to_owned(), None, execute)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let sql = sqlx::AssertSqlSafe(statement.sql);
        match &self.kind {
            Kind::Postgres(tx) => {
                let mut tx = tx.lock().await;
                let rows = sqlx::query_with::<Postgres, _>(sql, values).fetch_all(&mut **tx).await;
                rows.map(|rows| rows.into_iter().map(Into::into).collect()).map_err(failed)
            }
            Kind::Sqlite(tx) => {
                let mut tx = tx.lock().await;
                let rows = sqlx::query_with::<Sqlite, _>(sql, values).fetch_all(&mut **tx).await;
                rows.map(|rows| rows.into_iter().map(Into::into).collect()).map_err(failed)
            }
        }
    }
}
