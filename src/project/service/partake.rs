use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{lead_only, shape_participant};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result, Violations},
    id::{ParticipantId, ProjectId, TenantId},
    page::{Page, PageArgs},
    project::{
        Entity, Participant, ProjectInvitation,
        participant::{self, ParticipantRole, ParticipantStatus},
        seat,
    },
    registry::tenant,
    tenancy::{TenantScope, TenantTx, Turn, of},
    text::Text,
};

/// Libraries in a project at most, whatever became of their invitation.
const MAX_PARTICIPANTS: usize = 100;

struct Row {
    participant: participant::Model,
    name: Text,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            participant: participant::Model::from_query_result(row, "x_")?,
            name: row.try_get("", "name")?,
        })
    }
}

/// The libraries in a project, oldest invitation first.
pub async fn participants(
    scope: &TenantScope,
    project: ProjectId,
    page: PageArgs,
) -> Result<Page<Participant>> {
    let wish = scope.page(&page, format_args!("participants {project}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let tx = scope.read().await?;
    let limit = u64::from(wish.first) + 1;
    let of_project = Condition::all().add(participant::Column::ProjectId.eq(project));
    let named = of("t", tenant::Column::Id).eq(of("x", participant::Column::ParticipantId));
    let question = tx
        .question()
        .from_part::<participant::Entity>(
            "x",
            of_project,
            participant::Column::Id,
            after.map(Expr::val),
            limit,
        )
        .join::<tenant::Entity>("t", named)
        .take_all::<participant::Entity>("x", "x_")
        .take(of("t", tenant::Column::Names), "name")
        .order_by(of("x", participant::Column::Id), Order::Asc);
    let rows = tx.answer::<Row>(question).await?;
    // A project is never without its lead: no row at all on the first page means no project that the caller sees.
    if rows.is_empty() && after.is_none() {
        return Err(Error::not_found());
    }
    let page = Page::of(rows, &wish, |row| row.participant.id.to_string());
    Ok(page.map(|row| shape_participant(scope, &row.participant, &row.name)))
}

/// Invites a library; from now on it sees the project. By the lead.
pub async fn invite(scope: &TenantScope, id: ProjectId, input: ProjectInvitation) -> Result<Participant> {
    let scope_in = scope.clone();
    scope
        .write("inviteParticipant", (id, input), move |tx, (id, input)| {
            Box::pin(async move {
                lead_only(tx, &tx.get::<Entity>(id.0).await?)?;
                // The invitation carries a copy of who sees the project: of what it is now, not of what a change
                // beside this one is about to replace.
                tx.lock(&format!("participants {id}"), Turn::Alone).await?;
                let project = tx.get::<Entity>(id.0).await?;
                // Whoever is invited sees the project, however private it is: that is the editor's to open.
                if !tx.caller().may(Action::Modify, Resource::Participant) {
                    return Err(Error::new(Code::Forbidden));
                }
                if project.state.is_over() {
                    return Err(Error::new(Code::Conflict));
                }
                let mut violations = Violations::default();
                if input.role == ParticipantRole::Lead {
                    violations.add_with("role", "unknown_value", &[("allowed", "partner, observer")]);
                }
                if input.tenant_id == tx.me() {
                    violations.add("tenantId", "self_invitation");
                }
                let name = name(tx, input.tenant_id).await?;
                if name.is_none() {
                    violations.add("tenantId", "unknown_tenant");
                }
                violations.done()?;
                let old = all(tx, id).await?;
                let row = match old.iter().find(|row| row.participant_id == input.tenant_id) {
                    Some(row)
                        if matches!(row.status, ParticipantStatus::Invited | ParticipantStatus::Accepted) =>
                    {
                        return Err(Error::new(Code::Conflict).field("tenantId", "already_member"));
                    }
                    // Asked again after it declined or left.
                    Some(row) => {
                        tx.change::<participant::Entity>(row.clone(), None, |row| {
                            row.role = Set(input.role);
                            row.status = Set(ParticipantStatus::Invited);
                        })
                        .await?
                    }
                    None if old.len() >= MAX_PARTICIPANTS => {
                        let max = MAX_PARTICIPANTS.to_string();
                        return Err(Error::new(Code::Conflict).field_with(
                            "tenantId",
                            "too_many",
                            &[("max", &max)],
                        ));
                    }
                    None => {
                        tx.insert(participant::ActiveModel {
                            id: Set(ParticipantId::new()),
                            project_id: Set(id),
                            participant_id: Set(input.tenant_id),
                            role: Set(input.role),
                            status: Set(ParticipantStatus::Invited),
                            consortium_id: Set(project.consortium_id),
                            visibility: Set(project.visibility),
                            ..Default::default()
                        })
                        .await?
                    }
                };
                tx.insert(seat::ActiveModel {
                    tenant_id: Set(input.tenant_id),
                    project_id: Set(id),
                    ..Default::default()
                })
                .await?;
                Ok(shape_participant(&scope_in, &row, &name.unwrap_or_default()))
            })
        })
        .await
}

/// Says yes to an invitation.
pub async fn accept(scope: &TenantScope, project: ProjectId, expected: i64) -> Result<Participant> {
    answer(scope, "acceptParticipation", project, expected, ParticipantStatus::Accepted).await
}

/// Says no to an invitation; the library sees no more of the project than anybody else.
pub async fn decline(scope: &TenantScope, project: ProjectId, expected: i64) -> Result<Participant> {
    answer(scope, "declineParticipation", project, expected, ParticipantStatus::Declined).await
}

/// Takes no part any more; the library sees no more of the project than anybody else.
pub async fn leave(scope: &TenantScope, project: ProjectId, expected: i64) -> Result<Participant> {
    answer(scope, "leaveProject", project, expected, ParticipantStatus::Left).await
}

async fn answer(
    scope: &TenantScope,
    operation: &'static str,
    project: ProjectId,
    expected: i64,
    to: ParticipantStatus,
) -> Result<Participant> {
    let scope_in = scope.clone();
    scope
        .write(operation, (project, expected), move |tx, (project, expected)| {
            Box::pin(async move {
                let row = all(tx, project).await?.into_iter().find(|row| row.participant_id == tx.me());
                let row = row.ok_or_else(Error::not_found)?;
                if row.version != expected {
                    return Err(Error::new(Code::StaleVersion).with("current", row.version));
                }
                if row.role == ParticipantRole::Lead {
                    // The lead is bound as long as there is a project.
                    return Err(Error::new(Code::Conflict));
                }
                step(row.status, to)?;
                let row =
                    tx.change::<participant::Entity>(row, Some(expected), |row| row.status = Set(to)).await?;
                if to != ParticipantStatus::Accepted {
                    close_seat(tx, project).await?;
                }
                let name = name(tx, tx.me()).await?.unwrap_or_default();
                Ok(shape_participant(&scope_in, &row, &name))
            })
        })
        .await
}

fn step(from: ParticipantStatus, to: ParticipantStatus) -> Result<()> {
    use ParticipantStatus::*;
    let next: &[ParticipantStatus] = match from {
        Invited => &[Accepted, Declined],
        Accepted => &[Left],
        Declined | Left => &[],
    };
    if next.contains(&to) {
        return Ok(());
    }
    let allowed: Vec<_> = next.iter().map(|s| s.word()).collect();
    let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
    let error = Error::new(Code::IllegalTransition).with("from", from.word());
    Err(error.with("to", to.word()).with("allowed", allowed))
}

/// The caller's own seat, which made the project visible to it.
async fn close_seat(tx: &TenantTx, project: ProjectId) -> Result<()> {
    let mine = tx
        .find::<seat::Entity>()?
        .filter(seat::Column::ProjectId.eq(project))
        .filter(seat::Column::TenantId.eq(tx.me()))
        .one()
        .await?;
    match mine {
        Some(seat) => tx.remove::<seat::Entity>(seat, None).await,
        None => Ok(()),
    }
}

async fn all(tx: &TenantTx, project: ProjectId) -> Result<Vec<participant::Model>> {
    tx.find::<participant::Entity>()?.filter(participant::Column::ProjectId.eq(project)).all().await
}

/// A library's name, if there is such a library.
async fn name(tx: &TenantTx, tenant: TenantId) -> Result<Option<Text>> {
    let row = tx.find::<tenant::Entity>()?.filter(tenant::Column::Id.eq(tenant)).one().await?;
    Ok(row.map(|row| row.names))
}
