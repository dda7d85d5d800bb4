use sea_orm::{
    ColumnTrait, FromQueryResult, Order,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{Me, MySeat, MyTenant};
use crate::{
    error::Result,
    id::{ConsortiumId, TenantId},
    registry::{consortium, seat, tenant},
    tenancy::{SeatRole, TenantScope, of},
    text::Text,
};

#[derive(FromQueryResult)]
struct Row {
    id: TenantId,
    slug: String,
    names: Text,
    consortium_id: Option<ConsortiumId>,
    consortium_names: Option<Text>,
    role: Option<SeatRole>,
}

/// Who is calling.
pub async fn me(scope: &TenantScope) -> Result<Me> {
    let tx = scope.read().await?;
    let only_me = tenant::Column::Id.eq(tx.me()).into_condition();
    let question = tx
        .question()
        .from_part::<tenant::Entity>("t", only_me, tenant::Column::Id, None, 1)
        .left_join::<seat::Entity>("s", of("s", seat::Column::TenantId).eq(of("t", tenant::Column::Id)))
        .left_join::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("s", seat::Column::ConsortiumId)),
        )
        .take(of("t", tenant::Column::Id), "id")
        .take(of("t", tenant::Column::Slug), "slug")
        .take(of("t", tenant::Column::Names), "names")
        .take(of("c", consortium::Column::Id), "consortium_id")
        .take(of("c", consortium::Column::Names), "consortium_names")
        .take(of("s", seat::Column::Role), "role")
        .order_by(of("c", consortium::Column::Slug), Order::Asc);
    // None for the operator, who is of no library.
    let rows = tx.answer::<Row>(question).await?;
    let tenant =
        rows.first().map(|row| MyTenant { id: row.id, slug: row.slug.clone(), name: scope.say(&row.names) });
    let seat = |row: Row| {
        let (consortium_id, names, role) = (row.consortium_id?, row.consortium_names?, row.role?);
        Some(MySeat { consortium_id, name: scope.say(&names), role })
    };
    Ok(Me {
        tenant,
        role: scope.caller().role(),
        principal: scope.caller().principal().to_owned(),
        languages: scope.languages().order().to_vec(),
        seats: rows.into_iter().filter_map(seat).collect(),
    })
}
