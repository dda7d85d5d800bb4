use sea_orm::{ColumnTrait, Condition, Order};

use super::{
    AuditCheckpoint, AuditFilter, AuditRead, AuditReadFilter, AuditRecord, Column, Entity, Model, chain,
    sight,
    verify::{Fault, Verifier},
};
use crate::{
    error::Result,
    id::{ConsortiumId, RowId},
    page::{Page, PageArgs},
    tenancy::{TenantScope, TenantTx},
    when,
};

/// What was done for the caller's library, and by others to its rows, oldest first.
pub async fn records(scope: &TenantScope, filter: AuditFilter, page: PageArgs) -> Result<Page<AuditRecord>> {
    let wish = scope.page(&page, format_args!("auditRecords {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(subject) = filter.subject_id {
        condition = condition.add(Column::SubjectId.eq(subject));
    }
    let rows = tx.find::<Entity>()?.filter(condition).page(&wish).await?;
    let me = scope.tenant();
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| shape(row, me)))
}

/// Who was shown the caller's library's rows, and who was refused, oldest first.
pub async fn reads(scope: &TenantScope, filter: AuditReadFilter, page: PageArgs) -> Result<Page<AuditRead>> {
    let wish = scope.page(&page, format_args!("auditReads {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(reader) = filter.reader_id {
        condition = condition.add(sight::Column::ReaderId.eq(reader));
    }
    if let Some(outcome) = filter.outcome {
        condition = condition.add(sight::Column::Outcome.eq(outcome));
    }
    let rows = tx.find::<sight::Entity>()?.filter(condition).page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| AuditRead {
        id: row.id,
        day: row.day,
        reader_id: row.reader_id,
        outcome: row.outcome,
        subject_kind: row.subject_kind,
        ground: row.ground,
        consortium_id: Some(ConsortiumId(row.consortium_id)).filter(|id| !id.0.is_nil()),
        purpose: Some(row.purpose).filter(|purpose| !purpose.is_empty()),
        times: row.times,
        first_at: row.first_at,
        last_at: row.last_at,
    }))
}

/// Where the caller's library's chain stands, signed.
pub async fn checkpoint(scope: &TenantScope) -> Result<AuditCheckpoint> {
    let tx = scope.read().await?;
    let last = own(&tx)?.order_by(Column::Seq, Order::Desc).limit(1).one().await?;
    let me = scope.tenant();
    let (seq, hash) = last.map_or_else(|| (0, chain::root(me)), |last| (last.seq, last.hash));
    AuditCheckpoint::sign(scope.keys(), me, seq, hash, when::now())
}

/// Reads the caller's library's whole chain: how many entries there are, and the first bad one.
pub async fn verify(
    scope: &TenantScope,
    marks: Vec<(String, AuditCheckpoint)>,
) -> Result<(i64, std::result::Result<(), Fault>)> {
    // So many at a time: a chain is longer than what memory should hold.
    const PART: u64 = 1_000;
    // One snapshot: what is written meanwhile is verified the next time.
    let tx = scope.read().await?;
    let mut verifier = Verifier::new(scope.tenant(), scope.keys(), marks);
    let mut after = None;
    loop {
        let mut find = own(&tx)?.order_by(Column::Seq, Order::Asc).limit(PART);
        if let Some(after) = after {
            find = find.filter(Column::Seq.gt(after));
        }
        let rows = find.all().await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.seq);
        rows.iter().for_each(|row| verifier.read(row));
        if verifier.failed() {
            break;
        }
    }
    Ok((verifier.seq(), verifier.finish()))
}

/// The caller's own chain, and not what others did to its rows.
fn own(tx: &TenantTx) -> Result<crate::tenancy::Find<'_, Entity>> {
    Ok(tx.find::<Entity>()?.filter(Column::TenantId.eq(tx.me())))
}

fn shape(row: Model, me: crate::id::TenantId) -> AuditRecord {
    let own = row.tenant_id == me;
    AuditRecord {
        id: row.id,
        tenant_id: row.tenant_id,
        principal: row.principal.filter(|_| own),
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: RowId(row.subject_id),
        owner_id: RowId(row.owner_id),
        version: row.version,
        ground: row.ground,
        purpose: row.purpose,
        request_id: row.request_id.filter(|_| own),
        at: row.at,
        sequence: own.then_some(row.seq),
        hash: own.then_some(row.hash),
        previous_hash: own.then_some(row.previous),
    }
}
