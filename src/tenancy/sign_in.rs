//! The door before there is a caller: who signs in is looked up and noted, and a process learns whose tokens are no good.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use super::{
    Db,
    conn::Conn,
    db::{Duty, Who},
    fault::{failed, unavailable},
};
use crate::{
    auth::{Role, accounts, assertion, invitations, oidc::principal, revoked},
    error::{Code, Error, Result},
    id::{PrincipalId, ServiceAccountId, TenantId},
    registry::tenant,
};

/// Who comes from a provider, and what lets it into a library.
pub(crate) struct Somebody<'s> {
    pub tenant: TenantId,
    pub id: PrincipalId,
    pub issuer: &'s str,
    /// The role that the node's rules give it.
    pub ruled: Option<Role>,
    /// What it was invited with, to be used up.
    pub invitation: Option<&'s invitations::Model>,
}

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

    /// The invitation of this client.
    pub(crate) async fn invitation(&self, client: Uuid) -> Result<Option<invitations::Model>> {
        let conn = self.0.begin_read(signing_in(None, Some(client))).await?;
        invitations::Entity::find()
            .filter(invitations::Column::ClientId.eq(client.to_string()))
            .one(&conn)
            .await
            .map_err(failed)
    }

    /// Uses an invitation up. False when that was done already.
    pub(crate) async fn redeem(&self, client: Uuid, now: DateTime<Utc>) -> Result<bool> {
        let conn = self.0.begin_write(signing_in(None, Some(client))).await?;
        let redeemed = redeem(&conn, &client.to_string(), now).await?;
        conn.commit().await.map_err(unavailable)?;
        Ok(redeemed)
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

    /// Notes that somebody signed in for a library, and gives what is known of it: nothing when neither a rule nor an
    /// invitation lets it in. Once an hour, or when the role is another, is enough.
    pub(crate) async fn seen(
        &self,
        somebody: Somebody<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<principal::Model>> {
        use principal::{ActiveModel, Column, Entity};
        let Somebody { tenant, id, issuer, ruled, invitation } = somebody;
        let client = invitation.and_then(|invitation| Uuid::parse_str(&invitation.client_id).ok());
        let who = signing_in(Some(tenant), client);
        let find = || Entity::find().filter(Column::TenantId.eq(tenant)).filter(Column::Id.eq(id));
        let known = {
            let conn = self.0.begin_read(who).await?;
            find().one(&conn).await.map_err(failed)?
        };
        let invited = invitation.map(|invitation| invitation.role);
        let granted = invited.or(known.as_ref().and_then(|known| known.granted));
        let Some(role) = std::cmp::max(ruled, granted) else { return Ok(None) };
        if let Some(known) = known
            && (known.blocked_at.is_some()
                || (invitation.is_none()
                    && known.role == role
                    && now - known.last_seen_at < chrono::Duration::hours(1)))
        {
            return Ok(Some(known));
        }
        let conn = self.0.begin_write(who).await?;
        if let Some(invitation) = invitation
            && !redeem(&conn, &invitation.client_id, now).await?
        {
            return Err(Error::new(Code::InvalidClient));
        }
        let row = ActiveModel {
            tenant_id: Set(tenant),
            id: Set(id),
            issuer: Set(issuer.to_owned()),
            role: Set(role),
            granted: Set(granted),
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
            .col_expr(Column::Granted, Column::Granted.save_as(Expr::val(granted)))
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::Id.eq(id))
            .exec(&conn)
            .await
            .map_err(failed)?;
        let row = find().one(&conn).await.map_err(failed)?.ok_or_else(|| Error::internal("no principal"))?;
        conn.commit().await.map_err(unavailable)?;
        Ok(Some(row))
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

async fn redeem(conn: &Conn, client: &str, now: DateTime<Utc>) -> Result<bool> {
    use invitations::{Column, Entity};
    let done = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::ClientId.eq(client))
        .filter(Column::UsedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(conn)
        .await
        .map_err(failed)?;
    Ok(done.rows_affected == 1)
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
