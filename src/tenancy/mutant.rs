//! A row rule with one fault in it, for the test of the tests: whatever the walls' tests are worth, they must notice.
//! Debug builds only.
//!
//! The rule is written out as SQL and one part of it is replaced. PostgreSQL alone reads it so: there an id
//! is a text.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{
    Condition, EntityTrait,
    sea_query::{Expr, PostgresQueryBuilder, Query},
};

use super::rows::Reach;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Readable,
    Writable,
    Shared,
}

/// One fault. In `from` and `to`, `{me}` is the caller's tenant and `{t}` the table.
#[derive(Debug)]
pub struct Mutant {
    /// Tables whose rules are one text in the source.
    pub tables: &'static [&'static str],
    pub rule: Rule,
    pub from: &'static str,
    pub to: &'static str,
    /// How often it was found in a rule. A fault that is nowhere tests nothing.
    pub hits: AtomicUsize,
}

impl Mutant {
    pub const fn new(
        tables: &'static [&'static str],
        rule: Rule,
        from: &'static str,
        to: &'static str,
    ) -> Self {
        Self { tables, rule, from, to, hits: AtomicUsize::new(0) }
    }
}

impl Reach {
    pub(super) fn mutated<E: EntityTrait>(&self, rule: Rule, condition: Condition) -> Condition {
        let entity = E::default();
        let table = entity.table_name();
        let Some(mutant) = self.mutant.filter(|m| m.rule == rule && m.tables.contains(&table)) else {
            return condition;
        };
        let fill = |text: &str| text.replace("{me}", &format!("'{}'", self.me)).replace("{t}", table);
        let whole = Query::select().cond_where(condition).to_string(PostgresQueryBuilder);
        let text = whole.split_once("WHERE ").map_or(whole.as_str(), |(_, rule)| rule);
        let from = fill(mutant.from);
        if text.contains(&from) {
            mutant.hits.fetch_add(1, Ordering::Relaxed);
        }
        // In brackets: a rule may be an «or», and stands in an «and».
        Condition::all().add(Expr::cust(format!("({})", text.replace(&from, &fill(mutant.to)))))
    }
}
