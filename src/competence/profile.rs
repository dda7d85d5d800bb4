//! The profile of a library: its statement and its entries, in one question.

use chrono::{DateTime, Datelike, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{CaseStatement, ExprTrait, SimpleExpr},
};

use super::{
    Column, Entity, NewStatement, Profile, ProfileCoverage, ProfileStatement, Stance, history,
    shape::{self, Entry, State},
    statement,
};
use crate::{
    concept,
    error::{Code, Error, Result, Violations},
    id::TenantId,
    registry::tenant,
    tenancy::{Question, TenantScope, Visibility, of},
    text::{self, Text},
};

/// Entries in a profile at most. Those with a concept come first, and of them there are no more than concepts times
/// stances.
const MOST: u64 = 500;
const MOST_STAFF: i64 = 100_000;

/// How a library describes itself, to this caller, now or as of a time.
pub async fn view(scope: &TenantScope, tenant: TenantId, as_of: Option<DateTime<Utc>>) -> Result<Profile> {
    // The databases know fewer years than the clock's type.
    if as_of.is_some_and(|time| !(0..=9999).contains(&time.year())) {
        let years = [("min", "0000-01-01"), ("max", "9999-12-31")];
        return Err(Error::new(Code::InvalidInput).field_with("asOf", "between", &years));
    }
    let rows = match as_of {
        None => now(scope, tenant).await?,
        Some(time) => then(scope, tenant, time).await?,
    };
    // The library itself is one row even where there is nothing to show of it.
    let statement = rows.first().ok_or_else(Error::not_found)?.statement.clone();
    let mut entries: Vec<Entry> = rows.into_iter().filter_map(|row| row.entry).collect();
    let complete = entries.len() as u64 <= MOST;
    entries.truncate(MOST as usize);
    let staff = statement.as_ref().and_then(|row: &Stated| row.staff);
    Ok(Profile {
        tenant_id: tenant,
        coverage: staff.map(|staff| coverage(&entries, staff)).unwrap_or_default(),
        statement: statement.map(|row| shape_statement(scope, row)),
        entries: entries.into_iter().map(|entry| entry.shape(scope)).collect(),
        complete,
        as_of,
    })
}

/// Of how much of the staff each entry tells that it has the competence.
#[allow(clippy::cast_precision_loss, reason = "a thousand at the most")]
fn coverage(entries: &[Entry], staff: i64) -> Vec<ProfileCoverage> {
    let had = entries.iter().map(|entry| &entry.row).filter(|row| row.stance == Stance::Have);
    had.filter_map(|row| {
        let holders = row.holders?;
        Some(ProfileCoverage {
            entry_id: row.id,
            holders,
            staff,
            percent: (Ord::min(holders, staff) * 1_000 / staff) as f64 / 10.0,
            target_percent: row.spreading.as_ref().and_then(|plan| plan.target_percent),
        })
    })
    .collect()
}

async fn now(scope: &TenantScope, tenant: TenantId) -> Result<Vec<Row>> {
    let tx = scope.read().await?;
    let question = tx
        .question()
        .from::<tenant::Entity>("t")
        .left_join::<statement::Entity>("p", of("p", statement::Column::TenantId).eq(tenant.0))
        .left_join::<Entity>("e", of("e", Column::TenantId).eq(tenant.0));
    let question = shape::entries(question)
        .watch::<statement::Entity>("p")
        .take(of("p", statement::Column::Statement), "p_statement")
        .take(of("p", statement::Column::Staff), "p_staff")
        .take(of("p", statement::Column::Visibility), "p_visibility")
        .take(of("p", statement::Column::Version), "p_version")
        .take(of("p", statement::Column::UpdatedAt), "p_updated_at");
    tx.answer(finish(question, tenant, of("e", Column::Stance), of("e", Column::Id))).await
}

async fn then(scope: &TenantScope, tenant: TenantId, time: DateTime<Utc>) -> Result<Vec<Row>> {
    let tx = scope.read().await?;
    let held = Condition::all()
        .add(of("e", history::Column::TenantId).eq(tenant.0))
        .add(of("e", history::Column::ValidFrom).lte(time))
        .add(
            Condition::any()
                .add(of("e", history::Column::ValidTo).is_null())
                .add(of("e", history::Column::ValidTo).gt(time)),
        );
    let mut question = tx.question().from::<tenant::Entity>("t");
    let held = if tenant == scope.tenant() {
        held
    } else {
        // What is hidden or gone now is not shown as of then either.
        let still = tx.among::<Entity>(Column::Id, Column::TenantId.eq(tenant))?;
        held.add(of("e", history::Column::EntryId).in_subquery(still))
    };
    question = question.left_join::<history::Entity>("e", held);
    let question = shape::states(question);
    let question =
        finish(question, tenant, of("e", history::Column::Stance), of("e", history::Column::EntryId));
    Ok(tx.answer::<PastRow>(question).await?.into_iter().map(|row| row.0).collect())
}

