use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::NaiveDate;

use super::{
    Cube, CubeDimension, CubeName, CubePlaces,
    service::{self, CubeAsk},
};
use crate::{
    aggregate::CubeDefinition,
    graphql::{list_cost, scope},
    id::ConsortiumId,
};

#[derive(Default)]
pub struct FigureQuery;

#[Object]
impl FigureQuery {
    /// Counts of what is shared in a consortium, divided by up to three dimensions: statements, projects, commitments, activities or
    /// priorities. At most 20,000 cells.
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
            desc = "The day whose regions are counted by, and that commitments are overdue on; today when left out."
        )]
        as_of: Option<NaiveDate>,
    ) -> Result<Arc<Cube>> {
        let scope = scope(ctx)?;
        let ask = CubeAsk { cube, group_by, only: only.unwrap_or_default(), as_of };
        let asked = format!("aggregate {ask:?}");
        Ok(scope
            .again(consortium_id, asked, || Box::pin(service::aggregate(scope, consortium_id, ask)))
            .await?)
    }

    /// What a cube can be asked: its dimensions and measures, with their definitions.
    async fn aggregate_definition(&self, ctx: &Context<'_>, cube: CubeName) -> Result<CubeDefinition> {
        Ok(service::aggregate_definition(scope(ctx)?, cube))
    }
}
