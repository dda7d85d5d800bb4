use sea_orm::{ColumnTrait, Condition};

use super::{
    Municipality, MunicipalityFilter,
    entity::{Column, Entity, Model},
};
use crate::{
    error::{Result, Violations},
    page::{Page, PageArgs},
    registry::register,
    tenancy::{TenantScope, TenantTx},
};

/// Municipalities in the order of their ids.
pub async fn list(
    scope: &TenantScope,
    filter: MunicipalityFilter,
    page: PageArgs,
) -> Result<Page<Municipality>> {
    let wish = scope.page(&page, format_args!("municipalities {filter:?}"))?;
    register::check(filter.country.as_deref(), filter.region_id.as_deref(), filter.text.as_deref())?;
    let condition = Condition::all()
        .add_option(filter.region_id.map(|region| Column::RegionId.eq(region)))
        .add_option(filter.country.map(|country| Column::Country.eq(country)))
        .add_option(filter.as_of.map(|day| register::standing(Column::ValidFrom, Column::ValidTo, day)));
    let tx = scope.read().await?;
    let find = tx.find::<Entity>()?.filter(condition);
    let page =
        register::page(find, filter.text.as_deref(), &wish, |row: &Model| (&row.id, &row.names)).await?;
    page.try_map(|row| shape(scope, row))
}

/// One municipality, whether it stands or not.
pub async fn view(scope: &TenantScope, id: &str) -> Result<Municipality> {
    let tx = scope.read().await?;
    shape(scope, register::one(tx.find::<Entity>()?, id).await?)
}

/// Municipalities that an input names must be in the register, and each once.
pub async fn must_know(
    tx: &TenantTx,
    field: &str,
    given: &[String],
    violations: &mut Violations,
) -> Result<()> {
    register::must_know(tx.find::<Entity>()?, field, "unknown_municipality", given, violations, |row| row.id)
        .await
}

fn shape(scope: &TenantScope, row: Model) -> Result<Municipality> {
    Ok(Municipality {
        id: row.id,
        country: row.country,
        code: row.code,
        name: scope.say(&row.names),
        region_id: row.region_id,
        valid_from: register::day(row.valid_from)?,
        valid_to: register::day(row.valid_to)?,
        predecessor_ids: register::ids(row.predecessors)?,
        successor_ids: register::ids(row.successors)?,
    })
}
