use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, sea_query::LikeExpr};

use super::{
    NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationMerge,
    entity::{ActiveModel, Column, Entity, Model, WRITERS},
};
use crate::{
    competence::is_https,
    concept::suggest::bare,
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, OrganisationId},
    page::{Page, PageArgs},
    registry::register,
    tenancy::{TenantScope, TenantTx, Turn},
};

/// The organisations of a consortium, oldest first.
pub async fn list(
    scope: &TenantScope,
    consortium: ConsortiumId,
    filter: OrganisationFilter,
    page: PageArgs,
) -> Result<Page<Organisation>> {
    let wish = scope.page(&page, format_args!("organisations {consortium} {filter:?}"))?;
    register::check(filter.country.as_deref(), None, filter.text.as_deref())?;
    let tx = scope.read().await?;
    let merged = filter.merged.unwrap_or(filter.current_id.is_some());
    let condition = Condition::all()
        .add(Column::ConsortiumId.eq(consortium))
        .add(if merged { Column::MergedInto.is_not_null() } else { Column::MergedInto.is_null() })
        .add_option(filter.current_id.map(|id| Column::CurrentId.eq(id)))
        .add_option(filter.sector.map(|sector| Column::Sector.eq(sector)))
        .add_option(filter.country.map(|country| Column::Country.eq(country)))
        .add_option(filter.text.map(|text| Column::Folded.like(containing(&bare(&text)))));
    let rows = tx.find::<Entity>()?.filter(condition).page(&wish).await?;
    // An organisation is seen by nobody without a seat: only where there is none must be asked.
    if rows.is_empty() {
        tx.seat(consortium).await?;
    }
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

/// A pattern for texts with this in them. A text that comes down to nothing is in none.
fn containing(bare: &str) -> LikeExpr {
    if bare.is_empty() {
        return LikeExpr::new("-");
    }
    let escaped = bare.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

pub async fn view(scope: &TenantScope, id: OrganisationId) -> Result<Organisation> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

pub async fn create(
    scope: &TenantScope,
    consortium: ConsortiumId,
    input: NewOrganisation,
) -> Result<Organisation> {
    let mut violations = Violations::default();
    violations.text("name", &input.name, 200);
    check(&mut violations, input.sector_word.as_deref(), input.country.as_deref(), input.url.as_deref());
    violations.done()?;
    scope
        .write("createOrganisation", (consortium, input), |tx, (consortium, input)| {
            Box::pin(async move {
                let name = input.name.trim().to_owned();
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(OrganisationId::new()),
                        folded: Set(bare(&name)),
                        name: Set(name),
                        sector: Set(input.sector),
                        sector_word: Set(input.sector_word),
                        country: Set(input.country),
                        url: Set(input.url),
                        merged_into: Set(None),
                        current_id: Set(None),
                        ..Default::default()
                    })
                    .await?;
                Ok(shape(row))
            })
        })
        .await
}

pub async fn change(
    scope: &TenantScope,
    id: OrganisationId,
    expected: i64,
    input: OrganisationChange,
) -> Result<Organisation> {
    let mut violations = Violations::default();
    violations.text_if("name", input.name.as_deref(), 200);
    check(&mut violations, input.sector_word.as_deref(), input.country.as_deref(), input.url.as_deref());
    violations.done()?;
    scope
        .write("changeOrganisation", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                must_stand(&row)?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        if let Some(name) = input.name {
                            let name = name.trim().to_owned();
                            row.folded = Set(bare(&name));
                            row.name = Set(name);
                        }
                        if let Some(sector) = input.sector {
                            row.sector = Set(sector);
                        }
                        if let Some(word) = input.sector_word {
                            row.sector_word = Set(Some(word));
                        }
                        if let Some(country) = input.country {
                            row.country = Set(Some(country));
                        }
                        if let Some(url) = input.url {
                            row.url = Set(Some(url));
                        }
                    })
                    .await?;
                Ok(shape(row))
            })
        })
        .await
}

/// Merges an organisation into the one that it turned out to be. It stays, and says where it went.
pub async fn merge(
    scope: &TenantScope,
    id: OrganisationId,
    expected: i64,
    input: OrganisationMerge,
) -> Result<Organisation> {
    scope
        .write("mergeOrganisation", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                // One at a time in a consortium: two that are merged into each other at once would stand nowhere.
                tx.lock(&format!("organisations of {}", row.consortium_id), Turn::Alone).await?;
                // Read again: what the one before left.
                let row = tx.get::<Entity>(id.0).await?;
                tx.seat_as(row.consortium_id, WRITERS).await?;
                must_stand(&row)?;
                let current = target(tx, &row, input.into_id).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.merged_into = Set(Some(input.into_id));
                        row.current_id = Set(Some(current));
                    })
                    .await?;
                // What was merged into it before goes along: nobody has to follow a chain.
                let before = Condition::all()
                    .add(Column::ConsortiumId.eq(row.consortium_id))
                    .add(Column::CurrentId.eq(id));
                tx.align::<Entity>(before, vec![(Column::CurrentId, current.0.into())]).await?;
                Ok(shape(row))
            })
        })
        .await
}

/// What stands today for the organisation that this one is to be merged into. Never itself: a chain has an end.
async fn target(tx: &TenantTx, row: &Model, into: OrganisationId) -> Result<OrganisationId> {
    let into = tx
        .find::<Entity>()?
        .filter(Column::ConsortiumId.eq(row.consortium_id))
        .filter(Column::Id.eq(into))
        .one()
        .await?
        .ok_or_else(|| Error::new(Code::InvalidInput).field("intoId", "unknown_organisation"))?;
    match into.current_id.unwrap_or(into.id) {
        itself if itself == row.id => Err(Error::new(Code::InvalidInput).field("intoId", "self_merge")),
        current => Ok(current),
    }
}

/// What was merged is changed no more.
fn must_stand(row: &Model) -> Result<()> {
    if row.merged_into.is_some() { Err(Error::new(Code::Conflict)) } else { Ok(()) }
}

fn check(violations: &mut Violations, word: Option<&str>, country: Option<&str>, url: Option<&str>) {
    violations.text_if("sectorWord", word, 50);
    if country.is_some_and(|country| !register::is_country(country)) {
        violations.add("country", "unknown_country");
    }
    if let Some(url) = url
        && violations.text("url", url, 2_000)
        && !is_https(url)
    {
        violations.add("url", "url");
    }
}

fn shape(row: Model) -> Organisation {
    Organisation {
        id: row.id,
        consortium_id: row.consortium_id,
        name: row.name,
        sector: row.sector,
        sector_word: row.sector_word,
        country: row.country,
        url: row.url,
        merged_into_id: row.merged_into,
        current_id: row.current_id,
        version: row.version,
    }
}
