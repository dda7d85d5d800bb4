use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{
    Clearable, Column, Entity, Links, Marketing, Model, NewCredit, NewProduct, Product, ProductChange,
    ProductCredit, ProductFilter, check, credit, entity::ActiveModel, seat,
};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result, Violations, unless_hidden},
    id::{ConsortiumId, ProductId, ProjectId, RowId, TenantId},
    page::{Page, PageArgs},
    project,
    registry::{consortium, tenant},
    tenancy::{Question, TenantScope, TenantTx, of},
    text::{Lang, Text},
    when,
};

/// Products that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: ProductFilter, page: PageArgs) -> Result<Page<Product>> {
    let wish = scope.page(&page, format_args!("products {filter:?}"))?;
    let tx = scope.read().await?;
    let condition = condition(&tx, &filter)?;
    let after = wish.after.as_ref().map(|after| after.parse::<ProductId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "p",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(kept(question).order_by(of("p", Column::Id), Order::Asc)).await?;
    let page = Page::of(rows, &wish, |kept: &Kept| kept.row.id.to_string());
    let mut named = named(&tx, page.items.iter().map(|kept| kept.row.id).collect()).await?;
    Ok(page.map(|kept| {
        let named = named.remove(&kept.row.id).unwrap_or_default();
        kept.shape(scope, named)
    }))
}

fn condition(tx: &TenantTx, filter: &ProductFilter) -> Result<Condition> {
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if let Some(contributor) = filter.contributor_id {
        use credit::Column as C;
        let theirs = Condition::all().add(C::ContributorId.eq(contributor)).add(C::WithdrawnAt.is_null());
        condition = condition.add(Column::Id.in_subquery(tx.among::<credit::Entity>(C::ProductId, theirs)?));
    }
    // A place that the caller does not see is one where it finds nothing.
    if let Some(id) = filter.consortium_id {
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(id) = filter.project_id {
        use project::Column as P;
        let seen = tx.among::<project::Entity>(P::ProjectId, P::ProjectId.eq(id))?;
        condition = condition.add(Column::ProjectId.in_subquery(seen));
    }
    Ok(condition)
}

pub async fn view(scope: &TenantScope, id: ProductId) -> Result<Product> {
    load(scope, &scope.read().await?, id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: ProductId) -> Result<Product> {
    let one = Column::Id.eq(id).into_condition();
    let question = tx.question().from_part::<Entity>("p", one, Column::Id, None, 1);
    let found = tx.answer::<Kept>(kept(question)).await?.into_iter().next();
    let found = found.ok_or_else(|| tx.absent(Resource::Product, id.0))?;
    let named = named(tx, vec![id]).await?.remove(&id).unwrap_or_default();
    Ok(found.shape(scope, named))
}

/// Takes the products of a question that they entered as `p`, with whose they are and what of their surroundings the caller
/// sees: who is only named does not learn of a consortium or a project.
fn kept(question: Question) -> Question {
    use {consortium::Column as C, project::Column as P, tenant::Column as T};
    question
        .join::<tenant::Entity>("t", of("t", T::Id).eq(of("p", Column::TenantId)))
        .left_join_within_scope::<consortium::Entity>("c", of("c", C::Id).eq(of("p", Column::ConsortiumId)))
        .left_join_within_scope::<project::Entity>("j", of("j", P::ProjectId).eq(of("p", Column::ProjectId)))
        .take_all::<Entity>("p", "p_")
        .take(of("t", T::Names), "names")
        .take(of("c", C::Id), "consortium")
        .take(of("j", P::ProjectId), "project")
}

/// A product with what the caller sees around it.
struct Kept {
    row: Model,
    names: Text,
    consortium: Option<ConsortiumId>,
    project: Option<ProjectId>,
}

impl FromQueryResult for Kept {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "p_")?,
            names: row.try_get("", "names")?,
            consortium: row.try_get("", "consortium")?,
            project: row.try_get("", "project")?,
        })
    }
}

impl Kept {
    fn shape(self, scope: &TenantScope, named: Vec<Named>) -> Product {
        let Self { row, names, consortium, project } = self;
        Product {
            id: row.id,
            tenant_id: row.tenant_id,
            tenant_name: scope.say(&names),
            kind: row.kind,
            title: row.title,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            summary: row.summary,
            links: row.links.0,
            marketing: row.marketing.0,
            credits: named.into_iter().map(|named| named.shape(scope)).collect(),
            project_id: project,
            consortium_id: consortium,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

/// A name with a product.
struct Named {
    row: credit::Model,
    names: Text,
}

impl FromQueryResult for Named {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: credit::Model::from_query_result(row, "x_")?, names: row.try_get("", "names")? })
    }
}

