use std::sync::Arc;

use async_graphql::{Context, Object, Result, connection::Connection};
use chrono::NaiveDate;

use super::{
    CommonStrengths, CompetenceCube, CooperationSuggestion, CubeDefinition, CubeFilter, Days, Dimension,
    JointWeight, Landscape, LandscapeComparison, LandscapeFilter, Matches, Overlap, ProjectGap,
    SuggestionFilter, TwoOverlap, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConceptId, ConsortiumId, EntryId, ProjectId, TenantId},
    tenancy::{Extent, TenantScope},
};

async fn counted(
    scope: &TenantScope,
    extent: &Extent,
    group_by: Vec<Dimension>,
    filter: CubeFilter,
    days: service::AsOf,
) -> Result<Arc<CompetenceCube>> {
    let asked = format!("cube {group_by:?} {filter:?} {days:?}");
    let work = || Box::pin(service::aggregate_competences(scope, extent, group_by, filter, days));
    Ok(scope.again(extent, asked, work).await?)
}

#[derive(Default)]
pub struct AggregateQuery;

// Answers are whole, not paged; each is bounded, and weighs as much as a page of twenty.
#[Object]
impl AggregateQuery {
    /// Who has what and who wants what in a consortium, by theme and concept. At most 1,000 concepts.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn landscape(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        filter: Option<LandscapeFilter>,
    ) -> Result<Arc<Landscape>> {
        let (scope, filter) = (scope(ctx)?, filter.unwrap_or_default());
        let asked = format!("landscape {filter:?}");
        let work = || Box::pin(service::landscape(scope, consortium_id, filter));
        Ok(scope.again(consortium_id, asked, work).await?)
    }

    /// A consortium beside itself at the end of two days: by theme and concept what came, grew, shrank and went among its members
    /// of now, of what they share still. What was removed, or is kept back by now, is not told; of two entries that a merge of words
    /// made one, the past of the one that stays. At most 1,000 concepts.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn compare_landscape(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        before: NaiveDate,
        after: NaiveDate,
        theme_id: Option<ConceptId>,
    ) -> Result<LandscapeComparison> {
        let days = Days { before, after, theme_id };
        Ok(service::compare_landscape(scope(ctx)?, consortium_id, days).await?)
    }

    /// How alike the members of a consortium are, every pair, and who has what another wants. At most 100 members.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn overlap(&self, ctx: &Context<'_>, consortium_id: ConsortiumId) -> Result<Arc<Overlap>> {
        let scope = scope(ctx)?;
        let work = || Box::pin(service::overlap(scope, consortium_id));
        Ok(scope.again(consortium_id, "overlap".to_owned(), work).await?)
    }

    /// What a consortium holds and does together, in figures: members, countries and regions, concepts by how many have them, and the
    /// totals of each cube.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn joint_weight(&self, ctx: &Context<'_>, consortium_id: ConsortiumId) -> Result<Arc<JointWeight>> {
        let scope = scope(ctx)?;
        let work = || Box::pin(service::joint_weight(scope, consortium_id));
        Ok(scope.again(consortium_id, "jointWeight".to_owned(), work).await?)
    }

    /// What a project is about beside what those who take part in it have of that, and who else has the rest, in what the caller may
    /// see.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn project_gap(&self, ctx: &Context<'_>, id: ProjectId) -> Result<ProjectGap> {
        Ok(service::project_gap(scope(ctx)?, id).await?)
    }

    /// Two libraries side by side, in what the caller may see of each.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn overlap_of(&self, ctx: &Context<'_>, id: TenantId, other: TenantId) -> Result<TwoOverlap> {
        Ok(service::overlap_of(scope(ctx)?, id, other).await?)
    }

    /// Who can teach what an entry of the caller's library wants; of what it has, who wants it. At most 100, the best
    /// ones.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn matches(&self, ctx: &Context<'_>, id: EntryId) -> Result<Matches> {
        Ok(service::matches(scope(ctx)?, id).await?)
    }

    /// Whom the caller's library could help with what it has. At most 100, the best ones.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn matches_offered(&self, ctx: &Context<'_>) -> Result<Matches> {
        Ok(service::matches_offered(scope(ctx)?).await?)
    }

    /// Holds strengths that are claimed as common to several against the members' own lists. At most 100.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn common_strengths(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        concept_ids: Vec<ConceptId>,
    ) -> Result<CommonStrengths> {
        Ok(service::common_strengths(scope(ctx)?, consortium_id, concept_ids).await?)
    }

    /// What it may be sensible for a consortium's members to do together, each with its reason, and whom to spar with; the
    /// highest score first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn suggestions(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        filter: Option<SuggestionFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, CooperationSuggestion>> {
        let page = page_args(first, after.clone())?;
        let found = service::suggestions(scope(ctx)?, id, filter.unwrap_or_default(), page).await?;
        Ok(connection(found, after))
    }

    /// Counts of what is shared in a consortium, divided by up to three dimensions. At most 20,000 cells.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn aggregate_competences(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        #[graphql(default)] group_by: Vec<Dimension>,
        filter: Option<CubeFilter>,
        #[graphql(
            desc = "The day at whose end (UTC) it is counted: what is shared still, as it was then; today when left out."
        )]
        as_of: Option<NaiveDate>,
        #[graphql(desc = "The day whose regions are counted by; that of `asOf` when left out.")]
        regions_as_of: Option<NaiveDate>,
    ) -> Result<Arc<CompetenceCube>> {
        let days = service::AsOf { counted: as_of, regions: regions_as_of };
        counted(scope(ctx)?, &consortium_id.into(), group_by, filter.unwrap_or_default(), days).await
    }

    /// Counts of what is shared in several consortia of the caller's, each library and entry once; or of what everybody on the node may
    /// read. Divided by up to three dimensions. At most 20,000 cells.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn aggregate_competences_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What is shared in at least one of these, at most 20. Left out: what everybody on the node may read."
        )]
        consortium_ids: Option<Vec<ConsortiumId>>,
        #[graphql(default)] group_by: Vec<Dimension>,
        filter: Option<CubeFilter>,
        #[graphql(
            desc = "The day at whose end (UTC) it is counted: what is shared still, as it was then; today when left out."
        )]
        as_of: Option<NaiveDate>,
        #[graphql(desc = "The day whose regions are counted by; that of `asOf` when left out.")]
        regions_as_of: Option<NaiveDate>,
    ) -> Result<Arc<CompetenceCube>> {
        let days = service::AsOf { counted: as_of, regions: regions_as_of };
        let extent = service::over(consortium_ids)?;
        counted(scope(ctx)?, &extent, group_by, filter.unwrap_or_default(), days).await
    }

    /// What the cube of competences can be asked: its dimensions and measures, with their definitions.
    async fn aggregate_competences_definition(&self, ctx: &Context<'_>) -> Result<CubeDefinition> {
        Ok(service::aggregate_competences_definition(scope(ctx)?))
    }
}
