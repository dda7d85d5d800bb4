//! Of which kind is this id? One question over the readable rows of several kinds: ids are unique over all of them,
//! and do not tell by themselves.

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{fault::failed, rows::TenantRows, tx::TenantTx};
use crate::{
    auth::policy::{Action, Resource},
    error::{Error, Result},
};

/// Being built; [`Kinds::answer`] asks it.
pub struct Kinds<'t> {
    tx: &'t TenantTx,
    id: Uuid,
    select: Option<SelectStatement>,
}

impl TenantTx {
    /// Asks of which kind the readable row with this address is.
    pub fn kinds(&self, id: Uuid) -> Kinds<'_> {
        Kinds { tx: self, id, select: None }
    }
}

impl Kinds<'_> {
    /// It may be a row of this entity. A kind that the caller's role may not read is passed over: it has no such row.
    pub fn or<E: TenantRows>(mut self, name: &'static str) -> Self {
        if !self.tx.caller().may(Action::Read, E::RESOURCE) {
            return self;
        }
        let mut rows = Query::select();
        rows.expr_as(Expr::val(name), "kind")
            .from(E::default().table_ref())
            .and_where(Expr::col((E::default(), E::ID)).eq(self.id))
            .cond_where(self.tx.reach().readable::<E>());
        match &mut self.select {
            Some(select) => _ = select.union(UnionType::All, rows),
            None => self.select = Some(rows),
        }
        self
    }

    /// The name of the kind; hidden and absent are the same 404.
    pub async fn answer(self) -> Result<String> {
        let select = self.select.ok_or_else(Error::not_found)?;
        let conn = self.tx.connection();
        let row = conn.query_one_raw(conn.get_database_backend().build(&select)).await.map_err(failed)?;
        // Of which kind it would be is not known; whose it is, is found out by the address.
        row.ok_or_else(|| self.tx.absent(Resource::Competence, self.id))?
            .try_get("", "kind")
            .map_err(Error::internal)
    }
}
