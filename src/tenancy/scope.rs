//! What one verified caller may do with the database, and nothing more.

use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Db, Work,
    db::{Duty, Who},
    once::Once,
    rows::Reach,
    tx::TenantTx,
};
use crate::{
    auth::{Caller, Keys, Role, oidc::principal},
    error::{Error, Result},
    id::{PrincipalId, TenantId},
    page::{PageArgs, Seal, Wish},
    text::{Languages, LocalText, Text},
};

/// Made only from a verified [`Caller`]; every service takes one. Cheap to clone.
#[derive(Clone)]
pub struct TenantScope {
    caller: Caller,
    db: Db,
    keys: Keys,
}

impl TenantScope {
    /// For `auth` alone, after it verified the caller.
    pub(crate) fn new(caller: Caller, db: Db, keys: Keys) -> Self {
        Self { caller, db, keys }
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The tenant that the caller speaks for.
    pub fn tenant(&self) -> TenantId {
        self.caller.tenant()
    }

    /// The node's keys: what the node says of itself is signed with them.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub fn languages(&self) -> &Languages {
        self.caller.languages()
    }

    /// A text in the caller's language.
    pub fn say(&self, text: &Text) -> LocalText {
        text.serve_or_empty(self.languages())
    }

    /// Checks which page is wished for. `question` names the list and everything that filters it: a cursor of one
    /// question is no good for another.
    pub fn page(&self, args: &PageArgs, question: impl std::fmt::Display) -> Result<Wish> {
        args.wish(Seal::new(
            self.keys.cursor(),
            format!("{}\n{}\n{question}", self.caller.tenant(), self.caller.principal()),
        ))
    }

    /// What a noun keeps in memory for this node, the same for every caller: only what all may read belongs there.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> std::sync::Arc<T> {
        self.db.kept()
    }

    fn who(&self) -> Who {
        let duty = if self.caller.is_operator() { Duty::Operator } else { Duty::Member };
        Who { tenant: Some(self.caller.tenant().0), duty, client: None }
    }

    pub(super) fn reach(&self) -> Reach {
        Reach {
            me: self.caller.tenant().0,
            operator: self.caller.is_operator(),
            tally: false,
            rules: self.db.row_rules(),
            #[cfg(debug_assertions)]
            mutant: self.db.mutant(),
        }
    }

    /// A snapshot to read from. Dropped when the service has its answer.
    pub async fn read(&self) -> Result<TenantTx> {
        let conn = self.db.begin_read(self.who()).await?;
        Ok(TenantTx::new(conn, self.caller.clone(), self.reach(), self.db.witness()))
    }

    /// Runs `work` in one transaction, in a task of its own: once begun it ends, whatever becomes of the request.
    /// With an Idempotency-Key the effect happens once, and every repetition gets the first answer.
    ///
    /// `operation` is the operation's public name, `input` everything that the caller asked for.
    pub async fn write<I, T, F>(&self, operation: &'static str, input: I, work: F) -> Result<T>
    where
        I: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a TenantTx, I) -> Work<'a, T> + Send + 'static,
    {
        self.write_as(self.reach(), operation, input, work).await
    }

    /// As [`TenantScope::write`], and the ballots of a closed round can be counted: the reach is the coordinator's who
    /// publishes it, and nobody else's.
    pub async fn tally<I, T, F>(&self, operation: &'static str, input: I, work: F) -> Result<T>
    where
        I: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a TenantTx, I) -> Work<'a, T> + Send + 'static,
    {
        self.write_as(Reach { tally: true, ..self.reach() }, operation, input, work).await
    }

    async fn write_as<I, T, F>(&self, reach: Reach, operation: &'static str, input: I, work: F) -> Result<T>
    where
        I: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'a> FnOnce(&'a TenantTx, I) -> Work<'a, T> + Send + 'static,
    {
        if !self.db.own_tasks() {
            return self.write_here(reach, operation, input, work).await;
        }
        let scope = self.clone();
        let span = tracing::Span::current();
        let task = async move { scope.write_here(reach, operation, input, work).await };
        tokio::spawn(tracing::Instrument::instrument(task, span)).await.map_err(Error::internal)?
    }

    async fn write_here<I, T, F>(&self, reach: Reach, operation: &'static str, input: I, work: F) -> Result<T>
    where
        I: Serialize + Send,
        T: Serialize + DeserializeOwned + Send,
        F: for<'a> FnOnce(&'a TenantTx, I) -> Work<'a, T> + Send,
    {
        let Some(once) = Once::of(self, operation, &input)? else {
            let tx = self.begin_write(reach).await?;
            let answer = work(&tx, input).await?;
            tx.commit().await?;
            return Ok(answer);
        };
        let tx = self.begin_write(reach).await?;
        if !once.claim(&tx).await? {
            drop(tx);
            return once.repeat().await;
        }
        let answer = work(&tx, input).await?;
        once.keep(&tx, serde_json::to_value(&answer).map_err(Error::internal)?).await?;
        let none_left = once.sweep(&tx).await?;
        tx.commit().await?;
        if none_left {
            once.swept();
        }
        Ok(answer)
    }

    pub(super) async fn begin_write(&self, reach: Reach) -> Result<TenantTx> {
        let mut who = self.who();
        if reach.tally {
            who.duty = Duty::Tally;
        }
        Ok(TenantTx::new(self.db.begin_write(who).await?, self.caller.clone(), reach, self.db.witness()))
    }
}

