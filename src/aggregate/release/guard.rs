//! Before a library opens what stands in published sums: would another's value follow? Looked at is who is in which sum and who has
//! opened what, and no value, so that the refusal tells nothing. What is opened is noted at once: the next one to open is measured by it.

use std::collections::BTreeSet;

use super::{
    audit::{Audience, Tenant, Variable, exposed_by},
    ledger, rules, seen,
    seen::Memberships,
};
use crate::{
    competence::{Model, Stance},
    error::{Code, Error, Result},
    id::ConceptId,
    tenancy::{
        TenantTx, Visibility,
        sealed::{Shown, ToldOfOwn},
    },
    when,
};

/// Refuses a change by which an entry shows others what it did not show before, when what others keep sealed would follow from
/// what was released.
pub async fn may_show(tx: &TenantTx, before: &Model, row: &Model) -> Result<()> {
    if matches!(row.visibility, Visibility::Private | Visibility::Sealed) {
        return Ok(());
    }
    let Some(holders) = row.holders else { return Ok(()) };
    let value = |row: &Model| (row.concept_id, row.holders, row.stance);
    if row.visibility <= before.visibility && value(before) == value(row) {
        return Ok(());
    }
    // Also the one that it was of: whoever has seen it grow knows what a number without it means.
    let had = |row: &Model| row.concept_id.filter(|_| row.stance == Stance::Have);
    let concepts: BTreeSet<ConceptId> = [had(before), had(row)].into_iter().flatten().collect();
    for concept in concepts {
        show(tx, row, concept, holders).await?;
    }
    Ok(())
}

/// The same number, as a value on a concept.
async fn show(tx: &TenantTx, row: &Model, concept: ConceptId, holders: i64) -> Result<()> {
    let open = if row.visibility == Visibility::Public { Audience::Public } else { Audience::Consortium };
    let me = seen::number(row.tenant_id);
    let ToldOfOwn { told, memberships } = tx.told_of_own(concept).await?;
    let mut seen_by_now = Vec::new();
    for (past, values) in told {
        let history = ledger::history(&past.told, &values.iter().collect::<Vec<_>>());
        let rules = rules::service::in_force(tx, past.consortium_id).await?.rules.audit(0);
        // Whichever of its values is as great: an earlier one may be equal.
        let own: Vec<Variable> = history
            .variables
            .iter()
            .filter(|(variable, past)| {
                variable.tenant == me && past.value.is_some_and(|value| u64::try_from(holders) == Ok(value))
            })
            .map(|(variable, _)| *variable)
            .collect();
        for variable in own {
            let others: BTreeSet<Tenant> =
                exposed_by(&rules, &history, variable, Some(open), &BTreeSet::new());
            if others.iter().any(|tenant| *tenant != me) {
                return Err(Error::new(Code::Conflict).field("visibility", "would_expose"));
            }
        }
        let known = Memberships { here: past.consortium_id, all: &memberships };
        let sight = known.sight(&Shown {
            tenant: row.tenant_id,
            concept,
            amount: holders,
            visibility: row.visibility,
            from: when::now(),
            to: None,
        });
        let own = values.into_iter().filter(|v| v.tenant_id == row.tenant_id && v.amount == Some(holders));
        seen_by_now.extend(own.filter_map(|mut value| {
            let before = (value.opened, value.named.clone());
            value.opened = value.opened.max(sight.open.map(Into::into));
            let named = sight.named.iter().map(|tenant| uuid::Uuid::from_u128(tenant.0));
            let named: BTreeSet<_> = value.named.0.iter().copied().chain(named).collect();
            value.named.0 = named.into_iter().collect();
            (before != (value.opened, value.named.clone())).then_some(value)
        }));
    }
    tx.has_shown(seen_by_now).await
}
