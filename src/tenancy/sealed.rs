//! The door to sealed figures, and the only way to them: for whoever makes a release, and for a library that is about to open
//! what stands in one.
//!
//! It gives numbers and not rows: whose, of which concept, how many, and who was shown it; no text, and nothing that is
//! private. It opens only for a coordinator, in a consortium where it coordinates, and the database asks for the same while it
//! is open (duty `release` in `migration::tables`). Releases are made one after the other on the whole node: a library may be
//! in several consortia, and what two told of one value would be subtracted.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::{
    db::Duty,
    fault::failed,
    merger::speak_for,
    rows::{SeatRole, Visibility},
    tx::{TenantTx, Turn},
};
use crate::{
    aggregate::release::{cell, past, value},
    auth::policy::{Action, Resource},
    competence::{self, Stance, history},
    error::{Code, Error, Result},
    id::{ConceptId, ConsortiumId, TenantId},
    registry::membership::{self, MembershipStatus, SharingCap},
};

/// A value as its library has it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub tenant: TenantId,
    pub concept: ConceptId,
    pub amount: i64,
    pub visibility: Visibility,
}

/// A value that a library once showed to others, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub tenant: TenantId,
    pub concept: ConceptId,
    pub amount: i64,
    pub visibility: Visibility,
    pub from: chrono::DateTime<chrono::Utc>,
    pub to: Option<chrono::DateTime<chrono::Utc>>,
}

/// What is known of a library's own value on a concept.
pub struct ToldOfOwn {
    /// By consortium, with the values of all that are in it.
    pub told: Vec<(past::Model, Vec<value::Model>)>,
    pub memberships: Vec<membership::Model>,
}

/// Open, until it is closed or the transaction ends.
pub(crate) struct Sealed<'t> {
    tx: &'t TenantTx,
    consortium: ConsortiumId,
}

impl TenantTx {
    /// Opens the door for a release of a consortium that the caller coordinates. Whoever else makes one waits.
    pub(crate) async fn sealed(&self, consortium: ConsortiumId) -> Result<Sealed<'_>> {
        if !self.caller().may(Action::Create, Resource::Release) {
            return Err(Error::new(Code::Forbidden));
        }
        self.seat_as(consortium, &[SeatRole::Coordinator]).await?;
        let conn = self.connection();
        if conn.get_database_backend() == DbBackend::Postgres {
            // The audit reckons between two questions.
            let sql = "SET LOCAL idle_in_transaction_session_timeout = '120s'";
            conn.execute_unprepared(sql).await.map_err(failed)?;
        }
        self.lock("releases", Turn::Alone).await?;
        speak_for(conn, Some(self.me()), Duty::Release).await?;
        Ok(Sealed { tx: self, consortium })
    }

    /// What the releases so far told of the caller's own value on a concept, in each consortium that it went into, and who is and
    /// was in its consortia: for who opens it. No release is made meanwhile, and nobody else opens a value on that concept.
    pub(crate) async fn told_of_own(&self, concept: ConceptId) -> Result<ToldOfOwn> {
        let conn = self.connection();
        self.lock("releases", Turn::Shared).await?;
        self.lock(&format!("shown {concept}"), Turn::Alone).await?;
        speak_for(conn, Some(self.me()), Duty::Release).await?;
        let own = value::Entity::find()
            .filter(value::Column::TenantId.eq(self.me()))
            .filter(value::Column::ConceptId.eq(concept))
            .all(conn)
            .await
            .map_err(failed)?;
        let mut told = Vec::new();
        let consortia: std::collections::BTreeSet<ConsortiumId> =
            own.iter().map(|row| row.consortium_id).collect();
        for consortium in consortia {
            let pasts = past::Entity::find()
                .filter(past::Column::ConsortiumId.eq(consortium))
                .filter(past::Column::ConceptId.eq(concept))
                .all(conn)
                .await
                .map_err(failed)?;
            for past in pasts {
                let values = value::Entity::find()
                    .filter(value::Column::ConsortiumId.eq(consortium))
                    .filter(value::Column::Measure.eq(past.measure))
                    .filter(value::Column::ConceptId.eq(concept))
                    .all(conn)
                    .await
                    .map_err(failed)?;
                told.push((past, values));
            }
        }
        let mut memberships = Vec::new();
        if !told.is_empty() {
            use membership::{Column, Entity};
            let mut mine = Query::select();
            mine.column(Column::ConsortiumId).from(Entity).and_where(Column::TenantId.eq(self.me()));
            let find = Entity::find()
                .filter(Column::ConsortiumId.in_subquery(mine))
                .filter(Column::Status.is_in([MembershipStatus::Active, MembershipStatus::Left]));
            memberships = find.all(conn).await.map_err(failed)?;
        }
        speak_for(conn, Some(self.me()), Duty::Member).await?;
        Ok(ToldOfOwn { told, memberships })
    }

    /// Notes at values of the caller's own who has seen them by now, before the next release asks.
    pub(crate) async fn has_shown(&self, values: Vec<value::Model>) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let conn = self.connection();
        speak_for(conn, Some(self.me()), Duty::Release).await?;
        for row in values {
            let seen = value::ActiveModel {
                opened: sea_orm::ActiveValue::Set(row.opened),
                named: sea_orm::ActiveValue::Set(row.named),
                ..Default::default()
            };
            value::Entity::update_many()
                .set(seen)
                .filter(value::Column::TenantId.eq(self.me()))
                .filter(value::Column::Id.eq(row.id))
                .exec(conn)
                .await
                .map_err(failed)?;
        }
        speak_for(conn, Some(self.me()), Duty::Member).await
    }
}

