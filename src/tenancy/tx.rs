//! The verbs: find, insert, change, remove. Each asks the policy, keeps to the row rule, and (if it writes)
//! leaves an event and an audit row in the same transaction.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbBackend,
    EntityTrait, FromQueryResult, IntoActiveModel, Iterable, ModelTrait, Order, PrimaryKeyToColumn,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, Select, Statement, TryInsertResult, TryIntoModel,
    UpdateMany, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, SimpleExpr, SubQueryStatement},
};
use uuid::Uuid;

use super::{
    Db,
    conn::Conn,
    extent::Extent,
    fault::{failed, is_not_now},
    once,
    pulse::Pulse,
    question::Question,
    rows::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
    witness::Witness,
};
use crate::{
    audit,
    auth::Caller,
    auth::policy::{Action, Resource},
    error::{Code, Error, Result},
    event,
    id::{ConsortiumId, RowId, TenantId},
    page::Wish,
    when,
};

/// One open transaction of one caller.
pub struct TenantTx {
    conn: Conn,
    caller: Caller,
    reach: Reach,
    journal: Mutex<Vec<Entry>>,
    asked: Mutex<BTreeSet<String>>,
    /// Other libraries in whose name something was done, and how far their events come with the commit.
    others: Mutex<Vec<(TenantId, i64)>>,
    beats: Mutex<Vec<(Uuid, i64)>>,
    witness: Arc<Witness>,
    pulse: Arc<Pulse>,
}

/// What a verb did, until the commit writes it down.
struct Entry {
    resource: &'static str,
    action: Action,
    subject: Subject,
    owner: Uuid,
}

/// How a thing is locked; see [`TenantTx::lock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Shared,
    Alone,
}

