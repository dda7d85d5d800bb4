//! Identifiers: UUIDv7, one type a noun, so that a project's id cannot be passed where a tenant's is due.
//!
//! The same text stands in REST and GraphQL (where every one is an `ID`).

/// Declares an id type with its serde, SeaORM, GraphQL and OpenAPI faces.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sea_orm::DeriveValueType,
        )]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new one, ordered by time.
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Uuid)))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl async_graphql::InputType for $name {
            type RawValueType = Self;
            fn type_name() -> std::borrow::Cow<'static, str> {
                <async_graphql::ID as async_graphql::InputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::InputType>::create_type_info(registry)
            }
            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                match value {
                    Some(async_graphql::Value::String(text)) => text
                        .parse()
                        .map_err(|_| async_graphql::InputValueError::custom("an id is a UUID")),
                    other => Err(async_graphql::InputValueError::expected_type(other.unwrap_or_default())),
                }
            }
            fn to_value(&self) -> async_graphql::Value {
                async_graphql::Value::String(self.to_string())
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                <async_graphql::ID as async_graphql::OutputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::OutputType>::create_type_info(registry)
            }
            async fn resolve(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                Ok(async_graphql::Value::String(self.to_string()))
            }
        }
    )*};
}

id! {
    /// A library organisation on this node.
    TenantId,
    /// An integration that signs in on behalf of a tenant.
    ServiceAccountId,
    /// Something that is asked to be removed for good.
    ErasureId,
    /// A way in that is good once.
    InvitationId,
    /// Somebody who signs in through a provider.
    PrincipalId,
    ConsortiumId,
    /// Whom to turn to.
    ContactId,
    MembershipId,
    GroupId,
    OrganisationId,
    ConceptId,
    SchemeId,
    DefinitionId,
    /// What a consortium claims as common to several.
    ClaimId,
    EntryId,
    /// Something that one library saw another be good at.
    SightingId,
    /// What competences are wanted or shown for.
    OccasionId,
    StatementId,
    /// What binds meetings together.
    SeriesId,
    MeetingId,
    ExerciseId,
    /// Something written down in an exercise.
    NoteId,
    CommitmentId,
    ActivityId,
    ProjectId,
    ParticipantId,
    /// What libraries have made for others to use too.
    ProductId,
    /// A library's application for money.
    FundingApplicationId,
    /// What libraries have agreed on.
    AgreementId,
    RoundId,
    /// Figures that a consortium has released.
    ReleaseId,
    /// Rules of releases, proposed or in force.
    ReleaseRulesId,
    ProposalId,
    BallotId,
    /// A row that is nobody's address: history, areas, labels, log lines.
    RowId,
}

impl TenantId {
    /// Owner of what belongs to the node itself: its operators and what they do.
    pub const NODE: Self = Self(uuid::Uuid::nil());
}
