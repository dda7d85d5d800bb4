use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult,
    TryIntoModel, sea_query::ExprTrait,
};

use super::{
    Clearable, Column, Concepts, Entity, Model, NewStatement, Statement, StatementChange, StatementFilter,
    StatementKind, check,
    endorsement::{self, Endorsement},
    entity::ActiveModel,
};
use crate::{
    auth::policy::{Action, Resource},
    concept::seen::{Seen, seen},
    error::{Code, Error, Result, unless_hidden},
    id::{RowId, StatementId, TenantId},
    page::{Page, PageArgs},
    registry::tenant,
    tenancy::{Question, TenantScope, TenantTx, Turn, of},
    text::{Lang, Text},
    when,
};

/// Statements that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: StatementFilter, page: PageArgs) -> Result<Page<Statement>> {
    let wish = scope.page(&page, format_args!("statements {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if let Some(ambition) = filter.ambition_id {
        // One that the caller does not see is one that nothing serves.
        let seen = tx.among::<Entity>(Column::Id, Column::Id.eq(ambition))?;
        condition = condition.add(Column::AmbitionId.in_subquery(seen));
    }
    if let Some(endorsed) = filter.endorsed {
        let mine = endorsement::Column::TenantId.eq(tx.me());
        let mine = tx.among::<endorsement::Entity>(endorsement::Column::StatementId, mine)?;
        let mine = Column::Id.in_subquery(mine);
        condition = condition.add(if endorsed { mine } else { mine.not() });
    }
    let after = wish.after.as_ref().map(|after| after.parse::<StatementId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "s",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(said(&tx, question)?.order_by(of("s", Column::Id), Order::Asc)).await?;
    let page = Page::of(rows, &wish, |said: &Said| said.row.id.to_string());
    let seen = named(&tx, &page.items).await?;
    Ok(page.map(|said| said.shape(&seen)))
}

pub async fn view(scope: &TenantScope, id: StatementId) -> Result<Statement> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: StatementId) -> Result<Statement> {
    let question = tx.question().from_part::<Entity>("s", Column::Id.eq(id).into(), Column::Id, None, 1);
    let found = tx.answer::<Said>(said(tx, question)?).await?.into_iter().next();
    let found = found.ok_or_else(|| tx.absent(Resource::Statement, id.0))?;
    let seen = named(tx, std::slice::from_ref(&found)).await?;
    Ok(found.shape(&seen))
}

/// The concepts that statements name and the caller sees.
pub(super) async fn named(tx: &TenantTx, said: &[Said]) -> Result<Seen> {
    seen(tx, said.iter().flat_map(|said| said.row.concepts.0.iter().copied())).await
}

/// Takes the statements of a question that they entered as `s`, each with how many endorse it.
pub(super) fn said(tx: &TenantTx, question: Question) -> Result<Question> {
    use endorsement::Column as E;
    let on = || Condition::all().add(of("endorsement", E::StatementId).eq(of("s", Column::Id)));
    let mine = on().add(of("endorsement", E::TenantId).eq(tx.me().0));
    Ok(question
        .left_join::<Entity>("ambition", of("ambition", Column::Id).eq(of("s", Column::AmbitionId)))
        .take_all::<Entity>("s", "s_")
        .take(of("ambition", Column::Id), "ambition")
        .take(tx.count_of::<endorsement::Entity>(on())?, "endorsements")
        .take(tx.count_of::<endorsement::Entity>(mine)?, "mine"))
}

/// A statement with how many endorse it.
pub(super) struct Said {
    row: Model,
    /// Where the caller sees it.
    ambition: Option<StatementId>,
    endorsements: i64,
    mine: i64,
}

impl FromQueryResult for Said {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "s_")?,
            ambition: row.try_get("", "ambition")?,
            endorsements: row.try_get("", "endorsements")?,
            mine: row.try_get("", "mine")?,
        })
    }
}