impl TenantTx {
    pub(super) fn new(conn: Conn, caller: Caller, reach: Reach, db: &Db) -> Self {
        let (witness, pulse) = (db.witness(), db.pulse());
        Self {
            conn,
            caller,
            reach,
            journal: Mutex::default(),
            asked: Mutex::default(),
            others: Mutex::default(),
            beats: Mutex::default(),
            witness,
            pulse,
        }
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The tenant that the caller speaks for.
    pub fn me(&self) -> TenantId {
        self.caller.tenant()
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    pub(super) fn connection(&self) -> &Conn {
        &self.conn
    }

    fn ask<E: TenantRows>(&self, action: Action) -> Result<()> {
        if !self.caller.may(action, E::RESOURCE) {
            return Err(Error::new(Code::Forbidden));
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(once::asking(action, E::RESOURCE));
        Ok(())
    }

    /// What the policy was asked so far, and allowed.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All that the policy allows the caller.
    pub(super) fn allowed(&self) -> impl Iterator<Item = (Action, Resource)> {
        let all = Resource::ALL.iter().flat_map(|resource| Action::ALL.map(|action| (action, *resource)));
        all.filter(|(action, resource)| self.caller.may(*action, *resource))
    }

    /// Rows that the caller may see, to narrow down.
    pub fn find<E: TenantRows>(&self) -> Result<Find<'_, E>> {
        self.ask::<E>(Action::Read)?;
        Ok(Find { tx: self, select: E::find(), rule: self.reach.readable::<E>() })
    }

    /// Rows that are shared there, the same for whoever may count them.
    pub fn find_shared<E: SharedRows>(&self, extent: &Extent) -> Result<Find<'_, E>> {
        self.ask::<E>(Action::Read)?;
        Ok(Find { tx: self, select: E::find(), rule: self.reach.shared::<E>(extent) })
    }

    /// One row by its address; hidden and absent are the same 404.
    pub async fn get<E: TenantRows>(&self, id: impl Into<Uuid>) -> Result<E::Model> {
        let id = id.into();
        let row = self.find::<E>()?.filter(E::ID.eq(id)).one().await?;
        row.ok_or_else(|| self.absent(E::RESOURCE, id))
    }

    /// The 404 of an address at which the caller sees nothing. Where there is something after all, its owner is told.
    pub fn absent(&self, resource: Resource, id: Uuid) -> Error {
        self.witness.miss(&self.caller, resource, id);
        Error::not_found()
    }

    /// The caller sees this row and may not do this with it: its owner is told.
    fn refused<E: TenantRows>(&self, row: &E::Model) {
        let owner = uuid_of(&row.get(E::OWNER)).unwrap_or_default();
        self.witness.refuse(&self.caller, owner, E::RESOURCE, E::subject(row).visibility);
    }

    /// One column of readable rows, to filter another list by: `Column::Id.in_subquery(tx.among::<E>(..)?)`.
    pub fn among<E: TenantRows>(
        &self,
        column: E::Column,
        condition: impl sea_orm::sea_query::IntoCondition,
    ) -> Result<sea_orm::sea_query::SelectStatement> {
        self.ask::<E>(Action::Read)?;
        let select = E::find().select_only().column(column).filter(condition.into_condition());
        Ok(sea_orm::QueryTrait::into_query(select.filter(self.reach.readable::<E>())))
    }

    /// How many readable rows meet a condition, as a column of a [`Question`]: the condition may speak of its tables.
    pub fn count_of<E: TenantRows>(
        &self,
        condition: impl sea_orm::sea_query::IntoCondition,
    ) -> Result<SimpleExpr> {
        let mut select = self.among::<E>(E::ID, condition)?;
        select.clear_selects().expr(Expr::col((E::default(), E::ID)).count());
        Ok(SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select))))
    }

    /// The sum of a column over the readable rows that meet a condition, as a column of a [`Question`]; of none 0.
    pub fn sum_of<E: TenantRows>(
        &self,
        column: E::Column,
        condition: impl sea_orm::sea_query::IntoCondition,
    ) -> Result<SimpleExpr> {
        let mut select = self.among::<E>(E::ID, condition)?;
        // PostgreSQL adds up to a number without bounds.
        let sum = Expr::col((E::default(), column)).sum().cast_as(Alias::new("bigint"));
        let sum = Func::coalesce([sum, Expr::val(0)]);
        select.clear_selects().expr(sum);
        Ok(SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select))))
    }

    /// A hand-built question over readable rows; see [`Question`].
    pub fn question(&self) -> Question {
        Question::new(self.reach, self.caller.clone())
    }

    pub async fn answer<R: FromQueryResult>(&self, question: Question) -> Result<Vec<R>> {
        let (select, watches) = question.finish()?;
        let statement = self.conn.get_database_backend().build(&select);
        if watches.is_empty() {
            let read = |row: &QueryResult| R::from_query_result(row, "");
            return self.conn.each(statement, read).await.map_err(failed);
        }
        let rows = self.conn.query_all_raw(statement).await.map_err(failed)?;
        self.witness.show(&self.caller, &watches, &rows);
        rows.iter().map(|row| R::from_query_result(row, "").map_err(failed)).collect()
    }

    /// The caller's seat in a consortium; without one the consortium does not exist.
    pub async fn seat(&self, consortium: ConsortiumId) -> Result<SeatRole> {
        use crate::registry::seat;
        let row =
            self.find::<seat::Entity>()?.filter(seat::Column::ConsortiumId.eq(consortium)).one().await?;
        row.filter(|row| row.tenant_id == self.me()).map(|row| row.role).ok_or_else(Error::not_found)
    }

    /// As [`TenantTx::seat`], of one of these kinds.
    pub async fn seat_as(&self, consortium: ConsortiumId, roles: &[SeatRole]) -> Result<()> {
        let seat = self.seat(consortium).await?;
        if roles.contains(&seat) { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
    }

    /// Adds a row. The owner comes from the caller, never from the body.
    pub async fn insert<A>(&self, row: A) -> Result<<A::Entity as EntityTrait>::Model>
    where
        A: ActiveModelTrait + ActiveModelBehavior + TryIntoModel<<A::Entity as EntityTrait>::Model> + Send,
        A::Entity: TenantRows,
        <A::Entity as EntityTrait>::Model: Send,
    {
        let row = self.admit(row).await?;
        let inserted: <A::Entity as EntityTrait>::Model =
            row.clone().try_into_model().map_err(Error::internal)?;
        A::Entity::insert(row).exec_without_returning(&self.conn).await.map_err(failed)?;
        self.note::<A::Entity>(Action::Create, &inserted);
        Ok(inserted)
    }

    /// Adds many rows in few statements.
    pub async fn insert_many<A>(&self, rows: Vec<A>) -> Result<Vec<<A::Entity as EntityTrait>::Model>>
    where
        A: ActiveModelTrait + ActiveModelBehavior + TryIntoModel<<A::Entity as EntityTrait>::Model> + Send,
        A::Entity: TenantRows,
        <A::Entity as EntityTrait>::Model: Send,
    {
        let mut admitted = Vec::with_capacity(rows.len());
        let mut models = Vec::with_capacity(rows.len());
        for row in rows {
            let row = self.admit(row).await?;
            models.push(row.clone().try_into_model().map_err(Error::internal)?);
            admitted.push(row);
        }
        self.insert_chunks(admitted).await?;
        for model in &models {
            self.note::<A::Entity>(Action::Create, model);
        }
        Ok(models)
    }

    pub(super) async fn insert_chunks<A>(&self, rows: Vec<A>) -> Result<()>
    where
        A: ActiveModelTrait + Send,
    {
        // Both databases bound the parameters of a statement; SQLite's bound is the lower, 32,766.
        let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
        let chunk = (30_000 / columns).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part: Vec<A> = rows.by_ref().take(chunk).collect();
            A::Entity::insert_many(part).exec_without_returning(&self.conn).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn admit<A>(&self, mut row: A) -> Result<A>
    where
        A: ActiveModelTrait + Send,
        A::Entity: TenantRows,
    {
        self.ask::<A::Entity>(Action::Create)?;
        let owner_column = <A::Entity as TenantRows>::OWNER;
        let given = match row.get(owner_column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => uuid_of(&value),
            ActiveValue::NotSet => None,
        };
        let me = self.me().0;
        let own = |row: &mut A| {
            if given.is_some_and(|owner| owner != me) {
                return Err(Error::new(Code::Forbidden));
            }
            row.set(owner_column, me.into());
            Ok(())
        };
        match <A::Entity as TenantRows>::ADMISSION {
            Admission::Own => own(&mut row)?,
            Admission::OperatorOrOwn if !self.caller.is_operator() => own(&mut row)?,
            Admission::Seat(roles) => {
                self.seat_as(ConsortiumId(given.ok_or_else(Error::not_found)?), roles).await?;
            }
            Admission::Proposed(roles) if given.is_some() => {
                self.seat_as(ConsortiumId(given.ok_or_else(Error::not_found)?), roles).await?;
            }
            Admission::OperatorOrCoordinator if !self.caller.is_operator() => {
                let consortium = ConsortiumId(given.ok_or_else(Error::not_found)?);
                self.seat_as(consortium, &[SeatRole::Coordinator]).await?;
            }
            Admission::Operator if !self.caller.is_operator() => return Err(Error::new(Code::Forbidden)),
            Admission::OperatorOrOwn
            | Admission::OperatorOrCoordinator
            | Admission::Operator
            | Admission::Proposed(_) => {}
        }
        if !<A::Entity as TenantRows>::STAMPED {
            return Ok(row);
        }
        let now = when::now();
        for (name, value) in [
            ("version", Value::from(1i64)),
            ("created_at", Value::from(now)),
            ("updated_at", Value::from(now)),
            ("stood", Value::Json(None)),
        ] {
            if let Some(column) = column::<A::Entity>(name) {
                row.set(column, value);
            }
        }
        Ok(row)
    }

    /// Changes a row that was read in this transaction. `expected` is the version that the caller read: the change is
    /// refused when the row has moved on (412).
    pub async fn change<E>(
        &self,
        row: E::Model,
        expected: Option<i64>,
        edit: impl FnOnce(&mut E::ActiveModel),
    ) -> Result<E::Model>
    where
        E: TenantRows,
        E::Model: IntoActiveModel<E::ActiveModel> + Clone + Send,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + TryIntoModel<E::Model> + Send,
    {
        self.ask::<E>(Action::Modify).inspect_err(|_| self.refused::<E>(&row))?;
        let version = E::subject(&row).version;
        if expected.is_some_and(|expected| expected != version) {
            return Err(Error::new(Code::StaleVersion).with("current", version));
        }
        let mut active = row.clone().into_active_model();
        edit(&mut active);
        let mut update = E::update_many().filter(self.key::<E>(&row)).filter(self.reach.writable::<E>());
        if let Some(column) = stamp::<E>("version") {
            active.set(column, (version + 1).into());
            update = update.filter(column.eq(version));
        }
        if let Some(column) = stamp::<E>("updated_at") {
            active.set(column, when::now().into());
        }
        if let Some(column) = column::<E>("stood")
            && let Some(before) = E::lasts(&row)
        {
            let after = active.clone().try_into_model().map_err(Error::internal)?;
            if E::lasts(&after).is_some_and(|after| after.now != before.now) {
                active.set(column, before.left(when::now()).into());
            }
        }
        let mut touched = false;
        for column in E::Column::iter() {
            if let ActiveValue::Set(value) = active.get(column) {
                update = update.col_expr(column, column.save_as(Expr::val(value)));
                touched = true;
            }
        }
        if !touched {
            return Ok(row);
        }
        let done = update.exec(&self.conn).await.map_err(failed)?;
        if done.rows_affected != 1 {
            // The row was readable: either it is not the caller's to change, or somebody else was first.
            return Err(self.why_not::<E>(&row).await?);
        }
        let changed = active.try_into_model().map_err(Error::internal)?;
        self.note::<E>(Action::Modify, &changed);
        Ok(changed)
    }

    /// Brings copied columns of accompanying rows in line, in one statement. For rows that only follow another
    /// row's change, which tells of both: no event of their own, and their version stays.
    pub async fn align<E: TenantRows>(
        &self,
        condition: impl sea_orm::sea_query::IntoCondition,
        values: Vec<(E::Column, Value)>,
    ) -> Result<()> {
        self.ask::<E>(Action::Modify)?;
        let mut update =
            E::update_many().filter(condition.into_condition()).filter(self.reach.writable::<E>());
        for (column, value) in values {
            update = update.col_expr(column, column.save_as(Expr::val(value)));
        }
        update.exec(&self.conn).await.map(drop).map_err(failed)
    }

    /// Waits its turn with everybody who locks the same thing, and holds it until the transaction ends. What is read
    /// afterwards is what the one before left. `Shared` holders let each other in.
    ///
    /// Not a row lock: who may only read a row cannot lock it. SQLite has one writer at a time anyhow.
    pub async fn lock(&self, thing: &str, turn: Turn) -> Result<()> {
        lock(&self.conn, thing, turn).await
    }

    /// Removes a row that was read in this transaction.
    pub async fn remove<E>(&self, row: E::Model, expected: Option<i64>) -> Result<()>
    where
        E: TenantRows,
        E::Model: IntoActiveModel<E::ActiveModel> + Clone + Send,
    {
        self.ask::<E>(Action::Delete).inspect_err(|_| self.refused::<E>(&row))?;
        let version = E::subject(&row).version;
        if expected.is_some_and(|expected| expected != version) {
            return Err(Error::new(Code::StaleVersion).with("current", version));
        }
        let mut delete = E::delete_many().filter(self.key::<E>(&row)).filter(self.reach.writable::<E>());
        if let Some(column) = stamp::<E>("version") {
            delete = delete.filter(column.eq(version));
        }
        let done = delete.exec(&self.conn).await.map_err(failed)?;
        if done.rows_affected != 1 {
            return Err(self.why_not::<E>(&row).await?);
        }
        self.note::<E>(Action::Delete, &row);
        Ok(())
    }

    async fn why_not<E>(&self, row: &E::Model) -> Result<Error>
    where
        E: TenantRows,
        E::Model: Send,
    {
        let mut writable = self.find::<E>()?.filter(self.key::<E>(row));
        // Both: a readable rule may be an «any», to which `add` would add an «or».
        writable.rule = Condition::all().add(writable.rule).add(self.reach.writable::<E>());
        Ok(match writable.one().await? {
            // Removed, or hidden, since it was read.
            None if self.find::<E>()?.filter(self.key::<E>(row)).one().await?.is_none() => Error::not_found(),
            None => {
                self.refused::<E>(row);
                Error::new(Code::Forbidden)
            }
            Some(now) => Error::new(Code::StaleVersion).with("current", E::subject(&now).version),
        })
    }

    fn key<E: TenantRows>(&self, row: &E::Model) -> Condition {
        <E as EntityTrait>::PrimaryKey::iter().fold(Condition::all(), |condition, key| {
            let column = key.into_column();
            condition.add(column.eq(row.get(column)))
        })
    }

    /// What was done with the caller's library as a whole, and is no row of its own.
    pub fn tell(&self, resource: Resource) {
        let me = self.me().0;
        let subject = Subject { id: me, consortium: None, visibility: Visibility::Private, version: 1 };
        let entry = Entry { resource: resource.name(), action: Action::Create, subject, owner: me };
        self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(entry);
    }

    pub(super) fn reaches(&self, other: TenantId, place: i64) {
        self.others.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((other, place));
    }

    /// Wakes those who follow a topic, when the write is true: there is something new up to this place.
    pub fn beat(&self, topic: Uuid, place: i64) {
        self.beats.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((topic, place));
    }

    fn note<E: TenantRows>(&self, action: Action, row: &E::Model) {
        if !E::TOLD {
            return;
        }
        let entry = Entry {
            resource: E::RESOURCE.name(),
            action,
            subject: E::subject(row),
            owner: uuid_of(&row.get(E::OWNER)).unwrap_or_default(),
        };
        // A poisoned lock would mean a panic between two pushes: nothing half-written to fear.
        self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(entry);
    }

    /// Writes down what was done, and makes all of it true at once.
    pub async fn commit(self) -> Result<()> {
        let journal =
            std::mem::take(&mut *self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let now = when::now();
        let me = self.me();
        let mut told = Vec::with_capacity(journal.len());
        let mut done = Vec::with_capacity(journal.len());
        for entry in &journal {
            let action = match entry.action {
                Action::Create => "created",
                Action::Modify => "changed",
                Action::Delete => "removed",
                Action::Read => continue,
            };
            told.push(entry);
            done.push(audit::Deed {
                action: format!("{}.{action}", entry.resource),
                subject_kind: entry.resource,
                subject_id: entry.subject.id,
                version: entry.subject.version,
                owner_id: entry.owner,
                ground: ground(entry.owner, me),
            });
        }
        // An event has the place of its record: places are given out in turn, so that whoever reads the events up to one
        // place has all that ever will be before it.
        let records = self.record(done).await?;
        let events = told.into_iter().zip(&records).map(|(entry, (seq, kind))| event::ActiveModel {
            tenant_id: ActiveValue::Set(me),
            id: ActiveValue::Set(RowId::new()),
            seq: ActiveValue::Set(*seq),
            kind: ActiveValue::Set(kind.clone()),
            subject_kind: ActiveValue::Set(entry.resource.to_owned()),
            subject_id: ActiveValue::Set(entry.subject.id),
            consortium_id: ActiveValue::Set(entry.subject.consortium),
            visibility: ActiveValue::Set(entry.subject.visibility),
            version: ActiveValue::Set(entry.subject.version),
            at: ActiveValue::Set(now),
        });
        self.insert_chunks(events.collect()).await?;
        self.conn.commit().await.map_err(super::fault::unavailable)?;
        if let Some((last, _)) = records.last() {
            self.pulse.reached(me, *last);
        }
        for (other, last) in self.others.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            self.pulse.reached(other, last);
        }
        for (topic, place) in self.beats.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            self.pulse.beat(topic, place);
        }
        Ok(())
    }

    /// Adds to the tenant's audit chain, and gives the place and the action of each record. Near the commit, because the turn
    /// that is taken here is held until then; see [`audit::chain`].
    async fn record(&self, done: Vec<audit::Deed>) -> Result<Vec<(i64, String)>> {
        if done.is_empty() {
            return Ok(Vec::new());
        }
        let me = self.me();
        self.lock(&audit::chain::turn(me), Turn::Alone).await?;
        let last = audit::Entity::find()
            .filter(audit::Column::TenantId.eq(me))
            .order_by_desc(audit::Column::Seq)
            .limit(1)
            .one(&self.conn)
            .await
            .map_err(failed)?;
        if last.as_ref().is_some_and(audit::chain::is_end) {
            // The library has left, and its token was not refused in time.
            return Err(Error::new(Code::NoLibrary));
        }
        let records = audit::chain::link(&self.caller, last, done, when::now())?;
        let places = records.iter().map(|row| (row.seq, row.action.clone())).collect();
        self.insert_chunks(records.into_iter().map(|row| row.into_active_model().reset_all()).collect())
            .await?;
        Ok(places)
    }

    // The four below serve the idempotency record, which is no noun and has no event.

    pub(super) async fn raw_claim<A>(&self, insert: sea_orm::TryInsert<A>) -> Result<bool>
    where
        A: ActiveModelTrait + Send,
    {
        match insert.exec_without_returning(&self.conn).await {
            Ok(TryInsertResult::Inserted(count)) => Ok(count == 1),
            Ok(TryInsertResult::Conflicted | TryInsertResult::Empty) => Ok(false),
            // Nothing else is waited for here than another request with the same key.
            Err(error) if is_not_now(&error) => Err(Error::new(Code::InProgress).because(error)),
            Err(error) => Err(failed(error)),
        }
    }

    pub(super) async fn raw_update<E: EntityTrait>(
        &self,
        update: UpdateMany<E>,
        rows: Condition,
    ) -> Result<()> {
        update.filter(rows).exec(&self.conn).await.map(drop).map_err(failed)
    }

    pub(super) async fn raw_delete<E: EntityTrait>(
        &self,
        delete: sea_orm::DeleteMany<E>,
        rows: Condition,
    ) -> Result<u64> {
        delete.filter(rows).exec(&self.conn).await.map(|done| done.rows_affected).map_err(failed)
    }

    pub(super) async fn raw_one<E: EntityTrait>(
        &self,
        select: Select<E>,
        rows: Condition,
    ) -> Result<Option<E::Model>> {
        select.filter(rows).one(&self.conn).await.map_err(failed)
    }
}

