//! What one verified caller may do with the database, and nothing more.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Db, Work,
    db::{Duty, Who},
    once::Once,
    pulse::Beats,
    rows::Reach,
    tx::TenantTx,
};
use crate::{
    auth::{Caller, Keys, Scopes, token::Tokens},
    error::{Error, Result},
    id::TenantId,
    page::{PageArgs, Seal, Wish},
    text::{Languages, LocalText, Text},
};

/// Made only from a verified [`Caller`]; every service takes one. Cheap to clone.
#[derive(Clone)]
pub struct TenantScope {
    caller: Caller,
    db: Db,
    keys: Keys,
    node: Arc<str>,
}

impl TenantScope {
    /// For `auth` alone, after it verified the caller.
    pub(crate) fn new(caller: Caller, db: Db, tokens: &Tokens) -> Self {
        Self { caller, db, keys: tokens.keys().clone(), node: tokens.issuer().into() }
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

    /// The node's public address.
    pub fn node(&self) -> &str {
        &self.node
    }

    pub fn languages(&self) -> &Languages {
        self.caller.languages()
    }

    /// The same scope, answered in these languages.
    pub fn speaking(&self, languages: Languages) -> Self {
        Self { caller: self.caller.speaking(languages), ..self.clone() }
    }

    /// The same scope for an answer that is put together from other areas, and that the caller was found to be let in to: those areas
    /// are read with these scopes, whatever its token carries. Its role and the rows' rules are as they were.
    pub(crate) fn reading(&self, scopes: Scopes) -> Self {
        Self { caller: self.caller.with_scopes(scopes), ..self.clone() }
    }

    /// A text in the caller's language.
    pub fn say(&self, text: &Text) -> LocalText {
        text.serve_or_empty(self.languages())
    }

    /// As [`TenantScope::say`], of a text that is good for nothing else: many of them stand in one answer.
    pub fn say_all(&self, text: Text) -> LocalText {
        text.into_served(self.languages())
    }

    /// Checks which page is wished for. `question` names the list and everything that filters it: a cursor of one
    /// question is no good for another.
    pub fn page(&self, args: &PageArgs, question: impl std::fmt::Display) -> Result<Wish> {
        args.wish(Seal::new(
            &self.keys.cursor(),
            format!("{}\n{}\n{question}", self.caller.tenant(), self.caller.principal()),
        ))
    }

    /// What a noun keeps in memory for this node, the same for every caller: only what all may read belongs there.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> std::sync::Arc<T> {
        self.db.kept()
    }

    /// Tells when there is something new of the caller's library; see [`super::pulse`].
    pub fn pulse(&self) -> Beats {
        self.db.pulse().listen(self.caller.tenant())
    }

    /// Tells when there is something new of a topic that several libraries write to. Who listens must have been found to see it
    /// before it is told anything: a beat is no answer.
    pub fn topic(&self, topic: uuid::Uuid) -> Beats {
        self.db.pulse().listen_to(topic, self.caller.tenant())
    }

    /// How many listen to a topic in this process.
    pub fn crowd(&self, topic: uuid::Uuid) -> u32 {
        self.db.pulse().crowd(topic)
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
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

    /// Does the library's erasures that are due, after the write that asked for them.
    pub(crate) async fn erase(&self) -> Result<()> {
        super::erase(&self.db, Some(self.caller.tenant())).await.map(drop)
    }

    /// A snapshot to read from. Dropped when the service has its answer.
    pub async fn read(&self) -> Result<TenantTx> {
        let conn = self.db.begin_read(self.who()).await?;
        Ok(TenantTx::new(conn, self.caller.clone(), self.reach(), &self.db))
    }

    /// As [`TenantScope::read`], to ask what connections have been made acquainted with.
    pub(super) async fn read_known(&self) -> Result<TenantTx> {
        let conn = self.db.begin_known(self.who()).await?;
        Ok(TenantTx::new(conn, self.caller.clone(), self.reach(), &self.db))
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
        Ok(TenantTx::new(self.db.begin_write(who).await?, self.caller.clone(), reach, &self.db))
    }
}
