use sea_orm::{
    ActiveEnum, ActiveValue::Set, ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::ExprTrait,
};

use super::{
    Column, Entity, Model, Release, ReleaseCell, ReleaseCellFilter, ReleaseContribution, ReleaseContributors,
    ReleaseDocument, ReleaseFilter, ReleaseGroup, ReleaseGrouping, ReleaseWithdrawal, cell, document, table,
    value,
};
use crate::{
    aggregate::{ConceptRef, Label, words},
    auth::policy::Resource,
    concept,
    error::{Code, Error, Result, Violations},
    id::ReleaseId,
    page::{Page, PageArgs},
    tenancy::{TenantScope, TenantTx, of},
    text::Text,
    when,
};

pub use super::make::make;

const LONGEST_REASON: usize = 1_000;
/// So many figures in one file.
const MOST_LINES: u64 = 20_000;

/// The releases that the caller may read, oldest first.
pub async fn list(scope: &TenantScope, filter: ReleaseFilter, page: PageArgs) -> Result<Page<Release>> {
    let wish = scope.page(&page, format_args!("releases {filter:?}"))?;
    let tx = scope.read().await?;
    let condition = Condition::all()
        .add_option(filter.consortium_id.map(|id| Column::ConsortiumId.eq(id)))
        .add_option(filter.audience.map(|audience| Column::Audience.eq(audience)));
    let rows = tx.find::<Entity>()?.filter(condition).page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: ReleaseId) -> Result<Release> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

/// A release that is not withdrawn.
async fn standing(tx: &TenantTx, id: ReleaseId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    match &row.reason {
        None => Ok(row),
        Some(reason) => Err(Error::new(Code::Withdrawn).with("reason", reason)),
    }
}

/// The figures of a release, by concept and then as the rules divide them.
pub async fn cells(
    scope: &TenantScope,
    id: ReleaseId,
    filter: ReleaseCellFilter,
    page: PageArgs,
) -> Result<Page<ReleaseCell>> {
    let wish = scope.page(&page, format_args!("releaseCells {id} {filter:?}"))?;
    let after: Option<i64> =
        wish.after.as_deref().map(str::parse).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let rows = figures(&scope.read().await?, id, &filter, after, u64::from(wish.first) + 1).await?;
    Ok(Page::of(rows, &wish, |figure| figure.row.place.to_string()).map(|row| figure(scope, row)))
}

/// The same figures as a file, all that the filter keeps.
pub async fn cells_csv(
    scope: &TenantScope,
    id: ReleaseId,
    filter: ReleaseCellFilter,
    page: PageArgs,
) -> Result<Vec<u8>> {
    let mut violations = Violations::default();
    for (name, given) in [("first", page.first.is_some()), ("after", page.after.is_some())] {
        if given {
            // A file has no pages.
            violations.add_with("", "unknown_field", &[("field", name)]);
        }
    }
    violations.done()?;
    let rows = figures(&scope.read().await?, id, &filter, None, MOST_LINES + 1).await?;
    if rows.len() as u64 > MOST_LINES {
        return Err(Error::new(Code::InvalidInput).field_with(
            "conceptId",
            "too_many",
            &[("max", &MOST_LINES.to_string())],
        ));
    }
    let cells: Vec<ReleaseCell> = rows.into_iter().map(|row| figure(scope, row)).collect();
    table::csv(&cells)
}

/// Figures of a release in their order, from this place on.
async fn figures(
    tx: &TenantTx,
    id: ReleaseId,
    filter: &ReleaseCellFilter,
    after: Option<i64>,
    most: u64,
) -> Result<Vec<Figure>> {
    use cell::Column;
    let (no_region, no_kind) = (Column::Region.is_null(), Column::Kind.is_null());
    let (region, kind) = (Column::Region.is_not_null(), Column::Kind.is_not_null());
    let grouping = filter.grouping.map(|grouping| match grouping {
        ReleaseGrouping::All => no_region.and(no_kind),
        ReleaseGrouping::Region => region.and(no_kind),
        ReleaseGrouping::Kind => no_region.and(kind),
        ReleaseGrouping::RegionKind => region.and(kind),
    });
    let condition = Condition::all()
        .add(Column::ReleaseId.eq(id))
        .add_option(filter.concept_id.map(|concept| Column::ConceptId.eq(concept)))
        .add_option(grouping)
        .add_option(filter.region_id.as_ref().map(|region| Column::Region.eq(region)))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.to_value())));
    let question = tx
        .question()
        .from_part::<cell::Entity>("e", condition, Column::Place, after.map(Into::into), most)
        .take_all::<cell::Entity>("e", "e_")
        .join::<Entity>("r", of("r", super::Column::Id).eq(of("e", Column::ReleaseId)))
        .take(of("r", super::Column::Name), "name")
        .left_join::<concept::Entity>("c", of("c", concept::Column::Id).eq(of("e", Column::ConceptId)))
        .take(of("c", concept::Column::Notation), "notation")
        .take(of("c", concept::Column::Labels), "labels")
        .order_by(of("e", Column::Place), Order::Asc);
    let rows: Vec<Figure> = tx.answer(question).await?;
    if rows.is_empty() {
        // Not there, withdrawn, or without such figures.
        standing(tx, id).await?;
    }
    Ok(rows)
}

