use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult,
    TryIntoModel,
};

use super::{
    Clearable, Contact, ContactChange, ContactFilter, ContactKind, NewContact,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::{
    auth::policy::Resource,
    competence::is_https,
    concept,
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ContactId, ProjectId},
    page::{Page, PageArgs},
    project,
    tenancy::{TenantScope, TenantTx, Visibility, of},
    when,
};

/// How far ahead somebody agrees to be named.
const MONTHS: Months = Months::new(24);

/// Contacts that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: ContactFilter, page: PageArgs) -> Result<Page<Contact>> {
    let wish = scope.page(&page, format_args!("contacts {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(concept) = filter.concept_id {
        // A word that the caller does not see is one to which nobody is named. With a project, none is shown to whoever does not see that.
        let seen = tx.among::<concept::Entity>(concept::Column::Id, concept::Column::Id.eq(concept))?;
        condition = condition.add(Column::ConceptId.in_subquery(seen));
    }
    if let Some(project) = filter.project_id {
        condition = condition.add(Column::ProjectId.eq(project));
    }
    let mut violations = Violations::default();
    violations.day("consentUntil", filter.consent_until);
    violations.done()?;
    if let Some(day) = filter.consent_until {
        condition = condition.add(Column::ConsentUntil.lte(when::over(day)));
    }
    let after = wish.after.as_ref().map(|after| after.parse::<ContactId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let rows = find(&tx, condition, after, u64::from(wish.first) + 1).await?;
    Ok(Page::of(rows, &wish, |named: &Named| named.row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: ContactId) -> Result<Contact> {
    let tx = scope.read().await?;
    let found = find(&tx, Column::Id.eq(id).into(), None, 1).await?.into_iter().next();
    Ok(shape(found.ok_or_else(|| tx.absent(Resource::Contact, id.0))?))
}

/// A contact with the concept that it is named to, where the caller sees that.
struct Named {
    row: Model,
    concept: Option<ConceptId>,
}

impl FromQueryResult for Named {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(row, "c_")?, concept: row.try_get("", "concept")? })
    }
}

/// A question, so that the owner learns who was shown it.
async fn find(
    tx: &TenantTx,
    condition: Condition,
    after: Option<ContactId>,
    many: u64,
) -> Result<Vec<Named>> {
    let after = after.map(|id| id.0.into());
    let question = tx
        .question()
        .from_part::<Entity>("c", condition, Column::Id, after, many)
        .take_all::<Entity>("c", "c_")
        .take_named_within_scope::<concept::Entity>(of("c", Column::ConceptId), "concept");
    tx.answer(question.order_by(of("c", Column::Id), Order::Asc)).await
}

/// Enters a contact. What is kept for a repetition of the request is its number alone: a name that is removed must not
/// stand there.
pub async fn create(scope: &TenantScope, input: NewContact) -> Result<Contact> {
    check_new(&input)?;
    let id: ContactId = scope
        .write("createContact", input, |tx, input| {
            Box::pin(async move {
                must_know(tx, input.concept_id, input.project_id).await?;
                let row = tx.insert(new(input)).await?;
                Ok(row.id)
            })
        })
        .await?;
    view(scope, id).await
}

fn new(input: NewContact) -> ActiveModel {
    ActiveModel {
        id: Set(ContactId::new()),
        kind: Set(input.kind),
        name: Set(input.name),
        role: Set(input.role),
        email: Set(input.email),
        phone: Set(input.phone),
        url: Set(input.url),
        concept_id: Set(input.concept_id),
        project_id: Set(input.project_id),
        consent_on: Set(input.consent_given_on.map(|day| day.to_string())),
        consent_until: Set(input.consent_until.map(when::over)),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

pub async fn change(
    scope: &TenantScope,
    id: ContactId,
    expected: i64,
    input: ContactChange,
) -> Result<Contact> {
    let id: ContactId = scope
        .write("changeContact", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    let renewed = input.consent_given_on.is_some() || input.consent_until.is_some();
                    check(&wished.try_into_model().map_err(Error::internal)?, renewed)?;
                    let another = input.name.as_ref().is_some_and(|name| *name != row.name);
                    if row.kind == ContactKind::Person && another && input.consent_given_on.is_none() {
                        // Whoever is named now has agreed to nothing yet.
                        return Err(Error::new(Code::InvalidInput).field("consentGivenOn", "required"));
                    }
                    must_know(tx, input.concept_id, input.project_id).await?;
                }
                Ok(tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?.id)
            })
        })
        .await?;
    view(scope, id).await
}

