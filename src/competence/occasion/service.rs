use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{Column, Entity, Model, NewOccasion, Occasion, OccasionChange, entity::ActiveModel};
use crate::{
    competence::is_https,
    error::{Result, Violations},
    id::{ConsortiumId, OccasionId},
    page::{Page, PageArgs},
    tenancy::{TenantScope, TenantTx},
    text,
};

/// The occasions of a consortium, oldest first.
pub async fn list(scope: &TenantScope, consortium: ConsortiumId, page: PageArgs) -> Result<Page<Occasion>> {
    let wish = scope.page(&page, format_args!("occasions {consortium}"))?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.filter(Column::ConsortiumId.eq(consortium)).page(&wish).await?;
    // An occasion is seen by nobody without a seat: only where there is none must be asked.
    if rows.is_empty() {
        tx.seat(consortium).await?;
    }
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| shape(scope, row)))
}

pub async fn view(scope: &TenantScope, id: OccasionId) -> Result<Occasion> {
    Ok(shape(scope, scope.read().await?.get::<Entity>(id.0).await?))
}

/// In the caller's transaction: does it see such an occasion?
pub async fn is_known(tx: &TenantTx, id: OccasionId) -> Result<bool> {
    Ok(tx.find::<Entity>()?.filter(Column::Id.eq(id)).one().await?.is_some())
}

fn check(url: Option<&str>, starts: Option<&str>) -> Result<()> {
    let mut violations = Violations::default();
    violations.edtf("starts", starts);
    if let Some(url) = url
        && violations.text("url", url, 500)
        && !is_https(url)
    {
        violations.add("url", "url");
    }
    violations.done()
}

/// Names an occasion in a consortium.
pub async fn create(scope: &TenantScope, consortium: ConsortiumId, input: NewOccasion) -> Result<Occasion> {
    let names = text::given("name", &input.name, 200)?;
    check(input.url.as_deref(), input.starts.as_deref())?;
    let scope_in = scope.clone();
    scope
        .write("createOccasion", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(OccasionId::new()),
                        names: Set(names),
                        url: Set(input.url),
                        starts: Set(input.starts),
                        ..Default::default()
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

pub async fn change(
    scope: &TenantScope,
    id: OccasionId,
    expected: i64,
    input: OccasionChange,
) -> Result<Occasion> {
    let names = input.name.as_deref().map(|name| text::given("name", name, 200)).transpose()?;
    check(input.url.as_deref(), input.starts.as_deref())?;
    let scope_in = scope.clone();
    scope
        .write("changeOccasion", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        if let Some(names) = names {
                            row.names = Set(names);
                        }
                        if input.url.is_some() {
                            row.url = Set(input.url);
                        }
                        if input.starts.is_some() {
                            row.starts = Set(input.starts);
                        }
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

fn shape(scope: &TenantScope, row: Model) -> Occasion {
    Occasion {
        id: row.id,
        consortium_id: row.consortium_id,
        name: scope.say(&row.names),
        url: row.url,
        starts: row.starts,
        version: row.version,
    }
}
