use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{
    Activity, ActivityChange, ActivityFilter, ActivityMove, ActivityState, Clearable, Concepts, Cost,
    CostInput, NewActivity, OwnRegistration, check,
    entity::{ActiveModel, Column, Entity, Model},
    evaluation::{self, Evaluation, Worth},
    registration::{self, Places, Registration},
    share,
};
use crate::{
    auth::policy::Resource,
    concept::seen::{Seen, seen},
    error::{Code, Error, Result, Violations, unless_hidden},
    id::{ActivityId, ConsortiumId, RowId},
    page::{Page, PageArgs},
    registry::{consortium, tenant},
    tenancy::{Question, TenantScope, TenantTx, Turn, of},
    text::{Lang, Text},
    when,
};

/// Activities that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: ActivityFilter, page: PageArgs) -> Result<Page<Activity>> {
    let wish = scope.page(&page, format_args!("activities {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if let Some(side) = filter.side {
        condition = condition.add(Column::Side.eq(side));
    }
    if let Some(state) = filter.state {
        condition = condition.add(Column::State.eq(state));
    }
    // A place that the caller does not see is one where it finds nothing.
    if let Some(consortium) = filter.consortium_id {
        let seen =
            tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(consortium))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(registered) = filter.registered {
        let mine = registration::Column::TenantId.eq(tx.me());
        let mine = tx.among::<registration::Entity>(registration::Column::ActivityId, mine)?;
        let mine = Column::Id.in_subquery(mine);
        condition = condition.add(if registered { mine } else { mine.not() });
    }
    let after = wish.after.as_ref().map(|after| after.parse::<ActivityId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "a",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(held(&tx, question)?.order_by(of("a", Column::Id), Order::Asc)).await?;
    let page = Page::of(rows, &wish, |held: &Held| held.row.id.to_string());
    let seen = seen(&tx, page.items.iter().flat_map(|held| held.row.concepts.0.iter().copied())).await?;
    Ok(page.map(|held| held.shape(&seen)))
}

pub async fn view(scope: &TenantScope, id: ActivityId) -> Result<Activity> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: ActivityId) -> Result<Activity> {
    let question =
        tx.question().from_part::<Entity>("a", Column::Id.eq(id).into_condition(), Column::Id, None, 1);
    let found = tx.answer::<Held>(held(tx, question)?).await?.into_iter().next();
    let found = found.ok_or_else(|| tx.absent(Resource::Activity, id.0))?;
    let seen = seen(tx, found.row.concepts.0.iter().copied()).await?;
    Ok(found.shape(&seen))
}

/// Takes the activities of a question that they entered as `a`, each with how many come, what the caller's library has
/// registered, and its consortium where the caller sees that.
fn held(tx: &TenantTx, question: Question) -> Result<Question> {
    use registration::Column as R;
    let on = || Condition::all().add(of("activity_registration", R::ActivityId).eq(of("a", Column::Id)));
    let mine = Condition::all()
        .add(of("o", R::ActivityId).eq(of("a", Column::Id)))
        .add(of("o", R::TenantId).eq(tx.me().0));
    Ok(question
        .left_join_within_scope::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("a", Column::ConsortiumId)),
        )
        .left_join::<registration::Entity>("o", mine)
        .take_all::<Entity>("a", "a_")
        .take(tx.count_of::<registration::Entity>(on())?, "registrations")
        .take(tx.sum_of::<registration::Entity>(R::Places, on())?, "places")
        .take(of("o", R::Places), "own_places")
        .take(of("o", R::Version), "own_version")
        .take(of("c", consortium::Column::Id), "consortium"))
}

/// An activity with what is registered for it.
struct Held {
    row: Model,
    registrations: i64,
    places: i64,
    own: Option<OwnRegistration>,
    consortium: Option<ConsortiumId>,
}

