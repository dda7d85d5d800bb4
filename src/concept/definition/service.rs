use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, FromQueryResult, Order, QueryResult, sea_query::ExprTrait,
};

use super::{Column, ConceptDefinition, DefinitionChange, Entity, Model, NewDefinition, entity::ActiveModel};
use crate::{
    auth::policy::{Action, Resource},
    concept::{self, service::usable},
    error::{Code, Error, Result, Violations},
    id::{ConceptId, DefinitionId},
    page::{Page, PageArgs},
    tenancy::{Question, TenantScope, TenantTx, of},
    text::Lang,
};

const LONGEST: usize = 2_000;
const LONGEST_SOURCE: usize = 300;
const LONGEST_PERSPECTIVE: usize = 120;

/// The definitions of a concept that the caller may see, its own and others', oldest first.
pub async fn list(
    scope: &TenantScope,
    concept: ConceptId,
    page: PageArgs,
) -> Result<Page<ConceptDefinition>> {
    let wish = scope.page(&page, format_args!("conceptDefinitions {concept}"))?;
    let tx = scope.read().await?;
    tx.get::<concept::Entity>(concept.0).await?;
    let after = wish.after.as_ref().map(|after| after.parse::<DefinitionId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "d",
        Column::ConceptId.eq(concept).into(),
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(given(question).order_by(of("d", Column::Id), Order::Asc)).await?;
    Ok(Page::of(rows, &wish, |given: &Given| given.row.id.to_string()).map(Given::shape))
}

pub async fn view(scope: &TenantScope, id: DefinitionId) -> Result<ConceptDefinition> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: DefinitionId) -> Result<ConceptDefinition> {
    let question = tx.question().from_part::<Entity>("d", Column::Id.eq(id).into(), Column::Id, None, 1);
    let found = tx.answer::<Given>(given(question)).await?.into_iter().next();
    Ok(found.ok_or_else(|| tx.absent(Resource::Definition, id.0))?.shape())
}

/// Takes the definitions of a question that they entered as `d`, each with its concept where the caller sees it.
fn given(question: Question) -> Question {
    question
        .left_join::<concept::Entity>("c", of("c", concept::Column::Id).eq(of("d", Column::ConceptId)))
        .take_all::<Entity>("d", "d_")
        .take(of("c", concept::Column::Id), "concept")
}

struct Given {
    row: Model,
    concept: Option<ConceptId>,
}

impl FromQueryResult for Given {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(row, "d_")?, concept: row.try_get("", "concept")? })
    }
}

impl Given {
    fn shape(self) -> ConceptDefinition {
        let Self { row, concept } = self;
        ConceptDefinition {
            id: row.id,
            tenant_id: row.tenant_id,
            concept_id: concept,
            text: row.text,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            source: row.source,
            perspective: row.perspective,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

/// What a definition may say.
fn check(text: Option<&str>, source: Option<&str>, perspective: Option<&str>) -> Result<()> {
    let mut violations = Violations::default();
    violations.text_if("text", text, LONGEST);
    violations.text_if("source", source, LONGEST_SOURCE);
    violations.text_if("perspective", perspective, LONGEST_PERSPECTIVE);
    violations.done()
}

/// As it stands in an archive that comes from elsewhere.
pub fn check_row(row: &Model) -> Result<()> {
    check(Some(&row.text), row.source.as_deref(), row.perspective.as_deref())
}

/// Gives a definition of a concept, by the caller's library.
pub async fn create(
    scope: &TenantScope,
    concept: ConceptId,
    input: NewDefinition,
) -> Result<ConceptDefinition> {
    check(Some(&input.text), input.source.as_deref(), input.perspective.as_deref())?;
    // Before anything is looked up: who may not at all learns nothing from it.
    if !scope.caller().may(Action::Create, Resource::Definition) {
        return Err(Error::new(Code::Forbidden));
    }
    scope
        .write("defineConcept", (concept, input), |tx, (concept, input)| {
            Box::pin(async move {
                tx.get::<concept::Entity>(concept.0).await?;
                if let Some(code) = usable(tx, concept).await? {
                    return Err(Error::new(Code::InvalidInput).field("id", code));
                }
                let row = tx
                    .insert(ActiveModel {
                        id: Set(DefinitionId::new()),
                        concept_id: Set(concept),
                        text: Set(input.text),
                        lang: Set(input.language.tag().to_owned()),
                        source: Set(input.source),
                        perspective: Set(input.perspective),
                        visibility: Set(input.visibility.unwrap_or_default()),
                        ..Default::default()
                    })
                    .await?;
                load(tx, row.id).await
            })
        })
        .await
}

pub async fn change(
    scope: &TenantScope,
    id: DefinitionId,
    expected: i64,
    input: DefinitionChange,
) -> Result<ConceptDefinition> {
    check(input.text.as_deref(), input.source.as_deref(), input.perspective.as_deref())?;
    scope
        .write("changeDefinition", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(text) = input.text {
                        row.text = Set(text);
                    }
                    if let Some(language) = input.language {
                        row.lang = Set(language.tag().to_owned());
                    }
                    if input.source.is_some() {
                        row.source = Set(input.source);
                    }
                    if input.perspective.is_some() {
                        row.perspective = Set(input.perspective);
                    }
                    if let Some(visibility) = input.visibility {
                        row.visibility = Set(visibility);
                    }
                })
                .await?;
                load(tx, id).await
            })
        })
        .await
}

pub async fn remove(scope: &TenantScope, id: DefinitionId, expected: i64) -> Result<()> {
    scope
        .write("removeDefinition", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}
