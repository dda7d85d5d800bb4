use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::ExprTrait,
};
use serde_json::json;

use super::{
    Acceptance, Column, CompetenceSighting, Entity, Model, NewSighting, SightingFilter, SightingStatus,
    entity::ActiveModel,
};
use crate::{
    auth::policy::{Action, Resource},
    competence::{self, Stance, check::LONGEST_PHRASE, past, service::turn},
    concept::{
        link::{self, Linked},
        service::usable,
    },
    error::{Code, Error, Result, Violations},
    id::{EntryId, SightingId, TenantId},
    page::{Page, PageArgs},
    registry::{membership, seat, tenant},
    tenancy::{Question, SeatRole, TenantScope, TenantTx, Turn, of},
    text::Lang,
};

const LONGEST_NOTE: usize = 1_000;

/// Sightings by the caller's library and of it, oldest first.
pub async fn list(
    scope: &TenantScope,
    filter: SightingFilter,
    page: PageArgs,
) -> Result<Page<CompetenceSighting>> {
    let wish = scope.page(&page, format_args!("competenceSightings {filter:?}"))?;
    let tx = scope.read().await?;
    let condition =
        Condition::all().add_option(filter.status.map(|status| Column::Status.eq(status))).add_option(
            filter.of_us.map(|of_us| if of_us { Column::SubjectId } else { Column::TenantId }.eq(tx.me())),
        );
    let after = wish.after.as_ref().map(|after| after.parse::<SightingId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?.map(|id| id.0.into());
    let question =
        tx.question().from_part::<Entity>("s", condition, Column::Id, after, u64::from(wish.first) + 1);
    let rows = tx.answer(seen(question).order_by(of("s", Column::Id), Order::Asc)).await?;
    Ok(Page::of(rows, &wish, |seen: &Seen| seen.row.id.to_string()).map(|seen| seen.shape(scope)))
}

pub async fn view(scope: &TenantScope, id: SightingId) -> Result<CompetenceSighting> {
    load(scope, &scope.read().await?, id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: SightingId) -> Result<CompetenceSighting> {
    let question = tx.question().from_part::<Entity>("s", Column::Id.eq(id).into(), Column::Id, None, 1);
    let found = tx.answer::<Seen>(seen(question)).await?.into_iter().next();
    Ok(found.ok_or_else(|| tx.absent(Resource::Sighting, id.0))?.shape(scope))
}

fn seen(question: Question) -> Question {
    link::join(question.take_all::<Entity>("s", "s_"), of("s", Column::ConceptId))
}

struct Seen {
    row: Model,
    concept: Option<Linked>,
}

impl FromQueryResult for Seen {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(row, "s_")?, concept: Linked::read(row)? })
    }
}

