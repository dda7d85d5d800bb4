use std::collections::BTreeMap;

use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{
    NewTenant, Tenant, TenantChange, TenantFilter, area,
    entity::{ActiveModel, Column, Entity, Model},
    model::TenantStatus,
};
use crate::{
    auth::revoked,
    error::{Code, Error, Result, Violations},
    id::{RowId, TenantId},
    page::{Page, PageArgs},
    registry::{municipality, region, register},
    tenancy::{TenantScope, TenantTx},
    text,
};

/// A tenant as a row says it, whoever wrote that.
pub fn check_row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    if !is_slug(&row.slug) {
        violations.add("slug", "slug");
    }
    if !register::is_country(&row.country) {
        violations.add("country", "unknown_country");
    }
    violations.text_if("isil", row.isil.as_deref(), 16);
    violations.between("municipalityCount", row.municipality_count, 0, 10_000);
    if row.names.0.is_empty() {
        violations.add("name", "required");
    }
    for text in row.names.0.values() {
        violations.text("name", text, 200);
    }
    violations.done()
}

/// The directory, oldest first.
pub async fn list(scope: &TenantScope, filter: TenantFilter, page: PageArgs) -> Result<Page<Tenant>> {
    let wish = scope.page(&page, format_args!("tenants {filter:?}"))?;
    register::check(filter.country.as_deref(), filter.region_id.as_deref(), None)?;
    let tx = scope.read().await?;
    let mut find = tx.find::<Entity>()?;
    if !scope.caller().is_operator() {
        // What has left has an address for whom a row names it, and is in no list; its chain is the operator's to verify.
        find = find.filter(Column::Status.ne(TenantStatus::Removed));
    }
    if let Some(country) = &filter.country {
        find = find.filter(Column::Country.eq(country));
    }
    if let Some(kind) = filter.kind {
        find = find.filter(Column::Kind.eq(kind));
    }
    if let Some(region) = &filter.region_id {
        let serving = tx.among::<area::Entity>(area::Column::TenantId, area::Column::RegionId.eq(region))?;
        find = find.filter(Column::Id.in_subquery(serving));
    }
    let rows = find.page(&wish).await?;
    let mut areas = areas(&tx, rows.iter().map(|row| row.id)).await?;
    let page = Page::of(rows, &wish, |row| row.id.to_string());
    Ok(page.map(|row| shape(scope, areas.remove(&row.id).unwrap_or_default(), row)))
}

pub async fn view(scope: &TenantScope, id: TenantId) -> Result<Tenant> {
    let tx = scope.read().await?;
    load(scope, &tx, id).await
}

