use uuid::Uuid;

use super::{
    Hit, HitKind, SearchWish,
    kinds::{self, Sought},
};
use crate::{
    auth::policy::{Action, Resource},
    concept,
    error::{Code, Error, Result, Violations},
    page::{Page, PageArgs},
    tenancy::TenantScope,
};

/// Rows that the database took for a match and that were none are not asked for without end: then a page is shorter than it could be,
/// and has its cursor.
const MOST_LOOKS: usize = 10;

/// What the caller may read that is called so: competences first, then statements, projects, activities, products and
/// meetings, the oldest first.
pub async fn search(scope: &TenantScope, wish: SearchWish, page: PageArgs) -> Result<Page<Hit>> {
    let mut violations = Violations::default();
    let text = wish.text.trim();
    if violations.text("text", text, 200) && text.chars().count() < 2 {
        violations.add_with("text", "too_short", &[("min", "2")]);
    }
    violations.done()?;
    let page = scope.page(&page, format_args!("search {wish:?}"))?;
    let (mut at, mut after) = match &page.after {
        None => (0, None),
        Some(key) => place(key).ok_or_else(|| Error::new(Code::BadCursor))?,
    };
    let kinds = match wish.kind {
        Some(kind) => vec![kind],
        None => HitKind::ALL
            .into_iter()
            .filter(|kind| scope.caller().may(Action::Read, kind.resource()))
            .collect(),
    };
    let by_concept =
        kinds.contains(&HitKind::Competence) && scope.caller().may(Action::Read, Resource::Concept);
    let mut concepts = if by_concept { concept::service::beginning(scope, text).await? } else { Vec::new() };
    let tx = scope.read().await?;
    if by_concept {
        concepts.extend(concept::service::own_beginning(&tx, text).await?);
    }
    let sought = Sought { text: text.to_lowercase(), concepts, tenant: wish.tenant_id };
    let wanted = page.first as usize + 1;
    let mut hits: Vec<(String, Hit)> = Vec::new();
    let mut looks = 0;
    let mut rest = None;
    while let Some(kind) = kinds.get(at).copied() {
        let limit = wanted - hits.len();
        let rows = kinds::next(&tx, kind, &sought, after, limit as u64).await?;
        looks += 1;
        let last = rows.last().map(|row| row.id);
        let whole = rows.len() < limit;
        for row in rows.into_iter().filter(|row| sought.meets(row)) {
            hits.push((format!("{at}:{}", row.id), row.shape(scope, kind)));
        }
        if hits.len() >= wanted {
            break;
        }
        if whole {
            (at, after) = (at + 1, None);
        } else {
            after = last;
            if looks >= MOST_LOOKS {
                rest = last.map(|id| page.cursor(&format!("{at}:{id}")));
                break;
            }
        }
    }
    let mut found = Page::of(hits, &page, |(key, _)| key.clone()).map(|(_, hit)| hit);
    found.next_cursor = found.next_cursor.or(rest);
    Ok(found)
}

/// The kind and the row after which a page begins.
fn place(key: &str) -> Option<(usize, Option<Uuid>)> {
    let (at, id) = key.split_once(':')?;
    Some((at.parse().ok()?, Some(id.parse().ok()?)))
}
