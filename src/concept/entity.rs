use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, SchemeId, TenantId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility, rows},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConceptId,
    pub scheme_id: SchemeId,
    /// The scheme's own name for it: `c:events`.
    pub notation: String,
    /// A theme: a top concept of the scheme.
    pub top: bool,
    pub theme_id: Option<ConceptId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub broader: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub related: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub kinds: Json,
    /// The preferred label in each language.
    #[sea_orm(column_type = "JsonBinary")]
    pub labels: Text,
    /// The languages whose label is a translation.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub translated: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub exact_match: Json,
    pub status: ConceptStatus,
    pub replaced_by: Option<ConceptId>,
    /// Whose own it is; of nobody in particular where it is everybody's, or is to be.
    pub consortium_id: Option<ConsortiumId>,
    pub proposed_by: Option<TenantId>,
    /// Why it was rejected.
    pub decision: Option<String>,
    /// Of a theme of a consortium's or library's own: what it gathers beside the concepts that stand under it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub members: Option<Json>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
pub enum ConceptStatus {
    Proposed,
    Accepted,
    /// Proposed, and not taken in; what was entered on it stays.
    Rejected,
    /// No longer used; see what replaced it.
    Deprecated,
}

impl ConceptStatus {
    /// Whether something may be put on it.
    pub fn is_used(self) -> bool {
        matches!(self, ConceptStatus::Proposed | ConceptStatus::Accepted)
    }
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Concept;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Proposed(&[SeatRole::Coordinator, SeatRole::Member]);

    /// Everybody's; of the caller's consortia; what is only proposed to everybody, by the caller or to the operator.
    fn readable(reach: &Reach) -> Condition {
        let open = Condition::any().add(Column::ProposedBy.eq(reach.me)).add(if reach.operator {
            rows::all()
        } else {
            rows::none()
        });
        Condition::any()
            .add(common())
            .add(reach.seated(Column::ConsortiumId, &[]))
            .add(Condition::all().add(Column::ConsortiumId.is_null()).add(open))
    }

    /// Who decides: the operator on what is everybody's, a coordinator on what is its consortium's.
    fn writable(reach: &Reach) -> Condition {
        let common = if reach.operator { rows::all() } else { rows::none() };
        Condition::any()
            .add(Condition::all().add(Column::ConsortiumId.is_null()).add(common))
            .add(reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator]))
    }

    fn subject(row: &Model) -> Subject {
        let visibility = match (row.consortium_id, row.status) {
            (Some(_), _) => Visibility::Consortium,
            (None, ConceptStatus::Proposed | ConceptStatus::Rejected) => Visibility::Private,
            (None, ConceptStatus::Accepted | ConceptStatus::Deprecated) => Visibility::Public,
        };
        Subject { id: row.id.0, consortium: row.consortium_id, visibility, version: row.version }
    }
}

/// What everybody reads.
pub fn common() -> Condition {
    Condition::all()
        .add(Column::ConsortiumId.is_null())
        .add(Column::Status.is_in([ConceptStatus::Accepted, ConceptStatus::Deprecated]))
}

impl SharedRows for Entity {
    /// Everybody's, and the consortium's own.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        let own = reach.seated(Column::ConsortiumId, &[]).add(Column::ConsortiumId.eq(consortium));
        Condition::any().add(common()).add(own)
    }

    fn open(_: &Reach) -> Condition {
        common()
    }
}
