//! Before a library opens what stands in published sums: would another's value follow? Looked at is who is in which sum, and
//! no value, so that the refusal tells nothing.

use std::collections::BTreeSet;

use super::{
    audit::{Audience, Tenant, Variable, exposed_by},
    ledger, rules, seen,
};
use crate::{
    competence::{Model, Stance},
    error::{Code, Error, Result},
    tenancy::{TenantTx, Visibility},
};

/// Refuses a change by which an entry shows others what it did not show before, when what others keep sealed would follow from
/// what was released.
pub async fn may_show(tx: &TenantTx, before: &Model, row: &Model) -> Result<()> {
    let open = match row.visibility {
        Visibility::Private | Visibility::Sealed => return Ok(()),
        Visibility::Consortium => Audience::Consortium,
        Visibility::Public => Audience::Public,
    };
    let (Some(concept), Some(holders)) = (row.concept_id, row.holders) else { return Ok(()) };
    let value = |row: &Model| (row.concept_id, row.holders, row.stance);
    let shown = row.visibility <= before.visibility && value(before) == value(row);
    if shown || row.stance != Stance::Have {
        return Ok(());
    }
    let me = seen::number(row.tenant_id);
    for (past, values) in tx.told_of_own(concept).await? {
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
    }
    Ok(())
}
