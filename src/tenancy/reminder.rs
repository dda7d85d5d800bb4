//! Tells libraries of commitments whose day comes near, or is over: an event in the feed of each that it is made by or with.
//!
//! It is nobody's request. Each library is asked, as itself, what it sees: no wall is opened for it. That it was told is
//! written down in the same transaction, under a key: of several processes that do this at once, one tells.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, TryInsertResult,
};

use super::{
    Db,
    conn::Conn,
    db::{Duty, Who},
    fault::{failed, unavailable},
    rows::TenantRows,
    tx::{Turn, lock},
};
use crate::{
    audit,
    commitment::{
        self, CommitmentStatus,
        reminder::{self, Reminder},
        seat,
    },
    error::Result,
    event,
    id::{CommitmentId, ConsortiumId, RowId, TenantId},
    registry::{
        seat as seat_of,
        tenant::{self, TenantStatus},
    },
    when,
};

/// How much a library is told in one transaction at the most: nobody waits long for it.
const MOST: usize = 500;

/// Far below what a statement may have of parameters.
const PART: usize = 200;

/// Something to tell a library.
struct News {
    row: commitment::Model,
    reminder: Reminder,
    day: NaiveDate,
}

/// Tells every library what there is to tell on a day. Gives how many events came of it. One library that fails does not hold
/// up the others.
pub async fn remind(db: &Db, today: NaiveDate) -> Result<usize> {
    let mut told = 0;
    let mut fault = None;
    for library in libraries(db).await? {
        match remind_all(db, library, today).await {
            Ok(many) => told += many,
            Err(error) => {
                tracing::error!(library = %library, cause = ?error.cause, "a library is not reminded");
                fault = Some(error);
            }
        }
    }
    fault.map_or(Ok(told), Err)
}