impl Said {
    pub(super) fn shape(self, seen: &Seen) -> Statement {
        let Self { row, ambition, endorsements, mine } = self;
        Statement {
            id: row.id,
            tenant_id: row.tenant_id,
            kind: row.kind,
            text: row.text,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            concept_ids: seen.of(row.concepts.0),
            ambition_id: ambition,
            endorsements,
            endorsed: mine > 0,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

pub async fn create(scope: &TenantScope, input: NewStatement) -> Result<Statement> {
    fits(scope.tenant(), &input)?;
    scope.write("createStatement", input, |tx, input| Box::pin(make(tx, input))).await
}

/// Makes a statement in a write that does more.
pub(crate) async fn make(tx: &TenantTx, input: NewStatement) -> Result<Statement> {
    fits(tx.me(), &input)?;
    check::known(tx, &input.concept_ids, input.ambition_id).await?;
    let row = tx.insert(new(input)).await?;
    load(tx, row.id).await
}

fn fits(tenant: TenantId, input: &NewStatement) -> Result<()> {
    let mut wished = new(input.clone());
    // What the door stamps is of no account here.
    wished.tenant_id = Set(tenant);
    wished.version = Set(1);
    wished.stood = Set(None);
    wished.created_at = Set(when::now());
    wished.updated_at = Set(when::now());
    check::row(&wished.try_into_model().map_err(Error::internal)?)
}

fn new(input: NewStatement) -> ActiveModel {
    ActiveModel {
        id: Set(StatementId::new()),
        kind: Set(input.kind),
        text: Set(input.text),
        lang: Set(input.language.tag().to_owned()),
        concepts: Set(Concepts(input.concept_ids)),
        ambition_id: Set(input.ambition_id),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

pub async fn change(
    scope: &TenantScope,
    id: StatementId,
    expected: i64,
    input: StatementChange,
) -> Result<Statement> {
    scope
        .write("changeStatement", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                check::turn(tx, id, Turn::Alone).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    let wished = wished.try_into_model().map_err(Error::internal)?;
                    check::row(&wished)?;
                    // Others put their names beside other words than these.
                    if (&row.text, row.kind) != (&wished.text, wished.kind) {
                        alone(tx, id).await?;
                    }
                    check::known(tx, input.concept_ids.as_deref().unwrap_or_default(), input.ambition_id)
                        .await?;
                    let other = input.kind.is_some_and(|kind| kind != StatementKind::Ambition);
                    if row.kind == StatementKind::Ambition && other {
                        check::unserved(tx, id).await?;
                    }
                }
                tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?;
                load(tx, id).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: StatementChange) {
    for field in input.clear {
        match field {
            Clearable::Ambition => row.ambition_id = Set(None),
        }
    }
    if let Some(kind) = input.kind {
        row.kind = Set(kind);
    }
    if let Some(text) = input.text {
        row.text = Set(text);
    }
    if let Some(language) = input.language {
        row.lang = Set(language.tag().to_owned());
    }
    if let Some(concepts) = input.concept_ids {
        row.concepts = Set(Concepts(concepts));
    }
    if input.ambition_id.is_some() {
        row.ambition_id = Set(input.ambition_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Removes a statement, with the names beside it. An ambition that means serve stays.
pub async fn remove(scope: &TenantScope, id: StatementId, expected: i64) -> Result<()> {
    scope
        .write("removeStatement", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                check::turn(tx, id, Turn::Alone).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    check::unserved(tx, id).await?;
                    alone(tx, id).await?;
                }
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}

/// Takes the names away that stand beside the caller's own statement.
async fn alone(tx: &TenantTx, id: StatementId) -> Result<()> {
    let beside = tx.find::<endorsement::Entity>()?;
    for row in beside.filter(endorsement::Column::StatementId.eq(id)).all().await? {
        tx.remove::<endorsement::Entity>(row, None).await?;
    }
    Ok(())
}

/// Puts the caller's library's name beside another's statement. Once is enough: again changes nothing.
pub async fn endorse(scope: &TenantScope, id: StatementId) -> Result<Statement> {
    let id: StatementId = scope
        .write("endorseStatement", id, |tx, id| {
            Box::pin(async move {
                check::turn(tx, id, Turn::Shared).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    return Err(Error::new(Code::Conflict));
                }
                // Two requests of one library at once put one name there.
                tx.lock(&format!("endorsement {} {id}", tx.me()), Turn::Alone).await?;
                if own(tx, id).await?.is_none() {
                    tx.insert(endorsement::ActiveModel {
                        id: Set(RowId::new()),
                        statement_id: Set(id),
                        owner_id: Set(row.tenant_id),
                        at: Set(when::now()),
                        ..Default::default()
                    })
                    .await?;
                }
                Ok(id)
            })
        })
        .await?;
    // Read as everybody reads it: it is another's.
    view(scope, id).await
}

/// Takes the caller's library's name away again, also from what it is not shown any more: then there is nothing to give.
pub async fn withdraw(scope: &TenantScope, id: StatementId) -> Result<Option<Statement>> {
    let id: StatementId = scope
        .write("withdrawEndorsement", id, |tx, id| {
            Box::pin(async move {
                // Its owner may be taking the names away just now.
                check::turn(tx, id, Turn::Shared).await?;
                tx.lock(&format!("endorsement {} {id}", tx.me()), Turn::Alone).await?;
                let Some(row) = own(tx, id).await? else {
                    tx.get::<Entity>(id.0).await?;
                    let may = tx.caller().may(Action::Delete, Resource::Endorsement);
                    return if may { Ok(id) } else { Err(Error::new(Code::Forbidden)) };
                };
                tx.remove::<endorsement::Entity>(row, None).await?;
                Ok(id)
            })
        })
        .await?;
    // Read as everybody reads it: it is another's.
    unless_hidden(view(scope, id).await)
}

pub(super) async fn own(tx: &TenantTx, id: StatementId) -> Result<Option<endorsement::Model>> {
    let find = tx.find::<endorsement::Entity>()?;
    find.filter(endorsement::Column::StatementId.eq(id))
        .filter(endorsement::Column::TenantId.eq(tx.me()))
        .one()
        .await
}

/// A name beside a statement.
struct Name {
    row: endorsement::Model,
    names: Text,
}

impl FromQueryResult for Name {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: endorsement::Model::from_query_result(row, "e_")?, names: row.try_get("", "names")? })
    }
}

/// Who endorses a statement that the caller sees, first one first.
pub async fn endorsements(scope: &TenantScope, id: StatementId, page: PageArgs) -> Result<Page<Endorsement>> {
    use endorsement::Column as E;
    let wish = scope.page(&page, format_args!("endorsements {id}"))?;
    let tx = scope.read().await?;
    tx.get::<Entity>(id.0).await?;
    let after = wish.after.as_ref().map(|after| after.parse::<RowId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?.map(|id| id.0.into());
    let question = tx
        .question()
        .from_part::<endorsement::Entity>(
            "e",
            E::StatementId.eq(id).into(),
            E::Id,
            after,
            u64::from(wish.first) + 1,
        )
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("e", E::TenantId)))
        .take_all::<endorsement::Entity>("e", "e_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("e", E::Id), Order::Asc);
    let rows = tx.answer::<Name>(question).await?;
    Ok(Page::of(rows, &wish, |name: &Name| name.row.id.to_string()).map(|name| Endorsement {
        tenant_id: name.row.tenant_id,
        name: scope.say(&name.names),
        at: name.row.at,
    }))
}
