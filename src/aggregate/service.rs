use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Order};

use super::{
    CommonStrengths, CompetenceCube, CooperationSuggestion, CubeDefinition, CubeFilter, Days, Dimension,
    JointWeight, Landscape, LandscapeComparison, LandscapeFilter, Matches, Overlap, SuggestionFilter,
    TwoOverlap, comparison,
    cube::{self, Ask, definition::MOST_CELLS},
    facts::{self, Concept, Facts},
    figure, groups, landscape, matching, overlap,
    regions::{self, Regions},
    strengths,
    together::{self, Challenge},
    weight,
};
use crate::{
    competence::occasion,
    concept,
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ConsortiumId, EntryId, TenantId},
    page::{Page, PageArgs},
    statement,
    tenancy::{AggregateTx, Extent, TenantScope},
    text::Languages,
    when,
};

mod gap;
pub(super) mod pairs;

pub use gap::project_gap;

pub(super) fn today() -> NaiveDate {
    when::now().date_naive()
}

/// Makes connections to the database ready for the first figures.
pub async fn acquaint(scope: &TenantScope) -> Result<()> {
    facts::acquaint(&scope.figures()).await
}

/// Theme x concept x library in a consortium.
pub async fn landscape(
    scope: &TenantScope,
    consortium: ConsortiumId,
    filter: LandscapeFilter,
) -> Result<Landscape> {
    let tx = scope.figures().read_known().await?;
    let mut facts = facts::read(&tx, consortium).await?;
    if let Some(group) = filter.group_id {
        let members = groups::members(&tx, consortium, group).await?;
        facts.keep(|member| members.contains(&member.id));
    }
    if let Some(id) = filter.occasion_id {
        let known = tx.shared::<occasion::Entity>(consortium)?.filter(occasion::Column::Id.eq(id));
        if known.one().await?.is_none() {
            return Err(Error::new(Code::InvalidInput).field("occasionId", "unknown_occasion"));
        }
        facts.entries.retain(|entry| entry.occasion == Some(id));
    }
    if let Some(theme) = filter.theme_id {
        gather(&tx, consortium, theme, &mut facts).await?;
    }
    drop(tx);
    let completeness = facts.completeness("about.landscape", today(), scope.languages());
    landscape::landscape(&facts, &filter, completeness, scope.languages())
}

/// A consortium's landscape beside itself, at the end of two days.
pub async fn compare_landscape(
    scope: &TenantScope,
    consortium: ConsortiumId,
    days: Days,
) -> Result<LandscapeComparison> {
    let mut violations = Violations::default();
    violations.day("before", Some(days.before));
    violations.day("after", Some(days.after));
    if days.after > today() {
        violations.add("after", "in_the_future");
    }
    if days.before >= days.after {
        violations.add("before", "not_before");
    }
    violations.done()?;
    let tx = scope.figures().read().await?;
    let mut both =
        facts::read_over(&tx, consortium, &[when::over(days.before), when::over(days.after)]).await?;
    if let Some(theme) = days.theme_id {
        gather(&tx, consortium, theme, &mut both).await?;
    }
    drop(tx);
    let [before, after] = [both.at(0), both.at(1)];
    let completeness = after.completeness("about.comparison", days.after, scope.languages());
    comparison::compare([&before, &after], &days, completeness, scope.languages())
}

/// Asked by a theme of the consortium's own, what it gathers stands under it.
async fn gather(
    tx: &AggregateTx,
    consortium: ConsortiumId,
    theme: ConceptId,
    facts: &mut facts::Facts,
) -> Result<()> {
    let find = tx.shared::<concept::Entity>(consortium)?.filter(concept::Column::Id.eq(theme));
    let Some(row) = find.one().await? else { return Ok(()) };
    let ids = row.members.and_then(|ids| serde_json::from_value::<Vec<ConceptId>>(ids).ok());
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else { return Ok(()) };
    let members = tx.shared::<concept::Entity>(consortium)?.filter(concept::Column::Id.is_in(ids));
    let members: Vec<ConceptId> =
        members.all().await?.into_iter().map(|row| row.replaced_by.unwrap_or(row.id)).collect();
    let theme = Concept { id: row.id, notation: row.notation, labels: row.labels, theme: None };
    facts.put_under(&Arc::new(theme), &members);
    Ok(())
}

/// How alike the members of a consortium are, and who has what another wants.
pub async fn overlap(scope: &TenantScope, consortium: ConsortiumId) -> Result<Overlap> {
    let facts = facts::read(&scope.figures().read_known().await?, consortium).await?;
    let completeness = facts.completeness("about.overlap", today(), scope.languages());
    overlap::overlap(&facts, completeness, scope.languages())
}

/// Two libraries side by side, in what the caller may see of each.
pub async fn overlap_of(scope: &TenantScope, a: TenantId, b: TenantId) -> Result<TwoOverlap> {
    let (a, b) = pairs::side_by_side(&scope.read().await?, a, b).await?;
    Ok(overlap::two(&a, &b, scope.languages()))
}