/// Looks up the account that signs in, before there is a caller.
pub(crate) struct SignInScope {
    db: Db,
    client: Uuid,
}

impl SignInScope {
    pub(crate) fn new(db: Db, client: Uuid) -> Self {
        Self { db, client }
    }

    pub(crate) async fn account(&self) -> Result<Option<crate::auth::accounts::Model>> {
        use crate::auth::accounts;
        use sea_orm::{ColumnTrait, QueryFilter};
        let who = Who { tenant: None, duty: Duty::SignIn, client: Some(self.client) };
        let conn = self.db.begin_read(who).await?;
        accounts::Entity::find()
            .filter(accounts::Column::ClientId.eq(self.client.to_string()))
            .one(&conn)
            .await
            .map_err(super::fault::failed)
    }

    /// Notes that the account was used. Once an hour is enough to see which are not in use any more.
    pub(crate) async fn used(&self, now: DateTime<Utc>) -> Result<()> {
        use crate::auth::accounts;
        use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
        let who = Who { tenant: None, duty: Duty::SignIn, client: Some(self.client) };
        let conn = self.db.begin_write(who).await?;
        accounts::Entity::update_many()
            .col_expr(accounts::Column::LastUsedAt, Expr::value(now))
            .filter(accounts::Column::ClientId.eq(self.client.to_string()))
            .exec(&conn)
            .await
            .map_err(super::fault::failed)?;
        conn.commit().await.map_err(super::fault::unavailable)
    }

    /// The library with this short name.
    pub(crate) async fn tenant(&self, slug: &str) -> Result<Option<TenantId>> {
        use crate::registry::tenant::{Column, Entity};
        use sea_orm::{ColumnTrait, QueryFilter};
        let who = Who { tenant: None, duty: Duty::Member, client: None };
        let conn = self.db.begin_read(who).await?;
        let row =
            Entity::find().filter(Column::Slug.eq(slug)).one(&conn).await.map_err(super::fault::failed)?;
        Ok(row.map(|row| row.id))
    }

    /// Notes that somebody signed in for a library, and gives what is known of it. Once an hour, or when the role is
    /// another, is enough.
    pub(crate) async fn seen(
        &self,
        tenant: TenantId,
        id: PrincipalId,
        issuer: &str,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<principal::Model> {
        use principal::{ActiveModel, Column, Entity};
        use sea_orm::{
            ActiveValue::Set,
            ColumnTrait, QueryFilter,
            sea_query::{Expr, OnConflict},
        };
        let failed = super::fault::failed;
        let who = Who { tenant: Some(tenant.0), duty: Duty::SignIn, client: None };
        let find = || Entity::find().filter(Column::TenantId.eq(tenant)).filter(Column::Id.eq(id));
        let known = {
            let conn = self.db.begin_read(who).await?;
            find().one(&conn).await.map_err(failed)?
        };
        if let Some(known) = known
            && (known.blocked_at.is_some()
                || (known.role == role && now - known.last_seen_at < chrono::Duration::hours(1)))
        {
            return Ok(known);
        }
        let conn = self.db.begin_write(who).await?;
        let row = ActiveModel {
            tenant_id: Set(tenant),
            id: Set(id),
            issuer: Set(issuer.to_owned()),
            role: Set(role),
            last_seen_at: Set(now),
            blocked_at: Set(None),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        // Two sign-ins at once: the second finds the first's row.
        let once = OnConflict::columns([Column::TenantId, Column::Id]).do_nothing().to_owned();
        Entity::insert(row).on_conflict(once).exec_without_returning(&conn).await.map_err(failed)?;
        Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now))
            .col_expr(Column::Role, Column::Role.save_as(Expr::val(role)))
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::Id.eq(id))
            .exec(&conn)
            .await
            .map_err(failed)?;
        let row = find().one(&conn).await.map_err(failed)?.ok_or_else(|| Error::internal("no principal"))?;
        conn.commit().await.map_err(super::fault::unavailable)?;
        Ok(row)
    }

    /// Whether a library is active: one that is suspended does not sign in.
    pub(crate) async fn is_active(&self, tenant: TenantId) -> Result<bool> {
        use crate::registry::tenant::{Entity, TenantStatus};
        if tenant == TenantId::NODE {
            return Ok(true);
        }
        let who = Who { tenant: Some(tenant.0), duty: Duty::Member, client: None };
        let conn = self.db.begin_read(who).await?;
        let row = Entity::find_by_id(tenant).one(&conn).await.map_err(super::fault::failed)?;
        Ok(row.is_some_and(|row| row.status == TenantStatus::Active))
    }
}

/// Reads whose tokens are no good any more, of every library, and nothing else.
pub(crate) struct WatchScope(Db);

impl WatchScope {
    pub(crate) fn new(db: Db) -> Self {
        Self(db)
    }

    pub(crate) async fn revocations(&self, since: DateTime<Utc>) -> Result<Vec<crate::auth::revoked::Model>> {
        use crate::auth::revoked::{Column, Entity};
        use sea_orm::{ColumnTrait, QueryFilter};
        let who = Who { tenant: None, duty: Duty::Watch, client: None };
        let conn = self.0.begin_read(who).await?;
        Entity::find().filter(Column::At.gte(since)).all(&conn).await.map_err(super::fault::failed)
    }
}