impl Seen {
    fn shape(self, scope: &TenantScope) -> CompetenceSighting {
        let Self { row, concept } = self;
        CompetenceSighting {
            id: row.id,
            spotter_id: row.tenant_id,
            tenant_id: row.subject_id,
            concept: concept.map(|concept| concept.shape(scope)),
            phrase: row.phrase,
            language: row.lang.as_deref().and_then(Lang::parse),
            note: row.note,
            status: row.status,
            entry_id: row.entry_id.filter(|_| row.subject_id == scope.tenant()),
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

/// Says what the caller's library has seen another be good at.
pub async fn create(scope: &TenantScope, of: TenantId, input: NewSighting) -> Result<CompetenceSighting> {
    let mut violations = Violations::default();
    violations.text_if("phrase", input.phrase.as_deref(), LONGEST_PHRASE);
    violations.text_if("note", input.note.as_deref(), LONGEST_NOTE);
    match (&input.concept_id, &input.phrase, input.language) {
        (None, None, _) => violations.add("conceptId", "required"),
        (_, Some(_), None) => violations.add("language", "required"),
        _ => {}
    }
    violations.done()?;
    // Before anything is looked up: who may not at all learns nothing from it.
    if !scope.caller().may(Action::Create, Resource::Sighting) {
        return Err(Error::new(Code::Forbidden));
    }
    let scope_in = scope.clone();
    scope
        .write("spotCompetence", (of, input), move |tx, (of, input)| {
            Box::pin(async move {
                tx.get::<tenant::Entity>(of.0).await?;
                if of == tx.me() || !works_with(tx, of).await? {
                    return Err(Error::new(Code::Forbidden));
                }
                if let Some(concept) = input.concept_id
                    && let Some(code) = usable(tx, concept).await?
                {
                    return Err(Error::new(Code::InvalidInput).field("conceptId", code));
                }
                let row = tx
                    .insert(ActiveModel {
                        id: Set(SightingId::new()),
                        subject_id: Set(of),
                        concept_id: Set(input.concept_id),
                        lang: Set(input.phrase.as_ref().and(competence::check::tag(input.language))),
                        phrase: Set(input.phrase),
                        note: Set(input.note),
                        status: Set(SightingStatus::Proposed),
                        entry_id: Set(None),
                        ..Default::default()
                    })
                    .await?;
                load(&scope_in, tx, row.id).await
            })
        })
        .await
}

/// Whether the other is a member of a consortium that the caller's library takes part in.
async fn works_with(tx: &TenantTx, other: TenantId) -> Result<bool> {
    let part = seat::Column::TenantId
        .eq(tx.me())
        .and(seat::Column::Role.is_in([SeatRole::Coordinator, SeatRole::Member]));
    let mine = tx.among::<seat::Entity>(seat::Column::ConsortiumId, part)?;
    let together = tx
        .find::<membership::Entity>()?
        .filter(membership::Column::TenantId.eq(other))
        .filter(membership::Column::Status.eq("active"))
        .filter(membership::Column::ConsortiumId.in_subquery(mine));
    Ok(together.limit(1).one().await?.is_some())
}

/// Takes a sighting into the caller's library's own list. Where it has the competence already, that stays as it is.
pub async fn accept(
    scope: &TenantScope,
    id: SightingId,
    expected: i64,
    input: Acceptance,
) -> Result<CompetenceSighting> {
    let mut violations = Violations::default();
    violations.between("level", input.level, 1, 4);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("acceptSighting", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = open(tx, id).await?;
                turn(tx, Turn::Alone).await?;
                let entry = match known(tx, &row).await? {
                    Some(entry) => entry,
                    None => enter(tx, &row, input).await?,
                };
                tx.change::<Entity>(row, Some(expected), |row| {
                    row.status = Set(SightingStatus::Accepted);
                    row.entry_id = Set(Some(entry));
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// The library's entry on the same concept, if it has one.
async fn known(tx: &TenantTx, row: &Model) -> Result<Option<EntryId>> {
    use competence::{Column, Entity};
    let Some(concept) = row.concept_id else { return Ok(None) };
    let own = tx
        .find::<Entity>()?
        .filter(Column::TenantId.eq(tx.me()))
        .filter(Column::Stance.eq(Stance::Have))
        .filter(Column::ConceptId.eq(concept));
    Ok(own.one().await?.map(|row| row.id))
}

async fn enter(tx: &TenantTx, row: &Model, input: Acceptance) -> Result<EntryId> {
    // Of another consortium's own, or used no more: the words are there, if any.
    let concept_id = match row.concept_id {
        Some(concept) if usable(tx, concept).await?.is_none() => Some(concept),
        _ => None,
    };
    if concept_id.is_none() && row.phrase.is_none() {
        return Err(Error::new(Code::Conflict));
    }
    let entry = tx
        .insert(competence::ActiveModel {
            id: Set(EntryId::new()),
            concept_id: Set(concept_id),
            stance: Set(Stance::Have),
            level: Set(input.level),
            source_phrase: Set(row.phrase.clone()),
            source_lang: Set(row.lang.clone()),
            evidence: Set(json!([])),
            visibility: Set(input.visibility.unwrap_or_default()),
            spotted_by: Set(Some(row.tenant_id)),
            ..competence::service::blank()
        })
        .await?;
    tx.insert(past::state(tx, &entry)).await?;
    Ok(entry.id)
}

/// Does not take a sighting in.
pub async fn decline(scope: &TenantScope, id: SightingId, expected: i64) -> Result<CompetenceSighting> {
    let scope_in = scope.clone();
    scope
        .write("declineSighting", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = open(tx, id).await?;
                tx.change::<Entity>(row, Some(expected), |row| row.status = Set(SightingStatus::Declined))
                    .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// One that the caller's library is to decide on.
async fn open(tx: &TenantTx, id: SightingId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    if row.subject_id != tx.me() || !tx.caller().may(Action::Modify, Resource::Sighting) {
        return Err(Error::new(Code::Forbidden));
    }
    if row.status == SightingStatus::Proposed { Ok(row) } else { Err(Error::new(Code::Conflict)) }
}

/// Takes back what the caller's library has said it saw. What became of it stays.
pub async fn remove(scope: &TenantScope, id: SightingId, expected: i64) -> Result<()> {
    scope
        .write("withdrawSighting", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id != tx.me() {
                    return Err(Error::new(Code::Forbidden));
                }
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}