/// Who can teach what an entry of the caller's library wants; or, of what it has, who wants that.
pub async fn matches(scope: &TenantScope, entry: EntryId) -> Result<Matches> {
    let candidates = pairs::of_entry(&scope.read().await?, entry).await?;
    Ok(matching::rank(candidates, scope.languages()))
}

/// Whom the caller's library could help: what others want and it has.
pub async fn matches_offered(scope: &TenantScope) -> Result<Matches> {
    let candidates = pairs::learners(&scope.read().await?).await?;
    Ok(matching::rank(candidates, scope.languages()))
}

/// What a consortium holds and does together, in figures: one snapshot.
pub async fn joint_weight(scope: &TenantScope, consortium: ConsortiumId) -> Result<JointWeight> {
    let (extent, languages) = (Extent::from(consortium), scope.languages());
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, extent.clone()).await?;
    let regions = regions::read(&tx, &extent).await?;
    let cubes = figure::service::totals(&tx, &extent, today(), languages).await?;
    let completeness = facts.completeness("about.weight", today(), languages);
    Ok(weight::joint(&facts, &regions, &cubes, completeness, languages))
}

/// Holds strengths that are claimed as common against the members' own lists.
pub async fn common_strengths(
    scope: &TenantScope,
    consortium: ConsortiumId,
    claimed: Vec<ConceptId>,
) -> Result<CommonStrengths> {
    let mut violations = Violations::default();
    if claimed.is_empty() {
        violations.add("conceptIds", "empty_list");
    }
    if claimed.len() > strengths::MOST_CLAIMS {
        violations.add_with("conceptIds", "too_many", &[("max", &strengths::MOST_CLAIMS.to_string())]);
    }
    violations.done()?;
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, consortium).await?;
    let claimed = concepts(&tx, consortium, &claimed).await?;
    let completeness = facts.completeness("about.strengths", today(), scope.languages());
    Ok(strengths::strengths(&facts, &claimed, completeness, scope.languages()))
}

/// So many challenges are looked through at the most.
const MOST_CHALLENGES: u64 = 5_000;

/// What it may be sensible for members to do together, and whom to spar with, the highest score first.
pub async fn suggestions(
    scope: &TenantScope,
    consortium: ConsortiumId,
    filter: SuggestionFilter,
    page: PageArgs,
) -> Result<Page<CooperationSuggestion>> {
    let wish = scope.page(&page, format_args!("suggestions {consortium} {filter:?}"))?;
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, consortium).await?;
    let challenges = challenges(&tx, consortium).await?;
    drop(tx);
    let all = together::suggest(&facts, &challenges, &filter, scope.tenant(), scope.languages());
    // What changes between two pages may be met twice or missed, and nothing else is.
    let rest = all.into_iter().filter(|placed| wish.after.as_ref().is_none_or(|after| placed.key > *after));
    let rows: Vec<together::Placed> = rest.take(wish.first as usize + 1).collect();
    Ok(Page::of(rows, &wish, |placed| placed.key.clone()).map(|placed| placed.suggestion))
}

/// The challenges that members share, by the concepts that they name.
async fn challenges(tx: &AggregateTx, consortium: ConsortiumId) -> Result<Vec<Challenge>> {
    use statement::{Column, StatementKind};
    let said = tx
        .shared::<statement::Entity>(consortium)?
        .filter(Column::Kind.eq(StatementKind::Challenge))
        .order_by(Column::Id, Order::Asc)
        .limit(MOST_CHALLENGES);
    let said = said.all().await?;
    let ids: BTreeSet<ConceptId> = said.iter().flat_map(|row| row.concepts.0.iter().copied()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.shared::<concept::Entity>(consortium)?.filter(concept::Column::Id.is_in(ids));
    let concepts: BTreeMap<ConceptId, Arc<Concept>> = rows
        .all()
        .await?
        .into_iter()
        .map(|row| Concept { id: row.id, notation: row.notation, labels: row.labels, theme: None })
        .map(|concept| (concept.id, Arc::new(concept)))
        .collect();
    let about = said.iter().flat_map(|row| row.concepts.0.iter().map(|id| (row.tenant_id, *id)));
    Ok(about
        .filter_map(|(tenant, id)| Some(Challenge { tenant, concept: concepts.get(&id)?.clone() }))
        .collect())
}

/// These concepts in this order, each once.
async fn concepts(
    tx: &AggregateTx,
    consortium: ConsortiumId,
    ids: &[ConceptId],
) -> Result<Vec<Arc<Concept>>> {
    let find =
        tx.shared::<concept::Entity>(consortium)?.filter(concept::Column::Id.is_in(ids.iter().copied()));
    let mut known: BTreeMap<ConceptId, Arc<Concept>> = BTreeMap::new();
    for row in find.all().await? {
        let concept = Concept { id: row.id, notation: row.notation, labels: row.labels, theme: None };
        known.insert(concept.id, Arc::new(concept));
    }
    let mut violations = Violations::default();
    let mut out: Vec<Arc<Concept>> = Vec::with_capacity(known.len());
    for (n, id) in ids.iter().enumerate() {
        match known.get(id) {
            None => violations.add(&format!("conceptIds/{n}"), "unknown_concept"),
            Some(concept) if out.iter().any(|before| before.id == concept.id) => {}
            Some(concept) => out.push(concept.clone()),
        }
    }
    violations.done()?;
    Ok(out)
}

/// The day at whose end is counted, today when left out; and the day whose regions are counted by, the same when left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsOf {
    pub counted: Option<NaiveDate>,
    pub regions: Option<NaiveDate>,
}

