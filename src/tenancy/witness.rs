//! Remembers who was shown whose rows, and who was refused, until a task of the node writes it down for the owner; see
//! [`crate::audit::sight`].
//!
//! Rules: nothing here is waited for by an answer, and what is hidden costs what is absent costs: both are one line in memory.
//! Memory is bounded; what has no room is counted and not kept. Whose a hidden row was is found out later, by asking in each
//! library's own scope which of the addresses are its own: no wall is opened for it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, QueryFilter, QueryResult, QuerySelect};
use uuid::Uuid;

use super::{
    db::{Db, Duty, Who},
    fault::{failed, unavailable},
    rows::{TenantRows, Visibility},
};
use crate::{
    audit::sight::{self, Ground, Outcome},
    auth::{Caller, policy::Resource},
    error::Result,
    id::{RowId, TenantId},
    when,
};

/// How many different lines are kept between two flushes, and how many missed addresses.
const MOST: usize = 10_000;
const MOST_MISSED: usize = 1_000;
/// How many different purposes of one reader are kept apart in a day; the others are one. A reader must not be able to fill
/// another's table.
const MOST_PURPOSES: usize = 20;
const OTHER: &str = "other";

/// What is counted as one line.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Line {
    owner: Uuid,
    reader: TenantId,
    day: String,
    outcome: Outcome,
    resource: &'static str,
    ground: Ground,
    consortium: Uuid,
    purpose: String,
}

#[derive(Clone, Copy)]
struct Tally {
    times: i64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

/// An address at which the caller found nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Missed {
    id: Uuid,
    reader: TenantId,
    purpose: String,
}

#[derive(Default)]
struct Seen {
    lines: HashMap<Line, Tally>,
    missed: HashMap<Missed, Tally>,
    purposes: HashMap<(String, TenantId), HashSet<String>>,
    lost: u64,
}

#[derive(Default)]
pub(super) struct Witness(Mutex<Seen>);

/// Where a row that is shown says whose it is.
pub(super) struct Watch {
    owner: String,
    visibility: Option<String>,
    consortium: Option<String>,
    resource: &'static str,
}

/// Kinds of rows that a library shares. The directory, registers and what a consortium keeps in common are nobody's own.
pub(super) fn watched(resource: Resource) -> bool {
    matches!(
        resource,
        Resource::Competence
            | Resource::Profile
            | Resource::Contact
            | Resource::Sighting
            | Resource::Statement
            | Resource::Definition
            | Resource::Commitment
            | Resource::Activity
            | Resource::Note
            | Resource::Project
            | Resource::Participant
            | Resource::Product
            | Resource::Funding
            | Resource::Agreement
    )
}

impl Watch {
    /// The columns of an entity in an answer, each with `prefix` before its name.
    pub fn of<E: TenantRows>(prefix: &str) -> Option<Self> {
        let named = |name| super::tx::column::<E>(name).map(|column| format!("{prefix}{}", column.as_str()));
        watched(E::RESOURCE).then(|| Self {
            owner: format!("{prefix}{}", E::OWNER.as_str()),
            visibility: named("visibility"),
            consortium: named("consortium_id"),
            resource: E::RESOURCE.name(),
        })
    }
}

impl Watch {
    /// Their names in the answer.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        [Some(&self.owner), self.visibility.as_ref(), self.consortium.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

impl Seen {
    fn purpose(&mut self, caller: &Caller, day: &str) -> String {
        let Some(purpose) = caller.purpose() else { return String::new() };
        let kept = self.purposes.entry((day.to_owned(), caller.tenant())).or_default();
        if kept.contains(purpose) || kept.len() < MOST_PURPOSES {
            kept.insert(purpose.to_owned());
            return purpose.to_owned();
        }
        OTHER.to_owned()
    }

    fn count(&mut self, line: Line, tally: Tally) {
        let room = self.lines.len() < MOST;
        match self.lines.get_mut(&line) {
            Some(kept) => kept.add(tally),
            None if room => _ = self.lines.insert(line, tally),
            None => self.lost += 1,
        }
    }
}

impl Tally {
    fn once(at: DateTime<Utc>) -> Self {
        Self { times: 1, first: at, last: at }
    }

