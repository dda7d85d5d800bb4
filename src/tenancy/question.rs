//! A question over several tables at once. Every table enters as its own readable (or shared) rows, so that
//! a join cannot reach further than a list.

use sea_orm::{
    Condition, DbErr, IdenStatic, Iterable, Order, QueryResult, TryGetable,
    sea_query::{
        Alias, CaseStatement, Expr, ExprTrait, IntoCondition, IntoIden, JoinType, Query, SelectStatement,
        SimpleExpr, SubQueryStatement, TableRef,
    },
};

use sqlx::{Row, ValueRef};

use super::{
    extent::Extent,
    rows::{Reach, SharedRows, TenantRows},
    witness::Watch,
};
use crate::{
    auth::{Caller, policy::Action},
    error::{Code, Error, Result},
};

/// Being built; [`TenantTx::answer`](super::TenantTx::answer) asks it.
pub struct Question {
    select: SelectStatement,
    reach: Reach,
    caller: Caller,
    refused: bool,
    watches: Vec<Watch>,
}

/// A column of a table that entered under a name: `of("e", entry::Column::ConceptId)`.
pub fn of<C: IdenStatic>(alias: &'static str, column: C) -> SimpleExpr {
    Expr::col((Alias::new(alias), Alias::new(column.as_str())))
}

/// What stands at a place of a row, where something does. An error is put together for each that is empty, and thrown away, by
/// `try_get_by_index`: of very many rows that is a part of all that is done.
pub fn maybe<T: TryGetable>(row: &QueryResult, place: usize) -> Result<Option<T>, DbErr> {
    let empty = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get_raw(place).is_ok_and(|value| value.is_null()),
        (_, Some(row)) => row.try_get_raw(place).is_ok_and(|value| value.is_null()),
        _ => false,
    };
    if empty { Ok(None) } else { row.try_get_by_index(place) }
}

impl Question {
    pub(super) fn new(reach: Reach, caller: Caller) -> Self {
        Self { select: Query::select(), reach, caller, refused: false, watches: Vec::new() }
    }

    fn readable<E: TenantRows>(&mut self) -> SelectStatement {
        self.refused |= !self.caller.may(Action::Read, E::RESOURCE);
        rows::<E>(self.reach.readable::<E>())
    }

    fn shared<E: SharedRows>(&mut self, extent: &Extent) -> SelectStatement {
        self.refused |= !self.caller.may(Action::Read, E::RESOURCE);
        rows::<E>(self.reach.shared::<E>(extent))
    }

    /// The first table.
    pub fn from<E: TenantRows>(mut self, alias: &'static str) -> Self {
        let rows = self.readable::<E>();
        self.select.from_subquery(rows, alias);
        self
    }

    /// The first table, only rows that meet a condition.
    pub fn from_those<E: TenantRows>(mut self, alias: &'static str, condition: Condition) -> Self {
        let mut rows = self.readable::<E>();
        rows.cond_where(condition);
        self.select.from_subquery(rows, alias);
        self
    }

    /// The first table, narrowed before anything is joined: `narrow` may filter, order and limit it.
    pub fn from_part<E: TenantRows>(
        mut self,
        alias: &'static str,
        condition: Condition,
        order: E::Column,
        after: Option<SimpleExpr>,
        limit: u64,
    ) -> Self {
        let mut rows = self.readable::<E>();
        rows.cond_where(condition);
        if let Some(after) = after {
            rows.and_where(Expr::col((E::default(), order)).gt(after));
        }
        rows.order_by((E::default(), order), Order::Asc).limit(limit);
        self.select.from_subquery(rows, alias);
        self
    }

    /// The first table, only rows that are shared there.
    pub fn from_shared<E: SharedRows>(mut self, alias: &'static str, extent: &Extent) -> Self {
        let rows = self.shared::<E>(extent);
        self.select.from_subquery(rows, alias);
        self
    }

    pub fn join<E: TenantRows>(mut self, alias: &'static str, on: impl IntoCondition) -> Self {
        let rows = self.readable::<E>();
        self.select.join_subquery(JoinType::InnerJoin, rows, alias, on.into_condition());
        self
    }

    pub fn left_join<E: TenantRows>(mut self, alias: &'static str, on: impl IntoCondition) -> Self {
        let rows = self.readable::<E>();
        self.select.join_subquery(JoinType::LeftJoin, rows, alias, on.into_condition());
        self
    }

