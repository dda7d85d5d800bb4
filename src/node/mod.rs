//! Relay's node: anything with an address, by the very id that it has everywhere else.
//!
//! Ids are unique over all kinds and do not tell theirs: one question over the readable rows of every kind finds it,
//! and the noun's own service serves it. To make a noun a node, give it a line below.

use async_graphql::{ID, Interface};
use uuid::Uuid;

use crate::{
    activity::{self, Activity},
    aggregate::{
        claim::{self, StrengthClaim},
        release::{
            self, Release,
            rules::{self, ReleaseRulesProposal},
        },
    },
    agreement::{self, Agreement},
    auth::{accounts, invitations, oidc::principal as principals},
    commitment::{self, Commitment},
    competence::{
        self, Competence,
        occasion::{self, Occasion},
        sighting::{self, CompetenceSighting},
    },
    concept::{
        self, Concept, ConceptScheme,
        definition::{self, ConceptDefinition},
    },
    error::{Error, Result},
    funding::{self, FundingApplication},
    meeting::{
        self, Meeting,
        exercise::{self, Exercise},
        note::{self, Note},
        series::{self, MeetingSeries},
    },
    priority::round::{self, PriorityRound},
    privacy::erasure::{self, Erasure},
    product::{self, Product},
    project::{self, Project},
    registry::{
        account::{self, ServiceAccount},
        consortium::{self, Consortium},
        contact::{self, Contact},
        group::{self, Group},
        invitation::{self, Invitation},
        membership::{self, Membership},
        organisation::{self, Organisation},
        principal::{self, Principal},
        tenant::{self, Tenant},
    },
    statement::{self, Statement},
    tenancy::TenantScope,
};

pub mod graphql;

/// Declares the kinds of nodes: the shape, its rows, and the service that serves one.
macro_rules! nodes {
    ($($shape:ident of $entity:ty, $view:path;)*) => {
        /// Anything with an address.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID"))]
        #[allow(clippy::large_enum_variant, reason = "made once an answer")]
        pub enum Node { $($shape($shape)),* }

        /// Whatever has this id, as far as the caller may see it. Hidden and absent are the same 404.
        pub async fn view(scope: &TenantScope, id: Uuid) -> Result<Node> {
            let kind = {
                let tx = scope.read().await?;
                tx.kinds(id)$(.or::<$entity>(stringify!($shape)))*.answer().await?
            };
            match kind.as_str() {
                $(stringify!($shape) => Ok(Node::$shape($view(scope, id.into()).await?)),)*
                _ => Err(Error::not_found()),
            }
        }
    };
}

nodes! {
    Tenant of tenant::Entity, tenant::service::view;
    Consortium of consortium::Entity, consortium::service::view;
    Membership of membership::Entity, membership::service::view;
    Group of group::Entity, group::service::view;
    Organisation of organisation::Entity, organisation::service::view;
    Contact of contact::Entity, contact::service::view;
    ServiceAccount of accounts::Entity, account::service::view;
    Invitation of invitations::Entity, invitation::service::view;
    Principal of principals::Entity, principal::service::view;
    Erasure of erasure::Entity, erasure::service::view;
    Concept of concept::Entity, concept::service::view;
    ConceptScheme of concept::scheme::Entity, concept::service::scheme;
    ConceptDefinition of definition::Entity, definition::service::view;
    Competence of competence::Entity, competence::service::view;
    CompetenceSighting of sighting::Entity, sighting::service::view;
    Occasion of occasion::Entity, occasion::service::view;
    Statement of statement::Entity, statement::service::view;
    Commitment of commitment::Entity, commitment::service::view;
    Activity of activity::Entity, activity::service::view;
    MeetingSeries of series::Entity, series::service::view;
    Meeting of meeting::Entity, meeting::service::view;
    Exercise of exercise::Entity, exercise::service::view;
    Note of note::Entity, note::service::view;
    Project of project::Entity, project::service::view;
    Product of product::Entity, product::service::view;
    FundingApplication of funding::Entity, funding::service::view;
    Agreement of agreement::Entity, agreement::service::view;
    PriorityRound of round::Entity, round::service::view;
    StrengthClaim of claim::Entity, claim::service::view;
    Release of release::Entity, release::service::view;
    ReleaseRulesProposal of rules::Entity, rules::service::proposal;
}