/// Removes a contact; of a person it is how consent is withdrawn.
pub async fn remove(scope: &TenantScope, id: ContactId, expected: i64) -> Result<()> {
    scope
        .write("removeContact", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: ContactChange) {
    for field in input.clear {
        match field {
            Clearable::Role => row.role = Set(None),
            Clearable::Email => row.email = Set(None),
            Clearable::Phone => row.phone = Set(None),
            Clearable::Url => row.url = Set(None),
            Clearable::Concept => row.concept_id = Set(None),
            Clearable::Project => row.project_id = Set(None),
        }
    }
    if let Some(name) = input.name {
        row.name = Set(name);
    }
    if input.role.is_some() {
        row.role = Set(input.role);
    }
    if input.email.is_some() {
        row.email = Set(input.email);
    }
    if input.phone.is_some() {
        row.phone = Set(input.phone);
    }
    if input.url.is_some() {
        row.url = Set(input.url);
    }
    if input.concept_id.is_some() {
        row.concept_id = Set(input.concept_id);
    }
    if input.project_id.is_some() {
        row.project_id = Set(input.project_id);
    }
    if let Some(day) = input.consent_given_on {
        row.consent_on = Set(Some(day.to_string()));
    }
    if let Some(day) = input.consent_until {
        row.consent_until = Set(Some(when::over(day)));
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

fn check_new(input: &NewContact) -> Result<()> {
    let mut row = new(input.clone());
    // What the door stamps is of no account here.
    row.tenant_id = Set(crate::id::TenantId::NODE);
    row.version = Set(1);
    row.created_at = Set(when::now());
    row.updated_at = Set(when::now());
    check(&row.try_into_model().map_err(Error::internal)?, true)
}

/// A contact as it would become. A consent is looked at when it is given; afterwards it runs out by itself.
pub fn check(row: &Model, consent: bool) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("name", &row.name, 120);
    violations.text_if("role", row.role.as_deref(), 120);
    violations.text_if("email", row.email.as_deref(), 254);
    violations.text_if("phone", row.phone.as_deref(), 40);
    violations.text_if("url", row.url.as_deref(), 500);
    if row.email.as_deref().is_some_and(|email| !is_address(email)) {
        violations.add("email", "email");
    }
    if row.phone.as_deref().is_some_and(|phone| !is_number(phone)) {
        violations.add("phone", "phone");
    }
    if row.url.as_deref().is_some_and(|url| !is_https(url)) {
        violations.add("url", "url");
    }
    if row.email.is_none() && row.phone.is_none() && row.url.is_none() {
        violations.add("email", "required");
    }
    if row.visibility == Visibility::Sealed {
        violations.add("visibility", "never_sealed");
    }
    if row.kind == ContactKind::Function {
        for (given, path) in
            [(row.consent_on.is_some(), "consentGivenOn"), (row.consent_until.is_some(), "consentUntil")]
        {
            if given {
                violations.add(path, "person_only");
            }
        }
    } else if consent {
        agreed(&mut violations, row);
    }
    violations.done()
}

fn agreed(violations: &mut Violations, row: &Model) {
    let today = when::now().date_naive();
    match given_on(row) {
        None => violations.add("consentGivenOn", "required"),
        Some(day) if day > today => violations.add("consentGivenOn", "in_the_future"),
        Some(_) => {}
    }
    let most = today.checked_add_months(MONTHS).unwrap_or(today);
    match row.consent_until.map(last_day) {
        None => violations.add("consentUntil", "required"),
        Some(day) if !(today..=most).contains(&day) => {
            violations.add_with("consentUntil", "consent_term", &[("max", &most.to_string())]);
        }
        Some(_) => {}
    }
}

fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts.as_slice(), [name, host] if !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
        && !text.chars().any(char::is_whitespace)
}

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c))
}

async fn must_know(tx: &TenantTx, concept: Option<ConceptId>, project: Option<ProjectId>) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(concept) = concept
        && let Some(code) = concept::service::usable(tx, concept).await?
    {
        violations.add("conceptId", code);
    }
    if let Some(project) = project
        && !project::service::leads(tx, project).await?
    {
        violations.add("projectId", "own_project");
    }
    violations.done()
}

fn last_day(until: DateTime<Utc>) -> NaiveDate {
    let day = until.date_naive();
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

fn given_on(row: &Model) -> Option<NaiveDate> {
    row.consent_on.as_deref().and_then(|day| day.parse().ok())
}

fn shape(Named { row, concept }: Named) -> Contact {
    Contact {
        consent_given_on: given_on(&row),
        consent_until: row.consent_until.map(last_day),
        id: row.id,
        tenant_id: row.tenant_id,
        kind: row.kind,
        name: row.name,
        role: row.role,
        email: row.email,
        phone: row.phone,
        url: row.url,
        concept_id: concept,
        project_id: row.project_id,
        visibility: row.visibility,
        version: row.version,
    }
}
