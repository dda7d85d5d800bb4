//! Takes along what names a concept when that is merged into another: in the transaction of whoever merges, in the name
//! of each library whose rows they are.
//!
//! It asks no caller: the service has asked whether this one may merge. What keeps it from doing harm is the database, which
//! lets it touch only what names a concept that was merged (`migration::merging`). Who merges learns nothing of the rows.

use migration::merging::{FOLLOW, Names};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{self, Set},
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, UpdateMany, Value,
    sea_query::{Expr, ExprTrait},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::{
    conn::Conn,
    db::{Duty, Who},
    fault::failed,
    rows::{Subject, TenantRows},
    tx::{TenantTx, Turn, column},
};
use crate::{
    activity, audit,
    competence::{self, history, joined, past, sighting},
    concept::{self, definition},
    error::Result,
    event,
    id::{ConceptId, RowId, TenantId},
    meeting::note,
    project,
    registry::contact,
    statement, when,
};

/// What was done to one row.
struct Done {
    resource: &'static str,
    action: &'static str,
    subject: Subject,
}

impl Done {
    fn of<E: TenantRows>(action: &'static str, subject: Subject) -> Self {
        Self { resource: E::RESOURCE.name(), action, subject }
    }
}

impl TenantTx {
    /// Everything that names the one concept names the other from now on. The one must have been marked as merged before.
    pub async fn take_along(&self, from: ConceptId, into: ConceptId) -> Result<()> {
        let conn = self.connection();
        speak_for(conn, None, Duty::Merge).await?;
        // Nobody has to follow a chain, whatever consortium's it began in.
        let before = concept::Column::ReplacedBy;
        let chained =
            concept::Entity::update_many().col_expr(before, Expr::val(into.0)).filter(before.eq(from));
        chained.exec(conn).await.map_err(failed)?;
        let mut done = BTreeMap::new();
        for library in named_by(conn, from).await? {
            speak_for(conn, Some(library), Duty::Merge).await?;
            done.insert(library, follow(conn, library, from, into).await?);
        }
        // All chains in one order, the caller's own too, so that two who merge do not wait for each other in a circle; and
        // after all rows, as every write does.
        let chains: BTreeSet<TenantId> = done.keys().copied().chain([self.me()]).collect();
        for library in &chains {
            self.lock(&audit::chain::turn(*library), Turn::Alone).await?;
        }
        for (library, done) in done {
            speak_for(conn, Some(library), Duty::Merge).await?;
            if let Some(place) = tell(self, library, &done).await? {
                self.reaches(library, place);
            }
        }
        let duty = if self.caller().is_operator() { Duty::Operator } else { Duty::Member };
        speak_for(conn, Some(self.me()), duty).await
    }
}

