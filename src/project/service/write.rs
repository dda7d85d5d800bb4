use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{lead_only, read::load};
use crate::{
    concept::known,
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ConsortiumId, ParticipantId, ProjectId, RowId},
    project::{
        Clearable, Entity, NewProject, Project, ProjectChange, ProjectMove, ProjectState,
        entity::{ActiveModel, Concepts, Model},
        participant::{self, ParticipantRole, ParticipantStatus},
        transition,
    },
    tenancy::{SeatRole, TenantScope, TenantTx, Turn, Visibility},
    text, when,
};

const MAX_CONCEPTS: usize = 50;

/// Makes a project, led by the caller's library.
pub async fn create(scope: &TenantScope, input: NewProject) -> Result<Project> {
    let mut violations = Violations::default();
    violations.edtf("starts", input.starts.as_deref());
    violations.edtf("ends", input.ends.as_deref());
    check_concepts(&input.concept_ids, &mut violations);
    if input.visibility == Visibility::Consortium && input.consortium_id.is_none() {
        violations.add("consortiumId", "consortium_required");
    }
    violations.done()?;
    let title = text::given("title", &input.title, 300)?;
    let purpose = input.purpose.as_deref().map(|text| text::given("purpose", text, 4_000)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("createProject", input, move |tx, input| {
            Box::pin(async move {
                check_references(tx, input.consortium_id, &input.concept_ids).await?;
                let id = ProjectId::new();
                tx.insert(ActiveModel {
                    project_id: Set(id),
                    consortium_id: Set(input.consortium_id),
                    title: Set(title),
                    purpose: Set(purpose),
                    state: Set(ProjectState::Idea),
                    concepts: Set(Concepts(input.concept_ids)),
                    starts: Set(input.starts),
                    ends: Set(input.ends),
                    visibility: Set(input.visibility),
                    tenant_id: Set(tx.me()),
                    ..Default::default()
                })
                .await?;
                tx.insert(participant::ActiveModel {
                    id: Set(ParticipantId::new()),
                    project_id: Set(id),
                    participant_id: Set(tx.me()),
                    role: Set(ParticipantRole::Lead),
                    status: Set(ParticipantStatus::Accepted),
                    consortium_id: Set(input.consortium_id),
                    visibility: Set(input.visibility),
                    ..Default::default()
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Changes what a project says of itself, or who sees it.
pub async fn change(
    scope: &TenantScope,
    id: ProjectId,
    expected: i64,
    input: ProjectChange,
) -> Result<Project> {
    let mut violations = Violations::default();
    violations.edtf("starts", input.starts.as_deref());
    violations.edtf("ends", input.ends.as_deref());
    check_concepts(input.concept_ids.as_deref().unwrap_or_default(), &mut violations);
    violations.done()?;
    let title = input.title.as_deref().map(|text| text::given("title", text, 300)).transpose()?;
    let purpose = input.purpose.as_deref().map(|text| text::given("purpose", text, 4_000)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeProject", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                lead_only(tx, &row)?;
                let consortium = input.consortium_id.filter(|c| Some(*c) != row.consortium_id);
                check_references(tx, consortium, input.concept_ids.as_deref().unwrap_or_default()).await?;
                let visibility = input.visibility.unwrap_or(row.visibility);
                let kept = row.consortium_id.filter(|_| !input.clear.contains(&Clearable::Consortium));
                let consortium = input.consortium_id.or(kept);
                // Of what an archive brought without its consortium the rest can be changed.
                let moved = (visibility, consortium) != (row.visibility, row.consortium_id);
                if moved && visibility == Visibility::Consortium && consortium.is_none() {
                    return Err(Error::new(Code::InvalidInput).field("consortiumId", "consortium_required"));
                }
                let before = (row.consortium_id, row.visibility);
                // An invitation under way would carry a copy of what is about to change.
                tx.lock(&format!("participants {id}"), Turn::Alone).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        for field in &input.clear {
                            match field {
                                Clearable::Purpose => row.purpose = Set(None),
                                Clearable::Consortium => row.consortium_id = Set(None),
                                Clearable::Starts => row.starts = Set(None),
                                Clearable::Ends => row.ends = Set(None),
                            }
                        }
                        if let Some(title) = title {
                            row.title = Set(title);
                        }
                        if let Some(purpose) = purpose {
                            row.purpose = Set(Some(purpose));
                        }
                        if let Some(consortium) = input.consortium_id {
                            row.consortium_id = Set(Some(consortium));
                        }
                        if let Some(concepts) = input.concept_ids {
                            row.concepts = Set(Concepts(concepts));
                        }
                        if let Some(starts) = input.starts {
                            row.starts = Set(Some(starts));
                        }
                        if let Some(ends) = input.ends {
                            row.ends = Set(Some(ends));
                        }
                        row.visibility = Set(visibility);
                    })
                    .await?;
                if before != (row.consortium_id, row.visibility) {
                    copy(tx, &row).await?;
                }
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Who sees the project sees its participants and steps: they carry the same consortium and visibility.
async fn copy(tx: &TenantTx, project: &Model) -> Result<()> {
    let consortium = || project.consortium_id.map(|c| c.0).into();
    let visibility = || sea_orm::ActiveEnum::to_value(&project.visibility).into();
    tx.align::<participant::Entity>(
        participant::Column::ProjectId.eq(project.project_id),
        vec![
            (participant::Column::ConsortiumId, consortium()),
            (participant::Column::Visibility, visibility()),
        ],
    )
    .await?;
    tx.align::<transition::Entity>(
        transition::Column::ProjectId.eq(project.project_id),
        vec![
            (transition::Column::ConsortiumId, consortium()),
            (transition::Column::Visibility, visibility()),
        ],
    )
    .await
}

/// Takes a step, with its reason.
pub async fn advance(
    scope: &TenantScope,
    id: ProjectId,
    expected: i64,
    input: ProjectMove,
) -> Result<Project> {
    let mut violations = Violations::default();
    violations.text_if("reason", input.reason.as_deref(), 2_000);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("moveProject", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                lead_only(tx, &row)?;
                if row.version != expected {
                    return Err(Error::new(Code::StaleVersion).with("current", row.version));
                }
                row.state.step(input.to)?;
                let from = row.state;
                let row = tx.change::<Entity>(row, Some(expected), |row| row.state = Set(input.to)).await?;
                tx.insert(transition::ActiveModel {
                    id: Set(RowId::new()),
                    project_id: Set(id),
                    from_state: Set(from),
                    to_state: Set(input.to),
                    reason: Set(input.reason),
                    consortium_id: Set(row.consortium_id),
                    visibility: Set(row.visibility),
                    at: Set(when::now()),
                    ..Default::default()
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn check_concepts(concepts: &[ConceptId], violations: &mut Violations) {
    if concepts.len() > MAX_CONCEPTS {
        violations.add_with("conceptIds", "too_many", &[("max", &MAX_CONCEPTS.to_string())]);
        return;
    }
    for (n, concept) in concepts.iter().enumerate() {
        if concepts.iter().take(n).any(|before| before == concept) {
            violations.add(&format!("conceptIds/{n}"), "duplicate");
        }
    }
}

/// A consortium that the caller's library takes part in, and concepts that are there.
async fn check_references(
    tx: &TenantTx,
    consortium: Option<ConsortiumId>,
    concepts: &[ConceptId],
) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(consortium) = consortium {
        match tx.seat_as(consortium, &[SeatRole::Coordinator, SeatRole::Member]).await {
            Err(error) if error.code == Code::NotFound => {
                violations.add("consortiumId", "unknown_consortium")
            }
            other => other?,
        }
    }
    let named: Vec<_> = concepts.iter().enumerate().map(|(n, id)| (format!("conceptIds/{n}"), *id)).collect();
    known::check(tx, &named, &mut violations).await?;
    violations.done()
}
