//! The door before there is a caller: who signs in is looked up and noted, and a process learns whose tokens are no good.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{
    Db,
    db::{Duty, Who},
    fault::{failed, unavailable},
};
use crate::{
    auth::{Role, accounts, assertion, oidc::principal, revoked},
    error::{Error, Result},
    id::{PrincipalId, ServiceAccountId, TenantId},
    registry::tenant,
};

/// Looks up whoever signs in, and notes it.
pub(crate) struct SignInScope(Db);

impl SignInScope {
    pub(crate) fn new(db: Db) -> Self {
        Self(db)
    }

    /// The account of this client.
    pub(crate) async fn account(&self, client: Uuid) -> Result<Option<accounts::Model>> {
        let conn = self.0.begin_read(signing_in(None, Some(client))).await?;
        accounts::Entity::find()
            .filter(accounts::Column::ClientId.eq(client.to_string()))
            .one(&conn)
            .await
            .map_err(failed)
    }

    /// Notes that the account was used. Once an hour is enough to see which are not in use any more.
    pub(crate) async fn used(&self, client: Uuid, now: DateTime<Utc>) -> Result<()> {
        let conn = self.0.begin_write(signing_in(None, Some(client))).await?;
        accounts::Entity::update_many()
            .col_expr(accounts::Column::LastUsedAt, Expr::value(now))
            .filter(accounts::Column::ClientId.eq(client.to_string()))
            .exec(&conn)
            .await
            .map_err(failed)?;
        conn.commit().await.map_err(unavailable)
    }

    /// Notes that a client's statement is used. False: it was before, whichever process it was shown to.
    pub(crate) async fn first_use(
        &self,
        tenant: TenantId,
        account: ServiceAccountId,
        once: assertion::Once,
    ) -> Result<bool> {
        use assertion::{ActiveModel, Column, Entity};
        let conn = self.0.begin_write(signing_in(Some(tenant), None)).await?;
        let row = ActiveModel {
            tenant_id: Set(tenant),
            account_id: Set(account),
            jti_hash: Set(once.jti_hash),
            expires_at: Set(once.expires_at),
        };
        let columns = [Column::TenantId, Column::AccountId, Column::JtiHash];
        let unless = OnConflict::columns(columns).do_nothing().to_owned();
        let written =
            Entity::insert(row).on_conflict(unless).exec_without_returning(&conn).await.map_err(failed)?;
        conn.commit().await.map_err(unavailable)?;
        Ok(written == 1)
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
        let who = signing_in(Some(tenant), None);
        let find = || Entity::find().filter(Column::TenantId.eq(tenant)).filter(Column::Id.eq(id));
        let known = {
            let conn = self.0.begin_read(who).await?;
            find().one(&conn).await.map_err(failed)?
        };
        if let Some(known) = known
            && (known.blocked_at.is_some()
                || (known.role == role && now - known.last_seen_at < chrono::Duration::hours(1)))
        {
            return Ok(known);
        }
        let conn = self.0.begin_write(who).await?;
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
        conn.commit().await.map_err(unavailable)?;
        Ok(row)
    }

    /// The library with this short name.
    pub(crate) async fn tenant(&self, slug: &str) -> Result<Option<TenantId>> {
        let conn = self.0.begin_read(Who { tenant: None, duty: Duty::Member, client: None }).await?;
        let find = tenant::Entity::find().filter(tenant::Column::Slug.eq(slug));
        Ok(find.one(&conn).await.map_err(failed)?.map(|row| row.id))
    }

    /// Whether a library is active: one that is suspended does not sign in.
    pub(crate) async fn is_active(&self, tenant: TenantId) -> Result<bool> {
        if tenant == TenantId::NODE {
            return Ok(true);
        }
        let who = Who { tenant: Some(tenant.0), duty: Duty::Member, client: None };
        let conn = self.0.begin_read(who).await?;
        let row = tenant::Entity::find_by_id(tenant).one(&conn).await.map_err(failed)?;
        Ok(row.is_some_and(|row| row.status == tenant::TenantStatus::Active))
    }
}

fn signing_in(tenant: Option<TenantId>, client: Option<Uuid>) -> Who {
    Who { tenant: tenant.map(|tenant| tenant.0), duty: Duty::SignIn, client }
}

/// Reads whose tokens are no good any more, of every library, and nothing else.
pub(crate) struct WatchScope(Db);

impl WatchScope {
    pub(crate) fn new(db: Db) -> Self {
        Self(db)
    }

    pub(crate) async fn revocations(&self, since: DateTime<Utc>) -> Result<Vec<revoked::Model>> {
        let conn = self.0.begin_read(Who { tenant: None, duty: Duty::Watch, client: None }).await?;
        let find = revoked::Entity::find().filter(revoked::Column::At.gte(since));
        find.all(&conn).await.map_err(failed)
    }
}