/// In whose name the rest of the transaction is done.
pub(super) async fn speak_for(conn: &Conn, library: Option<TenantId>, duty: Duty) -> Result<()> {
    let who = Who { tenant: library.map(|library| library.0), duty, client: None };
    match conn.get_database_backend() {
        DbBackend::Postgres => {
            let sql = "SELECT set_config('samvirke.tenant', $1, true), set_config('samvirke.duty', $2, true)";
            let tenant = library.map(|library| library.to_string()).unwrap_or_default();
            let values = [tenant.into(), duty.word().into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            conn.query_all_raw(statement).await.map(drop).map_err(failed)
        }
        _ => conn.execute_unprepared(&who.sqlite()).await.map(drop).map_err(failed),
    }
}

/// The libraries that have a row that names the concept.
async fn named_by(conn: &Conn, concept: ConceptId) -> Result<BTreeSet<TenantId>> {
    let backend = conn.get_database_backend();
    let mark = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let mut libraries = BTreeSet::new();
    for (table, names) in FOLLOW {
        let (condition, value): (String, Value) = match names {
            Names::One(column) => (format!("{column} = {mark}"), concept.0.into()),
            Names::Many(column) => {
                (format!("CAST({column} AS text) LIKE {mark}"), format!("%\"{concept}\"%").into())
            }
        };
        // The names are the declaration's own; what comes from rows is bound.
        let sql = format!("SELECT DISTINCT tenant_id FROM {table} WHERE {condition}");
        let rows = conn
            .query_all_raw(Statement::from_sql_and_values(backend, sql, [value]))
            .await
            .map_err(failed)?;
        for row in rows {
            libraries.insert(TenantId(row.try_get::<Uuid>("", "tenant_id").map_err(failed)?));
        }
    }
    Ok(libraries)
}

async fn follow(conn: &Conn, library: TenantId, from: ConceptId, into: ConceptId) -> Result<Vec<Done>> {
    let mut done = entries(conn, library, from, into).await?;
    one::<definition::Entity>(conn, library, definition::Column::ConceptId, from, into, &mut done).await?;
    one::<sighting::Entity>(conn, library, sighting::Column::ConceptId, from, into, &mut done).await?;
    one::<contact::Entity>(conn, library, contact::Column::ConceptId, from, into, &mut done).await?;
    many::<statement::Entity>(conn, library, statement::Column::Concepts, from, into, &mut done).await?;
    many::<project::Entity>(conn, library, project::Column::Concepts, from, into, &mut done).await?;
    many::<activity::Entity>(conn, library, activity::Column::Concepts, from, into, &mut done).await?;
    one::<note::Entity>(conn, library, note::Column::ConceptId, from, into, &mut done).await?;
    Ok(done)
}

/// Entries follow with their history. Where the library has one of the same stance there already, the two become one.
async fn entries(conn: &Conn, library: TenantId, from: ConceptId, into: ConceptId) -> Result<Vec<Done>> {
    use competence::{Column, Entity};
    let on = |concept: ConceptId| {
        Entity::find()
            .filter(Column::TenantId.eq(library))
            .filter(Column::ConceptId.eq(concept))
            .order_by_asc(Column::Id)
            .lock_exclusive()
    };
    let mut there = on(into).all(conn).await.map_err(failed)?;
    let mut done = Vec::new();
    for row in on(from).all(conn).await.map_err(failed)? {
        let now = when::now();
        let mut row = match there.iter().position(|kept| kept.stance == row.stance) {
            None => row,
            Some(at) => {
                let key = Column::TenantId.eq(library).and(Column::Id.eq(row.id));
                Entity::delete_many().filter(key).exec(conn).await.map_err(failed)?;
                past::ending(&row, now).exec(conn).await.map_err(failed)?;
                done.push(Done::of::<Entity>("removed", Entity::subject(&row)));
                joined::together(there.swap_remove(at), row)
            }
        };
        row.concept_id = Some(into);
        row.version += 1;
        row.updated_at = now;
        let key = Column::TenantId.eq(library).and(Column::Id.eq(row.id));
        let update = Entity::update_many().set(row.clone().into_active_model().reset_all()).filter(key);
        update.exec(conn).await.map_err(failed)?;
        past::ending(&row, now).exec(conn).await.map_err(failed)?;
        let state = past::of(&row, "");
        history::Entity::insert(state).exec_without_returning(conn).await.map_err(failed)?;
        done.push(Done::of::<Entity>("changed", Entity::subject(&row)));
    }
    Ok(done)
}

/// Rows that name one concept.
async fn one<E>(
    conn: &Conn,
    library: TenantId,
    named: E::Column,
    from: ConceptId,
    into: ConceptId,
    done: &mut Vec<Done>,
) -> Result<()>
where
    E: TenantRows,
    E::Model: Send + Sync,
{
    let rows = E::find().filter(E::OWNER.eq(library.0)).filter(named.eq(from.0)).order_by_asc(E::ID);
    for row in rows.lock_exclusive().all(conn).await.map_err(failed)? {
        let update = E::update_many().col_expr(named, Expr::val(into.0));
        done.push(stamped::<E>(conn, &row, update).await?);
    }
    Ok(())
}

/// Rows that name a list of concepts: each of them once.
async fn many<E>(
    conn: &Conn,
    library: TenantId,
    named: E::Column,
    from: ConceptId,
    into: ConceptId,
    done: &mut Vec<Done>,
) -> Result<()>
where
    E: TenantRows,
    E::Model: Send + Sync,
{
    let names = Expr::col(named).cast_as("text").like(format!("%\"{from}\"%"));
    let rows = E::find().filter(E::OWNER.eq(library.0)).filter(names).order_by_asc(E::ID);
    for row in rows.lock_exclusive().all(conn).await.map_err(failed)? {
        let Value::Json(Some(list)) = row.get(named) else { continue };
        let list: Vec<ConceptId> = serde_json::from_value(*list).map_err(crate::error::Error::internal)?;
        let mut kept: Vec<ConceptId> = Vec::with_capacity(list.len());
        for concept in list.into_iter().map(|concept| if concept == from { into } else { concept }) {
            if !kept.contains(&concept) {
                kept.push(concept);
            }
        }
        let list = Value::Json(Some(Box::new(serde_json::json!(kept))));
        let update = E::update_many().col_expr(named, named.save_as(Expr::val(list)));
        done.push(stamped::<E>(conn, &row, update).await?);
    }
    Ok(())
}

async fn stamped<E>(conn: &Conn, row: &E::Model, update: UpdateMany<E>) -> Result<Done>
where
    E: TenantRows,
    E::Model: Send + Sync,
{
    let subject = E::subject(row);
    let mut update = update.filter(E::OWNER.eq(row.get(E::OWNER))).filter(E::ID.eq(row.get(E::ID)));
    if let Some(version) = column::<E>("version") {
        update = update.col_expr(version, Expr::val(subject.version + 1));
    }
    if let Some(at) = column::<E>("updated_at") {
        update = update.col_expr(at, Expr::val(when::now()));
    }
    update.exec(conn).await.map_err(failed)?;
    Ok(Done::of::<E>("changed", Subject { version: subject.version + 1, ..subject }))
}

/// Writes into the library's chain and its events what was done to its rows, by nobody of its own. The last place, if any.
async fn tell(tx: &TenantTx, library: TenantId, done: &[Done]) -> Result<Option<i64>> {
    let conn = tx.connection();
    let last = audit::Entity::find()
        .filter(audit::Column::TenantId.eq(library))
        .order_by_desc(audit::Column::Seq)
        .one(conn)
        .await
        .map_err(failed)?;
    let now = when::now();
    let deeds = done.iter().map(|done| audit::Deed {
        action: format!("{}.{}", done.resource, done.action),
        subject_kind: done.resource,
        subject_id: done.subject.id,
        version: done.subject.version,
        owner_id: library.0,
        ground: "merge",
    });
    let records = audit::chain::follow(library, last, deeds.collect(), now);
    let events = records.iter().zip(done).map(|(record, done)| event::ActiveModel {
        tenant_id: Set(library),
        id: Set(RowId::new()),
        seq: Set(record.seq),
        kind: Set(record.action.clone()),
        subject_kind: Set(done.resource.to_owned()),
        subject_id: Set(done.subject.id),
        consortium_id: Set(done.subject.consortium),
        visibility: Set(done.subject.visibility),
        version: Set(done.subject.version),
        at: ActiveValue::Set(now),
    });
    let place = records.last().map(|record| record.seq);
    let events: Vec<event::ActiveModel> = events.collect();
    tx.insert_chunks(records.into_iter().map(|row| row.into_active_model().reset_all()).collect()).await?;
    tx.insert_chunks(events).await?;
    Ok(place)
}
