//! What an agreement says: its writer's own, whatever its parties do with it.

use chrono::NaiveDate;
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::{AgreementPartyInput, entity};
use crate::{
    auth::policy::Resource,
    id::{AgreementId, ConsortiumId, TenantId},
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_text")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: AgreementId,
    pub title: String,
    pub lang: String,
    pub purpose: String,
    pub ground_rules: Option<String>,
    /// A day, as ISO 8601 writes it.
    pub first_day: String,
    pub last_day: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub parties: Parties,
    /// Of all this but the language; see [`super::digest`].
    pub digest: String,
    /// Rises with every change of what was proposed.
    pub text_version: i64,
}

/// Those that an agreement is between. Of a party from outside the name stands here, whatever else is known of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Parties(pub Vec<AgreementPartyInput>);

impl Parties {
    /// These, and the library that writes it, which is a party whether it is named or not.
    pub fn with(writer: TenantId, mut parties: Vec<AgreementPartyInput>) -> Self {
        if !parties.iter().any(|party| party.tenant_id == Some(writer)) {
            parties.push(AgreementPartyInput { tenant_id: Some(writer), ..Default::default() });
        }
        Self(parties)
    }

    /// The libraries among them.
    pub fn libraries(&self) -> impl Iterator<Item = TenantId> {
        self.0.iter().filter_map(|party| party.tenant_id)
    }
}

impl Model {
    pub fn first(&self) -> Option<NaiveDate> {
        self.first_day.parse().ok()
    }

    pub fn last(&self) -> Option<NaiveDate> {
        self.last_day.as_deref().and_then(|day| day.parse().ok())
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Agreement;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::AgreementId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    /// Whoever sees the agreement.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::AgreementId.in_subquery(entity::seen(reach)))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.agreement_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}

impl SharedRows for Entity {
    /// Of the agreements that are shared there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        Condition::all().add(Column::AgreementId.in_subquery(reach.let_in_ids::<entity::Entity>(consortium)))
    }

    fn open(reach: &Reach) -> Condition {
        Condition::all().add(Column::AgreementId.in_subquery(reach.open_ids::<entity::Entity>()))
    }
}