impl Reach {
    pub(super) fn readable<E: TenantRows>(&self) -> Condition {
        let rule = if self.rules { E::readable(self) } else { super::rows::all() };
        #[cfg(debug_assertions)]
        let rule = self.mutated::<E>(super::mutant::Rule::Readable, rule);
        rule
    }

    pub(super) fn writable<E: TenantRows>(&self) -> Condition {
        let rule = if self.rules { E::writable(self) } else { super::rows::all() };
        #[cfg(debug_assertions)]
        let rule = self.mutated::<E>(super::mutant::Rule::Writable, rule);
        rule
    }

    pub(super) fn shared<E: SharedRows>(&self, extent: &Extent) -> Condition {
        let rule = match extent {
            _ if !self.rules => super::rows::all(),
            Extent::Node => E::open(self),
            some => {
                let each = some.consortia().iter().map(|consortium| E::shared(*consortium, self));
                // Of none it would be every row.
                each.fold(Condition::any().add(super::rows::none()), Condition::add)
            }
        };
        #[cfg(debug_assertions)]
        let rule = self.mutated::<E>(super::mutant::Rule::Shared, rule);
        rule
    }
}

/// A list being narrowed down. There is no way back to a bare `Select`, and the row rule is added last, so that
/// no filter can open it.
pub struct Find<'t, E: TenantRows> {
    tx: &'t TenantTx,
    select: Select<E>,
    rule: Condition,
}