async fn libraries(db: &Db) -> Result<Vec<TenantId>> {
    let operator = Who { tenant: Some(TenantId::NODE.0), duty: Duty::Operator, client: None };
    let conn = db.begin_read(operator).await?;
    let here = tenant::Entity::find().filter(tenant::Column::Status.ne(TenantStatus::Removed));
    let rows = here.all(&conn).await.map_err(failed)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Part by part, until there is nothing more to tell: the day does not come again.
async fn remind_all(db: &Db, library: TenantId, today: NaiveDate) -> Result<usize> {
    let mut told = 0;
    loop {
        let many = remind_one(db, library, today).await?;
        told += many;
        if many < MOST {
            return Ok(told);
        }
    }
}

async fn remind_one(db: &Db, library: TenantId, today: NaiveDate) -> Result<usize> {
    let who = Who { tenant: Some(library.0), duty: Duty::Member, client: None };
    // On most days there is nothing, and then nothing is written.
    if news(&db.begin_read(who).await?, library, today).await?.is_empty() {
        return Ok(0);
    }
    let conn = db.begin_write(who).await?;
    let mut told = Vec::new();
    for news in news(&conn, library, today).await? {
        if claim(&conn, library, &news).await? {
            told.push(news);
        }
    }
    if told.is_empty() {
        return Ok(0);
    }
    let Some(last) = tell(&conn, library, &told).await? else { return Ok(0) };
    conn.commit().await.map_err(unavailable)?;
    db.pulse().reached(library, last);
    Ok(told.len())
}

/// What a library has not been told yet, of its own commitments and of those that are made with it.
async fn news(conn: &impl ConnectionTrait, library: TenantId, today: NaiveDate) -> Result<Vec<News>> {
    use commitment::Column as K;
    let made_with = seat::Entity::find()
        .select_only()
        .column(seat::Column::CommitmentId)
        .filter(seat::Column::PartnerId.eq(library))
        .into_query();
    let ours = Condition::any().add(K::TenantId.eq(library)).add(K::Id.in_subquery(made_with));
    let open = commitment::Entity::find()
        .filter(ours)
        .filter(K::Status.is_in([CommitmentStatus::Open, CommitmentStatus::Moved]))
        .filter(K::Due.is_not_null())
        .order_by_asc(K::Id);
    let open = open.all(conn).await.map_err(failed)?;
    let wanted = open.into_iter().filter_map(|row| {
        let (reminder, day) = reminder::wanted(&row, today)?;
        Some(News { row, reminder, day })
    });
    let wanted: Vec<News> = wanted.collect();
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let known = reminder::Entity::find().filter(reminder::Column::TenantId.eq(library));
    let known = known.all(conn).await.map_err(failed)?;
    let known: BTreeSet<(CommitmentId, String, String)> =
        known.into_iter().map(|row| (row.commitment_id, row.kind, row.day)).collect();
    let is_new =
        |news: &News| !known.contains(&(news.row.id, news.reminder.word().to_owned(), news.day.to_string()));
    Ok(wanted.into_iter().filter(is_new).take(MOST).collect())
}

/// True when this process is the one that tells.
async fn claim(conn: &Conn, library: TenantId, news: &News) -> Result<bool> {
    let told = reminder::ActiveModel {
        tenant_id: Set(library),
        commitment_id: Set(news.row.id),
        kind: Set(news.reminder.word().to_owned()),
        day: Set(news.day.to_string()),
        owner_id: Set(news.row.tenant_id),
        at: Set(when::now()),
    };
    let insert = reminder::Entity::insert(told).on_conflict_do_nothing();
    match insert.exec_without_returning(conn).await.map_err(failed)? {
        TryInsertResult::Inserted(rows) => Ok(rows == 1),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(false),
    }
}

/// Writes the events, each in the place of its record in the library's chain. The last place; none when the library has left.
async fn tell(conn: &Conn, library: TenantId, told: &[News]) -> Result<Option<i64>> {
    lock(conn, &audit::chain::turn(library), Turn::Alone).await?;
    let last = audit::Entity::find()
        .filter(audit::Column::TenantId.eq(library))
        .order_by_desc(audit::Column::Seq)
        .limit(1)
        .one(conn)
        .await
        .map_err(failed)?;
    if last.as_ref().is_some_and(audit::chain::is_end) {
        return Ok(None);
    }
    // Of a consortium that the library has left it is told no more.
    let seats = seat_of::Entity::find().filter(seat_of::Column::TenantId.eq(library));
    let seats: BTreeSet<ConsortiumId> =
        seats.all(conn).await.map_err(failed)?.into_iter().map(|seat| seat.consortium_id).collect();
    let now = when::now();
    let subject = |news: &News| commitment::Entity::subject(&news.row);
    let deeds = told.iter().map(|news| audit::Deed {
        action: news.reminder.event().to_owned(),
        subject_kind: commitment::Entity::RESOURCE.name(),
        subject_id: news.row.id.0,
        version: subject(news).version,
        owner_id: library.0,
        ground: "reminder",
    });
    let records = audit::chain::follow(library, last, deeds.collect(), now);
    let place = records.last().map(|record| record.seq);
    let events: Vec<event::ActiveModel> = records
        .iter()
        .zip(told)
        .map(|(record, news)| event::ActiveModel {
            tenant_id: Set(library),
            id: Set(RowId::new()),
            seq: Set(record.seq),
            kind: Set(record.action.clone()),
            subject_kind: Set(record.subject_kind.clone()),
            subject_id: Set(record.subject_id),
            // Nor does who is only a partner learn of one.
            consortium_id: Set(subject(news)
                .consortium
                .filter(|consortium| news.row.tenant_id == library && seats.contains(consortium))),
            visibility: Set(subject(news).visibility),
            version: Set(record.version),
            at: Set(now),
        })
        .collect();
    let records: Vec<audit::ActiveModel> =
        records.into_iter().map(|row| row.into_active_model().reset_all()).collect();
    for part in records.chunks(PART) {
        audit::Entity::insert_many(part.to_vec()).exec_without_returning(conn).await.map_err(failed)?;
    }
    for part in events.chunks(PART) {
        event::Entity::insert_many(part.to_vec()).exec_without_returning(conn).await.map_err(failed)?;
    }
    Ok(place)
}