impl FromQueryResult for Held {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let (places, version): (Option<i64>, Option<i64>) =
            (row.try_get("", "own_places")?, row.try_get("", "own_version")?);
        Ok(Self {
            row: Model::from_query_result(row, "a_")?,
            registrations: row.try_get("", "registrations")?,
            places: row.try_get("", "places")?,
            own: places.zip(version).map(|(places, version)| OwnRegistration { places, version }),
            consortium: row.try_get("", "consortium")?,
        })
    }
}

impl Held {
    fn shape(self, seen: &Seen) -> Activity {
        let Self { row, registrations, places, own, consortium } = self;
        Activity {
            id: row.id,
            tenant_id: row.tenant_id,
            kind: row.kind,
            side: row.side,
            title: row.title,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            description: row.description,
            concept_ids: seen.of(row.concepts.0),
            held: row.held,
            place: row.place,
            link: row.link,
            seats: row.seats,
            most_places: row.most_places,
            places,
            registrations,
            registered: own,
            cost: row.cost_amount.zip(row.cost_currency).map(|(amount, currency)| Cost { amount, currency }),
            cost_sharing: row.cost_sharing,
            state: row.state,
            consortium_id: consortium,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

pub async fn create(scope: &TenantScope, input: NewActivity) -> Result<Activity> {
    let mut wished = new(input.clone());
    // What the door stamps is of no account here.
    wished.tenant_id = Set(scope.tenant());
    wished.version = Set(1);
    wished.stood = Set(None);
    wished.created_at = Set(when::now());
    wished.updated_at = Set(when::now());
    check::row(&wished.try_into_model().map_err(Error::internal)?)?;
    scope
        .write("createActivity", input, |tx, input| {
            Box::pin(async move {
                check::known(tx, &input.concept_ids, input.consortium_id).await?;
                let row = tx.insert(new(input)).await?;
                load(tx, row.id).await
            })
        })
        .await
}

/// The days that are kept beside an EDTF date.
fn days(held: Option<&str>) -> (Option<String>, Option<String>) {
    let days = held.and_then(when::days);
    days.map(|(first, last)| (first.to_string(), last.to_string())).unzip()
}

fn new(input: NewActivity) -> ActiveModel {
    let (amount, currency, sharing) = parts(input.cost);
    let (first_day, last_day) = days(input.held.as_deref());
    ActiveModel {
        id: Set(ActivityId::new()),
        kind: Set(input.kind),
        side: Set(input.side.unwrap_or_default()),
        title: Set(input.title),
        lang: Set(input.language.tag().to_owned()),
        description: Set(input.description),
        concepts: Set(Concepts(input.concept_ids)),
        first_day: Set(first_day),
        last_day: Set(last_day),
        held: Set(input.held),
        place: Set(input.place),
        link: Set(input.link),
        seats: Set(input.seats),
        most_places: Set(input.most_places),
        cost_amount: Set(amount),
        cost_currency: Set(currency),
        cost_sharing: Set(sharing),
        state: Set(ActivityState::Planned),
        consortium_id: Set(input.consortium_id),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

fn parts(cost: Option<CostInput>) -> (Option<i64>, Option<String>, Option<super::CostSharing>) {
    match cost {
        Some(cost) => (Some(cost.amount), Some(cost.currency), Some(cost.sharing)),
        None => (None, None, None),
    }
}

pub async fn change(
    scope: &TenantScope,
    id: ActivityId,
    expected: i64,
    input: ActivityChange,
) -> Result<Activity> {
    scope
        .write("changeActivity", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    let wished = wished.try_into_model().map_err(Error::internal)?;
                    check::row(&wished)?;
                    check::known(tx, input.concept_ids.as_deref().unwrap_or_default(), None).await?;
                    keeps_its_word(tx, &row, &wished).await?;
                }
                tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?;
                load(tx, id).await
            })
        })
        .await
}

/// Whoever has registered keeps its seat, and knew what it would cost.
async fn keeps_its_word(tx: &TenantTx, row: &Model, wished: &Model) -> Result<()> {
    let registered = registered(tx, row.id).await?;
    let taken: i64 = registered.iter().map(|row| row.places).sum();
    let largest = registered.iter().map(|row| row.places).max().unwrap_or(0);
    let mut violations = Violations::default();
    if wished.seats.is_some_and(|seats| seats < taken) {
        violations.add_with("seats", "taken", &[("min", &taken.to_string())]);
    }
    if wished.most_places.is_some_and(|most| most < largest) {
        violations.add_with("mostPlaces", "taken", &[("min", &largest.to_string())]);
    }
    let cost = |row: &Model| (row.cost_amount, row.cost_currency.clone(), row.cost_sharing);
    if !registered.is_empty() && cost(row) != cost(wished) {
        violations.add("cost", "registered_by_it");
    }
    // Who comes must go on seeing what it comes to.
    if !registered.is_empty() && wished.visibility < row.visibility {
        violations.add("visibility", "registered_by_it");
    }
    violations.done()
}

async fn registered(tx: &TenantTx, id: ActivityId) -> Result<Vec<registration::Model>> {
    use registration::Column as R;
    tx.find::<registration::Entity>()?.filter(R::ActivityId.eq(id)).order_by(R::Id, Order::Asc).all().await
}

fn edit(row: &mut ActiveModel, input: ActivityChange) {
    for field in input.clear {
        match field {
            Clearable::Description => row.description = Set(None),
            Clearable::Held => (row.held, row.first_day, row.last_day) = (Set(None), Set(None), Set(None)),
            Clearable::Place => row.place = Set(None),
            Clearable::Link => row.link = Set(None),
            Clearable::Seats => row.seats = Set(None),
            Clearable::MostPlaces => row.most_places = Set(None),
            Clearable::Cost => {
                (row.cost_amount, row.cost_currency, row.cost_sharing) = (Set(None), Set(None), Set(None));
            }
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
    if let Some(concepts) = input.concept_ids {
        row.concepts = Set(Concepts(concepts));
    }
    if input.description.is_some() {
        row.description = Set(input.description);
    }
    if input.held.is_some() {
        let (first_day, last_day) = days(input.held.as_deref());
        (row.first_day, row.last_day) = (Set(first_day), Set(last_day));
        row.held = Set(input.held);
    }
    if input.place.is_some() {
        row.place = Set(input.place);
    }
    if input.link.is_some() {
        row.link = Set(input.link);
    }
    if input.seats.is_some() {
        row.seats = Set(input.seats);
    }
    if input.most_places.is_some() {
        row.most_places = Set(input.most_places);
    }
    if input.cost.is_some() {
        let (amount, currency, sharing) = parts(input.cost);
        (row.cost_amount, row.cost_currency, row.cost_sharing) = (Set(amount), Set(currency), Set(sharing));
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Brings an activity of the caller's library on: open for others, closed, held or cancelled.
pub async fn advance(
    scope: &TenantScope,
    id: ActivityId,
    expected: i64,
    input: ActivityMove,
) -> Result<Activity> {
    scope
        .write("moveActivity", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() && row.version == expected {
                    row.state.step(input.state)?;
                }
                tx.change::<Entity>(row, Some(expected), |row| row.state = Set(input.state)).await?;
                load(tx, id).await
            })
        })
        .await
}

/// One after another of those who register for an activity, or change it: no seat is given twice.
async fn turn(tx: &TenantTx, id: ActivityId) -> Result<()> {
    // What is hidden waits for nobody: how long an answer takes would tell that it is there.
    if own(tx, id).await?.is_none() {
        tx.get::<Entity>(id.0).await?;
    }
    tx.lock(&format!("activity {id}"), Turn::Alone).await
}

async fn own(tx: &TenantTx, id: ActivityId) -> Result<Option<registration::Model>> {
    use registration::Column as R;
    let find = tx.find::<registration::Entity>()?;
    find.filter(R::ActivityId.eq(id)).filter(R::TenantId.eq(tx.me())).one().await
}

/// Is there room for so many of one library, which has `before` of the seats already?
async fn room(tx: &TenantTx, row: &Model, places: i64, before: i64) -> Result<()> {
    let mut violations = Violations::default();
    let most = row.most_places.unwrap_or(check::MOST_PLACES);
    violations.between("places", Some(places), 1, most);
    if let (Some(seats), true) = (row.seats, violations.is_empty()) {
        let taken: i64 = registered(tx, row.id).await?.iter().map(|row| row.places).sum();
        let free = Ord::max(0, seats - taken + before);
        if places > free {
            violations.add_with("places", "no_room", &[("free", &free.to_string())]);
        }
    }
    violations.done()
}

/// Registers so many people of the caller's library for another's activity that is open.
pub async fn register(scope: &TenantScope, id: ActivityId, input: Places) -> Result<Activity> {
    let id: ActivityId = scope
        .write("registerForActivity", (id, input), |tx, (id, input)| {
            Box::pin(async move {
                turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me()
                    || row.state != ActivityState::Open
                    || own(tx, id).await?.is_some()
                {
                    return Err(Error::new(Code::Conflict));
                }
                room(tx, &row, input.places, 0).await?;
                tx.insert(registration::ActiveModel {
                    id: Set(RowId::new()),
                    activity_id: Set(id),
                    owner_id: Set(row.tenant_id),
                    places: Set(input.places),
                    ..Default::default()
                })
                .await?;
                Ok(id)
            })
        })
        .await?;
    // Read as everybody reads it: it is another's.
    view(scope, id).await
}

/// Changes how many of the caller's library come, while the activity is open.
pub async fn change_registration(
    scope: &TenantScope,
    id: ActivityId,
    expected: i64,
    input: Places,
) -> Result<Activity> {
    let id: ActivityId = scope
        .write("changeActivityRegistration", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                let own = own(tx, id).await?.ok_or_else(Error::not_found)?;
                if row.state != ActivityState::Open {
                    return Err(Error::new(Code::Conflict));
                }
                room(tx, &row, input.places, own.places).await?;
                let places = input.places;
                tx.change::<registration::Entity>(own, Some(expected), |row| row.places = Set(places))
                    .await?;
                Ok(id)
            })
        })
        .await?;
    view(scope, id).await
}