impl Named {
    fn shape(self, scope: &TenantScope) -> ProductCredit {
        ProductCredit {
            tenant_id: self.row.contributor_id,
            name: scope.say(&self.names),
            role: self.row.role,
            at: self.row.created_at,
        }
    }
}

/// Who is named with each of these products, first one first: one question for all of them.
async fn named(tx: &TenantTx, products: Vec<ProductId>) -> Result<BTreeMap<ProductId, Vec<Named>>> {
    use credit::Column as C;
    let standing = Condition::all().add(C::ProductId.is_in(products)).add(C::WithdrawnAt.is_null());
    let question = tx
        .question()
        .from_those::<credit::Entity>("x", standing)
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("x", C::ContributorId)))
        .take_all::<credit::Entity>("x", "x_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("x", C::Id), Order::Asc);
    let mut out: BTreeMap<ProductId, Vec<Named>> = BTreeMap::new();
    for named in tx.answer::<Named>(question).await? {
        out.entry(named.row.product_id).or_default().push(named);
    }
    Ok(out)
}

pub async fn create(scope: &TenantScope, input: NewProduct) -> Result<Product> {
    fits(scope.tenant(), &input)?;
    let scope_in = scope.clone();
    scope
        .write("createProduct", input, move |tx, input| {
            Box::pin(async move {
                check::known(tx, input.consortium_id, input.project_id).await?;
                let row = tx.insert(new(input)).await?;
                load(&scope_in, tx, row.id).await
            })
        })
        .await
}

fn fits(tenant: TenantId, input: &NewProduct) -> Result<()> {
    let mut wished = new(input.clone());
    // What the door stamps is of no account here.
    wished.tenant_id = Set(tenant);
    wished.version = Set(1);
    wished.created_at = Set(when::now());
    wished.updated_at = Set(when::now());
    let wished = wished.try_into_model().map_err(Error::internal)?;
    check::row(&wished)?;
    check::shared(&wished)
}

