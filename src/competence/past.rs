//! The history of entries: written in the transaction of the change, read as pages.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, Order, QueryFilter, sea_query::Expr};

use super::{
    Column, Entity, Model, PastCompetence, history,
    shape::{self, State},
};
use crate::{
    error::{Error, Result},
    id::{EntryId, RowId},
    page::{Page, PageArgs},
    tenancy::{self, TenantScope, TenantTx},
    when,
};

/// Remembers the state that an entry has come into.
pub(super) fn state(tx: &TenantTx, row: &Model) -> history::ActiveModel {
    of(row, tx.caller().principal())
}

/// The state that an entry has come into, by this account or by nobody of its library's.
pub(crate) fn of(row: &Model, principal: &str) -> history::ActiveModel {
    history::ActiveModel {
        tenant_id: Set(row.tenant_id),
        id: Set(RowId::new()),
        entry_id: Set(row.id),
        concept_id: Set(row.concept_id),
        stance: Set(row.stance),
        level: Set(row.level),
        holders: Set(row.holders),
        note: Set(row.note.clone()),
        source_phrase: Set(row.source_phrase.clone()),
        source_lang: Set(row.source_lang.clone()),
        phrases: Set(row.phrases.clone()),
        position: Set(row.position),
        evidence: Set(row.evidence.clone()),
        target_level: Set(row.target_level),
        target_date: Set(row.target_date.clone()),
        spreading: Set(row.spreading.clone()),
        occasion_id: Set(row.occasion_id),
        group_id: Set(row.group_id),
        visibility: Set(row.visibility),
        version: Set(row.version),
        valid_from: Set(row.updated_at),
        valid_to: Set(None),
        principal: Set(principal.to_owned()),
    }
}

/// The change that ends the state that an entry was in until now.
pub(crate) fn ending(row: &Model, until: DateTime<Utc>) -> sea_orm::UpdateMany<history::Entity> {
    history::Entity::update_many()
        .col_expr(history::Column::ValidTo, Expr::val(until))
        .filter(history::Column::TenantId.eq(row.tenant_id))
        .filter(history::Column::EntryId.eq(row.id))
        .filter(history::Column::ValidTo.is_null())
}

/// The state that held until now holds no more; the entry's new state, if any, follows it.
pub(super) async fn turn(tx: &TenantTx, entry: EntryId, now: Option<&Model>) -> Result<()> {
    let held = tx
        .find::<history::Entity>()?
        .filter(history::Column::EntryId.eq(entry))
        .filter(history::Column::ValidTo.is_null())
        .one()
        .await?;
    let until = now.map_or_else(when::now, |row| row.updated_at);
    if let Some(held) = held {
        // Another server's clock may be behind: no state ends before it began.
        let until = until.max(held.valid_from);
        tx.change::<history::Entity>(held, None, |row| row.valid_to = Set(Some(until))).await?;
    }
    if let Some(row) = now {
        tx.insert(state(tx, row)).await?;
    }
    Ok(())
}

/// The states of an entry, first one first. The library itself also sees those of an entry that is removed; others
/// see what was visible to them and still is.
pub async fn list(scope: &TenantScope, id: EntryId, page: PageArgs) -> Result<Page<PastCompetence>> {
    let wish = scope.page(&page, format_args!("competenceHistory {id}"))?;
    let tx = scope.read().await?;
    let still = tx.among::<Entity>(Column::Id, Column::Id.eq(id))?;
    let condition = Condition::all().add(history::Column::EntryId.eq(id)).add(
        Condition::any()
            .add(history::Column::TenantId.eq(scope.tenant()))
            .add(history::Column::EntryId.in_subquery(still)),
    );
    let after = match &wish.after {
        Some(after) => {
            Some(after.parse::<RowId>().map_err(|_| Error::new(crate::error::Code::BadCursor))?.0.into())
        }
        None => None,
    };
    let question = tx.question().from_part::<history::Entity>(
        "e",
        condition,
        history::Column::Id,
        after,
        u64::from(wish.first) + 1,
    );
    let question = shape::states(question).order_by(tenancy::of("e", history::Column::Id), Order::Asc);
    let rows: Vec<State> = tx.answer(question).await?;
    if rows.is_empty() && wish.after.is_none() {
        return Err(Error::not_found());
    }
    Ok(Page::of(rows, &wish, |state| state.row.id.to_string()).map(|state| {
        let own = state.row.tenant_id == scope.tenant();
        let (valid_from, valid_to) = (state.row.valid_from, state.row.valid_to);
        let changed_by = Some(state.row.principal.clone()).filter(|by| own && !by.is_empty());
        PastCompetence { state: state.into_entry().shape(scope), valid_from, valid_to, changed_by }
    }))
}