/// Nobody of the caller's library comes after all; as long as it was not held. Also to what it is not shown any more: then there is
/// nothing to give.
pub async fn withdraw(scope: &TenantScope, id: ActivityId, expected: i64) -> Result<Option<Activity>> {
    let id: ActivityId = scope
        .write("withdrawActivityRegistration", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                turn(tx, id).await?;
                let own = own(tx, id).await?;
                let row = match &own {
                    Some(_) => tx.find::<Entity>()?.filter(Column::Id.eq(id)).one().await?,
                    None => Some(tx.get::<Entity>(id.0).await?),
                };
                let own = own.ok_or_else(Error::not_found)?;
                if row.is_some_and(|row| row.state == ActivityState::Held) {
                    return Err(Error::new(Code::Conflict));
                }
                tx.remove::<registration::Entity>(own, Some(expected)).await?;
                Ok(id)
            })
        })
        .await?;
    unless_hidden(view(scope, id).await)
}

/// Says what an activity was worth to the caller's library, which was registered; again, the last word counts.
pub async fn evaluate(scope: &TenantScope, id: ActivityId, input: Worth) -> Result<Activity> {
    check::worth(&input)?;
    let id: ActivityId = scope
        .write("evaluateActivity", (id, input), |tx, (id, input)| {
            Box::pin(async move {
                use evaluation::Column as E;
                tx.lock(&format!("evaluation {} {id}", tx.me()), Turn::Alone).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.state != ActivityState::Held || own(tx, id).await?.is_none() {
                    return Err(Error::new(Code::Conflict));
                }
                let find = tx.find::<evaluation::Entity>()?;
                let before = find.filter(E::ActivityId.eq(id)).filter(E::TenantId.eq(tx.me())).one().await?;
                let lang = input.language.map(|language| language.tag().to_owned());
                match before {
                    Some(before) => {
                        tx.change::<evaluation::Entity>(before, None, |row| {
                            row.score = Set(input.score);
                            row.remark = Set(input.remark);
                            row.lang = Set(lang);
                        })
                        .await?;
                    }
                    None => {
                        tx.insert(evaluation::ActiveModel {
                            id: Set(RowId::new()),
                            activity_id: Set(id),
                            owner_id: Set(row.tenant_id),
                            score: Set(input.score),
                            remark: Set(input.remark),
                            lang: Set(lang),
                            ..Default::default()
                        })
                        .await?;
                    }
                }
                Ok(id)
            })
        })
        .await?;
    view(scope, id).await
}