    /// As [`Question::left_join`], and where the caller's token does not reach that kind of rows, it finds none.
    pub fn left_join_within_scope<E: TenantRows>(
        mut self,
        alias: &'static str,
        on: impl IntoCondition,
    ) -> Self {
        let may = self.caller.may(Action::Read, E::RESOURCE);
        let rows = rows::<E>(if may { self.reach.readable::<E>() } else { super::rows::none() });
        self.select.join_subquery(JoinType::LeftJoin, rows, alias, on.into_condition());
        self
    }

    /// The id that a column names, where the caller may read the row that has it. It is looked up where there is one, and nowhere
    /// else: for what few rows name, a join is planned and made for all of them.
    pub fn take_named<E: TenantRows>(mut self, named: SimpleExpr, name: &'static str) -> Self {
        self.refused |= !self.caller.may(Action::Read, E::RESOURCE);
        let rule = self.reach.readable::<E>();
        self.take(looked_up::<E>(rule, named), name)
    }

    /// As [`Question::take_named`], and where the caller's token does not reach that kind of rows, it finds none.
    pub fn take_named_within_scope<E: TenantRows>(self, named: SimpleExpr, name: &'static str) -> Self {
        let may = self.caller.may(Action::Read, E::RESOURCE);
        let rule = if may { self.reach.readable::<E>() } else { super::rows::none() };
        self.take(looked_up::<E>(rule, named), name)
    }

    pub fn left_join_shared<E: SharedRows>(
        mut self,
        alias: &'static str,
        extent: &Extent,
        on: impl IntoCondition,
    ) -> Self {
        let rows = self.shared::<E>(extent);
        self.select.join_subquery(JoinType::LeftJoin, rows, alias, on.into_condition());
        self
    }

    /// A column of the answer.
    pub fn take(mut self, expression: impl Into<SimpleExpr>, name: &'static str) -> Self {
        self.select.expr_as(expression, name);
        self
    }

    /// Every column of an entity, under its own name with `prefix` before it.
    pub fn take_all<E: TenantRows>(mut self, alias: &'static str, prefix: &'static str) -> Self {
        self.watches.extend(Watch::of::<E>(prefix));
        for column in E::Column::iter() {
            let name = Alias::new(format!("{prefix}{}", column.as_str())).into_iden();
            self.select.expr_as(of(alias, column), name);
        }
        self
    }

    /// Rows of this table are shown without being taken whole: whose they were is taken along, for their owner's audit.
    pub fn watch<E: TenantRows>(mut self, alias: &'static str) -> Self {
        let prefix = format!("w_{alias}_");
        let Some(watch) = Watch::of::<E>(&prefix) else { return self };
        for name in watch.columns() {
            let column = Alias::new(name.trim_start_matches(&prefix));
            self.select.expr_as(Expr::col((Alias::new(alias), column)), Alias::new(name));
        }
        self.watches.push(watch);
        self
    }

    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.select.cond_where(condition.into_condition());
        self
    }

    pub fn group_by(mut self, expressions: impl IntoIterator<Item = SimpleExpr>) -> Self {
        self.select.add_group_by(expressions);
        self
    }

    pub fn order_by(mut self, expression: impl Into<SimpleExpr>, order: Order) -> Self {
        self.select.order_by_expr(expression.into(), order);
        self
    }

    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit(rows);
        self
    }

    pub(super) fn finish(self) -> Result<(SelectStatement, Vec<Watch>)> {
        if self.refused { Err(Error::new(Code::Forbidden)) } else { Ok((self.select, self.watches)) }
    }
}

fn rows<E: TenantRows>(rule: Condition) -> SelectStatement {
    let mut select = Query::select();
    for column in E::Column::iter() {
        select.column((E::default(), column));
    }
    let table: TableRef = E::default().table_ref();
    select.from(table).cond_where(rule);
    select
}

fn looked_up<E: TenantRows>(rule: Condition, named: SimpleExpr) -> SimpleExpr {
    let id = Expr::col((E::default(), E::ID));
    let mut select = Query::select();
    select
        .expr(id.clone())
        .from(E::default().table_ref())
        .and_where(id.eq(named.clone()))
        .cond_where(rule)
        .limit(1);
    let row = SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select)));
    CaseStatement::new().case(named.is_not_null(), row).into()
}