/// The tenant with this short name.
pub async fn by_slug(scope: &TenantScope, slug: &str) -> Result<Tenant> {
    let tx = scope.read().await?;
    let row = tx.find::<Entity>()?.filter(Column::Slug.eq(slug)).one().await?;
    load(scope, &tx, row.ok_or_else(Error::not_found)?.id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: TenantId) -> Result<Tenant> {
    let row = tx.get::<Entity>(id.0).await?;
    let areas = areas(tx, [id]).await?.remove(&id).unwrap_or_default();
    Ok(shape(scope, areas, row))
}

pub async fn create(scope: &TenantScope, input: NewTenant) -> Result<Tenant> {
    let names = check_new(&input)?;
    let scope_in = scope.clone();
    scope
        .write("createTenant", input, move |tx, input| {
            Box::pin(async move {
                must_know_areas(tx, &input.region_ids, &input.municipality_ids).await?;
                let id = TenantId::new();
                tx.insert(ActiveModel {
                    id: Set(id),
                    slug: Set(input.slug),
                    kind: Set(input.kind),
                    names: Set(names),
                    country: Set(input.country),
                    isil: Set(input.isil),
                    parent_id: Set(input.parent_id),
                    municipality_count: Set(input.municipality_count),
                    status: Set(TenantStatus::Active),
                    ..Default::default()
                })
                .await?;
                add_areas(tx, id, input.region_ids, input.municipality_ids).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

pub async fn change(scope: &TenantScope, id: TenantId, expected: i64, input: TenantChange) -> Result<Tenant> {
    let mut violations = Violations::default();
    violations.between("municipalityCount", input.municipality_count, 0, 10_000);
    violations.text_if("isil", input.isil.as_deref(), 16);
    violations.done()?;
    let names = input.name.as_deref().map(|name| text::given("name", name, 200)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeTenant", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                must_be_here(&row)?;
                let given = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
                must_know_areas(tx, &given(&input.region_ids), &given(&input.municipality_ids)).await?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(names) = names {
                        row.names = Set(names);
                    }
                    if let Some(isil) = input.isil {
                        row.isil = Set(Some(isil));
                    }
                    if let Some(count) = input.municipality_count {
                        row.municipality_count = Set(Some(count));
                    }
                })
                .await?;
                replace_areas(tx, id, input.region_ids, input.municipality_ids).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Shuts a tenant out: its rows stay as they are, nobody signs in for it, and its tokens are refused within ten seconds.
/// The operator's alone.
pub async fn suspend(scope: &TenantScope, id: TenantId, expected: i64) -> Result<Tenant> {
    set_status(scope, "suspendTenant", id, expected, TenantStatus::Suspended).await
}

/// Lets a suspended tenant in again.
pub async fn resume(scope: &TenantScope, id: TenantId, expected: i64) -> Result<Tenant> {
    set_status(scope, "resumeTenant", id, expected, TenantStatus::Active).await
}

async fn set_status(
    scope: &TenantScope,
    operation: &'static str,
    id: TenantId,
    expected: i64,
    to: TenantStatus,
) -> Result<Tenant> {
    let scope_in = scope.clone();
    scope
        .write(operation, (id, expected, to), move |tx, (id, expected, to)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if !tx.caller().is_operator() {
                    return Err(Error::new(Code::Forbidden));
                }
                must_be_here(&row)?;
                tx.change::<Entity>(row, Some(expected), |row| row.status = Set(to)).await?;
                if to == TenantStatus::Suspended {
                    revoked::revoke(tx, id, id.0).await?;
                }
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn check_new(input: &NewTenant) -> Result<text::Text> {
    let mut violations = Violations::default();
    if !is_slug(&input.slug) {
        violations.add("slug", "slug");
    }
    violations.no_person("slug", &input.slug);
    if !register::is_country(&input.country) {
        violations.add("country", "unknown_country");
    }
    violations.between("municipalityCount", input.municipality_count, 0, 10_000);
    violations.text_if("isil", input.isil.as_deref(), 16);
    violations.done()?;
    text::given("name", &input.name, 200)
}

/// Whether a tenant is active; 404 when there is none.
pub async fn status(tx: &TenantTx, id: TenantId) -> Result<TenantStatus> {
    Ok(tx.get::<Entity>(id.0).await?.status)
}

/// Whether a tenant is on this node, and has not left it.
pub async fn is_here(tx: &TenantTx, id: TenantId) -> Result<bool> {
    let here = tx.find::<Entity>()?.filter(Column::Id.eq(id));
    Ok(here.filter(Column::Status.ne(TenantStatus::Removed)).one().await?.is_some())
}

/// What has left the node is not changed any more.
fn must_be_here(row: &Model) -> Result<()> {
    if row.status == TenantStatus::Removed { Err(Error::new(Code::Conflict)) } else { Ok(()) }
}

/// A tenant that an input names must be one of the directory.
pub async fn must_know(tx: &TenantTx, field: &str, id: TenantId) -> Result<()> {
    if is_here(tx, id).await? {
        Ok(())
    } else {
        Err(Error::new(Code::InvalidInput).field(field, "unknown_tenant"))
    }
}

/// Lower-case letters, digits and inner hyphens, 2 to 63.
pub fn is_slug(text: &str) -> bool {
    (2..=63).contains(&text.len())
        // What a library that has left is called.
        && !text.starts_with("removed-")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

type Areas = (Vec<String>, Vec<String>);

async fn areas(
    tx: &TenantTx,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<BTreeMap<TenantId, Areas>> {
    let rows = tx
        .find::<area::Entity>()?
        .filter(area::Column::TenantId.is_in(tenants))
        .order_by(area::Column::Id, sea_orm::Order::Asc)
        .all()
        .await?;
    let mut out: BTreeMap<TenantId, Areas> = BTreeMap::new();
    for row in rows {
        let (regions, municipalities) = out.entry(row.tenant_id).or_default();
        regions.extend(row.region_id);
        municipalities.extend(row.municipality_id);
    }
    Ok(out)
}

async fn must_know_areas(tx: &TenantTx, regions: &[String], municipalities: &[String]) -> Result<()> {
    let mut violations = Violations::default();
    region::service::must_know(tx, "regionIds", regions, &mut violations).await?;
    municipality::service::must_know(tx, "municipalityIds", municipalities, &mut violations).await?;
    violations.done()
}

async fn add_areas(
    tx: &TenantTx,
    tenant: TenantId,
    regions: Vec<String>,
    municipalities: Vec<String>,
) -> Result<()> {
    let row = |kind: &str, region: Option<String>, municipality: Option<String>| area::ActiveModel {
        tenant_id: Set(tenant),
        id: Set(RowId::new()),
        kind: Set(kind.to_owned()),
        region_id: Set(region),
        municipality_id: Set(municipality),
    };
    let regions = regions.into_iter().map(|id| row("region", Some(id), None));
    let municipalities = municipalities.into_iter().map(|id| row("municipality", None, Some(id)));
    tx.insert_many(regions.chain(municipalities).collect()).await?;
    Ok(())
}

async fn replace_areas(
    tx: &TenantTx,
    tenant: TenantId,
    regions: Option<Vec<String>>,
    municipalities: Option<Vec<String>>,
) -> Result<()> {
    for kind in [regions.is_some().then_some("region"), municipalities.is_some().then_some("municipality")]
        .into_iter()
        .flatten()
    {
        let old = tx
            .find::<area::Entity>()?
            .filter(area::Column::TenantId.eq(tenant))
            .filter(area::Column::Kind.eq(kind))
            .all()
            .await?;
        for row in old {
            tx.remove::<area::Entity>(row, None).await?;
        }
    }
    add_areas(tx, tenant, regions.unwrap_or_default(), municipalities.unwrap_or_default()).await
}

fn shape(scope: &TenantScope, (region_ids, municipality_ids): Areas, row: Model) -> Tenant {
    Tenant {
        id: row.id,
        slug: row.slug,
        kind: row.kind,
        name: scope.say(&row.names),
        country: row.country,
        isil: row.isil,
        parent_id: row.parent_id,
        municipality_count: row.municipality_count,
        region_ids,
        municipality_ids,
        status: row.status,
        version: row.version,
    }
}