/// A figure with its concept, as far as that is seen, and the name of its release.
struct Figure {
    row: cell::Model,
    name: String,
    notation: Option<String>,
    labels: Option<Text>,
}

impl FromQueryResult for Figure {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: cell::Model::from_query_result(row, "e_")?,
            name: row.try_get("", "name")?,
            notation: row.try_get("", "notation")?,
            labels: row.try_get("", "labels")?,
        })
    }
}

fn figure(scope: &TenantScope, figure: Figure) -> ReleaseCell {
    let Figure { row, name, notation, labels } = figure;
    let complete = row.status == cell::Status::Full;
    let concept = notation.zip(labels).map(|(notation, labels)| ConceptRef {
        id: row.concept_id,
        notation,
        label: Label::of(&labels, scope.languages()),
    });
    ReleaseCell {
        concept_id: row.concept_id,
        concept,
        group: ReleaseGroup { region: row.region, kind: row.kind },
        open: (row.open_contributors > 0).then_some(row.open),
        sealed: row.sealed,
        value: row.value,
        status: row.status,
        remark: (!complete).then(|| words::word("release.withheld", scope.languages())),
        contributors: ReleaseContributors { open: row.open_contributors, sealed: row.sealed_contributors },
        as_of: row.as_of,
        release: name,
        complete,
    }
}

/// A release as it was signed.
pub async fn document(scope: &TenantScope, id: ReleaseId) -> Result<ReleaseDocument> {
    let tx = scope.read().await?;
    let release = standing(&tx, id).await?;
    let found = tx.find::<document::Entity>()?.filter(document::Column::ReleaseId.eq(id)).one().await?;
    let row = found.ok_or_else(|| tx.absent(Resource::Release, id.0))?;
    Ok(ReleaseDocument { release_id: id, jws: row.jws, digest: release.digest })
}

/// Withdraws a release: its figures are served no more, and why is told. What it told is remembered. By a coordinator.
pub async fn withdraw(
    scope: &TenantScope,
    id: ReleaseId,
    expected: i64,
    input: ReleaseWithdrawal,
) -> Result<Release> {
    let mut violations = Violations::default();
    violations.text("reason", &input.reason, LONGEST_REASON);
    violations.done()?;
    scope
        .write("withdrawRelease", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let again = row.withdrawn_at.is_some() && row.version == expected;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.withdrawn_at = Set(Some(when::now()));
                        row.reason = Set(Some(input.reason));
                    })
                    .await?;
                // Who may not withdraw it is told that first.
                if again { Err(Error::new(Code::Conflict)) } else { Ok(shape(row)) }
            })
        })
        .await
}

/// The values of the caller's library that went into releases, oldest first.
pub async fn contributions(scope: &TenantScope, page: PageArgs) -> Result<Page<ReleaseContribution>> {
    let wish = scope.page(&page, "releaseContributions")?;
    let tx = scope.read().await?;
    let rows = tx.find::<value::Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| ReleaseContribution {
        id: row.id,
        consortium_id: row.consortium_id,
        measure: row.measure,
        concept_id: row.concept_id,
        amount: row.amount,
        counted: row.counted,
        exposed: row.exposed,
        at: row.at,
    }))
}

pub(super) fn shape(row: Model) -> Release {
    Release {
        id: row.id,
        consortium_id: row.consortium_id,
        name: row.name,
        measure: row.measure,
        number: row.number,
        audience: row.audience,
        as_of: row.as_of,
        rules: row.rules,
        cells: row.cells,
        digest: row.digest,
        made_at: row.created_at,
        withdrawn_at: row.withdrawn_at,
        reason: row.reason,
        version: row.version,
    }
}
