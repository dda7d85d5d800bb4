//! Each kind's own question: its rows that may meet the text, in their order. What the database takes for a match is looked at once
//! more by [`service`](super::service), for it does not know the case of every letter, nor where a text in several languages ends.

use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, SimpleExpr},
};
use uuid::Uuid;

use super::{Hit, HitKind};
use crate::{
    activity, competence,
    concept::link::{self, Linked},
    error::Result,
    id::{ConceptId, RowId, TenantId},
    meeting, product, project,
    registry::tenant,
    statement,
    tenancy::{Question, TenantScope, TenantTx, of},
    text::{Lang, Text},
};

/// What is looked for, as the questions need it.
pub struct Sought {
    /// In small letters.
    pub text: String,
    /// The concepts that it may mean.
    pub concepts: Vec<ConceptId>,
    pub tenant: Option<TenantId>,
}

/// A row that may be meant.
pub struct Found {
    pub id: Uuid,
    owner: Option<(TenantId, Text)>,
    title: Text,
    concept: Option<Linked>,
}

impl Sought {
    /// A row whose column holds the text, in small letters, in capitals, or beginning with one.
    fn within(&self, columns: impl IntoIterator<Item = SimpleExpr>) -> Condition {
        let mut first = self.text.chars();
        let capital: String = first.next().into_iter().flat_map(char::to_uppercase).chain(first).collect();
        // Small letters of ASCII are made by both databases.
        let spellings =
            [self.text.clone(), self.text.to_uppercase(), capital].map(|s| s.to_ascii_lowercase());
        let mut condition = Condition::any();
        for column in columns {
            let column: SimpleExpr = Func::lower(column.cast_as("text")).into();
            for (n, spelling) in spellings.iter().enumerate() {
                if spellings.iter().position(|s| s == spelling) == Some(n) {
                    condition = condition.add(column.clone().like(pattern(spelling)));
                }
            }
        }
        condition
    }

    fn of_tenant<C: ColumnTrait>(&self, column: C, condition: Condition) -> Condition {
        Condition::all().add(condition).add_option(self.tenant.map(|tenant| column.eq(tenant)))
    }

    /// Whether it is so, by the letters of every language.
    pub fn meets(&self, found: &Found) -> bool {
        found.concept.as_ref().is_some_and(|concept| self.concepts.contains(&concept.id))
            || found.title.0.values().any(|text| text.to_lowercase().contains(&self.text))
    }
}

/// As it stands within a text, and within one that is kept as JSON.
fn pattern(text: &str) -> LikeExpr {
    let quoted = serde_json::Value::from(text).to_string();
    let within = quoted.trim_start_matches('"').strip_suffix('"').unwrap_or(&quoted);
    let mut pattern = String::from("%");
    for letter in within.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    LikeExpr::new(pattern + "%").escape('!')
}

/// The next rows of a kind that may be meant.
pub async fn next(
    tx: &TenantTx,
    kind: HitKind,
    sought: &Sought,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Found>> {
    let after = after.map(|id| SimpleExpr::from(Value::from(id)));
    let question = match kind {
        HitKind::Competence => {
            use competence::{Column, Entity};
            let meant = sought.within([Expr::col((Entity, Column::SourcePhrase))]).add_option(
                (!sought.concepts.is_empty()).then(|| Column::ConceptId.is_in(sought.concepts.clone())),
            );
            let meant = sought.of_tenant(Column::TenantId, meant);
            let question = tx.question().from_part::<Entity>("k", meant, Column::Id, after, limit);
            let question = link::join(question, of("k", Column::ConceptId));
            named(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::SourcePhrase), "text")
                .take(of("k", Column::SourceLang), "lang")
                .order_by(of("k", Column::Id), Order::Asc)
        }
        HitKind::Statement => {
            use statement::{Column, Entity};
            let meant =
                sought.of_tenant(Column::TenantId, sought.within([Expr::col((Entity, Column::Text))]));
            let question = tx.question().from_part::<Entity>("k", meant, Column::Id, after, limit);
            named(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Text), "text")
                .take(of("k", Column::Lang), "lang")
                .order_by(of("k", Column::Id), Order::Asc)
        }
        HitKind::Project => {
            use project::{Column, Entity};
            let meant =
                sought.of_tenant(Column::TenantId, sought.within([Expr::col((Entity, Column::Title))]));
            let question = tx.question().from_part::<Entity>("k", meant, Column::ProjectId, after, limit);
            named(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::ProjectId), "id")
                .take(of("k", Column::Title), "title")
                .order_by(of("k", Column::ProjectId), Order::Asc)
        }
        HitKind::Activity => {
            use activity::{Column, Entity};
            let meant =
                sought.of_tenant(Column::TenantId, sought.within([Expr::col((Entity, Column::Title))]));
            let question = tx.question().from_part::<Entity>("k", meant, Column::Id, after, limit);
            named(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "text")
                .take(of("k", Column::Lang), "lang")
                .order_by(of("k", Column::Id), Order::Asc)
        }
        HitKind::Product => {
            use product::{Column, Entity};
            let meant =
                sought.of_tenant(Column::TenantId, sought.within([Expr::col((Entity, Column::Title))]));
            let question = tx.question().from_part::<Entity>("k", meant, Column::Id, after, limit);
            named(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "text")
                .take(of("k", Column::Lang), "lang")
                .order_by(of("k", Column::Id), Order::Asc)
        }
        HitKind::Meeting => {
            use meeting::{Column, Entity};
            // A meeting is its consortium's, and no library's own.
            if sought.tenant.is_some() {
                return Ok(Vec::new());
            }
            let meant = sought.within([Expr::col((Entity, Column::Title))]);
            let question = tx.question().from_part::<Entity>("k", meant, Column::Id, after, limit);
            question
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "title")
                .order_by(of("k", Column::Id), Order::Asc)
        }
    };
    tx.answer(question).await
}

/// Takes whose the rows are.
fn named(question: Question, owner: SimpleExpr) -> Question {
    question
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(owner))
        .take(of("t", tenant::Column::Id), "owner_id")
        .take(of("t", tenant::Column::Names), "owner_names")
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        // What a kind does not take is not in its answer.
        let has = |name: &str| row.column_names().iter().any(|column| column == name);
        let title = if has("title") {
            row.try_get("", "title")?
        } else {
            let text: Option<String> = row.try_get("", "text")?;
            let lang: Option<String> = row.try_get("", "lang")?;
            let lang = lang.and_then(|lang| Lang::parse(&lang)).unwrap_or(Lang::En);
            text.map_or_else(Text::default, |text| Text::of(lang, text))
        };
        Ok(Self {
            id: row.try_get("", "id")?,
            owner: if has("owner_id") {
                Some((row.try_get("", "owner_id")?, row.try_get("", "owner_names")?))
            } else {
                None
            },
            title,
            concept: if has("c_id") { Linked::read(row)? } else { None },
        })
    }
}

impl Found {
    pub fn shape(self, scope: &TenantScope, kind: HitKind) -> Hit {
        let concept = self.concept.map(|concept| concept.shape(scope));
        let title = match &concept {
            Some(concept) if self.title.0.is_empty() => concept.label.clone(),
            _ => scope.say(&self.title),
        };
        let (tenant_id, tenant_name) = self.owner.map(|(id, names)| (id, scope.say(&names))).unzip();
        Hit { kind, id: RowId(self.id), title, tenant_id, tenant_name, concept }
    }
}
