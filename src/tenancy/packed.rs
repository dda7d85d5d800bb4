//! Many ids in one value: the database gives very many rows that differ in one id alone as one row, so that what is said of each row
//! is sent and read once.

use sea_orm::{
    DbBackend, DbErr, QueryResult,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::figures::AggregateTx;

impl AggregateTx {
    /// The ids of all rows of a group, in no order, read by [`unpacked`]. What is empty is one of them.
    pub fn packed(&self, id: SimpleExpr) -> SimpleExpr {
        match self.backend() {
            DbBackend::Postgres => Expr::cust_with_exprs(
                "string_agg(uuid_send(coalesce($1, '00000000-0000-0000-0000-000000000000')), ''::bytea)",
                [id],
            ),
            _ => Expr::cust_with_exprs("group_concat(hex(coalesce(?, zeroblob(16))), '')", [id]),
        }
    }

    /// Is it one of these? In one value on PostgreSQL: the same question, however many they are, is planned once.
    pub fn one_of(&self, id: SimpleExpr, ids: impl Iterator<Item = Uuid>) -> SimpleExpr {
        match self.backend() {
            DbBackend::Postgres => {
                let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
                let list = Expr::val(format!("{{{}}}", ids.join(",")));
                Expr::cust_with_exprs("$1 = ANY(CAST($2 AS uuid[]))", [id, list])
            }
            _ => id.is_in(ids),
        }
    }
}

/// The ids that stand packed at a place of a row.
pub fn unpacked(row: &QueryResult, place: usize) -> Result<Vec<Option<Uuid>>, DbErr> {
    let some = |id: Uuid| Some(id).filter(|id| !id.is_nil());
    if row.try_as_pg_row().is_some() {
        let bytes: Vec<u8> = row.try_get_by_index(place)?;
        let (ids, rest) = bytes.as_chunks::<16>();
        return if rest.is_empty() {
            Ok(ids.iter().map(|id| some(Uuid::from_bytes(*id))).collect())
        } else {
            Err(torn())
        };
    }
    let digits: String = row.try_get_by_index(place)?;
    let (ids, rest) = digits.as_bytes().as_chunks::<32>();
    if !rest.is_empty() {
        return Err(torn());
    }
    ids.iter().map(|id| Uuid::try_parse_ascii(id).map(some).map_err(|_| torn())).collect()
}

fn torn() -> DbErr {
    DbErr::Type("ids that are not whole".to_owned())
}
