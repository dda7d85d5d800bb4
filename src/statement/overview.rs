//! What the members of a consortium say, beside one another: the four fields of SWOT, or whichever kinds are asked for.

use async_graphql::SimpleObject;
use sea_orm::{
    FromQueryResult, Order,
    sea_query::{Alias, Asterisk, Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Column, Entity, Statement, StatementKind, service};
use crate::{
    error::{Result, Violations},
    id::ConsortiumId,
    rest::Versioned,
    tenancy::{TenantScope, of},
};

/// What the members share of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct StatementField {
    pub kind: StatementKind,
    /// How many there are.
    pub total: i64,
    /// Those that most have endorsed, and of equals the oldest, first.
    pub statements: Vec<Statement>,
}

/// What the members of a consortium share of several kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct StatementOverview {
    pub consortium_id: ConsortiumId,
    pub fields: Vec<StatementField>,
}

impl Versioned for StatementOverview {}

/// What of a consortium's statements to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OverviewArgs {
    /// Of this kind alone, such as the largest challenges; the four of SWOT when left out.
    pub kind: Option<StatementKind>,
    /// Statements of each kind: 1 to 25, 10 when left out.
    pub top: Option<u32>,
}

pub const TOP: u32 = 10;
pub const MOST: u32 = 25;

const SWOT: [StatementKind; 4] =
    [StatementKind::Strength, StatementKind::Weakness, StatementKind::Opportunity, StatementKind::Threat];

#[derive(FromQueryResult)]
struct Total {
    kind: StatementKind,
    many: i64,
}

pub async fn view(
    scope: &TenantScope,
    consortium: ConsortiumId,
    args: OverviewArgs,
) -> Result<StatementOverview> {
    let mut violations = Violations::default();
    violations.between("top", args.top.map(i64::from), 1, i64::from(MOST));
    violations.done()?;
    let tx = scope.read().await?;
    tx.seat(consortium).await?;
    let kinds = args.kind.map_or(SWOT.to_vec(), |kind| vec![kind]);
    let totals = tx
        .question()
        .from_shared::<Entity>("s", &consortium.into())
        .take(of("s", Column::Kind), "kind")
        .take(Expr::col(Asterisk).count(), "many")
        .group_by([of("s", Column::Kind)]);
    let totals: Vec<Total> = tx.answer(totals).await?;
    let mut fields = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let question = tx.question().from_shared::<Entity>("s", &consortium.into());
        let question = service::said(&tx, question)?
            .filter(of("s", Column::Kind).eq(kind))
            .order_by(Expr::col(Alias::new("endorsements")), Order::Desc)
            .order_by(of("s", Column::Id), Order::Asc)
            .limit(u64::from(args.top.unwrap_or(TOP)));
        let said: Vec<service::Said> = tx.answer(question).await?;
        let seen = service::named(&tx, &said).await?;
        fields.push(StatementField {
            kind,
            total: totals.iter().find(|total| total.kind == kind).map_or(0, |total| total.many),
            statements: said.into_iter().map(|said| said.shape(&seen)).collect(),
        });
    }
    Ok(StatementOverview { consortium_id: consortium, fields })
}