impl<E: TenantRows> Find<'_, E>
where
    E::Model: Send,
{
    pub fn filter(mut self, condition: impl sea_orm::sea_query::IntoCondition) -> Self {
        self.select = self.select.filter(condition.into_condition());
        self
    }

    pub fn order_by(mut self, column: E::Column, order: Order) -> Self {
        self.select = self.select.order_by(column, order);
        self
    }

    pub fn limit(mut self, rows: u64) -> Self {
        self.select = self.select.limit(rows);
        self
    }

    pub async fn one(self) -> Result<Option<E::Model>> {
        self.select.filter(self.rule).one(&self.tx.conn).await.map_err(failed)
    }

    pub async fn all(self) -> Result<Vec<E::Model>> {
        self.select.filter(self.rule).all(&self.tx.conn).await.map_err(failed)
    }

    /// One row more than the page holds, in the order of ids, which is the order of time.
    pub async fn page(self, wish: &Wish) -> Result<Vec<E::Model>> {
        let mut find = self.order_by(E::ID, Order::Asc).limit(u64::from(wish.first) + 1);
        if let Some(after) = &wish.after {
            let after = Uuid::parse_str(after).map_err(|_| Error::new(Code::BadCursor))?;
            find = find.filter(E::ID.gt(after));
        }
        find.all().await
    }

    /// As [`Find::page`], in the order of a number that is unique among the rows.
    pub async fn page_in_turn(self, column: E::Column, wish: &Wish) -> Result<Vec<E::Model>> {
        let mut find = self.order_by(column, Order::Asc).limit(u64::from(wish.first) + 1);
        if let Some(after) = &wish.after {
            let after: i64 = after.parse().map_err(|_| Error::new(Code::BadCursor))?;
            find = find.filter(column.gt(after));
        }
        find.all().await
    }

    /// As [`Find::page`], in the order of a text column that is unique among the rows.
    pub async fn page_by(self, column: E::Column, wish: &Wish) -> Result<Vec<E::Model>> {
        let mut find = self.order_by(column, Order::Asc).limit(u64::from(wish.first) + 1);
        if let Some(after) = wish.after.clone() {
            find = find.filter(column.gt(after));
        }
        find.all().await
    }
}