/// A row of a library that was or will be there, with the library's name.
struct Named<M> {
    row: M,
    names: Text,
}

impl<M: FromQueryResult> FromQueryResult for Named<M> {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: M::from_query_result(row, "r_")?, names: row.try_get("", "names")? })
    }
}

/// Who comes to an activity that the caller sees, first one first, each with its share of the cost.
pub async fn registrations(
    scope: &TenantScope,
    id: ActivityId,
    page: PageArgs,
) -> Result<Page<Registration>> {
    use registration::Column as R;
    let wish = scope.page(&page, format_args!("activityRegistrations {id}"))?;
    let tx = scope.read().await?;
    let activity = tx.get::<Entity>(id.0).await?;
    let after = wish.after.as_ref().map(|after| after.parse::<RowId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    // All of them, for what one pays hangs on all; they are as many as libraries come.
    let question = tx
        .question()
        .from::<registration::Entity>("r")
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("r", R::TenantId)))
        .filter(of("r", R::ActivityId).eq(id.0))
        .take_all::<registration::Entity>("r", "r_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("r", R::Id), Order::Asc);
    let all = tx.answer::<Named<registration::Model>>(question).await?;
    let places: Vec<i64> = all.iter().map(|named| named.row.places).collect();
    let cost = activity.cost_amount.zip(activity.cost_sharing);
    let shares =
        cost.and_then(|(amount, sharing)| share::shares(amount, sharing, &places)).unwrap_or_default();
    let currency = activity.cost_currency.unwrap_or_default();
    let share = |at: usize| Some(Cost { amount: *shares.get(at)?, currency: currency.clone() });
    let rows = all
        .into_iter()
        .enumerate()
        .filter(|(_, named)| after.is_none_or(|after| named.row.id.0 > after.0))
        .take(wish.first as usize + 1)
        .collect();
    Ok(Page::of(rows, &wish, |(_, named)| named.row.id.to_string()).map(|(at, named)| Registration {
        tenant_id: named.row.tenant_id,
        name: scope.say(&named.names),
        places: named.row.places,
        share: share(at),
        at: named.row.created_at,
    }))
}

