use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, ExerciseId, GroupId, NoteId, TenantId},
    tenancy::{Admission, Placed, Reach, Subject, TenantRows, Visibility},
};

/// What was made of a note.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "NoteBecame")]
#[schema(as = NoteBecame)]
pub enum Became {
    Competence,
    Statement,
    Commitment,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    pub exercise_id: ExerciseId,
    /// Of the exercise.
    pub consortium_id: ConsortiumId,
    pub group_id: Option<GroupId>,
    /// The number of the question that it answers.
    pub prompt: Option<i64>,
    pub text: String,
    pub lang: String,
    pub concept_id: Option<ConceptId>,
    pub became: Option<Became>,
    pub became_id: Option<Uuid>,
    /// When it became true, among the notes of the exercise.
    pub place: i64,
    /// When it was last shown to others, in the same order.
    pub shown_place: Option<i64>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds which notes a consortium gets: a note is a statement that is not made yet.
const CAP: &str = "cap_statements";

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Note;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Own, or shown in the consortium of its exercise.
    fn readable(reach: &Reach) -> Condition {
        let placed = Placed {
            tenant: Column::TenantId,
            consortium: Column::ConsortiumId,
            visibility: Column::Visibility,
        };
        Condition::any().add(reach.own(Column::TenantId)).add(reach.shared_at(placed, CAP))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: row.visibility,
            version: row.version,
        }
    }
}