fn new(input: NewProduct) -> ActiveModel {
    ActiveModel {
        id: Set(ProductId::new()),
        kind: Set(input.kind),
        title: Set(input.title),
        lang: Set(input.language.tag().to_owned()),
        summary: Set(input.summary),
        links: Set(Links(input.links)),
        marketing: Set(Marketing(input.marketing)),
        project_id: Set(input.project_id),
        consortium_id: Set(input.consortium_id),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

pub async fn change(
    scope: &TenantScope,
    id: ProductId,
    expected: i64,
    input: ProductChange,
) -> Result<Product> {
    let scope_in = scope.clone();
    scope
        .write("changeProduct", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    let wished = wished.try_into_model().map_err(Error::internal)?;
                    check::row(&wished)?;
                    // Of what an archive brought without its consortium the rest can be changed.
                    if (wished.visibility, wished.consortium_id) != (row.visibility, row.consortium_id) {
                        check::shared(&wished)?;
                    }
                    // What it names already it may go on to name.
                    let consortium = input.consortium_id.filter(|id| Some(*id) != row.consortium_id);
                    check::known(tx, consortium, input.project_id).await?;
                }
                tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: ProductChange) {
    for field in input.clear {
        match field {
            Clearable::Summary => row.summary = Set(None),
            Clearable::Project => row.project_id = Set(None),
            Clearable::Consortium => row.consortium_id = Set(None),
        }
    }
    if let Some(kind) = input.kind {
        row.kind = Set(kind);
    }
    if let Some(title) = input.title {
        row.title = Set(title);
    }
    if let Some(language) = input.language {
        row.lang = Set(language.tag().to_owned());
    }
    if input.summary.is_some() {
        row.summary = Set(input.summary);
    }
    if let Some(links) = input.links {
        row.links = Set(Links(links));
    }
    if let Some(marketing) = input.marketing {
        row.marketing = Set(Marketing(marketing));
    }
    if input.project_id.is_some() {
        row.project_id = Set(input.project_id);
    }
    if input.consortium_id.is_some() {
        row.consortium_id = Set(input.consortium_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Removes a product, with the names beside it.
pub async fn remove(scope: &TenantScope, id: ProductId, expected: i64) -> Result<()> {
    scope
        .write("removeProduct", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    for named in tx.find::<credit::Entity>()?.filter(of_product(id)).all().await? {
                        unname(tx, named).await?;
                    }
                }
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}

fn of_product(id: ProductId) -> Condition {
    credit::Column::ProductId.eq(id).into_condition()
}

/// Takes away a name that the caller's own library has put there, and what the product was opened by.
async fn unname(tx: &TenantTx, named: credit::Model) -> Result<()> {
    unseat(tx, named.product_id, named.contributor_id).await?;
    tx.remove::<credit::Entity>(named, None).await
}

async fn unseat(tx: &TenantTx, product: ProductId, contributor: TenantId) -> Result<()> {
    let seat = tx
        .find::<seat::Entity>()?
        .filter(seat::Column::ProductId.eq(product))
        .filter(seat::Column::ContributorId.eq(contributor));
    match seat.one().await? {
        Some(seat) => tx.remove::<seat::Entity>(seat, None).await,
        None => Ok(()),
    }
}

/// Says that another library had a part in a product of the caller's. It sees the product from then on.
pub async fn credit(scope: &TenantScope, id: ProductId, input: NewCredit) -> Result<Product> {
    let scope_in = scope.clone();
    scope
        .write("creditTenant", (id, input), move |tx, (id, input)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                check::own(tx, &tx.get::<Entity>(id.0).await?)?;
                // Whoever is named sees the product, however private it is: that is the editor's to open.
                if !tx.caller().may(Action::Create, Resource::Credit) {
                    return Err(Error::new(Code::Forbidden));
                }
                let there = tx.find::<credit::Entity>()?.filter(of_product(id)).all().await?;
                nameable(tx, &input, &there).await?;
                tx.insert(seat::ActiveModel {
                    product_id: Set(id),
                    contributor_id: Set(input.tenant_id),
                    ..Default::default()
                })
                .await?;
                tx.insert(credit::ActiveModel {
                    id: Set(RowId::new()),
                    product_id: Set(id),
                    contributor_id: Set(input.tenant_id),
                    role: Set(input.role),
                    withdrawn_at: Set(None),
                    ..Default::default()
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

async fn nameable(tx: &TenantTx, input: &NewCredit, there: &[credit::Model]) -> Result<()> {
    let mut violations = Violations::default();
    if input.tenant_id == tx.me() {
        violations.add("tenantId", "another_library");
    } else if !tenant::service::is_here(tx, input.tenant_id).await? {
        violations.add("tenantId", "unknown_tenant");
    }
    violations.done()?;
    let at = |code| Err(Error::new(Code::Conflict).field("tenantId", code));
    match there.iter().find(|named| named.contributor_id == input.tenant_id) {
        Some(named) if named.withdrawn_at.is_some() => return at("name_withdrawn"),
        Some(_) => return at("already_named"),
        None => {}
    }
    if there.len() >= check::MOST_CREDITS {
        let max = check::MOST_CREDITS.to_string();
        return Err(Error::new(Code::Conflict).field_with("tenantId", "too_many", &[("max", &max)]));
    }
    Ok(())
}

/// Takes a name away that the caller's library has put beside its product. One that is not there, or that its library has
/// withdrawn, changes nothing.
pub async fn uncredit(scope: &TenantScope, id: ProductId, named: TenantId) -> Result<Product> {
    let scope_in = scope.clone();
    scope
        .write("removeCredit", (id, named), move |tx, (id, named)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                check::own(tx, &tx.get::<Entity>(id.0).await?)?;
                if !tx.caller().may(Action::Delete, Resource::Credit) {
                    return Err(Error::new(Code::Forbidden));
                }
                if let Some(row) = standing(tx, id, named).await? {
                    unname(tx, row).await?;
                }
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// A library's name with a product, as long as it has not withdrawn it.
async fn standing(tx: &TenantTx, id: ProductId, named: TenantId) -> Result<Option<credit::Model>> {
    let find = tx.find::<credit::Entity>()?.filter(of_product(id));
    find.filter(credit::Column::ContributorId.eq(named))
        .filter(credit::Column::WithdrawnAt.is_null())
        .one()
        .await
}

/// Takes the caller's library's own name away from another's product, for good. None when it is not shown that any more.
pub async fn withdraw(scope: &TenantScope, id: ProductId) -> Result<Option<Product>> {
    let id: ProductId = scope
        .write("withdrawCredit", id, |tx, id| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let Some(row) = standing(tx, id, tx.me()).await? else {
                    tx.get::<Entity>(id.0).await?;
                    let may = tx.caller().may(Action::Modify, Resource::Credit);
                    return if may { Ok(id) } else { Err(Error::new(Code::Forbidden)) };
                };
                tx.change::<credit::Entity>(row, None, |row| row.withdrawn_at = Set(Some(when::now())))
                    .await?;
                unseat(tx, id, tx.me()).await?;
                Ok(id)
            })
        })
        .await?;
    // Read as everybody reads it: it is another's.
    unless_hidden(view(scope, id).await)
}
