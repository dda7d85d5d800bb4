//! Figures of a consortium: a scope that counts what its members share with each other and can do nothing else. Or of several,
//! or of what everybody on the node may read: see [`Extent`].
//!
//! There is no way from here to a tenant's own rows: a table enters either as what is shared *in* the consortium
//! ([`SharedRows`], the same rows for every member who asks) or because everybody may read it whole ([`OpenRows`]).
//! So a private or sealed row cannot move a figure, not even the asker's own.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DbBackend, FromQueryResult, Order,
    sea_query::{ExprTrait, IntoCondition, SimpleExpr},
};

use super::{
    extent::Extent,
    parts::Parts,
    question::{Question, of},
    rows::{OpenRows, SharedRows},
    scope::TenantScope,
    tx::{Find, TenantTx},
};
use crate::{
    error::{Error, Result},
    id::ConsortiumId,
    registry::{consortium, consortium::ConsortiumStatus, membership, seat},
};

/// What a caller may count. Made by [`TenantScope::figures`].
pub struct AggregateScope(TenantScope);

impl TenantScope {
    /// The same caller, reading figures only.
    pub fn figures(&self) -> AggregateScope {
        AggregateScope(self.clone())
    }
}

impl AggregateScope {
    pub async fn read(&self) -> Result<AggregateTx> {
        Ok(AggregateTx { tx: self.0.read().await?, parts: self.0.db().parts() })
    }

    /// As [`AggregateScope::read`], for who asks nothing but what connections have been made acquainted with, and what is as easily
    /// planned for whoever asks: see [`AggregateScope::acquaint`].
    pub async fn read_known(&self) -> Result<AggregateTx> {
        Ok(AggregateTx { tx: self.0.read_known().await?, parts: self.0.db().parts() })
    }
}

impl AggregateScope {
    /// Makes connections know these questions from the start: see [`Db::acquaint`](super::Db).
    pub async fn acquaint(&self, questions: impl FnOnce(&AggregateTx) -> Vec<Shared>) -> Result<()> {
        let tx = self.read().await?;
        let build = |shared: Shared| Ok(tx.backend().build(&shared.question.finish()?.0));
        let statements = questions(&tx).into_iter().map(build).collect::<Result<_>>()?;
        drop(tx);
        self.0.db().acquaint(statements).await
    }
}

/// An open snapshot to count in.
pub struct AggregateTx {
    tx: TenantTx,
    parts: Arc<Parts>,
}

impl AggregateTx {
    pub(super) fn backend(&self) -> DbBackend {
        self.tx.connection().get_database_backend()
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Begins a question with a consortium of the caller's (`c`) and its active members (`m`). Everything else
    /// joins from the left, so that no answer at all means «not yours», and an empty one means «nothing shared».
    pub fn members(&self, consortium: ConsortiumId) -> Shared {
        let question = self
            .with_seat()
            .left_join::<membership::Entity>(
                "m",
                of("m", membership::Column::ConsortiumId)
                    .eq(of("c", consortium::Column::Id))
                    .and(of("m", membership::Column::Status).eq("active")),
            )
            .filter(of("c", consortium::Column::Id).eq(consortium.0));
        Shared { question, extent: consortium.into() }
    }

    /// Begins a question with the rows that are shared there. Whether the caller has a seat is no part of it: that was found before, by
    /// [`AggregateTx::members`] of each. Where it has none it is given what everybody may read at the most.
    pub fn from<E: SharedRows>(&self, alias: &'static str, extent: impl Into<Extent>) -> Shared {
        let extent = extent.into();
        Shared { question: self.tx.question().from_shared::<E>(alias, &extent), extent }
    }

    /// Rows that everybody may read.
    pub fn open<E: OpenRows>(&self) -> Result<Find<'_, E>> {
        self.tx.find::<E>()
    }

    /// Rows that are shared there.
    pub fn shared<E: SharedRows>(&self, extent: impl Into<Extent>) -> Result<Find<'_, E>> {
        self.tx.find_shared::<E>(&extent.into())
    }

    /// The consortia in which the caller has a seat, oldest first, or this one alone; at most so many.
    pub async fn seated(&self, one: Option<ConsortiumId>, most: u64) -> Result<Vec<Seated>> {
        let mut question = self.with_seat();
        if let Some(id) = one {
            question = question.filter(of("c", consortium::Column::Id).eq(id.0));
        }
        let question = question
            .take(of("c", consortium::Column::Id), "id")
            .take(of("c", consortium::Column::Names).cast_as("text"), "names")
            .take(of("c", consortium::Column::Status), "status")
            .order_by(of("c", consortium::Column::Id), Order::Asc)
            .limit(most);
        self.tx.answer(question).await
    }

    /// A question that begins with the caller's consortia (`c`) and its seat in each (`s`).
    fn with_seat(&self) -> Question {
        self.tx.question().from::<consortium::Entity>("c").join::<seat::Entity>(
            "s",
            of("s", seat::Column::ConsortiumId)
                .eq(of("c", consortium::Column::Id))
                .and(of("s", seat::Column::TenantId).eq(self.tx.me().0)),
        )
    }

    /// Asks what began with [`AggregateTx::from`].
    pub async fn rows<R: FromQueryResult>(&self, shared: Shared) -> Result<Vec<R>> {
        self.tx.answer(shared.question).await
    }

    /// Asks what began with [`AggregateTx::members`]. A consortium in which the caller has no seat does not exist.
    pub async fn answer<R: FromQueryResult>(&self, shared: Shared) -> Result<Vec<R>> {
        let rows = self.tx.answer(shared.question).await?;
        if rows.is_empty() { Err(Error::not_found()) } else { Ok(rows) }
    }
}

/// A consortium of the caller's.
#[derive(FromQueryResult)]
pub struct Seated {
    pub id: ConsortiumId,
    /// Its name in every language, as JSON.
    pub names: String,
    pub status: ConsortiumStatus,
}

/// A question about what is shared, being built.
pub struct Shared {
    question: Question,
    extent: Extent,
}

impl Shared {
    /// Joins rows that are shared there.
    pub fn shared<E: SharedRows>(self, alias: &'static str, on: impl IntoCondition) -> Self {
        let question = self.question.left_join_shared::<E>(alias, &self.extent, on);
        Self { question, ..self }
    }

    /// Joins rows that everybody may read.
    pub fn open<E: OpenRows>(self, alias: &'static str, on: impl IntoCondition) -> Self {
        Self { question: self.question.left_join::<E>(alias, on), ..self }
    }

    pub fn filter(self, condition: impl IntoCondition) -> Self {
        Self { question: self.question.filter(condition), ..self }
    }

    pub fn group_by(self, expressions: impl IntoIterator<Item = SimpleExpr>) -> Self {
        Self { question: self.question.group_by(expressions), ..self }
    }

    /// A column of the answer.
    pub fn take(self, expression: impl Into<SimpleExpr>, name: &'static str) -> Self {
        Self { question: self.question.take(expression, name), ..self }
    }
}
