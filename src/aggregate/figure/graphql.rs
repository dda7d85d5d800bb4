use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::NaiveDate;

use super::{
    Cube, CubeDimension, CubeName, CubePlaces,
    service::{self, CubeAsk},
};
use crate::{
    aggregate::{CubeDefinition, service::over},
    graphql::{list_cost, scope},
    id::ConsortiumId,
    tenancy::{Extent, TenantScope},
};

async fn counted(scope: &TenantScope, extent: &Extent, ask: CubeAsk) -> Result<Arc<Cube>> {
    let asked = format!("aggregate {ask:?}");
    Ok(scope.again(extent, asked, || Box::pin(service::aggregate(scope, extent, ask))).await?)
}

#[derive(Default)]
pub struct FigureQuery;

#[Object]
impl FigureQuery {
    /// Counts of what is shared in a consortium, divided by up to three dimensions: statements, projects, commitments, activities,
    /// priorities, agreements or applications for money. At most 20,000 cells.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn aggregate(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        cube: CubeName,
        #[graphql(default)] group_by: Vec<CubeDimension>,
        #[graphql(desc = "Only what stands in these places: of each dimension in one of them.")] only: Option<
            Vec<CubePlaces>,
        >,
        #[graphql(
            desc = "The day at whose end it is counted as it stood, whose regions are counted by, and that commitments are overdue on; today when left out."
        )]
        as_of: Option<NaiveDate>,
    ) -> Result<Arc<Cube>> {
        let ask = CubeAsk { cube, group_by, only: only.unwrap_or_default(), as_of };
        counted(scope(ctx)?, &consortium_id.into(), ask).await
    }

    /// Counts of what is shared in several consortia of the caller's, each thing once; or of what everybody on the node may read.
    /// Divided by up to three dimensions. At most 20,000 cells.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn aggregate_over(
        &self,
        ctx: &Context<'_>,
        cube: CubeName,
        #[graphql(
            desc = "What is shared in at least one of these, at most 20. Left out: what everybody on the node may read."
        )]
        consortium_ids: Option<Vec<ConsortiumId>>,
        #[graphql(default)] group_by: Vec<CubeDimension>,
        #[graphql(desc = "Only what stands in these places: of each dimension in one of them.")] only: Option<
            Vec<CubePlaces>,
        >,
        #[graphql(
            desc = "The day at whose end it is counted as it stood, whose regions are counted by, and that commitments are overdue on; today when left out."
        )]
        as_of: Option<NaiveDate>,
    ) -> Result<Arc<Cube>> {
        let ask = CubeAsk { cube, group_by, only: only.unwrap_or_default(), as_of };
        counted(scope(ctx)?, &over(consortium_ids)?, ask).await
    }

    /// What a cube can be asked: its dimensions and measures, with their definitions.
    async fn aggregate_definition(&self, ctx: &Context<'_>, cube: CubeName) -> Result<CubeDefinition> {
        Ok(service::aggregate_definition(scope(ctx)?, cube))
    }
}
