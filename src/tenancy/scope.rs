//! What one verified caller may do with the database, and nothing more.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Db, Work,
    db::{Duty, Who},
    rows::Reach,
    tx::TenantTx,
};
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
    event::idempotency,
    id::TenantId,
    page::{PageArgs, Seal, Wish},
    text::{Languages, LocalText, Text},
    when,
};

/// Made only from a verified [`Caller`]; every service takes one. Cheap to clone.
#[derive(Clone)]
pub struct TenantScope {
    caller: Caller,
    db: Db,
    cursor: aws_lc_rs::hmac::Key,
}

impl TenantScope {
    /// For `auth` alone, after it verified the caller.
    pub(crate) fn new(caller: Caller, db: Db, cursor: aws_lc_rs::hmac::Key) -> Self {
        Self { caller, db, cursor }
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The tenant that the caller speaks for.
    pub fn tenant(&self) -> TenantId {
        self.caller.tenant()
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
            &self.cursor,
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
        }
    }

    /// A snapshot to read from. Dropped when the service has its answer.
    pub async fn read(&self) -> Result<TenantTx> {
        let conn = self.db.begin_read(self.who()).await?;
        Ok(TenantTx::new(conn, self.caller.clone(), self.reach()))
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
        let Some(key) = self.caller.idempotency_key().map(str::to_owned) else {
            let tx = self.begin_write(reach).await?;
            let answer = work(&tx, input).await?;
            tx.commit().await?;
            return Ok(answer);
        };
        let hash = hash(&input)?;
        let tx = self.begin_write(reach).await?;
        if !self.claim(&tx, operation, &key, &hash).await? {
            drop(tx);
            return self.repeat(operation, &key, &hash).await;
        }
        let answer = work(&tx, input).await?;
        let response = serde_json::to_value(&answer).map_err(Error::internal)?;
        tx.raw_update(
            idempotency::Entity::update_many()
                .set(idempotency::ActiveModel { response: Set(Some(response)), ..Default::default() }),
            idempotency::of(self.caller(), operation, &key),
        )
        .await?;
        tx.commit().await?;
        Ok(answer)
    }

    pub(super) async fn begin_write(&self, reach: Reach) -> Result<TenantTx> {
        let mut who = self.who();
        if reach.tally {
            who.duty = Duty::Tally;
        }
        Ok(TenantTx::new(self.db.begin_write(who).await?, self.caller.clone(), reach))
    }

    /// Takes the key. A second request with it waits here until the first has ended.
    async fn claim(&self, tx: &TenantTx, operation: &str, key: &str, hash: &str) -> Result<bool> {
        let row = idempotency::ActiveModel {
            tenant_id: Set(self.tenant()),
            principal: Set(self.caller.principal().to_owned()),
            operation: Set(operation.to_owned()),
            key: Set(key.to_owned()),
            request_hash: Set(hash.to_owned()),
            response: Set(None),
            created_at: Set(when::now()),
        };
        let insert = idempotency::Entity::insert(row).on_conflict_do_nothing();
        tx.raw_claim(insert).await
    }

    async fn repeat<T: DeserializeOwned>(&self, operation: &str, key: &str, hash: &str) -> Result<T> {
        let tx = self.read().await?;
        let row =
            tx.raw_one(idempotency::Entity::find(), idempotency::of(self.caller(), operation, key)).await?;
        let row = row.ok_or_else(|| Error::new(Code::InProgress))?;
        if row.request_hash != hash {
            return Err(Error::new(Code::KeyReused));
        }
        let response = row.response.ok_or_else(|| Error::new(Code::InProgress))?;
        serde_json::from_value(response).map_err(Error::internal)
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
            .map_err(super::tx::failed)
    }
}

fn hash(input: &impl Serialize) -> Result<String> {
    let bytes = serde_json::to_vec(input).map_err(Error::internal)?;
    Ok(BASE64.encode(digest::digest(&digest::SHA256, &bytes)))
}
