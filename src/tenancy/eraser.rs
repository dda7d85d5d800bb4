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
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Db,
    conn::Conn,
    db::{Duty, Who},
    fault::{failed, unavailable},
    tx::{Turn, lock},
};
use crate::{
    audit,
    auth::revoked,
    error::Result,
    id::{RowId, TenantId},
    privacy::erasure::{Column, Entity, ErasureKind, Model},
    when,
};

/// How often one is tried when others are in its way.
const TRIES: u32 = 3;

/// Does every erasure whose time has come, of one library or of all. Gives how many. One that fails does not hold up the
/// others.
pub async fn erase(db: &Db, library: Option<TenantId>) -> Result<usize> {
    let mut many = 0;
    let mut fault = None;
    for erasure in due(db, library).await? {
        match tried(db, &erasure).await {
            Ok(done) => many += usize::from(done),
            Err(error) => {
                tracing::error!(erasure = %erasure.id, cause = ?error.cause, "an erasure is not done");
                fault = Some(error);
            }
        }
    }
    db.forget().await?;
    fault.map_or(Ok(many), Err)
}

async fn due(db: &Db, library: Option<TenantId>) -> Result<Vec<Model>> {
    let conn = db.begin_read(who(library)).await?;
    let mut open = Condition::all()
        .add(Column::CancelledAt.is_null())
        .add(Column::DueAt.lt(when::now()))
        .add(Condition::any().add(Column::DoneAt.is_null()).add(again()));
    if let Some(library) = library {
        open = open.add(Column::TenantId.eq(library));
    }
    Entity::find().filter(open).all(&conn).await.map_err(failed)
}

/// What somebody who is forgotten did while it was forgotten, with a token that not every process had refused yet, is looked
/// for once more.
fn again() -> Condition {
    Condition::all()
        .add(Column::Kind.eq(ErasureKind::Principal))
        .add(Column::DoneAt.gt(when::now() - chrono::Duration::days(1)))
}

async fn tried(db: &Db, erasure: &Model) -> Result<bool> {
    let mut tries = 1;
    loop {
        match once(db, erasure).await {
            Err(_) if tries < TRIES => tries += 1,
            ended => return ended,
        }
    }
}

/// True when it was done now.
async fn once(db: &Db, erasure: &Model) -> Result<bool> {
    let conn = db.begin_write(who(Some(erasure.tenant_id))).await?;
    // Held, so that nobody calls it off half way, and looked at anew: somebody may have, or another process have done it.
    let own = Condition::all().add(Column::TenantId.eq(erasure.tenant_id)).add(Column::Id.eq(erasure.id));
    let held = Entity::find().filter(own).lock_exclusive().one(&conn).await.map_err(failed)?;
    let Some(erasure) = held.filter(|row| row.cancelled_at.is_none()) else { return Ok(false) };
    let new = erasure.done_at.is_none();
    match erasure.kind {
        ErasureKind::Tenant if !new => return Ok(false),
        ErasureKind::Tenant => library_leaves(&conn, &erasure).await?,
        ErasureKind::Principal => somebody_is_forgotten(&conn, &erasure).await?,
    }
    if new {
        done(&conn, &erasure).await?;
    }
    conn.commit().await.map_err(unavailable)?;
    Ok(new)
}

fn who(library: Option<TenantId>) -> Who {
    Who { tenant: library.map(|library| library.0), duty: Duty::Erase, client: None }
}

/// Writes that are under way end before the end is written into the library's chain, and what they left goes too; those that
/// come later find it there, and are refused.
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
    empty(conn, library).await?;
    lock(conn, &audit::chain::turn(library), Turn::Alone).await?;
    empty(conn, library).await?;
    let last = audit::Entity::find()
        .filter(audit::Column::TenantId.eq(library))
        .order_by_desc(audit::Column::Seq)
        .one(conn)
        .await
        .map_err(failed)?;
    let end = audit::chain::end(library, last, when::now());
    audit::Entity::insert(end.into_active_model().reset_all())
        .exec_without_returning(conn)
        .await
        .map(drop)
        .map_err(failed)
}

/// Children before parents.
async fn empty(conn: &Conn, library: TenantId) -> Result<()> {
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
