use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, Order, TryIntoModel, sea_query::ExprTrait,
};
use serde_json::json;

use super::{
    ActiveModel, Clearable, Column, Competence, CompetenceChange, CompetenceFilter, Entity, NewCompetence,
    check, occasion, past,
    shape::{self, Entry},
};
use crate::{
    aggregate::release::guard,
    auth::policy::Resource,
    concept::{self, known, words},
    error::{Code, Error, Result, Violations},
    id::{ConceptId, EntryId, GroupId, OccasionId},
    page::{Page, PageArgs},
    registry::group,
    tenancy::{TenantScope, TenantTx, Turn, of},
    text::Lang,
};

/// Entries that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: CompetenceFilter, page: PageArgs) -> Result<Page<Competence>> {
    let wish = scope.page(&page, format_args!("competences {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(stance) = filter.stance {
        condition = condition.add(Column::Stance.eq(stance));
    }
    if let Some(concept) = filter.concept_id {
        // A concept that the caller does not see is one on which it finds nothing.
        let seen = tx.among::<concept::Entity>(concept::Column::Id, concept::Column::Id.eq(concept))?;
        condition = condition.add(Column::ConceptId.in_subquery(seen));
    }
    if let Some(theme) = filter.theme_id {
        let gathered = concept::service::gathered(&tx, theme).await?;
        let under =
            Condition::any().add(concept::Column::ThemeId.eq(theme)).add(concept::Column::Id.is_in(gathered));
        let under = tx.among::<concept::Entity>(concept::Column::Id, under)?;
        condition = condition.add(Column::ConceptId.in_subquery(under));
    }
    if let Some(id) = filter.occasion_id {
        let seen = tx.among::<occasion::Entity>(occasion::Column::Id, occasion::Column::Id.eq(id))?;
        condition = condition.add(Column::OccasionId.in_subquery(seen));
    }
    if let Some(id) = filter.group_id {
        let seen = tx.among::<group::Entity>(group::Column::Id, group::Column::Id.eq(id))?;
        condition = condition.add(Column::GroupId.in_subquery(seen));
    }
    if let Some(unmapped) = filter.unmapped {
        let seen = tx.among::<concept::Entity>(concept::Column::Id, Condition::all())?;
        let mapped = Column::ConceptId.in_subquery(seen);
        condition = match unmapped {
            true => condition.add(Condition::any().add(Column::ConceptId.is_null()).add(mapped.not())),
            false => condition.add(mapped),
        };
    }
    let after = match &wish.after {
        Some(after) => Some(after.parse::<EntryId>().map_err(|_| Error::new(Code::BadCursor))?.0.into()),
        None => None,
    };
    let question =
        tx.question().from_part::<Entity>("e", condition, Column::Id, after, u64::from(wish.first) + 1);
    let rows = tx.answer(shape::entries(question).order_by(of("e", Column::Id), Order::Asc)).await?;
    Ok(Page::of(rows, &wish, |entry: &Entry| entry.row.id.to_string()).map(|entry| entry.shape(scope)))
}