/// Counts of what is shared there, divided by up to three dimensions.
pub async fn aggregate_competences(
    scope: &TenantScope,
    extent: &Extent,
    group_by: Vec<Dimension>,
    filter: CubeFilter,
    days: AsOf,
) -> Result<CompetenceCube> {
    let as_of = days.counted.unwrap_or_else(today);
    let regions_as_of = days.regions.unwrap_or(as_of);
    let ask = Ask { group_by, only: Vec::new(), filter, as_of, regions_as_of, most: MOST_CELLS };
    ask.check(today())?;
    let (mut facts, regions) = shared(scope, extent, ask.needs_regions(), &ask.moments(today())).await?;
    facts.keep(|member| cube::kept(member, &ask, &regions));
    counted(&facts, &regions, ask, scope.languages())
}

/// What is shared there at these moments, now where there are none, with the regions where they are asked for: one snapshot.
pub(super) async fn shared(
    scope: &TenantScope,
    extent: &Extent,
    with_regions: bool,
    moments: &[DateTime<Utc>],
) -> Result<(Facts, Regions)> {
    let scope = scope.figures();
    let (tx, facts) = match moments {
        [] => {
            let tx = scope.read_known().await?;
            let facts = facts::read(&tx, extent).await?;
            (tx, facts)
        }
        moments => {
            let tx = scope.read().await?;
            let facts = facts::read_over(&tx, extent, moments).await?;
            (tx, facts)
        }
    };
    let regions = if with_regions { regions::read(&tx, extent).await? } else { Regions::default() };
    Ok((facts, regions))
}

/// The cube, of libraries that pass the filters on them: REST, GraphQL and the tables of `/stat/v2` are all answered from here.
pub(super) fn counted(
    facts: &Facts,
    regions: &Regions,
    ask: Ask,
    languages: &Languages,
) -> Result<CompetenceCube> {
    let in_parts = |id: &TenantId| ask.needs_regions() && regions.in_parts(*id, ask.regions_as_of);
    let in_parts = facts.members.values().filter(|member| in_parts(&member.id)).count();
    let completeness =
        facts.completeness("about.competences", ask.as_of, languages).with_parts(in_parts, languages);
    let cells = cube::cells(facts, regions, &ask, languages)?;
    let definition = super::DEFINITION.to_owned();
    Ok(CompetenceCube { group_by: ask.group_by, cells, completeness, definition })
}

/// What the cube of competences can be asked.
pub fn aggregate_competences_definition(scope: &TenantScope) -> CubeDefinition {
    cube::definition::definition(scope.languages())
}

/// So many consortia at once.
const MOST_CONSORTIA: usize = 20;

/// Over what is shared in these consortia; over what everybody on the node may read where none is named.
pub fn over(consortia: Option<Vec<ConsortiumId>>) -> Result<Extent> {
    let mut violations = Violations::default();
    match consortia.as_ref().map(Vec::len) {
        Some(0) => violations.add("consortiumIds", "empty_list"),
        Some(named) if named > MOST_CONSORTIA => {
            violations.add_with("consortiumIds", "too_many", &[("max", &MOST_CONSORTIA.to_string())]);
        }
        _ => {}
    }
    violations.done()?;
    Ok(Extent::over(consortia.unwrap_or_default()))
}

/// The consortia named in a list with commas between.
pub fn consortium_ids(list: &str) -> Result<Vec<ConsortiumId>> {
    ids("consortiumIds", list)
}

/// The dimensions named in a list with commas between.
pub fn dimensions(list: &str) -> Result<Vec<Dimension>> {
    let allowed = || Dimension::ALL.iter().map(|d| d.word()).collect::<Vec<_>>().join(", ");
    let mut violations = Violations::default();
    let mut out = Vec::new();
    for (n, word) in list.split(',').map(str::trim).filter(|word| !word.is_empty()).enumerate() {
        match Dimension::parse(word) {
            Some(dimension) => out.push(dimension),
            None => {
                violations.add_with(&format!("groupBy/{n}"), "unknown_dimension", &[("allowed", &allowed())])
            }
        }
    }
    violations.done().map(|()| out)
}

/// The concepts named in a list with commas between.
pub fn concept_ids(list: &str) -> Result<Vec<ConceptId>> {
    ids("conceptIds", list)
}

fn ids<T: std::str::FromStr>(at: &str, list: &str) -> Result<Vec<T>> {
    let mut violations = Violations::default();
    let mut out = Vec::new();
    for (n, word) in list.split(',').map(str::trim).filter(|word| !word.is_empty()).enumerate() {
        match word.parse() {
            Ok(id) => out.push(id),
            Err(_) => violations.add(&format!("{at}/{n}"), "id"),
        }
    }
    violations.done().map(|()| out)
}
