//! How a table is declared.

/// One table. Column text is `name type`, with `?` after the type where NULL is allowed; types are
/// `uuid text int bool real json time`.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// Starts with the owning tenant (or consortium) on every table that a tenant owns.
    pub key: &'static [&'static str],
    pub uniques: &'static [&'static [&'static str]],
    pub indexes: &'static [&'static [&'static str]],
    pub references: &'static [Reference],
    pub checks: &'static [&'static str],
    pub wall: Wall,
}

pub struct Reference {
    pub columns: &'static [&'static str],
    pub table: &'static str,
    pub to: &'static [&'static str],
}

/// The rules of the database's wall, in SQL that both databases read. Placeholders:
/// `{r}` the row, `{me}` the calling tenant, `{duty}` and `{client}` what the scope was opened for,
/// `{seats}` the consortia in which the caller has a seat, `{accepted}` whether the caller's membership of the row's
/// consortium is active in the row's role, `{hours:n}` the time n hours ago, `{merged:column}` whether that list of the row
/// names a concept that was merged.
/// An empty rule means: nobody, through the serving role.
pub struct Wall {
    pub read: &'static str,
    pub insert: &'static str,
    pub update: &'static str,
    pub delete: &'static str,
}

/// A column's parts.
pub struct Column {
    pub name: &'static str,
    pub kind: &'static str,
    pub null: bool,
}

impl Table {
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().map(|text| {
            let (name, kind) = text.split_once(' ').unwrap_or((text, "text"));
            Column { name, kind: kind.trim_end_matches('?'), null: kind.ends_with('?') }
        })
    }
}

/// Text of a rule with its placeholders filled in for one database.
pub fn fill(rule: &str, row: &str, words: &Words) -> String {
    part(&part(rule, "{hours:", words.ago, "{n}"), "{merged:", words.merged, "{column}")
        .replace("{accepted}", words.accepted)
        .replace("{seats}", "(SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me})")
        .replace("{r}", row)
        .replace("{me}", words.me)
        .replace("{duty}", words.duty)
        .replace("{client}", words.client)
}

/// Every placeholder that begins so, as the database says it.
fn part(rule: &str, begin: &str, said: &str, what: &str) -> String {
    let mut parts = rule.split(begin);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (named, rest) = part.split_once('}').unwrap_or((part, ""));
        out.push_str(&said.replace(what, named));
        out.push_str(rest);
    }
    out
}

/// How a database asks who is calling, and what the time is.
pub struct Words {
    pub me: &'static str,
    pub duty: &'static str,
    pub client: &'static str,
    pub accepted: &'static str,
    /// The time `{n}` hours ago.
    pub ago: &'static str,
    /// Whether the list in `{column}` of the row names a concept that was merged, or that one was merged into.
    pub merged: &'static str,
}