pub async fn view(scope: &TenantScope, id: EntryId) -> Result<Competence> {
    let tx = scope.read().await?;
    load(scope, &tx, id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: EntryId) -> Result<Competence> {
    let question = tx.question().from_part::<Entity>("e", Column::Id.eq(id).into(), Column::Id, None, 1);
    let entry = tx.answer::<Entry>(shape::entries(question)).await?.into_iter().next();
    Ok(entry.ok_or_else(|| tx.absent(Resource::Competence, id.0))?.shape(scope))
}

pub async fn create(scope: &TenantScope, input: NewCompetence) -> Result<Competence> {
    check::new(&input)?;
    let mapped = match (&input.source_phrase, input.concept_id) {
        (Some(phrase), None) => meant(scope, phrase.clone(), input.language).await?,
        _ => None,
    };
    let scope_in = scope.clone();
    scope
        .write("createCompetence", input, move |tx, input| {
            Box::pin(async move { enter(&scope_in, tx, input, mapped).await })
        })
        .await
}

/// Enters a competence in a write that does more. `mapped` is the concept that its phrase surely means: see [`meant`].
pub(crate) async fn enter(
    scope: &TenantScope,
    tx: &TenantTx,
    input: NewCompetence,
    mapped: Option<ConceptId>,
) -> Result<Competence> {
    check::new(&input)?;
    turn(tx, Turn::Shared).await?;
    concept::service::held(tx).await?;
    if let Some(concept) = input.concept_id {
        may_use(tx, concept).await?;
    }
    around(tx, input.occasion_id, input.group_id).await?;
    // Merged, perhaps, since the words were met with it.
    let merged = known::merged(tx, mapped).await?;
    let mapped = mapped.map(|concept| merged.get(&concept).copied().unwrap_or(concept));
    let row = tx
        .insert(ActiveModel {
            id: Set(EntryId::new()),
            concept_id: Set(input.concept_id.or(mapped)),
            stance: Set(input.stance),
            level: Set(input.level),
            holders: Set(input.holders),
            note: Set(input.note),
            source_lang: Set(input.source_phrase.as_ref().and(check::tag(input.language))),
            source_phrase: Set(input.source_phrase),
            evidence: Set(json!(input.evidence)),
            target_level: Set(input.target_level),
            target_date: Set(input.target_date),
            spreading: Set(input.spreading),
            occasion_id: Set(input.occasion_id),
            group_id: Set(input.group_id),
            visibility: Set(input.visibility.unwrap_or_default()),
            ..blank()
        })
        .await?;
    tx.insert(past::state(tx, &row)).await?;
    load(scope, tx, row.id).await
}

pub async fn change(
    scope: &TenantScope,
    id: EntryId,
    expected: i64,
    input: CompetenceChange,
) -> Result<Competence> {
    check::change(&input)?;
    let scope_in = scope.clone();
    scope
        .write("changeCompetence", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    let wished = wished.try_into_model().map_err(Error::internal)?;
                    check::changed(&wished)?;
                    turn(tx, Turn::Shared).await?;
                    if let Some(concept) = input.concept_id.filter(|id| row.concept_id != Some(*id)) {
                        may_use(tx, concept).await?;
                    }
                    around(tx, input.occasion_id, input.group_id).await?;
                    guard::may_show(tx, &row, &wished).await?;
                }
                let row = tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?;
                past::turn(tx, id, Some(&row)).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

pub async fn remove(scope: &TenantScope, id: EntryId, expected: i64) -> Result<()> {
    scope
        .write("removeCompetence", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await?;
                past::turn(tx, id, None).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: CompetenceChange) {
    for field in input.clear {
        match field {
            Clearable::Concept => row.concept_id = Set(None),
            Clearable::Level => row.level = Set(None),
            Clearable::Holders => row.holders = Set(None),
            Clearable::Note => row.note = Set(None),
            Clearable::TargetLevel => row.target_level = Set(None),
            Clearable::TargetDate => row.target_date = Set(None),
            Clearable::Spreading => row.spreading = Set(None),
            Clearable::Occasion => row.occasion_id = Set(None),
            Clearable::Group => row.group_id = Set(None),
        }
    }
    if let Some(stance) = input.stance {
        row.stance = Set(stance);
    }
    if input.concept_id.is_some() {
        row.concept_id = Set(input.concept_id);
    }
    if input.level.is_some() {
        row.level = Set(input.level);
    }
    if input.holders.is_some() {
        row.holders = Set(input.holders);
    }
    if input.note.is_some() {
        row.note = Set(input.note);
    }
    if let Some(evidence) = input.evidence {
        row.evidence = Set(json!(evidence));
    }
    if input.target_level.is_some() {
        row.target_level = Set(input.target_level);
    }
    if input.target_date.is_some() {
        row.target_date = Set(input.target_date);
    }
    if input.spreading.is_some() {
        row.spreading = Set(input.spreading);
    }
    if input.occasion_id.is_some() {
        row.occasion_id = Set(input.occasion_id);
    }
    if input.group_id.is_some() {
        row.group_id = Set(input.group_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// An entry that says nothing yet.
pub(super) fn blank() -> ActiveModel {
    ActiveModel {
        concept_id: Set(None),
        level: Set(None),
        holders: Set(None),
        note: Set(None),
        source_phrase: Set(None),
        source_lang: Set(None),
        phrases: Set(None),
        position: Set(None),
        evidence: Set(json!([])),
        target_level: Set(None),
        target_date: Set(None),
        spreading: Set(None),
        occasion_id: Set(None),
        group_id: Set(None),
        spotted_by: Set(None),
        ..Default::default()
    }
}

/// The occasion must be one that the library sees, and the group one that it is in.
async fn around(tx: &TenantTx, occasion: Option<OccasionId>, in_group: Option<GroupId>) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(id) = occasion
        && !occasion::service::is_known(tx, id).await?
    {
        violations.add("occasionId", "unknown_occasion");
    }
    if let Some(id) = in_group {
        use group::member::{Column, Entity};
        let own = tx.find::<Entity>()?.filter(Column::GroupId.eq(id)).filter(Column::TenantId.eq(tx.me()));
        if own.one().await?.is_none() {
            violations.add("groupId", "own_group");
        }
    }
    violations.done()
}

/// Whoever adds to the caller's own list lets others in; who compares the whole of it with what is to be added is alone.
pub(super) async fn turn(tx: &TenantTx, turn: Turn) -> Result<()> {
    tx.lock(&format!("competences {}", tx.me()), turn).await
}

async fn may_use(tx: &TenantTx, concept: ConceptId) -> Result<()> {
    match concept::service::usable(tx, concept).await? {
        None => Ok(()),
        Some(code) => Err(Error::new(Code::InvalidInput).field("conceptId", code)),
    }
}

/// The concept that a phrase surely means.
pub(crate) async fn meant(
    scope: &TenantScope,
    phrase: String,
    language: Option<Lang>,
) -> Result<Option<ConceptId>> {
    let words = words::of_node(scope).await?;
    let meet = move || words.exact(&phrase, language.map(Lang::tag));
    let hit = tokio::task::spawn_blocking(meet).await.map_err(Error::internal)?;
    Ok(hit.map(|hit| ConceptId(hit.concept)))
}