    fn add(&mut self, more: Self) {
        self.times += more.times;
        self.first = self.first.min(more.first);
        self.last = self.last.max(more.last);
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

impl Witness {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Poisoned: somebody panicked while counting. What was counted stands.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer is about to show these rows: a line an owner, kind and ground, however many rows.
    pub fn show(&self, caller: &Caller, watches: &[Watch], rows: &[QueryResult]) {
        let mut shown = BTreeSet::new();
        for (n, watch) in watches.iter().enumerate() {
            for row in rows {
                // From the left: there may be no row of this kind.
                let Ok(Some(owner)) = row.try_get::<Option<Uuid>>("", &watch.owner) else { continue };
                if owner == caller.tenant().0 {
                    continue;
                }
                let word =
                    watch.visibility.as_ref().and_then(|v| row.try_get::<Option<String>>("", v).ok()?);
                let consortium =
                    watch.consortium.as_ref().and_then(|c| row.try_get::<Option<Uuid>>("", c).ok()?);
                let ground = ground(caller, word.as_deref());
                let consortium = consortium.filter(|_| ground == Ground::Consortium).unwrap_or_default();
                shown.insert((owner, n, ground, consortium));
            }
        }
        if shown.is_empty() {
            return;
        }
        let at = when::now();
        let mut seen = self.seen();
        let purpose = seen.purpose(caller, &day(at));
        for (owner, n, ground, consortium) in shown {
            let Some(watch) = watches.get(n) else { continue };
            let line = Line {
                owner,
                reader: caller.tenant(),
                day: day(at),
                outcome: Outcome::Read,
                resource: watch.resource,
                ground,
                consortium,
                purpose: purpose.clone(),
            };
            seen.count(line, Tally::once(at));
        }
    }

    /// The caller sees a row and may not do with it what was asked.
    pub fn refuse(&self, caller: &Caller, owner: Uuid, resource: Resource, visibility: Visibility) {
        if !watched(resource) {
            return;
        }
        let at = when::now();
        let mut seen = self.seen();
        let ground = if owner == caller.tenant().0 {
            Ground::Own
        } else {
            let word = match visibility {
                Visibility::Public => "public",
                Visibility::Consortium => "consortium",
                Visibility::Private | Visibility::Sealed => "private",
            };
            self::ground(caller, Some(word))
        };
        let line = Line {
            owner,
            reader: caller.tenant(),
            day: day(at),
            outcome: Outcome::Refused,
            resource: resource.name(),
            ground,
            consortium: Uuid::nil(),
            purpose: seen.purpose(caller, &day(at)),
        };
        seen.count(line, Tally::once(at));
    }

    /// The caller found nothing at an address, be it hidden or absent.
    pub fn miss(&self, caller: &Caller, resource: Resource, id: Uuid) {
        if !watched(resource) {
            return;
        }
        let at = when::now();
        let mut seen = self.seen();
        let missed = Missed { id, reader: caller.tenant(), purpose: seen.purpose(caller, &day(at)) };
        let room = seen.missed.len() < MOST_MISSED;
        match seen.missed.get_mut(&missed) {
            Some(kept) => kept.add(Tally::once(at)),
            None if room => _ = seen.missed.insert(missed, Tally::once(at)),
            None => seen.lost += 1,
        }
    }
}

fn ground(caller: &Caller, visibility: Option<&str>) -> Ground {
    match visibility {
        _ if caller.is_operator() => Ground::Operator,
        Some("public") => Ground::Public,
        Some("consortium") => Ground::Consortium,
        _ => Ground::Participant,
    }
}

impl Db {
    /// Writes down for each owner what was counted since the last time. By a task of the node, every few seconds and at its
    /// end. What cannot be written now is kept for the next time.
    pub async fn write_sights(&self) -> Result<()> {
        let witness = self.witness();
        let (lines, missed, lost) = {
            let mut seen = witness.seen();
            let today = day(when::now());
            seen.purposes.retain(|(of, _), _| *of == today);
            (
                std::mem::take(&mut seen.lines),
                std::mem::take(&mut seen.missed),
                std::mem::take(&mut seen.lost),
            )
        };
        if lost > 0 {
            tracing::warn!(lost, "more was read than is kept between two flushes");
        }
        let mut by_owner: BTreeMap<Uuid, BTreeMap<Line, Tally>> = BTreeMap::new();
        for (line, tally) in lines {
            by_owner.entry(line.owner).or_default().insert(line, tally);
        }
        let mut outcome = self.find_owners(missed, &mut by_owner).await;
        for (owner, lines) in by_owner {
            if let Err(error) = self.write_sights_of(owner, &lines).await {
                let mut seen = witness.seen();
                lines.into_iter().for_each(|(line, tally)| seen.count(line, tally));
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Asks each library, as itself, which of the missed addresses are its own.
    async fn find_owners(
        &self,
        missed: HashMap<Missed, Tally>,
        found: &mut BTreeMap<Uuid, BTreeMap<Line, Tally>>,
    ) -> Result<()> {
        use crate::{competence, project, registry::tenant};
        if missed.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = missed.keys().map(|m| m.id).collect::<HashSet<_>>().into_iter().collect();
        let operator = Who { tenant: Some(TenantId::NODE.0), duty: Duty::Operator, client: None };
        let all = {
            let conn = self.begin_read(operator).await?;
            tenant::Entity::find().all(&conn).await.map_err(failed)?
        };
        for owner in all.into_iter().map(|row| row.id) {
            let conn =
                self.begin_read(Who { tenant: Some(owner.0), duty: Duty::Member, client: None }).await?;
            let mut own = HashMap::new();
            own_of::<competence::Entity>(&conn, owner, &ids, &mut own).await?;
            own_of::<project::Entity>(&conn, owner, &ids, &mut own).await?;
            drop(conn);
            if own.is_empty() {
                continue;
            }
            for (missed, tally) in missed.iter().filter(|(m, _)| m.reader != owner) {
                let Some(resource) = own.get(&missed.id) else { continue };
                let line = Line {
                    owner: owner.0,
                    reader: missed.reader,
                    day: day(tally.last),
                    outcome: Outcome::Hidden,
                    resource,
                    ground: Ground::None,
                    consortium: Uuid::nil(),
                    purpose: missed.purpose.clone(),
                };
                let lines = found.entry(owner.0).or_default();
                lines.entry(line).and_modify(|kept| kept.add(*tally)).or_insert(*tally);
            }
        }
        Ok(())
    }

    async fn write_sights_of(&self, owner: Uuid, lines: &BTreeMap<Line, Tally>) -> Result<()> {
        // Far below what a statement may have of parameters.
        const PART: usize = 500;
        let who = Who { tenant: Some(owner), duty: Duty::Member, client: None };
        let conn = self.begin_write(who).await?;
        let rows: Vec<sight::Model> = lines
            .iter()
            .map(|(line, tally)| sight::Model {
                tenant_id: TenantId(owner),
                id: RowId::new(),
                day: line.day.clone(),
                reader_id: line.reader,
                outcome: line.outcome,
                subject_kind: line.resource.to_owned(),
                ground: line.ground,
                consortium_id: line.consortium,
                purpose: line.purpose.clone(),
                times: tally.times,
                first_at: tally.first,
                last_at: tally.last,
            })
            .collect();
        for part in rows.chunks(PART) {
            sight::add(part.to_vec()).exec_without_returning(&conn).await.map_err(failed)?;
        }
        conn.commit().await.map_err(unavailable)
    }
}

async fn own_of<E: TenantRows>(
    conn: &impl ConnectionTrait,
    owner: TenantId,
    ids: &[Uuid],
    found: &mut HashMap<Uuid, &'static str>,
) -> Result<()> {
    let rows: Vec<Uuid> = E::find()
        .select_only()
        .column(E::ID)
        .filter(E::OWNER.eq(owner.0))
        .filter(E::ID.is_in(ids.iter().copied()))
        .into_tuple()
        .all(conn)
        .await
        .map_err(failed)?;
    found.extend(rows.into_iter().map(|id| (id, E::RESOURCE.name())));
    Ok(())
}