pub(super) async fn lock(conn: &Conn, thing: &str, turn: Turn) -> Result<()> {
    if conn.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let digest = digest::digest(&digest::SHA256, thing.as_bytes());
    let key = digest.as_ref().iter().take(8).fold(0i64, |key, byte| (key << 8) | i64::from(*byte));
    let sql = match turn {
        Turn::Shared => "SELECT pg_advisory_xact_lock_shared($1)",
        Turn::Alone => "SELECT pg_advisory_xact_lock($1)",
    };
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()]);
    let done = conn.query_all_raw(statement).await;
    done.map(drop).map_err(|e| Error::new(Code::Unavailable).because(e))
}

/// On what ground a write was allowed.
fn ground(owner: Uuid, me: TenantId) -> &'static str {
    if me == TenantId::NODE {
        "operator"
    } else if owner == me.0 {
        "own"
    } else {
        "membership"
    }
}

pub(super) fn column<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| sea_orm::IdenStatic::as_str(column) == name)
}

/// A column that the door itself keeps.
fn stamp<E: TenantRows>(name: &str) -> Option<E::Column> {
    if E::STAMPED { column::<E>(name) } else { None }
}

pub(super) fn uuid_of(value: &Value) -> Option<Uuid> {
    match value {
        Value::Uuid(Some(id)) => Some(*id),
        _ => None,
    }
}
