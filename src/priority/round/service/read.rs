use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    id::RoundId,
    page::{Page, PageArgs},
    priority::{
        ballot::turnout,
        proposal,
        result::{self, Outcome},
        round::{Column, Entity, Model, PriorityRound, PriorityRoundFilter},
    },
    tenancy::{TenantScope, TenantTx, of},
};

/// Rounds of the caller's consortia, oldest first.
pub async fn list(
    scope: &TenantScope,
    filter: PriorityRoundFilter,
    page: PageArgs,
) -> Result<Page<PriorityRound>> {
    let wish = scope.page(&page, format_args!("priorityRounds {filter:?}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let condition = Condition::all()
        .add_option(filter.consortium_id.map(|id| Column::ConsortiumId.eq(id)))
        .add_option(filter.phase.map(|phase| Column::Phase.eq(phase)))
        .add_option(filter.method.map(|method| Column::Method.eq(method)));
    let tx = scope.read().await?;
    let rows = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    Ok(Page::of(rows, &wish, |row| row.round.id.to_string()).map(|row| shape(scope, row)))
}

/// One round, with its result where that may be seen.
pub async fn view(scope: &TenantScope, id: RoundId) -> Result<PriorityRound> {
    let tx = scope.read().await?;
    load(scope, &tx, id).await
}

pub(in crate::priority) async fn load(
    scope: &TenantScope,
    tx: &TenantTx,
    id: RoundId,
) -> Result<PriorityRound> {
    let row = ask(tx, Condition::all().add(Column::Id.eq(id)), None, 1).await?.pop();
    Ok(shape(scope, row.ok_or_else(Error::not_found)?))
}

struct Row {
    round: Model,
    outcome: Option<Outcome>,
    digest: Option<String>,
    proposals: i64,
    turnout: i64,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            round: Model::from_query_result(row, "r_")?,
            outcome: row.try_get("", "outcome")?,
            digest: row.try_get("", "digest")?,
            proposals: row.try_get("", "proposals")?,
            turnout: row.try_get("", "turnout")?,
        })
    }
}

async fn ask(tx: &TenantTx, condition: Condition, after: Option<Uuid>, limit: u64) -> Result<Vec<Row>> {
    let its_result = Condition::all()
        .add(of("x", result::Column::ConsortiumId).eq(of("r", Column::ConsortiumId)))
        .add(of("x", result::Column::RoundId).eq(of("r", Column::Id)));
    let proposals = Condition::all()
        .add(Expr::col((proposal::Entity, proposal::Column::ConsortiumId)).eq(of("r", Column::ConsortiumId)))
        .add(Expr::col((proposal::Entity, proposal::Column::RoundId)).eq(of("r", Column::Id)))
        .add(proposal::Column::Withdrawn.eq(false));
    let voted = Condition::all()
        .add(Expr::col((turnout::Entity, turnout::Column::ConsortiumId)).eq(of("r", Column::ConsortiumId)))
        .add(Expr::col((turnout::Entity, turnout::Column::RoundId)).eq(of("r", Column::Id)));
    let question = tx
        .question()
        .from_part::<Entity>("r", condition, Column::Id, after.map(Expr::val), limit)
        .left_join::<result::Entity>("x", its_result)
        .take_all::<Entity>("r", "r_")
        .take(of("x", result::Column::Outcome), "outcome")
        .take(of("x", result::Column::Digest), "digest")
        .take(tx.count_of::<proposal::Entity>(proposals)?, "proposals")
        .take(tx.count_of::<turnout::Entity>(voted)?, "turnout")
        .order_by(of("r", Column::Id), Order::Asc);
    tx.answer(question).await
}

fn shape(scope: &TenantScope, row: Row) -> PriorityRound {
    let Row { round, outcome, digest, proposals, turnout } = row;
    PriorityRound {
        id: round.id,
        consortium_id: round.consortium_id,
        question: scope.say(&round.question),
        method: round.method,
        backbone: round.backbone,
        points: round.points,
        max_per_proposal: round.max_per_proposal,
        considered: round.considered,
        phase: round.phase,
        follows_id: round.follows,
        held: round.held,
        tie_break: round.tie_break,
        proposal_count: proposals,
        turnout,
        closed_at: round.closed_at,
        result: outcome.zip(digest).map(|(outcome, digest)| outcome.shape(round.backbone, digest)),
        version: round.version,
    }
}