impl Sealed<'_> {
    /// Members of the consortium that let it count what they have.
    fn contributors(&self) -> SelectStatement {
        use membership::Column;
        let mut query = Query::select();
        query
            .column(Column::TenantId)
            .from(membership::Entity)
            .and_where(Column::ConsortiumId.eq(self.consortium))
            .and_where(Column::Status.eq(MembershipStatus::Active))
            .and_where(Column::CapCompetences.ne(SharingCap::None));
        query
    }

    /// What they have now, of what is not private.
    pub async fn given(&self) -> Result<Vec<Given>> {
        use competence::{Column, Entity};
        type Row = (TenantId, ConceptId, i64, Visibility);
        let rows: Vec<Row> = Entity::find()
            .select_only()
            .columns([Column::TenantId, Column::ConceptId, Column::Holders, Column::Visibility])
            .filter(Column::TenantId.in_subquery(self.contributors()))
            .filter(Column::Stance.eq(Stance::Have))
            .filter(Column::Visibility.ne(Visibility::Private))
            .filter(Column::ConceptId.is_not_null())
            .filter(Column::Holders.is_not_null())
            .into_tuple()
            .all(self.tx.connection())
            .await
            .map_err(failed)?;
        let given = |(tenant, concept, amount, visibility)| Given { tenant, concept, amount, visibility };
        Ok(rows.into_iter().map(given).collect())
    }

    /// What they ever showed to others. Asked after [`Sealed::given`]: what is opened in between is known to be.
    pub async fn shown(&self) -> Result<Vec<Shown>> {
        use history::{Column, Entity};
        type Row = (
            TenantId,
            ConceptId,
            i64,
            Visibility,
            chrono::DateTime<chrono::Utc>,
            Option<chrono::DateTime<chrono::Utc>>,
        );
        let rows: Vec<Row> = Entity::find()
            .select_only()
            .columns([Column::TenantId, Column::ConceptId, Column::Holders, Column::Visibility])
            .columns([Column::ValidFrom, Column::ValidTo])
            .filter(Column::TenantId.in_subquery(self.contributors()))
            .filter(Column::Stance.eq(Stance::Have))
            .filter(Column::Visibility.is_in([Visibility::Consortium, Visibility::Public]))
            .filter(Column::ConceptId.is_not_null())
            .filter(Column::Holders.is_not_null())
            .into_tuple()
            .all(self.tx.connection())
            .await
            .map_err(failed)?;
        let shown = |(tenant, concept, amount, visibility, from, to)| Shown {
            tenant,
            concept,
            amount,
            visibility,
            from,
            to,
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Who is and was in this consortium, and in every other one that its members are or were in.
    pub async fn memberships(&self) -> Result<Vec<membership::Model>> {
        use membership::{Column, Entity};
        let members = |statuses: &[MembershipStatus]| {
            let mut query = Query::select();
            query
                .column(Column::TenantId)
                .from(Entity)
                .and_where(Column::ConsortiumId.eq(self.consortium))
                .and_where(Column::Status.is_in(statuses.iter().copied()));
            query
        };
        let mut theirs = Query::select();
        theirs
            .column(Column::ConsortiumId)
            .from(Entity)
            .and_where(Column::TenantId.in_subquery(members(&[MembershipStatus::Active])));
        Entity::find()
            .filter(Column::ConsortiumId.in_subquery(theirs))
            .filter(Column::Status.is_in([MembershipStatus::Active, MembershipStatus::Left]))
            .all(self.tx.connection())
            .await
            .map_err(failed)
    }

    /// Values of its members that went into any release, and of anybody that went into one of this consortium.
    pub async fn values(&self) -> Result<Vec<value::Model>> {
        use value::{Column, Entity};
        let known = Condition::any()
            .add(Column::ConsortiumId.eq(self.consortium))
            .add(Column::TenantId.in_subquery(self.contributors()));
        Entity::find().filter(known).all(self.tx.connection()).await.map_err(failed)
    }

    /// What the releases of the consortium told so far.
    pub async fn pasts(&self) -> Result<Vec<past::Model>> {
        use past::{Column, Entity};
        let find = Entity::find().filter(Column::ConsortiumId.eq(self.consortium));
        find.all(self.tx.connection()).await.map_err(failed)
    }

    /// Remembers what is told now, in place of what was remembered of this measure of these concepts.
    pub async fn remember(
        &self,
        concepts: &[ConceptId],
        measure: value::Measure,
        told: Vec<past::Model>,
        values: Vec<value::Model>,
    ) -> Result<()> {
        let conn = self.tx.connection();
        let before: std::collections::BTreeSet<_> =
            self.pasts().await?.into_iter().map(|row| row.id).collect();
        let mut fresh = Vec::new();
        for row in told {
            if before.contains(&row.id) {
                past::Entity::update_many()
                    .set(past::ActiveModel {
                        told: sea_orm::ActiveValue::Set(row.told),
                        ..Default::default()
                    })
                    .filter(past::Column::ConsortiumId.eq(self.consortium))
                    .filter(past::Column::Id.eq(row.id))
                    .exec(conn)
                    .await
                    .map_err(failed)?;
            } else {
                fresh.push(row.into_active_model().reset_all());
            }
        }
        self.tx.insert_chunks(fresh).await?;
        for part in concepts.chunks(1_000) {
            value::Entity::delete_many()
                .filter(value::Column::ConsortiumId.eq(self.consortium))
                .filter(value::Column::Measure.eq(measure))
                .filter(value::Column::ConceptId.is_in(part.iter().copied()))
                .exec(conn)
                .await
                .map_err(failed)?;
        }
        let values = values.into_iter().map(|row| row.into_active_model().reset_all());
        self.tx.insert_chunks(values.collect()).await
    }

    /// The figures of a release that is being made.
    pub async fn tell(&self, cells: Vec<cell::Model>) -> Result<()> {
        let cells = cells.into_iter().map(|row| row.into_active_model().reset_all());
        self.tx.insert_chunks(cells.collect()).await
    }

    /// Shuts the door: what follows is done as anybody does it.
    pub async fn close(self) -> Result<()> {
        speak_for(self.tx.connection(), Some(self.tx.me()), Duty::Member).await
    }
}
