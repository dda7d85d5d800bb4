use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::ExprTrait,
};

use super::{
    Attendance, Column, Entity, NewAttendance,
    entity::{ActiveModel, Model},
};
use crate::{
    error::{Code, Error, Result, Violations},
    id::{MeetingId, RowId},
    meeting::{self, service::joined},
    page::{Page, PageArgs},
    registry::tenant,
    tenancy::{TenantScope, TenantTx, Turn, of},
    text::Text,
};

/// Who has said whether it comes to a meeting, first one first.
pub async fn list(scope: &TenantScope, meeting: MeetingId, page: PageArgs) -> Result<Page<Attendance>> {
    let wish = scope.page(&page, format_args!("attendances {meeting}"))?;
    let tx = scope.read().await?;
    tx.get::<meeting::Entity>(meeting.0).await?;
    let after = wish.after.as_ref().map(|after| after.parse::<RowId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let condition = Column::MeetingId.eq(meeting).into();
    let rows = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    Ok(Page::of(rows, &wish, |found: &Found| found.row.id.to_string()).map(|found| found.shape(scope)))
}

/// As [`list`], without pages.
pub(in crate::meeting) async fn those(
    scope: &TenantScope,
    tx: &TenantTx,
    meeting: MeetingId,
    limit: u64,
) -> Result<Vec<Attendance>> {
    let rows = ask(tx, Column::MeetingId.eq(meeting).into(), None, limit).await?;
    Ok(rows.into_iter().map(|found| found.shape(scope)).collect())
}

/// Says that the caller's library comes, and with how many. The last word counts.
pub async fn attend(scope: &TenantScope, meeting: MeetingId, input: NewAttendance) -> Result<Attendance> {
    let mut violations = Violations::default();
    violations.between("people", Some(input.people), 0, 1_000);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("attendMeeting", (meeting, input), move |tx, (meeting, input)| {
            Box::pin(async move {
                let consortium = joined(tx, meeting).await?.consortium_id;
                // Two requests of one library at once make one row.
                tx.lock(&format!("attendance {} {meeting}", tx.me()), Turn::Alone).await?;
                let own = Column::TenantId.eq(tx.me());
                let before =
                    tx.find::<Entity>()?.filter(Column::MeetingId.eq(meeting)).filter(own).one().await?;
                let row = match before {
                    Some(row) => tx.change::<Entity>(row, None, |row| row.people = Set(input.people)).await?,
                    None => {
                        tx.insert(ActiveModel {
                            id: Set(RowId::new()),
                            meeting_id: Set(meeting),
                            consortium_id: Set(consortium),
                            people: Set(input.people),
                            ..Default::default()
                        })
                        .await?
                    }
                };
                let found = ask(tx, Column::Id.eq(row.id).into(), None, 1).await?.pop();
                Ok(found.ok_or_else(Error::not_found)?.shape(&scope_in))
            })
        })
        .await
}

struct Found {
    row: Model,
    names: Text,
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(row, "a_")?, names: row.try_get("", "names")? })
    }
}

impl Found {
    fn shape(self, scope: &TenantScope) -> Attendance {
        Attendance {
            tenant_id: self.row.tenant_id,
            name: scope.say(&self.names),
            people: self.row.people,
            changed_at: self.row.updated_at,
        }
    }
}

async fn ask(tx: &TenantTx, condition: Condition, after: Option<RowId>, limit: u64) -> Result<Vec<Found>> {
    let question = tx
        .question()
        .from_part::<Entity>("a", condition, Column::Id, after.map(|id| id.0.into()), limit)
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("a", Column::TenantId)))
        .take_all::<Entity>("a", "a_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("a", Column::Id), Order::Asc);
    tx.answer(question).await
}
