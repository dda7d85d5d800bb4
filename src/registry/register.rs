//! What the time-valid registers have in common: entries that are addressed by a code, stand for a time, and come from
//! and become others.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order};

use crate::{
    concept::suggest::bare,
    error::{Error, Result, Violations},
    page::{Page, Wish},
    tenancy::{Find, TenantRows},
    text::Text,
};

/// Entries that stand on a day. The last day of validity counts; an open end is unknown at the beginning and not yet
/// come at the end.
pub fn standing<C: ColumnTrait>(from: C, to: C, day: NaiveDate) -> Condition {
    // ISO 8601 days of one length: their order as text is their order in time.
    let day = day.format("%Y-%m-%d").to_string();
    Condition::all()
        .add(Condition::any().add(from.is_null()).add(from.lte(day.clone())))
        .add(Condition::any().add(to.is_null()).add(to.gte(day)))
}

/// A country and a code are short, and a text that is sought is not long.
pub fn check(country: Option<&str>, code: Option<&str>, text: Option<&str>) -> Result<()> {
    let mut violations = Violations::default();
    if country.is_some_and(|country| !is_country(country)) {
        violations.add("country", "unknown_country");
    }
    violations.text_if("regionId", code, 20);
    violations.text_if("text", text, 100);
    violations.done()
}

/// ISO 3166-1 alpha-2, as far as its form goes.
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// An entry's address, such as `no-30`: anything else names nothing, and need not be looked up.
pub fn is_code(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A day as it is kept: ISO 8601.
pub fn day(text: Option<String>) -> Result<Option<NaiveDate>> {
    text.map(|text| text.parse().map_err(Error::internal)).transpose()
}

/// The codes of the entries that one came from, or became.
pub fn ids(list: serde_json::Value) -> Result<Vec<String>> {
    serde_json::from_value(list).map_err(Error::internal)
}

/// A page in the order of the codes; with a text only of those one of whose names has it, whatever the spelling habits.
pub async fn page<E>(
    find: Find<'_, E>,
    text: Option<&str>,
    wish: &Wish,
    name_of: impl Fn(&E::Model) -> (&str, &Text),
) -> Result<Page<E::Model>>
where
    E: TenantRows + EntityTrait,
    E::Model: Send,
{
    let code = |row: &E::Model| name_of(row).0.to_owned();
    let Some(text) = text else {
        return Ok(Page::of(find.page_by(E::ID, wish).await?, wish, code));
    };
    // A register is short, and no database folds letters as the languages do.
    let sought = bare(text);
    let met = |row: &E::Model| {
        !sought.is_empty() && name_of(row).1.0.values().any(|name| bare(name).contains(&sought))
    };
    let after = |row: &E::Model| wish.after.as_deref().is_none_or(|after| name_of(row).0 > after);
    let rows = find.order_by(E::ID, Order::Asc).all().await?;
    let rows = rows.into_iter().filter(|row| after(row) && met(row)).take(wish.first as usize + 1).collect();
    Ok(Page::of(rows, wish, code))
}

/// One entry by its address.
pub async fn one<E>(find: Find<'_, E>, code: &str) -> Result<E::Model>
where
    E: TenantRows + EntityTrait,
    E::Model: Send,
{
    if !is_code(code) {
        return Err(Error::not_found());
    }
    find.filter(E::ID.eq(code)).one().await?.ok_or_else(Error::not_found)
}

/// No library works in more: Finland has 308 municipalities.
const MOST_CODES: usize = 500;

/// The codes among `given` that the register does not have, as faults of `field`.
pub async fn must_know<E>(
    find: Find<'_, E>,
    field: &str,
    fault: &'static str,
    given: &[String],
    violations: &mut Violations,
    code_of: impl Fn(E::Model) -> String,
) -> Result<()>
where
    E: TenantRows + EntityTrait,
    E::Model: Send,
{
    if given.is_empty() {
        return Ok(());
    }
    if given.len() > MOST_CODES {
        violations.add_with(field, "too_many", &[("max", &MOST_CODES.to_string())]);
        return Ok(());
    }
    let good = given.iter().filter(|code| is_code(code)).cloned();
    let known: Vec<String> = find.filter(E::ID.is_in(good)).all().await?.into_iter().map(code_of).collect();
    for (n, code) in given.iter().enumerate() {
        if !known.contains(code) {
            violations.add(&format!("{field}/{n}"), fault);
        } else if given.iter().take(n).any(|before| before == code) {
            violations.add(&format!("{field}/{n}"), "duplicate");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{is_code, is_country};

    #[test]
    fn a_code_is_short_and_plain() {
        for good in ["no-30", "se-01", "dk-084", "no-0301"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "no 30", "no-30\0", "nø-30", "no-3000000000000000000", "%"] {
            assert!(!is_code(bad), "{bad}");
        }
        assert!(is_country("NO") && !is_country("no") && !is_country("NOR") && !is_country("Nø"));
    }
}