fn finish(question: Question, tenant: TenantId, stance: SimpleExpr, id: SimpleExpr) -> Question {
    let concept = |column| of("c", column);
    let unmapped = CaseStatement::new().case(concept(concept::Column::Id).is_null(), 1).finally(0);
    question
        .filter(of("t", tenant::Column::Id).eq(tenant.0))
        .order_by(unmapped, Order::Asc)
        .order_by(of("th", concept::Column::Notation), Order::Asc)
        .order_by(concept(concept::Column::Notation), Order::Asc)
        .order_by(stance, Order::Asc)
        .order_by(id, Order::Asc)
        .limit(MOST + 1)
}

/// One entry, or none, with the statement.
struct Row {
    entry: Option<Entry>,
    statement: Option<Stated>,
}

#[derive(Clone)]
struct Stated {
    text: Text,
    staff: Option<i64>,
    visibility: Visibility,
    version: i64,
    updated_at: DateTime<Utc>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, pre: &str) -> Result<Self, DbErr> {
        let entry = match row.try_get::<Option<uuid::Uuid>>("e_", "id")? {
            Some(_) => Some(Entry::from_query_result(row, pre)?),
            None => None,
        };
        let statement = match row.try_get("p_", "version")? {
            None => None,
            Some(version) => Some(Stated {
                text: row.try_get("p_", "statement")?,
                staff: row.try_get("p_", "staff")?,
                visibility: row.try_get("p_", "visibility")?,
                version,
                updated_at: row.try_get("p_", "updated_at")?,
            }),
        };
        Ok(Self { entry, statement })
    }
}

struct PastRow(Row);

impl FromQueryResult for PastRow {
    fn from_query_result(row: &QueryResult, pre: &str) -> Result<Self, DbErr> {
        let entry = match row.try_get::<Option<uuid::Uuid>>("e_", "id")? {
            Some(_) => Some(State::from_query_result(row, pre)?.into_entry()),
            None => None,
        };
        Ok(Self(Row { entry, statement: None }))
    }
}

/// What the caller's own library says of itself. `expected` is 0 for the first statement.
pub async fn state(scope: &TenantScope, expected: i64, input: NewStatement) -> Result<ProfileStatement> {
    let text = text::given("text", &input.text, 2_000)?;
    let mut violations = Violations::default();
    violations.between("staff", input.staff, 1, MOST_STAFF);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("setProfileStatement", (expected, input), move |tx, (expected, input)| {
            Box::pin(async move {
                let own = statement::Column::TenantId.eq(tx.me());
                let row = match tx.find::<statement::Entity>()?.filter(own).one().await? {
                    Some(row) => {
                        tx.change::<statement::Entity>(row, Some(expected), |row| {
                            row.statement = Set(text);
                            if input.staff.is_some() {
                                row.staff = Set(input.staff);
                            }
                            if let Some(visibility) = input.visibility {
                                row.visibility = Set(visibility);
                            }
                        })
                        .await?
                    }
                    None if expected != 0 => return Err(Error::new(Code::StaleVersion).with("current", 0)),
                    None => {
                        tx.insert(statement::ActiveModel {
                            statement: Set(text),
                            staff: Set(input.staff),
                            visibility: Set(input.visibility.unwrap_or_default()),
                            ..Default::default()
                        })
                        .await
                        // Somebody else set the first one meanwhile.
                        .map_err(|error| match error.code {
                            Code::Conflict => Error::new(Code::StaleVersion).with("current", 1),
                            _ => error,
                        })?
                    }
                };
                Ok(shape_statement(
                    &scope_in,
                    Stated {
                        text: row.statement,
                        staff: row.staff,
                        visibility: row.visibility,
                        version: row.version,
                        updated_at: row.updated_at,
                    },
                ))
            })
        })
        .await
}

fn shape_statement(scope: &TenantScope, row: Stated) -> ProfileStatement {
    ProfileStatement {
        text: scope.say(&row.text),
        staff: row.staff,
        visibility: row.visibility,
        version: row.version,
        changed_at: row.updated_at,
    }
}
