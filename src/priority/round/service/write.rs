use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{MAX_CONSIDERED, read::load, turn};
use crate::{
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, RoundId},
    priority::{
        only_in,
        round::{
            ActiveModel, Column, Entity, Method, NewPriorityRound, Phase, PriorityRound, PriorityRoundChange,
        },
    },
    tenancy::{SeatRole, TenantScope},
    text,
};

const MAX_BACKBONE: i64 = 50;
const MAX_POINTS: i64 = 100;

/// Makes a round, as a draft. By a coordinator.
pub async fn create(
    scope: &TenantScope,
    consortium: ConsortiumId,
    input: NewPriorityRound,
) -> Result<PriorityRound> {
    let mut violations = Violations::default();
    let rules = Rules {
        backbone: input.backbone,
        points: input.points,
        max_per_proposal: input.max_per_proposal,
        considered: input.considered,
    };
    rules.check(input.method, &mut violations);
    violations.edtf("held", input.held.as_deref());
    violations.done()?;
    let question = text::given("question", &input.question, 500)?;
    let scope_in = scope.clone();
    scope
        .write("createPriorityRound", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                tx.seat_as(consortium, &[SeatRole::Coordinator]).await?;
                if let Some(follows) = input.follows_id {
                    let found = tx.find::<Entity>()?.filter(Column::Id.eq(follows));
                    if found.filter(Column::ConsortiumId.eq(consortium)).one().await?.is_none() {
                        return Err(Error::new(Code::InvalidInput).field("followsId", "unknown_round"));
                    }
                }
                let dots = input.method == Method::Dots;
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(RoundId::new()),
                        question: Set(question),
                        method: Set(input.method),
                        backbone: Set(input.backbone),
                        points: Set(input.points),
                        max_per_proposal: Set(input.max_per_proposal.or(input.points).filter(|_| dots)),
                        considered: Set(input.considered),
                        phase: Set(Phase::Draft),
                        follows: Set(input.follows_id),
                        held: Set(input.held),
                        tie_break: Set(input.tie_break),
                        closed_at: Set(None),
                        ..Default::default()
                    })
                    .await?;
                load(&scope_in, tx, row.id).await
            })
        })
        .await
}

/// What a round goes by, as far as it must fit together.
struct Rules {
    backbone: i64,
    points: Option<i64>,
    max_per_proposal: Option<i64>,
    considered: Option<i64>,
}

impl Rules {
    fn check(&self, method: Method, violations: &mut Violations) {
        violations.between("backbone", Some(self.backbone), 1, MAX_BACKBONE);
        match method {
            Method::Dots => {
                if self.points.is_none() {
                    violations.add("points", "required");
                }
                violations.between("points", self.points, 1, MAX_POINTS);
                let most = self.points.filter(|n| (1..=MAX_POINTS).contains(n)).unwrap_or(MAX_POINTS);
                violations.between("maxPerProposal", self.max_per_proposal, 1, most);
                only_for(violations, "considered", self.considered, "recorded");
            }
            Method::Recorded => {
                only_for(violations, "points", self.points, "dots");
                only_for(violations, "maxPerProposal", self.max_per_proposal, "dots");
                violations.between("considered", self.considered, 1, MAX_CONSIDERED);
            }
        }
    }
}

fn only_for(violations: &mut Violations, field: &str, value: Option<i64>, method: &str) {
    if value.is_some() {
        violations.add_with(field, "only_for_method", &[("method", method)]);
    }
}

/// Changes what a round asks and goes by, before the vote. By a coordinator.
pub async fn change(
    scope: &TenantScope,
    id: RoundId,
    expected: i64,
    input: PriorityRoundChange,
) -> Result<PriorityRound> {
    let mut violations = Violations::default();
    violations.edtf("held", input.held.as_deref());
    violations.done()?;
    let question = input.question.as_deref().map(|text| text::given("question", text, 500)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changePriorityRound", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = turn(tx, id, expected).await?;
                only_in(row.phase, &[Phase::Draft, Phase::Proposing])?;
                let rules = Rules {
                    backbone: input.backbone.unwrap_or(row.backbone),
                    points: input.points.or(row.points),
                    max_per_proposal: input.max_per_proposal.or(row.max_per_proposal),
                    considered: input.considered.or(row.considered),
                };
                let mut violations = Violations::default();
                rules.check(row.method, &mut violations);
                violations.done()?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(question) = question {
                        row.question = Set(question);
                    }
                    row.backbone = Set(rules.backbone);
                    row.points = Set(rules.points);
                    row.max_per_proposal = Set(rules.max_per_proposal);
                    row.considered = Set(rules.considered);
                    if let Some(held) = input.held {
                        row.held = Set(Some(held));
                    }
                    if let Some(tie_break) = input.tie_break {
                        row.tie_break = Set(tie_break);
                    }
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}