/// What an activity was worth to those who were there: of the caller's own all, of another's what the caller's library said.
pub async fn evaluations(scope: &TenantScope, id: ActivityId, page: PageArgs) -> Result<Page<Evaluation>> {
    use evaluation::Column as E;
    let wish = scope.page(&page, format_args!("activityEvaluations {id}"))?;
    let tx = scope.read().await?;
    tx.get::<Entity>(id.0).await?;
    let after = wish.after.as_ref().map(|after| after.parse::<RowId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?.map(|id| id.0.into());
    let question = tx
        .question()
        .from_part::<evaluation::Entity>(
            "r",
            E::ActivityId.eq(id).into_condition(),
            E::Id,
            after,
            u64::from(wish.first) + 1,
        )
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("r", E::TenantId)))
        .take_all::<evaluation::Entity>("r", "r_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("r", E::Id), Order::Asc);
    let rows = tx.answer::<Named<evaluation::Model>>(question).await?;
    Ok(Page::of(rows, &wish, |named| named.row.id.to_string()).map(|named| Evaluation {
        tenant_id: named.row.tenant_id,
        name: scope.say(&named.names),
        score: named.row.score,
        remark: named.row.remark,
        language: named.row.lang.as_deref().and_then(Lang::parse),
        at: named.row.updated_at,
    }))
}
