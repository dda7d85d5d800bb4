//! What a commitment may say, and whom and what it may name.

use sea_orm::ColumnTrait;

use super::{CommitmentStatus, FollowUp, Model, reminder};
use crate::{
    error::{Result, Violations},
    id::{ConsortiumId, GroupId, ProjectId, TenantId},
    project,
    registry::{group, tenant},
    tenancy::TenantTx,
};

const LONGEST: usize = 1_000;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_NAME: usize = 120;
const MOST: usize = 20;

/// A commitment as it would become.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("text", &row.text, LONGEST);
    violations.edtf_with_end("due", row.due.as_deref());
    violations.between("remindDays", Some(row.remind_days), 0, reminder::MOST_DAYS);
    let most = MOST.to_string();
    if row.partners.0.len() > MOST {
        violations.add_with("partnerIds", "too_many", &[("max", &most)]);
    }
    for (n, partner) in row.partners.0.iter().enumerate() {
        if row.partners.0.iter().take(n).any(|before| before == partner) {
            violations.add(&format!("partnerIds/{n}"), "duplicate");
        }
        if *partner == row.tenant_id {
            violations.add(&format!("partnerIds/{n}"), "another_library");
        }
    }
    if row.others.0.len() > MOST {
        violations.add_with("others", "too_many", &[("max", &most)]);
    }
    for (n, name) in row.others.0.iter().take(MOST).enumerate() {
        violations.text(&format!("others/{n}"), name, LONGEST_NAME);
    }
    if row.group_id.is_some() && row.consortium_id.is_none() {
        violations.add("consortiumId", "required");
    }
    violations.done()
}

pub fn follow_up(input: &FollowUp) -> Result<()> {
    let mut violations = Violations::default();
    violations.text_if("note", input.note.as_deref(), LONGEST_NOTE);
    if input.note.is_some() && input.language.is_none() {
        violations.add("language", "required");
    }
    violations.edtf_with_end("due", input.due.as_deref());
    match (input.status == CommitmentStatus::Moved, input.due.is_some()) {
        (true, false) => violations.add("due", "required"),
        (false, true) => violations.add("due", "moved_only"),
        _ => {}
    }
    violations.done()
}

/// What a commitment names.
#[derive(Default)]
pub struct Named<'n> {
    pub partners: &'n [TenantId],
    pub consortium: Option<ConsortiumId>,
    pub group: Option<GroupId>,
    pub project: Option<ProjectId>,
}

pub async fn known(tx: &TenantTx, named: Named<'_>) -> Result<()> {
    let mut violations = Violations::default();
    for (n, partner) in named.partners.iter().enumerate() {
        if !tenant::service::is_here(tx, *partner).await? {
            violations.add(&format!("partnerIds/{n}"), "unknown_tenant");
        }
    }
    if let Some(consortium) = named.consortium
        && tx.seat(consortium).await.is_err()
    {
        violations.add("consortiumId", "unknown_consortium");
    }
    if let (Some(group), Some(consortium)) = (named.group, named.consortium) {
        use group::member::{Column, Entity};
        let ours = tx
            .find::<Entity>()?
            .filter(Column::GroupId.eq(group))
            .filter(Column::ConsortiumId.eq(consortium))
            .filter(Column::TenantId.eq(tx.me()));
        if ours.one().await?.is_none() {
            violations.add("groupId", "own_group");
        }
    }
    if let Some(project) = named.project
        && !project::service::leads(tx, project).await?
    {
        violations.add("projectId", "own_project");
    }
    violations.done()
}
