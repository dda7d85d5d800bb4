//! Removes what belongs to a library that leaves the node, and what names somebody who is to be forgotten.
//!
//! It asks no caller, and needs none to be kept from doing harm: the database lets it touch rows only where an erasure
//! stands whose time has come (`migration::leaving`). One transaction for each: a kill half way leaves all of it for
//! the next run.

use migration::{
    leaving::{LEAVING, Leaves, NAMING},
    tables::TABLES,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, Value,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Db,
    conn::Conn,
    db::{Duty, Who},
    fault::{failed, unavailable},
};
use crate::{
    auth::revoked,
    error::Result,
    id::{RowId, TenantId},
    privacy::erasure::{Column, Entity, ErasureKind, Model},
    when,
};

/// Does every erasure whose time has come, of one library or of all. Gives how many.
pub async fn erase(db: &Db, library: Option<TenantId>) -> Result<usize> {
    let due = {
        let conn = db.begin_read(who(library)).await?;
        let mut open = Condition::all()
            .add(Column::DoneAt.is_null())
            .add(Column::CancelledAt.is_null())
            .add(Column::DueAt.lt(when::now()));
        if let Some(library) = library {
            open = open.add(Column::TenantId.eq(library));
        }
        Entity::find().filter(open).all(&conn).await.map_err(failed)?
    };
    for erasure in &due {
        let conn = db.begin_write(who(Some(erasure.tenant_id))).await?;
        match erasure.kind {
            ErasureKind::Tenant => library_leaves(&conn, erasure).await?,
            ErasureKind::Principal => somebody_is_forgotten(&conn, erasure).await?,
        }
        done(&conn, erasure).await?;
        conn.commit().await.map_err(unavailable)?;
    }
    if !due.is_empty() {
        db.forget().await?;
    }
    Ok(due.len())
}

fn who(library: Option<TenantId>) -> Who {
    Who { tenant: library.map(|library| library.0), duty: Duty::Erase, client: None }
}

/// Children before parents.
async fn library_leaves(conn: &Conn, erasure: &Model) -> Result<()> {
    let library = erasure.tenant_id;
    // Whatever it holds, it is let in no more.
    let revocation = revoked::ActiveModel {
        tenant_id: Set(library),
        id: Set(RowId::new()),
        subject: Set(library.0),
        at: Set(when::now()),
    };
    revoked::Entity::insert(revocation).exec_without_returning(conn).await.map_err(failed)?;
    for table in TABLES.iter().rev() {
        for leaving in LEAVING.iter().filter(|leaving| leaving.table == table.name) {
            let of = format!("{} = {}", leaving.of, mark(conn, 1));
            run(conn, table.name, &leaving.what, &of, library, vec![library.0.into()]).await?;
        }
    }
    Ok(())
}

async fn somebody_is_forgotten(conn: &Conn, erasure: &Model) -> Result<()> {
    let library = erasure.tenant_id;
    let row = |column: &str| format!("tenant_id = {} AND {column} = {}", mark(conn, 1), mark(conn, 2));
    for naming in NAMING {
        let values = vec![library.0.into(), erasure.named.clone().into()];
        run(conn, naming.table, &naming.what, &row(naming.column), library, values).await?;
    }
    let values = vec![library.0.into(), erasure.subject.into()];
    run(conn, "principal", &Leaves::Gone, &row("id"), library, values).await
}

/// The names and the SQL are the declaration's own; what comes from rows is bound.
async fn run(
    conn: &Conn,
    table: &str,
    what: &Leaves,
    rows: &str,
    library: TenantId,
    values: Vec<Value>,
) -> Result<()> {
    let what = match what {
        Leaves::Gone => format!("DELETE FROM {table}"),
        Leaves::Emptied(columns) => {
            let set: Vec<String> = columns.iter().map(|(column, to)| format!("{column} = {to}")).collect();
            format!("UPDATE {table} SET {}", set.join(", ").replace("{id}", &library.to_string()))
        }
    };
    let sql = format!("{what} WHERE {rows}");
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    conn.execute_raw(statement).await.map(drop).map_err(failed)
}

fn mark(conn: &Conn, n: u8) -> String {
    let sign = if conn.get_database_backend() == DbBackend::Postgres { '$' } else { '?' };
    format!("{sign}{n}")
}

async fn done(conn: &Conn, erasure: &Model) -> Result<()> {
    let now = when::now();
    Entity::update_many()
        .col_expr(Column::DoneAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::TenantId.eq(erasure.tenant_id))
        .filter(Column::Id.eq(erasure.id))
        .exec(conn)
        .await
        .map(drop)
        .map_err(failed)
}
